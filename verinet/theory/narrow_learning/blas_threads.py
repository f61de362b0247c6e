"""Small matrix products on one thread: those of OpenBLAS wait for each other by spinning.

Where other work holds the processors, each product of a thousand rows then takes as long as the scheduler's slice, and
a fit of nine seconds took minutes.  numpy has no switch for it, the OpenBLAS that it brings along has.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import numpy as np

__all__ = ["one_thread"]

#: (prefix, suffix) of the library's names, as numpy's own builds and older ones have them.
_SPELLINGS = (("scipy_", "64_"), ("scipy_", ""), ("", "64_"), ("", ""))


@contextmanager
def one_thread() -> Iterator[None]:
    """Let the matrix products inside use one thread, if numpy brought an OpenBLAS; else nothing happens.

    Examples
    --------
    >>> with one_thread():
    ...     (np.eye(2) @ np.ones(2)).tolist()
    [1.0, 1.0]

    Guarantee: numeric (of results nothing but their rounding depends on it).
    """
    found = _switch()
    if found is None:
        yield
        return
    read, write = found
    before = int(read())
    write(1)
    try:
        yield
    finally:
        write(before)


@lru_cache(maxsize=1)
def _switch() -> tuple[ctypes._NamedFuncPointer, ctypes._NamedFuncPointer] | None:
    """Functions that read and set the number of threads, of the library beside numpy."""
    folder = Path(np.__file__).parent
    for library in sorted([*folder.parent.glob("numpy.libs/*openblas*"), *folder.glob(".dylibs/*openblas*")]):
        try:
            loaded = ctypes.CDLL(str(library))
        except OSError:
            continue
        for prefix, suffix in _SPELLINGS:
            read = getattr(loaded, f"{prefix}openblas_get_num_threads{suffix}", None)
            write = getattr(loaded, f"{prefix}openblas_set_num_threads{suffix}", None)
            if read is not None and write is not None:
                read.restype, write.argtypes, write.restype = ctypes.c_int, [ctypes.c_int], None
                return read, write
    return None
