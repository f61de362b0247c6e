"""``verinet statistics`` and ``verinet sparsity``: screens, documents, files, statuses."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import verinet as vn
from tests.cli.screens import Screen, run
from verinet.cli.statistics import parse_widths
from verinet.errors import BadFormat
from verinet.theory.line_regions.setting import random_network, setting
from verinet.theory.line_regions.statistics import Sampling


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    x = vn.variable("x")
    vn.write_network(random_network(setting([6, 6]), 1, 0), tmp_path / "he.json")
    vn.write_network(vn.network(x, vn.relu(x) - vn.relu(x - 1) + vn.relu(16 * x - 8) / 512), tmp_path / "bend.json")
    vn.write_network(vn.network(x, vn.relu(x)).with_domain([(-1, 1)]), tmp_path / "own.json")
    vn.write_network(vn.network(x, vn.leaky_relu(x, "1/2")), tmp_path / "leaky.json")
    vn.write_network(vn.network(x, [x, x]), tmp_path / "two.json")
    return tmp_path


def statistics(capsys: pytest.CaptureFixture[str], folder: Path, *words: str) -> Screen:
    return run(capsys, folder, "statistics", *words)


def sparsity(capsys: pytest.CaptureFixture[str], folder: Path, *words: str) -> Screen:
    return run(capsys, folder, "sparsity", *words)


# --- statistics ------------------------------------------------------------------------------------------------------


def test_statistics_document(capsys, folder: Path) -> None:
    document = statistics(
        capsys, folder, "--widths", "2,2", "--samples", "60", "--seed", "1", "--jobs", "1", "--json"
    ).document
    assert document["widths"] == [2, 2]
    assert document["expectation"] == 4.0
    assert document["expectation_word"] == "exact"
    assert abs(document["mean"] - 4) <= 4 * document["standard_error"]
    assert Fraction(document["mean_exact"]) == Fraction(sum(r * n for r, n in document["histogram"]), 60)
    assert document["asymptotic"] == 5
    assert document["bound"] == 7
    assert document["weight_variances"] == ["2", "1", "1"]


def test_statistics_screen_and_options(capsys, folder: Path) -> None:
    found = statistics(
        capsys, folder, "--widths", "[3]", "--samples", "30", "--jobs", "1", "--weights", "lecun", "--bias", "1/4",
        "--domain", "[-1,1]", "--plot", "h.svg",
    )  # fmt: skip
    assert found.status == 0
    assert "30 random networks 1-3-1, seed 0, on [-1,1]" in found.out
    assert "certified, derived" in found.out
    assert (folder / "h.svg").exists()
    whole = statistics(capsys, folder, "--widths", "3", "--samples", "5", "--jobs", "1")
    assert "linear regions      mean 4 +- 0     estimated" in whole.out
    assert "expectation         4     exact, derived" in whole.out


def test_statistics_goes_on_from_its_file(capsys, folder: Path) -> None:
    words = ("--widths", "3,3", "--seed", "5", "--jobs", "1", "--json")
    alone = statistics(capsys, folder, *words, "--samples", "12").document
    statistics(capsys, folder, *words, "--samples", "5", "--file", "s.jsonl")
    again = statistics(capsys, folder, *words, "--samples", "12", "--file", "s.jsonl").document
    assert again["from_file"] == 5
    assert again["histogram"] == alone["histogram"]
    other = statistics(capsys, folder, "--widths", "3,4", "--seed", "5", "--file", "s.jsonl")
    assert other.status == 3
    assert "another widths" in other.err


def test_statistics_after_ctrl_c(capsys, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def some(self: Sampling, *_: object) -> None:
        self.record.counts.update({0: (3, 3), 1: (5, 4)})
        raise KeyboardInterrupt

    monkeypatch.setattr(Sampling, "run", some)
    found = statistics(capsys, folder, "--widths", "3,3", "--json")
    assert found.status == 2
    assert found.document["reason"] == "interrupted"
    assert found.document["samples"] == 2
    assert found.document["mean"] == 3.5


@pytest.mark.parametrize(
    "words",
    [
        ("--widths", "64;64"),
        ("--widths", "0"),
        ("--widths", ""),
        ("--widths", "3", "--samples", "0"),
        ("--widths", "3", "--seed", "-1"),
        ("--widths", "3", "--jobs", "0"),
        ("--widths", "3", "--weights", "xavier"),
        ("--widths", "3", "--weights", "0"),
        ("--widths", "3", "--bias", "1,2,3"),
        ("--widths", "3", "--domain", "[1,0]"),
        ("--widths", "3", "--domain", "[0,1]^2"),
        ("--widths", "3", "--budget", "-1"),
        ("--widths", "3", "--plot", "h.txt"),
        ("--widths", "3", "--file", "none/s.jsonl"),
        (),
    ],
)
def test_statistics_refuses(capsys, folder: Path, words: tuple[str, ...]) -> None:
    found = statistics(capsys, folder, *words)
    assert found.status == 3
    assert "Fix:" in found.err
    assert not found.out


def test_budget_of_statistics(capsys, folder: Path) -> None:
    found = statistics(capsys, folder, "--widths", "8,8", "--samples", "100000", "--jobs", "1", "--budget", "1")
    assert found.status == 2
    assert found.out.startswith("UNKNOWN   the budget of 1 seconds ran out")


def test_widths_are_read() -> None:
    assert parse_widths(" 64, 64 ") == (64, 64)
    for text in ("64x3", "6 4", "1,,2", "-1", "1.5", "9" * 9):
        with pytest.raises(BadFormat):
            parse_widths(text)


# --- sparsity --------------------------------------------------------------------------------------------------------


def test_sparsity_screen(capsys, folder: Path) -> None:
    found = sparsity(capsys, folder, "bend.json", "--eps", "1/10", "--domain", "[-1,2]")
    assert found.status == 0
    assert found.out.splitlines()[:4] == [
        "regions used     4     exact",
        "pieces needed    3     exact, within 1/10 of itself",
        "over-provision   1.333",
        "  domain: [-1,2]",
    ]


def test_sparsity_document_and_files(capsys, folder: Path) -> None:
    words = ("--plot", "p.png", "-o", "few.json", "--certificate", "few.cert")
    document = sparsity(capsys, folder, "he.json", "--eps", "1/10", "--domain", "[-3,3]", *words, "--json").document
    assert document["minimum"] == document["minimum_low"] == document["minimum_high"]
    assert document["over_provision"] == document["regions"] / document["minimum"]
    assert set(document["readings"]) == {"used", "expected", "wide"}
    assert document["readings"]["wide"]["regions"] == "13"
    assert (folder / "p.png").read_bytes()[:4] == b"\x89PNG"
    few, f = vn.read_network(folder / "few.json"), vn.read_network(folder / "he.json")
    for k in range(13):
        at = Fraction(k, 2) - 3
        assert abs(few((at,))[0] - f((at,))[0]) <= Fraction(1, 10)
    assert run(capsys, folder, "check", "few.cert").status == 0
    assert len(document["windows"]) == document["minimum"] - 1


def test_sparsity_against_another_target(capsys, folder: Path) -> None:
    document = sparsity(
        capsys, folder, "bend.json", "--eps", "1/50", "--domain", "[0,1]", "--target", "x^2", "--json"
    ).document
    assert document["minimum"] == 3
    assert document["guarantee"] == "certified"
    assert document["target"] == "x^2"
    open_ = sparsity(capsys, folder, "bend.json", "--eps", "1/32", "--domain", "[0,1]", "--target", "x^2")
    assert "pieces needed    2 to 3" in open_.out


def test_sparsity_of_an_onnx_file_and_of_other_activations(capsys, folder: Path) -> None:
    assert run(capsys, folder, "export", "bend.json", "-o", "bend.onnx").status == 0
    same = sparsity(capsys, folder, "bend.onnx", "--eps", "1/10", "--domain", "[-1,2]", "--json").document
    assert (same["regions"], same["minimum"]) == (4, 3)
    leaky = sparsity(capsys, folder, "leaky.json", "--eps", "0", "--domain", "[-1,1]", "--json").document
    assert set(leaky["readings"]) == {"used"}
    own = sparsity(capsys, folder, "own.json", "--eps", "0", "--json").document
    assert (own["domain"], own["minimum"]) == ("[-1,1]", 2)


@pytest.mark.parametrize(
    "words",
    [
        ("bend.json", "--eps", "1/10"),
        ("bend.json", "--eps", "-1", "--domain", "[0,1]"),
        ("bend.json", "--eps", "x", "--domain", "[0,1]"),
        ("bend.json", "--eps", "0", "--domain", "[0,1]", "--target", "x^2"),
        ("bend.json", "--eps", "1/10", "--domain", "R"),
        ("bend.json", "--eps", "1/10", "--domain", "[0,0]"),
        ("bend.json", "--eps", "1/10", "--domain", "[0,1]", "--target", "x*y"),
        ("bend.json", "--eps", "1/10", "--domain", "[0,1]", "--plot", "p.tex"),
        ("bend.json", "--eps", "1/10", "--domain", "[0,1]", "-o", "bend.json"),
        ("bend.json", "--eps", "1/10", "--domain", "[0,1]", "--budget", "0"),
        ("two.json", "--eps", "1/10", "--domain", "[0,1]"),
        ("none.json", "--eps", "1/10", "--domain", "[0,1]"),
    ],
)
def test_sparsity_refuses(capsys, folder: Path, words: tuple[str, ...]) -> None:
    found = sparsity(capsys, folder, *words)
    assert found.status == 3
    assert "Fix:" in found.err
    assert not found.out
