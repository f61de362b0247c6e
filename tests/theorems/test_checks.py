"""Replay and search on a small folder of our own: what is accepted, and everything that must not be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from verinet.errors import BadFormat
from verinet.theorems import Entry, discover, index_text, replay, revisit, rewrite, search

SCRIPT = '''"""The ReLU stays below its argument's size.

Statement.  r(x) <= {bound} on [0, 1].

Notation.  r(t) = max(t, 0).

Method.  Two cells.

References.  arora2018.

Tags.  toy.
"""

import verinet as vn
from verinet.theorems import Instance, theorem

x = vn.variable("x")
f = vn.network(x, vn.relu(x))
(y,) = vn.claims.outputs(f)


@theorem(mode="{mode}", scope="single", source="derived")
def toy_le():
    yield Instance("bound", vn.claims.always(f, y <= {bound}, vn.interval(0, 1)), "a note")
    yield Instance("too_much", vn.claims.always(f, y <= "1/2", vn.interval(0, 1)), refuted={refuted})
    yield Instance("square", vn.claims.sup_error(f, {{(2,): 1}}, vn.interval(0, 1)) == "1/4")
'''


def write(folder: Path, bound: str = "1", mode: str = "replay", refuted: bool = True) -> None:
    (folder / "toy").mkdir(exist_ok=True)
    script = SCRIPT.format(bound=bound, mode=mode, refuted=refuted)
    (folder / "toy" / "toy_le.py").write_text(script, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path)
    assert all(checked.accepted for checked in rewrite(tmp_path, ["toy_le"]))
    return tmp_path


def only(folder: Path) -> Entry:
    (entry,) = discover(folder)
    return entry


def test_rewrite_stores_an_index_and_certificates(folder: Path) -> None:
    entry = only(folder)
    assert (folder / "index.toml").read_text(encoding="utf-8") == index_text(folder)
    assert entry.labels == ("bound", "too_much", "square")
    assert [path.name for path in entry.certificates] == [f"toy_le.{label}.json" for label in entry.labels]
    assert all(path.is_file() for path in entry.certificates)
    assert entry.header().statement == "r(x) <= 1 on [0, 1]."


def test_replay_accepts_what_was_stored(folder: Path) -> None:
    checked = replay(only(folder))
    assert [c.verdict for c in checked] == ["checked"] * 3
    assert all(c.accepted and c.report is not None and not c.report.assumptions for c in checked)
    assert [c.note for c in checked] == ["a note", "", ""]
    assert [c.numeric_error for c in checked] == [None, None, "0.25 (numeric, 50 digits)"]


def test_search_says_proved_or_refuted_and_writes_only_when_told(folder: Path) -> None:
    entry = only(folder)
    for path in entry.certificates:
        path.unlink()
    assert [c.verdict for c in search(entry)] == ["proved", "refuted", "proved"]
    assert not any(path.exists() for path in entry.certificates)
    search(entry, write=True)
    assert all(path.is_file() for path in entry.certificates)


def test_revisit_follows_the_mode(folder: Path) -> None:
    assert {c.verdict for c in revisit(only(folder))} == {"checked"}
    write(folder, mode="search")
    rewrite(folder)
    assert {c.verdict for c in revisit(only(folder))} == {"proved", "refuted"}


def test_a_certificate_of_another_statement_is_rejected(folder: Path) -> None:
    write(folder, bound="2")
    checked = replay(only(folder))[0]
    assert (checked.verdict, checked.accepted) == ("rejected", False)
    assert "something else" in checked.reason


def test_a_missing_a_broken_and_a_forged_certificate_are_rejected(folder: Path) -> None:
    entry = only(folder)
    first, second, third = entry.certificates
    first.unlink()
    second.write_text(second.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    forged = json.loads(third.read_text(encoding="utf-8"))
    forged["evidence"]["steps"].pop()
    third.write_text(json.dumps(forged), encoding="utf-8")
    assert [c.verdict for c in replay(entry)] == ["rejected"] * 3
    assert all(c.reason for c in replay(entry))


def test_a_false_claim_is_not_proved_and_a_true_one_not_refuted(folder: Path) -> None:
    write(folder, bound='"1/3"')
    assert search(only(folder))[0].verdict == "rejected"
    write(folder, refuted=False)
    assert search(only(folder))[1].verdict == "rejected"


def test_without_a_budget_left_the_answer_is_unknown(folder: Path) -> None:
    checked = search(only(folder), budget=0.0)
    assert checked[0].verdict == "unknown"
    assert checked[0].report is None


def test_labels_must_be_those_of_the_index(folder: Path) -> None:
    index = folder / "index.toml"
    index.write_text(index.read_text(encoding="utf-8").replace('"bound", ', ""), encoding="utf-8")
    with pytest.raises(BadFormat, match=r"rewrite\(\)"):
        replay(only(folder))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "toy_le"', 'name = "other"'),
        ('name = "toy_le"', 'name = "../toy_le"'),
        ("toy/toy_le.py", "../toy_le.py"),
        ('mode = "replay"', 'mode = "trust"'),
        ('scope = "single"', 'scope = "all"'),
        ('source = "derived"', ""),
        ('labels = ["bound", ', 'labels = ["../bound", '),
        ('tags = ["toy"]', 'tags = ["toy", 3]'),
        ("[[theorem]]", "[[theorems]]"),
        ("[[theorem]]", "[[theorem]"),
    ],
)
def test_an_index_that_is_not_as_it_should_be_is_refused(folder: Path, old: str, new: str) -> None:
    index = folder / "index.toml"
    text = index.read_text(encoding="utf-8")
    assert old in text
    index.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BadFormat, match="Fix:"):
        discover(folder)


def test_no_folder_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BadFormat, match="Fix:"):
        discover(tmp_path / "nowhere")


def test_a_script_must_define_the_theorem_of_its_name(folder: Path) -> None:
    path = folder / "toy" / "toy_le.py"
    path.write_text(path.read_text(encoding="utf-8").replace("def toy_le", "def toy_lt"), encoding="utf-8")
    with pytest.raises(BadFormat, match="does not define"):
        only(folder).load()
