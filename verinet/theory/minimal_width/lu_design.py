"""Numbers of the invertible construction: cells, values, scales, and the error that they make, exactly.

The unit cube is cut into N^d cells; staircases send cell ``(i_1, ..., i_d)`` to the code ``i = sum N^(j-1) i_j``.  On
the flats of the staircases the network is affine, and nearly constant; what it is there is written down here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from verinet.claims.plans import Form
from verinet.networks.network import Interval
from verinet.theory.minimal_width.functions import Box, Near
from verinet.theory.minimal_width.invertible_steps import Flat
from verinet.theory.minimal_width.rounding import power_below, root_above, short
from verinet.work import keep_going

_ZERO, _ONE = Fraction(0), Fraction(1)
#: How much finer than a cell's oscillation the values are.
_FINE = 16
#: The share of the error that the risers may have.
_SHARE = 8
#: Around the codes' intervals [i, i + 1/2]: nothing bends within this distance.
_MARGIN = Fraction(1, 8)


@dataclass(frozen=True, slots=True)
class Stairs:
    """The staircases: N flats an input, each rising by `rise`, between them slopes ``alpha^-times`` as steep.

    The slope of a flat is such that flat and riser together have the length 1/N.

    Guarantee: exact.
    """

    box: Box
    alpha: Fraction
    resolution: int
    times: int
    rise: Fraction

    @property
    def slope(self) -> Fraction:
        """The slope of the flats."""
        return self.resolution * (self.rise + (1 - self.rise) * self.alpha**self.times)

    @property
    def riser(self) -> Fraction:
        """The length of a riser."""
        return (1 - self.rise) * self.alpha**self.times / self.slope

    @property
    def codes(self) -> int:
        """The number of cells."""
        return int(self.resolution ** len(self.box))

    @property
    def weights(self) -> tuple[int, ...]:
        """1, N, N^2, ...: what a step of each input is worth in the code."""
        return tuple(self.resolution**j for j in range(len(self.box)))

    @property
    def bad(self) -> Fraction:
        """The measure of what is not a product of flats."""
        return (1 - (1 - (self.resolution - 1) * self.riser) ** len(self.box)) * volume(self.box)

    def place(self, code: int) -> tuple[int, ...]:
        """The indices of a cell."""
        found = []
        for _ in self.box:
            code, index = divmod(code, self.resolution)
            found.append(index)
        return tuple(found)

    def axis(self, j: int) -> tuple[Fraction, ...]:
        """The ends of flats and risers along an input."""
        low, high = self.box[j]
        ends = [_ZERO]
        for i in range(1, self.resolution):
            ends += [Fraction(i, self.resolution) - self.riser, Fraction(i, self.resolution)]
        return tuple(low + (high - low) * end for end in (*ends, _ONE))

    def flat(self, code: int) -> Box:
        """The product of flats of a cell."""
        axes = [self.axis(j) for j in range(len(self.box))]
        return tuple((axis[2 * i], axis[2 * i + 1]) for axis, i in zip(axes, self.place(code), strict=True))

    def forms(self, code: int) -> tuple[Form, ...]:
        """What the staircases are on a product of flats, over (1, inputs)."""
        found = []
        for j, (i, (low, high)) in enumerate(zip(self.place(code), self.box, strict=True)):
            slope = self.slope / (high - low)
            start = i - slope * (low + (high - low) * Fraction(i, self.resolution))
            found.append((start, *(slope if k == j else _ZERO for k in range(len(self.box)))))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Values:
    """What the step shears add: for every output and code a number, and how the channels are scaled before.

    Parameters
    ----------
    added : tuple of tuple of Fraction
        One tuple an output, one number a code.  The first is added last, along the last output.
    scales : tuple of Fraction
        Output 1 starts as the clock times its scale, output j > 1 as staircase j times its scale.
    marks : tuple of Fraction
        The value of the last output at the beginning of every code's cell: all different.
    step : Fraction
        All marks are multiples of it.

    Guarantee: exact.
    """

    added: tuple[tuple[Fraction, ...], ...]
    scales: tuple[Fraction, ...]
    marks: tuple[Fraction, ...]
    step: Fraction

    def lower_flats(self) -> list[Flat]:
        """The step shear of outputs 2, ..., d along the code."""
        return [
            Flat(i - _MARGIN, i + Fraction(1, 2) + _MARGIN, tuple(row[i] for row in self.added[1:]))
            for i in range(len(self.marks))
        ]

    def upper_flats(self) -> list[Flat]:
        """The step shear of output 1 along output d."""
        order = sorted(range(len(self.marks)), key=lambda i: self.marks[i])
        eighth = self.step / 8
        return [Flat(self.marks[i] - eighth, self.marks[i] + 3 * eighth, (self.added[0][i],)) for i in order]


@dataclass(frozen=True, slots=True)
class Design:
    """Staircases, values, and the network's affine forms on the products of flats.

    Parameters
    ----------
    stairs : Stairs
    values : Values
    cells : tuple of (box, forms)
        One a code; the forms are over (1, inputs), one an output.
    good, bad : Fraction
        Upper bounds of the p-th power of the error on the flats and elsewhere, for polynomial targets exactly summed.
    p : int

    Guarantee: exact.
    """

    stairs: Stairs
    values: Values
    cells: tuple[tuple[Box, tuple[Form, ...]], ...]
    good: Fraction
    bad: Fraction
    p: int

    @property
    def error(self) -> Fraction:
        """A short number above the p-th root of good + bad."""
        return root_above(self.good + self.bad, self.p)


def designed(near: Sequence[Near], box: Box, alpha: Fraction, resolution: int, p: int) -> Design:
    """Choose all numbers for a resolution: the risers steep enough to have an eighth of the error at most.

    Guarantee: exact.
    """
    total = sum(resolution**j for j in range(len(box)))
    rise = power_below(Fraction(1, 2 * total)) if resolution > 1 else Fraction(1, 4)
    stairs = Stairs(box, alpha, resolution, 0, rise)
    means = _means(near, stairs)
    values = _values(means, stairs)
    reaches = [_reach(values, stairs, k) + f.coefficient_bound for k, f in enumerate(near)]
    worst = sum((reach**p for reach in reaches), _ZERO)
    whole = _whole_error(near, values, stairs, p)
    times = 1
    while True:
        stairs = Stairs(box, alpha, resolution, times, rise)
        # a flat of the code stays within its margin, and risers cost little
        if total * (1 - rise) * alpha**times <= _MARGIN and stairs.bad * worst * _SHARE <= whole:
            break
        times += 1
    shifts = bent_shifts(values.lower_flats(), alpha)
    cells = tuple((stairs.flat(code), _forms(values, stairs, code, shift)) for code, shift in enumerate(shifts))
    good = _ZERO
    for flat, forms in cells:
        keep_going()
        good += sum((f.integral(flat, form, p) for f, form in zip(near, forms, strict=True)), _ZERO)
    return Design(stairs, values, cells, good, stairs.bad * worst, p)


def volume(box: Sequence[Interval]) -> Fraction:
    """The volume of a box.  Guarantee: exact."""
    total = _ONE
    for low, high in box:
        total *= high - low
    return total


def bent_shifts(flats: Sequence[Flat], alpha: Fraction) -> list[Fraction]:
    """How far a step shear with these flats has moved its clock on each of them.  Guarantee: exact."""
    shifts = [_ZERO]
    for before, flat in pairwise(flats):
        change = before.values != flat.values
        shifts.append(shifts[-1] - (1 - alpha) * (flat.low - before.high) * change)
    return shifts


def _means(near: Sequence[Near], stairs: Stairs) -> list[list[Fraction]]:
    """The averages of the targets over whole cells."""
    found = []
    for f in near:
        row = []
        for code in range(stairs.codes):
            keep_going()
            row.append(f.mean(_cell(stairs, code)))
        found.append(row)
    return found


def _cell(stairs: Stairs, code: int) -> Box:
    n = stairs.resolution
    return tuple(
        (low + (high - low) * Fraction(i, n), low + (high - low) * Fraction(i + 1, n))
        for i, (low, high) in zip(stairs.place(code), stairs.box, strict=True)
    )


def _values(means: Sequence[Sequence[Fraction]], stairs: Stairs) -> Values:
    """Short values near the averages, the last output's all different."""
    spreads = [max(row) - min(row) for row in means]
    usual = max(spreads) or _ONE
    fine = [power_below((spread or usual) / (_FINE * stairs.resolution)) for spread in spreads]
    first = [short(v, fine[0] / 4) for v in means[0]]
    step, marks = distinct(means[-1], first, fine[-1])
    scales = [power_below(fine[0] / (8 * stairs.codes)), *(power_below(f / stairs.resolution) for f in fine[1:])]
    scales[-1] = step / 4
    added = [tuple(first)]
    for j in range(1, len(means)):
        wanted = marks if j == len(means) - 1 else [short(v, fine[j] / 4) for v in means[j]]
        # the staircase itself is i_j on the cell, and is taken off
        added.append(tuple(v - scales[j] * stairs.place(code)[j] for code, v in enumerate(wanted)))
    return Values(tuple(added), tuple(scales), tuple(marks), step)


def distinct(
    values: Sequence[Fraction], partners: Sequence[Fraction], accuracy: Fraction
) -> tuple[Fraction, list[Fraction]]:
    """Different multiples of one step, each within `accuracy` of its value, and in the order of the values.

    Values that fall together are told apart in the order of their partners.

    Guarantee: exact.

    Examples
    --------
    >>> distinct([Fraction(1), Fraction(0), Fraction(1)], [Fraction(2), Fraction(0), Fraction(1)], Fraction(1, 2))
    (Fraction(1, 2), [Fraction(3, 2), Fraction(0, 1), Fraction(1, 1)])
    """
    step = accuracy
    while True:
        keep_going()
        nearest = [round(v / step) for v in values]
        order = sorted(range(len(values)), key=lambda i: (nearest[i], partners[i]))
        found, last = [_ZERO] * len(values), nearest[order[0]] - 1
        for i in order:
            last = max(nearest[i], last + 1)
            found[i] = last * step
        if all(abs(a - b) <= accuracy for a, b in zip(found, values, strict=True)):
            return step, found
        step /= 2


def _forms(values: Values, stairs: Stairs, code: int, shift: Fraction) -> tuple[Form, ...]:
    """What the network is on a product of flats."""
    steps = stairs.forms(code)
    clock = _sum([(Fraction(w), form) for w, form in zip(stairs.weights, steps, strict=True)])
    first = _sum([(values.scales[0], clock)], values.added[0][code] + values.scales[0] * shift)
    rest = [
        _sum([(scale, form)], row[code])
        for scale, form, row in zip(values.scales[1:], steps[1:], values.added[1:], strict=True)
    ]
    return (first, *rest)


def _sum(parts: Sequence[tuple[Fraction, Form]], constant: Fraction = _ZERO) -> Form:
    size = len(parts[0][1])
    entries = [sum((factor * form[k] for factor, form in parts), _ZERO) for k in range(size)]
    return (entries[0] + constant, *entries[1:])


def _reach(values: Values, stairs: Stairs, k: int) -> Fraction:
    """The largest size that output k may have anywhere in the box."""
    top = Fraction(stairs.codes if k == 0 else stairs.resolution)
    low, high = min(values.added[k]), max(values.added[k]) + values.scales[k] * top
    return max(abs(low), abs(high))


def _whole_error(near: Sequence[Near], values: Values, stairs: Stairs, p: int) -> Fraction:
    """About the p-th power of the error on all cells, for the choice of the risers."""
    total = _ZERO
    for k, f in enumerate(near):
        rows = values.marks if k == len(near) - 1 else values.added[k]
        for code in range(stairs.codes):
            keep_going()
            total += f.integral(_cell(stairs, code), Fraction(rows[code]), p)
        # the channel's own slope
        total += (values.scales[k] ** p) * volume(stairs.box)
    return total
