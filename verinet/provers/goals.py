"""Open cases of the search by bounds, and the step `goal` that closes one: multipliers for every clause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from verinet.errors import BudgetExhausted
from verinet.exact.programs import Infeasible, System, feasible
from verinet.kernel import Statement
from verinet.provers.cases import hex_number
from verinet.provers.hulls import Key, Known
from verinet.provers.relaxed import Frame, atoms, indexed, refutation, refutes
from verinet.provers.thresholds import Beyond, Multipliers, by_inputs
from verinet.provers.triangle import Start


@dataclass(frozen=True, slots=True, eq=False)
class Open:
    """A box that nothing is known about; the first one may have to be refined."""

    low: tuple[int, ...]
    high: tuple[int, ...]
    hypotheses: int
    depth: int = 0
    refine: int = 1
    beyond: tuple[Beyond, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A box carried to the last layer, some of whose bent units are split."""

    frame: Frame
    low: tuple[int, ...]
    high: tuple[int, ...]
    beyond: tuple[Beyond, ...]
    starts: Mapping[int, Start] = field(default_factory=dict)  # by clause


def replaced(values: tuple[int, ...], place: int, value: int) -> tuple[int, ...]:
    """The tuple with one entry changed."""
    return (*values[:place], value, *values[place + 1 :])


def shown_by_inputs(statement: Statement, over: int, case: Open | Part, clause: int) -> Multipliers | None:
    """Multipliers of a clause that the inputs decide on this box."""
    return by_inputs(statement.clauses[clause], over, (case.low, case.high), case.beyond)


def _plain(statement: Statement, over: int, where: tuple[Open | Part, Frame], clause: int) -> list[list[Any]] | None:
    """The same by the kernel's indices."""
    case, frame = where
    last = len(statement.clauses[clause]) + frame.hypotheses
    found = shown_by_inputs(statement, over, case, clause)
    return None if found is None else [[k if k >= 0 else last + k, hex_number(factor)] for k, factor in found]


def near(
    statement: Statement,
    over: int,
    where: tuple[Open | Part, Frame],
    weights: Sequence[dict[Key, float]],
    touching: bool = False,
) -> list[Any] | None:
    """The step `goal` with integer multipliers near the weights of each clause.

    `touching`: a bound is 0, as where the claim holds with equality; then only exact multipliers show anything.
    """
    frame = where[1]
    texts: list[list[list[Any]]] = []
    for clause, duals in enumerate(weights):
        text = _plain(statement, over, where, clause)
        if text is not None:
            texts.append(text)
            continue
        negations = atoms(statement, clause, frame)
        keys = [key for key in frame.known if key in duals]
        forms = [*negations, *(frame.known[key] for key in keys)]
        values = [duals.get(("atom", k), 0.0) for k in range(len(negations))] + [duals[key] for key in keys]
        found = refutation(forms, values, frame)
        if found is None and touching:
            found = _on_support(forms, values, frame)
        if found is None:
            return None
        texts.append(indexed(len(negations), frame, forms, found))
    return ["goal", *texts]


def _on_support(forms: Sequence[Known], weights: Sequence[float], frame: Frame) -> list[int] | None:
    """Multipliers of the forms that have a weight, by an exact linear program over the coordinates they mention."""
    used = [place for place, weight in enumerate(weights) if weight > 0]
    if not any(forms[place].strict for place in used):
        return None
    columns = sorted({k for place in used for k, entry in enumerate(forms[place].row[1:]) if entry})
    rows = []
    for place in used:
        row = [*forms[place].row, *([0] * (len(frame.ends) + 1 - len(forms[place].row)))]
        rows.append((row[0], *(row[1 + k] for k in columns)))
    low, high = (tuple(Fraction(frame.ends[k][end], frame.over) for k in columns) for end in (0, 1))
    answer = feasible(System(tuple(rows), tuple(forms[place].strict for place in used), low, high))
    if not isinstance(answer, Infeasible):
        return None
    multipliers = [0] * len(forms)
    for place, factor in answer.multipliers:
        multipliers[used[place]] += factor
    return multipliers if refutes(forms, multipliers, frame) else None


def exactly(statement: Statement, over: int, part: Part) -> list[Any] | tuple[Fraction, ...]:
    """The step for a part in which nothing bends, by exact linear programs, or a point at which the claim fails."""
    texts: list[list[list[Any]]] = []
    frame = part.frame
    low = tuple(Fraction(a, frame.over) for a, _ in frame.ends)
    high = tuple(Fraction(b, frame.over) for _, b in frame.ends)
    for clause in range(len(statement.clauses)):
        text = _plain(statement, over, (part, frame), clause)
        if text is not None:
            texts.append(text)
            continue
        negations = atoms(statement, clause, frame)
        forms = [*negations, *frame.known.values()]
        rows = tuple((*form.row, *([0] * (len(low) + 1 - len(form.row)))) for form in forms)
        answer = feasible(System(rows, tuple(form.strict for form in forms), low, high))
        if not isinstance(answer, Infeasible):
            return answer.point[: len(part.low)]
        multipliers = [0] * len(forms)
        for place, factor in answer.multipliers:
            multipliers[place] += factor
        if not refutes(forms, multipliers, frame):
            raise BudgetExhausted("an exact refutation was not confirmed", fix="report this network")
        texts.append(indexed(len(negations), frame, forms, multipliers))
    return ["goal", *texts]
