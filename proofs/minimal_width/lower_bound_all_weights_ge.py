"""On finitely many points: what no choice of weights brings nearer, width two and one hidden layer.

Statement.  Let g be a network with one hidden layer of two neurons, all ReLU or all leaky ReLU of slope 1/4.  On n =
8 k points in steps of 1/k along the boundary of [-1, 1]^2, and its centre, |g(x) - |x|_inf| >= k / (2 k + 1) for some
x (`norm_n_...`: k = 1 with leaky ReLU, k = 2, and k = 4 with ReLU; k = 1 with ReLU is a theorem of its own); for k = 2
that is attained (`norm_16_attained`).  If g has one input and two outputs, then on six (twelve) equal parts of [0, 1]
it is at least 1/3 (2/5) from the curve that crosses itself (`curve_7_...`, `curve_13_...`).  A network of width one is
at least 1/2 from 0, 1, 0 on three points (`bump_depth_...`: for some depths by search over all weights).

Notation.  The curve runs straight from (-1, 0) to (1, 0), (0, 1) and (0, -1), at t = 0, 1/3, 2/3, 1.

Method.  All weights are quantified.  By positive homogeneity readout weights are -1 or 1 (a lemma); what remains are
piecewise affine conditions on the inner weights, one block of them an output, and blocks whose neurons have opposite
signs somewhere do not go together.  z3 finds that they contradict each other, cvc5 is asked again, and the constraints
are stored beside this script.  The claims for three points are checked by the kernel.  The bound 1/2 of the theorem
about all points is out of reach of finitely many points: for each of these sets smaller errors are possible.

References.  rochau2024 (lower bound, two inputs and one output, one input and two outputs).

Tags.  minimal width, lower bound, all weights, maximum norm, curve.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import verinet as vn
from verinet import Q
from verinet.claims.universal import NoFit, no_network
from verinet.theorems import Instance, theorem
from verinet.theory.minimal_width.lower_bound import hard_target

# %% The activations
ACTIVATIONS = {"relu": vn.activation("relu"), "leaky": vn.activation("leaky_relu", "1/4")}


# %% The points
def ring(k: int) -> list[tuple[Fraction, ...]]:
    """The boundary of the square in steps of 1/k, and the centre."""
    axis = [Fraction(n, k) for n in range(-k, k + 1)]
    return [(a, b) for a in axis for b in axis if max(abs(a), abs(b)) == 1] + [(Fraction(0), Fraction(0))]


def norm(k: int, name: str, strict: bool = True) -> NoFit:
    """The maximum norm on a ring."""
    values = [max(map(abs, point)) for point in ring(k)]
    return no_network(width=2, activation=ACTIVATIONS[name]).fits(ring(k), values, Fraction(k, 2 * k + 1), strict)


def curve(parts: int, within: str, name: str) -> NoFit:
    """The curve that crosses itself, in equal steps."""
    points = [Fraction(n, parts) for n in range(parts + 1)]
    values = [hard_target(1, 2)(t) for t in points]
    return no_network(width=2, activation=ACTIVATIONS[name]).fits(points, values, Q(within), True)


# %% The claims
@theorem(scope="single", source="derived")
def lower_bound_all_weights_ge() -> Iterator[Instance]:
    for name in ACTIVATIONS:
        yield Instance(f"norm_16_{name}", norm(2, name))
        yield Instance(f"curve_7_{name}", curve(6, "1/3", name))
        yield Instance(f"curve_13_{name}", curve(12, "2/5", name))
    yield Instance("norm_8_leaky", norm(1, "leaky"))
    yield Instance("norm_32_relu", norm(4, "relu"))
    yield Instance("norm_16_attained", norm(2, "relu", strict=False), refuted=True)
    for depth, name in ((1, "leaky"), (2, "relu"), (2, "leaky")):
        shape = no_network(width=1, depth=depth, activation=ACTIVATIONS[name])
        yield Instance(f"bump_depth_{depth}_{name}", shape.fits([0, 1, 2], [0, 1, 0], Q("1/2"), True))


# %% Prove it now
if __name__ == "__main__":
    for instance in lower_bound_all_weights_ge.claims():
        print(vn.prove(instance.claim))
