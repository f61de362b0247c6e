r"""Lower bounds of norms by functionals: what no representation can undercut.

If :math:`|\Lambda(a)| \le \mathrm{cost}(a)` for all atoms a, then :math:`\Lambda(f) \le \lVert f \rVert`.  On a line
an optimal functional is found exactly (`verinet.theory.barron.norms_on_a_line`).  In d dimensions there are two ways:

* restrict f to a line through the centre: with direction v and :math:`g(t) = f(t v)`, :math:`|t| \le T`,
  :math:`T = R / \lVert v \rVert`, the norm N2 of f on the ball of radius R is at least that of g on [-T, T] over
  :math:`\lVert v \rVert`, since an atom restricted to the line is a combination of atoms of no larger mass;
* take any :math:`\Lambda = \sum_j \lambda_j \delta_{x_j}` with points in the ball, and bound it on the atoms
  :math:`\lVert w \rVert = 1, |b| \le R`.  For fixed w it is piecewise linear in b, so that it is largest where the
  boundary of the half-space meets a point x_j, or all points are active (b = R).  With S the points inside the
  half-space these values are :math:`w \cdot \sum_S \lambda_i (x_i - x_j)` and
  :math:`w \cdot \sum \lambda_i x_i + R \sum \lambda_i`.

Derived.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import lcm

from verinet.errors import BudgetExhausted, NotANumber, ShapeMismatch, Unsupported
from verinet.exact import programs
from verinet.exact.rationals import Q, format_rational
from verinet.networks.network import Network
from verinet.theory.barron.conventions import Convention, convention, dot
from verinet.theory.barron.norms_on_a_line import LineNorm, norm_on_a_line
from verinet.theory.barron.preactivations import root_above
from verinet.theory.barron.ridge_networks import one_function
from verinet.theory.ridges import Ridge, RidgeSum
from verinet.work import keep_going

__all__ = ["bound_along", "bound_by_functional", "bound_by_values", "largest_on_atoms", "restricted"]

#: So many points have too many half-spaces.
MOST_POINTS = 12


def restricted(f: RidgeSum, direction: Sequence[Fraction]) -> RidgeSum:
    r"""The function :math:`g(t) = f(t v)` of one variable.

    Examples
    --------
    >>> one = Fraction(1)
    >>> f = RidgeSum((one, one), one, (Ridge(one, (one, -one), one, 2),))
    >>> restricted(f, (one, 2 * one))(3) == f(3, 6)
    True

    Guarantee: exact.
    """
    if len(direction) != f.inputs:
        raise ShapeMismatch(f"a direction has {f.inputs} numbers, got {len(direction)}", fix="give one an input")
    ridges = tuple(Ridge(r.coefficient, (dot(r.weight, direction),), r.bias, r.power) for r in f.ridges)
    return RidgeSum((dot(f.linear, direction),), f.constant, ridges)


def bound_along(f: Network | RidgeSum, direction: Sequence[object], radius: object = 1) -> tuple[Fraction, LineNorm]:
    r"""Return a lower bound of the norm N2 on the ball of radius R, and the norm along a line that gives it.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variables
    >>> x, y = variables("x", 2)
    >>> f = network((x, y), relu(3 * x + 4 * y))
    >>> bound, along = bound_along(f, (3, 4))
    >>> str(bound), str(along.radius)
    ('5', '1/5')

    Guarantee: exact (a lower bound; the root of an irrational length is rounded up).

    Raises
    ------
    Unsupported
        For powers above 1.
    ShapeMismatch
        If the direction does not fit.
    """
    function = one_function(f)
    v = tuple(map(Q, direction))
    length = root_above(dot(v, v))
    if not length:
        raise ShapeMismatch("a direction is not 0", fix="give one other than 0")
    # with the length rounded up to L and T = R/L every restricted atom still has norm at most L: inside of [-T, T]
    # its kink costs |w . v| <= L, and an atom without one is affine and costs |b| / T <= R / T = L
    along = norm_on_a_line(restricted(function, v), Q(radius) / length, Convention.N2)
    return along.value / length, along


def bound_by_values(
    f: Callable[[Fraction], Fraction] | RidgeSum, points: Sequence[object], norm: object = Convention.N2
) -> LineNorm:
    r"""Bound the ReLU norm of any function on [-R, R] from below by its values at points.

    The functional of the piecewise linear interpolant has the same value at f; its atoms are all atoms.

    Parameters
    ----------
    f : function from Fraction to Fraction, or RidgeSum
    points : sequence of exact numbers
        The first and the last are -R and R.
    norm : Convention or str

    Raises
    ------
    Unsupported
        If the first point is not minus the last, or they do not ascend.

    Examples
    --------
    >>> grid = [Fraction(k, 4) for k in range(-8, 9)]
    >>> str(bound_by_values(lambda z: (z + 2) ** 2, grid).value), str(bound_by_values(lambda z: z * z, grid).value)
    ('31/4', '15/2')

    Guarantee: exact (a lower bound).
    """
    knots = list(map(Q, points))
    if len(knots) < 2 or knots[0] != -knots[-1] or any(a >= b for a, b in pairwise(knots)):
        raise Unsupported("the points ascend from -R to R", fix="write points=[-1, 0, 1]")
    values = [Q(f(x)) for x in knots]
    slopes = [(values[j + 1] - values[j]) / (knots[j + 1] - knots[j]) for j in range(len(knots) - 1)]
    ridges = tuple(
        Ridge(slopes[j] - slopes[j - 1], (Fraction(1),), -knots[j])
        for j in range(1, len(slopes))
        if slopes[j] != slopes[j - 1]
    )
    interpolant = RidgeSum((slopes[0],), values[0] - slopes[0] * knots[0], ridges)
    return norm_on_a_line(interpolant, knots[-1], convention(norm))


def largest_on_atoms(points: Sequence[Sequence[object]], weights: Sequence[object], radius: object = 1) -> Fraction:
    r"""An upper bound of :math:`|\Lambda(a)|` over all ReLU atoms with :math:`\lVert w \rVert = 1, |b| \le R`.

    Raises
    ------
    BudgetExhausted
        For more than 12 points.
    NotANumber, ShapeMismatch, Unsupported
        For a radius that is not positive, for points and weights that do not fit, and for points outside of the ball.

    Examples
    --------
    >>> str(largest_on_atoms([(1, 0), (-1, 0), (0, 0)], [1, 1, -2]))
    '1'

    Guarantee: exact (an upper bound).
    """
    places = [tuple(map(Q, point)) for point in points]
    masses, ball = [Q(weight) for weight in weights], Q(radius)
    if ball <= 0:
        raise NotANumber(f"a radius is positive, got {format_rational(ball)}", fix="write radius=1")
    if not places or len(places) != len(masses) or len(set(map(len, places))) > 1:
        raise ShapeMismatch(
            f"a functional has points of one dimension and a weight for each, got {len(places)} points and "
            f"{len(masses)} weights",
            fix="give at least one point, and as many weights",
        )
    if len(places) > MOST_POINTS:
        raise BudgetExhausted(
            f"{len(places)} points have too many half-spaces, the limit is {MOST_POINTS}", fix="take fewer points"
        )
    if any(dot(place, place) > ball**2 for place in places):
        raise Unsupported("a point of the functional lies outside of the ball", fix="take points of the domain")
    largest = root_above(_moment(places, masses, range(len(places)), None)) + ball * abs(sum(masses, Fraction(0)))
    for chosen, at in _half_spaces(places):
        largest = max(largest, root_above(_moment(places, masses, chosen, at)))
    return largest


def bound_by_functional(
    f: Network | RidgeSum, points: Sequence[Sequence[object]], weights: Sequence[object], radius: object = 1
) -> Fraction:
    r"""Return :math:`|\Lambda(f)|` over `largest_on_atoms`: a lower bound of the norm N2 on the ball of radius R.

    Raises
    ------
    BudgetExhausted, NotANumber, ShapeMismatch
        As `largest_on_atoms`.
    Unsupported
        If the functional is 0 on all atoms.

    Examples
    --------
    >>> from verinet.networks.build import abs_, network, variables
    >>> x, y = variables("x", 2)
    >>> str(bound_by_functional(network((x, y), abs_(x)), [(1, 0), (-1, 0), (0, 0)], [1, 1, -2]))
    '2'

    Guarantee: exact (a lower bound).
    """
    function = one_function(f)
    above = largest_on_atoms(points, weights, radius)
    if not above:
        raise Unsupported("the functional is 0 on all atoms, and on f", fix="take other weights")
    value = sum((Q(w) * function(*point) for w, point in zip(weights, points, strict=True)), Fraction(0))
    return abs(value) / above


def _moment(
    places: Sequence[tuple[Fraction, ...]], masses: Sequence[Fraction], chosen: Iterable[int], at: int | None
) -> Fraction:
    """The square of the length of sum_S lambda_i (x_i - x_j)."""
    inside = list(chosen)
    centre = places[at] if at is not None else (Fraction(0),) * len(places[0])
    vector = [sum((masses[i] * (places[i][k] - centre[k]) for i in inside), Fraction(0)) for k in range(len(centre))]
    return dot(vector, vector)


def _half_spaces(places: Sequence[tuple[Fraction, ...]]) -> Iterator[tuple[tuple[int, ...], int]]:
    """The sets of points inside of an open half-space whose boundary holds the point j, and j."""
    for at in range(len(places)):
        open_: list[tuple[tuple[int, ...], int]] = [((), 0)]
        while open_:
            keep_going()
            chosen, done = open_.pop()
            if done == len(places):
                if chosen:
                    yield chosen, at
                continue
            for more in ((*chosen, done), chosen) if done != at else (chosen,):
                if _separates(places[: done + 1], set(more), places[at]):
                    open_.append((more, done + 1))


def _separates(places: Sequence[tuple[Fraction, ...]], chosen: set[int], at: tuple[Fraction, ...]) -> bool:
    """Whether some w . (x - x_j) is positive on the chosen points and at most 0 on the others."""
    rows, strict = [], []
    for j, place in enumerate(places):
        gap = [a - b for a, b in zip(place, at, strict=True)]
        over = lcm(*(entry.denominator for entry in gap)) * (1 if j in chosen else -1)
        rows.append((0, *(int(entry * over) for entry in gap)))
        strict.append(j in chosen)
    size = len(at)
    ones = (Fraction(-1),) * size, (Fraction(1),) * size
    return isinstance(programs.feasible(programs.System(tuple(rows), tuple(strict), *ones)), programs.Feasible)
