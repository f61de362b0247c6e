"""A twin ladder is constant, though no weight shows it.

Statement.  The networks T_1, T_2, T_3 below, with 5 inputs and 1, 2, 3 hidden layers of 10 neurons, have the value
7/3 at every point of [-1, 1]^5.

Notation.  Each network is two ladders of 5 neurons a layer.  The second is the first with the neurons of every
layer permuted and scaled by positive numbers, which the next layer undoes; the output is the difference of the two,
plus 7/3. The weights come from a linear congruential generator and look random.

Method.  Subdivision by the activations of both ladders; in every cell the affine maps cancel exactly.  In floating
point they cancel only up to rounding, and interval bounds see no cancellation at all.

References.  zombori2021; jia2021.

Tags.  twin networks, cancellation, constant, five inputs.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

import verinet as vn
from verinet.theorems import Instance, theorem

INPUTS, RUNGS, MARGIN = 5, 5, Fraction(7, 3)

Rows = list[list[Fraction]]


# %% Rational numbers that look random
def numbers(state: int) -> Iterator[Fraction]:
    while True:
        state = (6364136223846793005 * state + 1442695040888963407) % 2**64
        yield Fraction((state >> 33) % 199 - 99, 1 + (state >> 45) % 12)


def times(matrix: Rows, order: list[int], scale: list[Fraction]) -> Rows:
    """The matrix that reads the permuted and scaled values as the given one reads the plain ones."""
    return [[row[i] / c for i, c in zip(order, scale, strict=True)] for row in matrix]


# %% The network
def twin_ladder(depth: int, seed: int) -> vn.Network:
    source = numbers(seed)
    zero = [Fraction(0)] * RUNGS
    order, scale = list(range(INPUTS)), [Fraction(1)] * INPUTS
    weights, biases = [], []
    for layer in range(depth):
        matrix = [list(islice(source, len(order))) for _ in range(RUNGS)]
        bias = list(islice(source, RUNGS))
        twin = times(matrix, order, scale)
        order, scale = [(3 * i + 1) % RUNGS for i in range(RUNGS)], [abs(c) + 1 for c in islice(source, RUNGS)]
        twin = [[c * entry for entry in twin[i]] for i, c in zip(order, scale, strict=True)]
        left, right = ([], []) if layer == 0 else (zero, zero)
        weights.append([[*row, *right] for row in matrix] + [[*left, *row] for row in twin])
        biases.append([*bias, *(c * bias[i] for i, c in zip(order, scale, strict=True))])
    readout = list(islice(source, RUNGS))
    weights.append([[*readout, *(-entry for entry in times([readout], order, scale)[0])]])
    biases.append([MARGIN])
    return vn.layered(weights, biases)


# %% The claims
@theorem(scope="instances", source="derived")
def twin_ladder_constant_eq() -> Iterator[Instance]:
    for depth in range(1, 4):
        f = twin_ladder(depth, seed=1)
        (y,) = vn.claims.outputs(f)
        yield Instance(
            f"depth_{depth}", vn.claims.always(f, vn.claims.equals(y, MARGIN), vn.box([-1, 1], dimension=INPUTS))
        )


# %% Prove it now
if __name__ == "__main__":
    for instance in twin_ladder_constant_eq.claims():
        print(vn.prove(instance.claim))
