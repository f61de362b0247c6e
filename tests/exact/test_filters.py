"""The sign filter must never be wrong; exact arithmetic says what is right."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from verinet.errors import NotANumber, ShapeMismatch
from verinet.exact.filters import CANNOT_TELL, exact_signs, signs

nasty = st.one_of(
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.1, 1 / 3, 1 + 2**-52, 5e-324, 1e-300, 1e300, -1.7e308, 2.0**53 + 2]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-1, 1),
)


def truth(weight, bias, points):
    table = np.empty((len(points), len(weight)), dtype=np.int8)
    for k, x in enumerate(points):
        for i, w in enumerate(weight):
            exact = Fraction(float(bias[i]))
            exact += sum((Fraction(float(a)) * Fraction(float(b)) for a, b in zip(w, x, strict=True)), Fraction(0))
            table[k, i] = (exact > 0) - (exact < 0)
    return table


@st.composite
def problems(draw):
    m, n, k = draw(st.integers(0, 3)), draw(st.integers(0, 4)), draw(st.integers(0, 3))
    weight = draw(hnp.arrays(np.float64, (m, n), elements=nasty))
    bias = draw(hnp.arrays(np.float64, m, elements=nasty))
    points = draw(hnp.arrays(np.float64, (k, n), elements=nasty))
    if m and n and k and draw(st.booleans()):  # through a point, as nearly as floats can
        with np.errstate(all="ignore"):
            b = -(weight[0] @ points[0])
        bias[0] = b if np.isfinite(b) else 0.0
    return weight, bias, points


@settings(max_examples=120, deadline=None)
@given(problems())
def test_a_decided_sign_is_right(problem):
    expected = truth(*problem)
    found = signs(*problem)
    assert found.dtype == np.int8
    assert found.shape == expected.shape
    assert np.all((found == expected) | (found == CANNOT_TELL))
    assert not np.any(found == 0)
    assert np.array_equal(signs(*problem, exact_signs(*problem)), expected)


def test_hard_cancellation_of_many_terms():
    rng = np.random.default_rng(3)
    weight = rng.normal(size=(12, 64)) * 10.0 ** rng.integers(-8, 9, size=(12, 64))
    points = rng.normal(size=(16, 64)) * 10.0 ** rng.integers(-8, 9, size=(16, 64))
    bias = -(points[:12] * weight).sum(axis=1)
    expected = truth(weight, bias, points)
    found = signs(weight, bias, points)
    assert np.all((found == expected) | (found == CANNOT_TELL))
    assert np.mean(found == CANNOT_TELL) < 0.1
    assert np.array_equal(signs(weight, bias, points, exact_signs(weight, bias, points)), expected)


def test_generic_data_is_decided():
    rng = np.random.default_rng(4)
    found = signs(rng.normal(size=(64, 8)), rng.normal(size=64), rng.normal(size=(5000, 8)))
    assert np.all(found != CANNOT_TELL)


def test_blocks_do_not_show(monkeypatch):
    rng = np.random.default_rng(5)
    weight, bias, points = rng.normal(size=(7, 3)), rng.normal(size=7), rng.normal(size=(100, 3))
    whole = signs(weight, bias, points)
    monkeypatch.setattr("verinet.exact.filters._BLOCK", 21)
    assert np.array_equal(signs(weight, bias, points), whole)


def test_overflow_and_underflow_decide_nothing_wrongly():
    big = np.array([[1.7e308, 1.7e308]])
    assert signs(big, np.array([0.0]), np.array([[1.0, 1.0]])).item() == CANNOT_TELL
    assert signs(big, np.array([0.0]), np.array([[1.0, -1.0]])).item() == CANNOT_TELL
    assert signs(big, np.array([0.0]), np.array([[2.0, -2.0]])).item() == CANNOT_TELL
    tiny = np.array([[1e-200]])
    assert signs(tiny, np.array([0.0]), np.array([[1e-200]])).item() == CANNOT_TELL
    decide = exact_signs(tiny, np.array([0.0]), np.array([[1e-200]]))
    assert signs(tiny, np.array([0.0]), np.array([[1e-200]]), decide).item() == 1


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", range(3))
def test_non_finite_input_is_refused(bad, place):
    arrays = [np.ones((1, 1)), np.ones(1), np.ones((1, 1))]
    arrays[place].flat[0] = bad
    with pytest.raises(NotANumber):
        signs(*arrays)


def test_wrong_types_and_shapes_are_refused():
    with pytest.raises(NotANumber):
        signs(np.ones((1, 1), dtype=np.float32), np.ones(1), np.ones((1, 1)))
    with pytest.raises(NotANumber):
        signs([[1.0]], np.ones(1), np.ones((1, 1)))
    for shapes in (((1, 2), (1,), (1, 1)), ((2, 1), (1,), (1, 1)), ((1, 1), (1, 1), (1, 1)), ((1,), (1,), (1, 1))):
        with pytest.raises(ShapeMismatch):
            signs(*(np.ones(shape) for shape in shapes))
