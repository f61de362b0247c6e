"""An error of zero at eleven grid points is no bound on the sup error.

Statement.  Folklore: a network that fits its target at a fine grid fits it.  False: f is 0 at the eleven points
k/10 and somewhere else on [0, 1] more than 99/100; the largest |f(x)| is 1.

Notation.  r(t) = max(t, 0); f is the zigzag of slopes 20 and -20 through (k/20, 0) for even k and (k/20, 1) for odd
k.

Method.  Exact values at the grid; the bound 99/100 is refuted by a point, and the sup error against the target 0 is
proved with the point where it is attained.

References.  telgarsky2015.

Tags.  counterexample, sup error, sampling.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import verinet as vn
from verinet import Q
from verinet.theorems import Instance, theorem

# %% The network
x = vn.variable("x")
zigzag = 20 * vn.relu(x)
for k in range(1, 20):
    zigzag = zigzag + (-1) ** k * 40 * vn.relu(x - Fraction(k, 20))
f = vn.network(x, zigzag)


# %% The claims
@theorem(scope="single", source="derived")
def error_on_grid_not_sup_error() -> Iterator[Instance]:
    for k in range(11):
        yield Instance(f"grid_{k}", vn.claims.value(f, at=Fraction(k, 10)) == 0)
    (y,) = vn.claims.outputs(f)
    yield Instance("bound", vn.claims.always(f, y <= Q("99/100"), vn.interval(0, 1)), refuted=True)
    yield Instance("largest", vn.claims.sup_error(f, target=0, domain=vn.interval(0, 1)) == 1)


# %% Prove it now
if __name__ == "__main__":
    for instance in error_on_grid_not_sup_error.claims():
        print(vn.prove(instance.claim))
