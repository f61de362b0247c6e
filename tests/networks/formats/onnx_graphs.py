"""Small ONNX graphs for the tests, and the comparison of an imported network with the graph it came from."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from tests.networks.formats.fraction_graph import FractionGraph
from verinet.networks.formats.onnx import read_onnx

POINTS = 20


def model(nodes, inputs, initialisers=None, outputs=("y",), opset=17, kind=TensorProto.FLOAT):
    """A model from nodes (tuples: operator, inputs, outputs, attributes), input shapes and named arrays."""
    made = [
        helper.make_node(op, ins.split(",") if ins else [], outs.split(","), **attributes)
        for op, ins, outs, attributes in nodes
    ]
    graph = helper.make_graph(
        made,
        "test",
        [helper.make_tensor_value_info(name, kind, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, kind, None) for name in outputs],
        [numpy_helper.from_array(array, name) for name, array in (initialisers or {}).items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def one(operator, inputs, initialisers=None, opset=17, **attributes):
    """A model of one operator; its inputs are those of the graph, then the initialisers."""
    names = ",".join([*inputs, *(initialisers or {})])
    return model([(operator, names, "y", attributes)], inputs, initialisers, opset=opset)


def points(shapes, seed=0, count=POINTS):
    """Inputs of multiples of 1/64, which every float type holds; the first are all zeros and all ones."""
    rng = random.Random(seed)
    for i in range(count):
        yield {
            name: np.array(
                [Fraction(i) if i < 2 else Fraction(rng.randint(-256, 256), 64) for _ in range(int(np.prod(shape)))],
                dtype=object,
            ).reshape(shape)
            for name, shape in shapes
        }


def flat(arrays):
    return tuple(value for array in arrays for value in np.asarray(array, dtype=object).reshape(-1))


def session(data):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def run(runtime, given):
    """The runtime's outputs, taken exactly, in order."""
    kinds = {i.name: np.float64 if "double" in i.type else np.float32 for i in runtime.get_inputs()}
    feed = {name: array.astype(np.float64).astype(kinds[name]) for name, array in given.items()}
    return flat([np.vectorize(lambda v: Fraction(float(v)), otypes=[object])(out) for out in runtime.run(None, feed)])


def rounding(graph, kind=np.float32):
    """How far a runtime's float arithmetic may stray: a few units in the last place of the largest value, for
    each node and each term of the longest sum."""
    longest = max((len(a.reshape(-1)) // max(1, min(a.shape, default=1)) for a in graph.constants.values()), default=1)
    unit = Fraction(float(np.finfo(kind).eps))
    return 4 * (len(graph.graph.node) + longest) * unit * graph.magnitude


def agree(proto, *, runtime=True, rounded=False, shapes=None):
    """The imported network equals the graph exactly, and the runtime within rounding; returns the network."""
    data = proto if isinstance(proto, bytes) else proto.SerializeToString()
    graph = FractionGraph(onnx.load_model_from_string(data), rounded_batch_normalization=rounded)
    network = read_onnx(data, shapes=shapes, batch_normalization="rounded" if rounded else "exact")
    live = session(data) if runtime else None
    for given in points(list(shapes.items()) if shapes else graph.inputs()):
        expected = flat(graph.run(given).values())
        assert network(*flat(given.values())) == expected
        if live is not None:
            allowed = rounding(graph)
            for ours, theirs in zip(expected, run(live, given), strict=True):
                assert abs(ours - theirs) <= allowed
    return network
