"""Families: each case is a set of polynomial conditions that must contradict each other.

A rational point that violates the claim is looked for first.  Then every case is closed by an identity between products
of its conditions, and the kernel checks all of them in one statement about polynomials.  Where no identity is found the
solvers are asked, and their word is an assumption.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import prod

from verinet.claims.families import Family
from verinet.claims.family_cases import Condition
from verinet.claims.implications import exact, guards_of, nothing
from verinet.claims.language import Always
from verinet.claims.verdicts import Counterexample, Proved, Refuted, Unknown, Verdict
from verinet.errors import BudgetExhausted
from verinet.exact import solver, terms
from verinet.exact.parameters import Parameter
from verinet.exact.terms import Formula
from verinet.networks.network import Activate
from verinet.provers.by_solver import NoSolution, ask, assumed
from verinet.provers.decide import certified, read, universal
from verinet.provers.gates import split_by_gates
from verinet.provers.nonnegative import contradiction, written
from verinet.work import Budget, Progress, keep_going, under

#: Points that are tried before anything is searched.
MOST_SAMPLES = 600

Point = tuple[Fraction, ...]


def decide_family(claim: Family, budget: Budget, progress: Progress) -> Verdict:
    """Decide a family."""
    for point in samples(claim):
        if budget.exhausted():
            return Unknown(budget.reason())
        if claim.refuted_by(dict(zip(claim.symbols, point, strict=True))):
            return refuted(claim, point)
    sets = claim.contradictions()
    try:
        with under(budget):
            always = claim.gated()
            proved = (
                _by_identities(claim, sets, progress) if always is None else _by_gates(claim, always, budget, progress)
            )
    except BudgetExhausted as error:
        return Unknown(error.problem)
    if proved is not None:
        return proved
    constraints, symbols = _constraints(claim, sets)
    answer = ask(constraints, symbols, budget)
    if isinstance(answer, NoSolution):
        return assumed(claim, claim.to_json(), answer)
    if isinstance(answer, solver.Point):
        if claim.refuted_by(dict(zip(claim.symbols, answer.values, strict=True))):
            return refuted(claim, answer.values)
        return Unknown("values that a solver proposed do not refute the networks themselves; please report this claim")
    return Unknown(answer.reason)


def negation(claim: Family) -> list[Formula]:
    """The constraints that exactly the values which refute the claim meet."""
    return _constraints(claim, claim.contradictions())[0]


def refuted(claim: Family, point: Sequence[Fraction]) -> Refuted:
    """Values of the symbols at which the claim fails, evaluated by the networks themselves."""
    values = dict(zip(claim.symbols, point, strict=True))
    names = ", ".join(map(str, claim.symbols))
    return Refuted(Counterexample(tuple(point), claim.values_at(values), f"{claim.text()} [x is ({names})]"))


def samples(claim: Family) -> Iterator[Point]:
    """Small rational values: those of each parameter inside of its range."""
    choices = [_inside(p) for p in claim.parameters]
    choices += [[Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(-3), Fraction(2)]] * len(claim.inputs)
    whole = prod(map(len, choices))
    if whole <= MOST_SAMPLES:
        yield from product(*choices)
        return
    step = next(s for s in range(whole // MOST_SAMPLES | 1, whole, 2) if all(s % len(c) for c in choices))
    for k in range(MOST_SAMPLES):
        place, point = k * step % whole, []
        for choice in choices:
            place, index = divmod(place, len(choice))
            point.append(choice[index])
        yield tuple(point)


def _inside(p: Parameter) -> list[Fraction]:
    low, high = p.low, p.high
    if low is not None and high is not None:
        ends = [low] * (not p.low_open) + [high] * (not p.high_open)
        return [(low + high) / 2, (3 * low + high) / 4, (low + 9 * high) / 10, *ends]
    if low is not None:
        return [low + 1, low + Fraction(1, 3), low + 5, *([low] * (not p.low_open))]
    if high is not None:
        return [high - 1, high - Fraction(1, 3), high - 5, *([high] * (not p.high_open))]
    return [Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(2)]


def _by_gates(claim: Family, always: Always, budget: Budget, progress: Progress) -> Verdict | None:
    """Split by all ReLUs, and close every leaf by identities; where all is affine, as any other claim."""
    data = always.statement()
    if any(degree > 1 for degree in _degrees(always)):
        steps = split_by_gates(read(data))
        evidence = None if steps is None else {"steps": steps}
    else:
        found = universal(always, budget, progress)
        evidence = found.certificate.data["evidence"] if isinstance(found, Proved) else None
    verdict = None if evidence is None else certified(claim.text(), data, evidence)
    return verdict if isinstance(verdict, Proved) else None


def _degrees(always: Always) -> list[int]:
    return [
        int(act.parameters[0])
        for network in always.networks
        for vertex in network.vertices
        if isinstance(vertex.operation, Activate)
        for act in vertex.operation.activations
        if act.name == "power"
    ]


def _by_identities(claim: Family, sets: Sequence[tuple[Condition, ...]], progress: Progress) -> Verdict | None:
    goals = []
    for place, conditions in enumerate(sets or [nothing(claim.symbols)]):
        progress.update(place, len(sets) - place, "identities")
        keep_going()
        found = contradiction(guards_of(conditions))
        if found is None:
            return None
        goals.append(written(found))
    always = claim.implications()
    if always is None:
        return None
    steps = [*[["next"]] * (len(always.networks) - 1), ["goal", *goals]]
    verdict = certified(claim.text(), always.statement(), {"steps": steps}, claim.assumptions)
    return verdict if isinstance(verdict, Proved) else None


def _constraints(claim: Family, sets: Sequence[tuple[Condition, ...]]) -> tuple[list[Formula], list[terms.Term]]:
    symbols = terms.variables("p", len(claim.symbols))
    return [terms.any_of([terms.all_of([_formula(c, symbols) for c in conditions]) for conditions in sets])], symbols


def _formula(condition: Condition, symbols: Sequence[terms.Term]) -> Formula:
    total = []
    for exponents, coefficient in sorted(exact(condition.polynomial).items()):
        term = terms.constant(Fraction(1))
        for symbol, power in zip(symbols, exponents, strict=True):
            for _ in range(power):
                term = terms.mul(term, symbol)
        total.append(terms.scale(coefficient, term))
    term, zero = terms.add(*total), Fraction(0)
    match condition.relation:
        case ">=":
            return terms.at_least(term, zero)
        case ">":
            return terms.above(term, zero)
        case "=":
            return terms.equals(term, zero)
    return terms.negate(terms.equals(term, zero))
