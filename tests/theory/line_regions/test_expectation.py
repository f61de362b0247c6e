"""The exact mean, Cauchy's law, and the most regions."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise, product
from math import atan, pi, prod, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import verinet as vn
from verinet.claims.builders import linear_regions
from verinet.errors import EmptyDomain, ShapeMismatch, Unsupported
from verinet.geometry.polyhedra import whole_space
from verinet.regions.line import line
from verinet.regions.line_floats import count_on_line
from verinet.theory.line_regions.expectation import (
    expected_activation_regions,
    expected_regions,
    layer_shares,
    mean_regions,
    wide_regions,
)
from verinet.theory.line_regions.maximum import most_regions, product_bound, region_bound, zigzag
from verinet.theory.line_regions.setting import setting


def test_widths_that_are_no_list_are_refused() -> None:
    with pytest.raises(ShapeMismatch, match="list of integers"):
        expected_regions(5)


def test_values_of_the_notes() -> None:
    known = {(1, 1, 1): "7/4", (2, 2): "4", (3, 2, 4): "59/8", (2, 2, 2): "35/8"}
    assert {widths: str(expected_regions(widths)) for widths in known} == known
    assert float(expected_regions([2, 1, 3, 2])) == pytest.approx(3.6484, abs=1e-4)
    assert float(expected_regions([4] * 8)) == pytest.approx(21.368, abs=1e-3)
    assert float(expected_regions([1, 8, 1])) == pytest.approx(3.996, abs=1e-3)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5))
def test_mean_by_walking_through_states(widths: list[int]) -> None:
    """Breakpoints layer by layer as in the proof: coins for the layers below, coins for those above."""
    mean = Fraction(1)
    for level, width in enumerate(widths):
        others = widths[:level] + widths[level + 1 :]
        # each other layer is dead with probability 2^-n, independently
        survives = sum(
            prod((Fraction(1, 2**n) if dead else 1 - Fraction(1, 2**n)) for n, dead in zip(others, chosen, strict=True))
            for chosen in product((False, True), repeat=len(others))
            if not any(chosen)
        )
        mean += width * survives
    assert expected_regions(widths) == mean
    assert expected_regions(widths) <= expected_activation_regions(widths) <= wide_regions(widths)
    assert expected_regions(widths[::-1]) == expected_regions(widths)


def test_wide_layers_come_near_the_papers_number() -> None:
    assert wide_regions([64] * 5) - expected_regions([64] * 5) < Fraction(1, 10**15)


def test_shares_of_the_notes_and_by_floats() -> None:
    shares = layer_shares(setting([32] * 8), Fraction(-1), Fraction(1))
    noted = [0.608, 0.500, 0.436, 0.392, 0.359, 0.333, 0.313, 0.295]
    assert [float(share.low) for share in shares] == pytest.approx(noted, abs=1e-3)
    assert all(share.low <= share.high and share.width < Fraction(1, 10**20) for share in shares)
    for share in layer_shares(setting([3] * 4), None, None):
        assert share.contains(Fraction(1))
    # another variance: s_l = v / 2 s_{l-1}, beta_l = b + v / 2 beta_{l-1}
    size, offset = 0.0, 0.0
    for level, share in enumerate(layer_shares(setting([5] * 4, "7/10", "25/4"), Fraction(-2), Fraction(1))):
        size, offset = (0.7, 6.25) if level == 0 else (0.35 * size, 6.25 + 0.35 * offset)
        scale = sqrt(offset / size)
        assert float(share.low) == pytest.approx((atan(1 / scale) - atan(-2 / scale)) / pi)
    assert float(layer_shares(setting([2]), Fraction(0), None)[0].low) == pytest.approx(0.5)
    with pytest.raises(EmptyDomain):
        layer_shares(setting([2]), Fraction(1), Fraction(0))
    with pytest.raises(Unsupported):
        layer_shares(setting([2], "he", 0), Fraction(0), Fraction(1))


def test_first_layer_has_cauchy_breakpoints_at_any_width() -> None:
    mean = mean_regions(setting([3]), Fraction(-1), Fraction(1))
    assert mean is not None
    assert mean.word == "certified"
    assert float(mean.value) == pytest.approx(1 + 3 * 2 * atan(sqrt(2)) / pi)
    assert mean_regions(setting([3, 3], "he", ["1", "0", "1"])) is None


@pytest.mark.parametrize("widths", [[3], [7], [1], [3, 3], [4, 3], [3, 5, 4], [6, 4, 3], [3, 3, 3, 3]])
def test_the_product_is_attained(widths: list[int]) -> None:
    found = most_regions(widths)
    assert found.attained == found.product == found.bound == region_bound(widths)
    assert found.is_known
    assert not found.refutes_product
    assert found.network.level_widths == tuple(widths)


@pytest.mark.parametrize(
    ("widths", "most"),
    [([1, 1], 3), ([1] * 5, 3), ([1, 4], 6), ([1, 1, 4], 7), ([2, 1], 5), ([2, 2], 7), ([2, 6], 15), ([3, 1], 7)],
)
def test_the_product_is_not_attained_with_narrow_layers(widths: list[int], most: int) -> None:
    found = most_regions(widths)
    assert found.attained == found.bound == most < found.product
    assert found.is_known
    assert found.refutes_product
    assert found.network.level_widths == tuple(widths)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_bounds_are_in_order(widths: list[int]) -> None:
    found = most_regions(widths)
    assert found.attained <= found.bound <= found.product == product_bound(widths)
    assert found.network.level_widths == tuple(widths)
    assert line(zigzag(widths)).linear_regions <= found.bound


@pytest.mark.parametrize("widths", [[1, 1], [2, 1], [2, 2], [1, 2, 1], [3, 1], [2, 2, 1], [1, 2, 2]])
def test_no_random_network_has_more(widths: list[int]) -> None:
    at = random.Random(1)
    sizes = [1, *widths, 1]
    bound = region_bound(widths)
    for _ in range(120):
        pairs = list(pairwise(sizes))
        weights = [np.array([[float(at.randint(-6, 6)) for _ in range(a)] for _ in range(b)]) for a, b in pairs]
        biases = [np.array([float(at.randint(-9, 9)) for _ in range(b)]) for _, b in pairs]
        assert count_on_line(weights, biases)[1] <= bound


def test_the_kernel_counts_the_zigzag() -> None:
    verdict = vn.prove(linear_regions(zigzag([3, 3]), whole_space(1)) == 16)
    assert isinstance(verdict, vn.Proved)
    assert not verdict.theorem.assumptions
