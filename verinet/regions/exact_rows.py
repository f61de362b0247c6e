"""Rows of preactivations at the vertices of a complex in integers: the last word on a sign.

A row is ``(z_0, ..., z_{n-1}, x_1, ..., x_d, s)``, all integers, s > 0: the vertex is x / s and its preactivations
are z / s.  A vertex born on an edge interpolates the rows of the edge's roots; a later layer multiplies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING, Protocol

from flint import fmpz_mat

from verinet.exact.linalg import Matrix
from verinet.regions.layers import SplitLayer

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["IntegerLayer", "Provenance"]

Row = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class IntegerLayer:
    """A layer over one common denominator: z = (weight h + bias) / over; h = slope z / slopes_over.

    Guarantee: exact.
    """

    weight: fmpz_mat
    bias: tuple[int, ...]
    over: int
    left: tuple[int, ...]
    right: tuple[int, ...]
    slopes_over: int

    @staticmethod
    def of(layer: SplitLayer) -> IntegerLayer:
        """The integers of a layer."""
        both = layer.bias.hstack(layer.weight)
        numerators = both.numerators()
        slopes_over = lcm(*(slope.denominator for slope in (*layer.left, *layer.right)))
        return IntegerLayer(
            fmpz_mat([row[1:] for row in numerators]) if numerators else fmpz_mat(0, layer.weight.columns),
            tuple(row[0] for row in numerators),
            both.denominator,
            tuple(int(slope * slopes_over) for slope in layer.left),
            tuple(int(slope * slopes_over) for slope in layer.right),
            slopes_over,
        )

    def preactivations(self, values: Sequence[int], point: Sequence[int], scale: int) -> Row:
        """The row of this layer from integer values h / scale of the layer before."""
        product = self.weight * fmpz_mat(len(values), 1, list(values))
        z = [int(product[j, 0]) + b * scale for j, b in enumerate(self.bias)]
        over = self.over
        return lowest([*z, *(x * over for x in point), scale * over])

    def values(self, row: Row) -> tuple[list[int], list[int], int]:
        """The values after the bends: (values, point, scale)."""
        rows = len(self.bias)
        over = self.slopes_over
        slopes = zip(row, self.left, self.right, strict=False)
        bent = [z * (left if z < 0 else right) for z, left, right in slopes]
        carried = [z * over for z in row[len(bent) : rows]]
        return [*bent, *carried], [x * over for x in row[rows:-1]], row[-1] * over


def lowest(row: Sequence[int]) -> Row:
    """The row without its common factor."""
    common = gcd(*row)
    return tuple(row) if common == 1 else tuple(entry // common for entry in row)


class HasIntegers(Protocol):
    """A layer that can be had in integers."""

    @property
    def integers(self) -> IntegerLayer:
        """Its integers."""


class Provenance:
    """Where the vertices of one block come from: rows of an earlier block, or edges between two of its own.

    Parameters
    ----------
    forms : object with `integers`
        The layer, in integers once they are needed.
    before : Provenance or None
        The block that the first vertices come from; None for the domain.
    same_layer : bool
        Whether that block belongs to the same layer.
    sources : array (first vertices,)
        Their rows in the block before.
    corners : sequence of points
        Without a block before: the vertices themselves.

    Guarantee: exact.
    """

    def __init__(
        self,
        forms: HasIntegers,
        before: Provenance | None,
        same_layer: bool,
        sources: npt.NDArray[np.int32],
        corners: Sequence[tuple[Fraction, ...]] = (),
    ) -> None:
        self.forms = forms
        self.before = before
        self.same_layer = same_layer
        self.sources = sources
        self.corners = corners
        self.born: npt.NDArray[np.int32] | None = None
        self.count = len(sources)
        self._rows: dict[int, Row] = {}

    @property
    def layer(self) -> IntegerLayer:
        """The layer in integers."""
        return self.forms.integers

    def row(self, r: int) -> Row:
        """The integer row of vertex row r."""
        known = self._rows.get(r)
        if known is None:
            known = self._rows[r] = self._first(r) if r < len(self.sources) else self._born(r)
        return known

    def _first(self, r: int) -> Row:
        if self.before is None:
            corner = Matrix.from_rows([self.corners[r]])
            point, scale = corner.numerators()[0], corner.denominator
            return self.layer.preactivations(point, point, scale)
        row = self.before.row(int(self.sources[r]))
        return row if self.same_layer else self.layer.preactivations(*self.before.layer.values(row))

    def _born(self, r: int) -> Row:
        if self.born is None:
            raise ArithmeticError("a vertex was asked for before it was born")
        P, Q, neuron = (int(entry) for entry in self.born[r])
        p, q = self.row(P), self.row(Q)
        x, y = abs(p[neuron]), abs(q[neuron])
        if (p[neuron] < 0) == (q[neuron] < 0) or not x or not y:
            raise ArithmeticError("a neuron does not change sign between the roots of an edge")
        common = gcd(x, y)
        x, y = x // common, y // common
        return lowest([y * s + x * t for s, t in zip(p, q, strict=True)])

    def point(self, r: int) -> tuple[int, ...]:
        """Homogeneous integer coordinates (x_1, ..., x_d, w) of a vertex, w > 0."""
        row = self.row(r)
        return lowest(row[len(self.layer.bias) :])

    def forget(self) -> None:
        """Drop what was computed; it can be computed again."""
        self._rows.clear()
