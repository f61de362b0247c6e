"""What ReQU networks near ReLU must pay: bound, program and construction; kinks have no bounded second variation."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet.claims import Proved
from verinet.errors import BudgetExhausted, NotANumber, Unsupported
from verinet.theory.barron.least_variation import least_variation
from verinet.theory.barron.line_errors import sup_error_on_a_line
from verinet.theory.barron.no_embedding import (
    RELU_ON_THE_LINE,
    blow_up,
    bound_near_relu,
    growth_gap,
    mollified_relu,
    peano_maximum,
    relu_by_requ,
    variation_of_second_derivative,
)
from verinet.theory.ridges import Ridge, RidgeSum

ZERO, ONE = Fraction(0), Fraction(1)


@pytest.mark.parametrize(
    ("delta", "lower", "attained"),
    [("3/100", "3.535", "4.167"), ("1/100", "12.326", "12.500"), ("1/250", "31.184", "31.250")],
)
def test_bound_program_and_construction_are_in_order(delta: str, lower: str, attained: str) -> None:
    known, found = blow_up(delta), least_variation(delta)
    assert (f"{float(known.lower):.3f}", f"{float(known.attained):.3f}") == (lower, attained)
    assert known.lower <= found.lower <= found.upper < known.attained
    # the function of the upper bound is what it is said to be
    assert sup_error_on_a_line(found.function, RELU_ON_THE_LINE, -ONE, ONE).size.high <= known.delta
    assert variation_of_second_derivative(found.function) == found.upper
    assert found.upper - found.lower < found.upper / 50


@settings(max_examples=30, deadline=None)
@given(st.fractions(Fraction(1, 10**30), Fraction(1, 17), max_denominator=10**31))
def test_the_mollified_relu_attains_delta(delta: Fraction) -> None:
    f = mollified_relu(delta)
    error = sup_error_on_a_line(f, RELU_ON_THE_LINE, -ONE, ONE)
    assert error.is_exact
    assert error.size.low == delta
    assert variation_of_second_derivative(f) == 1 / (8 * delta)
    assert blow_up(delta).lower < 1 / (8 * delta)


numbers = st.fractions(-2, 2, max_denominator=5)
units = st.builds(Ridge, numbers, st.tuples(numbers), numbers, st.just(2))


@settings(max_examples=20, deadline=None)
@given(numbers, st.lists(units, max_size=4))
def test_a_functional_is_bounded_by_its_kernel_and_the_variation(slope: Fraction, ridges: list[Ridge]) -> None:
    f = RidgeSum((slope,), ONE, tuple(ridges))
    points, weights = [-ONE, -ONE / 3, ONE / 3, ONE], [-ONE, ONE * 3, -ONE * 3, ONE]
    value = sum(w * f(x) for x, w in zip(points, weights, strict=True))
    assert abs(value) <= peano_maximum(points, weights, 2) * variation_of_second_derivative(f)


@settings(max_examples=25, deadline=None)
@given(st.lists(units, max_size=3), numbers)
def test_no_function_is_nearer_than_the_bound_allows(ridges: list[Ridge], slope: Fraction) -> None:
    f = RidgeSum((slope,), ZERO, tuple(ridges))
    distance = sup_error_on_a_line(f, RELU_ON_THE_LINE, -ONE, ONE, digits=12).size.high
    if 0 < distance < Fraction(1, 16):
        assert variation_of_second_derivative(f) >= blow_up(distance).lower


def test_a_third_difference_is_a_weaker_bound() -> None:
    h = Fraction(16, 100)
    third = bound_near_relu([-h, ZERO, h, 2 * h], [-1, 3, -3, 1], "1/100")
    assert Fraction(100, 24) <= third < blow_up("1/100").lower


def test_a_kink_has_no_second_derivative_of_bounded_variation() -> None:
    with pytest.raises(Unsupported, match="point mass"):
        variation_of_second_derivative(RELU_ON_THE_LINE)
    # outside of the interval, or undone by another one, it is none
    away = RidgeSum((ZERO,), ZERO, (Ridge(ONE, (ONE,), -Fraction(2)),))
    both = RidgeSum((ZERO,), ZERO, (Ridge(ONE, (ONE,)), Ridge(-ONE, (Fraction(-1),))))
    assert variation_of_second_derivative(away) == variation_of_second_derivative(both) == 0
    with pytest.raises(Unsupported, match="piecewise constant"):
        variation_of_second_derivative(RidgeSum((ZERO,), ZERO, (Ridge(ONE, (ONE,), ZERO, 3),)))


def test_the_construction_is_proved() -> None:
    made = relu_by_requ(delta="1/20")
    assert isinstance(vn.prove(made.claim), Proved)


def test_functionals_that_bound_no_variation_are_refused() -> None:
    with pytest.raises(Unsupported, match="kill"):
        peano_maximum([ZERO, ONE], [ONE, -ONE], 2)
    with pytest.raises(Unsupported, match="is 0"):
        peano_maximum([ZERO, ONE], [ZERO, ZERO], 2)
    with pytest.raises(Unsupported, match="order"):
        peano_maximum([ZERO], [ZERO], 3)
    for delta in ("0", "1/16", "-1", "2"):
        with pytest.raises(NotANumber):
            blow_up(delta)


def test_relu_networks_grow_too_slowly() -> None:
    z = vn.variable("z")
    g = vn.network(z, 3 * vn.relu(2 * z - 1) - vn.relu(-z) + 5)
    for point in (1, 10, 1000):
        assert Fraction(point) ** 2 - g(point)[0] >= growth_gap(g, point)
    assert growth_gap(g, 1000) > 900_000
    with pytest.raises(Unsupported):
        growth_gap(g, -1)


@pytest.mark.parametrize("delta", ["1/40000", "1/1000000"])
def test_the_program_goes_to_small_distances(delta: object) -> None:
    """Knots once stood still below 1/4096, and the program was never reached."""
    known, found = blow_up(delta), least_variation(delta, cells=3)
    assert known.lower <= found.lower <= found.upper <= known.attained
    assert sup_error_on_a_line(found.function, RELU_ON_THE_LINE, -ONE, ONE).size.high <= known.delta


def test_programs_without_cells_or_of_too_many_are_refused() -> None:
    for cells in (0, -3, True):
        with pytest.raises(NotANumber, match="positive integer"):
            least_variation("1/100", cells=cells)
    for delta, cells in (("1/100", 10**9), (Fraction(1, 10**60), 6)):
        with pytest.raises(BudgetExhausted, match="knots"):
            least_variation(delta, cells=cells)
    with pytest.raises(NotANumber):
        variation_of_second_derivative(mollified_relu("1/100"), -1)
