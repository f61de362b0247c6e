"""Do the images of the cells cover a set?  Exactly, for maps between spaces of one dimension.

A cell on which f is invertible has a polyhedron as its image.  These are taken away from the set one after another;
what is left over at the end has a point that no cell reaches, unless nothing is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from verinet.claims.language import Cells
from verinet.exact.linalg import Matrix
from verinet.exact.programs import Infeasible, Interior, System, feasible, interior
from verinet.geometry.polyhedra import Halfspace, Polyhedron, integer_row
from verinet.networks.local_maps import LocalMap, local_map
from verinet.networks.network import Network
from verinet.provers.cases import Case, box_of
from verinet.provers.decide import read
from verinet.provers.depth_first import finished
from verinet.provers.leaves import cell_leaf
from verinet.provers.sides import Oracle
from verinet.provers.tree import Fails, Search, Stopped
from verinet.work import Budget, Progress, keep_going, under

Point = tuple[Fraction, ...]
Row = tuple[int, ...]
Rows = tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Image:
    """A cell's image: rows over (1, y) that are >= 0 on it, and the affine map y -> x back into the cell."""

    rows: Rows
    weight: Matrix
    bias: Matrix

    def contains(self, y: Point) -> bool:
        """Whether a point lies in the image."""
        return all(row[0] + sum(a * b for a, b in zip(row[1:], y, strict=True)) >= 0 for row in self.rows)

    def within(self, target: Polyhedron) -> Polyhedron:
        """The part of the target that the image holds."""
        sides = (Halfspace(tuple(Fraction(-entry) for entry in row[1:]), Fraction(row[0])) for row in self.rows)
        return target.cut(tuple(sides))


@dataclass(frozen=True, slots=True)
class Covered:
    """Images that cover the target together."""

    images: tuple[Image, ...]


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A point inside the target that lies in none of the images."""

    point: Point


@dataclass(slots=True)
class _Search(Search):
    found: list[Point] = field(default_factory=list)

    def close(self, case: Case) -> Fails | Stopped | None:
        """Keep the interior point of a cell; no steps are needed."""
        leaf = cell_leaf(self.statement, case, self.oracle)
        if leaf.step is None:
            return Stopped(leaf.reason, self.leaves, True)
        if leaf.cell is not None:
            over, numerators = leaf.cell
            self.found.append(tuple(Fraction(entry, over) for entry in numerators))
        return None


def cell_points(network: Network, domain: Polyhedron, budget: Budget, progress: Progress) -> list[Point] | Stopped:
    """One point inside every cell of a network on a domain."""
    statement = read(Cells((network,), domain, 0).statement())
    if statement.domain is None:
        return Stopped("a statement without a domain has no cells", 0, True)
    box = box_of(statement.domain)
    running = _Search(statement, box, Oracle(box), True, budget, progress)
    outcome = finished(running)
    return replace(outcome, leaves=len(running.found)) if isinstance(outcome, Stopped) else running.found


def images(network: Network, domain: Polyhedron, points: Sequence[Point]) -> Iterator[Image]:
    """The images of the cells of these points, those left out on which f is singular."""
    sides = _rows_of(domain)
    for point in points:
        keep_going()
        piece = local_map(network, point)
        if piece.weight.det() != 0:
            yield _image(piece, sides)


def cover(target: Polyhedron, pieces: Sequence[Image], budget: Budget) -> Covered | Uncovered:
    """Take the images away from the target, whose interior is not empty.

    Raises
    ------
    BudgetExhausted
        When the seconds run out.

    Guarantee: exact.
    """
    used: set[int] = set()
    with under(budget):
        waiting: list[Rows] = [tuple(half.row() for half in target.halfspaces)]
        while waiting:
            keep_going()
            rows = waiting.pop()
            inside = interior(_system(rows, target))
            if not isinstance(inside, Interior):
                continue
            place = next((k for k, image in enumerate(pieces) if image.contains(inside.point)), None)
            if place is None:
                return Uncovered(inside.point)
            used.add(place)
            for row in pieces[place].rows:
                waiting.append((*rows, tuple(-entry for entry in row)))
                rows = (*rows, row)
    return Covered(tuple(pieces[place] for place in sorted(used)))


def _image(piece: LocalMap, sides: Sequence[Row]) -> Image:
    """Rows of the cell, those needed, written in y = A x + b."""
    size = piece.weight.columns
    own = [integer_row(row[0], row[1:]) for row in piece.rows]
    needed = _irredundant(list(dict.fromkeys((*own, *sides))), size)
    back = piece.weight.solve(Matrix.identity(size))
    shift = -(back @ piece.bias)
    rows = []
    for row in needed:
        normal = Matrix.from_integers([row[1:]])
        constant = Fraction(row[0]) + (normal @ shift)[0, 0]
        rows.append(integer_row(constant, (normal @ back).row(0)))
    return Image(tuple(rows), back, shift)


def _irredundant(rows: list[Row], size: int) -> list[Row]:
    """The rows that the others do not imply."""
    free = (None,) * size
    kept = list(rows)
    for row in rows:
        others = [other for other in kept if other != row]
        opposite = tuple(-entry for entry in row)
        strict = (*(False for _ in others), True)
        if isinstance(feasible(System((*others, opposite), strict, free, free)), Infeasible):
            kept = others
    return kept


def _rows_of(domain: Polyhedron) -> list[Row]:
    """The sides of the box and the halfspaces, as rows."""
    rows = [half.row() for half in domain.halfspaces]
    for i, (low, high) in enumerate(zip(domain.low, domain.high, strict=True)):
        unit = [Fraction(int(j == i)) for j in range(domain.dimension)]
        if low is not None:
            rows.append(integer_row(-low, unit))
        if high is not None:
            rows.append(integer_row(high, [-entry for entry in unit]))
    return rows


def _system(rows: Rows, target: Polyhedron) -> System:
    return System(rows, (False,) * len(rows), target.low, target.high)
