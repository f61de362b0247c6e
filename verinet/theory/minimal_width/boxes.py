"""Boxes on which constructions live: one closed interval an input."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from verinet.errors import NotBounded, ShapeMismatch, Unsupported
from verinet.exact.rationals import Q
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Interval

__all__ = ["Box", "box_domain", "read_box"]

#: One closed interval a coordinate.
Box = tuple[Interval, ...]


def box_domain(box: Sequence[Interval]) -> Polyhedron:
    """A box as a polyhedron.  Guarantee: exact."""
    return Polyhedron(tuple(low for low, _ in box), tuple(high for _, high in box))


def read_box(domain: object, inputs: int) -> Box:
    """Read the domain of a construction: None for the unit cube, a Polyhedron that is a box, or intervals.

    Raises
    ------
    NotBounded
        If a side is missing.
    Unsupported
        If it is cut by halfspaces, or has no inner point.
    ShapeMismatch
        If the number of inputs differs, or what is given are no pairs.

    Examples
    --------
    >>> read_box(None, 1), read_box([(-1, "1/2")], 1)
    (((Fraction(0, 1), Fraction(1, 1)),), ((Fraction(-1, 1), Fraction(1, 2)),))

    Guarantee: exact.
    """
    if domain is None:
        return ((Fraction(0), Fraction(1)),) * inputs
    if isinstance(domain, Polyhedron):
        if domain.halfspaces:
            raise Unsupported("a construction by cells needs a box, got halfspaces", fix="give a box that holds it")
        if not domain.has_bounded_box:
            raise NotBounded("a construction by cells needs a bounded box", fix="write box((0, 1), (0, 1))")
        listed: Sequence[Any] = tuple(zip(domain.low, domain.high, strict=True))
    else:
        listed = _pairs(domain)
    found = tuple((Q(low), Q(high)) for low, high in listed)
    if len(found) != inputs:
        raise ShapeMismatch(
            f"a construction of {inputs} inputs needs as many intervals, got {len(found)}",
            fix="give one interval for every input",
        )
    if any(low >= high for low, high in found):
        raise Unsupported(
            "a construction by cells needs intervals with low < high", fix="take a greater upper end for each"
        )
    return found


def _pairs(domain: object) -> tuple[tuple[object, object], ...]:
    sides = list(domain) if isinstance(domain, list | tuple) else []
    if not sides or not all(isinstance(side, list | tuple) and len(side) == 2 for side in sides):
        raise ShapeMismatch(
            f"a domain is a box or a list of intervals, got {domain!r:.60}", fix="write [(0, 1), (0, 1)] for two inputs"
        )
    return tuple((side[0], side[1]) for side in sides)
