"""``verinet referee``: exit statuses, screens, documents, listings."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.cli.screens import CONTROLLER, Screen, property_of, run

GOOD = "sat\n((X_0 -0.9)\n (X_1 -0.9)\n (Y_0 1.5))\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    import verinet as vn

    x = vn.variables("x", 2)
    vn.write_network(vn.network(x, vn.relu(x[0]) + x[1]), tmp_path / "net.json")
    head = "".join(f"(declare-const {name} Real)" for name in ("X_0", "X_1", "Y_0"))
    box = "".join(f"(assert (>= X_{i} 0))(assert (<= X_{i} 1))" for i in (0, 1))
    (tmp_path / "big.vnnlib").write_text(f"{head}{box}(assert (>= Y_0 2))")
    for name, a, b in (("valid", "1", "1.0"), ("clipped", "1.00001", "1"), ("wrong", "0.75", "1")):
        (tmp_path / f"{name}.txt").write_text(f"sat\n((X_0 {a})\n (X_1 {b})\n (Y_0 2.0))\n")
    (tmp_path / "unreadable.txt").write_text("sat ((X_0 1))")
    return tmp_path


def refereed(capsys: pytest.CaptureFixture[str], folder: Path, *words: str) -> Screen:
    return run(capsys, folder, "referee", *words)


@pytest.mark.parametrize(("names", "status", "counts"), [
    (["valid"], 0, "1 witness: 1 valid"),
    (["valid", "clipped"], 2, "2 witnesses: 1 valid, 1 valid after clipping"),
    (["wrong", "clipped"], 1, "2 witnesses: 1 valid after clipping, 1 wrong"),
    (["wrong", "unreadable", "valid"], 3, "3 witnesses: 1 valid, 1 wrong, 1 unreadable"),
])  # fmt: skip
def test_exit_statuses(capsys, folder: Path, names: list[str], status: int, counts: str) -> None:
    found = refereed(capsys, folder, "net.json", "big.vnnlib", *(f"{name}.txt" for name in names))
    assert found.status == status
    assert found.out.splitlines()[-1] == counts


def test_screens(capsys, folder: Path) -> None:
    found = refereed(capsys, folder, "net.json", "big.vnnlib", "valid.txt", "clipped.txt", "wrong.txt")
    assert found.out == (
        "VALID                 valid.txt\n"
        "  violates the property exactly\n"
        "  stated outputs are at most 0 from the exact ones\n"
        "  x = (1, 1)\n"
        "VALID AFTER CLIPPING  clipped.txt\n"
        "  lies outside of the input set by at most 1.00e-05; moved inside, it violates exactly\n"
        "  stated outputs are at most 1.00e-05 from the exact ones\n"
        "  x = (1, 1)\n"
        "WRONG                 wrong.txt\n"
        "  inside of the input set the assertions fail by 2.50e-01\n"
        "  stated outputs are at most 2.50e-01 from the exact ones\n"
        "  x = (3/4, 1)\n"
        "3 witnesses: 1 valid, 1 valid after clipping, 1 wrong\n"
    )


def test_the_document(capsys, folder: Path) -> None:
    (folder / "two.txt").write_text((folder / "clipped.txt").read_text() + (folder / "wrong.txt").read_text())
    document = refereed(capsys, folder, "net.json", "big.vnnlib", "two.txt", "--json").document
    first, second = document["witnesses"]
    assert first["verdict"] == "valid after clipping"
    assert (first["moved"], first["clipped"], first["y_clipped"]) == ("1/100000", ["1", "1"], ["2"])
    assert (second["witness"], second["missing"], second["y"]) == ("two.txt (2 of 2)", "1/4", ["7/4"])
    assert document["counts"] == {"valid": 0, "valid after clipping": 1, "wrong": 1, "unreadable": 0}


def test_listings(capsys, folder: Path) -> None:
    (folder / "sub").mkdir()
    lines = "network,property,witness\n../net.json, ../big.vnnlib, ../valid.txt\n\n../net.json,../big.vnnlib,gone.txt\n"
    (folder / "sub" / "witnesses.csv").write_text(lines)
    found = refereed(capsys, folder, "sub")
    assert (found.status, found.out.splitlines()[-1]) == (3, "2 witnesses: 1 valid, 1 unreadable")
    (folder / "list.json").write_text('{"big.vnnlib @ net.json": {"x": ["1", "1e0"]}}')
    assert refereed(capsys, folder, "list.json").status == 0
    assert refereed(capsys, folder, str(folder / "sub" / "witnesses.csv")).status == 3


def test_packed_witnesses(capsys, folder: Path) -> None:
    (folder / "w.counterexample.gz").write_bytes(gzip.compress((folder / "valid.txt").read_bytes()))
    (folder / "broken.gz").write_bytes(b"sat ((X_0 1))")
    (folder / "cut.gz").write_bytes((folder / "w.counterexample.gz").read_bytes()[:-6])
    (folder / "bomb.gz").write_bytes(gzip.compress(b"(" * 70_000_000))
    assert refereed(capsys, folder, "net.json", "big.vnnlib", "w.counterexample.gz").status == 0
    for name, said in (("broken.gz", "no packed text"), ("cut.gz", "no packed text"), ("bomb.gz", "holds more than")):
        found = refereed(capsys, folder, "net.json", "big.vnnlib", name)
        assert (found.status, said in found.err) == (3, True)


@pytest.mark.parametrize(("words", "said"), [
    (["net.json", "big.vnnlib"], "in this order"),
    (["valid.txt"], "a listing is"),
    (["net.json", "valid.txt", "big.vnnlib"], "in this order"),
    ([".",], "holds no listing"),
    (["bad.csv"], "network, property and witness"),
    (["bad.json"], "PROPERTY @ NETWORK"),
    (["gone.csv"], "gone.csv"),
])  # fmt: skip
def test_misuse(capsys, folder: Path, words: list[str], said: str) -> None:
    (folder / "bad.csv").write_text("a,b\n")
    (folder / "bad.json").write_text('{"big.vnnlib": {"x": [1]}}')
    found = refereed(capsys, folder, *words)
    assert found.status == 3
    assert said in found.err
    assert "Fix:" in found.err


def test_the_refuted_controller_is_confirmed(capsys, tmp_path: Path) -> None:
    """What `prove` finds is what `referee` accepts."""
    proved = run(capsys, tmp_path, "prove", CONTROLLER, property_of("one_sided"), "--json").document
    point = proved["counterexample"]
    pairs = [f"(X_{j} {value})" for j, value in enumerate(point["x"])]
    pairs += [f"(Y_{i} {value})" for i, value in enumerate(point["y"])]
    (tmp_path / "w.txt").write_text(f"sat ({' '.join(pairs)})")
    found = run(capsys, tmp_path, "referee", CONTROLLER, property_of("one_sided"), "w.txt", "--json")
    assert found.status == 0
    assert found.document["witnesses"][0]["stated_outputs_error"] == "0"


def test_all_published_witnesses(capsys, benchmarks: Path) -> None:
    pytest.importorskip("onnx", reason="left out: onnx is not installed")
    found = run(capsys, benchmarks, "referee", "witnesses.json", "--json")
    assert found.status == 0
    assert found.document["counts"]["valid"] == len(found.document["witnesses"]) > 0
