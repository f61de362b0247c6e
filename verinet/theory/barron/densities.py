r"""Densities on [0, 1], and what they make of a truncated power that moves along a segment of biases.

All that a measure needs of a density q is the integral of its size, and its ramp

.. math:: \int_0^1 q(\theta) \max(0, z - L \theta)^s \, d\theta .
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Any, Protocol

from flint import arb

from verinet.errors import NotANumber, Unsupported
from verinet.exact.enclosures import Enclosure
from verinet.exact.printing import spelled_fields
from verinet.theory.barron.conventions import Exact, simplified, tidied
from verinet.theory.barron.exact_values import ball_of, enclosed

_ZERO, _ONE = Fraction(0), Fraction(1)


class Density(Protocol):
    """A real function on [0, 1] that can be integrated against truncated powers."""

    def exact_mass(self) -> Exact | None:
        r"""Return :math:`\int |q|` where it has an exact form."""

    def mass(self, digits: int) -> Enclosure:
        r"""Return an enclosure of :math:`\int |q|`."""

    def ramp(self, power: Any, z: Exact, length: Exact) -> arb:
        r"""Return a ball around :math:`\int q(\theta) \max(0, z - L\theta)^s d\theta`, at the current precision."""


@dataclass(frozen=True, slots=True)
class PowerDensity:
    r"""The density :math:`q(\theta) = c \theta^e` on [0, 1].

    Parameters
    ----------
    coefficient : Exact
        c: a Fraction, or a sympy number for real orders.
    exponent : Exact
        e, above -1.

    Raises
    ------
    NotANumber
        If the exponent is -1 or less: the integral diverges.

    Examples
    --------
    >>> PowerDensity(Fraction(6), Fraction(1)).exact_mass()
    Fraction(3, 1)

    Guarantee: exact.
    """

    coefficient: Exact
    exponent: Exact = _ZERO

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        object.__setattr__(self, "coefficient", simplified(self.coefficient))
        object.__setattr__(self, "exponent", simplified(self.exponent))
        if (self.exponent > -1) == False:  # noqa: E712  (sympy's own truth values; undecided for a symbol)
            raise NotANumber(
                f"the density c theta^e has a finite integral for e > -1 only, got e = {self.exponent}",
                fix="check the orders: the second is to be below the first",
            )

    def is_polynomial(self) -> bool:
        """Whether the exponent is an integer."""
        return isinstance(self.exponent, Fraction) and self.exponent.denominator == 1

    def exact_mass(self) -> Exact:
        r"""Return :math:`|c| / (e + 1)`.

        Guarantee: exact.
        """
        return simplified(abs(self.coefficient) / (self.exponent + 1))

    def mass(self, digits: int) -> Enclosure:
        """Return an enclosure of the mass.

        Guarantee: certified.
        """
        return enclosed(self.exact_mass(), digits)

    def moment(self, order: int, low: Exact = _ZERO, high: Exact = _ONE) -> Exact:
        r"""Return :math:`\int_{low}^{high} q(\theta) \theta^k d\theta`.

        Examples
        --------
        >>> PowerDensity(Fraction(2)).moment(1, _ZERO, Fraction(1, 2))
        Fraction(1, 4)

        Guarantee: exact.
        """
        power = self.exponent + order + 1
        if isinstance(power, Fraction) and power.denominator == 1:
            power = int(power)
        return simplified(self.coefficient * (high**power - low**power) / power)

    def exact_ramp(self, power: int, z: Exact, length: Exact) -> Exact:
        """Return the ramp for an integer power and an integer exponent, by expanding the power.

        Raises
        ------
        Unsupported
            For an exponent that is no integer; `ramp` has a ball then.

        Examples
        --------
        >>> PowerDensity(Fraction(8)).exact_ramp(1, Fraction(2), Fraction(4))
        Fraction(4, 1)

        Guarantee: exact.
        """
        if not self.is_polynomial():
            raise Unsupported(
                f"the exponent {self.exponent} of a density is no integer: the ramp is no polynomial",
                fix="ask for an enclosure",
            )
        if not z > 0:
            return _ZERO
        end = simplified(z / length) if length > z else _ONE
        terms = (
            comb(power, k) * z ** (power - k) * (-length) ** k * self.moment(k, _ZERO, end) for k in range(power + 1)
        )
        return tidied(sum(terms, _ZERO))

    def ramp(self, power: Any, z: Exact, length: Exact) -> arb:
        r"""Return a ball around the ramp: a Beta integral up to the kink, a hypergeometric value before it.

        .. math:: \frac{c z^s}{e+1} {}_2F_1(-s, e+1; e+2; L/z) \quad (z \ge L), \qquad
           \frac{c z^{s+e+1}}{L^{e+1}} B(e+1, s+1) \quad (0 < z \le L).

        Guarantee: certified.
        """
        if not z > 0:
            return arb(0)
        c, e, s, top, size = (ball_of(entry) for entry in (self.coefficient, self.exponent, power, z, length))
        if length >= z:
            beta = (e + 1).gamma() * (s + 1).gamma() / (e + s + 2).gamma()
            return c * top**s * (top / size) ** (e + 1) * beta
        return c * top**s / (e + 1) * (size / top).hypgeom_2f1(-s, e + 1, e + 2)
