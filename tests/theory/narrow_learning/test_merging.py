"""One neuron for two: the laws, their costs, and greedy merging."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
import sympy
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.theory.narrow_learning.gaussian_cases import ONE, ZERO, functions, rational
from verinet.errors import NotANumber, ShapeMismatch, Unsupported
from verinet.exact.enclosures import enclosure_of, precision
from verinet.theory.narrow_learning.gaussian_distance import gaussian_distance
from verinet.theory.narrow_learning.merging import merge, merge_cost, merge_within
from verinet.theory.ridges import Ridge, RidgeSum

F = Fraction


def pair(m1: object, w1: tuple[object, ...], m2: object, w2: tuple[object, ...]) -> RidgeSum:
    first, second = tuple(map(F, w1)), tuple(map(F, w2))
    return RidgeSum((ZERO,) * len(first), ZERO, (Ridge(F(m1), first), Ridge(F(m2), second)))


def turned(t: Fraction) -> tuple[Fraction, Fraction]:
    return (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)


@pytest.mark.parametrize("t", [F(1), F(1, 2), F(1, 100), F(1, 10**30)])
@pytest.mark.parametrize("law", ["vector sum", "representative"])
def test_cost_of_two_equal_neurons(t: Fraction, law: str) -> None:
    """The distance of the functions, found by kernels, is the formula in the angle 2 atan(t)."""
    found = merge(pair(1, (1, 0), 1, turned(t)), 0, 1, law).cost.squared_enclosure(15)
    with precision(1000):
        delta = 2 * (arb(t.numerator) / arb(t.denominator)).atan()
        sine, cosine, pi = delta.sin(), delta.cos(), arb.pi()
        wanted = (delta - sine) / pi if law == "vector sum" else 1 - (sine + (pi - delta) * cosine) / pi
        exact = enclosure_of(wanted)
    assert max(found.low, exact.low) <= min(found.high, exact.high)
    assert found.low > 0


def test_formulas_and_their_series() -> None:
    delta = sympy.Symbol("delta", positive=True)
    pi = sympy.pi
    cubic = sympy.series(merge_cost(), delta, 0, 7).removeO()
    assert sympy.expand(cubic - (delta**3 / (6 * pi) - delta**5 / (120 * pi))) == 0
    square = sympy.series(merge_cost("representative"), delta, 0, 4).removeO()
    assert sympy.expand(square - (delta**2 / 2 - delta**3 / (3 * pi))) == 0


def test_the_constant_one_half_is_sharp() -> None:
    """The representative costs at most delta^2/2, and no smaller multiple of delta^2 is enough."""
    for t in (F(1, 10), F(1, 3), F(1), F(3), F(10**6)):
        cost = merge(pair(1, (1, 0), 1, turned(t)), 0, 1, "vector sum").cost  # keeps t's own angle
        assert not cost.is_zero
        apart = gaussian_distance(pair(1, (1, 0), 0, (1, 0)), pair(1, turned(t), 0, (1, 0))).squared_enclosure(20)
        with precision(200):
            half = enclosure_of((2 * (arb(t.numerator) / arb(t.denominator)).atan()) ** 2 / 2)
        assert apart.low < half.high
    tiny = F(1, 10**20)
    near = gaussian_distance(pair(1, (1, 0), 0, (1, 0)), pair(1, turned(tiny), 0, (1, 0))).squared_enclosure(25)
    assert near.low / (2 * tiny) ** 2 > F(1, 2) - F(1, 10**10)


@settings(max_examples=25)
@given(
    rational(5, 3), st.tuples(rational(5, 3), rational(5, 3)), rational(5, 3), st.tuples(rational(5, 3), rational(5, 3))
)
def test_off_the_wedge_nothing_changes(m1, w1, m2, w2) -> None:
    f = pair(m1, w1, m2, w2)
    if not any(w1) or not any(w2):
        with pytest.raises(Unsupported, match="weight 0"):
            merge(f, 0, 1)
        return
    found = merge(f, 0, 1)
    assert found.before == f
    assert len(found.after.ridges) <= 1
    assert found.cost.is_zero == gaussian_distance(f, found.after).is_zero
    if not found.after.ridges:
        return
    normals = (w1, w2, found.after.ridges[-1].weight)
    for x in ((F(3), F(1)), (F(-1), F(7)), (F(2), F(-9)), (F(-5), F(-4)), (F(0), F(1)), (F(1), F(0))):
        products = [abs_sign(a, normals[0]) * (a[0] * x[0] + a[1] * x[1]) for a in normals]
        if all(p > 0 for p in products) or all(p < 0 for p in products):
            assert f(*x) == found.after(*x)


def abs_sign(a: tuple[Fraction, ...], reference: tuple[Fraction, ...]) -> int:
    """The side of a hyperplane that is counted as active: the one on which the reference lies."""
    return 1 if sum(p * q for p, q in zip(a, reference, strict=True)) >= 0 else -1


def test_cancelling_neurons_vanish() -> None:
    found = merge(pair(3, (1, 2), -1, (3, 6)), 0, 1)
    assert found.cost.is_zero
    assert found.after.merged().ridges == ()
    opposite = merge(pair(2, (1, 2), 2, (-1, -2)), 0, 1)  # 2 |z|
    assert opposite.cost.is_zero
    assert opposite.after(1, 1) == 6 == opposite.after(-1, -1)


def test_opposite_neurons_of_equal_size_leave_half_an_affine_function() -> None:
    f = pair(1, (1, 0), -1, ("3/5", "4/5"))
    found = merge(f, 0, 1)
    assert found.after == RidgeSum((F(1, 5), F(-2, 5)))
    with_sign = [RidgeSum((ZERO, ZERO), ZERO, (Ridge(s * ONE, (s * F(2, 5), -s * F(4, 5))),)) for s in (1, -1)]
    cost = found.cost.squared_enclosure(10).high
    assert all(cost < gaussian_distance(f, other).squared_enclosure(10).low for other in with_sign)


def test_the_other_neurons_and_biases_stay() -> None:
    others = (Ridge(F(7), (ZERO, ONE), F(1)),)
    ridges = (Ridge(ONE, (ONE, ZERO), F(1, 2)), *others, Ridge(ONE, (ONE, F(1, 100)), F(1, 2)))
    f = RidgeSum((F(5), F(6)), F(8), ridges)
    found = merge(f, 0, 2)
    assert found.after == RidgeSum((F(5), F(6)), F(8), (*others, Ridge(ONE, (F(2), F(1, 100)), ONE)))
    assert 0 < found.cost.enclosure(5).high < F(1, 100)


def test_refusals() -> None:
    f = pair(1, (1, 0), 1, (1, 1))
    with pytest.raises(Unsupported, match="irrational"):
        merge(f, 0, 1, "representative")
    with pytest.raises(Unsupported, match="no law"):
        merge(f, 0, 1, "mean")
    for places in ((0, 0), (0, 2), (-1, 0)):
        with pytest.raises(ShapeMismatch):
            merge(f, *places)
    squared = RidgeSum((ZERO, ZERO), ZERO, (Ridge(ONE, (ONE, ONE), ZERO, 2), *f.ridges))
    with pytest.raises(Unsupported, match="power 2"):
        merge(squared, 0, 1)
    with pytest.raises(Unsupported, match="power above 1"):
        merge_within(squared, ONE)
    with pytest.raises(NotANumber):
        merge_within(f, -ONE)


@settings(max_examples=12)
@given(functions(most=3), st.sampled_from([ZERO, F(1, 10**50), F(1, 10), F(100)]))
def test_greedy_merging(f: RidgeSum, tolerance: Fraction) -> None:
    g, merges = merge_within(f, tolerance)
    assert len(g.ridges) <= len(f.merged().ridges) - len(merges)
    costs = [found.cost.enclosure(10).high for found in merges]
    assert all(0 < cost <= tolerance * (1 + F(1, 10**9)) for cost in costs)
    assert gaussian_distance(f, g).enclosure(10).low <= sum(costs, ZERO)
    for before, after in pairwise(merges):
        assert before.after.merged() == after.before
    if not tolerance:
        assert g == f.merged()


def test_the_cheapest_pair_is_merged_first() -> None:
    weights = [turned(t) for t in (ZERO, F(1, 10), F(1, 2), F(1, 2) + F(1, 10**9))]
    f = RidgeSum((ZERO, ZERO), ZERO, tuple(Ridge(ONE, w) for w in weights))
    g, merges = merge_within(f, F(1, 10))
    sizes = [found.cost.enclosure(5).high for found in merges]
    assert len(g.ridges) == 2
    assert sizes[0] < F(1, 10**12) < sizes[1] < F(1, 10)
    assert merge_within(f, F(1, 10**12))[0] != g
    assert len(merge_within(f, F(10**6))[0].ridges) == 1
