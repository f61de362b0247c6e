"""In one or two inputs: all corners of a case, in floats, instead of linear programs.

A case is then an interval or a convex polygon in box coordinates, clipped as the search splits.  Where a form is
largest is read off its corners, and the multipliers there from the two edges that meet; integers decide as always.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from verinet.provers.cases import Box, Case, Floats, Hypothesis

#: Edges that are sides of the box: they need no multiplier, the box absorbs them.
SIDE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Corners:
    """Corners in order around the polygon (or the two ends of an interval).

    `edges[i]` leads from corner i to the next: the position of its form among the active ones, or SIDE; `normals[i]`
    is that form's slopes.  In one input `edges[i]` is what bounds the end i.
    """

    points: Floats
    edges: tuple[int, ...]
    normals: Floats

    def largest(self, form: Hypothesis) -> tuple[float, Floats, dict[int, float]]:
        """The maximum of a form, where it is, and multipliers of active forms whose sum with the form is constant."""
        values = self.points @ form.slopes + form.constant
        place = int(np.argmax(values))
        at = [place] if len(form.slopes) == 1 else [place - 1, place]
        duals: dict[int, float] = {}
        for k, weight in zip(at, weights(self.normals[at].tolist(), form.slopes.tolist()), strict=True):
            if self.edges[k] != SIDE and weight > 0:
                duals[self.edges[k]] = weight
        return float(values[place]), self.points[place], duals

    def clipped(self, form: Hypothesis, position: int) -> Corners | None:
        """The part where the form is >= 0; None when nothing with an interior is left, as far as floats can tell."""
        values = (self.points @ form.slopes + form.constant).tolist()
        if len(form.slopes) == 1:
            return self._shortened(form, position, values)
        count = len(values)
        points: list[Floats] = []
        edges: list[int] = []
        normals: list[Floats] = []
        for here in range(count):
            there = (here + 1) % count
            inside = values[here] >= 0
            if inside:
                points.append(self.points[here])
                edges.append(self.edges[here])
                normals.append(self.normals[here])
            if inside != (values[there] >= 0):
                share = values[here] / (values[here] - values[there])
                points.append(self.points[here] + share * (self.points[there] - self.points[here]))
                edges.append(position if inside else self.edges[here])
                normals.append(form.slopes if inside else self.normals[here])
        return Corners(np.array(points), tuple(edges), np.array(normals)) if len(points) >= 3 else None

    def _shortened(self, form: Hypothesis, position: int, values: list[float]) -> Corners | None:
        if max(values) <= 0:
            return None
        points, edges, normals = self.points.copy(), list(self.edges), self.normals.copy()
        for end in (0, 1):
            if values[end] < 0:
                points[end] = -form.constant / form.slopes
                edges[end] = position
                normals[end] = form.slopes
        return Corners(points, tuple(edges), normals)


def weights(normals: list[list[float]], slopes: list[float]) -> list[float]:
    """w with slopes + sum w_i normal_i = 0; zeros where the normals are parallel."""
    if len(slopes) == 1:
        return [-slopes[0] / normals[0][0]]
    (a, b), (c, d) = normals
    determinant = a * d - b * c
    if determinant == 0:
        return [0.0, 0.0]
    return [(c * slopes[1] - d * slopes[0]) / determinant, (b * slopes[0] - a * slopes[1]) / determinant]


def corners_of(box: Box, case: Case) -> Corners | None:
    """The corners of the first case, or None where this is not the way: more inputs, a box that is open or flat."""
    size = len(box.low)
    if size > 2 or not box.bounded or any(low == high for low, high in box.sides):
        return None
    if size == 1:
        corners: Corners | None = Corners(np.array([[-1.0], [1.0]]), (SIDE, SIDE), np.array([[1.0], [-1.0]]))
    else:
        square = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
        normals = np.array([[0.0, 1.0], [-1.0, 0.0], [0.0, -1.0], [1.0, 0.0]])
        corners = Corners(square, (SIDE,) * 4, normals)
    for position, form in enumerate(case.active):
        corners = None if corners is None else corners.clipped(form, position)
    return corners
