r"""A function :math:`a \cdot x + \sum_i c_i |w_i \cdot x|` written by as few ReLUs as possible.

As :math:`c |z| + c s z = 2 c \max(0, s z)` for s = 1 and s = -1, no linear part is left if and only if
:math:`a = \sum_i s_i c_i w_i` for some signs.  With one ReLU more a line may be used both ways,
:math:`(c + t) \max(0, z) + (c - t) \max(0, -z) = c |z| + t z`; with two more any linear part is a pair of ReLUs.
Hence a function of k ReLUs is always written by at most k of them (derived).
"""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import isqrt

from verinet.theory.narrow_learning.line_form import LineForm
from verinet.theory.ridges import Ridge, RidgeSum, Row
from verinet.work import keep_going

#: So many lines are oriented; 2^(half of them) partial sums are compared.
MOST_LINES = 24
_ZERO = Fraction(0)


def narrow_form(form: LineForm, neurons: int, slack: Fraction = _ZERO) -> RidgeSum:
    r"""Return the function as a sum of ReLUs, without a linear part where at most so many neurons suffice.

    Parameters
    ----------
    form : LineForm
        Without a constant.
    neurons : int
        How many ReLUs are allowed; if they do not suffice, or there are more than 24 lines, one a line and a linear
        part beside them.
    slack : Fraction
        A linear part of at most this length may be dropped (0: the function stays the same).

    Examples
    --------
    >>> from verinet.theory.narrow_learning.line_form import line_form
    >>> one = Fraction(1)
    >>> f = RidgeSum((Fraction(0),) * 2, ridges=(Ridge(one, (-one, one)), Ridge(-one, (one, one))))
    >>> found = narrow_form(line_form(f), neurons=2)
    >>> [str(a) for a in found.linear], [(str(r.coefficient), str(r.weight[0])) for r in found.ridges]
    (['0', '0'], [('1', '-1'), ('-1', '1')])

    Guarantee: exact, up to the slack.
    """
    lines = form.lines
    vectors = [tuple(line.coefficient * w for w in line.direction) for line in lines]
    nothing = (_ZERO,) * form.inputs
    single = [Ridge(2 * line.coefficient, line.direction) for line in lines]
    if len(lines) <= min(neurons, MOST_LINES):
        for signs in _signed_sums(vectors, form.linear, None, slack):
            return RidgeSum(nothing, ridges=tuple(_turned(r, s) for r, s in zip(single, signs, strict=True)))
    if len(lines) < neurons and len(lines) <= MOST_LINES:
        for place, line in enumerate(lines):
            others = vectors[:place] + vectors[place + 1 :]
            for signs in _signed_sums(others, form.linear, line.direction, slack):
                rest = _difference(form.linear, others, signs)
                both = _used_both_ways(line.coefficient, line.direction, rest)
                turned = [_turned(r, s) for r, s in zip(single[:place] + single[place + 1 :], signs, strict=True)]
                return RidgeSum(nothing, ridges=(*turned[:place], *both, *turned[place:]))
    rest = _difference(form.linear, vectors, (1,) * len(lines))
    if not any(rest) or len(lines) + 2 > neurons:
        return RidgeSum(rest, ridges=tuple(single))
    pair = (Ridge(Fraction(1), rest), Ridge(Fraction(-1), tuple(-a for a in rest)))
    return RidgeSum(nothing, ridges=(*single, *pair))


def _signed_sums(vectors: Sequence[Row], target: Row, along: Row | None, slack: Fraction) -> Iterator[tuple[int, ...]]:
    """All signs whose sum is the target up to a vector shorter than the slack (and a multiple of `along`).

    Sums of one half of the vectors are looked up among those of the other half, by the values of one linear form.
    """
    draws = random.Random(0)
    form = tuple(Fraction(draws.randrange(-(2**32), 2**32)) for _ in target)
    if along is not None:
        part = _dot(form, along) / _dot(along, along)
        form = tuple(a - part * b for a, b in zip(form, along, strict=True))
    window = slack * (isqrt(int(_dot(form, form))) + 1)
    half = len(vectors) // 2
    values = [_dot(form, vector) for vector in vectors]
    known = sorted((sum(map(_times, values[:half], signs), _ZERO), signs) for signs in product((1, -1), repeat=half))
    keys = [value for value, _ in known]
    wanted = _dot(form, target)
    for last in product((1, -1), repeat=len(vectors) - half):
        keep_going()
        rest = wanted - sum(map(_times, values[half:], last), _ZERO)
        for place in range(bisect_left(keys, rest - window), bisect_right(keys, rest + window)):
            signs = known[place][1] + last
            if _shortened(_difference(target, vectors, signs), along) <= slack * slack:
                yield signs


def _used_both_ways(coefficient: Fraction, direction: Row, rest: Row) -> tuple[Ridge, ...]:
    share = _dot(rest, direction) / _dot(direction, direction)
    ridges = (
        Ridge(coefficient + share, direction),
        Ridge(coefficient - share, tuple(-w for w in direction)),
    )
    return tuple(ridge for ridge in ridges if ridge.coefficient)


def _shortened(vector: Row, along: Row | None) -> Fraction:
    """The squared length of what is left of a vector at right angles to `along`."""
    square = _dot(vector, vector)
    return square if along is None else square - _dot(vector, along) ** 2 / _dot(along, along)


def _difference(target: Row, vectors: Sequence[Row], signs: Sequence[int]) -> Row:
    rest = list(target)
    for vector, sign in zip(vectors, signs, strict=True):
        rest = [a - sign * b for a, b in zip(rest, vector, strict=True)]
    return tuple(rest)


def _turned(ridge: Ridge, sign: int) -> Ridge:
    return ridge if sign > 0 else Ridge(ridge.coefficient, tuple(-w for w in ridge.weight))


def _times(value: Fraction, sign: int) -> Fraction:
    return value if sign > 0 else -value


def _dot(a: Row, b: Row) -> Fraction:
    return sum((p * q for p, q in zip(a, b, strict=True)), _ZERO)
