r"""The shortest linear recurrence of a sequence of rationals (Berlekamp and Massey), without rounding.

A sum of powers :math:`s_m = \sum_i c_i y_i^m` with r different nodes and no zero coefficient obeys exactly one
recurrence of length r, with the characteristic polynomial :math:`\prod_i (x - y_i)`; 2 r terms determine it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import fmpq, fmpq_poly

from verinet.exact.rationals import Q
from verinet.work import keep_going


def shortest_recurrence(terms: Sequence[Fraction]) -> tuple[Fraction, ...]:
    r"""Return :math:`(c_0, ..., c_{r-1}, 1)` with the least r such that the terms obey a recurrence of length r.

    .. math:: s_{m+r} = -\sum_{j<r} c_j s_{m+j}, \qquad 0 \le m < n - r.

    Parameters
    ----------
    terms : sequence of Fraction
        The n known terms.  The recurrence is the only one of its length if n is at least 2 r.

    Examples
    --------
    Fibonacci's numbers, and the powers of 2 plus those of 3:

    >>> [str(c) for c in shortest_recurrence([1, 1, 2, 3, 5, 8])]
    ['-1', '-1', '1']
    >>> [str(c) for c in shortest_recurrence([2**m + 3**m for m in range(4)])]
    ['6', '-5', '1']
    >>> shortest_recurrence([0, 0, 0])
    (Fraction(1, 1),)

    Guarantee: exact.
    """
    polynomial = characteristic_polynomial([fmpq(term.numerator, term.denominator) for term in map(Q, terms)])
    return tuple(Fraction(int(c.p), int(c.q)) for c in polynomial.coeffs())


def characteristic_polynomial(terms: Sequence[fmpq]) -> fmpq_poly:
    r"""Return the monic polynomial :math:`x^r + c_{r-1} x^{r-1} + ... + c_0` of the shortest recurrence.

    Examples
    --------
    >>> characteristic_polynomial([fmpq(2**m + 3**m) for m in range(4)])
    x^2 + (-5)*x + 6

    Guarantee: exact.
    """
    # connection polynomials: sum_j current[j] s_{m-j} = 0 for all m from `length` on
    current, previous = fmpq_poly([1]), fmpq_poly([1])
    length, shift, last = 0, 1, fmpq(1)
    for place, _ in enumerate(terms):
        keep_going()
        defect = sum((current[j] * terms[place - j] for j in range(current.degree() + 1)), fmpq(0))
        if not defect:
            shift += 1
            continue
        changed = current - previous.left_shift(shift) * (defect / last)
        if 2 * length <= place:
            previous, last, length, shift = current, defect, place + 1 - length, 1
        else:
            shift += 1
        current = changed
    return fmpq_poly([current[length - j] for j in range(length + 1)])
