"""Sup errors piece by piece: each piece is decided on its own, and the evidence is put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from verinet.claims.language import SupErrorAtMost
from verinet.claims.statements import point_json
from verinet.claims.sup_errors import DifferenceEquals, SupErrorInPieces, SupErrorSmooth
from verinet.claims.verdicts import Counterexample, Proved, Refuted, Unknown, Verdict
from verinet.errors import BudgetExhausted
from verinet.provers import decide, planned
from verinet.work import Budget, Progress, under

#: A smooth target is approached so many times, each time to this share of the distance before.
APPROACHES = 5
CLOSER = 256


def in_pieces(claim: SupErrorInPieces, budget: Budget, progress: Progress) -> Verdict:
    """Decide a sup error against a target in pieces."""
    outcome = _parts(claim.parts(), budget, progress)
    if not isinstance(outcome, list):
        return _with_text(outcome, claim)
    if claim.at is not None and (place := claim.witness()) is not None:
        outcome[place] = {**outcome[place], "point": point_json(claim.at), "output": 0}
    return decide.certified(claim.text(), claim.statement(), {"parts": outcome})


def smooth(claim: SupErrorSmooth, budget: Budget, progress: Progress) -> Verdict:
    """Decide a sup error against a smooth target, with polynomials that come closer until the answer is clear."""
    reason = ""
    for _ in range(APPROACHES):
        try:
            with under(budget):
                near = claim.near()
        except BudgetExhausted as error:
            return Unknown(f"{error.problem}{reason}")
        outcome = _parts(claim.parts(near), budget, progress)
        if isinstance(outcome, list):
            parts = [part.statement() for part in claim.parts(near)]
            stated = {"kind": "all", "parts": parts}
            return decide.certified(claim.text(), stated, {"parts": outcome}, [near.assumption()])
        if not isinstance(outcome, Refuted) or outcome.counterexample is None:
            return outcome
        x = outcome.counterexample.x
        if claim.refuted_by(x):
            return Refuted(Counterexample(x, claim.outputs_at(x), claim.text()))
        reason = "; a point at which the error is near the bound was found"
        claim = claim.with_accuracy(claim.accuracy / CLOSER)
        if budget.exhausted():
            break
    return Unknown("the error is too close to the bound to be told from it" + reason)


def difference_equals(claim: DifferenceEquals, budget: Budget, progress: Progress) -> Verdict:
    """Decide whether the largest difference of two networks is the stated number."""
    bound = decide.universal(claim.at_most(), budget, progress)
    if not isinstance(bound, Proved):
        return _with_text(bound, claim)
    reached = decide.existence(claim.attained(), budget, progress)
    if isinstance(reached, Proved):
        parts = [verdict.certificate.data["evidence"] for verdict in (bound, reached)]
        return decide.certified(claim.text(), claim.statement(), {"parts": parts})
    if isinstance(reached, Refuted):
        return Refuted(None, reached.certificate, f"{claim.text()} (it is smaller everywhere)")
    return reached


def _parts(parts: Sequence[SupErrorAtMost], budget: Budget, progress: Progress) -> list[dict[str, Any]] | Verdict:
    """The evidence for every part, or the first verdict that is none."""
    found = []
    for place, part in enumerate(parts):
        progress.update(place, len(parts) - place, "pieces of the target")
        verdict = planned.sup_error_at_most(part, budget, progress)
        if not isinstance(verdict, Proved):
            return verdict
        found.append(dict(verdict.certificate.data["evidence"]))
    return found


def _with_text(verdict: Verdict, claim: Any) -> Verdict:
    """A refutation in the words of the whole claim."""
    if isinstance(verdict, Refuted) and verdict.counterexample is not None:
        x = verdict.counterexample.x
        return Refuted(Counterexample(x, verdict.counterexample.y, claim.text()), verdict.certificate)
    return verdict
