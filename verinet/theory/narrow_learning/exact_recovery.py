r"""A hidden layer from its exact moments: Prony's method over the rationals, with a certificate of its own.

1. For rational b and g the numbers :math:`s_m = b^T H_m(g) b = \sum_i \lambda_i (u_i \cdot b)^2 y_i^m` obey a shortest
   recurrence, whose characteristic polynomial has the nodes :math:`y_i = (u_i \cdot g)^2` for roots.
2. It is factored over the rationals; Lagrange's polynomials at the roots give :math:`\lambda_i u_i u_i^T`.
3. Signs are chosen so that E[f(x) x] is met; otherwise a linear part, or two ReLUs, are added.
4. Certificate: :math:`H_m(g')`, m < 2 k, at a fresh g' must be what the found lines give.  The difference of two
   functions with k lines each has 2 k lines; if their nodes at g' differ, the Vandermonde matrix is regular, so that
   the functions are equal.  Nodes collide only if :math:`(u_i \pm u_j) \cdot g' = 0` for one of 2 k (2 k - 1) vectors.

The problem is that of [chen2023]; the method, square classes, number fields and the count of directions that makes
the certificate a proof are derived.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt
from typing import Protocol

from flint import arb, fmpq_mat, fmpq_poly

from verinet.errors import BudgetExhausted, Unsupported
from verinet.exact.enclosures import enclosure_of, precision
from verinet.theory.narrow_learning.borders import whole
from verinet.theory.narrow_learning.conjugate_lines import ConjugateLines, separated
from verinet.theory.narrow_learning.learning import Learned, Log, above, spelled_above
from verinet.theory.narrow_learning.line_form import Line, LineForm, line_form, rational_root
from verinet.theory.narrow_learning.linear_recurrences import characteristic_polynomial
from verinet.theory.narrow_learning.oracles import Contractions, flint
from verinet.theory.narrow_learning.orientations import narrow_form
from verinet.theory.ridges import RidgeSum, Row, primitive
from verinet.work import SILENT, Budget, Progress, keep_going, under

#: Entries of a direction for finding, and of a fresh one for the certificate, are drawn below 2 to this.
_FIND_BITS, _FRESH_BITS = 48, 128
_MOST_BITS = 1 << 20
_ZERO = Fraction(0)


class Moments(Protocol):
    """What gives exact moments: `ExactMoments`, `RationalMoments`."""

    @property
    def inputs(self) -> int: ...

    @property
    def linear(self) -> Row: ...

    @property
    def hidden(self) -> RidgeSum | None: ...

    def contractions(self, direction: Sequence[Fraction], count: int) -> dict[int, list[fmpq_mat]]: ...


@dataclass(slots=True)
class _Search:
    """What is found so far: lines that stand in the moments, whether or not they are all."""

    lines: list[ConjugateLines] = field(default_factory=list)
    flaws: list[str] = field(default_factory=list)


def recover(
    data: Moments,
    *,
    neurons: int,
    seed: int = 0,
    budget: Budget | None = None,
    progress: Progress = SILENT,
    refine: bool = True,
    attempts: int = 4,
    digits: int = 30,
    proof: bool = False,
) -> Learned:
    r"""Return the function with at most so many neurons that has the given exact moments.

    Parameters
    ----------
    data : ExactMoments or RationalMoments
    neurons : int
        k: :math:`H_0, ..., H_{2k-1}` are asked for.
    seed, budget, progress, refine
        As for `learn`; there is nothing to refine.
    attempts : int
        How many pairs of directions are tried before the learner refuses.
    digits : int
        Where weights are irrational, they are rounded so that each neuron is that precise, relatively.
    proof : bool
        Compare at (d - 1) 2 k (2 k - 1) + 1 directions of which any d are independent: one of them separates the
        nodes, whatever the hidden function is.  Otherwise one fresh direction is drawn, which fails to separate them
        with a probability below :math:`2 k (2 k - 1) / 2^{128}`.

    Raises
    ------
    Unsupported
        If the moments are no function's with at most k lines.
    NotANumber
        If `attempts` or `digits` is no positive integer.

    Examples
    --------
    Two neurons 1e-100 apart, with opposite signs:

    >>> from verinet.theory.narrow_learning.oracles import ExactMoments
    >>> from verinet.theory.ridges import Ridge
    >>> near = Fraction(1, 10**100)
    >>> hidden = RidgeSum((_ZERO,) * 2, ridges=(Ridge(Fraction(2), (Fraction(1), _ZERO)),
    ...                                         Ridge(Fraction(-1), (Fraction(1), near))))
    >>> found = recover(ExactMoments(hidden), neurons=2)
    >>> found.error, found.function.merged() == hidden.merged()
    (0.0, True)

    Guarantee: exact where `error` is 0, certified where it is positive; see `error_words`.
    """
    _check_options(attempts, digits)
    log, search = Log(progress), _Search()
    try:
        for attempt in range(attempts):
            search.lines = []
            if _one_attempt(data, neurons, f"{seed} {attempt}", search, log, budget, proof=proof):
                return _result(data, neurons, digits, search.lines, log, proof=proof)
    except (KeyboardInterrupt, BudgetExhausted) as stop:
        why = stop.problem if isinstance(stop, BudgetExhausted) else "it was interrupted"
        with under(Budget()):  # what is left to do is short, and the budget is gone
            function, _ = _function(data.linear, neurons, digits, search.lines)
        words = f"not known: {why}, {sum(part.degree for part in search.lines)} lines were found and none was checked"
        return Learned.of(function, "exact", error=None, error_words=words, stages=log.stages, complete=False)
    raise Unsupported(
        f"these moments were not recognised as those of at most {neurons} neurons: {'; '.join(search.flaws)}",
        fix="promise more neurons, or check the moments",
    )


def _one_attempt(
    data: Moments, neurons: int, seed: str, search: _Search, log: Log, budget: Budget | None, *, proof: bool
) -> bool:
    """Whether lines were found that the certificate bears out; otherwise a flaw is noted."""
    draws = random.Random(seed)
    with log.stage("moments") as found:
        direction, probe = (_drawn(draws, data.inputs, _FIND_BITS) for _ in range(2))
        moments = _asked(data, direction, 2 * neurons, budget)
        found(f"{2 * neurons} contractions in {_many(len(moments), 'square class', 'square classes')}")
    with log.stage("roots") as found:
        flaw = _separate(moments, direction, probe, neurons, search)
        found(flaw or _many(sum(part.degree for part in search.lines), "line"))
    if flaw is None:
        with log.stage("certificate") as found:
            flaw, count = _certificate(data, neurons, draws, search.lines, budget, proof=proof)
            found(flaw or f"the moments at {_many(count, 'fresh direction')} are reproduced")
    if flaw is not None:
        search.flaws.append(flaw)
    return flaw is None


def _separate(moments: Contractions, direction: Row, probe: Row, neurons: int, search: _Search) -> str | None:
    """Find the lines of all classes, or say why that fails."""
    column = fmpq_mat(len(probe), 1, [flint(a) for a in probe])
    for radicand, matrices in moments.items():
        keep_going()
        if not any(any(matrix.entries()) for matrix in matrices):
            continue
        nodes = characteristic_polynomial([(column.transpose() * m * column)[0, 0] for m in matrices])
        count = int(nodes.degree())
        if count + sum(part.degree for part in search.lines) > neurons:
            return f"there are more than {neurons} lines"
        if not count or nodes.gcd(nodes.derivative()).degree():
            return "the recurrence has a double root"
        if not _obeyed(nodes, matrices):  # before any field is entered whose numbers would be long
            return f"the moments do not obey a recurrence of {_many(count, 'node')}"
        for part in separated(radicand, matrices, nodes):
            flaw = part.flaw(direction) if part.are_real() else "a node is not real"
            if flaw is not None:
                return flaw
            search.lines.append(part)
    return None


def _obeyed(nodes: fmpq_poly, matrices: Sequence[fmpq_mat]) -> bool:
    """Whether all entries of the matrices obey the recurrence that was found from one number of each."""
    count = int(nodes.degree())
    for start in range(len(matrices) - count):
        rest = matrices[start + count]
        for j in range(count):
            rest = rest + matrices[start + j] * nodes[j]
        if any(rest.entries()):
            return False
    return True


def _certificate(
    data: Moments,
    neurons: int,
    draws: random.Random,
    lines: Sequence[ConjugateLines],
    budget: Budget | None,
    *,
    proof: bool,
) -> tuple[str | None, int]:
    """Compare the moments of the lines with those of the data; a flaw or None, and the number of directions."""
    size, pairs = data.inputs, 2 * neurons * (2 * neurons - 1)
    count = (size - 1) * pairs + 1 if proof else 1
    for place in range(count):
        keep_going()
        # any d of the points (1, t, t^2, ...) are independent: a vector is orthogonal to at most d - 1 of them
        curve = tuple(Fraction(place + 1) ** power for power in range(size))
        direction = curve if proof else _drawn(draws, size, _FRESH_BITS)
        given = _asked(data, direction, 2 * neurons, budget)
        left = {radicand: list(matrices) for radicand, matrices in given.items()}
        for part in lines:
            # another integer of the same class may stand for it: sqrt(r) = sqrt(r / s) sqrt(s)
            scales = ((s, rational_root(Fraction(part.radicand, s))) for s in left)
            radicand, scale = next(((s, scale) for s, scale in scales if scale is not None), (0, None))
            if scale is None:
                return "the moments at a fresh direction lie in another square class", place + 1
            own = [matrix * flint(scale) for matrix in part.contractions(direction, 2 * neurons)]
            left[radicand] = [a - b for a, b in zip(left[radicand], own, strict=True)]
        if any(any(matrix.entries()) for matrices in left.values() for matrix in matrices):
            return "the moments at a fresh direction are not reproduced", place + 1
    return None, count


def _result(
    data: Moments, neurons: int, digits: int, lines: Sequence[ConjugateLines], log: Log, *, proof: bool
) -> Learned:
    with log.stage("signs") as found:
        function, bound = _function(data.linear, neurons, digits, lines)
        found(f"{_many(len(function.ridges), 'neuron')}{' and a linear part' if any(function.linear) else ''}")
    if data.hidden is not None:
        with log.stage("comparison") as found:
            if bound or line_form(data.hidden) != line_form(function):
                raise Unsupported(
                    f"the function has the right moments up to order {4 * neurons}, but is not the hidden one",
                    fix="promise as many neurons as there are",
                )
            found("the canonical form of the hidden function is the same")
    sure = "at directions that leave no exception" if proof else "at a direction drawn afresh"
    promise = f"if the hidden function has at most {neurons} neurons, as promised"
    if not bound:
        words = f"exact: this is the hidden function, its moments agree {sure}, {promise}"
        return Learned.of(function, "exact", error=0.0, error_words=words, stages=log.stages)
    words = (
        f"certified: the Gaussian L2 distance from the hidden function, whose weights are irrational, is at most "
        f"{spelled_above(bound)}; its moments agree {sure}, {promise}"
    )
    return Learned.of(function, "exact", error=above(bound), error_words=words, stages=log.stages)


def _function(linear: Row, neurons: int, digits: int, lines: Sequence[ConjugateLines]) -> tuple[RidgeSum, Fraction]:
    """The function, and a bound of its distance from that of the lines: 0 if the lines are rational."""
    found: list[Line] = []
    bound = _ZERO
    for part in lines:
        line = part.rational_line()
        if line is not None:
            found.append(Line(*line))
            continue
        for sign, weight, error in _rounded(part, digits):
            direction, _, size = primitive(weight)
            found.append(Line(sign * abs(size), direction))
            bound += error
    # | |u.x| - |v.x| | <= |(u - v).x|, whose Gaussian norm is |u - v|
    form = LineForm(tuple(linear), tuple(found))
    function = narrow_form(form, neurons, slack=4 * bound)
    return function, bound + _length(linear, line_form(function).linear)


def _rounded(part: ConjugateLines, digits: int) -> list[tuple[int, Row, Fraction]]:
    r"""For every line the sign, a rational vector near :math:`|\lambda| u`, and a bound of its distance from that."""
    bits = 64 + 4 * digits
    while bits <= _MOST_BITS:
        keep_going()
        found = []
        for sign, vector in part.vectors(bits):
            if not sign or not all(entry.is_finite() for entry in vector):
                break
            middle = tuple(_middle(entry) for entry in vector)
            with precision(bits):
                ends = [enclosure_of(entry) for entry in vector]
            error = _root_above(
                sum((max(e.high - q, q - e.low) ** 2 for e, q in zip(ends, middle, strict=True)), _ZERO)
            )
            if error * 10**digits > _length(middle, (_ZERO,) * len(middle)):
                break
            found.append((sign, middle, error))
        if len(found) == part.degree:
            return found
        bits *= 2
    raise BudgetExhausted(
        f"an irrational weight was not enclosed to {digits} digits by {_MOST_BITS} bits", fix="ask for fewer digits"
    )


def _asked(data: Moments, direction: Row, count: int, budget: Budget | None) -> Contractions:
    if budget is not None:
        if budget.exhausted():
            raise BudgetExhausted(budget.reason(), fix="give a larger budget")
        budget.spend()
    return data.contractions(direction, count)


def _check_options(attempts: int, digits: int) -> None:
    whole(attempts, "attempts", 1)
    whole(digits, "digits", 1)


def _drawn(draws: random.Random, size: int, bits: int) -> Row:
    return tuple(Fraction(draws.randrange(-(2**bits), 2**bits)) for _ in range(size))


def _middle(value: arb) -> Fraction:
    mantissa, exponent = (int(part) for part in value.mid().man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent


def _length(a: Row, b: Row) -> Fraction:
    """An upper bound of |a - b|, 0 if they are equal."""
    return _root_above(sum(((p - q) ** 2 for p, q in zip(a, b, strict=True)), _ZERO))


def _root_above(square: Fraction) -> Fraction:
    """A rational above the square root, to about 30 bits; 0 for 0."""
    if not square:
        return _ZERO
    shift = 30 + max(0, square.denominator.bit_length() - square.numerator.bit_length())
    return Fraction(isqrt((square.numerator << 2 * shift) // square.denominator) + 1, 1 << shift)


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count} {one if count == 1 else more or one + 's'}"
