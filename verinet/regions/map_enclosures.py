r"""The affine maps of many patterns in float64, with a bound of the error of every entry.

One layer takes Z (values x inputs + 1) to S (W Z + (0|b)), S the slopes.  Let Z' and E be floats with abs(Z' - Z) <= E,
W' the nearest floats of W, u = 2^-53, n the number of values.  In any order of summation, fused or not,

.. math:: |fl(W' Z' + b') - (W Z + b)| \le |W'| E (1 + 2u) + g (|W'| |Z'| + |b'|), \qquad
   g = (n + 6) u / (1 - (n + 6) u):

n + 1 roundings of the sum and products, and 2 u for each of the rounded weight and bias.  The right-hand side is a
sum of nonnegative floats and loses a factor of at most 1 + 2 g when it is computed; it is doubled in g, and 1e-290 is
added for products that underflow, 1e-300 to the sizes of weights and slopes that may have.  A slope is a float rounded
once and multiplies once.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from verinet import work
from verinet.exact.linalg import Matrix
from verinet.regions.layers import SplitNetwork

__all__ = ["affine_step", "bend", "enclosed_maps", "nearest_floats", "zeros"]

Floats = npt.NDArray[np.float64]

_UNIT = 2.0**-53
_UNDERFLOW = 1e-290
_TINY = 1e-300
_NUMBERS = 1 << 20  # floats a block: what is worked on stays in cache


def enclosed_maps(split: SplitNetwork, patterns: npt.NDArray[np.uint64]) -> tuple[Floats, Floats]:
    """Floats near (A|b) for each pattern, and bounds of their errors; both (patterns, outputs, inputs + 1).

    A bound may be infinite, or NaN beside a value that is not finite: nothing is known then.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.regions.layers import split_network
    >>> x = variable("x")
    >>> split = split_network(network(x, relu(2 * x) / 3))
    >>> centre, error = enclosed_maps(split, np.array([[1]], dtype=np.uint64))
    >>> bool(abs(Fraction(float(centre[0, 0, 0])) - Fraction(2, 3)) <= Fraction(float(error[0, 0, 0])) < 1e-14)
    True

    Guarantee: certified.
    """
    columns = split.input_size + 1
    widest = max((layer.rows for layer in split.layers), default=1)
    step = max(1, _NUMBERS // (widest * columns))
    centres = np.empty((len(patterns), split.output_size, columns))
    errors = np.empty_like(centres)
    floats = [(layer.weight.to_float64(), layer.bias.to_float64()[:, 0]) for layer in split.layers]
    readout = (split.weight.to_float64(), split.bias.to_float64()[:, 0])
    slopes = [(nearest_floats(layer.left), nearest_floats(layer.right)) for layer in split.layers]
    flat = [(zeros(layer.left), zeros(layer.right)) for layer in split.layers]
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        for start in range(0, len(patterns), step):
            work.keep_going()
            part = slice(start, start + step)
            signs = split.unpack(patterns[part])
            # values first, then patterns and columns: one large product a layer
            count = len(patterns[part])
            centre = np.repeat(np.eye(columns - 1, columns)[:, None, :], count, axis=1)
            error = np.zeros_like(centre)
            for (weight, bias), (left, right), zero, positive in zip(floats, slopes, flat, signs, strict=True):
                centre, error = affine_step(weight, bias, centre, error)
                bend(centre, error, np.where(positive, right, left).T, np.where(positive, zero[1], zero[0]).T)
            centre, error = affine_step(*readout, centre, error)
            centres[part], errors[part] = centre.transpose(1, 0, 2), error.transpose(1, 0, 2)
    return centres, errors


def bend(centre: Floats, error: Floats, slopes: Floats, still: npt.NDArray[np.bool_]) -> None:
    """Multiply the first values by slopes (values, patterns), in place; `still` says where these are exactly 0.

    Guarantee: certified.
    """
    slope, bent = slopes[:, :, None], slice(0, len(slopes))
    grown = (np.abs(slope) + _TINY) * (error[bent] + 4 * _UNIT * np.abs(centre[bent])) * (1 + 16 * _UNIT)
    error[bent] = np.where(still[:, :, None], 0.0, grown + _UNDERFLOW)
    centre[bent] = np.where(still[:, :, None], 0.0, centre[bent] * slope)


def affine_step(weight: Floats, bias: Floats, centre: Floats, error: Floats) -> tuple[Floats, Floats]:
    """W Z + (0|b) and its error, values first: (n, patterns, inputs + 1).

    Guarantee: certified (call it with the warnings for overflow and underflow switched off).
    """
    shape = (len(weight), *centre.shape[1:])
    moved = (weight @ centre.reshape(len(centre), -1)).reshape(shape)
    moved[:, :, -1] += bias[:, None]
    size = np.abs(weight) + _TINY
    unit = 2.0 * (weight.shape[1] + 8) * _UNIT
    # one product with |W| serves both terms
    bound = (size @ (error * (1 + unit) + unit * np.abs(centre)).reshape(len(centre), -1)).reshape(shape)
    bound[:, :, -1] += unit * np.abs(bias)[:, None]
    return moved, bound * (1 + unit) + _UNDERFLOW


def nearest_floats(slopes: Sequence[Fraction]) -> Floats:
    """The nearest floats.  Guarantee: numeric (each rounded once, correctly)."""
    return Matrix.column(slopes).to_float64()[:, 0] if slopes else np.zeros(0)


def zeros(slopes: Sequence[Fraction]) -> npt.NDArray[np.bool_]:
    """Which slopes are exactly 0."""
    return np.array([slope == 0 for slope in slopes], dtype=np.bool_)
