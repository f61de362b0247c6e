"""Shallow polynomials: equality at points and as theorems, widths, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet.claims.targets import Polynomial
from verinet.errors import BudgetExhausted, Unsupported
from verinet.networks.network import Activate
from verinet.theory.memorization.shallow_polynomial import lattice, moved, papers_width, shallow_polynomial

SIZES = [(1, 5), (2, 3), (2, 6), (3, 4), (4, 4)]
COEFFICIENTS = st.fractions(-5, 5, max_denominator=6)


@st.composite
def polynomials(draw: st.DrawFn) -> tuple[dict[tuple[int, ...], Fraction], int]:
    size, degree = draw(st.integers(1, 3)), draw(st.integers(0, 4))
    places = list(lattice(degree, size))
    return {place: draw(COEFFICIENTS) for place in places}, size


@given(polynomials(), st.data())
@settings(deadline=None, max_examples=40)
def test_the_network_is_the_polynomial_above_the_lower_corner(
    given_one: tuple[dict[tuple[int, ...], Fraction], int], source: st.DataObject
) -> None:
    terms, size = given_one
    low = source.draw(st.lists(st.fractions(-2, 2, max_denominator=3), min_size=size, max_size=size))
    made = shallow_polynomial(terms, inputs=size, domain=[(a, a + 2) for a in low])
    steps = source.draw(st.lists(st.fractions(0, 5, max_denominator=4), min_size=size, max_size=size))
    x = [a + b for a, b in zip(low, steps, strict=True)]
    value = sum(c * sympy.prod([sympy.Rational(v) ** e for v, e in zip(x, place, strict=True)])
                for place, c in ((place, sympy.Rational(c)) for place, c in terms.items()))  # fmt: skip
    assert sympy.Rational(made.network(*x)[0]) == value
    assert made.network.depth <= 1


@given(polynomials())
@settings(deadline=None, max_examples=10)
def test_the_equality_is_proved_by_the_kernel_alone(given_one: tuple[dict[tuple[int, ...], Fraction], int]) -> None:
    terms, size = given_one
    verdict = vn.prove(shallow_polynomial(terms, inputs=size).claim)
    assert isinstance(verdict, vn.Proved)
    assert verdict.theorem.assumptions == ()


@pytest.mark.parametrize(("size", "degree"), SIZES)
def test_widths_are_below_the_papers(size: int, degree: int) -> None:
    terms = {place: 1 + sum((j + 2) * e for j, e in enumerate(place)) for place in lattice(degree, size)}
    made = shallow_polynomial(terms, inputs=size)
    names = {
        str(a) for v in made.network.vertices if isinstance(v.operation, Activate) for a in v.operation.activations
    }
    assert names == {f"repu({degree})"}
    assert made.network.width <= comb(degree + size, size) <= papers_width(degree, size)
    assert comb(degree + size, size) <= 2 * (degree + size) ** size


def test_another_polynomial_is_not_proved() -> None:
    made = shallow_polynomial({(2, 1): 1}, inputs=2)
    wrong = vn.claims.sup_error(made.network, {(2, 1): 1, (1, 0): "1/1000"}, vn.box((0, 1), (0, 1))) <= 0
    assert isinstance(vn.prove(wrong, 20), vn.Refuted)


def test_outputs_share_the_neurons() -> None:
    made = shallow_polynomial([{(2,): 1}, {(1,): 3, (0,): "1/2"}, {}], inputs=1)
    assert made.network.width <= 3
    assert made.network("1/3") == (Fraction(1, 9), Fraction(3, 2), Fraction(0))
    assert isinstance(vn.prove(made.claim), vn.Proved)


@pytest.mark.parametrize("target", [{}, {(0, 0): "3/7"}])
def test_constants_need_no_layer(target: dict[tuple[int, int], str]) -> None:
    made = shallow_polynomial(target, inputs=2)
    assert made.network.depth == 0
    assert isinstance(vn.prove(made.claim), vn.Proved)


def test_degree_one_is_relu() -> None:
    made = shallow_polynomial({(1, 0): 2, (0, 1): -1}, inputs=2, domain=[(-3, 3), (1, 2)])
    assert made.network(-3, 2)[0] == -8
    assert isinstance(vn.prove(made.claim), vn.Proved)


@given(st.lists(COEFFICIENTS, min_size=4, max_size=4), st.fractions(0, 1, max_denominator=9))
def test_moved_polynomials_have_the_same_values(coefficients: list[Fraction], u: Fraction) -> None:
    one = Polynomial(1, tuple((c, (k,)) for k, c in enumerate(coefficients) if c))
    box = ((Fraction(-2), Fraction(3)),)
    assert moved(one, box).value((u,)) == one.value((-2 + 5 * u,))


def test_what_is_no_polynomial_or_too_large_is_refused() -> None:
    with pytest.raises(Unsupported, match="polynomials only"):
        shallow_polynomial(sympy.sin(sympy.Symbol("x")), inputs=1)
    with pytest.raises(Unsupported, match="degree 65"):
        shallow_polynomial({(65,): 1}, inputs=1)
    with pytest.raises(BudgetExhausted, match="neurons"):
        shallow_polynomial({(20, 20, 20): 1}, inputs=3)


def test_degree_64_is_reached() -> None:
    made = shallow_polynomial({(64,): 1}, inputs=1)
    assert made.network("1/2") == (Fraction(1, 2**64),)


def test_the_name_of_the_catalogue_builds_it() -> None:
    found = vn.construct("shallow-polynomial", "x*y, x^2 - 1", prove=True)
    assert isinstance(found.verdict, vn.Proved)
    assert found.error_bound == 0
    assert vn.construct("shallow-polynomial", "x", eps="1/2").notes
