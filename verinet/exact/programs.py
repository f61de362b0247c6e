"""Exact linear programs: a point, or multipliers that prove there is none, or the minimum.

A system is integer rows r, read ``r . (1, x) >= 0`` (``> 0`` where strict), and a box.  Floating point
proposes (one small program: how far inside can a point be?), short rationals are tried first, exact simplex
pivots decide what is left; every answer is checked against the system as given before it is returned.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import mul
from typing import TypeAlias

from verinet.errors import EmptyDomain, NotANumber, ShapeMismatch
from verinet.exact.boxes import Boxed, Side, greatest
from verinet.exact.explorer import Explorer
from verinet.exact.margins import Margin, closest_minimum, round_scaled, widest_margin
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import format_rational

__all__ = [
    "Empty", "Explorer", "Feasible", "Flat", "Infeasible", "Interior", "Minimum", "System", "Unbounded",
    "combination", "contains", "feasible", "interior", "minimum", "round_multipliers",
]  # fmt: skip

Multipliers: TypeAlias = tuple[tuple[int, int], ...]
Point: TypeAlias = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class System:
    """Integer rows over (1, x), constant first, and a box.

    Parameters
    ----------
    rows : tuple of tuples of int
        Row r stands for ``r_0 + r_1 x_1 + ... + r_n x_n >= 0``.
    strict : tuple of bool
        Whether a row is read ``> 0``, one a row.
    low, high : tuple of (Fraction or None)
        The sides of the box, one a column; None for no side.

    Raises
    ------
    ShapeMismatch, NotANumber, EmptyDomain
        For sizes that do not fit, entries that are not integers, and a side with low > high.

    Examples
    --------
    >>> half_line = System(rows=((-1, 2),), strict=(False,), low=(Fraction(0),), high=(None,))
    >>> feasible(half_line).point[0] >= Fraction(1, 2)
    True

    Guarantee: exact.
    """

    rows: tuple[tuple[int, ...], ...]
    strict: tuple[bool, ...]
    low: tuple[Side, ...]
    high: tuple[Side, ...]

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        if len(self.low) != len(self.high) or len(self.strict) != len(self.rows):
            raise ShapeMismatch(
                f"a system needs one strict flag a row and two sides a column, got {len(self.rows)} rows, "
                f"{len(self.strict)} flags, {len(self.low)} low and {len(self.high)} high sides",
                fix="check the lengths",
            )
        for i, row in enumerate(self.rows):
            _check_row(row, len(self.low), f"row {i}")
        for j, (below, above) in enumerate(zip(self.low, self.high, strict=True)):
            if below is not None and above is not None and below > above:
                raise EmptyDomain(
                    f"a box needs low <= high, got [{format_rational(below)}, {format_rational(above)}]",
                    fix="exchange the sides",
                    where=f"column {j}",
                )


@dataclass(frozen=True, slots=True)
class Feasible:
    """The set has this point.  Guarantee: exact."""

    point: Point

    __repr__ = spelled_fields


@dataclass(frozen=True, slots=True)
class Infeasible:
    """The set is empty: with (i, m) in `multipliers`, ``c = sum m r_i`` has a maximum over the box that is
    negative, or 0 with a strict row among those used.  Guarantee: exact."""

    multipliers: Multipliers

    __repr__ = spelled_fields


@dataclass(frozen=True, slots=True)
class Interior:
    """Every row is > 0 at this point, which lies strictly inside the box.  Guarantee: exact."""

    point: Point

    __repr__ = spelled_fields


@dataclass(frozen=True, slots=True)
class Empty:
    """As `Infeasible`.  Guarantee: exact."""

    multipliers: Multipliers

    __repr__ = spelled_fields


@dataclass(frozen=True, slots=True)
class Flat:
    """The set has no interior (and may be empty): ``sum m r_i`` is <= 0 on the box and a used row is not
    constant, or, with no multipliers, two sides of the box coincide.  Guarantee: exact."""

    multipliers: Multipliers

    __repr__ = spelled_fields


@dataclass(frozen=True, slots=True)
class Minimum:
    """The minimum `value`, attained at `point`: ``scale row - sum m r_i`` has box minimum ``scale value``.

    Guarantee: exact.
    """

    value: Fraction
    point: Point
    multipliers: Multipliers
    scale: int

    __repr__ = spelled_fields


@dataclass(frozen=True, slots=True)
class Unbounded:
    """From `point` the row decreases for ever along `direction`, inside the set.  Guarantee: exact."""

    point: Point
    direction: Point


def feasible(system: System) -> Feasible | Infeasible:
    """A point of the set, or multipliers that prove it empty.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> one = Fraction(1)
    >>> touching = System(((0, 1), (0, -1)), (False, True), (-one,), (one,))  # x >= 0 and -x > 0
    >>> feasible(touching)
    Infeasible(multipliers=((0, 1), (1, 1)))
    """
    found = widest_margin(_margin(system), system.strict, all_strict=False)
    if found.point is not None:
        if not contains(system, found.point):
            raise _refuted()
        return Feasible(found.point)
    if not _is_empty_by(system, found.multipliers):
        raise _refuted()
    return Infeasible(found.multipliers)


def interior(system: System) -> Interior | Empty | Flat:
    """A point where every row is > 0, strictly inside the box; or why the set has no interior.

    A row that is the constant 0 says nothing and is left out, unless it is strict: then the set is empty.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> one = Fraction(1)
    >>> interior(System(((0, 1), (0, -1)), (False, False), (-one,), (one,)))
    Flat(multipliers=((0, 1), (1, 1)))
    """
    if any(low is not None and low == high for low, high in zip(system.low, system.high, strict=True)):
        return Flat(())
    found = widest_margin(_margin(system), system.strict, all_strict=True)
    if found.point is not None:
        if not _is_interior(system, found.point):
            raise _refuted()
        return Interior(found.point)
    if _is_empty_by(system, found.multipliers):
        return Empty(found.multipliers)
    most = greatest(combination(system, found.multipliers), system.low, system.high)
    if most is None or most > 0 or not any(any(system.rows[i][1:]) for i, _ in found.multipliers):
        raise _refuted()
    return Flat(found.multipliers)


def minimum(row: tuple[int, ...], system: System) -> Minimum | Unbounded | Infeasible:
    """The minimum of ``row . (1, x)`` over the closed set (strict rows are read ``>= 0``).

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> one = Fraction(1)
    >>> minimum((0, 2), System(((-1, 3),), (False,), (-one,), (one,)))  # 2x where 3x >= 1
    Minimum(value=Fraction(2, 3), point=(Fraction(1, 3),), multipliers=((0, 2),), scale=3)
    """
    _check_row(row, len(system.low), "the row to be minimised")
    closed = System(system.rows, (False,) * len(system.rows), system.low, system.high)
    found = closest_minimum(_margin(closed), row)
    if found.point is None:
        if not _is_empty_by(closed, found.multipliers):
            raise _refuted()
        return Infeasible(found.multipliers)
    if not contains(closed, found.point):
        raise _refuted()
    if found.direction is not None:
        if not _recedes(row, closed, found.direction):
            raise _refuted()
        return Unbounded(found.point, found.direction)
    return _checked_minimum(row, closed, found.point, found.multipliers, found.scale)


def _checked_minimum(
    row: tuple[int, ...], system: System, point: Point, multipliers: Multipliers, scale: int
) -> Minimum:
    value = Fraction(row[0]) + sum(map(mul, row[1:], point), Fraction(0))
    rest = combination(system, multipliers)
    # the minimum of a form is minus the maximum of its negative
    most = greatest([r - scale * entry for r, entry in zip(rest, row, strict=True)], system.low, system.high)
    if scale <= 0 or any(m <= 0 for _, m in multipliers) or most is None or -most != scale * value:
        raise _refuted()
    return Minimum(value, point, multipliers, scale)


def combination(system: System, multipliers: Multipliers) -> list[int]:
    """The integer form ``sum m r_i``.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> combination(System(((1, 2), (3, 4)), (False, False), (None,), (None,)), ((0, 2), (1, 1)))
    [5, 8]
    """
    total = [0] * (len(system.low) + 1)
    for i, m in multipliers:
        total = [t + m * entry for t, entry in zip(total, system.rows[i], strict=True)]
    return total


def contains(system: System, point: Sequence[Fraction]) -> bool:
    """Whether the point satisfies every row (strict ones strictly) and lies in the box.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> contains(System(((0, 1),), (True,), (None,), (None,)), (Fraction(0),))
    False
    """
    for value, below, above in zip(point, system.low, system.high, strict=True):
        if (below is not None and value < below) or (above is not None and value > above):
            return False
    values = _signs(system, point)
    return all(v > 0 or (v == 0 and not strict) for v, strict in zip(values, system.strict, strict=True))


def round_multipliers(duals: Sequence[float], rows: Sequence[Sequence[int]], bits: int = 16) -> list[tuple[int, int]]:
    """Short integer multipliers near the float `duals`, which count in the units of the integer `rows`.

    The contribution of the largest row gets `bits` significant bits, the others the same absolute accuracy;
    multipliers that round to 0 are dropped.  What the rounding leaves over must be absorbed by the box, so
    the result is a proposal.

    Notes
    -----
    Guarantee: numeric

    Examples
    --------
    >>> round_multipliers([0.5, 1e-9, 0.25], [(1, 1), (1, 1), (0, 2)])
    [(0, 2), (2, 1)]
    """
    sizes = [max((entry.bit_length() for entry in row), default=0) for row in rows]
    scaled = [_ldexp(dual, size) for dual, size in zip(duals, sizes, strict=True)]
    return list(round_scaled(scaled, sizes, bits))


def _ldexp(value: float, exponent: int) -> float:
    try:
        return math.ldexp(value, exponent)
    except OverflowError:
        return math.inf


def _margin(system: System) -> Margin:
    return Margin(system.rows, Boxed.of(system.low, system.high, system.rows))


def _signs(system: System, point: Sequence[Fraction]) -> list[int]:
    """Integers with the signs of the rows at the point."""
    common = math.lcm(*(value.denominator for value in point))
    scaled = [common, *(value.numerator * (common // value.denominator) for value in point)]
    return [sum(map(mul, row, scaled)) for row in system.rows]


def _is_interior(system: System, point: Sequence[Fraction]) -> bool:
    for value, below, above in zip(point, system.low, system.high, strict=True):
        if (below is not None and value <= below) or (above is not None and value >= above):
            return False
    # a constant row 0 >= 0 holds everywhere and bounds nothing
    return all(
        value > 0 or (value == 0 and not strict and not any(row))
        for value, row, strict in zip(_signs(system, point), system.rows, system.strict, strict=True)
    )


def _is_empty_by(system: System, multipliers: Multipliers) -> bool:
    if not multipliers or any(m <= 0 for _, m in multipliers):
        return False
    most = greatest(combination(system, multipliers), system.low, system.high)
    if most is None:
        return False
    return most < 0 or (most == 0 and any(system.strict[i] for i, _ in multipliers))


def _recedes(row: Sequence[int], system: System, direction: Point) -> bool:
    sides = zip(direction, system.low, system.high, strict=True)
    if any((d < 0 and low is not None) or (d > 0 and high is not None) for d, low, high in sides):
        return False
    slopes = [sum(map(mul, r[1:], direction), Fraction(0)) for r in system.rows]
    return all(slope >= 0 for slope in slopes) and sum(map(mul, row[1:], direction), Fraction(0)) < 0


def _check_row(row: Sequence[int], width: int, where: str) -> None:
    if len(row) != width + 1:
        raise ShapeMismatch(
            f"a linear program needs rows of {width + 1} entries, constant first, got {len(row)}",
            fix="check the row",
            where=where,
        )
    if not set(map(type, row)) <= {int}:
        raise NotANumber("a linear program needs rows of int", fix="clear denominators first", where=where)


def _refuted() -> ArithmeticError:
    return ArithmeticError("an exact linear program gave an answer that its own check refuses: report it")
