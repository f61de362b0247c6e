"""The maximum of five numbers by two hidden layers is the tournament of three.

Statement.  The network f with layers 5-14-9-1 below is equal to the tournament of five numbers, which has three
hidden layers, at every point of R^5.

Notation.  With m_ij = max(x_i, x_j): 2 f = max(m_15 + m_34, 2 x_2) + max(x_1, x_2, x_3, x_4) + max(x_1, x_2, x_3,
x_5) + max(x_1, x_2, x_4, x_5) + max(x_2, x_3, x_4, x_5) - max(m_12 + m_25, m_15 + m_34) - max(m_15 + m_34, m_23 +
m_24). In the tournament max(a, b) = b + r(a - b), r(t) = max(t, 0).

Method.  R^5 is split until in every case the bends of both networks cancel: the neurons that bend do so along common
hyperplanes, with coefficients that add up to 0. Each pair of equal bends gives two inequalities, proved by one
split each. The identity was found by linear programming; that two layers suffice was shown first in the reference.

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


def two_layers(readout: tuple[int, ...] = READOUT) -> vn.Network:
    first = [[int(k == int(pair[0])) - int(k == int(pair[1])) for k in range(1, 6)] for pair in DIFFERENCES]
    first += [[0, 0, 0, 0, 1], [0, 0, 0, 0, -1]]
    return vn.layered([first, SECOND, [[Q(entry) / 2 for entry in readout]]], [[0] * 14, [0] * 9, [0]])


def tournament(n: int) -> vn.Network:
    players = x = vn.variables("x", n)
    while len(players) > 1:
        pairs = [players[i : i + 2] for i in range(0, n, 2)]
        players = tuple(pair[-1] + vn.relu(pair[0] - pair[1]) if len(pair) == 2 else pair[0] for pair in pairs if pair)
    return vn.network(x, players[0])


# %% The claims: equality, and that it fails with one coefficient changed
@theorem(scope="single", source="derived")
def max_five_two_layers_tournament_eq() -> Iterator[Instance]:
    space = vn.whole_space(5)
    yield Instance("space", vn.claims.equal(two_layers(), tournament(5), space))
    changed = two_layers((1, 1, 1, 1, 1, -1, -2, 1, -1))
    yield Instance("changed", vn.claims.equal(changed, tournament(5), space), refuted=True)


# %% Prove it now
if __name__ == "__main__":
    for instance in max_five_two_layers_tournament_eq.claims():
        print(vn.prove(instance.claim))
