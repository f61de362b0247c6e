"""One cell of a complex, exactly: the hyperplanes of its facets, its halfspaces, whether it holds a point.

Rows are integers, constant first, as in `verinet.geometry.halfspaces`: the cell is where ``r . (1, x) >= 0``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd

import numpy as np
from flint import fmpz_mat

from verinet.errors import ShapeMismatch, Unsupported
from verinet.geometry.incidences import Incidence, Integers
from verinet.geometry.vertices import Vertices

__all__ = ["cell_rows", "directions_of_rays", "row_value", "spanning_vertices", "vertices_beside", "vertices_of_face"]

Row = tuple[int, ...]


def row_value(row: Row, point: Row) -> int:
    """Return ``r . (w, x_1, ..., x_n)`` for the point ``(x_1, ..., x_n, w)``: its sign is that of ``r . (1, x/w)``.

    Guarantee: exact.

    Examples
    --------
    >>> row_value((3, -2), (1, 2))
    4
    """
    return row[0] * point[-1] + sum(a * x for a, x in zip(row[1:], point, strict=False))


def vertices_of_face(facets: Sequence[Incidence], k: int, face: int) -> Integers:
    """Return the vertices of one k-face, ascending.  Guarantee: exact."""
    current = np.array([face], dtype=np.int64)
    for j in range(k, 0, -1):
        current = np.unique(facets[j - 1].take(current).indices)
    return current


def spanning_vertices(facets: Sequence[Incidence], lowest: Sequence[Integers], k: int, face: int) -> list[int]:
    """Return k + 1 affinely independent vertices of a bounded k-face: a simplex of its triangulation.

    Guarantee: exact.
    """
    found = []
    for j in range(k, 0, -1):
        apex = lowest[j][face]
        below = facets[j - 1][face]
        found.append(int(apex))
        face = int(below[lowest[j - 1][below] != apex][0])
    return [*found, face]


def vertices_beside(
    facets: Sequence[Incidence], lowest: Sequence[Integers], cells: Integers, walls: Integers
) -> Integers:
    """Return, for each pair of a bounded cell and one of its facets, a vertex of the cell that is off the facet.

    Guarantee: exact.
    """
    d = len(facets)
    found = lowest[d][cells].copy()
    # the lowest vertex of the cell lies on the facet just if it is the lowest there too
    hard = np.flatnonzero(found == lowest[d - 1][walls])
    inside, barred = _closures(facets, d, cells[hard]), _closures(facets, d - 1, walls[hard])
    count = len(lowest[0])
    free = ~np.isin(inside.owners * count + inside.indices, barred.owners * count + barred.indices)
    owners, where = np.unique(inside.owners[free], return_index=True)
    found[hard[owners]] = inside.indices[free][where]
    return found


def _closures(facets: Sequence[Incidence], k: int, faces: Integers) -> Incidence:
    """The vertices of each of these k-faces."""
    current = Incidence.from_sizes(np.ones(len(faces), dtype=np.int64), faces)
    for j in range(k, 0, -1):
        current = current.through(facets[j - 1])
    return current


def directions_of_rays(vertices: Vertices, edges: Incidence, given: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Return, for each ray among the cells of a complex of the line, whether it goes to +infinity (1) or -infinity.

    A direction that is not given leads away from the other cell at the vertex; of two rays there the first goes down.

    Guarantee: exact.

    Raises
    ------
    Unsupported
        If the direction of a ray is neither given nor said by this rule.

    Examples
    --------
    >>> directions_of_rays(Vertices.from_points([(5,)]), Incidence.from_lists([[0], [0]]), ())
    {0: -1, 1: 1}
    """
    found = dict(given)
    sizes = edges.sizes
    for ray in np.flatnonzero(sizes == 1).tolist():
        if ray in found:
            continue
        end = int(edges[ray][0])
        others = [cell for cell in edges.owners[edges.indices == end].tolist() if cell != ray]
        if len(others) != 1:
            raise Unsupported(
                "the direction of a ray is not known",
                fix="give rays=((cell, 1),) for a ray to +infinity, -1 for one to -infinity",
                where=f"cell {ray} at vertex {end}",
            )
        (other,) = others
        if sizes[other] == 1:
            found[ray] = -found[other] if other in found else -1
        else:
            far = next(v for v in edges[other].tolist() if v != end)
            (here,), (there,) = vertices.exact([end, far])
            found[ray] = 1 if here > there else -1
    return found


def cell_rows(
    vertices: Vertices,
    facets: Sequence[Incidence],
    lowest: Sequence[Integers],
    cell: int,
    rays: Mapping[int, int],
) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Return the rows of one cell: one ``r . (1, x) >= 0`` a facet, in their order, and rows that are 0 on the cell.

    Guarantee: exact.
    """
    d = len(facets)
    if d == 0:
        return (), _vanishing(vertices, [cell])
    walls = facets[d - 1][cell]
    if d == 1 and len(walls) < 2:
        return tuple(_end_of_ray(vertices, int(wall), rays[cell]) for wall in walls), ()
    corners = vertices.homogeneous(vertices_of_face(facets, d, cell))
    rows = [_inward(_vanishing(vertices, spanning_vertices(facets, lowest, d - 1, wall)), corners) for wall in walls]
    flat = vertices.dimension > d
    return tuple(rows), _vanishing(vertices, spanning_vertices(facets, lowest, d, cell)) if flat else ()


def _inward(rows: Sequence[Row], corners: Sequence[Row]) -> Row:
    """The first row that is not 0 on all the corners of the cell, turned to be positive where it is not 0."""
    for row in rows:
        side = next((value for corner in corners if (value := row_value(row, corner))), 0)
        if side:
            return row if side > 0 else tuple(-entry for entry in row)
    raise ShapeMismatch("a facet spans its whole cell", fix="check the complex")


def _end_of_ray(vertices: Vertices, end: int, direction: int) -> Row:
    ((x, w),) = vertices.homogeneous([end])
    return (-direction * x, direction * w)


def _vanishing(vertices: Vertices, points: Sequence[int]) -> tuple[Row, ...]:
    """A basis of the primitive integer rows that are 0 at these points."""
    size = vertices.dimension + 1
    flat = [entry for row in vertices.homogeneous(points) for entry in row]
    basis, nullity = fmpz_mat(len(points), size, flat).nullspace()
    columns = basis.transpose().table()[:nullity]
    rows = []
    for column in columns:
        entries = [int(entry) for entry in column]
        common = gcd(*entries)
        rows.append((entries[-1] // common, *(entry // common for entry in entries[:-1])))
    return tuple(rows)
