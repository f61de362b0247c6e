"""Ranges of preactivations that multipliers show, in the kernel's integers, and the steps that use them.

The kernel's `name` looks at the range that the box gives.  A tighter one can settle a unit (`split`, and the other
side is `empty`), or shorten the interval of its coordinate e: `cut` at the shorter end; beyond it `branch`, and in each
phase v is affine in z, so that e beyond its end contradicts the range of z; then `tighten`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any

from verinet.exact.linalg import Matrix
from verinet.kernel import SLOPES, Piece
from verinet.provers.backward import Line
from verinet.provers.cases import hex_number

Row = list[int]
Ends = tuple[int, int]
Key = tuple[object, ...]
#: (unit, sign): weights of lines that show a lower bound of sign * z.
Proofs = Mapping[tuple[int, int], Mapping[Line, float]]
#: Significant bits of a multiplier.
BITS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A hypothesis that multipliers may use: `row` = `scale` times the form that floats know."""

    row: Row
    strict: bool
    place: int  # in the kernel's list, oldest first
    scale: int


@dataclass(frozen=True, slots=True, eq=False)
class Bounded:
    """factor * sign * row - sum m form >= factor * level/B on the box; no forms where the box shows it."""

    level: int
    factor: int
    forms: tuple[tuple[int, int], ...]  # place in the kernel's list, m


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """What is known of row/over: lower bounds of it and of its negative."""

    below: Bounded
    above: Bounded

    @property
    def ends(self) -> Ends:
        """Of B times the row."""
        return self.below.level, -self.above.level


def range_of(row: Sequence[int], over: int, ends: Sequence[Ends]) -> Ends:
    """Least and greatest value of the form on the box, times B."""
    low = high = row[0] * over
    for entry, (a, b) in zip(row[1:], ends, strict=False):
        if entry > 0:
            low += entry * a
            high += entry * b
        elif entry < 0:
            low += entry * b
            high += entry * a
    return low, high


def ranges(
    rows: Sequence[Row], over: int, box: tuple[int, Sequence[Ends]], proofs: Proofs, known: Mapping[Key, Known]
) -> list[Range]:
    """The ranges of a layer's units, by the box and by these proofs."""
    by_box = [range_of(row, *box) for row in rows]
    found = {}
    for (unit, sign), bound in zip(proofs, _bounds(rows, over, box, proofs, known), strict=True):
        least = by_box[unit][0] if sign > 0 else -by_box[unit][1]
        if bound.level > least:
            found[unit, sign] = bound
    return [
        Range(found.get((unit, 1), Bounded(low, 1, ())), found.get((unit, -1), Bounded(-high, 1, ())))
        for unit, (low, high) in enumerate(by_box)
    ]


def _bounds(
    rows: Sequence[Row], over: int, box: tuple[int, Sequence[Ends]], proofs: Proofs, known: Mapping[Key, Known]
) -> list[Bounded]:
    """All proofs in one product of matrices."""
    if not proofs:
        return []
    wanted = {("line", *line) for weights in proofs.values() for line in weights}
    used = [key for key in known if key in wanted]
    scales = [known[key].scale for key in used]
    bits = max(scales, default=1).bit_length() - over.bit_length()
    factor = 1 << max(0, BITS + bits)
    width = len(rows[0])
    table: list[list[int]] = []
    for weights in proofs.values():
        line = [weights.get(key[1:], 0.0) for key in used]
        table.append([_near(weight, factor * over, scale) for weight, scale in zip(line, scales, strict=True)])
    forms = [[*known[key].row, *([0] * (width - len(known[key].row)))] for key in used]
    taken = (Matrix.from_integers(table) @ Matrix.from_integers(forms)).numerators() if used else []
    found = []
    for place, (unit, sign) in enumerate(proofs):
        row = [sign * factor * entry for entry in rows[unit]]
        if used:
            row = [a - b for a, b in zip(row, taken[place], strict=True)]
        multipliers = tuple((known[key].place, m) for key, m in zip(used, table[place], strict=True) if m)
        found.append(Bounded(range_of(row, *box)[0] // factor, factor, multipliers))
    return found


def _near(weight: float, over: int, scale: int) -> int:
    """weight * over/scale, not above it, with few significant bits."""
    numerator, denominator = weight.as_integer_ratio()
    value = numerator * over // (denominator * scale)
    spare = max(value.bit_length() - BITS, 0)
    return value >> spare << spare


def beyond(bound: Bounded, q: int, newest: int) -> list[list[Any]]:
    """Multipliers against the newest hypothesis, which says that q times the row lies beyond the bound."""
    return indexed([(newest, bound.factor)], bound, newest, q)


def indexed(first: Sequence[tuple[int, int]], bound: Bounded, newest: int, by: int) -> list[list[Any]]:
    """These multipliers (place, m), then `by` times those of the bound, by the kernel's indices."""
    entries = [*first, *((place, by * m) for place, m in bound.forms)]
    common = gcd(*(m for _, m in entries)) or 1
    return [[newest - place, hex_number(m // common)] for place, m in entries if m]


@dataclass(frozen=True, slots=True, eq=False)
class Kink:
    """A unit of two pieces that has just been named: v = (slope/SLOPES) z + e."""

    which: int  # name
    place: int  # coordinate
    slope: int
    over: int  # of z
    q: int
    pieces: tuple[Piece, Piece]
    owner: str
    hypotheses: int  # in the kernel's list


def shortened(kink: Kink, known: Range, box: tuple[int, Ends]) -> tuple[Ends, list[list[Any]]]:
    """Better ends of the coordinate, and the steps that show them; each leaves one hypothesis more."""
    over, (low, high) = box
    steps: list[list[Any]] = []
    count = kink.hypotheses
    for sign in (1, -1):
        end = max(_highest(kink, known, over, sign, piece)[0] for piece in (0, 1))
        if end >= sign * (high if sign > 0 else low):
            continue
        row = [end, *([0] * kink.place), -sign * over]
        steps.append(["cut", [hex_number(entry) for entry in row], "right"])
        steps.append(["branch", kink.which, kink.owner])
        steps.extend(["empty", *_phase(kink, known, over, sign, piece, count)] for piece in (0, 1))
        steps.append(["tighten", kink.place, "up" if sign > 0 else "down", hex_number(sign * end), [0, "1"], [1, "1"]])
        low, high = (low, end) if sign > 0 else (-end, high)
        count += 1
    return (low, high), steps


def _highest(kink: Kink, known: Range, over: int, sign: int, piece: int) -> tuple[int, Bounded | None, int]:
    """Greatest value of B sign e on a piece, rounded up; the bound of z that shows it, None: the breakpoint.

    There e = (factor z + SLOPES offset)/(SLOPES q).
    """
    table = kink.pieces[piece]
    factor = sign * (SLOPES * (table.slope or 0) - kink.q * kink.slope)
    base, scale = sign * SLOPES * table.offset * over, SLOPES * kink.q
    inner = (factor > 0) == (piece == 0)  # the greatest value is at the breakpoint
    if inner or not factor:
        tie = kink.pieces[0].until or 0
        return -(-(factor * tie * over + base * kink.q) // (scale * kink.q)), None, factor
    bound = known.above if factor > 0 else known.below
    return -(-(-abs(factor) * bound.level + base * kink.over) // (scale * kink.over)), bound, factor


def _phase(kink: Kink, known: Range, over: int, sign: int, piece: int, count: int) -> list[list[Any]]:
    """Multipliers against sign e > end on one side of the breakpoint.

    Hypotheses, oldest first: `count` old ones, the cut's, the branch's, (s z + c)/q - v >= 0, v - (s z + c)/q >= 0.
    """
    _, bound, factor = _highest(kink, known, over, sign, piece)
    newest, settled = count + 3, count + (2 if sign > 0 else 3)
    if bound is None:
        first = [(count, SLOPES * kink.q * kink.over * kink.q), (settled, over * kink.q)]
        first += [(count + 1, over * abs(factor))] if factor else []
        return indexed(first, Bounded(0, 1, ()), newest, 0)
    first = [(count, SLOPES * kink.q * kink.over * bound.factor), (settled, over * bound.factor)]
    return indexed(first, bound, newest, over * abs(factor))
