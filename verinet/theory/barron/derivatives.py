r"""Derivatives of functions of a Barron space, and an activation by its own derivative.

The derivative of f along e has the measure :math:`(w \cdot e)\, d\mu` for :math:`\sigma'`; and where sigma vanishes on
the left, :math:`\sigma(z) = \int_0^L \sigma'(z - \tau)\, d\tau` is a push-forward of factor L.  That there are such
push-forwards is the paper's [heeringa2024]; factors and bounds are derived.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from verinet.errors import NotANumber, ShapeMismatch, Unsupported
from verinet.exact.rationals import Q
from verinet.theory.barron.conventions import Exact, InputBall, dot, length, simplified
from verinet.theory.barron.measures import Atom, Fibre, Measure
from verinet.theory.barron.push_forwards import spread

_ZERO = Fraction(0)


def through_derivative(measure: Measure, span: object) -> Measure:
    r"""From a measure for sigma to one for its derivative, by :math:`\sigma(z) = \int_0^L \sigma'(z - \tau) d\tau`.

    That holds wherever :math:`\sigma(z - L) = 0`: for a sigma that vanishes on the left, and L large enough.  Factor
    L.

    Examples
    --------
    >>> mu = through_derivative(Measure(1, (Atom(1, (1,), 1),)), 2)  # RePU_2 by 2 RePU_1 on [-1, 1]
    >>> 2 * mu.value(1, Fraction(1, 2)), 2 * mu.mass()
    (Fraction(9, 4), Fraction(4, 1))

    Guarantee: exact.
    """
    if Q(span) <= 0:
        raise NotANumber("the segment of integration has a positive length", fix="give L > 0")
    return spread(measure, _ZERO, Q(span), Q(span))


def derivative(measure: Measure, direction: Sequence[object], power: int | None = None) -> Measure:
    r"""The measure of :math:`\partial_e f`, for the activation :math:`\sigma'`: :math:`(w \cdot e)\, d\mu`.

    With a power s the activation is RePU_s, and the measure is for :math:`\mathrm{RePU}_{s-1}`, s times as large.

    Raises
    ------
    ShapeMismatch
        If the direction has another length than the weights.
    Unsupported
        For a power below 1.

    Examples
    --------
    >>> derivative(Measure(1, (Atom(1, (3,), 1),)), (1,), 2).value(1, 1) == 2 * 3 * 4
    True

    Guarantee: exact.
    """
    e = tuple(map(Q, direction))
    if len(e) != measure.inputs:
        raise ShapeMismatch(
            f"a direction of {len(e)} numbers for {measure.inputs} inputs", fix="give one number an input"
        )
    if power is not None and power < 1:
        raise Unsupported(f"RePU_{power} has no derivative that is a function", fix="take a power of at least 1")
    s = 1 if power is None else power
    atoms = tuple(Atom(s * dot(a.weight, e) * a.mass, a.weight, a.bias) for a in measure.atoms)
    fibres = tuple(Fibre(s * dot(f.weight, e) * f.mass, f.weight, f.bias, f.length, f.density) for f in measure.fibres)
    return Measure(measure.inputs, atoms, fibres).merged()


def derivative_bound(measure: Measure, power: int, order: int, ball: InputBall) -> Exact:
    r"""A bound of every directional derivative of order k of a finite sum of RePU_s neurons on the ball.

    .. math:: |D^k f(x)[e, \ldots, e]| \le \frac{s!}{(s-k)!} \sum_i |m_i| \lVert w_i \rVert^k M_i^{s-k},
       \qquad \lVert e \rVert_* \le 1, \quad k \le s.

    For k = s and unit weights that is :math:`s!\,|\mu|`, and so the space embeds into :math:`W^{s,\infty}`.

    Raises
    ------
    Unsupported
        If k exceeds s, or there are fibres.

    Examples
    --------
    >>> derivative_bound(Measure(1, (Atom(1, (1,), 1),)), 2, 2, InputBall(1))
    Fraction(2, 1)

    Guarantee: exact.
    """
    if not 0 <= order <= power or measure.fibres:
        raise Unsupported(
            f"derivatives up to the order {power} of finite sums are bounded, got the order {order}",
            fix="take k <= s and a finite measure",
        )
    factor = Fraction(1)
    for k in range(order):
        factor *= power - k
    total: Exact = _ZERO
    for atom in measure.merged().atoms:
        size, top = length(atom.weight, ball.pairing), ball.largest(atom.weight, atom.bias)
        total = total + abs(atom.mass) * size**order * (top ** (power - order) if top > 0 else _ZERO)
    return simplified(factor * total)
