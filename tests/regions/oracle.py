"""The linear regions of small networks, slowly and in integers alone: what the fast engine is compared with.

Nothing here is shared with the package's own enumeration, neither code nor method.  Every cell is a polytope of its
own, a list of vertices in homogeneous integers ``(w, w x_1, ..., w x_d)``, w > 0, each with the set of halfspaces
that hold with equality there.  A neuron cuts a cell in two by the double description method.  Faces come last, from
vertex sets alone: a proper face is an intersection of facets, a facet a largest set of vertices on one halfspace's
boundary, and faces of two cells are one face if they have the same vertices.

`verify` proves a result without trusting how it was found; `patterns_by_programs` finds the cells of tiny networks in
a second, simpler way, and `sweep` those on a line in a third.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from operator import mul
from typing import Any

from tests.regions.polytopes import Point, Polytope, cut, domain_polytope, domain_rows, faces_of, rank, value_at, volume
from tests.regions.stages import (
    AffineStage,
    BentStage,
    Forms,
    InputStage,
    IntegerAffine,
    Program,
    Row,
    after_bends,
    evaluate,
    joined,
    margin_row,
)
from verinet.exact import programs

Face = frozenset[int]  # the indices of its vertices


@dataclass(frozen=True)
class Cell:
    """A closed cell with interior: bit 1 where z > t inside, 0 where z < t or z = t everywhere."""

    pattern: tuple[int, ...]
    polytope: Polytope
    affine_map: tuple[tuple[Fraction, ...], ...]  # a row (b, a_1, ..., a_d) an output: a . x + b


def cells_of(program: Program, domain: Any) -> list[Cell]:
    """All cells, stage after stage, bent row after bent row."""
    d = program.dimension
    integers = [IntegerAffine(stage) if isinstance(stage, AffineStage) else stage for stage in program.stages]
    # a polytope, its bits, the forms of every stage so far
    parts: list[tuple[Polytope, tuple[int, ...], tuple[Forms, ...]]] = [(domain_polytope(domain), (), ())]
    for stage in integers:
        after = []
        for polytope, bits, forms in parts:
            if isinstance(stage, InputStage):
                units = [tuple(int(j == stage.start + i + 1) for j in range(d + 1)) for i in range(stage.size)]
                after.append((polytope, bits, (*forms, Forms(tuple(units), 1))))
                continue
            given = joined([forms[source] for source in stage.sources])
            if isinstance(stage, IntegerAffine):
                after.append((polytope, bits, (*forms, stage.apply(given, d))))
                continue
            for piece, new in _cut_by_all(polytope, _margin_rows(stage, given)):
                after.append((piece, bits + new, (*forms, after_bends(stage, given, new))))
        parts = after
    cells = []
    for polytope, bits, forms in parts:
        output = joined([forms[index] for index in program.readouts])
        rows = tuple(tuple(Fraction(entry, output.over) for entry in row) for row in output.rows)
        cells.append(Cell(bits, polytope, rows))
    return cells


def _margin_rows(stage: BentStage, given: Forms) -> list[Row]:
    return [
        margin_row(row, given.over, t)
        for row, bend in zip(given.rows, stage.bends, strict=True)
        for t in bend.breakpoints
    ]


def _cut_by_all(polytope: Polytope, rows: Sequence[Row]) -> list[tuple[Polytope, tuple[int, ...]]]:
    pieces: list[tuple[Polytope, tuple[int, ...]]] = [(polytope, ())]
    for row in rows:
        pieces = [
            (part, (*bits, bit))
            for piece, bits in pieces
            for bit, part in enumerate(cut(piece, row))
            if part is not None
        ]
    return pieces


@dataclass(frozen=True)
class Complex:
    """The whole complex.  Faces are sets of vertex indices; cells keep the order of `cells_of`."""

    program: Program
    cells: tuple[Cell, ...]
    vertices: tuple[Point, ...]
    faces: tuple[frozenset[Face], ...]  # by dimension, 0..d
    of_cells: tuple[Face, ...]  # the cells as faces
    facets: dict[Face, tuple[int, ...]]  # each (d-1)-face and the cells it bounds: one or two
    maps: tuple[int, ...]  # each cell's affine map, numbered as they come
    regions: tuple[int, ...]  # each cell's linear region, numbered as they come

    @property
    def f_vector(self) -> tuple[int, ...]:
        return tuple(map(len, self.faces))

    @property
    def euler(self) -> int:
        return sum((-1) ** k * n for k, n in enumerate(self.f_vector))

    @property
    def adjacency(self) -> set[tuple[int, int]]:
        """Pairs i < j of cells with a common (d-1)-face."""
        return {(cells[0], cells[1]) for cells in self.facets.values() if len(cells) == 2}

    @property
    def counts(self) -> tuple[int, int, int]:
        """Cells, linear regions, affine maps."""
        return len(self.cells), len(set(self.regions)), len(set(self.maps))

    def point(self, vertex: int) -> tuple[Fraction, ...]:
        weight, *rest = self.vertices[vertex]
        return tuple(Fraction(entry, weight) for entry in rest)


def complex_of(program: Program, domain: Any) -> Complex:
    """The canonical complex, and the three counts of its cells."""
    cells = cells_of(program, domain)
    d = program.dimension
    number: dict[Point, int] = {}
    dimension_of: dict[Face, int] = {}
    of_cells: list[Face] = []
    facets: dict[Face, tuple[int, ...]] = {}
    for index, cell in enumerate(cells):
        ids = [number.setdefault(vertex, len(number)) for vertex in cell.polytope.vertices]
        of_cells.append(frozenset(ids))
        dimension_of[of_cells[-1]] = d
        for face in faces_of(cell.polytope):
            members = [v for v in range(len(ids)) if face >> v & 1]
            key = frozenset(ids[v] for v in members)
            if key not in dimension_of:
                dimension_of[key] = rank([cell.polytope.vertices[v] for v in members]) - 1
            if dimension_of[key] == d - 1:
                facets[key] = (*facets.get(key, ()), index)
    faces = tuple(frozenset(face for face, k in dimension_of.items() if k == wanted) for wanted in range(d + 1))
    maps = _numbered([cell.affine_map for cell in cells])
    regions = _joined_cells(maps, facets)
    return Complex(program, tuple(cells), tuple(number), faces, tuple(of_cells), facets, maps, regions)


def _numbered(values: Sequence[Any]) -> tuple[int, ...]:
    seen: dict[Any, int] = {}
    return tuple(seen.setdefault(value, len(seen)) for value in values)


def _joined_cells(maps: Sequence[int], facets: dict[Face, tuple[int, ...]]) -> tuple[int, ...]:
    """Cells with one map, joined across facets as long as anything changes."""
    label = list(range(len(maps)))
    neighbours: list[list[int]] = [[] for _ in maps]
    for cells in facets.values():
        if len(cells) == 2 and maps[cells[0]] == maps[cells[1]]:
            neighbours[cells[0]].append(cells[1])
            neighbours[cells[1]].append(cells[0])
    done: set[int] = set()
    for start in range(len(maps)):
        todo = [] if start in done else [start]
        while todo:
            cell = todo.pop()
            if cell not in done:
                done.add(cell)
                label[cell] = start
                todo += neighbours[cell]
    return _numbered(label)


# --- proof of a result ----------------------------------------------------------------------------------------------


def verify(result: Complex, domain: Any, *, volumes: bool = True) -> None:
    """Prove the result afresh: AssertionError at the first thing that does not hold.

    The patterns differ.  At its vertices, which lie in the domain, no z - t has another sign than a cell's bit says,
    where z - t is found by evaluating the network in Fractions; so, layer by layer, every z is affine on the cell.
    Where a bit is 1, z > t in the middle, hence everywhere inside: two cells have no inner point in common.  The
    volumes add up to that of the domain, so no cell is missing.  A (d-1)-face bounds two cells, or one and lies in
    the domain's boundary: so cells meet face to face.  The Euler number is that of a ball.
    """
    program, d = result.program, result.program.dimension
    rows = domain_rows(domain)
    margins = [evaluate(program, result.point(v))[1] for v in range(len(result.vertices))]
    outputs = [evaluate(program, result.point(v))[0] for v in range(len(result.vertices))]
    assert all(value_at(row, vertex) >= 0 for row in rows for vertex in result.vertices)
    assert len({cell.pattern for cell in result.cells}) == len(result.cells)
    for cell, members in zip(result.cells, result.of_cells, strict=True):
        middle = [sum(column) / len(members) for column in zip(*map(result.point, members), strict=True)]
        inside = evaluate(program, middle)[1]
        for place, bit in enumerate(cell.pattern):
            assert all((margins[v][place] >= 0) if bit else (margins[v][place] <= 0) for v in members)
            assert inside[place] > 0 if bit else inside[place] <= 0
        for v in members:
            x = (Fraction(1), *result.point(v))
            assert outputs[v] == [sum(map(mul, row, x)) for row in cell.affine_map]
    for face, cells in result.facets.items():
        assert len(cells) == 2 or (len(cells) == 1 and _in_boundary(result, face, rows))
    assert all(len(face) == 1 for face in result.faces[0])
    assert all(len(face) == 2 for face in result.faces[1]) or d == 0
    assert len(result.faces[0]) == len(result.vertices)
    assert len(result.faces[d]) == len(result.cells)
    assert result.euler == 1
    if volumes:
        assert sum(volume(cell.polytope) for cell in result.cells) == volume(domain_polytope(domain))


def _in_boundary(result: Complex, face: Face, rows: Sequence[Row]) -> bool:
    return any(all(value_at(row, result.vertices[v]) == 0 for v in face) for row in rows)


# --- a second way for tiny networks ---------------------------------------------------------------------------------


def patterns_by_programs(program: Program, domain: Any) -> set[tuple[int, ...]]:
    """Try every pattern of bits: it has a cell if the strict system of its rows has an interior point.

    A form that is the constant 0 on the cell belongs to bit 0 and asks for nothing.
    """
    base = domain_rows(domain)
    places = len(program.origins)
    found = set()
    for pattern in product((0, 1), repeat=places):
        rows = _rows_of_pattern(program, pattern)
        if rows is not None and _has_interior((*base, *rows), program.dimension):
            found.add(pattern)
    return found


def _rows_of_pattern(program: Program, pattern: Sequence[int]) -> list[Row] | None:
    """Rows that are > 0 inside the cell; None if a constant already says no."""
    d = program.dimension
    forms: list[Forms] = []
    rows: list[Row] = []
    for stage in program.stages:
        if isinstance(stage, InputStage):
            units = [tuple(int(j == stage.start + i + 1) for j in range(d + 1)) for i in range(stage.size)]
            forms.append(Forms(tuple(units), 1))
            continue
        given = joined([forms[source] for source in stage.sources])
        if isinstance(stage, AffineStage):
            forms.append(IntegerAffine(stage).apply(given, d))
            continue
        margins = _margin_rows(stage, given)
        bits = pattern[len(rows) : len(rows) + len(margins)]
        for row, bit in zip(margins, bits, strict=True):
            if not any(row[1:]):
                if bit != (row[0] > 0):
                    return None
                rows.append((1,) + (0,) * d)
            else:
                rows.append(row if bit else tuple(-entry for entry in row))
        forms.append(after_bends(stage, given, bits))
    return rows


def _has_interior(rows: Sequence[Row], d: int) -> bool:
    free = (None,) * d
    system = programs.System(tuple(rows), (True,) * len(rows), free, free)
    return isinstance(programs.interior(system), programs.Interior)


# --- one input: breakpoints by values alone -------------------------------------------------------------------------


def sweep(program: Program, a: Sequence[Fraction], b: Sequence[Fraction]) -> list[tuple[Fraction, tuple[int, ...]]]:
    """The patterns along the segment from a to b, each with the parameter in (0, 1) of a point inside.

    Only values are used: between two neighbouring parameters everything found so far is affine, and the next z - t is
    cut where its two values have opposite signs.
    """

    def at(s: Fraction) -> list[Fraction]:
        return evaluate(program, [p + s * (q - p) for p, q in zip(a, b, strict=True)])[1]

    parameters = [Fraction(0), Fraction(1)]
    values = [at(s) for s in parameters]
    for place in range(len(values[0])):
        new_parameters, new_values = parameters[:1], values[:1]
        for s, v in zip(parameters[1:], values[1:], strict=True):
            before, z, y = new_parameters[-1], new_values[-1][place], v[place]
            if z * y < 0:
                crossing = before + (s - before) * z / (z - y)
                new_parameters.append(crossing)
                new_values.append(at(crossing))
            new_parameters.append(s)
            new_values.append(v)
        parameters, values = new_parameters, new_values
    middles = [(s + t) / 2 for s, t in pairwise(parameters)]
    return [(s, tuple(int(z > 0) for z in at(s))) for s in middles]
