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
    if len(text) > LONGEST:
        raise BadFormat(
            f"a property needs at most {LONGEST} characters, got {len(text)}",
            fix="split the property into several files",
            where=source,
        )
    stack: list[list[Expression]] = []
    start = position = 0
    line, counted = 1, 0
    while position < len(text):
        token = _TOKEN.match(text, position)
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
                line, counted = line + text.count("\n", counted, start), start
                yield done, f"{source}, line {line}"
        elif token.lastgroup == "word":
            if not stack:
                raise _error(text, position, source, f"the word {_short(token.group())} outside of brackets")
            stack[-1].append(token.group())
        position = token.end()
    if stack:
        raise _error(text, start, source, "an opening bracket that is never closed")


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
    line = text.count("\n", 0, position) + 1
    return BadFormat(
        f"a property needs balanced brackets of words, got {found}",
        fix="check the file: VNN-LIB text is (declare-const X_0 Real), (assert ...) and ; comments",
        where=f"{source}, line {line}",
    )
