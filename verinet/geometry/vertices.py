"""Points of a complex: floats for pictures, exact coordinates for whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import gcd, inf, lcm

import numpy as np
import numpy.typing as npt

from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.rationals import Q

__all__ = ["Vertices"]

Resolver = Callable[[Sequence[int]], list[tuple[int, ...]]]


class Vertices:
    """Points of R^n, approximate at once and exact on demand.

    Built by `from_points` or `lazily`.  Exact coordinates are integers ``(x_1, ..., x_n, w)``, w > 0, for the
    point ``(x_1 / w, ..., x_n / w)``; each is asked for once and remembered.

    Notes
    -----
    Guarantee: exact (but `approximate`: numeric).

    Examples
    --------
    >>> corners = Vertices.from_points([(Q("1/2"), 0), (1, 3)])
    >>> len(corners), corners.dimension, corners.homogeneous([0])
    (2, 2, [(1, 0, 2)])
    >>> corners.exact([1])
    [(Fraction(1, 1), Fraction(3, 1))]
    """

    __slots__ = ("_known", "_resolve", "approximate")
    #: float64, shape (V, n): numeric, for pictures and for guesses that something exact then checks
    approximate: npt.NDArray[np.float64]
    _resolve: Resolver
    _known: dict[int, tuple[int, ...]]

    def __init__(self, *entries: object, **named: object) -> None:
        raise Unsupported(
            "Vertices are not made by their class", fix="write Vertices.from_points(points) or Vertices.lazily(...)"
        )

    @staticmethod
    def lazily(approximate: npt.NDArray[np.float64], resolve: Resolver) -> Vertices:
        """Return vertices whose exact coordinates `resolve` computes for the indices it is given.

        Parameters
        ----------
        approximate : array of float64, shape (V, n)
        resolve : callable
            Takes indices, returns for each the integers ``(x_1, ..., x_n, w)`` with w > 0.

        Raises
        ------
        ShapeMismatch
            If the array has not two axes; later, if `resolve` returns something else.
        """
        array = np.asarray(approximate, dtype=np.float64)
        if array.ndim != 2:
            raise ShapeMismatch(
                f"Vertices.lazily needs an array of shape (V, n), got {array.shape}", fix="give one row for each point"
            )
        made = Vertices.__new__(Vertices)
        made.approximate = array.view()
        made.approximate.flags.writeable = False
        made._resolve = resolve
        made._known = {}
        return made

    @staticmethod
    def from_points(points: Sequence[Sequence[Fraction]], dimension: int | None = None) -> Vertices:
        """Return the vertices with these exact coordinates; `dimension` matters only without points.

        Raises
        ------
        InexactInput
            If a coordinate is a float.
        ShapeMismatch
            If the points differ in size.
        """
        exact = [tuple(Q(entry) for entry in point) for point in points]
        size = dimension if dimension is not None else len(exact[0]) if exact else 0
        for index, point in enumerate(exact):
            if len(point) != size:
                raise ShapeMismatch(
                    f"vertices need {size} coordinates each, got {len(point)}",
                    fix="give every point the same number of coordinates",
                    where=f"point {index}",
                )
        floats = np.array([[_nearest(entry) for entry in point] for point in exact], dtype=np.float64)
        made = Vertices.lazily(floats.reshape(len(exact), size), _unknown)
        made._known = {index: _homogeneous(point) for index, point in enumerate(exact)}
        return made

    @property
    def dimension(self) -> int:
        """Number n of coordinates."""
        return int(self.approximate.shape[1])

    def __len__(self) -> int:
        return len(self.approximate)

    def __repr__(self) -> str:
        return f"<Vertices: {len(self)} points of {self.dimension} coordinates, {len(self._known)} known exactly>"

    def homogeneous(self, indices: Sequence[int] | npt.NDArray[np.int64] | None = None) -> list[tuple[int, ...]]:
        """Return the integers ``(x_1, ..., x_n, w)``, w > 0, in lowest terms, of these vertices (of all).

        Guarantee: exact.
        """
        asked = list(range(len(self))) if indices is None else np.asarray(indices, dtype=np.int64).tolist()
        missing = sorted({index for index in asked if index not in self._known})
        if missing:
            if missing[0] < 0 or missing[-1] >= len(self):
                raise ShapeMismatch(f"vertices are numbered from 0 to {len(self) - 1}", fix="check the indices")
            answers = self._resolve(missing)
            if len(answers) != len(missing):
                raise ShapeMismatch(
                    f"{len(missing)} vertices were asked for, {len(answers)} came back", fix="mend the resolver"
                )
            for index, answer in zip(missing, answers, strict=True):
                self._known[index] = _checked(answer, self.dimension, index)
        return [self._known[index] for index in asked]

    def exact(self, indices: Sequence[int] | npt.NDArray[np.int64] | None = None) -> list[tuple[Fraction, ...]]:
        """Return the exact coordinates of these vertices (of all).  Guarantee: exact."""
        return [tuple(Fraction(x, row[-1]) for x in row[:-1]) for row in self.homogeneous(indices)]

    def take(self, indices: npt.NDArray[np.int64]) -> Vertices:
        """Return these vertices as vertices of their own; exact coordinates are still asked for here, on demand."""

        def resolve(asked: Sequence[int]) -> list[tuple[int, ...]]:
            return self.homogeneous(indices[np.asarray(asked, dtype=np.int64)])

        return Vertices.lazily(self.approximate[indices], resolve)


def _unknown(asked: Sequence[int]) -> list[tuple[int, ...]]:
    raise ShapeMismatch(f"there is no vertex {asked[0]}", fix="check the indices")


def _nearest(q: Fraction) -> float:
    try:
        return q.numerator / q.denominator
    except OverflowError:
        return inf if q > 0 else -inf


def _homogeneous(point: Sequence[Fraction]) -> tuple[int, ...]:
    over = lcm(*(entry.denominator for entry in point))
    return (*(entry.numerator * (over // entry.denominator) for entry in point), over)


def _checked(answer: Sequence[int], size: int, index: int) -> tuple[int, ...]:
    row = tuple(int(entry) for entry in answer)
    if len(row) != size + 1 or row[-1] <= 0:
        raise ShapeMismatch(
            f"a resolver of {size} coordinates returns {size + 1} integers, the last one positive",
            fix="mend the resolver",
            where=f"vertex {index}",
        )
    common = gcd(*row)
    return row if common == 1 else tuple(entry // common for entry in row)
