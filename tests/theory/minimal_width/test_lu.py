"""The invertible construction: widths, factors, inverses, determinants, errors and transport, each by another way."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import mpmath
import numpy as np
import pytest

from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.geometry.polyhedra import box
from verinet.networks.network import Affine
from verinet.theory.minimal_width.lu import LUConstruction, lu
from verinet.theory.minimal_width.transport import Normal, normal_transport, uniform_transport

SQUARES = [{(2, 0): 1}, {(1, 1): 1}]
HALF = Fraction(1, 2)
FOLD = [
    [(box((0, HALF), (0, 1)), {(0, 0): 1, (1, 0): -2}), (box((HALF, 1), (0, 1)), {(0, 0): -1, (1, 0): 2})],
    {(0, 1): 1},
]
SOLID = [{(1, 1, 0): 1}, {(0, 0, 2): 1}, {(1, 0, 0): 1, (0, 1, 0): 1}]


@pytest.fixture(
    scope="module",
    params=[
        (SQUARES, {"resolution": 4}),
        (FOLD, {"resolution": 3}),
        (SOLID, {"resolution": 2}),
        (SQUARES, {"resolution": 3, "alpha": 3, "p": 4, "domain": [(-1, 1), (0, "1/2")]}),
        ([{(0, 0): 5}, {(0, 0): 2}], {"resolution": 2}),
        (SQUARES, {"resolution": 1, "alpha": "1/2"}),
    ],
    ids=["squares", "fold", "solid", "steep", "constant", "one cell"],
)
def made(request: pytest.FixtureRequest) -> LUConstruction:
    targets, options = request.param
    return lu(targets, **options)


def _points(made: LUConstruction, count: int) -> list[tuple[Fraction, ...]]:
    """Points of the domain: in flats, in risers, at breaks and at corners."""
    rng = random.Random(count)
    stairs = made.design.stairs
    found = [tuple(low for low, _ in stairs.box), tuple(high for _, high in stairs.box)]
    for _ in range(count):
        x = []
        for j, (low, high) in enumerate(stairs.box):
            axis = stairs.axis(j)
            ends = axis[k := rng.randrange(len(axis) - 1)], axis[k + 1]
            share = Fraction(rng.choice([0, 1, rng.randrange(1000)]), rng.choice([1, 1000]))
            x.append(ends[0] + (ends[1] - ends[0]) * min(share, Fraction(1)) if rng.random() < 0.7 else
                     low + (high - low) * Fraction(rng.randrange(1001), 1000))  # fmt: skip
        found.append(tuple(x))
    return found


def test_every_layer_has_width_d_and_every_matrix_its_factors(made: LUConstruction) -> None:
    size = made.flow.dimension
    assert set(made.network.level_widths) == {size}
    assert made.inverse.level_widths == made.network.level_widths
    matrices = [v.operation.weight for v in made.network.vertices if isinstance(v.operation, Affine)]
    assert len(matrices) == len(made.flow.blocks)
    for matrix, block in zip(matrices, made.flow.blocks, strict=True):
        assert block.lower @ block.upper == matrix
        assert all(block.upper[i, j] == 0 for i in range(size) for j in range(i))
        assert all(block.lower[i, j] == int(i == j) for i in range(size) for j in range(i, size))


def test_the_inverse_is_exact_in_flats_and_risers(made: LUConstruction) -> None:
    certified = made.part("inverse")
    for x in _points(made, 12):
        y = made.network(*x)
        assert certified(*y) == x  # which also checks the certified ranges
        assert made.flow.inverse(*y) == x


def test_the_determinant_is_positive_and_that_of_difference_quotients(made: LUConstruction) -> None:
    size = made.flow.dimension
    for cell, _ in made.design.cells[:4]:
        centre = [(low + high) / 2 for low, high in cell]
        here = made.network(*centre)
        columns = []
        for j in range(size):
            moved = list(centre)
            moved[j] += (cell[j][1] - cell[j][0]) / 4
            there = made.network(*moved)
            columns.append([(b - a) / (moved[j] - centre[j]) for a, b in zip(here, there, strict=True)])
        determinant = Matrix.from_rows(columns).det()
        assert made.det_at(*centre) == determinant > 0
    enclosure = made.log_det_at(*centre)
    with mpmath.workdps(30):
        expected = mpmath.log(mpmath.mpf(determinant.numerator) / determinant.denominator)
        assert abs(mpmath.mpf(float(enclosure.low)) - expected) < 1e-9
    assert all(made.det_at(*x) > 0 for x in _points(made, 8))


def test_the_network_is_what_the_design_says_on_every_flat(made: LUConstruction) -> None:
    for cell, forms in made.design.cells:
        for x in (tuple(low for low, _ in cell), tuple(high for _, high in cell)):
            expected = tuple(form[0] + sum(a * b for a, b in zip(form[1:], x, strict=True)) for form in forms)
            assert made.network(*x) == expected


def test_inverse_after_network_is_the_identity_as_affine_maps_on_a_cell(made: LUConstruction) -> None:
    """On a cell both are affine: the product of their matrices is the identity."""
    cell, forms = made.design.cells[-1]
    matrix = Matrix.from_rows([form[1:] for form in forms])
    corner = tuple(low for low, _ in cell)
    image = made.network(*corner)
    columns = []
    for j in range(len(cell)):
        # a point of the image of the cell: the cell is moved along the j-th edge
        x = tuple(v + (cell[j][1] - cell[j][0]) * (k == j) for k, v in enumerate(corner))
        step = made.network(*x)
        columns.append([b - a for a, b in zip(image, step, strict=True)])
        assert made.inverse(*step) == x
    lengths = [high - low for low, high in cell]
    assert (
        matrix @ Matrix.from_rows([[lengths[i] if i == j else 0 for j in range(len(cell))] for i in range(len(cell))])
        == Matrix.from_rows(columns).T
    )


def test_depth_and_bits_follow_the_formula() -> None:
    for resolution in (2, 4):
        made = lu(SQUARES, resolution=resolution)
        times = made.design.stairs.times
        assert made.network.depth <= 2 * times * (resolution - 1) + 6 * (resolution**2 - 1) + 1
        entries = [
            q
            for block in made.flow.blocks
            for matrix in (block.matrix, block.bias)
            for row in matrix.to_rows()
            for q in row
        ]
        assert max(max(q.numerator.bit_length(), q.denominator.bit_length()) for q in entries) <= 32


def _sampled_error(made: LUConstruction, target: list[object], count: int) -> float:
    """The L^2 error by a midpoint rule over the unit cube, in floats of exact values."""
    total, size = 0.0, made.flow.dimension
    for place in product(range(count), repeat=size):
        x = [Fraction(2 * k + 1, 2 * count) for k in place]
        y = made.network(*x)
        total += sum((float(v) - f(*map(float, x))) ** 2 for f, v in zip(target, y, strict=True))
    return float(np.sqrt(total / count**size))


def test_the_bound_is_near_the_sampled_error_and_above_it() -> None:
    made = lu(SQUARES, resolution=4)
    sampled = _sampled_error(made, [lambda x, y: x * x, lambda x, y: x * y], 14)
    assert 0.9 * sampled <= float(made.error_bound) <= 1.15 * sampled
    good, bad = made.design.good, made.design.bad
    assert made.error_bound**2 >= good + bad
    assert bad <= good / 4


def test_the_measured_wasserstein_distances_are_reached() -> None:
    bounds = [uniform_transport(lu(SQUARES, resolution=n)).distance for n in (4, 8)]
    assert bounds[0] <= Fraction("0.1125")
    assert bounds[1] <= Fraction("0.0548")


def test_a_target_that_is_not_injective_still_has_an_invertible_network() -> None:
    made = lu(FOLD, resolution=4)
    left, right = made.network("1/8", "1/8"), made.network("7/8", "1/8")
    assert left != right
    assert max(abs(a - b) for a, b in zip(left, right, strict=True)) < Fraction(1, 20)


def test_an_error_is_reached() -> None:
    made = lu([{(1, 0): 1}, {(0, 1): 1}], eps="1/6")
    assert made.error_bound <= Fraction(1, 6)
    assert lu([{(1, 0): 1}, {(0, 1): 1}], resolution=made.design.stairs.resolution - 1).error_bound > Fraction(1, 6)


def test_normal_laws_by_numerical_quadrature() -> None:
    made = lu([{(0, 1): 1}, {(2, 0): "1/4"}], resolution=4, domain=[(-3, 3), (-3, 3)])
    law = Normal((Fraction(0), Fraction(1, 4)), Fraction(3, 4))
    bound = normal_transport(made, law)
    cut = normal_transport(made, law, truncated=True)
    assert cut.tail == 0
    assert cut.squared >= bound.flats + bound.risers  # the same integral, over the mass of the box
    # the tail by mpmath: 2 mu(outside) sup |Phi|^2 + 2 int_outside |T|^2
    with mpmath.workdps(30):
        deviation, means = mpmath.mpf("0.75"), [mpmath.mpf(0), mpmath.mpf("0.25")]

        def line(j: int, f: object, low: object, high: object) -> mpmath.mpf:
            return mpmath.quad(lambda t: f(t) * mpmath.npdf(t, means[j], deviation), [low, means[j], high])

        inside = [line(j, lambda t: 1, -3, 3) for j in range(2)]
        squares = [lambda t: t**4 / 16, lambda t: t**2]
        whole = sum(line(j, squares[j], -mpmath.inf, mpmath.inf) for j in range(2))
        within = sum(line(j, squares[j], -3, 3) * inside[1 - j] for j in range(2))
        size = sum(max(abs(low), abs(high)) ** 2 for low, high in made.part("inverse").domain)
        expected = 2 * (1 - inside[0] * inside[1]) * mpmath.mpf(float(size)) + 2 * (whole - within)
        assert abs(mpmath.mpf(float(bound.tail)) / expected - 1) < 1e-6
    with pytest.raises(Unsupported, match="outside"):
        normal_transport(lu(FOLD, resolution=2))
    with pytest.raises(ShapeMismatch, match="dimension"):
        normal_transport(made, Normal((Fraction(0),)))


@pytest.mark.parametrize(
    ("targets", "options", "error", "words"),
    [
        ([{(1,): 1}], {"resolution": 2}, ShapeMismatch, "2 or more"),
        (SQUARES, {"resolution": 2, "inputs": 3}, ShapeMismatch, "as many outputs as inputs"),
        (SQUARES, {"resolution": 2, "alpha": 1}, Unsupported, "above 0 other than 1"),
        (SQUARES, {"resolution": 2, "p": 3}, Unsupported, "even p"),
        (SQUARES, {}, Unsupported, "resolution"),
        (SQUARES, {"resolution": 2, "eps": "1/2"}, Unsupported, "resolution"),
    ],
)
def test_wrong_wishes_are_refused(
    targets: object, options: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        lu(targets, **options)
