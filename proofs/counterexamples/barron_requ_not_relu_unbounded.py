"""On an unbounded domain the rectified square is in no Barron space of ReLU: embeddings need bounded sets.

Statement.  On [-R, R] a rectified square is a measure of ReLU neurons of mass 2 R. On the whole line, or a half-line,
it is none: a measure on neurons r(w x + b) with |w| <= 1, of mass m, plus an affine function, has |S_h f| <= m h for
all h > 0, while S_h q = 2 h^2; so m >= 2 h for every h (`none`). The network of ten neurons that is within 1/400 of q
on [-1, 1] (`ten_cells_near`) is 9 away from it on [0, 4] (`ten_cells_far`).

Notation.  q(t) = max(t, 0)^2, r(t) = max(t, 0).  S_h f = f(2 h) - 2 f(h) + f(0), the second difference.

Method.  The kernel checks, for all t on the line, that |S_1 r(. - t)| <= 1 and |S_1 r(t - .)| <= 1; the rest is
homogeneity (the lemma). The reference has the embedding on bounded sets; this is derived.

References.  heeringa2024.

Tags.  counterexample, Barron space, embedding, unbounded domain, growth.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.claims.induction import concluded, lemma
from verinet.networks import apply_activation
from verinet.theorems import Instance, theorem

# %% Second differences of all neurons at once: networks in the place t of the kink
t = vn.variable("t")
rising = vn.network(t, vn.relu(2 - t) - 2 * vn.relu(1 - t) + vn.relu(-t))
falling = vn.network(t, vn.relu(t - 2) - 2 * vn.relu(t - 1) + vn.relu(t))
squares = [apply_activation(h * t, vn.RePU(2)) for h in (2, 1)]
of_square = vn.network(t, squares[0] - 2 * squares[1])
line = vn.whole_space(1)

# %% A network that is near on [-1, 1]
square = vn.network(t, apply_activation(t, vn.RePU(2)))
near = vn.convert(square, to=vn.RePU(1), cells=10, radius=1).network

scaled = lemma(
    "the second difference at the scale h of max(w x + b, 0) is h |w| times that of max(+-(x - t), 0) for some t; a "
    "signed measure of mass m of neurons with |w| <= 1 has at most m times the largest of its neurons, affine "
    "functions have none"
)


# %% The claims
@theorem(scope="family", source="derived")
def barron_requ_not_relu_unbounded() -> Iterator[Instance]:
    (up,), (down,) = vn.claims.outputs(rising), vn.claims.outputs(falling)
    parts = {
        "rising": vn.claims.always(rising, vn.claims.all_of(up <= 1, up >= -1), line),
        "falling": vn.claims.always(falling, vn.claims.all_of(down <= 1, down >= -1), line),
        "square": vn.claims.sup_error(of_square, {(2,): 2}, vn.interval(0, 1)) <= 0,
    }
    text = (
        "a measure on neurons max(w x + b, 0), |w| <= 1, and an affine function that are max(x, 0)^2 on [0, 2 h] have "
        "a mass of at least 2 h; none is it on [0, inf)"
    )
    yield Instance("none", concluded(text, parts, scaled))
    yield Instance("ten_cells_near", vn.claims.sup_error(near, square, vn.interval(-1, 1)) == vn.Q("1/400"))
    yield Instance("ten_cells_far", vn.claims.sup_error(near, square, vn.interval(0, 4)) == 9)


# %% Prove it now
if __name__ == "__main__":
    for instance in barron_requ_not_relu_unbounded.claims():
        print(vn.prove(instance.claim))
