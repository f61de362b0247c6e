"""ReLU is in no Barron space of rectified squares: the scale of spaces does not embed upwards.

Statement.  What embeds downwards, RePU_t into RePU_s for s < t, does not embed upwards. On any interval [-r, r], every
signed measure on neurons q(w x + b) with |w| <= 1, plus a quadratic polynomial, that is within delta < r/32 of ReLU
has mass at least 1/(48 delta); so none is equal to ReLU (`none`). Of neurons max(w x + b, 0)^3 and cubic polynomials,
within delta < r/24, it is at least 1/(864 delta^2) (`none_by_cubes`). Both hold on sets of R^d that have a segment
across the kink, too.

Notation.  q(t) = max(t, 0)^2.  T f = f(2) - 3 f(1) + 3 f(0) - f(-1), the third difference; for cubes F f = f(2) -
4 f(1) + 6 f(0) - 4 f(-1) + f(-2). They vanish on quadratic and cubic polynomials.

Method.  The kernel checks, for all t on the line, that |T q(. - t)| <= 3/2 and |T q(t - .)| <= 3/2, both with equality
for some t, and T relu = -1. With T at the scale h, T_h f = T f(h .), the first are multiplied by h^2 and the last by h
(the lemma); a measure of mass m has |T_h f| <= 3/2 h^2 m, and h - 8 delta is at most that; h = 16 delta. For cubes
2 h - 16 delta <= 4 h^3 m, and h = 12 delta. The reference has the embedding downwards; this is derived.

References.  heeringa2024.

Tags.  counterexample, Barron space, embedding, rectified powers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import verinet as vn
from verinet import Q
from verinet.claims.induction import concluded, lemma
from verinet.networks import apply_activation
from verinet.networks.build import Expression
from verinet.theorems import Instance, theorem

# %% Differences of all neurons at once: networks in the place t of the kink
t = vn.variable("t")
third = [(2, 1), (1, -3), (0, 3), (-1, -1)]
fourth = [(2, 1), (1, -4), (0, 6), (-1, -4), (-2, 1)]
line = vn.whole_space(1)


def difference(points: Sequence[tuple[int, int]], power: int, sign: int) -> vn.Network:
    """T of max(sign (x - t), 0)^power, as a function of t."""
    neurons = (c * apply_activation(sign * (x - t), vn.RePU(power)) for x, c in points)
    return vn.network(t, sum(neurons, start=0 * t))


def of_relu(points: Sequence[tuple[int, int]]) -> vn.Network:
    """T of s -> max(s z, 0) as a function of the scale z > 0."""
    total: Expression = sum((c * vn.relu(x * t) for x, c in points), start=0 * t)
    return vn.network(t, total)


# %% What the lemma says
scaled = lemma(
    "the difference at the scale h of max(w x + b, 0)^s is h^s |w|^s times that of max(+-(x - t), 0)^s for some t, "
    "and that of relu is h times its own; a signed measure of mass m of neurons with |w| <= 1 has at most m times the "
    "largest of its neurons, polynomials of degree s have none"
)


# %% The claims
@theorem(scope="family", source="derived")
def barron_relu_not_requ() -> Iterator[Instance]:
    for label, points, power, most, near, mass in (
        ("none", third, 2, Q("3/2"), "r/32", "1/(48 delta)"),
        ("none_by_cubes", fourth, 3, Q(4), "r/24", "1/(864 delta^2)"),
    ):
        value = sum(c * max(x, 0) for x, c in points)
        parts = {
            "rising": vn.claims.sup_error(difference(points, power, 1), {(0,): 0}, line) <= most,
            "falling": vn.claims.sup_error(difference(points, power, -1), {(0,): 0}, line) <= most,
            "relu": vn.claims.sup_error(of_relu(points), {(1,): value}, vn.interval(0, 1)) <= 0,
        }
        text = (
            f"a measure on neurons max(w x + b, 0)^{power}, |w| <= 1, and a polynomial of degree {power} that are "
            f"within delta < {near} of relu on [-r, r]: the mass is at least {mass}; none is relu"
        )
        yield Instance(label, concluded(text, parts, scaled))
        attained = vn.claims.sup_error(difference(points, power, 1), {(0,): 0}, line)
        yield Instance(f"{label}_sharp", attained == most)


# %% Prove it now
if __name__ == "__main__":
    for instance in barron_relu_not_requ.claims():
        print(vn.prove(instance.claim))
