"""One combination of contracted moments isolates the neurons of a cluster, however near to each other they are.

Statement.  Let x_i = (u_i.g)^2, I a set of neurons, and p(x) = prod_(j not in I) (1 - prod_(i in I) (x - x_i)/(x_j -
x_i)).  Then sum_l p_l M_(2l+2)(g) = sum_(i in I) lam_i u_i u_i^T, where M_(2l+2)(g) = sum_i lam_i x_i^l u_i u_i^T.
Instances: k = 4, with a cluster of 2 whose directions are 10^-100 apart; k = 4, with a cluster of 3.

Notation.  A symmetric matrix is given by its quadratic form in v, the input of the networks: sum_i lam_i (u_i.v)^2.

Method.  The left side is the sum over l with the coefficients of p, added up in exact arithmetic when its network is
made, the right side the sum over I; the kernel compares the two for all v.  That p is 1 on I and 0 elsewhere is in
what is added up.  How large the coefficients are depends on the distance of the cluster from the other neurons only.

References.  chennarayanan2023 (key lemma); chen2023.

Tags.  narrow learning, moments, cluster polynomial.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import verinet as vn
from verinet.claims.language import Equal
from verinet.networks.build import apply_activation
from verinet.theorems import Instance, theorem
from verinet.theory.narrow_learning.cluster_polynomials import cluster_polynomial

# %% Four neurons, three of them near to each other for a direction g
TINY = Fraction(1, 10**100)
G = (Fraction(1), Fraction(0), Fraction(0))
LAM = (Fraction(2), Fraction(-3), Fraction(1), Fraction(5))


def unit(s: Fraction, t: Fraction) -> tuple[Fraction, Fraction, Fraction]:
    """A rational unit vector, by stereographic projection."""
    q = 1 + s * s + t * t
    return (q - 2 * s * s - 2 * t * t) / q, 2 * s / q, 2 * t / q


U = (
    unit(Fraction(1, 3), Fraction(0)),
    unit(Fraction(1, 3) + TINY, Fraction(0)),
    unit(Fraction(0), Fraction(3, 10)),
    unit(Fraction(1, 2), Fraction(1)),
)

# %% Quadratic forms
v = vn.variables("v", 3)
space = vn.Polyhedron((None,) * 3, (None,) * 3)
square = vn.activation("power", 2)
forms = [apply_activation(sum((a * e for a, e in zip(u, v, strict=True)), 0 * v[0]), square) for u in U]
nodes = [sum((a * b for a, b in zip(u, G, strict=True)), Fraction(0)) ** 2 for u in U]


def isolated(cluster: Sequence[int]) -> Equal:
    """Both sides of the statement."""
    p = cluster_polynomial(nodes, cluster)
    terms = (
        coefficient * lam * node**order * form
        for order, coefficient in enumerate(p.coefficients)
        for lam, node, form in zip(LAM, nodes, forms, strict=True)
    )
    left = vn.network(v, sum(terms, 0 * v[0]))
    right = vn.network(v, sum((LAM[i] * forms[i] for i in cluster), 0 * v[0]))
    return vn.claims.equal(left, right, space)


# %% The claims
@theorem(scope="instances", source="derived")
def cluster_moments_isolate_eq() -> Iterator[Instance]:
    yield Instance("cluster_of_2", isolated((0, 1)))
    yield Instance("cluster_of_3", isolated((0, 1, 2)))


# %% Prove it now
if __name__ == "__main__":
    for instance in cluster_moments_isolate_eq.claims():
        print(vn.prove(instance.claim))
