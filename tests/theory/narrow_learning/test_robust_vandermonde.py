"""Power sums of clumps: solutions, local inverses, bounds, and the example that is nearly tight."""

from __future__ import annotations

from fractions import Fraction
from math import comb, factorial

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from verinet.errors import ShapeMismatch, SingularMatrix, Unsupported
from verinet.theory.narrow_learning.robust_vandermonde import (
    Separation,
    local_inverse,
    power_sums,
    tight_example,
    tight_value,
    vandermonde_solution,
)

tiny = Fraction(1, 10**60)
numbers = st.fractions(-3, 3, max_denominator=7) | st.sampled_from([tiny, -tiny, Fraction(0)])
parts = st.fractions(0, 1, max_denominator=8)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=6, unique_by=lambda pair: pair[0]))
@settings(deadline=None, max_examples=30)
def test_a_solution_interpolates(pairs):
    nodes, values = [a for a, _ in pairs], [b for _, b in pairs]
    found = vandermonde_solution(nodes, values)
    assert len(found) == len(nodes)
    for node, value in pairs:
        assert sum((a * node**power for power, a in enumerate(found)), Fraction(0)) == value


@given(st.lists(parts, min_size=2, max_size=4, unique=True), st.data())
@settings(deadline=None, max_examples=30)
def test_the_lemma_about_separated_nodes(nodes, data):
    values = data.draw(st.lists(numbers, min_size=len(nodes), max_size=len(nodes)))
    m, apart = len(nodes), min(abs(a - b) for a in nodes for b in nodes if a != b)
    square = sum(a * a for a in vandermonde_solution(nodes, values))
    assert square <= (m * (1 / apart) ** (2 * m - 2)) ** 2 * sum(b * b for b in values)


@given(st.lists(st.tuples(parts, numbers), min_size=1, max_size=5), st.integers(1, 5), st.integers(0, 3))
@settings(deadline=None, max_examples=30)
def test_a_local_inverse_sees_the_clump_only_and_its_bound_holds(pairs, near, first):
    nodes, weights = [a for a, _ in pairs], [b for _, b in pairs]
    clump = list(range(min(near, len(nodes))))
    assume(nodes[0] not in nodes[len(clump) :] and (nodes[0] or not first))
    inverse = local_inverse(nodes, clump, first)
    assert inverse(nodes[0]) == 1
    assert all(inverse(node) == 0 for node in nodes[len(clump) :])
    sums = power_sums(nodes, weights, inverse.last + 1)[first:]
    combined = sum((p * s for p, s in zip(inverse.coefficients, sums, strict=True)), Fraction(0))
    assert combined == sum((inverse(nodes[i]) * weights[i] for i in clump), Fraction(0))
    total, largest = abs(sum(weights[i] for i in clump)), max(map(abs, weights))
    assert max(map(abs, sums)) >= inverse.lower_bound(total, largest)


@given(st.lists(st.tuples(parts, numbers), min_size=1, max_size=5), st.integers(1, 5))
@settings(deadline=None, max_examples=30)
def test_the_explicit_bound_holds_and_implies_the_printed_one(pairs, near):
    v, weights = [a for a, _ in pairs], [b for _, b in pairs]
    k, clump = len(v), min(near, len(pairs))
    width = max(abs(a - v[0]) for a in v[:clump])
    gap = min((abs(a - v[0]) for a in v[clump:]), default=Fraction(1))
    separation = Separation(k, clump, v[0], width, gap)
    total, largest = abs(sum(weights[:clump])), max(map(abs, weights))
    sums = power_sums([a * a for a in v], weights, k - clump + 2)[1:]
    assert max(map(abs, sums)) >= separation.explicit_bound(total, largest)
    assert separation.explicit_bound(total, largest) >= separation.printed_bound(total, largest)


def test_the_bound_is_not_empty():
    """Two neurons 1e-6 apart with total weight 1, one neuron elsewhere."""
    separation = Separation(3, 2, Fraction(1, 2), Fraction(1, 10**6), Fraction(1, 4))
    assert separation.explicit_bound(1, 10) > Fraction(1, 200)


@pytest.mark.parametrize("neurons", range(1, 8))
def test_the_tight_example_as_a_polynomial_in_the_gap(neurons):
    gamma = sympy.Symbol("gamma")
    for power in range(neurons):
        total = sum((-1) ** i * comb(neurons - 1, i) * (1 - i * gamma) ** power for i in range(neurons))
        expected = factorial(neurons - 1) * gamma ** (neurons - 1) if power == neurons - 1 else 0
        assert sympy.expand(total - expected) == 0


@given(st.integers(1, 7), st.fractions(Fraction(1, 10**30), Fraction(1, 6)))
def test_the_tight_example_at_a_gap(neurons, gap):
    example = tight_example(neurons, gap)
    assert example.first_power_sum == (neurons - 1, tight_value(neurons, gap))
    # so no bound of this kind is larger than that
    inverse = local_inverse(example.nodes, [0])
    assert inverse.lower_bound(1, max(map(abs, example.weights))) <= tight_value(neurons, gap)


def test_refusals():
    with pytest.raises(ShapeMismatch, match="one weight a node"):
        power_sums([1], [1, 2], 1)
    with pytest.raises(SingularMatrix, match="equal nodes"):
        vandermonde_solution([1, 1], [0, 1])
    with pytest.raises(ShapeMismatch, match="one value a node"):
        vandermonde_solution([1], [0, 1])
    with pytest.raises(SingularMatrix, match="put it into the clump"):
        local_inverse([1, 1], [0])
    with pytest.raises(SingularMatrix, match="power 0"):
        local_inverse([0, 1], [0], 1)
    with pytest.raises(ShapeMismatch, match="at least one place"):
        local_inverse([1, 2], [])
    with pytest.raises(Unsupported, match="from 0 to 1"):
        Separation(2, 3, Fraction(1), Fraction(0), Fraction(0))
    for neurons, gap in ((0, 1), (3, 1), (2, 0)):
        with pytest.raises(Unsupported, match="gap"):
            tight_example(neurons, gap)
