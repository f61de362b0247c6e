"""Long work: a budget, progress, and files that are written whole or not at all.  Knows no mathematics."""

from __future__ import annotations

import errno
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from verinet.errors import BadFormat, BudgetExhausted

LARGEST_FILE = 1 << 30


@dataclass(slots=True)
class Budget:
    """Wall-clock seconds and search steps that a search may use; None means no limit.

    Examples
    --------
    >>> budget = Budget(steps=2)
    >>> budget.spend(2)
    >>> budget.exhausted(), budget.reason()
    (True, 'the budget of 2 steps ran out')
    """

    seconds: float | None = None
    steps: int | None = None
    spent: int = 0
    started: float = field(default_factory=time.monotonic)

    def spend(self, steps: int = 1) -> None:
        """Count search steps."""
        self.spent += steps

    def left(self) -> float | None:
        """Seconds left, or None without a limit."""
        return None if self.seconds is None else self.seconds - (time.monotonic() - self.started)

    def exhausted(self) -> bool:
        """Has either limit been reached?"""
        if self.steps is not None and self.spent >= self.steps:
            return True
        left = self.left()
        return left is not None and left <= 0

    def reason(self) -> str:
        """The limit that was reached, in words."""
        if self.steps is not None and self.spent >= self.steps:
            return f"the budget of {self.steps} steps ran out"
        return f"the budget of {self.seconds:g} seconds ran out" if self.seconds is not None else "there is no limit"


_running: ContextVar[Budget | None] = ContextVar("running", default=None)


@contextmanager
def under(budget: Budget) -> Iterator[None]:
    """Let `keep_going` look at the seconds of this budget, however deep the work is that calls it."""
    token = _running.set(budget)
    try:
        yield
    finally:
        _running.reset(token)


def keep_going() -> None:
    """Called from the long loops below a search, so that one exact program cannot outlive the budget.

    Raises
    ------
    BudgetExhausted
        When the work stands `under` a budget whose seconds have run out.
    """
    budget = _running.get()
    left = None if budget is None else budget.left()
    if budget is not None and left is not None and left <= 0:
        raise BudgetExhausted(budget.reason(), fix="give a larger budget")


class Progress(Protocol):
    """What long work tells while it runs; the command line draws it on standard error."""

    def update(self, done: int, open_: int, note: str) -> None:
        """`done` parts are finished, `open_` are waiting, `note` says at what."""


class Silent:
    """Progress that nobody looks at."""

    def update(self, done: int, open_: int, note: str) -> None:
        """Do nothing."""


SILENT: Progress = Silent()


def write_file(path: str | os.PathLike[str], data: str | bytes | Iterable[str]) -> None:
    """Write the file whole or leave the old one: a temporary file beside it, renamed when complete.

    Parts of a text are written one after another, so that the whole of it need not be in memory.

    Raises
    ------
    BadFormat
        If the folder cannot be written to; nothing is left behind.
    """
    target = Path(path)
    parts = [data] if isinstance(data, (str, bytes)) else data
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            for part in parts:
                file.write(part.encode("utf-8") if isinstance(part, str) else part)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, target)
        temporary = None
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        raise BadFormat(
            f"writing {target} failed: {error.strerror}",
            fix="make room on the disk, or name a file elsewhere; what stood there is intact"
            if full
            else "name a file in a folder that exists and can be written",
        ) from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def read_bytes(path: str | os.PathLike[str], limit: int = LARGEST_FILE) -> bytes:
    """The file's content.

    Raises
    ------
    BadFormat
        If it does not exist, cannot be read or holds more than `limit` bytes.
    """
    try:
        # Not by the size that the file system tells: a device has none.
        with open(path, "rb") as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise BadFormat(
                f"{path} holds more than the {limit} bytes that are read", fix="split the file or check its name"
            )
        return data
    except OSError as error:
        raise BadFormat(f"{path} cannot be read: {error.strerror}", fix="name a file that exists") from error


def read_lines(path: str | os.PathLike[str], limit: int = LARGEST_FILE) -> Iterator[str]:
    """The lines of a text one by one, each with its end; only one of them is in memory.

    Raises
    ------
    BadFormat
        If it cannot be read, is not UTF-8, or a line holds more than `limit` bytes.
    """
    try:
        with open(path, "rb") as file:
            place = 0
            while line := file.readline(limit + 1):
                place += 1
                if len(line) > limit:
                    raise BadFormat(
                        f"line {place} of {path} holds more than the {limit} bytes that are read",
                        fix="split the file or check its name",
                    )
                yield line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadFormat(
            f"{path} is not text: byte {error.start} of line {place} is not UTF-8", fix="name a text file in UTF-8"
        ) from error
    except OSError as error:
        raise BadFormat(f"{path} cannot be read: {error.strerror}", fix="name a file that exists") from error


def read_text(path: str | os.PathLike[str], limit: int = LARGEST_FILE) -> str:
    """The file's text, which must be UTF-8; see `read_bytes`."""
    try:
        return read_bytes(path, limit).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadFormat(
            f"{path} is not text: byte {error.start} is not UTF-8", fix="name a text file in UTF-8"
        ) from error
