"""Functions with one hidden layer for tests: strategies with the nasty cases, and independent quadratures."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from flint import acb, arb
from hypothesis import strategies as st

from verinet.exact.enclosures import ball, precision
from verinet.theory.ridges import Ridge, RidgeSum

ZERO, ONE = Fraction(0), Fraction(1)
TINY = Fraction(1, 10**60)


def rational(over: int = 9, under: int = 5) -> st.SearchStrategy[Fraction]:
    return st.builds(Fraction, st.integers(-over, over), st.integers(1, under))


#: Small numbers, 0, and numbers with 60 digits.
NUMBERS = st.one_of(
    rational(),
    st.just(ZERO),
    st.builds(lambda n: Fraction(n, 10**60 + 7), st.integers(-(10**60), 10**60)),
)


@st.composite
def functions(
    draw: Any, inputs: int = 3, biased: bool = False, powers: Sequence[int] = (1,), most: int = 4
) -> RidgeSum:
    """Sums of ridges with zero, parallel, antipodal and nearly parallel weights, and pairs that cancel."""
    ridges: list[Ridge] = []
    for _ in range(draw(st.integers(0, most))):
        weight = tuple(draw(NUMBERS) for _ in range(inputs))
        bias = draw(NUMBERS) if biased else ZERO
        ridges.append(Ridge(draw(NUMBERS), weight, bias, draw(st.sampled_from(list(powers)))))
        match draw(st.integers(0, 5)):
            case 0:  # antipodal
                ridges.append(Ridge(draw(NUMBERS), tuple(-w for w in weight), -bias, ridges[-1].power))
            case 1:  # parallel
                factor = draw(st.integers(1, 3))
                scaled = tuple(factor * w for w in weight)
                ridges.append(Ridge(draw(NUMBERS), scaled, factor * bias, ridges[-1].power))
            case 2:  # cancelling
                ridges.append(Ridge(-ridges[-1].coefficient, weight, bias, ridges[-1].power))
            case 3:  # nearly parallel
                ridges.append(Ridge(draw(NUMBERS), (weight[0] + TINY, *weight[1:]), bias, ridges[-1].power))
    linear = tuple(draw(NUMBERS) for _ in range(inputs))
    return RidgeSum(linear, draw(NUMBERS) if biased else ZERO, tuple(ridges))


def rewritten(f: RidgeSum) -> RidgeSum:
    """The same function in other words: neurons of power 1 are halved, turned around, scaled and reordered."""
    linear, constant, ridges = list(f.linear), f.constant, []
    for place, ridge in enumerate(reversed(f.ridges)):
        factor = Fraction(place + 2, 3)
        scaled = tuple(w * factor for w in ridge.weight), ridge.bias * factor
        half = ridge.coefficient / factor**ridge.power / 2
        ridges.append(Ridge(half, *scaled, ridge.power))
        if ridge.power > 1:
            ridges.append(Ridge(half, *scaled, ridge.power))
            continue
        ridges.append(Ridge(half, tuple(-w for w in scaled[0]), -scaled[1]))  # max(0, z) = max(0, -z) + z
        linear = [a + half * w for a, w in zip(linear, scaled[0], strict=True)]
        constant += half * scaled[1]
    return RidgeSum(tuple(linear), constant, tuple(ridges))


# --- quadratures that share nothing with the code under test but FLINT -----------------------------------------------


def integral(f: Callable[[acb], acb], low: arb, high: arb) -> arb:
    """A certified integral of an entire function at the current precision."""
    return acb.integral(lambda t, _: (high - low) * f(low + (high - low) * t), 0, 1).real


def plane_mean_square(f: RidgeSum, bits: int) -> arb:
    """E f^2 of a function of two inputs without biases, all powers equal: one integral over the angle, cut at bends."""
    degree = f.ridges[0].power
    with precision(bits):
        turn = 2 * arb.pi()
        cuts = []
        for ridge in f.ridges:
            angle = math.atan2(float(ridge.weight[1]), float(ridge.weight[0]))
            exact = arb.atan2(ball(ridge.weight[1], bits), ball(ridge.weight[0], bits))
            for quarter in (1, -1):
                cut = exact + quarter * arb.pi() / 2
                place = angle + quarter * math.pi / 2
                cuts.append((place % math.tau, cut - turn * math.floor(place / math.tau)))
        cuts.sort(key=lambda pair: pair[0])
        ends = [(0.0, arb(0)), *cuts, (math.tau, turn)]
        total = arb(0)
        for (a, low), (b, high) in pairwise(ends):
            x, y = math.cos((a + b) / 2), math.sin((a + b) / 2)
            active = [r for r in f.ridges if float(r.weight[0]) * x + float(r.weight[1]) * y > 0]

            def on_arc(t: acb, active: list[Ridge] = active) -> acb:
                value = acb(0)
                for r in active:
                    inner = ball(r.weight[0], bits) * t.cos() + ball(r.weight[1], bits) * t.sin()
                    value += ball(r.coefficient, bits) * inner**r.power
                if degree == 1:
                    value += ball(f.linear[0], bits) * t.cos() + ball(f.linear[1], bits) * t.sin()
                return value * value

            total += integral(on_arc, low, high)
        return total / turn * 2**degree * math.factorial(degree)  # E |x|^(2 degree) in the plane


def mean_on_line(n: int, m: int, means: Sequence[Fraction], covariance: Sequence[Fraction], bits: int) -> arb:
    """E X_+^n Y_+^m by integrating over X: given X, Y is Gaussian; the tail beyond 30 deviations is below 1e-150."""
    first, second, product = covariance
    with precision(bits):
        b, c, scale = ball(means[0], bits), ball(means[1], bits), ball(first, bits).sqrt()
        slope, left = ball(product / first, bits), (ball(second - product**2 / first, bits)).sqrt()

        def inside(z: acb) -> acb:
            y = c + slope * scale * z
            phi = (-y * y / (2 * left * left)).exp() / (2 * arb.pi()).sqrt()
            moments = [(-y / (left * arb(2).sqrt())).erfc() / 2]
            for k in range(1, m + 1):
                moments.append(y * moments[-1] + (left * phi if k == 1 else (k - 1) * left**2 * moments[-2]))
            return (b + scale * z) ** n * moments[m] * (-z * z / 2).exp() / (2 * arb.pi()).sqrt()

        start, stop = -b / scale, arb(30)
        total, pieces = arb(0), 20
        for place in range(pieces):
            total += integral(
                inside, start + (stop - start) * place / pieces, start + (stop - start) * (place + 1) / pieces
            )
        return total + arb(0, "1e-150")
