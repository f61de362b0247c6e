"""Kernel tables: first match gives the activation's value everywhere, ties and the word none included."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.networks.strategies import AFFINE, first_match
from verinet.errors import BudgetExhausted, Unsupported
from verinet.networks.activations import ABS, RELU, activation, piecewise
from verinet.networks.tables import common_denominator, kernel_table, restrict_floor

WRITTEN = [
    (RELU, 1, [["0", "left", "0", "0"], ["1", "0"]]),
    (ABS, 1, [["0", "left", "-1", "0"], ["1", "0"]]),
    (activation("identity"), 1, [["1", "0"]]),
    (activation("leaky_relu", "1/4"), 4, [["0", "left", "1", "0"], ["4", "0"]]),
    (activation("heaviside"), 2, [["0", "right", "0", "0"], ["0", "left", "0", "1"], ["0", "2"]]),
    (activation("heaviside", 1), 1, [["0", "right", "0", "0"], ["0", "1"]]),
    (activation("heaviside", 0), 1, [["0", "left", "0", "0"], ["0", "1"]]),
    (activation("sign"), 1, [["0", "right", "0", "-1"], ["0", "left", "0", "0"], ["0", "1"]]),
]


def written(table):
    over = common_denominator([table])
    return over, [piece.to_json(over) for piece in table]


@pytest.mark.parametrize("act, over, text", WRITTEN)
def test_written_as_the_format_says(act, over, text):
    assert written(kernel_table(act)) == (over, text)


points = st.one_of(st.fractions(-4, 4, max_denominator=40), st.integers(-8, 8).map(lambda n: F(n, 2)))


@given(st.sampled_from(AFFINE), points)
def test_first_match_is_the_value(act, z):
    over, text = written(kernel_table(act))
    assert first_match(text, over, z) == act.value(z)


@given(st.sampled_from(["floor", "frac"]), points, points, st.fractions(0, 1, max_denominator=9))
def test_periodic_tables_hold_on_their_range_only(name, a, b, t):
    act, low, high = activation(name), min(a, b), max(a, b)
    over, text = written(restrict_floor(act, low, high))
    for z in (low, high, low + t * (high - low)):
        assert first_match(text, over, z) == act.value(z)
    assert first_match(text, over, low - 1) is None
    assert first_match(text, over, high + 1) is None
    assert text[0][-1] == text[-1][-1] == "none"


def test_refusals_name_the_activation():
    for act in (activation("tanh"), activation("repu", 2), activation("floor")):
        with pytest.raises(Unsupported, match=act.name):
            kernel_table(act)
    with pytest.raises(BudgetExhausted, match="floor"):
        restrict_floor(activation("floor"), F(0), F(10**30))
    with pytest.raises(Unsupported):
        restrict_floor(RELU, F(0), F(1))
    assert len(kernel_table(piecewise([0, 1], [[0], [1], [0]], [2, 3]))) == 5
