"""The canonical complex of a network on a bounded polytope, finished chunk by chunk: cells at float speed, exactly.

A complex with many faces is cut into runs of neighbouring cells; each run is finished, depth first, through all
the blocks that are left, in buffers that the next one uses again.  That keeps the memory small, the faces in the
cache, and lets processes share the work.
"""

# mypy: allow-any-generics

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from verinet.regions.blocks import Array, Buffers, Complex, begin, disown, split
from verinet.regions.plan import Plan, box_complex, flat_domain

#: A complex of more faces is finished in chunks of about half as many.
CHUNK = 10_000
#: Bytes of buffers that are kept for the next enumeration.
KEPT = 1 << 26


@dataclass(frozen=True, slots=True)
class Share:
    """Which of `of` equal parts of the work: number `index`.  All of it is ``Share(0, 1)``."""

    index: int = 0
    of: int = 1


class Pool:
    """The buffers of one enumeration, depth by depth; small ones are kept for the next enumeration.

    Fresh memory costs as much as the work that is done in it: the system hands it out page by page.
    """

    _kept: ClassVar[dict[int, list[Buffers]]] = {}

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self.buffers: list[Buffers] = []

    def __getitem__(self, depth: int) -> Buffers:
        while len(self.buffers) <= depth:
            self.buffers.append(Buffers(self.dimension))
        return self.buffers[depth]

    def take(self) -> None:
        """Start with the buffers that an earlier enumeration left."""
        self.buffers = self._kept.pop(self.dimension, self.buffers)

    def give_back(self) -> None:
        """Leave the buffers to the next enumeration, unless they are large."""
        if sum(buffers.size for buffers in self.buffers) <= KEPT:
            self._kept[self.dimension] = self.buffers
        self.buffers = []


class Leaves:
    """The finished complexes of all chunks, one after another; each is overwritten by the next one.

    With ``chunk=None`` the one complex keeps its buffers.

    Parameters
    ----------
    start : Plan
    chunk : int or None
        With None there is one chunk, the whole complex.
    share : Share
        The chunks of one process; all processes agree on the complexes above the chunks they share out.

    Guarantee: exact.
    """

    def __init__(self, start: Plan, chunk: int | None = CHUNK, share: Share | None = None) -> None:
        self.start = start
        self.chunk = chunk
        self.share = share or Share()
        self._pool = Pool(start.dimension)
        self._shared = 0
        self._serials = [0, 0]

    def __iter__(self) -> Iterator[Complex]:
        root = box_complex(self.start)
        if self.chunk is not None:
            self._pool.take()
        try:
            yield from self._finish(root, root.cells, 0, self.share.of == 1)
        finally:
            if self.chunk is not None:
                self._pool.give_back()

    def _finish(self, parent: Complex, cells: Array, depth: int, mine: bool) -> Iterator[Complex]:
        """The chunks below some cells; `mine`: whether they all belong to this share."""
        done = begin(parent, cells, self.start.blocks[depth], self._pool[depth], self.start.corners)
        split(done)
        done.serial = self._next_serial(mine)
        if not len(done.cells):
            raise flat_domain()
        if depth + 1 == len(self.start.blocks):
            if mine or self._takes():
                yield done
            return
        parts = self._parts(done, mine)
        sharing = not mine and len(parts) >= 4 * self.share.of
        for part in parts:
            if not sharing or self._takes():
                yield from self._finish(done, part, depth + 1, mine or sharing)
            else:
                disown(done, part)

    def _next_serial(self, mine: bool) -> int:
        """Complexes above the shared chunks get the same numbers in every process, the others different ones."""
        count = self._serials[mine]
        self._serials[mine] += 1
        return 2 * (count * self.share.of + self.share.index) + 1 if mine else 2 * count

    def _takes(self) -> bool:
        """Whether the next part to be shared out belongs to this share."""
        self._shared += 1
        return self._shared % self.share.of == self.share.index

    def _parts(self, done: Complex, mine: bool) -> list[Array]:
        """The cells of a complex in runs of neighbours, each with about `chunk` / 2 faces."""
        if self.chunk is None or not done.words.shape[1]:
            return [done.cells]
        runs = round(2 * done.faces / self.chunk) if done.faces > self.chunk else 1
        if not mine and done.faces > self.chunk // 4:
            runs = max(runs, 8 * self.share.of)
        if runs == 1:
            return [done.cells]
        order = np.lexsort(done.words.T)
        return [done.cells[np.sort(part)] for part in np.array_split(order, min(runs, len(order)))]


__all__ = ["CHUNK", "Leaves", "Share"]
