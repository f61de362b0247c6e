r"""One rectified power by lower ones, with the exact error: the finite form of the downward embedding.

For :math:`0 < s < t` and :math:`z \le b`, with :math:`c = t! / (s! \, (t - s - 1)!)`,

.. math:: \mathrm{RePU}_t(z) = \int_0^b \mathrm{RePU}_s(z - \tau) \, c \tau^{t - s - 1} \, d\tau .

That there is such a push-forward is the paper's [heeringa2024]; cells, nodes and errors are derived.  The interval is
cut into n cells; each becomes one neuron, whose coefficient is the mass of the cell and whose node is its centroid.
Since :math:`\tau \mapsto \mathrm{RePU}_s(z - \tau)` is convex, the power is never below its approximation (Jensen), and
the largest gap is a rational number:

* s = 1: a cell below z contributes nothing, the gap of the cell that holds z is largest at the node;
* s > 1: the derivative of the gap is s times the gap of the same cells for s - 1, so that the gap never decreases, and
  is largest at the upper end of the range.

Where the range [a, b] starts above 0, the power is its Taylor polynomial at a of degree s plus the same integral over
[a, b]; the polynomial is a sum of s-th powers of neurons that are always active, exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, factorial

from flint import fmpq, fmpq_mat

from verinet.errors import Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import format_rational
from verinet.work import keep_going

__all__ = ["Cell", "LineSum", "active_powers", "cells_of", "converted_power", "crude_bound"]

_ZERO = Fraction(0)
#: (coefficient, node): coefficient RePU_s(z - node).
Unit = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the integral: its ends, its mass and its centroid.  Guarantee: exact."""

    low: Fraction
    high: Fraction
    mass: Fraction
    node: Fraction

    __repr__ = spelled_fields


@dataclass(frozen=True, slots=True)
class LineSum:
    r"""A function :math:`p + q z + \sum_i m_i \mathrm{RePU}_s(z - \tau_i)` that is at most a power on a range.

    Parameters
    ----------
    constant, slope : Fraction
        p and q.
    units : tuple of (Fraction, Fraction)
        (m, tau).
    error : Fraction
        The largest difference: power minus this function lies in [0, error] on the range, and both are attained.
    at : Fraction
        Where the difference is `error`.

    Guarantee: exact.
    """

    constant: Fraction
    slope: Fraction
    units: tuple[Unit, ...]
    error: Fraction
    at: Fraction

    __repr__ = spelled_fields


def converted_power(t: int, s: int, low: Fraction, high: Fraction, cells: int) -> LineSum:
    r"""Write :math:`\mathrm{RePU}_t(z)` by :math:`\mathrm{RePU}_s` for low <= z <= high.

    Parameters
    ----------
    t, s : int
        At least 1.
    low, high : Fraction
    cells : int
        n: as many neurons for the integral.

    Raises
    ------
    Unsupported
        If s > t and the kink lies inside of the range: no bounded multiple of RePU_s atoms is near a lower power.

    Examples
    --------
    >>> one = Fraction(1)
    >>> [str(converted_power(2, 1, -one, one, n).error) for n in (1, 2, 4)]
    ['1/4', '1/16', '1/64']
    >>> converted_power(3, 2, -one, -one / 2, 4).units, converted_power(1, 2, one, 2 * one, 4).slope
    ((), Fraction(1, 1))

    Guarantee: exact.
    """
    if high <= 0:
        return LineSum(_ZERO, _ZERO, (), _ZERO, high)
    if t == s:
        return LineSum(_ZERO, _ZERO, ((Fraction(1), _ZERO),), _ZERO, high)
    if low < 0 < high and s > t:
        raise Unsupported(
            f"repu:{t} has a kink in [{format_rational(low)}, {format_rational(high)}] that repu:{s} does not have: "
            "networks near to it have weights that grow without bound as the error falls",
            fix=f"convert to repu:{t} or lower"
            + (", or build such a network: verinet construct barron/relu-by-requ" if (t, s) == (1, 2) else ""),
        )
    start = max(_ZERO, low)
    terms = _taylor(t, min(s, t), start)
    if start == high:
        terms = [start**t]
    constant, slope, units = active_powers(terms, s, start, high)
    if s > t or start == high:
        return LineSum(constant, slope, units, _ZERO, high)
    found = cells_of(t, s, start, high, cells)
    units += tuple((cell.mass, cell.node) for cell in found)
    if s == 1:
        error, at = max(((_gap_at_node(t, cell), cell.node) for cell in found), key=lambda pair: pair[0])
    else:
        near = constant + slope * high + sum((m * (high - node) ** s for m, node in units), _ZERO)
        error, at = high**t - near, high
    return LineSum(constant, slope, units, error, at)


def cells_of(t: int, s: int, low: Fraction, high: Fraction, cells: int) -> tuple[Cell, ...]:
    r"""Cut [low, high] into equal cells with the density :math:`c \tau^{t - s - 1}`.

    Examples
    --------
    >>> [str(cell.node) for cell in cells_of(3, 1, Fraction(0), Fraction(1), 2)]
    ['1/3', '7/9']

    Guarantee: exact.
    """
    order = t - s
    density = Fraction(factorial(t), factorial(s) * factorial(order - 1))
    width = (high - low) / cells
    found = []
    for k in range(cells):
        keep_going()
        u, v = low + k * width, low + (k + 1) * width
        mass = density * (v**order - u**order) / order
        moment = density * (v ** (order + 1) - u ** (order + 1)) / (order + 1)
        found.append(Cell(u, v, mass, moment / mass))
    return tuple(found)


def crude_bound(t: int, s: int, high: Fraction, cells: int) -> Fraction:
    r"""The bound that needs no cell: :math:`M^{t} \binom{t}{s} s (s - 1) / (8 n^2)`, and for s = 1 the largest W h / 4.

    Examples
    --------
    >>> one = Fraction(1)
    >>> [f"{float(crude_bound(t, s, one, 8)):.1e}" for t, s in ((3, 1), (3, 2), (4, 3))]
    ['2.2e-02', '1.2e-02', '4.7e-02']

    Guarantee: exact (an upper bound of `LineSum.error` on ranges that start at most at 0).
    """
    width = high / cells
    found = cells_of(t, s, _ZERO, high, cells)
    if s == 1:
        return max(cell.mass for cell in found) * width / 4
    return sum((cell.mass for cell in found), _ZERO) * width**2 / 8 * s * (s - 1) * high ** (s - 2)


def active_powers(
    terms: Sequence[Fraction], s: int, low: Fraction, high: Fraction
) -> tuple[Fraction, Fraction, tuple[Unit, ...]]:
    r"""Write :math:`\sum_j p_j z^j`, of degree at most s, as p + q z + powers :math:`m (z - \tau)^s` with tau <= low.

    The neurons are active on all of [low, high], so that they are powers there.  The coefficients solve a Vandermonde
    system in the s - 1 nodes; what they add in degrees 0 and 1 is taken off p and q.

    Raises
    ------
    Unsupported
        If the degree is above s.

    Examples
    --------
    >>> p, q, units = active_powers([Fraction(0), Fraction(0), Fraction(1)], 3, Fraction(0), Fraction(1))
    >>> z = Fraction(1, 3)
    >>> p + q * z + sum(m * (z - tau) ** 3 for m, tau in units)
    Fraction(1, 9)

    Guarantee: exact.
    """
    degree = max((j for j, term in enumerate(terms) if term), default=0)
    if degree > s and degree > 1:
        raise Unsupported(f"a polynomial of degree {degree} is no sum of powers {s}", fix="take a larger power")
    wanted = [terms[j] if j < len(terms) else _ZERO for j in range(max(s, 1) + 1)]
    if degree < 2:
        return wanted[0], wanted[1], ()
    width = (high - low) or Fraction(1)
    nodes = [low - k * width for k in range(s - 1)]
    # the coefficient of z^(s-k) in (z - tau)^s is binomial(s, k) (-tau)^k
    system = fmpq_mat(s - 1, s - 1, [_flint((-node) ** k) for k in range(s - 1) for node in nodes])
    right = fmpq_mat(s - 1, 1, [_flint(wanted[s - k] / comb(s, k)) for k in range(s - 1)])
    solved = system.solve(right)
    units = tuple(
        (m, node) for k, node in enumerate(nodes) if (m := Fraction(int(solved[k, 0].p), int(solved[k, 0].q)))
    )
    rest = [wanted[j] - sum((m * comb(s, j) * (-tau) ** (s - j) for m, tau in units), _ZERO) for j in (0, 1)]
    return rest[0], rest[1], units


def _taylor(t: int, degree: int, at: Fraction) -> list[Fraction]:
    """The Taylor polynomial of z^t at a point, in powers of z."""
    terms = [_ZERO] * (degree + 1)
    for j in range(degree + 1):
        lead = comb(t, j) * at ** (t - j)
        for k in range(j + 1):
            terms[k] += lead * comb(j, k) * (-at) ** (j - k)
    return terms


def _gap_at_node(t: int, cell: Cell) -> Fraction:
    """The integral of c tau^(t-2) (x - tau) over the part of the cell below its node x, for s = 1."""
    c, x, u = Fraction(t * (t - 1)), cell.node, cell.low
    first = (x ** (t - 1) - u ** (t - 1)) / (t - 1)
    second = (x**t - u**t) / t
    return c * (x * first - second)


def _flint(q: Fraction) -> fmpq:
    return fmpq(q.numerator, q.denominator)
