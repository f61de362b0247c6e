"""The split tree for claims of the form "where f(x) = f(x') or f(x) = q, there ...": on pairs of points, on preimages.

On most cases the equations have no solution: one linear program then closes all clauses at once.  Only where they
have one is each clause asked by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeVar

from verinet.claims.degree import Oriented
from verinet.claims.language import Always
from verinet.claims.tape import Tape
from verinet.errors import Unsupported
from verinet.exact.linalg import Matrix
from verinet.kernel import Statement, negated
from verinet.provers import subtrees
from verinet.provers.cases import Case, box_of, final_outputs, hex_number, hypothesis
from verinet.provers.decide import read
from verinet.provers.depth_first import finished
from verinet.provers.leaves import cell_leaf
from verinet.provers.sides import Closed, Oracle
from verinet.provers.trails import INTERRUPTED
from verinet.provers.tree import Fails, Search, Steps, Stopped
from verinet.work import SILENT, Budget, Progress

Json = Any
Point = tuple[Fraction, ...]
S = TypeVar("S", bound="_Search")
#: Raised when a case that an older search left open should not be taken up again.
VERSION = "1"


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


def begin(statement: Statement, options: Json, budget: Budget, progress: Progress = SILENT) -> Search:
    """A search that nothing has been done for yet; it has no options."""
    return _begin(_Search, statement, budget, progress)


def search_oriented(claim: Always, sign: int, budget: Budget, progress: Progress) -> Both | OtherSign | Fails | Stopped:
    """Steps for a claim about one square network, and for the sign of its determinants: one tree for both.

    Searches that are shared out have a tree each.

    Guarantee: exact.
    """
    shared = subtrees.shared()
    if shared is not None:
        return _oriented_apart(shared, claim, sign, budget, progress)
    running = _begin(_Oriented, read(claim.statement()), budget, progress)
    running.sign = sign
    outcome = finished(running)
    if running.other is not None:
        return OtherSign(running.other)
    if not isinstance(outcome, Steps):
        return outcome
    leaves = iter(running.leaves_of_orientation)
    return Both(outcome.steps, Tape(next(leaves) if step[0] == "goal" else step for step in outcome.steps))


def _oriented_apart(
    shared: subtrees.Shared, claim: Always, sign: int, budget: Budget, progress: Progress
) -> Both | OtherSign | Fails | Stopped:
    signs = read(Oriented(claim.networks, claim.domain, sign).statement())
    orientation = _elsewhere(shared, "tree", signs, budget, progress)
    if isinstance(orientation, Fails):
        return OtherSign(orientation.point)
    if isinstance(orientation, Stopped):
        return orientation
    equations = _elsewhere(shared, "equations", read(claim.statement()), budget, progress)
    return Both(equations.steps, orientation.steps) if isinstance(equations, Steps) else equations


def search_equations(claim: Always, budget: Budget, progress: Progress) -> Steps | Fails | Stopped:
    """Steps for a claim whose clauses share most of their atoms, or a point at which it fails.

    Guarantee: exact.
    """
    shared = subtrees.shared()
    if shared is not None:
        return _elsewhere(shared, "equations", read(claim.statement()), budget, progress)
    return finished(_begin(_Search, read(claim.statement()), budget, progress))


def _elsewhere(
    shared: subtrees.Shared, name: str, statement: Statement, budget: Budget, progress: Progress
) -> Steps | Fails | Stopped:
    """The search, shared out; an interrupt ends the whole of which this is a part."""
    outcome = shared.search(name, statement, {}, budget, progress)
    if isinstance(outcome, Stopped) and outcome.reason == INTERRUPTED:
        raise KeyboardInterrupt
    return outcome


def _begin(kind: type[S], statement: Statement, budget: Budget, progress: Progress) -> S:
    if statement.domain is None:
        raise Unsupported("a statement without a domain is evaluated, not searched", fix="report this claim")
    box = box_of(statement.domain)
    return kind(statement, box, Oracle(box), False, budget, progress)
