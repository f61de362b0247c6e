"""Flat sets in coordinates of their own: the affine hull of a polyhedron, and the set as a full-dimensional one there.

A polyhedron without interior lies in a flat ``{p + B t}``; in t it has interior, and affine functions of t are affine
functions of x on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from verinet.claims.formulas import Affine
from verinet.exact.linalg import Matrix
from verinet.exact.programs import Interior, Minimum, interior, minimum
from verinet.geometry.polyhedra import Halfspace, Polyhedron, whole_space
from verinet.networks.network import Network
from verinet.networks.transformations import precompose

Point = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """x = origin + basis t on a polyhedron; `sides` are those that do not hold with equality on all of it.

    `domain` is the polyhedron in t: with interior, and without the sides that say nothing there.
    """

    origin: Point
    basis: Matrix
    domain: Polyhedron
    sides: tuple[Halfspace, ...]
    whole: bool

    def point(self, t: Sequence[Fraction]) -> Point:
        """The point of these coordinates."""
        if self.whole:
            return tuple(t)
        moved = (self.basis @ Matrix.column(t)).to_rows()
        return tuple(a + b for a, (b,) in zip(self.origin, moved, strict=True))

    def network(self, f: Network) -> Network:
        """The network as a function of t."""
        return f if self.whole else precompose(f, self.basis, self.origin)

    def form(self, row: Sequence[Fraction]) -> Affine:
        """An affine function of t, a row over (1, t), as one of x: it agrees on the flat."""
        constant, slopes = row[0], list(row[1:])
        if not self.whole:
            # t = (B^T B)^-1 B^T (x - p)
            gram = self.basis.T @ self.basis
            slopes = [entry for (entry,) in (self.basis @ gram.solve(Matrix.column(slopes))).to_rows()]
            constant -= sum((a * p for a, p in zip(slopes, self.origin, strict=True)), Fraction(0))
        return Affine(constant, tuple((j, a) for j, a in enumerate(slopes) if a))

    def is_inside(self, x: Sequence[Fraction]) -> bool:
        """Whether a point of the polyhedron lies in its interior, relative to the flat."""
        return all(side.slack(x) > 0 for side in self.sides)


def chart_of(domain: Polyhedron) -> Chart | None:
    """The coordinates of a polyhedron; the given ones if it has interior, None if it is one point.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import box
    >>> chart = chart_of(box((0, 1), (3, 3)))
    >>> chart.basis, chart.domain.dimension, chart_of(box((2, 2), (3, 3)))
    (Matrix([[1], [0]]), 1, None)
    """
    sides = sides_of(domain)
    size = domain.dimension
    if isinstance(interior(domain.system()), Interior):
        return Chart((Fraction(0),) * size, Matrix.identity(size), domain, tuple(sides), True)
    system = closure(domain).system()
    moving: list[Halfspace] = []
    fixed: list[Halfspace] = []
    for side in sides:
        answer = minimum(tuple(-entry for entry in side.row()), system)
        (fixed if isinstance(answer, Minimum) and answer.value == 0 else moving).append(side)
    basis = Matrix.from_rows([side.normal for side in fixed]).nullspace()
    if not basis.columns:
        return None
    origin = domain.point()
    pulled = []
    for side in moving:
        normal = (Matrix.from_rows([side.normal]) @ basis).row(0)
        if any(normal):
            pulled.append(Halfspace(tuple(normal), side.slack(origin), side.strict))
    inner = whole_space(basis.columns).cut(tuple(pulled))
    if inner.is_bounded:
        hull = inner.bounding_box()
        inner = Polyhedron(hull.low, hull.high, inner.halfspaces)
    return Chart(origin, basis, inner, tuple(moving), False)


def sides_of(domain: Polyhedron) -> list[Halfspace]:
    """All inequalities of a polyhedron, those of its box first."""
    found = []
    for i, (low, high) in enumerate(zip(domain.low, domain.high, strict=True)):
        unit = tuple(Fraction(int(k == i)) for k in range(domain.dimension))
        found += [] if low is None else [Halfspace(tuple(-entry for entry in unit), -low)]
        found += [] if high is None else [Halfspace(unit, high)]
    return [*found, *domain.halfspaces]


def closure(domain: Polyhedron) -> Polyhedron:
    """The polyhedron with all its sides."""
    return Polyhedron(domain.low, domain.high, tuple(replace(half, strict=False) for half in domain.halfspaces))


def open_part(domain: Polyhedron, chart: Chart) -> Polyhedron:
    """The interior of a polyhedron, relative to its flat."""
    return domain.cut(tuple(replace(side, strict=True) for side in chart.sides))


def facets(domain: Polyhedron, chart: Chart) -> list[Polyhedron]:
    """The parts of a polyhedron on those of its sides that belong to it, as far as they have points."""
    cut = [
        domain.cut(Halfspace(tuple(-entry for entry in side.normal), -side.offset))
        for side in chart.sides
        if not side.strict
    ]
    return [part for part in cut if not part.is_empty]
