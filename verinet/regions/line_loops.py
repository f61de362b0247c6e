"""Compiled loops of the line search in float64 (numba; compiled once and kept on disk).

All arrays have one row a point of the line, in ascending order, and one column a unit.  The *code* of a unit at a
point is ``2 i`` inside piece i of its table and ``2 i + 1`` exactly at breakpoint i.  Every float comes with a bound
of its error, so that a code is certain or `UNDECIDED`; the bounds are derived in `line_sweep`.
"""

# numba compiles this module: its functions are typed by their arguments
# mypy: allow-untyped-defs, allow-untyped-decorators, allow-untyped-calls, allow-any-generics

from __future__ import annotations

import numpy as np
from numba import njit

UNIT = 2.0**-53
UNDECIDED = -1
#: Enlarges every computed bound by more than what its own few roundings can lose.
SAFE = 1.0 + 1e-10


@njit(cache=True)
def read_codes(values, bias, w, ew, inner, outer, floor, norms, biases, starts, counts, taus, codes):
    """Add w times the bias to all rows and read the codes of all units; returns the number of undecided ones.

    The error of entry (k, j) is at most ``norms[j] inner[k] + biases[j] outer[k] + floor[k]``.
    """
    undecided = 0
    for k in range(values.shape[0]):
        q, m, f, wk = inner[k], outer[k], floor[k], w[k]
        for j in range(values.shape[1]):
            z = values[k, j] + wk * bias[j]
            values[k, j] = z
            bound = (norms[j] * q + biases[j] * m + f) * SAFE
            code = 0
            for i in range(starts[j], starts[j] + counts[j]):
                tau = taus[i]
                if tau == 0.0:
                    above, limit = z, bound
                else:
                    above = z - tau * wk
                    limit = (bound + abs(tau) * (ew[k] + 4.0 * UNIT * wk) + 2.0 * UNIT * abs(z)) * SAFE
                if above > limit:
                    code += 2
                elif not (above < -limit):
                    code = UNDECIDED
                    undecided += 1
                    break
            codes[k, j] = code
    return undecided


@njit(cache=True)
def find_crossings(values, w, ew, inner, outer, floor, norms, biases, starts, counts, taus, codes):
    """Breakpoints strictly between neighbouring points: arrays interval, unit, index, t, error of t.

    t in (0, 1) says where: with g = z - tau w of absolute values a, b at the two ends, t = a / (a + b).
    """
    total = 0
    for k in range(values.shape[0] - 1):
        for j in range(values.shape[1]):
            c, d = codes[k, j], codes[k + 1, j]
            low, high = (min(c, d) + 1) // 2, max(c, d) // 2
            if high > low:
                total += high - low
    where = np.empty(total, np.int64)
    unit = np.empty(total, np.int64)
    index = np.empty(total, np.int64)
    t = np.empty(total)
    dt = np.empty(total)
    n = 0
    for k in range(values.shape[0] - 1):
        for j in range(values.shape[1]):
            c, d = codes[k, j], codes[k + 1, j]
            low, high = (min(c, d) + 1) // 2, max(c, d) // 2
            for i in range(low, high):
                tau = taus[starts[j] + i]
                size = abs(tau)
                a, b = abs(values[k, j] - tau * w[k]), abs(values[k + 1, j] - tau * w[k + 1])
                ea = (norms[j] * inner[k] + biases[j] * outer[k] + floor[k] + size * (ew[k] + 4.0 * UNIT * w[k])) * SAFE
                ea += 2.0 * UNIT * abs(values[k, j])
                eb = norms[j] * inner[k + 1] + biases[j] * outer[k + 1] + floor[k + 1]
                eb = (eb + size * (ew[k + 1] + 4.0 * UNIT * w[k + 1])) * SAFE + 2.0 * UNIT * abs(values[k + 1, j])
                a0, a1 = max(a - ea, 0.0), a + ea
                b0, b1 = max(b - eb, 0.0), b + eb
                first, last = a0 / (a0 + b1), a1 / (a1 + b0)
                where[n], unit[n], index[n] = k, j, i
                t[n] = 0.5 * (first + last)
                dt[n] = (0.5 * (last - first) + 4.0 * UNIT) * SAFE
                n += 1
    return where, unit, index, t, dt


@njit(cache=True)
def insert_points(values, w, ew, errors, codes, starts, taus, where, t, dt, first, unit, index, grown, w2, e2, codes2):
    """Rows of the old and new points, in order, into `grown`, `codes2` (values and codes) and `e2` (2-norm errors).

    New point q lies in interval ``where[q]``, ascending; its units are those of ``first[q] : first[q + 1]``.  The
    weights w2 of all points are given, as they follow from the points' places.
    """
    width = values.shape[1]
    now = np.empty(width, np.int8)
    q, row = 0, 0
    for k in range(values.shape[0]):
        for j in range(width):  # plain loops: they compile several times faster than assignments of rows
            grown[row, j] = values[k, j]
            codes2[row, j] = codes[k, j]
        e2[row] = errors[k]
        row += 1
        if q == where.shape[0] or where[q] != k:
            continue
        for j in range(width):
            c, d = codes[k, j], codes[k + 1, j]
            now[j] = c + (1 if d > c else -1 if d < c else 0) if c % 2 == 1 else c
        change, before, after = 0.0, 0.0, 0.0
        for j in range(width):
            a, b = values[k, j], values[k + 1, j]
            change += (b - a) * (b - a)
            before += a * a
            after += b * b
        change, size = np.sqrt(change) * SAFE, (np.sqrt(before) + np.sqrt(after)) * SAFE
        worst, both = max(errors[k], errors[k + 1]), errors[k] + errors[k + 1]
        while q < where.shape[0] and where[q] == k:
            s = t[q]
            for j in range(width):
                grown[row, j] = values[k, j] + s * (values[k + 1, j] - values[k, j])
                codes2[row, j] = now[j]
            error = worst + dt[q] * (change + both) + 6.0 * UNIT * size
            for m in range(first[q], first[q + 1]):
                j, i = unit[m], index[m]
                tau = taus[starts[j] + i]
                grown[row, j] = tau * w2[row]
                error += abs(tau) * (ew[row] + 4.0 * UNIT * w2[row])
                codes2[row, j] = 2 * i + 1
                now[j] = 2 * i + 2 if codes[k + 1, j] > codes[k, j] else 2 * i
            e2[row] = error * SAFE
            row += 1
            q += 1


@njit(cache=True)
def activate(values, w, codes, starts, pieces, slopes, constants, norms, bent):
    """Apply the tables in place; 2-norms of the rows; whether the values can be bent at the point.

    A point stays bent only where some unit is exactly at a breakpoint, or has a slope other than 0.
    """
    for k in range(values.shape[0]):
        total, alive, odd = 0.0, False, False
        for j in range(values.shape[1]):
            code = codes[k, j]
            p = pieces[j] + code // 2
            slope = slopes[p]
            if code % 2 == 1:
                odd = True
            elif slope != 0.0:
                alive = True
            h = 0.0
            if slope != 0.0:
                h = slope * values[k, j]
            if constants[p] != 0.0:
                h += constants[p] * w[k]
            values[k, j] = h
            total += h * h
        norms[k] = np.sqrt(total) * SAFE
        bent[k] = odd or (bent[k] and alive)


@njit(cache=True)
def overlaps(where, t, dt):
    """Whether each crossing and all after it are certainly right of all before it in its interval (sorted by t).

    A wide enclosure may come late in the order and still reach back over several narrow ones.
    """
    count = where.shape[0]
    apart = np.ones(count, np.bool_)
    lowest = np.empty(count)
    for q in range(count - 1, -1, -1):
        lowest[q] = t[q] - dt[q]
        if q + 1 < count and where[q + 1] == where[q]:
            lowest[q] = min(lowest[q], lowest[q + 1])
    top = 0.0
    for q in range(count):
        if q > 0 and where[q] == where[q - 1]:
            apart[q] = lowest[q] > top
            top = max(top, t[q] + dt[q])
        else:
            top = t[q] + dt[q]
    return apart
