"""A network is a bijection of the plane though none of its layers is one.

Statement.  Folklore: a network is invertible if its layers are, and not otherwise.  The second half is false: with
l(t) = t for t >= 0 and l(t) = t/4 for t < 0, the network f(x, y) = (l(x) + l(x + y)/4, l(y) + l(y - x)/4) maps R^2
one-to-one onto R^2, while its first layer maps R^2 into R^4 and its second one R^4 onto R^2.

Notation.  A layer is an affine map, followed by l but for the last one.

Method.  The orientation of f; the value at (2, 1), its only preimage, and the affine map near it; by the theory of
degree this makes f a homeomorphism.  That f is one-to-one on the square [-1,1]^2 is shown by pairs of points alone.

References.  schramm1980; scholtes1996.

Tags.  counterexample, bijection, injectivity, degree.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.theorems import Instance, theorem

# %% The network
x, y = vn.variables("x", 2)
f = vn.network(
    (x, y),
    (
        vn.leaky_relu(x, "1/4") + vn.leaky_relu(x + y, "1/4") / 4,
        vn.leaky_relu(y, "1/4") + vn.leaky_relu(y - x, "1/4") / 4,
    ),
)


# %% The claims
@theorem(scope="single", source="derived")
def bijective_without_bijective_layers() -> Iterator[Instance]:
    yield Instance("plane", vn.claims.bijective(f, at=(2, 1)))
    yield Instance("square", vn.claims.injective(f, vn.box([-1, 1], dimension=2)))


# %% Prove it now
if __name__ == "__main__":
    for instance in bijective_without_bijective_layers.claims():
        print(vn.prove(instance.claim))
