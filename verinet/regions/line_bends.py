"""Which points of a finished search are breakpoints of the outputs, and the cells with their exact data on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from verinet import work
from verinet.regions.line_bounds import SAFE, TINY, UNIT
from verinet.regions.line_cells import Flags, Form, LineCells, form_through, rational_point
from verinet.regions.line_exact import float_bounds
from verinet.regions.line_layers import Floats, Integers, Point
from verinet.regions.line_replay import exact_columns
from verinet.regions.line_sweep import Codes, Swept

#: Relative width of an enclosure from which on the exact point is worth its price.
WIDE = 2.0**-20
#: Points that are evaluated exactly together.
CHUNK = 4096


@dataclass(frozen=True, eq=False)
class SweptCells(LineCells):
    """The cells that a float search found, with what it takes to state them exactly.

    Guarantee: exact; `enclosures` certified.
    """

    swept: Swept
    low: Fraction | None
    high: Fraction | None

    def points(self, which: Sequence[int]) -> list[Point]:
        """The exact points with these indices."""
        swept, known = self.swept, self._known_points
        ids = [int(k) for k in swept.rows.ids[list(which)]] if len(which) else []
        missing = sorted({k for k in ids if k not in known})
        for start in range(0, len(missing), CHUNK):
            part = missing[start : start + CHUNK]
            # the layer after its own is the first that a point goes through
            upto = 1 + max(int(swept.births.layer[k]) for k in part)
            columns = exact_columns(swept.network, swept.roots, swept.births, part, upto)
            for k, column in columns.items():
                known[k] = (column[1], column[0])
        return [known[k] for k in ids]

    @cached_property
    def _known_points(self) -> dict[int, Point]:
        return dict(enumerate(self.swept.roots))

    def forms(self, which: Sequence[int]) -> list[Form]:
        """The exact affine maps on the cells with these indices."""
        found: list[Form] = []
        for start in range(0, len(which), CHUNK):
            part = [int(k) for k in which[start : start + CHUNK]]
            found += exact_forms(self.swept, part)
        return found

    def enclosures(self) -> tuple[Floats, Floats]:
        """Floats below and above every point."""
        ids = self.swept.rows.ids
        p, ep = self.swept.p[ids].copy(), self.swept.ep[ids].copy()
        below, above = self._around(p, ep)
        wide = _wide(below, above)
        if len(wide):
            chosen = ids[wide].tolist()
            upto = 1 + max(int(self.swept.births.layer[k]) for k in chosen)
            pair = self.swept.pairs.preactivations(chosen, upto)
            at = pair.rows(chosen)
            p[wide], ep[wide] = pair.p[at], (pair.ep[at] + np.abs(pair.p_lo[at])) * SAFE
            below, above = self._around(p, ep)
            wide = _wide(below, above)
        for k, point in zip(wide.tolist(), self.points(wide.tolist()), strict=True):
            below[k], above[k] = float_bounds(rational_point(point))
        return below, above

    def _around(self, p: Floats, ep: Floats) -> tuple[Floats, Floats]:
        """Floats below and above all points, from their places."""
        first = -1.0 if len(self.swept.roots) == 3 else 0.0
        with np.errstate(invalid="ignore"):
            left = np.fmax(p - ep - UNIT * np.abs(p), first)
            right = np.fmin(p + ep + UNIT * np.abs(p), 1.0)
        below = np.maximum.accumulate(_coordinate(left, self.low, self.high, -1.0))
        above = np.minimum.accumulate(_coordinate(right, self.low, self.high, 1.0)[::-1])[::-1].copy()
        for end, q in ((0, self.low), (-1, self.high)):
            infinite = -np.inf if end == 0 else np.inf
            below[end], above[end] = (infinite, infinite) if q is None else float_bounds(q)
        return np.fmax(below, below[0]), np.fmin(above, above[-1])

    def distinct_forms(self, which: Sequence[int]) -> int:
        """The number of different affine maps among those on these cells.

        Slopes and intercepts of the first output are enclosed; only maps whose enclosures meet are compared exactly.
        """
        cells = np.array(which, dtype=np.int64)
        alone = np.ones(len(cells), dtype=np.bool_)
        alone[meeting_ranges(*form_enclosures(self.swept, cells))] = False
        return int(alone.sum()) + len(set(self.forms([int(k) for k in cells[~alone]])))

    def states(self) -> tuple[Any, ...]:
        """For every hidden layer the states, shape (cells, units)."""
        swept = self.swept
        born = swept.births.layer[swept.rows.ids]
        found: list[Any] = []
        for level, codes in enumerate(swept.codes):
            interval = (np.cumsum(born <= level) - 1)[:-1]
            found.append(layer_states(codes, np.arange(len(codes) - 1))[interval])
        return tuple(found)


def _wide(below: Floats, above: Floats) -> Integers:
    """The inner points whose enclosures are worth a better one."""
    with np.errstate(invalid="ignore"):
        width = above - below
        wide = ~(width <= WIDE * np.maximum(np.abs(below), np.abs(above))) & (width > WIDE * WIDE)
    wide[[0, -1]] = False
    return np.flatnonzero(wide)


def layer_states(codes: Codes, which: Any) -> Any:
    """The states of all units on the intervals `which`, from the codes at their two ends."""
    c, d = codes[which].astype(np.int32), codes[which + 1].astype(np.int32)
    between = np.where(c % 2 == 0, c, np.where(d % 2 == 0, d, (c + d) // 2))
    return np.where((c == d) & (c % 2 == 1), c - 1, between)  # a continuous table's breakpoint belongs to its left


def _coordinate(p: Floats, low: Fraction | None, high: Fraction | None, side: float) -> Floats:
    """x at the places p, moved outwards on one side by more than the rounding of this very line."""
    with np.errstate(all="ignore"):
        if low is not None and high is not None:
            start, gap = _float(low), _float(high - low)
            x, lost = start + gap * p, abs(start) + np.abs(gap * p)
        elif low is not None:
            q = p / (1.0 - p)
            x, lost = _float(low) + q, abs(_float(low)) + np.abs(q)
        elif high is not None:
            q = (1.0 - p) / p
            x, lost = _float(high) - q, abs(_float(high)) + np.abs(q)
        else:
            x = p / (1.0 - np.abs(p))
            lost = np.abs(x)
        x = x + side * (16.0 * UNIT * lost + TINY)
    return np.where(np.isnan(x), side * np.inf, x)


def _float(q: Fraction) -> float:
    try:
        return q.numerator / q.denominator
    except OverflowError:
        return float("inf") if q > 0 else float("-inf")


def exact_forms(swept: Swept, cells: Sequence[int]) -> list[Form]:
    """The exact affine maps of the outputs on some cells."""
    ids = swept.rows.ids
    ends = sorted({int(ids[k + d]) for k in cells for d in (0, 1)})
    columns = exact_columns(swept.network, swept.roots, swept.births, ends, len(swept.network.layers) - 1)
    return [form_through(columns[int(ids[k])], columns[int(ids[k + 1])]) for k in cells]


def form_enclosures(swept: Swept, cells: Integers) -> tuple[Floats, Floats]:
    """Lower and upper bounds of the first output's slope on some cells.

    On a cell the homogeneous output F is linear in the place p, and so are X and w; with the differences over the
    cell, the slope is (F_b w_a - F_a w_b) / (X_b w_a - X_a w_b), and the denominator is p_b - p_a up to a constant.
    """
    rows, readout, bounds = swept.rows, swept.network.readout, swept.bounds[-1]
    g = (readout.columns + 8.0) * UNIT * 1.01
    with np.errstate(all="ignore"):
        out = rows.values @ readout.float_weight[0] + rows.w * readout.float_bias[0]
        inner, outer, floor, _ = bounds.after_affine(g, rows.norms, rows.errors, rows.w, rows.ew)
        error = (inner * bounds.norms[0] + outer * bounds.biases[0] + floor) * SAFE
        a, b = cells, cells + 1
        w, ew, p, ep = rows.w, rows.ew, swept.p[rows.ids], swept.ep[rows.ids]
        top = out[b] * w[a] - out[a] * w[b]
        lost = (
            error[b] * w[a]
            + error[a] * w[b]
            + (np.abs(out[b]) + error[b]) * ew[a]
            + (np.abs(out[a]) + error[a]) * ew[b]
        )
        lost = lost + 4.0 * UNIT * (np.abs(out[b] * w[a]) + np.abs(out[a] * w[b])) + TINY
        gap, slack = p[b] - p[a], ep[b] + ep[a] + 2.0 * UNIT * np.abs(p[b] - p[a])
        low, high = gap - slack, gap + slack
        small, large = top - lost, top + lost
        below = np.where(small >= 0, small / high, small / low) - TINY
        above = np.where(large >= 0, large / low, large / high) + TINY
        below, above = below - 4.0 * UNIT * np.abs(below), above + 4.0 * UNIT * np.abs(above)
        unsound = ~((low > 0) & np.isfinite(below) & np.isfinite(above))
    return np.where(unsound, -np.inf, below), np.where(unsound, np.inf, above)


def meeting_ranges(below: Floats, above: Floats) -> Flags:
    """Which of the intervals meet another one."""
    order = np.argsort(below, kind="stable")
    low, high = below[order], above[order]
    reach = np.maximum.accumulate(high)
    meets = np.zeros(len(order), dtype=np.bool_)
    if len(order) > 1:
        touched = low[1:] <= reach[:-1]
        meets[1:] |= touched
        # an interval that ends where a later one starts, or beyond
        meets[:-1] |= low[1:] <= high[:-1]
    result = np.zeros(len(order), dtype=np.bool_)
    result[order] = meets
    return result


def swept_cells(swept: Swept, low: Fraction | None, high: Fraction | None) -> SweptCells:
    """Decide which points are breakpoints, and of what.

    Guarantee: exact.
    """
    ids = swept.rows.ids
    active = swept.births.layer[ids] >= 0
    if len(swept.roots) == 3:
        active[int(np.flatnonzero(ids == 1)[0])] = _root_is_active(swept)
    bent = np.zeros(len(ids), dtype=np.bool_)
    open_ = _bent_by_chord(swept, active, bent)
    open_ = _bent_by_jump(swept, open_, bent)
    for start in range(0, len(open_), CHUNK):
        work.keep_going()
        part = [int(k) for k in open_[start : start + CHUNK]]
        swept.exact_decisions += len(part)
        cells = sorted({k - d for k in part for d in (0, 1)})
        forms = dict(zip(cells, exact_forms(swept, cells), strict=True))
        for k in part:
            bent[k] = forms[k - 1] != forms[k]
    return SweptCells(active, bent, swept, low, high)


def _root_is_active(swept: Swept) -> bool:
    """Whether some state differs on the two sides of the root in the middle."""
    for ids, codes in zip(swept.ids, swept.codes, strict=True):
        at = int(np.flatnonzero(ids == 1)[0])
        sides = layer_states(codes, np.array([at - 1, at]))
        if (sides[0] != sides[1]).any():
            return True
    return False


def _bent_by_chord(swept: Swept, active: Flags, bent: Flags) -> Integers:
    r"""Mark the points where an output is certainly off the chord of its neighbours; return the open points.

    With places p and outputs F at three points, :math:`(p_3-p_2)(F_2-F_1) - (p_2-p_1)(F_3-F_2)` is compared with
    a bound of its error.  Across the root in the middle (X, w) is bent itself, so that point stays open.
    """
    rows, layer, bounds = swept.rows, swept.network.readout, swept.bounds[-1]
    inside = np.flatnonzero(active & (rows.bent | (swept.births.layer[rows.ids] < 0)))
    if not len(inside):
        return inside
    g = (layer.columns + 8.0) * UNIT * 1.01
    with np.errstate(all="ignore"):
        outputs = rows.values @ layer.float_weight.T + rows.w[:, None] * layer.float_bias
        inner, outer, floor, _ = bounds.after_affine(g, rows.norms, rows.errors, rows.w, rows.ew)
        error = (inner[:, None] * bounds.norms + outer[:, None] * bounds.biases + floor[:, None]) * SAFE
        p, ep = swept.p[rows.ids], swept.ep[rows.ids]
        k = inside
        first, second = outputs[k] - outputs[k - 1], outputs[k + 1] - outputs[k]
        e1, e2 = error[k] + error[k - 1], error[k + 1] + error[k]
        s1, s2 = (p[k] - p[k - 1])[:, None], (p[k + 1] - p[k])[:, None]
        d1, d2 = (ep[k] + ep[k - 1])[:, None] + UNIT * np.abs(s1), (ep[k + 1] + ep[k])[:, None] + UNIT * np.abs(s2)
        bend = s2 * first - s1 * second
        limit = np.abs(s2) * e1 + d2 * (np.abs(first) + e1) + np.abs(s1) * e2 + d1 * (np.abs(second) + e2)
        limit += 8.0 * UNIT * (np.abs(s2 * first) + np.abs(s1 * second)) + TINY
        sure = (np.abs(bend) > limit * SAFE).any(axis=1) & np.isfinite(outputs[k]).all(axis=1)
    sure &= swept.births.layer[rows.ids[k]] >= 0
    bent[k[sure]] = True
    return k[~sure]


def _bent_by_jump(swept: Swept, open_: Integers, bent: Flags) -> Integers:
    """Follow the jump of the slope from the one unit that makes it to the outputs; return the points still open.

    Where every later unit is strictly inside a piece at the point, it multiplies its part of the jump by that
    piece's slope; the codes are certified, so only the products round.
    """
    births = swept.births
    ids = swept.rows.ids[open_]
    born = births.layer[ids]
    simple = born >= 0
    if not simple.any():
        return open_
    jumps, errors = np.zeros((len(ids), 1)), np.zeros(len(ids))
    for level, layer in enumerate(swept.network.hidden):
        slopes, pieces = layer.float_tables[3], swept.bounds[level].pieces
        place = np.full(len(births.layer), 0, dtype=np.int64)
        place[swept.ids[level]] = np.arange(len(swept.ids[level]))
        codes = swept.codes[level][place[ids]]
        at = codes % 2 == 1
        fresh, later = born == level, born > level
        simple &= later | (at.sum(axis=1) == fresh)
        jumps, errors = _through(swept, level, jumps, errors)
        piece = pieces + codes // 2
        with np.errstate(all="ignore"):
            jumps *= slopes[piece]
        errors = swept.bounds[level].lipschitz * errors + 4.0 * UNIT * _sizes(jumps)
        start = np.where(at, slopes[np.where(at, piece + 1, 0)] - slopes[piece], 0.0)
        jumps[fresh] = start[fresh]
        errors[fresh] = 8.0 * UNIT * (1.0 + swept.bounds[level].lipschitz)
        jumps[later], errors[later] = 0.0, 0.0
    outputs, _ = _through(swept, len(swept.network.hidden), jumps, errors)
    readout, bounds = swept.network.readout, swept.bounds[-1]
    inner = errors + (readout.columns + 10.0) * UNIT * _sizes(jumps)
    limit = (inner[:, None] * bounds.norms + TINY * (1.0 + inner[:, None])) * 1.01
    done = simple & (np.abs(outputs) > limit).any(axis=1) & np.isfinite(outputs).all(axis=1)
    bent[open_[done]] = True
    return open_[~done]


def _through(swept: Swept, level: int, jumps: Floats, errors: Floats) -> tuple[Floats, Floats]:
    """Jumps times the weight of a layer, and the errors of the rows."""
    layer, bounds = swept.network.layers[level], swept.bounds[level]
    g = (layer.columns + 10.0) * UNIT * 1.01
    with np.errstate(all="ignore"):
        error = bounds.spectral * errors + (g * bounds.frobenius + TINY) * _sizes(jumps) + TINY
        after: Floats = jumps @ layer.float_weight.T
    return after, error * SAFE


def _sizes(rows: Floats) -> Floats:
    with np.errstate(all="ignore"):
        sizes: Floats = np.sqrt(np.einsum("ij,ij->i", rows, rows)) * SAFE
    return sizes
