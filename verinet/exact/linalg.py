"""Exact matrices: products, blocks, solving, factors, all without rounding (FLINT underneath).

How a matrix is made, stored, read and compared stands one storey below, in `verinet.exact.matrix_entries`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from flint import fmpq_mat, fmpz, fmpz_mat

from verinet.errors import ShapeMismatch
from verinet.exact.elimination import eliminate, singular
from verinet.exact.matrix_entries import Entries
from verinet.exact.rationals import Q, format_hex, parse_hex

# From this size FLINT's modular (Dixon) solver beats its fraction-free elimination.
_DIXON_FROM = 32


class Matrix(Entries):
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

    __slots__ = ()

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
        product = Matrix._raw(self._numerators * other._numerators, self._denominator * other._denominator)
        object.__setattr__(product, "_reduced", product._denominator == 1)
        return product

    def __add__(self, other: Matrix) -> Matrix:
        _check_matrix(other, "a sum A + B")
        (left, right), common = self._same_shape(other)
        return Matrix._build(left + right, common)

    def __sub__(self, other: Matrix) -> Matrix:
        _check_matrix(other, "a difference A - B")
        (left, right), common = self._same_shape(other)
        return Matrix._build(left - right, common)

    def __neg__(self) -> Matrix:
        return Matrix._build(-self._numerators, self._denominator)

    def scale(self, factor: object) -> Matrix:
        """The matrix times the scalar `factor` (read by `Q`)."""
        q = Q(factor)
        return Matrix._build(self._numerators * q.numerator, self._denominator * q.denominator)

    @property
    def T(self) -> Matrix:
        """The transpose."""
        return Matrix._build(self._numerators.transpose(), self._denominator)

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
        return Matrix._build(fmpz_mat(self.rows, sum(b.columns for b in blocks), entries), common)

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
        return Matrix._build(fmpz_mat(sum(b.rows for b in blocks), self.columns, entries), common)

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
        return Matrix._build(fmpz_mat(sum(block.rows for block in blocks), width, entries), common)

    def take_rows(self, indices: Sequence[int]) -> Matrix:
        """The rows with these indices, in this order (repeats allowed)."""
        self._check_indices(indices, self.rows, "take_rows")
        table = self._numerators.table()
        entries = [entry for i in indices for entry in table[i]]
        return Matrix._build(fmpz_mat(len(indices), self.columns, entries), self._denominator)

    def take_columns(self, indices: Sequence[int]) -> Matrix:
        """The columns with these indices, in this order (repeats allowed)."""
        self._check_indices(indices, self.columns, "take_columns")
        entries = [row[j] for row in self._numerators.table() for j in indices]
        return Matrix._build(fmpz_mat(self.rows, len(indices), entries), self._denominator)

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
        return Matrix._build(numerators * self._denominator, int(denominator) * right._denominator)

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
        return Matrix._build(fmpz_mat(self.columns, nullity, entries), 1)

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


def _over_common_denominator(matrices: Sequence[Matrix]) -> tuple[list[fmpz_mat], int]:
    common = math.lcm(*(matrix._denominator for matrix in matrices))
    return [
        m._numerators if m._denominator == common else m._numerators * (common // m._denominator) for m in matrices
    ], common


def _from_bytes(data: bytes) -> Matrix:
    rows, columns, denominator, *entries = [parse_hex(word) for word in data.decode("ascii").split(" ")]
    return Matrix._build(fmpz_mat(rows, columns, entries), denominator)
