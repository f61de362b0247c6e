"""What one simplex adds to an integral of g^p or |g|^p: exact where g keeps its sign, else between 0 and a bound.

In barycentric coordinates g is homogeneous of its degree d; divided by the multinomials its coefficients are those of
Bernstein, which bound it, and ``int l^a = vol n! a! / (n + |a|)!`` for a product of powers of the coordinates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import factorial, lcm, prod
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from verinet.geometry.triangulations import fraction
from verinet.kernel import Statement
from verinet.provers.check_costs import Foreseen, Part, expansion, monomials, powers
from verinet.provers.pieces import Row, volume
from verinet.work import keep_going


@dataclass(frozen=True, slots=True)
class Share:
    """Bounds of a contribution, and the seconds that the kernel is going to need for it, where there is a limit."""

    low: Fraction
    high: Fraction
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Work:
    """What the kernel multiplies on one simplex: products of terms up to g, and from g to its power."""

    inserted: int
    raised: int


@dataclass(frozen=True, slots=True)
class Integrand:
    """g as a polynomial in x and y, the power, and whether |g| is meant."""

    terms: tuple[tuple[Fraction, tuple[int, ...]], ...]
    inputs: int
    power: int
    absolute: bool

    @staticmethod
    def of(statement: Statement) -> Integrand:
        """The integrand of a kernel statement."""
        ((over, terms),) = statement.targets
        inputs = 0 if statement.domain is None else len(statement.domain.box)
        listed = tuple((Fraction(entry, over), exponents) for exponents, entry in terms.items())
        return Integrand(listed, inputs, statement.power, statement.words == [["yes"]])

    @property
    def signed(self) -> bool:
        """Whether the sign of g does not matter, because |g|^p is the polynomial g^p or g^p is meant."""
        return not self.absolute or self.power % 2 == 0

    def work(self, outputs: Sequence[tuple[Any, int]]) -> Work:
        """The kernel's products on a simplex of a cell where the outputs are these.

        Raises
        ------
        BudgetExhausted
            If one of them is larger than the kernel allows.
        """
        size = self.inputs + 1
        parts = [(1, size)] * self.inputs + [_part(form, size) for form, _ in outputs]
        inserted, degree = expansion([exponents for _, exponents in self.terms], parts, size)
        left = any(all(width for (_, width), e in zip(parts, term, strict=True) if e) for _, term in self.terms)
        return Work(inserted, powers(degree, self.power, size) if left else 0)

    def on_cell(self, outputs: Sequence[tuple[Any, int]]) -> Any:
        """g in x alone, where the outputs are these forms or polynomials over their denominators."""
        context = _context("x", self.inputs)
        x = list(context.gens())
        known = [*x, *(_output(form, over, context) for form, over in outputs)]
        total = context.constant(0)
        for coefficient, exponents in self.terms:
            keep_going()
            term = context.constant(_fmpq(coefficient))
            for value, exponent in zip(known, exponents, strict=True):
                if exponent:
                    term = term * value**exponent
            total = total + term
        return total

    def planes(self, form: Any) -> tuple[Row, ...]:
        """Hyperplanes along which |g| bends: the linear factors of g of odd multiplicity."""
        if self.signed or form.is_constant():
            return ()
        factors = [(form, 1)] if form.total_degree() == 1 else form.factor()[1]
        return tuple(_row(factor) for factor, times in factors if times % 2 and factor.total_degree() == 1)

    def share(self, form: Any, vertices: Sequence[Row], work: Work, foreseen: Foreseen) -> Share:
        """The contribution of a simplex; its check is foreseen before the power is taken here."""
        expanded = self._in_barycentric(form, vertices)
        degree = max(int(form.total_degree()), 0)
        largest = max((abs(fraction(entry)) for entry in expanded.coeffs()), default=Fraction(0))
        seconds = foreseen.add(work.inserted, largest)
        signs = {int(c > 0) - int(c < 0) for c in expanded.coeffs()}
        if not self.signed and signs >= {1, -1}:
            top = max(
                abs(fraction(coefficient)) * prod(factorial(int(e)) for e in exponents) / factorial(degree)
                for exponents, coefficient in expanded.terms()
            )
            return Share(Fraction(0), top**self.power * volume(vertices), seconds)
        # of all powers up to the last, the one at two thirds has coefficients of about the average cost
        seconds += foreseen.add(work.raised, largest ** max(1, self.power * 2 // 3), largest)
        value = self._integrated(expanded**self.power, vertices)
        if not self.signed and -1 in signs:
            value = abs(value)
        return Share(value, value, seconds)

    def _in_barycentric(self, form: Any, vertices: Sequence[Row]) -> Any:
        """g as a homogeneous polynomial."""
        size = len(vertices)
        context = _context("l", size)
        weights = list(context.gens())
        one = sum(weights[1:], weights[0])
        x = [
            sum((fmpq(vertex[k], vertex[0]) * weights[i] for i, vertex in enumerate(vertices)), context.constant(0))
            for k in range(1, size)
        ]
        degree = max(int(form.total_degree()), 0)
        expanded = context.constant(0)
        for exponents, coefficient in form.terms():
            keep_going()
            term = context.constant(coefficient) * one ** (degree - sum(map(int, exponents)))
            for value, exponent in zip(x, exponents, strict=True):
                if exponent:
                    term = term * value ** int(exponent)
            expanded = expanded + term
        return expanded

    def _integrated(self, expanded: Any, vertices: Sequence[Row]) -> Fraction:
        size = len(vertices)
        value = fmpq(0)
        for exponents, coefficient in expanded.terms():
            keep_going()
            times = [int(e) for e in exponents]
            value += coefficient * fmpq(
                prod(map(factorial, times)) * factorial(size - 1), factorial(size - 1 + sum(times))
            )
        return fraction(value) * volume(vertices)


def _part(form: Any, size: int) -> Part:
    """Degree and number of terms of an output as the kernel writes it in barycentric coordinates."""
    if isinstance(form, dict):
        degree = max(map(sum, form), default=0)
        return degree, monomials(degree, size) if form else 0
    if any(form[1:size]):
        return 1, size
    return 0, int(bool(form[0]))


def _context(letter: str, size: int) -> Any:
    return fmpq_mpoly_ctx.get([f"{letter}{k}" for k in range(size)], Ordering.degrevlex)


def _fmpq(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def _output(form: Any, over: int, context: Any) -> Any:
    """An output as a polynomial in x: a row of integers, or the kernel's polynomial."""
    if isinstance(form, dict):
        return context.from_dict(
            {exponents: _fmpq(Fraction(entry) / over) for exponents, entry in form.items() if entry}
        )
    x = context.gens()
    total = context.constant(fmpq(form[0], over))
    for entry, variable in zip(form[1:], x, strict=True):
        if entry:
            total = total + fmpq(entry, over) * variable
    return total


def _row(factor: Any) -> Row:
    """A linear polynomial as an integer form."""
    size = factor.context().nvars()
    entries = [Fraction(0)] * (size + 1)
    for exponents, coefficient in factor.terms():
        place = next((k + 1 for k, exponent in enumerate(exponents) if exponent), 0)
        entries[place] = fraction(coefficient)
    scale = lcm(*(entry.denominator for entry in entries))
    return tuple(int(entry * scale) for entry in entries)
