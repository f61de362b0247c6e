"""Rational numbers at the border: parse, print, import binary floats exactly, refuse silent floats.

Inside the package a scalar is a `fractions.Fraction`.  Nothing here rounds; a float is never taken for the
decimal it was typed as, nor a decimal for the binary float nearest to it, unless the caller says which.
"""

from __future__ import annotations

import math
import re
import sys
from decimal import Decimal
from fractions import Fraction
from numbers import Rational as AbstractRational
from typing import TypeAlias

import flint
import numpy as np
import numpy.typing as npt

from verinet.errors import InexactInput, NotANumber

Rational: TypeAlias = Fraction

LARGEST_DIGITS = 10_000
LARGEST_EXPONENT = 5_000
LARGEST_HEX_DIGITS = 1 << 20

# ASCII digits only: \d would also take other scripts' digits.  No underscores, no spaces, no plus sign.
_FRACTION = re.compile(r"(-?[0-9]+)(?:/([0-9]+))?\Z")
_DECIMAL = re.compile(r"(-?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?\Z")
_HEX = re.compile(r"(?:0|-?[1-9a-f][0-9a-f]*)\Z")
# Python refuses decimal text above 4300 digits by default (and a program may lower that to 640).
_SAFE_DIGITS = 600


def Q(value: object) -> Fraction:
    """The exact rational that `value` denotes.

    Accepts an int, a Fraction, any other exact rational (numpy integer, sympy Rational, FLINT fmpz and fmpq),
    a finite Decimal and text: ``p``, ``p/q`` or a decimal such as ``-0.25``, ``.5``, ``1.5e-3``, ``1e-05``, read as the
    decimal it spells.

    Parameters
    ----------
    value : object
        The number.  Text and Decimals have at most 10 000 digits and an exponent of at most 5 000 in size.

    Returns
    -------
    Fraction

    Raises
    ------
    InexactInput
        For a float: it is not said whether the decimal or the binary value is meant.
    NotANumber
        For anything that denotes no finite rational.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> Q("0.1"), Q("-3/6"), Q(7)
    (Fraction(1, 10), Fraction(-1, 2), Fraction(7, 1))
    >>> from decimal import Decimal
    >>> Q(Decimal("0.1"))
    Fraction(1, 10)
    >>> Q(0.1)
    Traceback (most recent call last):
    ...
    verinet.errors.InexactInput: Q needs an exact number, got the float 0.1
    Fix: write Q("0.1") for the decimal, dyadic(0.1) for the binary value 3602879701896397/36028797018963968
    """
    if isinstance(value, Fraction):
        # A subclass could carry anything; only a plain Fraction passes through unchanged.
        return value if type(value) is Fraction else Fraction(value.numerator, value.denominator)
    if isinstance(value, (bool, np.bool_)):
        raise NotANumber(f"Q needs a number, got the truth value {value}", fix="write 0 or 1")
    if isinstance(value, int):
        return Fraction(int(value))
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, (float, np.floating)):
        raise _float_refused(value)
    if isinstance(value, Decimal):
        return _from_decimal(value)
    if isinstance(value, flint.fmpz):
        return Fraction(int(value))
    if isinstance(value, flint.fmpq):
        return Fraction(int(value.p), int(value.q))
    sympy = sys.modules.get("sympy")  # a sympy number exists only if sympy was imported
    if sympy is not None:
        if isinstance(value, sympy.Rational) and value.is_finite:
            return Fraction(int(value.p), int(value.q))
        if isinstance(value, sympy.Float):
            raise InexactInput(
                f"Q needs an exact number, got the sympy Float {value}",
                fix="write the number as text or as a sympy Rational",
            )
    if isinstance(value, AbstractRational):
        return Fraction(int(value.numerator), int(value.denominator))
    raise NotANumber(
        f"Q needs a rational number, got {_shown(value)} of type {type(value).__name__}",
        fix='give an int, a Fraction, or text such as "1/3" or "0.25"',
    )


def dyadic(x: float | np.floating) -> Fraction:
    """The rational ``m 2^e`` that the binary float `x` denotes, exactly.

    Raises
    ------
    NotANumber
        For NaN and infinities, and for anything that is not a float.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> dyadic(0.5)
    Fraction(1, 2)
    >>> dyadic(0.1) == Q("0.1")
    False
    """
    if not isinstance(x, (float, np.floating)):
        raise NotANumber(
            f"dyadic needs a binary float, got {_shown(x)} of type {type(x).__name__}",
            fix="use Q for exact numbers and text",
        )
    if not np.isfinite(x):
        raise NotANumber(f"dyadic needs a finite float, got {float(x)}", fix="remove NaN and infinities")
    numerator, denominator = x.as_integer_ratio()
    return Fraction(int(numerator), int(denominator))


def dyadic_integers(values: npt.NDArray[np.float64]) -> tuple[list[int], int]:
    """Integers n and one exponent e with ``values == n * 2**e``, exactly, for finite float64 values.

    Some n is odd, unless all values are 0; then e is 0.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> dyadic_integers(np.array([0.5, 3.0]))
    ([1, 6], -1)
    """
    fractions, exponents = np.frexp(values)
    mantissas = np.ldexp(fractions, 53).astype(np.int64)
    nonzero = mantissas != 0
    if not nonzero.any():
        return [0] * len(values), 0
    powers = exponents.astype(np.int64) - 53
    # strip the trailing zero bits, so that short numbers keep a small denominator
    lowest = np.where(nonzero, mantissas & -mantissas, 1)
    mantissas //= lowest
    powers += np.frexp(lowest.astype(np.float64))[1] - 1
    least = int(powers[nonzero].min())
    shifts = np.where(nonzero, powers - least, 0)
    bits = np.frexp(np.abs(mantissas).astype(np.float64))[1]
    if int((shifts + bits).max()) <= 62:
        return (mantissas << shifts).tolist(), least
    return [m << s for m, s in zip(mantissas.tolist(), shifts.tolist(), strict=True)], least


def format_rational(q: Fraction) -> str:
    """``p/q`` in lowest terms, or ``p`` for an integer; `Q` reads it back up to its digit limit.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> format_rational(Fraction(-2, 6)), format_rational(Fraction(4))
    ('-1/3', '4')
    """
    numerator = _integer_to_decimal(q.numerator)
    return numerator if q.denominator == 1 else f"{numerator}/{_integer_to_decimal(q.denominator)}"


def parse_hex(text: str) -> int:
    """The integer written by the grammar ``0 | -?[1-9a-f][0-9a-f]*`` (one spelling a number).

    Raises
    ------
    NotANumber
        For any other text.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> parse_hex("-1f")
    -31
    """
    if not isinstance(text, str) or len(text) > LARGEST_HEX_DIGITS or _HEX.match(text) is None:
        raise NotANumber(
            f"a hexadecimal integer is 0 or -?[1-9a-f][0-9a-f]*, got {_shown(text)}",
            fix="write lower-case digits without 0x and without leading zeros",
        )
    return int(text, 16)


def format_hex(n: int) -> str:
    """The one spelling of `n` that `parse_hex` accepts.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> format_hex(-31), format_hex(0)
    ('-1f', '0')
    """
    return format(n, "x")


def parse_hex_rational(text: str) -> Fraction:
    """The rational written ``HEX/HEX``: denominator always present and positive, lowest terms required.

    Raises
    ------
    NotANumber
        For any other text.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> parse_hex_rational("-a/3")
    Fraction(-10, 3)
    """
    parts = text.split("/", 2) if isinstance(text, str) else []
    if len(parts) != 2:
        raise NotANumber(
            f"a hexadecimal rational is HEX/HEX, got {_shown(text)}",
            fix='write the denominator too, "1/1" for one',
        )
    numerator, denominator = parse_hex(parts[0]), parse_hex(parts[1])
    if denominator <= 0 or math.gcd(numerator, denominator) != 1:
        raise NotANumber(
            f"a hexadecimal rational has a positive denominator and lowest terms, got {_short(repr(text))}",
            fix="cancel the common factor and keep the sign in the numerator",
        )
    return Fraction(numerator, denominator)


def format_hex_rational(q: Fraction) -> str:
    """The one spelling of `q` that `parse_hex_rational` accepts.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> format_hex_rational(Fraction(-10, 3))
    '-a/3'
    """
    return f"{q.numerator:x}/{q.denominator:x}"


def _from_decimal(value: Decimal) -> Fraction:
    if not value.is_finite():
        raise NotANumber(f"Q needs a finite number, got the Decimal {value}", fix="remove NaN and infinities")
    # as text: the limits on digits and exponents hold here too, where 10**exponent would be made otherwise
    return _from_text(str(value))


def _from_text(text: str) -> Fraction:
    if len(text) > LARGEST_DIGITS + 20:
        raise NotANumber(
            f"Q reads numbers of at most {LARGEST_DIGITS} digits, got text of {len(text)} characters",
            fix="give a shorter number",
        )
    found = _FRACTION.match(text)
    if found:
        _limit_digits(len(text) - text.count("-") - text.count("/"))
        numerator, denominator = _decimal_to_integer(found[1]), _decimal_to_integer(found[2] or "1")
        if denominator == 0:
            raise NotANumber(f"Q got the denominator 0 in {_short(repr(text))}", fix="remove it")
        return Fraction(numerator, denominator)
    found = _DECIMAL.match(text)
    if not found or not (found[2] or found[3]):
        raise NotANumber(
            f"Q reads text such as 3, -1/3, 0.25 or 1.5e-3, got {_short(repr(text))}",
            fix="write an ASCII integer, fraction or decimal without spaces or underscores",
        )
    sign, whole, decimals, exponent_text = found[1], found[2], found[3] or "", found[4] or "0"
    _limit_digits(len(whole) + len(decimals))
    exponent = _decimal_to_integer(exponent_text.lstrip("+"))
    if abs(exponent) > LARGEST_EXPONENT:
        raise NotANumber(
            f"Q reads exponents up to {LARGEST_EXPONENT} in size, got {_short(repr(text))}",
            fix="give a number of a reasonable size",
        )
    power = exponent - len(decimals)
    numerator = _decimal_to_integer(sign + whole + decimals)
    return Fraction(numerator * 10**power) if power >= 0 else Fraction(numerator, 10**-power)


def _limit_digits(count: int) -> None:
    if count > LARGEST_DIGITS:
        raise NotANumber(f"Q reads at most {LARGEST_DIGITS} digits, got {count}", fix="give a shorter number")


def _decimal_to_integer(text: str) -> int:
    return int(text) if len(text) < _SAFE_DIGITS else int(flint.fmpz(text))


def _integer_to_decimal(n: int) -> str:
    return str(n) if n.bit_length() < 3 * _SAFE_DIGITS else str(flint.fmpz(n))


def _float_refused(value: float | np.floating) -> Exception:
    if not np.isfinite(value):
        return NotANumber(f"Q needs a finite number, got {float(value)}", fix="remove NaN and infinities")
    # the shortest decimal that reads back as this float, in its own precision (float32 has a shorter one)
    spelled = str(value) if isinstance(value, np.floating) else repr(value)
    binary = format_rational(dyadic(value))
    reading = f" {binary}" if len(binary) <= 60 else ""
    return InexactInput(
        f"Q needs an exact number, got the float {spelled}",
        fix=f'write Q("{spelled}") for the decimal, dyadic({spelled}) for the binary value{reading}',
    )


def _shown(value: object) -> str:
    try:
        return _short(repr(value))
    except Exception:  # an integer beyond Python's digit limit inside, or an object whose repr fails
        return "a value that cannot be printed"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:50]}... ({len(text)} characters)"
