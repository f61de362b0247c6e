"""What the scripts of narrow learning name in their headers exists, and certificates stay small."""

from __future__ import annotations

from pathlib import Path

import pytest

from verinet.theorems import discover, replay

ROOT = Path(__file__).resolve().parents[3] / "proofs"
ENTRIES = [entry for entry in discover(ROOT) if entry.script.parent.name == "narrow_learning"]


def test_there_are_errata_and_theorems():
    errata = [entry for entry in ENTRIES if entry.script.parent.parent.name == "counterexamples"]
    assert len(errata) == 7
    assert len(ENTRIES) - len(errata) == 5


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_labels_are_explained_and_places_are_given(entry):
    header = entry.header()
    said = header.statement + header.method
    for label in entry.labels:
        stem = label.split("_")[0]
        assert stem in said or label.replace("_", " ") in said or len(entry.labels) == 1, label
    if entry.script.parent.parent.name == "counterexamples":
        assert "In print (arXiv 2304.10524" in header.statement
        assert header.references[0].key == "chen2023"
        assert header.references[0].place


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_lemmas_are_the_only_assumptions_besides_one_enclosure(entry):
    kinds = {assumption["kind"] for checked in replay(entry) for assumption in checked.report.assumptions}
    assert kinds <= {"lemma", "enclosure"}
    assert ("enclosure" in kinds) is (entry.name == "single_direction_misses_linear_part")
    assert all(path.stat().st_size < 100_000 for path in entry.certificates)
