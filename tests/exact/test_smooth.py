"""Polynomials near smooth functions: mpmath agrees with every certified distance."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import BudgetExhausted, NotANumber, Unsupported
from verinet.exact.smooth import FUNCTIONS, Tree, approximations, value_at

x = Tree("variable")

#: name -> (mpmath's function, an interval on which it is smooth)
KNOWN = {
    "exp": (mpmath.exp, -2, 2),
    "log": (mpmath.log, Fraction(1, 4), 3),
    "sin": (mpmath.sin, -3, 3),
    "cos": (mpmath.cos, -3, 3),
    "tan": (mpmath.tan, -1, 1),
    "asin": (mpmath.asin, Fraction(-3, 4), Fraction(3, 4)),
    "acos": (mpmath.acos, Fraction(-3, 4), Fraction(3, 4)),
    "atan": (mpmath.atan, -2, 2),
    "sinh": (mpmath.sinh, -1, 1),
    "cosh": (mpmath.cosh, -1, 1),
    "tanh": (mpmath.tanh, -1, 1),
    "erf": (mpmath.erf, -1, 1),
}


def mp(value: Fraction) -> Any:
    return mpmath.mpf(value.numerator) / value.denominator


def test_every_function_has_a_test() -> None:
    assert set(KNOWN) == set(FUNCTIONS)


@pytest.mark.parametrize("name", KNOWN)
def test_values_and_approximations(name: str) -> None:
    function, low, high = KNOWN[name]
    tree = Tree(name, (x,))
    for part in approximations(tree, {}, [Fraction(low)], [Fraction(high)], 4, Fraction(1, 10**4)):
        assert part.error <= Fraction(1, 10**4)
        for k in range(11):
            at = part.low[0] + (part.high[0] - part.low[0]) * Fraction(k, 10)
            value = sum(c * (at - part.center[0]) ** e for c, (e,) in part.terms)
            assert abs(mp(Fraction(value)) - function(mp(at))) <= mp(part.error)
            found = value_at(tree, (at,), Fraction(1, 10**12))
            assert mp(found.low) - 1e-14 <= function(mp(at)) <= mp(found.high) + 1e-14


@given(st.fractions(Fraction(1, 8), 4, max_denominator=100), st.fractions(-3, 3, max_denominator=4))
@settings(max_examples=50, deadline=None)
def test_powers(base: Fraction, exponent: Fraction) -> None:
    found = value_at(Tree("^", (x,), exponent), (base,), Fraction(1, 10**15))
    with mpmath.workdps(40):
        true = mp(base) ** mp(exponent)
        assert mp(found.low) <= true * (1 + mpmath.mpf(10) ** -35)
        assert mp(found.high) >= true * (1 - mpmath.mpf(10) ** -35)


def test_the_parts_fill_the_box() -> None:
    tree = Tree("exp", (Tree("*", (Tree("variable"), Tree("variable", number=Fraction(1)))),))
    y, z = Tree("variable"), Tree("variable", number=Fraction(1))
    derivatives = {(0, 0): tree, (1, 0): Tree("*", (z, tree)), (0, 1): Tree("*", (y, tree))}
    found = approximations(tree, derivatives, [Fraction(0)] * 2, [Fraction(1)] * 2, 1, Fraction(1, 20))
    assert sum((p.high[0] - p.low[0]) * (p.high[1] - p.low[1]) for p in found) == 1
    for part in found:
        for i in range(5):
            for j in range(5):
                at = [a + (b - a) * Fraction(k, 4) for a, b, k in zip(part.low, part.high, (i, j), strict=True)]
                h = [a - c for a, c in zip(at, part.center, strict=True)]
                value = sum(c * h[0] ** e[0] * h[1] ** e[1] for c, e in part.terms)
                assert abs(mp(Fraction(value)) - mpmath.exp(mp(at[0]) * mp(at[1]))) <= mp(part.error)


def test_no_value_and_no_polynomial_at_a_pole() -> None:
    inverse = Tree("^", (x,), Fraction(-1))
    with pytest.raises(NotANumber):
        value_at(inverse, (Fraction(0),), Fraction(1, 10))
    with pytest.raises(NotANumber):
        value_at(Tree("log", (x,)), (Fraction(-1),), Fraction(1, 10))
    with pytest.raises(BudgetExhausted):
        approximations(inverse, {}, [Fraction(-1)], [Fraction(1)], 2, Fraction(1, 10))
    with pytest.raises(BudgetExhausted):
        approximations(Tree("^", (x,), Fraction(1, 2)), {}, [Fraction(0)], [Fraction(1)], 2, Fraction(1, 10**9))
    with pytest.raises(Unsupported):
        value_at(Tree("zeta", (x,)), (Fraction(2),), Fraction(1, 10))


def test_global_settings_are_restored() -> None:
    before = ctx.prec, ctx.cap
    with pytest.raises(NotANumber):
        value_at(Tree("log", (x,)), (Fraction(-1),), Fraction(1, 10))
    assert (ctx.prec, ctx.cap) == before


def test_what_is_not_approximated_says_why() -> None:
    low, high = [Fraction(0)], [Fraction(1)]
    root, inverse = Tree("^", (x,), Fraction(1, 2)), Tree("^", (x,), Fraction(-1))
    below = Tree("+", (x, Tree("number", number=Fraction(-2))))
    for tree, why in (
        (Tree("log", (x,)), "log in it has no value at x = 0"),
        (Tree("+", (x, Tree("^", (below,), Fraction(1, 2)))), "a root in it has no value at x = "),
        (inverse, "a power in it has no value at x = 0"),
        (Tree("log", (below,)), "log in it has no value at x = "),
    ):
        with pytest.raises(BudgetExhausted, match=why):
            approximations(tree, {}, low, high, 4, Fraction(1, 16))
    with pytest.raises(BudgetExhausted, match="has values, but no bound of its derivatives is known"):
        approximations(root, {}, low, high, 4, Fraction(1, 10**6))
    with pytest.raises(BudgetExhausted, match="the accuracy is too high for so few"):
        approximations(Tree("sin", (x,)), {}, low, high, 0, Fraction(1, 10**6))
