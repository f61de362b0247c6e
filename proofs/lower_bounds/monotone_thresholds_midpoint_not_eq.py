"""A layer of monotone thresholds that is 0 at two points is 0 between them, unless its readout has a bias.

Statement.  Let h(x) = [w.x >= t] with w >= 0.  Then h(1, 1) <= h(0, 2) + h(2, 0).  Hence no sum of such units, of any
number and with nonnegative factors, is 0 at (0, 2) and (2, 0) and 1 at (1, 1), although these values are monotone
(`any_width`); for three units the same is found by search over all weights (`three_units`).  A bias in the readout,
or a threshold there, changes that: [x >= 1] + [y >= 1] - 1 has these values (`with_bias`).

Notation.  [.] is 1 where the condition holds and 0 elsewhere.

Method.  The kernel checks the inequality for one unit, by cases over its values at the three points; that it adds up
is a lemma.  `three_units` rests on the word of solvers, whose constraints are stored beside this script.

References.  mikulincer2022.

Tags.  monotone networks, thresholds, lower bound, all weights.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.claims import always, outputs
from verinet.claims.induction import concluded, lemma
from verinet.claims.universal import no_network
from verinet.networks.activations import activation
from verinet.theorems import Instance, theorem

# %% One unit at the three points: a network whose inputs are its weights
points, values = [(0, 2), (2, 0), (1, 1)], [0, 0, 1]
step = activation("heaviside", Q(1))
w = vn.variables("w", 3)
unit = vn.network(w, [vn.networks.apply_activation(a * w[0] + b * w[1] - w[2], step) for a, b in points])
h = outputs(unit)
nonnegative = vn.Polyhedron((Q(0), Q(0), None), (None, None, None))
one_unit = always(unit, h[2] <= h[0] + h[1], nonnegative)
sums = lemma(
    "if h_i(1,1) <= h_i(0,2) + h_i(2,0) for all i and a_i >= 0, then sum a_i h_i(1,1) <= sum a_i h_i(0,2) + sum a_i "
    "h_i(2,0); so a sum that is 0 at (0,2) and (2,0) is at most 0 at (1,1)"
)
x, y = vn.variables("x", 2)
biased = vn.network((x, y), vn.networks.apply_activation(x - 1, step) + vn.networks.apply_activation(y - 1, step) - 1)


# %% The claims
@theorem(scope="family", source="derived")
def monotone_thresholds_midpoint_not_eq() -> Iterator[Instance]:
    text = (
        "no sum a_1 h_1 + ... + a_n h_n of thresholds with weights >= 0 and a_i >= 0 is 0, 0, 1 at (0,2), (2,0), (1,1)"
    )
    yield Instance("any_width", concluded(text, {"one unit": one_unit}, sums))
    shape = no_network(width=3, activation=step, nonnegative=True, readout_bias=False)
    yield Instance("three_units", shape.fits(points, values))
    for point, value in zip(points, values, strict=True):
        yield Instance(f"with_bias_{point[0]}{point[1]}", vn.claims.value(biased, at=point) == value)


# %% Prove it now
if __name__ == "__main__":
    for instance in monotone_thresholds_midpoint_not_eq.claims():
        print(vn.prove(instance.claim))
