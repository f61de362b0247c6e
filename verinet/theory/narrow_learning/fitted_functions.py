"""From a fit in floats to the function with exactly these numbers."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from verinet.theory.narrow_learning.fitting import Fit
from verinet.theory.ridges import Ridge, RidgeSum

__all__ = ["function_of", "orientation"]

Floats = npt.NDArray[np.float64]

#: Neurons whose orientations are all tried.
ALL_TRIED = 12


def function_of(fit: Fit) -> RidgeSum:
    r"""The function with the numbers of a fit, taken exactly: :math:`|z| = 2 \max(0, z) - z`.

    The neurons are turned so that the linear part that is left is small.

    Guarantee: exact, but for the linear part, a sum of floats that is rounded once an addition.
    """
    sides = np.ones(fit.size) if fit.proper else orientation(fit)
    neurons, signs = fit.neurons * sides[:, None], fit.signs
    linear = fit.linear if fit.proper else fit.linear - signs @ neurons
    ridges = tuple(
        Ridge(Fraction(int(sign)), tuple(map(Fraction, (2 * row).tolist())))
        for sign, row in zip(signs, neurons, strict=True)
        if row.any()
    )
    zero = np.zeros_like(fit.linear)
    return RidgeSum(tuple(map(Fraction, (zero if fit.proper else linear).tolist())), ridges=ridges)


def orientation(fit: Fit) -> Floats:
    """Signs e that make w - sum e_i s_i v_i short: all of them for few neurons, else by single changes.

    Guarantee: numeric (the shortest for at most 12 neurons).
    """
    terms = fit.neurons * fit.signs[:, None]
    best, least = np.ones(fit.size), math.inf
    if fit.size <= ALL_TRIED:
        for code in range(1 << fit.size):
            sides = 1.0 - 2.0 * np.array([code >> place & 1 for place in range(fit.size)], dtype=np.float64)
            value = float(np.linalg.norm(fit.linear - sides @ terms))
            if value < least * (1 - 1e-12):
                best, least = sides, value
        return best
    best = np.where(terms @ fit.linear < 0, -1.0, 1.0)
    least = float(np.linalg.norm(fit.linear - best @ terms))
    changed = True
    while changed:
        changed = False
        for place in range(fit.size):
            other = best.copy()
            other[place] *= -1
            value = float(np.linalg.norm(fit.linear - other @ terms))
            if value < least * (1 - 1e-12):
                best, least, changed = other, value, True
    return best
