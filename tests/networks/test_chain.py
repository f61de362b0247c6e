"""The chain computes what the network computes: by a reader in the tests, and by the kernel's own."""

from __future__ import annotations

import json
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.networks.strategies import AFFINE, HUGE, chain_evaluation, networks, plain_evaluation, small
from verinet import kernel
from verinet.errors import BudgetExhausted, Unsupported
from verinet.exact.linalg import Matrix
from verinet.networks import (
    Affine,
    Input,
    Network,
    Vertex,
    abs_,
    activation,
    apply_activation,
    compose,
    layered,
    network,
    relu,
    skip,
    variable,
    variables,
)
from verinet.networks.activations import IDENTITY, RELU
from verinet.networks.chain import Chain, chain
from verinet.networks.network import Activate
from verinet.networks.tables import kernel_table

points = st.lists(st.one_of(small, st.fractions(-3, 3, max_denominator=9)), min_size=4, max_size=4)


def in_the_kernel(layers: Chain, x: list[F]) -> list[F]:
    over = 1
    for value in x:
        over *= value.denominator
    read = kernel.read_network(layers.to_json(), "network", layers.input_size)
    return kernel.evaluate(read, (over, [int(value * over) for value in x]))


@given(networks(), points)
def test_the_chain_computes_the_network(f, x):
    x = x[: f.input_size]
    layers = chain(f)
    expected = plain_evaluation(f, x)
    assert chain_evaluation(layers.to_json(), x) == expected
    assert in_the_kernel(layers, x) == expected
    assert json.loads(json.dumps(layers.to_json())) == layers.to_json()


@given(networks(), points)
def test_shape_of_the_chain(f, x):
    layers = chain(f).layers
    assert len(layers) <= f.depth + 1
    identity = kernel_table(IDENTITY)
    assert layers[-1].to_json()["activations"] == [[["1", "0"]]]
    assert len(layers[-1].units) == f.output_size
    neurons = [
        (vertex, channel)
        for vertex, node in enumerate(f.vertices)
        if isinstance(node.operation, Activate)
        for channel, act in enumerate(node.operation.activations)
        if not act.is_identity
    ]
    units = [
        origin
        for layer in layers[:-1]
        for origin, (_, which) in zip(layer.origins, layer.units, strict=True)
        if layer.activations[which] != identity
    ]
    assert sorted(units) == neurons  # each neuron once, dead or not
    for layer in layers:
        assert len(set(layer.activations)) == len(layer.activations)
        used = dict.fromkeys(which for _, which in layer.units)
        assert list(used) == list(range(len(layer.activations)))  # in the order of first use


@given(networks(small, (*AFFINE, activation("floor"), activation("frac"))), points)
def test_periodic_activations_are_written_on_the_certified_range(f, x):
    f, x = f.with_domain([(-3, 3)] * f.input_size), x[: f.input_size]
    if max(high - low for sides in f.certified_range() for low, high in sides) < 10**4:
        inside = [min(max(value, F(-3)), F(3)) for value in x]
        assert chain_evaluation(chain(f).to_json(), inside) == list(f(inside))


def test_affine_maps_are_merged():
    a, b = Matrix.from_rows([[1, "1/3"], [2, 0]]), Matrix.from_rows([[3, HUGE]])
    f = compose(layered([b], [[1]]), layered([a], [[5, 7]]))
    (layer,) = chain(f).layers
    merged = (b @ Matrix.column([5, 7]) + Matrix.column([1])).hstack(b @ a)
    assert layer.units == ((tuple(merged.numerators()[0]), 0),)
    assert layer.weights_over == merged.denominator


def test_identity_activations_vanish():
    f = layered([Matrix.identity(2), Matrix.identity(2)], [[0, 1], [0, 0]], IDENTITY)
    assert len(chain(f).layers) == 1
    assert f.depth == f.size == 0


def test_only_what_is_needed_is_carried():
    x, y = variables("x", 2)
    deep = relu(relu(relu(x) - 1) - 2)
    layers = chain(network((x, y), [deep + y, y])).layers
    assert [layer.origins for layer in layers] == [
        ((2, 0), (0, 1)),
        ((4, 0), (0, 1)),
        ((6, 0), (0, 1)),
        ((7, 0), (7, 1)),
    ]


def test_readouts_keep_their_order():
    x = variable("x")
    hidden = relu(x)
    f = network(x, {"second": hidden * 2, "first": [hidden, 1 - x]})
    assert f(3) == (6, 3, -2)
    assert chain_evaluation(chain(f).to_json(), [F(3)]) == [6, 3, -2]


def test_duplicate_zero_and_dead_neurons_are_kept():
    f = layered([[[1], [1], [0], [-1]], [[1, 1, 0, 0]]], [[0, 0, -5, 0], [0]])
    first = chain(f).layers[0]
    assert len(first.units) == 4
    assert first.units[2] == ((-5, 0), 0)
    assert len(first.activations) == 1


def test_a_neuron_of_a_vertex_that_no_readout_needs_is_kept():
    nodes = (Vertex(Input(1, "x")), Vertex(Activate((RELU,)), (0,)), Vertex(Activate((RELU,)), (1,)))
    layers = chain(Network(nodes, (("y", 1),))).layers
    assert [len(layer.units) for layer in layers] == [1, 2, 1]


def test_integers_have_no_common_factor():
    f = layered([[["2/6", "4/6"]], [[1]]], [["8/6"], [0]], activation("leaky_relu", "3/6"))
    first = chain(f).layers[0]
    assert (first.weights_over, first.units[0][0]) == (3, (4, 1, 2))
    assert first.activations_over == 2


@pytest.mark.parametrize("act", [activation("tanh"), activation("repu", 3), activation("floor")])
def test_what_format_one_cannot_say_is_refused_by_name(act):
    x = variable("x")
    with pytest.raises(Unsupported, match=rf"(?s){act.name}.*vertex 2.*Fix: "):
        chain(network(x, apply_activation(x, act)))


def test_wide_layers_take_no_python_loops():
    wide = Matrix.from_rows([[(i * j) % 7 - 3 for j in range(784)] for i in range(10)])
    square = Matrix.from_rows([[(i + 2 * j) % 5 - 2 for j in range(10)] for i in range(10)])
    f = layered([wide, square, square], [[1] * 10] * 3)
    x = [F(i % 3, 7) for i in range(784)]
    assert chain_evaluation(chain(f).to_json(), x) == list(f(x)) == plain_evaluation(f, x)


def test_skip_of_a_composition_stays_a_chain():
    x = variable("x")
    tent = network(x, 1 - abs_(2 * x - 1))
    f = skip(compose(tent, times=5), [["1/3"]])
    assert [len(layer.units) for layer in chain(f).layers] == [2] * 5 + [1]
    assert chain_evaluation(chain(f).to_json(), [F(3, 64)]) == list(f("3/64"))


def test_many_inputs_need_no_square_matrix():
    f = layered([Matrix.from_integers([[1] * 20_000])], [[0]])
    assert len(chain(f).layers[0].units[0][0]) == 20_001
    wide = Network((Vertex(Input(10**5, "x")),), (("y", 0),))
    with pytest.raises(BudgetExhausted, match="dense"):
        chain(wide)


def test_an_affine_vertex_may_use_a_source_twice():
    twice = Affine(Matrix.from_rows([[1, 10]]), Matrix.column([0]))
    f = Network((Vertex(Input(1, "x")), Vertex(twice, (0, 0))), (("y", 1),))
    assert f(2) == (22,)
    assert chain(f).layers[0].units == (((0, 11), 0),)
