"""Two networks as sums of bends: which bends stay when equal ones are counted together.

A unit of an activation with one breakpoint t and no jump is an affine form of z plus kappa r(g), where g = z - t and
r(t) = max(t, 0).  Where g has one sign the unit is affine; where it has both, r(g) is a *bend* along g = 0, and two
bends along the same set differ by a factor and an affine form: r(-g) = r(g) - g.  Hence on a part of the domain the
difference of two networks is an affine form plus a sum of coefficients times different bends.  If all of them
vanish the networks are equal there, however many cells the bends cut this part into.

Here everything is float64: it is a proposal which parts to look at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from verinet.kernel import Layer, Statement
from verinet.provers.cases import Floats

Signs = npt.NDArray[np.int8]
#: Values below this, relative to their row, are taken for zero in a proposal.
NEGLIGIBLE = 1e-9
#: Points at which units are compared.
SEEN = 200
#: Splits that are compared; of more, those that cut the known points most evenly.
MOST_WAYS = 40


@dataclass(frozen=True, slots=True, eq=False)
class FloatLayer:
    """Rows over (1, values), and of each unit the lower piece, kappa and the breakpoint (kappa 0: it does not bend)."""

    weights: Floats
    slope: Floats
    offset: Floats
    kappa: Floats
    at: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """Two networks in floats; units are counted through both of them, layer by layer."""

    networks: tuple[tuple[FloatLayer, ...], ...]
    inputs: int

    @property
    def units(self) -> int:
        """The number of units of all layers."""
        return sum(len(layer.at) for network in self.networks for layer in network)

    @property
    def later(self) -> npt.NDArray[np.bool_]:
        """Which of the units are beyond the first layer of their network."""
        return np.concatenate(
            [np.full(len(layer.at), depth > 0) for network in self.networks for depth, layer in enumerate(network)]
        )

    @property
    def bending(self) -> npt.NDArray[np.bool_]:
        """Which of the units bend."""
        return np.concatenate([layer.kappa != 0 for network in self.networks for layer in network])


@dataclass(frozen=True, slots=True, eq=False)
class Residue:
    """What is left of the difference: bends with a coefficient, bends in all, and whether anything is left.

    `ways` holds units whose g is a form of the inputs and has both signs, one for each set g = 0.
    """

    uncancelled: int
    bends: int
    vanishes: bool
    ways: tuple[int, ...]


def float_layer(layer: Layer) -> FloatLayer | None:
    """The layer in floats; None if an activation jumps, has two breakpoints, or a piece that is not affine."""
    q = layer.activations_over
    columns: list[tuple[float, float, float, float]] = []
    for table in layer.tables:
        if len(table) > 2 or any(piece.slope is None for piece in table):
            return None
        low, high, t = table[0], table[-1], table[0].until or 0
        slope, rise = low.slope or 0, (high.slope or 0) - (low.slope or 0)
        if rise * t + (high.offset - low.offset) * q != 0 or (len(table) == 2 and rise == 0):
            return None
        columns.append((slope / q, low.offset / q, rise / q, t / q))
    slopes, offsets, kappas, ends = (np.array(column) for column in zip(*columns, strict=True))
    weights = np.array([[entry / layer.over for entry in row] for row in layer.weights])
    return FloatLayer(weights, slopes, offsets, kappas, ends)


def shape_of(statement: Statement) -> Shape | None:
    """The two networks of an `equal` statement in floats; None if they have other activations, or numbers too large."""
    networks: list[tuple[FloatLayer, ...]] = []
    try:
        for network in statement.networks:
            layers = [float_layer(layer) for layer in network]
            networks.append(tuple(layer for layer in layers if layer is not None))
            if len(networks[-1]) < len(network):
                return None
    except OverflowError:
        return None
    return Shape(tuple(networks), len(statement.networks[0][0].weights[0]) - 1)


def evaluate(shape: Shape, points: Floats) -> tuple[Floats, Floats]:
    """At points (one a row): g of every unit, one a column; and the difference of the outputs."""
    found: list[Floats] = []
    outputs: list[Floats] = []
    for network in shape.networks:
        values = points
        for layer in network:
            z = values @ layer.weights[:, 1:].T + layer.weights[:, 0]
            found.append(z - layer.at)
            values = layer.slope * z + layer.offset + layer.kappa * np.maximum(z - layer.at, 0.0)
        outputs.append(values)
    return np.concatenate(found, axis=1), outputs[0] - outputs[1]


def signs(levels: Floats) -> Signs:
    """Of each unit: -1 or 1 if g has one sign at all points, 0 if it has both; never positive counts as -1."""
    reach = np.abs(levels).max(axis=1, keepdims=True, initial=0.0) * NEGLIGIBLE
    above, below = (levels > reach).any(axis=0), (levels < -reach).any(axis=0)
    found: Signs = np.where(above & below, 0, np.where(above, 1, -1)).astype(np.int8)
    return found


def partnered(shape: Shape, levels: Floats) -> npt.NDArray[np.bool_]:
    """Which units beyond the first layer bend along the same set as a unit of the other network, as points tell."""
    seen = levels[:SEEN]
    sizes = np.abs(seen).max(axis=0, initial=0.0)
    kept = (sizes > 0) & shape.bending & shape.later
    middle = sum(len(layer.at) for layer in shape.networks[0])
    found = np.zeros(shape.units, dtype=np.bool_)
    for unit in np.flatnonzero(kept[:middle]).tolist():
        own = seen[:, unit] / sizes[unit]
        others = middle + np.flatnonzero(kept[middle:])
        columns = seen[:, others] / sizes[others]
        gaps = [np.abs(columns - sign * own[:, None]).max(axis=0, initial=0.0) for sign in (1.0, -1.0)]
        partners = others[np.minimum(*gaps) <= NEGLIGIBLE]
        found[[unit, *partners.tolist()]] |= len(partners) > 0
    return found


def residue(shape: Shape, phases: Signs) -> Residue:
    """Add up the bends of both networks where the units have these signs.

    A form is a row over (1, x, bends), and the bends are numbered as they turn up.
    """
    known: dict[bytes, int] = {}
    ways: dict[int, int] = {}
    width = 1 + shape.inputs + int(((phases == 0) & shape.bending).sum())
    start = 0
    outputs: list[Floats] = []
    for network in shape.networks:
        values = np.eye(shape.inputs, width, 1)
        for layer in network:
            z = layer.weights[:, 1:] @ values
            z[:, 0] += layer.weights[:, 0]
            values = layer.slope[:, None] * z
            values[:, 0] += layer.offset
            z[:, 0] -= layer.at
            phase = phases[start : start + len(z)]
            values += np.where(phase > 0, layer.kappa, 0.0)[:, None] * z
            for unit in np.flatnonzero((phase == 0) & (layer.kappa != 0)).tolist():
                key, factor = _direction(z[unit])
                bend = known.setdefault(key, 1 + shape.inputs + len(known))
                if not np.any(z[unit, 1 + shape.inputs :]):
                    ways.setdefault(bend, start + unit)
                if factor < 0:
                    values[unit] += layer.kappa[unit] * z[unit]
                values[unit, bend] += layer.kappa[unit] * abs(factor)
            start += len(z)
        outputs.append(values)
    rest = np.abs(outputs[0] - outputs[1])
    left = rest > 1e-7 * max(1.0, float(np.abs(outputs[0]).max(initial=0.0)))
    bends = left[:, 1 + shape.inputs :].any(axis=0)
    return Residue(int(bends.sum()), len(known), not left.any(), tuple(ways.values()))


def _direction(row: Floats) -> tuple[bytes, float]:
    """The row up to a factor, as a key, and the factor: the last entry that is not negligible becomes positive."""
    size = float(np.abs(row).max())
    last = row[np.flatnonzero(np.abs(row) > NEGLIGIBLE * size)[-1]]
    factor = size if last > 0 else -size
    return (np.round(row / factor, 8) + 0.0).tobytes(), factor


def best_way(shape: Shape, levels: Floats, ways: Sequence[int]) -> int:
    """The unit along which a split leaves the fewest bends uncancelled, and then the fewest bends, on both sides."""

    def left_over(unit: int) -> tuple[int, int]:
        sides = (levels[levels[:, unit] > 0], levels[levels[:, unit] < 0])
        found = [residue(shape, signs(side)) for side in sides]
        return sum(side.uncancelled for side in found), sum(side.bends for side in found)

    evenness = np.abs((levels[:, list(ways)] > 0).mean(axis=0) - 0.5)
    most_even: list[int] = np.argsort(evenness, kind="stable")[:MOST_WAYS].tolist()
    return min((ways[k] for k in most_even), key=left_over)
