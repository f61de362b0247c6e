"""Halfspaces and polyhedra: membership, exact points, bounding boxes, and the mistakes they refuse."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import EmptyDomain, InexactInput, NotBounded, ShapeMismatch
from verinet.exact.rationals import Q
from verinet.geometry import Halfspace, Polyhedron, box, interval, polytope, whole_space
from verinet.geometry.polyhedra import integer_row

small = st.integers(-4, 4).map(F) | st.fractions(-3, 3, max_denominator=6)
nasty = small | st.integers(1, 10**60).map(lambda d: F(1, d))


def halfspaces(dimension: int) -> st.SearchStrategy[Halfspace]:
    normal = st.tuples(*[small] * dimension)
    return st.builds(Halfspace, normal, nasty, st.booleans())


def test_sign_convention() -> None:
    half = Halfspace((1, -2), 3)
    assert half.contains((3, 0))
    assert not half.contains((4, 0))
    assert half.row() == (3, -1, 2)


def test_strict_halfspace_leaves_its_boundary_out() -> None:
    assert Halfspace((2,), 1).contains((Q("1/2"),))
    assert not Halfspace((2,), 1, strict=True).contains((Q("1/2"),))


@given(halfspaces(2), small, small)
def test_row_has_the_sign_of_the_slack(half: Halfspace, a: F, b: F) -> None:
    row = half.row()
    value = row[0] + row[1] * a + row[2] * b
    slack = half.slack((a, b))
    assert (value > 0, value == 0) == (slack > 0, slack == 0)


def test_integer_row_is_shortest() -> None:
    assert integer_row(F(1, 2), (F(-1, 3), F(2))) == (3, -2, 12)
    assert integer_row(F(4), (F(-6),)) == (2, -3)
    assert integer_row(F(0), (F(0),)) == (0, 0)


def test_box_and_interval() -> None:
    assert interval("-1/3", 2) == box(("-1/3", 2))
    assert box([-1, 1], dimension=3) == Polyhedron((-1,) * 3, (1,) * 3)
    assert box((0, 0)).point() == (F(0),)
    assert whole_space(3).point() == (F(0),) * 3


def test_floats_are_refused() -> None:
    with pytest.raises(InexactInput):
        interval(0, 0.5)
    with pytest.raises(InexactInput):
        Halfspace((0.1,), 1)
    with pytest.raises(InexactInput):
        interval(0, 1).contains((0.5,))


@pytest.mark.parametrize("build", [
    lambda: box(),
    lambda: box((1, 2, 3)),
    lambda: box("01"),
    lambda: box((0, 1), (0, 1), dimension=2),
    lambda: box((0, 1), dimension=0),
    lambda: Polyhedron((), ()),
    lambda: Polyhedron((0,), (1, 1)),
    lambda: Polyhedron((0,), (1,), (Halfspace((1, 1), 0),)),
    lambda: Halfspace((), 0),
    lambda: polytope(),
    lambda: polytope([]),
    lambda: polytope(1),
    lambda: polytope([Halfspace((1,), 0), (1, 2)]),
    lambda: interval(0, 1).cut((1, 0)),
    lambda: Polyhedron(0, 1),
    lambda: Polyhedron((0,), (1,), (1,)),
    lambda: Halfspace(1, 2),
    lambda: Halfspace("12", 2),
    lambda: box((10**5000, 1, 2)),
    lambda: interval(0, 1).contains((0, 0)),
])  # fmt: skip
def test_sizes_are_checked(build) -> None:
    with pytest.raises(ShapeMismatch, match="Fix:"):
        build()


def test_empty_interval_is_refused() -> None:
    with pytest.raises(EmptyDomain, match="swap"):
        interval(1, 0)


@pytest.mark.parametrize("region", [
    Polyhedron((1,), (0,)),
    interval(0, 1).cut(Halfspace((1,), 0, strict=True)),
    interval(0, 1).cut(Halfspace((-1,), -2)),
    whole_space(2).cut(Halfspace((1, 1), 0), Halfspace((-1, -1), -1)),
    whole_space(1).cut(Halfspace((0,), -1)),
    whole_space(1).cut(Halfspace((0,), 0, strict=True)),
    whole_space(2).cut(Halfspace((1, -1), 0), Halfspace((-1, 1), 0, strict=True)),
])  # fmt: skip
def test_empty_sets_have_no_point(region: Polyhedron) -> None:
    assert region.is_empty
    assert region.is_bounded
    with pytest.raises(EmptyDomain):
        region.point()


def test_flat_sets_have_a_point() -> None:
    flat = box((0, 1), (0, 1)).cut(Halfspace((3, -7), 0), Halfspace((-3, 7), 0))
    x, y = flat.point()
    assert 3 * x == 7 * y


def test_sliver_between_close_parallels() -> None:
    width = F(1, 10**60)
    sliver = box((0, 1), (0, 1)).cut(
        Halfspace((1, 1), F(1, 3) + width, strict=True), Halfspace((-1, -1), -F(1, 3), strict=True)
    )
    assert F(1, 3) < sum(sliver.point()) < F(1, 3) + width


@settings(max_examples=60, deadline=None)
@given(st.lists(halfspaces(2), max_size=5), st.lists(st.tuples(small, small), max_size=10))
def test_point_lies_inside_or_no_sample_does(rows: list[Halfspace], samples: list[tuple[F, F]]) -> None:
    region = box((-3, 3), (-3, 3)).cut(*rows)
    inside = [p for p in samples if all(-3 <= c <= 3 for c in p) and all(
        sum(a * x for a, x in zip(h.normal, p, strict=True)) - h.offset < (0 if h.strict else F(1, 10**99))
        and (h.strict or sum(a * x for a, x in zip(h.normal, p, strict=True)) <= h.offset)
        for h in rows
    )]  # fmt: skip
    assert all(region.contains(p) for p in inside)
    if region.is_empty:
        assert not inside
    else:
        assert region.contains(region.point())


def test_bounding_box_from_halfspaces() -> None:
    triangle = polytope(Halfspace((-1, 0), 0), Halfspace((0, -1), 0), Halfspace((2, 3), 1))
    assert (triangle.low, triangle.high) == ((0, 0), (F(1, 2), F(1, 3)))
    assert triangle.is_bounded


def test_halfspaces_in_one_sequence() -> None:
    sides = [Halfspace((-1, 0), 0), Halfspace((0, -1), 0), Halfspace((2, 3), 1)]
    assert polytope(sides) == polytope(*sides) == polytope(tuple(sides))
    assert interval(0, 1).cut([Halfspace((1,), "1/2")]) == interval(0, 1).cut(Halfspace((1,), "1/2"))


def test_no_repr_meets_the_digit_limit() -> None:
    huge = F(10**5000)
    assert repr(interval(0, huge)) == (
        "Polyhedron(low=(Fraction(0, 1),), high=(Fraction(1000000000...00000000, 1),), halfspaces=())"
    )
    assert "0...00000000" in repr(Halfspace((huge,), 1))


def test_bounding_box_keeps_the_sides_it_has() -> None:
    half_given = Polyhedron((0, None), (None, 5), (Halfspace((1, -1), 0), Halfspace((0, 1), 2)))
    assert half_given.bounding_box() == box((0, 2), (0, 5))
    assert half_given.is_bounded


def test_unbounded_sets_are_named() -> None:
    with pytest.raises(NotBounded, match="coordinate 1 is not bounded above"):
        Polyhedron((0, 0), (1, None)).bounding_box()
    with pytest.raises(NotBounded):
        polytope(Halfspace((1, 1), 1))
    with pytest.raises(EmptyDomain):
        polytope(Halfspace((1,), 0), Halfspace((-1,), -1))
    assert not whole_space(1).is_bounded
