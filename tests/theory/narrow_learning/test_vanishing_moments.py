"""Moments that vanish, against numbers, another formula, and the closed form of the norm."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product
from math import cos, pi, prod, sin, sqrt

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import ShapeMismatch, SingularMatrix, Unsupported
from verinet.theory.narrow_learning.vanishing_moments import (
    AbsoluteValues,
    polygon_moment_square,
    polygon_norm_square,
    rational_polygon,
    vanishing_coefficients,
    vanishing_moments_of,
)
from verinet.theory.ridges import ridge_sum


def unit(t):
    return (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)


slopes = st.fractions(0, 20, max_denominator=9) | st.sampled_from([Fraction(1, 10**30), Fraction(10**20)])


@given(st.integers(1, 4).flatmap(lambda k: st.lists(slopes, min_size=2 * k, max_size=2 * k, unique=True)))
@settings(deadline=None, max_examples=30)
def test_all_moments_below_the_number_of_lines_vanish(parameters):
    f = vanishing_moments_of([unit(t) for t in parameters])
    m = len(parameters)
    assert all(not any(f.moment(order)) for order in range(0, m, 2))
    assert f.moment_square(m) > 0
    assert all(f.coefficients)
    assert max(map(abs, f.coefficients)) == 1
    # the two halves share them, and have the same number of neurons
    plus, minus = f.part(1), f.part(-1)
    assert len(plus.directions) == len(minus.directions) == m // 2
    assert all(plus.moment(order) == minus.moment(order) for order in range(0, m, 2))


def test_a_tensor_entry_by_entry():
    """All 2^l entries of T_l, built as outer products, against the entries by number of indices 2."""
    f = AbsoluteValues((unit(Fraction(1, 2)), unit(Fraction(3))), (Fraction(2), Fraction(-1, 3)))
    for order in (1, 2, 3, 4):
        entries = {
            places: sum(
                a * prod(u[place] for place in places) for a, u in zip(f.coefficients, f.directions, strict=True)
            )
            for places in product((0, 1), repeat=order)
        }
        moment = f.moment(order)
        assert all(value == moment[sum(places)] for places, value in entries.items())
        assert f.moment_square(order) == sum(value**2 for value in entries.values())


@pytest.mark.parametrize("lines", [2, 4, 6, 8, 10])
def test_the_regular_polygon(lines):
    angles = [pi * j / lines for j in range(lines)]
    for order in range(0, lines + 5, 2):
        total = sum((-1) ** (i + j) * cos(angles[i] - angles[j]) ** order for i in range(lines) for j in range(lines))
        assert abs(float(polygon_moment_square(lines, order)) - total) < 1e-9
    assert all(polygon_moment_square(lines, order) == 0 for order in range(0, lines, 2))
    assert polygon_moment_square(lines, lines) == Fraction(2 * lines**2, 2**lines)


def test_the_rational_polygon_is_near_the_regular_one():
    for lines in (4, 6, 8):
        for j, (c, s) in enumerate(rational_polygon(lines)):
            assert abs(float(c) - cos(pi * j / lines)) < 0.15
            assert abs(float(s) - sin(pi * j / lines)) < 0.15
        coefficients = vanishing_coefficients(rational_polygon(lines))
        signs = [a > 0 for a in coefficients]
        assert all(a != b for a, b in pairwise(signs))


@pytest.mark.parametrize(("lines", "norm"), [(4, 0.342), (6, 0.220), (8, 0.163), (10, 0.130)])
def test_the_norm_of_the_regular_polygon(lines, norm):
    square = polygon_norm_square(lines)
    assert abs(sqrt(float(square)) - norm) < 5e-4
    # an independent mean: |u|^2 averages to 2, times the mean over the circle of f^2
    steps = 20_000
    values = [
        sum((-1) ** j * abs(cos(2 * pi * (i + 0.5) / steps - pi * j / lines)) for j in range(lines))
        for i in range(steps)
    ]
    assert abs(2 * sum(v * v for v in values) / steps - float(square)) < 1e-6


def test_the_norm_is_symbolic():
    assert sympy.simplify(polygon_norm_square(2) - (2 - 4 / sympy.pi)) == 0


def test_the_network():
    f = vanishing_moments_of(rational_polygon(4))
    network = f.ridge_sum().network()
    assert network(1, 0) == (sum(a * abs(c) for a, (c, _) in zip(f.coefficients, f.directions, strict=True)),)
    assert not any(ridge_sum(network).linear)


def test_refusals():
    with pytest.raises(ShapeMismatch, match="even number of lines"):
        vanishing_coefficients([(1, 0), (0, 1), ("3/5", "4/5")])
    with pytest.raises(SingularMatrix, match="one line"):
        vanishing_coefficients([(1, 0), (-1, 0)])
    with pytest.raises(Unsupported, match="unit vector"):
        AbsoluteValues(((Fraction(1), Fraction(1)),), (Fraction(1),))
    with pytest.raises(ShapeMismatch, match="one coefficient a direction"):
        AbsoluteValues((), (Fraction(1),))
    for lines in (3, 0, 42, True):
        with pytest.raises(Unsupported, match="even number"):
            rational_polygon(lines)
    with pytest.raises(Unsupported, match="even order"):
        polygon_moment_square(4, 3)
    with pytest.raises(Unsupported, match="even number"):
        polygon_norm_square(3)
