"""Two neurons carry a number through a layer unchanged.

Statement.  r(x) - r(-x) = x for all real x; and after L = 1, 2, 3 such layers the number is still x.

Notation.  r(t) = max(t, 0).

Method.  Two cells a layer, on the whole line: no bounded domain is needed.

References.  arora2018.

Tags.  identity, depth, whole line.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.theorems import Instance, theorem

# %% The network
x = vn.variable("x")
carry = vn.network(x, vn.relu(x) - vn.relu(-x))
identity = vn.network(x, x)


# %% The claims
@theorem(scope="instances", source="derived")
def identity_relu_eq() -> Iterator[Instance]:
    for depth in range(1, 4):
        yield Instance(f"depth_{depth}", vn.claims.equal(vn.compose(carry, times=depth), identity, vn.whole_space(1)))


# %% Prove it now
if __name__ == "__main__":
    for instance in identity_relu_eq.claims():
        print(vn.prove(instance.claim))
