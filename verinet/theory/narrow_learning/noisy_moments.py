r"""Contractions of moment tensors with noise: measured ones, or exact ones with noise of a given relative size."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import TYPE_CHECKING

from flint import arb, fmpq, fmpq_mat

from verinet.errors import NotANumber, ShapeMismatch, Unsupported
from verinet.exact.enclosures import precision
from verinet.exact.linalg import Matrix
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.networks.network import Network
from verinet.theory.narrow_learning.line_form import line_form
from verinet.theory.narrow_learning.oracles import ExactMoments, flint, flint_matrix, function_of
from verinet.theory.ridges import RidgeSum, Row

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class MeasuredMoments:
    r"""Contractions that were measured at one or more directions.

    Parameters
    ----------
    linear : tuple of Fraction
        E[f(x) x].
    table : mapping of tuple of Fraction to tuple of Matrix
        Direction g to H_0(g), H_1(g), ...

    Guarantee: numeric (the numbers are exact, what they measure is not).
    """

    linear: Row
    table: Mapping[Row, tuple[Matrix, ...]]

    __repr__ = spelled_fields

    @classmethod
    def of_arrays(
        cls, linear: NDArray[np.float64], directions: NDArray[np.float64], matrices: NDArray[np.float64]
    ) -> MeasuredMoments:
        """Return the record of arrays of floats, which stand for the dyadic rationals that they denote.

        Parameters
        ----------
        linear : array of shape (d,)
        directions : array of shape (n, d)
        matrices : array of shape (n, m, d, d)
            Symmetric up to rounding: the symmetric part is taken.

        Raises
        ------
        ShapeMismatch
            If the shapes do not fit.
        NotANumber
            If an entry is not finite.

        Examples
        --------
        >>> import numpy as np
        >>> measured = MeasuredMoments.of_arrays(np.zeros(1), np.ones((1, 1)), np.full((1, 2, 1, 1), 0.5))
        >>> measured.contractions((Fraction(1),), 2)
        [[1/2], [1/2]]
        """
        import numpy as np

        arrays = [np.asarray(array, dtype=np.float64) for array in (linear, directions, matrices)]
        size, count = arrays[0].shape[:1], arrays[1].shape[:1]
        shapes = [array.shape for array in arrays]
        if shapes != [size, count + size, count + shapes[2][1:2] + size + size] or not all(size + count):
            raise ShapeMismatch(
                f"a linear part, directions and matrices have the shapes {', '.join(map(str, shapes))}",
                fix="give arrays of shapes (d,), (n, d) and (n, m, d, d)",
            )
        if not all(np.isfinite(array).all() for array in arrays):
            raise NotANumber("a moment is not finite", fix="leave out what was not measured")
        table = {}
        for direction, group in zip(arrays[1].tolist(), arrays[2].tolist(), strict=True):
            exact = (Matrix.from_rows([[Fraction(a) for a in row] for row in rows]) for rows in group)
            table[tuple(map(Fraction, direction))] = tuple((h + h.T).scale(Fraction(1, 2)) for h in exact)
        return cls(tuple(map(Fraction, arrays[0].tolist())), table)

    def contractions(self, direction: Row, count: int) -> list[fmpq_mat]:
        """Return the matrices at a direction of the table.

        Raises
        ------
        Unsupported
            If there is no such direction, or fewer matrices.
        """
        matrices = self.table.get(tuple(direction), ())
        if len(matrices) < count:
            raise Unsupported(
                f"{len(matrices)} contractions were measured at that direction, {count} are needed",
                fix="measure as many moments as twice the number of neurons",
            )
        return [flint_matrix(matrix) for matrix in matrices[:count]]


@dataclass(frozen=True, slots=True)
class NoisyMoments:
    r"""Moments with noise: :math:`H_m + \eta |H_m|_F E` with a random symmetric E, :math:`|E|_F = 1`, afresh each time.

    Parameters
    ----------
    source : Network, RidgeSum or MeasuredMoments
        Whose moments; measured ones have their noise already.
    noise : Fraction
        The relative size of the noise; for measured moments, of that which they have.
    seed : int
        Of the noise, which depends on the direction, too.

    Raises
    ------
    NotANumber
        If the noise is not between 0 and 1.

    Guarantee: numeric.
    """

    source: Network | RidgeSum | MeasuredMoments
    noise: Fraction
    seed: int = 0

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        object.__setattr__(self, "noise", Q(self.noise))
        if not 0 < self.noise < 1:
            raise NotANumber(
                f"noise is between 0 and 1, got {format_rational(self.noise)}",
                fix="give a small positive number, or exact moments",
            )
        if not isinstance(self.source, MeasuredMoments):
            function_of(self.source)

    @property
    def inputs(self) -> int:
        """Number of inputs."""
        return len(self.source.linear) if isinstance(self.source, MeasuredMoments) else function_of(self.source).inputs

    @property
    def hidden(self) -> RidgeSum | None:
        """The function itself, if it is known: no learner looks at it before its result stands."""
        return None if isinstance(self.source, MeasuredMoments) else function_of(self.source)

    @property
    def linear(self) -> Row:
        """E[f(x) x], with noise of the same relative size; of that size itself where the vector is 0."""
        if isinstance(self.source, MeasuredMoments):
            return self.source.linear
        exact = line_form(self.source).linear
        draws = random.Random(f"{self.seed} linear")
        errors = [Fraction(draws.gauss(0.0, 1.0)) for _ in exact]
        size = self.noise * _length(exact) / _length(errors)
        return tuple(a + size * e for a, e in zip(exact, errors, strict=True))

    @property
    def bits(self) -> int:
        """How precisely the numbers without their noise are computed."""
        return 128 + 2 * (1 / self.noise).__ceil__().bit_length()

    def contractions(self, direction: Row, count: int) -> list[fmpq_mat]:
        """Return H_0(g), ..., H_{count-1}(g) with noise, each entry a dyadic rational.

        Raises
        ------
        Unsupported
            If the moments are measured ones and this is none of their directions, or there are fewer of them.
        """
        if isinstance(self.source, MeasuredMoments):
            return self.source.contractions(direction, count)
        exact = ExactMoments(self.source).contractions(direction, count)
        draws = random.Random(f"{self.seed} {','.join(map(format_rational, direction))}")
        size = self.inputs
        with precision(self.bits):
            roots = {radicand: flint(_middle(arb(radicand).sqrt())) for radicand in exact}
        found = []
        for m in range(count):
            whole = fmpq_mat(size, size)
            for radicand, matrices in exact.items():
                whole = whole + matrices[m] * roots[radicand]
            whole = dyadic(whole, self.bits)
            error = fmpq_mat(size, size, [flint(Fraction(draws.gauss(0.0, 1.0))) for _ in range(size * size)])
            error = error + error.transpose()
            scale = self.noise * _length(rationals(whole)) / _length(rationals(error))
            found.append(whole + error * flint(scale) if any(whole.entries()) else whole)
        return found


def dyadic(matrix: fmpq_mat, bits: int) -> fmpq_mat:
    """A matrix whose entries are rounded down to so many bits, as the largest of them counts them.

    Examples
    --------
    >>> dyadic(fmpq_mat(1, 2, [fmpq(1, 3), fmpq(100, 3)]), 8)
    [1/4, 133/4]

    Guarantee: numeric.
    """
    entries = matrix.entries()
    largest = max(map(abs, entries), default=fmpq(0))
    if not largest:
        return matrix
    shift = bits - int(largest.p).bit_length() + int(largest.q).bit_length()
    up, down = max(shift, 0), max(-shift, 0)
    whole = [fmpq((int(entry.p) << up) // (int(entry.q) << down)) for entry in entries]
    return fmpq_mat(matrix.nrows(), matrix.ncols(), whole) * (fmpq(1 << down) / (1 << up))


def rationals(matrix: fmpq_mat) -> list[Fraction]:
    """The entries, row by row.  Guarantee: exact."""
    return [Fraction(int(entry.p), int(entry.q)) for entry in matrix.entries()]


def _length(numbers: Sequence[Fraction]) -> Fraction:
    """The Euclidean length, to about 60 bits; 1 for a vector 0, by which a noise may be divided."""
    square = sum((a * a for a in numbers), _ZERO)
    if not square:
        return Fraction(1)
    shift = 60 + max(0, square.denominator.bit_length() - square.numerator.bit_length())
    return Fraction(isqrt((square.numerator << 2 * shift) // square.denominator), 1 << shift)


def _middle(value: arb) -> Fraction:
    mantissa, exponent = (int(part) for part in value.mid().man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent
