r"""A hidden layer from noisy moments: the block-Hankel pencil, which merges what noise makes indistinguishable.

.. math:: B_s = [H_{a+b+s}]_{a,b<p} = A \operatorname{diag}(\lambda) \operatorname{diag}(y)^s A^T, \qquad
   A = [\, (1, y_i, \dots, y_i^{p-1}) \otimes u_i \,]_i.

With r eigenvectors U of :math:`B_0` and :math:`A = U C`, the matrix :math:`U^T B_1 U (U^T B_0 U)^{-1}` is
:math:`C \operatorname{diag}(y) C^{-1}`: its eigenvectors give :math:`u_i`.  Eigenvalues of :math:`B_0` below the noise
are cut off, so that a cluster of neurons becomes one, or none, by itself; the coefficients follow by least squares.
The method is derived; how errors grow is known by trials only.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat

from verinet.errors import BudgetExhausted
from verinet.theory.narrow_learning.borders import whole
from verinet.theory.narrow_learning.gaussian_distance import gaussian_distance
from verinet.theory.narrow_learning.learning import Learned, Log, above, spelled_above
from verinet.theory.narrow_learning.line_form import Line, LineForm
from verinet.theory.narrow_learning.noisy_moments import MeasuredMoments, NoisyMoments, dyadic, rationals
from verinet.theory.narrow_learning.oracles import flint
from verinet.theory.narrow_learning.orientations import narrow_form
from verinet.theory.narrow_learning.pencils import (
    CUT,
    Contracted,
    directions_of_pencils,
    inner,
    rational,
    spanning,
    square,
    unit_column,
)
from verinet.theory.ridges import RidgeSum, Row, primitive
from verinet.work import SILENT, Budget, Progress, under

_ZERO = Fraction(0)
#: A unit vector, and lambda.
_Neuron = tuple[fmpq_mat, fmpq]


@dataclass(frozen=True, slots=True)
class _Fit:
    """The neurons that one pencil gave, and the relative error of the moments at another direction."""

    neurons: tuple[_Neuron, ...]
    error: Any


def recover(
    data: NoisyMoments,
    *,
    neurons: int,
    seed: int = 0,
    budget: Budget | None = None,
    progress: Progress = SILENT,
    refine: bool = True,
    directions: int = 3,
) -> Learned:
    r"""Return a function with at most so many neurons whose moments are the given ones up to their noise.

    Parameters
    ----------
    data : NoisyMoments
    neurons : int
        k: :math:`H_0, ..., H_{2k-1}` are asked for.
    seed, budget, progress
        As for `learn`.
    refine : bool
        Whether coefficients are fitted to the moments at all directions so far, not only at the pencil's own.
    directions : int
        At so many directions g a pencil is formed: the first is random, the others lie in the span of the moments,
        where the nodes are farther apart.  All are compared at a further one.  Measured moments bring their own
        directions, the last of which is for comparison.

    Raises
    ------
    NotANumber
        If `directions` is not a positive integer.

    Examples
    --------
    Two neurons 1e-8 apart cannot be told apart at a noise of 1e-6, and are learned as one:

    >>> from verinet.theory.ridges import Ridge
    >>> one, near = Fraction(1), Fraction(1, 10**8)
    >>> hidden = RidgeSum((_ZERO,) * 2, ridges=(Ridge(one, (one, _ZERO)), Ridge(one, (one, near))))
    >>> found = recover(NoisyMoments(hidden, Fraction(1, 10**6)), neurons=2)
    >>> len(found.function.ridges), found.error < 1e-5
    (1, True)

    Guarantee: numeric.
    """
    whole(directions, "the number of directions", 1)
    import mpmath

    m = mpmath.MPContext()  # a context of our own: mpmath.mp is global
    m.prec = data.bits
    log = Log(progress)
    best = [_Fit((), m.inf)]
    why = ""
    try:
        for fit in _fits(m, data, neurons, seed, budget, log, refine=refine, directions=directions):
            best.append(fit)
    except (KeyboardInterrupt, BudgetExhausted) as stop:
        why = stop.problem if isinstance(stop, BudgetExhausted) else "it was interrupted"
    least = min(fit.error for fit in best)
    chosen = min((fit for fit in best if fit.error <= 2 * least), key=lambda fit: (len(fit.neurons), fit.error))
    with under(Budget()), log.stage("signs") as found:  # what is left to do is short, and the budget may be gone
        function = _function(m, data, neurons, chosen)
        found(f"{len(function.ridges)} neurons{' and a linear part' if any(function.linear) else ''}")
    known = rational(m, chosen.error) if chosen.error < m.inf else None
    error = None if known is None else above(known)
    words = (
        "not known: no moments were compared"
        if known is None
        else (
            f"numeric: the moments at {_where(data)} are met up to {spelled_above(known)} of their size, their noise "
            f"is {spelled_above(data.noise)}"
        )
    )
    if data.hidden is not None and error is not None and not why:
        with log.stage("comparison") as found:
            compared = _compared(data.hidden, function)
            words += f"; {compared}"
            found(compared)
    words += f"; stopped early: {why}" if why else ""
    return Learned.of(function, "noisy", error=error, error_words=words, stages=log.stages, complete=not why)


def _compared(hidden: RidgeSum, function: RidgeSum) -> str:
    distance = gaussian_distance(function, hidden)
    if distance.is_zero or gaussian_distance(hidden, hidden.scaled(_ZERO)).is_zero:
        return f"exact: the function is {'' if distance.is_zero else 'not '}the hidden one"
    bound = distance.relative(3).high
    return f"certified: its relative Gaussian L2 distance from the hidden function is at most {spelled_above(bound)}"


def _where(data: NoisyMoments) -> str:
    measured = isinstance(data.source, MeasuredMoments) and len(data.source.table) == 1
    return "the only direction that was measured" if measured else "a direction that was not used"


def _fits(
    m: Any,
    data: NoisyMoments,
    neurons: int,
    seed: int,
    budget: Budget | None,
    log: Log,
    *,
    refine: bool,
    directions: int,
) -> Iterator[_Fit]:
    """What all pencils at all directions give."""
    draws = random.Random(f"{seed} noisy")
    given = list(data.source.table) if isinstance(data.source, MeasuredMoments) else []
    fresh = given[-1] if given else _unit(draws, data.inputs)
    used = (given[:-1] or given) if given else [_unit(draws, data.inputs)]
    count = 2 * neurons
    with log.stage("comparison moments") as found:
        check = Contracted.asked(data, fresh, count, budget)
        found(f"{count} contractions at a direction kept for comparison")
    yield _Fit((), m.mpf(any(any(matrix.entries()) for matrix in check.matrices)))  # nothing explains nothing
    seen: list[Contracted] = []
    span: fmpq_mat | None = None
    for place in range(len(given[:-1]) or 1 if given else directions):
        with log.stage("pencil") as found:
            if span is not None and place == len(used):
                used.append(_spread(m, draws, span))
            moments = Contracted.asked(data, used[place], count, budget)
            span = spanning(m, moments, neurons) if span is None else span
            seen.append(moments)
            notes = []
            for vectors in directions_of_pencils(m, moments, span, neurons, data.noise):
                fit_to = seen if refine else [moments]
                fit = _fitted(m, vectors, fit_to, check)
                notes.append(f"{len(vectors)} lines up to {float(fit.error):.1e}")
                yield fit
            found(", ".join(notes) or "nothing above the noise")


def _fitted(m: Any, vectors: Sequence[fmpq_mat], seen: Sequence[Contracted], check: Contracted) -> _Fit:
    """The coefficients by least squares over all matrices, and the error at the direction for comparison."""
    units = [unit_column(m, vector) for vector in vectors if any(vector.entries())]
    size = len(units)
    gram, right = m.zeros(size, size), m.zeros(size, 1)
    squares = [[_number(m, inner(u, v)) ** 2 for v in units] for u in units]
    for moments in seen:
        nodes = [_number(m, inner(u, moments.direction)) ** 2 for u in units]
        for power, matrix in enumerate(moments.matrices):
            for i, u in enumerate(units):
                right[i] += nodes[i] ** power * _number(m, inner(u, matrix * u))
                for j in range(size):
                    gram[i, j] += (nodes[i] * nodes[j]) ** power * squares[i][j]
    try:
        solution = m.lu_solve(gram, right)
    except ZeroDivisionError:  # two vectors are the same
        return _Fit((), m.mpf(1))
    neurons = tuple((u, flint(rational(m, solution[i]))) for i, u in enumerate(units))
    total = left = fmpq(0)
    for power, matrix in enumerate(check.matrices):
        rest = matrix
        for u, coefficient in neurons:
            node = flint(rational(m, _number(m, inner(u, check.direction)) ** (2 * power)))
            rest = rest - u * u.transpose() * (coefficient * node)
        total += square(matrix)
        left += square(rest)
    return _Fit(neurons, m.sqrt(_number(m, left / total)) if total else m.mpf(0))


def _function(m: Any, data: NoisyMoments, neurons: int, fit: _Fit) -> RidgeSum:
    """The function, its numbers rounded to rationals; signs are chosen if that costs no more than the noise."""
    linear, lines, total = data.linear, [], _ZERO
    for unit, coefficient in fit.neurons:
        # many bits: a difference of two near lines is to survive, but not the bits of a product
        weight = tuple(rationals(dyadic(unit * coefficient, m.prec)))
        if any(weight):
            direction, _, size = primitive(weight)
            lines.append(Line(abs(size) if coefficient > 0 else -abs(size), direction))
            total += sum(map(abs, weight), _ZERO)
    error = rational(m, fit.error) if fit.error < m.inf else _ZERO
    slack = CUT * (max(data.noise, error) * total + data.noise * sum(map(abs, linear), _ZERO))
    return narrow_form(LineForm(linear, tuple(lines)), neurons, slack=slack)


def _unit(draws: random.Random, size: int) -> Row:
    """A direction of length 1 up to rounding."""
    entries = [draws.gauss(0.0, 1.0) for _ in range(size)]
    length = sum(entry * entry for entry in entries) ** 0.5
    return tuple(Fraction(entry / length) for entry in entries)


def _spread(m: Any, draws: random.Random, span: fmpq_mat) -> Row:
    """A random direction of length 1 in the span, up to rounding."""
    mix = fmpq_mat(span.ncols(), 1, [flint(Fraction(draws.gauss(0.0, 1.0))) for _ in range(span.ncols())])
    return tuple(Fraction(float(a)) for a in rationals(unit_column(m, span * mix)))


def _number(m: Any, q: fmpq) -> Any:
    return m.mpf(int(q.p)) / m.mpf(int(q.q))
