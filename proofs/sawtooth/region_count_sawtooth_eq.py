"""The sawtooth of depth m has 2^m linear regions.

Statement.  For m = 1, ..., 8 the m-fold composition hat^m has exactly 2^m linear regions on [0, 1].

Notation.  r(t) = max(t, 0); hat(t) = 2 r(t) - 4 r(t - 1/2) + 2 r(t - 1) is 2t up to 1/2 and 2 - 2t from there to 1;
hat^m is hat composed m times: m hidden layers of 3 neurons.

Method.  A tree of splits by activation partitions [0, 1] into cells with one affine map each; neighbouring cells
with equal maps are joined, and the rest is counted.  These are instances: for all m one needs induction, which this
certificate format does not have.

References.  telgarsky2015; telgarsky2016.

Tags.  sawtooth, depth, linear regions.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.theorems import Instance, theorem

# %% The network
x = vn.variable("x")
hat = vn.network(x, 2 * vn.relu(x) - 4 * vn.relu(x - Q("1/2")) + 2 * vn.relu(x - 1))


# %% The claims
@theorem(scope="instances", source="literature")
def region_count_sawtooth_eq() -> Iterator[Instance]:
    for m in range(1, 9):
        saw = vn.compose(hat, times=m)
        yield Instance(f"m{m}", vn.claims.linear_regions(saw, vn.interval(0, 1)) == 2**m)


# %% Prove it now
if __name__ == "__main__":
    for instance in region_count_sawtooth_eq.claims():
        print(vn.prove(instance.claim))
