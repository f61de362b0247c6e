"""Bounds on a line: the gap is a square plus a constant, or has a nonnegative Bernstein form on the cell, or is cut."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb
from typing import Any

from verinet.kernel import Polynomial
from verinet.provers.cases import Case
from verinet.provers.polynomial_terms import Contact, Cut, Guard, Terms, in_case, of_empty_case, term, written
from verinet.provers.sides import Oracle

#: Degrees beyond the gap's own that a Bernstein form may be raised by before the cell is cut.
RAISED = 4
#: Bits of a cutting point beyond those of the cell's width.
NARROWEST = 200


def terms_on_line(
    negation: Polynomial, guards: Sequence[Guard], case: Case, oracle: Oracle
) -> Terms | Cut | Contact | str:
    """Terms that refute N > 0 on a cell of the line; or a cut; or a point of the case where N > 0; or a reason."""
    degree = max((exponents[0] for exponents in negation), default=0)
    gap = [Fraction(-negation.get((k,), 0)) for k in range(degree + 1)]
    lower = max((g for g in guards if g.row[1] > 0), key=lambda g: (_end(g), g.strict), default=None)
    upper = min((g for g in guards if g.row[1] < 0), key=lambda g: (_end(g), not g.strict), default=None)
    if lower is None or upper is None:
        return "a sup error on an unbounded cell is not certified"
    a, b = _end(lower), _end(upper)
    if a > b or (a == b and (lower.strict or upper.strict)):
        return of_empty_case([(1 / Fraction(lower.row[1]), lower.index), (1 / Fraction(-upper.row[1]), upper.index)])
    middle = (a + b) / 2
    for end in (a, b, middle):
        if _value(gap, end) < 0:
            return Contact((_failing_inside(gap, end, middle, case, oracle),))
    if a == b:
        return written(_taylor_terms(gap, lower, upper, a), ((a,),) if _value(gap, a) == 0 else ())
    square = _square(gap, a, b)
    if square is not None:
        return square
    touched = tuple((x,) for x in (a, b) if _value(gap, x) == 0)
    for raised in range(RAISED + 1):
        weights = bernstein(gap, a, b, degree + raised)
        if min(weights) >= 0:
            return written(_bernstein_terms(weights, lower, upper, a, b), touched)
    return _cut_line(gap, a, b)


def _failing_inside(gap: Sequence[Fraction], end: Fraction, middle: Fraction, case: Case, oracle: Oracle) -> Fraction:
    """The end, where the gap is negative; or, if it belongs to the neighbouring case, a point near it."""
    if in_case(case, oracle, (end,)):
        return end
    x = middle
    while _value(gap, x) >= 0:
        x = (x + end) / 2
    return x


def _end(guard: Guard) -> Fraction:
    return Fraction(-guard.row[0], guard.row[1])


def _value(coefficients: Sequence[Fraction], x: Fraction) -> Fraction:
    total = Fraction(0)
    for coefficient in reversed(coefficients):
        total = total * x + coefficient
    return total


def _square(gap: Sequence[Fraction], a: Fraction, b: Fraction) -> Terms | Contact | None:
    """A convex quadratic with its minimum in the cell: leading (x - m)^2 + minimum."""
    if len(gap) != 3 or gap[2] <= 0:
        return None
    middle = -gap[1] / (2 * gap[2])
    least = _value(gap, middle)
    if not a <= middle <= b:
        return None
    if least < 0:
        return Contact((middle,))
    touched = ((middle,),) if least == 0 else ()
    return written([term(gap[2], [], {(1,): Fraction(1), (0,): -middle})], touched)


def bernstein(gap: Sequence[Fraction], a: Fraction, b: Fraction, degree: int) -> list[Fraction]:
    """Bernstein coefficients of the polynomial on [a, b], in the basis of this degree."""
    shifted = [Fraction(0)] * (degree + 1)
    for power, coefficient in enumerate(gap):  # (a + (b - a) t)^power
        for k in range(power + 1):
            shifted[k] += coefficient * comb(power, k) * a ** (power - k) * (b - a) ** k
    return [
        sum((Fraction(comb(i, k), comb(degree, k)) * shifted[k] for k in range(i + 1)), Fraction(0))
        for i in range(degree + 1)
    ]


def _bernstein_terms(
    weights: Sequence[Fraction], lower: Guard, upper: Guard, a: Fraction, b: Fraction
) -> list[tuple[Fraction, list[int], Any]]:
    """sum b_i C(d,i) (x-a)^i (b-x)^(d-i) / (b-a)^d with the guards' own scales divided out."""
    degree = len(weights) - 1
    terms = []
    for i, weight in enumerate(weights):
        scale = Fraction(lower.row[1]) ** i * Fraction(-upper.row[1]) ** (degree - i) * (b - a) ** degree
        terms.append(term(weight * comb(degree, i) / scale, [lower.index] * i + [upper.index] * (degree - i), None))
    return terms


def _taylor_terms(
    gap: Sequence[Fraction], lower: Guard, upper: Guard, a: Fraction
) -> list[tuple[Fraction, list[int], Any]]:
    """On the single point a: sum g_k (x-a)^k, where x-a and a-x are both guards, so that any sign of g_k will do."""
    terms = []
    for k in range(1, len(gap)):
        slope = sum((gap[power] * comb(power, k) * a ** (power - k) for power in range(k, len(gap))), Fraction(0))
        last = lower.row[1] if slope > 0 else -upper.row[1]
        used = [lower.index] * (k - 1) + [lower.index if slope > 0 else upper.index]
        terms.append(term(abs(slope) / (Fraction(lower.row[1]) ** (k - 1) * last), used, None))
    return terms


def _cut_line(gap: Sequence[Fraction], a: Fraction, b: Fraction) -> Cut | str:
    """Cut at a rational double root inside the cell if there is one, else in the middle."""
    if b - a < Fraction(1, 1 << NARROWEST):
        return "a sup error touches its bound at an irrational point, or too closely to be certified"
    x = next((root for root in _double_roots(gap) if a < root < b), (a + b) / 2)
    return Cut([-x.numerator, x.denominator])


def _double_roots(gap: Sequence[Fraction]) -> list[Fraction]:
    """Rational roots of the greatest common divisor of the polynomial and its derivative."""
    import sympy

    t = sympy.Symbol("t")
    entries = [sympy.Rational(entry.numerator, entry.denominator) for entry in reversed(gap)]
    polynomial = sympy.Poly(entries, t, domain="QQ")
    common = sympy.gcd(polynomial, polynomial.diff(t))
    roots = sympy.Poly(common, t, domain="QQ").ground_roots() if common.degree() > 0 else {}
    return sorted(Fraction(int(root.p), int(root.q)) for root in roots)
