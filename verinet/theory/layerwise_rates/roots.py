"""Roots from below: a short rational whose power is at most a given number."""

from __future__ import annotations

from fractions import Fraction

__all__ = ["root_below"]

_BITS = 20


def root_below(value: Fraction, p: int) -> Fraction:
    """A number with `_BITS` binary digits that is at most the p-th root of a value, and not much below it.

    Guarantee: exact.

    Examples
    --------
    >>> root_below(Fraction(1, 4), 2), root_below(Fraction(0), 2), round(float(root_below(Fraction(2), 2)), 5)
    (Fraction(1, 2), Fraction(0, 1), 1.41421)
    """
    if value <= 0:
        return Fraction(0)
    unit = Fraction(1)
    while (unit * 2) ** p <= value:
        unit *= 2
    while unit**p > value:
        unit /= 2
    unit /= 1 << (_BITS - 1)
    low, high = 1 << (_BITS - 1), 1 << _BITS  # low * unit <= root < high * unit
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if (middle * unit) ** p <= value else (low, middle)
    return low * unit
