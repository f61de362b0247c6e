"""The middle of a function's range on every cell of a grid, and how far the function is from it there.

A network that is constant on cells can do no better than half of the oscillation; what is found here is that, exactly
where Bernstein's form is exact (multi-affine and monotone polynomials), else a certified bound a little above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from verinet.theory.minimal_width.coded_values import Box, Grid, middle
from verinet.theory.minimal_width.functions import Near, Target, power_below
from verinet.work import keep_going

#: How near the polynomials are to a smooth function, as a share of what a cell will cost.
SHARE = 64
_COARSE = Fraction(1, 16)


@dataclass(frozen=True, slots=True)
class Middles:
    """For one output and every code: the middle of the function's range on the cell, and the error against it.

    Guarantee: certified (exact for multi-affine polynomials).
    """

    near: Near
    grid: Grid
    values: tuple[Fraction, ...]
    errors: tuple[Fraction, ...]

    @property
    def error(self) -> Fraction:
        """The largest error of all cells."""
        return max(self.errors)

    def errors_of(self, values: tuple[Fraction, ...]) -> Fraction:
        """The largest error where a cell has another value.  Guarantee: certified."""
        if values == self.values:
            return self.error
        grid, near = self.grid, self.near
        return max(near.largest_error(grid.box(code), value) for code, value in enumerate(values))


def middles(near: Near, grid: Grid) -> Middles:
    """The middles of all cells.

    Guarantee: certified (exact for multi-affine polynomials).

    Examples
    --------
    >>> from verinet.theory.minimal_width.coded_values import even_grid
    >>> from verinet.theory.minimal_width.functions import read_box, read_targets
    >>> box = read_box(None, 2)
    >>> found = middles(read_targets({(1, 1): 1}, 2).functions[0].near(box), even_grid(box, 4))
    >>> found.error, found.values[:2]
    (Fraction(7, 32), (Fraction(1, 32), Fraction(1, 16)))
    """
    values, errors = [], []
    for code in range(grid.count):
        keep_going()
        low, high = near.extremes(grid.box(code))
        value = middle(low, high)
        values.append(value)
        errors.append(max(high - value, value - low))
    return Middles(near, grid, tuple(values), tuple(errors))


def near_enough(target: Target, box: Box, resolution: int, eps: Fraction | None) -> Near:
    """Polynomials for a target that are nearer to it than the cells of a grid can matter.

    Guarantee: certified.

    Examples
    --------
    >>> from verinet.theory.minimal_width.functions import read_box, read_targets
    >>> near_enough(read_targets({(2,): 1}, 1).functions[0], read_box(None, 1), 8, None).distance
    Fraction(0, 1)
    """
    if not target.is_smooth:
        return target.near(box)
    if eps is not None:
        return target.near(box, power_below(eps / SHARE))
    coarse = target.near(box, _COARSE)
    reach = coarse.largest_error(box, coarse.mean(box))
    return target.near(box, power_below(reach / (SHARE * resolution)))
