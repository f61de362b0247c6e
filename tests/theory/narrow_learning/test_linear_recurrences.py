"""The shortest recurrence of a sequence."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.exact.linalg import Matrix
from verinet.theory.narrow_learning.linear_recurrences import shortest_recurrence

numbers = st.fractions(-5, 5, max_denominator=9)
nodes = st.lists(numbers, min_size=0, max_size=5, unique=True)


@settings(max_examples=30)
@given(nodes, st.data())
def test_a_sum_of_powers_has_its_nodes_for_roots(nodes, data):
    nonzero = numbers.filter(bool)
    factors = data.draw(st.lists(nonzero, min_size=len(nodes), max_size=len(nodes)))
    terms = [
        sum((c * y**m for c, y in zip(factors, nodes, strict=True)), Fraction(0)) for m in range(2 * len(nodes) + 1)
    ]
    found = shortest_recurrence(terms)
    assert len(found) == len(nodes) + 1
    for node in nodes:
        assert sum(c * node**j for j, c in enumerate(found)) == 0


@settings(max_examples=30)
@given(st.lists(st.fractions(-2, 2, max_denominator=2), max_size=8))
def test_it_is_the_shortest(terms):
    """Compared with linear algebra: no shorter recurrence solves its Hankel system."""
    found = shortest_recurrence(terms)
    length = len(found) - 1
    assert found[-1] == 1

    def obeyed(coefficients):
        size = len(coefficients)
        return all(
            sum((c * terms[m + j] for j, c in enumerate(coefficients)), Fraction(0)) == 0
            for m in range(len(terms) - size + 1)
        )

    assert obeyed(found)
    for size in range(length):
        rows = [[*terms[m : m + size], terms[m + size]] for m in range(len(terms) - size)]
        if rows:
            with_right = Matrix.from_rows(rows)
            without = Matrix.from_rows([row[:-1] for row in rows]).rank() if size else 0
            assert with_right.rank() > without


def test_denominators_of_sixty_digits():
    a, b = Fraction(1, 10**60 + 7), Fraction(10**59, 10**60 + 9)
    found = shortest_recurrence([a**m - b**m for m in range(5)])
    assert found == (a * b, -(a + b), 1)
