"""PyTorch modules and state dicts.  The only module that imports torch, and only when it is needed.

A module is translated layer by layer, by a table, into a graph of ONNX operators, and lowered by the same
operator table as an ONNX file.  Layers mean what they mean in inference (`eval` mode).  Parameters are
exactly the rationals that their bits denote; so are Python floats among a layer's settings (a slope, say).
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy.typing as npt

from verinet.errors import BadFormat, InexactInput, MissingExtra, ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.networks.activations import Activation
from verinet.networks.activations import activation as activation_named
from verinet.networks.build import layered
from verinet.networks.formats.binary_floats import BinaryFormat, binary_format, written
from verinet.networks.formats.onnx_graph import Graph, Port
from verinet.networks.formats.onnx_operators import NEWEST_OPSET, lower
from verinet.networks.formats.onnx_write import FloatType
from verinet.networks.formats.pickles import refuse_code
from verinet.networks.formats.pytorch_layers import Steps, translation
from verinet.networks.formats.reading import BatchNormalization, ReadOptions, path_text
from verinet.networks.network import Activate, Affine, Network
from verinet.work import read_bytes


def from_torch(
    module: Any, *, shape: Sequence[int] | None = None, batch_normalization: BatchNormalization = "exact"
) -> Network:
    """The network that a PyTorch module computes in inference.

    Parameters
    ----------
    module : torch.nn.Module
        A Sequential (of Sequentials) of the layers in `pytorch_layers.LAYERS`, or one such layer.
    shape : sequence of int, optional
        Shape of one input, without the batch: ``(3, 32, 32)``; needed unless the first layer is Linear.
    batch_normalization : {"exact", "rounded"}
        See `read_onnx`.

    Raises
    ------
    Unsupported
        For a layer that is not in the table, or a setting of it, by name; MissingExtra without torch.

    Notes
    -----
    Softplus is log(1 + e^x) everywhere: torch's own shortcut above its threshold counts as rounding.

    Guarantee: exact.
    """
    _library()
    layers = list(_flattened(module, ""))
    if shape is None:
        first = type(layers[0][1]).__name__ if layers else "nothing"
        if first != "Linear":
            raise Unsupported(
                f"the shape of the input does not follow from a first layer {first}",
                fix="give it, without the batch: from_torch(module, shape=(3, 32, 32))",
            )
        shape = (int(layers[0][1].in_features),)
    steps = Steps(1 + len(shape))
    for name, layer in layers:
        translation(layer, name)(steps, layer, name)
    element = next((str(array.dtype) for array in steps.arrays.values() if array.ndim), "float32")
    steps.add("Identity", output="y")
    x, y = Port("x", element, (1, *shape)), Port("y", element, None)
    graph = Graph((x,), (y,), steps.arrays, tuple(steps.operations), NEWEST_OPSET)
    return lower(graph, None, ReadOptions(batch_normalization=batch_normalization)).network


def read_torch(path: str | os.PathLike[str], *, activation: Activation | str | None = None) -> Network:
    """The feed-forward network of a state-dict file (.pt, .pth) of linear layers.

    A state dict holds weights and nothing else, so the caller says what stands between the layers.  No code
    of the file is run: its pickle is searched for anything but tensors, then read with weights_only=True.

    Parameters
    ----------
    path : path
    activation : Activation or str, optional
        The activation between any two layers; needed for two layers or more.

    Raises
    ------
    BadFormat
        For a file with code in it, naming what it would call, and for damaged files.
    Unsupported
        For tensors that are not those of linear layers, by name, or without an activation.
    MissingExtra
        Without torch.

    Guarantee: exact.
    """
    where = path_text(path, 'read_torch("weights.pt")')
    state = _state(path, where)
    weights, biases = _linear_layers(state, where)
    if activation is None and len(weights) > 1:
        raise Unsupported(
            f"a state dict does not say which activations stand between its {len(weights)} layers",
            fix='say it: read_torch(path, activation="relu") of formats.pytorch, or use ONNX',
            where=where,
        )
    between = activation_named(activation or "identity") if not isinstance(activation, Activation) else activation
    return layered(weights, biases, between)


def read_state(path: str | os.PathLike[str]) -> dict[str, npt.NDArray[Any]]:
    """The tensors of a state-dict file (.pt, .pth) as arrays, by their names; no code of the file is run.

    Raises
    ------
    BadFormat
        For a file with code in it, for damaged files, and for entries that are no tensors.
    MissingExtra
        Without torch.

    Guarantee: exact.
    """
    where = path_text(path, 'read_state("weights.pt")')
    state = _state(path, where)
    if not isinstance(state, Mapping) or not all(hasattr(tensor, "detach") for tensor in state.values()):
        raise BadFormat("a state dict of tensors was needed", fix="save module.state_dict()", where=where)
    return {str(name): _array(tensor) for name, tensor in state.items()}


def _state(path: str | os.PathLike[str], where: str) -> Any:
    """What torch reads from a file that holds tensors and no code."""
    data = read_bytes(path)
    refuse_code(data, where)
    torch = _library()
    try:
        return torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as error:  # the library raises many kinds
        raise BadFormat(
            f"this is not a state dict that torch reads: {str(error)[:200]}",
            fix="save it again: torch.save(module.state_dict(), path)",
            where=where,
        ) from error


def to_torch(network: Network, *, dtype: FloatType | None = None, rounding: bool = False) -> Any:
    """A torch.nn.Sequential that computes a feed-forward network in floats.

    Parameters
    ----------
    network : Network
        One input, one readout, each vertex read by the next alone.
    dtype : {"float32", "float64"}, optional
        Type of the weights; without it float32 if that holds every weight exactly, else float64.
    rounding : bool
        Round weights that the type does not hold; otherwise they are refused.

    Raises
    ------
    InexactInput
        When a weight is not exactly a number of the type, and `rounding` was not asked for.
    Unsupported
        For other networks, and for activations that torch has no layer for; MissingExtra without torch.

    Guarantee: exact (numeric with `rounding`): the weights, not torch's arithmetic.
    """
    if dtype is None:
        try:
            return to_torch(network, dtype="float32", rounding=rounding)
        except InexactInput:
            return to_torch(network, dtype="float64", rounding=rounding)
    if dtype not in ("float32", "float64"):
        raise Unsupported(f'weights are written as "float32" or "float64", got {dtype!r}', fix="choose one of the two")
    in_line = all(v.sources == ((i - 1,) if i else ()) for i, v in enumerate(network.vertices))
    if not in_line or [index for _, index in network.readouts] != [len(network.vertices) - 1]:
        raise Unsupported("torch.nn.Sequential holds networks without branches only", fix="write ONNX instead")
    torch, form = _library(), binary_format(dtype)
    layers = []
    for vertex in network.vertices[1:]:
        if isinstance(vertex.operation, Affine):
            layers.append(_linear(torch, vertex.operation, form, rounding))
        elif isinstance(vertex.operation, Activate):
            layers.append(_activation_layer(torch, vertex.operation.activations, form, rounding))
    return torch.nn.Sequential(*layers).eval()


def _library() -> ModuleType:
    try:
        import torch
    except ImportError as error:
        raise MissingExtra(
            "PyTorch modules and .pt files need the package torch, which is not installed",
            fix='pip install "verinet[torch]"',
        ) from error
    library: ModuleType = torch
    return library


def _flattened(module: Any, name: str) -> Iterator[tuple[str, Any]]:
    """The layers of nested Sequentials in order, with their dotted names."""
    kind = type(module)
    if kind.__module__ == "torch.nn.modules.container" and kind.__qualname__ == "Sequential":
        for child_name, child in module.named_children():
            yield from _flattened(child, f"{name}.{child_name}" if name else child_name)
    else:
        yield name, module


def _linear_layers(state: Any, where: str) -> tuple[list[Matrix], list[Matrix]]:
    """Weights and biases of a state dict, in its order."""
    if not isinstance(state, Mapping) or not state:
        raise BadFormat(
            f"a state dict was needed, the file holds a {type(state).__name__}",
            fix="save module.state_dict()",
            where=where,
        )
    weights: list[Matrix] = []
    biases: list[Matrix] = []
    layer = None
    for key, tensor in state.items():
        prefix, _, kind = str(key).rpartition(".")
        shape = tuple(getattr(tensor, "shape", ()))
        if kind == "weight" and len(shape) == 2:
            weights.append(_matrix(tensor))
            biases.append(Matrix.zeros(weights[-1].rows, 1))
            layer = prefix
        elif kind == "bias" and prefix == layer and shape == (weights[-1].rows,):
            biases[-1] = _matrix(tensor)
        else:
            raise Unsupported(
                f"the entry {str(key)[:80]!r} of shape {shape} is not the weight or bias of a linear layer",
                fix="export the module to ONNX (torch.onnx.export), which holds its structure",
                where=where,
            )
    if any(after.columns != before.rows for before, after in pairwise(weights)):
        raise ShapeMismatch(
            f"the layers do not follow each other: {[weight.shape for weight in weights]}",
            fix="export the module to ONNX (torch.onnx.export), which holds its structure",
            where=where,
        )
    return weights, biases


def _matrix(tensor: Any) -> Matrix:
    return Matrix.from_floats(_array(tensor))


def _array(tensor: Any) -> npt.NDArray[Any]:
    tensor = tensor.detach().cpu()
    # numpy has no bfloat16; binary32 holds its values
    array: npt.NDArray[Any] = (tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor).numpy()
    return array


def _linear(torch: Any, affine: Affine, form: BinaryFormat, rounding: bool) -> Any:
    kind = getattr(torch, form.name)
    rows, columns = affine.weight.shape
    layer = torch.nn.Linear(columns, rows, dtype=kind)
    entries = [[written(q, form, "a weight", rounding=rounding) for q in row] for row in affine.weight.to_rows()]
    shifts = [written(q, form, "a bias", rounding=rounding) for (q,) in affine.bias.to_rows()]
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(entries, dtype=kind).reshape(rows, columns))
        layer.bias.copy_(torch.tensor(shifts, dtype=kind))
    return layer


def _activation_layer(torch: Any, activations: tuple[Activation, ...], form: BinaryFormat, rounding: bool) -> Any:
    nn, functions = torch.nn, set(activations)
    slopes = {"relu": Fraction(0), "identity": Fraction(1)}
    if len(functions) > 1 and all(f.name in slopes or f.name == "leaky_relu" for f in functions):
        numbers = [f.parameters[0] if f.name == "leaky_relu" else slopes[f.name] for f in activations]
        layer = nn.PReLU(len(activations), dtype=getattr(torch, form.name))
        values = [written(q, form, "a slope", rounding=rounding) for q in numbers]
        with torch.no_grad():
            layer.weight.copy_(torch.tensor(values, dtype=layer.weight.dtype))
        return layer
    function = activations[0]
    settings = [written(q, form, f"a parameter of {function}", rounding=rounding) for q in function.parameters]
    simple = {"relu": nn.ReLU, "identity": nn.Identity, "hard_tanh": nn.Hardtanh, "relu6": nn.ReLU6,
              "logistic": nn.Sigmoid, "tanh": nn.Tanh, "softplus": nn.Softplus, "leaky_relu": nn.LeakyReLU,
              "clip": nn.Hardtanh}  # fmt: skip
    if len(functions) > 1 or function.name not in simple:
        raise Unsupported(
            f"torch has no layer for the activations {', '.join(sorted(map(str, functions)))[:200]}; "
            f"known are {', '.join(simple)}",
            fix="write ONNX or verinet's own JSON instead",
        )
    return simple[function.name](*settings)
