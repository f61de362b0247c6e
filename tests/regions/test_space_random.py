"""The enumeration of cells against the slow all-integer one, on degenerate networks: everything must be equal.

Vertices are compared by their exact coordinates, cells by their patterns, faces of every dimension by their sets of
vertices; so are incidences, adjacency, affine maps and linear regions, and chunks of random size.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from tests.regions.networks import Case, cases, seeded_case
from tests.regions.oracle import Complex, complex_of
from tests.regions.stages import program_of_network, program_of_split
from verinet.geometry.complexes import PolyhedralComplex
from verinet.geometry.polyhedra import interval
from verinet.networks.build import layered
from verinet.regions.canonical import complex_of as fast_complex_of
from verinet.regions.counting import count_regions
from verinet.regions.layers import SplitNetwork, split_network
from verinet.regions.maps import distinct_maps
from verinet.regions.piecewise import piecewise
from verinet.regions.plan import plan
from verinet.regions.space import Leaves


def differences(fast: PolyhedralComplex, packed: Any, split: SplitNetwork, slow: Complex) -> Iterator[str]:
    """What is wrong with a complex of the engine, in words; nothing if all is equal."""
    d = slow.program.dimension

    patterns = bits_of(split, packed, slow)
    if sorted(patterns) != sorted(cell.pattern for cell in slow.cells):
        yield f"patterns of {len(patterns)} cells, should be those of {len(slow.cells)}"
        return
    number = {cell.pattern: index for index, cell in enumerate(slow.cells)}
    cells = [number[pattern] for pattern in patterns]

    points = [tuple(point) for point in fast.vertices.exact()]
    places = {slow.point(v): v for v in range(len(slow.vertices))}
    if len(set(points)) != len(points) or set(points) != set(places):
        yield f"{len(points)} vertices, {len(set(points))} different ones, should be {len(places)}"
        return
    vertices = [places[point] for point in points]
    if fast.f_vector != slow.f_vector:
        yield f"f-vector {fast.f_vector}, should be {slow.f_vector}"
        return
    sets: list[list[frozenset[int]]] = [[frozenset([v]) for v in vertices]]
    for k in range(1, d + 1):
        sets.append([frozenset(vertices[v] for v in face) for face in fast.vertices_of(k).lists()])
    for k in range(1, d + 1):
        if len(set(sets[k])) != len(sets[k]) or set(sets[k]) != slow.faces[k]:
            yield f"faces of dimension {k} have other vertices"
            return
        for face, members in zip(sets[k], fast.facets[k - 1].lists(), strict=True):
            if {sets[k - 1][g] for g in members} != {g for g in slow.faces[k - 1] if g < face}:
                yield f"a face of dimension {k} lists other faces of dimension {k - 1}"
                return
    if [sets[d][i] for i in range(len(cells))] != [slow.of_cells[cell] for cell in cells]:
        yield "a cell has the vertices of another one"
    if fast.euler_characteristic != 1:
        yield f"Euler number {fast.euler_characteristic}"

    rows = fast.adjacency.tolist()
    pairs = [(min(cells[i], cells[j]), max(cells[i], cells[j])) for i, j, _ in rows]
    if len(set(pairs)) != len(pairs) or set(pairs) != slow.adjacency:
        yield f"{len(pairs)} adjacent pairs, should be {len(slow.adjacency)}"
    for i, j, facet in rows:
        if set(slow.facets[sets[d - 1][facet]]) != {cells[i], cells[j]}:
            yield "a facet lies between two other cells"
            break
    if {sets[d - 1][facet] for facet in fast.boundary_facets.tolist()} != {
        face for face, at in slow.facets.items() if len(at) == 1
    }:
        yield "the boundary has other facets"

    maps = distinct_maps(split, packed)
    if maps.count != slow.counts[2] or len(set(zip(maps.of_cell.tolist(), same(slow.maps, cells), strict=True))) != (
        maps.count
    ):
        yield f"{maps.count} affine maps, should be {slow.counts[2]}"
    for i, cell in zip(maps.of_cell.tolist(), cells, strict=True):
        weight, bias = maps.exact(i)
        rows_of_map = tuple((bias[j, 0], *(weight[j, k] for k in range(d))) for j in range(weight.rows))
        if rows_of_map != slow.cells[cell].affine_map:
            yield "a cell has another affine map"
            break


def bits_of(split: SplitNetwork, packed: Any, slow: Complex) -> list[tuple[int, ...]]:
    """The engine's patterns with their bits in the slow order, told by where each bit comes from."""
    origins = [origin for layer in split.layers for origin in layer.origins]
    if len(set(origins)) != len(origins) or not set(origins) >= set(slow.program.origins):
        raise ValueError("the engine bends other rows")
    signs = split.unpack(packed)
    bits = np.concatenate(signs, axis=1) if signs else np.zeros((len(packed), 0), dtype=bool)
    order = [origins.index(origin) for origin in slow.program.origins]
    return [tuple(map(int, row)) for row in bits[:, order].tolist()]


def same(values: tuple[int, ...], cells: list[int]) -> list[int]:
    return [values[cell] for cell in cells]


def counted(case: Case, slow: Complex, chunk: int, jobs: int = 1) -> Iterator[str]:
    """What is wrong with cells and counts when no complex is kept and chunks are small."""
    split = split_network(case.network)
    patterns = [
        pattern
        for leaf in Leaves(plan(split, case.domain), chunk)
        for pattern in bits_of(split, np.ascontiguousarray(leaf.words), slow)
    ]
    if sorted(patterns) != sorted(cell.pattern for cell in slow.cells):
        yield f"patterns of {len(patterns)} cells, should be those of {len(slow.cells)}"
    counts = count_regions(case.network, case.domain, chunk=chunk, jobs=jobs)
    got = (counts.cells, counts.linear_regions, counts.affine_maps)
    if got != slow.counts:
        yield f"counts {got}, should be {slow.counts}"
    if counts.f_vector != slow.f_vector:
        yield f"counted f-vector {counts.f_vector}, should be {slow.f_vector}"


def a_chunk(seed: int, d: int) -> int:
    """A number of faces so small that small complexes are cut in several parts."""
    return Random(seed).choice((1, 3**d, 2 * 3**d, 5 * 3**d, 10**5))


def viewed(case: Case) -> Iterator[str]:
    """What is wrong with the piecewise-affine function: its regions, and the cells it finds at points."""
    slow = complex_of(program_of_network(case.network), case.domain)
    f = piecewise(case.network, case.domain)
    wrong = list(differences(f.complex, f.patterns, f.split, slow))
    yield from (f"piecewise: {text}" for text in wrong)
    if wrong:
        return
    if (f.cells, f.linear_regions, f.affine_maps) != slow.counts:
        yield f"piecewise: counts {(f.cells, f.linear_regions, f.affine_maps)}, should be {slow.counts}"
    number = {cell.pattern: index for index, cell in enumerate(slow.cells)}
    cells = [number[pattern] for pattern in bits_of(f.split, f.patterns, slow)]
    if len(set(zip(f.region_of_cell.tolist(), same(slow.regions, cells), strict=True))) != slow.counts[1]:
        yield "piecewise: linear regions join other cells"
    for v in range(0, len(slow.vertices), 1 + len(slow.vertices) // 20):
        if {cells[i] for i in f.locate(slow.point(v))} != {c for c, at in enumerate(slow.of_cells) if v in at}:
            yield "piecewise: other cells are found at a vertex"
            break


def everything(case: Case, chunk: int) -> list[str]:
    slow = complex_of(program_of_network(case.network), case.domain)
    found = fast_complex_of(case.network, case.domain)
    wrong = list(differences(found.complex, found.patterns, found.split, slow))
    wrong += [f"counted in chunks of {chunk}: {text}" for text in counted(case, slow, chunk)]
    return wrong + list(viewed(case))


@pytest.mark.parametrize(("d", "seeds"), [(1, 40), (2, 40), (3, 35), (4, 16), (5, 6), (6, 2)])
def test_everything_equals_the_slow_enumeration(d: int, seeds: int) -> None:
    for seed in range(seeds):
        assert everything(seeded_case(seed, d), a_chunk(seed, d)) == [], f"seeded_case({seed}, {d})"


@given(cases())
@settings(max_examples=15)
def test_everything_equals_the_slow_enumeration_on_drawn_networks(case: Case) -> None:
    assert everything(case, 2 * 3**case.domain.dimension) == []


@pytest.mark.parametrize("d", [1, 2, 3, 4, 5])
def test_the_split_form_has_the_same_cells_as_the_network(d: int) -> None:
    for seed in range(30 if d < 4 else 6):
        case = seeded_case(seed, d)
        split = split_network(case.network)
        network, rows = program_of_network(case.network), program_of_split(split)
        slow, other = complex_of(network, case.domain), complex_of(rows, case.domain)
        assert slow.counts == other.counts
        assert slow.f_vector == other.f_vector
        assert set(slow.vertices) == set(other.vertices)
        assert {cell.affine_map for cell in slow.cells} == {cell.affine_map for cell in other.cells}


def eight_intervals() -> Case:
    """Cut at -3, ..., 3 by the first layer, and nowhere by the second."""
    cuts = layered([[[1]] * 7, [[1] * 7], [[1]]], [list(range(-3, 4)), [0], [0]])
    return Case(cuts, interval(-5, 5))


def test_two_processes_count_each_face_once() -> None:
    for case, chunk in ((eight_intervals(), 1), (seeded_case(10073, 2), 36), (seeded_case(10006, 3), 1)):
        slow = complex_of(program_of_network(case.network), case.domain)
        assert list(counted(case, slow, chunk, jobs=2)) == []
