"""A network of one input as the line search reads it: affine layers, and tables of scalar activations.

The line is the upper half-plane of pairs (X, w), w >= 0, up to positive factors: x = X / w, and w = 0 is an
infinite end.  Every layer is made homogeneous by multiplying its bias by w, so that its values are linear in
(X, w) between breakpoints, on the infinite rays too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import fmpz_mat

from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.activations import Activation
from verinet.networks.chain import chain
from verinet.networks.network import Activate, Affine, Input, Network
from verinet.networks.tables import Table, kernel_table

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

#: An end of the line or of an interval: (X, w) in integers, w = 0 at infinity.
Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class UnitTable:
    r"""A scalar piecewise-affine function: open pieces :math:`s_i z + c_i`, and the values at the breakpoints.

    The *state* of a unit at a preactivation is ``2 i`` in piece i, and ``2 i + 1`` at breakpoint i where the value
    there belongs to neither neighbour; else the breakpoint has the state of the neighbour it belongs to.

    Parameters
    ----------
    breakpoints : tuple of Fraction
    slopes, constants : tuple of Fraction
        One more than breakpoints.
    values : tuple of Fraction
        The values at the breakpoints.
    owners : tuple of int
        The states at the breakpoints.

    Guarantee: exact.
    """

    breakpoints: tuple[Fraction, ...]
    slopes: tuple[Fraction, ...]
    constants: tuple[Fraction, ...]
    values: tuple[Fraction, ...]
    owners: tuple[int, ...]

    @property
    def is_continuous(self) -> bool:
        """Whether both neighbours take the stated value at every breakpoint."""
        return all(
            self.slopes[i] * point + self.constants[i] == value == self.slopes[i + 1] * point + self.constants[i + 1]
            for i, (point, value) in enumerate(zip(self.breakpoints, self.values, strict=True))
        )


def unit_table(table: Table) -> UnitTable:
    """The table of the kernel with its pieces at single points apart, and without breakpoints that change nothing.

    Examples
    --------
    >>> from verinet.networks.activations import RELU
    >>> unit_table(kernel_table(RELU)).slopes
    (Fraction(0, 1), Fraction(1, 1))
    """
    points: list[Fraction] = []
    lines: list[tuple[Fraction, Fraction]] = []
    values: list[Fraction] = []
    owners: list[int] = []
    for index, piece in enumerate(table):
        if points and piece.until == points[-1]:
            continue  # a piece at one point, already read with the breakpoint
        lines.append((piece.slope, piece.constant))
        if piece.until is None:
            break
        point = piece.until
        following = table[index + 1]
        single = piece.side == "right" and following.until == point
        value_piece = piece if piece.side == "left" else following
        value = value_piece.slope * point + value_piece.constant
        after = table[index + 2] if single else following
        if not single and (after.slope, after.constant) == lines[-1]:
            lines.pop()  # the same line on both sides, and the point is on it
            continue
        owners.append(2 * len(points) + (1 if single else 0 if piece.side == "left" else 2))
        points.append(point)
        values.append(value)
    slopes, constants = tuple(s for s, _ in lines), tuple(c for _, c in lines)
    return UnitTable(tuple(points), slopes, constants, tuple(values), tuple(owners))


@dataclass(frozen=True)
class LineLayer:
    """One affine map and the tables of its units.

    Parameters
    ----------
    weight, bias : Matrix
    tables : tuple of UnitTable
        Each once.
    which : tuple of int
        The table of every unit.

    Guarantee: exact; the float properties are numeric (every entry rounded once).
    """

    weight: Matrix
    bias: Matrix
    tables: tuple[UnitTable, ...]
    which: tuple[int, ...]

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.which)

    @property
    def columns(self) -> int:
        """Number of values that the layer reads."""
        return self.weight.columns

    @cached_property
    def denominator(self) -> int:
        """Common denominator D of weight and bias."""
        return lcm(self.weight.denominator, self.bias.denominator)

    @cached_property
    def integer_rows(self) -> list[list[int]]:
        """Rows (bias, 0, weights) over D, one a unit: they act on columns (w, X, values)."""
        d = self.denominator
        m, n = d // self.weight.denominator, d // self.bias.denominator
        pairs = zip(self.weight.numerators(), self.bias.numerators(), strict=True)
        return [[b * n, 0, *(entry * m for entry in row)] for row, (b,) in pairs]

    @cached_property
    def integer_matrix(self) -> Any:
        """FLINT matrix that maps a column (w, X, values) to D times (w, X, preactivations)."""
        width = self.weight.columns
        head = [[self.denominator, *([0] * (width + 1))], [0, self.denominator, *([0] * width)]]
        rows = head + self.integer_rows
        return fmpz_mat(len(rows), width + 2, [entry for row in rows for entry in row])

    @cached_property
    def integer_tables(self) -> tuple[int, list[tuple[list[int], list[int], list[int], list[int]]]]:
        """Denominator A, and for every table its breakpoints, slopes, constants, values times A."""
        fields = [(t.breakpoints, t.slopes, t.constants, t.values) for t in self.tables]
        over = lcm(*(q.denominator for table in fields for part in table for q in part))
        scaled = [[[q.numerator * (over // q.denominator) for q in part] for part in table] for table in fields]
        return over, [(t[0], t[1], t[2], t[3]) for t in scaled]

    @cached_property
    def float_weight(self) -> Floats:
        """Weights as float64, shape (units, inputs)."""
        return self._float_parts[0]

    @property
    def has_float_weight(self) -> bool:
        """Whether the weights are known to be float64 numbers exactly."""
        return self._float_parts[1]

    @cached_property
    def _float_parts(self) -> tuple[Floats, bool]:
        return nearest_floats(self.weight)

    @cached_property
    def float_bias(self) -> Floats:
        """Biases as float64, shape (units,)."""
        return nearest_floats(self.bias)[0][:, 0].copy()

    @cached_property
    def is_continuous(self) -> bool:
        """Whether all tables are."""
        return all(table.is_continuous for table in self.tables)

    @cached_property
    def float_tables(self) -> tuple[Integers, Integers, Floats, Floats, Floats]:
        """First breakpoint and number of breakpoints of every unit; breakpoints, slopes, constants of all tables.

        The pieces of table t start at its first breakpoint plus t.
        """
        counts = [len(table.breakpoints) for table in self.tables]
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        chosen = np.array(self.which, dtype=np.int64)
        parts = [[float(q) for table in self.tables for q in getattr(table, name)]
                 for name in ("breakpoints", "slopes", "constants")]  # fmt: skip
        taus, slopes, constants = (np.array(part, dtype=np.float64) for part in parts)
        return starts[chosen], np.array(counts, dtype=np.int64)[chosen], taus, slopes, constants


@dataclass(frozen=True)
class LineNetwork:
    """The layers of a network of one input, first to last; the last one has no breakpoints (the outputs).

    Guarantee: exact.
    """

    layers: tuple[LineLayer, ...]

    @property
    def hidden(self) -> tuple[LineLayer, ...]:
        """All layers but the last."""
        return self.layers[:-1]

    @property
    def readout(self) -> LineLayer:
        """The last layer."""
        return self.layers[-1]

    @property
    def is_continuous(self) -> bool:
        """Whether all activations are continuous."""
        return all(layer.is_continuous for layer in self.layers)


def nearest_floats(matrix: Matrix) -> tuple[Floats, bool]:
    """The nearest float64 of each entry (an infinity beyond the largest float), and whether all are known to be equal.

    Guarantee: numeric (each entry is rounded once, correctly); the second part is exact when it is True.

    Examples
    --------
    >>> values, equal = nearest_floats(Matrix.from_rows([["1/4"], ["1/3"]]))
    >>> values.tolist(), equal
    ([[0.25], [0.3333333333333333]], False)
    """
    d = matrix.denominator
    if matrix.rows and matrix.columns and d & (d - 1) == 0 and d.bit_length() < 1000:
        numerators = matrix.numerators()
        try:
            rounded = np.array(numerators, dtype=np.float64)  # Python rounds an integer correctly
        except OverflowError:
            return matrix.to_float64(), False
        values: Floats = np.ldexp(rounded, 1 - d.bit_length())
        smallest = np.abs(values[values != 0.0]).min(initial=1.0)
        if smallest > 2.0**-1000:  # a subnormal would have been rounded twice
            return values, bool(rounded.tolist() == numerators)  # Python compares integers with floats exactly
    return matrix.to_float64(), False


def line_layers(network: Network, low: Fraction | None, high: Fraction | None) -> LineNetwork:
    """The layers of a network of one input, read for the line or an interval.

    Raises
    ------
    ShapeMismatch
        For another number of inputs.
    Unsupported
        For smooth, polynomial and (on an unbounded domain) periodic activations.

    Guarantee: exact.
    """
    if network.input_size != 1:
        raise ShapeMismatch(
            f"line needs a network of one input, got {network.input_size}",
            fix="restrict the network to a line by an affine first layer, or ask for its regions in space",
        )
    periodic = _periodic(network)
    if periodic is not None:
        if low is None or high is None:
            raise Unsupported(
                f"the activation {periodic} has infinitely many breakpoints on an unbounded domain",
                fix="give a bounded domain: line(network, interval(low, high))",
            )
        network = network.with_domain([(low, high)])
    plain = None if periodic is not None else _plain_layers(network)
    return LineNetwork(plain if plain is not None else _chained_layers(network))


def _periodic(network: Network) -> Activation | None:
    for vertex in network.vertices:
        if isinstance(vertex.operation, Activate):
            for activation in vertex.operation.activations:
                if activation.kind == "periodic":
                    return activation
    return None


def _plain_layers(network: Network) -> tuple[LineLayer, ...] | None:
    """The layers of input, affine, activations, affine, ..., affine without a detour through Python integers."""
    vertices = network.vertices
    chained = all(vertex.sources == (index - 1,) for index, vertex in enumerate(vertices) if index)
    kinds = [Input, *[Affine, Activate] * ((len(vertices) - 2) // 2), Affine]
    fits = len(kinds) == len(vertices) and all(isinstance(v.operation, k) for v, k in zip(vertices, kinds, strict=True))
    if not (chained and fits) or [index for _, index in network.readouts] != [len(vertices) - 1]:
        return None
    layers: list[LineLayer] = []
    for index in range(1, len(vertices), 2):
        affine = vertices[index].operation
        above = vertices[index + 1].operation if index + 1 < len(vertices) else None
        if not isinstance(affine, Affine) or not (above is None or isinstance(above, Activate)):
            return None
        if above is None:
            tables: list[Table] = [_identity()] * affine.weight.rows
        else:
            known = {activation: kernel_table(activation) for activation in set(above.activations)}
            tables = [known[activation] for activation in above.activations]
        layers.append(_layer(affine.weight, affine.bias, tables))
    return tuple(layers)


def _identity() -> Table:
    from verinet.networks.activations import IDENTITY

    return kernel_table(IDENTITY)


def _chained_layers(network: Network) -> tuple[LineLayer, ...]:
    layers: list[LineLayer] = []
    for layer in chain(network).layers:
        width = len(layer.units[0][0]) - 1
        weight = Matrix.from_integers([row[1:] for row, _ in layer.units], layer.weights_over, columns=width)
        bias = Matrix.from_integers([row[:1] for row, _ in layer.units], layer.weights_over, columns=1)
        layers.append(_layer(weight, bias, [layer.activations[which] for _, which in layer.units]))
    return tuple(layers)


def _layer(weight: Matrix, bias: Matrix, tables: Sequence[Table]) -> LineLayer:
    read = {table: unit_table(table) for table in set(tables)}
    distinct = {table: place for place, table in enumerate(dict.fromkeys(read[table] for table in tables))}
    return LineLayer(weight, bias, tuple(distinct), tuple(distinct[read[table]] for table in tables))


def line_ends(domain: Polyhedron | None) -> tuple[Fraction | None, Fraction | None]:
    """The two ends of a closed interval of the line, None at infinity.

    Raises
    ------
    ShapeMismatch
        For a domain of another dimension.
    Unsupported
        For a strict halfspace.
    EmptyDomain
        For an empty interval.

    Examples
    --------
    >>> from verinet.geometry import interval
    >>> line_ends(interval(0, "1/2"))
    (Fraction(0, 1), Fraction(1, 2))

    Guarantee: exact.
    """
    if domain is None:
        return None, None
    if domain.dimension != 1:
        raise ShapeMismatch(
            f"line needs a domain of one coordinate, got {domain.dimension}", fix="give an interval(low, high)"
        )
    low, high = domain.low[0], domain.high[0]
    for halfspace in domain.halfspaces:
        slope = halfspace.normal[0]
        if halfspace.strict:
            raise Unsupported("line needs a closed domain, got a strict halfspace", fix="leave strict=True out")
        if slope > 0:
            end = halfspace.offset / slope
            high = end if high is None else min(high, end)
        elif slope < 0:
            end = halfspace.offset / slope
            low = end if low is None else max(low, end)
    domain.point()  # raises EmptyDomain
    return low, high


def root_points(low: Fraction | None, high: Fraction | None) -> list[Point]:
    """The points that the search starts from: the ends, and 0 between two infinite ones.

    Examples
    --------
    >>> root_points(None, None)
    [(-1, 0), (0, 1), (1, 0)]
    """
    first = (-1, 0) if low is None else (low.numerator, low.denominator)
    last = (1, 0) if high is None else (high.numerator, high.denominator)
    return [first, (0, 1), last] if low is None and high is None else [first, last]
