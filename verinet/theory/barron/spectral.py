r"""Spectral Barron spaces and sums of waves by RePU_s neurons on a ball of radius R.

For one wave :math:`\cos(\xi \cdot x + \vartheta)` with :math:`\rho = \lVert \xi \rVert`, Taylor's formula at 0 along
the direction of :math:`\xi` needs kinks of the mass :math:`\frac{1}{s!}\int_{-R}^R |\rho^{s+1} \cos^{(s+1)}(\rho\tau
+ \vartheta)|\, d\tau` and a polynomial; with :math:`\kappa_j` the masses of the monomials (`monomial_masses`), and for
N2,

.. math:: \lVert \cos(\xi \cdot x + \vartheta) \rVert \le p(\rho) :=
   \frac{2R\rho^{s+1}}{s!} + \sum_{j \le s} \frac{\kappa_j \rho^j}{j!}.

So :math:`f(x) = \int \cos(\xi \cdot x + \vartheta(\xi))\, dF(\xi)` has a norm of at most :math:`\int p(|\xi|)\, d|F|`.
That spectral Barron spaces embed in this way is the paper's [heeringa2024], without the dimension in the constants
[wu2023]; p and the constants here are derived.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb, factorial

from flint import arb

from verinet.errors import NotANumber, ShapeMismatch
from verinet.exact.enclosures import Enclosure
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q
from verinet.theory.barron.conventions import Exact, InputBall, dot, integer_power, length, simplified, tidied
from verinet.theory.barron.exact_values import ball_of, refined, sign_of
from verinet.theory.barron.measures import Fibre, Measure
from verinet.theory.barron.polynomials import monomial_masses
from verinet.theory.barron.smooth_activations import smooth
from verinet.theory.barron.taylor import RemainderDensity
from verinet.theory.barron.variations import variation
from verinet.theory.ridges import Row

_ZERO, _ONE = Fraction(0), Fraction(1)


def spectral_polynomial(s: int, radius: object) -> tuple[Fraction, ...]:
    r"""The coefficients of :math:`p(\rho) = \sum_{j \le s} \kappa_j \rho^j/j! + 2R\rho^{s+1}/s!`, constant first.

    Raises
    ------
    Unsupported
        For s < 1.
    NotANumber
        For a radius that is not positive.

    Examples
    --------
    >>> [str(c) for c in spectral_polynomial(1, 1)]
    ['1', '1', '2']

    Guarantee: exact.
    """
    size = Q(radius)
    integer_power(s)
    if size <= 0:
        raise NotANumber("the radius is positive", fix="give R > 0")
    below = (mass / factorial(j) for j, mass in enumerate(monomial_masses(s, size)))
    return (*below, 2 * size / factorial(s))


def coarse_constant(s: int, radius: object) -> Fraction:
    r"""A rational C with :math:`p(\rho) \le C (1 + \rho)^{s+1}`: the largest ratio of two coefficients.

    Examples
    --------
    >>> coarse_constant(1, 1)
    Fraction(2, 1)

    Guarantee: exact.
    """
    found = spectral_polynomial(s, radius)
    return max(c / comb(s + 1, j) for j, c in enumerate(found))


def spectral_constant(s: int, radius: object) -> Exact:
    r"""The least C with :math:`p(\rho) \le C (1 + \rho)^{s+1}` for all :math:`\rho \ge 0`; then

    .. math:: \lVert f \rVert_{\mathcal{K}(\mathbb{P}_s)} \le C \int (1 + |\xi|)^{s+1}\, d|F|(\xi).

    The supremum is at 0, at infinity, or at a root of a polynomial, which sympy isolates.

    Examples
    --------
    >>> [str(spectral_constant(s, 1)) for s in (1, 2)]
    ['2', '3']

    Guarantee: exact.
    """
    import sympy

    r = sympy.Symbol("r")
    found = spectral_polynomial(s, radius)
    p = sympy.Poly([sympy.sympify(c) for c in reversed(found)], r)
    # the derivative of p / (1 + r)^(s+1) has the sign of p' (1 + r) - (s + 1) p
    slope = p.diff(r) * sympy.Poly(1 + r, r) - (s + 1) * p
    candidates: list[Exact] = [found[0], found[-1]]
    if slope.degree() > 0:
        for root in sympy.real_roots(slope):
            if root > 0:
                candidates.append(simplified((p.as_expr() / (1 + r) ** (s + 1)).subs(r, root)))
    best = candidates[0]
    for other in candidates[1:]:
        if sign_of(other - best) > 0:
            best = other
    return best


def gaussian_bound(s: int, radius: object, inputs: int) -> Exact:
    r"""An upper bound for N2 of the norm of :math:`e^{-|x|^2/2}` in closed form, :math:`E\, p(|G|)`, G standard normal.

    .. math:: e^{-|x|^2/2} = E \cos(G \cdot x), \qquad E|G|^j = 2^{j/2}\, \Gamma((d+j)/2)/\Gamma(d/2).

    Raises
    ------
    ShapeMismatch
        Without inputs.

    Examples
    --------
    >>> gaussian_bound(1, 1, 2)
    sqrt(2)*sqrt(pi)/2 + 5

    Guarantee: exact.
    """
    import sympy

    if isinstance(inputs, bool) or not isinstance(inputs, int) or inputs < 1:
        raise ShapeMismatch(f"a function of {str(inputs)[:40]} inputs is none", fix="give at least one input")
    d = sympy.Integer(inputs)
    moments = (2 ** sympy.Rational(j, 2) * sympy.gamma((d + j) / 2) / sympy.gamma(d / 2) for j in range(s + 2))
    total = sum(sympy.sympify(c) * m for c, m in zip(spectral_polynomial(s, radius), moments, strict=True))
    return simplified(sympy.simplify(total))


@dataclass(frozen=True, slots=True)
class Wave:
    r"""The function :math:`a \cos(\xi \cdot x + \vartheta)`.

    Guarantee: exact.
    """

    amplitude: Fraction
    frequency: Row
    phase: Fraction = _ZERO

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        object.__setattr__(self, "amplitude", Q(self.amplitude))
        object.__setattr__(self, "frequency", tuple(map(Q, self.frequency)))
        object.__setattr__(self, "phase", Q(self.phase))


@dataclass(frozen=True, slots=True)
class Waves:
    """A finite sum of waves on a ball, by RePU_s neurons: certified bounds of its norm, and the representation.

    Parameters
    ----------
    waves : tuple of Wave
    power : int
        s, at least 1.
    ball : InputBall

    Raises
    ------
    ShapeMismatch
        If the frequencies differ in length, or there are no waves.
    Unsupported
        For a power below 1.

    Examples
    --------
    >>> f = Waves((Wave(2, (3, 4), 1), Wave(-1, (1, 0))), 1, InputBall(1))
    >>> str(f.coarse_bound())  # 2 p(5) + p(1)
    '116'
    >>> f.bound(10).high < 116
    True

    Guarantee: certified.
    """

    waves: tuple[Wave, ...]
    power: int
    ball: InputBall

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        if len({len(wave.frequency) for wave in self.waves}) != 1:
            raise ShapeMismatch("the frequencies of a sum of waves have one length", fix="give one number an input")
        integer_power(self.power)

    def coarse_bound(self) -> Exact:
        r"""Return :math:`\sum |a|\, p(\lVert \xi \rVert)`, whatever the phases are.

        Guarantee: exact.
        """
        found, total = spectral_polynomial(self.power, self.ball.radius), _ZERO
        for wave in self.waves:
            rho = length(wave.frequency, self.ball.pairing)
            total = total + abs(wave.amplitude) * sum(c * rho**j for j, c in enumerate(found))
        return tidied(total)

    def bound(self, digits: int = 30) -> Enclosure:
        """An enclosure of the mass of kinks and polynomials with the phases: an upper bound of the norm for N2.

        Guarantee: certified.
        """
        cos, s, kappa = smooth("cos"), self.power, monomial_masses(self.power, self.ball.radius)

        def compute() -> arb:
            total = arb(0)
            for wave in self.waves:
                rho = ball_of(length(wave.frequency, self.ball.pairing))
                reach, phase = rho * ball_of(self.ball.radius), ball_of(wave.phase)
                kinks = rho**s * variation(cos, s, phase - reach, phase + reach) / factorial(s)
                flat = sum(
                    (rho**j * abs(cos.at(j, phase)) * ball_of(kappa[j]) / factorial(j) for j in range(s + 1)), arb(0)
                )
                total += ball_of(abs(wave.amplitude)) * (kinks + flat)
            return total

        return refined("the mass of a sum of waves", digits, compute)

    def kinks(self) -> Measure:
        r"""The measure of Taylor's remainders at 0: two fibres a wave, with kinks on both sides of 0.

        .. math:: \frac{1}{s!}\int_0^{\rho R} \left( \mathrm{RePU}_s(z - t) \cos^{(s+1)}(\vartheta + t)
           + \mathrm{RePU}_s(-z - t) \cos^{(s+1)}(t - \vartheta) \right) dt, \qquad z = \xi \cdot x.

        Guarantee: certified.
        """
        fibres = []
        for wave in self.waves:
            reach = simplified(self.ball.radius * length(wave.frequency, self.ball.pairing))
            if reach == 0:
                continue
            for sign in (1, -1):
                # cos is even: the left half of the wave is the right half of the one with the opposite phase
                start = sign * wave.phase
                density = RemainderDensity("cos", self.power, start, simplified(start + reach))
                weight = tuple(sign * entry for entry in wave.frequency)
                fibres.append(Fibre(wave.amplitude, weight, _ZERO, reach, density))
        return Measure(len(self.waves[0].frequency), (), tuple(fibres))

    def value(self, *x: object, digits: int = 30) -> Enclosure:
        """The value at x of polynomials and kinks: certified integrals.

        Raises
        ------
        NotANumber
            If the argument of a wave leaves the interval that it fills on the ball: kinks are there only.

        Guarantee: certified.
        """
        kinks, point, cos = self.kinks(), tuple(map(Q, x)), smooth("cos")
        self._check(point)
        for wave in self.waves:
            reach = self.ball.values(wave.frequency)[1]
            if sign_of(reach - abs(dot(wave.frequency, point))) < 0:
                raise NotANumber("the point lies outside of the ball of the representation", fix="take a larger ball")

        def compute() -> arb:
            total = arb(0)
            for fibre in kinks.fibres:
                z = dot(fibre.weight, point)
                total += ball_of(fibre.mass) * fibre.density.ramp(self.power, z, fibre.length)
            for wave in self.waves:
                z, phase = ball_of(dot(wave.frequency, point)), ball_of(wave.phase)
                for j in range(self.power + 1):
                    total += ball_of(wave.amplitude) * cos.at(j, phase) * z**j / factorial(j)
            return total

        return refined("a sum of waves by neurons", digits, compute)

    def direct(self, *x: object, digits: int = 30) -> Enclosure:
        """The sum of the waves itself at x.

        Guarantee: certified.
        """
        point = tuple(map(Q, x))
        self._check(point)

        def compute() -> arb:
            total = arb(0)
            for wave in self.waves:
                total += ball_of(wave.amplitude) * ball_of(dot(wave.frequency, point) + wave.phase).cos()
            return total

        return refined("a sum of waves", digits, compute)

    def _check(self, point: Row) -> None:
        if len(point) != len(self.waves[0].frequency):
            raise ShapeMismatch(
                f"a sum of waves of {len(self.waves[0].frequency)} inputs got {len(point)} numbers",
                fix="give one for each",
            )
