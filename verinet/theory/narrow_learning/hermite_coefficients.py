r"""Hermite polynomials and the Hermite coefficients of truncated powers, exactly.

:math:`He_l` are the probabilists' polynomials, orthogonal under N(0, 1), :math:`E\,He_l^2 = l!`.  Coefficients are
:math:`a_l = E[\max(0, G)^s He_l(G)]`; those of s = 1 are in [chen2023], those of larger s are derived.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import factorial
from typing import Any

from flint import arb

from verinet.exact.enclosures import ball, precision
from verinet.theory.narrow_learning.borders import whole

_ZERO = Fraction(0)


def hermite_polynomial(degree: int) -> tuple[int, ...]:
    """The coefficients of He_l, the constant one first.

    Examples
    --------
    >>> hermite_polynomial(4)
    (3, 0, -6, 0, 1)

    Guarantee: exact.
    """
    whole(degree, "a degree", 0)
    before: tuple[int, ...] = (0,)
    now: tuple[int, ...] = (1,)
    for k in range(degree):
        shifted = [0, *now]
        for place, entry in enumerate(before):
            shifted[place] -= k * entry
        before, now = now, tuple(shifted)
    return now


def double_factorial(n: int) -> int:
    """n!! = n (n - 2) (n - 4) ..., 1 for n <= 0.

    Examples
    --------
    >>> [double_factorial(n) for n in (-1, 0, 5, 6)]
    [1, 1, 15, 48]

    Guarantee: exact.
    """
    value = 1
    while n > 1:
        value, n = value * n, n - 2
    return value


@dataclass(frozen=True, slots=True)
class HermiteCoefficient:
    r"""A number q or :math:`q / \sqrt{2\pi}` with q rational.

    Parameters
    ----------
    rational : Fraction
        q.
    over_root : bool
        Whether it is divided by :math:`\sqrt{2\pi}`.

    Guarantee: exact.
    """

    rational: Fraction
    over_root: bool = False

    def symbolic(self) -> Any:
        """The number as a sympy expression."""
        import sympy

        q = sympy.Rational(self.rational.numerator, self.rational.denominator)
        return q / sympy.sqrt(2 * sympy.pi) if self.over_root else q

    def ball(self, bits: int) -> arb:
        """A ball that contains the number.  Guarantee: certified."""
        with precision(bits):
            q = ball(self.rational, bits)
            return q / (2 * arb.pi()).sqrt() if self.over_root else q

    def __float__(self) -> float:
        return float(self.ball(64))


def half_moment(power: int) -> HermiteCoefficient:
    r""":math:`E \max(0, G)^n`: :math:`(n-1)!!/2` for even n, :math:`(n-1)!!/\sqrt{2\pi}` for odd n.

    Examples
    --------
    >>> half_moment(2).symbolic(), half_moment(3).symbolic()
    (1/2, sqrt(2)/sqrt(pi))

    Guarantee: exact.
    """
    size = Fraction(double_factorial(whole(power, "a power", 0) - 1))
    return HermiteCoefficient(size, True) if power % 2 else HermiteCoefficient(size / 2)


def hermite_coefficient(degree: int, power: int = 1) -> HermiteCoefficient:
    r""":math:`a_l = E[\max(0, G)^s He_l(G)]`, exactly.

    For s = 1: :math:`a_0 = 1/\sqrt{2\pi}`, :math:`a_1 = 1/2`,
    :math:`a_l = (-1)^{l/2-1} (l-3)!!/\sqrt{2\pi}` for even l >= 2, 0 for odd l >= 3.  For l >= s - 1:
    :math:`a_l^{(s)} = s!\, a_{l-s+1}^{(1)}`.

    Parameters
    ----------
    degree : int
        l.
    power : int
        s, 0 or more; with s = 0 the truncated power is the indicator of G > 0.

    Raises
    ------
    NotANumber
        If a number is no integer at least 0.

    Examples
    --------
    >>> [hermite_coefficient(l).symbolic() for l in (0, 1, 2, 3)]
    [sqrt(2)/(2*sqrt(pi)), 1/2, sqrt(2)/(2*sqrt(pi)), 0]
    >>> hermite_coefficient(4, power=2).symbolic()
    0

    Guarantee: exact.
    """
    whole(degree, "a degree", 0)
    total, over_root = _ZERO, bool((degree + whole(power, "a power", 0)) % 2)
    for place, entry in enumerate(hermite_polynomial(degree)):  # only entries of one parity are nonzero
        total += entry * half_moment(place + power).rational if entry else 0
    return HermiteCoefficient(total, over_root)


def normalised_coefficient(degree: int, bits: int = 64) -> arb:
    r"""A ball around :math:`c_l = 2 a_l / \sqrt{l!}`, the coefficient of :math:`|z|` for normalised polynomials.

    Its size decays like :math:`l^{-5/4}`: :math:`|c_{2l}|/|c_l| \to 2^{-5/4}`.

    Examples
    --------
    >>> normalised_coefficient(2).str(5, radius=False)
    '0.56419'

    Guarantee: certified.
    """
    with precision(bits):
        return 2 * hermite_coefficient(degree).ball(bits) / arb(factorial(degree)).sqrt()
