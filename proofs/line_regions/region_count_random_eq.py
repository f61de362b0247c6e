"""Random networks have about as many linear regions as neurons: counts of samples, and their exact mean.

Statement. Samples 0 to 3 of seed 1 with widths (6, 6), He weights and biases of variance 1, have so many linear
regions on the line as `verinet statistics` counts. Over all such networks the mean is 1 + 6 q + 6 q with q = 1 - 2^-6
(derived), where the paper has the number of neurons plus 1 as widths grow. Instances: k = 0, 1, 2 and 3, the number
of the sample.

Notation.  Weights are the floats that were drawn, as the dyadic rationals that they are.

Method.  Subdivision by the activations, one rational interior point a cell.  The mean: a breakpoint of a layer is made,
and later seen, if and only if no other layer is off there, which are independent events of probability 2^-n.

References.  kogan2025; edelman1995.

Tags.  linear regions, one input, random networks, expectation.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.geometry.polyhedra import whole_space
from verinet.theorems import Instance, theorem
from verinet.theory.line_regions.expectation import expected_regions
from verinet.theory.line_regions.setting import random_network, setting
from verinet.theory.line_regions.statistics import region_statistics

# %% The samples
WIDTHS, SEED, SAMPLES = (6, 6), 1, 4


# %% The claims
@theorem(scope="instances", source="derived")
def region_count_random_eq() -> Iterator[Instance]:
    counted = region_statistics(WIDTHS, samples=SAMPLES, seed=SEED, jobs=1)
    note = f"the mean over all networks is {expected_regions(WIDTHS)}"
    for index, regions in enumerate(counted.linear_regions):
        network = random_network(setting(WIDTHS), SEED, index)
        yield Instance(f"sample_{index}", vn.claims.linear_regions(network, whole_space(1)) == regions, note)


# %% The picture
def picture(path: str, samples: int = 1000) -> str:
    from verinet.report.figures import write_figure
    from verinet.theorems.line_pictures import statistics_picture

    return write_figure(statistics_picture(region_statistics(WIDTHS, samples=samples, seed=SEED)), path)


# %% Prove it now
if __name__ == "__main__":
    for instance in region_count_random_eq.claims():
        print(vn.prove(instance.claim))
