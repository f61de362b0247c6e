"""Sup errors: every verdict against exact samples, jumps, single points and empty cases included."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet import Q, kernel
from verinet.claims import Polynomial, Proved, Refuted, Unknown, sup_error
from verinet.networks import Network, activation, apply_activation
from verinet.provers.cases import box_of, first_case, hypothesis
from verinet.provers.polynomial import Terms, bernstein, refute_bound
from verinet.provers.sides import Oracle

x = vn.variable("x")
t = sympy.Symbol("t")
small = st.fractions(-2, 2, max_denominator=6)
unit = [Fraction(k, 60) for k in range(61)]


@st.composite
def line_networks(draw: st.DrawFn) -> Network:
    """A few neurons on a line, some of which jump."""
    total = draw(small) + draw(small) * x
    for _ in range(draw(st.integers(1, 3))):
        act = activation(draw(st.sampled_from(["relu", "abs", "sign", "heaviside", "hard_tanh"])))
        total = total + draw(small) * apply_activation(draw(small) * x + draw(small), act)
    return vn.network(x, total)


@given(line_networks(), st.lists(small, min_size=1, max_size=4), st.fractions(0, 3, max_denominator=8))
@settings(max_examples=60)
def test_on_a_line_every_verdict_is_true(f: Network, target: list[Fraction], error: Fraction) -> None:
    polynomial = Polynomial(1, tuple((c, (k,)) for k, c in enumerate(target)))
    claim = sup_error(f, polynomial, vn.interval(0, 1)) <= error
    largest = max(claim.error_at((point,)) for point in unit)
    match vn.prove(claim, budget=5):
        case Proved():
            assert largest <= error
        case Refuted(counterexample=found):
            assert found is not None
            assert claim.error_at(found.x) > error
        case Unknown(reason=reason):
            # only a bound that is touched without being crossed, where no rational point does it, may stay open
            assert "irrational" in reason or "budget" in reason


@given(line_networks(), st.lists(small, min_size=2, max_size=3))
@settings(max_examples=30)
def test_the_largest_sampled_error_is_no_bound_unless_it_is_the_largest(f: Network, target: list[Fraction]) -> None:
    """The bound that samples suggest is proved, or refuted by a point; for targets up to degree 2, never open."""
    polynomial = Polynomial(1, tuple((c, (k,)) for k, c in enumerate(target)))
    everywhere = vn.interval(0, 1)
    suggested = max((sup_error(f, polynomial, everywhere) <= 0).error_at((point,)) for point in unit)
    assert not isinstance(vn.prove(sup_error(f, polynomial, everywhere) <= suggested), Unknown)


def test_a_jump_comes_near_its_bound_without_attaining_it() -> None:
    """|sign(x) - x| on [-1, 1]: below 1 everywhere but with least upper bound 1."""
    sign = vn.network(x, apply_activation(x, activation("sign")))
    assert isinstance(vn.prove(sup_error(sign, t, vn.interval(-1, 1)) <= 1), Proved)
    refuted = vn.prove(sup_error(sign, t, vn.interval(-1, 1)) <= Q("999999/1000000"))
    assert isinstance(refuted, Refuted)
    open_ = vn.prove(sup_error(sign, t, vn.interval(-1, 1)) == 1)
    assert isinstance(open_, Unknown)
    assert "attained" in open_.reason


@pytest.mark.parametrize("degree", range(1, 6))
def test_a_single_point(degree: int) -> None:
    f = vn.network(x, 2 * x)
    point = vn.interval("1/3", "1/3")
    error = abs(Q("2/3") - Q("1/3") ** degree)
    assert isinstance(vn.prove(sup_error(f, t**degree, point) == error), Proved)
    assert isinstance(vn.prove(sup_error(f, t**degree, point) <= error - Q("1/1000")), Refuted)


def test_a_thin_domain_in_the_plane() -> None:
    a, b = vn.variables("x", 2)
    p, q = sympy.symbols("p q")
    diagonal = vn.Polyhedron((0, 0), (1, 1), (vn.Halfspace((1, -1), 0), vn.Halfspace((-1, 1), 0)))
    claim = sup_error(vn.network((a, b), vn.relu(a) * Q("1/2") + b / 2), p * q, diagonal, variables=(p, q))
    assert isinstance(vn.prove(claim == Q("1/4"), budget=20), Proved)


def test_a_polytope_in_the_plane() -> None:
    """x + y - xy on the triangle x, y >= 0, x + y <= 1 is largest at two corners: 1."""
    a, b = vn.variables("x", 2)
    p, q = sympy.symbols("p q")
    sides = (vn.Halfspace((-1, 0), 0), vn.Halfspace((0, -1), 0), vn.Halfspace((1, 1), 1))
    f = vn.network((a, b), vn.relu(a) + vn.relu(b))
    claim = sup_error(f, p * q, vn.polytope(*sides), variables=(p, q))
    assert isinstance(vn.prove(claim == 1, budget=20), Proved)
    assert isinstance(vn.prove(claim <= Q("9/10"), budget=20), Refuted)


def test_unbounded_domains() -> None:
    a, b = vn.variables("x", 2)
    p, q = sympy.symbols("p q")
    strip = vn.Polyhedron((0, None), (1, None))
    claim = sup_error(vn.network((a, b), vn.relu(a) + 0 * b), p**2, strip, variables=(p, q)) <= Q("1/4")
    assert isinstance(vn.prove(claim), Proved)
    half_line = vn.Polyhedron((0,), (None,))
    assert isinstance(vn.prove(sup_error(vn.network(x, vn.relu(x)), 2 * t, half_line) <= 1), Refuted)
    # where the difference is constant there is nothing to be cut
    assert isinstance(vn.prove(sup_error(vn.network(x, vn.relu(x)), t, half_line) <= 1), Proved)


@given(st.lists(small, min_size=1, max_size=4), small, st.fractions(Fraction(1, 6), 2, max_denominator=6))
def test_bernstein_coefficients_give_back_the_polynomial(gap: list[Fraction], a: Fraction, width: Fraction) -> None:
    b, degree = a + width, len(gap) + 1
    weights = bernstein(gap, a, b, degree)
    for s in (Q(0), Q("1/3"), Q(1), Q("-5/2")):
        basis = [sympy.binomial(degree, i) * s**i * (1 - s) ** (degree - i) for i in range(degree + 1)]
        point = a + width * s
        value = sum(c * point**k for k, c in enumerate(gap))
        assert (
            sum(w * Fraction(int(n.p), int(n.q)) for w, n in zip(weights, map(sympy.Rational, basis), strict=True))
            == value
        )


def test_a_cell_is_cut_where_a_bound_is_touched_inside() -> None:
    """x^2 (1 - x)^2 is largest at 1/2, where 1/16 minus it has a double root: no Bernstein form is nonnegative."""
    a, b = vn.variables("x", 2)
    bump = t**2 * (1 - t) ** 2
    assert isinstance(
        vn.prove(sup_error(vn.network(x, 0 * x), bump, vn.interval(0, 1)) == Q("1/16"), budget=20), Proved
    )
    plane = sup_error(vn.network((a, b), 0 * a), bump, vn.box([0, 1], dimension=2), variables=(t, sympy.Symbol("q")))
    assert isinstance(vn.prove(plane == Q("1/16"), budget=20), Proved)


@pytest.mark.parametrize(
    ("dimension", "rows"),
    [
        (1, [([-1, 2], False), ([1, -3], False)]),  # x >= 1/2 and x <= 1/3
        (1, [([-1, 2], True), ([1, -2], False)]),  # x > 1/2 and x <= 1/2
        (1, [([-2, 2], True)]),  # x > 1, against the box alone
        (2, [([-5, 2, 2], False)]),  # x + y >= 5/2 in the unit square
        (2, [([-1, 1, 1], True), ([1, -1, -1], False)]),  # x + y > 1 and x + y <= 1
    ],
)
def test_terms_of_an_empty_case_satisfy_the_kernel(dimension: int, rows: list[tuple[list[int], bool]]) -> None:
    xs = vn.variables("x", dimension)
    # the bound 0 on 1 - x^3 does not hold, so only emptiness can close the case
    target = Polynomial(dimension, ((Q(1), (3,) + (0,) * (dimension - 1)), (Q(-1), (0,) * dimension)))
    claim = sup_error(vn.network(xs, 0 * xs[0]), target, vn.box([0, 1], dimension=dimension)) <= 0
    statement = kernel.read_statement(claim.statement())
    assert statement.domain is not None
    box = box_of(statement.domain)
    forms = tuple(hypothesis(row, strict, place, box) for place, (row, strict) in enumerate(rows))
    start = first_case(statement, box, np.zeros((0, dimension)))
    case = replace(start, hypotheses=len(forms), active=forms)
    for clause in statement.clauses:
        (negation,) = kernel.negated_polynomials(clause, [([0] * (dimension + 1), 1)])
        answer = refute_bound(negation[0], case, Oracle(box))
        assert isinstance(answer, Terms)
        ends = kernel.Box(1, list(statement.domain.box))
        seen = kernel.Case(list(rows), 0, 0, 1, [], [], [], ends, [])
        kernel.refute_polynomial(answer.terms, [negation], seen, statement.domain, "test")
