"""Small networks with nasty weights, one for every number: zero rows, duplicates, dead neurons, long denominators."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from typing import Any

import pytest

from verinet.networks import Network, activation, layered

SHORT = [Fraction(n, d) for n in (-3, -2, -1, 0, 0, 1, 1, 2, 3) for d in (1, 2)]
LONG = Fraction(10**60 + 7, 10**60 + 9)


def entry(chance: random.Random) -> Fraction:
    """A weight: short, or rarely with sixty digits."""
    if chance.random() < 0.05:
        return LONG * chance.choice([1, -1])
    return chance.choice(SHORT)


def small_network(number: int, sizes: tuple[int, ...], names: tuple[Any, ...] = ("relu",)) -> Network:
    """The network of this number: inputs, widths, outputs; sometimes a neuron is a copy or a multiple of another."""
    chance = random.Random(number)
    weights, biases = [], []
    for before, after in itertools.pairwise(sizes):
        rows = [[entry(chance) for _ in range(before)] for _ in range(after)]
        shifts = [entry(chance) for _ in range(after)]
        if after > 1 and chance.random() < 0.3:
            factor = chance.choice([Fraction(1), Fraction(-1), Fraction(2)])
            rows[1] = [factor * a for a in rows[0]]
            shifts[1] = factor * shifts[0]
        weights.append(rows)
        biases.append(shifts)
    name = chance.choice(names)
    return layered(weights, biases, activation(*name) if isinstance(name, tuple) else activation(name))


def grid(sides: tuple[tuple[int, int], ...], steps: int) -> list[tuple[Fraction, ...]]:
    """Points of a box."""
    axes = [[Fraction(a) + Fraction((b - a) * k, steps) for k in range(steps + 1)] for a, b in sides]
    return list(itertools.product(*axes))


#: A hundred numbers, of which a few are tried in every run.
HUNDRED = [pytest.param(n, marks=[pytest.mark.nightly] * (n >= 8)) for n in range(100)]
