"""One leaky ReLU and width 2 are enough for x y in L^2: networks of 2 to 4 cells an input.

Statement. For every slope alpha in {1/100, 1/4, 1/2, 3/4} and resolution N listed in the labels there is a network f
of width 2 whose neurons all are leaky ReLUs of slope alpha, such that the integral of |f(x, y) - x y|^2 over [0, 1]^2
is at most the square of the stated error. Instances: N = 2, 3 and 4.

Notation. f is the construction `minimal-width/leaky`: staircases on both inputs, one number, a step function of it.

Method. The exact integral on the N^2 good cells, on each of which f is one affine map; elsewhere f is only known to
stay in an interval, and the bad set is small. Blocks of layers are proved once and passed by all cells. That width
max(2, dx, dy) suffices is a theorem of the references, whose proof approximates steep slopes by compositions of the
one activation; the exact slopes used here are derived.

References. rochau2024; cai2023.

Tags. minimal width, coding scheme, leaky relu, lp error.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.theorems import Instance, theorem
from verinet.theory.minimal_width.leaky import leaky

# %% Slopes and resolutions
CASES = (("1/100", 3), ("1/4", 3), ("1/4", 4), ("1/2", 3), ("3/4", 2))


# %% The claims
@theorem(scope="instances", source="derived")
def lp_error_leaky_product_le() -> Iterator[Instance]:
    for slope, cells in CASES:
        found = leaky([{(1, 1): 1}], inputs=2, alpha=Q(slope), resolution=cells)
        yield Instance(f"slope_{slope.replace('/', '_')}_cells_{cells}", found.claim, plan=found.plan)


# %% Prove it now
if __name__ == "__main__":
    for instance in lp_error_leaky_product_le.claims():
        print(vn.prove(instance.claim, plan=instance.plan))
