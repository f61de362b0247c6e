r"""Block-Hankel pencils of contractions: eigenvalue problems of a few numbers, in any precision.

Products of whole matrices are those of dyadic rationals (FLINT); what is left for mpmath is no larger than the hidden
layer.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat

from verinet.errors import BudgetExhausted
from verinet.theory.narrow_learning.noisy_moments import NoisyMoments, dyadic, rationals
from verinet.theory.narrow_learning.oracles import flint
from verinet.theory.ridges import Row
from verinet.work import Budget, keep_going

#: Eigenvalues below this many times the noise (times the number of blocks) are cut off.
CUT = 4


@dataclass(frozen=True, slots=True)
class Contracted:
    """The matrices at a direction, dyadic, and the direction as a column.

    Guarantee: numeric.
    """

    direction: fmpq_mat
    matrices: tuple[fmpq_mat, ...]

    @classmethod
    def asked(cls, data: NoisyMoments, direction: Row, count: int, budget: Budget | None) -> Contracted:
        """Ask for H_0, ..., H_{count-1}, a step of the budget.

        Raises
        ------
        BudgetExhausted
            If it has run out.
        """
        keep_going()
        if budget is not None:
            if budget.exhausted():
                raise BudgetExhausted(budget.reason(), fix="give a larger budget")
            budget.spend()
        column = fmpq_mat(len(direction), 1, [flint(a) for a in direction])
        return cls(column, tuple(dyadic(h, data.bits) for h in data.contractions(direction, count)))


def directions_of_pencils(
    m: Any, moments: Contracted, span: fmpq_mat, neurons: int, noise: Fraction
) -> Iterator[list[fmpq_mat]]:
    """The vectors along u that pencils with p = 1, 2, ... blocks give, up to one after which the rank did not grow.

    Parameters
    ----------
    m : context of mpmath
    moments : Contracted
    span : fmpq_mat
        Orthonormal columns whose span contains all u, up to the noise.
    neurons : int
        The largest rank.
    noise : Fraction
        Relative to the largest matrix; eigenvalues below it are cut off.

    Guarantee: numeric.
    """
    reduced = [dense(m, dyadic(span.transpose() * h * span, m.prec)) for h in moments.matrices]
    largest = max(m.norm(list(h), 2) for h in reduced)
    before = 0
    for blocks in range(1, neurons + 1):
        keep_going()
        first, second = (_hankel(m, reduced, blocks, shift) for shift in (0, 1))
        values, vectors = m.eigsy(first)
        cut = CUT * blocks * real(m, noise) * largest
        kept = sorted((i for i in range(len(values)) if abs(values[i]) > cut), key=lambda i: -abs(values[i]))
        rank = min(len(kept), neurons)
        for size in range(rank, 0, -1):
            found = _columns(m, first, second, [vectors[:, i] for i in kept[:size]], [values[i] for i in kept[:size]])
            if found is not None:
                yield [span * column(m, list(u)[: span.ncols()]) for u in found]
                break
        if rank <= before:
            return
        before = rank


def spanning(m: Any, moments: Contracted, neurons: int) -> fmpq_mat:
    """An orthonormal basis of at most k vectors of the span of all matrices, as columns.

    Guarantee: numeric.
    """
    size = moments.direction.nrows()
    total = moments.matrices[0] * moments.matrices[0]
    for h in moments.matrices[1:]:
        total = total + h * h
    total = dyadic(total, 2 * m.prec)
    basis = fmpq_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
    if size > 2 * neurons + 4:  # a few random combinations of the columns have the same span, up to the noise
        draws = random.Random(0)
        mix = fmpq_mat(size, neurons + 4, [draws.randrange(-1000, 1000) for _ in range(size * (neurons + 4))])
        orthonormal, _ = m.qr(dense(m, total * mix), mode="skinny")
        basis = rounded(m, orthonormal)
    values, vectors = m.eigsy(dense(m, dyadic(basis.transpose() * total * basis, 2 * m.prec)))
    order = sorted(range(len(values)), key=lambda i: -values[i])[:neurons]
    best = m.matrix(len(values), len(order))
    for j, i in enumerate(order):
        best[:, j] = vectors[:, i]
    return basis * rounded(m, best)


def _columns(m: Any, first: Any, second: Any, vectors: list[Any], values: list[Any]) -> list[Any] | None:
    """The columns of A that belong to the pencil on some eigenvectors, None if its eigenvalues are not real."""
    size = len(vectors)
    basis = m.matrix(first.rows, size)
    for j, vector in enumerate(vectors):
        basis[:, j] = vector
    pencil = basis.T * second * basis
    for j, value in enumerate(values):
        for i in range(size):
            pencil[i, j] /= value
    nodes, columns = m.eig(pencil)
    if any(abs(m.im(node)) > abs(node) * m.eps * 2**20 for node in nodes):
        return None
    found = []
    for j in range(size):
        vector = basis * columns[:, j]
        lead = max(vector, key=abs)  # a complex factor may stand before a real vector
        found.append([m.re(entry / lead) for entry in vector])
    return found


def _hankel(m: Any, matrices: Sequence[Any], blocks: int, shift: int) -> Any:
    size = matrices[0].rows
    found = m.matrix(blocks * size, blocks * size)
    for a in range(blocks):
        for b in range(blocks):
            for i in range(size):
                for j in range(size):
                    found[a * size + i, b * size + j] = matrices[a + b + shift][i, j]
    return found


# --- numbers of mpmath and of FLINT -------------------------------------------------------------------


def real(m: Any, q: Fraction) -> Any:
    """A rational as mpmath has it."""
    return m.mpf(q.numerator) / m.mpf(q.denominator)


def rational(m: Any, value: Any) -> Fraction:
    """The dyadic rational that a number of mpmath denotes."""
    sign, mantissa, exponent, _ = m.convert(value)._mpf_
    size = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return -size if sign else size


def dense(m: Any, matrix: fmpq_mat) -> Any:
    """A matrix as mpmath has it."""
    return m.matrix([[m.mpf(int(a.p)) / m.mpf(int(a.q)) for a in row] for row in matrix.tolist()])


def rounded(m: Any, matrix: Any) -> fmpq_mat:
    """A matrix of mpmath as FLINT has it."""
    return fmpq_mat(matrix.rows, matrix.cols, [flint(rational(m, entry)) for entry in matrix])


def column(m: Any, entries: Sequence[Any]) -> fmpq_mat:
    """Numbers of mpmath as a column of rationals."""
    return fmpq_mat(len(entries), 1, [flint(rational(m, entry)) for entry in entries])


def square(matrix: fmpq_mat) -> fmpq:
    """The squared Frobenius norm."""
    product = matrix * matrix.transpose()
    return sum((product[i, i] for i in range(product.nrows())), fmpq(0))


def unit_column(m: Any, vector: fmpq_mat) -> fmpq_mat:
    """A column over its length."""
    length = m.sqrt(real(m, sum((a * a for a in rationals(vector)), Fraction(0))))
    return column(m, [real(m, a) / length for a in rationals(vector)])


def inner(a: fmpq_mat, b: fmpq_mat) -> fmpq:
    """The inner product of two columns."""
    return (a.transpose() * b)[0, 0]
