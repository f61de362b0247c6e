"""Networks made from networks: against the definition, graphs with skips and several users of a layer included."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.networks.strategies import networks, plain_evaluation, small
from verinet.errors import ShapeMismatch, Unsupported
from verinet.networks import (
    Activate,
    Network,
    activation,
    apply_activation,
    homogeneous_degree,
    layered,
    network,
    on_inputs,
    permute_neurons,
    precompose,
    prune_neurons,
    quantise,
    recession,
    relu,
    rescale_neurons,
    variable,
)
from verinet.networks.activations import ACTIVATIONS

X = variable("x")


def layers(net: Network) -> list[int]:
    return [len(v.operation.activations) for v in net.vertices if isinstance(v.operation, Activate)]


@settings(max_examples=60)
@given(data=st.data(), net=networks(numbers=small))
def test_reordering_and_rescaling_change_no_value(data: st.DataObject, net: Network) -> None:
    sizes = layers(net)
    if not sizes:
        return
    layer = data.draw(st.integers(0, len(sizes) - 1))
    order = data.draw(st.permutations(range(sizes[layer])))
    x = data.draw(st.lists(small, min_size=net.input_size, max_size=net.input_size))
    assert permute_neurons(net, layer, order)(*x) == net(*x)
    vertex = [v for v in net.vertices if isinstance(v.operation, Activate)][layer]
    assert isinstance(vertex.operation, Activate)
    factors = [
        data.draw(st.sampled_from([Fraction(1), Fraction(2, 7)])) if homogeneous_degree(a) is not None else 1
        for a in vertex.operation.activations
    ]
    other = rescale_neurons(net, layer, factors)
    assert other(*x) == net(*x)
    assert other.readouts != ()
    assert other.output_size == net.output_size


@settings(max_examples=60)
@given(data=st.data(), net=networks(numbers=small))
def test_pruned_neurons_are_constants(data: st.DataObject, net: Network) -> None:
    sizes = layers(net)
    if not sizes or max(sizes) < 2:
        return
    layer = sizes.index(max(sizes))
    gone = data.draw(st.integers(0, sizes[layer] - 1))
    value = data.draw(small)
    x = data.draw(st.lists(small, min_size=net.input_size, max_size=net.input_size))
    place = [i for i, v in enumerate(net.vertices) if isinstance(v.operation, Activate)][layer]
    vertices = list(net.vertices)
    old = vertices[place].operation
    assert isinstance(old, Activate)
    constant = activation("step", 0, value, value, value)
    swapped = tuple(constant if i == gone else a for i, a in enumerate(old.activations))
    vertices[place] = type(vertices[place])(Activate(swapped), vertices[place].sources, vertices[place].name)
    expected = Network(tuple(vertices), net.readouts)
    assert list(prune_neurons(net, layer, [gone], [value])(*x)) == plain_evaluation(expected, x)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_degrees_of_homogeneity(name: str) -> None:
    parameters = {"clip": (-1, 1), "at_least": (0,), "at_most": (0,), "repu": (3,), "power": (2,),
                  "step": (0, -1, 5, 2), "stepped_leaky": ("1/2",), "prelu": ("1/3",)}  # fmt: skip
    act = activation(name, *parameters.get(name, ()))
    power = homogeneous_degree(act)
    points = [Fraction(n, 7) for n in range(-100, 101)]
    if act.smooth is not None:
        assert power is None
        return
    factors = (Fraction(1, 5), Fraction(7, 2))
    fits = [k for k in range(4) if all(act.value(c * z) == c**k * act.value(z) for z in points for c in factors)]
    assert power in fits if power is not None else not fits


def test_other_inputs() -> None:
    net = layered([[[1, 2], [3, 4]], [[1, 1]]], [[0, 1], [0]])
    assert precompose(net, [[1, 1, 0], [0, 0, 2]], [0, 1])(1, 2, 3) == net(3, 7)
    assert on_inputs(net, (1, 1), of=2)(9, 4) == net(4, 4)
    with pytest.raises(ShapeMismatch):
        on_inputs(net, (0,), of=2)
    with pytest.raises(ShapeMismatch):
        on_inputs(net, (0, 2), of=2)
    with pytest.raises(ShapeMismatch):
        precompose(net, [[1]])


def test_rounding() -> None:
    net = layered([[["1/3"], ["-5/8"]], [[2, -3]]], [["1/7", "1/4"], ["9/10"]])
    fine = quantise(net, step="1/2")
    assert fine.vertices[1].operation.weight.to_rows() == ((Fraction(1, 2),), (Fraction(-1, 2),))
    assert fine.vertices[1].operation.bias.to_rows() == ((Fraction(0),), (Fraction(0),))
    few = quantise(net, bits=2)
    assert few.vertices[1].operation.weight.to_rows() == ((Fraction(5, 8),), (Fraction(-5, 8),))
    assert few.vertices[1].operation.bias == net.vertices[1].operation.bias
    zero = layered([[[0]], [[1]]], [[0], [0]])
    assert quantise(zero, bits=8) == zero
    for wrong in ({}, {"step": 1, "bits": 8}, {"step": 0}, {"bits": 1}, {"bits": True}):
        with pytest.raises(Unsupported):
            quantise(net, **wrong)


def test_far_away() -> None:
    net = layered([[[1, 2], [3, -4]], [[1, -1]]], [[5, 1], [7]], activation("hard_sigmoid"))
    assert recession(net)(3, 4) == (0,)
    bent = network(X, relu(X - 3) - apply_activation(X, activation("at_least", 2)))
    far = recession(bent)
    for x in (Fraction(-2), Fraction(5)):
        t = Fraction(10**6)
        assert abs(bent(t * x)[0] / t - far(x)[0]) < Fraction(1, 10**5)
    with pytest.raises(Unsupported):
        recession(network(X, apply_activation(X, activation("tanh"))))


def test_what_does_not_fit_is_refused() -> None:
    net = layered([[[1], [-1]], [[2, 3]]], [[0, 1], [0]], activation("hard_tanh"))
    for layer in (-1, 1, True, "0"):
        with pytest.raises(ShapeMismatch):
            permute_neurons(net, layer, (0, 1))
    with pytest.raises(ShapeMismatch):
        permute_neurons(net, 0, (0, 0))
    with pytest.raises(ShapeMismatch):
        rescale_neurons(net, 0, (1,))
    with pytest.raises(Unsupported, match="homogeneous"):
        rescale_neurons(net, 0, (1, 2))
    with pytest.raises(ShapeMismatch):
        prune_neurons(net, 0, (0, 1))
    with pytest.raises(ShapeMismatch):
        prune_neurons(net, 0, (2,))
    with pytest.raises(ShapeMismatch):
        prune_neurons(net, 0, (0,), (1, 2))
