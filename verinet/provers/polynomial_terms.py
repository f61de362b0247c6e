"""What refutes a bound on a case: terms for the kernel, the guards they multiply, cuts, and points that fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from verinet.kernel import Polynomial, contains
from verinet.provers.cases import Box, Case, common, hex_number
from verinet.provers.sides import Oracle

Exact = dict[tuple[int, ...], Fraction]
Point = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms for the kernel: [c, guards, root]; and points of the case at which the gap is 0."""

    terms: list[list[Any]]
    contacts: tuple[tuple[Fraction, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """The case is to be cut by this form."""

    row: list[int]


@dataclass(frozen=True, slots=True)
class Contact:
    """A point of the case at which the bound fails."""

    point: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Guard:
    """A form that is nonnegative on the case, and its index in the kernel's list."""

    index: int
    row: tuple[int, ...]
    strict: bool


def guards_of(case: Case, box: Box) -> list[Guard]:
    """Active hypotheses and box bounds, with their indices: 0 is the negated bound, 1.. the newest first."""
    domain = box.domain
    guards = [Guard(case.hypotheses - form.place, form.row, form.strict) for form in case.active if any(form.row[1:])]
    size = len(domain.box)
    for place, bounds in enumerate(domain.box):
        for side, end in enumerate(bounds):
            if end is None:
                continue
            sign = -1 if side else 1
            row = [0] * (size + 1)
            row[0], row[place + 1] = -sign * end, sign * domain.over
            guards.append(Guard(1 + case.hypotheses + 2 * place + side, tuple(row), False))
    return guards


def term(factor: Fraction, guards: Sequence[int], root: Exact | None) -> tuple[Fraction, list[int], Any]:
    """A term with an integer root: c root^2 = (c/d^2) (d root)^2."""
    if root is None:
        return factor, list(guards), None
    over = lcm(*(entry.denominator for entry in root.values()))
    text = [[hex_number(int(entry * over)), list(exponents)] for exponents, entry in root.items() if entry]
    return factor / over**2, list(guards), text


def written(terms: Sequence[tuple[Fraction, list[int], Any]], contacts: tuple[Point, ...] = ()) -> Terms:
    """All terms with integer factors, the negated bound first."""
    everything = [(Fraction(1), [0], None), *((c, g, r) for c, g, r in terms if c > 0)]
    over = lcm(*(c.denominator for c, _, _ in everything))
    return Terms([[hex_number(int(c * over)), guards, root] for c, guards, root in everything], contacts)


def of_empty_case(weights: Sequence[tuple[Fraction, int]]) -> Terms:
    """Terms of an empty case: guards alone that add up to a constant < 0, or to 0 with a strict one."""
    over = lcm(*(weight.denominator for weight, _ in weights))
    return Terms([[hex_number(int(weight * over)), [index], None] for weight, index in weights])


def value_at(polynomial: Polynomial, point: Sequence[Fraction]) -> Fraction:
    total = Fraction(0)
    for exponents, coefficient in polynomial.items():
        value = Fraction(coefficient)
        for coordinate, power in zip(point, exponents, strict=True):
            value *= coordinate**power
        total += value
    return total


def samples(case: Case, oracle: Oracle) -> list[tuple[Fraction, ...]]:
    """Known points of the case, made rational, those that really lie in it."""

    points = [oracle.box.to_x(point.tolist(), 20) for point in case.points[:8]]
    return [point for point in points if in_case(case, oracle, point)]


def in_case(case: Case, oracle: Oracle, point: Point) -> bool:
    forms = [(list(form.row), form.strict) for form in case.active]
    return contains(oracle.box.domain, forms, common(point), interior=False)
