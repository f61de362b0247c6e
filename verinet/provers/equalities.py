"""Equality of two networks by cases in which their bends cancel.

A case is split until the difference of the networks has no bend left (`bends`), which points of the case tell in
floats; then it is closed exactly (`cancellation`).  Where the points told a wrong sign, the exact search meets a
point that says so, and the case is looked at again with it.  For networks whose bends are one hyperplane each,
this needs far fewer cases than there are cells; two copies of one network need no split at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate
from typing import Any

import numpy as np

from verinet import kernel
from verinet.claims.language import Equal
from verinet.claims.tape import Tape
from verinet.claims.verdicts import Proved, Unknown, Verdict
from verinet.errors import Unsupported
from verinet.provers import decide
from verinet.provers.bends import Shape, Signs, best_way, evaluate, partnered, residue, shape_of, signs
from verinet.provers.cancellation import Closing, NotCancelled, settle
from verinet.provers.cases import Box, Floats, box_of, hex_number
from verinet.provers.depth_first import searched
from verinet.provers.refutation import DEEPEST, Contradicted, Script, Shadow, TooDeep, whole
from verinet.provers.trails import CHILDREN, INTERRUPTED, Choice, CountedCell, Fails, Steps, Stopped
from verinet.work import SILENT, Budget, Progress

#: Points of the domain to begin with; a case with fewer than `FEW` gets mixtures of its own.
POINTS = 20_000
FEW = 600
#: In fewer inputs cells are few, and corners tell them: there only what needs no split is closed by bends.
LEAST_INPUTS = 3
#: With more bends than this, cases are too slow to compare.
MOST_BENDS = 400
#: Cases that may be visited before the search by cells is tried.
CASES = 2_000
#: Wrong signs that one case may have before the search gives up.
PATIENCE = 200
SEED = 1
#: Raised when a case that an older search left open should not be taken up again.
VERSION = "1"
#: Points by which an open case is described to others.
HINTS = 8
#: Branches below one another for the sign of a unit while the other network's same units count as bends.
FEW_BRANCHES = 3
#: Rounds of steps from the points of a case, and the longest step.
ROUNDS = 4
REACH = 8.0
#: Denominators tried for a point at which the networks differ.
DENOMINATORS = (1, 2, 4, 16, 1 << 10, 1 << 30)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """An open case, and points of it with g of every unit."""

    case: kernel.Case
    points: Floats
    levels: Floats
    surprises: int = 0


@dataclass(slots=True)
class Search:
    """One depth-first search, in the manner of `tree.Search`: `work` holds open cases and steps that wait."""

    statement: kernel.Statement
    shape: Shape
    budget: Budget
    progress: Progress
    random: np.random.Generator
    steps: Tape = field(default_factory=Tape)
    work: list[Any] = field(default_factory=list)
    cases: int = 0
    leaves: int = 0
    contacts: list[tuple[Fraction, ...]] = field(default_factory=list)
    cells: list[CountedCell] = field(default_factory=list)
    shadows: dict[int, Shadow] = field(default_factory=dict)

    def first(self) -> Part:
        """The whole domain."""
        domain = self.statement.domain
        if domain is None:
            raise Unsupported("a statement without a domain is evaluated, not searched", fix="report this claim")
        box = kernel.Box(domain.over, list(domain.box))
        case = kernel.enter(self.statement, kernel.Case(list(domain.rows), 0, 0, 1, [], [], [], box, []), 0)
        return self.part(case, spread(box_of(domain), np.random.default_rng(SEED)))

    def part(self, case: kernel.Case, points: Floats) -> Part:
        """A case with points of it."""
        return Part(case, points, evaluate(self.shape, points)[0])

    def movable(self, case: Part) -> bool:
        """Any case can be taken up elsewhere."""
        return True

    def hint(self, case: Part) -> list[list[str]]:
        """A few of the points; others are found from these."""
        return [[entry.hex() for entry in point] for point in case.points[:HINTS].tolist()]

    def reopen(self, trail: Sequence[Choice], hint: list[list[str]]) -> Part:
        """The case at the end of a trail, by the kernel's own moves."""
        case, script = self.first().case, Script(self.statement)
        for step, side, _ in trail:
            case = script.move(case, step)[int(side == "high")]
        points = np.array([[float.fromhex(entry) for entry in point] for point in hint])
        return self.part(case, points.reshape(len(hint), self.shape.inputs))

    def emit(self, step: list[Any]) -> None:
        """Append a step that waited."""
        self.steps.append(step)
        self.leaves += step[0] not in CHILDREN

    def visit(self, part: Part) -> Stopped | None:
        """Close a case, or split it."""
        try:
            return self.looked_at(part)
        except (OverflowError, kernel.Rejected):
            return self.gives_up("floats took a number for 0 that is not")

    def looked_at(self, part: Part) -> Stopped | None:
        """As `visit`."""
        part = self.filled(part)
        phases = signs(part.levels)
        left = residue(self.shape, phases)
        script = Script(self.statement, shadows=self.shadows)
        opened: list[Any] = []
        try:
            if left.vanishes:
                script = self.closed(part, phases)
            elif left.ways:
                opened = self.split(script, part, phases, best_way(self.shape, part.levels, left.ways))
            else:
                return self.gives_up("a case without bends is left in which the networks seem to differ")
        except Contradicted as found:
            return self.again(part, found.point)
        except NotCancelled:
            return self.gives_up("bends cancel in floats, but not exactly")
        except TooDeep:
            return self.gives_up("the sign of a unit needs too many branches")
        for step in script.steps:
            self.emit(step)
        self.work += opened
        self.cases += not opened
        self.progress.update(self.cases, sum(isinstance(item, Part) for item in self.work), "cases closed")
        return None

    def closed(self, part: Part, phases: Signs) -> Script:
        """Close a case without splits.

        The sign of a unit that the other network has too need not be known: both are treated as bends, whatever
        branches the sign would take, and whether the points tell it or not.
        """
        same = np.where(partnered(self.shape, part.levels), 0, phases).astype(np.int8)
        if (same != phases).any() and residue(self.shape, same).vanishes:
            with suppress(TooDeep, NotCancelled):
                return self.closing(part, same, FEW_BRANCHES)
        return self.closing(part, phases, DEEPEST)

    def closing(self, part: Part, phases: Signs, deepest: int) -> Script:
        """What closes a case whose units have these signs."""
        script = Script(self.statement, shadows=self.shadows, deepest=deepest)
        Closing(script, part.case, self.shape.inputs).run(self.by_layer(phases))
        return script

    def gives_up(self, reason: str) -> Stopped:
        """Why no further case is looked at."""
        return Stopped(reason, self.leaves, True)

    def again(self, part: Part, point: Floats) -> Stopped | None:
        """Look at a case again with a point that has other signs."""
        seen = point[None, :]
        if part.surprises >= PATIENCE:
            return self.gives_up("the signs of a case are too hard to tell")
        points = np.vstack([part.points, seen])
        levels = np.vstack([part.levels, evaluate(self.shape, seen)[0]])
        self.work.append(Part(part.case, points, levels, part.surprises + 1))
        return None

    def filled(self, part: Part) -> Part:
        """The case with more points if it has few: steps from its points in random directions, most of them far."""
        points = part.points
        if len(points) >= FEW or not len(points):
            return part
        script = Script(self.statement, shadows=self.shadows)
        rows = np.array([script.shadow(row).row for row, _ in part.case.hypotheses])
        box = part.case.box
        for _ in range(ROUNDS):
            starts = points[self.random.integers(0, len(points), FEW)]
            size = np.abs(starts).max(axis=1, keepdims=True)
            ways = self.random.standard_normal(starts.shape) * size
            ways[: FEW // 2] *= self.random.random((FEW // 2, starts.shape[1])) < 0.3
            reach = np.full(FEW, REACH)
            ends = [rows[:, 1:] @ ways.T, rows[:, 1:] @ starts.T + rows[:, :1]] if len(rows) else []
            for way, start in zip(*ends, strict=True) if ends else ():
                falls = way < 0
                reach[falls] = np.minimum(reach[falls], start[falls] / -way[falls])
            for place, (low, high) in enumerate(box.ends):
                way, start = ways[:, place], starts[:, place]
                for end, falls in ((low, way < 0), (high, way > 0)):
                    if end is not None:
                        reach[falls] = np.minimum(reach[falls], (end / box.over - start[falls]) / way[falls])
            shares = 1 - self.random.random(FEW) ** 3 * np.where(self.random.random(FEW) < 0.5, 1.0, 0.01)
            points = np.vstack([points, starts + (reach * shares)[:, None] * ways])
        fresh = points[len(part.points) :]
        return Part(part.case, points, np.vstack([part.levels, evaluate(self.shape, fresh)[0]]), part.surprises)

    def split(self, script: Script, part: Part, phases: Signs, unit: int) -> list[Any]:
        """Split a case along g = 0 of a unit, after settling the units of the first layer that have one sign.

        What is to be done next comes last.
        """
        case = part.case
        later: list[Any] = []
        for place, (first, last) in enumerate(case.slots):
            if first != last and phases[place]:
                case, waiting = settle(script, case, place, int(phases[place]))
                later += reversed(waiting.steps)
        if unit < len(case.rows):
            low, high = script.move(case, ["split", unit, "left"])
        else:
            row = self.row(unit, somewhere(phases, part.levels))
            low, high = script.move(case, ["cut", [hex_number(entry) for entry in row], "left"])
        for child, side in ((high, part.levels[:, unit] > 0), (low, part.levels[:, unit] < 0)):
            later.append(Part(child, part.points[side], part.levels[side]))
        return later

    def row(self, unit: int, phases: Signs) -> list[int]:
        """The form g of a unit of a later layer, exactly, where no unit below has phase 0."""
        start = 0
        for network in self.statement.networks:
            size = self.shape.inputs
            values = [[Fraction(int(k == j + 1)) for k in range(size + 1)] for j in range(size)]
            for layer in network:
                bends = phases[start : start + len(layer.weights)]
                rows = [[Fraction(w[0], layer.over)] + [Fraction(0)] * size for w in layer.weights]
                for row, weights in zip(rows, layer.weights, strict=True):
                    for entry, value in zip(weights[1:], values, strict=True):
                        if entry:
                            row[:] = [a + Fraction(entry, layer.over) * b for a, b in zip(row, value, strict=True)]
                q = layer.activations_over
                if unit < start + len(rows):
                    form = rows[unit - start]
                    return whole([form[0] - Fraction(layer.tables[unit - start][0].until or 0, q), *form[1:]])
                pieces = [table[-1 if sign > 0 else 0] for table, sign in zip(layer.tables, bends, strict=True)]
                values = [[entry * (p.slope or 0) / q for entry in row] for row, p in zip(rows, pieces, strict=True)]
                for value, piece in zip(values, pieces, strict=True):
                    value[0] += Fraction(piece.offset, q)
                start += len(rows)
        raise NotCancelled

    def by_layer(self, phases: Signs) -> list[Signs]:
        """The signs, a list for each layer of both networks."""
        ends = list(accumulate(len(layer.at) for network in self.shape.networks for layer in network))
        return np.split(phases, ends[:-1])


def somewhere(phases: Signs, levels: Floats) -> Signs:
    """The signs, with those of one point for the units that have both.

    Where bends of lower units cancel in a form (r(b) - r(-b) = b), it is the same form whichever point is taken, but
    not with signs that no point has; the point is the one that is farthest from all breakpoints.
    """
    bending = phases == 0
    if not bending.any():
        return phases
    point = np.abs(levels[:, bending]).min(axis=1).argmax()
    found: Signs = np.where(bending, np.where(levels[point] > 0, 1, -1), phases).astype(np.int8)
    return found


def equality(claim: Equal, budget: Budget, progress: Progress = SILENT) -> Verdict:
    """Decide that two networks are equal: by bends that cancel, and else by cells.

    Returns
    -------
    Proved, Refuted or Unknown
        `Proved` only after the kernel has accepted the certificate, `Refuted` with an exactly evaluated point.
    """
    data = claim.statement()
    statement = decide.read(data)
    try:
        verdict = _by_bends(claim, data, statement, budget, progress)
    except OverflowError:  # a domain beyond floats: cells decide
        verdict = None
    return decide.universal(claim, budget, progress) if verdict is None else verdict


def _by_bends(
    claim: Equal, data: decide.Json, statement: kernel.Statement, budget: Budget, progress: Progress
) -> Verdict | None:
    """The verdict, if bends that cancel or a point that differs give one."""
    shape = shape_of(statement)
    if shape is None or statement.domain is None or int(shape.bending.sum()) > MOST_BENDS:
        return None
    points = spread(box_of(statement.domain), np.random.default_rng(SEED))
    few_inputs = claim.domain.dimension < LEAST_INPUTS
    if few_inputs and not residue(shape, signs(evaluate(shape, points)[0])).vanishes:
        return None
    point = differing(claim, shape, points)
    if point is not None:
        return decide.refuted(claim, point)
    if len(points) < FEW:
        return None
    left = budget.left()
    limits = Budget(None if left is None else left / 2, CASES if budget.steps is None else budget.steps - budget.spent)
    found = searched("bends", begin, statement, limits, progress)
    budget.spend(limits.spent)
    if isinstance(found, Steps):
        verdict = decide.certified(claim.text(), data, {"steps": found.steps})
        return verdict if isinstance(verdict, Proved) else None
    if isinstance(found, Fails):
        return None  # not from here: cells decide
    if found.reason == INTERRUPTED:
        return Unknown(f"{INTERRUPTED} after {found.leaves} leaves")
    return Unknown(f"{budget.reason()} after {found.leaves} leaves ({found.reason})") if budget.exhausted() else None


def begin(statement: kernel.Statement, options: Any, budget: Budget, progress: Progress = SILENT) -> Search:
    """A search that nothing has been done for yet; it has no options."""
    shape = shape_of(statement)
    if shape is None:
        raise Unsupported("the bends of these networks cannot be told in floats", fix="let cells decide")
    return Search(statement, shape, budget, progress, np.random.default_rng(SEED))


def spread(box: Box, generator: np.random.Generator) -> Floats:
    """Points of the domain: uniform in a bounded side, of many sizes in an unbounded one."""
    size = len(box.low)
    wide = generator.standard_normal((POINTS, size)) * np.exp2(generator.integers(-2, 7, (POINTS, 1)))
    flat = generator.random((POINTS, size))
    columns = []
    for place, (low, high) in enumerate(box.sides):
        if low is not None and high is not None:
            columns.append(float(low) + flat[:, place] * float(high - low))
        elif low is None and high is None:
            columns.append(wide[:, place])
        else:
            reach = np.abs(wide[:, place])
            columns.append(float(low) + reach if low is not None else float(high or 0) - reach)
    points = np.stack(columns, axis=1)
    for row, _ in box.domain.rows:
        points = points[points @ np.array([float(e) for e in row[1:]]) + float(row[0]) > 0]
    return points


def differing(claim: Equal, shape: Shape, points: Floats) -> tuple[Fraction, ...] | None:
    """A point of the domain with small denominators at which the networks differ, if some of the points suggest one."""
    if not len(points):
        return None
    gaps = np.abs(evaluate(shape, points)[1]).max(axis=1)
    for place in np.argsort(-gaps, kind="stable")[:4].tolist():
        exact = [Fraction(entry) for entry in points[place].tolist()]
        for largest in DENOMINATORS:
            point = tuple(entry.limit_denominator(largest) for entry in exact)
            if claim.refuted_by(point):
                return point
    return None
