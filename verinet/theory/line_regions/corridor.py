r"""The fewest affine pieces of a continuous function inside a corridor, exactly, by windows.

A corridor has walls :math:`l \le u`, continuous and piecewise affine with common vertices.  The greedy search keeps a
*state* (a, b): lines count that are above l from a on and below u from b on.  They are a convex polygon in (value at
a vertex, slope), clipped vertex by vertex.  When the corridor's next vertex leaves none, all lines miss it on one
side, say above; among the corners of the polygon the one whose line leaves through u last, at X, is the *extremal*
line.  Let p be the last place where it touches l.  The segment of the line over [p, X] is the *window*: it separates
the corridor, and a further line crosses it only if it is above l at p and below u at X.  So the next state is
(p, X).  (Other side: mirrored.)  The extremal lines follow each other, and meet inside the windows.  [imai1986],
[suri1986] have such windows; this form is derived.

`check_windows` sees from two points of each window, without the search, that no function does with fewer pieces.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

from flint import fmpq

from verinet.errors import EmptyDomain, ShapeMismatch
from verinet.work import keep_going

Point = tuple[Fraction, Fraction]
Number = Any  # of FLINT, which has no types
Side = Literal["upper", "lower"]


@dataclass(frozen=True, slots=True)
class Corridor:
    """Two continuous piecewise affine walls with common vertices.

    Parameters
    ----------
    x, low, high : tuples of Fraction
        At least two vertices, ascending; low <= high.

    Raises
    ------
    ShapeMismatch
        If there are fewer, or they are not ascending.
    EmptyDomain
        If the walls cross.
    """

    x: tuple[Fraction, ...]
    low: tuple[Fraction, ...]
    high: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        if len(self.x) < 2 or not len(self.x) == len(self.low) == len(self.high):
            raise ShapeMismatch("a corridor needs two vertices at least, on both walls", fix="give more points")
        if any(a >= b for a, b in pairwise(self.x)):
            raise ShapeMismatch("the vertices of a corridor ascend", fix="sort them, each abscissa once")
        if any(a > b for a, b in zip(self.low, self.high, strict=True)):
            raise EmptyDomain("the walls of the corridor cross: there is nothing between them", fix="give eps >= 0")

    def holds(self, knots: Sequence[Point]) -> bool:
        """Whether a continuous piecewise affine function over the whole corridor stays inside."""
        places = [x for x, _ in knots]
        if len(knots) < 2 or places[0] != self.x[0] or places[-1] != self.x[-1]:
            return False
        if any(a >= b for a, b in pairwise(places)):
            return False
        values = [y for _, y in knots]
        at_vertices = all(
            low <= wall_at(places, values, x) <= high for x, low, high in zip(self.x, self.low, self.high, strict=True)
        )
        return at_vertices and all(wall_at(self.x, self.low, x) <= y <= wall_at(self.x, self.high, x) for x, y in knots)


@dataclass(frozen=True, slots=True)
class Window:
    """Why a piece ends: the line through wall points at q < p leaves the corridor at `leaves`, and none later.

    Parameters
    ----------
    side : "upper" or "lower"
        The wall through which it leaves.
    q, p : Fraction
        Where it touches this wall, and then the opposite one.
    leaves : Fraction
    """

    side: Side
    q: Fraction
    p: Fraction
    leaves: Fraction


@dataclass(frozen=True, slots=True)
class Links:
    """The fewest pieces: the knots of a function that has so many, and the windows that say it takes so many."""

    knots: tuple[Point, ...]
    windows: tuple[Window, ...]

    @property
    def pieces(self) -> int:
        """How many pieces."""
        return len(self.knots) - 1


def fewest_links(corridor: Corridor) -> Links:
    """Return a continuous function with the fewest affine pieces inside a corridor.

    Examples
    --------
    >>> hat = [(0, 0), (1, 1), (2, 0)]
    >>> x, y = zip(*((Fraction(a), Fraction(b)) for a, b in hat))
    >>> def around(eps):
    ...     return Corridor(x, tuple(v - eps for v in y), tuple(v + eps for v in y))
    >>> [fewest_links(around(Fraction(eps))).pieces for eps in ("0", "1/4", "1/2")]
    [2, 2, 1]

    Guarantee: exact.
    """
    search = _Search(corridor)
    start = search.x[0]
    a = b = start  # where the walls below and above begin to count
    lines: list[_Line] = []
    windows: list[tuple[Side, Number, Number, Number]] = []
    while True:
        keep_going()
        line, window = search.farthest(a, b)
        lines.append(line)
        if window is None:
            break
        windows.append(window)
        side, _, p, leaves = window
        a, b = (p, leaves) if side == "upper" else (leaves, p)
    knots = [(start, lines[0].at(start))]
    for (before, after), (_, _, p, leaves) in zip(pairwise(lines), windows, strict=True):
        x = leaves if before.slope == after.slope else before.meets(after)
        if not p <= x <= leaves:
            raise ArithmeticError("two extremal lines do not meet in their window")
        knots.append((x, before.at(x)))
    knots.append((search.x[-1], lines[-1].at(search.x[-1])))
    exact = tuple((_fraction(x), _fraction(y)) for x, y in knots)
    links = Links(exact, tuple(Window(s, _fraction(q), _fraction(p), _fraction(e)) for s, q, p, e in windows))
    if not (corridor.holds(exact) and check_windows(corridor, links.windows)):
        raise ArithmeticError("the function with the fewest pieces, or its windows, did not stand the check")
    return links


def check_windows(corridor: Corridor, windows: Sequence[Window]) -> bool:
    r"""Tell whether the windows prove that n of them take n + 1 pieces; nothing of the search is used.

    Window k has wall points at q < p and an end X; its line is the one through them.  Checked: (1) the line stays in
    the corridor on [p, X], reaches the wall of q at X, and is outside of it right after X; (2) q and p are not before
    the state's two places, which are the start of the corridor for the first window, and p and X of the window
    before (exchanged for the lower side); (3) X is before the end.

    Then a continuous g inside the corridor with k pieces does not get beyond window k.  Induction: its piece k + 1
    starts not beyond window k.  To get beyond window k + 1 it first crosses window k, so as a line m it is above the
    lower wall at that window's p and below the upper wall at its X (upper side), and so on the rest of its way: it is
    below the upper wall at q of window k + 1, above the lower wall at its p, hence not below that window's line from
    p on.  What lies beyond that window before X is below the line, and from X on the line, and m with it, would have
    to pass outside of the corridor.  So m does not get there.

    Guarantee: exact.
    """
    a = b = corridor.x[0]
    for window in windows:
        q, p, leaves = window.q, window.p, window.leaves
        upper = window.side == "upper"
        near, far = (corridor.high, corridor.low) if upper else (corridor.low, corridor.high)
        from_near, from_far = (b, a) if upper else (a, b)
        if not (from_near <= q < p <= leaves < corridor.x[-1] and from_far <= p):
            return False
        at_q, at_p = wall_at(corridor.x, near, q), wall_at(corridor.x, far, p)
        slope = (at_p - at_q) / (p - q)
        inside = [p, *corridor.x[bisect_right(corridor.x, p) : bisect_left(corridor.x, leaves)], leaves]
        for x in inside:
            y = at_p + slope * (x - p)
            if not wall_at(corridor.x, corridor.low, x) <= y <= wall_at(corridor.x, corridor.high, x):
                return False
        if at_p + slope * (leaves - p) != wall_at(corridor.x, near, leaves):
            return False
        after = bisect_right(corridor.x, leaves)
        beyond = at_p + slope * (corridor.x[after] - p) - near[after]
        if not (beyond > 0 if upper else beyond < 0):
            return False
        a, b = (p, leaves) if upper else (leaves, p)
    return True


def wall_at(places: Sequence[Any], values: Sequence[Any], x: Any) -> Any:
    """Value at x of the piecewise affine function with these vertices; x between the first and the last one."""
    k = min(max(bisect_right(places, x), 1), len(places) - 1)
    left, right = places[k - 1], places[k]
    if x == left:
        return values[k - 1]
    if x == right:
        return values[k]
    return values[k - 1] + (values[k] - values[k - 1]) * ((x - left) / (right - left))


@dataclass(frozen=True, slots=True)
class _Line:
    """A line by its value at a place, and its slope."""

    place: Number
    value: Number
    slope: Number

    def at(self, x: Number) -> Number:
        return self.value + self.slope * (x - self.place)

    def meets(self, other: _Line) -> Number:
        return self.place + (other.at(self.place) - self.value) / (self.slope - other.slope)


class _Search:
    """The greedy search, in FLINT's rationals."""

    def __init__(self, corridor: Corridor) -> None:
        self.x = [_fmpq(q) for q in corridor.x]
        self.low = [_fmpq(q) for q in corridor.low]
        self.high = [_fmpq(q) for q in corridor.high]

    def farthest(self, a: Number, b: Number) -> tuple[_Line, tuple[Side, Number, Number, Number] | None]:
        """The extremal line of a state and its window; some line and None where one reaches the end."""
        last = max(a, b)
        first = bisect_right(self.x, last)
        place = self.x[first]
        polygon = self._polygon(a, b, first)
        for j in range(bisect_right(self.x, a), first):
            polygon = _clipped(polygon, self.x[j] - place, self.low[j], 1)
        for j in range(bisect_right(self.x, b), first):
            polygon = _clipped(polygon, self.x[j] - place, self.high[j], -1)
        if not polygon:
            raise ArithmeticError("no line goes through a window")
        for j in range(first + 1, len(self.x)):
            step = self.x[j] - place
            values = [t + m * step for t, m in polygon]
            low, high = self.low[j], self.high[j]
            if min(values) > high:
                return self._exit(polygon, place, j, a, b, "upper")
            if max(values) < low:
                return self._exit(polygon, place, j, a, b, "lower")
            polygon = _clipped(_clipped(polygon, step, low, 1), step, high, -1)
        t, m = polygon[0]
        t2, m2 = polygon[len(polygon) // 2]
        return _Line(place, (t + t2) / 2, (m + m2) / 2), None

    def _polygon(self, a: Number, b: Number, first: int) -> list[tuple[Number, Number]]:
        """Pairs (value at vertex `first`, slope) of the lines that keep to both walls there and at a and b."""
        place, low, high = self.x[first], self.low[first], self.high[first]
        at_a, at_b = wall_at(self.x, self.low, a), wall_at(self.x, self.high, b)

        def most(t: Number) -> Number:
            return (t - at_a) / (place - a)

        def least(t: Number) -> Number:
            return (t - at_b) / (place - b)

        if most(low) < least(low) or most(high) < least(high):
            # the two bounds are affine in t: move the end where they are in the wrong order to where they meet
            gap_low, gap_high = most(low) - least(low), most(high) - least(high)
            if gap_low < 0 and gap_high < 0:
                return []
            meet = low + (high - low) * (-gap_low) / (gap_high - gap_low)
            low, high = (meet, high) if gap_low < 0 else (low, meet)
        return _distinct([(low, least(low)), (high, least(high)), (high, most(high)), (low, most(low))])

    def _exit(
        self, polygon: list[tuple[Number, Number]], place: Number, j: int, a: Number, b: Number, side: Side
    ) -> tuple[_Line, tuple[Side, Number, Number, Number]]:
        """The line that leaves the corridor last before vertex j, and its window."""
        near, far, sign = (self.high, self.low, 1) if side == "upper" else (self.low, self.high, -1)
        from_near, from_far = (b, a) if side == "upper" else (a, b)
        start = max(self.x[j - 1], from_near)
        at_start, at_end = wall_at(self.x, near, start), near[j]
        best: tuple[Number, Number, _Line] | None = None
        for t, m in polygon:
            line = _Line(place, t, m)
            inside, outside = sign * (at_start - line.at(start)), sign * (line.at(self.x[j]) - at_end)
            share = inside / (inside + outside)
            # of several the one that misses the vertex least: it touches the wall on the way
            if best is None or share > best[0] or (share == best[0] and outside < best[1]):
                best = (share, outside, line)
        if best is None:
            raise ArithmeticError("no line leaves the corridor")
        line = best[2]
        leaves = start + (self.x[j] - start) * best[0]
        p = self._touch(line, far, from_far, leaves, leaves)
        q = None if p is None else self._touch(line, near, from_near, p, None)
        if p is None or q is None:
            raise ArithmeticError("an extremal line touches no wall")
        return line, (side, q, p, leaves)

    def _touch(self, line: _Line, wall: list[Number], start: Number, end: Number, last: Number | None) -> Number | None:
        """The last place where a line meets a wall, at `last`, or from `start` on before `end`."""
        if last is not None and last >= start and line.at(last) == wall_at(self.x, wall, last):
            return last
        for k in range(bisect_left(self.x, end) - 1, bisect_right(self.x, start) - 1, -1):
            if self.x[k] > start and line.at(self.x[k]) == wall[k]:
                return self.x[k]
        return start if start < end and line.at(start) == wall_at(self.x, wall, start) else None


def _clipped(
    polygon: list[tuple[Number, Number]], step: Number, bound: Number, sign: int
) -> list[tuple[Number, Number]]:
    """The part of a convex polygon of pairs (t, m) where sign (t + m step) >= sign bound."""
    sides = [sign * (t + m * step - bound) for t, m in polygon]
    if not sides or min(sides) >= 0:
        return polygon
    found: list[tuple[Number, Number]] = []
    for k, (point, side) in enumerate(zip(polygon, sides, strict=True)):
        before, previous = sides[k - 1], polygon[k - 1]
        if (side < 0 < before) or (before < 0 < side):
            share = before / (before - side)
            found.append(
                (previous[0] + (point[0] - previous[0]) * share, previous[1] + (point[1] - previous[1]) * share)
            )
        if side >= 0:
            found.append(point)
    return _distinct(found)


def _distinct(points: list[tuple[Number, Number]]) -> list[tuple[Number, Number]]:
    """Without repetitions of neighbours."""
    return [point for k, point in enumerate(points) if point != points[k - 1] or len(points) == 1] or points[:1]


def _fmpq(q: Fraction) -> Number:
    return fmpq(q.numerator, q.denominator)


def _fraction(q: Number) -> Fraction:
    return Fraction(int(q.p), int(q.q))
