"""Which pieces of the activations are in force on each cell of a plan, group by group; guessed in floats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from verinet.provers.blocks import Library
from verinet.provers.frames import Affine, applied
from verinet.provers.walks import Block, NotPlanned, Symbol, agree

#: A run of groups with one symbol: the first, the one after the last, the symbol's number.
Span = tuple[int, int, int]
#: Nearer than this a float is taken to be at a breakpoint.
NEAR = 1e-9
#: The symbols of one cell: of every group a number.
Row = npt.NDArray[np.int32]


@dataclass(slots=True)
class Cells:
    """Symbols by number, one list a phase (neighbouring groups that are built alike)."""

    library: Library
    phases: Row = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    symbols: list[list[Symbol]] = field(default_factory=list)
    numbers: list[dict[Symbol, int]] = field(default_factory=list)
    ends: Counter[tuple[int, int, int, int]] = field(default_factory=Counter)  # of runs: side, group, phase, symbol
    cuts: dict[tuple[int, int], list[int]] = field(default_factory=dict)  # of runs of a symbol of a phase

    def __post_init__(self) -> None:
        layers = self.library.layers
        built = [
            [(len(layer.weights), layer.tables) for layer in layers[group.first : group.last + 1]]
            for group in self.library.groups
        ]
        self.phases = np.cumsum([int(k > 0 and built[k] != built[k - 1]) for k in range(len(built))]).astype(np.int32)
        self.symbols = [[] for _ in range(int(self.phases[-1]) + 1)]
        self.numbers = [{} for _ in self.symbols]

    def number(self, group: int, symbol: Symbol) -> int:
        """The number of a symbol in the phase of a group."""
        phase = int(self.phases[group])
        known = self.numbers[phase]
        if symbol not in known:
            known[symbol] = len(self.symbols[phase])
            self.symbols[phase].append(symbol)
        return known[symbol]

    def guess(self, points: Sequence[Sequence[Fraction]]) -> npt.NDArray[np.int32]:
        """The symbols of all groups at points, a row each."""
        values = np.array([[float(entry) for entry in point] for point in points])
        found = np.zeros((len(points), len(self.library.groups)), dtype=np.int32)
        for place, group in enumerate(self.library.groups):
            pieces = []
            for layer in self.library.layers[group.first : group.last + 1]:
                which, values = _evaluated(layer, values)
                pieces.append(which)
            rows, inverse = np.unique(np.concatenate(pieces, axis=1), axis=0, return_inverse=True)
            splits = np.cumsum([part.shape[1] for part in pieces])[:-1]
            symbols = [tuple(tuple(part.tolist()) for part in np.split(row, splits)) for row in rows]
            names = np.array([self.number(place, symbol) for symbol in symbols], dtype=np.int32)
            found[:, place] = names[inverse.ravel()]
        return found

    def spans(self, row: Row, start: int, stop: int) -> Iterator[Span]:
        """Maximal runs of groups with equal symbols: first group, the one after the last, number of the symbol."""
        if start >= stop:
            return
        part, phases = row[start:stop], self.phases[start:stop]
        cuts = (np.flatnonzero((part[1:] != part[:-1]) | (phases[1:] != phases[:-1])) + 1 + start).tolist()
        for first, last in zip([start, *cuts], [*cuts, stop], strict=True):
            symbol = int(self.phases[first]), int(row[first])
            inside = [cut for cut in self.cuts.get(symbol, ()) if first < cut < last]
            for a, b in pairwise([first, *inside, last]):
                yield a, b, symbol[1]

    def expect(self, rows: Iterable[Row]) -> None:
        """Count the runs that will be needed, so that chains are built from the side on which more of them share.

        Runs of one symbol that share neither end, as those around a common middle, are cut there.
        """
        rows = list(rows)
        seen = {span for row in rows for span in self.spans(row, 0, len(row))}
        self._count(seen)
        for first, last, number in sorted(seen, key=lambda span: span[1]):
            phase = int(self.phases[first])
            if self.ends[0, first, phase, number] == self.ends[1, last, phase, number] == 1:
                cuts = self.cuts.setdefault((phase, number), [])
                if not cuts or cuts[-1] <= first:
                    cuts.append(last)
        self._count({span for row in rows for span in self.spans(row, 0, len(row))})

    def _count(self, spans: Iterable[Span]) -> None:
        self.ends.clear()
        for first, last, number in spans:
            phase = int(self.phases[first])
            self.ends[0, first, phase, number] += 1
            self.ends[1, last, phase, number] += 1

    def runs(self, row: Row, start: int = 0, stop: int | None = None) -> Iterator[Block]:
        """The blocks that lead through groups start..stop-1 on a cell with these symbols."""
        for first, last, number in self.spans(row, start, len(row) if stop is None else stop):
            phase = int(self.phases[first])
            right = self.ends[1, last, phase, number] > self.ends[0, first, phase, number]
            yield self.library.run(first, last, self.symbols[phase][number], right)

    def state(self, row: Row, state: Affine, start: int, stop: int) -> Affine:
        """The natural coordinates before group `stop`, where those before `start` are these forms."""
        for block in self.runs(row, start, stop):
            state = self.library.carried(block.last, applied(block.values, state))
        return state


def _evaluated(layer: Any, values: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    weights = np.array([[entry / layer.over for entry in row] for row in layer.weights])
    z = values @ weights[:, 1:].T + weights[:, 0]
    found, columns = [], []
    for unit, table in enumerate(layer.tables):
        if any(piece.curve for piece in table):
            raise NotPlanned("a polynomial piece")
        which = np.zeros(len(z), dtype=np.intp)
        for piece, following in pairwise(table):
            end = (piece.until or 0) / layer.activations_over
            # a tie belongs to its owner; where nobody owns it, to the right: channels are passed on from 0 up
            mine = piece.side == "left" and not agree(piece, following, layer.activations_over)
            which += z[:, unit] > end + (NEAR if mine else -NEAR) * max(1.0, abs(end))
        slopes = np.array([(piece.slope or 0) / layer.activations_over for piece in table])
        offsets = np.array([piece.offset / layer.activations_over for piece in table])
        found.append(which)
        columns.append(slopes[which] * z[:, unit] + offsets[which])
    return np.stack(found, axis=1), np.stack(columns, axis=1)
