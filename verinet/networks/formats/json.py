"""verinet's own network format: canonical JSON, equal text for equal networks.

The schema is published as ``docs/schema/network.schema.json``.  A rational is the string ``-?HEX/HEX``, lower
case, in lowest terms; sizes and indices are plain JSON integers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NoReturn

from verinet.errors import BadFormat, NotANumber, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import format_hex_rational, parse_hex_rational
from verinet.networks.activations import ACTIVATIONS, Activation, activation
from verinet.networks.formats.strict_json import Numeral, parse_strict_json
from verinet.networks.network import Activate, Affine, Input, Network, Operation, Vertex

FORMAT = "verinet-network/1"
_FIX = "write networks with network_to_json; the schema is docs/schema/network.schema.json"
_LARGEST_SIZE = 10**7


def network_to_json(network: Network) -> str:
    """The canonical JSON text: sorted keys, no blanks, ASCII; its SHA-256 is `network.hash`.

    Raises
    ------
    Unsupported
        For an activation that is neither in the table nor made by `piecewise`.

    Examples
    --------
    >>> from verinet.networks.build import network, variable
    >>> x = variable("x")
    >>> network_from_json(network_to_json(network(x, x / 3))) == network(x, x / 3)
    True

    Guarantee: exact.
    """
    document = {
        "format": FORMAT,
        "vertices": [_vertex_out(vertex) for vertex in network.vertices],
        "readouts": [[name, index] for name, index in network.readouts],
        "domain": None if network.domain is None else [_row_out(side) for side in network.domain],
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def network_from_json(text: str) -> Network:
    """The network of a canonical JSON text (blanks and key order are free).

    Raises
    ------
    BadFormat
        For text that is not this format: unknown or missing fields, floats, duplicate keys, deep nesting.
    ShapeMismatch
        When the sizes in it do not fit.

    Guarantee: exact.
    """
    return network_from_document(parse_strict_json(text, "a network file"))


def network_from_document(document: Any) -> Network:
    """The network of a document from `parse_strict_json`."""
    _fields(document, ("domain", "format", "readouts", "vertices"), "the file")
    if document["format"] != FORMAT:
        _refuse(f"format {str(document['format'])[:60]!r}", "the file", needs=f"the format {FORMAT!r}")
    vertices = tuple(
        _vertex_in(entry, f"vertex {i}") for i, entry in enumerate(_items(document["vertices"], "vertices"))
    )
    readouts = []
    for entry in _items(document["readouts"], "readouts"):
        name, index = _items(entry, "readouts", 2)
        readouts.append((_text(name, "readouts"), _index(index, "readouts")))
    domain = None
    if document["domain"] is not None:
        sides = [_row_in(side, "domain", 2) for side in _items(document["domain"], "domain")]
        domain = tuple((side[0], side[1]) for side in sides)
    return Network(vertices, tuple(readouts), domain)


# --- writing ----------------------------------------------------------------------------------------


def _row_out(row: Sequence[Fraction]) -> list[str]:
    return [format_hex_rational(entry) for entry in row]


def _vertex_out(vertex: Vertex) -> dict[str, Any]:
    match vertex.operation:
        case Input(size=size, name=name):
            return {"kind": "input", "name": name, "size": size}
        case Affine(weight=weight, bias=bias):
            found: dict[str, Any] = {
                "kind": "affine",
                "weight": [_row_out(row) for row in weight.to_rows()],
                "bias": _row_out(bias.T.to_rows()[0]),
            }
        case Activate(activations=activations):
            distinct = {act: place for place, act in enumerate(dict.fromkeys(activations))}
            found = {
                "kind": "activate",
                "activations": [_activation_out(act) for act in distinct],
                "channels": [distinct[act] for act in activations],
            }
    return found | {"name": vertex.name, "sources": list(vertex.sources)}


def _activation_out(act: Activation) -> dict[str, Any]:
    if act.name == "piecewise" and act.smooth is None and act.shift is None and not act.parameters:
        return {
            "name": "piecewise",
            "breakpoints": _row_out(act.breakpoints),
            "pieces": [_row_out(piece) for piece in act.pieces],
            "values": _row_out(act.values),
        }
    if act.name not in ACTIVATIONS or activation(act.name, *act.parameters) != act:
        raise Unsupported(
            f"the activation {act} is not in the table",
            fix="make it by verinet.networks.activations.piecewise",
        )
    return {"name": act.name, "parameters": _row_out(act.parameters)}


# --- reading ----------------------------------------------------------------------------------------


def _vertex_in(entry: Any, where: str) -> Vertex:
    kind = entry.get("kind") if isinstance(entry, dict) else None
    operation: Operation
    if kind == "input":
        _fields(entry, ("kind", "name", "size"), where)
        name = _text(entry["name"], where)
        return Vertex(Input(_index(entry["size"], where), name), (), name)
    if kind == "affine":
        _fields(entry, ("bias", "kind", "name", "sources", "weight"), where)
        rows = [_row_in(row, where) for row in _items(entry["weight"], where)]
        operation = Affine(Matrix.from_rows(rows), Matrix.column(_row_in(entry["bias"], where)))
    elif kind == "activate":
        _fields(entry, ("activations", "channels", "kind", "name", "sources"), where)
        known = [_activation_in(act, where) for act in _items(entry["activations"], where)]
        channels = [_index(channel, where, len(known)) for channel in _items(entry["channels"], where)]
        operation = Activate(tuple(known[channel] for channel in channels))
    else:
        _refuse(f"kind {str(kind)[:60]!r}", where, needs="a vertex of kind input, affine or activate")
    sources = tuple(_index(source, where) for source in _items(entry["sources"], where))
    return Vertex(operation, sources, _text(entry["name"], where))


def _activation_in(entry: Any, where: str) -> Activation:
    if isinstance(entry, dict) and entry.get("name") == "piecewise":
        _fields(entry, ("breakpoints", "name", "pieces", "values"), where)
        breakpoints = tuple(_row_in(entry["breakpoints"], where))
        pieces = tuple(tuple(_row_in(piece, where)) for piece in _items(entry["pieces"], where))
        return Activation("piecewise", (), breakpoints, pieces, tuple(_row_in(entry["values"], where)))
    _fields(entry, ("name", "parameters"), where)
    return activation(_text(entry["name"], where), *_row_in(entry["parameters"], where))


def _row_in(value: Any, where: str, length: int | None = None) -> list[Fraction]:
    try:
        return [parse_hex_rational(entry) for entry in _items(value, where, length)]
    except NotANumber as error:
        raise BadFormat(error.problem, fix=error.fix, where=where) from None


def _fields(value: Any, names: tuple[str, ...], where: str) -> None:
    if not isinstance(value, dict):
        _refuse(type(value).__name__, where, needs="an object")
    if tuple(sorted(value)) != names:
        got = ", ".join(sorted(key[:40] for key in list(value)[:20]))
        _refuse(f"the fields {got or '(none)'}", where, needs=f"exactly the fields {', '.join(names)}")


def _items(value: Any, where: str, length: int | None = None) -> list[Any]:
    if not isinstance(value, list) or length not in (None, len(value)):
        got = f"a list of {len(value)}" if isinstance(value, list) else type(value).__name__
        _refuse(got, where, needs="a list" if length is None else f"a list of {length}")
    return list(value)


def _index(value: Any, where: str, below: int = _LARGEST_SIZE) -> int:
    digits = value.text if isinstance(value, Numeral) else ""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10) or int(digits) >= below:
        _refuse(digits[:40] or type(value).__name__, where, needs=f"a whole number from 0 to {below - 1}")
    return int(digits)


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or len(value) > 1000:
        _refuse(type(value).__name__, where, needs="text of at most 1000 characters")
    return str(value)


def _refuse(got: str, where: str, *, needs: str) -> NoReturn:
    raise BadFormat(f"a network file needs {needs}, got {got}", fix=_FIX, where=where)
