"""Terms, comparisons and normal forms: every form agrees with the formula at every point."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.claims.formulas import (
    Affine,
    AllOf,
    AnyOf,
    all_of,
    any_of,
    as_formula,
    equals,
    holds,
    negate,
    total,
    variables,
)
from verinet.claims.normal_forms import clauses, disjuncts, size
from verinet.errors import InexactInput, Unsupported

x0, x1 = Affine.of_input(0), Affine.of_input(1)
y0, y1 = Affine.of_output(0), Affine.of_output(1)

scalars = st.integers(-3, 3).map(F) | st.fractions(-2, 2, max_denominator=4)
terms = st.builds(lambda k, a, b, c, d: k + a * x0 + b * x1 + c * y0 + d * y1, *[scalars] * 5)
atoms = st.builds(lambda t, strict: t > 0 if strict else t >= 0, terms, st.booleans())
formulas = st.recursive(
    atoms,
    lambda inner: st.builds(
        lambda kind, parts: kind(tuple(parts)), st.sampled_from([AllOf, AnyOf]), st.lists(inner, max_size=3)
    ),
    max_leaves=8,
)
points = st.tuples(st.tuples(scalars, scalars), st.tuples(scalars, scalars))


@given(terms, terms, scalars, points)
def test_arithmetic_of_terms(s: Affine, t: Affine, q: F, point) -> None:
    a, b = s.value(*point), t.value(*point)
    assert (s + t).value(*point) == a + b
    assert (s - t).value(*point) == a - b
    assert (q * s - 1).value(*point) == q * a - 1
    assert (1 - s).value(*point) == 1 - a
    assert total([s, t, s]).value(*point) == 2 * a + b
    assert ((s <= t).holds(*point), (s < t).holds(*point)) == (a <= b, a < b)
    assert ((s >= t).holds(*point), (s > t).holds(*point)) == (a >= b, a > b)
    assert ((q <= s).holds(*point), (q > s).holds(*point)) == (q <= a, q > a)
    assert holds(equals(s, t), *point) == (a == b)


def test_terms_keep_no_zeros() -> None:
    assert x0 + y1 - x0 == y1
    assert 0 * (x0 + y0) == Affine(F(0))
    assert (x0 / 3) * 3 == x0


@settings(max_examples=120)
@given(formulas, points)
def test_normal_forms_agree_everywhere(formula, point) -> None:
    truth = holds(formula, *point)
    assert all(any(a.holds(*point) for a in clause) for clause in clauses(formula)) == truth
    assert any(all(a.holds(*point) for a in case) for case in disjuncts(formula)) == truth
    assert holds(negate(formula), *point) != truth
    assert holds(~formula | formula, *point)
    assert not holds(~formula & formula, *point)


@given(formulas)
def test_size_is_an_upper_bound(formula) -> None:
    for outer, form in ((AllOf, clauses(formula)), (AnyOf, disjuncts(formula))):
        rows, count = size(formula, outer)
        assert len(form) <= rows
        assert sum(map(len, form)) <= count


def test_exact_size_without_repetitions() -> None:
    product = all_of(*(any_of(*(x0 <= 10 * i + j for j in range(3))) for i in range(4)))
    assert size(product, AnyOf) == (81, 324)
    assert size(product, AllOf) == (4, 12)
    assert (len(disjuncts(product)), len(clauses(product))) == (81, 4)


def test_large_normal_forms_are_refused_before_they_are_built() -> None:
    product = all_of(*(any_of(*(x0 <= 10 * i + j for j in range(10))) for i in range(40)))
    with pytest.raises(Unsupported, match=r"normal form.*more than 100000"):
        disjuncts(product)
    with pytest.raises(Unsupported, match="Fix: split"):
        clauses(negate(product))


def test_deep_nesting_needs_no_recursion() -> None:
    formula = x0 <= 0
    for level in range(3_000):
        kind = AllOf if level % 2 else AnyOf
        formula = kind((formula,))
    assert clauses(formula) == ((x0 <= 0,),)
    assert holds(formula, (F(0), F(0)), ()) is True


def test_empty_conjunction_is_true_and_empty_disjunction_false() -> None:
    assert clauses(all_of()) == ()
    assert clauses(any_of()) == ((),)
    assert disjuncts(all_of()) == ((),)
    assert disjuncts(any_of()) == ()


def test_joining_flattens_and_takes_iterables() -> None:
    assert all_of(x0 >= 0, all_of(x0 <= 1, y0 <= 1)) == all_of([x0 >= 0, x0 <= 1, y0 <= 1])
    assert any_of(x0 >= 0) == (x0 >= 0)
    assert any_of(x0 >= i for i in range(2)) == any_of(x0 >= 0, x0 >= 1)


def test_variables_that_occur() -> None:
    assert variables(any_of(x1 <= 0, y0 >= 1)) == (2, 1)
    assert variables(all_of()) == (0, 0)


@pytest.mark.parametrize("slip", [
    lambda: bool(x0 <= 1),
    lambda: 0 <= y0 <= 1,
    lambda: x0 <= 1 and x0 >= 0,
    lambda: not (x0 <= 1),
    lambda: as_formula(y0 == 1),
    lambda: as_formula(y0),
    lambda: all_of(True),
    lambda: x0 * y0,
    lambda: 1 / F(2) * x0 / y0,
    lambda: (y0, y1) <= x0,
])  # fmt: skip
def test_usual_slips_are_explained(slip) -> None:
    with pytest.raises(Unsupported, match="Fix:"):
        slip()


@pytest.mark.parametrize("slip", [lambda: 0.5 * x0, lambda: x0 + 0.5, lambda: y0 <= 0.1, lambda: y0 / 0.5])
def test_floats_are_refused(slip) -> None:
    with pytest.raises(InexactInput):
        slip()
