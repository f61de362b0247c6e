"""Two leaky ReLUs, of slopes alpha and -alpha: width max{dx, dy} is enough in L^p, so 1 for a function of one variable.

The paper's memorizer is a zig-zag with two folds a cell; here a staircase lifts the values to ``2 i + v_i`` and a
triangle wave, folds at powers of 2, takes the multiples of 2 away (derived).  In other dimensions max{dx, dy} is
max{2, dx, dy}, and one of the two activations is enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from verinet.claims.plans import Form
from verinet.theory.construction import Construction, Part
from verinet.theory.minimal_width.channels import Channels
from verinet.theory.minimal_width.coded_values import chosen, smallest_resolution
from verinet.theory.minimal_width.coding import check_power, claimed_error, plan_of, wanted_bad
from verinet.theory.minimal_width.functions import Box, Near, Targets, read_box, read_targets
from verinet.theory.minimal_width.good_cells import GoodCells, even_cells, root_of, stairs_cells
from verinet.theory.minimal_width.leaky import leaky
from verinet.theory.minimal_width.leaky_steps import ratio, read_alpha, triangle_wave
from verinet.theory.minimal_width.middles import near_enough
from verinet.theory.minimal_width.rounding import power_below
from verinet.theory.minimal_width.staircases import Staircase, climb, repetitions_for

__all__ = ["leaky_pair"]

#: A flat climbs this share of a cell's part of the range.
FLATNESS = 4
#: The values are rounded to this share of it.
ROUNDING = 16


@dataclass(frozen=True, slots=True)
class _Scheme:
    """On flat i the output is ``first + scale (levels_i + slope (x - start_i))``, x scaled to [0, 1]."""

    stairs: Staircase
    cells: GoodCells
    first: Fraction
    scale: Fraction
    good: Fraction
    bad: Fraction
    error: Fraction

    @property
    def doublings(self) -> int:
        """The k with 2^(k-1) < 2 N <= 2^k."""
        return (2 * self.stairs.cells - 1).bit_length()


def leaky_pair(
    targets: object,
    *,
    inputs: int,
    alpha: object = "1/4",
    resolution: int | None = None,
    eps: object = None,
    p: int = 2,
    domain: object = None,
) -> Construction:
    r"""A network of the leaky ReLUs of slopes alpha and -alpha, of width max{inputs, outputs}, near to targets in L^p.

    .. math:: (\int |f - \mathrm{net}|^p)^{1/p} \le \text{error\_bound}

    Parameters
    ----------
    targets, inputs, alpha, resolution, eps, p, domain
        As for `leaky`.

    Raises
    ------
    Unsupported, BudgetExhausted
        As `leaky`.

    Notes
    -----
    One input and one output: width 1, depth ``2(N-1)m + 2 ceil(log2(2N))``.  Else the network of `leaky`, which uses
    one of the two.  Mark: the width is the paper's, the construction derived.

    Guarantee: exact (the bound; certified where the target is smooth).

    Source: [rochau2024].

    Examples
    --------
    >>> made = leaky_pair({(2,): 1}, inputs=1, resolution=4)
    >>> made.network.width, made.network.depth, float(made.error_bound) < 0.1
    (1, 54, True)
    """
    goal = read_targets(targets, inputs)
    if inputs > 1 or len(goal) > 1:
        found = leaky(goal, inputs=inputs, alpha=alpha, resolution=resolution, eps=eps, p=p, domain=domain)
        return replace(found, name="minimal-width/leaky-pair", theorem=_THEOREM)
    slope, box = read_alpha(alpha), read_box(domain, 1)
    power = check_power(p)
    fixed, wanted = chosen(resolution, eps, 1)
    near = near_enough(goal.functions[0], box, fixed or 1, wanted)

    def at(n: int) -> _Scheme:
        return _scheme(near, box, ratio(slope), n, power, wanted)

    if fixed is None and wanted is not None:
        fixed = smallest_resolution(wanted, 1, lambda n: at(n).error)
    return _construction(goal, near, box, at(fixed or 1), slope, power)


_THEOREM = "width max{dx, dy} for the leaky ReLUs alpha and -alpha in L^p: the paper's; the construction: derived"


def _construction(goal: Targets, near: Near, box: Box, found: _Scheme, alpha: Fraction, p: int) -> Construction:
    channels = Channels.of(box)
    climb(channels, alpha, found.stairs)
    cut = channels.depth
    _fold_back(channels, found, alpha)
    network = channels.network()
    return Construction(
        name="minimal-width/leaky-pair",
        theorem=_THEOREM,
        network=network,
        parts=_parts(box, found, alpha),
        claim=claimed_error(network, goal, [near], box, p, found.error),
        error_bound=found.error,
        norm=f"L{p}",
        plan=plan_of(channels, found.cells, [cut]),
        facts={
            "resolution": found.stairs.cells,
            "cells": found.stairs.cells,
            "alpha": alpha,
            "repetitions": found.stairs.repetitions,
            "encoder depth": 2 * (found.stairs.cells - 1) * found.stairs.repetitions,
            "decoder": "triangle wave",
            "decoder depth": 2 * found.doublings,
            "bad measure": found.cells.bad,
            "error^p on good cells": found.good,
            "error^p elsewhere at most": found.bad,
        },
    )


def _fold_back(channels: Channels, found: _Scheme, alpha: Fraction) -> None:
    triangle_wave(channels, alpha, 0, found.doublings)
    channels.affine([(found.first, found.scale)])


def _parts(box: Box, found: _Scheme, alpha: Fraction) -> tuple[Part, ...]:
    encoder = Channels.of(box)
    climb(encoder, alpha, found.stairs)
    decoder = Channels.of(encoder.ranges)
    _fold_back(decoder, found, alpha)
    return (
        Part("encoder", encoder.network("code"), box),
        Part("decoder", decoder.network(), tuple(encoder.ranges)),
    )


def _scheme(near: Near, box: Box, factor: Fraction, resolution: int, p: int, eps: Fraction | None) -> _Scheme:
    """Values for the flats of many repetitions, then as many repetitions as the bound needs.

    Guarantee: exact.
    """
    even = even_cells(box, resolution)
    means = [near.mean(cell) for cell in even]
    rise = power_below(Fraction(1, FLATNESS * resolution))
    first, scale, levels = _levels(means, rise)
    reach = (max(abs(first), abs(first + scale)) + near.coefficient_bound) ** p
    good = _good(near, even, first, scale, levels, rise, p)
    budget = None if eps is None else max(eps - near.shift(p), Fraction(0)) ** p
    wanted = wanted_bad(good, reach, even.volume, resolution, p, budget)
    codes = tuple(2 * i + level for i, level in enumerate(levels))
    m = repetitions_for(codes, rise, factor, wanted / even.volume)
    stairs = Staircase(codes, rise, m, factor)
    cells = stairs_cells(box, stairs)
    good = _good(near, cells, first, scale, levels, rise, p)
    bad = cells.bad * reach
    return _Scheme(stairs, cells, first, scale, good, bad, root_of(good + bad, [near], p, eps))


def _levels(means: Sequence[Fraction], rise: Fraction) -> tuple[Fraction, Fraction, tuple[Fraction, ...]]:
    """First, scale and levels in [0, 1 - rise]: on a flat the output is first + scale * (level .. level + rise)."""
    low, span = min(means), max(means) - min(means)
    unit = rise / ROUNDING
    if not span:
        return low, Fraction(0), (Fraction(0),) * len(means)
    fine = power_below(span) * unit
    first = low // fine * fine - fine
    scale = (-(-(max(means) - first) // fine) + 1) * fine / (1 - rise)
    found = []
    for mean in means:
        level = round(((mean - first) / scale - rise / 2) / unit) * unit
        found.append(min(max(level, Fraction(0)), 1 - rise))
    return first, scale, tuple(found)


def _good(
    near: Near,
    cells: GoodCells,
    first: Fraction,
    scale: Fraction,
    levels: Sequence[Fraction],
    rise: Fraction,
    p: int,
) -> Fraction:
    """The p-th power of the error on the flats, where the output climbs."""
    low, high = cells.box[0]
    slope = scale * len(levels) * rise / (high - low)
    total = Fraction(0)
    for cell, level in zip(cells, levels, strict=True):
        guess: Form = (first + scale * level - slope * cell[0][0], slope)
        total += near.integral(cell, guess, p)
    return total
