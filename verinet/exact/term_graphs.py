"""Terms and formulas over the reals as small immutable graphs, and how one is folded without recursion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


def _brief(part: Term | Formula) -> str:
    """Its kind and size: what is shared in the graph would be written again and again."""
    return f"<{type(part).__name__} {part.name or part.kind}, {len(part.parts)} parts>"


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A real-valued expression; build it with the functions of `verinet.exact.terms`.  Guarantee: exact."""

    kind: str
    parts: tuple[Term | Formula, ...] = ()
    value: Fraction = Fraction(0)
    name: str = ""

    __repr__ = _brief


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """A truth-valued expression; build it with the functions of `verinet.exact.terms`.  Guarantee: exact."""

    kind: str
    parts: tuple[Term | Formula, ...] = ()
    value: Fraction = Fraction(0)
    name: str = ""

    __repr__ = _brief


COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    "<": lambda a, b: a < b,
    "=": lambda a, b: a == b,
}


def fold(roots: Sequence[Term | Formula], read: Callable[[Term | Formula, list[Any]], Any]) -> list[Any]:
    """`read` applied to every part once, children first, without recursion; the results for the roots.

    Guarantee: exact.
    """
    done: dict[int, Any] = {}
    stack: list[tuple[Term | Formula, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        part, ready = stack.pop()
        if id(part) in done:
            continue
        if ready:
            done[id(part)] = read(part, [done[id(child)] for child in part.parts])
        else:
            stack.append((part, True))
            stack.extend((child, False) for child in part.parts if id(child) not in done)
    return [done[id(root)] for root in roots]
