"""One loop for all depth-first searches, in this process alone or shared out."""

from __future__ import annotations

from collections.abc import Callable

from verinet.errors import BudgetExhausted
from verinet.kernel import Statement
from verinet.provers import subtrees
from verinet.provers.trails import INTERRUPTED, Fails, Json, Searching, Steps, Stopped
from verinet.work import Budget, Progress, under

Begin = Callable[[Statement, Json, Budget, Progress], Searching]


def searched(
    name: str, begin: Begin, statement: Statement, budget: Budget, progress: Progress
) -> Steps | Fails | Stopped:
    """Do the search of this name (see `verinet.provers.workers.SEARCHES`); Ctrl-C ends it."""
    shared = subtrees.shared()
    if shared is not None:
        return shared.search(name, statement, {}, budget, progress)
    search = begin(statement, {}, budget, progress)
    try:
        return finished(search)
    except KeyboardInterrupt:
        return Stopped(INTERRUPTED, search.leaves, True)


def finished(search: Searching) -> Steps | Fails | Stopped:
    """Work until nothing is open, or the budget has run out."""
    try:
        with under(search.budget):
            return _worked(search)
    except BudgetExhausted:
        return Stopped(search.budget.reason(), search.leaves)


def _worked(search: Searching) -> Steps | Fails | Stopped:
    search.work.append(search.first())
    while search.work:
        item = search.work.pop()
        if isinstance(item, list):
            search.emit(item)
            continue
        if search.budget.exhausted():
            return Stopped(search.budget.reason(), search.leaves)
        search.budget.spend()
        outcome = search.visit(item)
        if outcome is not None:
            return outcome
    return Steps(search.steps, search.leaves, search.cells, search.contacts)


__all__ = ["finished", "searched"]
