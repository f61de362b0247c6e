"""Walks over facets: against the slow enumeration, against known counts, and on networks with many inputs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from tests.regions.networks import Case, cases, seeded_case
from tests.regions.oracle import complex_of
from tests.regions.stages import program_of_network
from verinet.errors import BudgetExhausted, EmptyDomain, InexactInput, NotBounded, ShapeMismatch, Unsupported
from verinet.geometry import Halfspace, Polyhedron, box
from verinet.networks.activations import activation
from verinet.networks.build import apply_activation, layered, network, relu, variables
from verinet.networks.formats import read_network
from verinet.regions.facet_proofs import proposer
from verinet.regions.walk import Exploration, explore
from verinet.work import Budget

NETS = Path(__file__).parent.parent / "data" / "nets"
TRUTH = json.loads((NETS / "truth.json").read_text())
STORED = sorted(p.stem for p in NETS.glob("*.json") if p.stem in TRUTH and (TRUTH[p.stem]["cells"] or 10**6) <= 400)


#: Below the distance of any two hyperplanes here, sixty-digit weights in several layers included.
TINY = Fraction(1, 10**600)


def value(form: Sequence[int], point: Sequence[Fraction]) -> Fraction:
    return form[0] + sum((a * x for a, x in zip(form[1:], point, strict=True)), Fraction(0))


def strictly_inside(domain: Polyhedron, point: Sequence[Fraction]) -> bool:
    sides = zip(domain.low, point, domain.high, strict=True)
    return all(a < x < b for a, x, b in sides if a is not None and b is not None) and all(
        h.slack(point) > 0 for h in domain.halfspaces
    )


def check_views(found: Exploration, cells: Sequence[int], most: int = 100) -> None:
    """Interior points, facets and their points, the maps: recomputed from the network's own values."""
    for cell in cells:
        inside = found.interior_point(cell)
        assert strictly_inside(found.domain, inside)
        assert bits_at(found, inside) == bits(found)[cell]
        facets = found.facets(cell)
        assert len({facet.form for facet in facets}) == len(facets)
        for facet in facets[:most]:
            assert value(facet.form, inside) > 0
            assert value(facet.form, facet.point) == 0
            assert strictly_inside(found.domain, facet.point)
            assert all(value(other.form, facet.point) > 0 for other in facets if other is not facet)
            # on a facet between two cells the rows that vanish on one side are those that bend there
            step = [x + TINY * (x - y) for x, y in zip(facet.point, inside, strict=True)]
            assert bits_at(found, step) == bits(found)[facet.neighbour]


def bits(found: Exploration) -> list[tuple[bool, ...]]:
    signs = found.split.unpack(found.patterns)
    if not signs:
        return [()] * found.cells
    return [tuple(row) for row in np.concatenate(signs, axis=1).tolist()]


def bits_at(found: Exploration, point: Sequence[Fraction]) -> tuple[bool, ...]:
    """Whether each bent row is positive at a point, by plain arithmetic."""
    values = list(point)
    signs: list[bool] = []
    for layer in found.split.layers:
        weight, bias = layer.weight.to_rows(), layer.bias.to_rows()
        rows = [
            b[0] + sum((w * v for w, v in zip(row, values, strict=True)), Fraction(0))
            for row, b in zip(weight, bias, strict=True)
        ]
        for i in range(layer.splits):
            signs.append(rows[i] > 0)
            rows[i] *= layer.right[i] if rows[i] > 0 else layer.left[i]
        values = rows
    return tuple(signs)


def starting_points(case: Case, random: Random) -> list[tuple[Fraction, ...]]:
    """A point of the domain, and one that is likely to lie on its boundary and on hyperplanes."""
    inside = case.domain.point()
    hull = case.domain.bounding_box()
    end = tuple(random.choice(side) for side in zip(hull.low, hull.high, strict=True))
    return [inside, end if case.domain.contains(end) else inside]


def compare(case: Case, start: Sequence[Fraction], slow: Any = None) -> Exploration:
    slow = complex_of(program_of_network(case.network), case.domain) if slow is None else slow
    found = explore(case.network, start, case.domain)
    assert found.complete
    assert len(found.frontier) == 0
    origins = [origin for layer in found.split.layers for origin in layer.origins]
    order = [origins.index(origin) for origin in slow.program.origins]
    patterns = [tuple(int(row[k]) for k in order) for row in bits(found)]
    assert sorted(patterns) == sorted(cell.pattern for cell in slow.cells)
    number = {cell.pattern: index for index, cell in enumerate(slow.cells)}
    pairs = [tuple(sorted((number[patterns[a]], number[patterns[b]]))) for a, b, _ in found.adjacency.tolist()]
    assert len(set(pairs)) == len(pairs)
    assert set(pairs) == slow.adjacency
    for i, pattern in enumerate(patterns):
        weight, bias = found.affine_map(i)
        rows = tuple((bias[j, 0], *weight.row(j)) for j in range(weight.rows))
        assert rows == slow.cells[number[pattern]].affine_map
    return found


def random_cases(d: int, seeds: range) -> None:
    for seed in seeds:
        case = seeded_case(7000 + seed, d)
        slow = complex_of(program_of_network(case.network), case.domain)
        for start in starting_points(case, Random(seed)):
            found = compare(case, start, slow)
        check_views(found, range(min(2, found.cells)))


@pytest.mark.parametrize(("d", "seeds"), [(1, 12), (2, 15), (3, 8), (4, 5), (5, 3)])
def test_random_degenerate_networks_give_the_cells_of_the_slow_enumeration(d, seeds):
    random_cases(d, range(seeds))


@pytest.mark.long
@pytest.mark.parametrize(("d", "seeds"), [(1, 40), (2, 60), (3, 40), (4, 25), (5, 12), (6, 6)])
def test_many_random_degenerate_networks(d, seeds):
    random_cases(d, range(100, 100 + seeds))


@settings(max_examples=15)
@given(cases())
def test_drawn_degenerate_networks_give_the_cells_of_the_slow_enumeration(case):
    compare(case, case.domain.point())


@pytest.mark.parametrize("name", STORED)
def test_stored_networks_have_their_true_counts(name):
    path = NETS / f"{name}.json"
    low, high = json.loads(path.read_text())["box"]
    net = read_network(path)
    domain = box((Fraction(low), Fraction(high)), dimension=net.input_size)
    found = explore(net, domain.point(), domain)
    assert found.complete
    assert found.cells == TRUTH[name]["cells"]
    check_views(found, [0, found.cells // 2, found.cells - 1])


def random_network(seed: int, widths: Sequence[int]) -> Any:
    random = Random(seed)
    weights = [
        [[Fraction(random.randint(-64, 64), 64) for _ in range(a)] for _ in range(b)] for a, b in pairwise(widths)
    ]
    biases = [[Fraction(random.randint(-16, 16), 64) for _ in range(b)] for b in widths[1:]]
    return layered(weights, biases)


@pytest.mark.parametrize("widths", [(12, 10, 10, 2), (60, 30, 20, 1), (200, 12, 8, 1)])
def test_many_inputs(widths):
    net = random_network(3, widths)
    start = [Fraction(1, 9)] * widths[0]
    found = explore(net, start, radius=Fraction(1, 20), budget=Budget(steps=12))
    assert found.explored <= 12
    check_views(found, [0, found.explored - 1], most=3)
    assert found.cells >= found.explored
    assert len({found.patterns[i].tobytes() for i in range(found.cells)}) == found.cells


def test_all_cells_of_a_small_box_in_many_dimensions():
    # one layer whose rows are e_0 .. e_5 minus a constant: 2^6 cells of 25 inputs, each with 6 facets
    d, k = 25, 6
    rows = [[int(i == j) for j in range(d)] for i in range(k)]
    net = layered([rows, [[1] * k]], [[Fraction(-1, 100)] * k, [0]])
    found = explore(net, [0] * d, radius=1)
    assert (found.complete, found.cells, len(found.adjacency)) == (True, 64, 6 * 32)
    small = explore(net, [0] * d, radius=Fraction(1, 100))
    assert (small.complete, small.cells) == (True, 1)  # the box touches the hyperplanes from one side


def test_the_radius_keeps_to_the_cells_that_meet_the_box():
    net = read_network(NETS / "2-16-16-1.json")
    start, radius = (Fraction(1, 7), Fraction(-1, 5)), Fraction(1, 8)
    near = explore(net, start, box((-1, 1), (-1, 1)), radius=radius)
    within = box(*((x - radius, x + radius) for x in start))
    slow = explore(net, start, within)
    assert near.complete
    assert {p.tobytes() for p in near.patterns} == {p.tobytes() for p in slow.patterns}
    assert near.cells < 305


def test_a_start_on_the_boundary_is_named_and_determined():
    x, y = variables("x", 2)
    net = network((x, y), [relu(x - y), relu(x + y), relu(x)])
    found = explore(net, (0, 0), box((-1, 1), (-1, 1)))
    assert found.touched == (0, 1, 2)
    # (e, e^2): x - y, x + y and x are positive
    assert bits(found)[0] == (True, True, True)
    assert explore(net, (1, 0), box((-1, 1), (-1, 1))).touched == ()
    corner = explore(net, (1, 1), box((-1, 1), (-1, 1)))
    assert corner.touched == (0,)
    assert corner.complete
    assert found.cells == corner.cells == 6


def test_rows_that_vanish_together_are_one_facet():
    x, y = variables("x", 2)
    net = network((x, y), [relu(x), relu(2 * x), relu(-x), relu(relu(x) + relu(2 * x)), relu(y)])
    found = explore(net, (1, 1), box((-2, 2), (-2, 2)))
    assert (found.cells, len(found.adjacency)) == (4, 4)
    across = next(facet for facet in found.facets(0) if facet.form == (0, 1, 0))
    assert len(across.rows) >= 4  # the same neuron may be written down more than once
    assert all(found.origin(row)[2] == 0 for row in across.rows)


def test_a_graph_of_cells():
    net = read_network(NETS / "adv_star10.json")
    found = explore(net, (Fraction(1, 3), Fraction(1, 7)), box((-1, 1), (-1, 1)))
    graph = found.graph()
    assert graph.number_of_nodes() == 20
    assert sorted(degree for _, degree in graph.degree()) == [2] * 20  # sectors around one point
    cell = found.h_representation(0)
    assert cell.contains(found.interior_point(0))
    assert len(cell.halfspaces) == len(found.facets(0)) == 2


def test_slivers_far_below_the_resolution_of_floats():
    x, y = variables("x", 2)
    tiny = Fraction(1, 10**60)
    net = network((x, y), [relu(x - Fraction(1, 3)), relu(x - Fraction(1, 3) - tiny), relu(y - x * tiny), relu(y)])
    found = explore(net, (0, 0), box((-1, 1), (-1, 1)))
    assert found.complete
    slow = complex_of(program_of_network(net), box((-1, 1), (-1, 1)))
    assert found.cells == len(slow.cells)
    assert len(found.adjacency) == len(slow.adjacency)
    check_views_of_slivers = [found.interior_point(cell) for cell in range(found.cells)]
    assert [bits_at(found, point) for point in check_views_of_slivers] == bits(found)


def test_a_budget_and_what_it_leaves():
    net = read_network(NETS / "3-8-8-1.json")
    domain = box([-1, 1], dimension=3)
    found = explore(net, (0, 0, 0), domain, budget=Budget(steps=10))
    assert (found.complete, found.explored, found.reason) == (False, 10, "the budget of 10 steps ran out")
    assert found.frontier == range(10, found.cells)
    assert "10 of them explored" in repr(found)
    assert bits_at(found, found.interior_point(found.cells - 1)) == bits(found)[-1]
    with pytest.raises(BudgetExhausted, match="not known"):
        found.facets(found.cells - 1)
    # a larger budget finds the same cells first
    more = explore(net, (0, 0, 0), domain, budget=Budget(steps=40))
    assert np.array_equal(more.patterns[: found.cells], found.patterns)
    assert explore(net, (0, 0, 0), domain, budget=Budget(seconds=0)).explored == 0


def test_an_interruption_keeps_what_was_found():
    class Impatient:
        def update(self, done: int, open_: int, note: str) -> None:
            if done == 7:
                raise KeyboardInterrupt

    net = read_network(NETS / "3-8-8-1.json")
    found = explore(net, (0, 0, 0), box([-1, 1], dimension=3), progress=Impatient())
    assert (found.complete, found.explored, found.reason) == (False, 7, "the walk was interrupted")
    assert found.cells > 7
    check_views(found, range(7))


def test_the_domain_of_the_network_and_halfspaces():
    x, y = variables("x", 2)
    net = network((x, y), relu(x) + relu(y - x), domain=[(-1, 1), (-1, 1)])
    assert explore(net, (1, 0)).cells == 4
    triangle = box((-1, 1), (-1, 1)).cut(Halfspace((1, 1), 0))
    whole = explore(net, (Fraction(-1, 2), Fraction(-1, 2)), triangle)
    assert (whole.complete, whole.cells) == (True, 3)
    # the bent hyperplane y = x is a side of this domain and no facet inside
    half = explore(net, (0, 0), box((-1, 1), (-1, 1)).cut(Halfspace((-1, 1), 0)))
    assert (half.complete, half.cells) == (True, 2)


def test_leaky_activations_and_several_breakpoints():
    x, y = variables("x", 2)
    act = activation("hard_tanh")
    net = network((x, y), apply_activation(2 * x + y, act) - apply_activation(y, activation("leaky_relu", "1/3")))
    found = explore(net, (0, 0), box((-3, 3), (-3, 3)))
    assert (found.complete, found.cells) == (True, 6)


def test_compiled_programs_and_the_solver_propose_the_same_minima():
    random = np.random.default_rng(5)
    rows = np.hstack([random.uniform(0.2, 1.0, (12, 1)), random.standard_normal((12, 4))])
    wanted = np.hstack([random.uniform(0.2, 1.0, (9, 1)), random.standard_normal((9, 4))])
    compiled = proposer(4)(wanted, rows)[0]
    from verinet.exact.explorer import Explorer

    explorer = Explorer([-1.0] * 4, [1.0] * 4)
    for row in rows:
        explorer.push(row)
    for i, row in enumerate(wanted):
        solved = explorer.minimize(row)
        assert solved is not None
        assert compiled[i] == pytest.approx(solved[0], abs=1e-6) or (compiled[i] > 0) == (solved[0] > 0)


@pytest.mark.parametrize(
    ("arguments", "keywords", "error"),
    [
        (((0, 0),), {}, NotBounded),
        (((2, 0), box((-1, 1), (-1, 1))), {}, EmptyDomain),
        (((0, 0), box((-1, 1), (0, 0))), {}, EmptyDomain),
        (((0, 0),), {"radius": 0}, EmptyDomain),
        (((0, 0, 0),), {"radius": 1}, ShapeMismatch),
        (((0.5, 0),), {"radius": 1}, InexactInput),
        (((0, 0), Polyhedron((None, 0), (None, 1))), {}, NotBounded),
    ],
)
def test_refusals(arguments, keywords, error):
    x, y = variables("x", 2)
    with pytest.raises(error, match="Fix:"):
        explore(network((x, y), relu(x - y)), *arguments, **keywords)


def test_activations_that_jump_are_refused():
    x, y = variables("x", 2)
    with pytest.raises(Unsupported, match="jumping"):
        explore(network((x, y), apply_activation(x + y, activation("sign"))), (0, 0), radius=1)


def test_a_collision_avoidance_network_in_a_small_box(benchmarks):
    files = sorted(benchmarks.rglob("ACASXU_run2a_1_1_batch_2000.onnx"))
    if not files:
        pytest.skip("left out: no ACASXU_run2a_1_1_batch_2000.onnx in VERINET_BENCHMARKS")
    net = read_network(files[0])
    start = [Fraction(64, 100), Fraction(1, 10), Fraction(-1, 10), Fraction(47, 100), Fraction(-47, 100)]
    found = explore(net, start, radius=Fraction(1, 50))
    assert found.complete
    assert (found.cells, len(found.adjacency)) == (130, 318)
    check_views(found, [0, 129], most=3)
    # samples of the box lie in cells that were found
    random, known = Random(1), set(bits(found))
    for _ in range(20):
        point = [x + Fraction(random.randint(-(10**6), 10**6), 50 * 10**6) for x in start]
        assert bits_at(found, point) in known
