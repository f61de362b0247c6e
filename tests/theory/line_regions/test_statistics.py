"""Random networks: counts against an enumeration in rationals, means against the formula, files, processes."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import BadFormat, BudgetExhausted, InexactInput, NotANumber, ShapeMismatch, Unsupported
from verinet.geometry.polyhedra import interval
from verinet.regions.line import line
from verinet.regions.line_floats import count_on_line
from verinet.theory.line_regions.setting import random_network, setting
from verinet.theory.line_regions.statistics import Sampling, region_statistics
from verinet.work import Budget

Layers = list[tuple[list[list[Fraction]], list[Fraction]]]


def enumerated(layers: Layers, low: Fraction | None, high: Fraction | None) -> tuple[int, int]:
    """Activation and linear regions by cutting every piece where a neuron is 0: slow, and nothing of the package."""
    pieces = [(low, high, [(Fraction(1), Fraction(0))], ())]
    for depth, (weights, biases) in enumerate(layers):
        last = depth == len(layers) - 1
        following = []
        for a, b, values, states in pieces:
            forms = [
                (sum(w * s for w, (s, _) in zip(row, values, strict=True)),
                 sum(w * c for w, (_, c) in zip(row, values, strict=True)) + bias)
                for row, bias in zip(weights, biases, strict=True)
            ]  # fmt: skip
            if last:
                following.append((a, b, forms, states))
                continue
            zeros = {-c / s for s, c in forms if s}
            cuts = sorted(z for z in zeros if (a is None or z > a) and (b is None or z < b))
            for left, right in pairwise([a, *cuts, b]):
                inner = middle(left, right)
                on = tuple(s * inner + c > 0 for s, c in forms)
                kept = [form if active else (Fraction(0), Fraction(0)) for form, active in zip(forms, on, strict=True)]
                following.append((left, right, kept, (*states, on)))
        pieces = following
    active = 1 + sum(p[3] != q[3] for p, q in pairwise(pieces))
    linear = 1 + sum(p[2] != q[2] for p, q in pairwise(pieces))
    return active, linear


def middle(a: Fraction | None, b: Fraction | None) -> Fraction:
    if a is None and b is None:
        return Fraction(0)
    if a is None or b is None:
        return (b or Fraction(0)) - 1 if a is None else a + 1
    return (a + b) / 2


def exact(weights: tuple[np.ndarray, ...], biases: tuple[np.ndarray, ...]) -> Layers:
    return [
        ([[Fraction(float(w)) for w in row] for row in weight], [Fraction(float(b)) for b in bias])
        for weight, bias in zip(weights, biases, strict=True)
    ]


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(0, 2**40), st.booleans())
@settings(max_examples=30, deadline=None)
def test_counts_of_samples_are_those_of_an_enumeration(widths: list[int], index: int, bounded: bool) -> None:
    weights, biases = setting(widths).draw(7, index)
    ends = (Fraction(-1), Fraction(3, 2)) if bounded else (None, None)
    assert count_on_line(weights, biases, *ends) == enumerated(exact(weights, biases), *ends)


@given(st.lists(st.integers(1, 3), min_size=1, max_size=3), st.integers(0, 2**32), st.booleans())
@settings(max_examples=30, deadline=None)
def test_degenerate_weights_are_counted_exactly_too(widths: list[int], seed: int, bounded: bool) -> None:
    at = random.Random(seed)
    sizes = [1, *widths, 1]
    weights = tuple(
        np.array([[float(at.randint(-2, 2)) for _ in range(a)] for _ in range(b)]) for a, b in pairwise(sizes)
    )
    biases = tuple(np.array([float(at.randint(-2, 2)) for _ in range(b)]) for b in sizes[1:])
    ends = (Fraction(-1), Fraction(1)) if bounded else (None, None)
    assert count_on_line(weights, biases, *ends) == enumerated(exact(weights, biases), *ends)


def test_a_sample_as_a_network_has_the_same_count() -> None:
    chosen = setting([5, 4])
    for index in range(4):
        found = line(random_network(chosen, 3, index))
        assert count_on_line(*chosen.draw(3, index)) == (found.activation_regions, found.linear_regions)


@pytest.mark.parametrize(
    ("widths", "weights", "bias"),
    [
        ([1, 1, 1], "he", 1),
        ([2, 2], "he", 1),
        ([3, 2, 4], "7/10", "25/4"),
        ([1, 8, 1], "lecun", "1/100"),
        ([2, 3], ["3", "1/5", "7"], ["1/4", "9", "0"]),
        ([7], "glorot", 2),
    ],
)
def test_mean_is_within_three_standard_errors(widths: list[int], weights: object, bias: object) -> None:
    found = region_statistics(widths, weights, bias, samples=150, seed=2, jobs=1)
    assert found.expectation is not None
    assert found.expectation.word == "exact"
    if len(widths) == 1:
        assert set(found.linear_regions) == {widths[0] + 1}
    else:
        assert found.deviation is not None
        assert abs(found.deviation) <= 3
    assert max(found.linear_regions) <= found.bound


def test_mean_on_an_interval() -> None:
    found = region_statistics([4], samples=400, domain=interval(-1, 2), seed=4, jobs=1)
    assert found.expectation is not None
    assert found.expectation.word == "certified"
    assert found.deviation is not None
    assert abs(found.deviation) <= 3
    wide = region_statistics([24, 24], samples=100, domain=interval(-1, 1), seed=4, jobs=1)
    assert wide.expectation is not None
    assert wide.expectation.word == "asymptotic"
    assert wide.deviation is not None
    assert abs(wide.deviation) <= 4


@pytest.mark.nightly
@pytest.mark.parametrize(
    "widths", [[1, 1, 1], [2, 2], [3, 2, 4], [2, 1, 3, 2], [2, 2, 2], [4] * 8, [1, 8, 1], [16] * 3]
)
def test_mean_of_a_thousand(widths: list[int]) -> None:
    found = region_statistics(widths, samples=1000, seed=1)
    assert found.deviation is not None
    assert abs(found.deviation) <= 3


def test_any_number_of_processes_gives_the_same_numbers(tmp_path: Path) -> None:
    alone = region_statistics([6, 6], samples=40, seed=9, jobs=1, file=tmp_path / "one")
    several = region_statistics([6, 6], samples=40, seed=9, jobs=3, file=tmp_path / "three")
    assert alone == several
    assert (tmp_path / "one").read_bytes() == (tmp_path / "three").read_bytes()
    assert alone != region_statistics([6, 6], samples=40, seed=10, jobs=1)


def test_a_run_is_taken_up_again(tmp_path: Path) -> None:
    file = tmp_path / "samples"
    whole = region_statistics([5, 5], samples=30, seed=1, jobs=1)
    region_statistics([5, 5], samples=11, seed=1, jobs=1, file=file)
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0], *lines[4:9]]) + "\n")  # samples in the middle alone
    assert region_statistics([5, 5], samples=30, seed=1, jobs=2, file=file) == whole
    # nothing is counted again: a line is believed
    lines = file.read_text().splitlines()
    assert len(lines) == 31
    file.write_text("\n".join([lines[0], "[0, 36, 36]", *lines[2:]]) + "\n")
    assert region_statistics([5, 5], samples=30, seed=1, file=file).linear_regions[0] == 36


def test_what_was_done_is_kept_when_the_user_interrupts(tmp_path: Path) -> None:
    class Impatient:
        def update(self, done: int, open_: int, note: str) -> None:
            if done >= 12:
                raise KeyboardInterrupt

    file = tmp_path / "samples"
    for jobs in (1, 2):
        sampling = Sampling([4, 4], samples=60, seed=1, jobs=jobs, file=file)
        known = len(sampling.record.counts)
        with pytest.raises(KeyboardInterrupt):
            sampling.run(progress=Impatient())
        assert len(sampling.record.counts) > known
        found = sampling.statistics()
        assert found.samples < 60
        assert found.reason == "interrupted"
        assert (
            found.linear_regions
            == region_statistics([4, 4], samples=60, seed=1, jobs=1).linear_regions[: found.samples]
        )
        assert len(file.read_text().splitlines()) == 1 + len(sampling.record.counts)


def test_budget_keeps_what_was_done() -> None:
    with pytest.raises(BudgetExhausted):
        region_statistics([4, 4], samples=10, jobs=1, budget=Budget(seconds=0))
    sampling = Sampling([4, 4], samples=10, seed=1, jobs=1)
    sampling.record.counts.update({0: (3, 3), 1: (4, 4), 5: (2, 2)})
    sampling.run(Budget(seconds=0))
    found = sampling.statistics()
    assert found.linear_regions == (3, 4)
    assert "0 seconds" in found.reason
    assert found.mean == Fraction(7, 2)
    assert found.standard_error == pytest.approx(0.5)
    assert found.histogram == ((3, 1), (4, 1))


def test_files_of_something_else_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "samples"
    region_statistics([3], samples=3, seed=1, jobs=1, file=file)
    for change in ({"widths": [4]}, {"seed": 2}, {"bias_variance": 2}, {"domain": interval(0, 1)}):
        wanted = {"widths": [3], "samples": 3, "seed": 1, "jobs": 1, **change}
        with pytest.raises(BadFormat, match="samples with another"):
            region_statistics(**wanted, file=file)
    good = file.read_text()
    for bad in (
        "{}\n",
        "hello\n",
        good + "[0, 4, 4]\n",
        good + "[7, 4, 5]\n",
        good + "[7, 4, 0]\n",
        good + "[7, 4]\n",
        good + "[7, 4, 4.0]\n",
        good + '[7, 4, "4"]\n',
        good + "[-7, 4, 4]\n",
        good + "[7, 4, tr",
    ):
        file.write_text(bad)
        with pytest.raises(BadFormat):
            region_statistics([3], samples=3, seed=1, jobs=1, file=file)
        assert file.read_text() == bad
    with pytest.raises(BadFormat, match="does not exist"):
        region_statistics([3], samples=3, file=tmp_path / "none" / "samples")
    head = json.loads(good.splitlines()[0])
    file.write_text(json.dumps({**head, "stream": "another"}) + "\n")
    with pytest.raises(BadFormat, match="stream"):
        region_statistics([3], samples=3, seed=1, jobs=1, file=file)


def test_numbers_that_are_none_are_refused() -> None:
    for widths in ([], [0], [2, -1], [2.0], [True]):
        with pytest.raises(ShapeMismatch):
            region_statistics(widths, samples=1)
    with pytest.raises(InexactInput):
        region_statistics([2], 0.5, samples=1)
    for weights, bias in ((0, 1), (-1, 1), (1, -1)):
        with pytest.raises(NotANumber):
            region_statistics([2], weights, bias, samples=1)
    with pytest.raises(Unsupported):
        region_statistics([2], "xavier?", samples=1)
    with pytest.raises(ShapeMismatch):
        region_statistics([2], [1, 1, 1], samples=1)
    with pytest.raises(Unsupported):
        region_statistics([1 << 15, 1 << 15], samples=1)
    for samples in (0, -3, True, 1.5):
        with pytest.raises(NotANumber):
            region_statistics([2], samples=samples)
    with pytest.raises(NotANumber):
        region_statistics([2], samples=1, jobs=0)
    with pytest.raises(Unsupported):
        region_statistics([2], samples=1, domain=interval(1, 1))


def test_without_biases_there_is_no_formula() -> None:
    found = region_statistics([4, 4], bias_variance=0, samples=20, seed=1, jobs=1)
    assert found.expectation is None
    assert found.deviation is None
    assert set(found.linear_regions) <= {1, 2}
