"""The box of a linear system: affine normalisation to [-1, 1], extreme values of integer forms, cheap rows.

An integer form r means ``r . (1, x) = r_0 + r_1 x_1 + ... + r_n x_n``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import mul

Side = Fraction | None
Form = Sequence[int]


def greatest(form: Form, low: Sequence[Side], high: Sequence[Side]) -> Fraction | None:
    """The maximum of an integer form over the box, or None if there is no upper bound.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> greatest((1, 2, -3), (Fraction(0), Fraction(0)), (Fraction(1), None))
    Fraction(3, 1)
    """
    total = Fraction(form[0])
    for coefficient, below, above in zip(form[1:], low, high, strict=True):
        if coefficient == 0:
            continue
        side = above if coefficient > 0 else below
        if side is None:
            return None
        total += coefficient * side
    return total


@dataclass(frozen=True, slots=True)
class Boxed:
    """A system's rows after ``x_j = (shift_j + scale_j u_j) / common``, where sides that exist are 0 or +-1.

    Columns with two sides run over [-1, 1], with one over [0, oo) or (-oo, 0], with none over the line;
    columns whose sides coincide are substituted and left out.  Every row is multiplied by `common`, so
    multipliers of these rows are multipliers of the system's rows.
    """

    columns: tuple[int, ...]
    shift: tuple[int, ...]
    scale: tuple[int, ...]
    common: int
    lower: tuple[int | None, ...]
    upper: tuple[int | None, ...]
    plain: bool  # u is x

    @staticmethod
    def of(low: Sequence[Side], high: Sequence[Side], rows: Sequence[Form]) -> Boxed:
        """The normalisation of a box; `rows` only set the scale of columns without two sides."""
        free: list[int] = []
        shifts: list[Fraction | int] = []
        scales: list[Fraction | int] = []
        lower: list[int | None] = []
        upper: list[int | None] = []
        exponents: dict[int, int] | None = None
        for j, (below, above) in enumerate(zip(low, high, strict=True)):
            if below is not None and above is not None:
                shifts.append((below + above) / 2)
                scales.append((above - below) / 2)
                sides: tuple[int | None, int | None] = (-1, 1)
                if below == above:
                    continue
            else:
                if exponents is None:
                    exponents = _column_exponents(rows, len(low))
                shifts.append(below if below is not None else above if above is not None else 0)
                exponent = -exponents.get(j, 0)
                scales.append(Fraction(1 << exponent) if exponent >= 0 else Fraction(1, 1 << -exponent))
                sides = (None if below is None else 0, None if above is None else 0)
            free.append(j)
            lower.append(sides[0])
            upper.append(sides[1])
        common = math.lcm(*(q.denominator for q in shifts), *(q.denominator for q in scales))
        shift = tuple(q.numerator * (common // q.denominator) for q in shifts)
        scale = tuple(q.numerator * (common // q.denominator) for q in scales)
        plain = len(free) == len(low) and not any(shift) and all(s == common for s in scale)
        return Boxed(tuple(free), shift, scale, common, tuple(lower), tuple(upper), plain)

    def form(self, row: Form) -> list[int]:
        """The row as an integer form in u, times `common`."""
        if self.plain:
            return [entry * self.common for entry in row] if self.common != 1 else list(row)
        constant = row[0] * self.common + sum(map(mul, row[1:], self.shift))
        return [constant, *(row[j + 1] * self.scale[j] for j in self.columns)]

    def extremes(self, form: Form) -> tuple[int | None, int | None]:
        """The (minimum, maximum) of a form in u over the box; None where there is none."""
        least: int | None = form[0]
        most: int | None = form[0]
        for coefficient, below, above in zip(form[1:], self.lower, self.upper, strict=True):
            if coefficient == 0:
                continue
            at_low, at_high = (below, above) if coefficient > 0 else (above, below)
            least = None if least is None or at_low is None else least + coefficient * at_low
            most = None if most is None or at_high is None else most + coefficient * at_high
        return least, most

    def inside(self) -> tuple[Fraction, ...]:
        """A point strictly between all sides, as u."""
        return tuple(
            Fraction(0) if (below is None) == (above is None) else Fraction(1 if above is None else -1)
            for below, above in zip(self.lower, self.upper, strict=True)
        )

    def point(self, u: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """The x that belongs to u."""
        x = [Fraction(entry, self.common) for entry in self.shift]
        for j, value in zip(self.columns, u, strict=True):
            x[j] += Fraction(self.scale[j], self.common) * value
        return tuple(x)

    def direction(self, u: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """The change of x that belongs to a change of u."""
        x = [Fraction(0)] * len(self.shift)
        for j, value in zip(self.columns, u, strict=True):
            x[j] = Fraction(self.scale[j], self.common) * value
        return tuple(x)


def _column_exponents(rows: Sequence[Form], width: int) -> dict[int, int]:
    """For each column the largest bit length of an entry, compared with the largest of its row."""
    found: dict[int, int] = {}
    for row in rows:
        bits = [entry.bit_length() for entry in row[1 : width + 1]]
        largest = max(bits, default=0)
        for j, size in enumerate(bits):
            if size:
                found[j] = max(found.get(j, size - largest), size - largest)
    return found
