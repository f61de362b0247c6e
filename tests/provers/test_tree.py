"""The split-tree prover: every verdict against brute force, ties and jumps included, and the kernel agrees."""

from __future__ import annotations

import itertools
import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet import kernel
from verinet.claims import (
    Proved,
    Refuted,
    Unknown,
    always,
    any_of,
    cells,
    equal,
    equals,
    inputs,
    linear_regions,
    outputs,
    somewhere,
    sup_error,
    value,
)
from verinet.exact.rationals import Q
from verinet.geometry import box, interval, whole_space
from verinet.networks import (
    Network,
    activation,
    apply_activation,
    compose,
    layered,
    network,
    parallel,
    relu,
    variable,
    variables,
)
from verinet.networks.formats import read_network
from verinet.provers.portfolio import prove
from verinet.work import Budget

NETS = Path(__file__).parent.parent / "data" / "nets"

small = st.sampled_from([Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(-3, 2), Fraction(2)])
large = st.fractions(min_value=-2, max_value=2, max_denominator=10**60)


def plain(sizes: tuple[int, ...], entries: list[Fraction], name: str = "relu") -> Network:
    """A layered network from a flat list of weights."""
    feed = iter(entries)
    weights, biases = [], []
    for before, after in itertools.pairwise(sizes):
        weights.append([[next(feed) for _ in range(before)] for _ in range(after)])
        biases.append([next(feed) for _ in range(after)])
    return layered(weights, biases, activation(name))


def count_of(sizes: tuple[int, ...]) -> int:
    return sum((a + 1) * b for a, b in itertools.pairwise(sizes))


@st.composite
def nasty(draw: st.DrawFn, sizes: tuple[int, ...], name: str = "relu") -> Network:
    """Few distinct weights: zero rows, duplicate and opposite units, dead ones, shared breakpoints."""
    entry = draw(st.sampled_from([small, large]))
    return plain(sizes, draw(st.lists(entry, min_size=count_of(sizes), max_size=count_of(sizes))), name)


def greatest_on_grid(net: Network, points: list[tuple[Fraction, ...]]) -> Fraction:
    return max(net(*point)[0] for point in points)


def line_breakpoints(net: Network) -> list[Fraction]:
    """Breakpoints of a one-input ReLU network on [-1, 1] by following each piece: an independent oracle."""
    todo, found = [(Fraction(-1), Fraction(1))], {Fraction(-1), Fraction(1)}
    while todo:
        a, b = todo.pop()
        zeros = zeros_between(net, a, b)
        if zeros:
            found.update(zeros)
            ends = sorted({a, b, *zeros})
            todo.extend(itertools.pairwise(ends))
    return sorted(found)


def zeros_between(net: Network, a: Fraction, b: Fraction) -> list[Fraction]:
    """Zeros strictly inside (a, b) of the first layer whose preactivations change sign there."""
    third = (b - a) / 3
    rows = [hidden(net, a + third), hidden(net, b - third)]
    for left, right in zip(*rows, strict=True):
        zeros = []
        for p, q in zip(left, right, strict=True):
            slope = (q - p) / third
            if slope:
                zero = a + third - p / slope
                if a < zero < b:
                    zeros.append(zero)
        if zeros:
            return zeros
    return []


def hidden(net: Network, x: Fraction) -> list[list[Fraction]]:
    """Preactivations of all hidden layers at x."""
    values, layers = [x], []
    affine = [vertex.operation for vertex in net.vertices if hasattr(vertex.operation, "weight")]
    for place, operation in enumerate(affine[:-1]):
        weight, bias = operation.weight, operation.bias
        z = [
            bias[i, 0] + sum((weight[i, j] * v for j, v in enumerate(values)), Fraction(0)) for i in range(weight.rows)
        ]
        layers.append(z)
        values = [max(entry, Fraction(0)) for entry in z]
        assert place < len(affine)
    return layers


@settings(max_examples=25)
@given(nasty((1, 3, 2, 1)))
def test_the_maximum_on_a_line_is_found_exactly(net: Network) -> None:
    top = max(net(x)[0] for x in line_breakpoints(net))
    y = outputs(net)
    assert isinstance(prove(always(net, y[0] <= top, interval(-1, 1))), Proved)
    refuted = prove(always(net, y[0] < top, interval(-1, 1)))
    assert isinstance(refuted, Refuted)
    assert refuted.counterexample is not None
    assert refuted.counterexample.y == (top,)


@settings(max_examples=20)
@given(nasty((2, 3, 2, 1)), st.integers(-4, 4))
def test_verdicts_agree_with_exact_samples_in_the_plane(net: Network, level: int) -> None:
    y = outputs(net)
    verdict = prove(always(net, y[0] <= Fraction(level, 2), box((-1, 1), (-1, 1))))
    grid = [(Fraction(i, 4), Fraction(j, 4)) for i in range(-4, 5) for j in range(-4, 5)]
    if greatest_on_grid(net, grid) > Fraction(level, 2):
        assert isinstance(verdict, Refuted)
    if isinstance(verdict, Refuted):
        point = verdict.counterexample
        assert point is not None
        assert net(*point.x) == point.y
        assert point.y[0] > Fraction(level, 2)
        assert all(abs(entry) <= 1 for entry in point.x)
        assert verdict.certificate is not None
        assert kernel.check(verdict.certificate.text).kind == "fails"
    else:
        assert isinstance(verdict, Proved)


@settings(max_examples=12)
@given(nasty((2, 2, 2, 1)))
def test_a_permuted_and_rescaled_copy_is_equal_and_a_changed_one_is_not(net: Network) -> None:
    x0, x1 = variables("x", 2)
    same = network((x0, x1), [2 * entry / 2 for entry in _rebuilt(net, (x0, x1))])
    assert isinstance(prove(equal(net, same, box((-1, 1), (-1, 1)))), Proved)
    changed = network((x0, x1), [entry + Q("1/1048576") * relu(x0) for entry in _rebuilt(net, (x0, x1))])
    assert isinstance(prove(equal(net, changed, box((-1, 1), (-1, 1)))), Refuted)


def _rebuilt(net: Network, x: tuple[object, ...]) -> list[object]:
    """The same function with units in reverse order, each scaled by 3 before and 1/3 after its ReLU."""
    values = list(x)
    affine = [vertex.operation for vertex in net.vertices if hasattr(vertex.operation, "weight")]
    for place, operation in enumerate(affine):
        weight, bias = operation.weight, operation.bias
        z = [
            sum((weight[i, j] * v for j, v in enumerate(values)), start=0 * values[0]) + bias[i, 0]
            for i in range(weight.rows)
        ]
        values = z if place == len(affine) - 1 else [Q("1/3") * relu(3 * entry) for entry in reversed(z)]
        if place < len(affine) - 1:
            values = list(reversed(values))
    return values


def degenerate_networks() -> list[object]:
    """Names of the networks; the one with thousands of cells is left to the night."""
    names = sorted(path.stem for path in NETS.glob("adv_*.json"))
    return [pytest.param(name, marks=[pytest.mark.nightly] if "tent14" in name else []) for name in names]


@pytest.mark.parametrize("name", degenerate_networks())
def test_cells_of_degenerate_networks(name: str) -> None:
    truth = json.loads((NETS / "truth.json").read_text())[name]
    net = read_network(NETS / f"{name}.json")
    domain = box((-1, 1), dimension=net.input_size)
    assert isinstance(prove(cells(net, domain) == truth["cells"]), Proved)
    if truth["cells"] > 1000:
        return
    wrong = prove(cells(net, domain) == truth["cells"] + 1)
    assert isinstance(wrong, Refuted)
    assert wrong.certificate is not None
    if net.input_size == 1:
        assert isinstance(prove(linear_regions(net, domain) == truth["linear"]), Proved)


@settings(max_examples=20)
@given(nasty((1, 3, 2, 1)))
def test_linear_regions_agree_with_slopes_between_breakpoints(net: Network) -> None:
    ends = line_breakpoints(net)
    slopes = [(net(b)[0] - net(a)[0]) / (b - a) for a, b in itertools.pairwise(ends)]
    pieces = 1 + sum(p != q for p, q in itertools.pairwise(slopes))
    assert isinstance(prove(linear_regions(net, interval(-1, 1)) == pieces), Proved)


def test_the_value_at_a_jump_decides() -> None:
    x = variable("x")
    for at_zero in ("0", "1/2", "1"):
        step = network(x, apply_activation(x, activation("heaviside", Q(at_zero))))
        y = outputs(step)
        below = prove(always(step, y[0] <= 0, interval(-1, 0)))
        assert isinstance(below, Proved if at_zero == "0" else Refuted)
        between = prove(always(step, any_of(y[0] <= 0, y[0] >= 1), interval(-1, 1)))
        assert isinstance(between, Refuted if at_zero == "1/2" else Proved)


def test_a_strict_bound_touched_at_the_end_is_refuted_there() -> None:
    x = variable("x")
    net = network(x, relu(x))
    y = outputs(net)
    verdict = prove(always(net, y[0] > 0, interval(0, 1)))
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample is not None
    assert verdict.counterexample.x == (0,)
    assert isinstance(prove(always(net, y[0] >= 0, interval(0, 1))), Proved)


def test_a_constant_unit_does_not_hide_its_region() -> None:
    """The bug of a trial prover: a unit that is constantly 0 failed both strict tests, and its region vanished."""
    x = variable("x")
    dead = relu(x - x)
    net = network(x, relu(dead + relu(x)) - dead)
    y = outputs(net)
    assert isinstance(prove(always(net, y[0] <= Q("1/2"), interval(-1, 1))), Refuted)
    assert isinstance(prove(always(net, y[0] <= 1, interval(-1, 1))), Proved)


def test_a_lattice_network_with_ties_everywhere() -> None:
    """max(min(x, y), min(x, -y)) through units that vanish on whole regions."""
    x, y = variables("x", 2)
    first, second = x - relu(x - y), x - relu(x + y)
    net = network((x, y), first + relu(second - first))
    (out,) = outputs(net)
    a, b = inputs(net)
    square = box((-1, 1), (-1, 1))
    assert isinstance(prove(always(net, any_of(equals(out, a), equals(out, b), equals(out, -b)), square)), Proved)
    assert isinstance(prove(always(net, out <= a, square)), Proved)
    assert isinstance(prove(always(net, out < a, square)), Refuted)
    assert isinstance(prove(always(net, out >= a - 1, square)), Proved)
    assert isinstance(prove(always(net, out > a - 1, square)), Refuted)


def test_unbounded_and_flat_domains() -> None:
    x = variable("x")
    net = network(x, relu(x) - relu(-x))
    (y,), (a,) = outputs(net), inputs(net)
    assert isinstance(prove(always(net, equals(y, a), whole_space(1))), Proved)
    assert isinstance(prove(always(net, y <= 1000, whole_space(1))), Refuted)
    assert isinstance(prove(always(net, equals(y, Q("1/3")), interval("1/3", "1/3"))), Proved)
    assert isinstance(prove(always(net, y < Q("1/3"), interval("1/3", "1/3"))), Refuted)


def test_floor_on_its_range() -> None:
    x = variable("x")
    net = network(x, apply_activation(x, activation("floor")), domain=[(-3, 3)])
    (y,), (a,) = outputs(net), inputs(net)
    domain = interval("-5/2", "5/2")
    assert isinstance(prove(always(net, y <= a, domain)), Proved)
    assert isinstance(prove(always(net, y > a - 1, domain)), Proved)
    assert isinstance(prove(always(net, y < a, domain)), Refuted)


def test_two_networks_side_by_side_and_existence() -> None:
    x = variable("x")
    f = network(x, relu(x))
    g = network(x, relu(x - Q("1/2")))
    (p,), (q,) = outputs(f, g)
    assert isinstance(prove(always((f, g), p >= q, interval(-1, 1))), Proved)
    assert isinstance(prove(somewhere((f, g), p - q >= Q("1/2"), interval(-1, 1))), Proved)
    nowhere = prove(somewhere((f, g), p - q > Q("1/2"), interval(-1, 1)))
    assert isinstance(nowhere, Refuted)
    assert nowhere.certificate is not None
    assert kernel.check(nowhere.certificate.text).kind == "always"
    both = parallel(f, g)
    assert isinstance(prove(value(both, at=["3/4"]) == ["3/4", "1/4"]), Proved)
    assert isinstance(prove(value(both, at=["3/4"]) == ["3/4", "1/3"]), Refuted)


def test_an_exhausted_budget_says_so() -> None:
    x = variable("x")
    hat = network(x, 2 * relu(x) - 4 * relu(x - Q("1/2")) + 2 * relu(x - 1))
    verdict = prove(linear_regions(compose(hat, times=6), interval(0, 1)) == 64, budget=Budget(steps=20))
    assert isinstance(verdict, Unknown)
    assert "20 steps" in verdict.reason


def test_weights_of_very_different_size() -> None:
    x0, x1 = variables("x", 2)
    tiny, huge = Fraction(1, 10**60), Fraction(10**60)
    net = network((x0, x1), relu(huge * (x0 - x1)) - huge * relu(x0 - x1) + relu(tiny * x0 + tiny * x1))
    (y,) = outputs(net)
    square = box((-1, 1), (-1, 1))
    assert isinstance(prove(always(net, y <= 2 * tiny, square)), Proved)
    assert isinstance(prove(always(net, y < 2 * tiny, square)), Refuted)
    assert isinstance(prove(always(net, y <= tiny, square)), Refuted)


def test_numbers_beyond_float64() -> None:
    huge, tiny = Fraction(10) ** 200, Fraction(1, 10**400)
    square = box((-1, 1), (-1, 1))
    grown = layered([[[huge, -huge], [huge, huge]], [[huge, huge], [huge, -huge]], [[1, 1]]], [[0, 1], [0, 0], [0]])
    (y,) = outputs(grown)
    assert isinstance(prove(always(grown, y >= 0, square)), Proved)
    assert isinstance(prove(always(grown, y >= 1, square)), Refuted)
    assert isinstance(prove(always(grown, y <= tiny, square)), Refuted)
    assert isinstance(prove(sup_error(grown, {(0, 0): 0}, square) <= 5 * huge**2), Proved)
    shrunk = layered([[[tiny, -tiny], [tiny, tiny]], [[1, 1]]], [[0, 0], [0]])
    (y,) = outputs(shrunk)
    far = box((Fraction(10) ** 400, Fraction(10) ** 400 + 1), (0, 1))
    assert isinstance(prove(always(shrunk, y <= 2 * tiny, square)), Proved)
    assert isinstance(prove(always(shrunk, y < 2 * tiny, square)), Refuted)
    assert isinstance(prove(always(shrunk, y >= 2, far)), Proved)
    assert isinstance(prove(cells(shrunk, far) == 1), Proved)
