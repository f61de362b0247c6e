"""Polyhedral complexes: cells, their faces of every dimension, and what touches what.

Arrays come first: vertices, and for each dimension k the list of (k-1)-faces of every k-face.  Everything else,
the graph of cells too, is a view computed on demand; exact arithmetic happens where it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from verinet.errors import NotBounded, ShapeMismatch, Unsupported
from verinet.geometry import descriptions, integrals, location, triangulations, wellformed
from verinet.geometry.halfspaces import exact_point
from verinet.geometry.incidences import Incidence, Integers, ids
from verinet.geometry.integrals import Polynomial
from verinet.geometry.lattices import Chosen, FaceLattice
from verinet.geometry.vertices import Vertices

__all__ = ["Incidence", "PolyhedralComplex", "Vertices"]


@dataclass(frozen=True, eq=False)
class PolyhedralComplex(FaceLattice):
    """A pure polyhedral complex of dimension d in R^n, d <= n: closed cells that meet in common faces.

    Parameters
    ----------
    vertices : Vertices
    facets : tuple of d Incidence
        ``facets[k - 1]`` lists the (k-1)-faces of each k-face, k = 1..d; the 0-faces are the vertices, the
        d-faces the cells.  With d = 0 the vertices are the cells.
    rays : tuple of pairs (cell, direction), optional
        On the line a cell with one vertex is a ray, one without is the line itself.  Direction 1 goes to
        +infinity, -1 to -infinity.  Unless said, a ray leads away from the other cell at its vertex, and of two
        rays the first goes down.
    origin : tuple of d + 1 arrays, optional
        For a complex cut out of another: the id there of each face here, dimension by dimension.

    Raises
    ------
    ShapeMismatch
        If a list names a face that is not there, or d > n.

    Notes
    -----
    Guarantee: exact, for lists and coordinates that describe a complex; `check` looks into that.

    Examples
    --------
    >>> corners = Vertices.from_points([(0, 0), (1, 0), (0, 1), (1, 1)])
    >>> edges = Incidence.from_lists([[0, 1], [0, 2], [1, 2], [1, 3], [2, 3]])
    >>> two = PolyhedralComplex(corners, (edges, Incidence.from_lists([[0, 1, 2], [2, 3, 4]])))
    >>> two.f_vector, two.euler_characteristic, two.adjacency.tolist(), two.volume(0)
    ((4, 5, 2), 1, [[0, 1, 2]], Fraction(1, 2))
    """

    vertices: Vertices
    facets: tuple[Incidence, ...]
    rays: tuple[tuple[int, int], ...] = ()
    origin: tuple[Integers, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "facets", tuple(self.facets))
        below = len(self.vertices)
        for k, incidence in enumerate(self.facets, start=1):
            if len(incidence.indices) and int(incidence.indices.max()) >= below:
                raise ShapeMismatch(
                    f"a {k}-face lists the {k - 1}-face {int(incidence.indices.max())}, but there are {below}",
                    fix="number the faces of each dimension from 0",
                )
            below = len(incidence)
        if self.dimension > self.vertices.dimension and below:
            raise ShapeMismatch(
                f"a complex of dimension {self.dimension} needs vertices of as many coordinates, got "
                f"{self.vertices.dimension}",
                fix="check the coordinates, or leave out the lists of the highest dimension",
            )

    def __repr__(self) -> str:
        return f"<PolyhedralComplex of dimension {self.dimension}, faces {self.f_vector}>"

    def subcomplex(self, k: int, chosen: Chosen) -> PolyhedralComplex:
        """Return the chosen k-faces with all their faces as a complex of its own; `origin` says what they were.

        Guarantee: exact.

        Examples
        --------
        >>> corners = Vertices.from_points([(0,), (1,), (2,)])
        >>> path = PolyhedralComplex(corners, (Incidence.from_lists([[0, 1], [1, 2]]),))
        >>> half = path.subcomplex(1, [1])
        >>> half.f_vector, [part.tolist() for part in half.origin]
        ((2, 1), [[1, 2], [1]])
        """
        if not 0 <= k <= self.dimension:
            raise ShapeMismatch(f"subcomplex needs 0 <= k <= {self.dimension}, got {k}", fix="check the dimension")
        current = ids(chosen, self.f_vector[k], "subcomplex")
        current = current[np.sort(np.unique(current, return_index=True)[1])]
        origin, lists = [current], []
        for j in range(k, 0, -1):
            taken = self.facets[j - 1].take(current)
            used = np.zeros(self.f_vector[j - 1], dtype=np.bool_)
            used[taken.indices] = True
            current = np.flatnonzero(used)
            lists.append(Incidence(taken.offsets, (np.cumsum(used) - 1)[taken.indices]))
            origin.append(current)
        rays: tuple[tuple[int, int], ...] = ()
        if k == 1 and self.dimension == 1 and not self.is_bounded:
            place = {cell: here for here, cell in enumerate(origin[0].tolist())}
            rays = tuple((place[cell], way) for cell, way in self._directions.items() if cell in place)
        return PolyhedralComplex(self.vertices.take(current), tuple(lists[::-1]), rays, tuple(origin[::-1]))

    # --- exactly ------------------------------------------------------------------------------------

    @cached_property
    def _lowest(self) -> tuple[Integers, ...]:
        return triangulations.lowest_vertices(self.facets, len(self.vertices))

    @cached_property
    def _directions(self) -> Mapping[int, int]:
        if self.dimension != 1:
            return {}
        return descriptions.directions_of_rays(self.vertices, self.facets[0], self.rays)

    def _rows(self, cell: int) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]:
        (chosen,) = ids([cell], self.cells, "a cell").tolist()
        return descriptions.cell_rows(self.vertices, self.facets, self._lowest, chosen, self._directions)

    def hyperplane(self, facet: int) -> tuple[int, ...]:
        """Return the integer row r, constant first, with ``r . (1, x) = 0`` on the facet.

        In lowest terms; ``r . (1, x) >= 0`` on the first of the cells at the facet.

        Guarantee: exact.

        Raises
        ------
        Unsupported
            If the cells have lower dimension than the space: then the hyperplane is not unique.
        """
        self._need_full("hyperplane")
        (facet,) = ids([facet], self.f_vector[-2], "hyperplane").tolist()
        cell = int(self.cells_of_facets[facet, 0])
        if cell < 0:
            raise ShapeMismatch(f"facet {facet} lies in no cell", fix="leave it out of the complex")
        where = int(np.flatnonzero(self.facets[-1][cell] == facet)[0])
        return self._rows(cell)[0][where]

    def h_representation(self, cell: int) -> tuple[tuple[int, ...], ...]:
        """Return integer rows r, constant first: the cell is where ``r . (1, x) >= 0`` for each.

        One row a facet, in the order of the cell's list, none to spare; then, if the cells have lower dimension
        than the space, each equation as two rows r and -r.

        Guarantee: exact.

        Examples
        --------
        >>> path = PolyhedralComplex(Vertices.from_points([(0,), ("3/2",)]), (Incidence.from_lists([[0, 1]]),))
        >>> path.h_representation(0)
        ((0, 1), (3, -2))
        """
        rows, equations = self._rows(cell)
        return (*rows, *(r for row in equations for r in (row, tuple(-entry for entry in row))))

    def v_representation(self, cell: int) -> tuple[tuple[Fraction, ...], ...]:
        """Return the vertices of a cell in the order of their ids (of an unbounded one, those that it has).

        Guarantee: exact.
        """
        return tuple(self.vertices.exact(self.faces(self.dimension, cell, 0)))

    def contains(self, cell: int, point: Sequence[Fraction]) -> bool:
        """Tell whether a closed cell holds a point.  Guarantee: exact."""
        x = exact_point(point, self.ambient_dimension, "PolyhedralComplex.contains")
        return self._holds(cell, Vertices.from_points([x]).homogeneous()[0])

    def _holds(self, cell: int, point: tuple[int, ...]) -> bool:
        rows, equations = self._rows(cell)
        value = descriptions.row_value
        return all(value(row, point) >= 0 for row in rows) and all(value(row, point) == 0 for row in equations)

    def locate(self, point: Sequence[Fraction]) -> tuple[int, ...]:
        """Return the closed cells that hold a point, ascending; none if it lies outside.

        The first cell found decides: the others are those around its smallest face that holds the point.

        Guarantee: exact.  Floats only say which cells to ask first; that no cell holds the point is decided on exact
        bounding boxes, for which every vertex is resolved (once).
        """
        x = exact_point(point, self.ambient_dimension, "PolyhedralComplex.locate")
        place = Vertices.from_points([x])
        (row,) = place.homogeneous()
        for cell in self._candidates(place.approximate[0], row):
            if self._holds(cell, row):
                return self._around(cell, row)
        return ()

    def _candidates(self, approximate: npt.NDArray[np.float64], point: tuple[int, ...]) -> Iterator[int]:
        likely = location.likely_cells(*self._boxes, approximate)
        yield from likely.tolist()
        possible = location.possible_cells(self.vertices, self.vertices_of(self.dimension), point)
        possible[likely] = False
        possible[list(self._directions)] = True
        yield from np.flatnonzero(possible).tolist()

    @cached_property
    def _boxes(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        return location.extremes(self.vertices.approximate, self.vertices_of(self.dimension))

    def _around(self, cell: int, point: tuple[int, ...]) -> tuple[int, ...]:
        if self.dimension == 0:
            return (cell,)
        walls = zip(self.facets[-1][cell].tolist(), self._rows(cell)[0], strict=True)
        touched = [
            self.faces(self.dimension - 1, wall, 0) for wall, row in walls if not descriptions.row_value(row, point)
        ]
        return tuple(location.cells_around(touched, self.cells_of_vertices).tolist()) if touched else (cell,)

    # --- volumes and integrals ----------------------------------------------------------------------

    def volume(self, cell: int) -> Fraction:
        """Return the volume of a cell of full dimension (on the line: its length).

        Guarantee: exact.

        Raises
        ------
        NotBounded
            If a cell of the complex is unbounded.
        Unsupported
            If the cells have lower dimension than the space: such a volume may be irrational.
        """
        return self.volumes([cell])[0]

    def volumes(self, cells: Chosen | None = None) -> list[Fraction]:
        """Return the volumes of these cells (of all), as `volume` does.  Guarantee: exact."""
        return triangulations.volumes(self.vertices, self.facets, self._lowest, self._measured(cells, "volume"))

    def total_volume(self) -> Fraction:
        """Return the volume of the union of the cells: from its boundary facets alone, the inner ones cancel.

        Guarantee: exact.  Raises as `volume` does.
        """
        self._measured(None, "total_volume")
        walls = self.boundary_facets
        beside = descriptions.vertices_beside(self.facets, self._lowest, self.cells_of_facets[walls, 0], walls)
        return triangulations.signed_volume(self.vertices, self.facets, self._lowest, walls, beside)

    def integral(self, polynomial: Polynomial | Callable[[int], Polynomial], cells: Chosen | None = None) -> Fraction:
        """Return the integral of a polynomial over these cells (over all).

        Parameters
        ----------
        polynomial : mapping from exponents to coefficients
            ``{(2, 1): 3, (0, 0): -1}`` is 3 x_0^2 x_1 - 1.  A function that returns one for each cell will do, too.
        cells : ids or mask of cells, optional

        Notes
        -----
        Guarantee: exact.  Raises as `volume` does, and ShapeMismatch for exponents that do not fit.

        Examples
        --------
        >>> path = PolyhedralComplex(Vertices.from_points([(0,), (3,)]), (Incidence.from_lists([[0, 1]]),))
        >>> path.integral({(2,): 1})
        Fraction(9, 1)
        """
        return triangulations.sum_of(self.integrals(polynomial, cells))

    def integrals(
        self, polynomial: Polynomial | Callable[[int], Polynomial], cells: Chosen | None = None
    ) -> list[Fraction]:
        """Return the integral of a polynomial over each of these cells (of all).  Guarantee: exact."""
        chosen = self._measured(cells, "integral")
        return integrals.integrals(self.vertices, self.facets, self._lowest, chosen, polynomial)

    def cubature(
        self, degree: int, cells: Chosen | None = None
    ) -> Iterator[tuple[int, Fraction, tuple[Fraction, ...]]]:
        """Yield (cell, weight, point): over each cell, sum of weight * f(point) = integral of f.

        For every f that is a polynomial of at most that degree on each cell, whichever on which.

        Guarantee: exact.  Raises as `volume` does.
        """
        chosen = self._measured(cells, "cubature")
        nodes = integrals.cubature(self.vertices, self.facets, self._lowest, chosen, degree)
        as_fraction = triangulations.fraction
        for position, weight, point in nodes:
            yield int(chosen[position]), as_fraction(weight), tuple(as_fraction(x) for x in point)

    def _measured(self, cells: Chosen | None, operation: str) -> Integers:
        self._need_full(operation)
        if not self.is_bounded:
            raise NotBounded(f"{operation} needs bounded cells", fix="cut the complex out of a bounded domain")
        return np.arange(self.cells) if cells is None else ids(cells, self.cells, operation)

    def _need_full(self, operation: str) -> None:
        if self.dimension != self.ambient_dimension or self.dimension == 0:
            raise Unsupported(
                f"{operation} needs cells of the dimension of the space, got dimension {self.dimension} in "
                f"{self.ambient_dimension}",
                fix="use h_representation and v_representation of the cells",
            )

    def check(self, *, exact: bool = True) -> None:
        """Raise if this is no complex: faults in the lists, and (exact) of the places of the faces.

        Guarantee: exact.  That cells which share no facet do not overlap is not looked into.

        Raises
        ------
        ShapeMismatch
            Naming the first fault.
        """
        found: Iterable[str] = wellformed.faults_of_lists(self.facets, len(self.vertices))
        fault = next(iter(found), None)
        if fault is None and self.dimension and self.vertices.dimension == self.dimension:
            counts = np.bincount(self.facets[-1].indices, minlength=1)
            fault = f"facet {int(counts.argmax())} lies in {int(counts.max())} cells" if counts.max() > 2 else None
        if fault is None and exact:
            found = wellformed.faults_of_position(self.vertices, self.facets, self._lowest, self._directions)
            fault = next(iter(found), None)
        if fault is not None:
            raise ShapeMismatch(f"this is no polyhedral complex: {fault}", fix="check the lists and the vertices")
