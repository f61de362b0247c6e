"""Polynomials are finite sums of rectified powers, exactly, on all of space.

Statement.  Networks with one hidden layer of neurons max(t, 0)^s are equal to x, x^2 and 1 for s = 2; to x - x^3 for
s = 3 and s = 4; and to x y - y^2/2 and x^2 y on the plane, with s the degree.

Notation.  The networks are those of `verinet construct barron/polynomial`: (w x + b)^s is max(w x + b, 0)^s plus
(-1)^s max(-w x - b, 0)^s, and a product of s factors is a sum of 2^(s-1) such powers with signs.

Method.  On each cell both sides are polynomials, and the same ones; no bounded domain is needed. The
weights are derived.

References.  heeringa2024; li2020.

Tags.  Barron space, polynomials, rectified powers, identity, whole line, whole plane.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.theorems import Instance, theorem
from verinet.theory.barron.network_rows import polynomial

# %% The polynomials
lines = {"one": {(0,): 1}, "line": {(1,): 1}, "square": {(2,): 1}}
cubic = {(1,): 1, (3,): -1}
plane = {"product": {(1, 1): 1, (0, 2): vn.Q("-1/2")}, "cubic_product": {(2, 1): 1}}


# %% The claims
@theorem(scope="single", source="derived")
def polynomial_repu_eq() -> Iterator[Instance]:
    for label, target in lines.items():
        network = polynomial(target, inputs=1, power=2).network
        yield Instance(label, vn.claims.sup_error(network, target, vn.whole_space(1)) <= 0)
    for power in (3, 4):
        network = polynomial(cubic, inputs=1, power=power).network
        yield Instance(f"cubic_by_{power}", vn.claims.sup_error(network, cubic, vn.whole_space(1)) <= 0)
    for label, target in plane.items():
        network = polynomial(target, inputs=2).network
        yield Instance(label, vn.claims.sup_error(network, target, vn.whole_space(2)) <= 0)


# %% Prove it now
if __name__ == "__main__":
    for instance in polynomial_repu_eq.claims():
        print(vn.prove(instance.claim))
