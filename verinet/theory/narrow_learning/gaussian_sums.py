r"""The mean square of a sum of ridges under N(0, I), in balls and as a formula.

For :math:`f = c + a \cdot x + \sum_i m_i R_i` with :math:`R_i = (w_i \cdot x + b_i)_+^{k_i}`

.. math:: E f^2 = c^2 + |a|^2 + 2 \sum_i m_i \left( c\, E R_i + k_i\, (a \cdot w_i)\, E (w_i \cdot x + b_i)_+^{k_i - 1}
   \right) + \sum_{ij} m_i m_j E[R_i R_j];

the terms with a follow from Gaussian integration by parts (derived).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

from flint import arb, fmpz, fmpz_mat

from verinet.errors import Unsupported
from verinet.exact.enclosures import ball, precision
from verinet.theory.narrow_learning.biased_kernels import (
    Arithmetic,
    Balls,
    Pair,
    Symbols,
    mean_of_product,
    truncated_mean,
)
from verinet.theory.narrow_learning.canonical_form import gathered, gram
from verinet.theory.narrow_learning.gaussian_kernels import ONE, Atom, Combination, collect, kernel
from verinet.theory.narrow_learning.hermite_coefficients import half_moment
from verinet.theory.ridges import Ridge, RidgeSum
from verinet.work import keep_going

_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class MeanSquare:
    """The mean square of a function under N(0, I), ready to be evaluated.

    Parameters
    ----------
    function : RidgeSum
        Gathered: integer weights.
    products : fmpz_mat
        The inner products of its weights.

    Guarantee: exact (the number it stands for).
    """

    function: RidgeSum
    products: fmpz_mat

    def has_biases(self) -> bool:
        """Whether a ridge has a bias."""
        return any(ridge.bias for ridge in self.function.ridges)

    def ball(self, bits: int) -> arb:
        """A ball that contains the number, computed with `bits` bits.  Guarantee: certified."""
        with precision(bits):
            numbers = Balls(bits)
            total = self._alone(numbers)
            signed = [ball(ridge.coefficient, bits) for ridge in self.function.ridges]
            for i, j in self._pairs():
                first, second = self.function.ridges[i], self.function.ridges[j]
                n, m, p = self.products[i, i], self.products[j, j], self.products[i, j]
                if first.bias or second.bias:
                    pair = Pair((first.bias, second.bias), *(Fraction(int(q)) for q in (n, m, p)))
                    value = mean_of_product(first.power, second.power, pair, numbers)
                elif first.power == second.power == 1:
                    value = _relu_ball(n, m, p)
                else:
                    value = kernel(first.power, second.power, *(Fraction(int(q)) for q in (n, m, p))).ball(bits)
                total += (1 if i == j else 2) * signed[i] * signed[j] * value
            return total

    def combination(self) -> Combination:
        """The number as a rational combination of atoms.  Guarantee: exact.

        Raises
        ------
        Unsupported
            If a ridge has a bias.
        """
        if self.has_biases():
            raise Unsupported(
                "networks with biases have no closed form in elementary functions: it holds Owen's integrals",
                fix="ask for an enclosure, or for the form with integrals",
            )
        f, sums = self.function, defaultdict[Atom, Fraction](Fraction)
        sums[ONE] = _affine_square(f)
        for place, ridge in enumerate(f.ridges):
            square = Fraction(int(self.products[place, place]))
            for factor, power in _with_affine(f, ridge):
                atom, value = _half_mean(power, square)
                sums[atom] += factor * value
        for i, j in self._pairs():
            first, second = f.ridges[i], f.ridges[j]
            n, m, p = (Fraction(int(self.products[place])) for place in ((i, i), (j, j), (i, j)))
            factor = (1 if i == j else 2) * first.coefficient * second.coefficient
            for atom, value in kernel(first.power, second.power, n, m, p).terms:
                sums[atom] += factor * value
        return collect(sums)

    def symbolic(self, integrals: bool = False) -> Any:
        """The number as a sympy expression; with biases only if Owen's integrals may be left in it.

        Raises
        ------
        Unsupported
            If a ridge has a bias and integrals are not wanted.
        """
        if not (self.has_biases() and integrals):
            return self.combination().symbolic()
        numbers = Symbols()
        total = self._alone(numbers)
        for i, j in self._pairs():
            first, second = self.function.ridges[i], self.function.ridges[j]
            n, m, p = (Fraction(int(self.products[place])) for place in ((i, i), (j, j), (i, j)))
            factor = numbers.number((1 if i == j else 2) * first.coefficient * second.coefficient)
            pair = Pair((first.bias, second.bias), n, m, p)
            total += factor * mean_of_product(first.power, second.power, pair, numbers)
        return total

    def _alone(self, numbers: Arithmetic) -> Any:
        """The terms with the affine part; in balls from the start, as exact sums may have enormous denominators."""
        f = self.function
        linear = [(place, numbers.number(a)) for place, a in enumerate(f.linear) if a]
        constant = numbers.number(f.constant)
        total = constant * constant + sum((a * a for _, a in linear), numbers.number(_ZERO))
        for place, ridge in enumerate(f.ridges):
            keep_going()
            square = Fraction(int(self.products[place, place]))
            twice = numbers.number(2 * ridge.coefficient)
            if f.constant:
                total += twice * constant * truncated_mean(ridge.power, ridge.bias, square, numbers)
            if linear:
                along = sum((a * numbers.number(ridge.weight[i]) for i, a in linear), numbers.number(_ZERO))
                slope = truncated_mean(ridge.power - 1, ridge.bias, square, numbers)
                total += twice * along * numbers.number(Fraction(ridge.power)) * slope
        return total

    def _pairs(self) -> Iterator[tuple[int, int]]:
        for pair in combinations_with_replacement(range(len(self.function.ridges)), 2):
            keep_going()
            yield pair


def mean_square(f: RidgeSum) -> MeanSquare:
    r""":math:`E f(x)^2` under N(0, I), to be evaluated.

    Examples
    --------
    >>> f = RidgeSum((_ZERO,), Fraction(1), (Ridge(Fraction(1), (Fraction(1),)),))
    >>> mean_square(f).symbolic(), mean_square(f).ball(64).str(12, radius=False)
    (sqrt(2)/sqrt(pi) + 3/2, '2.29788456080')

    Guarantee: exact (the number it stands for).
    """
    form = gathered(f)
    products = gram([ridge.weight for ridge in form.ridges]) if form.ridges else fmpz_mat(0, 0)
    return MeanSquare(form, products)


def _relu_ball(first: fmpz, second: fmpz, product: fmpz) -> arb:
    """E[(w.x)_+ (v.x)_+]: the kernel that is evaluated most."""
    root = arb(first * second - product**2).sqrt()
    turn = arb.pi() - arb.atan2(root, arb(product)) if root or product else arb(0)
    return (root + turn * arb(product)) / (2 * arb.pi())


def _affine_square(f: RidgeSum) -> Fraction:
    return f.constant**2 + sum((a * a for a in f.linear), _ZERO)


def _with_affine(f: RidgeSum, ridge: Ridge) -> Iterator[tuple[Fraction, int]]:
    """Twice the mean of a ridge times the affine part: multiples of means of truncated powers."""
    if f.constant:
        yield 2 * ridge.coefficient * f.constant, ridge.power
    along = sum((a * w for a, w in zip(f.linear, ridge.weight, strict=True) if w), _ZERO)
    if along:
        yield 2 * ridge.coefficient * along * ridge.power, ridge.power - 1


def _half_mean(power: int, square: Fraction) -> tuple[Atom, Fraction]:
    """The mean of the truncated power of a centred variable."""
    size = half_moment(power).rational * square ** (power // 2)
    return (("half root", square), size) if power % 2 else (ONE, size)
