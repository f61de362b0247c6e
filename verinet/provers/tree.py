"""The split-tree search: steps that the kernel accepts, or a point at which the claim fails.

Depth first.  On entering a layer every unit that the box alone settles is settled; then units are split where
points are known on both sides, and linear programs are asked only about the others.  Splits partition: where an
activation is continuous the tie goes to the side that keeps the touching half strict, hence empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from verinet.claims.tape import Tape
from verinet.errors import Unsupported
from verinet.kernel import Statement
from verinet.provers.cases import (
    Box,
    Breakpoint,
    Case,
    Floats,
    Hypothesis,
    advance,
    box_of,
    branch,
    breakpoint_of,
    final_outputs,
    first_case,
    hex_number,
    hypothesis,
    side_form,
)
from verinet.provers.corners import corners_of
from verinet.provers.depth_first import searched
from verinet.provers.leaves import Leaf, cell_leaf, goal_leaf
from verinet.provers.sides import CLEAR, Closed, Oracle
from verinet.provers.slope_leaves import SLOPE_KINDS, slope_leaf
from verinet.provers.trails import Choice, CountedCell, Fails, Steps, Stopped
from verinet.work import SILENT, Budget, Progress

POINTS = 48
#: Raised when a case that an older search left open should not be taken up again.
VERSION = "1"
#: A cell of which only its being there matters.
ONE_CELL: CountedCell = ((1, []), [])


@dataclass(slots=True)
class Search:
    """One depth-first search.

    `work` holds open cases and steps that wait for their turn.
    """

    statement: Statement
    box: Box
    oracle: Oracle
    counting: bool
    budget: Budget
    progress: Progress
    steps: Tape = field(default_factory=Tape)
    work: list[Case | list[Any]] = field(default_factory=list)
    leaves: int = 0
    cells: list[CountedCell] = field(default_factory=list)
    contacts: list[tuple[Fraction, ...]] = field(default_factory=list)

    def first(self) -> Case:
        """The case at the root."""
        case = first_case(self.statement, self.box, sample_points(self.box))
        return replace(case, corners=corners_of(self.box, case))

    def movable(self, case: Case) -> bool:
        """Any case can be taken up elsewhere."""
        return True

    def hint(self, case: Case) -> None:
        """A trail says all that `reopen` needs."""

    def reopen(self, trail: Sequence[Choice], hint: None) -> Case:
        """The case at the end of a trail, without the linear programs that it took to choose its steps."""
        case = self.first()
        for step, side, implied in trail:
            if step[0] == "next":
                case = advance(self.statement, self.box, case) or case
                continue
            low, strict = side == "low", (step[2] == "right") == (side == "low")
            if step[0] == "cut":
                row = [int(entry, 16) for entry in step[1]]
                form = hypothesis([-e for e in row] if low else row, strict, case.hypotheses, self.box)
                after = replace(case, hypotheses=case.hypotheses + 1, active=(*case.active, form))
            else:
                point = breakpoint_of(self.statement, case, self.box, step[1])
                form = side_form(case, point, low, strict, self.box)
                after = branch(self.statement, case, point, step[2], low, self.box, None if implied else form)
            case = after if implied else narrowed(case, after, form)
        return case

    def emit(self, step: list[Any]) -> None:
        """Append a step that closes a case."""
        self.steps.append(step)
        self.leaves += 1
        if self.leaves % 64 == 0:
            self.progress.update(self.leaves, sum(isinstance(item, Case) for item in self.work), "leaves of the proof")

    def visit(self, case: Case) -> Fails | Stopped | None:
        """Settle what can be settled, then split, go to the next layer, or close the case."""
        if case.waiting is None:
            case = self.settle_by_box(case)
        while case.waiting:
            chosen, others = survey(case, case.waiting)
            if chosen is not None and (not others or case.corners is None):
                self.split(case, chosen)
                return None
            # Corners show which units do not split the case: those are settled once, not in every part of it.
            for step in others:
                settled = self.ask(case, step)
                if settled is None:
                    return None
                case = settled
        following = advance(self.statement, self.box, case)
        if following is not None:
            self.steps.append(["next"])
            self.work.append(following)
            return None
        return self.close(case)

    def settle_by_box(self, case: Case) -> Case:
        """Settle every unit whose form has one sign on the box; the others' breakpoints are left waiting."""
        waiting: list[Breakpoint] = []
        todo = [unit for unit, (first, last) in enumerate(case.slots) if first != last]
        while todo:
            unit = todo.pop()
            step = breakpoint_of(self.statement, case, self.box, unit)
            low, high = box_sides(step, self.box)
            if not low and not high:  # the form is constantly 0: the tie decides
                low = step.side == "left"
                high = not low
            if low and high:
                waiting.append(step)
                continue
            case = self.keep_side(case, step, keep_low=low, multipliers=((0, 1),))
            first, last = case.slots[unit]
            if first != last:
                todo.append(unit)
        return replace(case, waiting=tuple(waiting))

    def keep_side(self, case: Case, step: Breakpoint, keep_low: bool, multipliers: tuple[tuple[int, int], ...]) -> Case:
        """Emit a split of which the other side is empty by these multipliers; go on with the side kept."""
        owner = ("left" if keep_low else "right") if step.free else step.side
        self.steps.append(["split", step.unit, owner])
        # The new hypothesis is the newest, 0; active ones count from the newest back.
        newest = case.hypotheses
        places = [newest, *(form.place for form in case.active)]
        leaf = ["empty", *([newest - places[index], hex_number(m)] for index, m in multipliers)]
        if keep_low:
            self.work.append(leaf)
        else:
            self.emit(leaf)
        return branch(self.statement, case, step, owner, keep_low, self.box, None)

    def ask(self, case: Case, step: Breakpoint) -> Case | None:
        """Settle a unit by linear programs, or split it (then None)."""
        guesses: list[Floats] = []
        degenerate = case.degenerate
        for low in (True, False):
            if has_points(case, step, low):
                continue
            strict = step.free or (step.side == "right") == low
            answer = self.oracle.side(case, [side_form(case, step, low, strict, self.box)])
            if isinstance(answer, Closed):
                return self.keep_side(case, step, not low, answer.multipliers)
            if answer.guess is not None:
                guesses.append(answer.guess)
            else:
                degenerate = True
        points = np.vstack([*guesses, case.points])[: 4 * POINTS]
        self.split(replace(case, points=points, degenerate=degenerate), step)
        return None

    def split(self, case: Case, step: Breakpoint) -> None:
        """Both sides are open: push them, the low one to be visited first."""
        self.steps.append(["split", step.unit, step.side])
        for low in (False, True):
            strict = (step.side == "right") == low
            added = side_form(case, step, low, strict, self.box)
            side = branch(self.statement, case, step, step.side, low, self.box, added)
            self.work.append(narrowed(case, side, added))

    def close(self, case: Case) -> Fails | Stopped | None:
        """All outputs are known: a goal, a cell, or a cut when the goal needs one."""
        leaf: Leaf
        if self.counting:
            leaf = cell_leaf(self.statement, case, self.oracle)
            if leaf.cell is not None:
                self.cells.append(self.counted(leaf.cell, case))
        elif self.statement.kind in SLOPE_KINDS:
            outputs = final_outputs(self.statement, case)
            leaf = slope_leaf(self.statement, case, self.oracle, outputs, seek=not self.contacts)
        else:
            leaf = goal_leaf(self.statement, case, self.oracle, final_outputs(self.statement, case))
        self.contacts = [*leaf.contacts, *self.contacts][:POINTS]
        if leaf.step is not None:
            self.emit(leaf.step)
        elif leaf.witness is not None:
            return Fails(leaf.witness, leaf.second)
        elif leaf.cut is not None:
            self.cut(case, leaf.cut)
        else:
            return Stopped(leaf.reason, self.leaves, True)
        return None

    def counted(self, point: tuple[int, list[int]], case: Case) -> CountedCell:
        """What counting needs of a cell: nothing, unless neighbours may be joined."""
        if self.statement.kind == "cells":
            return ONE_CELL
        return point, [row for row, _ in final_outputs(self.statement, case)]

    def cut(self, case: Case, row: list[int]) -> None:
        """Cut the case in two by a form of the inputs; the low side owns the tie."""
        self.steps.append(["cut", [hex_number(entry) for entry in row], "left"])
        above = hypothesis(row, True, case.hypotheses, self.box)
        below = hypothesis([-entry for entry in row], False, case.hypotheses, self.box)
        for form in (above, below):
            side = replace(case, hypotheses=case.hypotheses + 1, active=(*case.active, form))
            self.work.append(narrowed(case, side, form))


def begin(statement: Statement, options: dict[str, Any], budget: Budget, progress: Progress = SILENT) -> Search:
    """A search that nothing has been done for yet; it has no options."""
    if statement.domain is None:
        raise Unsupported("a statement without a domain is evaluated, not searched", fix="report this claim")
    box = box_of(statement.domain)
    counting = statement.kind in ("cells", "linear-regions")
    return Search(statement, box, Oracle(box), counting, budget, progress)


def search(statement: Statement, budget: Budget | None = None, progress: Progress = SILENT) -> Steps | Fails | Stopped:
    """Search steps for a statement that is shown by steps.

    Returns
    -------
    Steps, Fails or Stopped
        Evidence that the kernel still has to accept; a point to be evaluated exactly; or why there is neither.
    """
    if statement.domain is None:
        return Stopped("a statement without a domain is evaluated, not searched", 0)
    limits = budget or Budget()
    return searched("tree", begin, statement, limits, progress)


def narrowed(case: Case, side: Case, form: Hypothesis) -> Case:
    """The side of a case on which the form is >= 0, with its corners, and the points known to lie in it."""
    corners = None if case.corners is None or case.degenerate else case.corners.clipped(form, len(case.active))
    if corners is not None:
        points = np.vstack([corners.points.mean(axis=0), corners.points])
    else:
        points = case.points[case.points @ form.slopes + form.constant > CLEAR]
    return replace(side, points=points, corners=corners)


def sample_points(box: Box, count: int = POINTS) -> Floats:
    """Points of the domain in box coordinates: its center, and the start of a fixed low-discrepancy sequence."""
    size = len(box.low)
    if not box.bounded:
        return np.zeros((0, size))
    steps = np.array([np.sqrt(p) % 1 for p in primes(size)])
    points = 2 * ((np.arange(1, count)[:, None] * steps[None, :]) % 1) - 1
    points = np.vstack([np.zeros((1, size)), points])
    low, high = box.ends
    points = np.clip(points, low, high)
    keep = np.ones(len(points), dtype=bool)
    for row, strict in box.domain.rows:
        form = hypothesis(row, strict, -1, box)
        keep &= points @ form.slopes + form.constant > CLEAR
    chosen: Floats = points[keep]
    return chosen


def primes(count: int) -> Iterator[int]:
    """The first primes."""
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % p for p in found):
            found.append(candidate)
            yield candidate
        candidate += 1


def box_sides(step: Breakpoint, box: Box) -> tuple[bool, bool]:
    """Which sides of the tie may the form take on the box?  Exact; touching counts only for a fixed owner."""
    if not box.bounded and any(step.seen[1:]):
        return True, True
    level = step.seen[0]
    low_open = level < step.half or (level == step.half and not step.free and step.side == "left")
    high_open = level > -step.half or (level == -step.half and not step.free and step.side == "right")
    return low_open, high_open


def has_points(case: Case, step: Breakpoint, low: bool) -> bool:
    """Is a point of the case known on this side?"""
    values = case.points @ step.slopes + step.constant
    return bool(np.any(values < -CLEAR if low else values > CLEAR))


def survey(case: Case, waiting: tuple[Breakpoint, ...]) -> tuple[Breakpoint | None, list[Breakpoint]]:
    """The breakpoint that known points lie farthest from on both sides, and those that have points on one at most."""
    if len(case.points) < 2:
        return None, list(waiting)
    slopes = np.array([step.slopes for step in waiting])
    values = case.points @ slopes.T + np.array([step.constant for step in waiting])
    depth = np.minimum(values.max(axis=0), -values.min(axis=0))
    place = int(np.argmax(depth))
    others = [step for step, reach in zip(waiting, depth.tolist(), strict=True) if reach <= CLEAR]
    return (waiting[place] if depth[place] > CLEAR else None), others


__all__ = ["POINTS", "VERSION", "Fails", "Search", "Steps", "Stopped", "begin", "sample_points", "search", "survey"]
