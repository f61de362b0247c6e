"""Is it a complex?  Faults in the lists, found by counting, and faults of position, found exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from flint import fmpz_mat

from verinet import work
from verinet.geometry.descriptions import cell_rows, row_value, vertices_of_face
from verinet.geometry.incidences import Incidence, Integers, distinct_pairs
from verinet.geometry.vertices import Vertices

__all__ = ["faults_of_lists", "faults_of_position"]


def faults_of_lists(facets: Sequence[Incidence], count: int) -> Iterator[str]:
    """Yield what is wrong with the lists of a complex with `count` vertices.

    Every list names each face once; every face belongs to one of the next dimension; a face of dimension k - 2 of a
    k-face lies in exactly two of its facets; every face has the Euler number of a ball; no two have the same vertices.

    Guarantee: exact.

    Examples
    --------
    >>> list(faults_of_lists([Incidence.from_lists([[0, 1]])], 3))
    ['1 of the 0-faces in no 1-face, first 2']
    """
    line = len(facets) == 1
    below = count
    for k, incidence in enumerate(facets, start=1):
        sizes = incidence.sizes
        wrong = sizes > 2 if k == 1 and line else sizes != 2 if k == 1 else sizes <= k
        yield from _named(wrong, f"{k}-faces with a wrong number of facets")
        owners, once = distinct_pairs(incidence.owners, incidence.indices)
        yield from _named(np.bincount(owners, minlength=len(incidence)) != sizes, f"{k}-faces that list a face twice")
        yield from _named(np.bincount(once, minlength=below) == 0, f"{k - 1}-faces in no {k}-face")
        if k > 1:
            yield from _named(
                _undiamond(incidence, facets[k - 2]), f"{k}-faces with a ridge not in two of their facets"
            )
        below = len(incidence)
    for k in range(1 if not line else 2, len(facets) + 1):
        yield from _counted(facets, k)


def _named(wrong: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], what: str) -> Iterator[str]:
    where = np.flatnonzero(wrong)
    if len(where):
        yield f"{len(where)} of the {what}, first {int(where[0])}"


def _undiamond(upper: Incidence, lower: Incidence) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which k-faces have a ridge that is not in exactly two of their facets."""
    wide = lower.take(upper.indices)
    owners = np.repeat(upper.owners, wide.sizes)
    width = int(wide.indices.max(initial=0)) + 1
    pairs, counts = np.unique(owners * width + wide.indices, return_counts=True)
    wrong = np.zeros(len(upper), dtype=np.bool_)
    wrong[pairs[counts != 2] // width] = True
    return wrong


def _counted(facets: Sequence[Incidence], k: int) -> Iterator[str]:
    """Euler numbers and vertex sets of the k-faces."""
    euler = np.full(len(facets[k - 1]), (-1) ** k, dtype=np.int64)
    current = Incidence.identity(len(facets[k - 1]))
    for j in range(k - 1, -1, -1):
        current = current.through(facets[j])
        euler += (-1) ** j * current.sizes
    yield from _named(euler != 1, f"{k}-faces whose faces do not have Euler number 1")
    seen: dict[bytes, int] = {}
    for face, start in enumerate(current.offsets[:-1].tolist()):
        key = current.indices[start : int(current.offsets[face + 1])].tobytes()
        if seen.setdefault(key, face) != face:
            yield f"the {k}-faces {seen[key]} and {face} have the same vertices"
            return


def faults_of_position(
    vertices: Vertices, facets: Sequence[Incidence], lowest: Sequence[Integers], rays: Mapping[int, int]
) -> Iterator[str]:
    """Yield what is wrong with the places of the faces, given lists without fault.

    Vertices are distinct; each k-face spans dimension k; each cell is convex and its facets are what its hyperplanes
    touch; the cells on both sides of a facet lie on opposite sides.  Cells that overlap elsewhere are not looked for.

    Guarantee: exact.
    """
    d, points = len(facets), vertices.homogeneous()
    if len(set(points)) < len(points):
        yield f"{len(points) - len(set(points))} of the vertices are at the place of another"
    for k in range(1, d + 1):
        for face in range(len(facets[k - 1])):
            corners = [points[v] for v in vertices_of_face(facets, k, face).tolist()]
            flat = fmpz_mat(len(corners), vertices.dimension + 1, [entry for row in corners for entry in row])
            if (d > 1 or len(corners) > 1) and flat.rank() != k + 1:
                yield f"the {k}-face {face} spans dimension {flat.rank() - 1}"
                return
    if d == 0:
        return
    sides: dict[int, tuple[int, ...]] = {}
    full = vertices.dimension == d
    for cell in range(len(facets[-1])):
        work.keep_going()
        rows, _ = cell_rows(vertices, facets, lowest, cell, rays)
        inside = vertices_of_face(facets, d, cell).tolist()
        for wall, row in zip(facets[-1][cell].tolist(), rows, strict=True):
            on = set(vertices_of_face(facets, d - 1, wall).tolist())
            values = [(v in on, row_value(row, points[v])) for v in inside]
            if any(value != 0 if flat else value <= 0 for flat, value in values):
                yield f"cell {cell} is not what the hyperplanes of its facets bound, see facet {wall}"
            if full and wall in sides and sides[wall] != tuple(-entry for entry in row):
                yield f"facet {wall} has its two cells on one side"
            sides[wall] = row
