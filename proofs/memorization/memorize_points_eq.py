"""A network of width two memorises labelled points exactly.

Statement. For N different points of R^d with M different labels there is a ReLU network of width 2 and depth at most
2 N + 4 M - 1 whose value at every point is its label. Instances: d = 1, 2 and 3, one data set a label.

Notation.  N and M are the numbers of points and of labels; f is the network.

Method.  The points are projected to a line on which they stay apart; along it a chain of hinges follows the labels, in
at most N - 1 layers (derived, not the layers of the paper).  The kernel evaluates f at every point.  Instances: the
exclusive or (`exclusive_or`), eight points on a line of the plane (`collinear`), points that differ in the last bits
of a binary64 number only (`nearly_equal`), three labels on a grid of space (`grid`), one point (`single`), one label
(`one_label`), two spirals that no line separates (`spirals`).

References.  hernandez2024.

Tags.  memorisation, interpolation, width two, exact values.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import verinet as vn
from verinet import Q
from verinet.theorems import Instance, theorem

# %% The data
SQUARE = [(0, 0), (0, 1), (1, 0), (1, 1)]
COLLINEAR = [(Fraction(k, 3), Fraction(2 * k, 3) - 1) for k in (5, 2, 0, 7, 3, 1, 4, 6)]
NEARLY_EQUAL = [(0.1, 0.1 + k * 2.0**-56) for k in range(6)]
GRID = list(product(range(3), repeat=3))
#: Half-turns in eight steps each, rounded to 64ths.
SPIRAL = [(Q("1/2"), Q(0)), (Q("35/64"), Q("35/64")), (Q(0), Q(1)), (Q("-57/64"), Q("57/64")), (Q("-3/2"), Q(0))]


# %% The claims
@theorem(scope="instances", source="derived")
def memorize_points_eq() -> Iterator[Instance]:
    yield Instance("exclusive_or", vn.memorize(SQUARE, [0, 1, 1, 0]).claim)
    yield Instance("collinear", vn.memorize(COLLINEAR, [3, 1, 4, 1, 5, 9, 2, 6]).claim)
    yield Instance("nearly_equal", vn.memorize(NEARLY_EQUAL, [1, 0, 0, 1, 0, 2]).claim)
    yield Instance("grid", vn.memorize(GRID, [sum(point) % 3 for point in GRID]).claim)
    yield Instance("single", vn.memorize([("1/3", "-2/7")], ["22/7"]).claim)
    yield Instance("one_label", vn.memorize(SQUARE, [7, 7, 7, 7]).claim)
    other = [(-x, -y) for x, y in SPIRAL]
    yield Instance("spirals", vn.memorize([*SPIRAL, *other], [1] * len(SPIRAL) + [-1] * len(other)).claim)


# %% Prove it now
if __name__ == "__main__":
    for instance in memorize_points_eq.claims():
        print(vn.prove(instance.claim))
