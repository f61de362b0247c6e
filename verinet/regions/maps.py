"""The affine maps of cells: how many different ones, exactly, for millions of cells.

Every cell gets one residue of its map modulo a prime of 61 bits (`verinet.regions.residues`).  Different residues:
different maps.  Equal residues: the maps are compared by residues whose moduli together exceed the numbers they
stand for.  No map is written out before somebody asks for it.
"""

from __future__ import annotations

import math
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
from flint import fmpz, fmpz_mat

from verinet.exact.linalg import Matrix
from verinet.regions.layers import SplitNetwork
from verinet.regions.residues import Kronecker, Layout, Residues, primes, random_residues

__all__ = ["AffineMaps", "MapRegistry", "affine_map", "distinct_maps"]

Words = npt.NDArray[np.uint64]
Indices = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_FIRST_SLOTS = 1 << 10


def affine_map(split: SplitNetwork, pattern: Words) -> tuple[Matrix, Matrix]:
    """The affine map x -> A x + b that the network follows where the signs are those of the pattern.

    Parameters
    ----------
    split : SplitNetwork
    pattern : array of uint64, shape (words,)

    Returns
    -------
    A, b : Matrix
        Shapes (outputs, inputs) and (outputs, 1).

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.regions.layers import split_network
    >>> x = variable("x")
    >>> split = split_network(network(x, relu(2 * x - 1) + x))
    >>> affine_map(split, np.array([1], dtype=np.uint64))
    (Matrix([[3]]), Matrix([[-1]]))

    Guarantee: exact.
    """
    return IntegerMaps(split)(pattern)


class IntegerMaps:
    """The layers of a network as integer matrices: writes out the affine map of one pattern after another.

    A layer is the matrix q (W|b) over its common denominator q; a map is kept as the integer rows of (A|b) times a
    scale, with one more row (0, ..., 0, scale) that the biases are multiplied with.  Nothing is brought to lowest
    terms on the way.

    Guarantee: exact.
    """

    __slots__ = ("_layers", "_slopes", "_split")

    def __init__(self, split: SplitNetwork) -> None:
        self._split = split
        pairs = [*((layer.weight, layer.bias) for layer in split.layers), (split.weight, split.bias)]
        self._layers: list[tuple[fmpz_mat, int]] = []
        for weight, bias in pairs:
            both = weight.hstack(bias)
            entries = [entry for row in both.numerators() for entry in row]
            self._layers.append((fmpz_mat(*both.shape, entries), both.denominator))
        self._slopes: list[tuple[list[int], list[int], int]] = []
        for layer in split.layers:
            over = math.lcm(*(slope.denominator for slope in (*layer.left, *layer.right)))
            left, right = ([int(slope * over) for slope in side] for side in (layer.left, layer.right))
            self._slopes.append((left, right, over))

    def __call__(self, pattern: Words) -> tuple[Matrix, Matrix]:
        """A and b for one pattern of shape (words,)."""
        split = self._split
        columns = split.input_size + 1
        signs = split.unpack(np.ascontiguousarray(pattern)[None, :])
        scale = 1
        state = fmpz_mat(columns, columns, [int(i == j) for i in range(columns) for j in range(columns)])
        for (weight, over), (left, right, slopes_over), positive in zip(
            self._layers, self._slopes, signs, strict=False
        ):
            rows = (weight * state).table()
            scale *= over * slopes_over
            entries: list[fmpz] = []
            for row, up, below, above in zip(rows, positive[0].tolist(), left, right, strict=False):
                slope = above if up else below
                entries += row if slope == 1 else [slope * entry for entry in row] if slope else [0] * columns
            for row in rows[len(left) :]:
                entries += row if slopes_over == 1 else [slopes_over * entry for entry in row]
            state = fmpz_mat(len(rows) + 1, columns, [*entries, *[0] * (columns - 1), scale])
        weight, over = self._layers[-1]
        table = [[int(entry) for entry in row] for row in (weight * state).table()]
        scale *= over
        return (
            Matrix.from_integers([row[:-1] for row in table], scale, columns=columns - 1),
            Matrix.from_integers([row[-1:] for row in table], scale, columns=1),
        )


class MapRegistry:
    """Numbers the distinct affine maps of patterns that arrive in parts.

    Map i was first seen with the pattern ``representatives[i]``.

    Parameters
    ----------
    split : SplitNetwork
    below : int, optional
        The first prime is taken below this bound; small ones are good for tests only.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.regions.layers import split_network
    >>> x = variable("x")
    >>> registry = MapRegistry(split_network(network(x, relu(x) - relu(x - 1) - relu(1 - x))))
    >>> patterns = np.array([[0b100], [0b101], [0b011]], dtype=np.uint64)
    >>> registry.add(patterns[:2]).tolist(), registry.add(patterns[2:]).tolist(), registry.count
    ([0, 1], [2], 3)

    Guarantee: exact.
    """

    def __init__(self, split: SplitNetwork, below: int = 1 << 61) -> None:
        self.split = split
        layout = Layout(split)
        self._fingerprints: Residues = random_residues(layout, next(primes(layout, below)))
        self._kronecker = Kronecker(layout)
        self._keys = np.zeros(_FIRST_SLOTS, np.uint64)
        self._slots = np.zeros(_FIRST_SLOTS, np.int64)
        self._firsts = np.zeros((_FIRST_SLOTS, split.words), np.uint64)
        self._alike: dict[int, list[int]] = {}
        self._hashed: list[int] | None = None
        self.count = 0

    @property
    def representatives(self) -> Words:
        """One pattern a map, shape (count, words)."""
        return self._firsts[: self.count]

    def add(self, patterns: Words) -> Indices:
        """The number of the map of each pattern, shape (n, words) -> (n,); new maps get the next numbers.

        Guarantee: exact.
        """
        if not len(patterns):
            return np.zeros(0, np.int64)
        patterns = np.ascontiguousarray(patterns)
        fingerprints = self._fingerprints.of(patterns, visiting_order(patterns))
        numbers = self._look_up(fingerprints, patterns)
        doubtful = np.flatnonzero((self._firsts[numbers] != patterns).any(axis=1))
        if len(doubtful):
            same = self._kronecker.equal(patterns[doubtful], self._firsts[numbers[doubtful]])
            for place in doubtful[~same]:
                numbers[place] = self._tell_apart(int(numbers[place]), patterns[place])
        return numbers

    def _look_up(self, fingerprints: Words, patterns: Words) -> Indices:
        """The number of each fingerprint, those that are new with their first pattern."""
        from verinet.regions import modular

        if 2 * (self.count + len(fingerprints)) > len(self._keys):
            self._grow(self.count + len(fingerprints))
        numbers: Indices = modular.insert(self._keys, self._slots, fingerprints, self.count)
        new = int(numbers.max()) + 1 - self.count
        if new > 0:
            fresh = numbers >= self.count
            firsts = np.zeros(new, np.int64)
            # Written backwards, so that the first cell of each map is the one that stays.
            firsts[numbers[fresh][::-1] - self.count] = np.flatnonzero(fresh)[::-1]
            self._firsts[self.count : self.count + new] = patterns[firsts]
            self.count += new
        return numbers

    def _grow(self, needed: int) -> None:
        length = len(self._keys)
        while length < 4 * needed:
            length *= 2
        used = self._keys != 0
        old_keys, old_numbers = self._keys[used], self._slots[used]
        self._keys, self._slots = np.zeros(length, np.uint64), np.zeros(length, np.int64)
        from verinet.regions import modular

        order = np.argsort(old_numbers)
        modular.reinsert(self._keys, self._slots, old_keys[order], old_numbers[order])
        firsts = np.zeros((length // 2, self.split.words), np.uint64)
        firsts[: self.count] = self._firsts[: self.count]
        self._firsts = firsts

    def _tell_apart(self, number: int, pattern: Words) -> int:
        """The number of a map whose fingerprint is that of another map."""
        others = self._alike.setdefault(number, [])
        for other in others:
            if self._kronecker.equal(pattern[None, :], self._firsts[other][None, :])[0]:
                return other
        if self.count == len(self._firsts):
            self._grow(self.count + 1)
        self._firsts[self.count] = pattern
        others.append(self.count)
        self.count += 1
        return self.count - 1


def visiting_order(patterns: Words) -> Indices:
    """The patterns in lexicographic order: neighbours share the signs of the first layers.

    Guarantee: exact (any order gives the same residues; this one soon).
    """
    varying = [word for word in range(patterns.shape[1]) if (patterns[:, word] != patterns[0, word]).any()]
    if not varying:
        return np.arange(len(patterns), dtype=np.int64)
    return np.lexsort([patterns[:, word] for word in reversed(varying)]).astype(np.int64)


class AffineMaps:
    """The distinct affine maps of cells.

    Parameters
    ----------
    split : SplitNetwork
    of_cell : array of int64, shape (cells,)
        The number of each cell's map.
    representatives : array of uint64, shape (count, words)
        A pattern of each map.

    Guarantee: exact.
    """

    def __init__(self, split: SplitNetwork, of_cell: Indices, representatives: Words) -> None:
        self.split, self.of_cell, self.representatives = split, of_cell, representatives
        self._exact = lru_cache(maxsize=1 << 16)(self._written_out)

    @property
    def count(self) -> int:
        """Number of distinct maps."""
        return len(self.representatives)

    def __len__(self) -> int:
        return self.count

    def __repr__(self) -> str:
        return f"<AffineMaps: {self.count} of {len(self.of_cell)} cells>"

    def exact(self, i: int) -> tuple[Matrix, Matrix]:
        """A and b of map i, shapes (outputs, inputs) and (outputs, 1).

        Guarantee: exact.
        """
        return self._exact(i)

    def _written_out(self, i: int) -> tuple[Matrix, Matrix]:
        return self._integers(self.representatives[i])

    @cached_property
    def _integers(self) -> IntegerMaps:
        return IntegerMaps(self.split)

    def approximate(self) -> tuple[Floats, Floats]:
        """A and b of all maps in float64, shapes (count, outputs, inputs) and (count, outputs).

        Guarantee: numeric; `enclosures` says how far off they may be.
        """
        centres = self.enclosures[0]
        return centres[:, :, :-1], centres[:, :, -1]

    @cached_property
    def enclosures(self) -> tuple[Floats, Floats]:
        """Floats (A|b) of all maps and bounds of their errors, entry by entry, both (count, outputs, inputs + 1).

        Guarantee: certified.
        """
        from verinet.regions.map_enclosures import enclosed_maps

        return enclosed_maps(self.split, self.representatives)


def distinct_maps(split: SplitNetwork, patterns: Words) -> AffineMaps:
    """The distinct affine maps of the cells with these patterns, and which cell has which.

    Parameters
    ----------
    split : SplitNetwork
    patterns : array of uint64, shape (cells, words)

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.regions.layers import split_network
    >>> x = variable("x")
    >>> split = split_network(network(x, relu(x) - relu(x - 1)))
    >>> maps = distinct_maps(split, np.array([[0b00], [0b01], [0b11]], dtype=np.uint64))
    >>> maps.count, maps.of_cell.tolist(), maps.exact(2)
    (3, [0, 1, 2], (Matrix([[0]]), Matrix([[1]])))

    Guarantee: exact.
    """
    registry = MapRegistry(split)
    numbers = registry.add(patterns)
    return AffineMaps(split, numbers, registry.representatives.copy())
