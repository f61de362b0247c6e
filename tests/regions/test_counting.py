"""The three counts: known networks, chunks and processes that agree, budgets that run out."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from verinet.errors import EmptyDomain, NotBounded, ShapeMismatch, Unsupported
from verinet.geometry.polyhedra import Halfspace, Polyhedron, box, interval, polytope, whole_space
from verinet.networks.activations import activation
from verinet.networks.build import apply_activation, leaky_relu, network, relu, variable, variables
from verinet.networks.formats import read_network
from verinet.networks.network import Network
from verinet.regions.counting import RegionCounts, count_regions
from verinet.work import Budget

NETS = Path(__file__).parent.parent / "data" / "nets"
TRUTH = json.loads((NETS / "truth.json").read_text())
NAMES = sorted(name for name in TRUTH if (NETS / f"{name}.json").exists() and name != "6-12-12-1")


def stored(name: str) -> tuple[Network, Polyhedron]:
    found = read_network(NETS / f"{name}.json")
    return found, box((-1, 1), dimension=found.input_size)


@pytest.mark.parametrize("name", NAMES)
def test_the_stored_networks_have_their_true_counts(name: str) -> None:
    found = count_regions(*stored(name))
    for key, value in (
        ("cells", found.cells),
        ("linear", found.linear_regions),
        ("affine", found.affine_maps),
    ):
        assert TRUTH[name].get(key) in (None, value)
    assert sum((-1) ** k * faces for k, faces in enumerate(found.f_vector)) == 1


@pytest.mark.long
def test_six_dimensions() -> None:
    found = count_regions(*stored("6-12-12-1"))
    assert (found.cells, found.linear_regions, found.affine_maps) == (95380, 95380, 95380)
    assert found.f_vector == (213709, 1126084, 2468710, 2881523, 1888119, 658310, 95380)


@pytest.mark.parametrize("name", ["4-8-8-1", "3-16-16-1", "adv_cancel", "nat_int8_2-32-32-1", "2-32-32-1"])
def test_chunks_and_processes_change_nothing(name: str) -> None:
    whole = count_regions(*stored(name), chunk=10**9)
    assert count_regions(*stored(name), chunk=60) == whole
    assert count_regions(*stored(name), chunk=900) == whole
    assert count_regions(*stored(name), chunk=200, jobs=2) == whole
    assert count_regions(*stored(name), chunk=10**9, jobs=3) == whole
    cells = count_regions(*stored(name), what="cells")
    assert (cells.cells, cells.f_vector) == (whole.cells, whole.f_vector)


def test_a_polytope_that_is_no_box() -> None:
    x, y = variables("x", 2)
    triangle = polytope(Halfspace((-1, 0), 0), Halfspace((0, -1), 0), Halfspace((1, 1), 1))
    found = count_regions(network((x, y), relu(x - y)), triangle)
    assert found == RegionCounts(2, 2, 2, (4, 5, 2))
    affine = count_regions(network((x, y), x + y), triangle)
    assert affine == RegionCounts(1, 1, 1, (3, 3, 1))


def test_a_halfspace_through_vertices_and_beside_the_box() -> None:
    x, y = variables("x", 2)
    both = Polyhedron((0, 0), (1, 1), (Halfspace((1, -1), 0), Halfspace((1, 0), 5), Halfspace((0, 0), 0)))
    assert count_regions(network((x, y), relu(x + y - 1)), both).f_vector == (4, 5, 2)


def test_breakpoints_of_every_kind() -> None:
    x = variable("x")
    net = network(x, apply_activation(leaky_relu(x, "1/3"), activation("hard_tanh")))
    assert count_regions(net, interval(-6, 6)) == RegionCounts(4, 4, 4, (5, 4))


def test_cells_and_regions_differ_where_maps_cancel() -> None:
    x = variable("x")
    assert count_regions(network(x, relu(x) - relu(-x)), interval(-1, 1)) == RegionCounts(2, 1, 1, (3, 2))


def test_equal_maps_that_do_not_touch_are_two_regions() -> None:
    x = variable("x")
    assert count_regions(network(x, relu(x - 1) + relu(-1 - x)), interval(-2, 2)) == RegionCounts(3, 3, 3, (4, 3))
    hat = network(x, relu(x) - 2 * relu(x - 1) + relu(x - 2))
    assert count_regions(hat, interval(-1, 3)) == RegionCounts(4, 4, 3, (5, 4))


def test_a_budget_that_runs_out_says_so() -> None:
    found = count_regions(*stored("3-16-16-1"), budget=Budget(steps=10), chunk=100)
    assert 10 <= found.cells < 2081
    assert (found.linear_regions, found.affine_maps) == (None, None)
    assert found.unfinished == "the budget of 10 steps ran out"
    assert "seconds" in count_regions(*stored("3-16-16-1"), budget=Budget(seconds=0.0)).unfinished


def test_what_is_refused() -> None:
    x, y = variables("x", 2)
    net = network((x, y), relu(x - y))
    with pytest.raises(ShapeMismatch, match="2 inputs"):
        count_regions(net, interval(0, 1))
    with pytest.raises(NotBounded):
        count_regions(net, whole_space(2))
    with pytest.raises(EmptyDomain):
        count_regions(net, box((0, 1), (1, 1)))
    flat = Polyhedron((0, 0), (1, 1), (Halfspace((1, 1), Fraction(0)),))
    with pytest.raises(EmptyDomain):
        count_regions(net, flat)
    with pytest.raises(Unsupported, match="jumping"):
        count_regions(network((x, y), apply_activation(x, activation("heaviside"))), box((0, 1), (0, 1)))
    with pytest.raises(ShapeMismatch, match="jobs"):
        count_regions(net, box((0, 1), (0, 1)), jobs=0)
