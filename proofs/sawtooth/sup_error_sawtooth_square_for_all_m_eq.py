"""The sawtooth approximation of the square has error 4^-(m+1), for every m.

Statement.  For every m >= 0 the largest error of f_m(x) = x - sum over k = 1, ..., m of hat^k(x) / 4^k against x^2 on
[0, 1] is exactly 4^-(m+1).

Notation.  r(t) = max(t, 0); hat(t) = 2 r(t) - 4 r(t - 1/2) + 2 r(t - 1); hat^k is hat composed k times.

Method.  Induction on m, which is a lemma and printed as an assumption.  The kernel checks the base, max |x - x^2| =
1/4 on [0, 1]; the identity of the step, x - hat(x)/2 - x^2 = -hat(x)^2/4 on [0, 1]; and that hat maps [0, 1/2] onto
[0, 1].

References.  yarotsky2017 (Proposition 2).

Tags.  sawtooth, depth, square, sup error, induction.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.claims import all_of, always, equals, outputs
from verinet.claims.induction import concluded, lemma
from verinet.networks.activations import activation
from verinet.theorems import Instance, theorem


# %% The networks
def hat_of(x: vn.networks.Expression) -> vn.networks.Expression:
    return 2 * vn.relu(x) - 4 * vn.relu(x - Q("1/2")) + 2 * vn.relu(x - 1)


x = vn.variable("x")
square = activation("power", Q(2))
hat = vn.network(x, hat_of(x))
squares = [vn.networks.apply_activation(e, square) for e in (x, hat_of(x))]
parts = vn.network(x, [x, hat_of(x), *squares])
y = outputs(parts)
halves = vn.interval(0, Q("1/2"))

# %% What the kernel checks
base = vn.claims.sup_error(vn.network(x, x), {(2,): 1}, vn.interval(0, 1)) == Q("1/4")
step = always(parts, equals(y[0] - y[1] * Q("1/2") - y[2], -1 * y[3] * Q("1/4")), vn.interval(0, 1))
onto = vn.claims.equal(hat, vn.network(x, 2 * x), halves)
inside = always(hat, all_of(outputs(hat)[0] >= 0, outputs(hat)[0] <= 1), vn.interval(0, 1))
principle = lemma(
    "induction on m with e_m = f_m - x^2: since hat^k(x) = hat^(k-1)(hat(x)), f_m(x) = x - hat(x)/2 + "
    "f_(m-1)(hat(x))/4, so by the checked identity e_m(x) = x - hat(x)/2 - x^2 + (e_(m-1)(hat(x)) + hat(x)^2)/4 = "
    "e_(m-1)(hat(x))/4 for m >= 1; hat maps [0,1] into [0,1], and already [0,1/2] onto it, so max |e_m| = max "
    "|e_(m-1)| / 4, and max |e_0| = 1/4 is the base"
)


# %% The claim
@theorem(scope="family", source="literature")
def sup_error_sawtooth_square_for_all_m_eq() -> Iterator[Instance]:
    text = "max |x - sum over k <= m of hat^k(x)/4^k - x^2| = 4^-(m+1) on [0,1], for all m >= 0"
    checked = {"base": base, "step": step, "onto": onto, "inside": inside}
    yield Instance("induction", concluded(text, checked, principle))


# %% Prove it now
if __name__ == "__main__":
    for instance in sup_error_sawtooth_square_for_all_m_eq.claims():
        print(vn.prove(instance.claim))
