"""Conventions, densities, measures and push-forwards: exact identities at random points, with nasty weights."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import comb

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from verinet.errors import InexactInput, NotANumber, ShapeMismatch, Unsupported
from verinet.networks.activations import activation
from verinet.theory.barron.conventions import Convention, InputBall, Pairing, convention, cost, length
from verinet.theory.barron.densities import PowerDensity
from verinet.theory.barron.derivatives import derivative, derivative_bound, through_derivative
from verinet.theory.barron.measures import Atom, Fibre, Measure, measure_of
from verinet.theory.barron.push_forwards import (
    averaged,
    binomial,
    combination_factor,
    combined,
    hat,
    lowered,
    shifted,
    terms_of,
)
from verinet.theory.ridges import Ridge, RidgeSum

ZERO, ONE = Fraction(0), Fraction(1)
TINY = Fraction(1, 10**60 + 7)
small = st.fractions(-3, 3, max_denominator=5)
entries = st.one_of(small, st.sampled_from([ZERO, ONE, -ONE, TINY, 1 + TINY]))


def dot(a, b):
    return sum((x * y for x, y in zip(a, b, strict=True)), ZERO)


@st.composite
def cases(draw, most=4):
    d = draw(st.integers(1, 3))
    rows = st.tuples(*[entries] * d)
    atoms = [Atom(draw(small), draw(rows), draw(entries)) for _ in range(draw(st.integers(0, most)))]
    if atoms and draw(st.booleans()):  # antipodal, parallel and cancelling ones
        first = atoms[0]
        atoms.append(Atom(draw(small), tuple(-w for w in first.weight), -first.bias))
        atoms.append(Atom(-first.mass, first.weight, first.bias))
        atoms.append(Atom(draw(small), tuple(2 * w for w in first.weight), 2 * first.bias))
    radius = draw(st.sampled_from([Fraction(1, 2), ONE, Fraction(5, 3)]))
    # a point of the cube of that radius: the ball for weights measured by their sums
    x = tuple(draw(st.fractions(-1, 1, max_denominator=7)) * radius for _ in range(d))
    return Measure(d, tuple(atoms)), InputBall(radius, Pairing.ONE), x


def value(measure, power, x):
    zs = ((a.mass, dot(a.weight, x) + a.bias) for a in measure.atoms)
    return sum((m * z**power for m, z in zs if z > 0), ZERO)


@settings(max_examples=15)
@given(cases(), st.sampled_from([(1, 0), (2, 0), (2, 1), (3, 1), (4, 1), (3, 2), (5, 2), (4, 3)]))
def test_lowering_keeps_the_function(case, orders):
    (measure, ball, x), (t, s) = case, orders
    found = lowered(measure, t, s, ball)
    assert found.value(s, *x) == measure.value(t, *x) == value(measure, t, x)
    assert found.mass() == sum(
        (abs(a.mass) * comb(t, s) * ball.largest(a.weight, a.bias) ** (t - s) for a in measure.merged().atoms), ZERO
    )


@settings(max_examples=15)
@given(cases(3), st.sampled_from([("3/2", "1/2"), ("5/2", 1), (2, "1/3"), ("7/3", "9/4"), ("1/2", 0)]))
def test_lowering_keeps_the_function_at_real_orders(case, orders):
    (measure, ball, x), (t, s) = case, orders
    found = lowered(measure, t, s, ball)
    left, right = found.enclosure(Fraction(s), *x), measure.enclosure(Fraction(t), *x)
    assert left.low <= right.high
    assert right.low <= left.high
    assert left.width < Fraction(1, 10**20)


def test_lowering_with_euclidean_lengths():
    ball = InputBall(2)
    measure = Measure(2, (Atom(3, (1, 1), "1/2"), Atom(-1, (1, -2), -1), Atom(5, (0, 0), 1), Atom(1, (1, 0), -2)))
    found = lowered(measure, 2, 1, ball)
    assert len(found.fibres) == 3  # the last neuron vanishes on the ball
    for x in ((1, 1), (-1, "1/3"), (0, 2)):
        assert found.value(1, *x) == measure.value(2, *x)
    top = 2 * sympy.sqrt(2) + sympy.Rational(1, 2), 2 * sympy.sqrt(5) - 1, 1
    assert sympy.simplify(found.mass() - 2 * (3 * top[0] + top[1] + 5)) == 0
    assert found.mass_enclosure(20).width < Fraction(1, 10**19)


@settings(max_examples=15)
@given(cases(), st.integers(1, 3))
def test_merging_keeps_the_function_and_a_sum_of_ridges_is_the_same(case, power):
    measure, _, x = case
    merged = measure.merged()
    assert merged.value(power, *x) == value(measure, power, x) == measure.function(power)(*x)
    assert measure_of(measure.function(power), power) == measure
    assert merged.merged() == merged
    assert merged.mass() <= sum((abs(a.mass) for a in measure.atoms), ZERO)
    assert len({(a.weight, a.bias) for a in merged.atoms}) == len(merged.atoms)


@settings(max_examples=15)
@given(cases(), st.integers(0, 3))
def test_costs_are_those_of_the_table(case, power):
    measure, ball, _ = case
    expected = sum(
        (abs(a.mass) * (sum(map(abs, a.weight)) + abs(a.bias)) ** power for a in measure.merged().atoms), ZERO
    )
    assert measure.cost(power, ball, "N1") == expected
    if all(ball.has_kink(a.weight, a.bias) for a in measure.merged().atoms):
        # |f| <= norm times the largest value of an atom of the dictionary
        assert abs(value(measure, power, (ZERO,) * measure.inputs)) <= measure.cost(power, ball) * ball.radius**power


@settings(max_examples=15)
@given(entries, st.fractions(0, 4, max_denominator=5), st.fractions(-4, 4, max_denominator=5), st.integers(0, 3))
def test_n1_weighs_a_fibre_along_its_biases(weight, span, bias, power):
    fibre = Fibre(Fraction(-2), (weight,), bias, span, PowerDensity(Fraction(3), Fraction(1)))
    found = Measure(1, (), (fibre,)).cost(power, InputBall(1), "N1")
    theta = sympy.Symbol("theta")
    turn = sympy.sympify(min(max(bias / span, ZERO), ONE)) if span else sympy.Integer(0)
    w, b, n = (sympy.sympify(q) for q in (abs(weight), bias, span))
    pieces = ((0, turn, w + b - n * theta), (turn, 1, w - b + n * theta)) if span else ((0, 1, w + abs(b)),)
    total = sum(sympy.integrate(sympy.expand(6 * theta * p**power), (theta, low, high)) for low, high, p in pieces)
    assert sympy.sympify(found) == total


@settings(max_examples=15)
@given(cases(2), st.sampled_from(["abs", "leaky_relu", "hard_tanh", "relu6", "hard_sigmoid", "relu"]))
def test_combinations_of_relu(case, name):
    measure, _, x = case
    kind, terms = activation(name), terms_of(name, 1)
    expected = sum((a.mass * kind.value(dot(a.weight, x) + a.bias) for a in measure.atoms), ZERO)
    found = combined(measure, terms)
    assert found.value(1, *x) == expected
    assert found.mass() <= combination_factor(terms) * measure.mass()


@settings(max_examples=15)
@given(st.integers(1, 4), small)
def test_powers_by_two_neurons(s, z):
    terms = terms_of("power", s, s) if s > 1 else terms_of("identity", 1)
    found = combined(Measure(1, (Atom(1, (1,)),)), terms)
    assert found.value(s, z) == z**s
    assert found.mass() == 2


@settings(max_examples=15)
@given(small, st.fractions("1/5", 3, max_denominator=5))
def test_the_hat(z, width):
    found = combined(Measure(1, (Atom(1, (1,)),)), hat(width))
    assert found.value(1, z) == max(ZERO, 1 - abs(z) / width)
    assert combination_factor(hat(width)) == 4 / width


@settings(max_examples=15)
@given(cases(2), st.lists(st.tuples(small, small), max_size=3), st.integers(0, 3))
def test_convolution_with_a_finite_measure(case, rho, power):
    measure, _, x = case
    found = shifted(measure, rho)
    expected = sum(
        (r * value(Measure(measure.inputs, (Atom(a.mass, a.weight, a.bias - y),)), power, x) for y, r in rho
         for a in measure.atoms), ZERO
    )  # fmt: skip
    assert found.value(power, *x) == expected
    assert found.mass() <= sum((abs(r) for _, r in rho), ZERO) * measure.mass()


@settings(max_examples=15)
@given(cases(2), small, st.fractions("1/5", 3, max_denominator=5), st.integers(0, 3))
def test_convolution_with_a_uniform_density(case, low, span, power):
    # the mean of RePU_s over an interval is a difference of RePU_(s+1) at its ends
    measure, _, x = case
    found = averaged(measure, low, low + span)
    assert found.mass() == measure.mass()
    ends = [
        sum((a.mass * max(ZERO, dot(a.weight, x) + a.bias - y) ** (power + 1) for a in measure.atoms), ZERO)
        for y in (low, low + span)
    ]
    assert found.value(power, *x) == (ends[0] - ends[1]) / (span * (power + 1))


@settings(max_examples=15)
@given(cases(), st.integers(2, 4))
def test_derivatives(case, power):
    measure, ball, x = case
    e = tuple(Fraction(i + 1, 3) for i in range(measure.inputs))
    assume(all(dot(a.weight, x) + a.bias for a in measure.atoms if any(a.weight) or a.bias))
    # away from the kinks f is a polynomial along e: its derivative from its values at power + 1 points nearby
    h = Fraction(1, 10**200)
    values = [
        value(measure, power, tuple(xi + k * h * ei for xi, ei in zip(x, e, strict=True))) for k in range(power + 1)
    ]
    slope, differences = ZERO, values
    for k in range(1, power + 1):
        differences = [b - a for a, b in pairwise(differences)]
        slope += (-1) ** (k - 1) * differences[0] / (k * h)
    assert derivative(measure, e, power).value(power - 1, *x) == slope
    unit = tuple(ei / max(e) for ei in e)
    assert abs(derivative(measure, unit, power).value(power - 1, *x)) <= derivative_bound(measure, power, 1, ball)


@settings(max_examples=15)
@given(cases(2), st.integers(1, 4))
def test_an_activation_by_its_derivative_is_lowering_by_one(case, power):
    measure, ball, x = case
    for atom in measure.merged().atoms:
        top = ball.largest(atom.weight, atom.bias)
        if top:
            one = Measure(measure.inputs, (atom,))
            found = through_derivative(one, top).scaled(Fraction(power))
            assert found.value(power - 1, *x) == lowered(one, power, power - 1, ball).value(power - 1, *x)
            assert found.mass() == lowered(one, power, power - 1, ball).mass()


def test_derivative_bounds_are_attained():
    measure = Measure(1, (Atom(1, (1,), 1),))
    assert [derivative_bound(measure, 3, k, InputBall(1)) for k in range(4)] == [8, 12, 12, 6]


def test_lengths_and_pairings():
    weight = (Fraction(-3), Fraction(4))
    assert [length(weight, pairing) for pairing in Pairing] == [7, 5, 4]
    assert length((ONE, ONE)) == sympy.sqrt(2)
    assert InputBall("1/2", Pairing.MAXIMUM).values(weight, ONE) == (-1, 3)
    assert InputBall(1).has_kink((ONE, ONE), Fraction(7, 5))
    assert not InputBall(1).has_kink((ONE, ONE), Fraction(3, 2))
    assert not InputBall(1).has_kink((ZERO,), ZERO)


def test_exact_densities():
    density = PowerDensity(Fraction(-6), Fraction(1))
    assert density.exact_mass() == 3
    assert density.moment(1) == -2
    assert PowerDensity(ONE, Fraction(-1, 2)).exact_mass() == 2
    with pytest.raises(NotANumber):
        PowerDensity(ONE, Fraction(-1))
    with pytest.raises(Unsupported):
        PowerDensity(ONE, Fraction(1, 2)).exact_ramp(1, ONE, ONE)


def test_symbols_stay_symbols():
    t, s = sympy.symbols("t s", positive=True)
    assert sympy.simplify(binomial(t, s) - sympy.binomial(t, s).rewrite(sympy.gamma)) == 0
    found = lowered(Measure(1, (Atom(1, (1,), 1),)), s + 1, s, InputBall(1))
    assert sympy.simplify(found.mass() - 2 * (s + 1)) == 0


def test_refusals():
    ball, one = InputBall(1), Measure(1, (Atom(1, (1,)),))
    spread = lowered(one, 2, 1, ball)
    for wrong in (
        lambda: lowered(spread, 1, 0, ball),
        lambda: averaged(spread, 0, 1),
        lambda: spread.function(1),
        lambda: one.function(0),
        lambda: cost((ONE,), Fraction(2), 1, ball, Convention.N2),
        lambda: cost((ZERO,), ONE, 1, ball, Convention.N2),
        lambda: cost((ONE,), ZERO, 2, ball, Convention.N3),
        lambda: convention("N0"),
        lambda: terms_of("tanh", 1),
        lambda: terms_of("hard_tanh", 2),
        lambda: terms_of("leaky_relu", 2),
        lambda: derivative(one, (1,), 0),
        lambda: derivative_bound(one, 1, 2, ball),
        lambda: measure_of(RidgeSum((ONE,)), 1),
        lambda: measure_of(RidgeSum((ZERO,), ZERO, (Ridge(ONE, (ONE,), ZERO, 2),)), 1),
    ):
        with pytest.raises(Unsupported):
            wrong()
    for wrong in (lambda: InputBall(0), lambda: InputBall("-1"), lambda: lowered(one, 1, 1, ball), lambda: hat(0)):
        with pytest.raises(NotANumber):
            wrong()
    for wrong in (
        lambda: Measure(2, (Atom(1, (1,)),)),
        lambda: one + Measure(2),
        lambda: one.value(1, 1, 2),
        lambda: derivative(one, (1, 2)),
    ):
        with pytest.raises(ShapeMismatch):
            wrong()


@pytest.mark.parametrize(("name", "factor"), [("abs", 2), ("relu", 1), ("identity", 2), ("hard_tanh", 3)])
def test_terms_that_meet_are_added(name, factor):
    assert combination_factor(terms_of(name, 1)) == factor


def test_orders_that_are_none_are_refused():
    ball, atoms = InputBall(1), Measure(1, (Atom(1, (1,), 1),))
    fibre = lowered(atoms, 2, 1, ball)
    for measure in (atoms, fibre):
        for wrong in (-1, "-1/2", sympy.oo, sympy.I, True):
            for call in (measure.value, measure.enclosure):
                with pytest.raises(NotANumber):
                    call(wrong, Fraction(1, 2))
            with pytest.raises(NotANumber):
                measure.cost(wrong, ball)
        for wrong in (0.5, sympy.Float("0.5")):
            with pytest.raises(InexactInput):
                measure.value(wrong, Fraction(1, 2))
            with pytest.raises(InexactInput):
                measure.cost(wrong, ball)
        with pytest.raises(Unsupported, match="integer orders"):
            measure.value(Fraction(1, 2), Fraction(1, 2))
    found = atoms.enclosure(Fraction(1, 2), Fraction(5, 4), digits=20)
    assert found.low <= Fraction(3, 2) <= found.high
    for t, s in ((sympy.oo, 1), (2, sympy.I), (2, -1)):
        with pytest.raises(NotANumber):
            lowered(atoms, t, s, ball)
