"""What a walk over facets found: cells, their neighbours, and exact views of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from verinet.errors import BudgetExhausted, ShapeMismatch
from verinet.exact import programs
from verinet.exact.linalg import Matrix
from verinet.geometry import Halfspace, Polyhedron
from verinet.regions.bent_rows import BentRows, Form, Rows, primitive
from verinet.regions.facet_proofs import Spot
from verinet.regions.layers import SplitNetwork

if TYPE_CHECKING:
    import networkx

Point = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet between two cells, seen from one of them.

    Parameters
    ----------
    neighbour : int
        The cell on the other side.
    rows : tuple of int
        The bent rows of the network that vanish on it without vanishing on the whole cell, ascending: several where
        rows are proportional on the cell.
    form : tuple of int
        The primitive integer form over (1, x) that vanishes on it and is positive inside the cell.
    point : tuple of Fraction
        A point in its relative interior.

    Guarantee: exact.
    """

    neighbour: int
    rows: tuple[int, ...]
    form: Form
    point: Point


@dataclass(frozen=True)
class Exploration:
    """The cells that a walk over facets found, in the order in which it found them.

    The first `explored` cells have all their facets in the interior of the domain; the others, the frontier, were
    seen across one of these.  `complete` is said only where the frontier is empty: then these are all the cells.

    Parameters
    ----------
    split : SplitNetwork
    domain : Polyhedron
        The polytope of the walk, a box around the point cut out if a radius was given.
    point : tuple of Fraction
        Where the walk began.
    touched : tuple of int
        The bent rows that vanish at the point without vanishing on cell 0 next to it; none if the point lies inside.
    patterns : uint64 array (cells, words)
        As in `SplitNetwork`: a bit is 1 where the bent row is positive inside the cell.
    explored : int
    adjacency : int64 array (facets, 3)
        The two cells of each facet, and the lowest bent row that vanishes on it; every facet once.
    complete : bool
    reason : str
        Why the walk ended.

    Guarantee: exact.
    """

    split: SplitNetwork
    domain: Polyhedron
    point: Point
    touched: tuple[int, ...]
    patterns: npt.NDArray[np.uint64]
    explored: int
    adjacency: npt.NDArray[np.int64]
    complete: bool
    reason: str
    _interiors: tuple[Spot, ...]
    _beyond: tuple[Spot, ...]
    _centre: Point
    _halfwidth: Point

    def __repr__(self) -> str:
        cells = f"{self.cells} cells" if self.complete else f"{self.cells} cells, {self.explored} of them explored"
        return f"<Exploration {cells}, {len(self.adjacency)} facets: {self.reason}>"

    @property
    def cells(self) -> int:
        """Number of cells found, the frontier included."""
        return len(self.patterns)

    @property
    def frontier(self) -> range:
        """The cells that were found and not explored."""
        return range(self.explored, self.cells)

    def origin(self, row: int) -> tuple[int, int, Fraction]:
        """The vertex of the network, the channel and the breakpoint of a bent row.

        Guarantee: exact.
        """
        for layer in self.split.layers:
            if row < layer.splits:
                return layer.origins[row]
            row -= layer.splits
        raise ShapeMismatch(f"the network has {self._bent.count} bent rows", fix="give a smaller index")

    def interior_point(self, cell: int) -> Point:
        """A point strictly inside the cell and the domain.

        Guarantee: exact.
        """
        self._check(cell)
        if cell < self.explored:
            return self._mapped(self._interiors[cell])
        rows = self._rows(cell)
        table = rows.forms.numerators()
        forms = [_oriented(rows, i, row) for i, row in enumerate(table) if i not in rows.zero]
        whole = self.domain.system()
        system = programs.System(
            (*forms, *whole.rows), (False,) * (len(forms) + len(whole.rows)), whole.low, whole.high
        )
        answer = programs.interior(system)
        if not isinstance(answer, programs.Interior):
            raise ArithmeticError("a cell of the frontier has no interior: report it")
        return answer.point

    def facets(self, cell: int) -> tuple[Facet, ...]:
        """The facets of an explored cell in the interior of the domain, by their lowest bent row.

        Raises
        ------
        BudgetExhausted
            For a cell of the frontier, whose facets were not all found.

        Guarantee: exact.
        """
        self._check(cell)
        if cell >= self.explored:
            raise BudgetExhausted(
                f"the facets of cell {cell} are not known: the walk ended before it ({self.reason})",
                fix="give a larger budget, or ask for one of the first `explored` cells",
            )
        rows = self._rows(cell)
        table = rows.forms.numerators()
        primitives = {i: primitive(_oriented(rows, i, row)) for i, row in enumerate(table) if i not in rows.zero}
        found = []
        for edge in self._edges_of(cell):
            a, b, first = (int(entry) for entry in self.adjacency[edge])
            form = primitives[first]
            same = tuple(i for i, other in primitives.items() if other == form)
            found.append(Facet(b if a == cell else a, same, form, self._facet_point(int(edge))))
        return tuple(sorted(found, key=lambda facet: facet.rows))

    def h_representation(self, cell: int) -> Polyhedron:
        """An explored cell as a polyhedron: the domain cut by its facets, each once.

        Guarantee: exact.
        """
        return self.domain.cut([_halfspace(facet.form) for facet in self.facets(cell)])

    def affine_map(self, cell: int) -> tuple[Matrix, Matrix]:
        """The (A, b) with ``y = A x + b`` on the cell.

        Guarantee: exact.
        """
        self._check(cell)
        values = self.split.weight @ self._bent.values(self._pattern(cell))
        columns = range(1, values.columns)
        return values.take_columns(columns), values.take_columns((0,)) + self.split.bias

    def graph(self) -> networkx.Graph[int]:
        """The networkx graph of cells: an edge a facet, with `row`, its lowest bent row.

        Guarantee: exact.
        """
        import networkx

        graph: networkx.Graph[int] = networkx.Graph()
        for cell in range(self.cells):
            graph.add_node(cell, explored=cell < self.explored)
        for a, b, row in self.adjacency.tolist():
            graph.add_edge(a, b, row=row)
        return graph

    @cached_property
    def _bent(self) -> BentRows:
        return BentRows(self.split)

    @cached_property
    def _edges_by_cell(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        ends = self.adjacency[:, :2].ravel()
        order = np.argsort(ends, kind="stable")
        starts = np.searchsorted(ends[order], np.arange(self.cells + 1))
        return np.asarray(order // 2, dtype=np.int64), np.asarray(starts, dtype=np.int64)

    def _edges_of(self, cell: int) -> npt.NDArray[np.int64]:
        edges, starts = self._edges_by_cell
        return edges[starts[cell] : starts[cell + 1]]

    def _pattern(self, cell: int) -> int:
        bits = [bit for layer in self.split.unpack(self.patterns[cell : cell + 1]) for bit in layer[0].tolist()]
        return sum(1 << i for i, bit in enumerate(bits) if bit)

    def _rows(self, cell: int) -> Rows:
        return self._bent.forward(self._pattern(cell))

    def _facet_point(self, edge: int) -> Point:
        """Where the segment from inside the one cell to beyond the facet meets it."""
        cell, _, first = (int(entry) for entry in self.adjacency[edge])
        inside, outside = self._mapped(self._interiors[cell]), self._mapped(self._beyond[edge])
        form = self._rows(cell).forms.row(first)
        here, there = _value(form, inside), _value(form, outside)
        part = here / (here - there)
        return tuple(a + part * (b - a) for a, b in zip(inside, outside, strict=True))

    def _mapped(self, spot: Spot) -> Point:
        """A point of the box [-1, 1]^d in the coordinates of the network; floats are taken exactly."""
        triples = zip(spot, self._centre, self._halfwidth, strict=True)
        return tuple(centre + half * Fraction(value) for value, centre, half in triples)

    def _check(self, cell: int) -> None:
        if not 0 <= cell < self.cells:
            raise ShapeMismatch(f"the walk found {self.cells} cells, got the index {cell}", fix="give a smaller index")


def _oriented(rows: Rows, index: int, form: Sequence[int]) -> Form:
    return tuple(form) if rows.pattern >> index & 1 else tuple(-entry for entry in form)


def _value(form: Sequence[Fraction], point: Point) -> Fraction:
    return form[0] + sum((a * x for a, x in zip(form[1:], point, strict=True)), Fraction(0))


def _halfspace(form: Form) -> Halfspace:
    """The points where the form is >= 0."""
    return Halfspace(tuple(Fraction(-entry) for entry in form[1:]), Fraction(form[0]))
