"""Rigorous enclosures of real functions and integrals (FLINT's balls), and mpmath as a second look.

Every bound comes from FLINT.  mpmath evaluates the same functions independently, without any guarantee; its
interval arithmetic is not used: its exponential has missed true values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import acb, arb, ctx, fmpq

from verinet.errors import BudgetExhausted, NotANumber, NotBounded, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import format_rational

_FIRST_BITS = 64
_LAST_BITS = 1 << 18
_LARGEST_EXPONENT = 1 << 20


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A closed interval [low, high] with rational ends that contains a real number.

    Examples
    --------
    >>> Enclosure(Fraction(1), Fraction(3, 2)).width
    Fraction(1, 2)

    Guarantee: exact; that it contains the real number is certified by the function that returns it.
    """

    low: Fraction
    high: Fraction

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise NotANumber(
                f"an enclosure needs low <= high, got [{format_rational(self.low)}, {format_rational(self.high)}]",
                fix="exchange the ends",
            )

    @property
    def width(self) -> Fraction:
        """high - low."""
        return self.high - self.low

    def contains(self, q: Fraction) -> bool:
        """Whether low <= q <= high."""
        return self.low <= q <= self.high


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """FLINT's working precision, which is global, restored afterwards whatever happens.

    Guarantee: certified (it changes how wide a ball is, never whether it contains its number).

    Examples
    --------
    >>> with precision(200):
    ...     ctx.prec
    200
    """
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def ball(q: Fraction, bits: int) -> arb:
    """A ball of `bits` bits that contains q.

    Notes
    -----
    Guarantee: certified

    Examples
    --------
    >>> enclosure_of(ball(Fraction(1, 3), 64)).contains(Fraction(1, 3))
    True
    """
    with precision(bits):
        return arb(fmpq(q.numerator, q.denominator))


def enclosure_of(value: arb) -> Enclosure:
    """The ends of a finite ball as rationals: exact, but moved outwards to a multiple of 2^-2^20 if tiny.

    Raises
    ------
    NotBounded
        If the ball is not finite, or reaches beyond 2^2^20.

    Notes
    -----
    Guarantee: certified

    Examples
    --------
    >>> enclosure_of(ball(Fraction(3, 4), 64))
    Enclosure(low=Fraction(3, 4), high=Fraction(3, 4))
    """
    if not value.is_finite():
        raise NotBounded("a ball has no finite ends", fix="ask for more bits, or take a smaller argument")
    return Enclosure(_floor_dyadic(value.lower()), -_floor_dyadic(-value.upper()))


def evaluate(name: str, argument: arb) -> arb:
    """A ball around the values of the function `name` on the ball `argument`, at the current precision.

    Notes
    -----
    Guarantee: certified

    Examples
    --------
    >>> enclosure_of(evaluate("logistic", ball(Fraction(0), 64)))
    Enclosure(low=Fraction(1, 2), high=Fraction(1, 2))
    """
    function = _smooth(name)
    if not function.increasing or argument.is_exact():
        return function.on_ball(argument)
    # An increasing function is enclosed best by its values at the two ends.
    return function.on_ball(argument.lower()).union(function.on_ball(argument.upper()))


def enclose(name: str, q: Fraction, accuracy: Fraction) -> Enclosure:
    """An enclosure of the function `name` at q, at most `accuracy` wide.

    The functions are those of `FUNCTIONS`: exp, exp2, log, sqrt, sine, cosine, arctan, erf,
    ``logistic(z) = 1/(1 + e^-z)``, tanh, ``softplus(z) = log(1 + e^z)``, and (exactly) floor and frac.

    Raises
    ------
    NotANumber
        If q is outside the domain of the function, or the accuracy is not positive.
    BudgetExhausted
        If the accuracy asks for more than 2^18 bits.

    Notes
    -----
    Guarantee: certified

    Examples
    --------
    >>> e = enclose("exp", Fraction(1), Fraction(1, 10**20))
    >>> e.low < Fraction("2.71828182845904523537") and e.high > Fraction("2.71828182845904523536")
    True
    """
    function = _smooth(name)
    if function.least is not None and (q < function.least or (q == function.least and function.open)):
        raise NotANumber(f"{name} has no value at {format_rational(q)}", fix="keep to its domain")
    if function.exact is not None:
        value = function.exact(q)
        return Enclosure(value, value)
    return _refine(name, accuracy, lambda bits: evaluate(name, ball(q, bits)))


Integrand = Callable[[acb, bool], acb]


def integral(function: str | Integrand, low: Fraction, high: Fraction, accuracy: Fraction) -> Enclosure:
    """An enclosure of the integral of a real function over [low, high], at most `accuracy` wide.

    Parameters
    ----------
    function : str or callable
        A name in `FUNCTIONS` that is analytic there, or ``f(z, analytic)`` from a complex ball to a complex
        ball.  Where `analytic` is true and f is not analytic on z, f must return a ball that is not finite
        (FLINT's methods with branch cuts take that flag); forgetting it gives wrong bounds.
    low, high : Fraction
        The ends; the integral changes sign with their order.

    Notes
    -----
    Guarantee: certified

    Examples
    --------
    >>> integral("exp", Fraction(0), Fraction(1), Fraction(1, 10**9)).contains(Fraction("1.7182818284"))
    False
    >>> square = integral(lambda z, analytic: z * z, Fraction(0), Fraction(3), Fraction(1, 10**9))
    >>> square.contains(Fraction(9))
    True
    """
    integrand = _complex(function) if isinstance(function, str) else function
    shown = function if isinstance(function, str) else "the integrand"

    def compute(bits: int) -> arb:
        # over [0, 1], whose ends are exact: low and high are balls, and enter by arithmetic only
        start, length = ball(low, bits), ball(high - low, bits)
        errors: list[BaseException] = []

        def on_unit(t: acb, analytic: bool) -> acb:
            if errors:
                return acb("nan")
            try:
                return length * integrand(start + length * t, analytic)
            except BaseException as error:  # FLINT calls this from C and would lose it, Ctrl-C included
                errors.append(error)
                return acb("nan")

        value = acb.integral(on_unit, 0, 1)
        if errors:
            raise errors[0]
        return value.real

    return _refine(f"the integral of {shown}", accuracy, compute)


def numeric(name: str, q: Fraction, digits: int) -> str:
    """The function `name` at q by mpmath, to about `digits` digits: an independent look, no bound.

    Notes
    -----
    Guarantee: numeric

    Examples
    --------
    >>> numeric("logistic", Fraction(0), 20)
    '0.5'
    """
    import mpmath

    function = _smooth(name).second
    context = mpmath.MPContext()  # a context of our own: mpmath.mp is global
    context.dps = digits + 15
    value = function(context, context.mpf(q.numerator) / context.mpf(q.denominator))
    return str(context.nstr(value, digits))


# --- the table --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Function:
    on_ball: Callable[[arb], arb]
    second: Callable[[Any, Any], Any]  # mpmath context and argument
    increasing: bool = False
    least: Fraction | None = None  # the domain begins here
    open: bool = False  # and excludes its beginning
    exact: Callable[[Fraction], Fraction] | None = None
    on_complex: Integrand | None = None


def _logistic(z: arb) -> arb:
    if z < 0:  # never the exponential of a large positive number
        power = z.exp()
        return power / (1 + power)
    return 1 / (1 + (-z).exp())


def _softplus(z: arb) -> arb:
    return z + (-z).exp().log1p() if z > 0 else z.exp().log1p()


def _exp2(z: arb) -> arb:
    return (z * arb.const_log2()).exp()


def _frac(z: arb) -> arb:
    floor = z.floor()
    # where the floor is not one integer, all that is known is 0 <= frac < 1
    return z - floor if floor.is_exact() else arb(0).union(arb(1))


def _complex_logistic(z: acb, analytic: bool) -> acb:
    return 1 / (1 + (-z).exp())


def _complex_softplus(z: acb, analytic: bool) -> acb:
    return (1 + z.exp()).log(analytic=analytic)


_ZERO = Fraction(0)
FUNCTIONS: dict[str, _Function] = {
    "logistic": _Function(_logistic, lambda m, x: 1 / (1 + m.exp(-x)), increasing=True, on_complex=_complex_logistic),
    "tanh": _Function(
        lambda z: z.tanh(), lambda m, x: m.tanh(x), increasing=True, on_complex=lambda z, analytic: z.tanh()
    ),
    "softplus": _Function(_softplus, lambda m, x: m.log1p(m.exp(x)), increasing=True, on_complex=_complex_softplus),
    "sine": _Function(lambda z: z.sin(), lambda m, x: m.sin(x), on_complex=lambda z, analytic: z.sin()),
    "cosine": _Function(lambda z: z.cos(), lambda m, x: m.cos(x), on_complex=lambda z, analytic: z.cos()),
    "exp2": _Function(
        _exp2,
        lambda m, x: m.power(2, x),
        increasing=True,
        on_complex=lambda z, analytic: (z * arb.const_log2()).exp(),
    ),
    "exp": _Function(lambda z: z.exp(), lambda m, x: m.exp(x), increasing=True, on_complex=lambda z, analytic: z.exp()),
    "log": _Function(
        lambda z: z.log(),
        lambda m, x: m.log(x),
        increasing=True,
        least=_ZERO,
        open=True,
        on_complex=lambda z, analytic: z.log(analytic=analytic),
    ),
    "sqrt": _Function(
        lambda z: z.sqrt(),
        lambda m, x: m.sqrt(x),
        increasing=True,
        least=_ZERO,
        on_complex=lambda z, analytic: z.sqrt(analytic=analytic),
    ),
    "arctan": _Function(lambda z: z.atan(), lambda m, x: m.atan(x), increasing=True),
    "erf": _Function(lambda z: z.erf(), lambda m, x: m.erf(x), increasing=True, on_complex=lambda z, analytic: z.erf()),
    "floor": _Function(
        lambda z: z.floor(), lambda m, x: m.floor(x), exact=lambda q: Fraction(math.floor(q)), increasing=True
    ),
    "frac": _Function(_frac, lambda m, x: x - m.floor(x), exact=lambda q: q - math.floor(q)),
}


def _smooth(name: str) -> _Function:
    if name not in FUNCTIONS:
        known = ", ".join(FUNCTIONS)
        raise Unsupported(f"no enclosure is known for the function {name!r}", fix=f"use one of {known}")
    return FUNCTIONS[name]


def _complex(name: str) -> Integrand:
    integrand = _smooth(name).on_complex
    if integrand is None:
        known = ", ".join(n for n, f in FUNCTIONS.items() if f.on_complex is not None)
        raise Unsupported(f"no certified integral is known for {name!r}", fix=f"use one of {known}")
    return integrand


def _refine(what: str, accuracy: Fraction, compute: Callable[[int], arb]) -> Enclosure:
    """The first enclosure narrow enough, doubling the precision."""
    if accuracy <= 0:
        raise NotANumber(f"an accuracy is positive, got {format_rational(accuracy)}", fix="ask for a positive width")
    bits = _FIRST_BITS
    while bits <= _LAST_BITS:
        with precision(bits):
            value = compute(bits)
            found = enclosure_of(value) if value.is_finite() else None
        if found is not None and found.width <= accuracy:
            return found
        bits *= 2
    raise BudgetExhausted(
        f"{what} was not enclosed as narrowly as asked by {_LAST_BITS} bits",
        fix="ask for less accuracy, or check that the value is finite",
    )


def _floor_dyadic(exact: arb) -> Fraction:
    mantissa, exponent = (int(part) for part in exact.man_exp())
    if exponent > _LARGEST_EXPONENT:
        raise NotBounded("a ball reaches beyond 2^2^20", fix="take a smaller argument")
    if exponent < -_LARGEST_EXPONENT:  # e.g. exp(-10^50): its exponent alone has 166 bits
        down = -_LARGEST_EXPONENT - exponent
        mantissa = mantissa >> down if down < 2 * _LARGEST_EXPONENT else (-1 if mantissa < 0 else 0)
        exponent = -_LARGEST_EXPONENT
    return Fraction(mantissa << exponent) if exponent >= 0 else Fraction(mantissa, 1 << -exponent)
