"""The good set of a coding scheme: the products of flats, what is outside of them, and the errors there.

With v_i the outputs on cell i, Y_k the largest size of output k and P_k a bound of the size of f_k,

    error^p <= sum_i sum_k int_{cell i} |f_k - v_ik|^p  +  |bad| sum_k (Y_k + P_k)^p.

Derived.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod

from verinet.networks.network import Interval
from verinet.theory.minimal_width.functions import Box, Near
from verinet.theory.minimal_width.rounding import root_above
from verinet.theory.minimal_width.staircases import Staircase

__all__ = ["GoodCells", "even_cells", "root_of", "stairs_cells"]


@dataclass(frozen=True, slots=True)
class GoodCells:
    """Flats along every input of a box.

    Parameters
    ----------
    box : tuple of (Fraction, Fraction)
    flats : tuple of tuple of (Fraction, Fraction)
        One row an input.

    Examples
    --------
    >>> cells = even_cells(((Fraction(0), Fraction(1)),) * 2, 2)
    >>> [cell[0][0] for cell in cells], cells.bad
    ([Fraction(0, 1), Fraction(1, 2), Fraction(0, 1), Fraction(1, 2)], Fraction(0, 1))

    Guarantee: exact.
    """

    box: Box
    flats: tuple[tuple[Interval, ...], ...]

    def __iter__(self) -> Iterator[Box]:
        """The cells by their codes ``k_0 + N k_1 + ...``: the first input moves fastest."""
        for cell in product(*reversed(self.flats)):
            yield tuple(reversed(cell))

    @property
    def volume(self) -> Fraction:
        """Of the box."""
        return prod((high - low for low, high in self.box), start=Fraction(1))

    @property
    def bad(self) -> Fraction:
        """The measure of what lies in no cell."""
        sides = (sum((high - low for low, high in row), start=Fraction(0)) for row in self.flats)
        return self.volume - prod(sides, start=Fraction(1))


def even_cells(box: Box, resolution: int) -> GoodCells:
    """N equal cells along every input, nothing left out: what many repetitions come near to.  Guarantee: exact."""
    return _scaled(box, tuple((Fraction(i, resolution), Fraction(i + 1, resolution)) for i in range(resolution)))


def stairs_cells(box: Box, stairs: Staircase) -> GoodCells:
    """The flats of one staircase along every input.  Guarantee: exact."""
    return _scaled(box, stairs.flats)


def _scaled(box: Box, unit: Sequence[Interval]) -> GoodCells:
    rows = [tuple((low + (high - low) * a, low + (high - low) * b) for a, b in unit) for low, high in box]
    return GoodCells(box, tuple(rows))


def root_of(power: Fraction, nears: Sequence[Near], p: int, eps: Fraction | None = None) -> Fraction:
    """A short number above the p-th root of an error, with what the distances of smooth targets add; eps if that holds.

    Guarantee: exact.
    """
    shift = sum((near.shift(p) for near in nears), start=Fraction(0))
    found = root_above(power, p) + shift
    return eps if eps is not None and eps < found and eps >= shift and (eps - shift) ** p >= power else found
