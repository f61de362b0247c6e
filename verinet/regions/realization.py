r"""A piecewise-affine function written afresh as a ReLU network.

With one input, one neuron a breakpoint:

.. math:: f(x) = f(t_1) + s_0 (x - t_1) + \sum_i (s_i - s_{i-1}) \max(x - t_i, 0).

With several, the tropical form: two maxima of affine maps in balanced trees, max(a, b) = a + relu(b - a).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from verinet.networks.build import Expression, maximum, relu, variables
from verinet.networks.build import network as build
from verinet.networks.network import Network
from verinet.regions.tropical import Form, TropicalForm, tropical

if TYPE_CHECKING:
    from verinet.regions.piecewise import PiecewiseAffine

__all__ = ["network_of_forms", "realize"]


def realize(f: PiecewiseAffine) -> Network:
    """A ReLU network that equals the function on its domain.

    It has one hidden layer with one input, otherwise as many as the balanced tree of the longer maximum is deep; the
    number of cells says how large it gets, whatever network the function came from.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import abs_, network, variable
    >>> from verinet.regions.piecewise import piecewise
    >>> x = variable("x")
    >>> f = piecewise(network(x, abs_(abs_(x) - 1)), interval(-2, 2))
    >>> g = realize(f)
    >>> g.depth, g.size, f.compare(g).equal
    (1, 3, True)

    Guarantee: exact.
    """
    inputs = variables("x", f.input_size)
    if f.input_size == 1:
        outputs = [_sum_of_bends(f, inputs[0], output) for output in range(f.output_size)]
    else:
        outputs = [_tropical_expression(inputs, tropical(f, output)) for output in range(f.output_size)]
    return build(inputs, outputs)


def network_of_forms(form: TropicalForm) -> Network:
    """The ReLU network of a tropical form.

    Examples
    --------
    >>> zero, one = Fraction(0), Fraction(1)
    >>> network_of_forms(TropicalForm(((one, zero), (-one, zero)), ((zero, zero),)))(-3)
    (Fraction(3, 1),)

    Guarantee: exact.
    """
    inputs = variables("x", len(form.plus[0]) - 1)
    return build(inputs, [_tropical_expression(inputs, form)])


def _sum_of_bends(f: PiecewiseAffine, x: Expression, output: int) -> Expression:
    """Cells of the line are numbered from left to right, and so are the pieces."""
    lines: list[tuple[Fraction, Fraction]] = []
    for piece in f.pieces:
        line = (piece.weight[output, 0], piece.bias[output, 0])
        if not lines or lines[-1] != line:
            lines.append(line)
    slope, constant = lines[0]
    total = slope * x + constant
    for (before, low), (after, high) in pairwise(lines):
        # where the two lines meet
        total = total + (after - before) * relu(x - (low - high) / (after - before))
    return total


def _tropical_expression(inputs: Sequence[Expression], form: TropicalForm) -> Expression:
    plus, minus = (maximum(*(_affine(inputs, m) for m in forms)) for forms in (form.plus, form.minus))
    return plus - minus


def _affine(inputs: Sequence[Expression], form: Form) -> Expression:
    total: Expression = Fraction(0) * inputs[0] + form[-1]
    for a, x in zip(form, inputs, strict=False):
        if a:
            total = total + a * x
    return total
