"""Monotone and Lipschitz claims against the exact complex: every verdict, every certificate, every pair of points."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.provers.small_networks import HUNDRED, small_network
from verinet import kernel
from verinet.claims import Proved, Refuted, lipschitz, monotone
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.geometry import Halfspace, box, interval
from verinet.networks import activation, apply_activation, network, relu, variable, variables
from verinet.provers.portfolio import prove
from verinet.provers.slope_leaves import negative_direction, norm_below
from verinet.regions.lipschitz import operator_norm
from verinet.regions.piecewise import piecewise

SQUARE = box((-1, 1), (-1, 2))
TRIANGLE = box((-1, 1), (-1, 1)).cut(Halfspace((1, 1), Fraction(1, 3)))
CONTINUOUS = ("relu", ("leaky_relu", "1/4"), "abs", "hard_tanh")


@pytest.mark.parametrize("number", HUNDRED)
def test_monotone(number: int) -> None:
    net = small_network(number, (2, 3, 1) if number % 2 else (1, 3, 2, 2), CONTINUOUS)
    domain = (SQUARE, TRIANGLE)[number % 4 // 2] if net.input_size == 2 else interval(-2, 1)
    f = piecewise(net, domain)
    output, place, up = number % net.output_size, number % net.input_size, number % 3 > 0
    verdict = prove(monotone(net, domain, input=place, output=output, direction="up" if up else "down"))
    expected = f.monotonicity(place, output, increasing=up)
    assert isinstance(verdict, Proved if expected.holds else Refuted)
    if isinstance(verdict, Proved):
        assert kernel.check(verdict.certificate.text).assumptions == []
        return
    point = verdict.counterexample
    assert point is not None
    assert verdict.certificate is not None
    kernel.check(verdict.certificate.text)
    ((other, value),) = point.more
    assert domain.contains(point.x)
    assert domain.contains(other)
    assert [j for j in range(net.input_size) if point.x[j] != other[j]] == [place]
    rise = (net(*other)[output] - net(*point.x)[output]) * (1 if other[place] > point.x[place] else -1)
    assert rise < 0 if up else rise > 0
    assert value == net(*other)


@pytest.mark.parametrize("number", HUNDRED)
def test_lipschitz(number: int) -> None:
    norm = ("1", "inf", "2")[number % 3]
    net = small_network(number, (2, 3, 2) if number % 2 else (1, 3, 2), CONTINUOUS)
    domain = SQUARE if net.input_size == 2 else interval(-2, 1)
    constant = piecewise(net, domain).lipschitz(norm).constant
    above = constant.high if norm != "2" else constant.high.limit_denominator(10**6) + Fraction(1, 10**5)
    verdict = prove(lipschitz(net, domain, norm) <= above)
    assert isinstance(verdict, Proved)
    assert kernel.check(verdict.certificate.text).assumptions == []
    below = constant.low * Fraction(999, 1000)
    if constant.low:
        verdict = prove(lipschitz(net, domain, norm) <= below)
        assert isinstance(verdict, Refuted)
        point = verdict.counterexample
        assert point is not None
        ((other, _),) = point.more
        assert (lipschitz(net, domain, norm) <= below).refuted_by(point.x, other)
    if norm != "2":
        exact = prove(lipschitz(net, domain, norm) == constant.high)
        assert isinstance(exact, Proved)
        assert kernel.check(exact.certificate.text).kind == "all"
        if constant.high:
            assert isinstance(prove(lipschitz(net, domain, norm) == below), Refuted)
        looser = prove(lipschitz(net, domain, norm) == constant.high + Fraction(1, 7))
        assert isinstance(looser, Refuted)
        assert looser.certificate is not None
        kernel.check(looser.certificate.text)


def test_a_rational_constant_in_the_norm_2_is_attained() -> None:
    a, b = variables("x", 2)
    net = network((a, b), [relu(3 * a + 4 * b), relu(-a) - relu(-a)])
    verdict = prove(lipschitz(net, SQUARE, 2) == 5)
    assert isinstance(verdict, Proved)
    assert kernel.check(verdict.certificate.text).kind == "all"
    assert isinstance(prove(lipschitz(net, SQUARE, 2) <= Fraction(4999, 1000)), Refuted)


def test_a_constant_network_has_the_lipschitz_constant_zero() -> None:
    x = variable("x")
    net = network(x, relu(x) - relu(x) + 3)
    for norm in ("1", "2", "inf"):
        assert isinstance(prove(lipschitz(net, interval(0, 1), norm) == 0), Proved)


def test_what_slopes_do_not_know_is_refused() -> None:
    x = variable("x")
    net = network(x, relu(x))
    with pytest.raises(Unsupported, match="interior"):
        prove(monotone(net, interval(1, 1)))
    with pytest.raises(Unsupported, match="continuous"):
        prove(monotone(network(x, apply_activation(x, activation("sign"))), interval(-1, 1)))
    with pytest.raises(Unsupported, match="norms"):
        _ = lipschitz(net, interval(0, 1), 3) <= 1
    with pytest.raises(Unsupported, match="negative"):
        _ = lipschitz(net, interval(0, 1)) <= -1
    with pytest.raises(Unsupported, match="free"):
        monotone(net, interval(0, 1), direction="sideways")
    with pytest.raises(ShapeMismatch):
        monotone(net, interval(0, 1), input=1)
    with pytest.raises(Unsupported, match="one point"):
        monotone(net, interval(0, 1)).holds_at((0,))


def test_negative_directions() -> None:
    for number in range(200):
        net = small_network(number, (3, 3))
        weight = net.vertices[1].operation.weight
        symmetric = weight + weight.T if number % 2 else weight @ weight.T
        found = negative_direction(symmetric.to_rows())
        if number % 2 == 0:
            assert found is None
        elif found is None:
            assert all(minor >= 0 for minor in principal_minors(symmetric))
        else:
            column = Matrix.column(found)
            assert (column.T @ symmetric @ column)[0, 0] < 0


def principal_minors(matrix: Matrix) -> list[Fraction]:
    size = matrix.rows
    chosen = [[i for i in range(size) if mask >> i & 1] for mask in range(1, 1 << size)]
    return [matrix.take_rows(places).take_columns(places).det() for places in chosen]


@pytest.mark.parametrize("norm", ["1", "2", "inf"])
@pytest.mark.parametrize("number", range(8))
def test_a_bound_a_little_above_the_constant_is_not_the_least(number: int, norm: str) -> None:
    net = small_network(number, (2, 3, 2) if number % 2 else (1, 3, 2), CONTINUOUS)
    domain = SQUARE if net.input_size == 2 else interval(-2, 1)
    constant = piecewise(net, domain).lipschitz(norm, "1e-40").constant
    bound = constant.high + Fraction(1, 10**20)
    verdict = prove(lipschitz(net, domain, norm) == bound)
    assert isinstance(verdict, Refuted)
    assert verdict.certificate is not None
    kernel.check(verdict.certificate.text)
    error = verdict.certificate.data["statement"]["error"]
    stated = Fraction(int(error["at"][0], 16), int(error["over"], 16))
    assert constant.low <= stated < bound


def test_norms_of_matrices_from_above() -> None:
    for number in range(100):
        weight = small_network(number, (3, 2)).vertices[1].operation.weight
        for norm in ("1", "2", "inf"):
            true = operator_norm(weight, norm, "1e-40")
            bound = true.high + Fraction(1, 10**30)
            assert true.low <= norm_below(norm, [list(row) for row in weight.to_rows()], bound) < bound


def test_slopes_do_not_see_jumps_and_need_affine_pieces() -> None:
    x = variable("x")
    for name, why in (("sign", "do not see its jumps"), ("floor", "do not see its jumps"), ("tanh", "smooth")):
        net = network(x, apply_activation(x, activation(name)))
        for claim in (monotone(net, interval(-1, 1)), lipschitz(net, interval(-1, 1)) <= 2):
            with pytest.raises(Unsupported, match=why):
                prove(claim)
    power = network(x, apply_activation(x, activation("repu", 2)))
    with pytest.raises(Unsupported, match=r"polynomial activation repu\(2\)"):
        prove(lipschitz(power, interval(-1, 1)) <= 2)
