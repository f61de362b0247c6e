"""Functions written by as few ReLUs as possible."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.theory.narrow_learning.line_form import Line, LineForm, line_form
from verinet.theory.narrow_learning.orientations import narrow_form
from verinet.theory.ridges import Ridge, RidgeSum

numbers = st.fractions(-2, 2, max_denominator=2)
rows = st.tuples(numbers, numbers)
# weights of few values in the plane: parallel, antipodal, cancelling and 0 among them, and always dependent
neurons = st.lists(st.builds(Ridge, numbers.filter(bool), rows), max_size=6).map(tuple)


@settings(max_examples=30)
@given(neurons)
def test_a_function_of_so_many_relus_never_needs_more(ridges):
    f = RidgeSum((Fraction(0),) * 2, ridges=ridges)
    found = narrow_form(line_form(f), len(ridges))
    assert found.merged() == f.merged()
    assert not any(found.linear)
    assert len(found.ridges) <= len(ridges)


@settings(max_examples=30)
@given(neurons, rows, st.integers(1, 8))
def test_with_any_linear_part_and_any_bound_the_function_is_the_same(ridges, linear, count):
    f = RidgeSum(linear, ridges=ridges)
    found = narrow_form(line_form(f), count)
    assert found.merged() == f.merged()
    assert any(found.linear) or len(found.ridges) <= max(count, len(line_form(f).lines))


def test_the_slack_is_not_exceeded():
    one, tiny = Fraction(1), Fraction(1, 10**9)
    form = LineForm((one + tiny, Fraction(0)), (Line(one, (one, Fraction(0))),))
    assert narrow_form(form, 1, slack=tiny).ridges == (Ridge(Fraction(2), (one, Fraction(0))),)
    kept = narrow_form(form, 1, slack=tiny / 2)
    assert any(kept.linear)
    assert kept.merged() == form.ridge_sum().merged()


def test_twenty_lines_in_the_plane():
    ridges = tuple(Ridge(Fraction(i % 3 + 1), (Fraction((-1) ** i), Fraction(i * (-1) ** (i // 2)))) for i in range(20))
    f = RidgeSum((Fraction(0),) * 2, ridges=ridges)
    found = narrow_form(line_form(f), 20)
    assert found.merged() == f.merged()
    assert not any(found.linear)
    assert len(found.ridges) <= 20
