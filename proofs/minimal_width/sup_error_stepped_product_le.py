"""A stepped leaky ReLU and width 2 are enough for x y uniformly; with both signs width 1 is enough for a parabola.

Statement. For the slopes and resolutions N listed in the labels there is a network f of width 2 (label pair: of width
1) whose neurons all are stepped leaky ReLUs (pair: of slopes of both signs) with |f - g| <= e everywhere on the
domain: g = x y on [0, 1]^2 with e = (2 N - 1)/(2 N^2), and g = 4 x (1 - x) on [0, 1] for the pair. Instances: N = 2,
4, and 16 for the pair.

Notation. The constructions `minimal-width/stepped` and `minimal-width/stepped-pair`: a stepped leaky ReLU jumps up by
s at 0.

Method. Two layers make a pure jump, exactly; f is constant on every half-open cell, and Bernstein coefficients on the
cell show the bound. The uniform theorem is the paper's; the width for each of the two sets of activations was
inferred from it, the construction is derived.

References. rochau2024.

Tags. minimal width, coding scheme, stepped leaky relu, discontinuous activations, sup error.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.theorems import Instance, theorem
from verinet.theory.minimal_width.stepped import stepped
from verinet.theory.minimal_width.stepped_pair import stepped_pair

# %% Slopes and resolutions
CASES = (("1/100", 4), ("1/4", 2), ("1/4", 4), ("1/2", 4), ("9/10", 4))


# %% The claims
@theorem(scope="instances", source="derived")
def sup_error_stepped_product_le() -> Iterator[Instance]:
    for slope, cells in CASES:
        found = stepped([{(1, 1): 1}], inputs=2, alpha=Q(slope), resolution=cells)
        yield Instance(f"slope_{slope.replace('/', '_')}_cells_{cells}", found.claim, plan=found.plan)
    pair = stepped_pair([{(1,): 4, (2,): -4}], inputs=1, resolution=16)
    yield Instance("pair_cells_16", pair.claim, plan=pair.plan)


# %% Prove it now
if __name__ == "__main__":
    for instance in sup_error_stepped_product_le.claims():
        print(vn.prove(instance.claim, plan=instance.plan))
