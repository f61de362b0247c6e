"""Triangular factors of an integer matrix by fraction-free elimination."""

from __future__ import annotations

from fractions import Fraction

from verinet.errors import SingularMatrix


def eliminate(
    rows: list[list[int]], columns: int, *, exchange: bool
) -> tuple[tuple[int, ...], list[list[Fraction]], list[list[Fraction]]]:
    """Row order p, unit lower L and upper U with ``rows[p] == L @ U``, by Bareiss elimination.

    After step k the entries below are minors of the matrix and dividing by the last pivot is exact; a true
    Gaussian entry is the Bareiss entry over the pivot before it.

    Parameters
    ----------
    rows : list of lists of int
        The matrix; it is overwritten.
    columns : int
        Its number of columns.
    exchange : bool
        Whether rows may be exchanged to avoid a pivot 0; then any rank works.

    Raises
    ------
    SingularMatrix
        Without exchanges, if one of the first min(rows, columns) pivots is 0.

    Notes
    -----
    Guarantee: exact
    """
    count = len(rows)
    order = list(range(count))
    lower = [[Fraction(int(i == j)) for j in range(count)] for i in range(count)]
    upper: list[list[Fraction]] = []
    last = 1
    for k in range(count):
        if k < columns and exchange and rows[k][k] == 0:
            other = next((i for i in range(k, count) if rows[i][k]), k)
            rows[k], rows[other] = rows[other], rows[k]
            order[k], order[other] = order[other], order[k]
            lower[k][:k], lower[other][:k] = lower[other][:k], lower[k][:k]
        upper.append([Fraction(entry, last) for entry in rows[k]])
        if k >= columns:
            continue
        pivot = rows[k][k]
        if pivot == 0:
            if not exchange:
                raise singular("lu", where=f"pivot {k}")
            continue  # the whole column below is 0 as well: nothing to eliminate
        for i in range(k + 1, count):
            factor, above, row = rows[i][k], rows[k], rows[i]
            lower[i][k] = Fraction(factor, pivot)
            row[k + 1 :] = [(pivot * row[j] - factor * above[j]) // last for j in range(k + 1, columns)]
            row[k] = 0
        last = pivot
    return tuple(order), lower, upper


def singular(operation: str, where: str | None = None) -> SingularMatrix:
    """The error for a pivot that is exactly 0."""
    fix = "use plu" if operation == "lu" else "check the rank first, or use nullspace"
    return SingularMatrix(f"{operation} met a pivot that is exactly 0", fix=fix, where=where)
