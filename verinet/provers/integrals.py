"""Integrals over a domain: the split tree down to cells, every cell cut down to simplices, contributions exactly.

The cells are kept as exact polytopes (`verinet.provers.pieces`), so no linear program is asked.  The box is first cut
along the domain's rows; where an absolute value stands, a cell is cut where its integrand changes sign, as far as that
is along hyperplanes, and simplices on which the sign stays mixed are halved until the bounds decide.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from verinet.claims.integrals import Integral, IntegralBetween
from verinet.claims.statements import point_json
from verinet.claims.verdicts import Proved, Refuted, Unknown, Verdict
from verinet.errors import BudgetExhausted, NotANumber
from verinet.kernel import Statement
from verinet.provers import decide
from verinet.provers.cases import Box, Case, advance, box_of, branch, breakpoint_of, enter, final_outputs, hex_number
from verinet.provers.check_costs import GRACE, Foreseen
from verinet.provers.pieces import Apexes, Piece, Row, box_piece, longest_edge_cut, simplex_cut
from verinet.provers.simplices import Integrand, Share, Work
from verinet.provers.trails import INTERRUPTED
from verinet.work import SILENT, Budget, Progress, keep_going, under

#: Outside of the domain the kernel multiplies no polynomials.
NOTHING = Work(0, 0)
#: Leaves that a certificate may get before the search gives up on an integral that the bounds do not decide.
MOST_LEAVES = 200_000


@dataclass(slots=True, eq=False)
class Leaf:
    """A part of the box that becomes one simplex, or is cut in two leaves; `share` is what it adds to the integral."""

    piece: Piece
    count: int  # hypotheses so far
    form: Any  # the integrand in x; None outside the domain
    apexes: Apexes = field(default_factory=Apexes)
    planes: tuple[Row, ...] = ()  # to cut along first: the integrand changes sign there
    work: Work = NOTHING  # for the kernel, on each simplex
    share: Share | None = None
    cut: Row | None = None
    parts: tuple[Leaf, ...] = ()

    def divide(self, row: Row, apexes: Apexes, planes: tuple[Row, ...]) -> tuple[Leaf, ...]:
        """Cut by a hyperplane through the inside; the low side owns it."""
        self.cut = row
        low, high = self.piece.cut(row, self.count)
        if low is None or high is None:
            raise ArithmeticError("a leaf was to be cut where it has no inside")
        self.parts = tuple(Leaf(part, self.count + 1, self.form, apexes, planes, self.work) for part in (low, high))
        return self.parts


@dataclass(frozen=True, slots=True, eq=False)
class Open:
    """An open case with its polytope; `row` is the next of the domain's rows to cut along."""

    case: Case
    piece: Piece
    row: int = 0


@dataclass(slots=True)
class Walk:
    """One depth-first walk through domain rows and layers; leaves stand in `steps` until they are written out."""

    statement: Statement
    box: Box
    budget: Budget
    progress: Progress
    integrand: Integrand
    foreseen: Foreseen  # with one simplex for each cell
    steps: list[list[Any] | Leaf] = field(default_factory=list)
    work: list[Open | Leaf | list[Any]] = field(default_factory=list)
    leaves: int = 0

    def run(self) -> None:
        """Work until nothing is open."""
        empty = Case(0, 0, 1, [], [], (), (), 0, (), np.zeros((0, len(self.box.low))), None)
        self.work.append(Open(enter(self.statement, self.box, empty, 0), box_piece(self.box)))
        while self.work:
            item = self.work.pop()
            if isinstance(item, Open):
                self.budget.spend()
                keep_going()
                self.visit(item)
            else:
                self.steps.append(item)

    def visit(self, open_case: Open) -> None:
        """Cut along a row of the domain, settle or split a unit, go to the next layer, or leave a leaf."""
        case, piece = open_case.case, open_case.piece
        rows = self.box.domain.rows
        for place in range(open_case.row, len(rows)):
            row = tuple(rows[place][0])
            if min(piece.values(row)) >= 0:
                continue
            low, high = piece.cut(row, case.hypotheses)
            if high is None:
                self.steps.append(Leaf(piece, case.hypotheses, None))
                return
            if low is not None:
                self.steps.append(["cut", [hex_number(entry) for entry in row], "left"])
                after = replace(case, hypotheses=case.hypotheses + 1)
                self.work += [Open(after, high, place + 1), Leaf(low, after.hypotheses, None)]
                return
        open_case = Open(case, piece, len(rows))
        self.descend(open_case)

    def descend(self, open_case: Open) -> None:
        """Inside the domain: the network's own splits."""
        case, piece = open_case.case, open_case.piece
        pending = [unit for unit, (first, last) in enumerate(case.slots) if first != last]
        while pending:
            unit = pending.pop()
            step = breakpoint_of(self.statement, case, self.box, unit)
            row = tuple(step.form)
            values = piece.values(row)
            if min(values) < 0 < max(values):
                self.split(open_case, case, unit, step.side, row)
                return
            keep_low = max(values) < 0 or (max(values) == 0 and (any(values) or step.side == "left"))
            case = self.settle(case, piece, step, row, keep_low)
            if case.slots[unit][0] != case.slots[unit][1]:
                pending.append(unit)
        following = advance(self.statement, self.box, case)
        if following is not None:
            self.steps.append(["next"])
            self.work.append(replace(open_case, case=following))
            return
        outputs = final_outputs(self.statement, case)
        work = self.integrand.work(outputs)
        self.foreseen.add(work.inserted + work.raised)  # before the same polynomials are multiplied here
        form = self.integrand.on_cell(outputs)
        self.steps.append(Leaf(piece, case.hypotheses, form, planes=self.integrand.planes(form), work=work))
        self.leaves += 1
        if self.leaves % 64 == 0:
            self.progress.update(self.leaves, len(self.work), "cells of the integral")

    def split(self, open_case: Open, case: Case, unit: int, side: str, row: Row) -> None:
        """Both sides have an interior: the low one is visited first."""
        step = breakpoint_of(self.statement, case, self.box, unit)
        self.steps.append(["split", unit, side])
        low, high = open_case.piece.cut(row, case.hypotheses)
        for part, is_low in ((high, False), (low, True)):
            if part is not None:
                after = branch(self.statement, case, step, side, is_low, self.box, None)
                self.work.append(replace(open_case, case=after, piece=part))

    def settle(self, case: Case, piece: Piece, step: Any, row: Row, keep_low: bool) -> Case:
        """A split of which the other side is empty or thin."""
        owner = ("left" if keep_low else "right") if step.free else step.side
        self.steps.append(["split", step.unit, owner])
        dead = row if keep_low else tuple(-entry for entry in row)
        strict = (owner == "left") == keep_low
        pairs = piece.refutation(dead, self.box)
        level = max(
            Fraction(value, vertex[0]) for value, vertex in zip(piece.values(dead), piece.vertices, strict=True)
        )
        name = "empty" if level < 0 or strict else "thin"
        leaf = [name, *([0 if place < 0 else case.hypotheses - place, hex_number(m)] for place, m in pairs)]
        if keep_low:
            self.work.append(leaf)
        else:
            self.steps.append(leaf)
        return branch(self.statement, case, step, owner, keep_low, self.box, None)


@dataclass(slots=True)
class Total:
    """The leaves of a walk as simplices, and the bounds that they add up to."""

    walk: Walk
    foreseen: Foreseen
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)
    count: int = 0
    wide: list[tuple[Fraction, int, Leaf]] = field(default_factory=list)  # a heap: widest first

    def add_all(self) -> None:
        """Cut every leaf of the walk down to simplices."""
        for item in self.walk.steps:
            if isinstance(item, Leaf):
                self.add(item)

    def add(self, leaf: Leaf) -> None:
        """Cut one leaf down to simplices, and add up their shares."""
        todo = [leaf]
        while todo:
            keep_going()
            leaf = todo.pop()
            plane = next(((k, row) for k, row in enumerate(leaf.planes) if _divides(leaf.piece, row)), None)
            if plane is not None:
                todo.extend(leaf.divide(plane[1], Apexes(), leaf.planes[plane[0] + 1 :]))
                continue
            step = simplex_cut(leaf.piece, leaf.apexes)
            if step is not None:
                todo.extend(leaf.divide(step[0], step[1], ()))
                continue
            leaf.share = Share(Fraction(0), Fraction(0))
            if leaf.form is not None:
                leaf.share = self.walk.integrand.share(leaf.form, leaf.piece.vertices, leaf.work, self.foreseen)
            self.count += 1
            self.low += leaf.share.low
            self.high += leaf.share.high
            if leaf.share.low < leaf.share.high:
                heapq.heappush(self.wide, (leaf.share.low - leaf.share.high, self.count, leaf))

    def halve(self) -> None:
        """Cut the simplex that is known least."""
        leaf = heapq.heappop(self.wide)[2]
        if leaf.share is None:
            return
        self.low -= leaf.share.low
        self.high -= leaf.share.high
        self.foreseen.seconds -= leaf.share.seconds
        for part in leaf.divide(longest_edge_cut(leaf.piece), Apexes(), ()):
            self.add(part)

    def steps(self) -> list[list[Any]]:
        """All steps, in the order in which the kernel reads them."""
        written: list[list[Any]] = []
        for item in self.walk.steps:
            if not isinstance(item, Leaf):
                written.append(item)
                continue
            todo = [item]
            while todo:
                keep_going()
                leaf = todo.pop()
                if leaf.cut is not None:
                    written.append(["cut", [hex_number(entry) for entry in leaf.cut], "left"])
                    todo.extend(reversed(leaf.parts))
                else:
                    written.append(_simplex(leaf.piece.vertices))
        return written


def _divides(piece: Piece, row: Row) -> bool:
    values = piece.values(row)
    return min(values) < 0 < max(values)


def _simplex(vertices: Sequence[Row]) -> list[Any]:
    over = lcm(*(vertex[0] for vertex in vertices))
    rows = [[hex_number(entry * (over // vertex[0])) for entry in vertex[1:]] for vertex in vertices]
    return ["simplex", hex_number(over), rows]


def total(data: dict[str, Any], budget: Budget, progress: Progress) -> Total | Unknown:
    """The bounds of an integral without refinement, and the steps that show them."""
    statement = decide.read(data)
    if statement.domain is None:
        return Unknown("the statement has no domain")
    box = box_of(statement.domain)
    walk = Walk(statement, box, budget, progress, Integrand.of(statement), Foreseen(budget))
    found = Total(walk, Foreseen(budget))
    walk.run()
    found.add_all()
    return found


@dataclass(frozen=True, slots=True)
class Said:
    """A theorem in other words than those of the integral that proves it, with what it assumes besides."""

    text: str
    assumptions: tuple[dict[str, str], ...] = ()


def integral_between(claim: IntegralBetween, budget: Budget, progress: Progress, said: Said | None = None) -> Verdict:
    """Decide whether an integral lies between the bounds of the claim; a proof is `said` in other words, if given."""
    try:
        with under(budget):
            data = claim.statement()
            found = total(data, budget, progress)
            if isinstance(found, Unknown):
                return found
            while not _decided(claim, found):
                if budget.exhausted():
                    return Unknown(f"{budget.reason()}; {_known(found)}")
                if not found.wide or found.count >= MOST_LEAVES:
                    return Unknown(f"the bounds do not decide after {found.count} simplices; {_known(found)}")
                found.halve()
            evidence = {"steps": found.steps()}
    except BudgetExhausted as error:
        return Unknown(error.problem)
    except KeyboardInterrupt:
        return Unknown(INTERRUPTED)
    if claim.low <= found.low and found.high <= claim.high:
        return certified(said or Said(claim.text()), data, evidence, budget)
    shown = claim.with_bounds(found.low, found.high)
    stated = {**data, "bounds": point_json((found.low, found.high))}
    verdict = certified(Said(shown.text()), stated, evidence, budget)
    if not isinstance(verdict, Proved):
        return verdict
    return Refuted(None, verdict.certificate, f"{claim.text()} (there {shown.text()})")


def certified(said: Said, data: dict[str, Any], evidence: dict[str, Any], budget: Budget) -> Proved | Unknown:
    """`Proved` if the kernel accepts the steps before the budget, and a moment beyond it, run out."""
    left = budget.left()
    limits = Budget(None if left is None else max(left, 0.0) + GRACE)
    try:
        with under(limits):
            return decide.certified(said.text, data, evidence, said.assumptions, watched=left is not None)
    except BudgetExhausted:
        return Unknown(f"the budget of {budget.seconds:g} seconds ran out in the kernel's check of a proof")
    except KeyboardInterrupt:
        return Unknown(INTERRUPTED)


def enclosed(quantity: Integral, width: Fraction, budget: Budget | None = None, progress: Progress = SILENT) -> Verdict:
    """Prove bounds of an integral that are at most `width` apart; both are the value where it is found exactly.

    Parameters
    ----------
    quantity : Integral
        ``integral(...)``, or ``lp_error(..., p) ** p``.
    width : Fraction
        More than 0.
    budget, progress : optional
        As for `prove`.

    Returns
    -------
    Proved or Unknown
        The theorem's claim states the bounds.

    Examples
    --------
    >>> from verinet.claims.lp_errors import lp_error
    >>> from verinet.geometry import interval
    >>> from verinet.networks import network, relu, variable
    >>> x = variable("x")
    >>> error = lp_error(network(x, relu(x)), {(2,): 1}, interval(-1, 1), p=1)
    >>> print(enclosed(error**1, Fraction(1, 100)))
    PROVED   integral of |f(x) - x^2| = 1/2 on [-1,1]     kernel only

    Notes
    -----
    Guarantee: exact.
    """
    if width <= 0:
        raise NotANumber("bounds of an integral have a positive distance", fix="ask for a width such as Q('1/1000')")
    limits = budget or Budget()
    claim = quantity.between(0, 0)
    try:
        with under(limits):
            data = claim.statement()
            found = total(data, limits, progress)
            if isinstance(found, Unknown):
                return found
            # short numbers, for which a quarter of the width is set aside
            while found.high - found.low > width * 3 / 4:
                if limits.exhausted() or found.count >= MOST_LEAVES:
                    return Unknown(f"not as narrow as asked after {found.count} simplices; {_known(found)}")
                found.halve()
            evidence = {"steps": found.steps()}
    except BudgetExhausted as error:
        return Unknown(error.problem)
    except KeyboardInterrupt:
        return Unknown(INTERRUPTED)
    low, high = found.low, found.high
    if low < high:
        low, high = _outwards(low, width / 8, -1), _outwards(high, width / 8, 1)
    claim = claim.with_bounds(low, high)
    stated = {**data, "bounds": point_json((low, high))}
    return certified(Said(claim.text()), stated, evidence, limits)


def _outwards(value: Fraction, step: Fraction, sign: int) -> Fraction:
    """The next multiple of 2^-k <= step beyond the value."""
    scale = 1 << max(0, (step.denominator // step.numerator).bit_length())
    return Fraction(sign * -((-sign * value * scale) // 1), scale)


def _decided(claim: IntegralBetween, found: Total) -> bool:
    inside = claim.low <= found.low and found.high <= claim.high
    return inside or found.high < claim.low or found.low > claim.high


def _known(found: Total) -> str:
    return f"it lies between {float(found.low):.6g} and {float(found.high):.6g} (rounded)"
