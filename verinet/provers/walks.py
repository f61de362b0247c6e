"""Kernel moves on a statement, written down: boxes of natural coordinates settle the units, or are split."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from verinet import kernel
from verinet.kernel import Statement
from verinet.provers.frames import Affine, End, Frame

Step = list[Any]
Symbol = tuple[tuple[int, ...], ...]  # the piece of every unit, layer by layer
Sides = tuple[tuple[End, End], ...]
Leaf = Callable[[kernel.Case, Frame], None]


@cache
def agree(before: kernel.Piece, after: kernel.Piece, over: int) -> bool:
    """Whether neighbouring pieces have the same value at the breakpoint between them."""
    return kernel.agree(before, after, over)


class NotPlanned(Exception):
    """The plan does not fit the network: boxes of states do not settle its units."""


@dataclass(frozen=True, slots=True)
class Block:
    """A proved block of groups up to `last`: its box in natural coordinates, and its values as forms over (1, n)."""

    index: int
    last: int
    sides: Sides
    values: Affine
    exact: bool = True


@dataclass(slots=True)
class Walker:
    """Kernel moves on one statement, written down; cases carry frames."""

    statement: Statement
    steps: list[Step] = field(default_factory=list)

    def settle(
        self, case: kernel.Case, frame: Frame, later: list[Step], pieces: Sequence[int] | None = None
    ) -> tuple[kernel.Case, int | None]:
        """Settle the units of a layer that the box decides; the first one that it does not decide, if any.

        Where a unit is at a breakpoint all over the box, `pieces` says which side is meant.
        """
        for unit in range(len(case.rows)):
            while case.slots[unit][0] != case.slots[unit][1]:
                low = pieces is not None and pieces[unit] == case.slots[unit][0]
                after = self.decided(case, frame, unit, later, ("left", "right") if low else ("right", "left"))
                if after is None:
                    return case, unit
                case = after
        return case, None

    def decided(
        self, case: kernel.Case, frame: Frame, unit: int, later: list[Step], order: tuple[str, str]
    ) -> kernel.Case | None:
        """The case on the one side of a unit's next breakpoint on which the whole box is; None if it is on both."""
        layer = self.statement.networks[case.network][case.layer]
        piece, following = layer.tables[unit][case.slots[unit][0] :][:2]
        row = [layer.activations_over * entry for entry in case.rows[unit]]
        row[0] -= (piece.until or 0) * case.over
        free = agree(piece, following, layer.activations_over)
        for kept in order:
            form = row if kept == "right" else [-entry for entry in row]
            if frame.least(form) < 0:
                continue
            owner = kept if free else piece.side
            texts = frame.closing(form, owner == kept, len(case.hypotheses))
            if texts is None:
                continue
            self.steps.append(["split", unit, owner])
            (self.steps if kept == "right" else later).append(["empty", *texts])
            low, high = kernel.step_split(self.statement, case, ["split", unit, owner], "search")
            return high if kept == "right" else low
        return None

    def explore(self, case: kernel.Case, frame: Frame, layers: int, leaf: Leaf) -> None:
        """Cross layers, splitting where the box does not decide; `leaf` ends every case."""
        later: list[Step] = []
        while layers:
            case, unit = self.settle(case, frame, later)
            if unit is not None:
                self.divide(case, frame, unit, layers, leaf)
                self.steps += later[::-1]
                return
            case, layers = self.next(case), layers - 1
        leaf(case, frame)
        self.steps += later[::-1]

    def divide(self, case: kernel.Case, frame: Frame, unit: int, layers: int, leaf: Leaf) -> None:
        """Split a unit, and explore both sides."""
        layer = self.statement.networks[case.network][case.layer]
        piece = layer.tables[unit][case.slots[unit][0]]
        step = ["split", unit, piece.side]
        self.steps.append(step)
        count = len(case.hypotheses)
        for child in kernel.step_split(self.statement, case, step, "search"):
            row, strict = child.hypotheses[-1]
            inner = frame.narrowed(row, count, strict)
            if inner is None:
                raise NotPlanned("a unit bends along no coordinate of the plan")
            self.explore(child, inner, layers, leaf)

    def next(self, case: kernel.Case) -> kernel.Case:
        """Go to the next layer."""
        self.steps.append(["next"])
        (case,) = kernel.step_next(self.statement, case, ["next"], "search")
        return case

    def straight(self, case: kernel.Case, frame: Frame, symbol: Symbol, later: list[Step]) -> kernel.Case:
        """Cross layers whose units the box decides, to be on these pieces."""
        for pieces in symbol:
            case, unit = self.settle(case, frame, later, pieces)
            if unit is not None:
                raise NotPlanned(f"unit {unit} of layer {case.layer} has two signs in a box of states")
            case = self.next(case)
        return case

    def cross(self, case: kernel.Case, frame: Frame, block: Block) -> kernel.Case:
        """Pass a block."""
        texts = self.entry(case, frame, block)
        if texts is None:
            raise NotPlanned(f"a case at layer {case.layer} is not inside the block it should pass")
        step = ["pass", block.index, *texts]
        self.steps.append(step)
        (case,) = kernel.step_pass(self.statement, case, step, "search")
        return case

    def entry(self, case: kernel.Case, frame: Frame, block: Block) -> list[list[Any]] | None:
        """Multipliers for the sides of a block's domain; None if the box of the case does not give them."""
        found = self.statement.blocks[block.index]
        sides = found.domain.rows
        forms = kernel.combined([row for row, _ in sides], case.rows, case.over)
        texts = []
        for form, (_, strict) in zip(forms, sides, strict=True):
            closed = frame.closing(form, not strict, len(case.hypotheses))
            if closed is None:
                return None
            texts.append(closed)
        return texts
