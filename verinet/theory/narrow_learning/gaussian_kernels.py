r"""Means of products of truncated powers along two directions without biases, under N(0, I), exactly.

For :math:`X = w \cdot x`, :math:`Y = v \cdot x` only :math:`|w|^2`, :math:`|v|^2` and :math:`p = w \cdot v` matter.
With :math:`G = |w|^2 |v|^2 - p^2` and :math:`\theta` = atan2(:math:`\sqrt G, p`), for example

.. math:: E[X_+ Y_+] = \frac{\sqrt{G} + (\pi - \theta)\, p}{2 \pi}, \qquad
   E[|X| |Y|] = \frac{2}{\pi} \left( \sqrt{G} + (\tfrac{\pi}{2} - \theta)\, p \right).

Higher powers follow from Gaussian integration by parts (derived), with :math:`X_+^{-1} = \delta(X)`,

.. math:: E[X_+^n Y_+^m] = (n-1) |w|^2 E[X_+^{n-2} Y_+^m] + m\, p\, E[X_+^{n-1} Y_+^{m-1}],

factors n - 1 and m of 0 replaced by 1 where a step is differentiated.  So every mean is a rational
combination of few kinds of numbers, the atoms below, and a sum of means is collected exactly before it is evaluated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from flint import arb

from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.enclosures import ball, precision
from verinet.networks.activations import LARGEST_POWER
from verinet.theory.narrow_learning.hermite_coefficients import double_factorial
from verinet.theory.ridges import Row

_ZERO, _ONE, _HALF = Fraction(0), Fraction(1), Fraction(1, 2)

#: one: 1; root q: sqrt(q)/(2 pi); angle q: acos(sqrt(q))/(2 pi); half root q: sqrt(q)/sqrt(2 pi).
Kind = Literal["one", "root", "angle", "half root"]
Atom = tuple[Kind, Fraction]
ONE: Atom = ("one", _ONE)


@dataclass(frozen=True, slots=True)
class Combination:
    r"""A rational combination of 1, :math:`\frac{\sqrt{q}}{2\pi}`, :math:`\frac{\arccos\sqrt{q}}{2\pi}` and
    :math:`\frac{\sqrt{q}}{\sqrt{2\pi}}`.

    Parameters
    ----------
    terms : tuple of (atom, Fraction)
        An atom is (kind, q).

    Examples
    --------
    >>> Combination(((ONE, Fraction(1, 4)),)).symbolic()
    1/4

    Guarantee: exact.
    """

    terms: tuple[tuple[Atom, Fraction], ...]

    def ball(self, bits: int) -> arb:
        """A ball that contains the number, computed with `bits` bits.  Guarantee: certified."""
        with precision(bits):
            whole, halves, turns = arb(0), arb(0), arb(0)
            for (kind, q), factor in self.terms:
                match kind:
                    case "one":
                        whole += ball(factor, bits)
                    case "half root":
                        halves += ball(factor, bits) * ball(q, bits).sqrt()
                    case "root":
                        turns += ball(factor, bits) * ball(q, bits).sqrt()
                    case "angle":  # 1 - q exactly: small angles keep their relative accuracy
                        angle = arb.atan2(ball(1 - q, bits).sqrt(), ball(q, bits).sqrt())
                        turns += ball(factor, bits) * angle
            circle = 2 * arb.pi()
            return whole + halves / circle.sqrt() + turns / circle

    def symbolic(self) -> Any:
        """The number as a sympy expression, over one denominator where there is no square root of pi."""
        import sympy

        parts, others = [], []
        for (kind, q), factor in self.terms:
            c, root = _rational(factor), sympy.sqrt(_rational(q))
            match kind:
                case "one":
                    parts.append(2 * sympy.pi * c)
                case "root":
                    parts.append(c * root)
                case "angle":
                    parts.append(c * sympy.acos(root))
                case "half root":
                    others.append(c * root)
        numerator, halves = sympy.Add(*parts), sympy.Add(*others)
        whole = _over_pi(numerator)
        return whole if halves == 0 else whole + halves / sympy.sqrt(2 * sympy.pi)


def collect(sums: Mapping[Atom, Fraction]) -> Combination:
    """The combination without its zeros, sorted.

    Examples
    --------
    >>> collect({ONE: Fraction(0)}).terms
    ()

    Guarantee: exact.
    """
    return Combination(tuple(sorted((atom, factor) for atom, factor in sums.items() if factor)))


def kernel(n: int, m: int, first: Fraction, second: Fraction, product: Fraction) -> Combination:
    r""":math:`E[(w \cdot x)_+^n (v \cdot x)_+^m]`, exactly.

    Parameters
    ----------
    n, m : int
        Powers, 0 or more; the power 0 is the indicator of a positive number.
    first, second : Fraction
        :math:`|w|^2` and :math:`|v|^2`, positive.
    product : Fraction
        :math:`w \cdot v`.

    Raises
    ------
    Unsupported
        For powers below 0 or above 64, a zero vector, or numbers that no two vectors have.

    Examples
    --------
    >>> one = Fraction(1)
    >>> kernel(1, 1, one, one, Fraction(0)).symbolic(), kernel(1, 1, one, one, one).symbolic()
    (1/(2*pi), 1/2)
    >>> kernel(1, 1, one, one, Fraction(3, 5)).symbolic()
    (-3*acos(3/5) + 4 + 3*pi)/(10*pi)
    >>> kernel(2, 1, one, one, Fraction(0)).symbolic()
    sqrt(2)/(4*sqrt(pi))

    Guarantee: exact.
    """
    if first <= 0 or second <= 0 or product**2 > first * second:
        raise Unsupported(
            "no two nonzero vectors have these squares and this product", fix="keep to |w.v| <= |w| |v|, w and v not 0"
        )
    sums: dict[Atom, Fraction] = defaultdict(Fraction)
    for (i, j), factor in reduced(n, m, first, second, product).items():
        if i == j == 0:
            atoms = _quadrant(first, second, product)
        else:
            atoms = _on_hyperplane(max(i, j), first if i < 0 else second, first * second - product**2)
        for atom, value in atoms.items():
            sums[atom] += factor * value
    return collect(sums)


def absolute_kernel(first: Fraction, second: Fraction, product: Fraction) -> Combination:
    r""":math:`E[|w \cdot x|\,|v \cdot x|]`, exactly.

    Examples
    --------
    >>> absolute_kernel(Fraction(1), Fraction(1), Fraction(3, 5)).symbolic()
    (-6*acos(3/5) + 8 + 3*pi)/(5*pi)

    Guarantee: exact.
    """
    sums: dict[Atom, Fraction] = defaultdict(Fraction)
    for sign in (1, -1):
        for atom, factor in kernel(1, 1, first, second, sign * product).terms:
            sums[atom] += 2 * factor
    return collect(sums)


def kernel_of(n: int, m: int, w: Row, v: Row) -> Combination:
    r""":math:`E[(w \cdot x)_+^n (v \cdot x)_+^m]` of two rational vectors, exactly.

    Raises
    ------
    ShapeMismatch
        If they have different sizes.
    Unsupported
        As `kernel`.

    Examples
    --------
    >>> kernel_of(1, 1, (Fraction(1), Fraction(0)), (Fraction(1), Fraction(1))).symbolic()
    (4 + 3*pi)/(8*pi)

    Guarantee: exact.
    """
    if len(w) != len(v):
        raise ShapeMismatch(f"vectors of {len(w)} and {len(v)} entries", fix="take two of the same size")
    return kernel(n, m, _product(w, w), _product(v, v), _product(w, v))


def kernel_formula(n: int, m: int) -> Any:
    r"""The mean for two unit vectors at an angle as a sympy expression in the symbol ``theta``.

    Examples
    --------
    >>> kernel_formula(1, 1)
    ((pi - theta)*cos(theta) + sin(theta))/(2*pi)
    >>> kernel_formula(2, 2)
    ((pi - theta)*(2*cos(theta)**2 + 1) + 3*sin(theta)*cos(theta))/(2*pi)

    Guarantee: exact.
    """
    import sympy

    theta = sympy.Symbol("theta", positive=True)
    cosine, sine = sympy.cos(theta), sympy.sin(theta)
    c = sympy.Symbol("c")
    angles, sines, halves = sympy.Integer(0), sympy.Integer(0), sympy.Integer(0)
    for (i, j), factor in reduced(n, m, sympy.Integer(1), sympy.Integer(1), c).items():
        if i == j == 0:
            angles += factor
            continue
        power = max(i, j)
        value = factor * double_factorial(power - 1) * (1 - c**2) ** (power // 2)
        sines, halves = (sines + value, halves) if power % 2 else (sines, halves + value / 2)
    q, p, r = (sympy.expand(part).subs(c, cosine) for part in (angles, sines, halves))
    return (p * sine + q * (sympy.pi - theta)) / (2 * sympy.pi) + r / sympy.sqrt(2 * sympy.pi)


# --- the recursion ----------------------------------------------------------------------------------


def reduced(
    n: int, m: int, first: Any, second: Any, product: Any, means: tuple[Any, Any] = (0, 0)
) -> dict[tuple[int, int], Any]:
    r"""Coefficients c(i, j) with :math:`E[X_+^n Y_+^m] = \sum c(i, j) E[X_+^i Y_+^j]`, i = j = 0 or one of them -1.

    X and Y have variances `first`, `second`, covariance `product` and these means; by Gaussian integration by parts.

    Raises
    ------
    Unsupported
        For powers below 0 or above 64.

    Examples
    --------
    >>> one = Fraction(1)
    >>> {powers: str(q) for powers, q in sorted(reduced(1, 1, one, one, one / 2).items())}
    {(-1, 1): '1', (0, 0): '1/2'}

    Guarantee: exact in exact numbers.
    """
    if not 0 <= min(n, m) <= max(n, m) <= LARGEST_POWER:
        raise Unsupported(
            f"powers {n} and {m}: both are from 0 to {LARGEST_POWER}", fix="use natural numbers that are not too large"
        )
    known: dict[tuple[int, int], dict[tuple[int, int], Any]] = {}

    def of(i: int, j: int) -> dict[tuple[int, int], Any]:
        if i < 0 or j < 0 or i == j == 0:
            return {(i, j): 1}
        if (i, j) not in known:
            if i:
                parts = (
                    (means[0], (i - 1, j)),
                    (((i - 1) or 1) * first, (i - 2, j)),
                    ((j or 1) * product, (i - 1, j - 1)),
                )
            else:
                parts = (means[1], (0, j - 1)), (((j - 1) or 1) * second, (0, j - 2)), (product, (-1, j - 1))
            sums: dict[tuple[int, int], Any] = {}
            for factor, powers in parts:
                if factor == 0:
                    continue
                for place, value in of(*powers).items():
                    sums[place] = sums.get(place, 0) + factor * value
            known[i, j] = sums
        return known[i, j]

    return of(n, m)


def _quadrant(first: Fraction, second: Fraction, product: Fraction) -> dict[Atom, Fraction]:
    """P(X > 0, Y > 0): (pi - theta)/(2 pi), by an angle of at most pi/2 whose cosine has a rational square."""
    square = product**2 / (first * second)
    if square == 1:
        return {ONE: _HALF if product > 0 else _ZERO}
    if not product:
        return {ONE: _HALF / 2}
    if product > 0:
        return {ONE: _HALF, ("angle", square): -_ONE}
    return {("angle", square): _ONE}


def _on_hyperplane(power: int, square: Fraction, gram: Fraction) -> dict[Atom, Fraction]:
    """The density of one variable at 0 times the mean of the other one's truncated power there."""
    over = double_factorial(power - 1) * (gram / square) ** (power // 2)
    if power % 2:
        return {("root", gram): over / square}
    return {("half root", 1 / square): over / 2}


def _product(w: Row, v: Row) -> Fraction:
    return sum((a * b for a, b in zip(w, v, strict=True) if a), _ZERO)


def _rational(q: Fraction) -> Any:
    import sympy

    return sympy.Rational(q.numerator, q.denominator)


def _over_pi(numerator: Any) -> Any:
    """numerator / (2 pi), with integers in the numerator and their common factor taken out of it."""
    import sympy

    parts = [part.as_coeff_Mul() for part in sympy.Add.make_args(numerator)]
    if len(parts) == 1:
        return numerator / (2 * sympy.pi)
    over = sympy.ilcm(*(c.q for c, _ in parts))
    common = sympy.igcd(*(c.p * (over // c.q) for c, _ in parts))
    inner = sympy.Add(*(c * over / common * rest for c, rest in parts))
    return sympy.Mul(sympy.Rational(common, 2 * over), inner, 1 / sympy.pi)
