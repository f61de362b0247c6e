"""The sum of two sawtooths of depth m cuts the square into 4^m cells.

Statement.  For m = 1, ..., 4 the network hat^m(x) + hat^m(y) has exactly 4^m activation cells in [0, 1]^2.

Notation.  r(t) = max(t, 0); hat(t) = 2 r(t) - 4 r(t - 1/2) is 2t up to 1/2 and 2 - 2t from there to 1; hat^m is hat
composed m times, beside each other for x and for y: m hidden layers of 4 neurons.

Method.  A tree of splits by activation partitions the square; every cell carries a rational point of its interior.
The 4m neurons bend along the lines of a grid, so all corners of cells but those on the border are crossings that a
count in floats must decide by exact zeros.

References.  telgarsky2016; montufar2014.

Tags.  sawtooth, depth, cells, two inputs.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.theorems import Instance, theorem

# %% The network
x, y = vn.variables("x", 2)
t = vn.variable("t")
hat = vn.network(t, 2 * vn.relu(t) - 4 * vn.relu(t - Q("1/2")))


def sum_of_sawtooths(m: int) -> vn.Network:
    saw = vn.compose(hat, times=m)
    return vn.add(vn.compose(saw, vn.network((x, y), x)), vn.compose(saw, vn.network((x, y), y)))


# %% The claims
@theorem(scope="instances", source="derived")
def cell_count_sawtooth_sum_eq() -> Iterator[Instance]:
    for m in range(1, 5):
        count = vn.claims.cells(sum_of_sawtooths(m), vn.box([0, 1], dimension=2))
        yield Instance(f"m{m}", count == 4**m)


# %% Prove it now
if __name__ == "__main__":
    for instance in cell_count_sawtooth_sum_eq.claims():
        print(vn.prove(instance.claim))
