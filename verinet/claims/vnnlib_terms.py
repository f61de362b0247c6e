"""What VNN-LIB's expressions mean: numbers, affine terms, comparisons, `and` and `or`; the same in both versions.

Everything has its meaning twice: `operation` builds formulas, from which claims are compiled, and `evaluate` computes
with numbers and truth values; they share nothing, and one is used to check the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from operator import mul, sub
from typing import Any

from verinet.claims.formulas import Affine, AllOf, AnyOf, Atom, all_of, any_of, total
from verinet.claims.relations import compared
from verinet.errors import BadFormat, NotANumber, Unsupported
from verinet.exact.rationals import Q

Value = Fraction | bool
Meaning = Affine | AllOf | AnyOf | Atom

#: Operators of version 1.0 and of version 2.0.
FIRST = ("and", "or", "<=", ">=", "<", ">", "=", "+", "-", "*")
SECOND = ("and", "or", "<=", ">=", "<", ">", "==", "!=", "+", "-", "*")
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")


def operation(head: str, values: list[Meaning], where: str, known: tuple[str, ...] = FIRST) -> Meaning:
    """The formula or term that an operator makes of its parts.

    Raises
    ------
    Unsupported
        For an operator that is not among the known ones, and for products of variables.
    BadFormat
        For parts of the wrong kind or number.

    Examples
    --------
    >>> operation("<=", [Affine.of_input(0), Affine(Fraction(1))], "text") == (Affine.of_input(0) <= 1)
    True

    Guarantee: exact.
    """
    if head not in known:
        raise Unsupported(
            f"the operator {short(head)} is not known; known are {' '.join(known)}",
            fix="write the property with the known operators",
            where=where,
        )
    if head in ("and", "or"):
        formulas = [value for value in values if not isinstance(value, Affine)]
        if not values or len(formulas) != len(values):
            raise _wrong(head, "formulas, at least one", len(values), where)
        return all_of(*formulas) if head == "and" else any_of(*formulas)
    terms = [value for value in values if isinstance(value, Affine)]
    if not values or len(terms) != len(values):
        raise _wrong(head, "numbers and variables, at least one", len(values), where)
    if head not in ("+", "-", "*"):
        if len(terms) != 2:
            raise _wrong(head, "exactly two sides", len(terms), where)
        return compared(head, terms[0], terms[1])
    return _arithmetic(head, terms, where)


def _arithmetic(head: str, terms: list[Affine], where: str) -> Affine:
    if head == "+":
        return total(terms)
    if head == "-":
        return -terms[0] if len(terms) == 1 else total([terms[0], *(-term for term in terms[1:])])
    varying = [term for term in terms if term.x or term.y]
    if len(varying) > 1:
        raise Unsupported(
            "a property needs affine terms, got a product of two variables",
            fix="multiply variables by numbers only",
            where=where,
        )
    factor = reduce(mul, (term.constant for term in terms if not (term.x or term.y)), Fraction(1))
    return varying[0].scale(factor) if varying else Affine(factor)


def evaluate(head: str, values: list[Value]) -> Value:
    """Evaluate one operation on numbers or truth values; shares nothing with the compiled meaning.

    Examples
    --------
    >>> evaluate("-", [Fraction(1), Fraction(1, 3)])
    Fraction(2, 3)

    Guarantee: exact.
    """
    plain: dict[str, Callable[[list[Any]], Value]] = {
        "and": lambda v: all(part is True for part in v),
        "or": lambda v: any(part is True for part in v),
        "<=": lambda v: v[0] <= v[1],
        ">=": lambda v: v[0] >= v[1],
        "<": lambda v: v[0] < v[1],
        ">": lambda v: v[0] > v[1],
        "=": lambda v: v[0] == v[1],
        "==": lambda v: v[0] == v[1],
        "!=": lambda v: v[0] != v[1],
        "+": lambda v: sum(v, Fraction(0)),
        "-": lambda v: -v[0] if len(v) == 1 else reduce(sub, v),
        "*": lambda v: reduce(mul, v, Fraction(1)),
    }
    return plain[head](values)


def number(text: str, where: str, names: str = "X_i, Y_j") -> Fraction:
    """The rational that a decimal spells.

    Raises
    ------
    BadFormat
        For any other text.
    NotANumber
        For huge exponents and too many digits.

    Examples
    --------
    >>> number("-2.5e-1", "text")
    Fraction(-1, 4)

    Guarantee: exact.
    """
    if _NUMBER.match(text) is None:
        raise BadFormat(
            f"{short(text)} is neither a declared variable {names} nor a decimal number",
            fix="use the declared variables and decimals such as -1, 0.25, 1e-5",
            where=where,
        )
    try:
        return Q(text)
    except NotANumber as error:
        raise NotANumber(error.problem, fix=error.fix, where=where) from error


def _wrong(head: str, needs: str, got: int, where: str) -> BadFormat:
    return BadFormat(
        f"the operator {head} needs {needs}, got {got} parts",
        fix="write (and FORMULA ...), (<= TERM TERM), (+ TERM ...)",
        where=where,
    )


def short(word: str) -> str:
    """The word, or its beginning.

    Examples
    --------
    >>> len(short("9" * 1000))
    43

    Guarantee: exact.
    """
    return word if len(word) <= 40 else word[:40] + "..."
