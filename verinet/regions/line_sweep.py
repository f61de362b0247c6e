"""The search for all breakpoints on a line, layer by layer, in certified float64.

Every layer is linear between the points found so far.  So its values at these points (one matrix product) tell by
their signs which intervals hold a breakpoint of which unit; interpolation gives the values at the new points, and no
earlier layer is evaluated again.  A sign or an order that the error bounds (`line_bounds`) leave open is decided in
double-double, and what that leaves open, in integers (`line_replay`); no tolerance enters.

A place on the line is a number p, in which (X, w) is linear between the roots: p = -1, 0, 1 on the whole line with
(X, w) = (p, 1 - |p|), else p = 0, 1 at the two ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from verinet import work
from verinet.regions.line_bounds import SAFE, UNIT, LayerBounds
from verinet.regions.line_layers import Floats, Integers, LineLayer, LineNetwork, Point
from verinet.regions.line_replay import PairLayer, PairReplay, PairRows, exact_columns, place_codes

Codes = npt.NDArray[np.int8]
#: Crossings as found: interval, unit, breakpoint, t, error of t.
Found = tuple[Integers, Integers, Integers, Floats, Floats]
#: With more layers than this the spectral norm is worth its price.
SHARP_FROM = 5


@dataclass(slots=True)
class Births:
    """Where every point comes from: layer (-1: a root), unit, breakpoint of its table, the two parents."""

    layer: Integers
    unit: Integers
    index: Integers
    left: Integers
    right: Integers

    @classmethod
    def of_roots(cls, count: int) -> Births:
        """The roots, which come from nowhere."""
        return cls(*(np.full(count, -1, dtype=np.int64) for _ in range(5)))

    def add(self, layer: int, unit: Integers, index: Integers, left: Integers, right: Integers) -> Integers:
        """Append points of one layer; their numbers."""
        start, count = len(self.layer), len(unit)
        new = (np.full(count, layer, dtype=np.int64), unit, index, left, right)
        for name, part in zip(("layer", "unit", "index", "left", "right"), new, strict=True):
            setattr(self, name, np.concatenate([getattr(self, name), part]))
        return np.arange(start, start + count)


@dataclass(slots=True)
class Rows:
    """The points in order, and the values of one layer there."""

    ids: Integers
    values: Floats
    w: Floats
    ew: Floats
    errors: Floats
    norms: Floats
    bent: npt.NDArray[np.bool_]


@dataclass(slots=True)
class Crossings:
    """New points of one layer, in order: interval, t and its error; units and breakpoints first[q] : first[q + 1]."""

    where: Integers
    t: Floats
    dt: Floats
    first: Integers
    unit: Integers
    index: Integers


@dataclass(slots=True)
class Swept:
    """What a search leaves behind.

    `codes` and `ids` hold for every hidden layer the codes of its units at the points known after it.
    """

    network: LineNetwork
    roots: tuple[Point, ...]
    births: Births
    p: Floats
    ep: Floats
    rows: Rows
    bounds: tuple[LayerBounds, ...]
    pairs: PairReplay
    ids: list[Integers] = field(default_factory=list)
    codes: list[Codes] = field(default_factory=list)
    exact_decisions: int = 0
    pair_decisions: int = 0


class Sweep:
    """The search itself, for continuous tables of few breakpoints."""

    def __init__(self, network: LineNetwork, low: Fraction | None, high: Fraction | None, roots: Sequence[Point]):
        self.network, self.low, self.high, self.roots = network, low, high, tuple(roots)
        sharp = len(network.hidden) >= SHARP_FROM
        self.bounds = tuple(LayerBounds(layer, sharp) for layer in network.layers)
        self.births = Births.of_roots(len(roots))
        self.p = np.array([-1.0, 0.0, 1.0] if len(roots) == 3 else [0.0, 1.0])
        self.ep = np.zeros(len(roots))
        x = [_pair(Fraction(x, w)) if w else (float(x), 0.0) for x, w in roots]
        self.root_x = np.array([h for h, _ in x])
        w = np.array([1.0 if w else 0.0 for _, w in roots])
        pairs = [PairLayer(layer, bounds) for layer, bounds in zip(network.layers, self.bounds, strict=True)]
        self.pairs = PairReplay(pairs, (self.root_x, np.array([low for _, low in x]), w, self.p.copy()), self.births)
        self.exact_decisions = self.pair_decisions = 0

    # --- places -------------------------------------------------------------------------------------------------

    def weights(self, p: Floats, ep: Floats) -> tuple[Floats, Floats]:
        """The weights w at places p, and their errors."""
        if self.low is not None and self.high is not None:
            return np.ones(len(p)), np.zeros(len(p))
        if self.low is None and self.high is None:
            w = 1.0 - np.abs(p)
        else:
            w = p.copy() if self.low is None else 1.0 - p
        # the roots alone are exact: another place may have been rounded to an end
        return np.maximum(w, 0.0), np.where(ep > 0.0, (ep + UNIT) * SAFE, 0.0)

    # --- the search ---------------------------------------------------------------------------------------------

    def run(self) -> Swept:
        """Find all points of all hidden layers."""
        ids = np.arange(len(self.roots))
        w, ew = self.weights(self.p, self.ep)
        values = self.root_x[:, None].copy()
        norms = np.abs(values[:, 0])
        bent = np.zeros(len(ids), dtype=np.bool_)
        rows = Rows(ids, values, w, ew, norms * UNIT, norms, bent)
        swept = Swept(self.network, self.roots, self.births, self.p, self.ep, rows, self.bounds, self.pairs)
        for level in range(len(self.network.hidden)):
            work.keep_going()
            rows, codes = self._layer(level, rows)
            swept.ids.append(rows.ids)
            swept.codes.append(codes)
        swept.rows, swept.p, swept.ep = rows, self.p, self.ep
        swept.exact_decisions, swept.pair_decisions = self.exact_decisions, self.pair_decisions
        return swept

    def _layer(self, level: int, rows: Rows) -> tuple[Rows, Codes]:
        from verinet.regions import line_loops as loops

        layer, bounds = self.network.layers[level], self.bounds[level]
        starts, counts, taus, slopes, constants = layer.float_tables
        g = (layer.columns + 8.0) * UNIT * 1.01
        with np.errstate(all="ignore"):
            values = rows.values @ layer.float_weight.T
        inner, outer, floor, errors = bounds.after_affine(g, rows.norms, rows.errors, rows.w, rows.ew)
        codes = np.empty(values.shape, dtype=np.int8)
        sizes = (inner, outer, floor, bounds.norms, bounds.biases)
        undecided = loops.read_codes(values, layer.float_bias, rows.w, rows.ew, *sizes, starts, counts, taus, codes)
        if undecided:
            self._settle(level, rows, values, codes, sizes, errors)
        found = loops.find_crossings(values, rows.w, rows.ew, *sizes, starts, counts, taus, codes)
        crossings = self._ordered(level, rows.ids, found)
        new = self._register(level, rows.ids, crossings)
        size = len(rows.ids) + len(new)
        ids = np.insert(rows.ids, crossings.where + 1, new)
        w, ew = self.weights(self.p[ids], self.ep[ids])
        grown, codes2, errors2 = np.empty((size, layer.units)), np.empty((size, layer.units), np.int8), np.empty(size)
        loops.insert_points(
            values, rows.w, ew, errors, codes, starts, taus, crossings.where, crossings.t, crossings.dt,
            crossings.first, crossings.unit, crossings.index, grown, w, errors2, codes2,
        )  # fmt: skip
        del values
        bent = np.insert(rows.bent, crossings.where + 1, True)
        norms = np.empty(size)
        before = np.sqrt(np.einsum("ij,ij->i", grown, grown)) * SAFE if bounds.rounds else errors2
        loops.activate(grown, w, codes2, starts, bounds.pieces, slopes, constants, norms, bent)
        after = bounds.after_tables(UNIT, before, errors2, w, ew)
        return Rows(ids, grown, w, ew, after, norms, bent), codes2

    def _register(self, level: int, ids: Integers, found: Crossings) -> Integers:
        """Number the new points and say where they are."""
        head = found.first[:-1]
        left, right = ids[found.where], ids[found.where + 1]
        new = self.births.add(level, found.unit[head], found.index[head], left, right)
        gap = self.p[right] - self.p[left]
        p = self.p[left] + found.t * gap
        worst, both = np.maximum(self.ep[left], self.ep[right]), self.ep[left] + self.ep[right]
        ep = (worst + found.dt * (gap + both + UNIT) + 4.0 * UNIT * (np.abs(p) + gap)) * SAFE
        self.p, self.ep = np.concatenate([self.p, p]), np.concatenate([self.ep, ep])
        return new

    # --- what float64 leaves open -------------------------------------------------------------------------------

    def _settle(
        self, level: int, rows: Rows, values: Floats, codes: Codes, sizes: tuple[Floats, ...], errors: Floats
    ) -> None:
        """Decide the codes that are open, and put better values into the rows that were looked at again."""
        from verinet.regions.line_doubles import read_codes2

        layer = self.network.layers[level]
        inner, outer, floor = sizes[:3]
        where = np.flatnonzero((codes == -1).any(axis=1))
        self.pair_decisions += len(where)
        ids = rows.ids[where].tolist()
        pair = self.pairs.preactivations(ids, level)
        at = pair.rows(ids)
        z = pair.z[at]
        found = np.empty(z.shape, dtype=np.int8)
        starts, counts, _, _, _ = layer.float_tables
        taus, taus_lo = self.pairs.layers[level].tables[:2]
        read_codes2(
            z,
            pair.z_lo[at],
            pair.w[at],
            pair.w_lo[at],
            pair.ew[at],
            pair.entries[at],
            starts,
            counts,
            taus,
            taus_lo,
            found,
        )
        sure = np.isfinite(z).all(axis=1) & np.isfinite(pair.errors[at])
        found[~sure] = -1
        good, chosen = where[sure], at[sure]
        values[good] = z[sure]
        size = np.sqrt(np.einsum("ij,ij->i", z[sure], z[sure])) * SAFE
        errors[good] = (pair.errors[chosen] + UNIT * size) * SAFE
        floor[good] = (pair.entries[chosen].max(axis=1) + UNIT * np.abs(z[sure]).max(axis=1)) * SAFE
        inner[good] = outer[good] = 0.0
        codes[where] = found
        self._settle_exactly(level, rows.ids, codes)

    def _settle_exactly(self, level: int, ids: Integers, codes: Codes) -> None:
        where = np.flatnonzero((codes == -1).any(axis=1))
        if len(where):
            self.exact_decisions += len(where)
            layer = self.network.layers[level]
            columns = exact_columns(self.network, self.roots, self.births, ids[where].tolist(), level)
            for k in where:
                codes[k] = place_codes(layer, columns[int(ids[k])])
        for end, inside in ((0, 1), (-1, -2)):
            codes[end] = np.where(codes[end] == -2, codes[inside], codes[end])

    def _ordered(self, level: int, ids: Integers, found: Found) -> Crossings:
        """The new points in order, equal ones merged."""
        from verinet.regions import line_loops as loops

        where, unit, index, t, dt = found
        unsound = ~(np.isfinite(t) & np.isfinite(dt))
        t[unsound] = dt[unsound] = 0.5
        order = np.lexsort((t, where))
        where, unit, index, t, dt = where[order], unit[order], index[order], t[order], dt[order]
        count = len(where)
        start = np.ones(count, dtype=np.bool_)  # whether a new point begins here
        clusters = _ranges(loops.overlaps(where, t, dt))
        if clusters:
            self._order_clusters(level, ids, clusters, (where, unit, index, t, dt), start)
        first = np.append(np.flatnonzero(start), count)
        head = first[:-1]
        return Crossings(where[head], t[head], dt[head], first, unit, index)

    def _order_clusters(
        self, level: int, ids: Integers, clusters: list[tuple[int, int]], found: Found, start: npt.NDArray[np.bool_]
    ) -> None:
        """Sort the clusters in place, in double-double and then in integers, and mark where new points begin."""
        where = found[0]
        ends = sorted({int(i) for a, _ in clusters for i in (ids[where[a]], ids[where[a] + 1])})
        pair = self.pairs.preactivations(ends, level)
        self.pair_decisions += len(ends)
        open_ = [part for a, b in clusters for part in self._pair_order(level, pair, ids, a, b, found)]
        if not open_:
            return
        ends = sorted({int(i) for a, _ in open_ for i in (ids[where[a]], ids[where[a] + 1])})
        columns = exact_columns(self.network, self.roots, self.births, ends, level)
        self.exact_decisions += len(ends)
        for a, b in open_:
            left, right = columns[int(ids[where[a]])], columns[int(ids[where[a] + 1])]
            ratios = [exact_ratio(self.network.layers[level], left, right, *at) for at in _units(found, a, b)]
            order = sorted(range(b - a), key=lambda m: ratios[m])
            for part in found[1:]:
                part[a:b] = part[a:b][order]
            for m in range(1, b - a):
                start[a + m] = ratios[order[m]] != ratios[order[m - 1]]

    def _pair_order(
        self, level: int, pair: PairRows, ids: Integers, a: int, b: int, found: Found
    ) -> list[tuple[int, int]]:
        """Sort one cluster by double-double values of t; the ranges in it that are still open."""
        from verinet.regions.line_doubles import crossing2

        where, _, _, t, dt = found
        starts = self.network.layers[level].float_tables[0]
        taus, taus_lo = self.pairs.layers[level].tables[:2]
        left, right = pair.rows([ids[where[a]], ids[where[a] + 1]])
        rows = (pair.z, pair.z_lo, pair.w, pair.w_lo, pair.ew, pair.entries)
        marks = np.array([
            crossing2(*rows, left, right, j, taus[starts[j] + i], taus_lo[starts[j] + i])
            for j, i in _units(found, a, b)
        ])  # fmt: skip
        marks[~np.isfinite(marks).all(axis=1)] = (0.5, 0.0, 0.5)
        order = np.lexsort((marks[:, 1], marks[:, 0]))
        for part in found[1:]:
            part[a:b] = part[a:b][order]
        high, low, error = marks[order].T
        t[a:b], dt[a:b] = high, error + 4.0 * UNIT
        apart = np.ones(b - a, dtype=np.bool_)
        top, top_low = high[0], low[0] + error[0]
        for m in range(1, b - a):
            # with all that follow: a wide enclosure may reach back over narrow ones
            apart[m] = bool(np.all((high[m:] - top) + ((low[m:] - error[m:]) - top_low) > 1e-30))
            if apart[m] or (high[m] - top) + ((low[m] + error[m]) - top_low) > 0.0:
                top, top_low = high[m], low[m] + error[m]
        return [(a + c, a + d) for c, d in _ranges(apart)]


def exact_ratio(layer: LineLayer, left: Sequence[int], right: Sequence[int], unit: int, index: int) -> Fraction:
    """How far a unit is from a breakpoint at the left end, over how far at the right end: ascending in t."""
    over, tables = layer.integer_tables
    tau = tables[layer.which[unit]][0][index]
    at_left, at_right = over * left[unit + 2] - tau * left[0], over * right[unit + 2] - tau * right[0]
    return Fraction(abs(at_left), abs(at_right))


def _units(found: Found, a: int, b: int) -> list[tuple[int, int]]:
    return [(int(j), int(i)) for j, i in zip(found[1][a:b], found[2][a:b], strict=True)]


def _ranges(apart: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Maximal ranges of two or more entries that are not apart from the entry before (but the first)."""
    cuts = np.append(np.flatnonzero(apart), len(apart))
    return [(int(a), int(b)) for a, b in pairwise(cuts.tolist()) if b - a > 1]


def _pair(q: Fraction) -> tuple[float, float]:
    """The nearest float of a rational, and the nearest float of the rest."""
    try:
        high = q.numerator / q.denominator
        rest = q - Fraction(high)
        return high, rest.numerator / rest.denominator
    except OverflowError:
        return float("inf") if q > 0 else float("-inf"), 0.0
