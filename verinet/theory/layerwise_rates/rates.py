r"""What is certified of every readout: its error in L^p and on the good set, against moduli and Lipschitz bounds.

With v_Q the value of Phi_l on the cell Q, T the ramps of levels 1, ..., l, and R a bound of |f - Phi_l| there,

.. math:: \|f - \Phi_l\|_p \le (\sum_Q \int_Q |f - v_Q|^p + |T| R^p)^{1/p} + \text{slack},
   \qquad |T| \le d\, l\, (N - 1)\, \delta.

The theorem of the paper: the left side is at most (2d + 1) omega_p(N^-l).  Here both sides are enclosed: the error from
above, the modulus from below.  For the sup norm on the good set the constant is d + 1 (derived).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet.theory.layerwise_rates.ladder import Encoder
from verinet.theory.layerwise_rates.local import Local
from verinet.theory.layerwise_rates.moduli import Modulus
from verinet.theory.layerwise_rates.tables import Level, grid_of
from verinet.theory.minimal_width.coded_values import shortened
from verinet.theory.minimal_width.functions import Near, root_above
from verinet.work import keep_going

__all__ = ["Rate", "rate"]

#: Binary digits of a bound.
BITS = 14


@dataclass(frozen=True, slots=True)
class Rate:
    """The numbers of one readout; each `error` is an upper bound, each `modulus` a lower one.

    Parameters
    ----------
    level : int
    error, modulus : Fraction
        In L^p.
    sup_error, sup_modulus : Fraction
        On the good set, and of continuity.
    bad : Fraction
        Measure of the ramps, at most.
    constant : int
        ``2d + 1``.
    lipschitz : Fraction or None
        ``(2d + 1) Lambda N^-l``, if a Lipschitz constant Lambda is known.

    Guarantee: certified.
    """

    level: int
    p: int
    error: Fraction
    modulus: Fraction
    sup_error: Fraction
    sup_modulus: Fraction
    bad: Fraction
    constant: int
    lipschitz: Fraction | None

    @property
    def bound(self) -> Fraction:
        """``(2d + 1)`` times the modulus."""
        return self.constant * self.modulus

    @property
    def holds(self) -> bool:
        """Whether the L^p error is at most ``(2d + 1) omega_p(N^-l)``: shown, not sampled."""
        return self.error <= self.bound

    @property
    def holds_lipschitz(self) -> bool | None:
        """Whether the errors, on the good set too, are at most ``(2d + 1) Lambda N^-l``; None without Lambda."""
        return None if self.lipschitz is None else max(self.error, self.sup_error) <= self.lipschitz

    @property
    def holds_sup(self) -> bool:
        """Whether the error on the good set is at most ``(2d + 1)`` times the modulus of continuity."""
        return self.sup_error <= self.constant * self.sup_modulus


def rate(near: Near, encoder: Encoder, level: Level, reach: Fraction, p: int, lipschitz: Fraction | None) -> Rate:
    """Certify one readout; `reach` bounds ``|f - Phi_l|`` wherever a ramp is met.

    For p = 1 the error in L^2 is taken, which is at least as large on the unit cube.

    Guarantee: certified.
    """
    inputs, grid = encoder.inputs, encoder.grid
    power = max(p, 2)
    h = Fraction(1, grid**level.level)
    total, largest, local = Fraction(0), Fraction(0), Local(near)
    for cell, value in zip(grid_of(inputs, grid, level.level), level.values, strict=True):
        keep_going()
        total += local.inside(cell).integral(cell, value, power)
        largest = max(largest, local.touching(cell).largest_error(cell, value))
    bad = inputs * level.level * (grid - 1) * encoder.ramp
    error = shortened(root_above(total + bad * reach**power, power, BITS) + level.slack + near.distance)
    sup_error = shortened(largest + level.slack)
    modulus = Modulus(near, inputs)
    return Rate(
        level.level, p, error, modulus.below(p, h), sup_error, modulus.sup_below(h), bad,
        2 * inputs + 1, None if lipschitz is None else (2 * inputs + 1) * lipschitz * h,
    )  # fmt: skip


def first_below(rates: Sequence[Rate], eps: Fraction) -> int | None:
    """The first level whose error is at most eps.

    Guarantee: exact.
    """
    return next((found.level for found in rates if found.error <= eps), None)
