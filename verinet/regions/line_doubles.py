"""Compiled double-double arithmetic for the points that float64 cannot decide (numba).

A number is an unevaluated sum hi + lo of two float64, about 106 bits.  Products and sums of the leading parts are
split without error (fused multiply-add and Knuth's sum); the trailing parts are added in float64.
"""

# numba compiles this module: its functions are typed by their arguments
# mypy: allow-untyped-defs, allow-untyped-decorators, allow-untyped-calls, allow-any-generics

from __future__ import annotations

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

UNIT = 2.0**-53
#: Relative error of one operation with two double-doubles, generously.
UNIT2 = 2.0**-100
SAFE = 1.0 + 1e-10


@intrinsic
def fma(typingctx, a, b, c):
    """a b + c, rounded once."""

    def code(context, builder, signature, args):
        return builder.fma(*args)

    return types.float64(types.float64, types.float64, types.float64), code


@njit(cache=True)
def add2(ah, al, bh, bl):
    """The sum of two double-doubles."""
    s = ah + bh
    v = s - ah
    e = (ah - (s - v)) + (bh - v)
    e += al + bl
    hi = s + e
    return hi, e - (hi - s)


@njit(cache=True)
def mul2(ah, al, bh, bl):
    """The product of two double-doubles."""
    p = ah * bh
    e = fma(ah, bh, -p) + (ah * bl + al * bh)
    hi = p + e
    return hi, e - (hi - p)


@njit(cache=True)
def div2(ah, al, bh, bl):
    """The quotient of two double-doubles."""
    q = ah / bh
    ph, pl = mul2(bh, bl, q, 0.0)
    rh, rl = add2(ah, al, -ph, -pl)
    q2 = rh / bh
    ph, pl = mul2(bh, bl, q2, 0.0)
    rh, rl = add2(rh, rl, -ph, -pl)
    h, low = add2(q, 0.0, q2, 0.0)
    return add2(h, low, rh / bh, 0.0)


@njit(cache=True)
def affine2(inputs, inputs_lo, weight, weight_lo, has_lo, out, out_lo):
    """out += inputs @ weight; all double-doubles, `out` starts with the bias; weight has shape (inputs, units)."""
    for k in range(inputs.shape[0]):
        row, low = out[k], out_lo[k]
        for i in range(inputs.shape[1]):
            x, y = inputs[k, i], inputs_lo[k, i]
            if x == 0.0 and y == 0.0:
                continue
            line = weight[i]
            for j in range(row.shape[0]):
                p = x * line[j]
                e = fma(x, line[j], -p) + y * line[j]
                s = row[j] + p
                v = s - row[j]
                low[j] += ((row[j] - (s - v)) + (p - v)) + e
                row[j] = s
            if has_lo:
                line = weight_lo[i]
                for j in range(row.shape[0]):
                    low[j] += x * line[j]
        for j in range(row.shape[0]):
            s = row[j] + low[j]
            low[j] = low[j] - (s - row[j])
            row[j] = s


@njit(cache=True)
def crossing2(z, zl, w, wl, ew, entries, a, b, j, tau, tau_lo):
    """t and a bound of its error, where unit j meets tau between rows a and b: t = |g_a| / (|g_a| + |g_b|)."""
    th, tl = mul2(tau, tau_lo, w[a], wl[a])
    gah, gal = add2(z[a, j], zl[a, j], -th, -tl)
    th, tl = mul2(tau, tau_lo, w[b], wl[b])
    gbh, gbl = add2(z[b, j], zl[b, j], -th, -tl)
    if gah < 0.0:
        gah, gal = -gah, -gal
    if gbh < 0.0:
        gbh, gbl = -gbh, -gbl
    size = abs(tau)
    ea = (entries[a, j] + size * (ew[a] + UNIT2 * w[a]) + UNIT2 * abs(z[a, j])) * SAFE
    eb = (entries[b, j] + size * (ew[b] + UNIT2 * w[b]) + UNIT2 * abs(z[b, j])) * SAFE
    sh, sl = add2(gah, gal, gbh, gbl)
    rest = (sh - ea - eb) * (1.0 - 1e-10)
    if not rest > 0.0:
        return 0.5, 0.0, 0.5
    th, tl = div2(gah, gal, sh, sl)
    dt = ((ea * gbh + eb * gah) / sh / rest * 1.0001 + UNIT2) * SAFE
    if not dt < 0.5:
        return 0.5, 0.0, 0.5
    return th, tl, dt


@njit(cache=True)
def born2(z, zl, w, wl, p, pl, errors, ew, ep, entries, a, b, j, tau, tau_lo, row):
    """Fill row `row` (values, weight w, place p and their errors) where unit j meets tau between rows a and b."""
    th, tl, dt = crossing2(z, zl, w, wl, ew, entries, a, b, j, tau, tau_lo)
    change, sizes = 0.0, 0.0
    for m in range(z.shape[1]):
        dh, dl = add2(z[b, m], zl[b, m], -z[a, m], -zl[a, m])
        change += dh * dh
        sizes += z[a, m] * z[a, m] + z[b, m] * z[b, m]
        dh, dl = mul2(th, tl, dh, dl)
        z[row, m], zl[row, m] = add2(z[a, m], zl[a, m], dh, dl)
    worst, both = max(errors[a], errors[b]), errors[a] + errors[b]
    dh, dl = add2(w[b], wl[b], -w[a], -wl[a])
    slope = abs(dh)
    dh, dl = mul2(th, tl, dh, dl)
    w[row], wl[row] = add2(w[a], wl[a], dh, dl)
    ew[row] = (max(ew[a], ew[b]) + dt * (slope + ew[a] + ew[b]) + UNIT2 * (w[a] + w[b])) * SAFE
    dh, dl = add2(p[b], pl[b], -p[a], -pl[a])
    slope = abs(dh)
    dh, dl = mul2(th, tl, dh, dl)
    p[row], pl[row] = add2(p[a], pl[a], dh, dl)
    ep[row] = (max(ep[a], ep[b]) + dt * (slope + ep[a] + ep[b]) + UNIT2) * SAFE
    z[row, j], zl[row, j] = mul2(tau, tau_lo, w[row], wl[row])
    error = worst + dt * (np.sqrt(change) * 1.0001 + both) + UNIT2 * np.sqrt(sizes) * 2.0 + abs(tau) * (ew[row] + UNIT2)
    errors[row] = error * SAFE


@njit(cache=True)
def activate2(z, zl, w, wl, starts, counts, pieces, taus, taus_lo, slopes, slopes_lo, constants, constants_lo):
    """Apply continuous tables in place."""
    for k in range(z.shape[0]):
        for j in range(z.shape[1]):
            piece = 0
            for i in range(starts[j], starts[j] + counts[j]):
                th, tl = mul2(taus[i], taus_lo[i], w[k], wl[k])
                gh, _ = add2(z[k, j], zl[k, j], -th, -tl)
                if gh > 0.0:
                    piece += 1
            q = pieces[j] + piece
            h, low = 0.0, 0.0
            if slopes[q] != 0.0:
                h, low = mul2(slopes[q], slopes_lo[q], z[k, j], zl[k, j])
            if constants[q] != 0.0:
                ch, cl = mul2(constants[q], constants_lo[q], w[k], wl[k])
                h, low = add2(h, low, ch, cl)
            z[k, j], zl[k, j] = h, low


@njit(cache=True)
def read_codes2(z, zl, w, wl, ew, entries, starts, counts, taus, taus_lo, codes):
    """Codes of double-double rows whose entries have errors of at most `entries`; -1 where undecided."""
    for k in range(z.shape[0]):
        for j in range(z.shape[1]):
            code = 0
            for i in range(starts[j], starts[j] + counts[j]):
                th, tl = mul2(taus[i], taus_lo[i], w[k], wl[k])
                gh, _ = add2(z[k, j], zl[k, j], -th, -tl)
                limit = entries[k, j] + abs(taus[i]) * (ew[k] + UNIT2 * w[k]) + UNIT2 * abs(z[k, j])
                limit *= SAFE
                if gh > limit:
                    code += 2
                elif not (gh < -limit):
                    code = -1
                    break
            codes[k, j] = code
