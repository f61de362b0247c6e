"""Enclosures against mpmath at many digits, exact values, and closed forms."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from flint import arb, ctx
from hypothesis import example, given, settings
from hypothesis import strategies as st

from verinet.errors import BudgetExhausted, NotANumber, NotBounded, Unsupported
from verinet.exact.enclosures import (
    FUNCTIONS,
    Enclosure,
    ball,
    enclose,
    enclosure_of,
    evaluate,
    integral,
    numeric,
    precision,
)

SMOOTH = [name for name, f in FUNCTIONS.items() if f.exact is None]
TINY = Fraction(1, 10**30)
arguments = st.one_of(
    st.fractions(-40, 40, max_denominator=10**9),
    st.sampled_from([Fraction(0), Fraction(1), Fraction(-1, 2**60), Fraction(1, 3 * 10**59 + 1), Fraction(700)]),
)


def as_fraction(context, value):
    sign, mantissa, exponent, _ = value._mpf_
    return Fraction((-1) ** sign * int(mantissa)) * Fraction(2) ** exponent


@pytest.mark.parametrize("name", SMOOTH)
@settings(max_examples=25, deadline=None)
@given(q=arguments)
def test_enclosures_hold_what_mpmath_sees(name, q):
    if name in ("log", "sqrt"):
        q = abs(q) + (q == 0)
    found = enclose(name, q, TINY)
    assert found.width <= TINY
    context = mpmath.MPContext()
    context.dps = 360  # e^40 has 18 digits before the point, e^700 has 305
    seen = as_fraction(context, FUNCTIONS[name].second(context, context.mpf(q.numerator) / q.denominator))
    slack = Fraction(1, 10**40)
    assert found.low - slack <= seen <= found.high + slack


@pytest.mark.parametrize("name", SMOOTH)
def test_the_table_is_what_its_names_say(name):
    """Independent formulas at one argument, to 30 digits."""
    m = mpmath.MPContext()
    m.dps = 40
    x = m.mpf("0.7")
    direct = {
        "logistic": m.exp(x) / (m.exp(x) + 1), "tanh": m.sinh(x) / m.cosh(x), "softplus": m.log(1 + m.exp(x)),
        "sine": m.cos(x - m.pi / 2), "cosine": m.sin(x + m.pi / 2), "exp2": m.mpf(2) ** x, "exp": m.e**x,
        "log": -m.log(1 / x), "sqrt": x ** m.mpf("0.5"), "arctan": m.asin(x / m.sqrt(1 + x * x)),
        "erf": 1 - m.erfc(x),
    }[name]  # fmt: skip
    found = enclose(name, Fraction(7, 10), TINY)
    assert found.low - TINY <= as_fraction(m, direct) <= found.high + TINY


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(SMOOTH),
    arguments,
    st.fractions(0, 2, max_denominator=50),
    st.fractions(0, 1, max_denominator=9),
)
def test_a_wide_ball_encloses_the_values_inside(name, q, width, part):
    if name in ("log", "sqrt"):
        q = abs(q) + 1
    with precision(80):
        wide = ball(q, 80).union(ball(q + width, 80))
        whole = enclosure_of(evaluate(name, wide))
    inside = enclose(name, q + part * width, Fraction(1, 10**10))
    assert whole.low <= inside.high
    assert inside.low <= whole.high


def test_floor_and_frac_are_exact():
    assert enclose("floor", Fraction(-1, 3), TINY) == Enclosure(Fraction(-1), Fraction(-1))
    assert enclose("frac", Fraction(-1, 3), TINY) == Enclosure(Fraction(2, 3), Fraction(2, 3))
    assert enclose("frac", Fraction(5), TINY) == Enclosure(Fraction(0), Fraction(0))
    with precision(64):
        narrow = ball(Fraction(7, 3), 64).union(ball(Fraction(5, 2), 64))
        across = ball(Fraction(5, 3), 64).union(ball(Fraction(7, 3), 64))
        assert enclosure_of(evaluate("frac", narrow)).contains(Fraction(2, 5))
        assert enclosure_of(evaluate("frac", narrow)).high < 1
        everything = enclosure_of(evaluate("frac", across))
    assert everything.contains(Fraction(0))
    assert everything.contains(Fraction(999, 1000))


@example(Fraction(10**50))
@example(-Fraction(10**50))
@settings(max_examples=20, deadline=None)
@given(st.fractions(-(10**6), 10**6))
def test_saturating_functions_far_out(q):
    for name, low, high in (("logistic", 0, 1), ("tanh", -1, 1)):
        found = enclose(name, q, TINY)
        assert low - TINY <= found.low <= found.high <= high + TINY
    if q > 100:
        assert enclose("softplus", q, Fraction(1, 10**9)).contains(q)


def test_values_too_large_or_too_small():
    found = enclose("exp", -Fraction(10**50), TINY)
    assert -TINY < found.low <= 0 < found.high < TINY
    with pytest.raises((BudgetExhausted, NotBounded)):
        enclose("exp", Fraction(10**50), Fraction(1))
    with pytest.raises(NotBounded):
        enclose("exp", Fraction(10**7), Fraction(1))


def test_the_accuracy_is_reached_and_must_be_positive():
    assert enclose("exp", Fraction(1), Fraction(1, 10**500)).width <= Fraction(1, 10**500)
    assert enclose("sine", Fraction(10**60), TINY).width <= TINY
    for accuracy in (Fraction(0), Fraction(-1)):
        with pytest.raises(NotANumber):
            enclose("exp", Fraction(1), accuracy)


def test_domains():
    assert enclose("sqrt", Fraction(0), TINY).contains(Fraction(0))
    for name, q in (("sqrt", Fraction(-1)), ("log", Fraction(0)), ("log", Fraction(-1, 10**60))):
        with pytest.raises(NotANumber):
            enclose(name, q, TINY)
    with pytest.raises(Unsupported, match="logistic"):
        enclose("sigmoid", Fraction(0), TINY)


def test_precision_is_restored():
    before = ctx.prec
    with pytest.raises(ZeroDivisionError), precision(before + 700):
        ctx.prec // 0
    assert ctx.prec == before
    enclose("exp", Fraction(1, 3), Fraction(1, 10**100))
    integral("exp", Fraction(0), Fraction(1), Fraction(1, 10**50))

    def broken(z, analytic):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        integral(broken, Fraction(0), Fraction(1), TINY)
    assert ctx.prec == before


def test_balls_contain_their_number():
    for q in (Fraction(1, 3), Fraction(10**60 + 7, 3), Fraction(1, 2)):
        found = enclosure_of(ball(q, 20))
        assert found.contains(q)
    assert enclosure_of(ball(Fraction(1, 3), 20)).width > 0
    with pytest.raises(NotBounded):
        enclosure_of(arb("nan"))
    with pytest.raises(NotBounded):
        enclosure_of(arb("inf"))


@pytest.mark.parametrize(
    "function, low, high, closed",
    [
        ("exp", 0, 1, lambda m: m.e - 1),
        ("sine", 0, 3, lambda m: 1 - m.cos(3)),
        ("cosine", -2, Fraction(1, 3), lambda m: m.sin(m.mpf(1) / 3) + m.sin(2)),
        ("logistic", -30, 30, lambda m: m.mpf(30)),
        ("tanh", -1, 2, lambda m: m.log(m.cosh(2) / m.cosh(1))),
        ("exp2", -1, 1, lambda m: m.mpf(3) / 2 / m.log(2)),
        ("log", 1, 2, lambda m: 2 * m.log(2) - 1),
        ("sqrt", 1, 4, lambda m: m.mpf(14) / 3),
        ("sqrt", 0, 1, lambda m: m.mpf(2) / 3),
        ("softplus", -1, 1, lambda m: m.quad(lambda t: m.log1p(m.exp(t)), [-1, 1])),
        (lambda z, analytic: z**3, Fraction(-1, 3), 1, lambda m: m.mpf(20) / 81),
        (lambda z, analytic: z.real_max(z * 0, analytic=analytic), -1, 1, lambda m: m.mpf(1) / 2),
    ],
)
def test_integrals_with_closed_forms(function, low, high, closed):
    m = mpmath.MPContext()
    m.dps = 40
    accuracy = Fraction(1, 10**12)
    found = integral(function, Fraction(low), Fraction(high), accuracy)
    assert found.width <= accuracy
    slack = Fraction(1, 10**35)
    assert found.low - slack <= as_fraction(m, m.mpf(closed(m))) <= found.high + slack


def test_integrals_turned_round_and_empty():
    there = integral("exp", Fraction(0), Fraction(1), TINY)
    back = integral("exp", Fraction(1), Fraction(0), TINY)
    assert -back.high <= there.high
    assert there.low <= -back.low
    assert integral("exp", Fraction(1), Fraction(1), TINY).contains(Fraction(0))
    with pytest.raises(Unsupported):
        integral("floor", Fraction(0), Fraction(1), TINY)


def test_mpmath_alone_is_numeric():
    before = mpmath.mp.dps
    assert numeric("exp", Fraction(1), 30) == "2.71828182845904523536028747135"
    assert mpmath.mp.dps == before


def test_enclosure_values():
    with pytest.raises(NotANumber):
        Enclosure(Fraction(1), Fraction(0))
    with pytest.raises(NotANumber, match="Fix:"):
        Enclosure(Fraction(10**5000), Fraction(0))
    with pytest.raises(NotANumber, match="Fix:"):
        enclose("exp", Fraction(1), Fraction(-(10**5000)))
    assert Enclosure(Fraction(1), Fraction(1)).width == 0
    assert not Enclosure(Fraction(1), Fraction(2)).contains(Fraction(5, 2))
