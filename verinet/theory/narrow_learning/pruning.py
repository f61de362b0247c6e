r"""Fewer numbers where samples bear them: neurons merged or left out, and the linear part dropped.

A smaller function replaces the larger one when it does not raise :math:`n \log(\text{mean squared residual}) +
p \log n` (Schwarz's criterion, p the numbers that were fitted): indistinguishable neurons merge, and two that noiseless
samples tell apart stay two.  That it is applied here is derived; what each merge costs is the exact distance of
`merging`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from verinet.theory.narrow_learning.fitted_functions import function_of, orientation
from verinet.theory.narrow_learning.fitting import Fit, fitted, loss
from verinet.theory.narrow_learning.merging import merge
from verinet.work import keep_going

__all__ = ["pruned", "smaller"]

Floats = npt.NDArray[np.float64]

#: Of the mean square of the labels: residuals below are rounding, whatever function they come from.
ROUNDING = 1e-24
#: Samples that the first steps of a smaller function see.
FEW = 40_000
#: A change that alone would raise the loss by so many times the gain of the criterion is not tried,
HOPELESS = 100.0
#: but for the cheapest ones: spare neurons of noiseless samples may stand anywhere that no sample sees.
ALWAYS_TRIED = 3


def pruned(fit: Fit, x: Floats, y: Floats, told: Callable[[str], None], refine: bool = True) -> Fit:
    """The function with as few numbers as the samples bear.

    Parameters
    ----------
    fit : Fit
        Of the samples, in coordinates of the space.
    x, y : arrays of shapes (n, d) and (n,)
    told : callable
        Told what was merged or left out, and at which cost.
    refine : bool
        Whether neurons may move in all coordinates; if not, parallel neurons only are merged.

    Guarantee: numeric; the costs that are told are exact distances, enclosed.
    """
    if not refine:
        told("left alone without refinement")
        return fit
    size, changes = float((y**2).mean()), 0
    while True:
        found = next(
            (
                (words, trial)
                for words, start in smaller(fit, len(y), size)
                if (trial := _as_good(start, fit, x, y, size)) is not None
            ),
            None,
        )
        if found is None:
            break
        told(found[0])
        fit, changes = found[1], changes + 1
    proper = _as_good(_proper(fit), fit, x, y, size)
    if proper is not None:
        told("the linear part is that of the neurons")
        fit = proper
    elif not changes:
        told("no two neurons can be merged")
    return fit


def smaller(fit: Fit, samples: int, size: float) -> Iterator[tuple[str, Fit]]:
    """Functions with one neuron less, the cheapest first, that might fit as well; each with the words for it.

    Guarantee: numeric.
    """
    gain = fit.neurons.shape[1] * math.log(max(samples, 2)) / samples * max(fit.loss, ROUNDING * size)
    trials: list[tuple[float, tuple[int, ...]]] = []
    lengths = np.linalg.norm(fit.neurons, axis=1)
    for i in range(fit.size):
        # Left out: E (|v.x| less its best linear function)^2 is at most |v|^2.
        trials.append((0.1 * float(lengths[i]) ** 2, (i,)))
    for i, j in combinations(range(fit.size), 2):
        trials.append((_estimate(fit, i, j), (i, j)))
    for tried, (cost, places) in enumerate(sorted(trials)):
        keep_going()
        if cost > HOPELESS * gain and tried >= ALWAYS_TRIED:
            return
        if len(places) == 1:
            yield f"neuron {places[0]} left out", _without(fit, places)
        else:
            yield (
                f"neurons {places[0]} and {places[1]} merged, at a cost of {_exactly(fit, *places)}",
                _merged(fit, *places),
            )


def _estimate(fit: Fit, i: int, j: int) -> float:
    """The squared cost of merging two neurons, roughly: delta^3 for one sign, delta^2 lengths for two."""
    a, b = fit.neurons[i], fit.neurons[j]
    long, short = max(np.linalg.norm(a), np.linalg.norm(b)), min(np.linalg.norm(a), np.linalg.norm(b))
    if short == 0:
        return 0.0
    units = a / np.linalg.norm(a), b / np.linalg.norm(b)
    angle = 2 * math.asin(min(1.0, min(float(np.linalg.norm(units[0] - side * units[1])) for side in (1, -1)) / 2))
    if fit.signs[i] == fit.signs[j]:
        return float(0.05 * angle**3 * long * short)
    return float(0.05 * angle**3 * short**2)


def _merged(fit: Fit, i: int, j: int) -> Fit:
    """The vector sum in the place of two neurons."""
    a, b = fit.signs[i] * fit.neurons[i], fit.signs[j] * fit.neurons[j]
    if float(fit.neurons[i] @ fit.neurons[j]) < 0:
        b = -b
    longer = fit.signs[i] if np.linalg.norm(a) >= np.linalg.norm(b) else fit.signs[j]
    rest = _without(fit, (i, j))
    return replace(rest, neurons=np.vstack([rest.neurons, longer * (a + b)]), signs=np.append(rest.signs, longer))


def _without(fit: Fit, places: tuple[int, ...]) -> Fit:
    kept = [place for place in range(fit.size) if place not in places]
    return replace(fit, neurons=fit.neurons[kept], signs=fit.signs[kept])


def _as_good(start: Fit, fit: Fit, x: Floats, y: Floats, size: float) -> Fit | None:
    """The smaller function, fitted, if the criterion prefers it; a part of the samples may show that it does not."""
    few = min(FEW, len(y))
    found = fitted(start, x[:few], y[:few], steps=25)
    floor = ROUNDING * size
    raised = few * math.log(max(found.loss, floor) / max(loss(fit, x[:few], y[:few]), floor)) if size else 0.0
    if raised > 2 * (fit.parameters - found.parameters) * math.log(len(y)) + 20:
        return None
    if len(y) > few:
        found = fitted(found, x, y, steps=12)
    return found if _criterion(found, len(y), size) <= _criterion(fit, len(y), size) else None


def _criterion(fit: Fit, samples: int, size: float) -> float:
    residual = max(fit.loss, ROUNDING * size)
    return (samples * math.log(residual) if residual else -math.inf) + fit.parameters * math.log(samples)


def _proper(fit: Fit) -> Fit:
    """The same neurons, turned, with the linear part that they have themselves."""
    return replace(fit, neurons=fit.neurons * orientation(fit)[:, None], linear=0 * fit.linear, proper=True)


def _exactly(fit: Fit, i: int, j: int) -> str:
    """The exact distance D of the function with both neurons from that with their vector sum, enclosed."""
    if not (fit.neurons[i].any() and fit.neurons[j].any()):
        return "0"
    kept = [place for place in range(fit.size) if fit.neurons[place].any()]
    found = merge(function_of(fit), kept.index(i), kept.index(j))
    return "0" if found.cost.is_zero else f"D = {float(found.cost.enclosure(6).high):.3g}"
