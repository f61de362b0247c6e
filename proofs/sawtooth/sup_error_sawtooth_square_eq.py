"""A network of depth m comes within 4^-(m+1) of the square, and no closer.

Statement.  For m = 1, ..., 8: the largest |f_m(x) - x^2| on [0, 1] is exactly 4^-(m+1).

Notation.  r(t) = max(t, 0); hat(t) = 2 r(t) - 4 r(t - 1/2) + 2 r(t - 1); hat^k is hat composed k times; f_m(x) = x
- hat(x)/4 - hat^2(x)/4^2 - ... - hat^m(x)/4^m, which interpolates x^2 at the points k/2^m.

Method.  On each of the 2^m cells f_m is a chord of x^2: above it the gap is a product of the distances to the two
ends, below it bound minus gap is a square.  At a midpoint, which the certificate names, the bound is attained.

References.  yarotsky2017 (Proposition 2); telgarsky2015.

Tags.  sawtooth, depth, square, sup error.
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
@theorem(scope="instances", source="literature")
def sup_error_sawtooth_square_eq() -> Iterator[Instance]:
    for m in range(1, 9):
        error = vn.claims.sup_error(vn.network(x, square(x, m)), target=t**2, domain=vn.interval(0, 1))
        yield Instance(f"m{m}", error == Q(f"1/{4 ** (m + 1)}"))


# %% Prove it now
if __name__ == "__main__":
    for instance in sup_error_sawtooth_square_eq.claims():
        print(vn.prove(instance.claim))
