"""The field of rational functions of the parameters: entries in, irreducible factors and solver terms out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from verinet.errors import InexactInput, Unsupported
from verinet.exact.parameters import Parameter
from verinet.exact.printing import spelled
from verinet.exact.rationals import Q
from verinet.exact.terms import Formula, Term, above, add, at_least, at_most, below, constant, equals, mul, negate
from verinet.exact.terms import scale as scaled

Signs = frozenset[int]

NEGATIVE, ZERO, POSITIVE = frozenset({-1}), frozenset({0}), frozenset({1})
EVERY, NOT_ZERO = frozenset({-1, 0, 1}), frozenset({-1, 1})
#: Beyond this exponent an entry is refused: its expansion would fill the memory.
LARGEST_EXPONENT = 64


class Ground:
    """The field of rational functions of the parameters.

    Guarantee: exact.
    """

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        import sympy

        self.parameters = tuple(parameters)
        self.symbols = [p.symbol for p in parameters]
        if len({str(s) for s in self.symbols}) != len(self.symbols):
            raise Unsupported(f"a parameter is declared twice: {self.symbols}", fix="give each its own name")
        self.field = sympy.polys.fields.field(self.symbols, sympy.QQ)[0]
        self.ring = self.field.ring
        self.rationals = sympy.QQ
        self._factors: dict[Any, tuple[int, list[tuple[Any, int]]]] = {}

    def expression(self, entry: Any) -> Any:
        """An entry as a sympy expression, exact; text is read as a number, never as a formula."""
        import sympy

        if not isinstance(entry, sympy.Basic) or (isinstance(entry, sympy.Rational)):
            q = Q(entry)
            return sympy.Rational(q.numerator, q.denominator)
        if entry.has(sympy.Float):
            raise InexactInput(
                f"a symbolic weight needs exact numbers, got {spelled(entry)[:80]} with a float in it",
                fix="write sympy.Rational instead of floats",
            )
        return entry

    def element(self, entry: Any) -> Any:
        """An entry as an element of the field, common factors cancelled.

        Raises
        ------
        Unsupported
            If it is not a rational function of the declared parameters with rational coefficients.
        """
        import sympy

        expression = self.expression(entry)
        powers = expression.atoms(sympy.Pow) if isinstance(expression, sympy.Expr) else ()
        small = all(p.exp.is_Integer and abs(p.exp) <= LARGEST_EXPONENT for p in powers)
        if isinstance(expression, sympy.Expr) and small and not expression.has(sympy.zoo, sympy.nan, sympy.oo):
            try:
                return self.field.from_expr(expression)
            except (ValueError, ZeroDivisionError, sympy.polys.polyerrors.BasePolynomialError):
                pass
        raise Unsupported(
            f"a symbolic weight needs a rational function of {self.symbols} with rational coefficients and powers up "
            f"to {LARGEST_EXPONENT}, got {spelled(entry)[:120]}",
            fix="use exact numbers and the symbols of declared parameters: parameter('p', low=0).symbol",
        )

    def constant(self, q: Fraction) -> Any:
        """A number as an element of the field."""
        return self.field(self.rationals(q.numerator, q.denominator))

    def fixed(self, element: Any, gen: Any, value: Fraction) -> Any:
        """The element with a number in place of one parameter."""
        number = self.ring(self.rationals(value.numerator, value.denominator))
        top, bottom = (self.field(part.compose(gen, number)) for part in (element.numer, element.denom))
        return top / bottom

    def factors(self, polynomial: Any) -> tuple[int, list[tuple[Any, int]]]:
        """The sign of the leading factor and the irreducible primitive factors with their powers."""
        found = self._factors.get(polynomial)
        if found is None:
            if polynomial.is_ground:
                found = (1 if self.rationals.is_positive(polynomial.LC) else -1), []
            else:
                unit, parts = polynomial.factor_list()
                number = 1 if self.rationals.is_positive(unit) else -1
                normal = [(*normalised(part), power) for part, power in parts]
                for part_sign, _, power in normal:
                    number *= part_sign**power
                found = number, [(part, power) for _, part, power in normal]
            self._factors[polynomial] = found
        return found

    def used(self, polynomial: Any) -> list[int]:
        """The places of the parameters that occur."""
        return [i for i, gen in enumerate(self.ring.gens) if polynomial.degree(gen) > 0]

    def fraction(self, number: Any) -> Fraction:
        """A coefficient as a Fraction."""
        return Fraction(int(self.rationals.numer(number)), int(self.rationals.denom(number)))

    def term(self, polynomial: Any, names: Sequence[Term]) -> Term:
        """A polynomial as a term for the solver."""
        parts = []
        for exponents, coefficient in polynomial.terms():
            part = constant(Fraction(1))
            for name, power in zip(names, exponents, strict=True):
                for _ in range(power):
                    part = mul(part, name)
            parts.append(scaled(self.fraction(coefficient), part))
        return add(*parts)

    def range_conditions(self) -> Iterator[tuple[int, Any, Signs]]:
        """The assumptions on the parameters: place, polynomial, its signs."""
        for i, p in enumerate(self.parameters):
            gen = self.ring.gens[i]
            for end, turned, open_ in ((p.low, 1, p.low_open), (p.high, -1, p.high_open)):
                if end is not None:
                    unit, polynomial = normalised(gen - self.rationals(end.numerator, end.denominator))
                    allowed = POSITIVE if open_ else frozenset({0, 1})
                    yield i, polynomial, frozenset(unit * turned * s for s in allowed)


def normalised(polynomial: Any) -> tuple[int, Any]:
    """Sign and primitive integer polynomial with a positive leading coefficient.

    Guarantee: exact.
    """
    domain = polynomial.ring.domain
    over = math.lcm(*(int(domain.denom(c)) for c in polynomial.coeffs()))
    common = math.gcd(*(int(domain.numer(c * over)) for c in polynomial.coeffs()))
    sign = 1 if domain.is_positive(polynomial.LC) else -1
    return sign, polynomial * domain(sign * over, common)


def formula(term: Term, signs: Signs) -> Formula:
    """The term has one of these signs."""
    zero = Fraction(0)
    match tuple(sorted(signs)):
        case (-1,):
            return below(term, zero)
        case (-1, 0):
            return at_most(term, zero)
        case (0,):
            return equals(term, zero)
        case (0, 1):
            return at_least(term, zero)
        case (1,):
            return above(term, zero)
    return negate(equals(term, zero))
