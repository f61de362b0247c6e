"""Real numbers that are known by enclosures, written as decimals."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from verinet.exact.enclosures import Enclosure
from verinet.exact.rationals import format_rational

#: Plain notation below ten to this power and above ten to minus this power.
_PLAIN = 6


def decimal(value: Enclosure, digits: int) -> str:
    """The middle of an enclosure, to so many significant digits.

    If its relative width is at most 10^-(digits + 2), the number is within one unit of the last digit.

    Examples
    --------
    >>> decimal(Enclosure(Fraction(2, 3), Fraction(2, 3)), 5), decimal(Enclosure(Fraction(0), Fraction(0)), 5)
    ('0.66667', '0')
    >>> decimal(Enclosure(Fraction(1, 10**60), Fraction(1, 10**60)), 3)
    '1.00e-60'
    """
    middle = (value.low + value.high) / 2
    if not middle:
        return "0"
    exponent = _exponent(abs(middle))
    last = exponent - digits + 1
    scaled = round(middle / Fraction(10) ** last)
    if abs(scaled) == 10**digits:  # rounded up to one more digit
        scaled, last = scaled // 10, last + 1
    return _written(scaled, last)


def ends(value: Enclosure, digits: int) -> tuple[str, str]:
    """Both ends to so many significant digits, rounded outwards.

    Examples
    --------
    >>> ends(Enclosure(Fraction(1, 3), Fraction(2, 3)), 4)
    ('0.3333', '0.6667')
    """
    return _rounded(value.low, digits, down=True), _rounded(value.high, digits, down=False)


def _rounded(q: Fraction, digits: int, down: bool) -> str:
    if not q:
        return "0"
    last = _exponent(abs(q)) - digits + 1
    scaled = q / Fraction(10) ** last
    return _written(floor(scaled) if down else ceil(scaled), last)


def _exponent(q: Fraction) -> int:
    """The e with 10^e <= q < 10^(e + 1)."""
    guess = (q.numerator.bit_length() - q.denominator.bit_length()) * 30103 // 100_000
    while Fraction(10) ** guess > q:
        guess -= 1
    while Fraction(10) ** (guess + 1) <= q:
        guess += 1
    return guess


def _written(n: int, last: int) -> str:
    """n 10^last: all its digits are significant."""
    sign, text = "-" if n < 0 else "", format_rational(Fraction(abs(n)))
    exponent = last + len(text) - 1
    if -_PLAIN <= exponent < max(_PLAIN, len(text)) and last <= 0:
        padded = text.rjust(1 - last, "0")
        whole, part = (padded[:last], padded[last:]) if last else (padded, "")
        return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"
    return f"{sign}{text[0]}.{text[1:]}e{exponent}" if len(text) > 1 else f"{sign}{text}e{exponent}"
