"""Two leaky ReLUs of slopes alpha and -alpha: width 1 for one variable, and the bends that end points do not show."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet.errors import Unsupported
from verinet.geometry.polyhedra import interval
from verinet.networks.network import Activate, Affine, Network
from verinet.theory.minimal_width.channels import Channels
from verinet.theory.minimal_width.leaky import leaky
from verinet.theory.minimal_width.leaky_pair import leaky_pair
from verinet.theory.minimal_width.leaky_steps import leaky_activation, triangle_wave

ZIGZAG = {0: Fraction(1, 2), 1: 5, 2: -15, 3: 10}
ALPHAS = [Fraction(1, 100), Fraction(1, 4), Fraction(1, 2), Fraction(9, 10), Fraction(3)]


@pytest.mark.parametrize("alpha", ALPHAS)
def test_the_width_is_one_and_flats_have_one_slope(alpha: Fraction) -> None:
    n = 3
    made = leaky_pair(ZIGZAG, inputs=1, resolution=n, alpha=alpha)
    m = int(str(made.facts["repetitions"]))
    assert made.network.width == 1
    assert made.network.depth == 2 * (n - 1) * m + 2 * 3  # 2^2 < 2 n <= 2^3
    used = {a for v in made.network.vertices if isinstance(v.operation, Activate) for a in v.operation.activations}
    assert used == {leaky_activation(alpha), leaky_activation(-alpha)}
    assert made.plan is not None
    axis, slopes = made.plan.axes[0], set()
    for low, high, flat in zip(axis, axis[1:], made.plan.flats[0], strict=False):
        if flat:
            ends = [low, (2 * low + high) / 3, high]
            values = [made.network(x)[0] for x in ends]
            slopes |= {(b - a) / (v - u) for a, b, u, v in zip(values, values[1:], ends, ends[1:], strict=False)}
            assert made.part("decoder")(*made.part("encoder")(low)) == (values[0],)
    assert len(slopes) == 1


def square_error(network: Network, low: Fraction, high: Fraction) -> Fraction:
    x = sympy.Symbol("x")
    f = sum((sympy.Rational(Fraction(c)) * x**e for e, c in ZIGZAG.items()), start=sympy.Integer(0))
    ends = [low, *vn.piecewise(network, domain=interval(low, high)).breakpoints, high]
    total = Fraction(0)
    for a, b in itertools.pairwise(ends):
        (u,), (v,) = network(a), network(b)
        line = sympy.Rational(u) + sympy.Rational((v - u) / (b - a)) * (x - sympy.Rational(a))
        whole = sympy.Poly((f - line) ** 2, x, domain="QQ").integrate(x)
        value = whole.eval(sympy.Rational(b)) - whole.eval(sympy.Rational(a))
        total += Fraction(int(value.p), int(value.q))
    return total


@pytest.mark.parametrize(("n", "below"), [(3, "1/4"), pytest.param(8, "1/10", marks=pytest.mark.nightly)])
def test_the_bound_is_above_the_true_error(n: int, below: str) -> None:
    made = leaky_pair(ZIGZAG, inputs=1, resolution=n)
    square = square_error(made.network, Fraction(0), Fraction(1))
    assert square <= made.error_bound**2 <= 2 * square
    assert made.error_bound < Fraction(below)


def test_small_claims_are_proved() -> None:
    made = leaky_pair(ZIGZAG, inputs=1, resolution=3)
    assert isinstance(vn.prove(made.claim), vn.Proved)


@given(st.sampled_from(["1/5", "1/8", "1/20"]), st.sampled_from(ALPHAS[:3]), st.sampled_from([2, 4]))
@settings(max_examples=4)
def test_an_error_that_is_asked_for_is_reached(eps: str, alpha: Fraction, p: int) -> None:
    made = leaky_pair(ZIGZAG, inputs=1, eps=eps, alpha=alpha, p=p)
    assert made.error_bound <= Fraction(eps)
    assert made.network.width == 1


def test_constants_smooth_functions_and_other_domains() -> None:
    constant = leaky_pair({0: Fraction(1, 3)}, inputs=1, resolution=2)
    assert constant.network("1/7") == (Fraction(1, 3),)
    smooth = leaky_pair(sympy.exp(sympy.Symbol("x")), inputs=1, resolution=3, domain=interval(-1, 1))
    assert isinstance(vn.prove(smooth.claim), vn.Proved)


def test_in_other_dimensions_one_activation_is_enough() -> None:
    made = leaky_pair([{1: 1}, {2: 1}], inputs=1, resolution=2)
    assert made.network == leaky([{1: 1}, {2: 1}], inputs=1, resolution=2).network
    assert made.name == "minimal-width/leaky-pair"
    assert made.network.width == 2


@pytest.mark.parametrize("alpha", ["1", "0", "-1/4"])
def test_slopes_that_do_not_work(alpha: str) -> None:
    with pytest.raises(Unsupported, match="alpha"):
        leaky_pair(ZIGZAG, inputs=1, resolution=2, alpha=alpha)


def preactivations(network: Network, x: Fraction) -> list[Fraction]:
    found, values = [], [x]
    for vertex in network.vertices:
        if isinstance(vertex.operation, Affine):
            weight, bias = vertex.operation.weight, vertex.operation.bias
            values = [
                sum((weight[i, j] * v for j, v in enumerate(values)), start=bias[i, 0]) for i in range(weight.rows)
            ]
        elif isinstance(vertex.operation, Activate):
            found += values
            values = [a.value(v) for a, v in zip(vertex.operation.activations, values, strict=True)]
    return found


def test_signs_at_end_points_miss_paired_bends() -> None:
    """A fold sends both ends of a segment to one point: later neurons have one sign there and bend in between."""
    channels = Channels.of(((Fraction(0), Fraction(8)),))
    triangle_wave(channels, Fraction(1, 4), 0, 3)
    network = channels.network()
    ends = [preactivations(network, x) for x in (Fraction(0), Fraction(8))]
    changes = [k for k, (a, b) in enumerate(zip(*ends, strict=True)) if (a < 0) != (b < 0)]
    assert changes == [0, 1]  # of the fold at 4 alone
    found = vn.piecewise(network, domain=interval(0, 8))
    assert found.breakpoints == tuple(map(Fraction, range(1, 8)))
    assert isinstance(vn.prove(vn.claims.sup_error(network, 0, interval(0, 8)) <= 1), vn.Proved)
    assert isinstance(vn.prove(vn.claims.sup_error(network, 0, interval(0, 8)) <= "1/2"), vn.Refuted)


def test_with_alpha_one_all_slopes_keep_one_modulus() -> None:
    """Why the pair cannot work there: identity and absolute value compose to slopes of one size."""
    identity, fold = leaky_activation(Fraction(1)), leaky_activation(Fraction(-1))
    at = [Fraction(k, 4) for k in range(-16, 17)]
    values = [identity.value(2 * fold.value(fold.value(x) - 2) - 1) for x in at]
    assert {abs(b - a) for a, b in itertools.pairwise(values)} == {Fraction(1, 2)}
