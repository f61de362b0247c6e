"""Two leaky ReLUs with opposite slopes and width 1 are enough for a parabola in L^2.

Statement. For the slopes alpha and -alpha and resolutions N listed in the labels there is a network f of width 1
whose neurons are leaky ReLUs of these two slopes, such that the integral of |f(x) - 4 x (1 - x)|^2 over [0, 1] is at
most the square of the stated error. Instances: N = 4, 8.

Notation. f is the construction `minimal-width/leaky-pair`: a staircase, then folds (reflections at a point).

Method. As for one leaky ReLU; the triangle wave of folds takes the place of the paper's zigzag memorizer, which needs
2 N folds where this needs about log2(2 N). A network of width 1 with increasing activations is monotone: its L^2
error against a tent is at least 0.239.

References. rochau2024.

Tags. minimal width, coding scheme, leaky relu, width one, lp error.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.theorems import Instance, theorem
from verinet.theory.minimal_width.leaky_pair import leaky_pair

# %% Slopes and resolutions
CASES = (("1/100", 8), ("1/4", 4), ("1/4", 8), ("1/2", 4), ("3/4", 4))


# %% The claims
@theorem(scope="instances", source="derived")
def lp_error_leaky_pair_parabola_le() -> Iterator[Instance]:
    for slope, cells in CASES:
        found = leaky_pair([{(1,): 4, (2,): -4}], inputs=1, alpha=Q(slope), resolution=cells)
        yield Instance(f"slope_{slope.replace('/', '_')}_cells_{cells}", found.claim, plan=found.plan)


# %% Prove it now
if __name__ == "__main__":
    for instance in lp_error_leaky_pair_parabola_le.claims():
        print(vn.prove(instance.claim, plan=instance.plan))
