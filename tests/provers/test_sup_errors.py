"""Sup errors against pieces, smooth functions and networks; mpmath is the independent look at the smooth ones."""

from __future__ import annotations

import hashlib
import itertools
import random
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet import kernel
from verinet.claims import EqualWithin, Proved, Refuted, Unknown, sup_error
from verinet.claims.lp_errors import lp_error
from verinet.claims.verdicts import Certificate
from verinet.errors import InexactInput, ShapeMismatch, Unsupported
from verinet.exact.rationals import Q
from verinet.geometry.polyhedra import Halfspace, box, interval
from verinet.networks import Network, network, relu, variable, variables
from verinet.provers.portfolio import prove

X = sympy.Symbol("x")
x = variable("x")
ramp = network(x, relu(x))


def chords(values: list[Fraction]) -> Network:
    """The interpolant of these values at k/n."""
    n = len(values) - 1
    slopes = [n * (b - a) for a, b in itertools.pairwise(values)]
    bends = [b - a for a, b in zip([Fraction(0), *slopes], slopes, strict=False)]
    return network(x, sum((bend * relu(x - Fraction(k, n)) for k, bend in enumerate(bends)), 0 * x + values[0]))


def sampled(function: Any, n: int) -> Network:
    return chords([Fraction(int(function(mpmath.mpf(k) / n) * 10**9), 10**9) for k in range(n + 1)])


def test_derivatives_that_are_not_bounded() -> None:
    root = sympy.sqrt(sympy.Symbol("t", nonnegative=True))
    net = network(x, x + Q("1/8"))
    verdict = prove(sup_error(net, target=root, domain=interval(0, 1)) <= "1/7")  # it is 1/8, at 0, 1/4 and 1
    assert isinstance(verdict, Proved)
    assert [entry["kind"] for entry in verdict.theorem.assumptions] == ["enclosure"]
    refuted = prove(sup_error(net, target=root, domain=interval(0, 1)) <= "1/9")
    assert isinstance(refuted, Refuted)
    assert isinstance(prove(sup_error(network(x, x), target=sympy.asin(X), domain=interval(0, 1)) <= "3/5"), Proved)


# --- pieces ----------------------------------------------------------------------------------------------------------

HALVES = [(interval(-1, 0), 0), (interval(0, 1), X**2)]


def test_a_target_in_pieces() -> None:
    error = sup_error(ramp, HALVES, interval(-1, 1))
    verdict = prove(error <= "1/4")
    assert isinstance(verdict, Proved)
    assert verdict.theorem.statement["kind"] == "all"
    assert isinstance(prove(error.attained("1/4", at="1/2")), Proved)
    refuted = prove(error <= "1/5")
    assert isinstance(refuted, Refuted)
    assert refuted.counterexample is not None
    assert (error <= "1/5").refuted_by(refuted.counterexample.x)
    with pytest.raises(Unsupported, match="smaller"):
        error.attained("1/3", at="1/2")
    with pytest.raises(Unsupported):
        _ = error == "1/4"


def test_pieces_in_the_plane() -> None:
    a, b = variables("x", 2)
    net = network((a, b), relu(a - b))
    square = box((0, 1), (0, 1))
    pieces = [(square.cut(Halfspace((1, -1), 0)), 0), (square.cut(Halfspace((-1, 1), 0)), {(1, 0): 1, (0, 1): -1})]
    assert isinstance(prove(sup_error(net, pieces, square) <= 0), Proved)
    with pytest.raises(Unsupported, match="do not cover"):
        sup_error(net, pieces[:1], square) <= 0  # noqa: B015  # making the claim is what fails
    # pieces may overlap where they are compared one by one
    assert isinstance(prove(sup_error(net, [*pieces, (square, 0)], square) <= 1), Proved)


@given(
    st.lists(st.fractions(-2, 2, max_denominator=10**30), min_size=3, max_size=6),
    st.fractions(Fraction(1, 50), Fraction(1, 2), max_denominator=1000),
)
@settings(max_examples=20, deadline=None)
def test_its_own_pieces_are_no_error(values: list[Fraction], shift: Fraction) -> None:
    net, n = chords(values), len(values) - 1
    pieces = []
    for k, (a, b) in enumerate(itertools.pairwise(values)):
        slope = n * (b - a)
        pieces.append((interval(Fraction(k, n), Fraction(k + 1, n)), {(1,): slope, (0,): a - slope * Fraction(k, n)}))
    domain = interval(0, 1)
    assert isinstance(prove(sup_error(net, pieces, domain) <= 0), Proved)
    assert isinstance(prove(lp_error(net, pieces, domain, p=1) == 0), Proved)
    moved = [(piece, {**terms, (0,): terms[(0,)] + shift}) for piece, terms in pieces]
    assert isinstance(prove(sup_error(net, moved, domain) <= shift), Proved)
    assert isinstance(prove(sup_error(net, moved, domain) <= shift * Fraction(999, 1000)), Refuted)
    assert isinstance(prove(lp_error(net, moved, domain, p=3) == shift), Proved)


# --- networks --------------------------------------------------------------------------------------------------------


def test_another_network() -> None:
    other = network(x, relu(x - Q("1/8")))
    error = sup_error(ramp, other, interval(-1, 1))
    assert isinstance(error <= "1/8", EqualWithin)
    assert isinstance(prove(error <= "1/8"), Proved)
    verdict = prove(error == "1/8")
    assert isinstance(verdict, Proved)
    assert len(verdict.theorem.statement["parts"]) == 2
    assert isinstance(prove(error == "1/7"), Refuted)
    assert isinstance(prove(error == "1/9"), Refuted)
    with pytest.raises(ShapeMismatch):
        sup_error(ramp, network(x, [x, x]), interval(-1, 1)) <= 1  # noqa: B015  # making the claim is what fails


# --- smooth functions ------------------------------------------------------------------------------------------------

SMOOTH = [
    (sympy.sin(X), mpmath.sin),
    (sympy.exp(X), mpmath.exp),
    (sympy.sqrt(X + 1), lambda t: mpmath.sqrt(t + 1)),
    (sympy.log(1 + X), lambda t: mpmath.log(1 + t)),
    (1 / (1 + X**2), lambda t: 1 / (1 + t**2)),
    (sympy.tanh(2 * X), lambda t: mpmath.tanh(2 * t)),
    (sympy.cos(sympy.pi * X), lambda t: mpmath.cos(mpmath.pi * t)),
]


@pytest.mark.parametrize("target, function", SMOOTH, ids=[str(target) for target, _ in SMOOTH])
def test_chords_of_a_smooth_function(target: Any, function: Any) -> None:
    net = sampled(function, 8)
    grid = [Fraction(k, 800) for k in range(801)]
    seen = max(abs(mpmath.mpf(net(at)[0].numerator) / net(at)[0].denominator - function(_mp(at))) for at in grid)
    largest = Q(str(mpmath.nstr(seen, 12)))
    verdict = prove(sup_error(net, target, interval(0, 1)) <= largest * Fraction(101, 100))
    assert isinstance(verdict, Proved), verdict
    (assumption,) = verdict.theorem.assumptions
    assert assumption["kind"] == "enclosure"
    assert assumption["origin"].startswith("FLINT ")
    assert assumption["sha256"] == hashlib.sha256(assumption["text"].encode()).hexdigest()
    refuted = prove(sup_error(net, target, interval(0, 1)) <= largest * Fraction(99, 100))
    assert isinstance(refuted, Refuted)
    assert refuted.counterexample is not None
    (at,) = refuted.counterexample.x
    (value,) = net(at)
    assert abs(_mp(value) - function(_mp(at))) > _mp(largest * Fraction(99, 100))


def _mp(value: Fraction) -> Any:
    return mpmath.mpf(value.numerator) / value.denominator


def test_the_assumption_is_true_where_one_looks() -> None:
    rng = random.Random(3)
    for target, function in SMOOTH:
        near = (sup_error(ramp, target, interval(0, 1)) <= "1/100").with_accuracy("1/1000000").near()
        for (piece, polynomial), error in zip(near.polynomials.pieces, near.errors, strict=True):
            assert error <= Fraction(1, 10**6)
            low, high = piece.low[0], piece.high[0]
            for _ in range(10):
                at = low + (high - low) * Fraction(rng.randint(0, 10**6), 10**6)
                assert abs(_mp(polynomial.value((at,))) - function(_mp(at))) <= _mp(error)


def test_a_smooth_function_of_two_variables() -> None:
    a, b = variables("x", 2)
    y, z = sympy.symbols("x_0 x_1")
    plane = network((a, b), a + b)
    error = sup_error(plane, sympy.sin(y + z), box(("-1/2", "1/2"), ("-1/2", "1/2")))
    assert isinstance(prove(error <= "1/6"), Proved)  # 1 - sin 1 = 0.1585...
    assert isinstance(prove(error <= "3/20"), Refuted)


def test_a_bound_close_to_the_error() -> None:
    net = network(x, 0 * x + 2)  # the error against the cosine is 2 - cos 1 = 1.45969769413186028...
    assert isinstance(prove(sup_error(net, sympy.cos(X), interval(0, 1)) <= Q("1.459697695")), Proved)
    assert isinstance(prove(sup_error(net, sympy.cos(X), interval(0, 1)) <= Q("1.459697694")), Refuted)


def test_what_no_enclosure_knows_is_refused() -> None:
    with pytest.raises(Unsupported, match="gamma"):
        sup_error(ramp, sympy.gamma(X), interval(1, 2))
    with pytest.raises(Unsupported, match="Abs"):
        sup_error(ramp, sympy.Abs(X), interval(-1, 1))
    with pytest.raises(InexactInput):
        sup_error(ramp, sympy.sin(0.1 * X), interval(0, 1))
    with pytest.raises(Unsupported, match="positive"):
        sup_error(ramp, sympy.sin(X), interval(0, 1)) <= 0  # noqa: B015  # making the claim is what fails
    with pytest.raises(ShapeMismatch):
        sup_error(network(x, [x, x]), sympy.sin(X), interval(0, 1)) <= 1  # noqa: B015  # making the claim is what fails


def test_no_polynomials_where_the_target_is_not_smooth() -> None:
    verdict = prove(sup_error(ramp, 1 / X, interval(-1, 1)) <= 1)
    assert isinstance(verdict, Unknown)
    assert "not smooth" in verdict.reason or "approximated" in verdict.reason


# --- L^p -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [1, 2, 3])
def test_mean_errors_against_the_sine(p: int) -> None:
    net = network(x, x - relu(2 * x - 1) / 5)
    true = mpmath.quad(lambda t: abs(t - max(2 * t - 1, 0) / 5 - mpmath.sin(t)) ** p, [0, 0.5, 1]) ** (
        1 / mpmath.mpf(p)
    )
    middle = Q(str(mpmath.nstr(true, 8)))
    error, little = lp_error(net, sympy.sin(X), interval(0, 1), p=p), Fraction(1, 1000)
    verdict = prove(error.between(middle - little, middle + little))
    assert isinstance(verdict, Proved)
    assert [entry["kind"] for entry in verdict.theorem.assumptions] == ["enclosure", "lemma"]
    assert isinstance(prove(error <= middle - little), Refuted)
    assert isinstance(prove(error.between(middle + little, 1)), Refuted)
    assert list(verdict.theorem.assumptions) == list(error.between(middle - little, middle + little).assumptions)


# --- forged ----------------------------------------------------------------------------------------------------------


def test_a_part_that_is_left_out_or_exchanged_is_refused() -> None:
    verdict = prove(sup_error(ramp, HALVES, interval(-1, 1)) <= "1/4")
    assert isinstance(verdict, Proved)
    data = dict(verdict.certificate.data)
    parts = data["evidence"]["parts"]
    for forged in (parts[:1], [*parts, parts[0]], [{"steps": []}, parts[1]]):
        with pytest.raises(kernel.Rejected):
            kernel.check(Certificate({**data, "evidence": {"parts": forged}}).text)
    stated = (sup_error(ramp, HALVES, interval(-1, 1)) <= Q("1/4") - Fraction(1, 10**30)).statement()
    with pytest.raises(kernel.Rejected):
        kernel.check(Certificate({**data, "statement": stated}).text)
