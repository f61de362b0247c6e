"""Width one and a monotone activation: the tent is missed by 0.2391 in L^2, whatever the depth.

Statement.  Let T(x) = 1 - |2 x - 1| on [0, 1].  Every monotone function m, and so every network of one input, one
output and hidden layers of one neuron with a monotone activation, has int (m - T)^2 >= 46613557/815051160
(`monotone`), which is less than 10^-12 below 1 - 2 sqrt(2)/3 = 0.2391...^2.  A network with one ReLU is less than
10^-8 above it (`one_neuron`): so near to the least error does the bound come.

Notation.  The best nondecreasing m is min(2 x, 2 a) with a = 1 - sqrt(2)/2; a = 29/99 and c = 8119/13860, the mean of T
on [a, 1], stand for a and 2 a.

Method.  p = T - c on [a, 1] and 0 on [0, a] is first positive, then negative, and its integral vanishes; so it has a
negative scalar product with every nondecreasing function, and int p^2 is a lower bound.  The kernel checks the sign of
p, both integrals, and that T is its own reflection, which is what nonincreasing functions need.

References.  rochau2024 (one input and one output: one leaky ReLU needs width two).

Tags.  minimal width, lower bound, mean square error, monotone, all depths.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.claims import always, outputs
from verinet.claims.induction import concluded, lemma
from verinet.claims.integrals import integral
from verinet.theorems import Instance, theorem

# %% The tent, and its difference to the mean of its right part
x = vn.variable("x")
a, c = Q("29/99"), Q("8119/13860")
square, error = Q("46613557/815051160"), Q("166477/2910897")
top = 1 - c / 2
tent = vn.network(x, 1 - vn.abs_(2 * x - 1))
p = vn.network(x, 1 - c - vn.abs_(2 * x - 1))
mirror = vn.network(x, 1 - vn.abs_(1 - 2 * x))
fit = vn.network(x, 2 * a - vn.relu(2 * a - 2 * x))

# %% What the kernel checks
(height,) = outputs(p)
parts = {
    "first": always(p, height >= 0, vn.interval(a, top)),
    "then": always(p, height <= 0, vn.interval(top, 1)),
    "mean": integral(p, None, vn.interval(a, 1)) == 0,
    "square": integral(p, None, vn.interval(a, 1), power=2) == square,
    "mirror": vn.claims.equal(tent, mirror, vn.interval(0, 1)),
}
projection = lemma(
    "let p be nonnegative on [a,b], nonpositive on [b,1], 0 elsewhere in [0,1], its integral 0, and T = p + c on "
    "[a,1]; then int (T - m)^2 >= int p^2 for nondecreasing m: it is at least 2 int (T - m) p - int p^2, and int m p "
    "<= m(b) int p = 0, and int T p = int p^2.  If T(x) = T(1 - x), the same holds of nonincreasing m"
)
composition = lemma(
    "a network of width one is a composition of affine maps of the line and monotone activations, and compositions of "
    "monotone functions are monotone"
)


# %% The claims
@theorem(scope="family", source="derived")
def lower_bound_monotone_tent_ge() -> Iterator[Instance]:
    text = (
        "networks of width 1, any depth, monotone activations: int_0^1 (g(x) - (1 - |2 x - 1|))^2 >= 0.05719095841787"
    )
    yield Instance("monotone", concluded(text, parts, projection, composition))
    pieces = [(vn.interval(0, Q("1/2")), 2 * x), (vn.interval(Q("1/2"), 1), 2 - 2 * x)]
    yield Instance("one_neuron", vn.claims.lp_error(fit, pieces, vn.interval(0, 1), p=2) ** 2 == error)


# %% Prove it now
if __name__ == "__main__":
    for instance in lower_bound_monotone_tent_ge.claims():
        print(vn.prove(instance.claim))
