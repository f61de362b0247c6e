"""Descent on the violation of a linear claim, in floats, with the slopes of the affine piece at each point.

All points move at once along a smoothed gradient; the best are then led on by linear programs on their local piece, in
boxes that shrink where the piece's promise is not kept.  What comes out are proposals: the caller evaluates exactly.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from verinet.exact.explorer import propose
from verinet.kernel import Statement
from verinet.provers.propagation import Model, model_of
from verinet.work import Budget

Floats = npt.NDArray[np.float64]
#: Rounds of the gradient descent; the step shrinks by SHRINK a round, from FIRST to LEAST of the box's half width.
ROUNDS = 60
FIRST, SHRINK, LEAST = 0.25, 0.97, 2e-3
#: How much of the last move is kept, and how far below the largest atom others are weighed in.
MOMENTUM, SOFT = 0.7, 0.05
#: Points that linear programs lead on, how many times each, and the largest box, of the whole one's half width.
LED, PROGRAMS, REACH = 12, 40, 0.2
#: Clauses looked at.
CLAUSES = 16


def applies(statement: Statement) -> bool:
    """Is the claim linear, and every piece of every activation affine?"""
    layers = [layer for network in statement.networks for layer in network]
    affine = all(piece.slope is not None for layer in layers for table in layer.tables for piece in table)
    return affine and bool(statement.clauses) and not statement.targets


def candidates(
    statement: Statement, ends: tuple[Floats, Floats], points: Floats, budget: Budget, deep: bool
) -> Iterator[Floats]:
    """Points of the box at which the claim may fail, clause by clause; `points` start in [-1, 1]^n."""
    if not len(points):  # none of the samples lies in the domain
        return
    model = model_of(statement)
    low, high = ends
    middle, half = (low + high) / 2, (high - low) / 2
    for clause in model.clauses[:CLAUSES]:
        if budget.exhausted():
            return
        atoms = -clause
        best, levels = _gradient(model, atoms, (middle + half * points, low, high))
        order = np.argsort(levels, kind="stable")
        yield best[order[0]]
        if levels[order[0]] < 0 or not deep:
            continue
        for place in order[:LED].tolist():
            if budget.exhausted():
                return
            yield _led(model, atoms, best[place], ends)


def _local(model: Model, points: Floats) -> tuple[Floats, Floats]:
    """Outputs of all networks at points, and the slopes of the affine pieces there."""
    outputs, slopes = [], []
    for network in model.networks:
        values = points
        jacobian = np.broadcast_to(np.eye(points.shape[1]), (len(points), points.shape[1], points.shape[1]))
        for layer in network:
            z = values @ layer.weights.T + layer.bias
            units = np.arange(z.shape[1])
            piece = (layer.ends <= z[:, :, None]).sum(axis=2)
            slope = layer.slopes[units, piece]
            values = slope * z + layer.offsets[units, piece]
            jacobian = np.matmul(layer.weights, jacobian) * slope[:, :, None]
        outputs.append(values)
        slopes.append(jacobian)
    return np.concatenate(outputs, axis=1), np.concatenate(slopes, axis=1)


def _atoms(model: Model, atoms: Floats, points: Floats) -> tuple[Floats, Floats]:
    """The atoms' values at points, and their slopes there."""
    size = points.shape[1]
    outputs, jacobian = _local(model, points)
    values = np.concatenate([np.ones((len(points), 1)), points, outputs], axis=1) @ atoms.T
    return values, atoms[None, :, 1 : 1 + size] + np.matmul(atoms[:, 1 + size :], jacobian)


def _gradient(model: Model, atoms: Floats, start: tuple[Floats, Floats, Floats]) -> tuple[Floats, Floats]:
    """Where the points come lowest: the largest atom, smoothed, goes down; points and levels."""
    points, low, high = start
    half = (high - low) / 2
    best, lowest = points.copy(), np.full(len(points), np.inf)
    moved = np.zeros_like(points)
    step = FIRST
    for _ in range(ROUNDS):
        values, slopes = _atoms(model, atoms, points)
        level = values.max(axis=1)
        better = level < lowest
        best[better], lowest[better] = points[better], level[better]
        if lowest.min() < 0:
            break
        weights = np.exp((values - level[:, None]) / (SOFT * (np.abs(level[:, None]) + 1e-9)))
        weights /= weights.sum(axis=1, keepdims=True)
        slope = np.matmul(weights[:, None, :], slopes)[:, 0, :] * half
        moved = MOMENTUM * moved + slope / (np.abs(slope).max(axis=1, keepdims=True) + 1e-300)
        points = np.clip(points - step * half * moved / (np.abs(moved).max(axis=1, keepdims=True) + 1e-300), low, high)
        step = max(step * SHRINK, LEAST)
    return best, lowest


def _led(model: Model, atoms: Floats, point: Floats, ends: tuple[Floats, Floats]) -> Floats:
    """Linear programs on the local piece: minimise t subject to every atom <= t."""
    low, high = ends
    half, size, reach = (high - low) / 2, len(point), REACH
    values, slopes = _atoms(model, atoms, point[None])
    for _ in range(PROGRAMS):
        if values.max() < 0 or reach < 1e-9:
            break
        moves = slopes[0] * half
        bound = float(np.abs(values).max() + np.abs(moves).sum() + 1)
        rows = np.hstack([-values.T, -moves, np.ones((len(atoms), 1))])
        scale = np.abs(rows).max(axis=1, keepdims=True)
        width = np.where(half > 0, half, 1.0)
        left, right = np.maximum((low - point) / width, -reach), np.minimum((high - point) / width, reach)
        objective = np.zeros(size + 1)
        objective[-1] = -1.0
        answer = propose(rows / scale, np.append(left, -bound), np.append(right, bound), objective)
        if answer is None:
            break
        there = np.clip(point + half * np.array(answer.point[:size]), low, high)
        after, steeper = _atoms(model, atoms, there[None])
        if after.max() < values.max():
            point, values, slopes = there, after, steeper
            reach = min(2 * reach, REACH)
        else:
            reach /= 4
    return point
