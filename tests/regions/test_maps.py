"""Distinct affine maps: counts against maps written out one by one, with primes so small that residues collide."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.regions.networks import Case, cases, seeded_case
from tests.regions.slow_complex import slow_complex
from verinet.exact.linalg import Matrix
from verinet.geometry.polyhedra import box
from verinet.networks.build import layered, network, relu, variables
from verinet.regions import modular
from verinet.regions.canonical import complex_of
from verinet.regions.layers import SplitNetwork, split_network
from verinet.regions.maps import MapRegistry, affine_map, distinct_maps, visiting_order
from verinet.regions.residues import Kronecker, Layout, primes, random_residues


def maps_one_by_one(split: SplitNetwork, patterns: np.ndarray) -> list[tuple]:
    """In plain Fractions, sharing nothing with the package but the layers."""
    found = []
    for cell in range(len(patterns)):
        rows = [[F(int(i == j)) for j in range(split.input_size + 1)] for i in range(split.input_size)]
        for layer, bits in zip(split.layers, split.unpack(patterns[cell : cell + 1]), strict=True):
            rows = _step(layer.weight, layer.bias, rows)
            for j in range(layer.splits):
                slope = layer.right[j] if bits[0, j] else layer.left[j]
                rows[j] = [slope * entry for entry in rows[j]]
        found.append(tuple(map(tuple, _step(split.weight, split.bias, rows))))
    return found


def _step(weight: Matrix, bias: Matrix, rows: list[list[F]]) -> list[list[F]]:
    columns = list(zip(*rows, strict=True))
    out = []
    for row, (b,) in zip(weight.to_rows(), bias.to_rows(), strict=True):
        new = [sum((w * x for w, x in zip(row, column, strict=True) if w), F(0)) for column in columns]
        new[-1] += b
        out.append(new)
    return out


def check_maps(split: SplitNetwork, patterns: np.ndarray) -> None:
    truth = maps_one_by_one(split, patterns)
    maps = distinct_maps(split, patterns)
    assert maps.count == len(set(truth))
    for cell, written in enumerate(truth):
        a, b = maps.exact(int(maps.of_cell[cell]))
        assert a.hstack(b).to_rows() == written
    centre, error = maps.enclosures
    for i in range(maps.count):
        a, b = maps.exact(i)
        for row, near, far in zip(a.hstack(b).to_rows(), centre[i], error[i], strict=True):
            assert all(abs(x - F(c)) <= F(e) for x, c, e in zip(row, near.tolist(), far.tolist(), strict=True))


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_counts_on_degenerate_networks(d: int) -> None:
    for seed in range(12):
        case = seeded_case(seed, d)
        found = complex_of(case.network, case.domain)
        check_maps(found.split, found.patterns)


@settings(max_examples=25)
@given(cases(2))
def test_drawn_networks(case: Case) -> None:
    found = complex_of(case.network, case.domain)
    check_maps(found.split, found.patterns)


@settings(max_examples=25)
@given(cases(3), st.sampled_from([6, 12, 40, 400]), st.integers(0, 5))
def test_small_primes_collide_and_nothing_changes(case: Case, below: int, cut: int) -> None:
    found = complex_of(case.network, case.domain)
    if next(primes(Layout(found.split), below), None) is None:
        below = 1 << 20
    registry = MapRegistry(found.split, below)
    numbers = np.concatenate([registry.add(found.patterns[:cut]), registry.add(found.patterns[cut:])])
    truth = maps_one_by_one(found.split, found.patterns)
    assert registry.count == len(set(truth))
    assert len(set(zip(numbers.tolist(), truth, strict=True))) == registry.count
    for cell, number in enumerate(numbers.tolist()):
        assert affine_map(found.split, registry.representatives[number]) == affine_map(
            found.split, found.patterns[cell]
        )


def test_slow_complex_agrees_with_the_engine() -> None:
    for d, seed in ((1, 3), (2, 1), (2, 4), (3, 5), (3, 21)):
        case = seeded_case(seed, d)
        if None in case.domain.low:
            continue
        fast = complex_of(case.network, case.domain)
        if sum(layer.splits for layer in fast.split.layers) > 20:
            continue
        slow, patterns = slow_complex(fast.split, case.domain)
        slow.check()
        assert slow.f_vector == fast.complex.f_vector
        assert sorted(map(tuple, patterns.tolist())) == sorted(map(tuple, fast.patterns.tolist()))


def test_residues_do_not_depend_on_the_order() -> None:
    found = complex_of(*_pair(seeded_case(2, 3)))
    layout = Layout(found.split)
    residues = random_residues(layout, next(primes(layout)))
    order = visiting_order(found.patterns)
    back = residues.of(found.patterns, order[::-1].copy())
    assert residues.of(found.patterns, order).tolist() == back.tolist()
    alone = [residues.of(found.patterns[i : i + 1], np.zeros(1, np.int64))[0] for i in range(len(found.patterns))]
    assert back.tolist() == [int(r) for r in alone]


def _pair(case: Case) -> tuple:
    return case.network, case.domain


def test_wide_layers_use_several_words() -> None:
    rng = np.random.default_rng(0)
    weights = [rng.integers(-3, 4, (150, 2)), rng.integers(-2, 3, (70, 150)), rng.integers(-2, 3, (2, 70))]
    biases = [rng.integers(-3, 4, 150), rng.integers(-3, 4, 70), [0, 1]]
    net = layered([Matrix.from_floats(w) for w in weights], [[int(x) for x in b] for b in biases])
    split = split_network(net)
    patterns = split.pack([rng.random((12, 150)) < 0.5, rng.random((12, 70)) < 0.5])
    patterns = np.vstack([patterns, patterns[:7]])
    check_maps(split, patterns)


def test_montgomery_product_and_prime_bounds() -> None:
    for prime in (3, 5, 2**31 - 1, 2**61 - 1):
        assert modular.montgomery_inverse(prime) * prime % 2**64 == 1


def test_kronecker_decides_about_close_maps() -> None:
    # maps that differ by one part in 10^60 only, or not at all
    tiny = F(1, 10**60)
    x, y = variables("x", 2)
    net = network((x, y), relu(x) + relu(y) - (1 + tiny) * relu(x) - relu(y))
    split = split_network(net)
    patterns = split.pack(
        [np.array([[a, b, c, e] for a in (0, 1) for b in (0, 1) for c in (0, 1) for e in (0, 1)]) > 0]
    )
    equal = Kronecker(Layout(split)).equal
    truth = maps_one_by_one(split, patterns)
    for i in range(16):
        same = equal(np.repeat(patterns[i : i + 1], 16, axis=0), patterns)
        assert same.tolist() == [truth[i] == other for other in truth]


def test_a_network_without_neurons() -> None:
    x, y = variables("x", 2)
    found = complex_of(network((x, y), [x - y, 3 * y + 1]), box((0, 1), (0, 1)))
    maps = distinct_maps(found.split, found.patterns)
    assert (maps.count, maps.exact(0)) == (1, (Matrix.from_rows([[1, -1], [0, 3]]), Matrix.column([0, 1])))
