"""Polynomial goals on a box in closed form: Bernstein coefficients are the multipliers of products of its sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import comb, gcd, lcm
from typing import Any

from verinet.provers.cases import hex_number
from verinet.provers.frames import Frame

Key = tuple[int, ...]
Polynomial = dict[Key, Fraction]


def coefficients(polynomial: Mapping[Key, int | Fraction], sides: Sequence[tuple[Fraction, Fraction]]) -> Polynomial:
    """Bernstein coefficients on a box, in the degree that the polynomial has in each variable.

    Where a side is a point, those of powers of the distance from it.
    """
    size = len(sides)
    degrees = [max((key[axis] for key in polynomial), default=0) for axis in range(size)]
    current: Polynomial = {key: Fraction(entry) for key, entry in polynomial.items() if entry}
    for axis, (low, high) in enumerate(sides):
        degree, after = degrees[axis], Polynomial()
        for key, entry in current.items():
            power = key[axis]
            # x^k on [low, high] in the Bernstein basis of this degree, or in powers of x - low
            for j in range(degree + 1):
                if low < high:
                    value = _monomial(power, j, degree, low, high)
                else:
                    value = comb(power, j) * low ** (power - j) if j <= power else Fraction(0)
                if value:
                    place = (*key[:axis], j, *key[axis + 1 :])
                    after[place] = after.get(place, Fraction(0)) + entry * value
        current = after
    return {key: current.get(key, Fraction(0)) for key in product(*(range(d + 1) for d in degrees))}


def _monomial(power: int, j: int, degree: int, low: Fraction, high: Fraction) -> Fraction:
    """Coefficient j of x^power: the polar form at j times high and degree - j times low."""
    total = Fraction(0)
    for used in range(max(0, power - (degree - j)), min(j, power) + 1):
        total += comb(j, used) * comb(degree - j, power - used) * high**used * low ** (power - used)
    return total / comb(degree, power)


def terms(negation: Mapping[Key, int | Fraction], frame: Frame, count: int, box_over: int) -> list[list[Any]] | None:
    """Terms of a goal that refute negation > 0 on the box of a frame over the inputs; None if a coefficient is wrong.

    `count` hypotheses stand before; guards are the negation, hypotheses newest first, then the sides of the case's box.
    """
    sides = [(low.value, high.value) for low, high in frame.ends]
    thin = [low == high for low, high in sides]
    found = coefficients({key: -entry for key, entry in negation.items()}, sides)
    if any(
        entry < 0 and not any(j and flat for j, flat in zip(key, thin, strict=True)) for key, entry in found.items()
    ):
        return None
    degrees = [max((key[axis] for key in found), default=0) for axis in range(len(sides))]
    written: list[tuple[Fraction, list[int]]] = [(Fraction(1), [0])]
    for key, entry in found.items():
        if not entry:
            continue
        factor, guards = abs(entry), list[int]()
        turn = entry < 0  # x - low is low - x where both are 0
        for axis, (j, degree) in enumerate(zip(key, degrees, strict=True)):
            low, high = sides[axis]
            if thin[axis]:
                below, above, turn = j - (turn and j > 0), int(turn and j > 0), turn and j == 0
            else:
                below, above = j, degree - j
                factor *= comb(degree, j) / (high - low) ** degree
            for times, side in ((below, 0), (above, 1)):
                end = frame.ends[axis][side]
                if times:
                    guard = 1 + count + 2 * axis + side if end.place is None else count - end.place
                    scale = Fraction(box_over) if end.place is None else end.scale
                    factor /= scale**times
                    guards += [guard] * times
        written.append((factor, guards))
    over = lcm(*(factor.denominator for factor, _ in written))
    numbers = [int(factor * over) for factor, _ in written]
    common = gcd(*numbers)
    return [[hex_number(n // common), guards, None] for n, (_, guards) in zip(numbers, written, strict=True)]
