"""Exact norms in three conventions: known values, a program over a dense dictionary, formulas, dual functionals."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import lcm

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact import programs
from verinet.theory.barron.conventions import Convention
from verinet.theory.barron.norms_on_a_line import norm_on_a_line, norm_without_program
from verinet.theory.ridges import Ridge, RidgeSum, ridge_sum

ZERO, ONE = Fraction(0), Fraction(1)
x = vn.variable("x")
RELU = ridge_sum(vn.network(x, vn.relu(x)))
HAT = ridge_sum(vn.network(x, 2 * vn.relu(x + Fraction(1, 2)) - 4 * vn.relu(x) + 2 * vn.relu(x - Fraction(1, 2))))
SIZE = ridge_sum(vn.network(x, vn.abs_(x)))
LINE = RidgeSum((ONE,))
CONSTANT = RidgeSum((ZERO,), ONE)


def relu(sign: int, knot: Fraction) -> RidgeSum:
    return RidgeSum((ZERO,), ZERO, (Ridge(ONE, (Fraction(sign),), -sign * knot),))


def dense_value(f: RidgeSum, radius: Fraction, norm: str, cells: int = 8) -> Fraction:
    """The optimum over atoms with kinks on a grid that holds the kinks of f, and beyond the interval.

    Written on its own: atoms (w, b) at the sizes |w| = 1 and 0, prices straight from the table of conventions.
    """
    kinks = {-r.bias / r.weight[0] for r in f.merged().ridges}
    grid = sorted(
        {-radius + 2 * radius * Fraction(k, cells) for k in range(cells + 1)} | {k for k in kinks if abs(k) < radius}
    )
    knots = [*grid, *(radius + radius * Fraction(k, 3) for k in range(1, 7)), *(-2 * radius, -3 * radius)]
    atoms = []
    for knot in knots:
        for sign in (1, -1):
            if norm == "N2" and abs(knot) > radius:
                continue
            atoms.append((relu(sign, knot), 1 + abs(knot) if norm == "N1" else ONE))
    if norm != "N2":
        atoms.append((CONSTANT, ONE if norm == "N1" else ZERO))
    rows = []
    for point in grid:
        values = [atom(point) for atom, _ in atoms]
        entries = [-f(point), *values, *(-value for value in values)]
        over = lcm(*(entry.denominator for entry in entries))
        rows += [tuple(int(entry * over) for entry in entries), tuple(-int(entry * over) for entry in entries)]
    over = lcm(*(price.denominator for _, price in atoms))
    prices = [int(price * over) for _, price in atoms]
    size = 2 * len(atoms)
    system = programs.System(tuple(rows), (False,) * len(rows), (ZERO,) * size, (None,) * size)
    answer = programs.minimum((0, *prices, *prices), system)
    assert isinstance(answer, programs.Minimum)
    return answer.value / over


@pytest.mark.parametrize("norm", list(Convention))
@pytest.mark.parametrize("f", [RELU, SIZE, LINE, CONSTANT, HAT], ids=["relu", "size", "line", "constant", "hat"])
def test_a_dense_dictionary_has_the_same_value(f: RidgeSum, norm: Convention) -> None:
    for radius in (ONE, Fraction(3)):  # the grid holds 0, where N1 is cheapest
        assert norm_on_a_line(f, radius, norm).value == dense_value(f, radius, norm.value)


def test_the_table_of_the_variation_norm() -> None:
    values = [norm_on_a_line(f).value for f in (RELU, SIZE, LINE, CONSTANT, HAT)]
    assert values == [1, 2, 1, 1, 8]
    assert norm_on_a_line(LINE, 3, "N1").value == 2  # relu(x) - relu(-x), though |w| + R would be 4
    assert norm_on_a_line(LINE, 1, "N1").value == 2
    assert norm_on_a_line(LINE, Fraction(1, 2), "N1").value == Fraction(3, 2)


numbers = st.one_of(st.fractions(-3, 3, max_denominator=4), st.sampled_from([ZERO, ONE, Fraction(1, 10**60 + 7)]))
ridges = st.builds(Ridge, numbers, st.tuples(numbers), numbers)
functions = st.builds(RidgeSum, st.tuples(numbers), numbers, st.lists(ridges, max_size=4).map(tuple))


@settings(max_examples=8, deadline=None)
@given(functions, st.sampled_from([ONE, Fraction(5, 3), Fraction(4)]), st.sampled_from(list(Convention)))
def test_random_functions_against_the_dense_dictionary(f: RidgeSum, radius: Fraction, norm: Convention) -> None:
    found = norm_on_a_line(f, radius, norm)
    assert found.value == dense_value(f, radius, norm.value, cells=4)
    # both certificates, once more at points that the program did not see
    for k in range(-6, 7):
        at = radius * Fraction(k, 6)
        assert found.representation(at) == f(at)
    assert found.functional(f) == found.value
    for k in range(-14, 15):
        knot = radius * Fraction(k, 7)
        for sign in (1, -1):
            if norm is Convention.N2 and abs(knot) > radius:
                continue
            price = 1 + abs(knot) if norm is Convention.N1 else ONE
            assert abs(found.functional(relu(sign, knot))) <= price


@settings(max_examples=30, deadline=None)
@given(functions, st.sampled_from([ONE, Fraction(5, 3)]))
def test_the_program_agrees_with_the_formula_of_free_biases(f: RidgeSum, radius: Fraction) -> None:
    assert norm_on_a_line(f, radius, "N3").value == norm_without_program(f, radius)


@settings(max_examples=25, deadline=None)
@given(functions, st.sampled_from([ONE, Fraction(5, 3)]))
def test_the_variation_norm_splits_every_kink(f: RidgeSum, radius: Fraction) -> None:
    """TV(f') plus the least affine remainder, by trying all vertices of the splits."""
    jumps = [(-r.bias / r.weight[0], r.coefficient * abs(r.weight[0])) for r in f.merged().ridges]
    jumps = [(knot, jump) for knot, jump in jumps if -radius < knot < radius]

    def remainder(splits: list[Fraction]) -> Fraction:
        right, left = f(radius), f(-radius)
        for (knot, jump), share in zip(jumps, splits, strict=True):
            right -= share * jump * (radius - knot)
            left -= (1 - share) * jump * (radius + knot)
        return (abs(right) + abs(left)) / (2 * radius)

    variation = sum((abs(jump) for _, jump in jumps), ZERO)
    value = norm_on_a_line(f, radius, "N2").value
    # no split is better, and the norm lies between the variation and the best vertex
    choices = [[Fraction(mask >> k & 1) for k in range(len(jumps))] for mask in range(2 ** len(jumps))]
    assert variation <= value <= variation + min(map(remainder, choices))
    for one, other in pairwise(choices):
        middle = [(a + b) / 2 for a, b in zip(one, other, strict=True)]
        assert value <= variation + remainder(middle)


def test_functions_on_other_lines_are_refused() -> None:
    u, v = vn.variables("u", 2)
    with pytest.raises(Unsupported, match="on a line"):
        norm_on_a_line(vn.network((u, v), vn.relu(u)))
    with pytest.raises(Unsupported, match="piecewise linear"):
        norm_on_a_line(RidgeSum((ZERO,), ZERO, (Ridge(ONE, (ONE,), ZERO, 2),)))
    with pytest.raises(ShapeMismatch):
        norm_on_a_line(vn.network(x, (vn.relu(x), x)))
    with pytest.raises(Unsupported, match="R > 0"):
        norm_on_a_line(RELU, 0)
    with pytest.raises(Unsupported, match="convention"):
        norm_on_a_line(RELU, 1, "N4")
