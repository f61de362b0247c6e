"""Values at several points: each evaluated, and all of them as one theorem."""

from __future__ import annotations

from verinet.claims.values_at_points import ValuesAtPoints
from verinet.claims.verdicts import Counterexample, Proved, Refuted, Unknown, Verdict
from verinet.errors import BudgetExhausted
from verinet.provers.conjunctions import conjunction
from verinet.provers.decide import certified
from verinet.work import Budget, Progress, keep_going, under


def values_at_points(claim: ValuesAtPoints, budget: Budget, progress: Progress) -> Verdict:
    """Decide point by point; the first whose value is another refutes the claim.  Guarantee: exact."""
    proved: list[Proved] = []
    try:
        with under(budget):
            for place, part in enumerate(claim.parts()):
                keep_going()
                found = claim.outputs_at(part.at)
                if found != part.values:
                    return Refuted(Counterexample(part.at, found, claim.text()))
                verdict = certified(part.text(), part.statement(), {})
                if not isinstance(verdict, Proved):
                    return verdict
                proved.append(verdict)
                progress.update(place + 1, len(claim.points) - place - 1, "points")
            return conjunction(claim.text(), proved)
    except BudgetExhausted:
        return Unknown(budget.reason())
    except KeyboardInterrupt:
        return Unknown("it was interrupted")
