"""An exact simplex method for small linear programs with bounds, over FLINT integers.

The program is in inequality form and a vertex is named by what is tight there: some rows, and for every other
column a bound at which it is held.  The float solver usually names the optimal vertex; then one exact solve
checks it.  Otherwise exact pivots go on from there, or from a corner, under Bland's rule, so they end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from flint import fmpq_mat, fmpz, fmpz_mat

from verinet.work import keep_going

AT_LOWER, PINNED, AT_UPPER = -1, 0, 1


@dataclass(slots=True)
class Vertex:
    """Where a program stands: the tight rows, and what holds each other column (None: nothing does).

    A column may also be `PINNED` at an integer that is no bound; it leaves that place and never returns.
    """

    rows: list[int]
    held: list[int | None]
    pins: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Program:
    """Maximise ``objective . z`` subject to ``rows . (1, z) >= 0`` and integer bounds on z.

    `sizes` gives for each row a bit length that makes multipliers comparable (it only guides the pivots).
    """

    rows: fmpz_mat
    lower: tuple[int | None, ...]
    upper: tuple[int | None, ...]
    objective: tuple[int, ...]
    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Optimum:
    """An optimal vertex: the point, and multipliers >= 0 of the tight rows with

    ``objective . z = value - sum multiplier_i row_i(z) - (terms that are >= 0 within the bounds)``.
    """

    point: tuple[Fraction, ...]
    value: Fraction
    multipliers: tuple[tuple[int, Fraction], ...]
    vertex: Vertex


@dataclass(frozen=True, slots=True)
class Ray:
    """The program is unbounded: from `point` the objective grows for ever along `direction`."""

    point: tuple[Fraction, ...]
    direction: tuple[Fraction, ...]


def maximise(program: Program, start: Vertex) -> Optimum | Ray | None:
    """The exact optimum, by simplex pivots from the vertex `start`.

    Returns None if `start` is no feasible vertex (tight constraints dependent, or another one violated).

    Raises
    ------
    BudgetExhausted
        Between two pivots, when the search that asked has no time left.

    Notes
    -----
    Guarantee: exact
    """
    vertex = Vertex(list(start.rows), list(start.held), dict(start.pins))
    if len(vertex.rows) != vertex.held.count(None) or not _bounds_exist(program, vertex):
        return None
    stalled = False
    first = True
    while True:
        keep_going()
        place = _Place.of(program, vertex)
        if place is None or (first and not place.is_feasible()):
            return None
        first = False
        leaving = place.leaving(bland=stalled)
        if leaving is None:
            return place.optimum()
        direction, scale = place.direction(leaving)
        blocking, step = place.blocking(direction, scale)
        if blocking is None:
            return Ray(place.point(), tuple(Fraction(int(d), int(scale)) for d in direction))
        # after a step of length 0 Bland's rule alone chooses, until the next true step: no cycle is possible
        stalled = step == 0
        _exchange(vertex, leaving, blocking)


# A constraint is named (0, i) for row i, (1, j) for the lower, (2, j) for the upper bound and (3, j) for the
# pin of column j.  The order of these names is the fixed order of Bland's rule.
_Name = tuple[int, int]


@dataclass(slots=True)
class _Place:
    """A vertex with its exact coordinates ``at / scale``, the slack of every row and all multipliers."""

    program: Program
    vertex: Vertex
    free: list[int]
    tight: fmpz_mat
    at: list[fmpz]
    scale: fmpz
    slacks: list[fmpz]
    duals: list[fmpz]
    costs: list[fmpz]
    dual_scale: fmpz

    @staticmethod
    def of(program: Program, vertex: Vertex) -> _Place | None:
        free = [j for j, held in enumerate(vertex.held) if held is None]
        rows = program.rows
        values = [_held_value(program, vertex, j) for j in range(len(vertex.held))]
        start = fmpz_mat(len(values) + 1, 1, [1, *values])
        tight_rows = _take(rows, vertex.rows)
        tight = fmpz_mat(len(free), len(free), [row[j + 1] for row in tight_rows for j in free])
        residues = [-_dot(row, start) for row in tight_rows]
        solved = _solve(tight, residues)
        dual = _solve(tight.transpose(), [fmpz(-program.objective[j]) for j in free])
        if solved is None or dual is None:
            return None
        moved, scale = solved
        at = [value * scale for value in values]
        for j, value in zip(free, moved, strict=True):
            at[j] = value
        slacks = (rows * fmpz_mat(len(at) + 1, 1, [scale, *at])).entries()
        duals, dual_scale = dual
        costs = [c * dual_scale for c in program.objective]
        for y, row in zip(duals, tight_rows, strict=True):
            if y:
                costs = [cost + y * entry for cost, entry in zip(costs, row[1:], strict=True)]
        return _Place(program, vertex, free, tight, at, scale, slacks, duals, costs, dual_scale)

    def is_feasible(self) -> bool:
        if any(slack < 0 for slack in self.slacks):
            return False
        program, scale = self.program, self.scale
        return all(
            (low is None or at >= low * scale) and (high is None or at <= high * scale)
            for at, low, high in zip(self.at, program.lower, program.upper, strict=True)
        )

    def leaving(self, *, bland: bool) -> _Name | None:
        """A tight constraint that may be left with gain, or None at an optimum."""
        found: list[tuple[int, _Name]] = []
        for i, y in zip(self.vertex.rows, self.duals, strict=True):
            if y < 0:
                found.append((_bits(y) + self.program.sizes[i], (0, i)))
        for j, held in enumerate(self.vertex.held):
            cost = self.costs[j]
            if held == PINNED and cost != 0:
                return (3, j)  # a pin never comes back, so this needs no rule
            if (held == AT_LOWER and cost > 0) or (held == AT_UPPER and cost < 0):
                found.append((_bits(cost), (1 if held == AT_LOWER else 2, j)))
        if not found:
            return None
        if bland:
            return min(name for _, name in found)
        return max(found, key=lambda pair: (pair[0], -pair[1][0], -pair[1][1]))[1]

    def direction(self, leaving: _Name) -> tuple[list[fmpz], fmpz]:
        """The edge along which `leaving` is left and all else stays tight: ``direction / scale``."""
        kind, index = leaving
        tight_rows = _take(self.program.rows, self.vertex.rows)
        direction = [fmpz(0)] * len(self.at)
        if kind == 0:
            right = [fmpz(int(i == index)) for i in self.vertex.rows]
            sign = 0
        else:
            sign = 1 if self.costs[index] > 0 else -1
            right = [-row[index + 1] * sign for row in tight_rows]
        solved = _solve(self.tight, right)
        if solved is None:  # the same matrix was invertible a moment ago
            raise ArithmeticError("the tight constraints of a vertex became dependent")
        moved, scale = solved
        for j, value in zip(self.free, moved, strict=True):
            direction[j] = value
        if kind != 0:
            direction[index] = sign * scale
        return direction, scale

    def blocking(self, direction: list[fmpz], scale: fmpz) -> tuple[_Name | None, Fraction]:
        """The first constraint met along `direction`, the least name among ties, and the step to it."""
        program = self.program
        rates = (program.rows * fmpz_mat(len(direction) + 1, 1, [0, *direction])).entries()
        tight = set(self.vertex.rows)
        best: tuple[fmpz, fmpz] | None = None  # step = slack / rate, up to the factor scale / self.scale
        name: _Name | None = None
        for i, rate in enumerate(rates):
            if rate < 0 and i not in tight:
                slack = self.slacks[i]
                if best is None or slack * best[1] < best[0] * -rate:
                    best, name = (slack, -rate), (0, i)
        for kind, bounds in ((1, program.lower), (2, program.upper)):
            for j, bound in enumerate(bounds):
                rate = direction[j] if kind == 1 else -direction[j]
                if bound is None or rate >= 0:
                    continue
                slack = self.at[j] - bound * self.scale if kind == 1 else bound * self.scale - self.at[j]
                if best is None or slack * best[1] < best[0] * -rate:
                    best, name = (slack, -rate), (kind, j)
        if best is None:
            return None, Fraction(0)
        return name, Fraction(int(best[0] * scale), int(best[1] * self.scale))

    def point(self) -> tuple[Fraction, ...]:
        scale = int(self.scale)
        return tuple(Fraction(int(value), scale) for value in self.at)

    def optimum(self) -> Optimum:
        value = sum((c * v for c, v in zip(self.program.objective, self.at, strict=True)), fmpz(0))
        pairs = sorted(zip(self.vertex.rows, self.duals, strict=True), key=lambda pair: pair[0])
        return Optimum(
            point=self.point(),
            value=Fraction(int(value), int(self.scale)),
            multipliers=tuple((i, Fraction(int(y), int(self.dual_scale))) for i, y in pairs if y != 0),
            vertex=self.vertex,
        )


def _exchange(vertex: Vertex, leaving: _Name, entering: _Name) -> None:
    kind, index = leaving
    if kind == 0:
        vertex.rows.remove(index)
    else:
        vertex.held[index] = None
        vertex.pins.pop(index, None)
    kind, index = entering
    if kind == 0:
        vertex.rows.append(index)
    else:
        vertex.held[index] = AT_LOWER if kind == 1 else AT_UPPER


def _bounds_exist(program: Program, vertex: Vertex) -> bool:
    return not any(
        (held == AT_LOWER and low is None) or (held == AT_UPPER and high is None)
        for held, low, high in zip(vertex.held, program.lower, program.upper, strict=True)
    )


def _held_value(program: Program, vertex: Vertex, column: int) -> fmpz:
    held = vertex.held[column]
    if held is None:
        return fmpz(0)
    if held == PINNED:
        return fmpz(vertex.pins.get(column, 0))
    value = program.lower[column] if held == AT_LOWER else program.upper[column]
    return fmpz(0 if value is None else value)


def _take(rows: fmpz_mat, indices: Sequence[int]) -> list[list[fmpz]]:
    width = rows.ncols()
    return [[rows[i, j] for j in range(width)] for i in indices]


def _dot(row: Sequence[fmpz], column: fmpz_mat) -> fmpz:
    return sum((entry * value for entry, value in zip(row, column, strict=True)), fmpz(0))


def _solve(matrix: fmpz_mat, right: Sequence[fmpz]) -> tuple[list[fmpz], fmpz] | None:
    """The x / d with ``matrix @ x == right``, d > 0, or None for a singular matrix."""
    n = matrix.nrows()
    if n == 0:
        return [], fmpz(1)
    try:
        solution = fmpq_mat(matrix.solve(fmpz_mat(n, 1, right)))
    except ZeroDivisionError:
        return None
    numerators, denominator = solution.numer_denom()
    return numerators.entries(), denominator


def _bits(n: fmpz) -> int:
    return int(abs(n).bit_length())
