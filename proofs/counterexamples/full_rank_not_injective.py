"""A layer with an invertible matrix is not injective.

Statement.  Folklore: a ReLU layer whose matrix has full rank loses nothing.  False: with the identity matrix, the
points (-1, -2) and (-3, -4) have the same value (0, 0); so has every point of the quarter plane x, y <= 0.

Notation.  f(x, y) = (r(x), r(y)), r(t) = max(t, 0).

Method.  Two exact values; for the quarter plane, equality with the network that is 0, on an unbounded domain.  The
exact condition on W for x -> r(Wx) to be injective stands in the reference.

References.  puthawala2022.

Tags.  counterexample, injectivity.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.theorems import Instance, theorem

# %% The network
x, y = vn.variables("x", 2)
f = vn.network((x, y), (vn.relu(x), vn.relu(y)))
zero = vn.network((x, y), (0 * x, 0 * y))


# %% The claims
@theorem(scope="single", source="derived")
def full_rank_not_injective() -> Iterator[Instance]:
    yield Instance("first", vn.claims.value(f, at=(-1, -2)) == (0, 0))
    yield Instance("second", vn.claims.value(f, at=(-3, -4)) == (0, 0))
    yield Instance("quarter_plane", vn.claims.equal(f, zero, vn.Polyhedron((None, None), (0, 0))))


# %% Prove it now
if __name__ == "__main__":
    for instance in full_rank_not_injective.claims():
        print(vn.prove(instance.claim))
