"""A box carried through all layers in the kernel's integers: stable units settled, the others named.

What floats propose (slopes, rows, multipliers) is turned here into steps; every bound is rounded outward in
integers, so that the kernel accepts it, and multipliers are tested with the kernel's own arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import gcd
from typing import Any

from verinet.exact.linalg import Matrix
from verinet.kernel import SLOPES, Layer, Piece, Statement, negated
from verinet.provers.backward import Line
from verinet.provers.cases import hex_number, may_move
from verinet.provers.hulls import Ends, Key, Kink, Known, Proofs, Range, Row, beyond, range_of, ranges, shortened

#: Significant bits of a multiplier: the box absorbs what the rounding leaves.
BITS = (24, 53)


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A named unit, as the kernel keeps it."""

    unit: tuple[int, int, int]  # network, layer, unit
    row: Row
    over: int
    slope: int
    place: int  # its coordinate
    slot: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A box carried to the last layer: `steps` lead there, `after` close what they left aside (in that order)."""

    over: int  # B: low <= B coordinate <= high
    ends: tuple[Ends, ...]
    outputs: tuple[tuple[Row, int], ...]
    names: tuple[Name, ...]
    known: Mapping[Key, Known]
    hypotheses: int  # how many the kernel's list holds
    steps: list[list[Any]]
    after: list[list[Any]]


@dataclass(slots=True)
class Builder:
    """The way through the layers; `slopes` are proposals over SLOPES, `wanted` the lines that are to be rows."""

    statement: Statement
    over: int
    ends: list[Ends]
    hypotheses: int
    slopes: Mapping[tuple[int, int, int], int]
    wanted: frozenset[Line] | None  # None: all
    proofs: Mapping[tuple[int, int], Proofs]  # of ranges, by network and layer
    matrices: dict[tuple[int, int], Matrix]
    names: list[Name] = field(default_factory=list)
    known: dict[Key, Known] = field(default_factory=dict)
    steps: list[list[Any]] = field(default_factory=list)
    after: list[list[Any]] = field(default_factory=list)

    def run(self) -> Frame:
        """All layers of all networks."""
        outputs: list[tuple[Row, int]] = []
        size = len(self.ends)
        for k, network in enumerate(self.statement.networks):
            values = [[int(column == place) for column in range(size + 1)] for place in range(1, size + 1)]
            over = 1
            for depth, layer in enumerate(network):
                if k or depth:
                    self.steps.append(["next"])
                rows, over = self.composed(k, depth, values, over), layer.over * over
                values, over = self.activated(k, depth, rows, over)
            outputs.extend((row, over) for row in values)
        ends = tuple(self.ends)
        return Frame(
            self.over,
            ends,
            tuple(outputs),
            tuple(self.names),
            self.known,
            self.hypotheses,
            self.steps,
            self.after[::-1],
        )

    def composed(self, k: int, depth: int, values: list[Row], over: int) -> list[Row]:
        """w0 + sum w_j v_j, as the kernel computes it."""
        if (k, depth) not in self.matrices:
            self.matrices[k, depth] = Matrix.from_integers(self.statement.networks[k][depth].weights)
        width = len(self.ends) + 1
        one = [over, *([0] * (width - 1))]
        padded = [row if len(row) == width else [*row, *([0] * (width - len(row)))] for row in values]
        return (self.matrices[k, depth] @ Matrix.from_integers([one, *padded])).numerators()

    def activated(self, k: int, depth: int, rows: list[Row], over: int) -> tuple[list[Row], int]:
        """Settle or name every unit; the rows of the values with their denominator."""
        layer = self.statement.networks[k][depth]
        q = layer.activations_over
        chosen: list[Name | Piece] = []
        known = ranges(rows, over, (self.over, self.ends), self.proofs.get((k, depth), {}), self.known)
        for unit, (row, shown) in enumerate(zip(rows, known, strict=True)):
            first, last = self.settled(layer, unit, shown, over)
            if first == last:
                chosen.append(layer.tables[unit][first])
            else:
                chosen.append(self.named((k, depth, unit), row, over, shown, (first, last)))
        scale = SLOPES if any(isinstance(choice, Name) for choice in chosen) else 1
        width = len(self.ends) + 1
        values: list[Row] = []
        for row, choice in zip(rows, chosen, strict=True):
            if isinstance(choice, Name):
                value = [choice.slope * q * entry for entry in row]
                value.extend([0] * (width - len(row)))
                value[choice.place + 1] += SLOPES * q * over
            else:
                slope = (choice.slope or 0) * scale
                value = [slope * entry for entry in row] if slope else [0] * len(row)
                value[0] += choice.offset * scale * over
                value.extend([0] * (width - len(row)))
            values.append(value)
        return values, over * q * scale

    def settled(self, layer: Layer, unit: int, shown: Range, over: int) -> tuple[int, int]:
        """Split off the pieces that the unit's range (over B times `over`) does not meet: their sides are empty."""
        table, q = layer.tables[unit], layer.activations_over
        low, high = shown.ends
        first, last = 0, len(table) - 1
        while first < last:
            piece = table[first]
            tie = (piece.until or 0) * over * self.over
            free = may_move(piece, table[first + 1], q)
            if q * low > tie or (q * low == tie and (free or piece.side == "right")):
                self.steps.append(["split", unit, "right" if free else piece.side])
                self.steps.append(["empty", *beyond(shown.below, q, self.hypotheses)])
                first += 1
            elif q * high < tie or (q * high == tie and (free or piece.side == "left")):
                self.steps.append(["split", unit, "left" if free else piece.side])
                self.after.append(["empty", *beyond(shown.above, q, self.hypotheses)])
                last = first
            else:
                break
            self.hypotheses += 1
        return first, last

    def named(self, unit: tuple[int, int, int], row: Row, over: int, shown: Range, slot: tuple[int, int]) -> Name:
        """Give the unit a coordinate whose box, rounded outward, and rows hold on its graph."""
        layer = self.statement.networks[unit[0]][unit[1]]
        table, q = layer.tables[unit[2]], layer.activations_over
        ends = range_of(row, self.over, self.ends)
        graph = corners(table, q, (ends[0], ends[1], over * self.over), slot)
        slope = self.slopes.get(unit, 0)
        # v - (slope/SLOPES) z at a corner, where z = z/w and v = v/(q w)
        gaps = [((SLOPES * v - slope * q * z) * self.over, SLOPES * q * w) for z, v, w in graph]
        low = min(gap // w for gap, w in gaps)
        high = max(-(-gap // w) for gap, w in gaps)
        place = len(self.ends)
        texts: list[list[str]] = []
        for piece in range(slot[0], slot[1] + 1):
            s, c = table[piece].slope or 0, table[piece].offset
            for side in (1, -1):
                line = (*unit, piece, side)
                if self.wanted is not None and line not in self.wanted:
                    continue
                if any(side * (v - s * z - c * w) < 0 for z, v, w in graph):
                    continue
                texts.append([hex_number(-side * c), hex_number(-side * s), hex_number(side * q)])
                factor = -SLOPES * side * s + slope * side * q
                form = [factor * entry for entry in row]
                form.extend([0] * (place + 2 - len(row)))
                form[0] -= SLOPES * over * side * c
                form[-1] += SLOPES * over * side * q
                self.known[("line", *line)] = Known(form, False, self.hypotheses, SLOPES * over * q)
                self.hypotheses += 1
        self.steps.append(["name", unit[2], hex_number(slope), hex_number(low), hex_number(high), *texts])
        if slot[1] == slot[0] + 1 and (shown.below.forms or shown.above.forms):
            pair = (table[slot[0]], table[slot[1]])
            kink = Kink(len(self.names), place, slope, over, q, pair, pair[0].side, self.hypotheses)
            (low, high), steps = shortened(kink, shown, (self.over, (low, high)))
            self.steps.extend(steps)
            self.hypotheses += sum(step[0] == "tighten" for step in steps)
        self.ends.append((low, high))
        name = Name(unit, row, over, slope, place, slot)
        self.names.append(name)
        return name


def corners(
    table: Sequence[Piece], q: int, ends: tuple[int, int, int], slot: tuple[int, int]
) -> list[tuple[int, int, int]]:
    """Ends of the pieces of the graph over [low, high]/w, as the kernel looks at them: z/w and v/(q w) by (z, v, w)."""
    low, high, reach = ends
    found: list[tuple[int, int, int]] = []
    for place in range(slot[0], slot[1] + 1):
        piece = table[place]
        left, right = (low, reach), (high, reach)
        if place > 0 and (start := table[place - 1].until) is not None and start * reach > low * q:
            left = (start, q)
        if piece.until is not None and piece.until * reach < high * q:
            right = (piece.until, q)
        if left[0] * right[1] <= right[0] * left[1]:
            found.extend((z, (piece.slope or 0) * z + piece.offset * w, w) for z, w in (left, right))
    return found


def branched(frame: Frame, which: int, low: bool, owner: str, statement: Statement) -> Frame:
    """One side of the step `branch`: the sign of q z - t and, once one piece is left, v = (s z + c)/q."""
    name = frame.names[which]
    layer = statement.networks[name.unit[0]][name.unit[1]]
    table, q = layer.tables[name.unit[2]], layer.activations_over
    first, last = name.slot
    form = [q * entry for entry in name.row]
    form[0] -= (table[first].until or 0) * name.over
    if low:
        form = [-entry for entry in form]
    known = dict(frame.known)
    count = frame.hypotheses
    word = "branch" if may_move(table[first], table[first + 1], q) else "jump"
    known[word, count] = Known(form, owner == ("right" if low else "left"), count, q * name.over)
    count += 1
    slot = (first, first) if low else (first + 1, last)
    if slot[0] == slot[1]:
        piece = table[slot[0]]
        factor = SLOPES * (piece.slope or 0) - q * name.slope
        row = [factor * entry for entry in name.row]
        row.extend([0] * (name.place + 2 - len(row)))
        row[0] += SLOPES * piece.offset * name.over
        row[name.place + 1] -= SLOPES * q * name.over
        for entries in (row, [-entry for entry in row]):
            known["branch", count] = Known(entries, False, count, SLOPES * q * name.over)
            count += 1
    after = Name(name.unit, name.row, name.over, name.slope, name.place, slot)
    names = (*frame.names[:which], after, *frame.names[which + 1 :])
    return Frame(frame.over, frame.ends, frame.outputs, names, known, count, [], [])


def owner_of(statement: Statement, name: Name) -> str:
    """The breakpoint's own side of the tie."""
    layer = statement.networks[name.unit[0]][name.unit[1]]
    return layer.tables[name.unit[2]][name.slot[0]].side


def atoms(statement: Statement, clause: int, frame: Frame) -> list[Known]:
    """The negated atoms of a clause; scaled against the floats' forms, whose largest entry is 1."""
    found = []
    forms = negated(statement.clauses[clause], frame.outputs)
    for place, (atom, (row, strict)) in enumerate(zip(statement.clauses[clause], forms, strict=True)):
        over = 1
        for factor, (_, form_over) in zip(atom.y, frame.outputs, strict=True):
            if factor and over % form_over:
                over *= form_over
        size = max(map(abs, [*atom.x, *atom.y])) or 1
        found.append(Known(row, strict, place, size * over))
    return found


def refutation(forms: Sequence[Known], weights: Sequence[float], frame: Frame) -> list[int] | None:
    """Integer multipliers (0: not used) near these weights whose sum of forms is refuted by the box, or None."""
    for bits in BITS:
        multipliers = rounded(forms, weights, bits)
        if refutes(forms, multipliers, frame):
            return multipliers
    return None


def rounded(forms: Sequence[Known], weights: Sequence[float], bits: int) -> list[int]:
    """weight/scale over one common denominator, each with this many significant bits."""
    largest = max((form.scale for form, weight in zip(forms, weights, strict=True) if weight > 0), default=1)
    found = []
    for form, weight in zip(forms, weights, strict=True):
        if weight <= 0:
            found.append(0)
            continue
        numerator, denominator = weight.as_integer_ratio()
        factor = (numerator * largest << bits + 8) // (denominator * form.scale)
        spare = max(factor.bit_length() - bits, 0)
        found.append(factor >> spare << spare)
    common = gcd(*found) or 1
    return [factor // common for factor in found]


def refutes(forms: Sequence[Known], multipliers: Sequence[int], frame: Frame) -> bool:
    """The kernel's test of a refutation."""
    total = [0] * (len(frame.ends) + 1)
    strict = False
    for form, factor in zip(forms, multipliers, strict=True):
        if factor:
            strict = strict or form.strict
            for place, entry in enumerate(form.row):
                total[place] += factor * entry
    level = range_of(total, frame.over, frame.ends)[1]
    return any(multipliers) and (level < 0 or (level == 0 and strict))


def indexed(count: int, frame: Frame, forms: Sequence[Known], multipliers: Iterable[int]) -> list[list[Any]]:
    """Multipliers by the kernel's indices; the first `count` forms are the negated atoms, in order."""
    newest = count + frame.hypotheses - 1
    return [
        [place if place < count else newest - form.place, hex_number(factor)]
        for place, (form, factor) in enumerate(zip(forms, multipliers, strict=True))
        if factor
    ]
