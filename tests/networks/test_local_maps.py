"""The affine map near a point: it is the network there, and its rows say how far."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verinet.errors import ShapeMismatch, Unsupported
from verinet.networks import Network, abs_, activation, layered, network, relu, variable, variables
from verinet.networks.local_maps import local_map, value_of

Point = tuple[Fraction, Fraction]
entries = st.sampled_from(
    [Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 3), Fraction(-5, 2), Fraction(1, 10**40)]
)
points = st.tuples(st.fractions(-3, 3, max_denominator=50), st.fractions(-3, 3, max_denominator=50))


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """2-3-2-2, with units that are zero, equal or parallel now and then."""
    sizes = (2, 3, 2, 2)
    weights = [[[draw(entries) for _ in range(a)] for _ in range(b)] for a, b in pairwise(sizes)]
    biases = [[draw(entries) for _ in range(b)] for b in sizes[1:]]
    return layered(
        weights, biases, draw(st.sampled_from([activation("relu"), activation("hard_tanh"), activation("abs")]))
    )


@given(networks(), points, points)
def test_it_is_the_network_where_its_rows_are_positive(f: Network, x: Point, other: Point) -> None:
    piece = local_map(f, x)
    assert piece.value(x) == f(*x)
    assert all(value_of(row, x) >= 0 for row in piece.rows)
    if all(value_of(row, other) > 0 for row in piece.rows):
        assert piece.value(other) == f(*other)
    radius = piece.radius()
    if piece.inside and radius is not None:
        corner = tuple(entry + radius for entry in x)
        assert piece.value(corner) == f(*corner)
    direction = tuple(b - a for a, b in zip(x, other, strict=True))
    reach = piece.reach(direction)
    if reach is not None:
        end = tuple(a + reach * d for a, d in zip(x, direction, strict=True))
        assert any(value_of(row, end) == 0 for row in piece.rows)
        assert piece.value(end) == f(*end)


def test_a_breakpoint_is_not_inside() -> None:
    t = variable("t")
    assert not local_map(network(t, relu(t)), [0]).inside
    assert local_map(network(t, relu(t)), [1]).inside
    # a unit that does not depend on x has no row, at its breakpoint too
    assert local_map(network(t, t + relu(0 * t)), [1]).rows == ()


def test_skips_and_several_readouts() -> None:
    x, y = variables("x", 2)
    piece = local_map(network((x, y), (relu(x - y) + x, abs_(y) - 3)), (2, -1))
    assert (piece.weight.to_rows(), piece.bias.to_rows()) == (((2, -1), (0, -1)), ((0,), (-3,)))


def test_what_is_not_affine_is_refused() -> None:
    smooth = layered([[[1]], [[1]]], [[0], [0]], activation("tanh"))
    with pytest.raises(Unsupported, match="finitely many affine pieces"):
        local_map(smooth, [1])
    with pytest.raises(ShapeMismatch):
        local_map(network(variable("t"), variable("t")), [1, 2])
