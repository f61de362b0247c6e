"""The maximum of five numbers has two hidden layers.

Statement.  The network with layers 5-14-9-1 below has the value max(x_1, ..., x_5) at every point of R^5.

Notation.  With m_ij = max(x_i, x_j): 2 max(x_1, ..., x_5) = max(m_15 + m_34, 2 x_2) + max(x_1, x_2, x_3, x_4) +
max(x_1, x_2, x_3, x_5) + max(x_1, x_2, x_4, x_5) + max(x_2, x_3, x_4, x_5) - max(m_12 + m_25, m_15 + m_34) -
max(m_15 + m_34, m_23 + m_24).  Each of the seven terms is h + r(h' - h) with h and h' of one hidden layer.

Method.  Subdivision of R^5 by the activations of both layers, and Farkas multipliers in every cell.  That two
layers suffice was shown first in the reference; a tournament needs three.  This identity was found by linear
programming.

References.  bakaev2025; hertrich2021.

Tags.  maximum, depth, two hidden layers, whole space.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.theorems import Instance, theorem

# %% The network
DIFFERENCES = ("15", "34", "12", "25", "23", "24", "35", "45", "51", "21", "32", "43")
LAST = (-1, 1, 0, 0, 1, -1, 1, 2, 0, 0, -2, -1, 2, -2)
SECOND = (
    (0, 0, 1, 0, -1, 0, 0, 0, 1, -1, 1, 1, 0, 0),
    (1, 0, -1, 0, 0, 0, 0, -1, -1, 1, 1, 0, 0, 0),
    (0, 0, 1, 0, 1, 0, 0, 0, 0, 0, -1, -1, 0, 0),
    (1, 0, 0, 0, 0, 0, -1, 0, -1, 1, 0, 0, 0, 0),
    (1, 0, 0, 0, 0, 0, 0, -1, -1, 1, 0, 0, 0, 0),
    (-1, 0, 1, 1, 1, 0, 0, 0, 0, 0, -1, -1, 0, 0),
    (0, 1, 1, 0, 0, -1, 0, 0, 1, -1, -1, 0, 0, 0),
    LAST,
    tuple(-entry for entry in LAST),
)
READOUT = (1, 1, 1, 1, 1, -1, -1, 1, -1)


def two_layers() -> vn.Network:
    first = [[int(k == int(i)) - int(k == int(j)) for k in range(1, 6)] for i, j in DIFFERENCES]
    first += [[0, 0, 0, 0, 1], [0, 0, 0, 0, -1]]
    return vn.layered([first, SECOND, [[Q(entry) / 2 for entry in READOUT]]], [[0] * 14, [0] * 9, [0]])


# %% The claim
@theorem(scope="single", source="derived")
def max_five_two_layers_eq() -> Iterator[Instance]:
    f = two_layers()
    (y,), x = vn.claims.outputs(f), vn.claims.inputs(f)
    formula = vn.claims.all_of(*(y >= entry for entry in x), vn.claims.any_of(*(y <= entry for entry in x)))
    yield Instance("space", vn.claims.always(f, formula, vn.whole_space(5)))


# %% Prove it now
if __name__ == "__main__":
    for instance in max_five_two_layers_eq.claims():
        print(vn.prove(instance.claim))
