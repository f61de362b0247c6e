"""Bracketed text (the surface of SMT-LIB): a tokenizer and a reader that never recurse.

An expression is a string (a symbol or a number, as spelled) or a tuple of expressions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias, TypeVar, Union

from verinet.errors import BadFormat

T = TypeVar("T")
Expression: TypeAlias = Union[str, tuple["Expression", ...]]  # noqa: UP007  # recursive: needs the quoted name

#: Deepest nesting; properties in use have depth 4 to 6.
DEEPEST = 100
#: Longest text that is read, in characters.
LONGEST = 64_000_000

_TOKEN = re.compile(r"[ \t\r\n]+|;[^\n]*|(?P<open>\()|(?P<close>\))|(?P<word>[!-'*-:<-~]+)")
#: The same with quoted names and indices in square brackets; an index belongs to the word before it.
_TENSOR_TOKEN = re.compile(
    r"[ \t\r\n]+|;[^\n]*|(?P<open>\()|(?P<close>\))|(?P<index>\[[^]\[();\"]*\])"
    r"|(?P<quoted>\"[^\"\n]*\")|(?P<word>[!#-'*-:<-Z\\^-~]+)"
)


class Word(str):
    """A word of a text that knows where it begins.

    Examples
    --------
    >>> ((_, (_, element, _)), _), = tensor_commands("(assert (<= X [0, 1] 2))")
    >>> element, element.offset
    ('X[0,1]', 12)

    Guarantee: exact.
    """

    __slots__ = ("offset",)
    offset: int

    @classmethod
    def at(cls, text: str, offset: int) -> Word:
        """Return the word with its place.  Guarantee: exact."""
        word = cls(text)
        word.offset = offset
        return word


def commands(text: str, source: str = "text") -> Iterator[tuple[tuple[Expression, ...], str]]:
    """Yield the top-level expressions, each with its place (``source, line 12``).

    Raises
    ------
    BadFormat
        At a character that belongs to no token, unbalanced or empty or too deep brackets, or a bare word.

    Examples
    --------
    >>> list(commands("(assert (<= X_0 1)) ; done"))
    [(('assert', ('<=', 'X_0', '1')), 'text, line 1')]
    """
    line, counted = 1, 0
    for command, start in _expressions(text, source, _TOKEN):
        line, counted = line + text.count("\n", counted, start), start
        yield command, f"{source}, line {line}"


def tensor_commands(text: str, source: str = "text") -> Iterator[tuple[tuple[Expression, ...], int]]:
    """Yield the top-level expressions of VNN-LIB 2.0, each with its offset; their words are `Word`.

    ``X [0, 1]`` and ``X[0,1]`` are one word; names in quotation marks keep the marks.

    Raises
    ------
    BadFormat
        As `commands`.

    Examples
    --------
    >>> list(tensor_commands("(declare-input X Real [1, 5])"))
    [(('declare-input', 'X', 'Real[1,5]'), 0)]
    """
    return _expressions(text, source, _TENSOR_TOKEN)


def place_of(text: str, offset: int, source: str) -> str:
    """Return ``source, line 3, column 9``.

    Examples
    --------
    >>> place_of("(a)\\n(b c)", 7, "p.vnnlib")
    'p.vnnlib, line 2, column 4'
    """
    return f"{source}, line {text.count(chr(10), 0, offset) + 1}, column {offset - text.rfind(chr(10), 0, offset)}"


def _expressions(text: str, source: str, tokens: re.Pattern[str]) -> Iterator[tuple[tuple[Expression, ...], int]]:
    if len(text) > LONGEST:
        raise BadFormat(
            f"a property needs at most {LONGEST} characters, got {len(text)}",
            fix="split the property into several files",
            where=source,
        )
    stack: list[list[Expression]] = []
    start = position = 0
    with_places = tokens is _TENSOR_TOKEN
    while position < len(text):
        token = tokens.match(text, position)
        if token is None:
            raise _error(text, position, source, f"a character that belongs to no token: {text[position]!r}")
        if token.lastgroup == "open":
            if not stack:
                start = position
            if len(stack) == DEEPEST:
                raise _error(text, position, source, f"brackets nested deeper than {DEEPEST}")
            stack.append([])
        elif token.lastgroup == "close":
            if not stack:
                raise _error(text, position, source, "a closing bracket without an opening one")
            done = tuple(stack.pop())
            if not done:
                raise _error(text, position, source, "an empty pair of brackets")
            if stack:
                stack[-1].append(done)
            else:
                yield done, start
        elif token.lastgroup is not None:
            if not stack:
                raise _error(text, position, source, f"the word {_short(token.group())} outside of brackets")
            _append(stack[-1], token, with_places)
        position = token.end()
    if stack:
        raise _error(text, start, source, "an opening bracket that is never closed")


def _append(parts: list[Expression], token: re.Match[str], with_places: bool) -> None:
    if not with_places:
        parts.append(token.group())
        return
    last = parts[-1] if parts else None
    if token.lastgroup == "index":
        index = "".join(token.group().split())
        if isinstance(last, Word) and not last.endswith(("]", '"')):
            parts[-1] = Word.at(last + index, last.offset)
        else:
            parts.append(Word.at(index, token.start()))
        return
    parts.append(Word.at(token.group(), token.start()))


def fold(
    expression: Expression,
    word: Callable[[str], T],
    operation: Callable[[str, list[T]], T],
    where: str,
) -> T:
    """Combine values upwards by a loop: `word` at the leaves, `operation(head, values)` at the brackets.

    Raises
    ------
    BadFormat
        If a bracket does not begin with a word.
    """
    done: list[T] = []
    waiting: list[tuple[Expression, bool]] = [(expression, False)]
    while waiting:
        part, visited = waiting.pop()
        if isinstance(part, str):
            done.append(word(part))
            continue
        head, count = part[0], len(part) - 1
        if not isinstance(head, str):
            raise BadFormat(
                "brackets need an operator first, got another bracket",
                fix="write (and a b), (<= a b), (+ a b)",
                where=where,
            )
        if visited:
            values = done[len(done) - count :]
            del done[len(done) - count :]
            done.append(operation(head, values))
        else:
            waiting.append((part, True))
            waiting.extend((inner, False) for inner in reversed(part[1:]))
    return done[0]


def _short(word: str) -> str:
    return word if len(word) <= 40 else word[:40] + "..."


def _error(text: str, position: int, source: str, found: str) -> BadFormat:
    return BadFormat(
        f"a property or a witness needs balanced brackets of words, got {found}",
        fix="check the file: VNN-LIB text is declarations, assertions or values in brackets, and ; comments",
        where=place_of(text, position, source),
    )
