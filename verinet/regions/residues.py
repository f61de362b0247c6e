r"""One residue that stands for the whole affine map of a cell.

For a prime p, an input point s, a factor c and weights r of the outputs, the residue of the map x -> A x + b is

.. math:: r^T (A s + b c) \bmod p,

which needs vectors where the map itself needs matrices.  With s, c, r drawn at random, different maps have
different residues but for a chance of about 2/p; whether equal residues mean equal maps is decided by `Kronecker`.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt
from flint import fmpz

from verinet import work
from verinet.exact.linalg import Matrix
from verinet.regions.layers import WORD, SplitNetwork

__all__ = ["Kronecker", "Layout", "Residues", "primes", "random_residues"]

Words = npt.NDArray[np.uint64]
Indices = npt.NDArray[np.int64]

_LARGEST = 1 << 61
_SEED = 20240229
_BLOCK = 1 << 14  # cells between two looks at the budget


def _per_layer(values: list[int]) -> Indices:
    return np.array(values, dtype=np.int64)


@dataclass(frozen=True)
class Layout:
    """Where the values, weights and signs of a split network stand in flat arrays; the readout is the last layer.

    All readouts count as one value, since a residue is a combination of them.

    Guarantee: exact.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.regions.layers import split_network
    >>> x = variable("x")
    >>> Layout(split_network(network(x, relu(2 * x) + x))).sizes.tolist()
    [2, 1]
    """

    split: SplitNetwork

    @cached_property
    def sizes(self) -> Indices:
        """Number of values of each layer, 1 for the readout."""
        return _per_layer([*(layer.rows for layer in self.split.layers), 1])

    @cached_property
    def splits(self) -> Indices:
        """Number of bent values of each layer, 0 for the readout."""
        return _per_layer([*(layer.splits for layer in self.split.layers), 0])

    @cached_property
    def first_word(self) -> Indices:
        """First word of each layer in a pattern."""
        return _per_layer([*self.split.offsets, self.split.words])

    @cached_property
    def first_value(self) -> Indices:
        """First place of each layer among all values."""
        return np.concatenate([[0], np.cumsum(self.sizes)[:-1]]).astype(np.int64)

    @cached_property
    def first_weight(self) -> Indices:
        """First place of the weights into each layer; none lead into layer 0."""
        counts = [0, *(int(a * b) for a, b in zip(self.sizes[1:], self.sizes[:-1], strict=True))]
        return _per_layer([0, *np.cumsum(counts)[:-1].tolist()]) if len(counts) > 1 else _per_layer([0])

    @cached_property
    def weights(self) -> tuple[npt.NDArray[np.object_], ...]:
        """The integer numerators of the weights into each layer, the readouts' last."""
        return tuple(_integers(m) for m in (*(layer.weight for layer in self.split.layers), self.split.weight))

    @cached_property
    def biases(self) -> tuple[npt.NDArray[np.object_], ...]:
        """The integer numerators of the biases of each layer, one column each."""
        return tuple(_integers(m) for m in (*(layer.bias for layer in self.split.layers), self.split.bias))

    @cached_property
    def denominators(self) -> tuple[tuple[int, int], ...]:
        """The denominators of weight and bias of each layer."""
        pairs = [(layer.weight.denominator, layer.bias.denominator) for layer in self.split.layers]
        return (*pairs, (self.split.weight.denominator, self.split.bias.denominator))

    @cached_property
    def slopes_over(self) -> tuple[int, ...]:
        """A common denominator of the slopes of each hidden layer."""
        return tuple(math.lcm(*(s.denominator for s in (*layer.left, *layer.right))) for layer in self.split.layers)

    @cached_property
    def maps_over(self) -> int:
        """A common denominator of the affine maps of all cells.

        Weights multiply with slopes layer by layer; a bias enters on the way and has fewer factors.
        """
        over = math.prod(self.slopes_over)
        for weight, bias in self.denominators:
            over *= math.lcm(weight, bias)
        return over

    def allows(self, prime: int) -> bool:
        """Whether every number of the network has a residue modulo the prime."""
        return self.maps_over % prime != 0


def _integers(matrix: Matrix) -> npt.NDArray[np.object_]:
    array = np.empty(matrix.shape, dtype=object)
    array[:, :] = matrix.numerators() if matrix.rows and matrix.columns else 0
    return array


def primes(layout: Layout, below: int = _LARGEST) -> Iterator[int]:
    """Primes that divide no denominator of the network, descending from `below`.

    Guarantee: exact.
    """
    candidate = below - 1 if below % 2 == 0 else below - 2
    while candidate > 2:
        if fmpz(candidate).is_prime() and layout.allows(candidate):
            yield candidate
        candidate -= 2


class Residues:
    """A network prepared modulo one prime: gives each activation pattern the residue of its affine map.

    Parameters
    ----------
    layout : Layout
    prime : int
        Odd, below 2^61, dividing no denominator.
    point, constant, readout : integers modulo the prime
        s (one an input), c and r (one an output) of the formula above.

    Guarantee: exact.
    """

    __slots__ = ("_arrays", "_layout", "_prime")

    def __init__(self, layout: Layout, prime: int, point: list[int], constant: int, readout: list[int]) -> None:
        self._layout, self._prime = layout, prime
        radix = (1 << 64) % prime
        rows: list[Words] = [np.zeros(0, np.uint64)]
        columns: list[Words] = [np.zeros(0, np.uint64)]
        biases: list[Words] = []
        outputs = len(layout.weights) - 1
        for k, (weight, bias) in enumerate(zip(layout.weights, layout.biases, strict=True)):
            over_weight, over_bias = (pow(over, -1, prime) for over in layout.denominators[k])
            w, b = weight % prime * over_weight % prime, bias[:, 0] % prime * (over_bias * constant) % prime
            if k == outputs:
                combined = np.array(readout, dtype=object)
                w, b = combined[None, :] @ w % prime, combined[None, :] @ b % prime
            if k == 0:
                b = (w @ np.array(point, dtype=object) + b) % prime
            else:
                residues = (w * radix % prime).astype(np.uint64)
                rows.append(residues.ravel())
                columns.append(residues.T.ravel())
            biases.append((b * radix % prime).astype(np.uint64))
        left, right = self._slopes(radix)
        self._arrays = (np.concatenate(rows), np.concatenate(columns), np.concatenate(biases), left, right)

    def _slopes(self, radix: int) -> tuple[Words, Words]:
        """The slopes of all values on both sides; 1 for those that are carried on."""
        prime = self._prime
        sides: tuple[list[int], list[int]] = ([], [])
        for layer in self._layout.split.layers:
            for side, slopes in zip(sides, (layer.left, layer.right), strict=True):
                side += [s.numerator * pow(s.denominator, -1, prime) * radix % prime for s in slopes]
                side += [radix] * (layer.rows - layer.splits)
        left, right = (np.array([*side, radix], dtype=np.uint64) for side in sides)
        return left, right

    def of(self, patterns: Words, order: Indices) -> Words:
        """The residue of each pattern, visited in this order (Montgomery form: equal or different, no more)."""
        from verinet.regions import modular

        layout, prime = self._layout, self._prime
        result = np.empty(len(patterns), np.uint64)
        for start in range(0, len(order), _BLOCK):
            work.keep_going()
            part = order[start : start + _BLOCK]
            result[part] = modular.walk(
                patterns, part, layout.sizes, layout.splits, layout.first_word, layout.first_value,
                layout.first_weight, *self._arrays, np.uint64(prime), np.uint64(modular.montgomery_inverse(prime)),
            )  # fmt: skip
        return result


def random_residues(layout: Layout, prime: int) -> Residues:
    """Residues at a random point of the field: the same one in every run.

    Guarantee: exact (of the residues; equal residues prove nothing).
    """
    draw = random.Random(_SEED)
    return Residues(
        layout,
        prime,
        [draw.randrange(1, prime) for _ in range(layout.split.input_size)],
        draw.randrange(1, prime),
        [draw.randrange(1, prime) for _ in range(layout.split.output_size)],
    )


@dataclass(frozen=True)
class Kronecker:
    r"""Decides whether maps are equal, by residues whose moduli together exceed what they stand for.

    Let q be `Layout.maps_over` and M a bound of all entries of q (A|b), so that these are integers in [-M, M], and
    B = 2^t > 2 M.  The combination N of the K = m (d+1) entries with weights 1, B, B^2, ... determines them:
    for two maps the difference is a sum of e_k B^k with abs(e_k) <= 2 M < B, which is 0 only if every e_k is (look at
    the lowest one that is not, modulo B), and is less than B^K in size.  So two maps are equal as soon as their N
    agree modulo primes with a product of at least B^K.

    Guarantee: exact.
    """

    layout: Layout

    @cached_property
    def entry_bits(self) -> int:
        """t of B = 2^t."""
        split = self.layout.split
        bound = Matrix.zeros(split.input_size, split.input_size + 1)
        identity = [[int(i == j) for j in range(split.input_size + 1)] for i in range(split.input_size)]
        if identity:
            bound = Matrix.from_integers(identity)
        for layer in split.layers:
            bound = _absolute_step(layer.weight, layer.bias, bound)
            steepest = [max(abs(a), abs(b)) for a, b in zip(layer.left, layer.right, strict=True)]
            steepest += [Fraction(1)] * (layer.rows - layer.splits)
            if any(slope > 1 for slope in steepest):
                bound = bound.scale(max(steepest))
        bound = _absolute_step(split.weight, split.bias, bound)
        largest = max((entry for row in bound.to_rows() for entry in row), default=Fraction(0))
        return (2 * math.ceil(largest * self.layout.maps_over)).bit_length()

    @property
    def bits(self) -> int:
        """Bits that the moduli need together."""
        split = self.layout.split
        return self.entry_bits * split.output_size * (split.input_size + 1)

    def residues(self) -> Iterator[Residues]:
        """Residues modulo as many primes as are needed."""
        split, product = self.layout.split, 1
        inputs = split.input_size
        for prime in primes(self.layout):
            if product >> self.bits:
                return
            step = pow(2, self.entry_bits, prime)
            point = [pow(step, j, prime) for j in range(inputs)]
            readout = [pow(step, (inputs + 1) * i, prime) for i in range(split.output_size)]
            yield Residues(self.layout, prime, point, pow(step, inputs, prime), readout)
            product *= prime

    def equal(self, one: Words, other: Words) -> npt.NDArray[np.bool_]:
        """For each row, whether the maps of two patterns are equal.

        Shapes: (n, words), (n, words) -> (n,).
        """
        from verinet.regions import modular

        layout = self.layout
        widest = -(-int(layout.sizes.max()) // WORD)
        scratch = np.zeros(widest, np.uint64), np.zeros(widest, np.uint64)
        reduced = [np.zeros_like(patterns) for patterns in (one, other)]
        for patterns, kept in zip((one, other), reduced, strict=True):
            modular.relevant(
                np.ascontiguousarray(patterns), layout.sizes, layout.splits, layout.first_word, layout.first_value,
                *self._supports, *self._dead, kept, *scratch,
            )  # fmt: skip
        open_ = np.flatnonzero((reduced[0] != reduced[1]).any(axis=1))
        result = np.ones(len(one), dtype=bool)
        if not len(open_):
            return result
        stacked = np.concatenate([reduced[0][open_], reduced[1][open_]])
        distinct, where = np.unique(stacked, axis=0, return_inverse=True)
        ours, theirs = np.split(where.ravel(), 2)
        order = np.arange(len(distinct), dtype=np.int64)
        for residues in self.residues():
            found = residues.of(distinct, order)
            same = found[ours] == found[theirs]
            result[open_[~same]] = False
            open_, ours, theirs = open_[same], ours[same], theirs[same]
            if not len(open_):
                break
        return result

    @cached_property
    def _dead(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """For each value, whether its slope on the left, on the right is 0."""
        sides: tuple[list[bool], list[bool]] = ([], [])
        for layer in self.layout.split.layers:
            for side, slopes in zip(sides, (layer.left, layer.right), strict=True):
                side += [slope == 0 for slope in slopes] + [False] * (layer.rows - layer.splits)
        return np.array([*sides[0], False]), np.array([*sides[1], False])

    @cached_property
    def _supports(self) -> tuple[Indices, Words]:
        """Where layers begin; for each value the values of the layer before with a weight other than 0, as bits."""
        blocks: list[Words] = [np.zeros(1, np.uint64)]
        first = [0, 1]
        for weight in self.layout.weights[1:]:
            used = weight != 0
            if len(first) == len(self.layout.weights):
                used = used.any(axis=0, keepdims=True)
            blocks.append(_packed(used.astype(bool)))
            first.append(first[-1] + len(blocks[-1]))
        return np.array(first[:-1], dtype=np.int64), np.concatenate(blocks)


def _absolute_step(weight: Matrix, bias: Matrix, bound: Matrix) -> Matrix:
    """Bounds of the entries of W Z + (0|b) from bounds of those of Z."""
    size = [[abs(entry) for entry in row] for row in weight.numerators()]
    spread = Matrix.from_integers(size, weight.denominator, columns=weight.columns) @ bound
    last = Matrix.from_rows([[abs(entry)] for (entry,) in bias.to_rows()], columns=1)
    return spread + Matrix.zeros(weight.rows, bound.columns - 1).hstack(last)


def _packed(used: npt.NDArray[np.bool_]) -> Words:
    """Rows of booleans as rows of 64-bit words, flattened."""
    rows, columns = used.shape
    words = -(-columns // WORD)
    padded = np.zeros((rows, words * WORD), dtype=np.uint8)
    padded[:, :columns] = used
    return np.packbits(padded, axis=1, bitorder="little").view("<u8").astype(np.uint64).ravel()
