"""Two neurons come as near to a step as one likes in the mean, and never arrive.

Statement.  For n = 1, 2, 4, ..., 64 and D = [-1, 1]: the integral of |h_n - s| over D is exactly 1/(2n), and that of
(h_n - s)^2 is exactly 1/(3n).

Notation.  r(t) = max(t, 0); h_n(x) = r(nx) - r(nx - 1); s(x) = 0 for x < 0 and 1 for x > 0.

Method.  The step is stated by the jumps of a second network; on each of three cells the difference is affine and keeps
its sign.  All h_n are continuous, and so is every network with two neurons: s is a limit in the mean that no such
network attains.

References.  petersen2021.

Tags.  step, two neurons, integral, mean error.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.theorems import Instance, theorem

# %% The networks
x = vn.variable("x")
step = [(vn.interval(-1, 0), 0), (vn.interval(0, 1), 1)]


# %% The claims
@theorem(scope="instances", source="derived")
def lp_error_step_eq() -> Iterator[Instance]:
    for k in range(7):
        n = 2**k
        ramp = vn.network(x, vn.relu(n * x) - vn.relu(n * x - 1))
        mean = vn.claims.lp_error(ramp, step, vn.interval(-1, 1), p=1)
        square = vn.claims.lp_error(ramp, step, vn.interval(-1, 1), p=2)
        yield Instance(f"mean_{n}", mean == Q(f"1/{2 * n}"))
        yield Instance(f"square_{n}", square**2 == Q(f"1/{3 * n}"))


# %% Prove it now
if __name__ == "__main__":
    for instance in lp_error_step_eq.claims():
        print(vn.prove(instance.claim))
