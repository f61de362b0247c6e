"""Errors of constructions by their plan: cells of the good set exactly, what lies between them by one bound.

The box of inputs is cut along the ends of flats and risers.  On a cell the network is one affine map, which the
blocks of `verinet.provers.blocks` show in a few steps; on a riser the outputs are only known to stay in an interval.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import lcm

import numpy as np
import numpy.typing as npt

from verinet import kernel
from verinet.claims.integrals import IntegralBetween
from verinet.claims.language import AnyClaim
from verinet.claims.plans import Plan
from verinet.claims.verdicts import Unknown, Verdict
from verinet.errors import BudgetExhausted
from verinet.provers import decide, portfolio
from verinet.provers.blocks import Library, NotPlanned, Walker
from verinet.provers.cases import hex_number
from verinet.provers.cells_of_plans import Cells
from verinet.provers.frames import End, Frame, identity
from verinet.provers.ranges_of_plans import whole_range
from verinet.work import SILENT, Budget, Progress, keep_going, under

Row = npt.NDArray[np.int32]
Leaf = Callable[[Walker, kernel.Case, Frame], None]


@dataclass(slots=True)
class Tree:
    """The main steps: cuts along the axes, blocks, and leaves."""

    cells: Cells
    walker: Walker
    plan: Plan
    leaf: Leaf
    progress: Progress
    symbols: dict[tuple[int, ...], Row]
    bad: Callable[[Walker, kernel.Case, Frame], None] | None
    done: int = 0

    def run(self, case: kernel.Case, frame: Frame, chosen: tuple[int, ...]) -> None:
        """Cut along the next axis, or cross the network on a cell."""
        axis = len(chosen)
        if axis == len(self.plan.axes):
            self.cross(case, frame, chosen)
            return
        self.cut(case, frame, chosen, 0, len(self.plan.axes[axis]) - 1)

    def cut(self, case: kernel.Case, frame: Frame, chosen: tuple[int, ...], low: int, high: int) -> None:
        """Intervals low..high-1 of the axis are left."""
        axis = len(chosen)
        if high - low == 1:
            if self.bad is not None and not self.plan.flats[axis][low]:
                self.bad(self.walker, case, frame)
            else:
                self.run(case, frame, (*chosen, low))
            return
        middle = (low + high) // 2
        end = self.plan.axes[axis][middle]
        row = [0] * (len(self.plan.axes) + 1)
        row[0], row[axis + 1] = -end.numerator, end.denominator
        step = ["cut", [hex_number(entry) for entry in row], "right"]
        self.walker.steps.append(step)
        below, above = kernel.step_cut(self.walker.statement, case, step, "search")
        place, scale = len(case.hypotheses), Fraction(end.denominator)
        old = frame.ends[axis]
        pairs = ((old[0], End(end, True, place, scale)), (End(end, False, place, scale), old[1]))
        for child, pair, bounds in zip((below, above), pairs, ((low, middle), (middle, high)), strict=True):
            ends = (*frame.ends[:axis], pair, *frame.ends[axis + 1 :])
            self.cut(child, Frame(frame.coordinates, ends), chosen, *bounds)

    def cross(self, case: kernel.Case, frame: Frame, chosen: tuple[int, ...]) -> None:
        """All layers on one cell, then the leaf."""
        keep_going()
        for block in self.cells.runs(self.symbols[chosen]):
            case = self.walker.cross(case, frame, block)
        self.leaf(self.walker, self.walker.next(case), frame)
        self.done += 1
        if self.done % 16 == 0:
            self.progress.update(self.done, len(self.symbols), "cells")


def simplices(walker: Walker, case: kernel.Case, frame: Frame) -> None:
    """Cut a box into simplices, one for each order of its coordinates, and write them down."""
    sides = [(low.value, high.value) for low, high in frame.ends]

    def below(order: tuple[int, ...]) -> list[list[Fraction]]:
        corner = [low for low, _ in sides]
        corners = [list(corner)]
        for axis in order:
            corner[axis] = sides[axis][1]
            corners.append(list(corner))
        return corners

    def place(case: kernel.Case, order: tuple[int, ...], axis: int) -> None:
        """Insert an axis into the order, greatest share of its side first."""
        if axis == len(sides):
            corners = below(order)
            over = lcm(*(entry.denominator for corner in corners for entry in corner))
            rows = [[hex_number(int(entry * over)) for entry in corner] for corner in corners]
            walker.steps.append(["simplex", hex_number(over), rows])
            return
        insert(case, order, axis, 0, len(order))

    def insert(case: kernel.Case, order: tuple[int, ...], axis: int, low: int, high: int) -> None:
        if low == high:
            place(case, (*order[:low], axis, *order[low:]), axis + 1)
            return
        middle = (low + high) // 2
        other = order[middle]
        step = ["cut", [hex_number(entry) for entry in _comparison(sides, axis, other)], "right"]
        walker.steps.append(step)
        children = kernel.step_cut(walker.statement, case, step, "search")
        insert(children[0], order, axis, middle + 1, high)
        insert(children[1], order, axis, low, middle)

    place(case, (), 0)


def _comparison(sides: Sequence[tuple[Fraction, Fraction]], one: int, other: int) -> list[int]:
    """The share of one side less that of the other, as an integer form."""
    form = [Fraction(0)] * (len(sides) + 1)
    for axis, sign in ((one, 1), (other, -1)):
        low, high = sides[axis]
        form[axis + 1] += sign / (high - low)
        form[0] -= sign * low / (high - low)
    over = lcm(*(entry.denominator for entry in form))
    return [int(entry * over) for entry in form]


def planned(
    claim: AnyClaim, plan: Plan | None, budget: Budget | float | None = None, progress: Progress = SILENT
) -> Verdict:
    """Decide a claim about a construction with the help of a plan; without one, or where it does not fit, as `prove`.

    Guarantee: exact.
    """
    limits = budget if isinstance(budget, Budget) else Budget(seconds=budget)
    if plan is None or not isinstance(claim, IntegralBetween):
        return portfolio.prove(claim, limits, progress)
    try:
        with under(limits):
            return error_integral(claim, plan, progress)
    except NotPlanned:
        return portfolio.prove(claim, limits, progress)
    except BudgetExhausted:
        return Unknown(limits.reason())
    except KeyboardInterrupt:
        return Unknown("it was interrupted")


def error_integral(claim: IntegralBetween, plan: Plan, progress: Progress) -> Verdict:
    """The integral of the error by cells."""
    data = claim.statement()
    statement = decide.read(data)
    if statement.domain is None:
        raise NotPlanned("the statement has no domain")
    library = Library.of(statement, plan)
    cells = Cells(library)
    good = [[k for k, flat in enumerate(flats) if flat] for flats in plan.flats]
    chosen = list(product(*good))
    points = [[(plan.axes[axis][k] + plan.axes[axis][k + 1]) / 2 for axis, k in enumerate(places)] for places in chosen]
    symbols = dict(zip(chosen, cells.guess(points), strict=True))
    outside = None
    if any(not all(flats) for flats in plan.flats):
        block = whole_range(cells, plan, statement.domain, symbols)

        def outside(walker: Walker, case: kernel.Case, frame: Frame) -> None:
            simplices(walker, walker.cross(case, frame, block), frame)

    walker = Walker(library.statement)
    box = kernel.Box(statement.domain.over, list(statement.domain.box))
    case = kernel.enter(library.statement, kernel.Case([], 0, 0, 1, [], [], [], box, []), 0)
    ends = tuple((End(Fraction(low or 0, box.over)), End(Fraction(high or 0, box.over))) for low, high in box.ends)
    tree = Tree(cells, walker, plan, simplices, progress, symbols, outside)
    tree.run(case, Frame(identity(len(ends)), ends), ())
    return decide.certified(claim.text(), data, {"steps": walker.steps, "blocks": library.texts})
