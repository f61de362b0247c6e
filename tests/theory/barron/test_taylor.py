"""Taylor's measures: certified masses, the representation itself in balls, finitely many neurons, smoothed neurons."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import factorial

import mpmath
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import BudgetExhausted, NotANumber, NotBounded, Unsupported
from verinet.exact.enclosures import precision
from verinet.theory.barron.conventions import InputBall
from verinet.theory.barron.convolutions import LAWS, SmoothedRepu
from verinet.theory.barron.polynomials import monomial_masses
from verinet.theory.barron.smooth_activations import ACTIVATIONS, smooth
from verinet.theory.barron.smooth_embeddings import largest, smooth_constant
from verinet.theory.barron.taylor import TaylorMeasure, taylor_mass, taylor_measure
from verinet.theory.barron.taylor_networks import finite_taylor
from verinet.theory.barron.variations import variation, variation_by_bisection

NAMES = sorted(set(ACTIVATIONS) - {"sigmoid"})
TABLE = {  # M = 2; s = 1, 2, 3
    "tanh": "1.858698350294 1.40338203041 1.02689308941",
    "logistic": "0.290012829193 0.112487588674 0.0546172225161",
    "softplus": "0.761594156 0.145006414596 0.0374958628912",
    "cos": "2.18140514635 1.41614683655 0.363567524391",
    "gaussian": "1.88478150590 1.48651479088 1.01030288626",
    "exp": "7.25372081569 3.62686040785 1.20895346928",
}
SECOND = {  # the same functions by mpmath
    "arctan": mpmath.atan,
    "cos": mpmath.cos,
    "erf": mpmath.erf,
    "exp": mpmath.exp,
    "gaussian": lambda z: mpmath.exp(-z * z / 2),
    "gelu": lambda z: z * mpmath.ncdf(z),
    "logistic": lambda z: 1 / (1 + mpmath.exp(-z)),
    "normal": mpmath.ncdf,
    "silu": lambda z: z / (1 + mpmath.exp(-z)),
    "sin": mpmath.sin,
    "softplus": lambda z: mpmath.log1p(mpmath.exp(z)),
    "tanh": mpmath.tanh,
}


def real(q):
    return mpmath.mpf(q.numerator) / q.denominator


def meet(left, right):
    return left.low <= right.high and right.low <= left.high


@pytest.mark.parametrize("name", TABLE)
def test_masses_of_the_table(name):
    for s, printed in zip((1, 2, 3), TABLE[name].split(), strict=True):
        found = taylor_mass(name, s, radius=2, digits=30)
        unit = Fraction(1, 10 ** len(printed.split(".")[1]))
        assert Fraction(printed) - unit < found.low <= found.high < Fraction(printed) + unit
        assert found.width < Fraction(1, 10**29)


def test_masses_in_closed_form():
    with mpmath.workdps(40):
        for name, s, radius, exact in (
            ("tanh", 1, 2, 2 * mpmath.tanh(2) ** 2),
            ("softplus", 1, 2, mpmath.tanh(1)),
            ("exp", 2, 3, mpmath.sinh(3)),
            ("arctan", 1, 2, mpmath.mpf(8) / 5),
            ("cos", 0, "1/2", 2 * (1 - mpmath.cos(mpmath.mpf(1) / 2))),
        ):
            assert abs(real(taylor_mass(name, s, radius=radius).low) - exact) < mpmath.mpf("1e-28")
        # on the whole line: GELU, and functions of one sign change
        root = mpmath.sqrt(2)
        gelu = 4 * root * mpmath.npdf(root) + 2 * (2 * mpmath.ncdf(root) - 1) - 1
        assert abs(real(taylor_mass("gelu", 1).low) - gelu) < mpmath.mpf("1e-28")
        assert abs(real(taylor_mass("gelu", 1).low) - mpmath.mpf("1.51561658074")) < mpmath.mpf("1e-11")
        assert abs(real(taylor_mass("gaussian", 0).low) - 2) < mpmath.mpf("1e-28")
        assert abs(real(taylor_mass("tanh", 1).low) - 2) < mpmath.mpf("1e-28")


@pytest.mark.parametrize("name", NAMES)
def test_two_ways_to_the_variation(name):
    # sign changes as roots of polynomials, and bisection alone; an interval without symmetry, a zero at an end
    with precision(80):
        for s in (0, 1, 2):
            for low, high in ((arb(-2), arb(3) / 2), (arb(0), arb(1))):
                left, right = variation(smooth(name), s, low, high), variation_by_bisection(smooth(name), s, low, high)
                assert left.overlaps(right)
                assert left.rad() < arb("1e-15")
                assert right.rad() < arb("1e-15")


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_are_those_of_mpmath(name):
    with mpmath.workdps(40), precision(120):
        for n in range(5):
            for z in (Fraction(-7, 5), Fraction(1, 3)):
                value = smooth(name).at(n, arb(z.numerator) / z.denominator)
                second = mpmath.diff(SECOND[name], real(z), n) if n else SECOND[name](real(z))
                assert abs(mpmath.mpf(value.str(35, radius=False)) - second) < mpmath.mpf("1e-12")


@settings(max_examples=20)
@given(
    st.sampled_from(NAMES),
    st.integers(0, 4),
    st.fractions(-3, "-1/10", max_denominator=50),
    st.fractions("1/10", 3, max_denominator=50),
    st.fractions(0, 1, max_denominator=10**6),
)
def test_taylors_formula_gives_the_activation(name, s, low, high, share):
    taylor = TaylorMeasure(name, s, low, high)
    z = low + share * (high - low)
    value, direct = taylor.value(z, 25), taylor.activation_value(z, 25)
    assert meet(value, direct)
    assert value.width < Fraction(1, 10**20)


def test_the_measure_of_the_remainder_is_a_measure_on_parameters():
    taylor, weight, bias = TaylorMeasure("softplus", 1, -3, 3), (Fraction(1, 2), Fraction(-1)), Fraction(1, 4)
    measure = taylor.remainder(weight, bias)
    x = (Fraction(1), Fraction(-2))
    z = Fraction(1, 2) + 2 + bias
    start, slope = taylor.coefficients(30)
    rest = measure.enclosure(1, *x)
    direct = taylor.activation_value(z)
    assert start.low + slope.low * (z + 3) + rest.low <= direct.high
    assert direct.low <= start.high + slope.high * (z + 3) + rest.high
    assert meet(measure.mass_enclosure(20), taylor.mass(20))
    with pytest.raises(Unsupported):
        measure.mass()
    with pytest.raises(Unsupported):
        measure.cost(1, InputBall(1))


def test_more_digits_stay_inside():
    for name in ("tanh", "gelu", "silu"):
        coarse, fine = (taylor_mass(name, 2, radius="7/3", digits=digits) for digits in (10, 60))
        assert coarse.low <= fine.high
        assert fine.low <= coarse.high
        assert fine.width < Fraction(1, 10**58)
    assert taylor_mass("tanh", 3, radius=2, digits=1000).width < Fraction(1, 10**998)


def test_high_orders_and_large_intervals():
    # the mass on a long interval is that on the line, and grows with the interval
    assert meet(taylor_mass("tanh", 5, radius=10**3), taylor_mass("tanh", 5))
    assert taylor_mass("gaussian", 20, radius=1).high < taylor_mass("gaussian", 20, radius=2).low
    # a bound of s! times the mass by the size of the derivative, for waves
    assert taylor_mass("cos", 12, radius=1).high <= Fraction(2, factorial(12))
    many = taylor_mass("cos", 0, radius=1000)  # 636 half waves, twice the height each, and the rest
    assert 1270 < many.low < many.high < 1276


def test_the_polynomial_part_has_a_mass():
    found = taylor_measure("exp", 1, 1)
    # e^-1 + e^-1 (z + 1): 1 is half (z+1) - half (z-1), so e^-1 (1/2 + 1/2) and e^-1; kinks of mass e - 1/e
    with mpmath.workdps(30):
        assert abs(real(found.polynomial_mass(20).high) - 2 * mpmath.exp(-1)) < mpmath.mpf("1e-19")
        assert abs(real(found.mass(20).high) - 2 * mpmath.sinh(1)) < mpmath.mpf("1e-19")


@pytest.mark.parametrize(("name", "s"), [("tanh", 1), ("tanh", 3), ("cos", 1), ("cos", 2), ("gelu", 2), ("silu", 1)])
def test_finitely_many_neurons_stay_within_the_bound(name, s):
    bounds = []
    for cells in (4, 16, 64):
        found = finite_taylor(TaylorMeasure(name, s, -2, "3/2"), cells)
        bounds.append(found.error)
        function = found.function()
        for k in range(0, 57, 4):
            z = -2 + Fraction(k, 16)
            value = found.taylor.activation_value(z, 20)
            assert max(value.high - function(z), function(z) - value.low) <= found.error
    assert bounds[0] > 4 * bounds[1] > 16 * bounds[2] > 0  # at least linear; quadratic in the end
    assert bounds[2] < bounds[1] / 8


def test_the_error_of_rounding_is_counted():
    coarse = finite_taylor(TaylorMeasure("tanh", 1, -2, 2), 32, bits=8)
    fine = finite_taylor(TaylorMeasure("tanh", 1, -2, 2), 32, bits=64)
    assert coarse.error > 2 * fine.error
    assert all((atom.mass * 2**20).denominator == 1 for atom in coarse.measure.atoms)
    for k in range(33):
        z = -2 + Fraction(k, 8)
        assert abs(coarse.function()(z) - coarse.taylor.activation_value(z, 20).low) <= coarse.error


@pytest.mark.parametrize("law", LAWS)
def test_smoothed_neurons(law):
    with mpmath.workdps(30):
        density = mpmath.npdf if law == "normal" else lambda y: 1 / (4 * mpmath.cosh(y / 2) ** 2)
        for s in (1, 2, 3):
            found = SmoothedRepu(law, s, "-5/2", 2)
            for z in (Fraction(-5, 2), Fraction(-1, 3), Fraction(2)):
                assert meet(found.value(z), found.direct(z))
            z = mpmath.mpf(-1) / 3
            numeric = mpmath.quad(lambda y, s=s, z=z: (z - y) ** s * density(y), [-80, -20, -5, z])
            assert abs(real(found.direct("-1/3").low) - numeric) < mpmath.mpf("1e-15")
            assert found.mass().high < 1  # below the factor of the push-forward
    softplus = SmoothedRepu("logistic", 1, -1, 1)
    assert meet(softplus.direct("1/7"), taylor_measure("softplus", 0, 1).activation_value("1/7"))
    assert meet(softplus.mass(), taylor_mass("softplus", 1, radius=1))
    assert meet(softplus.kinks().mass_enclosure(), softplus.mass())


def test_the_tail_is_a_polynomial():
    found = SmoothedRepu("normal", 2, -1, 1)
    # below the first kink only the tail is left: at z = a it is the value
    assert meet(found.tail()[0], found.direct(-1))
    with mpmath.workdps(30):
        for k, binomial in enumerate((1, 2, 1)):
            moment = mpmath.quad(lambda y, k=k: (-1 - y) ** (2 - k) * mpmath.npdf(y), [-40, -10, -1])
            assert abs(real(found.tail()[k].low) - binomial * moment) < mpmath.mpf("1e-15")


def test_refusals():
    for wrong in (
        lambda: taylor_mass("relu", 1, radius=1),
        lambda: taylor_mass("tanh", -1, radius=1),
        lambda: finite_taylor(TaylorMeasure("tanh", 0, -1, 1), 4),
        lambda: SmoothedRepu("cauchy", 1, -1, 1),
        lambda: SmoothedRepu("normal", 0, -1, 1),
    ):
        with pytest.raises(Unsupported):
            wrong()
    for wrong in (
        lambda: taylor_mass("tanh", 1, 2, 1),
        lambda: taylor_mass("tanh", 1, low=0),
        lambda: taylor_mass("tanh", 1, radius=1, digits=0),
        lambda: taylor_measure("tanh", 1, 1).value(2),
        lambda: SmoothedRepu("normal", 1, 1, -1),
        lambda: SmoothedRepu("normal", 1, -1, 1).value(2),
        lambda: finite_taylor(TaylorMeasure("tanh", 1, -1, 1), 0),
    ):
        with pytest.raises(NotANumber):
            wrong()
    for name, s in (("exp", 1), ("cos", 0), ("gelu", 0), ("silu", 1)):
        with pytest.raises(NotBounded):
            taylor_mass(name, s)


@pytest.mark.parametrize("name", ["tanh", "gelu", "sin"])
def test_one_constant_for_all_atoms(name):
    # an atom with |w| <= W, |b| <= B: kinks and monomials of Taylor's formula at b
    weights, biases, radius = Fraction(3, 2), Fraction(1, 2), Fraction(2)
    for s in (1, 2):
        constant = smooth_constant(name, s, radius, weights, biases).low
        kappa = monomial_masses(s, radius)
        for rho, b in ((weights, biases), (weights, -biases), (Fraction(1, 3), Fraction(0)), (weights, Fraction(1, 7))):
            kinks = rho**s * taylor_mass(name, s, b - rho * radius, b + rho * radius, digits=15).high
            with precision(100):
                sizes = [abs(smooth(name).at(j, arb(b.numerator) / b.denominator)) for j in range(s + 1)]
                flat = sum(
                    Fraction(str(size.upper().str(20, radius=False))) * rho**j * kappa[j] / factorial(j)
                    for j, size in enumerate(sizes)
                )
            assert kinks + flat < constant * (1 + Fraction(1, 10**12))


@pytest.mark.parametrize("name", ["silu", "gelu"])
def test_largest_values_without_closed_forms(name):
    with precision(100), mpmath.workdps(30):
        for n, low, high in (
            (0, Fraction(-4), Fraction(-1, 2)),
            (1, Fraction(-2), Fraction(6)),
            (2, Fraction(-1), Fraction(3)),
        ):
            found = largest(smooth(name), n, low, high)
            grid = (real(low + (high - low) * Fraction(k, 400)) for k in range(401))
            numeric = max(abs(mpmath.diff(SECOND[name], z, n) if n else SECOND[name](z)) for z in grid)
            assert found.rad() < arb("1e-20")
            assert (
                numeric - mpmath.mpf("1e-9") <= mpmath.mpf(found.str(25, radius=False)) <= numeric + mpmath.mpf("1e-3")
            )


def walked(points, f):
    return sum(abs(f(b) - f(a)) for a, b in pairwise(points))


@pytest.mark.parametrize("far", [10**16, 10**18, 10**20, 10**25, -(10**20), Fraction(10**41, 7)])
def test_waves_far_away_keep_their_turns(far):
    """Ends that no float tells apart: the turns between them are counted exactly."""
    found = taylor_mass("cos", 0, far, far + 10, digits=15)
    with mpmath.workdps(80):
        low = real(Fraction(far))
        first = int(mpmath.floor(low / mpmath.pi)) + 1
        turns = [k * mpmath.pi for k in range(first, first + 5) if k * mpmath.pi < low + 10]
        exact = walked([low, *turns, low + 10], mpmath.cos)
        assert real(found.low) <= exact <= real(found.high)


def test_too_many_turns_are_refused_before_they_are_made():
    for wrong in (lambda: taylor_mass("cos", 1, radius=10**9), lambda: smooth_constant("sin", 1, 10**5, 10**5)):
        with pytest.raises(BudgetExhausted, match="zeros"):
            wrong()


def test_a_smooth_density_has_integer_powers_only():
    """A power that is no integer was once cut to one."""
    kinks = taylor_measure("tanh", 1, 2).remainder()
    for power in (Fraction(3, 2), "1/2"):
        with pytest.raises(Unsupported, match="integer powers"):
            kinks.enclosure(power, 1)
    with pytest.raises(NotANumber, match="s >= 0"):
        kinks.enclosure(-1, 1)
    for order in (True, Fraction(3, 2), 1.0):
        with pytest.raises(Unsupported, match="integer order"):
            TaylorMeasure("tanh", order, -1, 1)


@pytest.mark.parametrize("name", ["tanh", "cos", "gaussian", "gelu", "silu"])
@pytest.mark.parametrize("s", [1, 2, 3])
def test_cells_across_a_change_of_sign_are_of_second_order(name, s):
    """Few cells, so that most hold a zero of the next derivative: still a fourth of the error with half the width."""
    coarse, fine = (finite_taylor(taylor_measure(name, s, 2), cells) for cells in (8, 16))
    assert fine.error < coarse.error * Fraction(3, 10)
    for k in range(-16, 17):
        z = Fraction(k, 8)
        value = coarse.taylor.activation_value(z, 20)
        assert max(value.high - coarse.function()(z), coarse.function()(z) - value.low) <= coarse.error


def test_a_change_of_sign_costs_no_more_than_one_sign():
    assert finite_taylor(taylor_measure("tanh", 2, 2), 8).error < Fraction(88, 1000)
    one = finite_taylor(taylor_measure("tanh", 1, 2), 1)  # the variation of one cell, 2 tanh(2)^2, times h / 4
    assert one.error - one.taylor.mass(20).high < Fraction(1, 10**15)
