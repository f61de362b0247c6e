"""Claims about one readout that the kernel can check: the same encoder, then a table instead of the decoders.

A certificate has no words for a sine or a power of 2.  On the good set a readout depends on the code alone, and there
the network built here has the same values (within the slack of the decoder, 0 for short exact tables): that the decoder
gives these values is shown by exact arithmetic or by balls while the levels are built, not by the kernel.  On the ramps
it runs through values of the table, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from verinet.claims.language import AnyClaim
from verinet.claims.plans import Form, Plan
from verinet.networks.activations import RELU, activation
from verinet.networks.network import Network
from verinet.theory.layerwise_rates.ladder import Encoder, good_sides
from verinet.theory.layerwise_rates.tables import Level
from verinet.theory.minimal_width.channels import Channels, Unit
from verinet.theory.minimal_width.coding import claimed_error
from verinet.theory.minimal_width.functions import Near, Targets

__all__ = ["StandIn", "stand_in"]

_ZERO, _ONE = Fraction(0), Fraction(1)
#: Cells up to which the plan can take the network apart before its table: its coordinates are as many, squared.
MOST_FRAMED = 256


@dataclass(frozen=True, slots=True)
class StandIn:
    """A network that the kernel reads, the claim about its L^p error, and the plan of the proof.

    Guarantee: exact (what is claimed; whether it is true, `verinet.prove` finds out).
    """

    network: Network
    claim: AnyClaim
    plan: Plan


def stand_in(goal: Targets, near: Near, encoder: Encoder, level: Level, p: int, error: Fraction) -> StandIn:
    """The table of one level behind its encoder, and the claim that its error is at most `error`.

    Guarantee: exact.
    """
    size = encoder.inputs
    channels = Channels.of(((_ZERO, _ONE),) * size)
    # channels: x_1, ..., x_d, then r_1, ..., r_d
    channels.affine([_unit(i, size) for i in (*range(size), *range(size))], [(_ZERO, _ONE)] * (2 * size))
    for _ in range(level.level):
        _digits(channels, encoder)
    cells = Fraction(encoder.grid**level.level)
    row = [_ZERO] * (2 * size + 1)
    for i in range(size):
        row[1 + i], row[1 + size + i] = cells ** (i + 1), -(cells**i)
    top = Fraction(encoder.grid ** (size * level.level) - 1)
    channels.mark()
    narrow = channels.depth
    code = (_ZERO, top)
    channels.layer([(tuple(row), RELU)], [(_ZERO, _ONE)], [code])
    if len(level.values) <= MOST_FRAMED:
        channels.mark()
    _table(channels, level.values)
    network = channels.network()
    axis, flats = _axis(encoder, level.level)
    plan = Plan((axis,) * size, (flats,) * size, tuple(channels.joints), (narrow,))
    return StandIn(network, claimed_error(network, goal, [near], near.box, p, error), plan)


def _digits(channels: Channels, encoder: Encoder) -> None:
    """One layer of the encoder: x is passed on, r becomes N r less what the ramps take."""
    size, grid, ramp = encoder.inputs, encoder.grid, encoder.ramp
    units: list[Unit] = [(_unit(i, 2 * size), RELU) for i in range(size)]
    count = size * (1 + 2 * grid - 1)
    forms: list[Form] = [_unit(i, count) for i in range(size)]
    for i in range(size):
        r = _unit(size + i, 2 * size)
        form = [_ZERO] * (count + 1)
        form[1 + len(units)] = Fraction(grid)
        units.append((r, RELU))
        for k in range(1, grid):
            for shift, sign in ((ramp - Fraction(k, grid), -1), (Fraction(-k, grid), 1)):
                form[1 + len(units)] = sign / ramp
                units.append(((shift, *r[1:]), RELU))
        forms.append(tuple(form))
    channels.mark()
    channels.layer(units, forms, [(_ZERO, _ONE)] * (2 * size))


def _table(channels: Channels, values: tuple[Fraction, ...]) -> None:
    """Steps between neighbouring codes with different values."""
    cuts = [k for k in range(1, len(values)) if values[k] != values[k - 1]]
    moves = [values[k] - values[k - 1] for k in cuts] or [_ZERO]
    step = activation("heaviside", 1)
    units: list[Unit] = [((Fraction(1, 2) - k, _ONE), step) for k in cuts or [len(values)]]
    channels.layer(units, [(values[0], *moves)], [(min(values), max(values))])


def _axis(encoder: Encoder, level: int) -> tuple[tuple[Fraction, ...], tuple[bool, ...]]:
    sides = list(good_sides(encoder.grid, encoder.ramp, level))
    axis = tuple(end for side in sides for end in side)
    starts = {low for low, _ in sides}
    return axis, tuple(low in starts for low, _ in pairwise(axis))


def _unit(place: int, size: int) -> Form:
    """The form over (1, `size` entries) that is one of them."""
    return (_ZERO, *(Fraction(int(j == place)) for j in range(size)))
