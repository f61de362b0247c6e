"""The quick refuter: float64 descent on the violation of a claim, every candidate judged exactly.

Linear claims first with the slopes of the network's affine pieces (provers/descent.py), then, like all others, with
finite differences.  Deterministic: fixed low-discrepancy starts, points clipped to the box in rationals.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from verinet.claims.language import Always, Equal, Fails, Somewhere, SupErrorAtMost, SupErrorEquals
from verinet.errors import NotANumber
from verinet.exact.explorer import Explorer
from verinet.exact.rationals import dyadic
from verinet.kernel import Statement
from verinet.networks.evaluate import FloatArithmetic, evaluate
from verinet.provers import descent
from verinet.provers.cases import Box, Floats
from verinet.work import Budget

Attacked = Always | Equal | SupErrorAtMost | SupErrorEquals | Fails | Somewhere
Point = tuple[Fraction, ...]
STARTS = 512
ROUNDS = 40
QUICK_ROUNDS = 6
KEPT = 16
#: Starts, clauses and steps of the descent by linear programs.
DESCENTS = 12
CLAUSES = 16
STEPS = 20
#: A witness is printed with the smallest of these that will do.
DENOMINATORS = (1, 2, 4, 10, 100, 1000, 10_000, 1_000_000)


def attack(claim: Attacked, statement: Statement, box: Box, points: Floats, budget: Budget, deep: bool) -> Point | None:
    """A point of the domain at which the claim fails, or None; the answer is exact, the search is not.

    `deep`: more rounds, and then linear programs on the local affine pieces.
    """
    # Numbers beyond float64 leave this guesser nothing to say; the tree decides them in integers.
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            return _attacked(claim, statement, box, points, budget, deep)
    except (OverflowError, NotANumber):
        return None


def _attacked(
    claim: Attacked, statement: Statement, box: Box, points: Floats, budget: Budget, deep: bool
) -> Point | None:
    if not box.bounded or any(len(clause) == 0 for clause in statement.clauses):
        return None
    if not statement.clauses and not statement.targets:  # "true" has no counterexample
        return None
    low = np.array([float(end or 0) for end in box.low])
    high = np.array([float(end or 0) for end in box.high])
    center, half = (low + high) / 2, (high - low) / 2
    if descent.applies(statement):
        for point in descent.candidates(statement, (low, high), points, budget, deep):
            found = _exactly(claim, box, point)
            if found is not None:
                return found
    margin = _margin(claim, statement)
    best = np.clip(center + half * points, low, high)
    reach = 0.5
    for _ in range(ROUNDS if deep else QUICK_ROUNDS):
        levels = margin(best)
        order = np.argsort(levels, kind="stable")[:KEPT]
        found = _first_exact(claim, box, best[order[:2]], levels[order[:2]])
        if found is not None or budget.exhausted():
            return found
        best = _neighbours(best[order], levels[order], margin, low, high, reach)
        reach *= 0.8
    if not statement.clauses or not deep:
        return None
    best = best[np.argsort(margin(best), kind="stable")]
    for point in [*best[:2], *(center + half * points[:DESCENTS])]:
        if budget.exhausted():
            return None
        ends = _linear_descent(point, _atoms(claim, statement), (low, high))
        found = _first_exact(claim, box, ends, margin(ends))
        if found is not None:
            return found
    return None


def _first_exact(claim: Attacked, box: Box, points: Floats, levels: Floats) -> Point | None:
    for point, level in zip(points, levels, strict=True):
        found = _exactly(claim, box, point) if level <= 1e-6 else None
        if found is not None:
            return found
    return None


def _linear_descent(point: Floats, atoms: Callable[[Floats], list[Floats]], ends: tuple[Floats, Floats]) -> Floats:
    """Where each clause leads from a point: linear programs on the local affine pieces, in shrinking boxes.

    With the slopes by finite differences, minimise t subject to atom_k <= t for all atoms of the clause.
    """
    low, high = ends
    size, width = len(point), high - low
    reached = []
    for clause in range(min(len(atoms(point[None, :])), CLAUSES)):
        here, reach = point, 0.5
        for _ in range(STEPS):
            shifts = np.where(here + 1e-6 * width <= high, 1e-6, -1e-6) * width
            values = atoms(np.vstack([here, here + np.diag(shifts)]))[clause]
            level = values[0]
            slopes = (values[1:] - level) / np.where(shifts == 0, 1.0, shifts)[:, None]
            left = np.maximum(low, here - reach * width) - here
            right = np.minimum(high, here + reach * width) - here
            bound = float(np.abs(level).max() + np.abs(slopes).sum() * width.max() + 1)
            explorer = Explorer([*left.tolist(), -bound], [*right.tolist(), bound])
            for value, slope in zip(level, slopes.T, strict=True):
                explorer.push(np.concatenate(([-value], -slope, [1.0])))
            answer = explorer.minimize(np.concatenate((np.zeros(size + 1), [1.0])))
            if answer is None:
                break
            there = np.clip(here + answer[1][:size], low, high)
            if atoms(there[None, :])[clause].max() < level.max():
                here = there
            else:
                reach /= 3
            if level.max() < 0:
                break
        reached.append(here)
    return np.array(reached)


def _neighbours(
    points: Floats, levels: Floats, margin: Callable[[Floats], Floats], low: Floats, high: Floats, reach: float
) -> Floats:
    """The points themselves, steps along finite-difference gradients, and steps along the axes."""
    size = points.shape[1]
    width = (high - low) / 2
    shifts = np.vstack([np.diag(width), -np.diag(width)])
    small = np.clip(points[:, None, :] + 1e-4 * shifts[None, :size, :], low, high)
    moved = margin(small.reshape(-1, size)).reshape(len(points), size)
    slope = moved - levels[:, None]
    direction = -np.sign(slope) * width
    steep = -slope / (np.abs(slope).max(axis=1, keepdims=True) + 1e-300) * width
    steps = [points]
    for scale in (reach, reach / 4, reach / 32):
        steps.extend([points + scale * direction, points + scale * steep])
    steps.append((points[:4, None, :] + reach * shifts[None, :, :]).reshape(-1, size))
    return np.clip(np.vstack(steps), low, high)


def _margin(claim: Attacked, statement: Statement) -> Callable[[Floats], Floats]:
    """A float function of points that is negative where the claim is likely to fail."""
    arithmetic = FloatArithmetic()

    def outputs(points: Floats) -> Floats:
        return np.concatenate([evaluate(network, points, arithmetic) for network in claim.networks], axis=-1)

    if isinstance(claim, (SupErrorAtMost, SupErrorEquals)):
        error = float(claim.error)
        targets = [[(float(c), np.array(exponents)) for c, exponents in p.coefficients] for p in claim.targets]

        def gap(points: Floats) -> Floats:
            y = outputs(points)
            zero = np.zeros(len(points))
            values = [sum((c * np.prod(points**e, axis=1) for c, e in terms), zero) for terms in targets]
            result: Floats = error - np.abs(y - np.stack(values, axis=1)).max(axis=1)
            return result

        return gap
    atoms = _atoms(claim, statement)

    def level(points: Floats) -> Floats:
        result: Floats = np.stack([values.max(axis=1) for values in atoms(points)], axis=1).min(axis=1)
        return result

    return level


def _atoms(claim: Attacked, statement: Statement) -> Callable[[Floats], list[Floats]]:
    """Float values of the atoms, an array (points, atoms) a clause, each row scaled to largest entry 1."""
    arithmetic = FloatArithmetic()
    blocks = []
    for clause in statement.clauses:
        rows = []
        for atom in clause:
            row = [*atom.x, *atom.y]
            size = max(map(abs, row)) or 1
            rows.append([entry / size for entry in row])
        blocks.append(np.array(rows))

    def values(points: Floats) -> list[Floats]:
        outputs = [evaluate(network, points, arithmetic) for network in claim.networks]
        known = np.concatenate([np.ones((len(points), 1)), points, *outputs], axis=1)
        return [known @ block.T for block in blocks]

    return values


def _exactly(claim: Attacked, box: Box, point: Floats) -> Point | None:
    """A rational point near this one at which the claim fails, with small denominators if there is one."""
    exact = []
    for entry, (a, b) in zip(point.tolist(), box.sides, strict=True):
        value = dyadic(entry)
        value = a if a is not None and value < a else value
        exact.append(b if b is not None and value > b else value)
    if not fails_at(claim, tuple(exact)):
        return None
    for largest in DENOMINATORS:
        simple = tuple(value.limit_denominator(largest) for value in exact)
        if fails_at(claim, simple):
            return simple
    return tuple(exact)


def fails_at(claim: Attacked, point: Point) -> bool:
    """Does the formula fail at this point of the domain?  Exact, on the networks themselves."""
    if isinstance(claim, (Fails, Somewhere)):
        return claim.domain.contains(point) and not claim.clauses_hold(point)
    return claim.refuted_by(point)
