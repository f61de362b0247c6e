"""Bounds in several inputs: an exact linear program combines products of guards and squares of middle forms."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, combinations_with_replacement
from math import comb

from verinet.exact.programs import Feasible, Minimum, System, feasible, minimum
from verinet.kernel import Polynomial, add_multiple, as_polynomial, product
from verinet.provers.cases import Case
from verinet.provers.polynomial_terms import (
    Contact,
    Cut,
    Exact,
    Guard,
    Point,
    Terms,
    in_case,
    of_empty_case,
    samples,
    term,
    value_at,
    written,
)
from verinet.provers.sides import Closed, Oracle
from verinet.work import keep_going

#: Products of guards that one exact linear program may choose from.
MOST_PRODUCTS = 2000


def terms_in_space(
    negation: Polynomial, guards: Sequence[Guard], case: Case, oracle: Oracle
) -> Terms | Cut | Contact | str:
    """Terms that refute N > 0 in several inputs; or a cut; or a point of the case where N > 0; or a reason."""
    size = len(oracle.box.low)
    useful = _useful(guards)
    inside = [*samples(case, oracle), *_skeleton(useful, size)]
    touched = []
    for point in inside:
        level = value_at(negation, point)
        if level > 0 and in_case(case, oracle, point):
            return Contact(point)
        if level == 0:
            touched.append(point)
    degree = max(2, max((sum(exponents) for exponents in negation), default=0))
    candidates = _candidates(_few(useful, degree), degree, size)
    gap: Polynomial = {}
    add_multiple(gap, -1, negation)
    weights = _combination(gap, [polynomial for polynomial, _, _ in candidates], size)
    if weights is None:
        answer = oracle.decide(case, [])
        return _refuted_case(answer, case, oracle) if isinstance(answer, Closed) else cut_space(case, oracle)
    terms = [term(w, g, r) for w, (_, g, r) in zip(weights, candidates, strict=True) if w > 0]
    return written(terms, tuple(touched))


def _skeleton(guards: Sequence[Guard], size: int) -> list[Point]:
    """In two inputs: the vertices of the closed cell and the middles between any two of them."""
    if size != 2:
        return []
    vertices: dict[Point, None] = {}
    for first, second in combinations(guards, 2):
        (a0, a1, a2), (b0, b1, b2) = first.row, second.row
        determinant = a1 * b2 - a2 * b1
        if determinant:
            point = (Fraction(a2 * b0 - a0 * b2, determinant), Fraction(a0 * b1 - a1 * b0, determinant))
            if all(g.row[0] + g.row[1] * point[0] + g.row[2] * point[1] >= 0 for g in guards):
                vertices[point] = None
    middles = [((p[0] + q[0]) / 2, (p[1] + q[1]) / 2) for p, q in combinations(vertices, 2)]
    return [*vertices, *middles]


def _useful(guards: Sequence[Guard]) -> list[Guard]:
    """One guard a direction: the tightest."""
    best: dict[tuple[Fraction, ...], Guard] = {}
    for guard in guards:
        size = sum(map(abs, guard.row[1:]))
        key = tuple(Fraction(entry, size) for entry in guard.row[1:])
        known = best.get(key)
        if known is None or Fraction(guard.row[0], size) < Fraction(known.row[0], sum(map(abs, known.row[1:]))):
            best[key] = guard
    return list(best.values())


def _few(guards: Sequence[Guard], degree: int) -> list[Guard]:
    """As many guards as MOST_PRODUCTS allows, those that bound one input first: cuts make them tight."""
    ordered = sorted(guards, key=lambda guard: sum(map(bool, guard.row[1:])))
    count = len(ordered)
    while comb(count + degree, degree) > MOST_PRODUCTS and count > 1:
        count -= 1
    return ordered[:count]


def _candidates(guards: Sequence[Guard], degree: int, size: int) -> list[tuple[Polynomial, list[int], Exact | None]]:
    """Products of at most `degree` guards, and squares of the middle forms of parallel guards."""
    polynomials = {guard.index: as_polynomial(list(guard.row)) for guard in guards}
    one: Polynomial = {(0,) * size: 1}
    found: list[tuple[Polynomial, list[int], Exact | None]] = []
    for count in range(degree + 1):
        for chosen in combinations_with_replacement(guards, count):
            keep_going()
            value = one
            for guard in chosen:
                value = product(value, polynomials[guard.index], "candidates")
            found.append((value, [guard.index for guard in chosen], None))
    for place, first in enumerate(guards):
        for second in guards[place + 1 :]:
            middle = _middle(first.row, second.row)
            if middle is not None:
                form = as_polynomial(middle)
                root = {exponents: Fraction(entry) for exponents, entry in form.items()}
                found.append((product(form, form, "candidates"), [], root))
    return found


def _middle(first: Sequence[int], second: Sequence[int]) -> list[int] | None:
    """Half the difference of two guards with opposite slopes, on a common scale: 0 in the middle between them."""
    p, q = sum(map(abs, first[1:])), sum(map(abs, second[1:]))
    if any(a * q != -b * p for a, b in zip(first[1:], second[1:], strict=True)):
        return None
    return [a * q - b * p for a, b in zip(first, second, strict=True)]


def _combination(gap: Polynomial, candidates: Sequence[Polynomial], size: int) -> list[Fraction] | None:
    """Weights w >= 0 with gap = sum w_i candidate_i exactly, or None."""
    monomials = sorted({exponents for polynomial in (gap, *candidates) for exponents in polynomial})
    rows: list[tuple[int, ...]] = []
    for exponents in monomials:
        row = [int(-gap.get(exponents, 0)), *(int(candidate.get(exponents, 0)) for candidate in candidates)]
        rows.extend([tuple(row), tuple(-entry for entry in row)])
    none = (None,) * len(candidates)
    answer = feasible(System(tuple(rows), (False,) * len(rows), (Fraction(0),) * len(candidates), none))
    return list(answer.point) if isinstance(answer, Feasible) else None


def _refuted_case(answer: Closed, case: Case, oracle: Oracle) -> Terms:
    """The multipliers of an empty case, with the bounds of the box that absorb what is left of the slopes."""
    domain = oracle.box.domain
    total = [0] * (len(domain.box) + 1)
    weights: list[tuple[Fraction, int]] = []
    for position, factor in answer.multipliers:
        form = case.active[position]
        weights.append((Fraction(factor), case.hypotheses - form.place))
        total = [a + factor * b for a, b in zip(total, form.row, strict=True)]
    for place, slope in enumerate(total[1:]):
        if slope:  # a positive slope is stopped by the upper bound, high - B x, the second of its pair
            weights.append((Fraction(abs(slope), domain.over), 1 + case.hypotheses + 2 * place + int(slope > 0)))
    return of_empty_case(weights)


def cut_space(case: Case, oracle: Oracle) -> Cut | str:
    """Cut across the middle of the widest side of the smallest box around the case."""
    if not oracle.box.bounded:
        return "a sup error on an unbounded domain is not certified"
    size = len(oracle.box.low)
    system = System(
        tuple(form.row for form in case.active),
        tuple(form.strict for form in case.active),
        oracle.box.low,
        oracle.box.high,
    )
    widest, at = (Fraction(-1), Fraction(0)), 0
    for place in range(size):
        ends = []
        for sign in (1, -1):
            row = [0] * (size + 1)
            row[place + 1] = sign
            answer = minimum(tuple(row), system)
            if not isinstance(answer, Minimum):
                return "an empty case was left to a polynomial goal"
            ends.append(sign * answer.value)
        if ends[1] - ends[0] > widest[0]:
            widest, at = (ends[1] - ends[0], (ends[0] + ends[1]) / 2), place
    if widest[0] < Fraction(1, 1 << 30):
        return "a sup error was not certified by products of guards and squares, however small the cell"
    row = [0] * (size + 1)
    row[0], row[at + 1] = -widest[1].numerator, widest[1].denominator
    return Cut(row)
