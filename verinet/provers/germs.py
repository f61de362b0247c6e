"""What a network does near a point, exactly: its limits along rays, and the closed cell of a point with its map.

Everything is read off the kernel's layers.  Along a ray x + e d, for e > 0 as small as one likes, every value is
a + b e; a preactivation on a breakpoint lies on the side that the sign of its b says, and on it if b = 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet.errors import Unsupported
from verinet.kernel import Layer, Piece

Point = tuple[Fraction, ...]
Form = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class LocalCell:
    """The closed set on which the pieces in force at a point stay in force, rows >= 0 over (1, x), and the outputs."""

    rows: tuple[Form, ...]
    outputs: tuple[Form, ...]


def limit(layers: Sequence[Layer], point: Point, direction: Point) -> Point:
    """The outputs' limit at the point along the ray in this direction."""
    values = list(zip(point, direction, strict=True))
    for layer in layers:
        after = []
        for weights, table in zip(layer.weights, layer.tables, strict=True):
            z = Fraction(weights[0]) + sum(w * a for w, (a, _) in zip(weights[1:], values, strict=True))
            slope = sum((w * b for w, (_, b) in zip(weights[1:], values, strict=True)), Fraction(0))
            z, slope = z / layer.over, slope / layer.over
            piece = table[_in_force(table, layer.activations_over, z, slope)]
            s, c = _affine(piece)
            after.append(((s * z + c) / layer.activations_over, s * slope / layer.activations_over))
        values = after
    return tuple(a for a, _ in values)


def cell_at(layers: Sequence[Layer], point: Point) -> LocalCell:
    """The closed cell of a point; full-dimensional if the point lies on no breakpoint of a moving preactivation."""
    size = len(point)
    values: list[Form] = [tuple(Fraction(int(j == i + 1)) for j in range(size + 1)) for i in range(size)]
    rows: dict[Form, None] = {}
    one: Form = (Fraction(1), *([Fraction(0)] * size))
    for layer in layers:
        q = layer.activations_over
        after: list[Form] = []
        for weights, table in zip(layer.weights, layer.tables, strict=True):
            form = _combined(weights, [one, *values], layer.over)
            level = form[0] + sum((a * x for a, x in zip(form[1:], point, strict=True)), Fraction(0))
            place = _in_force(table, q, level, Fraction(0))
            if any(form[1:]):
                rows |= dict.fromkeys(_bounds(form, table, q, place))
            s, c = _affine(table[place])
            after.append((*((s * form[0] + c) / q,), *(s * entry / q for entry in form[1:])))
        values = after
    return LocalCell(tuple(rows), tuple(values))


def _bounds(form: Form, table: list[Piece], q: int, place: int) -> list[Form]:
    """form - (end below) >= 0 and (end above) - form >= 0."""
    found = []
    below = table[place - 1].until if place else None
    above = table[place].until
    if below is not None:
        found.append((form[0] - Fraction(below, q), *form[1:]))
    if above is not None:
        found.append((Fraction(above, q) - form[0], *(-entry for entry in form[1:])))
    return found


def _in_force(table: list[Piece], q: int, z: Fraction, slope: Fraction) -> int:
    """The place of the piece in force at z + slope e for small e > 0."""
    for place, piece in enumerate(table[:-1]):
        end = Fraction(piece.until or 0, q)
        if z < end or (z == end and (slope < 0 or (slope == 0 and piece.side == "left"))):
            return place
    return len(table) - 1


def _affine(piece: Piece) -> tuple[int, int]:
    if piece.slope is None:
        raise Unsupported(
            "a limit is taken of affine pieces, got a polynomial one or a place outside of the activation's range",
            fix="use piecewise-affine activations, and a domain that contains the claim's domain",
        )
    return piece.slope, piece.offset


def _combined(weights: Sequence[int], forms: Sequence[Form], over: int) -> Form:
    used = [(w, form) for w, form in zip(weights, forms, strict=True) if w]
    return tuple(sum((w * form[j] for w, form in used), Fraction(0)) / over for j in range(len(forms[0])))
