"""Components of superlevel sets against linear programs on pairs of cells; architectures against counts."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import networkx
import pytest

from tests.provers.small_networks import HUNDRED, small_network
from verinet import kernel
from verinet.claims import Proved, Refuted, architecture, components_reach_boundary
from verinet.errors import NotBounded, ShapeMismatch, Unsupported
from verinet.exact.programs import Feasible, System, feasible
from verinet.geometry import Halfspace, Polyhedron, box, interval, whole_space
from verinet.geometry.polyhedra import integer_row
from verinet.networks import Network, abs_, activation, apply_activation, network, relu, variable, variables
from verinet.provers.portfolio import prove
from verinet.regions.piecewise import piecewise

SQUARE = box((-1, 1), (-1, 2))
LINE = interval(-2, 1)


def expected(net: Network, domain: Polyhedron, level: Fraction, strict: bool) -> bool:
    """Does every component meet the boundary?  Nodes are cells, and programs say which sets meet."""
    f = piecewise(net, domain)
    size = net.input_size
    rows = []
    for cell in range(f.cells):
        weight, bias = f.map_of(cell)
        above = integer_row(bias[0, 0] - level, weight.row(0))
        rows.append((f.complex.h_representation(cell), above))

    def meets(cells: tuple[int, ...], wall: tuple[int, ...] | None = None) -> bool:
        chosen = [(row, False) for cell in cells for row in rows[cell][0]]
        chosen += [(rows[cell][1], strict) for cell in cells]
        if wall is not None:
            chosen += [(wall, False), (tuple(-entry for entry in wall), False)]
        free: tuple[Fraction | None, ...] = (None,) * size
        system = System(tuple(row for row, _ in chosen), tuple(s for _, s in chosen), free, free)
        return isinstance(feasible(system), Feasible)

    walls = [integer_row(-end, [Fraction(int(k == j)) for k in range(size)])
             for j in range(size) for end in (domain.low[j], domain.high[j]) if end is not None]  # fmt: skip
    walls += [half.row() for half in domain.halfspaces]
    graph = networkx.Graph()
    graph.add_nodes_from(cell for cell in range(f.cells) if meets((cell,)))
    graph.add_edges_from(pair for pair in combinations(graph.nodes, 2) if meets(pair))
    return all(
        any(meets((cell,), wall) for cell in component for wall in walls)
        for component in networkx.connected_components(graph)
    )


@pytest.mark.parametrize("number", HUNDRED)
def test_against_programs(number: int) -> None:
    net = small_network(number, (2, 3, 1) if number % 2 else (1, 4, 1), ("relu", "abs", "hard_tanh"))
    domain = SQUARE if number % 2 else LINE
    if number % 4 == 1:
        domain = domain.cut(Halfspace((1, 1), 1))
    values = piecewise(net, domain).range()
    strict = number % 3 == 0
    for share in (Fraction(1), Fraction(9, 10), Fraction(1, 2), Fraction(5, 4)):
        level = values.low + share * (values.high - values.low)
        verdict = prove(components_reach_boundary(net, domain, level, strict=strict))
        truth = expected(net, domain, level, strict)
        assert isinstance(verdict, Proved if truth else Refuted), verdict
        assert verdict.certificate is not None
        kernel.check(verdict.certificate.text)


def test_a_hill_beside_a_ridge() -> None:
    a, b = variables("x", 2)
    hills = network((a, b), relu(1 - abs_(a) - abs_(b)) + relu(abs_(a) - 2))
    square = box([-3, 3], dimension=2)
    verdict = prove(components_reach_boundary(hills, square, "1/2"))
    assert isinstance(verdict, Refuted)
    assert verdict.certificate is not None
    report = kernel.check(verdict.certificate.text)
    assert report.kind == "all"
    assert report.assumptions == []
    assert isinstance(prove(components_reach_boundary(hills, square, 1, strict=True)), Proved)
    assert isinstance(prove(components_reach_boundary(hills, square, 1)), Refuted)
    nothing = prove(components_reach_boundary(hills, square, 4))
    assert isinstance(nothing, Proved)
    assert nothing.theorem.assumptions == ()


def test_a_hill_in_the_bend_of_another() -> None:
    """No box around the inner hill avoids the outer one before the grid is fine enough."""
    a, b = variables("x", 2)
    diagonal = relu(1 - 4 * abs_(a - b) - relu(abs_(a + b) - 2))
    inner = relu(1 - 4 * abs_(a - b - 1) - relu(abs_(a + b) - 2))
    net = network((a, b), diagonal + inner)
    verdict = prove(components_reach_boundary(net, box([-4, 4], dimension=2), "1/2"))
    assert isinstance(verdict, Refuted)
    assert verdict.certificate is not None
    kernel.check(verdict.certificate.text)


def test_a_hill_along_a_slanted_side_of_the_domain() -> None:
    a, b = variables("x", 2)
    hill = network((a, b), relu(1 - abs_(a + b) - 4 * abs_(a - b)))
    strip = box([-2, 2], dimension=2).cut(Halfspace((1, -1), Fraction(3, 4))).cut(Halfspace((-1, 1), Fraction(3, 4)))
    corner = box([-2, 2], dimension=2).cut(Halfspace((1, -1), Fraction(1, 3)))
    for domain in (strip, corner):
        assert not expected(hill, domain, Fraction(1, 8), False)
        verdict = prove(components_reach_boundary(hill, domain, "1/8"))
        assert isinstance(verdict, Refuted)
        assert verdict.certificate is not None
        kernel.check(verdict.certificate.text)
    touching = box([-2, 2], dimension=2).cut(Halfspace((1, -1), Fraction(1, 8)))
    assert isinstance(prove(components_reach_boundary(hill, touching, "1/8")), Proved)


def test_components_need_a_polytope() -> None:
    a, b = variables("x", 2)
    with pytest.raises(NotBounded):
        components_reach_boundary(network((a, b), a + b), whole_space(2), 0)
    with pytest.raises(ShapeMismatch):
        components_reach_boundary(network((a, b), a + b), SQUARE, 0, output=1)


@pytest.mark.parametrize("number", HUNDRED)
def test_architectures(number: int) -> None:
    net = small_network(number, (2, 3, 1 + number % 4, 1))
    widths = (3, 1 + number % 4)
    for measure, found in (("width", max(widths)), ("depth", 2), ("size", sum(widths))):
        quantity = getattr(architecture(net), measure)
        for said in (found - 1, found, found + 1):
            for claim, truth in ((quantity == said, found == said), (quantity <= said, found <= said),
                                 (quantity >= said, found >= said)):  # fmt: skip
                verdict = prove(claim)
                assert isinstance(verdict, Proved if truth else Refuted)
                if isinstance(verdict, Proved):
                    (assumption,) = kernel.check(verdict.certificate.text).assumptions
                    assert assumption["sha256"] == net.hash


def test_activations_of_an_architecture() -> None:
    x = variable("x")
    net = network(x, relu(x) + apply_activation(x, activation("hard_tanh")))
    assert isinstance(prove(architecture(net).only("relu", "hard_tanh")), Proved)
    assert isinstance(prove(architecture(net).only("relu")), Refuted)
    with pytest.raises(Unsupported, match="integer"):
        _ = architecture(net).width == "2"
    with pytest.raises(Unsupported, match="points"):
        (architecture(net).width == 2).holds_at((0,))
