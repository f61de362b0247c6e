"""Errors, moduli and Lipschitz constants against formulas of their own; claims that the kernel checks."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.claims.lp_errors import lp_error
from verinet.claims.target_text import parse_targets
from verinet.claims.verdicts import Proved
from verinet.errors import BudgetExhausted, NotANumber, ShapeMismatch, Unsupported
from verinet.geometry.polyhedra import box, interval
from verinet.provers.portfolio import prove
from verinet.theory.layerwise_rates.layerwise import depth_for, layerwise
from verinet.theory.layerwise_rates.lipschitz import lipschitz_constant
from verinet.theory.layerwise_rates.local import Local
from verinet.theory.layerwise_rates.moduli import Modulus, shifted_difference
from verinet.theory.layerwise_rates.roots import root_below
from verinet.theory.minimal_width.functions import read_box, read_targets

PARABOLA = {(1,): 1, (2,): -1}
SMALL = st.integers(-4, 4)


def _target(text: str, inputs: int) -> Any:
    return parse_targets(text, inputs, box(*[(0, 1)] * inputs)).functions[0]


def _shown(found: Any) -> bool:
    return all(rate.holds and rate.holds_sup and rate.holds_lipschitz is not False for rate in found.rates)


@pytest.mark.parametrize("grid", [2, 3])
def test_the_error_is_that_of_the_table_and_little_more(grid: int) -> None:
    found = layerwise(PARABOLA, inputs=1, grid=grid, depth=3)
    for level, rate in zip(found.levels, found.rates, strict=True):
        count, total = grid**level.level, Fraction(0)
        for k, v in enumerate(level.values):
            a, b = Fraction(k, count), Fraction(k + 1, count)

            def primitive(x: Fraction, v: Fraction = v) -> Fraction:  # of (x - x^2 - v)^2
                return x**5 / 5 - x**4 / 2 + (1 + 2 * v) * x**3 / 3 - v * x**2 + v**2 * x

            total += primitive(b) - primitive(a)
        assert total <= rate.error**2 <= total * Fraction(101, 100)
        # values are means of the target up to what 14 bits tell of the correction
        mean = [(Fraction(2 * k + 1) / 2 / count) - Fraction(3 * k * k + 3 * k + 1, 3 * count**2) for k in range(count)]
        assert all(abs(v - m) <= level.correction.size / 2**12 for v, m in zip(level.values, mean, strict=True))


@pytest.mark.parametrize("level", [1, 2, 5])
def test_the_modulus_of_a_parabola(level: int) -> None:
    h = Fraction(1, 2**level)
    near = read_targets(PARABOLA, 1).functions[0].near(read_box(None, 1))
    modulus = Modulus(near, 1)
    exact = h**2 * (1 - h) ** 3 / 3  # int_0^(1-h) (h (1 - h) - 2 h x)^2
    assert exact * Fraction(9999, 10000) <= modulus.below(2, h) ** 2 <= exact
    assert modulus.sup_below(h) == h * (1 - h)
    # |h (1 - h) - 2 h x| in the mean is h (1 - h)^2 / 2, and no single integral shows it
    assert modulus.below(1, h) == h * (1 - h) ** 2 / 2


def test_pieces_are_moved_along() -> None:
    (target,) = read_targets([(interval(0, "1/3"), 0), (interval("1/3", 1), {(1,): 3})], 1).functions
    near = target.near(read_box(None, 1))
    gap = Local(shifted_difference(near, 0, Fraction(1, 4)))

    def f(x: Fraction) -> Fraction:
        return Fraction(0) if x < Fraction(1, 3) else 3 * x

    for k in range(1, 75, 2):
        x = Fraction(k, 100)
        assert gap.value((x,)) == f(x + Fraction(1, 4)) - f(x)


@given(st.lists(SMALL, min_size=2, max_size=5), st.sampled_from([1, 2, 4]), st.integers(2, 4))
@settings(max_examples=15, deadline=None)
def test_every_polynomial_keeps_its_rates(coefficients: list[int], p: int, grid: int) -> None:
    found = layerwise({(k,): c for k, c in enumerate(coefficients)}, inputs=1, grid=grid, depth=2, p=p)
    assert _shown(found)


@given(st.tuples(*[SMALL] * 6))
@settings(max_examples=8, deadline=None)
def test_every_quadratic_of_two_variables_keeps_its_rates(c: tuple[int, ...]) -> None:
    terms = dict(zip([(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)], c, strict=True))
    assert _shown(layerwise(terms, inputs=2, grid=2, depth=2))


@pytest.mark.parametrize(
    ("text", "inputs", "grid", "depth", "p"),
    [
        ("x*(1-x)", 1, 4, 4, 2),
        ("abs(x-1/3)", 1, 3, 4, 1),
        ("x*y", 2, 3, 2, 4),
        ("max(x,y)", 2, 2, 3, 2),
        ("x*y*z", 3, 2, 2, 2),
        ("sin(pi*x)", 1, 2, 4, 2),
        ("x/1000000", 1, 2, 3, 2),
        ("1000*x^5 - 3", 1, 2, 3, 6),
    ],
)
def test_the_targets_of_the_theorem_keep_their_rates(text: str, inputs: int, grid: int, depth: int, p: int) -> None:
    found = layerwise(_target(text, inputs), inputs=inputs, grid=grid, depth=depth, p=p)
    assert found.network.width == 2 * inputs * grid + inputs + 2
    assert _shown(found)
    assert found.rates[0].lipschitz is not None
    assert all(a.error > b.error for a, b in zip(found.rates[:-1], found.rates[1:], strict=True))


@pytest.mark.parametrize("value", [0, 7, Fraction(-22, 7)])
def test_a_constant_has_no_error_at_all(value: Fraction) -> None:
    found = layerwise({(0, 0): value}, inputs=2, grid=2, depth=2)
    assert [rate.error for rate in found.rates] == [0, 0]
    assert found.values_at(Fraction(1, 3), Fraction(1, 5)) == (value, value)
    assert _shown(found)


def test_a_jump_is_no_obstacle_in_the_mean_but_has_no_lipschitz_bound() -> None:
    found = layerwise([(interval(0, "1/3"), 0), (interval("1/3", 1), 5)], inputs=1, grid=2, depth=4)
    assert all(rate.holds and rate.holds_lipschitz is None for rate in found.rates)


@pytest.mark.parametrize(
    ("text", "inputs", "low", "high"),
    [("max(x,y)", 2, 1, 1), ("abs(x-1/3)", 1, 1, 1), ("x*y", 2, 1.41, 1.42), ("sin(pi*x)", 1, 3.14, 3.15),
     ("exp(x*y)", 2, 3.84, 4.2), ("3*x - 4*y", 2, 5, 5)],
)  # fmt: skip
def test_lipschitz_constants(text: str, inputs: int, low: float, high: float) -> None:
    (target,) = read_targets([_target(text, inputs)], inputs).functions
    found = lipschitz_constant(target, target.near(read_box(None, inputs), Fraction(1, 16)))
    assert found is not None
    assert low <= found <= high


def test_the_first_level_below_eps() -> None:
    found = layerwise(PARABOLA, inputs=1, grid=2, depth=5)
    for k, rate in enumerate(found.rates):
        assert found.depth_for(rate.error) == k + 1
        assert found.depth_for(rate.error - Fraction(1, 10**9)) == (k + 2 if k < 4 else None)
    assert depth_for(PARABOLA, found.rates[2].error, inputs=1) == 3
    with pytest.raises(BudgetExhausted, match="no readout"):
        depth_for({(1, 0, 0): 1}, Fraction(1, 10**9), inputs=3, grid=8)


@given(st.fractions(0, 100), st.sampled_from([2, 4, 6]))
def test_roots_from_below(value: Fraction, p: int) -> None:
    found = root_below(value, p)
    assert found**p <= value
    assert value <= (found * (1 + Fraction(1, 2**18))) ** p


# --- the kernel ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "inputs", "grid", "level"),
    [(PARABOLA, 1, 2, 2), ({(1, 1): 1}, 2, 2, 1), (sympy.exp(sympy.Symbol("x")), 1, 3, 1)],
)
def test_the_kernel_accepts_the_claim_about_a_readout(target: Any, inputs: int, grid: int, level: int) -> None:
    found = layerwise(target, inputs=inputs, grid=grid, depth=level)
    one = found.stand_in(level)
    assert isinstance(prove(one.claim, plan=one.plan), Proved)


def test_half_of_the_error_is_not_proved() -> None:
    found = layerwise(PARABOLA, inputs=1, grid=2, depth=1)
    one = found.stand_in(1)
    half = lp_error(one.network, PARABOLA, interval(0, 1)) <= found.rates[0].error / 2
    assert not isinstance(prove(half, 20, plan=one.plan), Proved)


@pytest.mark.parametrize(("inputs", "grid", "depth"), [(1, 3, 2), (2, 2, 2)])
def test_the_table_that_the_kernel_reads_is_the_readout(inputs: int, grid: int, depth: int) -> None:
    found = layerwise({(2,) * inputs: 1}, inputs=inputs, grid=grid, depth=depth)
    for level in range(1, depth + 1):
        table = found.stand_in(level).network
        for k in range(1, 40, 3):
            point = [Fraction(k, 40), Fraction(41 - k, 43)][:inputs]
            if found.is_good(level, *point):
                gap = found.values_at(*point)[level - 1] - table(*point)[0]
                assert abs(gap) <= found.levels[level - 1].slack


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "kind"),
    [
        ({"grid": 1}, Unsupported),
        ({"grid": 3, "resolution": 2}, Unsupported),
        ({"depth": 0}, Unsupported),
        ({"p": 3}, Unsupported),
        ({"p": 0}, Unsupported),
        ({"eps": 0}, NotANumber),
        ({"activations": "tanh"}, Unsupported),
        ({"domain": [(0, 2)]}, Unsupported),
        ({"depth": 17}, BudgetExhausted),
        ({"depth": 10**12}, BudgetExhausted),
        ({"depth": 13, "activations": "sine"}, BudgetExhausted),
    ],
)
def test_what_is_out_of_range_is_refused(wish: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind):
        layerwise(PARABOLA, **{"inputs": 1, **wish})


def test_two_targets_are_refused() -> None:
    with pytest.raises(ShapeMismatch):
        layerwise([PARABOLA, PARABOLA], inputs=1)
