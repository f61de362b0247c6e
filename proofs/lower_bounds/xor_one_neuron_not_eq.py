"""Exclusive or needs two neurons.

Statement.  On {0, 1}^2 no network c + v r(w.x + b) with one ReLU neuron comes nearer than 1/2 to exclusive or at all
four points (`values`), and none has its signs (`signs`: -1 and 1 with error < 1 are the right signs, after scaling v
and c); no network with one threshold neuron has its signs either (`thresholds`, sigma(0) = 1/2).  Two ReLU neurons
represent it: r(s) - 2 r(s - 1) with s = x + y (`two_neurons`), and so do two threshold neurons.

Notation.  r(t) = max(t, 0).

Method.  All weights are quantified.  By positive homogeneity v is -1 or 1 (a lemma, printed as an assumption); then
the values at the four points are piecewise affine in (w, b, c), and the kernel checks a tree of splits whose leaves
are closed by linear programming.  For the threshold neuron v does not scale away; there the claim rests on the word
of solvers, whose constraints are stored beside this script.

References.  minsky1969.

Tags.  exclusive or, all weights, one neuron.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.claims.universal import no_network
from verinet.theorems import Instance, theorem

# %% The points
square = [(0, 0), (0, 1), (1, 0), (1, 1)]
xor, signs = [0, 1, 1, 0], [-1, 1, 1, -1]
x, y = vn.variables("x", 2)
two = vn.network((x, y), vn.relu(x + y) - 2 * vn.relu(x + y - 1))


# %% The claims
@theorem(scope="single", source="literature")
def xor_one_neuron_not_eq() -> Iterator[Instance]:
    yield Instance("values", no_network(width=1).fits(square, xor, within=Q("1/2"), strict=True))
    yield Instance("signs", no_network(width=1).fits(square, signs, within=1, strict=True))
    yield Instance("thresholds", no_network(width=1, activation="heaviside").fits(square, signs, within=1, strict=True))
    for point, value in zip(square, xor, strict=True):
        yield Instance(f"two_neurons_{point[0]}{point[1]}", vn.claims.value(two, at=point) == value)
    yield Instance("two_neurons", no_network(width=2).fits(square, xor), refuted=True)


# %% Prove it now
if __name__ == "__main__":
    for instance in xor_one_neuron_not_eq.claims():
        print(vn.prove(instance.claim))
