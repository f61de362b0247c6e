"""Which cells of a complex may hold a point: floats say where to look first, integers rule out the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from verinet.geometry.incidences import Incidence, Integers
from verinet.geometry.vertices import Vertices

__all__ = ["cells_around", "likely_cells", "possible_cells"]

Floats = npt.NDArray[np.float64]

#: How far outside of the box of its approximate vertices a cell is still asked early, relatively.
NEARBY = 2.0**-30


def likely_cells(low: Floats, high: Floats, point: Floats) -> Integers:
    """Return the cells whose box of floats holds the point, or nearly.

    Guarantee: numeric; a hint where to look first.

    Examples
    --------
    >>> low, high = np.array([[0.0], [1.0]]), np.array([[1.0], [2.0]])
    >>> likely_cells(low, high, np.array([1.5])).tolist()
    [1]
    """
    margin = NEARBY * np.maximum(np.abs(low), np.abs(high))
    return np.flatnonzero(((low - margin <= point) & (point <= high + margin)).all(axis=1))


def extremes(values: Floats, lists: Incidence) -> tuple[Floats, Floats]:
    """Return the least and the largest value in each list, coordinate by coordinate; an empty list is unbounded.

    Guarantee: exact, of the floats given.
    """
    low = np.full((len(lists), values.shape[1]), -np.inf)
    high = np.full((len(lists), values.shape[1]), np.inf)
    full = lists.sizes > 0
    if full.any():
        starts, entries = lists.offsets[:-1][full], values[lists.indices]
        low[full] = np.minimum.reduceat(entries, starts, axis=0)
        high[full] = np.maximum.reduceat(entries, starts, axis=0)
    return low, high


def possible_cells(vertices: Vertices, lists: Incidence, point: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Return the cells whose exact bounding box holds the point ``(x_1, ..., x_n, w)``, as a mask.

    Every vertex is resolved exactly.

    Guarantee: exact.

    Examples
    --------
    >>> line = Vertices.from_points([(0,), (1,), (2,)])
    >>> possible_cells(line, Incidence.from_lists([[0, 1], [1, 2]]), (3, 2)).tolist()
    [False, True]
    """
    *x, w = point
    sides = np.array(
        [[_sign(a * w - b * row[-1]) for a, b in zip(row, x, strict=False)] for row in vertices.homogeneous()],
        dtype=np.float64,
    ).reshape(len(vertices), len(x))
    low, high = extremes(sides, lists)
    return np.asarray(((low <= 0) & (high >= 0)).all(axis=1), dtype=np.bool_)


def _sign(n: int) -> int:
    return (n > 0) - (n < 0)


def cells_around(corners: Sequence[Integers], cells_of_vertices: Incidence) -> Integers:
    """Return the cells that have the common face of some facets of one cell: facets and face as lists of vertices.

    Guarantee: exact.
    """
    common = corners[0]
    for others in corners[1:]:
        common = common[np.isin(common, others)]
    around = cells_of_vertices[int(common[0])]
    for vertex in common[1:].tolist():
        around = around[np.isin(around, cells_of_vertices[vertex])]
    return around
