"""One input, symbolic weights: the pieces under every guard.

A layer is a computation on rational functions that asks for signs.  Where the guard leaves a sign open, the layer is
done again under each possible sign: the guards of the leaves partition the parameters.  On an interval between two
breakpoints a preactivation z meets a breakpoint b of its activation iff z - b has opposite signs at the two ends, so
that no slope is asked for but at the ends of the line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

from verinet.regions.symbolic_field import EVERY, ZERO, Signs
from verinet.regions.symbolic_networks import SymbolicNetwork, Table, elements_of
from verinet.regions.symbolic_signs import Decider, Fork, Oracle, Status

#: Slope and constant of an affine function of x, elements of the field.
Line = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Affine functions, one a channel, on the intervals between ascending knots.

    Parameters
    ----------
    low, high : element or None
        The ends of the domain; None for no end.
    knots : tuple of elements
    lines : tuple of tuples of (slope, constant)
        One more than there are knots.

    Guarantee: exact.
    """

    low: Any
    high: Any
    knots: tuple[Any, ...]
    lines: tuple[tuple[Line, ...], ...]

    def end(self, interval: int, side: int) -> Any:
        """The left (side 0) or right (side 1) end of an interval; None for no end."""
        place = interval + side
        if place == 0:
            return self.low
        return self.high if place == len(self.lines) else self.knots[place - 1]

    def elements(self) -> list[Any]:
        """Everything that is a formula."""
        return [*self.knots, *(entry for lines in self.lines for pair in lines for entry in pair)]

    def mapped(self, read: Any) -> Pieces:
        """Each element replaced."""
        lines = tuple(tuple((read(s), read(c)) for s, c in channel) for channel in self.lines)
        return replace(self, knots=tuple(map(read, self.knots)), lines=lines)


@dataclass(frozen=True, slots=True)
class Leaf:
    """The pieces under one guard.

    Guarantee: exact.
    """

    guard: dict[Any, Signs]
    pieces: Pieces


def leaves(network: SymbolicNetwork, decider: Decider, low: Any, high: Any) -> list[Leaf]:
    """The pieces of the outputs, by guards that partition the parameters.

    Guarantee: exact, as the decider.
    """
    ground = decider.ground
    one, zero = ground.constant(Fraction(1)), ground.constant(Fraction(0))
    stages = list(_stages(network, decider))
    found: list[Leaf] = []
    open_: list[tuple[int, Pieces, dict[Any, Signs]]] = [(0, Pieces(low, high, (), (((one, zero),),)), {})]
    while open_:
        depth, pieces, guard = open_.pop()
        if depth == len(stages):
            found.append(Leaf(guard, pieces))
            continue
        try:
            done = stages[depth](Oracle(decider, guard), pieces)
        except Fork as fork:
            cases = [(depth, pieces, {**guard, fork.polynomial: part}) for part in fork.parts]
            open_ += reversed(cases)
        else:
            open_.append((depth + 1, done, guard))
    return found


def _stages(network: SymbolicNetwork, decider: Decider) -> Iterator[Any]:
    layers, tables = elements_of(network, decider)
    for k, (rows, column) in enumerate(layers):
        yield lambda _, pieces, rows=rows, column=column: _affine(pieces, rows, column)
        if k < len(tables):
            yield lambda oracle, pieces, tables=tables[k]: _bent(oracle, pieces, tables)
    yield _without_false_breakpoints


def _affine(pieces: Pieces, rows: Sequence[Sequence[Any]], column: Sequence[Any]) -> Pieces:
    def read(lines: tuple[Line, ...]) -> tuple[Line, ...]:
        found = []
        for row, bias in zip(rows, column, strict=True):
            slope, constant = bias * 0, bias
            for weight, (s, c) in zip(row, lines, strict=True):
                if weight:
                    slope, constant = slope + weight * s, constant + weight * c
            found.append((slope, constant))
        return tuple(found)

    return replace(pieces, lines=tuple(map(read, pieces.lines)))


def _bent(oracle: Oracle, pieces: Pieces, tables: Sequence[Table]) -> Pieces:
    """Every channel through its activation: crossings become knots, and each part gets the line in force there."""
    knots: list[Any] = []
    lines: list[tuple[Line, ...]] = []
    for interval, channels in enumerate(pieces.lines):
        signs = [
            [_end_signs(oracle, pieces, interval, line, point) for point in table[0]]
            for line, table in zip(channels, tables, strict=True)
        ]
        crossings = [
            ((tables[c][0][k] - channels[c][1]) / channels[c][0], c, k)
            for c, ends in enumerate(signs)
            for k, (left, right) in enumerate(ends)
            if left * right < 0
        ]
        cuts = _groups(oracle, crossings)
        place = {(c, k): i for i, cut in enumerate(cuts) for _, c, k in cut}
        for part in range(len(cuts) + 1):
            values = []
            for c, (slope, constant) in enumerate(channels):
                sides = [
                    (left if part <= place[c, k] else right) if (c, k) in place else left or right
                    for k, (left, right) in enumerate(signs[c])
                ]
                a, d = tables[c][1][sum(side >= 0 for side in sides)]
                values.append((a * slope, a * constant + d))
            lines.append(tuple(values))
        knots += [cut[0][0] for cut in cuts]
        if interval < len(pieces.knots):
            knots.append(pieces.knots[interval])
    return replace(pieces, knots=tuple(knots), lines=tuple(lines))


def _end_signs(oracle: Oracle, pieces: Pieces, interval: int, line: Line, point: Any) -> tuple[int, int]:
    """The signs of slope x + constant - point at the two ends of an interval, infinite ends included."""
    slope, constant = line
    found = []
    for side in (0, 1):
        end = pieces.end(interval, side)
        if end is not None:
            found.append(oracle.sign(slope * end + constant - point))
        else:
            turn = oracle.sign(slope)
            found.append((turn if side else -turn) or oracle.sign(constant - point))
    return found[0], found[1]


def _groups(oracle: Oracle, crossings: list[tuple[Any, int, int]]) -> list[list[tuple[Any, int, int]]]:
    """The crossings of one interval in ascending order, equal ones together."""

    def compared(one: tuple[Any, int, int], other: tuple[Any, int, int]) -> int:
        return oracle.sign(one[0] - other[0])

    ordered = sorted(crossings, key=cmp_to_key(compared))
    groups: list[list[tuple[Any, int, int]]] = []
    for crossing in ordered:
        if groups and oracle.sign(crossing[0] - groups[-1][0][0]) == 0:
            groups[-1].append(crossing)
        else:
            groups.append([crossing])
    return groups


def _without_false_breakpoints(oracle: Oracle, pieces: Pieces) -> Pieces:
    """Neighbours joined where no output changes its slope: by continuity they are then one affine function."""
    knots: list[Any] = []
    lines = [pieces.lines[0]]
    for knot, after in zip(pieces.knots, pieces.lines[1:], strict=True):
        changes = [b[0] - a[0] for a, b in zip(lines[-1], after, strict=True) if a != b]
        if not all(oracle.is_zero(change) for change in changes):
            knots.append(knot)
            lines.append(after)
    return replace(pieces, knots=tuple(knots), lines=tuple(lines))


# --- fewer cases ------------------------------------------------------------------------------------


def merged(found: Sequence[Leaf], decider: Decider) -> list[Leaf]:
    """Leaves joined whose guards differ in the signs of one polynomial and whose formulas agree.

    Formulas agree on a leaf if their difference has a factor that is 0 there.

    Guarantee: exact, as the decider.
    """
    left = list(found)
    again = True
    while again:
        again = False
        for i in range(len(left)):
            for j in range(i + 1, len(left)):
                joined = _joined(left[i], left[j], decider)
                if joined is not None:
                    left[i : i + 1], left[j : j + 1] = [joined], []
                    again = True
                    break
            if again:
                break
    return left


def _joined(one: Leaf, other: Leaf, decider: Decider) -> Leaf | None:
    if len(one.pieces.knots) != len(other.pieces.knots):
        return None
    together = {**one.guard, **other.guard}
    apart = [q for q in together if one.guard.get(q, EVERY) != other.guard.get(q, EVERY)]
    if len(apart) != 1:
        return None
    q = apart[0]
    if one.guard.get(q) == ZERO:
        one, other = other, one
    guard = {**one.guard, q: one.guard.get(q, EVERY) | other.guard.get(q, EVERY)}
    if guard[q] == EVERY:
        del guard[q]
    ground = decider.ground
    zeros = {polynomial for polynomial, signs in other.guard.items() if signs == ZERO}
    if other.guard.get(q) == ZERO:  # the formulas of the first leaf need a meaning there
        denominators = {d for e in one.pieces.elements() for d, _ in ground.factors(e.denom)[1]}
        if any(decider.possible(d, other.guard) & ZERO for d in denominators):
            return None
    for a, b in zip(one.pieces.elements(), other.pieces.elements(), strict=True):
        if a != b and not zeros & {factor for factor, _ in ground.factors((a - b).numer)[1]}:
            return None
    return Leaf(guard, one.pieces)


def plain(leaf: Leaf, decider: Decider) -> tuple[Leaf, Status]:
    """Without conditions that follow from the others, and with the values that its equations fix.

    Guarantee: exact, as the decider.
    """
    guard = dict(leaf.guard)
    status = decider.status(guard)
    for polynomial, signs in list(guard.items()):
        rest = {q: s for q, s in guard.items() if q != polynomial}
        if decider.implied(polynomial, signs, rest):
            guard = rest
    pieces = leaf.pieces
    ground = decider.ground
    for polynomial, signs in guard.items():
        used = ground.used(polynomial)
        if signs == ZERO and len(used) == 1 and polynomial.degree(ground.ring.gens[used[0]]) == 1:
            gen = ground.ring.gens[used[0]]
            root = -ground.fraction(polynomial.coeff(1)) / ground.fraction(polynomial.LC)
            pieces = pieces.mapped(lambda e, gen=gen, root=root: ground.fixed(e, gen, root))
    return Leaf(guard, pieces), status
