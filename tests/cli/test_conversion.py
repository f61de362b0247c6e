"""``verinet convert``, and the rows of ``verinet construct`` that start from a network or from options alone."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

import verinet as vn
from tests.cli.screens import Screen, run
from verinet import kernel
from verinet.cli.option_text import parse_options
from verinet.errors import BadFormat
from verinet.networks import apply_activation

Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a ReQU network of two inputs, and one of one input."""
    x, y = vn.variables("x", 2)
    square = vn.RePU(2)
    plane = vn.network((x, y), apply_activation(x + y, square) - apply_activation(x - 2 * y, square))
    vn.write_network(plane, tmp_path / "plane.json")
    z = vn.variable("z")
    vn.write_network(vn.network(z, apply_activation(z, square)), tmp_path / "line.json")
    return tmp_path


def convert(capsys: Capsys, folder: Path, *words: str) -> Screen:
    return run(capsys, folder, "convert", *words)


# --- verinet convert -------------------------------------------------------------------------------------------------


def test_the_error_on_a_line_is_exact(capsys: Capsys, folder: Path) -> None:
    screen = convert(capsys, folder, "line.json", "--to", "repu:1", "--cells", "4", "--domain", "[-2,2]")
    assert screen.status == 0
    assert screen.out.startswith("CONVERTED   1-1-1 -> 1-4-1 neurons, repu:1: sup error <= 1/16 on [-2,2]\n")
    assert "sup error: 1/16, exactly" in screen.out
    assert "not proved" in screen.out
    document = convert(capsys, folder, "line.json", "--to", "relu", "--radius", "2", "--cells", "4", "--json").document
    assert (document["error_bound"], document["sup_error"]) == ("1/16", ["1/16", "1/16"])
    assert (document["error_is_attained"], document["verdict"]) == (True, "converted")
    assert document["differences"] == [{"from": "0", "to": "1/16"}]


def test_centring_halves_the_error(capsys: Capsys, folder: Path) -> None:
    words = ("line.json", "--to", "relu", "--radius", "1", "--cells", "2", "--centred", "--json")
    document = convert(capsys, folder, *words).document
    assert document["error_bound"] == "1/32"
    assert document["sup_error"] == ["1/32", "1/32"]


def test_network_and_certificate_are_about_each_other(capsys: Capsys, folder: Path) -> None:
    words = ("plane.json", "--to", "repu:1", "--cells", "2", "--domain", "[-1,1]^2", "-o", "relu.json")
    screen = convert(capsys, folder, *words, "--certificate", "proof.json", "--json")
    assert screen.status == 0, screen.err
    document = screen.document
    assert (document["verdict"], document["assumptions"]) == ("proved", [])
    assert (document["output"], document["certificate"]) == ("relu.json", "proof.json")
    assert kernel.check((folder / "proof.json").read_text(encoding="utf-8")).assumptions == []
    written = vn.read_network(folder / "relu.json")
    assert written.hash == document["sha256"]
    for point in ((0, 0), (1, -1), (Fraction(1, 3), Fraction(-2, 7))):
        gap = vn.read_network(folder / "plane.json")(*point)[0] - written(*point)[0]
        assert Fraction(document["differences"][0]["from"]) <= gap <= Fraction(document["differences"][0]["to"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "repu:1"), "bounded set"),
        (("--to", "repu:3", "--radius", "1"), "kink"),
        (("--to", "sigmoid", "--radius", "1"), "rectified powers"),
        (("--to", "relu", "--radius", "x"), "--radius"),
        (("--to", "relu", "--radius", "1", "--domain", "[-1,1]"), "two sets"),
        (("--to", "relu", "--domain", "[-1,1]^2"), "one interval an input"),
        (("--to", "relu", "--radius", "1", "--cells", "0"), "cells"),
        (("--to", "relu", "--radius", "1", "-o", "out.txt"), "written to"),
        (("--to", "relu", "--radius", "1", "-o", "line.json"), "input of this command"),
        (("--to", "relu", "--radius", "1", "-o", "a.json", "--certificate", "a.json"), "same file"),
        (("--to", "relu", "--radius", "1", "--budget", "-1"), "--budget"),
    ],
)
def test_what_does_not_fit_is_refused(capsys: Capsys, folder: Path, words: tuple[str, ...], said: str) -> None:
    before = sorted(folder.iterdir())
    screen = convert(capsys, folder, "line.json", *words)
    assert screen.status == 3
    assert said in screen.err
    assert "Fix:" in screen.err
    assert sorted(folder.iterdir()) == before


def test_too_many_neurons_are_unknown(capsys: Capsys, folder: Path) -> None:
    screen = convert(capsys, folder, "line.json", "--to", "relu", "--radius", "1", "--cells", str(10**8))
    assert (screen.status, screen.out[:7]) == (2, "UNKNOWN")


# --- constructions from a network, or from options -------------------------------------------------------------------


def test_the_list_tells_what_a_row_asks_for(capsys: Capsys, folder: Path) -> None:
    out = run(capsys, folder, "construct", "--list").out
    lines = {line.split()[0]: line for line in out.splitlines()}
    assert "--network NET; options: to, cells" in lines["barron/repu-downward"]
    assert lines["barron/relu-by-requ"].endswith("(options: delta)")
    rows = run(capsys, folder, "construct", "--list", "--json").document["constructions"]
    assert {row["name"]: row["asks"] for row in rows}["barron/repu-downward"] == "network"


def test_a_construction_from_a_network(capsys: Capsys, folder: Path) -> None:
    words = ("repu-downward", "--network", "plane.json", "--domain", "[-1,1]^2", "--eps", "1/10", "--prove", "--json")
    document = run(capsys, folder, "construct", *words).document
    assert document["verdict"] == "proved"
    assert Fraction(document["facts"]["bound"]) <= Fraction(document["error_bound"]) <= Fraction(1, 10)
    cells = document["facts"]["cells"]
    fewer = ("repu-downward", "--network", "plane.json", "--domain", "[-1,1]^2", "--option", f"cells={cells - 1}")
    assert Fraction(run(capsys, folder, "construct", *fewer, "--json").document["error_bound"]) > Fraction(1, 10)


def test_constructions_from_options(capsys: Capsys, folder: Path) -> None:
    words = ("barron/relu-by-requ", "--option", "delta=1/50", "--prove", "--latex", "page.tex", "--json")
    document = run(capsys, folder, "construct", *words).document
    assert (document["verdict"], document["error_bound"]) == ("proved", "1/50")
    assert "1/50" in (folder / "page.tex").read_text(encoding="utf-8")
    words = ("barron/taylor", "--activation", "cos", "--option", "power=2", "--option", "radius=1", "--prove", "--json")
    document = run(capsys, folder, "construct", *words).document
    assert document["verdict"] == "proved"
    assert [entry["kind"] for entry in document["assumptions"]] == ["enclosure"]


def test_a_polynomial_takes_a_power(capsys: Capsys, folder: Path) -> None:
    words = ("barron/polynomial", "--target", "x*y - 1/3, x^2", "--option", "power=3", "--prove", "--json")
    document = run(capsys, folder, "construct", *words).document
    assert (document["verdict"], document["error_bound"], document["activations"]) == ("proved", "0", ["repu(3)"])


def test_what_does_not_apply_is_noted(capsys: Capsys, folder: Path) -> None:
    words = ("barron/relu-by-requ", "--target", "x", "--alpha", "1/4", "--resolution", "3", "--json")
    notes = run(capsys, folder, "construct", *words).document["notes"]
    assert sorted(note.split("takes no ")[1].split(":")[0] for note in notes) == ["alpha", "resolution", "target"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("barron/repu-downward",), "needs --network"),
        (("barron/relu-by-requ", "--network", "line.json"), "takes no --network"),
        (("barron/relu-by-requ", "--data", "line.json"), "takes no --data"),
        (("barron/repu-downward", "--network", "none.json"), "none.json"),
        (("barron/repu-downward", "--network", "line.json"), "bounded set"),
        (("barron/repu-downward", "--network", "line.json", "-o", "line.json"), "input of this command"),
        (("barron/relu-by-requ", "--option", "delta"), "key=value"),
        (("barron/relu-by-requ", "--option", "delta=1/50", "--option", "delta=1/60"), "twice"),
        (("barron/relu-by-requ", "--option", "delta=__import__"), "has the value"),
        (("barron/relu-by-requ", "--option", "delta=2"), "1/16"),
        (("barron/relu-by-requ", "--option", "colour=red"), "no construction has an option"),
        (("barron/taylor", "--option", "activation=tanh"), "option of its own"),
        (("barron/taylor", "--activation", "relu"), "relu"),
        (("barron/taylor", "--option", "power=0"), "power"),
        (("barron/polynomial",), "--target"),
        (("barron/polynomial", "--target", "x^3", "--option", "power=2"), "degree 3"),
        (("barron/polynomial", "--target", "sin(x)"), "polynomials"),
    ],
)
def test_bad_words_are_refused(capsys: Capsys, folder: Path, words: tuple[str, ...], said: str) -> None:
    screen = run(capsys, folder, "construct", *words)
    assert screen.status == 3
    assert said in screen.err
    assert "Fix:" in screen.err


def test_options_are_read_by_a_grammar() -> None:
    assert parse_options(("k=3", "x-y=-1/2", "l=1,2/3,red")) == {
        "k": 3,
        "x_y": Fraction(-1, 2),
        "l": (1, Fraction(2, 3), "red"),
    }
    for text in ("k=", "=3", "K=3", "k=1;2", "k=(1)", "k=1e9999999999", "k=a b", "k=1,,2"):
        with pytest.raises(BadFormat):
            parse_options((text,))


def test_python_builds_the_same(folder: Path) -> None:
    network = vn.read_network(folder / "line.json")
    found = vn.construct("barron/repu-downward", network, cells=3, domain=vn.interval(-1, 1), prove=True)
    assert found.certificate is not None
    assert json.loads(found.certificate.text)["statement"]
    assert found.network == vn.convert(network, cells=3, domain=vn.interval(-1, 1)).network
    for targets, words in ((None, "starts from a network, got none"), ("x", "got str")):
        with pytest.raises(vn.Unsupported, match=words):
            vn.construct("barron/repu-downward", targets)
    with pytest.raises(vn.Unsupported, match="no targets"):
        found.values_at((Fraction(1),))


def test_shown_decimals_stay_bounds(capsys: Capsys, folder: Path) -> None:
    """Long rationals are shown short, rounded outwards."""
    document = convert(capsys, folder, "plane.json", "--to", "relu", "--radius", "10/13", "--json").document
    screen = convert(capsys, folder, "plane.json", "--to", "relu", "--radius", "10/13")
    inside = screen.out.split("output 0: in [")[1].split("]")[0].replace("~", "").split(", ")
    low, high = map(Fraction, inside)
    assert low <= Fraction(document["differences"][0]["from"]) <= Fraction(document["differences"][0]["to"]) <= high
    shown = screen.out.split("sup error <= ~")[1].split(" ")[0]
    assert (
        Fraction(document["error_bound"]) <= Fraction(shown) <= Fraction(document["error_bound"]) * Fraction("1.00001")
    )


def test_a_lower_power_is_refused_without_a_false_rate(capsys: Capsys, folder: Path) -> None:
    z = vn.variable("z")
    vn.write_network(vn.network(z, apply_activation(z, vn.RePU(3))), folder / "cube.json")
    vn.write_network(vn.network(z, vn.relu(z)), folder / "relu.json")
    cube = convert(capsys, folder, "cube.json", "--to", "repu:4", "--radius", "1")
    relu = convert(capsys, folder, "relu.json", "--to", "repu:2", "--radius", "1")
    assert cube.status == relu.status == 3
    assert "grow without bound" in cube.err
    assert "relu-by-requ" in relu.err
    assert "relu-by-requ" not in cube.err  # it builds relu by repu:2, nothing else


def test_one_cell_is_one_cell(capsys: Capsys, folder: Path) -> None:
    assert (
        "1 in 1 cell each" in convert(capsys, folder, "line.json", "--to", "relu", "--cells", "1", "--radius", "1").out
    )
