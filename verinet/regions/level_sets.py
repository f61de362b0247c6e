"""Where an output takes a value: a complex of its own, cut out of the canonical one by exact signs at the vertices.

An output z = y - level is affine on every face, so a face on which it changes sign meets {z = 0} in a polytope of one
dimension less, and every other face in the face of it where z is 0 at all vertices.  Where z changes sign on F, the
facets of F n {z = 0} are the parts of those facets of F on which it does, and the ridges of F on which z is 0: a facet
of F n {z = 0} is F n {z = 0} n G for a facet G of F; if z does not change sign on G, it is a facet of G, so a ridge
of F.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from verinet import work
from verinet.exact.rationals import Q
from verinet.geometry.complexes import Incidence, PolyhedralComplex, Vertices
from verinet.geometry.incidences import component_labels
from verinet.regions.vertex_values import ScalarOutput

if TYPE_CHECKING:
    from verinet.regions.piecewise import PiecewiseAffine
    from verinet.regions.views import Output

__all__ = ["LevelSet", "level_set"]

Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class LevelSet:
    """The closed set where an output equals a level.

    Parameters
    ----------
    level : Fraction
    complex : PolyhedralComplex
        All faces of the set.  Usually of dimension d - 1; of dimension d if the output equals the level on whole
        cells; lower where it only touches the level.  Then its faces need not all lie in ones of highest dimension.
    sources : tuple of arrays of int64, shape (faces, 2)
        For each face, dimension by dimension, the face of the canonical complex it is part of: its dimension, its id.
        A face of one dimension more is crossed, one of equal dimension is contained.
    flat_cells : tuple of int
        The cells on which the output equals the level identically.

    Guarantee: exact.
    """

    level: Fraction
    complex: PolyhedralComplex
    sources: tuple[Integers, ...]
    flat_cells: tuple[int, ...] = field(default=())

    def __repr__(self) -> str:
        return f"<LevelSet: faces {self.complex.f_vector}, {self.components} components>"

    @property
    def is_empty(self) -> bool:
        """Whether the output never takes the level."""
        return sum(self.complex.f_vector) == 0

    @property
    def euler_characteristic(self) -> int:
        """The sum of ``(-1)^k f_k`` over all faces."""
        return self.complex.euler_characteristic

    @cached_property
    def component_of_vertex(self) -> Integers:
        """For each vertex of the set the number of its connected component."""
        complex = self.complex
        ends = complex.facets[0] if complex.dimension else Incidence.from_lists([])
        pairs = ends.offsets[:-1][ends.sizes == 2]
        return component_labels(len(complex.vertices), ends.indices[pairs], ends.indices[pairs + 1])

    @property
    def components(self) -> int:
        """Number of connected components."""
        lonely = 1 if not len(self.complex.vertices) and not self.is_empty else 0  # the whole line
        return int(self.component_of_vertex.max(initial=-1)) + 1 + lonely

    @cached_property
    def euler_characteristics(self) -> tuple[int, ...]:
        """The Euler characteristic of each component."""
        if not len(self.complex.vertices):
            return (self.euler_characteristic,) * self.components
        found = np.bincount(self.component_of_vertex, minlength=self.components)
        for k in range(1, self.complex.dimension + 1):
            corners = self.complex.vertices_of(k)
            part = self.component_of_vertex[corners.indices[corners.offsets[:-1]]]
            found = found + (-1) ** k * np.bincount(part, minlength=self.components)
        return tuple(found.tolist())


def level_set(f: PiecewiseAffine, level: object = 0, output: Output = None) -> LevelSet:
    """The set where an output, or a combination of outputs, equals a level.

    Parameters
    ----------
    f : PiecewiseAffine
    level : exact number
    output : int, or one exact number an output, optional
        ``(1, -1)`` with level 0 is the decision boundary between two outputs.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import box
    >>> from verinet.networks.build import abs_, network, variables
    >>> from verinet.regions.piecewise import piecewise
    >>> x, y = variables("x", 2)
    >>> f = piecewise(network((x, y), abs_(x) + abs_(y)), box((-2, 2), (-2, 2)))
    >>> circle, point = level_set(f, 1), level_set(f, 0)
    >>> circle.complex.f_vector, circle.components, circle.euler_characteristic
    ((4, 4), 1, 0)
    >>> point.complex.f_vector, level_set(f, 5).is_empty
    ((1,), True)

    Guarantee: exact.
    """
    scalar, height = ScalarOutput(f, output), Q(level)
    if f.complex.is_bounded:
        return _Cut(scalar, height).level_set()
    return _on_rays(scalar, height)


class _Cut:
    """The faces of a bounded complex by the signs of z at their vertices."""

    def __init__(self, scalar: ScalarOutput, level: Fraction) -> None:
        self.scalar, self.level = scalar, level
        self.complex = scalar.f.complex
        signs = scalar.signs(level)
        self.zero: list[Mask] = [signs == 0]
        self.crossed: list[Mask] = [np.zeros(len(signs), dtype=np.bool_)]
        for k in range(1, self.complex.dimension + 1):
            corners = self.complex.vertices_of(k)
            at, starts = signs[corners.indices], corners.offsets[:-1]
            least, most = np.minimum.reduceat(at, starts), np.maximum.reduceat(at, starts)
            self.zero.append((least == 0) & (most == 0))
            self.crossed.append((least < 0) & (most > 0))
        self.zero_ids = [_numbered(mask, 0) for mask in self.zero]
        # a crossed k-face gives a (k-1)-face, numbered after those that are 0 as a whole
        counts = [int(mask.sum()) for mask in self.zero]
        self.crossed_ids = [_numbered(mask, counts[max(k - 1, 0)]) for k, mask in enumerate(self.crossed)]

    def level_set(self) -> LevelSet:
        top = self.complex.dimension
        kept = np.flatnonzero(self.zero[0])
        edges = np.flatnonzero(self.crossed[1])
        points = self.complex.vertices.exact(kept) + self._crossings(edges)
        vertices = Vertices.from_points(points, dimension=self.complex.ambient_dimension)
        facets = [self._lists(k) for k in range(1, top + 1)]
        sources = [self._sources(k) for k in range(top + 1)]
        while facets and not len(facets[-1]):
            facets.pop()
        flat = tuple(np.flatnonzero(self.zero[top]).tolist())
        made = PolyhedralComplex(vertices, tuple(facets))
        return LevelSet(self.level, made, tuple(sources[: len(facets) + 1]), flat)

    def _crossings(self, edges: Integers) -> list[tuple[Fraction, ...]]:
        """Where z is 0 on the edges that it changes sign on."""
        ends = self.complex.facets[0].take(edges).indices.reshape(-1, 2)
        found = []
        for p, q in ends.tolist():
            work.keep_going()
            a, b = (abs(self.scalar.value(v) - self.level) for v in (p, q))
            x, y = self.complex.vertices.exact([p, q])
            found.append(tuple((b * s + a * t) / (a + b) for s, t in zip(x, y, strict=True)))
        return found

    def _lists(self, k: int) -> Incidence:
        """The facets of the k-faces of the level set."""
        lists = [
            [int(self.zero_ids[k - 1][g]) for g in self.complex.facets[k - 1][face].tolist()]
            for face in np.flatnonzero(self.zero[k]).tolist()
        ]
        if k < self.complex.dimension:
            lists += [self._crossed_list(k + 1, face) for face in np.flatnonzero(self.crossed[k + 1]).tolist()]
        return Incidence.from_lists(lists)

    def _crossed_list(self, k: int, face: int) -> list[int]:
        found: dict[int, None] = {}
        for side in self.complex.facets[k - 1][face].tolist():
            if self.crossed[k - 1][side]:
                found[int(self.crossed_ids[k - 1][side])] = None
                continue
            for ridge in self.complex.facets[k - 2][side].tolist():
                if self.zero[k - 2][ridge]:
                    found[int(self.zero_ids[k - 2][ridge])] = None
        return list(found)

    def _sources(self, k: int) -> Integers:
        whole = np.flatnonzero(self.zero[k])
        parts = np.flatnonzero(self.crossed[k + 1]) if k < self.complex.dimension else np.zeros(0, dtype=np.int64)
        dimensions = np.concatenate([np.full(len(whole), k), np.full(len(parts), k + 1)])
        return np.column_stack([dimensions, np.concatenate([whole, parts])]).astype(np.int64)


def _numbered(mask: Mask, start: int) -> Integers:
    """Numbers from `start` on for the places that are set."""
    return np.cumsum(mask) - 1 + start


def _on_rays(scalar: ScalarOutput, level: Fraction) -> LevelSet:
    """The level set on a half-line or the line, cell by cell."""
    complex = scalar.f.complex
    points: dict[Fraction, tuple[int, int]] = {}
    flat: list[tuple[int, list[Fraction]]] = []
    for cell in range(scalar.f.cells):
        work.keep_going()
        slope, constant = scalar.form(cell)
        corners = complex.facets[0][cell].tolist()
        ends = [x for (x,) in complex.vertices.exact(corners)]
        if slope == 0:
            if constant == level:
                flat.append((cell, ends))
                points |= {x: (0, v) for x, v in zip(ends, corners, strict=True)}
            continue
        x = (level - constant) / slope
        if x in ends:
            points[x] = (0, corners[ends.index(x)])
        elif complex.contains(cell, (x,)):
            points.setdefault(x, (1, cell))
    ordered = sorted(points)
    place = {x: number for number, x in enumerate(ordered)}
    sources = [np.array([points[x] for x in ordered], dtype=np.int64).reshape(-1, 2)]
    vertices = Vertices.from_points([(x,) for x in ordered], dimension=1)
    if not flat:
        return LevelSet(level, PolyhedralComplex(vertices, ()), tuple(sources))
    cells = [cell for cell, _ in flat]
    rays = _rays(scalar.f, cells)
    edges = Incidence.from_lists([[place[x] for x in ends] for _, ends in flat])
    sources.append(np.array([(1, cell) for cell in cells], dtype=np.int64))
    return LevelSet(level, PolyhedralComplex(vertices, (edges,), rays), tuple(sources), tuple(cells))


def _rays(f: PiecewiseAffine, cells: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Directions of the rays among these cells: the first cell goes down, the last one up."""
    single = f.complex.facets[0].sizes
    return tuple(
        (here, -1 if cell == 0 and f.domain.low[0] is None else 1)
        for here, cell in enumerate(cells)
        if single[cell] == 1
    )
