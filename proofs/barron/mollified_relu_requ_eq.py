"""Two rectified squares are exactly delta away from ReLU on the whole line, though their variation grows like 1/delta.

Statement.  Let e = 8 delta and f(x) = (q(x + e) - q(x - e)) / (4 e) - delta. Then max |f(x) - max(x, 0)| = delta.
Instances: n = 17, 100 and 250, delta = 1/n. The variation of f'', twice 1/(2 e), is 1/(8 delta).

Notation.  q(t) = max(t, 0)^2.  f + delta is the mean of ReLU over [x - e, x + e].

Method.  Outside of [-e, e] the difference is -delta, inside it is (x + e)^2/(4 e) - max(x, 0) - delta, which is delta
at 0. The kernel checks the four pieces. That no other function so near does with much less variation is derived, too:
see `barron_relu_not_requ`.

References.  heeringa2024.

Tags.  Barron space, rectified powers, mollification, sup error, whole line.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.theorems import Instance, theorem
from verinet.theory.barron.no_embedding import mollified_relu

# %% The network
x = vn.variable("x")
relu = vn.network(x, vn.relu(x))


# %% The claims
@theorem(scope="instances", source="derived")
def mollified_relu_requ_eq() -> Iterator[Instance]:
    for n in (17, 100, 250):
        delta = Q(1) / n
        near = mollified_relu(delta).network()
        yield Instance(f"one_over_{n}", vn.claims.sup_error(near, relu, vn.whole_space(1)) == delta)


# %% Prove it now
if __name__ == "__main__":
    for instance in mollified_relu_requ_eq.claims():
        print(vn.prove(instance.claim))
