"""A rectified square is above a network of n ReLU neurons, by at most 1/(4 n^2) on [-1, 1], and that is attained.

Statement.  Let s_n(x) = (2/n) sum r(x - (2 i + 1)/(2 n)) over i = 0, ..., n - 1. Then 0 <= max(x, 0)^2 - s_n(x) on
[-1, 1] (`below_n`), and the largest difference is 1/(4 n^2) (`error_n`). Instances: n = 1, 2, 3 and 8. With the
constant 1/(8 n^2) added the error is half of it (`centred_n`).

Notation.  r(t) = max(t, 0).  The neurons are those of `verinet convert`: [0, 1] is cut into n cells; each becomes one
neuron at its centroid, with the mass of the cell.

Method.  max(x, 0)^2 is the integral of 2 r(x - t) over t in [0, 1], and r is convex: by Jensen's inequality the sum is
nowhere above it. The kernel checks the pieces. That RePU_t embeds into RePU_s for s < t is the reference's; nodes and
constants are derived.

References.  heeringa2024.

Tags.  Barron space, embedding, rectified powers, conversion, sup error.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.networks import apply_activation
from verinet.theorems import Instance, theorem

# %% The networks
x = vn.variable("x")
square = vn.network(x, apply_activation(x, vn.RePU(2)))
segment = vn.interval(-1, 1)


def converted(n: int, centred: bool = False) -> vn.Network:
    return vn.convert(square, to=vn.RePU(1), cells=n, domain=segment, centred=centred).network


# %% The claims
@theorem(scope="instances", source="derived")
def sup_error_requ_by_relu_eq() -> Iterator[Instance]:
    for n in (1, 2, 3, 8):
        above, below = vn.claims.outputs(square, converted(n))
        yield Instance(f"below_{n}", vn.claims.always((square, converted(n)), above[0] >= below[0], segment))
        yield Instance(f"error_{n}", vn.claims.sup_error(converted(n), square, segment) == Q(1) / (4 * n**2))
        halved = vn.claims.sup_error(converted(n, centred=True), square, segment)
        yield Instance(f"centred_{n}", halved == Q(1) / (8 * n**2))


# %% Prove it now
if __name__ == "__main__":
    for instance in sup_error_requ_by_relu_eq.claims():
        print(vn.prove(instance.claim))
