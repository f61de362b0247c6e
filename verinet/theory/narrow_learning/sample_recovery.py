r"""A narrow network from samples: subspace, search, corrected moments, refinement, merging, validation.

The frame is the paper's [chen2023]: moments of the residual find a subspace of at most k dimensions, a net of it is
searched, stages repeat on the residual, fresh samples judge.  Its enumeration of the net is replaced by greedy and
random starts with Gauss-Newton steps (derived), which work at sizes where the enumeration cannot; `enumeration` is the
literal way.  Nothing here is a theorem about the hidden function: the error is estimated on samples that were held out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from verinet.errors import BudgetExhausted, NotANumber, ShapeMismatch
from verinet.exact.printing import spelled_fields
from verinet.theory.narrow_learning.blas_threads import one_thread
from verinet.theory.narrow_learning.borders import part, positive, whole
from verinet.theory.narrow_learning.fitted_functions import function_of
from verinet.theory.narrow_learning.fitting import (
    Fit,
    evaluate,
    fitted,
    greedy,
    lifted,
    loss,
    projected,
    refitted_coefficients,
)
from verinet.theory.narrow_learning.learning import Kind, Learned, Log
from verinet.theory.narrow_learning.pruning import pruned
from verinet.theory.narrow_learning.samples import Samples
from verinet.theory.narrow_learning.subspace import span_of_moments
from verinet.theory.narrow_learning.validation import Validation, validated
from verinet.theory.ridges import RidgeSum
from verinet.work import Budget, Progress

__all__ = ["LearnedFromSamples", "check_options", "judged", "recover", "scales_of"]

Floats = npt.NDArray[np.float64]

#: Samples that a search looks at, and a fit in the subspace or the first steps of a refinement.
SEARCHED, FITTED = 4000, 40_000
#: Starts that are refined in all coordinates, besides the best one.
SECOND_THOUGHTS = 3
#: Rounds of moments of the residual.
ROUNDS = 2


@dataclass(frozen=True, slots=True)
class LearnedFromSamples(Learned):
    """What was learned, and its error on samples that were held out.

    Parameters
    ----------
    validation : Validation

    Guarantee: estimated.
    """

    validation: Validation

    __repr__ = spelled_fields


@dataclass(slots=True)
class _Work:
    """Training samples, what is known so far, and the stages."""

    x: Floats
    y: Floats
    neurons: int
    rng: np.random.Generator
    log: Log
    best: Fit
    starts: list[Fit] = field(default_factory=list)

    @property
    def size(self) -> float:
        """Mean square of the labels."""
        return float((self.y**2).mean())

    def relative(self, fit: Fit) -> float:
        """Root of the mean squared residual by that of the labels."""
        return math.sqrt(fit.loss / self.size) if self.size else 0.0

    def part(self, count: int) -> tuple[Floats, Floats]:
        """The first so many training samples, which are in random order."""
        return self.x[:count], self.y[:count]

    def keep(self, fit: Fit) -> None:
        """Take a function of the space, judged on all training samples, if it is better."""
        judged = replace(fit, loss=loss(fit, self.x, self.y))
        if judged.loss < self.best.loss:
            self.best = judged


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
    starts: int = 12,
    confidence: float = 0.95,
    bound: float | None = None,
) -> LearnedFromSamples:
    r"""Return a function with at most so many neurons and a linear part that fits samples with Gaussian points.

    Parameters
    ----------
    data : Samples
    neurons, seed, budget, progress, refine
        As `learn`; without `refine` the neurons stay in the subspace that the moments span.
    held_out : float
        The part of the samples that only the error at the end is taken from.
    starts : int
        Of the search, at most.
    confidence : float
        Of the interval of the error.
    bound : float, optional
        A promised bound of :math:`\sum_i |\mu_i| |u_i|` of the hidden network plus the standard deviation of the
        (sub-Gaussian) label noise: the validation lemma is evaluated with it.

    Raises
    ------
    ShapeMismatch
        If there are fewer samples than twice the numbers that are fitted.
    NotANumber
        For a part, a confidence, a bound or a number of starts that cannot be, and labels and points whose sizes
        differ by more than float64 holds.

    Examples
    --------
    >>> from verinet.theory.narrow_learning.learning import learn
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(4000, 3))
    >>> y = 2 * np.maximum(x @ [0.6, 0.8, 0.0], 0) - np.maximum(x @ [0.0, 0.0, 1.0], 0)
    >>> found = learn(Samples(x, y), neurons=2)
    >>> found.error < 1e-9, sorted(round(c, 6) for c in found.coefficients)
    (True, [-1.0, 2.0])

    Guarantee: estimated.
    """
    check_options(data, neurons, held_out, bound, confidence)
    whole(starts, "the number of starts", 1)
    training, unseen = data.split(held_out, seed)
    scales = scales_of(training)
    training = Samples(training.x / scales[0], training.y / scales[1])
    linear = np.asarray(np.linalg.lstsq(training.x, training.y, rcond=None)[0], dtype=np.float64)
    empty = Fit(linear, np.zeros((0, data.dimension)), np.zeros(0))
    log = Log(progress)
    work = _Work(training.x, training.y, neurons, np.random.default_rng([seed, 2]), log, empty)
    work.keep(empty)
    complete = True
    try:
        _inputs(work)
        _moments_and_search(work, starts)
        for _ in range(ROUNDS):
            _corrected(work)
        if refine:
            _refined(work)
        with log.stage("merging") as told:
            work.best = pruned(work.best, work.x, work.y, told, refine)
    except (KeyboardInterrupt, BudgetExhausted) as stop:
        complete = False
        with log.stage("stopped") as told:
            told("interrupted" if isinstance(stop, KeyboardInterrupt) else stop.problem)
    return judged(work.best, unseen, log, scales=scales, complete=complete, confidence=confidence, promised=bound)


# --- stages ----------------------------------------------------------------------------------------------------------


def _inputs(work: _Work) -> None:
    """Say whether the points look as if they came from N(0, I): the moments mean nothing else."""
    with work.log.stage("inputs") as told:
        size, dimension = work.x.shape
        mean = float(np.abs(work.x.mean(axis=0)).max()) * math.sqrt(size)
        values = np.linalg.eigvalsh(work.x.T @ work.x / size)
        fourth = float(np.abs((work.x**4).mean(axis=0) - 3).max()) * math.sqrt(size / 96)
        wide = 2 * math.sqrt(dimension / size) + dimension / size + 5 / math.sqrt(size)
        likely = mean < 5 and fourth < 6 and values[0] > 1 - wide and values[-1] < 1 + wide
        found = "look standard Gaussian" if likely else "do NOT look standard Gaussian: moments may mislead"
        told(f"{size} training points of {dimension} coordinate{'' if dimension == 1 else 's'} {found}")


def _moments_and_search(work: _Work, starts: int) -> None:
    with work.log.stage("subspace") as told:
        residual = work.y - work.x @ (work.y @ work.x / len(work.y))
        basis = span_of_moments(work.x, residual - residual.mean(), work.neurons, work.rng)
        told(
            f"{basis.basis.shape[1]} directions from {len(basis.moments)} moments, "
            f"{', '.join(f'{strength:.3g}' for strength in basis.strengths)} noise levels strong"
        )
    with work.log.stage("search") as told:
        x, y = work.part(SEARCHED)
        same = 0
        for place in range(starts):
            fit = greedy(x, y, basis.basis, work.neurons, work.rng, random=place > 0)
            least = min((known.loss for known in work.starts), default=math.inf)
            if abs(fit.loss - least) <= 1e-3 * fit.loss:
                same += 1
            elif fit.loss < least:
                same = 0
            work.starts.append(lifted(fit, basis.basis))
            # The same minimum from three starts, or nothing left to explain.
            if same >= 2 or fit.loss <= 1e-20 * work.size:
                break
        work.starts.sort(key=lambda fit: fit.loss)
        told(f"{len(work.starts)} starts, best relative residual {work.relative(work.starts[0]):.3g}")
    with work.log.stage("fit") as told:
        x, y = work.part(FITTED)
        start = projected(work.starts[0], basis.basis)
        work.keep(lifted(fitted(start, x, y, basis.basis), basis.basis))
        told(f"relative residual {work.relative(work.best):.3g} in the subspace")


def _corrected(work: _Work) -> None:
    """Moments of what is left, added to those of what was found: only the rest makes noise."""
    if work.best.loss <= 1e-20 * work.size or not work.best.size:
        return
    with work.log.stage("moments of the residual") as told:
        before = work.best.loss
        residual = work.y - evaluate(work.best, work.x)
        moments = span_of_moments(
            work.x, residual - residual.mean(), work.neurons, work.rng, known=work.best.lines(), contractions=2
        )
        x, y = work.part(FITTED)
        start = projected(work.best, moments.basis)
        start = refitted_coefficients(start, x, x @ moments.basis, y)
        work.keep(lifted(fitted(start, x, y, moments.basis), moments.basis))
        better = "" if work.best.loss < before else ", no better: the subspace before is kept"
        told(f"relative residual {work.relative(work.best):.3g}{better}")


def _refined(work: _Work) -> None:
    with work.log.stage("refinement") as told:
        work.keep(fitted(work.best, *work.part(FITTED)))
        others = 0
        if work.best.loss > 1e-20 * work.size:
            x, y = work.part(2 * SEARCHED)
            best = fitted(work.best, x, y)
            for start in _second_thoughts(work):
                others += 1
                fit = fitted(start, x, y)
                if fit.loss < 0.99 * best.loss:
                    best = fit
                    work.keep(fitted(fit, *work.part(FITTED)))
        best = work.best
        work.keep(fitted(best, work.x, work.y))
        told(f"relative residual {work.relative(work.best):.3g} in all coordinates, after {others} other starts")


def _second_thoughts(work: _Work) -> list[Fit]:
    """Other minima of the search, and starts anywhere in space."""
    found: list[Fit] = []
    for start in work.starts[1:]:
        if len(found) < SECOND_THOUGHTS and all(abs(start.loss - fit.loss) > 0.01 * fit.loss for fit in found):
            found.append(start)
    x, y = work.part(SEARCHED)
    everywhere = np.eye(work.x.shape[1])
    return [*found, greedy(x, y, everywhere, work.neurons, work.rng)]


def judged(
    fit: Fit,
    unseen: Samples,
    log: Log,
    *,
    scales: tuple[float, float] = (1.0, 1.0),
    kind: Kind = "samples",
    complete: bool = True,
    confidence: float = 0.95,
    promised: float | None = None,
) -> LearnedFromSamples:
    """The record of a fit, its error estimated on samples that it has not seen.

    Parameters
    ----------
    fit : Fit
        Of points and labels that were divided by `scales`.
    unseen : Samples
        Not divided by anything.

    Guarantee: estimated.
    """
    function = _scaled(function_of(fit), *scales)
    with log.stage("validation") as told:
        labels = unseen.y / scales[1]
        residual = labels - evaluate(fit, unseen.x / scales[0])
        bound = None if promised is None else promised + _size(function)
        validation = validated(residual, labels, confidence=confidence, bound=bound, unit=scales[1])
        remark = _offset(residual, validation.relative) if complete and kind == "samples" else ""
        told(f"{unseen.size} samples that no other stage saw{remark}")
    found = Learned.of(
        function,
        kind,
        error=validation.relative,
        error_words=str(validation),
        stages=log.stages,
        complete=complete,
    )
    return LearnedFromSamples(
        **{entry.name: getattr(found, entry.name) for entry in fields(found)}, validation=validation
    )


def scales_of(samples: Samples) -> tuple[float, float]:
    """Powers of 2 near the sizes of points and labels; refused if the weights between them were no float64.

    Guarantee: exact.
    """
    inputs, labels = _power_of_two(samples.x), _power_of_two(samples.y)
    if abs(math.log2(labels) - math.log2(inputs)) > 900:
        raise NotANumber(
            f"labels of a size of 2^{math.log2(labels):g} and points of 2^{math.log2(inputs):g} need weights beyond "
            "float64",
            fix="scale the data",
        )
    return inputs, labels


def _power_of_two(values: Floats) -> float:
    """A power of 2 near the size of some numbers, 1 for sizes that need no scaling."""
    exponent = math.frexp(float(np.abs(values).max()))[1]
    return 1.0 if -20 < exponent < 20 else math.ldexp(1.0, max(min(exponent, 1000), -1000))


def _scaled(function: RidgeSum, inputs: float, labels: float) -> RidgeSum:
    """The function of points and labels before they were divided by powers of 2."""
    shrink, stretch = 1 / Fraction(inputs), Fraction(labels)
    ridges = tuple(replace(r, weight=tuple(w * stretch * shrink for w in r.weight)) for r in function.ridges)
    return RidgeSum(tuple(a * stretch * shrink for a in function.linear), ridges=ridges)


def _offset(residual: Floats, relative: float) -> str:
    """A remark if the labels have a constant part: functions without biases are 0 at 0."""
    mean, spread = float(residual.mean()), float(residual.std()) / math.sqrt(len(residual))
    if relative < 1e-6 or abs(mean) < 6 * spread:
        return ""
    return f"; residuals have the mean {mean:.3g}: subtract a constant from the labels if they have one"


def _size(function: RidgeSum) -> float:
    """The sum of the |m| |w| and of the length of the linear part."""
    rows = [[float(r.coefficient * w) for w in r.weight] for r in function.ridges]
    return math.fsum(math.hypot(*row) for row in [*rows, [float(a) for a in function.linear]])


def check_options(data: Samples, neurons: int, held_out: float, bound: float | None, confidence: float) -> None:
    """Refuse what no learner can work with: too few samples, a part that is none.  Guarantee: exact."""
    part(held_out, "a part of the samples")
    part(confidence, "a confidence")
    if bound is not None:
        positive(bound, "a promised bound")
    numbers = data.dimension * (neurons + 1)
    unseen = min(max(round(held_out * data.size), 1), data.size - 1)
    training = data.size - unseen
    if training < 2 * numbers:
        needed = math.ceil(2 * numbers / (1 - held_out)) + 2
        raise ShapeMismatch(
            f"{neurons} neuron{'' if neurons == 1 else 's'} and a linear part on {data.dimension} inputs are {numbers} "
            f"numbers, and {data.size} samples leave {training} to fit them",
            fix=f"give {needed} samples at least, or fewer neurons",
        )
    if unseen < 2:
        raise ShapeMismatch(
            f"an error needs two held-out samples at least, and of {data.size} one is held out",
            fix="give more samples, or a larger part for validation",
        )
