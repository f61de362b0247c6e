"""Hermite coefficients, moments and contractions: against integrals of polynomials, tensors, and each other."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import factorial, prod

import numpy as np
import pytest
from flint import arb, fmpq_poly
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.theory.narrow_learning.gaussian_cases import NUMBERS, ONE, ZERO, functions, rational, rewritten
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.enclosures import ball, precision
from verinet.theory.narrow_learning.gaussian_distance import gaussian_norm
from verinet.theory.narrow_learning.gaussian_kernels import kernel_of
from verinet.theory.narrow_learning.hermite import (
    contracted_moment,
    contracted_tensor,
    mean_contraction,
    moment_entry,
)
from verinet.theory.narrow_learning.hermite_coefficients import (
    double_factorial,
    hermite_coefficient,
    hermite_polynomial,
    normalised_coefficient,
)
from verinet.theory.narrow_learning.line_form import line_form, rational_root, square_classes
from verinet.theory.ridges import Ridge, RidgeSum

F = Fraction


# --- coefficients ----------------------------------------------------------------------------------------------------


def test_polynomials_by_rodrigues() -> None:
    """He_{l+1} = z He_l - He_l', which is no recursion of the code."""
    now = fmpq_poly([1])
    for degree in range(12):
        assert tuple(map(int, now.coeffs())) == hermite_polynomial(degree)
        now = fmpq_poly([0, 1]) * now - now.derivative()


@pytest.mark.parametrize("power", [1, 2, 3, 4])
def test_coefficients_of_truncated_powers(power: int) -> None:
    """a_l^(s) = s! a_(l-s+1) for l >= s - 1; for s = 1 by He_(l-2)(0)."""
    for degree in range(power - 1, 16):
        shifted = hermite_coefficient(degree - power + 1)
        found = hermite_coefficient(degree, power)
        assert found.rational == factorial(power) * shifted.rational
        assert found.rational == 0 or found.over_root == shifted.over_root
    for degree in range(2, 16):
        at_zero = hermite_polynomial(degree - 2)[0]
        assert hermite_coefficient(degree).rational == at_zero
        if degree % 2 == 0:
            assert at_zero == (-1) ** (degree // 2 - 1) * double_factorial(degree - 3)


def test_rate_of_the_normalised_coefficients() -> None:
    """c_(2l)/c_l tends to 2^(-5/4) = 0.4204, not to the 2^(-5/2) = 0.1768 of its square."""
    ratio = abs(normalised_coefficient(80) / normalised_coefficient(40))
    assert abs(float(ratio) - 2**-1.25) < 0.01
    assert abs(float(normalised_coefficient(2)) - 1 / np.pi**0.5) < 1e-12


# --- moments of networks ---------------------------------------------------------------------------------------------


def entry(f: RidgeSum, exponents: tuple[int, ...]) -> arb:
    with precision(200):
        return sum((ball(q, 200) * ball(r, 200).sqrt() for r, q in moment_entry(f, exponents)), arb(0))


def test_second_moments_by_kernels() -> None:
    """E relu(w.x) He_2(v.x) = a_2 T_2[v, v]: with z^2 = z_+^2 + (-z)_+^2, by kernels of another module."""
    w, v = (F(1), F(2), F(-2)), (F(3, 5), F(4, 5), ZERO)
    f = RidgeSum((ZERO,) * 3, ZERO, (Ridge(ONE, w),))
    opposite = tuple(-q for q in v)
    squares = kernel_of(1, 2, w, v).ball(200) + kernel_of(1, 2, w, opposite).ball(200)
    mean = kernel_of(1, 0, w, w).ball(200)
    matrix = contracted_moment(f, v, 2).rational()
    along = sum(a * b * matrix[i][j] for i, a in enumerate(v) for j, b in enumerate(v))
    with precision(200):
        wanted = 2 * hermite_coefficient(2).ball(200) * ball(along, 200)
        assert (squares - mean).overlaps(wanted)


def test_an_entry_of_the_moment_tensor() -> None:
    """For u = (3/5, 4/5) and l = 2 the entry off the diagonal is 12/25."""
    f = RidgeSum((ZERO, ZERO), ZERO, (Ridge(F(2), (F(3, 5), F(4, 5))),))  # = |u.x| + u.x
    assert moment_entry(f, (1, 1)) == ((ONE, F(12, 25)),)
    assert contracted_moment(f, (ONE, ONE), 2).rational()[0][1] == F(12, 25)


@settings(max_examples=25)
@given(functions(inputs=2), st.tuples(rational(), rational()), st.sampled_from([2, 4, 6]))
def test_contraction_of_the_tensor(f: RidgeSum, g: tuple[Fraction, Fraction], order: int) -> None:
    matrix = contracted_moment(f, g, order).balls(400)
    for i, j in product(range(2), repeat=2):
        total = arb(0)
        for rest in product(range(2), repeat=order - 2):
            places = (*rest, i, j)
            with precision(400):
                total += entry(f, (places.count(0), places.count(1))) * ball(F(prod(g[k] for k in rest)), 400)
        assert (matrix[i][j] - total).overlaps(arb(0))


@settings(max_examples=25)
@given(functions(inputs=2), st.tuples(NUMBERS, NUMBERS))
def test_moments_do_not_depend_on_the_words(f: RidgeSum, g: tuple[Fraction, Fraction]) -> None:
    assert line_form(f) == line_form(rewritten(f))
    assert contracted_moment(f, g, 4) == contracted_moment(rewritten(f), g, 4)
    assert line_form(f).ridge_sum()(F(1, 3), F(-2)) == f(F(1, 3), F(-2))


def test_irrational_lengths_cancel_exactly() -> None:
    """Neurons of length sqrt(2) and sqrt(8) along one line, and of length sqrt(3) on another one."""
    f = RidgeSum((ZERO,) * 3, ZERO, (Ridge(F(2), (ONE, ONE, ZERO)), Ridge(F(-1), (F(-2), F(-2), ZERO))))
    assert contracted_moment(f, (ONE, ONE, ONE), 2).is_zero
    g = RidgeSum((ZERO,) * 3, ZERO, (*f.ridges, Ridge(ONE, (ONE, ONE, ONE)), Ridge(ONE, (F(3), ZERO, ZERO))))
    found = contracted_moment(g, (ONE, ZERO, ZERO), 2)
    assert [r for r, _ in found.parts] == [1, 3] or [r for r, _ in found.parts] == [3, 1]
    with pytest.raises(Unsupported, match="square roots"):
        found.rational()
    with precision(100):
        assert found.balls(100)[0][1].overlaps(arb(3).sqrt() / 6)


def test_square_classes() -> None:
    classes = square_classes([(F(2), 1), (F(9, 4), 2), (F(1, 2), 3), (F(3), 4), (F(27), 5)])
    assert classes == [(F(2), [(ONE, 1), (F(1, 2), 3)]), (ONE, [(F(3, 2), 2)]), (F(3), [(ONE, 4), (F(3), 5)])]
    assert rational_root(F(0)) == 0


def test_parseval() -> None:
    """|f|^2 = sum_l a_l^2/l! |T_l|^2: partial sums stay below the norm and come near it."""
    f = RidgeSum((F(1, 2), ZERO), ZERO, (Ridge(F(2), (F(3, 5), F(4, 5))), Ridge(F(-1), (ONE, ZERO))))
    norm = float(gaussian_norm(f).squared_enclosure(20).high)
    form = line_form(f)
    total = float(sum(a * a for a in form.linear))
    mean = sum(float(line.coefficient) * line.square**0.5 for line in form.lines) * (2 / np.pi) ** 0.5
    total += mean**2
    before = total
    for order in range(2, 61, 2):
        size = sum(
            float(entry(f, (k, order - k))) ** 2 * factorial(order) / factorial(k) / factorial(order - k)
            for k in range(order + 1)
        )
        coefficient = float(2 * hermite_coefficient(order).ball(64)) ** 2 / factorial(order)
        total += coefficient * size
        assert before <= total <= norm
        before = total
    assert norm - total < 2e-3 * norm


# --- contractions at samples -----------------------------------------------------------------------------------------


def tensor_entry(x: tuple[Fraction, ...], places: tuple[int, ...]) -> Fraction:
    value = ONE
    for j, xj in enumerate(x):
        value *= sum(c * xj**k for k, c in enumerate(hermite_polynomial(places.count(j))))
    return value


@settings(max_examples=20)
@given(st.tuples(*[rational(4, 3)] * 3), st.tuples(*[rational(4, 3)] * 3), st.integers(2, 5))
def test_contraction_of_the_hermite_tensor(x, g, order: int) -> None:
    found = contracted_tensor(x, g, order)
    for i, j in product(range(3), repeat=2):
        total = sum(
            tensor_entry(x, (*rest, i, j)) * prod((g[k] for k in rest), start=ONE)
            for rest in product(range(3), repeat=order - 2)
        )
        assert found[i][j] == total


@pytest.mark.parametrize("order", [2, 3, 4, 6, 8])
def test_batches(order: int) -> None:
    rng = np.random.default_rng(order)
    x, y, g = rng.standard_normal((200, 4)), rng.standard_normal(200), rng.standard_normal(4)
    exact = np.zeros((4, 4))
    for row, value in zip(x, y, strict=True):
        matrix = contracted_tensor(tuple(map(F, map(float, row))), tuple(map(F, map(float, g))), order)
        exact += value * np.array([[float(q) for q in line] for line in matrix])
    found = mean_contraction(x, y, g, order)
    assert np.allclose(found, exact / 200, rtol=1e-9, atol=1e-9)
    assert np.array_equal(found, found.T)


def test_batches_estimate_the_moments() -> None:
    rng = np.random.default_rng(1)
    f = RidgeSum((ZERO,) * 3, ZERO, (Ridge(F(2), (F(3, 5), F(4, 5), ZERO)), Ridge(F(1), (ZERO, ZERO, ONE))))
    x = rng.standard_normal((300_000, 3))
    y = 2 * np.maximum(0.6 * x[:, 0] + 0.8 * x[:, 1], 0) + np.maximum(x[:, 2], 0)
    g = np.array([0.6, 0.0, 0.8])
    for order, scale in ((2, 0.02), (4, 0.1)):
        estimate = mean_contraction(x, y, g, order) / float(2 * hermite_coefficient(order).ball(64))
        moment = contracted_moment(f, (F(3, 5), ZERO, F(4, 5)), order).rational()
        assert np.abs(estimate - np.array([[float(q) for q in row] for row in moment])).max() < scale


def test_wrong_orders_and_sizes() -> None:
    f = RidgeSum((ZERO, ZERO), ZERO, (Ridge(ONE, (ONE, ONE)),))
    with pytest.raises(Unsupported, match="even"):
        contracted_moment(f, (ONE, ONE), 3)
    with pytest.raises(ShapeMismatch):
        contracted_moment(f, (ONE,), 2)
    with pytest.raises(ShapeMismatch):
        moment_entry(f, (2,))
    with pytest.raises(Unsupported, match="biases"):
        line_form(RidgeSum((ZERO,), ZERO, (Ridge(ONE, (ONE,), ONE),)))
    with pytest.raises(Unsupported):
        contracted_tensor((ONE,), (ONE,), 1)
    with pytest.raises(ShapeMismatch):
        mean_contraction(np.zeros((3, 2)), np.zeros(3), np.zeros(3), 2)
    with pytest.raises(Unsupported):
        mean_contraction(np.zeros((3, 2)), np.zeros(3), np.zeros(2), 1)
