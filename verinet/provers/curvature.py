"""Convex and concave: the regions give the affine pieces, the kernel checks that the output is their maximum."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from verinet.claims.continuity import Continuous
from verinet.claims.curvature import Curved
from verinet.claims.formulas import Affine
from verinet.claims.verdicts import Counterexample, Refuted, Unknown, Verdict
from verinet.errors import BudgetExhausted
from verinet.provers.charts import chart_of, closure
from verinet.provers.conjunctions import at_points, decided, lemma, retold
from verinet.provers.degree import need_affine
from verinet.provers.jumps import LEMMAS, curved_with_jumps
from verinet.provers.tangents import by_tangents
from verinet.regions.piecewise import PiecewiseAffine, piecewise
from verinet.regions.shape import curvature
from verinet.regions.vertex_values import ScalarOutput
from verinet.work import Budget, Progress

Point = tuple[Fraction, ...]
#: With more inputs, or on an unbounded domain, there is no complex to start from.
MOST_INPUTS = 6


def curved(claim: Curved, budget: Budget, progress: Progress) -> Verdict:
    """Find the affine pieces, then let the kernel check the maximum; or refute by three points of a line.

    On a flat domain pieces and points are found in coordinates of the flat.  Activations that jump have a search of
    their own, for there the pieces of the cells need not be all of the function.
    """
    need_affine(claim.network, claim.way)
    chart = chart_of(claim.domain)
    if chart is None:
        only = claim.domain.point()
        return _shown(claim, [Affine(claim.network(*only)[claim.output])], budget, progress)
    if Continuous(claim.networks, claim.domain).jumps:
        return curved_with_jumps(claim, chart, budget, progress)
    inner = claim if chart.whole else replace(claim, networks=(chart.network(claim.network),), domain=chart.domain)
    answer = _answer(inner, budget, progress)
    match answer:
        case Unknown():
            return answer
        case tuple():
            return at_points(claim.text(), claim.network, [chart.point(t) for t in answer])
        case _ if chart.whole:
            return _shown(claim, answer, budget, progress)
    size = chart.domain.dimension
    rows = [(piece.constant, *(dict(piece.x).get(j, Fraction(0)) for j in range(size))) for piece in answer]
    return _shown(claim, [chart.form(row) for row in rows], budget, progress)


def _answer(claim: Curved, budget: Budget, progress: Progress) -> list[Affine] | tuple[Point, ...] | Unknown:
    """The affine pieces of which the output is the maximum (minimum), or three points that refute it."""
    size = claim.domain.dimension
    if size > MOST_INPUTS or (size > 1 and not claim.domain.is_bounded):
        answer = by_tangents(claim, budget, progress)
        match answer:
            case list() | Unknown():
                return answer
            case Refuted(counterexample=Counterexample() as found):
                return (found.x, *(x for x, _ in found.more))
        return Unknown("the pieces were not found")
    try:
        # a continuous function is convex on a set if it is on the closure
        f = piecewise(claim.network, closure(claim.domain), budget=budget)
        found_facets = curvature(f, claim.output)
        facet = found_facets.not_convex if claim.way == "convex" else found_facets.not_concave
        if facet is not None:
            return _beside(claim, f, facet)
        scalar = ScalarOutput(f, claim.output)
        forms = dict.fromkeys(scalar.form_of_map(number) for number in range(f.affine_maps))
    except BudgetExhausted as error:
        return Unknown(error.problem)
    return [Affine(form[-1], tuple((j, a) for j, a in enumerate(form[:-1]) if a)) for form in forms]


def _shown(claim: Curved, pieces: list[Affine], budget: Budget, progress: Progress) -> Verdict:
    """The output is the maximum (minimum) of these pieces, which the kernel checks."""
    verdict = decided(claim.to_extreme(pieces), budget, progress)
    if isinstance(verdict, Refuted):
        return Unknown("the pieces say that it is so and the tree that it is not; please report this network")
    return retold(claim.text(), verdict, [lemma(LEMMAS[claim.way], claim.text())])


def _beside(claim: Curved, f: PiecewiseAffine, facet: int) -> tuple[Point, ...]:
    """Two points beside a facet across which the slope turns the wrong way, and their middle on the facet."""
    scalar = ScalarOutput(f, claim.output)
    (first, second) = next((int(a), int(b)) for a, b, between in f.complex.adjacency.tolist() if between == facet)
    # the two forms agree on the facet: their difference is normal to it
    normal = tuple(a - b for a, b in zip(scalar.form(first)[:-1], scalar.form(second)[:-1], strict=True))
    middle = _centre(f, facet)
    step = Fraction(1) / max(map(abs, normal))
    while True:
        ends = tuple(tuple(x + way * step * a for x, a in zip(middle, normal, strict=True)) for way in (-1, 1))
        if claim.refuted_by(*ends):
            return ends[0], middle, ends[1]
        step /= 2


def _centre(f: PiecewiseAffine, facet: int) -> Point:
    """The mean of the vertices of a facet: in its relative interior."""
    corners = [facet] if f.input_size == 1 else f.complex.vertices_of(f.input_size - 1)[facet].tolist()
    points = f.complex.vertices.exact(np.array(corners, dtype=np.int64))
    return tuple(sum(column, Fraction(0)) / len(points) for column in zip(*points, strict=True))
