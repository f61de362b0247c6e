"""Constraints to which a claim is the negation: asked of z3, then of cvc5 (and yices where it is installed).

A solution is checked exactly before it is believed; "unsat" becomes an assumption that names the programs and the
constraints' hash; everything else is `Unknown`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from verinet.claims.solver_evidence import solver_evidence
from verinet.claims.verdicts import Proved, Theorem
from verinet.errors import MissingExtra
from verinet.exact import solver, terms
from verinet.exact.solver import Point, Unknown
from verinet.exact.terms import Formula, Term
from verinet.work import Budget

#: Seconds of each solver where the budget has no limit.
SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class NoSolution:
    """These programs say that the constraints, written as this text, have no solution."""

    smtlib: str
    programs: tuple[str, ...]


def ask(constraints: Sequence[Formula], variables: Sequence[Term], budget: Budget) -> Point | NoSolution | Unknown:
    """Ask z3, and of its "unsat" a second solver and a third."""
    seconds = _seconds(budget)
    if seconds <= 0:
        return Unknown(f"{budget.reason()} before a solver was asked")
    answer = solver.solve(constraints, variables, seconds)
    if not isinstance(answer, solver.Unsat):
        return answer
    text = terms.smtlib(constraints) + "\n"
    agreed, against = opinions(text, min(SECONDS, max(_seconds(budget), 1.0)))
    if against:
        return Unknown(f"the solvers disagree: {solver.program()} says unsat, {', '.join(against)} sat")
    return NoSolution(text, (solver.program(), *agreed))


def assumed(claim: Any, statement: dict[str, Any], answer: NoSolution, lemmas: tuple[Any, ...] = ()) -> Proved:
    """What rests on the word of solvers: proved under that assumption, and said so."""
    evidence = solver_evidence(claim.text(), statement, answer.smtlib, answer.programs, lemmas)
    report = evidence.report()
    return Proved(Theorem(statement, report.text, tuple(report.assumptions), report.statement_sha256), evidence)


def opinions(text: str, seconds: float) -> tuple[list[str], list[str]]:
    """The further programs that say unsat of a text, and those that say sat."""
    agreed, against = [], []
    try:
        said = [(solver.second_opinion(text, seconds), solver.second_program())]
    except MissingExtra:
        said = []
    said.append(solver.third_opinion(text, seconds))
    for word, program in said:
        if word == "unsat":
            agreed.append(program)
        elif word == "sat":
            against.append(program)
    return agreed, against


def _seconds(budget: Budget) -> float:
    left = budget.left()
    return SECONDS if left is None else left
