r"""One stepped leaky ReLU, width max{2, inputs, outputs}, uniform error.

That stepped leaky ReLUs are near to continuous functions uniformly is the paper's (Rochau, Chan, Gottschalk 2024
[rochau2024], set F_{+,s}); that this width belongs to this set is inferred from it, and follows from the construction,
which is derived.  With N cells an input:

1. Encoder, 2(N-1) layers: every input becomes ``delta z + (1 - delta) floor(z)`` with ``z = N x``, by jumps in
   parallel; then ``t = sum N^(j-1) x_j`` lies in [i, i + 1/2] on cell i, and goes through a layer of one neuron.
2. Memorizer, 2c layers: t jumps before every code whose value differs from that of the code before (c of them, at most
   N^dx - 1), and the value y is sheared along.
3. Decoder, 2(M_k - 1) layers for every output but one: y is a number whose digits are cut off by jumps of y itself.

The output is exactly constant on every half-open cell, and the last cell of an input is closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet.claims.plans import Plan
from verinet.networks.network import Interval, Network
from verinet.theory.construction import Construction, Part
from verinet.theory.minimal_width.channels import Channels
from verinet.theory.minimal_width.coded_values import (
    Box,
    Grid,
    Levels,
    changes,
    chosen,
    even_grid,
    levels,
    place_values,
    shortened,
    smallest_resolution,
)
from verinet.theory.minimal_width.functions import Targets, read_box, read_targets
from verinet.theory.minimal_width.middles import Middles, middles, near_enough
from verinet.theory.minimal_width.stepped_steps import Jump, Shear, Stepped, jump, stepped_leaky
from verinet.theory.minimal_width.uniform_claims import uniform_claim

_ZERO, _ONE, _HALF = Fraction(0), Fraction(1), Fraction(1, 2)
#: Levels of an output that is read off as a digit, for every cell of an input.
LEVELS = 4


@dataclass(frozen=True, slots=True)
class Table:
    """What the memorizer knows: a number z for every code, and how the outputs are read off it.

    Parameters
    ----------
    grid : Grid
    digits : tuple of Levels
        The outputs that are digits of z, the most significant first.
    order : tuple of int
        Which output each of these is, and last the one that is the rest.
    rest : tuple of Fraction
        The values of the last one.
    error : Fraction
        The largest error of all outputs and cells.

    Guarantee: certified.
    """

    grid: Grid
    digits: tuple[Levels, ...]
    order: tuple[int, ...]
    rest: tuple[Fraction, ...]
    error: Fraction

    @property
    def places(self) -> tuple[int, ...]:
        """What a digit is worth in z."""
        return place_values(self.digits)

    @property
    def span(self) -> Interval:
        """The least and the largest value of the rest."""
        return min(self.rest), max(self.rest)

    @property
    def numbers(self) -> tuple[Fraction, ...]:
        """z for every code: the value itself for one output, else digits and a rest in [0, 1/2]."""
        if not self.digits:
            return self.rest
        low, high = self.span
        scale = _HALF / (high - low) if high > low else _ZERO
        found = []
        for code, value in enumerate(self.rest):
            whole = sum(place * level.digits[code] for place, level in zip(self.places, self.digits, strict=True))
            found.append(whole + scale * (value - low))
        return tuple(found)


def stepped(
    targets: object,
    *,
    inputs: int,
    alpha: object = "1/4",
    step: object = 1,
    resolution: int | None = None,
    eps: object = None,
    domain: object = None,
) -> Construction:
    r"""A network of one stepped leaky ReLU, constant on the cells of a grid, near to the targets everywhere.

    .. math:: \sup_{x, k} |f_k(x) - \mathrm{net}_k(x)| \le \text{error\_bound}
       = \max_{\text{cells}} \tfrac{1}{2} \operatorname{osc} f_k \ (+ \text{half a level where outputs are digits})

    Parameters
    ----------
    targets : polynomial, pieces, sympy expression, or a list with one of these for every output
    inputs : int
    alpha : exact number
        Slope on the left: positive, not 1.
    step : exact number
        The jump at 0, positive.
    resolution : int
        N cells an input; or
    eps : exact number
        an error to be reached.
    domain : Polyhedron or intervals, optional
        A box; the unit cube by default.

    Raises
    ------
    Unsupported
        If alpha, step, resolution or eps is out of range, or not exactly one of the last two is given.
    BudgetExhausted
        If more than 2^16 cells would be needed.

    Notes
    -----
    Width max{2, inputs, outputs} (less for a constant); depth ``2(N-1) + 1 + 2c``, c being the number of codes whose
    value differs from that of the code before, ``N^dx - 1`` at most, and ``2(M_k - 1)`` more for every output but one,
    where M_k is its number of levels (at most 4N).  Mark: the uniform theorem is the paper's, the width and the
    construction are derived.

    Guarantee: exact (the bound; certified where a target is smooth).

    Source: [rochau2024].

    Examples
    --------
    >>> made = stepped({(1, 1): 1}, inputs=2, resolution=4)
    >>> made.error_bound, made.network.width, made.network.depth
    (Fraction(7, 32), 2, 37)
    >>> made.network("1/4", "1/3"), made.network("3/10", "1/2")
    ((Fraction(5, 32),), (Fraction(1, 4),))
    """
    s, goal, box = stepped_leaky(alpha, step), read_targets(targets, inputs), read_box(domain, inputs)
    table = make_table(goal, box, resolution, eps)
    network, plan = _network(box, table, s)
    bound = table.error
    n = table.grid.resolution
    return Construction(
        name="minimal-width/stepped",
        theorem="stepped leaky ReLUs in the sup norm: the paper's; width max{2, dx, dy} and the construction: derived",
        network=network,
        parts=_parts(box, table, s),
        claim=uniform_claim(network, goal, box, bound),
        error_bound=bound,
        norm="sup",
        plan=plan,
        facts={
            "resolution": n,
            "cells": table.grid.count,
            "changes": len(changes(table.numbers)),
            "alpha": s.alpha,
            "step": s.step,
            "levels": " ".join(str(level.count) for level in table.digits) or "none",
        },
    )


def make_table(goal: Targets, box: Box, resolution: object, eps: object) -> Table:
    """The values of all cells, at a resolution or for an error.

    Guarantee: certified; raises as `stepped`.

    Examples
    --------
    >>> unit = read_box(None, 1)
    >>> make_table(read_targets({(1,): 1}, 1), unit, None, "1/10").grid.resolution
    5
    """
    fixed, wanted = chosen(resolution, eps, len(box))
    nears = [near_enough(function, box, fixed or 1, wanted) for function in goal.functions]

    def at(n: int) -> Table:
        grid = even_grid(box, n)
        return _table(grid, [middles(near, grid) for near in nears], LEVELS * n, wanted)

    if fixed is None and wanted is not None:
        fixed = smallest_resolution(wanted, len(box), lambda n: at(n).error)
    return at(fixed or 1)


def _table(grid: Grid, found: Sequence[Middles], most: int, eps: Fraction | None) -> Table:
    """One output stays as it is: the one that would need most levels."""
    read = [levels(one.values, most) for one in found]
    costs = [level.count if level.values == one.values else most + 1 for level, one in zip(read, found, strict=True)]
    last = max(range(len(found)), key=lambda k: (costs[k], k))
    order = [k for k in range(len(found)) if k != last]
    errors = [found[k].errors_of(read[k].values) for k in order] + [found[last].error]
    return Table(grid, tuple(read[k] for k in order), (*order, last), found[last].values, shortened(max(errors), eps))


def encode(channels: Channels, grid: Grid, s: Stepped) -> None:
    """The inputs become one channel t in [i, i + 1/2] on cell i, after a layer of one neuron.

    Guarantee: exact.

    Examples
    --------
    >>> box = read_box(None, 2)
    >>> channels = Channels.of(box)
    >>> encode(channels, even_grid(box, 2), stepped_leaky("1/4", 1))
    >>> channels.depth, channels.network()("1/2", "1/4")
    (3, (Fraction(9, 8),))
    """
    n, size = grid.resolution, len(grid.axes)
    weights = [n**j for j in range(size)]
    delta = _flatness(grid)
    rows = []
    for j, axis in enumerate(grid.axes):
        scale = delta * n / (axis[-1] - axis[0])
        rows.append((-scale * axis[0], *(scale if k == j else _ZERO for k in range(size))))
    channels.affine(rows, [(_ZERO, delta * n)] * size)
    for i in range(1, n):
        jump(channels, s, {j: Jump(i - 1 + delta, 1 - delta) for j in range(size)})
    channels.affine([(_ZERO, *map(Fraction, weights))])
    unit, constant, factor = s.passing((_ZERO, _ONE), channels.ranges[0][0])
    channels.mark()
    channels.layer([unit], [(constant, factor)], list(channels.ranges))
    channels.mark()


def _flatness(grid: Grid) -> Fraction:
    """How much of N x is left of an input on a cell: a power of 2, so that t moves by at most 1/2 there."""
    total = sum(grid.resolution**j for j in range(len(grid.axes)))
    return Fraction(1, 2 * total) if not total & (total - 1) else Fraction(1, 2 << total.bit_length())


def remember(channels: Channels, numbers: Sequence[Fraction], s: Stepped) -> None:
    """From t to ``z = numbers[i]`` on [i, i + 1/2]: t jumps by 1 between the codes, and z is sheared along.

    Guarantee: exact.

    Examples
    --------
    >>> channels = Channels.of([(Fraction(0), Fraction(3, 2))])
    >>> remember(channels, [Fraction(5), Fraction(-7)], stepped_leaky("1/4", 1))
    >>> channels.network()("1/2"), channels.network()(1)
    ((Fraction(5, 1),), (Fraction(-7, 1),))
    """
    span = min(numbers), max(numbers)
    channels.affine([(_ZERO, _ONE), (numbers[0], _ZERO)], [channels.ranges[0], (numbers[0], numbers[0])])
    for jumped, i in enumerate(changes(numbers)):
        cut = i - Fraction(1, 4) + jumped
        jump(channels, s, {0: Jump(cut, _ONE)}, {1: Shear(0, numbers[i] - numbers[i - 1], span)})
    channels.affine([(_ZERO, _ZERO, _ONE)], [channels.ranges[1]])


def read_off(channels: Channels, table: Table, s: Stepped) -> None:
    """From z to the outputs: every digit but the rest is counted by jumps of z.

    Guarantee: exact.
    """
    rest = sum(place * (level.count - 1) for place, level in zip(table.places, table.digits, strict=True)) + _HALF
    for place, level in zip(table.places, table.digits, strict=True):
        count = len(channels.ranges)  # digits so far, then z
        rows = [_unit(count, k) for k in range(count)]
        channels.affine([*rows, (_ZERO,) * (count + 1)], [*channels.ranges, (_ZERO, _ZERO)])
        for i in range(1, level.count):
            cut = i * place - Fraction(1, 4) + (i - 1)
            jump(channels, s, {count - 1: Jump(cut, _ONE)}, {count: Shear(count - 1, _ONE, (_ZERO, Fraction(i)))})
        rest -= place * (level.count - 1)
        back = list(_unit(count + 1, count - 1))
        back[count + 1] = -Fraction(place + 1)
        digits = [_unit(count + 1, k) for k in range(count - 1)]
        known = channels.ranges[: count - 1]
        channels.affine(
            [*digits, _unit(count + 1, count), tuple(back)],
            [*known, (_ZERO, Fraction(level.count - 1)), (_ZERO, Fraction(rest))],
        )
    _scale(channels, table)


def _scale(channels: Channels, table: Table) -> None:
    """From digits and rest to the values, in the order of the outputs."""
    if not table.digits:
        return
    count = len(table.order)
    low, high = table.span
    rows: list[tuple[Fraction, ...]] = [()] * count
    for place, output in enumerate(table.order):
        first, factor = (
            (table.digits[place].first, table.digits[place].spacing) if place < count - 1 else (low, 2 * (high - low))
        )
        rows[output] = (first, *(factor * entry for entry in _unit(count, place)[1:]))
    channels.affine(rows)


def _unit(count: int, place: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(int(k == place + 1)) for k in range(count + 1))


def _network(box: Box, table: Table, s: Stepped) -> tuple[Network, Plan]:
    channels = Channels.of(box)
    encode(channels, table.grid, s)
    narrow = channels.depth - 1
    remember(channels, table.numbers, s)
    read_off(channels, table, s)
    axes = table.grid.axes
    flats = tuple((True,) * (len(axis) - 1) for axis in axes)
    return channels.network(), Plan(axes, flats, tuple(channels.joints), (narrow,))


def _parts(box: Box, table: Table, s: Stepped) -> tuple[Part, ...]:
    encoder = Channels.of(box)
    encode(encoder, table.grid, s)
    latent = encoder.ranges[0]
    memorizer = Channels.of([latent])
    remember(memorizer, table.numbers, s)
    parts = [Part("encoder", encoder.network("t"), box), Part("memorizer", memorizer.network("z"), (latent,))]
    if table.digits:
        decoder = Channels.of(memorizer.ranges)
        read_off(decoder, table, s)
        parts.append(Part("decoder", decoder.network(), tuple(memorizer.ranges)))
    return tuple(parts)
