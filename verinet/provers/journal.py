"""A journal of long searches: finished parts of proofs in one SQLite file, so that a search can be taken up again.

Each search has its own part of the file, under a key: the SHA-256 of its statement and of the search's name,
version and options.  A row is one part of a proof: its case by name (0 is the root), its steps with marks where cases
are open, and the names of those.  Nothing that is read from the file is executed or believed: every row carries the
SHA-256 of its contents, steps are parsed as JSON, and the kernel judges the proof that comes out.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from verinet.errors import BadFormat, NotANumber
from verinet.exact.rationals import format_hex_rational, parse_hex_rational
from verinet.kernel import Statement
from verinet.provers.trails import CountedCell, Json, Part

#: Marks the file as ours ("vnet"), and the layout of its tables.
APPLICATION, LAYOUT = 0x766E6574, 1
#: Stands where a case is open.
MARK = b'["open"]'
#: Seconds between two writes: what is lost at most when the machine stops, besides the parts being worked at.
EVERY = 1.0
TABLES = """
CREATE TABLE searches(number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, about TEXT NOT NULL);
CREATE TABLE parts(
    search INTEGER NOT NULL, name INTEGER NOT NULL, first INTEGER NOT NULL,
    steps BLOB NOT NULL, notes TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY(search, name)
) WITHOUT ROWID;
"""


class Row(NamedTuple):
    """A stored part: its case, the name of the first case that it opens, and itself."""

    name: int
    first: int
    part: Part


def key_of(statement: Statement, search: str, version: str, options: Json) -> str:
    """The key of a search: SHA-256 of everything that its parts depend on."""
    text = json.dumps([canonical(statement), search, version, options], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value: Any) -> Json:
    """A parsed statement as JSON values, numbers in hexadecimal."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return format(value, "x")
    if isinstance(value, dict):
        return [[canonical(key), canonical(value[key])] for key in sorted(value)]
    return [canonical(entry) for entry in value]


class Journal:
    """The journal in a file, which is made if it is not there.

    Parameters
    ----------
    path : str or Path
    every : float, optional
        Seconds between two writes; `EVERY` without.

    Raises
    ------
    BadFormat
        If the file is no journal, is damaged, is in use, or cannot be read or written.
    """

    def __init__(self, path: str | Path, every: float | None = None) -> None:
        if not isinstance(path, (str, Path)):
            raise BadFormat(f"a journal is a file, got {path!r}", fix='name one: journal="work"')
        self.path = Path(path)
        self.every = EVERY if every is None else every
        self._waiting: list[tuple[str, tuple[int | str | bytes, ...]]] = []
        self._written = time.monotonic()
        if not self.path.parent.is_dir():
            raise BadFormat(
                f"the journal {path} is in a folder that does not exist", fix="name one in a folder that does"
            )
        with self._told("opened"):
            self._file = sqlite3.connect(self.path, timeout=1.0, isolation_level=None)
        try:
            self._begin()
        except BaseException:
            self._file.close()
            raise

    def _begin(self) -> None:
        with self._told("opened"):
            self._file.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._file.execute("BEGIN IMMEDIATE")
            fresh = not self._one("SELECT count(*) FROM sqlite_master")
            if fresh:
                self._file.execute(f"PRAGMA application_id = {APPLICATION}")
                self._file.execute(f"PRAGMA user_version = {LAYOUT}")
                for statement in TABLES.split(";")[:-1]:
                    self._file.execute(statement)
            self._file.execute("COMMIT")
            ours = self._one("PRAGMA application_id") == APPLICATION
            layout = self._one("PRAGMA user_version")
            sound = self._one("PRAGMA quick_check(1)") if ours else "ok"
        if not ours:
            raise BadFormat(f"{self.path} is no journal of verinet", fix="name another file: this one is left as it is")
        if layout != LAYOUT:
            raise BadFormat(
                f"the journal {self.path} has layout {layout}, this verinet reads {LAYOUT}", fix="name another file"
            )
        if sound != "ok":
            raise self.damaged(str(sound))

    def _one(self, query: str) -> Any:
        return self._file.execute(query).fetchone()[0]

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Errors of the database in the house's words."""
        try:
            yield
        except UnicodeDecodeError as error:  # of the layout of the tables
            raise self.damaged("its tables have no readable names") from error
        except sqlite3.OperationalError as error:
            if "no such" in str(error) or "malformed" in str(error):
                raise self.damaged(str(error)) from error
            busy = "locked" in str(error)
            fix = "wait for the other process that uses it, or name another file" if busy else FULL
            raise BadFormat(f"the journal {self.path} cannot be {what}: {error}", fix=fix) from error
        except sqlite3.DatabaseError as error:
            raise self.damaged(str(error)) from error

    def damaged(self, reason: str) -> BadFormat:
        """The error for a file that cannot be used."""
        return BadFormat(
            f"{self.path} is no journal, or it is damaged: {reason.strip().splitlines()[-1]}",
            fix="delete it, or name another file to start afresh",
        )

    def number(self, key: str, about: str) -> int:
        """The number of a search in this file, new or not."""
        with self._told("written"):
            self._file.execute("INSERT OR IGNORE INTO searches(key, about) VALUES(?, ?)", (key, about))
        with self._told("read"):
            found = self._file.execute("SELECT number FROM searches WHERE key = ?", (key,)).fetchone()
        if found is None or not isinstance(found[0], int):
            raise self.damaged("its searches have no numbers")
        return found[0]

    def holds(self, key: str) -> bool:
        """Is there a part of this search?"""
        query = "SELECT count(*) FROM parts JOIN searches ON number = search WHERE key = ?"
        with self._told("read"):
            return bool(self._file.execute(query, (key,)).fetchone()[0])

    def rows(self, number: int) -> Iterator[Row]:
        """The parts of a search; a part comes after the one that opened its case.

        Raises
        ------
        BadFormat
            If a row is damaged.
        """
        query = "SELECT name, first, steps, notes, sha256 FROM parts WHERE search = ? ORDER BY name"
        with self._told("read"):
            for name, first, steps, notes, digest in self._file.execute(query, (number,)):
                try:
                    same = digest == _digest(number, name, first, steps, notes)
                    row = Row(int(name), int(first), _part(steps, json.loads(notes))) if same else None
                except (ValueError, TypeError, KeyError, AttributeError, RecursionError, NotANumber) as error:
                    raise self.damaged(f"part {name} cannot be read") from error
                if row is None:
                    raise self.damaged(f"part {name} is not as it was written")
                yield row

    def put(self, number: int, name: int, first: int, part: Part) -> None:
        """Store a part at the next write, which is now if the last one was long ago."""
        steps = MARK.join(part.texts)
        notes = json.dumps(_notes(part), separators=(",", ":"))
        row = (number, name, first, steps, notes, _digest(number, name, first, steps, notes))
        self._waiting.append(("INSERT OR REPLACE INTO parts VALUES(?, ?, ?, ?, ?, ?)", row))
        if time.monotonic() - self._written >= self.every:
            self.write()

    def drop(self, number: int, names: Sequence[int]) -> None:
        """Forget parts."""
        self._waiting += [("DELETE FROM parts WHERE search = ? AND name = ?", (number, name)) for name in names]

    def write(self) -> None:
        """Write what waits: all of it or nothing.

        Raises
        ------
        BadFormat
            If there is no room, or the file may not be written; what it held before is intact.
        """
        if self._waiting:
            with self._told("written"):
                try:
                    self._file.execute("BEGIN IMMEDIATE")
                    for command, values in self._waiting:
                        self._file.execute(command, values)
                    self._file.execute("COMMIT")
                except sqlite3.Error:
                    if self._file.in_transaction:
                        self._file.execute("ROLLBACK")
                    raise
            self._waiting = []
        self._written = time.monotonic()

    def close(self) -> None:
        """Close the file; what waits has been written by `write`, or is lost."""
        with suppress(sqlite3.Error):  # an exclusive lock would leave SQLite's side file behind
            self._file.execute("PRAGMA locking_mode = NORMAL")
            self._one("SELECT count(*) FROM sqlite_master")
        self._file.close()


FULL = (
    "make room on the disk and see that the folder may be written, or name a journal elsewhere; "
    "what it holds is intact, and the same command goes on from there"
)


def _notes(part: Part) -> Json:
    points = [[format_hex_rational(value) for value in point] for point in part.contacts]
    cells = [[canonical(point), canonical(rows)] for point, rows in part.cells]
    return {"hints": list(part.hints), "contacts": points, "cells": cells}


def _part(steps: bytes, notes: Json) -> Part:
    contacts = tuple(tuple(parse_hex_rational(text) for text in point) for point in notes["contacts"])
    cells = tuple(_cell(point, rows) for point, rows in notes["cells"])
    return Part(tuple(steps.split(MARK)), tuple(notes["hints"]), contacts, cells)


def _cell(point: Json, rows: Json) -> CountedCell:
    over, at = point
    return (int(over, 16), [int(entry, 16) for entry in at]), [[int(entry, 16) for entry in row] for row in rows]


def _digest(number: int, name: int, first: int, steps: bytes, notes: str) -> str:
    return hashlib.sha256(f"{number} {name} {first} {notes}\n".encode() + steps).hexdigest()


__all__ = ["EVERY", "Journal", "Row", "canonical", "key_of"]
