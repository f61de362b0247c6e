r"""One real number w for thousands of cells: ``sin(w sin((k + 2) a))`` with w found digit by digit.

Let :math:`2 \cos a = p/q` with q = 2^12 and p odd.  Then :math:`\sin((k+2) a) = \sin a \cdot n_k / q^{k+1}` with odd
integers n_k (Chebyshev's recurrence), so that for :math:`w = 2 \pi X / \sin a`, :math:`X = \sum_j d_j q^j`,

.. math:: \frac{w \sin((k+2) a)}{2 \pi} \equiv \frac{n_k}{q^{k+1}} \sum_{j \le k} d_j q^j \pmod 1

depends on d_0, ..., d_k alone, and d_k moves it to every multiple of 1/q.  a and w are then rounded to rationals, and
what they do to every cell is enclosed by balls.  Derived; where lattice reduction does not reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import arb, fmpq, fmpz

from verinet.exact.enclosures import precision
from verinet.work import keep_going

__all__ = ["MOST_CELLS", "digits_weight", "frequency"]

#: Cells of one table.
MOST_CELLS = 4096
#: Bits of a digit; 2 cos a = (q + 1)/q.
BITS = 12
#: Bits by which a and w are more precise than they need to be.
ROOM = 64


@lru_cache(maxsize=16)
def frequency(cells: int) -> Fraction:
    """A rational so near to a that it serves this many cells.

    Guarantee: exact (a choice; what comes of it is enclosed).

    Examples
    --------
    >>> found = frequency(3)
    >>> 1.0469 < float(found) < 1.0472, found.denominator.bit_length() <= 3 * 12 + 64 + 3
    (True, True)
    """
    bits = cells * BITS + cells.bit_length() + ROOM
    with precision(bits + 32):
        a = arb(fmpq((1 << BITS) + 1, 2 << BITS)).acos()
        return Fraction(int(_nearest(a * arb(fmpz(1) << bits))), 1 << bits)


def digits_weight(asked: Sequence[Fraction]) -> Fraction:
    """The weight w for which sin(w sin((k + 2) a)) is within pi/q or so of what is asked of cell k.

    Guarantee: numeric (the values are enclosed afterwards).

    Examples
    --------
    >>> from math import pi, sin
    >>> weight = digits_weight([Fraction(1, 2), Fraction(-1, 3)])
    >>> a = float(frequency(2))
    >>> [round(sin(float(weight) * sin((k + 2) * a)), 2) for k in range(2)]
    [0.5, -0.33]
    """
    q, p = fmpz(1) << BITS, (fmpz(1) << BITS) + 1
    # n_k for k = 0: sin(2 a) = sin a (p/q)
    before, n, power = fmpz(1), p, q
    total = fmpz(0)  # X without the digits to come
    for k, value in enumerate(asked):
        if k % 64 == 0:
            keep_going()
        share = Fraction(int((total * n) % power), int(power)) if k < 4 else _leading(total * n, power)
        move = fmpz(round((_turn(value) - share) * int(q))) % q
        total += move * _inverse(n % q, q) % q * (power // q)
        before, n, power = n, p * n - q * q * before, power * q
    with precision(len(asked) * BITS + 4 * ROOM):
        a = arb(fmpq(int(p), 2 * int(q))).acos()
        w = arb(total) * 2 * arb.pi() / a.sin()
        return Fraction(int(_nearest(w * arb(fmpz(1) << ROOM))), 1 << ROOM)


def _leading(product: Any, power: Any) -> Fraction:
    """A residue as a share of its modulus, to 60 bits."""
    residue = product % power
    shift = max(int(power).bit_length() - 61, 0)
    return Fraction(int(residue >> shift), int(power >> shift))


def _turn(value: Fraction) -> Fraction:
    """arcsin(value)/(2 pi), nearly."""
    with precision(80):
        found = arb(fmpq(value.numerator, value.denominator)).asin() / (2 * arb.pi())
        return Fraction(int(_nearest(found * arb(fmpz(1) << 60))), 1 << 60)


def _inverse(n: Any, q: Any) -> Any:
    return fmpz(pow(int(n), -1, int(q)))


def _nearest(ball: Any) -> Any:
    """The integer nearest to the middle of a ball."""
    return (ball.mid() + fmpq(1, 2)).floor().mid().unique_fmpz()
