"""Parts of boxes that slanted pieces cut off: their corners, and integrals over them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

from verinet.claims.pieces import sides
from verinet.errors import SingularMatrix
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q
from verinet.geometry.polyhedra import Polyhedron
from verinet.geometry.shapes import convex_hull

__all__ = ["corners", "integral_over"]

Point = tuple[Fraction, ...]


def corners(part: Polyhedron) -> tuple[Point, ...]:
    """The corners of a polytope: the points of it in which n of its sides meet.

    The time grows like (number of sides)^n.

    Guarantee: exact.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import Halfspace
    >>> len(corners(Polyhedron((0, 0), (1, 1), (Halfspace((1, 1), Fraction(3, 2)),))))
    5
    """
    size = part.dimension
    found: dict[Point, None] = {}
    for chosen in combinations(sides(part), size):
        try:
            point = Matrix.from_rows([half.normal for half in chosen]).solve(
                Matrix.column([half.offset for half in chosen])
            )
        except SingularMatrix:
            continue
        x = tuple(point[j, 0] for j in range(size))
        if all(sum(a * b for a, b in zip(half.normal, x, strict=True)) <= half.offset for half in sides(part)):
            found[x] = None
    return tuple(found)


def integral_over(terms: Sequence[tuple[Any, Any]], points: Sequence[Point]) -> Fraction:
    """The integral of a polynomial, as (exponents, coefficient), over the hull of points; 0 if that has no inside.

    Guarantee: exact.

    Examples
    --------
    >>> triangle = [(Fraction(0), Fraction(0)), (Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))]
    >>> integral_over([((1, 0), 6)], triangle), integral_over([((0, 0), 1)], triangle[:2])
    (Fraction(1, 1), Fraction(0, 1))
    """
    size = len(points[0]) if points else 0
    if not points or Matrix.from_rows([(*x, Fraction(1)) for x in points]).rank() <= size:
        return Fraction(0)
    return convex_hull(*points).integral({tuple(map(int, exponents)): Q(c) for exponents, c in terms})
