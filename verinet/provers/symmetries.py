"""Positively homogeneous: equal to the recession function, which the kernel compares; two points refute it."""

from __future__ import annotations

from fractions import Fraction

from verinet.claims.symmetries import PositivelyHomogeneous
from verinet.claims.verdicts import Counterexample, Proved, Refuted, Unknown, Verdict
from verinet.provers.conjunctions import at_points, decided, lemma, retold
from verinet.work import Budget, Progress

LEMMA = (
    "a network whose affine maps have no constants and whose activations s satisfy s(t z) = t s(z) for all t > 0 "
    "computes a function with g(t x) = t g(x) for all t > 0; the second network of the statement is of this kind"
)
#: Factors t tried at a point where f differs from its recession function: 2, 4, 8, ...
DOUBLINGS = 4096


def positively_homogeneous(claim: PositivelyHomogeneous, budget: Budget, progress: Progress) -> Verdict:
    """Decide it: f = g, where g is the network of x -> lim f(t x)/t.

    If f(x) != g(x), then f(t x) != t f(x) for some t, as f(t x)/t tends to g(x).
    """
    verdict = decided(claim.to_equal(), budget, progress)
    match verdict:
        case Proved():
            return retold(claim.text(), verdict, [lemma(LEMMA, claim.text())])
        case Refuted(counterexample=Counterexample(x=point)):
            value = claim.network(*point)
            for doubling in range(1, DOUBLINGS):
                factor = Fraction(1 << doubling)
                far = tuple(factor * entry for entry in point)
                if claim.network(*far) != tuple(factor * entry for entry in value):
                    return at_points(claim.text(), claim.network, (point, far))
            return Unknown("f differs from its recession function, but no factor shows it; please report this network")
        case _:
            return verdict
