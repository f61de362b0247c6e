"""Four squares of rectified sums multiply two numbers without error.

Statement.  For all real x and y: x^2 = s(x) + s(-x) and xy = (s(x + y) + s(-x - y) - s(x - y) - s(y - x)) / 4, and the
right-hand side is the same function as (s(x + y) + s(-x - y) - s(x) - s(-x) - s(y) - s(-y)) / 2.

Notation.  s(t) = max(t, 0)^2.

Method.  On each cell both sides are polynomials, and the same ones; no bounded domain is needed.

References.  li2020.

Tags.  product, square, rectified powers, identity, whole line, whole plane.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.networks import activation, apply_activation
from verinet.networks.build import Expression
from verinet.theorems import Instance, theorem

# %% The networks
x, y = vn.variables("x", 2)
t = vn.variable("t")


def s(z: Expression) -> Expression:
    """The rectified square."""
    return apply_activation(z, activation("repu", 2))


square = vn.network(t, s(t) + s(-t))
four = vn.network((x, y), (s(x + y) + s(-x - y) - s(x - y) - s(y - x)) / 4)
six = vn.network((x, y), (s(x + y) + s(-x - y) - s(x) - s(-x) - s(y) - s(-y)) / 2)


# %% The claims
@theorem(scope="single", source="literature")
def product_repu_eq() -> Iterator[Instance]:
    yield Instance("square", vn.claims.sup_error(square, {(2,): 1}, vn.whole_space(1)) <= 0)
    yield Instance("product", vn.claims.sup_error(four, {(1, 1): 1}, vn.whole_space(2)) <= 0)
    yield Instance("two_ways", vn.claims.equal(four, six, vn.whole_space(2)))


# %% Prove it now
if __name__ == "__main__":
    for instance in product_repu_eq.claims():
        print(vn.prove(instance.claim))
