"""L^p errors against smooth targets: the integral against polynomials, and the triangle inequality."""

from __future__ import annotations

from fractions import Fraction

from verinet.claims.lp_errors import LpErrorSmooth
from verinet.claims.smooth_targets import NearTarget
from verinet.claims.verdicts import Proved, Refuted, Unknown, Verdict
from verinet.errors import BudgetExhausted
from verinet.exact.rationals import format_rational
from verinet.provers import decide
from verinet.provers.planned import integral_between
from verinet.provers.sup_errors import APPROACHES, CLOSER
from verinet.work import Budget, Progress


def smooth_error(claim: LpErrorSmooth, budget: Budget, progress: Progress) -> Verdict:
    """Decide an L^p error against a smooth target, with polynomials that come closer until the answer is clear."""
    for _ in range(APPROACHES):
        try:
            near = claim.near()
        except BudgetExhausted as error:
            return Unknown(error.problem)
        part = claim.part(near)
        if part is not None:
            verdict = integral_between(part, budget, progress)
            if isinstance(verdict, Proved):
                proof = verdict.certificate.data
                return decide.certified(claim.text(), proof["statement"], proof["evidence"], claim.assumed(near))
            if isinstance(verdict, Refuted) and (opposite := _opposite(claim, near, verdict)) is not None:
                return opposite
            if not isinstance(verdict, Refuted):
                return verdict
        claim = claim.with_accuracy(claim.accuracy / CLOSER)
    return Unknown("the error is too close to a bound to be told from it")


def _opposite(claim: LpErrorSmooth, near: NearTarget, verdict: Refuted) -> Refuted | None:
    """The refutation of the claim, if the error against the polynomials is far enough outside of the bounds."""
    if verdict.certificate is None:
        return None
    stated = verdict.certificate.data["statement"]["bounds"]
    low, high = (Fraction(int(entry, 16), int(stated["over"], 16)) for entry in stated["at"])
    shift = claim.shift(near)
    if low > (claim.high + shift) ** claim.p or (claim.low > shift and high < (claim.low - shift) ** claim.p):
        where = "above" if low > claim.high**claim.p else "below"
        said = f"against polynomials within {format_rational(near.error)} of it the error is farther {where}"
        return Refuted(None, verdict.certificate, f"{claim.text()} ({said})")
    return None
