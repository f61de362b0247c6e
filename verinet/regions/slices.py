r"""A network on a line, on a chain of segments or on a plane of its input space: a network of one or two inputs.

A slice is the network behind one exact affine layer,

.. math:: t \mapsto f(E(t)), \qquad E(t) = p_0 + \sum_i t_i (p_i - p_0),

so whatever reads networks of one or two inputs reads slices, and `Embedding` maps what it finds back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from verinet.errors import EmptyDomain, ShapeMismatch, SingularMatrix
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q
from verinet.geometry import Halfspace, Polyhedron, box, interval
from verinet.networks.build import compose, layered, skip
from verinet.networks.network import Network
from verinet.regions.embeddings import Embedding, Point, exact_numbers

__all__ = ["ChainSlice", "Embedding", "Slice", "slice_chain", "slice_line", "slice_plane"]


@dataclass(frozen=True, slots=True)
class Slice:
    """A network on a line or plane.

    Parameters
    ----------
    network : Network
        ``t -> f(E(t))``, with one or two inputs.
    embedding : Embedding
        The map E from parameters to points of the input space of f.
    domain : Polyhedron
        The parameters that the slice is about.

    Guarantee: exact.
    """

    network: Network
    embedding: Embedding
    domain: Polyhedron

    def point(self, parameters: Sequence[object] | object) -> Point:
        """The point of the input space that belongs to the parameters.  Guarantee: exact."""
        return self.embedding.point(parameters)

    def parameters(self, point: Sequence[object]) -> Point:
        """The parameters of a point of the slice; EmptyDomain for any other.  Guarantee: exact."""
        return self.embedding.parameters(point)


@dataclass(frozen=True, slots=True)
class ChainSlice:
    """A network on the segments from each of k + 1 points to the next, parameter t in [0, k].

    Parameters
    ----------
    network : Network
        ``t -> f(x(t))``; x(t) goes straight from point i to point i + 1 while t goes from i to i + 1, and on in the
        first and last direction outside of [0, k].  It bends at those integers alone where the direction changes.
    points : tuple of tuples of Fraction
    domain : Polyhedron
        The interval [0, k].

    Guarantee: exact.
    """

    network: Network
    points: tuple[Point, ...]
    domain: Polyhedron

    @property
    def embeddings(self) -> tuple[Embedding, ...]:
        """For every segment i, the affine map that x(t) is for t in [i, i + 1].  Guarantee: exact."""
        return tuple(
            _embedding([tuple(a - i * (b - a) for a, b in zip(p, q, strict=True)),
                        tuple(a - (i - 1) * (b - a) for a, b in zip(p, q, strict=True))])
            for i, (p, q) in enumerate(pairwise(self.points))
        )  # fmt: skip

    def point(self, parameter: Sequence[object] | object) -> Point:
        """The point x(t).  Guarantee: exact."""
        (t,) = exact_numbers(parameter, 1, "ChainSlice.point")
        piece = min(max(int(t // 1), 0), len(self.points) - 2)
        return self.embeddings[piece].point((t,))

    def parameters(self, point: Sequence[object]) -> Point:
        """All t in [0, k] with x(t) = point, ascending: none off the chain, several where it meets itself.

        Guarantee: exact.
        """
        x = exact_numbers(point, len(self.points[0]), "ChainSlice.parameters")
        found: set[Fraction] = set()
        for i, embedding in enumerate(self.embeddings):
            try:
                (t,) = embedding.parameters(x)
            except EmptyDomain:
                continue
            if i <= t <= i + 1:
                found.add(t)
        return tuple(sorted(found))


def slice_line(
    network: Network,
    first: Sequence[object],
    second: Sequence[object],
    within: Polyhedron | Literal["segment"] = "segment",
) -> Slice:
    """The network on the line through two points, ``E(t) = first + t (second - first)``.

    Parameters
    ----------
    network : Network
    first, second : points of exact numbers, one an input
    within : Polyhedron or "segment"
        Which part of the line: t in [0, 1], or all of it within a polyhedron of the input space
        (`whole_space(n)` for the whole line).

    Raises
    ------
    SingularMatrix
        When the points coincide.
    EmptyDomain
        When the line misses the polyhedron.
    ShapeMismatch, InexactInput
        For points of the wrong size and for floats.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variables
    >>> x, y = variables("x", 2)
    >>> f = network((x, y), relu(x - y))
    >>> cut = slice_line(f, (0, 0), (1, "1/2"), within=box((-1, 1), (-1, 1)))
    >>> cut.domain
    Polyhedron(low=(Fraction(-1, 1),), high=(Fraction(1, 1),), halfspaces=())
    >>> cut.network(1) == f(cut.point(1))
    True

    Guarantee: exact.
    """
    points = _points(network, [first, second], "a line")
    if points[0] == points[1]:
        raise SingularMatrix("a line needs two different points, got one point twice", fix="choose another point")
    domain = interval(0, 1) if within == "segment" else None
    return _sliced(network, _embedding(points), domain, within)


def slice_plane(
    network: Network,
    first: Sequence[object],
    second: Sequence[object],
    third: Sequence[object],
    within: Polyhedron | Literal["triangle", "box"] = "triangle",
) -> Slice:
    """The network on the plane through three points, ``E(s, t) = first + s (second - first) + t (third - first)``.

    ``1 - s - t``, s and t are the barycentric coordinates of the point.

    Parameters
    ----------
    network : Network
    first, second, third : points of exact numbers, one an input
    within : Polyhedron, "triangle" or "box"
        Which part of the plane: the triangle of the three points, the parallelogram 0 <= s, t <= 1 that they
        span, or all of the plane within a polyhedron of the input space.

    Raises
    ------
    SingularMatrix
        When the points lie on one line.
    EmptyDomain
        When the plane misses the polyhedron.
    ShapeMismatch, InexactInput
        For points of the wrong size and for floats.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variables
    >>> x = variables("x", 3)
    >>> f = network(x, relu(x[0] + x[1]) - x[2])
    >>> cut = slice_plane(f, (0, 0, 0), (1, 0, 0), (0, 1, 1))
    >>> cut.network("1/2", "1/4") == f(cut.point(("1/2", "1/4")))
    True
    >>> len(cut.domain.halfspaces), cut.parameters(("1/2", "1/4", "1/4"))
    (1, (Fraction(1, 2), Fraction(1, 4)))

    Guarantee: exact.
    """
    points = _points(network, [first, second, third], "a plane")
    embedding_points = [Matrix.column(point) for point in points]
    spans = (embedding_points[1] - embedding_points[0]).hstack(embedding_points[2] - embedding_points[0])
    if spans.rank() < 2:
        raise SingularMatrix(
            "a plane needs three points that do not lie on one line, got points that do",
            fix="move one of them; slice_line takes two points",
        )
    domain = None
    if within == "triangle":
        domain = box((0, 1), (0, 1)).cut(Halfspace((Q(1), Q(1)), Q(1)))
    elif within == "box":
        domain = box((0, 1), (0, 1))
    return _sliced(network, Embedding(spans, embedding_points[0]), domain, within)


def slice_chain(network: Network, points: Sequence[Sequence[object]]) -> ChainSlice:
    """The network along the segments from each point to the next, parameter t in [0, k] for k + 1 points.

    Raises
    ------
    SingularMatrix
        When a point equals the one before.
    ShapeMismatch, InexactInput
        For fewer than two points, points of the wrong size, and floats.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variables
    >>> x, y = variables("x", 2)
    >>> chain = slice_chain(network((x, y), relu(x) + y), [(0, 0), (1, 0), (1, 1), (1, 3)])
    >>> chain.point("5/2"), chain.network("5/2")
    ((Fraction(1, 1), Fraction(2, 1)), (Fraction(3, 1),))
    >>> chain.parameters((1, 1))
    (Fraction(2, 1),)

    Guarantee: exact.
    """
    chosen = _points(network, points, "a chain")
    if len(chosen) < 2:
        raise ShapeMismatch(
            f"a chain of segments needs at least two points, got {len(chosen)}", fix="give the ends of every segment"
        )
    steps = [tuple(b - a for a, b in zip(p, q, strict=True)) for p, q in pairwise(chosen)]
    for i, step in enumerate(steps):
        if not any(step):
            raise SingularMatrix(
                "a chain of segments needs each point to differ from the one before, got one point twice",
                fix="leave the repeated point out",
                where=f"points {i} and {i + 1}",
            )
    path = _path(chosen[0], steps).with_domain([(0, len(steps))])
    return ChainSlice(compose(network.with_domain(None), path), chosen, interval(0, len(steps)))


def _path(start: Point, steps: Sequence[Point]) -> Network:
    """``t -> start + steps[0] t + sum_i (steps[i] - steps[i - 1]) relu(t - i)``, straight joints left out."""
    bends = [i for i, (before, after) in enumerate(pairwise(steps), start=1) if before != after]
    along = Matrix.column(steps[0])
    if not bends:
        return layered([along], [Matrix.column(start)])
    turns = [[after - before for before, after in zip(steps[i - 1], steps[i], strict=True)] for i in bends]
    hidden = Matrix.from_integers([[1] for _ in bends]), Matrix.column([-i for i in bends])
    bent = layered([hidden[0], Matrix.from_rows(turns).T], [hidden[1], Matrix.column(start)])
    return skip(bent, along)


def _sliced(network: Network, embedding: Embedding, domain: Polyhedron | None, within: Polyhedron | str) -> Slice:
    if domain is None:
        if not isinstance(within, Polyhedron):
            raise ShapeMismatch(
                f"a slice needs a polyhedron or one of the named parts as `within`, got {within!r}",
                fix='write "segment" for a line, "triangle" or "box" for a plane, or give a Polyhedron',
            )
        domain = embedding.preimage(within)
    inner = layered([embedding.matrix], [embedding.offset])
    sides = [
        (low, high) for low, high in zip(domain.low, domain.high, strict=True) if low is not None and high is not None
    ]
    if len(sides) == domain.dimension:
        inner = inner.with_domain(sides)
    # the outer domain is where ranges were asked for; the slice has one of its own
    return Slice(compose(network.with_domain(None), inner), embedding, domain)


def _embedding(points: Sequence[Point]) -> Embedding:
    start = Matrix.column(points[0])
    return Embedding(Matrix.column(points[1]) - start, start)


def _points(network: Network, points: Sequence[Sequence[object]], what: str) -> tuple[Point, ...]:
    return tuple(exact_numbers(point, network.input_size, what) for point in points)
