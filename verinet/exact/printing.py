"""Texts of values for people: as `repr` writes them, whatever the length of their numbers.

Python refuses to write an integer of more than 4300 digits (a program may lower that to 640), and the `repr` that
a dataclass gets would pass that refusal on, from a debugger or the message of an error.
"""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from typing import Any

from verinet.exact.rationals import format_rational

#: An integer with more bits is shortened to its first and last digits.
MOST_BITS = 1_800


def spelled(value: object) -> str:
    """What `repr` says, the middle of very long integers left out; tuples, lists and dictionaries are entered.

    Guarantee: exact, but for the digits that are left out.

    Examples
    --------
    >>> spelled((Fraction(1, 2), 3)), spelled(Fraction(10**5000))
    ('(Fraction(1, 2), 3)', 'Fraction(1000000000...00000000, 1)')
    """
    kind = type(value)
    if isinstance(value, Fraction) and kind is Fraction:
        return f"Fraction({_integer(value.numerator)}, {_integer(value.denominator)})"
    if isinstance(value, int) and kind is int:
        return _integer(value)
    if isinstance(value, tuple) and kind is tuple:
        return f"({', '.join(map(spelled, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, list) and kind is list:
        return f"[{', '.join(map(spelled, value))}]"
    if isinstance(value, dict) and kind is dict:
        return "{" + ", ".join(f"{spelled(key)}: {spelled(entry)}" for key, entry in value.items()) + "}"
    try:
        return repr(value)
    except ValueError:  # a long integer inside of what is not ours
        return f"<{kind.__name__}>"


def spelled_fields(record: Any) -> str:
    """The `repr` of a dataclass that holds exact numbers: ``Name(field=value, ...)``.

    A class takes it by ``__repr__ = spelled_fields``.

    Guarantee: exact, but for the digits that are left out.

    Examples
    --------
    >>> from verinet.exact.enclosures import Enclosure
    >>> Enclosure(Fraction(0), Fraction(10**5000))
    Enclosure(low=Fraction(0, 1), high=Fraction(1000000000...00000000, 1))
    """
    shown = (f"{field.name}={spelled(getattr(record, field.name))}" for field in fields(record) if field.repr)
    return f"{type(record).__qualname__}({', '.join(shown)})"


def _integer(n: int) -> str:
    if n.bit_length() <= MOST_BITS:
        return str(n)
    text = format_rational(Fraction(n))
    return f"{text[:10]}...{text[-8:]}"
