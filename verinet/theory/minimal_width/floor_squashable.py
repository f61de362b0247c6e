r"""FLOOR in the first layer and a squashable activation behind it: width max{3, inputs, outputs}, uniform error.

The theorem is the paper's (Rochau, Chan, Gottschalk 2024 [rochau2024]); the construction is derived.  The first layer
gives the code t of the cell, as in `floor`; then, wherever neighbouring codes differ, a layer of three neurons passes t
and the value y on and tells whether t has reached the code c: ``y += (v_c - v_(c-1)) [t >= c]``.  With several outputs
y is an integer, FLOOR rounds it, and further FLOORs cut its digits off.

For a smooth activation the output on a cell is still one number; balls enclose it for every code.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from verinet.claims.coded_cells import SHARE, code_table, sup_error_coded
from verinet.claims.language import AnyClaim
from verinet.claims.plans import Plan
from verinet.errors import BudgetExhausted
from verinet.exact.enclosures import Enclosure
from verinet.networks.network import Network
from verinet.theory.construction import Construction, Part
from verinet.theory.minimal_width.channels import Channels
from verinet.theory.minimal_width.coded_values import (
    Box,
    Grid,
    changes,
    chosen,
    shortened,
    smallest_resolution,
    stretched_grid,
)
from verinet.theory.minimal_width.floor import FLOOR, STRETCH, Digits, encode, make_digits, read_off, unit_row
from verinet.theory.minimal_width.functions import Targets, box_domain, read_box, read_targets
from verinet.theory.minimal_width.middles import middles, near_enough
from verinet.theory.minimal_width.squashing import DRIFT, Squash, squash
from verinet.theory.minimal_width.uniform_claims import uniform_claim

_ZERO, _ONE, _HALF = Fraction(0), Fraction(1), Fraction(1, 2)
#: Of the error, what a smooth activation may add.
SMOOTH_SHARE = Fraction(1, 64)
#: Times that the weights of a smooth activation are sharpened, until balls show that they are sharp enough.
SHARPER = 6
#: So few changes of the value that no layer needs all three neurons.
FEW = 2


@dataclass(frozen=True, slots=True)
class Values:
    """The value of every code; with several outputs an integer, whose digits they are.

    Guarantee: certified.
    """

    grid: Grid
    numbers: tuple[Fraction, ...]
    digits: Digits | None
    error: Fraction

    @property
    def tolerance(self) -> Fraction:
        """How far a smooth activation may move a value."""
        if self.digits is not None:
            return Fraction(1, 8)
        spread = max(self.numbers) - min(self.numbers)
        return SMOOTH_SHARE * (self.error or spread or _ONE)


def floor_squashable(
    targets: object,
    *,
    inputs: int,
    activation: str = "hard-sigmoid",
    resolution: int | None = None,
    eps: object = None,
    domain: object = None,
) -> Construction:
    r"""A network with FLOORs in its first layer and a squashable activation behind it, near to the targets everywhere.

    .. math:: \sup |f - \mathrm{net}| \le \max_{\text{cells}} \tfrac{1}{2} \operatorname{osc} f
       + \max_c |\mathrm{net}(c) - v_c|

    Parameters
    ----------
    targets : polynomial, pieces, sympy expression, or a list with one of these for every output
    inputs : int
    activation : {"hard-sigmoid", "logistic", "tanh"}
        With the hard sigmoid the last term is 0; with the others balls bound it.
    resolution : int
        N cells an input; or
    eps : exact number
        an error to be reached.
    domain : Polyhedron or intervals, optional
        A box; the unit cube by default.

    Raises
    ------
    Unsupported
        For another activation, if the resolution or eps is out of range, or not exactly one of them is given.
    BudgetExhausted
        If more than 2^16 cells would be needed.

    Notes
    -----
    Width max{3, inputs, outputs} (less only where one value is enough for all cells); depth ``1 + changes`` for one
    output, changes being the number of codes whose value differs from that of the code before, at most ``N^dx - 1``;
    for more outputs as many more FLOOR layers.
    Mark: the width is the paper's, the construction derived.

    Guarantee: exact for the hard sigmoid, certified for the others.

    Source: [rochau2024].

    Examples
    --------
    >>> made = floor_squashable({(1, 1): 1}, inputs=2, resolution=4)
    >>> made.network.width, made.network.depth, made.network(1, 1)
    (3, 16, (Fraction(697, 882),))
    """
    goal, box = read_targets(targets, inputs), read_box(domain, inputs)
    table = _values(goal, box, resolution, eps, activation == "hard-sigmoid")
    wanted = None if eps is None else chosen(None, eps, inputs)[1]
    used, network, drift = _sharp_enough(box, table, activation)
    bound, places = table.error, changes(table.numbers)
    smooth = bool(places) and not used.is_exact
    if smooth:
        bound = shortened((table.error + drift) * (1 + Fraction(4, SHARE)), wanted, 12) or Fraction(1, SHARE)
    axes = table.grid.axes
    channels = _channels(box, table, used)
    return Construction(
        name="minimal-width/floor-squashable",
        theorem="width max{3, dx, dy} for FLOOR and a squashable activation in the sup norm: the paper's; the "
        "construction: derived",
        network=network,
        parts=_parts(box, table, used),
        claim=_claim(network, goal, box, bound, smooth),
        error_bound=bound,
        norm="sup",
        plan=Plan(axes, tuple((True,) * (len(axis) - 1) for axis in axes), tuple(channels.joints)),
        facts={
            "resolution": table.grid.resolution,
            "cells": table.grid.count,
            "changes": len(places),
            "activation": activation,
            "error of the cells": table.error,
            "error of the activation": drift,
        },
    )


def outputs_on_cells(construction: Construction) -> tuple[tuple[Enclosure, ...], ...]:
    """Enclosures of the outputs of a network whose first layer are FLOORs, one tuple a code.

    Guarantee: certified.

    Examples
    --------
    >>> made = floor_squashable({(1,): 1}, inputs=1, activation="tanh", resolution=2)
    >>> middles_of_cells = Fraction(8, 31), Fraction(47, 62)
    >>> [abs(e.low - v) < Fraction(1, 100) for (e,), v in zip(outputs_on_cells(made), middles_of_cells, strict=True)]
    [True, True]
    """
    return code_table(construction.network, box_domain(construction.part("encoder").domain)).enclosures


def _values(goal: Targets, box: Box, resolution: object, eps: object, exact: bool) -> Values:
    fixed, wanted = chosen(resolution, eps, len(box))
    if len(goal) > 1:
        # what a smooth activation adds is rounded away, so only the numbers of the claim need room
        part = wanted if wanted is None or exact else wanted * (1 - Fraction(8, SHARE))
        digits = make_digits(goal, box, fixed, part)
        return Values(digits.grid, tuple(map(Fraction, digits.numbers)), digits, digits.error)
    near = near_enough(goal.functions[0], box, fixed or 1, wanted)
    room = _ONE if exact else (1 + SMOOTH_SHARE) * (1 + Fraction(8, SHARE))

    def at(n: int) -> Values:
        grid = stretched_grid(box, n, STRETCH)
        found = middles(near, grid)
        return Values(grid, found.values, None, shortened(found.error, wanted))

    if fixed is None and wanted is not None:
        fixed = smallest_resolution(wanted, len(box), lambda n: at(n).error * room)
    return at(fixed or 1)


def _sharp_enough(box: Box, table: Values, name: str) -> tuple[Squash, Network, Fraction]:
    """The weights, the network, and how far a value may be off: sharper until balls show that it is little."""
    side = min(table.numbers), max(table.numbers)
    places = changes(table.numbers)
    variation = sum((abs(table.numbers[k] - table.numbers[k - 1]) for k in places), _ZERO)
    used = squash(name, len(places), table.grid.count, side, variation, table.tolerance)
    for _ in range(SHARPER):
        drift = _ZERO if used.is_exact else _drift(table, used)
        if drift <= table.tolerance:
            return used, _channels(box, table, used).network(), _ZERO if table.digits is not None else drift
        used = replace(
            used, code_scale=used.code_scale / 4, value_scale=used.value_scale / 4, steepness=2 * used.steepness
        )
    raise BudgetExhausted(
        f"{SHARPER} choices of weights did not bring the activation {name} near enough to a step and the identity",
        fix="take a smaller resolution, or the hard sigmoid",
    )


def _drift(table: Values, used: Squash) -> Fraction:
    """How far the values after the memorizer's layers may be off, by balls for every code."""
    channels = Channels.of([(_ZERO, Fraction(table.grid.count - 1))])
    channels.layer([((_ZERO, _ONE), FLOOR)], [(_ZERO, _ONE)], list(channels.ranges))  # codes are integers already
    remember(channels, table, used)
    found = code_table(channels.network(), box_domain(channels.inputs)).enclosures
    return max(max(e.high - v, v - e.low) for (e,), v in zip(found, table.numbers, strict=True))


def _channels(box: Box, table: Values, used: Squash) -> Channels:
    channels = Channels.of(box)
    encode(channels, table.grid)
    remember(channels, table, used)
    _round(channels, table)
    return channels


def remember(channels: Channels, table: Values, used: Squash) -> None:
    """From the code t to its value y: one layer a change; y comes in with the first, and t leaves with the last.

    Guarantee: exact for the hard sigmoid on codes, near for the others.
    """
    numbers = table.numbers
    places = changes(numbers)
    slack = _ZERO if used.is_exact else DRIFT
    codes = -slack, len(numbers) - 1 + slack
    fuzz = _ZERO if used.is_exact else table.tolerance
    side = min(numbers) - fuzz, max(numbers) + fuzz
    channels.affine([(_ZERO, _ONE), (numbers[0], _ZERO)], [codes, side])
    few = len(places) <= FEW  # then a channel is passed on that need not be: the width stays 3
    for count, place in enumerate(places, 1):
        last = count == len(places)
        keep_t, keep_y = few or not last, few or count > 1
        units, forms = [], []
        if keep_t:
            unit, c, d = used.passing(unit_row(2, 0), codes, used.code_scale)
            units.append(unit)
            forms.append((0, c, d))
        if keep_y:
            unit, c, d = used.passing(unit_row(2, 1), side, used.value_scale)
            units.append(unit)
            forms.append((1, c, d))
        unit, c, d = used.reached(unit_row(2, 0), place)
        units.append(unit)
        move = numbers[place] - numbers[place - 1]
        rows = [[_ZERO] * (len(units) + 1) for _ in range(2)]
        for index, (channel, constant, factor) in enumerate(forms):
            rows[channel][0] += constant
            rows[channel][index + 1] += factor
        rows[1][0] += move * c + (_ZERO if keep_y else numbers[0])
        rows[1][-1] += move * d
        channels.mark()
        if last:
            channels.layer(units, [tuple(rows[1])], [side])
        else:
            channels.layer(units, [tuple(row) for row in rows], [codes, side])
    if not places:
        channels.affine([unit_row(2, 1)], [side])


def _round(channels: Channels, table: Values) -> None:
    """With several outputs: the nearest integer, and its digits."""
    if table.digits is None:
        return
    channels.mark()
    channels.layer([((_HALF, _ONE), FLOOR)], [(_ZERO, _ONE)], [(_ZERO, Fraction(table.digits.largest))])
    read_off(channels, table.digits)


def _claim(network: Network, goal: Targets, box: Box, bound: Fraction, smooth: bool) -> AnyClaim:
    if not smooth:
        return uniform_claim(network, goal, box, bound)
    return sup_error_coded(network, [function.given for function in goal.functions], box_domain(box), bound)


def _parts(box: Box, table: Values, used: Squash) -> tuple[Part, ...]:
    encoder = Channels.of(box)
    encode(encoder, table.grid)
    codes = encoder.ranges[0]
    memorizer = Channels.of([codes])
    remember(memorizer, table, used)
    parts = [Part("encoder", encoder.network("t"), box), Part("memorizer", memorizer.network("y"), (codes,))]
    if table.digits is not None:
        decoder = Channels.of(memorizer.ranges)
        _round(decoder, table)
        parts.append(Part("decoder", decoder.network(), tuple(memorizer.ranges)))
    return tuple(parts)
