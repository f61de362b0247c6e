"""Integrals of polynomials over cells: a rule that is exact on simplices, with rational points and weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise
from math import factorial, lcm

from flint import fmpq, fmpz

from verinet.errors import ShapeMismatch
from verinet.exact.rationals import Q
from verinet.geometry.incidences import Incidence, Integers
from verinet.geometry.triangulations import fraction, sized_simplices, total
from verinet.geometry.vertices import Vertices

__all__ = ["Polynomial", "cubature", "integrals", "mean_rule"]

#: Exponents of each monomial and its coefficient: ``{(2, 1): 3}`` is 3 x_0^2 x_1.
Polynomial = Mapping[tuple[int, ...], Fraction]


@cache
def mean_rule(size: int, degree: int) -> tuple[tuple[Fraction, tuple[Fraction, ...]], ...]:
    """Return weights and barycentric coordinates that average polynomials of that degree over an n-simplex.

    With s the least integer such that ``2 s + 1 >= degree``: the rule of Grundmann and Moeller,

        mean f = sum_{i=0}^{s} (-1)^i 2^(-2s) n! m_i^(2s+1) / (i! (2s+1+n-i)!) sum_{|b|=s-i} f((2b+1) / m_i),
        m_i = 2 s + 1 + n - 2 i,

    exact for every polynomial in n variables of degree at most 2 s + 1.

    Guarantee: exact.

    Examples
    --------
    >>> mean_rule(1, 1)
    ((Fraction(1, 1), (Fraction(1, 2), Fraction(1, 2))),)
    >>> sum(w * at[0] ** 3 for w, at in mean_rule(1, 3))
    Fraction(1, 4)
    """
    return tuple(
        (weight, tuple(Fraction(odd, over) for odd in odds))
        for weight, over, nodes in _groups(size, degree)
        for odds in nodes
    )


Groups = tuple[tuple[Fraction, int, tuple[tuple[int, ...], ...]], ...]


@cache
def _groups(size: int, degree: int) -> Groups:
    """The rule by its sums: weight, m_i and the odd numbers 2 b + 1 of every node."""
    s = degree // 2
    top = 2 * s + 1
    groups = []
    for i in range(s + 1):
        over = top + size - 2 * i
        weight = Fraction((-1) ** i * factorial(size) * over**top, 4**s * factorial(i) * factorial(top + size - i))
        nodes = tuple(tuple(2 * part + 1 for part in parts) for parts in _compositions(s - i, size + 1))
        groups.append((weight, over, nodes))
    return tuple(groups)


def _compositions(total: int, count: int) -> Iterator[tuple[int, ...]]:
    """All `count` nonnegative integers with this sum."""
    for bars in combinations(range(total + count - 1), count - 1):
        ends = (-1, *bars, total + count - 1)
        yield tuple(b - a - 1 for a, b in pairwise(ends))


def cubature(
    vertices: Vertices, facets: Sequence[Incidence], lowest: Sequence[Integers], cells: Integers, degree: int
) -> Iterator[tuple[int, fmpq, tuple[fmpq, ...]]]:
    """Yield (position of the cell, weight, point): sums of weight * f(point) integrate f of that degree exactly.

    The points lie inside of the cell; some weights are negative from degree 2 on.

    Guarantee: exact.
    """
    groups = _groups(vertices.dimension, degree)
    for position, volume, corners in sized_simplices(vertices, facets, lowest, cells):
        columns, common = _over_common(corners)
        for weight, over, nodes in groups:
            share = fmpq(weight.numerator, weight.denominator) * volume
            for odds in nodes:
                yield position, share, tuple(fmpq(x, over * common) for x in _combined(odds, columns))


def _over_common(corners: Sequence[tuple[int, ...]]) -> tuple[list[list[fmpz]], int]:
    """The coordinates of the corners, one list for each coordinate, as integers over one denominator."""
    common = lcm(*(corner[-1] for corner in corners))
    scales = [common // corner[-1] for corner in corners]
    size = len(corners[0]) - 1
    columns = [[fmpz(row[j] * scale) for row, scale in zip(corners, scales, strict=True)] for j in range(size)]
    return columns, common


def _combined(odds: Sequence[int], columns: Sequence[Sequence[fmpz]]) -> list[fmpz]:
    return [sum(odd * x for odd, x in zip(odds, column, strict=True)) for column in columns]


def integrals(
    vertices: Vertices,
    facets: Sequence[Incidence],
    lowest: Sequence[Integers],
    cells: Integers,
    polynomial: Polynomial | Callable[[int], Polynomial],
) -> list[Fraction]:
    """Return the integral of a polynomial (or of one for each cell) over each of these bounded full cells.

    Integers over one denominator a simplex: ``mean f = sum_i c_i sum_nodes F(P, m_i W) / (C W^q)`` with F the
    homogeneous form of f, of degree q, W the denominator of the corners and P the integers of the node.

    Guarantee: exact.

    Raises
    ------
    ShapeMismatch
        If an exponent is missing or negative.
    InexactInput
        If a coefficient is a float.
    """
    size = vertices.dimension
    one = None if callable(polynomial) else _Form.of(polynomial, size)
    parts: list[list[fmpq]] = [[] for _ in range(len(cells))]
    at, form = -1, one
    for position, volume, corners in sized_simplices(vertices, facets, lowest, cells):
        if position != at:
            at = position
            form = one if one is not None else _Form.of(_given(polynomial, int(cells[position])), size)
        if form is not None:
            parts[position].append(volume * form.mean(corners))
    return [fraction(total(terms)) for terms in parts]


def _given(polynomial: Polynomial | Callable[[int], Polynomial], cell: int) -> Polynomial:
    return polynomial(cell) if callable(polynomial) else polynomial


@dataclass(frozen=True, slots=True)
class _Form:
    """A polynomial of degree q with integer coefficients over `over`, and the rule for it with integer weights."""

    terms: tuple[tuple[tuple[int, ...], int], ...]
    degree: int
    groups: tuple[tuple[int, int, tuple[tuple[int, ...], ...]], ...]
    over: int

    @staticmethod
    def of(polynomial: Polynomial, size: int) -> _Form:
        terms = _terms(polynomial, size)
        degree = max((sum(exponents) for exponents, _ in terms), default=0)
        scale = lcm(*(coefficient.denominator for _, coefficient in terms))
        groups = [(weight / m**degree, m, nodes) for weight, m, nodes in _groups(size, degree)]
        over = lcm(*(weight.denominator for weight, _, _ in groups))
        return _Form(
            tuple((exponents, int(coefficient * scale)) for exponents, coefficient in terms),
            degree,
            tuple((int(weight * over), m, nodes) for weight, m, nodes in groups),
            over * scale,
        )

    def mean(self, corners: Sequence[tuple[int, ...]]) -> fmpq:
        """The mean over a simplex."""
        columns, common = _over_common(corners)
        found = fmpz(0)
        for weight, m, nodes in self.groups:
            found += weight * sum((self._value(_combined(odds, columns), m * common) for odds in nodes), fmpz(0))
        return fmpq(found, self.over * common**self.degree)

    def _value(self, point: Sequence[fmpz], last: int) -> fmpz:
        """The homogeneous form at (point, last)."""
        value = fmpz(0)
        for exponents, coefficient in self.terms:
            product = fmpz(coefficient) * fmpz(last) ** (self.degree - sum(exponents))
            for x, exponent in zip(point, exponents, strict=True):
                if exponent:
                    product *= x**exponent
            value += product
        return value


def _terms(polynomial: Polynomial, size: int) -> list[tuple[tuple[int, ...], Fraction]]:
    if not isinstance(polynomial, Mapping):
        raise ShapeMismatch(
            f"a polynomial is a mapping from exponents to coefficients, got {type(polynomial).__name__}",
            fix="write {(2, 1): 3, (0, 0): -1} for 3 x_0^2 x_1 - 1",
        )
    terms = []
    for exponents, coefficient in polynomial.items():
        sound = isinstance(exponents, tuple) and all(isinstance(e, int) and e >= 0 for e in exponents)
        if not sound or len(exponents) != size:
            raise ShapeMismatch(
                f"a polynomial of {size} variables needs {size} exponents from 0 on for each monomial",
                fix="write {(2, 1): 3, (0, 0): -1} for 3 x_0^2 x_1 - 1",
                where=f"monomial {exponents!r}",
            )
        terms.append((exponents, Q(coefficient)))
    return terms
