r"""RePU_s smoothed by a probability density: a push-forward of factor 1, with certified tails.

.. math:: (\mathrm{RePU}_s * \rho)(z) = \int \rho(y)\, \mathrm{RePU}_s(z - y)\, dy, \qquad (w, b, y) \mapsto (w, b - y),

so that the function belongs to the space of RePU_s, with the mass of :math:`\rho`; that is the paper's [heeringa2024].
Softplus is ReLU smoothed by the logistic density, :math:`z\Phi(z) + \varphi(z)` by the normal one.  Derived: on an
interval [a, b] of values z only kinks in [a, b] are needed, and what lies below a is the polynomial

.. math:: \sum_{k \le s} \binom{s}{k} T_{s-k}(a)\, (z - a)^k, \qquad T_j(a) = \int_{-\infty}^a (a - y)^j \rho(y)\, dy,

with :math:`T_j(a) = -j!\, \mathrm{Li}_j(-e^a)` for the logistic law and :math:`T_j = a T_{j-1} + (j-1) T_{j-2}` for
the normal one.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb, factorial

from flint import acb, arb

from verinet.errors import NotANumber, Unsupported
from verinet.exact.enclosures import Enclosure
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.theory.barron.conventions import integer_power
from verinet.theory.barron.exact_values import ball_of, refined
from verinet.theory.barron.measures import Fibre, Measure
from verinet.theory.barron.smooth_activations import smooth
from verinet.theory.barron.taylor import RemainderDensity

#: Laws by the names of their distribution functions in the table of smooth activations.
LAWS = ("logistic", "normal")


def tail_moment(law: str, j: int, a: arb) -> arb:
    r"""A ball around :math:`T_j(a) = \int_{-\infty}^a (a - y)^j \rho(y)\, dy = (\mathrm{RePU}_j * \rho)(a)`.

    Raises
    ------
    Unsupported
        For another law.

    Examples
    --------
    >>> bool(abs(tail_moment("logistic", 1, arb(0)) - arb(2).log()) < arb("1e-10"))
    True

    Guarantee: certified.
    """
    if law not in LAWS:
        raise Unsupported(f"no density {law[:40]!r} is known", fix=f"use one of {', '.join(LAWS)}")
    if law == "logistic":
        if j == 0:
            return smooth("logistic").at(0, a)
        return -factorial(j) * acb(-a.exp()).polylog(acb(j)).real
    before, found = smooth("normal").at(1, a), smooth("normal").at(0, a)
    for k in range(1, j + 1):
        # T_1 = a T_0 + the density; T_k = a T_(k-1) + (k-1) T_(k-2)
        before, found = found, a * found + (before if k == 1 else (k - 1) * before)
    return found


@dataclass(frozen=True, slots=True)
class SmoothedRepu:
    r"""The activation :math:`\mathrm{RePU}_s * \rho` on an interval of its argument.

    Parameters
    ----------
    law : str
        "logistic" or "normal", both of variance fixed by their standard form.
    power : int
        s, at least 1.
    low, high : Fraction
        a and b.

    Raises
    ------
    NotANumber
        Unless low < high.
    Unsupported
        For another law, or a power below 1.

    Examples
    --------
    >>> softplus = SmoothedRepu("logistic", 1, -2, 2)
    >>> value, direct = softplus.value("1/3", 20), softplus.direct("1/3", 20)
    >>> value.low <= direct.high and direct.low <= value.high
    True

    Guarantee: certified.
    """

    law: str
    power: int
    low: Fraction
    high: Fraction

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", Q(self.low))
        object.__setattr__(self, "high", Q(self.high))
        if self.law not in LAWS:
            raise Unsupported(f"no density {self.law[:40]!r} is known", fix=f"use one of {', '.join(LAWS)}")
        integer_power(self.power)
        if self.low >= self.high:
            raise NotANumber(
                f"an interval has low < high, got [{format_rational(self.low)}, {format_rational(self.high)}]",
                fix="exchange the ends",
            )

    def kinks(self, weight: tuple[object, ...] = (1,), bias: object = 0) -> Measure:
        r"""The measure of the kinks in [a, b], for :math:`z = w \cdot x + b`: one fibre.

        Guarantee: certified.
        """
        row = tuple(map(Q, weight))
        fibre = Fibre(Fraction(1), row, Q(bias) - self.low, self.high - self.low, self._density())
        return Measure(len(row), (), (fibre,))

    def mass(self, digits: int = 30) -> Enclosure:
        """The probability of [a, b]: the mass of the kinks, below the factor 1 of the whole push-forward.

        Guarantee: certified.
        """
        return self._density().mass(digits)

    def tail(self, digits: int = 30) -> tuple[Enclosure, ...]:
        r"""Enclosures of the coefficients :math:`\binom{s}{k} T_{s-k}(a)` of :math:`(z-a)^k`, k = 0, ..., s.

        Guarantee: certified.
        """
        s, a = self.power, self.low

        def coefficient(k: int) -> Enclosure:
            return refined("a tail", digits, lambda: comb(s, k) * tail_moment(self.law, s - k, ball_of(a)))

        return tuple(map(coefficient, range(s + 1)))

    def value(self, z: object, digits: int = 30) -> Enclosure:
        """The value at z by the push-forward: a certified integral over the kinks, and the polynomial of the tail.

        Raises
        ------
        NotANumber
            If z is outside of [a, b].

        Guarantee: certified.
        """
        place, s = self._inside(z), self.power
        step = place - self.low

        def compute() -> arb:
            total = self._density().ramp(s, step, self.high - self.low)
            for k in range(s + 1):
                total += comb(s, k) * tail_moment(self.law, s - k, ball_of(self.low)) * ball_of(step) ** k
            return total

        return refined("a smoothed neuron", digits, compute)

    def direct(self, z: object, digits: int = 30) -> Enclosure:
        """The value at z in closed form: softplus, z Phi(z) + phi(z), and their like for higher powers.

        Guarantee: certified.
        """
        place = self._inside(z)
        return refined("a smoothed neuron", digits, lambda: tail_moment(self.law, self.power, ball_of(place)))

    def _density(self) -> RemainderDensity:
        # the derivative of the distribution function
        return RemainderDensity(self.law, 0, self.low, self.high)

    def _inside(self, z: object) -> Fraction:
        place = Q(z)
        if not self.low <= place <= self.high:
            raise NotANumber(
                f"the kinks were chosen for [{format_rational(self.low)}, {format_rational(self.high)}], got "
                f"{format_rational(place)}",
                fix="take a larger interval",
            )
        return place
