"""Rounding to binary formats, against numpy's and Python's own."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verinet.errors import InexactInput, NotANumber, Unsupported
from verinet.networks.formats.binary_floats import (
    FORMATS,
    binary_format,
    exact_root,
    holds,
    nearest,
    nearest_quotient_by_root,
    written,
)

DOUBLE, SINGLE, HALF = FORMATS["float64"], FORMATS["float32"], FORMATS["float16"]
doubles = st.floats(allow_nan=False, allow_infinity=False)


@given(st.fractions())
def test_nearest_double_is_pythons_own(q):
    assert nearest(q, DOUBLE) == Fraction(q.numerator / q.denominator)


@given(st.integers(-(10**400), 10**400), st.integers(1, 10**400))
def test_nearest_double_of_long_fractions(p, q):
    try:
        expected = p / q
    except OverflowError:
        with pytest.raises(NotANumber):
            nearest(Fraction(p, q), DOUBLE)
    else:
        assert nearest(Fraction(p, q), DOUBLE) == Fraction(expected)


@pytest.mark.parametrize("form", [SINGLE, HALF])
@given(value=doubles)
def test_nearest_single_and_half_are_numpys_own(form, value):
    with np.errstate(over="ignore"):
        expected = float(np.dtype(form.name).type(value))
    if math.isinf(expected):
        with pytest.raises(NotANumber):
            nearest(Fraction(value), form)
    else:
        assert nearest(Fraction(value), form) == Fraction(expected)


def test_ties_go_to_even_and_subnormals_are_kept():
    unit = Fraction(1, 2**23)
    assert nearest(1 + unit / 2, SINGLE) == 1
    assert nearest(1 + unit * 3 / 2, SINGLE) == 1 + 2 * unit
    assert nearest(Fraction(3, 2**150), SINGLE) == Fraction(1, 2**148)
    assert nearest(Fraction(1, 2**150), SINGLE) == 0
    largest = Fraction(float(np.finfo(np.float32).max))
    assert nearest(largest + 1, SINGLE) == largest
    with pytest.raises(NotANumber):
        nearest(Fraction(2**128 - 2**103), SINGLE)


@given(doubles)
def test_a_format_holds_its_own_numbers(value):
    assert holds(Fraction(value), DOUBLE)
    assert holds(Fraction(value), SINGLE) == (abs(value) < 2**128 and Fraction(float(np.float32(value))) == value)


@given(st.floats(1e-30, 1e30), st.floats(1e-30, 1e30))
def test_quotient_by_a_root_lies_between_the_right_midpoints(scale, square):
    numerator, under = Fraction(scale), Fraction(square)
    result = nearest_quotient_by_root(numerator, under, DOUBLE)
    below, above = (Fraction(math.nextafter(float(result), end)) for end in (0.0, math.inf))
    exact = numerator * numerator / under
    assert ((below + result) / 2) ** 2 <= exact <= ((result + above) / 2) ** 2
    assert nearest_quotient_by_root(-numerator, under, DOUBLE) == -result


@given(st.fractions(min_value=0))
def test_roots_of_squares(q):
    assert exact_root(q * q) == q
    assert exact_root(q * q * 2) in (None, 0)


def test_refusals():
    with pytest.raises(InexactInput, match="1/3"):
        written(Fraction(1, 3), SINGLE, "a weight", rounding=False)
    assert written(Fraction(1, 3), SINGLE, "a weight", rounding=True) == float(np.float32(1 / 3))
    with pytest.raises(Unsupported, match="float8"):
        binary_format("float8")
