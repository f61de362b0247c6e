"""Guards: conjunctions of sign conditions on polynomials in the parameters, and their texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verinet.exact.parameters import Parameter
from verinet.exact.rationals import Q

__all__ = ["Condition", "Guard", "affine_form", "guard_of", "range_relations", "relation_latex", "shorter"]

_RELATIONS = {(-1,): "<", (-1, 0): "<=", (0,): "==", (0, 1): ">=", (1,): ">", (-1, 1): "!="}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_LATEX = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne"}


@dataclass(frozen=True, slots=True)
class Condition:
    """The polynomial has one of these signs.

    Parameters
    ----------
    polynomial : sympy expression
        With integer coefficients.
    signs : tuple of int
        Some of -1, 0, 1, ascending.

    Guarantee: exact.
    """

    polynomial: Any
    signs: tuple[int, ...]

    @property
    def relation(self) -> Any:
        """The condition as a sympy relation, never evaluated: ``p < 1/2``, ``a < b``."""
        import sympy

        left, right, word = _sides(sympy, self.polynomial, _RELATIONS[self.signs])
        return sympy.Rel(left, right, word, evaluate=False)

    def holds(self, values: Mapping[Any, Any]) -> bool:
        """Whether it holds where the symbols have these sympy Rationals."""
        value = Q(self.polynomial.xreplace(dict(values)))
        return ((value > 0) - (value < 0)) in self.signs

    def __str__(self) -> str:
        return _text(self.relation)


@dataclass(frozen=True, slots=True)
class Guard:
    """All conditions hold; a guard without conditions always does.

    Guarantee: exact.
    """

    conditions: tuple[Condition, ...] = ()

    def holds(self, values: Mapping[Any, Any]) -> bool:
        """Whether all conditions hold where the symbols have these sympy Rationals."""
        return all(condition.holds(values) for condition in self.conditions)

    def to_sympy(self) -> Any:
        """The conjunction."""
        import sympy

        return sympy.And(*(condition.relation for condition in self.conditions), evaluate=False)

    def latex(self) -> str:
        r"""The conditions with commas between them, or ``\text{always}``."""
        return r",\ ".join(relation_latex(c.relation) for c in self.conditions) or r"\text{always}"

    def __str__(self) -> str:
        return " and ".join(map(str, self.conditions)) or "always"


def guard_of(conditions: Iterable[tuple[Any, Iterable[int]]]) -> Guard:
    """The guard of polynomials of a ring with their signs, in their order.

    Guarantee: exact.
    """
    return Guard(tuple(Condition(polynomial.as_expr(), tuple(sorted(signs))) for polynomial, signs in conditions))


def range_relations(parameters: Sequence[Parameter]) -> str:
    r"""LaTeX of the assumptions: ``0 < p < 1,\ q \ge 1``.

    Guarantee: exact.
    """
    import sympy

    def number(q: Fraction) -> str:
        return str(sympy.latex(sympy.Rational(q.numerator, q.denominator)))

    texts = []
    for p in parameters:
        name = sympy.latex(p.symbol)
        if p.low is not None and p.low == p.high:
            texts.append(f"{name} = {number(p.low)}")
        elif p.low is not None and p.high is not None:
            left, right = ("<" if open_ else r"\le" for open_ in (p.low_open, p.high_open))
            texts.append(f"{number(p.low)} {left} {name} {right} {number(p.high)}")
        elif p.low is not None:
            texts.append(f"{name} {'>' if p.low_open else chr(92) + 'ge'} {number(p.low)}")
        elif p.high is not None:
            texts.append(f"{name} {'<' if p.high_open else chr(92) + 'le'} {number(p.high)}")
        else:
            texts.append(rf"{name} \in \mathbb{{R}}")
    return r",\ ".join(texts)


def relation_latex(relation: Any) -> str:
    r"""A relation in LaTeX, ``\le`` for ``\leq`` as everywhere in the house.

    Guarantee: exact.
    """
    import sympy

    return f"{sympy.latex(relation.lhs)} {_LATEX[relation.rel_op]} {sympy.latex(relation.rhs)}"


def shorter(expression: Any) -> Any:
    """The expanded quotient or the factored one, whichever takes fewer operations.

    Guarantee: exact.
    """
    import sympy

    forms = [sympy.cancel(expression), sympy.factor(expression)]
    return min(forms, key=lambda form: (sympy.count_ops(form), len(str(form))))


def affine_form(terms: Sequence[tuple[Any, Any]], constant: Any) -> Any:
    """``sum coefficient * variable + constant``, as a sum or as one quotient, whichever takes fewer operations.

    Guarantee: exact.
    """
    import sympy

    apart = sympy.Add(*(shorter(coefficient) * name for name, coefficient in terms), shorter(constant))
    return min((apart, shorter(apart)), key=lambda form: (sympy.count_ops(form), len(str(form))))


def _text(relation: Any) -> str:
    return f"{relation.lhs} {relation.rel_op} {relation.rhs}"


def _sides(sympy: Any, polynomial: Any, word: str) -> tuple[Any, Any, str]:
    """``c v + d`` becomes ``v`` against ``-d/c``; else positive terms stand left and the others right."""
    symbols = sorted(polynomial.free_symbols, key=str)
    poly = sympy.Poly(polynomial, *symbols)
    if len(symbols) == 1 and poly.degree() == 1:
        slope, constant = poly.all_coeffs()
        return symbols[0], -constant / slope, word if slope > 0 else _TURNED[word]
    terms = sympy.Add.make_args(sympy.expand(polynomial))
    left = sympy.Add(*(t for t in terms if t.as_coeff_Mul()[0] > 0))
    right = -sympy.Add(*(t for t in terms if t.as_coeff_Mul()[0] < 0))
    return left, right, word
