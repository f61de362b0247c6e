"""Targets in one line: what they mean, against Python's own arithmetic; what is refused, and where."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.claims.pieces import PiecewisePolynomial
from verinet.claims.target_text import parse_targets
from verinet.claims.targets import Polynomial
from verinet.errors import BadFormat, ShapeMismatch, Unsupported, VerinetError
from verinet.geometry.polyhedra import box, interval

SQUARE = box((0, 1), (0, 1))
rationals = st.fractions(min_value=-3, max_value=3, max_denominator=7)
inside = st.fractions(min_value=0, max_value=1, max_denominator=24)


Value = Callable[[Fraction, Fraction], Fraction]


@st.composite
def affine(draw: st.DrawFn) -> tuple[str, Value]:
    """An affine term, as text and as a function."""
    a, b, c = (draw(rationals) for _ in range(3))
    return f"{a}*x + {b}*y + {c}".replace("+ -", "- "), lambda x, y: a * x + b * y + c


@st.composite
def terms(draw: st.DrawFn, depth: int = 3) -> tuple[str, Value]:
    """Terms in x and y with abs, max and min of affine terms: the text, and what it means."""
    kind = draw(st.sampled_from(["number", "variable", "sum", "product", "square", "abs", "max", "min"]))
    if depth == 0 or kind == "number":
        value = draw(rationals)
        return f"({value})", lambda x, y: value
    if kind == "variable":
        return ("x", lambda x, y: x) if draw(st.booleans()) else ("y", lambda x, y: y)
    if kind in ("sum", "product"):
        (left, f), (right, g) = draw(terms(depth=depth - 1)), draw(terms(depth=depth - 1))
        if kind == "product":
            return f"({left} * {right})", lambda x, y: f(x, y) * g(x, y)
        return f"({left} - {right})", lambda x, y: f(x, y) - g(x, y)
    if kind == "square":
        text, f = draw(terms(depth=depth - 1))
        return f"({text})**2", lambda x, y: f(x, y) ** 2
    (first, f), (second, g) = draw(affine()), draw(affine())
    if kind == "abs":
        return f"abs({first})", lambda x, y: abs(f(x, y))
    choose = max if kind == "max" else min
    return f"{kind}({first}, {second})", lambda x, y: choose(f(x, y), g(x, y))


def values_at(target: object, at: tuple[Fraction, Fraction]) -> set[Fraction]:
    if isinstance(target, Polynomial):
        return {target.value(at)}
    assert isinstance(target, PiecewisePolynomial)
    return set(target.values(at))


@settings(max_examples=40, deadline=None)
@given(term=terms(), x=inside, y=inside)
def test_a_term_has_the_value_that_it_means(term: tuple[str, Value], x: Fraction, y: Fraction) -> None:
    text, meaning = term
    (target,) = parse_targets(text, 2, SQUARE).functions
    assert values_at(target, (x, y)) == {meaning(x, y)}


@pytest.mark.parametrize(
    ("text", "inputs"),
    [("1", 1), ("x", 1), ("y", 2), ("x*z", 3), ("x3", 3), ("x_0", 1), ("x_1 + 1", 2), ("x1, x2", 2), ("sin(pi*y)", 2)],
)
def test_inputs_are_the_largest_variable(text: str, inputs: int) -> None:
    assert parse_targets(text).inputs == inputs


def test_the_three_ways_to_name_variables_mean_the_same() -> None:
    assert (
        parse_targets("x*y^2").functions == parse_targets("x1*x2**2").functions == parse_targets("x_0*x_1^2").functions
    )


def test_smooth_and_rational_functions_become_expressions_of_sympy() -> None:
    smooth, quotient = parse_targets("exp(x)*sin(pi*y)/2, 1/(1 + x)").functions
    a, b = sympy.symbols("x_0 x_1")
    assert smooth == sympy.exp(a) * sympy.sin(sympy.pi * b) / 2
    assert quotient == 1 / (1 + a)


def test_pieces_are_written_with_on() -> None:
    (steps,) = parse_targets("0 on [0,1/2]; x - 1/2 on [1/2,1]", domain=interval(0, 1)).functions
    assert steps.values((Fraction(3, 4),)) == (Fraction(1, 4),)
    (product,) = parse_targets("x on [0,1] x [0,1/2]; y on [0,1] x [1/2,1]", 2, SQUARE).functions
    assert product.values((Fraction(1, 3), Fraction(1, 4))) == (Fraction(1, 3),)


def test_pieces_that_agree_are_one_polynomial() -> None:
    assert parse_targets("abs(x)", domain=interval(0, 1)).functions == (Polynomial.variable(0, 1),)
    assert parse_targets("max(x, x)", domain=interval(0, 1)).functions == (Polynomial.variable(0, 1),)


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("x +", BadFormat, "character 4 of the target"),
        ("", BadFormat, "the end"),
        ("x y", BadFormat, "character 3 of the target"),
        ("foo(x)", BadFormat, "foo"),
        ("e^x", BadFormat, "integer"),
        ("x^-1", BadFormat, "integer"),
        ("x**2**3", BadFormat, "brackets around a power"),
        ("x* *2", BadFormat, "a number, a variable"),
        ("x <= 1", BadFormat, "comma"),
        ("sin(x, y)", BadFormat, "one argument"),
        ("max(x)", BadFormat, "two arguments"),
        ("abs(x, y)", BadFormat, "one argument"),
        ("x + x1", BadFormat, "one way"),
        ("x.real", BadFormat, "no use for"),
        ("__import__('os')", BadFormat, "no use for"),
        ("(" * 200 + "x" + ")" * 200, BadFormat, "nests"),
        ("sin(" * 200 + "x" + ")" * 200, BadFormat, "brackets"),
        ("max(x^2, y)", Unsupported, "affine"),
        ("sin(abs(x))", Unsupported, "sin"),
        ("1/abs(x)", Unsupported, "divided by numbers"),
        ("(x + y)^401", Unsupported, "degree"),
        ("(abs(x) + y + 1)^400", Unsupported, "terms"),
        ("9^99999999", Unsupported, "moderate"),
        ("x100", ShapeMismatch, "inputs"),
        ("x on [0,1/2]", Unsupported, "cover"),
        ("sin(x) on [0,1]; 1 on [1,2]", Unsupported, "polynomials"),
    ],
)
def test_other_text_is_refused_in_words(text: str, error: type[VerinetError], words: str) -> None:
    with pytest.raises(error, match="(?s)" + words.replace("(", r"\(")):
        parse_targets(text, domain=interval(0, 1) if "on" in text else None)


def test_sizes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeMismatch, match="2 variables"):
        parse_targets("x*y", 1)
    with pytest.raises(ShapeMismatch, match="coordinates"):
        parse_targets("x", 1, SQUARE)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="xyz123+-*/^(), .;[]<=onabsmaxinpe_", max_size=24))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_targets(text, domain=box((0, 1), (0, 1), (0, 1)))
    except VerinetError:
        return
    assert found.inputs == 3
    assert found.functions
