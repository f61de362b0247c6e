"""Errors by a plan: cells of the good set exactly, what lies between them by one bound.

The box of inputs is cut along the ends of flats and risers.  On a cell the network is one affine map, which the
blocks of `verinet.provers.blocks` show in a few steps; on a riser the outputs are only known to stay in an interval.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, product
from math import lcm
from typing import Any

import numpy as np
import numpy.typing as npt

from verinet import kernel
from verinet.claims.integrals import IntegralBetween
from verinet.claims.language import SupErrorAtMost
from verinet.claims.plans import Plan
from verinet.claims.verdicts import Verdict
from verinet.provers import decide
from verinet.provers.bernstein_goals import terms
from verinet.provers.blocks import Library
from verinet.provers.cases import hex_number
from verinet.provers.cells_of_plans import Cells
from verinet.provers.frames import End, Frame, identity
from verinet.provers.ranges_of_plans import whole_range
from verinet.provers.walks import NotPlanned, Walker
from verinet.work import Progress, keep_going

Row = npt.NDArray[np.int32]
#: How often a cell is cut for a sup error.
MOST_CUTS = 12
Leaf = Callable[[Walker, kernel.Case, Frame], None]


class TooFar(NotPlanned):
    """The error is not seen to be below its bound on a small box; on it the claim may fail."""

    def __init__(self, sides: Sequence[tuple[Fraction, Fraction]]) -> None:
        super().__init__("the error is not seen to be below its bound on a cell")
        self.points = [tuple((low + high) / 2 for low, high in sides), *product(*sides)]


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
    if any(low == high for low, high in sides):
        corner = [low for low, _ in sides]
        walker.steps.append(_simplex([corner] * (len(sides) + 1)))  # of volume 0, as the case
        return

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
            walker.steps.append(_simplex(below(order)))
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


def _simplex(corners: Sequence[Sequence[Fraction]]) -> list[Any]:
    """The step that writes down a simplex."""
    over = lcm(*(entry.denominator for corner in corners for entry in corner))
    return ["simplex", hex_number(over), [[hex_number(int(entry * over)) for entry in corner] for corner in corners]]


def _comparison(sides: Sequence[tuple[Fraction, Fraction]], one: int, other: int) -> list[int]:
    """The share of one side less that of the other, as an integer form."""
    form = [Fraction(0)] * (len(sides) + 1)
    for axis, sign in ((one, 1), (other, -1)):
        low, high = sides[axis]
        form[axis + 1] += sign / (high - low)
        form[0] -= sign * low / (high - low)
    over = lcm(*(entry.denominator for entry in form))
    return [int(entry * over) for entry in form]


@dataclass(slots=True)
class Rest:
    """What comes after the first network: the others, split where a cell does not decide; then the leaf."""

    leaf: Leaf

    def __call__(self, walker: Walker, case: kernel.Case, frame: Frame) -> None:
        """Go on with the next network, if there is one."""
        networks = walker.statement.networks
        if case.network + 1 == len(networks):
            self.leaf(walker, case, frame)
            return
        case = walker.next(case)
        layers = len(networks[case.network]) - 1
        walker.explore(case, frame, layers, lambda after, inner: self(walker, after, inner))


def bounds(walker: Walker, case: kernel.Case, frame: Frame, depth: int = 0) -> None:
    """Close a sup error on a box by Bernstein coefficients, cutting it where they do not suffice."""
    statement = walker.statement
    outputs = kernel.final_outputs(statement, case, "search")
    found = []
    for clause in statement.clauses:
        ((negation, _),) = kernel.negated_polynomials(clause, outputs)
        found.append(terms(negation, frame, len(case.hypotheses), case.box.over))
    if all(entry is not None for entry in found):
        walker.steps.append(["goal", *found])
        return
    if depth == MOST_CUTS:
        raise TooFar([(low.value, high.value) for low, high in frame.ends])
    axis = depth % len(frame.ends)
    low, high = frame.ends[axis]
    row = [0] * (len(frame.ends) + 1)
    middle = (low.value + high.value) / 2
    row[0], row[axis + 1] = -middle.numerator, middle.denominator
    step = ["cut", [hex_number(entry) for entry in row], "right"]
    walker.steps.append(step)
    count = len(case.hypotheses)
    for child in kernel.step_cut(statement, case, step, "search"):
        inner = frame.narrowed(*child.hypotheses[-1][:1], count, child.hypotheses[-1][1])
        if inner is not None:
            bounds(walker, child, inner, depth + 1)


def integral(claim: IntegralBetween, plan: Plan, progress: Progress) -> Verdict:
    """An integral of an error, by cells."""
    data = claim.statement()
    return decide.certified(claim.text(), data, by_cells(data, plan, progress, simplices), watched=True)


def sup_error(claim: SupErrorAtMost, plan: Plan, progress: Progress) -> Verdict:
    """A sup error, by cells."""
    data = claim.statement()
    if not all(map(all, plan.flats)):
        raise NotPlanned("a sup error has to be shown everywhere")
    try:
        evidence = by_cells(data, plan, progress, bounds)
    except TooFar as found:
        for point in filter(claim.refuted_by, found.points):
            return decide.refuted(claim, point)
        raise
    return decide.certified(claim.text(), data, evidence)


def by_cells(data: dict[str, Any], plan: Plan, progress: Progress, leaf: Leaf) -> dict[str, Any]:
    """The evidence: blocks, and steps that cut the box into cells."""
    statement = decide.read(data)
    if statement.domain is None or statement.domain.rows or None in sum(statement.domain.box, ()):
        raise NotPlanned("a plan is about a box")
    box = kernel.Box(statement.domain.over, list(statement.domain.box))
    ends = tuple((End(Fraction(low or 0, box.over)), End(Fraction(high or 0, box.over))) for low, high in box.ends)
    plan = clipped(plan, [(low.value, high.value) for low, high in ends])
    library = Library.of(statement, plan)
    cells = Cells(library)
    good = [[k for k, flat in enumerate(flats) if flat] for flats in plan.flats]
    chosen = list(product(*good))
    points = [[(plan.axes[j][k] + plan.axes[j][k + 1]) / 2 for j, k in enumerate(places)] for places in chosen]
    symbols = dict(zip(chosen, cells.guess(points), strict=True))
    cells.expect(symbols.values())
    rest = Rest(leaf)
    outside: Leaf | None = None
    if not all(map(all, plan.flats)):
        block = whole_range(cells, plan, statement.domain, symbols)

        def outside(walker: Walker, case: kernel.Case, frame: Frame) -> None:
            rest(walker, walker.cross(case, frame, block), frame)

    walker = Walker(library.statement)
    hypotheses = [] if statement.kind == "integral" else list(statement.domain.rows)
    case = kernel.enter(library.statement, kernel.Case(hypotheses, 0, 0, 1, [], [], [], box, []), 0)
    tree = Tree(cells, walker, plan, rest, progress, symbols, outside)
    tree.run(case, Frame(identity(len(ends)), ends), ())
    return {"steps": walker.steps, "blocks": library.texts}


def clipped(plan: Plan, box: Sequence[tuple[Fraction, Fraction]]) -> Plan:
    """The plan on a smaller box."""
    if len(box) != len(plan.axes) or len(box) != len(plan.flats):
        raise NotPlanned("the plan is about another number of inputs")
    axes, flats = [], []
    for (low, high), ends, known in zip(box, plan.axes, plan.flats, strict=True):
        if len(ends) != len(known) + 1 or any(a >= b for a, b in pairwise(ends)):
            raise NotPlanned("an axis of the plan is not cut into its intervals")
        if low < ends[0] or high > ends[-1]:
            raise NotPlanned("the box is larger than the plan's")
        # an end belongs to the interval above it, which may hold no more of the box than that
        kept = [k for k in range(len(known)) if ends[k] <= high and ends[k + 1] > low]
        if not any(known[k] for k in kept):
            raise NotPlanned("the plan has no good cells in the box")
        axes.append((low, *(ends[k] for k in kept[1:]), high))
        flats.append(tuple(known[k] for k in kept))
    return replace(plan, axes=tuple(axes), flats=tuple(flats))
