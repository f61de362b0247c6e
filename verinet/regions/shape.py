"""Shape: monotone in an input, convex or concave, read off cells and interior facets exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from verinet import work
from verinet.errors import ShapeMismatch
from verinet.exact.printing import spelled_fields
from verinet.geometry.descriptions import vertices_beside
from verinet.geometry.triangulations import lowest_vertices
from verinet.regions.vertex_values import ScalarOutput, rounded_vertices

if TYPE_CHECKING:
    from verinet.regions.piecewise import PiecewiseAffine
    from verinet.regions.views import Output

__all__ = ["Curvature", "Monotonicity", "curvature", "monotonicity"]

Integers = npt.NDArray[np.int64]
Signs = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Monotonicity:
    """Whether an output is monotone in an input; if not, a cell where it goes the other way.

    Parameters
    ----------
    holds : bool
    input : int
    increasing, strict : bool
        What was asked.
    cell : int or None
        A cell with the wrong slope.
    slope : Fraction or None
        The output's slope there in the direction of the input's axis.

    Guarantee: exact.
    """

    holds: bool
    input: int
    increasing: bool
    strict: bool
    cell: int | None = None
    slope: Fraction | None = None

    __repr__ = spelled_fields

    def __bool__(self) -> bool:
        return self.holds


@dataclass(frozen=True, slots=True)
class Curvature:
    """Whether an output is convex, concave, both (affine) or neither.

    Parameters
    ----------
    convex, concave : bool
    not_convex, not_concave : int or None
        An interior facet across which the slope falls (rises): the reason why the output is not convex (concave).

    Guarantee: exact.
    """

    convex: bool
    concave: bool
    not_convex: int | None = None
    not_concave: int | None = None

    @property
    def affine(self) -> bool:
        """Both convex and concave."""
        return self.convex and self.concave


def monotonicity(
    f: PiecewiseAffine, input: int = 0, output: Output = None, *, increasing: bool = True, strict: bool = False
) -> Monotonicity:
    """Whether an output never falls (never rises) as one input grows and the others stay.

    On a convex domain that is so just if the slope of no cell has the wrong sign.  Strictly: if no slope is 0 either,
    unless the domain has no segment in that direction inside of the cell, which full-dimensional cells always have.

    Parameters
    ----------
    f : PiecewiseAffine
    input : int
    output : int, or one exact number an output, optional
    increasing : bool
        False: decreasing.
    strict : bool

    Raises
    ------
    ShapeMismatch
        If there is no such input or output.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.regions.piecewise import piecewise
    >>> x = variable("x")
    >>> f = piecewise(network(x, relu(x) - 3 * relu(x - 1)), interval(-1, 2))
    >>> monotonicity(f).holds, monotonicity(f).cell, monotonicity(f).slope
    (False, 2, Fraction(-2, 1))

    Guarantee: exact.
    """
    if not 0 <= input < f.input_size:
        raise ShapeMismatch(f"there is no input {input}, the function has {f.input_size}", fix="count from 0")
    scalar = ScalarOutput(f, output)
    centre, error = (part[:, input] for part in scalar.forms)
    way = 1 if increasing else -1
    with np.errstate(invalid="ignore"):
        fine = way * centre > error
    for number in np.flatnonzero(~fine).tolist():
        work.keep_going()
        slope = scalar.form_of_map(number)[input]
        if way * slope < 0 or (strict and slope == 0):
            cell = int(np.flatnonzero(f.maps.of_cell == number)[0])
            return Monotonicity(False, input, increasing, strict, cell, slope)
    return Monotonicity(True, input, increasing, strict)


def curvature(f: PiecewiseAffine, output: Output = None) -> Curvature:
    """Whether an output is convex or concave on the domain.

    A continuous piecewise-affine function on a convex domain is convex just if its slope does not fall across any
    interior facet: generic segments meet no smaller face, and convexity on these passes to all by continuity.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import box
    >>> from verinet.networks.build import maximum, network, variables
    >>> from verinet.regions.piecewise import piecewise
    >>> x, y = variables("x", 2)
    >>> f = piecewise(network((x, y), maximum(x, y, 0)), box((-1, 1), (-1, 1)))
    >>> curvature(f).convex, curvature(f).concave
    (True, False)

    Guarantee: exact.
    """
    if f.cells == 1:
        return Curvature(True, True)
    scalar = ScalarOutput(f, output)
    facets, signs = _bends(scalar)
    falls, rises = facets[signs < 0], facets[signs > 0]
    return Curvature(
        not len(falls),
        not len(rises),
        int(falls[0]) if len(falls) else None,
        int(rises[0]) if len(rises) else None,
    )


def _bends(scalar: ScalarOutput) -> tuple[Integers, Signs]:
    """The interior facets between different maps, and for each whether the slope rises (1) across it or falls."""
    f = scalar.f
    joined, of_cell = f.complex.adjacency, f.maps.of_cell
    joined = joined[of_cell[joined[:, 0]] != of_cell[joined[:, 1]]]
    if f.input_size == 1:
        # cells of the line are numbered from left to right
        slopes = [(scalar.form(b)[0], scalar.form(a)[0]) for a, b in joined[:, :2].tolist()]
        return joined[:, 2], np.array([(p > q) - (p < q) for p, q in slopes], dtype=np.int8)
    lowest = lowest_vertices(f.complex.facets, len(f.complex.vertices))
    beside = vertices_beside(f.complex.facets, lowest, joined[:, 0], joined[:, 2])
    return joined[:, 2], _differences(scalar, joined[:, 0], joined[:, 1], beside)


def _differences(scalar: ScalarOutput, ones: Integers, others: Integers, vertices: Integers) -> Signs:
    """The sign of (form of one cell) - (form of the other) at a vertex of the one off their common facet."""
    f = scalar.f
    centre, error = scalar.forms
    points = rounded_vertices(f)[vertices]
    first = scalar.at_points(f.maps.of_cell[ones], points, centre, error)
    second = scalar.at_points(f.maps.of_cell[others], points, centre, error)
    with np.errstate(invalid="ignore", over="ignore"):
        difference = first[0] - second[0]
        bound = (first[1] + second[1]) * 1.5 + 2.0**-50 * (np.abs(first[0]) + np.abs(second[0]))
        signs = np.where(difference > bound, 1, np.where(difference < -bound, -1, 2)).astype(np.int8)
    for place in np.flatnonzero(signs == 2).tolist():
        work.keep_going()
        (point,) = f.complex.vertices.exact([int(vertices[place])])
        exact = scalar.on_cell(int(ones[place]), point) - scalar.on_cell(int(others[place]), point)
        signs[place] = (exact > 0) - (exact < 0)
    return signs
