"""Pages about constructions: TeX reads them, and their numbers are those of the networks."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import verinet as vn
from verinet import Q
from verinet.networks.build import apply_activation
from verinet.theorems import construction_pages
from verinet.theorems.construction_pages import page
from verinet.theorems.from_data import construct_from_file
from verinet.theory.catalogue import CATALOGUE


def has_tikz() -> bool:
    if shutil.which("kpsewhich") is None:
        return False
    return bool(subprocess.run(["kpsewhich", "tikz.sty"], capture_output=True, check=False).stdout)


def small(name: str, folder: Path) -> vn.Constructed:
    row = next(row for row in CATALOGUE if row.name == name)
    if row.asks == "data":
        points = folder / "points.csv"
        points.write_text("0,0,1/3\n0,1,-2\n1,0,1/3\n", encoding="utf-8")
        return construct_from_file(points, name)
    if row.asks == "network":
        x = vn.variable("x")
        cubic = vn.network(x, apply_activation(x - Q("1/4"), vn.activation("repu", 3)))
        return vn.construct(name, cubic, cells=2, domain=vn.interval(-1, 1))
    target = None if row.target else "x^2, x*y" if row.width == "d" else "x*y"
    return vn.construct(name, target, resolution=2)


def test_the_table_ends_with_the_instance() -> None:
    found = vn.construct("stepped", "x*y", resolution=8)
    rows = [line.split(" & ") for line in page(found).splitlines() if line.endswith(r"& computed \\")]
    assert [row[0] for row in rows] == ["2", "4", "8"]
    assert rows[-1][1:4] == [str(found.network.depth), str(found.network.width), str(found.max_bits)]
    depths = [vn.construct("stepped", "x*y", resolution=n).network.depth for n in (2, 4)]
    assert [row[1] for row in rows[:2]] == [str(depth) for depth in depths]


def test_bounds_are_rounded_up() -> None:
    found = vn.construct("stepped", "x*y", resolution=3)  # 5/18
    assert r"$\tfrac{5}{18} \le 0.2778$" in page(found)


def test_a_target_is_quoted_not_run() -> None:
    found = vn.construct("stepped", "(x)^2", resolution=2)
    assert r"\texttt{(x)\textasciicircum{}2}" in page(found)


@pytest.mark.nightly
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed")
@pytest.mark.parametrize("name", [row.name for row in CATALOGUE])
def test_pages_compile(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not has_tikz():  # the words and the table, then, without the pictures
        monkeypatch.setattr(construction_pages, "_panels", lambda found: ())
    (tmp_path / "page.tex").write_text(page(small(name, tmp_path)), encoding="utf-8")
    words = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-2000:]
