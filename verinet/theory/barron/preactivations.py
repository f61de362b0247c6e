r"""The interval that :math:`w \cdot x + b` fills on a bounded set of inputs: a box, a polytope, or a Euclidean ball."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt, lcm
from typing import TypeAlias

from verinet.errors import EmptyDomain, NotANumber, NotBounded, ShapeMismatch
from verinet.exact import programs
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import Polyhedron, box
from verinet.networks.network import Interval, Network

__all__ = ["Domain", "cube_inside", "preactivations", "read_domain", "root_above"]

#: A polyhedron, or the radius of the Euclidean ball around 0.
Domain: TypeAlias = Polyhedron | Fraction

#: A square root that is irrational is rounded up at this binary place, relative to its size.
_BITS = 32


def read_domain(network: Network, domain: object = None, radius: object = None) -> Domain:
    """The set of inputs that was stated: a polyhedron, a radius, or the network's own certified domain.

    Raises
    ------
    NotBounded
        If none is stated, or a side is missing: what is said of Barron spaces holds on bounded sets only.
    ShapeMismatch
        If both are stated, or the number of inputs differs.
    NotANumber
        If the radius is not positive.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> read_domain(network(x, relu(x)), radius="1/2")
    Fraction(1, 2)

    Guarantee: exact.
    """
    if domain is not None and radius is not None:
        raise ShapeMismatch("a domain and a radius are two sets of inputs", fix="state one of them")
    if radius is not None:
        ball = Q(radius)
        if ball <= 0:
            raise NotANumber(f"a radius is positive, got {format_rational(ball)}", fix="write radius=1, say")
        return ball
    if domain is None:
        if network.domain is None:
            raise NotBounded(
                "no bounded set of inputs is stated, and on an unbounded one no finite network is near",
                fix='write domain=verinet.box((-1, 1), (-1, 1)), or radius=1; in the shell --domain "[-1,1]^2"',
            )
        return box(*network.domain)
    found = domain if isinstance(domain, Polyhedron) else _box(domain)
    if found.dimension != network.input_size:
        raise ShapeMismatch(
            f"a network of {network.input_size} inputs got a domain of {found.dimension}", fix="state one side an input"
        )
    return found


def _box(domain: object) -> Polyhedron:
    sides = list(domain) if isinstance(domain, list | tuple) else []
    if not sides or not all(isinstance(side, list | tuple) and len(side) == 2 for side in sides):
        raise ShapeMismatch(f"a domain is a Polyhedron or a list of intervals, got {domain!r:.60}", fix="use box(...)")
    return box(*sides)


def preactivations(weight: Sequence[Fraction], bias: Fraction, domain: Domain) -> Interval:
    r"""Return rational low and high with :math:`low \le w \cdot x + b \le high` on the domain.

    Both are attained on boxes and polytopes; on a ball they are if :math:`\lVert w \rVert` is rational, else
    :math:`\lVert w \rVert` is rounded up.

    Raises
    ------
    NotBounded, EmptyDomain
        If the set is unbounded along w, or empty.

    Examples
    --------
    >>> low, high = preactivations((Fraction(1), Fraction(-2)), Fraction(1, 2), box((-1, 1), (0, 1)))
    >>> str(low), str(high)
    ('-5/2', '3/2')
    >>> preactivations((Fraction(3), Fraction(4)), Fraction(1), Fraction(2))
    (Fraction(-9, 1), Fraction(11, 1))

    Guarantee: exact.
    """
    if isinstance(domain, Fraction):
        reach = domain * root_above(sum((w * w for w in weight), Fraction(0)))
        return bias - reach, bias + reach
    if domain.halfspaces:
        return bias + _least(weight, domain), bias - _least([-w for w in weight], domain)
    low = high = bias
    for place, w in enumerate(weight):
        if not w:
            continue
        below, above = domain.low[place], domain.high[place]
        if below is None or above is None:
            raise NotBounded(f"input {place} has no two sides", fix="state a bounded domain")
        if below > above:
            raise EmptyDomain(f"input {place} has sides with low > high", fix="exchange the sides")
        low, high = low + min(w * below, w * above), high + max(w * below, w * above)
    return low, high


def root_above(square: Fraction) -> Fraction:
    """A rational that is at least the root of a number, and is it where it is rational.

    Examples
    --------
    >>> root_above(Fraction(9, 4))
    Fraction(3, 2)
    >>> 2 < root_above(Fraction(2)) ** 2 < 2 + Fraction(1, 2**30)
    True

    Guarantee: exact (an upper bound).
    """
    up, down = isqrt(square.numerator), isqrt(square.denominator)
    if up * up == square.numerator and down * down == square.denominator:
        return Fraction(up, down)
    # sqrt(p/q) = sqrt(p q)/q, with at least so many bits behind the leading one
    scaled = (square.numerator * square.denominator) << (2 * _BITS)
    return Fraction(isqrt(scaled) + 1, square.denominator << _BITS)


def cube_inside(radius: Fraction, dimension: int) -> Polyhedron:
    r"""A cube inside of the ball of this radius: :math:`[-r, r]^d` with r just below :math:`R / \sqrt{d}`.

    Examples
    --------
    >>> cube_inside(Fraction(2), 4).high
    (Fraction(1, 1), Fraction(1, 1), Fraction(1, 1), Fraction(1, 1))

    Guarantee: exact.
    """
    half = radius / root_above(Fraction(dimension))
    return box(*[(-half, half)] * dimension)


def _least(weight: Sequence[Fraction], domain: Polyhedron) -> Fraction:
    """The minimum of w . x over a polytope."""
    over = lcm(*(w.denominator for w in weight))
    row = (0, *(int(w * over) for w in weight))
    match programs.minimum(row, domain.system()):
        case programs.Minimum(value=value):
            return value / over
        case programs.Unbounded():
            raise NotBounded("the domain is unbounded where a neuron grows", fix="state a bounded domain")
    raise EmptyDomain("the domain has no point", fix="state halfspaces that do not contradict each other")
