"""Networks written as ONNX: read again, run by the runtime, and refused where a weight would be rounded."""

from __future__ import annotations

import io
from fractions import Fraction
from itertools import pairwise

import numpy as np
import onnx
import pytest

from tests.networks.formats.fraction_graph import FractionGraph
from tests.networks.formats.onnx_graphs import agree, flat, points
from verinet.errors import InexactInput, NotANumber, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q
from verinet.networks.activations import activation
from verinet.networks.build import abs_, compose, layered, maximum, network, relu, stack, variable, variables
from verinet.networks.formats import read_network, write_network
from verinet.networks.formats.onnx import read_onnx, write_onnx
from verinet.networks.network import Activate, Input, Network, Vertex

x = variable("x")
HAT = network(x, 2 * relu(x) - 4 * relu(x - Q("1/2")) + 2 * relu(x - 1))


def activated(*functions):
    """A network of activations alone, one a channel."""
    count = len(functions)
    nodes = (Vertex(Input(count, "x"), (), "x"), Vertex(Activate(functions), (0,), "a"))
    return Network(nodes, (("y", 1),))


def same(f, **options):
    """Written and read again it is the same function, exactly; and the graph and the runtime say so too."""
    data = write_onnx(f, **options)
    back = agree(data, runtime=not options.get("double"))
    for given in points([("x", [f.input_size])]):
        values = flat(given.values())
        assert back(*values) == f(*values)
    return data


def test_expressions_and_compositions():
    u, v = variables("u", 2)
    same(compose(HAT, times=3))
    same(network((u, v), [maximum(u, v) / 4, abs_(u - v), u]))
    same(stack(HAT, HAT))


@pytest.mark.parametrize("text", ["relu", "abs", "identity", "floor", "sign", "hard_tanh", "relu6"])
def test_activations(text):
    same(activated(*[activation(text)] * 3))


def test_activations_with_parameters():
    quarter = activation("leaky_relu", "1/4")
    others = [("clip", "-1/2", 3), ("at_least", 1), ("at_most", "-1/2"), ("hard_sigmoid", "1/8", "1/4")]
    for function in (quarter, *(activation(*other) for other in others)):
        same(activated(function, function))
    same(activated(quarter, activation("relu"), activation("identity"), activation("leaky_relu", -2)))
    mixed = [
        activation("abs"),
        activation("abs"),
        activation("relu"),
        activation("identity"),
        activation("sign"),
    ]
    same(activated(*mixed, activation("clip", 0, 1), activation("abs")))


def test_smooth_activations_are_written():
    operators = {"logistic": "Sigmoid", "tanh": "Tanh", "softplus": "Softplus", "sine": "Sin"}
    for name, operator in operators.items():
        proto = onnx.load_model_from_string(write_onnx(activated(activation(name))))
        assert operator in {node.op_type for node in proto.graph.node}
        assert read_onnx(proto.SerializeToString()).vertices[1].operation == Activate((activation(name),))


def test_unknown_activations_are_refused_by_name():
    for name in ("heaviside", "frac", "exp2"):
        with pytest.raises(Unsupported, match=name):
            write_onnx(activated(activation(name)))


def test_names_of_inputs_and_readouts_stay_where_they_can():
    nodes = (Vertex(Input(1, "left")), Vertex(Input(2, "right")))
    f = Network(nodes, (("left", 1), ("out", 0), ("vertex_1", 0)))
    back = read_onnx(write_onnx(f))
    assert [name for name, _ in back.inputs] == ["left", "right"]
    assert [name for name, _ in back.outputs] == ["left_2", "out", "vertex_1"]
    assert back(1, 2, 3) == f(1, 2, 3)


def test_the_narrowest_type_that_holds_every_weight_is_taken():
    def kind(f, **options):
        return onnx.load_model_from_string(write_onnx(f, **options)).graph.initializer[0].data_type

    assert kind(network(x, x / 2)) == onnx.TensorProto.FLOAT
    assert kind(network(x, x * (1 + Fraction(1, 2**30)))) == onnx.TensorProto.DOUBLE
    assert kind(network(x, x / 2), dtype="float64") == onnx.TensorProto.DOUBLE
    same(network(x, relu(x * (1 + Fraction(1, 2**30)))), dtype="float64")


def test_weights_that_would_be_rounded_are_refused_unless_rounding_is_asked_for():
    third = network(x, x / 3)
    for options in ({}, {"dtype": "float32"}, {"dtype": "float64"}):
        with pytest.raises(InexactInput, match="1/3"):
            write_onnx(third, **options)
    assert read_onnx(write_onnx(third, rounding=True))(1) == (Fraction(float(np.float32(1 / 3))),)
    assert read_onnx(write_onnx(third, rounding=True, dtype="float64"))(1) == (Fraction(1 / 3),)
    with pytest.raises(InexactInput):
        write_onnx(activated(activation("leaky_relu", "1/3")))
    with pytest.raises(InexactInput):
        write_onnx(activated(activation("clip", 0, "1/3")))
    with pytest.raises(InexactInput):
        write_onnx(activated(activation("hard_sigmoid")))


def test_a_slope_that_an_attribute_cannot_hold_goes_into_an_initialiser():
    f = activated(activation("leaky_relu", 1 + Fraction(1, 2**30)))
    data = write_onnx(f)
    assert read_onnx(data)(-1) == (-1 - Fraction(1, 2**30),)


def test_weights_beyond_the_largest_float_are_refused():
    huge = network(x, x * 2**2000)
    for options in ({"dtype": "float32"}, {"rounding": True}):
        with pytest.raises((InexactInput, NotANumber)):
            write_onnx(huge, **options)


def test_an_unknown_type_is_refused():
    with pytest.raises(Unsupported, match="float16"):
        write_onnx(HAT, dtype="float16")


def test_the_same_network_gives_the_same_bytes():
    assert write_onnx(HAT) == write_onnx(HAT)


def test_files(tmp_path):
    path = tmp_path / "hat.onnx"
    write_network(HAT, path)
    assert read_network(path)(Q("1/4")) == HAT(Q("1/4"))
    with pytest.raises(InexactInput):
        write_network(network(x, x / 3), tmp_path / "third.onnx")
    assert [entry.name for entry in tmp_path.iterdir()] == ["hat.onnx"]


def test_random_float32_networks_come_back_bit_by_bit():
    rng = np.random.default_rng(1)
    sizes = [3, 7, 5, 2]
    weights = [rng.normal(size=(b, a)).astype(np.float32) for a, b in pairwise(sizes)]
    biases = [rng.normal(size=b).astype(np.float32) for b in sizes[1:]]
    f = layered([Matrix.from_floats(w) for w in weights], [Matrix.from_floats(b) for b in biases])
    data = same(f)
    assert [v.operation for v in read_onnx(data).vertices[1:]] == [v.operation for v in f.vertices[1:]]
    proto = onnx.load(io.BytesIO(data))
    found = FractionGraph(proto).constants
    assert any(np.array_equal(found[name].astype(np.float32), weights[0]) for name in found)
