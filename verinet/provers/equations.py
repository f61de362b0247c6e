"""The split tree for claims of the form "where f(x) = f(x') or f(x) = q, there ...": on pairs of points, on preimages.

On most cases the equations have no solution: one linear program then closes all clauses at once.  Only where they
have one is each clause asked by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeVar

from verinet.claims.language import Always
from verinet.claims.tape import Tape
from verinet.errors import BudgetExhausted
from verinet.exact.linalg import Matrix
from verinet.kernel import negated
from verinet.provers.cases import Case, box_of, final_outputs, hex_number, hypothesis
from verinet.provers.decide import read
from verinet.provers.leaves import cell_leaf
from verinet.provers.sides import Closed, Oracle
from verinet.provers.tree import Fails, Search, Steps, Stopped
from verinet.work import Budget, Progress, under

Point = tuple[Fraction, ...]
S = TypeVar("S", bound="_Search")


@dataclass(slots=True)
class _Search(Search):
    def close(self, case: Case) -> Fails | Stopped | None:
        """Refute the equations of the two values; where they have a solution, refute them with each order."""
        outputs = final_outputs(self.statement, case)
        clauses = [negated(clause, outputs) for clause in self.statement.clauses]
        shared = [form for form in clauses[0] if all(form in clause for clause in clauses[1:])]
        known = [hypothesis(row, strict, -1, self.box) for row, strict in shared] if len(clauses) > 1 else []
        together = self.oracle.decide(case, known) if known else None
        combinations = []
        for clause in clauses:
            order = [form for form in clause if form not in shared] if known else clause
            forms = [*known, *(hypothesis(row, strict, -1, self.box) for row, strict in order)]
            listed = [*(shared if known else []), *order]
            answer = together if isinstance(together, Closed) else self.oracle.decide(case, forms)
            if not isinstance(answer, Closed):
                return Fails(answer.exact or ())
            count = len(known) if answer is together else len(forms)
            combinations.append(self._indexed(case, clause, listed, count, answer))
        self.emit(["goal", *combinations])
        return None

    def _indexed(
        self, case: Case, clause: list[tuple[list[int], bool]], listed: list[tuple[list[int], bool]],
        count: int, answer: Closed,
    ) -> list[list[object]]:  # fmt: skip
        """Multipliers by the kernel's indices: atoms as the clause lists them, then hypotheses, newest first."""
        newest = len(clause) + case.hypotheses - 1
        places = [clause.index(form) for form in listed[:count]]
        places += [newest - form.place for form in case.active]
        return [[places[position], hex_number(m)] for position, m in answer.multipliers]


@dataclass(slots=True)
class _Oriented(_Search):
    """The same tree shows an orientation: another leaf in the place of each goal."""

    sign: int = 1
    leaves_of_orientation: list[list[Any]] = field(default_factory=list)
    other: Point | None = None  # inside a cell of another sign

    def close(self, case: Case) -> Fails | Stopped | None:
        """Close the case for the equations, and its cell for the orientation."""
        forms = final_outputs(self.statement, case)
        leaf = ["goal"]
        if Matrix.from_integers([row[1:] for row, _ in forms]).det() * self.sign <= 0:
            found = cell_leaf(self.statement, case, self.oracle)
            if found.cell is not None:
                over, numerators = found.cell
                self.other = tuple(Fraction(entry, over) for entry in numerators)
                return Stopped("a cell has another orientation", self.leaves, True)
            leaf = found.step or leaf
        self.leaves_of_orientation.append(leaf)
        return _Search.close(self, case)


@dataclass(frozen=True, slots=True)
class Both:
    """Steps of the claim, and of the orientation on the same domain."""

    equations: Tape
    orientation: Tape


@dataclass(frozen=True, slots=True)
class OtherSign:
    """A point inside a cell whose determinant is 0 or of the other sign."""

    point: Point


def search_oriented(claim: Always, sign: int, budget: Budget, progress: Progress) -> Both | OtherSign | Fails | Stopped:
    """Steps for a claim about one square network, and for the sign of its determinants: one tree for both.

    Guarantee: exact.
    """
    running = _begin(_Oriented, claim, budget, progress)
    if isinstance(running, Stopped):
        return running
    running.sign = sign
    outcome = _run(running)
    if running.other is not None:
        return OtherSign(running.other)
    if not isinstance(outcome, Steps):
        return outcome
    leaves = iter(running.leaves_of_orientation)
    return Both(outcome.steps, Tape(next(leaves) if step[0] == "goal" else step for step in outcome.steps))


def search_equations(claim: Always, budget: Budget, progress: Progress) -> Steps | Fails | Stopped:
    """Steps for a claim whose clauses share most of their atoms, or a point at which it fails.

    Guarantee: exact.
    """
    running = _begin(_Search, claim, budget, progress)
    return running if isinstance(running, Stopped) else _run(running)


def _begin(kind: type[S], claim: Always, budget: Budget, progress: Progress) -> S | Stopped:
    statement = read(claim.statement())
    if statement.domain is None:
        return Stopped("a statement without a domain is evaluated, not searched", 0)
    box = box_of(statement.domain)
    return kind(statement, box, Oracle(box), False, budget, progress)


def _run(running: _Search) -> Steps | Fails | Stopped:
    try:
        with under(running.budget):
            return running.run()
    except BudgetExhausted:
        return Stopped(running.budget.reason(), running.leaves)
