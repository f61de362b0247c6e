"""Data to memorise: rows of exact numbers, each with a label; a point has one label.

A float is the binary number that it denotes, exactly; text is the decimal that it spells.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from verinet.errors import BadFormat, BudgetExhausted, InexactInput, NotANumber, ShapeMismatch, Unsupported
from verinet.exact.rationals import Q, dyadic, format_rational
from verinet.work import keep_going, read_text

__all__ = ["DataSet", "Point", "read_csv", "read_data"]

Point = tuple[Fraction, ...]
#: A network has up to as many layers as there are points.
MOST_POINTS = 4096
#: Of all points together.
MOST_NUMBERS = 1 << 20
LARGEST_FILE = 1 << 24
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_ ()./^-]*\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class DataSet:
    """Different points of one dimension, each with its label.

    Parameters
    ----------
    points : tuple of tuple of Fraction
    labels : tuple of Fraction
    repeated : int
        How many rows were the same as an earlier one.
    floats : int
        How many numbers were binary floats.

    Guarantee: exact.
    """

    points: tuple[Point, ...]
    labels: tuple[Fraction, ...]
    repeated: int = 0
    floats: int = 0

    @property
    def dimension(self) -> int:
        """Coordinates of a point."""
        return len(self.points[0])

    @property
    def classes(self) -> int:
        """How many different labels there are."""
        return len(set(self.labels))


@dataclass(slots=True)
class _Reader:
    """Numbers of a table, and how many of them were floats."""

    allowed: bool
    floats: int = 0

    def number(self, value: object, where: str) -> Fraction:
        """One entry, exactly."""
        try:
            if isinstance(value, float | np.floating) and self.allowed:
                self.floats += 1
                return dyadic(value)
            return Q(value)
        except (InexactInput, NotANumber) as error:
            raise type(error)(error.problem, fix=error.fix, where=where) from error


def read_data(points: Any, labels: Any, *, floats: str = "binary") -> DataSet:
    """Read points and labels: lists, arrays or tensors of exact numbers or floats.

    Parameters
    ----------
    points : sequence
        One row a point; a row that is a number is a point of one coordinate.
    labels : sequence
        One number a point.
    floats : str
        ``"binary"``: a float is the binary number that it denotes; ``"refuse"``: it is an error.

    Raises
    ------
    Unsupported
        If one point has two labels, there is no point, or `floats` is another word.
    ShapeMismatch
        If rows differ in length, or there are not as many labels as points.
    NotANumber, InexactInput
        For an entry that is no finite number, or a float that is refused.
    BudgetExhausted
        For more than 4096 points, or 2^20 numbers.

    Examples
    --------
    >>> read_data([[0.5, 1], ["1/3", 2]], [0, 1]).points
    ((Fraction(1, 2), Fraction(1, 1)), (Fraction(1, 3), Fraction(2, 1)))

    Guarantee: exact.
    """
    if floats not in ("binary", "refuse"):
        raise Unsupported(
            f"floats are read as binary numbers or refused, got {floats!r}"[:120], fix='write floats="binary"'
        )
    rows, names = _listed(points, "points"), _listed(labels, "labels")
    if len(rows) != len(names):
        raise ShapeMismatch(
            f"every point has one label, got {len(rows)} points and {len(names)} labels", fix="give one label a point"
        )
    reader = _Reader(floats == "binary")
    places = [f"row {place}" for place in range(len(rows))]
    table = [(where, _row(row), label) for where, row, label in zip(places, rows, names, strict=True)]
    return _data_set(table, reader)


def read_csv(path: str | os.PathLike[str]) -> DataSet:
    """Read a file of rows ``x_1,...,x_d,label``, numbers spelled as `verinet.Q` reads them.

    Fields are separated by commas and not quoted; a first line of names is passed over, so are spaces around fields.

    Raises
    ------
    BadFormat
        If the file cannot be read, is too large, or a line is none of this.
    Unsupported, ShapeMismatch, NotANumber, BudgetExhausted
        As `read_data`; lines are counted from 1.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from pathlib import Path
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "points.csv")
    ...     _ = file.write_text("x,y,label\\n0.1,1/3,0\\n2,-1e-3,1\\n")
    ...     read_csv(file).points[0]
    (Fraction(1, 10), Fraction(1, 3))

    Guarantee: exact.
    """
    text = read_text(path, LARGEST_FILE).removeprefix("\ufeff")
    lines = text.split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    if len(lines) > MOST_POINTS + 1:
        raise _too_many(len(lines))
    table: list[tuple[str, Sequence[object], object]] = []
    for place, line in enumerate(lines, 1):
        fields = [field.strip(" \t\r") for field in line.split(",")]
        if place == 1 and len(fields) > 1 and all(_NAME.match(field) for field in fields):
            continue
        where = f"line {place}"
        if len(fields) < 2 or not all(fields):
            raise BadFormat(
                f"a line needs at least one coordinate and a label, separated by commas, got "
                f"{_short(line.strip()) or 'an empty line'}",
                fix="write lines such as 1/3,0.25,1: the label comes last",
                where=where,
            )
        table.append((where, fields[:-1], fields[-1]))
    return _data_set(table, _Reader(False))


def _data_set(table: Iterable[tuple[str, Sequence[object], object]], reader: _Reader) -> DataSet:
    """Check sizes, read numbers, and keep the first of equal rows."""
    found: dict[Point, tuple[str, Fraction]] = {}
    size: int | None = None
    first, repeated, numbers = "", 0, 0
    for where, row, named in table:
        keep_going()
        size, first = (len(row), where) if size is None else (size, first)
        numbers += len(row)
        if len(row) != size or not row:
            raise ShapeMismatch(
                f"all points have as many coordinates as the first one, {size} in {first}, got {len(row)}",
                fix="give every point equally many coordinates, at least one",
                where=where,
            )
        if numbers > MOST_NUMBERS:
            raise BudgetExhausted(f"the points have more than {MOST_NUMBERS} coordinates", fix="take fewer points")
        point = tuple(reader.number(entry, f"{where}, coordinate {place}") for place, entry in enumerate(row))
        label = reader.number(named, f"{where}, label")
        known = found.setdefault(point, (where, label))
        if known[1] != label:
            raise Unsupported(
                f"{known[0]} and {where} are the same point {_shown(point)} with different labels "
                f"{_short(format_rational(known[1]))} and {_short(format_rational(label))}",
                fix="a function has one value a point: remove one of the two rows",
            )
        repeated += known[0] != where
    if not found:
        raise Unsupported("there is no point to memorise", fix="give at least one point and its label")
    labels = tuple(label for _, label in found.values())
    return DataSet(tuple(found), labels, repeated, reader.floats)


def _listed(values: Any, what: str) -> list[Any]:
    """Any sequence, array, tensor or table as a list."""
    for name in ("to_numpy", "tolist"):
        method = getattr(values, name, None)
        values = values if method is None else method()
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise ShapeMismatch(f"{what} are a list or an array, got {_short(repr(values))}", fix="give a list of rows")
    found: list[Any] = []
    for value in values:
        if len(found) == MOST_POINTS:
            raise _too_many(None)
        found.append(value)
    return found


def _row(row: Any) -> list[Any]:
    """The coordinates of one point."""
    method = getattr(row, "tolist", None)
    row = row if method is None else method()
    if isinstance(row, str | bytes) or not isinstance(row, Iterable):
        return [row]
    return list(row)


def _too_many(count: int | None) -> BudgetExhausted:
    got = "" if count is None else f", got {count} lines"
    return BudgetExhausted(f"at most {MOST_POINTS} points are memorised{got}", fix="take fewer points")


def _shown(point: Point) -> str:
    return f"({_short(', '.join(map(format_rational, point[:8])) + (', ...' if len(point) > 8 else ''))})"


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:70]}..."
