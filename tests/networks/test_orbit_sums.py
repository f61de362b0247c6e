"""Orbit sums against a sum written out, and their networks."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import BadFormat, ShapeMismatch
from verinet.networks.orbit_sums import OrbitSum, PairSums

POINTS = st.lists(st.fractions(max_denominator=10**60), min_size=4, max_size=4)


@settings(max_examples=30, deadline=None)
@given(POINTS)
def test_symmetric_group_against_brute_force(x: list[Fraction]) -> None:
    found = OrbitSum.read(4, {"12+13|24": "1/2", "11": -1}, ["(12)", "(1234)"], 3)
    images = {PairSums.read("12+13|24").moved(p) for p in permutations((1, 2, 3, 4))}
    expected = 3 * (sum((term.value(x) for term in images), Fraction(0)) / 2 - sum(x))
    assert found(x) == expected
    assert found.network()(*x) == (expected,)
    assert len(found.terms) == len(images) + 4


def test_six_numbers() -> None:
    term = OrbitSum.read(6, {"12+16|13+45": 1, "14+14|56+56": 1}, ["(123)(456)"])
    assert len(term.terms) == 6
    assert term.network().depth == 2
    assert repr(term) == "sum over the group of (123)(456), 6 terms: [12+16|13+45] + [14+14|56+56]"
    assert r"\sum_{\sigma \in \langle (123)(456) \rangle}" in term.latex()


def test_order_does_not_matter() -> None:
    assert PairSums.read("21+61|54+31") == PairSums.read("[13+45|12+16]")


@pytest.mark.parametrize("text", ["", "12+", "1", "12|", "a2", "01", "12+34|__import__('os')"])
def test_malformed_terms(text: str) -> None:
    with pytest.raises(BadFormat):
        PairSums.read(text)


@pytest.mark.parametrize("cycles", ["", "12", "(12)(23)", "(19)", "(1"])
def test_malformed_cycles(cycles: str) -> None:
    with pytest.raises(BadFormat):
        OrbitSum.read(3, {"12": 1}, [cycles])


def test_sizes() -> None:
    with pytest.raises(ShapeMismatch):
        OrbitSum.read(2, {"13": 1}, [])
    with pytest.raises(ShapeMismatch):
        OrbitSum(2, (), ((1, 1),))
    with pytest.raises(ShapeMismatch):
        PairSums(())
    with pytest.raises(ShapeMismatch, match="group"):
        len(OrbitSum.read(9, {"12": 1}, ["(12)", "(123456789)"]).group)
