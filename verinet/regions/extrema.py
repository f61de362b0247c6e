"""Least and greatest values: an affine form on a polytope takes them at vertices."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from verinet import work
from verinet.errors import NotBounded
from verinet.exact.enclosures import Enclosure
from verinet.exact.printing import spelled_fields
from verinet.regions.vertex_values import ScalarOutput

if TYPE_CHECKING:
    from verinet.regions.piecewise import PiecewiseAffine
    from verinet.regions.views import Output

__all__ = ["Extremum", "maximum", "minimum", "value_range"]


@dataclass(frozen=True, slots=True)
class Extremum:
    """A least or greatest value, and a point where it is taken.

    Parameters
    ----------
    value : Fraction
    point : tuple of Fraction
    vertices : tuple of int
        All vertices of the complex where it is taken (none for a constant on the whole line).

    Guarantee: exact.
    """

    value: Fraction
    point: tuple[Fraction, ...]
    vertices: tuple[int, ...]

    __repr__ = spelled_fields


def minimum(f: PiecewiseAffine, output: Output = None) -> Extremum:
    """The least value of an output, or of a combination of outputs, on the domain.

    Raises
    ------
    NotBounded
        If it falls without bound (on an unbounded domain).

    Examples
    --------
    >>> from verinet.geometry.polyhedra import box
    >>> from verinet.networks.build import abs_, network, variables
    >>> from verinet.regions.piecewise import piecewise
    >>> x, y = variables("x", 2)
    >>> f = piecewise(network((x, y), abs_(x - "1/3") + abs_(y)), box((0, 1), (0, 1)))
    >>> minimum(f).point, maximum(f).value
    ((Fraction(1, 3), Fraction(0, 1)), Fraction(5, 3))

    Guarantee: exact.
    """
    return _extremum(f, output, 1)


def maximum(f: PiecewiseAffine, output: Output = None) -> Extremum:
    """The greatest value of an output, or of a combination of outputs, on the domain; raises as `minimum` does.

    Guarantee: exact.
    """
    return _extremum(f, output, -1)


def value_range(f: PiecewiseAffine, output: Output = None) -> Enclosure:
    """The interval of all values of an output on the domain: both ends are taken, as the domain is connected.

    Raises as `minimum` does.

    Guarantee: exact.
    """
    return Enclosure(minimum(f, output).value, maximum(f, output).value)


def _extremum(f: PiecewiseAffine, output: Output, sign: int) -> Extremum:
    scalar = ScalarOutput(f, output)
    if f.input_size == 1 and not f.complex.is_bounded:
        _check_ends(scalar, sign)
        if not len(f.complex.vertices):
            return Extremum(scalar.form(0)[-1], (Fraction(0),), ())
    centre, error = scalar.enclosures
    with np.errstate(invalid="ignore", over="ignore"):
        # a little is added to the bounds, so that the roundings of these two lines cannot leave a vertex out
        slack = 1.5 * error + 2.0**-50 * np.abs(centre)
        low, high = sign * centre - slack, sign * centre + slack
        known = high[np.isfinite(high)]
        least = known.min() if len(known) else np.inf
        candidates = np.flatnonzero(~(low > least))
    best: Fraction | None = None
    found: list[int] = []
    for vertex in candidates.tolist():
        work.keep_going()
        value = scalar.value(vertex)
        if best is None or sign * value < sign * best:
            best, found = value, [vertex]
        elif value == best:
            found.append(vertex)
    if best is None:
        raise ArithmeticError("a complex has no vertex where a least value could be taken")
    return Extremum(best, f.complex.vertices.exact(found[:1])[0], tuple(found))


def _check_ends(scalar: ScalarOutput, sign: int) -> None:
    """On an unbounded interval: the forms of the outer cells must not fall towards infinity."""
    f = scalar.f
    for cell, direction in ((0, -1), (f.cells - 1, 1)):
        unbounded = f.domain.low[0] is None if direction < 0 else f.domain.high[0] is None
        if unbounded and sign * direction * scalar.form(cell)[0] < 0:
            raise NotBounded(
                f"the output has no {'least' if sign > 0 else 'greatest'} value: it "
                f"{'falls' if sign > 0 else 'grows'} without bound towards {'+' if direction > 0 else '-'}infinity",
                fix="ask on a bounded domain",
            )
