"""The maximum of n numbers is a tournament of pairs.

Statement.  For n = 2, 3, 4, 5 the network T_n has the value max(x_1, ..., x_n), at every point of [-1, 1]^n and at
every point of R^n: its output is at least each x_i, and at most one of them.

Notation.  r(t) = max(t, 0); max(a, b) = r(a - b) + r(b) - r(-b), three neurons; T_n plays the numbers in pairs,
then the winners, and a number without a partner waits: ceil(log2 n) hidden layers.

Method.  Subdivision by the activations; in every cell the output is one of the inputs, and Farkas multipliers show
that no other is larger.

References.  arora2018.

Tags.  maximum, depth, several inputs, whole space.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.networks.build import Expression
from verinet.theorems import Instance, theorem


# %% The network
def larger(a: Expression, b: Expression) -> Expression:
    return vn.relu(a - b) + vn.relu(b) - vn.relu(-b)


def tournament(n: int) -> vn.Network:
    players = x = vn.variables("x", n)
    while len(players) > 1:
        pairs = [players[i : i + 2] for i in range(0, len(players), 2)]
        players = tuple(larger(*pair) if len(pair) == 2 else pair[0] for pair in pairs)
    return vn.network(x, players[0])


# %% The claims
def is_the_maximum(f: vn.Network) -> vn.claims.Formula:
    (y,), x = vn.claims.outputs(f), vn.claims.inputs(f)
    return vn.claims.all_of(*(y >= entry for entry in x), vn.claims.any_of(*(y <= entry for entry in x)))


@theorem(scope="instances", source="literature")
def max_tournament_eq() -> Iterator[Instance]:
    for n in range(2, 6):
        f = tournament(n)
        formula = is_the_maximum(f)
        yield Instance(f"box_{n}", vn.claims.always(f, formula, vn.box([-1, 1], dimension=n)))
        yield Instance(f"space_{n}", vn.claims.always(f, formula, vn.whole_space(n)))


# %% Prove it now
if __name__ == "__main__":
    for instance in max_tournament_eq.claims():
        print(vn.prove(instance.claim))
