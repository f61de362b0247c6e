"""Conversion to lower powers: the exact error on a line, bounds in several inputs, what is exact or refused."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet.claims import Proved
from verinet.errors import BudgetExhausted, NotANumber, NotBounded, ShapeMismatch, Unsupported
from verinet.networks import apply_activation
from verinet.theory.barron.line_errors import sup_error_on_a_line
from verinet.theory.barron.ridge_conversion import active_powers, cells_of, converted_power, crude_bound
from verinet.theory.ridges import Ridge, RidgeSum, ridge_sum

ZERO, ONE = Fraction(0), Fraction(1)


def power(t: int, weight: Fraction = ONE, bias: Fraction = ZERO) -> RidgeSum:
    return RidgeSum((ZERO,), ZERO, (Ridge(ONE, (weight,), bias, t),))


# --- one ridge -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cells", [1, 3, 4, 16, 64, 256])
def test_the_error_of_a_square_by_relu_is_exactly_m_squared_over_four_n_squared(cells: int) -> None:
    for m in (ONE, Fraction(7, 3)):
        made = vn.convert(power(2).network(), to=vn.RePU(1), cells=cells, radius=m)
        assert made.bound == m**2 / (4 * cells**2)
        measured = sup_error_on_a_line(power(2), ridge_sum(made.network), -m, m)
        assert measured.is_exact
        assert measured.size.low == made.bound
        assert made.is_attained


@pytest.mark.parametrize("cells", [1, 2, 5])
def test_the_kernel_proves_the_exact_error(cells: int) -> None:
    source = power(2).network()
    made = vn.convert(source, to=1, cells=cells, radius=1)
    claim = vn.claims.sup_error(made.network, source, vn.interval(-1, 1)) == Fraction(1, 4 * cells**2)
    assert isinstance(vn.prove(claim), Proved)


@pytest.mark.parametrize(
    ("t", "s", "coarse", "fine"),
    [(3, 1, ("1.1e-02", "2.2e-02"), ("1.8e-04", "3.6e-04")), (3, 2, ("3.9e-03", "1.2e-02"), ("6.1e-05", "1.8e-04")),
     (4, 3, ("7.8e-03", "4.7e-02"), ("1.2e-04", "7.3e-04"))],
)  # fmt: skip
def test_the_table_of_powers(t: int, s: int, coarse: tuple[str, str], fine: tuple[str, str]) -> None:
    """The exact error, and the bound that needs no cell, at 8 and 64 cells."""
    for cells, (error, bound) in ((8, coarse), (64, fine)):
        assert f"{float(converted_power(t, s, -ONE, ONE, cells).error):.1e}" == error
        assert f"{float(crude_bound(t, s, ONE, cells)):.1e}" == bound


@settings(max_examples=40, deadline=None)
@given(
    t=st.integers(1, 5),
    s=st.integers(1, 4),
    low=st.fractions(-3, 2, max_denominator=10**60),
    length=st.fractions(0, 4, max_denominator=7),
    cells=st.integers(1, 5),
)
def test_a_converted_power_is_below_it_by_at_most_its_error(
    t: int, s: int, low: Fraction, length: Fraction, cells: int
) -> None:
    high = low + length
    if low < 0 < high and s > t:
        with pytest.raises(Unsupported, match="kink"):
            converted_power(t, s, low, high, cells)
        return
    found = converted_power(t, s, low, high, cells)

    def gap(z: Fraction) -> Fraction:
        near = found.constant + found.slope * z + sum(m * max(ZERO, z - tau) ** s for m, tau in found.units)
        return max(ZERO, z) ** t - near

    points = [low + length * Fraction(k, 12) for k in range(13)]
    points += [tau for _, tau in found.units if low <= tau <= high]
    gaps = [gap(z) for z in points]
    assert min(gaps) >= 0
    assert max(gaps) <= found.error == gap(found.at)
    assert low <= found.at <= high


def test_cells_have_the_mass_and_the_moment_of_the_density() -> None:
    cells = cells_of(5, 2, Fraction(1, 2), Fraction(3), 4)
    assert sum(cell.mass for cell in cells) == 10 * (Fraction(3) ** 3 - Fraction(1, 2) ** 3)
    assert all(cell.low < cell.node < cell.high for cell in cells)


@given(st.lists(st.fractions(-5, 5, max_denominator=9), min_size=1, max_size=5), st.fractions(-2, 2, max_denominator=9))
@settings(max_examples=30, deadline=None)
def test_polynomials_are_sums_of_active_powers(terms: list[Fraction], low: Fraction) -> None:
    s = max(len(terms) - 1, 1)
    constant, slope, units = active_powers(terms, s, low, low + 2)
    assert all(tau <= low for _, tau in units)
    assert len(units) <= s - 1 or s == 1
    for z in (low, low + 1, low + Fraction(7, 3)):
        value = constant + slope * z + sum(m * max(ZERO, z - tau) ** s for m, tau in units)
        assert value == sum(term * z**k for k, term in enumerate(terms))


# --- several inputs --------------------------------------------------------------------------------------------------

numbers = st.one_of(st.fractions(-4, 4, max_denominator=6), st.sampled_from([ZERO, ONE, -ONE, Fraction(1, 10**60 + 7)]))


@st.composite
def sums(draw: st.DrawFn) -> tuple[RidgeSum, int]:
    """Ridges of powers from s on in up to five inputs, with zero weights, parallel and antipodal ones."""
    d, s = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    rows = st.tuples(*[numbers] * d)
    ridges = []
    for _ in range(draw(st.integers(0, 4))):
        weight, bias, t = draw(rows), draw(numbers), draw(st.integers(s, s + 2))
        ridges.append(Ridge(draw(numbers), weight, bias, t))
        if draw(st.booleans()):
            factor = draw(st.sampled_from([-ONE, Fraction(2), Fraction(-1, 3)]))
            ridges.append(Ridge(draw(numbers), tuple(factor * w for w in weight), factor * bias, t))
    return RidgeSum(draw(rows), draw(numbers), tuple(ridges)), s


@settings(max_examples=25, deadline=None)
@given(sums(), st.integers(1, 4), st.booleans(), st.booleans(), st.randoms(use_true_random=False))
def test_the_bound_is_never_below_the_measured_maximum(
    drawn: tuple[RidgeSum, int], cells: int, centred: bool, ball: bool, random: Random
) -> None:
    f, s = drawn
    choose = random.randint
    place: dict[str, object] = {"radius": 1} if ball else {"domain": [(-1, Fraction(3, 2))] * f.inputs}
    made = vn.convert(f.network(), to=s, cells=cells, centred=centred, **place)
    assert {r.power for r in ridge_sum(made.network).ridges} <= {s}
    points = [tuple(Fraction(choose(-8, 12), 8) for _ in range(f.inputs)) for _ in range(30)]
    points += list(product((Fraction(-1), Fraction(3, 2)), repeat=f.inputs))
    # points where a converted ridge has its kink
    for ridge in ridge_sum(made.network).ridges[:8]:
        square = sum(w * w for w in ridge.weight)
        if square:
            points.append(tuple(-ridge.bias * w / square for w in ridge.weight))
    low, high = made.lower[0], made.upper[0]
    for point in points:
        inside = sum(x * x for x in point) <= 1 if ball else all(-1 <= x <= Fraction(3, 2) for x in point)
        if inside:
            (error,) = made.error_at(*point)
            assert low <= error <= high
    assert made.bound == max(-low, high)


def test_several_outputs_share_neurons() -> None:
    x, y = vn.variables("x", 2)
    square = apply_activation(x + y, vn.RePU(2))
    source = vn.network((x, y), (square, 3 * square + x, -square))
    made = vn.convert(source, cells=4, domain=vn.box((-1, 1), (-1, 1)))
    assert made.network.size == 4
    assert (made.lower, made.upper) == ((ZERO, ZERO, -Fraction(1, 16)), (Fraction(1, 16), Fraction(3, 16), ZERO))
    assert made.bound == Fraction(3, 16)
    assert isinstance(vn.prove(made.claim()), Proved)


def test_the_kernel_proves_bounds_in_the_plane() -> None:
    x, y = vn.variables("x", 2)
    for sign in (1, -1):
        source = vn.network(
            (x, y), apply_activation(x + y, vn.RePU(2)) + sign * apply_activation(x - 2 * y, vn.RePU(2))
        )
        made = vn.convert(source, cells=2, domain=vn.box((-1, 1), (-1, 1)))
        assert made.bound <= made.claimed <= made.bound * Fraction(1025, 1024)
        assert isinstance(vn.prove(made.claim(), budget=60), Proved)


def test_a_polytope_has_smaller_ranges_than_its_box() -> None:
    x, y = vn.variables("x", 2)
    source = vn.network((x, y), apply_activation(x + y, vn.RePU(2)))
    triangle = vn.box((0, 1), (0, 1)).cut(vn.Halfspace((1, 1), Fraction(1, 2)))
    assert vn.convert(source, cells=1, domain=vn.box((0, 1), (0, 1))).bound == 1
    assert vn.convert(source, cells=1, domain=triangle).bound == Fraction(1, 16)


# --- what is exact, and what is refused ------------------------------------------------------------------------------


def test_ridges_without_a_kink_inside_are_exact_upwards() -> None:
    x = vn.variable("x")
    source = vn.network(x, vn.relu(x + 2) - vn.relu(x - 2) + apply_activation(x + 3, vn.RePU(2)))
    made = vn.convert(source, to="repu:3", cells=1, domain=[(-1, 1)])
    assert made.bound == 0
    assert isinstance(vn.prove(vn.claims.sup_error(made.network, source, vn.interval(-1, 1)) <= 0), Proved)


def test_a_network_of_the_power_stays_as_it_is() -> None:
    x = vn.variable("x")
    source = vn.network(x, 2 * apply_activation(x, vn.RePU(2)) + x)
    made = vn.convert(source, to=2, cells=7, radius=5)
    assert (made.bound, made.network.size, made.is_attained) == (0, 1, True)


def test_the_certified_domain_of_a_network_is_used() -> None:
    source = power(2).network().with_domain([(-2, 2)])
    assert vn.convert(source, cells=2).bound == Fraction(4, 16)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        ({}, NotBounded, "bounded set"),
        ({"domain": vn.whole_space(1)}, NotBounded, "no two sides"),
        ({"domain": [(-1, 1)], "radius": 1}, ShapeMismatch, "two sets"),
        ({"domain": [(-1, 1), (-1, 1)]}, ShapeMismatch, "1 inputs"),
        ({"radius": 0}, NotANumber, "positive"),
        ({"radius": 1, "cells": 0}, NotANumber, "cells"),
        ({"radius": 1, "cells": True}, NotANumber, "cells"),
        ({"radius": 1, "cells": 10**9}, BudgetExhausted, "neurons"),
        ({"radius": 1, "to": "repu:3"}, Unsupported, "kink"),
        ({"radius": 1, "to": "repu:0"}, Unsupported, "rectified powers"),
        ({"radius": 1, "to": "tanh"}, Unsupported, "rectified powers"),
        ({"radius": 1, "to": vn.abs_}, Unsupported, "rectified powers"),
        ({"radius": 1, "to": 1.0}, Unsupported, "rectified powers"),
    ],
)
def test_what_cannot_be_meant_is_refused(call: dict[str, object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        vn.convert(power(2).network(), **call)


def test_a_second_hidden_layer_is_refused() -> None:
    x = vn.variable("x")
    with pytest.raises(Unsupported, match="second hidden layer"):
        vn.convert(vn.network(x, vn.relu(vn.relu(x) - 1)), radius=1)
