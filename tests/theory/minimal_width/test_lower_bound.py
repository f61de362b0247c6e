"""The lower bound: its functions, its paths, and a point for every narrow monotone network whatsoever."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from tests.networks.strategies import nasty
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.networks.activations import Activation, activation, piecewise
from verinet.networks.build import affine_after
from verinet.networks.network import Activate, Affine, Input, Network, Vertex
from verinet.theorems.index import load_script
from verinet.theory.minimal_width import lower_bound
from verinet.theory.minimal_width.descending_path import descending_path, path_network, strict_layers
from verinet.theory.minimal_width.leaky import leaky
from verinet.theory.minimal_width.lower_bound import (
    ERROR,
    Witness,
    domain,
    find_witness,
    hard_target,
    narrow_layers,
    near_claim,
    witness_at,
)
from verinet.theory.minimal_width.monotone_layers import direction, monotone_layers

PROOFS = Path(__file__).resolve().parents[3] / "proofs"
SIZES = [(dx, dy) for dx in range(1, 5) for dy in range(1, 5) if dy <= 2 * dx]
MONOTONE = [
    activation("relu"),
    activation("leaky_relu", "1/4"),
    activation("leaky_relu", "5/2"),
    activation("hard_tanh"),
    activation("hard_sigmoid", "-1/3", "1/2"),
    activation("clip", 0, 0),
    activation("identity"),
    piecewise([0, 1], [[0, -2], [0, "-1/2"], ["-1/2"]], [0, "-1/2"]),
]
STRICT = [activation("leaky_relu", "1/4"), activation("leaky_relu", 3), piecewise([0], [[0, -2], [0, -1]], [0])]
entries = st.one_of(st.just(Fraction(0)), st.integers(-8, 8).map(lambda n: Fraction(n, 4)), nasty)


def wanted(dx: int, dy: int, x: tuple[Fraction, ...]) -> list[Fraction]:
    """The functions once more, as the theorem says them; between the two ends only the middle third is free."""
    if dy <= dx:
        return [max(map(abs, x))] + [Fraction(0)] * (dy - 1)
    if x[0] <= Fraction(1, 3):
        return [6 * x[0] - 1, *(2 * q - 1 for q in x[1:])] + [Fraction(0)] * (dy - dx)
    assert x[0] >= Fraction(2, 3)
    return [Fraction(0)] * dx + [5 - 6 * x[0], *(2 * q - 1 for q in x[1:])][: dy - dx]


@st.composite
def narrow(draw: Any, sizes: list[tuple[int, int]], acts: list[Activation], full: bool = False) -> Network:
    """A network of width at most max{dx, dy}; if `full`, all its layers have that width."""
    dx, dy = draw(st.sampled_from(sizes))
    width, size = max(dx, dy), dx
    vertices = [Vertex(Input(dx))]
    for _ in range(draw(st.integers(0, 4))):
        rows = width if full else draw(st.integers(1, width))
        vertices.append(Vertex(affine(draw, rows, size), (len(vertices) - 1,)))
        vertices.append(Vertex(Activate(tuple(draw(st.sampled_from(acts)) for _ in range(rows))), (len(vertices) - 1,)))
        size = rows
    vertices.append(Vertex(affine(draw, dy, size), (len(vertices) - 1,)))
    return Network(tuple(vertices), (("y", len(vertices) - 1),))


def affine(draw: Any, rows: int, columns: int) -> Affine:
    weight = [[draw(entries) for _ in range(columns)] for _ in range(rows)]
    return Affine(Matrix.from_rows(weight, columns), Matrix.column([draw(entries) for _ in range(rows)]))


def centred(network: Network, value: Fraction) -> Network:
    """The network with this first output at the centre, so that the centre alone decides nothing."""
    size = network.output_size
    shift = [value - network(*[0] * network.input_size)[0]] + [Fraction(0)] * (size - 1)
    return affine_after(network, Matrix.identity(size), shift)


# --- the functions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dx", "dy"), SIZES)
def test_functions(dx: int, dy: int) -> None:
    f, axis = hard_target(dx, dy), [Fraction(n, 6) for n in range(7)]
    for u in product(axis, *([[Fraction(0), Fraction(1, 5), Fraction(1)]] * (dx - 1))):
        x = u if dy > dx else tuple(2 * q - 1 for q in u)
        if dy <= dx or not Fraction(1, 3) < x[0] < Fraction(2, 3):
            assert list(f(x)) == wanted(dx, dy, x)
        assert domain(dx, dy).contains(x)
        assert max(map(abs, f(x))) <= 1


@pytest.mark.parametrize(("dx", "dy"), [(dx, dy) for dx, dy in SIZES if dy > dx])
def test_the_two_ends_cross(dx: int, dy: int) -> None:
    """The crossing that a near function cannot avoid: here s = 0 and t = 0 have one value."""
    half = [Fraction(1, 2)] * (dx - 1)
    f = hard_target(dx, dy)
    assert f(Fraction(1, 6), *half) == f(Fraction(5, 6), *half) == (0,) * dy


def test_functions_are_continuous_where_pieces_meet() -> None:
    f = vn.piecewise(hard_target(2, 3), domain(2, 3))
    assert [f.minimum(k).value for k in range(3)] == [-1, -1, -1]
    assert [f.maximum(k).value for k in range(3)] == [1, 1, 1]


@pytest.mark.parametrize(("dx", "dy"), [(1, 3), (2, 5)])
def test_too_many_outputs_are_refused(dx: int, dy: int) -> None:
    with pytest.raises(Unsupported, match="dy <= 2 dx"):
        hard_target(dx, dy)
    with pytest.raises(ShapeMismatch):
        domain(0, 1)


# --- layers ---------------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(narrow(SIZES, MONOTONE), st.data())
def test_layers_are_the_network(network: Network, data: st.DataObject) -> None:
    x = [data.draw(entries) for _ in range(network.input_size)]
    layers, z = monotone_layers(network), Matrix.column(x)
    for layer in layers.hidden:
        z = layer.weight @ z + layer.bias
        z = Matrix.column([act.value(z[i, 0]) for i, act in enumerate(layer.activations)])
    assert (layers.weight @ z + layers.bias).T.row(0) == network(x)


def test_values_that_skip_a_layer_are_neurons() -> None:
    a, b = vn.variables("x", 2)
    one, other = vn.relu(a + b), vn.relu(a - b)
    assert monotone_layers(vn.network((a, b), vn.relu(one - other) + one)).width == 2
    assert monotone_layers(vn.network((a, b), vn.relu(one - other) + one + other)).width == 3
    assert monotone_layers(vn.network((a, b), a - b)).width == 0


def test_the_identity_is_a_neuron() -> None:
    act = Activate((activation("relu"), activation("identity"), activation("identity")))
    matrix = Affine(Matrix.from_rows([[1, 0], [0, 1], [1, 1]]), Matrix.zeros(3, 1))
    network = Network((Vertex(Input(2)), Vertex(matrix, (0,)), Vertex(act, (1,))), (("y", 2),))
    assert network.width == 1
    assert monotone_layers(network).width == 3


@pytest.mark.parametrize(("act", "reason"), [
    (activation("abs"), "not monotone"),
    (activation("floor"), "jumps"),
    (activation("heaviside"), "jumps"),
    (activation("stepped_leaky", "1/2"), "jumps"),
    (activation("repu", 2), "not piecewise affine"),
    (activation("tanh"), "smooth"),
    (piecewise([0, 1], [[0], [0, 1], [2, -1]], [0, 1]), "not monotone"),
])  # fmt: skip
def test_other_activations_are_refused(act: Activation, reason: str) -> None:
    x = vn.variable("x")
    with pytest.raises(Unsupported, match=reason) as caught:
        find_witness(vn.network(x, vn.networks.apply_activation(x, act)))
    assert "vertex 2" in str(caught.value.where)


@pytest.mark.parametrize("act", MONOTONE)
def test_directions(act: Activation) -> None:
    values = [act.value(Fraction(n, 3)) for n in range(-12, 13)]
    assert direction(act) in (1, -1)
    assert values == sorted(values, reverse=direction(act) < 0)


def test_wide_networks_are_refused() -> None:
    a, b = vn.variables("x", 2)
    with pytest.raises(Unsupported, match=r"max\{2, 1\} = 2, got 3"):
        narrow_layers(vn.network((a, b), vn.relu(a) + vn.relu(b) + vn.relu(a + b)))


# --- paths ----------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(narrow([(2, 1), (3, 1), (4, 2)], STRICT, full=True))
def test_paths_descend_from_the_centre_to_the_boundary(network: Network) -> None:
    layers, size = monotone_layers(network), network.input_size
    strict, slope = strict_layers(layers, size, Fraction(0)), layers.weight.row(0)
    if strict is None or not any(slope):
        return
    cube = [(Fraction(-1), Fraction(1))] * size
    path = descending_path(strict, slope, (Fraction(0),) * size, cube)
    assert path[0] == (0,) * size
    assert max(map(abs, path[-1])) == 1
    assert all(max(map(abs, x)) < 1 for x in path[:-1])
    fine = [tuple(a + Fraction(n, 4) * (b - a) for a, b in zip(x, y, strict=True))
            for x, y in pairwise(path) for n in range(4)]  # fmt: skip
    values = [network(x)[0] for x in [*fine, path[-1]]]
    assert all(a > b for a, b in pairwise(values))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(nasty, nasty), min_size=2, max_size=5))
def test_paths_are_networks(path: list[tuple[Fraction, Fraction]]) -> None:
    network, count = path_network(path), len(path) - 1
    assert [network(Fraction(k, count)) for k in range(count + 1)] == path
    middle = tuple((a + b) / 2 for a, b in zip(*path[:2], strict=True))
    assert network(Fraction(1, 2 * count)) == middle


def test_layers_without_an_inverse_are_moved() -> None:
    a, b = vn.variables("x", 2)
    layers = monotone_layers(vn.network((a, b), vn.relu(a + b) + vn.relu(2 * a + 2 * b)))
    assert strict_layers(layers, 2, Fraction(0)) is None
    strict = strict_layers(layers, 2, Fraction(1, 16))
    assert strict is not None
    assert all(layer.weight.det() for layer in strict)
    assert strict[0].activations[0].value(Fraction(-16)) == -1
    assert strict_layers(layers, 2, Fraction(-3)) is None  # [[1, 1], [2, 2]] - 3 has no inverse either


# --- witnesses ------------------------------------------------------------------------------------------------------


def is_witness(network: Network, found: Witness | None) -> bool:
    """By the theorem's own words, not by those of the module."""
    assert found is not None
    dx, dy = network.input_size, network.output_size
    low = -1 if dy <= dx else 0
    free = dy > dx and Fraction(1, 3) < found.x[0] < Fraction(2, 3)
    f = hard_target(dx, dy)(found.x) if free else wanted(dx, dy, found.x)
    gaps = [abs(a - b) for a, b in zip(f, network(found.x), strict=True)]
    return all(low <= q <= 1 for q in found.x) and max(gaps) >= Fraction(1, 2) and found.gap == max(gaps)


@settings(max_examples=60, deadline=None)
@given(narrow(SIZES, MONOTONE))
def test_every_narrow_network_has_a_witness(network: Network) -> None:
    assert is_witness(network, find_witness(network))


@settings(max_examples=60, deadline=None)
@given(
    narrow([(dx, dy) for dx, dy in SIZES if dy <= dx], MONOTONE),
    st.sampled_from([Fraction(0), Fraction(-1, 3), ERROR - Fraction(1, 10**30)]),
)
def test_networks_that_are_right_at_the_centre_fail_at_the_boundary(network: Network, value: Fraction) -> None:
    moved = centred(network, value)
    found = find_witness(moved)
    assert is_witness(moved, found)
    if network.output_size == 1 and found is not None:
        assert max(map(abs, found.x)) == 1 or found.method == "descending path"
        assert found.method in ("boundary", "descending path")


@settings(max_examples=12, deadline=None)
@given(narrow([(1, 2), (2, 3)], MONOTONE))
def test_the_worst_vertex_is_no_better_than_any_point(network: Network) -> None:
    worst = lower_bound._at_a_vertex(network, None)
    assert is_witness(network, worst)
    assert worst is not None
    for n in range(13):
        x = (Fraction(n, 12), *[Fraction(n % 5, 4)] * (network.input_size - 1))
        some = witness_at(network, x, "grid")
        assert some is None or some.gap <= worst.gap


def test_the_constant_in_the_middle_is_as_good_as_a_narrow_network_gets() -> None:
    a, b = vn.variables("x", 2)
    half = vn.network((a, b), 0 * a + ERROR)
    found = find_witness(half)
    assert found is not None
    assert (found.x, found.gap) == ((0, 0), ERROR)
    assert vn.piecewise(half, domain(2, 1)).maximum().value == ERROR


@pytest.mark.parametrize("dims", [(2, 1), (1, 2)])
def test_the_claim_fails_where_the_witness_is(dims: tuple[int, int]) -> None:
    x = vn.variables("x", dims[0])
    network = vn.network(x, [vn.relu(x[0])] * dims[1])
    found = find_witness(network)
    assert found is not None
    assert near_claim(network).refuted_by(found.x)
    assert not near_claim(hard_target(*dims)).refuted_by(found.x)


def test_wide_enough_networks_have_no_witness() -> None:
    """The functions themselves: wider than max{dx, dy}, or with activations that are not monotone."""
    for dx, dy in [(1, 1), (2, 1), (1, 2), (2, 3)]:
        f = hard_target(dx, dy)
        assert dy <= dx or monotone_layers(f).width > max(dx, dy)
        assert witness_at(f, (Fraction(1),) * dx, "grid") is None
        with pytest.raises(Unsupported):
            find_witness(f)


def test_points_outside_of_the_cube_are_no_witnesses() -> None:
    x = vn.variable("x")
    assert witness_at(vn.network(x, 0 * x), (Fraction(2),), "grid") is None
    assert witness_at(vn.network(x, 0 * x), (Fraction(1),), "grid") is not None


# --- examples of a teacher ------------------------------------------------------------------------------------------


def test_coding_networks_are_good_in_the_mean_and_must_fail_somewhere() -> None:
    """The curve as a target of the L^2 construction, of width 2: a small error, and more than 1/2 at a point."""
    t, third = vn.variable("t"), Fraction(1, 3)
    sides = vn.interval(0, third), vn.interval(third, 2 * third), vn.interval(2 * third, 1)
    first = list(zip(sides, (6 * t - 1, 2 - 3 * t, 0 * t), strict=True))
    second = list(zip(sides, (0 * t, 3 * t - 1, 5 - 6 * t), strict=True))
    built = leaky([first, second], inputs=1, resolution=12)
    assert built.network.width == 2
    assert built.error_bound < Fraction(1, 6)
    found = find_witness(built.network)
    assert is_witness(built.network, found)
    assert found is not None
    assert found.method == "vertices"
    assert Fraction(4, 5) < found.gap < 1
    assert abs(found.x[0] - Fraction(5, 6)) < Fraction(1, 100)


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "hard_tanh"])
def test_superlevel_sets_of_narrow_monotone_networks_reach_the_boundary(name: str) -> None:
    act = activation(name)
    weights = [[[2, 1], [-1, 2]], [[1, -2], [1, 1]], [[1, -1]]]
    network = vn.networks.layered(weights, [["1/2", 0], ["1/4", "-1/2"], [0]], act)
    square = vn.box([-1, 1], dimension=2)
    for g, levels in ((network, ("-1/4", "1/2")), (affine_after(network, [[-1]]), ("1/4", "-1/2"))):
        for level in levels:
            claim = vn.claims.components_reach_boundary(g, square, level)
            assert isinstance(vn.prove(claim), vn.claims.Proved)


def test_absolute_values_make_a_valley_of_the_same_width() -> None:
    a, b = vn.variables("x", 2)
    norm = vn.network((a, b), (vn.abs_(a + b) + vn.abs_(a - b)) / 2)
    assert norm.width == 2
    assert isinstance(vn.prove(vn.claims.equal(norm, hard_target(2, 1), vn.whole_space(2))), vn.claims.Proved)
    valley = vn.claims.components_reach_boundary(affine_after(norm, [[-1]]), domain(2, 1), "-1/2")
    assert isinstance(vn.prove(valley), vn.claims.Refuted)
    with pytest.raises(Unsupported, match="not monotone"):
        find_witness(norm)


def test_the_best_monotone_function_for_the_tent() -> None:
    """The bound of the gallery against a projection computed on a grid by pooling neighbours, and 1 - 2 sqrt(2)/3."""
    script = load_script(PROOFS / "minimal_width" / "lower_bound_monotone_tent_ge.py")
    below, above = (instance.claim for instance in script.claims())
    low = Fraction(*(int(n) for n in re.findall(r"\(y_0\)\^2 = (\d+)/(\d+)", below.text())[0]))
    high = Fraction(*(int(n) for n in re.findall(r"\|\^2 = (\d+)/(\d+)", above.text())[0]))
    assert low < 1 - Fraction(2 * math.isqrt(2 * 10**80), 3 * 10**40) + Fraction(1, 10**39)
    assert low < high < low + Fraction(1, 10**8)
    count = 400
    tent = [1 - abs(2 * (n + 0.5) / count - 1) for n in range(count)]
    blocks: list[tuple[float, int]] = []
    for value in tent:
        blocks.append((value, 1))
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            (a, m), (b, n) = blocks[-2:]
            blocks[-2:] = [((a * m + b * n) / (m + n), m + n)]
    best = [value for value, size in blocks for _ in range(size)]
    error = sum((a - b) ** 2 for a, b in zip(tent, best, strict=True)) / count
    assert abs(error - low) < 1e-4
