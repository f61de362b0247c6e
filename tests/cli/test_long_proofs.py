"""``verinet prove`` with a journal, with processes, on a cluster, and certificates line by line."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.cli.screens import CONTROLLER, Screen, property_of, run
from verinet.networks.formats import read_network, write_network


def prove(capsys: pytest.CaptureFixture[str], folder: Path, *words: str | Path) -> Screen:
    return run(capsys, folder, "prove", CONTROLLER, property_of("brakes"), *words)


def test_a_certificate_in_lines_is_written_and_checked(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    proved = prove(capsys, tmp_path, "--journal", "work", "-o", "brakes.jsonl")
    assert proved.status == 0, proved
    size = (tmp_path / "brakes.jsonl").stat().st_size
    assert f"  certificate: brakes.jsonl, {size} bytes" in proved.out
    checked = run(capsys, tmp_path, "check", "brakes.jsonl", "--network", CONTROLLER)
    assert checked.status == 0, checked
    assert checked.out.startswith("CHECKED")
    with sqlite3.connect(tmp_path / "work") as journal:
        assert journal.execute("PRAGMA user_version").fetchone() == (1,)


@pytest.mark.parametrize(
    "words, told",
    [
        (("--jobs", "0"), "NotANumber: --jobs needs a number of processes from 1 to 4096, got 0\nFix: write --jobs "),
        (("--jobs", "1000000"), "from 1 to 4096, got 1000000\n"),
        (("--cluster", "foo"), "a machine and a port, got 'foo'\nFix: write --cluster tcp://10.0.0.1:8786\n"),
        (("--cluster", "tcp://10.0.0.1:99999"), "a machine and a port, got 'tcp://10.0.0.1:99999'\n"),
        (("--journal", "no/work"), "BadFormat: 'no/work' cannot be written\nFix: name a file in a folder that exists"),
        (("--journal", str(CONTROLLER)), "is an input of this command\nFix: name another file after --journal\n"),
        (("--journal", "same", "-o", "same"), "BadFormat: 'same'"),
        (
            ("--journal", "text"),
            "BadFormat: text is no journal, or it is damaged: file is not a database\nFix: delete it",
        ),
    ],
)
def test_wrong_words_are_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    (tmp_path / "text").write_text("these are somebody's notes\n" * 40, encoding="utf-8")
    screen = prove(capsys, tmp_path, *words)
    assert screen.status == 3
    assert told in screen.err
    assert "Traceback" not in screen.err


def test_an_unknown_says_where_the_work_is(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    screen = prove(capsys, tmp_path, "--journal", "work", "--budget", "1e-6")
    assert screen.status == 2
    assert screen.out.endswith("  journal: work keeps what was found; the same command goes on from there\n")


def test_equality_keeps_its_work_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ("equal", CONTROLLER, CONTROLLER, "--domain", "[0,1/64]x[0,1/64]", "--journal", "work")
    told = run(capsys, tmp_path, *words, "--budget", "1e-6")
    assert told.status == 2, told
    assert told.out.endswith("  journal: work keeps what was found; the same command goes on from there\n")
    assert run(capsys, tmp_path, *words).status == 0
    with sqlite3.connect(tmp_path / "work") as journal:
        assert journal.execute("PRAGMA user_version").fetchone() == (1,)
    assert "from 1 to 4096, got 0\n" in run(capsys, tmp_path, "equal", CONTROLLER, CONTROLLER, "--jobs", "0").err


def test_what_has_no_lines_is_written_as_one_object(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    plain = run(capsys, tmp_path, "prove", CONTROLLER, "--claim", "monotone up in x_0 on [-1,1]^2", "-o", "no.jsonl")
    assert plain.status == 1, plain
    size = (tmp_path / "no.json").stat().st_size
    told = f"  certificate of the opposite: no.json, {size} bytes\n  (a point or a conjunction has no lines"
    assert told in plain.out
    assert not (tmp_path / "no.jsonl").exists()
    assert run(capsys, tmp_path, "check", "no.json").status == 0
    write_network(read_network(CONTROLLER), tmp_path / "net.json")
    refused = run(capsys, tmp_path, "prove", "net.json", "--claim", "injective", "-o", "net.jsonl")
    assert refused.status == 3
    assert "'net.json' is an input of this command" in refused.err


def test_the_domain_of_an_equality_may_be_cut(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    domain = "[-1,1] x (-inf,3] with x_0 <= x_1 and x_0 > -1/2"
    screen = run(capsys, tmp_path, "equal", CONTROLLER, CONTROLLER, "--domain", domain)
    assert screen.status == 0, screen
    assert screen.out.startswith("PROVED   f1(x) = f2(x) on [-1,1] x (-inf,3] with ")
