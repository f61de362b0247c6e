"""Polynomials in pieces, cell by cell: only the pieces that meet a cell are looked at.

Thousands of cells meet one piece only; there the piece is taken as if it filled the whole box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from verinet.geometry.polyhedra import Polyhedron
from verinet.theory.minimal_width.functions import Box, Near, box_domain

__all__ = ["Local", "meets"]


@dataclass(frozen=True, slots=True)
class Local:
    """The pieces of `near` by cells.

    Guarantee: exact (the pieces cover the box).

    Examples
    --------
    >>> from verinet.claims.target_text import parse_targets
    >>> from verinet.geometry.polyhedra import box
    >>> from verinet.theory.minimal_width.functions import read_box, read_targets
    >>> (target,) = read_targets(parse_targets("max(x, y)", 2, box((0, 1), (0, 1))).functions, 2).functions
    >>> local = Local(target.near(read_box(None, 2)))
    >>> half, one = Fraction(1, 2), Fraction(1)
    >>> [len(near.pieces) for cell in (((half, one), (0 * one, half)), ((half, one), (half, one)))
    ...  for near in (local.inside(cell), local.touching(cell))]
    [1, 2, 2, 2]
    """

    near: Near
    _parts: dict[tuple[int, ...], Near] = field(default_factory=dict, compare=False, repr=False)

    def inside(self, cell: Box) -> Near:
        """For integrals: the pieces that share inner points with a cell."""
        return self._of(cell, strict=True)

    def touching(self, cell: Box) -> Near:
        """For suprema: the pieces that meet a closed cell."""
        return self._of(cell, strict=False)

    def value(self, x: Sequence[Fraction]) -> Fraction:
        """The value of a piece that holds x."""
        return next(polynomial.value(x) for piece, polynomial in self.near.pieces if piece.contains(x))

    def _of(self, cell: Box, strict: bool) -> Near:
        near = self.near
        if len(near.pieces) == 1:
            return near
        chosen = tuple(k for k, (piece, _) in enumerate(near.pieces) if meets(piece, cell, strict))
        if chosen not in self._parts:
            pieces = tuple(near.pieces[k] for k in chosen)
            if len(pieces) == 1:
                pieces = ((box_domain(near.box), pieces[0][1]),)
            self._parts[chosen] = Near(pieces, near.distance, near.box)
        return self._parts[chosen]


def meets(piece: Polyhedron, cell: Box, strict: bool) -> bool:
    """Whether no side of a piece alone keeps it off a box; strictly: off its inside.

    Guarantee: exact (a piece that meets the box is never left out).

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> cell = ((Fraction(1), Fraction(2)),)
    >>> meets(interval(0, 1), cell, strict=True), meets(interval(0, 1), cell, strict=False)
    (False, True)
    """
    for (low, high), a, b in zip(cell, piece.low, piece.high, strict=True):
        if (a is not None and (a > high or (strict and a == high))) or (
            b is not None and (b < low or (strict and b == low))
        ):
            return False
    for half in piece.halfspaces:
        least = sum(
            (n * (low if n > 0 else high) for n, (low, high) in zip(half.normal, cell, strict=True)), Fraction(0)
        )
        if least > half.offset or (strict and least == half.offset):
            return False
    return True
