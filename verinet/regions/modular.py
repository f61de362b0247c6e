"""Compiled arithmetic modulo primes below 2^61, and the walk that gives every cell one residue of its affine map.

Imported lazily: it compiles (numba, cached on disk).

Residues are kept in Montgomery form, x 2^64 mod p, where a product costs three machine multiplications and no
division.  numba mixes signed and unsigned integers into floats, so every constant here is a uint64.
"""

# numba compiles this module: its functions are typed by their arguments
# mypy: allow-untyped-decorators

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

__all__ = ["insert", "montgomery_inverse", "reinsert", "relevant", "walk"]

Words = npt.NDArray[np.uint64]
Indices = npt.NDArray[np.int64]

_ZERO, _ONE, _BITS = np.uint64(0), np.uint64(1), np.uint64(64)


@intrinsic
def _high(typing_context: Any, a: Any, b: Any) -> Any:
    """The upper 64 bits of a product of two uint64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide = cgutils.ir.IntType(128)
        product = builder.mul(builder.zext(arguments[0], wide), builder.zext(arguments[1], wide))
        return builder.trunc(builder.lshr(product, wide(64)), cgutils.ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), generate


@intrinsic
def _trailing_zeros(typing_context: Any, a: Any) -> Any:
    """The place of the lowest set bit of a nonzero uint64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], cgutils.ir.IntType(1)(1))

    return types.int64(types.uint64), generate


@njit(cache=True)
def _times(a: Any, b: Any, prime: Any, inverse: Any) -> Any:
    """a b / 2^64 mod p, in [0, p)."""
    upper = _high(a, b)
    lower = _high(a * b * inverse, prime)
    return upper - lower if upper >= lower else upper - lower + prime


@njit(cache=True)
def _plus(a: Any, b: Any, prime: Any) -> Any:
    total = a + b
    return total - prime if total >= prime else total


def montgomery_inverse(prime: int) -> int:
    """p^-1 mod 2^64 for an odd p.

    Guarantee: exact.

    Examples
    --------
    >>> montgomery_inverse(3) * 3 % 2**64
    1
    """
    return pow(prime, -1, 1 << 64)


@njit(cache=True)
def walk(
    patterns: Words,
    order: Indices,
    sizes: Indices,
    splits: Indices,
    first_word: Indices,
    first_value: Indices,
    first_weight: Indices,
    rows: Words,
    columns: Words,
    biases: Words,
    left: Words,
    right: Words,
    prime: np.uint64,
    inverse: np.uint64,
) -> Words:
    """The residue of the last value for each pattern of `order`; neighbours there share the work on what they share.

    Parameters
    ----------
    patterns : (cells, words)
    order : which cells, one after another
    sizes, splits, first_word, first_value : one entry a layer, the readout last (of size 1)
        Values of layer k stand at ``first_value[k]``; it has ``sizes[k]`` of them, ``splits[k]`` bent.
    first_weight : one entry a layer
        Where the weights into layer k stand: in `rows` row by row, in `columns` column by column.
    rows, columns, biases, left, right : residues in Montgomery form
        `biases` of layer 0 are its values.
    prime : below 2^61

    Guarantee: exact.
    """
    layers = len(sizes) - 1
    result = np.empty(len(order), np.uint64)
    values = np.empty(len(biases), np.uint64)
    for i in range(len(biases)):
        values[i] = biases[i]
    now = np.zeros(max(1, patterns.shape[1]), np.uint64)
    chosen, outgoing = np.empty(len(biases), np.int64), np.empty(len(biases), np.uint64)
    for place in range(len(order)):
        pattern = patterns[order[place]]
        start = 0
        while place > 0 and start < layers:
            if _differs(pattern, now, first_word[start], first_word[start + 1]):
                break
            start += 1
        for k in range(start, layers):
            begin, end = first_word[k], first_word[k + 1]
            few = place > 0 and k == start and _few_flips(pattern, now, begin, end, sizes[k])
            here, there, width = first_value[k], first_value[k + 1], sizes[k + 1]
            if few:
                for word in range(begin, end):
                    flipped = pattern[word] ^ now[word]
                    while flipped != _ZERO:
                        bit = _trailing_zeros(flipped)
                        flipped &= flipped - _ONE
                        j = 64 * (word - begin) + bit
                        if (pattern[word] >> np.uint64(bit)) & _ONE:
                            slope = _plus(right[here + j], prime - left[here + j], prime)
                        else:
                            slope = _plus(left[here + j], prime - right[here + j], prime)
                        change = _times(slope, values[here + j], prime, inverse)
                        column = first_weight[k + 1] + j * width
                        _spread(values, there, width, columns, column, change, prime, inverse)
            else:
                used = 0
                for j in range(sizes[k]):
                    value = values[here + j]
                    if j < splits[k]:
                        bit_set = (pattern[begin + j // 64] >> np.uint64(j % 64)) & _ONE
                        value = _times(right[here + j] if bit_set else left[here + j], value, prime, inverse)
                    if value != _ZERO:
                        chosen[used], outgoing[used] = j, value
                        used += 1
                for i in range(width):
                    row = first_weight[k + 1] + i * sizes[k]
                    total = _dot(rows, row, chosen, outgoing, used, prime, inverse)
                    values[there + i] = _plus(biases[there + i], total, prime)
            for word in range(begin, end):
                now[word] = pattern[word]
        result[place] = values[first_value[layers]]
    return result


@njit(cache=True)
def _dot(weights: Any, row: Any, chosen: Any, factors: Any, used: Any, prime: Any, inverse: Any) -> Any:
    """The sum of weights[row + chosen] factors / 2^64 mod p, reduced once in 64 terms: 64 (2^61)^2 <= 2^128."""
    total = _ZERO
    for start in range(0, used, 64):
        upper, lower = _ZERO, _ZERO
        for place in range(start, min(start + 64, used)):
            a, b = weights[row + chosen[place]], factors[place]
            product = a * b
            lower += product
            upper += _high(a, b)
            if lower < product:
                upper += _ONE
        upper %= prime
        less = _high(lower * inverse, prime)
        reduced = upper - less if upper >= less else upper - less + prime
        total = _plus(total, reduced, prime)
    return total


@njit(cache=True)
def _spread(
    values: Any, there: Any, width: Any, weights: Any, column: Any, change: Any, prime: Any, inverse: Any
) -> None:
    """Add a change of one value, times its weights, to the values of the next layer."""
    if change != _ZERO:
        for i in range(width):
            product = _times(weights[column + i], change, prime, inverse)
            values[there + i] = _plus(values[there + i], product, prime)


@njit(cache=True)
def _differs(a: Any, b: Any, begin: Any, end: Any) -> Any:
    word = begin
    while word < end and a[word] == b[word]:
        word += 1
    return word < end


@njit(cache=True)
def _few_flips(a: Any, b: Any, begin: Any, end: Any, size: Any) -> Any:
    """Whether fewer than half of a layer's signs differ: then changes cost less than a fresh start."""
    flips = 0
    for word in range(begin, end):
        flipped = a[word] ^ b[word]
        while flipped != _ZERO:
            flipped &= flipped - _ONE
            flips += 1
    return 2 * flips <= size


@njit(cache=True)
def relevant(
    patterns: Words,
    sizes: Indices,
    splits: Indices,
    first_word: Indices,
    first_value: Indices,
    first_support: Indices,
    supports: Words,
    dead_left: npt.NDArray[np.bool_],
    dead_right: npt.NDArray[np.bool_],
    result: Words,
    reached: Words,
    further: Words,
) -> None:
    """Write the patterns with the bits erased that cannot reach a readout: cells that agree in the rest have one map.

    A value reaches the readouts if some weight on a path of values with slopes other than 0 is not 0.

    Parameters
    ----------
    supports : bits
        For value i of layer k, ``ceil(sizes[k-1]/64)`` words at ``first_support[k] + i * that``: the values of
        layer k - 1 whose weight is not 0; for the readout layer one row, the union over all readouts.
    dead_left, dead_right : bool, per value
        Whether the slope on that side is 0.
    result : (cells, words), zeros
    reached, further : scratch, as many words as the widest layer needs

    Guarantee: exact.
    """
    layers = len(sizes) - 1
    for cell in range(len(patterns)):
        length = (sizes[layers - 1] + 63) // 64 if layers else 0
        for word in range(length):
            reached[word] = supports[first_support[layers] + word]
        for k in range(layers - 1, -1, -1):
            length = (sizes[k - 1] + 63) // 64 if k else 0
            for word in range(length):
                further[word] = _ZERO
            for j in range(sizes[k]):
                if (reached[j >> 6] >> np.uint64(j & 63)) & _ONE == _ZERO:
                    continue
                if j < splits[k]:
                    place = first_word[k] + (j >> 6)
                    bit = (patterns[cell, place] >> np.uint64(j & 63)) & _ONE
                    result[cell, place] |= bit << np.uint64(j & 63)
                    dead = dead_right[first_value[k] + j] if bit != _ZERO else dead_left[first_value[k] + j]
                    if dead:
                        continue
                for word in range(length):
                    further[word] |= supports[first_support[k] + j * length + word]
            for word in range(length):
                reached[word] = further[word]


@njit(cache=True)
def insert(keys: Words, numbers: Indices, fingerprints: Words, count: int) -> Indices:
    """The number of each fingerprint in an open hash table; new ones get count, count + 1, ... in order of arrival.

    `keys` holds fingerprint + 1, 0 where empty; its length is a power of 2 that the caller keeps large enough.

    Guarantee: exact.
    """
    mask = np.uint64(len(keys) - 1)
    result = np.empty(len(fingerprints), np.int64)
    for place in range(len(fingerprints)):
        key = fingerprints[place] + _ONE
        slot = _slot(keys, key, mask)
        if keys[slot] == _ZERO:
            keys[slot] = key
            numbers[slot] = count
            count += 1
        result[place] = numbers[slot]
    return result


@njit(cache=True)
def reinsert(keys: Words, numbers: Indices, old_keys: Words, old_numbers: Indices) -> None:
    """Move the entries of a table into a larger, empty one.

    Guarantee: exact.
    """
    mask = np.uint64(len(keys) - 1)
    for place in range(len(old_keys)):
        slot = _slot(keys, old_keys[place], mask)
        keys[slot] = old_keys[place]
        numbers[slot] = old_numbers[place]


@njit(cache=True)
def _slot(keys: Any, key: Any, mask: Any) -> Any:
    """Where a key stands, or the empty slot that it would take."""
    slot = ((key * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)) & mask
    while keys[slot] != _ZERO and keys[slot] != key:
        slot = (slot + _ONE) & mask
    return slot
