"""Loops that are compiled once on a machine and kept on disk: the user is told why the first run takes longer."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from verinet.cli.outcome import say
from verinet.cli.progress import Line
from verinet.work import Progress

NOTE = "note: compiling the loops of the search, once on this machine (about 20 s); later runs start at once"
#: The room whose functions are compiled; nothing here imports the compiler.
_ROOM = "verinet.regions."
_EVERY = 0.1


@contextmanager
def announced(progress: Progress) -> Iterator[None]:
    """Watch the work inside: as soon as a loop is compiled that no disk had, say so on standard error, once."""
    ended = Event()
    watcher = Thread(target=_watch, args=(ended, progress, compiled()), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _watch(ended: Event, progress: Progress, before: int) -> None:
    while not ended.wait(_EVERY):
        if compiled() > before:
            if isinstance(progress, Line):
                progress.live.console.print(NOTE)
            else:
                say(sys.stderr, NOTE)
                sys.stderr.flush()
            return


def compiled() -> int:
    """How many loops this process compiled or is compiling: each counts what its store on disk did not have."""
    modules = [module for name, module in list(sys.modules.items()) if name.startswith(_ROOM) and module is not None]
    loops = [value for module in modules for value in list(vars(module).values()) if hasattr(value, "py_func")]
    return sum(sum(loop.stats.cache_misses.values()) for loop in loops)
