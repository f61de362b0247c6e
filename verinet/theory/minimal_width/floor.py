r"""FLOOR alone: width max{2, inputs, outputs}, uniform error.  Derived; the paper's theorem is `floor_squashable`'s.

Rochau, Chan and Gottschalk 2024 [rochau2024] state width max{3, inputs, outputs} for FLOOR together with a squashable
activation.  FLOOR alone does with max{2, inputs, outputs}: with N cells an input,

1. one layer ``k_j = floor((N - 1/16) x_j)``, which is at most N - 1 at x_j = 1 too, and ``t = sum N^(j-1) k_j``;
2. one number ``Z = t + a/W`` with integers t and ``0 <= a < W``: a layer [floor(W Z), floor((Z - c)/T)] passes Z on
   and tells whether t >= c, so that a changes for all codes from c on: one layer wherever neighbouring codes differ;
3. a layer [floor(W Z), floor(Z)] gives a, and a layer for every output but one cuts a digit off a.

Width 1 is impossible: such a network is a monotone function of an affine form.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from verinet.claims.plans import Form, Plan
from verinet.networks.activations import activation
from verinet.theory.construction import Construction, Part
from verinet.theory.minimal_width.channels import Channels, Unit
from verinet.theory.minimal_width.coded_values import (
    Box,
    Grid,
    Levels,
    changes,
    chosen,
    levels,
    place_values,
    shortened,
    smallest_resolution,
    stretched_grid,
)
from verinet.theory.minimal_width.functions import Targets, read_box, read_targets
from verinet.theory.minimal_width.middles import middles, near_enough
from verinet.theory.minimal_width.uniform_claims import uniform_claim

FLOOR = activation("floor")
_ZERO, _ONE = Fraction(0), Fraction(1)
#: By so much less than N the inputs are stretched, so that x = 1 has no code of its own.
STRETCH = Fraction(1, 16)
#: Levels of an output for every cell of an input: they cost no layers.
LEVELS = 16
#: The same for each of several outputs: their product is what a floor has to tell apart.
FEW_LEVELS = 4


@dataclass(frozen=True, slots=True)
class Digits:
    """The values of all cells as integers, whose digits are the outputs.

    Parameters
    ----------
    grid : Grid
    outputs : tuple of Levels
        The first output is the most significant digit.
    error : Fraction
        The largest error of all outputs and cells.

    Guarantee: certified.
    """

    grid: Grid
    outputs: tuple[Levels, ...]
    error: Fraction

    @property
    def places(self) -> tuple[int, ...]:
        """What a digit is worth."""
        return place_values(self.outputs)

    @property
    def numbers(self) -> tuple[int, ...]:
        """One integer a code."""
        pairs = list(zip(self.places, self.outputs, strict=True))
        return tuple(sum(place * level.digits[code] for place, level in pairs) for code in range(self.grid.count))

    @property
    def largest(self) -> int:
        """The largest integer that has digits."""
        return sum(place * (level.count - 1) for place, level in zip(self.places, self.outputs, strict=True))

    @property
    def changes(self) -> tuple[int, ...]:
        """The codes whose integer is another one than that of the code before."""
        return changes(self.numbers)


def floor(
    targets: object, *, inputs: int, resolution: int | None = None, eps: object = None, domain: object = None
) -> Construction:
    r"""A network of FLOORs only, near to the targets everywhere.

    .. math:: \sup |f_k - \mathrm{net}_k|
       \le \max_{\text{cells}} \tfrac{1}{2} \operatorname{osc} f_k + \text{half a level}

    Parameters
    ----------
    targets : polynomial, pieces, sympy expression, or a list with one of these for every output
    inputs : int
    resolution : int
        N cells an input; or
    eps : exact number
        an error to be reached.
    domain : Polyhedron or intervals, optional
        A box; the unit cube by default.

    Raises
    ------
    Unsupported
        If the resolution or eps is out of range, or not exactly one of them is given.
    BudgetExhausted
        If more than 2^16 cells would be needed.

    Notes
    -----
    Width max{2, inputs, outputs}; depth ``1 + changes + 1 + (outputs - 1)``, changes being the number of codes whose
    value differs from that of the code before, at most ``N^dx - 1``.  Mark: derived.

    Guarantee: exact (the bound; certified where a target is smooth).

    Source: the question is [rochau2024]'s.

    Examples
    --------
    >>> made = floor({(1, 1): 1}, inputs=2, resolution=4)
    >>> made.network.width, made.network.depth <= 17, made.error_bound < Fraction(1, 4)
    (2, True, True)
    """
    goal, box = read_targets(targets, inputs), read_box(domain, inputs)
    table = make_digits(goal, box, resolution, eps)
    channels = Channels.of(box)
    encode(channels, table.grid)
    remember(channels, table)
    read_off(channels, table)
    network = channels.network()
    axes = table.grid.axes
    flats = tuple((True,) * (len(axis) - 1) for axis in axes)
    return Construction(
        name="minimal-width/floor",
        theorem="derived: width max{2, dx, dy} for FLOOR alone in the sup norm",
        network=network,
        parts=_parts(box, table),
        claim=uniform_claim(network, goal, box, table.error),
        error_bound=table.error,
        norm="sup",
        plan=Plan(axes, flats, tuple(channels.joints)),
        facts={
            "resolution": table.grid.resolution,
            "cells": table.grid.count,
            "changes": len(table.changes),
            "levels": " ".join(str(level.count) for level in table.outputs),
        },
    )


def make_digits(goal: Targets, box: Box, resolution: object, eps: object) -> Digits:
    """The integers of all cells, at a resolution or for an error.

    Guarantee: certified; raises as `floor`.

    Examples
    --------
    >>> make_digits(read_targets({(1,): 1}, 1), read_box(None, 1), 2, None).numbers
    (0, 1)
    """
    fixed, wanted = chosen(resolution, eps, len(box))
    nears = [near_enough(function, box, fixed or 1, wanted) for function in goal.functions]

    def at(n: int) -> Digits:
        grid = stretched_grid(box, n, STRETCH)
        found = [middles(near, grid) for near in nears]
        many = FEW_LEVELS if len(found) > 1 else LEVELS
        read = [levels(one.values, many * n) for one in found]
        error = max(one.errors_of(level.values) for one, level in zip(found, read, strict=True))
        return Digits(grid, tuple(read), shortened(error, wanted))

    if fixed is None and wanted is not None:
        fixed = smallest_resolution(wanted, len(box), lambda n: at(n).error)
    return at(fixed or 1)


def encode(channels: Channels, grid: Grid) -> None:
    """One layer of FLOORs, one an input; then the one channel is the code of the cell.

    Guarantee: exact.

    Examples
    --------
    >>> channels = Channels.of(read_box(None, 2))
    >>> encode(channels, stretched_grid(read_box(None, 2), 2, STRETCH))
    >>> channels.network()(1, "1/2"), channels.network()("1/8", 1)
    ((Fraction(1, 1),), (Fraction(2, 1),))
    """
    n, size = grid.resolution, len(grid.axes)
    units: list[Unit] = []
    for j, axis in enumerate(grid.axes):
        scale = (n - STRETCH) / (axis[-1] - axis[0])
        units.append(((-scale * axis[0], *(scale if k == j else _ZERO for k in range(size))), FLOOR))
    weights = tuple(Fraction(n**j) for j in range(size))
    channels.mark()
    channels.layer(units, [(_ZERO, *weights)], [(_ZERO, Fraction(grid.count - 1))])


def remember(channels: Channels, table: Digits) -> None:
    """From the code t to its integer a: ``t + a/W``, one layer a change, then t is taken off.

    Guarantee: exact (for the codes, which are integers).

    Examples
    --------
    >>> table = make_digits(read_targets({(1,): 1}, 1), read_box(None, 1), 2, None)
    >>> channels = Channels.of([(Fraction(0), Fraction(1))])
    >>> remember(channels, table)
    >>> channels.network()(0), channels.network()(1)
    ((Fraction(0, 1),), (Fraction(1, 1),))
    """
    numbers, base = table.numbers, table.largest + 1
    moves = {place: numbers[place] - numbers[place - 1] for place in table.changes}
    # interval arithmetic cannot know that the changes add up to a digit: T leaves room for the sum of their sizes
    far = Fraction(len(numbers) + ceil(Fraction(sum(map(abs, moves.values())), base)))
    side = (Fraction(min(numbers), base), len(numbers) - 1 + Fraction(max(numbers), base))
    channels.affine([(Fraction(numbers[0], base), _ONE)], [side])
    for place, move in moves.items():
        passing: Unit = ((_ZERO, Fraction(base)), FLOOR)
        reached: Unit = ((Fraction(-place) / far, 1 / far), FLOOR)  # 0 from this code on, -1 before
        gain = Fraction(move, base)
        channels.mark()
        channels.layer([passing, reached], [(gain, Fraction(1, base), gain)], [side])
    channels.mark()
    channels.layer(
        [((_ZERO, Fraction(base)), FLOOR), ((_ZERO, _ONE), FLOOR)],
        [(_ZERO, _ONE, Fraction(-base))],
        [(_ZERO, Fraction(table.largest))],
    )


def read_off(channels: Channels, table: Digits) -> None:
    """From the integer to the outputs: one layer a digit, the last one is the rest.

    Guarantee: exact.
    """
    for place, level in zip(table.places[:-1], table.outputs[:-1], strict=True):
        count = len(channels.ranges)  # digits so far, then the rest
        units: list[Unit] = [(unit_row(count, k), FLOOR) for k in range(count)]
        units.append((tuple(entry / place for entry in unit_row(count, count - 1)), FLOOR))
        rest = list(unit_row(count + 1, count - 1))
        rest[count + 1] = Fraction(-place)
        channels.mark()
        channels.layer(
            units,
            [*(unit_row(count + 1, k) for k in range(count - 1)), unit_row(count + 1, count), tuple(rest)],
            [*channels.ranges[: count - 1], (_ZERO, Fraction(level.count - 1)), (_ZERO, Fraction(place - 1))],
        )
    size = len(table.outputs)
    channels.affine(
        [
            (level.first, *(level.spacing * entry for entry in unit_row(size, k)[1:]))
            for k, level in enumerate(table.outputs)
        ]
    )


def unit_row(count: int, place: int) -> Form:
    """The form that is one of `count` channels.

    Guarantee: exact.

    Examples
    --------
    >>> [int(entry) for entry in unit_row(2, 1)]
    [0, 0, 1]
    """
    return tuple(Fraction(int(k == place + 1)) for k in range(count + 1))


def _parts(box: Box, table: Digits) -> tuple[Part, ...]:
    encoder = Channels.of(box)
    encode(encoder, table.grid)
    codes = encoder.ranges[0]
    memorizer = Channels.of([codes])
    remember(memorizer, table)
    decoder = Channels.of(memorizer.ranges)
    read_off(decoder, table)
    return (
        Part("encoder", encoder.network("t"), box),
        Part("memorizer", memorizer.network("a"), (codes,)),
        Part("decoder", decoder.network(), tuple(memorizer.ranges)),
    )
