"""Rows of preactivations in 64-bit integers, for networks of small integers: exact signs at compiled speed.

A row is ``(z_0, ..., z_{n-1}, x_1, ..., x_d, s)`` as in `verinet.regions.exact_rows`.  Before anything is computed,
its size is bounded in float64; what might not fit is left to longer integers.
"""

# numba compiles this module: its functions are typed by their arguments
# mypy: allow-untyped-defs, allow-untyped-decorators, allow-untyped-calls, allow-any-generics

from __future__ import annotations

import numpy as np
from numba import njit

from verinet.regions.faces import TINY, U

#: Everything computed stays below this bound in size; the float64 estimates are far better than a factor of 2.
LIMIT = 2.0**62
#: The slot of a row that does not fit.
TOO_LARGE = -2


@njit(cache=True, inline="always")
def _gcd(a, b):
    while b:
        a, b = b, a % b
    return a


@njit(cache=True)
def _reduce(R, f):
    """Divide row f by its common factor."""
    width = R.shape[1]
    common = R[f, width - 1]
    for j in range(width - 1):
        if common == 1:
            return
        common = _gcd(common, abs(R[f, j]))
    for j in range(width):
        R[f, j] //= common


@njit(cache=True)
def _largest(R, f):
    largest = 0.0
    for j in range(R.shape[1]):
        largest = max(largest, abs(float(R[f, j])))
    return largest


@njit(cache=True, nogil=True)
def interpolate(rows, born, slots, R):
    """Rows of vertices born on edges, in ascending order; the slot of a row that does not fit becomes TOO_LARGE."""
    for place in range(rows.size):
        r = rows[place]
        f = slots[r]
        P = slots[born[r, 0]]
        Q = slots[born[r, 1]]
        if P < 0 or Q < 0:
            slots[r] = TOO_LARGE
            continue
        i = born[r, 2]
        x = abs(R[P, i])
        y = abs(R[Q, i])
        common = _gcd(x, y)
        x //= common
        y //= common
        if float(y) * _largest(R, P) + float(x) * _largest(R, Q) > LIMIT:
            slots[r] = TOO_LARGE
            continue
        for j in range(R.shape[1]):
            R[f, j] = y * R[P, j] + x * R[Q, j]
        _reduce(R, f)


@njit(cache=True, nogil=True)
def multiply(
    old, before, RB, rows_before, has_bends, left, right, slopes_over, weight, bias, over, dimension, new, R, slots
):
    """Rows of a layer from the rows `old` of the layer before; `new` are their rows here, with slots given."""
    n = weight.shape[0]
    m = weight.shape[1]
    h = np.zeros(m, dtype=np.int64)
    for place in range(old.size):
        source = before[old[place]]
        r = new[place]
        f = slots[r]
        if source < 0:
            slots[r] = TOO_LARGE
            continue
        largest = _largest(RB, source)
        steepest = float(slopes_over)
        if has_bends:
            for k in range(m):
                steepest = max(steepest, abs(float(left[k])), abs(float(right[k])))
        if largest * steepest > LIMIT or largest * steepest * float(over) > LIMIT:
            slots[r] = TOO_LARGE
            continue
        width = RB.shape[1]
        scale = RB[source, width - 1] * slopes_over
        for k in range(m):
            z = RB[source, k]
            if has_bends:
                h[k] = z * left[k] if z < 0 else z * right[k]
            else:
                h[k] = z * slopes_over
        fits = True
        for j in range(n):
            size = abs(float(bias[j])) * float(scale)
            total = bias[j] * scale if size < LIMIT else 0
            for k in range(m):
                if h[k] != 0 and weight[j, k] != 0:
                    size += abs(float(h[k])) * abs(float(weight[j, k]))
                    if size > LIMIT:
                        break
                    total += weight[j, k] * h[k]
            if size > LIMIT:
                fits = False
                break
            R[f, j] = total
        if not fits:
            slots[r] = TOO_LARGE
            continue
        for k in range(dimension):
            R[f, n + k] = RB[source, rows_before + k] * slopes_over * over
        R[f, n + dimension] = scale * over
        _reduce(R, f)


@njit(cache=True, nogil=True)
def decide(F, vertices, slots, R, V, X, a, e, N, scales, first, count, full, open_vertices):
    """All signs at the vertices whose rows fit; V takes the rounded rows over.  Returns how many do not fit."""
    one = np.uint64(1)
    left = 0
    n = V.shape[1]
    for place in range(vertices.size):
        v = vertices[place]
        r = F[v].start
        f = slots[r]
        if f < 0:
            open_vertices[left] = v
            left += 1
            continue
        pos = np.uint64(0)
        neg = np.uint64(0)
        for j in range(count):
            z = R[f, first + j]
            if z > 0:
                pos |= one << np.uint64(j)
            elif z < 0:
                neg |= one << np.uint64(j)
        F[v].pos = pos
        F[v].neg = neg
        F[v].zer = full & ~(pos | neg)
        scale = float(R[f, R.shape[1] - 1])
        total = 0.0
        for j in range(n):
            V[r, j] = float(R[f, j]) / scale * scales[j]
            total += V[r, j] * V[r, j]
        for k in range(X.shape[1]):
            X[r, k] = float(R[f, n + k]) / scale
        N[r] = np.sqrt(total) * (1 + (n + 4) * U)
        # below 2^53 both conversions are exact and only the quotient is rounded, which the relative term covers
        wrong = 0.0 if _largest(R, f) < 2.0**53 else 2 * U * N[r] + TINY
        a[r] = wrong
        e[r] = wrong
    return left
