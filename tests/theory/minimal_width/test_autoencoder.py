"""Autoencoders through one number: round trips, widths, bounds."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random

import pytest

import verinet as vn
from verinet.errors import Unsupported
from verinet.theory.minimal_width.autoencoder import autoencoder


@pytest.mark.parametrize(("dimension", "n"), [(2, 4), (3, 2), (4, 2)])
@pytest.mark.parametrize("kind", ["Lp", "uniform"])
def test_round_trips(dimension: int, n: int, kind: str) -> None:
    made = autoencoder(dimension, kind=kind, resolution=n)
    whole = made.construction.network
    assert (made.dimension, made.encoder.width, made.decoder.width) == (dimension, dimension, max(2, dimension))
    assert (made.encoder.output_size, min(whole.level_widths)) == (1, 1)
    assert whole.width == max(2, dimension)
    random = Random(5)
    for _ in range(5):
        x = [Fraction(random.randrange(101), 100) for _ in range(dimension)]
        t = made.encode(x)
        assert t == made.feature(*x) == made.encoder(*x)[0]
        assert made.feature_range[0] <= t <= made.feature_range[1]
        assert made.decode(t) == made(*x) == whole(*x) == made.decoder(t)
        if kind == "uniform":
            assert max(abs(a - b) for a, b in zip(made(x), x, strict=True)) <= made.construction.error_bound


@pytest.mark.parametrize(("dimension", "n"), [(2, 4), (2, 8), (3, 3)])
def test_a_uniform_one_is_off_by_half_a_cell(dimension: int, n: int) -> None:
    made = autoencoder(dimension, kind="uniform", resolution=n).construction
    assert made.error_bound == Fraction(1, 2 * n)
    assert made.network.depth == 2 * (n - 1) + 1 + 2 * (n**dimension - 1) + 2 * (dimension - 1) * (n - 1)
    for corner in product([0, Fraction(1, n), 1], repeat=dimension):
        assert max(abs(a - b) for a, b in zip(made.network(*corner), corner, strict=True)) == Fraction(1, 2 * n)


def test_a_wanted_error_is_reached() -> None:
    assert autoencoder(2, kind="uniform", eps="1/10").construction.error_bound <= Fraction(1, 10)
    assert autoencoder(2, eps="1/10").construction.error_bound <= Fraction(1, 10)


def test_the_claim_is_proved() -> None:
    assert isinstance(vn.prove(autoencoder(2, kind="uniform", resolution=2).construction.claim), vn.Proved)


def test_wrong_wishes_are_refused() -> None:
    with pytest.raises(Unsupported, match="from 2 to"):
        autoencoder(1, resolution=2)
    with pytest.raises(Unsupported, match="Lp or uniform"):
        autoencoder(2, kind="L2", resolution=2)
    made = autoencoder(2, kind="uniform", resolution=2)
    with pytest.raises(Unsupported, match="certified on"):
        made.encode(2, 0)
    with pytest.raises(Unsupported, match="certified on"):
        made.decode(made.feature_range[1] + 1)
