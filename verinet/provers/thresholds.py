"""Atoms about one input alone: a box is cut exactly where they change, and each part then decides them by itself.

A property of several boxes, "x outside this box or y as wished, for each of them", has such atoms.  Halving never
decides them at the face of a box, so their thresholds are cut first; a strict one needs the cut's own hypothesis.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd, lcm
from typing import NamedTuple

from verinet.kernel import Atom, Statement

#: Denominators of more bits are not forced on a box.
BITS = 256
#: The multipliers (place, m) of a clause: an atom's place, or -1 - the place of a hypothesis in the kernel's list.
Multipliers = list[tuple[int, int]]


class Beyond(NamedTuple):
    """The hypothesis sign * (B x - at) > 0, at this place of the kernel's list."""

    side: int
    sign: int
    at: int
    place: int


class Cut(NamedTuple):
    """Where to cut, and who owns the threshold."""

    side: int
    at: int
    owner: str


def single(atom: Atom) -> int | None:
    """The input that the atom is about, if it is about nothing else."""
    inputs = [k for k, entry in enumerate(atom.x[1:]) if entry]
    return inputs[0] if len(inputs) == 1 and not any(atom.y) and not atom.more else None


def fine_enough(statement: Statement, over: int) -> int:
    """A multiple of the denominator over which all thresholds are integers, unless it is unreasonably large."""
    found = over
    for clause in statement.clauses:
        for atom in clause:
            side = single(atom)
            if side is not None:
                found = lcm(found, abs(atom.x[side + 1]) // gcd(*atom.x))
    return found if found.bit_length() <= BITS else over


def threshold(
    statement: Statement, over: int, ends: tuple[Sequence[int], Sequence[int]], known: Sequence[Beyond]
) -> Cut | None:
    """A threshold within the box of a clause that is still open, or at its end if that does not decide the atom."""
    low, high = ends
    for clause in statement.clauses:
        if by_inputs(clause, over, ends, known) is not None:
            continue
        for atom in clause:
            side = single(atom)
            if side is None:
                continue
            slope = atom.x[side + 1]
            at, rest = divmod(-atom.x[0] * over, slope)
            if rest or not low[side] <= at <= high[side] or low[side] == high[side]:
                continue
            # beyond the threshold the atom must hold strictly, if it is strict
            sign = 1 if slope > 0 else -1
            if at == (low[side] if sign < 0 else high[side]):
                continue
            return Cut(side, at, "left" if sign > 0 else "right")
    return None


def by_inputs(
    clause: Sequence[Atom], over: int, ends: tuple[Sequence[int], Sequence[int]], known: Sequence[Beyond]
) -> Multipliers | None:
    """Multipliers that close a clause of which an atom about one input holds on the box."""
    for place, atom in enumerate(clause):
        side = single(atom)
        if side is None:
            continue
        slope = atom.x[side + 1]
        sign = 1 if slope > 0 else -1
        end = ends[0][side] if sign > 0 else ends[1][side]
        level = atom.x[0] * over + slope * end
        if level > 0 or (level == 0 and not atom.strict):
            return [(place, 1)]
        for beyond in known:
            if level == 0 and beyond[:3] == (side, sign, end):
                return [(place, over), (-1 - beyond.place, abs(slope))]
    return None
