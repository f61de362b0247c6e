"""Networks that are a function of the codes of a first layer of FLOORs: a table stands in for what follows."""

from __future__ import annotations

from verinet.claims.coded_cells import SupErrorCoded
from verinet.claims.verdicts import Proved, Refuted, Unknown, Verdict
from verinet.claims.wording import point_text
from verinet.errors import BudgetExhausted, Unsupported
from verinet.provers.conjunctions import retold
from verinet.work import Budget, Progress


def sup_error_coded(claim: SupErrorCoded, budget: Budget, progress: Progress) -> Verdict:
    """Prove the claim about the network with the table, under the assumption that the two are as near as balls show."""
    from verinet.provers.portfolio import PROVERS  # the table there names this function

    table = claim.table()
    stand_in, off = claim.stand_in(table)
    try:
        inner = claim.inner(stand_in, off)
    except (BudgetExhausted, Unsupported) as error:
        return Unknown(error.problem)
    verdict = dict(PROVERS)[type(inner)](inner, budget, progress)
    if isinstance(verdict, Proved):
        return retold(claim.text(), verdict, [claim.assumption(table, off)])
    if not isinstance(verdict, Refuted) or verdict.counterexample is None:
        return Unknown(str(verdict)) if isinstance(verdict, Refuted) else verdict
    x = verdict.counterexample.x
    if claim.refuted_by(x):
        return Refuted(None, None, f"{claim.text()}: balls show more at x = {point_text(x)}")
    return Unknown(f"the error is too close to the bound to be told from it; look at x = {point_text(x)}")
