"""Layers of three neurons and more multiply the linear regions: the product of all widths plus one is attained.

Statement. The network Z(n_1, ..., n_L) has exactly (n_1 + 1) ... (n_L + 1) linear regions on the line, for the widths
(5), (3, 3), (4, 3) and (3, 3, 3). Instances: L = 1, 2 and 3.

Notation.  The neurons of a layer switch at j/(n+1), j = 1, ..., n; all but the third one face right.  The affine map
behind them makes slopes 2, -1, 1, -1, ..., times n + 1, so that each of n + 1 laps runs over all of [0, 1], and over
all breakpoints of the next layer.

Method.  Subdivision by the activations, one rational interior point a cell.  No network of these widths has more, since
inside a piece of the layers below a preactivation is affine.

References.  serra2018.

Tags.  linear regions, one input, zigzag, depth.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.geometry.polyhedra import whole_space
from verinet.theorems import Instance, theorem
from verinet.theory.line_regions.maximum import most_regions

# %% The claims
WIDTHS = [(5,), (3, 3), (4, 3), (3, 3, 3)]


@theorem(scope="instances", source="literature")
def region_count_zigzag_eq() -> Iterator[Instance]:
    for widths in WIDTHS:
        found = most_regions(widths)
        label = "widths_" + "_".join(map(str, widths))
        yield Instance(label, vn.claims.linear_regions(found.network, whole_space(1)) == found.product)


# %% Prove it now
if __name__ == "__main__":
    for instance in region_count_zigzag_eq.claims():
        print(vn.prove(instance.claim))
