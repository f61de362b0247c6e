"""Eight chords come within 1/600 of the sine on [0, 1].

Statement.  |f(x) - sin(x)| <= 1/600 on [0, 1], and the mean of |f - sin| there is at most 1/1300.

Notation.  r(t) = max(t, 0); f is affine between the points k/8, where it has the value of the sine rounded to nine
decimals: (0, 0.124674733, 0.247403959, 0.366272529, 0.479425539, 0.585097273, 0.681638760, 0.767543502, 0.841470985).

Method.  Power series with balls as coefficients show that a polynomial of degree 6 is within 10^-6 of the sine, an
assumption of the theorem; f is compared with the polynomial, exactly.  The classical bound of the error of a chord of
length h is h^2/8, here 1/512.

References.  johansson2017.

Tags.  sine, chords, enclosure, sup error, mean error.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import sympy

import verinet as vn
from verinet import Q
from verinet.theorems import Instance, theorem

# %% The network
VALUES = "0 0.124674733 0.247403959 0.366272529 0.479425539 0.585097273 0.681638760 0.767543502 0.841470985"
values = [Q(entry) for entry in VALUES.split()]
x, t = vn.variable("x"), sympy.Symbol("t")
slopes = [8 * (b - a) for a, b in pairwise(values)]
bends = [b - a for a, b in pairwise([Q(0), *slopes])]
chords = vn.network(x, sum((bend * vn.relu(x - Q(f"{k}/8")) for k, bend in enumerate(bends)), 0 * x))


# %% The claims
@theorem(scope="single", source="derived")
def sup_error_chords_sine_le() -> Iterator[Instance]:
    domain = vn.interval(0, 1)
    yield Instance("sup", vn.claims.sup_error(chords, sympy.sin(t), domain) <= Q("1/600"))
    yield Instance("mean", vn.claims.lp_error(chords, sympy.sin(t), domain, p=1) <= Q("1/1300"))


# %% Prove it now
if __name__ == "__main__":
    for instance in sup_error_chords_sine_le.claims():
        print(vn.prove(instance.claim))
