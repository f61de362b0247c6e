"""Exact sup errors on a line, against values at many points, and where the maximum is irrational."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import EmptyDomain, ShapeMismatch
from verinet.theory.barron.line_errors import pieces_on_a_line, sup_error_on_a_line
from verinet.theory.ridges import Ridge, RidgeSum

ZERO, ONE = Fraction(0), Fraction(1)
numbers = st.fractions(-3, 3, max_denominator=5)
ridges = st.builds(Ridge, numbers, st.tuples(numbers), numbers, st.integers(1, 4))
functions = st.builds(RidgeSum, st.tuples(numbers), numbers, st.lists(ridges, max_size=4).map(tuple))


@settings(max_examples=30, deadline=None)
@given(functions, functions)
def test_the_maximum_is_above_all_values_and_near_to_one(f: RidgeSum, g: RidgeSum) -> None:
    found = sup_error_on_a_line(f, g, -ONE, ONE, digits=12)
    size = found.size
    assert size.low <= size.high
    assert size.width <= Fraction(1, 10**12)
    grid = [Fraction(k, 40) for k in range(-40, 41)]
    assert max(abs(f(x) - g(x)) for x in grid) <= size.high
    # the point that is told is one of the domain, and is as good as rational points are
    assert -1 <= found.at <= 1
    assert abs(f(found.at) - g(found.at)) <= size.high
    if found.is_exact:
        assert abs(f(found.at) - g(found.at)) == size.low


@settings(max_examples=30, deadline=None)
@given(functions)
def test_pieces_are_the_function(f: RidgeSum) -> None:
    pieces = pieces_on_a_line(f, -ONE, Fraction(3, 2))
    assert (pieces[0].low, pieces[-1].high) == (-1, Fraction(3, 2))
    for piece, after in pairwise(pieces):
        assert piece.high == after.low
    for piece in pieces:
        for share in (ZERO, Fraction(1, 3), ONE):
            x = piece.low + share * (piece.high - piece.low)
            assert sum(c * x**k for k, c in enumerate(piece.coefficients)) == f(x)


def test_an_irrational_maximum_is_enclosed() -> None:
    # x^3 - x on [-1, 1]: 2 / (3 sqrt 3)
    cube = RidgeSum((ZERO,), ZERO, (Ridge(ONE, (ONE,), ZERO, 3), Ridge(-ONE, (-ONE,), ZERO, 3)))
    found = sup_error_on_a_line(cube, RidgeSum((ONE,)), -ONE, ONE, digits=40)
    assert not found.is_exact
    assert found.size.low**2 <= Fraction(4, 27) <= found.size.high**2


def test_several_variables_have_no_line() -> None:
    with pytest.raises(ShapeMismatch):
        pieces_on_a_line(RidgeSum((ONE, ONE)), -ONE, ONE)


def test_an_interval_that_is_empty_is_refused() -> None:
    f = RidgeSum((Fraction(1),))
    with pytest.raises(EmptyDomain):
        sup_error_on_a_line(f, f, Fraction(1), Fraction(0))
