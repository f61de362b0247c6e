"""A contracted moment may be negative: what is bounded from below is its modulus.

Statement.  In print (arXiv 2304.10524, Lemma 12): a lower bound of the quadratic form r^T M_l(g) r. For lam = -1 and
one neuron u the form is -(u.g)^(l - 2) (u.r)^2, and -1 at g = r = u: what is bounded from below is its absolute
value. The exponent of u_i.g in M_l(g) = T_l(g, ..., g, ., .) is l - 2. Instances: l = 4, 6.  This changes nothing in
what the lemma is used for.

Notation.  u = (3/5, 4/5), T_l = lam (l-th tensor power of u); the inputs of the networks are g.

Method.  `value_l`: u^T M_l(g) u = -(u.g)^(l - 2) is -1 at g = u.  `exponent_l`: the first diagonal entry of M_l(g),
expanded from the entries of T_l, is lam u_1^2 (u.g)^(l - 2) for all g.

References.  chen2023 (Lemma 12).

Tags.  counterexample, moments, sign, narrow learning.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import comb

import verinet as vn
from verinet.networks.build import apply_activation
from verinet.networks.network import Network
from verinet.theorems import Instance, theorem

# %% The neuron, and T_l(g, ..., g, e_1, e_1) as a polynomial in g
LAM, U = Fraction(-1), (Fraction(3, 5), Fraction(4, 5))
g = vn.variables("g", 2)
plane = vn.Polyhedron((None, None), (None, None))


def form(factor: Fraction, exponent: int) -> Network:
    """factor <u, g>^exponent."""
    return vn.network(g, factor * apply_activation(U[0] * g[0] + U[1] * g[1], vn.activation("power", exponent)))


def contracted(order: int) -> dict[tuple[int, int], Fraction]:
    """The entry of T_l with q indices 2 is lam u_1^(l-q) u_2^q; it stands at binom(l - 2, q) places of g, ..., g."""
    free = order - 2
    return {(free - q, q): comb(free, q) * LAM * U[0] ** (order - q) * U[1] ** q for q in range(free + 1)}


# %% The claims
@theorem(scope="instances", source="derived")
def contracted_moment_needs_modulus() -> Iterator[Instance]:
    for order in (4, 6):
        along = form(LAM, order - 2)
        yield Instance(f"value_{order}", vn.claims.value(along, at=U) == -1)
        entry = form(LAM * U[0] ** 2, order - 2)
        yield Instance(f"exponent_{order}", vn.claims.sup_error(entry, contracted(order), plane) <= 0)


# %% Prove it now
if __name__ == "__main__":
    for instance in contracted_moment_needs_modulus.claims():
        print(vn.prove(instance.claim))
