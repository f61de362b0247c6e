"""Flows of LU blocks: inverses, determinants and densities against independent computations."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import NotANumber, ShapeMismatch, SingularMatrix, Unsupported
from verinet.exact.linalg import Matrix
from verinet.networks.activations import activation
from verinet.networks.build import layered
from verinet.theory.minimal_width.flow_densities import (
    Uniform,
    density,
    enclose,
    inverse_enclosure,
    log_density,
    negative_log_likelihood,
    sample,
)
from verinet.theory.minimal_width.flows import Lifted, LUBlock, LUNet, lu_net

SMALL = st.fractions(-3, 3, max_denominator=7)
NONZERO = SMALL.filter(bool)
SLOPES = st.fractions(Fraction(1, 10), Fraction(5, 2), max_denominator=10)


@st.composite
def blocks(draw: st.DrawFn, size: int, smooth: bool = False, last: bool = False) -> LUBlock:
    lower = [[Fraction(int(i == j)) if j >= i else draw(SMALL) for j in range(size)] for i in range(size)]
    upper = [
        [draw(NONZERO) if i == j else draw(SMALL) if j > i else Fraction(0) for j in range(size)] for i in range(size)
    ]
    bias = Matrix.column([draw(SMALL) for _ in range(size)])
    slope = st.one_of(SLOPES, SMALL.map(Lifted)) if smooth else SLOPES
    slopes = () if last else tuple(draw(slope) for _ in range(size))
    return LUBlock(Matrix.from_rows(lower), Matrix.from_rows(upper), bias, slopes, smooth and not last)


@st.composite
def flows(draw: st.DrawFn, smooth: bool = False) -> LUNet:
    size = draw(st.integers(1, 3))
    count = draw(st.integers(0, 3))
    hidden = [draw(blocks(size, smooth)) for _ in range(count)]
    return LUNet((*hidden, draw(blocks(size, last=True))))


def _point(data: st.DataObject, flow: LUNet) -> tuple[Fraction, ...]:
    return tuple(data.draw(SMALL) for _ in range(flow.dimension))


@settings(max_examples=30)
@given(flows(), st.data())
def test_the_inverse_undoes_the_flow_exactly(flow: LUNet, data: st.DataObject) -> None:
    x = _point(data, flow)
    assert flow.inverse(*flow(*x)) == x
    assert flow(*flow.inverse(*x)) == x
    network, back = flow.network(), flow.inverse_network()
    assert network(*x) == flow(*x)
    assert back(*x) == flow.inverse(*x)
    assert network.width == back.width == (flow.dimension if len(flow.blocks) > 1 else 0)


def _leibniz(rows: list[list[Fraction]]) -> Fraction:
    """The determinant by its definition."""
    total = Fraction(0)
    for order in permutations(range(len(rows))):
        sign = (-1) ** sum(order[i] > order[j] for i in range(len(order)) for j in range(i + 1, len(order)))
        term = Fraction(sign)
        for i, j in enumerate(order):
            term *= rows[i][j]
        total += term
    return total


@settings(max_examples=30)
@given(flows(), st.data())
def test_the_determinant_is_that_of_exact_difference_quotients(flow: LUNet, data: st.DataObject) -> None:
    x = _point(data, flow)
    trace = flow.trace(*x)
    if any(z == 0 for seen in trace.preactivations[:-1] for z in seen):
        return
    step = Fraction(1)
    while True:  # until no preactivation changes its sign
        moved = [tuple(v + step * (k == j) for k, v in enumerate(x)) for j in range(len(x))]
        signs = [[[z > 0 for z in seen] for seen in flow.trace(*y).preactivations[:-1]] for y in (x, *moved)]
        if all(s == signs[0] for s in signs):
            break
        step /= 4
    here = flow(*x)
    columns = [[(b - a) / step for a, b in zip(here, flow(*y), strict=True)] for y in moved]
    assert _leibniz(columns) == flow.det_at(*x)


@settings(max_examples=30)
@given(flows())
def test_reading_the_network_back_gives_the_same_factors(flow: LUNet) -> None:
    again = lu_net(flow.network())
    assert [(b.lower, b.upper, b.bias, b.slopes) for b in again.blocks] == [
        (b.lower, b.upper, b.bias, b.slopes) for b in flow.blocks
    ]


def _numeric_log_density(flow: LUNet, x: tuple[Fraction, ...]) -> mpmath.mpf:
    """The log-density under a standard normal base, by mpmath and the formula of the paper."""
    with mpmath.workdps(60):

        def number(q: Fraction) -> mpmath.mpf:
            return mpmath.mpf(q.numerator) / q.denominator

        values, total = [number(q) for q in x], mpmath.mpf(0)
        for block in flow.blocks:
            matrix = [[number(q) for q in row] for row in block.matrix.to_rows()]
            bias = [number(q) for (q,) in block.bias.to_rows()]
            values = [mpmath.fdot(row, values) + b for row, b in zip(matrix, bias, strict=True)]
            total += mpmath.log(abs(mpmath.det(mpmath.matrix(matrix))))
            for j, slope in enumerate(block.slopes):
                lifted = isinstance(slope, Lifted)
                a = mpmath.mpf("0.1") + mpmath.mpf("0.4") / (1 + mpmath.exp(-number(slope.raw))) if lifted else number(
                    slope
                )  # fmt: skip
                z = values[j]
                if block.smooth:
                    values[j] = a * z + (1 - a) * mpmath.log1p(mpmath.exp(z))
                    total += mpmath.log(a + (1 - a) / (1 + mpmath.exp(-z)))
                else:
                    values[j] = z if z >= 0 else a * z
                    total += 0 if z >= 0 else mpmath.log(a)
        return total - mpmath.fdot(values, values) / 2 - len(values) * mpmath.log(2 * mpmath.pi) / 2


@settings(max_examples=25)
@given(st.booleans().flatmap(lambda smooth: flows(smooth)), st.data())
def test_log_densities_enclose_what_mpmath_finds(flow: LUNet, data: st.DataObject) -> None:
    x = _point(data, flow)
    if flow.is_exact and any(z == 0 for seen in flow.trace(*x).preactivations[:-1] for z in seen):
        return
    accuracy = Fraction(1, 10**25)
    found, expected = log_density(flow, x, accuracy=accuracy), _numeric_log_density(flow, x)
    assert found.width <= accuracy
    with mpmath.workdps(60):
        middle = mpmath.mpf((found.low + found.high).numerator) / (found.low + found.high).denominator / 2
        assert abs(middle - expected) < mpmath.mpf(10) ** -24


@settings(max_examples=25)
@given(flows(smooth=True), st.data())
def test_the_certified_inverse_of_a_smooth_flow_contains_the_point(flow: LUNet, data: st.DataObject) -> None:
    x = _point(data, flow)
    image = [e.low for e in enclose(flow, x, Fraction(1, 10**60))]
    back = inverse_enclosure(flow, image, Fraction(1, 10**20))
    assert all(abs(e.low - q) < Fraction(1, 10**18) for e, q in zip(back, x, strict=True))
    assert all(e.width <= Fraction(1, 10**20) for e in back)


def test_the_constant_is_half_of_log_two_pi_a_coordinate() -> None:
    flow = LUNet((LUBlock(Matrix.identity(2), Matrix.identity(2), Matrix.zeros(2, 1)),))
    found = negative_log_likelihood(flow, [(0, 0), (1, 0)])
    assert found.width <= Fraction(1, 10**12)
    assert abs(float(found.low) - (np.log(2 * np.pi) + 0.25)) < 1e-12


def test_a_uniform_base_has_rational_densities() -> None:
    stretch = LUNet((LUBlock(Matrix.identity(2), Matrix.from_rows([[2, 1], [0, -3]]), Matrix.zeros(2, 1)),))
    base = Uniform(((Fraction(0), Fraction(1)), (Fraction(-3), Fraction(0))))
    assert density(stretch, ("1/4", "1/4"), base).value == 2
    assert density(stretch, (1, 1), base).value == 0
    with pytest.raises(Unsupported, match="density is 0"):
        density(stretch, (1, 1), base).log()


def test_a_uniform_density_integrates_to_one() -> None:
    """The mass of cells, added up exactly: the flow's own image of a grid fills the box."""
    fold = LUBlock(Matrix.identity(1), Matrix.from_rows([[1]]), Matrix.zeros(1, 1), (Fraction(1, 4),))
    flow = LUNet((fold, LUBlock(Matrix.identity(1), Matrix.identity(1), Matrix.zeros(1, 1))))
    base = Uniform(((Fraction(-1), Fraction(1)),))
    cells = [(Fraction(k) / 8, Fraction(k + 1) / 8) for k in range(-32, 8)]  # the preimage of the box is [-4, 1]
    assert sum((b - a) * density(flow, [(a + b) / 2], base).value for a, b in cells) == 1


def test_samples_are_counted() -> None:
    flow = LUNet((LUBlock(Matrix.identity(2), Matrix.identity(2), Matrix.zeros(2, 1)),))
    assert sample(flow, 0, 1).shape == (0, 2)
    with pytest.raises(NotANumber, match="counted"):
        sample(flow, -1, 1)


def test_samples_follow_the_density() -> None:
    smooth = LUBlock(
        Matrix.from_rows([[1, 0], [1, 1]]),
        Matrix.from_rows([[1, 2], [0, 1]]),
        Matrix.column([0, 1]),
        (Fraction(1, 2), Lifted(Fraction(0))),
        True,
    )
    flow = LUNet((smooth, LUBlock(Matrix.identity(2), Matrix.identity(2), Matrix.zeros(2, 1))))
    points = sample(flow, 200, seed=3)
    assert points.shape == (200, 2)
    assert np.array_equal(points, sample(flow, 200, seed=3))
    latent = np.random.default_rng(3).standard_normal((200, 2))
    for x, z in zip(points[:20], latent[:20], strict=True):
        values = enclose(flow, [Fraction(float(v)) for v in x])
        assert all(abs(float(e.low) - float(w)) < 1e-9 for e, w in zip(values, z, strict=True))


def test_what_is_no_flow_is_refused() -> None:
    eye, zero = Matrix.identity(2), Matrix.zeros(2, 1)
    with pytest.raises(SingularMatrix, match="U's diagonal"):
        LUBlock(eye, Matrix.from_rows([[1, 0], [0, 0]]), zero)
    with pytest.raises(ShapeMismatch, match="unit lower"):
        LUBlock(Matrix.from_rows([[2, 0], [0, 1]]), eye, zero)
    with pytest.raises(ShapeMismatch, match="upper triangular"):
        LUBlock(eye, Matrix.from_rows([[1, 0], [1, 1]]), zero)
    with pytest.raises(Unsupported, match="positive slope"):
        LUBlock(eye, eye, zero, (Fraction(0), Fraction(1)))
    with pytest.raises(Unsupported, match="the last one"):
        LUNet((LUBlock(eye, eye, zero, (Fraction(1, 2),) * 2),))
    swap = layered([[[0, 1], [1, 0]], [[1, 0], [0, 1]]], [[0, 0], [0, 0]], activation("leaky_relu", "1/2"))
    with pytest.raises(SingularMatrix, match="pivot"):
        lu_net(swap)
    with pytest.raises(Unsupported, match="no rational values"):
        LUNet((LUBlock(eye, eye, zero, (Fraction(1, 2),) * 2, True), LUBlock(eye, eye, zero)))(0, 0)
