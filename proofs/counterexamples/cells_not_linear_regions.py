"""Activation cells are not linear regions: eight cells, six linear regions.

Statement.  Folklore: the linear regions of a network are counted by its activation patterns.  False: f has 8
activation cells on [0, 1], and 6 linear regions.

Notation.  r(t) = max(t, 0); hat(t) = 2 r(t) - 4 r(t - 1/2) + 2 r(t - 1); f(x) = r(1/2 - hat(hat(x))).

Method.  Both counts by subdivision.  Folding makes four mirrored copies of the last neuron's two cells; where it is
off on both sides of a fold, at 1/4 and at 3/4, the function is 0 across, and two cells are one region.

References.  montufar2014; haninrolnick2019.

Tags.  counterexample, cells, linear regions.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.theorems import Instance, theorem

# %% The network
x = vn.variable("x")
hat = vn.network(x, 2 * vn.relu(x) - 4 * vn.relu(x - Q("1/2")) + 2 * vn.relu(x - 1))
last = vn.network(x, vn.relu(Q("1/2") - x))
f = vn.compose(last, vn.compose(hat, times=2))


# %% The claims
@theorem(scope="single", source="derived")
def cells_not_linear_regions() -> Iterator[Instance]:
    yield Instance("cells", vn.claims.cells(f, vn.interval(0, 1)) == 8)
    yield Instance("regions", vn.claims.linear_regions(f, vn.interval(0, 1)) == 6)


# %% Prove it now
if __name__ == "__main__":
    for instance in cells_not_linear_regions.claims():
        print(vn.prove(instance.claim))
