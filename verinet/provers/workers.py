"""Those who finish open cases: this process, other processes of this machine, or an executor of several machines.

A worker is told trails of open cases and hands back parts of the proof; it is never believed.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, BinaryIO, Protocol

from verinet.claims.tape import Tape
from verinet.errors import BudgetExhausted, MissingExtra, Unsupported, VerinetError
from verinet.kernel import Statement
from verinet.provers.trails import Choice, Fails, Json, Part, Searching, Stopped
from verinet.work import Budget, under

#: Name of a search -> module; it has `begin(statement, options, budget)` and `VERSION`.
SEARCHES = {
    "tree": "verinet.provers.tree",
    "propagation": "verinet.provers.branching",
    "equations": "verinet.provers.equations",
    "bends": "verinet.provers.equalities",
}
#: Seconds that a scheduler of several machines may take to answer.
CONNECTING = 10.0

Place = tuple[int, int, int]  # a case as a worker remembers it: number of the task, of the item in it, of the case


@dataclass(frozen=True, slots=True, eq=False)
class Setup:
    """What a worker must know once."""

    key: str
    search: str
    statement: Statement
    options: Json


@dataclass(frozen=True, slots=True)
class Item:
    """An open case: where the worker remembers it from, or its trail."""

    name: int
    place: Place | None
    trail: tuple[Choice, ...] | None
    hint: Json


@dataclass(frozen=True, slots=True)
class Task:
    """Open cases to be finished, one after another, as far as the limits allow; one visit is always made."""

    serial: int
    items: tuple[Item, ...]
    seconds: float
    visits: int | None  # limit of the budget, in visits
    left: float | None  # limit of the budget, in seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """Parts by the names of their cases; cases without one were not begun."""

    parts: tuple[tuple[int, Part], ...]
    visits: int
    end: Fails | Stopped | None = None


class Died(Exception):
    """A process ended without an answer."""


class Worker:
    """Does tasks; keeps the cases that it left open at the last one, so that they need not be built again."""

    def __init__(self, setup: Setup) -> None:
        begin: Callable[[Statement, Json, Budget], Searching] = import_module(SEARCHES[setup.search]).begin
        self.search = begin(setup.statement, setup.options, Budget())
        self.known: dict[Place, Any] = {}

    def do(self, task: Task) -> Answer:
        """Finish the cases of a task as far as its limits allow."""
        known, self.known = self.known, {}
        budget = Budget(task.left)
        self.search.budget = budget
        limits = _Limits(time.monotonic() + task.seconds, task.visits)
        parts: list[tuple[int, Part]] = []
        with under(budget):
            for number, item in enumerate(task.items):
                if limits.reached():
                    if item.place in known:
                        self.known[item.place] = known[item.place]
                    continue
                case = self._case(item, known)
                try:
                    found = self._finish(case, limits, (task.serial, number))
                except BudgetExhausted:
                    found = Stopped(budget.reason(), 0)
                if not isinstance(found, Part):
                    return Answer(tuple(parts), limits.visits, found)
                parts.append((item.name, found))
        return Answer(tuple(parts), limits.visits)

    def _case(self, item: Item, known: dict[Place, Any]) -> Any:
        if item.trail is not None:
            return self.search.reopen(item.trail, item.hint) if item.trail else self.search.first()
        if item.place is None:
            raise Unsupported("a case came without a trail", fix="report this network")
        return known.pop(item.place)

    def _movable(self) -> bool:
        return all(isinstance(item, list) or self.search.movable(item) for item in self.search.work)

    def _finish(self, case: Any, limits: _Limits, task: tuple[int, int]) -> Part | Fails | Stopped:
        search = self.search
        search.steps, search.work, search.contacts, search.cells = Tape(), [case], [], []
        while search.work and not (limits.reached() and self._movable()):
            item = search.work.pop()
            if isinstance(item, list):
                search.emit(item)
                continue
            limits.visits += 1
            end = search.visit(item)
            if end is not None:
                return end
        texts: list[bytes] = []
        hints: list[Json] = []
        for item in reversed(search.work):
            if isinstance(item, list):
                search.steps.append(item)
                continue
            self.known[(*task, len(hints))] = item
            texts.append(search.steps.text.encode())
            hints.append(search.hint(item))
            search.steps = Tape()
        texts.append(search.steps.text.encode())
        return Part(tuple(texts), tuple(hints), tuple(search.contacts), tuple(search.cells))


@dataclass(slots=True)
class _Limits:
    until: float
    most: int | None
    visits: int = 0

    def reached(self) -> bool:
        """Enough for one task?  Never before the first visit."""
        if not self.visits:
            return False
        return time.monotonic() >= self.until or (self.most is not None and self.visits >= self.most)


class Seat(Protocol):
    """A place at which one task at a time is done."""

    remembers: bool  # the cases that it left open

    def submit(self, task: Task) -> Future[Answer]:
        """Begin a task."""

    def close(self) -> None:
        """Stop whatever is being done."""


class Here:
    """The seat of this process: a task is done when it is submitted."""

    remembers = True

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.worker: Worker | None = None

    def submit(self, task: Task) -> Future[Answer]:
        """Do the task now."""
        future: Future[Answer] = Future()
        if self.worker is None:
            self.worker = Worker(self.setup)
        try:
            future.set_result(self.worker.do(task))
        except Exception as error:
            future.set_exception(error)
        return future

    def close(self) -> None:
        """There is nothing to stop."""


class Process:
    """The seat of another process of this machine; it is started at its first task, and again after it died.

    An interpreter of its own, not a copy of this one: linear programs and just-in-time compilers run threads, which
    a copy would lose.
    """

    remembers = True

    def __init__(self, setup: bytes) -> None:
        self.setup = setup
        self.process: subprocess.Popen[bytes] | None = None
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="verinet-process")

    def submit(self, task: Task) -> Future[Answer]:
        """Send the task; a thread waits for the answer."""
        return self.thread.submit(self._exchange, task)

    def _exchange(self, task: Task) -> Answer:
        process = self.process or self._started()
        try:
            if process is not self.process:
                self.process = process
                _send(process.stdin, self.setup)
            _send(process.stdin, pickle.dumps(task))
            answer = pickle.loads(_received(process.stdout))  # bytes of a process of our own
        except (OSError, EOFError, ValueError) as error:
            self.process = None
            raise Died(f"status {_buried(process)}") from error
        if isinstance(answer, Exception):
            raise answer
        if not isinstance(answer, Answer):
            raise Died("its answer is none")
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        # The first words keep Ctrl-C for the process that started this one.
        code = (
            "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); import sys; sys.path[:] = sys.argv[1:]; "
            "from verinet.provers.workers import serve; serve()"
        )
        quiet = None if os.environ.get("VERINET_DEBUG") == "1" else subprocess.DEVNULL
        return subprocess.Popen(
            [sys.executable, "-c", code, *sys.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=quiet
        )

    def close(self) -> None:
        """Kill the process; nothing that it has not handed back is wanted."""
        if self.process is not None:
            self.process.kill()
        self.thread.shutdown(wait=True, cancel_futures=True)
        if self.process is not None:
            _buried(self.process)


def _buried(process: subprocess.Popen[bytes]) -> int:
    """End a process and everything that is left of it; return its status."""
    # One that has just closed its pipe is about to tell its own status.
    with suppress(subprocess.TimeoutExpired):
        process.wait(0.2)
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    return process.wait()


def serve() -> None:
    """The other end of `Process`: tasks from standard input, answers to standard output."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    tasks = sys.stdin.buffer
    try:
        worker = Worker(pickle.loads(_received(tasks)))
        while True:
            task = pickle.loads(_received(tasks))
            try:
                answer: Answer | Exception = worker.do(task)
            except Exception as error:
                answer = error if isinstance(error, VerinetError) else RuntimeError(f"{type(error).__name__}: {error}")
            _send(answers, pickle.dumps(answer))
    except (EOFError, OSError):
        os._exit(0)  # whoever started this process is gone


def _send(stream: BinaryIO | Any, data: bytes) -> None:
    stream.write(len(data).to_bytes(8, "big") + data)
    stream.flush()


def _received(stream: BinaryIO | Any) -> bytes:
    size = int.from_bytes(_exactly(stream, 8), "big")
    return _exactly(stream, size)


def _exactly(stream: BinaryIO | Any, size: int) -> bytes:
    data: bytes = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


class Elsewhere:
    """A seat at an executor: any `concurrent.futures.Executor`, that of a dask cluster for one."""

    remembers = False

    def __init__(self, executor: Executor, setup: Setup) -> None:
        self.executor = executor
        self.setup = setup

    def submit(self, task: Task) -> Future[Answer]:
        """Hand the task over."""
        try:
            return self.executor.submit(done_elsewhere, self.setup, task)
        except Exception as error:
            failed: Future[Answer] = Future()
            failed.set_exception(error)
            return failed

    def close(self) -> None:
        """The executor belongs to whoever gave it."""


_mine = threading.local()


def done_elsewhere(setup: Setup, task: Task) -> Answer:
    """Do a task on whatever machine this is; the search is set up once a thread."""
    if getattr(_mine, "key", None) != setup.key:
        _mine.worker, _mine.key = Worker(setup), setup.key
    worker: Worker = _mine.worker
    answer = worker.do(task)
    worker.known = {}
    return answer


@dataclass(slots=True)
class Crew:
    """All seats of a search, closed together."""

    seats: list[Seat]
    trusted: bool
    closing: list[Callable[[], object]] = field(default_factory=list)

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *exception: object) -> None:
        for close in [*(seat.close for seat in self.seats), *self.closing]:
            close()


def crew(setup: Setup, jobs: int, executor: Any) -> Crew:
    """This process alone, `jobs` processes, or an executor with that many tasks at a time (1: as many as it can do).

    Raises
    ------
    MissingExtra
        If the address of a dask scheduler is given and dask is not installed.
    Unsupported
        If nothing that can be told tasks is given, or no scheduler answers.
    """
    if executor is None:
        if jobs == 1:
            return Crew([Here(setup)], True)
        message = pickle.dumps(setup)
        return Crew([Process(message) for _ in range(jobs)], True)
    closing: list[Callable[[], object]] = []
    if isinstance(executor, str):
        executor = _connected(executor)
        closing.append(executor.close)
    if hasattr(executor, "get_executor"):  # a dask client
        size = sum(executor.nthreads().values())
        executor = executor.get_executor()
    else:
        size = getattr(executor, "_max_workers", os.cpu_count() or 1)
    if not callable(getattr(executor, "submit", None)):
        raise Unsupported(
            f"prove needs an executor with a method submit, got {type(executor).__name__}",
            fix='give a dask Client, "tcp://scheduler:8786", or an executor of concurrent.futures',
        )
    seats = jobs if jobs > 1 else max(1, size)
    return Crew([Elsewhere(executor, setup) for _ in range(seats)], False, closing)


def _connected(address: str) -> Any:
    try:
        distributed = import_module("distributed")
    except ImportError as error:
        raise MissingExtra(
            f"the scheduler {address} needs dask, which is not installed", fix="pip install 'verinet[dask]'"
        ) from error
    try:
        return distributed.Client(address, timeout=CONNECTING, set_as_default=False)
    except (OSError, ValueError) as error:
        raise Unsupported(
            f"no dask scheduler answers at {address}: {error}", fix='name one that runs, as in "tcp://10.0.0.1:8786"'
        ) from error


__all__ = ["SEARCHES", "Answer", "Crew", "Died", "Here", "Item", "Seat", "Setup", "Task", "Worker", "crew", "serve"]
