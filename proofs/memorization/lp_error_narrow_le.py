"""Width one more than the number of inputs is enough in the mean.

Statement. ReLU networks of width d + 1 are dense in L^p of a bounded set of R^d, for every p. Instances, in L^2 of
[0, 1]^d: x^2 with K = 8 cells (`square`), xy and max(x, y) - 1/2 with K = 3 cells an input (`product`, `maximum`) and
xyz with K = 2 (`volume`); in L^4 x with K = 4 (`line_4`). (So d = 1, 2 and 3.)

Notation.  d is the number of inputs, f the network.

Method.  The inputs are hinged in place while one channel collects the code of the cell by steep ramps; a chain of
hinges of width 2 takes the code to a value.  The error is bounded by that of constants on cells and by the measure of
the ramps (construction and bounds are derived); the kernel adds up integrals over simplices.

References.  hernandez2024.

Tags.  width, L^p, coding, cells.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.claims.target_text import parse_targets
from verinet.theorems import Instance, theorem
from verinet.theory.memorization.narrow import narrow


# %% The claims
@theorem(scope="instances", source="derived")
def lp_error_narrow_le() -> Iterator[Instance]:
    larger = parse_targets("max(x, y) - 1/2", 2, vn.box((0, 1), (0, 1))).functions
    for label, made in (
        ("square", narrow({(2,): 1}, inputs=1, resolution=8)),
        ("line_4", narrow({(1,): 1}, inputs=1, resolution=4, p=4)),
        ("product", narrow({(1, 1): 1}, inputs=2, resolution=3)),
        ("maximum", narrow(larger, inputs=2, resolution=3)),
        ("volume", narrow({(1, 1, 1): 1}, inputs=3, resolution=2)),
    ):
        yield Instance(label, made.claim, plan=made.plan)


# %% Prove it now
if __name__ == "__main__":
    for instance in lp_error_narrow_le.claims():
        print(vn.prove(instance.claim, plan=instance.plan))
