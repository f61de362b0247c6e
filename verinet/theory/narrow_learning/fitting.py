r"""Least squares for a narrow network: starts from a net, Gauss-Newton steps, coefficients eliminated in each.

The function that is fitted is :math:`w \cdot x + \sum_i s_i |v_i \cdot x|`, signs s_i, or, with `Fit.proper`, the sum
:math:`\sum_i 2 s_i \max(0, v_i \cdot x)`.  It is *linear* in (w, v) as long as no sample changes its side of a
hyperplane :math:`v_i \cdot x = 0`, so that one Gauss-Newton step from the right sides reaches the minimum.  All of
this is derived; normal equations are summed over blocks of samples, and the next step corrects what they lose.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from verinet.work import keep_going

__all__ = ["Fit", "evaluate", "fitted", "greedy", "loss", "net", "projected", "refitted_coefficients"]

Floats = npt.NDArray[np.float64]

#: Samples that are worked on at once.
CHUNK = 1 << 15
#: Points of a net at most, Gauss-Newton steps, and the decrease of the loss, relative, below which they end.
MOST_POINTS, MOST_STEPS, LEAST_DECREASE = 2000, 60, 1e-7
#: A loss below this part of the mean square of the labels is rounding.
ROUNDING = 1e-28


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    r"""The function :math:`w \cdot x + \sum_i s_i |v_i \cdot x|`, or :math:`\sum_i 2 s_i \max(0, v_i \cdot x)`.

    Parameters
    ----------
    linear : array of shape (d,)
        w; 0 for the second form.
    neurons : array of shape (k, d)
        The vectors v_i.
    signs : array of shape (k,)
        1 or -1 each.
    loss : float
        Mean square of what is left, over the samples of the fit.
    proper : bool
        Whether the second form is meant.

    Guarantee: numeric.
    """

    linear: Floats
    neurons: Floats
    signs: Floats
    loss: float = math.inf
    proper: bool = False

    @property
    def size(self) -> int:
        """Number of neurons."""
        return len(self.signs)

    @property
    def parameters(self) -> int:
        """Numbers that were fitted."""
        return int(self.neurons.size + (0 if self.proper else self.linear.size))

    def lines(self) -> tuple[Floats, Floats]:
        r"""Coefficients and unit vectors of the :math:`\lambda_i |u_i \cdot x|`; zero neurons are left out."""
        lengths = np.linalg.norm(self.neurons, axis=1)
        kept = lengths > 0
        return (self.signs * lengths)[kept], self.neurons[kept] / lengths[kept, None]


def evaluate(fit: Fit, x: Floats) -> Floats:
    """The values of a function at points, of shape (n,).

    Examples
    --------
    >>> f = Fit(np.array([1.0, 0.0]), np.array([[0.0, 2.0]]), np.array([-1.0]))
    >>> evaluate(f, np.array([[1.0, 1.0], [0.0, -3.0]])).tolist()
    [-1.0, -6.0]

    Guarantee: numeric.
    """
    return evaluate_in(fit, x, x)


def loss(fit: Fit, x: Floats, y: Floats) -> float:
    """The mean square of the residual.  Guarantee: numeric."""
    total = sum(float(((y[part] - evaluate(fit, x[part])) ** 2).sum()) for part in _chunks(len(y)))
    return total / len(y)


def net(dimension: int, rng: np.random.Generator, points: int | None = None) -> Floats:
    """Unit vectors, one of each antipodal pair, spread over a sphere: evenly in the plane, else at random.

    Parameters
    ----------
    dimension : int
    rng : numpy.random.Generator
    points : int, optional
        300 in the plane, up to 2000 in higher dimensions, unless told.

    Examples
    --------
    >>> net(2, np.random.default_rng(0), 4).round(3).tolist()
    [[1.0, 0.0], [0.707, 0.707], [0.0, 1.0], [-0.707, 0.707]]

    Guarantee: numeric.
    """
    if dimension == 1:
        return np.ones((1, 1))
    count = min(MOST_POINTS, 300 * (dimension - 1) ** 2) if points is None else points
    if dimension == 2:
        angles = np.pi * np.arange(count) / count
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)
    found = rng.normal(size=(count, dimension))
    result: Floats = found / np.linalg.norm(found, axis=1, keepdims=True)
    return result


def greedy(x: Floats, y: Floats, basis: Floats, neurons: int, rng: np.random.Generator, *, random: bool = False) -> Fit:
    r"""Neurons one by one: the point of a net that explains most of what is left, then a fit of all of them.

    The features :math:`|z \cdot p|`, z = x projected to the subspace, are made orthogonal to x and to the neurons so
    far before they are compared (orthogonal matching pursuit).

    Parameters
    ----------
    x, y : arrays of shapes (n, d) and (n,)
    basis : array of shape (d, r)
        Orthonormal columns: the subspace that neurons are looked for in.
    neurons : int
    rng : numpy.random.Generator
    random : bool
        Whether the directions are drawn instead, all at once: another start.

    Guarantee: numeric.
    """
    z, dimension = x @ basis, basis.shape[1]
    linear = np.asarray(np.linalg.lstsq(x, y, rcond=None)[0], dtype=np.float64)
    fit = Fit(linear, np.zeros((0, dimension)), np.zeros(0), float(((y - x @ linear) ** 2).mean()))
    if random:
        return _fitted(x, z, y, refitted_coefficients(_random(fit, neurons, rng), x, z, y))
    size = float((y**2).mean())
    for _ in range(neurons):
        keep_going()
        if fit.loss <= ROUNDING * size:
            break
        points = net(dimension, rng)
        design = np.concatenate([x, np.abs(z @ fit.neurons.T)], axis=1)
        rest = y - evaluate_in(fit, x, z)
        features = np.abs(z @ points.T)
        frame = np.linalg.qr(design)[0]
        features -= frame @ (frame.T @ features)
        sizes = (features**2).sum(axis=0)
        scores = (features.T @ rest) ** 2 / np.where(sizes > 1e-9 * len(y), sizes, np.inf)
        best = points[int(np.argmax(scores))]
        longer = replace(fit, neurons=np.vstack([fit.neurons, best]), signs=np.append(fit.signs, 1.0))
        fit = _fitted(x, z, y, refitted_coefficients(longer, x, z, y))
    return fit


def projected(fit: Fit, basis: Floats) -> Fit:
    """The function with its neurons in coordinates of a subspace.  Guarantee: numeric."""
    return replace(fit, neurons=fit.neurons @ basis)


def fitted(fit: Fit, x: Floats, y: Floats, basis: Floats | None = None, steps: int = MOST_STEPS) -> Fit:
    """Gauss-Newton steps from a function, damped where they do not help; the neurons stay in a subspace, if given.

    Parameters
    ----------
    fit : Fit
        The start; its neurons in coordinates of the subspace, if there is one.
    x, y : arrays of shapes (n, d) and (n,)
    basis : array of shape (d, r), optional
        Orthonormal columns.
    steps : int
        At most so many.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(500, 2))
    >>> y = np.abs(x @ [3.0, 4.0])
    >>> start = Fit(np.zeros(2), np.array([[1.0, 1.0]]), np.array([1.0]))
    >>> fitted(start, x, y).loss < 1e-20
    True

    Guarantee: numeric.
    """
    return _fitted(x, x if basis is None else x @ basis, y, fit, steps)


def lifted(fit: Fit, basis: Floats) -> Fit:
    """The function with its neurons in coordinates of the space, not of a subspace.  Guarantee: numeric."""
    return replace(fit, neurons=fit.neurons @ basis.T)


def refitted_coefficients(fit: Fit, x: Floats, z: Floats, y: Floats) -> Fit:
    """The best linear part and coefficients for given directions; a sign changes where its coefficient does.

    Guarantee: numeric.
    """
    lengths = np.linalg.norm(fit.neurons, axis=1)
    units = fit.neurons / np.where(lengths > 0, lengths, 1.0)[:, None]
    inputs = x.shape[1]
    size = inputs + fit.size
    gram, right = np.zeros((size, size)), np.zeros(size)
    for part in _chunks(len(y)):
        design = np.concatenate([x[part], np.abs(z[part] @ units.T)], axis=1)
        gram += design.T @ design
        right += design.T @ y[part]
    found = _solved(gram, right, 0.0)
    coefficients = found[inputs:]
    signs = np.where(coefficients < 0, -1.0, 1.0)
    result = Fit(found[:inputs], np.abs(coefficients)[:, None] * units, signs)
    total = sum(float(((y[p] - evaluate_in(result, x[p], z[p])) ** 2).sum()) for p in _chunks(len(y)))
    return replace(result, loss=total / len(y))


def evaluate_in(fit: Fit, x: Floats, z: Floats) -> Floats:
    """Values where the neurons read z and the linear part x.  Guarantee: numeric."""
    inside = z @ fit.neurons.T
    values = 2 * np.maximum(inside, 0.0) @ fit.signs if fit.proper else x @ fit.linear + np.abs(inside) @ fit.signs
    return np.asarray(values, dtype=np.float64)


def _fitted(x: Floats, z: Floats, y: Floats, fit: Fit, steps: int = MOST_STEPS) -> Fit:
    size = float((y**2).mean())
    damping, slow = 1e-4, 0
    gram, right, value = _normal_equations(fit, x, z, y)
    fit = replace(fit, loss=value)
    for _ in range(steps):
        keep_going()
        if fit.loss <= ROUNDING * size or not fit.parameters:
            break
        step = _solved(gram, right, damping)
        if float(step @ right) <= LEAST_DECREASE * fit.loss * len(y):
            break
        trial = _moved(fit, step)
        trial_gram, trial_right, value = _normal_equations(trial, x, z, y)
        if value < fit.loss:
            slow = slow + 1 if value > fit.loss * (1 - LEAST_DECREASE) else 0
            fit, gram, right = replace(trial, loss=value), trial_gram, trial_right
            damping = damping / 10 if damping > 1e-14 else 0.0
        else:
            damping = max(10 * damping, 1e-8)
            slow += 1 if damping > 1e-2 else 0
        if slow > 3:
            break
    return fit


def _normal_equations(fit: Fit, x: Floats, z: Floats, y: Floats) -> tuple[Floats, Floats, float]:
    """Gram matrix of the derivatives, their products with the residual, and the mean square of that."""
    inputs = 0 if fit.proper else x.shape[1]
    width = z.shape[1]
    size = inputs + fit.neurons.size
    gram, right, total = np.zeros((size, size)), np.zeros(size), 0.0
    for part in _chunks(len(y)):
        inside = z[part] @ fit.neurons.T
        sides = 2.0 * (inside > 0) if fit.proper else np.sign(inside)
        rest = y[part] - evaluate_in(fit, x[part], z[part])
        design = np.empty((len(rest), size))
        if inputs:
            design[:, :inputs] = x[part]
        for place in range(fit.size):
            start = inputs + place * width
            np.multiply(z[part], (fit.signs[place] * sides[:, place])[:, None], out=design[:, start : start + width])
        gram += design.T @ design
        right += design.T @ rest
        total += float(rest @ rest)
    return gram, right, total / len(y)


def _solved(gram: Floats, right: Floats, damping: float) -> Floats:
    """A damped solution of normal equations, scaled to a diagonal of ones; directions that they do not see stay."""
    diagonal = np.diag(gram)
    scale = np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    scaled = gram / scale / scale[:, None]
    values, vectors = np.linalg.eigh(scaled)
    kept = values > 1e-13 * max(float(values[-1]), 1e-300)
    inverse = np.where(kept, 1.0 / np.where(kept, values + damping, 1.0), 0.0)
    result: Floats = (vectors @ (inverse * (vectors.T @ (right / scale)))) / scale
    return result


def _moved(fit: Fit, step: Floats) -> Fit:
    inputs = 0 if fit.proper else len(fit.linear)
    linear = fit.linear if fit.proper else fit.linear + step[:inputs]
    return replace(fit, linear=linear, neurons=fit.neurons + step[inputs:].reshape(fit.neurons.shape))


def _random(fit: Fit, neurons: int, rng: np.random.Generator) -> Fit:
    found = rng.normal(size=(neurons, fit.neurons.shape[1]))
    return replace(fit, neurons=found / np.linalg.norm(found, axis=1, keepdims=True), signs=np.ones(neurons))


def _chunks(size: int) -> Iterator[slice]:
    for start in range(0, size, CHUNK):
        yield slice(start, min(start + CHUNK, size))
