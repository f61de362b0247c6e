"""Bounded polytopes, each on its own: vertices in homogeneous integers and the halfspaces tight there.

Cut by the double description method; faces from vertex sets alone; exact volumes.  Only for polytopes with interior.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import factorial, prod
from operator import mul
from typing import Any

from tests.regions.stages import Row, integer_row, shortest

Point = tuple[int, ...]  # (w, w x_1, ..., w x_d), w > 0, without a common divisor


@dataclass(frozen=True)
class Polytope:
    """Vertices, and for each the halfspaces tight there as bits; `halfspaces` counts the bits."""

    vertices: tuple[Point, ...]
    tight: tuple[int, ...]
    halfspaces: int


def cut(polytope: Polytope, row: Row) -> tuple[Polytope | None, Polytope | None]:
    """The part where the row is <= 0 and the part where it is >= 0; None for a part without interior."""
    values = [sum(map(mul, row, vertex)) for vertex in polytope.vertices]
    if max(values) <= 0:
        return polytope, None
    if min(values) >= 0:
        return None, polytope
    new_bit = 1 << polytope.halfspaces
    sides: tuple[list[tuple[Point, int]], list[tuple[Point, int]]] = ([], [])
    below: list[tuple[Point, int, int]] = []
    above: list[tuple[Point, int, int]] = []
    for vertex, tight, value in zip(polytope.vertices, polytope.tight, values, strict=True):
        if value == 0:
            sides[0].append((vertex, tight | new_bit))
            sides[1].append((vertex, tight | new_bit))
        else:
            sides[value > 0].append((vertex, tight))
            (above if value > 0 else below).append((vertex, tight, abs(value)))
    for vertex, tight, value in below:
        for other, other_tight, other_value in above:
            common = tight & other_tight
            # an edge: no third vertex lies in the smallest face that contains both
            if sum(1 for third in polytope.tight if third & common == common) == 2:
                between = shortest([other_value * p + value * q for p, q in zip(vertex, other, strict=True)])
                sides[0].append((between, common | new_bit))
                sides[1].append((between, common | new_bit))
    return _polytope(sides[0], polytope.halfspaces + 1), _polytope(sides[1], polytope.halfspaces + 1)


def _polytope(found: Sequence[tuple[Point, int]], halfspaces: int) -> Polytope:
    return Polytope(tuple(v for v, _ in found), tuple(t for _, t in found), halfspaces)


def domain_rows(domain: Any) -> tuple[Row, ...]:
    """The halfspaces of a `Polyhedron` as integer rows, its box first."""
    d = domain.dimension
    rows = []
    for j in range(d):
        unit = [Fraction(int(i == j)) for i in range(d)]
        if domain.low[j] is not None:
            rows.append(integer_row([-domain.low[j], *unit]))
        if domain.high[j] is not None:
            rows.append(integer_row([domain.high[j], *(-entry for entry in unit)]))
    return (*rows, *(integer_row([h.offset, *(-a for a in h.normal)]) for h in domain.halfspaces))


def domain_polytope(domain: Any) -> Polytope:
    """The bounded domain, which needs an interior.  A box is cut; without a box, all vertices are tried out."""
    d = domain.dimension
    if None in domain.low or None in domain.high:
        return polytope_by_subsets(domain_rows(domain), d)
    if any(low >= high for low, high in zip(domain.low, domain.high, strict=True)):
        raise ValueError("the domain has no interior")
    vertices = [
        integer_row([Fraction(1), *x]) for x in product(*((a, b) for a, b in zip(domain.low, domain.high, strict=True)))
    ]
    rows = domain_rows(domain)
    found = [(v, sum(1 << i for i, row in enumerate(rows[: 2 * d]) if value_at(row, v) == 0)) for v in vertices]
    polytope = _polytope(found, 2 * d)
    for row in rows[2 * d :]:
        inside = cut(polytope, row)[1]
        if inside is None:
            raise ValueError("the domain has no interior")
        polytope = inside
    return polytope


def polytope_by_subsets(rows: Sequence[Row], d: int) -> Polytope:
    """Vertices of a bounded set with interior: wherever d of the rows vanish in one point of the set."""
    points = set()
    for chosen in combinations(rows, d):
        point = _common_zero(chosen)
        if point is not None and all(value_at(row, point) >= 0 for row in rows):
            points.add(point)
    if rank(list(points)) != d + 1:
        raise ValueError("the domain has no interior, or no vertices")
    found = [(p, sum(1 << i for i, row in enumerate(rows) if value_at(row, p) == 0)) for p in sorted(points)]
    return _polytope(found, len(rows))


def value_at(row: Row, point: Point) -> int:
    return sum(map(mul, row, point))


def _common_zero(rows: Sequence[Row]) -> Point | None:
    """The one point (w, x) with w > 0 where all d rows vanish: the minors of the rows, by Cramer's rule."""
    size = len(rows) + 1
    minors = [(-1) ** j * determinant([[row[k] for k in range(size) if k != j] for row in rows]) for j in range(size)]
    if minors[0] == 0:
        return None
    return shortest([entry if minors[0] > 0 else -entry for entry in minors])


def determinant(matrix: Sequence[Sequence[int]]) -> int:
    """Without fractions (Bareiss)."""
    rows = [list(row) for row in matrix]
    sign, before = 1, 1
    for k in range(len(rows) - 1):
        pivot = next((i for i in range(k, len(rows)) if rows[i][k]), None)
        if pivot is None:
            return 0
        if pivot != k:
            rows[k], rows[pivot], sign = rows[pivot], rows[k], -sign
        for i in range(k + 1, len(rows)):
            for j in range(k + 1, len(rows)):
                rows[i][j] = (rows[i][j] * rows[k][k] - rows[i][k] * rows[k][j]) // before
        before = rows[k][k]
    return sign * rows[-1][-1] if rows else 1


def rank(vectors: Sequence[Sequence[int]]) -> int:
    """Rank of integer vectors; of homogeneous points, the dimension of their affine hull plus one."""
    basis: list[tuple[int, list[int]]] = []  # leading place, vector
    for vector in vectors:
        rest = list(vector)
        for place, known in basis:
            if rest[place]:
                a, b = known[place], rest[place]
                rest = [a * r - b * k for r, k in zip(rest, known, strict=True)]
        if any(rest):
            rest = list(shortest(rest))
            basis.append((next(i for i, entry in enumerate(rest) if entry), rest))
    return len(basis)


def facets_of(polytope: Polytope) -> list[int]:
    """The facets, as bit sets of vertices: the largest proper sets on one halfspace's boundary."""
    full = (1 << len(polytope.vertices)) - 1
    on = {
        sum(1 << v for v, tight in enumerate(polytope.tight) if tight >> h & 1) for h in range(polytope.halfspaces)
    } - {0, full}
    return sorted(s for s in on if not any(s != other and s & other == s for other in on))


def faces_of(polytope: Polytope) -> set[int]:
    """All proper nonempty faces, as bit sets of vertices."""
    facets = facets_of(polytope)
    faces, todo = set(facets), list(facets)
    while todo:
        face = todo.pop()
        for facet in facets:
            smaller = face & facet
            if smaller and smaller not in faces:
                faces.add(smaller)
                todo.append(smaller)
    return faces


def volume(polytope: Polytope) -> Fraction:
    """Exact volume: each face is a union of pyramids over its facets that miss its first vertex."""
    facets = facets_of(polytope)
    d = len(polytope.vertices[0]) - 1

    def simplices(face: int) -> Iterator[tuple[int, ...]]:
        first = (face & -face).bit_length() - 1
        if face == 1 << first:
            yield (first,)
            return
        smaller = {face & facet for facet in facets} - {0, face}
        for side in smaller:
            if not side >> first & 1 and not any(side != s and side & s == side for s in smaller):
                for simplex in simplices(side):
                    yield (first, *simplex)

    total = Fraction(0)
    for simplex in simplices((1 << len(polytope.vertices)) - 1):
        points = [polytope.vertices[v] for v in simplex]
        total += Fraction(abs(determinant(points)), prod(p[0] for p in points))
    return total / factorial(d)
