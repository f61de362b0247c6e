"""Constants of embeddings: linear programs over dense dictionaries as independent values, witnesses, real orders."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import factorial, lcm

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import NotANumber, Unsupported
from verinet.exact.programs import Minimum, System, minimum
from verinet.theory.barron.conventions import InputBall, cost
from verinet.theory.barron.embedding_constants import constants, crude_bound, embedding_constant, formula
from verinet.theory.barron.exact_values import enclosed
from verinet.theory.barron.measures import Atom, Measure
from verinet.theory.barron.push_forwards import lowered
from verinet.theory.barron.witnesses import Witness
from verinet.theory.ridges import Ridge

PAIRS = ((1, 0), (2, 1), (3, 1), (3, 2), (4, 1), (4, 3))
CASES = [(t, s, norm) for t, s in PAIRS for norm in ("N1", "N2", "N3") if norm != "N3" or s == 1]
ZERO = Fraction(0)
TABLE = {  # R = 1, 2, 3; N2 and N3 agree where both are norms
    ("N2", 1, 0): (2, 4, 6),
    ("N2", 2, 1): (4, 8, 12),
    ("N2", 3, 1): (12, 48, 108),
    ("N2", 3, 2): (6, 12, 18),
    ("N2", 4, 1): (32, 256, 864),
    ("N2", 4, 3): (8, 16, 24),
    ("N1", 1, 0): (1, 2, 3),
    ("N1", 2, 1): (3, 8, 15),
    ("N1", 3, 1): (5, 28, 81),
    ("N1", 3, 2): (7, 26, 63),
    ("N1", 4, 1): (7, 80, 351),
    ("N1", 4, 3): (15, 80, 255),
}


def least_cost(columns, costs, right):
    """The exact minimum of sum cost |c| with sum c column = right."""
    width = 2 * len(columns)
    rows = []
    for place, value in enumerate(right):
        entries = [-value, *(column[place] for column in columns), *(-column[place] for column in columns)]
        scale = lcm(*(Fraction(entry).denominator for entry in entries))
        row = tuple(int(entry * scale) for entry in entries)
        rows += [row, tuple(-entry for entry in row)]
    scale = lcm(*(price.denominator for price in costs))
    prices = [int(price * scale) for price in costs]
    system = System(tuple(rows), (False,) * len(rows), (ZERO,) * width, (None,) * width)
    found = minimum((0, *prices, *prices), system)
    assert isinstance(found, Minimum)
    return found.value / scale


def derivative_program(t, s, radius, norm, n):
    """The least cost of matching the s-th derivative of the worst atom at the middles of n cells.

    All atoms with their kink between two neighbouring middles look the same there, so the cheapest of them stands for
    all: the value is a lower bound of the norm, by a finite program.
    """
    h = Fraction(2 * radius, n)
    middles = [-radius + h * (i + Fraction(1, 2)) for i in range(n)]
    bias = 0 if norm == "N1" else radius
    falling = factorial(t) // factorial(t - s)
    right = [Fraction(falling) * max(ZERO, x + bias) ** (t - s) for x in middles]
    kinks = [(-radius, middles[0]), *pairwise(middles), (middles[-1], radius)]
    columns, prices = [], []
    for low, high in kinks:
        nearest = ZERO if low < 0 < high else min(abs(low), abs(high))
        price = (1 + nearest) ** s if norm == "N1" else Fraction(1)
        columns.append([Fraction(factorial(s) if x > low else 0) for x in middles])
        columns.append([Fraction((-1) ** s * factorial(s) if x < high else 0) for x in middles])
        prices += [price, price]
    return least_cost(columns, prices, right)


def value_program(t, radius, norm, n):
    """The least cost of ReLU atoms with the values of the worst atom at n + 1 points, kinks at these points.

    Between two points a functional of the values is affine in the kink, and so is the price: kinks at the points
    suffice, and the value is a lower bound of the norm.
    """
    h = Fraction(2 * radius, n)
    points = [-radius + h * i for i in range(n + 1)]
    bias = 0 if norm == "N1" else radius
    columns = [[max(ZERO, sign * (x - kink)) for x in points] for kink in points for sign in (1, -1)]
    prices = [1 + abs(kink) if norm == "N1" else Fraction(1) for kink in points for _ in (1, -1)]
    if norm != "N2":  # neurons of weight 0
        columns.append([Fraction(1)] * (n + 1))
        prices.append(Fraction(1) if norm == "N1" else ZERO)
    return least_cost(columns, prices, [max(ZERO, x + bias) ** t for x in points])


def limit(values):
    """The value at 0 of the polynomial through (h, value)."""
    total = ZERO
    for h, value in values:
        term = value
        for other, _ in values:
            if other != h:
                term *= other / (other - h)
        total += term
    return total


@pytest.mark.parametrize(("t", "s", "norm"), CASES)
def test_the_constant_is_the_limit_of_exact_linear_programs(t, s, norm):
    # the optimal value is a polynomial in the width of a cell: its value at 0 is exact, and two choices of cells agree
    counts = [2 * k for k in range(1, t + 4)]
    for radius in (1, 2, 3):
        values = [(Fraction(2 * radius, n), derivative_program(t, s, radius, norm, n)) for n in counts]
        found = embedding_constant(t, s, radius, norm)
        assert all(value < found.value for _, value in values)
        assert limit(values) == limit(values[1:]) == found.value == found.lower


@pytest.mark.parametrize("norm", ["N1", "N2", "N3"])
@pytest.mark.parametrize("t", [2, 3])
def test_point_values_have_the_same_limit(t, norm):
    for radius in (1, 2, 3):
        values = [(Fraction(2 * radius, n), value_program(t, radius, norm, n)) for n in range(2, 2 * t + 7, 2)]
        assert limit(values) == limit(values[1:]) == embedding_constant(t, 1, radius, norm).value


@pytest.mark.parametrize(("t", "s", "norm"), CASES)
def test_the_push_forward_attains_the_constant(t, s, norm):
    for radius in (1, 2, 3):
        found = embedding_constant(t, s, radius, norm)
        ball = InputBall(radius)
        atom = Measure(1, (Atom(1, (found.size,), found.bias),))
        pushed = lowered(atom, t, s, ball)
        assert pushed.cost(s, ball, norm) == found.value
        # both sides are polynomials of degree t from the kink on, and 0 before it
        for k in range(t + 2):
            x = -found.bias + (radius + found.bias) * Fraction(k, t + 1)
            assert pushed.value(s, x) == max(ZERO, x + found.bias) ** t
        assert pushed.value(s, -radius) == max(ZERO, found.bias - radius)


def test_the_table_of_constants():
    for (norm, t, s), expected in TABLE.items():
        found = constants([(t, s)], [1, 2, 3], [norm])
        assert tuple(entry.value for entry in found) == expected
        assert all(entry.is_sharp for entry in found)
        if norm == "N2" and s == 1:
            assert tuple(embedding_constant(t, s, radius, "N3").value for radius in (1, 2, 3)) == expected
    assert [crude_bound(t, s, 1) for t, s in ((2, 1), (3, 2), (4, 3))] == [4, 12, 32]


units = st.fractions(0, 1, max_denominator=20)


@settings(max_examples=30)
@given(
    st.sampled_from([(1, 0), (2, 1), (3, 1), (3, 2), (4, 1), (5, 2)]),
    st.sampled_from(["1/7", "2/5", "1/2", "2/3", "1", "3/2", "3"]),
    units,
    st.sampled_from([1, -1]),
)
def test_no_atom_costs_more(orders, radius, size, sign):
    # N1: atoms of cost 1 are (v, +-(1 - v)); N2: unit weight, kink inside
    (t, s), ball = orders, InputBall(radius)
    atom = Measure(1, (Atom(1, (size,), sign * (1 - size)),))
    assert lowered(atom, t, s, ball).cost(s, ball, "N1") <= _constant(t, s, radius, "N1")
    inside = Measure(1, (Atom(1, (-1,), sign * size * ball.radius),))
    assert lowered(inside, t, s, ball).cost(s, ball, "N2") <= _constant(t, s, radius, "N2")


@cache
def _constant(t, s, radius, norm):
    return embedding_constant(t, s, radius, norm).enclosure(30).high


numbers = st.fractions(-4, 4, max_denominator=10**3)


@settings(max_examples=30)
@given(st.integers(0, 3), numbers, numbers, numbers, st.sampled_from(["N1", "N2"]))
def test_the_functional_of_the_witness_never_exceeds_the_cost(s, coefficient, weight, bias, norm):
    radius = Fraction(2)
    witness = Witness(Fraction(s + 1), s, radius, ZERO, norm)
    found = abs(witness.on_neuron(Ridge(coefficient, (weight,), bias, s)))
    if norm == "N1" or (weight and abs(bias) <= 2 * abs(weight)):
        assert found <= abs(coefficient) * cost((weight,), bias, s, InputBall(radius), norm)
    else:
        assert found == 0


def test_the_witness_integrates_the_prices_of_kinks():
    # Lambda of max(0, x)^4 as the limit of Lambda on its own second differences
    witness = embedding_constant(2, 1, 2, "N1").witness
    for n in (10, 100):
        h = Fraction(2, n)
        chords = [Ridge(2 * h, (Fraction(1),), -h * i) for i in range(n)]
        total = sum(witness.on_neuron(ridge) for ridge in chords)
        assert 0 < witness.value() - total == 4 * h / 2


def test_real_orders():
    half = embedding_constant("3/2", "1/2", 2)
    assert half.value == 6
    assert half.lower == 4
    assert not half.is_sharp
    sharp = embedding_constant("5/2", 1, 2, "N1")
    assert sharp.value == 11 * sympy.sqrt(2)
    assert sharp.is_sharp
    with mpmath.workdps(30):
        for t, s, radius in (("5/2", "4/3", 2), ("5/2", "1/2", 3), ("7/3", "1/3", 1), ("9/4", 2, "3/2")):
            high, low, r = (mpmath.mpf(q.numerator) / q.denominator for q in map(Fraction, (t, s, radius)))
            c = mpmath.gamma(high + 1) / mpmath.gamma(low + 1) / mpmath.gamma(high - low)
            # x = u^12 takes the singularity at 0 away
            parts = (high - low, low, r ** (mpmath.mpf(1) / 12))
            numeric = c * mpmath.quad(lambda u, p=parts: 12 * u ** (12 * p[0] - 1) * (1 + u**12) ** p[1], [0, parts[2]])
            found = embedding_constant(t, s, radius, "N1").enclosure(25)
            assert (
                abs(numeric - mpmath.mpf(found.low.numerator) / found.low.denominator) < mpmath.mpf("1e-20") * numeric
            )


def test_formulas_in_symbols():
    t, s = sympy.symbols("t s", positive=True)
    R = sympy.Symbol("R", positive=True)
    assert sympy.simplify(formula(s + 1, s, "N1") - ((1 + R) ** (s + 1) - 1)) == 0
    assert formula(t, s, "N2").subs({t: 3, s: 1}) == 12 * R**2
    for high, low in PAIRS:
        for norm in ("N1", "N2"):
            for radius in (1, 2, 3):
                assert formula(high, low, norm).subs(R, radius) == embedding_constant(high, low, radius, norm).value


def test_small_balls_of_n1():
    # t = s + 1: max(1, (1+R)^(s+1) - 1); elsewhere an atom between (1, 0) and (0, 1) may be dearest
    assert embedding_constant(2, 1, "1/2", "N1").value == Fraction(5, 4)
    assert embedding_constant(2, 1, "2/5", "N1").value == 1
    inner = embedding_constant(3, 1, "1/2", "N1")
    assert (inner.value, inner.size, inner.is_sharp) == (Fraction(10, 9), Fraction(2, 3), True)
    with pytest.raises(Unsupported):
        embedding_constant("5/2", "1/2", "1/2", "N1")


@pytest.mark.parametrize(
    ("t", "s", "radius", "norm"), [(1, 1, 1, "N2"), (1, 2, 1, "N2"), (2, -1, 1, "N2"), (2, 1, 0, "N2")]
)
def test_wrong_orders_and_radii_are_refused(t, s, radius, norm):
    with pytest.raises(NotANumber):
        embedding_constant(t, s, radius, norm)


def test_unknown_conventions_are_refused():
    with pytest.raises(Unsupported):
        embedding_constant(3, 2, 1, "N3")
    with pytest.raises(Unsupported):
        embedding_constant(3, 2, 1, "N4")


def test_latex_states_the_formula_and_the_value():
    text = embedding_constant(3, 1, 2, "N1").latex()
    assert r"\tau^{1}" in text
    assert r"= 28 \, \|f\|_{\mathrm{N1}({3})}" in text
    assert text.endswith("\\text{sharp.}\n\\end{align*}")
    assert r"\text{at least } 4." in embedding_constant("3/2", "1/2", 2).latex()


def test_values_are_enclosed_to_any_precision():
    found = embedding_constant("5/2", "4/3", 2, "N1").enclosure(60)
    assert 0 < found.width < Fraction(1, 10**58)
    assert enclosed(Fraction(1, 3), 5).width == 0
