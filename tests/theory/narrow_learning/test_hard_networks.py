"""The constructions of narrow learning: what their claims say, evaluated without the prover, and proved."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from verinet.errors import NotANumber
from verinet.theorems.constructions import construct
from verinet.theory.narrow_learning.gaussian_distance import gaussian_distance
from verinet.theory.narrow_learning.hard_networks import hard_pair, hidden_clump, vanishing_moments
from verinet.theory.narrow_learning.hermite import contracted_moment

GRID = [Fraction(n, 10) for n in range(-10, 11)]


@pytest.mark.parametrize("lines", [4, 6, 8])
def test_all_contracted_moments_below_the_number_of_lines_vanish(lines):
    """By the moments of networks, which do not know these lines."""
    made = vanishing_moments(lines=lines)
    for g in ((Fraction(1), Fraction(0)), (Fraction(2, 3), Fraction(-5, 7))):
        for order in range(2, lines, 2):
            assert not contracted_moment(made.network, g, order).parts
        assert contracted_moment(made.network, g, lines).parts


@pytest.mark.parametrize("neurons", [2, 3, 4])
def test_the_pair_shares_moments_and_is_no_pair_of_equal_functions(neurons):
    made = hard_pair(neurons=neurons)
    other = made.part("other").network
    g = (Fraction(1, 3), Fraction(2))
    for order in range(2, 2 * neurons, 2):
        assert contracted_moment(made.network, g, order) == contracted_moment(other, g, order)
    assert contracted_moment(made.network, g, 2 * neurons) != contracted_moment(other, g, 2 * neurons)
    assert not gaussian_distance(made.network, other).is_zero
    assert made.network.size == other.size == 2 * neurons


@pytest.mark.parametrize("neurons", range(2, 9))
@pytest.mark.parametrize("gap", ["1/10", "1/1000000"])
def test_the_size_of_a_clump_is_attained_and_not_exceeded(neurons, gap):
    made = hidden_clump(neurons=neurons, gap=gap if neurons <= 11 else "1/20")
    gamma = Fraction(gap)
    kinks = [-i * gamma for i in range(neurons)]
    values = [abs(made.network(x, y)[0]) for x, y in product([*GRID, *kinks], (-1, 0, Fraction(1, 3), 1))]
    assert max(values) == made.error_bound


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("vanishing-moments", {"lines": 4}),
        ("vanishing-moments", {"lines": 10}),
        ("hard-pair", {"neurons": 3}),
        ("hidden-clump", {"neurons": 2, "gap": "1/100"}),
        ("hidden-clump", {"neurons": 4, "gap": "1/1000"}),
    ],
)
def test_claims_are_proved(name, options):
    found = construct(f"narrow-learning/{name}", prove=True, **options)
    assert found.certificate is not None


@pytest.mark.parametrize(
    ("function", "options"),
    [
        (vanishing_moments, {"lines": 3}),
        (vanishing_moments, {"lines": 2}),
        (vanishing_moments, {"lines": True}),
        (vanishing_moments, {"lines": "4"}),
        (hard_pair, {"neurons": 1}),
        (hard_pair, {"neurons": 21}),
        (hidden_clump, {"neurons": 13}),
        (hidden_clump, {"neurons": 3, "gap": 0}),
        (hidden_clump, {"neurons": 3, "gap": "2/3"}),
    ],
)
def test_refusals(function, options):
    with pytest.raises(NotANumber):
        function(**options)
