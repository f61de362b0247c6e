r"""Rounding error bounds of one layer of the line search, for float64 and double-double alike.

A row of values h with weight w stands for an exact row h*, w* with :math:`|h - h^*|_2 \le e_h`,
:math:`|w - w^*| \le e_w`.  With :math:`g` the relative error of a dot product of n + 1 terms in any order (fused
operations allowed) whose coefficients were rounded once, Cauchy and Schwarz give for :math:`z = W h + w b`

.. math:: |z_j - z^*_j| \le |W_j|_2 (e_h + g |h|_2) + |b_j| (e_w + g w),
   \qquad |z - z^*|_2 \le \sigma e_h + |b|_2 e_w + g (|W|_F |h|_2 + |b|_2 w), \quad \sigma \ge |W|_2 ,

because the rounding error of entry j is at most :math:`g (|W_j|\cdot|h| + |b_j| w)`.  A continuous table with slopes
at most :math:`\lambda` in size and constants :math:`c` multiplies a row's error by :math:`\lambda` and adds
:math:`|c|_2 e_w`, since :math:`w f(z / w)` is Lipschitz with these constants.  Underflow is covered by `TINY`, overflow
by an infinite bound, which decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from verinet.regions.line_layers import Floats, Integers, LineLayer

UNIT = 2.0**-53
#: Enlarges every computed bound by more than its own few roundings can lose.
SAFE = 1.0 + 1e-10
TINY = 1e-290
LARGEST = 1e290


@dataclass(frozen=True)
class LayerBounds:
    """Norms of a layer.

    Parameters
    ----------
    layer : LineLayer
    sharp : bool
        Whether the spectral norm is worth its price (many layers); the Frobenius norm bounds it for free.
    """

    layer: LineLayer
    sharp: bool

    @cached_property
    def norms(self) -> Floats:
        """2-norms of the rows of the weight."""
        weight = self.layer.float_weight
        return enlarged(np.sqrt(np.einsum("ij,ij->i", weight, weight)), weight.shape[1])

    @cached_property
    def biases(self) -> Floats:
        """Sizes of the biases."""
        return enlarged(np.abs(self.layer.float_bias), 1)

    @cached_property
    def frobenius(self) -> float:
        """The Frobenius norm."""
        return float(enlarged(np.sqrt(np.array(self.norms @ self.norms)), len(self.norms)))

    @cached_property
    def bias_norm(self) -> float:
        """The 2-norm of the bias."""
        return float(enlarged(np.sqrt(np.array(self.biases @ self.biases)), len(self.biases)))

    @cached_property
    def spectral(self) -> float:
        """An upper bound of the spectral norm."""
        return spectral_bound(self.layer.float_weight, self.frobenius) if self.sharp else self.frobenius

    @cached_property
    def pieces(self) -> Integers:
        """The first piece of every unit in the arrays of slopes and constants."""
        starts, _, _, _, _ = self.layer.float_tables
        first: Integers = starts + np.array(self.layer.which, dtype=np.int64)
        return first

    @cached_property
    def lipschitz(self) -> float:
        """The largest slope in size."""
        return max((abs(float(s)) for table in self.layer.tables for s in table.slopes), default=0.0) * SAFE

    @cached_property
    def constant_norm(self) -> float:
        """The 2-norm over the units of the largest constant and breakpoint in size."""
        largest = [max(abs(float(c)) for c in (*t.constants, *t.breakpoints)) for t in self.layer.tables]
        chosen = np.array(largest, dtype=np.float64)[list(self.layer.which)]
        return float(enlarged(np.sqrt(np.array(chosen @ chosen)), len(chosen)))

    @cached_property
    def rounds(self) -> bool:
        """Whether applying the tables can round (a slope of 0 or 1 and no constant does not)."""
        return any(abs(s) not in (0, 1) for t in self.layer.tables for s in t.slopes) or self.constant_norm > 0

    def after_affine(
        self, g: float, norm: Floats, eh: Floats, w: Floats, ew: Floats
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """`inner`, `outer`, `floor` of the entries' bound ``norms inner + biases outer + floor``; the rows' bound."""
        with np.errstate(all="ignore"):
            large = norm * self.frobenius + w * self.bias_norm
            floor = TINY * (1.0 + large + norm)
            floor = np.where(large < LARGEST, floor, np.inf)
            inner = (eh + g * norm) * SAFE
            outer = (ew + g * w) * SAFE
            row = self.spectral * eh + self.bias_norm * ew + g * large
            row = (row + floor * (1.0 + len(self.norms))) * SAFE
        return inner, outer, floor, row

    def after_tables(self, u: float, size: Floats, ez: Floats, w: Floats, ew: Floats) -> Floats:
        """Error of the rows after the tables; `size` bounds the rows before them, u one rounding."""
        with np.errstate(all="ignore"):
            lost = 0.0 if not self.rounds else 8.0 * u * (1.0 + self.lipschitz)
            error = self.lipschitz * ez + self.constant_norm * ew + lost * (size + self.constant_norm * w)
            result: Floats = (error + TINY * (1.0 + size)) * SAFE
        return result


def enlarged(values: Floats, terms: int) -> Floats:
    """At least the exact value of a float sum of `terms` nonnegative products and its root, of rounded numbers."""
    larger: Floats = values * (1.0 + 4.0 * (terms + 8) * UNIT) + TINY
    return larger


def spectral_bound(weight: Floats, frobenius: float) -> float:
    r"""An upper bound of the spectral norm.

    With G the smaller Gram matrix and c a guess, a Cholesky factorisation of c I - G that runs to its end in
    float64 proves :math:`\lambda_{\max}(G) \le c + \gamma_{n+2}\, n\, c` (Demmel; Higham 2002, theorem 10.7; the trace
    is at most n c); the rounding of G itself is at most :math:`\gamma_{n}|W|_F^2`.

    Guarantee: certified.

    Examples
    --------
    >>> 2.0 <= spectral_bound(np.diag([2.0, 1.0]), 2.3) < 2.2
    True
    """
    rows, columns = weight.shape
    if min(rows, columns) <= 1 or not 1e-100 < frobenius < 1e100:
        return frobenius
    gram = weight @ weight.T if rows <= columns else weight.T @ weight
    n = len(gram)
    lost = 2.0 * (max(rows, columns) + 4.0) * UNIT * frobenius**2
    vector = np.sqrt(np.diag(gram)) + 1e-3
    for _ in range(12):
        vector = gram @ (vector / np.linalg.norm(vector))
    guess = float(np.linalg.norm(vector)) * 1.03
    for _ in range(12):
        if guess >= frobenius**2:
            return frobenius
        try:
            np.linalg.cholesky(guess * np.eye(n) - gram)
        except np.linalg.LinAlgError:
            guess *= 1.08
            continue
        proved = guess * (1.0 + 4.0 * (n + 4.0) * n * UNIT) + lost
        return min(frobenius, float(np.sqrt(proved)) * (1.0 + 1e-8))
    return frobenius
