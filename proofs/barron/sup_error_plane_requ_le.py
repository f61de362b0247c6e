"""Two rectified squares in the plane by ReLU neurons: what one ridge costs on its line is what it costs in the plane.

Statement.  On [-1, 1]^2 the networks of `verinet convert` with n cells a ridge are within 13/(4 n^2) of q(x + y) +
q(x - 2 y) (`sum_n`), within 1025/1024 times 9/(4 n^2) of q(x + y) - q(x - 2 y) (`difference_n`), and within
9/(4 n^2) of q(x - 2 y) alone (`ridge_n`). Instances: n = 1, 2 and 3.

Notation.  q(t) = max(t, 0)^2.  The preactivations x + y and x - 2 y reach 2 and 3 on the square.

Method.  A ridge is a function of one variable, and its error lies between 0 and M^2/(4 n^2): errors of ridges with
positive coefficients add up on one side, those of negative ones on the other. For the difference the claim has a
little more than the larger of both sides, since its saddles touch the bound. The embedding is the reference's, the
constants are derived.

References.  heeringa2024.

Tags.  Barron space, embedding, rectified powers, conversion, ridge functions, plane.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.networks import apply_activation
from verinet.theorems import Instance, theorem

# %% The networks
x, y = vn.variables("x", 2)
first, second = (apply_activation(z, vn.RePU(2)) for z in (x + y, x - 2 * y))
one, both, difference = (vn.network((x, y), f) for f in (second, first + second, first - second))
square = vn.box((-1, 1), (-1, 1))


# %% The claims
@theorem(scope="instances", source="derived")
def sup_error_plane_requ_le() -> Iterator[Instance]:
    for n in (1, 2, 3):
        near = vn.convert(one, cells=n, domain=square).network
        yield Instance(f"ridge_{n}", vn.claims.sup_error(near, one, square) <= Q(9) / (4 * n**2))
        near = vn.convert(both, cells=n, domain=square).network
        yield Instance(f"sum_{n}", vn.claims.sup_error(near, both, square) <= Q(13) / (4 * n**2))
        near = vn.convert(difference, cells=n, domain=square).network
        bound = Q("1025/1024") * 9 / (4 * n**2)
        yield Instance(f"difference_{n}", vn.claims.sup_error(near, difference, square) <= bound)


# %% Prove it now
if __name__ == "__main__":
    for instance in sup_error_plane_requ_le.claims():
        print(vn.prove(instance.claim))
