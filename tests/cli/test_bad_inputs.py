"""Bad input: a clear error with a line Fix:, status 3 (1 for a certificate), nothing written, no code run.

Every message is a golden file.
"""

from __future__ import annotations

import io
import json
import pickle
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.screens import CERTIFICATES, CONTROLLER, property_of, run
from tests.golden.compare import compare

#: What a library says after our own words may change with its version.
FOREIGN = re.compile(
    r"(damaged one:|cannot be read: \w+Error:|cannot be read: BadZipFile:|is not:|not JSON:|'--budget':) .*"
)
Capsys = pytest.CaptureFixture[str]
BRACKETS = "[" * 10_000_000
GOOD = {"W": [[[1.0, -1.0]], [[1.0]]], "b": [[0.0], [0.0]]}


def onnx_bytes(operator: str = "Relu", weight: float = 1.0, shape: tuple[int, ...] = (2, 1)) -> bytes:
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    tensor = numpy_helper.from_array(np.full(shape, weight, dtype=np.float32), "w")
    nodes = [helper.make_node("MatMul", ["x", "w"], ["h"]), helper.make_node(operator, ["h"], ["y"], name="last")]
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, k]) for n, k in (("x", 2), ("y", 1))]
    graph = helper.make_graph(nodes, "g", ends[:1], ends[1:], [tensor])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    data: bytes = model.SerializeToString()
    assert isinstance(model, onnx.ModelProto)
    return data


def npz_bytes(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


class Bomb:
    """A pickle of it writes a file when it is loaded."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (open, ("ran.txt", "w"))


def pt_bytes() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("net/data.pkl", pickle.dumps(Bomb()))
        archive.writestr("net/version", "3\n")
    return file.getvalue()


def plain(**changes: Any) -> str:
    return json.dumps(GOOD | changes)


def vnnlib(assertions: str, inputs: int = 2) -> str:
    declared = " ".join(f"(declare-const X_{i} Real)" for i in range(inputs))
    return f"{declared} (declare-const Y_0 Real)\n{assertions}\n"


BOX = "(assert (>= X_0 -1)) (assert (<= X_0 1)) (assert (>= X_1 -1)) (assert (<= X_1 1))"
NNET = "1,2,1,2,\n2,1,\n0,\n-1,-1,\n1,1,\n0,0,0,\n1,1,1,\n{weight},1,\n0,\n"

#: name of the case -> file name and content of a network that must be refused.
NETWORKS: dict[str, tuple[str, Callable[[], str | bytes]]] = {
    "nan_json": ("net.json", lambda: plain(b=[[float("nan")], [0.0]])),
    "infinity_json": ("net.json", lambda: plain(b=[[float("inf")], [0.0]])),
    "overflow_json": ("net.json", lambda: plain().replace("-1.0", "-1e999")),
    "huge_exponent_json": ("net.json", lambda: plain().replace("-1.0", "-1e999999999999")),
    "nan_npz": ("net.npz", lambda: npz_bytes(W0=np.array([[1.0, np.nan]]), b0=np.zeros(1))),
    "infinity_npz": ("net.npz", lambda: npz_bytes(W0=np.array([[1.0, -np.inf]]), b0=np.zeros(1))),
    "objects_npz": ("net.npz", lambda: npz_bytes(W0=np.array([[Bomb(), 1]], dtype=object), b0=np.zeros(1))),
    "nan_onnx": ("net.onnx", lambda: onnx_bytes(weight=float("nan"))),
    "infinity_onnx": ("net.onnx", lambda: onnx_bytes(weight=float("inf"))),
    "nan_nnet": ("net.nnet", lambda: NNET.format(weight="nan")),
    "huge_exponent_nnet": ("net.nnet", lambda: NNET.format(weight="1e999999999")),
    "shapes_json": ("net.json", lambda: plain(b=[[0.0, 1.0], [0.0]])),
    "shapes_npz": ("net.npz", lambda: npz_bytes(W0=np.ones((1, 2)), b0=np.zeros(3))),
    "shapes_onnx": ("net.onnx", lambda: onnx_bytes(shape=(3, 1))),
    "brackets_json": ("net.json", lambda: BRACKETS),
    "brackets_nnet": ("net.nnet", lambda: BRACKETS),
    "brackets_onnx": ("net.onnx", lambda: BRACKETS.encode()),
    "duplicate_keys_json": ("net.json", lambda: '{"W": [[[1]]], "b": [[0]], "b": [[1]]}'),
    "unknown_field_json": ("net.json", lambda: '{"format": "verinet-network/1", "extra": []}'),
    "truncated_json": ("net.json", lambda: plain()[:-5]),
    "truncated_npz": ("net.npz", lambda: npz_bytes(W0=np.ones((1, 2)), b0=np.zeros(1))[:-40]),
    "truncated_onnx": ("net.onnx", lambda: onnx_bytes()[:-30]),
    "truncated_nnet": ("net.nnet", lambda: NNET.format(weight="1")[:-8]),
    "not_text_json": ("net.json", lambda: b"\xff\xfe\x00"),
    "empty_onnx": ("net.onnx", lambda: b""),
    "unknown_operator_onnx": ("net.onnx", lambda: onnx_bytes(operator="Frobnicate")),
    "code_pt": ("net.pt", pt_bytes),
    "code_old_pt": ("net.pt", lambda: pickle.dumps(Bomb())),
    "unknown_ending": ("net.h5", lambda: b""),
}

#: name of the case -> text of a property of two inputs and one output that must be refused.
PROPERTIES: dict[str, Callable[[], str | bytes]] = {
    "empty_domain": lambda: vnnlib(BOX + "(assert (>= X_0 2)) (assert (>= Y_0 0))"),
    "empty_domain_in_a_corner": lambda: vnnlib(BOX + "(assert (>= (+ X_0 X_1) 3)) (assert (>= Y_0 0))"),
    "unbounded": lambda: vnnlib("(assert (>= X_0 -1)) (assert (>= Y_0 0))"),
    "other_size": lambda: vnnlib(BOX + "(assert (<= X_2 1)) (assert (>= X_2 0)) (assert (>= Y_0 0))", inputs=3),
    "huge_exponent": lambda: vnnlib(BOX + "(assert (>= Y_0 1e999999999))"),
    "nan": lambda: vnnlib(BOX + "(assert (>= Y_0 nan))"),
    "unknown_operator": lambda: vnnlib(BOX + "(assert (xor (>= Y_0 0) (<= Y_0 0)))"),
    "brackets": lambda: "(" * 10_000_000,
    "truncated": lambda: vnnlib(BOX + "(assert (>= Y_0 0))")[:-4],
    "undeclared": lambda: vnnlib(BOX + "(assert (>= Y_1 0))"),
    "product": lambda: vnnlib(BOX + "(assert (>= (* X_0 X_1) 0))"),
    "no_text": lambda: b"\x80\x81",
    "empty": lambda: "",
    "control_characters": lambda: vnnlib(BOX + "(assert (\x1b[2J\x07 Y_0 0))"),
}

#: name of the case -> content of a certificate that must be rejected.
STORED = (CERTIFICATES / "linear_regions.json").read_text(encoding="utf-8")
REJECTED: dict[str, Callable[[], str | bytes]] = {
    "truncated": lambda: STORED[:-100],
    "brackets": lambda: BRACKETS,
    "duplicate_keys": lambda: STORED.replace('"assumptions":[]', '"assumptions":[],"assumptions":[]'),
    "unknown_field": lambda: STORED.replace('"assumptions":[]', '"assumptions":[],"notes":[]'),
    "a_float": lambda: STORED.replace('"count":"4"', '"count":4.0'),
    "nan": lambda: STORED.replace('"count":"4"', '"count":NaN'),
    "wrong_count": lambda: STORED.replace('"count":"4"', '"count":"5"'),
    "a_network": plain,
    "empty": lambda: "",
    "no_text": lambda: b"\x80\x81",
    "huge_number": lambda: STORED.replace('"count":"4"', f'"count":"{"f" * 100_000}"'),
}


def write(path: Path, content: str | bytes) -> None:
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def refused(capsys: Capsys, folder: Path, golden: str, status: int, *words: str | Path) -> None:
    """The command fails as it should, and leaves the folder as it was."""
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    screen = run(capsys, folder, *words)
    assert screen.status == status, screen.err
    assert "Fix: " in screen.err
    assert "Traceback" not in screen.err + screen.out
    assert "report this" not in screen.err
    assert len(screen.err) < 2000
    assert all(letter.isprintable() or letter == "\n" for letter in screen.err)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    compare(f"errors/{golden}.txt", FOREIGN.sub(r"\1 (what the library says)", screen.err))


@pytest.mark.parametrize("case", NETWORKS)
def test_networks_that_are_refused(capsys: Capsys, tmp_path: Path, case: str) -> None:
    name, content = NETWORKS[case]
    write(tmp_path / name, content())
    write(tmp_path / "p.vnnlib", vnnlib(BOX + "(assert (>= Y_0 0))"))
    refused(capsys, tmp_path, f"network_{case}", 3, "prove", name, "p.vnnlib", "-o", "out.json")


@pytest.mark.parametrize("words", [("eval", "--at", "(1, 2)"), ("import", "-o", "o.json"), ("export", "-o", "o.onnx")])
@pytest.mark.parametrize("case", ["nan_json", "truncated_onnx", "code_pt", "unknown_operator_onnx"])
def test_every_command_refuses_them(capsys: Capsys, tmp_path: Path, case: str, words: tuple[str, ...]) -> None:
    name, content = NETWORKS[case]
    write(tmp_path / name, content())
    refused(capsys, tmp_path, f"network_{case}", 3, words[0], name, *words[1:])
    shutil.copy(CERTIFICATES / "always_large.json", tmp_path / "cert.json")
    refused(capsys, tmp_path, f"network_{case}", 3, "check", "cert.json", "--network", name)


@pytest.mark.parametrize("case", PROPERTIES)
def test_properties_that_are_refused(capsys: Capsys, tmp_path: Path, case: str) -> None:
    write(tmp_path / "net.json", plain())
    write(tmp_path / "p.vnnlib", PROPERTIES[case]())
    refused(capsys, tmp_path, f"property_{case}", 3, "prove", "net.json", "p.vnnlib", "-o", "out.json")


@pytest.mark.parametrize("case", REJECTED)
@pytest.mark.parametrize("command", ["check", "show"])
def test_certificates_that_are_rejected(capsys: Capsys, tmp_path: Path, case: str, command: str) -> None:
    write(tmp_path / "cert.json", REJECTED[case]())
    refused(capsys, tmp_path, f"certificate_{case}", 1, command, "cert.json")


def test_errors_are_documents_too(capsys: Capsys, tmp_path: Path) -> None:
    write(tmp_path / "net.json", plain(b=[[float("nan")], [0.0]]))
    screen = run(capsys, tmp_path, "eval", "net.json", "--at", "(1, 2)", "--json")
    assert (screen.status, screen.document["status"]) == (3, 3)
    assert set(screen.document["error"]) == {"kind", "problem", "where", "fix"}
    screen = run(capsys, tmp_path, "eval", "--json")
    assert (screen.status, screen.document["error"]["kind"]) == (3, "Usage")


USAGE: dict[str, tuple[str, ...]] = {
    "no_command": (),
    "unknown_command": ("frobnicate",),
    "unknown_option": ("prove", "net.json", "p.vnnlib", "--frobnicate"),
    "missing_argument": ("prove", "net.json"),
    "missing_value": ("eval", "net.json", "--at"),
    "missing_option": ("import", "net.json"),
    "missing_network": ("prove", "missing.onnx", "p.vnnlib"),
    "missing_property": ("prove", "net.json", "missing.vnnlib"),
    "missing_certificate": ("check", "missing.json"),
    "a_folder": ("prove", "net.json", "."),
    "budget_word": ("prove", "net.json", "p.vnnlib", "--budget", "soon"),
    "budget_nan": ("prove", "net.json", "p.vnnlib", "--budget", "nan"),
    "budget_negative": ("prove", "net.json", "p.vnnlib", "--budget", "-1"),
    "output_in_no_folder": ("prove", "net.json", "p.vnnlib", "-o", "nowhere/cert.json"),
    "output_is_an_input": ("prove", "net.json", "p.vnnlib", "-o", "net.json"),
    "output_is_a_folder": ("import", "net.json", "-o", "."),
    "import_to_another_format": ("import", "net.json", "-o", "net.onnx"),
    "export_to_another_format": ("export", "net.json", "-o", "net.h5"),
    "export_without_domain": ("export", "net.json", "-o", "net.nnet"),
    "point_too_short": ("eval", "net.json", "--at", "(1)"),
    "point_nan": ("eval", "net.json", "--at", "(nan, 1)"),
    "point_huge_exponent": ("eval", "net.json", "--at", "(1e99999, 1)"),
    "point_no_number": ("eval", "net.json", "--at", "(x, 1)"),
    "two_forms": ("show", "cert.json", "--latex", "--text"),
    "unknown_style": ("show", "cert.json", "--latex", "--style", "fancy"),
    "replay_and_search": ("proofs", "--replay", "--search"),
    "no_proofs": ("proofs", "--folder", "."),
}


@pytest.mark.parametrize("case", USAGE)
def test_usage_errors(capsys: Capsys, tmp_path: Path, case: str) -> None:
    write(tmp_path / "net.json", plain())
    write(tmp_path / "p.vnnlib", vnnlib(BOX + "(assert (>= Y_0 0))"))
    shutil.copy(CERTIFICATES / "value.json", tmp_path / "cert.json")
    refused(capsys, tmp_path, f"usage_{case}", 3, *USAGE[case])


def test_weights_that_a_format_would_round_are_refused(capsys: Capsys, tmp_path: Path) -> None:
    import verinet as vn

    x = vn.variable("x")
    vn.write_network(vn.network(x, x * vn.Q("1/3")), tmp_path / "third.json")
    refused(capsys, tmp_path, "export_would_round", 3, "export", "third.json", "-o", "third.onnx")


def test_good_files_are_not_refused(capsys: Capsys, tmp_path: Path) -> None:
    """The cases above differ from good files by the one fault each."""
    write(tmp_path / "net.json", plain())
    write(tmp_path / "net.npz", npz_bytes(W0=np.ones((1, 2)), b0=np.zeros(1)))
    write(tmp_path / "net.onnx", onnx_bytes())
    write(tmp_path / "net.nnet", NNET.format(weight="1"))
    write(tmp_path / "cert.json", STORED)
    for ending in ("json", "npz", "onnx", "nnet"):
        assert run(capsys, tmp_path, "eval", f"net.{ending}", "--at", "(1, 2)").status == 0, ending
    write(tmp_path / "p.vnnlib", vnnlib(BOX + "(assert (>= Y_0 3))"))
    assert run(capsys, tmp_path, "prove", "net.json", "p.vnnlib").status == 0
    assert run(capsys, tmp_path, "check", "cert.json").status == 0
    assert CONTROLLER.exists()
    assert property_of("brakes").exists()
