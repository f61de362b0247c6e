"""Exact moments: equal to their definition, in every square class."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import NotANumber, ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.networks.build import abs_, network, relu, variables
from verinet.theory.narrow_learning.hermite import contracted_moment
from verinet.theory.narrow_learning.noisy_moments import MeasuredMoments, NoisyMoments
from verinet.theory.narrow_learning.oracles import ExactMoments, RationalMoments
from verinet.theory.ridges import Ridge, RidgeSum

numbers = st.fractions(-3, 3, max_denominator=4)
rows = st.tuples(numbers, numbers, numbers)
sums = st.builds(RidgeSum, rows, st.just(Fraction(0)), st.lists(st.builds(Ridge, numbers, rows), max_size=5).map(tuple))


@settings(max_examples=30)
@given(sums, rows)
def test_moments_are_those_of_the_definition(f, direction):
    """The closed form of each order, gathered there independently."""
    found = ExactMoments(f).contractions(direction, 4)
    for m in range(4):
        expected = dict(contracted_moment(f, direction, 2 * m + 2).parts)
        for radicand, matrices in found.items():
            given_rows = expected.get(Fraction(radicand), ((Fraction(0),) * 3,) * 3)
            own = [[Fraction(int(a.p), int(a.q)) for a in row] for row in matrices[m].tolist()]
            assert own == [list(row) for row in given_rows]
        assert {int(r) for r in expected} <= set(found)


def test_an_absolute_value_and_two_relus_have_the_same_moments():
    x, y = variables("x", 2)
    one, two = network((x, y), abs_(x + 3 * y)), network((x, y), relu(x + 3 * y) + relu(-x - 3 * y))
    g = (Fraction(2), Fraction(-1, 3))
    assert ExactMoments(one).contractions(g, 3) == ExactMoments(two).contractions(g, 3)
    assert ExactMoments(one).linear == (0, 0)


def test_biases_are_refused():
    (x,) = variables("x", 1)
    with pytest.raises(Unsupported, match="without biases"):
        ExactMoments(network((x,), relu(x - 1)))
    assert ExactMoments(network((x,), relu(x - 1) - relu(x - 1) + x)).linear == (1,)


def test_what_a_program_returns_is_checked():
    zero = (Fraction(0),) * 2
    with pytest.raises(ShapeMismatch, match="2 inputs"):
        RationalMoments(2, zero, lambda g, n: [[[1]]] * n).contractions(zero, 2)
    with pytest.raises(ShapeMismatch):
        RationalMoments(2, zero, lambda g, n: []).contractions(zero, 2)
    with pytest.raises(Unsupported, match="symmetric"):
        RationalMoments(2, zero, lambda g, n: [[[1, 2], [3, 4]]] * n).contractions(zero, 2)
    with pytest.raises(Unsupported, match="product of two is a square"):
        RationalMoments(2, zero, lambda g, n: {2: [], 8: []}).contractions(zero, 2)
    with pytest.raises(ShapeMismatch, match="linear part"):
        RationalMoments(3, zero, lambda g, n: [])


def test_noise_is_symmetric_repeatable_and_of_the_size_asked_for():
    f = RidgeSum((Fraction(0),) * 3, ridges=(Ridge(Fraction(2), (Fraction(1), Fraction(2), Fraction(2))),))
    g = (Fraction(1), Fraction(0), Fraction(1))
    moments = NoisyMoments(f, Fraction(1, 1000), seed=5)
    first, again = moments.contractions(g, 2), NoisyMoments(f, Fraction(1, 1000), seed=5).contractions(g, 2)
    assert first == again
    assert first != NoisyMoments(f, Fraction(1, 1000), seed=6).contractions(g, 2)
    for noisy, exact in zip(first, ExactMoments(f).contractions(g, 2)[1], strict=True):
        assert noisy == noisy.transpose()
        square = square_of(noisy - exact) / square_of(exact)
        assert abs(square * 10**6 - 1) < Fraction(1, 10**9)


def square_of(matrix: fmpq_mat) -> Fraction:
    return sum((Fraction(int(a.p), int(a.q)) ** 2 for a in matrix.entries()), Fraction(0))


def test_noise_outside_of_its_range_is_refused():
    f = RidgeSum((Fraction(1),))
    for noise in (0, 1, -1):
        with pytest.raises(NotANumber, match="between 0 and 1"):
            NoisyMoments(f, Fraction(noise))


def test_measured_moments_are_not_invented():
    one = Matrix.from_rows([[1]])
    measured = MeasuredMoments((Fraction(0),), {(Fraction(1),): (one, one)})
    moments = NoisyMoments(measured, Fraction(1, 100))
    assert moments.contractions((Fraction(1),), 2) == [fmpq_mat(1, 1, [1])] * 2
    with pytest.raises(Unsupported, match="are needed"):
        moments.contractions((Fraction(1),), 3)
    with pytest.raises(Unsupported, match="are needed"):
        moments.contractions((Fraction(2),), 1)
