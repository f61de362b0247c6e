"""The affine map that a network is near one point, exactly, and how far that reaches.

No complex is computed: one walk through the graph at the point, with the piece of every activation that is in force
there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q
from verinet.networks.activations import Activation, line
from verinet.networks.evaluate import vertex_values
from verinet.networks.network import Network

__all__ = ["LocalMap", "local_map"]

Row = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class LocalMap:
    """``f(x) = weight x + bias`` wherever all rows are positive.

    Parameters
    ----------
    weight : Matrix, outputs x inputs
    bias : Matrix, outputs x 1
    rows : tuple of rows over (1, x), constant first
        One for every breakpoint beside the piece in force; those that depend on x.
    at : tuple of Fraction
        The point; every row is >= 0 there.

    Guarantee: exact.
    """

    weight: Matrix
    bias: Matrix
    rows: tuple[Row, ...]
    at: tuple[Fraction, ...]

    @property
    def inside(self) -> bool:
        """Whether the point lies in the interior of the set on which all rows are positive."""
        return all(value_of(row, self.at) > 0 for row in self.rows)

    def value(self, x: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """The value of the affine map at a point, in the set or not."""
        column = self.weight @ Matrix.column(x) + self.bias
        return tuple(entry for (entry,) in column.to_rows())

    def reach(self, direction: Sequence[Fraction]) -> Fraction | None:
        """How far one may go from the point along a direction before a row vanishes; None for ever."""
        ends = []
        for row in self.rows:
            slope = sum((a * b for a, b in zip(row[1:], direction, strict=True)), Fraction(0))
            if slope < 0:
                ends.append(value_of(row, self.at) / -slope)
        return min(ends, default=None)

    def radius(self) -> Fraction | None:
        """The side of the largest cube ``|x_i - at_i| < r`` on which all rows are positive; None for every r."""
        return min((value_of(row, self.at) / sum(map(abs, row[1:])) for row in self.rows), default=None)


def local_map(network: Network, x: Sequence[object]) -> LocalMap:
    """The affine map of a network near a point, with the rows that say where it holds.

    At a breakpoint the piece on the left is taken, and the point is not `inside`.

    Parameters
    ----------
    network : Network
        Piecewise-affine activations with finitely many pieces.
    x : sequence of exact numbers

    Raises
    ------
    Unsupported
        For other activations.
    ShapeMismatch
        If x has another size than the input.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> t = variable("t")
    >>> piece = local_map(network(t, 2 * relu(t - 1) + t), [3])
    >>> piece.weight, piece.bias, piece.radius()
    (Matrix([[3]]), Matrix([[-2]]), Fraction(2, 1))

    Guarantee: exact.
    """
    point = tuple(Q(entry) for entry in x)
    arithmetic = _Forms(Matrix.column([1, *point]))
    form = arithmetic.leave(_outputs(network, point, arithmetic))
    moving = tuple(dict.fromkeys(row for row in arithmetic.rows if any(row[1:])))
    columns = range(1, network.input_size + 1)
    return LocalMap(form.take_columns(columns), form.take_columns([0]), moving, point)


def value_of(row: Row, x: Sequence[Fraction]) -> Fraction:
    """The value of a row over (1, x) at a point.

    Examples
    --------
    >>> value_of((Fraction(1), Fraction(2)), [Fraction(3)])
    Fraction(7, 1)

    Guarantee: exact.
    """
    return row[0] + sum((a * b for a, b in zip(row[1:], x, strict=True)), Fraction(0))


def _outputs(network: Network, x: tuple[Fraction, ...], arithmetic: _Forms) -> Matrix:
    values = vertex_values(network, x, arithmetic)
    return arithmetic.join([values[index] for _, index in network.readouts])


class _Forms:
    """Arithmetic of affine forms over (1, x), one row a channel; the piece in force is that at one point."""

    def __init__(self, point: Matrix) -> None:
        self.point = point
        self.rows: list[Row] = []

    def enter(self, x: Sequence[Fraction], size: int) -> Matrix:
        if len(x) != size:
            raise ShapeMismatch(f"the network has {size} inputs, got {len(x)} values", fix="give one value an input")
        return Matrix.zeros(size, 1).hstack(Matrix.identity(size))

    def take(self, values: Matrix, part: slice) -> Matrix:
        return values.take_rows(range(*part.indices(values.rows)))

    def join(self, parts: Sequence[Matrix]) -> Matrix:
        return parts[0].vstack(*parts[1:]) if len(parts) > 1 else parts[0]

    def affine(self, weight: Matrix, bias: Matrix, values: Matrix, *, vertex: int) -> Matrix:
        return weight @ values + bias.hstack(Matrix.zeros(bias.rows, values.columns - 1))

    def activate(self, activations: tuple[Activation, ...], values: Matrix) -> Matrix:
        levels = [level for (level,) in (values @ self.point).to_rows()]
        rows = []
        for function, row, level in zip(activations, values.to_rows(), levels, strict=True):
            slope, constant = self._piece(function, row, level)
            rows.append([slope * row[0] + constant, *(slope * entry for entry in row[1:])])
        return Matrix.from_rows(rows, columns=values.columns)

    def _piece(self, function: Activation, row: Row, level: Fraction) -> tuple[Fraction, Fraction]:
        """Slope and constant of the piece in force; its ends become rows."""
        if not function.is_affine:
            raise Unsupported(
                f"a local affine map needs activations with finitely many affine pieces, got {function}",
                fix="use piecewise-affine activations",
            )
        place = bisect_left(function.breakpoints, level)
        if place > 0:
            low = function.breakpoints[place - 1]
            self.rows.append((row[0] - low, *row[1:]))
        if place < len(function.breakpoints):
            high = function.breakpoints[place]
            self.rows.append((high - row[0], *(-entry for entry in row[1:])))
        return line(function.pieces[place])

    def leave(self, values: Matrix) -> Matrix:
        return values
