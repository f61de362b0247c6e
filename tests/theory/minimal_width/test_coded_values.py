"""Grids, levels, middles, short bounds: against definitions written out again."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import BudgetExhausted
from verinet.theory.minimal_width.coded_values import (
    even_grid,
    levels,
    middle,
    shortened,
    smallest_resolution,
    stretched_grid,
)
from verinet.theory.minimal_width.functions import read_box, read_targets
from verinet.theory.minimal_width.middles import middles, near_enough

numbers = st.fractions(-10, 10, max_denominator=40)
positive = st.fractions(Fraction(1, 10**6), 1000)
unit = st.fractions(0, 1, max_denominator=64)


@given(
    n=st.integers(1, 5),
    x=st.lists(unit, min_size=2, max_size=2),
    stretch=st.sampled_from([Fraction(0), Fraction(1, 16)]),
)
def test_a_code_is_the_one_of_its_cell(n: int, x: list[Fraction], stretch: Fraction) -> None:
    box = read_box([(-1, 1), (0, 3)], 2)
    grid = stretched_grid(box, n, stretch) if stretch else even_grid(box, n)
    point = [low + (high - low) * t for (low, high), t in zip(box, x, strict=True)]
    code = grid.code_at(point)
    assert code == sum(min(int(t * (n - stretch)), n - 1) * n**j for j, t in enumerate(x))
    assert all(low <= entry <= high for (low, high), entry in zip(grid.box(code), point, strict=True))


@settings(max_examples=50)
@given(values=st.lists(numbers, min_size=1, max_size=12), most=st.integers(2, 30))
def test_levels_are_nearest_and_exact_where_they_can_be(values: list[Fraction], most: int) -> None:
    found = levels(values, most)
    assert found.count <= most
    assert all(0 <= digit < found.count for digit in found.digits)
    gaps = [abs(a - b) for a, b in zip(found.values, values, strict=True)]
    assert max(gaps) <= found.spacing / 2
    if len(set(values)) <= 2:
        assert max(gaps) == 0


@given(low=numbers, width=st.fractions(0, 3))
def test_a_middle_is_near_the_middle(low: Fraction, width: Fraction) -> None:
    value = middle(low, low + width)
    assert abs(value - low - width / 2) <= width / 128


@given(bound=positive, most=positive)
def test_a_shortened_bound_is_a_bound(bound: Fraction, most: Fraction) -> None:
    for found in (shortened(bound), shortened(bound, None, 12), shortened(bound, most, 12)):
        assert bound <= found <= bound * Fraction(1001, 1000)
    if bound <= most:
        assert shortened(bound, most, 12) <= most


@settings(max_examples=50)
@given(eps=st.fractions(Fraction(1, 400), 2), power=st.sampled_from([1, 2]))
def test_the_smallest_resolution(eps: Fraction, power: int) -> None:
    found = smallest_resolution(eps, 1, lambda n: Fraction(1, n**power))
    assert Fraction(1, found**power) <= eps
    assert found == 1 or Fraction(1, (found - 1) ** power) > eps


def test_too_many_cells_are_refused() -> None:
    with pytest.raises(BudgetExhausted):
        smallest_resolution(Fraction(1, 10**6), 3, lambda n: Fraction(1, n))


def test_middles_against_brute_force() -> None:
    x, y = sympy.symbols("x_0 x_1")
    box = read_box([(-1, 1), (0, 1)], 2)
    for target in (x**2 - y, (x + y) ** 3 / 4, x * y):
        (function,) = read_targets(target, 2).functions
        grid = even_grid(box, 3)
        found = middles(function.near(box), grid)
        for code in range(grid.count):
            (a, b), (c, d) = grid.box(code)
            seen = [
                function.value((a + (b - a) * Fraction(i, 8), c + (d - c) * Fraction(j, 8)))
                for i in range(9)
                for j in range(9)
            ]
            error = max(abs(value - found.values[code]) for value in seen)
            half = (max(seen) - min(seen)) / 2
            assert error <= found.errors[code]
            assert found.errors[code] <= half * Fraction(33, 32) + Fraction(1, 100)


def test_middles_of_a_smooth_function_are_certified() -> None:
    t = sympy.Symbol("t")
    box = read_box(None, 1)
    (function,) = read_targets(sympy.exp(t), 1).functions
    near = near_enough(function, box, 4, None)
    found = middles(near, even_grid(box, 4))
    assert 0 < near.distance < found.error / 32
    for code in range(4):
        for k in range(9):
            low, high = function.enclosure((Fraction(8 * code + k, 32),), Fraction(1, 10**9))
            assert max(high - found.values[code], found.values[code] - low) <= found.errors[code]
