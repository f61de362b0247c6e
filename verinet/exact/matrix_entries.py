"""The entries of an exact matrix: integers over one positive denominator, made, stored, read and compared.

The storey below `verinet.exact.linalg.Matrix`, which calculates with them.  FLINT's matrices neither pickle nor
stay unchanged under item assignment, and its rationals do not compare equal to Fractions; an immutable value
hides all of that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from flint import fmpz, fmpz_mat

from verinet.errors import NotANumber, ShapeMismatch, Unsupported
from verinet.exact.rationals import Q, dyadic_integers, format_rational


class Entries:
    """An immutable array of rationals ``N / d``: N integers, d > 0, no factor common to all of N and d.

    Only `Matrix` is built of it.  Shapes with no rows or no columns are allowed.  Equality and hash go by value.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> from verinet.exact.linalg import Matrix
    >>> Matrix.from_rows([["1/2", 1], [0, "1/3"]]).numerators()
    [[3, 6], [0, 2]]
    """

    # A product is brought to lowest terms only when somebody looks: in a chain of products nobody does.
    __slots__ = ("_denominator", "_floats", "_hash", "_numerators", "_reduced")
    _numerators: fmpz_mat
    _denominator: int
    _reduced: bool
    _hash: int | None
    _floats: npt.NDArray[np.float64] | None  # the floats it was made from: reading them back takes FLINT long

    def __init__(self, *entries: object, **named: object) -> None:
        raise Unsupported(
            "a Matrix is not made by its class",
            fix="write Matrix.from_rows([[1, 2], [3, 4]]), or from_integers, from_floats, identity, zeros, column",
        )

    # --- construction -------------------------------------------------------------------------------

    @classmethod
    def from_rows(cls, rows: Sequence[Sequence[object]], columns: int | None = None) -> Self:
        """The matrix with these rows; each entry is read by `Q`. `columns` matters only without rows."""
        exact = [[Q(entry) for entry in row] for row in rows]
        width = _width([len(row) for row in exact], columns)
        common = math.lcm(*(entry.denominator for row in exact for entry in row))
        entries = [e.numerator * (common // e.denominator) for row in exact for e in row]
        return cls._build(fmpz_mat(len(exact), width, entries), common)

    @classmethod
    def from_integers(cls, rows: Sequence[Sequence[int]], denominator: int = 1, columns: int | None = None) -> Self:
        """The matrix ``rows / denominator`` of Python integers over one nonzero denominator."""
        width = _width([len(row) for row in rows], columns)
        try:
            numerators = fmpz_mat(len(rows), width, [entry for row in rows for entry in row])
        except TypeError as error:
            raise NotANumber(f"from_integers needs integers: {error}", fix="use from_rows or from_floats") from None
        if denominator == 0:
            raise NotANumber("from_integers got the denominator 0", fix="give a nonzero denominator")
        return cls._build(numerators, denominator) if denominator > 0 else cls._build(-numerators, -denominator)

    @classmethod
    def from_floats(cls, values: npt.NDArray[Any]) -> Self:
        """The exact matrix that an array of binary floats (or integers) denotes; 1-D gives a column.

        Raises
        ------
        NotANumber
            If an entry is NaN or infinite, or the array does not hold float16/32/64 or integers.
        ShapeMismatch
            If the array is not 1-D or 2-D.

        Examples
        --------
        >>> from verinet.exact.linalg import Matrix
        >>> Matrix.from_floats(np.array([0.5, -3.0]))
        Matrix([[1/2], [-3]])
        """
        array = np.asarray(values)
        if array.ndim not in (1, 2):
            raise ShapeMismatch(f"from_floats needs a 1-D or 2-D array, got {array.ndim} dimensions", fix="reshape it")
        rows, columns = array.shape if array.ndim == 2 else (array.shape[0], 1)
        if array.dtype.kind in "iu":
            return cls._build(fmpz_mat(rows, columns, array.ravel().tolist()), 1)
        if array.dtype.kind != "f" or array.dtype.itemsize > 8:
            raise NotANumber(
                f"from_floats needs float16, float32, float64 or integers, got {array.dtype}",
                fix="convert the array, or use from_rows for exact entries",
            )
        if not np.isfinite(array).all():
            where = np.argwhere(~np.isfinite(array))[0]
            raise NotANumber(
                f"from_floats needs finite entries, got {float(array[tuple(where)])}",
                fix="remove NaN and infinities",
                where=f"entry {tuple(int(i) for i in where)}",
            )
        entries, exponent = dyadic_integers(array.ravel().astype(np.float64))
        numerators = fmpz_mat(rows, columns, entries)
        matrix = cls._raw(numerators * (1 << exponent), 1) if exponent > 0 else cls._raw(numerators, 1 << -exponent)
        object.__setattr__(matrix, "_floats", array.astype(np.float64).reshape(rows, columns) + 0.0)  # and no -0.0
        return matrix

    @classmethod
    def identity(cls, n: int) -> Self:
        """The n x n identity."""
        return cls._raw(fmpz_mat(n, n, [int(i == j) for i in range(n) for j in range(n)]), 1)

    @classmethod
    def zeros(cls, rows: int, columns: int) -> Self:
        """The zero matrix of this shape."""
        return cls._raw(fmpz_mat(rows, columns), 1)

    @classmethod
    def column(cls, values: Iterable[object]) -> Self:
        """One column; each entry is read by `Q`."""
        return cls.from_rows([[value] for value in values], columns=1)

    @classmethod
    def _raw(cls, numerators: fmpz_mat, denominator: int) -> Self:
        """A value of parts already in lowest terms; the caller gives up `numerators`."""
        made = cls.__new__(cls)
        object.__setattr__(made, "_numerators", numerators)
        object.__setattr__(made, "_denominator", denominator)
        object.__setattr__(made, "_reduced", True)
        object.__setattr__(made, "_hash", None)
        object.__setattr__(made, "_floats", None)
        return made

    @classmethod
    def _build(cls, numerators: fmpz_mat, denominator: int) -> Self:
        """A value in lowest terms of an integer matrix over a positive denominator."""
        return cls._raw(*_lowest_terms(numerators, denominator))

    # --- looking inside -----------------------------------------------------------------------------

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self._numerators.nrows())

    @property
    def columns(self) -> int:
        """Number of columns."""
        return int(self._numerators.ncols())

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return self.rows, self.columns

    @property
    def denominator(self) -> int:
        """The least common denominator of all entries, 1 for an integer matrix."""
        return self._lowest()._denominator

    def _lowest(self) -> Self:
        if not self._reduced:
            numerators, denominator = _lowest_terms(self._numerators, self._denominator)
            object.__setattr__(self, "_numerators", numerators)
            object.__setattr__(self, "_denominator", denominator)
            object.__setattr__(self, "_reduced", True)
        return self

    def numerators(self) -> list[list[int]]:
        """The integers N of ``N / denominator``, row by row (a fresh list)."""
        return [[int(entry) for entry in row] for row in self._lowest()._numerators.table()]

    def __getitem__(self, index: tuple[int, int]) -> Fraction:
        i, j = index
        if not (0 <= i < self.rows and 0 <= j < self.columns):
            raise IndexError(f"entry ({i}, {j}) of a matrix of shape {self.shape}")
        return Fraction(int(self._numerators[i, j]), self._denominator)

    def row(self, i: int) -> tuple[Fraction, ...]:
        """Row `i` as Fractions."""
        return tuple(self[i, j] for j in range(self.columns))

    def to_rows(self) -> tuple[tuple[Fraction, ...], ...]:
        """All rows as Fractions."""
        d = self._denominator
        return tuple(tuple(Fraction(int(e), d) for e in row) for row in self._numerators.table())

    def to_float64(self) -> npt.NDArray[np.float64]:
        """The nearest float64 of each entry, ties to even (an infinity beyond the largest float).

        Guarantee: numeric (each entry is rounded once, correctly).
        """
        if self._floats is not None:
            return self._floats.copy()
        d = self._denominator
        values = [_nearest(int(entry), d) for entry in self._numerators.entries()]
        return np.array(values, dtype=np.float64).reshape(self.shape)

    def is_zero(self) -> bool:
        """Whether every entry is 0 (true for an empty matrix)."""
        return not bool(self._numerators)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Entries):
            return NotImplemented
        mine, theirs = self._lowest(), other._lowest()
        return mine._denominator == theirs._denominator and bool(mine._numerators == theirs._numerators)

    def __hash__(self) -> int:
        if self._hash is None:
            entries = tuple(int(entry) for entry in self._lowest()._numerators.entries())
            object.__setattr__(self, "_hash", hash((self.shape, self._denominator, entries)))
        return self._hash or 0

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Matrix is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a Matrix is immutable")

    def __repr__(self) -> str:
        if 0 < self.rows * self.columns <= 16:
            rows = (", ".join(_brief(entry) for entry in row) for row in self.to_rows())
            return f"Matrix([{', '.join(f'[{row}]' for row in rows)}])"
        return f"<Matrix {self.rows} x {self.columns}, denominator of {self.denominator.bit_length()} bits>"


def _lowest_terms(numerators: fmpz_mat, denominator: int) -> tuple[fmpz_mat, int]:
    if denominator == 1:
        return numerators, 1
    common = fmpz(denominator)
    for entry in numerators:
        common = common.gcd(entry)
        if common == 1:  # usually after an entry or two
            return numerators, denominator
    return numerators / common, denominator // int(common)


def _width(lengths: Sequence[int], columns: int | None) -> int:
    expected = columns if columns is not None else (lengths[0] if lengths else 0)
    for i, length in enumerate(lengths):
        if length != expected:
            raise ShapeMismatch(
                f"a matrix needs rows of one length, got {length} entries where {expected} were expected",
                fix="complete the rows",
                where=f"row {i}",
            )
    return expected


def _nearest(numerator: int, denominator: int) -> float:
    try:
        return numerator / denominator  # Python rounds the quotient of two integers correctly
    except OverflowError:
        return math.inf if numerator > 0 else -math.inf


def _brief(entry: Fraction) -> str:
    text = format_rational(entry)
    return text if len(text) <= 24 else f"{text[:10]}...{text[-8:]}"
