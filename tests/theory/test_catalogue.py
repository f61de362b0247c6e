"""The table of constructions agrees with the functions, the bibliography and the words of the pages."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from verinet.errors import Unsupported
from verinet.theory.catalogue import CATALOGUE, Entry, entry
from verinet.theory.statements import WORDINGS, wording

ROOT = Path(__file__).resolve().parents[2]
KEYS = set(re.findall(r"^@\w+\{([^,]+),", (ROOT / "docs" / "references.bib").read_text(encoding="utf-8"), flags=re.M))
rows = pytest.mark.parametrize("row", CATALOGUE, ids=lambda row: row.name)


def test_names_are_different() -> None:
    names = [row.name for row in CATALOGUE]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z-]+/[a-z-]+", name) for name in names)


@rows
def test_a_row_names_a_function_that_takes_its_options(row: Entry) -> None:
    parameters = inspect.signature(row.function()).parameters
    assert {*(("resolution", "eps") if row.asks == "targets" else ()), *row.options} <= set(parameters)
    # and no option of the function is forgotten
    known = {"targets", "inputs", "dimension", "domain", "resolution", "eps", "variables"}
    known |= {"points", "labels"} if row.asks == "data" else set()
    if row.asks in ("network", "options"):
        known = {"network"} if row.asks == "network" else set()
    assert set(parameters) - known == set(row.options)


@rows
def test_a_row_cites_the_bibliography_and_says_its_norm(row: Entry) -> None:
    assert row.paper in KEYS
    assert row.norm in ("L^p", "sup", "L^p or sup", "points", "Gaussian L2", "moment")
    assert (row.norm == "points") is (row.asks == "data")
    assert ("p" in row.options) is row.norm.startswith("L^p")
    assert row.theorem
    assert row.line[0].islower()
    assert not row.line.endswith(".")


@rows
def test_a_page_has_words_for_every_row(row: Entry) -> None:
    numbers = {"resolution": "3", "alpha": "1/4", "step": "1"}
    found = wording(row.name, numbers)
    assert found.formulas
    for text in (found.statement, *found.formulas):
        assert "@" not in text
        assert text.count("{") == text.count("}")
        assert text.count("$") % 2 == 0


def test_words_belong_to_rows() -> None:
    assert set(WORDINGS) == {row.name for row in CATALOGUE}


def test_the_part_behind_the_slash_is_enough() -> None:
    assert entry("leaky-pair") is entry("minimal-width/leaky-pair")


@pytest.mark.parametrize(
    ("name", "guess"), [("leakypair", "leaky-pair"), ("minimal-width/steped", "stepped"), ("", "no construction")]
)
def test_a_name_that_is_none_is_refused_with_a_guess(name: str, guess: str) -> None:
    with pytest.raises(Unsupported, match=guess):
        entry(name)


def test_a_missing_module_is_told_and_a_broken_one_is_not_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_construction.py").write_text("import no_such_module_anywhere\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    row = CATALOGUE[0]
    values = {name: getattr(row, name) for name in Entry.__slots__}
    with pytest.raises(Unsupported, match="not a part"):
        Entry(**{**values, "home": "verinet.theory.nowhere:f"}).function()
    with pytest.raises(ModuleNotFoundError, match="no_such_module_anywhere"):
        Entry(**{**values, "home": "broken_construction:f"}).function()
