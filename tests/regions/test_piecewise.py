"""Piecewise-affine functions: counts, pieces, location, values, and the graph of cells."""

from __future__ import annotations

from fractions import Fraction as F
from random import Random

import pytest

from tests.regions.networks import seeded_case
from verinet.errors import EmptyDomain, NotBounded, ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q
from verinet.geometry.polyhedra import Polyhedron, box, interval, whole_space
from verinet.networks.activations import activation
from verinet.networks.build import (
    abs_,
    apply_activation,
    compose,
    network,
    relu,
    variable,
    variables,
)
from verinet.regions.cell_graph import activation_pattern, cutting_neurons
from verinet.regions.piecewise import PiecewiseAffine, piecewise


def small_functions(d: int, seeds: range, most: int = 60) -> list[PiecewiseAffine]:
    found = []
    for seed in seeds:
        case = seeded_case(seed, d)
        f = piecewise(case.network, case.domain)
        if f.cells <= most:
            found.append(f)
    return found


def inner_point(f: PiecewiseAffine, cell: int, random: Random) -> tuple[F, ...]:
    corners = f.complex.v_representation(cell)
    shares = [F(random.randint(1, 9)) for _ in corners]
    columns = zip(*corners, strict=True)
    return tuple(sum(s * x for s, x in zip(shares, column, strict=True)) / sum(shares) for column in columns)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_cells_maps_and_location(d: int) -> None:
    random = Random(d)
    for f in small_functions(d, range(70 if d == 1 else 25)):
        for cell in range(f.cells):
            point = inner_point(f, cell, random)
            a, b = f.map_of(cell)
            value = tuple(entry for (entry,) in (a @ Matrix.column(point) + b).to_rows())
            assert value == f(point) == f.network(point)
            assert f.locate(point) == (cell,)
            corner = f.complex.v_representation(cell)[0]
            assert f.locate(corner) == f.complex.locate(corner)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_linear_regions_are_connected_and_maximal(d: int) -> None:
    for f in small_functions(d, range(25, 45)):
        graph = f.complex.graph()
        maps = [(a.to_rows(), b.to_rows()) for a, b in map(f.map_of, range(f.cells))]
        graph.remove_edges_from([(p, q) for p, q in graph.edges if maps[p] != maps[q]])
        import networkx

        parts = sorted(sorted(part) for part in networkx.connected_components(graph))
        assert sorted(sorted(piece.cells) for piece in f.pieces) == parts
        assert f.linear_regions == len(parts)
        assert f.affine_maps == len(set(maps)) <= f.linear_regions <= f.cells
        for piece in f.pieces:
            assert all((piece.weight.to_rows(), piece.bias.to_rows()) == maps[cell] for cell in piece.cells)


def test_three_counts_differ() -> None:
    x, y = variables("x", 2)
    # a strip in the middle, the same map on both sides of it, and a bend that cancels
    f = piecewise(
        network((x, y), relu(x) - relu(x - 1) - relu(x - 1) + relu(x - 2) + relu(y) - relu(y)),
        box((-1, 3), (-1, 1)),
    )
    assert (f.cells, f.linear_regions, f.affine_maps) == (8, 4, 3)


def test_the_line_with_and_without_ends() -> None:
    x = variable("x")
    net = network(x, abs_(abs_(x) - 1))
    for domain, cells, vertices in (
        (whole_space(1), 4, 3), (interval(-2, 2), 4, 5), (Polyhedron((0,), (None,)), 2, 2), (interval(2, 3), 1, 2),
    ):  # fmt: skip
        f = piecewise(net, domain)
        assert f.f_vector == (vertices, cells)
        assert f.breakpoints == tuple(F(t) for t in (-1, 0, 1) if domain.contains((t,)) and t != domain.low[0])
    assert piecewise(net)((5,)) == (4,)
    assert piecewise(net).locate(1) == (2, 3)
    affine = piecewise(network(x, 3 * x - 1))
    assert (affine.cells, affine.linear_regions, affine.f_vector, affine.locate(7)) == (1, 1, (0, 1), (0,))


def test_sawtooth_breakpoints() -> None:
    x = variable("x")
    hat = network(x, 2 * relu(x) - 4 * relu(x - "1/2") + 2 * relu(x - 1))
    f = piecewise(compose(hat, times=5), interval(0, 1))
    assert f.breakpoints == tuple(F(k, 32) for k in range(1, 32))
    assert (f.cells, f.linear_regions, f.affine_maps) == (32, 32, 32)


def test_several_breakpoints_and_leaky_slopes() -> None:
    x, y = variables("x", 2)
    net = network(
        (x, y),
        apply_activation(x + y, activation("hard_tanh")) + apply_activation(x - y, activation("leaky_relu", "1/4")),
    )
    f = piecewise(net, box((-1, 1), (-1, 1)))
    assert (f.cells, f.affine_maps) == (6, 6)
    assert f.locate(0, 0) == tuple(c for c in range(6) if f.complex.contains(c, (0, 0)))


@pytest.mark.parametrize("d", [1, 2, 3])
def test_graph_is_complete(d: int) -> None:
    random = Random(d)
    for f in small_functions(d, range(8), most=25):
        graph = f.graph()
        assert graph.number_of_nodes() == f.cells
        assert graph.number_of_edges() == len(f.complex.adjacency)
        for cell, data in graph.nodes(data=True):
            point = inner_point(f, cell, random)
            assert all(row[0] + sum(a * x for a, x in zip(row[1:], point, strict=True)) > 0
                       for row in data["h_representation"])  # fmt: skip
            assert data["v_representation"] == f.complex.v_representation(cell)
            assert (data["weight"], data["bias"]) == f.map_of(cell)
        for one, other, data in graph.edges(data=True):
            assert data["neurons"], "two cells differ in some neuron"
            walls = set(f.complex.facets[-1][one].tolist()) & set(f.complex.facets[-1][other].tolist())
            assert data["facet"] in walls


def test_pattern_signs_and_cutting_neurons() -> None:
    x, y = variables("x", 2)
    inner = relu(x)
    f = piecewise(network((x, y), relu(inner) + relu(y)), box((-1, 1), (-1, 1)))
    for cell in range(f.cells):
        px, py = inner_point(f, cell, Random(0))
        first, second = activation_pattern(f, cell)
        signs = {(-1, 1)[px > 0], (-1, 1)[py > 0]}
        assert set(first) <= signs
        assert (0 in second) == (px < 0)
    left, right = f.locate(Q("-1/2"), Q("1/2"))[0], f.locate(Q("1/2"), Q("1/2"))[0]
    ((vertex, _, breakpoint),) = cutting_neurons(f, left, right)
    assert (vertex, breakpoint) == (f.split.layers[0].origins[0][0], 0)


def test_refusals() -> None:
    x, y = variables("x", 2)
    u = variable("u")
    with pytest.raises(NotBounded):
        piecewise(network((x, y), relu(x)))
    with pytest.raises(Unsupported, match="jumping"):
        piecewise(network(u, apply_activation(u, activation("sign"))), interval(-1, 1))
    with pytest.raises(ShapeMismatch):
        piecewise(network(u, relu(u)), box((0, 1), (0, 1)))
    f = piecewise(network((x, y), relu(x)), box((0, 1), (0, 1)))
    with pytest.raises(EmptyDomain):
        f(2, 0)
    assert f.locate(2, 0) == ()
    with pytest.raises(Unsupported, match="inputs"):
        _ = f.breakpoints


def test_the_domain_of_the_network_is_taken() -> None:
    x = variable("x")
    f = piecewise(network(x, relu(x), domain=[(-1, 2)]))
    assert f.f_vector == (3, 2)
