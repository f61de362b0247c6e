"""Polynomials by neurons exactly, and sums of waves with certified masses."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import comb

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import NotANumber, ShapeMismatch, Unsupported
from verinet.theory.barron.conventions import InputBall, Pairing
from verinet.theory.barron.polynomials import (
    equispaced,
    in_powers,
    monomial_masses,
    multivariate,
    polynomial_measure,
)
from verinet.theory.barron.spectral import (
    Wave,
    Waves,
    coarse_constant,
    gaussian_bound,
    spectral_constant,
    spectral_polynomial,
)
from verinet.theory.barron.taylor import taylor_mass

small = st.fractions(-3, 3, max_denominator=6)
numbers = st.one_of(small, st.sampled_from([Fraction(0), Fraction(1, 10**60 + 7)]))


def horner(coefficients, z):
    total = 0
    for c in reversed(coefficients):
        total = total * z + c
    return total


@settings(max_examples=15)
@given(st.integers(1, 6), st.data())
def test_polynomials_are_neurons(s, data):
    coefficients = data.draw(st.lists(numbers, max_size=s + 1))
    low = data.draw(small)
    high = low + data.draw(st.fractions("1/6", 3, max_denominator=6))
    z = low + (high - low) * data.draw(st.fractions(0, 1, max_denominator=10))
    measure = polynomial_measure(coefficients, s, low, high)
    assert measure.value(s, z) == horner(coefficients, z)
    # kinks inside of the interval: two neurons; the ends need one each
    assert len(measure.atoms) <= 2 * (s + 1) - 2
    active = polynomial_measure(coefficients, s, low, high, [low - i for i in range(s + 1)])
    assert active.value(s, z) == horner(coefficients, z)
    assert len(active.atoms) <= s + 1


@settings(max_examples=15)
@given(st.integers(1, 5), st.lists(small, min_size=1, max_size=2), small)
def test_polynomials_along_a_direction(s, weight, bias):
    x = tuple(Fraction(1, k + 2) for k in range(len(weight)))
    z = sum((w * entry for w, entry in zip(weight, x, strict=True)), bias)
    coefficients = [Fraction(k + 1, 3) for k in range(s + 1)]
    measure = polynomial_measure(coefficients, s, z - 1, z + 2, weight=weight, bias=bias)
    assert measure.value(s, *x) == horner(coefficients, z)


def test_masses_of_the_table():
    masses = [tuple(map(str, monomial_masses(s))) for s in (1, 2, 3)]
    assert masses == [("1", "1"), ("3", "1/2", "2"), ("63/8", "9/8", "55/24", "19/8")]
    for s in (1, 2, 3, 4):
        for radius in (Fraction(1, 2), Fraction(3)):
            assert monomial_masses(s, radius) == tuple(
                mass * radius ** (j - s) for j, mass in enumerate(monomial_masses(s))
            )


def test_powers_are_found_by_an_independent_expansion():
    z = sympy.Symbol("z")
    for s in (1, 2, 3, 5):
        nodes = equispaced(s, -1, "3/2")
        for j in range(s + 1):
            found = in_powers([0] * j + [1], s, nodes)
            total = sum(sympy.sympify(a) * (z - sympy.sympify(node)) ** s for a, node in zip(found, nodes, strict=True))
            assert sympy.expand(total - z**j) == 0


@settings(max_examples=15)
@given(st.integers(1, 4), st.integers(1, 3), st.data())
def test_polynomials_in_several_inputs(s, inputs, data):
    exponents = st.tuples(*[st.integers(0, s)] * inputs).filter(lambda e: sum(e) <= s)
    terms = data.draw(st.dictionaries(exponents, numbers, max_size=3))
    x = data.draw(st.tuples(*[small] * inputs))
    expected = Fraction(0)
    for powers, coefficient in terms.items():
        for entry, power in zip(x, powers, strict=True):
            coefficient *= entry**power
        expected += coefficient
    assert multivariate(terms, s, inputs).value(s, *x) == expected


def test_a_product_of_three_inputs():
    measure = multivariate({(1, 1, 1): 1}, 3, 3)
    assert measure.value(3, 2, -3, 5) == -30
    assert measure.mass() == Fraction(8, 24)  # four cubes, two neurons each, of mass 1/24


@pytest.mark.parametrize("s", [1, 2, 3, 4])
@pytest.mark.parametrize("radius", ["1/2", 1, 3])
def test_spectral_constants_bound_the_polynomial(s, radius):
    p, coarse = spectral_polynomial(s, radius), coarse_constant(s, radius)
    sharp = sympy.sympify(spectral_constant(s, radius))
    ratios = [horner(p, rho) / (1 + rho) ** (s + 1) for rho in (Fraction(k, 8) for k in range(200))]
    assert max(ratios) <= sharp <= coarse
    assert max(*ratios, p[-1]) > sharp - sharp / 20  # it is attained, at a point or in the limit
    assert all(c <= coarse * comb(s + 1, j) for j, c in enumerate(p))


@settings(max_examples=15)
@given(
    st.integers(1, 3),
    st.lists(st.tuples(small, st.tuples(small, small), small), min_size=1, max_size=2),
    st.sampled_from(list(Pairing)),
    st.fractions(-1, 1, max_denominator=9),
)
def test_waves_are_neurons(s, waves, pairing, share):
    f = Waves(tuple(Wave(*wave) for wave in waves), s, InputBall("3/2", pairing))
    x = (share * Fraction(3, 4), -share * Fraction(3, 4))  # in all three balls
    left, right = f.value(*x, digits=20), f.direct(*x, digits=20)
    assert left.low <= right.high
    assert right.low <= left.high
    assert left.width < Fraction(1, 10**18)
    assert f.bound(10).low <= sympy.sympify(f.coarse_bound())
    # an atom of the dictionary is at most (2 R)^s
    assert abs(right.low) <= f.bound(10).high * 3**s


def test_the_mass_of_the_kinks_of_a_wave():
    # one wave with frequency 5: 5^s / s! times the variation on [-5 R, 5 R], and its fibres have the same mass
    f = Waves((Wave(1, (3, 4)),), 1, InputBall(1))
    with mpmath.workdps(30):
        # the second derivative has the size of cos, on [-5, 5]
        kinks = 5 * mpmath.quad(
            lambda t: abs(mpmath.cos(t)), [-5, -3 * mpmath.pi / 2, -mpmath.pi / 2, mpmath.pi / 2, 3 * mpmath.pi / 2, 5]
        )
        mass = f.kinks().mass_enclosure(25)
        assert abs(5 * mpmath.mpf(mass.low.numerator) / mass.low.denominator - kinks) < mpmath.mpf("1e-20")
        bound = f.bound(25)
        assert abs(mpmath.mpf(bound.low.numerator) / bound.low.denominator - kinks - 1) < mpmath.mpf("1e-20")


def test_the_gaussian_is_in_the_space():
    for d in (1, 2, 5):
        for s in (1, 2):
            bound = sympy.sympify(gaussian_bound(s, 1, d))
            # by integrating p against the density of the length of a normal vector
            with mpmath.workdps(30):
                total = 2 / (2 ** (mpmath.mpf(d) / 2) * mpmath.gamma(mpmath.mpf(d) / 2))
                p = [mpmath.mpf(c.numerator) / c.denominator for c in spectral_polynomial(s, 1)]

                def integrand(r, d=d, p=p):
                    return horner(p, r) * r ** (d - 1) * mpmath.exp(-r * r / 2)

                numeric = total * mpmath.quad(integrand, [0, 2, 6, 30])
                assert abs(mpmath.mpf(str(sympy.N(bound, 25))) - numeric) < mpmath.mpf("1e-15") * numeric
    # it lies above what Taylor's formula needs on the interval alone
    assert taylor_mass("gaussian", 1, radius=1).high < sympy.sympify(gaussian_bound(1, 1, 1))


def test_refusals():
    ball = InputBall(1)
    for wrong in (
        lambda: in_powers([0, 0, 1], 1, [0, 1]),
        lambda: polynomial_measure([1], 0),
        lambda: multivariate({(3,): 1}, 2, 1),
        lambda: multivariate({(1,): 1}, 17, 1),
        lambda: spectral_polynomial(0, 1),
        lambda: Waves((Wave(1, (1,)),), 0, ball),
    ):
        with pytest.raises(Unsupported):
            wrong()
    for wrong in (
        lambda: in_powers([1], 1, [0, 0]),
        lambda: in_powers([1], 1, [0]),
        lambda: multivariate({(1, 1): 1}, 2, 1),
        lambda: multivariate({(-1,): 1}, 2, 1),
        lambda: Waves((), 1, ball),
        lambda: Waves((Wave(1, (1,)), Wave(1, (1, 2))), 1, ball),
        lambda: Waves((Wave(1, (1,)),), 1, ball).value(1, 2),
        lambda: gaussian_bound(1, 1, 0),
    ):
        with pytest.raises(ShapeMismatch):
            wrong()
    for wrong in (
        lambda: equispaced(1, 1, 1),
        lambda: spectral_polynomial(1, 0),
        lambda: Waves((Wave(1, (1,)),), 1, ball).value(2),
    ):
        with pytest.raises(NotANumber):
            wrong()


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True, Fraction(3, 2), "2"])
def test_powers_and_counts_are_integers(wrong):
    for call in (
        lambda: monomial_masses(wrong),
        lambda: spectral_polynomial(wrong, 1),
        lambda: Waves((Wave(1, (1,)),), wrong, InputBall(1)),
    ):
        with pytest.raises(Unsupported, match="integer"):
            call()
    with pytest.raises(ShapeMismatch):
        gaussian_bound(1, 1, wrong)


def test_a_phase_that_floats_do_not_resolve():
    """At 10^20 the turns of a wave were once missed, and the bound was below the mass."""
    far = Waves((Wave(1, (1,), 10**20),), 1, InputBall(1)).bound(10)
    with mpmath.workdps(60):
        phase = mpmath.mpf(10) ** 20 % (2 * mpmath.pi)
        zeros = [k * mpmath.pi / 2 for k in range(-5, 9, 2) if abs(k * mpmath.pi / 2 - phase) < 1]
        places = [phase - 1, *zeros, phase + 1]
        kinks = sum(abs(mpmath.sin(b) - mpmath.sin(a)) for a, b in pairwise(places))
        exact = kinks + abs(mpmath.cos(phase)) + abs(mpmath.sin(phase))
        assert abs(mpmath.mpf(far.low.numerator) / far.low.denominator - exact) < mpmath.mpf("1e-9")
