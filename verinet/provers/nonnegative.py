"""That polynomial conditions contradict each other: an identity ``sum c * product of guards * root^2 = -1`` or so.

Guards are polynomials that are >= 0 or > 0 in the case.  Products of guards are combined by exact linear programming;
where equations are given, division by them gives the multipliers.  The kernel expands what is found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement
from math import lcm
from typing import Any

from verinet.claims.implications import Exact, Guard, exact
from verinet.exact.programs import Feasible, System, feasible
from verinet.provers.cases import hex_number
from verinet.work import keep_going

#: Products of at most so many guards, and at most so many products, are combined.
MOST_FACTORS, MOST_PRODUCTS = 3, 300

#: A positive factor, the guards that are multiplied (by place), and a polynomial whose square is a factor, or None.
Term = tuple[Fraction, tuple[int, ...], Exact | None]


def contradiction(guards: Sequence[Guard]) -> list[Term] | None:
    """Terms that add up to a constant < 0, or to 0 with a term of strict guards alone; None if none were found."""
    for place, guard in enumerate(guards):
        if guard.polynomial.is_ground:
            value = guard.polynomial.LC() if not guard.polynomial.is_zero else 0
            if value < 0 or (value == 0 and guard.strict):
                return [(Fraction(1), (place,), None)]
    by_division = _divided(guards)
    if by_division is not None:
        return by_division
    for count in range(1, MOST_FACTORS + 1):
        found = _combined(guards, count)
        if found is not None:
            return found
    return None


def written(terms: Sequence[Term]) -> list[Any]:
    """The terms as a goal of the certificate format: integer factors, integer roots."""
    scaled = []
    for factor, guards, root in terms:
        over = 1 if root is None else lcm(*(c.denominator for c in root.values()))
        scaled.append((factor / over**2, guards, None if root is None else {e: c * over for e, c in root.items()}))
    over = lcm(*(factor.denominator for factor, _, _ in scaled))
    return [
        [
            hex_number(int(factor * over)),
            list(guards),
            None if root is None else [[hex_number(int(c)), list(e)] for e, c in sorted(root.items()) if c],
        ]
        for factor, guards, root in scaled
    ]


def _combined(guards: Sequence[Guard], count: int) -> list[Term] | None:
    """Weights of products of at most `count` guards, by linear programming."""
    products = list(_products(guards, count))
    if len(products) > MOST_PRODUCTS:
        return None
    size = len(guards[0].polynomial.gens)
    constant: Exact = {(0,) * size: Fraction(1)}
    columns = [(constant, (), True), *products]
    monomials = sorted({e for polynomial, _, _ in columns for e in polynomial})
    rows = []
    for e in monomials:
        keep_going()
        entries = [polynomial.get(e, Fraction(0)) for polynomial, _, _ in columns]
        over = lcm(*(entry.denominator for entry in entries))
        row = [0, *(int(entry * over) for entry in entries)]
        rows += [tuple(row), tuple(-entry for entry in row)]
    rows.append((-1, *(int(strict) for _, _, strict in columns)))
    zero = (Fraction(0),) * len(columns)
    answer = feasible(System(tuple(rows), (False,) * len(rows), zero, (None,) * len(columns)))
    if not isinstance(answer, Feasible):
        return None
    found: list[Term] = [
        (w, used, None) for w, (_, used, _) in zip(answer.point, columns, strict=True) if w > 0 and used
    ]
    return found or None


def _products(guards: Sequence[Guard], count: int) -> Iterator[tuple[Exact, tuple[int, ...], bool]]:
    for factors in range(1, count + 1):
        for chosen in combinations_with_replacement(range(len(guards)), factors):
            keep_going()
            polynomial = guards[chosen[0]].polynomial
            for place in chosen[1:]:
                polynomial = polynomial * guards[place].polynomial
            yield exact(polynomial), chosen, all(guards[place].strict for place in chosen)


def _divided(guards: Sequence[Guard]) -> list[Term] | None:
    """A product of strict guards that lies in the ideal of the equations, with the multipliers as squares."""
    import sympy

    closed = {guard.polynomial for guard in guards if not guard.strict}
    equations = [p for p in dict.fromkeys(g.polynomial for g in guards) if p in closed and -p in closed]
    equations = [p for p in equations if not p.is_zero and p.LC() > 0]
    strict = [place for place, guard in enumerate(guards) if guard.strict]
    if not equations or not strict:
        return None
    gens = equations[0].gens
    counts = {g: sum(g in monomial.free_symbols for e in equations for monomial in _monomials(e)) for g in gens}
    order = sorted(gens, key=lambda g: counts[g] or len(gens) * len(equations) * 100)
    for chosen in dict.fromkeys((*((place,) for place in strict), tuple(strict))):
        product = guards[chosen[0]].polynomial
        for place in chosen[1:]:
            product = product * guards[place].polynomial
        expressions = [e.as_expr() for e in equations]
        quotients, rest = sympy.reduced(product.as_expr(), expressions, *order, order="lex", domain="QQ")
        if rest == 0:
            return [(Fraction(1), chosen, None), *_multiples(quotients, equations, guards, gens)]
    return None


def _monomials(polynomial: Any) -> list[Any]:
    return list(polynomial.as_expr().as_ordered_terms())


def _multiples(
    quotients: Sequence[Any], equations: Sequence[Any], guards: Sequence[Guard], gens: Sequence[Any]
) -> list[Term]:
    """``-c m e`` as ``(c/4) (m - 1)^2 e + (c/4) (m + 1)^2 (-e)`` for each monomial m; e and -e are guards.

    One monomial at a time: squares of whole quotients would have many more terms for the kernel to multiply out.
    """
    import sympy

    found: list[Term] = []
    for quotient, equation in zip(quotients, equations, strict=True):
        places = [
            next(i for i, guard in enumerate(guards) if guard.polynomial == side and not guard.strict)
            for side in (equation, -equation)
        ]
        for monomial, coefficient in exact(sympy.Poly(quotient, *gens, domain="QQ")).items():
            first, second = places if coefficient > 0 else places[::-1]
            if not any(monomial):
                found.append((abs(coefficient), (second,), None))
                continue
            one = (0,) * len(gens)
            weight = abs(coefficient) / 4
            found.append((weight, (first,), {monomial: Fraction(1), one: Fraction(-1)}))
            found.append((weight, (second,), {monomial: Fraction(1), one: Fraction(1)}))
    return found
