"""What is known before the first cell: the blocks of neurons of a network, and the box that they cut."""

# mypy: allow-any-generics

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np

from verinet.errors import EmptyDomain, NotBounded, ShapeMismatch
from verinet.exact.linalg import Matrix
from verinet.geometry.polyhedra import Polyhedron
from verinet.regions.blocks import Block, Buffers, Complex
from verinet.regions.faces import FACE
from verinet.regions.forms import Forms, parallel_rows
from verinet.regions.layers import WORD, SplitLayer, SplitNetwork
from verinet.regions.vertex_rows import float_layers

__all__ = ["Plan", "box_complex", "flat_domain", "plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """The blocks of a network on a domain, and the corners of the box that is cut first."""

    blocks: tuple[Block, ...]
    corners: tuple[tuple[Fraction, ...], ...]
    dimension: int


def plan(network: SplitNetwork, domain: Polyhedron) -> Plan:
    """Everything that is known before the first cell: layers in floats and integers, blocks of 64 neurons."""
    d = network.input_size
    if domain.dimension != d:
        raise ShapeMismatch(
            f"the network has {d} inputs and the domain {domain.dimension} coordinates",
            fix="give a domain with one interval for every input channel",
        )
    box = domain.bounding_box()
    if any(low == high for low, high in zip(box.low, box.high, strict=True)):
        raise flat_domain()
    layers = list(network.layers)
    outside = 0
    if domain.halfspaces:
        layers.insert(0, _halfspaces(domain))
        if len(layers) > 1:
            layers[1] = _after_domain(layers[1], len(domain.halfspaces))
        outside = len(domain.halfspaces)
    if not layers:
        identity = Matrix.identity(d)
        layers.append(SplitLayer(identity, Matrix.zeros(d, 1), 0, (), (), ()))
    whole = SplitNetwork(tuple(layers), network.weight, network.bias, d)
    blocks = []
    before = np.zeros(d, dtype=np.int64)
    for index, (layer, floats) in enumerate(zip(layers, float_layers(whole), strict=True)):
        forms = Forms(layer, floats, before)
        for first in range(0, max(1, layer.splits), WORD):
            count = min(WORD, layer.splits - first)
            mark = bool(outside) and index == 0
            blocks.append(Block(index, first, count, forms, parallel_rows(forms, first, count), mark))
        before = floats.exponents
    return Plan(tuple(blocks), _corners(box), d)


def flat_domain() -> EmptyDomain:
    """The error for a domain without interior points.

    Guarantee: exact.
    """
    return EmptyDomain(
        "the domain has no interior, so no cell has full dimension",
        fix="give a domain with interior points; a slice of the network has inputs of its own",
    )


def _corners(box: Polyhedron) -> tuple[tuple[Fraction, ...], ...]:
    sides = []
    for coordinate, (low, high) in enumerate(zip(box.low, box.high, strict=True)):
        if low is None or high is None:
            raise NotBounded(f"coordinate {coordinate} is not bounded", fix="give a bounded domain")
        sides.append((low, high))
    return tuple(product(*sides))


def _halfspaces(domain: Polyhedron) -> SplitLayer:
    """The rows normal . x - offset of the domain's halfspaces, and the inputs carried on."""
    d = domain.dimension
    rows = Matrix.from_rows([h.normal for h in domain.halfspaces]).vstack(Matrix.identity(d))
    offsets = Matrix.column([-h.offset for h in domain.halfspaces]).vstack(Matrix.zeros(d, 1))
    count = len(domain.halfspaces)
    nothing = (Fraction(0),) * count
    return SplitLayer(rows, offsets, count, nothing, nothing, tuple((-1, j, Fraction(0)) for j in range(count)))


def _after_domain(layer: SplitLayer, count: int) -> SplitLayer:
    weight = Matrix.zeros(layer.rows, count).hstack(layer.weight)
    return SplitLayer(weight, layer.bias, layer.splits, layer.left, layer.right, layer.origins)


def box_complex(start: Plan) -> Complex:
    """The 3^d faces of the box: a face is a choice of low, high or both in every coordinate."""
    d = start.dimension
    names = sorted(product((0, 1, 2), repeat=d), key=lambda name: (sum(side == 2 for side in name), name))
    place = {name: index for index, name in enumerate(names)}
    buffers = Buffers(d)
    buffers.faces(len(names), 3**d * (2 * d + 2))
    buffers.rows(2**d, 0)
    segments = np.zeros(d + 2, dtype=np.int64)
    used = 0
    for index, name in enumerate(names):
        free = [k for k, side in enumerate(name) if side == 2]
        segments[len(free) + 1] = index + 1
        face = buffers.F[index]
        for slot in FACE.names or ():
            face[slot] = 0
        face["own"], face["dim"], face["carrier"] = 1, len(free), index
        face["start"], face["count"] = (index if not free else used), 2 * len(free)
        for k in free:
            for side in (0, 1):
                buffers.L[used] = place[(*name[:k], side, *name[k + 1 :])]
                used += 1
        if len(free) == 1:
            buffers.L[used : used + 2] = buffers.L[used - 2 : used]
            used += 2
    exact = all(Fraction(float(x)) == x for corner in start.corners for x in corner)
    for row, corner in enumerate(start.corners):
        buffers.X[row] = [float(x) for x in corner]
        buffers.e[row] = 0.0 if exact else 1.0
    total = len(names)
    cells = np.array([total - 1], dtype=np.int32)
    words = np.zeros((1, 0), dtype=np.uint64)
    return Complex(buffers, None, total, used, 2**d, cells, words, None, np.arange(total), segments, 0)
