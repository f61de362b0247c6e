"""Halfspaces with exact rational data, and the integer rows they become.

One sign convention everywhere: a halfspace is ``normal . x <= offset`` (``<`` if strict).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from verinet.errors import ShapeMismatch
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q


def integer_row(constant: Fraction, coefficients: Sequence[Fraction]) -> tuple[int, ...]:
    """Return the shortest integer row that is a positive multiple of ``(constant, *coefficients)``.

    Guarantee: exact.

    Examples
    --------
    >>> integer_row(Q("1/2"), (Q("-1/3"), Q(2)))
    (3, -2, 12)
    """
    entries = (constant, *coefficients)
    over = lcm(*(entry.denominator for entry in entries))
    row = [entry.numerator * (over // entry.denominator) for entry in entries]
    common = gcd(*row) or 1
    return tuple(entry // common for entry in row)


@dataclass(frozen=True, slots=True)
class Halfspace:
    """The set ``normal . x <= offset``, or ``normal . x < offset`` if strict.

    Guarantee: exact.

    Parameters
    ----------
    normal : sequence of n exact numbers
        May be zero: then the set is everything or nothing.
    offset : exact number
    strict : bool

    Raises
    ------
    InexactInput
        If a float is given.
    ShapeMismatch
        If the normal is empty.

    Examples
    --------
    >>> Halfspace((1, 2), Q("1/2")).contains((0, Q("1/4")))
    True
    >>> Halfspace((1, 2), Q("1/2"), strict=True).contains((0, Q("1/4")))
    False
    """

    normal: tuple[Fraction, ...]
    offset: Fraction
    strict: bool = False

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        if not isinstance(self.normal, Iterable) or isinstance(self.normal, str):
            raise ShapeMismatch(
                f"Halfspace needs a sequence of numbers as its normal, got {type(self.normal).__name__}",
                fix="write Halfspace((1, 2), 3) for x_0 + 2 x_1 <= 3, Halfspace((1,), 3) on the line",
            )
        object.__setattr__(self, "normal", tuple(Q(entry) for entry in self.normal))
        object.__setattr__(self, "offset", Q(self.offset))
        if not self.normal:
            raise ShapeMismatch(
                "Halfspace needs a normal with at least one entry, got none",
                fix="give one coefficient for every coordinate",
            )

    @property
    def dimension(self) -> int:
        """Number of coordinates."""
        return len(self.normal)

    def slack(self, point: Sequence[Fraction]) -> Fraction:
        """Return ``offset - normal . x``; negative outside.  Guarantee: exact."""
        terms = zip(self.normal, point, strict=True)
        return self.offset - sum((a * x for a, x in terms if a), Fraction(0))

    def contains(self, point: Sequence[Fraction]) -> bool:
        """Tell whether a point of n exact numbers lies in the halfspace.  Guarantee: exact."""
        slack = self.slack(exact_point(point, self.dimension, "Halfspace.contains"))
        return slack > 0 if self.strict else slack >= 0

    def row(self) -> tuple[int, ...]:
        """Return the integer row r, constant first, with ``r . (1, x) >= 0`` (``> 0`` if strict).

        Guarantee: exact.

        Examples
        --------
        >>> Halfspace((Q("1/2"), -1), 3).row()
        (6, -1, 2)
        """
        return integer_row(self.offset, [-entry for entry in self.normal])


def exact_point(point: Sequence[Fraction], size: int, operation: str) -> tuple[Fraction, ...]:
    """Return the point as a tuple of Fractions of the stated size, or raise ShapeMismatch / InexactInput.

    A number alone is a point of one coordinate.

    Guarantee: exact.

    Examples
    --------
    >>> exact_point((1, "1/2"), 2, "this example")
    (Fraction(1, 1), Fraction(1, 2))
    """
    if not isinstance(point, Sequence) or isinstance(point, str):
        point = (point,)
    if len(point) != size:
        raise ShapeMismatch(
            f"{operation} needs a point of {size} coordinates, got {len(point)}",
            fix=f"give {size} exact numbers",
        )
    return tuple(Q(value) for value in point)
