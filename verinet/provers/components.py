"""Components of superlevel sets: exact on the canonical complex; boxes around a component refute it for the kernel.

In a polytope {f >= c} cut with a cell is a convex set, spanned by vertices of the cell and points of its edges, and two
of these sets meet just if the cells have a common vertex where f >= c: a face on which f >= c somewhere has such a
vertex.  So components are those of the vertices with f >= c, joined within cells, and a component reaches the boundary
just if one of its vertices lies there.  With > in place of >= the same holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt

from verinet.claims.components import ReachesBoundary
from verinet.claims.formulas import Affine
from verinet.claims.language import Always, Value
from verinet.claims.normal_forms import clauses
from verinet.claims.verdicts import Proved, Refuted, Unknown, Verdict
from verinet.claims.wording import number_text, point_text
from verinet.errors import BudgetExhausted
from verinet.exact.programs import Feasible, Minimum, System, feasible, minimum
from verinet.geometry.incidences import component_labels
from verinet.geometry.polyhedra import Polyhedron, integer_row
from verinet.provers.conjunctions import conjunction, decided, lemma
from verinet.provers.decide import certified
from verinet.regions.piecewise import PiecewiseAffine, piecewise
from verinet.regions.vertex_values import ScalarOutput
from verinet.work import Budget, Progress, keep_going, under

Point = tuple[Fraction, ...]
Side = tuple[Fraction, Fraction]
#: Finenesses of the grid whose boxes surround a component, and the most boxes that are looked at.
GRIDS, MOST_BOXES = (1, 2, 4, 8, 16, 32), 4096
#: Finenesses of the margin around the component's bounding box.
MARGINS = (4, 64, 1024)
ORIGIN = "verinet, exact computation on the canonical complex"


@dataclass(frozen=True, slots=True)
class _Components:
    """The components of a superlevel set: for each its vertices, its cells, and a vertex on the boundary if any."""

    vertices: tuple[tuple[int, ...], ...]
    cells: tuple[tuple[int, ...], ...]
    on_boundary: tuple[int | None, ...]


def reaches_boundary(claim: ReachesBoundary, budget: Budget, progress: Progress) -> Verdict:
    """Decide it on the complex; a component that stays inside is put into boxes with f < c all around."""
    try:
        with under(budget):
            f = piecewise(claim.network, claim.domain, budget=budget)
            scalar = ScalarOutput(f, claim.output)
            found = _components(claim, f, scalar)
            inner = [number for number, vertex in enumerate(found.on_boundary) if vertex is None]
            if inner:
                return _refuted(claim, f, scalar, found, inner[0], (budget, progress))
    except BudgetExhausted as error:
        return Unknown(error.problem)
    if not found.vertices:
        return _empty(claim, budget, progress)
    points = f.complex.vertices.exact(np.array([v for v in found.on_boundary if v is not None], dtype=np.int64))
    return _proved(claim, points)


def _components(claim: ReachesBoundary, f: PiecewiseAffine, scalar: ScalarOutput) -> _Components:
    signs = scalar.signs(claim.level)
    inside = signs > 0 if claim.strict else signs >= 0
    corners = f.complex.vertices_of(f.input_size)
    lists = [[v for v in corners[cell].tolist() if inside[v]] for cell in range(f.cells)]
    joined = np.array([pair for chosen in lists for pair in pairwise(chosen)], dtype=np.int64).reshape(-1, 2)
    labels = component_labels(len(f.complex.vertices), joined[:, 0], joined[:, 1]).tolist()
    numbers = list(dict.fromkeys(labels[v] for v in np.flatnonzero(inside).tolist()))
    outer = _boundary(f)
    vertices: dict[int, list[int]] = {number: [] for number in numbers}
    for v in np.flatnonzero(inside).tolist():
        vertices[labels[v]].append(v)
    cells: dict[int, list[int]] = {number: [] for number in numbers}
    for cell, chosen in enumerate(lists):
        if chosen:
            cells[labels[chosen[0]]].append(cell)
    return _Components(
        tuple(tuple(vertices[n]) for n in numbers),
        tuple(tuple(cells[n]) for n in numbers),
        tuple(next((v for v in vertices[n] if outer[v]), None) for n in numbers),
    )


def _boundary(f: PiecewiseAffine) -> npt.NDArray[np.bool_]:
    """For each vertex, whether it lies on the boundary of the domain."""
    outer = np.zeros(len(f.complex.vertices), dtype=np.bool_)
    if f.input_size == 1:
        outer[f.complex.boundary_facets] = True
    else:
        outer[f.complex.vertices_of(f.input_size - 1).take(f.complex.boundary_facets).indices] = True
    return outer


def _empty(claim: ReachesBoundary, budget: Budget, progress: Progress) -> Verdict:
    """No component at all: f < c everywhere, which the kernel checks."""
    verdict = decided(_below(claim, claim.domain), budget, progress)
    return conjunction(claim.text(), [verdict]) if isinstance(verdict, Proved) else verdict


def _below(claim: ReachesBoundary, domain: Polyhedron) -> Always:
    y = Affine.of_output(claim.output)
    return Always(claim.networks, clauses(y <= claim.level if claim.strict else y < claim.level), domain)


def _proved(claim: ReachesBoundary, points: Sequence[Point]) -> Verdict:
    parts = []
    for point in points:
        said = Value(claim.networks, point, claim.outputs_at(point))
        part = certified(said.text(), said.statement(), {})
        if not isinstance(part, Proved):
            return part
        parts.append(part)
    shown = "; ".join(map(point_text, points))
    relation = ">" if claim.strict else ">="
    text = (
        f"the set of x in {claim._domain_text()} with output {claim.output} {relation} {number_text(claim.level)} has "
        f"{len(points)} connected components, and each holds one of these points of the boundary: {shown}"
    )
    return conjunction(claim.text(), parts, [lemma(text, claim.text(), ORIGIN)])


def _refuted(
    claim: ReachesBoundary,
    f: PiecewiseAffine,
    scalar: ScalarOutput,
    found: _Components,
    number: int,
    limits: tuple[Budget, Progress],
) -> Verdict:
    """A point of a component that stays inside, and boxes around the component with f < c on their outer sides."""
    top = max(found.vertices[number], key=scalar.value)
    (point,) = f.complex.vertices.exact(np.array([top], dtype=np.int64))
    value = claim.network(*point)
    parts = [_rows(claim, f, scalar, cell) for cell in found.cells[number]]
    hull = _hull(parts)
    relation = "<=" if claim.strict else "<"
    for margin, fineness in product(MARGINS, GRIDS):
        keep_going()
        grid = _grid(claim, hull, margin, fineness)
        walls = None if grid is None else _walls(claim.domain, grid, parts)
        if walls is None:
            continue
        sides = [partial(decided, _below(claim, wall), *limits) for wall in walls]
        shown: list[Proved] = []
        for side in sides:
            verdict = side()
            if not isinstance(verdict, Proved):
                break
            shown.append(verdict)
        if len(shown) < len(sides):
            continue
        said = Value(claim.networks, point, value)
        first = certified(said.text(), said.statement(), {})
        if not isinstance(first, Proved):
            return first
        where = f"f {relation} {number_text(claim.level)} on the {len(walls)} sides of boxes around it inside D"
        reason = f"{claim.text()}: f = {number_text(value[claim.output])} at x = {point_text(point)}, and {where}"
        whole = conjunction(reason, [first, *shown])
        return Refuted(None, whole.certificate if isinstance(whole, Proved) else None, reason)
    return Unknown(
        f"the component of x = {point_text(point)} does not reach the boundary by the exact complex, "
        "but no boxes that show it to the kernel were found"
    )


def _rows(claim: ReachesBoundary, f: PiecewiseAffine, scalar: ScalarOutput, cell: int) -> tuple[tuple[int, ...], ...]:
    """The closed cell with f >= c, as rows over (1, x)."""
    form = scalar.form(cell)
    return (*f.complex.h_representation(cell), integer_row(form[-1] - claim.level, form[:-1]))


def _hull(parts: Sequence[tuple[tuple[int, ...], ...]]) -> list[Side]:
    """The bounding box of a union."""
    size = len(parts[0][0]) - 1
    hull: list[Side] = []
    for j in range(size):
        ends: list[list[Fraction]] = [[], []]
        for rows in parts:
            for sign, side in ((1, ends[0]), (-1, ends[1])):
                answer = minimum(tuple(sign * int(k == j + 1) for k in range(size + 1)), _system(rows, size))
                if isinstance(answer, Minimum):
                    side.append(sign * answer.value)
        hull.append((min(ends[0]), max(ends[1])))
    return hull


def _system(rows: tuple[tuple[int, ...], ...], size: int, box: Sequence[Side] = ()) -> System:
    low: tuple[Fraction | None, ...] = tuple(a for a, _ in box) or (None,) * size
    high: tuple[Fraction | None, ...] = tuple(b for _, b in box) or (None,) * size
    return System(rows, (False,) * len(rows), low, high)


def _grid(claim: ReachesBoundary, hull: list[Side], margin: int, fineness: int) -> list[list[Fraction]] | None:
    """Cuts of a box a little larger than the hull in every coordinate; None if it has too many boxes."""
    bounds = claim.domain.bounding_box()
    cuts = []
    for (low, high), a, b in zip(hull, bounds.low, bounds.high, strict=True):
        if a is None or b is None:
            return None
        low, high = low - (low - a) / margin, high + (b - high) / margin
        cuts.append([low + (high - low) * k / fineness for k in range(fineness + 1)])
    return None if fineness ** len(cuts) > MOST_BOXES else cuts


def _walls(
    domain: Polyhedron, cuts: list[list[Fraction]], parts: Sequence[tuple[tuple[int, ...], ...]]
) -> list[Polyhedron] | None:
    """The sides between a box of the grid that the set meets and one that it does not meet (or the outside).

    None if a box that it meets leaves the domain.
    """
    size, count = len(cuts), len(cuts[0]) - 1

    def meets(place: tuple[int, ...]) -> bool:
        box = [(side[k], side[k + 1]) for side, k in zip(cuts, place, strict=True)]
        return any(isinstance(feasible(_system(rows, size, box)), Feasible) for rows in parts)

    def leaves(place: tuple[int, ...]) -> bool:
        corners = product(*((side[k], side[k + 1]) for side, k in zip(cuts, place, strict=True)))
        return not all(domain.contains(corner) for corner in corners)

    kept = set()
    for place in product(range(count), repeat=size):
        keep_going()
        if meets(place):
            if leaves(place):
                return None
            kept.add(place)
    return list(_outer_sides(cuts, kept))


def _outer_sides(cuts: list[list[Fraction]], kept: set[tuple[int, ...]]) -> Iterator[Polyhedron]:
    for place in sorted(kept):
        for j in range(len(cuts)):
            for step in (0, 1):
                beside = tuple(k + (2 * step - 1) * int(i == j) for i, k in enumerate(place))
                if beside in kept:
                    continue
                low = [side[k] for side, k in zip(cuts, place, strict=True)]
                high = [side[k + 1] for side, k in zip(cuts, place, strict=True)]
                low[j] = high[j] = cuts[j][place[j] + step]
                yield Polyhedron(tuple(low), tuple(high))
