"""``verinet learn``: screens, documents, networks that other commands read, statuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.cli.screens import Screen, run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2000, 3))
    y = 2 * np.maximum(x @ [0.6, 0.8, 0.0], 0) - np.maximum(x @ [0.0, 0.0, 1.0], 0)
    np.savetxt(tmp_path / "d.csv", np.column_stack([x, y]), delimiter=",", header="a,b,c,y", comments="", fmt="%.17g")
    np.savez(tmp_path / "d.npz", X=x, y=y)
    (tmp_path / "bad.csv").write_text("a,y\n1,2\n1,nan\n")
    return tmp_path


def learn(capsys: pytest.CaptureFixture[str], folder: Path, *words: str) -> Screen:
    return run(capsys, folder, "learn", *words)


def test_the_document(capsys, folder: Path) -> None:
    found = learn(capsys, folder, "d.npz", "--neurons", "2", "-o", "net.json", "--json")
    assert found.status == 0
    document = found.document
    assert (document["verdict"], document["guarantee"], document["neurons"]) == ("learned", "estimated", 2)
    assert document["error"]["relative"] < 1e-12
    assert document["error"]["low"] <= document["error"]["relative"] <= document["error"]["high"]
    assert document["error"]["held_out"] == 400
    assert sorted(document["coefficients"]) == pytest.approx([-1.0, 2.0])
    assert document["linear"] == [0.0, 0.0, 0.0]
    assert [stage["name"] for stage in document["stages"]][-1] == "validation"
    assert (folder / "net.json").exists()


@pytest.mark.parametrize("name", ["net.json", "net.onnx"])
def test_other_commands_read_the_network(capsys, folder: Path, name: str) -> None:
    if name.endswith("onnx"):
        pytest.importorskip("onnx")
    assert learn(capsys, folder, "d.csv", "--neurons", "2", "-o", name).status == 0
    assert learn(capsys, folder, "d.npz", "--neurons", "2", "-o", "again.json").status == 0
    distance = run(capsys, folder, "distance", name, "again.json", "--json")
    assert (distance.status, distance.document["equal"]) == (0, True)
    assert run(capsys, folder, "eval", name, "--at", "(1, 2, -3)").status == 0
    assert run(capsys, folder, "import", name, "-o", "third.json").status == 0


def test_the_screen(capsys, folder: Path) -> None:
    found = learn(capsys, folder, "d.csv", "--neurons", "2", "--bound", "3")
    assert found.status == 0
    assert found.out.startswith("LEARNED   2 neurons on 3 inputs, and nothing beside them     estimated")
    assert "+2 max(0, u.x),  u = (0.6, 0.8, " in found.out
    assert "if the points are Gaussian and the promised bound holds" in found.out


def test_an_enumeration(capsys, folder: Path) -> None:
    words = ("d.csv", "--neurons", "2", "--method", "enumeration", "--net", "0.2", "--no-refine", "--json")
    found = learn(capsys, folder, *words)
    assert (found.status, found.document["method"]) == (0, "enumeration")
    assert 1e-3 < found.document["error"]["relative"] < 0.5


def test_a_budget(capsys, folder: Path) -> None:
    found = learn(capsys, folder, "d.npz", "--neurons", "2", "--budget", "1e-6", "-o", "early.json")
    assert found.status == 2
    assert found.out.startswith("UNKNOWN   0 neurons")
    assert (folder / "early.json").exists()


@pytest.mark.parametrize(
    "words, told",
    [
        (("bad.csv", "--neurons", "1"), "bad.csv, line 3, column 2"),
        (("none.csv", "--neurons", "1"), "none.csv"),
        (("d.csv", "--neurons", "0"), "number of neurons is an integer at least 1"),
        (("d.csv", "--neurons", "900"), "samples at least"),
        (("d.csv", "--neurons", "2", "--method", "guess"), "--method is samples or enumeration"),
        (("d.csv", "--neurons", "2", "--net", "0.5"), "--net concerns"),
        (("d.csv", "--neurons", "2", "--budget", "-1"), "--budget needs"),
        (("d.csv", "--neurons", "2", "--held-out", "2"), "between 0 and 1"),
        (("d.csv", "--neurons", "2", "-o", "d.csv"), "is an input of this command"),
        (("d.csv", "--neurons", "2", "-o", "net.txt"), "networks are written to"),
        (("d.csv", "--neurons", "4", "--method", "enumeration"), "at most 3 neurons"),
        (("d.csv", "--neurons", "2", "--seed", "-1"), "a seed is"),
        (("d.csv",), "--neurons"),
    ],
)
def test_refusals(capsys, folder: Path, words: tuple[str, ...], told: str) -> None:
    found = learn(capsys, folder, *words)
    assert found.status == 3
    assert told in found.err
    assert "Fix: " in found.err
    assert not found.out
