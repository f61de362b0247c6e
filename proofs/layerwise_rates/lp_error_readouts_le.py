r"""Every readout of one network of width 2dN + d + 2 is within (2d + 1) omega_2(N^-l) in L^2.

Statement. For f = x (1 - x), |x - 1/3| and sin(pi x) on [0, 1] and x y on [0, 1]^2 there is a network of width 2 d N
+ d + 2 whose readouts Phi_1, Phi_2, ... have the stated L^2 errors; for x (1 - x) and N = 2 the moduli are stated,
too: the integrals of |f(x + h) - f(x)|^2 over [0, 1 - h], h = 2^-l. Each error is at most 2 d + 1 times the root of
that. Instances: l = 1, 2 and 3, the number in the label.

Notation.  Phi_l is the readout of level l of the construction `layerwise/exact`.  The kernel reads, behind the same
encoder with ramps, a table of its values on the cells: that the two decoder channels, a power of 2 and a fractional
part, give these values at the codes is exact arithmetic of the construction.

Method.  Cell by cell; on the ramps by one bound.  That such rates hold for all f in L^p and all depths is the theorem
of the reference; these are instances of a network derived for it.

References.  zhangshenxu2026 (Theorem 2.1).

Tags.  layer-wise rates, fixed width, lp error, modulus of continuity.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy

import verinet as vn
from verinet.claims.language import AnyClaim
from verinet.geometry.polyhedra import interval
from verinet.theorems import Instance, theorem
from verinet.theory.layerwise_rates.layerwise import layerwise
from verinet.theory.layerwise_rates.readouts import Layerwise

# %% The networks and their readouts
x = sympy.Symbol("x")
parabola = layerwise({(1,): 1, (2,): -1}, inputs=1, grid=2, depth=3)
third = Fraction(1, 3)
corner = [(interval(0, third), {(0,): third, (1,): -1}), (interval(third, 1), {(0,): -third, (1,): 1})]
absolute = layerwise(corner, inputs=1, grid=3, depth=2)
product = layerwise({(1, 1): 1}, inputs=2, grid=2, depth=1)
wave = layerwise(sympy.sin(sympy.pi * x), inputs=1, grid=2, depth=2)


# %% What f(x + h) - f(x) = h (1 - h) - 2 h x is in the mean
def modulus(level: int) -> AnyClaim:
    h = Fraction(1, 2**level)
    t = vn.variable("x")
    gap = vn.network(t, h * (1 - h) - 2 * h * t)
    return vn.claims.lp_error(gap, {(0,): 0}, vn.interval(0, 1 - h)) ** 2 == h**2 * (1 - h) ** 3 / 3


# %% The claims
def _readout(label: str, found: Layerwise, level: int) -> Instance:
    one = found.stand_in(level)
    return Instance(label, one.claim, plan=one.plan)


@theorem(scope="instances", source="derived")
def lp_error_readouts_le() -> Iterator[Instance]:
    for level in (1, 2, 3):
        yield _readout(f"parabola_{level}", parabola, level)
        yield Instance(f"modulus_{level}", modulus(level))
    for level in (1, 2):
        yield _readout(f"absolute_{level}", absolute, level)
        yield _readout(f"wave_{level}", wave, level)
    yield _readout("product_1", product, 1)


# %% Prove it now
if __name__ == "__main__":
    for instance in lp_error_readouts_le.claims():
        print(vn.prove(instance.claim, plan=instance.plan))
