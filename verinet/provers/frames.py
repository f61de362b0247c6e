"""Boxes in the coordinates in which a construction thinks, and multipliers that they give without a search.

A form is refuted by the ends of the box alone: each coordinate's coefficient says which end, and by how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from verinet.exact.linalg import Matrix
from verinet.provers.cases import hex_number

Form = tuple[Fraction, ...]
Affine = tuple[Form, ...]  # rows over (1, coordinates)


@dataclass(frozen=True, slots=True)
class End:
    """An end of an interval: hypothesis `place` (oldest first) is scale (n - value), or scale (value - n).

    Without a place it is an end of the case's own box.
    """

    value: Fraction
    strict: bool = False
    place: int | None = None
    scale: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Frame:
    """Natural coordinates n of a case, a box in them, and the case's coordinates as forms over (1, n).

    Coordinates of the case beyond these are natural ones themselves, from 0 to 1.  All of it is kept in integers too:
    coordinates over `below`, ends over `ends_below`.
    """

    coordinates: Affine
    ends: tuple[tuple[End, End], ...]
    below: int = field(init=False, default=1)
    numbers: tuple[tuple[int, ...], ...] = field(init=False, default=())
    ends_below: int = field(init=False, default=1)
    ends_numbers: tuple[tuple[int, int], ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        below = lcm(*(entry.denominator for form in self.coordinates for entry in form))
        numbers = tuple(tuple(int(entry * below) for entry in form) for form in self.coordinates)
        ends_below = lcm(*(end.value.denominator for pair in self.ends for end in pair))
        ends = tuple((int(low.value * ends_below), int(high.value * ends_below)) for low, high in self.ends)
        for name, value in zip(
            ("below", "numbers", "ends_below", "ends_numbers"), (below, numbers, ends_below, ends), strict=True
        ):
            object.__setattr__(self, name, value)

    def express(self, row: Sequence[int]) -> tuple[int, list[int]]:
        """A form over (1, coordinates of the case) over (1, n), further coordinates last; times `below`."""
        known = len(self.numbers)
        constant = row[0] * self.below
        factors = [0] * len(self.ends)
        for entry, form in zip(row[1 : known + 1], self.numbers, strict=False):
            if entry:
                constant += entry * form[0]
                factors = [a + entry * b for a, b in zip(factors, form[1:], strict=True)]
        return constant, [*factors, *(self.below * entry for entry in row[known + 1 :])]

    def _level(self, constant: int, factors: Sequence[int]) -> int:
        """The least value of the form, times `below` and `ends_below`."""
        known = len(self.ends)
        level = constant * self.ends_below
        for factor, pair in zip(factors, self.ends_numbers, strict=False):
            if factor:
                level += factor * pair[factor < 0]
        return level + self.ends_below * sum(factor for factor in factors[known:] if factor < 0)

    def least(self, row: Sequence[int], sign: int = 1) -> Fraction:
        """The least value of the form (of its opposite for sign -1) on the box."""
        constant, factors = self.express(row)
        level = self._level(sign * constant, [sign * factor for factor in factors])
        return Fraction(level, self.below * self.ends_below)

    def closing(self, row: Sequence[int], strict: bool, count: int) -> list[list[Any]] | None:
        """Multipliers that refute -row > 0 (>= 0 unless `strict`) beside `count` hypotheses; None if none do."""
        constant, factors = self.express(row)
        level, open_side = self._level(constant, factors), strict
        found: list[tuple[int, int, Fraction]] = []
        for factor, pair in zip(factors, self.ends, strict=False):
            if factor:
                end = pair[factor < 0]
                open_side = open_side or end.strict
                if end.place is not None:
                    found.append((count - end.place, abs(factor), end.scale))
        if level < 0 or (level == 0 and not open_side):
            return None
        over = lcm(*(scale.numerator for _, _, scale in found))
        numbers = [self.below * over, *(f * s.denominator * (over // s.numerator) for _, f, s in found)]
        common = gcd(*numbers)
        places = [0, *(place for place, _, _ in found)]
        return [[place, hex_number(m // common)] for place, m in zip(places, numbers, strict=True)]

    def narrowed(self, row: Sequence[int], place: int, strict: bool) -> Frame | None:
        """The frame where hypothesis `place` says row >= 0; None if that does not bound one coordinate."""
        constant, factors = self.express(row)
        used = [k for k, factor in enumerate(factors) if factor]
        if len(used) != 1 or used[0] >= len(self.ends):
            return None
        (k,) = used
        end = End(Fraction(-constant, factors[k]), strict, place, Fraction(abs(factors[k]), self.below))
        low, high = self.ends[k]
        better = end.value > low.value if factors[k] > 0 else end.value < high.value
        if not better:
            return self
        pair = (end, high) if factors[k] > 0 else (low, end)
        return Frame(self.coordinates, (*self.ends[:k], pair, *self.ends[k + 1 :]))


def applied(outer: Affine, inner: Affine) -> Affine:
    """The rows of `outer` (over (1, values)) where the values are the rows of `inner`."""
    size = len(inner[0])
    rows = []
    for row in outer:
        total = [Fraction(0)] * size
        total[0] = row[0]
        for factor, form in zip(row[1:], inner, strict=True):
            if factor:
                total = [a + factor * b for a, b in zip(total, form, strict=True)]
        rows.append(tuple(total))
    return tuple(rows)


def inverted(rows: Affine) -> Affine:
    """The inverse of an affine bijection."""
    size = len(rows)
    inverse = Matrix.from_rows([row[1:] for row in rows]).solve(Matrix.identity(size))
    shift = inverse @ Matrix.column([-row[0] for row in rows])
    return tuple((shift[k, 0], *inverse.row(k)) for k in range(size))


def identity(size: int) -> Affine:
    """The coordinates themselves."""
    return tuple(tuple(Fraction(int(k == j + 1)) for k in range(size + 1)) for j in range(size))


def whole_row(form: Form) -> tuple[list[int], Fraction]:
    """The primitive integer row in the direction of a form, and what it was multiplied by."""
    over = lcm(*(entry.denominator for entry in form))
    row = [int(entry * over) for entry in form]
    common = gcd(*row) or 1
    return [entry // common for entry in row], Fraction(over, common)
