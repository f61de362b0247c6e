"""Convex and concave where a complex alone does not say it: points, flat sets, open sides, networks that jump."""

from __future__ import annotations

import random
from fractions import Fraction as F
from itertools import combinations
from typing import Any

import pytest

from tests.provers.small_networks import small_network
from verinet import kernel
from verinet.claims import Proved, Refuted, concave, convex
from verinet.claims.claim_text import parse_claim
from verinet.claims.curvature import Curved
from verinet.claims.verdicts import Verdict
from verinet.errors import Unsupported
from verinet.geometry import Halfspace, Polyhedron, box, interval
from verinet.networks import Network, abs_, activation, apply_activation, network, precompose, relu, variable, variables
from verinet.provers.charts import chart_of
from verinet.provers.portfolio import prove
from verinet.regions.piecewise import piecewise

X = variable("x")
A, B = variables("x", 2)
RAMP = network(X, relu(X))
SQUARE = box((-1, 1), (-1, 1))


def step(term: Any, value: object = 0) -> Any:
    """0 below 0, 1 above, and something at 0."""
    return apply_activation(term, activation("heaviside", value))


def holds(claim: Curved) -> bool:
    verdict: Verdict = prove(claim)
    if isinstance(verdict, Proved):
        kernel.check(verdict.certificate.text)
        return True
    assert isinstance(verdict, Refuted), str(verdict)
    assert verdict.certificate is not None
    kernel.check(verdict.certificate.text)
    found = verdict.counterexample
    assert found is not None
    (middle, value), (other, _) = found.more
    assert claim.bends_wrongly(found.x, middle, other)
    assert value == claim.network(*middle)
    return False


def test_on_one_point_everything_is_convex() -> None:
    jump = network(X, step(X))
    for net in (RAMP, jump):
        for make in (convex, concave):
            assert holds(make(net, interval(1, 1)))
            assert holds(make(net, interval(0, 0)))
    plane = network((A, B), relu(A) - abs_(B))
    assert holds(convex(plane, Polyhedron((0, 0), (1, 1), (Halfspace((1, 1), 0),))))


@pytest.mark.parametrize("seed", range(8))
def test_on_a_flat_set_it_is_that_of_the_network_along_it(seed: int) -> None:
    net = small_network(seed, (2, 3, 1), ("relu", "abs"))
    draw = random.Random(seed)
    normal = (F(draw.randint(1, 3)), F(draw.randint(-3, 3)))
    offset = F(draw.randint(-1, 1), 3)
    flat = SQUARE.cut(Halfspace(normal, offset), Halfspace(tuple(-entry for entry in normal), -offset))
    chart = chart_of(flat)
    assert chart is not None
    assert not chart.whole
    expected = piecewise(precompose(net, chart.basis, chart.origin), chart.domain).curvature()
    assert holds(convex(net, flat)) == expected.convex
    assert holds(concave(net, flat)) == expected.concave


def test_flat_boxes_and_triangles_in_space() -> None:
    a, b, c = variables("x", 3)
    net = network((a, b, c), relu(a + b) - relu(c))
    assert holds(convex(net, box((-1, 1), (-1, 1), ("1/2", "1/2"))))
    assert not holds(concave(net, box((-1, 1), (-1, 1), ("1/2", "1/2"))))
    assert not holds(convex(net, box((-1, 1), (0, 0), (-1, 1))))
    slanted = Polyhedron((-1, -1, -1), (1, 1, 1), (Halfspace((1, 1, 1), 0), Halfspace((-1, -1, -1), 0)))
    assert holds(convex(net, slanted))  # relu(-c) - relu(c) = -c
    assert holds(concave(net, slanted))
    assert not holds(convex(network((a, b, c), relu(a) - relu(b)), slanted))
    assert holds(convex(network((a, b, c), relu(a) + relu(b - c)), slanted))


def test_open_sides() -> None:
    half_open = interval(-1, 1).cut(Halfspace((1,), F(1, 2), strict=True))
    assert holds(convex(RAMP, half_open))
    assert not holds(concave(RAMP, half_open))
    assert holds(concave(RAMP, interval(-1, 1).cut(Halfspace((1,), 0, strict=True))))
    claim = parse_claim("convex on [0,1] with x < 1/2", [RAMP])
    assert holds(claim)
    tilted = SQUARE.cut(Halfspace((1, 1), F(1, 3), strict=True))
    assert holds(convex(network((A, B), relu(A) + abs_(B)), tilted))
    assert not holds(concave(network((A, B), relu(A) + abs_(B)), tilted))
    flat = box((-1, 1), (0, 0)).cut(Halfspace((1, 0), F(1, 2), strict=True))
    assert not holds(concave(network((A, B), relu(A) + abs_(B)), flat))


def test_a_jump_inside_refutes() -> None:
    for value in (0, "1/2", 1, 2, -1):
        net = network(X, step(X, value))
        for make in (convex, concave):
            assert not holds(make(net, interval(-1, 1)))
    edge = [F(k, 2) for k in range(-2, 3)]
    for number in range(4):
        claim = convex(small_network(number, (2, 3, 1), ("sign",)), SQUARE)
        if holds(claim):  # it jumps at the boundary alone
            grid = [(a, b) for a in edge for b in edge]
            assert not any(claim.refuted_by(one, other) for one, other in combinations(grid, 2))


def test_a_jump_at_the_boundary_may_be_convex() -> None:
    for value, is_convex, is_concave in ((2, True, False), (1, True, True), (0, False, True)):
        net = network(X, step(X, value))
        assert holds(convex(net, interval(0, 1))) == is_convex
        assert holds(concave(net, interval(0, 1))) == is_concave
        half_open = interval(0, 1).cut(Halfspace((-1,), 0, strict=True))
        assert holds(convex(net, half_open))
        assert holds(concave(net, half_open))
    raised = network((A, B), relu(B) + step(-A, 2))  # 2 on the side x_0 = 0, 0 inside
    domain = box((0, 1), (-1, 1))
    assert holds(convex(raised, domain))
    assert not holds(concave(raised, domain))
    bent = network((A, B), step(-A, 2) * 2 - step(-A, 2) + step(abs_(B) * -1 - A, 3))
    assert not holds(convex(bent, domain))


@pytest.mark.parametrize("seed", range(16))
def test_networks_that_jump_on_a_line_agree_with_all_triples(seed: int) -> None:
    draw = random.Random(seed)
    terms = [draw.randint(-2, 2) * relu(X - draw.randint(-2, 2))]
    terms += [draw.randint(-1, 1) * step(X - draw.choice([-2, 0, 2]), draw.choice([-1, 0, 1, 2]))]
    net: Network = network(X, terms[0] + terms[1])
    domain = interval(-2, 2)
    points = [F(k, 4) for k in range(-8, 9)]
    for claim in (convex(net, domain), concave(net, domain)):
        bent = any(claim.bends_wrongly((a,), (b,), (c,)) for a, b, c in combinations(points, 3))
        assert holds(claim) == (not bent)


def test_what_is_no_line_bends_nothing() -> None:
    claim = concave(network((A, B), abs_(A)), SQUARE)
    assert claim.bends_wrongly((-1, 0), (0, 0), (1, 0))
    assert claim.bends_wrongly((-1, 0), (F(1, 3), 0), (1, 0))
    assert not claim.bends_wrongly((-1, 0), (0, 1), (1, 0))
    assert not claim.bends_wrongly((-1, 0), (-1, 0), (1, 0))
    assert not claim.bends_wrongly((-1, 0), (0, 0), (2, 0))


def test_other_activations_are_refused_in_words_of_the_claim() -> None:
    with pytest.raises(Unsupported, match="convex needs a network with affine pieces"):
        prove(convex(network(X, apply_activation(X, activation("power", 2))), interval(0, 1)))
