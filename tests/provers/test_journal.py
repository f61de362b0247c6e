"""Journals: whatever ends a search, the same call takes it up; a file that cannot be trusted is refused."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest

from verinet import kernel
from verinet.claims import Always, Proved, Refuted, Unknown, always, cells, outputs
from verinet.errors import BadFormat
from verinet.geometry import box
from verinet.networks import Network, activation, layered
from verinet.networks.formats import write_network
from verinet.provers import sharing, subtrees
from verinet.provers.decide import certified, read
from verinet.provers.journal import Journal, key_of
from verinet.provers.portfolio import prove
from verinet.provers.trails import Part, Steps, Stopped
from verinet.provers.tree import search
from verinet.work import Budget

SQUARE = box((-1, 1), (-1, 1))


def wide(sizes: tuple[int, ...] = (2, 5, 4, 1), seed: int = 1) -> Network:
    source = random.Random(seed)
    weights = [
        [[Fraction(source.randint(-8, 8), 8) for _ in range(a)] for _ in range(b)] for a, b in itertools.pairwise(sizes)
    ]
    biases = [[Fraction(source.randint(-8, 8), 8) for _ in range(b)] for b in sizes[1:]]
    return layered(weights, biases, activation("relu"))


def claim_of(bound: int = 40, net: Network | None = None) -> Always:
    net = net or wide()
    return always(net, outputs(net)[0] <= bound, SQUARE)


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every visit is a task, and written at once."""
    monkeypatch.setattr(sharing, "SLICE", 0.0)
    monkeypatch.setattr("verinet.provers.journal.EVERY", 0.0)


def some(path: Path, steps: int, claim: Always | None = None) -> Steps | Stopped:
    with subtrees.sharing(journal=path):
        found = search(read((claim_of() if claim is None else claim).statement()), Budget(steps=steps))
    assert isinstance(found, (Steps, Stopped))
    return found


def finished(path: Path, claim: Always | None = None) -> bool:
    """The search by trees, taken up; is what it finds a proof?"""
    claim = claim_of() if claim is None else claim
    found = some(path, 1_000_000, claim)
    assert isinstance(found, Steps)
    return isinstance(certified(claim.text(), claim.statement(), {"steps": found.steps}), Proved)


def parts_in(path: Path) -> int:
    with sqlite3.connect(path) as file:
        return int(file.execute("SELECT count(*) FROM parts").fetchone()[0])


@pytest.mark.usefixtures("eager")
def test_a_search_is_taken_up_until_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    stored = [0]
    found = some(path, 7)
    while isinstance(found, Stopped):
        stored.append(parts_in(path))
        assert stored[-1] > stored[-2]
        found = some(path, 7)
    statement = read(claim_of().statement())
    assert statement.domain is not None
    assert kernel.replay(statement, statement.domain, found.steps, "") == (len(found.steps), found.leaves)
    assert len(stored) > 3


@pytest.mark.usefixtures("eager")
def test_prove_takes_up_its_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    claim = cells(wide(), SQUARE) == 1
    unknown = prove(claim, Budget(steps=20), journal=path)
    assert isinstance(unknown, Unknown)
    begun = parts_in(path)
    assert begun
    refuted = prove(claim, journal=path)
    assert isinstance(refuted, Refuted)
    parts = parts_in(path)
    assert parts > begun
    assert prove(claim, journal=str(path)) == refuted
    assert parts_in(path) == parts


@pytest.mark.usefixtures("eager")
def test_statements_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    some(path, 10)
    parts = parts_in(path)
    other = claim_of(41)
    assert finished(path, other)
    with sqlite3.connect(path) as file:
        assert file.execute("SELECT count(*) FROM parts GROUP BY search ORDER BY search").fetchone() == (parts,)


def test_a_key_tells_searches_apart() -> None:
    statements = [read(claim_of(bound).statement()) for bound in (1, 2)]
    keys = {
        key_of(statement, name, version, options)
        for statement in statements
        for name in ("tree", "another")
        for version in ("1", "2")
        for options in ({}, {"a": 1})
    }
    assert len(keys) == 16
    assert key_of(statements[0], "tree", "1", {}) == key_of(read(claim_of(1).statement()), "tree", "1", {})


# ---------------------------------------------------------------------------------------------------- broken files


@pytest.mark.parametrize(
    "content", [b"not a database, and long enough to be seen " * 50, b"SQLite format 3\0" + b"x" * 4096]
)
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal"
    path.write_bytes(content)
    with pytest.raises(BadFormat, match="Fix: "):
        prove(claim_of(), journal=path)
    assert path.read_bytes() == content


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize(
    "before, after",
    [
        (b"NULL UNIQUE", b"NU\xccL UNIQUE"),
        (b"number INTEGER PRIMARY", b"number INTEGEQ PRIMARY"),
        (b"steps BLOB", b"Qteps BLOB"),
    ],
)
def test_damaged_tables_are_told(tmp_path: Path, before: bytes, after: bytes) -> None:
    path = tmp_path / "journal"
    some(path, 7)
    content = path.read_bytes()
    assert content.count(before) == 1
    path.write_bytes(content.replace(before, after))
    with pytest.raises(BadFormat, match=r"damaged: .*\nFix: delete it"):
        some(path, 7)


def test_a_journal_is_a_file() -> None:
    with pytest.raises(BadFormat, match="a journal is a file, got 5\nFix: "):
        prove(claim_of(), journal=5)  # type: ignore[arg-type]  # on purpose


def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "bookmarks"
    file = sqlite3.connect(path)
    file.execute("CREATE TABLE bookmarks(name)")
    file.commit()
    file.close()
    before = path.read_bytes()
    with pytest.raises(BadFormat, match=r"is no journal of verinet\nFix: name another file"):
        prove(claim_of(), journal=path)
    assert path.read_bytes() == before


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize(
    "command",
    [
        "UPDATE parts SET steps = steps || x'5b5d' WHERE name = 1",
        "UPDATE parts SET steps = 'text' WHERE name = 1",
        "UPDATE parts SET notes = '{}' WHERE name = 0",
        "UPDATE parts SET first = 0 WHERE name = 0",
        "UPDATE parts SET name = 'x' WHERE name = 1",
        "UPDATE parts SET name = 100000 WHERE name = 1",
        "DELETE FROM parts WHERE name = 0",
        "PRAGMA user_version = 7",
        "DROP TABLE parts",
    ],
)
def test_a_changed_journal_is_refused(tmp_path: Path, command: str) -> None:
    path = tmp_path / "journal"
    some(path, 20)
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA ignore_check_constraints = ON")
        file.execute(command)
    with pytest.raises(BadFormat, match="Fix: "):
        finished(path)


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_journal_never_makes_a_false_proof(tmp_path: Path, seed: int) -> None:
    """Bytes that a disk has changed: refused, or done again; never a traceback."""
    path = tmp_path / "journal"
    some(path, 30)
    source = random.Random(seed)
    content = bytearray(path.read_bytes())
    for _ in range(source.choice([1, 30])):
        content[source.randrange(len(content))] ^= 1 << source.randrange(8)
    path.write_bytes(content[: source.choice([len(content), len(content), 5000])])
    with contextlib.suppress(BadFormat):
        assert finished(path)


@pytest.mark.usefixtures("eager")
def test_false_steps_with_a_true_hash_are_done_again(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    some(path, 30)
    journal = Journal(path)
    statement = read(claim_of().statement())
    number = journal.number(key_of(statement, "tree", "1", {}), "")
    for row in list(journal.rows(number)):
        if b'["goal"' in row.part.texts[-1]:
            texts = tuple(text.replace(b'"1"', b'"f"') for text in row.part.texts)
            journal.put(number, row.name, row.first, Part(texts, row.part.hints))
    journal.write()
    journal.close()
    assert finished(path)


# ------------------------------------------------------------------------------------------- where it cannot be written


def test_a_folder_must_exist(tmp_path: Path) -> None:
    with pytest.raises(BadFormat, match="a folder that does not exist"):
        prove(claim_of(), journal=tmp_path / "no" / "journal")


@pytest.mark.parametrize("path", ["/proc/journal", "/dev/full", "/dev/null/journal", "."])
def test_what_cannot_be_written_is_told(path: str) -> None:
    with pytest.raises(BadFormat, match="Fix: "):
        prove(claim_of(), journal=path)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o500)
    with pytest.raises(BadFormat, match="cannot be opened"):
        prove(claim_of(), journal=folder / "journal")


def test_one_process_at_a_time(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    with pytest.raises(BadFormat, match=r"locked\nFix: wait for the other process"):
        prove(claim_of(), journal=tmp_path / "journal")
    journal.close()


SCRIPT = """
import sys
import verinet as vn
import verinet.provers.journal as journal, verinet.provers.sharing as sharing
sharing.SLICE = journal.EVERY = 0.0
{}
claim = vn.claims.cells(vn.read_network("net.json"), vn.box((-1, 1), (-1, 1))) == 1
verdict = vn.prove(claim, journal="journal")
verdict.certificate.write("certificate.jsonl")
print(verdict)
"""


def command(limit: str = "") -> list[str]:
    return [sys.executable, "-c", SCRIPT.format(limit)]


@pytest.mark.long
def test_a_full_disk_leaves_the_journal_intact(tmp_path: Path) -> None:
    write_network(wide((2, 12, 12, 1)), tmp_path / "net.json")
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (32_000, 32_000))"
    done = subprocess.run(command(limit), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done
    assert "verinet.errors.BadFormat: the journal journal cannot be written: " in done.stderr
    assert "Fix: make room on the disk" in done.stderr
    parts = parts_in(tmp_path / "journal")
    assert parts
    done = subprocess.run(command(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("REFUTED"), done
    assert parts_in(tmp_path / "journal") > parts


@pytest.mark.long
def test_a_killed_search_is_taken_up(tmp_path: Path) -> None:
    write_network(wide((2, 12, 12, 1)), tmp_path / "net.json")
    running = subprocess.Popen(command(), cwd=tmp_path, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 60
    journal = tmp_path / "journal"
    while running.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
        if journal.exists() and journal.stat().st_size > 26_000:
            os.kill(running.pid, signal.SIGKILL)
            break
    assert running.wait() == -signal.SIGKILL
    parts = parts_in(journal)
    assert parts
    done = subprocess.run(command(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("REFUTED"), done
    assert parts_in(journal) > parts
    with open(tmp_path / "certificate.jsonl", encoding="utf-8") as lines:
        assert kernel.check(lines, True).kind == "cells"


def test_an_interrupted_search_says_unknown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sharing, "SLICE", 0.0)

    class Impatient:
        def update(self, done: int, open_: int, note: str) -> None:
            if done > 5:
                raise KeyboardInterrupt

    with subtrees.sharing(journal=tmp_path / "journal"):
        found = search(read(claim_of().statement()), Budget(), Impatient())
    assert isinstance(found, Stopped)
    assert found.reason == "it was interrupted"
    assert parts_in(tmp_path / "journal")
    assert finished(tmp_path / "journal")
