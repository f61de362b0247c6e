"""The graph of cells: every cell with its pattern, halfspaces, vertices and map, every wall with its cause."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from verinet import work
from verinet.exact.linalg import Matrix

if TYPE_CHECKING:
    import networkx

    from verinet.regions.piecewise import PiecewiseAffine

__all__ = ["activation_pattern", "cell_graph", "cutting_neurons", "neuron_pieces"]

#: Vertex of the network, channel, breakpoint.
Origin = tuple[int, int, Fraction]


def activation_pattern(f: PiecewiseAffine, cell: int) -> tuple[tuple[int, ...], ...]:
    """The sign -1, 0 or 1 of every bent row inside a cell, layer by layer; 0: the row is 0 on all of the cell.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.regions.piecewise import piecewise
    >>> x = variable("x")
    >>> f = piecewise(network(x, relu(relu(x)) + relu(x - 1)), interval(-1, 2))
    >>> [activation_pattern(f, cell) for cell in range(3)]
    [((-1, -1), (0,)), ((-1, 1), (1,)), ((1, 1), (1,))]

    Guarantee: exact.
    """
    split = f.split
    both = Matrix.identity(split.input_size).hstack(Matrix.zeros(split.input_size, 1))
    pattern = []
    for layer, positive in zip(split.layers, split.unpack(f.patterns[cell : cell + 1]), strict=True):
        affine = layer.weight @ both + Matrix.zeros(layer.rows, both.columns - 1).hstack(layer.bias)
        rows = [list(row) for row in affine.to_rows()]
        bits = positive[0].tolist()
        pattern.append(tuple(1 if up else -1 if any(row) else 0 for up, row in zip(bits, rows, strict=False)))
        for row, up, left, right in zip(rows, bits, layer.left, layer.right, strict=False):
            slope = right if up else left
            row[:] = [slope * entry for entry in row]
        both = Matrix.from_rows(rows, columns=both.columns)
    return tuple(pattern)


def neuron_pieces(f: PiecewiseAffine, cell: int) -> Mapping[tuple[int, int], int]:
    """For every neuron of the network, (vertex, channel), which piece of its activation is in force on a cell.

    Piece i lies above i of the activation's breakpoints; a preactivation that stays at a breakpoint counts to the
    piece below it.

    Guarantee: exact.
    """
    found: dict[tuple[int, int], int] = {}
    for layer, positive in zip(f.split.layers, f.split.unpack(f.patterns[cell : cell + 1]), strict=True):
        for (vertex, channel, _), up in zip(layer.origins, positive[0].tolist(), strict=True):
            found[vertex, channel] = found.get((vertex, channel), 0) + up
    return found


def cutting_neurons(f: PiecewiseAffine, one: int, other: int) -> tuple[Origin, ...]:
    """The neurons that part two neighbouring cells: (vertex, channel, breakpoint) of each.

    They are those of the first layer in which the patterns differ: up to there both cells have one affine form of
    every preactivation, so one that has different signs vanishes exactly on the hyperplane between them.  What differs
    in later layers differs because of it, or bends there too.

    Guarantee: exact.
    """
    both = f.split.unpack(f.patterns[[one, other]])
    for layer, positive in zip(f.split.layers, both, strict=True):
        rows = np.flatnonzero(positive[0] != positive[1])
        if len(rows):
            return tuple(layer.origins[row] for row in rows.tolist())
    return ()


def cell_graph(f: PiecewiseAffine) -> networkx.Graph[int]:
    """The cells and their common facets as a networkx graph.

    Nodes are cells: `pattern` (signs of the bent rows, layer by layer), `neurons` (piece in force of each neuron),
    `h_representation` (integer rows, ``r . (1, x) >= 0``), `v_representation` (vertices), `map` (number of the affine
    map), `weight`, `bias` (Matrix) and `linear_region`.  Edges are interior facets: `facet` (id), `hyperplane`
    (integer row, ``r . (1, x) = 0``, >= 0 on the cell with the smaller number) and `neurons` (those that cut it).

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.regions.piecewise import piecewise
    >>> x = variable("x")
    >>> graph = cell_graph(piecewise(network(x, relu(2 * x - 1)), interval(0, 1)))
    >>> graph.nodes[1]["weight"], graph.edges[0, 1]["hyperplane"], graph.edges[0, 1]["neurons"]
    (Matrix([[2]]), (1, -2), ((2, 0, Fraction(0, 1)),))

    Guarantee: exact.
    """
    import networkx

    graph: networkx.Graph[int] = networkx.Graph()
    complex = f.complex
    for cell in range(f.cells):
        work.keep_going()
        weight, bias = f.map_of(cell)
        graph.add_node(
            cell,
            pattern=activation_pattern(f, cell),
            neurons=neuron_pieces(f, cell),
            h_representation=complex.h_representation(cell),
            v_representation=complex.v_representation(cell),
            map=int(f.maps.of_cell[cell]),
            weight=weight,
            bias=bias,
            linear_region=int(f.region_of_cell[cell]),
        )
    for one, other, facet in complex.adjacency.tolist() if f.cells > 1 else []:
        graph.add_edge(
            one, other, facet=facet, hyperplane=complex.hyperplane(facet), neurons=cutting_neurons(f, one, other)
        )
    return graph
