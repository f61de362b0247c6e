"""A float filter for signs: float64 with a rigorous error bound decides a sign or says "cannot tell".

For ``v = w . x + b`` in float64, summed in any order, with or without fused operations and n terms,
``|v - exact| <= g (|w| . |x| + |b|) + n e`` with ``g = (n + 2) u / (1 - (n + 2) u)``, u = 2^-53 and the
underflow term e = 2^-1074 (Higham, Accuracy and Stability of Numerical Algorithms, chapters 2 and 3).  The
bound itself is computed in floats and enlarged by what that can lose.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from verinet.errors import NotANumber, ShapeMismatch
from verinet.exact.linalg import Matrix

Floats = npt.NDArray[np.float64]
Signs = npt.NDArray[np.int8]

CANNOT_TELL = 2
_BLOCK = 1 << 18  # values a block: the temporaries stay in cache


def signs(
    weight: Floats,
    bias: Floats,
    points: Floats,
    exact: Callable[[npt.NDArray[np.intp], npt.NDArray[np.intp]], Signs] | None = None,
) -> Signs:
    """The signs of ``weight_i . points_k + bias_i``: -1, 0, +1, or 2 where float64 cannot tell.

    The arrays are taken as the exact dyadic numbers they hold.

    Parameters
    ----------
    weight : array of float64, shape (m, n)
    bias : array of float64, shape (m,)
    points : array of float64, shape (k, n)
    exact : callable, optional
        Given the undecided pairs as two index arrays (point, row), returns their signs; they replace the 2s.
        `exact_signs` makes one for these arrays.

    Returns
    -------
    array of int8, shape (k, m)

    Raises
    ------
    ShapeMismatch
        For sizes that do not fit.
    NotANumber
        For NaN, infinities and arrays that are not float64.

    Notes
    -----
    Guarantee: certified

    Examples
    --------
    >>> w, b, x = np.array([[1.0, -1.0]]), np.array([0.0]), np.array([[0.5, 0.25], [0.5, 0.5]])
    >>> signs(w, b, x).tolist()
    [[1], [2]]
    >>> signs(w, b, x, exact_signs(w, b, x)).tolist()
    [[1], [0]]
    """
    _check(weight, bias, points)
    count, rows = len(points), len(weight)
    result = np.empty((count, rows), dtype=np.int8)
    step = max(1, _BLOCK // max(1, rows))
    sizes, offsets = np.abs(weight).T, np.abs(bias)
    for start in range(0, count, step):
        block = points[start : start + step]
        # overflow gives an infinity or NaN, and no comparison with the bound below then decides anything
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            values = block @ weight.T + bias
            bound = _error_bound(np.abs(block) @ sizes + offsets, weight.shape[1] + 1)
        result[start : start + step] = _decided(values, bound)
    if exact is not None:
        where, which = np.nonzero(result == CANNOT_TELL)
        if len(where):
            result[where, which] = exact(where, which)
    return result


def exact_signs(
    weight: Floats, bias: Floats, points: Floats
) -> Callable[[npt.NDArray[np.intp], npt.NDArray[np.intp]], Signs]:
    """The exact decision for `signs`, by integer matrix products of the points that need it.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> decide = exact_signs(np.array([[1.0]]), np.array([-0.5]), np.array([[0.5]]))
    >>> decide(np.array([0]), np.array([0])).tolist()
    [0]
    """
    _check(weight, bias, points)

    def decide(where: npt.NDArray[np.intp], which: npt.NDArray[np.intp]) -> Signs:
        found = np.empty(len(where), dtype=np.int8)
        form = Matrix.from_floats(weight).hstack(Matrix.from_floats(bias))
        # row by row of the weight: only pairs that were asked for are multiplied
        for row in np.unique(which):
            asked = np.flatnonzero(which == row)
            chosen = np.hstack([points[where[asked]], np.ones((len(asked), 1))])
            values = Matrix.from_floats(chosen) @ form.take_rows([int(row)]).T
            found[asked] = [_sign(entry) for (entry,) in values.numerators()]
        return found

    return decide


def _sign(n: int) -> int:
    return (n > 0) - (n < 0)


def _error_bound(magnitude: Floats, terms: int) -> Floats:
    """A float that is at least ``g * magnitude + terms * 2^-1074`` for the exact magnitude.

    `magnitude` is itself a float sum of `terms` nonnegative products, so at least (1 - g) times the exact one
    less ``terms * 2^-1074``; doubling g and taking 2^-1000 for the underflow term covers both, the rounding
    of this very line, and processors set to flush subnormal numbers to 0 (2^-1022 a term, not 2^-1074).
    """
    unit = 2.0 * (terms + 4) * 2.0**-53
    return magnitude * unit + 2.0**-1000


def _decided(values: Floats, bound: Floats) -> Signs:
    # 0 is never decided here: a float 0 may hide any value within the bound
    decided: Any = np.where(values > bound, 1, np.where(values < -bound, -1, CANNOT_TELL))
    # An infinite value or bound says nothing: inf > finite bound would otherwise count as decided.
    return np.where(np.isfinite(values), decided, CANNOT_TELL).astype(np.int8)


def _check(weight: Floats, bias: Floats, points: Floats) -> None:
    for name, array in (("weight", weight), ("bias", bias), ("points", points)):
        if not isinstance(array, np.ndarray) or array.dtype != np.float64:
            raise NotANumber(f"the sign filter needs float64 arrays, {name} is not", fix="convert it exactly")
        if not np.isfinite(array).all():
            raise NotANumber(f"the sign filter needs a finite {name}", fix="remove NaN and infinities")
    fits = weight.ndim == 2 and points.ndim == 2 and bias.shape == weight.shape[:1]
    if not fits or weight.shape[1] != points.shape[1]:
        raise ShapeMismatch(
            f"the sign filter needs shapes (m, n), (m,), (k, n), got {weight.shape}, {bias.shape}, {points.shape}",
            fix="check the sizes",
        )
