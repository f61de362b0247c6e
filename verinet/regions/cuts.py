"""Facets between cells of different chunks: found again by a name that both chunks compute.

Where chunks are made, a facet of the complex between cells of two chunks gets the name (complex, face).  What later
neurons make of it is named by the words of positive neurons that follow.  *The name determines the face:* the first
later layer is affine on the facet; two pieces on which the same neurons are positive agree on which neurons vanish
identically (an affine function that vanishes on a piece vanishes on the facet), so they lie in one relatively open
face of that layer; and so on through the layers.
"""

# numba compiles part of this module: its functions are typed by their arguments
# mypy: allow-untyped-defs, allow-untyped-decorators, allow-untyped-calls, allow-any-generics

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
from numba import njit

from verinet.regions.blocks import Array, Complex

Names = npt.NDArray[np.uint64]


@njit(cache=True, nogil=True)
def owners(F, L, cells, sides):
    """For each face the places of the cells whose facet it is: `sides` (faces, 2) must hold -1."""
    for place in range(cells.size):
        c = cells[place]
        start = F[c].start
        for k in range(start, start + F[c].count):
            g = L[k]
            if sides[g, 0] == -1:
                sides[g, 0] = place
            else:
                sides[g, 1] = place


@dataclass(frozen=True, slots=True)
class Facets:
    """The facets of the cells of a complex: face, the two cells (places; -1: none in this chunk), name or empty.

    `names[f]` is all zeros for a facet inside the chunk or on the boundary of the domain.
    """

    faces: Array
    sides: Array
    names: Names


def facets_of(done: Complex) -> Facets:
    """The facets of the cells of a finished block, computed once a complex.

    Guarantee: exact.
    """
    if done.facets is None:
        done.facets = _facets_of(done)
    return cast(Facets, done.facets)


def _facets_of(done: Complex) -> Facets:
    F, L = done.buffers.F[: done.faces], done.buffers.L
    sides = np.full((done.faces, 2), -1, dtype=np.int32)
    owners(F, L, done.cells, sides)
    faces = np.flatnonzero(sides[:, 0] >= 0)
    sides = sides[faces]
    block, parent = done.block, done.parent
    if block is None or parent is None:
        raise ArithmeticError("facets are asked of a complex that no block has split")
    names = np.zeros((len(faces), done.depth + 2), dtype=np.uint64)
    if parent.block is None:
        return Facets(faces, sides, names)
    alone = np.flatnonzero(sides[:, 1] < 0)
    before = done.sources[F["carrier"][faces[alone]]]  # new facets lie inside cells: two sides, or off the domain
    outer = F["dim"][F["carrier"][faces[alone]]] == F["dim"][faces[alone]]
    alone, before = alone[outer], before[outer]
    known = facets_of(parent)
    place = np.searchsorted(known.faces, before)
    inherited = known.names[place]
    inner = known.sides[place, 1] >= 0
    inherited[inner, 0] = np.uint64(parent.serial + 1)
    inherited[inner, 1] = before[inner].astype(np.uint64)
    inherited[inner, 2:] = 0
    names[alone, :-1] = inherited
    cut = inherited[:, 0] != 0
    names[alone[cut], -1] = F["pos"][faces[alone[cut]]]
    return Facets(faces, sides, names)
