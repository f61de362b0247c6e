r"""Lower bounds of translation moduli.

.. math:: \omega_p(t) = \sup_{|h|_2 \le t} \|f(\cdot + h) - f\|_{L^p(\{x,\ x + h \in [0,1]^d\})}.

One admissible shift h = t e_j gives a lower bound: an integral of a polynomial for even p, sums of |int| over small
boxes for p = 1, differences of values for the sup norm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from math import prod

from verinet.claims.pieces import intersection
from verinet.claims.targets import Polynomial
from verinet.geometry.polyhedra import Halfspace, Polyhedron
from verinet.theory.layerwise_rates.local import Local
from verinet.theory.layerwise_rates.roots import root_below
from verinet.theory.minimal_width.functions import Box, Near, box_domain
from verinet.work import keep_going

__all__ = ["Modulus", "shifted_difference"]

#: Boxes along an axis, on each of which a difference is integrated for p = 1.
PARTS = 8
#: Points along an axis at which differences are taken for the sup norm.
POINTS = {1: 64, 2: 12, 3: 6}


@dataclass(frozen=True, slots=True)
class Modulus:
    """Lower bounds of the moduli of a function that is within a distance of polynomials.

    Guarantee: certified.

    Examples
    --------
    >>> from verinet.theory.minimal_width.functions import read_box, read_targets
    >>> near = read_targets({(1,): 1}, 1).functions[0].near(read_box(None, 1))
    >>> found = Modulus(near, 1)
    >>> found.below(1, Fraction(1, 4)), found.sup_below(Fraction(1, 4))
    (Fraction(3, 16), Fraction(1, 4))
    """

    near: Near
    inputs: int

    def below(self, p: int, t: Fraction) -> Fraction:
        """A lower bound of omega_p(t), for p = 1 and even p."""
        found = max(self._one(axis, p, t) for axis in range(self.inputs))
        return max(Fraction(0), found - 2 * self.near.distance)

    def sup_below(self, t: Fraction) -> Fraction:
        """A lower bound of the modulus of continuity."""
        found, local = Fraction(0), Local(self.near)
        for axis in range(self.inputs):
            for point in _grid(_shrunk(self.inputs, axis, t), POINTS.get(self.inputs, 4)):
                keep_going()
                ahead = tuple(entry + t if j == axis else entry for j, entry in enumerate(point))
                found = max(found, abs(local.value(ahead) - local.value(point)))
        return max(Fraction(0), found - 2 * self.near.distance)

    def _one(self, axis: int, p: int, t: Fraction) -> Fraction:
        """Along one axis; the root is rounded down."""
        box = _shrunk(self.inputs, axis, t)
        gap = shifted_difference(self.near, axis, t)
        if p > 1:
            return root_below(gap.integral(box, Fraction(0), p), p)
        total, local = Fraction(0), Local(gap)
        for part in _parts(box):
            total += abs(local.inside(part).mean(part)) * prod((high - low for low, high in part), start=Fraction(1))
        return total


def shifted_difference(near: Near, axis: int, t: Fraction) -> Near:
    """``P(x + t e_axis) - P(x)`` in pieces, on the box in which both are defined.

    Guarantee: exact.

    Examples
    --------
    >>> from verinet.theory.minimal_width.functions import read_box, read_targets
    >>> near = read_targets({(2,): 1}, 1).functions[0].near(read_box(None, 1))
    >>> print(shifted_difference(near, 0, Fraction(1, 2)).pieces[0][1])
    x + 1/4
    """
    box = _shrunk(len(near.box), axis, t)
    domain = box_domain(box)
    pieces = []
    for piece, polynomial in near.pieces:
        there = _moved(piece, axis, t)
        ahead = _translated(polynomial, axis, t)
        for other, here in near.pieces:
            if not _overlap(there, other):
                continue
            common = intersection(intersection(domain, there), other)
            if not common.is_empty:
                pieces.append((common, ahead - here))
    if len(near.pieces) == 1 and not near.pieces[0][0].halfspaces:
        pieces = [(domain, _translated(near.pieces[0][1], axis, t) - near.pieces[0][1])]
    return Near(tuple(pieces), 2 * near.distance, box)


def _overlap(first: Polyhedron, second: Polyhedron) -> bool:
    """Whether the boxes of two pieces share inner points."""
    ends = zip(first.low, first.high, second.low, second.high, strict=True)
    return all((a is None or d is None or a < d) and (b is None or c is None or c < b) for a, b, c, d in ends)


def _shrunk(inputs: int, axis: int, t: Fraction) -> Box:
    one = Fraction(1)
    return tuple((Fraction(0), one - t if j == axis else one) for j in range(inputs))


def _moved(piece: Polyhedron, axis: int, t: Fraction) -> Polyhedron:
    """All x with x + t e_axis in the piece."""

    def at(entry: Fraction | None, j: int) -> Fraction | None:
        return entry if entry is None or j != axis else entry - t

    low = tuple(at(entry, j) for j, entry in enumerate(piece.low))
    high = tuple(at(entry, j) for j, entry in enumerate(piece.high))
    halves = tuple(Halfspace(half.normal, half.offset - half.normal[axis] * t) for half in piece.halfspaces)
    return Polyhedron(low, high, halves)


def _translated(polynomial: Polynomial, axis: int, t: Fraction) -> Polynomial:
    """The polynomial of x + t e_axis."""
    size = polynomial.dimension
    x = [Polynomial.variable(j, size) + (t if j == axis else 0) for j in range(size)]
    total = Polynomial.constant(0, size)
    for coefficient, exponents in polynomial.coefficients:
        term = Polynomial.constant(coefficient, size)
        for variable, exponent in zip(x, exponents, strict=True):
            term = term * variable**exponent if exponent else term
        total = total + term
    return total


def _parts(box: Box) -> Iterator[Box]:
    axes = []
    for low, high in box:
        ends = [low + (high - low) * Fraction(k, PARTS) for k in range(PARTS + 1)]
        axes.append(list(pairwise(ends)))
    return product(*axes)


def _grid(box: Box, count: int) -> Iterator[tuple[Fraction, ...]]:
    return product(*([low + (high - low) * Fraction(k, count) for k in range(count + 1)] for low, high in box))
