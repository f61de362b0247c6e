"""The table of PyTorch layers: each becomes a few ONNX operations.  Does not import torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from verinet.errors import Unsupported
from verinet.networks.formats.onnx_graph import Attribute, Operation


class Steps:
    """The operations so far; each step reads the tensor that the one before has made.

    Parameters
    ----------
    rank : int
        Number of axes of the input, the batch included.
    """

    def __init__(self, rank: int) -> None:
        self.operations: list[Operation] = []
        self.arrays: dict[str, npt.NDArray[Any]] = {}
        self.rank = rank
        self._tensor = "x"

    def add(
        self,
        operator: str,
        arrays: Sequence[Any] = (),
        attributes: Mapping[str, Attribute] | None = None,
        output: str | None = None,
    ) -> None:
        """One more operation; `arrays` are its constant inputs: torch tensors, numbers, or None."""
        number = len(self.operations)
        names = []
        for place, values in enumerate(arrays):
            name = "" if values is None else f"{operator} {number}, constant {place}"
            if values is not None:
                self.arrays[name] = _array(values)
            names.append(name)
        while names and not names[-1]:
            names.pop()
        result = output or f"{operator} {number}"
        self.operations.append(Operation(operator, (self._tensor, *names), (result,), attributes or {}))
        self._tensor = result


def _array(values: Any) -> npt.NDArray[Any]:
    if not hasattr(values, "detach"):
        return np.asarray(values)
    tensor = values.detach().cpu()
    # numpy has no bfloat16; binary32 holds its values.
    array: npt.NDArray[Any] = (tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor).numpy()
    return array


Translation = Callable[[Steps, Any, str], None]


def _refuse(layer: Any, name: str, what: str) -> NoReturn:
    raise Unsupported(
        f"the layer {type(layer).__name__} with {what} is not known",
        fix="replace it, or export the module to ONNX (torch.onnx.export)",
        where=f"layer {name!r}",
    )


def _linear(steps: Steps, layer: Any, name: str) -> None:
    steps.add("MatMul", [_array(layer.weight).T])
    if layer.bias is not None:
        steps.add("Add", [layer.bias])


def _flatten(steps: Steps, layer: Any, name: str) -> None:
    if (layer.start_dim, layer.end_dim) not in ((1, -1), (1, steps.rank - 1)):
        _refuse(layer, name, f"start_dim = {layer.start_dim}, end_dim = {layer.end_dim}")
    steps.add("Flatten")
    steps.rank = 2


def _spatial(layer: Any, setting: Any) -> tuple[int, ...]:
    """A setting that torch allows to be one number for all axes."""
    axes = int(type(layer).__name__.removesuffix("d")[-1])
    return tuple(int(n) for n in setting) if isinstance(setting, (tuple, list)) else (int(setting),) * axes


def _conv(steps: Steps, layer: Any, name: str) -> None:
    if layer.padding_mode != "zeros":
        _refuse(layer, name, f"padding_mode = {layer.padding_mode!r}")
    places: dict[str, Attribute] = {
        "strides": _spatial(layer, layer.stride),
        "dilations": _spatial(layer, layer.dilation),
        "group": int(layer.groups),
    }
    if isinstance(layer.padding, str):
        places["auto_pad"] = "SAME_UPPER" if layer.padding == "same" else "VALID"
    else:
        places["pads"] = _spatial(layer, layer.padding) * 2
    steps.add("Conv", [layer.weight, layer.bias], places)


def _pool_places(layer: Any) -> dict[str, Attribute]:
    stride = layer.kernel_size if layer.stride is None else layer.stride
    return {
        "kernel_shape": _spatial(layer, layer.kernel_size), "strides": _spatial(layer, stride),
        "pads": _spatial(layer, layer.padding) * 2, "ceil_mode": int(layer.ceil_mode),
    }  # fmt: skip


def _max_pool(steps: Steps, layer: Any, name: str) -> None:
    if layer.return_indices:
        _refuse(layer, name, "return_indices = True")
    steps.add("MaxPool", (), _pool_places(layer) | {"dilations": _spatial(layer, layer.dilation)})


def _average_pool(steps: Steps, layer: Any, name: str) -> None:
    if getattr(layer, "divisor_override", None) is not None:
        _refuse(layer, name, "divisor_override")
    steps.add("AveragePool", (), _pool_places(layer) | {"count_include_pad": int(layer.count_include_pad)})


def _global(operator: str) -> Translation:
    def translate(steps: Steps, layer: Any, name: str) -> None:
        if set(_spatial(layer, layer.output_size)) != {1} or getattr(layer, "return_indices", False):
            _refuse(layer, name, f"output_size = {layer.output_size}")
        steps.add(operator)

    return translate


def _batch_norm(steps: Steps, layer: Any, name: str) -> None:
    if layer.running_mean is None or layer.running_var is None:
        _refuse(layer, name, "track_running_stats = False")
    mean, variance = _array(layer.running_mean), _array(layer.running_var)
    scale = np.ones_like(mean) if layer.weight is None else layer.weight
    shift = np.zeros_like(mean) if layer.bias is None else layer.bias
    steps.add("BatchNormalization", [scale, shift, mean, variance], {"epsilon": float(layer.eps)})


def _prelu(steps: Steps, layer: Any, name: str) -> None:
    slopes = _array(layer.weight)
    steps.add("PRelu", [slopes if slopes.size == 1 else slopes.reshape(-1, *(1,) * (steps.rank - 2))])


def _softplus(steps: Steps, layer: Any, name: str) -> None:
    if layer.beta != 1:
        _refuse(layer, name, f"beta = {layer.beta}")
    steps.add("Softplus")


def _hard_sigmoid(steps: Steps, layer: Any, name: str) -> None:
    # clip(x + 3, 0, 6) / 6: the slope 1/6 of the one ONNX operator is no binary number.
    steps.add("Add", [3.0])
    steps.add("Clip", [0.0, 6.0])
    steps.add("Div", [6.0])


def _clip(steps: Steps, layer: Any, name: str) -> None:
    steps.add("Clip", [float(layer.min_val), float(layer.max_val)])


def _nothing(steps: Steps, layer: Any, name: str) -> None:
    """Layers that change nothing in inference."""


def _simple(operator: str) -> Translation:
    return lambda steps, layer, name: steps.add(operator)


#: Name of a layer in torch.nn -> its translation. To know a new layer, add a row.
LAYERS: dict[str, Translation] = {
    "Linear": _linear,
    "Flatten": _flatten,
    "Conv1d": _conv,
    "Conv2d": _conv,
    "MaxPool1d": _max_pool,
    "MaxPool2d": _max_pool,
    "AvgPool1d": _average_pool,
    "AvgPool2d": _average_pool,
    "AdaptiveAvgPool1d": _global("GlobalAveragePool"),
    "AdaptiveAvgPool2d": _global("GlobalAveragePool"),
    "AdaptiveMaxPool1d": _global("GlobalMaxPool"),
    "AdaptiveMaxPool2d": _global("GlobalMaxPool"),
    "BatchNorm1d": _batch_norm,
    "BatchNorm2d": _batch_norm,
    "ReLU": _simple("Relu"),
    "LeakyReLU": lambda steps, layer, name: steps.add("LeakyRelu", (), {"alpha": float(layer.negative_slope)}),
    "PReLU": _prelu,
    "Hardtanh": _clip,
    "ReLU6": _clip,
    "Hardsigmoid": _hard_sigmoid,
    "Sigmoid": _simple("Sigmoid"),
    "Tanh": _simple("Tanh"),
    "Softplus": _softplus,
    "Identity": _nothing,
    "Dropout": _nothing,
    "Dropout1d": _nothing,
    "Dropout2d": _nothing,
    "AlphaDropout": _nothing,
}


def translation(layer: Any, name: str) -> Translation:
    """The row of the table for a layer; a subclass may compute something else, so only torch's own count.

    Raises
    ------
    Unsupported
        Naming the layer, with the list of those known.
    """
    kind = type(layer)
    row = LAYERS.get(kind.__qualname__) if kind.__module__.startswith("torch.nn.modules.") else None
    if row is None:
        raise Unsupported(
            f"the layer {kind.__module__}.{kind.__qualname__} is not known; known are Sequential, {', '.join(LAYERS)}",
            fix="build the module from these layers, or export it to ONNX (torch.onnx.export)",
            where=f"layer {name!r}",
        )
    return row
