r"""The error of a learned function on samples that it has not seen, and how sure that is.

Two answers, both *estimated*.  The practical one is a normal interval for the ratio of two means.  The other is the
validation lemma of the paper [chen2023] (Lemma 20): for points from N(0, I) the mean of the squared residual over
:math:`n = \Theta((\mu + 4 R^2 k)^2 \log(1/\delta) / t^2)` samples is within t of its expectation with probability
:math:`1 - \delta`.  Explicit constants are derived: a residual :math:`F = \sum_j c_j \varphi_j(u_j \cdot x) + \zeta`
with :math:`|\varphi_j(z)| \le |z|` has

.. math:: E F^{2p} \le C^{2p} (2p-1)!! \le \tfrac{p!}{2} (4 C^4) (2 C^2)^{p-2}, \qquad C = \sum_j |c_j| + s,

by convexity, if the moments of the noise are at most those of a Gaussian with standard deviation s; so Bernstein's
inequality gives :math:`|\mathrm{mean} - E F^2| \le C^2 (\sqrt{8 L/n} + 2 L/n)`, :math:`L = \log(2/\delta)`.  It is a
theorem only under its premises (Gaussian points, a promised C), which no samples can show.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from verinet.errors import ShapeMismatch
from verinet.theory.narrow_learning.borders import part, positive, whole

__all__ = ["Validation", "lemma_deviation", "lemma_samples", "validated"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Validation:
    r"""Squared residuals on samples that were held out, relative to the squared labels.

    Parameters
    ----------
    samples : int
        How many were held out.
    mean_square : float
        Of the residuals; an estimate of :math:`E(\hat f - y)^2`, label noise included.
    label_mean_square : float
        Of the labels.
    relative : float
        The root of their ratio.
    low, high : float
        A normal interval for that root.  What happens with probability 3/n or less may be missing from all samples:
        an error on the wedge between two hyperplanes at a tiny angle, say.
    confidence : float
        Of the interval, if n is large.
    promised : float or None
        Half the width t of the lemma's interval for `mean_square`, if a bound C was promised.

    Guarantee: estimated.
    """

    samples: int
    mean_square: float
    label_mean_square: float
    relative: float
    low: float
    high: float
    confidence: float
    promised: float | None = None

    def __str__(self) -> str:
        text = (
            f"estimated: relative L2 error {self.relative:.3g} on {self.samples} samples that were held out, label "
            f"noise included; {100 * self.confidence:g} % interval [{self.low:.3g}, {self.high:.3g}], blind to what "
            f"has a probability below {3 / self.samples:.1g}"
        )
        if self.promised is None:
            return text
        return (
            f"{text}; mean squared error {self.mean_square:.3g} within {self.promised:.3g} if the points are Gaussian "
            "and the promised bound holds"
        )


def validated(
    residual: Floats, labels: Floats, *, confidence: float = 0.95, bound: float | None = None, unit: float = 1.0
) -> Validation:
    r"""The error that residuals on held-out samples show.

    With :math:`\rho = \overline{r^2}/\overline{y^2}` the interval is :math:`\rho \pm z\,\mathrm{sd}(r^2 - \rho y^2) /
    (\sqrt{n}\,\overline{y^2})`, then roots are taken.

    Parameters
    ----------
    residual, labels : arrays of shape (n,)
    confidence : float
    bound : float, optional
        The C of the lemma.
    unit : float
        What residuals and labels were divided by.

    Raises
    ------
    ShapeMismatch
        If there are fewer than two, or not as many of both.
    NotANumber
        For a confidence that is not between 0 and 1, or a bound that is not positive.

    Examples
    --------
    >>> y = np.random.default_rng(0).normal(size=10_000)
    >>> found = validated(0.1 * y, y)
    >>> round(found.relative, 12), found.low <= 0.1 <= found.high
    (0.1, True)

    Guarantee: estimated.
    """
    size = len(residual)
    if size < 2 or residual.shape != labels.shape:
        raise ShapeMismatch(
            f"an error needs two held-out samples at least, got {size} residuals and {len(labels)} labels",
            fix="give more samples, or a larger part for validation",
        )
    part(confidence, "a confidence")
    squares, sizes = residual**2, labels**2
    mean, scale = float(squares.mean()), float(sizes.mean())
    ratio = mean / scale if scale else (0.0 if mean == 0 else math.inf)
    spread = 0.0
    if 0 < ratio < math.inf:
        spread = float((squares - ratio * sizes).std(ddof=1)) / (math.sqrt(size) * scale)
    wide = NormalDist().inv_cdf((1 + confidence) / 2) * spread
    promised = None if bound is None else lemma_deviation(size, bound, 1 - confidence)
    low, high = math.sqrt(max(ratio - wide, 0.0)), math.sqrt(ratio + wide)
    square = unit * unit
    return Validation(size, mean * square, scale * square, math.sqrt(ratio), low, high, confidence, promised)


def lemma_deviation(samples: int, bound: float, delta: float) -> float:
    r"""Return :math:`t = C^2 (\sqrt{8 L/n} + 2 L/n)`, :math:`L = \log(2/\delta)`.

    Parameters
    ----------
    samples : int
        n.
    bound : float
        C.
    delta : float

    Raises
    ------
    NotANumber
        If a number is not positive, or delta not below 1.

    Examples
    --------
    >>> round(lemma_deviation(40_000, 3.0, 0.05), 3)
    0.246

    Guarantee: numeric (the formula; what it says of samples holds under its premises only).
    """
    part(delta, "delta")
    whole(samples, "the number of samples", 1)
    positive(bound, "a promised bound")
    root = math.sqrt(2 * math.log(2 / delta) / samples)
    return bound**2 * (2 * root + root**2)


def lemma_samples(deviation: float, bound: float, delta: float) -> int:
    """The least n for which `lemma_deviation` is at most t.

    Raises
    ------
    NotANumber
        If a number is not positive, or delta not below 1.

    Examples
    --------
    >>> n = lemma_samples(0.1, 3.0, 0.05)
    >>> n, lemma_deviation(n, 3.0, 0.05) <= 0.1 < lemma_deviation(n - 1, 3.0, 0.05)
    (240366, True)

    Guarantee: numeric.
    """
    part(delta, "delta")
    positive(deviation, "a deviation")
    positive(bound, "a promised bound")
    # sqrt(1 + a) - 1 without the cancellation
    ratio = deviation / bound**2
    root = ratio / (math.sqrt(1 + ratio) + 1)
    count = max(math.ceil(2 * math.log(2 / delta) / root**2), 1)
    while count > 1 and lemma_deviation(count - 1, bound, delta) <= deviation:
        count -= 1
    while lemma_deviation(count, bound, delta) > deviation:
        count += 1
    return count
