"""Progress of long work on standard error, when a terminal is there to show it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from verinet.work import SILENT, Progress


@contextmanager
def shown(title: str) -> Iterator[Progress]:
    """A line that tells how far the work is; silent without a terminal."""
    if not sys.stderr.isatty():
        yield SILENT
        return
    from rich.console import Console

    with Console(stderr=True).status(title) as status:

        class Line:
            def update(self, done: int, open_: int, note: str) -> None:
                """Show the numbers."""
                status.update(f"{title}: {note}, {done} done, {open_} open")

        yield Line()
