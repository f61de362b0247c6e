"""Texts are those of `repr`, and exist where `repr` refuses."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from verinet.exact.enclosures import Enclosure
from verinet.exact.printing import spelled
from verinet.exact.programs import Feasible, System
from verinet.networks import activation, chain, layered

HUGE = Fraction(10**5000 + 7, 3**9000)
values = st.recursive(
    st.one_of(st.integers(), st.fractions(), st.booleans(), st.none(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.lists(inner, max_size=3).map(tuple), st.dictionaries(st.integers(), inner)
    ),
    max_leaves=8,
)


@given(values)
def test_short_numbers_are_spelled_as_by_repr(value: object) -> None:
    assert spelled(value) == repr(value)


def test_long_numbers_keep_their_ends() -> None:
    assert spelled(-(10**5000) - 7) == "-100000000...00000007"
    assert spelled({1: [(10**5000,)]}) == "{1: [(1000000000...00000000,)]}"


def test_results_with_long_numbers_have_a_text() -> None:
    shown = (
        Enclosure(-HUGE, HUGE),
        Feasible((HUGE,)),
        System(((10**5000, 1),), (False,), (HUGE,), (None,)),
        activation("leaky_relu", HUGE),
        layered([[[HUGE]]], [[0]]).vertices,
        chain(layered([[[HUGE]], [[1]]], [[HUGE], [0]], activation("leaky_relu", HUGE))),
    )
    for value in shown:
        assert "..." in repr(value)
        assert str(value)
    assert repr(Enclosure(Fraction(0), Fraction(1, 2))) == "Enclosure(low=Fraction(0, 1), high=Fraction(1, 2))"
