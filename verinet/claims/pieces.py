"""Targets in pieces: a polynomial on each of several polyhedra, which cover a domain.

Whether they cover it, and whether two of them share an inner point, is decided exactly.  The indicators of the pieces
are a small network with jumps, so that a piecewise target can stand in one statement about integrals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet.claims import wording
from verinet.claims.targets import Polynomial, as_polynomial
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact import programs
from verinet.exact.linalg import Matrix
from verinet.geometry.polyhedra import Halfspace, Polyhedron
from verinet.networks.activations import activation
from verinet.networks.expressions import Expression
from verinet.networks.network import Activate, Affine, Input, Network, Vertex
from verinet.work import keep_going


@dataclass(frozen=True, slots=True)
class PiecewisePolynomial:
    """Pairs (polyhedron, polynomial): on each polyhedron the target is that polynomial.

    Guarantee: exact.

    Parameters
    ----------
    pieces : tuple of (Polyhedron, Polynomial)
        At least one, all of one dimension.

    Raises
    ------
    ShapeMismatch
        If there is none, or the dimensions differ.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> target = as_piecewise([(interval(-1, 0), 0), (interval(0, 1), {(2,): 1})], 1)
    >>> print(target)
    0 on [-1,0], x^2 on [0,1]
    """

    pieces: tuple[tuple[Polyhedron, Polynomial], ...]

    def __post_init__(self) -> None:
        sizes = {size for piece, polynomial in self.pieces for size in (piece.dimension, polynomial.dimension)}
        if len(sizes) != 1:
            raise ShapeMismatch(
                f"a target in pieces needs at least one, all of one dimension, got dimensions {sorted(sizes)}",
                fix="write [(interval(-1, 0), 0), (interval(0, 1), 1)]",
            )

    @property
    def dimension(self) -> int:
        """Number of variables."""
        return self.pieces[0][0].dimension

    def values(self, x: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """The values at x, one for every piece that x lies in.  Guarantee: exact."""
        return tuple(polynomial.value(x) for piece, polynomial in self.pieces if piece.contains(x))

    def check_covers(self, domain: Polyhedron) -> None:
        """Refuse unless every point of the domain lies in some piece.

        Guarantee: exact.

        Raises
        ------
        Unsupported
            Naming a point that lies in none.
        """
        point = _uncovered(domain, [piece for piece, _ in self.pieces])
        if point is not None:
            raise Unsupported(
                f"the pieces of the target do not cover the domain: no piece contains {wording.point_text(point)}",
                fix="add a piece there, or claim something on a smaller domain",
            )

    def check_apart(self, domain: Polyhedron) -> None:
        """Refuse if two pieces share an inner point of the domain.

        Guarantee: exact.

        Raises
        ------
        Unsupported
            Naming the pieces and such a point.
        """
        parts = [intersection(domain, piece) for piece, _ in self.pieces]
        for second in range(len(parts)):
            keep_going()
            for first in range(second):
                if _boxes_apart(parts[first], parts[second]):
                    continue
                point = _inner(intersection(parts[first], parts[second]))
                if point is not None:
                    raise Unsupported(
                        f"pieces {first} and {second} of the target overlap around {wording.point_text(point)}: "
                        "the target has two values there",
                        fix="let pieces share no more than their boundaries",
                    )

    def __str__(self) -> str:
        names = wording.input_names(self.dimension)
        return ", ".join(
            f"{polynomial.text(names)} on {wording.domain_text(piece)}" for piece, polynomial in self.pieces
        )


def as_piecewise(
    target: object, dimension: int, variables: Sequence[object] | object | None = None
) -> PiecewisePolynomial | None:
    """Read a list of (Polyhedron, polynomial); None for anything else.

    Guarantee: exact.

    Raises
    ------
    InexactInput, Unsupported, ShapeMismatch
        As `as_polynomial`, for the polynomials.

    Examples
    --------
    >>> as_piecewise({(2,): 1}, 1) is None
    True
    """
    if isinstance(target, PiecewisePolynomial):
        return target
    if isinstance(target, str | Expression) or not isinstance(target, Sequence) or not target:
        return None
    pairs = [entry for entry in target if isinstance(entry, Sequence) and len(entry) == 2]
    if len(pairs) != len(target) or not all(isinstance(piece, Polyhedron) for piece, _ in pairs):
        return None
    return PiecewisePolynomial(tuple((piece, as_polynomial(given, dimension, variables)) for piece, given in pairs))


def intersection(first: Polyhedron, second: Polyhedron) -> Polyhedron:
    """Return the intersection, which may be empty: the common box, and all halfspaces.

    Guarantee: exact.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> intersection(interval(0, 2), interval(1, 3)).low
    (Fraction(1, 1),)
    """
    low = [a if b is None else b if a is None else max(a, b) for a, b in zip(first.low, second.low, strict=True)]
    high = [a if b is None else b if a is None else min(a, b) for a, b in zip(first.high, second.high, strict=True)]
    return Polyhedron(tuple(low), tuple(high), tuple(dict.fromkeys((*first.halfspaces, *second.halfspaces))))


def sides(piece: Polyhedron) -> tuple[Halfspace, ...]:
    """Return all halfspaces of a polyhedron, those of its box first.

    Guarantee: exact.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> len(sides(interval(0, 1)))
    2
    """
    found = []
    for j in range(piece.dimension):
        for end, sign in ((piece.low[j], -1), (piece.high[j], 1)):
            if end is not None:
                normal = [Fraction(0)] * piece.dimension
                normal[j] = Fraction(sign)
                found.append(Halfspace(tuple(normal), sign * end))
    return (*found, *piece.halfspaces)


def indicators(target: PiecewisePolynomial, domain: Polyhedron) -> Network:
    """Return a network whose output i is 1 inside of piece i and 0 outside, for x in the domain.

    On a side of a piece it takes the value of one of its two neighbourhoods, or 0.

    Guarantee: exact.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> target = as_piecewise([(interval(-1, 0), 0), (interval(0, 1), 1)], 1)
    >>> marks = indicators(target, interval(-1, 1))
    >>> marks("-1/2"), marks("1/2")
    ((Fraction(1, 1), Fraction(0, 1)), (Fraction(0, 1), Fraction(1, 1)))
    """
    needed = [[half for half in sides(piece) if not _redundant(half, domain)] for piece, _ in target.pieces]
    rows = list(dict.fromkeys(half for halves in needed for half in halves))
    place = {half: k for k, half in enumerate(rows)}
    size = domain.dimension
    if not rows:  # every piece is the whole domain: a constant
        zeros, ones = Matrix.zeros(len(needed), size), Matrix.from_integers([[1]] * len(needed))
        return Network((Vertex(Input(size)), Vertex(Affine(zeros, ones), (0,), "marks")), (("y", 1),))
    inside = activation("heaviside", 1)
    first = Matrix.from_rows([[-entry for entry in half.normal] for half in rows])
    offsets = Matrix.from_rows([[half.offset] for half in rows])
    used = [{place[half] for half in halves} for halves in needed]
    sums = Matrix.from_integers([[int(k in places) for k in range(len(rows))] for places in used])
    missing = Matrix.from_rows([[Fraction(1, 2) - len(places)] for places in used])
    return Network(
        (
            Vertex(Input(size)),
            Vertex(Affine(first, offsets), (0,), "sides"),
            Vertex(Activate((inside,) * len(rows)), (1,), "kept"),
            Vertex(Affine(sums, missing), (2,), "all"),
            Vertex(Activate((inside,) * len(needed)), (3,), "marks"),
        ),
        (("y", 4),),
    )


def _redundant(half: Halfspace, domain: Polyhedron) -> bool:
    """Does the whole domain lie in the halfspace?"""
    keep_going()
    answer = programs.minimum(half.row(), domain.system())
    return not isinstance(answer, programs.Unbounded) and (
        not isinstance(answer, programs.Minimum) or answer.value >= 0
    )


def _uncovered(domain: Polyhedron, pieces: Sequence[Polyhedron]) -> tuple[Fraction, ...] | None:
    """A point of the domain outside all pieces: beyond a side of the first piece, and there outside the others."""
    todo = [(domain, 0)]
    while todo:
        keep_going()
        part, place = todo.pop()
        if part.is_empty:
            continue
        if place == len(pieces):
            return part.point()
        within = part
        for half in sides(pieces[place]):
            beyond = Halfspace(tuple(-entry for entry in half.normal), -half.offset, not half.strict)
            todo.append((within.cut(beyond), place + 1))
            within = within.cut(half)
    return None


def _boxes_apart(first: Polyhedron, second: Polyhedron) -> bool:
    """Do the boxes share no inner point?"""
    return any(
        (b is not None and c is not None and b <= c) or (d is not None and a is not None and d <= a)
        for a, b, c, d in zip(first.low, first.high, second.low, second.high, strict=True)
    )


def _inner(part: Polyhedron) -> tuple[Fraction, ...] | None:
    if any(low is not None and high is not None and low >= high for low, high in zip(part.low, part.high, strict=True)):
        return None
    answer = programs.interior(part.system())
    return answer.point if isinstance(answer, programs.Interior) else None
