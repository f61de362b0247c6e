"""One block of at most 64 neurons, split into a complex: buffers, rows, and the exact tier behind the floats."""

# the arrays are structured records whose types mypy cannot follow into compiled code
# mypy: allow-any-generics

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from verinet.regions import closures, lattice
from verinet.regions.exact_rows import Provenance
from verinet.regions.faces import FACE, TINY, U
from verinet.regions.forms import Forms
from verinet.regions.tiers import DoubleTier, IntegerTier, settle
from verinet.regions.vertex_rows import FloatLayer, activate, bound_products, first_signs
from verinet.work import keep_going

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Block:
    """Neurons first, ..., first + count - 1 of a layer, and everything known about the layer.

    `parallel[i]` has bit j when row j of the block is a multiple of row i, bias included.
    `outside` marks the halfspaces of the domain: cells on their positive side are dropped.
    """

    layer: int
    first: int
    count: int
    forms: Forms
    parallel: npt.NDArray[np.uint64]
    outside: bool = False

    @property
    def full(self) -> np.uint64:
        """The word with a bit for each neuron of the block."""
        return np.uint64((1 << self.count) - 1)

    @property
    def floats(self) -> FloatLayer:
        """The layer in floats."""
        return self.forms.floats


class Buffers:
    """Arrays of one depth of the recursion, kept and reused; they grow by doubling."""

    def __init__(self, dimension: int) -> None:
        self.F: Array = np.empty(0, dtype=FACE)
        self.L: Array = np.empty(0, dtype=np.int32)
        self.V: Array = np.empty((0, 0))
        self.X: Array = np.empty((0, dimension))
        self.a: Array = np.empty(0)
        self.e: Array = np.empty(0)
        self.N: Array = np.empty(0)
        self.born: Array = np.empty((0, 3), dtype=np.int32)
        self.undecided: Array = np.empty(0, dtype=np.int32)
        self.asked: Array = np.empty(0, dtype=np.uint64)
        self.table: Array = np.empty(16, dtype=np.int32)
        self.ends: Array = np.empty((16, 2), dtype=np.int32)
        self.scratch: Array = np.empty(1024, dtype=np.int32)
        self.order: Array = np.empty(0, dtype=np.int32)
        self.sources: Array = np.empty(0, dtype=np.int32)

    @property
    def size(self) -> int:
        """Bytes of all arrays."""
        return sum(array.nbytes for array in vars(self).values())

    def faces(self, count: int, entries: int, used: tuple[int, int] = (0, 0)) -> None:
        """Room for so many faces and list entries; the first `used` of each are kept."""
        if count > len(self.F):
            self.F = _grown(self.F, count, used[0])
        if entries > len(self.L):
            self.L = _grown(self.L, entries, used[1])

    def rows(self, count: int, width: int, used: int = 0) -> None:
        """Room for so many rows of the given width; the first `used` are kept."""
        if width != self.V.shape[1]:
            flat = self.V.reshape(-1)
            have = flat.size // width if width else len(self.a)
            self.V = flat[: have * width].reshape(have, width)
            used = 0
        if count > len(self.V):
            self.V = _grown(self.V, count, used)
        if count > len(self.a):
            for name in ("X", "a", "e", "N", "born", "undecided", "asked"):
                setattr(self, name, _grown(getattr(self, name), len(self.V), used))

    def tables(self, edges: int, facets: int) -> None:
        """Room for the hash table of new edges and for the lists of zero faces."""
        if 4 * edges + 4 > len(self.table):
            size = 2 * (4 * edges + 4)
            self.table = np.empty(size, dtype=np.int32)
            self.ends = np.empty((size, 2), dtype=np.int32)
        if facets > len(self.scratch):
            self.scratch = np.empty(2 * facets, dtype=np.int32)


def _grown(array: Array, count: int, used: int) -> Array:
    larger = np.empty((max(count, 2 * len(array), 256), *array.shape[1:]), dtype=array.dtype)
    larger[:used] = array[:used]
    return larger


@dataclass(slots=True)
class Complex:
    """The complex at the end of a block: faces, rows and the pattern words of its cells so far.

    `sources[f]` is the face of the complex before that face f of the block's first complex was; `first_faces`
    counts those.
    """

    buffers: Buffers
    block: Block | None
    faces: int
    entries: int
    rows: int
    cells: Array
    words: Array
    provenance: Provenance | None
    sources: Array
    segments: Array
    depth: int
    parent: Complex | None = None
    mark: int = 2**31 - 1  # stamps of extractions go down, those of splits go up
    serial: int = 0  # its number among all complexes
    facets: object = None  # what `cuts.facets_of` found
    doubles: DoubleTier | None = None
    integers: IntegerTier | None = None


def begin(
    parent: Complex, cells: Array, block: Block, buffers: Buffers, corners: Sequence[tuple[Fraction, ...]]
) -> Complex:
    """The closure of some cells of a complex as the first complex of a block, with its rows."""
    dimension = buffers.X.shape[1]
    old = parent.buffers
    # no more room than the whole parent takes is ever needed
    if len(buffers.order) < parent.faces:
        buffers.order = np.empty(max(parent.faces, 256), dtype=np.int32)
    share = min(1.0, 1.3 * len(cells) / max(1, len(parent.cells)))
    faces = max(1024, int(share * parent.faces) + 64)
    entries = max(4096, int(share * parent.entries) + 64)
    segments = np.zeros(dimension + 2, dtype=np.int64)
    while True:
        buffers.faces(faces, entries)
        if len(buffers.sources) < len(buffers.F):
            buffers.sources = np.empty(len(buffers.F), dtype=np.int32)
        parent.mark -= 1
        total, used = closures.extract(
            old.F, old.L, cells, parent.mark, buffers.F, buffers.L, buffers.order, segments, buffers.sources
        )
        if total >= 0:
            break
        faces, entries = 2 * faces, 2 * entries
    vertices = int(segments[1])
    sources = buffers.sources[:total]
    rows = old.F["start"][sources[:vertices]]
    started = Complex(
        buffers, block, int(total), int(used), vertices,
        np.arange(int(segments[dimension]), int(total), dtype=np.int32),
        parent.words[_places(parent, cells)], None, sources, segments, parent.depth + 1, parent,
    )  # fmt: skip
    same = parent.block is not None and parent.block.layer == block.layer
    if same:
        rows = _keep_roots(started, parent, rows)
        started.rows = len(rows)
    started.provenance = Provenance(block.forms, parent.provenance, same, rows, corners)
    _first_rows(started, parent, rows, same)
    return started


def disown(parent: Complex, cells: Array) -> None:
    """Let another process count the faces of some cells."""
    parent.mark -= 1
    closures.disown(parent.buffers.F, parent.buffers.L, cells, parent.mark, np.empty(parent.faces, dtype=np.int32))


def _places(parent: Complex, cells: Array) -> Array:
    return np.searchsorted(parent.cells, cells)


def _keep_roots(started: Complex, parent: Complex, rows: Array) -> Array:
    """Within a layer the edges keep their roots: the rows of all roots join those of the vertices."""
    old, new = parent.buffers, started.buffers
    edges = slice(int(started.segments[1]), int(started.segments[2]))
    before = old.F["start"][started.sources[edges]]
    after = new.F["start"][edges]
    places = np.full(parent.rows, -1, dtype=np.int32)
    places[rows] = np.arange(len(rows))
    roots = [old.L[before + side] for side in (2, 3)]
    wanted = np.zeros(parent.rows, dtype=bool)
    for root in roots:
        wanted[root] = True
    wanted[rows] = False
    ghosts = np.flatnonzero(wanted)
    places[ghosts] = np.arange(len(rows), len(rows) + len(ghosts))
    for side, root in zip((2, 3), roots, strict=True):
        new.L[after + side] = places[root]
    return np.concatenate([rows, ghosts.astype(rows.dtype)])


def _first_rows(started: Complex, parent: Complex, rows: Array, same: bool) -> None:
    """The rows of the first vertices: copied within a layer, or one matrix product from the layer before."""
    block, new, old = started.block, started.buffers, parent.buffers
    if block is None:
        raise ArithmeticError("a complex was begun without a block")
    layer = block.floats
    count, width = len(rows), len(layer.bias)
    new.rows(count + 64, width)
    new.X[:count] = old.X[rows]
    if same:
        new.V[:count] = old.V[rows]
        for name in ("a", "e", "N"):
            getattr(new, name)[:count] = getattr(old, name)[rows]
        return
    with np.errstate(all="ignore"):
        if parent.block is None:
            H = np.ascontiguousarray(old.X[rows])
            S = np.linalg.norm(H, axis=1) * (1 + 1e-12)
            E = np.where(old.e[rows] > 0, 1.01 * U * S + TINY, 0.0)
        else:
            before = parent.block.floats
            H = np.empty((count, len(before.bias)))
            E, S = np.empty(count), np.empty(count)
            activate(
                old.V, old.a, old.e, old.N, rows, before.left, before.right, before.steepest, before.rounded, H, E, S
            )
        np.dot(H, layer.columns, out=new.V[:count])
        new.V[:count] += layer.bias
        biased = bool(np.any(layer.bias))
        bound_products(
            new.V, E, S, biased, H.shape[1], layer.frobenius, layer.spectral, layer.trusted, new.a, new.e, new.N
        )


def split(started: Complex) -> None:
    """Split a complex by all neurons of its block."""
    block, buffers = started.block, started.buffers
    if block is None or started.provenance is None:
        raise ArithmeticError("a complex was split without a block")
    dimension = buffers.X.shape[1]
    vertices = int(started.segments[1])
    unsure, asked = np.empty(vertices, dtype=np.int32), np.empty(vertices, dtype=np.uint64)
    open_ = first_signs(buffers.F, buffers.V, buffers.a, vertices, block.first, block.count, unsure, asked)
    started.provenance.born = buffers.born
    if open_:
        settle(started, unsure[:open_], asked[:open_])
    buckets = np.full((dimension + 1, max(1, block.count)), -1, dtype=np.int32)
    sizes = np.zeros((dimension + 1, max(1, block.count)), dtype=np.int64)
    lattice.collect_signs(buffers.F, buffers.L, started.faces, vertices, buckets, sizes)
    if block.count:
        _advance(started, buckets, sizes)
    _close(started)


def _advance(started: Complex, buckets: Array, sizes: Array) -> None:
    block, buffers = started.block, started.buffers
    if block is None or started.provenance is None:
        raise ArithmeticError("a complex was split without a block")
    state = np.zeros(lattice.STATE_SIZE, dtype=np.int64)
    state[lattice.FACES], state[lattice.LIST], state[lattice.ROWS] = started.faces, started.entries, started.rows
    while True:
        keep_going()
        answer = lattice.advance(
            buffers.F, buffers.L, buffers.V, buffers.X, buffers.a, buffers.e, buffers.N, buffers.born,
            buffers.undecided, buffers.asked, buckets, sizes, buffers.scratch, buffers.table, buffers.ends,
            block.parallel, state, block.first, block.full,
        )  # fmt: skip
        started.faces, started.entries, started.rows = (
            int(state[slot]) for slot in (lattice.FACES, lattice.LIST, lattice.ROWS)
        )
        if answer == lattice.DONE:
            break
        if answer == lattice.GROW:
            need = state[lattice.NEED_FACES], state[lattice.NEED_LIST], state[lattice.NEED_ROWS]
            faces, entries, rows = (int(entry) for entry in need)
            buffers.faces(started.faces + faces + 64, started.entries + entries + 64, (started.faces, started.entries))
            buffers.rows(started.rows + rows + 64, buffers.V.shape[1], started.rows)
            buffers.tables(int(sizes[min(2, len(sizes) - 1)].max()), entries)
        elif answer == lattice.RESOLVE:
            started.provenance.born = buffers.born
            count = int(state[lattice.UNDECIDED])
            settle(started, buffers.undecided[:count].copy(), buffers.asked[:count].copy())
        else:
            raise ArithmeticError("a chord of a face has not two ends: the complex is broken")
    started.provenance.born, started.provenance.count = buffers.born, started.rows


def _close(started: Complex) -> None:
    """The cells at the end of a block and their pattern words."""
    block, buffers = started.block, started.buffers
    if block is None:
        raise ArithmeticError("a complex was closed without a block")
    faces = buffers.F[: started.faces]
    dimension = buffers.X.shape[1]
    cells = np.flatnonzero(faces["dim"] == dimension).astype(np.int32)
    if block.outside:
        cells = cells[faces["pos"][cells] == 0]
    carriers = faces["carrier"][cells]
    words = started.words[carriers - started.segments[dimension]]
    if block.count and not block.outside:
        words = np.concatenate([words, faces["pos"][cells][:, None]], axis=1)
    started.cells, started.words = cells, words


__all__ = ["Block", "Buffers", "Complex", "begin", "disown", "split"]
