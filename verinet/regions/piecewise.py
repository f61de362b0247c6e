"""A network as a piecewise-affine function: the cells of its canonical complex and one affine map a cell.

The arrays come first: complex and patterns, as the search leaves them.  Everything else is a view that is computed
when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from verinet import work
from verinet.errors import EmptyDomain, NotBounded, ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import format_rational
from verinet.geometry.complexes import PolyhedralComplex
from verinet.geometry.polyhedra import Polyhedron, exact_point, whole_space
from verinet.networks.network import Network
from verinet.regions.layers import WORD, SplitNetwork
from verinet.regions.maps import AffineMaps, distinct_maps
from verinet.regions.views import Views

if TYPE_CHECKING:
    import networkx

__all__ = ["Piece", "PiecewiseAffine", "piecewise"]

Point = tuple[Fraction, ...]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Piece:
    """One linear region: the cells it is made of, and y = weight x + bias there.

    Parameters
    ----------
    cells : tuple of int
    weight : Matrix, outputs x inputs
    bias : Matrix, outputs x 1

    Guarantee: exact.
    """

    cells: tuple[int, ...]
    weight: Matrix
    bias: Matrix

    def value(self, point: Sequence[Fraction]) -> Point:
        """The outputs of this piece at a point, inside of it or not."""
        column = self.weight @ Matrix.column(point) + self.bias
        return tuple(entry for (entry,) in column.to_rows())


@dataclass(frozen=True, eq=False)
class PiecewiseAffine(Views):
    """A continuous piecewise-affine function on a convex domain: a complex, and one affine map a cell.

    Made by `piecewise`.

    Parameters
    ----------
    network : Network
    domain : Polyhedron
    complex : PolyhedralComplex
        The canonical complex of the network on the domain.
    patterns : array of uint64, shape (cells, words)
        The signs of the bent rows on each cell, as `SplitNetwork.unpack` reads them.
    split : SplitNetwork

    Examples
    --------
    >>> from verinet.geometry.polyhedra import box
    >>> from verinet.networks.build import network, relu, variables
    >>> x, y = variables("x", 2)
    >>> f = piecewise(network((x, y), relu(x - y) + relu(y - x) + relu(y) - relu(y)), box((-1, 1), (-1, 1)))
    >>> f.cells, f.linear_regions, f.affine_maps, f.f_vector
    (4, 2, 2, (7, 10, 4))
    >>> f((1, "1/3"))
    (Fraction(2, 3),)

    Guarantee: exact.
    """

    network: Network
    domain: Polyhedron
    complex: PolyhedralComplex
    patterns: npt.NDArray[np.uint64]
    split: SplitNetwork

    def __repr__(self) -> str:
        sizes = f"{self.input_size} -> {self.output_size}"
        return f"<PiecewiseAffine {sizes}, {self.cells} cells, faces {self.f_vector}>"

    # --- counts -------------------------------------------------------------------------------------------------

    @property
    def input_size(self) -> int:
        """Number of inputs."""
        return self.split.input_size

    @property
    def output_size(self) -> int:
        """Number of outputs."""
        return self.split.output_size

    @property
    def cells(self) -> int:
        """Number of cells: full-dimensional activation regions."""
        return self.complex.cells

    @property
    def f_vector(self) -> tuple[int, ...]:
        """Numbers of faces of the canonical complex, dimension by dimension."""
        return self.complex.f_vector

    @cached_property
    def maps(self) -> AffineMaps:
        """The affine maps of the cells: ``maps.of_cell[cell]`` numbers the distinct ones."""
        return distinct_maps(self.split, self.patterns)

    @property
    def affine_maps(self) -> int:
        """Number of distinct affine maps."""
        return self.maps.count

    @cached_property
    def region_of_cell(self) -> Integers:
        """For each cell the number of its linear region: cells with one map, joined across facets."""
        if self.cells == 1:
            return np.zeros(1, dtype=np.int64)
        joined = self.complex.adjacency
        of_cell = self.maps.of_cell
        smooth = joined[of_cell[joined[:, 0]] == of_cell[joined[:, 1]], 2]
        return self.complex.components(facets=smooth)

    @cached_property
    def linear_regions(self) -> int:
        """Number of linear regions."""
        return int(self.region_of_cell.max()) + 1

    # --- pieces -------------------------------------------------------------------------------------------------

    def map_of(self, cell: int) -> tuple[Matrix, Matrix]:
        """A and b of one cell, shapes (outputs, inputs) and (outputs, 1).

        Guarantee: exact.
        """
        return self.maps.exact(int(self.maps.of_cell[cell]))

    def each_piece(self) -> Iterator[Piece]:
        """The linear regions one by one, in the order of their first cells.

        Guarantee: exact.
        """
        order = np.argsort(self.region_of_cell, kind="stable")
        ends = np.cumsum(np.bincount(self.region_of_cell))[:-1]
        for cells in np.split(order, ends):
            work.keep_going()
            weight, bias = self.map_of(int(cells[0]))
            yield Piece(tuple(cells.tolist()), weight, bias)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The linear regions, each with its affine map."""
        return tuple(self.each_piece())

    @cached_property
    def breakpoints(self) -> tuple[Fraction, ...]:
        """With one input: where the outputs bend, ascending.

        Raises
        ------
        Unsupported
            With several inputs.
        """
        if self.input_size != 1:
            raise Unsupported(
                f"breakpoints are points of a line, the function has {self.input_size} inputs",
                fix="ask for complex, adjacency or graph()",
            )
        joined, of_cell = self.complex.adjacency, self.maps.of_cell
        bent = joined[of_cell[joined[:, 0]] != of_cell[joined[:, 1]], 2]
        return tuple(sorted(x for (x,) in self.complex.vertices.exact(bent)))

    # --- points -------------------------------------------------------------------------------------------------

    def __call__(self, *point: Any) -> Point:
        """The exact outputs at a point of the domain: ``f((0, "1/3"))`` or ``f(0, "1/3")``.

        Raises
        ------
        EmptyDomain
            Outside of the domain.

        Guarantee: exact.
        """
        return self.network(self._inside(point))

    def locate(self, *point: Any) -> tuple[int, ...]:
        """The closed cells that hold a point, ascending; none outside of the domain.

        A closed cell holds a point of the domain just if its signs agree with those of the bent rows at the point
        wherever these are not 0: then, layer by layer, the cell's affine forms take the true values there.

        Guarantee: exact.
        """
        x = exact_point(_flattened(point), self.input_size, "PiecewiseAffine.locate")
        if not self.domain.contains(x):
            return ()
        # on the line a breakpoint where slopes do not differ parts no cells
        positive, nonzero = _signs_at(self.split, x, only_bends=self.input_size == 1)
        return tuple(np.flatnonzero(~(((self.patterns ^ positive) & nonzero) != 0).any(axis=1)).tolist())

    def _inside(self, point: tuple[Any, ...]) -> Point:
        x = exact_point(_flattened(point), self.input_size, "PiecewiseAffine")
        if not self.domain.contains(x):
            text = ", ".join(format_rational(entry) for entry in x)
            raise EmptyDomain(
                f"the point ({text}) lies outside of the domain of this function",
                fix="choose a point of the domain, or call the network itself",
            )
        return x

    # --- the graph of cells -------------------------------------------------------------------------------------

    def graph(self) -> networkx.Graph[int]:
        """The cells and what joins them, complete, as a networkx graph (built whole: ask when you want that).

        See `verinet.regions.cell_graph.cell_graph` for the attributes.

        Guarantee: exact.
        """
        from verinet.regions.cell_graph import cell_graph

        return cell_graph(self)


def _flattened(point: tuple[Any, ...]) -> Any:
    return point[0] if len(point) == 1 and isinstance(point[0], Sequence) and not isinstance(point[0], str) else point


def _signs_at(
    split: SplitNetwork, x: Point, *, only_bends: bool
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """Which bent rows are > 0 at a point, and which are not 0: two packed patterns.

    With `only_bends` a row whose slopes are equal counts as 0 everywhere.
    """
    values, found = Matrix.column(x), []
    for layer in split.layers:
        rows = [entry for (entry,) in (layer.weight @ values + layer.bias).to_rows()]
        found.append(rows[: layer.splits])
        bent = [(s if z < 0 else r) * z for z, s, r in zip(rows, layer.left, layer.right, strict=False)]
        values = Matrix.column([*bent, *rows[layer.splits :]])
    positive, nonzero = (np.zeros(split.words, np.uint64) for _ in range(2))
    for start, layer, signs in zip(split.offsets, split.layers, found, strict=True):
        for j, z in enumerate(signs):
            if only_bends and layer.left[j] == layer.right[j]:
                continue
            bit = np.uint64(1) << np.uint64(j % WORD)
            positive[start + j // WORD] |= bit if z > 0 else np.uint64(0)
            nonzero[start + j // WORD] |= bit if z else np.uint64(0)
    return positive, nonzero


def piecewise(
    network: Network, domain: Polyhedron | None = None, *, budget: work.Budget | None = None
) -> PiecewiseAffine:
    """The piecewise-affine function of a network on a domain: all its cells, exactly.

    Parameters
    ----------
    network : Network
        Continuous piecewise-affine activations; 1 to 6 inputs.
    domain : Polyhedron, optional
        A polytope with interior; with one input any interval, also the whole line.  Unless told it is the network's
        own domain, and without one the whole line of one input.
    budget : Budget, optional
        Its seconds are watched.

    Raises
    ------
    Unsupported
        For jumping, polynomial or smooth activations, named with their vertex.
    NotBounded
        For an unbounded domain of several inputs.
    ShapeMismatch, EmptyDomain
        For a domain of another dimension, or without interior.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import compose, network, relu, variable
    >>> x = variable("x")
    >>> hat = network(x, 2 * relu(x) - 4 * relu(x - "1/2") + 2 * relu(x - 1))
    >>> f = piecewise(compose(hat, times=2), interval(0, 1))
    >>> [str(q) for q in f.breakpoints], f.f_vector, f.minimum().value, f.maximum().value
    (['1/4', '1/2', '3/4'], (5, 4), Fraction(0, 1), Fraction(1, 1))

    Guarantee: exact.
    """
    domain = _domain(network, domain)
    with work.under(budget or work.Budget()):
        if network.input_size == 1:
            from verinet.regions.line_complex import line_complex

            return PiecewiseAffine(network, domain, *line_complex(network, domain))
        from verinet.regions.canonical import complex_of

        found = complex_of(network, domain)
        return PiecewiseAffine(network, domain, found.complex, found.patterns, found.split)


def _domain(network: Network, domain: Polyhedron | None) -> Polyhedron:
    if domain is None and network.domain is not None:
        domain = Polyhedron(tuple(a for a, _ in network.domain), tuple(b for _, b in network.domain))
    if domain is None:
        if network.input_size != 1:
            raise NotBounded(
                f"the cells of a network of {network.input_size} inputs need a bounded domain, got none",
                fix="give one, as in piecewise(network, box([-1, 1], dimension=2))",
            )
        return whole_space(1)
    if domain.dimension != network.input_size:
        raise ShapeMismatch(
            f"the network has {network.input_size} inputs and the domain {domain.dimension} coordinates",
            fix="give a domain with one interval for every input channel",
        )
    return domain
