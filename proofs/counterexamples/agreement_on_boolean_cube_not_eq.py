"""Two networks for exclusive or agree on the Boolean cube and differ inside.

Statement.  Folklore: networks that agree on all corners of the cube are the same there.  False: f and g agree at
the four corners of [0, 1]^2, and f(1/2, 1/2) = 1 while g(1/2, 1/2) = 0.

Notation.  r(t) = max(t, 0); f(x, y) = r(x + y) - 2 r(x + y - 1); g(x, y) = r(x - y) + r(y - x) = |x - y|.

Method.  Exact values of f - g at the corners, 0 each; equality on the square is refuted by a point, and the values
at the centre are stated too.

References.  minsky1969.

Tags.  counterexample, exclusive or, equality.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.theorems import Instance, theorem

# %% The networks
x, y = vn.variables("x", 2)
f = vn.network((x, y), vn.relu(x + y) - 2 * vn.relu(x + y - 1))
g = vn.network((x, y), vn.relu(x - y) + vn.relu(y - x))


# %% The claims
@theorem(scope="single", source="derived")
def agreement_on_boolean_cube_not_eq() -> Iterator[Instance]:
    difference = vn.add(f, vn.scale(g, -1))
    for corner in ((0, 0), (0, 1), (1, 0), (1, 1)):
        yield Instance(f"corner_{corner[0]}{corner[1]}", vn.claims.value(difference, at=corner) == 0)
    yield Instance("square", vn.claims.equal(f, g, vn.box([0, 1], dimension=2)), refuted=True)
    yield Instance("first", vn.claims.value(f, at=(Q("1/2"), Q("1/2"))) == 1)
    yield Instance("second", vn.claims.value(g, at=(Q("1/2"), Q("1/2"))) == 0)


# %% Prove it now
if __name__ == "__main__":
    for instance in agreement_on_boolean_cube_not_eq.claims():
        print(vn.prove(instance.claim))
