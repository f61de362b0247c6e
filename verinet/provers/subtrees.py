"""How searches are shared out: what `prove` was told of processes, machines and a journal, and the searches ask for.

A search asks `shared` when it begins, and if there is an answer leaves the work to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from verinet.errors import NotANumber
from verinet.kernel import Statement
from verinet.provers.journal import Journal, key_of
from verinet.provers.sharing import Sharing
from verinet.provers.trails import INTERRUPTED, Fails, Json, Steps, Stopped
from verinet.provers.workers import SEARCHES, Setup, crew
from verinet.work import SILENT, Budget, Progress


@dataclass(frozen=True, slots=True)
class Shared:
    """How searches are shared out: processes, an executor, a journal."""

    jobs: int
    executor: object
    journal: Journal | None

    def search(
        self, name: str, statement: Statement, options: Json, budget: Budget, progress: Progress = SILENT
    ) -> Steps | Fails | Stopped:
        """Do the search of this name; see `verinet.provers.workers.SEARCHES`.

        Raises
        ------
        BadFormat
            If the journal cannot be read or written.
        """
        key = _key(name, statement, options)
        setup = Setup(key, name, statement, options)
        with crew(setup, self.jobs, self.executor) as workers:
            running = Sharing(setup, workers, self.journal, budget, progress)
            try:
                running.resume()
                return running.run()
            except KeyboardInterrupt:
                return Stopped(INTERRUPTED, running.parts.leaves, True)
            finally:
                if self.journal is not None:
                    self.journal.write()

    def begun(self, name: str, statement: Statement, options: Json) -> bool:
        """Does the journal hold a part of this search?"""
        return self.journal is not None and self.journal.holds(_key(name, statement, options))


_shared: ContextVar[Shared | None] = ContextVar("shared", default=None)


def shared() -> Shared | None:
    """How the search that begins now is to be shared out, or None: not at all."""
    return _shared.get()


@contextmanager
def sharing(jobs: int = 1, journal: str | Path | None = None, executor: object = None) -> Iterator[None]:
    """Share out the searches below.

    Raises
    ------
    NotANumber
        If `jobs` is no positive integer.
    BadFormat
        If the journal cannot be opened.
    """
    if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1:
        raise NotANumber(f"jobs is a number of processes, got {jobs!r}", fix="write jobs=4")
    if jobs == 1 and journal is None and executor is None:
        yield
        return
    opened = None if journal is None else Journal(journal)
    token = _shared.set(Shared(jobs, executor, opened))
    try:
        yield
    finally:
        _shared.reset(token)
        if opened is not None:
            opened.close()


@contextmanager
def alone(short: bool = True) -> Iterator[None]:
    """Do not share out the searches below, if they are short."""
    token = _shared.set(None if short else _shared.get())
    try:
        yield
    finally:
        _shared.reset(token)


def begun(name: str, statement: Statement, options: Json) -> bool:
    """Does the journal, if there is one, hold a part of this search?"""
    given = shared()
    return given is not None and given.begun(name, statement, options)


def _key(name: str, statement: Statement, options: Json) -> str:
    return key_of(statement, name, import_module(SEARCHES[name]).VERSION, options)


__all__ = ["Shared", "alone", "begun", "shared", "sharing"]
