r"""Levels one after the other: the values of Phi_l on the cells, each made of what the level before left over.

A correction is asked for the mean of f - Phi_(l-1) on its cell, Phi_(l-1) being what the decoders really gave: so their
errors do not add up.  The decoders' values are known within a `slack` that is far below them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet.errors import BudgetExhausted
from verinet.networks.network import Interval
from verinet.theory.layerwise_rates.ladder import ENTRY_BITS, Correction
from verinet.theory.layerwise_rates.local import Local
from verinet.theory.minimal_width.coded_values import MOST_CELLS, even_grid
from verinet.theory.minimal_width.functions import Near, power_below, short
from verinet.work import keep_going

__all__ = ["Level", "Table", "climbed", "exact_table", "grid_of"]

#: Bits to which a decoded value is kept; what lies below is slack.
KEPT_BITS = 96

#: From what is asked of the cells, each in [-1, 1]: the weight, what the second channel makes of it, and the slack.
Table = Callable[[Sequence[Fraction]], tuple[Fraction, tuple[Fraction, ...], Fraction]]


@dataclass(frozen=True, slots=True)
class Level:
    """One level: its correction, and Phi_l on every cell, within `slack`.

    Parameters
    ----------
    level : int
    correction : Correction
    values : tuple of Fraction
        In the order of the codes.
    slack : Fraction
        0 where the values are exact.
    residual : Fraction
        The largest correction that was asked for.

    Guarantee: certified (exact if the slack is 0).
    """

    level: int
    correction: Correction
    values: tuple[Fraction, ...]
    slack: Fraction
    residual: Fraction

    @property
    def table_bits(self) -> int:
        """The bits of the weight."""
        return max(self.correction.weight.numerator.bit_length(), self.correction.weight.denominator.bit_length())


def exact_table(asked: Sequence[Fraction]) -> tuple[Fraction, tuple[Fraction, ...], Fraction]:
    """``w = 0.e_0 e_1 ...`` in binary, `ENTRY_BITS` bits an entry: ``frac(2^(14 k) w)`` begins with e_k.

    Returns w, the values ``2 frac(2^(14 k) w) - 1`` and their slack; each is at most 2^-12 from what was asked.

    Guarantee: exact (within the slack, which is 0 for short tables).

    Examples
    --------
    >>> weight, values, slack = exact_table([Fraction(-1), Fraction(1, 2)])
    >>> values[1], slack, abs(values[0] + 1) < Fraction(1, 4096)
    (Fraction(1, 2), Fraction(0, 1), True)
    """
    top = (1 << ENTRY_BITS) - 1
    entries = [min(top, int((value + 1) / 2 * (top + 1))) for value in asked]
    text = "".join(format(entry, f"0{ENTRY_BITS}b") for entry in entries)
    weight = Fraction(int(text, 2), 1 << len(text))
    values = []
    for k in range(len(entries)):
        window = text[ENTRY_BITS * k : ENTRY_BITS * k + KEPT_BITS]
        values.append(2 * Fraction(int(window, 2), 1 << len(window)) - 1)
    slack = Fraction(0) if len(text) <= KEPT_BITS else Fraction(2, 1 << KEPT_BITS)
    return weight, tuple(values), slack


def grid_of(inputs: int, grid: int, level: int) -> Iterator[tuple[Interval, ...]]:
    """The cells of a level, by their codes: the first coordinate moves fastest.

    Guarantee: exact.

    Examples
    --------
    >>> [cell[0][0] for cell in grid_of(2, 2, 1)]
    [Fraction(0, 1), Fraction(1, 2), Fraction(0, 1), Fraction(1, 2)]
    """
    even = even_grid(((Fraction(0), Fraction(1)),) * inputs, grid**level)
    return (even.box(code) for code in range(even.count))


def climbed(near: Near, start: Fraction, inputs: int, grid: int, table: Table) -> Iterator[Level]:
    """The levels 1, 2, 3, ...

    Raises
    ------
    BudgetExhausted
        When a level has more than 2^16 cells, or more than the table takes.

    Guarantee: certified.
    """
    before: tuple[Fraction, ...] = (start,)
    slack, level, local = Fraction(0), 0, Local(near)
    while True:
        level += 1
        count = grid ** (inputs * level)
        if count > MOST_CELLS:
            raise BudgetExhausted(
                f"level {level} of a grid of {grid} in {inputs} inputs has {count} cells, the limit is {MOST_CELLS}",
                fix="take fewer levels or a smaller grid",
            )
        keep_going()
        parents = [before[code] for code in _parents(inputs, grid, level)]
        asked = [
            local.inside(cell).mean(cell) - old for cell, old in zip(grid_of(inputs, grid, level), parents, strict=True)
        ]
        residual = max(map(abs, asked))
        size = _size(residual)
        weight, found, lost = (
            table([value / size for value in asked]) if size else (Fraction(0), (Fraction(0),) * count, Fraction(0))
        )
        values = tuple(_kept(old + size * value) for old, value in zip(parents, found, strict=True))
        slack += size * lost + _rounding(parents, found, size, values)
        yield Level(level, Correction(weight, size), values, slack, residual)
        before = values


def _size(residual: Fraction) -> Fraction:
    """A short number, 9/8 of the largest correction or a little more; 0 if nothing is left to correct."""
    if not residual:
        return Fraction(0)
    unit = power_below(residual) / 64
    return -(-residual * Fraction(9, 8) // unit) * unit


def _kept(value: Fraction) -> Fraction:
    """The value itself if it is short, else rounded to `KEPT_BITS` bits."""
    return value if value.denominator.bit_length() <= 2 * KEPT_BITS else short(value, Fraction(1, 1 << (2 * KEPT_BITS)))


def _rounding(
    parents: Sequence[Fraction], found: Sequence[Fraction], size: Fraction, values: Sequence[Fraction]
) -> Fraction:
    """How far the kept values are from the sums."""
    gaps = (abs(a + size * b - c) for a, b, c in zip(parents, found, values, strict=True))
    return max(gaps, default=Fraction(0))


def _parents(inputs: int, grid: int, level: int) -> Iterator[int]:
    """For every code of a level, that of the cell before which it lies in."""
    fine, coarse = grid**level, grid ** (level - 1)
    for code in range(fine**inputs):
        rest, parent = code, 0
        for place in range(inputs):
            rest, digit = divmod(rest, fine)
            parent += (digit // grid) * coarse**place
        yield parent
