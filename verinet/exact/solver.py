"""Polynomial constraints in; a point, unsat or unknown out.  The only module that imports z3.

Terms and formulas are small immutable graphs of our own: a point is believed only after they were evaluated
at it in exact rational arithmetic, and the SMT-LIB 2 text for a second solver is not written by the first.
An `Unsat` is a solver's word, hence at most a named assumption of a theorem.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpz

from verinet.errors import MissingExtra, NotANumber, ShapeMismatch
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import format_rational


def _brief(part: Term | Formula) -> str:
    """Its kind and size: what is shared in the graph would be written again and again."""
    return f"<{type(part).__name__} {part.name or part.kind}, {len(part.parts)} parts>"


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A real-valued expression; build it with the functions of this module.  Guarantee: exact."""

    kind: str
    parts: tuple[Term | Formula, ...] = ()
    value: Fraction = Fraction(0)
    name: str = ""

    __repr__ = _brief


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """A truth-valued expression; build it with the functions of this module.  Guarantee: exact."""

    kind: str
    parts: tuple[Term | Formula, ...] = ()
    value: Fraction = Fraction(0)
    name: str = ""

    __repr__ = _brief


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


# --- terms ------------------------------------------------------------------------------------------


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


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    "<": lambda a, b: a < b,
    "=": lambda a, b: a == b,
}


# --- three readers of one graph ---------------------------------------------------------------------


def _fold(roots: Sequence[Term | Formula], read: Callable[[Term | Formula, list[Any]], Any]) -> list[Any]:
    """`read` applied to every part once, children first, without recursion; the results for the roots."""
    done: dict[int, Any] = {}
    stack: list[tuple[Term | Formula, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        part, ready = stack.pop()
        if id(part) in done:
            continue
        if ready:
            done[id(part)] = read(part, [done[id(child)] for child in part.parts])
        else:
            stack.append((part, True))
            stack.extend((child, False) for child in part.parts if id(child) not in done)
    return [done[id(root)] for root in roots]


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
        return _COMPARE[part.kind](given[0], part.value)

    return all(_fold(constraints, read))


def smtlib(constraints: Sequence[Formula]) -> str:
    """The constraints as SMT-LIB 2 text, one definition for each shared part.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
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
        if part.kind in _COMPARE:
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

    asserted = _fold(constraints, read)
    logic = f"QF_{'N' if 'product' in kinds else 'L'}{'I' if 'floor' in kinds else ''}RA"
    declared = [f"(declare-const {name} Real)" for name in names]
    asserts = [f"(assert {text})" for text in asserted]
    return "\n".join([f"(set-logic {logic})", *declared, *lines, *asserts, "(check-sat)"])


def _smt_number(q: Fraction) -> str:
    size = format_rational(Fraction(abs(q.numerator)))
    text = size if q.denominator == 1 else f"(/ {size} {format_rational(Fraction(q.denominator))})"
    return text if q >= 0 else f"(- {text})"


# --- solvers ----------------------------------------------------------------------------------------


def solve(constraints: Sequence[Formula], variables: Sequence[Term], seconds: float) -> Point | Unsat | Unknown:
    """Ask z3 for values of the variables at which all constraints hold.

    A point is checked by `holds` before it is returned.  A solution with irrational (algebraic) values is
    reported as `Unknown`.

    Notes
    -----
    Guarantee: exact for `Point`; `Unsat` is the word of a solver, which no kernel re-checks

    Examples
    --------
    >>> (x,) = variables("x", 1)
    >>> solve([equals(add(x, x), Fraction(1))], [x], seconds=5)
    Point(values=(Fraction(1, 2),))
    """
    import z3  # type: ignore[import-untyped, unused-ignore]  # z3 ships no types

    context = z3.Context()
    solver = z3.Solver(ctx=context)
    solver.set("timeout", max(1, min(int(seconds * 1000), 2**31)))
    known: dict[str, Any] = {}
    for assertion in _fold(constraints, lambda part, given: _to_z3(z3, context, known, part, given)):
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
    return _COMPARE[part.kind](given[0], z3.RealVal(format_rational(part.value), context))


def _integer(text: str) -> int:
    return int(fmpz(text))
