"""Positive determinants on all cells do not make a network injective.

Statement.  Folklore: a continuous piecewise-affine map of R^n to itself whose Jacobian determinants are all positive is
one-to-one, since it folds nowhere.  False: f(x, y) = (|x| - |y|, (|x + y| - |x - y|)/2) has determinant 1 on each of
its eight cells, and f(-x, -y) = f(x, y).

Notation.  |t| = max(t, 0) + max(-t, 0), so f has eight ReLU neurons.  The eight cells are the sectors between the rays
through (1, 0), (1, 1), (0, 1), ..., which f maps to the quadrants between (1, 0), (0, 1), (-1, 0), (0, -1): it winds
twice around the origin, like z -> z^2/|z|, and takes every value but 0 exactly twice.

Method.  The sign of the determinants is a statement of the kernel; two values at one pair of points; equality with
f(-x, -y) on the whole plane.  That f is onto follows by the reference; what would make it one-to-one stands there too:
some value, taken once, at a point near which f is affine.

References.  schramm1980; scholtes1996.

Tags.  counterexample, injectivity, orientation, degree.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.networks import Expression
from verinet.theorems import Instance, theorem

# %% The network
x, y = vn.variables("x", 2)


def size(t: Expression) -> Expression:
    """|t| in two ReLU neurons."""
    return vn.relu(t) + vn.relu(-t)


f = vn.network((x, y), (size(x) - size(y), (size(x + y) - size(x - y)) / 2))
turned = vn.precompose(f, [[-1, 0], [0, -1]])


# %% The claims
@theorem(scope="single", source="derived")
def positive_determinants_not_injective() -> Iterator[Instance]:
    plane = vn.Polyhedron((None, None), (None, None))
    yield Instance("orientation", vn.claims.oriented(f, plane, "positive"))
    yield Instance("first", vn.claims.value(f, at=(2, 1)) == (1, 1))
    yield Instance("second", vn.claims.value(f, at=(-2, -1)) == (1, 1))
    yield Instance("even", vn.claims.equal(f, turned, plane))


# %% Prove it now
if __name__ == "__main__":
    for instance in positive_determinants_not_injective.claims():
        print(vn.prove(instance.claim))
    print(vn.prove(vn.claims.injective(f)))
    print(vn.prove(vn.claims.surjective(f)))
