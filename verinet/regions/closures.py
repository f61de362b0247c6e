"""The closure of some cells of a complex as a complex of its own: how chunks begin."""

# numba compiles this module: its functions are typed by their arguments
# mypy: allow-untyped-defs, allow-untyped-decorators, allow-untyped-calls, allow-any-generics

from __future__ import annotations

import numpy as np
from numba import njit

from verinet.regions.faces import NOTHING, new_face


@njit(cache=True, nogil=True)
def extract(F, L, cells, mark, G, M, order, segments, sources):
    """The closure of some cells as a complex of its own, sorted by dimension; its number of faces and of entries.

    `sources` receives the old face of each new one; `segments[k]` the first new face of dimension k.  The faces
    that were owned go over to the new complex; the old ones lose the mark.  -1 when G, M or `order` is too small.
    """
    top = F[cells[0]].dim
    total = 0
    entries = 0
    start = 0
    # order: the faces of dimension top, top - 1, ..., 0 one after another
    for place in range(cells.size):
        c = cells[place]
        F[c].stamp = mark
        F[c].half = place
        order[place] = c
    total = cells.size
    counts = np.zeros(top + 2, dtype=np.int64)
    counts[top] = total
    for k in range(top, 0, -1):
        end = total
        for place in range(start, end):
            f = order[place]
            s = F[f].start
            n = F[f].count
            entries += n + 2 * (k == 1)
            for j in range(s, s + n):
                g = L[j]
                if F[g].stamp != mark:
                    F[g].stamp = mark
                    F[g].half = total - end
                    if total >= order.size:
                        return -1, 0
                    order[total] = g
                    total += 1
        start = end
        counts[k - 1] = total - end
    if total > G.size or entries > M.size:
        return -1, entries
    segments[0] = 0
    for k in range(top + 1):
        segments[k + 1] = segments[k] + counts[k]
    start = 0
    used = 0
    for k in range(top, -1, -1):
        for local in range(counts[k]):
            f = order[start + local]
            g = segments[k] + local
            sources[g] = f
            own = F[f].own
            F[f].own = 0
            if k == 0:
                new_face(G, g, 0, g, 0, NOTHING, NOTHING, NOTHING, g, own)
                continue
            s = F[f].start
            n = F[f].count
            new_face(G, g, k, used, n, NOTHING, NOTHING, NOTHING, g, own)
            for j in range(n):
                M[used + j] = segments[k - 1] + F[L[s + j]].half
            used += n
            if k == 1:
                M[used] = M[used - 2]
                M[used + 1] = M[used - 1]
                used += 2
        start += counts[k]
    return total, used


@njit(cache=True, nogil=True)
def disown(F, L, cells, mark, order):
    """What `extract` does to the marks of ownership, for cells that another process finishes."""
    total = 0
    for place in range(cells.size):
        order[total] = cells[place]
        F[cells[place]].stamp = mark
        total += 1
    done = 0
    while done < total:
        f = order[done]
        done += 1
        F[f].own = 0
        s = F[f].start
        for k in range(s, s + F[f].count):
            g = L[k]
            if F[g].stamp != mark:
                F[g].stamp = mark
                order[total] = g
                total += 1


@njit(cache=True, nogil=True)
def count_owned(F, faces, inside, counts):
    """Add the owned faces of each dimension; with `inside`, only those without positive neurons."""
    for f in range(faces):
        if F[f].own == 1 and not (inside and F[f].pos != NOTHING):
            counts[F[f].dim] += 1
