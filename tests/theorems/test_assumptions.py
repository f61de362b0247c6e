"""Theorems that rest on a lemma or on solvers: stored, replayed, printed under their assumptions, and never without."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from verinet.theorems import Entry, discover, replay, rewrite

SCRIPT = '''"""One neuron cannot.

Statement.  None fits.

Notation.  None.

Method.  By a lemma, and by a solver.

References.  minsky1969.

Tags.  toy.
"""

from verinet.claims import no_network
from verinet.theorems import Instance, theorem


@theorem(scope="single", source="derived")
def toy_not_eq():
    yield Instance("kernel", no_network(width=1).fits([-1, 0, 1], [1, {value}, 1], within="1/2", strict=True))
    yield Instance("solver", no_network(width=1, activation="heaviside").fits([-1, 0, 1], [1, {value}, 1]))
    yield Instance("two", no_network(width=2).fits([-1, 0, 1], [1, 0, 1]), refuted=True)
'''


@pytest.fixture
def entry(tmp_path: Path) -> Entry:
    (tmp_path / "toy_not_eq.py").write_text(SCRIPT.replace("{value}", "0"), encoding="utf-8")
    found = rewrite(tmp_path, ["toy_not_eq"])
    assert [c.verdict for c in found] == ["proved", "proved", "refuted"]
    (only,) = discover(tmp_path)
    return only


def test_each_kind_of_evidence_has_its_file_and_its_headline(entry: Entry) -> None:
    assert [path.suffix for path in entry.certificates] == [".json", ".smt2", ".json"]
    checked = replay(entry)
    assert [c.headline for c in checked] == [
        "CHECKED UNDER 1 ASSUMPTION: lemma",
        "CHECKED UNDER 1 ASSUMPTION: solver",
        "CHECKED",
    ]
    assert str(checked[2]).startswith("CHECKED   some network 1-2-1 (relu) has g(p) = v at all 3 points")


def test_a_certificate_without_its_lemma_is_rejected(entry: Entry) -> None:
    path = entry.certificate("kernel")
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**data, "assumptions": []}), encoding="utf-8")
    assert "leaves out an assumption" in replay(entry)[0].reason


def test_evidence_of_other_constraints_or_of_another_script_is_rejected(entry: Entry) -> None:
    path = entry.evidence("solver")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("(check-sat)", "(assert false)\n(check-sat)"), encoding="utf-8")
    assert replay(entry)[1].verdict == "rejected"
    path.write_text(text, encoding="utf-8")
    assert replay(entry)[1].verdict == "checked"
    entry.script.write_text(SCRIPT.replace("{value}", "-1"), encoding="utf-8")
    assert "another claim" in replay(entry)[1].reason
