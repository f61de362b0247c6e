"""Polynomial constraints in; a point, unsat or unknown out.  The only module that imports z3.

Terms and formulas (`verinet.exact.terms`) are graphs of our own: a point is believed only after they were evaluated
at it in exact rational arithmetic, and the SMT-LIB 2 text for a second solver is not written by the first.
An `Unsat` is a solver's word, hence at most a named assumption of a theorem.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpz

from verinet.errors import MissingExtra
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import format_rational
from verinet.exact.terms import COMPARE, Formula, Term, fold, holds


@dataclass(frozen=True, slots=True)
class Point:
    """The constraints hold at these values, checked exactly.  Guarantee: exact."""

    values: tuple[Fraction, ...]

    __repr__ = spelled_fields


@dataclass(frozen=True, slots=True)
class Unsat:
    """The solver says that no point satisfies the constraints.

    Guarantee: none beyond the word of the solver.
    """


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer, and why.  Guarantee: none; it says nothing."""

    reason: str


def solve(constraints: Sequence[Formula], variables: Sequence[Term], seconds: float) -> Point | Unsat | Unknown:
    """Ask z3 for values of the variables at which all constraints hold.

    A point is checked by `holds` before it is returned.  A solution with irrational (algebraic) values is
    reported as `Unknown`.

    Notes
    -----
    Guarantee: exact for `Point`; `Unsat` is the word of a solver, which no kernel re-checks

    Examples
    --------
    >>> from verinet.exact.terms import add, equals, variables
    >>> (x,) = variables("x", 1)
    >>> solve([equals(add(x, x), Fraction(1))], [x], seconds=5)
    Point(values=(Fraction(1, 2),))
    """
    import z3

    context = z3.Context()
    solver = z3.Solver(ctx=context)
    solver.set("timeout", max(1, min(int(seconds * 1000), 2**31)))
    known: dict[str, Any] = {}
    for assertion in fold(constraints, lambda part, given: _to_z3(z3, context, known, part, given)):
        solver.add(assertion)
    answer = solver.check()
    if answer == z3.unsat:
        return Unsat()
    if answer != z3.sat:
        return Unknown(f"z3 gave up: {solver.reason_unknown()}")
    model = solver.model()
    values: dict[str, Fraction] = {}
    # every variable of the constraints gets a value, those asked for and the rest
    for name in {*(v.name for v in variables), *known}:
        symbol = known.get(name)
        value = z3.RealVal(0, context) if symbol is None else model.eval(symbol, model_completion=True)
        if not z3.is_rational_value(value):
            return Unknown(f"z3 found a solution whose {name} is irrational: {value}")
        # as_long would fail beyond Python's limit of 4300 decimal digits
        numerator, denominator = value.numerator().as_string(), value.denominator().as_string()
        values[name] = Fraction(_integer(numerator), _integer(denominator))
    if not holds(constraints, values):
        return Unknown("z3 proposed a point that an exact evaluation rejects")
    return Point(tuple(values[v.name] for v in variables))


def second_opinion(text: str, seconds: float) -> str:
    """What cvc5 says of SMT-LIB 2 text: "sat", "unsat" or "unknown".

    Raises
    ------
    MissingExtra
        If cvc5 is not installed.

    Notes
    -----
    Guarantee: none beyond the word of the solver

    Examples
    --------
    >>> from verinet.exact.terms import above, below, smtlib, variables
    >>> (x,) = variables("x", 1)
    >>> second_opinion(smtlib([above(x, Fraction(0)), below(x, Fraction(0))]), seconds=5)
    'unsat'
    """
    try:
        import cvc5
    except ImportError:
        raise MissingExtra("a second opinion needs cvc5", fix="pip install cvc5") from None
    solver = cvc5.Solver()
    solver.setOption("tlimit-per", str(max(1, int(seconds * 1000))))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "constraints")
    symbols = parser.getSymbolManager()
    verdict = "unknown"
    while not (command := parser.nextCommand()).isNull():
        reply = command.invoke(solver, symbols).strip()
        if reply in ("sat", "unsat", "unknown"):
            verdict = reply
    return verdict


def program() -> str:
    """The first solver and its version, as an assumption names it.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> program().split()[0]
    'z3'
    """
    import z3

    return f"z3 {z3.get_version_string()}"


def second_program() -> str:
    """The second solver and its version, "" if it is not installed.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> second_program()[:5] in ("", "cvc5 ")
    True
    """
    try:
        import cvc5
    except ImportError:
        return ""
    version = cvc5.Solver().getVersion()
    return f"cvc5 {version.decode('ascii', 'replace') if isinstance(version, bytes) else version}"


def third_opinion(text: str, seconds: float) -> tuple[str, str]:
    """What yices-smt2 says of SMT-LIB 2 text, and its name and version; ("unknown", "") where it is not on the path.

    Notes
    -----
    Guarantee: none beyond the word of the solver

    Examples
    --------
    >>> third_opinion("(set-logic QF_LRA)(assert false)(check-sat)", seconds=5)[0] in ("unsat", "unknown")
    True
    """
    found = shutil.which("yices-smt2")
    if found is None:
        return "unknown", ""
    try:
        done = subprocess.run([found], input=text, capture_output=True, text=True, timeout=max(seconds, 0.1))
        version = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return "unknown", ""
    said = done.stdout.strip()
    name = " ".join(version.stdout.split()[:2]).lower()
    return (said if done.returncode == 0 and said in ("sat", "unsat") else "unknown"), name


def _to_z3(z3: Any, context: Any, known: dict[str, Any], part: Term | Formula, given: list[Any]) -> Any:
    match part.kind:
        case "variable":
            return known.setdefault(part.name, z3.Real(part.name, context))
        case "constant":
            return z3.RealVal(format_rational(part.value), context)
        case "sum":
            return z3.Sum(given)
        case "scaled":
            return z3.RealVal(format_rational(part.value), context) * given[0]
        case "product":
            return given[0] * given[1]
        case "floor":
            return z3.ToReal(z3.ToInt(given[0]))
        case "choose":
            return z3.If(given[0], given[1], given[2], context)
        case "and":
            return z3.And(given) if given else z3.BoolVal(True, context)
        case "or":
            return z3.Or(given) if given else z3.BoolVal(False, context)
        case "not":
            return z3.Not(given[0], context)
    return COMPARE[part.kind](given[0], z3.RealVal(format_rational(part.value), context))


def _integer(text: str) -> int:
    return int(fmpz(text))
