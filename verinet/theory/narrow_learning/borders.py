"""What a caller hands in, checked where it enters: whole numbers, parts, sizes, and vectors of exact numbers."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from numbers import Real

from verinet.errors import NotANumber, ShapeMismatch
from verinet.exact.rationals import Q
from verinet.theory.ridges import Row


def whole(value: object, what: str, least: int, most: int | None = None) -> int:
    """Return an integer that lies in a range.

    Raises
    ------
    NotANumber
        If it is none: truth values and floats such as 2.0 are refused, too.

    Examples
    --------
    >>> whole(3, "the number of digits", 1)
    3

    Guarantee: exact.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least or (most is not None and value > most):
        span = f"at least {least}" if most is None else f"from {least} to {most}"
        raise NotANumber(f"{what} is an integer {span}, got {str(value)[:40]}", fix=f"write {least}, say")
    return value


def part(value: object, what: str) -> float:
    """Return a number strictly between 0 and 1, as a float.

    Raises
    ------
    NotANumber
        If it is none.

    Examples
    --------
    >>> part(0.2, "a part of the samples")
    0.2

    Guarantee: numeric.
    """
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < float(value) < 1:
        raise NotANumber(f"{what} is between 0 and 1, got {str(value)[:40]}", fix="write 0.2 or 0.95, say")
    return float(value)


def positive(value: object, what: str) -> float:
    """Return a positive finite number, as a float.

    Raises
    ------
    NotANumber
        If it is none.

    Examples
    --------
    >>> positive(3, "a promised bound")
    3.0

    Guarantee: numeric.
    """
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < float(value) < inf:
        raise NotANumber(f"{what} is positive, got {str(value)[:40]}", fix="give a positive number, or leave it out")
    return float(value)


def exact_vector(entries: Sequence[object], size: int) -> Row:
    """Return a vector of so many exact numbers.

    Raises
    ------
    ShapeMismatch
        If it has another size.
    InexactInput, NotANumber
        If an entry is a float, or no number.

    Examples
    --------
    >>> [str(entry) for entry in exact_vector([1, "1/2"], 2)]
    ['1', '1/2']

    Guarantee: exact.
    """
    if len(entries) != size:
        raise ShapeMismatch(f"{size} inputs and a vector of {len(entries)} entries", fix="give one entry an input")
    return tuple(map(Q, entries))
