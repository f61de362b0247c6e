"""Bounded polytopes by their vertices and facets, cut by hyperplanes until every part is a simplex.

All integers: a vertex is ``(w, x_1, ..., x_n)`` with w > 0 and stands for x / w, a facet the row of a form that is >= 0
on the polytope and 0 on the facet.  Sets of vertices are the bits of an integer.

From an apex v every facet F that misses v is seen as a cone; the plane through v and the common face of two such
facets lies between their cones, so cutting by such planes leaves cones over v, each over one facet.  In that facet the
same is done with another apex, by planes that go through v as well: at the end there are n apexes and an edge's end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import combinations, product
from math import factorial, gcd, lcm, prod
from operator import and_, mul

from flint import fmpz_mat

from verinet.exact.linalg import Matrix
from verinet.exact.programs import Feasible, System, feasible
from verinet.provers.cases import Box

Row = tuple[int, ...]
#: The place of a facet that is a side of the box.
SIDE = -1


@dataclass(frozen=True, slots=True)
class Facet:
    """``row >= 0`` on the polytope, 0 at the vertices whose bits are in `at`; `place` in the list of hypotheses."""

    row: Row
    place: int
    at: int


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A polytope with an interior."""

    vertices: tuple[Row, ...]
    facets: tuple[Facet, ...]

    @property
    def dimension(self) -> int:
        """Number n of coordinates."""
        return len(self.vertices[0]) - 1

    def values(self, row: Sequence[int]) -> list[int]:
        """The form at every vertex, times the vertex's (positive) denominator."""
        return [sum(map(mul, row, vertex)) for vertex in self.vertices]

    def cut(self, row: Row, place: int) -> tuple[Piece | None, Piece | None]:
        """The parts where the form is <= 0 and where it is >= 0; None for a part without interior."""
        values = self.values(row)
        if max(values) <= 0:
            return self, None
        if min(values) >= 0:
            return None, self
        crossings = [(i, j, _between(self.vertices[i], self.vertices[j], values[i], values[j])) for i, j in
                     self._edges_across(values)]  # fmt: skip
        low = self._part([i for i, value in enumerate(values) if value <= 0], crossings, values, row, place, -1)
        high = self._part([i for i, value in enumerate(values) if value >= 0], crossings, values, row, place, 1)
        return low, high

    def _edges_across(self, values: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Pairs of vertices on both sides that are the ends of an edge: no third lies on all their facets."""
        through = [0] * len(values)
        for number, facet in enumerate(self.facets):
            for i in bits(facet.at):
                through[i] |= 1 << number
        everything = (1 << len(values)) - 1
        size = self.dimension
        above = [j for j, value in enumerate(values) if value > 0]
        for i, value in enumerate(values):
            if value >= 0:
                continue
            for j in above:
                shared = through[i] & through[j]
                if shared.bit_count() < size - 1:
                    continue
                if reduce(and_, (self.facets[k].at for k in bits(shared)), everything) == 1 << i | 1 << j:
                    yield i, j

    def _part(
        self,
        kept: Sequence[int],
        crossings: Sequence[tuple[int, int, Row]],
        values: Sequence[int],
        row: Row,
        place: int,
        sign: int,
    ) -> Piece:
        position = {old: new for new, old in enumerate(kept)}
        vertices = [self.vertices[i] for i in kept]
        found: dict[Row, int] = {}
        met: list[tuple[int, int]] = []  # the ends of the edge, and the bit of its crossing
        for i, j, vertex in crossings:
            if vertex not in found:
                found[vertex] = len(vertices)
                vertices.append(vertex)
            met.append((1 << i | 1 << j, 1 << found[vertex]))
        facets = []
        for facet in self.facets:
            at = sum(1 << position[i] for i in bits(facet.at) if i in position)
            for edge, bit in met:
                if edge & facet.at == edge:
                    at |= bit
            facets.append(Facet(facet.row, facet.place, at))
        tight = sum(1 << position[i] for i in kept if values[i] == 0)
        tight |= reduce(int.__or__, (bit for _, bit in met), 0)
        facets.append(Facet(tuple(sign * entry for entry in row), place, tight))
        return Piece(tuple(vertices), _proper(facets, self.dimension))

    @property
    def is_simplex(self) -> bool:
        """Whether it has n + 1 vertices."""
        return len(self.vertices) == self.dimension + 1

    @property
    def volume(self) -> Fraction:
        """The volume of a simplex."""
        return volume(self.vertices)

    def refutation(self, row: Row, box: Box) -> list[tuple[int, int]]:
        """Multipliers of (-1: the form, else the place of a hypothesis) that bound the form by its maximum here.

        The sum of the multiples has that maximum over the box: the box's sides are left to it.
        """
        values = self.values(row)
        scales = [Fraction(value, vertex[0]) for value, vertex in zip(values, self.vertices, strict=True)]
        most = max(scales)
        if box_maximum(row, box) == most:
            return [(-1, 1)]
        tops = [i for i, value in enumerate(scales) if value == most]
        tight = [[f for f in self.facets if f.at >> i & 1] for i in tops]
        simple = min(tight, key=len)
        weights = _weights(row, simple, self.dimension)
        over = lcm(*(weight.denominator for weight in weights))
        pairs = [(-1, over)]
        for weight, facet in zip(weights, simple, strict=True):
            if weight and facet.place != SIDE:
                pairs.append((facet.place, int(weight * over)))
        shared = gcd(*(factor for _, factor in pairs))
        return [(place, factor // shared) for place, factor in pairs]


def bits(number: int) -> Iterator[int]:
    """The places of the bits that are set."""
    while number:
        low = number & -number
        yield low.bit_length() - 1
        number ^= low


def volume(vertices: Sequence[Row]) -> Fraction:
    """The volume of the simplex with these n + 1 vertices."""
    size = len(vertices)
    determinant = fmpz_mat(size, size, [entry for vertex in vertices for entry in vertex]).det()
    return abs(Fraction(int(determinant), prod(vertex[0] for vertex in vertices) * factorial(size - 1)))


def box_maximum(row: Row, box: Box) -> Fraction | None:
    """The maximum of a form over a bounded box."""
    total = Fraction(row[0])
    for entry, low, high in zip(row[1:], box.low, box.high, strict=True):
        end = high if entry > 0 else low
        if entry and end is None:
            return None
        total += entry * (end or 0)
    return total


def box_piece(box: Box) -> Piece:
    """The box as a polytope; its sides have lengths."""
    sides = [(Fraction(low or 0), Fraction(high or 0)) for low, high in box.sides]
    choices = list(product((0, 1), repeat=len(sides)))
    vertices = tuple(homogeneous([sides[k][end] for k, end in enumerate(choice)]) for choice in choices)
    facets = []
    for k, pair in enumerate(sides):
        for end, sign in ((0, 1), (1, -1)):
            row = [0] * (len(sides) + 1)
            row[0], row[k + 1] = -sign * pair[end].numerator, sign * pair[end].denominator
            at = sum(1 << i for i, choice in enumerate(choices) if choice[k] == end)
            facets.append(Facet(tuple(row), SIDE, at))
    return Piece(vertices, tuple(facets))


def homogeneous(point: Sequence[Fraction]) -> Row:
    """A rational point as integers, its denominator first."""
    over = lcm(*(entry.denominator for entry in point))
    return (over, *(entry.numerator * (over // entry.denominator) for entry in point))


def _between(low: Row, high: Row, below: int, above: int) -> Row:
    """The point of the edge at which the form is 0."""
    entries = [above * a - below * b for a, b in zip(low, high, strict=True)]
    shared = gcd(*entries)
    return tuple(entry // shared for entry in entries)


def _proper(facets: Sequence[Facet], size: int) -> tuple[Facet, ...]:
    """Those that are facets: their vertices are no part of another's; of two equal ones the first."""
    rich = [facet for facet in facets if facet.at.bit_count() >= size]
    kept = []
    for number, facet in enumerate(rich):
        others = (other.at for k, other in enumerate(rich) if k != number and (other.at != facet.at or k < number))
        if not any(facet.at & at == facet.at for at in others):
            kept.append(facet)
    return tuple(kept)


def _weights(row: Row, facets: Sequence[Facet], size: int) -> list[Fraction]:
    """w >= 0 for which the slopes of ``row + sum w_i facet_i`` are 0; the facets meet where the form is largest."""
    if len(facets) == size:
        columns = Matrix.from_integers([[facet.row[k] for facet in facets] for k in range(1, size + 1)])
        solution = columns.solve(Matrix.from_integers([[-entry] for entry in row[1:]]))
        return [entry for (entry,) in solution.to_rows()]
    rows: list[tuple[int, ...]] = []
    for k in range(1, size + 1):
        balance = (row[k], *(facet.row[k] for facet in facets))
        rows.extend([balance, tuple(-entry for entry in balance)])
    none = (None,) * len(facets)
    answer = feasible(System(tuple(rows), (False,) * len(rows), (Fraction(0),) * len(facets), none))
    if not isinstance(answer, Feasible):
        raise ArithmeticError("a form is not bounded by the facets at its largest vertex")
    return list(answer.point)


# ------------------------------------------------------------------------------------------------ down to simplices


@dataclass(frozen=True, slots=True)
class Apexes:
    """The vertices over which a piece is a cone, and the one over which it is about to become one."""

    done: tuple[Row, ...] = ()
    next: Row | None = None


def simplex_cut(piece: Piece, apexes: Apexes) -> tuple[Row, Apexes] | None:
    """The next hyperplane on the way to simplices, and what both parts are to remember; None for a simplex."""
    if piece.is_simplex:
        return None
    number = {vertex: i for i, vertex in enumerate(piece.vertices)}
    while True:
        done = sum(1 << number[vertex] for vertex in apexes.done)
        base = [facet for facet in piece.facets if facet.at & done == done]
        top = apexes.next
        if top is None:
            top = piece.vertices[_best_apex(base, len(piece.vertices), done)]
        away = [facet for facet in base if not facet.at >> number[top] & 1]
        if len(away) > 1:
            return _plane(piece, away, number[top]), Apexes(apexes.done, top)
        apexes = Apexes((*apexes.done, top), None)


def _best_apex(base: Sequence[Facet], count: int, done: int) -> int:
    """The vertex, no apex yet, that most of the facets meet."""
    meets = [sum(facet.at >> i & 1 for facet in base) for i in range(count)]
    return max((i for i in range(count) if not done >> i & 1), key=lambda i: (meets[i], -i))


def _plane(piece: Piece, away: Sequence[Facet], top: int) -> Row:
    """Through the apex and a ridge between two facets that miss it: few new vertices, halves of equal size."""
    size = piece.dimension
    best: tuple[tuple[int, int], Row] | None = None
    seen: set[int] = set()
    for first, second in combinations(away, 2):
        ridge = first.at & second.at
        if ridge.bit_count() < size - 1 or ridge in seen:
            continue
        seen.add(ridge)
        row = hyperplane([piece.vertices[i] for i in (top, *bits(ridge))], size)
        if row is None:
            continue
        values = piece.values(row)
        below, above = sum(value < 0 for value in values), sum(value > 0 for value in values)
        crossed = sum(1 for _ in piece._edges_across(values)) if size > 2 else 0
        cost = (crossed, abs(below - above))
        if best is None or cost < best[0]:
            best = (cost, row)
    if best is None:
        raise ArithmeticError("two facets of a polytope that are seen from one vertex share no ridge")
    return best[1]


def hyperplane(points: Sequence[Row], size: int) -> Row | None:
    """The form that vanishes at these points, with coprime entries; None unless they span a hyperplane."""
    matrix = fmpz_mat(len(points), size + 1, [entry for point in points for entry in point])
    kernel, nullity = matrix.nullspace()
    if nullity != 1:
        return None
    entries = [int(kernel[k, 0]) for k in range(size + 1)]
    shared = gcd(*entries)
    return tuple(entry // shared for entry in entries)


def longest_edge_cut(piece: Piece) -> Row:
    """The hyperplane that cuts a simplex in two through the middle of its longest edge."""
    size = piece.dimension
    points = [[Fraction(entry, vertex[0]) for entry in vertex[1:]] for vertex in piece.vertices]

    def length(pair: tuple[int, int]) -> Fraction:
        return sum(((a - b) ** 2 for a, b in zip(points[pair[0]], points[pair[1]], strict=True)), Fraction(0))

    i, j = max(combinations(range(size + 1), 2), key=length)
    middle = homogeneous([(a + b) / 2 for a, b in zip(points[i], points[j], strict=True)])
    others = [vertex for k, vertex in enumerate(piece.vertices) if k not in (i, j)]
    row = hyperplane([middle, *others], size)
    if row is None:
        raise ArithmeticError("a simplex is flat")
    return row
