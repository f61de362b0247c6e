"""Polynomial targets: values against sympy and plain Fractions, spelling, and what is refused."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from verinet.claims.targets import Polynomial, as_polynomial
from verinet.errors import InexactInput, ShapeMismatch, Unsupported
from verinet.exact.rationals import Q

coefficients = st.fractions(-3, 3, max_denominator=5)
powers = st.tuples(st.integers(0, 3), st.integers(0, 3))
rows = st.lists(st.tuples(coefficients, powers), max_size=4)
polynomials = rows.map(lambda terms: Polynomial(2, tuple(terms)))
x, y = sympy.symbols("x y")


@given(polynomials, polynomials, coefficients, coefficients)
def test_arithmetic_is_pointwise(p: Polynomial, q: Polynomial, a: F, b: F) -> None:
    at = (a, b)
    assert (p + q).value(at) == p.value(at) + q.value(at)
    assert (p - q).value(at) == p.value(at) - q.value(at)
    assert (p * q).value(at) == p.value(at) * q.value(at)
    assert (2 * p**2 - 1).value(at) == 2 * p.value(at) ** 2 - 1


@given(polynomials, coefficients, coefficients)
def test_sympy_agrees(p: Polynomial, a: F, b: F) -> None:
    terms = (sympy.Rational(c.numerator, c.denominator) * x**i * y**j for c, (i, j) in p.coefficients)
    expression = sum(terms, sympy.S.Zero)
    assert as_polynomial(expression, 2, variables=(x, y)) == p
    value = expression.subs({x: sympy.Rational(str(a)), y: sympy.Rational(str(b))})
    assert p.value((a, b)) == F(int(value.p), int(value.q))


@given(polynomials, st.integers(0, 4))
def test_powers_are_repeated_products(p: Polynomial, times: int) -> None:
    product = Polynomial.constant(1, 2)
    for _ in range(times):
        product = product * p
    assert p**times == product


def test_powers_that_are_refused() -> None:
    t, many = Polynomial.variable(0, 1), sum((Polynomial.variable(k, 5) for k in range(5)), Polynomial.constant(1, 5))
    for base, times in ((t, 401), (t**41, 10), (Polynomial(1, ()), -1), (many, 100)):
        with pytest.raises(Unsupported):
            base**times


def test_canonical_form() -> None:
    assert Polynomial(1, ((1, (2,)), (2, (0,)), (-1, (2,)))) == Polynomial.constant(2, 1)
    assert Polynomial(1, ((1, (2,)), (2, (0,)))).coefficients == ((F(2), (0,)), (F(1), (2,)))
    assert Polynomial(3, ()).degree == 0
    assert (Polynomial.variable(0, 2) * Polynomial.variable(1, 2) ** 3).degree == 4


@pytest.mark.parametrize("polynomial, text", [
    (Polynomial(1, ()), "0"),
    (Polynomial(1, ((-1, (2,)),)), "-x^2"),
    (Polynomial(1, (("-1/2", (0,)), (1, (1,)))), "x - 1/2"),
    (Polynomial(2, ((3, (1, 1)), ("1/3", (0, 2)))), "3*x_0*x_1 + 1/3*x_1^2"),
])  # fmt: skip
def test_spelling(polynomial: Polynomial, text: str) -> None:
    assert str(polynomial) == text


def test_expanded_before_reading() -> None:
    assert as_polynomial((x + 1) ** 2 - 2 * x, 1) == Polynomial(1, ((1, (2,)), (1, (0,))))
    assert as_polynomial(sympy.Rational(1, 3), 1) == Polynomial.constant("1/3", 1)
    assert as_polynomial(x / x, 1) == Polynomial.constant(1, 1)


def test_inputs_are_found_by_name() -> None:
    a, b = sympy.symbols("x_0 x_1")
    assert as_polynomial(b, 2) == Polynomial.variable(1, 2)
    c = sympy.symbols("x1")
    assert as_polynomial(c**2, 2) == Polynomial.variable(1, 2) ** 2
    assert as_polynomial(y, 2, variables=[x, y]) == as_polynomial(b, 2, variables=(a, b))
    assert as_polynomial(sympy.Symbol("t", real=True) ** 2, 1) == Polynomial.variable(0, 1) ** 2


def test_other_spellings() -> None:
    assert as_polynomial({2: 1}, 1) == as_polynomial({(2,): 1}, 1) == as_polynomial(x**2, 1)
    assert as_polynomial(F(1, 3), 2) == Polynomial.constant("1/3", 2)
    p = Polynomial.variable(0, 2)
    assert as_polynomial(p, 2) is p


@pytest.mark.parametrize("target", [
    sympy.sin(x), sympy.sqrt(2) * x, 1 / x, abs(x), x ** sympy.Rational(1, 2), sympy.pi, sympy.I * x,
    sympy.Piecewise((x, x > 0), (0, True)), sympy.oo, sympy.nan, x > 0,
    "x**2", lambda t: t, sympy.Lambda(x, x),
])  # fmt: skip
def test_other_functions_are_refused(target) -> None:
    with pytest.raises(Unsupported, match="Fix:"):
        as_polynomial(target, 1)


@pytest.mark.parametrize("target", [0.5, 0.5 * x, {1: 0.5}, x**2 + sympy.Float("0.1"), x**2.0])
def test_floats_are_refused(target) -> None:
    with pytest.raises(InexactInput):
        as_polynomial(target, 1)


@pytest.mark.parametrize("build", [
    lambda: as_polynomial(x * y, 1),
    lambda: as_polynomial(x * y, 2),
    lambda: as_polynomial(x, 2, variables=(x,)),
    lambda: as_polynomial(x, 2, variables=(x, x)),
    lambda: as_polynomial(x, 2, variables=(x, "y")),
    lambda: as_polynomial(sympy.Symbol("x_2"), 2),
    lambda: as_polynomial({(1, 1): 1}, 1),
    lambda: as_polynomial(Polynomial(1, ()), 2),
    lambda: as_polynomial([x], 1),
    lambda: Polynomial(2, ((1, (1,)),)),
    lambda: Polynomial(1, ()).value((1, 2)),
    lambda: Polynomial(1, ()) + Polynomial(2, ()),
])  # fmt: skip
def test_sizes_are_checked(build) -> None:
    with pytest.raises(ShapeMismatch, match="Fix:"):
        build()


@pytest.mark.parametrize("exponent", [-1, 401, True, F(1)])
def test_exponents_are_checked(exponent) -> None:
    with pytest.raises(Unsupported, match=r"exponent|degree"):
        Polynomial(1, ((1, (exponent,)),))


def test_a_target_may_be_written_in_the_variables_of_the_network() -> None:
    from verinet.networks import relu, variable, variables

    x = variable("x")
    assert as_polynomial(x**2 - x / 3 + 1, 1) == as_polynomial({2: 1, 1: Q("-1/3"), 0: 1}, 1)
    a, b = variables("x", 2)
    assert as_polynomial((a + b) ** 2 - (a - b) ** 2, 2) == as_polynomial({(1, 1): 4}, 2)
    assert as_polynomial((a**2 + 1) ** 3, 2).value((Q(2), Q(5))) == 125
    with pytest.raises(Unsupported, match="another neuron"):
        as_polynomial(relu(x), 1)
    with pytest.raises(Unsupported, match="other variables"):
        as_polynomial(variables("x", 2)[0] ** 2, 1)
