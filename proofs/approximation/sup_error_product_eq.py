"""A network for the product of two numbers: two squares have the error 1/4^(m+1).

Statement.  For m = 1, 2, 3: the largest |P_m(x, y) - x y| on [-1, 1]^2 is exactly 1/4^(m+1).

Notation.  P_m(x, y) = f_m(|x + y|/2) - f_m(|x - y|/2), where f_m is the sawtooth interpolant of the square, f_m(t)
= t - hat(t)/4 - ... - hat^m(t)/4^m.  On [-M, M]^2 the network M^2 P_m(x/M, y/M) has the error M^2/4^(m+1).

Method.  On every polygon of the subdivision P_m is affine, and bound minus gap is a nonnegative combination of
squares and of products of the forms that bound the polygon, found by an exact linear program.  That the bound is
attained is shown by a point.  The constant is ours: the triangle inequality alone gives twice as much.

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


def two_squares(m: int) -> vn.Network:
    half = Q("1/2")
    return vn.network((x, y), square(half * vn.abs_(x + y), m) - square(half * vn.abs_(x - y), m))


# %% The claims
@theorem(scope="instances", source="derived")
def sup_error_product_eq() -> Iterator[Instance]:
    for m in range(1, 4):
        error = vn.claims.sup_error(two_squares(m), target=s * t, domain=vn.box([-1, 1], dimension=2), variables=(s, t))
        yield Instance(f"m{m}", error == Q(f"1/{4 ** (m + 1)}"))


# %% Prove it now
if __name__ == "__main__":
    for instance in sup_error_product_eq.claims():
        print(vn.prove(instance.claim))
