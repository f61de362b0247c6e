"""Several outputs over all weights: what to do with neurons of the dual network that are no multiples of each other.

Two affine functions that are not zero, and no positive multiples of each other, have opposite signs somewhere.  Such a
point is a probe: with it among the conditions of the dual network these two neurons no longer go together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, islice, product

from verinet.claims.universal import NoFit
from verinet.claims.universal_duals import Neuron, copies

Point = tuple[Fraction, ...]

#: Choices of one output for each neuron.
MOST_CHOICES = 16
#: Denominators of probes that are tried before any is allowed: short numbers keep later searches fast.
DENOMINATORS = (1, 2, 4, 12, 60, 1000)


def shared(claim: NoFit, weights: Sequence[Fraction]) -> Iterator[tuple[Neuron, ...]]:
    """Inner weights that all outputs may share: of each neuron those in one of the outputs.  Guarantee: none."""
    yield from islice(
        product(*(dict.fromkeys(filter(any, row)) or row for row in copies(claim, weights))), MOST_CHOICES
    )


def separating(claim: NoFit, weights: Sequence[Fraction]) -> tuple[Point, ...]:
    """Probes for all neurons of two outputs that are no multiples of each other.

    Guarantee: exact (opposite signs there).

    Examples
    --------
    >>> from verinet.claims.universal import no_network
    >>> claim = no_network(width=1).fits([0, 1, 2], [(0, 0), (1, 0), (2, 1)])
    >>> separating(claim, [Fraction(q) for q in (1, 0, 0, 1, -1, 0)])  # x, and x - 1
    ((Fraction(1, 2),),)
    """
    found: dict[Point, None] = {}
    for row in copies(claim, weights):
        for one, other in combinations(filter(any, row), 2):
            if not any(_opposite(one, other, probe) for probe in found):
                found |= dict.fromkeys(_probe(claim.points, one, other))
    return tuple(found)


def _probe(points: Sequence[Point], one: Neuron, other: Neuron) -> list[Point]:
    """A point where the neurons have opposite signs, far from both zero sets; none if there is no such point."""
    one, other = _scaled(one), _scaled(other)
    steps = [tuple(Fraction(i == j) for j in range(len(points[0]))) for i in range(len(points[0]))]
    centre = tuple(sum(entries, Fraction(0)) / len(points) for entries in zip(*points, strict=True))
    starts = [centre, *points, *(tuple(a + b for a, b in zip(centre, step, strict=True)) for step in steps)]
    # where one + factor * other = 0 their signs are opposite, unless both are zero
    sums = [tuple(a + factor * b for a, b in zip(one, other, strict=True)) for factor in (Fraction(1), Fraction(2))]
    feet = [_foot(start, row) for row in sums if any(row[:-1]) for start in starts]
    best = max(feet, key=lambda foot: abs(_at(one, foot)), default=None)
    if best is None or not _opposite(one, other, best):
        return []
    short = (tuple(entry.limit_denominator(most) for entry in best) for most in DENOMINATORS)
    return [next((probe for probe in short if _opposite(one, other, probe)), best)]


def _foot(start: Point, row: Neuron) -> Point:
    """The nearest zero of an affine function that is not constant."""
    step = _at(row, start) / sum(w * w for w in row[:-1])
    return tuple(x - step * w for x, w in zip(start, row, strict=False))


def _scaled(neuron: Neuron) -> Neuron:
    size = sum(map(abs, neuron))
    return tuple(entry / size for entry in neuron)


def _at(neuron: Neuron, point: Point) -> Fraction:
    return sum((w * x for w, x in zip(neuron, point, strict=False)), neuron[-1])


def _opposite(one: Neuron, other: Neuron, probe: Point) -> bool:
    return _at(one, probe) * _at(other, probe) < 0
