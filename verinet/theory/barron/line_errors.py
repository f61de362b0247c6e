r"""The exact sup error of two sums of rectified powers on an interval, piece by piece.

Between kinks the difference is a polynomial.  Its largest size is at an end of a piece or at a root of its derivative:
rational roots give rational values; the others are isolated by FLINT, and the values there enclosed by balls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

from flint import arb, fmpq, fmpq_poly

from verinet.errors import BudgetExhausted, EmptyDomain, ShapeMismatch
from verinet.exact.enclosures import Enclosure, enclosure_of, precision
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import format_rational
from verinet.theory.ridges import Ridge, RidgeSum
from verinet.work import keep_going

__all__ = ["LineError", "Piece", "pieces_on_a_line", "sup_error_on_a_line"]

_ZERO = Fraction(0)
_LAST_BITS = 1 << 14


@dataclass(frozen=True, slots=True)
class Piece:
    """A polynomial on a closed interval, its coefficients from the constant upwards.  Guarantee: exact."""

    low: Fraction
    high: Fraction
    coefficients: tuple[Fraction, ...]

    __repr__ = spelled_fields


@dataclass(frozen=True, slots=True)
class LineError:
    """The maximum of the size of a difference.

    Parameters
    ----------
    size : Enclosure
        Its ends are equal where the maximum is rational.
    at : Fraction
        A rational point at which, or near which, it is attained.

    Guarantee: certified; exact where `is_exact`.
    """

    size: Enclosure
    at: Fraction

    __repr__ = spelled_fields

    @property
    def is_exact(self) -> bool:
        """Whether the maximum is this rational number."""
        return self.size.low == self.size.high


def pieces_on_a_line(f: RidgeSum, low: Fraction, high: Fraction) -> tuple[Piece, ...]:
    r"""The polynomials that a sum of ridges of one variable consists of on [low, high], from the left.

    Examples
    --------
    >>> one = Fraction(1)
    >>> f = RidgeSum((one,), Fraction(0), (Ridge(one, (Fraction(2),), -one, 2),))
    >>> [[str(c) for c in piece.coefficients] for piece in pieces_on_a_line(f, -one, one)]
    [['0', '1', '0'], ['1', '-3', '4']]

    Guarantee: exact.

    Raises
    ------
    ShapeMismatch
        If there are several variables.
    EmptyDomain
        If low > high.
    """
    if f.inputs != 1:
        raise ShapeMismatch(
            f"a function of {f.inputs} variables has no pieces on a line", fix="restrict it to a line first"
        )
    if low > high:
        raise EmptyDomain(
            f"the interval [{format_rational(low)}, {format_rational(high)}] is empty", fix="exchange the ends"
        )
    degree = max((ridge.power for ridge in f.ridges), default=1)
    total = [_ZERO] * (degree + 1)
    total[0], total[1] = f.constant, f.linear[0]
    changes: dict[Fraction, list[Fraction]] = {}
    for ridge in f.ridges:
        keep_going()
        (w,) = ridge.weight
        if not w:
            total[0] += ridge((_ZERO,))
            continue
        kink, terms = -ridge.bias / w, _expanded(ridge)
        if (w > 0 and kink <= low) or (w < 0 and kink > low):  # active just right of the left end
            total = [a + b for a, b in zip(total, _padded(terms, degree), strict=True)]
        if low < kink < high:
            sign = 1 if w > 0 else -1
            row = changes.setdefault(kink, [_ZERO] * (degree + 1))
            for k, term in enumerate(terms):
                row[k] += sign * term
    found, left = [], low
    for kink in sorted(changes):
        found.append(Piece(left, kink, tuple(total)))
        total = [a + b for a, b in zip(total, changes[kink], strict=True)]
        left = kink
    return (*found, Piece(left, high, tuple(total)))


def sup_error_on_a_line(f: RidgeSum, g: RidgeSum, low: Fraction, high: Fraction, digits: int = 30) -> LineError:
    r"""The maximum of :math:`\lvert f - g \rvert` on [low, high].

    Parameters
    ----------
    f, g : RidgeSum
        Of one variable.
    low, high : Fraction
    digits : int
        The enclosure is at most :math:`10^{-digits}` wide where the maximum is irrational.

    Raises
    ------
    ShapeMismatch
        If there are several variables.
    EmptyDomain
        If low > high.
    BudgetExhausted
        If 2^14 bits are not enough for so many digits.

    Examples
    --------
    >>> one, zero = Fraction(1), Fraction(0)
    >>> square = RidgeSum((zero,), zero, (Ridge(one, (one,), zero, 2),))
    >>> chord = RidgeSum((zero,), zero, (Ridge(one, (one,), zero, 1),))
    >>> found = sup_error_on_a_line(square, chord, -one, one)
    >>> str(found.size.low), found.is_exact, str(found.at)
    ('1/4', True, '1/2')

    Guarantee: certified; exact where the result says so.
    """
    best: tuple[arb, Fraction, Fraction | None] | None = None
    bits = 64
    while bits <= _LAST_BITS:
        best = None
        with precision(bits):
            for piece in pieces_on_a_line(f - g, low, high):
                for value, at, exact in _extremes(piece):
                    size = (abs(value), at, None if exact is None else abs(exact))
                    best = size if best is None else _larger(best, size)
            found = _settled(best, digits)
        if found is not None:
            return found
        bits *= 2
    raise BudgetExhausted(f"the maximum is not known to {digits} digits", fix="ask for fewer digits")


def _settled(best: tuple[arb, Fraction, Fraction | None] | None, digits: int) -> LineError | None:
    if best is None:
        return None
    value, at, exact = best
    if exact is not None:
        return LineError(Enclosure(exact, exact), at)
    size = enclosure_of(value)
    return LineError(size, at) if size.width * 10**digits <= 1 else None


def _larger(
    one: tuple[arb, Fraction, Fraction | None], other: tuple[arb, Fraction, Fraction | None]
) -> tuple[arb, Fraction, Fraction | None]:
    """The larger value; balls that overlap are joined, and are no longer exact."""
    if one[2] is not None and other[2] is not None:
        return other if other[2] > one[2] else one
    if one[0] < other[0]:
        return other
    if other[0] < one[0]:
        return one
    joint = one[0].max(other[0])
    return joint, one[1], None


def _extremes(piece: Piece) -> list[tuple[arb, Fraction, Fraction | None]]:
    """(ball, point, exact value or None) at the ends and at the roots of the derivative inside."""
    keep_going()
    found = [_at(piece, end) for end in (piece.low, piece.high)]
    slope = [k * c for k, c in enumerate(piece.coefficients)][1:]
    while slope and not slope[-1]:
        slope.pop()
    if len(slope) < 2:
        return found
    if len(slope) == 2:
        root = -slope[0] / slope[1]
        return [*found, _at(piece, root)] if piece.low < root < piece.high else found
    _, factors = fmpq_poly([fmpq(c.numerator, c.denominator) for c in slope]).factor()
    for factor, _ in factors:
        if factor.degree() == 1:
            lead, rest = factor[1], factor[0]
            root = -Fraction(int(rest.p), int(rest.q)) / Fraction(int(lead.p), int(lead.q))
            if piece.low < root < piece.high:
                found.append(_at(piece, root))
            continue
        for complex_root, _ in factor.complex_roots():
            ball = complex_root.real
            # a root that may lie inside, and may be real, is looked at: one too many makes no maximum smaller
            if not complex_root.imag.contains(0) or ball < _arb(piece.low) or ball > _arb(piece.high):
                continue
            inside = ball.intersection(_arb(piece.low).union(_arb(piece.high)))
            middle = enclosure_of(inside)
            found.append((_value(piece, inside), (middle.low + middle.high) / 2, None))
    return found


def _at(piece: Piece, x: Fraction) -> tuple[arb, Fraction, Fraction | None]:
    value = _ZERO
    for coefficient in reversed(piece.coefficients):
        value = value * x + coefficient
    return _arb(value), x, value


def _value(piece: Piece, x: arb) -> arb:
    """p(m) + p'(X)(x - m), which is narrower than p(X)."""
    middle = enclosure_of(x)
    point = (middle.low + middle.high) / 2
    slope = arb(0)
    for k in range(len(piece.coefficients) - 1, 0, -1):
        slope = slope * x + _arb(k * piece.coefficients[k])
    return _at(piece, point)[0] + slope * (x - _arb(point))


def _expanded(ridge: Ridge) -> list[Fraction]:
    """The coefficients of m (w x + b)^k in powers of x."""
    (w,), b, k = ridge.weight, ridge.bias, ridge.power
    return [ridge.coefficient * comb(k, j) * w**j * b ** (k - j) for j in range(k + 1)]


def _padded(terms: Sequence[Fraction], degree: int) -> list[Fraction]:
    return [*terms, *[_ZERO] * (degree + 1 - len(terms))]


def _arb(q: Fraction) -> arb:
    return arb(fmpq(q.numerator, q.denominator))
