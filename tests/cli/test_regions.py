"""``verinet regions``: counts, places, pictures, certificates, budgets, refusals."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import verinet as vn
from tests.cli.screens import PENDULUM, ROOT, Screen, property_of, run
from tests.golden.compare import compare
from verinet import kernel
from verinet.cli import compilation
from verinet.cli.places import parse_set, parse_slice
from verinet.networks.build import apply_activation

Capsys = pytest.CaptureFixture[str]
NETS = ROOT / "tests" / "data" / "nets"
TRUTH: dict[str, dict[str, int | None]] = json.loads((NETS / "truth.json").read_text(encoding="utf-8"))
TRIANGLE = "triangle: (-1,-1) (1,-1) (-1,1)"
KEYS = {"cells", "linear_regions", "affine_maps", "vertices", "guarantee", "seconds"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with networks of one, two, three and seven inputs."""
    for name in ("2-16-16-1", "3-8-8-1", "adv_cancel", "adv_dup_1d"):
        shutil.copy(NETS / f"{name}.json", tmp_path / f"{name}.json")
    shutil.copy(property_of("brakes"), tmp_path / "brakes.vnnlib")
    x = vn.variable("x")
    hat = vn.network(x, 2 * vn.relu(x) - 4 * vn.relu(x - vn.Q("1/2")) + 2 * vn.relu(x - 1))
    vn.write_network(vn.compose(hat, times=3), tmp_path / "saw.json")
    stairs = apply_activation(2 * x, vn.activation("floor"))
    vn.write_network(vn.network(x, [stairs, vn.abs_(x)]), tmp_path / "stairs.json")
    a, b = vn.variables("x", 2)
    vn.write_network(vn.network([a, b], [vn.maximum(a, b), vn.abs_(a), vn.relu(b)]), tmp_path / "three.json")
    vn.write_network(vn.network([a, b], [vn.maximum(a, b), vn.abs_(a)]), tmp_path / "two.json")
    many = vn.variables("x", 7)
    vn.write_network(vn.network(many, vn.relu(many[0] - many[6]) + vn.relu(many[1])), tmp_path / "seven.json")
    return tmp_path


def counts(screen: Screen) -> tuple[Any, ...]:
    document = screen.document
    assert screen.status == 0, screen.err
    assert document.keys() >= KEYS
    assert document["guarantee"] == "exact"
    return document["cells"], document["linear_regions"], document["affine_maps"], document["vertices"]


def page(screen: Screen) -> str:
    """The screen without what changes from run to run."""
    text = re.sub(r"time: [0-9.]+ s", "time: TIME", screen.page)
    text = text.replace(f"{compilation.NOTE}\n", "")
    return re.sub(r"sha256 [0-9a-f]{64}", "sha256 HASH", text)


# --- counts ----------------------------------------------------------------------------------------------------------


#: The larger ones are counted in the tests of the search itself; a long line shows that the command bears it.
SMALL = [name for name, truth in TRUTH.items() if (truth["cells"] or 10**9) < 3000 and (NETS / f"{name}.json").exists()]


@pytest.mark.parametrize("name", [*sorted(SMALL), "adv_tent14_1d"])
def test_counts_are_the_known_ones(capsys: Capsys, tmp_path: Path, name: str) -> None:
    truth = TRUTH[name]
    cells, regions, maps, _ = counts(run(capsys, tmp_path, "regions", NETS / f"{name}.json", "--json"))
    assert (cells, maps) == (truth["cells"], truth.get("affine", maps))
    assert regions == truth.get("linear", regions)


@pytest.mark.parametrize("name", ["adv_cancel", "saw"])
def test_what_is_printed(capsys: Capsys, folder: Path, name: str) -> None:
    compare(f"cli/regions_{name}.txt", page(run(capsys, folder, "regions", f"{name}.json")))


def test_cells_alone_leave_the_other_counts_out(capsys: Capsys, folder: Path) -> None:
    for name, cells in (("adv_cancel", 8), ("saw", 10)):
        found = counts(run(capsys, folder, "regions", f"{name}.json", "--count", "cells", "--json"))
        assert found[:3] == (cells, None, None)
    compare("cli/regions_count_cells.txt", page(run(capsys, folder, "regions", "adv_cancel.json", "--count", "cells")))


def test_two_processes_count_the_same(capsys: Capsys, folder: Path) -> None:
    found = [counts(run(capsys, folder, "regions", "2-16-16-1.json", "--jobs", jobs, "--json")) for jobs in ("1", "2")]
    assert found[0] == found[1] == (305, 305, 305, 338)


def test_a_network_that_jumps_on_the_line(capsys: Capsys, folder: Path) -> None:
    screen = run(capsys, folder, "regions", "stairs.json", "--domain", "[-1,1]", "--json")
    assert counts(screen) == (4, 4, 4, 5)


# --- places ----------------------------------------------------------------------------------------------------------


def test_domains(capsys: Capsys, folder: Path) -> None:
    for words, expected in (
        ((), 10),
        (("--domain", "R"), 10),
        (("--domain", "[0,1]"), 8),
        (("--domain", "[0,1/4]"), 2),
    ):
        assert counts(run(capsys, folder, "regions", "saw.json", *words, "--json"))[0] == expected, words
    shutil.copy(PENDULUM.with_name("double_integrator.onnx"), folder / "net.onnx")
    by_file = counts(run(capsys, folder, "regions", "net.onnx", "--domain", "brakes.vnnlib", "--json"))
    assert by_file == counts(run(capsys, folder, "regions", "net.onnx", "--domain", "[1/2,1]^2", "--json"))


def test_a_slice_is_counted_as_the_api_counts_it(capsys: Capsys, folder: Path) -> None:
    from verinet.regions.counting import count_regions
    from verinet.regions.slices import slice_plane

    network = vn.read_network(folder / "3-8-8-1.json")
    cut = slice_plane(network, (0, 0, 0), (1, 0, 0), (0, 1, 1), vn.box([-1, 1], dimension=3))
    expected = count_regions(cut.network, cut.domain)
    screen = run(capsys, folder, "regions", "3-8-8-1.json", "--slice", "plane: (0,0,0) (1,0,0) (0,1,1)", "--json")
    assert counts(screen) == (expected.cells, expected.linear_regions, expected.affine_maps, expected.f_vector[0])
    assert screen.document["slice"] == {
        "kind": "plane",
        "points": [["0", "0", "0"], ["1", "0", "0"], ["0", "1", "1"]],
    }
    assert screen.document["domain"] == "x = (0, 0, 0) + s (1, 0, 0) + t (0, 1, 1) in [-1,1]^3"


@pytest.mark.parametrize(
    ("text", "domain", "expected"),
    [
        ("line: (0) (1)", (), 10),
        ("segment: (0) (1)", (), 8),
        ("segment: (0) (1/2)", (), 4),
        ("line: (0) (1/2)", ("--domain", "[0,1]"), 8),
        ("chain: (0) (1) (0)", (), 16),
        ("chain:(0),(1/2),(1)", (), 8),
    ],
)
def test_slices_of_the_sawtooth(
    capsys: Capsys, folder: Path, text: str, domain: tuple[str, ...], expected: int
) -> None:
    assert counts(run(capsys, folder, "regions", "saw.json", "--slice", text, *domain, "--json"))[1] == expected


@pytest.mark.parametrize(("kind", "cells"), [("triangle", 3), ("parallelogram", 4)])
def test_parts_of_a_plane(capsys: Capsys, folder: Path, kind: str, cells: int) -> None:
    text = f"{kind}: (-1,-1) (1,-1) (-1,1)"
    assert counts(run(capsys, folder, "regions", "two.json", "--slice", text, "--json"))[0] == cells


def test_around_a_point_finds_the_cells_that_meet_the_box(capsys: Capsys, folder: Path) -> None:
    words = ("regions", "3-8-8-1.json", "--around", "(0,0,0)", "--radius", "1/4", "--json")
    around = run(capsys, folder, *words)
    box = run(capsys, folder, "regions", "3-8-8-1.json", "--domain", "[-1/4,1/4]^3", "--json")
    assert counts(around)[:3] == counts(box)[:3]
    assert around.document["around"] == {"point": ["0", "0", "0"], "radius": "1/4"}
    words = ("regions", "seven.json", "--around", "(0,0,0,0,0,0,0)", "--radius", "1", "--json")
    assert counts(run(capsys, folder, *words)) == (4, 4, 4, None)


def test_texts_of_places() -> None:
    assert parse_slice(" chain : (0, 1/2) ,(1,-1)") == ("chain", ((0, vn.Q("1/2")), (1, -1)))
    assert parse_set("[0,1] x [-2,1/2]", 2) == vn.box((0, 1), (-2, "1/2"))
    assert parse_set("R^3", 3) == vn.whole_space(3)


# --- budget ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [("2-16-16-1.json",), ("3-8-8-1.json", "--around", "(0,0,0)"), ("saw.json", "--domain", "[0,1]")],
)
def test_a_tiny_budget_is_unknown_and_draws_nothing(capsys: Capsys, folder: Path, words: tuple[str, ...]) -> None:
    before = sorted(folder.iterdir())
    screen = run(capsys, folder, "regions", *words, "--budget", "1e-9", "--json")
    if screen.status == 0:  # one input and few pieces: over before anybody looked at the clock
        assert words[0] == "saw.json"
        return
    assert screen.status == 2
    document = screen.document
    assert (document["cells"], document["linear_regions"], document["vertices"]) == (None, None, None)
    assert document["cells_at_least"] >= 0
    assert "budget" in document["reason"]
    assert sorted(folder.iterdir()) == before
    screen = run(capsys, folder, "regions", *words, "--budget", "1e-9")
    assert screen.out.startswith("UNKNOWN   the budget of 1e-09 seconds ran out\n  ")
    assert "at least 1 cell " in screen.out or "no cell was found yet" in screen.out


# --- certificates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "kind", "text"),
    [
        (("adv_cancel.json",), "cells", "f has 8 cells on [-1,1]^2"),
        (("saw.json",), "linear-regions", "f has 10 linear regions on (-inf,inf)"),
        (("saw.json", "--domain", "[0,1]", "--count", "cells"), "cells", "f has 8 cells on [0,1]"),
        (("two.json", "--slice", TRIANGLE), "cells", "f has 3 cells on [0,1]^2 with x_0 + x_1 <= 1"),
        (("stairs.json", "--domain", "[-1,1]", "--count", "cells"), "cells", "f has 4 cells on [-1,1]"),
    ],
)  # fmt: skip
def test_certificates_are_accepted(capsys: Capsys, folder: Path, words: tuple[str, ...], kind: str, text: str) -> None:
    screen = run(capsys, folder, "regions", *words, "--certificate", "cert.json")
    assert screen.status == 0, screen.err
    assert f"PROVED   {text}     kernel only\n  certificate: cert.json" in screen.out
    assert ("of the slice" in screen.out) is ("--slice" in words)
    assert kernel.check((folder / "cert.json").read_text(encoding="utf-8")).kind == kind
    assert run(capsys, folder, "check", "cert.json").status == 0
    document = run(capsys, folder, "regions", *words, "--certificate", "cert.json", "--json").document
    assert (document["certificate"], document["claim"]) == ("cert.json", text)


def test_counts_are_shown_if_the_format_has_no_statement(capsys: Capsys, folder: Path) -> None:
    screen = run(capsys, folder, "regions", "stairs.json", "--domain", "[-1,1]", "--certificate", "cert.json")
    assert screen.status == 3
    assert screen.out.startswith("4 cells")
    assert "--count cells" in screen.err
    assert not (folder / "cert.json").exists()


def test_a_proof_that_runs_out_of_time_leaves_the_counts(
    capsys: Capsys, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from verinet.provers import portfolio

    monkeypatch.setattr(portfolio, "prove", lambda claim, budget, progress: vn.Unknown("the budget ran out"))
    screen = run(capsys, folder, "regions", "adv_cancel.json", "--certificate", "cert.json", "--json")
    assert (screen.status, screen.document["cells"], screen.document["verdict"]) == (2, 8, "unknown")
    assert screen.document["reason"] == "no certificate: the budget ran out"
    assert not (folder / "cert.json").exists()


# --- pictures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["svg", "pdf", "png", "tex"])
@pytest.mark.parametrize("words", [("saw.json",), ("two.json", "--domain", "[-1,1]^2", "--boundary")])
def test_pictures_are_the_same_every_time(capsys: Capsys, folder: Path, words: tuple[str, ...], ending: str) -> None:
    found = []
    for name in ("one", "other"):
        screen = run(capsys, folder, "regions", *words, "--plot", f"{name}.{ending}")
        assert screen.status == 0, screen.err
        said = "exact coordinates" if ending == "tex" else "cells exact, drawing numeric"
        assert f"picture: {name}.{ending}     {said}" in screen.out
        found.append((folder / f"{name}.{ending}").read_bytes())
    assert found[0] == found[1]
    assert len(found[0]) > 500


def test_counts_are_shown_if_the_picture_cannot_be_drawn(
    capsys: Capsys, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from verinet.report import tikz

    monkeypatch.setattr(tikz, "MOST_VERTICES", 3)
    screen = run(capsys, folder, "regions", "adv_cancel.json", "--plot", "p.tex")
    assert (screen.status, screen.out[:7]) == (3, "8 cells")
    assert "Fix: write .pdf or .svg" in screen.err
    assert not (folder / "p.tex").exists()


# --- refusals --------------------------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[str, ...]] = {
    "seven_inputs": ("seven.json", "--domain", "[0,1]^7"),
    "no_domain": ("two.json",),
    "unbounded": ("two.json", "--domain", "R"),
    "infinitely_many": ("stairs.json",),
    "domain_size": ("two.json", "--domain", "[0,1]^3"),
    "domain_text": ("two.json", "--domain", "everywhere"),
    "domain_file": ("two.json", "--domain", "missing.vnnlib"),
    "domain_of_others": ("saw.json", "--domain", "brakes.vnnlib"),
    "domain_flat": ("two.json", "--domain", "[0,1] x [1,1]"),
    "slice_word": ("two.json", "--slice", "plane (0,0) (1,0) (0,1)"),
    "slice_point": ("two.json", "--slice", "line: (0,0) 1"),
    "slice_number": ("two.json", "--slice", "line: (0,0) (1,one)"),
    "slice_points": ("two.json", "--slice", "line: (0,0)"),
    "slice_sizes": ("two.json", "--slice", "line: (0,0,0) (1,0,0)"),
    "slice_flat": ("3-8-8-1.json", "--slice", "plane: (0,0,0) (1,0,0) (2,0,0)"),
    "slice_and_domain": ("two.json", "--slice", "segment: (0,0) (1,0)", "--domain", "[0,1]^2"),
    "slice_and_around": ("two.json", "--slice", "segment: (0,0) (1,0)", "--around", "(0,0)"),
    "plane_unbounded": ("two.json", "--slice", "plane: (0,0) (1,0) (0,1)"),
    "around_size": ("two.json", "--around", "(0,0,0)", "--radius", "1"),
    "around_without_radius": ("two.json", "--around", "(0,0)"),
    "around_and_plot": ("two.json", "--around", "(0,0)", "--radius", "1", "--plot", "p.svg"),
    "radius_alone": ("two.json", "--radius", "1"),
    "radius_text": ("two.json", "--around", "(0,0)", "--radius", "wide"),
    "radius_negative": ("two.json", "--around", "(0,0)", "--radius", "-1"),
    "count_word": ("two.json", "--count", "some"),
    "jobs": ("two.json", "--jobs", "0"),
    "budget": ("two.json", "--budget", "-1"),
    "plot_ending": ("saw.json", "--plot", "p.gif"),
    "plot_folder": ("saw.json", "--plot", "nowhere/p.svg"),
    "plot_three_inputs": ("3-8-8-1.json", "--plot", "p.svg"),
    "boundary_alone": ("saw.json", "--boundary"),
    "boundary_of_three": ("three.json", "--domain", "[0,1]^2", "--boundary", "--plot", "p.svg"),
    "certificate_is_an_input": ("saw.json", "--certificate", "saw.json"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_say_how_to_go_on(capsys: Capsys, folder: Path, case: str) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    screen = run(capsys, folder, "regions", *REFUSED[case])
    assert screen.status == 3, screen.out
    assert screen.out == ""
    assert "\nFix: " in screen.err
    assert "report this" not in screen.err
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    compare(f"errors/regions_{case}.txt", screen.err.replace(f"{compilation.NOTE}\n", ""))


# --- the first run ---------------------------------------------------------------------------------------------------


def test_compilation_is_told_once(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    from threading import Event

    from verinet.work import SILENT

    seen, misses = Event(), iter([3, 3, 4])

    def compiled() -> int:
        found = next(misses)
        if found == 4:
            seen.set()
        return found

    monkeypatch.setattr(compilation, "compiled", compiled)
    with compilation.announced(SILENT):
        assert seen.wait(timeout=60)
    assert capsys.readouterr() == ("", f"{compilation.NOTE}\n")


def test_compilation_is_seen_by_what_the_store_did_not_have(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = SimpleNamespace(py_func=None, stats=SimpleNamespace(cache_misses={"signature": 1}))
    monkeypatch.setattr(compilation, "_ROOM", "verinet.regions.pretended")
    assert compilation.compiled() == 0
    monkeypatch.setitem(sys.modules, "verinet.regions.pretended", SimpleNamespace(loop=loop))
    assert compilation.compiled() == 1
