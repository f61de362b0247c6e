"""JSON from strangers: nesting capped before parsing, no duplicate keys, no NaN, numbers kept as spelled."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, NoReturn

from verinet.errors import BadFormat

#: Deepest nesting of brackets that is read.
DEEPEST = 32
# Possessive, and the closing quote may miss: an unterminated string must not be scanned again and again.
_NESTING = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}


@dataclass(frozen=True, slots=True)
class Numeral:
    """A JSON number as it was spelled; the reader of each format decides what it may mean."""

    text: str


def parse_strict_json(text: str, what: str) -> Any:
    """Parse JSON text; every number becomes a `Numeral`.

    Parameters
    ----------
    text : str
    what : str
        What is being read, for the error message.

    Raises
    ------
    BadFormat
        For text that is not JSON (truncated, say), nested too deeply, with a key twice, or with NaN.

    Examples
    --------
    >>> parse_strict_json('{"b": [1.50]}', "a network")
    {'b': [Numeral(text='1.50')]}

    Guarantee: exact.
    """
    depth = 0
    for token in _NESTING.finditer(text):
        depth += _STEP.get(token.group(), 0)
        if depth > DEEPEST:
            raise BadFormat(
                f"{what} needs JSON nested at most {DEEPEST} deep, got deeper brackets",
                fix="check that the file is what you think it is",
                where=f"character {token.start()}",
            )
    try:
        return json.loads(
            text,
            object_pairs_hook=_distinct,
            parse_float=Numeral,
            parse_int=Numeral,
            parse_constant=_no_constant,
        )
    except (ValueError, RecursionError) as error:
        raise BadFormat(
            f"{what} needs JSON, got text that is not: {str(error)[:120]}",
            fix="check that the file is complete and is JSON",
        ) from None


def _distinct(entries: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(entries)
    if len(found) != len(entries):
        twice, _ = Counter(key for key, _ in entries).most_common(1)[0]
        raise BadFormat(
            f"a JSON object has the key {twice[:60]!r} twice",
            fix="keep one of the two; readers disagree on which",
        )
    return found


def _no_constant(word: str) -> NoReturn:
    raise BadFormat(f"a JSON number is {word}", fix="remove NaN and infinities: they denote no real number")
