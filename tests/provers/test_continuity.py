"""Continuity of networks that jump: against one-sided limits at all breakpoints, and functions that are known."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.provers.small_networks import HUNDRED, small_network
from verinet import kernel
from verinet.claims import Proved, Refuted, Unknown, continuous
from verinet.claims.language import Value
from verinet.errors import Unsupported
from verinet.geometry import Halfspace, Polyhedron, box, interval
from verinet.networks import (
    Network,
    activation,
    add,
    apply_activation,
    network,
    precompose,
    relu,
    scale,
    variable,
    variables,
)
from verinet.provers.germs import cell_at, limit
from verinet.provers.portfolio import prove

JUMPING = ("sign", "heaviside", ("stepped_leaky", "1/2"), ("step", 0, 1, 1, 2), "relu")
LINE = interval(-2, 1)


def layers_of(net: Network, at: tuple[Fraction, ...]) -> list[kernel.Layer]:
    return kernel.read_statement(Value((net,), at, net(*at)).statement()).networks[0]


def jumps_on_the_line(net: Network, low: Fraction, high: Fraction) -> list[Fraction]:
    """All points of an interval at which a network of one input is not continuous there: it walks cell by cell."""
    found, layers, at = [], layers_of(net, (low,)), low
    while True:
        value = net(at)
        right, left = limit(layers, (at,), (Fraction(1),)), limit(layers, (at,), (Fraction(-1),))
        if (at < high and right != value) or (at > low and left != value):
            found.append(at)
        # the cell to the right of this point: nearer and nearer points until the point bounds the cell
        step = high - at
        if not step:
            return found
        while True:
            rows = cell_at(layers, (at + step,)).rows
            ends = [(-c / a, a > 0) for c, a in rows]
            if all(end <= at or not from_below for end, from_below in ends):
                at = min([end for end, from_below in ends if not from_below] + [high])
                break
            step /= 2


@pytest.mark.parametrize("number", HUNDRED)
def test_on_the_line(number: int) -> None:
    net = small_network(number, (1, 3, 2, 1) if number % 2 else (1, 3, 2), JUMPING)
    if number % 4 == 0:
        net = add(net, scale(net, -1))
    expected = jumps_on_the_line(net, Fraction(-2), Fraction(1))
    verdict = prove(continuous(net, LINE))
    assert isinstance(verdict, Refuted if expected else Proved), verdict
    if isinstance(verdict, Proved):
        kernel.check(verdict.certificate.text)
        assert len(verdict.theorem.assumptions) == 1
    else:
        assert verdict.certificate is not None
        assert kernel.check(verdict.certificate.text).kind == "all"
        assert "tends to" in verdict.reason


@pytest.mark.parametrize("number", HUNDRED)
def test_in_the_plane(number: int) -> None:
    square = box([-1, 1], dimension=2)
    net = small_network(number, (2, 2, 1), JUMPING)
    if number % 3 == 0:
        # sign(z) + sign(-z) vanishes, whatever z is
        net = add(net, scale(net, -1))
    verdict = prove(continuous(net, square))
    assert isinstance(verdict, Proved | Refuted), verdict
    assert verdict.certificate is not None
    kernel.check(verdict.certificate.text)
    jumps = False
    for k in range(-4, 5):
        for direction in ([[1], [0]], [[0], [1]], [[1], [Fraction(1, 3)]]):
            offset = [0, Fraction(k, 5)] if direction[0][0] else [Fraction(k, 5), 0]
            reach = Fraction(4, 5) - abs(Fraction(k, 5)) / 2
            along = precompose(net, direction, offset)
            jumps = jumps or bool(jumps_on_the_line(along, -reach / 2, reach / 2))
    if jumps:
        assert isinstance(verdict, Refuted)
    if number % 3 == 0:
        assert isinstance(verdict, Proved)


def test_jumps_that_cancel_and_jumps_that_are_not_met() -> None:
    a, b = variables("x", 2)
    step = activation("heaviside", 0)
    # (x + 1) for x > 0 and x - ... put together from jumps: relu written with a step
    x = variable("x")
    stepped = apply_activation(x, activation("stepped_leaky", 0, 1, 0)) - apply_activation(x, step)
    relu_again = network(x, stepped)
    assert relu_again(2) == (2,)
    assert isinstance(prove(continuous(relu_again, interval(-1, 1))), Proved)
    far = network((a, b), apply_activation(a + b, activation("sign")))
    assert isinstance(prove(continuous(far, box((1, 2), (0, 1)))), Proved)
    assert isinstance(prove(continuous(far, box((0, 2), (0, 1)))), Refuted)
    assert isinstance(prove(continuous(network(x, relu(x)), interval(-1, 1))), Proved)
    isolated = network(x, apply_activation(x, activation("step", 0, 1, 2, 1)))
    verdict = prove(continuous(isolated, interval(-1, 1)))
    assert isinstance(verdict, Refuted)
    assert "f(0) = 2" in verdict.reason


def test_smooth_activations_are_named() -> None:
    x = variable("x")
    with pytest.raises(Unsupported, match="smooth activation tanh"):
        prove(continuous(network(x, apply_activation(x, activation("tanh"))), interval(-1, 1)))
    assert isinstance(prove(continuous(network(x, apply_activation(x, activation("repu", 2))), LINE)), Proved)


def test_a_domain_without_interior_is_left_open_with_its_reason() -> None:
    x = variable("x")
    flat = Polyhedron((-1,), (3,), (Halfspace((1,), 1), Halfspace((-1,), -1)))
    verdict = prove(continuous(network(x, apply_activation(x, activation("sign"))), flat))
    assert isinstance(verdict, Unknown)
    assert "no interior" in verdict.reason
