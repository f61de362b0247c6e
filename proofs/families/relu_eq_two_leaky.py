"""ReLU, leaky ReLU and absolute value express each other, for every slope.

Statement.  For all real alpha with alpha^2 != 1 and all x: r(x) = (p(x) + alpha p(-x)) / (1 - alpha^2) (`relu`, for 0
< alpha < 1, and `identity`, without the division, for all alpha); p(x) = r(x) - alpha r(-x) (`leaky`); and 2 r(x) = x
+ |x| (`absolute`).

Notation.  r(t) = max(t, 0); p is the leaky ReLU of slope alpha: t for t >= 0, alpha t for t <= 0.

Method.  Two cases, x >= 0 and x <= 0; in each an identity between polynomials in alpha and x.

References.  arora2018.

Tags.  leaky relu, absolute value, family, symbolic slope.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.claims.families import family_equal
from verinet.exact.parameters import parameter
from verinet.networks.activations import ABS
from verinet.regions.symbolic_networks import symbolic_activation, symbolic_network
from verinet.theorems import Instance, theorem

# %% The networks
alpha, any_alpha = parameter("alpha", low=0, high=1, strict=True), parameter("alpha")
a, b = alpha.symbol, any_alpha.symbol
psi = symbolic_activation("leaky_relu", a)
psi_b = symbolic_activation("leaky_relu", b)
relu = symbolic_network([([[1]], [0]), ([[1]], [0])])
both = [[1], [-1]]
two_leaky = symbolic_network([(both, [0, 0]), ([[1 / (1 - a**2), a / (1 - a**2)]], [0])], psi, [alpha])
scaled = symbolic_network([([[1]], [0]), ([[1 - b**2]], [0])], parameters=[any_alpha])
pair = symbolic_network([(both, [0, 0]), ([[1, b]], [0])], psi_b, [any_alpha])
leaky = symbolic_network([([[1]], [0]), ([[1]], [0])], psi_b, [any_alpha])
two_relu = symbolic_network([(both, [0, 0]), ([[1, -b]], [0])], parameters=[any_alpha])
double = symbolic_network([([[1]], [0]), ([[2]], [0])])
with_abs = symbolic_network([([[1], [1], [-1]], [0, 0, 0]), ([[1, 1, -1]], [0])], [[ABS, *[vn.activation("relu")] * 2]])


# %% The claims
@theorem(scope="family", source="derived")
def relu_eq_two_leaky() -> Iterator[Instance]:
    yield Instance("relu", family_equal(relu, two_leaky))
    yield Instance("identity", family_equal(scaled, pair))
    yield Instance("leaky", family_equal(leaky, two_relu))
    yield Instance("absolute", family_equal(double, with_abs))


# %% Prove it now
if __name__ == "__main__":
    for instance in relu_eq_two_leaky.claims():
        print(vn.prove(instance.claim))
