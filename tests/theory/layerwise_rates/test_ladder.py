"""The network of width 2dN + d + 2: its shape, its cells, its prefixes, and what its readouts give at points."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import Unsupported
from verinet.networks.activations import RELU
from verinet.networks.evaluate import vertex_values
from verinet.networks.network import Activate
from verinet.theory.layerwise_rates.ladder import EXACT, SINE, Correction, Encoder, good_sides, ladder
from verinet.theory.layerwise_rates.layerwise import layerwise
from verinet.theory.layerwise_rates.readouts import ExactPowers
from verinet.theory.layerwise_rates.tables import exact_table

SADDLE = {(1, 1): Fraction(3), (2, 0): Fraction(-1), (0, 0): Fraction(1, 7)}


@pytest.mark.parametrize(("inputs", "grid", "depth"), [(1, 2, 4), (1, 5, 2), (2, 2, 2), (2, 3, 1), (3, 2, 1)])
@pytest.mark.parametrize("decoder", [EXACT, SINE], ids=lambda decoder: decoder.name)
def test_every_layer_has_exactly_the_width_of_the_theorem(inputs: int, grid: int, depth: int, decoder: object) -> None:
    encoder = Encoder(inputs, grid, Fraction(1, 1000))
    levels = [Correction(Fraction(1, 3), Fraction(1, 2))] * depth
    made = ladder(encoder, decoder, Fraction(0), Fraction(1), levels)
    assert set(made.level_widths) == {2 * inputs * grid + inputs + 2}
    assert made.depth == depth + 2
    assert [name for name, _ in made.readouts] == [f"phi_{level}" for level in range(1, depth + 1)]
    layers = [vertex.operation.activations for vertex in made.vertices if isinstance(vertex.operation, Activate)]
    # all but the two decoder channels are ReLUs
    assert all(set(kinds[:-2]) == {RELU} and kinds[-2:] == (decoder.first, decoder.second) for kinds in layers)


@pytest.mark.parametrize("activations", ["exact", "sine"])
@pytest.mark.parametrize(("inputs", "target"), [(1, {(3,): 2, (1,): -1}), (2, SADDLE)])
def test_a_lower_ladder_is_literally_the_beginning_of_a_higher_one(
    inputs: int, target: dict[tuple[int, ...], int], activations: str
) -> None:
    made = [layerwise(target, inputs=inputs, grid=2, depth=k, activations=activations) for k in (1, 2, 3)]
    for low, high in pairwise(made):
        assert high.network.vertices[: len(low.network.vertices)] == low.network.vertices
        assert high.network.readouts[: low.depth] == low.network.readouts
        assert high.rates[: low.depth] == low.rates


@given(
    grid=st.integers(2, 5),
    level=st.integers(1, 3),
    ramp=st.sampled_from([Fraction(1, 50), Fraction(1, 97), Fraction(1, 2**40)]),
    point=st.lists(st.fractions(0, 1, max_denominator=720), min_size=2, max_size=2),
)
@settings(max_examples=40, deadline=None)
def test_on_the_good_set_the_code_is_the_number_of_the_cell(
    grid: int, level: int, ramp: Fraction, point: list[Fraction]
) -> None:
    count = grid**level

    # a ramp met at level t: the fractional part of N^(t-1) x lies just below a multiple of 1/N
    def bad(x: Fraction) -> bool:
        for t in range(1, level + 1):
            r = x * grid ** (t - 1) - (0 if x == 1 else floor(x * grid ** (t - 1))) - (grid ** (t - 1) - 1) * (x == 1)
            if any(Fraction(k, grid) - ramp < r < Fraction(k, grid) for k in range(1, grid)):
                return True
        return False

    sides = list(good_sides(grid, ramp, level))
    assert len(sides) == count
    for x in point:
        assert any(low <= x <= high for low, high in sides) is not bad(x)
    if any(map(bad, point)):
        return
    encoder = Encoder(2, grid, ramp)
    # the exponent of the power of 2 is 14 times the code: read off the layer behind level `level`
    made = ladder(encoder, EXACT, Fraction(0), Fraction(1), [Correction(Fraction(0), Fraction(0))] * level)
    values = vertex_values(made, point, ExactPowers())
    place = next(k for k, vertex in enumerate(made.vertices) if vertex.name == f"affine_{level + 1}")
    code = values[place].to_rows()[encoder.width - 2][0] / 14
    cells = [min(floor(x * count), count - 1) for x in point]
    assert code == cells[0] + count * cells[1]


@pytest.mark.parametrize(("grid", "level"), [(2, 1), (2, 4), (3, 3), (5, 2)])
def test_ramps_are_together_as_long_as_the_bound_says(grid: int, level: int) -> None:
    ramp = Fraction(1, 10**6)
    good = sum((high - low for low, high in good_sides(grid, ramp, level)), start=Fraction(0))
    assert 1 - good == level * (grid - 1) * ramp


def test_readouts_at_one_point_of_every_cell_are_the_table() -> None:
    found = layerwise(SADDLE, inputs=2, grid=3, depth=2)
    count = 9
    for cell in product(range(count), repeat=2):
        point = [Fraction(2 * k + 1, 2 * count) for k in cell]
        values = found.values_at(*point)
        for level, value in zip(found.levels, values, strict=True):
            gap = value - level.values[found.code_at(level.level, *point)]
            assert 0 <= abs(gap) <= level.slack


def test_the_corners_belong_to_the_good_set() -> None:
    found = layerwise(SADDLE, inputs=2, grid=2, depth=2)
    for corner in product((0, 1), repeat=2):
        assert found.is_good(2, *corner)
        assert len(found.values_at(*corner)) == 2


def test_inside_of_a_ramp_there_is_no_rational_value() -> None:
    found = layerwise({(1,): 1}, inputs=1, grid=2, depth=1)
    x = Fraction(1, 2) - found.encoder.ramp / 3
    assert not found.is_good(1, x)
    with pytest.raises(Unsupported, match="integers only"):
        found.values_at(x)


@given(st.lists(st.fractions(Fraction(-8, 9), Fraction(8, 9)), min_size=1, max_size=40))
def test_the_table_gives_back_what_was_asked(asked: list[Fraction]) -> None:
    weight, values, slack = exact_table(asked)
    for k, (want, value) in enumerate(zip(asked, values, strict=True)):
        shown = 2 * ((weight * 2 ** (14 * k)) % 1) - 1
        assert 0 <= shown - value <= slack
        assert abs(want - shown) <= Fraction(2, 2**14)


def test_one_readout_alone_has_no_layers_behind_it() -> None:
    found = layerwise({(2,): 1}, inputs=1, grid=2, depth=3)
    for level in (1, 2, 3):
        assert found.readout(level).depth == level + 2
        assert found.readout(level).output_size == 1
    for level in (0, 4, True):
        with pytest.raises(Unsupported, match="levels 1 to 3"):
            found.readout(level)
