"""A layer of ReLUs, then polynomials: split by every ReLU, and close each leaf by identities between polynomials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from verinet.claims.implications import Guard
from verinet.kernel import Statement, negated_polynomials
from verinet.provers.cases import Case, advance, box_of, branch, breakpoint_of, final_outputs, first_case, side_form
from verinet.provers.nonnegative import contradiction, written
from verinet.provers.tree import sample_points
from verinet.work import keep_going

#: A step that waits for its turn, or an open case.
Work = list[Case | list[Any]]


def split_by_gates(statement: Statement) -> list[list[Any]] | None:
    """Steps that show an `always` statement about polynomials behind one layer of ReLUs; None if some leaf stays "
    "open."""
    if statement.domain is None:
        return None
    box = box_of(statement.domain)
    steps: list[list[Any]] = []
    work = [first_case(statement, box, sample_points(box))]
    while work:
        keep_going()
        case = work.pop()
        open_ = [unit for unit, (first, last) in enumerate(case.slots) if first != last]
        if open_:
            step = breakpoint_of(statement, case, box, open_[0])
            steps.append(["split", step.unit, step.side])
            for low in (False, True):
                added = side_form(case, step, low, (step.side == "right") == low, box)
                work.append(branch(statement, case, step, step.side, low, box, added))
            continue
        following = advance(statement, box, case)
        if following is not None:
            steps.append(["next"])
            work.append(following)
            continue
        goals = _goals(statement, case, len(box.low))
        if goals is None:
            return None
        steps.append(["goal", *goals])
    return steps


def _goals(statement: Statement, case: Case, inputs: int) -> list[Any] | None:
    import sympy

    gens = sympy.symbols(f"x0:{inputs}", real=True)
    outputs = final_outputs(statement, case)
    # the kernel counts negated atoms first, then hypotheses from the newest back
    newest = sorted(case.active, key=lambda form: -form.place)
    hypotheses = [Guard(_of_row(form.row, gens), form.strict) for form in newest]
    goals = []
    for clause in statement.clauses:
        negations = negated_polynomials(clause, outputs)
        guards = [
            Guard(sympy.Poly(dict(p) or {(0,) * inputs: 0}, *gens, domain="QQ"), strict) for p, strict in negations
        ]
        found = contradiction([*guards, *hypotheses])
        if found is None:
            return None
        goals.append(written(found))
    return goals


def _of_row(row: Sequence[int], gens: Sequence[Any]) -> Any:
    import sympy

    return sympy.Poly(sympy.Add(row[0], *(c * g for c, g in zip(row[1:], gens, strict=True))), *gens, domain="QQ")
