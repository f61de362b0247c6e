"""Interval bounds are not exact, not even for two neurons.

Statement.  Folklore: for a tiny network, interval arithmetic gives the range.  False: for f on [-1, 1] it gives [0,
2], and the range is [0, 1].

Notation.  f(x) = r(x) + r(-x), r(t) = max(t, 0).  Each neuron has the range [0, 1], so their sum is bounded by 2;
but they are never positive together.

Method.  `bound`: 0 <= f <= 1 on [-1, 1], by subdivision.  `low`, `high`: both ends are attained.  `interval`: that
f is 2 or more somewhere is false; stated as f < 2.

References.  gowal2018.

Tags.  counterexample, interval arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.theorems import Instance, theorem

# %% The network
x = vn.variable("x")
f = vn.network(x, vn.relu(x) + vn.relu(-x))


# %% The claims
@theorem(scope="single", source="derived")
def interval_bound_not_attained() -> Iterator[Instance]:
    (y,) = vn.claims.outputs(f)
    yield Instance("bound", vn.claims.always(f, vn.claims.all_of(y >= 0, y <= 1), vn.interval(-1, 1)))
    yield Instance("low", vn.claims.value(f, at=0) == 0)
    yield Instance("high", vn.claims.value(f, at=1) == 1)
    yield Instance("interval", vn.claims.always(f, y < 2, vn.interval(-1, 1)))


# %% Prove it now
if __name__ == "__main__":
    for instance in interval_bound_not_attained.claims():
        print(vn.prove(instance.claim))
