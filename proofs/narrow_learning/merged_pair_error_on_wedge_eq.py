"""Merging two ReLUs by their vector sum is exact, except on the wedge between their hyperplanes.

Statement.  relu(a) + relu(b) - relu(a + b) is 0 where a b >= 0 and min(|a|, |b|) where a b <= 0, for a = w_1.x and b
= w_2.x with any vectors w_1, w_2.

Notation.  a and b are the inputs of the networks.  For coefficients of opposite signs read it with w_1 and w_2 - w_1:
relu(w_2.x) - relu(w_1.x) differs from relu((w_2 - w_1).x) only where (w_1.x) ((w_2 - w_1).x) < 0.

Method.  `first`, `third`: equality on the two quadrants with a b >= 0; `second`, `fourth`: equality with min(|a|,
|b|) on the others.  So the error lives on a wedge whose angle is that between w_1 and w_2.  For two unit neurons at
the angle t its mean square under N(0, I) is (t - sin t)/pi, of order t^3, whereas one of the two in the place of
both, the paper's law, costs 1 - (sin t + (pi - t) cos t)/pi, of order t^2/2.

References.  chen2023 (collapsing close neurons).

Tags.  narrow learning, merging, ReLU, equality.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.theorems import Instance, theorem

# %% The error of merging, and what it is on the wedge
a, b = vn.variables("a", 2)
error = vn.network((a, b), vn.relu(a) + vn.relu(b) - vn.relu(a + b))
zero = vn.network((a, b), 0 * a)
wedge = vn.network((a, b), vn.minimum(vn.abs_(a), vn.abs_(b)))
QUADRANTS = {
    "first": ((0, 0), (None, None), zero),
    "second": ((None, 0), (0, None), wedge),
    "third": ((None, None), (0, 0), zero),
    "fourth": ((0, None), (None, 0), wedge),
}


# %% The claims
@theorem(scope="single", source="derived")
def merged_pair_error_on_wedge_eq() -> Iterator[Instance]:
    for label, (low, high, expected) in QUADRANTS.items():
        yield Instance(label, vn.claims.equal(error, expected, vn.Polyhedron(low, high)))


# %% Prove it now
if __name__ == "__main__":
    for instance in merged_pair_error_on_wedge_eq.claims():
        print(vn.prove(instance.claim))
