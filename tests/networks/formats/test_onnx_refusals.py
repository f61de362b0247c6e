"""What the importer refuses, each by name and with a way out."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from onnx import TensorProto, helper

from tests.networks.formats.onnx_graphs import model, one
from verinet.errors import BadFormat, NotANumber, ShapeMismatch, Unsupported, VerinetError
from verinet.networks.formats import assembly
from verinet.networks.formats.onnx import known_operators, read_onnx

X = {"x": [1, 3]}
IMAGE = {"x": [1, 2, 4, 4]}


def ones(*shape):
    return np.ones(shape, dtype=np.float32)


def refused(proto, error, *words):
    with pytest.raises(error) as caught:
        read_onnx(proto if isinstance(proto, bytes) else proto.SerializeToString())
    for word in (*words, "Fix: "):
        assert word in str(caught.value)
    return caught.value


def test_an_unknown_operator_is_refused_by_name_with_the_list_of_those_known():
    error = refused(one("Softmax", X), Unsupported, "Softmax", *known_operators())
    assert error.where is not None
    assert "Softmax" in error.where


def test_operators_of_other_domains_are_refused_by_their_full_name():
    proto = one("Relu", X)
    proto.graph.node[0].domain = "com.microsoft"
    refused(proto, Unsupported, "com.microsoft::Relu")


def test_sub_graphs_are_refused_by_the_name_of_their_operator():
    body = helper.make_graph([], "body", [], [])
    proto = one("Relu", X)
    proto.graph.node[0].CopyFrom(helper.make_node("If", ["x"], ["y"], then_branch=body, else_branch=body))
    refused(proto, Unsupported, "the operator If is not known")


REFUSED = {
    "product of two tensors": (one("Mul", {"x": [2], "z": [2]}), Unsupported, "Mul"),
    "matrix product of two tensors": (one("MatMul", {"x": [2, 2], "z": [2, 2]}), Unsupported, "MatMul"),
    "division by a tensor": (model([("Div", "c,x", "y", {})], X, {"c": ones(3)}), Unsupported, "Div"),
    "division by zero": (one("Div", X, {"c": np.array([1, 0, 2], np.float32)}), Unsupported, "holds a zero"),
    "attribute": (one("Relu", X, magic=1), Unsupported, "magic"),
    "attribute type": (one("Flatten", X, axis=1.5), BadFormat, "axis"),
    "narrowing cast": (one("Cast", X, to=TensorProto.FLOAT16), Unsupported, "from float32 to float16"),
    "cast to integers": (one("Cast", X, to=TensorProto.INT64), Unsupported, "from float32 to int64"),
    "cast to text": (one("Cast", X, to=TensorProto.STRING), Unsupported, "Cast"),
    "old operator set": (one("Relu", X, opset=6), Unsupported, "operator sets"),
    "operator set of the future": (one("Relu", X, opset=99), Unsupported, "operator sets"),
    "training dropout": (
        one("Dropout", X, {"r": np.float32(0.5), "t": np.array(True)}),
        Unsupported,
        "training",
    ),
    "training batch normalisation": (
        one("BatchNormalization", IMAGE, {n: ones(2) for n in "sbmv"}, training_mode=1),
        Unsupported,
        "training",
    ),
    "irrational batch normalisation": (
        one("BatchNormalization", IMAGE, {n: ones(2) for n in "sbmv"}),
        Unsupported,
        'batch_normalization="rounded"',
    ),
    "negative variance": (
        one("BatchNormalization", IMAGE, {n: -ones(2) for n in "sbmv"}),
        Unsupported,
        "variance",
    ),
    "reflecting pad": (one("Pad", X, {"p": np.array([0, 1, 0, 1])}, mode="reflect"), Unsupported, "reflect"),
    "cut last window": (
        one("MaxPool", IMAGE, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
        Unsupported,
        "ceil_mode",
    ),
    "padding that runtimes and the standard read in two ways": (
        one("MaxPool", IMAGE, kernel_shape=[2, 2], dilations=[2, 1], auto_pad="SAME_UPPER"),
        Unsupported,
        "two ways",
    ),
    "mean over windows that skip elements": (
        one("AveragePool", IMAGE, kernel_shape=[1, 1], strides=[2, 2], auto_pad="SAME_UPPER"),
        Unsupported,
        "two ways",
    ),
    "squeeze of no axes": (one("Squeeze", X, {"axes": np.array([], np.int64)}), Unsupported, "two ways"),
    "shape that depends on the input": (one("Reshape", {"x": [2], "s": [1]}), Unsupported, "Reshape"),
    "fractional shape": (one("Reshape", X, {"s": np.array([1.5], np.float32)}), Unsupported, "integers"),
    "matrix product that does not fit": (one("MatMul", X, {"w": ones(4, 2)}), ShapeMismatch, "MatMul"),
    "sum that does not fit": (one("Add", X, {"c": ones(2)}), ShapeMismatch, "Add"),
    "convolution that does not fit": (one("Conv", IMAGE, {"w": ones(1, 3, 2, 2)}), ShapeMismatch, "Conv"),
    "window that does not fit": (one("Conv", IMAGE, {"w": ones(1, 2, 5, 5)}), ShapeMismatch, "Conv"),
    "reshape that does not fit": (one("Reshape", X, {"s": np.array([2, 2])}), ShapeMismatch, "Reshape"),
    "index that does not fit": (one("Gather", X, {"i": np.array([3])}, axis=1), ShapeMismatch, "Gather"),
    "axis that does not fit": (one("Flatten", X, axis=3), ShapeMismatch, "Flatten"),
    "split that does not fit": (
        model([("Split", "x,l", "a,y", {"axis": 1})], X, {"l": np.array([1, 3])}),
        ShapeMismatch,
        "Split",
    ),
    "too few inputs": (model([("Add", "x", "y", {})], X), BadFormat, "Add"),
    "missing input": (model([("Add", "x,", "y", {})], X), BadFormat, "Add"),
    "tensor from nowhere": (model([("Add", "x,h", "y", {})], X), BadFormat, "'h'"),
    "output from nowhere": (model([("Relu", "x", "h", {})], X), BadFormat, "'y'"),
    "wrong order": (model([("Relu", "h", "y", {}), ("Relu", "x", "h", {})], X), BadFormat, "'h'"),
    "two tensors of one name": (model([("Relu", "x", "x", {})], X, outputs=("x",)), BadFormat, "'x'"),
    "an index output": (model([("MaxPool", "x", "a,y", {"kernel_shape": [2, 2]})], IMAGE), BadFormat, "'y'"),
    "maximum of no elements": (
        model([("ReduceMax", "c", "h", {}), ("Add", "x,h", "y", {})], X, {"c": ones(0, 2)}),
        Unsupported,
        "without elements",
    ),
    "no elements": (
        one("Slice", X, {"s": np.array([0]), "e": np.array([0])}),
        Unsupported,
        "without elements",
    ),
    "no inputs": (model([("Constant", "", "y", {"value_float": 1.0})], {}), BadFormat, "input"),
    "open dimension": (one("Relu", {"x": ["n", "m"]}), Unsupported, "shapes="),
    "integer input": (model([("Relu", "x", "y", {})], X, kind=TensorProto.INT64), Unsupported, "int64"),
}


def folded(operator, kind, *arrays, **attributes):
    """x plus a constant that the graph computes from integers and casts to a float."""
    names = [f"c{place}" for place in range(len(arrays))]
    nodes = [
        (operator, ",".join(names), "h", attributes),
        ("Cast", "h", "f", {"to": TensorProto.FLOAT}),
        ("Add", "x,f", "y", {}),
    ]
    return model(nodes, {"x": [1]}, {n: np.array(a, dtype=kind) for n, a in zip(names, arrays, strict=True)})


LOW, HIGH = -(2**31), 2**31 - 1
OVERFLOWS = {
    "sum": folded("Add", np.int32, [HIGH], [1]),
    "sum of longs": folded("Add", np.int64, [2**63 - 1], [1]),
    "difference": folded("Sub", np.int32, [LOW], [1]),
    "difference below zero": folded("Sub", np.uint8, [1], [2]),
    "product": folded("Mul", np.int32, [2**16], [2**16]),
    "quotient": folded("Div", np.int32, [LOW], [-1]),
    "negative": folded("Neg", np.int32, [LOW]),
    "absolute value": folded("Abs", np.int64, [-(2**63)]),
    "matrix product": folded("MatMul", np.int32, [[2**20, 2**20]], [[2**20], [1]]),
    "reduction": folded("ReduceSum", np.int32, [HIGH, HIGH], keepdims=1),
    "a mean that rounds": folded("ReduceMean", np.int32, [1, 2], keepdims=1),
}


@pytest.mark.parametrize("name", OVERFLOWS)
def test_integers_beyond_their_type_are_refused(name):
    refused(OVERFLOWS[name], Unsupported, "ReduceMean of integers" if "mean" in name else "which is no number of its")


@pytest.mark.parametrize("kind", [np.int32, np.int64])
def test_integers_within_their_type_are_folded(kind):
    least, most = int(np.iinfo(kind).min), int(np.iinfo(kind).max)
    cases = {
        ("Add", most - 1, 1): most,
        ("Sub", least + 1, 1): least,
        ("Mul", -(2**15), 2**10): -(2**25),
        ("Div", -7, 2): -3,
        ("Min", least, most): least,
        ("Max", least, most): most,
    }
    for (operator, a, b), value in cases.items():
        (y,) = read_onnx(folded(operator, kind, [a], [b]).SerializeToString())(0)
        assert y == int(np.float32(value))  # the cast rounds
    (y,) = read_onnx(folded("ReduceSum", kind, [3, 4], keepdims=1).SerializeToString())(0)
    assert y == 7


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    proto, error, word = REFUSED[name]
    refused(proto, error, word)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("shape", [(3, 2), (1, 1)])
def test_weights_that_are_no_numbers_are_refused_by_name(value, shape):
    weight = ones(*shape)
    weight[0, 0] = value
    refused(one("Mul", {"x": [1]}, {"the weight": weight}), NotANumber, "'the weight'")


def test_a_bound_of_clip_that_is_no_number():
    refused(one("Clip", X, {"low": np.float32(np.nan)}), NotANumber, "min")
    refused(one("Clip", X, {"low": np.float32(np.inf)}), NotANumber, "min")


def test_external_data_is_refused():
    proto = one("Mul", X, {"w": ones(3)})
    proto.graph.initializer[0].data_location = TensorProto.EXTERNAL
    refused(proto, Unsupported, "another file", "'w'")


def test_damaged_tensors():
    proto = one("Mul", X, {"w": ones(3)})
    proto.graph.initializer[0].dims[0] = 4
    refused(proto, BadFormat, "'w'")
    proto.graph.initializer[0].dims[0] = -1
    refused(proto, BadFormat, "'w'")
    proto = one("Mul", X, {"w": ones(3)})
    proto.graph.initializer[0].data_type = TensorProto.STRING
    refused(proto, (BadFormat, Unsupported), "'w'")
    refused(one("Mul", X, {"w": ones(3).astype(np.complex64)}), Unsupported, "complex64")


def test_networks_too_large_are_refused_before_they_are_built(monkeypatch):
    monkeypatch.setattr(assembly, "LARGEST_ENTRIES", 1000)
    refused(one("Conv", {"x": [1, 1, 8, 8]}, {"w": ones(1, 1, 2, 2)}), Unsupported, "limit of 1000")


def i64(*values):
    return np.array(values, dtype=np.int64)


BOMBS = {
    "input": one("Relu", {"x": [1, 10**12]}),
    "expand": one("Expand", X, {"s": i64(10**6, 10**6, 1)}),
    "pad": one("Pad", X, {"p": i64(0, 0, 0, 10**15)}),
    "constant": model([("ConstantOfShape", "s", "c", {}), ("Add", "x,c", "y", {})], X, {"s": i64(10**6, 10**6)}),
    "broadcast": model(
        [("Add", "a,b", "c", {}), ("Add", "x,c", "y", {})], X, {"a": ones(10_000, 1), "b": ones(10_000)}
    ),
    "product": model(
        [("MatMul", "a,b", "c", {}), ("Add", "x,c", "y", {})], X, {"a": ones(10_000, 1), "b": ones(1, 10_000)}
    ),
    "windows": one("MaxPool", IMAGE, kernel_shape=[2, 2], pads=[0, 0, 10**15, 10**15]),
    "kernel": one("MaxPool", IMAGE, kernel_shape=[10**6, 10**6], pads=[10**6] * 4),
    "doubling": model(
        [("Concat", f"t{i},t{i}", f"t{i + 1}", {"axis": 1}) for i in range(60)], {"t0": [1, 3]}, outputs=("t60",)
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_small_file_cannot_ask_for_a_huge_tensor(name):
    refused(BOMBS[name], Unsupported, "more than")


def test_long_and_unprintable_names_are_shown_short_and_escaped():
    error = refused(one("Strange\x1b[31m" + "n" * 10**6, X), Unsupported, "is not known")
    assert len(str(error)) < 2000
    assert "\x1b" not in str(error)


def test_every_truncation_and_every_foreign_file_gives_a_clear_error():
    data = one("Gemm", X, {"w": ones(3, 2)}).SerializeToString()
    for length in range(len(data)):
        refused(data[:length], (BadFormat, Unsupported, ShapeMismatch))
    for other in (b"", b"\0" * 100, b"not a network at all", b"PK\x03\x04" + b"\0" * 50, b"[" * 10_000):
        refused(other, BadFormat, "not an ONNX file")


def test_flipped_bytes_give_a_network_or_a_clear_error():
    data = bytearray(one("Gemm", X, {"w": ones(3, 2)}).SerializeToString())
    for place in range(len(data)):
        for bit in (1, 0x10, 0x80):
            data[place] ^= bit
            with contextlib.suppress(VerinetError):  # any other exception fails the test
                read_onnx(bytes(data))
            data[place] ^= bit


def test_without_the_package_the_error_says_what_to_install():
    code = """
        import sys
        sys.modules["onnx"] = None  # an import of it now fails
        from verinet.errors import MissingExtra
        from verinet.networks.formats.onnx import read_onnx
        try:
            read_onnx(b"")
        except MissingExtra as error:
            print(error)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert 'pip install "verinet[onnx]"' in done.stdout


def test_importing_the_reader_does_not_import_onnx():
    code = "import sys, verinet.networks.formats.onnx; print('onnx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
