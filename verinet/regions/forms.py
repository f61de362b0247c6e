"""One layer in every arithmetic that decides signs: floats at once, the others when they are asked for."""

# mypy: allow-any-generics

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from verinet.exact.linalg import Matrix
from verinet.regions.exact_rows import IntegerLayer, Row, lowest
from verinet.regions.layers import SplitLayer
from verinet.regions.vertex_rows import FloatLayer, nearest

__all__ = ["DoubleLayer", "Forms", "SmallLayer", "parallel_rows", "rest"]

Array = npt.NDArray[Any]

#: Larger integers in a layer are not tried in 64 bits.
SMALL = 2**40


@dataclass(frozen=True, slots=True)
class DoubleLayer:
    """What float64 weights leave over: weight = columns + columns_low up to 2^-106, and so on."""

    columns_low: Array
    bias_low: Array
    left_low: Array
    right_low: Array
    plain: bool


@dataclass(frozen=True, slots=True)
class SmallLayer:
    """A layer in 64-bit integers; the slopes of carried rows are `slopes_over`."""

    weight: Array
    bias: Array
    over: int
    left: Array
    right: Array
    slopes_over: int


@dataclass(frozen=True, eq=False)
class Forms:
    """A layer and its numbers in floats, doubled floats and integers.

    Parameters
    ----------
    source : SplitLayer
    floats : FloatLayer
    before : array of int
        The exponents of the layer before, by which the columns of the floats are scaled back.
    """

    source: SplitLayer
    floats: FloatLayer
    before: Array

    @cached_property
    def integers(self) -> IntegerLayer:
        """The layer in integers of any length."""
        return IntegerLayer.of(self.source)

    @cached_property
    def doubles(self) -> DoubleLayer:
        """The low parts of the layer's numbers, scaled as its floats are."""
        layer = self.source
        rows = self.floats.exponents[:, None].astype(np.int32)
        weight = np.ldexp(rest(layer.weight), rows - self.before[None, :].astype(np.int32))
        bias = np.ldexp(rest(layer.bias), rows)[:, 0]
        slopes = []
        for given in (layer.left, layer.right):
            low = np.zeros(layer.rows)
            low[: layer.splits] = rest(Matrix.column(given))[:, 0] if given else []
            slopes.append(low)
        return DoubleLayer(np.ascontiguousarray(weight.T), bias, slopes[0], slopes[1], not weight.any())

    @cached_property
    def small(self) -> SmallLayer | None:
        """The layer in 64-bit integers, or None when its numbers are too large."""
        over = max(self.source.weight.denominator, self.source.bias.denominator)
        if over >= SMALL:  # most often the answer, without a look at the entries
            return None
        layer = self.integers
        weight = layer.weight.tolist()
        rows = [[int(entry) for entry in row] for row in weight]
        numbers = [layer.over, layer.slopes_over, *layer.bias, *layer.left, *layer.right, *(e for r in rows for e in r)]
        if max(map(abs, numbers)) >= SMALL:
            return None
        carried = [layer.slopes_over] * (len(layer.bias) - len(layer.left))
        columns = (layer.bias, [*layer.left, *carried], [*layer.right, *carried])
        bias, left, right = (np.array(column, dtype=np.int64) for column in columns)
        matrix = np.array(rows, dtype=np.int64).reshape(layer.weight.nrows(), layer.weight.ncols())
        return SmallLayer(matrix, bias, layer.over, left, right, layer.slopes_over)


def rest(matrix: Matrix) -> Array:
    """The nearest float64 of what the nearest float64 of each entry leaves over.

    Guarantee: numeric (correctly rounded).
    """
    head = nearest(matrix)
    if not np.all(np.isfinite(head)):
        return np.zeros(matrix.shape)
    return nearest(matrix - Matrix.from_floats(head))


def parallel_rows(forms: Forms, first: int, count: int) -> npt.NDArray[np.uint64]:
    """For each of some bent rows, the word of those that are multiples of it, bias included.

    Floats choose the pairs that may be parallel, by the equality case of Cauchy and Schwarz; integers decide.

    Guarantee: exact.
    """
    words = [1 << j for j in range(count)]
    keys: dict[int, Row] = {}
    for i, j in _candidates(forms.floats, first, count):
        for k in (i, j):
            if k not in keys:
                keys[k] = _direction(forms.source, first + k)
        if keys[i] == keys[j]:
            words[i] |= 1 << j
            words[j] |= 1 << i
    return np.array(words, dtype=np.uint64)


def _candidates(floats: FloatLayer, first: int, count: int) -> list[tuple[int, int]]:
    """Pairs i < j of rows whose angle is too small for floats to tell; every pair where floats are not trusted."""
    if not floats.trusted:
        return [(i, j) for i in range(count) for j in range(i + 1, count)]
    chosen = slice(first, first + count)
    rows = np.vstack([floats.columns[:, chosen], floats.bias[None, chosen]])
    gram = rows.T @ rows
    sizes = np.diagonal(gram)
    # rounding moves either side by less than 1e-12 of the right one; a row is zero in floats only if it is zero
    close = gram * gram >= (1 - 1e-9) * sizes[:, None] * sizes[None, :]
    pairs = np.argwhere(np.triu(close, 1))
    return [(int(i), int(j)) for i, j in pairs]


def _direction(layer: SplitLayer, j: int) -> Row:
    """A row as the shortest integers, its first nonzero entry positive."""
    (row,) = layer.bias.take_rows((j,)).hstack(layer.weight.take_rows((j,))).numerators()
    lead: Sequence[int] = [entry for entry in row if entry][:1]
    if not lead:
        return tuple(row)
    return lowest([entry if lead[0] > 0 else -entry for entry in row])
