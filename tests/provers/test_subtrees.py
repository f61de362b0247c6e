"""Shared-out searches: whatever the pieces and whoever does them, the kernel accepts the whole."""

from __future__ import annotations

import itertools
import random
from concurrent.futures import Future
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.provers.executors import Immediate
from verinet import kernel
from verinet.claims import Proved, Refuted, always, cells, equal, linear_regions, outputs, sup_error
from verinet.claims.tape import Tape
from verinet.errors import BadFormat, NotANumber, Unsupported
from verinet.exact.rationals import Q
from verinet.geometry import Halfspace, box, interval, polytope
from verinet.networks import Network, activation, compose, layered, network, relu, variable
from verinet.provers import branching, sharing, subtrees, tree
from verinet.provers.decide import read
from verinet.provers.parts import Parts
from verinet.provers.portfolio import prove
from verinet.provers.trails import ROOT, Part, Steps, opened
from verinet.provers.workers import Answer
from verinet.work import Budget

small = st.sampled_from([Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(-3, 2), Fraction(2)])
large = st.fractions(min_value=-2, max_value=2, max_denominator=10**60)


def plain(sizes: tuple[int, ...], entries: list[Fraction], name: str = "relu") -> Network:
    feed = iter(entries)
    weights = [[[next(feed) for _ in range(a)] for _ in range(b)] for a, b in itertools.pairwise(sizes)]
    biases = [[next(feed) for _ in range(b)] for b in sizes[1:]]
    return layered(weights, biases, activation(name))


@st.composite
def nasty(draw: st.DrawFn, sizes: tuple[int, ...], name: str = "relu") -> Network:
    """Few distinct weights: zero rows, duplicate and opposite units, dead ones; or 60-digit denominators."""
    entry = draw(st.sampled_from([small, large]))
    size = sum((a + 1) * b for a, b in itertools.pairwise(sizes))
    return plain(sizes, draw(st.lists(entry, min_size=size, max_size=size)), name)


def wide(seed: int = 1, sizes: tuple[int, ...] = (2, 6, 6, 1)) -> Network:
    source = random.Random(seed)
    size = sum((a + 1) * b for a, b in itertools.pairwise(sizes))
    return plain(sizes, [Fraction(source.randint(-8, 8), 8) for _ in range(size)])


SQUARE = box((-1, 1), (-1, 1))
X = variable("x")
TRIANGLE = (Halfspace((-1, 0), 1), Halfspace((0, -1), 1), Halfspace((1, 1), Q("1/3")))


@pytest.fixture
def one_visit_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every case is opened again from its trail."""
    monkeypatch.setattr(sharing, "FAR", 0.0)
    monkeypatch.setattr(sharing, "SLICE", 0.0)


def searched(claim: Any, executor: object = None, jobs: int = 1) -> Any:
    """The search alone, without the looks before it."""
    with subtrees.sharing(jobs, executor=executor):
        return tree.search(read(claim.statement()), Budget())


def accepted(claim: Any, found: Any) -> bool:
    statement = read(claim.statement())
    assert isinstance(found, Steps)
    assert statement.domain is not None
    if statement.kind in ("cells", "linear-regions"):
        statement = statement._replace(stated=(1, [kernel.count(statement, list(found.cells))]))
    assert kernel.replay(statement, statement.domain, found.steps, "") == (len(found.steps), found.leaves)
    return True


@settings(max_examples=20, deadline=None)
@given(nasty((2, 4, 3, 1)), st.sampled_from([Fraction(-1), Fraction(1, 2), Fraction(20)]))
def test_any_case_is_taken_up_from_its_trail(net: Network, bound: Fraction) -> None:
    claim = always(net, outputs(net)[0] <= bound, SQUARE)
    whole = tree.search(read(claim.statement()), Budget())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sharing, "FAR", 0.0)
        shared = searched(claim, Immediate())
    assert isinstance(shared, tree.Fails) == isinstance(whole, tree.Fails)
    if isinstance(shared, tree.Fails):
        assert net(*shared.point)[0] > bound
    else:
        assert accepted(claim, shared)


@settings(max_examples=15, deadline=None)
@given(nasty((2, 3, 2, 1)))
def test_cells_are_counted_alike(net: Network) -> None:
    claim = cells(net, SQUARE) == 1
    whole = tree.search(read(claim.statement()), Budget())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sharing, "FAR", 0.0)
        shared = searched(claim, Immediate())
    assert isinstance(whole, Steps)
    assert accepted(claim, shared)
    assert len(shared.cells) == len(whole.cells)


@settings(max_examples=15, deadline=None)
@given(nasty((1, 4, 3, 1)))
def test_linear_regions_are_counted_alike(net: Network) -> None:
    claim = linear_regions(net, interval(-1, 1)) == 1
    statement = read(claim.statement())
    whole = tree.search(statement, Budget())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sharing, "FAR", 0.0)
        shared = searched(claim, Immediate())
    assert isinstance(whole, Steps)
    assert accepted(claim, shared)
    assert kernel.count(statement, list(shared.cells)) == kernel.count(statement, list(whole.cells))


def sawtooth(times: int) -> Network:
    hat = network(X, 2 * relu(X) - 4 * relu(X - Q("1/2")) + 2 * relu(X - 1))
    return compose(hat, times=times)


def jumping() -> Network:
    return plain((2, 4, 3, 1), [Fraction(k % 7 - 3, 2) for k in range(12 + 15 + 4)], "heaviside")


@pytest.mark.usefixtures("one_visit_a_task")
@pytest.mark.parametrize("executor", [None, "elsewhere"])
@pytest.mark.parametrize(
    "claim",
    [
        equal(wide(), wide(), SQUARE),
        equal(jumping(), jumping(), SQUARE),
        sup_error(sawtooth(2), X**2, interval(0, 1)) <= 1,
        always(wide(), outputs(wide())[0] <= 40, polytope(*TRIANGLE)),
        cells(jumping(), SQUARE) == 1,
    ],
    ids=["equal", "equal jumps", "target", "rows", "cells of jumps"],
)
def test_every_kind_of_statement(claim: Any, executor: str | None, tmp_path: Any) -> None:
    if executor is None:
        with subtrees.sharing(journal=tmp_path / "journal"):
            assert accepted(claim, tree.search(read(claim.statement()), Budget()))
    else:
        assert accepted(claim, searched(claim, Immediate()))


@pytest.mark.usefixtures("one_visit_a_task")
def test_an_attained_error_keeps_its_point() -> None:
    net = network(X, relu(2 * X - 1))
    verdict = prove(sup_error(net, X**2, interval(0, 1)) == Q("1/4"), executor=Immediate())
    assert isinstance(verdict, Proved)


def without(steps: bytes) -> bytes:
    return b",".join(steps.split(b",")[:-1])


def spoilers() -> dict[str, Any]:
    def each(change: Any) -> Any:
        return lambda _, answer: replace(answer, parts=tuple((name, change(part)) for name, part in answer.parts))

    def raising(tasks: int, answer: Answer) -> Answer:
        raise OSError("the machine is on fire")

    return {
        "nothing": lambda tasks, answer: None,
        "raising": raising,
        "text": lambda tasks, answer: "done",
        "no parts": lambda tasks, answer: replace(answer, parts=()),
        "a point": lambda tasks, answer: replace(answer, end=tree.Fails((Fraction(7), Fraction(7)))),
        "a reason": lambda tasks, answer: Answer((), 1, tree.Stopped("tired", 0, True)),
        "not parts": lambda tasks, answer: replace(answer, parts=((0, None),)),
        "bytes": each(lambda part: Part(tuple(b"\xff[" for _ in part.texts), part.hints)),
        "nested": each(lambda part: Part(tuple(b"[" * 100_000 for _ in part.texts), part.hints)),
        "half": each(lambda part: Part((*part.texts[:-1], without(part.texts[-1])), part.hints)),
        "closed": each(lambda part: Part((b'["goal",[[0,"1"]]]',), ())),
        "false": each(lambda part: Part(tuple(text.replace(b'"1"', b'"7"') for text in part.texts), part.hints)),
        "another unit": each(
            lambda part: Part(tuple(t.replace(b'"split",0', b'"split",1') for t in part.texts), part.hints)
        ),
        "unknown words": each(lambda part: Part((b'["trust"]',), ())),
        "odd types": each(lambda part: Part((b'["split",{},[]]', b"", b""), (None, None))),
        "now and then": lambda tasks, answer: answer if tasks % 3 else None,
    }


@pytest.mark.usefixtures("one_visit_a_task")
@pytest.mark.parametrize("spoiler", spoilers())
def test_what_others_do_wrong_is_done_here(spoiler: str) -> None:
    net = wide(sizes=(2, 4, 3, 1))
    claim = always(net, outputs(net)[0] <= 40, SQUARE)
    assert accepted(claim, searched(claim, Immediate(spoilers()[spoiler])))


def test_a_broken_executor_is_no_obstacle() -> None:
    class Broken(Immediate):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            raise RuntimeError("cannot schedule new futures")

    net = wide(sizes=(2, 4, 3, 1))
    claim = always(net, outputs(net)[0] <= 40, SQUARE)
    assert accepted(claim, searched(claim, Broken()))


def test_one_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(Immediate):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            return Future()

    monkeypatch.setattr(sharing, "PATIENCE", 0.01)
    net = wide(sizes=(2, 4, 3, 1))
    claim = always(net, outputs(net)[0] <= 40, SQUARE)
    assert accepted(claim, searched(claim, Silent()))


def test_a_counterexample_found_elsewhere_is_evaluated_here() -> None:
    net = wide(sizes=(2, 4, 3, 1))
    claim = always(net, outputs(net)[0] <= -40, SQUARE)
    assert isinstance(prove(claim, executor=Immediate()), Refuted)
    fails = searched(claim, Immediate())
    assert isinstance(fails, tree.Fails)
    assert net(*fails.point)[0] > -40


def test_a_budget_is_kept() -> None:
    net = wide()
    claim = always(net, outputs(net)[0] <= 40, SQUARE)
    with subtrees.sharing(executor=Immediate()):
        found = tree.search(read(claim.statement()), Budget(steps=3))
    assert found == tree.Stopped("the budget of 3 steps ran out", found.leaves)


@pytest.mark.parametrize("jobs", [0, -1, True, 1.5, "2"])
def test_jobs_is_a_number_of_processes(jobs: Any) -> None:
    net = wide(sizes=(2, 2, 1))
    with pytest.raises(NotANumber, match="Fix: write jobs=4"):
        prove(always(net, outputs(net)[0] <= 40, SQUARE), jobs=jobs)


def test_an_executor_must_be_one() -> None:
    net = wide(sizes=(2, 2, 1))
    claim = always(net, outputs(net)[0] <= 40, SQUARE)
    with pytest.raises(Unsupported, match="Fix: give a dask Client"):
        searched(claim, executor=7)


# ------------------------------------------------------------------------------------------------ parts and trails


def test_trails_are_read_off_the_steps() -> None:
    part = Part((b'["next"],["split",1,"left"],["empty",[0,"1"]],["cut",["0","1"],"right"]', b'["goal"]'), (None,))
    part = Part((part.texts[0], part.texts[1]), ("hint",))
    read_off = opened(part, ROOT)
    assert read_off.leaves == 2
    assert read_off.steps == (4, 1)
    assert [(choice.step[0], choice.side, choice.implied) for choice in read_off.links[0].whole()] == [
        ("next", "only", False),
        ("split", "high", True),
        ("cut", "low", False),
    ]
    assert read_off.links[0].depth == 1


@pytest.mark.parametrize(
    "texts",
    [(b"",), (b'["split",0,"left"],["goal"]',), (b'["goal"],["goal"]',), (b"{}",), (b"[[]]",), (b"[0]",), (b"1",)],
)
def test_steps_that_do_not_fit_are_refused(texts: tuple[bytes, ...]) -> None:
    with pytest.raises(BadFormat, match="do not fit together"):
        opened(Part(texts, ()), ROOT)


def test_parts_are_put_together_in_order() -> None:
    parts = Parts()
    first, second = parts.record(0, Part((b'["split",0,"left"]', b"", b""), (None, None)))
    (third,) = parts.record(second, Part((b'["next"]', b""), (None,)))
    parts.record(third, Part((b'["goal",3]',), ()))
    parts.record(first, Part((b'["goal",1]',), ()))
    assert parts.missing == 0
    assert list(parts.tape()) == [["split", 0, "left"], ["goal", 1], ["next"], ["goal", 3]]
    assert [parts.owner(step) for step in range(4)] == [0, first, second, third]
    assert sorted(parts.drop(second)) == [third]
    assert (parts.missing, parts.leaves, parts.open()) == (1, 1, [second])


def test_a_tape_reads_as_it_was_written() -> None:
    steps = [["split", k, "left"] for k in range(1000)]
    tape = Tape(steps[:700])
    tape.extend_text(b'["split",700,"left"]', 1)
    tape.extend(steps[701:])
    assert tape == steps
    assert len(tape) == 1000


@pytest.mark.usefixtures("one_visit_a_task")
def test_cases_that_cannot_be_moved_are_finished_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def reopened(search: tree.Search, trail: Any, hint: Any) -> Any:
        case = tree_reopen(search, trail, hint)
        asked.append(case.layer)
        return case

    tree_reopen = tree.Search.reopen
    monkeypatch.setattr(tree.Search, "reopen", reopened)
    monkeypatch.setattr(tree.Search, "movable", lambda self, case: case.layer == 0)
    net = wide(sizes=(2, 4, 3, 1))
    claim = always(net, outputs(net)[0] <= 40, SQUARE)
    assert accepted(claim, searched(claim, Immediate()))
    assert asked
    assert set(asked) == {0}


@pytest.mark.usefixtures("one_visit_a_task")
def test_nothing_that_a_worker_remembers_is_asked_for_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    errors: list[Exception] = []

    def failed(run: sharing.Sharing, post: Any, names: list[int], error: Exception) -> Any:
        errors.append(error)
        return fails(run, post, names, error)

    fails = sharing.Sharing.failed
    monkeypatch.setattr(sharing.Sharing, "failed", failed)
    net = wide(sizes=(2, 4, 3, 1))
    claim = always(net, outputs(net)[0] <= 40, SQUARE)
    assert accepted(claim, searched(claim, Immediate(spoilers()["raising"])))
    assert {type(error) for error in errors} == {OSError}


@pytest.mark.usefixtures("one_visit_a_task")
@pytest.mark.parametrize("seed", range(4))
def test_bound_propagation_is_shared_out_too(seed: int, tmp_path: Path) -> None:
    net = wide(seed, (2, 6, 5, 1))
    values = [net(Fraction(i, 3), Fraction(j, 3))[0] for i in range(-3, 4) for j in range(-3, 4)]
    claim = always(net, outputs(net)[0] <= max(values) + Fraction(1, 4), SQUARE)
    statement = read(claim.statement())
    alone = branching.relax(statement, Budget(steps=400))
    with subtrees.sharing(executor=Immediate()):
        shared = branching.relax(statement, Budget(steps=4000))
    if isinstance(alone, Steps):
        assert accepted(claim, shared)
    found: Any = None
    while not isinstance(found, Steps) and isinstance(alone, Steps):
        with subtrees.sharing(journal=tmp_path / "journal"):
            found = branching.relax(statement, Budget(steps=20))
    assert found is None or accepted(claim, found)
