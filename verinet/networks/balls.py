"""Evaluation with balls: rigorous enclosures of the outputs, smooth activations included."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb, arb_mat, fmpq

from verinet.exact.enclosures import Enclosure, enclosure_of, precision
from verinet.exact.enclosures import evaluate as smooth_ball
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q
from verinet.networks.activations import Activation
from verinet.networks.evaluate import wrong_size
from verinet.networks.ranges import activation_range


class BallArithmetic:
    """Balls of FLINT (midpoint and radius) at a working precision; the outputs are `Enclosure` values.

    An input is an exact number, or an `Enclosure` or pair (low, high) that stands for all points between.

    Parameters
    ----------
    bits : int
        Working precision.

    Examples
    --------
    >>> from verinet.networks.activations import activation
    >>> from verinet.networks.build import apply_activation, network, variable
    >>> from verinet.networks.evaluate import evaluate
    >>> x = variable("x")
    >>> f = network(x, 2 * apply_activation(x, activation("logistic")))
    >>> (y,) = evaluate(f, [0], BallArithmetic(64))
    >>> y.contains(Q(1)), y.width < Q("1e-15")
    (True, True)

    Guarantee: certified.
    """

    def __init__(self, bits: int = 128) -> None:
        self.bits = bits

    def enter(self, x: Any, size: int) -> list[Any]:
        """The input as a list of balls."""
        entries = list(x) if isinstance(x, Sequence) and not isinstance(x, str) else [x]
        if len(entries) != size:
            raise wrong_size(len(entries), size)
        with precision(self.bits):
            return [_between(*_ends(entry)) for entry in entries]

    def take(self, values: list[Any], part: slice) -> list[Any]:
        """Some consecutive channels."""
        return values[part]

    def join(self, parts: Sequence[list[Any]]) -> list[Any]:
        """Several vectors, concatenated."""
        return [value for part in parts for value in part]

    def affine(self, weight: Matrix, bias: Matrix, values: list[Any], *, vertex: int = 0) -> list[Any]:
        """weight values + bias: one ball matrix product; the integers enter exactly."""
        with precision(self.bits):
            product = _integers(weight) * arb_mat(len(values), 1, values)
            scale, offset = arb(weight.denominator), arb(bias.denominator)
            sums = zip(product.entries(), _integers(bias).entries(), strict=True)
            return [row / scale + shift / offset for row, shift in sums]

    def activate(self, activations: tuple[Activation, ...], values: list[Any]) -> list[Any]:
        """One activation a channel."""
        with precision(self.bits):
            return [_value(f, value) for f, value in zip(activations, values, strict=True)]

    def leave(self, values: list[Any]) -> tuple[Enclosure, ...]:
        """The outputs as enclosures with rational ends."""
        with precision(self.bits):
            return tuple(enclosure_of(value) for value in values)


def _ends(entry: Any) -> tuple[Fraction, Fraction]:
    if isinstance(entry, Enclosure):
        return entry.low, entry.high
    if isinstance(entry, tuple) and len(entry) == 2:
        return Q(entry[0]), Q(entry[1])
    return Q(entry), Q(entry)


def _ball(q: Fraction) -> Any:
    return arb(fmpq(q.numerator, q.denominator))


def _between(low: Fraction, high: Fraction) -> Any:
    return _ball(low) if low == high else _ball(low).union(_ball(high))


def _integers(matrix: Matrix) -> Any:
    entries = [arb(entry) for row in matrix.numerators() for entry in row]
    return arb_mat(matrix.rows, matrix.columns, entries)


def _value(activation: Activation, ball: Any) -> Any:
    if activation.is_identity:
        return ball
    if activation.smooth is not None:
        return smooth_ball(activation.smooth, ball)
    # Piecewise: the exact range of the function on the ball's ends, jumps and all.
    ends = enclosure_of(ball)
    return _between(*activation_range(activation, ends.low, ends.high))
