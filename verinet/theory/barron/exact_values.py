"""Balls around exact numbers: rationals, and what sympy writes with roots, pi, gamma functions and powers.

sympy's own `evalf` promises no bound; here every node of the expression is evaluated by FLINT's balls.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

from flint import arb, fmpq

from verinet.errors import BudgetExhausted, NotANumber, Unsupported
from verinet.exact.enclosures import Enclosure, enclosure_of, precision
from verinet.exact.rationals import format_rational

_FIRST_BITS = 64
_LAST_BITS = 1 << 17


def ball_of(value: Any) -> arb:
    """A ball around an exact number, at the current precision.

    Parameters
    ----------
    value : int, Fraction or sympy expression
        Without free symbols; sums, products, powers, pi, e, gamma, factorial, binomial, exp, log and hyperbolic or
        trigonometric functions, Gauss's hypergeometric function, and roots of polynomials (sympy's CRootOf).

    Raises
    ------
    Unsupported
        If a symbol or another function stands in it.

    Examples
    --------
    >>> import sympy
    >>> bool(abs(ball_of(sympy.sqrt(2)) ** 2 - 2) < arb("1e-10"))
    True

    Guarantee: certified.
    """
    if isinstance(value, (int, Fraction)):
        q = Fraction(value)
        return arb(fmpq(q.numerator, q.denominator))
    if isinstance(value, arb):
        return value
    if getattr(value, "is_Rational", False):
        return arb(fmpq(int(value.p), int(value.q)))
    name = type(value).__name__
    if name in _CONSTANTS:
        return _CONSTANTS[name]()
    if name == "ComplexRootOf":
        return _root(value)
    if name == "hyper" and len(value.ap) == 2 and len(value.bq) == 1:
        (a, b), (c,) = ([ball_of(entry) for entry in entries] for entries in (value.ap, value.bq))
        return ball_of(value.argument).hypgeom_2f1(a, b, c)
    if name not in _FUNCTIONS:
        raise Unsupported(
            f"no ball is known for {str(value)[:60]}", fix="put numbers for symbols, and use elementary functions"
        )
    return _FUNCTIONS[name](*(ball_of(part) for part in value.args))


def refined(what: str, digits: int, compute: Callable[[], arb]) -> Enclosure:
    r"""The first enclosure at most :math:`10^{-d} \max(1, |v|)` wide, the precision doubled until then.

    Parameters
    ----------
    what : str
        For the message of the error.
    digits : int
        d, positive.
    compute : callable
        Gives a ball at the current precision.

    Raises
    ------
    NotANumber
        If no digits are asked for.
    BudgetExhausted
        If 131072 bits do not suffice.

    Examples
    --------
    >>> found = refined("the root of 2", 30, lambda: arb(2).sqrt())
    >>> found.width < Fraction(1, 10**29)
    True

    Guarantee: certified.
    """
    if digits < 1:
        raise NotANumber(f"an enclosure has at least one digit, got {digits}", fix="ask for digits >= 1")
    bits = max(_FIRST_BITS, 4 * digits + 32)
    while bits <= _LAST_BITS:
        with precision(bits):
            value = compute()
            if value.is_finite():
                found = enclosure_of(value)
                size = max(Fraction(1), min(abs(found.low), abs(found.high)))
                if found.width * 10**digits <= size:
                    return found
        bits *= 2
    raise BudgetExhausted(
        f"{what} was not enclosed to {digits} digits by {_LAST_BITS} bits",
        fix="ask for fewer digits, or check that the value is finite",
    )


def enclosed(value: Any, digits: int) -> Enclosure:
    """An enclosure of an exact number, to so many digits (of its size, where that is above 1).

    Examples
    --------
    >>> import sympy
    >>> found = enclosed(sympy.pi, 20)
    >>> Fraction("3.14159265358979323") < found.low < found.high < Fraction("3.14159265358979324")
    True

    Guarantee: certified.
    """
    if isinstance(value, (int, Fraction)):
        return Enclosure(Fraction(value), Fraction(value))
    return refined(str(value)[:60], digits, lambda: ball_of(value))


def sign_of(value: Any) -> int:
    """The sign of an algebraic number, by balls that are refined until they decide.

    Raises
    ------
    BudgetExhausted
        If the number is 0 and sympy does not see that, or too small.

    Examples
    --------
    >>> import sympy
    >>> sign_of(sympy.sqrt(2) - Fraction(3, 2)), sign_of(sympy.sqrt(8) - 2 * sympy.sqrt(2))
    (-1, 0)

    Guarantee: exact.
    """
    import sympy

    number = sympy.sympify(value)
    if number.is_Rational:
        return int(number.p > 0) - int(number.p < 0)
    for digits in (20, 40, 80, 160, 320, 640):
        found = refined(str(number)[:60], digits, lambda: ball_of(number))
        if found.low > 0 or found.high < 0:
            return 1 if found.low > 0 else -1
        # whether it is 0 is asked only after a first look: that takes long for roots of polynomials
        if digits == 20 and sympy.simplify(number) == 0:
            return 0
    raise BudgetExhausted(
        f"the sign of {str(number)[:60]} was not decided by 640 digits", fix="simplify the number, or choose others"
    )


def decimal(found: Enclosure, digits: int = 30) -> str:
    """The decimals that both ends of an enclosure have in common, cut off (not rounded), at most so many places.

    Examples
    --------
    >>> import sympy
    >>> decimal(enclosed(sympy.pi, 30), 20), decimal(Enclosure(Fraction(-1, 3), Fraction(-333, 1000)), 20)
    ('3.14159265358979323846', '-0.333')

    Guarantee: certified.
    """
    low, high = (found.low, found.high) if found.low >= 0 else (-found.high, -found.low)
    for places in range(digits, -1, -1) if low >= 0 else ():
        cut = low.numerator * 10**places // low.denominator
        if cut == high.numerator * 10**places // high.denominator:
            text = format_rational(Fraction(cut)).rjust(places + 1, "0")
            sign = "-" if found.low < 0 else ""
            return sign + (f"{text[:-places]}.{text[-places:]}" if places else text)
    return f"between {format_rational(found.low)} and {format_rational(found.high)}"


def _root(value: Any) -> arb:
    """A real root of a polynomial with integer coefficients, found again among FLINT's certified roots."""
    from flint import fmpq_poly

    poly = value.poly
    coefficients = [fmpq(int(c.p), int(c.q)) for c in reversed(poly.all_coeffs())]
    integers = fmpq_poly(coefficients).numer()
    reals = [root.real for root, _ in integers.complex_roots() if root.imag == 0]
    reals.sort(key=cmp_to_key(_compared))
    return reals[value.index]  # sympy numbers the real roots first, in increasing order


def _compared(left: arb, right: arb) -> int:
    return -1 if left < right else 1  # certain: the balls of two roots are disjoint


def _product(*parts: arb) -> arb:
    total = arb(1)
    for part in parts:
        total = total * part
    return total


def _power(base: arb, exponent: arb) -> arb:
    # an integer or half-integer exponent is exact, and then no logarithm of the base is taken
    return base**exponent


_CONSTANTS: dict[str, Callable[[], arb]] = {
    "Pi": arb.pi,
    "Exp1": arb.const_e,
    "EulerGamma": arb.const_euler,
}
_FUNCTIONS: dict[str, Callable[..., arb]] = {
    "Add": lambda *parts: sum(parts, arb(0)),
    "Mul": _product,
    "Pow": _power,
    "Max": lambda *parts: _extreme(parts, largest=True),
    "Min": lambda *parts: _extreme(parts, largest=False),
    "Abs": lambda z: abs(z),
    "exp": lambda z: z.exp(),
    "log": lambda z: z.log(),
    "gamma": lambda z: z.gamma(),
    "factorial": lambda z: (z + 1).gamma(),
    "binomial": lambda n, k: (n + 1).gamma() / ((k + 1).gamma() * (n - k + 1).gamma()),
    "beta": lambda a, b: a.gamma() * b.gamma() / (a + b).gamma(),
    "cosh": lambda z: z.cosh(),
    "sinh": lambda z: z.sinh(),
    "tanh": lambda z: z.tanh(),
    "cos": lambda z: z.cos(),
    "sin": lambda z: z.sin(),
    "erf": lambda z: z.erf(),
}


def _extreme(parts: tuple[arb, ...], largest: bool) -> arb:
    total = parts[0]
    for part in parts[1:]:
        total = total.max(part) if largest else total.min(part)
    return total
