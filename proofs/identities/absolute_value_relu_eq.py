"""The absolute value is two neurons.

Statement.  r(x) + r(-x) = |x| for all real x; and 2 r(x) - x = |x|, one neuron and a skip connection.

Notation.  r(t) = max(t, 0); |x| stands as an activation of its own.

Method.  Two cells, on the whole line.

References.  arora2018.

Tags.  absolute value, whole line.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.theorems import Instance, theorem

# %% The networks
x = vn.variable("x")
absolute = vn.network(x, vn.abs_(x))
two_neurons = vn.network(x, vn.relu(x) + vn.relu(-x))
one_and_skip = vn.network(x, 2 * vn.relu(x) - x)


# %% The claims
@theorem(scope="single", source="derived")
def absolute_value_relu_eq() -> Iterator[Instance]:
    yield Instance("two_neurons", vn.claims.equal(two_neurons, absolute, vn.whole_space(1)))
    yield Instance("one_and_skip", vn.claims.equal(one_and_skip, absolute, vn.whole_space(1)))


# %% Prove it now
if __name__ == "__main__":
    for instance in absolute_value_relu_eq.claims():
        print(vn.prove(instance.claim))
