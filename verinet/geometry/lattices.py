"""Faces and what touches what: the half of a polyhedral complex that needs no coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from verinet.errors import ShapeMismatch, Unsupported
from verinet.geometry.incidences import Incidence, Integers, component_labels, ids
from verinet.geometry.vertices import Vertices

if TYPE_CHECKING:
    import networkx

__all__ = ["Chosen", "FaceLattice"]

#: Faces chosen by their ids, or by a mask of booleans as long as there are faces.
Chosen = Sequence[int] | npt.NDArray[np.integer[Any]] | npt.NDArray[np.bool_]


class FaceLattice:
    """What `PolyhedralComplex` knows from its lists alone; not made by itself.

    Notes
    -----
    Guarantee: exact.
    """

    vertices: Vertices
    facets: tuple[Incidence, ...]

    # --- sizes --------------------------------------------------------------------------------------

    @property
    def dimension(self) -> int:
        """Dimension d of the cells."""
        return len(self.facets)

    @property
    def ambient_dimension(self) -> int:
        """Number n of coordinates of the vertices."""
        return self.vertices.dimension

    @property
    def cells(self) -> int:
        """Number of cells."""
        return self.f_vector[-1]

    @cached_property
    def f_vector(self) -> tuple[int, ...]:
        """Numbers of faces (f_0, ..., f_d)."""
        return (len(self.vertices), *(len(incidence) for incidence in self.facets))

    @property
    def euler_characteristic(self) -> int:
        """The sum of ``(-1)^k f_k``.

        With unbounded cells this is the Euler characteristic with compact support: -1 for the line, however cut.
        """
        return sum((-1) ** k * count for k, count in enumerate(self.f_vector))

    @property
    def is_bounded(self) -> bool:
        """Whether every cell is bounded (only complexes of the line have others)."""
        return self.dimension == 0 or not len(self.facets[0]) or int(self.facets[0].sizes.min()) == 2

    # --- faces of faces -----------------------------------------------------------------------------

    def faces_of(self, k: int, j: int) -> Incidence:
        """Return the j-faces of every k-face, j <= k; lists in ascending order unless j = k - 1.  Kept.

        Guarantee: exact.
        """
        if not 0 <= j <= k <= self.dimension:
            raise ShapeMismatch(
                f"faces_of needs 0 <= j <= k <= {self.dimension}, got k = {k}, j = {j}", fix="check the dimensions"
            )
        if j == k:
            return Incidence.identity(self.f_vector[k])
        if j == k - 1:
            return self.facets[j]
        if (k, j) not in self._closures:
            self._closures[k, j] = self.facets[k - 1].through(self.faces_of(k - 1, j))
        return self._closures[k, j]

    @cached_property
    def _closures(self) -> dict[tuple[int, int], Incidence]:
        return {}

    def vertices_of(self, k: int) -> Incidence:
        """Return the vertices of every k-face.  Guarantee: exact."""
        return self.faces_of(k, 0)

    def faces(self, k: int, face: int, j: int) -> Integers:
        """Return the j-faces of one k-face, ascending, without looking at any other.  Guarantee: exact."""
        current = ids([face], self.f_vector[k], "PolyhedralComplex.faces")
        for i in range(k, j, -1):
            current = np.unique(self.facets[i - 1].take(current).indices)
        return current

    @cached_property
    def cells_of_vertices(self) -> Incidence:
        """The cells at each vertex, ascending."""
        return self.vertices_of(self.dimension).transposed(self.f_vector[0])

    # --- cells across facets ------------------------------------------------------------------------

    @cached_property
    def cells_at_facets(self) -> Incidence:
        """The cells at each facet, ascending: one or two where the complex fills space, any number otherwise."""
        self._need_facets("cells_at_facets")
        return self.facets[-1].transposed(self.f_vector[-2])

    @cached_property
    def cells_of_facets(self) -> Integers:
        """The cells on both sides of each facet, shape (f_{d-1}, 2), the smaller id first; -1: none.

        Raises
        ------
        Unsupported
            If a facet lies in more than two cells, as in a level set that branches; see `cells_at_facets`.
        """
        self._need_facets("cells_of_facets")
        found = np.full((self.f_vector[-2], 2), -1, dtype=np.int64)
        lists, owners = self.facets[-1].indices, self.facets[-1].owners
        counts = np.bincount(lists, minlength=len(found))
        if len(counts) and int(counts.max()) > 2:
            where = int(np.argmax(counts))
            raise Unsupported(
                f"a facet lies in {int(counts[where])} cells: no two sides",
                fix="use cells_at_facets",
                where=f"facet {where}",
            )
        # of several values assigned to one place the last stays
        found[lists, 1] = owners
        found[lists[::-1], 0] = owners[::-1]
        found[counts < 2, 1] = -1
        found.flags.writeable = False
        return found

    @cached_property
    def adjacency(self) -> Integers:
        """Rows (cell, cell, facet): every facet between two cells once, shape (m, 3)."""
        sides = self.cells_of_facets
        inner = np.flatnonzero(sides[:, 1] >= 0)
        return np.column_stack([sides[inner], inner])

    @cached_property
    def boundary_facets(self) -> Integers:
        """The facets that lie in one cell only, ascending."""
        self._need_facets("boundary_facets")
        return np.flatnonzero(np.bincount(self.facets[-1].indices, minlength=self.f_vector[-2]) == 1)

    def _need_facets(self, operation: str) -> None:
        if self.dimension == 0:
            raise Unsupported(f"{operation} needs cells of dimension at least 1, got points", fix="use vertices")

    def graph(self) -> networkx.Graph:
        """Return the graph of cells as a view for networkx: built whole, so ask for it when that is what you want.

        Nodes are cells, with `vertices` (ids); edges are interior facets, with `facet` (id).

        Guarantee: exact.
        """
        import networkx

        built = networkx.Graph()
        lists = self.vertices_of(self.dimension).lists()
        built.add_nodes_from((cell, {"vertices": tuple(entries)}) for cell, entries in enumerate(lists))
        if self.dimension:
            built.add_edges_from((a, b, {"facet": facet}) for a, b, facet in self.adjacency.tolist())
        return built

    def components(
        self, chosen: Chosen | None = None, *, across: str = "facet", facets: Chosen | None = None
    ) -> Integers:
        """Return for each chosen cell (for all) the number of its connected component.

        Parameters
        ----------
        chosen : ids or mask of cells, optional
        across : "facet" or "any"
            Whether cells are joined by a common facet only, or by any common face.
        facets : ids or mask of facets, optional
            With "facet": the only facets that join.

        Returns
        -------
        array of int64
            As long as `chosen`; components are numbered 0, 1, ... in the order of their first cells.

        Notes
        -----
        Guarantee: exact.
        """
        cells = np.arange(self.cells) if chosen is None else np.unique(ids(chosen, self.cells, "components"))
        if across not in ("facet", "any"):
            raise ShapeMismatch(f"components knows across='facet' and 'any', got {across!r}", fix="choose one")
        if self.dimension == 0:
            labels = np.arange(len(cells))
        else:
            joins = self.cells_of_vertices if across == "any" else self.cells_at_facets
            if facets is not None and across == "facet":
                joins = joins.take(ids(facets, self.f_vector[-2], "components"))
            labels = _joined(joins, cells, self.cells)
        order = cells if chosen is None else ids(chosen, self.cells, "components")
        return labels[np.searchsorted(cells, order)]

    @cached_property
    def betti_0(self) -> int:
        """Number of connected components of the union of the cells."""
        return int(self.components(across="any").max(initial=-1)) + 1


def _joined(joins: Incidence, cells: Integers, count: int) -> Integers:
    """Components of the chosen cells, any two in one list being joined."""
    place = np.full(count, -1, dtype=np.int64)
    place[cells] = np.arange(len(cells))
    entries, owners = place[joins.indices], joins.owners
    entries, owners = entries[entries >= 0], owners[entries >= 0]
    together = owners[1:] == owners[:-1]
    return component_labels(len(cells), entries[:-1][together], entries[1:][together])
