"""Claims about pairs of points, degrees, and bends that cancel, shared out and journaled: verdicts as without."""

from __future__ import annotations

import itertools
import random
import sqlite3
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.provers.executors import Immediate
from verinet import kernel
from verinet.claims import Proved, Refuted, Unknown, bijective, equal, injective, surjective
from verinet.geometry import box, whole_space
from verinet.networks import Network, activation, layered, network, variables
from verinet.networks.expressions import maximum
from verinet.provers import equalities, sharing
from verinet.provers.cancellation import Closing
from verinet.provers.decide import read
from verinet.provers.depth_first import finished
from verinet.provers.portfolio import prove
from verinet.provers.trails import Stopped
from verinet.work import Budget

SQUARE = box((-1, 1), (-1, 1))


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
    for seed in range(2):
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
            assert kernel.check(shared.certificate.text)
            assert shared.theorem.statement == alone.theorem.statement
            assert shared.theorem.trust == alone.theorem.trust
        seen.add(type(shared))
    assert seen >= {Proved, Refuted}


def tournament(*order: int) -> Network:
    x = variables("x", len(order))
    return network(x, maximum(*(x[k] for k in order)))


SAME = equal(tournament(0, 1, 2, 3, 4), tournament(4, 2, 0, 3, 1), whole_space(5))
OTHER = equal(tournament(0, 1, 2, 3, 4), tournament(4, 2, 0, 3, 3), whole_space(5))


@pytest.fixture
def bends_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the search by cells, so that a proof is one by bends."""
    monkeypatch.setattr("verinet.provers.decide.universal", lambda *_: Unknown("the search by cells was asked"))


@pytest.mark.usefixtures("bends_only")
def test_bends_that_cancel_are_shared_out() -> None:
    executor = Immediate()
    assert isinstance(prove(SAME, executor=executor), Proved)
    assert executor.tasks > 3
    assert isinstance(prove(OTHER, executor=executor), Refuted)


@pytest.mark.parametrize("shared", [False, True])
def test_where_floats_mislead_the_bends_cells_decide(
    shared: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def misled(*_: object) -> None:
        raise kernel.Rejected("a number is not 0")

    monkeypatch.setattr(Closing, "run", misled)
    claim = equal(tournament(0, 1, 2), tournament(2, 0, 1), whole_space(3))
    assert isinstance(prove(claim, journal=tmp_path / "journal" if shared else None), Proved)
    # said, not raised: what another process raises comes back as an error without its class
    assert isinstance(finished(equalities.begin(read(claim.statement()), {}, Budget(60))), Stopped)


@pytest.mark.usefixtures("bends_only")
@pytest.mark.parametrize(
    "claim",
    [injective(drawn((2, 4, 3), 1, near=8), SQUARE), bijective(drawn((2, 3, 2, 2), 2, near=8)), SAME],
    ids=["pairs", "degree", "bends"],
)
def test_a_journal_is_taken_up(claim: Any, tmp_path: Path) -> None:
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
