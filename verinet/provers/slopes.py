"""Monotone and Lipschitz claims: cells by the split tree, and pairs of points that refute them, exactly."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np

from verinet.claims.language import Value
from verinet.claims.slopes import LipschitzAtMost, LipschitzEquals, Monotone
from verinet.claims.verdicts import Proved, Refuted, Unknown, Verdict
from verinet.errors import NotANumber, Unsupported
from verinet.kernel import Statement
from verinet.networks.evaluate import FloatArithmetic, evaluate
from verinet.networks.local_maps import local_map
from verinet.networks.network import Network
from verinet.provers.cases import Box, box_of
from verinet.provers.conjunctions import at_points, conjunction
from verinet.provers.decide import certified, read
from verinet.provers.degree import activations, need_affine
from verinet.provers.slope_leaves import norm_below, offending
from verinet.provers.tree import Fails, Steps, sample_points, search
from verinet.work import Budget, Progress

Point = tuple[Fraction, ...]
#: Points at which slopes are guessed before cells are searched, and how many of these are looked at exactly.
STARTS, TRIED = 256, 4


def monotone(claim: Monotone, budget: Budget, progress: Progress) -> Verdict:
    """Decide it on all cells; two points that differ in one input refute it."""
    return _on_cells(claim, budget, progress)[0]


def lipschitz(claim: LipschitzAtMost, budget: Budget, progress: Progress) -> Verdict:
    """Decide it on all cells; two points refute it."""
    return _on_cells(claim, budget, progress)[0]


def lipschitz_equals(claim: LipschitzEquals, budget: Budget, progress: Progress) -> Verdict:
    """The bound, and two points that take it; if none do, a smaller bound that holds."""
    bound = claim.at_most()
    verdict, contacts = _on_cells(bound, budget, progress)
    if isinstance(verdict, Refuted):
        return at_points(claim.text(), claim.network, _points(verdict), verdict.certificate)
    if not isinstance(verdict, Proved):
        return verdict
    pair = next(((x, other) for x, other in pairwise(contacts) if claim.attained_by(x, other)), None)
    if pair is None:
        return _smaller(claim, budget, progress)
    parts = [verdict]
    for point in pair:
        said = Value(claim.networks, point, claim.outputs_at(point))
        part = certified(said.text(), said.statement(), {})
        if not isinstance(part, Proved):
            return part
        parts.append(part)
    return conjunction(claim.text(), parts)


def _need_slopes(network: Network) -> None:
    """Name the activation for which the slopes of finitely many cells do not tell how the function changes."""
    need_affine(network, "a claim about slopes")
    jumping = next((one for one in activations(network) if not one.is_continuous), None)
    if jumping is not None:
        raise Unsupported(
            f"a claim about slopes needs continuous activations, got {jumping}: slopes of cells do not see its jumps",
            fix="compare values: with g(x, d) = f(x + d) and h(x, d) = f(x), state always((g, h), ...) for all d >= 0",
        )


def _on_cells(
    claim: Monotone | LipschitzAtMost, budget: Budget, progress: Progress
) -> tuple[Verdict, tuple[Point, ...]]:
    """The verdict, and pairs of points that take a Lipschitz bound, one after the other."""
    try:
        data = claim.statement()
        statement = read(data)
    except Unsupported:
        _need_slopes(claim.network)
        raise
    box = box_of(statement.domain) if statement.domain is not None else None
    guess = None if box is None else _guessed(claim, statement, box)
    if guess is not None:
        return at_points(claim.text(), claim.network, guess), ()
    outcome = search(statement, budget, progress)
    if isinstance(outcome, Steps):
        return certified(claim.text(), data, {"steps": outcome.steps}), tuple(outcome.contacts)
    if not isinstance(outcome, Fails):
        return Unknown(f"{outcome.reason} after {outcome.leaves} leaves"), ()
    pair = (outcome.point, outcome.second or outcome.point)
    if not claim.refuted_by(*pair):
        return Unknown("two points did not survive exact evaluation; please report this network"), ()
    return at_points(claim.text(), claim.network, pair), ()


def _guessed(claim: Monotone | LipschitzAtMost, statement: Statement, box: Box) -> tuple[Point, Point] | None:
    """Two points that refute the claim, from slopes by finite differences; floats propose, rationals decide."""
    points = sample_points(box, STARTS)
    if not box.bounded or not len(points):
        return None
    center = np.array([float(Fraction(c, box.over)) for c in box.center])
    half = np.array([float(Fraction(h, box.over)) for h in box.half])
    size = len(center)
    step = 2.0**-12
    try:
        with np.errstate(all="ignore"):
            moved = [points, *(points + step * np.eye(size)[j] for j in range(size))]
            values = [evaluate(claim.network, center + half * at, FloatArithmetic()) for at in moved]
            slopes = np.stack([(v - values[0]) / (step * half[j]) for j, v in enumerate(values[1:])], axis=2)
    except (OverflowError, NotANumber):
        return None
    slopes = np.nan_to_num(slopes)
    order = np.argsort(-np.abs(slopes).sum(axis=(1, 2)), kind="stable").tolist()
    candidates = order[:TRIED] if isinstance(claim, LipschitzAtMost) else order
    tried = 0
    for place in candidates:
        rows = [[Fraction(entry).limit_denominator(10**6) for entry in row] for row in slopes[place].tolist()]
        direction = offending(statement, rows)
        if direction is None or not any(direction):
            continue
        found = _along(claim, box.to_x(points[place].tolist(), 12), direction, box)
        tried += 1
        if found is not None or tried == TRIED:
            return found
    return None


def _along(claim: Monotone | LipschitzAtMost, point: Point, direction: Point, box: Box) -> tuple[Point, Point] | None:
    reach = min((Fraction(h, box.over) for h in box.half if h), default=Fraction(1))
    longest = max(map(abs, direction))
    for shift in (2, 6, 10, 14):
        step = reach / (longest * (1 << shift))
        for way in (step, -step):
            there = tuple((x + way * d).limit_denominator(1 << 40) for x, d in zip(point, direction, strict=True))
            if there != point and claim.refuted_by(point, there):
                return point, there
    return None


def _smaller(claim: LipschitzEquals, budget: Budget, progress: Progress) -> Verdict:
    """The bound holds and no cell takes it: a smaller one holds too, and refutes that it is the least.

    Two points that refute a bound lie in a cell that is steeper; its norm, exactly, is the next bound.  There are
    finitely many cells, and in the end the steepest is met.
    """
    seen, bound = Fraction(0), claim.bound / 2
    while True:
        smaller = LipschitzAtMost(claim.networks, claim.domain, claim.norm, bound)
        verdict, _ = _on_cells(smaller, budget, progress)
        if isinstance(verdict, Proved):
            return Refuted(None, verdict.certificate, f"{claim.text()} (there {smaller.text()})")
        if not isinstance(verdict, Refuted):
            return verdict
        if budget.exhausted():
            return Unknown(f"the bound holds, but no two points were found that take it; {budget.reason()}")
        seen = max(seen, bound)
        steeper = _steepness(claim, _points(verdict))
        if steeper is not None and steeper >= claim.bound:
            return Unknown("a cell takes the bound, but no two points were found that do; please report this network")
        bound = steeper if steeper is not None and steeper > seen else (seen + claim.bound) / 2


def _steepness(claim: LipschitzEquals, points: tuple[Point, ...]) -> Fraction | None:
    """The greatest norm of the cells that have one of these points inside; None if the points lie in no cell.

    In the norm 2, where it may be irrational, a rational number that is no smaller, and below the bound if the norm is.
    """
    pieces = [local_map(claim.network, point) for point in points]
    matrices = [[list(row) for row in piece.weight.to_rows()] for piece in pieces if piece.inside]
    return max((norm_below(claim.norm, rows, claim.bound) for rows in matrices), default=None)


def _points(verdict: Refuted) -> tuple[Point, ...]:
    found = verdict.counterexample
    return () if found is None else (found.x, *(x for x, _ in found.more))
