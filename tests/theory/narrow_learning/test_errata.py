"""What the errata of proofs/counterexamples/narrow_learning say beyond their certificates, computed in another way."""

from __future__ import annotations

from fractions import Fraction
from math import comb, cos, factorial, pi, prod, sin, sqrt
from random import Random

import mpmath
import pytest
import sympy
from flint import arb

from verinet.exact.enclosures import precision
from verinet.networks.build import network, relu, variables
from verinet.theory.narrow_learning.gaussian_distance import gaussian_distance, gaussian_norm
from verinet.theory.narrow_learning.vanishing_moments import polygon_moment_square, polygon_norm_square


def double_factorial(n):
    return prod(range(n, 0, -2))


def hermite_at_zero(order):
    """He_l(0) by the recurrence He_(l+1) = z He_l - l He_(l-1)."""
    last, value = 0, 1
    for n in range(order):
        last, value = value, -n * last
    return value


def over_the_plane(function):
    """The mean over N(0, I_2) of a function that is homogeneous of degree n, from its mean over the circle."""
    steps = 4000
    points = [(cos(2 * pi * (i + 0.5) / steps), sin(2 * pi * (i + 0.5) / steps)) for i in range(steps)]
    return sum(function(*point) for point in points) / steps


# --- the Hermite tensor -------------------------------------------------------------------------------------------


def test_the_printed_tensor_gives_twelve_roots_of_two():
    c_2 = (hermite_at_zero(2) + 2 * hermite_at_zero(0)) / sqrt(2 * pi * 2)
    # E r^3 = 3 sqrt(pi/2): the mean of |u.x| x_1 x_2, which is homogeneous of degree 3
    mean = 3 * sqrt(pi / 2) * over_the_plane(lambda x, y: abs(0.6 * x + 0.8 * y) * x * y)
    assert abs(mean / (2 * c_2) - 12 * sqrt(2) / 25) < 1e-5
    assert abs(mean / (2 * c_2) / sqrt(2) - 12 / 25) < 1e-5
    # the diagonal is right in both: it has the factor 1/sqrt(2!) already
    square = 3 * sqrt(pi / 2) * over_the_plane(lambda x, y: abs(0.6 * x + 0.8 * y) * x * x) - sqrt(2 / pi)
    assert abs(square / sqrt(2) / (2 * c_2) - 9 / 25) < 1e-5


def test_the_rule_of_five_points_has_the_normal_moments():
    rule = {0: Fraction(1, 2), 1: Fraction(1, 6), -1: Fraction(1, 6), 2: Fraction(1, 12), -2: Fraction(1, 12)}
    assert [sum(w * x**n for x, w in rule.items()) for n in range(6)] == [1, 0, 1, 0, 3, 0]


# --- the rate -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [2, 4, 6, 40, 200])
def test_the_coefficients_lie_between_their_bounds(order):
    ratio = Fraction((hermite_at_zero(order) + order * hermite_at_zero(order - 2)) ** 2, factorial(order))
    assert ratio == Fraction(double_factorial(order - 3) ** 2, factorial(order))
    assert ratio == Fraction(comb(order, order // 2), 2**order) / (order - 1) ** 2
    low, high = Fraction(1, 2 * order * (order - 1) ** 4), Fraction(3, 4 * (order + 1) * (order - 1) ** 4)
    assert low <= ratio**2 <= high


def test_doubling_the_order_divides_by_the_power_five_fourths():
    def c(order):
        return double_factorial(order - 3) / sqrt(factorial(order))

    assert abs(c(80) / c(40) - 0.416) < 1e-3
    assert abs(c(80) / c(40) - 2 ** (-5 / 4)) < 0.005
    assert c(80) / c(40) > 2 * 2 ** (-5 / 2)


# --- the norm of the moment tensor --------------------------------------------------------------------------------


def test_parseval_needs_the_factor():
    square, moment = polygon_norm_square(4), 4 * polygon_moment_square(4, 4)
    closed = 4 + 8 / sympy.pi - 2 * sympy.sqrt(2) - 8 * sympy.sqrt(2) / sympy.pi
    assert sympy.simplify(square - closed) == 0
    assert float(2 * sympy.pi * square) < 1 < moment == 8
    assert moment <= float(2 * sympy.pi * square) * 24


@pytest.mark.parametrize("seed", range(6))
def test_the_corrected_norm_holds_for_networks(seed):
    random = Random(seed)
    size = random.choice([1, 2, 3])
    neurons = []
    for _ in range(4):
        # rational unit vectors: a pythagorean pair turned into two coordinates
        t = Fraction(random.randint(-9, 9), random.randint(1, 9))
        pair = ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t))
        u = [Fraction(0)] * max(size, 2)
        u[0], u[random.randrange(1, max(size, 2))] = pair
        neurons.append((Fraction(random.randint(-4, 4)), tuple(u)))
    x = variables("x", max(size, 2))
    f = network(x, sum((m * relu(sum(a * e for a, e in zip(u, x, strict=True))) for m, u in neurons), 0 * x[0]))
    norm = float(gaussian_norm(f).squared_enclosure(12).high)
    for order in (2, 4, 6, 8):
        inner = [(a * b, sum(p * q for p, q in zip(u, v, strict=True))) for a, u in neurons for b, v in neurons]
        moment = sum(weight * product**order for weight, product in inner)
        assert moment <= 2 * pi * factorial(order) / double_factorial(order - 3) ** 2 * norm * (1 + 1e-9)


@pytest.mark.parametrize("order", range(2, 60, 2))
def test_three_dimensions_are_enough_for_the_printed_bound(order):
    assert factorial(order) <= 3**order * double_factorial(order - 3) ** 2
    assert order == 2 or factorial(order) > double_factorial(order - 3) ** 2


# --- the distance of two ReLUs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("slope", ["1/1000", "1/3", "1", "7", "1/1000000000000000000000000000000"])
def test_one_half_holds_and_is_sharp(slope):
    t = Fraction(slope)
    u = ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t))
    x, y = variables("x", 2)
    distance = gaussian_distance(network((x, y), relu(x)), network((x, y), relu(u[0] * x + u[1] * y)))
    ball = distance.squared_enclosure(40)
    chord = (u[0] - 1) ** 2 + u[1] ** 2
    assert ball.high <= chord / 2
    if t < Fraction(1, 100):
        # 1/2 - angle/(3 pi) + ..
        assert ball.low >= chord * (Fraction(1, 2) - t)


# --- the linear part ------------------------------------------------------------------------------------------------


def gain(t):
    k = 2 / arb.pi() * (t.sin() + (arb.pi() / 2 - t) * t.cos())
    return (2 * t).sin() + k**2


def test_two_neurons_miss_at_least_three_tenths():
    with precision(80):
        cells = 400
        bounds = [gain((arb(2 * i + 1) / (2 * cells) + arb(0, 1) / (2 * cells)) * arb.pi() / 2) for i in range(cells)]
        assert all(bound < arb(17) / 10 for bound in bounds)
    best = min(2 - float(gain(arb(i) / 2000 * arb.pi() / 2).mid()) for i in range(2001))
    assert 0.3100 < best < 0.3101


def test_the_error_at_the_best_direction_by_a_mean_over_the_circle():
    """E r^2 = 2 times the mean over the circle, for functions that are homogeneous of degree 1."""
    t = 0.6315
    k = 2 / pi * (sin(t) + (pi / 2 - t) * cos(t))
    slope = cos(t) + sin(t)

    def square(x, y):
        along = cos(t) * x + sin(t) * y
        return (abs(x) + x + y - k * abs(along) - slope * along) ** 2

    assert abs(2 * over_the_plane(square) - 0.3100) < 1e-4
    assert abs(2 * over_the_plane(lambda x, y: (abs(x) + x + y) ** 2) - 3) < 1e-6


def test_the_merging_law_is_the_integral_over_the_wedge():
    """D^2 = (t - sin t)/pi for relu(a) + relu(b) - relu(a + b), a and b of unit vectors at the angle t."""
    for t in (0.1, 1.0, 2.5):
        with mpmath.workdps(20):

            def error(phi, angle=t):
                a, b = mpmath.cos(phi), mpmath.cos(phi - angle)
                return (max(a, 0) + max(b, 0) - max(a + b, 0)) ** 2

            breaks = sorted(
                {(p + shift) % (2 * mpmath.pi) for p in (mpmath.pi / 2, -mpmath.pi / 2) for shift in (0, t, t / 2)}
            )
            value = 2 * mpmath.quad(error, [0, *breaks, 2 * mpmath.pi]) / (2 * mpmath.pi)
            assert abs(value - (t - mpmath.sin(t)) / mpmath.pi) < 1e-12
