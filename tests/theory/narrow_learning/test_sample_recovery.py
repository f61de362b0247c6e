"""Learning from samples: the exact distance to the hidden network, noise, near pairs, too many neurons, odd data."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import BudgetExhausted, NotANumber, ShapeMismatch, Unsupported
from verinet.theory.narrow_learning import sample_recovery, subspace
from verinet.theory.narrow_learning.blas_threads import one_thread
from verinet.theory.narrow_learning.fitted_functions import function_of, orientation
from verinet.theory.narrow_learning.fitting import Fit, evaluate, fitted, greedy, net, refitted_coefficients
from verinet.theory.narrow_learning.gaussian_distance import gaussian_distance, gaussian_norm
from verinet.theory.narrow_learning.hermite import contracted_moment
from verinet.theory.narrow_learning.learning import learn
from verinet.theory.narrow_learning.pruning import pruned
from verinet.theory.narrow_learning.sample_recovery import LearnedFromSamples
from verinet.theory.narrow_learning.samples import Samples
from verinet.theory.ridges import Ridge, RidgeSum
from verinet.work import Budget

Floats = npt.NDArray[np.float64]


def hidden(rng: np.random.Generator, neurons: int, inputs: int) -> RidgeSum:
    rows = rng.normal(size=(neurons, inputs))
    sizes = rng.choice([-1, 1], size=neurons) * rng.uniform(0.5, 1.5, size=neurons)
    return of_rows(rows / np.linalg.norm(rows, axis=1, keepdims=True), sizes)


def of_rows(rows: Floats, sizes: Floats) -> RidgeSum:
    ridges = tuple(
        Ridge(Fraction(m), tuple(map(Fraction, w))) for m, w in zip(sizes.tolist(), rows.tolist(), strict=True)
    )
    return RidgeSum((Fraction(0),) * rows.shape[1], ridges=ridges)


def drawn(f: RidgeSum, size: int, rng: np.random.Generator, noise: float = 0.0) -> Samples:
    x = rng.normal(size=(size, f.inputs))
    weights = np.array([[float(w) for w in r.weight] for r in f.ridges])
    y = np.maximum(x @ weights.T, 0) @ np.array([float(r.coefficient) for r in f.ridges])
    return Samples(x, y + x @ np.array(list(map(float, f.linear))) + noise * rng.normal(size=size))


def distance(found: RidgeSum, f: RidgeSum) -> float:
    return float(gaussian_distance(found, f).relative(6).high)


def sampled(data: Samples, **options: object) -> LearnedFromSamples:
    found = learn(data, **options)
    assert isinstance(found, LearnedFromSamples)
    return found


@pytest.mark.parametrize("neurons, inputs, size", [(1, 6, 1000), (2, 5, 3000), (3, 2, 5000), (3, 8, 10_000)])
def test_noiseless_samples_give_the_hidden_network(neurons: int, inputs: int, size: int) -> None:
    rng = np.random.default_rng(neurons)
    f = hidden(rng, neurons, inputs)
    data = drawn(f, size, rng)
    found = sampled(data, neurons=neurons)
    assert distance(found.function, f) < 1e-12
    assert len(found.function.ridges) == neurons
    assert not any(found.function.linear)
    assert found.complete
    rough = sampled(data, neurons=neurons, refine=False)
    assert distance(rough.function, f) < 2e-2
    # Exactly what the network computes, with numbers that are floats.
    point = tuple(map(Fraction, data.x[0].tolist()))
    assert found.network(*point) == (found.function(*point),)
    assert all(Fraction(float(w)) == w for ridge in found.function.ridges for w in ridge.weight)


@pytest.mark.long
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.nightly)])
def test_twenty_inputs_as_promised(seed: int) -> None:
    rng = np.random.default_rng(seed)
    f = hidden(rng, 3, 20)
    data = drawn(f, 200_000, rng)
    assert distance(sampled(data, neurons=3, refine=False).function, f) < 2e-2
    assert distance(sampled(data, neurons=3).function, f) < 1e-6
    noisy = Samples(data.x, data.y + 0.1 * rng.normal(size=data.size))
    assert distance(sampled(noisy, neurons=3).function, f) < 5e-3


def test_noise_is_averaged_and_part_of_the_estimate() -> None:
    rng = np.random.default_rng(7)
    f = hidden(rng, 2, 4)
    found = sampled(drawn(f, 20_000, rng, noise=0.1), neurons=2)
    assert distance(found.function, f) < 1e-2
    assert found.error is not None
    judged = found.validation
    assert judged.low < 0.1 / np.sqrt(judged.label_mean_square) < judged.high
    assert found.error_words.startswith("estimated: ")


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("angle", [0.3, 0.05])
def test_near_collinear_pairs(sign: int, angle: float) -> None:
    rng = np.random.default_rng(11)
    rows = np.linalg.qr(rng.normal(size=(5, 3)))[0].T
    rows[1] = np.cos(angle) * rows[0] + np.sin(angle) * rows[1]
    f = of_rows(rows, np.array([1.0, sign * 1.2, 0.8]))
    found = sampled(drawn(f, 15_000, rng), neurons=3)
    assert distance(found.function, f) < 1e-6
    assert len(found.function.ridges) == 3


def test_antipodal_neurons_share_a_line() -> None:
    rng = np.random.default_rng(3)
    u = np.array([0.6, 0.8, 0.0])
    f = of_rows(np.array([u, -u, [0.0, 0.0, 1.0]]), np.array([1.0, 1.0, -1.0]))
    found = sampled(drawn(f, 5000, rng), neurons=3)
    assert distance(found.function, f) < 1e-12
    assert len(found.function.ridges) == 2


def test_too_many_neurons_are_merged_with_an_exact_cost() -> None:
    rng = np.random.default_rng(5)
    f = hidden(rng, 2, 4)
    clean = sampled(drawn(f, 4000, rng), neurons=3)
    assert distance(clean.function, f) < 1e-6
    noisy = sampled(drawn(f, 6000, rng, noise=0.1), neurons=3)
    assert len(noisy.function.ridges) == 2
    assert distance(noisy.function, f) < 2e-2
    told = " ".join(stage.what for stage in noisy.stages if stage.name == "merging")
    assert "at a cost of D = " in told or "left out" in told


def test_too_few_neurons_say_so() -> None:
    rng = np.random.default_rng(3)
    f = hidden(rng, 3, 4)
    found = sampled(drawn(f, 5000, rng), neurons=1)
    assert found.error is not None
    assert found.error > 0.05
    # The estimate tells the truth about the exact distance.
    exact = distance(found.function, f)
    assert found.validation.low * 0.7 < exact < found.validation.high * 1.4


def test_the_same_seed_gives_the_same_function_and_the_estimate_is_from_unseen_samples() -> None:
    rng = np.random.default_rng(1)
    data = drawn(hidden(rng, 2, 3), 2000, rng, noise=0.2)
    first, second = sampled(data, neurons=2, seed=4), sampled(data, neurons=2, seed=4)
    assert first.function == second.function
    _, unseen = data.split(0.2, 4)
    weights = np.array([[float(w) for w in r.weight] for r in first.function.ridges])
    values = np.maximum(unseen.x @ weights.T, 0) @ np.array([float(r.coefficient) for r in first.function.ridges])
    values += unseen.x @ np.array(list(map(float, first.function.linear)))
    assert first.validation.mean_square == pytest.approx(float(((unseen.y - values) ** 2).mean()), rel=1e-9)


@pytest.mark.parametrize("factor", [1.0, 1e150, 1e-150])
@pytest.mark.parametrize("stretch", [1.0, 1e100])
def test_units_do_not_matter(factor: float, stretch: float) -> None:
    rng = np.random.default_rng(2)
    f = hidden(rng, 2, 3)
    data = drawn(f, 1500, rng)
    found = sampled(Samples(data.x * stretch, data.y * factor), neurons=2)
    expected = f.scaled(Fraction(factor) / Fraction(stretch))
    assert distance(found.function, expected) < 1e-12


@pytest.mark.parametrize(
    "labels, size", [(lambda x: 0 * x[:, 0], 0), (lambda x: x[:, 0] - x[:, 1], 0), (lambda x: np.abs(x[:, 0]), 1)]
)
def test_plain_functions_have_as_few_neurons_as_they_need(labels, size: int) -> None:
    x = np.random.default_rng(0).normal(size=(2000, 3))
    found = sampled(Samples(x, labels(x)), neurons=2)
    assert found.error == pytest.approx(0, abs=1e-12)
    assert len(found.function.ridges) == size


def test_points_that_are_not_gaussian_are_told_and_fitted_all_the_same() -> None:
    rng = np.random.default_rng(6)
    f = hidden(rng, 2, 3)
    x = rng.uniform(-1, 1, size=(5000, 3))
    weights = np.array([[float(w) for w in r.weight] for r in f.ridges])
    y = np.maximum(x @ weights.T, 0) @ np.array([float(r.coefficient) for r in f.ridges])
    found = sampled(Samples(x, y), neurons=2)
    assert "do NOT look standard Gaussian" in found.stages[0].what
    assert distance(found.function, f) < 1e-6


WEIGHTS = st.tuples(*(st.integers(-2, 2),) * 2)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(-2, 2), WEIGHTS), min_size=1, max_size=3), st.integers(0, 3))
def test_zero_parallel_antipodal_and_cancelling_neurons(neurons: list[tuple[int, tuple[int, int]]], seed: int) -> None:
    rows = np.array([weight for _, weight in neurons], dtype=np.float64)
    f = of_rows(rows, np.array([float(size) for size, _ in neurons]))
    data = drawn(f, 800, np.random.default_rng(seed))
    found = sampled(data, neurons=3, seed=seed)
    size = float(gaussian_norm(f).enclosure(6).high)
    exact = float(gaussian_distance(found.function, f).enclosure(6).high)
    # Whatever was found: what is said of it is true, up to what no sample sees.
    assert exact <= (3 * found.validation.high + 1e-3) * size
    assert len(found.function.ridges) <= 3


def test_a_constant_in_the_labels_is_told() -> None:
    rng = np.random.default_rng(6)
    data = drawn(hidden(rng, 2, 3), 5000, rng)
    found = sampled(Samples(data.x, data.y + 3), neurons=2)
    assert "subtract a constant" in found.stages[-1].what


def test_a_budget_and_an_interrupt_keep_the_best_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(8)
    data = drawn(hidden(rng, 2, 4), 5000, rng)
    stopped = sampled(data, neurons=2, budget=Budget(seconds=1e-9))
    assert not stopped.complete
    assert stopped.error is not None
    assert 0.1 < stopped.error < 1

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sample_recovery, "_refined", interrupted)
    found = sampled(data, neurons=2)
    assert not found.complete
    assert [stage.what for stage in found.stages if stage.name == "stopped"] == ["interrupted"]
    assert found.error is not None
    assert found.error < 2e-2
    monkeypatch.setattr(sample_recovery, "_inputs", interrupted)
    assert not sampled(data, neurons=2).function.ridges


def test_what_cannot_be_learned_is_refused() -> None:
    rng = np.random.default_rng(8)
    data = drawn(hidden(rng, 2, 4), 29, rng)
    with pytest.raises(ShapeMismatch, match="give 32 samples"):
        learn(data, neurons=2)
    enough = drawn(hidden(rng, 2, 4), 32, rng)
    assert learn(enough, neurons=2).complete
    with pytest.raises(NotANumber):
        learn(enough, neurons=2, held_out=1.0)
    with pytest.raises(NotANumber):
        learn(enough, neurons=2, bound=-1.0)
    with pytest.raises(NotANumber):
        learn(enough, neurons=2, starts=0)
    with pytest.raises(Unsupported, match="held_out"):
        learn(enough, neurons=2, colour="red")


# --- the parts -------------------------------------------------------------------------------------------------------


def test_moments_are_those_of_the_function() -> None:
    rng = np.random.default_rng(0)
    f = hidden(rng, 2, 3)
    data = drawn(f, 400_000, rng)
    g = np.array([0.6, 0.8, 0.0])
    for order in (2, 4):
        exact = contracted_moment(f, tuple(map(Fraction, g.tolist())), order).balls(64)
        found = subspace.estimated_moment(data.x, data.y, g, order)
        assert np.abs(found - [[float(b.mid()) for b in row] for row in exact]).max() < 0.05


def test_the_span_is_that_of_the_neurons_and_residuals_make_it_sharper() -> None:
    rng = np.random.default_rng(4)
    rows = np.linalg.qr(rng.normal(size=(8, 2)))[0].T
    f = of_rows(rows, np.array([1.0, -0.7]))
    data = drawn(f, 50_000, rng)
    rest = data.y - data.x @ (rows.T @ [0.5, -0.35])

    def missed(found: subspace.Subspace) -> float:
        return float(np.linalg.norm(rows - rows @ found.basis @ found.basis.T))

    first = subspace.span_of_moments(data.x, rest - rest.mean(), 2, rng)
    known = np.array([0.5, -0.35]), rows
    nothing = rest - np.abs(data.x @ rows.T) @ known[0]
    second = subspace.span_of_moments(data.x, nothing, 2, rng, known=known)
    assert missed(second) < 1e-9 < missed(first) < 0.2


def test_signs_and_orientations() -> None:
    rng = np.random.default_rng(9)
    for size in (3, 14):
        neurons, signs = rng.normal(size=(size, 20)), rng.choice([-1.0, 1.0], size=size)
        sides = rng.choice([-1.0, 1.0], size=size)
        fit = Fit((sides * signs) @ neurons, neurons, signs)
        assert np.array_equal(orientation(fit), sides)
        # Of the function itself nothing changes.
        found = function_of(fit)
        point = tuple(map(Fraction, rng.normal(size=20).tolist()))
        expected = evaluate(fit, np.array([list(map(float, point))]))[0]
        assert float(found(*point)) == pytest.approx(expected, rel=1e-9)


def test_fits_reach_the_minimum_from_either_sign() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2000, 4))
    y = x @ [1.0, 0, 0, 2] - np.abs(x @ [0.0, 1, 1, 0])
    start = Fit(np.zeros(4), np.array([[0.1, 1.0, 0.8, 0.2]]), np.array([1.0]))
    turned = refitted_coefficients(start, x, x, y)
    assert turned.signs.tolist() == [-1.0]
    assert fitted(turned, x, y).loss < 1e-25
    assert greedy(x, y, np.eye(4), 1, rng).loss < 1e-25


def test_pruning_keeps_what_samples_tell_apart() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5000, 3))
    rows = np.array([[1.0, 0.0, 0.0], [1.0, 0.1, 0.0]])
    fit = Fit(np.zeros(3), rows, np.ones(2))
    y = evaluate(fit, x)
    words: list[str] = []
    assert pruned(fit, x, y, words.append).size == 2
    assert pruned(fit, x, y + rng.normal(size=5000), words.append).size == 1
    assert any("merged" in word for word in words)
    assert pruned(fit, x, y, words.append, refine=False) is fit


def test_nets_are_unit_vectors_of_one_side() -> None:
    rng = np.random.default_rng(0)
    for dimension in (1, 2, 3, 5):
        points = net(dimension, rng)
        assert np.allclose(np.linalg.norm(points, axis=1), 1)
    assert (np.abs(net(2, rng) @ [0.6, 0.8]).max()) > 0.999


def test_threads_are_given_back() -> None:
    from verinet.theory.narrow_learning.blas_threads import _switch

    found = _switch()
    before = None if found is None else int(found[0]())

    @one_thread()
    def work() -> None:
        assert found is None or int(found[0]()) == 1
        raise BudgetExhausted("it ran out", fix="give more")

    with pytest.raises(BudgetExhausted):
        work()
    assert found is None or int(found[0]()) == before
