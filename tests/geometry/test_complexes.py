"""Complexes: faces, neighbours, components, parts; exact halfspaces and places; mistakes that `check` finds."""

from __future__ import annotations

from fractions import Fraction as F
from itertools import product as pairs
from math import comb

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.geometry.arrangements import arrangement
from verinet.errors import InexactInput, NotBounded, ShapeMismatch, Unsupported
from verinet.geometry import Halfspace, Incidence, PolyhedralComplex, Polyhedron, Vertices, whole_space
from verinet.geometry.shapes import convex_hull, grid, simplex

entries = st.integers(-3, 3)


def rows(d: int) -> st.SearchStrategy[list[tuple[int, ...]]]:
    normal = st.tuples(*[entries] * d).filter(any)
    row = st.builds(lambda a, n: (a, *n), entries, normal)
    return st.lists(row, min_size=1, max_size=5 if d == 2 else 3)


def cross(d: int) -> PolyhedralComplex:
    return convex_hull(*[tuple(s * (i == j) for j in range(d)) for i in range(d) for s in (1, -1)])


def pyramid() -> PolyhedralComplex:
    return convex_hull((0, 0, 0), (2, 0, 0), (2, 2, 0), (0, 2, 0), (1, 1, 3))


def line(edges: list[list[int]], *points: object, rays: tuple[tuple[int, int], ...] = ()) -> PolyhedralComplex:
    vertices = Vertices.from_points([(p,) for p in points], dimension=1)
    return PolyhedralComplex(vertices, (Incidence.from_lists(edges),), rays)


# --- known polytopes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("d", [1, 2, 3, 4, 5])
def test_faces_of_a_cube(d: int) -> None:
    cube = grid(*[(0, 1)] * d)
    assert cube.f_vector == tuple(comb(d, k) * 2 ** (d - k) for k in range(d + 1))
    assert cube.euler_characteristic == 1
    cube.check()
    for k in range(d + 1):
        assert set(cube.vertices_of(k).sizes.tolist()) == {2**k}
        for j in range(k + 1):
            assert set(cube.faces_of(k, j).sizes.tolist()) == {comb(k, j) * 2 ** (k - j)}


@pytest.mark.parametrize("d", [2, 3, 4])
def test_faces_of_a_cross_polytope(d: int) -> None:
    solid = cross(d)
    assert solid.f_vector == (*(comb(d, k + 1) * 2 ** (k + 1) for k in range(d)), 1)
    solid.check()
    expected = {(1, *signs) for signs in pairs((1, -1), repeat=d)}
    assert set(solid.h_representation(0)) == expected
    assert len(solid.h_representation(0)) == 2**d


def test_pyramid_over_a_square_is_not_simple() -> None:
    solid = pyramid()
    assert solid.f_vector == (5, 8, 5, 1)
    solid.check()
    assert set(solid.h_representation(0)) == {
        (0, 0, 0, 1),
        (0, 3, 0, -1),
        (0, 0, 3, -1),
        (6, -3, 0, -1),
        (6, 0, -3, -1),
    }


def test_points_that_are_no_vertices_are_left_out_of_a_hull() -> None:
    square = convex_hull((0, 0), (1, 0), (2, 0), (2, 2), (1, 1), (0, 2), (0, 0))
    assert square.v_representation(0) == ((0, 0), (2, 0), (2, 2), (0, 2))
    square.check()


def test_simplex_of_lower_dimension_in_space() -> None:
    triangle = simplex((0, 0, 1), (1, 0, 1), (0, 1, 1))
    triangle.check()
    assert (triangle.dimension, triangle.ambient_dimension) == (2, 3)
    described = triangle.h_representation(0)
    assert len(described) == 5  # three sides, one plane twice
    assert triangle.contains(0, (F(1, 3), F(1, 3), 1))
    assert not triangle.contains(0, (F(1, 3), F(1, 3), F(1001, 1000)))
    assert not triangle.contains(0, (F(2, 3), F(2, 3), 1))
    assert triangle.locate((0, 0, 1)) == (0,)
    with pytest.raises(Unsupported, match="volume"):
        triangle.volume(0)
    with pytest.raises(Unsupported, match="hyperplane"):
        triangle.hyperplane(0)


# --- three lines by hand --------------------------------------------------------------------------------------------


def test_two_lines_that_cross_in_a_square() -> None:
    found, signs = arrangement([(0, 1, 0), (0, 0, 1)], 2)
    assert found.f_vector == (9, 12, 4)
    found.check()
    by_sign = {s[:2]: cell for cell, s in enumerate(signs)}
    neighbours = {frozenset((a, b)) for a, b, _ in found.adjacency.tolist()}
    expected = [((1, 1), (1, -1)), ((1, 1), (-1, 1)), ((-1, -1), (1, -1)), ((-1, -1), (-1, 1))]
    assert neighbours == {frozenset((by_sign[a], by_sign[b])) for a, b in expected}
    assert len(found.boundary_facets) == 8
    assert found.volumes() == [F(1)] * 4
    assert found.locate((0, 0)) == (0, 1, 2, 3)
    assert found.locate((F(1, 2), 0)) == tuple(sorted((by_sign[1, 1], by_sign[1, -1])))
    assert found.locate((F(1, 2), F(-1, 10**40))) == (by_sign[1, -1],)
    assert found.locate((2, 0)) == ()


def test_three_lines_through_one_point() -> None:
    found, _ = arrangement([(0, 1, 0), (0, 0, 1), (0, 1, 1)], 2)
    assert found.f_vector == (9, 14, 6)  # the third line ends in two corners of the square
    found.check()
    assert len(found.locate((0, 0))) == 6
    assert len(found.adjacency) == 6
    assert nx.is_isomorphic(found.graph(), nx.cycle_graph(6))


# --- arrangements ---------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(st.one_of(rows(2).map(lambda r: (r, 2)), rows(3).map(lambda r: (r, 3))))
def test_arrangements_are_complexes(case: tuple[list[tuple[int, ...]], int]) -> None:
    given_rows, d = case
    found, signs = arrangement(given_rows, d)
    found.check()
    assert found.euler_characteristic == 1
    assert found.betti_0 == 1
    # two cells are neighbours just if the hyperplanes that separate them are one and the same
    scaled = [_primitive(row) for row in given_rows]
    expected = set()
    for a in range(len(signs)):
        for b in range(a + 1, len(signs)):
            between = {scaled[i] for i in range(len(scaled)) if signs[a][i] != signs[b][i]}
            if len(between) == 1 and found.faces(d, a, 0).size and _common_facet(found, a, b):
                expected.add((a, b))
    assert {(a, b) for a, b, _ in found.adjacency.tolist()} == expected
    for a, b, facet in found.adjacency.tolist():
        between = {scaled[i] for i in range(len(scaled)) if signs[a][i] != signs[b][i]}
        assert {_primitive(found.hyperplane(facet))} == between
    graph = found.graph()
    assert {tuple(sorted(edge)) for edge in graph.edges} == expected
    assert graph.nodes[0]["vertices"] == tuple(found.vertices_of(d)[0].tolist())


def _common_facet(complex_: PolyhedralComplex, a: int, b: int) -> bool:
    common = set(complex_.faces(complex_.dimension, a, 0).tolist()) & set(
        complex_.faces(complex_.dimension, b, 0).tolist()
    )
    points = complex_.vertices.exact(sorted(common))
    return len(points) >= complex_.dimension and _affine_rank(points) == complex_.dimension - 1


def _affine_rank(points: list[tuple[F, ...]]) -> int:
    return np.linalg.matrix_rank(np.array([[float(x) for x in p] for p in points]) - [float(x) for x in points[0]])


def _primitive(row: tuple[int, ...]) -> tuple[int, ...]:
    common = np.gcd.reduce(row)
    sign = next(1 if a > 0 else -1 for a in row[1:] if a)
    return tuple(int(sign * a // common) for a in row)


@settings(max_examples=40)
@given(rows(2), st.tuples(st.fractions(-1, 1, max_denominator=4), st.fractions(-1, 1, max_denominator=4)))
def test_located_cells_are_those_whose_signs_agree(given_rows: list[tuple[int, ...]], point: tuple[F, F]) -> None:
    found, signs = arrangement(given_rows, 2)
    every = [*given_rows, (1, 1, 0), (1, -1, 0), (1, 0, 1), (1, 0, -1)]
    values = [row[0] + row[1] * point[0] + row[2] * point[1] for row in every]
    expected = tuple(
        cell
        for cell, s in enumerate(signs)
        if all(v == 0 or (v > 0) == (t > 0) for v, t in zip(values, s, strict=True))
    )
    assert found.locate(point) == expected
    assert tuple(cell for cell in range(found.cells) if found.contains(cell, point)) == expected
    for corner in found.vertices.exact():
        at = found.vertices.exact().index(corner)
        assert found.locate(corner) == tuple(found.cells_of_vertices[at].tolist())


@settings(max_examples=40)
@given(rows(3), st.tuples(*[st.fractions(-2, 2, max_denominator=3)] * 3))
def test_h_representation_is_a_polyhedron_with_these_vertices(
    given_rows: list[tuple[int, ...]], point: tuple[F, ...]
) -> None:
    found, _ = arrangement(given_rows, 3)
    for cell in range(min(found.cells, 4)):
        described = found.h_representation(cell)
        halfspaces = [Halfspace(tuple(-a for a in row[1:]), row[0]) for row in described]
        as_set: Polyhedron = whole_space(3).cut(halfspaces)
        assert [half.row() for half in halfspaces] == list(described)
        assert as_set.contains(point) == found.contains(cell, point)
        assert all(as_set.contains(corner) for corner in found.v_representation(cell))
        for row, facet in zip(described, found.facets[-1][cell].tolist(), strict=True):
            on = [v for v in found.faces(3, cell, 0).tolist() if _value(row, found.vertices.exact([v])[0]) == 0]
            assert on == found.faces(2, facet, 0).tolist()


def _value(row: tuple[int, ...], point: tuple[F, ...]) -> F:
    return row[0] + sum((a * x for a, x in zip(row[1:], point, strict=True)), F(0))


def test_wrong_floats_mislead_nobody() -> None:
    """Approximate coordinates may be anything: only the order in which cells are asked depends on them."""
    true = grid((0, 1, 2, 3), (0, 1, 2))
    wrong = Vertices.lazily(np.full((12, 2), np.nan), true.vertices.homogeneous)
    misled = PolyhedralComplex(wrong, true.facets)
    for point in [(F(1, 2), F(1, 2)), (1, 1), (3, 2), (4, 1), (F(5, 2), 1)]:
        assert misled.locate(point) == true.locate(point)


# --- components and parts -------------------------------------------------------------------------------------------


def test_components_across_facets_and_across_corners() -> None:
    board = grid((0, 1, 2, 3), (0, 1, 2, 3))  # cell 3 i + j
    diagonal = [0, 4, 8]
    assert board.components(diagonal).tolist() == [0, 1, 2]
    assert board.components(diagonal, across="any").tolist() == [0, 0, 0]
    assert board.components([8, 5, 0]).tolist() == [1, 1, 0]
    assert board.components(np.arange(9) != 4).tolist() == [0] * 8
    assert board.betti_0 == 1
    assert board.components([]).tolist() == []
    no_wall = np.zeros(board.f_vector[1], dtype=bool)
    assert board.components(facets=no_wall).tolist() == list(range(9))
    with pytest.raises(ShapeMismatch):
        board.components(across="corner")
    with pytest.raises(ShapeMismatch):
        board.components([9])


@settings(max_examples=60)
@given(st.lists(st.booleans(), min_size=24, max_size=24), st.lists(st.booleans(), min_size=98, max_size=98))
def test_components_are_those_of_networkx(keep: list[bool], walls: list[bool]) -> None:
    board = grid(range(5), range(4), range(3))
    assert board.f_vector[2:] == (98, 24)
    mask, open_walls = np.array(keep), np.array(walls)
    chosen = np.flatnonzero(mask)
    graph = board.graph().subgraph(chosen.tolist())
    closed = [(a, b) for a, b, data in graph.edges(data=True) if not open_walls[data["facet"]]]
    graph = nx.Graph(graph)
    graph.remove_edges_from(closed)
    labels = board.components(mask, facets=open_walls)
    groups = {frozenset(chosen[labels == label].tolist()) for label in set(labels.tolist())}
    assert groups == {frozenset(part) for part in nx.connected_components(graph)}
    firsts = [int(chosen[labels == label][0]) for label in range(len(groups))]
    assert firsts == sorted(firsts)


def test_boundary_of_a_cube_as_a_complex() -> None:
    cube = grid((0, 1), (0, 1), (0, 1))
    sphere = cube.subcomplex(2, cube.boundary_facets)
    sphere.check()
    assert (sphere.dimension, sphere.ambient_dimension, sphere.f_vector) == (2, 3, (8, 12, 6))
    assert sphere.euler_characteristic == 2
    assert len(sphere.boundary_facets) == 0
    ring = cube.subcomplex(2, [f for f in range(6) if cube.vertices.approximate[cube.faces(2, f, 0), 2].std() > 0])
    assert (ring.cells, ring.euler_characteristic, ring.betti_0) == (4, 0, 1)


@settings(max_examples=40)
@given(st.integers(0, 3), st.data())
def test_parts_keep_their_faces(k: int, data: st.DataObject) -> None:
    whole = grid(range(3), range(3), range(3))
    chosen = data.draw(st.lists(st.integers(0, whole.f_vector[k] - 1), min_size=1, max_size=6))
    part = whole.subcomplex(k, chosen)
    part.check()
    assert part.origin[k].tolist() == list(dict.fromkeys(chosen))
    assert part.vertices.exact() == whole.vertices.exact(part.origin[0])
    for j in range(1, k + 1):
        for face, before in enumerate(part.origin[j].tolist()):
            assert part.origin[j - 1][part.facets[j - 1][face]].tolist() == whole.facets[j - 1][before].tolist()


def test_a_level_set_that_branches() -> None:
    corners = Vertices.from_points([(0, 0), (1, 0), (0, 1), (-1, 0), (5, 5), (6, 6)])
    star = PolyhedralComplex(corners, (Incidence.from_lists([[0, 1], [0, 2], [0, 3], [4, 5]]),))
    star.check()
    assert star.components().tolist() == [0, 0, 0, 1]
    assert (star.betti_0, star.euler_characteristic) == (2, 2)
    assert star.boundary_facets.tolist() == [1, 2, 3, 4, 5]
    assert star.cells_at_facets[0].tolist() == [0, 1, 2]
    assert star.locate((0, 0)) == (0, 1, 2)
    assert star.locate((F(11, 2), F(11, 2))) == (3,)
    with pytest.raises(Unsupported, match="3 cells"):
        star.adjacency  # noqa: B018  # reading it is what fails


def test_points_and_nothing_are_complexes_too() -> None:
    points = PolyhedralComplex(Vertices.from_points([(0,), (1,)]), ())
    points.check()
    assert (points.f_vector, points.cells, points.betti_0, points.locate((1,))) == ((2,), 2, 2, (1,))
    assert points.graph().number_of_nodes() == 2
    nothing = PolyhedralComplex(Vertices.from_points([], dimension=3), (Incidence.from_lists([]),) * 2)
    nothing.check()
    assert (nothing.f_vector, nothing.betti_0, nothing.euler_characteristic) == ((0, 0, 0), 0, 0)
    assert nothing.locate((0, 0, 0)) == ()
    assert nothing.adjacency.shape == (0, 3)
    assert nothing.subcomplex(2, []).f_vector == (0, 0, 0)


# --- the line -------------------------------------------------------------------------------------------------------


def test_the_line_with_two_breakpoints() -> None:
    whole = line([[0], [0, 1], [1]], 0, F(1, 3))
    whole.check()
    assert whole.h_representation(0) == ((0, -1),)
    assert whole.h_representation(1) == ((0, 1), (1, -3))
    assert whole.h_representation(2) == ((-1, 3),)
    assert [whole.locate((x,)) for x in (-9, 0, F(1, 9), F(1, 3), 10**30)] == [(0,), (0, 1), (1,), (1, 2), (2,)]
    assert whole.adjacency.tolist() == [[0, 1, 0], [1, 2, 1]]
    assert len(whole.boundary_facets) == 0
    assert whole.hyperplane(1) == (1, -3)
    assert not whole.is_bounded
    for question in (lambda: whole.volume(1), whole.total_volume, lambda: whole.integral({(0,): 1})):
        with pytest.raises(NotBounded):
            question()
    right = whole.subcomplex(1, [2, 1])
    assert right.locate((5,)) == (0,)
    assert right.locate((-5,)) == ()


def test_one_breakpoint_and_none() -> None:
    two = line([[0], [0]], 7)
    two.check()
    assert [two.locate((x,)) for x in (0, 7, 8)] == [(0,), (0, 1), (1,)]
    other = line([[0], [0]], 7, rays=((0, 1),))
    assert [other.locate((x,)) for x in (0, 7, 8)] == [(1,), (0, 1), (0,)]
    whole = line([[]])
    assert (whole.f_vector, whole.locate((5,)), whole.h_representation(0)) == ((0, 1), (0,), ())
    assert whole.euler_characteristic == two.euler_characteristic == -1
    ray = line([[0]], 1, rays=((0, 1),))
    assert (ray.locate((0,)), ray.locate((1,)), ray.v_representation(0)) == ((), (0,), ((1,),))


def test_the_other_cell_says_where_a_ray_goes() -> None:
    half = line([[0, 1], [1]], 0, 2)
    half.check()
    assert [half.locate((x,)) for x in (-1, 1, 2, 3)] == [(), (0,), (0, 1), (1,)]
    with pytest.raises(Unsupported, match="direction"):
        line([[0]], 1).locate((0,))


# --- mistakes -------------------------------------------------------------------------------------------------------


def square(*points: tuple[object, ...], edges: object = None, cells: object = None) -> PolyhedralComplex:
    edges = [[0, 1], [1, 2], [2, 3], [3, 0]] if edges is None else edges
    cells = [[0, 1, 2, 3]] if cells is None else cells
    vertices = Vertices.from_points(points or [(0, 0), (1, 0), (1, 1), (0, 1)])
    return PolyhedralComplex(vertices, (Incidence.from_lists(edges), Incidence.from_lists(cells)))


def test_a_square_has_no_fault() -> None:
    square().check()


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (square(cells=[[0, 1, 2]]), "in no 2-face"),
        (square(edges=[[0, 1], [1, 2], [2, 3], [3, 1]]), "ridge"),
        (square(edges=[[0, 1], [1, 2], [2, 3], [3]]), "wrong number"),
        (square(cells=[[0, 1, 2, 3, 3]]), "twice"),
        (square(cells=[[0, 1, 2, 3], [3, 2, 1, 0]]), "same vertices"),
        (square((0, 0), (1, 0), (1, 1), (1, 1)), "place of another"),
        (square((0, 0), (1, 0), (2, 0), (3, 0)), "spans dimension 1"),
        (square((0, 0), (1, 0), (F(1, 10), F(1, 10)), (0, 1)), "not what the hyperplanes"),
        (square((0, 0), (1, 1), (1, 0), (0, 1)), "not what the hyperplanes"),
    ],
)
def test_faults_are_found(wrong: PolyhedralComplex, fault: str) -> None:
    with pytest.raises(ShapeMismatch, match=fault):
        wrong.check()


def test_two_cells_on_one_side_are_found() -> None:
    folded = PolyhedralComplex(
        Vertices.from_points([(0, 0), (1, 0), (0, 2), (0, 1)]),
        (
            Incidence.from_lists([[0, 1], [0, 2], [1, 2], [0, 3], [1, 3]]),
            Incidence.from_lists([[0, 1, 2], [0, 3, 4]]),
        ),
    )
    with pytest.raises(ShapeMismatch, match="on one side"):
        folded.check()


def test_a_facet_of_three_cells_that_fill_space_is_found() -> None:
    fan = PolyhedralComplex(
        Vertices.from_points([(0,), (1,), (2,), (3,)]), (Incidence.from_lists([[0, 1], [0, 2], [0, 3]]),)
    )
    with pytest.raises(ShapeMismatch, match="3 cells"):
        fan.check()


def test_lists_that_name_missing_faces_are_refused() -> None:
    with pytest.raises(ShapeMismatch, match="0-face 4"):
        square(edges=[[0, 1], [1, 2], [2, 4], [3, 0]])
    with pytest.raises(ShapeMismatch, match="coordinates"):
        square((0,), (1,), (2,), (3,))
    with pytest.raises(ShapeMismatch, match="offsets"):
        Incidence(np.array([0, 2, 1]), np.array([0]))
    with pytest.raises(InexactInput):
        Vertices.from_points([(0.5,)])
    with pytest.raises(ShapeMismatch, match="point of 2"):
        square().locate((1,))
