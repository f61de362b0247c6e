r"""Stepped leaky ReLUs with slopes alpha and -alpha: width max{inputs, outputs}, uniform error; 1 for one of each.

The uniform theorem is the paper's (Rochau, Chan, Gottschalk 2024 [rochau2024], set F_{+-,s}); that this width belongs
to this set is inferred from it, and follows from the construction, which is derived.  For one input and one output:
N - 1 jumps make the channel run through [2i, 2i + 1] on cell i, and then the triangle wave ``dist(y, 2Z)``, by stepped
folds at 2^(k-1), ..., 2, 1, takes it to the value of the cell.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from verinet.claims.plans import Plan
from verinet.networks.network import Network
from verinet.theory.construction import Construction, Part
from verinet.theory.minimal_width.channels import Channels
from verinet.theory.minimal_width.coded_values import Box, chosen, even_grid, shortened, smallest_resolution
from verinet.theory.minimal_width.functions import Targets, power_below, read_box, read_targets
from verinet.theory.minimal_width.middles import Middles, middles, near_enough
from verinet.theory.minimal_width.stepped import stepped
from verinet.theory.minimal_width.stepped_steps import Jump, Stepped, jump, reflect, stepped_leaky
from verinet.theory.minimal_width.uniform_claims import uniform_claim

_ZERO, _ONE = Fraction(0), Fraction(1)
#: Of the error, what the slope of the network on a cell may add.
SLOPE_SHARE = Fraction(1, 32)
#: Bits of the denominator of a bound that need not be rounded.
BITS = 12
_THEOREM = (
    "stepped leaky ReLUs of both signs in the sup norm: the paper's; width max{dx, dy} and the construction: derived"
)


def stepped_pair(
    targets: object,
    *,
    inputs: int,
    alpha: object = "1/4",
    step: object = 1,
    resolution: int | None = None,
    eps: object = None,
    domain: object = None,
) -> Construction:
    r"""A network of stepped leaky ReLUs of slopes alpha and -alpha, of width max{inputs, outputs}.

    .. math:: \sup |f - \mathrm{net}| \le \max_{\text{cells}} \tfrac{1}{2} \operatorname{osc} f
       + \frac{\delta}{2 (1 - \delta)} \operatorname{range} v \qquad (d_x = d_y = 1)

    Parameters
    ----------
    targets, inputs, alpha, step, resolution, eps, domain
        As `stepped`.

    Raises
    ------
    Unsupported, BudgetExhausted
        As `stepped`.

    Notes
    -----
    For one input and one output: width 1, depth ``2(N-1) + 2 ceil(log2 2N)``, affine with a small slope on every
    half-open cell.  Otherwise max{inputs, outputs} = max{2, inputs, outputs}, and the network of `stepped`, whose
    activation belongs to the pair, is returned.  Mark: the uniform theorem is the paper's, the width and
    the construction are derived.

    Guarantee: exact (the bound; certified where the target is smooth).

    Source: [rochau2024].

    Examples
    --------
    >>> made = stepped_pair({(1,): 1}, inputs=1, resolution=4)
    >>> made.network.width, made.network.depth, made.error_bound < Fraction(1, 7)
    (1, 12, True)
    """
    s, goal, box = stepped_leaky(alpha, step), read_targets(targets, inputs), read_box(domain, inputs)
    if inputs > 1 or len(goal) > 1:
        made = stepped(goal, inputs=inputs, alpha=s.alpha, step=s.step, resolution=resolution, eps=eps, domain=domain)
        return replace(made, name="minimal-width/stepped-pair", theorem=_THEOREM)
    found, bound = _found(goal, box, *chosen(resolution, eps, inputs))
    delta = _slope(found)
    channels = Channels.of(box)
    _stairs(channels, found, delta, s)
    stairs = channels.network("y")
    middle = channels.ranges[0]
    _wave(channels, found, delta, s)
    wave = Channels.of([middle])
    _wave(wave, found, delta, s)
    axes = found.grid.axes
    network: Network = channels.network()
    return Construction(
        name="minimal-width/stepped-pair",
        theorem=_THEOREM,
        network=network,
        parts=(Part("encoder", stairs, box), Part("memorizer", wave.network(), (middle,))),
        claim=uniform_claim(network, goal, box, bound),
        error_bound=bound,
        norm="sup",
        plan=Plan(axes, ((True,) * (len(axes[0]) - 1),), tuple(channels.joints)),
        facts={
            "resolution": found.grid.resolution,
            "cells": found.grid.count,
            "alpha": s.alpha,
            "step": s.step,
            "flatness": delta,
        },
    )


def _found(goal: Targets, box: Box, fixed: int | None, wanted: Fraction | None) -> tuple[Middles, Fraction]:
    near = near_enough(goal.functions[0], box, fixed or 1, wanted)

    def at(n: int) -> tuple[Middles, Fraction]:
        found = middles(near, even_grid(box, n))
        low, high = min(found.values), max(found.values)
        delta = _slope(found)
        return found, shortened(found.error + delta / (2 * (1 - delta)) * (high - low), wanted, BITS)

    if fixed is None and wanted is not None:
        fixed = smallest_resolution(wanted, 1, lambda n: at(n)[1])
    return at(fixed or 1)


def _slope(found: Middles) -> Fraction:
    """How much of a unit the channel rises on a cell: a power of 2."""
    reach = max(found.values) - min(found.values)
    if not reach or not found.error:
        return Fraction(1, 4)
    return min(Fraction(1, 4), power_below(SLOPE_SHARE * found.error / reach))


def _heights(found: Middles, delta: Fraction) -> list[Fraction]:
    """The values as numbers in [delta/2, 1 - delta/2]."""
    low, high = min(found.values), max(found.values)
    scale = (1 - delta) / (high - low) if high > low else _ZERO
    return [delta / 2 + scale * (value - low) for value in found.values]


def _stairs(channels: Channels, found: Middles, delta: Fraction, s: Stepped) -> None:
    """``2i + w_i + delta (z - i - 1/2)`` on cell i, with z = N x: jumps at the ends of the cells."""
    heights, n = _heights(found, delta), found.grid.resolution
    axis = found.grid.axes[0]
    starts = [2 * i + height - delta / 2 for i, height in enumerate(heights)]
    scale = delta * n / (axis[-1] - axis[0])
    channels.affine([(starts[0] - scale * axis[0], scale)], [(starts[0], starts[0] + delta * n)])
    for before, after in pairwise(starts):
        jump(channels, s, {0: Jump(before + delta, after - before - delta)})


def _wave(channels: Channels, found: Middles, delta: Fraction, s: Stepped) -> None:
    """The distance to the nearest even integer, on [0, 2N], and from it the value."""
    low, high = min(found.values), max(found.values)
    top = max(1, (2 * found.grid.resolution - 1).bit_length())
    for k in reversed(range(top)):
        reflect(channels, s, Fraction(1 << k))
    scale = (high - low) / (1 - delta)
    channels.affine([(low - scale * delta / 2, scale)], [(low - scale * delta / 2, high + scale * delta / 2)])
