"""Upper bounds of Lipschitz constants: of polynomials, of pieces that agree where they meet, of smooth functions."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product

from flint import arb_series

from verinet.claims.pieces import PiecewisePolynomial, intersection
from verinet.claims.smooth_targets import SmoothTarget
from verinet.claims.targets import Polynomial
from verinet.exact.enclosures import ball, enclosure_of, precision
from verinet.exact.smooth import _coefficient, _evaluated, _length
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Interval
from verinet.theory.minimal_width.functions import Box, Near, Target, root_above
from verinet.theory.minimal_width.slanted import corners
from verinet.work import keep_going

__all__ = ["lipschitz_constant"]

#: Small boxes along an axis, on which derivatives of smooth functions are enclosed.
CUTS = {1: 256, 2: 24, 3: 8}
_BITS = 96


def lipschitz_constant(target: Target, near: Near) -> Fraction | None:
    r"""An upper bound of the Lipschitz constant; None if none is known.

    The largest :math:`(\sum_j \sup |\partial_j f|^2)^{1/2}` of a piece.  Pieces have to agree where they meet;
    derivatives of smooth functions are enclosed on small boxes by power series with balls.

    Guarantee: certified.

    Examples
    --------
    >>> from verinet.theory.minimal_width.functions import read_box, read_targets
    >>> (f,) = read_targets({(1,): 1, (2,): -1}, 1).functions
    >>> lipschitz_constant(f, f.near(read_box(None, 1)))
    Fraction(1, 1)
    """
    if isinstance(target.given, SmoothTarget):
        return _smooth_constant(target.given, near.box)
    if isinstance(target.given, PiecewisePolynomial) and not _agree(near):
        return None
    largest = Fraction(0)
    for piece, polynomial in near.pieces:
        squares = Fraction(0)
        for axis in range(len(near.box)):
            slopes = Near(((piece, _derivative(polynomial, axis)),), Fraction(0), near.box)
            low, high = slopes.extremes(_hull(piece, near.box))
            squares += max(abs(low), abs(high)) ** 2
        largest = max(largest, squares)
    return root_above(largest, 2, 20)


def _agree(near: Near) -> bool:
    """Whether pieces are seen to have the same values where they meet: their difference vanishes there."""
    for place, (first, p) in enumerate(near.pieces):
        for second, q in near.pieces[:place]:
            common = intersection(first, second)
            if common.is_empty:
                continue
            low, high = Near(((common, p - q),), Fraction(0), near.box).extremes(_hull(common, near.box))
            if low or high:
                return _equal_on_flat(p - q, common)
    return True


def _equal_on_flat(difference: Polynomial, common: Polyhedron) -> bool:
    """Whether an affine difference vanishes at all corners of a polytope; False if it is not affine."""
    if difference.degree > 1:
        return False
    return all(difference.value(point) == 0 for point in corners(common))


def _hull(part: Polyhedron, box: Box) -> Box:
    sides: list[Interval] = []
    for (low, high), a, b in zip(box, part.low, part.high, strict=True):
        sides.append((low if a is None else max(low, a), high if b is None else min(high, b)))
    return tuple(sides)


def _derivative(polynomial: Polynomial, axis: int) -> Polynomial:
    terms = []
    for coefficient, exponents in polynomial.coefficients:
        if exponents[axis]:
            lowered = tuple(e - (j == axis) for j, e in enumerate(exponents))
            terms.append((coefficient * exponents[axis], lowered))
    return Polynomial(polynomial.dimension, tuple(terms))


def _smooth_constant(target: SmoothTarget, box: Box) -> Fraction | None:
    """The largest gradient over small boxes; None where one is not enclosed."""
    axes = []
    for low, high in box:
        count = CUTS.get(len(box), 4)
        axes.append(list(pairwise(low + (high - low) * Fraction(k, count) for k in range(count + 1))))
    largest = Fraction(0)
    for cell in product(*axes):
        keep_going()
        squares = Fraction(0)
        for axis in range(len(box)):
            found = _slope(target, cell, axis)
            if found is None:
                return None
            squares += found**2
        largest = max(largest, squares)
    return root_above(largest, 2, 20)


def _slope(target: SmoothTarget, cell: Box, axis: int) -> Fraction | None:
    """A bound of a partial derivative on a box."""
    with precision(_BITS), _length(2):
        sides = [ball(low, _BITS).union(ball(high, _BITS)) for low, high in cell]
        series = [arb_series([side, 1] if j == axis else [side]) for j, side in enumerate(sides)]
        found = _coefficient(_evaluated(target.tree, series), 1)
        if not found.is_finite():
            return None
        ends = enclosure_of(found)
    return max(abs(ends.low), abs(ends.high))
