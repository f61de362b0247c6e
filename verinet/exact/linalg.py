"""Exact matrices: an integer FLINT matrix over one positive denominator, in lowest terms.

FLINT's matrices neither pickle nor stay unchanged under item assignment, and its rationals do not compare
equal to Fractions; `Matrix` hides all of that behind an immutable value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import fmpq_mat, fmpz, fmpz_mat

from verinet.errors import NotANumber, ShapeMismatch, Unsupported
from verinet.exact.elimination import eliminate, singular
from verinet.exact.rationals import Q, dyadic_integers, format_hex, format_rational, parse_hex

# From this size FLINT's modular (Dixon) solver beats its fraction-free elimination.
_DIXON_FROM = 32


class Matrix:
    """An immutable rational matrix ``N / d``: N integers, d > 0, no factor common to all of N and d.

    Built by `from_rows`, `from_integers`, `from_floats`, `identity`, `zeros` or `column`.  Shapes with no
    rows or no columns are allowed.  Equality and hash go by value.

    Notes
    -----
    Guarantee: exact

    Examples
    --------
    >>> a = Matrix.from_rows([["1/2", 1], [0, "1/3"]])
    >>> a @ a
    Matrix([[1/4, 5/6], [0, 1/9]])
    >>> a[0, 0], a.denominator
    (Fraction(1, 2), 6)
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

    @staticmethod
    def from_rows(rows: Sequence[Sequence[object]], columns: int | None = None) -> Matrix:
        """The matrix with these rows; each entry is read by `Q`. `columns` matters only without rows."""
        exact = [[Q(entry) for entry in row] for row in rows]
        width = _width([len(row) for row in exact], columns)
        common = math.lcm(*(entry.denominator for row in exact for entry in row))
        entries = [e.numerator * (common // e.denominator) for row in exact for e in row]
        return _build(fmpz_mat(len(exact), width, entries), common)

    @staticmethod
    def from_integers(rows: Sequence[Sequence[int]], denominator: int = 1, columns: int | None = None) -> Matrix:
        """The matrix ``rows / denominator`` of Python integers over one nonzero denominator."""
        width = _width([len(row) for row in rows], columns)
        try:
            numerators = fmpz_mat(len(rows), width, [entry for row in rows for entry in row])
        except TypeError as error:
            raise NotANumber(f"from_integers needs integers: {error}", fix="use from_rows or from_floats") from None
        if denominator == 0:
            raise NotANumber("from_integers got the denominator 0", fix="give a nonzero denominator")
        return _build(numerators, denominator) if denominator > 0 else _build(-numerators, -denominator)

    @staticmethod
    def from_floats(values: npt.NDArray[Any]) -> Matrix:
        """The exact matrix that an array of binary floats (or integers) denotes; 1-D gives a column.

        Raises
        ------
        NotANumber
            If an entry is NaN or infinite, or the array does not hold float16/32/64 or integers.
        ShapeMismatch
            If the array is not 1-D or 2-D.

        Examples
        --------
        >>> Matrix.from_floats(np.array([0.5, -3.0]))
        Matrix([[1/2], [-3]])
        """
        array = np.asarray(values)
        if array.ndim not in (1, 2):
            raise ShapeMismatch(f"from_floats needs a 1-D or 2-D array, got {array.ndim} dimensions", fix="reshape it")
        rows, columns = array.shape if array.ndim == 2 else (array.shape[0], 1)
        if array.dtype.kind in "iu":
            return _build(fmpz_mat(rows, columns, array.ravel().tolist()), 1)
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
        matrix = _raw(numerators * (1 << exponent), 1) if exponent > 0 else _raw(numerators, 1 << -exponent)
        object.__setattr__(matrix, "_floats", array.astype(np.float64).reshape(rows, columns) + 0.0)  # and no -0.0
        return matrix

    @staticmethod
    def identity(n: int) -> Matrix:
        """The n x n identity."""
        return _raw(fmpz_mat(n, n, [int(i == j) for i in range(n) for j in range(n)]), 1)

    @staticmethod
    def zeros(rows: int, columns: int) -> Matrix:
        """The zero matrix of this shape."""
        return _raw(fmpz_mat(rows, columns), 1)

    @staticmethod
    def column(values: Iterable[object]) -> Matrix:
        """One column; each entry is read by `Q`."""
        return Matrix.from_rows([[value] for value in values], columns=1)

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

    def _lowest(self) -> Matrix:
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
        if not isinstance(other, Matrix):
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

    def __reduce__(self) -> tuple[Callable[[bytes], Matrix], tuple[bytes]]:
        words = [format_hex(n) for n in (*self.shape, self.denominator)]
        words += [format_hex(int(entry)) for entry in self._numerators.entries()]
        return _from_bytes, (" ".join(words).encode("ascii"),)

    # --- arithmetic ---------------------------------------------------------------------------------

    def __matmul__(self, other: Matrix) -> Matrix:
        _check_matrix(other, "a product A @ B")
        if self.columns != other.rows:
            raise ShapeMismatch(
                f"a product needs as many columns left as rows right, got {self.shape} @ {other.shape}",
                fix="transpose a factor or check the sizes",
            )
        product = _raw(self._numerators * other._numerators, self._denominator * other._denominator)
        object.__setattr__(product, "_reduced", product._denominator == 1)
        return product

    def __add__(self, other: Matrix) -> Matrix:
        _check_matrix(other, "a sum A + B")
        (left, right), common = self._same_shape(other)
        return _build(left + right, common)

    def __sub__(self, other: Matrix) -> Matrix:
        _check_matrix(other, "a difference A - B")
        (left, right), common = self._same_shape(other)
        return _build(left - right, common)

    def __neg__(self) -> Matrix:
        return _build(-self._numerators, self._denominator)

    def scale(self, factor: object) -> Matrix:
        """The matrix times the scalar `factor` (read by `Q`)."""
        q = Q(factor)
        return _build(self._numerators * q.numerator, self._denominator * q.denominator)

    @property
    def T(self) -> Matrix:
        """The transpose."""
        return _build(self._numerators.transpose(), self._denominator)

    def _same_shape(self, other: Matrix) -> tuple[list[fmpz_mat], int]:
        if self.shape != other.shape:
            raise ShapeMismatch(
                f"a sum needs matrices of one shape, got {self.shape} and {other.shape}",
                fix="check the sizes",
            )
        return _over_common_denominator((self, other))

    # --- blocks -------------------------------------------------------------------------------------

    def hstack(self, *others: Matrix) -> Matrix:
        """The matrices side by side."""
        for other in others:
            _check_matrix(other, "hstack")
        blocks = (self, *others)
        if any(block.rows != self.rows for block in blocks):
            raise ShapeMismatch(
                f"hstack needs equally many rows, got shapes {[b.shape for b in blocks]}",
                fix="check the sizes",
            )
        parts, common = _over_common_denominator(blocks)
        tables = [part.table() for part in parts]
        entries = [entry for i in range(self.rows) for table in tables for entry in table[i]]
        return _build(fmpz_mat(self.rows, sum(b.columns for b in blocks), entries), common)

    def vstack(self, *others: Matrix) -> Matrix:
        """The matrices on top of each other."""
        for other in others:
            _check_matrix(other, "vstack")
        blocks = (self, *others)
        if any(block.columns != self.columns for block in blocks):
            raise ShapeMismatch(
                f"vstack needs equally many columns, got shapes {[b.shape for b in blocks]}",
                fix="check the sizes",
            )
        parts, common = _over_common_denominator(blocks)
        entries = [entry for part in parts for entry in part.entries()]
        return _build(fmpz_mat(sum(b.rows for b in blocks), self.columns, entries), common)

    def block_diagonal(self, *others: Matrix) -> Matrix:
        """The matrices along the diagonal, zeros elsewhere."""
        for other in others:
            _check_matrix(other, "block_diagonal")
        blocks = (self, *others)
        parts, common = _over_common_denominator(blocks)
        width = sum(block.columns for block in blocks)
        entries: list[fmpz] = []
        before, zero = 0, fmpz(0)
        for block, part in zip(blocks, parts, strict=True):
            after = width - before - block.columns
            for row in part.table():
                entries += [zero] * before + list(row) + [zero] * after
            before += block.columns
        return _build(fmpz_mat(sum(block.rows for block in blocks), width, entries), common)

    def take_rows(self, indices: Sequence[int]) -> Matrix:
        """The rows with these indices, in this order (repeats allowed)."""
        self._check_indices(indices, self.rows, "take_rows")
        table = self._numerators.table()
        entries = [entry for i in indices for entry in table[i]]
        return _build(fmpz_mat(len(indices), self.columns, entries), self._denominator)

    def take_columns(self, indices: Sequence[int]) -> Matrix:
        """The columns with these indices, in this order (repeats allowed)."""
        self._check_indices(indices, self.columns, "take_columns")
        entries = [row[j] for row in self._numerators.table() for j in indices]
        return _build(fmpz_mat(self.rows, len(indices), entries), self._denominator)

    @staticmethod
    def _check_indices(indices: Sequence[int], count: int, operation: str) -> None:
        for index in indices:
            if not 0 <= index < count:
                raise ShapeMismatch(
                    f"{operation} needs indices from 0 to {count - 1}, got {index}", fix="check the indices"
                )

    # --- linear algebra -----------------------------------------------------------------------------

    def rank(self) -> int:
        """The rank."""
        return int(self._numerators.rank()) if self.rows and self.columns else 0

    def det(self) -> Fraction:
        """The determinant of a square matrix (1 for the empty one)."""
        n = self._square("det")
        return Fraction(int(self._numerators.det()), self._denominator**n) if n else Fraction(1)

    def solve(self, right: Matrix) -> Matrix:
        """The X with ``self @ X == right``, for an invertible square matrix.

        Raises
        ------
        SingularMatrix
            If the matrix is not invertible.
        ShapeMismatch
            If the sizes do not fit, or the right-hand side is no Matrix.

        Notes
        -----
        Guarantee: exact

        Examples
        --------
        >>> Matrix.from_rows([[2, 1], [0, 3]]).solve(Matrix.column([1, 1]))
        Matrix([[1/3], [1/3]])
        """
        n = self._square("solve")
        _check_matrix(right, "solve")
        if right.rows != n:
            raise ShapeMismatch(
                f"solve needs a right-hand side of {n} rows, got shape {right.shape}", fix="check the sizes"
            )
        if n == 0 or right.columns == 0:
            if self.det() == 0:
                raise singular("solve")
            return Matrix.zeros(n, right.columns)
        try:
            if n < _DIXON_FROM:
                solution = fmpq_mat(self._numerators.solve(right._numerators))
            else:
                solution = fmpq_mat(self._numerators).solve(right._numerators)
        except ZeroDivisionError:
            raise singular("solve") from None
        numerators, denominator = solution.numer_denom()
        # (N/d) X = M/e  =>  X = (d/e) N^-1 M
        return _build(numerators * self._denominator, int(denominator) * right._denominator)

    def lu(self) -> tuple[Matrix, Matrix]:
        """The factors of ``self == L @ U`` without row exchanges: L unit lower, U upper triangular.

        Raises
        ------
        SingularMatrix
            If one of the first min(rows, columns) pivots is 0.

        Notes
        -----
        Guarantee: exact

        Examples
        --------
        >>> Matrix.from_rows([[2, 1], [1, 1]]).lu()
        (Matrix([[1, 0], [1/2, 1]]), Matrix([[2, 1], [0, 1/2]]))
        """
        _, lower, upper = self._eliminate(exchange=False)
        return lower, upper

    def plu(self) -> tuple[tuple[int, ...], Matrix, Matrix]:
        """A permutation p, unit lower L and upper U with ``self.take_rows(p) == L @ U``; any rank.

        Notes
        -----
        Guarantee: exact

        Examples
        --------
        >>> Matrix.from_rows([[0, 1], [2, 0]]).plu()
        ((1, 0), Matrix([[1, 0], [0, 1]]), Matrix([[2, 0], [0, 1]]))
        """
        return self._eliminate(exchange=True)

    def _eliminate(self, *, exchange: bool) -> tuple[tuple[int, ...], Matrix, Matrix]:
        order, lower, upper = eliminate(self.numerators(), self.columns, exchange=exchange)
        return (
            order,
            Matrix.from_rows(lower, columns=self.rows),
            Matrix.from_rows(upper, columns=self.columns).scale(Fraction(1, self._denominator)),
        )

    def nullspace(self) -> Matrix:
        """An integer matrix whose columns are a basis of ``{x : self @ x == 0}``.

        Notes
        -----
        Guarantee: exact

        Examples
        --------
        >>> Matrix.from_rows([[1, 2]]).nullspace()
        Matrix([[2], [-1]])
        """
        if self.rows == 0 or self.columns == 0:
            return Matrix.identity(self.columns)
        basis, nullity = self._numerators.nullspace()
        entries = [row[j] for row in basis.table() for j in range(nullity)]
        return _build(fmpz_mat(self.columns, nullity, entries), 1)

    def _square(self, operation: str) -> int:
        if self.rows != self.columns:
            raise ShapeMismatch(f"{operation} needs a square matrix, got {self.shape}", fix="check the sizes")
        return self.rows


def _check_matrix(other: object, operation: str) -> None:
    if not isinstance(other, Matrix):
        raise ShapeMismatch(
            f"{operation} needs a Matrix, got {type(other).__name__}",
            fix="write Matrix.column([...]) for a vector, Matrix.from_rows([...]) for rows, A.scale(q) for a scalar",
        )


def _raw(numerators: fmpz_mat, denominator: int) -> Matrix:
    """A Matrix from parts already in lowest terms; the caller gives up `numerators`."""
    matrix = Matrix.__new__(Matrix)
    object.__setattr__(matrix, "_numerators", numerators)
    object.__setattr__(matrix, "_denominator", denominator)
    object.__setattr__(matrix, "_reduced", True)
    object.__setattr__(matrix, "_hash", None)
    object.__setattr__(matrix, "_floats", None)
    return matrix


def _build(numerators: fmpz_mat, denominator: int) -> Matrix:
    """A Matrix in lowest terms from an integer matrix over a positive denominator."""
    return _raw(*_lowest_terms(numerators, denominator))


def _lowest_terms(numerators: fmpz_mat, denominator: int) -> tuple[fmpz_mat, int]:
    if denominator == 1:
        return numerators, 1
    common = fmpz(denominator)
    for entry in numerators:
        common = common.gcd(entry)
        if common == 1:  # usually after an entry or two
            return numerators, denominator
    return numerators / common, denominator // int(common)


def _over_common_denominator(matrices: Sequence[Matrix]) -> tuple[list[fmpz_mat], int]:
    common = math.lcm(*(matrix._denominator for matrix in matrices))
    return [
        m._numerators if m._denominator == common else m._numerators * (common // m._denominator) for m in matrices
    ], common


def _from_bytes(data: bytes) -> Matrix:
    rows, columns, denominator, *entries = [parse_hex(word) for word in data.decode("ascii").split(" ")]
    return _build(fmpz_mat(rows, columns, entries), denominator)


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
