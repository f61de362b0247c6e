"""Numbers at the border: what is read, what is refused, what is written."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import flint
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import InexactInput, NotANumber
from verinet.exact.rationals import (
    Q,
    dyadic,
    dyadic_integers,
    format_hex,
    format_hex_rational,
    format_rational,
    parse_hex,
    parse_hex_rational,
)

sixty_digits = st.integers(10**59, 10**60).flatmap(
    lambda d: st.integers(-(10**60), 10**60).map(lambda n: Fraction(n, d))
)
rationals = st.one_of(st.fractions(), sixty_digits)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("0", 0), ("-0", 0), ("007", 7), ("-12", -12), ("3/4", Fraction(3, 4)), ("-6/4", Fraction(-3, 2)),
        ("0.1", Fraction(1, 10)), ("-.5", Fraction(-1, 2)), ("5.", 5), ("1.5e-3", Fraction(3, 2000)),
        ("1e3", 1000), ("1E+2", 100), ("1e-05", Fraction(1, 100000)), ("0.0e5000", 0),
        ("-2.50", Fraction(-5, 2)),
    ],
)  # fmt: skip
def test_text_that_is_read(text, expected):
    assert Q(text) == expected
    assert type(Q(text)) is Fraction


@pytest.mark.parametrize(
    "text",
    [
        "", " 1", "1 ", "1\n", "+1", "1_000", "0x10", "1/-2", "1/2/3", "1/0", "0/0", "1e", "e5", ".", "-",
        "-.", ".e5", "1.2.3", "nan", "inf", "-Infinity", "1e5001", "1e-5001", "1e99999999999999999999",
        "1/2e3", "\u0661", "\u00b2", "1,5", "1.5/2", "--1", "0b1", "1" * 10_001,
        "1/" + "3" * 10_000, "1e" + "0" * 30_000, "[" * 100_000,
    ],
)  # fmt: skip
def test_text_that_is_refused(text):
    with pytest.raises(NotANumber, match="Fix:") as caught:
        Q(text)
    assert len(str(caught.value)) < 500


def test_long_numbers_up_to_the_limit():
    digits = "7" * 10_000
    assert Q(digits) == (10**10_000 - 1) * 7 // 9
    assert format_rational(Q(digits)) == digits
    assert Q("1e5000") == 10**5000
    assert Q("-1." + "3" * 9_999).denominator == 10**9_999


def test_huge_results_are_printed():
    q = Fraction(3**40_000, 2**40_000)
    text = format_rational(q)
    assert len(text) > 30_000
    numerator, denominator = text.split("/")
    assert flint.fmpz(numerator) == 3**40_000
    assert flint.fmpz(denominator) == 2**40_000


@pytest.mark.parametrize("value", [0.1, 0.0, -1.0, np.float64(0.1), np.float32(0.1), np.float16(2)])
def test_floats_are_refused_with_both_readings(value):
    with pytest.raises(InexactInput) as caught:
        Q(value)
    assert 'Q("' in str(caught.value)
    assert "dyadic(" in str(caught.value)


def test_the_message_spells_the_decimal_that_was_typed():
    with pytest.raises(InexactInput, match=r'Q\("0\.1"\)'):
        Q(np.float32(0.1))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float32("nan"), np.float64("inf")])
def test_no_number_at_all(value):
    with pytest.raises(NotANumber):
        Q(value)
    with pytest.raises(NotANumber):
        dyadic(value)


@pytest.mark.parametrize(
    "value", [True, np.True_, None, [1], 1j, b"1", object(), sympy.Symbol("x"), sympy.oo, sympy.pi]
)
def test_other_things_are_refused(value):
    with pytest.raises(NotANumber):
        Q(value)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("0.1", Fraction(1, 10)),
        ("-2.50", Fraction(-5, 2)),
        ("1E+3", Fraction(1000)),
        ("1e-7", Fraction(1, 10**7)),
        ("-0", Fraction(0)),
    ],
)
def test_decimals_are_exact(text, expected):
    assert Q(Decimal(text)) == expected
    assert type(Q(Decimal(text))) is Fraction


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity", "1e999999", "1e-5001", "1e400000000"])
def test_decimals_that_are_refused(text):
    with pytest.raises(NotANumber, match="Fix:"):
        Q(Decimal(text))


def test_what_cannot_be_printed_is_refused_all_the_same():
    with pytest.raises(NotANumber, match="of type list"):
        Q([10**5000])


def test_sympy_floats_are_refused():
    with pytest.raises(InexactInput):
        Q(sympy.Float("0.1"))


@pytest.mark.parametrize(
    "value",
    [7, np.int8(7), np.uint64(7), flint.fmpz(7), flint.fmpq(7), sympy.Integer(7), Fraction(7)],
)
def test_exact_numbers_of_other_libraries(value):
    q = Q(value)
    assert q == 7
    assert type(q) is Fraction
    assert type(q.numerator) is int


def test_exact_fractions_of_other_libraries():
    assert Q(flint.fmpq(-1, 3)) == Q(sympy.Rational(-1, 3)) == Fraction(-1, 3)

    class Odd(Fraction):
        pass

    assert type(Q(Odd(1, 3))) is Fraction


@given(rationals)
def test_printed_rationals_read_back(q):
    assert Q(format_rational(q)) == q
    assert parse_hex_rational(format_hex_rational(q)) == q


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12))
def test_decimals_mean_what_they_spell(d):
    assert Q(f"{d:f}") == Fraction(d)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_dyadic_is_the_binary_value(x):
    q = dyadic(x)
    assert q == Fraction(*x.as_integer_ratio())
    assert float(q) == x
    assert q.denominator & (q.denominator - 1) == 0
    with np.errstate(over="ignore"):
        single = np.float32(x)
    if np.isfinite(single):
        assert float(dyadic(single)) == float(single)


def test_dyadic_refuses_what_is_no_float():
    for value in (1, "0.5", True, Fraction(1, 2)):
        with pytest.raises(NotANumber):
            dyadic(value)


@settings(max_examples=60)
@given(
    st.lists(
        st.one_of(
            st.floats(allow_nan=False, allow_infinity=False),
            st.floats(width=16, allow_nan=False, allow_infinity=False),
        ),
        max_size=8,
    )
)
def test_dyadic_integers(values):
    numbers, exponent = dyadic_integers(np.array(values, dtype=np.float64))
    assert [n * Fraction(2) ** exponent for n in numbers] == [Fraction(v) for v in values]
    assert all(type(n) is int for n in numbers)
    assert any(n % 2 for n in numbers) or exponent == 0


@given(st.integers())
def test_hex_integers(n):
    assert parse_hex(format_hex(n)) == n


@pytest.mark.parametrize(
    "text", ["", "-0", "00", "01", "A", "0x1", "+1", " 1", "1\n", "1_0", "-", "g", "\u0661", 5, None]
)
def test_hex_that_is_refused(text):
    with pytest.raises(NotANumber):
        parse_hex(text)


@pytest.mark.parametrize("text", ["1", "1/0", "2/4", "1/-1", "0/2", "-0/1", "1/1/1", "/", "1/", "a/A", 3])
def test_hex_rationals_that_are_refused(text):
    with pytest.raises(NotANumber):
        parse_hex_rational(text)


def test_hex_has_one_spelling():
    assert (format_hex_rational(Fraction(0)), format_hex_rational(Fraction(-10, 3))) == ("0/1", "-a/3")
