"""``verinet construct memorize --data points.csv``: what is told and written, and how files and options are refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import verinet as vn
from tests.cli.screens import Screen, run
from verinet import kernel

Capsys = pytest.CaptureFixture[str]


def memorize(capsys: Capsys, folder: Path, text: str, *words: str | Path) -> Screen:
    (folder / "points.csv").write_text(text, encoding="utf-8")
    return run(capsys, folder, "construct", "memorize", "--data", folder / "points.csv", *words)


def test_a_network_and_its_certificate_are_written(capsys: Capsys, tmp_path: Path) -> None:
    net, proof = tmp_path / "net.json", tmp_path / "proof.json"
    screen = memorize(capsys, tmp_path, "x,y,c\n0,0,0\n0,1/3,1\n0.5,0,1\n", "-o", net, "--certificate", proof, "--json")
    document = screen.document
    assert screen.status == 0
    assert (document["name"], document["verdict"]) == ("memorization/memorize", "proved")
    assert (document["error_bound"], document["assumptions"]) == ("0", [])
    assert document["width"] <= 2
    assert document["facts"]["points"] == 3
    network = vn.read_network(net)
    assert [network(*x)[0] for x in ((0, 0), (0, "1/3"), ("1/2", 0))] == [0, 1, 1]
    report = kernel.check(proof.read_text(encoding="utf-8"))
    assert report.kind == "all"
    stated = json.loads(proof.read_text(encoding="utf-8"))["statement"]
    assert len(stated["parts"]) == 3


def test_without_prove_nothing_is_proved(capsys: Capsys, tmp_path: Path) -> None:
    screen = memorize(capsys, tmp_path, "0,1\n1,2\n")
    assert screen.status == 0
    assert "not proved" in screen.out
    assert "abstract of hernandez2024" in screen.out


def test_the_two_rows_of_one_point_are_named(capsys: Capsys, tmp_path: Path) -> None:
    screen = memorize(capsys, tmp_path, "a,b,c\n1,2,0\n0,0,0\n1.0,4/2,1\n")
    assert screen.status == 3
    assert "line 2 and line 4 are the same point (1, 2)" in screen.err


def test_options_without_a_meaning_are_noted(capsys: Capsys, tmp_path: Path) -> None:
    screen = memorize(capsys, tmp_path, "0,1\n1,2\n", "--eps", "1/4", "--target", "x", "--json")
    assert screen.status == 0
    assert screen.document["notes"] == [
        "memorization/memorize takes no target: it was ignored", "memorization/memorize takes no eps: it was ignored"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ("memorize", "--target", "x"),
        ("leaky", "--data", "points.csv", "--target", "x", "--resolution", "2"),
        ("memorize", "--data", "none.csv"),
        ("--data", "points.csv"),
    ],
)
def test_data_go_with_memorize_only(capsys: Capsys, tmp_path: Path, words: tuple[str, ...]) -> None:
    screen = run(capsys, tmp_path, "construct", *words)
    assert screen.status == 3
    assert "Fix:" in screen.err


def test_a_page_and_a_picture_are_made(capsys: Capsys, tmp_path: Path) -> None:
    page, picture = tmp_path / "page.tex", tmp_path / "picture.svg"
    screen = memorize(capsys, tmp_path, "0,0,1\n1,0,-1\n1,2,3\n", "--prove", "--latex", page, "--figure", picture)
    assert screen.status == 0
    assert "2 N + 4 M - 1" in page.read_text(encoding="utf-8")
    assert "points of points.csv" in page.read_text(encoding="utf-8").replace("\\allowbreak ", "")
    assert picture.stat().st_size > 1000


def test_points_of_one_coordinate_are_drawn(capsys: Capsys, tmp_path: Path) -> None:
    picture = tmp_path / "picture.svg"
    assert memorize(capsys, tmp_path, "0,1\n1,2\n3,-1\n", "--figure", picture).status == 0
    assert picture.stat().st_size > 1000


def test_numbers_that_no_float_holds_are_told(capsys: Capsys, tmp_path: Path) -> None:
    screen = memorize(capsys, tmp_path, "1e400,1\n-1e400,2\n5,1\n", "--prove", "--depth", "3")
    assert screen.status == 0
    assert "least distance on the line: ~1e+400" in screen.out
    assert "takes no depth" in screen.err
    assert "0 neurons, no activation" in memorize(capsys, tmp_path, "3,4,1\n").out
