"""Rows of preactivations at the vertices of a complex in float64, each with a proved bound on its error.

The claim kept for the row V_r of a vertex with true values z: for every entry ``|V_rj - z_j| <= a_r + C |V_rj|``,
and in the 2-norm ``|V_r - z| <= e_r + C N_r`` with ``N_r >= |V_r|``; docs/explanation/complexes.md derives every
constant.  The rows of a layer are scaled by powers of two so that ``|(W_j, b_j)| <= 1``, and the columns of the next
layer inversely, which changes no sign; so one number a vertex suffices.
"""

# numba compiles part of this module: its functions are typed by their arguments
# mypy: allow-untyped-defs, allow-untyped-decorators, allow-untyped-calls, allow-any-generics

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from verinet.exact.linalg import Matrix
from verinet.regions.faces import SLACK, TINY, C, U, square_sum
from verinet.regions.layers import SplitLayer, SplitNetwork

Floats = npt.NDArray[np.float64]

#: Weights outside this range of sizes could lose bits to underflow when rows are scaled.
SMALLEST, LARGEST = 2.0**-400, 2.0**400


@dataclass(frozen=True, slots=True)
class FloatLayer:
    """A layer in float64, scaled, with the norms that its error bound needs.

    Parameters
    ----------
    columns : array (inputs, rows)
        The transposed weights.
    bias : array (rows,)
    exponents : array (rows,) of int
        Row j was multiplied by 2^exponents[j].
    left, right : arrays (rows,)
        Slopes, 1 for carried rows.
    splits : int
    frobenius, spectral : float
        Upper bounds of the norms of (W, b) and of W.
    steepest : float
        Upper bound of the sizes of the slopes.
    rounded : bool
        Whether a slope times a value may be rounded.
    trusted : bool
        False when the numbers are too large or too small for the bound: then no sign is decided here.
    """

    columns: Floats
    bias: Floats
    exponents: npt.NDArray[np.int64]
    left: Floats
    right: Floats
    splits: int
    frobenius: float
    spectral: float
    steepest: float
    rounded: bool
    trusted: bool


def float_layers(split: SplitNetwork) -> tuple[FloatLayer, ...]:
    """The layers of a network in float64.

    Guarantee: certified (together with the bound of `first_signs`).
    """
    before = np.zeros(split.input_size, dtype=np.int64)
    layers = []
    for layer in split.layers:
        layers.append(_float_layer(layer, before))
        before = layers[-1].exponents
    return tuple(layers)


def _float_layer(layer: SplitLayer, before: npt.NDArray[np.int64]) -> FloatLayer:
    weight, bias = nearest(layer.weight), nearest(layer.bias)[:, 0]
    trusted = _sizes_are_safe(weight, bias) and bool(np.all(np.abs(before) < 300))
    with np.errstate(all="ignore"):
        weight = np.ldexp(weight, -before[None, :].astype(np.int32))
        norms = np.sqrt(np.sum(weight * weight, axis=1) + bias * bias) * (1 + (weight.shape[1] + 9) * U)
        exponents = np.where(norms > 0, -np.ceil(np.log2(np.where(norms > 0, norms, 1.0)) + 1e-9), 0.0).astype(np.int64)
        weight = np.ldexp(weight, exponents[:, None].astype(np.int32))
        bias = np.ldexp(bias, exponents.astype(np.int32))
        scaled = norms * np.exp2(exponents.astype(float))
        trusted = trusted and bool(np.all(np.isfinite(weight))) and bool(np.all(scaled <= 1.0))
        frobenius = float(np.sqrt(np.sum(weight * weight) + np.sum(bias * bias)) * (1 + 1e-9))
        spectral = _spectral_bound(weight, frobenius)
    left, right = np.ones(layer.rows), np.ones(layer.rows)
    for slopes, given in ((left, layer.left), (right, layer.right)):
        slopes[: layer.splits] = nearest(Matrix.column(given))[:, 0] if given else []
    values = np.concatenate([left, right])
    return FloatLayer(
        columns=np.ascontiguousarray(weight.T),
        bias=bias,
        exponents=exponents,
        left=left,
        right=right,
        splits=layer.splits,
        frobenius=frobenius,
        spectral=spectral,
        steepest=float(np.max(np.abs(values), initial=1.0) * (1 + 4 * U)),
        rounded=not set(layer.left) | set(layer.right) <= {-1, 0, 1},
        trusted=trusted and _sizes_are_safe(values),
    )


def _sizes_are_safe(*arrays: Floats) -> bool:
    """Whether no number is so large or so small that scaling it could lose bits."""
    sizes = np.abs(np.concatenate([array.ravel() for array in arrays]))
    sizes = sizes[sizes > 0]
    return bool(np.all((sizes > SMALLEST) & (sizes < LARGEST)))


def nearest(matrix: Matrix) -> Floats:
    """The nearest float64 of each entry of a matrix; infinite where there is none.

    Guarantee: numeric (correctly rounded).
    """
    try:
        return matrix.to_float64()
    except OverflowError:
        return np.full(matrix.shape, np.inf)


def _spectral_bound(weight: Floats, frobenius: float) -> float:
    """An upper bound of |W|_2: |W|_2^4 <= |(W W^T)^2|_F, with all roundings added."""
    count = max(weight.shape) + 4
    gram = weight @ weight.T if weight.shape[0] <= weight.shape[1] else weight.T @ weight
    square = gram @ gram
    size = float(np.linalg.norm(gram)) * (1 + count * U)
    lost = 2 * count * U
    squared = (float(np.linalg.norm(square)) * (1 + count * U) + lost * size * size) ** 0.5
    bound = float((squared * (1 + 1e-12) + lost * frobenius * frobenius) ** 0.5 * (1 + 1e-12))
    return min(bound, frobenius) if np.isfinite(bound) else frobenius


@njit(cache=True, fastmath={"reassoc", "nsz"})
def _square_errors(V, r, error, left):
    """The sum of the squared bounds of row r, without the entries that are certainly cut to zero."""
    total = 0.0
    for j in range(V.shape[1]):
        bound = error + C * abs(V[r, j])
        live = (V[r, j] >= -bound) | (left[j] != 0.0)
        total += live * (bound * bound)
    return total * (1 + 1e-12)


@njit(cache=True, nogil=True)
def activate(V, a, e, N, rows, left, right, steepest, rounded, H, E, S):
    """Values H of the chosen rows after the bends; E bounds their error in the 2-norm, S is their 2-norm."""
    n = V.shape[1]
    for place in range(rows.size):
        r = rows[place]
        for j in range(n):  # without a branch: signs are hard to foresee
            v = V[r, j]
            H[place, j] = max(v, 0.0) * right[j] + min(v, 0.0) * left[j]
        E[place] = min(e[r] + C * N[r], np.sqrt(_square_errors(V, r, a[r], left))) * steepest * SLACK
        if rounded:
            E[place] += 2.02 * U * steepest * N[r]
        S[place] = np.sqrt(square_sum(H, place)) * (1 + (n + 4) * U)


@njit(cache=True, nogil=True)
def bound_products(V, E, S, biased, inputs, frobenius, spectral, trusted, a, e, N):
    """Bounds of the rows V = H W^T + b from those of H."""
    g = (inputs + 6) * U * 1.02
    n = V.shape[1]
    for r in range(E.size):
        N[r] = np.sqrt(square_sum(V, r)) * (1 + (n + 4) * U)
        if not trusted:
            a[r] = np.inf
            e[r] = np.inf
            continue
        if E[r] == 0.0 and S[r] == 0.0 and not biased:
            a[r] = 0.0
            e[r] = 0.0
            continue
        size = np.sqrt(S[r] * S[r] + (1.0 if biased else 0.0)) * (1 + 4 * U)
        a[r] = (E[r] + g * size) * SLACK + TINY
        e[r] = (spectral * E[r] + g * frobenius * size) * SLACK + TINY


@njit(cache=True, nogil=True)
def first_signs(F, V, a, vertices, first, count, undecided, asked):
    """Masks of the vertices 0 .. vertices - 1 for the neurons first, ..., first + count - 1.

    Returns how many vertices have a sign that the bound does not decide; they are listed.
    """
    open_ = 0
    one = np.uint64(1)
    for v in range(vertices):
        row = F[v].start
        pos = np.uint64(0)
        neg = np.uint64(0)
        zer = np.uint64(0)
        unsure = np.uint64(0)
        for j in range(count):
            value = V[row, first + j]
            bound = (a[row] + C * abs(value)) * SLACK
            if value > bound:
                pos |= one << np.uint64(j)
            elif value < -bound:
                neg |= one << np.uint64(j)
            elif a[row] == 0.0 and value == 0.0:
                zer |= one << np.uint64(j)
            else:
                unsure |= one << np.uint64(j)
        F[v].pos = pos
        F[v].neg = neg
        F[v].zer = zer
        if unsure != np.uint64(0):
            undecided[open_] = v
            asked[open_] = unsure
            open_ += 1
    return open_
