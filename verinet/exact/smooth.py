"""Expressions in real variables, and polynomials that stay within a certified distance of them on a box.

A polynomial is Taylor's, with rounded rational coefficients.  With ``u(t) = g(c + t h)`` and Lagrange's remainder,

    g(c + h) = sum_{|a| <= k} D^a g(c) h^a / a!  +  u^(k+1)(s) / (k+1)!   for some s in [0, 1];

FLINT's power series with balls as coefficients enclose the last term for all c + h of the box at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from flint import arb, arb_series, ctx

from verinet.errors import BudgetExhausted, NotANumber, Unsupported
from verinet.exact.enclosures import Enclosure, ball, enclosure_of, precision
from verinet.exact.ranges import range_on
from verinet.exact.rationals import format_rational
from verinet.work import keep_going

_FIRST_BITS = 128
_LAST_BITS = 1 << 14
#: Boxes that a polynomial target may be cut into.
MOST_PIECES = 4096
#: The smallest part, as a share of the box's side.
LEAST_SHARE = 1 << 24
#: A part with more inputs is not looked at in its corners, for the reason why it failed.
MOST_CORNERS = 8


@dataclass(frozen=True, slots=True)
class Tree:
    """An expression: a number, a variable, a sum, a product, a rational power, or a function of `FUNCTIONS`.

    Parameters
    ----------
    head : str
        ``"number"``, ``"constant"`` (pi), ``"variable"``, ``"+"``, ``"*"``, ``"^"``, or a name in `FUNCTIONS`.
    parts : tuple of Tree
    number : Fraction
        The number, the index of the variable, or the exponent.
    name : str
        Of a constant.

    Examples
    --------
    >>> x = Tree("variable")
    >>> value_at(Tree("sin", (x,)), (Fraction(0),), Fraction(1, 100))
    Enclosure(low=Fraction(0, 1), high=Fraction(0, 1))

    Guarantee: exact (it is a formula).
    """

    head: str
    parts: tuple[Tree, ...] = ()
    number: Fraction = Fraction(0)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Approximation:
    """``|g(x) - sum c (x - center)^a| <= error`` for all x of the box.

    Guarantee: certified.
    """

    low: tuple[Fraction, ...]
    high: tuple[Fraction, ...]
    center: tuple[Fraction, ...]
    terms: tuple[tuple[Fraction, tuple[int, ...]], ...]
    error: Fraction


def value_at(tree: Tree, x: Sequence[Fraction], accuracy: Fraction) -> Enclosure:
    """An enclosure of the value at a point, at most `accuracy` wide.

    Raises
    ------
    NotANumber
        If the expression has no value there, as far as balls can tell.

    Notes
    -----
    Guarantee: certified

    Examples
    --------
    >>> x = Tree("variable")
    >>> found = value_at(Tree("exp", (x,)), (Fraction(1),), Fraction(1, 10**9))
    >>> Fraction("2.718281828") < found.low <= found.high < Fraction("2.718281829")
    True
    """
    bits = _FIRST_BITS
    while bits <= _LAST_BITS:
        with precision(bits), _length(1):
            value = _constant(_evaluated(tree, [arb_series([ball(entry, bits)]) for entry in x]))
            found = enclosure_of(value) if value.is_finite() else None
        if found is not None and found.width <= accuracy:
            return found
        bits *= 2
    raise NotANumber(
        "an expression has no value that balls enclose at (" + ", ".join(map(format_rational, x)) + ")",
        fix="keep to its domain: no division by 0, no logarithm or root of a negative number",
    )


def approximations(
    tree: Tree,
    derivatives: Mapping[tuple[int, ...], Tree],
    low: Sequence[Fraction],
    high: Sequence[Fraction],
    degree: int,
    accuracy: Fraction,
) -> list[Approximation]:
    """Polynomials of total degree at most `degree` on parts of a box, none farther than `accuracy` from g.

    Parameters
    ----------
    derivatives : mapping from exponents to Tree
        The partial derivatives up to that degree, for several variables; with one variable they are not needed.
    low, high : sequences of Fraction
        The box; it is halved across its longest side until the remainders are small enough.

    Raises
    ------
    BudgetExhausted
        If that takes more than 4096 parts, or very small ones, as where g is not smooth.

    Notes
    -----
    Guarantee: certified

    Examples
    --------
    >>> x = Tree("variable")
    >>> found = approximations(Tree("sin", (x,)), {}, [Fraction(0)], [Fraction(1)], 3, Fraction(1, 1000))
    >>> len(found), found[0].error <= Fraction(1, 1000)
    (2, True)
    """
    todo = [(tuple(low), tuple(high))]
    found: list[Approximation] = []
    while todo:
        keep_going()
        a, b = todo.pop()
        one = _approximation(tree, derivatives, a, b, degree, accuracy) or _constant_near(tree, a, b, accuracy)
        if one is not None and one.error <= accuracy:
            found.append(one)
            continue
        place = max(range(len(a)), key=lambda j: (b[j] - a[j], -j))
        small = b[place] - a[place] < (high[place] - low[place]) / LEAST_SHARE
        if small or len(found) + len(todo) >= MOST_PIECES:
            raise BudgetExhausted(
                f"a target was not approximated within {format_rational(accuracy)} by {MOST_PIECES} polynomials"
                f" on parts that are not too small: {_trouble(tree, a, b, small)}",
                fix="ask for less accuracy or a higher degree, or split the domain where the target is not smooth",
            )
        middle = (a[place] + b[place]) / 2
        upper = (*a[:place], middle, *a[place + 1 :])
        lower = (*b[:place], middle, *b[place + 1 :])
        todo += [(upper, b), (a, lower)]
    return found


def _trouble(tree: Tree, low: Sequence[Fraction], high: Sequence[Fraction], small: bool) -> str:
    """What is wrong with an expression on a part of a box that is not halved once more."""
    part = " x ".join(f"[{format_rational(a)}, {format_rational(b)}]" for a, b in zip(low, high, strict=True))
    for corner in product(*zip(low, high, strict=True)) if len(low) <= MOST_CORNERS else ():
        found = _culprit(tree, corner)
        if found is not None:
            at = ", ".join(map(format_rational, corner))
            where = f"x = {at}" if len(low) == 1 else f"x = ({at})"
            word = {"^": "a root" if found.number > 0 else "a power"}.get(found.head, found.head)
            return f"{word} in it has no value at {where}"
    if not small:
        return f"the accuracy is too high for so few, and {part} is left"
    return f"on {part} it has values, but no bound of its derivatives is known"


def _culprit(tree: Tree, x: Sequence[Fraction]) -> Tree | None:
    """The innermost part of an expression that balls do not enclose at a point, though they enclose its parts."""
    try:
        value_at(tree, x, Fraction(1))
    except NotANumber:
        return next((found for part in tree.parts if (found := _culprit(part, x)) is not None), tree)
    return None


def _approximation(
    tree: Tree,
    derivatives: Mapping[tuple[int, ...], Tree],
    low: Sequence[Fraction],
    high: Sequence[Fraction],
    degree: int,
    accuracy: Fraction,
) -> Approximation | None:
    center = tuple((a + b) / 2 for a, b in zip(low, high, strict=True))
    reach = [(b - a) / 2 for a, b in zip(low, high, strict=True)]
    bits = _FIRST_BITS
    with precision(bits):
        rest = _remainder(tree, low, high, reach, degree, bits)
        if rest is None or rest > accuracy:
            return None
        if len(center) == 1:
            with _length(degree + 1):
                series = _evaluated(tree, [arb_series([ball(center[0], bits), 1])])
            balls: dict[tuple[int, ...], Any] = {(k,): _coefficient(series, k) for k in range(degree + 1)}
        else:
            with _length(1):
                point = [arb_series([ball(entry, bits)]) for entry in center]
                balls = {a: _constant(_evaluated(part, point)) / _factorials(a) for a, part in derivatives.items()}
        terms, error = [], rest
        for exponents, value in sorted(balls.items()):
            if not value.is_finite():
                return None
            ends = enclosure_of(value)
            size = _product(reach, exponents)
            rounded = _rounded((ends.low + ends.high) / 2, accuracy / (64 * len(balls) * size) if size else accuracy)
            error += max(abs(ends.high - rounded), abs(ends.low - rounded)) * size
            terms.append((rounded, exponents))
    return Approximation(tuple(low), tuple(high), center, tuple(terms), _upwards(error, accuracy))


def _constant_near(
    tree: Tree, low: tuple[Fraction, ...], high: tuple[Fraction, ...], accuracy: Fraction
) -> Approximation | None:
    """A number near all values on the box: where derivatives have no bound, small boxes still have small ranges."""
    found = range_on(tree, low, high, lambda part: value_at(part, (), accuracy / 64))
    if found is None or found.width > 2 * accuracy:
        return None
    center = tuple((a + b) / 2 for a, b in zip(low, high, strict=True))
    rounded = _rounded((found.low + found.high) / 2, accuracy / 64)
    error = _upwards(max(found.high - rounded, rounded - found.low), accuracy)
    return Approximation(low, high, center, ((rounded, (0,) * len(low)),), error)


def _remainder(
    tree: Tree, low: Sequence[Fraction], high: Sequence[Fraction], reach: Sequence[Fraction], degree: int, bits: int
) -> Fraction | None:
    """A bound of the term of order degree + 1 along every segment from the center."""
    with _length(degree + 2):
        lines = [
            arb_series([ball(a, bits).union(ball(b, bits)), ball(-r, bits).union(ball(r, bits))])
            for a, b, r in zip(low, high, reach, strict=True)
        ]
        top = _coefficient(_evaluated(tree, lines), degree + 1)
    if not top.is_finite():
        return None
    ends = enclosure_of(top)
    return max(abs(ends.low), abs(ends.high))


def _rounded(value: Fraction, step: Fraction) -> Fraction:
    """A near dyadic number with no more digits than the step asks for."""
    scale = 1
    while Fraction(1, scale) > step:
        scale *= 2
    return Fraction(round(value * scale), scale)


def _upwards(error: Fraction, accuracy: Fraction) -> Fraction:
    """The next multiple of a short dyadic fraction of the accuracy."""
    scale = 1
    while Fraction(1, scale) > accuracy / 1024:
        scale *= 2
    return Fraction(-((-error * scale) // 1), scale)


def _product(reach: Sequence[Fraction], exponents: Sequence[int]) -> Fraction:
    size = Fraction(1)
    for r, e in zip(reach, exponents, strict=True):
        size *= r**e
    return size


def _factorials(exponents: Sequence[int]) -> int:
    total = 1
    for e in exponents:
        for k in range(2, e + 1):
            total *= k
    return total


# --------------------------------------------------------------------------------------------------- evaluation


class _length:
    """FLINT's length of power series, which is global, restored afterwards."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.before = 0

    def __enter__(self) -> None:
        self.before, ctx.cap = ctx.cap, self.length

    def __exit__(self, *_: object) -> None:
        ctx.cap = self.before


def _coefficient(series: Any, k: int) -> Any:
    found = series.coeffs()
    return arb(found[k]) if k < len(found) else arb(0)


def _constant(series: Any) -> Any:
    return _coefficient(series, 0)


def _evaluated(tree: Tree, x: Sequence[Any]) -> Any:
    match tree.head:
        case "number":
            return arb_series([ball(tree.number, ctx.prec)])
        case "constant":
            return arb_series([CONSTANTS[tree.name]()])
        case "variable":
            return x[int(tree.number)]
    parts = [_evaluated(part, x) for part in tree.parts]
    if tree.head == "+":
        return sum(parts[1:], parts[0])
    if tree.head == "*":
        total = parts[0]
        for part in parts[1:]:
            total = total * part
        return total
    if tree.head == "^":
        return _power(parts[0], tree.number)
    if tree.head not in FUNCTIONS:
        raise Unsupported(
            f"no enclosure is known for the function {tree.head!r}", fix=f"use one of {', '.join(FUNCTIONS)}"
        )
    return FUNCTIONS[tree.head](parts[0])


def _power(base: Any, exponent: Fraction) -> Any:
    if exponent.denominator == 1:
        total = arb_series([1])
        for _ in range(abs(int(exponent))):
            total = total * base
        return total if exponent >= 0 else _inverse(total)
    if exponent > 0 and ctx.cap == 1 and _constant(base) == 0:
        return arb_series([0])
    if exponent.denominator == 2:
        root = base.sqrt()
        return _power(root, Fraction(exponent.numerator))
    return (base.log() * arb_series([ball(exponent, ctx.prec)])).exp()


def _inverse(series: Any) -> Any:
    if _constant(series).contains(0):
        return arb_series([arb("nan")] * ctx.cap)
    return arb_series([1]) / series


def _hyperbolic(series: Any, sign: int) -> Any:
    half = arb_series([arb(1) / 2])
    return ((series).exp() + sign * (-series).exp()) * half


def _tanh(series: Any) -> Any:
    two = arb_series([2])
    return arb_series([1]) - two * _inverse((two * series).exp() + 1)


CONSTANTS: dict[str, Callable[[], Any]] = {"pi": arb.pi, "e": arb.const_e}
#: Name -> function of a power series with balls as coefficients.
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": lambda s: s.exp(),
    "log": lambda s: s.log(),
    "sin": lambda s: s.sin(),
    "cos": lambda s: s.cos(),
    "tan": lambda s: s.tan(),
    "asin": lambda s: s.asin(),
    "acos": lambda s: s.acos(),
    "atan": lambda s: s.atan(),
    "sinh": lambda s: _hyperbolic(s, -1),
    "cosh": lambda s: _hyperbolic(s, 1),
    "tanh": _tanh,
    "erf": lambda s: s.erf(),
}
