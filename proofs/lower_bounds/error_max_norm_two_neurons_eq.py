"""Two neurons miss the maximum norm of the plane by 1/3 on nine points, and no less.

Statement.  For all networks g(x) = c + v_1 r(w_1.x + b_1) + v_2 r(w_2.x + b_2) the largest error |g(x) - max(|x_1|,
|x_2|)| over the nine points {-1, 0, 1}^2 is at least 1/3 (`lower`), and for some it is 1/3 (`attained`).

Notation.  r(t) = max(t, 0).

Method.  By positive homogeneity v_1 and v_2 are -1 or 1 (a lemma, printed as an assumption); three choices of signs
are left, and seven weights.  The kernel checks a tree that splits the space of weights by the signs of both neurons
at all nine points; each leaf is closed by linear programming, for each choice of signs.  `attained` is a point of
that space.  The maximum norm is the target for which networks of width at most the number of inputs fail in the
supremum norm; on finitely many points the bound 1/2 of that theorem is out of reach.

References.  rochau2024 (lower bound, two inputs and one output).

Tags.  minimal width, lower bound, all weights, maximum norm.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import verinet as vn
from verinet import Q
from verinet.claims.universal import no_network
from verinet.theorems import Instance, theorem

# %% The points
grid = list(product((-1, 0, 1), repeat=2))
norm = [max(abs(a), abs(b)) for a, b in grid]
third = Q("1/3")


# %% The claims
@theorem(scope="single", source="derived")
def error_max_norm_two_neurons_eq() -> Iterator[Instance]:
    yield Instance("lower", no_network(width=2).fits(grid, norm, within=third, strict=True))
    yield Instance("attained", no_network(width=2).fits(grid, norm, within=third), refuted=True)


# %% Prove it now
if __name__ == "__main__":
    for instance in error_max_norm_two_neurons_eq.claims():
        print(vn.prove(instance.claim))
