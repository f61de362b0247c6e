r"""Polynomials of degree at most s as finite sums of RePU_s neurons, exactly over the rationals.

With s + 1 different nodes the powers :math:`(z - \tau_i)^s` span all polynomials of degree at most s, and

.. math:: (z - \tau)^s = \mathrm{RePU}_s(z - \tau) + (-1)^s\, \mathrm{RePU}_s(\tau - z),

one neuron instead of two where :math:`\tau` is no inner point of the interval of z.  Several inputs are reduced to
one by polarisation: :math:`y_1 \cdots y_s = \frac{1}{2^{s-1}s!} \sum_\epsilon \epsilon_2 \cdots \epsilon_s
(y_1 + \epsilon_2 y_2 + \cdots + \epsilon_s y_s)^s`.  Derived.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import comb, factorial

from verinet.errors import NotANumber, ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q, format_rational
from verinet.theory.barron.conventions import integer_power
from verinet.theory.barron.measures import Atom, Measure
from verinet.work import keep_going

_ZERO, _ONE = Fraction(0), Fraction(1)
#: Above this power polarisation would make more than 2^15 powers a monomial.
MOST_FACTORS = 16


def equispaced(s: int, low: object = -1, high: object = 1) -> tuple[Fraction, ...]:
    """The s + 1 nodes that cut [low, high] into s equal parts; for s = 0 the left end.

    Raises
    ------
    NotANumber
        Unless low < high.
    Unsupported
        For a negative power.

    Examples
    --------
    >>> [str(node) for node in equispaced(3)]
    ['-1', '-1/3', '1/3', '1']

    Guarantee: exact.
    """
    start, end = Q(low), Q(high)
    if start >= end:
        raise NotANumber(
            f"nodes lie in an interval low < high, got [{format_rational(start)}, {format_rational(end)}]",
            fix="exchange the ends",
        )
    integer_power(s, 0)
    return tuple(start + (end - start) * Fraction(i, max(s, 1)) for i in range(s + 1))


def in_powers(coefficients: Sequence[object], s: int, nodes: Sequence[object]) -> tuple[Fraction, ...]:
    r"""The numbers :math:`\alpha_i` with :math:`\sum_j p_j z^j = \sum_i \alpha_i (z - \tau_i)^s`.

    Parameters
    ----------
    coefficients : sequence
        p, constant first; of degree at most s.
    s : int
    nodes : sequence
        s + 1 different numbers.

    Raises
    ------
    Unsupported
        If the degree exceeds s.
    ShapeMismatch
        If there are not s + 1 different nodes.

    Examples
    --------
    >>> [str(a) for a in in_powers([1], 2, [-1, 0, 1])]
    ['1/2', '-1', '1/2']

    Guarantee: exact.
    """
    wanted = list(map(Q, coefficients))
    while wanted and not wanted[-1]:
        wanted.pop()
    if len(wanted) > s + 1:
        raise Unsupported(
            f"a polynomial of degree {len(wanted) - 1} is no sum of powers {s} of affine functions",
            fix="take neurons of a power that is at least the degree",
        )
    places = tuple(map(Q, nodes))
    if len(places) != s + 1 or len(set(places)) != s + 1:
        raise ShapeMismatch(
            f"the power {s} needs {s + 1} different nodes, got {len(set(places))}", fix="give s + 1 different nodes"
        )
    wanted += [_ZERO] * (s + 1 - len(wanted))
    rows = [[comb(s, k) * (-node) ** (s - k) for node in places] for k in range(s + 1)]
    solution = Matrix.from_rows(rows).solve(Matrix.column(wanted))
    return tuple(row[0] for row in solution.to_rows())


def polynomial_measure(
    coefficients: Sequence[object],
    s: int,
    low: object = -1,
    high: object = 1,
    nodes: Sequence[object] | None = None,
    weight: Sequence[object] = (1,),
    bias: object = 0,
) -> Measure:
    r"""RePU_s neurons whose sum is the polynomial p(z) for all z in [low, high], where :math:`z = w \cdot x + b`.

    Parameters
    ----------
    coefficients : sequence
        p, constant first.
    s : int
        At least 1.
    low, high : Fraction
        The values that z takes.
    nodes : sequence or None
        s + 1 different numbers; without them equispaced ones.  With nodes at or below `low` every neuron is always
        active, and there are s + 1 of them.
    weight, bias : Fraction
        w and b.

    Examples
    --------
    >>> square = polynomial_measure([0, 0, 1], 2)
    >>> square.mass(), square.value(2, Fraction(-1, 3))
    (Fraction(2, 1), Fraction(1, 9))
    >>> active = polynomial_measure([0, 0, 1], 2, nodes=[-1, -2, -3])
    >>> len(active.atoms), active.value(2, Fraction(-1, 3))
    (3, Fraction(1, 9))

    Guarantee: exact.
    """
    integer_power(s)
    start, end = Q(low), Q(high)
    places = equispaced(s, start, end) if nodes is None else tuple(map(Q, nodes))
    row, shift = tuple(map(Q, weight)), Q(bias)
    turned = tuple(-w for w in row)
    atoms: list[Atom] = []
    for alpha, node in zip(in_powers(coefficients, s, places), places, strict=True):
        if node < end:
            atoms.append(Atom(alpha, row, shift - node))
        if node > start:
            atoms.append(Atom((-1) ** s * alpha, turned, node - shift))
    return Measure(len(row), tuple(atoms)).merged()


def monomial_masses(s: int, radius: object = 1) -> tuple[Fraction, ...]:
    r"""The masses :math:`\kappa_j` of :math:`1, z, \ldots, z^s` on [-R, R] by RePU_s neurons with equispaced kinks.

    On another radius :math:`\kappa_j(R) = \kappa_j(1) R^{j-s}`.  For N2 they bound the norms from above.

    Examples
    --------
    >>> [[str(mass) for mass in monomial_masses(s)] for s in (1, 2, 3)]
    [['1', '1'], ['3', '1/2', '2'], ['63/8', '9/8', '55/24', '19/8']]

    Guarantee: exact.
    """
    size = Q(radius)
    integer_power(s)
    return tuple(polynomial_measure([0] * j + [1], s, -size, size).mass() for j in range(s + 1))


def multivariate(terms: Mapping[Sequence[int], object], s: int, inputs: int) -> Measure:
    r"""RePU_s neurons, two a power, whose sum is a polynomial in several inputs, on the whole space.

    Parameters
    ----------
    terms : mapping from exponents to numbers
        ``{(2, 0): 1, (1, 1): -3}`` is :math:`x_1^2 - 3 x_1 x_2`; of total degree at most s.
    s : int
        At least 1, at most 16.
    inputs : int

    Raises
    ------
    Unsupported
        If the degree exceeds s, or s the limit.
    ShapeMismatch
        If the exponents of a term do not fit.

    Examples
    --------
    >>> mu = multivariate({(1, 1): 1}, 2, 2)  # a product by four neurons
    >>> mu.value(2, 3, -5), len(mu.atoms), mu.mass()
    (Fraction(-15, 1), 4, Fraction(1, 1))

    Guarantee: exact.
    """
    if not 1 <= s <= MOST_FACTORS:
        raise Unsupported(f"polarisation is written out for powers 1 to {MOST_FACTORS}, got {s}", fix="take another s")
    atoms: list[Atom] = []
    for exponents, coefficient in terms.items():
        factor = Q(coefficient)
        if len(exponents) != inputs or any(not isinstance(e, int) or e < 0 for e in exponents):
            raise ShapeMismatch(
                f"the exponents {tuple(exponents)} do not fit {inputs} inputs", fix="give one count an input"
            )
        if sum(exponents) > s:
            raise Unsupported(f"the term {tuple(exponents)} has a degree above {s}", fix="take a larger power")
        # the product of s factors: inputs, as often as their exponents say, and then ones
        factors = [i for i, count in enumerate(exponents) for _ in range(count)]
        factors += [inputs] * (s - len(factors))
        share = factor / (factorial(s) * 2 ** (s - 1))
        for signs in product((1, -1), repeat=s - 1):
            keep_going()
            row = [_ZERO] * (inputs + 1)
            negative = 0
            for place, sign in zip(factors, (1, *signs), strict=True):
                row[place] += sign
                negative += sign < 0
            atoms += _power_atoms((-1) ** negative * share, tuple(row[:inputs]), row[inputs], s)
    return Measure(inputs, tuple(atoms)).merged()


def _power_atoms(alpha: Fraction, weight: tuple[Fraction, ...], bias: Fraction, s: int) -> list[Atom]:
    r"""The power :math:`\alpha (w x + b)^s` by two neurons, the first of which has a positive leading weight."""
    lead = next((w for w in (*weight, bias) if w), _ZERO)
    if not lead:
        return []
    if lead < 0:
        alpha, weight, bias = alpha * (-1) ** s, tuple(-w for w in weight), -bias
    return [Atom(alpha, weight, bias), Atom((-1) ** s * alpha, tuple(-w for w in weight), -bias)]
