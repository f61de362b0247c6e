"""No valley: in a narrow monotone network a path descends from the centre; absolute values make a valley.

Statement.  Each of three networks g with hidden layers of width n, as many as there are inputs, and leaky ReLUs has a
path from the centre of [-1, 1]^n to its boundary along which g does not ascend (`..._descends`, `..._start`, `..._end`;
depth 2 and 5 with n = 2, depth 2 with n = 3).  With absolute values, which are not monotone, the same widths represent
the maximum norm exactly (`norm_of_two`, `norm_of_three`), and one layer of two of them is 1/4 from it without computing
sums and differences (`sum_of_two`).

Notation.  max{|a|, |b|} = (|a + b| + |a - b|) / 2.

Method.  All layers together are a homeomorphism h of R^n, and g = c.h + d.  The ray h(0) - t c is drawn back through
the layers, one after another, and is a polyline in the inputs; as a network of one input it is composed with g, and
the kernel checks that the composition is monotone.  This is what makes the lower bound max{dx, dy} + 1 true for dy <=
dx: the maximum norm is 0 at the centre and 1 on the boundary, so that g misses it by 1/2 at an end of the path.

References.  rochau2024 (lower bound); park2021.

Tags.  minimal width, lower bound, level sets, absolute value.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import verinet as vn
from verinet import Q
from verinet.claims import all_of, always, outputs
from verinet.networks.build import layered
from verinet.theorems import Instance, theorem
from verinet.theory.minimal_width.descending_path import descending_path, path_network, strict_layers
from verinet.theory.minimal_width.lower_bound import hard_target
from verinet.theory.minimal_width.monotone_layers import monotone_layers

# %% Narrow monotone networks
leaky = vn.activation("leaky_relu", "1/4")
turn, shear, mix = [[2, 1], [-1, 2]], [[1, -2], [1, 1]], [[1, 1], [1, -1]]
biases = ["1/2", 0], ["1/4", "-1/2"], [0, "-1/4"], ["-1/2", "1/4"], ["1/8", 0]
three = [[1, 1, 0], [0, 1, 1], [1, 0, 1]], [[1, 0, -1], [1, 1, 0], [0, -1, 1]], [[1, -1, 1]]
NETWORKS = {
    "two": layered([turn, shear, [[1, -1]]], [*biases[:2], [0]], leaky),
    "deep": layered([turn, shear, mix, turn, shear, [[1, "1/3"]]], [*biases, [0]], leaky),
    "three": layered(three, [["1/2", 0, "-1/4"], [0, "1/4", 0], [0]], leaky),
}


def path_of(network: vn.Network) -> tuple[tuple[Fraction, ...], ...]:
    """The path from the centre of the cube."""
    layers, size = monotone_layers(network), network.input_size
    strict = strict_layers(layers, size, Fraction(0))
    assert strict is not None  # all matrices have an inverse
    return descending_path(strict, layers.weight.row(0), (Fraction(0),) * size, [(Fraction(-1), Fraction(1))] * size)


# %% Absolute values
a, b, c = vn.variables("x", 3)
u, v = vn.variables("x", 2)
two = vn.network((u, v), (vn.abs_(u + v) + vn.abs_(u - v)) / 2)
larger, third = (vn.abs_(a + b) + vn.abs_(a - b)) / 2, vn.abs_(c)
of_three = vn.network((a, b, c), (vn.abs_(larger + third) + vn.abs_(larger - third)) / 2)
summed = vn.network((u, v), (vn.abs_(u) + vn.abs_(v)) / 2 + Q("1/4"))


# %% The claims
@theorem(scope="single", source="derived")
def lower_bound_path_descends() -> Iterator[Instance]:
    for name, network in NETWORKS.items():
        path = path_of(network)
        line = path_network(path)
        along = vn.compose(network, line)
        yield Instance(f"{name}_descends", vn.claims.monotone(along, vn.interval(0, 1), direction="down"))
        yield Instance(f"{name}_start", vn.claims.value(line, at=0) == path[0])
        yield Instance(f"{name}_end", vn.claims.value(line, at=1) == path[-1])
    yield Instance("norm_of_two", vn.claims.equal(two, hard_target(2, 1), vn.whole_space(2)))
    yield Instance("norm_of_three", vn.claims.equal(of_three, hard_target(3, 1), vn.whole_space(3)))
    (f,), (g,) = outputs(hard_target(2, 1), summed)
    near = all_of(f - g <= Q("1/4"), g - f <= Q("1/4"))
    yield Instance("sum_of_two", always((hard_target(2, 1), summed), near, vn.box([-1, 1], dimension=2)))


# %% Prove it now
if __name__ == "__main__":
    for instance in lower_bound_path_descends.claims():
        print(vn.prove(instance.claim))
