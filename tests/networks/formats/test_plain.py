"""Plain weights, JSON and NPZ: numbers are the nearest binary64; strangers' files are refused, not run."""

from __future__ import annotations

import io
import json
import pickle
import warnings
import zipfile
from fractions import Fraction as F
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.networks.strategies import plain_evaluation
from verinet.errors import BadFormat, InexactInput, NotANumber, ShapeMismatch, Unsupported, VerinetError
from verinet.networks import abs_, layered, network, relu, variable
from verinet.networks.chain import chain
from verinet.networks.formats import ReadOptions, read_network, write_network
from verinet.networks.formats.plain import (
    read_plain_json,
    read_plain_npz,
    write_plain_json,
    write_plain_npz,
)

NETS = Path(__file__).parents[2] / "data" / "nets"
FILES = sorted(path for path in NETS.glob("*.json") if path.name != "truth.json")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_networks_of_the_repository(path):
    f = read_network(path)
    document = json.loads(path.read_text())
    assert f.domain == ((F(-1), F(1)),) * f.input_size
    assert f.size == sum(len(bias) for bias in document["b"][:-1])
    x = [F(3 * i - 2, 7) for i in range(f.input_size)]
    values = x
    for layer, (weight, bias) in enumerate(zip(document["W"], document["b"], strict=True)):
        last = layer == len(document["W"]) - 1
        values = [
            sum((F(w) * v for w, v in zip(row, values, strict=True)), F(b)) for row, b in zip(weight, bias, strict=True)
        ]
        values = values if last else [max(v, F(0)) for v in values]
    assert list(f(x)) == values == plain_evaluation(f, x)
    assert read_plain_json(write_plain_json(f)) == f
    assert read_plain_npz(write_plain_npz(f)).with_domain(f.domain) == f
    assert len(chain(f).layers) == f.depth + 1


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**70), 2**70))
def test_numbers_are_the_nearest_binary64(x, n):
    f = read_plain_json(json.dumps({"W": [[[x]]], "b": [[n]]}))
    assert f(1) == (F(x) + F(float(n)),)


def test_decimals_are_not_the_rationals_they_spell():
    (y,) = read_plain_json('{"W": [[[0.1]]], "b": [[1e-400]]}')(1)
    assert y == F(0.1) != F(1, 10)


def saved(**arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def test_npz_types():
    for kind in ("float16", "float32", "float64", "int8", "int64"):
        f = read_plain_npz(saved(W0=np.array([[3, -2]], dtype=kind), b0=np.array([1], dtype=kind)))
        assert f(1, "1/3") == (F(10, 3),)


ONE = np.ones((1, 1))


def twice(name):
    """An archive with W0 and b0 in which one member stands a second time."""
    stream = io.BytesIO(saved(W0=ONE, b0=ONE[0]))
    with zipfile.ZipFile(stream, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr(f"{name}.npy", archive.read(f"{name}.npy"))
    return stream.getvalue()


BAD_JSON = {
    "empty": "",
    "truncated": '{"W": [[[1',
    "brackets": "[" * 10_000_000,
    "duplicate": '{"W": [[[1]]], "W": [[[1]]], "b": [[1]]}',
    "nan": '{"W": [[[NaN]]], "b": [[1]]}',
    "infinity": '{"W": [[[Infinity]]], "b": [[1]]}',
    "overflow": '{"W": [[[1e309]]], "b": [[1]]}',
    "overflow of an integer": '{"W": [[[1' + "0" * 400 + ']]], "b": [[1]]}',
    "huge exponent": '{"W": [[[1e999999999999]]], "b": [[1]]}',
    "text": '{"W": [[["1"]]], "b": [[1]]}',
    "true": '{"W": [[[true]]], "b": [[1]]}',
    "null": '{"W": null, "b": [[1]]}',
    "no b": '{"W": [[[1]]]}',
    "no layers": '{"W": [], "b": []}',
    "fewer biases": '{"W": [[[1]], [[1]]], "b": [[1]]}',
    "ragged": '{"W": [[[1], [1, 2]]], "b": [[1, 2]]}',
    "empty row": '{"W": [[[]]], "b": [[1]]}',
    "flat": '{"W": [[1]], "b": [[1]]}',
    "shapes": '{"W": [[[1], [2]], [[1]]], "b": [[1, 2], [0]]}',
    "bias": '{"W": [[[1]]], "b": [[1, 2]]}',
    "box": '{"W": [[[1]]], "b": [[1]], "box": [1, -1]}',
    "box shape": '{"W": [[[1]]], "b": [[1]], "box": [1]}',
    "box size": '{"W": [[[1]]], "b": [[1]], "box": [[0, 1], [0, 1]]}',
    "list": "[1]",
    "a list under a note": '{"W": [[[1]]], "b": [[1]], "note": [1]}',
    "an object under a note": '{"W": [[[1]]], "b": [[1]], "seed": {"scale": 2}}',
}
BAD_NPZ = {
    "empty": b"",
    "noise": b"PK\x03\x04 nothing",
    "truncated": saved(W0=ONE, b0=ONE[0])[:200],
    "nan": saved(W0=ONE * np.nan, b0=ONE[0]),
    "infinity": saved(W0=ONE, b0=ONE[0] * np.inf),
    "no arrays": saved(A=ONE),
    "bias missing": saved(W0=ONE),
    "weight missing": saved(W0=ONE, b0=ONE[0], b1=ONE[0]),
    "another array": saved(W0=ONE, b0=ONE[0], mean=ONE),
    "a layer spelled otherwise": saved(W0=ONE, b0=ONE[0], W00=ONE),
    "gap in the layers": saved(W0=ONE, b0=ONE[0], W2=ONE, b2=ONE[0]),
    "two arrays of one name": twice("W0"),
    "dimensions": saved(W0=ONE[0], b0=ONE[0]),
    "bias dimensions": saved(W0=ONE, b0=ONE),
    "complex": saved(W0=ONE * 1j, b0=ONE[0]),
    "text": saved(W0=np.array([["1"]]), b0=ONE[0]),
    "bool": saved(W0=ONE > 0, b0=ONE[0]),
    "empty array": saved(W0=np.ones((0, 1)), b0=np.ones(0)),
    "shapes": saved(W0=np.ones((2, 3)), b0=np.ones(3)),
    "long double": saved(W0=ONE.astype(np.longdouble), b0=ONE[0]),
}


@pytest.mark.parametrize("text", BAD_JSON.values(), ids=BAD_JSON)
def test_bad_json_is_refused_with_a_fix(text):
    with pytest.raises(VerinetError, match=r"(?s)Fix: ") as caught:
        read_plain_json(text)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("data", BAD_NPZ.values(), ids=BAD_NPZ)
def test_bad_npz_is_refused_with_a_fix(data):
    with pytest.raises(VerinetError, match=r"(?s)Fix: "):
        read_plain_npz(data)


class Trap:
    """Unpickled, it would leave a mark."""

    mark: ClassVar[list[str]] = []

    def __reduce__(self):
        return (self.mark.append, ("run",))


def test_no_code_of_an_archive_is_run():
    with pytest.raises(BadFormat, match="never loaded"):
        read_plain_npz(saved(W0=np.array([[Trap()]], dtype=object), b0=ONE[0]))
    with pytest.raises(BadFormat):
        read_plain_npz(pickle.dumps(Trap()))
    assert Trap.mark == []


def test_archives_that_claim_too_much_are_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**9, 10**9)})
        archive.writestr("W0.npy", header.getvalue())
    with pytest.raises(BadFormat):
        read_plain_npz(stream.getvalue())


def test_what_is_no_plain_relu_network_is_not_written():
    x = variable("x")
    for f in (network(x, abs_(x)), network(x, relu(x) + x)):
        with pytest.raises(Unsupported):
            write_plain_json(f)
    with pytest.raises(InexactInput):
        write_plain_npz(layered([[["1/3"]]], [[0]]))
    with pytest.raises(InexactInput):
        write_plain_json(layered([[[2**2000]]], [[0]]))


def test_files_by_their_ending(tmp_path):
    f = layered([[[1], ["-1/2"]], [[1, 1]]], [[0, 3], [1]]).with_domain([(-1, 1)])
    for name in ("a.json", "A.JSON", "a.nnet"):
        write_network(f, tmp_path / name)
        assert read_network(tmp_path / name) == f
    write_network(f, tmp_path / "a.npz")
    assert read_network(tmp_path / "a.npz") == f.with_domain(None)
    (tmp_path / "plain.json").write_text(write_plain_json(f))
    assert read_network(str(tmp_path / "plain.json")) == f
    for path in ("a.txt", "a"):
        with pytest.raises(Unsupported, match="Fix: "):
            read_network(tmp_path / path)
        with pytest.raises(Unsupported, match="Fix: "):
            write_network(f, tmp_path / path)
    (tmp_path / "bad.json").write_bytes(b"\xff\xfe")
    for path in ("missing.json", "bad.json", "missing.npz"):
        with pytest.raises(BadFormat, match="Fix: "):
            read_network(tmp_path / path)


def test_nothing_is_written_when_writing_is_refused(tmp_path):
    f = layered([[["1/3"]]], [[0]])
    for name in ("a.npz", "a.nnet"):
        with pytest.raises(VerinetError):
            write_network(f.with_domain([(0, 1)]), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_unknown_shape_mismatch_kinds():
    with pytest.raises(ShapeMismatch):
        read_plain_json(BAD_JSON["shapes"])
    with pytest.raises(NotANumber, match="W, layer 0"):
        read_plain_json(BAD_JSON["overflow"])


def test_another_activation_is_not_read_as_relu():
    weights = '"W": [[[1]], [[1]]], "b": [[0], [0]]'
    assert read_plain_json('{"activation": "relu", ' + weights + "}")(-1) == (0,)
    for named in ('"activation": "tanh"', '"activations": ["relu"]', '"activation": 3'):
        with pytest.raises(Unsupported, match="ReLU between"):
            read_plain_json("{" + named + ", " + weights + "}")


@pytest.mark.parametrize(
    "key", ["mean", "std", "norm", "normalization", "scale", "shift", "layers", "bias", "dtype", "input_scale", "w", ""]
)
def test_keys_that_might_change_the_function_are_refused_by_name(key):
    document = {"W": [[[1]], [[1]]], "b": [[0], [0]], key: 2}
    with pytest.raises(Unsupported, match=rf"(?s)the key {key!r} .*known are W, b, box.*seed.*Fix: "):
        read_plain_json(json.dumps(document))
    if key:
        with pytest.raises(BadFormat, match=rf"(?s)the array {key!r} .*Fix: "):
            read_plain_npz(saved(W0=ONE, b0=ONE[0], **{key: ONE}))


def test_notes_are_passed_over():
    notes = {"name": "a", "seed": 3, "init": "he", "adversarial": True, "note": None, "version": 1.5}
    plain = {"W": [[[1]]], "b": [[0]]}
    assert read_plain_json(json.dumps(plain | notes)) == read_plain_json(json.dumps(plain))


def test_a_number_that_is_no_binary64_is_named():
    f = layered([[["1/2"], [1]], [[1, "1/3"]]], [[0, 0], [0]])
    for write in (write_plain_json, write_plain_npz):
        with pytest.raises(InexactInput, match=r"(?s)holds 1/3, which is not one.*W.*1, row 0, column 1"):
            write(f)
    with pytest.raises(InexactInput, match=r"(?s)holds 1/7.*box, row 0, column 1"):
        write_plain_json(layered([[[1]]], [[0]]).with_domain([(0, "1/7")]))


@pytest.mark.parametrize("path", [None, 3, b"net.json", ["net.json"], 1.5])
def test_what_is_no_path_and_no_network_is_refused(path):
    f = layered([[[1]]], [[0]])
    for call in (lambda: read_network(path), lambda: write_network(f, path)):
        with pytest.raises(Unsupported, match=r"(?s)path.*Fix: write"):
            call()
    with pytest.raises(Unsupported, match=r"(?s)needs a Network.*Fix: "):
        write_network(path, "x.json")
    with pytest.raises(Unsupported, match=r"(?s)ReadOptions.*Fix: "):
        read_network("net.json", 3)


@pytest.mark.parametrize("wrong", [{"physical": "no"}, {"physical": 1}, {"batch_normalization": "fast"}])
def test_options_of_readers_are_checked(wrong):
    with pytest.raises(Unsupported, match="Fix: "):
        ReadOptions(**wrong)
