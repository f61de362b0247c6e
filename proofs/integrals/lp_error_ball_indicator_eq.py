"""Six neurons in two layers come as near as one likes, in the mean, to the indicator of |x| + |y| <= 1.

Statement.  For d = 1, 1/2, 1/5 the integral of |g_d - 1_B| over [-2, 2]^2 is exactly 2 d + 2 d^2 / 3.

Notation.  r(t) = max(t, 0); |t| = r(t) + r(-t); B is the set where |x| + |y| <= 1; with t = (|x| + |y| - 1) / d,
g_d(x, y) = r(1 - t) - r(-t), which is 1 on B and falls to 0 at distance d from it.

Method.  The indicator is stated by the jumps of a second network, over B and the four corners outside of it; cells are
cut along their edges, down to triangles on which the difference is affine and keeps its sign.

References.  eldan2016.

Tags.  indicator, depth, two inputs, integral, mean error.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import verinet as vn
from verinet import Q
from verinet.theorems import Instance, theorem

# %% The networks
x, y = vn.variables("x", 2)
square = vn.box((-2, 2), (-2, 2))
corners = list(product((1, -1), repeat=2))
ball = square.cut(vn.Halfspace((a, b), 1) for a, b in corners)
outside = [
    square.cut(vn.Halfspace((-a, 0), 0), vn.Halfspace((0, -b), 0), vn.Halfspace((-a, -b), -1)) for a, b in corners
]
indicator = [(ball, 1), *((corner, 0) for corner in outside)]


def near_indicator(d: Fraction) -> vn.Network:
    """The network g_d."""
    norm = vn.relu(x) + vn.relu(-x) + vn.relu(y) + vn.relu(-y)
    t = (norm - 1) / d
    return vn.network((x, y), vn.relu(1 - t) - vn.relu(-t))


# %% The claims
@theorem(scope="instances", source="derived")
def lp_error_ball_indicator_eq() -> Iterator[Instance]:
    for d in (1, 2, 5):
        width = Q(f"1/{d}")
        error = vn.claims.lp_error(near_indicator(width), indicator, square, p=1)
        yield Instance(f"width_1_{d}", error == 2 * width + 2 * width**2 / 3)


# %% Prove it now
if __name__ == "__main__":
    for instance in lp_error_ball_indicator_eq.claims():
        print(vn.prove(instance.claim))
