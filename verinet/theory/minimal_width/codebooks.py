"""What a memorizer writes for each cell, and how a decoder makes the outputs of it.

One output: its value, over a common unit.  Several: digits and a rest, or one output made so fine that it tells which
cell it came from, a clock, by which a step shear writes all the others (the clock trick; derived, without bit
extraction); whichever takes fewer layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from math import gcd, lcm

from verinet.theory.minimal_width.channels import Channels
from verinet.theory.minimal_width.leaky_steps import (
    Step,
    clock_values,
    digit_weights,
    digits,
    step_shear,
)
from verinet.theory.minimal_width.rounding import power_below

__all__ = ["Clock", "Codebook", "Digits", "Scaled", "codebook"]

#: Digits have at most this many values an interval of an axis.
LEVELS = 4


@dataclass(frozen=True, slots=True)
class Scaled:
    """One output, a multiple of the code: no hidden layer.  Guarantee: exact."""

    unit: Fraction
    kind = "affine"
    depth = 0

    def decode(self, channels: Channels, alpha: Fraction) -> None:
        """Turn the code into the output."""
        channels.affine([(Fraction(0), self.unit)])


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits of the code, then the rest: each an arithmetic progression of values of one output.

    Parameters
    ----------
    counts : tuple of int
        Of the values of each digit.
    scales : tuple of (Fraction, Fraction)
        First value and spacing, for the digits and then the rest, which lies in [0, 1].
    order : tuple of int
        Which output each of them is.

    Guarantee: exact.
    """

    counts: tuple[int, ...]
    scales: tuple[tuple[Fraction, Fraction], ...]
    order: tuple[int, ...]
    kind = "digits"

    @property
    def depth(self) -> int:
        """Hidden layers."""
        return 2 * sum(count - 1 for count in self.counts)

    def decode(self, channels: Channels, alpha: Fraction) -> None:
        """Turn the code into the outputs."""
        digits(channels, alpha, self.counts, Fraction(1))
        size = len(self.order)
        rows: list[tuple[Fraction, ...]] = [()] * size
        for place, (output, (first, spacing)) in enumerate(zip(self.order, self.scales, strict=True)):
            rows[output] = (first, *(spacing * int(j == place) for j in range(size)))
        channels.affine(rows)


@dataclass(frozen=True, slots=True)
class Clock:
    """The last output is the clock: at its values, all of them different, the other outputs change.

    Parameters
    ----------
    codes : tuple of Fraction
        In ascending order, the least is 0.
    others : tuple of tuple of Fraction
        The values of the other outputs at these.
    first, unit : Fraction
        The last output is first + unit * code.

    Guarantee: exact.
    """

    codes: tuple[Fraction, ...]
    others: tuple[tuple[Fraction, ...], ...]
    first: Fraction
    unit: Fraction
    kind = "clock"

    @property
    def depth(self) -> int:
        """Hidden layers."""
        return 2 * (len(self.codes) - 1)

    def decode(self, channels: Channels, alpha: Fraction) -> None:
        """Turn the code into the outputs.

        The climbs are the middle halves of the gaps: at codes the clock is then (1 + alpha)/2 times what it was.
        """
        size = len(self.others[0])
        zero = Fraction(0)
        channels.affine(
            [(zero, Fraction(1)), *((value, zero) for value in self.others[0])],
            [channels.ranges[0], *((value, value) for value in self.others[0])],
        )
        steps = []
        for i, (low, high) in enumerate(pairwise(self.codes)):
            quarter = (high - low) / 4
            changes = {k + 1: self.others[i + 1][k] - self.others[i][k] for k in range(size)}
            steps.append(Step(low + quarter, high - quarter, {k: change for k, change in changes.items() if change}))
        step_shear(channels, alpha, 0, steps)
        rows = [tuple(Fraction(int(j == k + 2)) for j in range(size + 2)) for k in range(size)]
        channels.affine([*rows, (self.first, self.unit * 2 / (1 + alpha), *(zero,) * size)])


@dataclass(frozen=True, slots=True)
class Codebook:
    """What the memorizer writes for each cell, the outputs that the decoder makes of it, and their reach.

    Parameters
    ----------
    codes : tuple of Fraction
    values : tuple of tuple of Fraction
        One row a cell, one entry an output.
    reach : tuple of Fraction
        The largest size of each output, over all codes and what lies between them.
    decoder : Scaled, Digits or Clock

    Guarantee: exact.
    """

    codes: tuple[Fraction, ...]
    values: tuple[tuple[Fraction, ...], ...]
    reach: tuple[Fraction, ...]
    decoder: Scaled | Digits | Clock

    @property
    def changes(self) -> int:
        """How often the code changes from a cell to the next: two layers of the memorizer each."""
        return sum(a != b for a, b in pairwise(self.codes))


def codebook(wanted: Sequence[Sequence[Fraction]], units: Sequence[Fraction], resolution: int) -> Codebook:
    """Choose codes for wanted values, one row an output.

    Parameters
    ----------
    wanted : sequence of sequences of Fraction
        For each output the value wanted in each cell.
    units : sequence of Fraction
        What each output may be rounded to; 0 for not at all.
    resolution : int
        N: digits have at most 4 N values.

    Guarantee: exact (the values are those the decoder makes; that they are near to the wanted ones, the error says).

    Examples
    --------
    >>> half = Fraction(1, 2)
    >>> codebook([[0 * half, 2 * half, half]], [half / 2], 3).codes
    (Fraction(0, 1), Fraction(2, 1), Fraction(1, 1))
    """
    rounded = [[_rounded(v, unit) for v in row] for row, unit in zip(wanted, units, strict=True)]
    if len(rounded) == 1:
        return _scaled(rounded[0])
    by_digits = _digits(wanted, rounded, LEVELS * resolution)
    if by_digits.decoder.depth <= 2 * (len(rounded[0]) - 1):
        return by_digits
    return _clock(wanted[-1], rounded, units[-1])


def _scaled(row: Sequence[Fraction]) -> Codebook:
    unit = _spacing([*row, Fraction(0)])
    codes = tuple(v / unit for v in row)
    return Codebook(codes, tuple((v,) for v in row), (max(map(abs, row)),), Scaled(unit))


def _digits(wanted: Sequence[Sequence[Fraction]], rounded: Sequence[Sequence[Fraction]], most: int) -> Codebook:
    """Every output but the one that needs most levels is a digit; that one is the rest."""
    needed = [_levels(row) for row in rounded]
    size = len(rounded)
    last = max(range(size), key=lambda k: (needed[k], k))
    order = sorted((k for k in range(size) if k != last), key=lambda k: (needed[k], k))  # constants first
    counts, scales, columns = [], [], []
    for k in order:
        count, first, spacing, column = _progression(wanted[k], rounded[k], needed[k], most)
        counts.append(count)
        scales.append((first, spacing))
        columns.append(column)
    low, span = min(rounded[last]), max(rounded[last]) - min(rounded[last]) or Fraction(1)
    scales.append((low, span))
    columns.append([(v - low) / span for v in rounded[last]])
    decoder = Digits(tuple(counts), tuple(scales), (*order, last))
    weights = (*digit_weights(counts, Fraction(1)), Fraction(1))
    codes = tuple(
        sum((w * column[i] for w, column in zip(weights, columns, strict=True)), start=Fraction(0))
        for i in range(len(rounded[0]))
    )
    values = [[Fraction(0)] * size for _ in codes]
    for output, (first, spacing), column in zip(decoder.order, scales, columns, strict=True):
        for i, digit in enumerate(column):
            values[i][output] = first + spacing * digit
    # the rest leaves [0, 1] by a quarter of its unit where a digit changes
    ends = {
        output: (first, first + spacing * (count - 1))
        for output, (first, spacing), count in zip(order, scales, counts, strict=False)
    }
    ends[last] = (low - span / 4, low + span * 5 / 4)
    reach = tuple(max(abs(ends[k][0]), abs(ends[k][1])) for k in range(size))
    return Codebook(codes, tuple(map(tuple, values)), reach, decoder)


def _progression(
    wanted: Sequence[Fraction], rounded: Sequence[Fraction], needed: int, most: int
) -> tuple[int, Fraction, Fraction, list[Fraction]]:
    """How many values a digit has, their first and spacing, and the digit in each cell."""
    low, high = min(rounded), max(rounded)
    if needed <= most:
        spacing = _spacing([v - low for v in rounded])
        return needed, low, spacing, [(v - low) / spacing for v in rounded]
    coarse = power_below((high - low) / (most - 1)) / 16
    spacing = -(-(high - low) / (most - 1) // coarse) * coarse
    digit = [Fraction(min(max(round((v - low) / spacing), 0), most - 1)) for v in wanted]
    return most, low, spacing, digit


def _clock(wanted: Sequence[Fraction], rounded: Sequence[Sequence[Fraction]], unit: Fraction) -> Codebook:
    size = len(rounded)
    scale = unit or power_below(max(max(row) - min(row) for row in rounded) / (16 * len(wanted)) or Fraction(1))
    fine = clock_values(wanted, scale)
    first = min(fine)
    step = _spacing([q - first for q in fine])
    codes = tuple((q - first) / step for q in fine)
    order = sorted(range(len(codes)), key=lambda i: codes[i])
    others = tuple(tuple(rounded[k][i] for k in range(size - 1)) for i in order)
    values = tuple((*(rounded[k][i] for k in range(size - 1)), fine[i]) for i in range(len(codes)))
    reach = (*(max(map(abs, rounded[k])) for k in range(size - 1)), max(abs(first), abs(max(fine))))
    return Codebook(codes, values, reach, Clock(tuple(codes[i] for i in order), others, first, step))


def _rounded(value: Fraction, unit: Fraction) -> Fraction:
    return round(value / unit) * unit if unit else value


def _spacing(values: Sequence[Fraction]) -> Fraction:
    """The largest number of which all are multiples; 1 if all are 0."""
    over = lcm(*(v.denominator for v in values))
    return Fraction(reduce(gcd, (int(v * over) for v in values), 0) or over, over)


def _levels(row: Sequence[Fraction]) -> int:
    low = min(row)
    return int((max(row) - low) / _spacing([v - low for v in row])) + 1
