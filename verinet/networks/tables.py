"""Activations as the kernel reads them: integer pieces, first match wins, total by construction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import floor, lcm
from typing import Literal

from verinet.errors import BudgetExhausted, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import format_hex
from verinet.networks.activations import Activation, line

#: More pieces than this in one table are refused (a floor on a huge range).
LARGEST_TABLE = 100_000


@dataclass(frozen=True, slots=True)
class TablePiece:
    r"""One piece of a table: on it the value is ``slope z + constant``.

    Parameters
    ----------
    until : Fraction or None
        The piece is in force for z below this point; None for the last piece.
    side : {"left", "right"}
        With "left" the piece is in force AT `until` too.
    slope, constant : Fraction
    inside : bool
        False for the marker *outside* of a periodic activation: the table says nothing there.
    """

    until: Fraction | None
    side: Literal["left", "right"] = "left"
    slope: Fraction = Fraction(0)
    constant: Fraction = Fraction(0)
    inside: bool = True

    __repr__ = spelled_fields

    def denominators(self) -> tuple[int, int, int]:
        """Denominators of the end, the slope and the constant."""
        return (
            (1 if self.until is None else self.until.denominator),
            self.slope.denominator,
            self.constant.denominator,
        )

    def to_json(self, over: int) -> list[str]:
        """The piece over the denominator `over`: ``[t, side, s, c]``, or ``[s, c]`` for the last one."""
        head = [] if self.until is None else [_scaled(self.until, over), self.side]
        return [
            *head,
            *([_scaled(self.slope, over), _scaled(self.constant, over)] if self.inside else ["none"]),
        ]


Table = tuple[TablePiece, ...]


def kernel_table(activation: Activation, low: Fraction | None = None, high: Fraction | None = None) -> Table:
    """The pieces of an affine activation from left to right; a periodic one on [low, high] only.

    A breakpoint where nothing bends or jumps is left out.  Another one belongs to the left piece where that gives
    the stated value, else to the right piece where that does, else to a piece of its own that lives at this one
    point.

    Raises
    ------
    Unsupported
        For a smooth or polynomial activation, and for a periodic one without a range.

    Examples
    --------
    >>> from verinet.networks.activations import activation
    >>> [piece.to_json(2) for piece in kernel_table(activation("heaviside", "1/2"))]
    [['0', 'right', '0', '0'], ['0', 'left', '0', '1'], ['0', '2']]

    Guarantee: exact.
    """
    if activation.kind == "periodic":
        if low is None or high is None:
            raise Unsupported(
                f"the activation {activation} has infinitely many pieces and needs a range",
                fix="give the network a domain: network.with_domain([(low, high), ...])",
            )
        return restrict_floor(activation, low, high)
    if activation.kind != "affine":
        raise Unsupported(
            f"a kernel table needs finitely many affine pieces, got the {activation.kind} activation {activation}",
            fix="use piecewise affine activations; format 1 of the certificates knows no others",
        )
    table: list[TablePiece] = []
    for i, (point, value) in enumerate(zip(activation.breakpoints, activation.values, strict=True)):
        slope, constant = line(activation.pieces[i])
        next_slope, next_constant = line(activation.pieces[i + 1])
        if (slope, constant) == (next_slope, next_constant) and slope * point + constant == value:
            continue  # nothing bends and nothing jumps: no breakpoint of the function
        if slope * point + constant == value:
            table.append(TablePiece(point, "left", slope, constant))
        else:
            table.append(TablePiece(point, "right", slope, constant))
            if next_slope * point + next_constant != value:
                table.append(TablePiece(point, "left", Fraction(0), value))
    table.append(TablePiece(None, "left", *line(activation.pieces[-1])))
    return tuple(table)


def restrict_floor(activation: Activation, low: Fraction, high: Fraction) -> Table:
    """A periodic activation (floor, frac) on [low, high]; the outermost pieces are the marker *outside*.

    Raises
    ------
    BudgetExhausted
        When the range asks for more than `LARGEST_TABLE` pieces.

    Examples
    --------
    >>> from verinet.networks.activations import activation
    >>> [piece.to_json(1) for piece in restrict_floor(activation("floor"), Fraction(0), Fraction(1, 2))]
    [['0', 'right', 'none'], ['1', 'right', '0', '0'], ['none']]

    Guarantee: exact.
    """
    if activation.shift is None:
        raise Unsupported(f"only periodic activations are restricted to a range, got {activation}",
                          fix="use kernel_table")  # fmt: skip
    first, last = floor(low), floor(high)
    if last - first >= LARGEST_TABLE:
        raise BudgetExhausted(
            f"the activation {activation} has {last - first + 1} pieces on its range, the limit is {LARGEST_TABLE}",
            fix="give the network a smaller domain",
        )
    slope, constant = line(activation.pieces[0])
    table = [TablePiece(Fraction(first), "right", inside=False)]
    for whole in range(first, last + 1):
        moved = constant + whole * (activation.shift - slope)  # f(z) = p(z - whole) + whole shift
        table.append(TablePiece(Fraction(whole + 1), "right", slope, moved))
    return (*table, TablePiece(None, inside=False))


def common_denominator(tables: Iterable[Table]) -> int:
    """The least denominator over which all these tables are integers."""
    return lcm(*(d for table in tables for piece in table for d in piece.denominators()))


def _scaled(q: Fraction, over: int) -> str:
    return format_hex(q.numerator * (over // q.denominator))
