r"""A chain of hinges and one that collects: every piecewise affine function of one channel, in width 2.

One channel is hinged in place, ``X = relu(z - h)`` with h ascending; another one, Y, holds the function so far,
continued as a constant.  One layer lets Y ramp from one value to the next while X moves on:

.. math:: (Y, X) \mapsto (\mathrm{relu}(Y + a X), \mathrm{relu}(X - g)), \qquad Y' = u_0 - a u_1,

and a descent is an ascent of ``max - Y``.  Nothing is lost, since Y stays between the least and the largest value.
Derived.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise

from verinet.errors import Unsupported
from verinet.networks.activations import RELU
from verinet.networks.network import Interval
from verinet.theory.minimal_width.channels import Channels
from verinet.work import keep_going

__all__ = ["Run", "depth_of", "interpolate", "interpolated", "runs_of"]

_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring knots with one value: the first and the last of them.

    Guarantee: exact.
    """

    first: Fraction
    last: Fraction
    value: Fraction


def runs_of(knots: Sequence[Fraction], values: Sequence[Fraction]) -> tuple[Run, ...]:
    """Runs of equal values.

    Raises
    ------
    Unsupported
        If the knots do not ascend, or there is none.

    Examples
    --------
    >>> [(run.first, run.last) for run in runs_of([Fraction(0), Fraction(1), Fraction(3)], [Fraction(5)] * 3)]
    [(Fraction(0, 1), Fraction(3, 1))]

    Guarantee: exact.
    """
    pairs = list(zip(knots, values, strict=True))
    if not pairs or any(a >= b for a, b in pairwise(knots)):
        raise Unsupported(
            "a chain needs knots that ascend strictly, at least one", fix="sort the knots, merge equal ones"
        )
    groups = (list(group) for _, group in groupby(pairs, key=lambda pair: pair[1]))
    return tuple(Run(group[0][0], group[-1][0], group[0][1]) for group in groups)


def depth_of(runs: Sequence[Run]) -> int:
    """Layers that `interpolate` takes: one a change of the value, and one a run that is long and has two neighbours.

    Guarantee: exact.

    Examples
    --------
    >>> depth_of(runs_of([Fraction(k) for k in range(5)], [Fraction(v) for v in (0, 1, 1, 0, 0)]))
    3
    """
    return len(runs) - 1 + sum(run.first < run.last for run in runs[1:-1])


def interpolated(knots: Sequence[Fraction], values: Sequence[Fraction], z: Fraction) -> Fraction:
    """The value at z of the piecewise affine function through the knots, constant beyond them.

    Guarantee: exact.

    Examples
    --------
    >>> interpolated([Fraction(0), Fraction(2)], [Fraction(1), Fraction(5)], Fraction(1, 2))
    Fraction(2, 1)
    """
    if z <= knots[0]:
        return values[0]
    for left, right, v, w in zip(knots, knots[1:], values, values[1:], strict=False):
        if z <= right:
            return v + (w - v) * (z - left) / (right - left)
    return values[-1]


def interpolate(channels: Channels, knots: Sequence[Fraction], values: Sequence[Fraction]) -> None:
    """Replace the one channel z by the piecewise affine function of z through the knots, constant beyond them.

    Guarantee: exact.

    Raises
    ------
    Unsupported
        If there is another channel beside z, or the knots do not ascend.

    Examples
    --------
    >>> channels = Channels.of([(Fraction(0), Fraction(3))])
    >>> interpolate(channels, [Fraction(0), Fraction(1), Fraction(3)], [Fraction(5), Fraction(7), Fraction(-1)])
    >>> channels.width, channels.depth, channels.network()(1), channels.network()(2), channels.network()(9)
    (2, 2, (Fraction(7, 1),), (Fraction(3, 1),), (Fraction(-1, 1),))
    """
    if len(channels.ranges) != 1:
        raise Unsupported(
            f"a chain starts from one channel, got {len(channels.ranges)}", fix="project them to one channel first"
        )
    runs = runs_of(knots, values)
    if len(runs) == 1:
        value = runs[0].value
        channels.affine([(value, _ZERO)], [(value, value)])
        return
    span = min(run.value for run in runs), max(run.value for run in runs)
    top = channels.ranges[0][1]
    first, second = runs[0], runs[1]
    rise, slope = _slope(first, second)
    channels.mark()
    channels.layer(
        [((-slope * first.last, slope), RELU), ((-second.first, _ONE), RELU)],
        [(first.value, *_ramp(rise, slope)), (_ZERO, _ZERO, _ONE)],
        [span, _reach(top, second.first)],
    )
    for here, there in pairwise(runs[1:]):
        keep_going()
        if here.first < here.last:
            _hinge(channels, here.last - here.first, span, _reach(top, here.last))
        _change(channels, here, there, span, _reach(top, there.first))
    channels.affine([(_ZERO, _ONE, _ZERO)], [span])


def _hinge(channels: Channels, distance: Fraction, span: Interval, reach: Interval) -> None:
    """X <- relu(X - distance), while Y waits."""
    channels.mark()
    channels.layer(
        [((-span[0], _ONE, _ZERO), RELU), ((-distance, _ZERO, _ONE), RELU)],
        [(span[0], _ONE, _ZERO), (_ZERO, _ZERO, _ONE)],
        [span, reach],
    )


def _change(channels: Channels, here: Run, there: Run, span: Interval, reach: Interval) -> None:
    """Y ramps from one value to the next, X moves from the end of the ramp on."""
    rise, slope = _slope(here, there)
    start = span[0] if rise > 0 else span[1]
    collect = (-rise * start, rise, slope)
    channels.mark()
    channels.layer(
        [(collect, RELU), ((here.last - there.first, _ZERO, _ONE), RELU)],
        [(start, *_ramp(rise, slope)), (_ZERO, _ZERO, _ONE)],
        [span, reach],
    )


def _slope(here: Run, there: Run) -> tuple[Fraction, Fraction]:
    """The sign of a change and its slope."""
    change = there.value - here.value
    return Fraction(1 if change > 0 else -1), abs(change) / (there.first - here.last)


def _ramp(rise: Fraction, slope: Fraction) -> tuple[Fraction, Fraction]:
    return rise, -rise * slope


def _reach(top: Fraction, hinge: Fraction) -> Interval:
    return _ZERO, max(top - hinge, _ZERO)
