"""The pieces of a stretch of layers along a clock: the one coordinate along which units bend.

On the image of a good cell the pieces in force are known.  Between two images they are found exactly, on the line
along which the clock runs and all other coordinates stay in the middle of their intervals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from verinet.provers.blocks import Library
from verinet.provers.cells_of_plans import Cells, Row
from verinet.provers.frames import Affine, applied
from verinet.provers.walks import Sides, Symbol
from verinet.work import keep_going

Interval = tuple[Fraction, Fraction]
Places = tuple[int, ...]
#: A stretch of the clock, and the symbols of all groups there.
Piece = tuple[Fraction, Fraction, Row]


def bending(cells: Cells, group: int, rows: Sequence[Row]) -> set[int]:
    """The coordinates along which units of a group bend on cells with these symbols."""
    library = cells.library
    ranges = library.groups[group].ranges
    found = set()
    for number in {int(row[group]) for row in rows}:
        _, conditions = library.follow(group, cells.symbols[int(cells.phases[group])][number])
        for form, _ in conditions:
            used = [k for k, entry in enumerate(form[1:]) if entry]
            if len(used) == 1 and ranges[used[0]][0] < -form[0] / form[used[0] + 1] < ranges[used[0]][1]:
                found.add(used[0])
    return found


@dataclass(frozen=True, slots=True)
class Stretch:
    """Groups start..stop-1 on a box of states, of which only the clock bends."""

    cells: Cells
    start: int
    stop: int
    clock: int
    sides: Sides

    def pieces(self, images: Mapping[Interval, Row]) -> Iterator[Piece]:
        """The pieces from the lower end of the clock to the upper one, where cells have these images."""
        low, high = (end.value for end in self.sides[self.clock])
        at = low
        before: Row | None = None
        for (left, right), row in sorted(images.items(), key=lambda image: image[0]):
            if left > at:
                yield from self._between((at, left), before, row)
            if right > at:
                yield max(left, at), right, row
            at, before = max(at, right), row
        if before is not None and (at < high or at == low):
            yield from self._between((at, high), None, before)

    def _between(self, ends: Interval, first: Row | None, second: Row) -> Iterator[Piece]:
        """The pieces between two images: groups are looked at where the symbols differ there, and in later phases.

        Where all symbols are the same at both ends they are in between.  Before the first image and behind the last
        one all groups are looked at.
        """
        changing = self._changing(first, second)
        line = self._line()
        todo = [(*ends, second if first is None else first, 0)]
        while todo:
            keep_going()
            a, b, row, k = todo.pop()
            if k == len(changing):
                yield a, b, row
                continue
            group = changing[k]
            symbol, cut = traced(self.cells.library, group, self.cells.state(row, line, self.start, group), (a, b))
            if cut is not None:
                todo += [(cut, b, row, k), (a, cut, row, k)]
                continue
            row = row.copy()
            row[group] = self.cells.number(group, symbol)
            todo.append((a, b, row, k + 1))

    def _changing(self, first: Row | None, second: Row) -> list[int]:
        groups = range(self.start, self.stop)
        if first is None:
            return list(groups)
        differ = [int(k) + self.start for k in np.flatnonzero((first != second)[self.start : self.stop])]
        phases = self.cells.phases
        phase = phases[differ[0]] if differ else phases[self.stop - 1]
        return sorted({*differ, *(group for group in groups if phases[group] > phase)})

    def _line(self) -> Affine:
        """The coordinates over (1, clock), where all others are in the middle of their intervals."""
        zero, one = Fraction(0), Fraction(1)
        middles = [(low.value + high.value) / 2 for low, high in self.sides]
        return tuple((zero, one) if k == self.clock else (middle, zero) for k, middle in enumerate(middles))


def traced(library: Library, group: int, state: Affine, ends: Interval) -> tuple[Symbol, Fraction | None]:
    """The symbol of a group on an interval of one parameter, or a point at which a unit bends in between."""
    place = library.groups[group]
    low, high = ends
    middle = (low + high) / 2
    values = applied(place.back, state)
    found = []
    for number in range(place.first, place.last + 1):
        layer = library.layers[number]
        q = layer.activations_over
        z = values if number == place.first else applied(library.rows(number), values)
        pieces, after = [], []
        for (shift, factor), table in zip(z, layer.tables, strict=True):
            bends = [Fraction(piece.until or 0, q) for piece in table[:-1]]
            places = [(bend - shift) / factor for bend in bends] if factor else []
            cut = next((t for t in places if low < t < high), None)
            if cut is not None:
                return (), cut
            which = sum(shift + factor * middle > bend for bend in bends)
            piece = table[which]
            pieces.append(which)
            after.append((Fraction((piece.slope or 0) * shift + piece.offset, q), (piece.slope or 0) * factor / q))
        found.append(tuple(pieces))
        values = tuple(after)
    return tuple(found), None
