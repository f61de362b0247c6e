"""A path from the centre of a cube to its boundary, along which a narrow monotone network does not ascend.

Let the layers be invertible, with as many neurons as inputs, and the activations strictly monotone.  Then all layers
together are a homeomorphism h of R^n onto R^n, and the output is an affine form c.z + d of z = h(x).  The ray
h(0) - t c, t >= 0, on which the output falls, is drawn back through the layers, one after another: the inverse of a
layer is piecewise affine, so a polyline stays a polyline.  In the inputs it leaves every bounded set.

Layers that are not invertible, narrower ones and activations with flat pieces are first moved by a small amount.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from verinet.errors import SingularMatrix
from verinet.exact.linalg import Matrix
from verinet.networks.activations import IDENTITY, Activation, line
from verinet.networks.build import network, relu, variable
from verinet.networks.network import Interval, Network
from verinet.theory.minimal_width.monotone_layers import MonotoneLayer, MonotoneLayers, direction
from verinet.work import keep_going

__all__ = ["descending_path", "path_network", "strict_layers"]

Point = tuple[Fraction, ...]


def strict_layers(layers: MonotoneLayers, inputs: int, amount: Fraction) -> tuple[MonotoneLayer, ...] | None:
    """The hidden layers with `inputs` neurons each, invertible and strictly monotone; None if this amount does not do.

    Layers that are so already stay as they are.  To the others `amount` times the identity is added, and missing
    rows and columns are 0 before; to an activation with a flat piece, `amount` times the identity or its opposite.
    All but finitely many amounts do.

    Guarantee: exact.
    """
    found = []
    for layer in layers.hidden:
        weight = _padded(layer.weight, inputs, inputs)
        if not weight.det():
            weight = weight + Matrix.identity(inputs).scale(amount)
        if not weight.det():
            return None
        bias = _padded(layer.bias, inputs, 1)
        spare = (IDENTITY,) * (inputs - len(layer.activations))
        activations = (*(_strict(act, amount) for act in layer.activations), *spare)
        if not all(line(piece)[0] for act in activations for piece in act.pieces):
            return None
        found.append(MonotoneLayer(weight, bias, activations))
    return tuple(found)


def descending_path(
    hidden: Sequence[MonotoneLayer], slope: Sequence[Fraction], start: Point, box: Sequence[Interval]
) -> tuple[Point, ...]:
    """The vertices of a polyline in the box from `start` to its boundary along which slope . h(x) descends.

    Parameters
    ----------
    hidden : sequence of MonotoneLayer
        Made by `strict_layers`.
    slope : sequence of Fraction
        Not all 0; one a neuron of the last layer.
    start : tuple of Fraction
        Inside of the box.
    box : sequence of (Fraction, Fraction)

    Raises
    ------
    SingularMatrix
        If a layer is not invertible.

    Examples
    --------
    >>> from verinet.networks.build import leaky_relu, network, variables
    >>> from verinet.theory.minimal_width.monotone_layers import monotone_layers
    >>> a, b = variables("x", 2)
    >>> layers = monotone_layers(network((a, b), leaky_relu(a + b, "1/2") - leaky_relu(b - a, "1/2")))
    >>> cube = [(Fraction(-1), Fraction(1))] * 2
    >>> path = descending_path(layers.hidden, layers.weight.row(0), (Fraction(0),) * 2, cube)
    >>> [[str(q) for q in point] for point in path]
    [['0', '0'], ['-1', '-1/3']]

    Guarantee: exact.
    """
    values, ranges = [start], [list(box)]
    for layer in hidden:
        values.append(_after(layer, values[-1]))
        ranges.append(_ranges(layer, ranges[-1]))
    length = _time_inside(values[-1], [-c for c in slope], ranges[-1])
    path = [values[-1], tuple(v - length * c for v, c in zip(values[-1], slope, strict=True))]
    for place in range(len(hidden) - 1, -1, -1):
        path = _inside(_drawn_back(hidden[place], path), ranges[place])
    return tuple(path)


def _padded(matrix: Matrix, rows: int, columns: int) -> Matrix:
    given = [list(row) + [Fraction(0)] * (columns - matrix.columns) for row in matrix.to_rows()]
    return Matrix.from_rows(given + [[Fraction(0)] * columns] * (rows - matrix.rows), columns)


def _strict(act: Activation, amount: Fraction) -> Activation:
    if all(line(piece)[0] for piece in act.pieces):
        return act
    tilt = direction(act) * amount
    pieces = tuple((line(piece)[1], line(piece)[0] + tilt) for piece in act.pieces)
    values = tuple(v + tilt * t for v, t in zip(act.values, act.breakpoints, strict=True))
    return Activation("piecewise", (), act.breakpoints, pieces, values)


def _after(layer: MonotoneLayer, point: Point) -> Point:
    z = layer.weight @ Matrix.column(point) + layer.bias
    return tuple(act.value(z[i, 0]) for i, act in enumerate(layer.activations))


def _ranges(layer: MonotoneLayer, box: Sequence[Interval]) -> list[Interval]:
    """Intervals that hold all results of a layer on a box."""
    found = []
    for i, act in enumerate(layer.activations):
        ends = [sorted((w * low, w * high)) for w, (low, high) in zip(layer.weight.row(i), box, strict=True)]
        low = layer.bias[i, 0] + sum(end[0] for end in ends)
        high = layer.bias[i, 0] + sum(end[1] for end in ends)
        first, last = sorted((act.value(low), act.value(high)))
        found.append((first, last))
    return found


def _time_inside(point: Point, way: Sequence[Fraction], box: Sequence[Interval]) -> Fraction:
    """The greatest t for which point + t way is in the box."""
    return min(
        ((high if step > 0 else low) - value) / step
        for value, step, (low, high) in zip(point, way, box, strict=True)
        if step
    )


def _drawn_back(layer: MonotoneLayer, path: Sequence[Point]) -> list[Point]:
    """The polyline that the layer maps to this one."""
    bends = [tuple(act.values) for act in layer.activations]
    fine = [path[0]]
    for start, end in pairwise(path):
        keep_going()
        steps = {Fraction(1)}
        for values, a, b in zip(bends, start, end, strict=True):
            steps.update((v - a) / (b - a) for v in values if min(a, b) < v < max(a, b))
        fine.extend(_between(start, end, t) for t in sorted(steps))
    before = [[_inverse(act, y) for act, y in zip(layer.activations, point, strict=True)] for point in fine]
    columns = Matrix.from_rows([[z - b for z, b in zip(point, layer.bias.T.row(0), strict=True)] for point in before])
    return list(layer.weight.solve(columns.T).T.to_rows())


def _between(start: Point, end: Point, t: Fraction) -> Point:
    return end if t == 1 else tuple(a + t * (b - a) for a, b in zip(start, end, strict=True))


def _inverse(act: Activation, y: Fraction) -> Fraction:
    """Where a strictly monotone activation has this value."""
    rising = direction(act) > 0
    place = sum((v < y) if rising else (v > y) for v in act.values)
    if place < len(act.values) and act.values[place] == y:
        return act.breakpoints[place]
    slope, constant = line(act.pieces[place])
    if not slope:
        raise SingularMatrix(f"{act} has a flat piece, and no inverse", fix="tilt it first")
    return (y - constant) / slope


def _inside(path: Sequence[Point], box: Sequence[Interval]) -> list[Point]:
    """The polyline up to where it first leaves the box."""
    kept = [path[0]]
    for start, end in pairwise(path):
        if all(low <= value <= high for value, (low, high) in zip(end, box, strict=True)):
            kept.append(end)
            continue
        t = _time_inside(start, [b - a for a, b in zip(start, end, strict=True)], box)
        return kept if not t else [*kept, _between(start, end, t)]
    return kept


def path_network(path: Sequence[Point]) -> Network:
    """The polyline as a network of one input t: at t = k / (len(path) - 1) it is at its vertex k.

    Examples
    --------
    >>> path_network([(Fraction(0), Fraction(0)), (Fraction(1), Fraction(0)), (Fraction(1), Fraction(2))])("3/4")
    (Fraction(1, 1), Fraction(1, 1))

    Guarantee: exact.
    """
    t, count = variable("t"), len(path) - 1
    steps = [[count * (b - a) for a, b in zip(start, end, strict=True)] for start, end in pairwise(path)]
    bends = [[b - a for a, b in zip(one, other, strict=True)] for one, other in pairwise(steps)]
    outputs = []
    for j, value in enumerate(path[0]):
        total = value + steps[0][j] * t
        for place, bend in enumerate(bends, 1):
            total = total + bend[j] * relu(t - Fraction(place, count))
        outputs.append(total)
    return network(t, outputs)
