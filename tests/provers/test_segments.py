"""Bottlenecks: a block that depends on one value is replaced by one layer of tables, and the kernel agrees."""

from __future__ import annotations

import copy
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet import Q, kernel
from verinet.claims import Always, always, outputs
from verinet.provers import segments
from verinet.provers.decide import certified
from verinet.provers.tree import Steps, search
from verinet.work import Budget

v = vn.variable("v")
xs = vn.variables("x", 2)
HAT = vn.network(v, 2 * vn.relu(v) - 4 * vn.relu(v - Q("1/2")) + 2 * vn.relu(v - 1))
small = st.integers(-3, 3).map(Fraction)


def narrow(times: int) -> vn.Network:
    """Two inputs, one unit, then a sawtooth."""
    waist = vn.network(xs, vn.relu(vn.relu(xs[0]) / 4 + vn.relu(xs[1]) / 8 + 1) - 1)
    return vn.compose(vn.compose(HAT, times=times), waist)


def claim(network: vn.Network, bound: Fraction = Fraction(1)) -> Always:
    return always(network, outputs(network)[0] <= bound, vn.box([-1, 2], dimension=2))


def test_a_sawtooth_behind_one_unit() -> None:
    said = claim(narrow(5))
    statement = kernel.read_statement(said.statement())
    found = segments.shortened(statement, Budget())
    assert found is not None
    short, evidence = found
    assert len(short.networks[0]) < len(statement.networks[0])
    outcome, whole = search(short), search(statement)
    assert isinstance(outcome, Steps)
    assert isinstance(whole, Steps)
    assert len(outcome.steps) < len(whole.steps)
    proved = certified(said.text(), said.statement(), {"steps": outcome.steps, "segments": evidence})
    assert isinstance(proved, vn.Proved)


def test_a_segment_that_lies_is_refused() -> None:
    said = claim(narrow(3))
    statement = kernel.read_statement(said.statement())
    found = segments.shortened(statement, Budget())
    assert found is not None
    outcome = search(found[0])
    assert isinstance(outcome, Steps)
    data = {"format": kernel.FORMAT, "assumptions": [], "statement": said.statement()}
    steps = list(outcome.steps)
    for place, entry in ((2, "0"), (3, "1")):
        wrong = copy.deepcopy(found[1])
        wrong[0]["layer"]["activations"][0][1][place] = entry
        forged = vn.Certificate({**data, "evidence": {"steps": steps, "segments": wrong}}).text
        with pytest.raises(kernel.Rejected):
            kernel.check(forged)


def test_nothing_to_shorten() -> None:
    wide = vn.network(xs, vn.relu(vn.relu(xs[0]) + xs[1]) + vn.relu(vn.relu(xs[1]) - xs[0]))
    assert segments.shortened(kernel.read_statement(claim(wide).statement()), Budget()) is None
    endless = always(narrow(3), outputs(narrow(3))[0] <= 1, vn.Polyhedron((None, None), (None, None)))
    assert segments.shortened(kernel.read_statement(endless.statement()), Budget()) is None


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(small, small, small), min_size=2, max_size=3), st.lists(small, min_size=4, max_size=4))
def test_random_tails(bends: list[tuple[Fraction, Fraction, Fraction]], head: list[Fraction]) -> None:
    """The shortened network is the network: at points, and by what both searches find."""
    tail = vn.relu(v) - v / 2
    for a, b, c in bends:
        tail = a * vn.relu(tail + b) + c * vn.abs_(tail - a)
    waist = vn.network(xs, vn.relu(head[0] * vn.relu(xs[0]) + head[1] * xs[1] + head[2]) + head[3])
    network = vn.compose(vn.network(v, tail), waist)
    said = claim(network, Fraction(5))
    statement = kernel.read_statement(said.statement())
    found = segments.shortened(statement, Budget())
    if found is None:
        return
    for x in (-1, 0, Fraction(1, 3), 2):
        for y in (-1, Fraction(3, 7), 2):
            point = (21, [int(21 * x), int(21 * y)])
            assert kernel.evaluate(found[0].networks[0], point) == kernel.evaluate(statement.networks[0], point)
    assert type(search(found[0])) is type(search(statement))
