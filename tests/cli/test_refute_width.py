"""``verinet refute-width``: exit statuses, screens, documents, certificates."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import verinet as vn
from tests.cli.screens import Screen, run
from verinet.claims.verdicts import Unknown
from verinet.theory.minimal_width import lower_bound


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    a, b = vn.variables("x", 2)
    t = vn.variable("t")
    networks = {
        "near": vn.network((a, b), vn.relu(vn.relu(a - b) + vn.relu(b - a)) / 3),
        "leaky": vn.network((a, b), vn.leaky_relu(a + b, "1/2") - vn.leaky_relu(b - a, "1/2")),
        "curve": vn.network(t, [vn.relu(3 * t - 1), vn.relu(2 * t)]),
        "abs": vn.network((a, b), vn.abs_(a)),
        "wide": vn.network((a, b), vn.relu(a) + vn.relu(b) + vn.relu(a + b)),
        "many": vn.network(t, [t, t, t]),
    }
    for name, network in networks.items():
        vn.write_network(network, tmp_path / f"{name}.json")
    return tmp_path


def refuted(capsys: pytest.CaptureFixture[str], folder: Path, *words: str) -> Screen:
    return run(capsys, folder, "refute-width", *words)


def test_a_screen(capsys, folder: Path) -> None:
    found = refuted(capsys, folder, "leaky.json")
    assert found.status == 0
    assert found.out.splitlines()[:-1] == [
        "REFUTED   |f(x) - net(x)| < 1/2 for all x of [-1,1]^2",
        "  x      = (-1, -1/3)",
        "  f(x)   = 1",
        "  net(x) = -4/3",
        "  gap    = 7/3, in the maximum norm     exact",
        "  by following a path from the centre to the boundary along which the first output does not ascend",
        "  f(x) is |x|_inf",
    ]


@pytest.mark.parametrize("name", ["near", "leaky", "curve"])
def test_documents_and_certificates(capsys, folder: Path, name: str) -> None:
    document = refuted(capsys, folder, f"{name}.json", "--json", "-o", "gap.json").document
    network = vn.read_network(folder / f"{name}.json")
    x = [Fraction(q) for q in document["x"]]
    assert document["verdict"] == "refuted"
    assert [str(q) for q in network(x)] == document["net"]
    assert [str(q) for q in lower_bound.hard_target(network.input_size, network.output_size)(x)] == document["f"]
    gaps = [abs(Fraction(a) - Fraction(b)) for a, b in zip(document["f"], document["net"], strict=True)]
    assert Fraction(document["gap"]) == max(gaps) >= Fraction(1, 2)
    report = vn.check(folder / "gap.json")
    assert not report.assumptions
    assert document["certificate"] == "gap.json"
    assert (len(document["path"]) > 1) == (name == "leaky")


@pytest.mark.parametrize(("name", "said"), [
    ("abs", "abs is not monotone"),
    ("wide", "max{2, 1} = 2, got 3"),
    ("many", "dy <= 2 dx"),
])  # fmt: skip
def test_refusals(capsys, folder: Path, name: str, said: str) -> None:
    found = refuted(capsys, folder, f"{name}.json")
    assert (found.status, found.out) == (3, "")
    assert said in found.err
    assert "Fix: " in found.err
    assert f"{name}.json" in found.err


def test_the_provers_are_asked_when_nothing_else_helps(capsys, folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(lower_bound, "_on_a_grid", lambda network: None)
    monkeypatch.setattr(lower_bound, "_at_a_vertex", lambda network, budget: None)
    document = refuted(capsys, folder, "curve.json", "--json").document
    assert (document["status"], document["method"]) == (0, "search")
    assert Fraction(document["gap"]) >= Fraction(1, 2)


def test_a_budget_that_runs_out(capsys, folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(lower_bound, "_on_a_grid", lambda network: None)
    monkeypatch.setattr(lower_bound, "_at_a_vertex", lambda network, budget: None)
    monkeypatch.setattr("verinet.provers.portfolio.prove", lambda claim, budget, progress: Unknown(budget.reason()))
    found = refuted(capsys, folder, "curve.json", "--budget", "1")
    assert found.status == 2
    assert found.out.startswith("UNKNOWN   ")
    assert "by the theorem there is one" in found.out
