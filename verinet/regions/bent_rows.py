r"""The bent rows of one cell as exact affine forms, and what happens to them across a facet.

On a cell every bent row is an affine form in the input.  Across a facet with the form phi a continuous
piecewise-affine function changes by a multiple of phi, so with integer rows Z over fixed denominators

.. math:: Z'_i = Z_i + c_i \varphi, \qquad \varphi \text{ primitive},

with integers c_i that one pass through the layers finds: a scalar a row instead of a form a row.  Rows that vanish
on the facet are multiples of phi (0 included) and may change sign or become 0; all others keep their sign next to
it.  No point, and no step from one, is needed to know the neighbour.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet.exact.linalg import Matrix
from verinet.regions.float_rows import Tracked
from verinet.regions.layers import SplitNetwork

Form = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class IntegerLayer:
    """A layer of bent rows over one denominator.

    `weight` takes integer values over the denominator of the layer before, and gives rows over `over`; `bias` is over
    `over` too.  A value is a row times an integer slope, over ``over * slopes_over``.
    """

    weight: Matrix
    bias: tuple[int, ...]
    start: int
    splits: int
    left: tuple[int, ...]
    right: tuple[int, ...]
    slopes_over: int
    over: int

    def slope(self, row: int, pattern: int) -> int:
        """The slope of a row of this layer under a pattern (all bits of the network)."""
        if row >= self.splits:
            return self.slopes_over
        return self.right[row] if pattern >> (self.start + row) & 1 else self.left[row]

    def sloped(self, rows: Sequence[int], pattern: int) -> list[int]:
        """One number a row, each times the slope of its row."""
        bits = pattern >> self.start
        moved = [r and r * (up if bits >> i & 1 else down) for i, (r, down, up) in
                 enumerate(zip(rows, self.left, self.right, strict=False))]  # fmt: skip
        return moved + [self.slopes_over * r for r in rows[self.splits :]]


@dataclass(frozen=True, slots=True)
class Rows:
    """The bent rows of a cell: one integer form over (1, u) a row, each a positive multiple of the row.

    Bit i of `pattern` tells that row i is positive inside the cell; `zero` holds the rows that vanish on it.

    Guarantee: exact.
    """

    pattern: int
    forms: Matrix
    zero: frozenset[int]
    floats: Tracked

    def take(self, indices: Sequence[int]) -> list[list[int]]:
        """Some of the forms."""
        return self.forms.take_rows(indices).numerators()


@dataclass(frozen=True, slots=True)
class Crossing:
    """What changes across a facet: the pattern, the multiples of its form, the rows that vanish beyond.

    Guarantee: exact.
    """

    pattern: int
    multiples: tuple[int, ...]
    zero: frozenset[int]


class BentRows:
    """The layers of a network in integers, its input replaced by u with ``x = centre + halfwidth u``.

    Parameters
    ----------
    split : SplitNetwork
    centre, halfwidth : tuple of Fraction, optional
        One a coordinate; u is x without them.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.regions.layers import split_network
    >>> x = variable("x")
    >>> bent = BentRows(split_network(network(x, relu(relu(2 * x) - 1))))
    >>> bent.forward(0b01).forms  # right of 0, left of 1/2
    Matrix([[0, 2], [-1, 2]])
    >>> bent.cross(bent.forward(0b01), 0, (0, 1), {0: 2}).pattern  # to the left of 0
    0

    Guarantee: exact.
    """

    def __init__(
        self,
        split: SplitNetwork,
        centre: Sequence[Fraction] | None = None,
        halfwidth: Sequence[Fraction] | None = None,
    ) -> None:
        self.dimension = split.input_size
        self.layers: list[IntegerLayer] = []
        start, over = 0, 1
        for index, layer in enumerate(split.layers):
            weight, bias = layer.weight, layer.bias
            if index == 0 and centre is not None and halfwidth is not None:
                bias = bias + weight @ Matrix.column(centre)
                weight = weight @ _diagonal(halfwidth)
            slopes_over = math.lcm(*(s.denominator for s in (*layer.left, *layer.right)))
            common = math.lcm(weight.denominator, bias.denominator)
            self.layers.append(
                IntegerLayer(
                    weight.scale(common),
                    tuple(int(value[0] * common * over) for value in bias.to_rows()),
                    start,
                    layer.splits,
                    tuple(int(s * slopes_over) for s in layer.left),
                    tuple(int(s * slopes_over) for s in layer.right),
                    slopes_over,
                    common * over,
                )
            )
            start += layer.splits
            over *= common * slopes_over
        self.count = start
        self.over = over
        self.layer_of = [k for k, layer in enumerate(self.layers) for _ in range(layer.splits)]

    def forward(self, pattern: int) -> Rows:
        """The rows of the cell with this pattern, through all layers."""
        values = self._inputs()
        found: list[list[int]] = []
        for layer in self.layers:
            rows = self._through(layer, values)
            found += rows[: layer.splits]
            values = Matrix.from_integers(
                [[layer.slope(i, pattern) * entry for entry in row] for i, row in enumerate(rows)],
                columns=self.dimension + 1,
            )
        return self._rows(pattern, found)

    def values(self, pattern: int) -> Matrix:
        """The values of the last layer on the cell, as rational forms over (1, u)."""
        values = self._inputs()
        for layer in self.layers:
            rows = self._through(layer, values)
            values = Matrix.from_integers(
                [[layer.slope(i, pattern) * entry for entry in row] for i, row in enumerate(rows)],
                columns=self.dimension + 1,
            )
        return values.scale(Fraction(1, self.over))

    def locate(self, point: Sequence[Fraction], inward: Sequence[Fraction] | None) -> tuple[Rows, frozenset[int]]:
        """The cell next to the point: ``point + e d_1 + e^2 d_2 + ...`` lies inside it for all small e > 0.

        d_1 is the direction `inward`, if there is one, and the axes follow.  Also the rows that vanish at the point
        without vanishing on the cell: none when the point is inside.
        """
        lines = [[1, *point]] if inward is None else [[1, *point], [0, *inward]]
        frame = Matrix.from_rows(lines).T
        pattern, found, touched = 0, list[list[int]](), set[int]()
        values = self._inputs()
        for layer in self.layers:
            rows = self._through(layer, values)
            along = (Matrix.from_integers(rows, columns=self.dimension + 1) @ frame).numerators()
            for i in range(layer.splits):
                # the first entry that is not 0 decides for all small e
                sign = next((entry for entry in (*along[i], *rows[i][1:]) if entry), 0)
                if sign and not along[i][0]:
                    touched.add(layer.start + i)
                pattern |= int(sign > 0) << (layer.start + i)
            found += rows[: layer.splits]
            values = Matrix.from_integers(
                [[layer.slope(i, pattern) * entry for entry in row] for i, row in enumerate(rows)],
                columns=self.dimension + 1,
            )
        return self._rows(pattern, found), frozenset(touched)

    def cross(self, rows: Rows, first: int, form: Form, multiples: Mapping[int, int]) -> Crossing:
        """What changes on the other side of a facet.

        Parameters
        ----------
        rows : Rows
            Of the cell on this side.
        first : int
            The lowest row that vanishes on the facet.
        form : tuple of int
            The primitive form of the facet, positive on this side.
        multiples : mapping
            For each row that is a nonzero multiple of the form, the integer multiple.
        """
        special = {**dict.fromkeys(rows.zero, 0), **multiples}
        pattern, zero = rows.pattern, set(rows.zero)
        found: list[int] = []
        change: Matrix | None = None  # of the values of the layer before, as multiples of the form
        for k, layer in enumerate(self.layers):
            if change is None and k < self.layer_of[first]:
                found += [0] * layer.splits
                continue
            if change is None:
                rises = [0] * layer.weight.rows
            else:
                rises = [row[0] for row in (layer.weight @ change).numerators()]
            moved = layer.sloped(rises, rows.pattern)
            for row in special:
                i = row - layer.start
                if not 0 <= i < layer.splits:
                    continue
                before, after = special[row], special[row] + rises[i]
                # beyond the facet its form is negative
                pattern = pattern | 1 << row if after < 0 else pattern & ~(1 << row)
                zero.discard(row)
                if after == 0:
                    zero.add(row)
                moved[i] = layer.slope(i, pattern) * after - layer.slope(i, rows.pattern) * before
            found += rises[: layer.splits]
            change = Matrix.from_integers([[entry] for entry in moved], columns=1)
        return Crossing(pattern, tuple(found), frozenset(zero))

    def crosses_alone(self, rows: Rows, first: int, multiples: Mapping[int, int]) -> bool:
        """Whether the rows that vanish on the facet all change sign there and no other row can become bent.

        So it is where all of them, and all rows that vanish on the cell, are in the layer of the lowest or before.
        """
        end = self.layers[self.layer_of[first]]
        last = end.start + end.splits
        return all(row < last for row in multiples) and all(row < last for row in rows.zero)

    def beyond(self, rows: Rows, form: Form, crossing: Crossing) -> Rows:
        """The rows of the neighbour."""
        column = Matrix.from_integers([[entry] for entry in crossing.multiples], columns=1)
        forms = rows.forms + column @ Matrix.from_integers([form])
        floats = rows.floats.moved(crossing.multiples, form, lambda indices: forms.take_rows(indices).numerators())
        return Rows(crossing.pattern, forms, crossing.zero, floats)

    def _inputs(self) -> Matrix:
        size = self.dimension
        return Matrix.from_integers([[int(i + 1 == j) for j in range(size + 1)] for i in range(size)])

    def _through(self, layer: IntegerLayer, values: Matrix) -> list[list[int]]:
        rows = (layer.weight @ values).numerators()
        for row, constant in zip(rows, layer.bias, strict=True):
            row[0] += constant
        return rows

    def _rows(self, pattern: int, found: list[list[int]]) -> Rows:
        zero = frozenset(i for i, row in enumerate(found) if not any(row))
        forms = Matrix.from_integers(found, columns=self.dimension + 1)
        return Rows(pattern, forms, zero, Tracked.of(found, self.dimension + 1))


def primitive(form: Sequence[int]) -> Form:
    """The form without the common factor of its entries.

    Guarantee: exact.

    Examples
    --------
    >>> primitive((4, -6))
    (2, -3)
    """
    common = math.gcd(*form)
    return tuple(entry // common for entry in form) if common > 1 else tuple(form)


def multiple_of(row: Sequence[int], form: Form) -> int:
    """The integer m with row = m form, for a row that is a multiple of the primitive form.

    Guarantee: exact.

    Examples
    --------
    >>> multiple_of((0, 9), (0, 3))
    3
    """
    place = next(j for j, entry in enumerate(form) if entry)
    return row[place] // form[place]


def _diagonal(entries: Sequence[Fraction]) -> Matrix:
    size = len(entries)
    over = math.lcm(*(entry.denominator for entry in entries))
    scaled = [entry.numerator * (over // entry.denominator) for entry in entries]
    return Matrix.from_integers([[scaled[i] if i == j else 0 for j in range(size)] for i in range(size)], over)
