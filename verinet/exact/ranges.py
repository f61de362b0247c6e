"""Ranges of expressions on a box, part by part: what is known of them where their derivatives are not bounded.

A root near 0, or an arcsine near 1, has values that balls enclose and derivatives that they do not.  Such a part is
monotone: its values at both ends enclose all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from verinet.errors import NotANumber
from verinet.exact.enclosures import Enclosure

if TYPE_CHECKING:
    from verinet.exact.smooth import Tree

__all__ = ["range_on"]

INCREASING = ("exp", "log", "atan", "asin", "sinh", "tanh", "erf")
DECREASING = ("acos",)
#: They move no farther than their argument does.
SLOW = ("sin", "cos")


def range_on(
    tree: Tree, low: Sequence[Fraction], high: Sequence[Fraction], value: Callable[[Tree], Enclosure]
) -> Enclosure | None:
    """Enclose all values of an expression on a box; None if a part has no value, or is not of a known kind.

    Parameters
    ----------
    tree : Tree
    low, high : sequences of Fraction
        The box.
    value : callable
        Encloses an expression without variables; raises NotANumber if it has no value.

    Examples
    --------
    >>> from verinet.exact.smooth import Tree, value_at
    >>> root = Tree("^", (Tree("variable"),), Fraction(1, 2))
    >>> print(range_on(root, [Fraction(0)], [Fraction(1, 4)], lambda part: value_at(part, (), Fraction(1, 64))))
    Enclosure(low=Fraction(0, 1), high=Fraction(1, 2))

    Guarantee: certified.
    """
    try:
        return _range(tree, low, high, value)
    except NotANumber:
        return None


def _range(
    tree: Tree, low: Sequence[Fraction], high: Sequence[Fraction], value: Callable[[Tree], Enclosure]
) -> Enclosure | None:
    if tree.head == "number":
        return Enclosure(tree.number, tree.number)
    if tree.head == "constant":
        return value(tree)
    if tree.head == "variable":
        return Enclosure(low[int(tree.number)], high[int(tree.number)])
    parts = [_range(part, low, high, value) for part in tree.parts]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if tree.head == "+":
        return Enclosure(
            sum((part.low for part in known), Fraction(0)), sum((part.high for part in known), Fraction(0))
        )
    if tree.head == "*":
        total = Enclosure(Fraction(1), Fraction(1))
        for part in known:
            total = _hull([a * b for a in (total.low, total.high) for b in (part.low, part.high)])
        return total
    return _of_one(tree, known[0], lambda at: value(replace(tree, parts=(_number(tree, at),))))


def _of_one(tree: Tree, part: Enclosure, at: Callable[[Fraction], Enclosure]) -> Enclosure | None:
    """A power, or a function of one argument that lies in `part`; `at` encloses it at a rational argument."""
    if tree.head == "^":
        whole = tree.number.denominator == 1
        if (part.low < 0 and not whole) or (part.low <= 0 <= part.high and tree.number < 0):
            return None
        ends = [Fraction(0)] if part.low <= 0 <= part.high and tree.number > 0 else []
        if whole:
            return _hull([*ends, part.low ** int(tree.number), part.high ** int(tree.number)])
    elif tree.head in SLOW:
        found, reach = at((part.low + part.high) / 2), (part.high - part.low) / 2
        return Enclosure(max(found.low - reach, Fraction(-1)), min(found.high + reach, Fraction(1)))
    elif tree.head not in (*INCREASING, *DECREASING):
        return None
    first, last = at(part.low), at(part.high)
    return _hull([first.low, first.high, last.low, last.high])


def _hull(values: Sequence[Fraction]) -> Enclosure:
    return Enclosure(min(values), max(values))


def _number(tree: Tree, at: Fraction) -> Tree:
    return replace(tree, head="number", parts=(), number=at)
