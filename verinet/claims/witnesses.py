"""Published counterexamples: read as their decimals spell them, and judged by exact evaluation.

A witness is ``sat ((X_0 0.5) ... (Y_0 1.25))``, the form in which competitions collect them.  Its outputs are only
compared: what counts is whether the network's own outputs at the stated inputs violate the property.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from verinet.claims.formulas import Atom, Formula, fold
from verinet.claims.sexpressions import Expression, Word, place_of, tensor_commands
from verinet.claims.violations import input_boxes
from verinet.claims.vnnlib import Property
from verinet.claims.vnnlib2 import Query
from verinet.claims.vnnlib_terms import short
from verinet.errors import BadFormat, NotANumber, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Network

Point = tuple[Fraction, ...]
Verdict = Literal["valid", "valid after clipping", "wrong"]

_VALUE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z|-?[0-9]+/[0-9]+\Z", re.ASCII)
_NO_WITNESS = ("unsat", "unknown", "timeout", "error", "holds", "violated")


@dataclass(frozen=True, slots=True)
class Witness:
    """Stated inputs and, if any, stated outputs, by their names.

    Guarantee: exact (decimals are the rationals they spell).
    """

    pairs: tuple[tuple[str, Fraction], ...]
    where: str

    __repr__ = spelled_fields


@dataclass(frozen=True, slots=True)
class Ruling:
    """What exact evaluation says of a witness.

    Parameters
    ----------
    word : str
        ``"valid"``: the inputs, as they are spelled, violate the property.  ``"valid after clipping"``: they do not,
        but do once every input is moved to the nearest end of the interval that the property demands.  ``"wrong"``.
    x, y : tuple of Fraction
        The stated inputs, and the exact outputs there.
    moved : Fraction
        The largest distance by which an input lies outside of its interval; 0 for a valid witness.
    clipped, outputs : tuple of Fraction or None
        The inputs after clipping, and the exact outputs there; None if nothing had to be moved.
    missing : Fraction
        By how much the assertions fail, after clipping; 0 for a valid witness, and where a strict inequality is met as
        an equation.
    stated_error : Fraction or None
        Largest distance of the stated outputs from the exact ones; None if none are stated.

    Guarantee: exact.
    """

    word: Verdict
    x: Point
    y: Point
    moved: Fraction
    clipped: Point | None
    outputs: Point | None
    missing: Fraction
    stated_error: Fraction | None

    __repr__ = spelled_fields


def parse_witnesses(text: str, source: str = "text") -> tuple[Witness, ...]:
    """Read one witness or several, one after the other; the word ``sat`` before each may be left out.

    Guarantee: exact (decimals are the rationals they spell).

    Raises
    ------
    BadFormat
        For any other text, naming line and column.
    NotANumber
        For numbers with huge exponents or too many digits.

    Examples
    --------
    >>> (found,) = parse_witnesses("sat\\n((X_0 -1e-1)\\n (Y_0 2))")
    >>> found.pairs
    (('X_0', Fraction(-1, 10)), ('Y_0', Fraction(2, 1)))
    """
    said = text.lstrip()[:20].partition("\n")[0].strip().lower()
    if said.startswith(_NO_WITNESS):
        raise BadFormat(
            f"a witness begins with sat, this text with {said}",
            fix="give the files of those instances that were answered sat",
            where=source,
        )
    bracketed = _without_sat(text)
    found: list[Witness] = []
    loose: list[tuple[str, Fraction]] = []
    for command, offset in tensor_commands(bracketed, source):
        where = place_of(text, offset, source)
        if isinstance(command[0], str):
            loose.append(_pair(command, text, source))
            continue
        found.append(Witness(tuple(_pair(part, text, source) for part in command), where))
    if loose and not found:
        found.append(Witness(tuple(loose), f"{source}, line 1"))
    elif loose or not found:
        raise BadFormat(
            "a witness needs the form sat ((X_0 0.5) ... (Y_0 1.25)), got "
            + ("pairs outside of its brackets" if loose else "none"),
            fix="write every pair of a name and a decimal in brackets, and brackets around all of them",
            where=source,
        )
    return tuple(found)


def judge(witness: Witness, of: Property | Query, networks: Sequence[Network]) -> Ruling:
    """Evaluate a witness exactly.

    Guarantee: exact.

    Raises
    ------
    BadFormat
        If an input is missing, stated twice, or not declared.
    ShapeMismatch
        If the networks are not those of the property.

    Examples
    --------
    >>> from verinet.claims.vnnlib import parse_vnnlib
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> above = parse_vnnlib('''(declare-const X_0 Real) (declare-const Y_0 Real)
    ... (assert (<= X_0 1)) (assert (>= X_0 0)) (assert (>= Y_0 2))''')
    >>> (witness,) = parse_witnesses("sat ((X_0 1.001) (Y_0 2.0))")
    >>> ruling = judge(witness, above, [network(x, relu(2 * x))])
    >>> ruling.word, str(ruling.moved), str(ruling.stated_error)
    ('valid after clipping', '1/1000', '1/500')
    """
    x, stated = _sorted(witness, of)
    y = of.outputs_at(x, networks)
    errors = [abs(value - y[index]) for index, value in stated.items()]
    error = max(errors) if errors else None
    if of.violated_by(x, y):
        return Ruling("valid", x, y, Fraction(0), None, None, Fraction(0), error)
    best: Ruling | None = None
    for region in _boxes(of):
        clipped = _clipped(x, region)
        moved = max(abs(a - b) for a, b in zip(x, clipped, strict=True))
        outputs = of.outputs_at(clipped, networks) if moved else y
        valid = of.violated_by(clipped, outputs)
        missing = Fraction(0) if valid else _gap(of.violation, clipped, outputs)
        word: Verdict = "valid after clipping" if valid else "wrong"
        ruling = Ruling(word, x, y, moved, clipped if moved else None, outputs if moved else None, missing, error)
        if best is None or _rank(ruling) < _rank(best):
            best = ruling
    return best or Ruling("wrong", x, y, Fraction(0), None, None, _gap(of.violation, x, y), error)


def _without_sat(text: str) -> str:
    """The text with the words `sat` outside of brackets blanked out; offsets stay."""
    letters = list(text)
    depth = 0
    for position, letter in enumerate(text):
        if letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
        elif depth == 0 and letter in "sS" and text[position : position + 3].lower() == "sat":
            before = text[position - 1] if position else " "
            after = text[position + 3] if position + 3 < len(text) else " "
            if before in " \t\r\n)" and after in " \t\r\n(":
                letters[position : position + 3] = "   "
    return "".join(letters)


def _pair(part: Expression, text: str, source: str) -> tuple[str, Fraction]:
    where = place_of(text, _offset(part), source)
    if isinstance(part, str) or len(part) != 2 or not isinstance(part[0], str) or not isinstance(part[1], str):
        raise BadFormat(
            "a witness needs pairs of a name and a decimal",
            fix="write (X_0 0.5)",
            where=where,
        )
    return str(part[0]), _value(part[1], where)


def _value(text: str, where: str) -> Fraction:
    if _VALUE.match(text) is None:
        raise BadFormat(
            f"a witness needs decimals, got {short(text)}", fix="write 0.5, -1e-3, or a quotient 1/3", where=where
        )
    try:
        return Q(text.removeprefix("+"))
    except NotANumber as error:
        raise NotANumber(error.problem, fix=error.fix, where=where) from error


def _offset(part: Expression) -> int:
    while not isinstance(part, str):
        part = part[0]
    return part.offset if isinstance(part, Word) else 0


def _sorted(witness: Witness, of: Property | Query) -> tuple[Point, dict[int, Fraction]]:
    """The inputs in order, and the stated outputs by their places."""
    sides: tuple[dict[int, Fraction], dict[int, Fraction]] = ({}, {})
    for name, value in witness.pairs:
        found = of.find(name, witness.where)
        if found is None or found[1] in sides[found[0]]:
            raise BadFormat(
                f"{short(name)} is {'stated twice' if found else 'not declared by the property'}",
                fix="give the witness of this property, each input once",
                where=witness.where,
            )
        sides[found[0]][found[1]] = value
    missing = [name for index, name in enumerate(of.names()) if index not in sides[0]]
    if missing:
        raise BadFormat(
            f"a witness needs a value for every input, {missing[0]} has none"
            + (f" ({len(missing)} are missing)" if len(missing) > 1 else ""),
            fix="give the witness of this property",
            where=witness.where,
        )
    return tuple(sides[0][index] for index in range(of.inputs)), sides[1]


def _boxes(of: Property | Query) -> tuple[Polyhedron, ...]:
    try:
        return input_boxes(of.violation, of.inputs)
    except Unsupported:  # too many cases: then nothing is clipped
        return ()


def _clipped(x: Point, region: Polyhedron) -> Point:
    point = []
    for value, low, high in zip(x, region.low, region.high, strict=True):
        value = value if low is None else max(value, low)
        point.append(value if high is None else min(value, high))
    return tuple(point)


def _gap(violation: Formula, x: Point, y: Point) -> Fraction:
    """By how much the assertions fail: of a conjunction the worst part, of a disjunction the best."""

    nothing = Fraction(0)

    def of_atom(atom: Atom) -> Fraction:
        return max(nothing, -atom.term.value(x, y))

    def worst(parts: list[Fraction]) -> Fraction:
        return max(parts, default=nothing)

    def best(parts: list[Fraction]) -> Fraction:
        return min(parts, default=nothing)

    return fold(violation, atom=of_atom, conjunction=worst, disjunction=best)


def _rank(ruling: Ruling) -> tuple[bool, Fraction, Fraction]:
    wrong = ruling.word == "wrong"
    return (wrong, ruling.missing, ruling.moved) if wrong else (wrong, ruling.moved, ruling.missing)
