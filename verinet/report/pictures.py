"""What a picture of a piecewise-affine function shows: the graph over a line, or the cells of a plane.

Coordinates stay what they are, exact where they are asked for; `figures` draws them numerically, `tikz` writes them
out.  Nothing here knows how to draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from verinet.errors import ShapeMismatch, Unsupported
from verinet.geometry.vertices import Vertices
from verinet.report.colours import map_colours

if TYPE_CHECKING:
    from verinet.regions.line import Jump, Line, Piece
    from verinet.regions.piecewise import PiecewiseAffine

__all__ = ["GraphPicture", "Picture", "PlanePicture", "graph_picture", "plane_picture"]

Point = tuple[Fraction, Fraction]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class GraphPicture:
    """The graph of a function of one input.

    Parameters
    ----------
    caption, name : str
        What it shows; the name of the input.
    low, high : Fraction
        The window: the domain, or where it is unbounded a part that holds all breakpoints.
    curves : tuple of curves
        For each output its continuous parts from left to right, each a tuple of exact points.
    bends : tuple of points
        Where an output bends or jumps, on the curve.
    values : tuple of points
        At jumps: the values there.
    gaps : tuple of points
        At jumps: limits that are no values.
    hidden : tuple of Fraction
        Where a neuron switches and no output bends.
    zeros : tuple of pairs of points
        Where the boundary is: single points (the same twice), or segments of the curve.

    Guarantee: exact.
    """

    caption: str
    name: str
    low: Fraction
    high: Fraction
    curves: tuple[tuple[tuple[Point, ...], ...], ...]
    bends: tuple[Point, ...]
    values: tuple[Point, ...]
    gaps: tuple[Point, ...]
    hidden: tuple[Fraction, ...]
    zeros: tuple[tuple[Point, Point], ...]


@dataclass(frozen=True, slots=True, eq=False)
class PlanePicture:
    """The cells of a function of two inputs.

    Parameters
    ----------
    caption : str
    names : pair of str
        Of the inputs.
    vertices : Vertices
    cells : tuple of tuples of int
        For each cell its vertices, in the order in which its boundary meets them.
    map_of_cell : array of int64
    colours : array of float64, shape (maps, 3)
    bends, seams, outline : arrays of int64, shape (n, 2)
        Edges as pairs of vertices: between cells of different maps, of the same map, and at the end of the domain.
    boundary : Vertices
    boundary_edges : array of int64, shape (n, 2)
        The set that is highlighted; vertices without an edge are points of it.
    flat_cells : tuple of int
        Cells that belong to it as a whole.

    Guarantee: exact, but for the colours, which are numeric.
    """

    caption: str
    names: tuple[str, str]
    vertices: Vertices
    cells: tuple[tuple[int, ...], ...]
    map_of_cell: Integers
    colours: npt.NDArray[np.float64]
    bends: Integers
    seams: Integers
    outline: Integers
    boundary: Vertices | None = None
    boundary_edges: Integers | None = None
    flat_cells: tuple[int, ...] = ()


Picture = GraphPicture | PlanePicture


# --- one input -------------------------------------------------------------------------------------------------------


def graph_picture(f: Line, caption: str = "", name: str = "x", *, boundary: bool = False) -> GraphPicture:
    """The graph of all outputs over the domain, or over a window that holds every breakpoint.

    Parameters
    ----------
    f : Line
    caption, name : str
    boundary : bool
        Highlight where the output is 0; of two outputs, where they are equal.

    Raises
    ------
    Unsupported
        For the boundary between more than two outputs.

    Examples
    --------
    >>> from verinet.geometry import interval
    >>> from verinet.networks import network, relu, variable
    >>> from verinet.regions.line import line
    >>> x = variable("x")
    >>> graph = graph_picture(line(network(x, relu(x)), interval(-1, 2)))
    >>> [[(str(x), str(y)) for x, y in part] for part in graph.curves[0]]
    [[('-1', '0'), ('0', '0'), ('2', '2')]]

    Guarantee: exact.
    """
    pieces, jumps = f.pieces, {jump.point: jump for jump in f.jumps}
    low, high = _window(f)
    outputs = len(pieces[0].slope)
    if boundary and outputs > 2:
        raise _too_many(outputs)
    curves = tuple(tuple(_parts(pieces, low, high, k, _jumping(f, k))) for k in range(outputs))
    bends, values, gaps = [], [], []
    for before, after in pairwise(pieces):
        x = after.low
        if x is None:
            continue
        jump = jumps.get(x)
        for k in range(outputs):
            left = before.value(x)[k]
            if jump is None:
                if before.slope[k] != after.slope[k]:
                    bends.append((x, left))
                continue
            at, ends = jump.value[k], (jump.left[k], jump.right[k])
            if ends == (at, at):
                continue
            values.append((x, at))
            gaps += [(x, end) for end in dict.fromkeys(ends) if end != at]
    bent = set(f.breakpoints)
    hidden = tuple(x for x in f.activation_breakpoints if x not in bent)
    zeros = tuple(_zeros(pieces, low, high, jumps)) if boundary else ()
    return GraphPicture(caption, name, low, high, curves, tuple(bends), tuple(values), tuple(gaps), hidden, zeros)


def _window(f: Line) -> tuple[Fraction, Fraction]:
    """The domain; where it is unbounded, all breakpoints and a quarter of their extent (1 at least) more."""
    points = f.activation_breakpoints
    inner = [x for x in (f.low, *points[:1], *points[-1:], f.high) if x is not None] or [Fraction(0)]
    spread = (max(inner) - min(inner)) / 4 or Fraction(1)
    return min(inner) - spread if f.low is None else f.low, max(inner) + spread if f.high is None else f.high


def _jumping(f: Line, output: int) -> set[Fraction]:
    """Where this output jumps."""
    return {j.point for j in f.jumps if not j.left[output] == j.value[output] == j.right[output]}


def _parts(
    pieces: Sequence[Piece], low: Fraction, high: Fraction, output: int, jumps: set[Fraction]
) -> list[tuple[Point, ...]]:
    """The curve of one output, cut at its jumps."""
    parts: list[list[Point]] = []
    for place, piece in enumerate(pieces):
        a = low if place == 0 or piece.low is None else piece.low
        b = high if place == len(pieces) - 1 or piece.high is None else piece.high
        ends = [(x, piece.slope[output] * x + piece.intercept[output]) for x in (a, b)]
        if parts and a not in jumps:
            parts[-1].append(ends[1])
        else:
            parts.append(ends)
    return [tuple(part) for part in parts]


def _zeros(
    pieces: Sequence[Piece], low: Fraction, high: Fraction, jumps: Mapping[Fraction, Jump]
) -> list[tuple[Point, Point]]:
    """Where the only output is 0, or both outputs are equal: points and segments of the (first) curve.

    Where an output jumps its value counts and no limit; a segment is drawn with its ends.
    """
    found: dict[tuple[Point, Point], None] = {}
    for place, piece in enumerate(pieces):
        a = low if place == 0 or piece.low is None else piece.low
        b = high if place == len(pieces) - 1 or piece.high is None else piece.high
        slope, constant = _combined(piece.slope), _combined(piece.intercept)
        if slope:
            x = -constant / slope
            if a <= x <= b and x not in jumps:
                found[(_on(piece, x), _on(piece, x))] = None
        elif not constant:
            found[(_on(piece, a), _on(piece, b))] = None
    for x, jump in jumps.items():
        if not _combined(jump.value):
            found[((x, jump.value[0]), (x, jump.value[0]))] = None
    return sorted(found)


def _on(piece: Piece, x: Fraction) -> Point:
    return x, piece.slope[0] * x + piece.intercept[0]


def _combined(entries: Sequence[Fraction]) -> Fraction:
    return entries[0] if len(entries) == 1 else entries[0] - entries[1]


def _too_many(outputs: int) -> Unsupported:
    return Unsupported(
        f"the boundary is where one output is 0 or two are equal, this function has {outputs}",
        fix="choose one or two of the outputs: verinet.readouts",
    )


# --- two inputs ------------------------------------------------------------------------------------------------------


def plane_picture(
    f: PiecewiseAffine, caption: str = "", names: tuple[str, str] = ("x_0", "x_1"), *, boundary: bool = False
) -> PlanePicture:
    """The cells of a function of two inputs, coloured by affine map.

    Parameters
    ----------
    f : PiecewiseAffine
    caption : str
    names : pair of str
    boundary : bool
        Highlight where the output is 0; of two outputs, where they are equal.

    Raises
    ------
    ShapeMismatch
        For another number of inputs.
    Unsupported
        For the boundary between more than two outputs.

    Examples
    --------
    >>> from verinet.geometry import box
    >>> from verinet.networks import network, relu, variables
    >>> from verinet.regions.piecewise import piecewise
    >>> x, y = variables("x", 2)
    >>> picture = plane_picture(piecewise(network((x, y), relu(x + y)), box((0, 1), (-1, 1))), boundary=True)
    >>> len(picture.cells), len(picture.bends), picture.flat_cells
    (2, 1, (0,))

    Guarantee: exact, but for the colours.
    """
    if f.input_size != 2:
        raise ShapeMismatch(
            f"a picture of cells needs two inputs, the function has {f.input_size}",
            fix="take a slice: verinet.regions.slices.slice_plane",
        )
    if boundary and f.output_size > 2:
        raise _too_many(f.output_size)
    complex = f.complex
    ends = complex.facets[0].indices.reshape(-1, 2)
    cells = tuple(
        _cycle(ends[edges].tolist()) for edges in np.split(complex.facets[1].indices, complex.facets[1].offsets[1:-1])
    )
    joined, of_cell = complex.adjacency, f.maps.of_cell
    same = of_cell[joined[:, 0]] == of_cell[joined[:, 1]]
    picture = PlanePicture(
        caption,
        names,
        complex.vertices,
        cells,
        of_cell,
        map_colours(f.maps.approximate()[0]),
        ends[joined[~same, 2]],
        ends[joined[same, 2]],
        ends[complex.boundary_facets],
    )
    return _with_boundary(picture, f) if boundary else picture


def _with_boundary(picture: PlanePicture, f: PiecewiseAffine) -> PlanePicture:
    found = f.zero_set(None if f.output_size == 1 else (1, -1))
    edges = np.zeros((0, 2), dtype=np.int64)
    if found.complex.dimension:
        edges = found.complex.facets[0].indices.reshape(-1, 2)
    return replace(picture, boundary=found.complex.vertices, boundary_edges=edges, flat_cells=tuple(found.flat_cells))


def _cycle(edges: list[list[int]]) -> tuple[int, ...]:
    """The vertices of a polygon in order, from its edges in any order."""
    beside: dict[int, list[int]] = {}
    for a, b in edges:
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)
    first = edges[0][0]
    before, here, found = first, edges[0][1], [first]
    while here != first:
        found.append(here)
        one, other = beside[here]
        before, here = here, other if one == before else one
    return tuple(found)
