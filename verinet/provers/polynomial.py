"""Polynomial leaves: gap = sum of positive multiples of squares and of products of guards, found exactly.

The kernel is given the negated bound N > 0 and accepts c N + sum c_i (product of guards) root^2 = constant <= 0.
On a line the gap -N is a square plus a constant, or has a nonnegative Bernstein form on the cell; in several
inputs an exact linear program looks for a combination of products of guards and of squares of the middle forms
of parallel guards.  Where neither is found the cell is cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from verinet.kernel import Polynomial
from verinet.provers.cases import Case, hex_number
from verinet.provers.polynomial_line import bernstein, terms_on_line
from verinet.provers.polynomial_space import cut_space, terms_in_space
from verinet.provers.polynomial_terms import Contact, Cut, Guard, Point, Terms, guards_of, samples, value_at, written
from verinet.provers.sides import Oracle

__all__ = ["Contact", "Cut", "Terms", "bernstein", "refute_bound", "refute_clause"]
#: Strict bounds are tried with a slack that shrinks by so many bits, so many times.
SLACK_BITS = 8
LAST_SLACK = 8


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
        return written([], () if level else tuple(samples(case, oracle)[:1]))
    guards = guards_of(case, oracle.box)
    if not strict:
        return _beyond(negation, guards, case, oracle)
    return _below(negation, guards, case, oracle)


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
    return next((answer for answer in answers if isinstance(answer, Cut)), None) or cut_space(case, oracle)


def _met(negation: Polynomial, strict: bool, point: Point) -> bool:
    """Does the point satisfy the negated atom?"""
    level = value_at(negation, point)
    return level > 0 or (level == 0 and not strict)


def _shifted(used: Sequence[int], place: int, count: int) -> list[int]:
    """Indices of guards where `count` negated atoms come first, of which the one at `place` is meant by 0."""
    return [place if index == 0 else index + count - 1 for index in used]


def _below(negation: Polynomial, guards: Sequence[Guard], case: Case, oracle: Oracle) -> Terms | Cut | Contact | str:
    """For N > 0, by the number of inputs."""
    search = terms_on_line if len(oracle.box.low) == 1 else terms_in_space
    return search(negation, guards, case, oracle)


def _beyond(negation: Polynomial, guards: Sequence[Guard], case: Case, oracle: Oracle) -> Terms | Cut | Contact | str:
    """For N >= 0: terms that refute N + s > 0 for some s > 0 refute it with room to spare."""
    one = (0,) * len(oracle.box.low)
    size = sum(abs(int(entry)) for entry in negation.values())
    for step in range(LAST_SLACK):
        raised = {exponents: entry * (1 << step * SLACK_BITS) for exponents, entry in negation.items()}
        raised[one] = raised.get(one, 0) + size
        answer = _below(raised, guards, case, oracle)
        if isinstance(answer, Terms):
            return _of_original(answer, 1 << step * SLACK_BITS)
        if isinstance(answer, Contact) and value_at(negation, answer.point) < 0:
            continue
        return answer
    return "a strict bound is touched, or too nearly so to be certified"


def _of_original(found: Terms, scale: int) -> Terms:
    """Terms of ``scale N`` (plus a slack, whose absence makes the sum smaller) as terms of N."""
    terms = [[hex_number(int(c, 16) * scale) if used == [0] else c, used, root] for c, used, root in found.terms]
    return Terms(terms, found.contacts)
