"""Bounds of units, named in the kernel: verdicts against cells and points, certificates by the kernel alone."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from verinet import kernel
from verinet.claims import Always, all_of, always, any_of, inputs, outputs
from verinet.claims.tape import Tape
from verinet.geometry import Halfspace, Polyhedron, box
from verinet.networks import Activation, Network, activation, layered, network, relu, variable
from verinet.provers.branching import applies, begin, relax
from verinet.provers.decide import read
from verinet.provers.propagation import model_of, sweep
from verinet.provers.trails import Fails, Steps, Stopped
from verinet.provers.tree import search
from verinet.work import Budget

NAMES: list[tuple[object, ...]] = [("relu",), ("leaky_relu", "1/4"), ("abs",), ("heaviside",), ("hard_tanh",)]
small = st.sampled_from([Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(-3, 2), Fraction(2)])
large = st.fractions(min_value=-2, max_value=2, max_denominator=10**60)


@st.composite
def nasty(draw: st.DrawFn, sizes: tuple[int, ...]) -> Network:
    """Few distinct weights: zero rows, duplicate and opposite units, dead ones, shared breakpoints."""
    entry = draw(st.sampled_from([small, large]))
    name = draw(st.sampled_from(NAMES))
    weights = [[[draw(entry) for _ in range(a)] for _ in range(b)] for a, b in itertools.pairwise(sizes)]
    biases = [[draw(entry) for _ in range(b)] for b in sizes[1:]]
    return layered(weights, biases, chosen(name))


def chosen(name: tuple[object, ...]) -> Activation:
    return activation(str(name[0]), *name[1:])


def accepted(claim: Always, steps: Tape) -> kernel.Report:
    evidence = {"steps": list(steps)}
    data = {"format": kernel.FORMAT, "assumptions": [], "statement": claim.statement(), "evidence": evidence}
    return kernel.check(json.dumps(data))


def judged(claim: Always, steps: int = 3000) -> str:
    """The verdict, after the kernel or the point has confirmed it."""
    found = relax(read(claim.statement()), Budget(60, steps))
    if isinstance(found, Steps):
        accepted(claim, found.steps)
        return "proved"
    if isinstance(found, Fails):
        assert claim.refuted_by(found.point)
        return "refuted"
    return "stopped"


@settings(max_examples=60, deadline=None)
@given(nasty((2, 3, 3, 2)), st.integers(-6, 6), st.booleans())
def test_verdicts_are_those_of_the_search_of_cells(net: Network, level: int, strict: bool) -> None:
    y = outputs(net)
    bound = Fraction(level, 2)
    formula = any_of(y[0] < bound, y[1] > y[0]) if strict else any_of(y[0] <= bound, y[1] >= y[0])
    claim = always(net, formula, box([-1, 1], [-1, "1/3"]))
    assert applies(read(claim.statement()))
    by_cells = search(read(claim.statement()))
    assert judged(claim) == ("proved" if isinstance(by_cells, Steps) else "refuted")


@settings(max_examples=25, deadline=None)
@given(nasty((2, 4, 3, 1)), st.integers(-4, 4))
def test_both_clauses_are_shown_and_rows_of_the_domain_used(net: Network, level: int) -> None:
    x, y = inputs(net), outputs(net)
    lower, upper = y[0] >= Fraction(level - 9, 2), y[0] <= Fraction(level + 9, 2)
    triangle = Polyhedron((-1, -1), (1, 1), (Halfspace((1, 1), Fraction(1, 7)),))
    claim = always(net, all_of(lower, any_of(upper, x[0] > Fraction(1, 5))), triangle)
    by_cells = search(read(claim.statement()))
    assert judged(claim) == ("proved" if isinstance(by_cells, Steps) else "refuted")


@settings(max_examples=25, deadline=None)
@given(nasty((2, 4, 3, 2)))
def test_float_bounds_contain_the_values_of_points(net: Network) -> None:
    claim = always(net, outputs(net)[0] <= 0, box([-1, 1], [0, 1]))
    statement = read(claim.statement())
    whole = sweep(model_of(statement), np.array([[-1.0, 0.0]]), np.array([[1.0, 1.0]]))
    low, high = (sign * whole.largest(sign * whole.outputs)[0] for sign in (-1, 1))
    for point in itertools.product(
        (Fraction(-1), Fraction(-1, 3), Fraction(0), Fraction(1)), (Fraction(0), Fraction(1))
    ):
        for k, value in enumerate(net(*point)):
            assert low[k] - 1e-6 <= float(value) <= high[k] + 1e-6


def test_a_bound_that_is_attained_along_an_edge_of_many_ties() -> None:
    weights = [[[1, 1], [1, 1], [-1, -1], [1, -1], [-1, 1], [1, -1], [2, 2], [0, 0]], [[1, 1, 1, 1, 1, -1, -1, 3]]]
    net = layered(weights, [[0] * 8, [0]], activation("relu"))
    y = outputs(net)
    square = box([-1, 1], [-1, 1])
    exact = [search(read(always(net, claim, square).statement())) for claim in (y[0] >= 0, y[0] > 0)]
    for claim, by_cells in zip((y[0] >= 0, y[0] > 0), exact, strict=True):
        expected = "proved" if isinstance(by_cells, Steps) else "refuted"
        assert judged(always(net, claim, square)) == expected


def random_net(seed: int, sizes: tuple[int, ...], act: Activation | None = None) -> Network:
    """He weights with 12 fractional bits."""
    generator = np.random.default_rng(seed)
    weights: list[Any] = []
    for a, b in itertools.pairwise(sizes):
        entries = np.round(generator.normal(size=(b, a)) * (2 / a) ** 0.5 * 4096).astype(int)
        weights.append([[Fraction(int(entry), 4096) for entry in row] for row in entries])
    biases = [[Fraction(int(entry), 64) for entry in generator.integers(-16, 17, b)] for b in sizes[1:]]
    return layered(weights, biases, activation("relu") if act is None else act)


@pytest.mark.parametrize("sizes", [(3, 16, 16, 1), (8, 12, 10, 1)])
def test_deep_networks_by_halving_and_by_splitting_units(sizes: tuple[int, ...], tmp_path: Path) -> None:
    net = random_net(3, sizes)
    y = outputs(net)
    points = np.random.default_rng(1).uniform(-1, 1, (400, sizes[0]))
    top = max(float(net(*map(Fraction, point))[0]) for point in points[:60].tolist())
    cube = box(*[[-1, 1]] * sizes[0])
    claim = always(net, y[0] <= Fraction(top) + 2, cube)
    found = relax(read(claim.statement()), Budget(60))
    assert isinstance(found, Steps)
    words = {step[0] for step in found.steps}
    assert "name" in words
    path = tmp_path / "certificate.json"
    evidence = {"steps": list(found.steps)}
    data = {"format": kernel.FORMAT, "assumptions": [], "statement": claim.statement(), "evidence": evidence}
    path.write_text(json.dumps(data))
    command = [sys.executable, "-I", "-S", str(kernel.__file__), str(path)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert isinstance(relax(read(always(net, y[0] <= Fraction(top) - 1, cube).statement()), Budget(60)), Fails)


def halved(activation_name: str, weights: list[list[list[int]]], biases: list[list[int]]) -> Network:
    """A network whose weights are halves."""
    halves = [[[Fraction(entry, 2) for entry in row] for row in rows] for rows in weights]
    return layered(halves, [[Fraction(entry, 2) for entry in row] for row in biases], activation(activation_name))


#: y = -relu(..) - 1: the bound -1 is attained on a set with an interior.
ATTAINED = halved(
    "relu",
    [
        [[0, -2], [0, 0], [0, 4], [4, 1]],
        [[4, 0, 0, 0], [4, 0, 0, -3], [0, 2, -2, 2], [-2, 1, 4, 0]],
        [[-3, 4, -3, 0], [-2, 0, 1, -3], [0, 0, -2, 0]],
        [[0, 0, -2]],
    ],
    [[1, -3, -3, -2], [-2, 0, 4, 0], [1, 2, 0], [-2]],
)
#: Ties at the ends of ranges, where the activation jumps, and cases without a point.
JUMPING = halved(
    "heaviside",
    [
        [[1, 1], [-3, -3], [2, 2], [-3, 1]],
        [[4, -3, 2, 0], [1, -2, 2, 0], [-3, 4, 4, 0], [-3, 1, 1, 4]],
        [[4, -3, 4, 2], [-3, 0, -3, 0], [0, 0, 2, 2]],
        [[-3, 0, 1]],
    ],
    [[-2, 1, -3, 2], [-3, 2, 4, -2], [1, 0, 4], [0]],
)
#: The bound is exceeded where two jumps meet, at the end of the domain.
CORNERED = halved(
    "heaviside",
    [
        [[-3, 0], [2, -2], [4, 4], [4, 2]],
        [[2, -2, -2, 4], [1, 0, -3, 4], [2, 0, 4, 2], [-3, 4, 1, 0]],
        [[2, -3, -2, 0], [-2, -2, 2, -3], [0, 4, -3, 1]],
        [[0, -2, 4]],
    ],
    [[-2, 2, 4, 2], [-2, 2, -3, -2], [4, -2, 1], [2]],
)


@settings(max_examples=40, deadline=None)
@example(ATTAINED, -2, False)
@example(JUMPING, -2, False)
@example(CORNERED, 4, False)
@given(nasty((2, 4, 4, 3, 1)), st.integers(-6, 6), st.booleans())
def test_ranges_that_lines_show_change_no_verdict(net: Network, level: int, strict: bool) -> None:
    y = outputs(net)
    bound = Fraction(level, 2)
    claim = always(net, y[0] < bound if strict else y[0] <= bound, box([-1, 1], ["-1/7", 1]))
    by_cells = search(read(claim.statement()))
    assert judged(claim) == ("proved" if isinstance(by_cells, Steps) else "refuted")


@pytest.mark.parametrize("name", [("relu",), ("leaky_relu", "1/4"), ("abs",), ("hard_tanh",)])
def test_ranges_that_lines_show_are_written_as_steps(name: tuple[object, ...]) -> None:
    net = random_net(5, (3, 10, 10, 10, 1), chosen(name))
    points = np.random.default_rng(2).uniform(-1, 1, (60, 3))
    top = max(float(net(*map(Fraction, point))[0]) for point in points.tolist())
    claim = always(net, outputs(net)[0] <= Fraction(top) + 1, box(*[[-1, 1]] * 3))
    found = relax(read(claim.statement()), Budget(60))
    assert isinstance(found, Steps)
    accepted(claim, found.steps)
    assert any(step[0] == "tighten" and step[1] >= 3 for step in found.steps)


@pytest.mark.parametrize("strict", [False, True])
def test_boxes_in_a_property_are_cut_at_their_faces(strict: bool) -> None:
    net = random_net(4, (2, 12, 12, 1))
    x, y = inputs(net), outputs(net)
    points = np.random.default_rng(3).uniform(-1, 1, (200, 2))
    inside = [point for point in points.tolist() if point[0] >= 1 / 3]
    top = Fraction(max(float(net(*map(Fraction, point))[0]) for point in inside)) + 1
    outside = x[0] < Fraction(1, 3) if strict else x[0] <= Fraction(1, 3)
    square = box([-1, 1], [-1, 1])
    claim = always(net, any_of(outside, y[0] <= top), square)
    assert judged(claim) == "proved"
    held = begin(read(claim.statement()), {}, Budget()).first()
    assert held.refine % 3 == 0
    assert judged(always(net, any_of(outside, y[0] <= top - 9), square)) == "refuted"
    apart = any_of(x[0] < Fraction(1, 3), x[0] >= Fraction(1, 3))
    assert judged(always(net, apart, square)) == "proved"
    gap = any_of(x[0] < Fraction(1, 3), x[0] > Fraction(1, 3))
    assert judged(always(net, gap, square)) == "refuted"


def test_a_case_is_taken_up_elsewhere() -> None:
    net = random_net(4, (2, 12, 12, 1))
    x, y = inputs(net), outputs(net)
    claim = always(net, any_of(x[0] < Fraction(1, 3), y[0] <= 40), box([-1, 1], [-1, 1]))
    running = begin(read(claim.statement()), {}, Budget())
    running.visit(running.first())
    cases = [item for item in running.work if not isinstance(item, list)]
    assert any(case.beyond for case in cases)
    for case in cases:
        again = running.reopen([], json.loads(json.dumps(running.hint(case))))
        assert (again.low, again.high, again.beyond) == (case.low, case.high, case.beyond)


def test_two_networks_are_compared_on_the_same_inputs() -> None:
    x = variable("x")
    first, second = network(x, relu(x) + relu(-x)), network(x, 2 * relu(x) + 1 - x)
    (y,), (z,) = outputs(first, second)
    assert judged(always((first, second), y <= z, box([-1, 1]))) == "proved"
    assert judged(always((first, second), y < z - 1, box([-1, 1]))) == "refuted"


def test_a_search_is_taken_up_at_its_boxes() -> None:
    claim = always(net := random_net(3, (3, 16, 16, 1)), outputs(net)[0] <= 3, box(*[[-1, 1]] * 3))
    statement = read(claim.statement())
    whole = relax(statement, Budget(60))
    assert isinstance(whole, Steps)
    running = begin(statement, {}, Budget(60))
    running.work.append(running.first())
    seen = Tape()
    while running.work:
        item = running.work.pop()
        if isinstance(item, list):
            running.emit(item)
        elif running.movable(item):
            other = begin(statement, {}, Budget(60))
            case = other.reopen([], json.loads(json.dumps(running.hint(item))))
            assert other.visit(case) is None
            running.steps.extend(list(other.steps))
            running.work.extend(other.work)
        else:
            assert running.visit(item) is None
    seen.extend(list(running.steps))
    assert list(seen) == list(whole.steps)


def test_it_stops_with_its_budget_and_leaves_what_it_cannot_name() -> None:
    net = random_net(3, (3, 16, 16, 1))
    claim = always(net, outputs(net)[0] <= 3, box(*[[-1, 1]] * 3))
    found = relax(read(claim.statement()), Budget(None, 2))
    assert isinstance(found, Stopped)
    assert "2 steps" in found.reason
    floors = layered([[[3]], [[1]]], [[0], [0]], activation("floor"))
    assert not applies(read(always(floors, outputs(floors)[0] <= 3, box([-1, 1])).statement()))
    giant = layered([[[10**200]], [[10**200]]], [[0], [0]], activation("relu"))
    assert not applies(read(always(giant, outputs(giant)[0] >= 0, box([-1, 1])).statement()))
