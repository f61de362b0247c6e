"""Breakpoints on a line against a full enumeration in Fractions, which shares neither code nor method."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import floor

import pytest

from tests.regions.networks import seeded_case
from verinet.errors import BudgetExhausted, EmptyDomain, ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.geometry.polyhedra import Halfspace, Polyhedron, box, interval
from verinet.networks.activations import IDENTITY, RELU, Activation, activation, at, piecewise
from verinet.networks.build import compose, layered, network, relu, variable
from verinet.networks.network import Activate, Affine, Input, Network, Vertex
from verinet.regions.counting import count_regions
from verinet.regions.line import Line, line
from verinet.regions.line_bends import swept_cells
from verinet.regions.line_cells import LineCells
from verinet.regions.line_exact import exact_cells
from verinet.regions.line_layers import line_layers, root_points
from verinet.regions.line_small import small_cells
from verinet.regions.line_sweep import Sweep
from verinet.work import Budget

End = Fraction | None
Map = tuple[Fraction, Fraction]


# --- the oracle -------------------------------------------------------------------------------------------------


@dataclass
class OracleCell:
    low: End
    high: End
    maps: list[list[Map]]  # a vertex, a channel: slope and constant
    states: list[object]

    def middle(self) -> Fraction:
        if self.low is None:
            return Fraction(0) if self.high is None else self.high - 1
        return self.low + 1 if self.high is None else (self.low + self.high) / 2


@dataclass
class Truth:
    activation: list[Fraction]
    bends: list[Fraction]
    maps: list[tuple[Map, ...]]  # of the linear regions


def oracle(f: Network, low: End, high: End) -> Truth:
    """Cell by cell and vertex by vertex, all in Fractions."""
    cells = [OracleCell(low, high, [], [])]
    for vertex in f.vertices:
        fresh: list[OracleCell] = []
        for cell in cells:
            below = [m for source in vertex.sources for m in cell.maps[source]]
            match vertex.operation:
                case Input():
                    cell.maps.append([(Fraction(1), Fraction(0))])
                    fresh.append(cell)
                case Affine(weight=weight, bias=bias):
                    rows = weight.to_rows()
                    cell.maps.append([
                        (sum((w * a for w, (a, _) in zip(row, below, strict=True)), Fraction(0)),
                         sum((w * b for w, (_, b) in zip(row, below, strict=True)), bias[i, 0]))
                        for i, row in enumerate(rows)
                    ])  # fmt: skip
                    fresh.append(cell)
                case Activate(activations=activations):
                    fresh += cut(cell, activations, below)
        cells = fresh
    truth = Truth([], [], [])
    for cell in cells:
        outputs = tuple(m for _, index in f.readouts for m in cell.maps[index])
        if cell is cells[0]:
            truth.maps.append(outputs)
            before = cell
            continue
        point = cell.low
        assert point is not None
        if before.states != cell.states:
            truth.activation.append(point)
        value = tuple(a * point + b for a, b in outputs)
        if outputs != truth.maps[-1] or f(point) != value:
            truth.bends.append(point)
            truth.maps.append(outputs)
        before = cell
    return truth


def cut(cell: OracleCell, activations: Sequence[Activation], below: list[Map]) -> list[OracleCell]:
    points: set[Fraction] = set()
    for act, (a, b) in zip(activations, below, strict=True):
        if a == 0:
            continue
        if act.shift is None:
            taus = list(act.breakpoints)
        else:
            assert cell.low is not None
            assert cell.high is not None
            ends = sorted((a * cell.low + b, a * cell.high + b))
            taus = [Fraction(n) for n in range(floor(ends[0]), floor(ends[1]) + 2)]
        points |= {(tau - b) / a for tau in taus}
    inside = sorted(p for p in points if (cell.low is None or p > cell.low) and (cell.high is None or p < cell.high))
    parts: list[OracleCell] = []
    for left, right in pairwise([cell.low, *inside, cell.high]):
        part = OracleCell(left, right, list(cell.maps), list(cell.states))
        x = part.middle()
        images: list[Map] = []
        for act, (a, b) in zip(activations, below, strict=True):
            state, (slope, constant) = piece_of(act, a * x + b)
            part.states.append(state)
            images.append((slope * a, slope * b + constant))
        part.maps.append(images)
        parts.append(part)
    return parts


def piece_of(act: Activation, z: Fraction) -> tuple[object, Map]:
    """State and piece of an activation at z; z on a breakpoint means that it stays there."""
    if act.shift is not None:
        whole = floor(z)
        slope = act.pieces[0][1] if len(act.pieces[0]) > 1 else Fraction(0)
        return whole, (slope, act.pieces[0][0] + whole * (act.shift - slope))
    lines = [(p[1] if len(p) > 1 else Fraction(0), p[0]) for p in act.pieces]
    for i, (tau, value) in enumerate(zip(act.breakpoints, act.values, strict=True)):
        if z < tau:
            return i, lines[i]
        if z == tau:
            if at(act.pieces[i], z) == value:
                return i, lines[i]
            if at(act.pieces[i + 1], z) == value:
                return i + 1, lines[i + 1]
            return (i, "own"), (Fraction(0), value)
    return len(lines) - 1, lines[-1]


# --- networks with everything that can go wrong -------------------------------------------------------------------


def integers(rng: random.Random) -> Fraction:
    return Fraction(rng.randint(-2, 2))


def ternary(rng: random.Random) -> Fraction:
    return Fraction(rng.choice((-1, 0, 0, 1)))


def gaussian(rng: random.Random) -> Fraction:
    return Fraction(rng.gauss(0, 1))


def near(rng: random.Random) -> Fraction:
    """Integers moved by 2^-60: coincidences missed by a hair."""
    return Fraction(rng.randint(-2, 2)) + rng.choice((0, 0, 1, -1)) * Fraction(1, 2**60)


def long(rng: random.Random) -> Fraction:
    """Sixty-digit denominators."""
    return Fraction(rng.randint(-(10**60), 10**60), rng.randint(10**59, 10**60))


def wild(rng: random.Random) -> Fraction:
    """Sizes that a float64 hardly holds, or does not."""
    return Fraction(rng.randint(-3, 3)) * Fraction(2) ** rng.choice((-1080, -300, 0, 0, 0, 300, 1030))


ENTRIES: tuple[Callable[[random.Random], Fraction], ...] = (integers, integers, ternary, gaussian, near, long)
CONTINUOUS = ("relu", "relu", "relu", "leaky", "hard_tanh", "abs", "kinks", "mixed")
JUMPING = ("stepped", "heaviside", "sign", "steps", "floor", "frac", "mixed jumps")
DOMAINS: tuple[tuple[End, End], ...] = (
    (None, None),
    (None, None),
    (Fraction(-1), Fraction(1)),
    (Fraction(-2, 3), Fraction(5, 7)),
    (Fraction(0), None),
    (None, Fraction(1, 3)),
)
SCALARS = {
    "relu": (RELU,),
    "leaky": (activation("leaky_relu", "1/3"), activation("leaky_relu", -2)),
    "hard_tanh": (activation("hard_tanh"),),
    "abs": (activation("abs"),),
    "kinks": (piecewise([-1, 0, "1/2"], [[1], [0, -1], [0, 2], [1]], [1, 0, 1]), activation("clip", "-1/3", 2)),
    "stepped": (activation("stepped_leaky", "1/2"), activation("stepped_leaky", "1/2", 1, "1/3")),
    "heaviside": (activation("heaviside"), activation("heaviside", 0), activation("heaviside", 1)),
    "sign": (activation("sign"),),
    "steps": (piecewise([-1, 1], [[0, 1], [2], [0, 1]], [0, 1]), piecewise([0], [[0, 1], [0, 1]], [1])),
    "floor": (activation("floor"),),
    "frac": (activation("frac"),),
}
SCALARS["mixed"] = (*(SCALARS[k][0] for k in ("relu", "leaky", "hard_tanh", "abs", "kinks")), IDENTITY)
SCALARS["mixed jumps"] = (*SCALARS["mixed"], SCALARS["stepped"][1], SCALARS["heaviside"][0])


def random_network(rng: random.Random, kind: str, entry: Callable[[random.Random], Fraction]) -> Network:
    """A chain of layers, sometimes with skips from earlier vertices, several outputs or several readouts."""
    depth, widest = rng.randint(1, 4), rng.choice((1, 2, 3, 4, 6))
    if kind in JUMPING:
        depth, widest = min(depth, 3), min(widest, 4)
    skips = rng.random() < 0.35
    unbiased = rng.random() < 0.3
    vertices, widths = [Vertex(Input(1))], [1]
    for level in range(depth + 1):
        size = rng.randint(1, 3) if level == depth else rng.randint(1, widest)
        sources = [len(vertices) - 1]
        if skips and level and rng.random() < 0.6:
            sources.append(rng.randrange(len(vertices) - 1))
        inputs = sum(widths[s] for s in sources)
        rows = [[entry(rng) for _ in range(inputs)] for _ in range(size)]
        bias = [Fraction(0) if unbiased else entry(rng) for _ in range(size)]
        spoil(rng, rows, bias)
        vertices.append(Vertex(Affine(Matrix.from_rows(rows), Matrix.column(bias)), tuple(sources)))
        widths.append(size)
        if level < depth:
            vertices.append(
                Vertex(Activate(tuple(rng.choice(SCALARS[kind]) for _ in range(size))), (len(vertices) - 1,))
            )
            widths.append(size)
    outs = [("y", len(vertices) - 1)]
    if skips and rng.random() < 0.4:
        outs.append(("z", rng.randrange(1, len(vertices) - 1)))
    return Network(tuple(vertices), tuple(outs))


def spoil(rng: random.Random, rows: list[list[Fraction]], bias: list[Fraction]) -> None:
    """Duplicate, negate, scale or shift a row by a hair; cancel two columns."""
    if len(rows) > 1 and rng.random() < 0.4:
        a, b = rng.sample(range(len(rows)), 2)
        factor = rng.choice((1, -1, 2, Fraction(1, 3)))
        rows[a] = [factor * w for w in rows[b]]
        bias[a] = factor * bias[b] + rng.choice((0, 0, Fraction(1, 2**60)))
    if len(rows[0]) > 1 and rng.random() < 0.25:
        a, b = rng.sample(range(len(rows[0])), 2)
        for row in rows:
            row[a] = -row[b]


def domain_of(low: End, high: End) -> Polyhedron:
    return Polyhedron((low,), (high,))


def check(f: Network, low: End, high: End) -> Line:
    """Everything that a line says, by each search that applies, against the oracle."""
    truth = oracle(f, low, high)
    layers, roots = line_layers(f, low, high), root_points(low, high)
    ways: list[LineCells | None] = [exact_cells(layers, roots)]
    if layers.is_continuous:
        ways += [small_cells(layers, roots), swept_cells(Sweep(layers, low, high, roots).run(), low, high)]
    for cells in ways:
        if cells is not None:
            compare(Line(f, low, high, cells), truth)
    found = line(f, domain_of(low, high))
    compare(found, truth)
    return found


def compare(found: Line, truth: Truth) -> None:
    assert found.activation_regions == 1 + len(truth.activation)
    assert found.linear_regions == len(truth.maps)
    assert found.affine_maps == len(set(truth.maps))
    assert list(found.activation_breakpoints) == truth.activation
    assert list(found.breakpoints) == truth.bends
    assert [tuple(zip(p.slope, p.intercept, strict=True)) for p in found.pieces] == truth.maps
    assert all(a < b for a, b in pairwise(truth.activation))
    for exact, (below, above) in zip(truth.activation, found.activation_enclosures.tolist(), strict=True):
        assert below <= exact <= above
    states = [tuple(tuple(layer[k].tolist()) for layer in found.patterns) for k in range(found.activation_regions)]
    assert all(a != b for a, b in pairwise(states))


def case(seed: int, kinds: Sequence[str], entries: Sequence[Callable[[random.Random], Fraction]] = ENTRIES) -> None:
    rng = random.Random(seed)
    kind = rng.choice(kinds)
    f = random_network(rng, kind, rng.choice(entries))
    low, high = rng.choice(DOMAINS)
    if kind in ("floor", "frac"):
        low, high = rng.choice(DOMAINS[2:4])
    check(f, low, high)


@pytest.mark.parametrize("start", range(4))
def test_random_degenerate_networks(start: int) -> None:
    for seed in range(25 * start, 25 * start + 25):
        case(seed, CONTINUOUS)


@pytest.mark.parametrize("start", range(2))
def test_random_jumping_networks(start: int) -> None:
    for seed in range(15 * start, 15 * start + 15):
        case(10**6 + seed, JUMPING)


def test_numbers_that_floats_do_not_hold() -> None:
    """Weights beyond the range of float64 are settled in integers."""
    for seed in range(8):
        case(10**7 + seed, CONTINUOUS, (wild,))
        case(10**7 + seed, JUMPING[:4], (wild,))


# --- known answers ----------------------------------------------------------------------------------------------


def tent() -> Network:
    x = variable("x")
    return network(x, 2 * relu(x) - 4 * relu(x - Fraction(1, 2)) + 2 * relu(x - 1))


@pytest.mark.parametrize("times", [1, 3, 6, 9, 14])
def test_a_sawtooth_has_two_to_the_depth_pieces(times: int) -> None:
    found = line(compose(tent(), times=times), interval(0, 1))
    assert found.linear_regions == found.activation_regions == found.affine_maps == 2**times
    assert found.breakpoints == tuple(Fraction(k, 2**times) for k in range(1, 2**times))


def test_a_sawtooth_in_floats_and_in_integers_of_any_size() -> None:
    layers, roots = (
        line_layers(compose(tent(), times=6), Fraction(0), Fraction(1)),
        root_points(Fraction(0), Fraction(1)),
    )
    for cells in (
        exact_cells(layers, roots),
        swept_cells(Sweep(layers, Fraction(0), Fraction(1), roots).run(), Fraction(0), Fraction(1)),
    ):
        assert cells.active.sum() == cells.bent.sum() == 63


def test_bends_that_cancel_or_are_hidden() -> None:
    x = variable("x")
    identity = line(network(x, relu(x) - relu(-x)))
    assert (identity.activation_regions, identity.linear_regions, identity.affine_maps) == (2, 1, 1)
    hidden = line(network(x, relu(-1 - relu(x))))
    assert (hidden.activation_regions, hidden.linear_regions) == (2, 1)
    assert hidden.patterns[0].tolist() == [[0], [2]]


def test_nothing_to_find() -> None:
    x = variable("x")
    affine = line(network(x, 3 * x - 1))
    assert (affine.activation_regions, affine.breakpoints, affine.jumps) == (1, (), ())
    (piece,) = affine.pieces
    assert (piece.low, piece.high, piece.slope, piece.intercept) == (None, None, (Fraction(3),), (Fraction(-1),))


def test_pieces_agree_with_the_network_and_each_other() -> None:
    rng = random.Random(7)
    f = random_network(rng, "mixed", gaussian)
    found = line(f)
    for piece in found.pieces:
        for x in (piece.low, piece.high):
            if x is not None:
                assert piece.value(x) == f(x) == found(x)
    middle = Fraction(1, 7)
    assert found.piece_at(middle).value(middle) == f(middle)


def test_a_value_at_one_point_adds_a_linear_region_but_no_cell() -> None:
    dot = piecewise([0], [[0], [0]], [1])
    vertices = (Vertex(Input(1)), Vertex(Activate((dot,)), (0,)))
    found = line(Network(vertices, (("y", 1),)))
    assert (found.activation_regions, found.linear_regions, found.affine_maps) == (2, 2, 1)
    (jump,) = found.jumps
    assert (jump.point, jump.left, jump.value, jump.right) == (0, (0,), (1,), (0,))
    touched = Network(
        (
            Vertex(Input(1)),
            Vertex(Activate((activation("abs"),)), (0,)),
            Vertex(Activate((activation("heaviside", 1),)), (1,)),
        ),
        (("y", 2),),
    )
    assert [j.point for j in line(touched).jumps] == []
    assert line(touched).linear_regions == 1


def test_an_end_of_the_domain_is_no_breakpoint() -> None:
    x = variable("x")
    f = network(x, relu(x))
    assert line(f, interval(0, 1)).activation_regions == 1
    assert line(f, Polyhedron((None,), (None,), (Halfspace((-1,), 0),))).activation_regions == 1
    assert line(f, Polyhedron((None,), (None,), (Halfspace((2,), 1),))).high == Fraction(1, 2)


def test_a_unit_that_stays_on_its_breakpoint() -> None:
    x = variable("x")
    found = line(network(x, relu(relu(x))))
    assert (found.activation_regions, found.linear_regions) == (2, 2)
    assert [layer.tolist() for layer in found.patterns] == [[[0], [2]], [[0], [2]]]


def test_floor_needs_a_bounded_domain() -> None:
    f = layered([[[3]], [[1]]], [[0], [0]], activation("floor"))
    found = line(f, interval(0, 1))
    assert found.breakpoints == (Fraction(1, 3), Fraction(2, 3))
    assert [jump.value for jump in found.jumps] == [(1,), (2,)]
    with pytest.raises(Unsupported, match="unbounded domain"):
        line(f)


def test_refusals() -> None:
    x = variable("x")
    f = network(x, relu(x))
    with pytest.raises(ShapeMismatch, match="one input"):
        line(layered([[[1, 1]]], [[0]]))
    with pytest.raises(ShapeMismatch, match="one coordinate"):
        line(f, box((0, 1), (0, 1)))
    with pytest.raises(Unsupported, match="interior"):
        line(f, interval(1, 1))
    with pytest.raises(Unsupported, match="strict"):
        line(f, interval(0, 1).cut(Halfspace((1,), 0, strict=True)))
    with pytest.raises(Unsupported):
        line(layered([[[1]], [[1]]], [[0], [0]], activation("tanh")))
    with pytest.raises(EmptyDomain, match="outside"):
        line(f, interval(0, 1))(2)
    with pytest.raises(BudgetExhausted):
        line(f, budget=Budget(seconds=0))


def test_a_wide_float_network_agrees_with_integers() -> None:
    """Deep and narrow enough that float64 leaves signs open."""
    rng = random.Random(3)
    sizes = [1, *[12] * 9, 2]
    weights = [
        Matrix.from_rows([[Fraction(rng.gauss(0, (2 / m) ** 0.5)) for _ in range(m)] for _ in range(n)])
        for m, n in pairwise(sizes)
    ]
    biases = [Matrix.column([Fraction(rng.gauss(0, 0.5)) for _ in range(n)]) for n in sizes[1:]]
    f = layered(weights, biases)
    found = line(f)
    exact = Line(f, None, None, exact_cells(line_layers(f, None, None), root_points(None, None)))
    assert found.activation_breakpoints == exact.activation_breakpoints
    assert found.pieces == exact.pieces
    assert [a.tolist() for a in found.patterns] == [a.tolist() for a in exact.patterns]


@pytest.mark.parametrize("seed", [60001, 60142, 30075])
def test_a_wide_enclosure_reaches_back_over_narrow_ones(seed: int) -> None:
    """Tiny rows beside others with the same breakpoint: their places are uncertain and come late in the order."""
    case = seeded_case(seed, 1)
    assert line(case.network, case.domain).activation_regions == count_regions(case.network, case.domain).cells
