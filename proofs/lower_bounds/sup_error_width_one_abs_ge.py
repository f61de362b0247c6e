"""Width one cannot bend back: |x| is 1/2 away from every network of width one, whatever its depth.

Statement.  Let g: R -> R be a network whose hidden layers all have one neuron, of any depth, with monotone
activations (they may differ, and may jump).  Then max |g(x) - |x|| >= 1/2 over x in {-1, 0, 1} (`all_depths`).  The
bound is attained by the constant 1/2 on [-1, 1] (`sharp`).  For ReLU and depths 1 and 2 the same is found by search
over all weights (`depth_1`, `depth_2`), without the argument of monotonicity.

Notation.  Monotone: nondecreasing, or nonincreasing.

Method.  `all_depths`: g is a composition of monotone functions, hence monotone (a lemma); the kernel checks that
monotone values y_0, y_1, y_2 are not within less than 1/2 of 1, 0, 1.  `depth_1`, `depth_2`: the weights are
quantified, as for exclusive or.

References.  haninsellke2017; rochau2024 (lower bound, one input and one output).

Tags.  minimal width, lower bound, all weights, all depths.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.claims import all_of, always, any_of, outputs
from verinet.claims.induction import concluded, lemma
from verinet.claims.universal import no_network
from verinet.theorems import Instance, theorem

# %% Three values, and the networks
v = vn.variables("y", 3)
values = vn.network(v, list(v))
y = outputs(values)
wanted = (1, 0, 1)
half = Q("1/2")
x = vn.variable("x")
constant = vn.network(x, 0 * x + half)
difference = vn.network(x, vn.abs_(x) - half)

# %% What the kernel checks: monotone values are not near
monotone = any_of(all_of(y[0] <= y[1], y[1] <= y[2]), all_of(y[0] >= y[1], y[1] >= y[2]))
far = any_of(*(side for y_i, w in zip(y, wanted, strict=True) for side in (y_i - w >= half, w - y_i >= half)))
part = always(values, any_of(vn.claims.negate(monotone), far), vn.whole_space(3))
composition = lemma(
    "a network of width one is a composition of affine maps of the line and monotone activations, and compositions of "
    "monotone functions are monotone: its values at -1, 0, 1 ascend or descend, so the statement about all such values "
    "holds of all such networks"
)


# %% The claims
@theorem(scope="family", source="derived")
def sup_error_width_one_abs_ge() -> Iterator[Instance]:
    text = "networks of width 1, any depth, monotone activations: |g(x) - |x|| >= 1/2 for some x in {-1, 0, 1}"
    yield Instance("all_depths", concluded(text, {"values": part}, composition))
    bound = all_of(outputs(difference)[0] <= half, outputs(difference)[0] >= -half)
    yield Instance("sharp", always(difference, bound, vn.interval(-1, 1)))
    for depth in (1, 2):
        claim = no_network(width=1, depth=depth).fits([-1, 0, 1], wanted, within=half, strict=True)
        yield Instance(f"depth_{depth}", claim)


# %% Prove it now
if __name__ == "__main__":
    for instance in sup_error_width_one_abs_ge.claims():
        print(vn.prove(instance.claim))
