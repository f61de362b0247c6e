"""In the square mean a network of depth m comes within 4^-m / sqrt(30) of the square.

Statement.  For m = 1, ..., 6 the integral of (f_m(x) - x^2)^2 over [0, 1] is exactly 4^-2m / 30, and that of
|f_m(x) - x^2| exactly 4^-m / 6.

Notation.  r(t) = max(t, 0); hat(t) = 2 r(t) - 4 r(t - 1/2) + 2 r(t - 1); hat^k is hat composed k times; f_m(x) = x
- hat(x)/4 - hat^2(x)/4^2 - ... - hat^m(x)/4^m, which interpolates x^2 at the points k/2^m.

Method.  On each of the 2^m cells, of length h, the difference is the product of the distances to the two ends: its
integral is h^3 / 6, that of its square h^5 / 30.

References.  yarotsky2017 (Proposition 2); telgarsky2015.

Tags.  sawtooth, depth, square, integral, mean error.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy

import verinet as vn
from verinet import Q
from verinet.networks.build import Expression
from verinet.theorems import Instance, theorem


# %% The network
def hat(t: Expression) -> Expression:
    """2t up to 1/2, 2 - 2t from there to 1."""
    return 2 * vn.relu(t) - 4 * vn.relu(t - Q("1/2")) + 2 * vn.relu(t - 1)


def square(t: Expression, m: int) -> Expression:
    """The interpolant f_m of t^2 on [0, 1]."""
    tooth = total = t
    for k in range(1, m + 1):
        tooth = hat(tooth)
        total = total - tooth * Q(f"1/{4**k}")
    return total


x, t = vn.variable("x"), sympy.Symbol("t")


# %% The claims
@theorem(scope="instances", source="derived")
def lp_error_sawtooth_square_eq() -> Iterator[Instance]:
    for m in range(1, 7):
        net = vn.network(x, square(x, m))
        mean = vn.claims.lp_error(net, t**2, vn.interval(0, 1), p=1)
        in_square = vn.claims.lp_error(net, t**2, vn.interval(0, 1), p=2)
        yield Instance(f"square_{m}", in_square**2 == Q(f"1/{30 * 16**m}"))
        yield Instance(f"mean_{m}", mean == Q(f"1/{6 * 4**m}"))


# %% Prove it now
if __name__ == "__main__":
    for instance in lp_error_sawtooth_square_eq.claims():
        print(vn.prove(instance.claim))
