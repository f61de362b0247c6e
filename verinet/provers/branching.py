"""Branch and bound over bounds of all units: few strong leaves instead of one for each cell.

A box is cut where an atom about one input changes, and swept in floats; where that or one linear program over the
lines of its bent units refutes every clause, the box is carried through the layers in integers and the goal closed
with those multipliers.  Else the box is halved along the input that helps most, or, with many inputs or few bent
units, a bent unit is split.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from verinet.claims.tape import Tape
from verinet.errors import Unsupported
from verinet.exact.linalg import Matrix
from verinet.kernel import SLOPES, Statement, claim_holds, contains
from verinet.provers.backward import Line
from verinet.provers.cases import Box, box_of, common, hex_number
from verinet.provers.depth_first import searched
from verinet.provers.goals import Open, Part, exactly, near, replaced, shown_by_inputs
from verinet.provers.hulls import Key, Known
from verinet.provers.propagation import Floats, Model, Sweep, halves, model_of, sweep
from verinet.provers.relaxed import Builder, Frame, atoms, branched, owner_of
from verinet.provers.thresholds import Beyond, Cut, fine_enough, single, threshold
from verinet.provers.trails import Choice, CountedCell, Fails, Json, Steps, Stopped
from verinet.provers.triangle import CLEAR, DONE, TOUCHING, Framed, Program, Relaxation, Start, plainly, solved
from verinet.work import SILENT, Budget, Progress

#: Bits by which the box's denominator exceeds its size.
FINE = 44
#: With at most this many inputs a box is halved; beyond it, or with at most FEW bent units, units are split.
FEW_INPUTS = 6
FEW = 6
#: For each so many halvings one more unit is few: where several bends meet, halving leaves as many as there were.
SLOWLY = 4
#: From this depth on units are split: a claim that only just holds is not to be halved without end.
DEEP = 48
VERSION = "2"
#: From so many layers with breakpoints on, ranges that lines show save more boxes than they cost.
MANY_LAYERS = 3
#: Linear programs are not asked about more bent units than this.
LARGEST = 400


@dataclass(slots=True)
class Relaxing:
    """One depth-first search, in the manner of `tree.Search`; `over` is the denominator of its boxes."""

    statement: Statement
    box: Box
    over: int
    budget: Budget
    progress: Progress
    steps: Tape = field(default_factory=Tape)
    work: list[Any] = field(default_factory=list)
    leaves: int = 0
    cells: list[CountedCell] = field(default_factory=list)
    contacts: list[tuple[Fraction, ...]] = field(default_factory=list)
    _model: Model | None = None
    _framed: Framed | None = None
    _matrices: dict[tuple[int, int], Matrix] = field(default_factory=dict)

    def first(self) -> Open:
        """The whole box."""
        domain = self.box.domain
        factor = self.over // domain.over
        low = tuple((a or 0) * factor for a, _ in domain.box)
        high = tuple((b or 0) * factor for _, b in domain.box)
        return Open(low, high, len(domain.rows), 0, factor)

    def movable(self, case: Open | Part) -> bool:
        """A box can be taken up elsewhere from a few numbers, a frame cannot."""
        return isinstance(case, Open)

    def hint(self, case: Open) -> list[Any]:
        """All that `reopen` needs."""
        ends = [[hex_number(entry) for entry in side] for side in (case.low, case.high)]
        beyond = [[side, sign, hex_number(at), place] for side, sign, at, place in case.beyond]
        return [*ends, case.hypotheses, case.depth, hex_number(case.refine), beyond]

    def reopen(self, trail: Sequence[Choice], hint: list[Any]) -> Open:
        """The box of a hint."""
        low, high, hypotheses, depth, refine, beyond = hint
        below, above = (tuple(int(entry, 16) for entry in side) for side in (low, high))
        known = tuple(Beyond(side, sign, int(at, 16), place) for side, sign, at, place in beyond)
        return Open(below, above, hypotheses, depth, int(refine, 16), known)

    def visit(self, case: Open | Part) -> Fails | None:
        """Close a case or part it; a point at which the claim fails ends the search."""
        point = self.visit_box(case) if isinstance(case, Open) else self.visit_part(case)
        return None if point is None else Fails(point)

    @property
    def model(self) -> Model:
        """The statement in floats."""
        if self._model is None:
            self._model = model_of(self.statement)
        return self._model

    @property
    def framed_floats(self) -> Framed:
        """Frames in floats."""
        if self._framed is None:
            self._framed = Framed(self.statement)
        return self._framed

    def emit(self, step: list[Any]) -> None:
        """Append a step that closes a case, or one that was waiting."""
        self.steps.append(step)
        if step[0] == "goal":
            self.leaves += 1
            self.progress.update(self.leaves, sum(not isinstance(item, list) for item in self.work), "boxes proved")

    # ------------------------------------------------------------------------------------------ boxes

    def visit_box(self, case: Open) -> tuple[Fraction, ...] | None:
        """Close the box, halve it, or carry it to the last layer and split units there."""
        if case.refine > 1:
            self.steps.append(["refine", hex_number(case.refine)])
        low, high = self.floats(case.low), self.floats(case.high)
        first = threshold(self.statement, self.over, (case.low, case.high), case.beyond)
        if first is not None:
            self.cut(case, first, True)
            return None
        found = sweep(self.model, low[None], high[None], bent_layers(self.statement) >= MANY_LAYERS)
        forms = [found.forms(rows, len(low))[0] for rows in self.model.clauses]
        programs = [
            DONE
            if shown_by_inputs(self.statement, self.over, case, clause) is not None
            else plainly(rows, found.middle[0], found.half[0])
            for clause, rows in enumerate(forms)
        ]
        bent = sum(int(bound.bent[0].sum()) for bounds in found.layers for bound in bounds)
        if None in programs and bent <= LARGEST:
            relaxation = Relaxation.of(self.model, found, self.statement.domain)
            for clause, program in enumerate(programs):
                if program is None:
                    programs[clause] = program = solved(relaxation, forms[clause])
                    point = self.counterexample(program.point, case.low, case.high)
                    if point is not None:
                        return point
                    if program.value > TOUCHING:
                        break
        found_for = [program for program in programs if program is not None and program.value <= TOUCHING]
        if len(found_for) == len(programs) and self.closed(case, found, found_for):
            return None
        if self.splits_units(case, bent):
            frame = self.framed(case, found, None)
            for step in frame.steps:
                self.steps.append(step)
            self.work.extend(frame.after[::-1])
            self.work.append(Part(replace(frame, steps=[], after=[]), case.low, case.high, case.beyond))
            return None
        self.halve(case, low, high, found)
        return None

    def splits_units(self, case: Open, bent: int) -> bool:
        """Is it better to split a unit than to halve the box?"""
        narrow = all(b - a < 2 for a, b in zip(case.low, case.high, strict=True)) or case.depth > DEEP
        return bent <= FEW + case.depth // SLOWLY or len(case.low) > FEW_INPUTS or narrow

    def closed(self, case: Open, found: Sweep, programs: Sequence[Program]) -> bool:
        """Carry the box through the layers and close the goal; False if integers do not confirm it."""
        weights = [program.weights for program in programs]
        touching = any(program.value > CLEAR for program in programs)
        wanted = frozenset(key[1:] for found_ in weights for key in found_ if key[0] == "line")
        frame = self.framed(case, found, wanted)
        goal = near(self.statement, self.over, (case, frame), weights, touching)
        if goal is None:
            return False
        for step in frame.steps:
            self.steps.append(step)
        self.emit(goal)
        for step in frame.after:
            self.emit(step)
        return True

    def framed(self, case: Open, found: Sweep, wanted: frozenset[Any] | None) -> Frame:
        """The box carried to the last layer in integers, with the slopes that floats chose."""
        slopes: dict[tuple[int, int, int], int] = {}
        proofs: dict[tuple[int, int], dict[tuple[int, int], dict[Line, float]]] = {}
        for k, bounds in enumerate(found.layers):
            for depth, bound in enumerate(bounds):
                for unit in np.flatnonzero(bound.bent[0]).tolist():
                    slopes[k, depth, unit] = round(float(bound.slopes[0, unit]) * SLOPES)
                proofs[k, depth] = bound.proofs()
        if wanted is not None:
            wanted |= {line for layer in proofs.values() for weights in layer.values() for line in weights}
        ends = list(zip(case.low, case.high, strict=True))
        builder = Builder(self.statement, self.over, ends, case.hypotheses, slopes, wanted, proofs, self._matrices)
        if self.statement.domain is not None:
            for place, (row, strict) in enumerate(self.statement.domain.rows):
                builder.known["domain", place] = Known(row, strict, place, max(map(abs, row)) or 1)
        return builder.run()

    def halve(self, case: Open, low: Floats, high: Floats, found: Sweep) -> None:
        """Cut the box along the input after which the bounds of the goal are best."""
        middles = [(a + b) // 2 for a, b in zip(case.low, case.high, strict=True)]
        sides = [k for k, (a, b) in enumerate(zip(case.low, case.high, strict=True)) if b - a > 1]
        lows, highs = halves(low, high, sides, self.floats(middles))
        after = sweep(self.model, lows, highs, False)
        score = np.zeros(len(lows))
        for clause, atoms_of in enumerate(self.model.clauses):
            if shown_by_inputs(self.statement, self.over, case, clause) is not None:
                continue
            # an atom about one input is false here: its threshold would have been cut
            about = np.array([single(atom) is None for atom in self.statement.clauses[clause]])
            rows = atoms_of[about] if about.any() else atoms_of
            score += np.maximum(after.largest(after.forms(rows, len(low))).min(axis=1), 0.0)
        side = sides[int(np.argmin(score.reshape(-1, 2).sum(axis=1)))]
        self.cut(case, Cut(side, middles[side], "left"), False)

    def cut(self, case: Open, cut: Cut, keep: bool) -> None:
        """Two boxes; that one is open at the cut which does not own it, which is remembered if `keep`."""
        side, at, owner = cut
        row = [-at, *([0] * len(case.low))]
        row[side + 1] = self.over
        self.steps.append(["cut", [hex_number(entry) for entry in row], owner])
        count = case.hypotheses + 1
        strict = case.beyond
        if keep:
            strict = (*strict, Beyond(side, 1 if owner == "left" else -1, at, case.hypotheses))
        below, above = (case.beyond, strict) if owner == "left" else (strict, case.beyond)
        lower = Open(case.low, replaced(case.high, side, at), count, case.depth + 1, 1, below)
        upper = Open(replaced(case.low, side, at), case.high, count, case.depth + 1, 1, above)
        for child, way in ((upper, "down"), (lower, "up")):
            self.work.append(child)
            self.work.append(["tighten", side, way, hex_number(at), [0, "1"], [1, "1"]])

    # ------------------------------------------------------------------------------------------ parts

    def visit_part(self, part: Part) -> tuple[Fraction, ...] | None:
        """Close the part by linear programs, or split one more unit."""
        frame = part.frame
        relaxation = self.framed_floats.relaxation(frame)
        weights: list[dict[Key, float]] = []
        touched: Program | None = None
        starts = dict(part.starts)
        for clause in range(len(self.statement.clauses)):
            if shown_by_inputs(self.statement, self.over, part, clause) is not None:
                weights.append({})
                continue
            negations = atoms(self.statement, clause, frame)
            program = solved(relaxation, self.framed_floats.forms(negations, frame), part.starts.get(clause))
            if program.start is not None:
                starts[clause] = program.start
            point = self.counterexample(program.point, part.low, part.high) if program.value > CLEAR else None
            if point is not None:
                return point
            if program.value > TOUCHING and (which := self.framed_floats.choice(frame, program)) is not None:
                self.split_unit(part, which, starts)
                return None
            touched = program if program.value > CLEAR else touched
            weights.append(program.weights)
        goal = near(self.statement, self.over, (part, frame), weights, touched is not None)
        if goal is not None:
            self.emit(goal)
            return None
        which = self.framed_floats.choice(frame, touched)
        if which is not None:
            self.split_unit(part, which, starts)
            return None
        # Nothing bends any more: an exact linear program closes the part or finds a point.
        last = exactly(self.statement, self.over, part)
        if isinstance(last, tuple):
            return last
        self.emit(last)
        return None

    def split_unit(self, part: Part, which: int, starts: Mapping[int, Start]) -> None:
        """Split a named unit; both sides are open, the low one first."""
        owner = owner_of(self.statement, part.frame.names[which])
        self.steps.append(["branch", which, owner])
        for low in (False, True):
            frame = branched(part.frame, which, low, owner, self.statement)
            self.work.append(replace(part, frame=frame, starts=starts))

    # --------------------------------------------------------------------------------------- floats

    def floats(self, numerators: Sequence[int]) -> Floats:
        """A point of the box as floats."""
        return np.array([numerator / self.over for numerator in numerators])

    def counterexample(
        self, point: Floats | None, low: Sequence[int], high: Sequence[int]
    ) -> tuple[Fraction, ...] | None:
        """The point, clipped to the box, if the claim fails there exactly; floats look first."""
        domain = self.statement.domain
        if point is None or domain is None:
            return None
        inputs = np.clip(point[: len(low)], self.floats(low), self.floats(high))
        values = sweep(self.model, inputs[None], inputs[None], False)
        if not any((values.largest(values.forms(rows, len(low)))[0] >= CLEAR).all() for rows in self.model.clauses):
            return None
        exact = tuple(
            min(max(Fraction(value), Fraction(a, self.over)), Fraction(b, self.over))
            for value, a, b in zip(inputs.tolist(), low, high, strict=True)
        )
        over, numerators = common(exact)
        if not contains(domain, domain.rows, (over, numerators), interior=False):
            return None
        return None if claim_holds(self.statement, (over, numerators)) else exact


def applies(statement: Statement) -> bool:
    """Can the units be named: a linear claim on a bounded box, and every piece affine?"""
    layers = [layer for network in statement.networks for layer in network]
    affine = all(piece.slope is not None for layer in layers for table in layer.tables for piece in table)
    domain = statement.domain
    bounded = domain is not None and all(a is not None and b is not None for a, b in domain.box)
    return statement.kind == "always" and bounded and affine and bool(statement.clauses) and _in_floats(statement)


def _in_floats(statement: Statement) -> bool:
    """Do floats reach far enough for all bounds over the whole box?"""
    running = begin(statement, {}, Budget())
    case = running.first()
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            found = sweep(running.model, running.floats(case.low)[None], running.floats(case.high)[None])
            sizes = [np.abs(rows).max(initial=0.0) for rows in running.model.clauses]
            return bool(np.isfinite([found.largest(np.abs(found.outputs)).max(initial=0.0), *sizes]).all())
    except OverflowError:
        return False


def bent_units(statement: Statement) -> int:
    """How many units have a breakpoint."""
    return sum(len(table) > 1 for network in statement.networks for layer in network for table in layer.tables)


def bent_layers(statement: Statement) -> int:
    """The most layers with a breakpoint that one network has."""
    counts = [sum(any(len(table) > 1 for table in layer.tables) for layer in layers) for layers in statement.networks]
    return max(counts, default=0)


def begin(statement: Statement, options: Json, budget: Budget, progress: Progress = SILENT) -> Relaxing:
    """The search before its first case: boxes over a denominator fine enough for bounds of units."""
    if statement.domain is None:
        raise Unsupported("a statement without a domain is evaluated, not searched", fix="evaluate it at its point")
    over = fine_enough(statement, statement.domain.over)
    return Relaxing(statement, box_of(statement.domain), over << max(0, FINE - over.bit_length()), budget, progress)


def relax(statement: Statement, budget: Budget, progress: Progress = SILENT) -> Steps | Fails | Stopped:
    """Search steps for a universal linear claim by bounds of its units.

    Returns
    -------
    Steps, Fails or Stopped
        As `tree.search`.
    """
    return searched("propagation", begin, statement, budget, progress)
