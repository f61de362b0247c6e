"""Claims over all weights about several outputs: never proved where a network fits, and what is known by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet import Q, kernel
from verinet.claims.solver_evidence import SolverEvidence
from verinet.claims.universal import TOGETHER, Fitted, NoFit, no_network
from verinet.claims.universal_duals import copies, primal, sign_choices
from verinet.claims.verdicts import Proved
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact import solver
from verinet.networks.build import layered
from verinet.networks.network import Network
from verinet.provers.by_solver import NoSolution, ask, assumed
from verinet.provers.evidence import replayed
from verinet.provers.universal import fitting
from verinet.provers.universal_outputs import separating
from verinet.theory.minimal_width.lower_bound import hard_target
from verinet.work import Budget

numbers = st.integers(-6, 6).map(lambda n: Fraction(n, 2))


@st.composite
def networks(draw: Any) -> Network:
    """One hidden layer of two neurons, one or two inputs, two outputs; zeros on purpose."""
    inputs, outputs = draw(st.sampled_from([(1, 2), (2, 2)]))

    def rows(count: int, size: int) -> list[list[Fraction]]:
        return [[draw(numbers) for _ in range(size)] for _ in range(count)]

    slope = draw(st.sampled_from(["0", "1/4"]))
    act = vn.networks.activation("leaky_relu", slope) if slope != "0" else vn.networks.activation("relu")
    weights = [rows(2, inputs), rows(outputs, 2)]
    return layered(weights, [rows(1, 2)[0], rows(1, outputs)[0]], act)


def activation_of(network: Network) -> Any:
    return next(v.operation.activations[0] for v in network.vertices if hasattr(v.operation, "activations"))


@settings(max_examples=8, deadline=None)
@given(networks(), st.data())
def test_what_a_network_does_is_never_proved_impossible(network: Network, data: st.DataObject) -> None:
    """The values of a network, and others near by: a solver must find that they are possible."""
    points = data.draw(st.lists(st.tuples(*[numbers] * network.input_size), min_size=2, max_size=3, unique=True))
    moves = st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(-1, 3)])
    values = [[v + data.draw(moves) for v in network(p)] for p in points]
    claim = no_network(width=2, activation=activation_of(network)).fits(points, values, within="1/3")
    assert claim.fitted_by(network)
    constraints, variables = fitting(claim)
    assert isinstance(solver.solve(constraints, variables, 20), solver.Point)


@settings(max_examples=15, deadline=None)
@given(networks(), st.data())
def test_the_weights_of_a_network_make_the_clause_of_its_signs_false(network: Network, data: st.DataObject) -> None:
    """No solver: |v_ki| (w_i, b_i) and c_k by hand, and the dual claim evaluated there, exactly."""
    points = data.draw(st.lists(st.tuples(*[numbers] * network.input_size), min_size=2, max_size=4, unique=True))
    first, last = [v.operation for v in network.vertices if hasattr(v.operation, "weight")]
    order = sorted(range(2), key=lambda i: last.weight[0, i] < 0)
    weights: list[Fraction] = []
    for k in range(network.output_size):
        for i in order:
            size = abs(last.weight[k, i])
            weights += [size * w for w in (*first.weight.row(i), first.bias[i, 0])]
        weights.append(last.bias[k, 0])
    claim = no_network(width=2, activation=activation_of(network)).fits(points, [network(p) for p in points])
    assert not claim.always().holds_at(weights)
    assert claim.fails().dual.holds_at(weights)
    signs = tuple(-1 if last.weight[k, i] < 0 else 1 for k in range(network.output_size) for i in order)
    if all(last.weight[k, i] for k in range(network.output_size) for i in order):
        again = primal(claim, weights, signs)
        assert all(again(p) == network(p) for p in points)


def test_neurons_of_two_outputs_go_together() -> None:
    """Each output alone is one neuron, r(x) and r(-x); together they are two, and one neuron is not enough."""
    points, values = [-1, 0, 1], [(0, 1), (0, 0), (1, 0)]
    for k in (0, 1):
        assert isinstance(vn.prove(no_network(width=1).fits(points, [v[k] for v in values])), Fitted)
    verdict = vn.prove(no_network(width=1).fits(points, values, within="1/5"))
    assert isinstance(verdict, Proved)
    assert verdict.theorem.assumptions[0]["text"] == TOGETHER
    two = no_network(width=2).fits(points, values)
    assert two.fitted_by(layered([[[1], [-1]], [[1, 0], [0, 1]]], [[0, 0], [0, 0]], vn.activation("relu")))
    assert isinstance(vn.prove(two), Fitted)


def shown(claim: NoFit, verdict: object) -> bool:
    """Is this a network of the shape that fits, whose certificate the kernel accepts?"""
    assert isinstance(verdict, Fitted)
    assert verdict.network is not None
    assert verdict.certificate is not None
    assert verdict.network.level_widths == (claim.architecture.width,)
    return claim.fitted_by(verdict.network) and kernel.check(verdict.certificate.text).kind == "fails"


@pytest.mark.parametrize(
    ("width", "points", "values"),
    [
        (1, [2, "-3/2"], [(1, 3), ("-1/2", 0)]),  # r(x + 1)
        (1, [-2, 0], [(8, 1), (4, 1)]),  # affine, and one output is constant
        (1, [-1, 0, 1], [(5, 0), (5, 0), (5, 1)]),  # the neuron is nothing to the first output
        (2, [0, 1, 2], [(0, 1), (1, 3), (1, 1)]),
    ],
)
def test_a_network_of_several_outputs_is_found(width: int, points: list[Any], values: list[Any]) -> None:
    claim = no_network(width=width).fits(points, values)
    verdict = vn.prove(claim, 30)
    assert shown(claim, verdict)
    found = ", ".join(f"({', '.join(map(str, value))})" for value in values)
    assert str(verdict).endswith(f"(one has the values {found})")


@settings(max_examples=6, deadline=None)
@given(networks(), st.data())
def test_what_a_network_does_is_refuted_by_a_network(network: Network, data: st.DataObject) -> None:
    points = data.draw(st.lists(st.tuples(*[numbers] * network.input_size), min_size=2, max_size=3, unique=True))
    claim = no_network(width=2, activation=activation_of(network)).fits(points, [network(p) for p in points])
    assert shown(claim, vn.prove(claim, 60))


#: Every output alone is one neuron, r(x) and r(x - 1), with the same signs at all points; no neuron is both.
APART = [0, 1, 2], [(0, 0), (1, 0), (2, 1)]


def test_a_probe_tells_neurons_apart() -> None:
    claim = no_network(width=1).fits(*APART)
    weights = [Fraction(q) for q in (1, 0, 0, 1, -1, 0)]
    assert not claim.always().holds_at(weights)
    assert not claim.fitted_by(claim.network_at(weights))
    probed = replace(claim, probes=separating(claim, weights))
    assert probed.always().holds_at(weights)
    assert probed.text() == claim.text()
    verdict = vn.prove(claim, 10)
    assert isinstance(verdict, Proved)
    assert isinstance(vn.prove(no_network(width=2).fits(*APART), 60), Fitted)


def test_the_word_of_solvers_about_weights_is_replayed() -> None:
    claim = no_network(width=1).fits(*APART)
    answer = ask(*fitting(claim), Budget(30))
    assert isinstance(answer, NoSolution)
    verdict = assumed(claim, claim.to_json(), answer, claim.assumptions)
    assert isinstance(verdict.certificate, SolverEvidence)
    assert replayed(claim, verdict.certificate, 5).assumptions[0]["kind"] == "solver"


@settings(max_examples=25, deadline=None)
@given(st.lists(numbers, min_size=12, max_size=12), st.integers(1, 2))
def test_probes_separate_all_but_multiples(weights: list[Fraction], inputs: int) -> None:
    """Neurons at no probe of opposite signs are multiples: then the dual network's weights are a network's."""
    claim = no_network(width=1).fits([(0,) * inputs, (1,) * inputs], [(0, 0), (0, 0)])
    one, other = copies(claim, weights[: claim.dual_size])[0]

    def at(neuron: tuple[Fraction, ...], point: tuple[Fraction, ...]) -> Fraction:
        return sum((w * x for w, x in zip(neuron, point, strict=False)), neuron[-1])

    probes = separating(claim, weights[: claim.dual_size])
    assert all(at(one, probe) * at(other, probe) < 0 for probe in probes)
    size, length = sum(map(abs, one)), sum(map(abs, other))
    multiples = not size or not length or all(a * length == b * size for a, b in zip(one, other, strict=True))
    opposite_constants = not any(one[:-1]) and not any(other[:-1]) and one[-1] * other[-1] < 0
    assert bool(probes) != multiples or opposite_constants


def test_the_curve_that_crosses_itself() -> None:
    f, points = hard_target(1, 2), [Fraction(n, 6) for n in range(7)]
    for name in ("relu", "leaky_relu"):
        claim = no_network(width=2, activation=name).fits(points, [f(t) for t in points], within="1/3", strict=True)
        constraints, variables = fitting(claim)
        assert isinstance(solver.solve(constraints, variables, 20), solver.Unsat)


def test_its_words() -> None:
    claim = no_network(width=2).fits([0, 1], [(0, 1), (1, 0)], within="1/4", strict=True)
    assert claim.text() == (
        "no network 1-2-2 (relu) has |g(p) - v| < 1/4 in the maximum norm at all 2 points: 0 -> (0, 1), 1 -> (1, 0)"
    )
    assert claim.fails().text().startswith("2 networks of one output, neurons nowhere of opposite signs, that as one")
    assert claim.to_json()["further"] == [["1", "0"]]
    assert claim.wanted == ((0, 1), (1, 0))
    assert len(list(sign_choices(claim))) == 12


def test_one_output_is_what_it_was() -> None:
    plain = no_network(width=2).fits([0, 1], [0, "1/2"])
    assert plain == no_network(width=2).fits([(0,), (1,)], [(0,), (Q("1/2"),)])
    assert "further" not in plain.to_json()
    assert plain.text() == "no network 1-2-1 (relu) has g(p) = v at all 2 points: 0 -> 0, 1 -> 1/2"


def test_refusals() -> None:
    with pytest.raises(ShapeMismatch, match="equally many outputs"):
        no_network(width=1).fits([0, 1], [(0, 1), (1,)])
    with pytest.raises(ShapeMismatch):
        no_network(width=1).fits([0, 1], [(0, 1), (1, 0), (0, 0)])
    with pytest.raises(ShapeMismatch):
        no_network(width=1).fits([], [])
    for shape in (
        no_network(width=1, depth=2),
        no_network(width=1, activation="heaviside"),
        no_network(width=1, nonnegative=True),
        no_network(width=1, readout_bias=False),
    ):
        with pytest.raises(Unsupported, match="several outputs"):
            shape.fits([0, 1], [(0, 1), (1, 0)])
