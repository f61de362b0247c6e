"""Slices of a domain with more inputs than outputs: all inputs but as many as there are outputs are fixed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from math import gcd

from verinet.exact.linalg import Matrix
from verinet.exact.programs import Interior, interior
from verinet.geometry.polyhedra import Halfspace, Polyhedron
from verinet.networks.build import compose, layered
from verinet.networks.local_maps import local_map
from verinet.networks.network import Network
from verinet.provers.collisions import interior_points
from verinet.provers.coverings import Image, cell_points, images
from verinet.provers.tree import Stopped
from verinet.work import Budget, Progress

Point = tuple[Fraction, ...]
#: How far from a point towards the middle of the domain slices are laid: at the point itself an activation may jump.
STEPS = (Fraction(0), Fraction(1, 64), Fraction(1, 8))


def slices_through(network: Network, point: Sequence[Fraction]) -> Iterator[Network]:
    """Affine maps into the space of inputs: as many are left free as there are outputs, the others are the point's."""
    inputs, outputs = network.input_size, network.output_size
    for chosen in combinations(range(inputs), outputs):
        rows = [[int(chosen[place] == i) for place in range(outputs)] for i in range(inputs)]
        yield layered([rows], [[Fraction(0) if i in chosen else point[i] for i in range(inputs)]])


def lines_through(network: Network, point: Sequence[Fraction]) -> Iterator[Network]:
    """Lines in the space of inputs along small integer directions, those along one axis left out."""
    for largest in (1, 2):
        for chosen in product((0, 1, -1, 2, -2)[: 2 * largest + 1], repeat=network.input_size):
            entries = [entry for entry in chosen if entry]
            if len(entries) > 1 and entries[0] > 0 and max(map(abs, entries)) == largest and gcd(*entries) == 1:
                yield layered([[[entry] for entry in chosen]], [list(point)])


def preimage(domain: Polyhedron, slice_: Network) -> Polyhedron:
    """The domain in the coordinates of a slice."""
    piece = local_map(slice_, (0,) * slice_.input_size)
    sides: list[Halfspace] = []
    for i, (low, high) in enumerate(zip(domain.low, domain.high, strict=True)):
        row = piece.weight.row(i)
        if not any(row):
            continue
        if high is not None:
            sides.append(Halfspace(row, high - piece.bias[i, 0]))
        if low is not None:
            sides.append(Halfspace(tuple(-entry for entry in row), piece.bias[i, 0] - low))
    for half in domain.halfspaces:
        normal = Matrix.from_rows([half.normal])
        row = (normal @ piece.weight).row(0)
        if any(row):
            sides.append(Halfspace(row, half.offset - (normal @ piece.bias)[0, 0], half.strict))
    free = (None,) * slice_.input_size
    return Polyhedron(free, free, tuple(sides))


def images_near(
    network: Network, domain: Polyhedron, point: Point, budget: Budget, progress: Progress
) -> list[tuple[Image, Network]]:
    """The images of the cells of slices near a point, each with its slice; those left out that f does not take."""
    middle, found = interior_points(domain, 1)[0], []
    f = network.with_domain(None)
    for step in STEPS:
        x = tuple(a + step * (b - a) for a, b in zip(point, middle, strict=True))
        for slice_ in slices_through(network, x):
            sliced, within = compose(f, slice_), preimage(domain, slice_)
            points = cell_points(sliced, within, budget, progress)
            if isinstance(points, Stopped):
                continue
            found += [(image, slice_) for image in images(sliced, within, points) if _is_taken(sliced, image)]
    return found


def _is_taken(sliced: Network, image: Image) -> bool:
    """Whether a value inside the image is taken where its inverse says: not so where a fixed input is at a jump."""
    free = (None,) * sliced.output_size
    sides = tuple(Halfspace(tuple(Fraction(-a) for a in row[1:]), Fraction(row[0])) for row in image.rows)
    inside = interior(Polyhedron(free, free, sides).system())
    if not isinstance(inside, Interior):
        return False
    back = layered([image.weight], [image.bias])
    return sliced(*back(*inside.point)) == inside.point
