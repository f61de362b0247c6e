"""A complex cut into simplices by pulling its smallest vertices, and volumes summed over them.

The apex of a face is its vertex of smallest id.  A face is the union, without overlap, of the simplices that its
apex spans with those of its facets that miss the apex; the apexes of a face are the same from every cell, so the
simplices of all cells fit together.  Nothing is assumed simple or simplicial.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import factorial, prod

import numpy as np
from flint import fmpq, fmpz_mat

from verinet import work
from verinet.geometry.incidences import Incidence, Integers
from verinet.geometry.vertices import Vertices

__all__ = ["fraction", "lowest_vertices", "signed_volume", "simplices", "sized_simplices", "sum_of", "total", "volumes"]

#: Cells whose simplices are held at a time.
CELLS_AT_ONCE = 256


def lowest_vertices(facets: Sequence[Incidence], count: int) -> tuple[Integers, ...]:
    """Return, for each dimension 0..d, the smallest vertex of each face (-1: it has none).

    Guarantee: exact.

    Examples
    --------
    >>> edges = Incidence.from_lists([[2, 1], [0, 2]])
    >>> [array.tolist() for array in lowest_vertices([edges], 3)]
    [[0, 1, 2], [1, 0]]
    """
    found = [np.arange(count, dtype=np.int64)]
    for incidence in facets:
        lowest = np.full(len(incidence), -1, dtype=np.int64)
        full = incidence.sizes > 0
        if full.any():
            starts = incidence.offsets[:-1][full]
            lowest[full] = np.minimum.reduceat(found[-1][incidence.indices], starts)
        found.append(lowest)
    return tuple(found)


def simplices(
    facets: Sequence[Incidence], lowest: Sequence[Integers], k: int, faces: Integers
) -> tuple[Integers, Integers]:
    """Return the simplices of the pulling triangulation of these bounded k-faces.

    Guarantee: exact.

    Returns
    -------
    owners : array of int64, shape (s,)
        The position in `faces` of the face that each simplex is part of, ascending.
    corners : array of int64, shape (s, k + 1)
        Vertices of each simplex.

    Examples
    --------
    >>> edges, square = Incidence.from_lists([[0, 1], [1, 2], [2, 3], [3, 0]]), Incidence.from_lists([[0, 1, 2, 3]])
    >>> simplices([edges, square], lowest_vertices([edges, square], 4), 2, np.array([0]))[1].tolist()
    [[0, 1, 2], [0, 2, 3]]
    """
    owners = np.arange(len(faces), dtype=np.int64)
    columns: list[Integers] = []
    current = faces
    for j in range(k, 0, -1):
        apex = lowest[j][current]
        below = facets[j - 1].take(current)
        origin = below.owners
        keep = lowest[j - 1][below.indices] != apex[origin]
        origin, current = origin[keep], below.indices[keep]
        owners = owners[origin]
        columns = [column[origin] for column in (*columns, apex)]
    return owners, np.stack([*columns, current], axis=1)


def sized_simplices(
    vertices: Vertices, facets: Sequence[Incidence], lowest: Sequence[Integers], cells: Integers
) -> Iterator[tuple[int, fmpq, list[tuple[int, ...]]]]:
    """Yield for each simplex of these bounded cells of full dimension: position of the cell, volume, corners.

    Guarantee: exact.
    """
    size = vertices.dimension
    over = factorial(size)
    for start in range(0, len(cells), CELLS_AT_ONCE):
        work.keep_going()
        owners, corners = simplices(facets, lowest, size, cells[start : start + CELLS_AT_ONCE])
        used, places = np.unique(corners, return_inverse=True)
        rows = vertices.homogeneous(used)
        table: Integers = np.asarray(places, dtype=np.int64).reshape(corners.shape)
        for owner, at in zip(owners.tolist(), table.tolist(), strict=True):
            simplex = [rows[place] for place in at]
            yield start + owner, abs(_determinant(simplex)) / over, simplex


def _determinant(simplex: Sequence[tuple[int, ...]]) -> fmpq:
    """The determinant of the rows (x, 1) of the points (x_1, ..., x_n, w)."""
    n = len(simplex)
    numerator = fmpz_mat(n, n, [entry for row in simplex for entry in row]).det()
    return fmpq(numerator, prod(row[-1] for row in simplex))


def volumes(
    vertices: Vertices, facets: Sequence[Incidence], lowest: Sequence[Integers], cells: Integers
) -> list[Fraction]:
    """Return the volume of each of these bounded cells of full dimension.

    The sum of ``|det(v_1 - v_0, ..., v_n - v_0)| / n!`` over the simplices of the cell.

    Guarantee: exact.
    """
    parts: list[list[fmpq]] = [[] for _ in range(len(cells))]
    for position, volume, _ in sized_simplices(vertices, facets, lowest, cells):
        parts[position].append(volume)
    return [fraction(total(terms)) for terms in parts]


def signed_volume(
    vertices: Vertices, facets: Sequence[Incidence], lowest: Sequence[Integers], boundary: Integers, inner: Integers
) -> Fraction:
    """Return the volume enclosed by boundary facets, each given with a vertex of its cell beside it.

    The sum of ``+-det(o, s) / n!`` over the simplices s of the boundary, o one fixed point: positive where o and
    the cell lie on one side of s.  The contributions of all facets between two cells cancel, so they are left out.

    Guarantee: exact.
    """
    if not len(boundary):
        return Fraction(0)
    size = vertices.dimension
    owners, corners = simplices(facets, lowest, size - 1, boundary)
    (origin,) = vertices.homogeneous([int(corners[0, 0])])
    away = (corners != corners[0, 0]).all(axis=1)
    terms: list[fmpq] = []
    for start in range(0, len(corners), 4096):
        work.keep_going()
        chosen = np.flatnonzero(away[start : start + 4096]) + start
        for simplex, beside in zip(corners[chosen].tolist(), inner[owners[chosen]].tolist(), strict=True):
            rows = vertices.homogeneous([beside, *simplex])
            value = _determinant([origin, *rows[1:]])
            terms.append(value if _determinant(rows) > 0 else -value)
    return fraction(total(terms)) / factorial(size)


def total(terms: list[fmpq]) -> fmpq:
    """The sum, by halves: the long denominators meet last."""
    while len(terms) > 1:
        paired = [a + b for a, b in zip(terms[::2], terms[1::2], strict=False)]
        terms = paired if len(terms) % 2 == 0 else [*paired, terms[-1]]
    return terms[0] if terms else fmpq(0)


def sum_of(values: Sequence[Fraction]) -> Fraction:
    """Return the sum of many fractions with unrelated denominators.  Guarantee: exact.

    Examples
    --------
    >>> sum_of([Fraction(1, 2), Fraction(1, 3), Fraction(1, 7)])
    Fraction(41, 42)
    """
    return fraction(total([fmpq(value.numerator, value.denominator) for value in values]))


def fraction(value: fmpq) -> Fraction:
    """The same number as a Fraction."""
    return Fraction(int(value.p), int(value.q))
