"""A piecewise affine interpolant needs one neuron a piece.

Statement.  Let (a_0, b_0), ..., (a_5, b_5) be the six points below and f the network of five neurons.  Then f(a_i)
= b_i for all i, and f has exactly 5 linear regions on [a_0, a_5].

Notation.  r(t) = max(t, 0); s_i is the slope from point i-1 to point i, s_0 = 0; f(x) = b_0 + (s_1 - s_0) r(x -
a_0) + ... + (s_5 - s_4) r(x - a_4).

Method.  Exact values at the points; cells in order, counted where the affine map changes.

References.  arora2018.

Tags.  interpolation, linear regions, one hidden layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import verinet as vn
from verinet.theorems import Instance, theorem

# %% The points
POINTS = [
    (Fraction(-2), Fraction(1)),
    (Fraction(-1, 3), Fraction(-2)),
    (Fraction(0), Fraction(5, 7)),
    (Fraction(1, 2), Fraction(5, 7)),
    (Fraction(4, 3), Fraction(-1, 9)),
    (Fraction(3), Fraction(2)),
]

# %% The network
x = vn.variable("x")


def interpolant(points: list[tuple[Fraction, Fraction]]) -> vn.Network:
    """Affine between neighbouring points: one neuron a piece."""
    total, before = 0 * x + points[0][1], Fraction(0)
    for (a, b), (c, d) in pairwise(points):
        slope = (d - b) / (c - a)
        total = total + (slope - before) * vn.relu(x - a)
        before = slope
    return vn.network(x, total)


# %% The claims
@theorem(scope="single", source="literature")
def pwl_interpolation_eq() -> Iterator[Instance]:
    f = interpolant(POINTS)
    for i, (a, b) in enumerate(POINTS):
        yield Instance(f"value_{i}", vn.claims.value(f, at=a) == b)
    domain = vn.interval(POINTS[0][0], POINTS[-1][0])
    yield Instance("regions", vn.claims.linear_regions(f, domain) == len(POINTS) - 1)


# %% Prove it now
if __name__ == "__main__":
    for instance in pwl_interpolation_eq.claims():
        print(vn.prove(instance.claim))
