"""Local exploration: the cells of a network around a point, over their facets, in any dimension.

The walk goes breadth-first from the cell of a given point.  Each cell's bent rows are exact, each facet and each row
that is none is proved (`cell_facets`), and the neighbour across a facet follows without any search (`bent_rows`).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from verinet import work
from verinet.errors import BudgetExhausted, EmptyDomain, NotBounded
from verinet.exact import programs
from verinet.exact.rationals import Q
from verinet.geometry import Polyhedron
from verinet.geometry.halfspaces import exact_point
from verinet.networks.network import Network
from verinet.regions.bent_rows import BentRows, Rows
from verinet.regions.cell_facets import CellFacets, FacetFinder, FacetForm
from verinet.regions.exploration import Exploration, Facet
from verinet.regions.facet_proofs import Spot
from verinet.regions.float_rows import Floats, float_forms, values_at
from verinet.regions.layers import SplitNetwork, split_network

__all__ = ["Exploration", "Facet", "explore"]

Point = tuple[Fraction, ...]

#: Bytes that rows of explored cells may take, kept to derive those of their neighbours.
LARGEST_MEMORY = 1 << 28
_BYTES_AN_ENTRY = 64


def explore(
    network: Network,
    point: Sequence[object],
    domain: Polyhedron | None = None,
    *,
    radius: object = None,
    budget: work.Budget | None = None,
    progress: work.Progress = work.SILENT,
) -> Exploration:
    """Walk over the cells of a network from the cell of a point, breadth-first over their facets.

    Parameters
    ----------
    network : Network
        Its activations continuous and piecewise affine; any number of inputs.
    point : exact numbers
        Where to begin.  If it lies on the boundary of cells, the walk begins in the cell that a point moved by
        (e, e^2, e^3, ...) for all small e > 0 is in, moved inwards first if it lies on the boundary of the domain;
        `Exploration.touched` names the bent rows that made this choice necessary.
    domain : Polyhedron, optional
        A polytope with an interior; that of the network unless told.
    radius : exact number, optional
        Walk within the box of this radius around the point: the cells found are those that meet its interior.
    budget : Budget, optional
        Seconds, and steps: one a cell whose facets are found.
    progress : Progress, optional
        Told how many cells are explored and how many wait.

    Returns
    -------
    Exploration
        Also when the budget ran out or the walk was interrupted (Ctrl-C): then with what was found until then.

    Raises
    ------
    Unsupported
        When an activation is not continuous and piecewise affine.
    EmptyDomain
        When the point lies outside the domain, or the domain has no interior.
    NotBounded
        When there is neither a bounded domain nor a radius.

    Examples
    --------
    >>> from verinet.geometry import box
    >>> from verinet.networks.build import network, relu, variables
    >>> x, y = variables("x", 2)
    >>> f = network((x, y), relu(x - y) + relu(x + y))
    >>> found = explore(f, (1, 0), box((-1, 1), (-1, 1)))
    >>> found
    <Exploration 4 cells, 4 facets: every cell of the domain was found>
    >>> [facet.form for facet in found.facets(0)]
    [(0, 1, -1), (0, 1, 1)]

    Guarantee: exact.
    """
    split = split_network(network)
    start = exact_point(tuple(Q(value) for value in point), split.input_size, "explore")
    chosen = _domain(network, start, domain, None if radius is None else Q(radius))
    walk = _Walk(split, chosen, start)
    reason = walk.run(budget, progress)
    return walk.result(reason)


def _domain(network: Network, point: Point, domain: Polyhedron | None, radius: Fraction | None) -> Polyhedron:
    """The polytope of the walk, with its bounding box."""
    if domain is None and network.domain is not None:
        domain = Polyhedron(*zip(*network.domain, strict=True))
    if domain is None:
        if radius is None:
            raise NotBounded(
                "explore needs a domain or a radius, and the network has no domain of its own",
                fix="write explore(network, point, box([-1, 1], dimension=n)), or give radius=...",
            )
        domain = Polyhedron((None,) * len(point), (None,) * len(point))
    if not domain.contains(point):
        raise EmptyDomain("explore needs a point of the domain, got one outside", fix="choose a point inside of it")
    if radius is not None:
        if radius <= 0:
            raise EmptyDomain("explore needs a positive radius", fix="give a radius > 0")
        low = tuple(p - radius if a is None else max(a, p - radius) for a, p in zip(domain.low, point, strict=True))
        high = tuple(p + radius if b is None else min(b, p + radius) for b, p in zip(domain.high, point, strict=True))
        domain = Polyhedron(low, high, domain.halfspaces)
    hull = domain.bounding_box()
    return Polyhedron(hull.low, hull.high, domain.halfspaces)


@dataclass(slots=True)
class _Waiting:
    """What is known of a cell before it is explored: proved facets, where it is, and its parent's rows."""

    hint: tuple[Floats, Floats] | None
    parent: tuple[Rows, FacetForm] | None
    known: set[int] = field(default_factory=set)


class _Walk:
    """The state of a walk; cell k is explored k-th."""

    def __init__(self, split: SplitNetwork, domain: Polyhedron, point: Point) -> None:
        self.split, self.domain, self.point = split, domain, point
        sides = [(a, b) for a, b in zip(domain.low, domain.high, strict=True) if a is not None and b is not None]
        self.centre = tuple((a + b) / 2 for a, b in sides)
        self.halfwidth = tuple((b - a) / 2 for a, b in sides)
        inside = programs.interior(domain.system())
        if not isinstance(inside, programs.Interior):
            raise EmptyDomain(
                "explore needs a domain with an interior, got a flat or empty one",
                fix="restrict the network to the flat set first, by verinet.regions.slices",
            )
        self.bent = BentRows(split, self.centre, self.halfwidth)
        self.finder = FacetFinder(split.input_size, [self._in_box(h.row()) for h in domain.halfspaces])
        first, touched = self.bent.locate(self._spot(point), self._inward(inside.point))
        self.touched = tuple(sorted(touched))
        self.patterns: list[int] = [first.pattern]
        self.index: dict[int, int] = {first.pattern: 0}
        self.waiting: dict[int, _Waiting] = {0: _Waiting(None, None)}
        self.interiors: list[Spot] = []
        self.edges: list[tuple[int, int, int, Spot]] = []
        size = max(1, self.bent.count * (split.input_size + 1) * _BYTES_AN_ENTRY)
        self.most_parents = max(16, LARGEST_MEMORY // size)

    def run(self, budget: work.Budget | None, progress: work.Progress) -> str:
        """Explore cells until none waits or something ends the walk; why it ended."""
        try:
            with work.under(budget) if budget is not None else nullcontext():
                while len(self.interiors) < len(self.patterns):
                    if budget is not None and budget.exhausted():
                        return budget.reason()
                    work.keep_going()
                    self._explore(len(self.interiors))
                    if budget is not None:
                        budget.spend()
                    done = len(self.interiors)
                    progress.update(done, len(self.patterns) - done, "cells")
        except BudgetExhausted as error:
            return error.problem
        except KeyboardInterrupt:
            return "the walk was interrupted"
        return "every cell of the domain was found"

    def _explore(self, cell: int) -> None:
        waiting = self.waiting[cell]
        rows = self._rows(cell, waiting)
        found = self.finder.find(rows, waiting.hint, waiting.known)
        for facet in found.facets:
            if facet.beyond is not None:
                self._meet(cell, rows, found, facet, facet.beyond)
        # last: what comes before may be cut short by an interruption, and is then left out of the result
        del self.waiting[cell]
        self.interiors.append(found.interior)

    def _rows(self, cell: int, waiting: _Waiting) -> Rows:
        if waiting.parent is None:
            return self.bent.forward(self.patterns[cell])
        rows, facet = waiting.parent
        crossing = self.bent.cross(rows, facet.first, facet.form, facet.multiples)
        return self.bent.beyond(rows, facet.form, crossing)

    def _meet(self, cell: int, rows: Rows, found: CellFacets, facet: FacetForm, beyond: Spot) -> None:
        """The neighbour across a facet that no cell explored before has."""
        if self.bent.crosses_alone(rows, facet.first, facet.multiples):
            pattern = rows.pattern
            for row in facet.multiples:
                pattern ^= 1 << row
        else:
            pattern = self.bent.cross(rows, facet.first, facet.form, facet.multiples).pattern
        other = self.index.get(pattern)
        if other is None:
            other = len(self.patterns)
            keep = len(self.waiting) < self.most_parents
            hint = _hint(found.interior, beyond, facet, self.split.input_size)
            self.waiting[other] = _Waiting(hint, (rows, facet) if keep else None)
            self.index[pattern] = other
            self.patterns.append(pattern)
        if other not in self.waiting:
            raise ArithmeticError("a facet was seen from one side only: report it")
        self.waiting[other].known.add(facet.first)
        self.edges.append((cell, other, facet.first, beyond))

    def result(self, reason: str) -> Exploration:
        """What was found."""
        explored = len(self.interiors)
        edges = [edge for edge in self.edges if edge[0] < explored]
        return Exploration(
            split=self.split,
            domain=self.domain,
            point=self.point,
            touched=self.touched,
            patterns=self._packed(),
            explored=explored,
            adjacency=np.array([edge[:3] for edge in edges], dtype=np.int64).reshape(len(edges), 3),
            complete=explored == len(self.patterns),
            reason=reason,
            _interiors=tuple(self.interiors),
            _beyond=tuple(edge[3] for edge in edges),
            _centre=self.centre,
            _halfwidth=self.halfwidth,
        )

    def _packed(self) -> npt.NDArray[np.uint64]:
        """The patterns in words, every layer beginning a new one."""
        packed = np.zeros((len(self.patterns), self.split.words), dtype=np.uint64)
        for layer, offset in zip(self.bent.layers, self.split.offsets, strict=True):
            size = -(-layer.splits // 64) * 8
            mask = (1 << layer.splits) - 1
            data = b"".join((p >> layer.start & mask).to_bytes(size, "little") for p in self.patterns)
            words = np.frombuffer(data, dtype="<u8").reshape(len(self.patterns), size // 8)
            packed[:, offset : offset + size // 8] = words
        return packed

    def _spot(self, point: Point) -> Point:
        triples = zip(point, self.centre, self.halfwidth, strict=True)
        return tuple((value - centre) / half for value, centre, half in triples)

    def _inward(self, inside: Point) -> Point | None:
        """The direction to a point inside, if the walk begins on the boundary of the domain."""
        start, end = self._spot(self.point), self._spot(inside)
        on_side = any(abs(value) == 1 for value in start)
        if on_side or any(h.slack(self.point) == 0 for h in self.domain.halfspaces):
            return tuple(b - a for a, b in zip(start, end, strict=True))
        return None

    def _in_box(self, row: Sequence[int]) -> tuple[int, ...]:
        """An integer form over (1, x) as one over (1, u)."""
        constant = row[0] + sum((a * c for a, c in zip(row[1:], self.centre, strict=True)), Fraction(0))
        entries = [constant, *(a * h for a, h in zip(row[1:], self.halfwidth, strict=True))]
        common = 1
        for entry in entries:
            common *= Fraction(entry * common).denominator
        return tuple(int(entry * common) for entry in entries)


def _hint(interior: Spot, beyond: Spot, facet: FacetForm, size: int) -> tuple[Floats, Floats]:
    """About where the segment crosses the facet, and its direction."""
    inside = np.array([float(value) for value in interior])
    outside = np.array([float(value) for value in beyond])
    form = float_forms([facet.form], size + 1)
    here, there = float(values_at(form, inside)[0]), float(values_at(form, outside)[0])
    part = here / (here - there) if here > there else 0.5
    direction = outside - inside
    return inside + part * direction, direction
