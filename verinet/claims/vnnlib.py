"""VNN-LIB, the community's property format: version 1.0 is read and evaluated here, 2.0 in `verinet.claims.vnnlib2`.

A property states its VIOLATION: inputs X_i, outputs Y_j, and assertions that a violating x and y = f(x) would
all meet.  The claim is that no x does.  Decimals are the rationals they spell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from verinet.claims.formulas import Affine, Formula, all_of
from verinet.claims.language import Always
from verinet.claims.sexpressions import LONGEST, Expression, commands, fold
from verinet.claims.violations import safety
from verinet.claims.vnnlib2 import Query
from verinet.claims.vnnlib2_reader import is_second, parse_query
from verinet.claims.vnnlib_terms import Meaning, Value, evaluate, number, operation, short
from verinet.errors import BadFormat, ShapeMismatch, Unsupported
from verinet.geometry.polyhedra import exact_point
from verinet.networks.network import Network
from verinet.work import read_text

_VARIABLE = re.compile(r"([XY])_(0|[1-9][0-9]{0,8})\Z")
_SECOND_VERSION = ("vnnlib-version", "declare-network", "declare-input", "declare-output", "declare-hidden")


@dataclass(frozen=True, slots=True)
class Property:
    """A property of version 1.0 as it was written: the assertions that together are the violation.

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
    >>> from verinet.exact.rationals import Q
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
                return number(text, "the property")
            return (inputs if name.group(1) == "X" else outputs)[int(name.group(2))]

        return all(fold(part, word, evaluate, "the property") is True for part in self.assertions)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of how the property is read: nothing."""
        return ()

    def find(self, name: str, where: str) -> tuple[int, int] | None:
        """Return (0, i) for X_i, (1, j) for Y_j, None for a name that is not declared.  Guarantee: exact."""
        match = _VARIABLE.match(name)
        if match is None:
            return None
        side, index = "XY".index(match[1]), int(match[2])
        return (side, index) if index < (self.inputs, self.outputs)[side] else None

    def names(self) -> tuple[str, ...]:
        """Return the names of the inputs."""
        return tuple(f"X_{j}" for j in range(self.inputs))

    def spread(self, x: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """Return the inputs at a point of the claim: the point itself."""
        return exact_point(x, self.inputs, "Property.spread")

    def outputs_at(self, x: Sequence[Fraction], networks: Sequence[Network]) -> tuple[Fraction, ...]:
        """Return the outputs of the one network at x.  Guarantee: exact."""
        if len(networks) != 1:
            raise ShapeMismatch(
                f"a property of version 1.0 speaks of one network, got {len(networks)}",
                fix="give one network; queries about several are written in VNN-LIB 2.0",
            )
        self._check_sizes(networks[0])
        return networks[0](*x)

    @property
    def violation(self) -> Formula:
        """The violation as a formula over inputs and outputs."""
        return all_of(*(_formula(part, "the property") for part in self.assertions))

    def claim(self, *networks: Network) -> Always:
        """Return the claim that no input violates the property; it speaks of one network.

        Guarantee: exact (it holds exactly when the violation is impossible).

        Raises
        ------
        ShapeMismatch
            If the network has other numbers of inputs or outputs.
        EmptyDomain, NotBounded, Unsupported
            As `verinet.claims.violations.safety`.
        """
        if len(networks) != 1:
            raise ShapeMismatch(
                f"a property of version 1.0 speaks of one network, got {len(networks)}",
                fix="give one network; queries about several are written in VNN-LIB 2.0",
            )
        self._check_sizes(networks[0])
        compiled = safety(self.violation, self.inputs)
        return Always(networks, compiled.clauses, compiled.domain)

    def _check_sizes(self, network: Network) -> None:
        sizes = (network.input_size, network.output_size)
        if sizes != (self.inputs, self.outputs):
            raise ShapeMismatch(
                f"this property needs a network with {self.inputs} inputs and {self.outputs} outputs, "
                f"got {sizes[0]} and {sizes[1]}",
                fix="give the network that the property was written for",
            )


def read_vnnlib(path: str | Path) -> Property | Query:
    """Read a VNN-LIB file: a `Property` of version 1.0, or a `Query` of version 2.0.

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


def parse_vnnlib(text: str, source: str = "text") -> Property | Query:
    """Parse VNN-LIB text: version 2.0 if it begins with ``(vnnlib-version <2.0>)``, else version 1.0.

    Guarantee: exact (decimals are the rationals they spell).

    Raises
    ------
    BadFormat
        At text outside of the grammar, naming the line.
    Unsupported
        At other versions and at operators that we don't know, by name.
    NotANumber
        At numbers with huge exponents or too many digits.

    Examples
    --------
    >>> text = "(declare-const X_0 Real) (declare-const Y_0 Real) (assert (< X_0 (* 2 Y_0)))"
    >>> parse_vnnlib(text).violation == (Affine.of_input(0) < 2 * Affine.of_output(0))
    True
    """
    if is_second(text):
        return parse_query(text, source)
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
            f"a declaration needs a name X_i or Y_j, got {short(name)}",
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
        return BadFormat(
            f"{head} belongs to VNN-LIB 2.0, and this text does not begin with its version",
            fix="begin with (vnnlib-version <2.0>); or keep to declare-const and assert, which are version 1.0",
            where=where,
        )
    if head == "declare-const" and len(command) == 3 and isinstance(command[2], str):
        return Unsupported(
            f"a variable needs the type Real, got {short(command[2])}",
            fix="declare (declare-const X_0 Real)",
            where=where,
        )
    name = short(head) if isinstance(head, str) else "a bracket"
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
            return Affine(number(text, where))
        index = int(name.group(2))
        return Affine.of_input(index) if name.group(1) == "X" else Affine.of_output(index)

    meaning = fold(expression, word, lambda head, values: operation(head, values, where), where)
    if isinstance(meaning, Affine):
        raise BadFormat(
            "an assertion needs a comparison, got a number or a sum",
            fix="write (assert (<= X_0 1))",
            where=where,
        )
    return meaning
