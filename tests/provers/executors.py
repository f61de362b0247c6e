"""Executors that search where they are asked, for searches that are shared out."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from typing import Any


class Immediate(Executor):
    """Does every task when it is submitted, or lets `spoil` make something of the answer."""

    _max_workers = 3

    def __init__(self, spoil: Any = None) -> None:
        self.spoil = spoil
        self.tasks = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.tasks += 1
        future: Future[Any] = Future()
        try:
            answer = fn(*args, **kwargs)
            future.set_result(answer if self.spoil is None else self.spoil(self.tasks, answer))
        except Exception as error:
            future.set_exception(error)
        return future
