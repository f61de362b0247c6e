"""Samples that a network is learned from: points x with labels y, as binary floats, from arrays or files."""

from __future__ import annotations

import io
import math
import os
import re
import zipfile
from array import array
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np
import numpy.typing as npt

from verinet.errors import BadFormat, NotANumber, ShapeMismatch, Unsupported, VerinetError
from verinet.exact.rationals import Q
from verinet.theory.narrow_learning.borders import part, whole
from verinet.work import keep_going, read_bytes, read_lines

__all__ = ["Samples", "read_samples"]

Floats = npt.NDArray[np.float64]

#: Numbers of one file at most (a gigabyte of them).
MOST_NUMBERS = 1 << 27
#: Characters of a line of plain decimals; `float` alone would also read nan, 1_000 and digits of other scripts.
_DECIMALS = re.compile(r"[0-9eE+\-., \t\r\n]*\Z", re.ASCII)
_NAME = re.compile(r'"?[A-Za-z_][A-Za-z0-9_ ()./^\[\]-]*"?\Z', re.ASCII)
_NO_NUMBER = re.compile(r"[+-]?(nan|inf|infinity|na|null|none)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Points and labels: row i of `x` is a point, ``y[i]`` its label.

    The arrays are copied to float64 and cannot be written to.

    Parameters
    ----------
    x : array of shape (n, d)
    y : array of shape (n,)

    Raises
    ------
    ShapeMismatch
        If `x` is no table, `y` no list of as many numbers, or there is nothing.
    NotANumber
        For NaN, an infinity (row and column are named), or an integer of 2^53 or more.
    Unsupported
        For arrays of other things than real numbers.

    Examples
    --------
    >>> data = Samples([[0.5, -1.0], [2.0, 0.0], [1.0, 1.0]], [1, 2, 3])
    >>> data.size, data.dimension
    (3, 2)

    Guarantee: exact (the numbers are those that were given).
    """

    x: Floats
    y: Floats

    def __post_init__(self) -> None:
        x, y = _float64(self.x, "x"), _float64(self.y, "y")
        if y.ndim == 2 and y.shape[1] == 1:
            y = y[:, 0].copy()
        if x.ndim != 2 or y.ndim != 1 or not x.size:
            raise ShapeMismatch(
                f"samples are a table of points and one label each, got arrays of shapes {x.shape} and {y.shape}",
                fix="give x of shape (n, d) and y of shape (n,)",
            )
        if len(x) != len(y):
            raise ShapeMismatch(
                f"every point has one label, got {len(x)} points and {len(y)} labels", fix="give one label a point"
            )
        _refuse_not_finite(x, "x")
        _refuse_not_finite(y, "y")
        x.setflags(write=False)
        y.setflags(write=False)
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "y", y)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Samples):
            return NotImplemented
        return np.array_equal(self.x, other.x) and np.array_equal(self.y, other.y)

    def __hash__(self) -> int:
        return hash((self.x.shape, self.x.tobytes(), self.y.tobytes()))

    def __repr__(self) -> str:
        return f"Samples({self.size} points of {self.dimension} coordinates)"

    @property
    def size(self) -> int:
        """How many points there are."""
        return len(self.y)

    @property
    def dimension(self) -> int:
        """Coordinates of a point."""
        return int(self.x.shape[1])

    def split(self, fraction: float, seed: int = 0) -> tuple[Samples, Samples]:
        """Two disjoint parts, drawn at random: all but a fraction, and that fraction (one sample at least each).

        Parameters
        ----------
        fraction : float
            Strictly between 0 and 1.
        seed : int

        Raises
        ------
        NotANumber
            For another fraction, and a seed that is no integer at least 0.
        ShapeMismatch
            If there is one sample only.

        Examples
        --------
        >>> first, second = Samples(np.arange(20.0).reshape(10, 2), np.arange(10.0)).split(0.3)
        >>> first.size, second.size, sorted({*first.y, *second.y}) == list(range(10))
        (7, 3, True)
        """
        part(fraction, "a part of the samples")
        whole(seed, "a seed", 0)
        if self.size < 2:
            raise ShapeMismatch("one sample cannot be split", fix="give two at least")
        order = np.random.default_rng([seed, 1]).permutation(self.size)
        held = min(max(round(fraction * self.size), 1), self.size - 1)
        return self.taken(order[held:]), self.taken(order[:held])

    def taken(self, places: npt.NDArray[np.int64]) -> Samples:
        """The samples at some places."""
        return Samples(self.x[places], self.y[places])


def read_samples(path: str | os.PathLike[str]) -> Samples:
    """Read samples from a file: ``.csv`` with the label in the last column, or ``.npz`` with arrays X and y.

    In a CSV file fields are separated by commas, numbers are decimals or fractions and become the nearest float64;
    a first line of names is passed over.  In an NPZ file other arrays are passed over, and pickled objects are never
    loaded.

    Raises
    ------
    BadFormat
        If the file cannot be read, or a line is none of this; lines are counted from 1.
    NotANumber
        For NaN, infinities, and whatever else is no finite number.
    ShapeMismatch
        If lines differ in length, or there is no sample.
    Unsupported
        For another ending.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "samples.csv")
    ...     _ = file.write_text("x1,x2,y\\n0.5,-1,1e-3\\n2,1/4,0\\n")
    ...     read_samples(file).x.tolist()
    [[0.5, -1.0], [2.0, 0.25]]

    Guarantee: numeric (decimals are rounded to float64); an NPZ file is read exactly.
    """
    ending = PurePath(path).suffix.lower()
    if ending == ".csv":
        return _read_csv(path)
    if ending == ".npz":
        return _read_npz(path)
    raise Unsupported(
        f"samples are read from .csv and .npz files, got {str(path)[-80:]!r}",
        fix="write a CSV file with the label in the last column, or numpy.savez('data.npz', X=X, y=y)",
    )


# --- text ------------------------------------------------------------------------------------------------------------


def _read_csv(path: str | os.PathLike[str]) -> Samples:
    numbers = array("d")
    columns, first, blank = 0, 0, 0
    for place, line in enumerate(read_lines(path), 1):
        if place % 4096 == 0:
            keep_going()
        text = line.removeprefix("\ufeff") if place == 1 else line
        if not text.strip():
            blank = blank or place
            continue
        where = f"{path}, line {place}"
        fields = text.split(",")
        if place == 1 and _is_header(fields, where):
            continue
        if blank:
            raise BadFormat("a line between the samples is empty", fix="remove it", where=f"{path}, line {blank}")
        columns, first = (columns, first) if columns else (len(fields), place)
        if len(fields) < 2:
            raise BadFormat(
                f"a line needs at least one coordinate and a label, separated by commas, got {_short(text.strip())}",
                fix="write lines such as 0.5,-1.25,3: the label comes last",
                where=where,
            )
        if len(fields) != columns:
            raise ShapeMismatch(
                f"all lines have as many fields as the first one, {columns} in line {first}, got {len(fields)}",
                fix="give every point equally many coordinates, and a label",
                where=where,
            )
        numbers.extend(_row(text, fields, where))
        if len(numbers) > MOST_NUMBERS:
            raise BadFormat(f"the file holds more than {MOST_NUMBERS} numbers", fix="take fewer samples", where=where)
    if not columns:
        raise ShapeMismatch("the file holds no sample", fix="write one a line, the label last", where=str(path))
    table = np.frombuffer(numbers, dtype=np.float64).reshape(-1, columns)
    return Samples(table[:, :-1], table[:, -1])


def _is_header(fields: list[str], where: str) -> bool:
    """Whether the first line names the columns; names that say another order are refused."""
    names = [field.strip() for field in fields]
    if len(names) > 1 and not names[0] and all(map(_NAME.match, names[1:])):
        raise BadFormat(
            "the first column has no name: it looks like a column of row numbers",
            fix="leave it out (index=False in pandas), or name it if it is a coordinate",
            where=where,
        )
    if not all(map(_NAME.match, names)) or any(map(_NO_NUMBER.match, names)):
        return False
    plain = [name.strip('"').lower() for name in names]
    if "y" in plain[:-1] and plain[-1] != "y":
        raise BadFormat(
            f"the label is the last column, and column {plain.index('y') + 1} has the name y",
            fix="put y last",
            where=where,
        )
    return True


def _row(text: str, fields: list[str], where: str) -> list[float]:
    """The numbers of one line."""
    if _DECIMALS.match(text):
        try:
            row = list(map(float, fields))
        except ValueError:
            row = []
        if row and all(map(math.isfinite, row)):
            return row
    return [_number(field.strip(), f"{where}, column {column}") for column, field in enumerate(fields, 1)]


def _number(field: str, where: str) -> float:
    """One field, slowly: a decimal or a fraction, or the error that says what it is instead."""
    if not field:
        raise BadFormat("a field is empty", fix="give a number, or leave the line out", where=where)
    try:
        # Decimals as `float` reads them, fractions as `Q` does: both refuse words and digits of other scripts.
        value = float(field) if _DECIMALS.match(field) else float(Q(field))
    except (OverflowError, ValueError, VerinetError) as error:
        raise NotANumber(
            f"a sample needs finite numbers, got {_short(field)}",
            fix="separate decimal numbers such as -1.5e-3 by commas; leave lines without a value out",
            where=where,
        ) from error
    if not math.isfinite(value):
        raise NotANumber(f"{_short(field)} is beyond float64", fix="scale the data", where=where)
    return value


# --- arrays ----------------------------------------------------------------------------------------------------------


def _read_npz(path: str | os.PathLike[str]) -> Samples:
    data = read_bytes(path)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name.removesuffix(".npy") for name in archive.namelist()]
            held = [member.file_size for member in archive.infolist() if member.filename in ("X.npy", "y.npy")]
        if not {"X", "y"} <= set(names):
            raise BadFormat(
                f"an NPZ file of samples has arrays X and y, got {_short(', '.join(sorted(names))) or 'none'}",
                fix="write numpy.savez('data.npz', X=X, y=y)",
                where=str(path),
            )
        if len(held) != 2 or sum(held) > 8 * MOST_NUMBERS + 4096:
            raise BadFormat(
                f"the arrays X and y are there twice, or hold more than {MOST_NUMBERS} numbers",
                fix="write each once; take fewer samples",
                where=str(path),
            )
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            x, y = arrays["X"], arrays["y"]
    except BadFormat:
        raise
    except Exception as error:  # numpy, zipfile and zlib raise many kinds for broken bytes
        raise BadFormat(
            f"the file is no NPZ file of numeric arrays: {type(error).__name__}: {str(error)[:120]}",
            fix="write numpy.savez('data.npz', X=X, y=y); pickled objects are never loaded",
            where=str(path),
        ) from error
    try:
        return Samples(x, y)
    except VerinetError as error:
        where = str(path) if error.where is None else f"{path}, {error.where}"
        raise type(error)(error.problem, fix=error.fix, where=where) from error


def _float64(values: Any, name: str) -> Floats:
    try:
        found = np.asarray(values)
    except ValueError as error:
        raise ShapeMismatch(f"{name} is no table: {error}"[:200], fix="give rows of one length") from error
    if found.dtype.kind not in "fiub" or found.dtype.itemsize > 8:
        raise Unsupported(
            f"samples are real numbers of at most 64 bits, {name} holds {found.dtype}", fix="give float64 arrays"
        )
    result = np.array(found, dtype=np.float64, order="C", copy=True)
    if found.dtype.kind in "iu" and found.dtype.itemsize == 8 and (np.abs(result) >= 2.0**53).any():
        raise NotANumber(f"{name} holds integers of 2^53 or more, which float64 may round", fix="give floats")
    return result


def _refuse_not_finite(values: Floats, name: str) -> None:
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        place = ", ".join(f"{word} {index}" for word, index in zip(("row", "column"), bad[0], strict=False))
        raise NotANumber(
            f"samples are finite numbers, {name} holds {values[tuple(bad[0])]}, and {len(bad) - 1} more that are not",
            fix="leave these samples out",
            where=f"{place}, counted from 0",
        )


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:70]}..."
