"""The signs that float64 leaves open: 64-bit integers, double-double, and at last integers of any length.

Rows are computed in batches and only where they are asked for: those of the vertices in question, of the roots they
were interpolated from, and of the same vertices in the layers before.  Each is computed once.
"""

# mypy: allow-any-generics, allow-untyped-calls

from __future__ import annotations

from math import ldexp
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from verinet.exact.linalg import Matrix
from verinet.regions import double_rows, integer_rows
from verinet.regions.exact_rows import Row
from verinet.regions.faces import TINY
from verinet.regions.forms import SMALL, rest
from verinet.regions.vertex_rows import FloatLayer, nearest
from verinet.work import keep_going

if TYPE_CHECKING:
    from verinet.regions.blocks import Array, Block, Buffers, Complex


class Tier:
    """Rows of one kind at some vertices of a complex: `slots[r]` is the place of row r, negative when it has none."""

    def __init__(self, owner: Complex) -> None:
        self.owner = owner
        self.slots: Array = np.full(max(64, owner.rows), -1, dtype=np.int32)
        self.used = 0

    def ensure(self, rows: Array) -> None:
        """Compute the rows in question and all they depend on."""
        owner = self.owner
        if owner.rows > len(self.slots):
            more = np.full(2 * owner.rows - len(self.slots), -1, dtype=np.int32)
            self.slots = np.concatenate([self.slots, more])
        provenance = owner.provenance
        if provenance is None:
            raise ArithmeticError("rows are asked of a complex without a block")
        first_count = len(provenance.sources)
        first, born = _needed(rows, owner.buffers.born, self.slots, first_count)
        if not len(first) and not len(born):
            return
        keep_going()
        total = len(first) + len(born)
        both = np.concatenate([first, np.sort(born)])
        self.slots[both] = np.arange(self.used, self.used + total)
        self.grow(self.used + total)
        self.used += total
        if len(first):
            self.first(first, provenance.sources[first])
        if len(born):
            self.born(both[len(first) :])

    def grow(self, count: int) -> None:
        """Room for so many rows."""
        raise NotImplementedError

    def first(self, rows: Array, sources: Array) -> None:
        """Rows that come from the complex before."""
        raise NotImplementedError

    def born(self, rows: Array) -> None:
        """Rows born on edges, in ascending order."""
        raise NotImplementedError


@njit(cache=True)
def _needed(rows, born, slots, first_count):  # type: ignore[no-untyped-def]  # numba types it by its arguments
    """The rows without a slot that the given ones depend on: first ones and those born on edges."""
    stack = [0]
    stack.pop()
    firsts = [0]
    firsts.pop()
    others = [0]
    others.pop()
    for k in range(rows.size):
        stack.append(rows[k])
    while len(stack) > 0:
        r = stack.pop()
        if slots[r] != -1:
            continue
        slots[r] = -3
        if r < first_count:
            firsts.append(r)
        else:
            others.append(r)
            stack.append(born[r, 0])
            stack.append(born[r, 1])
    return np.array(firsts, dtype=np.int32), np.array(others, dtype=np.int32)


class DoubleTier(Tier):
    """Rows in double-double."""

    def __init__(self, owner: Complex) -> None:
        super().__init__(owner)
        width, dimension = owner.buffers.V.shape[1], owner.buffers.X.shape[1]
        self.HI, self.LO = np.empty((0, width)), np.empty((0, width))
        self.XH, self.XL = np.empty((0, dimension)), np.empty((0, dimension))
        self.a, self.e, self.N = np.empty(0), np.empty(0), np.empty(0)

    def grow(self, count: int) -> None:
        if count > len(self.a):
            for name in ("HI", "LO", "XH", "XL", "a", "e", "N"):
                old = getattr(self, name)
                new = np.empty((max(count, 2 * len(self.a), 64), *old.shape[1:]))
                new[: len(old)] = old
                setattr(self, name, new)

    def first(self, rows: Array, sources: Array) -> None:
        owner, parent = self.owner, self.owner.parent
        block = owner.block
        if block is None or parent is None:
            raise ArithmeticError("rows are asked of a complex without a block")
        new = self.slots[rows]
        if parent.block is None:
            self._from_corners(block, sources, new)
            return
        below = doubles_of(parent)
        below.ensure(sources)
        old = below.slots[sources]
        if parent.block.layer == block.layer:
            for name in ("HI", "LO", "XH", "XL", "a", "e", "N"):
                getattr(self, name)[new] = getattr(below, name)[old]
            return
        bends, low = parent.block.floats, parent.block.forms.doubles
        self._multiply(
            block, sources, below.slots, below.HI, below.LO, below.XH, below.XL, below.a, below.e, below.N, True,
            bends.left, low.left_low, bends.right, low.right_low, bends.steepest, bends.rounded, new,
        )  # fmt: skip

    def _from_corners(self, block: Block, sources: Array, new: Array) -> None:
        corners = self.owner.provenance.corners if self.owner.provenance else ()
        exact = Matrix.from_rows([corners[k] for k in sources.tolist()])
        high, low = nearest(exact), rest(exact)
        sizes = np.linalg.norm(high, axis=1) * (1 + 1e-9)
        wrong = np.where(low.any(axis=1), 2.0**-104 * sizes + TINY, 0.0)
        ones = np.ones(high.shape[1])
        everything = np.arange(len(sources), dtype=np.int32)
        self._multiply(
            block, everything, everything, high, low, high, low, wrong, wrong, sizes, False,
            ones, ones, ones, ones, 1.0, False, new,
        )  # fmt: skip

    def _multiply(self, block: Block, *values: object) -> None:
        floats, low = block.floats, block.forms.doubles
        *given, new = values
        double_rows.multiply(
            *given, floats.columns, low.columns_low, low.plain, floats.bias, low.bias_low, floats.frobenius,
            floats.spectral, floats.trusted, new, self.HI, self.LO, self.XH, self.XL, self.a, self.e, self.N,
        )  # fmt: skip

    def born(self, rows: Array) -> None:
        double_rows.interpolate(
            rows, self.owner.buffers.born, self.slots, self.HI, self.LO, self.XH, self.XL, self.a, self.e, self.N
        )


class IntegerTier(Tier):
    """Rows in 64-bit integers; those that do not fit have the slot `integer_rows.TOO_LARGE`."""

    def __init__(self, owner: Complex) -> None:
        super().__init__(owner)
        self.R = np.empty((0, owner.buffers.V.shape[1] + owner.buffers.X.shape[1] + 1), dtype=np.int64)

    def grow(self, count: int) -> None:
        if count > len(self.R):
            new = np.empty((max(count, 2 * len(self.R), 64), self.R.shape[1]), dtype=np.int64)
            new[: len(self.R)] = self.R
            self.R = new

    def first(self, rows: Array, sources: Array) -> None:
        owner, parent = self.owner, self.owner.parent
        block = owner.block
        if block is None or parent is None or block.forms.small is None:
            raise ArithmeticError("integer rows are asked of a complex that has none")
        small = block.forms.small
        dimension = owner.buffers.X.shape[1]
        if parent.block is None:
            table, fits = self._corners(sources)
            source_slots = np.where(fits, np.arange(len(sources)), integer_rows.TOO_LARGE).astype(np.int32)
            places = np.arange(len(sources), dtype=np.int32)
            ones = np.ones(dimension, dtype=np.int64)
            given = places, source_slots, table, 0, False, ones, ones, 1
        else:
            below = integers_of(parent)
            if below is None:
                self.slots[rows] = integer_rows.TOO_LARGE
                return
            below.ensure(sources)
            if parent.block.layer == block.layer:
                old = below.slots[sources]
                fits = old >= 0
                self.R[self.slots[rows[fits]]] = below.R[old[fits]]
                self.slots[rows[~fits]] = integer_rows.TOO_LARGE
                return
            bends = parent.block.forms.small
            if bends is None:
                raise ArithmeticError("a complex has integer rows and no small integers")
            given = (
                sources, below.slots, below.R, below.R.shape[1] - dimension - 1, True, bends.left, bends.right,
                bends.slopes_over,
            )  # fmt: skip
        integer_rows.multiply(*given, small.weight, small.bias, small.over, dimension, rows, self.R, self.slots)

    def _corners(self, sources: Array) -> tuple[Array, Array]:
        """Homogeneous integer coordinates of corners, and which of them are small."""
        corners = self.owner.provenance.corners if self.owner.provenance else ()
        table = np.ones((len(sources), self.owner.buffers.X.shape[1] + 1), dtype=np.int64)
        fits = np.zeros(len(sources), dtype=bool)
        for place, k in enumerate(sources.tolist()):
            exact = Matrix.from_rows([corners[k]])
            row = [*exact.numerators()[0], exact.denominator]
            fits[place] = max(map(abs, row)) < SMALL
            if fits[place]:
                table[place] = row
        return table, fits

    def born(self, rows: Array) -> None:
        integer_rows.interpolate(rows, self.owner.buffers.born, self.slots, self.R)


def doubles_of(owner: Complex) -> DoubleTier:
    """The double-double rows of a complex."""
    if owner.doubles is None:
        owner.doubles = DoubleTier(owner)
    return owner.doubles


def integers_of(owner: Complex) -> IntegerTier | None:
    """The 64-bit rows of a complex, where its layers are small integers."""
    if owner.integers is None and owner.block is not None and owner.block.forms.small is not None:
        owner.integers = IntegerTier(owner)
    return owner.integers


def settle(owner: Complex, vertices: Array, asked: Array) -> None:
    """Decide the asked signs of some vertices; their float rows become the rounded better rows."""
    block, buffers = owner.block, owner.buffers
    if block is None:
        raise ArithmeticError("a sign was asked for without a block")
    rows = buffers.F["start"][vertices]
    still = np.empty(len(vertices), dtype=np.int32)
    small = integers_of(owner)
    if small is not None:
        small.ensure(rows)
        left = integer_rows.decide(
            buffers.F, vertices, small.slots, small.R, buffers.V, buffers.X, buffers.a, buffers.e, buffers.N,
            np.exp2(block.floats.exponents.astype(float)), block.first, block.count, block.full, still,
        )  # fmt: skip
        chosen = np.isin(vertices, still[:left])
        vertices, asked, rows = vertices[chosen], asked[chosen], rows[chosen]
    if len(vertices) and block.floats.trusted:
        tier = doubles_of(owner)
        tier.ensure(rows)
        left = double_rows.decide(
            buffers.F, vertices, asked, tier.slots, tier.HI, tier.a, tier.e, buffers.V, buffers.X, tier.XH, buffers.a,
            buffers.e, buffers.N, tier.N, block.first, block.count, still,
        )  # fmt: skip
        vertices = still[:left].copy()
    for v in vertices.tolist():
        keep_going()
        settle_exactly(owner, v)


def settle_exactly(owner: Complex, v: int) -> None:
    """The signs of all neurons of the block at a vertex, from integers of any length."""
    block, buffers, provenance = owner.block, owner.buffers, owner.provenance
    if block is None or provenance is None:
        raise ArithmeticError("a sign was asked for without a block")
    r = int(buffers.F[v]["start"])
    row = provenance.row(r)
    pos = neg = 0
    for j, z in enumerate(row[block.first : block.first + block.count]):
        if z > 0:
            pos |= 1 << j
        elif z < 0:
            neg |= 1 << j
    face = buffers.F[v]
    face["pos"], face["neg"], face["zer"] = pos, neg, int(block.full) & ~(pos | neg)
    _round(buffers, block.floats, row, r)


def _round(buffers: Buffers, layer: FloatLayer, row: Row, r: int) -> None:
    """Replace row r by the rounded exact row: what is left of its error is relative."""
    width = len(layer.bias)
    scale = row[-1]
    try:
        values = [ldexp(z / scale, int(k)) for z, k in zip(row[:width], layer.exponents, strict=True)]
        point = [x / scale for x in row[width:-1]]
    except OverflowError:
        buffers.a[r] = buffers.e[r] = np.inf
        return
    tiny = any(z != 0 and abs(value) < 1e-290 for z, value in zip(row, values, strict=False))
    buffers.V[r], buffers.X[r] = values, point
    buffers.a[r] = buffers.e[r] = 1e-280 if tiny else 0.0
    buffers.N[r] = float(np.linalg.norm(values)) * (1 + 1e-12)


__all__ = ["doubles_of", "integers_of", "settle"]
