"""One hidden layer of rectified powers is a polynomial, without error.

Statement. Every polynomial p of degree R in d variables is on [0, 1]^d, and wherever no x_j is negative, a network
with one hidden layer; here its width is at most binomial(R + d, d). Instances: x^5 - x/3 (`quintic`), the Chebyshev
polynomial of degree 8 for x >= -1 (`chebyshev`), x^2 y - y^3/2 + x y (`plane`), two outputs xyz and x + y^2 - z^4
(`space`), the symmetric polynomial of degree 2 in four variables (`four`), a polynomial of degree 1 (`affine`). (So d
= 1, 2, 3 and 4.)

Notation.  The network is the sum of c_a max(1 + a . x, 0)^R over the a of N^d with |a| <= R, for the Chebyshev
polynomial with (x + 1) / 2 in place of x.

Method.  Since 1 + a . x >= 1, the coefficients c_a solve a linear system with one solution (derived; the paper has
other weights and a larger width).  The kernel expands both sides and compares.

References.  beknazaryan2022.

Tags.  polynomial, shallow network, rectified powers, identity.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import verinet as vn
from verinet.claims.language import AnyClaim
from verinet.theorems import Instance, theorem
from verinet.theory.memorization.shallow_polynomial import shallow_polynomial

# %% The polynomials
CHEBYSHEV = {(8,): 128, (6,): -256, (4,): 160, (2,): -32, (0,): 1}
PLANE = {(2, 1): 1, (0, 3): "-1/2", (1, 1): 1}
SPACE = [{(1, 1, 1): 1}, {(1, 0, 0): 1, (0, 2, 0): 1, (0, 0, 4): -1}]
FOUR = {tuple(int(k in pair) for k in range(4)): 1 for pair in combinations(range(4), 2)}


# %% The claims
def equal(polynomial: object, inputs: int, low: int = 0) -> AnyClaim:
    """The network for the cube [low, 1]^d, and the equality wherever x_j >= low."""
    cube = vn.box(*[(low, 1)] * inputs)
    made = shallow_polynomial(polynomial, inputs=inputs, domain=cube)
    above = vn.Polyhedron(cube.low, (None,) * inputs)
    return vn.claims.sup_error(made.network, polynomial, above) <= 0


@theorem(scope="instances", source="derived")
def shallow_polynomial_eq() -> Iterator[Instance]:
    yield Instance("quintic", equal({(5,): 1, (1,): "-1/3"}, 1))
    yield Instance("chebyshev", equal(CHEBYSHEV, 1, low=-1))
    yield Instance("plane", equal(PLANE, 2))
    yield Instance("space", equal(SPACE, 3))
    yield Instance("four", equal(FOUR, 4))
    yield Instance("affine", equal({(1, 0): 2, (0, 1): "-3/4", (0, 0): 1}, 2))


# %% Prove it now
if __name__ == "__main__":
    for instance in shallow_polynomial_eq.claims():
        print(vn.prove(instance.claim))
