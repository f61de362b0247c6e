"""Values at several points: each evaluated, and all of them as one theorem."""

from __future__ import annotations

import json
from typing import Any

from verinet.claims.values_at_points import ValuesAtPoints
from verinet.claims.verdicts import Counterexample, Refuted, Unknown, Verdict
from verinet.errors import BudgetExhausted
from verinet.provers.decide import certified
from verinet.provers.trails import INTERRUPTED
from verinet.work import Budget, Progress, keep_going, under

#: A certificate that would be larger is not written: every part repeats the network, and the kernel reads them all.
MOST_BYTES = 1 << 26


def values_at_points(claim: ValuesAtPoints, budget: Budget, progress: Progress) -> Verdict:
    """Decide point by point; the first whose value is another refutes the claim.  Guarantee: exact."""
    count = len(claim.points)
    try:
        with under(budget):
            statement = claim.statement()
            size = count * len(json.dumps(statement.get("parts", [statement])[0]["networks"]))
            if size > MOST_BYTES:
                return Unknown(
                    f"the certificate would have {size >> 20} MB, since each of its {count} parts repeats the network; "
                    f"the limit is {MOST_BYTES >> 20} MB: state the values of some of the points"
                )
            for place, part in enumerate(claim.parts()):
                keep_going()
                found = claim.outputs_at(part.at)
                if found != part.values:
                    return Refuted(Counterexample(part.at, found, claim.text()))
                progress.update(place + 1, count - place - 1, "points")
    except BudgetExhausted:
        return Unknown(budget.reason())
    except KeyboardInterrupt:
        return Unknown(INTERRUPTED)
    evidence: dict[str, Any] = {} if count == 1 else {"parts": [{}] * count}
    return certified(claim.text(), statement, evidence)
