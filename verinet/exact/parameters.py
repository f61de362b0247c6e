"""Symbols with assumptions, and the sign of a rational function under them.

A sign is decided by exact means only: Sturm sequences for one parameter, coefficients after a substitution
that turns the assumptions into "all variables >= 0" for several.  None means "not decided", never "mixed".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from numbers import Rational
from typing import Any, Literal

from verinet.errors import EmptyDomain, Unsupported
from verinet.exact.printing import spelled, spelled_fields
from verinet.exact.rationals import Q, format_rational

Sign = Literal[-1, 0, 1]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A real sympy symbol with optional ends, each of which belongs to its range or (open) does not.

    Guarantee: exact.
    """

    symbol: Any
    low: Fraction | None
    high: Fraction | None
    low_open: bool
    high_open: bool

    __repr__ = spelled_fields


def parameter(
    name: str, *, positive: bool = False, low: object = None, high: object = None, strict: bool = False
) -> Parameter:
    """A parameter with ``low <= name <= high`` (``<`` with `strict`); ``positive=True`` means ``0 < name``.

    Raises
    ------
    EmptyDomain
        If no value is left.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> parameter("alpha", low=0, high=1, strict=True).high
    Fraction(1, 1)
    """
    import sympy

    first = None if low is None else Q(low)
    last = None if high is None else Q(high)
    first_open = strict
    if positive and (first is None or first <= 0):
        first, first_open = Fraction(0), True
    single = first == last and not (first_open or strict)
    if first is not None and last is not None and last <= first and not single:
        ends = f"{format_rational(first)} to {format_rational(last)}"
        raise EmptyDomain(f"the parameter {name} has no value from {ends}", fix="widen its range")
    symbol = sympy.Symbol(name, real=True, positive=True if positive else None)
    return Parameter(symbol, first, last, first_open, strict)


def sign(expression: Any, parameters: Sequence[Parameter]) -> Sign | None:
    """The sign that a rational function has for every value of the parameters, or None if undecided.

    Parameters
    ----------
    expression : sympy expression
        A rational function of the parameters' symbols with rational coefficients.
    parameters : sequence of Parameter

    Returns
    -------
    -1, 0, 1 or None
        For one parameter None means that the function, its common factors cancelled, is 0 or has a pole
        somewhere in the range.

    Raises
    ------
    Unsupported
        If the expression is not a rational function of the parameters with rational coefficients.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> a = parameter("a", low=0, high=1, strict=True)
    >>> sign(1 / a.symbol - 1, [a]), sign(a.symbol - Q("1/2"), [a])
    (1, None)
    """
    import sympy

    symbols = [p.symbol for p in parameters]
    found = 1
    for polynomial in _numerator_and_denominator(sympy, expression, symbols):
        decided = _polynomial_sign(sympy, polynomial, parameters)
        if decided is None:
            return None
        found *= decided
    return 1 if found > 0 else -1 if found < 0 else 0


def _numerator_and_denominator(sympy: Any, expression: Any, symbols: list[Any]) -> list[Any]:
    if isinstance(expression, Rational) and not isinstance(expression, (bool, sympy.Basic)):
        expression = _rational(sympy, Q(expression))
    if not isinstance(expression, sympy.Expr):  # text above all: nothing is evaluated as Python
        raise _refused(expression, symbols)
    if expression.has(sympy.Float) or not expression.is_rational_function(*symbols):
        raise _refused(expression, symbols)
    try:
        parts = sympy.fraction(sympy.cancel(sympy.together(expression)))
        # a generator is needed even where no parameter is left
        return [sympy.Poly(part, *(symbols or [sympy.Dummy()]), domain="QQ") for part in parts]
    except sympy.polys.polyerrors.BasePolynomialError:
        raise _refused(expression, symbols) from None


def _refused(expression: object, symbols: list[Any]) -> Unsupported:
    return Unsupported(
        f"sign needs a rational function of {symbols} with rational coefficients, got {spelled(expression)[:200]}",
        fix="use exact numbers, and declare every symbol",
    )


def _polynomial_sign(sympy: Any, polynomial: Any, parameters: Sequence[Parameter]) -> Sign | None:
    if polynomial.is_zero:
        return 0
    if polynomial.is_ground:
        return _of_number(polynomial.LC())
    used = [p for p in parameters if polynomial.degree(p.symbol) > 0]
    reduced = sympy.Poly(polynomial.as_expr(), *[p.symbol for p in used], domain="QQ")
    if len(used) == 1:
        return _sign_on_interval(sympy, reduced, used[0])
    return _sign_by_coefficients(sympy, reduced, used)


def _of_number(value: Any) -> Sign:
    return 1 if value > 0 else -1 if value < 0 else 0


def _sign_on_interval(sympy: Any, polynomial: Any, p: Parameter) -> Sign | None:
    low, high = _rational(sympy, p.low), _rational(sympy, p.high)
    if low is not None and low == high:
        return _of_number(polynomial.eval(low))
    roots = polynomial.count_roots(low, high)  # distinct real roots in the closed range
    roots -= int(p.low_open and low is not None and polynomial.eval(low) == 0)
    roots -= int(p.high_open and high is not None and polynomial.eval(high) == 0)
    if roots:
        return None
    if low is None:
        inside = sympy.Integer(0) if high is None else high - 1
    else:
        inside = low + 1 if high is None else (low + high) / 2
    return _of_number(polynomial.eval(inside))


def _sign_by_coefficients(sympy: Any, polynomial: Any, used: Sequence[Parameter]) -> Sign | None:
    # p = low + t, p = high - t or p = (low a + high b) / (a + b) with t, a, b >= 0: if then all coefficients
    # have one sign, so has the polynomial; it is not 0 where a term with none but positive variables is left.
    degrees = {p.symbol: polynomial.degree(p.symbol) for p in used}
    replaced = polynomial.as_expr()
    patterns: list[list[frozenset[Any]]] = []
    variables: list[Any] = []
    for p in used:
        if p.low is None and p.high is None:
            return None
        a, b = sympy.Dummy("a", positive=True), sympy.Dummy("b", positive=True)
        low, high = _rational(sympy, p.low), _rational(sympy, p.high)
        if p.low is not None and p.high is not None:
            variables += [a, b]
            replaced = replaced.subs(p.symbol, (low * a + high * b) / (a + b)) * (a + b) ** degrees[p.symbol]
            ends = [frozenset({b})] * (not p.low_open) + [frozenset({a})] * (not p.high_open)
        else:
            variables.append(a)
            replaced = replaced.subs(p.symbol, low + a if high is None else high - a)
            ends = [frozenset({a})] * (not (p.low_open if high is None else p.high_open))
        patterns.append([frozenset(), *ends])
    # (a + b)^degree clears every denominator, so this is a polynomial
    terms = sympy.Poly(sympy.cancel(sympy.expand(sympy.together(replaced))), *variables, domain="QQ").terms()
    kinds = {_of_number(coefficient) for _, coefficient in terms} - {0}
    if len(kinds) != 1 or not all(_alive(terms, variables, zeros) for zeros in _faces(patterns)):
        return None
    return kinds.pop()


def _faces(patterns: Sequence[Sequence[frozenset[Any]]]) -> Iterator[frozenset[Any]]:
    for choice in product(*patterns):
        yield frozenset().union(*choice)


def _alive(terms: Any, variables: Sequence[Any], zeros: frozenset[Any]) -> bool:
    return any(
        coefficient != 0 and all(e == 0 or v not in zeros for e, v in zip(exponents, variables, strict=True))
        for exponents, coefficient in terms
    )


def _rational(sympy: Any, q: Fraction | None) -> Any:
    return None if q is None else sympy.Rational(q.numerator, q.denominator)
