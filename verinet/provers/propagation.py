"""Bounds of all units over many boxes at once, in floats: proposals for the exact steps of provers/relaxed.py.

Over a box every value is a form of the inputs and of one coordinate e for each unit that bends there,
v = (p/4096) z + e with e in the interval that the ends of the activation's pieces give (a zonotope).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from verinet.kernel import SLOPES, Layer, Statement
from verinet.provers.backward import NEARLY, Behind, Line, Shown, named, shown
from verinet.provers.cases import may_move

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Booleans = npt.NDArray[np.bool_]

#: A unit takes the range that lines show if its coordinate's interval is then at most this part of what it was.
WORTH = 0.8
#: Where an activation jumps, a range reaches an end that it misses by less than this.
TIE = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Bends:
    """One layer in floats: weights, biases, and the pieces of its activations.

    `ends`: (units, pieces - 1), infinite where a unit has fewer; `slopes`, `offsets`: (units, pieces).  `left`,
    `right`: is an end the value of that side alone, as where the activation jumps?
    """

    weights: Floats
    bias: Floats
    ends: Floats
    slopes: Floats
    offsets: Floats
    left: Booleans
    right: Booleans


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A statement in floats: its networks, and a matrix over (1, x, outputs) for each negated clause."""

    networks: tuple[tuple[Bends, ...], ...]
    clauses: tuple[Floats, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """One layer over a batch of boxes.

    `rows` are the preactivations over (1, coordinates known before), in [low, high]; `bent` are the units with two
    or more pieces there, of which `places` have a coordinate (from `first` on), being bent on some box of the batch.
    """

    rows: Floats
    low: Floats
    high: Floats
    slopes: Floats  # p/4096 of bent units, the slope of the piece in force of the others
    bent: Booleans
    places: Indices
    first: int
    pieces: Indices  # the piece in force at the low end
    last: Indices
    tight: Booleans  # are low and high what lines of earlier units show, not what the box gives?
    backward: Shown | None  # the proofs of low for `asked`, then of -high for them
    asked: Indices

    def proofs(self) -> dict[tuple[int, int], dict[Line, float]]:
        """Of the first box: by unit and side (1: low, -1: high), the weights of lines that show its range."""
        if self.backward is None:
            return {}
        places = [(place, unit) for place, unit in enumerate(self.asked.tolist()) if self.tight[0, unit]]
        both = ((1, 0), (-1, len(self.asked)))
        return {(unit, sign): self.backward.proof(start + place) for place, unit in places for sign, start in both}


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """All layers over a batch of boxes; `outputs` are forms over (1, coordinates), and the box of coordinates."""

    layers: tuple[tuple[Bound, ...], ...]
    outputs: Floats
    middle: Floats
    half: Floats

    def largest(self, forms: Floats) -> Floats:
        """The maximum of forms (batch, k, 1 + coordinates) over their boxes."""
        level = forms[:, :, 0] + np.matmul(forms[:, :, 1:], self.middle[:, :, None])[:, :, 0]
        reach: Floats = level + np.matmul(np.abs(forms[:, :, 1:]), self.half[:, :, None])[:, :, 0]
        return reach

    def forms(self, clause: Floats, size: int) -> Floats:
        """The negated atoms of a clause as forms of the coordinates."""
        forms = np.matmul(clause[:, 1 + size :], self.outputs)
        forms[:, :, : 1 + size] += clause[:, : 1 + size]
        return np.asarray(forms)


def model_of(statement: Statement) -> Model:
    """The statement in floats; rows of a clause are scaled to largest entry 1."""
    networks = tuple(tuple(_bends(layer) for layer in network) for network in statement.networks)
    clauses = []
    for clause in statement.clauses:
        rows = []
        for atom in clause:
            entries = [*atom.x, *atom.y]
            size = max(map(abs, entries)) or 1
            rows.append([-entry / size for entry in entries])
        clauses.append(np.array(rows))
    return Model(networks, tuple(clauses))


def _bends(layer: Layer) -> Bends:
    q, tables = layer.activations_over, layer.tables
    rows = np.array([[entry / layer.over for entry in row] for row in layer.weights])
    count = max(len(table) for table in tables)
    ends = np.full((len(tables), count - 1), np.inf)
    slopes, offsets = np.zeros((len(tables), count)), np.zeros((len(tables), count))
    left, right = np.zeros(ends.shape, dtype=np.bool_), np.zeros(ends.shape, dtype=np.bool_)
    for unit, table in enumerate(tables):
        for place in range(count):
            piece = table[min(place, len(table) - 1)]
            slopes[unit, place], offsets[unit, place] = (piece.slope or 0) / q, piece.offset / q
            if place < len(table) - 1 and piece.until is not None:
                ends[unit, place] = piece.until / q
                if not may_move(piece, table[place + 1], q):
                    (left if piece.side == "left" else right)[unit, place] = True
    return Bends(rows[:, 1:], rows[:, 0], ends, slopes, offsets, left, right)


def sweep(model: Model, low: Floats, high: Floats, backward: bool = True) -> Sweep:
    """Propagate a batch of boxes, (batch, inputs) each, through all networks; `backward`: lines tighten the ranges."""
    batch, size = low.shape
    middle, half = (low + high) / 2, (high - low) / 2
    outputs = np.zeros((batch, 0, 1 + size))
    found = []
    behind: list[Behind] = []
    for k, network in enumerate(model.networks):
        values = np.zeros((batch, size, 1 + middle.shape[1]))
        values[:, np.arange(size), 1 + np.arange(size)] = 1
        bounds = []
        for depth, layer in enumerate(network):
            where = (k, depth) if backward else None
            bound, values, interval = _through(layer, values, (middle, half), behind, where)
            middle = np.concatenate([middle, interval.mean(axis=2)], axis=1)
            half = np.concatenate([half, (interval[:, :, 1] - interval[:, :, 0]) / 2], axis=1)
            bounds.append(bound)
        found.append(tuple(bounds))
        spare = np.zeros((batch, outputs.shape[1], values.shape[2] - outputs.shape[2]))
        outputs = np.concatenate([np.concatenate([outputs, spare], axis=2), values], axis=1)
    return Sweep(tuple(found), outputs, middle, half)


def _through(
    layer: Bends, values: Floats, box: tuple[Floats, Floats], behind: list[Behind], where: tuple[int, int] | None
) -> tuple[Bound, Floats, Floats]:
    """One layer: its bounds, the rows of its values, and the intervals of the new coordinates."""
    rows = np.matmul(layer.weights, values)
    rows[:, :, 0] += layer.bias
    low, high = _ends(rows, box)
    units = np.arange(len(layer.bias))
    backward, tight, asked = None, np.zeros(low.shape, dtype=np.bool_), np.zeros(0, dtype=np.intp)
    if behind and layer.ends.shape[1]:
        low, high, tight, asked, backward = _tighter(layer, rows, (low, high), box, behind)
    first, last = _pieces(layer, low, high)
    bent = first < last
    corners, heights = _corners(layer, low, high, first, last)
    slopes = np.where(bent, _chord(low, high, heights), layer.slopes[units, first])
    gaps = heights - slopes[:, :, None] * corners
    interval = np.stack([gaps.min(axis=2), gaps.max(axis=2)], axis=2)
    places = np.flatnonzero(bent.any(axis=0))
    known = rows.shape[2]
    after = np.zeros((len(rows), len(units), known + len(places)))
    after[:, :, :known] = rows * slopes[:, :, None]
    after[:, :, 0] += np.where(bent, 0.0, layer.offsets[units, first])
    after[:, places, known + np.arange(len(places))] = bent[:, places]
    bound = Bound(rows, low, high, slopes, bent, places, known - 1, first, last, tight, backward, asked)
    if len(places) and where is not None:
        ends = [(layer.slopes[units, piece], layer.offsets[units, piece]) for piece in (first, last)]
        lines_of = (np.stack([end[0] for end in ends]), np.stack([end[1] for end in ends]))
        graph = (corners, heights)
        behind.append(named(where, rows, slopes, bent, places, known - 1, graph, lines_of, (first, last)))
    return bound, after, interval[:, places] * bent[:, places, None]


def _ends(rows: Floats, box: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    middle, half = box
    level = rows[:, :, 0] + np.matmul(rows[:, :, 1:], middle[:, :, None])[:, :, 0]
    reach = np.matmul(np.abs(rows[:, :, 1:]), half[:, :, None])[:, :, 0]
    return level - reach, level + reach


def _pieces(layer: Bends, low: Floats, high: Floats) -> tuple[Indices, Indices]:
    """The pieces in force at both ends of a range; where the activation jumps, ends that rounding may hide count."""
    below, above = low[:, :, None], high[:, :, None]
    if layer.left.any() or layer.right.any():
        slack = TIE * (1.0 + np.abs(layer.ends))
        last = np.where(layer.right, layer.ends <= above + slack, layer.ends < above).sum(axis=2)
        first = np.where(layer.left, layer.ends < below - slack, layer.ends <= below).sum(axis=2)
    else:
        last, first = (layer.ends < above).sum(axis=2), (layer.ends <= below).sum(axis=2)
    return np.minimum(first, last), last


def _chord(low: Floats, high: Floats, heights: Floats) -> Floats:
    width = np.where(high > low, high - low, 1.0)
    return np.asarray(np.round(SLOPES * (heights[:, :, -1] - heights[:, :, 0]) / width) / SLOPES)


def _height(layer: Bends, low: Floats, high: Floats, first: Indices, last: Indices) -> Floats:
    """How long the interval of e is with the slope of the chord."""
    corners, heights = _corners(layer, low, high, first, last)
    gaps = heights - _chord(low, high, heights)[:, :, None] * corners
    return np.asarray(gaps.max(axis=2) - gaps.min(axis=2))


def _tighter(
    layer: Bends, rows: Floats, ends: tuple[Floats, Floats], box: tuple[Floats, Floats], behind: list[Behind]
) -> tuple[Floats, Floats, Booleans, Indices, Shown]:
    """Ranges that lines show, where they settle a unit or make its interval clearly shorter."""
    low, high = ends
    first, last = _pieces(layer, low, high)
    asked = np.flatnonzero((first < last).any(axis=0))
    found = shown(np.concatenate([rows[:, asked], -rows[:, asked]], axis=1), behind, *box)
    least, most = low.copy(), high.copy()
    least[:, asked] = np.maximum(low[:, asked], found.low[:, : len(asked)])
    most[:, asked] = np.maximum(least[:, asked], np.minimum(high[:, asked], -found.low[:, len(asked) :]))
    fewer, fewest = _pieces(layer, least, most)
    settled = fewer == fewest
    shorter = _height(layer, least, most, fewer, fewest) < WORTH * _height(layer, low, high, first, last)
    tight = (first < last) & (settled | (shorter & (fewest == fewer + 1)))
    return np.where(tight, least, low), np.where(tight, most, high), tight, asked, found


def _corners(layer: Bends, low: Floats, high: Floats, first: Indices, last: Indices) -> tuple[Floats, Floats]:
    """Corners (z, v) of the graph over [low, high]: its two ends, and both sides of every breakpoint within."""
    units = np.arange(len(layer.bias))
    at, heights = [low], [layer.slopes[units, first] * low + layer.offsets[units, first]]
    for place in range(layer.ends.shape[1]):
        within = (first <= place) & (place < last)
        z = np.where(within, layer.ends[:, place], low)
        for piece in (place, place + 1):
            v = layer.slopes[:, piece] * z + layer.offsets[:, piece]
            at.append(z)
            heights.append(np.where(within, v, heights[0]))
    at.append(high)
    heights.append(layer.slopes[units, last] * high + layer.offsets[units, last])
    return np.stack(at, axis=-1), np.stack(heights, axis=-1)


def lines(model: Model, whole: Sweep, box: int) -> tuple[list[Line], Floats]:
    """For one box of the batch: rows >= 0 that say on which side of its pieces' lines a bent unit is."""
    width = whole.outputs.shape[2]
    names: list[Line] = []
    rows: list[Floats] = []
    for k, bounds in enumerate(whole.layers):
        for depth, (bound, layer) in enumerate(zip(bounds, model.networks[k], strict=True)):
            corners, heights = _corners(layer, bound.low[box], bound.high[box], bound.pieces[box], bound.last[box])
            for place, unit in enumerate(bound.places.tolist()):
                if not bound.bent[box, unit]:
                    continue
                z = bound.rows[box, unit]
                for piece in range(bound.pieces[box, unit], bound.last[box, unit] + 1):
                    slope, offset = layer.slopes[unit, piece], layer.offsets[unit, piece]
                    gaps = heights[unit] - slope * corners[unit] - offset
                    near = NEARLY * max(1.0, float(np.abs(heights[unit]).max()))
                    for side in (1, -1):
                        if (side * gaps).min() < -near:
                            continue
                        row = np.zeros(width)
                        row[: len(z)] = side * (bound.slopes[box, unit] - slope) * z
                        row[0] -= side * offset
                        row[1 + bound.first + place] += side
                        names.append((k, depth, unit, piece, side))
                        rows.append(row)
    return names, np.array(rows) if rows else np.zeros((0, width))


def halves(low: Floats, high: Floats, sides: Sequence[int], middle: Floats) -> tuple[Floats, Floats]:
    """The two halves of a box along each of these sides, low before high."""
    lows, highs = np.repeat(low[None], 2 * len(sides), axis=0), np.repeat(high[None], 2 * len(sides), axis=0)
    for place, side in enumerate(sides):
        highs[2 * place, side] = lows[2 * place + 1, side] = middle[side]
    return lows, highs
