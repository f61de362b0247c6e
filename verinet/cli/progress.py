"""Progress of long work on standard error, when a terminal is there to show it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from verinet.work import SILENT, Progress

if TYPE_CHECKING:
    from rich.live import Live


class Line:
    """One line that is drawn over and over."""

    def __init__(self, live: Live, title: str) -> None:
        self.live = live
        self.title = title

    def update(self, done: int, open_: int, note: str) -> None:
        """Show the numbers."""
        self.live.update(f"{self.title}: {note}, {done} done, {open_} open")


@contextmanager
def shown(title: str) -> Iterator[Progress]:
    """A line that tells how far the work is; silent without a terminal."""
    if not sys.stderr.isatty():
        yield SILENT
        return
    from rich.console import Console
    from rich.live import Live

    # Standard output stays what it is: nothing but results goes there.
    console = Console(stderr=True, markup=False, highlight=False)
    with Live(
        title, console=console, refresh_per_second=8, transient=True, redirect_stdout=False, redirect_stderr=False
    ) as live:
        yield Line(live, title)


@contextmanager
def cleared(progress: Progress) -> Iterator[None]:
    """Take the line away while something is printed."""
    if not isinstance(progress, Line):
        yield
        return
    progress.live.stop()
    try:
        yield
    finally:
        progress.live.start()
