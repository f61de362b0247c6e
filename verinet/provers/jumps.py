"""Convex and concave outputs of networks that jump: jumps inside refute, at the boundary they may be allowed.

Inside its domain a convex function is continuous, and at the boundary it may only jump upwards.  So the output must be
the maximum of the pieces of its cells inside, at least that on the whole domain, and convex on every facet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from verinet.claims.curvature import Curved
from verinet.claims.formulas import Affine, all_of
from verinet.claims.language import Always
from verinet.claims.normal_forms import clauses
from verinet.claims.verdicts import Counterexample, Proved, Refuted, Unknown, Verdict
from verinet.provers.charts import Chart, facets, open_part
from verinet.provers.conjunctions import at_points, conjunction, decided, lemma, retold
from verinet.provers.coverings import cell_points
from verinet.provers.decide import read
from verinet.provers.germs import cell_at
from verinet.provers.trails import Stopped
from verinet.work import Budget, Progress

Point = tuple[Fraction, ...]
LEMMAS = {
    "convex": "the maximum of finitely many affine functions is convex",
    "concave": "the minimum of finitely many affine functions is concave",
}
JOINED = {
    "convex": "a function on a convex set that is a maximum of affine functions on its relative interior, at least all "
    "of these on the whole set, and convex on every facet that belongs to the set, is convex",
    "concave": "a function on a convex set that is a minimum of affine functions on its relative interior, at most all "
    "of these on the whole set, and concave on every facet that belongs to the set, is concave",
}
#: Directions in which the ends of a jump are looked for, and how often a step along one is halved.
DIRECTIONS, HALVINGS = 40, 100


@dataclass(frozen=True, slots=True)
class _Cells:
    """The different pieces of an output, each with a point inside a cell that has it."""

    pieces: tuple[Affine, ...]
    homes: tuple[Point, ...]


def curved_with_jumps(claim: Curved, chart: Chart, budget: Budget, progress: Progress) -> Verdict:
    """Decide it on the interior, on the whole domain, and on every facet."""
    cells = _cells(claim, chart, budget, progress)
    if isinstance(cells, Unknown):
        return cells
    assumed = [lemma(LEMMAS[claim.way], claim.text())]
    everywhere = decided(claim.to_extreme(cells.pieces), budget, progress)
    if not isinstance(everywhere, Refuted):
        return retold(claim.text(), everywhere, assumed)
    found = _at(claim, chart, cells, everywhere)
    if found is not None:
        return found
    inside = replace(claim, domain=open_part(claim.domain, chart))
    parts: list[Proved] = []
    for part in (inside.to_extreme(cells.pieces), _beyond(claim, cells.pieces)):
        verdict = decided(part, budget, progress)
        if isinstance(verdict, Refuted):
            found = _at(claim, chart, cells, verdict)
            return Unknown("a jump was found, but no three points that show it") if found is None else found
        if not isinstance(verdict, Proved):
            return verdict
        parts.append(verdict)
    return _on_facets(claim, chart, parts, budget, progress)


def _on_facets(claim: Curved, chart: Chart, parts: list[Proved], budget: Budget, progress: Progress) -> Verdict:
    from verinet.provers.curvature import curved  # which calls this module where a network jumps

    for facet in facets(claim.domain, chart):
        verdict = curved(replace(claim, domain=facet), budget, progress)
        if not isinstance(verdict, Proved):
            return retold(claim.text(), verdict)
        parts.append(verdict)
    return conjunction(claim.text(), parts, [lemma(JOINED[claim.way], claim.text())])


def _cells(claim: Curved, chart: Chart, budget: Budget, progress: Progress) -> _Cells | Unknown:
    inner = replace(claim, networks=(chart.network(claim.network),), domain=chart.domain)
    layers = read(inner.to_extreme([Affine(Fraction(0))]).statement()).networks[0]
    points = cell_points(inner.network, inner.domain, budget, progress)
    if isinstance(points, Stopped):
        return Unknown(f"{points.reason} after {points.leaves} leaves")
    homes: dict[Affine, Point] = {}
    for point in points:
        piece = chart.form(cell_at(layers, point).outputs[claim.output])
        homes.setdefault(piece, chart.point(point))
    return _Cells(tuple(homes), tuple(homes.values()))


def _beyond(claim: Curved, pieces: Sequence[Affine]) -> Always:
    """The output is at least (at most) every piece, on the whole domain."""
    y = Affine.of_output(claim.output)
    atoms = [y >= piece if claim.way == "convex" else y <= piece for piece in pieces]
    return Always(claim.networks, clauses(all_of(*atoms)), claim.domain)


def _at(claim: Curved, chart: Chart, cells: _Cells, refuted: Refuted) -> Refuted | None:
    """Three points that refute the claim, from one where the output is not the maximum of the pieces."""
    if not isinstance(refuted.counterexample, Counterexample):
        return None
    x = refuted.counterexample.x
    sign = 1 if claim.way == "convex" else -1
    value = sign * claim.outputs_at(x)[claim.output]
    levels = [sign * piece.value(x, ()) for piece in cells.pieces]
    if value < max(levels):
        # the chord from x falls below the piece, hence its cell's inside lies above
        home = cells.homes[levels.index(max(levels))]
        triples = _onwards(x, home)
    elif chart.is_inside(x):
        triples = _across(chart, x)
    else:
        return None
    for points in triples:
        if claim.bends_wrongly(*points):
            return at_points(claim.text(), claim.network, points)
    return None


def _onwards(x: Point, home: Point) -> Iterator[tuple[Point, Point, Point]]:
    """x, a point inside a cell, and points behind that one which come nearer to it."""
    for halving in range(HALVINGS):
        yield x, home, tuple(h + (h - a) / (1 << halving) for a, h in zip(x, home, strict=True))


def _across(chart: Chart, x: Point) -> Iterator[tuple[Point, Point, Point]]:
    """x in the middle of two points that come nearer to it, along directions without a pattern."""
    size = chart.domain.dimension
    zero = chart.point((Fraction(0),) * size)
    for halving in range(0, HALVINGS, 4):
        for turn in range(DIRECTIONS if size > 1 else 1):
            t = tuple(Fraction(((turn + 3) * (k + 2) ** 3 + turn * turn * k) % 37 - 18, 18) for k in range(size))
            direction = tuple(a - b for a, b in zip(chart.point(t), zero, strict=True))
            if any(direction):
                ends = [
                    tuple(a + way * d / (1 << halving) for a, d in zip(x, direction, strict=True)) for way in (-1, 1)
                ]
                yield ends[0], x, ends[1]
