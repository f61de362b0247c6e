"""Networks with rectified powers: equalities, bounds and errors, each against sympy or plain evaluation."""

from __future__ import annotations

import copy
import itertools
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet import kernel
from verinet.claims import (
    Proved,
    Refuted,
    Unknown,
    always,
    any_of,
    cells,
    equal,
    inputs,
    outputs,
    somewhere,
    sup_error,
)
from verinet.claims.verdicts import Certificate
from verinet.errors import Unsupported
from verinet.exact.rationals import Q
from verinet.geometry.polyhedra import box, interval, whole_space
from verinet.networks import Network, activation, apply_activation, network, relu, variable, variables
from verinet.networks.chain import chain
from verinet.provers.portfolio import prove
from verinet.work import Budget

x = variable("x")
a, b = variables("x", 2)


def s(z: Any, k: int = 2) -> Any:
    """The rectified power."""
    return apply_activation(z, activation("repu", k))


def power(z: Any, k: int) -> Any:
    return apply_activation(z, activation("power", k))


square = network(x, s(x) + s(-x))
times = network((a, b), (s(a + b) + s(-a - b) - s(a - b) - s(b - a)) / 4)


def test_two_ways_to_square_and_to_multiply() -> None:
    assert isinstance(prove(equal(square, network(x, power(x, 2)), whole_space(1))), Proved)
    other = network((a, b), (s(a + b) + s(-a - b) - s(a) - s(-a) - s(b) - s(-b)) / 2)
    for domain in (whole_space(2), box((-1, 1), (-1, 1))):
        assert isinstance(prove(equal(times, other, domain)), Proved)
    refuted = prove(equal(square, network(x, s(x)), interval(-1, 1)))
    assert isinstance(refuted, Refuted)
    assert refuted.certificate is not None


@pytest.mark.parametrize("k", [2, 3, 5])
def test_powers_are_made_of_rectified_ones(k: int) -> None:
    made = network(x, s(x, k) + (-1) ** k * s(-x, k))
    assert isinstance(prove(sup_error(made, {(k,): 1}, whole_space(1)) <= 0), Proved)
    assert isinstance(prove(sup_error(made, {(k,): 1}, interval(-1, 1)) == 0), Proved)
    assert isinstance(prove(sup_error(made, {(k,): 1, (0,): 1}, interval(-2, 1)) == 1), Proved)


def test_bounds_strict_and_not() -> None:
    (y,) = outputs(times)
    domain = box((-1, 1), (-1, 1))
    assert isinstance(prove(always(times, y <= 1, domain)), Proved)
    assert isinstance(prove(always(times, y < Q("101/100"), domain)), Proved)
    assert isinstance(prove(always(times, y < 1, domain)), Refuted)
    (u,) = outputs(square)
    assert isinstance(prove(always(square, u > Q("-1/1000"), interval(-1, 1))), Proved)
    assert isinstance(prove(always(square, u > 0, interval(-1, 1))), Refuted)
    assert isinstance(prove(always(square, u > 0, interval("1/8", 1))), Proved)
    assert isinstance(prove(always(square, any_of(u <= "1/4", inputs(1)[0] >= "1/2"), interval(0, 1))), Proved)
    assert isinstance(prove(always(square, any_of(u <= "1/5", inputs(1)[0] >= "1/2"), interval(0, 1))), Refuted)
    assert isinstance(prove(somewhere(square, u >= 1, interval(-1, 1))), Proved)
    assert isinstance(prove(somewhere(square, u >= 2, interval(-1, 1))), Refuted)


@given(
    st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(-2, 2)), min_size=1, max_size=3),
    st.integers(2, 3),
)
@settings(max_examples=25, deadline=None)
def test_largest_values_are_those_of_sympy(units: list[tuple[int, int, int]], k: int) -> None:
    net = network(x, sum((c * s(w * x + d, k) for w, d, c in units), 0 * x))
    t = sympy.Symbol("t", real=True)
    ends = sorted({Fraction(-1), Fraction(1), *(Fraction(-d, w) for w, d, _ in units if w and abs(d) <= abs(w))})
    most = sympy.Integer(0)
    for low, high in itertools.pairwise(ends):
        middle = (low + high) / 2
        piece = sum((c * (w * t + d) ** k for w, d, c in units if w * middle + d > 0), sympy.Integer(0))
        critical = sympy.real_roots(sympy.Poly(sympy.diff(piece, t), t)) if sympy.degree(piece, t) > 1 else []
        inside = [r for r in critical if low <= r <= high]
        levels = [abs(piece.subs(t, sympy.Rational(*p.as_integer_ratio()) if isinstance(p, Fraction) else p))
                  for p in (low, high, *inside)]  # fmt: skip
        most = max([most, *levels])
    above = Fraction(int(sympy.ceiling(most * 1000 + 1)), 1000)
    verdict = prove(sup_error(net, 0, interval(-1, 1)) <= above, Budget(seconds=20))
    assert isinstance(verdict, Proved), (verdict, most)
    if most > 1:
        below = Fraction(int(sympy.floor(most * 1000 - 1)), 1000)
        assert isinstance(prove(sup_error(net, 0, interval(-1, 1)) <= below, Budget(seconds=20)), Refuted)


def test_rectified_powers_beside_deeper_neurons() -> None:
    mixed = network(x, s(x) + relu(relu(x) - Q("1/2")))
    layers = chain(mixed, curved=True).layers
    assert [any(piece.curve for table in layer.activations for piece in table) for layer in layers] == [
        False,
        True,
        False,
    ]
    (y,) = outputs(mixed)
    assert isinstance(prove(always(mixed, y <= "3/2", interval(-1, 1))), Proved)
    with pytest.raises(Unsupported, match="bend along curves"):
        always(network(x, relu(s(x) - 1)), y >= 0, interval(-1, 1)).statement()


def test_cells_are_still_refused() -> None:
    with pytest.raises(Unsupported):
        prove(cells(square, interval(-1, 1)) == 2)
    with pytest.raises(Unsupported):
        chain(square)


def test_false_certificates() -> None:
    verdict = prove(sup_error(square, {(2,): 1}, interval(-1, 1)) <= "1/100")
    assert isinstance(verdict, Proved)
    for forge in ("target", "activation", "error"):
        data = copy.deepcopy(dict(verdict.certificate.data))
        statement = data["statement"]
        if forge == "target":
            statement["targets"][0]["terms"][-1][0] = "2"
        elif forge == "activation":  # max(0, z)^2 becomes max(0, z)^2 + 1 for z > 0
            table = statement["networks"][0][0]["activations"][0]
            table[-1][-1] = "1"
        else:
            statement["error"] = {"over": "1", "at": ["-1"]}
        with pytest.raises(kernel.Rejected):
            kernel.check(Certificate(data).text)


def test_what_is_not_decided_is_unknown() -> None:
    # x^2 <= 2 exactly at the irrational end of {x : x^3 <= 2 sqrt 2}: no rational cut closes it
    net = network(x, [s(x), s(x, 3)])
    y = outputs(net)
    claim = always(net, any_of(y[0] <= 2, y[1] >= 2), interval(0, 2))
    assert isinstance(prove(claim, Budget(seconds=5)), (Proved, Unknown))


def test_networks_evaluate_alike() -> None:
    net: Network = times
    point = (Q("1/3"), Q("-5/7"))
    assert net(*point) == (point[0] * point[1],)
