"""Options of a construction from the shell: ``--option key=value``, the value a number, a list of them, or a word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from verinet.errors import BadFormat, NotANumber
from verinet.exact.rationals import Q

__all__ = ["OptionValue", "parse_options"]

#: An exact number is an integer where it is written as one.
OptionValue = int | Fraction | str | tuple[int | Fraction | str, ...]

_OPTION = re.compile(r"([a-z][a-z_-]{0,39})=(.{1,4000})\Z", re.ASCII)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_:^-]{0,39}\Z", re.ASCII)
_INTEGER = re.compile(r"[+-]?[0-9]{1,4000}\Z", re.ASCII)


def parse_options(texts: Sequence[str]) -> dict[str, OptionValue]:
    """Return the options of some texts ``key=value``.

    A value with a comma is a list; no text is evaluated.

    Raises
    ------
    BadFormat
        For any other text, and for a key that comes twice.

    Examples
    --------
    >>> parse_options(["power=2", "delta=1/100", "to=repu:1", "knots=0,1/2"])
    {'power': 2, 'delta': Fraction(1, 100), 'to': 'repu:1', 'knots': (0, Fraction(1, 2))}

    Guarantee: exact.
    """
    found: dict[str, OptionValue] = {}
    for text in texts:
        match = _OPTION.match(text)
        if match is None:
            raise BadFormat(f"--option needs key=value, got {text[:60]!r}", fix="write --option power=2, say")
        key = match[1].replace("-", "_")
        if key in found:
            raise BadFormat(f"--option {key} is given twice", fix="leave one of them out")
        entries = [_value(part.strip(), key) for part in match[2].split(",")]
        found[key] = entries[0] if len(entries) == 1 else tuple(entries)
    return found


def _value(text: str, key: str) -> int | Fraction | str:
    if _INTEGER.match(text):
        return int(text)
    if _WORD.match(text):
        return text
    try:
        return Q(text)
    except NotANumber as error:
        raise BadFormat(
            f"--option {key} has the value {text[:40]!r}", fix="write exact numbers, such as 1/4, or a word"
        ) from error
