"""Jumps, shears and reflections of stepped leaky ReLUs do exactly what they say, on both sides of every break."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import Unsupported
from verinet.networks.activations import activation
from verinet.networks.network import Activate
from verinet.theory.minimal_width.channels import Channels
from verinet.theory.minimal_width.stepped_steps import Jump, Shear, jump, reflect, stepped_leaky

UNIT = Fraction(1, 10**12)
alphas = st.sampled_from(
    [Fraction(1, 4), Fraction(1, 100), Fraction(9, 10), Fraction(3, 2), Fraction(7), Fraction(1, 3)]
)
steps = st.sampled_from([Fraction(1), Fraction(1, 7), Fraction(30)])
numbers = st.fractions(-5, 5, max_denominator=12)
positive = st.fractions(Fraction(1, 50), 9, max_denominator=50)


def nearby(at: Fraction) -> list[Fraction]:
    """A break, its nearest neighbours, and points away from it."""
    return [at, at - UNIT, at + UNIT, at - 1, at + 1, Fraction(-6), Fraction(6)]


@settings(max_examples=40)
@given(alpha=alphas, step=steps, at=numbers, size=positive, rise=numbers, other=numbers)
def test_a_jump_shears_and_passes_exactly(
    alpha: Fraction, step: Fraction, at: Fraction, size: Fraction, rise: Fraction, other: Fraction
) -> None:
    channels = Channels.of([(Fraction(-6), Fraction(6))] * 3)
    side = (Fraction(-6) - abs(rise), Fraction(6) + abs(rise))
    jump(channels, stepped_leaky(alpha, step), {0: Jump(at, size)}, {1: Shear(0, rise, side)})
    network = channels.network()
    for x in nearby(at):
        reached = int(x >= at)
        assert network(x, other, -other) == (x + reached * size, other + reached * rise, -other)
    assert (network.width, network.depth) == (3, 2)


@settings(max_examples=40)
@given(alpha=alphas, step=steps, at=numbers)
def test_a_reflection_is_exact_and_stays_in_its_range(alpha: Fraction, step: Fraction, at: Fraction) -> None:
    channels = Channels.of([(Fraction(-6), Fraction(6))])
    reflect(channels, stepped_leaky(alpha, step), at)
    network = channels.network()
    ((low, high),) = channels.ranges
    for x in nearby(at):
        assert network(x) == (min(x, 2 * at - x),)
        assert low <= min(x, 2 * at - x) <= high


@settings(max_examples=40)
@given(alpha=alphas, step=steps, at=numbers, size=positive)
def test_the_range_of_what_jumped_is_exact(alpha: Fraction, step: Fraction, at: Fraction, size: Fraction) -> None:
    channels = Channels.of([(Fraction(-6), Fraction(6))])
    jump(channels, stepped_leaky(alpha, step), {0: Jump(at, size)})
    ((low, high),) = channels.ranges
    network = channels.network()
    assert (low, high) == (network(-6)[0], network(6)[0])


def test_every_neuron_is_the_activation() -> None:
    s = stepped_leaky("1/4", 2)
    channels = Channels.of([(Fraction(0), Fraction(1))] * 2)
    jump(channels, s, {0: Jump(Fraction(1, 2), Fraction(1))})
    used = [v.operation.activations for v in channels.network().vertices if isinstance(v.operation, Activate)]
    assert used == [(activation("stepped_leaky", "1/4", 2),) * 2] * 2


@pytest.mark.parametrize(("alpha", "step"), [(1, 1), (0, 1), (-2, 1), ("1/4", 0), ("1/4", -1)])
def test_impossible_parameters_are_refused(alpha: object, step: object) -> None:
    with pytest.raises(Unsupported, match="stepped"):
        stepped_leaky(alpha, step)
