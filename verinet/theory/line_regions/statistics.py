"""Linear regions of random networks: each sample counted exactly, their mean estimated."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise
from math import sqrt
from pathlib import Path

from verinet.errors import BudgetExhausted, NotANumber, Unsupported
from verinet.geometry.polyhedra import Polyhedron
from verinet.regions.line_floats import count_on_line
from verinet.regions.line_layers import line_ends
from verinet.theory.line_regions.expectation import Mean, mean_regions, wide_regions
from verinet.theory.line_regions.maximum import region_bound
from verinet.theory.line_regions.record import Counts, Record, head_of, open_record
from verinet.theory.line_regions.setting import Setting, Variance, setting
from verinet.work import SILENT, Budget, Progress, keep_going, under

#: Weights that one task of a process may hold: small samples travel together, large ones alone.
TASK_WEIGHTS = 400_000
MOST_SAMPLES, MOST_JOBS, MOST_TOGETHER = 10**7, 256, 64


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of samples 0, 1, ..., and what they say about the mean.

    Parameters
    ----------
    chosen : Setting
    low, high : Fraction or None
        The domain.
    seed, wanted : int
        The seed; how many samples were asked for.
    activation_regions, linear_regions : tuple of int
        One a sample.
    reason : str
        Why there are fewer than wanted; "" if there are not.

    Guarantee: each count is exact; mean and standard error are estimated.
    """

    chosen: Setting
    low: Fraction | None
    high: Fraction | None
    seed: int
    wanted: int
    activation_regions: tuple[int, ...]
    linear_regions: tuple[int, ...]
    reason: str = ""

    @property
    def samples(self) -> int:
        """How many samples were counted."""
        return len(self.linear_regions)

    @property
    def mean(self) -> Fraction:
        """The mean number of linear regions of these samples."""
        return _mean(self.linear_regions)

    @property
    def standard_error(self) -> float | None:
        """Of the mean; None for a single sample.  Guarantee: estimated."""
        return _standard_error(self.linear_regions)

    @property
    def activation_mean(self) -> Fraction:
        """The mean number of activation regions of these samples."""
        return _mean(self.activation_regions)

    @property
    def activation_standard_error(self) -> float | None:
        """Of that mean.  Guarantee: estimated."""
        return _standard_error(self.activation_regions)

    @property
    def histogram(self) -> tuple[tuple[int, int], ...]:
        """Pairs (linear regions, samples with so many), ascending."""
        return tuple(sorted(Counter(self.linear_regions).items()))

    @property
    def expectation(self) -> Mean | None:
        """The mean over all networks of this setting, by the formula; None if there is none (biases of variance 0)."""
        return mean_regions(self.chosen, self.low, self.high)

    @property
    def wide(self) -> int:
        """The paper's asymptotic number on the whole line, the number of neurons plus 1."""
        return wide_regions(self.chosen.widths)

    @property
    def bound(self) -> int:
        """What no choice of weights exceeds."""
        return region_bound(self.chosen.widths)

    @property
    def deviation(self) -> float | None:
        """Distance of the mean from the expectation in standard errors; None where one of them is missing or 0."""
        expected, error = self.expectation, self.standard_error
        return None if expected is None or not error else float(self.mean - expected.value) / error


def region_statistics(
    widths: Sequence[int],
    weight_variance: Variance = "he",
    bias_variance: Variance = 1,
    samples: int = 1000,
    domain: Polyhedron | None = None,
    *,
    seed: int = 0,
    jobs: int | None = None,
    file: Path | str | None = None,
    budget: Budget | None = None,
    progress: Progress = SILENT,
) -> Statistics:
    """Draw random networks of one input and count the regions of each exactly.

    Sample k depends on the seed and on k alone: any number of processes, and a run that is taken up again from its
    file, give the same numbers.

    Parameters
    ----------
    widths, weight_variance, bias_variance : as for `setting`
    samples : int
    domain : Polyhedron, optional
        An interval; the whole line unless told.
    seed : int
    jobs : int, optional
        Processes; one for every processor unless told.
    file : path, optional
        Keeps finished samples, also when the run is interrupted; the same call goes on from there.
    budget : Budget, optional
        Its seconds are watched; then the result has the samples before the first one that is missing.
    progress : Progress, optional

    Raises
    ------
    ShapeMismatch, NotANumber, InexactInput, Unsupported, EmptyDomain
        For widths, variances, numbers and domains that are none.
    BadFormat
        For a file that holds something else.

    Examples
    --------
    >>> found = region_statistics([2, 2], samples=20, seed=1, jobs=1)
    >>> found.samples, found.expectation.value, max(found.linear_regions) <= 7
    (20, Fraction(4, 1), True)

    Guarantee: each count is exact; mean and standard error are estimated.
    """
    sampling = Sampling(widths, weight_variance, bias_variance, samples, domain, seed=seed, jobs=jobs, file=file)
    sampling.run(budget, progress)
    return sampling.statistics()


class Sampling:
    """What `region_statistics` does, in the hands of someone who wants what was done when it is interrupted."""

    def __init__(
        self,
        widths: Sequence[int],
        weight_variance: Variance = "he",
        bias_variance: Variance = 1,
        samples: int = 1000,
        domain: Polyhedron | None = None,
        *,
        seed: int = 0,
        jobs: int | None = None,
        file: Path | str | None = None,
    ) -> None:
        self.chosen = setting(widths, weight_variance, bias_variance)
        self.low, self.high = line_ends(domain)
        if self.low is not None and self.low == self.high:
            raise Unsupported("regions need an interval with an interior, got a point", fix="give other ends")
        self.samples = _whole(samples, "samples", 1, MOST_SAMPLES)
        self.seed = _whole(seed, "the seed", 0, 2**128 - 1)
        here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self.jobs = _whole(here if jobs is None else jobs, "jobs", 1, MOST_JOBS)
        self.record: Record = open_record(head_of(self.chosen, self.low, self.high, self.seed), file)
        self.reason = ""

    def run(self, budget: Budget | None = None, progress: Progress = SILENT) -> None:
        """Count what is missing; what was counted is kept, however this ends."""
        budget = budget or Budget()
        missing = [k for k in range(self.samples) if k not in self.record.counts]
        tasks = list(_tasks(missing, self.chosen, self.jobs))
        try:
            with under(budget):
                done = self.samples - len(missing)
                for found in self._found(tasks, budget):
                    for index, *counts in found:
                        self.record.put(index, (counts[0], counts[1]))
                    done += len(found)
                    progress.update(done, self.samples - done, "samples")
        except BudgetExhausted as error:
            self.reason = error.problem
        finally:
            self.record.write()

    def statistics(self) -> Statistics:
        """The samples before the first one that is missing.

        Raises
        ------
        BudgetExhausted
            If there is none.
        """
        counts: list[Counts] = []
        while len(counts) < self.samples and len(counts) in self.record.counts:
            counts.append(self.record.counts[len(counts)])
        if not counts:
            raise BudgetExhausted(self.reason or "no sample was counted", fix="give a larger budget")
        reason = "" if len(counts) == self.samples else self.reason or "interrupted"
        active, linear = zip(*counts, strict=True)
        return Statistics(self.chosen, self.low, self.high, self.seed, self.samples, active, linear, reason)

    def _found(self, tasks: Sequence[tuple[int, ...]], budget: Budget) -> Iterator[list[tuple[int, int, int]]]:
        task = (self.chosen, self.low, self.high, self.seed)
        if self.jobs == 1 or len(tasks) <= 1:
            for indices in tasks:
                keep_going()
                yield _counted(*task, indices)
            return
        methods = multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context("fork" if "fork" in methods else "spawn")
        size = min(self.jobs, len(tasks))
        with ProcessPoolExecutor(size, mp_context=context, initializer=_deaf, initargs=(os.getpid(),)) as pool:
            waiting: set[Future[list[tuple[int, int, int]]]] = set()
            left = iter(tasks)
            try:
                while True:
                    # few tasks wait at a time, so that an interrupted run ends soon
                    for indices in islice(left, 2 * size - len(waiting)):
                        waiting.add(pool.submit(_counted, *task, indices))
                    if not waiting:
                        return
                    done, waiting = wait(waiting, timeout=budget.left(), return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
                    keep_going()
            except BaseException:
                for process in list(pool._processes.values()):
                    process.terminate()
                raise


def _deaf(parent: int) -> None:
    """Ctrl-C is for the process that asked: it ends the others, and they end when it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _tasks(missing: Sequence[int], chosen: Setting, jobs: int) -> Iterator[tuple[int, ...]]:
    sizes = (1, *chosen.widths, 1)
    weights = sum(a * b for a, b in pairwise(sizes))
    together = max(1, min(MOST_TOGETHER, TASK_WEIGHTS // weights, len(missing) // (4 * jobs)))
    for start in range(0, len(missing), together):
        yield tuple(missing[start : start + together])


def _counted(
    chosen: Setting, low: Fraction | None, high: Fraction | None, seed: int, indices: Sequence[int]
) -> list[tuple[int, int, int]]:
    return [(k, *count_on_line(*chosen.draw(seed, k), low, high)) for k in indices]


def _whole(value: object, what: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise NotANumber(f"{what} needs an integer from {least} to {most}, got {str(value)[:40]}", fix="give one")
    return value


def _mean(counts: Sequence[int]) -> Fraction:
    return Fraction(sum(counts), len(counts))


def _standard_error(counts: Sequence[int]) -> float | None:
    n = len(counts)
    if n < 2:
        return None
    spread = Fraction(sum(c * c for c in counts)) - Fraction(sum(counts) ** 2, n)
    return sqrt(spread / (n - 1) / n)
