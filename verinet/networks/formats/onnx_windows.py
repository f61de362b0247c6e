"""Operators that look through windows: convolution, pooling, reductions; and batch normalisation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from verinet.exact.linalg import Matrix
from verinet.networks.formats.binary_floats import (
    FORMATS,
    binary_format,
    exact_root,
    nearest_quotient_by_root,
)
from verinet.networks.formats.onnx_arithmetic import largest, plus, times
from verinet.networks.formats.onnx_calls import Call, operator
from verinet.networks.formats.onnx_values import (
    Array,
    Constant,
    Tensor,
    Value,
    as_tensor,
    check_size,
    exact_constant,
    filled,
)

#: The position of a window's place that lies in the padding.
_OUTSIDE = -1


@dataclass(frozen=True, slots=True)
class Windows:
    """Where the windows of a convolution or pooling lie.

    Parameters
    ----------
    shape : tuple of int
        Spatial shape of the output.
    places : ndarray of int64, outputs x kernel
        Position in the flattened spatial input of each place of each window; -1 in the padding.
    """

    shape: tuple[int, ...]
    places: npt.NDArray[np.int64]


def _windows(call: Call, spatial: tuple[int, ...], kernel: tuple[int, ...]) -> Windows:
    rank = len(spatial)
    strides = call.integers("strides") or (1,) * rank
    dilations = call.integers("dilations") or (1,) * rank
    pads = call.integers("pads") or (0,) * (2 * rank)
    if not len(kernel) == len(strides) == len(dilations) == rank or len(pads) != 2 * rank:
        call.mismatch(f"needs kernel, strides, dilations and pads for {rank} spatial axes")
    if min((*kernel, *strides, *dilations), default=1) < 1 or min(pads, default=0) < 0:
        call.mismatch("needs positive kernel, strides and dilations, and nonnegative pads")
    starts = [
        _starts(call, spatial[i], (kernel[i] - 1) * dilations[i] + 1, strides[i], (pads[i], pads[i + rank]))
        for i in range(rank)
    ]
    shape = tuple(len(axis) for axis in starts)
    check_size((*shape, *kernel))
    places = np.zeros((*shape, *kernel), dtype=np.int64)
    outside = np.zeros((*shape, *kernel), dtype=bool)
    for i in range(rank):
        along = starts[i][:, None] + dilations[i] * np.arange(kernel[i])[None, :]
        view = [1] * (2 * rank)
        view[i], view[rank + i] = along.shape
        along = along.reshape(view)
        outside |= (along < 0) | (along >= spatial[i])
        places = places * spatial[i] + along
    places[outside] = _OUTSIDE
    return Windows(shape, places.reshape(int(np.prod(shape)), int(np.prod(kernel))))


def _starts(call: Call, size: int, extent: int, stride: int, pads: tuple[int, int]) -> npt.NDArray[np.int64]:
    """Where the windows begin along one axis."""
    automatic = call.text("auto_pad", "NOTSET")
    if automatic in ("SAME_UPPER", "SAME_LOWER"):
        count = -(-size // stride)
        total = (count - 1) * stride + extent - size
        if total < 0 and call.operation.operator == "AveragePool":
            # onnxruntime crops the input there, other readers (and it, for Conv and MaxPool) do not pad
            call.refuse("with auto_pad SAME and a stride beyond the window is read in two ways", fix="give pads")
        total = max(total, 0)
        before = total // 2 if automatic == "SAME_UPPER" else total - total // 2
    elif automatic in ("NOTSET", "VALID"):
        before, after = pads if automatic == "NOTSET" else (0, 0)
        room = size + before + after - extent
        count = room // stride + 1
        if call.integer("ceil_mode", 0) and room % stride:
            call.refuse("with a last window cut off (ceil_mode = 1) is not known", fix="pad the input instead")
    else:
        call.refuse(f"with auto_pad {automatic!r} is not known", fix="give explicit pads")
    check_size((count,))
    if count < 1:
        call.mismatch(f"has no room for a window of {extent} in an axis of {size}")
    return np.arange(count, dtype=np.int64) * stride - before


def _spatial(call: Call, value: Value) -> tuple[int, ...]:
    if len(value.shape) < 3:
        call.mismatch(f"needs a tensor (batch, channels, ...), got shape {value.shape}")
    return value.shape[2:]


# --- convolution ------------------------------------------------------------------------------------


def _conv(call: Call) -> tuple[Value, ...]:
    tensor, weight, bias = as_tensor(call.value(0)), call.constant(1), call.optional_constant(2)
    spatial, groups = _spatial(call, tensor), call.integer("group", 1)
    kernel = weight.shape[2:]
    batch, channels = tensor.shape[:2]
    if len(weight.shape) != len(tensor.shape) or groups < 1 or weight.shape[0] % groups:
        call.mismatch(f"cannot apply a weight of shape {weight.shape} in {groups} groups to {tensor.shape}")
    if weight.shape[1] * groups != channels or call.integers("kernel_shape") not in (None, kernel):
        call.mismatch(f"cannot apply a weight of shape {weight.shape} in {groups} groups to {tensor.shape}")
    windows = _windows(call, spatial, kernel)
    shape = (batch, weight.shape[0], *windows.shape)
    result: Value = call.assembly.contract(
        tensor, lambda: _convolution_matrix(tensor, weight, windows, groups), shape, call.name
    )
    if bias is not None:
        along = (-1, *(1,) * len(spatial))
        result = plus(call, [result, bias.rearranged(lambda array: array.reshape(along))])
        if result.shape != shape:
            call.mismatch(f"cannot add a bias of shape {bias.shape} to {shape}")
    return (result,)


def _convolution_matrix(tensor: Tensor, weight: Constant, windows: Windows, groups: int) -> Matrix:
    """The dense matrix of a convolution, from the elements of its input to those of its output."""
    batch, channels = tensor.shape[:2]
    outputs, inputs = weight.shape[0], channels // groups
    flat = weight.values.reshape(outputs, inputs, -1)
    pixels = int(np.prod(tensor.shape[2:], dtype=np.int64))
    count = len(windows.places)
    shape = (batch * outputs * count, tensor.size)
    full: Array = filled(shape, Fraction(0)) if flat.dtype == object else np.zeros(shape, flat.dtype)
    window, place = np.nonzero(windows.places != _OUTSIDE)
    pixel = windows.places[window, place]
    for image in range(batch):
        for out in range(outputs):
            group = out // (outputs // groups)
            rows = (image * outputs + out) * count + window
            for channel in range(inputs):
                columns = (image * channels + group * inputs + channel) * pixels + pixel
                full[rows, columns] = flat[out, channel, place]
    return weight.matrix(full)


# --- pooling ----------------------------------------------------------------------------------------


def _kernel(call: Call) -> tuple[int, ...]:
    kernel = call.integers("kernel_shape")
    if kernel is None:
        call.mismatch("needs a kernel_shape")
    if call.text("auto_pad", "NOTSET").startswith("SAME") and max(call.integers("dilations") or (1,), default=1) > 1:
        # The standard keeps the shape of the input, onnxruntime forgets the dilation when it pads.
        call.refuse("with auto_pad SAME and dilations is read in two ways", fix="give explicit pads")
    return kernel


def _max_pool(call: Call) -> tuple[Value, ...]:
    tensor = as_tensor(call.value(0))
    windows = _windows(call, _spatial(call, tensor), _kernel(call))
    return (_window_maximum(call, tensor, windows),)


def _global_max_pool(call: Call) -> tuple[Value, ...]:
    tensor = as_tensor(call.value(0))
    return (_window_maximum(call, tensor, _whole(_spatial(call, tensor))),)


def _whole(spatial: tuple[int, ...]) -> Windows:
    """One window that holds everything."""
    count = int(np.prod(spatial, dtype=np.int64))
    return Windows((1,) * len(spatial), np.arange(count, dtype=np.int64)[None, :])


def _window_maximum(call: Call, tensor: Tensor, windows: Windows) -> Value:
    places = windows.places
    inside = places != _OUTSIDE
    if not inside.any(axis=1).all():
        call.refuse("with a window that lies in the padding is not known", fix="use smaller pads")
    # The padding counts as minus infinity: a place there repeats another place of its window.
    first = places[np.arange(len(places)), inside.argmax(axis=1)]
    places = np.where(inside, places, first[:, None])
    shape = (*tensor.shape[:2], *windows.shape)

    def through(place: int) -> Callable[[Array], Array]:
        return lambda array: array.reshape(*array.shape[:2], -1)[:, :, places[:, place]].reshape(shape)

    return largest(call, [tensor.rearranged(through(place)) for place in range(places.shape[1])])


def _average_pool(call: Call) -> tuple[Value, ...]:
    tensor = as_tensor(call.value(0))
    kernel = _kernel(call)
    windows = _windows(call, _spatial(call, tensor), kernel)
    counts = (windows.places != _OUTSIDE).sum(axis=1)
    if call.integer("count_include_pad", 0):
        counts = np.full_like(counts, int(np.prod(kernel)))
    return (_window_mean(call, tensor, windows, counts),)


def _global_average_pool(call: Call) -> tuple[Value, ...]:
    tensor = as_tensor(call.value(0))
    windows = _whole(_spatial(call, tensor))
    return (_window_mean(call, tensor, windows, np.array([windows.places.shape[1]])),)


def _window_mean(call: Call, tensor: Tensor, windows: Windows, counts: npt.NDArray[np.int64]) -> Value:
    if (counts == 0).any():
        call.refuse("with a window that lies in the padding is not known", fix="use smaller pads")
    batch, channels = tensor.shape[:2]
    ones = Constant(np.ones((channels, 1, windows.places.shape[1]), np.int8), "int8", call.name)
    shape = (batch, channels, *windows.shape)
    total = call.assembly.contract(
        tensor, lambda: _convolution_matrix(tensor, ones, windows, channels), shape, call.name
    )
    shares = np.empty(len(counts), dtype=object)
    shares[:] = [Fraction(1, int(count)) for count in counts]
    return total.times(shares.reshape(windows.shape))


# --- reductions -------------------------------------------------------------------------------------


def _reduced(
    call: Call, fold: Callable[[Call, Tensor, Windows], Value], fold_exactly: Callable[[list[Fraction]], Fraction]
) -> tuple[Value, ...]:
    """A reduction: `fold` for a tensor that depends on the inputs, `fold_exactly` for the rows of a constant."""
    value = call.value(0)
    rank = len(value.shape)
    given = call.optional_constant(1)
    axes = call.integers("axes") if given is None else given.integers("the axes")
    if not axes and call.integer("noop_with_empty_axes", 0):
        return (value,)
    places = sorted({call.axis(axis, rank) for axis in axes or range(rank)})
    others = [axis for axis in range(rank) if axis not in places]
    kept = tuple(value.shape[axis] for axis in others)
    if 0 in value.shape:
        call.refuse("of a tensor without elements is not known", fix="repair the graph")
    rows = value.rearranged(lambda array: array.transpose(others + places).reshape(1, int(np.prod(kept)), -1))
    result: Value
    if isinstance(rows, Constant):
        folded = np.empty(rows.shape[1], dtype=object)
        folded[:] = [fold_exactly(list(row)) for row in rows.fractions()[0]]
        result = exact_constant(folded, value.element, call.name)
    else:
        result = fold(call, rows, _whole(rows.shape[2:]))
    shape = tuple(1 if axis in places else size for axis, size in enumerate(value.shape))
    final = shape if call.integer("keepdims", 1) else kept
    return (result.rearranged(lambda array: array.reshape(final)),)


def _reduce_mean(call: Call) -> tuple[Value, ...]:
    if call.value(0).element not in FORMATS:
        call.refuse("of integers is rounded as each runtime likes", fix="cast to a float type before the mean")
    return _reduced(
        call,
        lambda call, t, w: _window_mean(call, t, w, np.array([w.places.shape[1]])),
        lambda row: sum(row, Fraction(0)) / len(row),
    )


def _reduce_sum(call: Call) -> tuple[Value, ...]:
    return _reduced(call, lambda call, t, w: _window_mean(call, t, w, np.array([1])), lambda row: sum(row, Fraction(0)))


def _reduce_max(call: Call) -> tuple[Value, ...]:
    return _reduced(call, _window_maximum, max)


# --- batch normalisation ----------------------------------------------------------------------------


def _batch_normalization(call: Call) -> tuple[Value, ...]:
    """``scale (x - mean) / sqrt(variance + epsilon) + bias``, channel by channel, as an affine map."""
    if call.integer("training_mode", 0) or sum(map(bool, call.operation.outputs)) > 1:
        call.refuse("in training mode depends on the batch", fix="export the network for inference")
    if call.integer("spatial", 1) != 1:
        call.refuse("with spatial = 0 is not known", fix="export with operator set 9 or later")
    value = call.value(0)
    scale, bias, mean, variance = (call.constant(position) for position in range(1, 5))
    if len(value.shape) < 2 or any(c.shape != (value.shape[1],) for c in (scale, bias, mean, variance)):
        call.mismatch(f"needs four vectors of {value.shape[1:2]} numbers")
    epsilon = call.exact_number("epsilon", 1e-5)
    factors = np.empty(scale.shape, dtype=object)
    factors[:] = [
        _factor(call, s, v + epsilon, value.element)
        for s, v in zip(scale.fractions(), variance.fractions(), strict=True)
    ]
    along = (-1, *(1,) * (len(value.shape) - 2))
    shifts = np.empty(scale.shape, dtype=object)
    shifts[:] = bias.fractions() - mean.fractions() * factors
    multiplied = times(call, value, exact_constant(factors.reshape(along), value.element, call.name))
    return (plus(call, [multiplied, exact_constant(shifts.reshape(along), value.element, call.name)]),)


def _factor(call: Call, scale: Fraction, square: Fraction, element: str) -> Fraction:
    if square <= 0:
        call.refuse("needs variance + epsilon > 0", fix="repair the file")
    root = exact_root(square)
    if root is not None:
        return scale / root
    if scale == 0:
        return Fraction(0)
    if call.options.batch_normalization == "exact":
        call.refuse(
            "has an irrational factor scale / sqrt(variance + epsilon): no exact rational form exists",
            fix="fold the normalisation into the weights when exporting (as optimisers for inference do), or "
            'read with batch_normalization="rounded" (--batch-normalization rounded): the factor is then the nearest '
            "number of the tensor's float type, and every theorem is about THAT network",
        )
    call.assembly.rounded = True
    return nearest_quotient_by_root(scale, square, binary_format(element if element in FORMATS else "float32"))


_PLACES = "auto_pad dilations kernel_shape pads strides"

WINDOWS = {
    "Conv": operator(_conv, f"{_PLACES} group", inputs=(2, 3)),
    "MaxPool": operator(_max_pool, f"{_PLACES} ceil_mode storage_order"),
    "AveragePool": operator(_average_pool, f"{_PLACES} ceil_mode count_include_pad"),
    "GlobalAveragePool": operator(_global_average_pool),
    "GlobalMaxPool": operator(_global_max_pool),
    "ReduceMean": operator(_reduce_mean, "axes keepdims noop_with_empty_axes", inputs=(1, 2)),
    "ReduceSum": operator(_reduce_sum, "axes keepdims noop_with_empty_axes", inputs=(1, 2)),
    "ReduceMax": operator(_reduce_max, "axes keepdims noop_with_empty_axes", inputs=(1, 2)),
    "BatchNormalization": operator(
        _batch_normalization, "epsilon momentum training_mode spatial is_test", inputs=(5, 5)
    ),
}
