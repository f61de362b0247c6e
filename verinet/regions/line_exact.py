"""The cells of a line in integers only: any table, jumps too; slow, and used where floats do not apply.

A cell is an open interval between neighbouring points; it carries two columns (w, X, values): the limits of the
layer's values at its two ends, each up to a positive factor.  A preactivation is linear between them, so a
breakpoint inside shows as a strict change of sign, and its place follows from the two values.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import gcd
from typing import Any

import numpy as np
from flint import fmpz_mat

from verinet import work
from verinet.regions.line_cells import Form, LineCells, form_through, rational_point
from verinet.regions.line_layers import Floats, LineLayer, LineNetwork, Point, UnitTable

#: (w, X, values) in integers, up to a positive factor.
Column = list[int]
#: Number of breakpoints below a value, and of those not above it; None where value and w are both 0.
Place = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class _Cell:
    left: Column
    right: Column
    states: tuple[tuple[int, ...], ...] = ()


def place(taus: Sequence[int], over: int, z: int, w: int) -> Place:
    """Where z / w lies among the breakpoints ``taus / over``, at infinity too.

    Examples
    --------
    >>> place([0, 2], 1, 2, 1), place([0, 2], 1, -1, 0), place([0, 2], 1, 0, 0)
    ((1, 2), (0, 0), None)
    """
    if w == 0:
        if z == 0:
            return None
        return (len(taus), len(taus)) if z > 0 else (0, 0)
    scaled = over * z
    return bisect_left(taus, -(-scaled // w)), bisect_right(taus, scaled // w)


def state_between(table: UnitTable, a: Place, b: Place) -> int:
    """The state of a unit on a cell that holds none of its breakpoints, from the places at the two ends."""
    if a is None:
        a = b
    if b is None:
        b = a
    if a is None or b is None:
        raise ArithmeticError("a cell lies between two infinite points")
    if a == b and a[0] < a[1]:
        return table.owners[a[0]]
    return 2 * min(a[1], b[1])


def products(matrix: Any, columns: Sequence[Column]) -> list[Column]:
    """The matrix times each column, divided by the content of the product."""
    stacked = fmpz_mat(len(columns), len(columns[0]), [entry for column in columns for entry in column])
    rows = (stacked * matrix.transpose()).table()
    return [primitive([int(entry) for entry in row]) for row in rows]


def primitive(column: Column) -> Column:
    """The column divided by the greatest common divisor of its entries."""
    common = 0
    for entry in column:
        common = gcd(common, entry)
        if common == 1:
            return column
    return [entry // common for entry in column] if common > 1 else column


def meeting(a: Column, b: Column, at_a: int, at_b: int) -> Column:
    """The column between a and b where a linear function with the values at_a, at_b of opposite sign vanishes."""
    m, n = abs(at_b), abs(at_a)
    return primitive([m * p + n * q for p, q in zip(a, b, strict=True)])


def _places(layer: LineLayer, column: Column) -> list[Place]:
    over, tables = layer.integer_tables
    w = column[0]
    return [place(tables[t][0], over, z, w) for t, z in zip(layer.which, column[2:], strict=True)]


def _split(layer: LineLayer, left: Column, right: Column) -> list[Column]:
    """The ends of the cell's parts: its own ends, and the breakpoints of the layer's units between them."""
    over, tables = layer.integer_tables
    found: dict[Fraction, tuple[int, int]] = {}
    ends = zip(_places(layer, left), _places(layer, right), strict=True)
    for j, (a, b) in enumerate(ends):
        if a is None or b is None:
            continue
        taus = tables[layer.which[j]][0]
        for i in range(min(a[1], b[1]), max(a[0], b[0])):
            at_left = over * left[j + 2] - taus[i] * left[0]
            at_right = over * right[j + 2] - taus[i] * right[0]
            found.setdefault(Fraction(abs(at_left), abs(at_right)), (at_left, at_right))
    return [left, *(meeting(left, right, *found[ratio]) for ratio in sorted(found)), right]


def _apply(layer: LineLayer, states: Sequence[int], column: Column) -> Column:
    """The values of the units in these states."""
    over, tables = layer.integer_tables
    w = column[0]
    after = [over * w, over * column[1]]
    for t, state, z in zip(layer.which, states, column[2:], strict=True):
        _, slopes, constants, values = tables[t]
        after.append(values[state // 2] * w if state % 2 else slopes[state // 2] * z + constants[state // 2] * w)
    return primitive(after)


def column_at(network: LineNetwork, point: Point) -> Column:
    """The column (w, X, outputs) at one point of the line, w > 0, jumps included.

    Guarantee: exact.
    """
    column: Column = [point[1], point[0]]
    column.append(column[1])
    for layer in network.layers:
        column = products(layer.integer_matrix, [column])[0]
        states = [
            layer.tables[t].owners[p[0]] if p is not None and p[0] < p[1] else 2 * (p[0] if p is not None else 0)
            for t, p in zip(layer.which, _places(layer, column), strict=True)
        ]
        column = _apply(layer, states, column)
    return column


@dataclass(frozen=True, eq=False)
class ExactCells(LineCells):
    """The cells found in integers.

    Guarantee: exact.
    """

    network: LineNetwork
    cells: tuple[_Cell, ...]

    @property
    def is_continuous(self) -> bool:
        """Whether no activation jumps."""
        return self.network.is_continuous

    def points(self, which: Sequence[int]) -> list[Point]:
        """The exact points with these indices."""
        ends = [*(cell.left for cell in self.cells), self.cells[-1].right]
        return [(ends[k][1], ends[k][0]) for k in which]

    def forms(self, which: Sequence[int]) -> list[Form]:
        """The exact affine maps on the cells with these indices."""
        return [form_through(self.cells[k].left, self.cells[k].right) for k in which]

    def enclosures(self) -> tuple[Floats, Floats]:
        """Floats below and above every point."""
        found = [rational_point(point) for point in self.points(range(len(self.cells) + 1))]
        below, above = zip(*(float_bounds(x) for x in found), strict=True)
        return np.array(below), np.array(above)

    def states(self) -> tuple[Any, ...]:
        """For every layer the states, shape (cells, units)."""
        layers = len(self.network.hidden)
        return tuple(np.array([cell.states[k] for cell in self.cells], dtype=np.int32) for k in range(layers))


def float_bounds(x: Fraction | float) -> tuple[float, float]:
    """Neighbouring floats around a rational (equal to it where it is a float).

    Examples
    --------
    >>> float_bounds(Fraction(1, 2)), float_bounds(Fraction(1, 3))[0] < Fraction(1, 3)
    ((0.5, 0.5), True)
    """
    if isinstance(x, float):
        return x, x
    try:
        near = x.numerator / x.denominator
    except OverflowError:
        near = float("inf") if x > 0 else float("-inf")
    if near in (float("inf"), float("-inf")):
        edge = float(np.finfo(np.float64).max)
        return (edge, near) if x > 0 else (near, -edge)
    exact = Fraction(near)
    low = near if exact <= x else float(np.nextafter(near, -np.inf))
    high = near if exact >= x else float(np.nextafter(near, np.inf))
    return low, high


def exact_cells(network: LineNetwork, roots: Sequence[Point]) -> ExactCells:
    """Find all cells in integers.

    Guarantee: exact.
    """
    columns = [[w, x, x] for x, w in roots]
    cells = [_Cell(a, b) for a, b in pairwise(columns)]
    for layer in network.layers:
        images = products(layer.integer_matrix, [end for cell in cells for end in (cell.left, cell.right)])
        fresh: list[_Cell] = []
        for index, cell in enumerate(cells):
            work.keep_going()
            ends = _split(layer, images[2 * index], images[2 * index + 1])
            known = [_places(layer, end) for end in ends]
            for k, (left, right) in enumerate(pairwise(ends)):
                pairs = zip(layer.which, known[k], known[k + 1], strict=True)
                states = tuple(state_between(layer.tables[t], a, b) for t, a, b in pairs)
                parts = (_apply(layer, states, left), _apply(layer, states, right))
                fresh.append(_Cell(parts[0], parts[1], (*cell.states, states)))
        cells = fresh
    active = [a.states != b.states for a, b in pairwise(cells)]
    bent = [_bent(network, a, b) for a, b in pairwise(cells)]
    return ExactCells(np.array([False, *active, False]), np.array([False, *bent, False]), network, tuple(cells))


def _bent(network: LineNetwork, before: _Cell, after: _Cell) -> bool:
    """Whether the outputs are not affine, or not continuous, across the point between two cells."""
    if form_through(before.left, before.right) != form_through(after.left, after.right):
        return True
    if network.is_continuous:
        return False
    here = column_at(network, (after.left[1], after.left[0]))
    limit = after.left
    return any(p * limit[0] != q * here[0] for p, q in zip(here[2:], limit[2:], strict=True))
