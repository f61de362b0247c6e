"""Polynomial leaves: gap = sum of positive multiples of squares and of products of guards, found exactly.

The kernel is given the negated bound N > 0 and accepts c N + sum c_i (product of guards) root^2 = constant <= 0.
On a line the gap -N is a square plus a constant, or has a nonnegative Bernstein form on the cell; in several
inputs an exact linear program looks for a combination of products of guards and of squares of the middle forms
of parallel guards.  Where neither is found the cell is cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, combinations_with_replacement
from math import comb, lcm
from typing import Any

from verinet.exact.programs import Feasible, Minimum, System, feasible, minimum
from verinet.kernel import Polynomial, add_multiple, as_polynomial, contains, product
from verinet.provers.cases import Box, Case, common, hex_number
from verinet.provers.sides import Closed, Oracle
from verinet.work import keep_going

Exact = dict[tuple[int, ...], Fraction]
Point = tuple[Fraction, ...]
#: Degrees beyond the gap's own that a Bernstein form may be raised by before the cell is cut.
RAISED = 4
#: Bits of a cutting point beyond those of the cell's width.
NARROWEST = 200
#: Products of guards that one exact linear program may choose from.
MOST_PRODUCTS = 2000
#: Strict bounds are tried with a slack that shrinks by so many bits, so many times.
SLACK_BITS = 8
LAST_SLACK = 8


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms for the kernel: [c, guards, root]; and points of the case at which the gap is 0."""

    terms: list[list[Any]]
    contacts: tuple[tuple[Fraction, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """The case is to be cut by this form."""

    row: list[int]


@dataclass(frozen=True, slots=True)
class Contact:
    """A point of the case at which the bound fails."""

    point: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Guard:
    """A form that is nonnegative on the case, and its index in the kernel's list."""

    index: int
    row: tuple[int, ...]
    strict: bool


def refute_bound(negation: Polynomial, case: Case, oracle: Oracle, strict: bool = True) -> Terms | Cut | Contact | str:
    """Terms that refute N > 0 on the case (N >= 0 unless `strict`); or a cut; or a point where N is so; or a reason."""
    scale = lcm(*(Fraction(entry).denominator for entry in negation.values()))
    if scale > 1:
        whole: Polynomial = {exponents: int(entry * scale) for exponents, entry in negation.items()}
        answer = refute_bound(whole, case, oracle, strict)
        return _of_original(answer, scale) if isinstance(answer, Terms) else answer
    level = negation.get((0,) * len(oracle.box.low), 0)
    moving = [entry for exponents, entry in negation.items() if entry and any(exponents)]
    if not moving and (level < 0 or (level == 0 and strict)):
        return _written([], () if level else tuple(_samples(case, oracle)[:1]))
    guards = guards_of(case, oracle.box)
    if not strict:
        return _beyond(negation, guards, case, oracle)
    if len(oracle.box.low) == 1:
        return _on_line(negation, guards, case, oracle)
    return _in_space(negation, guards, case, oracle)


def refute_clause(
    negations: Sequence[tuple[Polynomial, bool]], case: Case, oracle: Oracle
) -> Terms | Cut | Contact | str:
    """Terms that refute all the negated atoms of a clause together: those of one atom that fails on the case."""
    answers = []
    for place, (negation, strict) in enumerate(negations):
        answer = refute_bound(negation, case, oracle, strict)
        if isinstance(answer, Terms):
            return Terms([[factor, _shifted(used, place, len(negations)), root] for factor, used, root in answer.terms])
        answers.append(answer)
    for answer in answers:
        if isinstance(answer, Contact) and all(_met(*negated, answer.point) for negated in negations):
            return answer
    return next((answer for answer in answers if isinstance(answer, Cut)), None) or _cut_space(case, oracle)


def _met(negation: Polynomial, strict: bool, point: Point) -> bool:
    """Does the point satisfy the negated atom?"""
    level = _at(negation, point)
    return level > 0 or (level == 0 and not strict)


def _shifted(used: Sequence[int], place: int, count: int) -> list[int]:
    """Indices of guards where `count` negated atoms come first, of which the one at `place` is meant by 0."""
    return [place if index == 0 else index + count - 1 for index in used]


def _beyond(negation: Polynomial, guards: Sequence[Guard], case: Case, oracle: Oracle) -> Terms | Cut | Contact | str:
    """For N >= 0: terms that refute N + s > 0 for some s > 0 refute it with room to spare."""
    one = (0,) * len(oracle.box.low)
    size = sum(abs(int(entry)) for entry in negation.values())
    for step in range(LAST_SLACK):
        raised = {exponents: entry * (1 << step * SLACK_BITS) for exponents, entry in negation.items()}
        raised[one] = raised.get(one, 0) + size
        answer = _on_line(raised, guards, case, oracle) if len(one) == 1 else _in_space(raised, guards, case, oracle)
        if isinstance(answer, Terms):
            return _of_original(answer, 1 << step * SLACK_BITS)
        if isinstance(answer, Contact) and _at(negation, answer.point) < 0:
            continue
        return answer
    return "a strict bound is touched, or too nearly so to be certified"


def _of_original(found: Terms, scale: int) -> Terms:
    """Terms of ``scale N`` (plus a slack, whose absence makes the sum smaller) as terms of N."""
    terms = [[hex_number(int(c, 16) * scale) if used == [0] else c, used, root] for c, used, root in found.terms]
    return Terms(terms, found.contacts)


def guards_of(case: Case, box: Box) -> list[Guard]:
    """Active hypotheses and box bounds, with their indices: 0 is the negated bound, 1.. the newest first."""
    domain = box.domain
    guards = [Guard(case.hypotheses - form.place, form.row, form.strict) for form in case.active if any(form.row[1:])]
    size = len(domain.box)
    for place, bounds in enumerate(domain.box):
        for side, end in enumerate(bounds):
            if end is None:
                continue
            sign = -1 if side else 1
            row = [0] * (size + 1)
            row[0], row[place + 1] = -sign * end, sign * domain.over
            guards.append(Guard(1 + case.hypotheses + 2 * place + side, tuple(row), False))
    return guards


def _term(factor: Fraction, guards: Sequence[int], root: Exact | None) -> tuple[Fraction, list[int], Any]:
    """A term with an integer root: c root^2 = (c/d^2) (d root)^2."""
    if root is None:
        return factor, list(guards), None
    over = lcm(*(entry.denominator for entry in root.values()))
    text = [[hex_number(int(entry * over)), list(exponents)] for exponents, entry in root.items() if entry]
    return factor / over**2, list(guards), text


def _written(terms: Sequence[tuple[Fraction, list[int], Any]], contacts: tuple[Point, ...] = ()) -> Terms:
    """All terms with integer factors, the negated bound first."""
    everything = [(Fraction(1), [0], None), *((c, g, r) for c, g, r in terms if c > 0)]
    over = lcm(*(c.denominator for c, _, _ in everything))
    return Terms([[hex_number(int(c * over)), guards, root] for c, guards, root in everything], contacts)


def _empty(weights: Sequence[tuple[Fraction, int]]) -> Terms:
    """Terms of an empty case: guards alone that add up to a constant < 0, or to 0 with a strict one."""
    over = lcm(*(weight.denominator for weight, _ in weights))
    return Terms([[hex_number(int(weight * over)), [index], None] for weight, index in weights])


# ---------------------------------------------------------------------------------------------- on a line


def _on_line(negation: Polynomial, guards: Sequence[Guard], case: Case, oracle: Oracle) -> Terms | Cut | Contact | str:
    degree = max((exponents[0] for exponents in negation), default=0)
    gap = [Fraction(-negation.get((k,), 0)) for k in range(degree + 1)]
    lower = max((g for g in guards if g.row[1] > 0), key=lambda g: (_end(g), g.strict), default=None)
    upper = min((g for g in guards if g.row[1] < 0), key=lambda g: (_end(g), not g.strict), default=None)
    if lower is None or upper is None:
        return "a sup error on an unbounded cell is not certified"
    a, b = _end(lower), _end(upper)
    if a > b or (a == b and (lower.strict or upper.strict)):
        return _empty([(1 / Fraction(lower.row[1]), lower.index), (1 / Fraction(-upper.row[1]), upper.index)])
    middle = (a + b) / 2
    for end in (a, b, middle):
        if _value(gap, end) < 0:
            return Contact((_failing_inside(gap, end, middle, case, oracle),))
    if a == b:
        return _written(_taylor_terms(gap, lower, upper, a), ((a,),) if _value(gap, a) == 0 else ())
    square = _square(gap, a, b)
    if square is not None:
        return square
    touched = tuple((x,) for x in (a, b) if _value(gap, x) == 0)
    for raised in range(RAISED + 1):
        weights = bernstein(gap, a, b, degree + raised)
        if min(weights) >= 0:
            return _written(_bernstein_terms(weights, lower, upper, a, b), touched)
    return _cut_line(gap, a, b)


def _failing_inside(gap: Sequence[Fraction], end: Fraction, middle: Fraction, case: Case, oracle: Oracle) -> Fraction:
    """The end, where the gap is negative; or, if it belongs to the neighbouring case, a point near it."""
    if _in_case(case, oracle, (end,)):
        return end
    x = middle
    while _value(gap, x) >= 0:
        x = (x + end) / 2
    return x


def _end(guard: Guard) -> Fraction:
    return Fraction(-guard.row[0], guard.row[1])


def _value(coefficients: Sequence[Fraction], x: Fraction) -> Fraction:
    total = Fraction(0)
    for coefficient in reversed(coefficients):
        total = total * x + coefficient
    return total


def _square(gap: Sequence[Fraction], a: Fraction, b: Fraction) -> Terms | Contact | None:
    """A convex quadratic with its minimum in the cell: leading (x - m)^2 + minimum."""
    if len(gap) != 3 or gap[2] <= 0:
        return None
    middle = -gap[1] / (2 * gap[2])
    least = _value(gap, middle)
    if not a <= middle <= b:
        return None
    if least < 0:
        return Contact((middle,))
    touched = ((middle,),) if least == 0 else ()
    return _written([_term(gap[2], [], {(1,): Fraction(1), (0,): -middle})], touched)


def bernstein(gap: Sequence[Fraction], a: Fraction, b: Fraction, degree: int) -> list[Fraction]:
    """Bernstein coefficients of the polynomial on [a, b], in the basis of this degree."""
    shifted = [Fraction(0)] * (degree + 1)
    for power, coefficient in enumerate(gap):  # (a + (b - a) t)^power
        for k in range(power + 1):
            shifted[k] += coefficient * comb(power, k) * a ** (power - k) * (b - a) ** k
    return [
        sum((Fraction(comb(i, k), comb(degree, k)) * shifted[k] for k in range(i + 1)), Fraction(0))
        for i in range(degree + 1)
    ]


def _bernstein_terms(
    weights: Sequence[Fraction], lower: Guard, upper: Guard, a: Fraction, b: Fraction
) -> list[tuple[Fraction, list[int], Any]]:
    """sum b_i C(d,i) (x-a)^i (b-x)^(d-i) / (b-a)^d with the guards' own scales divided out."""
    degree = len(weights) - 1
    terms = []
    for i, weight in enumerate(weights):
        scale = Fraction(lower.row[1]) ** i * Fraction(-upper.row[1]) ** (degree - i) * (b - a) ** degree
        terms.append(_term(weight * comb(degree, i) / scale, [lower.index] * i + [upper.index] * (degree - i), None))
    return terms


def _taylor_terms(
    gap: Sequence[Fraction], lower: Guard, upper: Guard, a: Fraction
) -> list[tuple[Fraction, list[int], Any]]:
    """On the single point a: sum g_k (x-a)^k, where x-a and a-x are both guards, so that any sign of g_k will do."""
    terms = []
    for k in range(1, len(gap)):
        slope = sum((gap[power] * comb(power, k) * a ** (power - k) for power in range(k, len(gap))), Fraction(0))
        last = lower.row[1] if slope > 0 else -upper.row[1]
        used = [lower.index] * (k - 1) + [lower.index if slope > 0 else upper.index]
        terms.append(_term(abs(slope) / (Fraction(lower.row[1]) ** (k - 1) * last), used, None))
    return terms


def _cut_line(gap: Sequence[Fraction], a: Fraction, b: Fraction) -> Cut | str:
    """Cut at a rational double root inside the cell if there is one, else in the middle."""
    if b - a < Fraction(1, 1 << NARROWEST):
        return "a sup error touches its bound at an irrational point, or too closely to be certified"
    x = next((root for root in _double_roots(gap) if a < root < b), (a + b) / 2)
    return Cut([-x.numerator, x.denominator])


def _double_roots(gap: Sequence[Fraction]) -> list[Fraction]:
    """Rational roots of the greatest common divisor of the polynomial and its derivative."""
    import sympy

    t = sympy.Symbol("t")
    entries = [sympy.Rational(entry.numerator, entry.denominator) for entry in reversed(gap)]
    polynomial = sympy.Poly(entries, t, domain="QQ")
    common = sympy.gcd(polynomial, polynomial.diff(t))
    roots = sympy.Poly(common, t, domain="QQ").ground_roots() if common.degree() > 0 else {}
    return sorted(Fraction(int(root.p), int(root.q)) for root in roots)


# -------------------------------------------------------------------------------------------- in space


def _in_space(negation: Polynomial, guards: Sequence[Guard], case: Case, oracle: Oracle) -> Terms | Cut | Contact | str:
    size = len(oracle.box.low)
    useful = _useful(guards)
    inside = [*_samples(case, oracle), *_skeleton(useful, size)]
    touched = []
    for point in inside:
        level = _at(negation, point)
        if level > 0 and _in_case(case, oracle, point):
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
        return _refuted_case(answer, case, oracle) if isinstance(answer, Closed) else _cut_space(case, oracle)
    terms = [_term(w, g, r) for w, (_, g, r) in zip(weights, candidates, strict=True) if w > 0]
    return _written(terms, tuple(touched))


def _at(polynomial: Polynomial, point: Sequence[Fraction]) -> Fraction:
    total = Fraction(0)
    for exponents, coefficient in polynomial.items():
        value = Fraction(coefficient)
        for coordinate, power in zip(point, exponents, strict=True):
            value *= coordinate**power
        total += value
    return total


def _samples(case: Case, oracle: Oracle) -> list[tuple[Fraction, ...]]:
    """Known points of the case, made rational, those that really lie in it."""

    points = [oracle.box.to_x(point.tolist(), 20) for point in case.points[:8]]
    return [point for point in points if _in_case(case, oracle, point)]


def _in_case(case: Case, oracle: Oracle, point: Point) -> bool:
    forms = [(list(form.row), form.strict) for form in case.active]
    return contains(oracle.box.domain, forms, common(point), interior=False)


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
    return _empty(weights)


def _cut_space(case: Case, oracle: Oracle) -> Cut | str:
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
