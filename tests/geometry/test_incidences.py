"""Lists of ids as arrays against lists of ids as lists; vertices that are resolved once."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction as F

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verinet.errors import ShapeMismatch, Unsupported
from verinet.geometry import Incidence, Vertices
from verinet.geometry.incidences import component_labels, distinct_pairs, ids

lists = st.lists(st.lists(st.integers(0, 7), max_size=5), max_size=8)
lower = st.lists(st.lists(st.integers(0, 9), max_size=4), min_size=8, max_size=8)


@given(lists)
def test_lists_come_back(given_lists: list[list[int]]) -> None:
    kept = Incidence.from_lists(given_lists)
    assert kept.lists() == given_lists
    assert [kept[i].tolist() for i in range(len(kept))] == given_lists
    assert kept.sizes.tolist() == [len(entries) for entries in given_lists]
    assert kept.owners.tolist() == [i for i, entries in enumerate(given_lists) for _ in entries]
    assert kept == Incidence.from_lists(given_lists)
    assert hash(kept) == hash(Incidence.from_lists(given_lists))


@given(lists, st.data())
def test_taking_and_turning(given_lists: list[list[int]], data: st.DataObject) -> None:
    kept = Incidence.from_lists(given_lists)
    if given_lists:
        chosen = data.draw(st.lists(st.integers(0, len(given_lists) - 1), max_size=6))
        assert kept.take(np.array(chosen, dtype=np.int64)).lists() == [given_lists[i] for i in chosen]
    turned = kept.transposed(8)
    assert turned.lists() == [[i for i, entries in enumerate(given_lists) for e in entries if e == v] for v in range(8)]


@given(lists, lower)
def test_going_through(upper: list[list[int]], below: list[list[int]]) -> None:
    found = Incidence.from_lists(upper).through(Incidence.from_lists(below))
    assert found.lists() == [sorted({v for e in entries for v in below[e]}) for entries in upper]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5))), st.booleans())
def test_distinct_pairs(pairs: list[tuple[int, int]], huge: bool) -> None:
    """Also where two ids do not fit into one key."""
    factor = 2**40 if huge else 1
    left = np.array([a * factor for a, _ in pairs], dtype=np.int64)
    right = np.array([b * factor for _, b in pairs], dtype=np.int64)
    a, b = distinct_pairs(left, right)
    assert list(zip(a.tolist(), b.tolist(), strict=True)) == sorted({(x * factor, y * factor) for x, y in pairs})


@given(st.integers(1, 30), st.data())
def test_component_labels_are_those_of_networkx(count: int, data: st.DataObject) -> None:
    edges = data.draw(st.lists(st.tuples(*[st.integers(0, count - 1)] * 2), max_size=40))
    graph = nx.Graph(edges)
    graph.add_nodes_from(range(count))
    left, right = (np.array([e[i] for e in edges], dtype=np.int64) for i in (0, 1))
    labels = component_labels(count, left, right)
    parts = sorted(nx.connected_components(graph), key=min)
    assert labels.tolist() == [next(i for i, part in enumerate(parts) if v in part) for v in range(count)]


def test_a_long_path_in_random_order_is_one_component() -> None:
    order = np.random.default_rng(1).permutation(200_000)
    assert component_labels(200_000, order[1:], order[:-1]).max() == 0


def test_what_is_no_incidence_is_refused() -> None:
    for offsets, indices in [([1, 2], [0, 1]), ([0, 2, 1], [0, 1]), ([0, 3], [0, 1]), ([], []), ([0, 1], [-1])]:
        with pytest.raises(ShapeMismatch):
            Incidence(np.array(offsets, dtype=np.int64), np.array(indices, dtype=np.int64))
    with pytest.raises(ShapeMismatch, match="integer"):
        Incidence(np.array([0, 1]), np.array([0.5]))
    with pytest.raises(IndexError):
        Incidence.identity(3)[-1]
    with pytest.raises(ShapeMismatch):
        ids([True, False], 3, "a test")
    with pytest.raises(ValueError, match="read-only"):
        Incidence.identity(3).indices[0] = 1


def test_vertices_are_resolved_once() -> None:
    asked: list[int] = []

    def resolve(indices: Sequence[int]) -> list[tuple[int, ...]]:
        asked.extend(indices)
        return [(2 * i, 6, 4) for i in indices]

    lazy = Vertices.lazily(np.zeros((5, 2)), resolve)
    assert lazy.homogeneous([3, 1, 3]) == [(3, 3, 2), (1, 3, 2), (3, 3, 2)]
    assert lazy.take(np.array([4, 3])).exact([1]) == [(F(3, 2), F(3, 2))]
    assert lazy.exact()[0] == (0, F(3, 2))
    assert asked == [1, 3, 0, 2, 4]
    assert len(lazy) == 5
    assert lazy.dimension == 2


def test_resolvers_that_answer_nonsense_are_refused() -> None:
    for answer in ([], [(1, 2)], [(1, 2, 0)], [(1, 2, -3)]):
        with pytest.raises(ShapeMismatch):
            Vertices.lazily(np.zeros((1, 2)), lambda _, found=answer: found).exact()
    with pytest.raises(ShapeMismatch):
        Vertices.from_points([(1,)]).exact([1])
    with pytest.raises(ShapeMismatch):
        Vertices.from_points([(1,)]).exact([-1])
    with pytest.raises(ShapeMismatch, match="point 1"):
        Vertices.from_points([(1,), (1, 2)])
    with pytest.raises(Unsupported):
        Vertices()


def test_floats_are_the_nearest() -> None:
    tall = Vertices.from_points([(F(10**400), F(-(10**400))), (F(1, 3), F(1, 10**400))])
    assert tall.approximate.tolist() == [[float("inf"), float("-inf")], [1 / 3, 0.0]]
