"""An ONNX graph evaluated in Fractions, node by node, straight from the file's own definitions.

The tests' second opinion on the importer: it shares no code with it, knows nothing of vertices and matrices,
and takes its formulas from the ONNX operator documentation.  Slow and literal on purpose.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import onnx
from onnx import numpy_helper

SAME = ("SAME_UPPER", "SAME_LOWER")


def exact(array):
    """Any numeric array as an object array of Fractions."""
    array = np.asarray(array)
    out = np.empty(array.shape, dtype=object)
    for place in np.ndindex(*array.shape):
        value = array[place]
        if isinstance(value, Fraction):
            out[place] = value
        elif isinstance(value, (np.floating, float)):
            out[place] = Fraction(*float(value).as_integer_ratio()) if np.isfinite(value) else float(value)
        else:
            out[place] = Fraction(int(value))
    return out


def whole(array):
    return [int(v) for v in np.asarray(array, dtype=object).reshape(-1)]


def each(function, *arrays):
    arrays = np.broadcast_arrays(*arrays)
    out = np.empty(arrays[0].shape, dtype=object)
    for place in np.ndindex(*out.shape):
        out[place] = function(*(a[place] for a in arrays))
    return out


def product(x, y):
    """numpy's matrix product of Fractions, in integers over one denominator each: faster, no rounding."""
    over = [math.lcm(*(p.denominator for p in a.reshape(-1))) for a in (x, y)]
    whole_x, whole_y = (each(lambda p, d=d: int(p * d), a) for a, d in zip((x, y), over, strict=True))
    return each(lambda p: Fraction(p, over[0] * over[1]), np.asarray(np.matmul(whole_x, whole_y), dtype=object))


class FractionGraph:
    """The graph of a model; `run({name: array})` gives every output, `magnitude` the largest value met."""

    def __init__(self, model, rounded_batch_normalization=False):
        self.graph = model.graph
        self.opset = next(o.version for o in model.opset_import if o.domain in ("", "ai.onnx"))
        self.constants = {t.name: exact(numpy_helper.to_array(t)) for t in self.graph.initializer}
        self.magnitude = Fraction(0)
        self.rounded = rounded_batch_normalization

    def inputs(self):
        """Name and shape of the inputs, open dimensions as 1."""
        return [(v.name, [d.dim_value if d.dim_value > 0 else 1 for d in v.type.tensor_type.shape.dim])
                for v in self.graph.input if v.name not in self.constants]  # fmt: skip

    def run(self, given):
        values = dict(self.constants)
        values.update({name: exact(array) for name, array in given.items()})
        self.magnitude = Fraction(1)
        for node in self.graph.node:
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            arguments = [values[name] if name else None for name in node.input]
            outputs = getattr(self, node.op_type)(node, attributes, *arguments)
            if not isinstance(outputs, list):
                outputs = [outputs]
            for name, array in zip(node.output, outputs, strict=False):
                values[name] = exact(array)
                for value in values[name].reshape(-1):
                    if isinstance(value, Fraction):
                        self.magnitude = max(self.magnitude, abs(value))
        return {output.name: values[output.name] for output in self.graph.output}

    # --- arithmetic
    def Add(self, n, a, x, y):
        return each(lambda p, q: p + q, x, y)

    def Sub(self, n, a, x, y):
        return each(lambda p, q: p - q, x, y)

    def Mul(self, n, a, x, y):
        return each(lambda p, q: p * q, x, y)

    def Div(self, n, a, x, y):
        return each(lambda p, q: p / q, x, y)

    def Neg(self, n, a, x):
        return each(lambda p: -p, x)

    def Sum(self, n, a, *xs):
        return each(lambda *p: sum(p), *xs)

    def Mean(self, n, a, *xs):
        return each(lambda *p: sum(p) / len(p), *xs)

    def Max(self, n, a, *xs):
        return each(lambda *p: max(p), *xs)

    def Min(self, n, a, *xs):
        return each(lambda *p: min(p), *xs)

    def MatMul(self, n, a, x, y):
        return product(x, y)

    def Gemm(self, n, a, x, y, c=None):
        left = x.T if a.get("transA", 0) else x
        right = y.T if a.get("transB", 0) else y
        alpha, beta = Fraction(a.get("alpha", 1.0)), Fraction(a.get("beta", 1.0))
        result = each(lambda p: alpha * p, product(left, right))
        return result if c is None else each(lambda p, q: p + beta * q, result, c)

    # --- one element
    def Relu(self, n, a, x):
        return each(lambda p: p if p > 0 else Fraction(0), x)

    def LeakyRelu(self, n, a, x):
        alpha = Fraction(a.get("alpha", float(np.float32(0.01))))
        return each(lambda p: p if p >= 0 else alpha * p, x)

    def PRelu(self, n, a, x, slope):
        return each(lambda p, s: p if p >= 0 else s * p, x, np.broadcast_to(slope, x.shape))

    def Abs(self, n, a, x):
        return each(abs, x)

    def Clip(self, n, a, x, low=None, high=None):
        low = a.get("min") if low is None else low.reshape(-1)[0]
        high = a.get("max") if high is None else high.reshape(-1)[0]

        def clip(p):
            if low is not None and p < low:
                p = Fraction(low)
            if high is not None and p > high:
                p = Fraction(high)
            return p

        return each(clip, x)

    def HardSigmoid(self, n, a, x):
        alpha = Fraction(a.get("alpha", float(np.float32(0.2))))
        beta = Fraction(a.get("beta", 0.5))
        return each(lambda p: max(Fraction(0), min(Fraction(1), alpha * p + beta)), x)

    def Floor(self, n, a, x):
        return each(lambda p: Fraction(math.floor(p)), x)

    def Ceil(self, n, a, x):
        return each(lambda p: Fraction(math.ceil(p)), x)

    def Sign(self, n, a, x):
        return each(lambda p: Fraction((p > 0) - (p < 0)), x)

    # --- windows
    def _geometry(self, a, spatial, kernel):
        rank = len(spatial)
        strides = list(a.get("strides", [1] * rank))
        dilations = list(a.get("dilations", [1] * rank))
        pads = list(a.get("pads", [0] * 2 * rank))
        mode = a.get("auto_pad", b"NOTSET").decode()
        counts, begins = [], []
        for i in range(rank):
            reach = dilations[i] * (kernel[i] - 1) + 1
            if mode in SAME:
                count = math.ceil(spatial[i] / strides[i])
                missing = max(0, (count - 1) * strides[i] + reach - spatial[i])
                begin = missing // 2 if mode == "SAME_UPPER" else missing - missing // 2
            else:
                begin, end = (0, 0) if mode == "VALID" else (pads[i], pads[i + rank])
                count = (spatial[i] + begin + end - reach) // strides[i] + 1
            counts.append(count)
            begins.append(begin)

        def pixel(out, place):
            where = tuple(
                o * s - b + d * p for o, s, b, d, p in zip(out, strides, begins, dilations, place, strict=True)
            )
            return where if all(0 <= w < s for w, s in zip(where, spatial, strict=True)) else None

        return counts, pixel

    def Conv(self, n, a, x, w, b=None):
        kernel, groups = w.shape[2:], a.get("group", 1)
        counts, pixel = self._geometry(a, x.shape[2:], kernel)
        out = np.empty((x.shape[0], w.shape[0], *counts), dtype=object)
        per_in, per_out = x.shape[1] // groups, w.shape[0] // groups
        for place in np.ndindex(*out.shape):
            image, channel, spot = place[0], place[1], place[2:]
            total = Fraction(0) if b is None else b[channel]
            for c in range(per_in):
                for k in itertools.product(*map(range, kernel)):
                    where = pixel(spot, k)
                    if where is not None:
                        total += w[(channel, c, *k)] * x[(image, channel // per_out * per_in + c, *where)]
            out[place] = total
        return out

    def _pool(self, a, x, fold):
        kernel = tuple(a["kernel_shape"])
        counts, pixel = self._geometry(a, x.shape[2:], kernel)
        out = np.empty((*x.shape[:2], *counts), dtype=object)
        for place in np.ndindex(*out.shape):
            spots = [pixel(place[2:], k) for k in itertools.product(*map(range, kernel))]
            seen = [x[(*place[:2], *s)] for s in spots if s is not None]
            out[place] = fold(seen, len(spots))
        return out

    def MaxPool(self, n, a, x):
        return self._pool(a, x, lambda seen, size: max(seen))

    def AveragePool(self, n, a, x):
        padded = a.get("count_include_pad", 0)
        return self._pool(a, x, lambda seen, size: sum(seen) / (size if padded else len(seen)))

    def _global(self, x, fold):
        out = np.empty((*x.shape[:2], *[1] * (x.ndim - 2)), dtype=object)
        for i, c in np.ndindex(*x.shape[:2]):
            out[(i, c, *[0] * (x.ndim - 2))] = fold(list(x[i, c].reshape(-1)))
        return out

    def GlobalAveragePool(self, n, a, x):
        return self._global(x, lambda seen: sum(seen) / len(seen))

    def GlobalMaxPool(self, n, a, x):
        return self._global(x, max)

    def _reduce(self, a, x, axes, fold):
        axes = a.get("axes") if axes is None else whole(axes)
        if not axes and a.get("noop_with_empty_axes", 0):
            return x
        axes = sorted(i % x.ndim for i in (axes or range(x.ndim)))
        shape = [1 if i in axes else s for i, s in enumerate(x.shape)]
        groups = {}
        for place in np.ndindex(*x.shape):
            groups.setdefault(tuple(0 if i in axes else p for i, p in enumerate(place)), []).append(x[place])
        out = np.empty(shape, dtype=object)
        for place, seen in groups.items():
            out[place] = fold(seen)
        return out if a.get("keepdims", 1) else out.reshape([s for i, s in enumerate(x.shape) if i not in axes])

    def ReduceMean(self, n, a, x, axes=None):
        return self._reduce(a, x, axes, lambda seen: sum(seen) / len(seen))

    def ReduceSum(self, n, a, x, axes=None):
        return self._reduce(a, x, axes, sum)

    def ReduceMax(self, n, a, x, axes=None):
        return self._reduce(a, x, axes, max)

    def BatchNormalization(self, n, a, x, scale, bias, mean, var):
        epsilon = Fraction(a.get("epsilon", float(np.float32(1e-5))))
        out = np.empty(x.shape, dtype=object)
        for place in np.ndindex(*x.shape):
            c = place[1]
            square = var[c] + epsilon
            top, bottom = math.isqrt(square.numerator), math.isqrt(square.denominator)
            if Fraction(top, bottom) ** 2 == square:
                factor = scale[c] / Fraction(top, bottom)
            else:
                assert self.rounded
                # 60 digits of the root, then the nearest binary32: enough for the numbers of the tests.
                root = Fraction(math.isqrt(square.numerator * 10**120 // square.denominator), 10**60)
                factor = Fraction(float(np.float32(float(scale[c] / root))))
            out[place] = (x[place] - mean[c]) * factor + bias[c]
        return out

    # --- movements
    def Identity(self, n, a, x):
        return x

    def Dropout(self, n, a, x, *more):
        return x

    def Flatten(self, n, a, x):
        axis = a.get("axis", 1)
        axis = axis + x.ndim if axis < 0 else axis
        return x.reshape(math.prod(x.shape[:axis]), math.prod(x.shape[axis:]))

    def Reshape(self, n, a, x, shape):
        wanted = [x.shape[i] if s == 0 and not a.get("allowzero", 0) else s for i, s in enumerate(whole(shape))]
        return x.reshape(wanted)

    def Transpose(self, n, a, x):
        return x.transpose(a.get("perm", list(range(x.ndim))[::-1]))

    def Squeeze(self, n, a, x, axes=None):
        axes = a.get("axes") if axes is None else whole(axes)
        axes = [i for i, s in enumerate(x.shape) if s == 1] if axes is None else [i % x.ndim for i in axes]
        return x.reshape([s for i, s in enumerate(x.shape) if i not in axes])

    def Unsqueeze(self, n, a, x, axes=None):
        axes = a.get("axes") if axes is None else whole(axes)
        rank = x.ndim + len(axes)
        axes = {i % rank for i in axes}
        rest = iter(x.shape)
        return x.reshape([1 if i in axes else next(rest) for i in range(rank)])

    def Concat(self, n, a, *xs):
        return np.concatenate(xs, axis=a["axis"])

    def Slice(self, n, a, x, starts=None, ends=None, axes=None, steps=None):
        starts = whole(starts) if starts is not None else list(a["starts"])
        ends = whole(ends) if ends is not None else list(a["ends"])
        axes = whole(axes) if axes is not None else list(a.get("axes", range(len(starts))))
        steps = whole(steps) if steps is not None else [1] * len(starts)
        for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
            size = x.shape[axis]
            start = start + size if start < 0 else start
            end = end + size if end < 0 else end
            low, high = (0, size) if step > 0 else (-1, size - 1)
            start, end = min(max(start, 0), high), min(max(end, low), high)
            x = np.take(x, list(range(start, end, step)), axis=axis)
        return x

    def Gather(self, n, a, x, indices):
        axis = a.get("axis", 0)
        return np.take(x, np.array(whole(indices), dtype=int).reshape(indices.shape) % x.shape[axis], axis=axis)

    def Split(self, n, a, x, split=None):
        axis, parts = a.get("axis", 0), len(n.output)
        lengths = a.get("split") if split is None else whole(split)
        if lengths is None:
            piece = math.ceil(x.shape[axis] / parts)
            lengths = [min(piece, x.shape[axis] - piece * i) for i in range(parts)]
        out, start = [], 0
        for length in lengths:
            out.append(np.take(x, list(range(start, start + length)), axis=axis))
            start += length
        return out

    def Expand(self, n, a, x, shape):
        return x * exact(np.ones(whole(shape), dtype=np.int64))

    def Pad(self, n, a, x, pads=None, value=None, axes=None):
        pads = list(a["pads"]) if pads is None else whole(pads)
        fill = Fraction(a.get("value", 0)) if value is None else value.reshape(-1)[0]
        axes = list(range(x.ndim)) if axes is None else [i % x.ndim for i in whole(axes)]
        before, after = [0] * x.ndim, [0] * x.ndim
        for i, axis in enumerate(axes):
            before[axis], after[axis] = pads[i], pads[i + len(axes)]
        out = np.empty([b + s + e for b, s, e in zip(before, x.shape, after, strict=True)], dtype=object)
        out[...] = fill
        for place in np.ndindex(*x.shape):
            out[tuple(p + b for p, b in zip(place, before, strict=True))] = x[place]
        return out

    def Shape(self, n, a, x):
        return exact(np.array(x.shape[a.get("start", 0) : a.get("end", x.ndim)], dtype=np.int64))

    def Constant(self, n, a):
        ((name, value),) = a.items()
        return exact(numpy_helper.to_array(value)) if name == "value" else exact(np.array(value))

    def ConstantOfShape(self, n, a, shape):
        value = exact(numpy_helper.to_array(a["value"])).reshape(-1)[0] if "value" in a else Fraction(0)
        out = np.empty(whole(shape), dtype=object)
        out[...] = value
        return out

    def Cast(self, n, a, x):
        kind = onnx.helper.tensor_dtype_to_np_dtype(a["to"])
        if kind == np.float64 or all(float(kind.type(float(p))) == p for p in x.reshape(-1)):
            return x
        if kind.kind == "f":
            return exact(np.array([float(p) for p in x.reshape(-1)], dtype=np.float64).astype(kind)).reshape(x.shape)
        return each(lambda p: Fraction(math.trunc(p)), x)
