"""Volumes and integrals, against halfspaces, determinants by sympy, closed forms and symbolic integration."""

from __future__ import annotations

from fractions import Fraction as F
from math import factorial, prod

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.geometry.arrangements import arrangement, volume_of_rows
from tests.geometry.test_complexes import cross, entries, line, pyramid, rows
from verinet.errors import InexactInput, ShapeMismatch, Unsupported
from verinet.geometry import PolyhedralComplex
from verinet.geometry.integrals import mean_rule
from verinet.geometry.shapes import convex_hull, grid, product, simplex

nasty = st.integers(-5, 5).map(F) | st.integers(2, 10**60).map(lambda n: F(1, n))


@pytest.mark.parametrize("d", [1, 2, 3, 4, 5, 6])
def test_volume_of_a_box(d: int) -> None:
    sides = [(F(-1, i + 1), F(i + 1)) for i in range(d)]
    box = grid(*sides)
    assert box.volume(0) == box.total_volume() == prod(b - a for a, b in sides)


@pytest.mark.parametrize("d", [2, 3, 4])
def test_volume_of_a_cross_polytope(d: int) -> None:
    assert cross(d).volume(0) == cross(d).total_volume() == F(2**d, factorial(d))


def test_volumes_that_are_known() -> None:
    assert pyramid().volume(0) == pyramid().total_volume() == 4
    prism = product(simplex((0, 0), (1, 0), (0, 1)), grid((0, 3)))
    assert prism.f_vector == (6, 9, 5, 1)
    prism.check()
    assert prism.volume(0) == F(3, 2)
    assert line([[0, 1], [1, 2]], 0, F(1, 3), 2).volumes() == [F(1, 3), F(5, 3)]
    assert line([[0, 1], [2, 3]], 0, 1, 5, 7).total_volume() == 3  # with a gap


def test_24_cell() -> None:
    """Every vertex lies in six octahedra: far from simple, far from simplicial."""
    corners = [
        tuple(s * (k == i) + t * (k == j) for k in range(4))
        for i in range(4)
        for j in range(i)
        for s in (1, -1)
        for t in (1, -1)
    ]
    solid = _from_rows_and_corners(corners)
    assert solid.f_vector == (24, 96, 96, 24, 1)
    solid.check()
    assert solid.volume(0) == solid.total_volume() == 8
    assert volume_of_rows(solid.h_representation(0)) == 8


def _from_rows_and_corners(corners: list[tuple[int, ...]]) -> PolyhedralComplex:
    """The 24-cell from its halfspaces |x_i| <= 1 and +-x_1 +-x_2 +-x_3 +-x_4 <= 2, without trying all hyperplanes."""
    from verinet.geometry import Incidence, Vertices

    normals = [tuple(s * (i == j) for j in range(4)) for i in range(4) for s in (1, -1)]
    normals += [(a, b, c, e) for a in (1, -1) for b in (1, -1) for c in (1, -1) for e in (1, -1)]
    walls = []
    for normal in normals:
        values = [sum(a * x for a, x in zip(normal, p, strict=True)) for p in corners]
        walls.append(frozenset(i for i, v in enumerate(values) if v == max(values)))
    faces = set(walls)
    while True:
        more = {a & b for a in faces for b in walls} | faces
        if more == faces:
            break
        faces = more
    sizes = {1: 0, 2: 1, 3: 2, 6: 3}
    layers = [sorted((f for f in faces if sizes.get(len(f)) == k), key=sorted) for k in range(4)]
    layers.append([frozenset(range(24))])
    lists = [
        Incidence.from_lists([[i for i, s in enumerate(layers[k]) if s < big] for big in layers[k + 1]])
        for k in range(4)
    ]
    return PolyhedralComplex(Vertices.from_points(corners), tuple(lists))


@settings(max_examples=60)
@given(st.lists(st.tuples(nasty, nasty, nasty), min_size=4, max_size=4))
def test_volume_of_a_simplex_is_a_determinant(points: list[tuple[F, ...]]) -> None:
    table = sympy.Matrix([[1, *map(sympy.Rational, map(str, p))] for p in points])
    expected = abs(table.det()) / 6
    if expected == 0:
        with pytest.raises(ShapeMismatch):
            simplex(*points)
    else:
        found = simplex(*points)
        assert found.volume(0) == found.total_volume() == F(int(expected.p), int(expected.q))


@settings(max_examples=60)
@given(st.lists(st.tuples(entries, entries, entries), min_size=4, max_size=9))
def test_volume_of_a_hull_is_that_of_its_halfspaces(points: list[tuple[int, ...]]) -> None:
    try:
        solid = convex_hull(*points)
    except ShapeMismatch:
        return
    solid.check()
    expected = volume_of_rows(solid.h_representation(0))
    assert solid.volume(0) == solid.total_volume() == expected > 0


@settings(max_examples=40)
@given(st.one_of(rows(2).map(lambda r: (r, 2)), rows(3).map(lambda r: (r, 3))), st.randoms(use_true_random=False))
def test_cells_of_an_arrangement_fill_the_box(case: tuple[list[tuple[int, ...]], int], random: object) -> None:
    given_rows, d = case
    found, signs = arrangement(given_rows, d)
    each = found.volumes()
    assert sum(each) == found.total_volume() == 2**d
    walls = [(1, *(s * (i == j) for j in range(d))) for i in range(d) for s in (1, -1)]
    for cell, volume in enumerate(each[:5]):
        sided = [tuple(s * a for a in row) for s, row in zip(signs[cell], given_rows, strict=False)]
        assert volume == volume_of_rows([*sided, *walls])
    some = [cell for cell in range(found.cells) if random.random() < 0.5]
    part = found.subcomplex(d, some)
    assert part.total_volume() == sum(each[cell] for cell in some)
    assert found.volumes(some) == part.volumes() == [each[cell] for cell in some]


def test_volume_and_integral_need_cells_that_fill_space() -> None:
    flat = simplex((0, 0, 0), (1, 0, 0), (0, 1, 0))
    for question in (flat.volumes, flat.total_volume, lambda: flat.integral({}), lambda: list(flat.cubature(1))):
        with pytest.raises(Unsupported):
            question()


# --- integrals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("d", [1, 2, 3, 4])
@pytest.mark.parametrize("degree", [0, 1, 2, 3, 4, 5, 6])
def test_rule_is_exact_up_to_its_degree(d: int, degree: int) -> None:
    """Mean of a monomial in barycentric coordinates: d! prod a_i! / (d + |a|)!."""
    rule = mean_rule(d, degree)
    rng = np.random.default_rng(d * 10 + degree)
    for _ in range(8):
        powers = rng.multinomial(degree, [1 / (d + 1)] * (d + 1)).tolist()
        found = sum(w * prod((x**a for x, a in zip(at, powers, strict=True)), start=F(1)) for w, at in rule)
        assert found == F(factorial(d) * prod(map(factorial, powers)), factorial(d + degree))


def test_integral_over_a_box_against_sympy() -> None:
    x, y = sympy.symbols("x y")
    board = grid((0, F(1, 3), 2), (-1, F(1, 2)))
    polynomial = {(3, 1): F(2, 7), (0, 2): F(-1), (1, 0): F(5), (0, 0): F(1, 9)}
    formula = sympy.Rational(2, 7) * x**3 * y - y**2 + 5 * x + sympy.Rational(1, 9)
    expected = sympy.integrate(formula, (x, 0, 2), (y, -1, sympy.Rational(1, 2)))
    assert board.integral(polynomial) == F(int(expected.p), int(expected.q))
    first = sympy.integrate(formula, (x, 0, sympy.Rational(1, 3)), (y, -1, sympy.Rational(1, 2)))
    assert board.integral(polynomial, [0]) == F(int(first.p), int(first.q))
    assert sum(board.integrals(polynomial)) == board.integral(polynomial)


def test_integral_over_a_pyramid_against_sympy() -> None:
    x, y, z = sympy.symbols("x y z")
    formula = x**2 * y * z + 3 * y**4 - z
    expected = sympy.integrate(formula, (x, z / 3, 2 - z / 3), (y, z / 3, 2 - z / 3), (z, 0, 3))
    found = pyramid().integral({(2, 1, 1): F(1), (0, 4, 0): F(3), (0, 0, 1): F(-1)})
    assert found == F(int(expected.p), int(expected.q))


@pytest.mark.parametrize("d", [2, 3, 4])
def test_second_moment_of_a_cross_polytope(d: int) -> None:
    square = tuple(2 * (j == 0) for j in range(d))
    assert cross(d).integral({square: F(1)}) == F(2**d * 2, factorial(d + 2))


@settings(max_examples=25)
@given(
    st.lists(st.tuples(nasty, nasty), min_size=3, max_size=3),
    st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 2)), nasty, max_size=3),
)
def test_integral_over_a_triangle_against_sympy(
    points: list[tuple[F, ...]], polynomial: dict[tuple[int, ...], F]
) -> None:
    try:
        triangle = simplex(*points)
    except ShapeMismatch:
        return
    s, t = sympy.symbols("s t")
    a, b, c = [[sympy.Rational(q.numerator, q.denominator) for q in p] for p in points]
    at = [p + s * (q - p) + t * (r - p) for p, q, r in zip(a, b, c, strict=True)]
    jacobian = abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]))
    formula = sum(
        (sympy.Rational(q.numerator, q.denominator) * at[0] ** m * at[1] ** n for (m, n), q in polynomial.items()),
        sympy.Integer(0),
    )
    expected = sympy.integrate(sympy.integrate(sympy.expand(formula * jacobian), (t, 0, 1 - s)), (s, 0, 1))
    assert triangle.integral(polynomial) == F(int(expected.p), int(expected.q))


@settings(max_examples=25)
@given(rows(2))
def test_integrals_over_the_cells_add_up(given_rows: list[tuple[int, ...]]) -> None:
    found, _ = arrangement(given_rows, 2)
    # over [-1, 1]^2: x^2 y^2 gives 4/9, odd monomials nothing
    assert found.integral({(2, 2): F(9), (3, 1): F(1, 7), (0, 0): F(1, 4)}) == 5


def test_cubature_takes_another_function_on_every_cell() -> None:
    board = grid((0, 1, 3), (0, 2))
    sums = [F(0), F(0)]
    for cell, weight, (x, y) in board.cubature(2):
        assert board.contains(cell, (x, y))
        sums[cell] += weight * (x * y if cell == 0 else x**2)
    assert sums == [F(1), F(52, 3)]
    each: list[dict[tuple[int, ...], F]] = [{(1, 1): F(1)}, {(2, 0): F(1)}]
    assert board.integrals(lambda cell: each[cell]) == sums
    assert board.integrals(lambda cell: each[cell], [1, 0]) == sums[::-1]


@pytest.mark.parametrize("wrong", [{(1,): F(1)}, {(1, -1): F(1)}, {1: F(1)}, {(1.0, 0): F(1)}])
def test_exponents_that_do_not_fit_are_refused(wrong: dict[object, F]) -> None:
    with pytest.raises(ShapeMismatch, match="exponents"):
        grid((0, 1), (0, 1)).integral(wrong)


def test_float_coefficients_are_refused() -> None:
    with pytest.raises(InexactInput):
        grid((0, 1)).integral({(1,): 0.5})
