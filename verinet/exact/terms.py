"""Polynomial terms and formulas over the reals: small immutable graphs, built, evaluated exactly, written as SMT-LIB 2.

Nothing here asks a solver; `verinet.exact.solver` does.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from verinet.errors import NotANumber, ShapeMismatch
from verinet.exact.smtlib import smtlib
from verinet.exact.term_graphs import COMPARE, Formula, Term, fold

__all__ = [
    "COMPARE",
    "Formula",
    "Term",
    "above",
    "add",
    "all_of",
    "any_of",
    "at_least",
    "at_most",
    "below",
    "choose",
    "constant",
    "equals",
    "floor",
    "fold",
    "holds",
    "if_less",
    "linear",
    "mul",
    "negate",
    "scale",
    "smtlib",
    "variables",
]


def variables(prefix: str, n: int) -> list[Term]:
    """Real variables ``prefix0, prefix1, ...``; the name is letters, digits and underscores.

    Guarantee: exact.

    Examples
    --------
    >>> [term.name for term in variables("x", 2)]
    ['x0', 'x1']
    """
    if not (prefix.isascii() and prefix.isidentifier()):
        raise NotANumber(f"a variable name needs ASCII letters, got {prefix!r}", fix="choose another prefix")
    return [Term("variable", name=f"{prefix}{i}") for i in range(n)]


def constant(q: Fraction) -> Term:
    """The constant q.

    Guarantee: exact.

    Examples
    --------
    >>> constant(Fraction(1, 3)).value
    Fraction(1, 3)
    """
    return Term("constant", value=q)


def add(*terms: Term) -> Term:
    """The sum.

    Guarantee: exact.

    Examples
    --------
    >>> (x,) = variables("x", 1)
    >>> holds([equals(add(x, x), Fraction(1))], {"x0": Fraction(1, 2)})
    True
    """
    return constant(Fraction(0)) if not terms else terms[0] if len(terms) == 1 else Term("sum", terms)


def scale(factor: Fraction, term: Term) -> Term:
    """The term times a constant.

    Guarantee: exact.

    Examples
    --------
    >>> scale(Fraction(2), constant(Fraction(1, 3))).value
    Fraction(2, 3)
    """
    if term.kind == "constant":
        return constant(factor * term.value)
    return term if factor == 1 else Term("scaled", (term,), factor)


def mul(left: Term, right: Term) -> Term:
    """The product, of variables too.

    Guarantee: exact.

    Examples
    --------
    >>> (x,) = variables("x", 1)
    >>> holds([equals(mul(x, x), Fraction(4))], {"x0": Fraction(-2)})
    True
    """
    if left.kind == "constant":
        return scale(left.value, right)
    return scale(right.value, left) if right.kind == "constant" else Term("product", (left, right))


def linear(row: Sequence[Fraction], bias: Fraction, terms: Sequence[Term]) -> Term:
    """``sum row_j term_j + bias``.

    Guarantee: exact.

    Examples
    --------
    >>> (x,) = variables("x", 1)
    >>> holds([equals(linear((Fraction(2),), Fraction(1), [x]), Fraction(7))], {"x0": Fraction(3)})
    True
    """
    if len(row) != len(terms):
        raise ShapeMismatch(
            f"linear needs a term for each coefficient, got {len(row)} and {len(terms)}",
            fix="check the sizes",
        )
    used = [scale(c, term) for c, term in zip(row, terms, strict=True) if c != 0]
    fixed = sum((term.value for term in used if term.kind == "constant"), bias)
    moving = [term for term in used if term.kind != "constant"]
    return add(*moving, constant(fixed)) if fixed != 0 or not moving else add(*moving)


def floor(term: Term) -> Term:
    """The largest integer that is at most the term.

    Guarantee: exact.

    Examples
    --------
    >>> (x,) = variables("x", 1)
    >>> holds([equals(floor(x), Fraction(-1))], {"x0": Fraction(-1, 2)})
    True
    """
    if term.kind == "constant":
        return constant(Fraction(math.floor(term.value)))
    return Term("floor", (term,))


def if_less(term: Term, q: Fraction, then: Term, otherwise: Term) -> Term:
    """`then` where ``term < q``, `otherwise` elsewhere (at the tie too).

    Guarantee: exact.

    Examples
    --------
    >>> (x,) = variables("x", 1)
    >>> relu = if_less(x, Fraction(0), constant(Fraction(0)), x)
    >>> holds([equals(relu, Fraction(0))], {"x0": Fraction(-3)})
    True
    """
    return choose(negate(at_least(term, q)), then, otherwise)


def choose(condition: Formula, then: Term, otherwise: Term) -> Term:
    """`then` where the condition holds, `otherwise` elsewhere.

    Guarantee: exact.

    Examples
    --------
    >>> (x,) = variables("x", 1)
    >>> step = choose(above(x, Fraction(0)), constant(Fraction(1)), constant(Fraction(0)))
    >>> holds([equals(step, Fraction(0))], {"x0": Fraction(0)})
    True
    """
    return Term("choose", (condition, then, otherwise))


# --- formulas ---------------------------------------------------------------------------------------


def at_least(term: Term, q: Fraction) -> Formula:
    """``term >= q``.

    Guarantee: exact.

    Examples
    --------
    >>> (x,) = variables("x", 1)
    >>> holds([at_least(x, Fraction(1))], {"x0": Fraction(1)})
    True
    """
    return Formula(">=", (term,), q)


def above(term: Term, q: Fraction) -> Formula:
    """``term > q``.

    Guarantee: exact.

    Examples
    --------
    >>> (x,) = variables("x", 1)
    >>> holds([above(x, Fraction(1))], {"x0": Fraction(1)})
    False
    """
    return Formula(">", (term,), q)


def at_most(term: Term, q: Fraction) -> Formula:
    """``term <= q``.

    Guarantee: exact.

    Examples
    --------
    >>> (x,) = variables("x", 1)
    >>> holds([at_most(x, Fraction(1))], {"x0": Fraction(1)})
    True
    """
    return Formula("<=", (term,), q)


def below(term: Term, q: Fraction) -> Formula:
    """``term < q``.

    Guarantee: exact.

    Examples
    --------
    >>> (x,) = variables("x", 1)
    >>> holds([below(x, Fraction(1))], {"x0": Fraction(1)})
    False
    """
    return Formula("<", (term,), q)


def equals(term: Term, q: Fraction) -> Formula:
    """``term = q``.

    Guarantee: exact.

    Examples
    --------
    >>> (x,) = variables("x", 1)
    >>> holds([equals(x, Fraction(1))], {"x0": Fraction(1)})
    True
    """
    return Formula("=", (term,), q)


def any_of(formulas: Iterable[Formula]) -> Formula:
    """At least one holds (none does of an empty list).

    Guarantee: exact.

    Examples
    --------
    >>> holds([any_of([])], {})
    False
    """
    return Formula("or", tuple(formulas))


def all_of(formulas: Iterable[Formula]) -> Formula:
    """All hold (an empty list does).

    Guarantee: exact.

    Examples
    --------
    >>> holds([all_of([])], {})
    True
    """
    return Formula("and", tuple(formulas))


def negate(formula: Formula) -> Formula:
    """It does not hold.

    Guarantee: exact.

    Examples
    --------
    >>> holds([negate(any_of([]))], {})
    True
    """
    return Formula("not", (formula,))


# --- readers ----------------------------------------------------------------------------------------


def holds(constraints: Sequence[Formula], values: dict[str, Fraction]) -> bool:
    """Whether all constraints hold where the variables have these values.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> (x,) = variables("x", 1)
    >>> holds([above(mul(x, x), Fraction(2))], {"x0": Fraction(3, 2)})
    True
    """

    def read(part: Term | Formula, given: list[Any]) -> Any:
        match part.kind:
            case "variable":
                return values[part.name]
            case "constant":
                return part.value
            case "sum":
                return sum(given, Fraction(0))
            case "scaled":
                return part.value * given[0]
            case "product":
                return given[0] * given[1]
            case "choose":
                return given[1] if given[0] else given[2]
            case "floor":
                return Fraction(math.floor(given[0]))
            case "and":
                return all(given)
            case "or":
                return any(given)
            case "not":
                return not given[0]
        return COMPARE[part.kind](given[0], part.value)

    return all(fold(constraints, read))
