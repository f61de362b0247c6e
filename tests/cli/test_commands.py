"""The commands on good input: exit statuses, screens, documents, files."""

from __future__ import annotations

import json
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

import verinet as vn
from tests.cli.screens import CERTIFICATES, CONTROLLER, PENDULUM, PROOFS, Screen, property_of, run
from tests.golden.compare import compare
from verinet import kernel
from verinet.cli.evaluate import parse_point

Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a controller, two properties, and networks of other formats."""
    shutil.copy(CONTROLLER, tmp_path / "net.onnx")
    shutil.copy(property_of("brakes"), tmp_path / "true.vnnlib")
    shutil.copy(property_of("gentle"), tmp_path / "false.vnnlib")
    x = vn.variable("x")
    vn.write_network(vn.network(x, vn.relu(x) + vn.relu(-x)), tmp_path / "abs.json")
    return tmp_path


def golden(name: str, screen: Screen) -> Screen:
    compare(f"cli/{name}.txt", screen.page)
    return screen


# --- prove -----------------------------------------------------------------------------------------------------------


def test_prove_proves_and_writes_a_certificate(capsys: Capsys, folder: Path) -> None:
    screen = run(capsys, folder, "prove", "net.onnx", "true.vnnlib", "-o", "true.json")
    assert screen.status == 0
    assert screen.out.startswith("PROVED   y_0 < -1/2 on [1/2,1]^2     kernel only\n")
    assert "certificate: true.json" in screen.out
    report = kernel.check((folder / "true.json").read_text(encoding="utf-8"))
    assert report.kind == "always"


def test_prove_refutes_with_an_exact_witness(capsys: Capsys, folder: Path) -> None:
    screen = run(capsys, folder, "prove", "net.onnx", "false.vnnlib", "-o", "opposite.json", "--json")
    assert screen.status == 1
    document = screen.document
    point = document["counterexample"]
    x, y = (tuple(vn.Q(entry) for entry in point[key]) for key in ("x", "y"))
    assert vn.read_network(CONTROLLER)(*x) == y
    assert vn.claims.read_vnnlib(property_of("gentle")).violated_by(x, y)
    assert (document["verdict"], document["certificate"]) == ("refuted", "opposite.json")
    assert kernel.check((folder / "opposite.json").read_text(encoding="utf-8")).kind == "fails"


def test_prove_without_a_file_writes_nothing(capsys: Capsys, folder: Path) -> None:
    text = "(declare-const X_0 Real) (declare-const Y_0 Real) (assert (= X_0 -0.5)) (assert (<= Y_0 0.5))"
    (folder / "point.vnnlib").write_text(text, encoding="utf-8")
    before = sorted(folder.iterdir())
    assert golden("prove_refuted", run(capsys, folder, "prove", "abs.json", "point.vnnlib")).status == 1
    assert sorted(folder.iterdir()) == before


def test_prove_with_a_tiny_budget_is_unknown(capsys: Capsys, folder: Path) -> None:
    before = sorted(folder.iterdir())
    shutil.copy(property_of("coasts"), folder / "hard.vnnlib")
    screen = run(capsys, folder, "prove", "net.onnx", "hard.vnnlib", "--budget", "1e-9", "-o", "none.json", "--json")
    assert screen.status == 2
    assert screen.document["verdict"] == "unknown"
    assert "budget" in screen.document["reason"]
    assert sorted(folder.iterdir()) == sorted([*before, folder / "hard.vnnlib"])


def test_a_witness_that_the_property_denies_is_unknown(
    capsys: Capsys, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The property as it was parsed has the last word on a counterexample."""
    monkeypatch.setattr(vn.claims.Property, "violated_by", lambda self, x, y: False)
    screen = run(capsys, folder, "prove", "net.onnx", "false.vnnlib", "-o", "none.json")
    assert screen.status == 2
    assert "did not meet the assertions" in screen.out
    assert not (folder / "none.json").exists()


def test_a_verdict_is_shown_even_if_its_certificate_cannot_be_written(
    capsys: Capsys, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: object, data: object) -> None:
        raise vn.BadFormat("writing failed: No space left on device", fix="free some space")

    monkeypatch.setattr("verinet.claims.verdicts.write_file", full)
    screen = run(capsys, folder, "prove", "net.onnx", "true.vnnlib", "-o", "true.json")
    assert screen.status == 3
    assert screen.out.startswith("PROVED")
    assert "Fix: free some space" in screen.err


# --- check -----------------------------------------------------------------------------------------------------------


def test_check_says_that_the_import_was_not_checked(capsys: Capsys, folder: Path) -> None:
    shutil.copy(CERTIFICATES / "always_large.json", folder / "cert.json")
    assert golden("check", run(capsys, folder, "check", "cert.json")).status == 0


def test_check_compares_with_the_network(capsys: Capsys, folder: Path) -> None:
    shutil.copy(CERTIFICATES / "always_large.json", folder / "cert.json")
    screen = golden("check_network", run(capsys, folder, "check", "cert.json", "--network", "net.onnx"))
    assert screen.status == 0


@pytest.mark.parametrize("other", ["pendulum", "weight", "units", "activation", "deeper"])
def test_check_rejects_the_certificate_of_another_network(capsys: Capsys, folder: Path, other: str) -> None:
    x = vn.variable("x")
    certified = vn.network(x, vn.relu(2 * x) + vn.relu(-x))
    others = {
        "weight": vn.network(x, vn.relu(vn.Q("2000000001/1000000000") * x) + vn.relu(-x)),
        "units": vn.network(x, vn.relu(2 * x) + vn.relu(-x) + vn.relu(x)),
        "activation": vn.network(x, vn.relu(2 * x) + vn.leaky_relu(-x, "1/2")),
        "deeper": vn.network(x, vn.relu(vn.relu(2 * x) + vn.relu(-x))),
        "pendulum": vn.read_network(PENDULUM),
    }
    (y,) = vn.claims.outputs(certified)
    verdict = vn.prove(vn.claims.always(certified, y >= 0, vn.interval(-1, 1)))
    assert isinstance(verdict, vn.Proved)
    verdict.certificate.write(folder / "cert.json")
    vn.write_network(certified, folder / "same.json")
    vn.write_network(others[other], folder / "other.json")
    assert run(capsys, folder, "check", "cert.json", "--network", "same.json").status == 0
    screen = golden(f"check_other_{other}", run(capsys, folder, "check", "cert.json", "--network", "other.json"))
    assert screen.status == 1


def test_check_compares_two_networks_in_order(capsys: Capsys, folder: Path) -> None:
    x = vn.variable("x")
    vn.write_network(vn.network(x, vn.abs_(x)), folder / "short.json")
    claim = vn.claims.equal(
        vn.read_network(folder / "abs.json"), vn.read_network(folder / "short.json"), vn.interval(-1, 1)
    )
    verdict = vn.prove(claim)
    assert isinstance(verdict, vn.Proved)
    verdict.certificate.write(folder / "cert.json")
    pairs = {("abs", "short"): 0, ("short", "abs"): 1, ("abs",): 3, ("abs", "short", "abs"): 3}
    for names, status in pairs.items():
        words = [word for name in names for word in ("--network", f"{name}.json")]
        assert run(capsys, folder, "check", "cert.json", *words).status == status, names


def test_assumptions_come_first_and_are_not_strict(capsys: Capsys, folder: Path) -> None:
    shutil.copy(CERTIFICATES / "assumed.json", folder / "cert.json")
    assert golden("check_assumed", run(capsys, folder, "check", "cert.json")).status == 0
    assert golden("check_strict", run(capsys, folder, "check", "--strict", "cert.json")).status == 1
    document = run(capsys, folder, "check", "--strict", "--json", "cert.json").document
    assert (document["status"], len(document["certificates"][0]["assumptions"])) == (1, 1)


def test_the_status_of_several_certificates_is_the_worst(capsys: Capsys, folder: Path) -> None:
    (folder / "bad.json").write_text("{}", encoding="utf-8")
    good = CERTIFICATES / "value.json"
    assert run(capsys, folder, "check", good, "bad.json").status == 1
    screen = run(capsys, folder, "check", "bad.json", "missing.json", good, "--json")
    assert screen.status == 3
    assert [entry["verdict"] for entry in screen.document["certificates"]] == ["rejected", "unreadable", "checked"]


# --- the others ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [("--latex",), ("--text",), (), ("--latex", "--style", "plain")])
def test_show_prints_the_page(capsys: Capsys, folder: Path, words: tuple[str, ...]) -> None:
    path = CERTIFICATES / "linear_regions.json"
    screen = run(capsys, folder, "show", path, *words)
    assert screen.status == 0
    if "--latex" in words:
        assert screen.out == vn.latex(path, style="plain" if "plain" in words else "amsthm")
    else:
        assert screen.out.startswith("CHECKED   f has 4 linear regions on [0,1]     kernel only\n")
    assert run(capsys, folder, "show", path, *words, "--json").document["text"] == screen.out.rstrip("\n")


def test_show_prints_nothing_of_a_false_certificate(capsys: Capsys, folder: Path) -> None:
    data = json.loads((CERTIFICATES / "linear_regions.json").read_text(encoding="utf-8"))
    data["statement"]["count"] = "5"
    (folder / "forged.json").write_text(json.dumps(data), encoding="utf-8")
    screen = golden("show_forged", run(capsys, folder, "show", "forged.json", "--latex"))
    assert (screen.status, screen.out) == (1, "")


def test_eval_is_exact(capsys: Capsys, folder: Path) -> None:
    assert golden("eval", run(capsys, folder, "eval", "abs.json", "--at", "-1/3")).status == 0
    document = run(capsys, folder, "eval", "net.onnx", "--at", "(1/3, -2/7)", "--json").document
    expected = vn.read_network(CONTROLLER)(vn.Q("1/3"), vn.Q("-2/7"))
    assert (document["x"], document["guarantee"]) == (["1/3", "-2/7"], "exact")
    assert [vn.Q(entry) for entry in document["y"]] == list(expected)


def test_eval_of_a_smooth_network_is_certified(capsys: Capsys, folder: Path) -> None:
    from verinet.networks.build import apply_activation

    x = vn.variable("x")
    vn.write_network(vn.network(x, apply_activation(x, vn.activation("logistic")) - 1), folder / "smooth.json")
    assert golden("eval_smooth", run(capsys, folder, "eval", "smooth.json", "--at", "(1)")).status == 0
    document = run(capsys, folder, "eval", "smooth.json", "--at", "(0)", "--json").document
    ((low, high),) = document["y_enclosures"]
    assert vn.Q(low) <= vn.Q("-1/2") <= vn.Q(high)
    assert vn.Q(high) - vn.Q(low) <= Fraction(2, 10**20)


@pytest.mark.parametrize("text", ["(1/3, -2/7)", "1/3,-2/7", " [ 1/3 , -2/7 ] ", "(1/3, -2/7,)"])
def test_points(text: str) -> None:
    assert parse_point(text) == (Fraction(1, 3), Fraction(-2, 7))


@pytest.mark.parametrize("text", ["", "()", "(1, 2", "1 2", "nan", "1/0", "1e99999", "(1,,2)", "0x10", "1_000"])
def test_bad_points(text: str) -> None:
    with pytest.raises(vn.VerinetError, match="--at"):
        parse_point(text)


def test_import_and_export_keep_the_network(capsys: Capsys, folder: Path) -> None:
    assert run(capsys, folder, "import", "net.onnx", "-o", "net.json").status == 0
    assert golden("export", run(capsys, folder, "export", "abs.json", "-o", "abs.npz")).status == 0
    for ending in ("onnx", "npz", "json"):
        screen = run(capsys, folder, "export", "net.json", "-o", f"copy.{ending}", "--json")
        assert (screen.status, screen.document["output"]) == (0, f"copy.{ending}")
        point = (vn.Q("1/3"), vn.Q("-2/7"))
        assert vn.read_network(folder / f"copy.{ending}")(*point) == vn.read_network(CONTROLLER)(*point)


def test_proofs_replays_what_it_is_asked_for(capsys: Capsys, folder: Path) -> None:
    words = ("proofs", "absolute_value_relu_eq", "region_count_sawtooth_eq", "--replay", "--folder", PROOFS)
    screen = run(capsys, folder, *words)
    assert screen.status == 0
    assert screen.out.count("CHECKED") == 10
    assert screen.out.endswith("theorems: 2 hold\n")
    document = run(capsys, folder, *words, "--json").document
    assert [theorem["name"] for theorem in document["theorems"]] == list(words[1:3])
    assert all(claim["accepted"] for theorem in document["theorems"] for claim in theorem["claims"])


def test_proofs_searches_afresh(capsys: Capsys, folder: Path) -> None:
    screen = run(capsys, folder, "proofs", "--search", "absolute_value_relu_eq", "--folder", PROOFS)
    assert screen.status == 0
    assert screen.out.count("PROVED") == 2


def test_a_stored_certificate_that_was_changed_is_rejected(capsys: Capsys, folder: Path) -> None:
    shutil.copytree(PROOFS / "identities", folder / "proofs" / "identities")
    index = (PROOFS / "index.toml").read_text(encoding="utf-8").split("[[theorem]]")
    kept = [part for part in index if "absolute_value_relu_eq" in part]
    (folder / "proofs" / "index.toml").write_text("[[theorem]]" + "[[theorem]]".join(kept), encoding="utf-8")
    assert run(capsys, folder, "proofs").status == 0
    path = folder / "proofs" / "identities" / "absolute_value_relu_eq.two_neurons.json"
    path.write_text(path.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    screen = run(capsys, folder, "proofs")
    assert screen.status == 1
    assert screen.out.endswith("theorems: 0 hold, 1 rejected\n")


def test_help_and_version(capsys: Capsys, folder: Path) -> None:
    assert run(capsys, folder, "--help").status == 0
    assert run(capsys, folder, "prove", "--help").status == 0
    assert run(capsys, folder, "--version").out == f"verinet {vn.__version__}\n"
