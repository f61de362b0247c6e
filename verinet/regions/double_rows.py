"""Rows of preactivations in double-double arithmetic: about 100 bits, for the signs that float64 leaves open.

A number is hi + lo with |lo| <= u |hi|, u = 2^-53.  Sums, products and quotients below have a relative error of at
most 15 u^2 < 2^-102 (Joldes, Muller, Popescu, Tight and rigorous error bounds for basic building blocks of
double-word arithmetic, 2017; Dekker's product, so no fused operation is needed).  The claim kept for a row is
``|V_rj - z_j| <= a_r`` for every entry and ``|V_r - z|_2 <= e_r``; docs/explanation/complexes.md derives the bounds.
"""

# numba compiles this module: its functions are typed by their arguments
# mypy: allow-untyped-defs, allow-untyped-decorators, allow-untyped-calls, allow-any-generics

from __future__ import annotations

import numpy as np
from numba import njit

from verinet.regions.faces import SLACK, TINY, U

#: Relative error of one operation, with a factor of 2 to spare.
W = 2.0**-101
_SPLITTER = 134217729.0


@njit(cache=True, inline="always")
def _two_sum(a, b):
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


@njit(cache=True, inline="always")
def _fast_two_sum(a, b):
    s = a + b
    return s, b - (s - a)


@njit(cache=True, inline="always")
def _two_product(a, b):
    p = a * b
    t = _SPLITTER * a
    ah = t - (t - a)
    al = a - ah
    t = _SPLITTER * b
    bh = t - (t - b)
    bl = b - bh
    return p, ((ah * bh - p) + ah * bl + al * bh) + al * bl


@njit(cache=True, inline="always")
def _add(ah, al, bh, bl):
    sh, sl = _two_sum(ah, bh)
    th, tl = _two_sum(al, bl)
    vh, vl = _fast_two_sum(sh, sl + th)
    return _fast_two_sum(vh, tl + vl)


@njit(cache=True, inline="always")
def _multiply(ah, al, bh, bl):
    p, q = _two_product(ah, bh)
    return _fast_two_sum(p, q + (ah * bl + al * bh))


@njit(cache=True, inline="always")
def _divide(ah, al, bh, bl):
    q1 = ah / bh
    p, e = _multiply(bh, bl, q1, 0.0)
    rh, rl = _add(ah, al, -p, -e)
    q2 = rh / bh
    p, e = _multiply(bh, bl, q2, 0.0)
    rh, rl = _add(rh, rl, -p, -e)
    q3 = rh / bh
    h, low = _fast_two_sum(q1, q2)
    return _add(h, low, q3, 0.0)


@njit(cache=True, nogil=True)
def interpolate(rows, born, slots, HI, LO, XH, XL, a, e, N):
    """Rows of vertices born on edges, in ascending order: where the neuron of each vanishes between its roots."""
    n = HI.shape[1]
    for place in range(rows.size):
        r = rows[place]
        f = slots[r]
        P = slots[born[r, 0]]
        Q = slots[born[r, 1]]
        i = born[r, 2]
        xh, xl = HI[P, i], LO[P, i]
        yh, yl = HI[Q, i], LO[Q, i]
        if xh < 0:
            xh, xl = -xh, -xl
        if yh < 0:
            yh, yl = -yh, -yl
        D = xh + yh
        den = D * (1 - 8 * U) - a[P] - a[Q]
        if not (den > 0.5 * D) or not (1e-250 < D < 1e250):
            HI[f, :] = 0.0
            LO[f, :] = 0.0
            XH[f, :] = 0.0
            XL[f, :] = 0.0
            a[f] = np.inf
            e[f] = np.inf
            N[f] = 0.0
            continue
        dh, dl = _add(xh, xl, yh, yl)
        lh, ll = _divide(xh, xl, dh, dl)
        shift = (a[P] * (yh / D) + a[Q] * (xh / D)) / den * (1 + 1e-9) + 4.5 * W
        total = 0.0
        for j in range(n):
            sh, sl = _add(HI[Q, j], LO[Q, j], -HI[P, j], -LO[P, j])
            total += sh * sh
            mh, ml = _multiply(lh, ll, sh, sl)
            HI[f, j], LO[f, j] = _add(HI[P, j], LO[P, j], mh, ml)
        for j in range(XH.shape[1]):
            sh, sl = _add(XH[Q, j], XL[Q, j], -XH[P, j], -XL[P, j])
            mh, ml = _multiply(lh, ll, sh, sl)
            XH[f, j], XL[f, j] = _add(XH[P, j], XL[P, j], mh, ml)
        HI[f, i] = 0.0
        LO[f, i] = 0.0
        size = N[P] + N[Q]
        way = np.sqrt(total) * (1 + (n + 8) * U)
        a[f] = (max(a[P], a[Q]) + 6 * W * size + shift * (way + a[P] + a[Q])) * SLACK + TINY
        e[f] = (max(e[P], e[Q]) + 6 * W * size + shift * (way + e[P] + e[Q])) * SLACK + TINY
        N[f] = max(N[P], N[Q]) * (1 + 16 * U)


@njit(cache=True, nogil=True)
def multiply(
    old, before, HB, LB, XHB, XLB, aB, eB, NB, has_bends, left, left_low, right, right_low, steepest, rounded,
    columns, columns_low, plain, bias, bias_low, frobenius, spectral, trusted, new, HI, LO, XH, XL, a, e, N,
):  # fmt: skip
    """Rows of a layer from the rows `old` of the layer before: bends, then one compensated product each.

    The sum of m products keeps s and a correction c apart.  Each correction is at most 4 u S, S the sum of the
    sizes of the products, so the m additions to c lose at most 4 m^2 u^2 S, and computing the corrections less:
    the error is below 5 (m + 4)^2 u^2 S.
    """
    m = columns.shape[0]
    n = columns.shape[1]
    hh = np.zeros(m)
    hl = np.zeros(m)
    s = np.zeros(n)
    c = np.zeros(n)
    g = 5.0 * (m + 5) ** 2 * U * U * 1.01
    for place in range(old.size):
        r = before[old[place]]
        f = new[place]
        square = 0.0
        wrong = 0.0
        for k in range(m):
            vh, vl = HB[r, k], LB[r, k]
            if not has_bends:
                hh[k], hl[k] = vh, vl
            else:
                negative = vh < 0
                th = left[k] if negative else right[k]
                tl = left_low[k] if negative else right_low[k]
                if th == 0.0:
                    hh[k], hl[k] = 0.0, 0.0
                elif th == 1.0 and tl == 0.0:
                    hh[k], hl[k] = vh, vl
                else:
                    hh[k], hl[k] = _multiply(vh, vl, th, tl)
            square += hh[k] * hh[k]
            if not (has_bends and vh < -2 * aB[r] and left[k] == 0.0):
                wrong += 1.0
        S = np.sqrt(square) * (1 + (m + 8) * U)
        E = min(eB[r], np.sqrt(wrong) * aB[r]) * steepest * SLACK
        if rounded:
            E += 4 * W * steepest * NB[r]
        biased = False
        for j in range(n):
            s[j] = bias[j]
            c[j] = bias_low[j]
            biased = biased or bias[j] != 0.0
        for k in range(m):
            a1, a2 = hh[k], hl[k]
            if a1 == 0.0:
                continue
            t = _SPLITTER * a1
            ah = t - (t - a1)
            al = a1 - ah
            for j in range(n):
                w = columns[k, j]
                p = a1 * w
                t = _SPLITTER * w
                bh = t - (t - w)
                bl = w - bh
                low = (((ah * bh - p) + ah * bl + al * bh) + al * bl) + a2 * w
                if not plain:
                    low += a1 * columns_low[k, j]
                total = s[j] + p
                t = total - s[j]
                c[j] += ((s[j] - (total - t)) + (p - t)) + low
                s[j] = total
        total = 0.0
        for j in range(n):
            HI[f, j], LO[f, j] = _two_sum(s[j], c[j])
            total += HI[f, j] * HI[f, j]
        N[f] = np.sqrt(total) * (1 + (n + 8) * U)
        for j in range(XH.shape[1]):
            XH[f, j], XL[f, j] = XHB[r, j], XLB[r, j]
        size = np.sqrt(S * S + (1.0 if biased else 0.0)) * (1 + 8 * U)
        if trusted:
            a[f] = (E + g * size) * SLACK + TINY
            e[f] = (spectral * E + g * frobenius * size) * SLACK + TINY
        else:
            a[f] = np.inf
            e[f] = np.inf


@njit(cache=True, nogil=True)
def decide(F, vertices, asked, slots, HI, a, e, V, X, XH, aV, eV, NV, N, first, count, open_vertices):
    """The asked signs that the rows prove; V takes the rows over; how many vertices stay open."""
    one = np.uint64(1)
    left = 0
    for place in range(vertices.size):
        v = vertices[place]
        r = F[v].start
        f = slots[r]
        bound = a[f] * (1 + 1e-12)
        pos = F[v].pos & ~asked[place]
        neg = F[v].neg & ~asked[place]
        zer = F[v].zer & ~asked[place]
        unsure = False
        for j in range(count):
            bit = one << np.uint64(j)
            if asked[place] & bit:
                value = HI[f, first + j] * (1 - 1e-15)
                if value > bound:
                    pos |= bit
                elif value < -bound:
                    neg |= bit
                else:
                    unsure = True
        if unsure:
            open_vertices[left] = v
            left += 1
            continue
        F[v].pos = pos
        F[v].neg = neg
        F[v].zer = zer
        for j in range(V.shape[1]):
            V[r, j] = HI[f, j]
        for j in range(X.shape[1]):
            X[r, j] = XH[f, j]
        aV[r] = a[f] * SLACK + TINY
        eV[r] = e[f] * SLACK + TINY
        NV[r] = N[f]
    return left
