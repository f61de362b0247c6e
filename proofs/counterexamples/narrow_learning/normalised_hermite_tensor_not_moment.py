"""The Hermite tensor whose entries are normalised one by one does not estimate the moment tensor.

Statement.  In print (arXiv 2304.10524, appendix A.1): with S_l(x) the tensor of the entries prod_j He_(n_j)(x_j) /
sqrt(n_j!), where n_j is how often the index j occurs, the mean of y S_l(x) / (2 c_l) is T_l = sum_i lam_i (l-th
tensor power of u_i). For one neuron |u.x|, u = (3/5, 4/5), and l = 2 that mean has the off-diagonal entry 12
sqrt(2)/25, and T_2 has 12/25. Corrected: divide every entry by sqrt(l!), or none.

Notation.  He_1(z) = z, He_2(z) = z^2 - 1.  Which entries are divided by what does not depend on the neuron's
activation, so the exact check is for the square: e_ij(u) = E (u.x)^2 He(x)_ij, He(x)_11 = x_1^2 - 1, He(x)_12 = x_1
x_2, He(x)_22 = x_2^2 - 1.

Method.  The mean is a sum over 25 points: the weights 1/2, 1/6, 1/6, 1/12, 1/12 at 0, 1, -1, 2, -2 have the moments
of the normal distribution up to degree 5, in each variable.  `all_u`: without dividing, the entries are 2 u_i u_j,
for all u.  `at_u`: at u = (3/5, 4/5) they are 18/25, 24/25, 32/25.  Divided as printed they are 9 sqrt(2)/25, 24/25,
16 sqrt(2)/25, with determinant -288/625, whereas u (x) u and its multiples have determinant 0.

References.  chen2023 (appendix A.1); chennarayanan2023; diakonikolaskane2023.

Tags.  counterexample, Hermite tensor, moments, narrow learning.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import verinet as vn
from verinet.claims.induction import concluded, lemma
from verinet.networks.build import apply_activation
from verinet.theorems import Instance, theorem

# %% The mean, as a sum over the points of a rule that is exact up to degree 5
RULE = {0: Fraction(1, 2), 1: Fraction(1, 6), -1: Fraction(1, 6), 2: Fraction(1, 12), -2: Fraction(1, 12)}
HERMITE = (lambda a, b: a * a - 1, lambda a, b: a * b, lambda a, b: b * b - 1)

u = vn.variables("u", 2)
plane = vn.Polyhedron((None, None), (None, None))
square = vn.activation("power", 2)
mean = vn.network(
    u,
    [
        sum(
            (
                RULE[a] * RULE[b] * entry(a, b) * apply_activation(a * u[0] + b * u[1], square)
                for a, b in product(RULE, repeat=2)
                if (a, b) != (0, 0)
            ),
            0 * u[0],
        )
        for entry in HERMITE
    ],
)

# %% What divided entries are
rank_one = lemma(
    "a tensor of order 2 with entries (a, b; b, c) is a multiple of some u (x) u only if a c = b^2; divided by "
    "sqrt(n_1! n_2!), the entries 18/25, 24/25, 32/25 are (18/25)/sqrt(2), 24/25, (32/25)/sqrt(2), and their a c - b^2 "
    "is 288/625 - 576/625. The sum over the points is the mean over N(0, I_2), since the integrands have degree at "
    "most 4 in each variable"
)


# %% The claims
@theorem(scope="single", source="derived")
def normalised_hermite_tensor_not_moment() -> Iterator[Instance]:
    targets = [{(2, 0): 2}, {(1, 1): 2}, {(0, 2): 2}]
    yield Instance("all_u", vn.claims.sup_error(mean, targets, plane) <= 0)
    values = vn.claims.value(mean, at=("3/5", "4/5")) == ("18/25", "24/25", "32/25")
    text = "the mean of (u.x)^2 times the tensor of He entries over sqrt(n_1! n_2!) is no multiple of u (x) u"
    yield Instance("at_u", concluded(f"{text}, at u = (3/5, 4/5)", {"entries": values}, rank_one))


# %% Prove it now
if __name__ == "__main__":
    for instance in normalised_hermite_tensor_not_moment.claims():
        print(vn.prove(instance.claim))
