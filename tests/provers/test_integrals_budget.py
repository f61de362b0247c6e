"""Budgets of integrals and L^p errors: they end the work in every long loop, the kernel's check included."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import pytest
import sympy

from verinet import kernel
from verinet.claims import Proved, Unknown, lp_errors, pieces, smooth_targets
from verinet.claims.integrals import integral
from verinet.claims.lp_errors import lp_error
from verinet.claims.verdicts import Certificate, Verdict
from verinet.errors import BudgetExhausted
from verinet.exact import smooth
from verinet.geometry.polyhedra import box, interval
from verinet.networks import Network, network, relu, variable, variables
from verinet.provers import check_costs, decide, integrals
from verinet.provers import lp_errors as smooth_prover
from verinet.provers.integrals import Leaf, enclosed
from verinet.provers.portfolio import prove
from verinet.work import SILENT, Budget

x = variable("x")
RAMP = network(x, relu(x))
SQUARE = box((-1, 1), (-1, 1))
t, u, v = sympy.symbols("t x_0 x_1")


def bent() -> Network:
    a, b = variables("x", 2)
    return network((a, b), relu(a + b) - relu(a - 2 * b))


def two() -> Network:
    a, b = variables("x", 2)
    return network((a, b), [relu(a + b), relu(a - b)])


def spatial() -> Network:
    xs = variables("x", 4)
    return network(xs, relu(xs[0] + xs[1] - xs[2]) + relu(xs[3] - xs[0]))


CLAIMS: dict[str, Callable[[], Any]] = {
    "power": lambda: lp_error(bent(), {(1, 1): 1}, SQUARE, p=64) <= 5,
    "outputs": lambda: lp_error(two(), [{(1, 1): 1}, {(2, 0): 1}], SQUARE, p=32) <= 5,
    "monomial": lambda: integral(bent(), {(0, 0, 60): 1}, SQUARE) == 1,
    "odd": lambda: lp_error(RAMP, {(2,): 1, (0,): "1/8"}, interval(0, 1), p=1).between("0.0769", "0.077"),
    "smooth": lambda: lp_error(RAMP, sympy.sin(50 * t), interval(-1, 1), p=2) <= 1,
    "rough": lambda: lp_error(RAMP, sympy.sqrt(1 - t**2), interval(-1, 1), p=4) <= 1,
    "plane": lambda: lp_error(bent(), sympy.exp(u * v), SQUARE, p=2) <= 5,
}


def used_up(seconds: float = 5.0) -> Budget:
    return Budget(seconds=seconds, started=time.monotonic() - seconds)


def reason(verdict: Verdict) -> str:
    assert isinstance(verdict, Unknown), verdict
    return verdict.reason


def forbid_check(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(*_: object) -> None:
        raise AssertionError("the kernel was called")

    monkeypatch.setattr(kernel, "check", check)


def counted(monkeypatch: pytest.MonkeyPatch, module: Any) -> list[int]:
    """Grows by one with each look at the budget from that module."""
    calls: list[int] = []
    known = module.keep_going

    def keep_going() -> None:
        calls.append(1)
        known()

    monkeypatch.setattr(module, "keep_going", keep_going)
    return calls


@pytest.mark.parametrize("name", CLAIMS)
def test_a_budget_that_is_used_up_is_the_reason(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    forbid_check(monkeypatch)
    assert "the budget of 5 seconds" in reason(prove(CLAIMS[name](), used_up()))


@pytest.mark.parametrize("name", sorted({*CLAIMS} - {"odd"}))
def test_a_short_budget_is_the_reason(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (check_costs, integrals, smooth_prover):
        monkeypatch.setattr(module, "GRACE", 0.0)
    assert "the budget of 0.05 seconds" in reason(prove(CLAIMS[name](), 0.05))


@pytest.mark.parametrize("name", ["power", "outputs", "monomial", "smooth", "plane"])
def test_a_check_that_would_outlive_the_budget_is_not_begun(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    forbid_check(monkeypatch)
    monkeypatch.setattr(check_costs, "pace", lambda *_: 3600.0)
    assert "the budget of 1000 seconds does not suffice" in reason(prove(CLAIMS[name](), 1000))


def test_bounds_of_a_value_have_the_same_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    quantity = lp_error(bent(), {(1, 1): 1}, SQUARE, p=16) ** 16
    assert "the budget of 5 seconds" in reason(enclosed(quantity, Fraction(1), used_up()))
    monkeypatch.setattr(check_costs, "pace", lambda *_: 3600.0)
    assert "does not suffice" in reason(enclosed(quantity, Fraction(1), Budget(1000)))


def test_the_check_itself_can_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_short(certificate: Certificate) -> Iterator[str]:
        yield next(check_costs.stepwise(certificate))
        raise BudgetExhausted("the time is over", fix="take more")

    monkeypatch.setattr(decide, "stepwise", cut_short)
    verdict = prove(lp_error(bent(), {(1, 1): 1}, SQUARE, p=2) <= 5, 1000)
    assert reason(verdict) == "the budget of 1000 seconds ran out in the kernel's check of a proof"


def test_the_budget_is_looked_at_before_each_step_of_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = counted(monkeypatch, check_costs)
    verdict = prove(lp_error(bent(), {(1, 1): 1}, SQUARE, p=2) <= 5, 1000)
    assert isinstance(verdict, Proved)
    assert len(calls) >= len(verdict.certificate.data["evidence"]["steps"])
    assert decide.check(verdict.certificate).statement_sha256 == verdict.theorem.hash


def test_the_budget_is_looked_at_while_a_smooth_target_is_approached(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = [counted(monkeypatch, module) for module in (smooth, smooth_targets, pieces, lp_errors)]
    claim = lp_error(RAMP, sympy.exp(3 * t), interval(-1, 1), p=2) <= 20
    assert isinstance(prove(claim, 1000), Proved)
    assert all(len(found) >= len(claim.near().errors) > 1 for found in calls)


def test_a_statement_too_long_to_be_written_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smooth_prover, "ENTRY", 3600.0)
    monkeypatch.setattr(lp_errors.LpErrorSmooth, "part", None)
    assert "the budget of 1000 seconds does not suffice" in reason(prove(CLAIMS["smooth"](), 1000))


def test_a_proof_against_a_smooth_target_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    checks, known = [], kernel.check

    def check(*given: Any) -> kernel.Report:
        checks.append(1)
        return known(*given)

    monkeypatch.setattr(kernel, "check", check)
    assert isinstance(prove(lp_error(RAMP, sympy.exp(t), interval(-1, 1), p=2) <= 2), Proved)
    assert len(checks) == 1


def test_products_beyond_those_of_the_kernel_are_known_in_advance(monkeypatch: pytest.MonkeyPatch) -> None:
    forbid_check(monkeypatch)
    claim = lp_error(spatial(), {(1, 1, 0, 0): 1, (0, 0, 2, 0): 1}, box(*[(-1, 1)] * 4), p=20) <= 99
    assert "products of terms" in reason(prove(claim))


# --- what the kernel multiplies --------------------------------------------------------------------------------------


def leaves(found: integrals.Total) -> Iterator[Leaf]:
    todo = [item for item in found.walk.steps if isinstance(item, Leaf)]
    while todo:
        leaf = todo.pop()
        todo.extend(leaf.parts)
        if not leaf.parts:
            yield leaf


@pytest.mark.parametrize(
    "claim",
    [
        lp_error(bent(), {(1, 1): 1}, SQUARE, p=4) <= 5,
        lp_error(two(), [{(1, 1): 1}, {(2, 0): 1, (0, 0): "1/3"}], SQUARE, p=2) <= 9,
        lp_error(RAMP, [(interval(-1, 0), {(1,): 1}), (interval(0, 1), {(3,): 1})], interval(-1, 1), p=4) <= 9,
        integral(bent(), {(1, 0, 5): 1, (0, 0, 0): 2}, SQUARE).between(-99, 99),
        integral(bent(), {(1, 0, 2): 1}, SQUARE, power=3).between(-99, 99),
    ],
)
def test_the_products_are_counted_as_the_kernel_makes_them(claim: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found = integrals.total(claim.statement(), Budget(), SILENT)
    assert not isinstance(found, Unknown)
    foreseen = sum(leaf.work.inserted + leaf.work.raised for leaf in leaves(found))
    certificate = Certificate(
        {
            "format": kernel.FORMAT,
            "assumptions": [],
            "statement": claim.statement(),
            "evidence": {"steps": found.steps()},
        }
    )
    made, known = [0], kernel.product

    def product(first: kernel.Polynomial, second: kernel.Polynomial, where: str) -> kernel.Polynomial:
        made[0] += len(first) * len(second)
        return known(first, second, where)

    monkeypatch.setattr(kernel, "product", product)
    kernel.check(certificate.text)
    outputs = sum(size_of(leaf) for leaf in leaves(found))
    assert made[0] - outputs <= foreseen <= made[0]


def size_of(leaf: Leaf) -> int:
    """At most so many products write the outputs of a leaf in barycentric coordinates, which nobody foresees."""
    size = len(leaf.piece.vertices)
    return 3 * (size + 1) * size
