"""Claims about pairs of points and about degrees, shared out and journaled: verdicts as without."""

from __future__ import annotations

import itertools
import random
import sqlite3
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from verinet import kernel
from verinet.claims import Injective, Proved, Refuted, Unknown, bijective, injective, surjective
from verinet.geometry import box
from verinet.networks import Network, activation, layered
from verinet.provers import sharing
from verinet.provers.portfolio import prove
from verinet.work import Budget

SQUARE = box((-1, 1), (-1, 1))


class Immediate(Executor):
    """Does every task when it is submitted."""

    _max_workers = 3
    tasks = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.tasks += 1
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@pytest.fixture(autouse=True)
def one_visit_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every case is opened again from its trail, and written at once."""
    monkeypatch.setattr(sharing, "FAR", 0.0)
    monkeypatch.setattr(sharing, "SLICE", 0.0)
    monkeypatch.setattr("verinet.provers.journal.EVERY", 0.0)


def drawn(sizes: tuple[int, ...], seed: int, near: int = 0) -> Network:
    """Leaky networks with weights k/8, small ones; `near` eighths of the identity are added."""
    source = random.Random(seed)
    weights = [
        [[Fraction(source.randint(-2, 2) + near * (i % a == j % b), 8) for j in range(a)] for i in range(b)]
        for a, b in itertools.pairwise(sizes)
    ]
    biases = [[Fraction(source.randint(-4, 4), 8) for _ in range(b)] for b in sizes[1:]]
    return layered(weights, biases, activation("leaky_relu", "1/4"))


def parts_in(path: Path) -> int:
    with sqlite3.connect(path) as file:
        return int(file.execute("SELECT count(*) FROM parts").fetchone()[0])


def claims() -> Iterator[Any]:
    for seed in range(4):
        yield injective(drawn((2, 3, 3), seed), SQUARE)
        yield injective(drawn((2, 4, 2), seed, near=8), SQUARE)
        yield bijective(drawn((2, 2, 2), seed, near=8))
        yield surjective(drawn((2, 2, 2), seed, near=8), onto=SQUARE, domain=box((-9, 9), (-9, 9)))
    yield injective(layered([[[1, 0], [0, 1]]], [[0, 0]]), SQUARE)
    yield injective(layered([[[1, 0], [1, 0]]], [[0, 0]]), SQUARE)


def test_verdicts_are_those_of_one_process() -> None:
    seen = set()
    for claim in claims():
        executor = Immediate()
        alone, shared = prove(claim), prove(claim, executor=executor)
        assert type(alone) is type(shared), claim.text()
        if isinstance(shared, Proved) and isinstance(alone, Proved):
            assert executor.tasks
            assert kernel.check(shared.certificate.text) and shared.theorem.statement == alone.theorem.statement
            assert shared.theorem.trust == alone.theorem.trust
        seen.add(type(shared))
    assert seen >= {Proved, Refuted}


@pytest.mark.parametrize(
    "claim",
    [injective(drawn((2, 4, 3), 1, near=8), SQUARE), bijective(drawn((2, 3, 2, 2), 2, near=8))],
    ids=["pairs", "degree"],
)
def test_a_journal_is_taken_up(claim: Injective, tmp_path: Path) -> None:
    path, stored = tmp_path / "journal", [0]
    verdict = prove(claim, Budget(steps=9), journal=path)
    while isinstance(verdict, Unknown):
        stored.append(parts_in(path))
        assert stored[-1] > stored[-2]
        verdict = prove(claim, Budget(steps=9), journal=path)
    assert isinstance(verdict, Proved)
    assert len(stored) > 2
    parts = parts_in(path)
    again = prove(claim, Budget(steps=9), journal=path)
    assert isinstance(again, Proved)
    assert again.certificate.text == verdict.certificate.text
    assert parts_in(path) == parts


def test_an_interrupt_ends_all_searches(tmp_path: Path) -> None:
    class Impatient:
        calls = 0

        def update(self, done: int, open_: int, note: str) -> None:
            self.calls += 1
            if done > 2:
                raise KeyboardInterrupt

    claim = injective(drawn((2, 4, 2), 1, near=8), SQUARE)
    path, impatient = tmp_path / "journal", Impatient()
    verdict = prove(claim, journal=path, progress=impatient)
    assert isinstance(verdict, Unknown)
    assert verdict.reason == "it was interrupted"
    assert parts_in(path)
    assert isinstance(prove(claim, journal=path), Proved)
