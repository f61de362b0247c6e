r"""A tropical form: a scalar output as the difference of two maxima of affine maps.

Every value of a network is a difference P - Q of convex functions that are sums and maxima of affine ones:

.. math:: \max(P - Q, 0) = \max(P, Q) - Q, \qquad \sum_j w_j (P_j - Q_j) =
   \left(\sum_{w_j > 0} w_j P_j + \sum_{w_j < 0} |w_j| Q_j\right)
   - \left(\sum_{w_j > 0} w_j Q_j + \sum_{w_j < 0} |w_j| P_j\right).

P and Q bend only where a preactivation changes its sign, so both are affine on every cell of the canonical complex, and
the signs of the cell say which.  A convex function that is affine on each cell of a convex domain is the maximum of
those affine maps there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from verinet import work
from verinet.exact.linalg import Matrix
from verinet.geometry.polyhedra import exact_point
from verinet.regions.vertex_values import ScalarOutput

if TYPE_CHECKING:
    from verinet.regions.layers import SplitLayer
    from verinet.regions.piecewise import PiecewiseAffine
    from verinet.regions.views import Output

__all__ = ["TropicalForm", "tropical", "tropical_agrees"]

#: (a_1, ..., a_d, b) stands for a . x + b.
Form = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class TropicalForm:
    """The function max_i (p_i . (x, 1)) - max_j (q_j . (x, 1)).

    Parameters
    ----------
    plus, minus : tuple of (a_1, ..., a_d, b)
        The affine maps of the two maxima, each once.

    Examples
    --------
    >>> form = TropicalForm(((Fraction(1), Fraction(0)), (Fraction(0), Fraction(0))), ((Fraction(0), Fraction(1)),))
    >>> form((3,)), form((-3,))
    (Fraction(2, 1), Fraction(-1, 1))

    Guarantee: exact.
    """

    plus: tuple[Form, ...]
    minus: tuple[Form, ...]

    def __call__(self, point: Sequence[Fraction]) -> Fraction:
        """The value at a point."""
        x = exact_point(point, len(self.plus[0]) - 1, "TropicalForm")
        return greatest(self.plus, x) - greatest(self.minus, x)


def tropical(f: PiecewiseAffine, output: Output = None) -> TropicalForm:
    """A tropical form of an output, or of a combination of outputs, on the domain.

    There are at most as many maps in each maximum as there are cells, and none to spare.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.regions.piecewise import piecewise
    >>> x = variable("x")
    >>> form = tropical(piecewise(network(x, relu(x) - relu(x - 1)), interval(-1, 2)))
    >>> len(form.plus), len(form.minus), form((Fraction(1, 2),))
    (2, 2, Fraction(1, 2))

    Guarantee: exact.
    """
    weights = Matrix.from_rows([ScalarOutput(f, output).weights])
    readout, constant = weights @ f.split.weight, weights @ f.split.bias
    layers = [(layer, _Signed(layer.weight)) for layer in f.split.layers]
    last = _Signed(readout)
    plus: dict[Form, None] = {}
    minus: dict[Form, None] = {}
    for cell in range(f.cells):
        work.keep_going()
        signs = f.split.unpack(f.patterns[cell : cell + 1])
        p = Matrix.identity(f.input_size).hstack(Matrix.zeros(f.input_size, 1))
        q = Matrix.zeros(f.input_size, f.input_size + 1)
        for (layer, signed), positive in zip(layers, signs, strict=True):
            p, q = _bent(layer, positive[0].tolist(), *signed.apply(p, q, layer.bias))
        p, q = last.apply(p, q, constant)
        plus[p.row(0)] = minus[q.row(0)] = None
    return TropicalForm(tuple(plus), tuple(minus))


def tropical_agrees(f: PiecewiseAffine, form: TropicalForm, output: Output = None) -> bool:
    """Whether a tropical form equals an output on every bounded cell: on each, both maxima must be one map.

    A map that is the greatest at all vertices of a cell is the greatest on the cell; so the form is affine there as
    soon as one map of each maximum is, and equal to the output if it is so at the vertices.

    Guarantee: exact.  Sufficient: a form may also agree although its maxima bend inside of a cell.
    """
    scalar = ScalarOutput(f, output)
    for cell in range(f.cells):
        work.keep_going()
        corners = f.complex.v_representation(cell)
        for maxima in (form.plus, form.minus):
            top = [greatest(maxima, x) for x in corners]
            if not any(all(value(m, x) == t for x, t in zip(corners, top, strict=True)) for m in maxima):
                return False
        if any(form(x) != scalar.on_cell(cell, x) for x in corners):
            return False
    return True


def value(form: Form, point: Sequence[Fraction]) -> Fraction:
    """a . x + b.

    Guarantee: exact.
    """
    return sum((a * x for a, x in zip(form, point, strict=False)), form[-1])


def greatest(forms: Sequence[Form], point: Sequence[Fraction]) -> Fraction:
    """The greatest of several forms at a point.

    Guarantee: exact.
    """
    return max(value(form, point) for form in forms)


class _Signed:
    """The positive and the negative part of a weight."""

    __slots__ = ("negative", "positive")

    def __init__(self, weight: Matrix) -> None:
        rows, over = weight.numerators(), weight.denominator
        self.positive = Matrix.from_integers([[max(e, 0) for e in r] for r in rows], over, columns=weight.columns)
        self.negative = Matrix.from_integers([[max(-e, 0) for e in r] for r in rows], over, columns=weight.columns)

    def apply(self, p: Matrix, q: Matrix, bias: Matrix) -> tuple[Matrix, Matrix]:
        shift = Matrix.zeros(bias.rows, p.columns - 1).hstack(bias)
        return self.positive @ p + self.negative @ q + shift, self.positive @ q + self.negative @ p


def _bent(layer: SplitLayer, positive: list[bool], p: Matrix, q: Matrix) -> tuple[Matrix, Matrix]:
    """``h = l z + (r - l) max(z, 0)`` with z = p - q and max(z, 0) = max(p, q) - q, each term on its side."""
    ps, qs = [list(row) for row in p.to_rows()], [list(row) for row in q.to_rows()]
    for j, (up, left, right) in enumerate(zip(positive, layer.left, layer.right, strict=True)):
        high, low, most = ps[j], qs[j], ps[j] if up else qs[j]
        bend = right - left
        if left < 0:
            high, low = low, high
        if bend < 0:
            ps[j] = [abs(left) * a - bend * b for a, b in zip(high, qs[j], strict=True)]
            qs[j] = [abs(left) * a - bend * b for a, b in zip(low, most, strict=True)]
        else:
            old = qs[j]
            qs[j] = [abs(left) * a + bend * b for a, b in zip(low, old, strict=True)]
            ps[j] = [abs(left) * a + bend * b for a, b in zip(high, most, strict=True)]
    columns = p.columns
    return Matrix.from_rows(ps, columns=columns), Matrix.from_rows(qs, columns=columns)
