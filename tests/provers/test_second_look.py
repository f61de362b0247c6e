"""The numeric look: near the truth where that is known, and an alarm when a bound is too small."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

import verinet as vn
from verinet import Q
from verinet.errors import EmptyDomain, NotANumber, NotBounded, ShapeMismatch
from verinet.networks import activation
from verinet.networks.expressions import apply_activation
from verinet.provers.second_look import NumericError, numeric_error

x = vn.variable("x")
t = sympy.Symbol("t")


def test_an_irrational_maximum_is_found_to_half_the_digits_and_its_value_to_all() -> None:
    """|x - x^3| is largest at 1/sqrt(3), where it is 2/(3 sqrt(3))."""
    look = numeric_error(vn.network(x, x), t**3, vn.interval(0, 1), digits=40)
    assert look.value == str(sympy.N(2 / (3 * sympy.sqrt(3)), 40))
    assert look.at[0].startswith("0.57735026918962576450")


def test_a_kink_is_found() -> None:
    """The error of the tent with its peak at 1/3 against 0 is 1/3, attained at a kink."""
    tent = vn.network(x, vn.relu(x) - 2 * vn.relu(x - Q("1/3")))
    assert numeric_error(tent, 0, vn.interval(0, "2/3")).value.startswith("0.33333333333333333333")


def test_alarm_at_a_bound_too_small_and_silence_at_a_bound_that_is_attained() -> None:
    look = numeric_error(vn.network(x, x * Q("1/3")), 0, vn.interval(0, 1))
    assert not look.exceeds(Q("1/3"))
    assert look.exceeds(Q("1/3") - Fraction(1, 10**45))
    assert not NumericError("0.25", ("0.5",), 50).exceeds(Q("1/4"))


def test_a_polytope_is_not_left() -> None:
    """On the triangle x, y >= 0, x + y <= 1 the largest x + y is 1, on the square 2."""
    a, b = vn.variables("x", 2)
    f = vn.network((a, b), a + b)
    halves = ((-1, 0), 0), ((0, -1), 0), ((1, 1), 1)
    triangle = vn.polytope(*(vn.Halfspace(normal, offset) for normal, offset in halves))
    assert not numeric_error(f, 0, triangle).exceeds(Q(1))
    assert numeric_error(f, 0, triangle).exceeds(Q("0.99"))
    assert numeric_error(f, 0, vn.box([0, 1], dimension=2)).value == "2.0"


def test_a_thin_domain_still_has_a_point() -> None:
    a, b = vn.variables("x", 2)
    line = vn.Polyhedron((0, 0), (1, 1), (vn.Halfspace((1, -3), 0), vn.Halfspace((-1, 3), 0)))
    look = numeric_error(vn.network((a, b), 1 + 0 * a), 0, line)
    assert look.value == "1.0"


@pytest.mark.parametrize("name", ["floor", "frac", "sign", "hard_tanh", "heaviside"])
def test_pieces_jumps_and_periods_are_those_of_the_exact_side(name: str) -> None:
    """Against the exact value at points without an error of rounding."""
    f = vn.network(x, apply_activation(4 * x, activation(name)))
    for at in (Q("-3/8"), Q("-1/4"), Q(0), Q("1/8"), Q("1/2")):
        look = numeric_error(f, 0, vn.interval(at, at))
        assert Q(look.value) == abs(f(at)[0])


def test_smooth_activations_are_evaluated_by_mpmath() -> None:
    f = vn.network(x, apply_activation(x, activation("logistic")))
    look = numeric_error(f, 0, vn.interval(0, 1), digits=30)
    assert look.value == str(sympy.N(1 / (1 + sympy.exp(-1)), 30))


def test_several_outputs_and_seven_inputs() -> None:
    xs = vn.variables("x", 7)
    f = vn.network(xs, (xs[0], 2 * xs[1]))
    assert numeric_error(f, [0, 0], vn.box([0, 1], dimension=7)).exceeds(Q("1.9"))


def test_an_unbounded_domain_is_refused() -> None:
    with pytest.raises(NotBounded, match="Fix:"):
        numeric_error(vn.network(x, x), 0, vn.whole_space(1))


@pytest.mark.parametrize("digits", [0, -3, 2.5, "50", True, None])
def test_digits_are_a_positive_number(digits: object) -> None:
    with pytest.raises(NotANumber, match="Fix: write digits=50"):
        numeric_error(vn.network(x, x), 0, vn.interval(0, 1), digits=digits)


def test_one_digit_is_enough() -> None:
    assert numeric_error(vn.network(x, x), 0, vn.interval(0, 1), digits=1).value == "1.0"


def test_sizes_are_checked_before_the_search() -> None:
    with pytest.raises(ShapeMismatch, match="Fix:"):
        numeric_error(vn.network(x, x), 0, (0, 1))
    with pytest.raises(ShapeMismatch, match="Fix:"):
        numeric_error(vn.network(x, x), [0, 0], vn.interval(0, 1))
    with pytest.raises(EmptyDomain, match="Fix:"):
        numeric_error(vn.network(x, x), 0, vn.interval(0, 1).cut(vn.Halfspace((1,), -1)))
