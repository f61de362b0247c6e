"""Parseval bounds the moment tensor of a network with a factor of order l^(5/4), in any dimension.

Statement.  In print (arXiv 2304.10524, Lemma 23): |T_l|_F <= sqrt(2 pi) d^(l/2) |f|_2.  That is not refuted; from
Parseval's identity a factor sqrt(l!)/(l - 3)!! > 1 arises that the printed proof does not carry.  Corrected, for even
l >= 2 and without the dimension: |T_l|_F <= sqrt(2 pi l!) / (l - 3)!! |f|_2.  For d >= 3 it implies the printed
inequality: l! <= 3^l ((l - 3)!!)^2 for all even l >= 2.  Without that factor and d^(l/2) the inequality is false.

Notation.  T_l = sum_i mu_i (l-th tensor power of u_i) for f = sum_i mu_i relu(u_i.x), |u_i| = 1; a_l = E relu(G)
He_l(G) = +-(l - 3)!! / sqrt(2 pi).  With mu_i / 2 instead of mu_i, as in the form with absolute values, T_l is half
as large.

Method.  |f|^2 = sum_l a_l^2/l! |T_l|^2 is Parseval's identity, so |T_l|^2 <= l!/a_l^2 |f|^2.  The kernel checks the
inequality between l! and 3^l ((l - 3)!!)^2 at l = 2 and 4, and that it passes from l to l + 2: (l + 1)(l + 2) <= 9 (l
- 1)^2 for l >= 4.  That the factor is needed: for f = |x_1| - |x_1 + x_2|/sqrt(2) + |x_2| - |x_1 - x_2|/sqrt(2) one
has |T_4|^2 = 8 and |f|^2 = 4 + 8/pi - 2 sqrt(2) - 8 sqrt(2)/pi = 0.1167..., and 2 pi |f|^2 < 1; this is exact
arithmetic of `verinet.theory.narrow_learning.vanishing_moments`, not the kernel's.

References.  chen2023 (Lemma 23).

Tags.  counterexample, moments, Parseval, narrow learning.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.claims.induction import concluded, lemma
from verinet.networks.build import apply_activation
from verinet.theorems import Instance, theorem

# %% Squares and fourth powers, for l = 2 and 4; 9 (1 - t)^2 - 2 t^2 with t = 1/l for the step
x = vn.variable("x")
(t,) = vn.claims.inputs(1)
square, fourth = vn.activation("power", 2), vn.activation("power", 4)
begin = vn.network(x, [apply_activation(x, square) - 2, apply_activation(x, fourth) - 24])
growth = vn.network(x, 9 * apply_activation(1 - x, square) - 2 * apply_activation(x, square))

# %% How they give the inequality for all l
climb = lemma(
    "if 3^2 - 2! >= 0, 3^4 - 4! >= 0, and 9(1-t)^2 - 2 t^2 >= 1 + 3 t for 0 <= t <= 1/4, then l! <= 3^l ((l-3)!!)^2 "
    "for all even l >= 2, by induction: from l to l + 2 the left side is multiplied by (l+1)(l+2), the right one by "
    "9(l-1)^2, which are l^2 times (1+t)(1+2t) and 9(1-t)^2 with t = 1/l; (-1)!! = 1!! = 1. And |f|^2 = sum_l "
    "a_l^2/l! |T_l|^2, with a_l^2 = ((l-3)!!)^2/(2 pi) for even l >= 2"
)


# %% The claims
@theorem(scope="family", source="derived")
def moment_tensor_norm_le() -> Iterator[Instance]:
    (y,) = vn.claims.outputs(growth)
    second, third = vn.claims.outputs(begin)
    begins = vn.claims.all_of(second >= 0, third >= 0)
    parts = {
        "at x = 3, for l = 2 and 4": vn.claims.always(begin, begins, vn.box((3, 3))),
        "step, x = 1/l": vn.claims.always(growth, y >= 1 + 3 * t, vn.interval(0, "1/4")),
    }
    text = "|T_l|_F <= sqrt(2 pi l!)/(l-3)!! |f|_2 <= sqrt(2 pi) d^(l/2) |f|_2 for all even l >= 2 and d >= 3"
    yield Instance("norm", concluded(text, parts, climb))


# %% Prove it now
if __name__ == "__main__":
    for instance in moment_tensor_norm_le.claims():
        print(vn.prove(instance.claim))
