"""Densities of normalising flows: rational parts exactly, logarithms and leaky softplus by balls.

The data x have the density ``p(x) = base(Phi(x)) |det DPhi(x)|``.  Of a flow of leaky ReLUs everything in
``log p = -|z|^2 / 2 + log|det| - (d/2) log(2 pi)`` is rational but two logarithms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import arb, arb_mat, fmpq

from verinet.errors import BudgetExhausted, NotANumber, ShapeMismatch, Unsupported
from verinet.exact.enclosures import Enclosure, enclosure_of, evaluate, precision
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q, format_rational
from verinet.networks.network import Interval
from verinet.theory.minimal_width.flows import LEAST, SPREAD, Lifted, LUBlock, LUNet, Slope

_FIRST_BITS, _LAST_BITS = 64, 1 << 14
#: Newton steps from a float64 guess: each doubles the digits.
_NEWTON = 20


@dataclass(frozen=True, slots=True)
class StandardNormal:
    """The standard normal law of any dimension.  Guarantee: exact."""

    def log_constant(self, dimension: int) -> arb:
        """``-(d/2) log(2 pi)`` as a ball, at the current precision."""
        return -(2 * arb.pi()).log() * dimension / 2


@dataclass(frozen=True, slots=True)
class Uniform:
    """The uniform law on a box.

    Raises
    ------
    ShapeMismatch
        If an interval has no length.

    Guarantee: exact.
    """

    box: tuple[Interval, ...]

    def __post_init__(self) -> None:
        if not self.box or any(low >= high for low, high in self.box):
            raise ShapeMismatch("a uniform law needs intervals of positive length", fix="write Uniform(((0, 1), ...))")

    @property
    def volume(self) -> Fraction:
        """The volume of the box."""
        return prod((Fraction(high) - low for low, high in self.box), start=Fraction(1))

    def holds(self, z: Sequence[Fraction]) -> bool:
        """Whether a point lies in the (closed) box."""
        return all(low <= value <= high for value, (low, high) in zip(z, self.box, strict=True))


Base = StandardNormal | Uniform
STANDARD_NORMAL = StandardNormal()


@dataclass(frozen=True, slots=True)
class Density:
    """The density of a sample under a flow of leaky ReLUs, in its rational parts.

    Parameters
    ----------
    latent : tuple of Fraction
        z, the value of the flow.
    determinant : Fraction
        The absolute value of the determinant at the sample.
    base : StandardNormal or Uniform

    Guarantee: exact; certified where a logarithm is taken.
    """

    latent: tuple[Fraction, ...]
    determinant: Fraction
    base: Base = STANDARD_NORMAL

    @property
    def exponent(self) -> Fraction:
        """``-|z|^2 / 2`` for a normal base, 0 for a uniform one.  Guarantee: exact."""
        if isinstance(self.base, Uniform):
            return Fraction(0)
        return -sum((z * z for z in self.latent), Fraction(0)) / 2

    @property
    def value(self) -> Fraction:
        """The density itself, for a uniform base: |det| / volume, or 0 outside of the box.

        Raises
        ------
        Unsupported
            For a normal base, whose values are irrational.

        Guarantee: exact.
        """
        if not isinstance(self.base, Uniform):
            raise Unsupported("the density of a normal base is irrational", fix="take log(accuracy)")
        return self.determinant / self.base.volume if self.base.holds(self.latent) else Fraction(0)

    def log(self, accuracy: object = Fraction(1, 10**12)) -> Enclosure:
        """Return an enclosure of the log-density, at most this wide.

        Raises
        ------
        Unsupported
            Where the density is 0.

        Guarantee: certified.
        """
        factor = self.determinant
        if isinstance(self.base, Uniform):
            factor = self.value
        if factor == 0:
            raise Unsupported("the density is 0 here, and has no logarithm", fix="look at value first")

        def compute(bits: int) -> list[arb]:
            total = _ball(self.exponent) + _ball(factor).log()
            if isinstance(self.base, StandardNormal):
                total += self.base.log_constant(len(self.latent))
            return [total]

        return _narrow("the log-density", Q(accuracy), compute)[0]


def density(flow: LUNet, x: Sequence[object], base: Base = STANDARD_NORMAL) -> Density:
    """Return the density of a sample under a flow of leaky ReLUs, exactly in parts.

    Where a preactivation is 0 the derivative is that of the side >= 0; such points have measure 0.

    Raises
    ------
    Unsupported
        For leaky softplus: take `log_density`.

    Examples
    --------
    >>> from verinet.theory.minimal_width.flows import LUBlock
    >>> flow = LUNet((LUBlock(Matrix.identity(1), Matrix.from_rows([[2]]), Matrix.column([1])),))
    >>> density(flow, [0], Uniform(((Fraction(-1), Fraction(3)),))).value
    Fraction(1, 2)
    >>> density(flow, [0]).exponent
    Fraction(-1, 2)

    Guarantee: exact.
    """
    _fits(flow, base)
    return Density(flow(*x), abs(flow.det_at(*x)), base)


def enclose(flow: LUNet, x: Sequence[object], accuracy: object = Fraction(1, 10**12)) -> tuple[Enclosure, ...]:
    """Return enclosures of the value of a flow at an exact point, each at most this wide.  Guarantee: certified."""
    point = _point(flow, x)
    return _narrow("the value of the flow", Q(accuracy), lambda bits: _run(flow, list(map(_ball, point)))[0])


def inverse_enclosure(
    flow: LUNet, y: Sequence[object], accuracy: object = Fraction(1, 10**12)
) -> tuple[Enclosure, ...]:
    """Return enclosures of the one point with this value, each at most this wide.

    An activation s with ``s' >= a > 0`` is inverted at v by any guess z: the root is within ``|s(z) - v| / a`` of z.

    Guarantee: certified.
    """
    point = _point(flow, y)
    return _narrow("the inverse of the flow", Q(accuracy), lambda bits: _run_back(flow, list(map(_ball, point)), bits))


def log_density(
    flow: LUNet, x: Sequence[object], base: Base = STANDARD_NORMAL, accuracy: object = Fraction(1, 10**12)
) -> Enclosure:
    """Return an enclosure of the log-density of a sample, at most this wide, for any flow.

    Raises
    ------
    Unsupported
        Where the density under a uniform base is 0.
    BudgetExhausted
        If balls cannot tell whether the latent point lies in the box of a uniform base, or the accuracy is too high.

    Guarantee: certified.
    """
    if flow.is_exact:
        return density(flow, x, base).log(accuracy)
    _fits(flow, base)
    point = _point(flow, x)

    def compute(bits: int) -> list[arb]:
        latent, slopes = _run(flow, list(map(_ball, point)))
        total = _ball(abs(prod((block.determinant for block in flow.blocks), start=Fraction(1)))).log()
        for slope in slopes:
            total += slope.log()
        if isinstance(base, StandardNormal):
            squares = sum((z * z for z in latent), arb(0))
            return [total - squares / 2 + base.log_constant(flow.dimension)]
        sides = [_inside(z, interval) for z, interval in zip(latent, base.box, strict=True)]
        if False in sides:
            raise Unsupported("the density is 0 here, and has no logarithm", fix="take a sample of the flow's image")
        return [total - _ball(base.volume).log() if all(sides) else arb("nan")]

    return _narrow("the log-density", Q(accuracy), compute)[0]


def negative_log_likelihood(
    flow: LUNet,
    samples: Sequence[Sequence[object]],
    base: Base = STANDARD_NORMAL,
    accuracy: object = Fraction(1, 10**12),
) -> Enclosure:
    """Return an enclosure of the mean of ``-log p`` over samples, at most this wide.  Guarantee: certified."""
    if not samples:
        raise ShapeMismatch("a mean needs samples, got none", fix="give at least one")
    found = [log_density(flow, x, base, accuracy) for x in samples]
    count = len(found)
    return Enclosure(
        -sum((e.high for e in found), Fraction(0)) / count, -sum((e.low for e in found), Fraction(0)) / count
    )


def sample(flow: LUNet, count: int, seed: int, base: Base = STANDARD_NORMAL) -> npt.NDArray[np.float64]:
    """Draw points x with ``flow(x)`` of the base's law: an array of shape (count, d), in float64.

    Raises
    ------
    NotANumber
        If the count is no whole number, or negative.

    Guarantee: numeric (the law is that of numpy's generator of this seed, sent through the inverse in floats).
    """
    _fits(flow, base)
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise NotANumber(f"samples are counted, got {count!r:.40}", fix="write sample(flow, 1000, seed=1)")
    generator = np.random.default_rng(seed)
    if isinstance(base, Uniform):
        low, high = (np.array([float(side[k]) for side in base.box]) for k in (0, 1))
        points = generator.uniform(low, high, (count, flow.dimension))
    else:
        points = generator.standard_normal((count, flow.dimension))
    for place in range(len(flow.blocks) - 1, -1, -1):
        block = flow.blocks[place]
        if block.slopes:
            points = _floats_back(block, points)
        points = (points - block.bias.to_float64()[:, 0]).T
        points = np.linalg.solve(block.upper.to_float64(), np.linalg.solve(block.lower.to_float64(), points)).T
    return points


def _floats_back(block: LUBlock, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The activation of a block undone in floats: Newton's steps on a convex increasing function."""
    slopes = np.array([_float(slope) for slope in block.slopes])
    z = np.where(values >= 0, values, values / slopes)
    for _ in range(60 if block.smooth else 0):
        step = slopes * z + (1 - slopes) * np.logaddexp(0.0, z) - values
        z = z - step / (slopes + (1 - slopes) / (1 + np.exp(-np.clip(z, -700, 700))))
    return z


def _float(slope: Slope) -> float:
    if isinstance(slope, Lifted):
        return float(LEAST) + float(SPREAD) / (1 + float(np.exp(-np.clip(float(slope.raw), -700, 700))))
    return float(slope)


def _fits(flow: LUNet, base: Base) -> None:
    if isinstance(base, Uniform) and len(base.box) != flow.dimension:
        raise ShapeMismatch(
            f"a base of dimension {len(base.box)} does not fit a flow of dimension {flow.dimension}",
            fix="give one interval a feature",
        )


def _point(flow: LUNet, x: Sequence[object]) -> list[Fraction]:
    if len(x) != flow.dimension:
        raise ShapeMismatch(
            f"a flow of dimension {flow.dimension} got {len(x)} coordinates", fix="give one number a feature"
        )
    return [Q(value) for value in x]


# --- balls ------------------------------------------------------------------------------------------


def _ball(q: Fraction) -> arb:
    return arb(fmpq(q.numerator, q.denominator))


def _matrix(matrix: Matrix) -> arb_mat:
    return arb_mat(matrix.rows, matrix.columns, [_ball(q) for row in matrix.to_rows() for q in row])


def _slope_ball(slope: Slope) -> arb:
    if isinstance(slope, Fraction):
        return _ball(slope)
    return _ball(LEAST) + _ball(SPREAD) * evaluate("logistic", _ball(slope.raw))


def _run(flow: LUNet, values: list[arb]) -> tuple[list[arb], list[arb]]:
    """The value of the flow, and the derivatives of all its activations."""
    derivatives = []
    for block in flow.blocks:
        product = _matrix(block.lower) * (_matrix(block.upper) * arb_mat(len(values), 1, values))
        values = [z + _ball(b) for z, (b,) in zip(product.entries(), block.bias.to_rows(), strict=True)]
        if block.slopes:
            slopes = [_slope_ball(slope) for slope in block.slopes]
            derivatives += [_derivative(block.smooth, a, z) for a, z in zip(slopes, values, strict=True)]
            values = [_activated(block.smooth, a, z) for a, z in zip(slopes, values, strict=True)]
    return values, derivatives


def _activated(smooth: bool, a: arb, z: arb) -> arb:
    if smooth:
        return a * z + (1 - a) * evaluate("softplus", z)
    return z if z >= 0 else a * z if z < 0 else z.union(a * z)


def _derivative(smooth: bool, a: arb, z: arb) -> arb:
    if smooth:
        return a + (1 - a) * evaluate("logistic", z)
    return arb(1) if z >= 0 else a if z < 0 else arb(1).union(a)


def _run_back(flow: LUNet, values: list[arb], bits: int) -> list[arb]:
    for block in reversed(flow.blocks):
        if block.slopes:
            slopes = [_slope_ball(slope) for slope in block.slopes]
            values = [_undone(block.smooth, a, v, bits) for a, v in zip(slopes, values, strict=True)]
        values = [v - _ball(b) for v, (b,) in zip(values, block.bias.to_rows(), strict=True)]
        # by exact inverses of the triangular factors: a ball solver may give up where they are ill conditioned
        unit = Matrix.identity(block.size)
        inner = _matrix(block.lower.solve(unit)) * arb_mat(len(values), 1, values)
        values = list((_matrix(block.upper.solve(unit)) * inner).entries())
    return values


def _undone(smooth: bool, a: arb, v: arb, bits: int) -> arb:
    """The z with s(z) in the ball v."""
    if not smooth:
        return v if v >= 0 else v / a if v < 0 else v.union(v / a)
    guess = v.mid() if v >= 0 else (v / a).mid()
    steep = a.mid()
    for _ in range(_NEWTON + bits.bit_length()):
        step = (steep * guess + (1 - steep) * evaluate("softplus", guess) - v.mid()).mid()
        guess = (guess - step / (steep + (1 - steep) * evaluate("logistic", guess))).mid()
    gap = abs(_activated(True, a, guess) - v)
    least = a if a < 1 else arb(1) if a > 1 else a.union(arb(1))  # s' lies between a and 1
    radius = (gap / least).upper()
    return (guess - radius).union(guess + radius)


def _inside(z: arb, interval: Interval) -> bool | None:
    low, high = _ball(interval[0]), _ball(interval[1])
    if z < low or z > high:
        return False
    return True if z >= low and z <= high else None


def _narrow(what: str, accuracy: Fraction, compute: Callable[[int], list[Any]]) -> tuple[Enclosure, ...]:
    """The first enclosures that are all narrow enough, doubling the precision."""
    if accuracy <= 0:
        raise NotANumber(f"an accuracy is positive, got {format_rational(accuracy)}", fix="ask for a positive width")
    bits = _FIRST_BITS
    while bits <= _LAST_BITS:
        with precision(bits):
            values = compute(bits)
            found = tuple(enclosure_of(v) for v in values) if all(v.is_finite() for v in values) else ()
        if found and all(e.width <= accuracy for e in found):
            return found
        bits *= 2
    raise BudgetExhausted(
        f"{what} was not enclosed as narrowly as asked by {_LAST_BITS} bits",
        fix="ask for less accuracy, or move the point off the boundary of the box",
    )
