"""Equality by bends that cancel: copies, orbit sums, ties, and one coefficient changed."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet import Q
from verinet.claims import Proved, Refuted, Unknown
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.activations import activation
from verinet.networks.expressions import apply_activation, maximum
from verinet.networks.orbit_sums import OrbitSum
from verinet.provers import equalities
from verinet.provers.bends import evaluate, residue, shape_of, signs
from verinet.provers.decide import read
from verinet.provers.portfolio import prove  # loaded before the search by cells is taken away
from verinet.provers.refutation import Script
from verinet.work import SILENT, Budget

WEIGHTS = st.sampled_from([-2, -1, 0, 0, 1, 1, 3])


def no_cells(*_: object) -> Unknown:
    return Unknown("the search by cells was asked")


@pytest.fixture
def bends_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the search by cells, so that a proof is one by bends."""
    monkeypatch.setattr("verinet.provers.decide.universal", no_cells)


def matrix(draw: st.DrawFn, rows: int, columns: int) -> list[list[Fraction]]:
    return [[Fraction(draw(WEIGHTS)) for _ in range(columns)] for _ in range(rows)]


@st.composite
def copies(draw: st.DrawFn) -> tuple[vn.Network, vn.Network, int]:
    """A network with two hidden layers, units zero or twice there among them, and a permuted, rescaled copy."""
    n, a, b = draw(st.integers(3, 5)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    first, second, last = matrix(draw, a, n), matrix(draw, b, a), matrix(draw, 1, b)
    first.append(list(first[0]))
    for row in second:
        row.append(Fraction(draw(WEIGHTS)))
    biased = draw(st.booleans())
    bias = [Fraction(draw(WEIGHTS)) if biased else Fraction(0) for _ in range(a + 1)]
    shuffle = random.Random(draw(st.integers(0, 99)))
    order, order2 = list(range(a + 1)), list(range(b))
    shuffle.shuffle(order)
    shuffle.shuffle(order2)
    size = [Fraction(shuffle.choice([1, 2, 3, 7]), 5) for _ in order]
    size2 = [Fraction(shuffle.choice([1, 2, 5]), 3) for _ in order2]
    copied_first = [[size[k] * w for w in first[k]] for k in order]
    copied_second = [[size2[j] * second[j][k] / size[k] for k in order] for j in order2]
    copied_last = [[last[0][j] / size2[j] for j in order2]]
    zeros = [0] * b
    f = vn.layered([first, second, last], [bias, zeros, [1]])
    g = vn.layered([copied_first, copied_second, copied_last], [[size[k] * bias[k] for k in order], zeros, [1]])
    return f, g, n


@settings(max_examples=12, deadline=None)
@given(copies())
def test_copies_need_no_split(pair: tuple[vn.Network, vn.Network, int]) -> None:
    f, g, n = pair
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("verinet.provers.decide.universal", no_cells)
        verdict = prove(vn.claims.equal(f, g, vn.whole_space(n)), 60)
    assert isinstance(verdict, Proved)
    report = vn.check(verdict.certificate)
    assert not report.assumptions


def dense(source: random.Random, sizes: tuple[int, ...]) -> tuple[vn.Network, vn.Network]:
    """A network with dense weights k/7, and a copy with its units in another order and of other sizes."""
    weights = [[[Fraction(source.randint(-9, 9), 7) for _ in range(a)] for _ in range(b)] for a, b in pairwise(sizes)]
    biases = [[Fraction(source.randint(-5, 5), 3) for _ in range(b)] for b in sizes[1:]]
    copied, shifts = [[list(row) for row in layer] for layer in weights], [list(bias) for bias in biases]
    for k in range(len(copied) - 1):
        order = source.sample(range(len(copied[k])), len(copied[k]))
        size = [Fraction(source.randint(1, 9), source.randint(1, 9)) for _ in order]
        copied[k] = [[s * entry for entry in copied[k][unit]] for s, unit in zip(size, order, strict=True)]
        shifts[k] = [s * shifts[k][unit] for s, unit in zip(size, order, strict=True)]
        copied[k + 1] = [[row[unit] / s for s, unit in zip(size, order, strict=True)] for row in copied[k + 1]]
    return vn.layered(weights, biases), vn.layered(copied, shifts)


@pytest.mark.usefixtures("bends_only")
@pytest.mark.parametrize("sizes", [(1, 9, 9, 1), (2, 8, 8, 8, 1), (3, 7, 7, 2), (4, 12, 12, 1)])
def test_signs_that_are_hard_to_tell_need_not_be_told(sizes: tuple[int, ...]) -> None:
    """Units that never bend on the domain, in both copies: their signs would take branches of the units before."""
    for seed in (2, 3):
        f, g = dense(random.Random(seed), sizes)
        domain = vn.box([-1, 1], dimension=sizes[0])
        assert isinstance(prove(vn.claims.equal(f, g, domain), 60), Proved)


@settings(max_examples=6, deadline=None)
@given(copies(), st.integers(0, 5))
def test_changed_copies_are_refuted(pair: tuple[vn.Network, vn.Network, int], which: int) -> None:
    f, g, n = pair
    x = vn.variables("x", n)
    bump = vn.network(x, Q("1/1000") * vn.relu(x[which % n] - x[(which + 1) % n]))
    claim = vn.claims.equal(f, vn.networks.build.add(g, bump), vn.whole_space(n))
    verdict = prove(claim, 60)
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample is not None
    assert claim.refuted_by(verdict.counterexample.x)


def tournament(order: tuple[int, ...]) -> vn.Network:
    x = vn.variables("x", len(order))
    return vn.network(x, maximum(*(x[k] for k in order)))


@pytest.mark.usefixtures("bends_only")
@pytest.mark.parametrize("order", [(2, 0, 1), (1, 2, 0), (2, 0, 3, 1), (0, 1, 2, 3), (4, 2, 0, 3, 1)])
def test_tournaments(order: tuple[int, ...]) -> None:
    """With an odd number of players one is carried on as r(x) - r(-x), whose bends cancel in the next layer."""
    players = len(order)
    claim = vn.claims.equal(tournament(tuple(range(players))), tournament(order), vn.whole_space(players))
    verdict = prove(claim, 120)
    assert isinstance(verdict, Proved)


def flips(sign: int) -> vn.Network:
    x = vn.variables("x", 3)
    return vn.network(x, sum((vn.relu(sign * e) for e in (x[0], x[1], x[2])), vn.relu(-sign * (x[0] + x[1] + x[2]))))


@pytest.mark.usefixtures("bends_only")
def test_flipped_signs_and_other_activations() -> None:
    x = vn.variables("x", 3)
    assert isinstance(prove(vn.claims.equal(flips(1), flips(-1), vn.whole_space(3)), 60), Proved)
    # leaky and absolute values in terms of ReLU, concave units among them, on a box and with biases
    t = x[0] - 2 * x[1] + x[2] - Q("1/3")
    f = vn.network(x, vn.leaky_relu(t, "1/4") - vn.abs_(t + 1))
    half = vn.network(x, vn.relu(t) - Q("1/4") * vn.relu(-t) - vn.relu(t + 1) - vn.relu(-t - 1))
    half_open = Polyhedron((Q(0), Q(-1), None), (Q(2), None, Q(3)))
    for domain in (vn.whole_space(3), vn.box([-1, 1], dimension=3), half_open):
        assert isinstance(prove(vn.claims.equal(f, half, domain), 60), Proved)


@pytest.mark.usefixtures("bends_only")
def test_orbit_sums_by_another_representative() -> None:
    f = OrbitSum.read(4, {"12+13|44": 2, "12|34": -1}, ["(1234)"], "1/3")
    g = OrbitSum.read(4, {"23+24|11": 2, "14|23": -1}, ["(1432)"], "1/3")
    assert isinstance(prove(vn.claims.equal(f.network(), g.network(), vn.whole_space(4)), 60), Proved)


def test_a_jump_is_left_to_the_search_by_cells() -> None:
    x = vn.variables("x", 3)
    f = vn.network(x, apply_activation(x[0] + x[1], activation("heaviside", 0)))
    claim = vn.claims.equal(f, f, vn.box([-1, 1], dimension=3))
    assert shape_of(read(claim.statement())) is None
    assert isinstance(prove(claim, 60), Proved)


def test_out_of_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = vn.claims.equal(tournament((0, 1, 2, 3)), tournament((2, 0, 3, 1)), vn.whole_space(4))
    assert isinstance(equalities.equality(claim, Budget(steps=1)), Unknown)


def test_bends_of_a_sum_and_its_image_cancel() -> None:
    """max(a, b) + max(-a, -b) bends along a = b twice; |a - b| takes both away."""
    x = vn.variables("x", 3)
    f = vn.network(x, maximum(x[0], x[1]) + maximum(-x[0], -x[1]))
    g = vn.network(x, vn.abs_(x[0] - x[1]))
    shape = shape_of(read(vn.claims.equal(f, g, vn.whole_space(3)).statement()))
    assert shape is not None
    points = [[Q(k) for k in p] for p in permutations((-1, 0, 2))]
    levels = evaluate(shape, np.array(points, dtype=float))[0]
    found = residue(shape, signs(levels))
    assert found.vanishes
    assert found.uncancelled == 0
    assert found.bends == 1


def test_a_form_in_which_bends_below_cancel_is_read_at_one_point() -> None:
    """r(a) - r(-a) = a: with the low pieces of both, which no point has, it would be 0."""
    first, last = [[1, 0, 0], [-1, 0, 0], [0, 1, -1]], [[1]]
    f = vn.layered([first, [[1, -1, 2]], last], [[0, 0, 0], [0], [0]])
    claim = vn.claims.equal(f, f, vn.whole_space(3))
    statement = read(claim.statement())
    shape = shape_of(statement)
    assert shape is not None
    points = np.random.default_rng(3).standard_normal((200, 3))
    points = points[points[:, 1] > points[:, 2]]
    levels = evaluate(shape, points)[0]
    phases = signs(levels)
    search = equalities.Search(statement, shape, Script(statement), Budget(), SILENT, np.random.default_rng(1))
    row = search.row(3, equalities.somewhere(phases, levels))
    assert phases.tolist()[:4] == [0, 0, 1, 0]
    assert row == [0, 1, 2, -2]
