"""Conclusions: every part is proved as a claim of its own, and one certificate holds all of them, with the lemmas."""

from __future__ import annotations

from typing import Any

from verinet.claims.induction import Conclusion
from verinet.claims.solver_evidence import SolverEvidence
from verinet.claims.verdicts import Proved, Unknown, Verdict
from verinet.provers.decide import certified
from verinet.work import Budget, Progress

Json = dict[str, Any]


def conclusion(claim: Conclusion, budget: Budget, progress: Progress) -> Verdict:
    """Prove the parts in their order; a part that is false leaves the conclusion open."""
    from verinet.provers.portfolio import prove  # the table there names this function

    evidence: list[Json] = []
    assumptions: list[Json] = list(claim.lemmas)
    for place, (label, part) in enumerate(zip(claim.labels, claim.parts, strict=True)):
        progress.update(place, len(claim.parts) - place, f"part {label}")
        verdict = prove(part, budget, progress)
        if not isinstance(verdict, Proved) or isinstance(verdict.certificate, SolverEvidence):
            return Unknown(f"part {label}: {verdict}")
        data = verdict.certificate.data
        if data["statement"] != part.statement():
            return Unknown(f"part {label} was proved in other words than it is stated in")
        evidence.append(data["evidence"])
        assumptions += [entry for entry in data["assumptions"] if entry not in assumptions]
    whole = evidence[0] if len(evidence) == 1 else {"parts": evidence}
    return certified(claim.text(), claim.statement(), whole, assumptions)
