"""Is a network one-to-one?  First what would show that it is not; then the degree, where there is one; then pairs.

The claim on pairs is the kernel's alone and complete, but has a case for every pair of cells.  Square continuous maps
of R^n have a shorter proof, by one lemma; it serves every domain on which they are looked at.
"""

from __future__ import annotations

from verinet.claims import degree
from verinet.claims.injectivity import Bijective, Injective, is_whole
from verinet.claims.verdicts import Refuted, Unknown, Verdict
from verinet.geometry.polyhedra import box, whole_space
from verinet.provers.collisions import Pair, interior_points, quick_collision
from verinet.provers.conjunctions import at_points, retold
from verinet.provers.decide import certified
from verinet.provers.degree import SAMPLES, Collides, OneToOne, activations, is_square, need_affine, one_to_one
from verinet.provers.equations import search_equations
from verinet.provers.surjectivity import surjective
from verinet.provers.trails import INTERRUPTED
from verinet.provers.tree import Fails, Steps, Stopped
from verinet.work import Budget, Progress

#: Networks with at most so many neurons are asked pair by pair first, on R^n too: that needs no lemma.
FEW_NEURONS = 6
#: Search steps of the first attempt on pairs, and of each later one so many times more.
FIRST_STEPS, GROWTH = 400, 10
#: Two points with one value of a network that jumps are looked for in this box.
REACH = 8
#: The degree has a case a cell, not a pair of cells: it gets so many times the steps that pairs get.
MORE_STEPS = 50


def injective(claim: Injective, budget: Budget, progress: Progress) -> Verdict:
    """Decide ``injective(f, D)``: the two searches take turns, each with more steps than the last."""
    try:
        return _injective(claim, budget, progress)
    except KeyboardInterrupt:
        return Unknown(INTERRUPTED)


def _injective(claim: Injective, budget: Budget, progress: Progress) -> Verdict:
    need_affine(claim.network, "injective")
    if all(function.is_affine for function in activations(claim.network)):
        found = quick_collision(claim, interior_points(claim.domain, SAMPLES))
        if found is not None:
            return refuted(claim, found)
    if not is_square(claim.network):
        return _pairs(claim, budget, progress)
    by_pairs = claim.network.size <= FEW_NEURONS or not is_whole(claim.domain)
    attempts = [_pairs, _by_degree] if by_pairs else [_by_degree, _pairs]
    steps, verdict = FIRST_STEPS, Unknown("the budget ran out")
    while not budget.exhausted() and attempts:
        for attempt in tuple(attempts):
            share = steps * MORE_STEPS if attempt is _by_degree else steps
            limits = Budget(budget.left(), share if budget.steps is None else min(share, budget.steps - budget.spent))
            tried = attempt(claim, limits, progress)
            if not isinstance(tried, Unknown):
                return tried
            budget.spend(limits.spent)
            verdict = tried
            if budget.exhausted():
                break
            if not limits.exhausted():
                attempts.remove(attempt)
        steps *= GROWTH
    return Unknown(budget.reason()) if budget.exhausted() else verdict


def _pairs(claim: Injective, budget: Budget, progress: Progress) -> Verdict:
    outcome: Steps | Fails | Stopped = search_equations(claim.pairs(), budget, progress)
    match outcome:
        case Steps(steps=steps):
            return certified(claim.text(), claim.statement(), {"steps": steps})
        case Fails(point=point):
            half = len(point) // 2
            return refuted(claim, (point[:half], point[half:]))
        case Stopped(reason=reason, leaves=leaves):
            return Unknown(f"{reason} after {leaves} leaves")


def _by_degree(claim: Injective, budget: Budget, progress: Progress) -> Verdict:
    """One-to-one on R^n, hence on the domain; a collision counts only inside of it."""
    everywhere = Injective(claim.networks, whole_space(claim.domain.dimension))
    outcome = one_to_one(everywhere, None, budget, progress)
    match outcome:
        case OneToOne(statement=statement, evidence=evidence):
            return certified(claim.text(), statement, evidence, (degree.lemma(*degree.HOMEOMORPHISM),))
        case Collides(pair=pair) if claim.collides(*pair):
            return refuted(claim, pair)
        case Collides():
            return Unknown("not one-to-one outside of the domain")
        case Stopped(reason=reason, leaves=leaves):
            return Unknown(f"{reason} after {leaves} leaves")


def bijective(claim: Bijective, budget: Budget, progress: Progress) -> Verdict:
    """Decide ``bijective(f)`` on all of R^n."""
    try:
        return _bijective(claim, budget, progress)
    except KeyboardInterrupt:
        return Unknown(INTERRUPTED)


def _bijective(claim: Bijective, budget: Budget, progress: Progress) -> Verdict:
    network = claim.network
    if network.input_size > network.output_size:
        verdict = injective(claim.injective(), budget, progress)
        return verdict if isinstance(verdict, Refuted) else Unknown("no collision was found")
    if network.input_size < network.output_size:
        verdict = surjective(claim.surjective(), budget, progress)
        return verdict if isinstance(verdict, Refuted) else Unknown("no missed value was found")
    if not is_square(network):
        return _with_jumps(claim, budget, progress)
    outcome = one_to_one(claim.injective(), claim.at, budget, progress)
    match outcome:
        case OneToOne(statement=statement, evidence=evidence):
            return certified(claim.text(), statement, evidence, (degree.lemma(*degree.HOMEOMORPHISM),))
        case Collides(pair=pair):
            return refuted(claim, pair)
        case Stopped(reason=reason, leaves=leaves):
            return Unknown(f"{reason} after {leaves} leaves")


def _with_jumps(claim: Bijective, budget: Budget, progress: Progress) -> Verdict:
    """Two points with one value refute it, or a value that is missed, where the theory of degree says nothing."""
    need_affine(claim.network, "bijective")
    near = box([-REACH, REACH], dimension=claim.network.input_size)
    half = Budget(None if (left := budget.left()) is None else left / 2, FIRST_STEPS * GROWTH)
    verdict = injective(Injective(claim.networks, near), half, progress)
    if not isinstance(verdict, Refuted) and all(function.is_affine for function in activations(claim.network)):
        verdict = surjective(claim.surjective(), budget, progress)
    if isinstance(verdict, Refuted):
        return retold(claim.text(), verdict)
    return Unknown(
        "the network jumps, no two points with one value and no missed value were found, and a proof needs a "
        "continuous network: state injective(f, domain) and surjective(f, onto, domain) on their own"
    )


def refuted(claim: Injective | Bijective, pair: Pair) -> Refuted | Unknown:
    """The collision, evaluated exactly, with the certificate of its two values."""
    judge = claim if isinstance(claim, Injective) else claim.injective()
    if not judge.collides(*pair):
        return Unknown("a candidate collision did not survive exact evaluation; please report this network")
    return at_points(claim.text(), claim.network, pair)
