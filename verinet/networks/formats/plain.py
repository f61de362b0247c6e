"""Plain weights: JSON ``{"W": [...], "b": [...]}`` and NPZ with ``W0, b0, W1, b1, ...``; ReLU between layers.

A number there is the nearest binary64, taken exactly; one that overflows is refused.  A JSON file may
have a ``"box"``, ``[low, high]`` for all inputs or one pair an input: it becomes the domain.  Notes under the
names of `NOTES` are passed over.  Any other key, and any other array of an NPZ file, might say that the file
means another function (a normalisation, say), and is refused by name.
"""

from __future__ import annotations

import io
import json
import zipfile
from math import isinf
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from verinet.errors import BadFormat, InexactInput, NotANumber, ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import dyadic, format_rational
from verinet.networks.build import layered
from verinet.networks.formats.binary_floats import FORMATS, holds
from verinet.networks.formats.layers import relu_layers
from verinet.networks.formats.strict_json import Numeral, parse_strict_json
from verinet.networks.network import Interval, Network

BINARY64 = FORMATS["float64"]
#: Bytes that the arrays of one NPZ file may unpack to (a small archive can claim terabytes).
LARGEST_UNPACKED = 2**30
#: Keys of a JSON file that say nothing about the function; their values are text, numbers or Booleans.
NOTES = (
    "adversarial", "author", "authors", "comment", "date", "description", "init", "license", "name", "note", "notes",
    "reference", "seed", "source", "title", "url", "version",
)  # fmt: skip
#: Keys of a JSON file that are read.
KEYS = ("W", "b", "box", "activation", "activations")


def read_plain_json(text: str) -> Network:
    """The network of a JSON text with W and b.

    Raises
    ------
    BadFormat
        For text that is not such JSON; NotANumber for NaN and numbers beyond binary64; ShapeMismatch when
        the layers do not fit.

    Examples
    --------
    >>> read_plain_json('{"W": [[[1], [-1]], [[1, 1]]], "b": [[0, 0], [0.5]]}')(-3)
    (Fraction(7, 2),)

    Guarantee: exact.
    """
    return network_from_plain(parse_strict_json(text, "a file of plain weights"))


def network_from_plain(document: Any) -> Network:
    """The network of a document from `parse_strict_json`."""
    if not isinstance(document, dict) or not {"W", "b"} <= set(document):
        raise BadFormat('a file of plain weights needs the keys "W" and "b"', fix='write {"W": [...], "b": [...]}')
    between = next((document[key] for key in ("activation", "activations") if key in document), "relu")
    if between != "relu":
        raise Unsupported(
            f"plain weights have ReLU between their layers, this file names {str(between)[:60]}",
            fix="store the network as ONNX or in verinet's own JSON, which name their activations",
        )
    _refuse_other_keys(document)
    weights, biases = _listed(document["W"], "W"), _listed(document["b"], "b")
    matrices = []
    for layer, rows in enumerate(weights):
        entries = [_row(row, f"W, layer {layer}, row {i}") for i, row in enumerate(_listed(rows, "W"))]
        if len({len(row) for row in entries}) != 1 or not entries[0]:
            raise ShapeMismatch(
                "a weight matrix needs rows of one positive length",
                fix="check the rows",
                where=f"W, layer {layer}",
            )
        matrices.append(Matrix.from_floats(np.array(entries, dtype=np.float64)))
    columns = [
        Matrix.from_floats(np.array(_row(row, f"b, layer {layer}"), dtype=np.float64))
        for layer, row in enumerate(biases)
    ]
    network = layered(matrices, columns)
    if document.get("box") is None:
        return network
    return network.with_domain(_box(document["box"], network.input_size))


def read_plain_npz(data: bytes) -> Network:
    """The network of the bytes of an NPZ file with W0, b0, W1, b1, ...

    Raises
    ------
    BadFormat
        For bytes that are not such an archive (truncated, pickled objects inside, huge); NotANumber for NaN
        and infinities; ShapeMismatch when the layers do not fit.

    Guarantee: exact.
    """
    arrays = _arrays(data)
    layers = 0
    while f"W{layers}" in arrays or f"b{layers}" in arrays:
        for name, dimensions in ((f"W{layers}", 2), (f"b{layers}", 1)):
            if name not in arrays or arrays[name].ndim != dimensions:
                raise BadFormat(
                    f"the NPZ file needs the array {name} with {dimensions} dimensions",
                    fix="store W0, b0, W1, b1, ... with numpy.savez",
                )
        layers += 1
    weights = [_exact(arrays[f"W{layer}"], f"W{layer}") for layer in range(layers)]
    biases = [_exact(arrays[f"b{layer}"], f"b{layer}") for layer in range(layers)]
    if not weights:
        raise BadFormat(
            f"the NPZ file needs arrays W0, b0, ..., got {', '.join(sorted(arrays)[:10])[:200] or 'none'}",
            fix="store W0, b0, W1, b1, ... with numpy.savez",
        )
    # A gap in the numbers must not make the network shorter, nor a scale stored beside it be forgotten.
    others = sorted(set(arrays) - {f"{letter}{layer}" for letter in "Wb" for layer in range(layers)})
    if others:
        raise BadFormat(
            f"the NPZ file has the layers 0 to {layers - 1}, and the array {others[0][:80]!r} beside them, "
            "which might change the function",
            fix="store W0, b0, W1, b1, ... without gaps, and nothing else",
        )
    return layered(weights, biases)


def write_plain_json(network: Network) -> str:
    """JSON text with W and b (and box) of a plain ReLU network.

    Raises
    ------
    InexactInput
        When a weight is not a binary64 number: nothing is rounded silently.
    Unsupported
        When the network is not affine, ReLU, affine, ..., affine.

    Guarantee: exact.
    """
    document: dict[str, Any] = {"W": [], "b": []}
    for layer, (weight, bias) in enumerate(relu_layers(network)):
        document["W"].append(_floats(weight, f"W, layer {layer}").tolist())
        document["b"].append(_floats(bias, f"b, layer {layer}")[:, 0].tolist())
    if network.domain is not None:
        document["box"] = _floats(Matrix.from_rows(network.domain), "box").tolist()
    return json.dumps(document)


def write_plain_npz(network: Network) -> bytes:
    """Bytes of an NPZ file with W0, b0, ... of a plain ReLU network, without its domain.

    Raises as `write_plain_json` does.

    Guarantee: exact.
    """
    arrays: dict[str, Any] = {}
    for layer, (weight, bias) in enumerate(relu_layers(network)):
        arrays[f"W{layer}"] = _floats(weight, f"W{layer}")
        arrays[f"b{layer}"] = _floats(bias, f"b{layer}")[:, 0]
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def _floats(matrix: Matrix, where: str) -> npt.NDArray[np.float64]:
    floats = matrix.to_float64()
    if np.isfinite(floats).all() and Matrix.from_floats(floats) == matrix:
        return floats
    number, row, column = next(
        (q, i, j) for i, entries in enumerate(matrix.to_rows()) for j, q in enumerate(entries) if not holds(q, BINARY64)
    )
    raise InexactInput(
        f"plain weights are binary64 numbers, and the network holds {format_rational(number)[:60]}, which is not one",
        fix="write verinet's own JSON, which keeps every rational",
        where=f"{where}, row {row}, column {column}",
    )


def _refuse_other_keys(document: dict[str, Any]) -> None:
    """Refuse keys that might change the function; `document` has passed the check of its activation."""
    others = [key for key in document if key not in KEYS and key not in NOTES]
    if others:
        raise Unsupported(
            f"the key {others[0][:80]!r} of a file of plain weights is not known, and might change the function; "
            f"known are {', '.join(KEYS)}, and as notes {', '.join(NOTES)}",
            fix="fold what it means into W and b, and leave it out; a remark goes under note",
        )
    for key in NOTES:
        if key in document and not isinstance(document[key], str | bool | Numeral | None):
            raise Unsupported(
                f"the note {key!r} of a file of plain weights is text, a number or a Boolean, got a "
                f"{'list' if isinstance(document[key], list) else 'object'}",
                fix="write it as text, or leave it out",
            )


def _listed(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise BadFormat("plain weights are nonempty lists of numbers", fix="check the brackets", where=where)
    return value


def _row(value: Any, where: str) -> list[float]:
    return [_binary64(entry, where) for entry in _listed(value, where)]


def _binary64(value: Any, where: str) -> float:
    if not isinstance(value, Numeral):
        raise BadFormat(f"a number was needed, got {type(value).__name__}", fix="give plain numbers", where=where)
    result = float(value.text)
    if isinf(result):
        raise NotANumber(
            f"the number {value.text[:40]} is beyond binary64",
            fix="use verinet's own JSON for it",
            where=where,
        )
    return result


def _box(value: Any, size: int) -> tuple[Interval, ...]:
    sides = _listed(value, "box")
    if all(isinstance(side, Numeral) for side in sides):
        sides = [sides] * size
    read = [_row(side, "box") for side in sides]
    if any(len(side) != 2 for side in read):
        raise ShapeMismatch('"box" needs [low, high] or one such pair an input', fix="check the box")
    return tuple((dyadic(side[0]), dyadic(side[1])) for side in read)


def _arrays(data: bytes) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > LARGEST_UNPACKED:
                _bad(f"it unpacks to more than {LARGEST_UNPACKED} bytes")
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            if len(set(arrays.files)) != len(arrays.files):
                _bad("two arrays have one name")
            return {name: arrays[name] for name in arrays.files}
    except BadFormat:
        raise
    except Exception as error:  # numpy, zipfile and zlib raise many kinds for broken bytes
        _bad(f"{type(error).__name__}: {str(error)[:120]}")


def _bad(reason: str) -> NoReturn:
    raise BadFormat(
        f"an NPZ file of numeric arrays was needed, got one that cannot be read: {reason}",
        fix="store W0, b0, W1, b1, ... with numpy.savez; pickled objects are never loaded",
    )


def _exact(array: npt.NDArray[Any], name: str) -> Matrix:
    if array.dtype.kind not in "fiu" or array.dtype.itemsize > 8:
        raise BadFormat(
            f"the array {name} needs binary floats or integers, got {array.dtype}", fix="store it as float64"
        )
    if 0 in array.shape:
        raise ShapeMismatch(f"the array {name} is empty: its shape is {array.shape}", fix="check the layer")
    try:
        return Matrix.from_floats(array.astype(np.float64))
    except NotANumber as error:
        raise NotANumber(error.problem, fix=error.fix, where=f"{name}, {error.where}") from None
