"""Different ReLU networks without biases compute the same function: what cannot be learned.

Statement.  Neurons are determined by the function only up to turning them around, relu(z) = z/2 + |z|/2: networks
with the same lines, the same coefficients of |u_i.x| and the same linear part w are equal.  Three neurons u, v, -u -
v may all be turned around; of an antipodal pair any multiple of u.x may be moved between linear part and neurons.

Notation.  In the form with absolute values, f(x) = w.x + sum_i lam_i |u_i.x|, w = sum_i lam_i u_i for a sum of ReLUs
2 lam_i relu(u_i.x).

Method.  `split`: relu(z) = z/2 + |z|/2.  `turned`: relu(u) + relu(v) + relu(-u - v) = relu(-u) + relu(-v) + relu(u +
v). `pair`: 3 relu(z) + 5 relu(-z) = 8 relu(z) - 5 z = 8 relu(-z) + 3 z.  `single`: one neuron alone, turned around,
is another function.

References.  chen2023 (Lemma 2).

Tags.  narrow learning, identifiability, equality.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import verinet as vn
from verinet.theorems import Instance, theorem

# %% The networks
half = Fraction(1, 2)
z = vn.variable("z")
line = vn.Polyhedron((None,), (None,))
u, v = vn.variables("u", 2)
plane = vn.Polyhedron((None, None), (None, None))
relu = vn.network(z, vn.relu(z))
split = vn.network(z, half * z + half * vn.abs_(z))
three = vn.network((u, v), vn.relu(u) + vn.relu(v) + vn.relu(-u - v))
turned = vn.network((u, v), vn.relu(-u) + vn.relu(-v) + vn.relu(u + v))
pair = vn.network(z, [3 * vn.relu(z) + 5 * vn.relu(-z)] * 2)
moved = vn.network(z, [8 * vn.relu(z) - 5 * z, 8 * vn.relu(-z) + 3 * z])


# %% The claims
@theorem(scope="single", source="derived")
def antipodal_networks_eq() -> Iterator[Instance]:
    yield Instance("split", vn.claims.equal(relu, split, line))
    yield Instance("turned", vn.claims.equal(three, turned, plane))
    yield Instance("pair", vn.claims.equal(pair, moved, line))
    yield Instance("single", vn.claims.equal(relu, vn.network(z, vn.relu(-z)), line), refuted=True)


# %% Prove it now
if __name__ == "__main__":
    for instance in antipodal_networks_eq.claims():
        print(vn.prove(instance.claim))
