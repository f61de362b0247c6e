"""Which faces lie on which: lists of ids kept as two integer arrays, and the joins, unions and searches over them.

No loop here runs over faces in Python: a complex of a million cells is a handful of arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from verinet.errors import ShapeMismatch

__all__ = ["Incidence", "Integers", "component_labels", "distinct_pairs", "ids"]

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Incidence:
    """For each of n faces a list of ids: face i owns ``indices[offsets[i] : offsets[i + 1]]``.

    Parameters
    ----------
    offsets : array of int64, shape (n + 1,)
        Starts at 0, never descends, ends at the length of `indices`.
    indices : array of int64, shape (m,)

    Raises
    ------
    ShapeMismatch
        If the offsets are not as said, or an id is negative.

    Notes
    -----
    Guarantee: exact.  The arrays are kept as read-only views.

    Examples
    --------
    >>> two = Incidence.from_lists([[0, 1], [1, 2, 3]])
    >>> len(two), two[1].tolist(), two.sizes.tolist()
    (2, [1, 2, 3], [2, 3])
    """

    offsets: Integers
    indices: Integers

    def __post_init__(self) -> None:
        offsets, indices = _frozen(self.offsets), _frozen(self.indices)
        object.__setattr__(self, "offsets", offsets)
        object.__setattr__(self, "indices", indices)
        sound = offsets.ndim == indices.ndim == 1 and len(offsets) > 0 and offsets[0] == 0
        if not sound or offsets[-1] != len(indices) or (np.diff(offsets) < 0).any():
            raise ShapeMismatch(
                f"Incidence needs offsets from 0 to the number of ids, never descending, got {offsets.shape} offsets "
                f"and {indices.shape} ids",
                fix="build it with Incidence.from_lists, or give offsets of n + 1 entries for n faces",
            )
        if len(indices) and indices.min() < 0:
            raise ShapeMismatch("Incidence needs ids from 0 on, got a negative one", fix="check the indices")

    @staticmethod
    def from_lists(lists: Sequence[Sequence[int]]) -> Incidence:
        """Return the incidence with these lists.  Guarantee: exact."""
        sizes = np.array([len(entries) for entries in lists], dtype=np.int64)
        flat = [entry for entries in lists for entry in entries]
        return Incidence.from_sizes(sizes, np.array(flat, dtype=np.int64))

    @staticmethod
    def from_sizes(sizes: Integers, indices: Integers) -> Incidence:
        """Return the incidence whose lists have these sizes.  Guarantee: exact."""
        offsets = np.zeros(len(sizes) + 1, dtype=np.int64)
        np.cumsum(sizes, out=offsets[1:])
        return Incidence(offsets, indices)

    @staticmethod
    def identity(n: int) -> Incidence:
        """Return the incidence in which face i owns i alone."""
        return Incidence(np.arange(n + 1, dtype=np.int64), np.arange(n, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, face: int) -> Integers:
        if not 0 <= face < len(self):
            raise IndexError(f"face {face} of {len(self)}")
        return self.indices[self.offsets[face] : self.offsets[face + 1]]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Incidence):
            return NotImplemented
        return np.array_equal(self.offsets, other.offsets) and np.array_equal(self.indices, other.indices)

    def __hash__(self) -> int:
        return hash((self.offsets.tobytes(), self.indices.tobytes()))

    @property
    def sizes(self) -> Integers:
        """Length of each list, shape (n,)."""
        return np.diff(self.offsets)

    @property
    def owners(self) -> Integers:
        """For each entry of `indices` the face that owns it, shape (m,)."""
        return np.repeat(np.arange(len(self), dtype=np.int64), self.sizes)

    def lists(self) -> list[list[int]]:
        """Return the lists as Python lists."""
        flat, ends = self.indices.tolist(), self.offsets.tolist()
        return [flat[a:b] for a, b in pairwise(ends)]

    def take(self, faces: Integers) -> Incidence:
        """Return the lists of these faces, in this order (repeats allowed).

        Guarantee: exact.

        Examples
        --------
        >>> Incidence.from_lists([[0, 1], [2], [3, 4]]).take(np.array([2, 0])).lists()
        [[3, 4], [0, 1]]
        """
        starts = self.offsets[faces]
        sizes = self.offsets[faces + 1] - starts  # of these alone: the whole complex may be large
        ends = np.cumsum(sizes)
        total = int(ends[-1]) if len(ends) else 0
        # position in the answer, shifted by where its list starts here less where it starts there
        where = np.arange(total, dtype=np.int64) + np.repeat(starts - (ends - sizes), sizes)
        return Incidence.from_sizes(sizes, self.indices[where])

    def transposed(self, count: int) -> Incidence:
        """Return, for each id below `count`, the faces that own it, ascending.

        Guarantee: exact.

        Examples
        --------
        >>> Incidence.from_lists([[0, 1], [1, 2]]).transposed(3).lists()
        [[0], [0, 1], [1]]
        """
        order = np.argsort(self.indices, kind="stable")
        return Incidence.from_sizes(np.bincount(self.indices, minlength=count), self.owners[order])

    def through(self, lower: Incidence) -> Incidence:
        """Return, for each face, everything that the ids in its list own in `lower`: once, ascending.

        Guarantee: exact.

        Examples
        --------
        >>> squares, edges = Incidence.from_lists([[0, 1, 2]]), Incidence.from_lists([[0, 1], [1, 2], [2, 0]])
        >>> squares.through(edges).lists()
        [[0, 1, 2]]
        """
        wide = lower.take(self.indices)
        owners = np.repeat(self.owners, wide.sizes)
        owners, found = distinct_pairs(owners, wide.indices)
        return Incidence.from_sizes(np.bincount(owners, minlength=len(self)), found)


def _frozen(given: npt.NDArray[np.int64]) -> Integers:
    array = np.asarray(given)
    if array.dtype.kind not in "iu" and array.size:
        raise ShapeMismatch(f"Incidence needs integer arrays, got {array.dtype}", fix="convert them to int64")
    view: Integers = np.ascontiguousarray(array, dtype=np.int64).view()
    view.flags.writeable = False
    return view


def ids(given: Sequence[int] | npt.NDArray[np.integer] | npt.NDArray[np.bool_], count: int, operation: str) -> Integers:
    """Return the chosen ids as an array: from ids, or from a mask of `count` booleans.

    Guarantee: exact.

    Raises
    ------
    ShapeMismatch
        If an id is not below `count`, or the mask has another length.

    Examples
    --------
    >>> ids([2, 0], 3, "this example").tolist(), ids(np.array([True, False, True]), 3, "this example").tolist()
    ([2, 0], [0, 2])
    """
    array = np.asarray(given)
    if array.dtype == np.bool_ and array.shape == (count,):
        return np.flatnonzero(array).astype(np.int64)
    if array.size == 0:
        return np.zeros(0, dtype=np.int64)
    if array.ndim != 1 or array.dtype.kind not in "iu" or array.min() < 0 or array.max() >= count:
        raise ShapeMismatch(
            f"{operation} needs ids from 0 to {count - 1}, or a mask of {count} booleans",
            fix="check the ids: each is a position in the lists of the complex",
        )
    return array.astype(np.int64)


def distinct_pairs(left: Integers, right: Integers) -> tuple[Integers, Integers]:
    """Return the distinct pairs (left_i, right_i), ascending; both nonnegative.

    Guarantee: exact.

    Examples
    --------
    >>> a, b = distinct_pairs(np.array([1, 0, 1]), np.array([2, 5, 2]))
    >>> a.tolist(), b.tolist()
    ([0, 1], [5, 2])
    """
    if not len(left):
        return left, right
    width = int(right.max()) + 1
    if (int(left.max()) + 1) * width < 1 << 63:
        keys = np.sort(left * width + right)
        keys = keys[_firsts(keys)]
        return keys // width, keys % width
    order = np.lexsort((right, left))
    left, right = left[order], right[order]
    first = _firsts(left) | _firsts(right)
    return left[first], right[first]


def _firsts(values: Integers) -> npt.NDArray[np.bool_]:
    """Where a value differs from the one before it."""
    first = np.ones(len(values), dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return first


def component_labels(count: int, left: Integers, right: Integers) -> Integers:
    """Return the connected component of each of `count` vertices of a graph with edges (left_i, right_i).

    Components are numbered 0, 1, ... in the order of their smallest vertices.

    Guarantee: exact.

    Notes
    -----
    Trees of vertices, each hung under a smaller one: every round hangs the roots that an edge joins, then
    flattens the trees by doubling.  A root that has a smaller neighbour disappears, so few rounds are needed.

    Examples
    --------
    >>> component_labels(5, np.array([3, 1]), np.array([1, 4])).tolist()
    [0, 1, 2, 1, 1]
    """
    parent = np.arange(count, dtype=np.int64)
    while len(left):
        low, high = np.minimum(left, right), np.maximum(left, right)
        apart = low != high
        low, high = low[apart], high[apart]
        parent[high] = low  # of several edges at one root any will do: a parent is always smaller
        while True:
            above = parent[parent]
            if np.array_equal(above, parent):
                break
            parent = above
        left, right = parent[low], parent[high]
    return np.unique(parent, return_inverse=True)[1].reshape(-1).astype(np.int64)
