"""Known points of a line once more, in double-double or in integers.

A point is the place where one unit meets one of its breakpoints, between two older points.  So the values of a layer
at some points follow, without any decision, from the points they descend from: all of them go through the layers
together, one row a point, and a point joins when its own unit has values at its two parents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from verinet import work
from verinet.exact.linalg import Matrix
from verinet.regions.line_bounds import LayerBounds
from verinet.regions.line_exact import Column, meeting, primitive, products
from verinet.regions.line_layers import Floats, Integers, LineLayer, LineNetwork, Point

if TYPE_CHECKING:
    from verinet.regions.line_sweep import Births

#: Error bounds of a double-double affine map of n terms: `GROWTH2 (n + 4)^2 2^-106`.
GROWTH2 = 4.0
TINY = 1e-290


def ancestors(births: Births, ids: Sequence[int]) -> list[int]:
    """The points and all points they descend from, older layers first."""
    known: set[int] = set()
    open_ = [int(k) for k in ids]
    while open_:
        k = open_.pop()
        if k in known:
            continue
        known.add(k)
        if births.layer[k] >= 0:
            open_ += (int(births.left[k]), int(births.right[k]))
    return sorted(known, key=lambda k: (int(births.layer[k]), k))


# --- integers ---------------------------------------------------------------------------------------------------


def exact_columns(
    network: LineNetwork, roots: Sequence[Point], births: Births, ids: Sequence[int], upto: int
) -> dict[int, Column]:
    """Columns (w, X, preactivations of layer `upto`) of the points, for continuous tables.

    Guarantee: exact.
    """
    order = ancestors(births, ids)
    wanted = {int(k) for k in ids}
    columns: dict[int, Column] = {k: [roots[k][1], roots[k][0], roots[k][0]] for k in order if births.layer[k] < 0}
    for level, layer in enumerate(network.layers[: upto + 1]):
        work.keep_going()
        if level == upto:
            columns = {k: column for k, column in columns.items() if k in wanted}
        keys = list(columns)
        columns = dict(zip(keys, products(layer.integer_matrix, [columns[k] for k in keys]), strict=True))
        if level == upto:
            break
        over, tables = layer.integer_tables
        for k in (k for k in order if births.layer[k] == level):
            a, b = columns[int(births.left[k])], columns[int(births.right[k])]
            j = int(births.unit[k])
            tau = tables[layer.which[j]][0][int(births.index[k])]
            at_a, at_b = over * a[j + 2] - tau * a[0], over * b[j + 2] - tau * b[0]
            columns[k] = meeting(a, b, at_a, at_b)
        columns = {k: _activated(layer, column) for k, column in columns.items()}
    return columns


def _activated(layer: LineLayer, column: Column) -> Column:
    """The values of continuous tables at one point."""
    over, tables = layer.integer_tables
    w = column[0]
    after = [over * w, over * column[1]]
    for t, z in zip(layer.which, column[2:], strict=True):
        taus, slopes, constants, _ = tables[t]
        i = sum(over * z > tau * w for tau in taus)
        after.append(slopes[i] * z + constants[i] * w)
    return primitive(after)


# --- double-double ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PairLayer:
    """A layer in double-double."""

    layer: LineLayer
    bounds: LayerBounds

    @cached_property
    def weight(self) -> tuple[Floats, Floats, bool]:
        """Transposed weights: leading and trailing parts, and whether any trailing part is not 0."""
        high = self.layer.float_weight
        if self.layer.has_float_weight:
            return np.ascontiguousarray(high.T), np.zeros((1, 1)), False
        _, low = _pair(self.layer.weight, high)
        return np.ascontiguousarray(high.T), np.ascontiguousarray(low.T), bool(low.any())

    @cached_property
    def bias(self) -> tuple[Floats, Floats]:
        """Biases."""
        high, low = _pair(self.layer.bias, self.layer.float_bias.reshape(-1, 1))
        return high[:, 0].copy(), low[:, 0].copy()

    @cached_property
    def tables(self) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
        """Breakpoints, slopes, constants of all tables, each as two arrays."""
        parts: list[Floats] = []
        for name in ("breakpoints", "slopes", "constants"):
            column = Matrix.column([q for table in self.layer.tables for q in getattr(table, name)])
            high = column.to_float64()
            parts += [part[:, 0].copy() for part in _pair(column, high)]
        return parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]


def _pair(exact: Matrix, high: Floats) -> tuple[Floats, Floats]:
    """The nearest floats and the nearest floats of what they leave."""
    if not np.isfinite(high).all():
        return high, np.zeros_like(high)
    rest = exact - Matrix.from_floats(high)
    return high, np.zeros_like(high) if rest.is_zero() else rest.to_float64()


@dataclass(slots=True)
class PairRows:
    """Rows of double-double preactivations of one layer, with bounds of their errors.

    `errors` bounds the 2-norm of a row's error; `entries` every single one.
    """

    place: dict[int, int]
    z: Floats
    z_lo: Floats
    w: Floats
    w_lo: Floats
    ew: Floats
    p: Floats
    p_lo: Floats
    ep: Floats
    errors: Floats
    entries: Floats

    def rows(self, ids: Sequence[int]) -> Integers:
        """Row numbers of points."""
        return np.array([self.place[int(k)] for k in ids], dtype=np.int64)


class PairReplay:
    """Points of a search, evaluated again in double-double."""

    def __init__(self, layers: Sequence[PairLayer], roots: tuple[Floats, ...], births: Births) -> None:
        # roots: X, its trailing part, w, p of the root points
        self.layers, self.roots, self.births = layers, roots, births

    def preactivations(self, ids: Sequence[int], upto: int) -> PairRows:
        """Preactivations of layer `upto` at the points `ids` and at those they descend from.

        Guarantee: certified.
        """
        births = self.births
        order = ancestors(births, ids)
        x, x_lo, w, p = self.roots
        count, size = len(order), len(x)
        place = {k: i for i, k in enumerate(order)}
        alive = sum(1 for k in order if births.layer[k] < 0)
        root = np.array([k for k in order if k < size], dtype=np.int64)
        h, h_lo = np.zeros((count, 1)), np.zeros((count, 1))
        h[:alive, 0], h_lo[:alive, 0] = x[root], x_lo[root]
        wide = [np.zeros(count) for _ in range(7)]
        weights, weights_lo, ew, p_all, p_lo, ep, eh = wide
        weights[:alive], p_all[:alive] = w[root], p[root]
        eh[:alive] = 2.0**-104 * np.abs(x[root])
        for level in range(upto + 1):
            work.keep_going()
            rows = self._affine(level, h[:alive], h_lo[:alive], weights, weights_lo, ew, eh, count, alive)
            z, z_lo, errors, entries = rows
            if level == upto:
                return PairRows(place, z, z_lo, weights, weights_lo, ew, p_all, p_lo, ep, errors, entries)
            state = (z, z_lo, weights, weights_lo, p_all, p_lo, errors, ew, ep)
            alive = self._born(level, order, place, alive, state, entries)
            eh[:alive] = self._activate(level, z, z_lo, weights, weights_lo, ew, errors, alive)
            h, h_lo = z, z_lo
        raise ArithmeticError("a replay ends at its layer")

    def _affine(
        self,
        level: int,
        h: Floats,
        h_lo: Floats,
        w: Floats,
        w_lo: Floats,
        ew: Floats,
        eh: Floats,
        count: int,
        alive: int,
    ) -> tuple[Floats, Floats, Floats, Floats]:
        from verinet.regions.line_doubles import affine2

        pair, bounds = self.layers[level], self.layers[level].bounds
        weight, weight_lo, has_lo = pair.weight
        bias, bias_lo = pair.bias
        z, z_lo = np.zeros((count, len(bias))), np.zeros((count, len(bias)))
        parts = np.stack([w[:alive], w_lo[:alive]], axis=1)
        affine2(
            parts[:, :1].copy(), parts[:, 1:].copy(), bias[None, :], bias_lo[None, :], True, z[:alive], z_lo[:alive]
        )
        affine2(np.ascontiguousarray(h), np.ascontiguousarray(h_lo), weight, weight_lo, has_lo, z[:alive], z_lo[:alive])
        g = GROWTH2 * (weight.shape[0] + 4.0) ** 2 * 2.0**-106
        norm = np.sqrt(np.einsum("ij,ij->i", h, h)) * 1.0001
        inner, outer, floor, row = bounds.after_affine(g, norm, eh[:alive], w[:alive], ew[:alive])
        errors, entries = np.zeros(count), np.zeros((count, len(bias)))
        errors[:alive] = row
        with np.errstate(all="ignore"):
            entries[:alive] = (inner[:, None] * bounds.norms + outer[:, None] * bounds.biases + floor[:, None]) * 1.0001
        return z, z_lo, errors, entries

    def _born(
        self,
        level: int,
        order: list[int],
        place: dict[int, int],
        alive: int,
        state: tuple[Floats, ...],
        entries: Floats,
    ) -> int:
        from verinet.regions.line_doubles import born2

        births, pair = self.births, self.layers[level]
        z, z_lo, w, w_lo, p, p_lo, errors, ew, ep = state
        starts, _, _, _, _ = pair.layer.float_tables
        taus, taus_lo = pair.tables[:2]
        while alive < len(order) and births.layer[order[alive]] == level:
            k = order[alive]
            a, b, j = place[int(births.left[k])], place[int(births.right[k])], int(births.unit[k])
            tau = int(starts[j] + births.index[k])
            born2(z, z_lo, w, w_lo, p, p_lo, errors, ew, ep, entries, a, b, j, taus[tau], taus_lo[tau], alive)
            alive += 1
        return alive

    def _activate(
        self, level: int, z: Floats, z_lo: Floats, w: Floats, w_lo: Floats, ew: Floats, errors: Floats, alive: int
    ) -> Floats:
        from verinet.regions.line_doubles import activate2

        pair = self.layers[level]
        starts, counts, _, _, _ = pair.layer.float_tables
        size = np.sqrt(np.einsum("ij,ij->i", z[:alive], z[:alive])) * 1.0001
        activate2(z[:alive], z_lo[:alive], w[:alive], w_lo[:alive], starts, counts, pair.bounds.pieces, *pair.tables)
        after: Floats = pair.bounds.after_tables(2.0**-100, size, errors[:alive], w[:alive], ew[:alive])
        return after


def place_codes(layer: LineLayer, column: Column) -> list[int]:
    """Codes of all units at an exact point; -2 where z and w are both 0 (to be read from the neighbour)."""
    from verinet.regions.line_exact import place

    over, tables = layer.integer_tables
    codes: list[int] = []
    for t, z in zip(layer.which, column[2:], strict=True):
        found = place(tables[t][0], over, z, column[0])
        codes.append(-2 if found is None else found[0] + found[1])
    return codes
