"""Targets in pieces: whether they cover, whether they overlap, and their indicators, against plain evaluation."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.claims.integrals import bounded, integral
from verinet.claims.lp_errors import _root_above
from verinet.claims.pieces import PiecewisePolynomial, as_piecewise, indicators, intersection
from verinet.claims.smooth_targets import as_smooth
from verinet.errors import ShapeMismatch, Unsupported
from verinet.geometry.polyhedra import Halfspace, Polyhedron, box, interval, whole_space
from verinet.networks import network, relu, variable


@given(st.lists(st.fractions(-1, 1, max_denominator=6), min_size=1, max_size=4, unique=True))
@settings(max_examples=40, deadline=None)
def test_intervals_between_any_points_cover_and_do_not_overlap(cuts: list[Fraction]) -> None:
    ends = sorted({Fraction(-1), Fraction(1), *cuts})
    target = as_piecewise([(interval(a, b), k) for k, (a, b) in enumerate(pairwise(ends))], 1)
    assert target is not None
    domain = interval(-1, 1)
    target.check_covers(domain)
    target.check_apart(domain)
    marks = indicators(target, domain)
    for k, (a, b) in enumerate(pairwise(ends)):
        inside = marks((a + b) / 2)
        assert inside == tuple(Fraction(int(j == k)) for j in range(len(ends) - 1))
        assert target.values(((a + b) / 2,)) == (k,)
    if len(ends) > 2:
        with pytest.raises(Unsupported, match="do not cover"):
            PiecewisePolynomial(target.pieces[1:]).check_covers(domain)
        with pytest.raises(Unsupported, match="overlap"):
            PiecewisePolynomial((*target.pieces, target.pieces[0])).check_apart(domain)


def test_a_missing_point_is_found() -> None:
    left, right = interval(-1, 0).cut(Halfspace((1,), 0, strict=True)), interval(0, 1)
    target = as_piecewise([(left, 0), (right.cut(Halfspace((-1,), 0, strict=True)), 1)], 1)
    assert target is not None
    with pytest.raises(Unsupported, match="no piece contains 0"):
        target.check_covers(interval(-1, 1))
    target.check_covers(interval("1/2", 1))


def test_one_piece_everywhere() -> None:
    target = as_piecewise([(whole_space(2), 1)], 2)
    assert target is not None
    assert indicators(target, box((0, 1), (0, 1)))(0, 0) == (1,)
    target.check_covers(whole_space(2))


def test_what_is_no_target_in_pieces() -> None:
    for other in ({(2,): 1}, 3, [], "0 on [0,1]", [1, 2], [(interval(0, 1), 0), 5]):
        assert as_piecewise(other, 1) is None
    with pytest.raises(ShapeMismatch):
        as_piecewise([(interval(0, 1), 0), (box((0, 1), (0, 1)), 0)], 1)


def test_boxes_and_roots() -> None:
    assert intersection(interval(0, 1), interval(2, 3)).is_empty
    assert bounded(Polyhedron((0,), (None,), (Halfspace((2,), 1),))).high == (Fraction(1, 2),)
    for volume, p in ((Fraction(2), 2), (Fraction(1, 7), 3), (Fraction(1), 5), (Fraction(0), 1)):
        root = _root_above(volume, p)
        assert root**p >= volume
        assert root == 0 or (root - Fraction(1, 1 << 20)) ** p < volume


def test_formulas_are_read_over_a_fixed_table() -> None:
    t = sympy.Symbol("t")
    assert as_smooth(t**2 + 1, 1) is None
    assert as_smooth({(2,): 1}, 1) is None
    assert str(as_smooth(sympy.pi * t, 1)) == "pi*x"
    smooth = as_smooth(sympy.exp(-(t**2)) - t, 1)
    assert smooth is not None
    assert (smooth.bracketed, as_smooth(sympy.sin(t - 1), 1).bracketed) == ("(-x + exp(-x**2))", "sin(x - 1)")
    with pytest.raises(Unsupported):
        as_smooth(sympy.Max(t, 0), 1)
    with pytest.raises(Unsupported):
        as_smooth(sympy.Function("f")(t), 1)


def test_integrands_in_outputs_alone_or_with_inputs() -> None:
    x = variable("x")
    net = network(x, relu(x))
    short, long = integral(net, {(2,): 1}, interval(0, 1)), integral(net, {(0, 2): 1}, interval(0, 1))
    assert short.integrand == long.integrand
    assert integral(net, None, interval(0, 1)).integrand == integral(net, {1: 1}, interval(0, 1)).integrand
    with pytest.raises(ShapeMismatch):
        integral(network(x, [x, x]), None, interval(0, 1))
    with pytest.raises(Unsupported):
        (short == 1).with_bounds(Fraction(1), Fraction(0))
