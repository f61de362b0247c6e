"""The grammar of VNN-LIB 2.0: version, networks, assertions, in this order; every error names line and column.

::

    (vnnlib-version <2.0>)
    (declare-network NAME  (equal-to NAME)? | (isomorphic-to NAME)?
        (declare-input NAME TYPE SHAPE "ONNX"?)+ (declare-hidden NAME TYPE SHAPE "ONNX")* (declare-output ...)+ )+
    (assert FORMULA)+

with prefix formulas: ``and or <= >= < > == != + - *`` over decimals and elements ``X[0,1]``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import prod

from verinet.claims.sexpressions import Expression, Word, place_of, tensor_commands
from verinet.claims.vnnlib2 import FLOAT_TYPES, REAL_TYPES, Declaration, Elements, Query, Tensor, formula_of
from verinet.claims.vnnlib_terms import SECOND, short
from verinet.errors import BadFormat, Unsupported, VerinetError

Place = Callable[[Expression], str]

#: Most elements of a tensor.
LARGEST_TENSOR = 10_000_000
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z", re.ASCII)
_TYPE = re.compile(r"([A-Za-z][A-Za-z0-9_]*)\[((?:[0-9]+(?:,[0-9]+)*)?)\]\Z", re.ASCII)
_BEGINNING = re.compile(r"(?:[ \t\r\n]|;[^\n]*(?:\n|\Z))*\([ \t\r\n]*vnnlib-version[^A-Za-z0-9_-]")
_RELATIONS = ("equal-to", "isomorphic-to")
_TENSORS = ("declare-input", "declare-hidden", "declare-output")
_INTEGERS = re.compile(r"u?int(?:4|8|16|32|64)\Z", re.ASCII)


def is_second(text: str) -> bool:
    """Tell whether a text says its version, as version 2.0 does and version 1.0 never does.

    Examples
    --------
    >>> is_second("; a comment\\n(vnnlib-version <2.0>)"), is_second("(declare-const X_0 Real)")
    (True, False)

    Guarantee: exact.
    """
    return _BEGINNING.match(text) is not None


def parse_query(text: str, source: str = "text") -> Query:
    """Parse VNN-LIB 2.0 text.

    Guarantee: exact (decimals are the rationals they spell).

    Raises
    ------
    BadFormat
        At text outside of the grammar, naming line and column.
    Unsupported
        At other versions, at types that are no real numbers, at hidden tensors in assertions, and at operators that we
        don't know.
    NotANumber
        At numbers with huge exponents or too many digits.

    Examples
    --------
    >>> found = parse_query('''(vnnlib-version <2.0>)
    ... (declare-network f (declare-input X Real [1,2]) (declare-output Y Real [1]))
    ... (assert (< X[0,1] (* 2 Y[0])))''')
    >>> found.networks[0].inputs[0].shape, found.inputs, found.outputs
    ((1, 2), 2, 1)
    """

    def place(part: Expression) -> str:
        while not isinstance(part, str):
            part = part[0]
        return place_of(text, part.offset, source) if isinstance(part, Word) else source

    networks: list[Declaration] = []
    assertions: list[Expression] = []
    elements: Elements | None = None
    for position, (command, _) in enumerate(tensor_commands(text, source)):
        where = place(command)
        match command:
            case ("vnnlib-version", str(version)) if position == 0:
                _check_version(version, where)
            case ("declare-network", str(name), *parts) if position and not assertions:
                networks.append(_network(name, parts, networks, place))
            case ("assert", expression) if networks:
                elements = elements or Elements(networks)
                _check_heads(expression, place)
                formula_of(expression, elements, place)
                assertions.append(expression)
            case _:
                raise _misplaced(command, where, bool(networks), bool(assertions))
    if not networks or not assertions:
        raise BadFormat(
            f"a query needs networks and assertions, got {len(networks)} and {len(assertions)}",
            fix="write (declare-network f (declare-input X Real [2]) (declare-output Y Real [1])), then (assert ...)",
            where=source,
        )
    return Query(tuple(networks), tuple(assertions))


def _check_version(version: str, where: str) -> None:
    if version == "<2.0>":
        return
    if re.fullmatch(r"<[0-9]{1,9}\.[0-9]{1,9}>", version, re.ASCII):
        raise Unsupported(
            f"versions 1.0 and 2.0 of VNN-LIB are read, got {version}",
            fix="write the query in version <2.0>; version 1.0 states no version",
            where=where,
        )
    raise BadFormat(
        f"a version needs the form <2.0>, got {short(version)}", fix="write (vnnlib-version <2.0>)", where=where
    )


def _network(name: str, parts: Sequence[Expression], before: Sequence[Declaration], place: Place) -> Declaration:
    taken = {t.name for entry in before for t in (*entry.inputs, *entry.hidden, *entry.outputs)}
    taken |= {entry.name for entry in before}
    _new_name(name, taken, place(name))
    taken.add(name)
    found: dict[str, list[Tensor]] = {kind: [] for kind in _TENSORS}
    relation, latest = ("", ""), 0
    for part in parts:
        where = place(part)
        head = part[0] if not isinstance(part, str) else ""
        if head in _RELATIONS and not relation[0] and not any(found.values()):
            relation = _relation(part, name, before, place)
            continue
        if head not in _TENSORS or _TENSORS.index(str(head)) < latest:
            raise BadFormat(
                f"the parts of a network are, in this order, a relation, inputs, hidden tensors, outputs; got "
                f"{_said(part)}",
                fix="write (declare-network g (equal-to f) (declare-input X Real [2]) (declare-output Y Real [1]))",
                where=where,
            )
        latest = _TENSORS.index(str(head))
        tensor = _tensor(str(head), part, place)
        _new_name(tensor.name, taken, where)
        taken.add(tensor.name)
        found[str(head)].append(tensor)
    inputs, hidden, outputs = (tuple(found[kind]) for kind in _TENSORS)
    if not inputs or not outputs:
        raise BadFormat(
            f"network {name} needs an input and an output, got {len(inputs)} and {len(outputs)}",
            fix="write (declare-input X Real [2]) and (declare-output Y Real [1])",
            where=place(name),
        )
    declared = Declaration(name, inputs, hidden, outputs, *relation)
    _check_shapes(declared, before, place(name))
    return declared


def _relation(part: Expression, name: str, before: Sequence[Declaration], place: Place) -> tuple[str, str]:
    if len(part) != 2 or not isinstance(part[1], str):
        raise BadFormat(f"a relation needs one network, got {_said(part)}", fix="write (equal-to f)", where=place(part))
    kind, other = str(part[0]), part[1]
    found = [entry for entry in before if entry.name == other]
    if not found or found[0].relation:
        problem = f"which is {found[0].relation} another" if found else "which is not declared above"
        raise BadFormat(
            f"{name} is {kind} {short(other)}, {problem}",
            fix="relate every network to one that is declared before it and has no relation itself",
            where=place(other),
        )
    return kind, str(other)


def _check_shapes(declared: Declaration, before: Sequence[Declaration], where: str) -> None:
    for entry in before:
        if entry.name != declared.other:
            continue
        for ours, theirs in ((declared.inputs, entry.inputs), (declared.outputs, entry.outputs)):
            if [(t.type, t.shape) for t in ours] != [(t.type, t.shape) for t in theirs]:
                raise BadFormat(
                    f"{declared.name} is {declared.relation} {entry.name}, and its tensors have other types or shapes",
                    fix="declare the same types and shapes, in the same order",
                    where=where,
                )


def _tensor(kind: str, part: Expression, place: Place) -> Tensor:
    words = [word for word in part[1:] if isinstance(word, str)]
    match = _TYPE.match(words[1]) if len(words) > 1 else None
    quoted = words[2] if len(words) == 3 else None
    fits = len(words) == len(part) - 1 and len(words) in (2, 3) and (quoted is None or quoted.startswith('"'))
    if match is None or not fits or (kind == "declare-hidden" and quoted is None):
        raise BadFormat(
            f"a tensor needs a name, a type, a shape"
            f"{', and the ONNX name of the hidden tensor' if kind == 'declare-hidden' else ''}, got {_said(part)}",
            fix=f"write ({kind} X Real [1,5]{' ' + chr(34) + 'name' + chr(34) if kind == 'declare-hidden' else ''}); "
            "a single number has the shape []",
            where=place(part),
        )
    shape = _shape(match[2], place(words[1]))
    _check_type(match[1], place(words[1]))
    return Tensor(str(words[0]), match[1], shape, None if quoted is None else quoted[1:-1])


def _shape(text: str, where: str) -> tuple[int, ...]:
    entries = text.split(",") if text else []
    shape = tuple(int(entry) if len(entry) < 10 else LARGEST_TENSOR + 1 for entry in entries)
    if any(entry != "0" and entry.startswith("0") for entry in entries) or 0 in shape or len(shape) > 32:
        raise BadFormat(f"a shape needs positive integers, got [{short(text)}]", fix="write [1,5]", where=where)
    if prod(shape) > LARGEST_TENSOR:
        raise Unsupported(
            f"a tensor needs at most {LARGEST_TENSOR} elements, got the shape [{short(text)}]",
            fix="check the shape",
            where=where,
        )
    return shape


def _check_type(kind: str, where: str) -> None:
    if kind in REAL_TYPES or kind in FLOAT_TYPES:
        return
    if _INTEGERS.match(kind):
        raise Unsupported(
            f"{kind} variables are integers, and claims are about all real numbers of a set",
            fix="declare Real if every real number of the set is meant",
            where=where,
        )
    raise Unsupported(
        f"the type {short(kind)} is not known; known are {', '.join((REAL_TYPES[0], *FLOAT_TYPES))}",
        fix="declare (declare-input X Real [5])",
        where=where,
    )


def _new_name(name: str, taken: set[str], where: str) -> None:
    if _NAME.match(name) is None:
        raise BadFormat(
            f"a name needs a letter, then letters, digits and underscores, got {short(name)}",
            fix="call it X, Y_f, f1",
            where=where,
        )
    if name in taken:
        raise BadFormat(f"{short(name)} is declared twice", fix="choose another name", where=where)


def _check_heads(expression: Expression, place: Place) -> None:
    """Refuse a bracket that does not begin with an operator, and say so if it was written infix."""
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            continue
        if part[0] not in SECOND and any(word in SECOND for word in part[1:]):
            operator = next(word for word in part[1:] if word in SECOND)
            raise BadFormat(
                f"an operator stands before its parts, got {_said(part)}",
                fix=f"write ({operator} {' '.join(_brief(word) for word in part if word is not operator)})",
                where=place(part),
            )
        waiting.extend(reversed(part[1:]))


def _misplaced(command: Sequence[Expression], where: str, networks: bool, assertions: bool) -> VerinetError:
    head = command[0]
    if head == "declare-const":
        problem = "declare-const belongs to VNN-LIB 1.0, and this text says that it is version 2.0"
    elif head == "assert" and len(command) == 2:
        problem = "an assertion comes before the networks"
    elif head == "declare-network" and assertions:
        problem = "a network is declared after an assertion"
    else:
        problem = f"{_said(tuple(command))} does not belong here"
    return BadFormat(
        f"a query is a version, networks, assertions, in this order: {problem}",
        fix="write (vnnlib-version <2.0>), (declare-network ...), then (assert FORMULA), one formula each",
        where=where,
    )


def _said(part: Expression) -> str:
    return short(part) if isinstance(part, str) else f"({' '.join(map(_brief, part[:4]))}{' ...' * (len(part) > 4)})"


def _brief(part: Expression) -> str:
    return short(part) if isinstance(part, str) else "(...)"
