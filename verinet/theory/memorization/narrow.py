r"""Width d + 1: one function of d inputs, near to its target in L^p.

That ReLU networks of width d + 1 are dense in L^p is the paper's (Hernandez, Zuazua 2024 [hernandez2024]); the layers
and the bound are derived.  With K cells an input:

1. Encoder, 2(K-1) layers: every input is hinged in place, ``x_j <- relu(x_j - ..)``, while one more channel collects
   ``t = sum K^(j-1) floor(K x_j)`` by ramps of width delta, then a layer of one neuron.
2. Memorizer, at most K^d - 1 layers of width 2: the chain of hinges through (code, value), which interpolates.

Outside of the ramps the output is constant on every cell, and it is never beyond the values.  With v_i on cell i:

.. math:: \|f - net\|_p^p \le \sum_i \int_{cell_i} |f - v_i|^p + |ramps| (\max_i |v_i| + \|f\|_\infty)^p
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet.claims.plans import Plan
from verinet.errors import Unsupported
from verinet.networks.activations import RELU
from verinet.networks.network import Interval, Network
from verinet.theory.construction import Construction, Part
from verinet.theory.memorization.chains import depth_of, interpolate, runs_of
from verinet.theory.minimal_width.channels import Channels, Unit
from verinet.theory.minimal_width.coded_values import chosen, smallest_resolution
from verinet.theory.minimal_width.coding import check_power, claimed_error, plan_of, wanted_bad
from verinet.theory.minimal_width.functions import Box, Near, read_box, read_targets
from verinet.theory.minimal_width.good_cells import GoodCells, even_cells, root_of
from verinet.theory.minimal_width.middles import near_enough
from verinet.theory.minimal_width.rounding import power_below, root_above, short
from verinet.work import keep_going

__all__ = ["Ramps", "Table", "narrow"]

_ZERO, _ONE = Fraction(0), Fraction(1)
#: A value may be rounded by this share of the error that the cells make.
ROUNDING = 64


@dataclass(frozen=True, slots=True)
class Ramps:
    """K cells of [0, 1], all but the last ending in a ramp of width delta.

    Parameters
    ----------
    cells : int
    delta : Fraction
        Between 0 and 1/K.

    Examples
    --------
    >>> Ramps(2, Fraction(1, 8)).flats
    ((Fraction(0, 1), Fraction(3, 8)), (Fraction(1, 2), Fraction(1, 1)))

    Guarantee: exact.
    """

    cells: int
    delta: Fraction

    @property
    def flats(self) -> tuple[Interval, ...]:
        """Where the code is constant."""
        ends = [Fraction(k, self.cells) for k in range(self.cells + 1)]
        last = self.cells - 1
        return tuple((ends[k], ends[k + 1] - (self.delta if k < last else 0)) for k in range(self.cells))

    def on(self, box: Box) -> GoodCells:
        """The flats along every input of a box."""
        rows = (tuple((low + (high - low) * a, low + (high - low) * b) for a, b in self.flats) for low, high in box)
        return GoodCells(box, tuple(rows))


@dataclass(frozen=True, slots=True)
class Table:
    """The ramps, a value for every cell, and the bound.

    Parameters
    ----------
    ramps : Ramps
    cells : GoodCells
    values : tuple of Fraction
    good, bad : Fraction
        The p-th power of the error on the good cells, and its bound elsewhere.
    error : Fraction
        A bound of the error itself.

    Guarantee: exact (certified where the target is smooth).
    """

    ramps: Ramps
    cells: GoodCells
    values: tuple[Fraction, ...]
    good: Fraction
    bad: Fraction
    error: Fraction


def narrow(
    targets: object,
    *,
    inputs: int,
    resolution: int | None = None,
    eps: object = None,
    p: int = 2,
    domain: object = None,
) -> Construction:
    r"""A ReLU network of width d + 1, constant on cells that fill almost all of a box, near to the target in L^p.

    .. math:: (\int |f - net|^p)^{1/p} \le \text{error\_bound}

    Parameters
    ----------
    targets : polynomial, pieces or sympy expression
        One function; a list of one is allowed.
    inputs : int
        d.
    resolution : int
        K cells an input; or
    eps : exact number
        an error to be reached.
    p : int
        Even.
    domain : Polyhedron or intervals, optional
        A box; the unit cube by default.

    Raises
    ------
    Unsupported
        If there are several outputs, p, resolution or eps is out of range, or not exactly one of the last two is given.
    BudgetExhausted
        If more than 2^16 cells would be needed.

    Notes
    -----
    Depth ``2(K-1) + 1 + c``, where c <= K^d - 1 counts the changes of the value from a code to the next (and a layer
    for every inner run of equal values).  Mark: the width is the paper's, the construction and the bound derived.

    Guarantee: exact (the bound; certified where the target is smooth).

    Source: [hernandez2024].

    Examples
    --------
    >>> made = narrow({(1, 1): 1}, inputs=2, resolution=4)
    >>> made.network.width, made.network.depth, float(made.error_bound) < 0.08
    (3, 22, True)
    >>> made.network("1/8", "1/3")
    (Fraction(3, 64),)
    """
    goal, box, power = read_targets(targets, inputs), read_box(domain, inputs), check_power(p)
    if len(goal) != 1:
        raise Unsupported(
            f"width d + 1 is for one output, got {len(goal)} targets",
            fix="take one target at a time, or minimal-width/leaky, of width max(2, inputs, outputs)",
        )
    fixed, wanted = chosen(resolution, eps, inputs)
    near = near_enough(goal.functions[0], box, fixed or 1, wanted)
    if fixed is None and wanted is not None:
        fixed = smallest_resolution(wanted, inputs, lambda n: make_table(near, box, n, power, wanted).error)
    table = make_table(near, box, fixed or 1, power, wanted)
    network, plan = _network(box, table)
    return Construction(
        name="memorization/narrow",
        theorem="width d + 1 in L^p: the paper's; the construction and its bound: derived",
        network=network,
        parts=_parts(box, table),
        claim=claimed_error(network, goal, [near], box, power, table.error),
        error_bound=table.error,
        norm=f"L{power}",
        plan=plan,
        facts=_facts(table, inputs),
    )


def make_table(near: Near, box: Box, resolution: int, p: int, eps: Fraction | None) -> Table:
    """Choose values, then ramps so narrow that they add at most half of the error, or what an eps leaves.

    Where all values are equal there is one cell.

    Guarantee: exact.

    Examples
    --------
    >>> unit = read_box(None, 1)
    >>> near = near_enough(read_targets({(1,): 1}, 1).functions[0], unit, 2, None)
    >>> make_table(near, unit, 2, 2, None).values
    (Fraction(1, 4), Fraction(3, 4))
    """
    even = even_cells(box, resolution)
    means = _means(near, even)
    unit = _unit(near, even, means, p)
    values = tuple(short(mean, unit) if unit else mean for mean in means)
    if resolution > 1 and len(set(values)) == 1:  # a constant network needs no ramps
        return make_table(near, box, 1, p, eps)
    good = _good(near, even, values, p)
    reach = (max(map(abs, values)) + near.coefficient_bound) ** p
    budget = None if eps is None else max(eps - near.shift(p), _ZERO) ** p
    wanted = wanted_bad(good, reach, even.volume, resolution, p, budget)
    count = (resolution - 1) * len(box)
    share = wanted / (even.volume * count) if count else _ONE
    ramps = Ramps(resolution, power_below(min(share, Fraction(1, 2 * resolution))))
    cells = ramps.on(box)
    good = _good(near, cells, values, p)
    bad = cells.bad * reach
    return Table(ramps, cells, values, good, bad, root_of(good + bad, [near], p, eps))


def _means(near: Near, cells: GoodCells) -> list[Fraction]:
    found = []
    for cell in cells:
        keep_going()
        found.append(near.mean(cell))
    return found


def _good(near: Near, cells: GoodCells, values: Sequence[Fraction], p: int) -> Fraction:
    total = _ZERO
    for cell, value in zip(cells, values, strict=True):
        keep_going()
        total += near.integral(cell, value, p)
    return total


def _unit(near: Near, cells: GoodCells, means: Sequence[Fraction], p: int) -> Fraction:
    """How far a value may be rounded: a share of the error that constants make; 0 if they make none."""
    power = _good(near, cells, means, p)
    return root_above(power / cells.volume, p) / ROUNDING if power else _ZERO


def encode(channels: Channels, ramps: Ramps) -> None:
    """The inputs become one channel t, their code wherever no input is on a ramp.

    Guarantee: exact.

    Examples
    --------
    >>> channels = Channels.of(read_box(None, 2))
    >>> encode(channels, Ramps(3, Fraction(1, 9)))
    >>> channels.width, channels.depth, channels.network()("1/2", 1), channels.network()("5/18", 0)
    (3, 4, (Fraction(7, 1),), (Fraction(1, 2),))
    """
    size, count, delta = len(channels.ranges), ramps.cells, ramps.delta
    steps = tuple(Fraction(count**j) for j in range(size))
    rows = []
    for j, (low, high) in enumerate(channels.ranges):
        factor = 1 / (high - low)
        rows.append((-low * factor, *(factor * int(k == j) for k in range(size))))
    channels.affine(rows, [(_ZERO, _ONE)] * size)
    if count == 1:
        channels.affine([(_ZERO,) * (size + 1)], [(_ZERO, _ZERO)])
        return
    total = sum(steps, start=_ZERO)
    for k in range(1, count):
        start = Fraction(k, count) - delta
        hinge = start if k == 1 else start - Fraction(k - 1, count)
        _hinge(channels, size, hinge, (k > 1, (_ZERO, (k - 1) * total)), _ONE - start)
        _ramp(channels, size, [step / delta for step in steps], delta, (k > 1, (_ZERO, k * total)))
    channels.affine([(_ZERO,) * (size + 1) + (_ONE,)], [(_ZERO, (count - 1) * total)])


def _hinge(channels: Channels, size: int, distance: Fraction, known: tuple[bool, Interval], reach: Fraction) -> None:
    """Every input moves on, while the code waits; before the first ramp there is none."""
    coded, span = known
    units: list[Unit] = [((-distance, *_unit_row(size + coded, j)), RELU) for j in range(size)]
    if coded:
        units.append(((_ZERO, *_unit_row(size + 1, size)), RELU))
    forms = [(_ZERO, *_unit_row(size + coded, j)) for j in range(size + coded)]
    channels.mark()
    channels.layer(units, forms, [(_ZERO, reach)] * size + [span] * coded)


def _ramp(
    channels: Channels, size: int, slopes: Sequence[Fraction], delta: Fraction, known: tuple[bool, Interval]
) -> None:
    """The code collects the ramps of all inputs, which move to the ends of theirs."""
    coded, span = known
    units: list[Unit] = [((-delta, *_unit_row(size + coded, j)), RELU) for j in range(size)]
    units.append(((_ZERO, *slopes, *([_ONE] * coded)), RELU))
    forms = [(_ZERO, *_unit_row(size + 1, j)) for j in range(size)]
    forms.append((_ZERO, *(-slope for slope in slopes), _ONE))
    reach = channels.ranges[0][1] - delta
    channels.mark()
    channels.layer(units, forms, [(_ZERO, reach)] * size + [span])


def _unit_row(size: int, place: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(int(k == place)) for k in range(size))


def bottleneck(channels: Channels) -> None:
    """A layer of one neuron, which passes the code on: the network can be cut there.  Guarantee: exact."""
    channels.mark()
    channels.layer([((_ZERO, _ONE), RELU)], [(_ZERO, _ONE)], list(channels.ranges))


def remember(channels: Channels, values: Sequence[Fraction]) -> None:
    """From the code to the value.  Guarantee: exact."""
    interpolate(channels, [Fraction(k) for k in range(len(values))], values)


def _network(box: Box, table: Table) -> tuple[Network, Plan]:
    channels = Channels.of(box)
    encode(channels, table.ramps)
    narrow_at: list[int] = []
    if table.ramps.cells > 1:
        narrow_at.append(channels.depth)
        bottleneck(channels)
    remember(channels, table.values)
    return channels.network(), plan_of(channels, table.cells, narrow_at)


def _parts(box: Box, table: Table) -> tuple[Part, ...]:
    encoder = Channels.of(box)
    encode(encoder, table.ramps)
    memorizer = Channels.of(encoder.ranges)
    remember(memorizer, table.values)
    return (
        Part("encoder", encoder.network("t"), box),
        Part("memorizer", memorizer.network(), tuple(encoder.ranges)),
    )


def _facts(table: Table, inputs: int) -> dict[str, object]:
    codes = [Fraction(k) for k in range(len(table.values))]
    return {
        "resolution": table.ramps.cells,
        "cells": len(table.values),
        "ramp": table.ramps.delta,
        "encoder depth": 2 * (table.ramps.cells - 1),
        "memorizer depth": depth_of(runs_of(codes, table.values)),
        "promised width": inputs + 1,
        "bad measure": table.cells.bad,
        "error^p on good cells": table.good,
        "error^p elsewhere at most": table.bad,
    }
