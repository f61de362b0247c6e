"""The example after the robust local Vandermonde lemma: which moments vanish, and what the first other one is.

Statement.  In print (arXiv 2304.10524, after Lemma 27): for v_i^2 = 1 - i g and q_i = (-1)^i binom(k - 1, i), i = 0,
..., k - 1, the sums <v^l, q> vanish for even l up to 2k - 2, and one is k! g^k.  Corrected: they vanish for l = 0, 2,
..., 2k - 4, and <v^(2k-2), q> = (k - 1)! g^(k-1), for all g.  Instances: k = 2, 3, 4, 5, 6, 7.

Notation.  g is the printed gamma, the input of the networks; output number j - 1 is <v^(2j), q> = sum_i q_i (1 - i
g)^j, j = 1, ..., k - 1.  For j = 0 it is sum_i q_i = 0.

Method.  `k_*`: all sums as polynomials in g, on the whole line.  `k_*_printed`: that the last one vanishes is refuted
by a value of g.  For all k: the sum is a difference of order k - 1 of a polynomial of degree j.  The conclusion that
the example is for, that a bound in terms of powers of g cannot be much better, remains, with k - 1 instead of k.

References.  chen2023 (after Lemma 27).

Tags.  counterexample, Vandermonde, moments, narrow learning.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import comb, factorial

import verinet as vn
from verinet.networks.build import apply_activation
from verinet.networks.network import Network
from verinet.theorems import Instance, theorem

# %% The sums as networks in g
g = vn.variable("g")
line = vn.Polyhedron((None,), (None,))


def sums(k: int, orders: range) -> Network:
    """The sums <v^(2j), q> for these j."""
    outputs = []
    for j in orders:
        power = vn.activation("power", j)
        terms = ((-1) ** i * comb(k - 1, i) * apply_activation(1 - i * g, power) for i in range(k))
        outputs.append(sum(terms, 0 * g))
    return vn.network(g, outputs)


# %% The claims
@theorem(scope="instances", source="derived")
def tight_vandermonde_moments_eq() -> Iterator[Instance]:
    for k in range(2, 8):
        targets = [{0: 0}] * (k - 2) + [{k - 1: factorial(k - 1)}]
        yield Instance(f"k_{k}", vn.claims.sup_error(sums(k, range(1, k)), targets, line) <= 0)
        last = sums(k, range(k - 1, k))
        yield Instance(f"k_{k}_printed", vn.claims.equal(last, vn.network(g, 0 * g), line), refuted=True)


# %% Prove it now
if __name__ == "__main__":
    for instance in tight_vandermonde_moments_eq.claims():
        print(vn.prove(instance.claim))
