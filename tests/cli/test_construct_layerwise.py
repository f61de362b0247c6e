"""``verinet construct layerwise``: grid and depth, activations, an error instead of a depth, files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.screens import Screen, run
from verinet.exact.rationals import Q
from verinet.networks.formats import read_network
from verinet.theory.layerwise_rates.layerwise import layerwise

Capsys = pytest.CaptureFixture[str]


def build(capsys: Capsys, folder: Path, *words: str | Path) -> Screen:
    return run(capsys, folder, "construct", *words)


@pytest.mark.parametrize("activations", ["exact", "sine"])
def test_the_line_of_the_theorem(capsys: Capsys, tmp_path: Path, activations: str) -> None:
    words = ("--target", "x*(1-x)", "--grid", "3", "--depth", "5", "--activations", activations)
    document = build(capsys, tmp_path, "layerwise", *words, "--json").document
    assert document["name"] == f"layerwise/{activations}"
    assert (document["width"], document["depth"]) == (9, 7)
    facts = document["facts"]
    found = layerwise({(1,): 1, (2,): -1}, inputs=1, grid=3, depth=5, activations=activations)
    for rate in found.rates:
        assert (
            Q(facts[f"error of phi_{rate.level}"]) == rate.error <= rate.bound == Q(facts[f"bound of phi_{rate.level}"])
        )
    assert facts["every readout within its bound"] == facts["every readout within its Lipschitz bound"] == "yes"


def test_the_subject_alone_means_the_exact_variant(capsys: Capsys, tmp_path: Path) -> None:
    screen = build(capsys, tmp_path, "layerwise", "--target", "x^2", "--depth", "1")
    assert screen.status == 0
    assert screen.out.startswith("CONSTRUCTED   layerwise/exact, theorem 2.1 of zhangshenxu2026: L2 error <= ")
    assert "width 7, depth 3" in screen.out
    assert "about another network" in screen.err


def test_an_error_instead_of_a_depth(capsys: Capsys, tmp_path: Path) -> None:
    words = ("layerwise", "--target", "x*y", "--eps", "1/30", "--grid", "3", "--json")
    document = build(capsys, tmp_path, *words).document
    assert document["facts"]["first readout below eps"] == document["facts"]["levels"] == 2
    assert Q(document["error_bound"]) <= Q("1/30") < Q(document["facts"]["error of phi_1"])


def test_it_is_proved_and_written(capsys: Capsys, tmp_path: Path) -> None:
    files = {"-o": "net.json", "--certificate": "c.json", "--latex": "page.tex", "--figure": "seen.svg"}
    words = [word for option, name in files.items() for word in (option, tmp_path / name)]
    screen = build(capsys, tmp_path, "layerwise", "--target", "abs(x-1/3)", "--depth", "2", *words)
    assert screen.status == 0
    assert "PROVED" in screen.out
    network = read_network(tmp_path / "net.json")
    assert [name for name, _ in network.readouts] == ["phi_1", "phi_2"]
    assert set(network.level_widths) == {7}
    assert run(capsys, tmp_path, "check", tmp_path / "c.json").status == 0
    page = (tmp_path / "page.tex").read_text(encoding="utf-8")
    assert "log_{10}" in page
    assert "zhangshenxu2026" in page
    assert "<svg" in (tmp_path / "seen.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        ("layerwise", "--target", "x", "--activations", "tanh"),
        ("minimal-width/leaky", "--target", "x", "--resolution", "2", "--activations", "sine"),
        ("layerwise", "--target", "x", "--grid", "1"),
        ("layerwise", "--target", "x", "--grid", "3", "--resolution", "2"),
        ("layerwise", "--target", "x, x^2", "--depth", "1"),
        ("layerwise", "--target", "x", "--depth", "0"),
        ("layerwise", "--target", "x", "--domain", "[0,2]"),
        ("layerwise",),
    ],
)
def test_what_does_not_fit_is_refused_with_a_remedy(capsys: Capsys, tmp_path: Path, words: tuple[str, ...]) -> None:
    screen = build(capsys, tmp_path, *words)
    assert screen.status == 3
    assert "Fix:" in screen.err
    assert "report this" not in screen.err
    assert screen.out == ""


def test_a_depth_for_which_there_are_too_many_cells_is_unknown(capsys: Capsys, tmp_path: Path) -> None:
    screen = build(capsys, tmp_path, "layerwise", "--target", "x*y", "--depth", "9")
    assert screen.status == 2
    assert "262144 cells" in screen.out


def test_what_it_does_not_take_is_ignored_with_a_note(capsys: Capsys, tmp_path: Path) -> None:
    screen = build(capsys, tmp_path, "layerwise", "--target", "x", "--depth", "1", "--alpha", "1/4")
    assert "takes no alpha" in screen.err
    screen = build(capsys, tmp_path, "minimal-width/stepped", "--target", "x", "--resolution", "2", "--depth", "3")
    assert screen.status == 0
    assert "takes no depth" in screen.err


def test_errors_beyond_the_range_of_floats_are_told(capsys: Capsys, tmp_path: Path) -> None:
    for size, seen in (("1e400", "e+39"), ("1e-400", "e-40")):
        screen = build(capsys, tmp_path, "layerwise", "--target", f"{size}*x", "--depth", "1")
        assert screen.status == 0
        assert seen in next(line for line in screen.out.splitlines() if line.startswith("CONSTRUCTED"))


def test_activations_that_contradict_the_name_are_refused(capsys: Capsys, tmp_path: Path) -> None:
    screen = build(capsys, tmp_path, "layerwise/sine", "--target", "x", "--activations", "exact")
    assert screen.status == 3
    assert "Fix:" in screen.err
