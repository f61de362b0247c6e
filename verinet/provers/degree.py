"""Maps of R^n to itself, decided by their degree: coherently oriented and one value taken once, or a collision.

With one strict sign of all determinants every value outside the images of the cells' walls is taken equally often,
so it is enough to look at the preimages of one value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet.claims import degree
from verinet.claims.injectivity import Injective
from verinet.claims.verdicts import Json
from verinet.errors import Unsupported
from verinet.networks.activations import Activation
from verinet.networks.local_maps import local_map
from verinet.networks.network import Activate, Network
from verinet.provers.collisions import Pair, fold, interior_points, lost_direction, quick_collision
from verinet.provers.decide import read
from verinet.provers.equations import OtherSign, search_oriented
from verinet.provers.tree import Fails, Stopped, search
from verinet.work import Budget, Progress

Point = tuple[Fraction, ...]
SAMPLES = 48


@dataclass(frozen=True, slots=True)
class OneToOne:
    """The statement `unique_preimage` and its evidence."""

    statement: Json
    evidence: Json


@dataclass(frozen=True, slots=True)
class Collides:
    """Two different points with one value."""

    pair: Pair


def is_square(network: Network) -> bool:
    """As many outputs as inputs, continuous, finitely many affine pieces: what the theory of degree needs."""
    return network.input_size == network.output_size and all(
        activation.is_affine and activation.is_continuous for activation in activations(network)
    )


def need_affine(network: Network, claim: str) -> None:
    """Refuse networks whose pieces are not affine.

    Raises
    ------
    Unsupported
        Naming the activation.
    """
    for activation in activations(network):
        if activation.kind not in ("affine", "periodic"):
            raise Unsupported(
                f"{claim} needs a network with affine pieces, got the {activation.kind} activation {activation}",
                fix="use piecewise-affine activations",
            )


def activations(network: Network) -> set[Activation]:
    """The activations that a network uses."""
    return {
        activation
        for vertex in network.vertices
        if isinstance(vertex.operation, Activate)
        for activation in vertex.operation.activations
    }


def one_to_one(claim: Injective, at: Point | None, budget: Budget, progress: Progress) -> OneToOne | Collides | Stopped:
    """Decide whether a square continuous map is one-to-one on all of R^n (the claim's domain).

    `at` is the point whose value is looked at, chosen here unless told.
    """
    network, points = claim.network, interior_points(claim.domain, SAMPLES)
    found = quick_collision(claim, points)
    if found is not None:
        return Collides(found)
    start = at if at is not None else regular_point(network, points)
    if start is None:
        return Stopped("no point was found near which the map is affine", 0, True)
    sign = degree.orientation_near(network, start)
    if sign == 0:
        return _judged(lost_direction(claim, local_map(network, start)))
    progress.update(0, 1, "signs of determinants, and preimages of one value")
    found_all = search_oriented(degree.only_at(network, start, claim.domain), sign, budget, progress)
    match found_all:
        case Stopped():
            return found_all
        case OtherSign(point=point):
            return _judged(lost_direction(claim, local_map(network, point)) or fold(claim, start, point))
        case Fails(point=point):
            return _judged((start, point) if claim.collides(start, point) else None)
    near = search(read(degree.affine_near(network, start).statement()), budget, progress)
    if isinstance(near, (Stopped, Fails)):
        return Stopped("that the map is affine near a point was not shown", 0)
    evidence = [{"steps": found_all.orientation}, {}, {"steps": found_all.equations}, {"steps": near.steps}]
    return OneToOne(degree.unique_preimage(network, start), {"parts": evidence})


def regular_point(network: Network, points: Sequence[Point]) -> Point | None:
    """The first point that lies on no breakpoint."""
    return next((point for point in points if local_map(network, point).inside), None)


def _judged(pair: Pair | None) -> Collides | Stopped:
    if pair is None:
        return Stopped("the map is not one-to-one, but no collision was constructed", 0)
    return Collides(pair)
