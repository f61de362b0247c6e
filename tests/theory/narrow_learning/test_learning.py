"""One door to all learners."""

from __future__ import annotations

from fractions import Fraction
from importlib import import_module
from importlib.util import find_spec

import pytest

import verinet as vn
from tests.theory.narrow_learning.hidden_networks import of_units
from verinet.errors import NotANumber, Unsupported
from verinet.theory.narrow_learning.learning import LEARNERS, Learned, Log, above, learn, spelled_above, unit_directions
from verinet.theory.narrow_learning.oracles import ExactMoments
from verinet.theory.ridges import Ridge, RidgeSum

DATA = ExactMoments(of_units(1, 2, 3))


def test_the_face_has_it():
    assert vn.learn is learn


@pytest.mark.parametrize("row", LEARNERS, ids=lambda row: f"{row.data}-{row.method}")
def test_every_row_of_the_table_can_be_reached(row):
    for place in (row.data, row.learner):
        module, _, name = place.partition(":")
        assert find_spec(module) is not None
        assert hasattr(import_module(module), name)


def test_what_is_unknown_is_named():
    with pytest.raises(Unsupported, match="learning from a list"):
        learn([1, 2], neurons=1)
    with pytest.raises(Unsupported, match="no option 'depth'"):
        learn(DATA, neurons=2, depth=3)
    with pytest.raises(Unsupported, match="methods are exact"):
        learn(DATA, neurons=2, method="guessing")
    assert learn(DATA, neurons=2, method="exact").error == 0.0


@pytest.mark.parametrize("neurons", [0, -1, True, 1.5, "2"])
def test_a_promise_is_a_positive_integer(neurons):
    with pytest.raises(NotANumber, match="number of neurons is an integer at least 1"):
        learn(DATA, neurons=neurons)


@pytest.mark.parametrize("seed", [-1, True, None])
def test_a_seed_is_an_integer(seed):
    with pytest.raises(NotANumber, match="seed"):
        learn(DATA, neurons=2, seed=seed)


def test_progress_is_told_of_every_stage():
    told = []

    class Listener:
        def update(self, done, open_, note):
            told.append(note)

    found = learn(DATA, neurons=2, progress=Listener())
    assert told == [stage.name for stage in found.stages]
    assert str(found).endswith(found.error_words)
    assert all(stage.seconds >= 0 for stage in found.stages)


def test_a_stage_that_fails_is_kept():
    log = Log()

    def fails():
        with log.stage("roots") as found:
            found("2 of them")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fails()
    assert log.stages[0].what == "2 of them; stopped"


def test_directions_of_any_size():
    huge, zero = Fraction(10**400), Fraction(0)
    f = RidgeSum((zero,) * 2, ridges=(Ridge(1 / huge, (3 * huge, -4 * huge)), Ridge(Fraction(1), (zero, zero))))
    directions, coefficients = unit_directions(f)
    assert directions == ((0.6, -0.8), (0.0, 0.0))
    assert coefficients == (5.0, 0.0)
    learned = Learned.of(f, "exact", error=None, error_words="")
    assert learned.network(1, 1) == (f(1, 1),)
    assert "Learned(" in repr(learned)


@pytest.mark.parametrize("bound", [Fraction(1, 3), Fraction(10**17 + 1), Fraction(1, 10**30), Fraction(0)])
def test_bounds_are_rounded_upwards(bound):
    assert Fraction(above(bound)) >= bound
    assert Fraction(spelled_above(bound)) >= bound
