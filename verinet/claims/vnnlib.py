"""VNN-LIB 1.0, the community's property format: read, evaluated, compiled to a claim, and written.

A property states its VIOLATION: inputs X_i, outputs Y_j, and assertions that a violating x and y = f(x) would
all meet.  The claim is that no x does.  Decimals are the rationals they spell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import mul, sub
from pathlib import Path
from typing import Any

from verinet.claims.formulas import Affine, AllOf, AnyOf, Atom, Formula, all_of, any_of, equals, total
from verinet.claims.language import Always
from verinet.claims.sexpressions import LONGEST, Expression, commands, fold
from verinet.claims.violations import safety
from verinet.errors import BadFormat, NotANumber, ShapeMismatch, Unsupported
from verinet.exact.rationals import Q
from verinet.geometry.polyhedra import exact_point
from verinet.networks.network import Network
from verinet.work import read_text

Value = Fraction | bool
Meaning = Affine | AllOf | AnyOf | Atom

_VARIABLE = re.compile(r"([XY])_(0|[1-9][0-9]{0,8})\Z")
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
_SECOND_VERSION = ("vnnlib-version", "declare-network", "declare-input", "declare-output", "declare-hidden")
_COMPARISONS = ("<=", ">=", "<", ">", "=")
_OPERATORS = ("and", "or", *_COMPARISONS, "+", "-", "*")


@dataclass(frozen=True, slots=True)
class Property:
    """A property as it was written: the assertions that together are the violation.

    Parameters
    ----------
    inputs, outputs : int
        How many X_i and Y_j are declared.
    assertions : tuple of expressions
        The parsed text, nothing rewritten: words and tuples of words.

    Guarantee: exact (decimals are the rationals they spell).

    Examples
    --------
    >>> text = '''(declare-const X_0 Real) (declare-const Y_0 Real)
    ... (assert (>= X_0 -1)) (assert (<= X_0 1)) (assert (>= Y_0 1e2))'''
    >>> found = parse_vnnlib(text)
    >>> found.violated_by((Q("1/2"),), (Q(100),)), found.violated_by((Q("1/2"),), (Q("99.9"),))
    (True, False)
    """

    inputs: int
    outputs: int
    assertions: tuple[Expression, ...]

    def violated_by(self, x: Sequence[Fraction], y: Sequence[Fraction]) -> bool:
        """Tell whether inputs x and outputs y meet all assertions, evaluated on the text as it was parsed.

        Guarantee: exact; independent of the compiled claim.
        """
        inputs = exact_point(x, self.inputs, "Property.violated_by (inputs)")
        outputs = exact_point(y, self.outputs, "Property.violated_by (outputs)")

        def word(text: str) -> Value:
            name = _VARIABLE.match(text)
            if name is None:
                return _number(text, "the property")
            return (inputs if name.group(1) == "X" else outputs)[int(name.group(2))]

        return all(fold(part, word, _evaluate, "the property") is True for part in self.assertions)

    @property
    def violation(self) -> Formula:
        """The violation as a formula over inputs and outputs."""
        return all_of(*(_formula(part, "the property") for part in self.assertions))

    def claim(self, network: Network) -> Always:
        """Return the claim that no input violates the property.

        Guarantee: exact (it holds exactly when the violation is impossible).

        Raises
        ------
        ShapeMismatch
            If the network has other numbers of inputs or outputs.
        EmptyDomain, NotBounded, Unsupported
            As `verinet.claims.violations.safety`.
        """
        sizes = (network.input_size, network.output_size)
        if sizes != (self.inputs, self.outputs):
            raise ShapeMismatch(
                f"this property needs a network with {self.inputs} inputs and {self.outputs} outputs, "
                f"got {sizes[0]} and {sizes[1]}",
                fix="give the network that the property was written for",
            )
        compiled = safety(self.violation, self.inputs)
        return Always((network,), compiled.clauses, compiled.domain)


def read_vnnlib(path: str | Path) -> Property:
    """Read a VNN-LIB 1.0 file.

    Guarantee: exact (decimals are the rationals they spell).

    Raises
    ------
    BadFormat
        If there is no such file, or it is too large or no text; and as `parse_vnnlib`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> text = "(declare-const X_0 Real) (declare-const Y_0 Real) (assert (>= Y_0 X_0))"
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "above.vnnlib")
    ...     _ = path.write_text(text)
    ...     read_vnnlib(path).violated_by((1,), (2,))
    True
    """
    return parse_vnnlib(read_text(Path(path), limit=LONGEST), source=Path(path).name)


def parse_vnnlib(text: str, source: str = "text") -> Property:
    """Parse VNN-LIB 1.0 text.

    Guarantee: exact (decimals are the rationals they spell).

    Raises
    ------
    BadFormat
        At text outside of the grammar, naming the line.
    Unsupported
        At VNN-LIB 2.0 and at operators that we don't know, by name.
    NotANumber
        At numbers with huge exponents or too many digits.

    Examples
    --------
    >>> text = "(declare-const X_0 Real) (declare-const Y_0 Real) (assert (< X_0 (* 2 Y_0)))"
    >>> parse_vnnlib(text).violation == (Affine.of_input(0) < 2 * Affine.of_output(0))
    True
    """
    declared: dict[str, set[int]] = {"X": set(), "Y": set()}
    assertions: list[Expression] = []
    for command, where in commands(text, source):
        match command:
            case ("declare-const", str(name), "Real"):
                _declare(declared, name, where)
            case ("assert", expression):
                _check(expression, declared, where)
                assertions.append(expression)
            case _:
                raise _unknown_command(command, where)
    sizes = {letter: _size(letter, declared[letter], source) for letter in declared}
    if not assertions:
        raise BadFormat(
            "a property needs at least one (assert ...), got none",
            fix="assert the input bounds and the violating outputs",
            where=source,
        )
    return Property(sizes["X"], sizes["Y"], tuple(assertions))


def _declare(declared: dict[str, set[int]], name: str, where: str) -> None:
    match = _VARIABLE.match(name)
    if match is None:
        raise BadFormat(
            f"a declaration needs a name X_i or Y_j, got {_short(name)}",
            fix="call inputs X_0, X_1, ... and outputs Y_0, Y_1, ...",
            where=where,
        )
    letter, index = match.group(1), int(match.group(2))
    if index in declared[letter]:
        raise BadFormat(f"{name} is declared twice", fix="remove one declaration", where=where)
    declared[letter].add(index)


def _size(letter: str, found: set[int], source: str) -> int:
    kind = {"X": "input", "Y": "output"}[letter]
    if not found:
        raise BadFormat(
            f"a property needs at least one {kind}, got no {letter}_0",
            fix=f"declare every {kind}: (declare-const {letter}_0 Real)",
            where=source,
        )
    missing = next(index for index in range(len(found) + 1) if index not in found)
    if missing < len(found):
        raise BadFormat(
            f"the {kind}s of a property need to be {letter}_0, {letter}_1, ... without gaps; "
            f"{letter}_{missing} is missing",
            fix=f"declare every {kind} of the network",
            where=source,
        )
    return len(found)


def _unknown_command(command: tuple[Expression, ...], where: str) -> BadFormat | Unsupported:
    head = command[0]
    if isinstance(head, str) and head in _SECOND_VERSION:
        return Unsupported(
            f"this is VNN-LIB 2.0 text ({head}); version 1.0 is read: declare-const and assert",
            fix="write it in version 1.0, or state the claim in Python (verinet.claims)",
            where=where,
        )
    if head == "declare-const" and len(command) == 3 and isinstance(command[2], str):
        return Unsupported(
            f"a variable needs the type Real, got {_short(command[2])}",
            fix="declare (declare-const X_0 Real)",
            where=where,
        )
    name = _short(head) if isinstance(head, str) else "a bracket"
    return BadFormat(
        f"a property needs (declare-const NAME Real) and (assert FORMULA), got {name} with {len(command) - 1} parts",
        fix="keep to declare-const and assert",
        where=where,
    )


# ------------------------------------------------------------------------------------------------ meaning


def _check(expression: Expression, declared: dict[str, set[int]], where: str) -> None:
    """Refuse an assertion that has no meaning: undeclared symbols, unknown operators, wrong kinds."""

    def known(text: str) -> None:
        name = _VARIABLE.match(text)
        if name is not None and int(name.group(2)) not in declared[name.group(1)]:
            raise BadFormat(
                f"{text} is used before it is declared",
                fix=f"write (declare-const {text} Real) above",
                where=where,
            )

    fold(expression, known, lambda head, values: None, where)
    _formula(expression, where)


def _formula(expression: Expression, where: str) -> Formula:
    def word(text: str) -> Meaning:
        name = _VARIABLE.match(text)
        if name is None:
            return Affine(_number(text, where))
        index = int(name.group(2))
        return Affine.of_input(index) if name.group(1) == "X" else Affine.of_output(index)

    meaning = fold(expression, word, lambda head, values: _operation(head, values, where), where)
    if isinstance(meaning, Affine):
        raise BadFormat(
            "an assertion needs a comparison, got a number or a sum",
            fix="write (assert (<= X_0 1))",
            where=where,
        )
    return meaning


def _operation(head: str, values: list[Meaning], where: str) -> Meaning:
    if head not in _OPERATORS:
        raise Unsupported(
            f"the operator {_short(head)} is not known; known are {' '.join(_OPERATORS)}",
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
    if head in _COMPARISONS:
        if len(terms) != 2:
            raise _wrong(head, "exactly two sides", len(terms), where)
        return _comparison(head, terms[0], terms[1])
    return _arithmetic(head, terms, where)


def _comparison(head: str, left: Affine, right: Affine) -> Formula:
    match head:
        case "<=":
            return left <= right
        case ">=":
            return left >= right
        case "<":
            return left < right
        case ">":
            return left > right
        case _:
            return equals(left, right)


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


def _evaluate(head: str, values: list[Value]) -> Value:
    """Evaluate one operation on numbers or truth values; shares nothing with the compiled meaning."""
    plain: dict[str, Callable[[list[Any]], Value]] = {
        "and": lambda v: all(part is True for part in v),
        "or": lambda v: any(part is True for part in v),
        "<=": lambda v: v[0] <= v[1],
        ">=": lambda v: v[0] >= v[1],
        "<": lambda v: v[0] < v[1],
        ">": lambda v: v[0] > v[1],
        "=": lambda v: v[0] == v[1],
        "+": lambda v: sum(v, Fraction(0)),
        "-": lambda v: -v[0] if len(v) == 1 else reduce(sub, v),
        "*": lambda v: reduce(mul, v, Fraction(1)),
    }
    return plain[head](values)


def _number(text: str, where: str) -> Fraction:
    if _NUMBER.match(text) is None:
        raise BadFormat(
            f"{_short(text)} is neither a declared variable X_i, Y_j nor a decimal number",
            fix="use the declared X_i and Y_j and decimals such as -1, 0.25, 1e-5",
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


def _short(word: str) -> str:
    return word if len(word) <= 40 else word[:40] + "..."
