"""``verinet construct``: screens, documents, files, notes and refusals."""

from __future__ import annotations

import itertools
import json
from fractions import Fraction
from pathlib import Path

import pytest

import verinet as vn
from tests.cli.screens import Screen, run
from verinet import kernel
from verinet.theory.catalogue import CATALOGUE

Capsys = pytest.CaptureFixture[str]
PROMISED = {
    "width", "depth", "activations", "error_bound", "norm", "max_bits", "assumptions", "seconds", "verdict", "name",
    "theorem", "facts",
}  # fmt: skip


def construct(capsys: Capsys, folder: Path, *words: str | Path) -> Screen:
    return run(capsys, folder, "construct", *words)


# --- what is told ----------------------------------------------------------------------------------------------------


def test_the_list_names_every_construction_with_its_theorem(capsys: Capsys, tmp_path: Path) -> None:
    screen = construct(capsys, tmp_path, "--list")
    assert screen.status == 0
    for row, line in zip(CATALOGUE, screen.out.splitlines(), strict=True):
        assert line.startswith(row.name + " ")
        assert f"{row.theorem} ({row.paper})" in line
    document = construct(capsys, tmp_path, "--list", "--json").document
    assert [entry["name"] for entry in document["constructions"]] == [row.name for row in CATALOGUE]


def test_the_document_has_what_it_promises(capsys: Capsys, tmp_path: Path) -> None:
    screen = construct(capsys, tmp_path, "minimal-width/stepped", "--target", "x*y", "--resolution", "4", "--json")
    document = screen.document
    assert screen.status == 0
    assert set(document) >= PROMISED
    assert (document["name"], document["theorem"], document["norm"]) == ("minimal-width/stepped", "T3", "sup")
    assert (document["width"], document["depth"], document["error_bound"]) == (2, 37, "7/32")
    assert (document["verdict"], document["assumptions"], document["notes"]) == ("constructed", [], [])
    assert document["facts"]["resolution"] == 4
    assert document["facts"]["alpha"] == "1/4"
    assert list(tmp_path.iterdir()) == []


def test_the_screen_says_that_nothing_was_proved(capsys: Capsys, tmp_path: Path) -> None:
    screen = construct(capsys, tmp_path, "stepped", "--target", "x*y", "--resolution", "2")
    assert screen.out.startswith(
        "CONSTRUCTED   minimal-width/stepped, T3 (our numbering of its results) of rochau2024: sup error <= "
    )
    assert "not proved" in screen.out
    assert "PROVED" not in screen.out


def test_options_that_do_not_apply_are_noted(capsys: Capsys, tmp_path: Path) -> None:
    words = ("stepped", "--target", "x", "--resolution", "2", "--activation", "tanh", "--norm", "L2", "--json")
    screen = construct(capsys, tmp_path, *words)
    assert screen.status == 0
    assert len(screen.document["notes"]) == 2
    assert screen.err.count("note: ") == 2
    assert "takes no activation" in screen.err


def test_an_error_is_reached(capsys: Capsys, tmp_path: Path) -> None:
    for words in (("--eps", "1/5"), ("--eps", "0.3")):
        document = construct(capsys, tmp_path, "stepped", "--target", "x^2, x", *words, "--json").document
        assert Fraction(document["error_bound"]) <= Fraction(words[1])


def test_inputs_and_domain_can_be_stated(capsys: Capsys, tmp_path: Path) -> None:
    words = ("--target", "x", "--resolution", "2", "-o", "net.json")
    assert construct(capsys, tmp_path, "stepped", *words, "--inputs", "2").status == 0
    assert vn.read_network(tmp_path / "net.json").input_size == 2
    assert construct(capsys, tmp_path, "stepped", *words, "--domain", "[-1,1]^2").status == 0
    assert vn.read_network(tmp_path / "net.json").domain == ((Fraction(-1), Fraction(1)),) * 2
    assert construct(capsys, tmp_path, "stepped", *words, "--domain", "[-1,1]", "--inputs", "2").status == 3


# --- files -----------------------------------------------------------------------------------------------------------


def test_network_and_certificate_are_about_each_other(capsys: Capsys, tmp_path: Path) -> None:
    words = ("--target", "x*y", "--resolution", "2", "-o", "net.json", "--certificate", "proof.json")
    screen = construct(capsys, tmp_path, "stepped", *words, "--json")
    document = screen.document
    assert (screen.status, document["verdict"], document["certificate"]) == (0, "proved", "proof.json")
    network = vn.read_network(tmp_path / "net.json")
    assert network.hash == document["sha256"]
    report = kernel.check((tmp_path / "proof.json").read_text(encoding="utf-8"))
    assert report.kind == "sup-error-at-most"
    assert run(capsys, tmp_path, "check", "proof.json", "--network", "net.json").status == 0
    # and a look of our own
    bound = Fraction(document["error_bound"])
    grid = [Fraction(k, 12) for k in range(13)]
    assert all(abs(network(a, b)[0] - a * b) <= bound for a in grid for b in grid)


def test_assumptions_are_told(capsys: Capsys, tmp_path: Path) -> None:
    words = ("--target", "sin(x)", "--resolution", "2", "--prove", "--json")
    document = construct(capsys, tmp_path, "stepped", *words).document
    assert document["verdict"] == "proved"
    assert [entry["kind"] for entry in document["assumptions"]] == ["enclosure"]


def test_onnx_is_written_where_it_is_exact_and_refused_else(capsys: Capsys, tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="left out: onnx is not installed")
    dyadic = ("leaky-pair", "--target", "x", "--resolution", "2", "--alpha", "1/2")
    thirds = ("leaky", "--target", "x", "--resolution", "3", "--alpha", "1/3")
    refused = construct(capsys, tmp_path, *thirds, "-o", "net.onnx")
    assert refused.status == 3
    assert "--rounded" in refused.err
    assert refused.out.startswith("CONSTRUCTED")
    assert list(tmp_path.iterdir()) == []
    rounded = construct(capsys, tmp_path, *thirds, "-o", "net.onnx", "--rounded", "--json")
    assert rounded.status == 0
    assert "neither bound nor certificate" in rounded.document["notes"][0]
    before = vn.construct("leaky", "x", resolution=3, alpha="1/3").network
    after = vn.read_network(tmp_path / "net.onnx")
    assert after.level_widths == before.level_widths
    assert after(Fraction(1, 7)) != before(Fraction(1, 7))
    exact = construct(capsys, tmp_path, *dyadic, "-o", "exact.onnx")
    if exact.status == 0:
        points = [Fraction(k, 16) for k in range(17)]
        wanted = vn.construct("leaky-pair", "x", resolution=2, alpha="1/2").network
        assert [vn.read_network(tmp_path / "exact.onnx")(x) for x in points] == [wanted(x) for x in points]


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_figure_is_drawn(capsys: Capsys, tmp_path: Path, ending: str) -> None:
    pytest.importorskip("matplotlib", reason="left out: matplotlib is not installed")
    words = ("stepped", "--target", "x*y, x", "--resolution", "3", "--figure", f"scheme.{ending}")
    assert construct(capsys, tmp_path, *words).status == 0
    start = (tmp_path / f"scheme.{ending}").read_bytes()[:5]
    assert start.startswith({"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF-"}[ending])


def test_a_page_prints_a_theorem_only_if_it_was_proved(capsys: Capsys, tmp_path: Path) -> None:
    words = ("stepped", "--target", "x^2", "--resolution", "4", "--latex", "page.tex")
    assert construct(capsys, tmp_path, *words).status == 0
    bare = (tmp_path / "page.tex").read_text(encoding="utf-8")
    assert r"\begin{theorem}" not in bare
    assert "& computed" in bare
    assert "& checked" not in bare
    assert construct(capsys, tmp_path, *words, "--prove").status == 0
    proved = (tmp_path / "page.tex").read_text(encoding="utf-8")
    assert proved.count(r"\begin{theorem}") == 1
    assert "& computed" not in proved
    for text in (bare, proved):
        assert "@" not in text
        for environment in ("document", "tabular", "enumerate", "tikzpicture", "center"):
            assert text.count(rf"\begin{{{environment}}}") == text.count(rf"\end{{{environment}}}") > 0


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "a name"),
        (("stepped",), "--target"),
        (("lekay", "--target", "x", "--resolution", "2"), "minimal-width/leaky"),
        (("stepped", "--target", "x"), "--eps"),
        (("stepped", "--target", "x", "--eps", "1/10", "--resolution", "2"), "both"),
        (("stepped", "--target", "x", "--eps", "tiny"), "--eps needs an exact number"),
        (("stepped", "--target", "x", "--eps", "-1"), "positive"),
        (("stepped", "--target", "x +", "--resolution", "2"), "character 4 of the target"),
        (("stepped", "--target", "x", "--resolution", "2", "--norm", "L"), "norm"),
        (("stepped", "--target", "x", "--resolution", "2", "--budget", "-1"), "--budget"),
        (("stepped", "--target", "x", "--resolution", "2", "-o", "net.txt"), ".json"),
        (("stepped", "--target", "x", "--resolution", "2", "-o", "nowhere/net.json"), "cannot be written"),
        (("stepped", "--target", "x", "--resolution", "2", "--figure", "a.gif"), "--figure"),
        (("stepped", "--target", "x", "--resolution", "2", "--rounded"), "--rounded"),
        (("stepped", "--target", "x", "--resolution", "2", "-o", "a.json", "--certificate", "a.json"), "same"),
        (("floor-squashable", "--target", "x", "--resolution", "2", "--activation", "sine"), "sine"),
        (("lu", "--target", "x", "--resolution", "2"), "outputs"),
    ],
)
def test_bad_words_are_refused_and_nothing_is_written(
    capsys: Capsys, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    screen = construct(capsys, tmp_path, *words)
    assert screen.status == 3
    assert told in screen.err
    assert "Fix: " in screen.err
    assert "report this" not in screen.err
    assert screen.out == ""
    assert list(tmp_path.iterdir()) == []


def test_a_budget_that_runs_out_is_unknown(capsys: Capsys, tmp_path: Path) -> None:
    words = ("leaky", "--target", "x*y", "--eps", "1/100000", "--budget", "1e-6", "-o", "net.json", "--json")
    screen = construct(capsys, tmp_path, *words)
    assert screen.status == 2
    assert json.loads(screen.out)["verdict"] == "unknown"
    assert list(tmp_path.iterdir()) == []


# --- all sizes -------------------------------------------------------------------------------------------------------

TARGETS = {1: "x^2, 1 - x, x", 2: "x*y, x + y, y^2", 3: "x*y*z, x - y, z"}
BUILT = [row.name for row in CATALOGUE if row.subject == "minimal-width" and not row.target and row.width != "d"]


@pytest.mark.nightly
@pytest.mark.parametrize("name", BUILT)
def test_small_sizes_are_built_as_wide_as_promised(capsys: Capsys, tmp_path: Path, name: str) -> None:
    for inputs, outputs in itertools.product((1, 2, 3), repeat=2):
        target = ",".join(TARGETS[inputs].split(",")[:outputs])
        words = (name, "--inputs", str(inputs), "--target", target, "--resolution", "3", "--json")
        screen = construct(capsys, tmp_path, *words)
        assert screen.status == 0, screen.err
        document = screen.document
        least = {"minimal-width/leaky-pair": 1, "minimal-width/stepped-pair": 1, "minimal-width/floor-squashable": 3}
        assert document["width"] == max(least.get(name, 2), inputs, outputs)
