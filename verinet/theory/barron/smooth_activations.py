r"""Smooth activations with all their derivatives on balls, and the places where these change sign.

The derivatives have closed forms: polynomials in tanh or in the logistic function, polynomials times a Gaussian, powers
of :math:`1 + z^2` below a polynomial.  So the sign changes are roots of polynomials with integer coefficients, which
FLINT isolates, and the total variation of a derivative is a finite sum of its values there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cmp_to_key
from typing import Any

from flint import acb, arb, fmpz_poly

from verinet.errors import BudgetExhausted, Unsupported
from verinet.exact.enclosures import enclosure_of

#: The n-th derivative on a complex ball; where the flag is set, a ball that is not finite unless it is analytic there.
Derivative = Callable[[int, acb, bool], acb]
#: All zeros of the n-th derivative, n >= 1, between two balls (there may be more), in increasing order; or None.
Zeros = Callable[[int, arb, arb], list[arb] | None]
#: The limits of the n-th derivative at minus and plus infinity, None where they are not finite.
Limits = Callable[[int], tuple[arb, arb] | None]

#: So many zeros of a wave are looked at, and no more.
MOST_ZEROS = 1 << 16


@dataclass(frozen=True, slots=True)
class SmoothActivation:
    r"""A real analytic activation.

    Parameters
    ----------
    name, latex : str
    derivative : callable
        ``(n, z, analytic)`` to a ball around the n-th derivative on the complex ball z.
    zeros : callable
        ``(n, low, high)`` to balls around all zeros of the n-th derivative; None lets bisection look for them.
    limits : callable
        n to the limits of the n-th derivative.

    Examples
    --------
    >>> bool(smooth("tanh").at(1, arb(0)) == 1)
    True

    Guarantee: certified.
    """

    name: str
    latex: str
    derivative: Derivative
    zeros: Zeros
    limits: Limits

    def at(self, n: int, z: arb) -> arb:
        """Return a ball around the values of the n-th derivative on a real ball, at the current precision.

        Guarantee: certified.
        """
        return self.derivative(n, acb(z), False).real


def smooth(name: str) -> SmoothActivation:
    """Return the activation of this name.

    Raises
    ------
    Unsupported
        If the table `ACTIVATIONS` has no such name.

    Examples
    --------
    >>> sorted(ACTIVATIONS)
    ... # doctest: +NORMALIZE_WHITESPACE
    ['arctan', 'cos', 'erf', 'exp', 'gaussian', 'gelu', 'logistic', 'normal', 'sigmoid',
     'silu', 'sin', 'softplus', 'tanh']
    """
    if name not in ACTIVATIONS:
        raise Unsupported(f"no derivatives are known of {name[:40]!r}", fix=f"use one of {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[name]


# --- polynomials that the derivatives are made of ------------------------------------------------------------------


@cache
def chained(n: int, start: tuple[int, ...], slope: tuple[int, ...]) -> Any:
    """The polynomial p_n with p_0 given and p_(n+1) = p_n' q: the derivatives of p_0(g) where g' = q(g)."""
    p, q = fmpz_poly(list(start)), fmpz_poly(list(slope))
    for _ in range(n):
        p = p.derivative() * q
    return p


@cache
def gaussian_factor(n: int, start: tuple[int, ...], rate: int) -> Any:
    r"""The polynomial p_n with p_0 given and p_(n+1) = p_n' - r z p_n: derivatives of :math:`p_0 e^{-rz^2/2}`."""
    p, z = fmpz_poly(list(start)), fmpz_poly([0, rate])
    for _ in range(n):
        p = p.derivative() - z * p
    return p


@cache
def arctan_factor(n: int) -> Any:
    r"""The polynomial p_n, n >= 1, with :math:`\arctan^{(n)}(z) = p_n(z)/(1+z^2)^n`."""
    p, w = fmpz_poly([1]), fmpz_poly([1, 0, 1])
    for k in range(1, n):
        p = p.derivative() * w - fmpz_poly([0, 2 * k]) * p
    return p


def real_roots(p: Any) -> list[arb]:
    """Balls around the distinct real roots, in increasing order, at the current precision."""
    if p.degree() < 1:
        return []
    found = [root.real for root, _ in p.complex_roots() if root.imag == 0]
    found.sort(key=cmp_to_key(_compared))
    return found


def _compared(left: arb, right: arb) -> int:
    return -1 if left < right else 1  # certain: the balls of two roots are disjoint


def _value(p: Any, z: acb) -> acb:
    total = acb(0)
    for coefficient in reversed(p.coeffs()):
        total = total * z + coefficient
    return total


# --- the families --------------------------------------------------------------------------------------------------


def _logistic(z: acb) -> acb:
    return 1 / (1 + (-z).exp()) if z.real > 0 else z.exp() / (1 + z.exp())


def _in_tanh(n: int, z: acb, analytic: bool) -> acb:
    return _value(chained(n, (0, 1), (1, 0, -1)), z.tanh())


def _tanh_zeros(n: int, low: arb, high: arb) -> list[arb]:
    # the factor 1 - g^2 has no zeros, and its roots are no values of tanh
    inner = chained(n, (0, 1), (1, 0, -1)) // fmpz_poly([1, 0, -1])
    # a root that is not certainly outside stays: its place is a ball that is not finite, and more bits are taken
    return [root.atanh() for root in real_roots(inner) if not abs(root) >= 1]


def _in_logistic(n: int, z: acb, analytic: bool) -> acb:
    return _value(chained(n, (0, 1), (0, 1, -1)), _logistic(z))


def _logistic_zeros(n: int, low: arb, high: arb) -> list[arb]:
    inner = chained(n, (0, 1), (0, 1, -1)) // fmpz_poly([0, 1, -1])
    return [(root / (1 - root)).log() for root in real_roots(inner) if not (root <= 0 or root >= 1)]


def _softplus(n: int, z: acb, analytic: bool) -> acb:
    if n:
        return _in_logistic(n - 1, z, analytic)
    if z.real > 0:
        return z + (1 + (-z).exp()).log(analytic=analytic)
    return (1 + z.exp()).log(analytic=analytic)


def _gaussian(n: int, z: acb, analytic: bool) -> acb:
    return _value(gaussian_factor(n, (1,), 1), z) * (-z * z / 2).exp()


def _phi(z: acb) -> acb:
    return (-z * z / 2).exp() / acb(2 * arb.pi()).sqrt()


def _normal(z: acb) -> acb:
    return (-z / acb(2).sqrt()).erfc() / 2


def _gelu(n: int, z: acb, analytic: bool) -> acb:
    if n == 0:
        return z * _normal(z)
    if n == 1:
        return _normal(z) + z * _phi(z)
    return _value(gaussian_factor(n - 2, (2, 0, -1), 1), z) * _phi(z)


def _distribution(n: int, z: acb, analytic: bool) -> acb:
    return _value(gaussian_factor(n - 1, (1,), 1), z) * _phi(z) if n else _normal(z)


def _erf(n: int, z: acb, analytic: bool) -> acb:
    if n == 0:
        return z.erf()
    return _value(gaussian_factor(n - 1, (2,), 2), z) * (-z * z).exp() / acb(arb.pi()).sqrt()


def _arctan(n: int, z: acb, analytic: bool) -> acb:
    if n == 0:
        return z.atan()
    return _value(arctan_factor(n), z) / (1 + z * z) ** n


def _wave(quarter: int) -> Derivative:
    def derivative(n: int, z: acb, analytic: bool) -> acb:
        turned = (n + quarter) % 4
        return (z.cos(), -z.sin(), -z.cos(), z.sin())[turned]

    return derivative


def _wave_zeros(quarter: int) -> Zeros:
    def zeros(n: int, low: arb, high: arb) -> list[arb]:
        # cos^(m) vanishes where z / pi is an integer, shifted by a half for even m
        shift = arb(1) / 2 if (n + quarter) % 2 == 0 else arb(0)
        ends = low / arb.pi(), high / arb.pi()
        if any(not end.is_finite() or end.rad() > 1 for end in ends):
            # so few bits do not tell where the ends are: a place that is not finite asks for more
            return [arb("nan")]
        first, last = enclosure_of(ends[0]).low.__floor__() - 1, enclosure_of(ends[1]).high.__ceil__() + 1
        if last - first > MOST_ZEROS:
            raise BudgetExhausted(
                f"a wave has about {last - first} zeros there, at most {MOST_ZEROS} are looked at",
                fix="take a shorter interval, or smaller frequencies",
            )
        return [arb.pi() * (k + shift) for k in range(first, last + 1)]

    return zeros


def _polynomial_zeros(factor: Callable[[int], Any], first: int) -> Zeros:
    """The zeros of derivatives from the order `first` on; below it they are left to bisection."""

    def zeros(n: int, low: arb, high: arb) -> list[arb] | None:
        return real_roots(factor(n)) if n >= first else None

    return zeros


def _flat(*values: tuple[arb, arb] | None) -> Limits:
    """The limits of the first derivatives; 0 and 0 for all others."""

    def limits(n: int) -> tuple[arb, arb] | None:
        return values[n] if n < len(values) else (arb(0), arb(0))

    return limits


def _silu(n: int, z: acb, analytic: bool) -> acb:
    value = z * _in_logistic(n, z, analytic)
    return value + n * _in_logistic(n - 1, z, analytic) if n else value


def _arctan_limits(n: int) -> tuple[arb, arb]:
    return (-arb.pi() / 2, arb.pi() / 2) if n == 0 else (arb(0), arb(0))


_TANH = SmoothActivation("tanh", r"\tanh", _in_tanh, _tanh_zeros, _flat((arb(-1), arb(1))))
_LOGISTIC = SmoothActivation("logistic", r"\mathrm{logistic}", _in_logistic, _logistic_zeros, _flat((arb(0), arb(1))))
ACTIVATIONS: dict[str, SmoothActivation] = {
    "tanh": _TANH,
    "logistic": _LOGISTIC,
    "sigmoid": _LOGISTIC,
    "softplus": SmoothActivation(
        "softplus",
        r"\mathrm{softplus}",
        _softplus,
        lambda n, low, high: _logistic_zeros(n - 1, low, high) if n > 1 else [],
        _flat(None, (arb(0), arb(1))),
    ),
    "cos": SmoothActivation("cos", r"\cos", _wave(0), _wave_zeros(0), lambda n: None),
    "sin": SmoothActivation("sin", r"\sin", _wave(3), _wave_zeros(3), lambda n: None),
    "gaussian": SmoothActivation(
        "gaussian", r"e^{-z^2/2}", _gaussian, _polynomial_zeros(lambda n: gaussian_factor(n, (1,), 1), 0), _flat()
    ),
    "exp": SmoothActivation("exp", r"\exp", lambda n, z, analytic: z.exp(), lambda n, low, high: [], lambda n: None),
    # the zero of the first derivative has no closed form: bisection finds it
    "gelu": SmoothActivation(
        "gelu",
        r"\mathrm{GELU}",
        _gelu,
        _polynomial_zeros(lambda n: gaussian_factor(n - 2, (2, 0, -1), 1), 2),
        _flat(None, (arb(0), arb(1))),
    ),
    # the distribution function of the normal law
    "normal": SmoothActivation(
        "normal",
        r"\Phi",
        _distribution,
        _polynomial_zeros(lambda n: gaussian_factor(n - 1, (1,), 1), 1),
        _flat((arb(0), arb(1))),
    ),
    "erf": SmoothActivation(
        "erf",
        r"\mathrm{erf}",
        _erf,
        _polynomial_zeros(lambda n: gaussian_factor(n - 1, (2,), 2), 1),
        _flat((arb(-1), arb(1))),
    ),
    "arctan": SmoothActivation("arctan", r"\arctan", _arctan, _polynomial_zeros(arctan_factor, 1), _arctan_limits),
    # z times the logistic function: zeros of its derivatives are found by bisection
    "silu": SmoothActivation("silu", r"\mathrm{SiLU}", _silu, lambda n, low, high: None, _flat(None, (arb(0), arb(1)))),
}
