"""Violations compiled to a domain and clauses: the same truth at every point, and no blow-up."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.claims.formulas import Affine, AllOf, AnyOf, all_of, any_of, equals, holds
from verinet.claims.violations import safety
from verinet.errors import EmptyDomain, NotBounded, Unsupported

x0, x1 = Affine.of_input(0), Affine.of_input(1)
y0, y1 = Affine.of_output(0), Affine.of_output(1)

grid = st.integers(-3, 3).map(F) | st.sampled_from([F(1, 2), F(-1, 2), F(5, 2)])
bound_atoms = st.builds(
    lambda v, low, strict, q: (v > q if strict else v >= q) if low else (v < q if strict else v <= q),
    st.sampled_from([x0, x1, 2 * x1, -x0]), st.booleans(), st.booleans(), grid,
)  # fmt: skip
row_atoms = st.builds(
    lambda a, b, c, k, strict: (a * x0 + b * x1 + c * y0 > k) if strict else (a * x0 + b * x1 + c * y0 >= k),
    *[st.integers(-2, 2).map(F)] * 4, st.booleans(),
)  # fmt: skip
violations = st.recursive(
    bound_atoms | row_atoms,
    lambda inner: st.builds(
        lambda kind, parts: kind(tuple(parts)),
        st.sampled_from([AllOf, AnyOf]), st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=7,
)  # fmt: skip
samples = st.lists(st.tuples(st.tuples(grid, grid), st.tuples(grid)), min_size=1, max_size=12)


@settings(max_examples=120)
@given(violations, st.booleans(), samples)
def test_a_point_violates_exactly_if_the_claim_fails_there(inner, framed: bool, points) -> None:
    frame = all_of(x0 >= -3, x0 <= 3, x1 >= -3, 2 * x1 <= 6)
    violation = all_of(frame, inner) if framed else inner
    try:
        compiled = safety(violation, 2)
    except EmptyDomain:
        assert not any(holds(violation, *point) for point in points)
        return
    except NotBounded:
        assert not framed
        return
    assert compiled.domain.has_bounded_box
    for x, y in points:
        claim = all(any(atom.holds(x, y) for atom in clause) for clause in compiled.clauses)
        assert holds(violation, x, y) == (compiled.domain.contains(x) and not claim)


def test_common_bounds_become_the_box_and_the_cases_keep_theirs() -> None:
    violation = all_of(
        x0 >= 0, x0 <= 4, x1 < 1, x0 + x1 <= 3,
        any_of(all_of(x1 >= 0, y0 >= 1), all_of(x1 >= "1/2", x0 <= 1, y0 <= -1)),
    )  # fmt: skip
    result = safety(violation, 2)
    assert (result.domain.low, result.domain.high) == ((0, 0), (4, 1))
    assert [half.strict for half in result.domain.halfspaces] == [True, False]
    # the first case loses its bound, which the box implies; the second keeps both of its own
    assert result.clauses == ((y0 < 1,), (x1 < F(1, 2), x0 > 1, y0 > -1))


def test_bounds_in_every_case_give_the_box_of_all_cases() -> None:
    violation = any_of(
        all_of(x0 >= 0, x0 <= 1, y0 >= 5),
        all_of(x0 >= 3, x0 <= 4, y0 >= 6),
        all_of(x0 >= 9, x0 <= 8, y0 >= 7),
    )
    result = safety(violation, 1)
    assert (result.domain.low, result.domain.high) == ((0,), (4,))
    assert result.clauses == ((x0 > 1, y0 < 5), (x0 < 3, y0 < 6))


def test_missing_sides_come_from_the_other_constraints() -> None:
    triangle = all_of(x0 >= 0, x1 >= 0, 2 * x0 + 3 * x1 <= 1, y0 > 0)
    domain = safety(triangle, 2).domain
    assert (domain.low, domain.high) == ((0, 0), (F(1, 2), F(1, 3)))
    assert len(domain.halfspaces) == 1


def test_a_product_of_ors() -> None:
    boxes = any_of(*(all_of(x0 >= 2 * i, x0 <= 2 * i + 1) for i in range(50)))
    outputs = any_of(*(y0 >= y1 + i for i in range(50)))
    result = safety(all_of(boxes, outputs), 1)
    assert len(result.clauses) == 2500
    assert result.domain.high == (99,)


def test_too_many_cases() -> None:
    three = [any_of(*(y0 >= 100 * i + j for j in range(30))) for i in range(3)]
    with pytest.raises(Unsupported, match="27000 cases"):
        safety(all_of(x0 >= 0, x0 <= 1, *three), 1)


def test_equations_bound_from_both_sides() -> None:
    result = safety(all_of(equals(x0, 2), y0 > 0), 1)
    assert (result.domain.low, result.domain.high, result.clauses) == ((2,), (2,), ((y0 <= 0,),))


def test_a_certain_violation_is_a_false_clause() -> None:
    assert safety(all_of(x0 >= 0, x0 <= 1), 1).clauses == ((),)


@pytest.mark.parametrize("violation", [
    all_of(x0 >= 1, x0 <= 0, y0 > 0),
    all_of(x0 >= 0, x0 <= 1, x0 > 1, y0 > 0),
    all_of(x0 >= 0, x0 <= 1, any_of(x0 >= 2, x0 <= -1), y0 > 0),
    all_of(x0 >= 0, x0 <= 1, Affine(F(-1)) >= 0),
    all_of(x0 >= 0, x0 <= 1, x1 >= 0, x1 <= 1, x0 + x1 > 2),
    all_of(x0 - x1 > 0, x1 - x0 > 0),
    any_of(all_of(x0 >= 1, x0 <= 0), all_of(x0 >= 3, x0 <= 2)),
])  # fmt: skip
def test_no_input(violation) -> None:
    with pytest.raises(EmptyDomain, match="Fix:"):
        safety(violation, 2)


@pytest.mark.parametrize("violation, words", [
    (all_of(x0 >= 0, x1 >= 0, y0 > 0), "coordinate 0 is not bounded above"),
    (all_of(x0 >= 0, x0 <= 1, y0 > 0), "coordinate 1 is not bounded below"),
    (all_of(x1 >= 0, x1 <= 1, any_of(all_of(x0 >= 0, x0 <= 1, y0 > 0), y0 < 0)), "in case 2 of 2"),
])  # fmt: skip
def test_unbounded_inputs_are_named(violation, words: str) -> None:
    with pytest.raises(NotBounded, match=words):
        safety(violation, 2)
