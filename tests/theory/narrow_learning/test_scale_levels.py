"""Scales: one application of T is one step of 9/10, and mpmath agrees with the balls."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import InexactInput, NotANumber, Unsupported
from verinet.theory.narrow_learning.scale_levels import Scales

shares = st.fractions(Fraction(1, 1000), Fraction(99, 100))
scales = st.builds(
    Scales, st.integers(2, 40), st.integers(1, 50), st.fractions(1, 10), shares, shares.map(lambda q: q / 2)
)


@given(scales, shares)
@settings(deadline=None, max_examples=25)
def test_one_application_is_nine_tenths(one, share):
    gamma = one.accuracy * share
    before, after = one.level(gamma), one.level(one.next(gamma))
    assert after.low - before.high <= Fraction(9, 10) <= after.high - before.low
    assert after.width + before.width < Fraction(1, 10**25)


@given(scales, shares)
@settings(deadline=None, max_examples=20)
def test_mpmath_agrees(one, share):
    gamma = one.accuracy * share

    def log(q):
        return mpmath.log(mpmath.mpf(q.numerator) / q.denominator)

    with mpmath.workdps(40):
        ck = one.power
        beta = ck * log(Fraction(one.dimension)) + log(one.reach**2 / one.threshold**10)
        beta += (ck - 1) * log(1 / one.accuracy)
        value = mpmath.mpf(9) / 10 / mpmath.log(ck) * mpmath.log(1 + (ck - 1) * log(one.accuracy / gamma) / beta)
        found = one.level(gamma)
        middle = (found.low + found.high) / 2
        assert abs(value - mpmath.mpf(middle.numerator) / middle.denominator) < mpmath.mpf(10) ** -28


def test_the_accuracy_has_level_zero():
    found = Scales(3, 5, Fraction(2), Fraction(1, 2), Fraction(1, 4)).level("1/4")
    assert found.low <= 0 <= found.high


def test_refusals():
    good = Scales(3, 5, Fraction(2), Fraction(1, 2), Fraction(1, 4))
    with pytest.raises(Unsupported, match="smaller scale"):
        good.level("1/2")
    with pytest.raises(Unsupported, match="above 0"):
        good.next(0)
    half, one = Fraction(1, 2), Fraction(1)
    for reach, threshold, accuracy in ((half, one, half), (one, Fraction(2), half), (one, one, one)):
        with pytest.raises(Unsupported, match="0 < Lambda <= 1"):
            Scales(2, 1, reach, threshold, accuracy)
    for power, dimension in ((1, 1), (2, 0), (2.0, 1), (2, True)):
        with pytest.raises(NotANumber, match="is an integer at least"):
            Scales(power, dimension, one, half, half)
    with pytest.raises(InexactInput):
        Scales(2, 1, 1.5, half, half)
    with pytest.raises(NotANumber, match="number of bits"):
        good.level("1/8", bits=0)
