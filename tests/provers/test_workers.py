"""Processes and machines: they die, are killed, or never start, and the proof is found all the same."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import pickle
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from verinet.claims import Always, Proved, always, outputs
from verinet.errors import MissingExtra, Unsupported
from verinet.geometry import box
from verinet.networks import Network, activation, layered
from verinet.networks.formats import write_network
from verinet.provers import sharing, subtrees, workers
from verinet.provers.decide import certified, read
from verinet.provers.portfolio import prove
from verinet.provers.trails import Steps, Stopped
from verinet.provers.tree import search
from verinet.provers.workers import Answer, Died, Item, Process, Setup, Task, crew
from verinet.work import Budget

SQUARE = box((-1, 1), (-1, 1))


def wide(sizes: tuple[int, ...] = (2, 8, 8, 1), seed: int = 1) -> Network:
    source = random.Random(seed)
    pairs = list(itertools.pairwise(sizes))
    weights = [[[Fraction(source.randint(-8, 8), 8) for _ in range(a)] for _ in range(b)] for a, b in pairs]
    biases = [[Fraction(source.randint(-8, 8), 8) for _ in range(b)] for b in sizes[1:]]
    return layered(weights, biases, activation("relu"))


def claim_of(sizes: tuple[int, ...] = (2, 8, 8, 1)) -> Always:
    net = wide(sizes)
    return always(net, outputs(net)[0] <= 100, SQUARE)


def proved(claim: Always, found: object) -> bool:
    assert isinstance(found, Steps), found
    return isinstance(certified(claim.text(), claim.statement(), {"steps": found.steps}), Proved)


class Killer:
    """Progress that ends one process at each of its first calls."""

    def __init__(self, victims: Any, times: int = 1) -> None:
        self.victims = victims
        self.times = times
        self.killed = 0

    def update(self, done: int, open_: int, note: str) -> None:
        for pid in self.victims() if self.killed < self.times else []:
            os.kill(pid, signal.SIGKILL)
            self.killed += 1
            return


@pytest.fixture
def crews(monkeypatch: pytest.MonkeyPatch) -> list[workers.Crew]:
    """The crews that searches have made."""
    made: list[workers.Crew] = []

    def kept(*arguments: Any) -> workers.Crew:
        made.append(crew(*arguments))
        return made[-1]

    monkeypatch.setattr(subtrees, "crew", kept)
    monkeypatch.setattr(sharing, "SLICE", 0.05)
    return made


def processes(crews: list[workers.Crew]) -> list[int]:
    seats = [seat for crew in crews for seat in crew.seats if isinstance(seat, Process)]
    return [seat.process.pid for seat in seats if seat.process is not None and seat.process.poll() is None]


def test_processes_prove_and_are_gone(crews: list[workers.Crew]) -> None:
    claim = claim_of()
    seen: list[int] = []

    class Watching:
        def update(self, done: int, open_: int, note: str) -> None:
            seen.extend(processes(crews))

    with subtrees.sharing(jobs=2):
        assert proved(claim, search(read(claim.statement()), Budget(), Watching()))
    assert seen
    assert not any(Path(f"/proc/{pid}").exists() for pid in seen)


def test_what_a_killed_process_had_is_done_again(crews: list[workers.Crew]) -> None:
    claim = claim_of()
    killer = Killer(lambda: processes(crews), 2)
    with subtrees.sharing(jobs=2):
        assert proved(claim, search(read(claim.statement()), Budget(), killer))
    assert killer.killed == 2


def test_processes_that_always_die_end_the_search(crews: list[workers.Crew], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    claim = claim_of()
    with subtrees.sharing(jobs=2):
        found = search(read(claim.statement()), Budget())
    assert isinstance(found, Stopped)
    assert found.reason.startswith("3 processes died at the same part of the proof (status 1)")
    assert found.final


def test_a_process_is_started_again() -> None:
    claim = claim_of((2, 3, 1))
    setup = Setup("key", "tree", read(claim.statement()), {})
    seat = Process(pickle.dumps(setup))
    task = Task(1, (Item(0, None, (), None),), 10.0, None, None)
    assert seat.process is None
    first = seat.submit(task).result()
    assert isinstance(first, Answer)
    assert seat.process is not None
    os.kill(seat.process.pid, signal.SIGKILL)
    with pytest.raises(Died, match="status -9"):
        seat.submit(task).result()
    assert seat.submit(task).result().parts == first.parts
    seat.close()


def test_errors_of_a_process_are_the_errors_of_the_search() -> None:
    setup = Setup("key", "tree", read(claim_of((2, 2, 1)).statement()), {})
    seat = Process(pickle.dumps(setup))
    with pytest.raises(Unsupported, match="a case came without a trail"):
        seat.submit(Task(1, (Item(0, None, None, None),), 1.0, None, None)).result()
    seat.close()


def test_an_executor_of_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "FAR", 0.1)
    claim = claim_of()
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        killer = Killer(lambda: list(pool._processes or ()))  # the pool is broken from then on
        with subtrees.sharing(executor=pool):
            assert proved(claim, search(read(claim.statement()), Budget(), killer))
    assert killer.killed == 1


SCRIPT = """
import signal
import verinet as vn
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored in what runs in the background
claim = vn.claims.cells(vn.read_network("net.json"), vn.box((-1, 1), (-1, 1))) == 1
print(vn.prove(claim, jobs=2, journal="journal"))
"""


@pytest.mark.long
def test_ctrl_c_ends_all_processes(tmp_path: Path) -> None:
    write_network(wide((2, 24, 24, 24, 1)), tmp_path / "net.json")
    command = [sys.executable, "-c", SCRIPT]
    running = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    until = time.monotonic() + 60
    while not group(running.pid) - {running.pid} and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(1)
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does
    out, errors = running.communicate(timeout=60)
    assert running.returncode == 0
    assert out.startswith("UNKNOWN   it was interrupted"), (out, errors)
    assert not errors
    assert not group(running.pid)


def group(leader: int) -> set[int]:
    """The processes of a group."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == leader and fields[0] != "Z":
                found.add(int(entry.name))
    return found


# --------------------------------------------------------------------------------------------------------------- dask


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    claim = claim_of()
    with (
        pytest.raises(MissingExtra, match=r"Fix: pip install 'verinet\[dask\]'"),
        subtrees.sharing(executor="tcp://a:1"),
    ):
        search(read(claim.statement()), Budget())


@pytest.mark.long
def test_a_scheduler_must_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="left out: dask is not installed")
    monkeypatch.setattr(workers, "CONNECTING", 0.2)
    claim = claim_of()
    with pytest.raises(Unsupported, match="no dask scheduler answers"), subtrees.sharing(executor="tcp://127.0.0.1:1"):
        search(read(claim.statement()), Budget())


@pytest.mark.long
def test_a_dask_cluster_loses_a_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed", reason="left out: dask is not installed")
    monkeypatch.setattr(sharing, "FAR", 0.2)
    claim = claim_of()
    with (
        distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        killer = Killer(lambda: [nanny.pid for nanny in cluster.workers.values() if nanny.pid])
        with subtrees.sharing(executor=client):
            assert proved(claim, search(read(claim.statement()), Budget(), killer))
        assert killer.killed == 1
        assert isinstance(prove(claim, executor=cluster.scheduler_address), Proved)
