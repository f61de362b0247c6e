r"""How small TV(f'') can be for a function within delta of ReLU on [-1, 1]: a program with certificates of both sides.

By symmetry :math:`f(x) - x / 2` is even, so that with knots :math:`\tau_i > 0`

.. math:: f(x) = \frac{x}{2} + f_0 + \frac{a x^2}{2} + \sum_i \frac{c_i}{2} \mathrm{RePU}_2(|x| - \tau_i), \qquad
    TV(f'') = 2 \sum_i |c_i| .

The program holds f within delta of ReLU at finitely many points.  Its f is too far by a little between them; mixed
with a mollified ReLU it is within delta, and its variation bounds the least one from above.  The multipliers are a
functional, which `verinet.theory.barron.no_embedding.bound_near_relu` makes a bound from below.  Derived.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from verinet.errors import BudgetExhausted, NotANumber
from verinet.exact import programs
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q
from verinet.theory.barron.line_errors import sup_error_on_a_line
from verinet.theory.barron.no_embedding import (
    RELU_ON_THE_LINE,
    blow_up,
    bound_near_relu,
    mollified_relu,
    variation_of_second_derivative,
)
from verinet.theory.ridges import Ridge, RidgeSum

__all__ = ["LeastVariation", "least_variation"]

_ZERO, _ONE = Fraction(0), Fraction(1)
#: The program is exact: a hundred knots take a minute.
MOST_KNOTS = 120


@dataclass(frozen=True, slots=True)
class LeastVariation:
    """The least TV(f'') of functions within delta of ReLU lies between `lower` and `upper`.

    Parameters
    ----------
    delta, lower, upper : Fraction
    program : Fraction
        The optimum of the finite program, near to both.
    function : RidgeSum
        Within delta of ReLU on [-1, 1], of variation `upper`.

    Guarantee: exact.
    """

    delta: Fraction
    lower: Fraction
    upper: Fraction
    program: Fraction
    function: RidgeSum

    __repr__ = spelled_fields


def least_variation(delta: object, cells: int = 6) -> LeastVariation:
    r"""Enclose the least total variation of f'' over all f within delta of ReLU on [-1, 1].

    Parameters
    ----------
    delta : exact number
        Between 0 and 1/16.
    cells : int
        How fine the knots are: so many to :math:`8 \delta`.

    Raises
    ------
    NotANumber
        If delta is none of these, or there are no cells.
    BudgetExhausted
        If there would be more than 120 knots.

    Examples
    --------
    >>> found = least_variation("3/100")
    >>> known = blow_up("3/100")
    >>> known.lower < found.lower <= found.upper < known.attained
    True

    Guarantee: exact (both bounds).
    """
    known = blow_up(delta)
    if isinstance(cells, bool) or not isinstance(cells, int) or cells < 1:
        raise NotANumber(f"a number of cells is a positive integer, got {str(cells)[:40]}", fix="write cells=6")
    d = known.delta
    knots, points = _grids(8 * d, cells)
    coefficients, multipliers = _solved(knots, points, d)
    start, curve, *jumps = coefficients
    ridges = [Ridge(c / 2, (sign * _ONE,), -knot, 2) for knot, c in zip(knots, jumps, strict=True) for sign in (1, -1)]
    # x^2 = RePU_2(x) + RePU_2(-x)
    ridges += [Ridge(curve / 2, (sign * _ONE,), _ZERO, 2) for sign in (1, -1)]
    found = RidgeSum((_ONE / 2,), start, tuple(ridge for ridge in ridges if ridge.coefficient))
    program = 2 * sum(map(abs, jumps), _ZERO)
    function = _mixed(found, d)
    upper = variation_of_second_derivative(function)
    places = [*(-x for x in points if x), *points]
    weights = [*(m / 2 for x, m in zip(points, multipliers, strict=True) if x)]
    weights += [m / 2 if x else m for x, m in zip(points, multipliers, strict=True)]
    lower = max(known.lower, bound_near_relu(places, weights, d))
    if upper >= known.attained:
        function, upper = mollified_relu(d), known.attained
    return LeastVariation(d, lower, upper, program, function)


def _grids(scale: Fraction, cells: int) -> tuple[list[Fraction], list[Fraction]]:
    """Knots and points from 0 to 1, dense up to twice the scale, then growing."""
    dense = [scale * k / cells for k in range(1, min(2 * cells, MOST_KNOTS) + 1)]
    knots = [knot for knot in dense if knot < 1]
    while knots[-1] * 5 / 4 < 1 and len(knots) <= MOST_KNOTS:
        knots.append(_short(knots[-1] * 5 / 4))
    if len(knots) > MOST_KNOTS or 2 * cells > MOST_KNOTS:
        raise BudgetExhausted(f"the program has more than {MOST_KNOTS} knots", fix="take fewer cells, a larger delta")
    points = [_ZERO, *(knot / 2 for knot in knots[:1])]
    for low, high in zip(knots, [*knots[1:], _ONE], strict=True):
        points += [low, (low + high) / 2]
    return knots, [*points, _ONE]


def _short(q: Fraction) -> Fraction:
    """A number near q with a short denominator, relative to its size: less than 1/8 of it away."""
    places = 12 + max(0, q.denominator.bit_length() - q.numerator.bit_length())
    return Fraction(round(q * 2**places), 2**places)


def _solved(
    knots: Sequence[Fraction], points: Sequence[Fraction], delta: Fraction
) -> tuple[list[Fraction], list[Fraction]]:
    """f_0, a and the jumps of least size, and one multiplier a point."""
    rows, scales = [], []
    for x in points:
        jumps = [max(_ZERO, x - knot) ** 2 / 2 for knot in knots]
        entries = [_ONE, x * x / 2, *jumps, *(-entry for entry in jumps)]
        for row in ([delta - x / 2, *entries], [delta + x / 2, *(-entry for entry in entries)]):
            over = lcm(*(entry.denominator for entry in row))
            rows.append(tuple(int(entry * over) for entry in row))
            scales.append(over)
    size = len(knots)
    low = (None, None, *[_ZERO] * (2 * size))
    system = programs.System(tuple(rows), (False,) * len(rows), low, (None,) * len(low))
    answer = programs.minimum((0, 0, 0, *[2] * (2 * size)), system)
    if not isinstance(answer, programs.Minimum):
        raise ArithmeticError("a mollified relu satisfies the program")
    at = answer.point
    coefficients = [at[0], at[1], *(at[2 + k] - at[2 + size + k] for k in range(size))]
    multipliers = [_ZERO] * len(points)
    for index, m in answer.multipliers:
        place, upper = divmod(index, 2)
        multipliers[place] += Fraction(m * scales[index], answer.scale) * (-1 if upper else 1)
    return coefficients, multipliers


def _mixed(found: RidgeSum, delta: Fraction) -> RidgeSum:
    """A combination with a nearer mollified ReLU that is within delta everywhere."""
    error = sup_error_on_a_line(found, RELU_ON_THE_LINE, -_ONE, _ONE).size.high
    if error <= delta:
        return found
    near = Q(delta) / 2
    share = (error - delta) / (error - near)
    return found.scaled(1 - share) + mollified_relu(near).scaled(share)
