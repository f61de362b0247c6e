"""The record of a face, and what compiled code does with one record.

The modules that split, close and decide are compiled with what stands here: after a change, delete their
``__pycache__``, because the cache of compiled code only watches the module it belongs to.
"""

# numba compiles this module: its functions are typed by their arguments
# mypy: allow-untyped-defs, allow-untyped-decorators, allow-untyped-calls, allow-any-generics

from __future__ import annotations

import numpy as np
from numba import njit

#: One face.  `pos`, `neg`, `zer`: neurons of the block that are +, -, 0 at some vertex (`zer` may hold more);
#: `start`, `count`: its list of facets, or of a vertex its row; `next`: link in a bucket; `half`, `zero`: what the
#: split of this step made; `stamp`: the step of its last split; `carrier`: the face of the block's first complex
#: whose relative interior contains it; `own`: whether this chunk counts it.
FACE = np.dtype(
    [
        ("pos", "u8"),
        ("neg", "u8"),
        ("zer", "u8"),
        ("start", "i4"),
        ("count", "i4"),
        ("next", "i4"),
        ("half", "i4"),
        ("zero", "i4"),
        ("stamp", "i4"),
        ("carrier", "i4"),
        ("own", "i4"),
        ("dim", "i4"),
        ("spare", "i4"),
    ],
    align=True,
)

U = 2.0**-53
#: The claim kept for each row r: |V[r, j] - z_j| <= a_r + C |V[r, j]|, and in the 2-norm e_r + C N_r.
C = 2.07 * U
TINY = 1e-300
SLACK = 1.0 + 1e-12

_DE_BRUIJN = 0x03F79D71B4CB0A89
_BITS = np.zeros(64, dtype=np.int64)
for _k in range(64):
    _BITS[((_DE_BRUIJN << _k) & (2**64 - 1)) >> 58] = _k
FACTOR = np.uint64(_DE_BRUIJN)
_SHIFT = np.uint64(58)
ONE = np.uint64(1)
NOTHING = np.uint64(0)


@njit(cache=True)
def lowest_bit(mask):
    """Index of the lowest bit that is set."""
    return _BITS[((mask & (~mask + ONE)) * FACTOR) >> _SHIFT]


@njit(cache=True)
def enter(F, buckets, sizes, f):
    """Put a face into the bucket of the first neuron that changes sign on it, if there is one."""
    crossing = F[f].pos & F[f].neg
    if crossing != NOTHING:
        k = F[f].dim
        j = lowest_bit(crossing)
        F[f].next = buckets[k, j]
        buckets[k, j] = f
        sizes[k, j] += 1


@njit(cache=True)
def new_face(F, g, dim, start, count, pos, neg, zer, carrier, own):
    F[g].pos = pos
    F[g].neg = neg
    F[g].zer = zer
    F[g].start = start
    F[g].count = count
    F[g].next = -1
    F[g].half = -1
    F[g].zero = -1
    F[g].stamp = 0
    F[g].carrier = carrier
    F[g].own = own
    F[g].dim = dim
    F[g].spare = 0


@njit(cache=True, fastmath={"reassoc", "nsz"})
def square_sum(V, r):
    """The sum of the squares of row r, in whatever order is fastest: every bound on it allows for any order."""
    total = 0.0
    for j in range(V.shape[1]):
        total += V[r, j] * V[r, j]
    return total


@njit(cache=True, fastmath={"reassoc", "nsz"})
def square_distance(V, p, q):
    """The sum of the squares of row q minus row p, in any order."""
    total = 0.0
    for j in range(V.shape[1]):
        total += (V[q, j] - V[p, j]) * (V[q, j] - V[p, j])
    return total
