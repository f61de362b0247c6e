"""Exact recovery: the hidden function itself, or a refusal."""

from __future__ import annotations

import random
from fractions import Fraction
from math import sqrt

import pytest
from flint import fmpq_mat, fmpq_poly
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.theory.narrow_learning.hidden_networks import function, near_pair, of_units, with_pairs
from verinet.errors import NotANumber, Unsupported
from verinet.theory.narrow_learning import exact_recovery
from verinet.theory.narrow_learning.conjugate_lines import power_sums, separated
from verinet.theory.narrow_learning.learning import learn
from verinet.theory.narrow_learning.line_form import LineForm, line_form
from verinet.theory.narrow_learning.oracles import ExactMoments, RationalMoments
from verinet.theory.ridges import RidgeSum
from verinet.work import Budget

ZERO = Fraction(0)


def recovered(hidden: RidgeSum, neurons: int, **options: object) -> bool:
    """Whether the function is found, given moments only: the hidden function is not there to be compared with."""
    moments = ExactMoments(hidden)
    blind = RationalMoments(hidden.inputs, moments.linear, moments.contractions)
    found = learn(blind, neurons=neurons, **options)
    assert found.function.merged() == hidden.merged()
    assert len(found.function.ridges) <= neurons
    assert not any(found.function.linear)
    assert found.network(*range(hidden.inputs)) == (hidden(*range(hidden.inputs)),)
    return found.error == 0.0 and found.complete and found.error_words.startswith("exact")


@pytest.mark.parametrize("digits", [3, 10, 30, 100, 300])
@pytest.mark.parametrize("second", [Fraction(-3), Fraction(3), Fraction(-2)])
def test_two_neurons_close_together(digits, second):
    assert recovered(near_pair(5, Fraction(1, 10**digits), Fraction(3), second, Fraction(2)), 3)


def test_two_neurons_close_together_that_are_no_unit_vectors():
    """Irrational lengths of 200 digits, in square classes that nobody can factor."""
    near = tuple(Fraction(i + 1) + Fraction(i, 10**100) for i in range(5))
    hidden = function(5, (Fraction(3), range(1, 6)), (Fraction(-3), near), (Fraction(1, 7), (1, 0, 0, 0, -1)))
    assert recovered(hidden, 3)


@pytest.mark.parametrize(("neurons", "inputs"), [(3, 20), (5, 20), (3, 40), (10, 10)])
def test_sizes(neurons, inputs):
    assert recovered(of_units(7, neurons, inputs), neurons)


@pytest.mark.parametrize("seed", range(60))
def test_random_networks_with_antipodal_and_cancelling_pairs(seed):
    hidden, neurons = with_pairs(seed)
    assert recovered(hidden, neurons, seed=seed)


@settings(max_examples=25)
@given(st.integers(0, 10**6))
def test_too_small_a_promise_is_never_answered_wrongly(seed):
    hidden, _ = with_pairs(seed)
    for neurons in (1, 2):
        moments = ExactMoments(hidden)
        blind = RationalMoments(hidden.inputs, moments.linear, moments.contractions)
        if len(hidden.merged().ridges) > neurons:
            with pytest.raises(Unsupported, match="not recognised"):
                learn(blind, neurons=neurons)
        else:
            assert learn(blind, neurons=neurons).function.merged() == hidden.merged()


def test_near_a_polygon_whose_first_moments_vanish():
    """Four lines, nearly at equal angles, whose moments of low order nearly vanish."""
    lines = ((1, 0), (99, 70), (0, 1), (-70, 99))
    hidden = function(2, *((Fraction((-1) ** i), line) for i, line in enumerate(lines)))
    with pytest.raises(Unsupported, match="at most 2 neurons"):
        learn(ExactMoments(hidden), neurons=2)


def test_moments_beyond_the_promise_are_compared_with_a_known_function():
    """A square class that vanishes up to the order asked for is seen when the hidden function is known."""

    class Forgetful(ExactMoments):
        def contractions(self, direction, count):
            return {r: [0 * m for m in matrices] for r, matrices in super().contractions(direction, count).items()}

    with pytest.raises(Unsupported, match="is not the hidden one"):
        learn(Forgetful(of_units(1, 2, 3)), neurons=2)


def test_the_certificate_catches_nodes_that_collide(monkeypatch):
    """Both directions such that two lines have the same node: what looks like one line is a sum of two."""
    hidden = function(3, (Fraction(1), (1, 2, 2)), (Fraction(1), (2, 1, 2)), (Fraction(1), (2, 2, 1)))
    drawn = exact_recovery._drawn
    calls = []

    def unlucky(draws, size, bits):
        calls.append(bits)
        return (Fraction(1), Fraction(1), Fraction(5)) if len(calls) <= 2 else drawn(draws, size, bits)

    monkeypatch.setattr(exact_recovery, "_drawn", unlucky)
    found = learn(ExactMoments(hidden), neurons=3)
    assert found.function.merged() == hidden.merged()
    assert next(stage.what for stage in found.stages if stage.name == "roots") == "two lines have the same node"


def test_a_forged_line_is_caught_by_the_fresh_direction(monkeypatch):
    hidden = of_units(2, 2, 3)

    def forged(radicand, matrices, nodes):
        parts = separated(radicand, matrices, nodes)
        parts[0] = type(parts[0])(radicand, parts[0].minimal, tuple(2 * m for m in parts[0].matrices))
        return parts

    monkeypatch.setattr(exact_recovery, "separated", forged)
    with pytest.raises(Unsupported, match="fresh direction are not reproduced"):
        learn(ExactMoments(hidden), neurons=2)


def test_comparison_at_directions_without_exception():
    found = learn(ExactMoments(of_units(3, 2, 3)), neurons=2, proof=True)
    assert "leave no exception" in found.error_words
    stage = next(stage for stage in found.stages if stage.name == "certificate")
    assert stage.what == "the moments at 25 fresh directions are reproduced"


# --- algebraic directions -----------------------------------------------------------------------------


def conjugate_moments(first, second, root, extra=()):
    """Moments of |u.x| + |u'.x| for w = first + second sqrt(root) and its conjugate, which have the same length."""
    size = len(first)
    norm = sum(a * a + root * b * b for a, b in zip(first, second, strict=True))
    assert sum(a * b for a, b in zip(first, second, strict=True)) == 0

    def contract(g, count):
        p = sum((a * x for a, x in zip(first, g, strict=True)), ZERO)
        q = sum((b * x for b, x in zip(second, g, strict=True)), ZERO)
        node = ((p * p + root * q * q) / norm, 2 * p * q / norm)
        a, b = Fraction(1), ZERO
        found = []
        rational = ExactMoments(function(size, *extra)).contractions(g, count)
        for m in range(count):
            rows = [
                [
                    2
                    * (
                        a * (first[i] * first[j] + root * second[i] * second[j])
                        + b * root * (first[i] * second[j] + second[i] * first[j])
                    )
                    / norm
                    for j in range(size)
                ]
                for i in range(size)
            ]
            for matrices in rational.values():
                own = matrices[m].tolist()
                rows = [
                    [x + Fraction(int(y.p), int(y.q)) for x, y in zip(*pair, strict=True)]
                    for pair in zip(rows, own, strict=True)
                ]
            found.append(rows)
            a, b = node[0] * a + root * node[1] * b, node[1] * a + node[0] * b
        return found

    return contract


def test_algebraic_directions_are_enclosed():
    extra = ((Fraction(4), (Fraction(3, 5), Fraction(4, 5), ZERO)),)
    contract = conjugate_moments((Fraction(1), ZERO, Fraction(1)), (ZERO, Fraction(1), ZERO), 3, extra)
    linear = (Fraction(6, 5), Fraction(8, 5), ZERO)
    found = learn(RationalMoments(3, linear, contract), neurons=5, digits=40)
    assert 0 < found.error < 1e-38
    assert found.error_words.startswith("certified")
    length = sqrt(5)
    for sign in (1, -1):
        wanted = (1 / length, sign * sqrt(3) / length, 1 / length)
        assert any(
            min(max(abs(a - s * b) for a, b in zip(u, wanted, strict=True)) for s in (1, -1)) < 1e-14
            for u in found.directions
        )
    assert any(r.weight[:2] == (3, 4) and 5 * r.coefficient == 4 for r in found.function.merged().ridges)


def test_the_certified_bound_contains_the_distance():
    """A second look: the L2 distance of c|w.x| with c = 1 along (1, sqrt 2) from its rounding, by mpmath."""
    import mpmath

    contract = conjugate_moments((Fraction(1), ZERO), (ZERO, Fraction(1)), 2)
    found = learn(RationalMoments(2, (ZERO, ZERO), contract), neurons=4, digits=6)
    m = mpmath.MPContext()
    m.dps = 60
    terms = [(1 / m.sqrt(3), (m.mpf(1), s * m.sqrt(2))) for s in (1, -1)]
    for r in found.function.ridges:  # |w.x| = 2 relu(w.x) - w.x; the linear parts cancel up to rounding
        terms.append(
            (
                -m.mpf(r.coefficient.numerator) / r.coefficient.denominator / 2,
                tuple(m.mpf(w.numerator) / w.denominator for w in r.weight),
            )
        )

    def kernel(u, v):
        dot = u[0] * v[0] + u[1] * v[1]
        cross = abs(u[0] * v[1] - u[1] * v[0])
        return 2 / m.pi * (cross + (m.pi / 2 - m.atan2(cross, dot)) * dot)

    square = sum(a * b * kernel(u, v) for a, u in terms for b, v in terms)
    assert 0 < m.sqrt(square) <= found.error < 1e-5


def test_algebraic_lengths_too():
    """A rational line with an irrational coefficient: sqrt 2 |x| in one input."""
    moments = RationalMoments(1, (ZERO,), lambda g, n: {2: [[[g[0] ** (2 * m)]] for m in range(n)]})
    found = learn(moments, neurons=2, digits=20)
    assert found.error < 1e-19
    assert abs(found.coefficients[0] - sqrt(2)) < 1e-12


def test_the_integer_that_stands_for_a_class_may_change():
    """sqrt 8 is 2 sqrt 2: a program may write a moment in either way."""
    calls = []

    def contract(g, count):
        calls.append(g)
        radicand, scale = ((2, 2), (8, 1), (18, Fraction(2, 3)))[len(calls) % 3]
        return {radicand: [[[scale * g[0] ** (2 * m)]] for m in range(count)]}

    found = learn(RationalMoments(1, (ZERO,), contract), neurons=2, digits=20)
    assert len(calls) == 2
    assert abs(found.coefficients[0] - sqrt(8)) < 1e-12


def test_moments_of_no_function_are_refused():
    """Nodes that are not real, and a negative one."""
    for matrices in ([1, 0, -1, 0], [1, -1, 1, -1]):
        moments = RationalMoments(1, (ZERO,), lambda g, n, m=matrices: [[[a]] for a in m[:n]])
        with pytest.raises(Unsupported, match="not recognised"):
            learn(moments, neurons=2)


def test_power_sums():
    polynomial = fmpq_poly([-6, 11, -6, 1])
    assert power_sums(polynomial, 6) == [1**m + 2**m + 3**m for m in range(6)]


def test_separated_parts_sum_to_the_moments():
    nodes = fmpq_poly([-2, 0, 1]) * fmpq_poly([-3, 1])
    matrices = [fmpq_mat(1, 1, [2 * s + 5 * 3**m]) for m, s in enumerate((1, 0, 2))]
    parts = separated(1, matrices, nodes)
    assert sorted(part.degree for part in parts) == [1, 2]
    for part in parts:
        assert part.matrices[0] == fmpq_mat(1, 1, [1 if part.degree == 2 else 5])


# --- options, budget, interruption --------------------------------------------------------------------


def test_a_budget_that_runs_out_leaves_the_best_so_far():
    hidden = of_units(1, 3, 4)
    found = learn(ExactMoments(hidden), neurons=3, budget=Budget(steps=1))
    assert not found.complete
    assert found.error is None
    assert "1 steps ran out" in found.error_words
    assert found.function.merged() == hidden.merged()  # right, but not checked
    nothing = learn(ExactMoments(hidden), neurons=3, budget=Budget(seconds=0))
    assert not nothing.complete
    assert line_form(nothing.function) == LineForm(ExactMoments(hidden).linear, ())


def test_an_interruption_leaves_the_best_so_far(monkeypatch):
    hidden = of_units(1, 3, 4)

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(exact_recovery, "_certificate", interrupted)
    found = learn(ExactMoments(hidden), neurons=3)
    assert not found.complete
    assert "interrupted" in found.error_words
    assert len(found.directions) == 3
    assert found.stages[-1].name == "certificate" or found.stages[-1].what == "stopped"


def test_the_same_seed_gives_the_same_result():
    data = ExactMoments(of_units(5, 3, 4))
    first, again, other = (learn(data, neurons=4, seed=seed) for seed in (1, 1, 2))
    assert first.function == again.function
    assert first.function.merged() == other.function.merged()


@pytest.mark.parametrize("options", [{"attempts": 0}, {"digits": True}])
def test_options_are_checked(options):
    with pytest.raises(NotANumber, match="an integer at least 1"):
        learn(ExactMoments(of_units(1, 1, 2)), neurons=1, **options)


def test_the_zero_function_and_linear_ones():
    zero = RidgeSum((ZERO, ZERO))
    assert recovered(zero, 1)
    x = random.Random(1)
    weight = tuple(Fraction(x.randint(1, 9)) for _ in range(2))
    assert recovered(function(2, (Fraction(1), weight), (Fraction(-1), tuple(-w for w in weight))), 2)
