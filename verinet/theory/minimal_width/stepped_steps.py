"""Layers of a stepped leaky ReLU that do one exact thing: pass on, jump, jump and shear, reflect.

``S(z) = z + s`` for ``z >= 0``, ``alpha z`` below (Rochau, Chan, Gottschalk 2024 [rochau2024]); the formulas are
derived, not the paper's.  A jump of exactly D takes two layers: the first opens a gap at c, and the break of the second
lies inside of it, where no value is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from verinet.claims.plans import Form
from verinet.errors import Unsupported
from verinet.exact.rationals import Q, format_rational
from verinet.networks.activations import Activation, activation
from verinet.networks.network import Interval
from verinet.theory.minimal_width.channels import Channels, Unit

_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Stepped:
    r"""The activation ``S(z) = z + step`` for ``z >= 0``, ``alpha z`` for ``z < 0``.

    For alpha > 1 its mirror image ``-S(-z)/alpha + step/alpha`` has slope 1/alpha and step step/alpha, but at 0 the
    value from the left; jumps of ``-x`` then close on the right side again.

    Parameters
    ----------
    alpha : Fraction
        The slope on the left, positive, not 1.
    step : Fraction
        The jump at 0, positive.

    Raises
    ------
    Unsupported
        If alpha or step is out of range.

    Examples
    --------
    >>> s = stepped_leaky("1/4", 1)
    >>> s.activation.value(Fraction(0)), s.activation.value(Fraction(-4))
    (Fraction(1, 1), Fraction(-1, 1))
    >>> stepped_leaky(4, 1).slope, stepped_leaky(4, 1).rise
    (Fraction(1, 4), Fraction(1, 4))

    Guarantee: exact.
    """

    alpha: Fraction
    step: Fraction
    activation: Activation = field(init=False)
    opposite: Activation = field(init=False)

    def __post_init__(self) -> None:
        if self.alpha <= 0 or self.alpha == 1:
            raise Unsupported(
                f"the stepped construction needs a slope alpha > 0 that is not 1, got {format_rational(self.alpha)}",
                fix="take alpha=1/4; with both signs (stepped_pair) give the positive one",
            )
        if self.step <= 0:
            raise Unsupported(
                f"a stepped leaky ReLU needs a step above 0, got {format_rational(self.step)}",
                fix="take step=1: any positive step can be rescaled",
            )
        object.__setattr__(self, "activation", activation("stepped_leaky", self.alpha, self.step))
        object.__setattr__(self, "opposite", activation("stepped_leaky", -self.alpha, self.step))

    @property
    def is_mirrored(self) -> bool:
        """Whether alpha > 1, so that neurons compute the mirror image."""
        return self.alpha > 1

    @property
    def slope(self) -> Fraction:
        """The slope below 1 of the function that neurons compute."""
        return 1 / self.alpha if self.is_mirrored else self.alpha

    @property
    def rise(self) -> Fraction:
        """The jump at 0 of the function that neurons compute."""
        return self.step / self.alpha if self.is_mirrored else self.step

    def neuron(self, row: Form) -> tuple[Unit, Fraction, Fraction]:
        """The neuron for ``z + rise`` above 0 and ``slope z`` below, which is ``c + d * result``."""
        if self.is_mirrored:
            return (tuple(-entry for entry in row), self.activation), self.rise, -self.slope
        return (row, self.activation), Fraction(0), _ONE

    def passing(self, row: Form, low: Fraction) -> tuple[Unit, Fraction, Fraction]:
        """The neuron that passes on a form that is never below `low`: the form is ``c + d * result``."""
        start = Fraction(floor(low) - int(self.is_mirrored))  # an integer, for short weights; above 0 if mirrored
        unit, constant, factor = self.neuron((row[0] - start, *row[1:]))
        return unit, constant + start - self.rise, factor


def stepped_leaky(alpha: object, step: object) -> Stepped:
    """The activation with these numbers; raises as `Stepped`.

    Guarantee: exact.

    Examples
    --------
    >>> stepped_leaky("1/4", 1).step
    Fraction(1, 1)
    """
    return Stepped(Q(alpha), Q(step))


@dataclass(frozen=True, slots=True)
class Jump:
    """A channel jumps by `size` where it reaches `at`: ``x -> x + size`` for ``x >= at``, x below."""

    at: Fraction
    size: Fraction


@dataclass(frozen=True, slots=True)
class Shear:
    """A channel gains `rise` where the channel `clock`, which jumps, has reached its jump."""

    clock: int
    rise: Fraction
    range: Interval


def jump(channels: Channels, s: Stepped, jumps: Mapping[int, Jump], shears: Mapping[int, Shear] | None = None) -> None:
    """Append two layers in which the channels of `jumps` jump, those of `shears` are sheared, and the others pass.

    A sheared channel y goes through both layers as ``y - (rise / size) x``, whose lower end is certified, and gets
    ``(rise / size) x`` back after the jump: exact, since the jump of x is.

    Guarantee: exact.
    """
    shears = shears or {}
    count, unit_rows, identity = len(channels.ranges), _unit_rows(len(channels.ranges)), {}
    ranges = list(channels.ranges)
    rows = list(unit_rows)
    for y, shear in shears.items():
        ratio = shear.rise / jumps[shear.clock].size
        low, high = sorted(ratio * end for end in ranges[shear.clock])
        rows[y] = tuple(a - ratio * b for a, b in zip(unit_rows[y], unit_rows[shear.clock], strict=True))
        identity[y] = ratio
        ranges[y] = ranges[y][0] - high, ranges[y][1] - low
    first = [_opening(s, jumps[k], k, count, ranges[k]) if k in jumps else _pass(s, rows[k], ranges[k], k) for k in
             range(count)]  # fmt: skip
    channels.mark()
    channels.layer([unit for unit, _, _ in first], [form for _, form, _ in first], [side for _, _, side in first])
    second = []
    for k in range(count):
        if k in jumps:
            second.append(_closing(s, jumps[k], k, count, ranges[k]))
        else:
            second.append(_pass(s, unit_rows[k], channels.ranges[k], k))
    forms = [form for _, form, _ in second]
    sides = [side for _, _, side in second]
    for y, shear in shears.items():
        forms[y] = tuple(a + identity[y] * b for a, b in zip(forms[y], forms[shear.clock], strict=True))
        sides[y] = shear.range
    channels.layer([unit for unit, _, _ in second], forms, sides)


def reflect(channels: Channels, s: Stepped, at: Fraction) -> None:
    """Append two layers to one channel: ``x`` below `at`, ``2 at - x`` from there on; the second has slope -alpha.

    The first layer opens a gap at `at`, and the second has its break where the two steps cancel, inside of the gap.

    Guarantee: exact.
    """
    ((low, high),) = channels.ranges
    scale = s.rise  # then the gap is from `at` to `at + 1/slope`
    channels.mark()
    unit, constant, factor = s.neuron((-scale * at, scale))
    opened = at + (high - at + 1) / s.slope if high >= at else high
    form = at + constant / (scale * s.slope), factor / (scale * s.slope)
    channels.layer([unit], [form], [(min(low, at), max(opened, low))])
    # With the mirror image the second layer is T(z) = z above 0, rise - slope z below, else S(z) with slope -alpha:
    # the break is where its step makes up for the first one's.
    steep = scale if s.is_mirrored else 2 * scale
    share = 2 if s.is_mirrored else Fraction(1, 2)
    middle = at + share / (1 + s.slope)
    if s.is_mirrored:
        last: Unit = (-steep * middle, steep), s.opposite
        form = middle, -s.slope / steep
    else:
        last = (steep * middle, -steep), s.opposite
        form = middle + s.rise / steep, -1 / steep
    channels.layer([last], [form], [(min(low, 2 * at - high), min(at, high))])


def _unit_rows(count: int) -> list[Form]:
    return [tuple(Fraction(int(k == j + 1)) for k in range(count + 1)) for j in range(count)]


#: A neuron, its channel as a form over (1, results of the layer), and the channel's range.
_Step = tuple[Unit, Form, Interval]


def _result(place: int, count: int, constant: Fraction, factor: Fraction) -> Form:
    """``constant + factor * result[place]``."""
    return (constant, *(factor if k == place else Fraction(0) for k in range(count)))


def _pass(s: Stepped, row: Form, side: Interval, place: int) -> _Step:
    unit, constant, factor = s.passing(row, side[0])
    return unit, _result(place, len(row) - 1, constant, factor), side


def _opening(s: Stepped, jump: Jump, place: int, count: int, side: Interval) -> _Step:
    """``c + S(mu (x - c)) / mu``: shifted by slope D/2 above c, flattened towards c below; of -x if mirrored."""
    sign = -1 if s.is_mirrored else 1
    at = sign * jump.at
    rise = jump.size * s.slope / 2
    mu = s.rise / rise
    ends = []
    for end in sorted(sign * end for end in side):
        below = end <= at if s.is_mirrored else end < at
        ends.append(at + s.slope * (end - at) if below else end + rise)
    unit, constant, factor = s.neuron(_result(place, count, -mu * at, mu * sign))
    return unit, _result(place, count, at + constant / mu, factor / mu), (ends[0], ends[1])


def _closing(s: Stepped, jump: Jump, place: int, count: int, side: Interval) -> _Step:
    """``b - S(-mu (u - b)) / (mu slope) + shift`` with b in the gap: below it steep again, above it the rest of D."""
    at = -jump.at if s.is_mirrored else jump.at
    inside = jump.size * s.slope / 4
    rest = jump.size - jump.size * s.slope / 2 - inside * (1 / s.slope - 1)
    mu, middle = s.rise / (s.slope * rest), at + inside
    shift = at - (middle - inside / s.slope - rest)
    unit, constant, factor = s.neuron(_result(place, count, mu * middle, -mu))
    constant, factor = middle + shift - constant / (mu * s.slope), -factor / (mu * s.slope)
    if s.is_mirrored:  # what jumped is -x, and it jumped below c
        constant, factor = jump.size - constant, -factor
    low, high = (end + jump.size if end >= jump.at else end for end in side)
    return unit, _result(place, count, constant, factor), (low, high)
