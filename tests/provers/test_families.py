"""Families of networks with parameters, against their instances and against sympy."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet import kernel
from verinet.claims.families import Family, family, family_equal, lu_layer_injective
from verinet.claims.implications import polynomial_network
from verinet.claims.solver_evidence import SolverEvidence
from verinet.claims.verdicts import Proved, Refuted, Unknown
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.parameters import parameter
from verinet.provers.conditions import holds_for
from verinet.provers.evidence import replayed
from verinet.provers.families import samples
from verinet.regions.symbolic_networks import SymbolicNetwork, symbolic_activation, symbolic_network

ALPHA = parameter("alpha", low=0, high=1, strict=True)
FREE = parameter("a")


def leaky(p: Any) -> SymbolicNetwork:
    return symbolic_network([([[1]], [0]), ([[1]], [0])], symbolic_activation("leaky_relu", p.symbol), [p])


def two_leaky(p: Any, factor: Any) -> SymbolicNetwork:
    act = symbolic_activation("leaky_relu", p.symbol)
    return symbolic_network([([[1], [-1]], [0, 0]), ([[factor, factor * p.symbol]], [0])], act, [p])


def proved(claim: Family) -> Proved:
    verdict = vn.prove(claim, 60)
    assert isinstance(verdict, Proved), verdict
    return verdict


def test_relu_is_two_leaky_by_the_kernel_alone() -> None:
    relu = symbolic_network([([[1]], [0]), ([[1]], [0])])
    a = ALPHA.symbol
    verdict = proved(family_equal(relu, two_leaky(ALPHA, 1 / (1 - a**2))))
    assert verdict.theorem.assumptions == ()
    assert kernel.check(verdict.certificate.text).kind == "always"


def test_a_wrong_factor_is_refuted_by_the_networks_themselves() -> None:
    relu = symbolic_network([([[1]], [0]), ([[1]], [0])])
    claim = family_equal(relu, two_leaky(ALPHA, 1 / (1 + ALPHA.symbol)))
    verdict = vn.prove(claim, 30)
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample is not None
    alpha, x = verdict.counterexample.x
    assert 0 < alpha < 1
    assert claim.networks[0].substitute({})(x) != claim.networks[1].substitute({ALPHA.symbol: alpha})(x)


def rescaled(sign: bool) -> Family:
    l_, u, w, b = parameter("l", positive=sign), parameter("u"), parameter("w"), parameter("b")
    everything = [l_, u, w, b]
    inner, outer = [[l_.symbol * w.symbol]], [[u.symbol]]
    left = symbolic_network([([[w.symbol]], [b.symbol]), ([[u.symbol * l_.symbol]], [0])], parameters=everything)
    return family_equal(left, symbolic_network([(inner, [l_.symbol * b.symbol]), (outer, [0])], parameters=everything))


def test_rescaling_needs_a_positive_factor() -> None:
    verdict = proved(rescaled(True))
    assert [entry["kind"] for entry in verdict.theorem.assumptions] == ["lemma"]
    assert "2 polynomial implications" in verdict.theorem.assumptions[0]["text"]
    assert isinstance(vn.prove(rescaled(False), 30), Refuted)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_lu_layers_are_injective_without_zeros_on_the_diagonal(size: int) -> None:
    verdict = proved(lu_layer_injective(size))
    assert verdict.theorem.trust == "kernel only"
    without = vn.prove(lu_layer_injective(size, diagonal=False), 30)
    assert isinstance(without, Refuted)
    assert without.counterexample is not None
    assert any(without.counterexample.x[-size:])


def test_the_condition_on_one_parameter_is_returned() -> None:
    a = FREE.symbol
    truth = holds_for(family([leaky(FREE)], lambda y, x: y[0] >= x[0]))
    assert truth.relation == (a <= 1)
    assert truth.latex() == r"a \leq 1"
    equal = holds_for(family_equal(two_leaky(FREE, 1), symbolic_network([([[1]], [0]), ([[1]], [0])])))
    assert equal.relation == sympy.Eq(a, 0)
    always = holds_for(family([leaky(FREE)], lambda y, x: y[0] ** 2 >= 0))
    assert always.relation == sympy.true
    irrational = holds_for(family([], lambda y, x: x[0] ** 2 - 2 * a * x[0] + 2 >= 0, parameters=[FREE], inputs=1))
    assert irrational.relation == ((-sympy.sqrt(2) < a) & (a < sympy.sqrt(2)))
    assert irrational.undecided == (-sympy.sqrt(2), sympy.sqrt(2))


@settings(max_examples=20, deadline=None)
@given(st.fractions(-3, 3, max_denominator=9))
def test_the_condition_agrees_with_instances(value: Fraction) -> None:
    claim = family([leaky(FREE)], lambda y, x: y[0] <= x[0] ** 2 + 1)
    truth = holds_for(claim)
    inside = truth.relation.subs(FREE.symbol, sympy.Rational(value.numerator, value.denominator)) == sympy.true
    seen = any(claim.refuted_by({FREE.symbol: value, claim.inputs[0]: Fraction(k, 4)}) for k in range(-16, 17))
    assert inside == (value >= -2)
    assert not (inside and seen)


@settings(max_examples=15, deadline=None)
@given(st.dictionaries(st.tuples(*[st.integers(0, 3)] * 3), st.fractions(-9, 9, max_denominator=60), max_size=4))
def test_a_polynomial_is_a_layer_of_powers(polynomial: dict[tuple[int, ...], Fraction]) -> None:
    network = polynomial_network([polynomial], 3)
    assert network is not None
    for point in product((Fraction(-2), Fraction(1, 3), Fraction(0)), repeat=3):
        wanted = sum(
            (c * point[0] ** e[0] * point[1] ** e[1] * point[2] ** e[2] for e, c in polynomial.items()), Fraction(0)
        )
        assert network(*point) == (wanted,)


def test_cases_cover_every_point_and_say_what_the_networks_say() -> None:
    claim = rescaled(True)
    for point in list(samples(claim))[:80]:
        exact = {s: sympy.Rational(str(v)) for s, v in zip(claim.symbols, point, strict=True)}
        here = [case for case in claim.cases() if all(c.holds(exact) for c in case.given)]
        assert here
        holds = not claim.refuted_by(dict(zip(claim.symbols, point, strict=True)))
        assert all(all(c.holds(exact) for c in case.wanted) == holds for case in here)


def test_what_has_no_short_identity_rests_on_solvers_and_says_so() -> None:
    x, y = sympy.symbols("u v", real=True)
    motzkin = x**4 * y**2 + x**2 * y**4 - 3 * x**2 * y**2 + 1
    claim = family([], lambda _, s: motzkin >= 0, inputs=[x, y])
    verdict = proved(claim)
    assert isinstance(verdict.certificate, SolverEvidence)
    assert [entry["kind"] for entry in verdict.theorem.assumptions] == ["solver"]
    assert replayed(claim, verdict.certificate, 5).assumptions[0]["kind"] == "solver"


def test_no_budget_is_unknown_and_mistakes_are_named() -> None:
    assert isinstance(vn.prove(rescaled(True), 0.0), Unknown)
    with pytest.raises(Unsupported, match="Fix:"):
        family([leaky(ALPHA)], lambda y, x: sympy.sin(y[0]) <= 1)
    with pytest.raises(Unsupported, match="Fix:"):
        family([leaky(ALPHA)], lambda y, x: y[0] <= 0.5 * x[0])
    with pytest.raises(ShapeMismatch, match="Fix:"):
        family([leaky(parameter("x"))], lambda y, x: y[0] >= x[0])
    with pytest.raises(Unsupported, match="one parameter"):
        holds_for(rescaled(True))


def test_a_denominator_is_guarded() -> None:
    """Where it is 0 the relation says nothing: the guard is added, and printed."""
    a, x = sympy.Symbol("a", real=True), sympy.Symbol("x", real=True)
    said = family([], lambda _, x: [sympy.Eq((a + x[0]) / a, 1 + x[0] / a)], parameters=[parameter("a")], inputs=[x])
    assert said.guards == (sympy.Ne(a, 0),)
    assert "0" in said.text()
    assert isinstance(vn.prove(said, budget=20), vn.Proved)


def test_a_relation_that_was_built_without_evaluation_is_no_counterexample() -> None:
    u = parameter("u")
    said = [sympy.Eq(0, 0, evaluate=False), sympy.Eq(u.symbol, u.symbol, evaluate=False)]
    claim = family([], lambda _, __: said, parameters=[u], inputs=[])
    assert not claim.refuted_by({u.symbol: 0})
    proved(claim)
    wrong = family([], lambda _, __: [sympy.Eq(0, 1, evaluate=False)], parameters=[u], inputs=[])
    assert wrong.refuted_by({u.symbol: 0})


def test_the_text_of_a_family_names_slopes_that_are_no_single_symbol() -> None:
    a = parameter("a", low=0, strict=True)
    acts = [symbolic_activation("leaky_relu", slope) for slope in (a.symbol, 1 / a.symbol)]
    net = symbolic_network([([[1]], [0]), ([[1]], [0]), ([[1]], [0])], acts, [a])
    text = family([net], lambda y, x: sympy.Eq(y[0], x[0])).text()
    assert "leaky_relu(leaky_relu(x; a); 1/a)" in text
