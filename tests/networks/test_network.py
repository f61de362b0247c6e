"""The graph: what it refuses, what it counts, what it hashes, what its certified range holds."""

from __future__ import annotations

import pickle
from fractions import Fraction as F

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.networks.strategies import AFFINE, HUGE, networks, plain_evaluation, small
from verinet.errors import EmptyDomain, InexactInput, NotANumber, ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.networks import Affine, Input, Network, Vertex, activation, layered, network, relu, variable
from verinet.networks.activations import IDENTITY, RELU
from verinet.networks.evaluate import RationalArithmetic, vertex_values
from verinet.networks.network import Activate

X = Vertex(Input(2, "x"), (), "x")


def affine(rows, bias, *sources):
    return Vertex(Affine(Matrix.from_rows(rows), Matrix.column(bias)), sources)


BAD = {
    "later source": ((X, affine([[1, 1]], [0], 1)), (("y", 1),)),
    "negative source": ((X, affine([[1, 1]], [0], -1)), (("y", 1),)),
    "no source": ((X, affine([[1, 1]], [0])), (("y", 1),)),
    "columns": ((X, affine([[1]], [0], 0)), (("y", 1),)),
    "columns, two sources": ((X, affine([[1, 1]], [0], 0, 0)), (("y", 1),)),
    "bias": ((X, affine([[1, 1]], [0, 0], 0)), (("y", 1),)),
    "bias row": ((X, Vertex(Affine(Matrix.identity(2), Matrix.from_rows([[0, 0]])), (0,))), (("y", 1),)),
    "activations": ((X, Vertex(Activate((RELU,)), (0,))), (("y", 1),)),
    "two sources of activations": ((X, Vertex(Activate((RELU,) * 4), (0, 0))), (("y", 1),)),
    "input with source": ((X, Vertex(Input(1, "u"), (0,))), (("y", 1),)),
    "empty input": ((Vertex(Input(0, "u")),), (("y", 0),)),
    "empty affine": ((X, Vertex(Affine(Matrix.zeros(0, 2), Matrix.zeros(0, 1)), (0,))), (("y", 1),)),
    "no readout": ((X,), ()),
    "readout out of range": ((X,), (("y", 1),)),
    "readout names": ((X,), (("y", 0), ("y", 0))),
    "input names": ((X, X), (("y", 0),)),
    "no input": ((), (("y", 0),)),
}


@pytest.mark.parametrize("nodes, readouts", BAD.values(), ids=BAD)
def test_shapes_that_do_not_fit_are_refused(nodes, readouts):
    with pytest.raises(ShapeMismatch, match="Fix: "):
        Network(nodes, readouts)


def test_domains():
    f = Network((X,), (("y", 0),))
    g = f.with_domain([(-1, "1/3"), (0, 0)])
    assert g.domain == ((F(-1), F(1, 3)), (F(0), F(0)))
    assert g.with_domain(None) == f
    with pytest.raises(EmptyDomain):
        f.with_domain([(0, 1), (1, 0)])
    for sides in ([(0, 1)], [(0, 1, 2), (0, 1)]):
        with pytest.raises(ShapeMismatch):
            f.with_domain(sides)
    with pytest.raises(InexactInput):
        f.with_domain([(0.5, 1), (0, 1)])
    with pytest.raises(Unsupported, match="domain"):
        f.certified_range()


def test_counts_follow_the_longest_path():
    mixed = Vertex(Activate((RELU, IDENTITY)), (1,))
    nodes = (X, affine([[1, 0], [0, 1]], [0, 0], 0), mixed, affine([[1, 1, 1, 1]], [0], 2, 0))
    f = Network((*nodes, Vertex(Activate((RELU,)), (3,))), (("a", 4), ("b", 2)))
    assert (f.depth, f.width, f.size, f.level_widths) == (2, 1, 2, (1, 1))
    assert f.outputs == (("a", slice(0, 1)), ("b", slice(1, 3)))
    assert f.inputs == (("x", slice(0, 2)),)
    assert (f.input_size, f.output_size) == (2, 3)
    assert f(1, -2) == (F(0), F(1), F(-2))
    assert repr(f) == "<Network 2-1-1-3, size 2>"


def test_calls_take_exact_numbers_only():
    f = layered([[[1, 1]]], [[0]])
    assert f(1, "1/2") == f((1, F(1, 2))) == f([1, "0.5"]) == (F(3, 2),)
    with pytest.raises(ShapeMismatch, match="2 input channels"):
        f(1)
    with pytest.raises(InexactInput):
        f(0.5, 1)
    with pytest.raises(NotANumber):
        f("one", 1)


def test_the_graph_is_a_frozen_view():
    x = variable("x")
    f = network(x, relu(x) + x)
    assert isinstance(f.graph, nx.DiGraph)
    assert nx.is_frozen(f.graph)
    assert nx.is_directed_acyclic_graph(f.graph)
    assert [f.graph.nodes[i]["kind"] for i in f.graph] == ["input", "affine", "activate", "affine"]
    assert set(f.graph.nodes[1]) == {"kind", "size", "name", "operation"}
    assert f.graph is f.graph
    twice = Network((X, affine([[1, 1, 1, 1]], [0], 0, 0)), (("y", 1),))
    assert twice.graph.edges[0, 1]["positions"] == (0, 1)


@given(networks())
def test_equality_hash_and_pickle_go_by_content(f):
    again = pickle.loads(pickle.dumps(f))
    assert again == f
    assert hash(again) == hash(f)
    assert again.hash == f.hash
    assert len(f.hash) == 64


def test_the_hash_sees_every_part():
    def make(weight=F(1), name="y", act=RELU, domain=((F(0), F(1)),)):
        nodes = (Vertex(Input(1, "x"), (), "x"), affine([[weight]], [0], 0), Vertex(Activate((act,)), (1,)))
        return Network(nodes, ((name, 2),), domain)

    changed = [make(weight=HUGE), make(name="z"), make(act=activation("abs")), make(domain=None)]
    assert len({f.hash for f in [make(), *changed]}) == 5
    assert make().hash == make().hash


def test_the_hash_sees_names_which_the_function_does_not():
    f = layered([[[1]]], [[0]])
    renamed = Network((f.vertices[0], Vertex(f.vertices[1].operation, (0,), "other")), f.readouts)
    assert renamed(3) == f(3)
    assert renamed.hash != f.hash


def test_an_empty_side_of_many_digits_is_told():
    with pytest.raises(EmptyDomain, match="Fix:"):
        layered([[[1]]], [[0]]).with_domain([(10**5000, 0)])


@given(networks(small, (*AFFINE, activation("floor"), activation("frac"), activation("repu", 2))), st.data())
def test_certified_ranges_hold_all_values(f, data):
    box = [
        tuple(sorted(data.draw(st.tuples(*[st.fractions(-3, 3, max_denominator=8)] * 2)))) for _ in range(f.input_size)
    ]
    f = f.with_domain(box)
    t = [data.draw(st.fractions(0, 1, max_denominator=8)) for _ in box]
    x = [low + s * (high - low) for s, (low, high) in zip(t, box, strict=True)]
    values = vertex_values(f, x, RationalArithmetic())
    for column, sides in zip(values, f.certified_range(), strict=True):
        for (value,), (low, high) in zip(column.to_rows(), sides, strict=True):
            assert low <= value <= high


def test_certified_range_of_smooth_neurons():
    for name in ("logistic", "tanh", "softplus", "exp2", "sine"):
        nodes = (Vertex(Input(1, "x")), Vertex(Activate((activation(name),)), (0,)))
        ((low, high),) = Network(nodes, (("y", 1),)).with_domain([(-1, 1)]).certified_range()[1]
        assert low < high
        assert F(-1) <= low
        assert high <= 2 + F(1, 10**9)


@given(networks(), st.lists(st.fractions(-3, 3, max_denominator=9), min_size=4, max_size=4))
def test_a_call_is_the_plain_evaluation(f, x):
    assert list(f(x[: f.input_size])) == plain_evaluation(f, x[: f.input_size])
