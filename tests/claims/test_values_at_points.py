"""Values at points as one claim: what it says, its statement, proofs, refutations, and what is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet import kernel
from verinet.claims.values_at_points import values_at_points
from verinet.errors import NotANumber, ShapeMismatch
from verinet.networks.activations import activation
from verinet.networks.build import apply_activation, network, relu, variable, variables
from verinet.provers import values_at_points as prover
from verinet.work import Budget

X = variable("x")
HALF = network(X, relu(X) / 2)


@given(st.lists(st.fractions(-5, 5, max_denominator=50), min_size=1, max_size=6))
@settings(deadline=None, max_examples=25)
def test_true_values_are_proved_by_the_kernel_alone(places: list[Fraction]) -> None:
    claim = values_at_points(HALF, [[x] for x in places], [max(x, Fraction(0)) / 2 for x in places])
    verdict = vn.prove(claim)
    assert isinstance(verdict, vn.Proved)
    assert verdict.theorem.assumptions == ()
    assert verdict.certificate.data["statement"] == claim.statement()
    parts = kernel.check(verdict.certificate.text)
    assert parts.kind == ("value" if len(places) == 1 else "all")


def test_a_wrong_value_is_refuted_at_its_point() -> None:
    verdict = vn.prove(values_at_points(HALF, [[0], [2], [4]], [0, 1, 3]))
    assert isinstance(verdict, vn.Refuted)
    assert verdict.counterexample is not None
    assert (verdict.counterexample.x, verdict.counterexample.y) == ((Fraction(4),), (Fraction(2),))


def test_the_claim_knows_its_points_only() -> None:
    claim = values_at_points(HALF, [[0], [2]], [0, 5])
    assert claim.refuted_by([Fraction(2)])
    assert claim.holds_at([Fraction(3)])
    assert claim.holds_at([Fraction(0)])
    assert (claim.domain.low, claim.domain.high) == ((Fraction(0),), (Fraction(2),))


def test_several_outputs_and_jumps() -> None:
    a, b = variables("x", 2)
    f = network((a, b), [apply_activation(a - b, activation("floor")), a + b])
    points = [(0, 0), ("7/2", 1), (-3, "1/3")]
    assert isinstance(vn.prove(values_at_points(f, points, [(0, 0), (2, "9/2"), (-4, "-8/3")])), vn.Proved)
    assert isinstance(vn.prove(values_at_points(f, points, [(0, 0), (3, "9/2"), (-4, "-8/3")])), vn.Refuted)


def test_a_long_claim_is_said_shortly() -> None:
    claim = values_at_points(HALF, [[k] for k in range(6)], [Fraction(k, 2) for k in range(6)])
    assert claim.text().endswith("f(3) = 3/2, and the stated values at 2 further points")


def test_a_budget_that_ran_out_is_told() -> None:
    assert isinstance(vn.prove(values_at_points(HALF, [[0], [1]], [0, "1/2"]), Budget(seconds=0)), vn.Unknown)


def test_a_certificate_that_would_be_huge_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = values_at_points(HALF, [[k] for k in range(10)], [Fraction(k, 2) for k in range(10)])
    monkeypatch.setattr(prover, "MOST_BYTES", 1 << 10)
    verdict = vn.prove(claim)
    assert isinstance(verdict, vn.Unknown)
    assert "each of its 10 parts repeats the network" in verdict.reason
    assert isinstance(vn.prove(values_at_points(HALF, [[3]], ["3/2"])), vn.Proved)


@pytest.mark.parametrize(
    ("points", "values", "message"),
    [
        ([], [], "at least one point"),
        ([[0]], [0, 1], "as many values"),
        ([[0], [0, 1]], [0, 1], "one size"),
        ([[0], [1]], [0, (1, 2)], "1 outputs"),
        ([[0, 1]], [0], "2 dimensions|1 dimensions"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(points: list[list[int]], values: list[object], message: str) -> None:
    with pytest.raises(ShapeMismatch, match=message):
        values_at_points(HALF, points, values)


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(NotANumber):
        values_at_points(HALF, [["a"]], [0])
