"""Folding the square multiplies the cells of an arrangement by four.

Statement.  For N = 2, 3, 4 the network F_N has exactly 4 (1 + N + N(N-1)/2) activation cells in [0, 1]^2.

Notation.  r(t) = max(t, 0).  The first hidden layer folds each coordinate, u = 2 r(x) - 4 r(x - 1/2), likewise v
from y, so that each quarter of the square is mapped onto the square.  The second has one neuron for each of N lines
in (u, v): the tangents of the parabola v = (u - 1/2)^2 + 1/4 at u = k/(N+1), which cross in pairs inside the
square.  The output is the sum of the second layer.

Method.  Subdivision by the activations, one rational interior point a cell.  Cells, not linear regions: of those a
readout may have fewer.

References.  montufar2014.

Tags.  folding, depth, cells, two inputs.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import verinet as vn
from verinet.networks.build import Expression
from verinet.theorems import Instance, theorem

# %% The network
x, y = vn.variables("x", 2)
HALF = Fraction(1, 2)


def fold(t: Expression) -> Expression:
    return 2 * vn.relu(t) - 4 * vn.relu(t - HALF)


def folded_lines(n: int) -> vn.Network:
    u, v = fold(x), fold(y)
    total = 0 * x
    for k in range(1, n + 1):
        at = Fraction(k, n + 1)
        tangent = 2 * (at - HALF) * (u - at) + (at - HALF) ** 2 + Fraction(1, 4)
        total = total + vn.relu(v - tangent)
    return vn.network((x, y), total)


# %% The claims
@theorem(mode="search", scope="instances", source="derived")
def cell_count_folding_eq() -> Iterator[Instance]:
    for n in range(2, 5):
        count = 4 * (1 + n + n * (n - 1) // 2)
        yield Instance(f"lines_{n}", vn.claims.cells(folded_lines(n), vn.box([0, 1], dimension=2)) == count)


# %% Prove it now
if __name__ == "__main__":
    for instance in cell_count_folding_eq.claims():
        print(vn.prove(instance.claim))
