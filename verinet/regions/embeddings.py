"""Exact affine embeddings of few parameters into a space, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet.errors import EmptyDomain, NotBounded, ShapeMismatch, SingularMatrix
from verinet.exact.linalg import Matrix
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q
from verinet.geometry.halfspaces import Halfspace, exact_point
from verinet.geometry.polyhedra import Polyhedron

__all__ = ["Embedding", "Point", "exact_numbers"]

Point = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Embedding:
    """The injective affine map ``E(t) = matrix t + offset`` from parameters to points.

    Parameters
    ----------
    matrix : Matrix, n x k
        Of rank k.
    offset : Matrix, n x 1

    Raises
    ------
    ShapeMismatch
        When the offset does not fit the matrix.
    SingularMatrix
        When two parameters have one point: the columns are dependent.

    Examples
    --------
    >>> diagonal = Embedding(Matrix.from_rows([[1], [2]]), Matrix.column([0, 1]))
    >>> diagonal.point(["1/2"])
    (Fraction(1, 2), Fraction(2, 1))
    >>> diagonal.parameters((3, 7))
    (Fraction(3, 1),)

    Guarantee: exact.
    """

    matrix: Matrix
    offset: Matrix

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        if self.offset.shape != (self.matrix.rows, 1):
            raise ShapeMismatch(
                f"an embedding into {self.matrix.rows} coordinates needs an offset of as many, got {self.offset.shape}",
                fix="give the offset as Matrix.column([...])",
            )
        if self.matrix.rank() < self.matrix.columns:
            raise SingularMatrix(
                f"an embedding of {self.matrix.columns} parameters needs independent columns, got "
                f"{self.matrix.rank()} of them",
                fix="choose points that do not coincide and, for a plane, do not lie on one line",
            )

    @property
    def parameter_count(self) -> int:
        """Number of parameters k."""
        return self.matrix.columns

    @property
    def dimension(self) -> int:
        """Number of coordinates n of the points."""
        return self.matrix.rows

    def point(self, parameters: Sequence[object] | object) -> Point:
        """The point E(t) that belongs to parameters t (a number alone where there is one).

        Guarantee: exact.
        """
        t = exact_numbers(parameters, self.parameter_count, "Embedding.point")
        return _column(self.matrix @ Matrix.column(t) + self.offset)

    def parameters(self, point: Sequence[object]) -> Point:
        """The parameters of a point of the slice: the t with E(t) = x.

        Raises
        ------
        EmptyDomain
            When the point does not lie on the slice.

        Guarantee: exact.
        """
        x = exact_numbers(point, self.dimension, "Embedding.parameters")
        transposed = self.matrix.T
        # the normal equations are invertible, as the columns are independent; whether they solve E(t) = x is tested
        t = _column((transposed @ self.matrix).solve(transposed @ (Matrix.column(x) - self.offset)))
        if self.point(t) != x:
            raise EmptyDomain(
                "the point does not lie on the slice", fix="take a point of the line or plane, e.g. embedding.point(t)"
            )
        return t

    def preimage(self, polyhedron: Polyhedron) -> Polyhedron:
        """All parameters t with E(t) in the polyhedron; an interval for one parameter, halfspaces for two.

        Raises
        ------
        ShapeMismatch
            When the polyhedron lives in another space.
        EmptyDomain
            When the slice misses the polyhedron.

        Examples
        --------
        >>> diagonal = Embedding(Matrix.from_rows([[1], [2]]), Matrix.column([0, 1]))
        >>> from verinet.geometry import box
        >>> diagonal.preimage(box((0, 1), (0, 2)))
        Polyhedron(low=(Fraction(0, 1),), high=(Fraction(1, 2),), halfspaces=())

        Guarantee: exact.
        """
        if polyhedron.dimension != self.dimension:
            raise ShapeMismatch(
                f"the preimage needs a polyhedron of {self.dimension} coordinates, got {polyhedron.dimension}",
                fix="give the polyhedron in the input space of the network",
            )
        rows = [self._pulled_back(halfspace) for halfspace in _all_halfspaces(polyhedron)]
        found = _interval_of(rows) if self.parameter_count == 1 else _polyhedron_of(rows, self.parameter_count)
        found.point()
        return found

    def _pulled_back(self, halfspace: Halfspace) -> tuple[Point, Fraction, bool]:
        """The row ``a . t <= b`` of those t whose point is in the halfspace, and whether it is strict."""
        normal = Matrix.from_rows([halfspace.normal])
        return (normal @ self.matrix).row(0), halfspace.offset - (normal @ self.offset)[0, 0], halfspace.strict


def exact_numbers(values: Sequence[object] | object, size: int, operation: str) -> Point:
    """The numbers read by `Q`, `size` of them (a number alone counts as one), or ShapeMismatch / InexactInput.

    Guarantee: exact.

    Examples
    --------
    >>> exact_numbers("1/2", 1, "this example")
    (Fraction(1, 2),)
    """
    if not isinstance(values, Sequence) or isinstance(values, str):
        values = (values,)
    return exact_point(tuple(Q(value) for value in values), size, operation)


def _column(matrix: Matrix) -> Point:
    return tuple(matrix[i, 0] for i in range(matrix.rows))


def _all_halfspaces(polyhedron: Polyhedron) -> list[Halfspace]:
    """The sides of the box, and the halfspaces."""
    found: list[Halfspace] = []
    for j, (low, high) in enumerate(zip(polyhedron.low, polyhedron.high, strict=True)):
        unit = tuple(Fraction(int(i == j)) for i in range(polyhedron.dimension))
        if high is not None:
            found.append(Halfspace(unit, high))
        if low is not None:
            found.append(Halfspace(tuple(-entry for entry in unit), -low))
    return [*found, *polyhedron.halfspaces]


def _interval_of(rows: Sequence[tuple[Point, Fraction, bool]]) -> Polyhedron:
    """The t that satisfy ``a t <= b`` for every row; a strict row stays a halfspace."""
    low: Fraction | None = None
    high: Fraction | None = None
    kept: list[Halfspace] = []
    for (a,), b, strict in rows:
        if strict or a == 0:
            if strict or b < 0:
                kept.append(Halfspace((a,), b, strict))
            if a == 0:
                continue
        end = b / a
        if a > 0:
            high = end if high is None else min(high, end)
        else:
            low = end if low is None else max(low, end)
    if low is not None and high is not None and low > high:
        raise _missed()
    return Polyhedron((low,), (high,), tuple(kept))


def _polyhedron_of(rows: Sequence[tuple[Point, Fraction, bool]], size: int) -> Polyhedron:
    """The halfspaces ``a . t <= b``, with their bounding box where there is one."""
    halfspaces = tuple(Halfspace(a, b, strict) for a, b, strict in rows if any(a) or b < 0 or strict)
    free = Polyhedron((None,) * size, (None,) * size, halfspaces)
    try:
        hull = free.bounding_box()
    except NotBounded:
        return free
    except EmptyDomain:
        raise _missed() from None
    return Polyhedron(hull.low, hull.high, tuple(h for h in halfspaces if h.strict or not _holds_on(h, hull)))


def _holds_on(halfspace: Halfspace, hull: Polyhedron) -> bool:
    """Whether the halfspace contains all of a bounded box: then it says nothing new."""
    sides = zip(halfspace.normal, hull.low, hull.high, strict=True)
    farthest = tuple(high if entry > 0 else low for entry, low, high in sides)
    return halfspace.slack([side for side in farthest if side is not None]) >= 0


def _missed() -> EmptyDomain:
    return EmptyDomain("the slice misses the polyhedron", fix="choose points inside of it, or a larger polyhedron")
