"""Slow oracles: complexes of hyperplanes from sign vectors alone, volumes from halfspaces alone."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, pairwise

from verinet.errors import SingularMatrix
from verinet.exact.linalg import Matrix
from verinet.geometry.complexes import Incidence, PolyhedralComplex, Vertices

Row = tuple[int, ...]
Signs = tuple[int, ...]


def arrangement(rows: Sequence[Row], d: int, side: int = 1) -> tuple[PolyhedralComplex, list[Signs]]:
    """The complex that hyperplanes ``r . (1, x) = 0`` cut the box [-side, side]^d into, and the signs of its cells.

    The vertices are all points where d hyperplanes (walls of the box too) meet inside of the box.  The signs of a
    face are composed from those of its vertices (the first nonzero counts), and all compositions are faces.
    """
    walls = [(side, *(s * (i == j) for j in range(d))) for i in range(d) for s in (1, -1)]
    every = [*rows, *walls]
    points: dict[tuple[Fraction, ...], Signs] = {}
    for chosen in combinations(every, d):
        point = _meet(chosen)
        if point is not None and all(abs(x) <= side for x in point):
            points[point] = tuple(_sign(row, point) for row in every)
    places = list(points)
    found = set(points.values())
    fresh = set(found)
    while fresh:
        fresh = {tuple(a or b for a, b in zip(u, v, strict=True)) for u in fresh for v in points.values()} - found
        found |= fresh
    layers: list[list[tuple[frozenset[int], Signs]]] = [[] for _ in range(d + 1)]
    for signs in sorted(found):
        inside = frozenset(i for i, p in enumerate(places) if _below(points[p], signs))
        rank = Matrix.from_rows([(1, *places[i]) for i in sorted(inside)]).rank()
        layers[rank - 1].append((inside, signs))
    layers[0].sort(key=lambda face: min(face[0]))
    facets = [
        Incidence.from_lists([[i for i, small in enumerate(below) if small[0] < big[0]] for big in above])
        for below, above in pairwise(layers)
    ]
    return PolyhedralComplex(Vertices.from_points(places), tuple(facets)), [signs for _, signs in layers[d]]


def _meet(rows: Sequence[Row]) -> tuple[Fraction, ...] | None:
    normals = Matrix.from_integers([row[1:] for row in rows])
    try:
        return tuple(x for (x,) in normals.solve(Matrix.column([-row[0] for row in rows])).to_rows())
    except SingularMatrix:
        return None


def _sign(row: Row, point: Sequence[Fraction]) -> int:
    value = row[0] + sum(a * x for a, x in zip(row[1:], point, strict=True))
    return (value > 0) - (value < 0)


def _below(small: Signs, big: Signs) -> bool:
    return all(a in (0, b) for a, b in zip(small, big, strict=True))


def volume_of_rows(rows: Sequence[Sequence[Fraction]]) -> Fraction:
    """The volume of the bounded set ``r . (1, x) >= 0``: by recursion over its walls, each projected along an axis.

    vol P = 1/d sum over walls of (constant / |a_p|) vol(wall without coordinate p); P needs no vertices.
    """
    d = len(rows[0]) - 1
    live: dict[tuple[Fraction, ...], None] = {}
    for row in rows:
        size = max(abs(a) for a in row[1:])
        if size:
            live[tuple(Fraction(a) / size for a in row)] = None
        elif row[0] < 0:
            return Fraction(0)
    if d == 1:
        low = max(-row[0] / row[1] for row in live if row[1] > 0)
        high = min(-row[0] / row[1] for row in live if row[1] < 0)
        return max(Fraction(0), high - low)
    total = Fraction(0)
    for row in live:
        p = next(j for j in range(1, d + 1) if row[j])
        others = [_without(other, row, p) for other in live if other is not row]
        if row[0]:
            total += row[0] / abs(row[p]) * volume_of_rows(others)
    return total / d


def _without(row: Sequence[Fraction], wall: Sequence[Fraction], p: int) -> tuple[Fraction, ...]:
    factor = row[p] / wall[p]
    return tuple(a - factor * b for j, (a, b) in enumerate(zip(row, wall, strict=True)) if j != p)
