"""The functions that a construction approximates, and what is asked of them on boxes: values, means, errors.

One function an output: a polynomial, a polynomial in pieces, or a smooth expression.  Each is turned into polynomials
on parts of the domain with a certified distance (0 for the first two), and everything after that is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import comb, prod
from typing import Any

from flint import fmpq, fmpq_mpoly_ctx

from verinet.claims.lp_errors import _box_volume, _root_above
from verinet.claims.pieces import PiecewisePolynomial, as_piecewise, intersection
from verinet.claims.plans import Form
from verinet.claims.smooth_targets import SmoothTarget, as_smooth
from verinet.claims.targets import Exponents, Polynomial, as_polynomial
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.rationals import Q
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Interval
from verinet.theory.minimal_width.bernstein import extremes, largest_size
from verinet.theory.minimal_width.boxes import Box, box_domain, read_box
from verinet.theory.minimal_width.rounding import power_below, root_above, short
from verinet.theory.minimal_width.slanted import Point, corners, integral_over
from verinet.work import keep_going

__all__ = [
    "Box",
    "Near",
    "Target",
    "Targets",
    "box_domain",
    "power_below",
    "read_box",
    "read_targets",
    "root_above",
    "short",
]

_Terms = list[tuple[Exponents, Any]]


@dataclass(frozen=True, slots=True)
class Target:
    """One function of n variables.

    Parameters
    ----------
    given : Polynomial, PiecewisePolynomial or SmoothTarget

    Examples
    --------
    >>> (square,) = read_targets({(2,): 1}, 1).functions
    >>> square.value((Q("1/2"),)), square.is_smooth
    (Fraction(1, 4), False)

    Guarantee: exact for polynomials and pieces, certified for smooth functions.
    """

    given: Polynomial | PiecewisePolynomial | SmoothTarget

    @property
    def is_smooth(self) -> bool:
        """Whether its values are enclosed only."""
        return isinstance(self.given, SmoothTarget)

    def enclosure(self, x: Sequence[Fraction], accuracy: Fraction) -> Interval:
        """Two rationals at most `accuracy` apart, with the value at x between them; equal where it is known exactly.

        Raises
        ------
        Unsupported
            If no piece holds x.

        Guarantee: certified.
        """
        if isinstance(self.given, SmoothTarget):
            found = self.given.enclosure(x, accuracy)
            return found.low, found.high
        if isinstance(self.given, Polynomial):
            value = self.given.value(x)
            return value, value
        values = self.given.values(x)
        if not values:
            raise Unsupported("no piece of the target holds this point", fix="let the pieces cover the domain")
        return values[0], values[0]

    def value(self, x: Sequence[Fraction], accuracy: Fraction = Fraction(1, 1 << 20)) -> Fraction:
        """The value at x, or a short rational within `accuracy` of it for a smooth function.  Guarantee: certified."""
        low, high = self.enclosure(x, accuracy / 2)
        return low if low == high else short((low + high) / 2, accuracy / 2)

    def near(self, box: Box, accuracy: Fraction = Fraction(1, 1 << 20)) -> Near:
        """Polynomials on parts of the box, within `accuracy` of the function: itself with distance 0 if it has pieces.

        Guarantee: certified.
        """
        domain = box_domain(box)
        if isinstance(self.given, Polynomial):
            return Near(((domain, self.given),), Fraction(0), box)
        if isinstance(self.given, PiecewisePolynomial):
            self.given.check_covers(domain)
            pieces = [(intersection(domain, piece), polynomial) for piece, polynomial in self.given.pieces]
            return Near(tuple(pair for pair in pieces if not pair[0].is_empty), Fraction(0), box)
        found = self.given.near(domain, accuracy)
        return Near(found.polynomials.pieces, found.error, box)


@dataclass(frozen=True, slots=True)
class Near:
    """Polynomials on parts of a box, and how far the function may be from them.

    Parameters
    ----------
    pieces : tuple of (Polyhedron, Polynomial)
    distance : Fraction
    box : tuple of (Fraction, Fraction)

    Examples
    --------
    >>> near = read_targets({(2,): 1}, 1).functions[0].near(((Q(0), Q(1)),))
    >>> near.mean(((Q(0), Q(1)),)), near.integral(((Q(0), Q(1)),), Q("1/3")), near.largest_error(((Q(0), Q(1)),), Q(0))
    (Fraction(1, 3), Fraction(4, 45), Fraction(1, 1))

    Guarantee: exact about the polynomials, certified about the function.
    """

    pieces: tuple[tuple[Polyhedron, Polynomial], ...]
    distance: Fraction
    box: Box
    _powers: dict[tuple[int, int], _Terms] = field(default_factory=dict, compare=False, repr=False)

    def mean(self, box: Box) -> Fraction:
        """The average over a box of the polynomials, where pieces cover it.  Guarantee: exact."""
        total, volume = fmpq(0), fmpq(0)
        for place, part, cut in self._parts(box):
            total += _integral(self._power(place, 1), part, cut)
            volume += _integral(self._power(place, 0), part, cut)
        return Q(total / volume) if volume else self.pieces[0][1].value([low for low, _ in box])

    def integral(self, box: Box, guess: Fraction | Form, p: int = 2) -> Fraction:
        r"""Return :math:`\int |P - a|^p` over a box, a being a constant or a form over (1, x), p even.

        Raises
        ------
        Unsupported
            If p is not even and positive.

        Guarantee: exact.
        """
        if p < 2 or p % 2:
            raise Unsupported(f"the integral of a power needs an even exponent, got {p}", fix="write p=2")
        total = fmpq(0)
        for place, part, cut in self._parts(box):
            if isinstance(guess, Fraction):
                v = -_flint(guess)
                moments = [_integral(self._power(place, j), part, cut) for j in range(p + 1)]
                total += sum((comb(p, j) * v ** (p - j) * moments[j] for j in range(p + 1)), start=fmpq(0))
            else:
                terms = list((_gap(self.pieces[place][1], guess) ** p).to_dict().items())
                total += _integral(terms, part, cut)
        return Q(total)

    def largest_error(self, box: Box, guess: Fraction | Form) -> Fraction:
        """An upper bound of |f - a| on a box; for pieces that are multi-affine it is attained there.

        Guarantee: certified.
        """
        parts = self._parts(box, flat=True)
        sizes = [largest_size(_gap(self.pieces[place][1], guess), part) for place, part, _ in parts]
        return max(sizes, default=Fraction(0)) + self.distance

    def extremes(self, box: Box) -> tuple[Fraction, Fraction]:
        """Bounds of f on a box, between which all its values lie; attained for pieces that are multi-affine.

        Raises
        ------
        Unsupported
            If no piece meets the box.

        Guarantee: certified.
        """
        parts = self._parts(box, flat=True)
        sides = [extremes(_gap(self.pieces[place][1], Fraction(0)), part) for place, part, _ in parts]
        if not sides:
            raise Unsupported("no piece of the target meets this box", fix="let the pieces cover the domain")
        return min(low for low, _ in sides) - self.distance, max(high for _, high in sides) + self.distance

    @property
    def coefficient_bound(self) -> Fraction:
        """The sum over the pieces of sum |coefficient| max |monomial| over the whole box.

        Guarantee: certified (it bounds ``|P|``).
        """
        reach = [max(abs(low), abs(high)) for low, high in self.box]
        return sum(
            (
                abs(coefficient) * prod((r**e for r, e in zip(reach, exponents, strict=True)), start=Fraction(1))
                for _, polynomial in self.pieces
                for coefficient, exponents in polynomial.coefficients
            ),
            start=Fraction(0),
        )

    def shift(self, p: int) -> Fraction:
        r"""A bound :math:`\delta \operatorname{vol}^{1/p}` of how far L^p errors against f and the polynomials differ.

        Guarantee: exact.
        """
        return self.distance * _root_above(_box_volume(box_domain(self.box)), p) if self.distance else Fraction(0)

    def _parts(self, box: Box, flat: bool = False) -> Iterator[tuple[int, Box, tuple[Point, ...]]]:
        """The pieces that meet a box, each with the common box and, if it is slanted there, the corners of what it has.

        Flat ones only if asked for.
        """
        keep_going()
        for place, (piece, _) in enumerate(self.pieces):
            if len(self.pieces) == 1 and not piece.halfspaces:
                yield place, box, ()
                return
            low = [max(a, b) for (a, _), b in zip(box, piece.low, strict=True) if b is not None]
            high = [min(a, b) for (_, a), b in zip(box, piece.high, strict=True) if b is not None]
            if any(a > b or (a == b and not flat) for a, b in zip(low, high, strict=True)):
                continue
            part = tuple(zip(low, high, strict=True))
            if all(piece.contains(x) for x in product(*part)):
                yield place, part, ()
            elif points := corners(intersection(box_domain(part), piece)):
                sides = [(min(ends), max(ends)) for ends in zip(*points, strict=True)]
                yield place, tuple(sides), points

    def _power(self, place: int, exponent: int) -> _Terms:
        """The terms of a power of the polynomial of a piece."""
        key = (place, exponent)
        if key not in self._powers:
            polynomial = _gap(self.pieces[place][1], Fraction(0))
            self._powers[key] = list((polynomial**exponent).to_dict().items())
        return self._powers[key]


@dataclass(frozen=True, slots=True)
class Targets:
    """The functions of a construction, one an output.

    Parameters
    ----------
    functions : tuple of Target
    dimension : int

    Guarantee: exact.
    """

    functions: tuple[Target, ...]
    dimension: int

    def __len__(self) -> int:
        return len(self.functions)

    @property
    def claimed(self) -> Any:
        """What `lp_error` and `sup_error` take as their target."""
        return self.functions[0].given if len(self) == 1 else [function.given for function in self.functions]

    @property
    def all_polynomial(self) -> bool:
        """Whether all of them are polynomials."""
        return all(isinstance(function.given, Polynomial) for function in self.functions)


def read_targets(targets: object, inputs: int, variables: Sequence[object] | object | None = None) -> Targets:
    """Read one function, or a list of them.

    Parameters
    ----------
    targets : polynomial, list of (Polyhedron, polynomial), sympy expression, or a list of these
        As `verinet.claims.lp_errors.lp_error` takes them.
    inputs : int
        Number of variables.
    variables : symbols, optional
        As `as_polynomial`.

    Raises
    ------
    InexactInput, Unsupported, ShapeMismatch
        As `as_polynomial`, `as_piecewise` and `as_smooth`.

    Examples
    --------
    >>> len(read_targets([{(1, 1): 1}, {(0, 2): 1}], 2))
    2

    Guarantee: exact.
    """
    if isinstance(targets, Targets):
        return targets
    if isinstance(targets, Target):
        return Targets((targets,), inputs)
    listed = _listed(targets, inputs, variables)
    if not listed:
        raise ShapeMismatch("a construction needs a target for every output, got none", fix="give one target")
    return Targets(tuple(_target(entry, inputs, variables) for entry in listed), inputs)


def _listed(targets: object, inputs: int, variables: Sequence[object] | object | None) -> Sequence[object]:
    if not isinstance(targets, list | tuple):
        return [targets]
    return [targets] if as_piecewise(targets, inputs, variables) is not None else targets


def _target(given: object, inputs: int, variables: Sequence[object] | object | None) -> Target:
    if isinstance(given, Target):
        return given
    found: Polynomial | PiecewisePolynomial | SmoothTarget | None = as_piecewise(given, inputs, variables)
    found = found or as_smooth(given, inputs, variables) or as_polynomial(given, inputs, variables)
    if isinstance(found, PiecewisePolynomial | SmoothTarget) and found.dimension != inputs:
        raise ShapeMismatch(
            f"a target needs {inputs} variables, got one in {found.dimension}", fix="build it in as many variables"
        )
    return Target(found)


@lru_cache(maxsize=1 << 16)
def _moments(low: Fraction, high: Fraction, degree: int) -> list[Any]:
    """The integrals of x^0, ..., x^degree over an interval."""
    a, b = _flint(low), _flint(high)
    return [(b ** (e + 1) - a ** (e + 1)) / (e + 1) for e in range(degree + 1)]


def _summed(terms: _Terms, box: Box) -> Any:
    """The integral of a polynomial, as terms, over a box."""
    degrees = [max((exponents[j] for exponents, _ in terms), default=0) for j in range(len(box))]
    tables = [_moments(low, high, degree) for (low, high), degree in zip(box, degrees, strict=True)]
    total = fmpq(0)
    for exponents, coefficient in terms:
        value = coefficient
        for table, exponent in zip(tables, exponents, strict=True):
            value = value * table[exponent]
        total += value
    return total


def _integral(terms: _Terms, box: Box, cut: tuple[Point, ...]) -> Any:
    """The integral over a box, or over the hull of the corners that a slanted piece leaves of it."""
    return _flint(integral_over(terms, cut)) if cut else _summed(terms, box)


def _gap(polynomial: Polynomial, guess: Fraction | Form) -> Any:
    """P - a for FLINT."""
    size = polynomial.dimension
    terms = {exponents: _flint(coefficient) for coefficient, exponents in polynomial.coefficients}
    form = (guess, *(Fraction(0),) * size) if isinstance(guess, Fraction) else guess
    for place, entry in enumerate(form):
        exponents = tuple(int(j == place - 1) for j in range(size))
        terms[exponents] = terms.get(exponents, fmpq(0)) - _flint(entry)
    return _ring(size).from_dict(terms)


@lru_cache(maxsize=64)
def _ring(size: int) -> Any:
    return fmpq_mpoly_ctx.get([f"x{j}" for j in range(size)], "lex")


def _flint(value: Fraction) -> Any:
    return fmpq(value.numerator, value.denominator)
