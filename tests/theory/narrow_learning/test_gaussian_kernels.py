"""Means of products of truncated powers against closed forms, Hermite series and certified integrals."""

from __future__ import annotations

from fractions import Fraction
from math import factorial

import pytest
import sympy
from flint import arb
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.theory.narrow_learning.gaussian_cases import ONE, TINY, ZERO, mean_on_line, rational
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.enclosures import precision
from verinet.theory.narrow_learning.biased_kernels import (
    Balls,
    Pair,
    biased_kernel,
    symbolic_biased_kernel,
    truncated_mean,
)
from verinet.theory.narrow_learning.gaussian_kernels import absolute_kernel, kernel, kernel_formula, kernel_of
from verinet.theory.narrow_learning.hermite_coefficients import half_moment, hermite_coefficient
from verinet.theory.narrow_learning.owen import owen_integral, owen_series

F = Fraction
THETA = sympy.Symbol("theta", positive=True)
SIN, COS, PI = sympy.sin(THETA), sympy.cos(THETA), sympy.pi
PUBLISHED = {
    0: (PI - THETA) / (2 * PI),
    1: (SIN + (PI - THETA) * COS) / (2 * PI),
    2: (3 * SIN * COS + (PI - THETA) * (1 + 2 * COS**2)) / (2 * PI),
    3: (15 * SIN - 11 * SIN**3 + (PI - THETA) * (9 * COS + 6 * COS**3)) / (2 * PI),
}


@pytest.mark.parametrize("power", PUBLISHED)
def test_formulas_of_equal_powers(power: int) -> None:
    difference = (kernel_formula(power, power) - PUBLISHED[power]).subs(SIN**3, SIN * (1 - COS**2))
    assert sympy.expand(difference) == 0


@pytest.mark.parametrize("powers", [(0, 0), (1, 1), (2, 2), (3, 3), (1, 3), (2, 0), (1, 0), (2, 1), (3, 2), (4, 1)])
@pytest.mark.parametrize("cosine", [F(3, 5), F(-5, 13), ZERO])
def test_formulas_and_kernels_agree(powers: tuple[int, int], cosine: Fraction) -> None:
    exact = kernel(*powers, ONE, ONE, cosine).symbolic()
    angle = sympy.acos(sympy.Rational(cosine.numerator, cosine.denominator))
    assert abs(sympy.N(kernel_formula(*powers).subs(THETA, angle) - exact, 40)) < 1e-35


@pytest.mark.parametrize("powers", [(1, 1), (2, 2), (1, 2), (3, 1), (3, 3), (3, 2)])
def test_hermite_series(powers: tuple[int, int]) -> None:
    """E X_+^n Y_+^m = sum a_l^(n) a_l^(m) r^l / l! at correlation r (the tail is below the last term's size)."""
    n, m = powers
    r = F(3, 5)
    with precision(200):
        total, term = arb(0), arb(0)
        for degree in range(90):
            a, b = (hermite_coefficient(degree, power).ball(200) for power in powers)
            term = a * b * (arb(3) / 5) ** degree / factorial(degree)
            total += term
        exact = kernel(n, m, ONE, ONE, r).ball(200)
        assert abs(total - exact) < arb("1e-18")


@pytest.mark.parametrize("power", [0, 1, 2, 3, 4, 5])
def test_one_direction(power: int) -> None:
    """Parallel: one moment; antipodal: 0."""
    size = F(9, 4)
    half = half_moment(2 * power)
    assert half.rational == kernel(power, power, ONE, ONE, ONE).symbolic()
    assert kernel(power, power, size, ONE, F(3, 2)).symbolic() == sympy.Rational(3, 2) ** power * half.symbolic()
    assert kernel(power, power, size, ONE, F(-3, 2)).symbolic() == 0
    assert kernel(power, power + 1, ONE, ONE, ONE).symbolic() == half_moment(2 * power + 1).symbolic()
    assert kernel(power, power + 1, ONE, ONE, -ONE).symbolic() == 0


@given(rational(9, 5), rational(9, 5), rational(9, 5), rational(9, 5))
@settings(max_examples=30)
def test_absolute_values_by_four_quadrants(a: Fraction, b: Fraction, c: Fraction, d: Fraction) -> None:
    assume((a or b) and (c or d))
    w, v = (a, b), (c, d)
    opposite = tuple(-q for q in w), tuple(-q for q in v)
    total = sum(kernel_of(1, 1, x, y).ball(128) for x in (w, opposite[0]) for y in (v, opposite[1]))
    found = absolute_kernel(a * a + b * b, c * c + d * d, a * c + b * d).ball(128)
    assert found.overlaps(total)
    assert found.rad() < arb("1e-30") * (1 + abs(found))


def test_tiny_angles_keep_their_accuracy() -> None:
    t = F(1, 10**100)
    cosine = (1 - t * t) / (1 + t * t)
    same = kernel(0, 0, ONE, ONE, cosine).ball(900)
    with precision(900):
        angle = (arb(1) / 2 - same) * arb.pi()  # theta/2, theta = 2 atan(t)
        assert angle.overlaps((arb(1) / arb(10) ** 100).atan())
        assert angle.rad() < arb("1e-250")


def test_impossible_pairs_are_refused() -> None:
    for arguments in (
        (1, 1, ONE, ONE, F(2)),
        (-1, 1, ONE, ONE, ZERO),
        (1, 1, ZERO, ONE, ZERO),
        (1, 900, ONE, ONE, ZERO),
    ):
        with pytest.raises(Unsupported):
            kernel(*arguments)
    with pytest.raises(ShapeMismatch):
        kernel_of(1, 1, (ONE,), (ONE, ZERO))
    with pytest.raises(Unsupported):
        Pair((ZERO, ZERO), ONE, ONE, F(2))
    with pytest.raises(Unsupported):
        biased_kernel(-1, 0, Pair((ZERO, ZERO), ONE, ONE, ZERO), 64)


# --- biases ----------------------------------------------------------------------------------------------------------

PAIRS = [
    ((F(1, 2), F(-1, 3)), (ONE, ONE, F(3, 5))),
    ((F(-2), F(5, 2)), (F(2), F(1, 3), F(-4, 5))),
    ((ZERO, F(1, 2)), (ONE, F(2), F(9, 7))),  # Owen's first argument is 0
    ((F(1, 2), ZERO), (ONE, F(2), F(-9, 7))),
    ((ZERO, F(-1, 2)), (ONE, F(2), F(9, 7))),
    ((F(1), F(3, 5)), (ONE, ONE, F(3, 5))),  # Owen's second argument is 0
    ((F(1, 10), F(-1, 10)), (ONE, ONE, F(999, 1000))),  # and far above 1
    ((F(1), F(-1)), (ONE, ONE, ZERO)),
    ((F(-1), F(-1)), (ONE, ONE, F(-99, 100))),
]


@pytest.mark.parametrize("powers", [(0, 0), (1, 1), (2, 1), (1, 3), (2, 2)])
@pytest.mark.parametrize("means, covariance", PAIRS)
def test_thirty_digits_with_biases(powers, means, covariance) -> None:
    bits = 180
    found = biased_kernel(*powers, Pair(means, *covariance), bits)
    independent = mean_on_line(*powers, means, covariance, bits)
    assert found.overlaps(independent)
    assert found.rad() < arb("1e-31")
    assert independent.rad() < arb("1e-31")


@settings(max_examples=8)
@given(st.tuples(rational(4, 3), rational(4, 3)), st.integers(1, 5), st.integers(1, 5), st.integers(-9, 9))
def test_any_biases(means: tuple[Fraction, Fraction], first: int, second: int, product: int) -> None:
    assume(product**2 < first * second)
    covariance = (F(first), F(second), F(product))
    found = biased_kernel(1, 1, Pair(means, *covariance), 128)
    assert found.overlaps(mean_on_line(1, 1, means, covariance, 128))


HEIGHTS = [ZERO, F(1, 10**40), F(1, 3), ONE, F(40), F(120), F(5000)]


@pytest.mark.parametrize("height", HEIGHTS)
@pytest.mark.parametrize("slope", [ZERO, F(1, 10**80), F(1, 9), F(99, 100), ONE])
def test_the_series_and_the_integral_of_owen(height: Fraction, slope: Fraction) -> None:
    series, integral = owen_series(height, slope, 128), owen_integral(height, slope, 128)
    assert series.overlaps(integral)
    assert series.rad() < arb("1e-34")
    if not height:
        with precision(128):
            angle = (arb(slope.numerator) / slope.denominator).sqrt().atan() / (2 * arb.pi())
            assert series.overlaps(angle)


def test_owen_beyond_its_series_is_refused() -> None:
    for height, slope in ((ONE, F(2)), (ONE, F(-1, 2)), (-ONE, ONE)):
        for function in (owen_series, owen_integral):
            with pytest.raises(Unsupported):
                function(height, slope, 64)


@pytest.mark.parametrize("slope", [F(2), F(-2), F(1, 3), F(-1, 3)])
@pytest.mark.parametrize("means", [(ONE, ONE), (ONE, F(-1)), (F(-1), F(3)), (ZERO, ONE), (F(-1), F(-1))])
@pytest.mark.parametrize("powers", [(1, 1), (2, 1), (0, 0), (2, 3)])
def test_parallel_hyperplanes(powers, means, slope) -> None:
    """Y = c + slope (X - b): a one-dimensional integral of a polynomial, by powers of one variable."""
    b, c = means
    found = biased_kernel(*powers, Pair(means, ONE, slope**2, slope), 128)
    nearly = biased_kernel(*powers, Pair(means, ONE, slope**2 + TINY**4, slope), 1200)
    assert abs(found - nearly) < arb("1e-35")
    edge = b - c / slope
    if slope < 0 and edge <= 0:
        assert found.overlaps(arb(0))


def test_one_hyperplane() -> None:
    """X_+^n X_+^m is a power of one variable, X_+^n (-X)_+^m is 0."""
    mean, variance = F(1, 3), F(2)
    for n in range(4):
        for m in range(1, 4):
            same = biased_kernel(n, m, Pair((mean, 2 * mean), variance, 4 * variance, 2 * variance), 128)
            opposite = biased_kernel(n, m, Pair((mean, -mean), variance, variance, -variance), 128)
            assert same.overlaps(2**m * truncated_mean(n + m, mean, variance, Balls(128)))
            assert same.rad() < arb("1e-20")
            assert opposite.overlaps(arb(0))
            assert opposite.rad() < arb("1e-20")


def test_without_biases_both_kernels_agree() -> None:
    for n in range(4):
        for m in range(4):
            biased = biased_kernel(n, m, Pair((ZERO, ZERO), F(2), F(3), F(-1)), 128)
            assert biased.overlaps(kernel(n, m, F(2), F(3), F(-1)).ball(128))
            assert biased.rad() < arb("1e-30")


@pytest.mark.long
@pytest.mark.parametrize("means, covariance", [PAIRS[0], PAIRS[2], PAIRS[6]])
def test_symbols_and_balls_agree(means, covariance) -> None:
    pair = Pair(means, *covariance)
    closed = symbolic_biased_kernel(1, 1, pair).evalf(18)
    with precision(128):
        assert abs(biased_kernel(1, 1, pair, 128) - arb(str(closed))) < arb("1e-15")
