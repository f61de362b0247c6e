"""Products of polyhedra: domains of several points at once."""

from __future__ import annotations

from fractions import Fraction

from verinet.errors import ShapeMismatch
from verinet.geometry.halfspaces import Halfspace
from verinet.geometry.polyhedra import Polyhedron

__all__ = ["domain_product"]


def domain_product(*domains: Polyhedron) -> Polyhedron:
    """The set of all (x, x', ...) with x in the first domain, x' in the second, and so on.

    Raises
    ------
    ShapeMismatch
        Without a domain.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> pairs = domain_product(interval(0, 1), interval(0, 1).cut(Halfspace((2,), 1)))
    >>> pairs.high, pairs.halfspaces[0].normal
    ((Fraction(1, 1), Fraction(1, 1)), (Fraction(0, 1), Fraction(2, 1)))

    Guarantee: exact.
    """
    if not domains or not all(isinstance(domain, Polyhedron) for domain in domains):
        raise ShapeMismatch("domain_product needs at least one Polyhedron", fix="write domain_product(d, d)")
    total = sum(domain.dimension for domain in domains)
    halfspaces: list[Halfspace] = []
    start = 0
    for domain in domains:
        after = total - start - domain.dimension
        for half in domain.halfspaces:
            normal = (*([Fraction(0)] * start), *half.normal, *([Fraction(0)] * after))
            halfspaces.append(Halfspace(normal, half.offset, half.strict))
        start += domain.dimension
    low = tuple(end for domain in domains for end in domain.low)
    high = tuple(end for domain in domains for end in domain.high)
    return Polyhedron(low, high, tuple(halfspaces))
