"""A hat function in the plane needs two hidden layers.

Statement.  The hat r(1 - (|x| + |y| + |x - y|)/2) of the mesh with three directions, which vanishes outside of a
hexagon, is no network with one hidden layer, of any width and with affine bypasses allowed.

Notation.  r(t) = max(t, 0).

Method.  Across x = 0 the gradient of a network with one hidden layer jumps alike everywhere (the lemma). The hat's
jumps by (-1, 0) near (0, 1/2), and not at all near (0, 3), where the hat is 0. In this way every network with one
hidden layer and compact support in R^2 is 0: each hyperplane along which it bends leaves the support.

References.  mukherjeebasu2017.

Tags.  finite elements, hat function, compact support, depth, lower bound, one hidden layer.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.theorems import Instance, theorem


# %% The claim
@theorem(scope="single", source="derived")
def compact_support_not_depth_one() -> Iterator[Instance]:
    x, y = vn.variables("x", 2)
    hat = vn.network((x, y), vn.relu(1 - vn.Q("1/2") * (vn.abs_(x) + vn.abs_(y) + vn.abs_(x - y))))
    yield Instance("hat", vn.claims.not_depth_one(hat, (1, 0), ((0, "1/2"), (0, 3))))


# %% Prove it now
if __name__ == "__main__":
    for instance in compact_support_not_depth_one.claims():
        print(vn.prove(instance.claim))
