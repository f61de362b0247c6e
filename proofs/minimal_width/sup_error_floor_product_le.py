"""FLOOR with a hard sigmoid, or FLOOR alone, approximates x y uniformly.

Statement. For the resolutions N listed in the labels there are networks f with |f(x, y) - x y| <= e on [0, 1]^2: of
width at most 3 with FLOOR in the first layer and hard sigmoids in all others, and of width 2 with FLOOR alone.
Instances: N = 2, 4.

Notation. The constructions `minimal-width/floor-squashable` and `minimal-width/floor`.

Method. Behind the first layer the state takes finitely many values; on each half-open cell f is one number, and
Bernstein coefficients show the bound. That FLOOR and a squashable activation reach width max(3, dx, dy) is the
paper's; that FLOOR alone reaches max(2, dx, dy) is derived.

References. rochau2024.

Tags. minimal width, coding scheme, floor, hard sigmoid, sup error.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.theorems import Instance, theorem
from verinet.theory.minimal_width.floor import floor
from verinet.theory.minimal_width.floor_squashable import floor_squashable


# %% The claims
@theorem(scope="instances", source="derived")
def sup_error_floor_product_le() -> Iterator[Instance]:
    for cells in (2, 4):
        found = floor_squashable([{(1, 1): 1}], inputs=2, resolution=cells)
        yield Instance(f"hard_sigmoid_cells_{cells}", found.claim, plan=found.plan)
    for cells in (2,):
        alone = floor([{(1, 1): 1}], inputs=2, resolution=cells)
        yield Instance(f"floor_cells_{cells}", alone.claim, plan=alone.plan)


# %% Prove it now
if __name__ == "__main__":
    for instance in sup_error_floor_product_le.claims():
        print(vn.prove(instance.claim, plan=instance.plan))
