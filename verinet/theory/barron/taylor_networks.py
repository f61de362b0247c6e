r"""A smooth activation as finitely many RePU_s neurons with rational weights, and a certified bound of the error.

The measure of Taylor's remainder is cut into cells; the signed mass of a cell goes to its centroid where
:math:`\sigma^{(s+1)}` has one sign there.  Elsewhere it is split between the ends of the cell so that its first moment
is kept: each truncated power is replaced by its chord over the cell, whatever the sign.  With cells of width h in an
interval of length L, and the mass of a cell its variation, centroid and chord have the same bounds:

- s = 1: the error is that of the cell with the kink, at most mass h / 4;
- s >= 2: at most mass :math:`\frac{h^2}{8} s(s-1) L^{s-2}` a cell (Jensen's gap, and the chord's).

Rounding weights and nodes is added.  Derived.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb, factorial

from flint import arb

from verinet.errors import NotANumber, Unsupported
from verinet.exact.enclosures import Enclosure, enclosure_of, precision
from verinet.exact.printing import spelled_fields
from verinet.theory.barron.exact_values import ball_of
from verinet.theory.barron.measures import Atom, Measure
from verinet.theory.barron.polynomials import polynomial_measure
from verinet.theory.barron.smooth_activations import SmoothActivation, smooth
from verinet.theory.barron.taylor import TaylorMeasure
from verinet.theory.barron.variations import variation
from verinet.theory.ridges import RidgeSum
from verinet.work import keep_going

_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class FiniteTaylor:
    r"""Finitely many RePU_s neurons within `error` of a smooth activation, everywhere on [low, high].

    Guarantee: certified.
    """

    taylor: TaylorMeasure
    measure: Measure
    error: Fraction

    __repr__ = spelled_fields

    def function(self) -> RidgeSum:
        """Return the neurons as a sum of ridges of one input.

        Guarantee: exact.
        """
        return self.measure.function(self.taylor.order)


@dataclass(frozen=True, slots=True)
class _Cell:
    #: masses and nodes
    units: tuple[tuple[Fraction, Fraction], ...]
    #: of the cell where the kink is, and of every cell
    here: Fraction
    everywhere: Fraction


def finite_taylor(taylor: TaylorMeasure, cells: int, bits: int = 64) -> FiniteTaylor:
    r"""Cut Taylor's remainder into cells of equal width, and bound the error of the neurons in their place.

    Parameters
    ----------
    taylor : TaylorMeasure
        Of an order of at least 1.
    cells : int
        At least 1.
    bits : int
        Weights and nodes are multiples of :math:`2^{-bits}`.

    Raises
    ------
    Unsupported
        For the order 0: steps are not within a small distance of anything smooth.
    NotANumber
        Without cells or bits.

    Examples
    --------
    >>> found = finite_taylor(TaylorMeasure("tanh", 1, -2, 2), 64)
    >>> found.error < Fraction(1, 1000), len(found.measure.atoms)
    (True, 66)

    Guarantee: certified.
    """
    if taylor.order < 1:
        raise Unsupported("neurons of power 0 are steps: there is no small error", fix="take an order of at least 1")
    if cells < 1 or bits < 1:
        raise NotANumber(f"a cut needs cells and bits, got {cells} and {bits}", fix="give at least 1 of each")
    sigma, s, span = smooth(taylor.name), taylor.order, taylor.high - taylor.low
    found: list[_Cell] = []
    with precision(2 * bits + 64):
        for i in range(cells):
            keep_going()
            start, end = (taylor.low + span * Fraction(k, cells) for k in (i, i + 1))
            found.append(_cell(sigma, s, span, start, end, bits))
        polynomial, error = _polynomial(sigma, taylor, bits)
    error += max(cell.here for cell in found) + sum((cell.everywhere for cell in found), _ZERO)
    atoms = tuple(Atom(mass, (Fraction(1),), -node) for cell in found for mass, node in cell.units if mass)
    return FiniteTaylor(taylor, (polynomial + Measure(1, atoms)).merged(), error)


def _cell(sigma: SmoothActivation, s: int, span: Fraction, start: Fraction, end: Fraction, bits: int) -> _Cell:
    low, high, h = ball_of(start), ball_of(end), end - start
    mass = (sigma.at(s, high) - sigma.at(s, low)) / factorial(s)
    first = high * sigma.at(s, high) - low * sigma.at(s, low) - sigma.at(s - 1, high) + sigma.at(s - 1, low)
    first = first / factorial(s)
    one_sign = not sigma.at(s + 1, low.union(high)).contains(0)
    centre = first / mass
    if one_sign and centre.is_finite():
        weight, missed = _rounded(mass, bits)
        node, moved = _rounded(centre, bits)
        size = _largest(mass)
        units: tuple[tuple[Fraction, Fraction], ...] = ((weight, min(max(node, start), end)),)
        # moving the kink costs the Lipschitz constant of the truncated power
        rounding = missed * span**s + size * moved * s * span ** (s - 1)
    else:
        size = _largest(variation(sigma, s, low, high) / factorial(s))
        right, missed = _rounded((first - low * mass) / ball_of(h), bits)
        left, lost = _rounded((high * mass - first) / ball_of(h), bits)
        units, rounding = ((left, start), (right, end)), (missed + lost) * span**s
    if s == 1:
        return _Cell(units, size * h / 4, rounding)
    return _Cell(units, _ZERO, rounding + size * h * h / 8 * s * (s - 1) * span ** (s - 2))


def _polynomial(sigma: SmoothActivation, taylor: TaylorMeasure, bits: int) -> tuple[Measure, Fraction]:
    """The polynomial part by neurons, with rounded coefficients in powers of z, and what rounding costs."""
    s, span, error = taylor.order, taylor.high - taylor.low, _ZERO
    coefficients = [_ZERO] * (s + 1)
    for j in range(s + 1):
        c, missed = _rounded(sigma.at(j, ball_of(taylor.low)) / factorial(j), bits)
        error += missed * span**j
        for k in range(j + 1):
            coefficients[k] += c * comb(j, k) * (-taylor.low) ** (j - k)
    return polynomial_measure(coefficients, s, taylor.low, taylor.high), error


def _rounded(value: arb, bits: int) -> tuple[Fraction, Fraction]:
    """A multiple of 2^-bits, and its distance from the value at most."""
    found: Enclosure = enclosure_of(value)
    chosen = Fraction(round((found.low + found.high) / 2 * 2**bits), 2**bits)
    return chosen, max(abs(found.high - chosen), abs(chosen - found.low))


def _largest(value: arb) -> Fraction:
    found = enclosure_of(value)
    return max(abs(found.low), abs(found.high))
