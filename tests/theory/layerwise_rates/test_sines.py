"""The paper's decoder: weights for sines, and what they do to every cell by a second arithmetic."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import BudgetExhausted
from verinet.theory.layerwise_rates.layerwise import layerwise
from verinet.theory.layerwise_rates.sine_digits import frequency
from verinet.theory.layerwise_rates.sines import LATTICE_CELLS, first_argument, sine_table, sine_values


def _by_mpmath(weight: Fraction, count: int) -> list[mpmath.mpf]:
    scale, shift = first_argument(count)
    mpmath.mp.prec = weight.numerator.bit_length() + 200
    try:
        w = mpmath.mpf(weight.numerator) / weight.denominator
        arguments = [scale * k + shift for k in range(count)]
        return [mpmath.sin(w * mpmath.sin(mpmath.mpf(a.numerator) / a.denominator)) for a in arguments]
    finally:
        mpmath.mp.prec = 53


@given(st.lists(st.fractions(Fraction(-8, 9), Fraction(8, 9), max_denominator=10**6), min_size=1, max_size=12))
@settings(max_examples=15, deadline=None)
def test_lattice_reduction_finds_a_weight_for_few_cells(asked: list[Fraction]) -> None:
    weight, values, slack = sine_table(asked)
    assert all(abs(a - b) <= Fraction(1, 256) for a, b in zip(asked, values, strict=True))
    second = _by_mpmath(weight, len(asked))
    assert all(abs(mpmath.mpf(v.numerator) / v.denominator - s) < 1e-12 for v, s in zip(values, second, strict=True))
    assert slack < Fraction(1, 2**90)


@pytest.mark.parametrize("count", [LATTICE_CELLS + 1, 100, 243])
def test_digits_find_a_weight_for_many_cells(count: int) -> None:
    asked = [Fraction((37 * k * k + 11) % 1009 - 504, 570) for k in range(count)]
    weight, values, slack = sine_table(asked)
    assert all(abs(a - b) <= Fraction(1, 256) for a, b in zip(asked, values, strict=True))
    second = _by_mpmath(weight, count)
    assert all(abs(mpmath.mpf(v.numerator) / v.denominator - s) < 1e-12 for v, s in zip(values, second, strict=True))
    assert slack < Fraction(1, 2**90)


def test_another_weight_has_other_values() -> None:
    asked = [Fraction(1, 3)] * 40
    weight, values, _ = sine_table(asked)
    moved, _ = sine_values(weight + Fraction(1, 2), 40)
    assert any(abs(a - b) > Fraction(1, 10) for a, b in zip(values, moved, strict=True))


def test_the_frequency_is_as_near_as_its_cells_need() -> None:
    mpmath.mp.prec = 4096
    try:
        a = mpmath.acos(mpmath.mpf(4097) / 8192)
        for cells in (33, 243):
            found = frequency(cells)
            assert abs(mpmath.mpf(found.numerator) / found.denominator - a) < mpmath.mpf(2) ** -(12 * cells + 60)
    finally:
        mpmath.mp.prec = 53


@pytest.mark.parametrize(("inputs", "grid", "depth"), [(1, 2, 5), (1, 3, 4), (2, 2, 2)])
def test_readouts_with_sines_keep_their_rates_and_are_the_table(inputs: int, grid: int, depth: int) -> None:
    target = {(1,): 1, (2,): -1} if inputs == 1 else {(1, 1): 1}
    found = layerwise(target, inputs=inputs, grid=grid, depth=depth, activations="sine")
    assert all(rate.holds and rate.holds_lipschitz for rate in found.rates)
    assert {str(kind) for kind in (found.decoder.first, found.decoder.second)} == {"sine"}
    for point in ([Fraction(1, 7), Fraction(5, 11)], [Fraction(9, 10), Fraction(3, 13)]):
        x = point[:inputs]
        assert found.is_good(depth, *x)
        for level, ball in zip(found.levels, found.values_at(*x), strict=True):
            value = level.values[found.code_at(level.level, *x)]
            assert ball.low - level.slack <= value <= ball.high + level.slack


def test_too_many_cells_are_refused() -> None:
    with pytest.raises(BudgetExhausted, match="cells"):
        sine_table([Fraction(0)] * 4097)
