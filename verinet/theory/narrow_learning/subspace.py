r"""The few directions that a narrow network looks along, from samples: contracted Hermite moments and what they span.

For :math:`f = w \cdot x + \sum_i \lambda_i |u_i \cdot x|` and a unit vector g the matrices

.. math:: M_l(g) = \sum_i \lambda_i (u_i \cdot g)^{l-2} u_i u_i^T
          = \frac{1}{2 a_l} E[f(x) He_l(x)[g^{l-2}, \cdot, \cdot]], \qquad l = 2, 4, 6, \dots,

are averages over samples, and all of their columns lie in the span of the u_i [chen2023].  That moments are to be
contracted and their top eigenvectors joined is the paper's; the noise levels by random signs, the weights of the
eigenvectors, and the moments of a residual as corrections of known ones are derived here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from verinet.theory.narrow_learning.hermite import mean_contraction
from verinet.theory.narrow_learning.hermite_coefficients import hermite_coefficient
from verinet.work import keep_going

__all__ = ["Moment", "Subspace", "estimated_moment", "noise_level", "span_of_moments"]

Floats = npt.NDArray[np.float64]

#: Eigenvalues count from so many noise levels on (tuned on few runs).
LEAST_RATIO = 2.0
#: Random signs that a noise level is measured with.
FLIPS = 2
#: Samples that get random signs; the noise of all is smaller by the root of the ratio.
MOST_FLIPPED = 30_000


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    r"""An estimate of :math:`M_l(g)`.

    Parameters
    ----------
    order : int
        l.
    direction : array of shape (d,)
        g, of length 1; for l = 2 it does not matter.
    matrix : array of shape (d, d)
    noise : float
        The spectral norm that the same average has when the labels get random signs.

    Guarantee: estimated.
    """

    order: int
    direction: Floats
    matrix: Floats
    noise: float


@dataclass(frozen=True, slots=True, eq=False)
class Subspace:
    """An orthonormal basis of the directions that moments see.

    Parameters
    ----------
    basis : array of shape (d, r)
    strengths : array of shape (r,)
        Of the directions, in noise levels; the directions are sorted by them.
    moments : tuple of Moment

    Guarantee: estimated.
    """

    basis: Floats
    strengths: Floats
    moments: tuple[Moment, ...]


def estimated_moment(x: Floats, residual: Floats, direction: Floats, order: int) -> Floats:
    r"""Return the average of :math:`r\, He_l(x)[g^{l-2}, \cdot, \cdot] / (2 a_l)` in O(d^2) a sample.

    Parameters
    ----------
    x : array of shape (n, d)
    residual : array of shape (n,)
    direction : array of shape (d,)
        Of length 1.
    order : int
        Even, at least 2.

    Examples
    --------
    >>> x = np.random.default_rng(1).normal(size=(200_000, 2))
    >>> M = estimated_moment(x, np.abs(x @ [0.6, 0.8]), np.array([1.0, 0.0]), 2)
    >>> bool(np.abs(M - [[0.36, 0.48], [0.48, 0.64]]).max() < 0.02)
    True

    Guarantee: estimated.
    """
    return mean_contraction(x, residual, direction, order) / (2 * float(hermite_coefficient(order)))


def span_of_moments(
    x: Floats,
    residual: Floats,
    neurons: int,
    rng: np.random.Generator,
    *,
    known: tuple[Floats, Floats] | None = None,
    contractions: int | None = None,
) -> Subspace:
    r"""Return the span of the at most k strongest directions of the moments M_2 and M_4(g), ..., M_{2k+2}(g).

    Every moment adds the projectors on its eigenvectors, weighted by how far the eigenvalue stands above the noise;
    half of the vectors g are drawn in the span that M_2 sees, where the u_i.g are not as small as in all of space.

    Parameters
    ----------
    x : array of shape (n, d)
    residual : array of shape (n,)
        Labels less their affine part and less the neurons that are `known`.
    neurons : int
        k.
    rng : numpy.random.Generator
    known : pair of arrays of shapes (m,) and (m, d), optional
        Coefficients and unit directions of |u.x| that were subtracted: their exact moments are added again, so
        that only what is left of the function makes noise.
    contractions : int, optional
        Vectors g of every order; min(2k, 6) unless told.

    Guarantee: estimated.
    """
    dimension = x.shape[1]
    count = min(2 * neurons, 6) if contractions is None else contractions
    first = _moment(x, residual, np.eye(dimension)[0], 2, rng, known)
    found = [first]
    seen = _top(first.matrix, neurons)
    for order in range(4, 2 * neurons + 3, 2):
        for place in range(count):
            keep_going()
            along = seen @ rng.normal(size=seen.shape[1:]) if place % 2 == 0 else rng.normal(size=(dimension,))
            found.append(_moment(x, residual, along / np.linalg.norm(along), order, rng, known))
    joined = np.zeros((dimension, dimension))
    for moment in found:
        values, vectors = np.linalg.eigh(moment.matrix)
        weights = np.maximum(np.abs(values) / max(moment.noise, 1e-300) - LEAST_RATIO, 0.0) ** 2
        joined += (vectors * weights) @ vectors.T
    values, vectors = np.linalg.eigh(joined)
    rank = min(neurons, dimension)
    order_ = np.argsort(values)[::-1][:rank]
    return Subspace(vectors[:, order_], np.sqrt(np.maximum(values[order_], 0.0)), tuple(found))


def noise_level(x: Floats, residual: Floats, direction: Floats, order: int, rng: np.random.Generator) -> float:
    """The spectral norm that the moment has when labels get random signs, from a part of the samples.

    Guarantee: estimated.
    """
    few = min(len(residual), MOST_FLIPPED)
    noise = 0.0
    for _ in range(FLIPS):
        flipped = residual[:few] * (2.0 * rng.integers(0, 2, size=few) - 1)
        noise = max(noise, float(np.linalg.norm(estimated_moment(x[:few], flipped, direction, order), 2)))
    return noise * math.sqrt(few / len(residual))


def _moment(
    x: Floats,
    residual: Floats,
    direction: Floats,
    order: int,
    rng: np.random.Generator,
    known: tuple[Floats, Floats] | None,
) -> Moment:
    matrix = estimated_moment(x, residual, direction, order)
    noise = noise_level(x, residual, direction, order, rng)
    if known is not None:
        coefficients, units = known
        matrix = matrix + (units.T * (coefficients * (units @ direction) ** (order - 2))) @ units
    return Moment(order, direction, matrix, noise)


def _top(matrix: Floats, count: int) -> Floats:
    values, vectors = np.linalg.eigh(matrix)
    result: Floats = vectors[:, np.argsort(np.abs(values))[::-1][:count]]
    return result
