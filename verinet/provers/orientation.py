"""The orientation of a map of R^n to R^n: one strict sign of all Jacobian determinants, or a cell with another one."""

from __future__ import annotations

from verinet.claims.degree import Oriented, affine_near, orientation_near
from verinet.claims.verdicts import Counterexample, Proved, Refuted, Unknown, Verdict
from verinet.networks.local_maps import local_map
from verinet.provers.collisions import interior_points
from verinet.provers.decide import certified, read
from verinet.provers.tree import Fails, Steps, Stopped, search
from verinet.work import Budget, Progress

#: Points whose pieces are looked at before the tree is searched.
SAMPLES = 48


def oriented(claim: Oriented, budget: Budget, progress: Progress) -> Verdict:
    """Decide ``oriented(f, D, sign)``: the split tree, or a cell whose determinant is 0 or of the other sign."""
    for point in interior_points(claim.domain, SAMPLES):
        if local_map(claim.network, point).inside and orientation_near(claim.network, point) != claim.sign:
            return _refuted(claim, point, budget, progress)
    data = claim.statement()
    outcome: Steps | Fails | Stopped = search(read(data), budget, progress)
    match outcome:
        case Steps(steps=steps):
            return certified(claim.text(), data, {"steps": steps})
        case Fails(point=point):
            return _refuted(claim, point, budget, progress)
        case Stopped(reason=reason, leaves=leaves):
            return Unknown(f"{reason} after {leaves} leaves")


def _refuted(claim: Oriented, point: tuple[object, ...], budget: Budget, progress: Progress) -> Verdict:
    """The point, with the certificate that f is one affine map near it."""
    piece = local_map(claim.network, point)
    if not claim.domain.contains(piece.at) or not piece.inside or claim.holds_at(piece.at):
        return Unknown("a cell of another sign did not survive exact evaluation; please report this network")
    near = affine_near(claim.network, piece.at)
    statement = near.statement()
    outcome = search(read(statement), budget, progress)
    certificate = None
    if isinstance(outcome, Steps):
        verdict = certified(near.text(), statement, {"steps": outcome.steps})
        certificate = verdict.certificate if isinstance(verdict, Proved) else None
    shown = Counterexample(piece.at, claim.network(*piece.at), claim.text())
    return Refuted(shown, certificate)
