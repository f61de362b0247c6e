r"""The values of one output, or of a combination of them, at the vertices of the complex: certified floats first.

The exact vertex is rounded to floats x' with a relative error of u = 2^-53, and a x + b is bounded like one more layer
(`verinet.regions.map_enclosures`); only values that floats leave open are written out exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from verinet import work
from verinet.errors import ShapeMismatch
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q
from verinet.regions.map_enclosures import affine_step

if TYPE_CHECKING:
    from verinet.regions.piecewise import PiecewiseAffine
    from verinet.regions.views import Output

__all__ = ["ScalarOutput"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_UNIT = 2.0**-53
_UNDERFLOW = 1e-290


class ScalarOutput:
    """One output of a piecewise-affine function, or a combination of its outputs: ``weights . y``.

    Parameters
    ----------
    f : PiecewiseAffine
    output : int, or one exact number an output, or None
        None for the only output.

    Raises
    ------
    ShapeMismatch
        If there is no such output, or several and none is named.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.regions.piecewise import piecewise
    >>> x = variable("x")
    >>> f = piecewise(network(x, [relu(x), x]), interval(-1, 1))
    >>> difference = ScalarOutput(f, (1, -1))
    >>> [str(difference.value(v)) for v in range(3)], difference.signs(0).tolist()
    (['1', '0', '0'], [1, 0, 0])

    Guarantee: exact.
    """

    def __init__(self, f: PiecewiseAffine, output: Output = None) -> None:
        self.f = f
        self.weights = _weights(output, f.output_size)
        self._row = Matrix.from_rows([self.weights])
        self._forms: dict[int, tuple[Fraction, ...]] = {}
        self._values: dict[int, Fraction] = {}

    def form(self, cell: int) -> tuple[Fraction, ...]:
        """(a_1, ..., a_d, b): the output is a . x + b on this cell."""
        return self.form_of_map(int(self.f.maps.of_cell[cell]))

    def form_of_map(self, number: int) -> tuple[Fraction, ...]:
        """The same for the map with this number."""
        if number not in self._forms:
            weight, bias = self.f.maps.exact(number)
            self._forms[number] = (self._row @ weight.hstack(bias)).row(0)
        return self._forms[number]

    def on_cell(self, cell: int, point: Sequence[Fraction]) -> Fraction:
        """The affine form of a cell at any point."""
        form = self.form(cell)
        return sum((a * x for a, x in zip(form, point, strict=False)), form[-1])

    def value(self, vertex: int) -> Fraction:
        """The exact value at a vertex of the complex."""
        if vertex not in self._values:
            (point,) = self.f.complex.vertices.exact([vertex])
            self._values[vertex] = self.on_cell(int(self._cells[vertex]), point)
        return self._values[vertex]

    def signs(self, level: Fraction | int) -> npt.NDArray[np.int8]:
        """The sign of value - level at every vertex, shape (vertices,)."""
        centre, error = self.enclosures
        near = _nearest(Fraction(level))
        with np.errstate(invalid="ignore", over="ignore"):
            distance, bound = centre - near, error + 4 * _UNIT * (abs(near) + np.abs(centre)) + _UNDERFLOW
            signs = np.where(distance > bound, 1, np.where(distance < -bound, -1, 2)).astype(np.int8)
        for vertex in np.flatnonzero(signs == 2).tolist():
            work.keep_going()
            difference = self.value(vertex) - level
            signs[vertex] = (difference > 0) - (difference < 0)
        return signs

    @cached_property
    def _cells(self) -> Integers:
        """A cell at each vertex."""
        around = self.f.complex.cells_of_vertices
        return around.indices[around.offsets[:-1]]

    @cached_property
    def forms(self) -> tuple[Floats, Floats]:
        """(a, b) of all distinct maps in floats and bounds of their errors, both (count, inputs + 1).

        Guarantee: certified.
        """
        centre, error = self.f.maps.enclosures
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            found = affine_step(self._row.to_float64(), np.zeros(1), centre.swapaxes(0, 1), error.swapaxes(0, 1))
        return found[0][0], found[1][0]

    @cached_property
    def enclosures(self) -> tuple[Floats, Floats]:
        """The values at all vertices in floats, and bounds of their errors, both (vertices,).

        Guarantee: certified.
        """
        number = self.f.maps.of_cell[self._cells]
        centre, error = self.forms
        return self.at_points(number, rounded_vertices(self.f), centre, error)

    @staticmethod
    def at_points(which: Integers, points: Floats, centre: Floats, error: Floats) -> tuple[Floats, Floats]:
        """The forms with these numbers at points that are rounded once, and bounds of the errors.

        Guarantee: certified.
        """
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            a, e, size = centre[which], error[which], np.abs(points)
            value = (a[:, :-1] * points).sum(axis=1) + a[:, -1]
            unit = 2 * (points.shape[1] + 8) * _UNIT
            loose = e * (1 + unit) + unit * np.abs(a)
            bound = (loose[:, :-1] * (size + _UNDERFLOW)).sum(axis=1) + loose[:, -1]
            return value, bound * (1 + unit) + _UNDERFLOW


def rounded_vertices(f: PiecewiseAffine) -> Floats:
    """The vertices of the complex, every coordinate rounded once to the nearest float, shape (vertices, inputs)."""
    rows = f.complex.vertices.homogeneous()
    found = [[_nearest_quotient(x, row[-1]) for x in row[:-1]] for row in rows]
    return np.array(found, dtype=np.float64).reshape(len(rows), f.input_size)


def _nearest_quotient(x: int, w: int) -> float:
    try:
        return x / w
    except OverflowError:
        return inf if x > 0 else -inf


def _nearest(q: Fraction) -> float:
    return _nearest_quotient(q.numerator, q.denominator)


def _weights(output: Output, count: int) -> tuple[Fraction, ...]:
    if output is None and count == 1:
        output = 0
    if isinstance(output, int) and 0 <= output < count:
        return tuple(Fraction(int(i == output)) for i in range(count))
    if output is None or isinstance(output, int | str) or len(output) != count:
        raise ShapeMismatch(
            f"one of {count} outputs was to be named, got {output!r}",
            fix="give its number, or one exact weight for every output",
        )
    return tuple(Q(entry) for entry in output)
