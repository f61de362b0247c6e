"""Hidden functions for tests of learners: unit weights that are rational, whole weights, near and cancelling pairs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction

from verinet.theory.ridges import Ridge, RidgeSum, Row


def on_the_sphere(point: Sequence[Fraction]) -> Row:
    """The rational unit vector of a point by the inverse of stereographic projection."""
    square = sum((t * t for t in point), Fraction(0))
    return ((1 - square) / (1 + square), *(2 * t / (1 + square) for t in point))


def point(draws: random.Random, inputs: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(draws.randint(-12, 12), draws.randint(1, 9)) for _ in range(inputs - 1))


def unit(draws: random.Random, inputs: int) -> Row:
    return on_the_sphere(point(draws, inputs))


def factor(draws: random.Random) -> Fraction:
    return Fraction(draws.choice((-1, 1)) * draws.randint(1, 9), draws.randint(1, 5))


def function(inputs: int, *neurons: tuple[Fraction, Sequence[Fraction]]) -> RidgeSum:
    return RidgeSum((Fraction(0),) * inputs, ridges=tuple(Ridge(m, tuple(w)) for m, w in neurons))


def of_units(seed: int, neurons: int, inputs: int) -> RidgeSum:
    draws = random.Random(seed)
    return function(inputs, *((factor(draws), unit(draws, inputs)) for _ in range(neurons)))


def near_pair(
    inputs: int, gap: Fraction, first: Fraction, second: Fraction, *others: Fraction, seed: int = 0
) -> RidgeSum:
    """Two unit weights at an angle of about the gap, and further ones far away."""
    draws = random.Random(seed)
    place = point(draws, inputs)
    stretch = (1 + sum((t * t for t in place), Fraction(0))) / 2
    beside = (place[0] + gap * stretch, *place[1:])
    far = ((m, unit(draws, inputs)) for m in others)
    return function(inputs, (first, on_the_sphere(place)), (second, on_the_sphere(beside)), *far)


def with_pairs(seed: int) -> tuple[RidgeSum, int]:
    """A function and its number of neurons: whole or unit weights, some parallel, antipodal, cancelling, or 0."""
    draws = random.Random(seed)
    inputs = draws.randint(1, 6)
    neurons: list[tuple[Fraction, Row]] = []
    while len(neurons) < draws.randint(2, 6):
        weight: Row = tuple(Fraction(draws.randint(-4, 4)) for _ in range(inputs))
        if draws.random() < 0.4:
            weight = unit(draws, inputs)
        neurons.append((factor(draws), weight))
        match draws.randrange(6):
            case 0:
                neurons.append((factor(draws), tuple(-w for w in weight)))
            case 1:
                neurons.append((-neurons[-1][0], tuple(-w for w in weight)))
            case 2:
                neurons.append((neurons[-1][0], tuple(-w for w in weight)))
            case 3:
                neurons.append((-neurons[-1][0] / 3, tuple(3 * w for w in weight)))
    return function(inputs, *neurons), len(neurons)
