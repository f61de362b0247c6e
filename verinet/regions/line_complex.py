"""The canonical complex of a network of one input: breakpoints as vertices, intervals and rays as cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from verinet.errors import ShapeMismatch
from verinet.geometry.complexes import Incidence, PolyhedralComplex, Vertices
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.chain import chain
from verinet.networks.network import Network
from verinet.regions.layers import SplitNetwork, split_network
from verinet.regions.line import Line, line
from verinet.regions.line_layers import unit_table

__all__ = ["line_complex"]

#: Above every state.
_NEVER = 1 << 30


def line_complex(
    network: Network, domain: Polyhedron
) -> tuple[PolyhedralComplex, npt.NDArray[np.uint64], SplitNetwork]:
    """Complex, patterns and split network on an interval, a half-line or the line; cells from left to right.

    Raises
    ------
    Unsupported
        For activations that jump or are not piecewise affine.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import whole_space
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> complex, patterns, _ = line_complex(network(x, relu(x) + relu(x - 1)), whole_space(1))
    >>> complex.f_vector, patterns.tolist()
    ((2, 3), [[0], [1], [3]])

    Guarantee: exact.
    """
    split = split_network(network)
    found = line(network, domain)
    return _complex(found), _patterns(network, split, found), split


def _complex(found: Line) -> PolyhedralComplex:
    active = np.flatnonzero(found.cells.active)
    below, above = found.low is not None, found.high is not None
    last = len(found.cells.active) - 1
    chosen = np.concatenate([[0] if below else [], active, [last] if above else []]).astype(np.int64)
    if not below and not above and not len(active):
        edges = Incidence.from_lists([[]])
        return PolyhedralComplex(Vertices.from_points([], dimension=1), (edges,))
    low, high = found.cells.enclosures()
    middle = (low / 2 + high / 2)[chosen]

    def resolve(asked: Sequence[int]) -> list[tuple[int, ...]]:
        return [(x, w) for x, w in found.cells.points([int(chosen[index]) for index in asked])]

    lists = [[k, k + 1] for k in range(len(chosen) - 1)]
    rays: list[tuple[int, int]] = []
    if not below:
        lists.insert(0, [0])
        rays.append((0, -1))
    if not above:
        lists.append([len(chosen) - 1])
        rays.append((len(lists) - 1, 1))
    vertices = Vertices.lazily(middle.reshape(-1, 1), resolve)
    return PolyhedralComplex(vertices, (Incidence.from_lists(lists),), tuple(rays))


def _patterns(network: Network, split: SplitNetwork, found: Line) -> npt.NDArray[np.uint64]:
    """The signs of the bent rows from the states of the units.

    The search merges equal neighbouring pieces of a table: its breakpoint r is passed from state 2 r + 2 on, and one
    that it does not know bends nothing.
    """
    signs = []
    for layer, split_layer, states in zip(chain(network).layers, split.layers, found.patterns, strict=False):
        columns = []
        for unit, (_, which) in enumerate(layer.units):
            table = layer.activations[which]
            known = unit_table(table).breakpoints
            for piece in table[:-1]:
                passed = 2 * known.index(piece.until) + 2 if piece.until in known else _NEVER
                columns.append(np.asarray(states)[:, unit] >= passed)
        if len(columns) != split_layer.splits:
            raise ShapeMismatch(
                f"a layer has {split_layer.splits} bent rows and {len(columns)} breakpoints",
                fix="report this network: the search and the layers disagree",
            )
        count = found.activation_regions
        signs.append(np.column_stack(columns) if columns else np.zeros((count, 0), dtype=np.bool_))
    if not signs:
        return np.zeros((found.activation_regions, 0), dtype=np.uint64)
    return split.pack(signs)
