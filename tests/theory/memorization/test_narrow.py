"""Width d + 1: widths and depths, values on cells, the bound against exact integrals, and the prover."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise, product

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet.claims.lp_errors import lp_error
from verinet.errors import Unsupported
from verinet.geometry.polyhedra import interval
from verinet.networks.activations import RELU
from verinet.networks.network import Activate
from verinet.theory.memorization.narrow import Ramps, encode, narrow
from verinet.theory.minimal_width.channels import Channels
from verinet.theory.minimal_width.functions import read_box

CASES = [(1, 1), (1, 2), (1, 9), (2, 2), (2, 3), (3, 2), (3, 3)]


@pytest.mark.parametrize(("size", "cells"), CASES)
def test_shape_and_values_on_cells(size: int, cells: int) -> None:
    chosen = random.Random(size + 10 * cells)
    target = {e: chosen.randint(-4, 5) for e in product(range(2), repeat=size)}
    box = [(Fraction(-1), Fraction(1, 2))] * size
    made = narrow(target, inputs=size, resolution=cells, domain=box)
    network, codes = made.network, cells**size
    assert network.width <= size + 1
    assert network.width == size + 1 or cells == 1
    assert network.depth <= 2 * (cells - 1) + 1 + codes - 1
    assert {a for v in network.vertices if isinstance(v.operation, Activate) for a in v.operation.activations} <= {RELU}
    assert made.plan is not None
    flats = [
        [pair for pair, good in zip(pairwise(axis), flags, strict=True) if good]
        for axis, flags in zip(made.plan.axes, made.plan.flats, strict=True)
    ]
    seen = []
    for cell in product(*flats):
        values = {network(*corner) for corner in product(*cell)}
        values.add(network(*[low + (high - low) * Fraction(chosen.randint(0, 9), 9) for low, high in cell]))
        assert len(values) == 1
        seen.append(values.pop()[0])
    for _ in range(40):
        x = [low + (high - low) * Fraction(chosen.randint(0, 997), 997) for low, high in box]
        assert min(seen) <= network(*x)[0] <= max(seen)


@given(st.integers(1, 5), st.integers(1, 3), st.data())
@settings(deadline=None, max_examples=60)
def test_the_code_is_that_of_the_cell_off_the_ramps(cells: int, size: int, source: st.DataObject) -> None:
    ramps = Ramps(cells, Fraction(1, 4 * cells))
    channels = Channels.of(read_box(None, size))
    encode(channels, ramps)
    assert channels.depth == 2 * (cells - 1)
    x = source.draw(st.lists(st.fractions(0, 1, max_denominator=40), min_size=size, max_size=size))
    (code,) = channels.network()(*x)
    places = [next((k for k, (low, high) in enumerate(ramps.flats) if low <= entry <= high), None) for entry in x]
    if None not in places:
        assert code == sum(place * cells**j for j, place in enumerate(places) if place is not None)
    assert 0 <= code <= cells**size - 1


@pytest.mark.parametrize(("p", "cells"), [(2, 1), (2, 3), (4, 2)])
def test_the_bound_is_near_the_exact_error(p: int, cells: int) -> None:
    made = narrow({(2,): 3, (1,): -1}, inputs=1, resolution=cells, p=p)
    x = sympy.Symbol("x")
    assert made.plan is not None
    total = sympy.Integer(0)
    axis = made.plan.axes[0]
    for low, high in pairwise(axis):  # on a ramp the network bends where the code is an integer
        knots = sorted({low, high, *(low + (high - low) * Fraction(k, cells) for k in range(cells + 1))})
        for a, b in pairwise(knots):
            va, vb = made.network(a)[0], made.network(b)[0]
            piece = sympy.Rational(va) + (x - sympy.Rational(a)) * sympy.Rational((vb - va) / (b - a))
            total += sympy.integrate((3 * x**2 - x - piece) ** p, (x, sympy.Rational(a), sympy.Rational(b)))
    assert total <= sympy.Rational(made.error_bound) ** p
    assert float(made.error_bound) <= 1.3 * float(total) ** (1 / p)


@pytest.mark.parametrize("size", [1, 2])
def test_the_claim_is_proved_with_its_plan(size: int) -> None:
    made = narrow({(1,) * size: 1}, inputs=size, resolution=2)
    verdict = vn.prove(made.claim, plan=made.plan)
    assert isinstance(verdict, vn.Proved)
    assert verdict.theorem.assumptions == ()
    below = lp_error(made.network, {(1,) * size: 1}, vn.box(*[(0, 1)] * size)) <= made.error_bound / 2
    assert not isinstance(vn.prove(below, 5, plan=made.plan), vn.Proved)


def test_a_smooth_target_and_an_error_that_is_wanted() -> None:
    x = sympy.Symbol("x")
    made = narrow(sympy.sin(3 * x), inputs=1, eps="1/8")
    assert made.error_bound <= Fraction(1, 8)
    verdict = vn.prove(made.claim, plan=made.plan)
    assert isinstance(verdict, vn.Proved)
    assert {entry["kind"] for entry in verdict.theorem.assumptions} <= {"enclosure", "lemma"}


def test_a_wanted_error_is_reached_with_few_cells() -> None:
    made = narrow({(1,): 1}, inputs=1, eps="1/20")
    cells = int(str(made.facts["resolution"]))
    assert made.error_bound <= Fraction(1, 20)
    assert narrow({(1,): 1}, inputs=1, resolution=cells - 1).error_bound > Fraction(1, 20)


def test_constants_have_no_error_and_one_cell_is_allowed() -> None:
    made = narrow({(0, 0): "7/3"}, inputs=2, resolution=3)
    assert made.error_bound == 0
    assert made.network("1/7", "6/7") == (Fraction(7, 3),)
    assert narrow({(1,): 1}, inputs=1, resolution=1).network.depth == 0


@pytest.mark.parametrize(
    ("wanted", "message"),
    [({"p": 3}, "even"), ({"resolution": None}, "either|neither"), ({"resolution": 0}, "resolution")],
)
def test_numbers_out_of_range_are_refused(wanted: dict[str, object], message: str) -> None:
    with pytest.raises(Unsupported, match=message):
        narrow({(1,): 1}, inputs=1, **{"resolution": 2, **wanted})


def test_one_output_only() -> None:
    with pytest.raises(Unsupported, match="one output"):
        narrow([{(1,): 1}, {(2,): 1}], inputs=1, resolution=2)


def test_a_domain_may_be_an_interval() -> None:
    made = narrow({(1,): 1}, inputs=1, resolution=2, domain=interval(2, 4))
    assert made.network("5/2") == (Fraction(5, 2),)
