"""Integrals of polynomials of the outputs (and inputs) over the domain, by a cubature that is exact on every cell."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

from flint import fmpq

from verinet import work
from verinet.errors import ShapeMismatch
from verinet.exact.rationals import Q

if TYPE_CHECKING:
    from verinet.regions.piecewise import PiecewiseAffine

__all__ = ["integral"]


def integral(f: PiecewiseAffine, polynomial: Mapping[tuple[int, ...], object] | None = None) -> Fraction:
    r"""The integral of p(y), or of p(x, y), over the domain, where y = f(x).

    Parameters
    ----------
    f : PiecewiseAffine
        On a bounded domain.
    polynomial : mapping from exponents to exact coefficients, optional
        One exponent an output, ``{(2,): 1}`` for y^2; or one an input and then one an output, ``{(1, 1): 1}`` for
        x y with one of each.  Without it the single output is integrated.

    Raises
    ------
    ShapeMismatch
        If an exponent is missing or negative, or there are several outputs and no polynomial.
    NotBounded
        On an unbounded domain.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.regions.piecewise import piecewise
    >>> x = variable("x")
    >>> f = piecewise(network(x, relu(x)), interval(-1, 1))
    >>> integral(f), integral(f, {(2,): 1}), integral(f, {(0, 2): 1, (1, 1): -2, (2, 0): 1})
    (Fraction(1, 2), Fraction(1, 3), Fraction(1, 3))

    Guarantee: exact.
    """
    terms = _terms(f, polynomial)
    degree = max((sum(exponents) for exponents, _ in terms), default=0)
    maps: dict[int, tuple[tuple[Fraction, ...], ...]] = {}
    parts: dict[int, Fraction] = {}
    for cell, weight, point in f.complex.cubature(degree):
        work.keep_going()
        number = int(f.maps.of_cell[cell])
        if number not in maps:
            a, b = f.maps.exact(number)
            maps[number] = a.hstack(b).to_rows()
        values = [sum((a * x for a, x in zip(row, point, strict=False)), row[-1]) for row in maps[number]]
        parts[cell] = parts.get(cell, Fraction(0)) + weight * _value(terms, (*point, *values))
    return _balanced_sum(list(parts.values()))


def _balanced_sum(values: list[Fraction]) -> Fraction:
    """The sum by halves: the denominators of cells share little, so a sum's is as long as theirs together.

    Added up one after another, all those digits would be carried along at every step.
    """
    sums = [fmpq(value.numerator, value.denominator) for value in values]
    while len(sums) > 1:
        work.keep_going()
        paired = [a + b for a, b in zip(sums[::2], sums[1::2], strict=False)]
        sums = paired + sums[len(sums) - len(sums) % 2 :]
    return Fraction(int(sums[0].p), int(sums[0].q)) if sums else Fraction(0)


def _terms(
    f: PiecewiseAffine, polynomial: Mapping[tuple[int, ...], object] | None
) -> list[tuple[tuple[int, ...], Fraction]]:
    """Monomials in x and y together."""
    inputs, outputs = f.input_size, f.output_size
    if polynomial is None:
        if outputs != 1:
            raise ShapeMismatch(
                f"the integral of {outputs} outputs needs a polynomial of them",
                fix="give one, as in integral({(1, 0): 1}) for the first of two",
            )
        polynomial = {(1,): 1}
    terms = []
    for exponents, coefficient in polynomial.items():
        sound = isinstance(exponents, tuple) and all(isinstance(e, int) and e >= 0 for e in exponents)
        if not sound or len(exponents) not in (outputs, inputs + outputs):
            raise ShapeMismatch(
                f"a polynomial of {outputs} outputs needs as many exponents from 0 on a monomial, or {inputs} more "
                "in front for the inputs",
                fix="write {(2,): 1} for y^2, {(1, 1): 1} for x y",
                where=f"monomial {exponents!r}",
            )
        padded = exponents if len(exponents) == inputs + outputs else (0,) * inputs + exponents
        terms.append((padded, Q(coefficient)))
    return terms


def _value(terms: list[tuple[tuple[int, ...], Fraction]], point: tuple[Fraction, ...]) -> Fraction:
    return sum(
        (
            c * prod((x**e for x, e in zip(point, exponents, strict=True) if e), start=Fraction(1))
            for exponents, c in terms
        ),
        Fraction(0),
    )
