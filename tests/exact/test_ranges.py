"""Ranges of expressions on boxes against values of mpmath, and approximations where derivatives are not bounded."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.exact.ranges import range_on
from verinet.exact.smooth import FUNCTIONS, Tree, approximations, value_at

x, y = Tree("variable"), Tree("variable", number=Fraction(1))
ACCURACY = Fraction(1, 10**6)


def number(value: Fraction | int) -> Tree:
    return Tree("number", number=Fraction(value))


def value(tree: Tree) -> Any:
    return value_at(tree, (), ACCURACY)


def mp(entry: Fraction) -> Any:
    return mpmath.mpf(entry.numerator) / entry.denominator


def evaluated(tree: Tree, at: tuple[Fraction, ...]) -> Any:
    """What mpmath says."""
    parts = [evaluated(part, at) for part in tree.parts]
    match tree.head:
        case "number":
            return mp(tree.number)
        case "variable":
            return mp(at[int(tree.number)])
        case "+":
            return mpmath.fsum(parts)
        case "*":
            return mpmath.fprod(parts)
        case "^":
            return parts[0] ** mp(tree.number)
    return getattr(mpmath, tree.head)(parts[0])


leaves = st.one_of(st.sampled_from([x, y]), st.fractions(-2, 2, max_denominator=8).map(number))
functions = st.sampled_from([name for name in FUNCTIONS if name not in ("tan", "cosh")])
powers = st.sampled_from([Fraction(k, 6) for k in (-12, -6, -3, 2, 3, 4, 6, 12, 18)])
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda a, b: Tree("+", (a, b)), inner, inner),
        st.builds(lambda a, b: Tree("*", (a, b)), inner, inner),
        st.builds(lambda a, e: Tree("^", (a,), e), inner, powers),
        st.builds(lambda name, a: Tree(name, (a,)), functions, inner),
    ),
    max_leaves=4,
)


@settings(max_examples=150, deadline=None)
@given(trees, st.fractions(-2, 2, max_denominator=4), st.fractions(0, 2, max_denominator=4))
def test_a_range_holds_all_values(tree: Tree, low: Fraction, width: Fraction) -> None:
    found = range_on(tree, [low, low / 2], [low + width, low / 2 + width], value)
    if found is None:
        return
    for i in range(5):
        for j in range(5):
            at = low + width * Fraction(i, 4), low / 2 + width * Fraction(j, 4)
            true = evaluated(tree, at)
            slack = mpmath.mpf(10) ** -9 * (1 + abs(true))
            assert mp(found.low) - slack <= true <= mp(found.high) + slack


def test_what_has_no_value_or_is_not_monotone_has_no_range() -> None:
    box = [Fraction(-1)], [Fraction(1)]
    for tree in (
        Tree("^", (x,), Fraction(1, 2)),
        Tree("^", (x,), Fraction(-1)),
        Tree("log", (x,)),
        Tree("tan", (x,)),
        Tree("+", (x, Tree("asin", (Tree("+", (x, number(1))),)))),
    ):
        assert range_on(tree, *box, value) is None
    assert range_on(Tree("^", (x,), Fraction(-1, 2)), [Fraction(0)], [Fraction(1)], value) is None
    even = range_on(Tree("^", (x,), Fraction(2)), *box, value)
    assert even is not None
    assert even.low == 0
    assert even.high == 1


@pytest.mark.parametrize(
    ("tree", "function"),
    [
        (Tree("^", (x,), Fraction(1, 2)), mpmath.sqrt),
        (Tree("^", (x,), Fraction(2, 3)), lambda t: t ** (mpmath.mpf(2) / 3)),
        (Tree("asin", (x,)), mpmath.asin),
        (Tree("acos", (x,)), mpmath.acos),
        (Tree("sin", (Tree("^", (x,), Fraction(1, 2)),)), lambda t: mpmath.sin(mpmath.sqrt(t))),
    ],
)
def test_polynomials_where_derivatives_are_not_bounded(tree: Tree, function: Any) -> None:
    accuracy = Fraction(1, 500)
    found = approximations(tree, {}, [Fraction(0)], [Fraction(1)], 4, accuracy)
    assert sum(part.high[0] - part.low[0] for part in found) == 1
    for part in found:
        assert part.error <= accuracy
        for k in range(9):
            at = part.low[0] + (part.high[0] - part.low[0]) * Fraction(k, 8)
            near = sum(c * (at - part.center[0]) ** e for c, (e,) in part.terms)
            assert abs(mp(Fraction(near)) - function(mp(at))) <= mp(part.error) + mpmath.mpf(10) ** -12


def test_a_root_of_zero_has_its_value() -> None:
    for exponent in (Fraction(1, 2), Fraction(1, 3), Fraction(5, 2)):
        found = value_at(Tree("^", (x,), exponent), (Fraction(0),), ACCURACY)
        assert found.low == 0
        assert found.high == 0
