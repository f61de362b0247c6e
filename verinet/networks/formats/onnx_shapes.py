"""Operators that move elements and compute nothing: they act on indices alone."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

import numpy as np

from verinet.errors import NotANumber
from verinet.networks.formats.binary_floats import FORMATS, nearest
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

#: Width order of the float types: a cast to the right is exact.
_WIDER = {"float16": ("float16", "float32", "float64"), "bfloat16": ("bfloat16", "float32", "float64"),
          "float32": ("float32", "float64"), "float64": ("float64",)}  # fmt: skip
#: Numbers of ONNX's element types.
_ELEMENT_TYPES = {
    1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 9: "bool",
    10: "float16", 11: "float64", 12: "uint32", 13: "uint64", 16: "bfloat16",
}  # fmt: skip


def _identity(call: Call) -> tuple[Value, ...]:
    return (call.value(0),)


def _dropout(call: Call) -> tuple[Value, ...]:
    training = call.optional_constant(2)
    if training is not None and training.scalar("the training mode of Dropout"):
        call.refuse("in training mode is random", fix="export the network for inference")
    return (call.value(0),)


def _flatten(call: Call) -> tuple[Value, ...]:
    value = call.value(0)
    axis = call.axis(call.integer("axis", 1), len(value.shape), end=True)
    shape = (int(np.prod(value.shape[:axis], dtype=np.int64)), -1)
    return (value.rearranged(lambda array: call.shaped(lambda: array.reshape(shape))),)


def _reshape(call: Call) -> tuple[Value, ...]:
    value = call.value(0)
    wanted = call.constant(1).integers("the shape of Reshape")
    keep_zeros = call.integer("allowzero", 0)
    if any(size == 0 and place >= len(value.shape) for place, size in enumerate(wanted)) and not keep_zeros:
        call.mismatch(f"to {wanted} copies a dimension that {value.shape} does not have")
    shape = tuple(value.shape[place] if size == 0 and not keep_zeros else size for place, size in enumerate(wanted))
    return (value.rearranged(lambda array: call.shaped(lambda: array.reshape(shape))),)


def _transpose(call: Call) -> tuple[Value, ...]:
    value = call.value(0)
    order = call.integers("perm") or tuple(reversed(range(len(value.shape))))
    return (value.rearranged(lambda array: call.shaped(lambda: array.transpose(order))),)


def _axes(call: Call) -> tuple[int, ...] | None:
    """The axes of Squeeze, Unsqueeze, ...: an attribute in old operator sets, an input in new ones."""
    given = call.optional_constant(1)
    return call.integers("axes") if given is None else given.integers("the axes")


def _squeeze(call: Call) -> tuple[Value, ...]:
    value, axes = call.value(0), _axes(call)
    if axes is None:
        axes = tuple(axis for axis, size in enumerate(value.shape) if size == 1)
    elif not axes:  # the standard keeps every axis then, onnxruntime drops all of size 1
        call.refuse("with an empty list of axes is read in two ways", fix="leave the axes out, or name them")
    places = tuple(call.axis(axis, len(value.shape)) for axis in axes)
    return (value.rearranged(lambda array: call.shaped(lambda: np.squeeze(array, axis=places))),)


def _unsqueeze(call: Call) -> tuple[Value, ...]:
    value, axes = call.value(0), _axes(call)
    if axes is None:
        call.mismatch("needs axes")
    places = tuple(call.axis(axis, len(value.shape) + len(axes)) for axis in axes)
    return (value.rearranged(lambda array: call.shaped(lambda: np.expand_dims(array, places))),)


def _concat(call: Call) -> tuple[Value, ...]:
    values = call.values()
    axis = call.axis(call.integer("axis", 1), len(values[0].shape))
    if all(isinstance(value, Constant) for value in values):
        arrays = [value.values for value in values if isinstance(value, Constant)]
        if len({array.dtype for array in arrays}) > 1:
            arrays = [value.fractions() for value in values if isinstance(value, Constant)]
        joined = call.shaped(lambda: np.concatenate(arrays, axis))
        return (Constant(joined, values[0].element, call.name),)
    return (join([as_tensor(value) for value in values], axis, call),)


def join(tensors: Sequence[Tensor], axis: int, call: Call) -> Tensor:
    """Tensors one after the other along an axis."""
    atoms = call.shaped(lambda: np.concatenate([tensor.atoms for tensor in tensors], axis))
    scale = shift = None
    if any(tensor.scale is not None for tensor in tensors):
        one = Fraction(1)
        scales = [filled(t.shape, one) if t.scale is None else t.scale for t in tensors]
        scale = np.concatenate(scales, axis)
    if any(tensor.shift is not None for tensor in tensors):
        zero = Fraction(0)
        shifts = [filled(t.shape, zero) if t.shift is None else t.shift for t in tensors]
        shift = np.concatenate(shifts, axis)
    return Tensor(atoms, tensors[0].element, scale, shift)


def _slice(call: Call) -> tuple[Value, ...]:
    value = call.value(0)
    rank = len(value.shape)
    if call.opset < 10:
        starts, ends, axes = call.integers("starts"), call.integers("ends"), call.integers("axes")
        steps: tuple[int, ...] | None = None
    else:
        given = [call.optional_constant(position) for position in range(1, 5)]
        starts, ends, axes, steps = (None if c is None else c.integers("a Slice") for c in given)
    if starts is None or ends is None:
        call.mismatch("needs starts and ends")
    axes = tuple(range(len(starts))) if axes is None else axes
    steps = (1,) * len(starts) if steps is None else steps
    if not len(starts) == len(ends) == len(axes) == len(steps) or 0 in steps:
        call.mismatch(f"needs as many starts, ends, axes and nonzero steps, got {starts}, {ends}, {axes}, {steps}")
    window = [slice(None)] * rank
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        place = call.axis(axis, rank)
        size = value.shape[place]
        # Python's slices agree, except far to the left of the first element when stepping back.
        if step < 0:
            window[place] = slice(max(start, -size), None if end < -size else end, step)
        else:
            window[place] = slice(start, end, step)
    return (value.rearranged(lambda array: array[tuple(window)]),)


def _gather(call: Call) -> tuple[Value, ...]:
    value, chosen = call.value(0), call.constant(1)
    axis = call.axis(call.integer("axis", 0), len(value.shape))
    numbers = chosen.integers("the indices of Gather")
    size = value.shape[axis]
    if any(not -size <= number < size for number in numbers):
        call.mismatch(f"needs indices from {-size} to {size - 1}, got {numbers}")
    indices = np.array([number % size for number in numbers], dtype=np.int64).reshape(chosen.shape)
    return (value.rearranged(lambda array: np.take(array, indices, axis=axis)),)


def _split(call: Call) -> tuple[Value, ...]:
    value = call.value(0)
    axis = call.axis(call.integer("axis", 0), len(value.shape))
    size, parts = value.shape[axis], len(call.operation.outputs)
    given = call.optional_constant(1)
    lengths = call.integers("split") if given is None else given.integers("the lengths of Split")
    if lengths is None:
        if call.integer("num_outputs", parts) != parts:
            call.mismatch("needs as many outputs as num_outputs says")
        each = -(-size // parts)  # the last part may be shorter
        if each * parts != size and call.opset < 18:
            call.mismatch(f"into {parts} equal parts does not fit an axis of {size}")
        lengths = (each,) * (parts - 1) + (size - each * (parts - 1),)
    if sum(lengths) != size or len(lengths) != parts or min(lengths) < 0:
        call.mismatch(f"into {lengths} does not fit an axis of {size} and {parts} outputs")
    ends = accumulate(lengths)
    return tuple(_part(value, axis, end - length, end) for length, end in zip(lengths, ends, strict=True))


def _part(value: Value, axis: int, start: int, end: int) -> Value:
    return value.rearranged(lambda array: np.take(array, range(start, end), axis=axis))


def _expand(call: Call) -> tuple[Value, ...]:
    value, wanted = call.value(0), call.constant(1).integers("the shape of Expand")
    try:
        shape = check_size(np.broadcast_shapes(value.shape, wanted))
    except ValueError as error:
        call.mismatch(f"got shapes that do not fit: {error}")
    return (value.rearranged(lambda array: np.broadcast_to(array, shape)),)


def _pad(call: Call) -> tuple[Value, ...]:
    value = call.value(0)
    if call.text("mode", "constant") != "constant":
        call.refuse(f"in mode {call.text('mode', '')!r} is not known", fix="pad with a constant")
    given, fill = call.optional_constant(1), call.optional_constant(2)
    pads = call.integers("pads") if given is None else given.integers("the pads of Pad")
    axes_given = call.optional_constant(3)
    rank = len(value.shape)
    axes = tuple(range(rank)) if axes_given is None else axes_given.integers("the axes of Pad")
    if pads is None or len(pads) != 2 * len(axes) or min(pads, default=0) < 0:
        call.mismatch(f"needs two nonnegative numbers an axis, got {pads}")
    number = call.exact_number("value", 0.0) if fill is None else fill.scalar("the value of Pad")
    result = as_tensor(value)
    for place, axis in enumerate(axes):
        axis = call.axis(axis, rank)
        for size, before in ((pads[place], True), (pads[place + len(axes)], False)):
            shape = check_size((*result.shape[:axis], size, *result.shape[axis + 1 :]))
            border = as_tensor(exact_constant(filled(shape, number), result.element, call.name))
            result = join([border, result] if before else [result, border], axis, call)
    if isinstance(value, Constant):
        numbers = filled(result.shape, Fraction(0)) if result.shift is None else result.shift
        return (exact_constant(numbers, value.element, value.name),)
    return (result,)


def _shape(call: Call) -> tuple[Value, ...]:
    shape = call.value(0).shape
    end = call.integer("end", len(shape))
    return (Constant(np.array(shape[call.integer("start", 0) : end], dtype=np.int64), "int64", call.name),)


def _constant(call: Call) -> tuple[Value, ...]:
    given = call.operation.attributes
    if len(given) != 1:
        call.mismatch(f"needs one value, got {sorted(given)}")
    ((name, value),) = given.items()
    if name == "value" and isinstance(value, np.ndarray):
        return (Constant(value, str(value.dtype), call.name),)
    whole = name in ("value_int", "value_ints")
    array = np.array(value, dtype=np.int64 if whole else np.float32)
    return (Constant(array, str(array.dtype), call.name),)


def _constant_of_shape(call: Call) -> tuple[Value, ...]:
    shape = call.constant(0).integers("the shape of ConstantOfShape")
    fill = call.attribute("value")
    array = fill if isinstance(fill, np.ndarray) else np.zeros(1, np.float32)
    if array.size != 1 or min(shape, default=0) < 0:
        call.mismatch(f"needs one value and a shape, got {shape}")
    return (Constant(np.full(check_size(shape), array.reshape(-1)[0]), str(array.dtype), call.name),)


def _cast(call: Call) -> tuple[Value, ...]:
    value, code = call.value(0), call.integer("to", 0)
    wanted = _ELEMENT_TYPES.get(code)
    if wanted is None:
        call.refuse(f"to the element type number {code} is not known", fix="keep to float and integer types")
    if isinstance(value, Constant):
        return (_cast_constant(value, wanted, call),)
    if wanted not in _WIDER.get(value.element, ()):
        call.refuse(
            f"from {value.element} to {wanted} rounds a value that depends on the inputs",
            fix="export the network in one float type, without casts to a narrower or integer type",
        )
    return (Tensor(value.atoms, wanted, value.scale, value.shift),)


def _cast_constant(value: Constant, wanted: str, call: Call) -> Constant:
    """The constant as the file asks for it: rounded to nearest, or towards zero for integers."""
    form = FORMATS.get(wanted)
    if value.element == wanted and value.values.dtype != object:
        return value
    exact = value.fractions()
    try:
        numbers = [_converted(q, wanted) if form is None else nearest(q, form) for q in exact.reshape(-1)]
    except NotANumber as error:
        call.refuse(f"of {value.name!r}: {error.problem}", fix=error.fix)
    array: Array = np.empty(len(numbers), dtype=object)
    array[:] = numbers
    return Constant(array.reshape(exact.shape), wanted, value.name)


def _converted(q: Fraction, wanted: str) -> Fraction:
    if wanted == "bool":
        return Fraction(int(q != 0))
    whole = abs(q.numerator) // q.denominator
    low, high = integer_range(wanted)
    if not low <= (whole if q > 0 else -whole) <= high:
        raise NotANumber(f"a constant is beyond the range of {wanted}", fix="use a wider type")
    return Fraction(whole if q > 0 else -whole)


def integer_range(element: str) -> tuple[int, int]:
    """The least and the largest number of an integer type, or of the Boolean one."""
    return (0, 1) if element == "bool" else (int(np.iinfo(element).min), int(np.iinfo(element).max))


ANY = 1 << 30

SHAPES = {
    "Identity": operator(_identity),
    "Dropout": operator(_dropout, "ratio seed is_test", inputs=(1, 3)),
    "Flatten": operator(_flatten, "axis"),
    "Reshape": operator(_reshape, "allowzero", inputs=(2, 2)),
    "Transpose": operator(_transpose, "perm"),
    "Squeeze": operator(_squeeze, "axes", inputs=(1, 2)),
    "Unsqueeze": operator(_unsqueeze, "axes", inputs=(1, 2)),
    "Concat": operator(_concat, "axis", inputs=(1, ANY)),
    "Slice": operator(_slice, "starts ends axes", inputs=(1, 5)),
    "Gather": operator(_gather, "axis", inputs=(2, 2)),
    "Split": operator(_split, "axis split num_outputs", inputs=(1, 2)),
    "Expand": operator(_expand, inputs=(2, 2)),
    "Pad": operator(_pad, "mode pads value", inputs=(1, 4)),
    "Shape": operator(_shape, "start end"),
    "Constant": operator(_constant, "value value_float value_floats value_int value_ints", inputs=(0, 0)),
    "ConstantOfShape": operator(_constant_of_shape, "value"),
    "Cast": operator(_cast, "to saturate round_mode"),
}
