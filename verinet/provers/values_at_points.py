"""Values at several points: each evaluated, and all of them as one theorem."""

from __future__ import annotations

from typing import Any

from verinet.claims.values_at_points import ValuesAtPoints
from verinet.claims.verdicts import Counterexample, Refuted, Unknown, Verdict
from verinet.errors import BudgetExhausted
from verinet.provers.decide import certified
from verinet.work import Budget, Progress, keep_going, under


def values_at_points(claim: ValuesAtPoints, budget: Budget, progress: Progress) -> Verdict:
    """Decide point by point; the first whose value is another refutes the claim.  Guarantee: exact."""
    count = len(claim.points)
    try:
        with under(budget):
            for place, part in enumerate(claim.parts()):
                keep_going()
                found = claim.outputs_at(part.at)
                if found != part.values:
                    return Refuted(Counterexample(part.at, found, claim.text()))
                progress.update(place + 1, count - place - 1, "points")
            statement = claim.statement()
            keep_going()
    except BudgetExhausted:
        return Unknown(budget.reason())
    except KeyboardInterrupt:
        return Unknown("it was interrupted")
    evidence: dict[str, Any] = {} if count == 1 else {"parts": [{}] * count}
    return certified(claim.text(), statement, evidence)
