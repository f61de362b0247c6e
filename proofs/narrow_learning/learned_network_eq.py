"""The network learned from exact moments is the hidden one.

Statement.  The network that `learn` finds from the exact moments of a hidden network with k neurons computes the same
function everywhere.  Instances: k = 3, with two neurons 10^-100 apart (near neurons) and coefficients of opposite
signs; k = 3, in five dimensions; k = 4, with an antipodal pair; k = 5, with a cancelling pair; k = 10, ten neurons in
ten dimensions.

Notation.  The moments are M_l(g) = sum_i lam_i (u_i.g)^(l-2) u_i u_i^T for even l <= 4k, g rational, and w = E f(x)
x, x normal; the learner finds its result from nothing else.  Weights are rational, their lengths are not: 10^-100 is
the distance of the weight vectors (1, 2) and (1, 2 + 10^-100).

Method.  That exact moments determine the function is the paper's idea, taken to the limit without noise; how it is
recovered (linear recurrences over the rationals) is derived.  Here nothing of that is believed: each equality is
checked on the whole space.

References.  chen2023.

Tags.  narrow learning, exact recovery, equality.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import verinet as vn
from verinet.geometry.polyhedra import whole_space
from verinet.networks.network import Network
from verinet.theorems import Instance, theorem
from verinet.theory.narrow_learning.learning import learn
from verinet.theory.narrow_learning.oracles import ExactMoments

# %% Hidden networks: coefficients and weights
TINY = Fraction(1, 10**100)
HIDDEN: dict[str, list[tuple[int, tuple[object, ...]]]] = {
    "near_neurons": [(3, (1, 2)), (-2, (1, 2 + TINY)), (1, (2, -1))],
    "five_dimensions": [(2, (1, 0, 2, -1, 1)), (-1, (0, 1, 1, 3, 0)), (5, (1, 1, 0, 0, -2))],
    "antipodal_pair": [(2, (1, 1, 0)), (3, (-1, -1, 0)), (-1, (0, 2, 1)), (1, (1, 0, -1))],
    "cancelling_pair": [(2, (1, 2, 2)), (-1, (2, 4, 4)), (1, (0, 3, 4)), (-3, (2, 1, 0)), (1, (1, -1, 1))],
}
HIDDEN["ten_neurons"] = [(i % 4 + 1, tuple((3 * i * j + i + j * j) % 11 - 5 for j in range(10))) for i in range(10)]


def hidden(rows: list[tuple[int, tuple[object, ...]]]) -> Network:
    """The sum of the neurons."""
    x = vn.variables("x", len(rows[0][1]))
    neurons = [m * vn.relu(sum((w * e for w, e in zip(weight, x, strict=True)), 0 * x[0])) for m, weight in rows]
    return vn.network(x, sum(neurons, 0 * x[0]))


# %% The claims
@theorem(scope="instances", source="derived")
def learned_network_eq() -> Iterator[Instance]:
    for label, rows in HIDDEN.items():
        network = hidden(rows)
        learned = learn(ExactMoments(network), neurons=len(rows), seed=0)
        yield Instance(label, vn.claims.equal(learned.network, network, whole_space(network.input_size)))


# %% Prove it now
if __name__ == "__main__":
    for instance in learned_network_eq.claims():
        print(vn.prove(instance.claim))
