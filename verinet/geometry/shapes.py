"""Complexes to begin with: grids and boxes, simplices, convex hulls of a few points."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, pairwise

import numpy as np

from verinet.errors import EmptyDomain, ShapeMismatch
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q
from verinet.geometry.complexes import PolyhedralComplex
from verinet.geometry.incidences import Incidence
from verinet.geometry.vertices import Vertices

__all__ = ["convex_hull", "grid", "product", "simplex"]


def grid(*breaks: Sequence[object]) -> PolyhedralComplex:
    """Return the grid of boxes between ascending exact numbers, one sequence of them for each coordinate.

    With two numbers a coordinate: the box, with all its faces.

    Guarantee: exact.

    Raises
    ------
    EmptyDomain
        If a sequence has fewer than two numbers or does not ascend.
    InexactInput
        If a number is a float.

    Examples
    --------
    >>> grid((0, 1, 3), (0, "1/2")).f_vector
    (6, 7, 2)
    """
    whole: PolyhedralComplex | None = None
    for index, given in enumerate(breaks):
        line = [Q(entry) for entry in given]
        if len(line) < 2 or any(a >= b for a, b in pairwise(line)):
            raise EmptyDomain(
                "grid needs at least two ascending numbers a coordinate",
                fix="sort them and leave out repetitions",
                where=f"coordinate {index}",
            )
        edges = Incidence.from_lists([[i, i + 1] for i in range(len(line) - 1)])
        factor = PolyhedralComplex(Vertices.from_points([(entry,) for entry in line]), (edges,))
        whole = factor if whole is None else product(whole, factor)
    if whole is None:
        raise ShapeMismatch("grid needs at least one coordinate, got none", fix="write grid((0, 1), (0, 1, 2))")
    return whole


def product(left: PolyhedralComplex, right: PolyhedralComplex) -> PolyhedralComplex:
    """Return the complex whose cells are the products of a cell on the left and one on the right, both bounded.

    Faces of dimension k are products F x G with dim F + dim G = k, by ascending dim F; facets of F x G are those of
    F times G and F times those of G.

    Guarantee: exact.

    Examples
    --------
    >>> product(grid((0, 1), (0, 1)), grid((0, 1))).f_vector
    (8, 12, 6, 1)
    """
    m, n = left.dimension, right.dimension
    f, g = left.f_vector, right.f_vector
    # starts[i, j]: id of the first face that is the product of an i-face and a j-face
    starts: dict[tuple[int, int], int] = {}
    for k in range(m + n + 1):
        count = 0
        for i in range(max(0, k - n), min(m, k) + 1):
            starts[i, k - i] = count
            count += f[i] * g[k - i]
    facets = []
    for k in range(1, m + n + 1):
        lists: list[list[int]] = []
        for i in range(max(0, k - n), min(m, k) + 1):
            j = k - i
            ours = left.facets[i - 1].lists() if i else [[]] * f[0]
            theirs = right.facets[j - 1].lists() if j else [[]] * g[0]
            for a, below_a in enumerate(ours):
                for b, below_b in enumerate(theirs):
                    first = [starts[i - 1, j] + face * g[j] + b for face in below_a]
                    lists.append(first + [starts[i, j - 1] + a * g[j - 1] + face for face in below_b])
        facets.append(Incidence.from_lists(lists))
    points = [(*a, *b) for a in left.vertices.exact() for b in right.vertices.exact()]
    return PolyhedralComplex(Vertices.from_points(points), tuple(facets))


def simplex(*points: Sequence[Fraction]) -> PolyhedralComplex:
    """Return the simplex with these d + 1 affinely independent corners in R^n, d <= n, with all its faces.

    Guarantee: exact.

    Raises
    ------
    ShapeMismatch
        If the corners are not affinely independent, or differ in size.

    Examples
    --------
    >>> simplex((0, 0), (2, 0), (0, 3)).volume(0)
    Fraction(3, 1)
    """
    corners = Vertices.from_points(points)
    if not len(corners) or Matrix.from_integers(corners.homogeneous()).rank() < len(corners):
        raise ShapeMismatch("simplex needs affinely independent corners", fix="use convex_hull for other points")
    facets = []
    for k in range(1, len(points)):
        below = {face: place for place, face in enumerate(combinations(range(len(points)), k))}
        above = combinations(range(len(points)), k + 1)
        facets.append(Incidence.from_lists([[below[face] for face in combinations(faces, k)] for faces in above]))
    return PolyhedralComplex(corners, tuple(facets))


def convex_hull(*points: Sequence[Fraction]) -> PolyhedralComplex:
    """Return the convex hull of a few points that span R^d, with all its faces.

    Every hyperplane through d of the points is tried, so the time grows like (number of points)^d.  Points that are
    no vertices are left out; the vertices keep their order.

    Guarantee: exact.

    Raises
    ------
    ShapeMismatch
        If the points lie in a hyperplane, or differ in size.

    Examples
    --------
    >>> octahedron = convex_hull((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1), (0, 0, 0))
    >>> octahedron.f_vector, octahedron.volume(0)
    ((6, 12, 8, 1), Fraction(4, 3))
    """
    given = Vertices.from_points(points)
    rows = list(dict.fromkeys(given.homogeneous()))
    d = given.dimension
    if not rows or Matrix.from_integers(rows).rank() < d + 1:
        raise ShapeMismatch(f"convex_hull needs points that span R^{d}", fix="drop coordinates, or use simplex")
    walls = _walls(rows, d)
    corners = [v for v in range(len(rows)) if _common([wall for wall in walls if v in wall]) == {v}]
    place = {v: here for here, v in enumerate(corners)}
    faces = _intersections([frozenset(place[v] for v in wall if v in place) for wall in walls])
    kept = Matrix.from_integers([rows[v] for v in corners])
    layers: list[list[frozenset[int]]] = [[frozenset((v,)) for v in range(len(corners))], *([] for _ in range(d))]
    for face in sorted(faces, key=sorted):
        if len(face) > 1:
            layers[kept.take_rows(sorted(face)).rank() - 1].append(face)
    layers[d] = [frozenset(range(len(corners)))]
    facets = [
        Incidence.from_lists([[i for i, small in enumerate(below) if small < big] for big in above])
        for below, above in pairwise(layers)
    ]
    exact = [tuple(Fraction(x, rows[v][-1]) for x in rows[v][:-1]) for v in corners]
    return PolyhedralComplex(Vertices.from_points(exact), tuple(facets))


def _walls(rows: Sequence[tuple[int, ...]], d: int) -> list[frozenset[int]]:
    """The points on each hyperplane that bounds the hull."""
    table = Matrix.from_integers(rows)
    walls: dict[frozenset[int], None] = {}
    for chosen in combinations(range(len(rows)), d):
        normal = table.take_rows(chosen).nullspace()
        if normal.columns != 1:
            continue
        values = [entry for (entry,) in (table @ normal).numerators()]
        if min(values) >= 0 or max(values) <= 0:
            walls[frozenset(np.flatnonzero([not value for value in values]).tolist())] = None
    return list(walls)


def _common(sets: Sequence[frozenset[int]]) -> frozenset[int]:
    return frozenset.intersection(*sets) if sets else frozenset()


def _intersections(walls: Sequence[frozenset[int]]) -> set[frozenset[int]]:
    """All nonempty intersections of these sets."""
    found: set[frozenset[int]] = set(walls)
    fresh = set(walls)
    while fresh:
        fresh = {a & b for a in fresh for b in walls} - found - {frozenset()}
        found |= fresh
    return found
