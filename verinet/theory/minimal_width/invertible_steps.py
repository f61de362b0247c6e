"""Layers of one leaky ReLU that keep the number of channels: each is an invertible piecewise-affine map.

Bends of single channels, shears ``y += kappa (x - b)^+`` along a bending channel x (the clock), and staircases and step
shears made of them [derived].  A clock before its target shears by lower triangular matrices, one behind it by upper
triangular ones, so that the matrix between two layers stays a product L U of triangular factors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import floor

from verinet.claims.plans import Form
from verinet.networks.activations import Activation, activation
from verinet.networks.network import Interval
from verinet.theory.minimal_width.channels import Channels, Unit
from verinet.work import keep_going

_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Bent:
    """A bend that was made: where, and whether slopes right of it were multiplied by 1/alpha (else by alpha).

    Guarantee: exact.
    """

    at: Fraction
    steep: bool


@dataclass(frozen=True, slots=True)
class Flat:
    """A stretch of the clock on which a step shear adds these constants, one a target.

    Guarantee: exact.
    """

    low: Fraction
    high: Fraction
    values: tuple[Fraction, ...]


@dataclass(slots=True)
class InvertibleLayers:
    """Channels, and what bends and shears them; all neurons are leaky ReLUs of one slope.

    Parameters
    ----------
    channels : Channels
    slope : Fraction
        That of the leaky ReLU, positive and not 1.
    slack : Fraction
        How far above 0 the preactivations of channels that are passed on stay.

    Guarantee: exact.
    """

    channels: Channels
    slope: Fraction
    slack: Fraction = _ZERO
    activation: Activation = field(init=False)
    alpha: Fraction = field(init=False)

    def __post_init__(self) -> None:
        self.activation = activation("leaky_relu", self.slope)
        self.alpha = min(self.slope, 1 / self.slope)

    @property
    def size(self) -> int:
        """Number of channels: the width of every layer."""
        return len(self.channels.forms)

    def bend(
        self,
        at: Mapping[int, Fraction],
        steep: bool,
        shears: Mapping[int, Fraction] | None = None,
        after: Mapping[int, Interval] | None = None,
    ) -> None:
        """Append a layer that multiplies slopes right of breaks by 1/alpha (steep) or by alpha, and shears along it.

        Steep is ``x' = b + s(x - b) / alpha``, the other ``x' = b - s(b - x)``; with ``lambda = kappa / (slope - 1)``
        a sheared channel is passed on as ``y - lambda x`` and becomes ``y + lambda (x' - x) = y + kappa (x - b)^+``.

        Parameters
        ----------
        at : mapping of channel to break
            The channels that bend; with shears one alone, the clock.
        steep : bool
        shears : mapping of channel to kappa, optional
        after : mapping of channel to interval, optional
            The ranges of sheared channels afterwards.

        Guarantee: exact.
        """
        slope = 1 / self.alpha if steep else self.alpha
        rows: list[Form] = []
        forms: list[Form] = []
        ranges = list(self.channels.ranges)
        clock = min(at)
        for channel in range(self.size):
            if channel in at:
                b, sign = at[channel], 1 if steep else -1
                rows.append(self._form(-sign * b, {channel: Fraction(sign)}))
                forms.append(self._form(b, {channel: slope if steep else -_ONE}))
                ranges[channel] = self._bent(ranges[channel][0], b, slope), self._bent(ranges[channel][1], b, slope)
                continue
            factor = (shears or {}).get(channel, _ZERO) / (slope - 1)
            least = ranges[channel][0] - max(factor * end for end in self.channels.ranges[clock])
            shift = self.slack - floor(least)  # an integer keeps the weights short
            rows.append(self._form(shift, {clock: -factor, channel: _ONE}))
            # lambda x' is a form of this layer's result for the clock
            b, out = at[clock], slope if steep else -_ONE
            forms.append(self._form(factor * b - shift, {clock: factor * out, channel: _ONE}))
            if after and channel in after:
                ranges[channel] = after[channel]
        self._append(rows, forms, ranges)

    def pass_on(self) -> None:
        """Append a layer that changes nothing: between two maps whose product has no triangular factors."""
        shifts = [self.slack - floor(low) for low, _ in self.channels.ranges]
        rows = [self._form(s, {k: _ONE}) for k, s in enumerate(shifts)]
        self.channels.mark()
        self._append(rows, [self._form(-s, {k: _ONE}) for k, s in enumerate(shifts)], self.channels.ranges)

    def staircase(self, resolution: int, rise: Fraction, times: int) -> None:
        """Append N - 1 risers on all channels: from ``i + rise`` to ``i + 1`` slopes are ``alpha^-times`` steeper.

        Guarantee: exact.
        """
        everywhere = range(self.size)
        for i in range(resolution - 1):
            keep_going()
            self.channels.mark()
            for height, steep in ((i + rise, True), (Fraction(i + 1), False)):
                for _ in range(times):
                    self.bend(dict.fromkeys(everywhere, height), steep)

    def step_shear(self, clock: int, targets: Sequence[int], flats: Sequence[Flat]) -> list[Bent]:
        """Add to the targets a function of the clock: constant on the flats, affine between, two layers a change.

        The clock comes out bent; the bends are returned, for `undo`.

        Parameters
        ----------
        clock : int
        targets : sequence of int
        flats : sequence of Flat
            In ascending order along the clock; before the first and behind the last one the function is constant.

        Guarantee: exact.
        """
        start = {k: self.channels.ranges[k] for k in targets}
        for k, value in zip(targets, flats[0].values, strict=True):
            self._add(k, value)
        bends: list[Bent] = []
        shift = _ZERO  # the bent clock minus the clock, on the current flat
        seen = [(value, value) for value in flats[0].values]
        high = self.channels.ranges[clock][1]
        for before, flat in pairwise(flats):
            keep_going()
            if before.values == flat.values:
                continue
            length = flat.low - before.high
            slopes = [(b - a) / length for a, b in zip(before.values, flat.values, strict=True)]
            seen = [(min(low, v), max(top, v)) for (low, top), v in zip(seen, flat.values, strict=True)]
            self.channels.mark()
            # without the second hinge the function would go on rising to the end of the clock; from any value seen, so
            # that a box of clock and values shows the range
            rises = [s * (high - before.high) for s in slopes]
            wide = [
                (low + min(rise, _ZERO), top + max(rise, _ZERO)) for (low, top), rise in zip(seen, rises, strict=True)
            ]
            place = before.high + shift
            for at, steep, kappas, reach in (
                (place, False, slopes, wide),
                (place + self.alpha * length, True, [-s / self.alpha for s in slopes], seen),
            ):
                after = {
                    k: (start[k][0] + low, start[k][1] + top) for k, (low, top) in zip(targets, reach, strict=True)
                }
                self.bend({clock: at}, steep, dict(zip(targets, kappas, strict=True)), after)
                bends.append(Bent(at, steep))
            shift -= (1 - self.alpha) * length
        return bends

    def undo(self, clock: int, bends: Sequence[Bent]) -> None:
        """Append the inverse bends in reverse order: the clock is what it was.  Guarantee: exact."""
        for place, bent in enumerate(reversed(bends)):
            keep_going()
            if place % 2 == 0:
                self.channels.mark()
            self.bend({clock: bent.at}, not bent.steep)

    def scale(self, channel: int, factor: Fraction) -> None:
        """Multiply a channel by a positive number; no layer.  Guarantee: exact."""
        rows = [self._form(_ZERO, {k: factor if k == channel else _ONE}) for k in range(self.size)]
        low, high = self.channels.ranges[channel]
        ranges = [*self.channels.ranges]
        ranges[channel] = low * factor, high * factor
        self.channels.affine(rows, ranges)

    def combine(self, channel: int, row: Form) -> None:
        """Replace a channel by a form over (1, channels); no layer.  Guarantee: exact."""
        rows = [self._form(_ZERO, {k: _ONE}) for k in range(self.size)]
        rows[channel] = row
        self.channels.affine(rows)

    def _append(self, rows: Sequence[Form], forms: Sequence[Form], ranges: Sequence[Interval]) -> None:
        """Append a layer that is written for the slope alpha < 1: s_alpha(z) = -alpha s_(1/alpha)(-z) for the other."""
        units: list[Unit] = [(row, self.activation) for row in rows]
        if self.slope > 1:
            units = [(tuple(-entry for entry in row), self.activation) for row in rows]
            forms = [(form[0], *(-self.alpha * entry for entry in form[1:])) for form in forms]
        self.channels.layer(units, forms, ranges)

    def _add(self, channel: int, value: Fraction) -> None:
        if value:
            self.combine(channel, self._form(value, {channel: _ONE}))

    def _form(self, constant: Fraction, entries: Mapping[int, Fraction]) -> Form:
        return (constant, *(entries.get(k, _ZERO) for k in range(self.size)))

    @staticmethod
    def _bent(x: Fraction, b: Fraction, slope: Fraction) -> Fraction:
        return x if x <= b else b + slope * (x - b)
