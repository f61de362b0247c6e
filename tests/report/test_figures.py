"""Pictures: what they show is exact, files are the same every time and say what they guarantee."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import verinet as vn
from tests.golden.compare import compare
from verinet.networks.build import apply_activation
from verinet.networks.network import Network
from verinet.regions.line import line
from verinet.regions.piecewise import PiecewiseAffine, piecewise
from verinet.report import figures, tikz
from verinet.report.colours import hexadecimal, map_colours
from verinet.report.pictures import GraphPicture, Picture, PlanePicture, graph_picture, plane_picture

NETS = Path(__file__).resolve().parents[1] / "data" / "nets"
SQUARE = vn.box([-1, 1], dimension=2)
Point = tuple[Fraction, Fraction]


def stored(name: str) -> PiecewiseAffine:
    return piecewise(vn.read_network(NETS / f"{name}.json"))


def jumping() -> Network:
    """Two outputs, the first with jumps whose values are one limit or none."""
    x = vn.variable("x")
    return vn.network(x, [apply_activation(2 * x, vn.activation("sign")) + x, vn.abs_(x - 1)])


def pictures() -> dict[str, Picture]:
    """Small pictures of every kind."""
    x = vn.variable("x")
    a, b = vn.variables("x", 2)
    hidden = vn.network(x, vn.relu(x) + vn.relu(-x) + vn.relu(x - 3) - vn.relu(x - 3))
    cross = vn.network([a, b], vn.relu(a + b) - vn.relu(b))
    return {
        "graph": graph_picture(line(hidden), "an absolute value"),
        "jumps": graph_picture(line(jumping(), vn.interval(-2, 2)), "jumps", boundary=True),
        "plane": plane_picture(piecewise(cross, SQUARE), "a cross", boundary=True),
        "thirds": plane_picture(piecewise(vn.network([a, b], vn.relu(3 * a - b - 1)), SQUARE), "thirds"),
    }


def area(points: list[Point]) -> Fraction:
    """The signed area of a polygon."""
    pairs = zip(points, [*points[1:], points[0]], strict=True)
    return sum((p[0] * q[1] - p[1] * q[0] for p, q in pairs), Fraction(0)) / 2


# --- what is shown ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["2-16-16-1", "adv_cancel", "adv_star10", "nat_int4_2-16-16-1"])
def test_cells_are_polygons_that_fill_the_domain(name: str) -> None:
    f = stored(name)
    picture = plane_picture(f)
    points = [(x, y) for x, y in picture.vertices.exact()]
    for cell, polygon in enumerate(picture.cells):
        assert len(set(polygon)) == len(polygon) >= 3
        assert abs(area([points[v] for v in polygon])) == f.complex.volume(cell)
    assert sum(abs(area([points[v] for v in polygon])) for polygon in picture.cells) == 4
    edges = len(picture.bends) + len(picture.seams) + len(picture.outline)
    assert edges == f.f_vector[1]


def test_seams_are_where_the_map_does_not_change() -> None:
    f = stored("adv_cancel")
    picture = plane_picture(f)
    assert (f.cells, f.linear_regions) == (8, 6)
    assert len(picture.seams) == 2
    on_seam = [picture.vertices.exact(edge) for edge in picture.seams]
    assert all(y == 0 for ends in on_seam for _, y in ends)


def test_the_same_map_has_the_same_colour_and_neighbours_can_be_told_apart() -> None:
    f = stored("2-16-16-1")
    picture = plane_picture(f)
    colours = np.array([hexadecimal(colour) for colour in picture.colours])[picture.map_of_cell]
    a, b = f.complex.adjacency[:, 0], f.complex.adjacency[:, 1]
    assert (colours[a] != colours[b]).mean() > 0.9
    cancelling = plane_picture(stored("adv_cancel"))
    assert len(cancelling.colours) == len({hexadecimal(colour) for colour in cancelling.colours}) == 6


def test_colours_of_any_slopes_are_colours() -> None:
    rng = np.random.default_rng(7)
    for shape in ((5, 1, 1), (9, 1, 2), (40, 3, 2), (1, 1, 2)):
        slopes = rng.normal(size=shape) * 10.0 ** rng.integers(-200, 200, size=shape)
        found = map_colours(slopes)
        assert found.shape == (shape[0], 3)
        assert ((found >= 0) & (found <= 1)).all()
    assert hexadecimal(map_colours(np.zeros((1, 2, 2)))[0]) == "eeeeee"


def test_a_graph_is_the_function() -> None:
    network = jumping()
    f = line(network, vn.interval(-2, 2))
    picture = graph_picture(f, boundary=True)
    for output, parts in enumerate(picture.curves):
        for part in parts:
            for (x, y), (u, v) in pairwise(part):
                middle = (x + u) / 2
                assert network(middle)[output] == (y + v) / 2
    assert picture.values == ((0, 0),)
    assert set(picture.gaps) == {(0, -1), (0, 1)}
    assert [len(parts) for parts in picture.curves] == [2, 1]
    for (x, y), (u, v) in picture.zeros:
        assert network(x)[0] == network(x)[1] == y
        assert (x, y) == (u, v)


def test_the_window_of_the_whole_line_holds_every_breakpoint() -> None:
    x = vn.variable("x")
    f = line(vn.network(x, vn.relu(x) + vn.relu(x - 8)))
    assert [str(end) for end in (graph_picture(f).low, graph_picture(f).high)] == ["-2", "10"]
    flat = graph_picture(line(vn.network(x, 3 * x)))
    assert (flat.low, flat.high, flat.bends) == (-1, 1, ())


def test_neurons_without_effect_are_shown_apart() -> None:
    picture = pictures()["graph"]
    assert isinstance(picture, GraphPicture)
    assert picture.hidden == (3,)
    assert picture.bends == ((0, 0),)


def test_the_boundary_is_the_zero_set() -> None:
    x = vn.variables("x", 2)
    f = piecewise(vn.network(x, vn.relu(x[0]) + vn.relu(x[0] + x[1]) - vn.relu(x[0] + x[1]) - "1/3"), SQUARE)
    picture = plane_picture(f, boundary=True)
    assert picture.boundary is not None
    assert {px for px, _ in picture.boundary.exact()} == {Fraction(1, 3)}
    two = vn.network(x, [x[0], vn.abs_(x[1])])
    equal = plane_picture(piecewise(two, SQUARE), boundary=True)
    assert equal.boundary is not None
    assert {(a, abs(b)) for a, b in equal.boundary.exact()} == {(1, 1), (0, 0)}


def test_pictures_refuse_what_they_cannot_show() -> None:
    x = vn.variables("x", 3)
    with pytest.raises(vn.ShapeMismatch, match="two inputs"):
        plane_picture(piecewise(vn.network(x, vn.relu(x[0])), vn.box([0, 1], dimension=3)))
    three = vn.network(x[:2], [x[0], x[1], x[0] + x[1]])
    with pytest.raises(vn.Unsupported, match="this function has 3"):
        plane_picture(piecewise(three, SQUARE), boundary=True)


# --- matplotlib ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["svg", "pdf", "png"])
@pytest.mark.parametrize("name", ["graph", "jumps", "plane"])
def test_files_are_the_same_every_time_and_say_their_guarantee(tmp_path: Path, name: str, ending: str) -> None:
    found = []
    for file in (tmp_path / f"one.{ending}", tmp_path / f"two.{ending}"):
        assert figures.write_figure(pictures()[name], file) == "cells exact, drawing numeric"
        found.append(file.read_bytes())
    assert found[0] == found[1]
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"one.{ending}", f"two.{ending}"]
    assert b"Guarantee: cells exact, drawing numeric" in found[0].replace(b"\\", b"")
    assert not re.search(rb"CreationDate|dc:date|20[0-9]{2}-[01][0-9]-[0-3][0-9]T", found[0])


def test_many_cells_become_pixels_and_axes_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = plane_picture(stored("2-16-16-1"), "many")
    figures.write_figure(picture, tmp_path / "lines.svg")
    assert b"<image" not in (tmp_path / "lines.svg").read_bytes()
    monkeypatch.setattr(figures, "MOST_SHAPES", 10)
    figures.write_figure(picture, tmp_path / "pixels.svg")
    content = (tmp_path / "pixels.svg").read_text(encoding="utf-8")
    assert "<image" in content
    assert "xtick_1" in content
    assert content.count("<path") < 200


def test_the_users_settings_do_not_matter(tmp_path: Path) -> None:
    import matplotlib

    picture = pictures()["plane"]
    figures.write_figure(picture, tmp_path / "one.svg")
    with matplotlib.rc_context({"lines.linewidth": 17, "font.size": 40, "savefig.transparent": True}):
        figures.write_figure(picture, tmp_path / "two.svg")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_a_figure_for_notebooks() -> None:
    assert len(figures.figure(pictures()["plane"]).axes) == 1


def test_refusals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(vn.Unsupported, match=r"\.svg"):
        figures.write_figure(pictures()["graph"], tmp_path / "p.gif")
    x = vn.variable("x")
    huge = graph_picture(line(vn.network(x, vn.relu(x) * 10**400), vn.interval(-1, 1)))
    with pytest.raises(vn.Unsupported, match="beyond them"):
        figures.write_figure(huge, tmp_path / "p.svg")
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # as if it were not installed
    with pytest.raises(vn.MissingExtra, match="matplotlib"):
        figures.need_matplotlib()
    assert list(tmp_path.iterdir()) == []


# --- TikZ ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["graph", "jumps", "plane", "thirds"])
def test_tikz_is_as_it_was(name: str) -> None:
    compare(f"tikz/{name}.tex", tikz.tikz(pictures()[name]))


def test_coordinates_in_tikz_are_exact() -> None:
    picture = plane_picture(stored("2-16-16-1"))
    text = tikz.tikz(picture)
    found = re.findall(r"\\coordinate \(v(\d+)\) at \(\\X\{([^}]*)\},\\Y\{([^}]*)\}\);", text)
    points = picture.vertices.exact()
    assert [int(index) for index, _, _ in found] == list(range(len(points)))
    assert [(vn.Q(x), vn.Q(y)) for _, x, y in found] == points
    assert any("/" in x and len(x) > 20 for _, x, _ in found)
    assert "every coordinate below is exact" in text


def test_tikz_refuses_more_than_tex_can_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tikz, "MOST_VERTICES", 5)
    with pytest.raises(vn.Unsupported, match="at most 5 vertices"):
        tikz.write_tikz(pictures()["plane"], tmp_path / "p.tex")
    assert list(tmp_path.iterdir()) == []


def has_tex() -> bool:
    """Whether TeX with its packages for pictures is here."""
    if shutil.which("pdflatex") is None or shutil.which("kpsewhich") is None:
        return False
    names = ["tikz.sty", "standalone.cls", "xkeyval.sty"]
    found = subprocess.run(["kpsewhich", *names], capture_output=True, text=True, check=False)
    return len(found.stdout.splitlines()) == len(names)


@pytest.mark.long
@pytest.mark.skipif(not has_tex(), reason="TeX with TikZ is not installed")
@pytest.mark.parametrize("name", ["graph", "jumps", "plane", "thirds"])
def test_tikz_compiles(tmp_path: Path, name: str) -> None:
    tikz.write_tikz(pictures()[name], tmp_path / "p.tex")
    words = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "p.tex"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.parametrize(
    ("low", "high"), [("-1/3", "1"), ("0", "1"), ("-7", "60000"), ("1/1000000", "3/1000000"), ("999", "1001")]
)
def test_ticks_are_round_numbers_inside(low: str, high: str) -> None:
    ends = vn.Q(low), vn.Q(high)
    ticks = tikz._ticks(*ends)
    assert 2 <= len(ticks) <= 7
    assert ends[0] <= ticks[0] <= ticks[-1] <= ends[1]
    steps = {b - a for a, b in pairwise(ticks)}
    assert len(steps) == 1


def test_kinds_of_pictures() -> None:
    kinds = {name: type(picture) for name, picture in pictures().items()}
    assert kinds == {"graph": GraphPicture, "jumps": GraphPicture, "plane": PlanePicture, "thirds": PlanePicture}
