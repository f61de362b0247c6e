"""The search on a line for small integer weights, in 64-bit integers: exact from the start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from verinet import work
from verinet.regions.line_bends import layer_states
from verinet.regions.line_cells import Form, LineCells, form_through, rational_point
from verinet.regions.line_exact import float_bounds
from verinet.regions.line_layers import Floats, Integers, LineLayer, LineNetwork, Point

#: Weights, denominators and tables must have fewer bits than this, and a network fewer weights.
MOST_BITS, MOST_WEIGHTS = 24, 50_000


@dataclass(frozen=True, eq=False)
class SmallCells(LineCells):
    """The cells found in 64-bit integers.

    `rows` holds (w, X, outputs) of every point; `born` its layer (-1 for a root); `codes` and `forms` as the
    loops leave them, `forms` None after an overflow.

    Guarantee: exact.
    """

    rows: Integers
    born: Integers
    codes: tuple[Any, ...]
    affine: Integers | None

    def points(self, which: Sequence[int]) -> list[Point]:
        """The exact points with these indices."""
        return [(x, w) for w, x in self.rows[list(which), :2].tolist()] if len(which) else []

    def forms(self, which: Sequence[int]) -> list[Form]:
        """The exact affine maps on the cells with these indices."""
        if self.affine is None:
            rows = self.rows.tolist()
            return [form_through(rows[k], rows[k + 1]) for k in which]
        outputs = self.rows.shape[1] - 2
        return [(tuple(f[1 : 1 + outputs]), tuple(f[1 + outputs :]), f[0]) for f in self.affine[list(which)].tolist()]

    def distinct_forms(self, which: Sequence[int]) -> int:
        """The number of different affine maps among those on these cells."""
        if self.affine is None:
            return super().distinct_forms(which)
        return len(np.unique(self.affine[list(which)], axis=0))

    def enclosures(self) -> tuple[Floats, Floats]:
        """Floats below and above every point."""
        found = [float_bounds(rational_point(point)) for point in self.points(range(len(self.rows)))]
        ends = np.array(found)
        return ends[:, 0].copy(), ends[:, 1].copy()

    def states(self) -> tuple[Any, ...]:
        """For every hidden layer the states, shape (cells, units)."""
        found: list[Any] = []
        for level, codes in enumerate(self.codes):
            interval = (np.cumsum(self.born <= level) - 1)[:-1]
            found.append(layer_states(codes, np.arange(len(codes) - 1))[interval])
        return tuple(found)


def small_cells(network: LineNetwork, roots: Sequence[Point]) -> SmallCells | None:
    """Search in 64-bit integers, for continuous tables; None when the numbers do not fit.

    Guarantee: exact.
    """
    if not _fits(network) or max(abs(x) for point in roots for x in point) >= 1 << MOST_BITS:
        return None
    from verinet.regions import line_integers as loops

    rows = np.array([[w, x, x] for x, w in roots], dtype=np.int64)
    born = np.full(len(roots), -1, dtype=np.int64)
    kept: list[Any] = []
    active_root = False
    for level, layer in enumerate(network.hidden):
        work.keep_going()
        step = _layer(level, layer, rows, born)
        if step is None:
            return None
        rows, born, codes = step
        kept.append(codes)
        if len(roots) == 3:
            at = int(np.flatnonzero(born == -1)[1])
            sides = layer_states(codes, np.array([at - 1, at]))
            active_root |= bool((sides[0] != sides[1]).any())
    readout = network.readout
    outputs = np.empty((len(rows), readout.units + 2), dtype=np.int64)
    if not loops.image(rows, _matrix(readout), outputs):
        return None
    active = born >= 0
    if len(roots) == 3:
        active[int(np.flatnonzero(born == -1)[1])] = active_root
    forms = np.empty((len(rows) - 1, 2 * readout.units + 1), dtype=np.int64)
    bent = np.zeros(len(rows), dtype=np.bool_)
    if loops.affine_forms(outputs, forms):
        bent[1:-1] = (forms[1:] != forms[:-1]).any(axis=1)
        return SmallCells(active, bent, outputs, born, tuple(kept), forms)
    table = outputs.tolist()
    maps = [form_through(a, b) for a, b in pairwise(table)]
    bent[1:-1] = [a != b for a, b in pairwise(maps)]
    return SmallCells(active, bent, outputs, born, tuple(kept), None)


def _layer(level: int, layer: LineLayer, rows: Integers, born: Integers) -> tuple[Integers, Integers, Any] | None:
    """One hidden layer: the rows after it, where they were born, the codes; None at an overflow."""
    from verinet.regions import line_integers as loops

    over, tables = layer.integer_tables
    starts, counts, _, _, _ = layer.float_tables
    taus, slopes, constants = (_flat([table[i] for table in tables]) for i in range(3))
    values = np.empty((len(rows), layer.units + 2), dtype=np.int64)
    codes = np.empty((len(rows), layer.units), dtype=np.int8)
    if not loops.image(rows, _matrix(layer), values):
        return None
    if not loops.read_codes(values, over, starts, counts, taus, codes):
        return None
    for end, inside in ((0, 1), (-1, -2)):
        codes[end] = np.where(codes[end] == loops.FREE, codes[inside], codes[end])
    where, unit, index, left, right = loops.find_crossings(values, over, starts, taus, codes)
    order = np.lexsort((left / right, where))
    found = [part[order] for part in (where, unit, index, left, right)]
    start = np.ones(len(order), dtype=np.bool_)
    if not loops.sort_exactly(*found, start):
        return None
    where, unit, index, left, right = found
    first = np.append(np.flatnonzero(start), len(order))
    places = where[first[:-1]]
    size = len(rows) + len(places)
    grown, codes2 = np.empty((size, layer.units + 2), np.int64), np.empty((size, layer.units), np.int8)
    if not loops.insert_points(values, codes, places, first, unit, index, left, right, grown, codes2):
        return None
    pieces = starts + np.array(layer.which, dtype=np.int64)
    if not loops.activate(grown, codes2, over, pieces, slopes, constants):
        return None
    return grown, np.insert(born, places + 1, level), codes2


def _matrix(layer: LineLayer) -> Integers:
    """The matrix that acts on rows (w, X, values)."""
    width = layer.weight.columns + 2
    head = [[layer.denominator if i == j else 0 for j in range(width)] for i in range(2)]
    return np.array(head + layer.integer_rows, dtype=np.int64).reshape(-1, width)


def _flat(parts: Sequence[Sequence[int]]) -> Integers:
    return np.array([entry for part in parts for entry in part], dtype=np.int64)


def _fits(network: LineNetwork) -> bool:
    if sum(layer.weight.rows * layer.weight.columns for layer in network.layers) > MOST_WEIGHTS:
        return False
    if any(layer.denominator.bit_length() > MOST_BITS for layer in network.layers):
        return False
    for layer in network.layers:
        over, tables = layer.integer_tables
        entries = [over, *(q for table in tables for part in table for q in part)]
        entries += [entry for row in layer.integer_rows for entry in row]
        if max(abs(entry) for entry in entries) >= 1 << MOST_BITS:
            return False
    return True
