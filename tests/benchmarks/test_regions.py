"""The benchmark of regions runs, finds the known counts, and writes its page; no time is asserted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("regions.py")


@pytest.mark.nightly
def test_a_small_run_writes_its_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    only = "2-8-8,adv_cancel,nat_zerobias_2-16-16,sawtooth 2-4^5,adv_dup_1d"
    command = [sys.executable, SCRIPT, "--nets", ROOT / "tests/data/nets", "--only", only, "--repeat", "1"]
    options = ["--peers", sys.executable, "--write", page]  # this interpreter has none of the other programs
    run = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    written = page.read_text(encoding="utf-8")
    headings = [line for line in written.splitlines() if line.startswith("#")]
    assert headings == [
        "# How fast regions are counted",
        "## Cells, beside the limits",
        "## Degenerate over generic, per face",
        "## The line, over one evaluation at all breakpoints",
        "## Other programs",
    ]
    counts = {row.split("|")[1].strip(): row.split("|")[2].strip() for row in written.splitlines() if row[:1] == "|"}
    assert (counts["adv_cancel"], counts["nat_zerobias_2-16-16"], counts["sawtooth 2-4^5"]) == ("8", "62", "1,024")
    assert "parx was not run: not installed." in written
    assert str(ROOT) not in written


def test_a_wrong_count_is_bold_and_fails(tmp_path: Path) -> None:
    text = (ROOT / "tests/data/nets/adv_dup.json").read_text(encoding="utf-8")
    (tmp_path / "adv_dup.json").write_text(text, encoding="utf-8")
    (tmp_path / "truth.json").write_text('{"adv_dup": {"cells": 5}}', encoding="utf-8")
    command = [sys.executable, SCRIPT, "--nets", tmp_path, "--only", "adv_dup", "--repeat", "1"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 1, run.stderr
    assert "**4, not 5**" in run.stdout
