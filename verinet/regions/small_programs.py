r"""Many small linear programs over one polytope in the box [-1, 1]^d, compiled: proposals, never answers.

For rows r_k = c_k + g_k . u of a polytope and a further row r, the dual of ``min r`` is

.. math:: \min \sum_k \lambda_k c_k \quad\text{with}\quad \sum_k \lambda_k g_k = g,\ \lambda \ge 0,

the sides 1 + u_j and 1 - u_j of the box among the rows.  Sides alone are a feasible basis, so the simplex method
begins at once; a reduced cost is the value of its row at the basis' point; and every basis bounds r from below, so
that most rows are seen to be positive after a pivot or two.

This module imports numba: import it inside functions only.
"""

# numba compiles this module: its functions are typed by their arguments
# mypy: allow-untyped-decorators

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_EPSILON = 1e-11


@numba.njit(cache=True)
def _pivot(table: Any, right: Any, costs: Any, row: int, column: int) -> None:
    size, count = table.shape
    scale = 1.0 / table[row, column]
    for k in range(count):
        table[row, k] *= scale
    right[row] *= scale
    for j in range(size):
        factor = table[j, column]
        if j != row and factor != 0.0:
            for k in range(count):
                table[j, k] -= factor * table[row, k]
            right[j] = max(0.0, right[j] - factor * right[row])
    factor = costs[column]
    for k in range(count):
        costs[k] -= factor * table[row, k]


@numba.njit(cache=True)
def _minimise(row: Any, rows: Any, enough: float, multipliers: Any, point: Any) -> float:
    """The bound reached for one row; multipliers and, where it is the minimum, the point are filled in."""
    size, given = rows.shape[1] - 1, rows.shape[0]
    count = given + 2 * size
    table, right, costs = np.zeros((size, count)), np.empty(size), np.empty(count)
    basis = np.empty(size, dtype=np.int64)
    for j in range(size):
        sign = 1.0 if row[j + 1] >= 0.0 else -1.0
        for k in range(given):
            table[j, k] = sign * rows[k, j + 1]
        table[j, given + j] = sign  # 1 + u_j
        table[j, given + size + j] = -sign  # 1 - u_j
        right[j] = sign * row[j + 1]
        basis[j] = given + j if sign > 0.0 else given + size + j
    for k in range(count):
        costs[k] = rows[k, 0] if k < given else 1.0
        for j in range(size):
            costs[k] -= table[j, k]
    value = row[0] - right.sum()
    for _ in range(50 * (size + 1)):
        if value > enough:
            break
        column = int(np.argmin(costs))
        if costs[column] > -_EPSILON:
            for j in range(size):
                point[j] = 0.5 * (costs[given + j] - costs[given + size + j])
            break
        leaving, ratio = -1, np.inf
        for j in range(size):
            if table[j, column] > _EPSILON and right[j] < ratio * table[j, column]:
                leaving, ratio = j, right[j] / table[j, column]
        if leaving < 0:
            break
        value -= ratio * costs[column]
        _pivot(table, right, costs, leaving, column)
        basis[leaving] = column
    for j in range(size):
        if basis[j] < given:
            multipliers[basis[j]] = right[j]
    return float(value)


@numba.njit(cache=True)
def _minimise_all(wanted: Any, rows: Any, enough: Any, values: Any, multipliers: Any, points: Any) -> None:
    for i in range(len(wanted)):
        values[i] = _minimise(wanted[i], rows, enough[i], multipliers[i], points[i])


def minima(wanted: Floats, rows: Floats, enough: Floats) -> tuple[Floats, Floats, Floats]:
    """For each wanted row a lower bound on the polytope of the rows, multipliers for it, and where it is attained.

    A bound above `enough` ends the search for that row; its point is then NaN.

    Parameters
    ----------
    wanted : array (m, d + 1)
    rows : array (k, d + 1)
    enough : array (m,)

    Returns
    -------
    values (m,), multipliers (m, k), points (m, d)

    Examples
    --------
    >>> corner = np.array([[0.5, -1.0, -1.0]])  # u_1 + u_2 <= 1/2
    >>> values, multipliers, points = minima(np.array([[0.75, -1.0, -1.0]]), corner, np.array([1.0]))
    >>> values.tolist(), multipliers.tolist()
    ([0.25], [[1.0]])

    Guarantee: numeric.
    """
    values = np.full(len(wanted), -np.inf)
    multipliers = np.zeros((len(wanted), len(rows)))
    points = np.full((len(wanted), wanted.shape[1] - 1), np.nan)
    _minimise_all(
        np.ascontiguousarray(wanted), np.ascontiguousarray(rows), np.ascontiguousarray(enough),
        values, multipliers, points,
    )  # fmt: skip
    return values, multipliers, points
