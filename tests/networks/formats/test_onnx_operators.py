"""Every operator of the importer's table, alone or in a small graph, against the runtime and Fractions."""

from __future__ import annotations

import numpy as np
import pytest

from tests.networks.formats.onnx_graphs import agree, model, one
from verinet.networks.formats.onnx import known_operators

RNG = np.random.default_rng(7)


def f32(*shape):
    return (RNG.integers(-64, 65, shape) / 32).astype(np.float32)


def i64(*values):
    return np.array(values, dtype=np.int64)


def row(*entries):
    return np.array(entries, dtype=np.float32)


X34 = {"x": [3, 4]}
IMAGE = {"x": [1, 2, 6, 5]}
SIGNAL = {"x": [1, 4, 9]}

CASES = {
    # matrix products
    "Gemm": one("Gemm", X34, {"w": f32(4, 2), "c": f32(2)}),
    "Gemm alpha beta transA transB": one(
        "Gemm", X34, {"w": f32(2, 3), "c": f32(4, 1)}, alpha=0.3, beta=-1.7, transA=1, transB=1
    ),
    "Gemm without C": one("Gemm", X34, {"w": f32(2, 4)}, transB=1),
    "Gemm weight on the left": model([("Gemm", "w,x,c", "y", {"transB": 1})], X34, {"w": f32(2, 4), "c": f32(1, 3)}),
    "Gemm with a C that moves": model(
        [("Gemm", "x,w", "h", {}), ("Gemm", "h,v,x", "y", {"alpha": 0.5})],
        X34,
        {"w": f32(4, 2), "v": f32(2, 4)},
    ),
    "MatMul right": one("MatMul", X34, {"w": f32(4, 2)}),
    "MatMul left": model([("MatMul", "w,x", "y", {})], X34, {"w": f32(2, 3)}),
    "MatMul vector @ matrix": one("MatMul", {"x": [3]}, {"w": f32(3, 2)}),
    "MatMul matrix @ vector": model([("MatMul", "w,x", "y", {})], {"x": [3]}, {"w": f32(2, 3)}),
    "MatMul vector @ vector": one("MatMul", {"x": [3]}, {"w": f32(3)}),
    "MatMul of a stack": one("MatMul", {"x": [2, 3, 4]}, {"w": f32(4, 2)}),
    "MatMul of two stacks": model([("MatMul", "w,x", "y", {})], {"x": [1, 3, 2]}, {"w": f32(2, 1, 4, 3)}),
    "MatMul of a vector with a stack": one("MatMul", {"x": [3]}, {"w": f32(2, 3, 2)}),
    # sums and products
    "Add": one("Add", X34, {"c": f32(4)}),
    "Add column": one("Add", X34, {"c": f32(3, 1)}),
    "Add widens": one("Add", {"x": [4]}, {"c": f32(3, 1)}),
    "Add two": one("Add", {"a": [3, 4], "b": [4]}),
    "Add itself": model([("Add", "x,x", "y", {})], X34),
    "Sub": one("Sub", X34, {"c": f32(1, 4)}),
    "Sub from a constant": model([("Sub", "c,x", "y", {})], X34, {"c": f32(4)}),
    "Sub two": one("Sub", {"a": [2, 3], "b": [2, 1]}),
    "Mul": one("Mul", X34, {"c": f32(4)}),
    "Mul by a zero": one("Mul", X34, {"c": row(0, 1, 0, -2)}),
    "Mul on the left": model([("Mul", "c,x", "y", {})], X34, {"c": f32(3, 1)}),
    "Div": one("Div", X34, {"c": row(0.3, -2, 7, 1e-3)}),
    "Neg": one("Neg", X34),
    "Sum": one("Sum", {"a": [3, 4], "b": [4], "c": [3, 1]}, {"d": f32(1, 1)}),
    "Sum of one": one("Sum", X34),
    "Mean": one("Mean", {"a": [3, 4], "b": [4]}, {"d": f32(4)}),
    "Max": one("Max", {"a": [3, 4], "b": [4], "c": [3, 1]}, {"d": f32(4)}),
    "Max with a constant": one("Max", X34, {"d": f32(4)}),
    "Max of one": one("Max", X34),
    "Min": one("Min", {"a": [3, 4], "b": [4], "c": [3, 1]}, {"d": f32(4)}),
    # one element
    "Relu": one("Relu", X34),
    "LeakyRelu": one("LeakyRelu", X34, alpha=0.2),
    "LeakyRelu default": one("LeakyRelu", X34),
    "PRelu": one("PRelu", X34, {"s": f32(4)}),
    "PRelu by channel": one("PRelu", IMAGE, {"s": f32(2, 1, 1)}),
    "Abs": one("Abs", X34),
    "Clip": one("Clip", X34, {"low": np.float32(-0.3), "high": np.float32(1.1)}),
    "Clip below": one("Clip", X34, {"low": np.float32(-0.3)}),
    "Clip above": model([("Clip", "x,,high", "y", {})], X34, {"high": np.float32(0.7)}),
    "Clip crossed": one("Clip", X34, {"low": np.float32(2), "high": np.float32(1)}),
    "Clip unbounded": one("Clip", X34, {"low": np.float32(-np.inf), "high": np.float32(np.inf)}),
    "Clip by attributes": one("Clip", X34, opset=10, min=-0.5, max=0.25),
    "Clip by one attribute": one("Clip", X34, opset=10, min=0.0),
    "HardSigmoid": one("HardSigmoid", X34),
    "HardSigmoid falling": one("HardSigmoid", X34, alpha=-0.7, beta=0.1),
    "Floor": one("Floor", X34),
    "Ceil": one("Ceil", X34),
    "Sign": one("Sign", X34),
    # windows
    "Conv": one("Conv", IMAGE, {"w": f32(3, 2, 3, 2), "b": f32(3)}),
    "Conv pads strides dilations": one(
        "Conv", IMAGE, {"w": f32(3, 2, 2, 2)}, pads=[1, 0, 2, 1], strides=[2, 1], dilations=[2, 3]
    ),
    "Conv groups": one("Conv", {"x": [1, 4, 5, 4]}, {"w": f32(6, 2, 2, 2), "b": f32(6)}, group=2),
    "Conv depthwise": one("Conv", {"x": [1, 3, 4, 4]}, {"w": f32(3, 1, 2, 2)}, group=3, kernel_shape=[2, 2]),
    "Conv same upper": one("Conv", IMAGE, {"w": f32(1, 2, 2, 2)}, auto_pad="SAME_UPPER", strides=[2, 2]),
    "Conv same lower": one("Conv", IMAGE, {"w": f32(1, 2, 2, 2)}, auto_pad="SAME_LOWER"),
    "Conv valid": one("Conv", IMAGE, {"w": f32(1, 2, 2, 2)}, auto_pad="VALID"),
    "Conv of one axis": one("Conv", SIGNAL, {"w": f32(2, 4, 3), "b": f32(2)}, pads=[1, 1], strides=[2]),
    "Conv of a batch": one("Conv", {"x": [2, 1, 4, 3]}, {"w": f32(2, 1, 2, 2)}),
    "Conv of a folded weight": model(
        [("Mul", "w,c", "v", {}), ("Conv", "x,v", "y", {})],
        IMAGE,
        {"w": f32(2, 2, 2, 2), "c": np.float32(0.1)},
    ),
    "MaxPool": one("MaxPool", IMAGE, kernel_shape=[2, 2], strides=[2, 2]),
    "MaxPool pads": one("MaxPool", IMAGE, kernel_shape=[3, 2], pads=[1, 1, 1, 0], strides=[2, 2]),
    "MaxPool dilations": one("MaxPool", IMAGE, kernel_shape=[2, 2], dilations=[2, 3]),
    "MaxPool same": one("MaxPool", IMAGE, kernel_shape=[2, 2], auto_pad="SAME_UPPER", strides=[2, 2]),
    "MaxPool of one axis": one("MaxPool", SIGNAL, kernel_shape=[3]),
    "MaxPool ceil that fits": one("MaxPool", SIGNAL, kernel_shape=[3], strides=[3], ceil_mode=1),
    "AveragePool": one("AveragePool", IMAGE, kernel_shape=[3, 2], strides=[1, 2]),
    "AveragePool pads": one("AveragePool", IMAGE, kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
    "AveragePool counts pads": one("AveragePool", IMAGE, kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1),
    "AveragePool same lower": one("AveragePool", IMAGE, kernel_shape=[2, 2], auto_pad="SAME_LOWER"),
    "GlobalAveragePool": one("GlobalAveragePool", IMAGE),
    "GlobalMaxPool": one("GlobalMaxPool", {"x": [1, 2, 3, 2]}),
    "ReduceMean": one("ReduceMean", {"x": [2, 3, 4]}, axes=[0, -1]),
    "ReduceMean no keep": one("ReduceMean", {"x": [2, 3, 4]}, axes=[1], keepdims=0),
    "ReduceMean axes as input": one("ReduceMean", {"x": [2, 3, 4]}, {"a": i64(1)}, opset=18),
    "ReduceSum": one("ReduceSum", {"x": [2, 3, 4]}, {"a": i64(-1, 1)}, keepdims=0),
    "ReduceSum of all": one("ReduceSum", X34, keepdims=0),
    "ReduceSum of none": one("ReduceSum", X34, noop_with_empty_axes=1),
    "ReduceMax": one("ReduceMax", {"x": [2, 3, 4]}, axes=[1]),
    "BatchNormalization exact": one(
        "BatchNormalization",
        IMAGE,
        {"s": f32(2), "b": f32(2), "m": f32(2), "v": row(3.75, 0.3125)},
        epsilon=0.25,
    ),
    # movements
    "Identity": one("Identity", X34),
    "Dropout": one("Dropout", X34),
    "Dropout with inputs": one("Dropout", X34, {"r": np.float32(0.3), "t": np.array(False)}),
    "Dropout old": one("Dropout", X34, opset=10, ratio=0.2),
    "Flatten": one("Flatten", {"x": [2, 3, 4]}),
    "Flatten axis 0": one("Flatten", {"x": [2, 3, 4]}, axis=0),
    "Flatten negative": one("Flatten", {"x": [2, 3, 4]}, axis=-1),
    "Reshape": one("Reshape", {"x": [2, 3, 4]}, {"s": i64(0, -1)}),
    "Reshape to a vector": one("Reshape", {"x": [2, 3, 4]}, {"s": i64(-1)}),
    "Transpose": one("Transpose", {"x": [2, 3, 4]}, perm=[1, 2, 0]),
    "Transpose default": one("Transpose", {"x": [2, 3, 4]}),
    "Squeeze": one("Squeeze", {"x": [1, 3, 1]}, {"a": i64(-1)}),
    "Squeeze all": one("Squeeze", {"x": [1, 3, 1]}),
    "Squeeze by attribute": one("Squeeze", {"x": [1, 3, 1]}, opset=11, axes=[0]),
    "Unsqueeze": one("Unsqueeze", {"x": [3]}, {"a": i64(0, -1)}),
    "Unsqueeze by attribute": one("Unsqueeze", {"x": [3]}, opset=11, axes=[1]),
    "Concat": one("Concat", {"a": [2, 3], "b": [2, 1]}, {"c": f32(2, 2)}, axis=-1),
    "Concat of multiples": model(
        [("Mul", "x,c", "h", {}), ("Add", "x,c", "g", {}), ("Concat", "h,x,g,c", "y", {"axis": 0})],
        X34,
        {"c": f32(1, 4)},
    ),
    "Slice": one("Slice", X34, {"s": i64(0, 1), "e": i64(99, -1)}),
    "Slice steps": one("Slice", X34, {"s": i64(-1), "e": i64(-99), "a": i64(1), "t": i64(-2)}),
    "Slice by attributes": one("Slice", X34, opset=9, starts=[1], ends=[3], axes=[1]),
    "Gather": one("Gather", X34, {"i": np.array([[2, -1], [0, 0]], dtype=np.int64)}),
    "Gather down to a number": model(
        [("Mul", "x,c", "h", {}), ("Gather", "h,i", "y", {})], {"x": [3]}, {"c": f32(3), "i": np.array(1)}
    ),
    "Gather one": one("Gather", X34, {"i": np.array(1, dtype=np.int64)}, axis=1),
    "Split": model([("Split", "x,l", "a,b", {"axis": 1}), ("Concat", "b,a", "y", {"axis": 1})], X34, {"l": i64(1, 3)}),
    "Split equal": model([("Split", "x", "a,b", {"axis": 1}), ("Sub", "a,b", "y", {})], X34),
    "Split by attribute": model(
        [("Split", "x", "a,b", {"split": [1, 3], "axis": 1}), ("Add", "a,b", "y", {})], X34, opset=11
    ),
    "Split unequal": model(
        [("Split", "x", "a,b,c", {"axis": 1, "num_outputs": 3}), ("Sub", "a,b", "y", {})],
        {"x": [2, 5]},
        opset=18,
    ),
    "Expand": one("Expand", {"x": [3, 1]}, {"s": i64(2, 1, 4)}),
    "Pad": one("Pad", X34, {"p": i64(1, 0, 0, 2), "v": np.float32(0.7)}),
    "Pad axes": one("Pad", X34, {"p": i64(1, 2), "v": np.float32(-1), "a": i64(1)}, opset=18),
    "Pad by attribute": one("Pad", X34, opset=10, pads=[0, 1, 0, 0], value=1.5),
    "Shape and ConstantOfShape": model(
        [
            ("Shape", "x", "s", {}),
            ("ConstantOfShape", "s", "zeros", {}),
            ("Add", "x,zeros", "y", {}),
        ],
        X34,
    ),
    "Constant": model([("Constant", "", "c", {"value_floats": [1.0, 0.1, -2.0, 3.0]}), ("Mul", "x,c", "y", {})], X34),
}
#: Operators whose cases are in other tests of this folder.
ELSEWHERE = {"Cast", "Sigmoid", "Tanh", "Softplus", "Sin"}


@pytest.mark.parametrize("name", CASES)
def test_operator_agrees_with_the_runtime_and_with_fractions(name):
    agree(CASES[name])


def test_every_operator_of_the_table_has_a_case():
    covered = {node.op_type for case in CASES.values() for node in case.graph.node}
    assert set(known_operators()) == covered | ELSEWHERE
