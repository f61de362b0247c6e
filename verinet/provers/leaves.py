"""Leaves of the split tree: goals refuted clause by clause, and cells with an interior point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verinet.kernel import Statement, contains, negated, negated_polynomials
from verinet.provers.cases import Case, Hypothesis, common, hex_number, hypothesis
from verinet.provers.multipliers import contradicts
from verinet.provers.polynomial import Contact, Cut, Terms, refute_bound, refute_clause
from verinet.provers.sides import Closed, Open, Oracle

OutputForms = list[tuple[Any, int]]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A step that closes the case; or a point at which the claim fails; or a form to cut by; or a reason."""

    step: list[Any] | None = None
    witness: tuple[Fraction, ...] | None = None
    second: tuple[Fraction, ...] | None = None  # where two points are needed
    cut: list[int] | None = None
    reason: str = ""
    cell: tuple[int, list[int]] | None = None
    contacts: tuple[tuple[Fraction, ...], ...] = ()


def goal_leaf(statement: Statement, case: Case, oracle: Oracle, outputs: OutputForms) -> Leaf:
    """Refute the negation of every clause on the case."""
    if statement.targets:
        return _polynomial_goal(statement, case, oracle, outputs)
    if any(isinstance(form, dict) for form, _ in outputs):
        return _polynomial_clauses(statement, case, oracle, outputs)
    combinations: list[list[list[Any]]] = []
    for clause in statement.clauses:
        forms = [hypothesis(row, strict, -1, oracle.box) for row, strict in negated(clause, outputs)]
        answer = _refuted(case, oracle, forms)
        if isinstance(answer, Open):
            return Leaf(witness=answer.exact)
        combinations.append(_indexed(case, forms, answer))
    return Leaf(["goal", *combinations])


def _refuted(case: Case, oracle: Oracle, forms: Sequence[Hypothesis]) -> Closed | Open:
    """Multipliers that refute the forms on the case, or an exact point that satisfies them all."""
    domain = oracle.box.domain
    for place in range(len(forms)):
        if contradicts([(place, 1)], forms, domain):
            return Closed(((place, 1),))
    for count in range(1, len(forms) + 1):
        answer = oracle.side(case, forms[:count])
        if isinstance(answer, Closed):
            # Positions of active forms move up by the forms that were not needed.
            spare = len(forms) - count
            return Closed(tuple((p if p < count else p + spare, m) for p, m in answer.multipliers))
    return oracle.decide(case, forms)


def _indexed(case: Case, forms: Sequence[Hypothesis], answer: Closed) -> list[list[Any]]:
    """Multipliers by the kernel's indices: negated atoms first, then hypotheses from the newest back."""
    newest = len(forms) + case.hypotheses - 1
    places = [*range(len(forms)), *(newest - form.place for form in case.active)]
    return [[places[position], hex_number(m)] for position, m in answer.multipliers]


def _polynomial_goal(statement: Statement, case: Case, oracle: Oracle, outputs: OutputForms) -> Leaf:
    found: list[list[list[Any]]] = []
    contacts: list[tuple[Fraction, ...]] = []
    for clause in statement.clauses:
        ((negation, _),) = negated_polynomials(clause, outputs)
        answer = refute_bound(negation, case, oracle)
        if not isinstance(answer, Terms):
            return _left_open(answer)
        found.append(answer.terms)
        contacts.extend(answer.contacts)
    return Leaf(["goal", *found], contacts=tuple(contacts))


def _polynomial_clauses(statement: Statement, case: Case, oracle: Oracle, outputs: OutputForms) -> Leaf:
    found: list[list[list[Any]]] = []
    for clause in statement.clauses:
        answer = refute_clause(negated_polynomials(clause, outputs), case, oracle)
        if not isinstance(answer, Terms):
            return _left_open(answer)
        found.append(answer.terms)
    return Leaf(["goal", *found])


def _left_open(answer: Cut | Contact | str) -> Leaf:
    """What is left where no terms refute a clause: a cut, a point at which it fails, or a reason."""
    match answer:
        case Cut(row=row):
            return Leaf(cut=row)
        case Contact(point=point):
            return Leaf(witness=point)
        case str():
            return Leaf(reason=answer)


def cell_leaf(statement: Statement, case: Case, oracle: Oracle) -> Leaf:
    """An interior point of the case with few digits, or multipliers that show it thin or empty."""
    point = _guessed_interior(case, oracle)
    if point is None:
        answer = oracle.interior(case)
        if isinstance(answer, Closed):
            newest = case.hypotheses - 1
            name = "empty" if contradicts(answer.multipliers, case.active, oracle.box.domain) else "thin"
            if not answer.multipliers:
                return Leaf(reason="the domain has no interior: its cells are not counted")
            pairs = [[newest - case.active[position].place, hex_number(m)] for position, m in answer.multipliers]
            return Leaf([name, *pairs])
        point = answer
    over, numerators = common(point)
    step = ["cell", hex_number(over), [hex_number(entry) for entry in numerators]]
    return Leaf(step, cell=(over, numerators))


def _guessed_interior(case: Case, oracle: Oracle) -> tuple[Fraction, ...] | None:
    """The mean of the known points, rounded to as few digits as keep it strictly inside."""
    if case.degenerate or not len(case.points):
        return None
    middle = case.points.mean(axis=0).tolist()
    forms = [(list(form.row), form.strict) for form in case.active]
    for bits in (3, 8, 16, 32, 50):
        point = oracle.box.to_x(middle, bits)
        if contains(oracle.box.domain, forms, common(point), interior=True):
            return point
    return None
