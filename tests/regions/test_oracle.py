"""The slow enumeration is right: known answers, proofs of its results, three other ways to the same cells."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import comb, factorial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.regions.networks import Case, cases, make_domain, seeded_case
from tests.regions.networks import Seeded as Choices
from tests.regions.oracle import complex_of, patterns_by_programs, sweep, verify
from tests.regions.polytopes import (
    Polytope,
    determinant,
    domain_polytope,
    domain_rows,
    faces_of,
    polytope_by_subsets,
    rank,
    volume,
)
from tests.regions.stages import Program, evaluate, program_of_layers, program_of_network
from verinet.geometry.polyhedra import Halfspace, Polyhedron, box

NETS = Path(__file__).resolve().parent.parent / "data" / "nets"
TRUTH: dict[str, dict[str, int | None]] = json.loads((NETS / "truth.json").read_text(encoding="utf-8"))
DIMENSIONS = (1, 2, 3, 4, 5)


def stored(name: str) -> tuple[Program, Polyhedron]:
    data = json.loads((NETS / f"{name}.json").read_text(encoding="utf-8"))
    program = program_of_layers(data["W"], data["b"])
    low, high = map(Fraction, data["box"])
    return program, box((low, high), dimension=program.dimension)


def one_layer(rows: list[list[int]], biases: list[int]) -> Program:
    """A ReLU layer, its values read out one by one."""
    identity = [[int(i == j) for j in range(len(rows))] for i in range(len(rows))]
    return program_of_layers([rows, identity], [biases, [0] * len(rows)])


# --- known answers --------------------------------------------------------------------------------------------------


SLOW = {"adv_tent14_1d"}
NAMES = sorted(name for name, true in TRUTH.items() if (true["cells"] or 10**9) < 700 or name in SLOW)
NAMES = [name for name in NAMES if (NETS / f"{name}.json").exists()]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.long) if name in SLOW else name for name in NAMES]
)
def test_stored_networks_have_their_true_counts(name: str) -> None:
    program, domain = stored(name)
    result = complex_of(program, domain)
    assert result.euler == 1
    wanted = TRUTH[name]
    for count, word in zip(result.counts, ("cells", "linear", "affine"), strict=True):
        assert wanted.get(word, count) == count
    if len(result.cells) <= 100:
        verify(result, domain)


@pytest.mark.parametrize("d", DIMENSIONS)
def test_coordinate_hyperplanes_make_a_grid(d: int) -> None:
    rows = [[int(i == j) for j in range(d)] for i in range(d)]
    result = complex_of(one_layer(rows, [0] * d), box((-1, 1), dimension=d))
    assert result.f_vector == tuple(comb(d, k) * 3 ** (d - k) * 2**k for k in range(d + 1))
    assert result.counts == (2**d,) * 3
    assert len(result.adjacency) == d * 2 ** (d - 1)


@pytest.mark.parametrize("d", DIMENSIONS)
def test_hyperplanes_of_equal_coordinates_make_the_simplices_of_all_orders(d: int) -> None:
    rows = [[int(k == i) - int(k == j) for k in range(d)] for i in range(d) for j in range(i)] or [[0]]
    result = complex_of(one_layer(rows, [0] * len(rows)), box((0, 1), dimension=d))
    assert len(result.cells) == factorial(d)
    # a k-face of this triangulation is a chain of k + 1 subsets
    chains = [count_chains(d, k + 1) for k in range(d + 1)]
    assert result.f_vector == tuple(chains)
    assert {volume(cell.polytope) for cell in result.cells} == {Fraction(1, factorial(d))}


def count_chains(size: int, length: int) -> int:
    """Strictly ascending chains of `length` subsets of a set of `size` elements."""
    if length == 0:
        return 1
    ends = [1] * (size + 1)  # chains that end in one given subset of s elements
    for _ in range(length - 1):
        ends = [sum(comb(s, r) * ends[r] for r in range(s)) for s in range(size + 1)]
    return sum(comb(size, s) * ends[s] for s in range(size + 1))


def test_equal_maps_that_meet_in_a_vertex_only_are_two_linear_regions() -> None:
    # min(relu(x), relu(y)) - min(relu(-x), relu(-y)): 0 on two opposite quadrants
    first = [[1, 0], [0, 1], [-1, 0], [0, -1]]
    second = [[1, 0, 0, 0], [1, -1, 0, 0], [0, 0, 1, 0], [0, 0, 1, -1]]
    program = program_of_layers([first, second, [[1, -1, -1, 1]]], [[0] * 4, [0] * 4, [0]])
    cells, linear, affine = complex_of(program, box((-1, 1), dimension=2)).counts
    assert (cells, linear, affine) == (6, 6, 3)


def test_a_cell_is_flat_where_a_neuron_vanishes_and_is_cut_no_further() -> None:
    # relu(relu(x) - relu(y)) in the quadrant x, y < 0 is relu of 0: one cell, bit 0
    program = program_of_layers([[[1, 0], [0, 1]], [[1, -1]], [[1]]], [[0, 0], [0], [0]])
    result = complex_of(program, box((-1, 1), dimension=2))
    assert sorted(cell.pattern for cell in result.cells) == [(0, 0, 0), (0, 1, 0), (1, 0, 1), (1, 1, 0), (1, 1, 1)]
    assert result.counts == (5, 3, 3)


# --- polytopes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("d", DIMENSIONS)
def test_volumes_and_faces_of_boxes_and_simplices(d: int) -> None:
    sides = [(Fraction(-1, 3), Fraction(j + 1)) for j in range(d)]
    expected = Fraction(1)
    for low, high in sides:
        expected *= high - low
    cube = domain_polytope(box(*sides))
    assert volume(cube) == expected
    assert len(faces_of(cube)) == 3**d - 1
    near = [Halfspace([-int(i == j) for j in range(d)], 0) for i in range(d)]
    simplex = domain_polytope(Polyhedron((None,) * d, (None,) * d, (Halfspace([1] * d, 1), *near)))
    assert volume(simplex) == Fraction(1, factorial(d))
    assert len(faces_of(simplex)) == 2 ** (d + 1) - 2


@pytest.mark.parametrize("d", DIMENSIONS)
def test_a_domain_has_the_same_vertices_and_incidences_found_by_trying_all(d: int) -> None:
    for seed in range(30 if d < 5 else 8):
        domain = make_domain(Choices(seed), d)
        found, tried = domain_polytope(domain), polytope_by_subsets(domain_rows(domain), d)
        assert set(found.vertices) == set(tried.vertices)
        assert volume(found) == volume(tried)
        assert {named(found, face) for face in faces_of(found)} == {named(tried, face) for face in faces_of(tried)}


def named(polytope: Polytope, face: int) -> frozenset[tuple[int, ...]]:
    return frozenset(v for i, v in enumerate(polytope.vertices) if face >> i & 1)


def test_domains_without_interior_are_refused() -> None:
    for domain in (
        Polyhedron((0, 0), (1, 0)),
        Polyhedron((0, 0), (1, 1), (Halfspace((1, 1), 0),)),
        Polyhedron((0, 0), (1, 1), (Halfspace((1, 1), -1),)),
        Polyhedron((0, 0), (None, None), (Halfspace((1, 1), 0),)),
    ):
        with pytest.raises(ValueError, match="no interior"):
            domain_polytope(domain)


@given(st.integers(1, 5), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_determinants_and_ranks_by_fractions(size: int, random: Random) -> None:
    matrix = [[random.choice((0, 0, 1, -1, 2, 10**30)) for _ in range(size)] for _ in range(size)]
    rows = [[Fraction(entry) for entry in row] for row in matrix]
    expected, found = Fraction(1), 0
    for column in range(size):
        pivot = next((i for i in range(found, size) if rows[i][column]), None)
        if pivot is None:
            continue
        if pivot != found:
            rows[pivot], rows[found] = rows[found], rows[pivot]
            expected = -expected
        expected *= rows[found][column]
        for i in range(found + 1, size):
            factor = rows[i][column] / rows[found][column]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[found], strict=True)]
        found += 1
    assert rank(matrix) == found
    assert determinant(matrix) == (expected if found == size else 0)


# --- degenerate networks: every result is proved, and found again in other ways -------------------------------------


@pytest.mark.parametrize("d", DIMENSIONS)
def test_results_are_proved(d: int) -> None:
    for seed in range({1: 40, 2: 30, 3: 15, 4: 8, 5: 4}[d]):
        case = seeded_case(seed, d)
        verify(complex_of(program_of_network(case.network), case.domain), case.domain)


@given(cases())
@settings(max_examples=15)
def test_drawn_results_are_proved(case: Case) -> None:
    verify(complex_of(program_of_network(case.network), case.domain), case.domain, volumes=case.domain.dimension < 5)


@pytest.mark.parametrize("d", DIMENSIONS)
def test_stages_compute_the_network(d: int) -> None:
    random = Random(d)
    for seed in range(40):
        case = seeded_case(seed, d)
        x = [Fraction(random.randint(-9, 9), random.randint(1, 9)) for _ in range(d)]
        assert evaluate(program_of_network(case.network), x)[0] == list(case.network(x))


@pytest.mark.parametrize("d", DIMENSIONS)
def test_every_pattern_tried_by_linear_programs_gives_the_same_cells(d: int) -> None:
    tried = 0
    for seed in range(200):
        case = seeded_case(1000 + seed, d)
        program = program_of_network(case.network)
        if len(program.origins) <= 6 and tried < {1: 12, 2: 10, 3: 8, 4: 6, 5: 6}[d]:
            tried += 1
            patterns = [cell.pattern for cell in complex_of(program, case.domain).cells]
            assert len(set(patterns)) == len(patterns)
            assert set(patterns) == patterns_by_programs(program, case.domain)
    assert tried >= 6


def test_on_the_line_values_alone_give_the_same_cells() -> None:
    for seed in range(120):
        case = seeded_case(seed, 1)
        program = program_of_network(case.network)
        result = complex_of(program, case.domain)
        (a,), (b,) = sorted(result.point(v) for v in range(len(result.vertices)))[:: len(result.vertices) - 1]
        swept = sweep(program, [a], [b])
        assert sorted(cell.pattern for cell in result.cells) == sorted(pattern for _, pattern in swept)
        assert result.f_vector == (len(swept) + 1, len(swept))


def test_in_the_plane_lines_between_neighbouring_vertices_meet_the_same_cells() -> None:
    # the open cell's shadow on the first axis is an interval between two vertices: some line goes through it
    for seed in range(40):
        case = seeded_case(seed, 2)
        program = program_of_network(case.network)
        if len(program.origins) > 30:
            continue
        result = complex_of(program, case.domain)
        shadows = sorted({result.point(v)[0] for v in range(len(result.vertices))})
        found: set[tuple[int, ...]] = set()
        for left, right in pairwise(shadows):
            x = (left + right) / 2
            low, high = chord(case.domain, x)
            found |= {pattern for _, pattern in sweep(program, [x, low], [x, high])}
        assert found == {cell.pattern for cell in result.cells}


def chord(domain: Polyhedron, x: Fraction) -> tuple[Fraction, Fraction]:
    """The least and the greatest y with (x, y) in the domain."""
    ends: tuple[list[Fraction], list[Fraction]] = ([], [])
    for constant, along, across in domain_rows(domain):
        if across:
            ends[across < 0].append(-(constant + along * x) / across)
    return max(ends[0]), min(ends[1])


@pytest.mark.parametrize("d", [3, 4, 5])
def test_random_lines_meet_no_other_cells(d: int) -> None:
    random = Random(d)
    for seed in range(12):
        case = seeded_case(seed, d)
        program = program_of_network(case.network)
        result = complex_of(program, case.domain)
        patterns = {cell.pattern for cell in result.cells}
        inner = [result.point(v) for v in sorted(result.of_cells[0])]
        outer = [result.point(v) for v in sorted(result.of_cells[-1])]
        a, b = (
            [sum(w * p[k] for w, p in zip(weights, points, strict=True)) / sum(weights) for k in range(d)]
            for points in (inner, outer)
            for weights in [[random.randint(1, 10**6) for _ in points]]
        )
        assert {pattern for _, pattern in sweep(program, a, b)} <= patterns


# --- the proof notices what is wrong --------------------------------------------------------------------------------


def broken(result: Any) -> dict[str, Any]:
    """Wrong results made from a right one."""
    first, last = result.cells[0], result.cells[-1]
    flipped = tuple(1 - bit for bit in first.pattern)
    other_map = tuple(tuple(entry + 1 for entry in row) for row in first.affine_map)
    lone = {face: cells[:1] for face, cells in result.facets.items()}
    some_edge = next(iter(result.faces[1]))
    return {
        "a cell is missing": replace(result, cells=result.cells[:-1], of_cells=result.of_cells[:-1]),
        "a cell is there twice": replace(
            result, cells=(*result.cells, last), of_cells=(*result.of_cells, result.of_cells[-1])
        ),
        "a bit is wrong": replace(result, cells=(replace(first, pattern=flipped), *result.cells[1:])),
        "a map is wrong": replace(result, cells=(replace(first, affine_map=other_map), *result.cells[1:])),
        "an edge is missing": replace(
            result, faces=(result.faces[0], result.faces[1] - {some_edge}, *result.faces[2:])
        ),
        "facets have one cell": replace(result, facets=lone),
    }


@pytest.mark.parametrize("d", [2, 3])
def test_wrong_results_are_noticed(d: int) -> None:
    rows = [[1] * d, [1] + [-1] * (d - 1)]
    program, domain = one_layer(rows, [0, 0]), box((-1, 1), dimension=d)
    right = complex_of(program, domain)
    verify(right, domain)
    for wrong in broken(right).values():
        with pytest.raises(AssertionError):
            verify(wrong, domain)
    # a cell that was not cut, and a domain that is larger
    coarse = complex_of(one_layer(rows[:1], [0]), domain)
    with pytest.raises(AssertionError):
        verify(replace(coarse, program=program), domain)
    with pytest.raises(AssertionError):
        verify(right, box((-2, 2), dimension=d))
