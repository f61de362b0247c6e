r"""Which rows of a cell are facets, each answer proved: by floats and their rounding bound, or exactly.

Row i is a facet exactly if some point of the box has r_i < 0 and all other rows > 0 that are not redundant (these
are then > 0 where the segment to an interior point meets r_i = 0, as combinations of rows that are).  It is none
exactly if it is ``sum m_k r_k`` plus a form that is >= 0 on the box, with multipliers m >= 0 of other rows that are
not dropped.
Rays from an interior point propose points, small programs over the facets known so far propose multipliers (and
directions for more rays); what the rounding bound of `float_rows` does not prove, exact linear algebra and exact
programs decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from verinet import work
from verinet.exact import programs
from verinet.exact.explorer import Explorer
from verinet.exact.linalg import Matrix
from verinet.regions.bent_rows import Form
from verinet.regions.float_rows import Floats, first_hits, least_by, values_at

#: An exact point of the box: floats are the dyadic rationals they are.
Spot = Floats | tuple[Fraction, ...]
#: From rows, and the rows of a polytope, to bounds below, multipliers and points, all in floats.
Proposer = Callable[[Floats, Floats], tuple[Floats, Floats, Floats]]

#: What is known of a row: nothing, a facet, redundant, part of the domain.
OPEN, FACET, REDUNDANT, GIVEN = 0, 1, 2, 3
# A bound this far above 0 (rows have size 1) ends a small program; one this far below is worth a ray.
_ENOUGH = 1e-9
_LARGEST_COMPILED = 40
_NUDGES = (0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4)


@dataclass(slots=True)
class Case:
    """The rows of one cell that may be tight on it, one for each class of proportional ones.

    `floats` are the `forms` as `float_rows.float_forms` gives them up to a factor, `bounds` their rounding;
    `members` the bent rows of each class (none for a row of the domain), `oriented` the forms of all of them,
    positive inside the cell.
    """

    forms: list[Form]
    floats: Floats
    bounds: Floats
    members: list[tuple[int, ...]]
    state: list[int]
    oriented: dict[int, Form]
    beyond: dict[int, Spot] = field(default_factory=dict)

    @property
    def dimension(self) -> int:
        """Number of coordinates."""
        return int(self.floats.shape[1]) - 1

    def undecided(self) -> list[int]:
        """The rows of which nothing is known."""
        return [i for i, state in enumerate(self.state) if state == OPEN]

    def alive(self) -> list[int]:
        """The rows that are not dropped: they still define the cell."""
        return [i for i, state in enumerate(self.state) if state != REDUNDANT]

    def system(self, forms: Sequence[Form]) -> programs.System:
        """Forms >= 0 on the box."""
        low, high = (Fraction(-1),) * self.dimension, (Fraction(1),) * self.dimension
        return programs.System(tuple(forms), (False,) * len(forms), low, high)


def decide(case: Case, interior: Spot, minima: Proposer) -> None:
    """Decide every open row of a case: facet, with a point beyond it, or redundant.

    Guarantee: exact.
    """
    if isinstance(interior, np.ndarray):
        _shoot_along_normals(case, interior)
    while waiting := case.undecided():
        work.keep_going()
        pushed = [i for i, state in enumerate(case.state) if state in (FACET, GIVEN)]
        rows = case.floats[pushed]
        values, multipliers, points = minima(case.floats[waiting], rows)
        multipliers = np.where(np.isfinite(multipliers), np.maximum(multipliers, 0.0), 0.0)
        least = least_by(case.floats[waiting], rows, multipliers)
        for i, bound in zip(waiting, least, strict=True):
            if bound > 0.0:
                case.state[i] = REDUNDANT
        rest = [k for k, i in enumerate(waiting) if case.state[i] == OPEN]
        if not rest or (isinstance(interior, np.ndarray) and _shoot_at(case, interior, values[rest], points[rest])):
            continue
        _decide_exactly(case, [waiting[k] for k in rest], pushed, multipliers[rest])


def proposer(dimension: int) -> Proposer:
    """The solver of small programs for this many inputs: compiled where a dense table is small.

    Guarantee: numeric.
    """
    if dimension <= _LARGEST_COMPILED:
        # numba takes a second to import, so it is imported when the first cell is met
        from verinet.regions.small_programs import minima

        return lambda wanted, rows: minima(wanted, rows, np.full(len(wanted), _ENOUGH))
    explorer = Explorer([-1.0] * dimension, [1.0] * dimension)

    def one_by_one(wanted: Floats, rows: Floats) -> tuple[Floats, Floats, Floats]:
        explorer.pop(len(explorer))
        for row in rows:
            explorer.push(row)
        values, multipliers = np.full(len(wanted), -np.inf), np.zeros((len(wanted), len(rows)))
        points = np.full((len(wanted), dimension), np.nan)
        for i, row in enumerate(wanted):
            work.keep_going()
            found = explorer.minimize(row)
            if found is not None:
                values[i], points[i], multipliers[i] = found
        return values, multipliers, points

    return one_by_one


def _shoot_along_normals(case: Case, interior: Floats) -> None:
    wanted = case.undecided()
    if wanted:
        normals = case.floats[wanted, 1:]
        _shoot(case, interior, -normals / np.linalg.norm(normals, axis=1)[:, None])


def _shoot_at(case: Case, interior: Floats, values: Floats, points: Floats) -> bool:
    """Rays towards points where rows are negative on the facets known so far; whether they found another facet.

    Such a point is a vertex, where several rows may be met at once: rays near the straight one go along.
    """
    ends = points[(values < -_ENOUGH) & np.isfinite(points).all(axis=1)]
    if not len(ends):
        return False
    straight = ends - interior
    if _shoot(case, interior, straight):
        return True
    noise = np.random.default_rng(len(ends)).standard_normal((len(ends), len(_NUDGES), len(interior)))
    sizes = np.linalg.norm(straight, axis=1)[:, None] * np.array(_NUDGES)
    noise *= (sizes / np.linalg.norm(noise, axis=2))[:, :, None]
    return _shoot(case, interior, (straight[:, None, :] + noise).reshape(-1, len(interior)))


def _shoot(case: Case, interior: Floats, directions: Floats) -> bool:
    """Rays from the interior point: the row met first is a facet where a point behind it proves that."""
    alive = case.alive()
    rows, bounds = case.floats[alive], case.bounds[alive]
    hits, nearest, following = first_hits(rows, interior, directions)
    good = np.flatnonzero((hits >= 0) & (following > nearest) & np.isfinite(following))
    found = False
    for k in good.tolist():
        hit = int(hits[k])
        which = alive[hit]
        if case.state[which] != OPEN:
            continue
        spot = interior + (0.5 * (nearest[k] + following[k])) * directions[k]
        values = values_at(rows, spot)
        values[hit] *= -1.0
        if bool(np.all(values > bounds)) and bool(np.all(np.abs(spot) < 1.0)):
            case.state[which] = FACET
            case.beyond[which] = spot
            found = True
    return found


def _decide_exactly(case: Case, waiting: list[int], pushed: list[int], multipliers: Floats) -> None:
    """Decide the rows that are exact combinations, or else the first of the others."""
    combined = False
    for i, duals in zip(waiting, multipliers, strict=True):
        if _is_combination(case, i, pushed, duals):
            case.state[i] = REDUNDANT
            combined = True
    if combined:
        return
    i = waiting[0]
    others = [case.forms[k] for k in case.alive() if k != i]
    answer = programs.interior(case.system([*others, tuple(-entry for entry in case.forms[i])]))
    if isinstance(answer, programs.Interior):
        case.state[i] = FACET
        case.beyond[i] = answer.point
    else:
        case.state[i] = REDUNDANT


def _is_combination(case: Case, i: int, pushed: list[int], duals: Floats) -> bool:
    """Whether row i is exactly a combination of the rows with a multiplier, of sides of the box and of 1.

    Such a row touches the cell in a face lower than a facet: no float can see that it is redundant.
    """
    used = [pushed[int(k)] for k in np.flatnonzero(duals > 1e-9)]
    rest = case.floats[i, 1:] - duals @ case.floats[pushed, 1:]
    forms: list[Form] = [case.forms[k] for k in used]
    forms += [_side(int(j), bool(rest[j] > 0.0), case.dimension) for j in np.flatnonzero(np.abs(rest) > 1e-9)]
    if not forms or len(forms) > case.dimension:
        return False
    constant = (1, *([0] * case.dimension))
    columns = [*forms, constant, tuple(-entry for entry in case.forms[i])]
    kernel = Matrix.from_integers(columns).T.nullspace()
    if kernel.columns != 1:
        return False
    entries = [row[0] for row in kernel.numerators()]
    sign = 1 if entries[-1] > 0 else -1
    return all(sign * m >= 0 for m in entries) and entries[-1] != 0


def _side(coordinate: int, low: bool, dimension: int) -> Form:
    """The form 1 + u_j of the lower side, or 1 - u_j of the upper one."""
    entries = [0] * (dimension + 1)
    entries[0], entries[coordinate + 1] = 1, 1 if low else -1
    return tuple(entries)
