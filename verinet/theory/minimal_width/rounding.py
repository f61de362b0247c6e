"""Short rationals near or above given ones: the weights and bounds of a construction stay readable."""

from __future__ import annotations

from fractions import Fraction

__all__ = ["power_below", "root_above", "short"]


def short(value: Fraction, accuracy: Fraction) -> Fraction:
    """The nearest multiple of the largest power of 2 that is at most 2 * accuracy: within `accuracy` of the value.

    Guarantee: exact.

    Examples
    --------
    >>> short(Fraction(1, 3), Fraction(1, 16))
    Fraction(3, 8)
    """
    unit = power_below(2 * accuracy)
    return round(value / unit) * unit


def power_below(value: Fraction) -> Fraction:
    """The largest power of 2 that is at most a positive number.

    Guarantee: exact.

    Examples
    --------
    >>> power_below(Fraction(1, 3)), power_below(Fraction(5))
    (Fraction(1, 4), Fraction(4, 1))
    """
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    found = Fraction(1 << exponent) if exponent >= 0 else Fraction(1, 1 << -exponent)
    return found if found <= value else found / 2


def root_above(value: Fraction, p: int, bits: int = 10) -> Fraction:
    """A number with `bits` or so binary digits that is at least the p-th root of a value, and not much above it.

    Guarantee: exact.

    Examples
    --------
    >>> root_above(Fraction(1, 4), 2), root_above(Fraction(0), 2)
    (Fraction(1, 2), Fraction(0, 1))
    """
    if not value:
        return Fraction(0)
    unit = Fraction(1)
    while (unit * 2) ** p <= value:
        unit *= 2
    while unit**p > value:
        unit /= 2
    unit /= 1 << (bits - 1)  # unit * 2^(bits-1) <= root < unit * 2^bits
    low, high = 1 << (bits - 1), 1 << bits
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if (middle * unit) ** p >= value else (middle + 1, high)
    return low * unit
