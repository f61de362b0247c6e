"""What every search on the line returns: points in order, cells between them, exact data on demand."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, inf
from typing import Any

import numpy as np
import numpy.typing as npt

from verinet.regions.line_layers import Floats, Point

Flags = npt.NDArray[np.bool_]
#: An affine map in integers: slopes, intercepts and their positive common denominator, in lowest terms.
Form = tuple[tuple[int, ...], tuple[int, ...], int]


@dataclass(frozen=True, eq=False)
class LineCells(ABC):
    """The points of a line in ascending order, its two ends included, and the cells between neighbours.

    Parameters
    ----------
    active : array of bool, one a point
        Whether the point is an activation breakpoint (an end is not; a point may only be there for the search).
    bent : array of bool, one a point
        Whether the point is a breakpoint of the outputs.

    Guarantee: exact, but for the enclosures, which are certified.
    """

    active: Flags
    bent: Flags

    @abstractmethod
    def points(self, which: Sequence[int]) -> list[Point]:
        """The exact points with these indices."""

    @abstractmethod
    def forms(self, which: Sequence[int]) -> list[Form]:
        """The exact affine maps on the cells with these indices (cell k is between the points k and k + 1)."""

    @abstractmethod
    def enclosures(self) -> tuple[Floats, Floats]:
        """Floats below and above every point."""

    @property
    def is_continuous(self) -> bool:
        """Whether no activation jumps."""
        return True

    def distinct_forms(self, which: Sequence[int]) -> int:
        """The number of different affine maps among those on these cells."""
        return len(set(self.forms(which)))

    @abstractmethod
    def states(self) -> tuple[Any, ...]:
        """For every hidden layer the states of its units, shape (cells, units)."""


def rational_point(point: Point) -> Fraction | float:
    """The number x = X / w, or an infinity.

    Guarantee: exact.

    Examples
    --------
    >>> rational_point((1, 2)), rational_point((-1, 0))
    (Fraction(1, 2), -inf)
    """
    x, w = point
    if w == 0:
        return inf if x > 0 else -inf
    return Fraction(x, w)


def form_through(a: Sequence[int], b: Sequence[int]) -> Form:
    """The affine map through two different columns (w, X, values).

    Guarantee: exact.

    Examples
    --------
    >>> form_through([1, 0, 1], [2, 2, 8])
    ((3,), (1,), 1)
    """
    wa, xa, wb, xb = a[0], a[1], b[0], b[1]
    over = xb * wa - xa * wb
    slopes = [q * wa - p * wb for p, q in zip(a[2:], b[2:], strict=True)]
    intercepts = [xb * p - xa * q for p, q in zip(a[2:], b[2:], strict=True)]
    common = gcd(over, *slopes, *intercepts)
    if common > 1:
        over //= common
        slopes, intercepts = [s // common for s in slopes], [c // common for c in intercepts]
    return tuple(slopes), tuple(intercepts), over
