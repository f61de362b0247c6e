"""Whole graphs: residual, several inputs and outputs, folded constants, ties, batches, and random ones."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from tests.networks.formats.fraction_graph import FractionGraph
from tests.networks.formats.onnx_graphs import agree, flat, model, one, points, rounding, run, session
from verinet.exact.rationals import Q
from verinet.networks.evaluate import FloatArithmetic, evaluate
from verinet.networks.formats.onnx import read_onnx
from verinet.networks.network import Activate, Affine

RNG = np.random.default_rng(3)


def f32(*shape):
    return (RNG.integers(-64, 65, shape) / 32).astype(np.float32)


# --- shape of the network -----------------------------------------------------------------------------


def test_affine_layers_get_no_relu_that_the_file_does_not_have():
    # A first importer assumed a ReLU after every affine layer, and was wrong on lattice networks.
    nodes = [
        ("MatMul", "x,w", "a", {}),
        ("Add", "a,b", "c", {}),
        ("MatMul", "c,v", "d", {}),
        ("Relu", "d", "e", {}),
        ("MatMul", "e,u", "f", {}),
        ("Add", "f,t", "y", {}),
    ]
    weights = {"w": f32(2, 5), "b": f32(5), "v": f32(5, 4), "u": f32(4, 3), "t": f32(3)}
    network = agree(model(nodes, {"x": [1, 2]}, weights))
    assert network.depth == 1
    assert [type(v.operation) for v in network.vertices[1:]] == [Affine, Affine, Activate, Affine]


def test_one_affine_vertex_for_product_and_sum_and_none_for_reshapes():
    nodes = [
        ("Transpose", "x", "a", {"perm": [0, 2, 1]}),
        ("Flatten", "a", "b", {}),
        ("MatMul", "b,w", "c", {}),
        ("Add", "c,t", "d", {}),
        ("Relu", "d", "e", {}),
        ("Unsqueeze", "e,axis", "y", {}),
    ]
    weights = {"w": f32(6, 4), "t": f32(4), "axis": np.array([0], dtype=np.int64)}
    network = agree(model(nodes, {"x": [1, 2, 3]}, weights))
    assert [type(v.operation) for v in network.vertices[1:]] == [Affine, Activate]


def test_activation_of_a_rearranged_vertex_needs_no_matrix():
    nodes = [
        ("MatMul", "x,w", "a", {}),
        ("Transpose", "a", "b", {}),
        ("Relu", "b", "c", {}),
        ("Relu", "a", "d", {}),
        ("Transpose", "d", "e", {}),
        ("Sub", "c,e", "y", {}),
    ]
    network = agree(model(nodes, {"x": [2, 2]}, {"w": f32(2, 3)}))
    assert network(1, 2, 3, 4) == (0,) * 6


def test_residual_network():
    nodes = [
        ("Gemm", "x,w,b", "a", {}),
        ("Relu", "a", "r", {}),
        ("Gemm", "r,v,c", "d", {}),
        ("Add", "d,x", "e", {}),
        ("Relu", "e", "s", {}),
        ("Concat", "s,x,r", "j", {"axis": 1}),
        ("Gemm", "j,u", "y", {}),
    ]
    weights = {"w": f32(3, 4), "b": f32(4), "v": f32(4, 3), "c": f32(3), "u": f32(10, 2)}
    agree(model(nodes, {"x": [1, 3]}, weights))


def test_several_inputs_and_outputs_keep_their_order_and_names():
    nodes = [
        ("MatMul", "a,w", "h", {}),
        ("Add", "h,b", "p", {}),
        ("Relu", "p", "q", {}),
        ("Neg", "b", "r", {}),
    ]
    network = agree(model(nodes, {"a": [1, 3], "b": [1, 2]}, {"w": f32(3, 2)}, outputs=("q", "p", "r")))
    assert [name for name, _ in network.inputs] == ["a", "b"]
    assert [name for name, _ in network.outputs] == ["q", "p", "r"]


def test_an_output_may_be_an_input_a_constant_or_the_same_tensor_twice():
    nodes = [
        ("Identity", "x", "y", {}),
        ("Identity", "c", "z", {}),
        ("Relu", "x", "u", {}),
        ("Identity", "u", "v", {}),
    ]
    network = agree(model(nodes, {"x": [1, 2]}, {"c": row(1.5, 2)}, outputs=("y", "z", "u", "v")))
    assert network(-1, 2) == (-1, 2, Q("3/2"), 2, 0, 2, 0, 2)


def row(*entries):
    return np.array([entries], dtype=np.float32)


def test_the_batch_is_one_and_other_shapes_can_be_given():
    proto = one("Relu", {"x": ["batch", 3]})
    assert agree(proto).input_size == 3
    assert agree(proto, shapes={"x": (2, 3)}).input_size == 6


def test_zero_rows_duplicate_neurons_and_ties():
    w = np.array([[1, 1, 0, -1], [1, 1, 0, -1]], dtype=np.float32)
    nodes = [("MatMul", "x,w", "h", {}), ("Relu", "h", "r", {}), ("MatMul", "r,v", "y", {})]
    network = agree(model(nodes, {"x": [1, 2]}, {"w": w, "v": f32(4, 1)}))
    assert network.size == 4  # nothing is merged or dropped behind the reader's back


# --- constants ----------------------------------------------------------------------------------------


def test_constants_are_folded_exactly():
    nodes = [
        ("Constant", "", "tenth", {"value_float": 0.1}),
        ("Mul", "w,tenth", "a", {}),
        ("Transpose", "a", "b", {}),
        ("MatMul", "b,w", "c", {}),
        ("Relu", "c", "d", {}),
        ("Sub", "d,tenth", "e", {}),
        ("Div", "e,tenth", "f", {}),
        ("Clip", "f,tenth", "g", {}),
        ("Max", "g,tenth", "m", {}),
        ("Min", "m,tenth", "k", {}),
        ("Abs", "k", "l", {}),
        ("Neg", "l", "n", {}),
        ("Sum", "n,a2,l", "s", {}),
        ("Floor", "s", "o", {}),
        ("Sign", "o", "i", {}),
        ("Add", "i,s", "weight", {}),
        ("Gemm", "weight,weight", "twice", {}),
        ("MatMul", "x,twice", "y", {}),
    ]
    agree(model(nodes, {"x": [1, 3]}, {"w": f32(3, 3), "a2": f32(3, 3)}))


def test_shapes_computed_in_the_graph():
    nodes = [
        ("Shape", "x", "s", {}),
        ("Gather", "s,zero", "n", {}),
        ("Unsqueeze", "n,axis", "n1", {}),
        ("Mul", "n1,two", "n2", {}),
        ("Div", "n2,two", "n3", {}),
        ("Concat", "n3,minus", "t", {"axis": 0}),
        ("Cast", "t", "t32", {"to": TensorProto.INT32}),
        ("Cast", "t32", "t64", {"to": TensorProto.INT64}),
        ("Reshape", "x,t64", "y", {}),
    ]
    integers = {"zero": 0, "axis": [0], "two": [2], "minus": [-1]}
    agree(model(nodes, {"x": [2, 3, 2]}, {k: np.array(v, dtype=np.int64) for k, v in integers.items()}))


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_weights_are_the_rationals_their_bits_denote(kind):
    weight = np.array([[0.1, -1e-7, 1 / 3]], dtype=kind)
    element = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
    nodes = [("Cast", "x", "h", {"to": element}), ("Mul", "h,w", "y", {})]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT16, [1, 3])
    y = helper.make_tensor_value_info("y", element, None)
    graph = helper.make_graph(
        [helper.make_node(op, i.split(","), [o], **a) for op, i, o, a in nodes],
        "t",
        [x],
        [y],
        [onnx.numpy_helper.from_array(weight, "w")],
    )
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    network = agree(proto, runtime=False)
    assert network(1, 1, 1) == tuple(Fraction(*float(w).as_integer_ratio()) for w in weight[0])


def test_bfloat16_weights():
    tensor = helper.make_tensor(
        "w", TensorProto.BFLOAT16, [2], np.array([0x3DCC, 0xC000], np.uint16).tobytes(), raw=True
    )
    proto = one("Mul", {"x": [2]}, {"w": np.zeros(2, np.float32)})
    proto.graph.initializer[0].CopyFrom(tensor)
    assert read_onnx(proto.SerializeToString())(1, 1) == (
        Fraction(0x3DCC0000 % 2**23 + 2**23, 2 ** (23 + 4)),
        -2,
    )


def test_a_constant_cast_to_a_narrower_type_is_rounded_as_the_file_asks():
    exact = np.array([0.1, 1 + 2**-24, 1 + 2**-23 + 2**-24, 65519.999, 2**-25, 3 * 2**-26], dtype=np.float64)
    for code, kind in ((TensorProto.FLOAT, np.float32), (TensorProto.FLOAT16, np.float16)):
        nodes = [
            ("Add", "w,w", "v", {}),
            ("Cast", "v", "c", {"to": code}),
            ("Cast", "c", "d", {"to": TensorProto.FLOAT}),
            ("Add", "x,d", "y", {}),
        ]
        network = read_onnx(model(nodes, {"x": [6]}, {"w": exact / 2}).SerializeToString())
        assert network(*[0] * 6) == tuple(Fraction(float(v)) for v in exact.astype(kind))
    nodes = [
        ("Cast", "w", "c", {"to": TensorProto.INT64}),
        ("Cast", "c", "d", {"to": 1}),
        ("Add", "x,d", "y", {}),
    ]
    cast = read_onnx(model(nodes, {"x": [3]}, {"w": np.array([-1.5, 2.99, 0.5])}).SerializeToString())
    assert cast(0, 0, 0) == (-1, 2, 0)


def test_batch_normalisation_is_folded_exactly_or_rounded_on_request():
    vectors = {n: np.abs(f32(2)) + np.float32(0.1) for n in "sbmv"}
    nodes = [("Conv", "x,w", "h", {}), ("BatchNormalization", "h,s,b,m,v", "n", {}), ("Relu", "n", "y", {})]
    network = agree(model(nodes, {"x": [1, 1, 3, 3]}, {"w": f32(2, 1, 2, 2), **vectors}), rounded=True)
    assert [type(v.operation) for v in network.vertices[1:]] == [Affine, Activate]


def test_double_networks():
    proto = model(
        [("Gemm", "x,w", "h", {}), ("Relu", "h", "y", {})],
        {"x": [1, 3]},
        {"w": np.random.default_rng(0).normal(size=(3, 4))},
        kind=TensorProto.DOUBLE,
    )
    agree(proto)


# --- smooth operators ---------------------------------------------------------------------------------


@pytest.mark.parametrize("operator", ["Sigmoid", "Tanh", "Softplus", "Sin"])
def test_smooth_operators_agree_with_the_runtime_in_floats(operator):
    nodes = [("Gemm", "x,w,b", "h", {}), (operator, "h", "s", {}), ("Gemm", "s,v", "y", {})]
    proto = model(nodes, {"x": [1, 3]}, {"w": f32(3, 4), "b": f32(4), "v": f32(4, 2)})
    network = read_onnx(proto.SerializeToString())
    live = session(proto.SerializeToString())
    for given in points([("x", [1, 3])]):
        ours = evaluate(network, [float(v) for v in flat(given.values())], FloatArithmetic())
        theirs = [float(v) for v in run(live, given)]
        assert np.abs(np.asarray(ours, dtype=float).reshape(-1) - theirs).max() <= 2**-17


# --- random graphs ------------------------------------------------------------------------------------


def random_model(seed):
    """A graph of a few random operators on tensors of shape (2, 3), which share their sources freely."""
    rng = random.Random(seed)
    nodes, names, weights = [], ["x", "z"], {}
    for step in range(rng.randint(3, 9)):
        weights |= {f"w{step}": f32(3, 3), f"l{step}": f32(2, 2)}
        weights[f"c{step}"] = f32(rng.choice([1, 2]), rng.choice([1, 3]))
        nodes += random_step(rng, step, *(rng.choice(names) for _ in range(3)))
        names.append(f"t{step}")
    integers = {"one": [1], "three": [3], "turned": [3, 2], "zeros": [0, 0]}
    weights |= {key: np.array(value, dtype=np.int64) for key, value in integers.items()}
    weights |= {"c": f32(1, 3), "low": np.float32(-0.75), "high": np.float32(1.5)}
    return model(nodes, {"x": [2, 3], "z": [2, 3]}, weights, outputs=(names[-1], names[-2]))


def random_step(rng, step, a, b, c):
    """One or two nodes that make t<step> from some of the tensors a, b, c."""
    name = f"t{step}"
    choices = [
        [("MatMul", f"{a},w{step}", name, {})],
        [("MatMul", f"l{step},{a}", name, {})],
        [("Add", f"{a},{b}", name, {})],
        [("Sub", f"c{step},{a}", name, {})],
        [("Mul", f"{a},c{step}", name, {})],
        [("Relu", a, name, {})],
        [("Max", f"{a},c{step},{b}", name, {})],
        [("Min", f"{a},{b},{c}", name, {})],
        [("PRelu", f"{a},c{step}", name, {})],
        [("Concat", f"{a},{b},c", f"j{step}", {"axis": 0}), ("Slice", f"j{step},one,three", name, {})],
        [("Reshape", f"{a},turned", f"r{step}", {}), ("Transpose", f"r{step}", name, {})],
        [("Clip", f"{a},low,high", name, {})],
        [("Sum", f"{a},{b},c{step},{c}", name, {})],
        [("Abs", a, name, {})],
        [("Sign", a, name, {})],
        [("Gather", f"{a},zeros", name, {"axis": 0})],
    ]
    return rng.choice(choices)


@pytest.mark.parametrize("seed", range(60))
def test_random_graphs(seed):
    # Sign jumps, so the runtime's rounding can matter: Fractions alone are asked.
    agree(random_model(seed), runtime=False)


def test_the_allowance_for_rounding_is_not_generous():
    graph = FractionGraph(one("MatMul", {"x": [1, 3]}, {"w": f32(3, 2)}))
    graph.magnitude = Fraction(1)
    assert rounding(graph) < Fraction(1, 2**17)


def test_a_smooth_function_of_a_constant_becomes_a_vertex():
    nodes = [("Sigmoid", "c", "s", {}), ("Add", "x,s", "y", {})]
    network = read_onnx(model(nodes, {"x": [1, 2]}, {"c": np.zeros((1, 2), np.float32)}).SerializeToString())
    assert list(np.ravel(evaluate(network, [1.0, 2.0], FloatArithmetic()))) == [1.5, 2.5]
