"""Exactly one solution: a witness, and that every solution is the witness; ranges whose ends are taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial

from verinet.claims.language import Somewhere
from verinet.claims.ranges import RangeEquals
from verinet.claims.solutions import ExactlyOne
from verinet.claims.verdicts import Certificate, Counterexample, Proved, Refuted, Theorem, Verdict
from verinet.exact.rationals import parse_hex
from verinet.geometry.polyhedra import Polyhedron
from verinet.provers.conjunctions import conjunction, decided, retold, together
from verinet.provers.decide import certified, point_json
from verinet.work import Budget, Progress


def exactly_one(claim: ExactlyOne, budget: Budget, progress: Progress) -> Verdict:
    """Decide that exactly one point satisfies a formula.

    Refuted by a certificate that none does, or by two different points that do.
    """
    exists = claim.exists()
    if claim.at is None:
        found = decided(exists, budget, progress)
        if not isinstance(found, Proved):
            return retold(claim.text(), found)
        at = witness(found)
    else:
        at = claim.at
        if not exists.holds_at(at):
            return Refuted(Counterexample(at, claim.outputs_at(at), claim.text()))
        answer = certified(exists.text(), exists.statement(), {"point": point_json(at)})
        if not isinstance(answer, Proved):
            return answer
        found = answer
    claim = replace(claim, at=at)
    only = decided(claim.only(at), budget, progress)
    match only:
        case Proved():
            return conjunction(claim.text(), [found, only])
        case Refuted(counterexample=Counterexample(x=other, y=y), certificate=Certificate() as second):
            there = Somewhere(claim.networks, claim.clauses, Polyhedron(at, at))
            first = certified(there.text(), there.statement(), {"point": point_json(at)})
            another = Proved(Theorem(second.data["statement"], "another solution"), second)
            both = conjunction(claim.text(), [first, another]) if isinstance(first, Proved) else first
            point = Counterexample(at, claim.outputs_at(at), claim.text(), more=((other, y),))
            return Refuted(point, both.certificate if isinstance(both, Proved) else None)
        case _:
            return only


def witness(found: Proved) -> tuple[Fraction, ...]:
    """The point of a certificate that something holds somewhere."""
    point = found.certificate.data["evidence"]["point"]
    over = parse_hex(point["over"])
    return tuple(Fraction(parse_hex(entry), over) for entry in point["at"])


def range_equals(claim: RangeEquals, budget: Budget, progress: Progress) -> Verdict:
    """The bounds, and a point for each end that takes it."""
    parts: list[Callable[[], Verdict]] = [partial(decided, claim.within(), budget, progress)]
    parts += [partial(decided, said, budget, progress) for said in claim.taken()]
    return together(claim.text(), parts)
