"""Level sets: shapes drawn by hand, touching and flat levels, and the Euler characteristic counted another way."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest

from tests.regions.test_piecewise import small_functions
from verinet.geometry.polyhedra import Polyhedron, box, interval
from verinet.networks.build import abs_, maximum, minimum, network, relu, variable, variables
from verinet.regions.level_sets import LevelSet
from verinet.regions.piecewise import PiecewiseAffine, piecewise

SQUARE = box((-2, 2), (-2, 2))


def one_side(f: PiecewiseAffine, level: F, output: int, sign: int) -> int:
    """The Euler number of the faces on one side: {f <= level} shrinks to those whose vertices all are."""
    signs = [sign * (f.network(x)[output] - level) for x in f.complex.vertices.exact()]
    total = 0
    for k in range(f.complex.dimension + 1):
        lists = f.complex.vertices_of(k).lists()
        total += (-1) ** k * sum(all(signs[v] <= 0 for v in corners) for corners in lists)
    return total


def check(f: PiecewiseAffine, found: LevelSet, level: F, output: int) -> None:
    points = found.complex.vertices.exact()
    assert len(set(points)) == len(points)
    assert all(f.network(x)[output] == level for x in points)
    # the domain is the union of both sides, the level set what they share
    assert found.euler_characteristic == one_side(f, level, output, 1) + one_side(f, level, output, -1) - 1
    assert sum(found.euler_characteristics) == found.euler_characteristic
    assert len(found.euler_characteristics) == found.components
    for k, source in enumerate(found.sources):
        for face, (dimension, whole) in enumerate(source.tolist()):
            mine = [points[v] for v in found.complex.faces(k, face, 0).tolist()]
            corners = [f.complex.vertices.exact([v])[0] for v in f.complex.faces(dimension, whole, 0).tolist()]
            values = [f.network(x)[output] - level for x in corners]
            if dimension == k:
                assert sorted(mine) == sorted(corners)
                assert not any(values)
            else:
                assert min(values) < 0 < max(values)
                # exactly the crossings of its edges and the corners at the level
                on_edges = {
                    tuple(point)
                    for edge in f.complex.faces(dimension, whole, 1).tolist()
                    for point in crossing(f, edge, level, output)
                }
                assert set(mine) == on_edges
    if found.complex.dimension and is_pure(found):
        found.complex.check()


def is_pure(found: LevelSet) -> bool:
    counts = found.complex.f_vector
    return all(len(set(lists.indices.tolist())) == n for lists, n in zip(found.complex.facets, counts, strict=False))


def crossing(f: PiecewiseAffine, edge: int, level: F, output: int) -> list[tuple[F, ...]]:
    x, y = f.complex.vertices.exact(f.complex.faces(1, edge, 0))
    a, b = (f.network(p)[output] - level for p in (x, y))
    if a == 0 or b == 0:
        return [p for p, z in ((x, a), (y, b)) if z == 0]
    if a * b > 0:
        return []
    return [tuple(s + (t - s) * a / (a - b) for s, t in zip(x, y, strict=True))]


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_degenerate_networks(d: int) -> None:
    for f in small_functions(d, range(60, 60 + (25, 20, 10, 5)[d - 1]), most=(60, 40, 20, 8)[d - 1]):
        values = sorted({f.network(x)[0] for x in f.complex.vertices.exact()})
        levels = {values[0], values[-1], values[len(values) // 2], (values[0] + values[-1]) / 2, F(0)}
        for level in levels:
            check(f, f.level_set(level, 0), level, 0)


def test_a_circle_its_centre_and_nothing() -> None:
    x, y = variables("x", 2)
    f = piecewise(network((x, y), abs_(x) + abs_(y)), SQUARE)
    circle = f.level_set(1)
    assert (circle.complex.f_vector, circle.components, circle.euler_characteristics) == ((4, 4), 1, (0,))
    assert set(circle.complex.vertices.exact()) == {(1, 0), (0, 1), (-1, 0), (0, -1)}
    assert f.level_set(0).complex.f_vector == (1,)
    corners = f.level_set(4)
    assert (corners.complex.f_vector, corners.components) == ((4,), 4)
    nothing = f.level_set(5)
    assert nothing.is_empty
    assert (nothing.components, nothing.euler_characteristic, nothing.euler_characteristics) == (0, 0, ())


def test_two_circles_meet_in_a_point() -> None:
    x, y = variables("x", 2)
    left, right = abs_(x + 1) + abs_(y), abs_(x - 1) + abs_(y)
    f = piecewise(network((x, y), minimum(left, right)), box((-3, 3), (-2, 2)))
    eight = f.level_set(1)
    assert (eight.components, eight.euler_characteristic) == (1, -1)
    apart = f.level_set("1/2")
    assert (apart.components, apart.euler_characteristics) == (2, (0, 0))


def test_a_sphere_in_three_dimensions() -> None:
    x, y, z = variables("x", 3)
    f = piecewise(network((x, y, z), abs_(x) + abs_(y) + abs_(z)), box([-2, 2], dimension=3))
    sphere = f.level_set(1)
    assert (sphere.complex.f_vector, sphere.components, sphere.euler_characteristic) == ((6, 12, 8), 1, 2)
    sphere.complex.check()


def test_flat_cells_and_a_tail() -> None:
    x, y = variables("x", 2)
    # 0 on the left half, and along the positive x-axis
    f = piecewise(network((x, y), minimum(relu(x), abs_(y))), box((-1, 1), (-1, 1)))
    zero = f.zero_set()
    assert zero.flat_cells
    assert all(f(x)[0] == 0 for c in zero.flat_cells for x in f.complex.v_representation(c))
    assert zero.complex.dimension == 2
    assert (zero.components, zero.euler_characteristic) == (1, 1)
    volume = sum(f.complex.volume(cell) for cell in zero.flat_cells)
    assert volume == 2
    edges = np.array(zero.complex.facets[1].indices)
    assert len(set(edges.tolist())) < len(zero.complex.facets[0]), "the tail lies in no flat cell"


def test_the_boundary_between_two_outputs() -> None:
    x, y = variables("x", 2)
    f = piecewise(network((x, y), [maximum(x, y), maximum(-x, 0)]), box((-1, 1), (-1, 1)))
    found = f.zero_set((1, -1))
    assert all(f(p)[0] == f(p)[1] for p in found.complex.vertices.exact())
    assert (found.components, found.euler_characteristic) == (1, 1)


@pytest.mark.parametrize(
    ("low", "high", "level", "vertices", "flat"),
    [
        (None, None, 1, {-2, 2}, 0), (None, None, 0, {-1, 1}, 1), (None, 0, 1, {-2}, 0), (0, None, 0, {0, 1}, 1),
        (None, None, -1, set(), 0), (None, None, "1/2", {F(-3, 2), F(3, 2)}, 0),
    ],
)  # fmt: skip
def test_the_line(low: object, high: object, level: object, vertices: set, flat: int) -> None:
    x = variable("x")
    f = piecewise(network(x, relu(x - 1) + relu(-x - 1)), Polyhedron((low,), (high,)))
    found = f.level_set(level)
    assert {p for (p,) in found.complex.vertices.exact()} == vertices
    assert len(found.flat_cells) == flat


def test_flat_rays() -> None:
    x = variable("x")
    zero = piecewise(network(x, relu(x))).zero_set()
    assert (zero.complex.f_vector, zero.components) == ((1, 1), 1)
    assert zero.complex.contains(0, (-5,))
    everything = piecewise(network(x, 0 * x)).zero_set()
    assert (everything.complex.f_vector, everything.components) == ((0, 1), 1)
    assert piecewise(network(x, relu(x)), interval(-1, 1)).zero_set().flat_cells == (0,)
