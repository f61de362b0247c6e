"""L^p errors against smooth targets: the integral against polynomials, and the triangle inequality."""

from __future__ import annotations

from fractions import Fraction

from verinet.claims.lp_errors import LpErrorSmooth
from verinet.claims.smooth_targets import NearTarget
from verinet.claims.verdicts import Refuted, Unknown, Verdict
from verinet.errors import BudgetExhausted
from verinet.exact.rationals import format_rational
from verinet.provers import integrals
from verinet.provers.check_costs import GRACE, too_long
from verinet.provers.planned import integral_between
from verinet.provers.sup_errors import APPROACHES, CLOSER
from verinet.provers.trails import INTERRUPTED
from verinet.work import Budget, Progress, under

#: Sides of a box in one dimension: so many indicators of halfspaces come with each part of the domain.
SIDES = 2
#: Seconds for one entry of a statement's matrices and exponents: to write it, and to read it twice.
ENTRY = 2e-6


def smooth_error(claim: LpErrorSmooth, budget: Budget, progress: Progress) -> Verdict:
    """Decide an L^p error against a smooth target, with polynomials that come closer until the answer is clear."""
    try:
        with under(budget):
            return _approached(claim, budget, progress)
    except BudgetExhausted as error:
        return Unknown(error.problem)
    except KeyboardInterrupt:
        return Unknown(INTERRUPTED)


def _approached(claim: LpErrorSmooth, budget: Budget, progress: Progress) -> Verdict:
    for _ in range(APPROACHES):
        near = claim.near()
        _check_size(near, budget)
        part = claim.part(near)
        if part is not None:
            said = integrals.Said(claim.text(), claim.assumed(near))
            verdict = integral_between(part, budget, progress, said)
            if isinstance(verdict, Refuted) and (opposite := _opposite(claim, near, verdict)) is not None:
                return opposite
            if not isinstance(verdict, Refuted):
                return verdict
        claim = claim.with_accuracy(claim.accuracy / CLOSER)
    return Unknown("the error is too close to a bound to be told from it")


def _check_size(near: NearTarget, budget: Budget) -> None:
    """Refuse polynomials on so many parts that their statement alone, as text, would take the time that is left."""
    left = budget.left()
    pieces = near.polynomials.pieces
    terms = sum(len(polynomial.coefficients) for _, polynomial in pieces)
    seconds = len(pieces) * (terms + SIDES * near.target.dimension * len(pieces)) * ENTRY
    if left is not None and seconds > max(left, 0.0) + GRACE:
        raise too_long(budget, left, seconds)


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
