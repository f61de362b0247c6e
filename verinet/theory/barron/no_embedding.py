r"""Upwards there is no embedding: what a network of higher powers pays for being near a lower one.  Derived.

If f is represented by RePU_2 atoms then f'' has bounded variation, :math:`TV(f'') \le 2 \lVert f \rVert`; the second
derivative of ReLU is a point mass, and has none.  Quantitatively, on [-1, 1]: if :math:`|f - \mathrm{relu}| \le
\delta`, :math:`e = 8 \delta < 1/2`, then

.. math:: TV(f'') \ge \frac{(1 + e)(1 - 2 e)}{(1 - e) e} = \frac{1}{8 \delta} (1 - O(\delta)),

by the functional :math:`\Lambda = \delta_0 - c_1 (\delta_e + \delta_{-e}) + c_2 (\delta_1 + \delta_{-1})`, which kills
quadratic polynomials; and the mean of ReLU over an interval of length :math:`16 \delta`, lowered by :math:`\delta`,
has :math:`TV(f'') = 1 / (8 \delta)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import factorial

from verinet.claims.builders import sup_error
from verinet.errors import NotANumber, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import interval
from verinet.networks.network import Network
from verinet.theory.barron.line_errors import pieces_on_a_line
from verinet.theory.barron.ridge_networks import one_function
from verinet.theory.construction import Construction
from verinet.theory.ridges import Ridge, RidgeSum

__all__ = [
    "BlowUp",
    "blow_up",
    "bound_near_relu",
    "growth_gap",
    "mollified_relu",
    "peano_maximum",
    "relu_by_requ",
    "variation_of_second_derivative",
]

_ZERO, _ONE = Fraction(0), Fraction(1)
_HALF = Fraction(1, 2)
RELU_ON_THE_LINE = RidgeSum((_ZERO,), _ZERO, (Ridge(_ONE, (_ONE,)),))


@dataclass(frozen=True, slots=True)
class BlowUp:
    """What TV(f'') is at least, and for one f is, if f is within delta of ReLU on [-1, 1].

    Parameters
    ----------
    delta, lower, attained : Fraction
    points, weights : tuple of Fraction
        The functional of the lower bound.
    kernel : Fraction
        The largest size of its third antiderivative.

    Guarantee: exact.
    """

    delta: Fraction
    lower: Fraction
    attained: Fraction
    points: tuple[Fraction, ...]
    weights: tuple[Fraction, ...]
    kernel: Fraction

    __repr__ = spelled_fields


def blow_up(delta: object) -> BlowUp:
    r"""Return the lower bound of TV(f''), with its functional, and the value of the construction.

    Parameters
    ----------
    delta : exact number
        Between 0 and 1/16.

    Raises
    ------
    NotANumber
        For other numbers.

    Examples
    --------
    >>> [(f"{float(b.lower):.3f}", f"{float(b.attained):.3f}") for b in map(blow_up, ("3/100", "1/100", "1/250"))]
    [('3.535', '4.167'), ('12.326', '12.500'), ('31.184', '31.250')]

    Guarantee: exact.
    """
    d = _delta(delta)
    e = 8 * d
    c = 1 / (2 * (1 - e * e))
    points, weights = (-_ONE, -e, _ZERO, e, _ONE), (c * e * e, -c, _ONE, -c, c * e * e)
    kernel = peano_maximum(points, weights, 2)
    lower = bound_near_relu(points, weights, d)
    if lower != (1 + e) * (1 - 2 * e) / ((1 - e) * e) or kernel != e * e / (4 * (1 + e) ** 2):
        raise ArithmeticError("the functional does not give the formula")
    return BlowUp(d, lower, 1 / e, points, weights, kernel)


def bound_near_relu(points: Sequence[object], weights: Sequence[object], delta: object) -> Fraction:
    r"""A lower bound of TV(f'') by any functional that kills quadratic polynomials: :math:`(|\Lambda(\mathrm{relu})| -
    \delta \sum_j |\lambda_j|) / \max |K|`, K its third antiderivative.

    Examples
    --------
    >>> h = Fraction(16, 100)  # a third difference
    >>> third = bound_near_relu([-h, 0, h, 2 * h], [-1, 3, -3, 1], "1/100")
    >>> str(third), third >= 100 / Fraction(24)
    ('25/6', True)

    Guarantee: exact.

    Raises
    ------
    Unsupported
        If the functional does not kill quadratic polynomials, or is 0.
    """
    places, masses = tuple(map(Q, points)), tuple(map(Q, weights))
    value = sum((w * RELU_ON_THE_LINE(x) for x, w in zip(places, masses, strict=True)), _ZERO)
    gain = abs(value) - Q(delta) * sum(map(abs, masses), _ZERO)
    return max(_ZERO, gain) / peano_maximum(places, masses, 2)


def peano_maximum(points: Sequence[Fraction], weights: Sequence[Fraction], order: int) -> Fraction:
    r"""The maximum of :math:`|K(\tau)|`, :math:`K(\tau) = \Lambda(\mathrm{RePU}_n(x - \tau)) / n!`, for n = 1 or 2.

    Then :math:`|\Lambda(f)| \le \max |K| \cdot TV(f^{(n)})` for every f on the segment of the points.

    Raises
    ------
    Unsupported
        If the functional does not kill polynomials of degree n, is 0, or n is another number.

    Examples
    --------
    >>> one = Fraction(1)
    >>> peano_maximum([-one, 0 * one, one], [one, -2 * one, one], 1)
    Fraction(1, 1)

    Guarantee: exact.
    """
    if order not in (1, 2):
        raise Unsupported(f"maxima of the kernel are rational for orders 1 and 2, got {order}", fix="take order 1 or 2")
    if not any(weights):
        raise Unsupported("the functional is 0", fix="give weights that are not all 0")
    for degree in range(order + 1):
        if sum((w * x**degree for x, w in zip(points, weights, strict=True)), _ZERO):
            raise Unsupported(
                f"the functional does not kill x^{degree}, so that no variation bounds it",
                fix="choose weights with vanishing moments",
            )
    scale = Fraction(1, factorial(order))
    ridges = tuple(Ridge(w * scale, (-_ONE,), x, order) for x, w in zip(points, weights, strict=True) if w)
    kernel, largest = RidgeSum((_ZERO,), _ZERO, ridges), _ZERO
    for piece in pieces_on_a_line(kernel, min(points), max(points)):
        looked = [piece.low, piece.high]
        if order == 2 and piece.coefficients[2]:
            looked.append(-piece.coefficients[1] / (2 * piece.coefficients[2]))
        largest = max(largest, *(abs(kernel(x)) for x in looked if piece.low <= x <= piece.high))
    if not largest:
        raise Unsupported("the functional is 0", fix="give weights that are not all 0")
    return largest


def variation_of_second_derivative(f: RidgeSum, radius: object = 1) -> Fraction:
    """The total variation of f'' on [-R, R], for f with powers 1 and 2 of one variable.

    Raises
    ------
    Unsupported
        If a kink of power 1 lies inside: then f'' has a point mass, and no bounded variation; for higher powers.

    Examples
    --------
    >>> variation_of_second_derivative(mollified_relu("1/100"))
    Fraction(25, 2)

    Guarantee: exact.
    """
    half = Q(radius)
    if half <= 0:
        raise NotANumber(f"an interval [-R, R] has R > 0, got {format_rational(half)}", fix="write radius=1")
    pieces = pieces_on_a_line(f, -half, half)
    for piece, after in pairwise(pieces):
        slopes = [_slope(one.coefficients, piece.high) for one in (piece, after)]
        if slopes[0] != slopes[1]:
            raise Unsupported(
                f"f' jumps at {format_rational(piece.high)}: f'' has a point mass there, and no bounded variation",
                fix="this is why relu is in no space of repu:2; take a mollified one",
            )
    if any(any(piece.coefficients[3:]) for piece in pieces):
        raise Unsupported("f'' is not piecewise constant", fix="take powers 1 and 2")
    seconds = [2 * piece.coefficients[2] if len(piece.coefficients) > 2 else _ZERO for piece in pieces]
    return sum((abs(b - a) for a, b in pairwise(seconds)), _ZERO)


def mollified_relu(delta: object) -> RidgeSum:
    r"""The mean of ReLU over :math:`[z - e, z + e]`, lowered by delta: :math:`e = 8 \delta`, two ReQU neurons.

    .. math:: f(z) = \frac{\mathrm{RePU}_2(z + e) - \mathrm{RePU}_2(z - e)}{4 e} - \frac{e}{8}, \qquad
        \sup |f - \mathrm{relu}| = \delta, \quad TV(f'') = \frac{1}{8 \delta}

    Raises
    ------
    NotANumber
        If delta is not between 0 and 1/16.

    Examples
    --------
    >>> f = mollified_relu("1/32")
    >>> str(f(0)), str(f(1) - 1), str(f(-1))
    ('1/32', '-1/32', '-1/32')

    Guarantee: exact.
    """
    d = _delta(delta)
    e = 8 * d
    up = 1 / (4 * e)
    return RidgeSum((_ZERO,), -d, (Ridge(up, (_ONE,), e, 2), Ridge(-up, (_ONE,), -e, 2)))


def relu_by_requ(*, delta: object = "1/100") -> Construction:
    r"""Two ReQU neurons within delta of ReLU on [-1, 1], of least variation up to :math:`1 + O(\delta)`.

    Examples
    --------
    >>> made = relu_by_requ(delta="1/32")
    >>> print(made.claim.text())
    max |f1(x) - f2(x)| = 1/32 on [-1,1]
    >>> made.facts["TV(f'')"], made.facts["TV(f'') of any f at least"]
    (Fraction(4, 1), Fraction(10, 3))

    Guarantee: exact.

    Raises
    ------
    NotANumber
        If delta is not between 0 and 1/16.
    """
    known = blow_up(delta)
    made = mollified_relu(delta)
    network, relu = made.network(), RELU_ON_THE_LINE.network()
    return Construction(
        name="barron/relu-by-requ",
        theorem="derived",
        network=network,
        parts=(),
        claim=sup_error(network, relu, interval(-1, 1)) == known.delta,
        error_bound=known.delta,
        norm="sup",
        facts={
            "delta": known.delta,
            "TV(f'')": variation_of_second_derivative(made),
            "TV(f'') of any f at least": known.lower,
            "norm in the RePU_2 space at least": known.lower / 2,
        },
    )


def growth_gap(network: Network | RidgeSum, point: object) -> Fraction:
    r"""On an unbounded domain ReQU is in no ReLU space: the gap :math:`x^2 - A - B x` at x > 0 grows without end.

    A network :math:`g(x) = c + a x + \sum_i m_i \mathrm{relu}(w_i x + b_i)` has
    :math:`|g(x)| \le A + B x`, :math:`A = |c| + \sum |m_i b_i|`, :math:`B = |a| + \sum |m_i w_i|`; so
    :math:`\mathrm{RePU}_2(x) - g(x) \ge x^2 - A - B x`.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> z = variable("z")
    >>> growth_gap(network(z, 3 * relu(z) - 1), 100)
    Fraction(9699, 1)

    Guarantee: exact (a lower bound of the difference at the point).

    Raises
    ------
    Unsupported
        For powers above 1, several variables, or a point that is not positive.
    """
    f = one_function(network)
    x = Q(point)
    if f.inputs != 1 or x <= 0 or any(ridge.power != 1 for ridge in f.ridges):
        raise Unsupported("growth is compared for ReLU networks of one input, at a point above 0", fix="give point=100")
    constant = abs(f.constant) + sum((abs(r.coefficient * r.bias) for r in f.ridges), _ZERO)
    slope = abs(f.linear[0]) + sum((abs(r.coefficient * r.weight[0]) for r in f.ridges), _ZERO)
    return x * x - constant - slope * x


def _slope(coefficients: Sequence[Fraction], x: Fraction) -> Fraction:
    return sum((k * c * x ** (k - 1) for k, c in enumerate(coefficients) if k), _ZERO)


def _delta(delta: object) -> Fraction:
    d = Q(delta)
    if not 0 < d < _HALF / 8:
        raise NotANumber(
            f"a distance from relu on [-1, 1] lies between 0 and 1/16, got {format_rational(d)}",
            fix="write delta=1/100",
        )
    return d
