"""A random network uses many linear regions where a few pieces suffice: the over-provision of an untrained network.

Statement. The network N with widths (8, 8) (sample 0 of seed 1, He weights) has R linear regions on [-3, 3]
(`regions`), and a continuous function of K pieces is within 1/10 of it there (`network`); K is the least number, by
windows. So are the numbers of pieces within 1/8 of |x - 1/3|, within 1/100 of x (1 - x) and within 1/10 of sin(pi x)
on [0, 1]. For the values 0, 1, 0, 1 at 0, 1, 2, 3 and a distance below 1/3 two pieces do not suffice: no neuron fits
them (`no_two_pieces`). Instances: k = 4, one for each of these targets.

Notation.  R, K: as the claims have them; R / K is the over-provision.

Method.  Subdivision by the activations; the sine by polynomials whose distance is assumed.  The least number: a greedy
search between the target minus and plus eps, whose windows separate what k pieces reach from what they do not; that
argument is gone through exactly by `check_windows`, and is no certificate of the kernel.

References.  kogan2025; imai1986.

Tags.  linear regions, one input, sparsity, pieces, random networks.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy

import verinet as vn
from verinet import Q
from verinet.claims.universal import no_network
from verinet.theorems import Instance, theorem
from verinet.theory.line_regions.minimum_pieces import minimum_pieces
from verinet.theory.line_regions.setting import random_network, setting
from verinet.theory.line_regions.sparsity import adaptive_sparsity

# %% The network and the targets
NETWORK, DOMAIN, EPS = random_network(setting((8, 8)), 1, 0), vn.interval(-3, 3), "1/10"
t = sympy.Symbol("t")
TARGETS = {
    "abs": ("abs(x - 1/3)", "1/8"),
    "parabola": ("x*(1 - x)", "1/100"),
    "sine": (sympy.sin(sympy.pi * t), "1/10"),
}


# %% The claims
@theorem(scope="instances", source="derived")
def pieces_within_eps_le() -> Iterator[Instance]:
    found = adaptive_sparsity(NETWORK, eps=EPS, domain=DOMAIN)
    used = found.reading("used")
    yield Instance("regions", vn.claims.linear_regions(NETWORK, DOMAIN) == int(used.regions))
    yield Instance(
        "network", found.minimum.claim, f"{found.minimum.pieces} pieces, over-provision {used.over_provision.low}"
    )
    for label, (target, eps) in TARGETS.items():
        minimum = minimum_pieces(target, eps, vn.interval(0, 1))
        yield Instance(label, minimum.claim, f"{minimum.pieces} pieces")
    one = no_network(width=1, depth=1, activation=vn.activation("relu"))
    yield Instance("no_two_pieces", one.fits([0, 1, 2, 3], [0, 1, 0, 1], Q("1/3"), True))


# %% The picture
def picture(path: str) -> str:
    from verinet.report.figures import write_figure
    from verinet.theorems.line_pictures import pieces_picture

    return write_figure(pieces_picture(NETWORK, adaptive_sparsity(NETWORK, eps=EPS, domain=DOMAIN)), path)


# %% Prove it now
if __name__ == "__main__":
    for instance in pieces_within_eps_le.claims():
        print(vn.prove(instance.claim))
