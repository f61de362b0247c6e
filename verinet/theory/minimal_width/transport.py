r"""How near an invertible network pushes a law to where the target pushes it, in the Wasserstein distance W_2.

For a law mu on the box, ``W_2(Phi#mu, T#mu)^2 <= int |Phi - T|^2 dmu``, since ``(Phi(X), T(X))`` couples the two.  The
integral is bounded on the flats by exact integrals and elsewhere by the measure of the risers [derived; that the
push-forwards converge weakly is the paper's, `rochau2024`].  Nothing follows for densities, or in Kullback-Leibler
divergence: the network's determinants on the flats are tiny.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, prod

from flint import arb, fmpq

from verinet.claims.targets import Polynomial
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.enclosures import enclosure_of, precision
from verinet.exact.rationals import Q, format_rational
from verinet.networks.network import Interval
from verinet.theory.minimal_width.lu import LUConstruction
from verinet.theory.minimal_width.lu_design import volume
from verinet.theory.minimal_width.rounding import root_above
from verinet.work import keep_going

_ZERO, _ONE = Fraction(0), Fraction(1)
_BITS = 256


@dataclass(frozen=True, slots=True)
class Normal:
    """Independent normal coordinates with these means and one deviation.

    Raises
    ------
    Unsupported
        If the deviation is not positive.

    Guarantee: exact.
    """

    means: tuple[Fraction, ...]
    deviation: Fraction = _ONE

    def __post_init__(self) -> None:
        if self.deviation <= 0:
            raise Unsupported(
                f"a deviation is positive, got {format_rational(self.deviation)}", fix="give a positive number"
            )


@dataclass(frozen=True, slots=True)
class TransportBound:
    """Upper bounds of ``W_2^2``, by where they come from, and of W_2.

    Parameters
    ----------
    flats, risers, tail : Fraction
        The mean square distance on the flats, between them, and outside of the box.

    Guarantee: exact for a uniform law, certified for a normal one.
    """

    flats: Fraction
    risers: Fraction
    tail: Fraction = _ZERO

    @property
    def squared(self) -> Fraction:
        """A bound of ``W_2^2``."""
        return self.flats + self.risers + self.tail

    @property
    def distance(self) -> Fraction:
        """A short number above the root of it: a bound of W_2."""
        return root_above(self.squared, 2)


def uniform_transport(construction: LUConstruction) -> TransportBound:
    r"""Bound :math:`W_2(\Phi_\# u, T_\# u)` for u uniform on the box of the construction.

    Examples
    --------
    >>> from verinet.theory.minimal_width.lu import lu
    >>> bound = uniform_transport(lu([{(2, 0): 1}, {(1, 1): 1}], resolution=4))
    >>> bound.distance < Q("0.1125"), bound.tail
    (True, Fraction(0, 1))

    Guarantee: exact (under the coupling above).
    """
    design = construction.design
    whole = volume(design.stairs.box)
    flats = sum((_square(construction, code) for code in range(len(design.cells))), _ZERO)
    return TransportBound(flats / whole, design.stairs.bad / whole * _worst(construction))


def normal_transport(
    construction: LUConstruction, law: Normal | None = None, *, truncated: bool = False
) -> TransportBound:
    r"""Bound W_2 for a normal law mu: of :math:`\Phi_\# \mu_B`, mu_B being mu conditioned on the box B of the network.

    Truncated, the other law is :math:`T_\# \mu_B`; else :math:`T_\# \mu`, with

    .. math:: W_2^2 \le \int_B |\Phi - T|^2 d\mu + 2 \mu(B^c) \sup_B |\Phi|^2 + 2 \int_{B^c} |T|^2 d\mu,

    by the coupling that takes a point of B for both, and for a point outside of B an independent one of mu_B.

    Parameters
    ----------
    construction : LUConstruction
    law : Normal, optional
        The standard normal one by default.
    truncated : bool

    Raises
    ------
    ShapeMismatch
        If the law has another dimension.
    Unsupported
        If a target is no polynomial and the law is not truncated: outside of the box it means nothing.

    Examples
    --------
    >>> from verinet.theory.minimal_width.lu import lu
    >>> found = lu([{(0, 1): 1}, {(1, 0): 1}], resolution=8, domain=[(-4, 4), (-4, 4)])
    >>> bound = normal_transport(found)
    >>> bound.distance < 1, 0 < bound.tail < Q("1/50")
    (True, True)

    Guarantee: certified.
    """
    design = construction.design
    box = design.stairs.box
    law = Normal((_ZERO,) * len(box)) if law is None else law
    if len(law.means) != len(box):
        raise ShapeMismatch(
            f"a law of dimension {len(law.means)} does not fit a box of dimension {len(box)}",
            fix="give one mean a coordinate",
        )
    flats = _ZERO
    for code, (cell, _) in enumerate(design.cells):
        keep_going()
        densest = prod((_density_above(law, j, side) for j, side in enumerate(cell)), start=_ONE)
        flats += densest * _square(construction, code)
    risers = _ZERO
    for j in range(len(box)):
        axis = design.stairs.axis(j)
        gaps = [(axis[k], axis[k + 1]) for k in range(1, len(axis) - 1, 2)]
        risers += sum(((high - low) * _density_above(law, j, (low, high)) for low, high in gaps), _ZERO)
    risers *= _worst(construction)
    if truncated:
        share = _below(lambda: _chance(law, box))
        return TransportBound(flats / share, risers / share)
    return TransportBound(flats, risers, _tail(construction, law))


def _square(construction: LUConstruction, code: int) -> Fraction:
    """The integral of |Phi - T|^2 over a product of flats."""
    cell, forms = construction.design.cells[code]
    return sum((f.integral(cell, form, 2) for f, form in zip(construction.near, forms, strict=True)), _ZERO)


def _worst(construction: LUConstruction) -> Fraction:
    """A bound of |Phi - T|^2 on the box."""
    reaches = zip(_reaches(construction), construction.near, strict=True)
    return sum(((reach + f.coefficient_bound) ** 2 for reach, f in reaches), _ZERO)


def _reaches(construction: LUConstruction) -> list[Fraction]:
    """The largest size of every output: the inverse is certified on the ranges of the outputs."""
    return [max(abs(low), abs(high)) for low, high in construction.part("inverse").domain]


def _tail(construction: LUConstruction, law: Normal) -> Fraction:
    """``2 mu(B^c) sup |Phi|^2 + 2 int_{B^c} |T|^2 dmu``."""
    box = construction.design.stairs.box
    polynomials: list[Polynomial] = []
    for f in construction.near:
        if len(f.pieces) != 1:
            raise Unsupported(
                "a target in pieces means nothing outside of the box", fix="write normal_transport(..., truncated=True)"
            )
        polynomials.append(f.pieces[0][1])
    size = sum((reach**2 for reach in _reaches(construction)), _ZERO)
    line: list[Interval | None] = [None] * len(box)
    outside = _above(lambda: 1 - _chance(law, box))
    squares = _above(
        lambda: sum((_second_moment(law, t, line) - _second_moment(law, t, box) for t in polynomials), arb(0))
    )
    return 2 * outside * size + 2 * squares


# --- normal laws, by balls --------------------------------------------------------------------------


def _ball(q: Fraction) -> arb:
    return arb(fmpq(q.numerator, q.denominator))


def _above(compute: Callable[[], arb]) -> Fraction:
    with precision(_BITS):
        return max(enclosure_of(compute()).high, _ZERO)


def _below(compute: Callable[[], arb]) -> Fraction:
    with precision(_BITS):
        return enclosure_of(compute()).low


def _bell(z: arb) -> arb:
    """The standard normal density."""
    return (-z * z / 2).exp() / (2 * arb.pi()).sqrt()


def _density_above(law: Normal, j: int, side: Interval) -> Fraction:
    """An upper bound, of 64 bits or so, of the density of coordinate j on an interval."""
    mean, (low, high) = law.means[j], side
    nearest = min(max(mean, low), high)
    with precision(64):
        value = _bell(_ball((nearest - mean) / law.deviation)) / _ball(law.deviation)
        return enclosure_of(value).high


def _chance(law: Normal, box: Sequence[Interval]) -> arb:
    """The probability of the box."""
    return prod((_moment(law, j, side, 0) for j, side in enumerate(box)), start=arb(1))


def _second_moment(law: Normal, target: Polynomial, box: Sequence[Interval | None]) -> arb:
    """The integral of a polynomial's square over a box (None: the whole line)."""
    total = arb(0)
    for coefficient, exponents in (target * target).coefficients:
        moments = (_moment(law, j, side, e) for j, (side, e) in enumerate(zip(box, exponents, strict=True)))
        total += prod(moments, start=_ball(Q(coefficient)))
    return total


def _moment(law: Normal, j: int, side: Interval | None, exponent: int) -> arb:
    """The integral of x^e over an interval, by ``x = mean + deviation z`` and the recurrence of normal moments."""
    mean, scale = _ball(law.means[j]), _ball(law.deviation)
    if side is None:
        standard = [arb(1), arb(0)]
        for e in range(2, exponent + 1):
            standard.append((e - 1) * standard[e - 2])
    else:
        low, high = ((_ball(end) - mean) / scale for end in side)
        root = arb(2).sqrt()
        standard = [((high / root).erf() - (low / root).erf()) / 2, _bell(low) - _bell(high)]
        for e in range(2, exponent + 1):
            ends = low ** (e - 1) * _bell(low) - high ** (e - 1) * _bell(high)
            standard.append((e - 1) * standard[e - 2] + ends)
    terms = (comb(exponent, e) * mean ** (exponent - e) * scale**e * standard[e] for e in range(exponent + 1))
    return sum(terms, arb(0))
