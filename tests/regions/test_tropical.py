"""Tropical forms, and networks made afresh: equal on every cell, and wrong ones refused."""

from __future__ import annotations

from random import Random

import pytest

from tests.regions.test_piecewise import inner_point, small_functions
from verinet.geometry.polyhedra import box
from verinet.networks.build import abs_, maximum, network, relu, variable, variables
from verinet.regions.piecewise import piecewise
from verinet.regions.realization import network_of_forms
from verinet.regions.tropical import TropicalForm, tropical, tropical_agrees


@pytest.mark.parametrize("d", [1, 2, 3])
def test_tropical_forms(d: int) -> None:
    random = Random(d)
    for f in small_functions(d, range(18), most=12):
        for output in range(min(2, f.output_size)):
            form = tropical(f, output)
            assert tropical_agrees(f, form, output)
            for cell in range(f.cells):
                point = inner_point(f, cell, random)
                assert form(point) == f.network(point)[output]
            wrong = TropicalForm((*form.plus[:-1], (*form.plus[-1][:-1], form.plus[-1][-1] + 1)), form.minus)
            assert not tropical_agrees(f, wrong, output)


def test_tropical_form_of_a_maximum_has_its_terms() -> None:
    x, y = variables("x", 2)
    f = piecewise(network((x, y), maximum(x, y, 0)), box((-1, 1), (-1, 1)))
    form = f.tropical()
    plus = {tuple(a - b for a, b in zip(p, q, strict=True)) for p in form.plus for q in form.minus}
    assert {(1, 0, 0), (0, 1, 0), (0, 0, 0)} <= plus


@pytest.mark.parametrize("d", [1, 2])
def test_networks_made_afresh_are_equal(d: int) -> None:
    for f in small_functions(d, range(20), most=8):
        if f.output_size > 2:
            continue
        again = f.to_network()
        assert f.compare(again).equal
        if d == 1:
            assert again.size == len(f.breakpoints) or f.output_size == 2


def test_one_neuron_a_breakpoint_on_the_whole_line() -> None:
    u = variable("x")
    f = piecewise(network(u, abs_(abs_(u) - 1)))
    g = f.to_network()
    assert (g.size, g.depth, f.compare(g).equal) == (3, 1, True)


def test_network_of_forms_is_the_form() -> None:
    x, y = variables("x", 2)
    f = piecewise(network((x, y), relu(x - relu(y)) - 2 * relu(y - x)), box((-1, 1), (-1, 1)))
    assert f.compare(network_of_forms(f.tropical())).equal
