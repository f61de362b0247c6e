"""A network that memorises the points of a file, as `verinet construct memorize` builds it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from time import perf_counter

from verinet.errors import Unsupported
from verinet.theorems.constructions import Constructed
from verinet.theory.catalogue import entry
from verinet.theory.memorization.memorize import memorize_file
from verinet.work import Budget, under

__all__ = ["construct_from_file"]


def construct_from_file(
    path: str | os.PathLike[str],
    name: str = "memorization/memorize",
    *,
    budget: Budget | None = None,
    ignored: Sequence[str] = (),
) -> Constructed:
    """Build the network whose values at the points of a file are their labels.

    Parameters
    ----------
    path : path
        Lines ``x_1,...,x_d,label``.
    name : str
        A row of the catalogue that is built from data.
    budget : Budget, optional
    ignored : sequence of str
        Options that were given and have no meaning here: each becomes a note.

    Raises
    ------
    Unsupported
        If the construction is not built from data, and as `memorize`.
    VerinetError
        For files that are none of this, as `read_csv`.
    BudgetExhausted
        If the budget ends before the network is built.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from pathlib import Path
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "points.csv")
    ...     _ = file.write_text("0,0,1\\n0,1,2\\n1/3,0,2\\n")
    ...     print(construct_from_file(file))
    memorization/memorize (abstract): width 2, depth 1, max over the points error <= 0

    Guarantee: exact.
    """
    row, started = entry(name), perf_counter()
    if row.asks != "data":
        raise Unsupported(f"{row.name} is built from targets, not from points", fix="give targets to construct()")
    with under(budget if budget is not None else Budget()):
        made = memorize_file(path)
    notes = tuple(f"{row.name} takes no {option}: it was ignored" for option in ignored)
    text = f"{made.facts['points']} points of {os.path.basename(os.fspath(path))}"
    return Constructed(row, made, (), text, {}, notes, perf_counter() - started)
