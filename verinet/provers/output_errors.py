"""Several outputs, each against a target of its own: one proof an output, and all of them as one theorem."""

from __future__ import annotations

from functools import partial

from verinet.claims.output_errors import SupErrorsOfOutputs
from verinet.claims.verdicts import Counterexample, Refuted, Verdict
from verinet.provers.conjunctions import together
from verinet.work import Budget, Progress


def sup_errors_of_outputs(claim: SupErrorsOfOutputs, budget: Budget, progress: Progress) -> Verdict:
    """Decide output by output; the first that is not proved decides."""
    from verinet.provers.portfolio import PROVERS  # the table there names this function

    provers = dict(PROVERS)
    verdict = together(claim.text(), [partial(provers[type(part)], part, budget, progress) for part in claim.parts()])
    if isinstance(verdict, Refuted) and verdict.counterexample is not None:
        x = verdict.counterexample.x
        return Refuted(Counterexample(x, claim.outputs_at(x), claim.text()))
    return verdict
