"""Distances under the Gaussian measure against known numbers, certified quadrature, sampling, and themselves."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
import sympy
from flint import arb
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import verinet as vn
from tests.theory.narrow_learning.gaussian_cases import (
    NUMBERS,
    ONE,
    TINY,
    ZERO,
    functions,
    plane_mean_square,
    rational,
    rewritten,
)
from verinet.errors import BudgetExhausted, NotANumber, ShapeMismatch, Unsupported
from verinet.exact.enclosures import enclosure_of, precision
from verinet.theory.narrow_learning.canonical_form import gathered, is_zero
from verinet.theory.narrow_learning.gaussian_distance import gaussian_distance, gaussian_norm
from verinet.theory.ridges import Ridge, RidgeSum
from verinet.work import Budget, under

F = Fraction


def plane(*ridges: tuple[object, object, object]) -> RidgeSum:
    """Relu neurons (coefficient, weight) in the plane."""
    return RidgeSum((ZERO, ZERO), ZERO, tuple(Ridge(F(m), (F(a), F(b))) for m, a, b in ridges))


FIRST, SECOND = plane((1, 1, 0), ("1/2", 0, 1)), plane((1, "3/5", "4/5"))


# --- one worked example ----------------------------------------------------------------------------------------------


def test_closed_form_of_the_example() -> None:
    found = gaussian_distance(FIRST, SECOND)
    pi, acos, q = sympy.pi, sympy.acos, sympy.Rational
    wanted = (-24 + 16 * acos(q(4, 5)) + 5 * pi + 24 * acos(q(3, 5))) / (40 * pi)
    assert found.squared() == wanted
    assert found.latex() == (
        r"\frac{-24 + 16 \arccos{\left(\frac{4}{5} \right)} + 5 \pi + 24 \arccos{\left(\frac{3}{5} \right)}}{40 \pi}"
    )
    assert not found.is_zero


def test_numbers_of_the_example() -> None:
    squared = gaussian_distance(FIRST, SECOND).squared_enclosure(39)
    assert squared.width <= F(1, 10**39) * squared.low
    known = F("0.193047515349898906747499914443")
    assert known - F(1, 10**30) < squared.low <= squared.high < known + F(1, 10**30)
    with precision(200):
        independent = enclosure_of(plane_mean_square(FIRST - SECOND, 200))
    assert independent.width < F(1, 10**35)
    assert max(squared.low, independent.low) <= min(squared.high, independent.high)


def test_the_example_against_samples() -> None:
    rng = np.random.default_rng(7)
    x = rng.standard_normal((1_000_000, 2))
    errors = (np.maximum(x[:, 0], 0) + np.maximum(x[:, 1], 0) / 2 - np.maximum(0.6 * x[:, 0] + 0.8 * x[:, 1], 0)) ** 2
    mean, deviation = errors.mean(), errors.std() / 1000
    assert abs(mean - float(gaussian_distance(FIRST, SECOND).squared_enclosure(20).low)) < 3 * deviation


# --- quadrature ------------------------------------------------------------------------------------------------------


@settings(max_examples=15)
@given(st.lists(st.tuples(rational(5, 3), st.tuples(rational(5, 3), rational(5, 3))), min_size=1, max_size=4))
@example([(ONE, (ONE, ZERO)), (ONE, (-ONE, ZERO)), (F(-1), (ZERO, ONE)), (F(2), (F(1, 3), F(1, 3)))])
def test_thirty_digits_by_quadrature(neurons: list[tuple[F, tuple[F, F]]]) -> None:
    ridges = tuple(Ridge(m, w) for m, w in neurons if any(w))
    assume(ridges)
    f = RidgeSum((F(1, 7), F(-2, 3)), ZERO, ridges)
    squared = gaussian_norm(f).squared_enclosure(31)
    with precision(200):
        independent = enclosure_of(plane_mean_square(f, 200))
    assert independent.width <= F(1, 10**30) * squared.high
    assert max(squared.low, independent.low) <= min(squared.high, independent.high)


@pytest.mark.parametrize("power", [2, 3, 4, 5])
def test_powers_by_quadrature(power: int) -> None:
    rng = random.Random(power)
    ridges = [
        Ridge(F(rng.randint(-9, 9), 4), (F(rng.randint(1, 9), 7), F(rng.randint(-9, 9), 5)), ZERO, power)
        for _ in range(3)
    ]
    ridges.append(Ridge(ONE, tuple(-w for w in ridges[0].weight), ZERO, power))  # the other side of a hyperplane
    f = RidgeSum((ZERO, ZERO), ZERO, tuple(ridges))
    squared = gaussian_norm(f).squared_enclosure(31)
    with precision(220):
        independent = enclosure_of(plane_mean_square(f, 220))
    assert independent.width <= F(1, 10**30) * squared.high
    assert max(squared.low, independent.low) <= min(squared.high, independent.high)


# --- closed form against balls, samples ------------------------------------------------------------------------------


@settings(max_examples=12)
@given(functions(most=2), functions(most=2))
def test_closed_form_lies_in_the_enclosure(f: RidgeSum, g: RidgeSum) -> None:
    found = gaussian_distance(f, g)
    closed = sympy.N(found.squared(), 420, maxn=10_000)  # differences of 1e-120 cancel
    squared = found.squared_enclosure(12)
    value = F(str(sympy.Rational(closed)))
    slack = abs(squared.high) / 10**30
    assert squared.low - slack <= value <= squared.high + slack


@pytest.mark.parametrize("powers", [(1,), (1, 2), (3,)])
def test_biased_functions_against_samples(powers: tuple[int, ...]) -> None:
    rng, drawn = np.random.default_rng(11), random.Random(5)
    for _ in range(4):
        ridges = tuple(
            Ridge(
                F(drawn.randint(-9, 9), 5),
                tuple(F(drawn.randint(-9, 9), 9) for _ in range(3)),
                F(drawn.randint(-9, 9), 7),
                drawn.choice(powers),
            )
            for _ in range(4)
        )
        f = RidgeSum((F(1, 3), F(-1, 2), ZERO), F(1, 5), ridges)
        x = rng.standard_normal((100_000, 3))
        values = 0.2 + x @ np.array([1 / 3, -1 / 2, 0.0])
        for r in ridges:
            inner = x @ np.array([float(w) for w in r.weight]) + float(r.bias)
            values += float(r.coefficient) * np.maximum(inner, 0) ** r.power
        squares = values**2
        low = float(gaussian_norm(f).squared_enclosure(20).low)
        assert abs(squares.mean() - low) < 3 * squares.std() / 100_000**0.5


def test_form_with_integrals() -> None:
    f = RidgeSum((ONE, ZERO), ZERO, (Ridge(ONE, (ONE, ONE), ONE), Ridge(F(-2), (ONE, F(3)), F(-1, 2))))
    found = gaussian_norm(f)
    with pytest.raises(Unsupported, match="Owen"):
        found.squared()
    closed = found.squared(integrals=True)
    assert closed.has(sympy.Integral)
    value = F(str(sympy.Rational(closed.evalf(18))))
    squared = found.squared_enclosure(22)
    assert abs(value - squared.low) < squared.low / 10**15


# --- relative accuracy -----------------------------------------------------------------------------------------------


def turned(t: Fraction) -> tuple[Fraction, Fraction]:
    return (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)


@pytest.mark.parametrize("exponent", [3, 16, 60, 200, 1000])
def test_relative_accuracy_of_tiny_angles(exponent: int) -> None:
    """D^2 = 1 - (sin + (pi - angle) cos)/pi = angle^2/2 - angle^3/(3 pi) + ..., angle = 2 atan(t)."""
    t = F(1, 10**exponent)
    found = gaussian_distance(plane((1, 1, 0)), plane((1, *turned(t))))
    squared = found.squared_enclosure(25)
    assert not found.is_zero
    assert squared.width <= squared.low / 10**25
    leading = 2 * t * t
    assert squared.low < leading
    assert leading * (1 - t) < squared.high
    distance = found.enclosure(25)
    assert distance.width <= distance.low / 10**25
    assert squared.low <= distance.high**2
    assert distance.low**2 <= squared.high


def test_a_cubic_distance_of_three_nearly_parallel_neurons() -> None:
    """Two equal neurons against their vector sum: D^2 = (delta - sin delta)/pi is far below each term."""
    t = F(1, 10**60)
    both = plane((1, 1, 0), (1, *turned(t)))
    c, s = turned(t)
    squared = gaussian_distance(both, plane((1, 1 + c, s))).squared_enclosure(20)
    with precision(1000):
        delta = 2 * (arb(1) / arb(10) ** 60).atan()
        wanted = enclosure_of((delta - delta.sin()) / arb.pi())
    assert squared.width <= squared.low / 10**20
    assert max(squared.low, wanted.low) <= min(squared.high, wanted.high)


def test_a_bias_of_1e_60() -> None:
    f = RidgeSum((ZERO,), ZERO, (Ridge(ONE, (ONE,), TINY), Ridge(-ONE, (ONE,), ZERO)))
    squared = gaussian_norm(f).squared_enclosure(20)  # TINY^2 P(x > 0) + less
    assert squared.low < TINY**2 * (F(1, 2) + TINY)
    assert squared.high > TINY**2 / 2
    assert squared.width <= squared.low / 10**20


# --- zero or not -----------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(functions(biased=True, powers=(1, 2, 3)), functions(biased=True, powers=(1, 2), most=2), NUMBERS)
def test_a_function_in_other_words_has_distance_zero(f: RidgeSum, g: RidgeSum, shift: Fraction) -> None:
    other = rewritten(f)
    assert gaussian_distance(f, other).is_zero
    assert gaussian_distance(f + g, g + other).is_zero
    moved = RidgeSum(other.linear, other.constant + shift, other.ridges)
    assert gaussian_distance(f, moved).is_zero == (shift == 0)


@settings(max_examples=15)
@given(functions(biased=True, powers=(1, 2, 3), most=3))
def test_zero_agrees_with_values(f: RidgeSum) -> None:
    rng = random.Random(1)
    points = [[F(rng.randint(-(10**9), 10**9), 10**6) for _ in range(3)] for _ in range(12)]
    if any(f(*x) for x in points):
        assert not is_zero(f)
    assert all(gathered(f)(*x) == f(*x) for x in points)
    if not is_zero(f):
        assert gaussian_norm(f).squared_enclosure(2).low > 0


def test_polynomials_in_truncated_powers() -> None:
    """(x + y)^2 + (x - y)^2 = 2 x^2 + 2 y^2, each square written as two truncated ones."""

    def power(m: int, weight: tuple[int, int], k: int, bias: Fraction = ZERO) -> tuple[Ridge, ...]:
        row = tuple(map(F, weight))
        other = Ridge(F(m) * (-1) ** k, tuple(-w for w in row), -bias, k)
        return Ridge(F(m), row, bias, k), other

    squares = (*power(1, (1, 1), 2), *power(1, (1, -1), 2), *power(-2, (1, 0), 2), *power(-2, (0, 1), 2))
    assert is_zero(RidgeSum((ZERO, ZERO), ZERO, squares))
    assert not is_zero(RidgeSum((ZERO, ZERO), ZERO, squares[:-1]))
    assert not is_zero(RidgeSum((ZERO, ZERO), ZERO, (*squares[:-1], Ridge(F(-2), (ZERO, F(-1)), ZERO, 3))))
    assert not is_zero(RidgeSum((ZERO, TINY), ZERO, squares))
    # (z + 1)^3 - (z - 1)^3 = 6 z^2 + 2
    cubes = (*power(1, (1, 2), 3, ONE), *power(-1, (1, 2), 3, -ONE), *power(-6, (1, 2), 2))
    assert is_zero(RidgeSum((ZERO, ZERO), F(-2), cubes))
    assert not is_zero(RidgeSum((ZERO, ZERO), F(-2) + TINY, cubes))


def test_vanishing_and_antipodal_neurons() -> None:
    f = plane((3, 1, 2), (3, -1, -2), (-3, 1, 2), (-3, -1, -2), (5, 0, 0))
    assert gaussian_norm(f).is_zero
    assert not gaussian_norm(plane((3, 1, 2), (-3, -1, -2))).is_zero  # 3 z, not 0
    assert gaussian_distance(RidgeSum((F(3), F(6))), plane((3, 1, 2), (-3, -1, -2))).is_zero
    off = RidgeSum((ZERO, ZERO), ZERO, (Ridge(ONE, (ZERO, ZERO), F(-2)), Ridge(ONE, (ZERO, ZERO), F(2))))
    assert gaussian_distance(off, RidgeSum((ZERO, ZERO), F(2))).is_zero


# --- the laws of a distance ------------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(functions(most=2), functions(most=2), functions(biased=True, most=1))
def test_laws_of_a_distance(f: RidgeSum, g: RidgeSum, h: RidgeSum) -> None:
    there, back = gaussian_distance(f, g).enclosure(10), gaussian_distance(g, f).enclosure(10)
    assert max(there.low, back.low) <= min(there.high, back.high)
    assert gaussian_distance(f + h, g + h).is_zero == gaussian_distance(f, g).is_zero
    detour = gaussian_distance(f, h).enclosure(10).high + gaussian_distance(h, g).enclosure(10).high
    assert there.low <= detour


def test_relative_to_the_second() -> None:
    f, g = plane((3, 1, 0)), plane((2, 1, 0))
    assert gaussian_distance(f, g).relative(20).contains(F(1, 2))
    assert gaussian_distance(g, f).relative(20).contains(F(1, 3))
    assert gaussian_distance(f, f).relative().high == 0
    with pytest.raises(Unsupported, match="second function is 0"):
        gaussian_distance(f, plane()).relative()


def test_outputs_of_networks() -> None:
    x, y = vn.variables("x", 2)
    f = vn.network([x, y], [vn.relu(x), vn.abs_(y)])
    g = vn.network([x, y], [vn.relu(x) + 1, vn.abs_(y) - 2 * y])
    assert vn.gaussian_distance(f, g).squared() == 5
    assert vn.gaussian_distance(f, g, output=0).squared() == 1
    assert vn.gaussian_distance(f, g.with_domain([(0, 1), (0, 1)]), output=1).squared() == 4
    with pytest.raises(ShapeMismatch, match="2 and of 1 outputs"):
        vn.gaussian_distance(f, vn.network([x, y], x))
    with pytest.raises(ShapeMismatch, match="2 and of 1 inputs"):
        vn.gaussian_distance(vn.network([x, y], x), vn.network(x, x))
    with pytest.raises(Unsupported, match="second hidden layer"):
        vn.gaussian_distance(vn.network(x, vn.relu(vn.relu(x) - 1)), vn.network(x, x))
    with pytest.raises(ShapeMismatch, match="no output 3"):
        vn.gaussian_distance(f, g, output=3)


def test_digits_are_from_1_to_20000() -> None:
    for digits in (0, -1, 10**9):
        with pytest.raises(NotANumber, match="digits"):
            gaussian_distance(FIRST, SECOND).squared_enclosure(digits)
    found = gaussian_distance(FIRST, SECOND)
    for wide in (found.squared_enclosure(2000), found.enclosure(2000), found.relative(20_000)):
        assert 0 < wide.width * 10**2000 <= wide.low


def test_a_closed_form_that_cannot_be_written_is_refused() -> None:
    f = RidgeSum((F(1, 10**5000),))
    with pytest.raises(Unsupported, match="too long"):
        gaussian_norm(f).latex()


def test_fifty_against_fifty_neurons() -> None:
    rng = random.Random(3)

    def drawn() -> RidgeSum:
        rows = [tuple(F(rng.randint(-(10**6), 10**6), 10**6) for _ in range(50)) for _ in range(50)]
        return RidgeSum((ZERO,) * 50, ZERO, tuple(Ridge(F(rng.randint(1, 9)), row) for row in rows))

    f, g = drawn(), drawn()
    found = gaussian_distance(f, g)
    squared = found.squared_enclosure(30)
    assert squared.width <= squared.low / 10**30
    numeric = float(squared.low)
    a = np.array([[float(w) for w in r.weight] for r in (*f.ridges, *g.ridges)])
    m = np.array([float(r.coefficient) for r in f.ridges] + [-float(r.coefficient) for r in g.ridges])
    inner = a @ a.T
    norms = np.sqrt(np.diag(inner))
    cosine = np.clip(inner / np.outer(norms, norms), -1, 1)
    kernel = np.outer(norms, norms) * (np.sqrt(1 - cosine**2) + (np.pi - np.arccos(cosine)) * cosine) / (2 * np.pi)
    assert abs(m @ kernel @ m - numeric) < 1e-6 * numeric


def test_a_budget_stops_it() -> None:
    rows = [tuple(F(i * j % 17, 5) for j in range(1, 30)) for i in range(1, 40)]
    f = RidgeSum((ZERO,) * 29, ZERO, tuple(Ridge(ONE, row, ONE) for row in rows if any(row)))
    with pytest.raises(BudgetExhausted), under(Budget(seconds=0.0)):
        gaussian_norm(f).squared_enclosure()
