"""Layers of leaky ReLUs, against what they say they do, in plain arithmetic; each certified interval at many points."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import InexactInput, Unsupported
from verinet.networks.network import Activate, Network
from verinet.theory.minimal_width.channels import Channels
from verinet.theory.minimal_width.leaky_steps import (
    Bend,
    Step,
    bend,
    bottleneck,
    clock_values,
    digit_weights,
    digits,
    fold,
    hinge,
    leaky_activation,
    read_alpha,
    step_shear,
    triangle_wave,
    undo,
)
from verinet.theory.minimal_width.staircases import Staircase, climb, repetitions_for

ALPHAS = [Fraction(1, 100), Fraction(1, 4), Fraction(1, 2), Fraction(9, 10), Fraction(4), Fraction(3, 2)]
alphas = st.sampled_from(ALPHAS)
numbers = st.fractions(-4, 4, max_denominator=6)
ONE, ZERO, HALF = Fraction(1), Fraction(0), Fraction(1, 2)


def spots(low: Fraction, high: Fraction, count: int = 24) -> list[Fraction]:
    return [low + (high - low) * Fraction(i, count) for i in range(count + 1)]


def uses_only(network: Network, *slopes: Fraction) -> bool:
    allowed = set(map(leaky_activation, slopes))
    return all(set(v.operation.activations) <= allowed for v in network.vertices if isinstance(v.operation, Activate))


def linear(nodes: list[tuple[Fraction, Fraction]], x: Fraction) -> Fraction:
    """The value at x of the polyline through the nodes, constant beyond them."""
    if x <= nodes[0][0]:
        return nodes[0][1]
    for (a, u), (b, v) in pairwise(nodes):
        if x <= b:
            return u + (v - u) * (x - a) / (b - a)
    return nodes[-1][1]


@given(alphas, st.sampled_from(["L", "R", "Li", "Ri"]), numbers)
@settings(max_examples=20)
def test_a_bend_changes_one_slope(alpha: Fraction, kind: Any, at: Fraction) -> None:
    channels = Channels.of(((Fraction(-5), Fraction(5)), (Fraction(-7, 3), ONE)))
    bend(channels, alpha, {0: Bend(kind, at)})
    network = channels.network()
    assert uses_only(network, alpha)
    assert network.width == 2
    factor = alpha if kind in ("L", "R") else 1 / alpha
    for x in spots(Fraction(-5), Fraction(5)):
        changed = x < at if kind in ("L", "Li") else x > at
        expected = at + (x - at) * factor if changed else x
        assert network(x, -2) == (expected, -2)
        assert channels.ranges[0][0] <= expected <= channels.ranges[0][1]
        assert Bend(kind, at).inverse.value(expected, alpha) == x


@given(st.fractions(-5, 5))
@settings(max_examples=20)
def test_a_slope_above_one_is_the_conjugate_of_one_below(x: Fraction) -> None:
    for alpha in (Fraction(4), Fraction(3, 2)):
        assert leaky_activation(alpha).value(x) == -alpha * leaky_activation(1 / alpha).value(-x)


@given(alphas, st.sampled_from(["R", "Ri"]), numbers, numbers)
@settings(max_examples=20)
def test_a_hinge_adds_a_bend_to_the_target(alpha: Fraction, kind: Any, at: Fraction, kappa: Fraction) -> None:
    channels = Channels.of(((Fraction(-4), Fraction(4)), (-ONE, ONE)))
    hinge(channels, alpha, 0, Bend(kind, at), {1: kappa})
    network = channels.network()
    assert uses_only(network, alpha)
    for x in spots(Fraction(-4), Fraction(4)):
        y = network(x, HALF)
        assert y == (Bend(kind, at).value(x, alpha), HALF + kappa * max(x - at, ZERO))
        assert all(low <= value <= high for value, (low, high) in zip(y, channels.ranges, strict=True))


def test_a_hinge_bends_right() -> None:
    with pytest.raises(Unsupported, match="right"):
        hinge(Channels.of(((ZERO, ONE), (ZERO, ONE))), Fraction(1, 4), 0, Bend("L", ZERO), {1: ONE})


@given(
    alphas,
    st.lists(st.fractions(0, 6, max_denominator=8), min_size=2, max_size=6, unique=True),
    st.lists(st.tuples(numbers, numbers), min_size=3, max_size=3),
)
@settings(max_examples=8)
def test_a_step_shear_is_its_polyline_and_can_be_undone(
    alpha: Fraction, ends: list[Fraction], changes: list[tuple[Fraction, Fraction]]
) -> None:
    ends = sorted(ends)
    steps = [Step(a, b, {1: c, 2: d}) for a, b, (c, d) in zip(ends[::2], ends[1::2], changes, strict=False)]
    channels = Channels.of(((ZERO, Fraction(6)), (-ONE, ONE), (ZERO, ZERO)))
    done = step_shear(channels, alpha, 0, steps)
    sheared = channels.network()
    claimed = list(channels.ranges)
    undo(channels, alpha, 0, done)
    network = channels.network()
    assert uses_only(network, alpha)
    assert channels.depth == 4 * len(steps)
    assert channels.ranges[0] == (ZERO, Fraction(6))
    for x in spots(ZERO, Fraction(6), 36):
        first, second = (
            sum(linear([(step.start, ZERO), (step.end, step.changes[k])], x) for step in steps) for k in (1, 2)
        )
        assert network(x, -1, 0) == (x, first - 1, second)
        phi, *others = sheared(x, -1, 0)
        assert others == [first - 1, second]
        assert phi == x - (1 - alpha) * sum(linear([(s.start, ZERO), (s.end, s.end - s.start)], x) for s in steps)
        assert all(a <= y <= b for y, (a, b) in zip((phi, *others), claimed, strict=True))


@given(alphas, st.fractions(1, 3, max_denominator=5))
@settings(max_examples=20)
def test_a_fold_reflects(alpha: Fraction, at: Fraction) -> None:
    channels = Channels.of(((-ONE, Fraction(5)), (ZERO, ONE)))
    fold(channels, alpha, 0, at)
    network = channels.network()
    assert uses_only(network, alpha, -alpha)
    assert network.depth == 2
    for x in spots(-ONE, Fraction(5)):
        y, other = network(x, HALF)
        assert y == (x if x <= at else 2 * at - x)
        assert other == HALF
        assert channels.ranges[0][0] <= y <= channels.ranges[0][1]


@pytest.mark.parametrize("alpha", ALPHAS)
def test_the_triangle_wave_is_the_distance_to_even_numbers(alpha: Fraction) -> None:
    channels = Channels.of(((ZERO, Fraction(16)),))
    triangle_wave(channels, alpha, 0, 4)
    network = channels.network()
    assert network.depth == 8
    assert network.width == 1
    for x in spots(ZERO, Fraction(16), 48):
        assert network(x) == (min(x % 2, 2 - x % 2),)


@given(alphas, st.lists(st.integers(1, 4), min_size=1, max_size=3), st.sampled_from([ONE, Fraction(2)]))
@settings(max_examples=10)
def test_digits_are_those_of_division(alpha: Fraction, counts: list[int], last: Fraction) -> None:
    weights = digit_weights(counts, last)
    top = sum(w * (c - 1) for w, c in zip(weights, counts, strict=True)) + last
    channels = Channels.of(((ZERO, top),))
    digits(channels, alpha, counts, last)
    network = channels.network()
    assert uses_only(network, alpha)
    assert channels.depth == 2 * sum(c - 1 for c in counts)
    for whole in range(int((top - last) / (last + 1)) + 1):
        for rest in spots(ZERO, last, 3):
            number, expected = whole * (last + 1) + rest, []
            left = number
            for weight in weights:
                digit, left = divmod(left, weight)
                expected.append(digit)
            assert network(number) == (*expected, left)
    for number in spots(ZERO, top, 40):  # also where digits change
        for value, (low, high) in zip(network(number), channels.ranges, strict=True):
            assert low <= value <= high


def test_digits_refuse_a_code_that_may_be_too_large() -> None:
    with pytest.raises(Unsupported, match="one channel"):
        digits(Channels.of(((ZERO, Fraction(10)),)), Fraction(1, 4), [3], Fraction(2))


@given(st.lists(numbers, min_size=1, max_size=12), st.sampled_from([HALF, Fraction(1, 8), ONE]))
@settings(max_examples=20)
def test_clock_values_differ_and_stay_near(values: list[Fraction], unit: Fraction) -> None:
    found = clock_values(values, unit)
    assert len(set(found)) == len(values)
    assert all(abs(q - v) < unit for q, v in zip(found, values, strict=True))
    order = sorted(range(len(values)), key=lambda i: values[i])
    assert all(found[a] < found[b] for a, b in pairwise(order))


@given(
    alphas,
    st.lists(st.fractions(1, 3, max_denominator=4), min_size=0, max_size=3),
    st.integers(1, 3),
    st.integers(1, 2),
)
@settings(max_examples=10)
def test_a_staircase_is_its_polyline(alpha: Fraction, gaps: list[Fraction], extra: int, size: int) -> None:
    codes = [HALF]
    for gap in gaps:
        codes.append(codes[-1] + gap)
    factor, rise = min(alpha, 1 / alpha), Fraction(1, 5)
    m = repetitions_for(codes, rise, factor, ONE) + extra
    stairs = Staircase(tuple(codes), rise, m, factor)
    channels = Channels.of(((-ONE, Fraction(2)),) * size)
    climb(channels, alpha, stairs)
    network = channels.network()
    assert uses_only(network, alpha)
    assert network.depth == 2 * len(gaps) * m
    nodes = []
    for (low, high), code in zip(stairs.flats, stairs.codes, strict=True):
        nodes += [(low, code), (high, code + (high - low) * stairs.slope)]
    assert nodes[-1] == (1, stairs.top)
    assert nodes[0][0] == 0
    assert stairs.risers == sum(b - a for (_, a), (b, _) in pairwise(stairs.flats))
    assert channels.ranges == [(HALF, stairs.top)] * size
    for u in (*stairs.ends, *spots(ZERO, ONE)):
        assert network(*[3 * u - 1] * size) == (linear(nodes, u),) * size


def test_repetitions_are_the_fewest() -> None:
    codes, rise, factor = (ZERO, ONE, Fraction(2)), Fraction(1, 8), Fraction(1, 4)
    wanted = Fraction(1, 1000)
    m = repetitions_for(codes, rise, factor, wanted)
    assert Staircase(codes, rise, m, factor).risers <= wanted < Staircase(codes, rise, m - 1, factor).risers


def test_staircases_that_cannot_be_are_refused() -> None:
    with pytest.raises(Unsupported, match="more than the rise"):
        Staircase((ZERO, HALF), HALF, 3, Fraction(1, 4))
    with pytest.raises(Unsupported, match="nothing is left"):
        Staircase((ZERO, ONE), Fraction(1, 100), 1, Fraction(9, 10))
    with pytest.raises(Unsupported, match="not made by"):
        climb(Channels.of(((ZERO, ONE),)), HALF, Staircase((ZERO, ONE), Fraction(1, 4), 3, Fraction(1, 4)))


def test_a_bottleneck_passes_on_and_is_marked() -> None:
    channels = Channels.of(((Fraction(-1186), Fraction(1)),))
    bottleneck(channels, Fraction(1, 4))
    bottleneck(channels, Fraction(1, 4))
    assert [joint.layer for joint in channels.joints] == [0, 1]
    assert channels.network()(-1186) == (-1186,)
    # the pitfall of an identity by a shift: below the certified interval it is none
    assert channels.network()(-1187) != (-1187,)


@pytest.mark.parametrize("alpha", ["0", "-1/4", "1"])
def test_slopes_that_cannot_code_are_refused(alpha: str) -> None:
    with pytest.raises(Unsupported, match="alpha"):
        read_alpha(alpha)


def test_a_float_is_no_slope() -> None:
    with pytest.raises(InexactInput):
        read_alpha(0.25)
