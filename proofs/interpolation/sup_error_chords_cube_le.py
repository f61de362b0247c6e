"""Three chords of the cube come within 7/100 of it.

Statement.  |c(x) - x^3| <= 7/100 on [0, 1].

Notation.  c interpolates x^3 at 0, 1/3, 2/3 and 1, and is affine between.

Method.  On each piece bound minus gap has a nonnegative Bernstein form.  The largest gap is attained at the
irrational point sqrt(19/27), so a rational bound cannot be sharp; the numeric look beside the bound says how near
it is.

References.  arora2018.

Tags.  interpolation, cube, sup error, one hidden layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import sympy

import verinet as vn
from verinet import Q
from verinet.theorems import Instance, theorem

# %% The network
x, t = vn.variable("x"), sympy.Symbol("t")


def interpolant(points: list[tuple[Fraction, Fraction]]) -> vn.Network:
    """Affine between neighbouring points: one neuron a piece."""
    total, before = 0 * x + points[0][1], Fraction(0)
    for (a, b), (c, d) in pairwise(points):
        slope = (d - b) / (c - a)
        total = total + (slope - before) * vn.relu(x - a)
        before = slope
    return vn.network(x, total)


# %% The claim
@theorem(scope="single", source="derived")
def sup_error_chords_cube_le() -> Iterator[Instance]:
    chords = interpolant([(Fraction(k, 3), Fraction(k, 3) ** 3) for k in range(4)])
    yield Instance("thirds", vn.claims.sup_error(chords, t**3, vn.interval(0, 1)) <= Q("7/100"))


# %% Prove it now
if __name__ == "__main__":
    for instance in sup_error_chords_cube_le.claims():
        print(vn.prove(instance.claim))
