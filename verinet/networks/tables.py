"""Activations as the kernel reads them: integer pieces, first match wins, total by construction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import floor, lcm
from typing import Any, Literal

from verinet.errors import BudgetExhausted, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import format_hex
from verinet.networks.activations import Activation, Polynomial, at, degree, line

#: More pieces than this in one table are refused (a floor on a huge range).
LARGEST_TABLE = 100_000


@dataclass(frozen=True, slots=True)
class TablePiece:
    r"""One piece of a table: on it the value is ``slope z + constant``, or the polynomial `curve` if there is one.

    Parameters
    ----------
    until : Fraction or None
        The piece is in force for z below this point; None for the last piece.
    side : {"left", "right"}
        With "left" the piece is in force AT `until` too.
    slope, constant : Fraction
    inside : bool
        False for the marker *outside* of a periodic activation: the table says nothing there.
    curve : tuple of Fraction
        Coefficients ascending, where the degree is 2 or more; else empty.
    """

    until: Fraction | None
    side: Literal["left", "right"] = "left"
    slope: Fraction = Fraction(0)
    constant: Fraction = Fraction(0)
    inside: bool = True
    curve: tuple[Fraction, ...] = ()

    __repr__ = spelled_fields

    def denominators(self) -> tuple[int, ...]:
        """Denominators of the end and of the coefficients."""
        return (
            (1 if self.until is None else self.until.denominator),
            *(entry.denominator for entry in self.curve or (self.slope, self.constant)),
        )

    def to_json(self, over: int) -> list[str]:
        """The piece over the denominator `over`: ``[t, side, s, c]``, or ``[s, c]`` for the last one.

        A polynomial piece has all its coefficients in the place of s and c, the highest first.
        """
        head = [] if self.until is None else [_scaled(self.until, over), self.side]
        coefficients = self.curve[::-1] or (self.slope, self.constant)
        return [*head, *([_scaled(entry, over) for entry in coefficients] if self.inside else ["none"])]


Table = tuple[TablePiece, ...]


def kernel_table(
    activation: Activation, low: Fraction | None = None, high: Fraction | None = None, curved: bool = False
) -> Table:
    """The pieces of an affine activation from left to right; a periodic one on [low, high] only.

    Polynomial pieces are written only if `curved` asks for them.

    A breakpoint where nothing bends or jumps is left out.  Another one belongs to the left piece where that gives
    the stated value, else to the right piece where that does, else to a piece of its own that lives at this one
    point.

    Raises
    ------
    Unsupported
        For a smooth activation, a polynomial one unless `curved`, and a periodic one without a range.

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
    if activation.kind != "affine" and not (curved and activation.kind == "polynomial"):
        raise Unsupported(
            f"a kernel table needs finitely many affine pieces, got the {activation.kind} activation {activation}",
            fix="use piecewise affine activations; polynomial ones may stand in the last layer of a claim's network",
        )
    table: list[TablePiece] = []
    for i, (point, value) in enumerate(zip(activation.breakpoints, activation.values, strict=True)):
        piece, following = activation.pieces[i], activation.pieces[i + 1]
        if _written(piece) == _written(following) and at(piece, point) == value:
            continue  # nothing bends and nothing jumps: no breakpoint of the function
        if at(piece, point) == value:
            table.append(TablePiece(point, "left", **_written(piece)))
        else:
            table.append(TablePiece(point, "right", **_written(piece)))
            if at(following, point) != value:
                table.append(TablePiece(point, "left", Fraction(0), value))
    table.append(TablePiece(None, "left", **_written(activation.pieces[-1])))
    return tuple(table)


def _written(piece: Polynomial) -> dict[str, Any]:
    """The fields of a table's piece: a line, or a curve without leading zeros."""
    top = degree(piece)
    if top > 1:
        return {"curve": piece[: top + 1]}
    slope, constant = line(piece)
    return {"slope": slope, "constant": constant}


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
