r"""Means of products of truncated powers with biases under N(0, I): one certified integral, Owen's.

X and Y are Gaussian with rational means b, c, variances :math:`n_1, n_2` and covariance p.  Gaussian integration by
parts brings :math:`E[X_+^n Y_+^m]` down to one-dimensional means and to the probability of a quadrant, for which

.. math:: P(X > 0, Y > 0) = \tfrac{1}{2} \Phi(h) + \tfrac{1}{2} \Phi(k) - T(h, a_h) - T(k, a_k) - \epsilon,
   \qquad T(h, a) = \frac{1}{2\pi} \int_0^a \frac{e^{-h^2 (1 + t^2)/2}}{1 + t^2} dt,

Owen's formula [owen1956] with :math:`h = b/\sqrt{n_1}`, :math:`k = c/\sqrt{n_2}`, :math:`G = n_1 n_2 - p^2`,
:math:`a_h = (c n_1 - p b)/(b \sqrt{G})`, :math:`a_k = (b n_2 - p c)/(c \sqrt{G})` and :math:`\epsilon = 0` if
hk > 0 or (hk = 0 and h + k >= 0), else 1/2.  The squares of all arguments are rational, so every case is told apart
exactly; slopes a beyond 1 are reduced to 1/a.  The same formulas are evaluated in balls and in sympy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

from flint import arb, fmpq

from verinet.errors import Unsupported
from verinet.exact.enclosures import precision
from verinet.theory.narrow_learning.gaussian_kernels import reduced
from verinet.theory.narrow_learning.owen import owen_integral, owen_series

_ZERO, _ONE, _HALF, _QUARTER = Fraction(0), Fraction(1), Fraction(1, 2), Fraction(1, 4)


@dataclass(frozen=True, slots=True)
class Pair:
    r"""Two jointly Gaussian variables: means, variances, covariance.

    Parameters
    ----------
    means : (Fraction, Fraction)
    first, second : Fraction
        The variances, positive.
    product : Fraction
        The covariance.

    Raises
    ------
    Unsupported
        If there are no such variables, or one of them is constant.

    Guarantee: exact.
    """

    means: tuple[Fraction, Fraction]
    first: Fraction
    second: Fraction
    product: Fraction

    def __post_init__(self) -> None:
        if self.first <= 0 or self.second <= 0 or self.gram < 0:
            raise Unsupported(
                "no two Gaussian variables that vary have these variances and this covariance",
                fix="keep to product^2 <= first * second, both positive",
            )

    @property
    def gram(self) -> Fraction:
        """G, 0 if one variable is an affine function of the other."""
        return self.first * self.second - self.product**2

    def swapped(self) -> Pair:
        """The two variables in the other order."""
        return Pair(self.means[::-1], self.second, self.first, self.product)


class Arithmetic(Protocol):
    """Numbers in which the formulas are evaluated; q, b and n are exact."""

    def number(self, q: Fraction) -> Any:
        """The rational q."""

    def normal(self, b: Fraction, n: Fraction) -> Any:
        """Phi(b / sqrt(n))."""

    def density(self, b: Fraction, n: Fraction) -> Any:
        """exp(-b^2/(2n)) / sqrt(2 pi n)."""

    def angle(self, gram: Fraction, product: Fraction) -> Any:
        """The angle atan2(sqrt(gram), product), over 2 pi."""

    def owen(self, height: Fraction, slope: Fraction) -> Any:
        """Owen's T(h, a) for h^2 = height > 0, a^2 = slope > 0, a > 0."""


def biased_kernel(n: int, m: int, pair: Pair, bits: int) -> arb:
    r"""A ball around :math:`E[X_+^n Y_+^m]`, computed with `bits` bits.

    Raises
    ------
    Unsupported
        For powers below 0 or above 64.

    Examples
    --------
    >>> one = Fraction(1)
    >>> biased_kernel(1, 1, Pair((one, one), one, one, Fraction(0)), 64).str(10, radius=False)  # (phi(1) + Phi(1))^2
    '1.173572409'

    Guarantee: certified.
    """
    with precision(bits):
        result: arb = mean_of_product(n, m, pair, Balls(bits))
        return result


def symbolic_biased_kernel(n: int, m: int, pair: Pair) -> Any:
    r"""The mean as a sympy expression, Owen's function left as an integral.

    Examples
    --------
    >>> one = Fraction(1)
    >>> symbolic_biased_kernel(0, 0, Pair((one, one), one, one, one))
    erf(sqrt(2)/2)/2 + 1/2

    Guarantee: exact.
    """
    return mean_of_product(n, m, pair, Symbols())


def truncated_mean(power: int, mean: Fraction, variance: Fraction, numbers: Arithmetic) -> Any:
    r""":math:`E[Z_+^k]` for Gaussian Z, also of variance 0; the power 0 is a step, 1/2 at 0.

    Examples
    --------
    >>> truncated_mean(2, Fraction(0), Fraction(3), Symbols())
    3/2

    Guarantee: certified in balls, exact in symbols.
    """
    if not variance:
        return numbers.number(max(_ZERO, mean) ** power if power else _HALF * ((mean > 0) + (mean >= 0)))
    before, now = None, numbers.normal(mean, variance)
    for k in range(1, power + 1):
        last = numbers.density(mean, variance) if before is None else (k - 1) * before
        before, now = now, numbers.number(mean) * now + numbers.number(variance) * last
    return now


def mean_of_product(n: int, m: int, pair: Pair, numbers: Arithmetic) -> Any:
    r""":math:`E[X_+^n Y_+^m]` in the arithmetic that is given.

    Raises
    ------
    Unsupported
        For powers below 0 or above 64.

    Examples
    --------
    >>> mean_of_product(1, 1, Pair((_ZERO, _ZERO), _ONE, _ONE, _ZERO), Symbols())
    1/(2*pi)

    Guarantee: certified in balls, exact in symbols.
    """
    total = numbers.number(_ZERO)
    for (i, j), factor in reduced(n, m, pair.first, pair.second, pair.product, pair.means).items():
        if i == j == 0:
            value = _quadrant(pair, numbers)
        else:
            value = _on_hyperplane(max(i, j), pair if i < 0 else pair.swapped(), numbers)
        total = total + numbers.number(Fraction(factor)) * value
    return total


def _on_hyperplane(power: int, pair: Pair, numbers: Arithmetic) -> Any:
    """The density of X at 0 times the mean of the truncated power of Y given X = 0."""
    mean = pair.means[1] - pair.product * pair.means[0] / pair.first
    there = truncated_mean(power, mean, pair.gram / pair.first, numbers)
    return numbers.density(pair.means[0], pair.first) * there


def _quadrant(pair: Pair, numbers: Arithmetic) -> Any:
    (b, c), first, second, product = pair.means, pair.first, pair.second, pair.product
    if not pair.gram:
        return _collinear_quadrant(pair, numbers)
    if not b and not c:
        return numbers.number(_HALF) - numbers.angle(pair.gram, product)
    halves = (numbers.normal(b, first) + numbers.normal(c, second)) * numbers.number(_HALF)
    owen = _owen(b, first, c * first - product * b, pair.gram, numbers)
    other = _owen(c, second, b * second - product * c, pair.gram, numbers)
    same_side = b * c > 0 or (b * c == 0 and b + c >= 0)
    return halves - owen - other - numbers.number(_ZERO if same_side else _HALF)


def _collinear_quadrant(pair: Pair, numbers: Arithmetic) -> Any:
    (b, c), slope = pair.means, pair.product / pair.first
    edge = b - c / slope  # Y > 0 means X > edge, or X < edge if they move against each other
    if slope > 0:
        return numbers.normal(b, pair.first) if edge <= 0 else numbers.normal(c, pair.second)
    if edge <= 0:
        return numbers.number(_ZERO)
    return numbers.normal(b, pair.first) + numbers.normal(c, pair.second) - numbers.number(_ONE)


def _owen(b: Fraction, variance: Fraction, over: Fraction, gram: Fraction, numbers: Arithmetic) -> Any:
    """T(b / sqrt(variance), over / (b sqrt(gram)))."""
    if not over:
        return numbers.number(_ZERO)
    if not b:  # an infinite slope
        return numbers.number(_QUARTER if over > 0 else -_QUARTER)
    height, slope = b**2 / variance, over**2 / (b**2 * gram)
    if slope <= 1:
        value = numbers.owen(height, slope)
    else:  # T(h, a) + T(a h, 1/a) = 1/4 - erf(h/sqrt 2) erf(a h/sqrt 2)/4 with erf(h/sqrt 2) = 2 Phi(h) - 1
        one, two = numbers.number(_ONE), numbers.number(Fraction(2))
        errors = [two * numbers.normal(_ONE, 1 / q) - one for q in (height, height * slope)]
        value = (one - errors[0] * errors[1]) * numbers.number(_QUARTER) - numbers.owen(height * slope, 1 / slope)
    return value if (over > 0) == (b > 0) else -value


# --- the two arithmetics ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Balls:
    """FLINT's balls, to be used where the working precision is `bits`.

    Guarantee: certified.
    """

    bits: int
    #: Values of the normal distribution, by integers, whose hashes are fast: one neuron meets many others.
    known: dict[tuple[int, ...], arb] = field(default_factory=dict, compare=False, repr=False)

    def number(self, q: Fraction) -> arb:
        """The rational q."""
        return arb(fmpq(q.numerator, q.denominator))

    def normal(self, b: Fraction, n: Fraction) -> arb:
        """Phi(b / sqrt(n)), with small relative error in the lower tail."""
        key = (0, b.numerator, b.denominator, n.numerator, n.denominator)
        if key not in self.known:
            self.known[key] = (-self.number(b) / self.number(2 * n).sqrt()).erfc() / 2
        return self.known[key]

    def density(self, b: Fraction, n: Fraction) -> arb:
        """The density at 0 of a variable with mean b and variance n."""
        key = (1, b.numerator, b.denominator, n.numerator, n.denominator)
        if key not in self.known:
            over = (2 * arb.pi() * self.number(n)).sqrt()
            self.known[key] = (-self.number(b * b / (2 * n))).exp() / over
        return self.known[key]

    def angle(self, gram: Fraction, product: Fraction) -> arb:
        """An angle over 2 pi."""
        return arb.atan2(self.number(gram).sqrt(), self.number(product)) / (2 * arb.pi())

    def owen(self, height: Fraction, slope: Fraction) -> arb:
        """Owen's function, by its series, or its integral where that has too many terms."""
        return (owen_series if height <= self.bits else owen_integral)(height, slope, self.bits)


@dataclass(frozen=True, slots=True)
class Symbols:
    """Expressions of sympy.

    Guarantee: exact.
    """

    def number(self, q: Fraction) -> Any:
        """The rational q."""
        import sympy

        return sympy.Rational(q.numerator, q.denominator)

    def normal(self, b: Fraction, n: Fraction) -> Any:
        """Phi(b / sqrt(n))."""
        import sympy

        return (1 + sympy.erf(self.number(b) / sympy.sqrt(self.number(2 * n)))) / 2

    def density(self, b: Fraction, n: Fraction) -> Any:
        """The density at 0 of a variable with mean b and variance n."""
        import sympy

        return sympy.exp(-self.number(b * b / (2 * n))) / sympy.sqrt(2 * sympy.pi * self.number(n))

    def angle(self, gram: Fraction, product: Fraction) -> Any:
        """An angle over 2 pi."""
        import sympy

        return sympy.acos(self.number(product) / sympy.sqrt(self.number(gram + product**2))) / (2 * sympy.pi)

    def owen(self, height: Fraction, slope: Fraction) -> Any:
        """Owen's integral."""
        import sympy

        t = sympy.Symbol("t")
        inside = sympy.exp(-self.number(height / 2) * (1 + t**2)) / (1 + t**2)
        return sympy.Integral(inside, (t, 0, sympy.sqrt(self.number(slope)))) / (2 * sympy.pi)
