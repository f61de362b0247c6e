"""Convexity without a complex: affine pieces are added one by one until the output is their maximum.

A convex output lies above every affine piece it has on a full-dimensional cell; a point where it lies below one leads
to three points on a line that refute convexity.  A point where it lies above all pieces known lies in the closure of a
cell with another piece.  There are finitely many pieces, so this ends; it needs as many tree searches as pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from verinet.claims.curvature import Curved
from verinet.claims.formulas import Affine, any_of
from verinet.claims.language import Always
from verinet.claims.normal_forms import clauses
from verinet.claims.verdicts import Counterexample, Refuted, Unknown, Verdict
from verinet.exact.programs import Interior, System, interior
from verinet.geometry.polyhedra import integer_row, interval
from verinet.kernel import Layer
from verinet.networks.transformations import precompose
from verinet.provers.conjunctions import at_points, decided
from verinet.provers.decide import read
from verinet.provers.germs import cell_at
from verinet.work import SILENT, Budget, Progress

Point = tuple[Fraction, ...]
#: How near to a point a cell beside it is looked for: steps 1/2, 1/4, ... of the way to another point.
NEARNESS = 200


def by_tangents(claim: Curved, budget: Budget, progress: Progress) -> Verdict | list[Affine]:
    """The affine pieces of which the output is the maximum (minimum), or a verdict."""
    layers = read(claim.to_extreme([Affine(Fraction(0))]).statement()).networks[0]
    centre = interior(claim.domain.system())
    if not isinstance(centre, Interior):
        return Unknown("the domain has no interior")
    at, pieces = centre.point, list[Affine]()
    while True:
        inside, piece = _beside(claim, layers, at)
        if piece in pieces:
            return Unknown("a piece was met twice; please report this network")
        pieces.append(piece)
        progress.update(len(pieces), 1, "affine pieces")
        below = decided(_on_one_side(claim, [piece], below=True), budget, progress)
        match below:
            case Refuted(counterexample=Counterexample(x=point)):
                return _on_a_line(claim, inside, point)
            case Unknown():
                return below
        above = decided(_on_one_side(claim, pieces, below=False), budget, progress)
        match above:
            case Refuted(counterexample=Counterexample(x=point)):
                at = point
            case Unknown():
                return above
            case _:
                return pieces


def _on_one_side(claim: Curved, pieces: list[Affine], below: bool) -> Always:
    """All pieces are <= the output (below), or some piece is >= the output; for concave outputs the other way round."""
    y = Affine.of_output(claim.output)
    at_least = below == (claim.way == "convex")
    atoms = [y >= piece if at_least else y <= piece for piece in pieces]
    return Always(claim.networks, clauses(any_of(*atoms)), claim.domain)


def _beside(claim: Curved, layers: list[Layer], at: Point) -> tuple[Point, Affine]:
    """A point inside a full-dimensional cell whose closure holds this point, and the output's piece there."""
    for near in _nearer(claim, at):
        cell = cell_at(layers, near)
        rows = tuple(integer_row(row[0], row[1:]) for row in cell.rows)
        system = claim.domain.system()
        whole = System(rows + system.rows, (False,) * len(rows) + system.strict, system.low, system.high)
        inside = interior(whole)
        if isinstance(inside, Interior) and all(_level(row, at) >= 0 for row in cell.rows):
            form = cell.outputs[claim.output]
            return inside.point, Affine(form[0], tuple((j, a) for j, a in enumerate(form[1:]) if a))
    raise ArithmeticError("no full-dimensional cell was found beside a point of the domain")


def _nearer(claim: Curved, at: Point) -> Iterator[Point]:
    """Points inside the domain that come nearer and nearer, from directions without a pattern."""
    yield at
    centre = interior(claim.domain.system())
    start = centre.point if isinstance(centre, Interior) else at
    for place in range(NEARNESS):
        tilt = tuple(Fraction((place + 3) * (j + 2) ** 2 % 17 - 8, 1 << (place + 8)) for j in range(len(at)))
        share = Fraction(1, 1 << (place + 1))
        point = tuple(a + share * (s - a) + share * t for a, s, t in zip(at, start, tilt, strict=True))
        if claim.domain.contains(point):
            yield point


def _level(row: tuple[Fraction, ...], point: Point) -> Fraction:
    return row[0] + sum((a * x for a, x in zip(row[1:], point, strict=True)), Fraction(0))


def _on_a_line(claim: Curved, inside: Point, point: Point) -> Verdict:
    """The output bends the wrong way between these points: there the one-dimensional answer is found."""
    from verinet.provers.curvature import curved  # which calls this module where there is no complex

    direction = [[b - a] for a, b in zip(inside, point, strict=True)]
    along = precompose(claim.network, direction, inside)
    found = curved(Curved((along,), interval(0, 1), claim.output, claim.way), Budget(), SILENT)
    if not isinstance(found, Refuted) or found.counterexample is None:
        return Unknown("a point below a piece did not lead to a bend; please report this network")
    times = [found.counterexample.x[0], *(x[0] for x, _ in found.counterexample.more)]
    points = [tuple(a + t * d for a, (d,) in zip(inside, direction, strict=True)) for t in times]
    return at_points(claim.text(), claim.network, points)
