"""From a network to a graph of ONNX operators; `formats/onnx.py` puts the graph into a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from verinet.errors import InexactInput, Unsupported
from verinet.exact.linalg import Matrix
from verinet.networks.activations import Activation
from verinet.networks.formats.binary_floats import FORMATS, BinaryFormat, holds, written
from verinet.networks.formats.onnx_graph import Graph, Operation, Port
from verinet.networks.network import Activate, Affine, Input, Network

FloatType = Literal["float32", "float64"]


def graph_of_network(network: Network, dtype: FloatType | None, *, rounding: bool, opset: int) -> Graph:
    """The graph of a network; `write_onnx` documents the parameters.

    Guarantee: exact (numeric with `rounding`).
    """
    if dtype is None:
        try:
            return graph_of_network(network, "float32", rounding=rounding, opset=opset)
        except InexactInput:
            return graph_of_network(network, "float64", rounding=rounding, opset=opset)
    if dtype not in ("float32", "float64"):
        raise Unsupported(f'weights are written as "float32" or "float64", got {dtype!r}', fix="choose one of the two")
    writer = _Writer(FORMATS[dtype], rounding)
    inputs = []
    names: list[str] = []
    for index, vertex in enumerate(network.vertices):
        sources = [names[source] for source in vertex.sources]
        match vertex.operation:
            case Input(size=size, name=name):
                inputs.append(Port(name, dtype, (1, size)))
                names.append(writer.reserved(name))
            case Affine(weight=weight, bias=bias):
                names.append(writer.affine(sources, weight, bias, f"vertex_{index}"))
            case Activate(activations=activations):
                names.append(writer.activate(sources[0], activations, f"vertex_{index}"))
    outputs = []
    for readout, index in network.readouts:
        # A readout may share its name with an input or with another tensor: then it gets a name of its own.
        name = writer.fresh(readout)
        writer.add("Identity", [names[index]], {}, name)
        outputs.append(Port(name, dtype, (1, network.sizes[index])))
    return Graph(tuple(inputs), tuple(outputs), writer.initialisers, tuple(writer.operations), opset)


class _Writer:
    """Operations and initialisers as they are written, and how a rational becomes a float."""

    def __init__(self, form: BinaryFormat, rounding: bool) -> None:
        self.form = form
        self.rounding = rounding
        self.operations: list[Operation] = []
        self.initialisers: dict[str, npt.NDArray[Any]] = {}
        self._taken: set[str] = set()

    # --- names and numbers --------------------------------------------------------------------------

    def reserved(self, name: str) -> str:
        self._taken.add(name)
        return name

    def fresh(self, name: str) -> str:
        """The name, with a number behind it when it is taken."""
        candidate, number = name, 1
        while candidate in self._taken:
            number += 1
            candidate = f"{name}_{number}"
        return self.reserved(candidate)

    def floating(self, q: Fraction, what: str, form: BinaryFormat | None = None) -> float:
        """The float that is q, or the nearest one where rounding was asked for."""
        return written(q, form or self.form, what, rounding=self.rounding)

    def numbers(self, rows: Sequence[Sequence[Fraction]], what: str, name: str) -> str:
        """A new initialiser of the written type."""
        table = [[self.floating(q, f"an entry of {what}") for q in row] for row in rows]
        array = np.array(table, dtype=self.form.name).reshape(len(rows), -1)
        return self._store(array, name)

    def scalar(self, q: Fraction, what: str, name: str) -> str:
        """A new initialiser without axes."""
        return self._store(np.array(self.floating(q, what), dtype=self.form.name), name)

    def indices(self, places: Sequence[int], name: str) -> str:
        """A new initialiser of indices."""
        return self._store(np.array(places, dtype=np.int64), name)

    def _store(self, array: npt.NDArray[Any], name: str) -> str:
        unique = self.fresh(name)
        self.initialisers[unique] = array
        return unique

    # --- operations ---------------------------------------------------------------------------------

    def add(self, operator: str, inputs: Sequence[str], attributes: dict[str, Any], output: str) -> str:
        """One more operation; its output, whose name the caller has made fresh."""
        self.operations.append(Operation(operator, tuple(inputs), (output,), attributes, output))
        return output

    def joined(self, parts: Sequence[str], name: str) -> str:
        return parts[0] if len(parts) == 1 else self.add("Concat", parts, {"axis": 1}, self.fresh(name))

    def affine(self, sources: Sequence[str], weight: Matrix, bias: Matrix, name: str) -> str:
        source = self.joined(sources, f"{name}_joined")
        matrix = self.numbers(weight.to_rows(), f"the weight of {name}", f"{name}_weight")
        column = self.numbers(bias.T.to_rows(), f"the bias of {name}", f"{name}_bias")
        return self.add("Gemm", [source, matrix, column], {"transB": 1}, self.fresh(name))

    def activate(self, source: str, activations: Sequence[Activation], name: str) -> str:
        """One operator where all channels agree, else one a run of equal channels, joined again."""
        runs = [(function, len(list(run))) for function, run in groupby(activations)]
        if len(runs) == 1:
            return self.function(source, runs[0][0], name)
        slopes = [_slope(function) for function in activations]
        if all(slope is not None for slope in slopes):
            row = [Fraction(0) if slope is None else slope for slope in slopes]
            return self._prelu(source, row, name)
        parts, start = [], 0
        for function, length in runs:
            places = self.indices(range(start, start + length), f"{name}_channels")
            part = self.add("Gather", [source, places], {"axis": 1}, self.fresh(f"{name}_part"))
            parts.append(self.function(part, function, name))
            start += length
        return self.joined(parts, name)

    def _prelu(self, source: str, slopes: Sequence[Fraction], name: str) -> str:
        table = self.numbers([slopes], f"the slopes of {name}", f"{name}_slopes")
        return self.add("PRelu", [source, table], {}, self.fresh(name))

    def function(self, source: str, function: Activation, name: str) -> str:
        """One activation for all channels of a tensor."""
        if function.is_identity:
            return source
        simple = _SIMPLE.get(function.name)
        if simple is not None:
            return self.add(simple, [source], {}, self.fresh(name))
        row = _LOWERED.get(function.name)
        if row is None:
            raise Unsupported(
                f"ONNX has no operator for the activation {function}; written are "
                f"{', '.join(sorted((*_SIMPLE, *_LOWERED, 'identity')))}",
                fix="write verinet's own JSON, which holds every network",
            )
        return row(self, source, function, name)

    def leaky_relu(self, source: str, function: Activation, name: str) -> str:
        slope = function.parameters[0]
        if not self.rounding and not holds(slope, FORMATS["float32"]):
            return self._prelu(source, [slope], name)  # an attribute is a binary32, PRelu's slopes are not
        alpha = self.floating(slope, f"the slope of {name}", FORMATS["float32"])
        return self.add("LeakyRelu", [source], {"alpha": alpha}, self.fresh(name))

    def hard_sigmoid(self, source: str, function: Activation, name: str) -> str:
        alpha, beta = (self.floating(q, f"a parameter of {name}", FORMATS["float32"]) for q in function.parameters)
        return self.add("HardSigmoid", [source], {"alpha": alpha, "beta": beta}, self.fresh(name))

    def clip(self, source: str, low: Fraction | None, high: Fraction | None, name: str) -> str:
        bounds = ["" if q is None else self.scalar(q, f"a bound of {name}", f"{name}_bound") for q in (low, high)]
        inputs = [source, *bounds] if high is not None else [source, bounds[0]]
        return self.add("Clip", inputs, {}, self.fresh(name))


def _slope(function: Activation) -> Fraction | None:
    """The slope below zero of a function that PRelu computes, else None."""
    if function.is_identity:
        return Fraction(1)
    if function.name == "relu":
        return Fraction(0)
    return function.parameters[0] if function.name == "leaky_relu" else None


_SIMPLE = {
    "relu": "Relu", "abs": "Abs", "floor": "Floor", "sign": "Sign", "logistic": "Sigmoid", "tanh": "Tanh",
    "softplus": "Softplus", "sine": "Sin",
}  # fmt: skip
_LOWERED: dict[str, Callable[[_Writer, str, Activation, str], str]] = {
    "leaky_relu": _Writer.leaky_relu,
    "hard_sigmoid": _Writer.hard_sigmoid,
    "clip": lambda w, s, f, n: w.clip(s, f.parameters[0], f.parameters[1], n),
    "at_least": lambda w, s, f, n: w.clip(s, f.parameters[0], None, n),
    "at_most": lambda w, s, f, n: w.clip(s, None, f.parameters[0], n),
    "hard_tanh": lambda w, s, f, n: w.clip(s, Fraction(-1), Fraction(1), n),
    "relu6": lambda w, s, f, n: w.clip(s, Fraction(0), Fraction(6), n),
}
