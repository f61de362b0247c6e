"""Networks that are not zero and have no moments below order m; pairs of networks that share theirs.

Statement.  For m lines in the plane, m even, and lam_i = 1 / prod_(j != i) det(u_i, u_j) (times a constant), the
moments T_l = sum_i lam_i (l-th tensor power of u_i) vanish for all even l < m and T_m does not; f(x) = sum_i lam_i
|u_i.x| is not zero. So its positive and its negative part, m/2 absolute values each, are different functions with the
same moments below order m. Instances: m = 4, 6, 8.

Notation.  u_i are rational unit vectors near the angles pi i / m; for the angles themselves lam_i alternates in sign.
The form sum_i lam_i (u_i.x)^l determines T_l.

Method.  `moments_m`: sum_i lam_i (u_i.x)^l = 0 for all x and all even l from 2 to m - 2.  `order_m`: for l = m that
is refuted by a point.  `function_m`: the two parts differ at a point.  Since E f(x) He_l(v.x) is a multiple of that
form at v, for unit vectors v, f is orthogonal to all polynomials of degree below m under N(0, I): moments up to order
2k - 1 do not determine k neurons, which is why the learners take higher ones.

References.  chen2023.

Tags.  narrow learning, moments, lower bound.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.theorems import Instance, theorem
from verinet.theory.narrow_learning.vanishing_moments import rational_polygon, vanishing_moments_of

# %% The forms, as networks of powers
plane = vn.Polyhedron((None, None), (None, None))
x = vn.variables("x", 2)


# %% The claims
@theorem(scope="instances", source="derived")
def vanishing_moments_eq() -> Iterator[Instance]:
    for m in (4, 6, 8):
        f = vanishing_moments_of(rational_polygon(m))
        orders = range(2, m, 2)
        zeros = vn.network(x, [0 * x[0] for _ in orders])
        yield Instance(f"moments_{m}", vn.claims.equal(f.moment_network(orders), zeros, plane))
        zero = vn.network(x, 0 * x[0])
        yield Instance(f"order_{m}", vn.claims.equal(f.moment_network([m]), zero, plane), refuted=True)
        plus, minus = f.part(1).ridge_sum().network(), f.part(-1).ridge_sum().network()
        yield Instance(f"function_{m}", vn.claims.equal(plus, minus, plane), refuted=True)


# %% Prove it now
if __name__ == "__main__":
    for instance in vanishing_moments_eq.claims():
        print(vn.prove(instance.claim))
