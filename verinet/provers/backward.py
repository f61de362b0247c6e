"""Tighter ranges of preactivations, in floats: bounds of units that lines of earlier bent units show.

A bent unit's value is above (or below) the line of one of its pieces.  Adding multiples of such lines to a
preactivation, from the last layer back to the first, so that the coordinates e of those units cancel where that
helps, gives a form whose least value on the box of coordinates is another lower bound.  Which piece's line is taken
is a choice; three choices are tried for all units of a layer at once, and the best bound of each unit is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Booleans = npt.NDArray[np.bool_]
#: A row of a bent unit: network, layer, unit, piece, and the side (1: v lies above the piece's line, -1: below).
Line = tuple[int, int, int, int, int]

#: A line may miss the graph by this much of its height and still be proposed as a row; integers judge it.
NEARLY = 1e-9
#: Which line stands for a unit: the one that is nearer to the chord, the first piece's, the last piece's.
CHOICES = 3
#: Lines that would move a bound by less than this part of what the most useful one does are left out.
SMALL = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """The lines on one side of a layer's named units: rows >= 0 over (1, coordinates before), and which exist."""

    rows: tuple[Floats, ...]  # one for each choice: (batch, places, known)
    usable: tuple[Booleans, ...]
    pieces: tuple[Indices, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Behind:
    """A layer that has been named: its coordinates begin at `first`; lines above (1) and below (-1) its graph."""

    network: int
    depth: int
    places: Indices
    first: int
    sides: tuple[Side | None, Side | None]


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Least values of rows, and for each choice how much of which lines shows them."""

    low: Floats
    choice: Indices
    weights: tuple[list[tuple[Behind, int, Side, Floats]], ...]

    def proof(self, place: int) -> dict[Line, float]:
        """The weights of lines whose sum, taken from this row, leaves the bound; of the first box."""
        choice = int(self.choice[0, place])
        found: dict[Line, float] = {}
        for layer, sign, side, matrix in self.weights[choice]:
            row = matrix[0, place]
            for column in np.flatnonzero(row).tolist():
                piece = int(side.pieces[choice][0, column])
                found[layer.network, layer.depth, int(layer.places[column]), piece, sign] = float(row[column])
        return found


def named(
    where: tuple[int, int], rows: Floats, slopes: Floats, bent: Booleans, places: Indices, known: int,
    graph: tuple[Floats, Floats], lines: tuple[Floats, Floats], pieces: tuple[Indices, Indices],
) -> Behind:  # fmt: skip
    """The lines of a layer; `graph`: corners (z, v); `lines`: slopes and offsets of the first and the last piece."""
    corners, heights = graph
    size = np.maximum(1.0, np.abs(heights).max(axis=2))
    sides: list[Side | None] = []
    for side in (1, -1):
        usable, far = [], []
        for end in (0, 1):
            gaps = side * (heights - lines[0][end][:, :, None] * corners - lines[1][end][:, :, None])
            fits = bent & (gaps.min(axis=2) >= -NEARLY * size)
            usable.append(fits[:, places])
            far.append(np.where(fits, gaps[:, :, 0] + gaps[:, :, -1], np.inf))
        if not (usable[0].any() or usable[1].any()):
            sides.append(None)
            continue
        nearer = (far[1] < far[0]).astype(np.intp)
        made, ok, which = [], [], []
        for pick in (nearer, np.zeros_like(nearer), np.ones_like(nearer)):
            slope, offset = (np.where(pick == 1, part[1], part[0]) for part in lines)
            row = side * (slopes - slope)[:, places, None] * rows[:, places, :]
            row[:, :, 0] -= side * offset[:, places]
            made.append(row)
            ok.append(np.where(pick[:, places] == 1, usable[1], usable[0]))
            which.append(np.where(pick == 1, pieces[1], pieces[0])[:, places])
        sides.append(Side(tuple(made), tuple(ok), tuple(which)))
    return Behind(*where, places, known, (sides[0], sides[1]))


def shown(rows: Floats, behind: Sequence[Behind], middle: Floats, half: Floats) -> Shown:
    """Lower bounds of forms (batch, units, 1 + coordinates) on a box of coordinates."""
    best = np.full(rows.shape[:2], -np.inf)
    choice = np.zeros(rows.shape[:2], dtype=np.intp)
    weights: tuple[list[tuple[Behind, int, Side, Floats]], ...] = ([], [], [])
    for pick in range(CHOICES):
        left = rows.copy()
        most = np.zeros(rows.shape[:2])
        for layer in reversed(behind):
            own = slice(1 + layer.first, 1 + layer.first + len(layer.places))
            entries = left[:, :, own].copy()
            for sign, side in zip((1, -1), layer.sides, strict=True):
                if side is None:
                    continue
                matrix = np.maximum(sign * entries, 0.0) * side.usable[pick][:, None, :]
                moved = matrix * half[:, None, layer.first : layer.first + len(layer.places)]
                most = np.maximum(most, moved.max(axis=2, initial=0.0))
                matrix[moved < SMALL * most[:, :, None]] = 0.0
                left[:, :, : side.rows[pick].shape[2]] -= matrix @ side.rows[pick]
                left[:, :, own] -= sign * matrix
                weights[pick].append((layer, sign, side, matrix))
        level = left[:, :, 0] + np.matmul(left[:, :, 1:], middle[:, :, None])[:, :, 0]
        level -= np.matmul(np.abs(left[:, :, 1:]), half[:, :, None])[:, :, 0]
        choice = np.where(level > best, pick, choice)
        best = np.maximum(best, level)
    return Shown(best, choice, weights)
