"""An invertible network of width 2 is near to (x^2, x y) in L^2, and its inverse is a network.

Statement. For (x, y) in [0, 1]^2 and the leaky ReLU of slope 1/4 there is a network f of width 2 and depth 25, all of
whose matrices are products of a unit lower and an upper triangular one without zeros on its diagonal, such that the
integral of |f_0 - x^2|^2 + |f_1 - x y|^2 is at most (105/512)^2; and a network g of the same shape with slope 4
undoes it. Instance: N = 2, cells an input.

Notation.  f is the construction `minimal-width/lu` with two cells an input.

Method.  The integral cell by cell; g after f equals the identity on all cells of both.  That width d suffices for every
L^p map of R^d with such networks is the theorem of the reference; this is an instance of a construction derived for it.

References.  rochau2024.

Tags.  minimal width, invertible layers, lu decomposition, normalizing flow, lp error.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.theorems import Instance, theorem
from verinet.theory.minimal_width.lu import lu

# %% The network and its inverse
found = lu([{(2, 0): 1}, {(1, 1): 1}], resolution=2)
x, y = vn.variables("x", 2)
same = vn.network((x, y), (x, y))


# %% The claims
@theorem(scope="instances", source="derived")
def lp_error_lu_square_product_le() -> Iterator[Instance]:
    yield Instance("error", found.claim)
    yield Instance("undone", vn.claims.equal(vn.compose(found.inverse, found.network), same, vn.box((0, 1), (0, 1))))


# %% Prove it now
if __name__ == "__main__":
    for instance in lp_error_lu_square_product_le.claims():
        print(vn.prove(instance.claim))
