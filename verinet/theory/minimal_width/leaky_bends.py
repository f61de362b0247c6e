"""One layer of leaky ReLUs: each neuron bends its channel at a break, or passes it on.

With ``s(z) = z`` for ``z >= 0`` and ``alpha z`` below, and a break b, one neuron multiplies the slope on one side:

    L:  b + s(x - b)          left slope * alpha        R:   b - s(b - x)          right slope * alpha
    Li: b - s(b - x) / alpha  left slope / alpha        Ri:  b + s(x - b) / alpha  right slope / alpha

These hold for every alpha > 0; where alpha > 1 the pairs L, Li and R, Ri only swap what is steep and what is flat,
which is what the conjugation ``s_alpha(x) = -alpha s_{1/alpha}(-x)`` says.  Any increasing function with rational
breaks whose consecutive slopes have ratios alpha^k is an exact network of width 1 (the lattice-slope lemma; derived).
The paper builds with all slopes and then approximates each by one; these formulas avoid that step (derived, not the
paper's; the scheme is of [rochau2024]).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import floor
from typing import Literal

from verinet.claims.plans import Form
from verinet.errors import Unsupported
from verinet.exact.rationals import Q, format_rational
from verinet.networks.activations import Activation, activation
from verinet.theory.minimal_width.channels import Channels, Unit
from verinet.work import keep_going

__all__ = [
    "Bend",
    "bend",
    "bent_neuron",
    "bottleneck",
    "flatter",
    "form_of",
    "leaky_activation",
    "passed",
    "ratio",
    "read_alpha",
    "steeper",
    "unit_row",
]

Kind = Literal["L", "R", "Li", "Ri"]

_INVERSE: dict[Kind, Kind] = {"L": "Li", "Li": "L", "R": "Ri", "Ri": "R"}


@dataclass(frozen=True, slots=True)
class Bend:
    """A layer's effect on one channel: the slope left (L, Li) or right (R, Ri) of `at` times (or by) alpha.

    Examples
    --------
    >>> Bend("R", Fraction(1)).value(Fraction(3), Fraction(1, 4))
    Fraction(3, 2)

    Guarantee: exact.
    """

    kind: Kind
    at: Fraction

    def factor(self, alpha: Fraction) -> Fraction:
        """What it multiplies the slope by."""
        return alpha if self.kind in ("L", "R") else 1 / alpha

    def value(self, x: Fraction, alpha: Fraction) -> Fraction:
        """What it makes of x."""
        changes = x < self.at if self.kind in ("L", "Li") else x > self.at
        return self.at + (x - self.at) * self.factor(alpha) if changes else x

    @property
    def inverse(self) -> Bend:
        """The bend that undoes it: the break is a fixed point of both."""
        return Bend(_INVERSE[self.kind], self.at)

    def neuron(self, alpha: Fraction) -> tuple[int, Fraction]:
        """(sign, scale): the preactivation is sign * (x - at), the result at + scale * s(...)."""
        sign = 1 if self.kind in ("L", "Ri") else -1
        return sign, sign / (Fraction(1) if self.kind in ("L", "R") else alpha)


def read_alpha(alpha: object) -> Fraction:
    """Read the slope of a leaky ReLU that can bend both ways.

    Raises
    ------
    Unsupported
        If it is not positive, or 1.
    InexactInput
        If it is a float.

    Examples
    --------
    >>> read_alpha("1/4")
    Fraction(1, 4)

    Guarantee: exact.
    """
    value = Q(alpha)
    if value <= 0:
        raise Unsupported(
            f"a coding scheme of leaky ReLUs needs a slope alpha > 0, got {format_rational(value)}: "
            "with alpha = 0 a neuron forgets its channel, with alpha < 0 it is not monotone",
            fix="take alpha in (0, 1), such as 1/4; the pair leaky_pair uses sigma_-alpha besides",
        )
    if value == 1:
        raise Unsupported(
            "a coding scheme of leaky ReLUs needs a slope alpha other than 1: sigma_1 is the identity and no layer "
            "bends anything (and with sigma_-1 = |x| besides, all slopes of a network of width 1 keep one modulus)",
            fix="take alpha in (0, 1), such as 1/4, or above 1",
        )
    return value


@lru_cache(maxsize=64)
def leaky_activation(alpha: Fraction) -> Activation:
    """The leaky ReLU of slope alpha on the left, any sign.  Guarantee: exact."""
    return activation("leaky_relu", alpha)


def ratio(alpha: Fraction) -> Fraction:
    """The slope below 1 of the two factors alpha and 1/alpha.  Guarantee: exact."""
    return min(alpha, 1 / alpha)


def steeper(alpha: Fraction, at: Fraction) -> Bend:
    """The bend that makes the right side steeper.  Guarantee: exact."""
    return Bend("Ri" if alpha < 1 else "R", at)


def flatter(alpha: Fraction, at: Fraction) -> Bend:
    """The bend that makes the right side flatter.  Guarantee: exact."""
    return steeper(alpha, at).inverse


def bend(channels: Channels, alpha: Fraction, bends: Mapping[int, Bend]) -> None:
    """Append one layer that bends some channels and passes the others on.

    Examples
    --------
    >>> channels = Channels.of(((Fraction(0), Fraction(2)),))
    >>> bend(channels, Fraction(1, 4), {0: Bend("Ri", Fraction(1))})
    >>> channels.network()(2), channels.ranges
    ((Fraction(5, 1),), [(Fraction(0, 1), Fraction(5, 1))])

    Guarantee: exact.
    """
    keep_going()
    size = len(channels.ranges)
    units, forms, ranges = [], [], []
    for place in range(size):
        unit, form = (
            bent_neuron(channels, place, bends[place], alpha) if place in bends else passed(channels, place, alpha)
        )
        units.append(unit)
        forms.append(form)
        low, high = channels.ranges[place]
        one = bends.get(place)
        ranges.append((low, high) if one is None else (one.value(low, alpha), one.value(high, alpha)))
    channels.layer(units, forms, ranges)


def bottleneck(channels: Channels, alpha: Fraction) -> None:
    """Append a layer that passes its channels on, so that the network can be cut there; a joint before and after it.

    Guarantee: exact.
    """
    channels.mark()
    bend(channels, alpha, {})
    channels.mark()


def passed(channels: Channels, place: int, alpha: Fraction) -> tuple[Unit, Form]:
    """The neuron that passes a channel on, and the channel as a form of its result.

    Its preactivation is the channel less the integer below its certified lower end, so it is never negative.

    Guarantee: exact.
    """
    low = Fraction(floor(channels.passed(place)))
    size = len(channels.ranges)
    return (form_of(channels, place, Fraction(1), low), leaky_activation(alpha)), (low, *unit_row(place, size)[1:])


def form_of(channels: Channels, place: int, factor: Fraction, at: Fraction) -> Form:
    """The form factor * (x - at) of a channel.  Guarantee: exact."""
    size = len(channels.ranges)
    return (-factor * at, *(factor * int(j == place) for j in range(size)))


def bent_neuron(channels: Channels, place: int, bent: Bend, alpha: Fraction) -> tuple[Unit, Form]:
    """The neuron that bends a channel, and the channel as a form of its result.  Guarantee: exact."""
    sign, scale = bent.neuron(alpha)
    size = len(channels.ranges)
    unit = form_of(channels, place, Fraction(sign), bent.at), leaky_activation(alpha)
    return unit, (bent.at, *(scale * int(j == place) for j in range(size)))


def unit_row(place: int, size: int) -> Form:
    """One channel as a form over (1, channels).  Guarantee: exact."""
    return tuple(Fraction(int(j == place + 1)) for j in range(size + 1))
