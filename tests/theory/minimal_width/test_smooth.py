"""The smooth surrogate: its activation, where it equals the piecewise affine network, where it does not."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verinet.errors import Unsupported
from verinet.networks.activations import activation
from verinet.networks.balls import BallArithmetic
from verinet.networks.evaluate import RationalArithmetic, evaluate, vertex_values
from verinet.networks.network import Activate
from verinet.theory.minimal_width.smooth import SmoothConstruction, blend, smallest_preactivation, smooth

POSITIVE = st.fractions(Fraction(1, 50), 4, max_denominator=50)


@given(POSITIVE, POSITIVE)
def test_the_blend_is_c1_and_increasing(alpha: Fraction, e: Fraction) -> None:
    found, leaky = blend(alpha, e), activation("leaky_relu", alpha)
    assert found.is_continuous
    for side in (-1, 1):
        assert all(found.value(side * e * k) == leaky.value(side * e * k) for k in (1, 2, Fraction(17, 3)))
    derivative = [[c * k for k, c in enumerate(piece)][1:] for piece in found.pieces]

    def slope(place: int, z: Fraction) -> Fraction:
        return sum((c * z**k for k, c in enumerate(derivative[place])), Fraction(0))

    assert slope(0, -e) == slope(1, -e) == alpha
    assert slope(1, e) == slope(2, e) == 1
    assert all(min(alpha, 1) <= slope(1, e * Fraction(k, 8)) <= max(alpha, 1) for k in range(-8, 9))


@pytest.fixture(
    scope="module",
    params=[
        ([{(2, 0): 1}, {(1, 1): 1}], {"resolution": 3}),
        ([{(0, 1): 1}, {(1, 0): 1}], {"resolution": 2, "alpha": 2, "domain": [(-1, 1), (0, 3)]}),
        ([{(1, 1, 0): 1}, {(0, 0, 2): 1}, {(1, 0, 0): 1}], {"resolution": 2}),
    ],
    ids=["squares", "swap", "solid"],
)
def made(request: pytest.FixtureRequest) -> SmoothConstruction:
    targets, options = request.param
    return smooth(targets, **options)


def test_both_networks_are_equal_on_the_shrunk_flats(made: SmoothConstruction) -> None:
    rng = random.Random(1)
    for cell in rng.sample(made.cells, min(4, len(made.cells))):
        for share in (Fraction(0), Fraction(1), Fraction(rng.randrange(100), 100)):
            x = [low + (high - low) * share for low, high in cell]
            assert made.network(*x) == made.piecewise_affine.network(*x)


def test_no_preactivation_on_the_shrunk_flats_is_in_the_blend(made: SmoothConstruction) -> None:
    rng = random.Random(2)
    for cell in rng.sample(made.cells, min(3, len(made.cells))):
        x = [low + (high - low) * Fraction(rng.randrange(101), 100) for low, high in cell]
        values = vertex_values(made.piecewise_affine.network, x, RationalArithmetic())
        for vertex in made.network.vertices:
            if isinstance(vertex.operation, Activate):
                assert set(vertex.operation.activations) == {made.activation}
                assert all(abs(z) >= made.half_width for (z,) in values[vertex.sources[0]].to_rows())


def test_between_the_flats_they_differ_but_stay_in_the_same_ranges(made: SmoothConstruction) -> None:
    stairs = made.piecewise_affine.design.stairs
    (low, high), rest = stairs.box[0], [(a + b) / 2 + (b - a) / 100 for a, b in stairs.box[1:]]
    breaking = stairs.axis(0)[1]  # where the first riser begins
    differs = False
    for k in range(-4, 5):
        x = [breaking + Fraction(k, 5) * made.half_width * (high - low) / stairs.slope, *rest]
        values = evaluate(made.network, x, BallArithmetic(2500))
        for found, old, (least, most) in zip(
            values, made.piecewise_affine.network(*x), made.piecewise_affine.part("inverse").domain, strict=True
        ):
            assert found.width < Fraction(1, 10**30)
            assert least <= found.low
            assert found.high <= most
            differs |= not found.contains(old)
    assert differs


def test_the_bound_pays_for_the_larger_bad_set(made: SmoothConstruction) -> None:
    bad = made.facts["bad_measure_smooth"]
    assert isinstance(bad, Fraction)
    assert made.piecewise_affine.design.stairs.bad < bad < 2 * made.piecewise_affine.design.stairs.bad
    assert made.piecewise_affine.error_bound <= made.error_bound <= made.piecewise_affine.error_bound * Fraction(11, 10)
    assert made.claim == made.piecewise_affine.claim
    assert set(made.network.level_widths) == {made.piecewise_affine.flow.dimension}


def test_a_preactivation_that_changes_its_sign_is_found(made: SmoothConstruction) -> None:
    """On the flats themselves, not shrunk, breaks are touched."""
    with pytest.raises(Unsupported, match="changes its sign"):
        smallest_preactivation(made.piecewise_affine.network, [cell for cell, _ in made.piecewise_affine.design.cells])


def test_a_blend_needs_positive_numbers() -> None:
    for alpha, e in ((0, 1), (1, 0), ("-1/2", 1)):
        with pytest.raises(Unsupported, match="alpha > 0"):
            blend(alpha, e)
