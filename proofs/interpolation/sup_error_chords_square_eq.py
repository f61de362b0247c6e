"""n chords of the square have the error 1/(4n^2); moved down, half of it.

Statement.  For n = 1, ..., 8: the largest |c_n(x) - x^2| on [0, 1] is exactly 1/(4n^2), and with c_n - 1/(8n^2) in
place of c_n it is exactly 1/(8n^2).

Notation.  r(t) = max(t, 0); c_n(x) = x/n + (2/n) (r(x - 1/n) + r(x - 2/n) + ... + r(x - (n-1)/n)) on [0, 1], which
interpolates x^2 at the points k/n.

Method.  As for the sawtooth interpolant: squares and products of the distances to the ends of each piece.  No
function with n pieces does better than the moved chords; that needs an alternation argument and is not proved here.

References.  yarotsky2017.

Tags.  interpolation, square, sup error, one hidden layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import sympy

import verinet as vn
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


# %% The claims
@theorem(scope="instances", source="derived")
def sup_error_chords_square_eq() -> Iterator[Instance]:
    domain = vn.interval(0, 1)
    for n in range(1, 9):
        nodes = [Fraction(k, n) for k in range(n + 1)]
        error = Fraction(1, 4 * n * n)
        chords = interpolant([(a, a**2) for a in nodes])
        moved = interpolant([(a, a**2 - error / 2) for a in nodes])
        yield Instance(f"chords_{n}", vn.claims.sup_error(chords, t**2, domain) == error)
        yield Instance(f"moved_{n}", vn.claims.sup_error(moved, t**2, domain) == error / 2)


# %% Prove it now
if __name__ == "__main__":
    for instance in sup_error_chords_square_eq.claims():
        print(vn.prove(instance.claim))
