"""Linear programs in floating point (HiGHS): proposals that exact arithmetic judges, never answers.

This is the only module that imports highspy, and it does so when the first program is solved.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from verinet.errors import NotANumber, ShapeMismatch

if TYPE_CHECKING:
    import highspy

Floats = npt.NDArray[np.float64]

_OPTIONS: dict[str, object] = {
    "output_flag": False,
    "presolve": "off",  # bases and rays must belong to the program as given
    "solver": "simplex",
    "threads": 1,
    "parallel": "off",
    "primal_feasibility_tolerance": 1e-10,
    "dual_feasibility_tolerance": 1e-10,
    "small_matrix_value": 1e-12,
}
_ROWWISE = 2
_local = threading.local()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the float solver believes an optimal vertex to be.

    `duals` holds one multiplier >= 0 a row.  The vertex is where the rows `rows` are tight and the columns in
    `held` sit at their lower (-1) or upper (+1) bound, or (0, free columns) at 0.

    Notes
    -----
    Guarantee: numeric
    """

    value: float
    point: tuple[float, ...]
    duals: tuple[float, ...]
    rows: tuple[int, ...]
    held: tuple[int | None, ...]


def propose(
    rows: Floats, lower: Floats, upper: Floats, objective: Floats, start: Proposal | None = None
) -> Proposal | None:
    """Maximise ``objective . z`` subject to ``rows . (1, z) >= 0`` and ``lower <= z <= upper`` in floats.

    `start`: of a program with the same columns, whose `rows` are numbered as here; its vertex is where the solver
    begins.  Returns None when the solver does not report an optimum.

    Notes
    -----
    Guarantee: numeric
    """
    solver = _shared_solver()
    count, width = rows.shape[0], rows.shape[1] - 1
    solver.clearModel()
    places, columns = np.nonzero(rows[:, 1:])
    begins = np.searchsorted(places, np.arange(count)).astype(np.int32)
    solver.passModel(
        width, count, len(places), _ROWWISE, -1, 0.0,
        objective, lower, upper, -rows[:, 0], np.full(count, np.inf),
        begins, columns.astype(np.int32), rows[:, 1:][places, columns], _indices(width),
    )  # fmt: skip
    if start is not None:
        solver.setBasis(_basis(count, start))
    solver.run()
    if not _is_optimal(solver):
        return None
    solution, basis = solver.getSolution(), solver.getBasis()
    values, duals = solution.col_value, solution.row_dual
    statuses, row_statuses = basis.col_status, basis.row_status
    kinds = _basis_kinds()
    return Proposal(
        value=float(np.dot(objective, values)),
        point=tuple(values),
        # for a maximum HiGHS counts the multipliers of >= rows negative
        duals=tuple(max(0.0, -dual) for dual in duals),
        rows=tuple(i for i, status in enumerate(row_statuses) if status in kinds),
        held=tuple(kinds.get(status) for status in statuses),
    )


class Explorer:
    """A float linear program over a box that grows and shrinks by rows, for tree search.

    Parameters
    ----------
    low, high : sequence of float
        The box; infinities are allowed.

    Attributes
    ----------
    ray : list of float or None
        After an infeasible `minimize`: multipliers >= 0, one a pushed row, in the units of the rows as
        pushed, whose combination should be negative on the box.

    Notes
    -----
    Guarantee: numeric

    Examples
    --------
    >>> explorer = Explorer([-1.0], [1.0])
    >>> explorer.push([-0.5, 1.0])  # x >= 1/2
    >>> value, point, duals = explorer.minimize([0.0, 2.0])
    >>> value, duals
    (1.0, [2.0])
    """

    def __init__(self, low: Sequence[float], high: Sequence[float]) -> None:
        if len(low) != len(high):
            raise ShapeMismatch(
                f"Explorer needs as many low as high sides, got {len(low)} and {len(high)}",
                fix="check the box",
            )
        width = len(low)
        self.ray: list[float] | None = None
        self._width = width
        self._scales: list[float] = []
        self._columns = np.arange(width, dtype=np.int32)
        self._solver = _new_solver()
        self._solver.passModel(
            width, 0, 0, _ROWWISE, 1, 0.0,
            np.zeros(width), _floats(low), _floats(high), np.zeros(0), np.zeros(0),
            _indices(0), _indices(0), np.zeros(0), _indices(width),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self._scales)

    def push(self, row: Sequence[float] | Floats) -> None:
        """Add the row ``row . (1, x) >= 0``."""
        values = self._finite(row)
        scale = float(np.abs(values).max())
        if scale == 0.0:
            scale = 1.0
        # a power of two: scaling rounds nothing
        scale = math.ldexp(1.0, math.frexp(scale)[1])
        values = values / scale
        used = np.flatnonzero(values[1:]).astype(np.int32)
        self._solver.addRow(-float(values[0]), math.inf, len(used), used, values[1:][used])
        self._scales.append(scale)

    def pop(self, count: int = 1) -> None:
        """Remove the last `count` rows."""
        total = len(self._scales)
        if not 0 <= count <= total:
            raise ShapeMismatch(f"pop needs {count} pushed rows, got {total}", fix="pop once for each push")
        if count:
            self._solver.deleteRows(count, np.arange(total - count, total, dtype=np.int32))
            del self._scales[total - count :]

    def minimize(self, row: Sequence[float] | Floats) -> tuple[float, Floats, list[float]] | None:
        """The (value, point, multipliers a pushed row) of the minimum of ``row . (1, x)``, in floats.

        None if the rows are infeasible on the box (then see `ray`), the minimum is unbounded, or the solver
        failed.  Multipliers are >= 0 and in the units of the rows as pushed.
        """
        values = self._finite(row)
        self.ray = None
        scale = float(np.abs(values[1:]).max()) if self._width else 0.0
        # a cost far from 1 in size would drown in the solver's own thresholds
        scale = math.ldexp(1.0, math.frexp(scale)[1]) if scale > 0.0 else 1.0
        self._solver.changeColsCost(self._width, self._columns, values[1:] / scale)
        self._solver.run()
        if not _is_optimal(self._solver):
            self.ray = self._infeasibility_ray()
            return None
        solution = self._solver.getSolution()
        point = np.array(solution.col_value, dtype=np.float64)
        duals = [max(0.0, dual) * scale / size for dual, size in zip(solution.row_dual, self._scales, strict=True)]
        return float(values[0] + values[1:] @ point), point, duals

    def _infeasibility_ray(self) -> list[float] | None:
        if self._solver.getModelStatus().name != "kInfeasible":
            return None
        _, found, ray = self._solver.getDualRay()
        if not found or len(ray) != len(self._scales):
            return None
        # HiGHS leaves the overall sign open; a multiplier of a >= row is not negative
        sign = 1.0 if float(np.sum(ray)) >= 0.0 else -1.0
        return [max(0.0, sign * float(r)) / size for r, size in zip(ray, self._scales, strict=True)]

    def _finite(self, row: Sequence[float] | Floats) -> Floats:
        values = np.asarray(row, dtype=np.float64)
        if values.shape != (self._width + 1,):
            raise ShapeMismatch(
                f"Explorer needs rows of {self._width + 1} entries, constant first, got shape {values.shape}",
                fix="check the row",
            )
        if not np.isfinite(values).all():
            raise NotANumber("Explorer needs finite rows", fix="scale the row before it is made a float")
        return values


def _indices(count: int) -> npt.NDArray[np.int32]:
    return np.zeros(count, dtype=np.int32)


def _floats(values: Sequence[float]) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _new_solver() -> highspy.Highs:
    import highspy

    solver = highspy.Highs()
    for name, value in _OPTIONS.items():
        solver.setOptionValue(name, value)
    return solver


def _shared_solver() -> highspy.Highs:
    # one instance a thread: making one costs as much as a small program
    if not hasattr(_local, "solver"):
        _local.solver = _new_solver()
    solver: highspy.Highs = _local.solver
    return solver


def _basis_kinds() -> dict[object, int]:
    """Nonbasic statuses and the bound they stand for."""
    if not hasattr(_local, "kinds"):
        from highspy import HighsBasisStatus as Status

        _local.kinds = {Status.kLower: -1, Status.kUpper: 1, Status.kZero: 0, Status.kNonbasic: 0}
    kinds: dict[object, int] = _local.kinds
    return kinds


def _basis(count: int, start: Proposal) -> highspy.HighsBasis:
    """Where these rows are tight and these columns held."""
    from highspy import HighsBasis
    from highspy import HighsBasisStatus as Status

    held = {-1: Status.kLower, 1: Status.kUpper, 0: Status.kZero, None: Status.kBasic}
    basis = HighsBasis()
    basis.valid = True
    rows = [Status.kBasic] * count
    for row in start.rows:
        rows[row] = Status.kLower
    basis.row_status = rows
    basis.col_status = [held[side] for side in start.held]
    return basis


def _is_optimal(solver: highspy.Highs) -> bool:
    return bool(solver.getModelStatus().name == "kOptimal")
