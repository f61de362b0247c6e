r"""The facets of one cell among its bent rows: which of the rows are irredundant.

A cell is ``{u in [-1, 1]^d : r_i(u) >= 0}`` with rows of integers.  Row i is a facet exactly if some point has
r_i < 0 and all other rows > 0, inside the box: from there to an interior point the segment meets the facet's
relative interior.  Row i is none exactly if multipliers m >= 0 write it as ``sum m_k r_k`` plus a form that is >= 0
on the box.  `facet_proofs` decides; this module gathers the rows that matter and finds an interior point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from verinet.exact import programs
from verinet.exact.explorer import propose
from verinet.regions.bent_rows import Form, Rows, multiple_of, primitive
from verinet.regions.facet_proofs import FACET, GIVEN, OPEN, Case, Spot, decide, proposer
from verinet.regions.float_rows import Floats, centred, float_forms, is_interior, rounding, values_at

_SHORT = (2.0**8, 2.0**16, 2.0**32)


@dataclass(frozen=True, slots=True)
class FacetForm:
    """A facet of a cell.

    Parameters
    ----------
    first : int
        The lowest bent row that vanishes on it; the same seen from both sides.
    form : tuple of int
        Primitive, over (1, u), positive inside the cell.
    multiples : dict
        The bent rows that are nonzero multiples of the form on the cell, with the multiple.
    beyond : Floats or tuple of Fraction, optional
        A point with the form < 0 and all other facets' forms > 0: the segment to the interior point crosses the
        relative interior of the facet.  None where the facet was proved from the other side.

    Guarantee: exact.
    """

    first: int
    form: Form
    multiples: dict[int, int]
    beyond: Spot | None


@dataclass(frozen=True, slots=True)
class CellFacets:
    """The facets of a cell on bent rows, and an interior point.  Guarantee: exact."""

    interior: Spot
    facets: tuple[FacetForm, ...]


class FacetFinder:
    """Finds the facets of cells within a polytope domain, in the coordinates u of its bounding box.

    Parameters
    ----------
    dimension : int
    domain : sequence of integer forms
        The halfspaces of the domain, ``form . (1, u) >= 0``.

    Guarantee: exact.
    """

    def __init__(self, dimension: int, domain: Sequence[Form] = ()) -> None:
        self.dimension = dimension
        self.domain = [primitive(form) for form in domain]
        self._domain_floats = float_forms(self.domain, dimension + 1)
        self._weights = np.random.default_rng(0).uniform(0.5, 1.0, dimension + 1)
        self._minima = proposer(dimension)

    def find(self, rows: Rows, hint: tuple[Floats, Floats] | None, known: set[int]) -> CellFacets:
        """The facets and an interior point of a cell.

        Parameters
        ----------
        rows : Rows
            Of a cell that has an interior.
        hint : (point, direction), optional
            A float point on the boundary and a direction to the inside, where interior points may be found.
        known : set of int
            The lowest rows of facets that are already proved.

        Raises
        ------
        ArithmeticError
            When the cell has no interior.
        """
        case = self._case(rows, known)
        interior = self._interior(case, hint)
        decide(case, interior, self._minima)
        return CellFacets(interior, tuple(self._facets(case, rows)))

    # --- the rows that matter -----------------------------------------------------------------------

    def _case(self, rows: Rows, known: set[int]) -> Case:
        tracked = rows.floats
        # either sign of a row can occur on the box, or floats cannot tell
        constants, reach = np.abs(tracked.values[:, 0]), np.abs(tracked.values[:, 1:]).sum(axis=1)
        unsure = np.flatnonzero(constants - reach <= rounding(tracked.values) + tracked.errors)
        near = [i for i in unsure.tolist() if i not in rows.zero]
        oriented: dict[int, Form] = {}
        for i, row in zip(near, rows.take(near), strict=True):
            sign = 1 if rows.pattern >> i & 1 else -1
            # a row that the box alone keeps from being negative bounds nothing
            if sign * row[0] < sum(map(abs, row[1:])):
                oriented[i] = tuple(row) if sign > 0 else tuple(-entry for entry in row)
        near = list(oriented)
        floats = float_forms(list(oriented.values()), self.dimension + 1)
        classes = self._classes(near, floats, oriented)
        places = {i: k for k, i in enumerate(near)}
        chosen = [group[0] for group in classes]
        forms = [primitive(oriented[i]) for i in chosen]
        stacked = np.vstack([floats[[places[i] for i in chosen]], self._domain_floats])
        given = [()] * len(self.domain)
        state = [FACET if i in known else OPEN for i in chosen] + [GIVEN] * len(given)
        return Case([*forms, *self.domain], stacked, rounding(stacked), [*classes, *given], state, oriented)

    def _classes(self, near: list[int], floats: Floats, oriented: dict[int, Form]) -> list[tuple[int, ...]]:
        """The rows in classes of proportional ones, each ascending."""
        if not near:
            return []
        scaled = floats / np.abs(floats).max(axis=1)[:, None]
        keys = scaled @ self._weights
        order = np.argsort(keys, kind="stable")
        # proportional rows differ by three roundings an entry: keys farther apart belong to different classes
        width = self.dimension + 1
        apart = np.flatnonzero(np.diff(keys[order]) > width * (width + 8) * 2.0**-50) + 1
        classes: list[tuple[int, ...]] = []
        for run in np.split(order, apart):
            members = sorted(near[int(k)] for k in run)
            if len(members) == 1:
                classes.append((members[0],))
                continue
            groups: dict[Form, list[int]] = {}
            for i in members:
                groups.setdefault(primitive(oriented[i]), []).append(i)
            classes += [tuple(group) for group in groups.values()]
        return sorted(classes)

    def _facets(self, case: Case, rows: Rows) -> list[FacetForm]:
        found = []
        for i, members in enumerate(case.members):
            if case.state[i] != FACET:
                continue
            multiples = {
                row: multiple_of(case.oriented[row], case.forms[i]) * (1 if rows.pattern >> row & 1 else -1)
                for row in members
            }
            found.append(FacetForm(members[0], case.forms[i], multiples, case.beyond.get(i)))
        return found

    # --- a point inside -------------------------------------------------------------------------------

    def _interior(self, case: Case, hint: tuple[Floats, Floats] | None) -> Spot:
        start = self._stepped_in(case, *hint) if hint is not None else np.zeros(self.dimension)
        point = centred(case.floats, start) if start is not None else None
        if point is None:
            point = self._widest(case)
        if point is not None:
            for grid in _SHORT:
                short = np.rint(point * grid) / grid
                if is_interior(case.floats, 4.0 * case.bounds + 0.5 * self._clearance(case, point), short):
                    return short
            if is_interior(case.floats, case.bounds, point):
                return point
        answer = programs.interior(case.system(case.forms))
        if not isinstance(answer, programs.Interior):
            raise ArithmeticError("a cell was entered that has no interior: report it")
        return answer.point

    def _clearance(self, case: Case, point: Floats) -> Floats:
        """What each row has at a point: a rounded point should keep half of it."""
        return np.maximum(values_at(case.floats, point), 0.0)

    def _stepped_in(self, case: Case, point: Floats, direction: Floats) -> Floats | None:
        values = values_at(case.floats, point)
        rates = case.floats[:, 1:] @ direction
        # rows that vanish at the point only bound from below: they grow along the direction
        ahead = rates < 0.0
        with np.errstate(divide="ignore", over="ignore"):
            rooms = np.where(ahead, values / np.where(ahead, -rates, 1.0), np.inf)
            sides = np.where(direction == 0.0, np.inf, (1.0 - np.sign(direction) * point) / np.abs(direction))
        room = min(float(rooms.min(initial=np.inf)), float(sides.min()))
        return point + 0.5 * room * direction if 0.0 < room < np.inf else None

    def _widest(self, case: Case) -> Floats | None:
        """The point with the largest margin, in floats."""
        count = len(case.forms)
        sizes = np.maximum(np.abs(case.floats[:, 1:]).sum(axis=1), 2.0**-60)
        margins = np.hstack([case.floats / sizes[:, None], np.full((count, 1), -1.0)])
        low = np.append(np.full(self.dimension, -1.0), -np.inf)
        high = np.append(np.full(self.dimension, 1.0), 1.0)
        found = propose(margins, low, high, np.append(np.zeros(self.dimension), 1.0))
        if found is None or not found.value > 0.0:
            return None
        point = np.array(found.point[:-1])
        better = centred(case.floats, point * (1.0 - min(0.5, found.value / 8.0)))
        return point if better is None else better
