"""The face lattice of a complex, split by one neuron after another: pure combinatorics on signs, compiled.

A face of dimension k >= 1 is a list of its (k-1)-faces; a neuron is continuous and affine on every face, so its
signs at the vertices decide everything.  The facets of ``F n {z = 0}``, for a face F on which z changes sign, are

- ``G n {z = 0}`` for the facets G of F on which z changes sign, and
- the ridges R of F that lie in ``{z = 0}``.

*Proof.*  A facet of F n {z = 0} has dimension dim F - 2 and is G n {z = 0} for a facet G of F.  If z changes sign
on G, it is the first kind.  Otherwise it is a face of G inside {z = 0}; G itself is not inside, because F changes
sign; so it is a facet of G, a ridge of F.  Conversely such an R is a face of F n {z = 0} of the right dimension;
and no G that changes sign has a facet R inside {z = 0}: R and G n {z = 0} would span the same space, but the
latter meets the relative interior of G.  Each R lies in two facets of F and is taken once.

Nothing here assumes that a complex is simple: signs are -, 0 or +, and zeros are exact.
"""

# numba compiles this module: its functions are typed by their arguments
# mypy: allow-untyped-defs, allow-untyped-decorators, allow-untyped-calls, allow-any-generics

from __future__ import annotations

import numpy as np
from numba import njit

from verinet.regions.faces import FACTOR, NOTHING, ONE, SLACK, TINY, C, U, enter, lowest_bit, new_face, square_distance
from verinet.regions.prefetching import prefetch

# slots of the state vector of a running block
STEP, PHASE, FACES, LIST, ROWS, COUNTER, MARK, FIRST_NEW, UNDECIDED, NEED_FACES, NEED_LIST, NEED_ROWS = range(12)
STATE_SIZE = 12
# what `advance` answers
DONE, GROW, RESOLVE = range(3)


@njit(cache=True, nogil=True)
def collect_signs(F, L, faces, vertices, buckets, sizes):
    """Masks of all faces from those of the vertices (faces are sorted by dimension), and the first buckets."""
    for f in range(vertices, faces):
        pos = NOTHING
        neg = NOTHING
        zer = NOTHING
        start = F[f].start
        for k in range(start, start + F[f].count):
            g = L[k]
            pos |= F[g].pos
            neg |= F[g].neg
            zer |= F[g].zer
        F[f].pos = pos
        F[f].neg = neg
        F[f].zer = zer
        enter(F, buckets, sizes, f)


@njit(cache=True)
def _interpolate(V, X, a, e, N, column, P, Q, r):
    """Row r where the entry `column` of rows P and Q, of opposite signs, vanishes; whether its bound is finite.

    The bound is derived in docs/explanation/complexes.md.
    """
    x = abs(V[P, column])
    y = abs(V[Q, column])
    ax = a[P] + C * x
    ay = a[Q] + C * y
    D = x + y
    den = D * (1 - 8 * U) - ax - ay
    if not (den > 0.5 * D) or not (1e-280 < D < 1e280):
        V[r, :] = 0.0
        X[r, :] = 0.0
        a[r] = np.inf
        e[r] = np.inf
        N[r] = 0.0
        return False
    lam = x / D
    shift = (ax * (y / D) + ay * lam) / den + 4.5 * U
    for j in range(V.shape[1]):
        V[r, j] = V[P, j] + lam * (V[Q, j] - V[P, j])
    for j in range(X.shape[1]):
        X[r, j] = X[P, j] + lam * (X[Q, j] - X[P, j])
    V[r, column] = 0.0
    size = N[P] + N[Q]
    way = np.sqrt(square_distance(V, P, Q)) * (1 + (V.shape[1] + 4) * U)
    a[r] = (max(a[P], a[Q]) + 6 * U * size + shift * (way + a[P] + a[Q] + C * size)) * SLACK + TINY
    e[r] = (max(e[P], e[Q]) + 6 * U * size + shift * (way + e[P] + e[Q] + C * size)) * SLACK + TINY
    N[r] = max(N[P], N[Q]) * (1 + 16 * U)
    return a[r] < np.inf


@njit(cache=True)
def _cut_edges(F, L, V, X, a, e, N, born, undecided, asked, buckets, state, i, first, parallel, full):
    """A new vertex on every edge that changes sign; signs that its ends do not decide are compared with the bound."""
    bit = ONE << np.uint64(i)
    faces = state[FACES]
    row = state[ROWS]
    open_ = 0
    f = buckets[1, i]
    while f != -1:
        v = faces
        faces += 1
        start = F[f].start
        P = L[start + 2]
        Q = L[start + 3]
        born[row, 0] = P
        born[row, 1] = Q
        born[row, 2] = first + i
        fine = _interpolate(V, X, a, e, N, first + i, P, Q, row)
        pos = F[f].pos & ~F[f].neg
        neg = F[f].neg & ~F[f].pos
        rest = F[f].pos & F[f].neg & ~bit & ~parallel[i]
        if not fine:
            undecided[open_] = v
            asked[open_] = rest
            open_ += 1
        else:
            unsure = NOTHING
            while rest != NOTHING:
                j = lowest_bit(rest)
                one = ONE << np.uint64(j)
                rest &= ~one
                value = V[row, first + j]
                bound = (a[row] + C * abs(value)) * SLACK
                if value > bound:
                    pos |= one
                elif value < -bound:
                    neg |= one
                else:
                    unsure |= one
            if unsure != NOTHING:
                undecided[open_] = v
                asked[open_] = unsure
                open_ += 1
        new_face(F, v, 0, row, 0, pos, neg, full & ~(pos | neg), F[f].carrier, F[f].own)
        F[f].zero = v
        row += 1
        f = F[f].next
    state[FACES] = faces
    state[ROWS] = row
    state[UNDECIDED] = open_


@njit(cache=True)
def _split_edges(F, L, buckets, sizes, state, i):
    bit = ONE << np.uint64(i)
    step = state[MARK]
    f = buckets[1, i]
    while f != -1:
        following = F[f].next
        v = F[f].zero
        s = F[f].start
        if F[L[s]].neg & bit:
            low, high = L[s], L[s + 1]
        else:
            low, high = L[s + 1], L[s]
        g = state[FACES]
        state[FACES] += 1
        t = state[LIST]
        state[LIST] += 4
        L[s] = low
        L[s + 1] = v
        L[t] = v
        L[t + 1] = high
        L[t + 2] = L[s + 2]
        L[t + 3] = L[s + 3]
        vp, vn, vz = F[v].pos, F[v].neg, F[v].zer
        new_face(F, g, 1, t, 2, F[high].pos | vp, F[high].neg | vn, F[high].zer | vz, F[f].carrier, F[f].own)
        F[f].pos = F[low].pos | vp
        F[f].neg = F[low].neg | vn
        F[f].zer = F[low].zer | vz
        F[f].half = g
        F[f].stamp = step
        enter(F, buckets, sizes, f)
        enter(F, buckets, sizes, g)
        f = following
    buckets[1, i] = -1


@njit(cache=True)
def _ask_ahead(F, L, f):
    """Ask for the facets of the next face, the list of the one after, and the record of the third."""
    if f == -1:
        return
    start = F[f].start
    for place in range(start, start + F[f].count):
        prefetch(F, L[place])
    second = F[f].next
    if second != -1:
        prefetch(L, F[second].start)
        if F[second].next != -1:
            prefetch(F, F[second].next)


@njit(cache=True)
def _split_faces(F, L, buckets, sizes, state, scratch, k, i):
    """Split the faces of dimension k >= 2 that change sign; False when an array has no more room."""
    bit = ONE << np.uint64(i)
    step = state[MARK]
    f = buckets[k, i]
    while f != -1:
        s = F[f].start
        n = F[f].count
        t = state[LIST]
        if state[FACES] + 2 > F.size or t + 3 * n + 8 > L.size or n > scratch.size:
            buckets[k, i] = f
            state[NEED_FACES] = 2 * sizes[k, i] + 64
            state[NEED_LIST] = 3 * n + 64
            return False
        following = F[f].next
        _ask_ahead(F, L, following)
        sizes[k, i] -= 1
        state[COUNTER] += 1
        mark = state[COUNTER]
        below = above = on = 0
        for place in range(s, s + n):
            G = L[place]
            if F[G].stamp == step:
                L[s + below] = G
                below += 1
                L[t + above] = F[G].half
                above += 1
                scratch[on] = F[G].zero
                on += 1
                continue
            if F[G].neg & bit:
                L[s + below] = G
                below += 1
            else:
                L[t + above] = G
                above += 1
            if F[G].zer & bit:
                first = F[G].start
                for other in range(first, first + F[G].count):
                    R = L[other]
                    if not (F[R].pos | F[R].neg) & bit and F[R].stamp != mark:
                        F[R].stamp = mark
                        scratch[on] = R
                        on += 1
        zero = state[FACES]
        g = zero + 1
        state[FACES] += 2
        L[t + above] = zero
        above += 1
        z = t + above
        for place in range(on):
            L[z + place] = scratch[place]
        end = z + on
        if k == 2:
            end += 2
        if below < n:
            L[s + below] = zero
            below += 1
        else:
            for place in range(below):
                L[end + place] = L[s + place]
            s = end
            L[s + below] = zero
            below += 1
            end = s + below
        state[LIST] = end
        pos, neg, zer = F[f].pos, F[f].neg, F[f].zer | bit
        carrier, own = F[f].carrier, F[f].own
        if pos & neg == bit:
            new_face(F, zero, k - 1, z, on, pos & ~bit, neg & ~bit, zer, carrier, own)
            new_face(F, g, k, t, above, pos, neg & ~bit, zer, carrier, own)
            pos &= ~bit
        else:
            p = q = r = NOTHING
            for place in range(z, z + on):
                p |= F[L[place]].pos
                q |= F[L[place]].neg
                r |= F[L[place]].zer
            new_face(F, zero, k - 1, z, on, p, q, r, carrier, own)
            p = q = r = NOTHING
            for place in range(t, t + above):
                p |= F[L[place]].pos
                q |= F[L[place]].neg
                r |= F[L[place]].zer
            new_face(F, g, k, t, above, p, q, r, carrier, own)
            pos = neg = zer = NOTHING
            for place in range(s, s + below):
                pos |= F[L[place]].pos
                neg |= F[L[place]].neg
                zer |= F[L[place]].zer
        F[f].pos = pos
        F[f].neg = neg
        F[f].zer = zer
        F[f].start = s
        F[f].count = below
        F[f].half = g
        F[f].zero = zero
        F[f].stamp = step
        enter(F, buckets, sizes, f)
        enter(F, buckets, sizes, g)
        enter(F, buckets, sizes, zero)
        f = following
    buckets[k, i] = -1
    return True


@njit(cache=True)
def _find_roots(F, L, first, last, table, ends, full):
    """Roots of the new edges first, first + 2, ..., last - 2: the two ends of the chord each is a piece of.

    All pieces of a chord of a carrier are made in one step; carrier and vanishing neurons name the chord; its
    ends are the ends of pieces that have another carrier.
    """
    count = (last - first) // 2
    size = 4
    while size < 2 * count:
        size *= 2
    last_slot = size - 1
    for slot in range(size):
        table[slot] = -1
    for edge in range(first, last, 2):
        carrier = F[edge].carrier
        vanishing = full & ~(F[edge].pos | F[edge].neg)
        slot = (carrier * 2654435761 + int((vanishing * FACTOR) >> np.uint64(33))) & last_slot
        while table[slot] != -1:
            other = table[slot]
            if F[other].carrier == carrier and full & ~(F[other].pos | F[other].neg) == vanishing:
                break
            slot = (slot + 1) & last_slot
        if table[slot] == -1:
            table[slot] = edge
            ends[slot, 0] = -1
            ends[slot, 1] = -1
        F[edge].spare = slot
        s = F[edge].start
        for k in range(2):
            v = L[s + k]
            if F[v].carrier != carrier:
                row = F[v].start
                if ends[slot, 0] == -1:
                    ends[slot, 0] = row
                elif ends[slot, 0] != row:
                    ends[slot, 1] = row
    for edge in range(first, last, 2):
        slot = F[edge].spare
        s = F[edge].start
        if ends[slot, 0] == -1 or ends[slot, 1] == -1:
            return False
        L[s + 2] = ends[slot, 0]
        L[s + 3] = ends[slot, 1]
    return True


@njit(cache=True, nogil=True)
def advance(
    F, L, V, X, a, e, N, born, undecided, asked, buckets, sizes, scratch, table, ends, parallel, state, first, full
):
    """Split by the neurons of a block until it is done, an array must grow, or signs must be decided elsewhere.

    Phases of a step: 0 before the new vertices, 1 their signs are decided, k >= 2 the faces of dimension k are next.
    """
    top = buckets.shape[0] - 1
    neurons = buckets.shape[1]
    while state[STEP] < neurons:
        i = state[STEP]
        if state[PHASE] == 0:
            m = sizes[1, i]
            idle = True
            for k in range(1, top + 1):
                idle = idle and buckets[k, i] == -1
            if idle:
                state[STEP] += 1
                continue
            short = state[FACES] + 2 * m > F.size or state[LIST] + 4 * m > L.size
            if short or state[ROWS] + m > min(V.shape[0], a.size):
                state[NEED_FACES] = 2 * m
                state[NEED_LIST] = 4 * m
                state[NEED_ROWS] = m
                return GROW
            _cut_edges(F, L, V, X, a, e, N, born, undecided, asked, buckets, state, i, first, parallel, full)
            state[PHASE] = 1
            if state[UNDECIDED] > 0:
                return RESOLVE
        if state[PHASE] == 1:
            state[COUNTER] += 1
            state[MARK] = state[COUNTER]
            _split_edges(F, L, buckets, sizes, state, i)
            state[PHASE] = 2
            state[FIRST_NEW] = state[FACES]
        while state[PHASE] <= top:
            k = state[PHASE]
            if 4 * sizes[2, i] + 4 > table.size:
                state[NEED_ROWS] = 0
                state[NEED_FACES] = 2 * sizes[2, i] + 64
                state[NEED_LIST] = 64
                return GROW
            if not _split_faces(F, L, buckets, sizes, state, scratch, k, i):
                state[NEED_ROWS] = 0
                return GROW
            if k == 2 and not _find_roots(F, L, state[FIRST_NEW], state[FACES], table, ends, full):
                return -1
            state[PHASE] = k + 1
        state[PHASE] = 0
        state[STEP] += 1
    return DONE
