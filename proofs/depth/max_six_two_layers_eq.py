"""The maximum of six numbers has two hidden layers.

Statement.  The network f below, with two hidden layers of 15 and 66 neurons and affine bypasses, has the value
max(x_1, ..., x_6) at every point of R^6: it is equal to the tournament, which has three hidden layers.

Notation.  [ab+cd|ef+gh] = max(m_ab + m_cd, m_ef + m_gh), with m_ab = max(x_a, x_b) and m_aa = x_a. 12 f is the sum
over the three powers of the rotation (123)(456) of the 22 terms in the script, with coefficients 1 and -1; m_ab is
one neuron of the first layer, and each of the 66 images is one neuron of the second. The tournament plays the
numbers in pairs, then the winners: max(a, b) = b + r(a - b), r(t) = max(t, 0).

Method.  R^6 is split along differences x_i - x_j until, in every case, the neurons of the second layer that still
bend do so along common hyperplanes with coefficients that add up to 0; so not all 720 orderings, nor their cells,
have to be listed. For each pair of equal bends two inequalities are proved by one split each, and their sum is the
claim. The reference shows that two layers suffice for the maximum of five numbers; this identity was found by
linear programming. It is proved here by the kernel alone; whether it was known before was not found out.

References.  bakaev2025; hertrich2021.

Tags.  maximum, depth, two hidden layers, whole space, orbit sum.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.networks.orbit_sums import OrbitSum
from verinet.theorems import Instance, theorem

# %% The network
ADDED = (
    "12+16|13+45  12+25|23+46  12+16|14+35  14+35|24+46  14+14|56+56  12+12|45+45",
    "12+56|36+46  12+12|34+34  12+56|35+45  14+35|25+56  12+12|46+46  12+25|24+36",
)
SUBTRACTED = (
    "14+25|24+36  12+25|36+46  12+56|36+45  12+45|24+36  12+35|23+46",
    "12+56|35+46  12+16|35+45  12+46|14+35  14+35|16+24  12+36|13+45",
)


def identity(changed: str | None = None) -> OrbitSum:
    base = dict.fromkeys(" ".join(ADDED).split(), 1) | dict.fromkeys(" ".join(SUBTRACTED).split(), -1)
    if changed is not None:
        base[changed] *= 2
    return OrbitSum.read(6, base, ["(123)(456)"], "1/12")


def tournament(n: int) -> vn.Network:
    players = x = vn.variables("x", n)
    while len(players) > 1:
        pairs = [players[i : i + 2] for i in range(0, n, 2)]
        players = tuple(pair[-1] + vn.relu(pair[0] - pair[1]) if len(pair) == 2 else pair[0] for pair in pairs if pair)
    return vn.network(x, players[0])


# %% The claims: the identity, and that it fails when one coefficient is doubled
@theorem(scope="single", source="derived")
def max_six_two_layers_eq() -> Iterator[Instance]:
    space = vn.whole_space(6)
    yield Instance("space", vn.claims.equal(identity().network(), tournament(6), space))
    changed = identity("12+36|13+45").network()
    yield Instance("changed", vn.claims.equal(changed, tournament(6), space), refuted=True)


# %% Prove it now
if __name__ == "__main__":
    print(identity())
    for instance in max_six_two_layers_eq.claims():
        print(vn.prove(instance.claim))
