"""The rows at the vertices keep their claims: floats and double-doubles within their bounds, integers exactly."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from verinet.exact.rationals import dyadic
from verinet.geometry.polyhedra import box
from verinet.networks.activations import activation
from verinet.networks.build import layered
from verinet.networks.network import Network
from verinet.regions import faces
from verinet.regions.layers import split_network
from verinet.regions.plan import plan
from verinet.regions.space import Leaves
from verinet.regions.tiers import doubles_of, integers_of

C = Fraction(faces.C)


def random_network(rng: random.Random, widths: list[int], entry: object, name: str = "relu") -> Network:
    weights = [[[entry(rng) for _ in range(a)] for _ in range(b)] for a, b in pairwise(widths)]
    biases = [[entry(rng) for _ in range(b)] for b in widths[1:]]
    act = activation(name, "1/3") if name == "leaky_relu" else activation(name)
    return layered(weights, biases, act)


def gaussian(rng: random.Random) -> Fraction:
    return dyadic(rng.gauss(0, 1))


def sliver(rng: random.Random) -> Fraction:
    return Fraction(rng.randint(-2, 2)) + Fraction(rng.choice([0, 0, 1, -1]), 2 ** rng.randint(20, 60))


def long(rng: random.Random) -> Fraction:
    return Fraction(rng.randint(-(10**60), 10**60), rng.randint(1, 10**60))


def small(rng: random.Random) -> Fraction:
    return Fraction(rng.randint(-3, 3), rng.choice([1, 2, 3]))


ENTRIES = {"gaussian": gaussian, "sliver": sliver, "long": long, "small": small}
SHAPES = [[2, 6, 5, 1], [3, 5, 4, 4, 1], [4, 5, 4, 1]]


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "hard_tanh"])
@pytest.mark.parametrize("kind", ENTRIES)
def test_every_row_is_within_its_bound(kind: str, name: str) -> None:
    rng = random.Random(f"{kind} {name}")
    wide = [[2, 70, 1]] if kind == "gaussian" else []  # more than one block of 64 neurons
    for widths in [*SHAPES, *wide] if name == "relu" else SHAPES[:2]:
        network = random_network(rng, widths, ENTRIES[kind], name)
        domain = box(("-1", "1"), dimension=widths[0])
        (done,) = Leaves(plan(split_network(network), domain), chunk=None)
        block, buffers, provenance = done.block, done.buffers, done.provenance
        assert block is not None
        assert provenance is not None
        chosen = rng.sample(range(done.rows), min(done.rows, 25))
        doubles = doubles_of(done)
        doubles.ensure(np.array(chosen, dtype=np.int32))
        integers = integers_of(done)
        if integers is not None:
            integers.ensure(np.array(chosen, dtype=np.int32))
        width = buffers.V.shape[1]
        for r in chosen:
            row = provenance.row(r)
            true = [
                Fraction(z, row[-1]) * Fraction(2) ** int(k)
                for z, k in zip(row[:width], block.floats.exponents, strict=True)
            ]
            within(true, buffers.V[r], buffers.a[r], buffers.e[r], C, buffers.N[r])
            f = int(doubles.slots[r])
            pairs = [Fraction(h) + Fraction(low) for h, low in zip(doubles.HI[f], doubles.LO[f], strict=True)]
            within(true, pairs, doubles.a[f], doubles.e[f], Fraction(0), doubles.N[f])
            if integers is not None and integers.slots[r] >= 0:
                assert tuple(integers.R[integers.slots[r]].tolist()) == row


def within(true: list[Fraction], found: object, a: float, e: float, relative: Fraction, size: float) -> None:
    if not np.isfinite(a):
        return
    values = [Fraction(v) for v in found]
    gaps = [abs(v - z) for v, z in zip(values, true, strict=True)]
    assert all(gap <= Fraction(a) + relative * abs(v) for gap, v in zip(gaps, values, strict=True))
    assert sum(v * v for v in values) <= Fraction(size) ** 2 * Fraction(1 + 1e-15)
    assert sum(gap * gap for gap in gaps) <= (Fraction(e) + relative * Fraction(size)) ** 2 * Fraction(1 + 1e-15)


def test_small_networks_use_64_bit_integers() -> None:
    network = random_network(random.Random(5), [2, 6, 6, 1], small)
    (done,) = Leaves(plan(split_network(network), box((-1, 1), (-1, 1))), chunk=None)
    integers = integers_of(done)
    assert integers is not None
    integers.ensure(np.arange(done.rows, dtype=np.int32))
    assert (integers.slots[: done.rows] >= 0).all()


def test_rows_that_do_not_fit_are_left_to_longer_integers() -> None:
    rng = random.Random(3)
    network = random_network(rng, [2, 4, 3, 1], lambda rng: Fraction(rng.randint(-(2**30), 2**30)))
    (done,) = Leaves(plan(split_network(network), box((-1, 1), (-1, 1))), chunk=None)
    integers = integers_of(done)
    assert integers is not None
    integers.ensure(np.arange(done.rows, dtype=np.int32))
    assert (integers.slots[: done.rows] == -2).any()
    provenance = done.provenance
    assert provenance is not None
    for r in range(done.rows):
        if integers.slots[r] >= 0:
            assert tuple(integers.R[integers.slots[r]].tolist()) == provenance.row(r)


def test_weights_beyond_the_range_of_floats_decide_nothing_there() -> None:
    huge = Fraction(10) ** 400
    network = layered([[[huge, 1], [1, huge], [1 / huge, 1]], [[1, 1, 1]]], [[0, 1 / huge, 0], [0]])
    start = plan(split_network(network), box((-1, 1), (-1, 1)))
    assert not start.blocks[0].floats.trusted
    (done,) = Leaves(start)
    assert len(done.cells) == 6  # two of the three lines are parallel
