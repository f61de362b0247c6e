"""Compiled loops of the line search in 64-bit integers, for small integer weights: exact, or refused at an overflow.

A row is (w, X, values) in integers, up to a positive factor, one row a point of the line in ascending order.  Before
every sum of products its size is bounded in float64 against `LARGEST`; the loops return False where the bound fails.
Codes are those of `line_loops`.
"""

# numba compiles this module: its functions are typed by their arguments
# mypy: allow-untyped-defs, allow-untyped-decorators, allow-untyped-calls, allow-any-generics

from __future__ import annotations

import numpy as np
from numba import njit

#: Below 2^63 by more than what the float bounds can lose.
LARGEST = 9.0e18
FREE = -2


@njit(cache=True)
def reduce_row(row):
    """Divide a row by the greatest common divisor of its entries."""
    common = np.int64(0)
    for i in range(row.shape[0]):
        a = abs(row[i])
        while a:
            common, a = a, common % a
        if common == 1:
            return
    if common > 1:
        for i in range(row.shape[0]):
            row[i] //= common


@njit(cache=True)
def largest(row):
    """The largest size of an entry."""
    size = np.int64(0)
    for i in range(row.shape[0]):
        size = max(size, abs(row[i]))
    return float(size)


@njit(cache=True)
def image(rows, matrix, out):
    """out = rows times the transposed matrix, every row reduced."""
    weight = 0.0
    for i in range(matrix.shape[0]):
        size = 0.0
        for j in range(matrix.shape[1]):
            size += abs(float(matrix[i, j]))
        weight = max(weight, size)
    for k in range(rows.shape[0]):
        if largest(rows[k]) * weight > LARGEST:
            return False
        for i in range(matrix.shape[0]):
            total = np.int64(0)
            for j in range(matrix.shape[1]):
                total += matrix[i, j] * rows[k, j]
            out[k, i] = total
        reduce_row(out[k])
    return True


@njit(cache=True)
def read_codes(rows, over, starts, counts, taus, codes):
    """Codes of all units; `FREE` where value and w are both 0."""
    size = float(over)
    for i in range(taus.shape[0]):
        size = max(size, abs(float(taus[i])))
    for k in range(rows.shape[0]):
        if largest(rows[k]) * size * 2.0 > LARGEST:
            return False
        w = rows[k, 0]
        for j in range(codes.shape[1]):
            z = over * rows[k, j + 2]
            code = 0
            for i in range(starts[j], starts[j] + counts[j]):
                at = taus[i] * w
                if z > at:
                    code += 2
                elif z == at:
                    code += 1
            if counts[j] and w == 0 and z == 0:
                code = FREE
            codes[k, j] = code
    return True


@njit(cache=True)
def find_crossings(rows, over, starts, taus, codes):
    """Breakpoints strictly between neighbouring points: interval, unit, index, distances to it at both ends."""
    total = 0
    for k in range(rows.shape[0] - 1):
        for j in range(codes.shape[1]):
            c, d = codes[k, j], codes[k + 1, j]
            total += max(0, max(c, d) // 2 - (min(c, d) + 1) // 2)
    where, unit, index = np.empty(total, np.int64), np.empty(total, np.int64), np.empty(total, np.int64)
    left, right = np.empty(total, np.int64), np.empty(total, np.int64)
    n = 0
    for k in range(rows.shape[0] - 1):
        for j in range(codes.shape[1]):
            c, d = codes[k, j], codes[k + 1, j]
            for i in range((min(c, d) + 1) // 2, max(c, d) // 2):
                tau = taus[starts[j] + i]
                where[n], unit[n], index[n] = k, j, i
                left[n] = abs(over * rows[k, j + 2] - tau * rows[k, 0])
                right[n] = abs(over * rows[k + 1, j + 2] - tau * rows[k + 1, 0])
                n += 1
    return where, unit, index, left, right


@njit(cache=True)
def sort_exactly(where, unit, index, left, right, start):
    """Finish a sort by interval and left / right that floats began; mark where new points begin."""
    for q in range(where.shape[0]):
        m = q
        while m > 0 and where[m - 1] == where[m]:
            if float(left[m - 1]) * float(right[m]) > LARGEST or float(left[m]) * float(right[m - 1]) > LARGEST:
                return False
            before, after = left[m - 1] * right[m], left[m] * right[m - 1]
            if before <= after:
                break
            unit[m - 1], unit[m] = unit[m], unit[m - 1]
            index[m - 1], index[m] = index[m], index[m - 1]
            left[m - 1], left[m] = left[m], left[m - 1]
            right[m - 1], right[m] = right[m], right[m - 1]
            m -= 1
    for q in range(1, where.shape[0]):
        start[q] = not (where[q - 1] == where[q] and left[q - 1] * right[q] == left[q] * right[q - 1])
    return True


@njit(cache=True)
def insert_points(rows, codes, where, first, unit, index, left, right, grown, codes2):
    """Rows and codes of the old and new points in order; see `line_loops.insert_points`."""
    now = np.empty(codes.shape[1], np.int8)
    q, row = 0, 0
    for k in range(rows.shape[0]):
        for j in range(rows.shape[1]):
            grown[row, j] = rows[k, j]
        for j in range(codes.shape[1]):
            codes2[row, j] = codes[k, j]
        row += 1
        if q == where.shape[0] or where[q] != k:
            continue
        for j in range(codes.shape[1]):
            c, d = codes[k, j], codes[k + 1, j]
            now[j] = c + (1 if d > c else -1 if d < c else 0) if c % 2 == 1 else c
        size_a, size_b = largest(rows[k]), largest(rows[k + 1])
        while q < where.shape[0] and where[q] == k:
            a, b = left[first[q]], right[first[q]]
            x, y = a, b
            while y:
                x, y = y, x % y
            a, b = a // x, b // x
            if float(b) * size_a + float(a) * size_b > LARGEST:
                return False
            for i in range(rows.shape[1]):
                grown[row, i] = b * rows[k, i] + a * rows[k + 1, i]
            reduce_row(grown[row])
            for j in range(codes.shape[1]):
                codes2[row, j] = now[j]
            for m in range(first[q], first[q + 1]):
                j, i = unit[m], index[m]
                codes2[row, j] = 2 * i + 1
                now[j] = 2 * i + 2 if codes[k + 1, j] > codes[k, j] else 2 * i
            row += 1
            q += 1
    return True


@njit(cache=True)
def activate(rows, codes, over, pieces, slopes, constants):
    """Apply the tables in place; every row reduced."""
    size = float(over)
    for i in range(slopes.shape[0]):
        size = max(size, abs(float(slopes[i])) + abs(float(constants[i])))
    for k in range(rows.shape[0]):
        if largest(rows[k]) * size > LARGEST:
            return False
        w = rows[k, 0]
        for j in range(codes.shape[1]):
            p = pieces[j] + codes[k, j] // 2
            rows[k, j + 2] = slopes[p] * rows[k, j + 2] + constants[p] * w
        rows[k, 0] *= over
        rows[k, 1] *= over
        reduce_row(rows[k])
    return True


@njit(cache=True)
def affine_forms(rows, forms):
    """Affine maps between neighbouring points, in lowest terms: (denominator, slopes, intercepts)."""
    outputs = rows.shape[1] - 2
    for k in range(rows.shape[0] - 1):
        a, b = rows[k], rows[k + 1]
        if largest(a) * largest(b) * 2.0 > LARGEST:
            return False
        forms[k, 0] = b[1] * a[0] - a[1] * b[0]
        for j in range(outputs):
            forms[k, 1 + j] = b[j + 2] * a[0] - a[j + 2] * b[0]
            forms[k, 1 + outputs + j] = b[1] * a[j + 2] - a[1] * b[j + 2]
        reduce_row(forms[k])
    return True
