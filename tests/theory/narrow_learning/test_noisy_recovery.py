"""The pencil: what noise makes indistinguishable is merged, and the error stays near the noise."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.theory.narrow_learning.hidden_networks import function, near_pair, of_units, on_the_sphere
from verinet.errors import NotANumber, ShapeMismatch
from verinet.exact.linalg import Matrix
from verinet.theory.narrow_learning.gaussian_distance import gaussian_distance
from verinet.theory.narrow_learning.learning import learn
from verinet.theory.narrow_learning.noisy_moments import MeasuredMoments, NoisyMoments
from verinet.theory.narrow_learning.oracles import ExactMoments
from verinet.theory.ridges import RidgeSum
from verinet.work import Budget


def relative_error(found: RidgeSum, hidden: RidgeSum) -> float:
    return float(gaussian_distance(found, hidden).relative(3).high)


# gap of the pair, its second coefficient, noise, neurons found, the measured relative error with some room
ROWS = [
    ("1e-8", 1, "1e-3", 2, 2e-3),
    ("1e-8", 1, "1e-6", 2, 2e-6),
    ("1e-8", 1, "1e-12", 2, 5e-12),
    ("1e-8", 1, "1e-24", 3, 5e-13),
    ("1e-8", -1, "1e-3", 1, 3e-3),
    ("1e-8", -1, "1e-6", 1, 3e-6),
    ("1e-8", -1, "1e-12", 3, 1e-8),
    ("1e-2", 1, "1e-6", 3, 6e-4),
]


@pytest.mark.parametrize(("gap", "second", "noise", "neurons", "error"), ROWS)
def test_how_noise_is_amplified(gap, second, noise, neurons, error):
    hidden = near_pair(6, Fraction(gap), Fraction(1), Fraction(second), Fraction(3, 2))
    found = learn(NoisyMoments(hidden, Fraction(noise)), neurons=3)
    assert len(found.directions) == neurons
    assert relative_error(found.function, hidden) < error
    assert found.error < 4 * float(noise)
    assert found.error_words.startswith("numeric")


@pytest.mark.parametrize(("noise", "error"), [("1e-6", 1e-5), ("1e-12", 1e-11), ("1e-30", 1e-29)])
def test_dependent_directions_need_more_blocks(noise, error):
    """Four lines in the plane."""
    points = (Fraction(1, 5), Fraction(-3), Fraction(9, 10), Fraction(-1, 2))
    hidden = function(2, *((Fraction(i + 1, 2) * (-1) ** i, on_the_sphere((t,))) for i, t in enumerate(points)))
    found = learn(NoisyMoments(hidden, Fraction(noise)), neurons=4)
    assert len(found.function.ridges) == 4
    assert relative_error(found.function, hidden) < error


def test_many_inputs():
    hidden = of_units(3, 3, 16)
    found = learn(NoisyMoments(hidden, Fraction(1, 10**6)), neurons=3, directions=1)
    assert relative_error(found.function, hidden) < 1e-4


def test_the_certified_distance_is_told():
    hidden = of_units(4, 2, 3)
    found = learn(NoisyMoments(hidden, Fraction(1, 10**9)), neurons=2)
    assert "certified: its relative Gaussian L2 distance" in found.error_words
    assert found.stages[-1].name == "comparison"


@pytest.mark.parametrize("directions", [1, 2])
def test_measured_moments(directions):
    """Only what was measured is used."""
    hidden = of_units(6, 2, 3)
    noisy = NoisyMoments(hidden, Fraction(1, 10**8))
    table = {}
    for place in range(directions):
        g = tuple(Fraction(a, 7 + place) for a in (3, 5, -4))
        rows = [[[str(entry) for entry in row] for row in h.tolist()] for h in noisy.contractions(g, 4)]
        table[g] = tuple(Matrix.from_rows(h) for h in rows)
    measured = MeasuredMoments(ExactMoments(hidden).linear, table)
    found = learn(NoisyMoments(measured, noisy.noise), neurons=2)
    assert relative_error(found.function, hidden) < 1e-5
    assert ("only direction that was measured" in found.error_words) == (directions == 1)


def test_arrays_of_floats():
    """Moments rounded to floats are moments with a noise of 1e-15."""
    hidden = of_units(6, 2, 3)
    directions = [(3, 5, -4), (1, 2, 2), (-1, 0, 4)]
    exact = [ExactMoments(hidden).contractions([Fraction(a) for a in g], 4)[1] for g in directions]
    matrices = [
        [[[float(Fraction(int(a.p), int(a.q))) for a in row] for row in h.tolist()] for h in hs] for hs in exact
    ]
    linear = np.array([float(a) for a in ExactMoments(hidden).linear])
    measured = MeasuredMoments.of_arrays(linear, np.array(directions, float), np.array(matrices))
    found = learn(NoisyMoments(measured, Fraction(1, 10**15)), neurons=2)
    assert relative_error(found.function, hidden) < 1e-12


def test_arrays_are_checked():
    linear, directions, matrices = np.zeros(2), np.ones((3, 2)), np.zeros((3, 4, 2, 2))
    for wrong in ((linear, directions, matrices[:2]), (np.zeros(3), directions, matrices), (linear, linear, matrices)):
        with pytest.raises(ShapeMismatch, match="shapes"):
            MeasuredMoments.of_arrays(*wrong)
    matrices[0, 0, 0, 0] = np.nan
    with pytest.raises(NotANumber, match="not finite"):
        MeasuredMoments.of_arrays(linear, directions, matrices)


def test_nothing_but_a_linear_part():
    hidden = RidgeSum((Fraction(1), Fraction(-2)))
    found = learn(NoisyMoments(hidden, Fraction(1, 1000)), neurons=2)
    assert relative_error(found.function, hidden) < 2e-3
    assert found.complete


def test_a_budget_that_runs_out_leaves_the_best_so_far():
    hidden = of_units(6, 2, 3)
    found = learn(NoisyMoments(hidden, Fraction(1, 10**8)), neurons=2, budget=Budget(steps=2))
    assert not found.complete
    assert "2 steps ran out" in found.error_words
    assert relative_error(found.function, hidden) < 1e-5  # one pencil was formed
    nothing = learn(NoisyMoments(hidden, Fraction(1, 10**8)), neurons=2, budget=Budget(steps=0))
    assert nothing.error is None
    assert not nothing.complete


def test_an_interruption_leaves_the_best_so_far():
    hidden = of_units(6, 2, 3)
    calls = []

    class Interrupted(NoisyMoments):
        def contractions(self, direction, count):
            calls.append(direction)
            if len(calls) == 3:
                raise KeyboardInterrupt
            return NoisyMoments(self.source, self.noise).contractions(direction, count)

    found = learn(Interrupted(hidden, Fraction(1, 10**8)), neurons=2)
    assert not found.complete
    assert "interrupted" in found.error_words
    assert relative_error(found.function, hidden) < 1e-5


def test_the_number_of_directions_is_checked():
    with pytest.raises(NotANumber, match="number of directions"):
        learn(NoisyMoments(of_units(1, 1, 2), Fraction(1, 10)), neurons=1, directions=0)
