"""Two points with one value, exactly: along a direction that a cell loses, or on both sides of a fold.

Floats choose nothing here: local affine maps are exact, and every pair is judged by the claim before it is given out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from verinet.claims.injectivity import Injective
from verinet.errors import SingularMatrix
from verinet.exact.linalg import Matrix
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.local_maps import LocalMap, local_map
from verinet.networks.network import Network
from verinet.work import keep_going

Point = tuple[Fraction, ...]
Pair = tuple[Point, Point]
#: How often a step is halved before a construction is given up: slivers of weights with 60 digits are that thin.
HALVINGS = 400
#: Starting points tried for one walk: a segment may meet an edge where it should cross a facet.
WALKS = 12
#: Cells that one walk may cross.
CROSSINGS = 2000


def quick_collision(claim: Injective, points: Sequence[Point]) -> Pair | None:
    """A collision that the pieces near some points give away: a lost direction, or determinants of both signs."""
    square = claim.network.output_size == claim.network.input_size
    seen: dict[int, Point] = {}
    for point in points:
        keep_going()
        piece = local_map(claim.network, point)
        if not piece.inside:
            continue
        found = lost_direction(claim, piece)
        if found is not None:
            return found
        if square:
            seen.setdefault(_sign(piece), point)
        if 1 in seen and -1 in seen:
            return fold(claim, seen[1], seen[-1])
    return None


def lost_direction(claim: Injective, piece: LocalMap) -> Pair | None:
    """If the piece is not one-to-one: two points beside the given one, along a direction of its kernel."""
    kernel = piece.weight.nullspace()
    if kernel.columns == 0:
        return None
    entries = kernel.take_columns([0]).T.row(0)
    size = max(map(abs, entries))
    direction = tuple(entry / size for entry in entries)
    # inside of the cell, which may be a sliver; halved for the domain, and for a point on the border
    reaches = (piece.reach(direction), piece.reach(tuple(-entry for entry in direction)))
    step = min([Fraction(1), *(reach / 2 for reach in reaches if reach)])
    for _ in range(HALVINGS):
        left = tuple(x - step * v for x, v in zip(piece.at, direction, strict=True))
        right = tuple(x + step * v for x, v in zip(piece.at, direction, strict=True))
        if claim.collides(left, right):
            return left, right
        step /= 2
    return None


def fold(claim: Injective, first: Point, last: Point) -> Pair | None:
    """Two points with one value on both sides of a facet where the determinant changes its sign.

    The segment between the points crosses such a facet, or a cell that loses a direction; both sides of the facet
    have images on one side of its image.
    """
    for start in _starts(claim.network, first):
        found = _walk(claim, start, last)
        if found is not None:
            return found
    return None


def _starts(network: Network, point: Point) -> Iterator[Point]:
    """The point, and others in its cell, chosen so that their segments are in general position."""
    yield point
    radius = local_map(network, point).radius() or Fraction(1)
    for turn in range(1, WALKS):
        shifts = (Fraction((turn * prime) % 17 - 8, 18) for prime in (3, 5, 7, 11, 13, 2, 19, 23, 29, 31))
        moves = [*shifts, *([Fraction(0)] * max(0, len(point) - 10))]
        yield tuple(x + radius * move for x, move in zip(point, moves, strict=False))


def _walk(claim: Injective, first: Point, last: Point) -> Pair | None:
    direction = tuple(b - a for a, b in zip(first, last, strict=True))
    piece, place = local_map(claim.network, first), Fraction(0)
    for _ in range(CROSSINGS):
        keep_going()
        ahead = piece.reach(direction)
        if ahead is None or place + ahead >= 1:
            return None
        border = place + ahead
        following = _just_after(claim.network, first, direction, border)
        if following is None:
            return None
        after, place = following
        if _sign(after) == 0:
            return lost_direction(claim, after)
        if _sign(after) != _sign(piece):
            return _opposite(claim, piece, after, _along(first, direction, border), direction)
        piece = after
    return None


def _just_after(network: Network, start: Point, direction: Point, border: Fraction) -> tuple[LocalMap, Fraction] | None:
    """The piece that begins at a place of the line, and a place inside of it."""
    step = (1 - border) / 2
    for _ in range(HALVINGS):
        piece = local_map(network, _along(start, direction, border + step))
        back = piece.reach(tuple(-entry for entry in direction))
        if piece.inside and back is not None and back >= step:
            return piece, border + step
        step = step / 2 if back is None or back >= step else min(step / 2, step - back / 2)
    return None


def _opposite(claim: Injective, before: LocalMap, after: LocalMap, facet: Point, direction: Point) -> Pair | None:
    """Step back from the facet into the one cell and find the point of the other cell with that value."""
    step = Fraction(1)
    for _ in range(HALVINGS):
        here = _along(facet, direction, -step)
        value = Matrix.column(before.value(here))
        try:
            there = (after.weight.solve(value - after.bias)).T.row(0)
        except SingularMatrix:
            return None
        if claim.collides(here, there):
            return here, there
        step /= 2
    return None


def interior_points(domain: Polyhedron, count: int) -> list[Point]:
    """Points strictly inside a domain, spread out; of an unbounded one, near and far. Their denominators are small."""
    center = domain.point()
    found = [center]
    bounded = domain.has_bounded_box
    scales = (1,) if bounded else (1, 4, 32, 256)
    for number in range(1, count):
        scale = scales[number % len(scales)]
        place = tuple(_radical_inverse(number, prime) for prime in _primes(domain.dimension))
        point = []
        for share, middle, low, high in zip(place, center, domain.low, domain.high, strict=True):
            if low is not None and high is not None:
                point.append(low + share * (high - low))
            elif low is not None or high is not None:
                point.append(low + scale * share if low is not None else (high or 0) - scale * share)
            else:
                point.append(middle + scale * (2 * share - 1))
        found.append(tuple(point))
    return [point for point in found if _strictly_inside(domain, point)]


def _strictly_inside(domain: Polyhedron, point: Point) -> bool:
    for low, value, high in zip(domain.low, point, domain.high, strict=True):
        if (low is not None and value <= low) or (high is not None and value >= high):
            return False
    return all(half.slack(point) > 0 for half in domain.halfspaces)


def _radical_inverse(number: int, base: int) -> Fraction:
    value, scale = Fraction(0), Fraction(1)
    while number:
        scale /= base
        number, digit = divmod(number, base)
        value += digit * scale
    return value


def _primes(count: int) -> list[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found


def _along(start: Point, direction: Point, place: Fraction) -> Point:
    return tuple(x + place * v for x, v in zip(start, direction, strict=True))


def _sign(piece: LocalMap) -> int:
    determinant = piece.weight.det()
    return (determinant > 0) - (determinant < 0)
