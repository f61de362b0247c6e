"""Extrema, ranges, integrals, comparisons: against values at all vertices, refined complexes and closed forms."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from tests.regions.test_piecewise import small_functions
from verinet.errors import NotBounded, ShapeMismatch
from verinet.exact.rationals import Q
from verinet.geometry.polyhedra import Halfspace, Polyhedron, box, interval, whole_space
from verinet.networks.build import abs_, add, compose, maximum, network, relu, scale, variable, variables
from verinet.regions.piecewise import piecewise


@pytest.mark.parametrize("d", [1, 2, 3])
def test_extrema_are_those_of_the_vertices(d: int) -> None:
    for f in small_functions(d, range(30)):
        points = f.complex.vertices.exact()
        values = [f.network(x) for x in points]
        for output in range(f.output_size):
            mine = [value[output] for value in values]
            least, most = f.minimum(output), f.maximum(output)
            assert (least.value, most.value) == (min(mine), max(mine))
            assert f(least.point)[output] == least.value
            assert [mine[v] for v in most.vertices] == [most.value] * mine.count(most.value)
        weights = [F((-1) ** i, i + 1) for i in range(f.output_size)]
        combined = [sum(w * y for w, y in zip(weights, value, strict=True)) for value in values]
        assert f.range(weights).low == min(combined)
        assert f.range(weights).high == max(combined)


def test_nearly_equal_values_are_told_apart() -> None:
    x, y = variables("x", 2)
    tiny = F(1, 10**50)
    f = piecewise(network((x, y), abs_(x) + abs_(y) + tiny * x), box((-1, 1), (-1, 1)))
    assert f.maximum().value == 2 + tiny
    assert {f.complex.vertices.exact([v])[0] for v in f.maximum().vertices} == {(F(1), F(1)), (F(1), F(-1))}


def test_unbounded_lines() -> None:
    x = variable("x")
    f = piecewise(network(x, abs_(x - 3) + 1))
    assert (f.minimum().value, f.minimum().point) == (1, (3,))
    with pytest.raises(NotBounded, match="grows"):
        f.maximum()
    flat = piecewise(network(x, 0 * x + 5))
    assert (flat.minimum().value, flat.maximum().value) == (5, 5)
    half = piecewise(network(x, relu(x)), Polyhedron((None,), (1,)))
    assert (half.minimum().value, half.maximum().value) == (0, 1)


def test_integrals_in_closed_form() -> None:
    x, y = variables("x", 2)
    f = piecewise(network((x, y), abs_(x) + abs_(y)), box((-1, 1), (-1, 1)))
    assert f.integral() == 4
    assert f.integral({(2,): 1}) == F(8, 3) + 2  # of x^2 + y^2, and of 2 |x y|
    assert f.integral({(2, 0, 1): 1}) == 4 * (F(1, 4) + F(1, 6))  # x^2 (|x| + |y|)
    triangle = Polyhedron((0, 0), (1, 1), (Halfspace((1, 1), 1),))
    g = piecewise(network((x, y), [relu(x - y), maximum(x, y)]), triangle)
    assert g.integral({(0, 0): 1}) == F(1, 2)
    # of max(x, y) over the triangle: twice the integral of x over 0 <= y <= x, x + y <= 1
    assert g.integral({(0, 1): 1}) == 2 * (F(1, 24) + F(1, 12))
    hat = network(u := variable("u"), 2 * relu(u) - 4 * relu(u - "1/2") + 2 * relu(u - 1))
    h = piecewise(compose(hat, times=4), interval(0, 1))
    assert [h.integral({(k,): 1}) for k in (1, 2, 3)] == [F(1, 2), F(1, 3), F(1, 4)]


@pytest.mark.parametrize("d", [1, 2, 3])
def test_integrals_do_not_depend_on_the_complex(d: int) -> None:
    for f in small_functions(d, range(12), most=10):
        inputs = variables("x", d)
        corner = f.complex.vertices.exact([0])[0]
        cuts = [relu(a - b) for a, b in zip(inputs, corner, strict=True)] + [relu(sum(inputs[1:], inputs[0]))]
        nothing = sum((0 * c for c in cuts), 0 * inputs[0])
        finer = add(f.network, network(inputs, [nothing] * f.output_size))
        first = (1, *(0 for _ in range(f.output_size - 1)))
        polynomial = {tuple(2 * e for e in first): F(3, 7), first: F(-1)}
        assert piecewise(finer, f.domain).integral(polynomial) == f.integral(polynomial)
        assert sum(f.complex.volumes()) == f.integral({(0,) * f.output_size: 1})


def test_integral_refusals() -> None:
    x = variable("x")
    f = piecewise(network(x, [x, relu(x)]), interval(0, 1))
    with pytest.raises(ShapeMismatch):
        f.integral()
    with pytest.raises(ShapeMismatch):
        f.integral({(1, 1, 1, 1): 1})
    with pytest.raises(NotBounded):
        piecewise(network(x, relu(x)), whole_space(1)).integral()
    with pytest.raises(ShapeMismatch):
        f.minimum()
    with pytest.raises(ShapeMismatch):
        f.minimum(2)


def test_compare() -> None:
    x, y = variables("x", 2)
    f = piecewise(network((x, y), maximum(x, y)), box((-1, 1), (-1, 1)))
    assert f.compare(network((x, y), y + relu(x - y))).equal
    assert f.compare(network((x, y), -1 * relu(-x - 7) + x + relu(y - x))).equal
    apart = f.compare(network((x, y), x))
    assert (apart.distance, f(apart.point)[0] - apart.point[0]) == (2, 2)
    close = f.compare(scale(f.network, 1 + F(1, 10**40)))
    assert close.distance == F(1, 10**40)
    with pytest.raises(ShapeMismatch):
        f.compare(piecewise(f.network, box((0, 1), (0, 1))))
    with pytest.raises(ShapeMismatch):
        f.compare(network(x, x))
    u = variable("u")
    line = piecewise(network(u, relu(u)))
    assert line.compare(network(u, relu(u) + 1)).distance == 1
    assert line.compare(network(u, 2 * relu(u))).distance is None
    assert Q("1/2") == line(Q("1/2"))[0]
