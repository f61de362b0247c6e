"""The sawtooth of every depth m has 2^m linear regions.

Statement.  For every m >= 1 the m-fold composition hat^m has exactly 2^m linear regions on [0, 1].

Notation.  r(t) = max(t, 0); hat(t) = 2 r(t) - 4 r(t - 1/2) + 2 r(t - 1); hat^m is hat composed m times.

Method.  Induction on m, which is a lemma and printed as an assumption.  What it starts from and what it goes on with
are checked by the kernel: hat has two linear regions (`base`); on [0, 1/2] it is 2 t (`rises`), on [1/2, 1] it is 2 -
2 t (`falls`).

References.  telgarsky2015; telgarsky2016.

Tags.  sawtooth, depth, linear regions, induction.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.claims.induction import concluded, lemma
from verinet.theorems import Instance, theorem

# %% The network and its two halves
x = vn.variable("x")
hat = vn.network(x, 2 * vn.relu(x) - 4 * vn.relu(x - Q("1/2")) + 2 * vn.relu(x - 1))
half = Q("1/2")
base = vn.claims.linear_regions(hat, vn.interval(0, 1)) == 2
rises = vn.claims.equal(hat, vn.network(x, 2 * x), vn.interval(0, half))
falls = vn.claims.equal(hat, vn.network(x, 2 - 2 * x), vn.interval(half, 1))
principle = lemma(
    "induction on m: let hat^m have 2^m linear regions on [0,1], with slope 2^m or -2^m on each. Since hat is 2t on "
    "[0,1/2] and 2-2t on [1/2,1], both affine bijections onto [0,1], hat^(m+1)(t) = hat^m(hat(t)) has 2^m regions on "
    "each half, with slopes 2^(m+1) or -2^(m+1); at 1/2 its slopes are 2 s and -2 s, where s is the slope of hat^m at "
    "1, which is not 0, so no two regions join: hat^(m+1) has 2^(m+1)"
)


# %% The claim
@theorem(scope="family", source="literature")
def region_count_sawtooth_for_all_m_eq() -> Iterator[Instance]:
    text = "hat^m has exactly 2^m linear regions on [0,1], for all m >= 1"
    yield Instance("induction", concluded(text, {"base": base, "rises": rises, "falls": falls}, principle))


# %% Prove it now
if __name__ == "__main__":
    for instance in region_count_sawtooth_for_all_m_eq.claims():
        print(vn.prove(instance.claim))
