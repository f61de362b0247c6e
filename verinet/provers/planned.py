"""Claims with a plan of their proof at hand: tried by cells first, and as any other claim where that fails."""

from __future__ import annotations

from contextvars import ContextVar

from verinet.claims.integrals import IntegralBetween
from verinet.claims.language import SupErrorAtMost
from verinet.claims.plans import Plan
from verinet.claims.verdicts import Proved, Refuted, Unknown, Verdict
from verinet.errors import BudgetExhausted
from verinet.provers import by_cells, decide, integrals
from verinet.provers.trails import INTERRUPTED
from verinet.provers.walks import NotPlanned
from verinet.work import Budget, Progress, under

#: The plan of the proof that is looked for.
PLAN: ContextVar[Plan | None] = ContextVar("plan", default=None)


def integral_between(
    claim: IntegralBetween, budget: Budget, progress: Progress, said: integrals.Said | None = None
) -> Verdict:
    """Decide whether an integral lies between the bounds of the claim; a proof is `said` in other words, if given."""
    found = _planned(claim, budget, progress)
    if found is None:
        return integrals.integral_between(claim, budget, progress, said)
    if said is None or not isinstance(found, Proved):
        return found
    proof = found.certificate.data
    return integrals.certified(said, proof["statement"], proof["evidence"], budget)


def sup_error_at_most(claim: SupErrorAtMost, budget: Budget, progress: Progress) -> Verdict:
    """Decide whether a sup error is at most a bound."""
    found = _planned(claim, budget, progress)
    return decide.universal(claim, budget, progress) if found is None else found


def _planned(claim: IntegralBetween | SupErrorAtMost, budget: Budget, progress: Progress) -> Verdict | None:
    """The verdict by cells, if there is a plan and it leads to one."""
    plan = PLAN.get()
    if plan is None:
        return None
    try:
        with under(budget):
            if isinstance(claim, IntegralBetween):
                verdict = by_cells.integral(claim, plan, progress)
            else:
                verdict = by_cells.sup_error(claim, plan, progress)
    except NotPlanned:
        return None
    except BudgetExhausted as error:
        return Unknown(budget.reason() if budget.exhausted() else error.problem)
    except KeyboardInterrupt:
        return Unknown(INTERRUPTED)
    return verdict if isinstance(verdict, Proved | Refuted) else None
