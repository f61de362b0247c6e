"""Steps that close a case of the kernel: multipliers, and branches of named units where these do not suffice.

The kernel's own moves carry the case along, so that hypotheses and coordinates here are its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, lcm
from typing import Any

import numpy as np

from verinet import kernel
from verinet.exact.explorer import propose
from verinet.exact.programs import Feasible, System, feasible
from verinet.provers.cases import Floats, hex_number
from verinet.work import keep_going

Row = list[int]
Step = list[Any]
#: Branches below one another that the refutation of one case may use.
DEEPEST = 12
#: A float optimum above this is a point.
CLEAR = 1e-7
#: A named value this far off its activation's is off.
GAP = 1e-6
#: Largest denominator of a ratio of multipliers that is read off floats.
SIMPLE = 1000


class Contradicted(Exception):
    """A case thought to be empty has this point of the domain."""

    def __init__(self, point: Floats) -> None:
        super().__init__("the case has a point")
        self.point = point


class TooDeep(Exception):
    """A case needs more branches below one another than are allowed."""


@dataclass(frozen=True, slots=True, eq=False)
class Shadow:
    """A row divided by the greatest common divisor `common` of its entries, then by the largest, `size`."""

    origin: Row
    row: Floats
    common: int
    size: float


def shadow_of(row: Row) -> Shadow:
    """The row in floats."""
    common = gcd(*row) or 1
    primitive = [entry // common for entry in row]
    size = max(map(abs, primitive)) or 1
    return Shadow(row, np.array([entry / size for entry in primitive]), common, float(size))


@dataclass(slots=True)
class Script:
    """The steps so far, and how many of them are leaves."""

    statement: kernel.Statement
    steps: list[Step] = field(default_factory=list)
    leaves: int = 0
    shadows: dict[int, Shadow] = field(default_factory=dict)
    deepest: int = DEEPEST

    def shadow(self, row: Row) -> Shadow:
        """The row in floats; rows are shared by many cases."""
        known = self.shadows.get(id(row))
        if known is None or known.origin is not row:
            known = self.shadows[id(row)] = shadow_of(row)
        return known

    def move(self, case: kernel.Case, step: Step) -> list[kernel.Case]:
        """Apply a step that leaves the case open, and write it down; its children, low before high."""
        self.steps.append(step)
        return MOVES[step[0]](self.statement, case, step, "search")

    def leaf(self, step: Step) -> None:
        """Write down a step that closes a case."""
        self.steps.append(step)
        self.leaves += 1

    def follow(self, other: Script) -> None:
        """Write down all of another script."""
        self.steps += other.steps
        self.leaves += other.leaves


MOVES: dict[str, kernel.Move] = {
    "split": kernel.step_split,
    "next": kernel.step_next,
    "cut": kernel.step_cut,
    "name": kernel.step_name,
    "branch": kernel.step_branch,
}


def refute(script: Script, case: kernel.Case, target: int, depth: int = 0) -> None:
    """Close a case by multipliers; where its named units leave room, branch the one that leaves most.

    `target` is the place of the strict hypothesis that the others should contradict.

    Raises
    ------
    Contradicted
        With a point of the domain that lies in the case.
    TooDeep
        If it needs too many branches.
    """
    keep_going()
    inputs = len(script.statement.networks[0][0].weights[0]) - 1
    found = multipliers(script, case, range(len(case.hypotheses)), target)
    if not isinstance(found, list):
        if is_point(script, case, found, target):
            raise Contradicted(found[:inputs])
        which = widest_gap(case, found, target)
        if which is not None and depth == script.deepest:
            raise TooDeep
        if which is not None:
            for child in script.move(case, ["branch", which, "left"]):
                refute(script, child, target, depth + 1)
            return
        found = multipliers(script, case, range(len(case.hypotheses)), None)
    if not isinstance(found, list):
        raise Contradicted(found[:inputs])
    script.leaf(["empty", *found])


def is_point(script: Script, case: kernel.Case, point: Floats, target: int) -> bool:
    """Do the inputs of the point, with the true values of the named units, satisfy the hypotheses?"""
    values = [1.0, *point.tolist()]
    for unit in case.names:
        values[unit.place + 1] = value_of(unit, values)
    seen = np.array(values) / max(map(abs, values))
    for place, (row, _) in enumerate(case.hypotheses):
        shadow = script.shadow(row).row
        if float(shadow @ seen[: len(shadow)]) < (GAP if place == target else -GAP / 100):
            return False
    return True


def value_of(unit: kernel.Named, values: Sequence[float]) -> float:
    """The value of a named unit's activation where the coordinates before it have these values (the first is 1)."""
    z = sum(entry / unit.over * x for entry, x in zip(unit.row, values, strict=False))
    end, q = unit.table[0].until, unit.activations_over
    piece = unit.table[0] if end is None or z <= end / q else unit.table[-1]
    return (piece.slope or 0) / q * z + piece.offset / q


def multipliers(script: Script, case: kernel.Case, places: Sequence[int], target: int | None) -> list[Step] | Floats:
    """Multipliers that refute the hypotheses at these places (oldest first, 0-based), or a float point of them.

    With a further coordinate w for the constant, maximise t <= 1 subject to target >= t, other forms >= 0 and w >= 0;
    without a target, form >= t where it is strict, and w >= t.  If the maximum is 0, the duals are the multipliers
    up to rounding.
    """
    count = len(case.box.ends) + 1
    forms = [case.hypotheses[place] for place in places]
    shadows = [script.shadow(row) for row, _ in forms]
    sides = list(_sides(case.box))
    rows = np.zeros((len(forms) + len(sides) + 1, count + 2))
    for line, (place, shadow) in enumerate(zip(places, shadows, strict=True)):
        rows[line, 1 : 1 + len(shadow.row)] = shadow.row
        rows[line, -1] = -float(forms[line][1] if target is None else place == target)
    for line, side in enumerate(sides, len(forms)):
        rows[line, 1:-1] = side
    rows[-1, 1], rows[-1, -1] = 1.0, -float(target is None)
    objective = np.zeros(count + 1)
    objective[-1] = 1.0
    reach = np.ones(count + 1)
    found = propose(rows, -reach, reach, objective)
    if found is not None and found.value > CLEAR and (target is not None or found.point[0] > CLEAR):
        return np.array(found.point[1:-1]) / (found.point[0] if target is None else 1.0)
    if found is not None:
        steps = _in_numbers(case, places, [y / s.size for y, s in zip(found.duals, shadows, strict=False)], shadows)
        try:
            kernel.refute(steps, case.hypotheses[::-1], case.box, "search")
        except kernel.Rejected:
            pass
        else:
            return steps
    return _exactly(case, places)


def _sides(box: kernel.Box) -> Iterator[Floats]:
    """The ends of the box as rows over (w, coordinates)."""
    for place, ends in enumerate(box.ends, 1):
        for sign, end in zip((1.0, -1.0), ends, strict=True):
            if end is not None:
                row = np.zeros(len(box.ends) + 1)
                row[0], row[place] = -sign * (end / box.over), sign
                yield row / np.abs(row).max()


def _in_numbers(
    case: kernel.Case, places: Sequence[int], duals: Sequence[float], shadows: Sequence[Shadow]
) -> list[Step]:
    """The multipliers nearest to the float duals of the primitive rows whose ratios are simple."""
    newest, largest = len(case.hypotheses) - 1, max(duals, default=0.0)
    together = zip(places, duals, shadows, strict=True)
    kept = [(place, dual / largest, shadow.common) for place, dual, shadow in together if dual > 0]
    exact = [(place, Fraction(ratio).limit_denominator(SIMPLE) / common) for place, ratio, common in kept]
    over = lcm(*(m.denominator for _, m in exact))
    found = [(place, m.numerator * (over // m.denominator)) for place, m in exact if m]
    common = gcd(*(m for _, m in found)) or 1
    return [[newest - place, hex_number(m // common)] for place, m in found]


def _exactly(case: kernel.Case, places: Sequence[int]) -> list[Step] | Floats:
    """The same by an exact linear program."""
    size, newest = len(case.box.ends) + 1, len(case.hypotheses) - 1
    forms = [case.hypotheses[place] for place in places]
    low, high = (
        tuple(None if end is None else Fraction(end, case.box.over) for end in ends)
        for ends in zip(*case.box.ends, strict=True)
    )
    rows = tuple((*row, *([0] * (size - len(row)))) for row, _ in forms)
    answer = feasible(System(rows, tuple(strict for _, strict in forms), low, high))
    if isinstance(answer, Feasible):
        return np.array([float(entry) for entry in answer.point])
    common = gcd(*(m for _, m in answer.multipliers)) or 1
    return [[newest - places[i], hex_number(m // common)] for i, m in answer.multipliers]


def widest_gap(case: kernel.Case, point: Floats, target: int) -> int | None:
    """The named unit, not settled, whose value at the point is farthest from its activation's, if one is off.

    Units whose value the target has room to gain from come first.
    """
    row = case.hypotheses[target][0]
    gaps: list[tuple[bool, float, int]] = []
    for which, unit in enumerate(case.names):
        first, last = unit.slot
        if first == last:
            continue
        gap = float(point[unit.place]) - value_of(unit, (1.0, *point.tolist()))
        if abs(gap) > GAP:
            entry = row[unit.place + 1] if unit.place + 1 < len(row) else 0
            gains = entry != 0 and (entry > 0) == (gap > 0)  # an entry may be beyond floats
            gaps.append((gains, abs(gap), -which))
    return -max(gaps)[2] if gaps else None


def whole(row: Sequence[Fraction]) -> Row:
    """The primitive integer row in the same direction."""
    over = lcm(*(entry.denominator for entry in row))
    entries = [entry.numerator * (over // entry.denominator) for entry in row]
    common = gcd(*entries) or 1
    return [entry // common for entry in entries]
