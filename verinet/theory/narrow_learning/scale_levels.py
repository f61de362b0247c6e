r"""Scales and their levels: the number line on which the clumping game is played.

At a scale :math:`\gamma` the neurons nearer to each other than

.. math:: T(\gamma) = \frac{\Lambda^{10}}{R^2} \left(\frac{\gamma}{d}\right)^{ck}

count as one, and those farther apart than :math:`\gamma` as separate.  The level of a scale is

.. math:: L(\gamma) = \frac{9/10}{\ln(ck)} \ln\left(1 + \frac{(ck - 1) \ln(\epsilon' / \gamma)}{\beta}\right), \qquad
          \beta = ck \ln d + \ln\frac{R^2}{\Lambda^{10}} + (ck - 1) \ln\frac{1}{\epsilon'} ,

so that :math:`L(T(\gamma)) = L(\gamma) + 9/10`: one application of T is one step of fixed length.  Proof: with
:math:`a = \ln(\epsilon'/\gamma)` one has :math:`\ln(\epsilon'/T(\gamma)) = ck\,a + \beta`, and
:math:`1 + (ck - 1)(ck\,a + \beta)/\beta = ck\,(1 + (ck - 1) a/\beta)`.  The scales, T and L are the paper's [chen2023].
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verinet.errors import Unsupported
from verinet.exact.enclosures import Enclosure, ball, enclosure_of, precision
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.theory.narrow_learning.borders import whole


@dataclass(frozen=True, slots=True)
class Scales:
    r"""The numbers on which T and L depend.

    Parameters
    ----------
    power : int
        ck: the number of neurons k times a constant of the paper; at least 2.
    dimension : int
        d.
    reach : Fraction
        :math:`R \ge 1`.
    threshold : Fraction
        :math:`\Lambda`, above 0 and at most 1.
    accuracy : Fraction
        :math:`\epsilon'`, above 0 and below 1: the scale of level 0.

    Raises
    ------
    Unsupported
        If they are not so.
    InexactInput, NotANumber
        If one is a float, or the power or the dimension no integer that large.

    Guarantee: exact.
    """

    power: int
    dimension: int
    reach: Fraction
    threshold: Fraction
    accuracy: Fraction

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        whole(self.power, "a power", 2)
        whole(self.dimension, "a dimension", 1)
        for name in ("reach", "threshold", "accuracy"):
            object.__setattr__(self, name, Q(getattr(self, name)))
        if self.reach < 1 or not 0 < self.threshold <= 1 or not 0 < self.accuracy < 1:
            raise Unsupported(
                "scales need R >= 1, 0 < Lambda <= 1 and 0 < accuracy < 1",
                fix="Scales(power, dimension, reach, threshold, accuracy)",
            )

    def next(self, gamma: object) -> Fraction:
        r"""Return :math:`T(\gamma)`.

        Guarantee: exact.

        Raises
        ------
        Unsupported
            If the scale is not above 0.

        Examples
        --------
        >>> Scales(2, 3, Fraction(1), Fraction(1), Fraction(1, 2)).next("1/2")
        Fraction(1, 36)
        """
        scale = _scale(gamma)
        return self.threshold**10 / self.reach**2 * (scale / self.dimension) ** self.power

    def level(self, gamma: object, bits: int = 128) -> Enclosure:
        r"""Enclose :math:`L(\gamma)`, for a scale from above 0 to :math:`\epsilon'`.

        Guarantee: certified.

        Raises
        ------
        Unsupported
            If the scale is not in this range.
        NotANumber
            If there are no two bits.

        Examples
        --------
        >>> scales = Scales(4, 10, Fraction(2), Fraction(1, 100), Fraction(1, 10))
        >>> step = scales.level(scales.next("1/20")).low - scales.level("1/20").low
        >>> abs(step - Fraction(9, 10)) < Fraction(1, 10**30)
        True
        """
        scale = _scale(gamma)
        whole(bits, "the number of bits", 2)
        if scale > self.accuracy:
            raise Unsupported(
                f"levels are for scales up to the accuracy {format_rational(self.accuracy)}, got "
                f"{format_rational(scale)}",
                fix="give a smaller scale",
            )

        def log(value: Fraction) -> Any:
            return ball(value, bits).log()

        with precision(bits):
            rest = self.power - 1
            beta = self.power * log(Fraction(self.dimension)) + log(self.reach**2 / self.threshold**10)
            beta -= rest * log(self.accuracy)
            inner = 1 + rest * log(self.accuracy / scale) / beta
            return enclosure_of(inner.log() * 9 / 10 / log(Fraction(self.power)))


def _scale(gamma: object) -> Fraction:
    scale = Q(gamma)
    if scale <= 0:
        raise Unsupported(f"a scale is above 0, got {format_rational(scale)}", fix="give a positive number")
    return scale
