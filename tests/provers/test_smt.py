"""The solver's second look: its points refute, its words prove nothing, its text is read by another solver."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet.claims import Always, all_of, any_of
from verinet.exact import solver, terms
from verinet.provers import decide, equalities, portfolio, smt
from verinet.provers.tree import Stopped
from verinet.work import Budget

X, (U, V) = vn.variable("x"), vn.variables("x", 2)
HAT = vn.network(X, 2 * vn.relu(X) - 4 * vn.relu(X - vn.Q("1/2")) + 2 * vn.relu(X - 1))
PAIR = vn.network([U, V], [vn.maximum(U, V), vn.abs_(U) - V])
UNIT = vn.interval(0, 1)
SQUARE = vn.box([-1, 1], dimension=2)
(Y,) = vn.claims.outputs(HAT)
A, B = vn.claims.outputs(PAIR)
P, _ = vn.claims.inputs(PAIR)
NO_CERTIFICATE = "z3 finds no counterexample, but that is no certificate"

FALSE: list[smt.Constrained] = [
    vn.claims.always(HAT, Y < 1, UNIT),
    vn.claims.always(PAIR, all_of(A >= P, any_of(B >= 0, 2 * A <= 1)), SQUARE),
    vn.claims.always(PAIR, A < 1, SQUARE.cut(vn.Halfspace((1, 1), 0))),
    vn.claims.equal(HAT, vn.network(X, 2 * vn.relu(X)), UNIT),
    vn.claims.sup_error(HAT, {(1,): 1}, UNIT) <= "1/2",
]
TRUE: list[smt.Constrained] = [
    vn.claims.always(PAIR, A < 1, SQUARE.cut(vn.Halfspace((1, 1), 0, strict=True))),
    vn.claims.always(HAT, Y <= 1, UNIT),
    vn.claims.always(PAIR, all_of(A >= P, any_of(B >= 0, A >= 0)), SQUARE),
    vn.claims.equal(HAT, vn.network(X, 2 * vn.relu(X) - 4 * vn.relu(X - vn.Q("1/2"))), UNIT),
    vn.claims.sup_error(HAT, {(1,): 1}, UNIT) <= 1,
    vn.claims.sup_error(HAT, {(2,): 1}, UNIT) <= "13/10",
]


@pytest.mark.parametrize("claim", FALSE, ids=lambda claim: claim.text())
def test_a_point_refutes(claim: Always) -> None:
    point = smt.second_look(claim, 20)
    assert isinstance(point, tuple)
    assert claim.refuted_by(point)


@pytest.mark.parametrize("claim", TRUE, ids=lambda claim: claim.text())
def test_unsat_is_only_a_word(claim: Always) -> None:
    assert smt.second_look(claim, 20) == NO_CERTIFICATE


def test_claims_of_existence_are_shown_by_a_point() -> None:
    shown = vn.claims.somewhere(HAT, Y >= 1, UNIT)
    failing = vn.claims.always(HAT, Y < 1, UNIT).fails()
    for claim in (shown, failing):
        point = smt.second_look(claim, 20)
        assert point == (Fraction(1, 2),)
        assert claim.holds_at(point)
    assert smt.second_look(vn.claims.somewhere(HAT, Y > 1, UNIT), 20) == NO_CERTIFICATE


@pytest.mark.parametrize("claim", [*FALSE[:4], *TRUE[:3]], ids=lambda claim: claim.text())
def test_another_solver_reads_the_text(claim: Always) -> None:
    pytest.importorskip("cvc5", reason="left out: cvc5 is not installed")
    expected = "sat" if claim in FALSE else "unsat"
    assert solver.second_opinion(smt.smtlib(claim), 20) == expected


small = st.fractions(min_value=-2, max_value=2, max_denominator=4)


@settings(max_examples=60)
@given(st.lists(small, min_size=9, max_size=9), small, st.booleans(), st.tuples(small, small))
def test_the_constraints_hold_exactly_where_the_claim_is_refuted(
    numbers: list[Fraction], bound: Fraction, strict: bool, at: tuple[Fraction, Fraction]
) -> None:
    a, b, c, d, e, f, g, h, k = numbers
    network = vn.network([U, V], g * vn.relu(a * U + b * V + c) + h * vn.leaky_relu(d * U + e * V + f, "1/3") + k)
    (y,) = vn.claims.outputs(network)
    claim = vn.claims.always(network, (y < bound) if strict else (y <= bound), SQUARE)
    constraints, _ = smt.violation(claim)
    values = {"x0": at[0], "x1": at[1]}
    assert terms.holds(constraints, values) is claim.refuted_by(at)


# --- in the portfolio ------------------------------------------------------------------------------------------------


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A portfolio whose own provers find nothing until the budget is gone."""

    def searched(statement: object, budget: Budget, progress: object, deep: bool) -> Stopped:
        budget.started -= budget.seconds or 0
        return Stopped("nothing was found", 7)

    monkeypatch.setattr(decide, "attack", lambda *arguments: None)
    monkeypatch.setattr(decide, "_searched", searched)
    monkeypatch.setattr(equalities, "_by_bends", lambda *arguments: None)


@pytest.mark.usefixtures("blind")
@pytest.mark.parametrize("claim", FALSE, ids=lambda claim: claim.text())
def test_the_portfolio_refutes_by_the_solvers_point(claim: Always) -> None:
    verdict = portfolio.prove(claim, budget=100)
    assert isinstance(verdict, vn.Refuted)
    assert verdict.counterexample is not None
    assert claim.refuted_by(verdict.counterexample.x)


@pytest.mark.usefixtures("blind")
@pytest.mark.parametrize("claim", TRUE, ids=lambda claim: claim.text())
def test_the_portfolio_never_proves_by_the_solver(claim: Always) -> None:
    verdict = portfolio.prove(claim, budget=100)
    assert isinstance(verdict, vn.Unknown)
    assert verdict.reason == f"the budget of 100 seconds ran out after 7 leaves; {NO_CERTIFICATE}"


@pytest.mark.usefixtures("blind")
def test_a_small_budget_leaves_nothing_for_the_solver() -> None:
    verdict = portfolio.prove(FALSE[0], budget=1)
    assert isinstance(verdict, vn.Unknown)
    assert "z3" not in verdict.reason


@pytest.mark.parametrize(("seconds", "left"), [(1, 1), (20, 18), (1000, 990)])
def test_the_share_is_small(seconds: float, left: float) -> None:
    assert smt.without_share(Budget(seconds=seconds)).seconds == left


def test_what_the_solver_cannot_say_is_not_asked() -> None:
    from verinet.networks.build import apply_activation

    smooth = vn.network(X, apply_activation(X, vn.activation("tanh")))
    (y,) = vn.claims.outputs(smooth)
    claim = vn.claims.always(smooth, y <= 1, UNIT)
    assert smt.second_look(claim, 20) == ""
    with pytest.raises(vn.Unsupported):
        smt.smtlib(claim)
    assert smt.second_look(FALSE[0], None) == ""
