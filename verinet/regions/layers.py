r"""A network as layers of bent rows: the one form that the enumeration of cells reads.

A continuous piecewise-affine function with breakpoints t_1 < ... < t_m and slopes s_0, ..., s_m is

.. math:: f(z) = f(t_1) + b_{s_0, s_1}(z - t_1) + \sum_{i \ge 2} b_{0,\, s_i - s_{i-1}}(z - t_i),
   \qquad b_{l, r}(v) = l v \text{ for } v < 0,\ r v \text{ otherwise},

so every activation becomes rows bent at 0, and what is left of it is affine and belongs to the next layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from verinet.errors import Unsupported
from verinet.exact.linalg import Matrix
from verinet.networks.activations import Activation, line
from verinet.networks.chain import Layer, chain
from verinet.networks.network import Activate, Affine, Input, Network
from verinet.networks.tables import Table

__all__ = ["SplitLayer", "SplitNetwork", "split_network"]

#: Bits of one word of a packed activation pattern.
WORD = 64


@dataclass(frozen=True, slots=True)
class SplitLayer:
    """One affine map and the bends of its rows at 0.

    Parameters
    ----------
    weight : Matrix, rows x values of the layer before
    bias : Matrix, rows x 1
    splits : int
        Rows 0 .. splits - 1 are bent at 0; the others are carried on as they are.
    left, right : tuple of Fraction, `splits` entries
        The slope of each bent row on negative and on positive values.
    origins : tuple of (int, int, Fraction), `splits` entries
        Vertex of the network, channel and breakpoint of each bent row.

    Guarantee: exact.
    """

    weight: Matrix
    bias: Matrix
    splits: int
    left: tuple[Fraction, ...]
    right: tuple[Fraction, ...]
    origins: tuple[tuple[int, int, Fraction], ...]

    @property
    def rows(self) -> int:
        """Number of rows, bent and carried."""
        return self.weight.rows

    @property
    def words(self) -> int:
        """Number of words that hold the signs of the bent rows."""
        return -(-self.splits // WORD)


@dataclass(frozen=True)
class SplitNetwork:
    """Layers of bent rows and the readouts of the last one's values.

    Parameters
    ----------
    layers : tuple of SplitLayer
    weight, bias : Matrix
        y = weight h + bias, h the values of the last layer (the inputs, without layers).
    input_size : int

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> split = split_network(network(x, relu(2 * x) + x))
    >>> [(layer.rows, layer.splits) for layer in split.layers], split.output_size
    ([(2, 1)], 1)

    Guarantee: exact.
    """

    layers: tuple[SplitLayer, ...]
    weight: Matrix
    bias: Matrix
    input_size: int

    @property
    def output_size(self) -> int:
        """Number of outputs."""
        return self.weight.rows

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """The first word of each layer in a packed pattern."""
        starts = [0]
        for layer in self.layers:
            starts.append(starts[-1] + layer.words)
        return tuple(starts[:-1])

    @property
    def words(self) -> int:
        """Words of a packed pattern."""
        return sum(layer.words for layer in self.layers)

    def unpack(self, patterns: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.bool_], ...]:
        """The packed patterns as one boolean array (cells, bent rows) a layer: whether the row is positive.

        Guarantee: exact.
        """
        unpacked = []
        for start, layer in zip(self.offsets, self.layers, strict=True):
            bits = np.arange(layer.splits)
            words = patterns[:, start + bits // WORD]
            unpacked.append(((words >> (bits % WORD).astype(np.uint64)) & np.uint64(1)).astype(bool))
        return tuple(unpacked)

    def pack(self, signs: Sequence[npt.NDArray[np.bool_]]) -> npt.NDArray[np.uint64]:
        """The inverse of `unpack`.

        Guarantee: exact.
        """
        count = len(signs[0]) if signs else 1
        patterns = np.zeros((count, self.words), dtype=np.uint64)
        for start, layer, positive in zip(self.offsets, self.layers, signs, strict=True):
            for j in range(layer.splits):
                patterns[:, start + j // WORD] |= positive[:, j].astype(np.uint64) << np.uint64(j % WORD)
        return patterns


def split_network(network: Network) -> SplitNetwork:
    """The layers of bent rows of a network whose activations are continuous and piecewise affine.

    Raises
    ------
    Unsupported
        When an activation jumps, or is polynomial or smooth, named with its vertex.

    Examples
    --------
    >>> from verinet.networks.activations import activation
    >>> from verinet.networks.build import apply_activation, network, variable
    >>> x = variable("x")
    >>> layer = split_network(network(x, apply_activation(x, activation("hard_tanh")))).layers[0]
    >>> layer.splits, layer.left == (0, 0), layer.right == (1, -1)
    (2, True, True)

    Guarantee: exact.
    """
    _check_continuous(network)
    plain = _plain(network)
    if plain is not None:
        return plain
    flat = chain(network)
    layers: list[SplitLayer] = []
    lift: Matrix | None = None  # values of the chain's layer = lift (values of the rows) + shift
    shift = Matrix.zeros(flat.input_size, 1)
    for layer in flat.layers[:-1]:
        weight, bias = _unfolded(layer, lift, shift)
        rows, lift, shift = _bent(layer, weight, bias)
        layers.append(rows)
    weight, bias = _unfolded(flat.layers[-1], lift, shift)
    return SplitNetwork(tuple(layers), weight, bias, flat.input_size)


def _check_continuous(network: Network) -> None:
    for index, vertex in enumerate(network.vertices):
        if not isinstance(vertex.operation, Activate):
            continue
        if all(a.is_affine and a.is_continuous for a in set(vertex.operation.activations)):
            continue
        for channel, activation in enumerate(vertex.operation.activations):
            if activation.is_affine and activation.is_continuous:
                continue
            kind = "jumping" if activation.kind in ("affine", "periodic") else activation.kind
            raise Unsupported(
                f"the canonical complex needs continuous piecewise-affine activations, got the {kind} {activation}",
                fix="with one input `verinet.regions.line` takes jumps too; smooth ones have no linear regions",
                where=f"vertex {index} {vertex.name!r}, channel {channel}",
            )


def _plain(network: Network) -> SplitNetwork | None:
    """A network that alternates affine maps and neurons bent at 0 as it stands: nothing has to be multiplied out."""
    vertices = network.vertices
    count = len(vertices)
    fits = (
        count % 2 == 0 and isinstance(vertices[0].operation, Input) and [v for _, v in network.readouts] == [count - 1]
    )
    if not fits or any(vertex.sources != (index,) for index, vertex in enumerate(vertices[1:])):
        return None
    layers = []
    for index in range(1, count - 1, 2):
        affine, bend = vertices[index].operation, vertices[index + 1].operation
        if not isinstance(affine, Affine) or not isinstance(bend, Activate):
            return None
        slopes = [_slopes_around_zero(activation) for activation in bend.activations]
        if None in slopes:
            return None
        left, right = zip(*(pair for pair in slopes if pair is not None), strict=True)
        origins = tuple((index + 1, channel, Fraction(0)) for channel in range(len(slopes)))
        layers.append(SplitLayer(affine.weight, affine.bias, len(slopes), left, right, origins))
    last = vertices[-1].operation
    if not isinstance(last, Affine):
        return None
    return SplitNetwork(tuple(layers), last.weight, last.bias, network.input_size)


def _slopes_around_zero(activation: Activation) -> tuple[Fraction, Fraction] | None:
    """The two slopes of an activation with f(0) = 0 and 0 as its only breakpoint."""
    if activation.breakpoints != (Fraction(0),) or activation.values != (Fraction(0),):
        return None
    (left, _), (right, _) = (line(piece) for piece in activation.pieces)
    return (left, right) if left != right else None


def _unfolded(layer: Layer, lift: Matrix | None, shift: Matrix) -> tuple[Matrix, Matrix]:
    """Weight and bias of a chain's layer over the rows of the layer before."""
    rows = [row for row, _ in layer.units]
    matrix = Matrix.from_integers(rows, layer.weights_over)
    bias = matrix.take_columns((0,))
    weight = matrix.take_columns(range(1, matrix.columns))
    if not shift.is_zero():
        bias = bias + weight @ shift
    return (weight if lift is None else weight @ lift), bias


def _bent(layer: Layer, weight: Matrix, bias: Matrix) -> tuple[SplitLayer, Matrix | None, Matrix]:
    """The rows of a layer, and how the values of its units follow from theirs."""
    bends: list[tuple[int, Fraction, Fraction, Fraction]] = []
    carried: list[int] = []
    slopes: dict[int, Fraction] = {}
    constants = [Fraction(0)] * len(layer.units)
    for unit, (_, which) in enumerate(layer.units):
        table = layer.activations[which]
        if len(table) == 1:
            carried.append(unit)
            slopes[unit], constants[unit] = table[0].slope, table[0].constant
        else:
            first, constants[unit] = _bends(table)
            bends += [(unit, *bend) for bend in first]
    chosen = [unit for unit, *_ in bends] + carried
    breakpoints = [point for _, point, _, _ in bends] + [Fraction(0)] * len(carried)
    rows = SplitLayer(
        weight.take_rows(chosen),
        bias.take_rows(chosen) - Matrix.column(breakpoints),
        len(bends),
        tuple(left for *_, left, _ in bends),
        tuple(right for *_, right in bends),
        tuple((*layer.origins[unit], point) for unit, point, _, _ in bends),
    )
    shift = Matrix.column(constants)
    if chosen == list(range(len(layer.units))) and all(slope == 1 for slope in slopes.values()):
        return rows, None, shift
    entries = [[Fraction(0)] * len(chosen) for _ in layer.units]
    for position, unit in enumerate(chosen):
        entries[unit][position] = slopes.get(unit, Fraction(1))
    return rows, Matrix.from_rows(entries), shift


def _bends(table: Table) -> tuple[list[tuple[Fraction, Fraction, Fraction]], Fraction]:
    """Breakpoint and the slopes on both sides of each bend; the value at the first breakpoint."""
    bends = []
    for i, (piece, following) in enumerate(pairwise(table)):
        point = piece.until
        if point is None:
            raise ArithmeticError("a table has a piece after its last one")
        left = piece.slope if i == 0 else Fraction(0)
        bends.append((point, left, following.slope - (piece.slope if i else 0)))
    first = table[0]
    return bends, first.slope * bends[0][0] + first.constant
