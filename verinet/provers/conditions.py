"""For which values of its one parameter does a family hold?  By exact real roots, without a solver.

The parameter's line is cut at all values where the picture in x can change: roots of leading coefficients,
discriminants and resultants of the polynomials of all cases.  Between them, and at them where they are rational, the
claim is decided for one value of the parameter: its line of x is cut at the roots of the polynomials in x.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

from verinet.claims.families import Family
from verinet.claims.family_cases import Condition
from verinet.errors import Unsupported
from verinet.work import Budget, keep_going, under


@dataclass(frozen=True, slots=True)
class Truth:
    """The values of the parameter, within its range, for which a family holds.

    Parameters
    ----------
    relation : sympy relation
        In the parameter's symbol; `sympy.true` for the whole range, `sympy.false` for none of it.
    undecided : tuple of sympy numbers
        Irrational single values that were not decided; they are outside of `relation`.

    Guarantee: exact.
    """

    relation: Any
    undecided: tuple[Any, ...] = ()

    def latex(self) -> str:
        r"""The relation in LaTeX.

        Guarantee: exact.
        """
        import sympy

        return str(sympy.latex(self.relation))


def holds_for(claim: Family, budget: Budget | None = None) -> Truth:
    """The values of the one parameter for which the claim holds for all x (at most one input).

    Raises
    ------
    Unsupported
        For several parameters or several inputs.
    BudgetExhausted

    Examples
    --------
    >>> from verinet.claims.families import family
    >>> from verinet.exact.parameters import parameter
    >>> from verinet.regions.symbolic_networks import symbolic_activation, symbolic_network
    >>> a = parameter("a")
    >>> psi = symbolic_network([([[1]], [0]), ([[1]], [0])], symbolic_activation("leaky_relu", a.symbol), [a])
    >>> print(holds_for(family([psi], lambda y, x: y[0] >= x[0])).relation)
    a <= 1

    Notes
    -----
    Guarantee: exact
    """
    if len(claim.parameters) != 1 or len(claim.inputs) > 1:
        raise Unsupported(
            f"a condition is computed for one parameter and at most one input, got {len(claim.parameters)} and "
            f"{len(claim.inputs)}",
            fix="fix the other parameters, or prove the claim with the condition as a guard",
        )
    with under(budget or Budget()):
        return _holds_for(claim)


def _holds_for(claim: Family) -> Truth:
    import sympy

    p = claim.parameters[0]
    sets = claim.contradictions()
    roots = _critical(sets, claim)
    whole = sympy.Interval(
        -sympy.oo if p.low is None else sympy.Rational(str(p.low)),
        sympy.oo if p.high is None else sympy.Rational(str(p.high)),
        p.low_open,
        p.high_open,
    )
    inside = [r for r in roots if whole.contains(r) == sympy.true]
    ends = [whole.inf, *(r for r in inside if r not in (whole.inf, whole.sup)), whole.sup]
    found: list[Any] = []
    for low, high in pairwise(ends):
        if low != high and _holds_at(sets, claim, _between(low, high)):
            found.append(sympy.Interval.open(low, high))
    undecided = []
    for point in dict.fromkeys([*inside, *(e for e in (whole.inf, whole.sup) if whole.contains(e) == sympy.true)]):
        if not point.is_Rational:
            undecided.append(point)
        elif _holds_at(sets, claim, point):
            found.append(sympy.FiniteSet(point))
    union = sympy.Union(*found)
    if union == whole:
        return Truth(sympy.true)
    return Truth(union.as_relational(p.symbol) if found else sympy.false, tuple(undecided))


def _critical(sets: Sequence[tuple[Condition, ...]], claim: Family) -> list[Any]:
    """The values of the parameter where the picture in x can change, ascending."""
    import sympy

    a = claim.parameters[0].symbol
    factors = _factors([c.polynomial for conditions in sets for c in conditions])
    projected = [f for f in factors if f.free_symbols <= {a}]
    if claim.inputs:
        x = claim.inputs[0]
        mixed = [sympy.Poly(f.as_expr(), x) for f in factors if x in f.free_symbols]
        for f in mixed:
            keep_going()
            projected += [sympy.Poly(c, a, domain="QQ") for c in f.all_coeffs()]
            projected.append(sympy.Poly(f.discriminant() if f.degree() > 1 else 1, a, domain="QQ"))
        for f, g in combinations(mixed, 2):
            keep_going()
            projected.append(sympy.Poly(sympy.resultant(f.as_expr(), g.as_expr(), x), a, domain="QQ"))
    found: set[Any] = set()
    for f in projected:
        polynomial = sympy.Poly(f.as_expr(), a, domain="QQ")
        if polynomial.degree() > 0:
            found |= set(sympy.real_roots(polynomial))
    return sorted(found)


def _factors(polynomials: Sequence[Any]) -> list[Any]:
    found: dict[Any, None] = {}
    for polynomial in polynomials:
        if not polynomial.is_ground:
            found |= dict.fromkeys(factor for factor, _ in polynomial.factor_list()[1])
    return list(found)


def _between(low: Any, high: Any) -> Any:
    """A rational number strictly between two real numbers, one of which may be infinite."""
    import sympy

    if low == -sympy.oo and high == sympy.oo:
        return sympy.Integer(0)
    if low == -sympy.oo:
        return sympy.floor(high) - 1
    if high == sympy.oo:
        return sympy.ceiling(low) + 1
    digits = 2
    while True:
        middle = sympy.Rational(str(((low + high) / 2).evalf(digits + 10).round(digits)))
        if (low < middle) == sympy.true and (middle < high) == sympy.true:
            return middle
        digits *= 2


def _holds_at(sets: Sequence[tuple[Condition, ...]], claim: Family, value: Any) -> bool:
    """Whether no x meets one of the sets of conditions, for one rational value of the parameter."""
    import sympy

    keep_going()
    x = claim.inputs[0] if claim.inputs else sympy.Dummy("x")
    for conditions in sets:
        here = [
            (sympy.Poly(c.polynomial.as_expr().subs(claim.parameters[0].symbol, value), x, domain="QQ"), c.relation)
            for c in conditions
        ]
        if any(all(_true(sign(f), r) for f, r in here) for sign in _signs_on_line([f for f, _ in here], x)):
            return False
    return True


def _true(sign: int, relation: str) -> bool:
    return {">=": sign >= 0, ">": sign > 0, "=": sign == 0, "!=": sign != 0}[relation]


def _signs_on_line(polynomials: Sequence[Any], x: Any) -> Any:
    """For each root and each gap between roots: a function that gives the sign of any of the polynomials there."""
    import sympy

    factors = _factors(polynomials)
    roots = sympy.intervals([f.as_expr() for f in factors]) if factors else []
    if not roots:
        yield lambda f: _sign(f.eval(0))
        return
    places = [end for (low, high), _ in roots for end in (low, high)]
    yield lambda f: _sign(f.eval(places[0] - 1))
    for k, ((low, high), owners) in enumerate(roots):
        factor = factors[next(iter(owners))]
        yield lambda f, low=low, high=high, factor=factor: _sign_at_root(f, factor, low, high)
        following = roots[k + 1][0][0] if k + 1 < len(roots) else high + 2
        for point in {high, (high + following) / 2}:  # ends of intervals that are no roots lie in gaps, too
            yield lambda f, point=point: _sign(f.eval(point))


def _sign(value: Any) -> int:
    return 1 if value > 0 else -1 if value < 0 else 0


def _sign_at_root(f: Any, factor: Any, low: Any, high: Any) -> int:
    """The sign of f at the one root of an irreducible factor in [low, high]; f's other roots are elsewhere."""
    import sympy

    if f.is_zero or sympy.rem(f, factor).is_zero:
        return 0
    while low != high and f.count_roots(low, high):
        middle = (low + high) / 2
        if factor.eval(middle) == 0:
            low = high = middle
        elif factor.count_roots(low, middle):
            high = middle
        else:
            low = middle
    return _sign(f.eval(low))
