"""Errors on held-out samples: coverage of the intervals, and the constants of the lemma."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verinet.errors import NotANumber, ShapeMismatch
from verinet.theory.narrow_learning.validation import lemma_deviation, lemma_samples, validated


def test_the_normal_interval_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(400):
        x = rng.normal(size=(2000, 2))
        # E|x_0|^2 = 1, E (3 x_1)^2 = 9.
        found = validated(np.abs(x[:, 0]), 3 * x[:, 1], confidence=0.9)
        covered += found.low <= 1 / 3 <= found.high
    assert 0.86 <= covered / 400 <= 0.94


def test_the_lemma_covers_always() -> None:
    rng = np.random.default_rng(1)
    for _ in range(100):
        x = rng.normal(size=(500, 2))
        found = validated(x[:, 0] - np.abs(x[:, 1]), x[:, 0], bound=2.0)
        assert found.promised is not None
        assert abs(found.mean_square - 2) <= found.promised
        assert "if the points are Gaussian" in str(found)


def test_the_moments_behind_the_lemma() -> None:
    # (2p-1)!! <= p!/2 * 4 * 2^(p-2) for p >= 2: what makes Bernstein's inequality apply with C = 1.
    for p in range(2, 60):
        assert math.prod(range(1, 2 * p, 2)) <= math.factorial(p) * 2 ** (p - 1)


@given(st.floats(1e-4, 1e2), st.floats(0.1, 10), st.floats(1e-9, 0.9))
def test_the_number_of_samples_is_the_least(deviation: float, bound: float, delta: float) -> None:
    count = lemma_samples(deviation, bound, delta)
    assert lemma_deviation(count, bound, delta) <= deviation
    assert count == 1 or lemma_deviation(count - 1, bound, delta) > deviation


def test_nothing_and_nonsense() -> None:
    zero = validated(np.zeros(5), np.zeros(5))
    assert (zero.relative, zero.low, zero.high) == (0, 0, 0)
    assert validated(np.ones(5), np.zeros(5)).relative == math.inf
    assert "blind" in str(zero)
    with pytest.raises(ShapeMismatch):
        validated(np.ones(1), np.ones(1))
    with pytest.raises(NotANumber):
        validated(np.ones(5), np.ones(5), confidence=1.0)
    with pytest.raises(NotANumber):
        lemma_samples(0.0, 1.0, 0.5)
    with pytest.raises(NotANumber):
        lemma_deviation(10, -1.0, 0.5)
