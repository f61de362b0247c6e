"""Targets on boxes, against sympy's integrals, grids of values and corners; short numbers by their definitions."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import factorial
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.claims.pieces import PiecewisePolynomial
from verinet.claims.targets import Polynomial
from verinet.errors import InexactInput, NotBounded, ShapeMismatch, Unsupported
from verinet.geometry.polyhedra import Halfspace, Polyhedron, box, interval
from verinet.theory.minimal_width.functions import read_box, read_targets
from verinet.theory.minimal_width.rounding import power_below, root_above, short

X = sympy.symbols("x_0 x_1 x_2")
HALF = Fraction(1, 2)
numbers = st.fractions(-3, 3, max_denominator=4)


@st.composite
def boxes(draw: Any, size: int) -> tuple[tuple[Fraction, Fraction], ...]:
    ends = [sorted(draw(st.lists(numbers, min_size=2, max_size=2, unique=True))) for _ in range(size)]
    return tuple((low, high) for low, high in ends)


@st.composite
def polynomials(draw: Any, size: int, degree: int = 3) -> dict[tuple[int, ...], Fraction]:
    exponents = st.tuples(*[st.integers(0, degree)] * size)
    return draw(st.dictionaries(exponents, numbers, min_size=1, max_size=4))


def formula(terms: dict[tuple[int, ...], Fraction]) -> sympy.Expr:
    total = sympy.Integer(0)
    for exponents, c in terms.items():
        total += sympy.Rational(c.numerator, c.denominator) * sympy.prod(
            [x**e for x, e in zip(X, exponents, strict=False)]
        )
    return total


def rational(value: Fraction) -> sympy.Rational:
    return sympy.Rational(value.numerator, value.denominator)


def integrated(f: sympy.Expr, sides: tuple[tuple[Fraction, Fraction], ...]) -> Fraction:
    variables = X[: len(sides)]
    total = sympy.Poly(f, *variables, domain="QQ")
    for x, (low, high) in zip(variables, sides, strict=True):
        whole = total.integrate(x)
        total = sympy.Poly(whole.subs(x, rational(high)) - whole.subs(x, rational(low)), *variables, domain="QQ")
    value = total.as_expr()
    return Fraction(int(value.p), int(value.q))


@pytest.mark.parametrize("size", [1, 2, 3])
def test_integrals_are_those_of_sympy(size: int) -> None:
    @given(polynomials(size), boxes(size), st.lists(numbers, min_size=size + 1, max_size=size + 1))
    @settings(max_examples=5)
    def check(terms: dict[tuple[int, ...], Fraction], sides: Any, form: list[Fraction]) -> None:
        near = read_targets(terms, size).functions[0].near(sides)
        f, volume = formula(terms), integrated(sympy.Integer(1), sides)
        assert near.mean(sides) == integrated(f, sides) / volume
        assert near.integral(sides, form[0], 2) == integrated((f - rational(form[0])) ** 2, sides)
        line = rational(form[0]) + sum(rational(c) * x for c, x in zip(form[1:], X, strict=False))
        assert near.integral(sides, tuple(form), 2) == integrated((f - line) ** 2, sides)

    check()


def test_an_even_power_above_two() -> None:
    near = read_targets({(1,): 1}, 1).functions[0].near(((Fraction(0), Fraction(1)),))
    assert near.integral(((Fraction(0), Fraction(1)),), HALF, 4) == Fraction(1, 80)
    with pytest.raises(Unsupported, match="even"):
        near.integral(((Fraction(0), Fraction(1)),), HALF, 3)


@given(polynomials(2, 1), boxes(2), st.tuples(numbers, numbers, numbers))
@settings(max_examples=25)
def test_the_largest_error_of_a_multi_affine_function_is_at_a_corner(
    terms: dict[tuple[int, ...], Fraction], sides: Any, form: tuple[Fraction, ...]
) -> None:
    target = read_targets(terms, 2).functions[0]
    corners = [abs(target.value(c) - form[0] - form[1] * c[0] - form[2] * c[1]) for c in product(*sides)]
    assert target.near(sides).largest_error(sides, form) == max(corners)


@given(polynomials(1, 5), boxes(1), numbers)
@settings(max_examples=25)
def test_the_largest_error_is_above_all_values_and_near_the_largest(
    terms: dict[tuple[int, ...], Fraction], sides: Any, guess: Fraction
) -> None:
    target = read_targets(terms, 1).functions[0]
    bound = target.near(sides).largest_error(sides, guess)
    low, high = sides[0]
    values = [abs(target.value((low + (high - low) * Fraction(i, 64),)) - guess) for i in range(65)]
    assert max(values) <= bound <= max(values) * Fraction(6, 5)


@given(polynomials(2), boxes(2), st.tuples(st.fractions(0, 1), st.fractions(0, 1)))
@settings(max_examples=25)
def test_the_coefficient_bound_is_above_all_values(
    terms: dict[tuple[int, ...], Fraction], sides: Any, at: tuple[Fraction, Fraction]
) -> None:
    target = read_targets(terms, 2).functions[0]
    point = [low + (high - low) * u for (low, high), u in zip(sides, at, strict=True)]
    assert abs(target.value(point)) <= target.near(sides).coefficient_bound


def test_pieces_are_integrated_where_they_are() -> None:
    step = [(interval(-1, "1/3"), 0), (interval("1/3", 1), {(1,): 3})]
    target = read_targets(step, 1).functions[0]
    near = target.near(((Fraction(-1), Fraction(1)),))
    cell = ((Fraction(0), Fraction(1)),)
    x = X[0]
    part = integrated((3 * x - 1) ** 2, ((Fraction(1, 3), Fraction(1)),))
    assert near.integral(cell, Fraction(1)) == Fraction(1, 3) + part
    assert near.mean(cell) == integrated(3 * x, ((Fraction(1, 3), Fraction(1)),))
    assert near.largest_error(cell, Fraction(0)) == 3
    assert target.value((HALF,)) == Fraction(3, 2)
    with pytest.raises(Unsupported, match="no piece"):
        target.value((Fraction(2),))


def test_slanted_pieces_are_integrated_exactly() -> None:
    below = Polyhedron((0, 0), (1, 1), (Halfspace((1, 1), 1),))
    above = Polyhedron((0, 0), (1, 1), (Halfspace((-1, -1), -1),))
    near = read_targets([(below, 0), (above, {(1, 0): 1})], 2).functions[0].near(read_box(None, 2))
    unit, zero = read_box(None, 2), Fraction(0)
    x, y = X[:2]
    square = sympy.integrate(sympy.integrate(x**2, (y, 1 - x, 1)), (x, 0, 1))
    assert near.integral(unit, zero) == Fraction(int(square.p), int(square.q))
    assert near.mean(unit) == Fraction(1, 3)
    tilted = sympy.integrate(sympy.integrate((x - y) ** 2, (y, 1 - x, 1)), (x, 0, 1))
    tilted += sympy.integrate(sympy.integrate(y**2, (y, 0, 1 - x)), (x, 0, 1))
    assert near.integral(unit, (zero, zero, Fraction(1))) == Fraction(int(tilted.p), int(tilted.q))
    corner = ((zero, Fraction(1, 4)),) * 2  # the diagonal does not meet it
    assert near.integral(corner, Fraction(1)) == Fraction(1, 16)
    touching = ((zero, HALF),) * 2  # it does in one point, where f is 1/2
    assert near.integral(touching, zero) == 0
    assert near.largest_error(touching, zero) == HALF
    assert near.largest_error(unit, zero) == 1


def test_a_smooth_function_is_near_its_polynomials() -> None:
    f = read_targets(sympy.exp(X[0] * X[1]), 2).functions[0]
    unit = read_box(None, 2)
    near = f.near(unit, Fraction(1, 50))
    assert f.is_smooth
    assert 0 < near.distance <= Fraction(1, 50)
    series = sum((Fraction(1, factorial(n) * (n + 1) ** 2) for n in range(12)), start=Fraction(0))  # of the mean
    assert abs(near.mean(unit) - series) <= near.distance
    assert near.largest_error(unit, Fraction(1)) >= f.enclosure((Fraction(1),) * 2, Fraction(1, 1000))[0] - 1
    low, high = f.enclosure((HALF, HALF), Fraction(1, 1000))
    assert low < high <= low + Fraction(1, 1000)
    assert abs(f.value((HALF, HALF), Fraction(1, 100)) - low) <= Fraction(1, 50)
    assert near.shift(2) == near.distance


def test_lists_are_read_one_target_an_output() -> None:
    found = read_targets([{(1, 0): 1}, Polynomial.variable(1, 2)], 2)
    assert len(found) == 2
    assert found.all_polynomial
    assert found.claimed == [f.given for f in found.functions]
    pieces = [(box((0, 1), (0, 1)), 1)]
    single = read_targets(pieces, 2)
    assert len(single) == 1
    assert isinstance(single.claimed, PiecewisePolynomial)
    assert read_targets(single, 2) is single
    assert len(read_targets(found.functions[0], 2)) == 1
    with pytest.raises(ShapeMismatch, match="none"):
        read_targets([], 2)
    with pytest.raises(InexactInput):
        read_targets({(1, 0): 0.5}, 2)
    with pytest.raises(ShapeMismatch):
        read_targets([(interval(0, 1), 1)], 2)
    with pytest.raises(Unsupported):
        read_targets("x*y", 2)


def test_boxes_are_read() -> None:
    assert read_box(box((0, 1), (-1, 2)), 2) == ((0, 1), (-1, 2))
    with pytest.raises(ShapeMismatch):
        read_box(interval(0, 1), 2)
    with pytest.raises(ShapeMismatch, match="list of intervals"):
        read_box("ab", 1)
    with pytest.raises(Unsupported, match="low < high"):
        read_box([(1, 0)], 1)
    with pytest.raises(Unsupported, match="halfspaces"):
        read_box(Polyhedron((0,), (1,), (Halfspace((1,), HALF),)), 1)
    with pytest.raises(NotBounded):
        read_box(Polyhedron((None,), (1,)), 1)


@given(st.fractions(), st.fractions(min_value=Fraction(1, 10**6), max_value=10**6))
@settings(max_examples=25)
def test_short_numbers_are_near(value: Fraction, accuracy: Fraction) -> None:
    found = short(value, accuracy)
    assert abs(found - value) <= accuracy
    assert found % power_below(2 * accuracy) == 0


@given(st.fractions(min_value=Fraction(1, 10**9)))
@settings(max_examples=25)
def test_powers_of_two_below(value: Fraction) -> None:
    found = power_below(value)
    assert found <= value < 2 * found
    assert max(found.numerator, found.denominator).bit_count() == 1


@given(st.fractions(min_value=0), st.sampled_from([1, 2, 4]), st.integers(4, 20))
@settings(max_examples=25)
def test_roots_are_above_and_near(value: Fraction, p: int, bits: int) -> None:
    found = root_above(value, p, bits)
    assert found**p >= value
    assert not found or (found * (1 - Fraction(1, 1 << (bits - 1)))) ** p <= value
