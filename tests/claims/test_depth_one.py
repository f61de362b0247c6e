"""The jump along a hyperplane: what is refused, what is proved, and that the assumption says so."""

from __future__ import annotations

import pytest

import verinet as vn
from verinet.claims import Proved, Unknown, not_depth_one, not_two_neurons
from verinet.errors import ShapeMismatch, Unsupported
from verinet.networks.expressions import maximum


def larger_of_three() -> vn.Network:
    x, y = vn.variables("x", 2)
    return vn.network((x, y), maximum(maximum(x, y), 0))


def test_maximum_of_three() -> None:
    verdict = vn.prove(not_depth_one(larger_of_three(), (1, 0), ((0, -1), (0, 1))))
    assert isinstance(verdict, Proved)
    (assumption,) = verdict.theorem.assumptions
    assert assumption["kind"] == "lemma"
    assert "kappa = 1 and 0" in assumption["text"]
    assert "no network with one hidden layer is f on R^2" in assumption["text"]


def test_depth_one_functions_have_equal_jumps() -> None:
    x, y = vn.variables("x", 2)
    f = vn.network((x, y), vn.relu(x) - 2 * vn.relu(y) + vn.abs_(x + y) + vn.relu(-x))
    for at in (((0, -1), (0, 1)), ((0, -5), (0, 2))):
        with pytest.raises(Unsupported, match="jumps alike"):
            not_depth_one(f, (1, 0), at)


def test_points_off_the_hyperplane() -> None:
    with pytest.raises(ShapeMismatch):
        not_depth_one(larger_of_three(), (1, 0), ((1, -1), (0, 1)))


def test_a_box_with_another_kink_proves_nothing() -> None:
    """A one-layer function looked at where kinks cross: the local form is false, so nothing is proved."""
    x, y = vn.variables("x", 2)
    f = vn.network((x, y), vn.relu(x) + vn.relu(x + y))
    claim = not_depth_one(f, (1, 0), ((0, 0), (0, 1)))
    assert claim.jumps[0] != claim.jumps[1]
    assert isinstance(vn.prove(claim), Unknown)


def test_two_neurons() -> None:
    x, y = vn.variables("x", 2)
    f = vn.network((x, y), vn.relu(x - y) + vn.relu(y) - vn.relu(-y))
    at = ((0, 0), (1, 1))
    verdict = vn.prove(not_two_neurons(f, (0, 1), 1, (1, -1), at))
    assert isinstance(verdict, Proved)
    assert len(verdict.theorem.assumptions) == 1
    assert isinstance(vn.prove(not_two_neurons(f, (0, 1), 2, (1, -1), at)), Unknown)
    ridge = vn.network((x, y), vn.relu(x - y))
    with pytest.raises(Unsupported, match="equal values"):
        not_two_neurons(ridge, (0, 0), 1, (1, -1), at)
    with pytest.raises(Unsupported, match="no kink"):
        not_two_neurons(f, (0, 1), 0, (1, -1), at)
    with pytest.raises(ShapeMismatch):
        not_two_neurons(f, (0, 1), 1, (1, -1), ((0, 0), (1, 2)))
