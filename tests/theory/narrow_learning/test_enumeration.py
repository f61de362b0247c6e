"""The enumerations of the papers: nets that cover, tuples counted and compared with a plain loop, refusals."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.theory.narrow_learning.test_sample_recovery import distance, drawn, hidden, sampled
from verinet.errors import NotANumber, ShapeMismatch, Unsupported
from verinet.theory.narrow_learning.learning import learn
from verinet.theory.narrow_learning.net_tuples import best_tuple, coefficient_net, covering_net, tuples
from verinet.theory.narrow_learning.samples import Samples
from verinet.work import Budget


@given(st.integers(1, 4), st.floats(0.2, 1.9), st.integers(0, 2**32 - 1))
def test_every_direction_has_a_neighbour_in_the_net(dimension: int, width: float, seed: int) -> None:
    points = covering_net(dimension, width)
    assert np.allclose(np.linalg.norm(points, axis=1), 1)
    u = np.random.default_rng(seed).normal(size=dimension)
    u /= np.linalg.norm(u)
    near = min(np.linalg.norm(points - u, axis=1).min(), np.linalg.norm(points + u, axis=1).min())
    assert near <= width * (1 + 1e-12)


@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_tuples_are_counted(directions: int, coefficients: int, neurons: int) -> None:
    atoms = list(product(range(directions), range(coefficients)))
    assert tuples(directions, coefficients, neurons) == sum(
        len(list(combinations(atoms, m))) for m in range(neurons + 1)
    )


@pytest.mark.parametrize("neurons", [1, 2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_the_best_tuple_is_that_of_a_plain_loop(neurons: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, directions = rng.normal(size=(60, 2)), covering_net(2, 0.5)
    y, coefficients = rng.normal(size=60) + np.abs(x[:, 0]), np.array([-1.0, 0.4, 1.0])
    atoms = list(product(range(len(directions)), range(3)))
    features = np.abs(x @ directions.T)
    least = min(
        float(((y - sum((coefficients[c] * features[:, s] for s, c in chosen), np.zeros(60))) ** 2).mean())
        for m in range(neurons + 1)
        for chosen in combinations(atoms, m)
    )
    value, pairs = best_tuple(x, y, directions, coefficients, neurons)
    assert value == pytest.approx(least, rel=1e-9)
    assert len(set(pairs)) == len(pairs) <= neurons
    again = sum((coefficients[c] * features[:, s] for s, c in pairs), np.zeros(60))
    assert float(((y - again) ** 2).mean()) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(
    "neurons, inputs, options, worst",
    [
        (1, 5, {"net": 0.1, "step": 0.05}, 0.1),
        (2, 4, {"net": 0.1, "step": 0.1}, 0.15),
        (3, 3, {"net": 0.5, "step": 0.25}, 0.5),
        (2, 2, {"net": 0.2, "step": 0.2, "algorithm": "MultiScaleLearn"}, 0.3),
        (2, 2, {"net": 0.6, "step": 0.4, "algorithm": "MultiScaleLearn", "rounds": 2}, 0.5),
    ],
)
def test_the_best_of_the_net_is_near_and_a_fit_from_there_is_better(
    neurons: int, inputs: int, options: dict[str, object], worst: float
) -> None:
    rng = np.random.default_rng(1)
    f = hidden(rng, neurons, inputs)
    data = drawn(f, 10_000, rng)
    bound = float(sum(abs(ridge.coefficient) for ridge in f.ridges))
    found = sampled(data, neurons=neurons, method="enumeration", refine=False, bound=bound, **options)
    assert distance(found.function, f) < worst
    assert found.kind == "enumeration"
    assert "tuples" in found.stages[0].what
    assert len(found.function.ridges) <= neurons
    refined = sampled(data, neurons=neurons, method="enumeration", bound=bound, **options)
    assert distance(refined.function, f) < (1e-9 if neurons < 3 else distance(found.function, f))


def test_more_tuples_than_can_be_enumerated_are_refused_with_their_number() -> None:
    rng = np.random.default_rng(1)
    data = drawn(hidden(rng, 3, 4), 2000, rng)
    with pytest.raises(Unsupported, match=r"at most 3 neurons"):
        learn(data, neurons=4, method="enumeration")
    with pytest.raises(Unsupported, match=r"are \d{9,} tuples; at most") as caught:
        learn(data, neurons=3, method="enumeration", net=0.05, step=0.01, algorithm="MultiScaleLearn")
    assert "wider nets" in caught.value.fix
    with pytest.raises(Unsupported, match="NetLearn"):
        learn(data, neurons=2, method="enumeration", algorithm="all")
    with pytest.raises(NotANumber):
        learn(data, neurons=2, method="enumeration", net=0.0)
    with pytest.raises(NotANumber):
        learn(data, neurons=2, method="enumeration", rounds=2)


def test_a_budget_ends_it() -> None:
    rng = np.random.default_rng(1)
    data = drawn(hidden(rng, 2, 2), 2000, rng)
    found = learn(data, neurons=2, method="enumeration", budget=Budget(seconds=1e-9))
    assert not found.complete


def test_no_coefficients_leave_the_empty_set() -> None:
    x = np.random.default_rng(0).normal(size=(300, 2))
    assert best_tuple(x, x[:, 0], np.eye(2), np.zeros(0), 2) == (pytest.approx(float((x[:, 0] ** 2).mean())), ())
    nothing = learn(Samples(x, np.zeros(300)), neurons=2, method="enumeration")
    assert (nothing.function.ridges, nothing.error) == ((), 0.0)
    candidate = learn(Samples(x, np.abs(x[:, 0])), neurons=2, method="enumeration", net=2.0, refine=False)
    assert len(candidate.function.ridges) == 1  # the line of the second moment, from no net


@pytest.mark.parametrize(
    "options", [{"net": 1e-12}, {"step": 1e-300}, {"net": 1e-7, "step": 1e-7}, {"bound": 1e300, "step": 1.0}]
)
def test_nets_too_fine_are_refused_before_they_are_made(options) -> None:
    x = np.random.default_rng(0).normal(size=(300, 2))
    with pytest.raises(Unsupported, match=r"more than|are enumerated"):
        learn(Samples(x, np.abs(x[:, 0])), neurons=1, method="enumeration", **options)


def test_one_neuron_needs_no_table_of_pairs() -> None:
    x = np.random.default_rng(0).normal(size=(300, 1))
    coefficients = coefficient_net(1.0, 1e-5)  # 200000 of them: a table of pairs would take 320 GB
    value, pairs = best_tuple(x, 0.25 * np.abs(x[:, 0]), np.ones((1, 1)), coefficients, 1)
    assert value < 1e-9
    assert coefficients[pairs[0][1]] == pytest.approx(0.25, abs=1e-5)


@pytest.mark.parametrize("method", ["samples", "enumeration"])
def test_scales_beyond_float64_are_refused_and_others_do_not_matter(method) -> None:
    x = np.random.default_rng(0).normal(size=(300, 2))
    y = np.maximum(x[:, 0], 0)
    with pytest.raises(NotANumber, match="beyond float64"):
        learn(Samples(x * 1e-300, y * 1e300), neurons=1, method=method)
    usual = learn(Samples(x, y), neurons=1, method=method)
    large = learn(Samples(x * 2.0**600, y * 2.0**600), neurons=1, method=method)
    assert large.coefficients == pytest.approx(usual.coefficients)


@pytest.mark.parametrize("method", ["samples", "enumeration"])
def test_a_confidence_is_checked_before_any_work(method) -> None:
    x = np.random.default_rng(0).normal(size=(300, 2))
    with pytest.raises(NotANumber, match="a confidence is between 0 and 1"):
        learn(Samples(x, x[:, 0]), neurons=1, method=method, confidence=95)


@pytest.mark.parametrize(
    "options",
    [
        {"held_out": "a"},
        {"held_out": True},
        {"bound": "x"},
        {"bound": -1},
        {"confidence": "x"},
        {"seed": 1.0},
        {"neurons": 1.0},
        {"budget": -3},
        {"budget": "3"},
    ],
)
@pytest.mark.parametrize("method", ["samples", "enumeration"])
def test_options_of_other_types_are_refused(method, options) -> None:
    x = np.random.default_rng(0).normal(size=(300, 2))
    with pytest.raises(NotANumber):
        learn(Samples(x, x[:, 0]), **{"neurons": 1, "method": method, **options})


@pytest.mark.parametrize(
    "options", [{"net": "a"}, {"net": 3}, {"step": "b"}, {"step": 0}, {"rounds": 1.5}, {"rounds": 0}]
)
def test_nets_have_positive_widths(options) -> None:
    x = np.random.default_rng(0).normal(size=(300, 2))
    with pytest.raises(NotANumber):
        learn(Samples(x, x[:, 0]), neurons=2, method="enumeration", **options)


def test_one_sample_held_out_is_refused_before_any_work() -> None:
    x = np.random.default_rng(0).normal(size=(300, 2))
    with pytest.raises(ShapeMismatch, match="two held-out samples"):
        learn(Samples(x, x[:, 0]), neurons=1, held_out=1e-9, budget=Budget(1e-9))


def test_a_budget_may_be_seconds() -> None:
    x = np.random.default_rng(0).normal(size=(300, 2))
    assert not learn(Samples(x, np.abs(x[:, 0])), neurons=1, budget=1e-9).complete
    assert learn(Samples(x, np.abs(x[:, 0])), neurons=1, budget=60).complete
