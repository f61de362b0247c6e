"""Nets of directions and coefficients, and the best of all small sets of pairs from them."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import numpy.typing as npt

from verinet.errors import Unsupported
from verinet.work import keep_going

__all__ = ["MOST_ATOMS", "best_tuple", "cells", "coefficient_net", "covering_net", "tuples"]

Floats = npt.NDArray[np.float64]

#: Pairs of a direction and a coefficient at most.
MOST_ATOMS = 4_000_000
#: Features that are held at once.
_BLOCK = 1 << 22


def cells(dimension: int, width: float) -> int:
    """Cells of the grid of `covering_net` along one axis.  Guarantee: numeric."""
    return max(1, math.ceil(math.sqrt(dimension - 1) / width))


def covering_net(dimension: int, width: float) -> Floats:
    r"""Unit vectors such that every unit vector is within the width of one of them or of its antipode.

    The centres of a grid of cells with sides at most :math:`2 \xi / \sqrt{r-1}` on half the facets of the cube
    :math:`[-1, 1]^r`, projected to the sphere, which lengthens no distance between points outside of the ball: exactly
    :math:`r \lceil \sqrt{r-1} / \xi \rceil^{r-1}` of them.

    Parameters
    ----------
    dimension : int
        r, at least 1.
    width : float
        :math:`\xi`.

    Examples
    --------
    >>> len(covering_net(2, 0.1)), len(covering_net(3, 0.5)), len(covering_net(1, 0.5))
    (20, 27, 1)

    Guarantee: numeric (that it is a net is a proof, up to rounding).
    """
    count = cells(dimension, width)
    centres = (2 * np.arange(count) + 1 - count) / count
    grid = np.array(list(product(centres, repeat=dimension - 1)), dtype=np.float64)
    grid = grid.reshape(count ** (dimension - 1), dimension - 1)
    parts = [np.insert(grid, axis, 1.0, axis=1) for axis in range(dimension)]
    points = np.concatenate(parts)
    result: Floats = points / np.linalg.norm(points, axis=1, keepdims=True)
    return result


def coefficient_net(reach: float, step: float) -> Floats:
    r"""The multiples of a step, without 0, of absolute value at most `reach`.

    Raises
    ------
    Unsupported
        If there are more than are enumerated.

    Examples
    --------
    >>> coefficient_net(1.0, 0.5).tolist(), coefficient_net(0.0, 0.5).tolist()
    ([-1.0, -0.5, 0.5, 1.0], [])

    Guarantee: numeric.
    """
    if not reach <= step * (MOST_ATOMS // 2):
        raise Unsupported(
            f"a step of {step:.3g} in [-{reach:.3g}, {reach:.3g}] gives more than {MOST_ATOMS} coefficients",
            fix="take a larger step (net=, step=)",
        )
    count = math.floor(reach / step) if reach else 0
    places = np.arange(-count, count + 1)
    result: Floats = step * places[places != 0]
    return result


def tuples(directions: int, coefficients: int, neurons: int) -> int:
    """How many sets of at most k pairs (direction, coefficient) there are, the empty one included.

    Examples
    --------
    >>> tuples(20, 8, 1), tuples(20, 8, 2)
    (161, 12881)

    Guarantee: exact.
    """
    return sum(math.comb(directions * coefficients, m) for m in range(neurons + 1))


def best_tuple(
    points: Floats, labels: Floats, directions: Floats, coefficients: Floats, neurons: int
) -> tuple[float, tuple[tuple[int, int], ...]]:
    r"""The least mean of :math:`(y - \sum_j c_j |u_j \cdot x|)^2` over all sets of at most k pairs, and these pairs.

    Parameters
    ----------
    points, labels : arrays of shapes (n, r) and (n,)
    directions : array of shape (s, r)
    coefficients : array of shape (c,)
    neurons : int
        k, at most 3.

    Returns
    -------
    (float, tuple of (int, int))
        The loss, and the places of direction and coefficient; no pair if none is better.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(500, 2))
    >>> value, pairs = best_tuple(x, 2 * np.abs(x[:, 0]), np.eye(2), np.array([-1.0, 2.0]), 2)
    >>> value < 1e-20, pairs
    (True, ((0, 1),))

    Guarantee: numeric.
    """
    count = len(coefficients)
    rest = float((labels**2).mean())
    best: tuple[float, tuple[int, ...]] = (rest, ())
    if not count or not len(directions):
        return rest, ()
    squares, ahead, products = _means(points, labels, directions, neurons)
    alone = (squares[:, None] * coefficients**2 - 2 * ahead[:, None] * coefficients).ravel()
    best = _least(best, alone, rest, ())
    if neurons == 2:
        for second in range(1, len(alone)):  # row by row: all pairs at once would take gigabytes
            keep_going()
            along, coefficient = divmod(second, count)
            beside = 2 * coefficients[coefficient] * np.multiply.outer(products[along], coefficients).ravel()[:second]
            best = _least(best, alone[:second] + beside, rest + float(alone[second]), (second,))
    elif neurons == 3:
        gram = np.kron(products, np.outer(coefficients, coefficients))
        pair = alone[:, None] + alone[None, :] + 2 * gram
        np.fill_diagonal(pair, np.inf)
        best = _least(best, pair, rest, ())
        for third in range(len(alone)):
            keep_going()
            beside = pair[:third, :third] + 2 * (gram[third, :third, None] + gram[third, None, :third])
            best = _least(best, beside, rest + float(alone[third]), (third,))
    return best[0], tuple(divmod(place, count) for place in sorted(best[1]))


def _means(points: Floats, labels: Floats, directions: Floats, neurons: int) -> tuple[Floats, Floats, Floats]:
    """Means of squared features |u.x|, of features times labels, and of products of features if they are needed."""
    size = len(directions)
    squares, ahead = np.zeros(size), np.zeros(size)
    products = np.zeros((size, size) if neurons > 1 else (0, 0))
    block = max(1, _BLOCK // size)
    for start in range(0, len(labels), block):
        keep_going()
        features = np.abs(points[start : start + block] @ directions.T)
        squares += (features**2).sum(axis=0)
        ahead += features.T @ labels[start : start + block]
        if neurons > 1:
            products += features.T @ features
    return squares / len(labels), ahead / len(labels), products / len(labels)


def _least(
    best: tuple[float, tuple[int, ...]], table: Floats, rest: float, others: tuple[int, ...]
) -> tuple[float, tuple[int, ...]]:
    """The better one of what is known and the least entry of a table, whose indices and the others are its atoms."""
    if not table.size:
        return best
    place = int(np.argmin(table))
    value = rest + float(table.flat[place])
    if not value < best[0]:
        return best
    return value, (*map(int, np.unravel_index(place, table.shape)), *others)
