"""The maximum of three numbers needs two hidden layers.

Statement.  No network with one hidden layer, of any width and with affine bypasses allowed, has the value max(0, x,
y) at every point (x, y) of R^2, nor max(x_1, x_2, x_3) at every point of R^3.

Notation.  A hidden layer's units are continuous functions of one variable with finitely many affine pieces; ReLU is
one.

Method.  Across a hyperplane the gradient of a network with one hidden layer jumps alike everywhere (the lemma). The
gradient of max(0, x, y) jumps by (1, 0) across x = 0 near (0, -1), and by (0, 0) near (0, 1); that of the maximum
of three jumps across x_1 = x_2 below x_3 and above it differently. The kernel checks these local forms on boxes.

References.  mukherjeebasu2017; wangsun2005.

Tags.  maximum, depth, lower bound, one hidden layer.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.networks.expressions import maximum
from verinet.theorems import Instance, theorem


# %% The claims
@theorem(scope="single", source="literature")
def max_three_not_depth_one() -> Iterator[Instance]:
    x, y = vn.variables("x", 2)
    f = vn.network((x, y), maximum(maximum(x, y), 0))
    yield Instance("with_zero", vn.claims.not_depth_one(f, (1, 0), ((0, -1), (0, 1))))
    u = vn.variables("x", 3)
    g = vn.network(u, maximum(*u))
    yield Instance("three", vn.claims.not_depth_one(g, (1, -1, 0), ((1, 1, 0), (0, 0, 1))))


# %% Prove it now
if __name__ == "__main__":
    for instance in max_three_not_depth_one.claims():
        print(vn.prove(instance.claim))
