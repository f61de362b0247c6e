r"""Three norms of a Barron space, as an explicit argument: what an atom of a representation costs.

A function on the ball of radius R is represented by a signed measure on parameters,
:math:`f(x) = \int \mathrm{RePU}_s(w \cdot x + b) \, d\mu(w, b)` with :math:`\mathrm{RePU}_s(z) = \max(0, z)^s`; its
norm is the infimum of the cost over all such measures.

====  =======================================================  ===================================================
name  cost of a unit mass at (w, b)                            which atoms
====  =======================================================  ===================================================
N1    :math:`(\lVert w \rVert + |b|)^s`                        all
N2    :math:`\lVert w \rVert^s` (1 on the unit sphere)          :math:`|b| \le R \lVert w \rVert`: a kink inside of X
N3    :math:`\lVert w \rVert`, for s = 1 only                  all: biases are free
====  =======================================================  ===================================================

N1 is natural by homogeneity, N2 is the variation norm of the dictionary :math:`\lVert w \rVert = 1, |b| \le R`, N3 has
Radon's total variation as its seminorm.  Which of them the paper [heeringa2024] uses is not known to us; every
constant says for which one it is derived.  Inputs and weights are measured in dual norms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import isqrt
from typing import Any, TypeAlias

from verinet.errors import InexactInput, NotANumber, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational

#: A Fraction where the number is rational, a sympy expression where it is algebraic (or has a symbol).
Exact: TypeAlias = Any
_ZERO = Fraction(0)


class Convention(StrEnum):
    """Which norm; the module has the table.

    Examples
    --------
    >>> Convention("N2") is Convention.N2
    True
    """

    N1 = "N1"
    N2 = "N2"
    N3 = "N3"


class Pairing(StrEnum):
    """The norm of weights; inputs have the dual one: their largest, their Euclidean, the sum of their sizes."""

    #: weights by the sum of their sizes, inputs in a cube
    ONE = "one"
    #: weights and inputs by the Euclidean norm
    EUCLIDEAN = "euclidean"
    #: weights by their largest size, inputs in a cross-polytope
    MAXIMUM = "maximum"


def convention(name: object) -> Convention:
    """Return the convention of this name.

    Raises
    ------
    Unsupported
        If there is none.

    Examples
    --------
    >>> convention("N1")
    <Convention.N1: 'N1'>
    """
    try:
        return Convention(str(name))
    except ValueError:
        raise Unsupported(
            f"there is no norm convention {str(name)[:40]!r}",
            fix=f"use one of {', '.join(Convention)}",
        ) from None


def length(weight: Sequence[Fraction], pairing: Pairing = Pairing.EUCLIDEAN) -> Exact:
    r"""The norm of a weight: a Fraction if it is rational, else the square root as a sympy expression.

    Examples
    --------
    >>> length((Fraction(3), Fraction(4)))
    Fraction(5, 1)
    >>> length((Fraction(1), Fraction(1))), length((Fraction(1), Fraction(-1)), Pairing.ONE)
    (sqrt(2), Fraction(2, 1))

    Guarantee: exact.
    """
    match pairing:
        case Pairing.ONE:
            return sum(map(abs, weight), _ZERO)
        case Pairing.MAXIMUM:
            return max(map(abs, weight), default=_ZERO)
    square = sum((entry * entry for entry in weight), _ZERO)
    up, down = isqrt(square.numerator), isqrt(square.denominator)
    if up * up == square.numerator and down * down == square.denominator:
        return Fraction(up, down)
    import sympy

    return sympy.sqrt(sympy.Rational(square.numerator, square.denominator))


def simplified(value: Any) -> Exact:
    """A Fraction where a sympy number is rational, the expression as it is elsewhere.

    Examples
    --------
    >>> import sympy
    >>> simplified(sympy.Rational(1, 2) + 1), simplified(Fraction(2)), simplified(sympy.sqrt(2))
    (Fraction(3, 2), Fraction(2, 1), sqrt(2))

    Guarantee: exact.
    """
    return Q(value) if isinstance(value, (int, Fraction)) or getattr(value, "is_Rational", False) else value


def tidied(value: Any) -> Exact:
    """The same number in a simple form: a Fraction, or a sympy expression without roots in denominators.

    Examples
    --------
    >>> import sympy
    >>> tidied(1 / (sympy.sqrt(2) - 1) - sympy.sqrt(2))
    Fraction(1, 1)

    Guarantee: exact.
    """
    if isinstance(value, (int, Fraction)):
        return Q(value)
    import sympy

    return simplified(sympy.simplify(sympy.radsimp(value)))


def order_of(power: Any) -> Exact:
    r"""Read the order s of neurons: a rational, or a real number of sympy, that is not negative.

    Raises
    ------
    NotANumber
        If it is negative, or no real number; of symbols only what their assumptions decide is refused.
    InexactInput
        If it is a float.

    Examples
    --------
    >>> order_of("1/2"), order_of(2)
    (Fraction(1, 2), Fraction(2, 1))

    Guarantee: exact.
    """
    found = _symbolic(power) if hasattr(power, "free_symbols") else Q(power)
    real = isinstance(found, Fraction) or (found.is_real is not False and found.is_finite is not False)
    # sympy has truth values of its own: what is undecided for a symbol is neither True nor False
    if not real or bool((found >= 0) == False):  # noqa: E712
        raise NotANumber(
            f"an order of neurons is a real number s >= 0, got {str(found)[:40]}", fix="give s >= 0, such as 1 or '1/2'"
        )
    return found


@dataclass(frozen=True, slots=True)
class InputBall:
    r"""The inputs :math:`X = \{x : \lVert x \rVert_* \le R\}`, measured in the norm dual to that of the weights.

    Parameters
    ----------
    radius : Fraction
        R, positive; anything that `Q` reads.
    pairing : Pairing

    Raises
    ------
    NotANumber
        If the radius is not positive.

    Examples
    --------
    >>> ball = InputBall(2)
    >>> [str(q) for q in ball.values((Fraction(3), Fraction(4)), Fraction(1))]
    ['-9', '11']

    Guarantee: exact.
    """

    radius: Fraction
    pairing: Pairing = Pairing.EUCLIDEAN

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        object.__setattr__(self, "radius", Q(self.radius))
        object.__setattr__(self, "pairing", Pairing(self.pairing))
        if self.radius <= 0:
            raise NotANumber(
                f"a ball of inputs has a positive radius, got {format_rational(self.radius)}",
                fix="give R > 0: on one point or on no point there is nothing to embed",
            )

    def values(self, weight: Sequence[Fraction], bias: Fraction = _ZERO) -> tuple[Exact, Exact]:
        r"""The ends of the interval that :math:`w \cdot x + b` fills, :math:`b \mp R \lVert w \rVert`."""
        reach = simplified(self.radius * length(weight, self.pairing))
        return simplified(bias - reach), simplified(bias + reach)

    def largest(self, weight: Sequence[Fraction], bias: Fraction = _ZERO) -> Exact:
        r""":math:`M = \max(0, R \lVert w \rVert + b)`, the largest value of :math:`\max(0, w \cdot x + b)` on X."""
        high = self.values(weight, bias)[1]
        return high if high > 0 else _ZERO

    def has_kink(self, weight: Sequence[Fraction], bias: Fraction) -> bool:
        r"""Whether :math:`|b| \le R \lVert w \rVert`, so that (w, b) is a multiple of an atom of the dictionary."""
        low, high = self.values(weight, bias)
        return bool(any(weight) and low <= 0 <= high)


def cost(
    weight: Sequence[Fraction],
    bias: Fraction,
    power: Any,
    ball: InputBall,
    norm: Convention = Convention.N2,
) -> Exact:
    r"""What a unit mass at (w, b) costs in this convention; see the table of the module.

    Parameters
    ----------
    weight : sequence of Fraction
    bias : Fraction
    power : int, Fraction or sympy number
        s, not negative.
    ball : InputBall
    norm : Convention

    Raises
    ------
    Unsupported
        For N2, if the kink does not meet X (the neuron is a polynomial there, or 0); for N3, unless s = 1.
    NotANumber, InexactInput
        As `order_of`.

    Examples
    --------
    >>> ball, half = InputBall(1), Fraction(1, 2)
    >>> [str(cost((Fraction(1),), half, 2, ball, norm)) for norm in (Convention.N1, Convention.N2)]
    ['9/4', '1']

    Guarantee: exact.
    """
    power, size = order_of(power), length(weight, ball.pairing)
    match convention(norm):
        case Convention.N1:
            return raised(size + abs(bias), power)
        case Convention.N3:
            if power != 1:
                raise Unsupported(
                    f"N3 has free biases, and is a norm for ReLU only, got the power {power}",
                    fix="use N1 or N2 for other powers",
                )
            return size
    if not ball.has_kink(weight, bias):
        raise Unsupported(
            f"the neuron with bias {format_rational(bias)} has no kink in the ball of radius "
            f"{format_rational(ball.radius)}: it is no multiple of an atom of the dictionary",
            fix="leave it out where it is 0, write it as a polynomial where it is always active, or take N1",
        )
    return raised(size, power)


def integer_power(s: object, least: int = 1) -> int:
    """Read a power of neurons that has to be an integer, and at least so large.

    Raises
    ------
    Unsupported
        For anything else.

    Examples
    --------
    >>> integer_power(2)
    2

    Guarantee: exact.
    """
    if isinstance(s, bool) or not isinstance(s, int) or s < least:
        raise Unsupported(
            f"the power of the neurons is an integer, at least {least}, got {str(s)[:40]}", fix=f"give s >= {least}"
        )
    return s


def _symbolic(number: Any) -> Exact:
    import sympy

    if number.has(sympy.Float):
        raise InexactInput(f"an order is an exact number, got {str(number)[:40]}", fix="write '1/2', or sqrt(2)")
    return simplified(number)


def raised(base: Exact, power: Any) -> Exact:
    """A power of an exact number, rational where the exponent is an integer and the base rational.

    Examples
    --------
    >>> raised(Fraction(1, 2), 3), raised(Fraction(2), Fraction(1, 2))
    (Fraction(1, 8), sqrt(2))

    Guarantee: exact.
    """
    exponent = simplified(power)
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        return simplified(base ** int(exponent))
    import sympy

    return simplified(sympy.sympify(base) ** sympy.sympify(exponent))


def dot(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    """The scalar product of two rows of one length.

    Examples
    --------
    >>> dot((Fraction(1), Fraction(2)), (Fraction(3), Fraction(1, 2)))
    Fraction(4, 1)

    Guarantee: exact.
    """
    return sum((a * b for a, b in zip(left, right, strict=True) if a), _ZERO)
