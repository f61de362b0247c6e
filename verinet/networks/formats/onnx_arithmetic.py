"""Operators of arithmetic: sums, products with constants, matrix products, and functions of one element.

Between constants everything is computed exactly, not rounded as a runtime would.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce

import numpy as np

from verinet.exact.linalg import Matrix
from verinet.networks.activations import Activation, activation
from verinet.networks.formats.binary_floats import FORMATS
from verinet.networks.formats.onnx_calls import Call, Operator, operator
from verinet.networks.formats.onnx_shapes import ANY
from verinet.networks.formats.onnx_values import (
    Constant,
    Tensor,
    Value,
    as_tensor,
    check_size,
    exact_constant,
    filled,
)

_FLOATS = tuple(FORMATS)


def broadcast(call: Call, values: Sequence[Value]) -> list[Value]:
    """The values with one shape, by numpy's rules of broadcasting."""
    try:
        shape = check_size(np.broadcast_shapes(*(value.shape for value in values)))
    except ValueError as error:
        call.mismatch(f"got shapes that do not fit: {error}")
    return [
        value if value.shape == shape else value.rearranged(lambda array: np.broadcast_to(array, shape))
        for value in values
    ]


# --- sums and products ------------------------------------------------------------------------------


def negative(value: Value) -> Value:
    """Minus the value."""
    if isinstance(value, Constant):
        return exact_constant(-value.fractions(), value.element, value.name)
    return -value


def plus(call: Call, values: Sequence[Value]) -> Value:
    """The sum of values of any broadcastable shapes."""
    wide = broadcast(call, values)
    if all(isinstance(value, Constant) for value in wide):
        total = reduce(np.add, [value.fractions() for value in _constants(wide)])
        return exact_constant(total, values[0].element, call.name)
    return call.assembly.total([as_tensor(value) for value in wide], call.name)


def times(call: Call, left: Value, right: Value) -> Value:
    """The product of two values, of which at least one must be a constant."""
    if isinstance(left, Constant) and isinstance(right, Constant):
        a, b = _constants(broadcast(call, [left, right]))
        return exact_constant(a.fractions() * b.fractions(), left.element, call.name)
    moving, factor = (left, right) if isinstance(left, Tensor) else (right, left)
    if not isinstance(factor, Constant) or not isinstance(moving, Tensor):
        call.refuse(
            "of two tensors that both depend on the inputs is not piecewise affine",
            fix="verinet's networks multiply by constants only",
        )
    wide, factors = broadcast(call, [moving, factor])
    return as_tensor(wide).times(_constants([factors])[0].fractions())


def _constants(values: Sequence[Value]) -> list[Constant]:
    return [value for value in values if isinstance(value, Constant)]


def _add(call: Call) -> tuple[Value, ...]:
    return (plus(call, call.values()),)


def _sub(call: Call) -> tuple[Value, ...]:
    return (plus(call, [call.value(0), negative(call.value(1))]),)


def _neg(call: Call) -> tuple[Value, ...]:
    return (negative(call.value(0)),)


def _mul(call: Call) -> tuple[Value, ...]:
    return (times(call, call.value(0), call.value(1)),)


def _mean(call: Call) -> tuple[Value, ...]:
    total = plus(call, call.values())
    share = exact_constant(filled((), Fraction(1, len(call.inputs))), total.element, call.name)
    return (times(call, total, share),)


def _div(call: Call) -> tuple[Value, ...]:
    divisor = call.value(1)
    if not isinstance(divisor, Constant):
        call.refuse("by a tensor that depends on the inputs is not piecewise affine", fix="divide by constants")
    exact = divisor.fractions()
    if any(q == 0 for q in exact.reshape(-1)):
        call.refuse(f"by {divisor.name!r}, which holds a zero", fix="repair the file")
    value = call.value(0)
    if isinstance(value, Constant) and value.element not in _FLOATS:
        a, b = _constants(broadcast(call, [value, divisor]))
        quotient = a.fractions() / b.fractions()
        towards_zero = [Fraction(int(q)) for q in np.asarray(quotient, dtype=object).reshape(-1)]
        return (exact_constant(np.array(towards_zero, dtype=object).reshape(np.shape(quotient)),
                               value.element, call.name),)  # fmt: skip
    inverse = np.empty(exact.shape, dtype=object)
    inverse[...] = Fraction(1) / exact
    return (times(call, value, Constant(inverse, divisor.element, divisor.name)),)


# --- matrix products --------------------------------------------------------------------------------


def matmul(call: Call, left: Value, right: Value) -> Value:
    """The matrix product by numpy's rules, with a constant on at least one side."""
    if isinstance(left, Constant) and isinstance(right, Constant):
        check_size((*left.shape[:-1], *right.shape[:-2], *right.shape[-1:]))
        product = call.shaped(lambda: left.fractions() @ right.fractions())
        return exact_constant(product, left.element, call.name)
    if isinstance(left, Tensor) and isinstance(right, Tensor):
        call.refuse(
            "of two tensors that both depend on the inputs is not piecewise affine",
            fix="verinet's networks multiply by constants only",
        )
    a, b = (value if len(value.shape) > 1 else _as_matrix(value, side) for side, value in enumerate((left, right)))
    if not left.shape or not right.shape or a.shape[-1] != b.shape[-2]:
        call.mismatch(f"got shapes that do not fit: {left.shape} and {right.shape}")
    try:
        batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    except ValueError as error:
        call.mismatch(f"got shapes that do not fit: {error}")
    shape = (*batch, a.shape[-2], b.shape[-1])
    if isinstance(a, Tensor) and isinstance(b, Constant):
        result = call.assembly.contract(a, lambda: _product_matrix(a, b, shape, right=True), shape, call.name)
    elif isinstance(a, Constant) and isinstance(b, Tensor):
        result = call.assembly.contract(b, lambda: _product_matrix(b, a, shape, right=False), shape, call.name)
    else:
        call.refuse("needs a constant on one side", fix="verinet's networks multiply by constants only")
    final = (
        *batch,
        *(shape[-2:-1] if len(left.shape) > 1 else ()),
        *(shape[-1:] if len(right.shape) > 1 else ()),
    )
    return result.rearranged(lambda array: array.reshape(final))


def _as_matrix(value: Value, side: int) -> Value:
    """A vector as one row (on the left) or one column (on the right)."""
    return value.rearranged(lambda array: array.reshape((-1, 1) if side else (1, -1)))


def _product_matrix(tensor: Tensor, weight: Constant, shape: tuple[int, ...], *, right: bool) -> Matrix:
    """The matrix that takes the elements of the tensor to those of the product with the weight."""
    size = tensor.size
    count = int(np.prod(shape, dtype=np.int64))
    elements = np.arange(size).reshape(tensor.shape)
    elements = np.broadcast_to(elements, (*shape[:-2], *tensor.shape[-2:]))
    weights = np.broadcast_to(weight.values, (*shape[:-2], *weight.shape[-2:]))
    outputs = np.arange(count).reshape(shape)
    full = filled((count, size), Fraction(0)) if weights.dtype == object else np.zeros((count, size), weights.dtype)
    for place in np.ndindex(*shape[:-2]):
        if right:  # every row of the tensor meets the whole weight
            for row in range(shape[-2]):
                full[np.ix_(outputs[place][row], elements[place][row])] = weights[place].T
        else:
            for column in range(shape[-1]):
                full[np.ix_(outputs[place][:, column], elements[place][:, column])] = weights[place]
    return weight.matrix(full)


def _matmul(call: Call) -> tuple[Value, ...]:
    return (matmul(call, call.value(0), call.value(1)),)


def _gemm(call: Call) -> tuple[Value, ...]:
    sides = []
    for position, name in enumerate(("transA", "transB")):
        side = call.value(position)
        if len(side.shape) != 2:
            call.mismatch(f"needs matrices, got a tensor of shape {side.shape}")
        sides.append(side.rearranged(np.transpose) if call.integer(name, 0) else side)
    result = _multiple(call, matmul(call, *sides), call.exact_number("alpha", 1.0))
    added = call.optional(2)
    if added is not None:
        shape = result.shape
        result = plus(call, [result, _multiple(call, added, call.exact_number("beta", 1.0))])
        if result.shape != shape:
            call.mismatch(f"cannot add a C of shape {added.shape} to a product of shape {shape}")
    return (result,)


def _multiple(call: Call, value: Value, factor: Fraction) -> Value:
    if factor == 1:
        return value
    return times(call, value, exact_constant(filled((), factor), value.element, call.name))


# --- functions of one element -----------------------------------------------------------------------


def apply(call: Call, value: Value, activations: Sequence[Activation]) -> Value:
    """Activations element by element in row-major order (or one for all)."""
    size = int(np.prod(value.shape, dtype=np.int64))
    each = list(activations) * size if len(activations) == 1 else list(activations)
    if isinstance(value, Constant) and all(function.smooth is None for function in each):
        exact = np.empty(size, dtype=object)
        exact[:] = [function.value(q) for function, q in zip(each, value.fractions().reshape(-1), strict=True)]
        return exact_constant(exact.reshape(value.shape), value.element, value.name)
    return call.assembly.activate(as_tensor(value), each, call.name)


def _elementwise(name: str, *parameters: int) -> Operator:
    return operator(lambda call: (apply(call, call.value(0), [activation(name, *parameters)]),))


def _leaky_relu(call: Call) -> tuple[Value, ...]:
    return (apply(call, call.value(0), [activation("leaky_relu", call.exact_number("alpha", 0.01))]),)


def _hard_sigmoid(call: Call) -> tuple[Value, ...]:
    alpha, beta = call.exact_number("alpha", 0.2), call.exact_number("beta", 0.5)
    return (apply(call, call.value(0), [activation("hard_sigmoid", alpha, beta)]),)


def _prelu(call: Call) -> tuple[Value, ...]:
    value, slopes = call.value(0), call.constant(1)
    wide = call.shaped(lambda: np.broadcast_to(slopes.fractions(), value.shape))
    table = {slope: activation("leaky_relu", slope) for slope in set(wide.reshape(-1))}
    return (apply(call, value, [table[slope] for slope in wide.reshape(-1)]),)


def _ceil(call: Call) -> tuple[Value, ...]:
    return (negative(apply(call, negative(call.value(0)), [activation("floor")])),)


def _clip(call: Call) -> tuple[Value, ...]:
    value = call.value(0)
    low, high = (_limit(call, name, position) for position, name in ((1, "min"), (2, "max")))
    if low is None and high is None:
        return (value,)
    if low is not None and high is not None:
        # Where the bounds cross, ONNX says that the upper one wins.
        return (apply(call, value, [activation("clip", min(low, high), high)]),)
    one_sided = activation("at_most", high) if low is None else activation("at_least", low)
    return (apply(call, value, [one_sided]),)


def _limit(call: Call, name: str, position: int) -> Fraction | None:
    """A bound of Clip; None for one that no finite number of the tensor's type can pass."""
    given = call.optional_constant(position)
    attribute = call.attribute(name)
    if given is None and not isinstance(attribute, float):
        return None
    if given is None:
        values = np.array([attribute], dtype=np.float32)
    else:
        values = given.values.reshape(-1)
    if values.size != 1:
        call.mismatch(f"needs one number as {name}, got {values.size}")
    if values.dtype.kind == "f":
        number, largest = values[0], np.finfo(values.dtype).max
        if number == (-np.inf if name == "min" else np.inf) or number == (-largest if name == "min" else largest):
            return None
    return Constant(values, "float32", f"the bound {name} of Clip").scalar(f"the bound {name} of Clip")


# --- maxima -----------------------------------------------------------------------------------------


def largest(call: Call, values: Sequence[Value]) -> Value:
    """The maximum of values of one shape, element by element, in pairs, so that the depth is logarithmic."""
    constants = _constants(values)
    moving: list[Tensor] = [value for value in values if isinstance(value, Tensor)]
    pending: list[Tensor] = []
    if constants:
        folded = reduce(np.maximum, [constant.fractions() for constant in constants])
        constant = exact_constant(folded, constants[0].element, call.name)
        if not moving:
            return constant
        pending.append(as_tensor(constant))
    pending += moving
    while len(pending) > 1:
        pairs = [call.assembly.maximum(pending[i], pending[i + 1], call.name) for i in range(0, len(pending) - 1, 2)]
        pending = pairs + pending[2 * len(pairs) :]
    return pending[0]


def _max(call: Call) -> tuple[Value, ...]:
    return (largest(call, broadcast(call, call.values())),)


def _min(call: Call) -> tuple[Value, ...]:
    return (negative(largest(call, [negative(value) for value in broadcast(call, call.values())])),)


ARITHMETIC = {
    "Add": operator(_add, inputs=(2, 2)),
    "Sub": operator(_sub, inputs=(2, 2)),
    "Mul": operator(_mul, inputs=(2, 2)),
    "Div": operator(_div, inputs=(2, 2)),
    "Neg": operator(_neg),
    "Sum": operator(_add, inputs=(1, ANY)),
    "Mean": operator(_mean, inputs=(1, ANY)),
    "Max": operator(_max, inputs=(1, ANY)),
    "Min": operator(_min, inputs=(1, ANY)),
    "MatMul": operator(_matmul, inputs=(2, 2)),
    "Gemm": operator(_gemm, "alpha beta transA transB", inputs=(2, 3)),
    "Relu": _elementwise("relu"),
    "LeakyRelu": operator(_leaky_relu, "alpha"),
    "PRelu": operator(_prelu, inputs=(2, 2)),
    "Abs": _elementwise("abs"),
    "Clip": operator(_clip, "min max", inputs=(1, 3)),
    "HardSigmoid": operator(_hard_sigmoid, "alpha beta"),
    "Floor": _elementwise("floor"),
    "Ceil": operator(_ceil),
    "Sign": _elementwise("sign"),
    "Sigmoid": _elementwise("logistic"),
    "Tanh": _elementwise("tanh"),
    "Softplus": _elementwise("softplus"),
    "Sin": _elementwise("sine"),
}
