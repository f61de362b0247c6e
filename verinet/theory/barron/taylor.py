r"""Smooth activations as RePU_s neurons: Taylor's formula with its integral remainder is a push-forward.

.. math:: \sigma(z) = \sum_{j \le s} \frac{\sigma^{(j)}(a)}{j!} (z-a)^j
   + \frac{1}{s!} \int_a^b \mathrm{RePU}_s(z - \tau)\, \sigma^{(s+1)}(\tau)\, d\tau, \qquad a \le z \le b.

That this gives an embedding is the paper's [heeringa2024]; the masses

.. math:: \frac{1}{s!} \int_a^b |\sigma^{(s+1)}| = \frac{1}{s!} \mathrm{TV}(\sigma^{(s)}; [a, b])

are derived here and certified to any precision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import factorial

from flint import acb, arb

from verinet.errors import NotANumber, Unsupported
from verinet.exact.enclosures import Enclosure
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.theory.barron.conventions import Exact, order_of
from verinet.theory.barron.exact_values import ball_of, refined
from verinet.theory.barron.measures import Fibre, Measure
from verinet.theory.barron.polynomials import polynomial_measure
from verinet.theory.barron.smooth_activations import smooth
from verinet.theory.barron.variations import variation, variation_on_line

_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class RemainderDensity:
    r"""The density of Taylor's remainder on [0, 1]: :math:`q(\theta) = \frac{L}{s!}\sigma^{(s+1)}(a + L\theta)`.

    Parameters
    ----------
    name : str
        Of the activation.
    order : int
        s.
    low, high : Exact
        a and b = a + L.

    Guarantee: certified.
    """

    name: str
    order: int
    low: Exact
    high: Exact

    __repr__ = spelled_fields

    def exact_mass(self) -> Exact | None:
        """Return None: the mass is known by enclosures."""
        return None

    def mass(self, digits: int) -> Enclosure:
        """Return an enclosure of the integral of the size.

        Guarantee: certified.
        """
        sigma = smooth(self.name)
        return refined(
            f"a variation of {self.name}",
            digits,
            lambda: variation(sigma, self.order, ball_of(self.low), ball_of(self.high)) / factorial(self.order),
        )

    def ramp(self, power: object, z: Exact, length: Exact) -> arb:
        r"""Return a ball around :math:`\int q(\theta) \max(0, z - L\theta)^p d\theta`, a certified integral.

        Raises
        ------
        Unsupported
            Unless p is an integer that is not negative.

        Guarantee: certified.
        """
        order = order_of(power)
        if not isinstance(order, Fraction) or order.denominator != 1:
            raise Unsupported(
                f"a smooth density is integrated against integer powers, got {str(power)[:40]}",
                fix="take an integer power",
            )
        sigma, p, top = smooth(self.name), int(order), Q(z)
        if top <= 0:
            return arb(0)
        # tau = a + (b - a) theta; the kink is where L theta = z
        whole, reach = self.high - self.low, top * (self.high - self.low) / length
        start, span = ball_of(self.low), ball_of(reach if reach < whole else whole)
        size, weight = ball_of(top), ball_of(length) / ball_of(whole)
        errors: list[BaseException] = []

        def integrand(t: acb, analytic: bool) -> acb:
            if errors:
                return acb("nan")
            try:
                tau = span * t
                return span * (size - weight * tau) ** p * sigma.derivative(self.order + 1, start + tau, analytic)
            except BaseException as error:  # FLINT calls this from C and would lose it, Ctrl-C included
                errors.append(error)
                return acb("nan")

        value = acb.integral(integrand, 0, 1).real / factorial(self.order)
        if errors:
            raise errors[0]
        return value


@dataclass(frozen=True, slots=True)
class TaylorMeasure:
    """A smooth activation on [low, high] by RePU_s: a polynomial of degree s and the measure of the remainder.

    Parameters
    ----------
    name : str
    order : int
        s.
    low, high : Fraction

    Examples
    --------
    >>> tanh = TaylorMeasure("tanh", 1, Fraction(-2), Fraction(2))
    >>> value, direct = tanh.value("1/3", 20), tanh.activation_value("1/3", 20)
    >>> value.low <= direct.high and direct.low <= value.high
    True

    Guarantee: certified.
    """

    name: str
    order: int
    low: Fraction
    high: Fraction

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        smooth(self.name)
        object.__setattr__(self, "low", Q(self.low))
        object.__setattr__(self, "high", Q(self.high))
        _check(self.order, self.low, self.high)

    def remainder(self, weight: tuple[object, ...] = (1,), bias: object = 0) -> Measure:
        r"""The measure of the remainder, for :math:`z = w \cdot x + b`: one fibre of kinks in [low, high].

        Guarantee: certified.
        """
        row = tuple(map(Q, weight))
        density = RemainderDensity(self.name, self.order, self.low, self.high)
        return Measure(len(row), (), (Fibre(_ONE, row, Q(bias) - self.low, self.high - self.low, density),))

    def coefficients(self, digits: int = 30) -> tuple[Enclosure, ...]:
        r"""Enclosures of :math:`\sigma^{(j)}(a)/j!`, j = 0, ..., s.

        Guarantee: certified.
        """
        sigma = smooth(self.name)

        def compute(j: int) -> Callable[[], arb]:
            return lambda: sigma.at(j, ball_of(self.low)) / factorial(j)

        return tuple(refined(f"a derivative of {self.name}", digits, compute(j)) for j in range(self.order + 1))

    def mass(self, digits: int = 30) -> Enclosure:
        """The mass of the remainder, as `taylor_mass`.

        Guarantee: certified.
        """
        return taylor_mass(self.name, self.order, self.low, self.high, digits=digits)

    def polynomial_mass(self, digits: int = 30) -> Enclosure:
        r"""An upper bound of the mass of the polynomial part: :math:`\sum_j |\sigma^{(j)}(a)/j!|` times the mass of
        :math:`(z-a)^j` by RePU_s neurons with equispaced kinks; 1 for j = s, one neuron.

        Guarantee: certified.
        """
        low = high = _ZERO
        for found, share in zip(self.coefficients(digits + 5), self._shares(), strict=True):
            least = max(found.low, -found.high, _ZERO)
            low, high = low + least * share, high + max(abs(found.low), abs(found.high)) * share
        return Enclosure(low, high)

    def _shares(self) -> tuple[Fraction, ...]:
        span, s = self.high - self.low, self.order
        below = (polynomial_measure([0] * j + [1], s, 0, span).mass() for j in range(s))
        return (*below, _ONE) if s else (_ONE,)

    def value(self, z: object, digits: int = 30) -> Enclosure:
        """The right side of Taylor's formula at z: polynomial and integral, in balls.

        Raises
        ------
        NotANumber
            If z is outside of [low, high].

        Guarantee: certified.
        """
        place, sigma = self._inside(z), smooth(self.name)
        density = RemainderDensity(self.name, self.order, self.low, self.high)
        step = place - self.low

        def compute() -> arb:
            total = density.ramp(self.order, step, self.high - self.low)
            for j in range(self.order + 1):
                total += sigma.at(j, ball_of(self.low)) * ball_of(step) ** j / factorial(j)
            return total

        return refined(f"Taylor's formula for {self.name}", digits, compute)

    def activation_value(self, z: object, digits: int = 30) -> Enclosure:
        """The activation itself at z.

        Guarantee: certified.
        """
        place = self._inside(z)
        return refined(self.name, digits, lambda: smooth(self.name).at(0, ball_of(place)))

    def _inside(self, z: object) -> Fraction:
        place = Q(z)
        if not self.low <= place <= self.high:
            raise NotANumber(
                f"Taylor's formula was made for [{format_rational(self.low)}, {format_rational(self.high)}], got "
                f"{format_rational(place)}",
                fix="take a larger interval",
            )
        return place


def taylor_measure(name: str, s: int, radius: object) -> TaylorMeasure:
    """Taylor's measure on [-M, M].

    Examples
    --------
    >>> found = taylor_measure("cos", 2, 2).mass(10)
    >>> Fraction("1.4161468365") < found.low < found.high < Fraction("1.4161468366")
    True

    Guarantee: certified.
    """
    return TaylorMeasure(name, s, -Q(radius), Q(radius))


def taylor_mass(
    name: str, s: int, low: object = None, high: object = None, *, radius: object = None, digits: int = 30
) -> Enclosure:
    r"""An enclosure of :math:`\frac{1}{s!}\int|\sigma^{(s+1)}|` on [low, high], on [-M, M], or on the whole line.

    Parameters
    ----------
    name : str
        One of `verinet.theory.barron.smooth_activations.ACTIVATIONS`.
    s : int
        Not negative.
    low, high : Fraction or None
        The interval; the whole line if neither it nor the radius is given.
    radius : Fraction or None
        M.
    digits : int

    Raises
    ------
    NotANumber
        Unless low < high.
    NotBounded
        On the whole line, where the integral diverges or the sign changes have no closed form.
    Unsupported
        For another activation, or a negative order.

    Examples
    --------
    >>> found = taylor_mass("tanh", 1, radius=2, digits=12)  # 2 tanh(2)^2
    >>> Fraction("1.858698350293") < found.low < found.high < Fraction("1.858698350294")
    True
    >>> found = taylor_mass("gelu", 1, digits=11)  # on the whole line
    >>> Fraction("1.5156165807") < found.low < found.high < Fraction("1.5156165808")
    True

    Guarantee: certified.
    """
    sigma = smooth(name)
    if radius is not None:
        low, high = -Q(radius), Q(radius)
    if low is None and high is None:
        _check(s, _ZERO, _ONE)
        return refined(f"a variation of {name}", digits, lambda: variation_on_line(sigma, s) / factorial(s))
    if low is None or high is None:
        raise NotANumber("an interval has two ends, one is missing", fix="give both, or neither for the whole line")
    start, end = Q(low), Q(high)
    _check(s, start, end)
    return refined(
        f"a variation of {name}",
        digits,
        lambda: variation(sigma, s, ball_of(start), ball_of(end)) / factorial(s),
    )


def _check(s: int, low: Fraction, high: Fraction) -> None:
    if isinstance(s, bool) or not isinstance(s, int) or s < 0:
        raise Unsupported(f"Taylor's formula has an integer order s >= 0, got {str(s)[:40]}", fix="give s >= 0")
    if low >= high:
        raise NotANumber(
            f"Taylor's formula is for an interval low < high, got [{format_rational(low)}, {format_rational(high)}]",
            fix="exchange the ends",
        )
