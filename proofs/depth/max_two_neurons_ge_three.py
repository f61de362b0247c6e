"""The maximum of two numbers takes three neurons.

Statement.  max(x, y) is r(x - y) + r(y) - r(-y) at every point of R^2, three ReLU neurons in one hidden layer; no
constant plus two ReLU neurons has this value at every point.

Notation.  r(t) = max(t, 0). There is no bypass: with one, y + r(x - y) takes one neuron.

Method.  Upper bound: equality with the tournament y + r(x - y). Lower bound: the maximum bends along x = y only, so
two neurons would bend there or not at all (the lemma), and their sum would be constant on x = y; but max(0, 0) = 0
and max(1, 1) = 1, and the kernel checks the form and the values.

References.  mukherjeebasu2017.

Tags.  maximum, width, lower bound, one hidden layer.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.theorems import Instance, theorem


# %% The claims
@theorem(scope="single", source="derived")
def max_two_neurons_ge_three() -> Iterator[Instance]:
    x, y = vn.variables("x", 2)
    three = vn.network((x, y), vn.relu(x - y) + vn.relu(y) - vn.relu(-y))
    larger = vn.network((x, y), y + vn.relu(x - y))
    yield Instance("three", vn.claims.equal(three, larger, vn.whole_space(2)))
    yield Instance("not_two", vn.claims.not_two_neurons(larger, (0, 1), 1, (1, -1), ((0, 0), (1, 1))))


# %% Prove it now
if __name__ == "__main__":
    for instance in max_two_neurons_ge_three.claims():
        print(vn.prove(instance.claim))
