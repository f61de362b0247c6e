"""The squared distance of two ReLUs is at most half that of their directions; 5/6 is printed.

Statement.  In print (arXiv 2304.10524, Lemma 21): E (relu(u.x) - relu(u'.x))^2 <= (5/6) |u - u'|^2.  True, and not
sharp: the constant 1/2 will do, for all vectors u, u' and all distributions with the law of x that of -x and a second
moment matrix I; no smaller one will for N(0, I).  For |u.x| the sharp constant is 1, with the smaller of |u - u'|^2
and |u + u'|^2.

Notation.  a = u.x and b = u'.x are the two inputs of the networks.

Method.  `relu`: (relu(a) - relu(b))^2 + (relu(-a) - relu(-b))^2 <= (a - b)^2 for all a, b, checked as: with p =
relu(a) - relu(b) and q = relu(-a) - relu(-b), p - q = a - b and p q <= 0, that is, p and q never have strictly the
same sign. Both terms have the same mean, so each is at most half of E (a - b)^2 = |u - u'|^2.  `modulus`: ||a| - |b||
<= |a - b| and <= |a + b| for all a, b.  Sharpness: for unit vectors at the angle t the left side is t^2/2 - t^3/(3
pi) + O(t^4), and |u - u'|^2 <= t^2.

References.  chen2023 (Lemma 21).

Tags.  counterexample, sharp constant, ReLU, Gaussian, narrow learning.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.claims.induction import concluded, lemma
from verinet.theorems import Instance, theorem

# %% Differences of ReLUs and of absolute values
a, b = vn.variables("a", 2)
relus = vn.network((a, b), [vn.relu(a) - vn.relu(b), vn.relu(-a) - vn.relu(-b)])
moduli = vn.network((a, b), [vn.abs_(a) - vn.abs_(b), vn.abs_(a - b), vn.abs_(a + b)])
plane = vn.Polyhedron((None, None), (None, None))

# %% From the points to the mean
fold = lemma(
    "if p - q = a - b and not both p > 0 and q > 0, nor both p < 0 and q < 0, then p q <= 0 and p^2 + q^2 <= (p - q)^2 "
    "= (a - b)^2; with a = u.x, b = u'.x, and x distributed as -x, p and q have the same second moment, so E p^2 <= "
    "(1/2) E (a - b)^2 = (1/2) |u - u'|^2 if E x x^T = I"
)
squares = lemma("if ||a| - |b|| <= |a - b| and <= |a + b|, the same holds of the means of the squares")


# %% The claims
@theorem(scope="single", source="derived")
def relu_distance_constant_half_le() -> Iterator[Instance]:
    x = vn.claims.inputs(2)
    p, q = vn.claims.outputs(relus)
    opposite = vn.claims.any_of(vn.claims.all_of(p >= 0, q <= 0), vn.claims.all_of(p <= 0, q >= 0))
    same = vn.claims.all_of(p - q >= x[0] - x[1], p - q <= x[0] - x[1])
    parts = {"sum": vn.claims.always(relus, same, plane), "signs": vn.claims.always(relus, opposite, plane)}
    text = "E (relu(u.x) - relu(u'.x))^2 <= (1/2) |u - u'|^2"
    yield Instance("relu", concluded(text, parts, fold))
    r, minus, plus = vn.claims.outputs(moduli)
    near = vn.claims.all_of(r <= minus, r >= -minus, r <= plus, r >= -plus)
    text = "E (|u.x| - |u'.x|)^2 <= min(|u - u'|^2, |u + u'|^2)"
    yield Instance("modulus", concluded(text, {"all a, b": vn.claims.always(moduli, near, plane)}, squares))


# %% Prove it now
if __name__ == "__main__":
    for instance in relu_distance_constant_half_le.claims():
        print(vn.prove(instance.claim))
