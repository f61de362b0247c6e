r"""The published enumerations, literally, where their nets are small enough: all tuples of directions and coefficients.

* MultiScaleLearn [chen2023]: on the residual of what was found so far, estimate M_2(g), M_4(g), ..., M_{2k+2}(g); V is
  the span of the top-k singular subspaces of all of them; then *either* take the candidate with one line, from
  M_2(g) g, *or* guess m <= k directions in a net of V's sphere and coefficients in a net; every branch is
  followed, for as many rounds as there are, and the best one on fresh samples is returned.
* NetLearn [chennarayanan2023]: orders up to 2k^2 + 2; V is spanned by the eigenvectors of the sum of the projectors on
  what stands above the noise; one round of guesses.

What differs from print: the widths of the nets are arguments (the printed ones are below 10^{-100} for three neurons),
the noise level of a moment is measured, and the linear part, which the candidate of the paper has no place for, is
estimated beside it.  Tuples are counted before any work, and refused when there are too many.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, combinations, product
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from verinet.errors import BudgetExhausted, NotANumber, Unsupported
from verinet.theory.narrow_learning.blas_threads import one_thread
from verinet.theory.narrow_learning.borders import positive, whole
from verinet.theory.narrow_learning.fitting import Fit, evaluate, fitted, loss
from verinet.theory.narrow_learning.learning import Log
from verinet.theory.narrow_learning.net_tuples import (
    MOST_ATOMS,
    best_tuple,
    cells,
    coefficient_net,
    covering_net,
    tuples,
)
from verinet.theory.narrow_learning.sample_recovery import LearnedFromSamples, check_options, judged, scales_of
from verinet.theory.narrow_learning.samples import Samples
from verinet.theory.narrow_learning.subspace import Moment, estimated_moment, noise_level
from verinet.work import Budget, Progress, keep_going

__all__ = ["recover"]

Floats = npt.NDArray[np.float64]
Algorithm = Literal["NetLearn", "MultiScaleLearn"]

MOST_NEURONS = 3
#: Tuples that are evaluated at most, all branches together, and branches whose moments are estimated.
MOST_TUPLES, MOST_BRANCHES = 50_000_000, 2000
#: Of a sum of projectors: eigenvalues below belong to no direction.
LEAST_SHARE = 0.1
#: Samples that are evaluated on; noise levels above which an eigenvalue counts.
EVALUATED, LEAST_RATIO = 20_000, 2.0


@one_thread()
def recover(
    data: Samples,
    *,
    neurons: int,
    seed: int = 0,
    budget: Budget | None = None,
    progress: Progress,
    refine: bool = True,
    held_out: float = 0.2,
    confidence: float = 0.95,
    bound: float | None = None,
    algorithm: Algorithm = "NetLearn",
    net: float = 0.5,
    step: float | None = None,
    rounds: int = 1,
) -> LearnedFromSamples:
    r"""Return the best of all networks whose directions and coefficients lie in nets.

    Parameters
    ----------
    data : Samples
    neurons : int
        At most 3.
    seed, budget, progress
        As `learn`.
    refine : bool
        Whether the best tuple is fitted afterwards, which the papers do not do.
    held_out, confidence
        As the learner of samples.
    bound : float, optional
        R, a promised bound of :math:`\sum_i |\mu_i|`; without it the root of the mean squared label is doubled.
    algorithm : {"NetLearn", "MultiScaleLearn"}
    net : float
        Width of the net of directions.
    step : float, optional
        Distance of neighbours in the net of the coefficients of the lines, which are in [-R/2, R/2]; `net` times R/2
        unless told.
    rounds : int
        Of MultiScaleLearn, at most k: branches multiply with every round.

    Raises
    ------
    Unsupported
        For more than 3 neurons, another algorithm, or more tuples than are enumerated: the message counts them.
    NotANumber
        For widths and rounds that cannot be, and labels and points whose sizes differ by more than float64 holds.
    ShapeMismatch
        For too few samples.

    Examples
    --------
    >>> from verinet.theory.narrow_learning.learning import learn
    >>> x = np.random.default_rng(0).normal(size=(4000, 2))
    >>> data = Samples(x, 2 * np.maximum(x @ [0.6, 0.8], 0))
    >>> found = learn(data, neurons=1, method="enumeration", net=0.05, step=0.05, bound=2.0, refine=False)
    >>> found.kind, found.error < 0.1
    ('enumeration', True)

    Guarantee: estimated.
    """
    check_options(data, neurons, held_out, bound, confidence)
    _check(neurons, algorithm, net, step, rounds)
    training, unseen = data.split(held_out, seed)
    scales = scales_of(training)
    unit = scales[0] / scales[1]
    training = Samples(training.x / scales[0], training.y / scales[1])
    log = Log(progress)
    size = math.sqrt(float((training.y**2).mean()))
    reach = (2 * size if bound is None else bound * unit) / 2
    coefficients = coefficient_net(reach, max((net * reach if step is None else step * unit), 1e-300))
    direction = np.random.default_rng([seed, 3]).normal(size=(data.dimension,))
    direction /= np.linalg.norm(direction)
    best = Fit(np.zeros(data.dimension), np.zeros((0, data.dimension)), np.zeros(0))
    best, complete = replace(best, loss=loss(best, training.x, training.y)), True
    try:
        with log.stage("enumeration") as told:
            search = _Search(training, neurons, algorithm, net, coefficients, direction, rounds, seed, told)
            for fit in search.branches(best, 0):
                best = fit if fit.loss < best.loss else best
            if search.followed > 1:
                told(f"{search.spent} tuples in {search.followed} branches in all")
            told(f"mean squared residual {best.loss:.3g}")
        if refine:
            with log.stage("refinement") as told:
                better = fitted(best, training.x, training.y)
                best = better if better.loss < best.loss else best
                told(f"mean squared residual {best.loss:.3g}")
    except (KeyboardInterrupt, BudgetExhausted) as stop:
        complete = False
        with log.stage("stopped") as told:
            told("interrupted" if isinstance(stop, KeyboardInterrupt) else stop.problem)
    return judged(
        best, unseen, log, scales=scales, kind="enumeration", complete=complete, confidence=confidence, promised=bound
    )


@dataclass(slots=True)
class _Search:
    """All branches of one of the algorithms."""

    data: Samples
    neurons: int
    algorithm: Algorithm
    width: float
    coefficients: Floats
    direction: Floats
    rounds: int
    seed: int
    told: Callable[[str], None]
    spent: int = 0
    followed: int = 0

    def branches(self, fit: Fit, depth: int) -> Iterator[Fit]:
        """What comes of a residual: the candidate, the best guess, and in earlier rounds whatever follows each."""
        x, y = self.data.x, self.data.y
        keep_going()
        fit = self._with_linear_part(fit)
        residual = y - evaluate(fit, x)
        moments = self._moments(residual - residual.mean())
        basis = self._span(moments)
        count = self._counted(basis.shape[1], depth)
        directions = covering_net(basis.shape[1], self.width)
        few = slice(0, EVALUATED)
        _, pairs = best_tuple((x @ basis)[few], residual[few], directions, self.coefficients, self.neurons)
        guess = self._added(fit, [(self.coefficients[c], basis @ directions[s]) for s, c in pairs])
        candidate = self._candidate(fit, moments[0])
        self.followed += 1
        if not depth:
            self.told(f"{len(moments)} moments, V of {basis.shape[1]} dimensions, {count} tuples")
        yield candidate
        yield guess
        if depth + 1 < self.rounds:
            yield from self.branches(candidate, depth + 1)
            atoms = list(product(self.coefficients.tolist(), (basis @ directions.T).T))
            # A guess of k neurons, or of none, leaves nothing new to a next round.
            for guessed in chain.from_iterable(combinations(atoms, m) for m in range(1, self.neurons)):
                keep_going()
                yield from self.branches(self._added(fit, list(guessed)), depth + 1)

    def _with_linear_part(self, fit: Fit) -> Fit:
        """The linear part is the first moment of what the lines leave (E x |u.x| = 0)."""
        return replace(fit, linear=self.data.y @ self.data.x / self.data.size)

    def _moments(self, residual: Floats) -> list[Moment]:
        last = 2 * self.neurons**2 + 2 if self.algorithm == "NetLearn" else 2 * self.neurons + 2
        found = []
        rng = np.random.default_rng([self.seed, 4])
        for order in range(2, last + 1, 2):
            keep_going()
            matrix = estimated_moment(self.data.x, residual, self.direction, order)
            noise = noise_level(self.data.x, residual, self.direction, order, rng)
            found.append(Moment(order, self.direction, matrix, noise))
        return found

    def _span(self, moments: list[Moment]) -> Floats:
        """Of the projectors (NetLearn, at most k dimensions), or of all top-k singular subspaces."""
        dimension = self.data.dimension
        joined = np.zeros((dimension, dimension))
        for moment in moments:
            values, vectors = np.linalg.eigh(moment.matrix)
            top = np.argsort(np.abs(values))[::-1][: self.neurons]
            if self.algorithm == "NetLearn":
                top = top[np.abs(values[top]) >= LEAST_RATIO * moment.noise]
            joined += vectors[:, top] @ vectors[:, top].T
        values, vectors = np.linalg.eigh(joined)
        kept = values >= LEAST_SHARE if self.algorithm == "NetLearn" else values > 1e-9
        result: Floats = vectors[:, kept][:, ::-1]
        if self.algorithm == "NetLearn":
            result = result[:, : self.neurons]
        return result if result.shape[1] else vectors[:, -1:]

    def _counted(self, rank: int, depth: int) -> int:
        """The number of tuples, refused when it is too large."""
        directions = rank * cells(rank, self.width) ** (rank - 1)
        count = tuples(directions, len(self.coefficients), self.neurons)
        atoms = directions * len(self.coefficients)
        followed = 1 + sum(math.comb(atoms, m) for m in range(1, self.neurons))
        branches = sum(followed**level for level in range(self.rounds))
        self.spent += count
        if atoms > MOST_ATOMS or count * branches > MOST_TUPLES or self.spent > MOST_TUPLES or branches > MOST_BRANCHES:
            each = "" if branches == 1 else f" in each of {branches} branches"
            raise Unsupported(
                f"{directions} directions in {rank} dimensions, {len(self.coefficients)} coefficients and "
                f"{self.neurons} neurons are {count} tuples{each}; at most {MOST_TUPLES} are enumerated, of at most "
                f"{MOST_ATOMS} pairs, in at most {MOST_BRANCHES} branches",
                fix="take wider nets (net=, step=), fewer neurons or rounds, or the learner of samples",
                where=f"round {depth + 1}",
            )
        return count

    def _added(self, fit: Fit, lines: list[tuple[float, Floats]]) -> Fit:
        rows = [abs(c) * u for c, u in lines]
        signs = np.concatenate([fit.signs, [math.copysign(1.0, c) for c, _ in lines]])
        return self._valued(replace(fit, neurons=np.vstack([fit.neurons, *rows]), signs=signs))

    def _candidate(self, fit: Fit, second: Moment) -> Fit:
        """One line, as if M_2 were c u u^T: u along M_2 g, c = u^T M_2 u."""
        along = second.matrix @ self.direction
        length = float(np.linalg.norm(along))
        if not length:
            return self._valued(fit)
        unit = along / length
        return self._added(fit, [(float(unit @ second.matrix @ unit), unit)])

    def _valued(self, fit: Fit) -> Fit:
        # Rounds add lines: no more than were promised are kept.
        if fit.size > self.neurons:
            return replace(fit, loss=math.inf)
        return replace(fit, loss=loss(fit, self.data.x, self.data.y))


def _check(neurons: int, algorithm: str, net: float, step: float | None, rounds: int) -> None:
    if neurons > MOST_NEURONS:
        raise Unsupported(
            f"the enumeration is for at most {MOST_NEURONS} neurons, got {neurons}: its tuples grow like a power of k",
            fix="use the learner of samples (leave method out)",
        )
    if algorithm not in get_args(Algorithm):
        raise Unsupported(
            f"there is no enumeration {algorithm!r}", fix=f"choose one of {', '.join(get_args(Algorithm))}"
        )
    positive(net, "the width of a net")
    if step is not None:
        positive(step, "a step")
    whole(rounds, "the number of rounds", 1)
    if net > 2:
        raise NotANumber(f"a net of directions has a width of at most 2, got {net}", fix="net=0.5")
    if rounds > neurons or (rounds > 1 and algorithm != "MultiScaleLearn"):
        raise NotANumber(
            f"there are 1 to {neurons} rounds, and more than one of MultiScaleLearn only, got {rounds}", fix="rounds=1"
        )
