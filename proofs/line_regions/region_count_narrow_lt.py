"""With one or two neurons in a layer the product of the widths plus one is not attained.

Statement. Networks with widths (1, 1), (1, 4), (2, 1), (2, 2) and (3, 1) that have 3, 6, 5, 7 and 7 linear regions
(`widths_...`), where the product says 4, 10, 6, 9 and 8; by the argument below there are none with more. No ReLU
network of two hidden layers of one neuron is within 1/5 of the values 0, 1, 1, 2 at 0, 1, 2, 3 (`no_stairs`): it has
no second rise after a rest. Instances: L = 2, with the widths in the labels.

Notation.  A layer's preactivation in a piece of the layers below it is affine.

Method.  A combination of n <= 2 neurons has at most n zeros on a piece of the layers below: with two neurons three
zeros would need three slopes of alternating signs, and the slope in the middle is 0 or the sum of the outer ones.  A
single last neuron hides a breakpoint between every second pair of its zeros.  The counts are by subdivision; the last
claim quantifies over all weights.

References.  serra2018; kogan2025.

Tags.  linear regions, one input, width one, width two, counterexample.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.claims.universal import no_network
from verinet.geometry.polyhedra import whole_space
from verinet.theorems import Instance, theorem
from verinet.theory.line_regions.maximum import most_regions

# %% The claims
WIDTHS = [(1, 1), (1, 4), (2, 1), (2, 2), (3, 1)]


@theorem(scope="instances", source="derived")
def region_count_narrow_lt() -> Iterator[Instance]:
    for widths in WIDTHS:
        found = most_regions(widths)
        label = "widths_" + "_".join(map(str, widths))
        note = f"the product is {found.product}"
        yield Instance(label, vn.claims.linear_regions(found.network, whole_space(1)) == found.bound, note)
    narrow = no_network(width=1, depth=2, activation=vn.activation("relu"))
    yield Instance("no_stairs", narrow.fits([0, 1, 2, 3], [0, 1, 1, 2], Q("1/5"), True))


# %% Prove it now
if __name__ == "__main__":
    for instance in region_count_narrow_lt.claims():
        print(vn.prove(instance.claim))
