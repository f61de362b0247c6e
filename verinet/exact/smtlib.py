"""Terms and formulas written as SMT-LIB 2."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from verinet.exact.rationals import format_rational
from verinet.exact.term_graphs import COMPARE, Formula, Term, fold


def smtlib(constraints: Sequence[Formula]) -> str:
    """The constraints as SMT-LIB 2 text, one definition for each shared part.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> from verinet.exact.terms import at_least, variables
    >>> print(smtlib([at_least(variables("x", 1)[0], Fraction(-1, 2))]))
    (set-logic QF_LRA)
    (declare-const x0 Real)
    (assert (>= x0 (- (/ 1 2))))
    (check-sat)
    """
    names: list[str] = []
    lines: list[str] = []
    kinds: set[str] = set()

    def read(part: Term | Formula, given: list[Any]) -> str:
        kinds.add(part.kind)
        if part.kind == "variable":
            if part.name not in names:
                names.append(part.name)
            return part.name
        if part.kind == "constant":
            return _smt_number(part.value)
        if part.kind in ("and", "or") and not given:
            return "true" if part.kind == "and" else "false"
        if part.kind == "scaled":
            return define(f"(* {_smt_number(part.value)} {given[0]})", "Real")
        if part.kind == "floor":
            return define(f"(to_real (to_int {given[0]}))", "Real")
        if part.kind in COMPARE:
            return f"({part.kind} {given[0]} {_smt_number(part.value)})"
        sort = "Real" if isinstance(part, Term) else "Bool"
        word = {"sum": "+", "product": "*", "choose": "ite"}.get(part.kind, part.kind)
        return define(f"({word} {' '.join(given)})", sort)

    def define(body: str, sort: str) -> str:
        if len(body) < 60:
            return body
        name = f"!t{len(lines)}"
        lines.append(f"(define-fun {name} () {sort} {body})")
        return name

    asserted = fold(constraints, read)
    logic = f"QF_{'N' if 'product' in kinds else 'L'}{'I' if 'floor' in kinds else ''}RA"
    declared = [f"(declare-const {name} Real)" for name in names]
    asserts = [f"(assert {text})" for text in asserted]
    return "\n".join([f"(set-logic {logic})", *declared, *lines, *asserts, "(check-sat)"])


def _smt_number(q: Fraction) -> str:
    size = format_rational(Fraction(abs(q.numerator)))
    text = size if q.denominator == 1 else f"(/ {size} {format_rational(Fraction(q.denominator))})"
    return text if q >= 0 else f"(- {text})"
