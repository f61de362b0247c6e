"""Claims on the command line: ``--claim``, ``equal``, VNN-LIB 2.0 with several networks, claims exported."""

from __future__ import annotations

from pathlib import Path

import pytest

import verinet as vn
from tests.cli.screens import Screen, run
from verinet.claims import parse_vnnlib

Capsys = pytest.CaptureFixture[str]
QUERY = """(vnnlib-version <2.0>)
(declare-network f (declare-input X float32 [2]) (declare-output Y float32 [1]))
(declare-network g (equal-to f) (declare-input A float32 [2]) (declare-output B float32 [1]))
(assert (and (>= X[0] -1.0) (<= X[0] A[0]) (<= A[0] 1.0)))
(assert (and (== X[1] A[1]) (>= X[1] -1.0) (<= X[1] 1.0)))
(assert (< B[0] Y[0]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    a, b = vn.variables("x", 2)
    vn.write_network(vn.network((a, b), vn.relu(a - b) + a), tmp_path / "f.json")
    vn.write_network(vn.network((a, b), vn.relu(a - b) + a - vn.Q("1/64") * vn.relu(b)), tmp_path / "pruned.json")
    (tmp_path / "up.vnnlib").write_text(QUERY)
    (tmp_path / "down.vnnlib").write_text(QUERY.replace("(< B[0] Y[0])", "(> B[0] Y[0])"))
    return tmp_path


def proved(capsys: Capsys, folder: Path, *words: str) -> Screen:
    return run(capsys, folder, "prove", *words)


# ------------------------------------------------------------------------------------------- VNN-LIB 2.0


def test_a_query_of_two_networks_is_proved_and_checked(capsys: Capsys, folder: Path) -> None:
    for networks in (["f.json"], ["f.json", "f.json"]):
        screen = proved(capsys, folder, *networks, "up.vnnlib", "-o", "c.json")
        assert screen.status == 0
        assert screen.out.startswith("PROVED   f1.y_0 <= f2.y_0 on [-1,1]^3 with x_0 <= x_2     kernel only\n")
        assert "  x_0 is X[0]\n  x_1 is X[1] = A[1]\n  x_2 is A[0]\n" in screen.out
        assert "note: float32 variables are read as real numbers" in screen.err
        assert run(capsys, folder, "check", "c.json").status == 0


def test_a_query_is_refuted_by_inputs_of_both(capsys: Capsys, folder: Path) -> None:
    document = proved(capsys, folder, "f.json", "down.vnnlib", "--json").document
    assert (document["status"], document["verdict"]) == (1, "refuted")
    assert document["coordinates"] == ["X[0]", "X[1] = A[1]", "A[0]"]
    values = document["counterexample"]["inputs"]
    assert list(values) == ["X[0]", "X[1]", "A[0]", "A[1]"]
    assert values["X[1]"] == values["A[1]"]
    found = parse_vnnlib((folder / "down.vnnlib").read_text())
    net = vn.read_network(folder / "f.json")
    x = tuple(map(vn.Q, values.values()))
    assert found.violated_by(x, (*net(*x[:2]), *net(*x[2:])))
    pairs = " ".join(f"({name} {value})" for name, value in values.items())
    (folder / "w.txt").write_text(f"sat ({pairs})")
    assert run(capsys, folder, "referee", "f.json", "down.vnnlib", "w.txt").status == 0


@pytest.mark.parametrize(("words", "said"), [
    (["f.json", "pruned.json", "up.vnnlib"], "g is declared equal to f, and the two networks differ"),
    (["f.json", "f.json", "f.json", "up.vnnlib"], "speaks of the networks f, g"),
    (["f.json", "infix.vnnlib"], "infix.vnnlib, line 6, column 10"),
    (["f.json", "old.vnnlib", "up.vnnlib"], "got 1 and 2"),
    (["f.json"], "got 1 and 0"),
    (["f.json", "f.json", "old.vnnlib"], "speaks of one network, got 2"),
    (["f.json", "up.vnnlib", "--domain", "[0,1]^2"], "--domain, which belongs to --claim"),
    (["f.json", "up.vnnlib", "--claim", "y >= 0 on R^2"], "up.vnnlib was given, too"),
])  # fmt: skip
def test_misuse(capsys: Capsys, folder: Path, words: list[str], said: str) -> None:
    (folder / "infix.vnnlib").write_text(QUERY.replace("(< B[0] Y[0])", "(B[0] < Y[0])"))
    (folder / "old.vnnlib").write_text(
        "(declare-const X_0 Real)(declare-const X_1 Real)(declare-const Y_0 Real)(assert (and (>= X_0 0) (<= X_0 1)))"
        "(assert (and (>= X_1 0) (<= X_1 1) (>= Y_0 9)))"
    )
    screen = proved(capsys, folder, *words, "-o", "c.json")
    assert screen.status == 3
    assert said in screen.err
    assert not (folder / "c.json").exists()


# ------------------------------------------------------------------------------------------------ claims


@pytest.mark.parametrize(("claim", "status", "said"), [
    ("y >= x_0 on [-1,1]^2", 0, "PROVED   y_0 >= x_0 on [-1,1]^2     kernel only"),
    ("y >= x_1 on [-1,1]^2", 1, "REFUTED   y_0 >= x_1 on [-1,1]^2"),
    ("monotone up in x_0 on [-1,1]^2", 0, "PROVED   y_0 is nondecreasing in x_0 on [-1,1]^2     kernel only"),
    ("lipschitz_inf <= 3 on [-1,1]^2", 0, "PROVED   |f(x) - f(x')|_inf <= 3 |x - x'|_inf"),
    ("range(y_0) within [-1,3] on [-1,1]^2", 0, "PROVED   -1 <= y_0 <= 3"),
    ("convex on [-1,1]^2", 0, "PROVED   y_0 is convex"),
    ("injective", 1, "REFUTED   f is injective on R^2"),
])  # fmt: skip
def test_claims_in_words(capsys: Capsys, folder: Path, claim: str, status: int, said: str) -> None:
    screen = proved(capsys, folder, "f.json", "--claim", claim)
    assert screen.status == status
    assert screen.out.startswith(said)


def test_the_set_of_a_claim_may_be_an_option(capsys: Capsys, folder: Path) -> None:
    screen = proved(capsys, folder, "f.json", "--claim", "y >= x_0", "--domain", "[-1,1]^2", "-o", "c.json")
    assert screen.status == 0
    shown = run(capsys, folder, "check", "c.json", "--network", "f.json")
    assert shown.out.startswith("CHECKED   y_0 >= x_0 on [-1,1]^2")
    assert proved(capsys, folder, "f.json", "--claim", "y >= x_0").status == 3
    screen = proved(capsys, folder, "f.json", "--claim", "y >= z on [-1,1]^2")
    assert screen.status == 3
    assert "character 6 of the claim" in screen.err


def test_two_networks_are_compared(capsys: Capsys, folder: Path) -> None:
    same = run(capsys, folder, "equal", "f.json", "f.json", "--domain", "[-1,1]^2")
    assert (same.status, same.out[:6]) == (0, "PROVED")
    other = run(capsys, folder, "equal", "f.json", "pruned.json", "--domain", "[-1,1]^2", "--json").document
    assert (other["verdict"], len(other["networks"])) == ("refuted", 2)
    near = run(capsys, folder, "equal", "f.json", "pruned.json", "--domain", "[-1,1]^2", "--within", "1/64", "-o", "c")
    assert near.out.startswith("PROVED   |f1(x) - f2(x)| <= 1/64 on [-1,1]^2     kernel only")
    far = run(capsys, folder, "equal", "f.json", "pruned.json", "--domain", "[-1,1]^2", "--within", "1/65")
    assert far.status == 1
    text = proved(capsys, folder, "f.json", "pruned.json", "--claim", "equal within 1/64 on [-1,1]^2")
    assert text.status == 0
    assert run(capsys, folder, "equal", "f.json", "pruned.json").status == 3
    assert run(capsys, folder, "equal", "f.json", "pruned.json", "--within", "x", "--domain", "R").status == 3


# ------------------------------------------------------------------------------------------------ export


def test_claims_are_exported(capsys: Capsys, folder: Path) -> None:
    screen = run(capsys, folder, "export", "f.json", "up.vnnlib", "--smtlib", "-o", "up.smt2")
    assert screen.status == 0
    assert "SMT-LIB 2 of: f1.y_0 <= f2.y_0" in screen.out
    assert "(set-logic QF_LRA)" in (folder / "up.smt2").read_text()
    words = ["export", "f.json", "--claim", "injective on [0,1]^2", "-o", "i.smt2", "--json"]
    assert run(capsys, folder, *words).document["format"] == "SMT-LIB 2"
    words = ["export", "f.json", "pruned.json", "--claim", "equal within 1/64 on [-1,1]^2", "-o", "e.vnnlib"]
    assert run(capsys, folder, *words).status == 0
    again = proved(capsys, folder, "f.json", "pruned.json", "e.vnnlib")
    assert again.status == 0


@pytest.mark.parametrize(("words", "said"), [
    (["f.json", "--claim", "cells = 3 on [0,1]^2", "-o", "c.smt2"], "which does not tell whether"),
    (["f.json", "--claim", "cells = 3 on [0,1]^2", "-o", "c.vnnlib"], "got another claim"),
    (["f.json", "--claim", "y >= 0 on [0,1]^2", "-o", "c.onnx"], ".smt2 or .vnnlib"),
    (["f.json", "up.vnnlib", "--smtlib", "-o", "c.vnnlib"], "ends in .smt2"),
    (["f.json", "--smtlib", "-o", "c.smt2"], "one property file, or --claim"),
    (["f.json", "pruned.json", "-o", "c.onnx"], "one network, got 2"),
    (["f.json", "--claim", "y >= 0", "--domain", "[0,1]^2", "-o", "f.json"], ".smt2 or .vnnlib"),
])  # fmt: skip
def test_what_cannot_be_exported(capsys: Capsys, folder: Path, words: list[str], said: str) -> None:
    screen = run(capsys, folder, "export", *words)
    assert screen.status == 3
    assert said in screen.err
