"""Fewest pieces of targets: networks, points, texts and smooth functions; certificates; readings of the sparsity."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, sqrt

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet.claims.targets import Polynomial
from verinet.errors import InexactInput, NotANumber, NotBounded, ShapeMismatch, Unsupported
from verinet.geometry.polyhedra import interval
from verinet.networks.build import network, relu, variable
from verinet.networks.expressions import apply_activation
from verinet.networks.network import Network
from verinet.regions.line import line
from verinet.theory.line_regions.line_targets import points_network, read_target
from verinet.theory.line_regions.minimum_pieces import minimum_pieces
from verinet.theory.line_regions.setting import random_network, setting
from verinet.theory.line_regions.sparsity import adaptive_sparsity

x = variable("x")
T = sympy.Symbol("t")


def he(widths: list[int], index: int = 0) -> Network:
    return random_network(setting(widths), 1, index)


@pytest.mark.parametrize("index", range(4))
def test_eps_zero_gives_the_linear_regions(index: int) -> None:
    f = he([6, 6], index)
    found = minimum_pieces(f, 0, interval(-3, 3))
    assert found.pieces == line(f, interval(-3, 3)).linear_regions
    assert found.check()
    assert found.network((Fraction(1, 3),)) == f((Fraction(1, 3),))


def test_larger_eps_needs_no_more() -> None:
    f = he([16] * 3)
    counts = [minimum_pieces(f, eps, interval(-3, 3)).pieces for eps in ("0", "1/1000", "1/100", "1/10", "1", "100")]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[3] > counts[-1] == 1


def test_both_sides_are_certified() -> None:
    f = he([4, 4], 2)
    found = minimum_pieces(f, "1/20", interval(-2, 2))
    verdict = vn.prove(found.claim)
    assert isinstance(verdict, vn.Proved)
    assert not verdict.theorem.assumptions
    assert found.check()
    assert len(found.windows) == found.pieces - 1
    # the same network is not within half of eps, unless fewer pieces would do there too
    closer = minimum_pieces(f, "1/40", interval(-2, 2))
    assert closer.pieces >= found.pieces


def test_certificates_of_all_kinds_of_targets() -> None:
    targets = [
        ("abs(x - 1/3)", "1/8"),
        ([(0, 0), (Fraction(1, 2), 1), (1, 0)], "1/8"),
        ("x^2", "1/100"),
        ([(interval(0, "1/2"), 0), (interval("1/2", 1), {(1,): 1, (0,): "-1/2"})], "1/16"),
        (T * (1 - T), "1/50"),
    ]
    for target, eps in targets:
        found = minimum_pieces(target, eps, interval(0, 1))
        assert found.is_known
        assert found.check()
        verdict = vn.prove(found.claim)
        assert isinstance(verdict, vn.Proved), target
        assert not verdict.theorem.assumptions


def test_a_smooth_target_assumes_its_enclosures() -> None:
    found = minimum_pieces(sympy.sin(sympy.pi * T), "1/10", interval(0, 1))
    verdict = vn.prove(found.claim)
    assert isinstance(verdict, vn.Proved)
    assert {entry["kind"] for entry in verdict.theorem.assumptions} == {"enclosure"}


@pytest.mark.parametrize("eps", ["1/50", "1/1000", "1/3000"])
def test_square_needs_what_theory_says(eps: str) -> None:
    wanted = ceil(1 / sqrt(8 * Fraction(eps)))
    assert minimum_pieces("x^2", eps, interval(0, 1)).pieces == wanted
    assert minimum_pieces(Polynomial(1, ((Fraction(-1), (2,)),)), eps, interval(0, 1)).pieces == wanted


def test_a_critical_eps_leaves_the_sides_apart() -> None:
    found = minimum_pieces("x^2", "1/200", interval(0, 1), rounds=3)
    assert (found.low, found.high) == (5, 6)
    assert not found.is_known
    assert found.check()
    with pytest.raises(Unsupported, match="did not meet"):
        _ = found.pieces


SMOOTH = [sympy.exp(T), sympy.sin(3 * T), T**3 - T, 1 / (1 + T**2), sympy.sqrt(2 + T)]


@pytest.mark.parametrize("target", SMOOTH, ids=str)
def test_function_of_a_smooth_target_is_near_it(target: sympy.Expr) -> None:
    found = minimum_pieces(target, "1/50", interval(-1, 1))
    assert found.low <= found.high <= found.low + 1
    for k in range(41):
        at = Fraction(k, 20) - 1
        exact = target.subs(T, sympy.Rational(at.numerator, at.denominator))
        gap = abs(sympy.N(exact - sympy.Rational(*found.network((at,))[0].as_integer_ratio()), 30))
        assert gap <= sympy.Rational(1, 50)


STEPS = st.lists(st.tuples(st.integers(1, 3), st.integers(-3, 3)), min_size=2, max_size=8)


@given(STEPS, st.integers(0, 6))
@settings(max_examples=40, deadline=None)
def test_networks_and_points_agree(steps: list[tuple[int, int]], quarters: int) -> None:
    points = [(Fraction(sum(s for s, _ in steps[: k + 1])), Fraction(y)) for k, (_, y) in enumerate(steps)]
    eps = Fraction(quarters, 4)
    first = minimum_pieces(points, eps)
    second = minimum_pieces(points_network(points), eps, interval(points[0][0], points[-1][0]))
    assert first.pieces == second.pieces
    assert first.check()
    assert second.check()
    for at, y in points:
        assert abs(first.network((at,))[0] - y) <= eps


def test_targets_are_read_as_they_are_meant() -> None:
    unit = interval(0, 1)
    assert read_target("abs(x - 1/3) + max(x, 1/2)", unit).points is not None
    assert read_target("x^2", unit).points is None
    assert read_target("2*x - 1", unit).points == ((0, -1), (1, 1))
    assert read_target("max(x, x)*abs(x - 1/2)", unit).points is None
    assert minimum_pieces("2*x - 1", 0, unit).pieces == 1
    assert minimum_pieces("x*abs(x)", "1/20", interval(-1, 1)).low == 3


def test_what_is_no_target_is_refused() -> None:
    unit = interval(0, 1)
    step = apply_activation(x + Fraction(1, 2), vn.activation("floor"))
    with pytest.raises(Unsupported, match="jumps at 1/2"):
        minimum_pieces(network(x, step), "1/10", unit)
    with pytest.raises(Unsupported, match="jumps at 1/2"):
        minimum_pieces([(interval(0, "1/2"), 0), (interval("1/2", 1), 1)], "1/10", unit)
    with pytest.raises(Unsupported, match="do not cover"):
        minimum_pieces([(interval(0, "1/2"), 0)], "1/10", unit)
    for domain in (None, vn.whole_space(1)):
        with pytest.raises(NotBounded):
            minimum_pieces("x", "1/10", domain)
    with pytest.raises(ShapeMismatch):
        minimum_pieces("x, x", "1/10", unit)
    with pytest.raises(ShapeMismatch):
        minimum_pieces([(0, 0), (0, 1)], "1/10")
    with pytest.raises(ShapeMismatch):
        minimum_pieces([(0, 0), (2, 1)], "1/10", unit)
    with pytest.raises(ShapeMismatch):
        minimum_pieces(network(x, [relu(x), x]), "1/10", unit)
    with pytest.raises(NotANumber):
        minimum_pieces("x", -1, unit)
    with pytest.raises(NotANumber):
        minimum_pieces("x^2", 0, unit)
    with pytest.raises(InexactInput):
        minimum_pieces("x^2", 0.1, unit)
    with pytest.raises(Unsupported, match="interior"):
        minimum_pieces("x", 0, interval(1, 1))


def test_every_reading_of_the_sparsity() -> None:
    f = he([8, 8])
    found = adaptive_sparsity(f, eps="1/10", domain=interval(-3, 3))
    assert [reading.name for reading in found.readings] == ["used", "expected", "wide"]
    used, needed = line(f, interval(-3, 3)).linear_regions, found.minimum.pieces
    reading = found.reading("used")
    assert reading.regions == used
    assert reading.over_provision.low == Fraction(used, needed)
    for one in found.readings:
        assert one.over_provision.low * one.utilisation.high == 1
        assert one.sparsity.low + one.utilisation.high == 1
    assert found.reading("wide").regions == 17
    open_ = adaptive_sparsity([4, 4], "x^2", "1/32", interval(0, 1)).reading("wide")
    assert (open_.over_provision.low, open_.over_provision.high) == (Fraction(9, 3), Fraction(9, 2))
    assert (open_.sparsity.low, open_.sparsity.high) == (Fraction(6, 9), Fraction(7, 9))
    with pytest.raises(ShapeMismatch):
        adaptive_sparsity([4, 4], eps="1/10", domain=interval(0, 1))
    with pytest.raises(NotANumber):
        adaptive_sparsity(f, domain=interval(0, 1))
    own = adaptive_sparsity(f.with_domain([(-3, 3)]), eps="1/10")
    assert own.minimum.pieces == needed


@pytest.mark.nightly
def test_five_layers_of_64_in_seconds() -> None:
    f = he([64] * 5)
    for eps in ("0", "1/1000", "1/100", "1/10"):
        found = minimum_pieces(f, eps, interval(-3, 3))
        assert found.check()
        if eps == "0":
            assert found.pieces == line(f, interval(-3, 3)).linear_regions


def test_sparsity_of_a_torch_module() -> None:
    torch = pytest.importorskip("torch", reason="left out: torch is not installed")
    from verinet.networks.formats.pytorch import from_torch

    torch.manual_seed(1)
    module = torch.nn.Sequential(torch.nn.Linear(1, 5), torch.nn.ReLU(), torch.nn.Linear(5, 1)).double()
    found = adaptive_sparsity(from_torch(module), eps=0, domain=interval(-9, 9))
    weight, bias = module[0].weight.detach().numpy()[:, 0], module[0].bias.detach().numpy()
    inside = sum(abs(b / w) < 9 for w, b in zip(weight, bias, strict=True))
    assert found.minimum.pieces == found.reading("used").regions == 1 + inside
