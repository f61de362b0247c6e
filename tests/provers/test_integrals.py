"""Integrals and L^p errors: every value against an independent one, and forged certificates against the kernel."""

from __future__ import annotations

import copy
import itertools
import random
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet import kernel
from verinet.claims import Proved, Refuted, Unknown
from verinet.claims.integrals import integral
from verinet.claims.lp_errors import lp_error
from verinet.claims.verdicts import Certificate
from verinet.errors import EmptyDomain, NotBounded, Unsupported
from verinet.exact.rationals import Q
from verinet.geometry.polyhedra import Halfspace, Polyhedron, box, interval, polytope
from verinet.networks import Network, activation, apply_activation, layered, network, relu, variable, variables
from verinet.provers.cases import box_of
from verinet.provers.integrals import enclosed
from verinet.provers.pieces import Apexes, box_piece, simplex_cut
from verinet.provers.portfolio import prove
from verinet.regions.piecewise import piecewise
from verinet.work import Budget

small = st.sampled_from([Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(-3, 2), Fraction(2)])
large = st.fractions(min_value=-2, max_value=2, max_denominator=10**60)


def plain(sizes: tuple[int, ...], entries: list[Fraction]) -> Network:
    feed = iter(entries)
    weights, biases = [], []
    for before, after in itertools.pairwise(sizes):
        weights.append([[next(feed) for _ in range(before)] for _ in range(after)])
        biases.append([next(feed) for _ in range(after)])
    return layered(weights, biases)


def count_of(sizes: tuple[int, ...]) -> int:
    return sum((a + 1) * b for a, b in itertools.pairwise(sizes))


@st.composite
def nasty(draw: st.DrawFn, sizes: tuple[int, ...]) -> Network:
    entry = draw(st.sampled_from([small, large]))
    return plain(sizes, draw(st.lists(entry, min_size=count_of(sizes), max_size=count_of(sizes))))


def proved(claim: Any) -> Proved:
    verdict = prove(claim)
    assert isinstance(verdict, Proved), verdict
    return verdict


def value_of(quantity: Any) -> Fraction:
    """The value that the prover finds, where it is exact."""
    verdict = enclosed(quantity, Fraction(1))
    assert isinstance(verdict, Proved), verdict
    bounds = verdict.theorem.statement["bounds"]
    low, high = (Fraction(int(entry, 16), int(bounds["over"], 16)) for entry in bounds["at"])
    assert low == high
    return low


TRIANGLE = polytope(Halfspace((-1, 0), 0), Halfspace((0, -1), 0), Halfspace((1, 2), 1))
HEXAGON = box((-1, 1), (-1, 1)).cut(Halfspace((1, 1), Q("3/2")), Halfspace((-1, -1), Q("4/3")))


# --- cutting down to simplices ---------------------------------------------------------------------------------------


@given(st.integers(1, 4), st.lists(st.lists(st.integers(-4, 4), min_size=5, max_size=5), max_size=4))
@settings(max_examples=40, deadline=None)
def test_cuts_lead_to_simplices_that_fill_the_box(size: int, rows: list[list[int]]) -> None:
    pieces = [box_piece(box_of(kernel.Domain(1, [(0, 1)] * size, [])))]
    for row in rows:
        if any(row[1 : size + 1]):
            cuts = (piece.cut(tuple(row[: size + 1]), 0) for piece in pieces)
            pieces = [part for both in cuts for part in both if part is not None]
    total = Fraction(0)
    work = [(piece, Apexes()) for piece in pieces]
    while work:
        piece, apexes = work.pop()
        step = simplex_cut(piece, apexes)
        if step is None:
            assert piece.volume > 0
            assert len(piece.facets) == size + 1
            total += piece.volume
            continue
        parts = piece.cut(step[0], 0)
        assert None not in parts
        work += [(part, step[1]) for part in parts if part is not None]
    assert total == 1


# --- exact values ----------------------------------------------------------------------------------------------------


@given(nasty((1, 3, 2, 1)), st.sampled_from([{(1,): 1}, {(2,): 1}, {(1, 2): 3, (0, 1): -1}]))
@settings(max_examples=30, deadline=None)
def test_integrals_on_the_line_are_those_of_the_regions(net: Network, integrand: dict[tuple[int, ...], int]) -> None:
    domain = interval(-1, 1)
    value = piecewise(net, domain).integral(integrand)
    proved(integral(net, integrand, domain) == value)


@given(nasty((2, 3, 2, 1)), st.sampled_from([box((-1, 1), (-1, 1)), TRIANGLE, HEXAGON]))
@settings(max_examples=25, deadline=None)
def test_squares_in_the_plane_are_those_of_the_regions(net: Network, domain: Polyhedron) -> None:
    value = piecewise(net, domain).integral({(0, 0, 2): 1, (1, 1, 0): 1})
    proved(integral(net, {(0, 0, 2): 1, (1, 1, 0): 1}, domain) == value)


def test_a_hundred_random_networks() -> None:
    rng = random.Random(7)
    for number in range(100):
        size = 1 + number % 3
        sizes = (size, 2 + number % 2, 1)
        net = plain(sizes, [Fraction(rng.randint(-6, 6), rng.randint(1, 5)) for _ in range(count_of(sizes))])
        domain = box((-1, 1), dimension=size)
        square = (0,) * size + (2,)
        value = piecewise(net, domain).integral({square: 1})
        proved(lp_error(net, 0, domain, p=2) ** 2 == value)


@given(nasty((1, 3, 1)), nasty((1, 2, 1)), st.sampled_from([1, 3]))
@settings(max_examples=25, deadline=None)
def test_odd_powers_of_differences_of_networks(first: Network, second: Network, p: int) -> None:
    found = value_of(lp_error(first, second, interval(-1, 1), p=p) ** p)
    x = sympy.Symbol("x", real=True)
    gap = _formula(first, x) - _formula(second, x)
    ends = {Fraction(-1), Fraction(1)}
    for net in (first, second):
        ends |= {point for (point,) in _breaks(net)}
    ends = sorted(end for end in ends if -1 <= end <= 1)
    total = sympy.Integer(0)
    for a, b in itertools.pairwise(ends):
        left, right = gap(a), gap(b)
        cuts = [a, b] if left * right >= 0 else [a, a + (b - a) * left / (left - right), b]
        for c, d in itertools.pairwise(cuts):
            line = sympy.interpolate([(0, _rational(gap(c))), (1, _rational(gap(d)))], x)
            total += abs(sympy.integrate(line**p, (x, 0, 1))) * _rational(d - c)
    assert found == Fraction(int(total.p), int(total.q))


class _formula:
    """A network on the line as a callable; differences are evaluated exactly."""

    def __init__(self, net: Network, x: Any) -> None:
        self.value = lambda at: net(at)[0]

    def __sub__(self, other: _formula) -> Any:
        return lambda at: self.value(at) - other.value(at)


def _rational(value: Fraction) -> Any:
    return sympy.Rational(value.numerator, value.denominator)


def _breaks(net: Network) -> list[tuple[Fraction, ...]]:
    """Zeros of the first layer's preactivations: all breakpoints of a network with one hidden layer."""
    operation = next(v.operation for v in net.vertices if hasattr(v.operation, "weight"))
    rows = [(operation.weight[i, 0], operation.bias[i, 0]) for i in range(operation.weight.rows)]
    return [(-b / a,) for a, b in rows if a]


def test_step_ramps_against_the_indicator() -> None:
    x = variable("x")
    for n in (1, 2, 5, 40):
        ramp = network(x, relu(n * x) - relu(n * x - 1))
        step = [(interval(-1, 0), 0), (interval(0, 1), 1)]
        proved(lp_error(ramp, step, interval(-1, 1), p=1) == Fraction(1, 2 * n))
        proved(lp_error(ramp, step, interval(-1, 1), p=2) ** 2 == Fraction(1, 3 * n))


def test_several_outputs_add_up() -> None:
    x = variable("x")
    net = network(x, [relu(x), x])
    proved(lp_error(net, [0, 0], interval(-1, 1), p=2) ** 2 == 1)
    with pytest.raises(Unsupported, match="no power of one polynomial"):
        lp_error(net, [0, 0], interval(-1, 1), p=1)


def test_three_inputs_and_a_polytope() -> None:
    a, b, c = variables("x", 3)
    net = network((a, b, c), relu(a - b) + relu(b - c) - relu(a + c))
    corner = polytope(
        Halfspace((-1, 0, 0), 0), Halfspace((0, -1, 0), 0), Halfspace((0, 0, -1), 0), Halfspace((1, 2, 3), 2)
    )
    value = piecewise(net, corner).integral({(2,): 1})
    proved(lp_error(net, 0, corner, p=2) ** 2 == value)
    assert isinstance(prove(lp_error(net, 0, corner, p=1) <= 2), Proved)


def test_polynomial_activations() -> None:
    x = variable("x")
    square = network(x, apply_activation(x, activation("repu", 2)) + apply_activation(-x, activation("repu", 2)))
    proved(lp_error(square, {(2,): 1}, interval(-1, 1), p=2) == 0)
    proved(integral(square, {(1,): 1}, interval(-1, 1)) == "2/3")


# --- bounds ----------------------------------------------------------------------------------------------------------


def test_bounds_become_as_narrow_as_asked() -> None:
    x = variable("x")
    target = {(2,): 1, (0,): Q("1/8")}  # x - x^2 - 1/8 changes its sign at irrational points
    error = lp_error(network(x, relu(x)), target, interval(0, 1), p=1)
    t = sympy.Symbol("t")
    gap = t - t**2 - sympy.Rational(1, 8)
    ends = [sympy.Integer(0), *sorted(sympy.solve(gap, t)), sympy.Integer(1)]
    value = sum(abs(sympy.integrate(gap, (t, c, d))) for c, d in itertools.pairwise(ends))
    for width in (Fraction(1, 10), Fraction(1, 10**6)):
        verdict = enclosed(error**1, width)
        assert isinstance(verdict, Proved)
        bounds = verdict.theorem.statement["bounds"]
        low, high = (Fraction(int(entry, 16), int(bounds["over"], 16)) for entry in bounds["at"])
        assert high - low <= width
        assert _rational(low) <= value <= _rational(high)
    assert isinstance(prove(error.between("0.0769", "0.077")), Refuted)
    assert isinstance(prove(error == "0.0769"), Refuted)


def test_a_sign_change_along_a_curve_in_the_plane() -> None:
    a, b = variables("x", 2)
    error = lp_error(network((a, b), a + b), {(2, 0): 1, (0, 2): 1}, box((0, 1), (0, 1)), p=1)
    verdict = enclosed(error**1, Fraction(1, 20))  # a - a^2 + b - b^2 >= 0 here: the value is 1/3
    assert isinstance(verdict, Proved)
    assert isinstance(prove(error <= "0.34"), Proved)
    assert isinstance(prove(error <= "0.3"), Refuted)


def test_a_budget_ends_the_work() -> None:
    x = variable("x")
    error = lp_error(network(x, relu(x)), {(2,): 1, (0,): Q("1/8")}, interval(0, 1), p=1)
    assert isinstance(prove(error.between("0.07", "0.08"), Budget(steps=1)), Unknown)
    with pytest.raises(Exception, match="positive distance"):
        enclosed(error**1, Fraction(0))


# --- what is refused -------------------------------------------------------------------------------------------------


def test_pieces_have_to_cover_and_not_to_overlap() -> None:
    x = variable("x")
    net = network(x, relu(x))
    with pytest.raises(Unsupported, match="do not cover"):
        lp_error(net, [(interval(0, 1), 0)], interval(-1, 1))
    with pytest.raises(Unsupported, match="overlap"):
        lp_error(net, [(interval(-1, "1/2"), 0), (interval(0, 1), 1)], interval(-1, 1))


def test_domains_without_a_volume_are_refused() -> None:
    x = variable("x")
    net = network(x, relu(x))
    with pytest.raises(EmptyDomain):
        lp_error(net, 0, interval(1, 1))
    with pytest.raises(NotBounded):
        lp_error(net, 0, Polyhedron((0,), (None,)))


def test_rows_that_say_nothing_or_touch() -> None:
    x = variable("x")
    net = network(x, relu(x) + 1)
    for rows in ([Halfspace((0,), 0)], [Halfspace((0,), 1)], [Halfspace((1,), 1), Halfspace((2,), 3, strict=True)]):
        proved(integral(net, {(1,): 1}, interval(-1, 1).cut(rows)) == "5/2")
    proved(integral(net, {(1,): 1}, interval(-1, 1).cut(Halfspace((1,), -1))) == 0)


def test_comparisons_without_a_meaning_are_refused() -> None:
    x = variable("x")
    error = lp_error(network(x, relu(x)), 0, interval(0, 1))
    for wrong in (lambda: error**3, lambda: error < 1, lambda: bool(error), lambda: error.between(-1, 1)):
        with pytest.raises(Unsupported):
            wrong()
    with pytest.raises(Unsupported):
        (error <= 1).holds_at((0,))


# --- forged certificates ---------------------------------------------------------------------------------------------


def _certificate() -> dict[str, Any]:
    a, b = variables("x", 2)
    net = network((a, b), relu(a - b))
    return copy.deepcopy(proved(lp_error(net, {(1, 0): 1}, TRIANGLE, p=1) <= 1).certificate.data)


def _refused(data: dict[str, Any]) -> bool:
    try:
        kernel.check(Certificate(data).text)
    except kernel.Rejected:
        return True
    return False


def test_values_that_are_wrong_by_little_are_refused() -> None:
    x = variable("x")
    net = network(x, relu(x))
    for shift in (Fraction(1, 10**30), Fraction(-1, 10**30)):
        data = copy.deepcopy(proved(integral(net, {(2,): 1}, interval(-1, 1)) == "1/3").certificate.data)
        wrong = (integral(net, {(2,): 1}, interval(-1, 1)) == Q("1/3") + shift).statement()
        assert isinstance(prove(integral(net, {(2,): 1}, interval(-1, 1)) == Q("1/3") + shift), Refuted)
        data["statement"] = wrong
        assert _refused(data)


def test_simplices_that_overlap_or_leave_gaps_are_refused() -> None:
    data = _certificate()
    places = [k for k, step in enumerate(data["evidence"]["steps"]) if step[0] == "simplex"]
    assert len(places) > 2
    for place in places:
        step = data["evidence"]["steps"][place]
        for number, corner in enumerate(step[2]):
            moved = copy.deepcopy(data)
            middle = [format(sum(int(v[k], 16) for v in step[2]), "x") for k in range(2)]
            vertices = [[format(3 * int(entry, 16), "x") for entry in vertex] for vertex in step[2]]
            vertices[number] = middle  # a smaller simplex inside of the case
            moved["evidence"]["steps"][place] = ["simplex", format(3 * int(step[1], 16), "x"), vertices]
            assert _refused(moved)
            grown = copy.deepcopy(data)
            opposite = [[int(entry, 16) for entry in vertex] for vertex in step[2]]
            opposite[number] = [2 * entry - int(c, 16) for entry, c in zip(opposite[number - 1], corner, strict=True)]
            grown["evidence"]["steps"][place][2] = [[_hex(entry) for entry in vertex] for vertex in opposite]
            assert _refused(grown)
    assert not _refused(data)


def test_a_leaf_that_is_called_empty_is_refused() -> None:
    data = _certificate()
    for place, step in enumerate(data["evidence"]["steps"]):
        if step[0] == "simplex":
            for word in ("empty", "thin"):
                forged = copy.deepcopy(data)
                forged["evidence"]["steps"][place] = [word, [0, "1"]]
                assert _refused(forged)


def test_integrals_of_another_integrand_are_refused() -> None:
    data = _certificate()
    for field, other in (("power", 2), ("absolute", "no")):
        forged = copy.deepcopy(data)
        forged["statement"][field] = other
        forged["statement"]["bounds"] = {"over": "1", "at": ["1", "1"]}
        assert _refused(forged)


def _hex(entry: int) -> str:
    return format(entry, "x")
