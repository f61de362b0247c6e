"""The canonical complex of a network of one input: breakpoints as vertices, intervals and rays as cells."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from verinet import work
from verinet.exact.linalg import Matrix
from verinet.geometry.complexes import Incidence, PolyhedralComplex, Vertices
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Network
from verinet.regions.layers import SplitNetwork, split_network
from verinet.regions.line import Line, line
from verinet.regions.map_enclosures import affine_step, bend, nearest_floats, zeros

__all__ = ["line_complex"]

_BLOCK = 256  # points a product of exact matrices


def line_complex(
    network: Network, domain: Polyhedron
) -> tuple[PolyhedralComplex, npt.NDArray[np.uint64], SplitNetwork]:
    """Complex, patterns and split network on an interval, a half-line or the line; cells from left to right.

    Raises
    ------
    Unsupported
        For activations that jump or are not piecewise affine.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import whole_space
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> complex, patterns, _ = line_complex(network(x, relu(x) + relu(x - 1)), whole_space(1))
    >>> complex.f_vector, patterns.tolist()
    ((2, 3), [[0], [1], [3]])

    Guarantee: exact.
    """
    split = split_network(network)
    found = line(network, domain)
    return _complex(found), _patterns(split, found), split


def _complex(found: Line) -> PolyhedralComplex:
    active = np.flatnonzero(found.cells.active)
    below, above = found.low is not None, found.high is not None
    last = len(found.cells.active) - 1
    chosen = np.concatenate([[0] if below else [], active, [last] if above else []]).astype(np.int64)
    if not below and not above and not len(active):
        edges = Incidence.from_lists([[]])
        return PolyhedralComplex(Vertices.from_points([], dimension=1), (edges,))
    low, high = found.cells.enclosures()
    middle = (low / 2 + high / 2)[chosen]

    def resolve(asked: Sequence[int]) -> list[tuple[int, ...]]:
        return [(x, w) for x, w in found.cells.points([int(chosen[index]) for index in asked])]

    lists = [[k, k + 1] for k in range(len(chosen) - 1)]
    rays: list[tuple[int, int]] = []
    if not below:
        lists.insert(0, [0])
        rays.append((0, -1))
    if not above:
        lists.append([len(chosen) - 1])
        rays.append((len(lists) - 1, 1))
    vertices = Vertices.lazily(middle.reshape(-1, 1), resolve)
    return PolyhedralComplex(vertices, (Incidence.from_lists(lists),), tuple(rays))


def _inner_points(found: Line) -> tuple[npt.NDArray[np.float64], dict[int, Fraction]]:
    """A float inside of every cell; the exact middle of those that are too short for one."""
    low, high = found.cells.enclosures()
    chosen = np.concatenate([[0], np.flatnonzero(found.cells.active), [len(low) - 1]]).astype(np.int64)
    # an enclosure of an end may reach outside; so may the floats of an unbounded one
    after, before = high[chosen[:-1]].copy(), low[chosen[1:]].copy()
    if found.low is None:
        after[0] = before[0] - max(1.0, abs(before[0])) if np.isfinite(before[0]) else -1.0
    if found.high is None:
        before[-1] = after[-1] + max(1.0, abs(after[-1])) if np.isfinite(after[-1]) else 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        middle = after / 2 + before / 2
        short = ~((after < middle) & (middle < before) & np.isfinite(middle))
    exact: dict[int, Fraction] = {}
    for cell in np.flatnonzero(short).tolist():
        (x, w), (y, v) = found.cells.points([int(chosen[cell]), int(chosen[cell + 1])])
        ends = Fraction(x, w) if w else None, Fraction(y, v) if v else None
        if ends[0] is None or ends[1] is None:
            exact[cell] = ends[0] + 1 if ends[0] is not None else ends[1] - 1 if ends[1] is not None else Fraction(0)
        else:
            exact[cell] = (ends[0] + ends[1]) / 2
    return middle, exact


def _patterns(split: SplitNetwork, found: Line) -> npt.NDArray[np.uint64]:
    """The signs of the bent rows at a point inside of every cell: a row that is 0 there is 0 on the cell."""
    points, exact = _inner_points(found)
    signs, decided = _float_signs(split, points)
    decided[list(exact)] = False
    open_ = np.flatnonzero(~decided).tolist()
    for start in range(0, len(open_), _BLOCK):
        work.keep_going()
        cells = open_[start : start + _BLOCK]
        row = Matrix.from_rows([[exact[cell] if cell in exact else Fraction(float(points[cell])) for cell in cells]])
        for layer, certain in zip(signs, _exact_signs(split, row), strict=True):
            layer[cells] = certain
    if not signs:
        return np.zeros((len(points), 0), dtype=np.uint64)
    return split.pack(signs)


def _float_signs(
    split: SplitNetwork, points: npt.NDArray[np.float64]
) -> tuple[list[npt.NDArray[np.bool_]], npt.NDArray[np.bool_]]:
    """Which bent rows are > 0 at the points, layer by layer, (points, rows); and for which points that is certain."""
    centre = points[None, :, None].copy()
    error = np.zeros_like(centre)
    decided = np.isfinite(points)
    signs = []
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        for layer in split.layers:
            weight, bias = layer.weight.to_float64(), layer.bias.to_float64()[:, 0]
            centre, error = affine_step(weight, bias, centre, error)
            rows, bounds = centre[: layer.splits, :, 0], error[: layer.splits, :, 0]
            positive = rows > 0
            decided &= (np.abs(rows) > bounds).all(axis=0)
            left, right = nearest_floats(layer.left)[:, None], nearest_floats(layer.right)[:, None]
            still = np.where(positive, zeros(layer.right)[:, None], zeros(layer.left)[:, None])
            bend(centre, error, np.where(positive, right, left), still)
            signs.append(positive.T.copy())
    return signs, decided


def _exact_signs(split: SplitNetwork, row: Matrix) -> list[npt.NDArray[np.bool_]]:
    """Which bent rows are > 0 at the points of a row, layer by layer, (points, rows)."""
    ones = Matrix.from_integers([[1] * row.columns])
    values, signs = row, []
    for layer in split.layers:
        z = layer.weight @ values + layer.bias @ ones
        rows = z.to_rows()
        signs.append(np.array([[entry > 0 for entry in r] for r in rows[: layer.splits]], dtype=np.bool_).T)
        bent = [
            [(s if entry < 0 else r) * entry for entry in entries]
            for entries, s, r in zip(rows, layer.left, layer.right, strict=False)
        ]
        values = Matrix.from_rows([*bent, *rows[layer.splits :]], columns=row.columns)
    return [part.reshape(row.columns, layer.splits) for part, layer in zip(signs, split.layers, strict=True)]
