"""Polyhedra with exact rational data: a box, whose sides may be missing, cut by halfspaces.

The box is kept apart because certificates treat it so: it absorbs the residual of rounded multipliers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet.errors import EmptyDomain, NotBounded, ShapeMismatch
from verinet.exact import programs
from verinet.exact.printing import spelled, spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.halfspaces import Halfspace, exact_point, integer_row

__all__ = [
    "Bound",
    "Halfspace",
    "Polyhedron",
    "box",
    "exact_point",
    "integer_row",
    "interval",
    "polytope",
    "whole_space",
]

Bound = Fraction | None


@dataclass(frozen=True, slots=True)
class Polyhedron:
    """A box, whose sides may be missing, cut by halfspaces: ``low <= x <= high`` and each halfspace.

    Guarantee: exact.  May be empty, flat or unbounded; `point` finds out.

    Parameters
    ----------
    low, high : sequences of n exact numbers or None
        None where the coordinate is unbounded on that side.
    halfspaces : sequence of Halfspace of n coordinates

    Raises
    ------
    InexactInput
        If a float is given.
    ShapeMismatch
        If the sizes differ, or n = 0.

    Examples
    --------
    >>> triangle = Polyhedron((0, 0), (1, 1), (Halfspace((1, 1), 1),))
    >>> triangle.contains((Q("1/2"), Q("1/2"))), triangle.contains((1, Q("1/9")))
    (True, False)
    """

    low: tuple[Bound, ...]
    high: tuple[Bound, ...]
    halfspaces: tuple[Halfspace, ...] = ()

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            given = getattr(self, name)
            if not isinstance(given, Iterable) or isinstance(given, str):
                raise ShapeMismatch(
                    f"Polyhedron needs a sequence of bounds as {name}, got {type(given).__name__}",
                    fix="write Polyhedron((0, 0), (1, 1)), or interval(0, 1), or box((0, 1), (0, 1))",
                )
            side = tuple(None if entry is None else Q(entry) for entry in given)
            object.__setattr__(self, name, side)
        object.__setattr__(self, "halfspaces", _halfspaces(self.halfspaces, "Polyhedron"))
        if not self.low or len(self.low) != len(self.high):
            raise ShapeMismatch(
                f"Polyhedron needs low and high of one positive size, got {len(self.low)} and {len(self.high)} entries",
                fix="give one bound (or None) for every coordinate, on both sides",
            )
        for index, halfspace in enumerate(self.halfspaces):
            if halfspace.dimension != self.dimension:
                raise ShapeMismatch(
                    f"Polyhedron needs halfspaces of {self.dimension} coordinates, got {halfspace.dimension}",
                    fix="give one coefficient for every coordinate",
                    where=f"halfspace {index}",
                )

    @property
    def dimension(self) -> int:
        """Number of coordinates n of the surrounding space."""
        return len(self.low)

    def contains(self, point: Sequence[Fraction]) -> bool:
        """Tell whether a point of n exact numbers lies in the set.

        Guarantee: exact.

        Raises
        ------
        InexactInput
            If a coordinate is a float.
        ShapeMismatch
            If the point has another size.

        Examples
        --------
        >>> interval(0, 1).contains((Q("1/3"),))
        True
        """
        x = exact_point(point, self.dimension, "Polyhedron.contains")
        for low, value, high in zip(self.low, x, self.high, strict=True):
            if (low is not None and value < low) or (high is not None and value > high):
                return False
        return all(halfspace.contains(x) for halfspace in self.halfspaces)

    def cut(self, *halfspaces: Halfspace | Iterable[Halfspace]) -> Polyhedron:
        """Return the part inside further halfspaces (or one sequence of them).  Guarantee: exact.

        Examples
        --------
        >>> interval(0, 1).cut(Halfspace((1,), 0, strict=True)).contains((0,))
        False
        """
        return Polyhedron(self.low, self.high, (*self.halfspaces, *_halfspaces(halfspaces, "cut")))

    def point(self) -> tuple[Fraction, ...]:
        """Return one point of the set, exactly.

        Guarantee: exact (the point is tested against every halfspace before it is returned).

        Raises
        ------
        EmptyDomain
            If the set is empty.

        Examples
        --------
        >>> box((0, 1), (2, 4)).point()
        (Fraction(1, 2), Fraction(3, 1))
        """
        for low, high in zip(self.low, self.high, strict=True):
            if low is not None and high is not None and low > high:
                raise self._empty(f"a side has {format_rational(low)} > {format_rational(high)}")
        middle = tuple(map(_middle, self.low, self.high))
        if all(halfspace.contains(middle) for halfspace in self.halfspaces):
            return middle
        answer = programs.feasible(self.system())
        if not isinstance(answer, programs.Feasible):
            raise self._empty("its halfspaces contradict each other or the box")
        found = tuple(answer.point)
        if not self.contains(found):
            raise ArithmeticError("programs.feasible returned a point outside the system")
        return found

    def _empty(self, reason: str) -> EmptyDomain:
        return EmptyDomain(
            f"this polyhedron of dimension {self.dimension} has no point: {reason}",
            fix="check the bounds and constraints: a claim about no point says nothing",
        )

    @property
    def is_empty(self) -> bool:
        """Whether the set has no point.  Guarantee: exact."""
        try:
            self.point()
        except EmptyDomain:
            return True
        return False

    @property
    def has_bounded_box(self) -> bool:
        """Whether every coordinate has both bounds in the box."""
        return None not in self.low and None not in self.high

    @property
    def is_bounded(self) -> bool:
        """Whether the set is bounded (by the box, or by the halfspaces together); an empty set is.

        Guarantee: exact.

        Examples
        --------
        >>> whole_space(2).is_bounded, interval(0, 1).is_bounded
        (False, True)
        """
        if self.has_bounded_box:
            return True
        try:
            self.bounding_box()
        except NotBounded:
            return False
        except EmptyDomain:
            return True
        return True

    def bounding_box(self) -> Polyhedron:
        """Return the box with every missing side replaced by the exact bound that the halfspaces imply.

        Sides that are there already are kept as they are.

        Guarantee: exact.

        Raises
        ------
        NotBounded
            If the set is unbounded, naming a coordinate.
        EmptyDomain
            If a bound was missing and the set is empty.

        Examples
        --------
        >>> wedge = Polyhedron((0, 0), (None, None), (Halfspace((1, 1), 1),))
        >>> wedge.bounding_box() == box((0, 1), (0, 1))
        True
        """
        if self.has_bounded_box:
            return Polyhedron(self.low, self.high)
        # the minima below are over the closure, which may be large while the set itself is empty
        self.point()
        low = tuple(self._least(j, 1) if side is None else side for j, side in enumerate(self.low))
        high = tuple(-self._least(j, -1) if side is None else side for j, side in enumerate(self.high))
        return Polyhedron(low, high)

    def _least(self, coordinate: int, sign: int) -> Fraction:
        """Return the minimum of sign * x_coordinate over the closure."""
        row = [0] * (self.dimension + 1)
        row[coordinate + 1] = sign
        answer = programs.minimum(tuple(row), self.system())
        match answer:
            case programs.Minimum():
                return answer.value
            case programs.Unbounded():
                side = "below" if sign > 0 else "above"
                raise NotBounded(
                    f"coordinate {coordinate} is not bounded {side}",
                    fix="give every coordinate a lower and an upper bound",
                )
            case _:
                raise self._empty("its halfspaces contradict each other or the box")

    def system(self) -> programs.System:
        """Return the set as a system of integer rows over (1, x) and a box, for `verinet.exact.programs`."""
        return programs.System(
            rows=tuple(halfspace.row() for halfspace in self.halfspaces),
            strict=tuple(halfspace.strict for halfspace in self.halfspaces),
            low=self.low,
            high=self.high,
        )


def _middle(low: Bound, high: Bound) -> Fraction:
    if low is not None and high is not None:
        return (low + high) / 2
    if low is not None:
        return low
    return Fraction(0) if high is None else high


def _halfspaces(given: Iterable[object], operation: str) -> tuple[Halfspace, ...]:
    """The halfspaces, given one by one or as one sequence."""
    listed = tuple(given)
    if len(listed) == 1 and isinstance(listed[0], Iterable):
        listed = tuple(listed[0])
    found: list[Halfspace] = []
    for index, entry in enumerate(listed):
        if not isinstance(entry, Halfspace):
            raise ShapeMismatch(
                f"{operation} needs halfspaces, got {type(entry).__name__}",
                fix="write Halfspace((1, 1), 2) for x_0 + x_1 <= 2",
                where=f"halfspace {index}",
            )
        found.append(entry)
    return tuple(found)


def interval(low: object, high: object) -> Polyhedron:
    """Return the closed interval [low, high] of the line.

    Guarantee: exact.

    Raises
    ------
    EmptyDomain
        If low > high.
    InexactInput
        If a bound is a float.

    Examples
    --------
    >>> interval(0, "1/2").high
    (Fraction(1, 2),)
    """
    return box((low, high))


def box(*sides: Sequence[object], dimension: int | None = None) -> Polyhedron:
    """Return the box ``[a_1, b_1] x ... x [a_n, b_n]``.

    Guarantee: exact.

    Parameters
    ----------
    *sides : pairs (a, b) of exact numbers, a <= b
    dimension : int, optional
        With one side only: that side, `dimension` times.

    Raises
    ------
    EmptyDomain
        If a > b somewhere.
    InexactInput
        If a bound is a float.
    ShapeMismatch
        If there is no side, a side is no pair, or `dimension` comes with several sides.

    Examples
    --------
    >>> box((0, 1), ("-1/2", 3)).low
    (Fraction(0, 1), Fraction(-1, 2))
    >>> box([-1, 1], dimension=5).dimension
    5
    """
    if dimension is not None:
        if len(sides) != 1 or dimension < 1:
            raise ShapeMismatch(
                f"box with dimension={dimension} needs one side and a positive dimension, got {len(sides)} sides",
                fix="write box([a, b], dimension=n), or one pair for every coordinate",
            )
        sides = sides * dimension
    low: list[Fraction] = []
    high: list[Fraction] = []
    for index, side in enumerate(sides):
        if not isinstance(side, Sequence) or isinstance(side, str) or len(side) != 2:
            raise ShapeMismatch(
                f"box needs a pair (low, high) for every coordinate, got {spelled(side)[:80]}",
                fix="write box((0, 1), (-1, 1)) for a box of two coordinates",
                where=f"side {index}",
            )
        a, b = Q(side[0]), Q(side[1])
        if a > b:
            raise EmptyDomain(
                f"the side [{format_rational(a)}, {format_rational(b)}] is empty: low is greater than high",
                fix="swap the two bounds",
                where=f"side {index}",
            )
        low.append(a)
        high.append(b)
    return Polyhedron(tuple(low), tuple(high))


def whole_space(dimension: int) -> Polyhedron:
    """Return all of R^n.

    Guarantee: exact.

    Examples
    --------
    >>> whole_space(2).contains((10**9, Q("-1/7")))
    True
    """
    return Polyhedron((None,) * dimension, (None,) * dimension)


def polytope(*halfspaces: Halfspace | Iterable[Halfspace]) -> Polyhedron:
    """Return the intersection of halfspaces (or of one sequence of them), proved bounded, with its bounding box.

    Guarantee: exact.

    Raises
    ------
    NotBounded
        If the intersection is unbounded.
    EmptyDomain
        If it has no point.
    ShapeMismatch
        If there is no halfspace, or their sizes differ, or something else is given.

    Examples
    --------
    >>> triangle = polytope(Halfspace((-1, 0), 0), Halfspace((0, -1), 0), Halfspace((1, 2), 1))
    >>> triangle.high
    (Fraction(1, 1), Fraction(1, 2))
    """
    listed = _halfspaces(halfspaces, "polytope")
    if not listed:
        raise ShapeMismatch(
            "polytope needs at least one halfspace, got none",
            fix="use whole_space(n) or box(...) for sets without halfspaces",
        )
    free: tuple[Bound, ...] = (None,) * listed[0].dimension
    cone = Polyhedron(free, free, listed)
    hull = cone.bounding_box()
    result = Polyhedron(hull.low, hull.high, listed)
    result.point()
    return result
