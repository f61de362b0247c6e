"""The canonical complex by splitting a face lattice in plain Python, every sign from exact values: slow, and an oracle.

Nothing here is shared with the package's engine: vertices are Fractions, lists are Python lists, every neuron goes
over every face.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np
import numpy.typing as npt

from verinet.geometry.complexes import Incidence, PolyhedralComplex, Vertices
from verinet.geometry.polyhedra import Polyhedron
from verinet.regions.layers import SplitNetwork

Point = tuple[Fraction, ...]


@dataclass
class Lattice:
    """Points, and for each k >= 1 the lists of (k-1)-faces of the k-faces."""

    points: list[Point]
    faces: list[list[list[int]]]

    def vertex_sets(self) -> list[list[frozenset[int]]]:
        sets = [[frozenset([v]) for v in range(len(self.points))]]
        for lists in self.faces:
            sets.append([frozenset().union(*(sets[-1][g] for g in entries)) for entries in lists])
        return sets

    def split(self, value: Callable[[Point], Fraction]) -> None:
        values = [value(point) for point in self.points]
        sets = self.vertex_sets()
        new: list[list[list[int]]] = [[] for _ in self.faces]
        below: list[tuple[int | None, int | None, int | None]] = [
            (v if z < 0 else None, v if z > 0 else None, v if z == 0 else None) for v, z in enumerate(values)
        ]
        parts = [below]  # per dimension and face: its negative part, its positive part, itself if it is all 0
        zeros: list[list[int | None]] = [[None] * len(values)]
        for k, lists in enumerate(self.faces, start=1):
            here: list[tuple[int | None, int | None, int | None]] = []
            cut: list[int | None] = []
            for face, entries in enumerate(lists):
                signs = {(values[v] > 0) - (values[v] < 0) for v in sets[k][face]}
                if {-1, 1} <= signs:
                    zero = self._zero_face(k, entries, values, parts, zeros, new)
                    halves = []
                    for side in (0, 1):
                        halves.append([parts[k - 1][g][side] for g in entries if parts[k - 1][g][side] is not None])
                        new[k - 1].append([*halves[-1], zero])
                    here.append((len(new[k - 1]) - 2, len(new[k - 1]) - 1, None))
                    cut.append(zero)
                    continue
                # all parts but one are absent: the facets keep their one new number
                new[k - 1].append([next(p for p in parts[k - 1][g] if p is not None) for g in entries])
                index = len(new[k - 1]) - 1
                here.append(
                    (index if -1 in signs else None, index if 1 in signs else None, index if signs == {0} else None)
                )
                cut.append(None)
            parts.append(here)
            zeros.append(cut)
        self.faces = new

    def _zero_face(self, k, entries, values, parts, zeros, new) -> int:
        if k == 1:
            p, q = entries
            a, b = abs(values[p]), abs(values[q])
            x, y = self.points[p], self.points[q]
            self.points.append(tuple((b * s + a * t) / (a + b) for s, t in zip(x, y, strict=True)))
            return len(self.points) - 1
        found: list[int] = []
        for g in entries:
            if zeros[k - 1][g] is not None:
                found.append(zeros[k - 1][g])
                continue
            ridges = self.faces[k - 2][g]
            found += [parts[k - 2][r][2] for r in ridges if parts[k - 2][r][2] is not None]
        new[k - 2].append(list(dict.fromkeys(found)))
        return len(new[k - 2]) - 1

    def without_negative(self, value: Callable[[Point], Fraction]) -> None:
        """Keep the cells where the value is not negative."""
        self.split(value)
        sets = self.vertex_sets()
        d = len(self.faces)
        kept = [f for f in range(len(self.faces[-1])) if all(value(self.points[v]) >= 0 for v in sets[d][f])]
        for k in range(d, 0, -1):
            lists = [self.faces[k - 1][f] for f in kept]
            kept = sorted({g for entries in lists for g in entries})
            place = {g: i for i, g in enumerate(kept)}
            self.faces[k - 1] = [[place[g] for g in entries] for entries in lists]
        self.points = [self.points[v] for v in kept]


def box_lattice(low: Sequence[Fraction], high: Sequence[Fraction]) -> Lattice:
    d = len(low)
    names = [[n for n in product((0, 1, 2), repeat=d) if n.count(2) == k] for k in range(d + 1)]
    place = [{name: i for i, name in enumerate(entries)} for entries in names]
    faces = []
    for k in range(1, d + 1):
        lists = []
        for name in names[k]:
            free = [j for j in range(d) if name[j] == 2]
            lists.append([place[k - 1][(*name[:j], side, *name[j + 1 :])] for j in free for side in (0, 1)])
        faces.append(lists)
    points = [tuple((low, high)[side][j] for j, side in enumerate(name)) for name in names[0]]
    return Lattice([tuple(map(Fraction, point)) for point in points], faces)


def preactivations(split: SplitNetwork, point: Point) -> list[list[Fraction]]:
    """The bent rows' values, layer by layer, in Fractions."""
    values, found = list(point), []
    for layer in split.layers:
        rows = layer.weight.to_rows()
        z = [
            sum((w * v for w, v in zip(row, values, strict=True)), b)
            for row, (b,) in zip(rows, layer.bias.to_rows(), strict=True)
        ]
        found.append(z[: layer.splits])
        slopes = zip(z, layer.left, layer.right, strict=False)
        values = [(s if v < 0 else r) * v for v, s, r in slopes] + z[layer.splits :]
    return found


def slow_complex(split: SplitNetwork, domain: Polyhedron) -> tuple[PolyhedralComplex, npt.NDArray[np.uint64]]:
    """The complex and the packed patterns of its cells."""
    lattice = box_lattice(domain.low, domain.high)
    for halfspace in domain.halfspaces:
        lattice.without_negative(halfspace.slack)
    for k, layer in enumerate(split.layers):
        for j in range(layer.splits):
            lattice.split(lambda point, k=k, j=j: preactivations(split, point)[k][j])
    sets = lattice.vertex_sets()
    signs: list[list[list[bool]]] = [[] for _ in split.layers]
    for corners in sets[-1]:
        middle = tuple(sum(x) / len(corners) for x in zip(*(lattice.points[v] for v in corners), strict=True))
        for layer, values in zip(signs, preactivations(split, middle), strict=True):
            layer.append([value > 0 for value in values])
    made = PolyhedralComplex(
        Vertices.from_points(lattice.points), tuple(Incidence.from_lists(lists) for lists in lattice.faces)
    )
    arrays = [np.array(rows, dtype=bool).reshape(len(sets[-1]), -1) for rows in signs]
    return made, split.pack(arrays) if arrays else np.zeros((len(sets[-1]), 0), np.uint64)
