"""The Hermite coefficients of a ReLU decay like l^(-5/4); their squares have the printed rate.

Statement.  In print (arXiv 2304.10524, appendix B.1): c_l = Theta(l^(-5/2)) for even l, where c_l = (He_l(0) + l
He_(l-2)(0)) / sqrt(2 pi l!).  For all even l >= 2, with r_l = 2 pi c_l^2: 1/(2 l (l - 1)^4) <= r_l^2 <= 3/(4 (l + 1)
(l - 1)^4).  So c_l = Theta(l^(-5/4)), c_l l^(5/2) is not bounded, and it is c_l^2 that is Theta(l^(-5/2)).

Notation.  He_l(0) = (-1)^(l/2) (l - 1)!!, so c_l = +-(l - 3)!! / sqrt(2 pi l!), and r_l = p_l / (l - 1)^2 with p_l =
binom(l, l/2) / 2^l.  The networks are powers: t^2 at t = p_2, and (l + 1)^2, (l + 2)^2 for the step.

Method.  p_(l+2) = p_l (l + 1)/(l + 2).  So l p_l^2 does not decrease where (l + 1)^2 >= l (l + 2), and (l + 1) p_l^2
does not increase where (l + 1)(l + 3) <= (l + 2)^2: the kernel checks both for all l, as identities with the
difference 1, and the values at l = 2, p_2 = 1/2.  The induction is a lemma.

References.  chen2023 (appendix B.1).

Tags.  counterexample, Hermite coefficients, rate, narrow learning.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.claims.induction import concluded, lemma
from verinet.networks.build import apply_activation
from verinet.theorems import Instance, theorem

# %% Powers as networks
x = vn.variable("x")
square = vn.activation("power", 2)
begin = vn.network(x, [2 * apply_activation(x, square), 3 * apply_activation(x, square)])
low = vn.network(x, apply_activation(x + 1, square))
high = vn.network(x, apply_activation(x + 2, square))
line = vn.Polyhedron((None,), (None,))

# %% How they give the bounds for all l
climb = lemma(
    "let p_2 = 1/2, p_(l+2) = p_l (l+1)/(l+2) for even l. If 2 p_2^2 = 1/2, 3 p_2^2 = 3/4, and for all l "
    "(l+1)^2 = l(l+2) + 1 and (l+2)^2 = (l+1)(l+3) + 1, then l p_l^2 >= 1/2 and (l+1) p_l^2 <= 3/4 for all even "
    "l >= 2, since (l+2) p_(l+2)^2 = l p_l^2 (l+1)^2/(l(l+2)) and (l+3) p_(l+2)^2 = (l+1) p_l^2 (l+1)(l+3)/(l+2)^2. "
    "Moreover p_l = (l-1)!!/l!! and 2 pi c_l^2 = ((l-3)!!)^2/l! = p_l/(l-1)^2"
)


# %% The claims
@theorem(scope="family", source="derived")
def hermite_coefficient_rate_eq() -> Iterator[Instance]:
    parts = {
        "at l = 2, x = p_2": vn.claims.value(begin, at="1/2") == ("1/2", "3/4"),
        "step below, x = l": vn.claims.sup_error(low, {2: 1, 1: 2, 0: 1}, line) <= 0,
        "step above, x = l": vn.claims.sup_error(high, {2: 1, 1: 4, 0: 4}, line) <= 0,
    }
    text = "1/(2 l (l-1)^4) <= (2 pi c_l^2)^2 <= 3/(4 (l+1) (l-1)^4) for all even l >= 2: c_l = Theta(l^(-5/4))"
    yield Instance("rate", concluded(text, parts, climb))


# %% Prove it now
if __name__ == "__main__":
    for instance in hermite_coefficient_rate_eq.claims():
        print(vn.prove(instance.claim))
