"""Lower bounds for one hidden layer: the kernel checks local forms and values, the rule about kinks is a lemma."""

from __future__ import annotations

from verinet.claims.depth_one import NotDepthOne
from verinet.claims.two_neurons import NotTwoNeurons
from verinet.claims.verdicts import Proved, Unknown, Verdict
from verinet.provers.conjunctions import conjunction
from verinet.provers.decide import universal, value
from verinet.work import Budget, Progress


def not_depth_one(claim: NotDepthOne, budget: Budget, progress: Progress) -> Verdict:
    """Prove both local forms; their jumps differ, which the claim has looked at."""
    parts: list[Proved] = []
    for part, point in zip(claim.parts(), claim.at, strict=True):
        verdict = universal(part, budget, progress)
        if not isinstance(verdict, Proved):
            return Unknown(f"near {tuple(map(str, point))} the function bends elsewhere too, or {verdict}")
        parts.append(verdict)
    return conjunction(claim.text(), parts, claim.assumptions)


def not_two_neurons(claim: NotTwoNeurons, budget: Budget, progress: Progress) -> Verdict:
    """Prove the form and both values; these differ, which the claim has looked at."""
    form, *values = claim.parts()
    verdicts = [universal(form, budget, progress), *(value(part, budget, progress) for part in values)]
    proved = [verdict for verdict in verdicts if isinstance(verdict, Proved)]
    if len(proved) < len(verdicts):
        return Unknown(f"the function does not have this form: {verdicts[0]}")
    return conjunction(claim.text(), proved, claim.assumptions)
