"""Two networks that agree on every binary32 number differ.

Statement.  Folklore: two networks that agree on all inputs a machine can hold are equal.  False: f is 0 for x <= 1
and for x >= 1 + 2^-23, and f(1 + 2^-24) = 2^-24.  No binary32 number lies strictly between 1 and 1 + 2^-23, so f
agrees on all of them with the network that is 0.

Notation.  r(t) = max(t, 0); f(x) = r(x - 1) - 2 r(x - 1 - 2^-24) + r(x - 1 - 2^-23).

Method.  `below` and `above` are equalities on half-lines; `between` is refuted by a point.  That 1 and 1 + 2^-23
are neighbours in binary32 is a fact about the format, not part of the certificates.

References.  jia2021.

Tags.  counterexample, binary32, equality.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.theorems import Instance, theorem

# %% The networks
x = vn.variable("x")
GAP = Q("1/8388608")  # 2^-23, the distance of 1 to the next binary32 number
f = vn.network(x, vn.relu(x - 1) - 2 * vn.relu(x - 1 - GAP / 2) + vn.relu(x - 1 - GAP))
zero = vn.network(x, 0 * x)


# %% The claims
@theorem(scope="single", source="derived")
def agreement_on_binary32_not_eq() -> Iterator[Instance]:
    yield Instance("below", vn.claims.equal(f, zero, vn.Polyhedron((None,), (1,))))
    yield Instance("above", vn.claims.equal(f, zero, vn.Polyhedron((1 + GAP,), (None,))))
    yield Instance("between", vn.claims.equal(f, zero, vn.interval(1, 1 + GAP)), refuted=True)


# %% Prove it now
if __name__ == "__main__":
    for instance in agreement_on_binary32_not_eq.claims():
        print(vn.prove(instance.claim))
