"""Proofs by plan: constructions proved cell by cell and checked again; wrong plans and false claims stay unproved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from math import comb
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet import kernel
from verinet.claims import Proved, Refuted, Unknown
from verinet.claims.integrals import IntegralBetween
from verinet.claims.language import SupErrorAtMost
from verinet.claims.plans import Joint, Plan
from verinet.geometry.polyhedra import box, interval
from verinet.provers import by_cells, decide, integrals
from verinet.provers.bernstein_goals import coefficients
from verinet.provers.portfolio import prove
from verinet.theory.construction import Construction
from verinet.theory.minimal_width.floor import floor
from verinet.theory.minimal_width.leaky import leaky
from verinet.theory.minimal_width.leaky_pair import leaky_pair
from verinet.theory.minimal_width.lu import lu
from verinet.theory.minimal_width.smooth import smooth
from verinet.theory.minimal_width.stepped import stepped
from verinet.work import SILENT

THIRD, HALF = Fraction(1, 3), Fraction(1, 2)
CURVE = [{(1,): 1}, {(2,): 1}]
SQUARES = [{(2, 0): 1}, {(1, 1): 1}]
SOLID = [{(1, 0, 0): 1}, {(0, 1, 1): 1}, {(0, 0, 2): 1}]
TENT = [(interval(0, THIRD), {(1,): 1}), (interval(THIRD, 1), {(1,): -1, (0,): 1})]
BREAK = [(box((0, THIRD), (0, 1)), {(1, 0): 1}), (box((THIRD, 1), (0, 1)), {(0, 1): -1, (0, 0): 1})]
X = sympy.Symbol("x")

CASES: dict[str, tuple[Callable[..., Construction], Any, dict[str, Any]]] = {
    "leaky 1-1": (leaky, {(2,): 1}, {"alpha": "1/4", "resolution": 3}),
    "leaky 1-2": (leaky, CURVE, {"alpha": "1/4", "resolution": 2}),
    "leaky 2-1": (leaky, {(1, 1): 1}, {"alpha": "1/4", "resolution": 2}),
    "leaky 2-2": (leaky, SQUARES, {"alpha": "1/2", "resolution": 2}),
    "leaky 1-3": (leaky, [*CURVE, {(3,): 1}], {"alpha": "1/4", "resolution": 2}),
    "pair 1-1": (leaky_pair, {(2,): 1}, {"alpha": "1/4", "resolution": 3}),
    "pair 1-2": (leaky_pair, CURVE, {"alpha": "1/4", "resolution": 2}),
    "pair 2-2": (leaky_pair, SQUARES, {"alpha": "1/4", "resolution": 2}),
    "stepped 1-2": (stepped, CURVE, {"resolution": 3}),
    "stepped 3-3": (stepped, SOLID, {"resolution": 2}),
    "floor 1-1": (floor, {(2,): 1}, {"resolution": 3}),
    "floor 2-1": (floor, {(1, 1): 1}, {"resolution": 2}),
    "lu 2": (lu, SQUARES, {"resolution": 3}),
    "lu 2, steep": (lu, SQUARES, {"resolution": 2, "alpha": 3, "p": 4, "domain": [(-1, 1), (0, HALF)]}),
    "lu 2, one value constant": (lu, [{(0, 0): 1}, {(1, 0): 2}], {"resolution": 2}),
    "lu 2, one cell": (lu, SQUARES, {"resolution": 1}),
    "lu 3": (lu, SOLID, {"resolution": 2}),
    "smooth 2": (smooth, SQUARES, {"resolution": 2}),
    "leaky, piecewise": (leaky, BREAK, {"alpha": "1/4", "resolution": 2}),
    "lu, piecewise": (lu, [BREAK, {(1, 1): 1}], {"resolution": 2}),
    "stepped, piecewise": (stepped, BREAK, {"resolution": 2}),  # cells end where pieces of the claim do
    "floor, piecewise": (floor, TENT, {"resolution": 2}),
}
SMOOTH: dict[str, tuple[Callable[..., Construction], Any, dict[str, Any]]] = {
    "leaky": (leaky, sympy.sin(X), {"inputs": 1, "alpha": "1/4", "resolution": 2}),
    "pair": (leaky_pair, sympy.exp(X), {"inputs": 1, "alpha": "1/4", "resolution": 2}),
    "stepped": (stepped, sympy.sin(X), {"inputs": 1, "resolution": 2}),
}


def made(name: str, **further: Any) -> Construction:
    build, targets, known = CASES[name]
    options = known | further
    inputs = {"inputs": options.get("inputs", _inputs(targets))} if build not in (lu, smooth) else {}
    return build(targets, **inputs, **options)


def plan_of(found: Construction) -> Plan:
    assert found.plan is not None
    return found.plan


def _inputs(targets: Any) -> int:
    while isinstance(targets, list):
        targets = targets[0][1] if isinstance(targets[0], tuple) else targets[0]
    return len(next(iter(targets)))


@contextmanager
def by_plan_alone() -> Iterator[None]:
    """Where no proof by cells is found, the verdict is Unknown at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(integrals, "integral_between", lambda *_: Unknown("no plan"))
        patch.setattr(decide, "universal", lambda *_: Unknown("no plan"))
        yield


@pytest.mark.parametrize("name", CASES)
def test_constructions_are_proved_by_their_plans(name: str) -> None:
    found = made(name)
    with by_plan_alone():
        verdict = prove(found.claim, 100, plan=found.plan)
    assert isinstance(verdict, Proved), verdict
    report = kernel.check(verdict.certificate.text)
    assert not report.assumptions
    assert report.kind in ("integral", "sup-error-at-most", "all")


@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_targets_need_assumptions_about_themselves_alone(name: str) -> None:
    build, target, options = SMOOTH[name]
    found = build(target, **options)
    with by_plan_alone():
        verdict = prove(found.claim, 100, plan=found.plan)
    assert isinstance(verdict, Proved), verdict
    assert kernel.check(verdict.certificate.text).assumptions


@pytest.mark.parametrize(
    "name", ["leaky 2-1", pytest.param("lu 2", marks=pytest.mark.nightly)], ids=["one value", "invertible"]
)
def test_the_evidence_grows_like_the_cells(name: str) -> None:
    """Four times the cells: blocks and steps, all of them, stay below six times as many."""
    few, many = (_counts(made(name, resolution=n)) for n in (3, 6))
    assert all(b < 6 * a for a, b in zip(few, many, strict=True)), (few, many)


def _counts(found: Construction) -> tuple[int, int]:
    claim = found.claim
    assert isinstance(claim, IntegralBetween)
    evidence = by_cells.by_cells(claim.statement(), plan_of(found), SILENT, by_cells.simplices)
    blocks = evidence["blocks"]
    return len(evidence["steps"]) + len(blocks), sum(len(block["steps"]) for block in blocks)


# ----------------------------------------------------------------------------------------------- false claims


@pytest.mark.parametrize("name", ["leaky 1-1", "leaky 2-2", "pair 1-1", "lu 2, steep"])
def test_an_integral_below_that_of_the_good_cells_is_not_proved(name: str) -> None:
    found = made(name)
    good = found.facts.get("error^p on good cells", found.facts.get("good_error_power"))
    assert isinstance(found.claim, IntegralBetween)
    assert isinstance(good, Fraction)
    assert 0 < good < found.claim.high
    false = replace(found.claim, high=good * Fraction(99, 100))
    with by_plan_alone():
        assert isinstance(prove(false, 100, plan=found.plan), Unknown)


@pytest.mark.parametrize("name", ["stepped 1-2", "stepped 3-3", "floor 1-1", "floor 2-1"])
def test_a_sup_error_that_a_point_exceeds_is_refuted_there(name: str) -> None:
    found = made(name)
    claim = found.claim
    assert isinstance(claim, SupErrorAtMost)
    false = replace(claim, error=claim.error_at(tuple(low for low, _ in _sides(found))) / 2 or claim.error / 2)
    with by_plan_alone():
        verdict = prove(false, 100, plan=found.plan)
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample is not None
    assert claim.domain.contains(verdict.counterexample.x)
    assert claim.error_at(verdict.counterexample.x) > false.error


def _sides(found: Construction) -> list[tuple[Fraction, Fraction]]:
    return [(axis[0], axis[-1]) for axis in plan_of(found).axes]


# ------------------------------------------------------------------------------------------------ wrong plans

WRONG = ["leaky 1-1", "leaky 2-1", "pair 1-1", "stepped 1-2", "floor 1-1", "lu 2, one value constant", "lu 2, one cell"]
KNOWN = {name: made(name) for name in WRONG}
SMALL = st.fractions(-2, 2, max_denominator=5)


@st.composite
def wrong_plans(draw: st.DrawFn) -> tuple[Construction, Plan]:
    """A plan with one thing changed."""
    found = KNOWN[draw(st.sampled_from(WRONG))]
    plan = plan_of(found)
    place = draw(st.integers(0, len(plan.joints) - 1))
    joint = plan.joints[place]
    others = plan.joints[:place], plan.joints[place + 1 :]

    def with_joint(changed: Joint) -> Plan:
        return replace(plan, joints=(*others[0], changed, *others[1]))

    moved = st.sampled_from([Fraction(1, 7), Fraction(-1, 7), Fraction(1, 10**9), Fraction(1)])
    choices: dict[str, Callable[[], Plan]] = {
        "axes moved": lambda: replace(plan, axes=tuple((a[0], *(e + draw(moved) for e in a[1:])) for a in plan.axes)),
        "axes inside": lambda: replace(
            plan, axes=tuple((a[0], *(e + draw(moved) for e in a[1:-1]), a[-1]) for a in plan.axes)
        ),
        "axes too short": lambda: replace(plan, axes=tuple(axis[:-1] for axis in plan.axes)),
        "one axis more": lambda: replace(plan, axes=plan.axes * 2, flats=plan.flats * 2),
        "flats swapped": lambda: replace(plan, flats=tuple(tuple(not f for f in flats) for flats in plan.flats)),
        "all flat": lambda: replace(plan, flats=tuple((True,) * len(flats) for flats in plan.flats)),
        "all bad": lambda: replace(plan, flats=tuple((False,) * len(flats) for flats in plan.flats)),
        "no joints": lambda: replace(plan, joints=()),
        "a joint less": lambda: replace(plan, joints=(*others[0], *others[1])),
        "a joint twice": lambda: replace(plan, joints=(*others[0], joint, joint, *others[1])),
        "another layer": lambda: with_joint(replace(joint, layer=joint.layer + draw(st.integers(-2, 3)))),
        "another frame": lambda: with_joint(
            replace(joint, frame=tuple(tuple(e + draw(SMALL) for e in form) for form in joint.frame))
        ),
        "singular": lambda: with_joint(replace(joint, frame=(joint.frame[0],) * len(joint.frame))),
        "a form less": lambda: with_joint(replace(joint, frame=joint.frame[:-1])),
        "other ranges": lambda: with_joint(
            replace(joint, ranges=tuple((low + draw(SMALL), high + draw(SMALL)) for low, high in joint.ranges))
        ),
        "other bottlenecks": lambda: replace(plan, bottlenecks=tuple(draw(st.lists(st.integers(-1, 20), max_size=3)))),
    }
    return found, choices[draw(st.sampled_from(sorted(choices)))]()


@settings(max_examples=40)
@given(wrong_plans())
def test_a_wrong_plan_gives_no_wrong_verdict(given: tuple[Construction, Plan]) -> None:
    found, plan = given
    with by_plan_alone():
        verdict = prove(found.claim, 100, plan=plan)
        assert not isinstance(verdict, Refuted)  # the claim is true
        if isinstance(verdict, Proved):  # a change that does not matter
            kernel.check(verdict.certificate.text)


@settings(max_examples=25)
@given(wrong_plans())
def test_a_wrong_plan_does_not_prove_what_is_false(given: tuple[Construction, Plan]) -> None:
    found, plan = given
    claim = found.claim
    assert isinstance(claim, IntegralBetween | SupErrorAtMost)
    small = Fraction(1, 10**6)
    false = replace(claim, high=small) if isinstance(claim, IntegralBetween) else replace(claim, error=small)
    with by_plan_alone():
        assert not isinstance(prove(false, 100, plan=plan), Proved)


def test_the_search_goes_on_where_the_plan_leads_nowhere() -> None:
    found = made("leaky 1-1")
    verdict = prove(found.claim, 100, plan=replace(plan_of(found), joints=()))
    assert isinstance(verdict, Proved)
    assert "blocks" not in verdict.certificate.data["evidence"]


# ------------------------------------------------------------------------------------------------ thin boxes


@settings(max_examples=30)
@given(st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 2)), SMALL, min_size=1), SMALL, SMALL)
def test_on_a_thin_side_coefficients_are_those_of_powers(
    terms: dict[tuple[int, ...], int | Fraction], at: Fraction, x: Fraction
) -> None:
    found = coefficients(terms, [(at, at), (Fraction(0), Fraction(1))])
    degree = max(key[1] for key in found)
    for y in (Fraction(0), THIRD, Fraction(1)):
        value = sum(entry * x**i * y**k for (i, k), entry in terms.items())
        again = sum(
            entry * (x - at) ** i * comb(degree, j) * y**j * (1 - y) ** (degree - j) for (i, j), entry in found.items()
        )
        assert value == again
