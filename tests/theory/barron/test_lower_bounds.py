"""Seminorms in d dimensions, bounds from below by functionals, random conversions."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet.errors import BudgetExhausted, InexactInput, NotANumber, ShapeMismatch, Unsupported
from verinet.networks import apply_activation
from verinet.theory.barron.dual_functionals import (
    bound_along,
    bound_by_functional,
    bound_by_values,
    largest_on_atoms,
    restricted,
)
from verinet.theory.barron.norms_on_a_line import norm_on_a_line, norm_without_program
from verinet.theory.barron.sampled_conversion import convert_at_random
from verinet.theory.barron.seminorms import path_norm, total_variation
from verinet.theory.ridges import Ridge, RidgeSum

ZERO, ONE = Fraction(0), Fraction(1)
x, y = vn.variables("x", 2)


# --- seminorms -------------------------------------------------------------------------------------------------------


def test_cancelling_neurons_count_in_the_path_norm_only() -> None:
    f = vn.network((x, y), vn.relu(2 * x + 4 * y) - vn.relu(x + 2 * y) + 3 * vn.relu(x) - 3 * vn.relu(-x))
    assert str(total_variation(f)) == "sqrt(5)"
    paths = path_norm(f).enclosure(20)
    assert round(float(paths.low), 1) == round(float(paths.high), 1) == 12.7
    # on a ball that the hyperplane misses nothing is left
    g = vn.network((x, y), vn.relu(x + 2 * y - 9) + vn.relu(x))
    assert str(total_variation(g, domain=Fraction(1))) == "1"
    assert total_variation(g, domain=Fraction(1)).is_rational


numbers = st.fractions(-3, 3, max_denominator=4)
rows = st.tuples(numbers, numbers)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(numbers, rows, numbers), max_size=4), st.integers(1, 4), st.sampled_from([-1, 2]))
def test_the_seminorm_is_of_the_function(
    units: list[tuple[Fraction, tuple[Fraction, ...], Fraction]], power: int, factor: int
) -> None:
    """Scaling and turning neurons, and adding two that cancel, changes nothing."""
    f = RidgeSum((ZERO, ZERO), ZERO, tuple(Ridge(m, w, b, power) for m, w, b in units))
    size = Fraction(factor)
    # a ridge that is turned around changes the sign of its measure for even powers (up to polynomials)
    sign = -1 if factor < 0 and power % 2 == 0 else 1
    turned = RidgeSum(
        (ONE, ZERO),
        ONE,
        tuple(Ridge(sign * m / abs(size) ** power, tuple(size * e for e in w), size * b, power) for m, w, b in units),
    )
    assert total_variation(f, power) == total_variation(turned, power)
    pair = Ridge(ONE, (Fraction(3), ONE), ONE, power), Ridge(-ONE, (Fraction(3), ONE), ONE, power)
    assert total_variation(RidgeSum(f.linear, f.constant, (*f.ridges, *pair)), power) == total_variation(f, power)
    assert float(total_variation(f, power).enclosure().low) <= float(path_norm(f, power).enclosure().high)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(numbers, numbers, numbers), max_size=5))
def test_on_a_line_the_seminorm_is_the_variation_of_the_slope(units: list[tuple[Fraction, Fraction, Fraction]]) -> None:
    f = RidgeSum((ONE,), ONE, tuple(Ridge(m, (w,), b) for m, w, b in units))
    jumps: dict[Fraction, Fraction] = {}
    for m, w, b in units:
        if w:
            jumps[-b / w] = jumps.get(-b / w, ZERO) + m * abs(w)
    found = total_variation(f)
    assert found.is_rational
    assert found.enclosure(10).low <= sum(map(abs, jumps.values()), ZERO) <= found.enclosure(10).high


def test_a_mixture_of_powers_has_no_seminorm() -> None:
    f = RidgeSum((ZERO,), ZERO, (Ridge(ONE, (ONE,), ZERO, 2),))
    for function in (total_variation, path_norm):
        with pytest.raises(Unsupported):
            function(f)


# --- lower bounds ----------------------------------------------------------------------------------------------------


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.tuples(numbers, st.integers(0, 5), st.fractions(-1, 1, max_denominator=4)), min_size=1, max_size=4),
    rows,
)
def test_no_bound_exceeds_the_mass_of_a_representation(
    units: list[tuple[Fraction, int, Fraction]], direction: tuple[Fraction, ...]
) -> None:
    unit_weights = [(3, 4), (-4, 3), (5, 12), (8, -15), (1, 0), (0, -1)]
    lengths = [5, 5, 13, 17, 1, 1]
    ridges = []
    for m, k, b in units:
        w = tuple(Fraction(e, lengths[k]) for e in unit_weights[k])
        ridges.append(Ridge(m, w, b))
    f = RidgeSum((ZERO, ZERO), ZERO, tuple(ridges))
    mass = sum(abs(ridge.coefficient) for ridge in ridges)
    if any(direction):
        bound, along = bound_along(f, direction)
        assert 0 <= bound <= mass
        assert along.value == norm_on_a_line(restricted(f, direction), along.radius).value
    points = [(0, 0), (Fraction(3, 5), Fraction(4, 5)), (-Fraction(3, 5), -Fraction(4, 5)), (1, 0)]
    assert bound_by_functional(f, points, [-2, 1, 1, Fraction(1, 2)]) <= mass


@settings(max_examples=8, deadline=None)
@given(st.lists(rows, min_size=1, max_size=4, unique=True), st.lists(numbers, min_size=4, max_size=4))
def test_no_atom_exceeds_the_bound_of_a_functional(points: list[tuple[Fraction, ...]], weights: list[Fraction]) -> None:
    masses = weights[: len(points)]
    radius = Fraction(5)
    above = largest_on_atoms(points, masses, radius)
    for k in range(40):
        s = Fraction(k - 20, 7)
        w = ((1 - s * s) / (1 + s * s), 2 * s / (1 + s * s))
        for b in (Fraction(j - 10, 2) for j in range(21)):
            value = sum(m * max(ZERO, w[0] * p[0] + w[1] * p[1] + b) for p, m in zip(points, masses, strict=True))
            assert abs(value) <= above


def test_values_bound_the_norm_of_a_square_from_below() -> None:
    last = ZERO
    for cells in (2, 4, 8, 16):
        grid = [Fraction(2 * k, cells) for k in range(-cells, cells + 1)]
        found = bound_by_values(lambda z: (z + 2) ** 2, grid)
        assert last < found.value < 8  # the sharp constant binomial(2, 1) 2 R
        last = found.value
    assert last > Fraction(31, 4)


def test_functionals_that_do_not_fit_are_refused() -> None:
    f = RidgeSum((ONE, ZERO))
    with pytest.raises(Unsupported, match="outside"):
        largest_on_atoms([(2, 0)], [1])
    with pytest.raises(BudgetExhausted):
        largest_on_atoms([(Fraction(k, 20), 0) for k in range(13)], [1] * 13)
    with pytest.raises(Unsupported, match="0 on all atoms"):
        bound_by_functional(f, [(0, 0)], [0])
    with pytest.raises(ShapeMismatch):
        bound_along(f, (0, 0))
    with pytest.raises(ShapeMismatch):
        bound_along(f, (1,))
    with pytest.raises(Unsupported, match="ascend"):
        bound_by_values(lambda z: z, [0, 1])


# --- random networks -------------------------------------------------------------------------------------------------


def test_random_networks_are_as_near_as_the_bound_says() -> None:
    z = vn.variable("z")
    source = vn.network(z, apply_activation(z, vn.RePU(3)) + z)
    for power in (1, 2):
        for neurons in (16, 64):
            squares = []
            for seed in range(6):
                made = convert_at_random(source, power, neurons, seed=seed, radius=1)
                assert made.network.size <= neurons
                grid = [Fraction(k, 4) for k in range(-4, 5)]
                squares.append(sum(float(source(t)[0] - made.network(t)[0]) ** 2 for t in grid) / len(grid))
            mean = sum(squares) / len(squares)
            deviation = sqrt(sum((s - mean) ** 2 for s in squares) / 5 / 6)
            assert mean <= float(made.mean_square_bound) + 3 * deviation
            assert made.mass == 3


def test_a_seed_decides_the_network() -> None:
    source = RidgeSum((ZERO,), ZERO, (Ridge(ONE, (ONE,), ZERO, 2),)).network()
    drawn = [convert_at_random(source, 1, 8, seed=seed, radius=1).network for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    with pytest.raises(Unsupported):
        convert_at_random(source, 3, 8, radius=1)
    with pytest.raises(NotANumber):
        convert_at_random(source, 1, 0, radius=1)


# --- borders ---------------------------------------------------------------------------------------------------------


def test_a_hyperplane_just_outside_of_the_ball_counts_nothing() -> None:
    """Roots rounded to 32 bits once let it in; squares of rationals decide."""
    p, q = 1, 1
    while q < 10**11 or p * p < 2 * q * q:
        p, q = p + 2 * q, p + q
    f = RidgeSum((ZERO, ZERO), ZERO, (Ridge(ONE, (ONE, ONE), -Fraction(p, q)),))
    assert 0 < Fraction(p, q) ** 2 - 2 < Fraction(1, 10**21)
    assert not total_variation(f, domain=1).terms
    assert str(total_variation(f, domain="1000001/1000000")) == "sqrt(2)"


def test_a_flat_domain_has_no_seminorm() -> None:
    f = RidgeSum((ZERO, ZERO), ZERO, (Ridge(ONE, (ONE, ONE)), Ridge(-ONE, (ZERO, ONE))))  # 0 where x = 0
    square = vn.box((-1, 1), (-1, 1))
    for domain in (vn.box((0, 0), (-1, 1)), square.cut(vn.Halfspace((-1, 0), -1))):
        with pytest.raises(Unsupported, match="no interior"):
            total_variation(f, domain=domain)
    for domain in (square, square.cut(vn.Halfspace((-1, 0), Fraction(-1, 2)))):
        assert str(total_variation(f, domain=domain)) == "1 + sqrt(2)"
    for radius in (0, -1):
        with pytest.raises(NotANumber, match="positive"):
            total_variation(f, domain=radius)


def test_functionals_and_radii_that_make_no_sense_are_refused() -> None:
    for radius in (0, -1):
        with pytest.raises(NotANumber, match="positive"):
            largest_on_atoms([(0, 0)], [1], radius)
    for points, weights in (([], []), ([(1, 0)], [1, 2]), ([(1, 0), (0,)], [1, 2])):
        with pytest.raises(ShapeMismatch, match="as many weights"):
            largest_on_atoms(points, weights)
    with pytest.raises(InexactInput):
        bound_by_values(float, [-1, 1])
    for radius in (0, -1):
        with pytest.raises(Unsupported, match="R > 0"):
            norm_without_program(RidgeSum((ONE,)), radius)


def test_several_outputs_are_not_one_function() -> None:
    """The first of them was once taken for the network."""
    two = vn.network((x, y), (vn.relu(x), vn.relu(x - y)))
    for wrong in (
        lambda: total_variation(two),
        lambda: path_norm(two),
        lambda: bound_along(two, (1, 0)),
        lambda: bound_by_functional(two, [(0, 0)], [1]),
        lambda: convert_at_random(two, 1, 8, radius=1),
    ):
        with pytest.raises(ShapeMismatch, match="2 outputs"):
            wrong()
    z = vn.variable("z")
    for seed in (None, 1.5, True):
        with pytest.raises(NotANumber, match="seed"):
            convert_at_random(vn.network(z, vn.relu(z)), 1, 8, seed=seed, radius=1)
