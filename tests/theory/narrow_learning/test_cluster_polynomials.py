"""Cluster indicator polynomials against interpolation, and what they isolate."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import ShapeMismatch, SingularMatrix
from verinet.theory.narrow_learning.cluster_polynomials import cluster_polynomial

tiny = Fraction(1, 10**60)
numbers = st.fractions(-2, 2, max_denominator=6) | st.sampled_from([Fraction(0), tiny, -tiny, 1 + tiny])
cases = st.lists(numbers, min_size=1, max_size=5, unique=True).flatmap(
    lambda nodes: st.tuples(
        st.just(nodes), st.sets(st.integers(0, len(nodes) - 1), min_size=1).map(sorted), st.integers(0, 2)
    )
)


@given(cases)
@settings(deadline=None, max_examples=30)
def test_it_is_one_on_the_cluster_and_zero_off_it(case):
    nodes, cluster, doubled = case
    p = cluster_polynomial(nodes, cluster)
    assert [p(node) for node in nodes] == [Fraction(place in cluster) for place in range(len(nodes))]
    assert p.degree <= len(cluster) * (len(nodes) - len(cluster))
    assert p.norm <= p.norm_bound()
    # repeated nodes of the cluster, and repeated others, change where it is 1 and 0 by nothing
    again = cluster_polynomial([*nodes, nodes[cluster[0]]], [*cluster, len(nodes)])
    assert [again(node) for node in nodes] == [p(node) for node in nodes]
    others = [place for place in range(len(nodes)) if place not in cluster][:doubled]
    more = cluster_polynomial(nodes + [nodes[place] for place in others], cluster)
    assert more.coefficients == p.coefficients


@given(cases)
@settings(deadline=None, max_examples=30)
def test_it_is_the_product_of_its_definition_at_other_points(case):
    nodes, cluster, shift = case
    p = cluster_polynomial(nodes, cluster)
    for x in (Fraction(5, 7) + shift, Fraction(-3), tiny):
        expected = Fraction(1)
        for j, other in enumerate(nodes):
            if j not in cluster:
                inner = Fraction(1)
                for i in cluster:
                    inner *= (x - nodes[i]) / (other - nodes[i])
                expected *= 1 - inner
        assert p(x) == expected


@given(cases, st.lists(numbers, min_size=10, max_size=10))
@settings(deadline=None, max_examples=30)
def test_it_isolates_what_belongs_to_the_cluster(case, entries):
    nodes, cluster, _ = case
    parts = [[[entries[2 * i], entries[2 * i + 1]]] for i in range(len(nodes))]
    p = cluster_polynomial(nodes, cluster)

    def combined(weights):
        return [[sum((w * part[0][c] for w, part in zip(weights, parts, strict=True)), Fraction(0)) for c in (0, 1)]]

    moments = [combined([node**order for node in nodes]) for order in range(p.degree + 1)]
    wanted = combined([Fraction(place in cluster) for place in range(len(nodes))])
    assert [list(row) for row in p.isolate(moments)] == wanted


def test_the_coefficients_do_not_see_the_distances_in_the_cluster():
    """Where an interpolating polynomial of the same nodes explodes, this one converges."""
    from verinet.theory.narrow_learning.robust_vandermonde import vandermonde_solution

    near = [cluster_polynomial([Fraction(1, 2), Fraction(1, 2) + gap, 1], [0, 1]) for gap in (Fraction(1, 10), tiny)]
    assert all(p.norm <= 50 for p in near)
    interpolation = vandermonde_solution([Fraction(1, 2), Fraction(1, 2) + tiny, 1], [1, 0, 0])
    assert max(map(abs, interpolation)) > 10**59


def test_a_double_node_on_both_sides_is_refused():
    with pytest.raises(SingularMatrix, match="in the cluster and outside"):
        cluster_polynomial([1, 2, 1], [0])


@pytest.mark.parametrize("cluster", [[], [0, 0], [3], [-1]])
def test_a_cluster_that_is_none_is_refused(cluster):
    with pytest.raises(ShapeMismatch, match="places from 0 to 2"):
        cluster_polynomial([0, 1, 2], cluster)


def test_too_few_moments_are_refused():
    p = cluster_polynomial([0, 1], [0])
    with pytest.raises(ShapeMismatch, match="higher order"):
        p.isolate([[[1]]])
    with pytest.raises(ShapeMismatch, match="different shapes"):
        p.isolate([[[1]], [[1, 2]]])
