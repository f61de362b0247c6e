"""Which rationals a binary floating-point type holds, and the nearest one it holds to a rational.

The readers use it where a file itself asks for a rounding (a cast of a constant), the writers to refuse
weights that the wanted type does not hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from verinet.errors import InexactInput, NotANumber, Unsupported
from verinet.exact.rationals import format_rational


@dataclass(frozen=True, slots=True)
class BinaryFormat:
    """A binary interchange format: `precision` bits of significand, least and largest exponents.

    Every finite value is ``m * 2**e`` with ``|m| < 2**precision`` and ``e >= smallest``.
    """

    name: str
    precision: int
    smallest: int  # exponent of the last place of the subnormal numbers
    largest: int  # every finite value is below 2**largest


FORMATS = {
    form.name: form
    for form in (
        BinaryFormat("float16", 11, -24, 16),
        BinaryFormat("bfloat16", 8, -133, 128),
        BinaryFormat("float32", 24, -149, 128),
        BinaryFormat("float64", 53, -1074, 1024),
    )
}


def binary_format(name: str) -> BinaryFormat:
    """The format of that name.

    Raises
    ------
    Unsupported
        For a name that is not in the table.
    """
    if name not in FORMATS:
        raise Unsupported(
            f"there is no binary format {name!r}; known are {', '.join(FORMATS)}",
            fix="use one of these names",
        )
    return FORMATS[name]


def holds(q: Fraction, form: BinaryFormat) -> bool:
    """Whether q is exactly a finite value of the format.

    Examples
    --------
    >>> holds(Fraction(1, 8), FORMATS["float32"]), holds(Fraction(1, 10), FORMATS["float32"])
    (True, False)

    Guarantee: exact.
    """
    if q == 0:
        return True
    try:
        return nearest(q, form) == q
    except NotANumber:
        return False


def nearest(q: Fraction, form: BinaryFormat) -> Fraction:
    """The value of the format nearest to q, ties to the even significand.

    Raises
    ------
    NotANumber
        When q is beyond the largest finite value.

    Examples
    --------
    >>> nearest(Fraction(1, 10), FORMATS["float32"])
    Fraction(13421773, 134217728)

    Guarantee: exact.
    """
    if q == 0:
        return q
    size, denominator = abs(q.numerator), q.denominator
    # 2**magnitude > |q|: exact up to one, and one too much only costs a bit that is shifted back below.
    magnitude = size.bit_length() - denominator.bit_length() + 1
    if Fraction(size, denominator) < _power(magnitude - 1):
        magnitude -= 1
    place = max(magnitude - form.precision, form.smallest)
    scaled = Fraction(size, denominator) / _power(place)
    whole = _round_to_even(scaled)
    rounded = whole * _power(place)
    if rounded >= _power(form.largest):
        raise NotANumber(
            f"a number near 2^{magnitude} is beyond the largest finite {form.name}",
            fix="use a wider type, or scale the network",
        )
    return -rounded if q < 0 else rounded


def written(q: Fraction, form: BinaryFormat, what: str, *, rounding: bool) -> float:
    """The float that is q; with `rounding` the one nearest to q.

    Raises
    ------
    InexactInput
        When the format does not hold q and `rounding` was not asked for; NotANumber when q is too large.

    Guarantee: exact (numeric with `rounding`).
    """
    if not rounding and not holds(q, form):
        text = format_rational(q)
        brief = text if len(text) <= 40 else f"{text[:18]}...{text[-18:]}"
        raise InexactInput(
            f"{what} is {brief}, which no {form.name} is",
            fix='write with dtype="float64", or with rounding=True to write the nearest network instead',
        )
    return float(nearest(q, form))


def nearest_quotient_by_root(numerator: Fraction, square: Fraction, form: BinaryFormat) -> Fraction:
    """The value of the format nearest to ``numerator / sqrt(square)``, for square > 0.

    Examples
    --------
    >>> float(nearest_quotient_by_root(Fraction(1), Fraction(2), FORMATS["float64"])) == 2**-0.5
    True

    Guarantee: exact.
    """
    root = exact_root(square)
    if root is not None:
        return nearest(numerator / root, form)
    if numerator == 0:
        return Fraction(0)
    quotient = numerator * numerator / square
    # The floor of the root with 256 bits or more, and a last bit that says "a little more": a number rounds
    # like this stand-in, since both lie strictly between the same two multiples of the last place.
    shift = max(0, 512 - quotient.numerator.bit_length() + quotient.denominator.bit_length())
    shift += shift % 2
    floor = isqrt((quotient.numerator << shift) // quotient.denominator)
    stand_in = Fraction(2 * floor + 1, 2 << (shift // 2))
    return nearest(-stand_in if numerator < 0 else stand_in, form)


def exact_root(q: Fraction) -> Fraction | None:
    """The rational square root of q >= 0, or None when it is irrational.

    Examples
    --------
    >>> exact_root(Fraction(9, 4)), exact_root(Fraction(2))
    (Fraction(3, 2), None)

    Guarantee: exact.
    """
    numerator, denominator = isqrt(q.numerator), isqrt(q.denominator)
    if numerator * numerator == q.numerator and denominator * denominator == q.denominator:
        return Fraction(numerator, denominator)
    return None


def _power(exponent: int) -> Fraction:
    return Fraction(1 << exponent) if exponent >= 0 else Fraction(1, 1 << -exponent)


def _round_to_even(q: Fraction) -> int:
    return round(q)  # Fraction rounds halves to even
