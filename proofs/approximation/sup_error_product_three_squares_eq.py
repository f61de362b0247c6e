"""The product by three squares is four times worse than by two, and never too large.

Statement.  For m = 1, 2: -1/4^m <= P_m(x, y) - x y <= 0 on [-1, 1]^2, and the lower bound is attained.

Notation.  P_m(x, y) = 2 (f_m(|x + y|/2) - f_m(|x|/2) - f_m(|y|/2)), where f_m is the sawtooth interpolant of the
square, f_m(t) = t - hat(t)/4 - ... - hat^m(t)/4^m.

Method.  `bound_m`: the largest |P_m - x y| is 1/4^m.  `side_m`: with half of that added to P_m it is half as large,
so that P_m - x y takes values in [-1/4^m, 0] only.  Certificates as for two squares.

References.  yarotsky2017 (Proposition 3).

Tags.  sawtooth, product, sup error, two inputs.
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


x, y = vn.variables("x", 2)
s, t = sympy.symbols("s t")


def three_squares(m: int) -> Expression:
    half = Q("1/2")
    parts = [square(half * vn.abs_(e), m) for e in (x + y, x, y)]
    return 2 * (parts[0] - parts[1] - parts[2])


# %% The claims
@theorem(scope="instances", source="derived")
def sup_error_product_three_squares_eq() -> Iterator[Instance]:
    domain = vn.box([-1, 1], dimension=2)
    for m in (1, 2):
        bound = Q(f"1/{4**m}")
        plain = vn.network((x, y), three_squares(m))
        lifted = vn.network((x, y), three_squares(m) + bound / 2)
        yield Instance(f"bound_{m}", vn.claims.sup_error(plain, s * t, domain, variables=(s, t)) == bound)
        yield Instance(f"side_{m}", vn.claims.sup_error(lifted, s * t, domain, variables=(s, t)) == bound / 2)


# %% Prove it now
if __name__ == "__main__":
    for instance in sup_error_product_three_squares_eq.claims():
        print(vn.prove(instance.claim))
