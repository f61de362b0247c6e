"""Inputs that are none: floats where numbers are exact, other types, other sizes, formulas too long to write."""

from __future__ import annotations

from fractions import Fraction
from math import nan

import pytest

from verinet.errors import InexactInput, NotANumber, ShapeMismatch, Unsupported
from verinet.networks.build import network, relu, variables
from verinet.theory.narrow_learning.borders import exact_vector, whole
from verinet.theory.narrow_learning.clumping import Game, clumping_game, ladder, least_stuck_size
from verinet.theory.narrow_learning.gaussian_distance import gaussian_distance, gaussian_norm
from verinet.theory.narrow_learning.hermite import contracted_moment, contracted_tensor, moment_entry
from verinet.theory.narrow_learning.hermite_coefficients import half_moment, hermite_coefficient, hermite_polynomial
from verinet.theory.narrow_learning.learning import learn
from verinet.theory.narrow_learning.linear_recurrences import shortest_recurrence
from verinet.theory.narrow_learning.merging import merge_cost, merge_within
from verinet.theory.narrow_learning.noisy_moments import NoisyMoments
from verinet.theory.narrow_learning.oracles import ExactMoments, RationalMoments
from verinet.theory.narrow_learning.robust_vandermonde import Separation, local_inverse, tight_value
from verinet.theory.narrow_learning.vanishing_moments import (
    AbsoluteValues,
    polygon_moment_square,
    polygon_norm_square,
)
from verinet.theory.ridges import Ridge, RidgeSum

ZERO, ONE = Fraction(0), Fraction(1)
x, y = variables("x", 2)
F = RidgeSum((ZERO, ZERO), ZERO, (Ridge(ONE, (ONE, 2 * ONE)), Ridge(ONE, (ONE, ONE))))
FLOATS = (
    RidgeSum((0.5, ZERO)),
    RidgeSum((ZERO, ZERO), 0.5),
    RidgeSum((ZERO, ZERO), ZERO, (Ridge(0.5, (ONE, ONE)),)),
    RidgeSum((ZERO, ZERO), ZERO, (Ridge(ONE, (ONE, 0.5)),)),
    RidgeSum((ZERO, ZERO), ZERO, (Ridge(ONE, (ONE, ONE), nan),)),
)


@pytest.mark.parametrize("given", FLOATS, ids=range(len(FLOATS)))
@pytest.mark.parametrize("use", [gaussian_norm, ExactMoments, lambda f: merge_within(f, ONE)])
def test_no_float_reaches_what_is_exact(given, use) -> None:
    with pytest.raises(InexactInput):
        use(given)


@pytest.mark.parametrize("given", [None, "net.json", 3, [F]])
@pytest.mark.parametrize("use", [gaussian_norm, ExactMoments, lambda f: gaussian_distance(F, f)])
def test_what_is_no_function_is_refused(given, use) -> None:
    with pytest.raises(Unsupported, match="a network or a sum of ridges"):
        use(given)


@pytest.mark.parametrize("power", [0, -1, 1.0])
def test_powers_of_ridges_are_positive_integers(power) -> None:
    with pytest.raises(Unsupported, match="positive integer"):
        gaussian_norm(RidgeSum((ZERO, ZERO), ZERO, (Ridge(ONE, (ONE, ONE), ZERO, power),)))


@pytest.mark.parametrize("digits", [0, -1, 30.5, True, "3", None, 20_001])
def test_digits_are_integers(digits) -> None:
    found = gaussian_norm(F)
    for ask in (found.enclosure, found.squared_enclosure, gaussian_distance(F, F.scaled(2 * ONE)).relative):
        with pytest.raises(NotANumber, match="number of digits"):
            ask(digits)


@pytest.mark.parametrize("output", [-1, True, "a", 0.0])
def test_outputs_are_counted(output) -> None:
    for f in (F, network([x, y], relu(x))):
        with pytest.raises(NotANumber, match="an output is an integer"):
            gaussian_norm(f, output=output)


def test_formulas_too_long_are_refused_before_they_are_made(monkeypatch) -> None:
    import sympy

    far = gaussian_distance(network([x, y], relu(x)), network([x, y], relu(x + Fraction(1, 10**3000) * y)))
    near = gaussian_distance(network([x, y], relu(x)), network([x, y], relu(x + Fraction(1, 10**30) * y)))
    biased = gaussian_distance(network([x, y], relu(x + 1)), network([x, y], relu(x + 1 + Fraction(1, 10**3000) * y)))
    assert "sqrt" in near.latex()
    monkeypatch.setattr(sympy, "sqrt", None)
    with pytest.raises(Unsupported, match="too long"):
        far.latex()
    with pytest.raises(Unsupported, match="too long"):
        biased.latex(integrals=True)
    assert float(far.squared_enclosure(5).low * 10**6000) == pytest.approx(0.5)


# --- moments -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "linear", "contract", "error"),
    [
        (0, (), list, NotANumber),
        (1.0, (ZERO,), list, NotANumber),
        (True, (ZERO,), list, NotANumber),
        (1, (0.5,), list, InexactInput),
        (1, (ZERO, ZERO), list, ShapeMismatch),
        (1, (ZERO,), None, Unsupported),
    ],
)
def test_moments_of_a_program_are_checked_when_they_are_made(inputs, linear, contract, error) -> None:
    with pytest.raises(error):
        RationalMoments(inputs, linear, contract)


@pytest.mark.parametrize("radicands", [(True,), ("a", 2), (2, 8), (0,), (2.0,)])
def test_radicands_are_integers_of_different_classes(radicands) -> None:
    moments = RationalMoments(1, (ZERO,), lambda g, n: {r: [[[1]]] * n for r in radicands})
    with pytest.raises(Unsupported, match="radicands are positive integers"):
        learn(moments, neurons=1)


@pytest.mark.parametrize(
    "lie",
    [
        lambda g, n: [[[1, 0], [0, 1]]] * n,
        lambda g, n: [[[(-1) ** m, 0], [0, 0]] for m in range(n)],
        lambda g, n: [[[m * m, m], [m, 1]] for m in range(n)],
        lambda g, n: {2: [[[1, 0], [0, 0]]] * n},
    ],
)
def test_programs_that_lie_are_refused(lie) -> None:
    with pytest.raises(Unsupported, match="not recognised"):
        learn(RationalMoments(2, (ZERO, ZERO), lie), neurons=3)


def test_directions_of_exact_moments_are_exact_and_long_enough() -> None:
    moments = ExactMoments(F)
    for direction, error in (((0.5, ONE), InexactInput), ((ONE,), ShapeMismatch)):
        with pytest.raises(error):
            moments.contractions(direction, 2)
    with pytest.raises(NotANumber):
        moments.contractions((ONE, ONE), -1)


def test_moments_that_vanish_have_no_relative_noise() -> None:
    moments = NoisyMoments(RidgeSum((ONE, ONE)), Fraction(1, 100))
    assert not any(any(h.entries()) for h in moments.contractions((ONE, ONE), 2))
    found = learn(moments, neurons=1)
    assert found.error == 0
    assert "certified: its relative Gaussian L2 distance" in found.error_words


def test_an_error_below_all_floats_is_not_0() -> None:
    found = learn(NoisyMoments(F, Fraction(1, 10**400)), neurons=2)
    assert 0 < found.error < 1e-300
    assert "e-400 of their size, their noise is 1.00e-400" in found.error_words or "e-399 of" in found.error_words


# --- objects ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Game((ZERO, 0.5, ZERO), ONE), InexactInput),
        (lambda: Game((ZERO, ONE, ZERO), 0.5), InexactInput),
        (lambda: clumping_game([0, 1, 0], threshold=1).is_good(0, 1.5), Unsupported),
        (lambda: ladder(1.5, threshold=1), NotANumber),
        (lambda: ladder(21, threshold=1), ShapeMismatch),
        (lambda: least_stuck_size(10**12), Unsupported),
        (lambda: contracted_moment(F, (0.1, 0.2), 4), InexactInput),
        (lambda: contracted_moment(F, (1, 0), 2.0), NotANumber),
        (lambda: contracted_tensor((0.1,), (ONE,), 2), InexactInput),
        (lambda: contracted_tensor((ONE,), (ONE, ONE), 2), ShapeMismatch),
        (lambda: moment_entry(F, (3, -1)), NotANumber),
        (lambda: moment_entry(F, (2,)), ShapeMismatch),
        (lambda: hermite_polynomial(-1), NotANumber),
        (lambda: half_moment(-1), NotANumber),
        (lambda: hermite_coefficient(1.5), NotANumber),
        (lambda: shortest_recurrence([0.1, 0.2]), InexactInput),
        (lambda: merge_cost("mean"), Unsupported),
        (lambda: merge_within(F, nan), NotANumber),
        (lambda: merge_within(F, ONE, "mean"), Unsupported),
        (lambda: local_inverse([0, 1], [1], 1.5), NotANumber),
        (lambda: Separation(3.5, 2, ONE, ONE, ONE), NotANumber),
        (lambda: tight_value(0, 1), NotANumber),
        (lambda: AbsoluteValues(((1.0, 0.0),), (ONE,)), InexactInput),
        (lambda: AbsoluteValues(((ONE, ZERO, ZERO),), (ONE,)), ShapeMismatch),
        (lambda: AbsoluteValues(((ONE, ZERO),), (ONE,)).moment(-1), NotANumber),
        (lambda: polygon_moment_square(4, 4.0), NotANumber),
        (lambda: polygon_norm_square(2.0), NotANumber),
        (lambda: whole(3, "it", 1, 2), NotANumber),
        (lambda: exact_vector("12", 3), ShapeMismatch),
    ],
)
def test_refusals(make, error) -> None:
    with pytest.raises(error):
        make()
