"""The largest size of a polynomial on a box: exact at corners where it is multi-affine, by Bernstein's form else."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import comb
from typing import Any

from flint import fmpq

from verinet.exact.rationals import Q

__all__ = ["extremes", "largest_size"]

#: The bound may be above the largest value at corners by this share of it; else the box is halved.
SHARE = 64
#: How often a box is halved.
DEEPEST = 6


def largest_size(polynomial: Any, box: Sequence[tuple[Fraction, Fraction]]) -> Fraction:
    """An upper bound of the size of a polynomial of FLINT on a box, and its exact value if no exponent is above 1.

    Guarantee: certified.

    Source: the values of a polynomial lie between its least and largest Bernstein coefficient.

    Examples
    --------
    >>> from flint import fmpq_mpoly_ctx
    >>> ring = fmpq_mpoly_ctx.get(["x", "y"], "lex")
    >>> x, y = ring.gens()
    >>> unit = (Fraction(0), Fraction(1))
    >>> largest_size(x * y - x, (unit, unit)), largest_size(x * (1 - x), (unit, unit)) >= Fraction(1, 4)
    (Fraction(1, 1), True)
    """
    terms = polynomial.to_dict()
    if not terms:
        return Fraction(0)
    degrees = [max(exponents[j] for exponents in terms) for j in range(len(box))]
    array = _on_unit_box(terms, degrees, box)
    if max(degrees) <= 1:
        return Q(max(abs(value) for value in _bernstein(array, degrees)))
    return Q(_bounded(_bernstein(array, degrees), degrees, 0))


def extremes(polynomial: Any, box: Sequence[tuple[Fraction, Fraction]]) -> tuple[Fraction, Fraction]:
    """Bounds of a polynomial of FLINT on a box, and its exact extremes if no exponent is above 1.

    Guarantee: certified.

    Source: the values of a polynomial lie between its least and largest Bernstein coefficient.

    Examples
    --------
    >>> from flint import fmpq_mpoly_ctx
    >>> ring = fmpq_mpoly_ctx.get(["x", "y"], "lex")
    >>> x, y = ring.gens()
    >>> unit = (Fraction(0), Fraction(1))
    >>> extremes(x * y - x, (unit, unit)), extremes(x**2 + y, (unit, unit))
    ((Fraction(-1, 1), Fraction(0, 1)), (Fraction(0, 1), Fraction(2, 1)))
    """
    terms = polynomial.to_dict()
    if not terms:
        return Fraction(0), Fraction(0)
    degrees = [max(exponents[j] for exponents in terms) for j in range(len(box))]
    low, high = _between(_bernstein(_on_unit_box(terms, degrees, box), degrees), degrees, 0)
    return Q(low), Q(high)


def _on_unit_box(terms: dict[Any, Any], degrees: Sequence[int], box: Sequence[tuple[Fraction, Fraction]]) -> list[Any]:
    """The coefficients, row by row, of the polynomial in u with x = low + (high - low) u."""
    shape = [degree + 1 for degree in degrees]
    array = [fmpq(0)] * _size(shape)
    for exponents, coefficient in terms.items():
        array[_index(exponents, shape)] = coefficient
    for axis, (low, high) in enumerate(box):
        a = fmpq(low.numerator, low.denominator)
        width = fmpq(high.numerator, high.denominator) - a
        count = range(shape[axis])
        rows = [[comb(j, i) * a ** (j - i) * width**i if j >= i else fmpq(0) for j in count] for i in count]
        array = _along(array, shape, axis, rows)
    return array


def _bernstein(array: list[Any], degrees: Sequence[int]) -> list[Any]:
    """The Bernstein coefficients on the unit box of a polynomial given by its coefficients."""
    shape = [degree + 1 for degree in degrees]
    for axis, degree in enumerate(degrees):
        if degree:
            array = _along(array, shape, axis, _to_bernstein(degree))
    return array


@lru_cache(maxsize=64)
def _to_bernstein(degree: int) -> tuple[tuple[Any, ...], ...]:
    return tuple(
        tuple(fmpq(comb(i, j), comb(degree, j)) if j <= i else fmpq(0) for j in range(degree + 1))
        for i in range(degree + 1)
    )


@lru_cache(maxsize=64)
def _halves(degree: int) -> tuple[tuple[tuple[Any, ...], ...], tuple[tuple[Any, ...], ...]]:
    """The coefficients on the left and on the right half, after de Casteljau."""
    left = tuple(tuple(fmpq(comb(i, j), 1 << i) for j in range(degree + 1)) for i in range(degree + 1))
    right = tuple(tuple(row[::-1]) for row in reversed(left))
    return left, right


def _along(array: list[Any], shape: Sequence[int], axis: int, rows: Sequence[Sequence[Any]]) -> list[Any]:
    """Multiply by a matrix along one axis."""
    step = _size(shape[axis + 1 :])
    count = shape[axis]
    result = list(array)
    for start in range(0, len(array), step * count):
        for offset in range(start, start + step):
            line = [array[offset + k * step] for k in range(count)]
            for i, row in enumerate(rows):
                result[offset + i * step] = sum((a * b for a, b in zip(row, line, strict=True) if a), start=fmpq(0))
    return result


def _bounded(array: list[Any], degrees: Sequence[int], depth: int) -> Any:
    """A bound of the size from Bernstein coefficients, halving across the longest axis where it may be far off."""
    shape = [degree + 1 for degree in degrees]
    bound = max(abs(value) for value in array)
    corners = product(*((0, degree) for degree in degrees))
    attained = max(abs(array[_index(corner, shape)]) for corner in corners)
    if depth >= DEEPEST or bound <= attained * fmpq(SHARE + 1, SHARE):
        return bound
    bent = [axis for axis, degree in enumerate(degrees) if degree > 1]
    axis = bent[depth % len(bent)]
    left, right = _halves(degrees[axis])
    return max(_bounded(_along(array, shape, axis, half), degrees, depth + 1) for half in (left, right))


def _between(array: list[Any], degrees: Sequence[int], depth: int) -> tuple[Any, Any]:
    """The least and the largest Bernstein coefficient, halving as above where corners do not nearly attain them."""
    shape = [degree + 1 for degree in degrees]
    attained = [array[_index(corner, shape)] for corner in product(*((0, degree) for degree in degrees))]
    low, high = min(array), max(array)
    beyond = (high - max(attained)) + (min(attained) - low)
    if depth >= DEEPEST or not beyond or beyond * SHARE <= max(attained) - min(attained):
        return low, high
    bent = [axis for axis, degree in enumerate(degrees) if degree > 1]
    axis = bent[depth % len(bent)]
    parts = [_between(_along(array, shape, axis, half), degrees, depth + 1) for half in _halves(degrees[axis])]
    return min(low for low, _ in parts), max(high for _, high in parts)


def _index(exponents: Sequence[int], shape: Sequence[int]) -> int:
    place = 0
    for exponent, size in zip(exponents, shape, strict=True):
        place = place * size + int(exponent)
    return place


def _size(shape: Sequence[int]) -> int:
    total = 1
    for size in shape:
        total *= size
    return total
