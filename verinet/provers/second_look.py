"""An independent look at a sup error: floats find where it is large, mpmath evaluates there to many digits.

It shares no arithmetic with the exact side but the numbers of the network.  What it returns is a value of the error
at some point of the domain, up to rounding: it never proves a bound, but one that exceeds a proved bound is an alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
import numpy.typing as npt

from verinet.claims.builders import polynomial_sup_error
from verinet.claims.targets import Polynomial
from verinet.errors import NotANumber
from verinet.exact.enclosures import FUNCTIONS
from verinet.exact.linalg import Matrix
from verinet.exact.printing import spelled
from verinet.exact.rationals import Q
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.activations import Activation
from verinet.networks.evaluate import FloatArithmetic, evaluate
from verinet.networks.network import Network

Floats = npt.NDArray[np.float64]
Error = Callable[[Sequence[Any]], Any]
#: Digits beyond those asked for, so that rounding does not show.
GUARD = 20
GRID = 4096
KEPT = 8
FLOAT_STEPS = 24
SHOWN = 12


@dataclass(frozen=True, slots=True)
class NumericError:
    """The largest error that was seen, as a decimal of `digits` digits, and where.  Guarantee: numeric."""

    value: str
    at: tuple[str, ...]
    digits: int

    def exceeds(self, bound: Fraction) -> bool:
        """Whether it is larger than a bound, both rounded to `digits` significant digits."""
        context = _context(self.digits)
        return Q(self.value) > Q(_decimal(context, _number(context, bound), self.digits))

    def __str__(self) -> str:
        context = _context(self.digits)
        return f"{_decimal(context, context.mpf(self.value), SHOWN)} (numeric, {self.digits} digits)"


def numeric_error(
    network: Network, target: object, domain: Polyhedron, digits: int = 50, variables: object = None
) -> NumericError:
    """The largest error of a network against a polynomial that a numeric search finds on a bounded domain.

    A grid in float64, steps uphill from its best points, and at the end mpmath with `digits` digits and twenty more.

    Parameters
    ----------
    network, target, domain, variables
        As for `verinet.claims.sup_error`.
    digits : int
        Significant digits of the value, at least 1.

    Raises
    ------
    NotANumber
        If `digits` is no positive integer.
    NotBounded
        If the domain is unbounded.
    EmptyDomain, ShapeMismatch, Unsupported, InexactInput
        As `verinet.claims.sup_error`.

    Examples
    --------
    >>> from verinet.geometry import interval
    >>> from verinet.networks import network, variable
    >>> x = variable("x")
    >>> look = numeric_error(network(x, x), {(2,): 1}, interval(0, 1))
    >>> print(look)
    0.25 (numeric, 50 digits)
    >>> look.exceeds(Q("1/4")), look.exceeds(Q("1/5"))
    (False, True)

    Notes
    -----
    Guarantee: numeric.
    """
    if isinstance(digits, bool) or not isinstance(digits, int) or digits < 1:
        raise NotANumber(
            f"numeric_error needs a positive number of digits, got {spelled(digits)[:80]}", fix="write digits=50"
        )
    targets = (polynomial_sup_error(network, target, domain, variables) <= 0).targets  # sizes have been checked
    box = domain.bounding_box()
    low = [end for end in box.low if end is not None]
    high = [end for end in box.high if end is not None]
    start, reach = _start(network, targets, domain, low, high)
    context = _context(digits)
    error = _error(context, network, targets)
    corners = [_number(context, end) for end in low], [_number(context, end) for end in high]
    best, at = _uphill(context, error, domain, start, reach, corners, digits)
    if best < 0:  # no grid point lies in a thin domain: take one of its points
        at = tuple(_number(context, entry) for entry in domain.point())
        best = error(at)
    return NumericError(_decimal(context, best, digits), tuple(context.nstr(x, digits) for x in at), digits)


# --- where to look: float64 ------------------------------------------------------------------------------------------


def _start(
    network: Network, targets: Sequence[Polynomial], domain: Polyhedron, low: list[Fraction], high: list[Fraction]
) -> tuple[Floats, float]:
    """The best point that a grid and steps uphill find, and the reach (in units of the box) of the next step."""
    size = len(low)
    start, width = np.array([float(a) for a in low]), np.array([float(b - a) for a, b in zip(low, high, strict=True)])
    side = max(3, round(GRID ** (1 / size)))
    if size <= 6:
        axis = np.arange(side + 1) / side
        units = np.stack(np.meshgrid(*[axis] * size, indexing="ij"), axis=-1).reshape(-1, size)
    else:  # a Weyl sequence
        units = (np.arange(1, GRID + 1)[:, None] * np.sqrt(np.arange(2, size + 2))[None, :]) % 1
    arithmetic = FloatArithmetic()

    def levels(units: Floats) -> Floats:
        points = start + width * units
        outputs = evaluate(network, points, arithmetic)
        gaps = [np.abs(outputs[:, place] - _float_value(target, points)) for place, target in enumerate(targets)]
        result: Floats = np.max(gaps, axis=0)
        inside = np.ones(len(points), dtype=bool)
        for half in domain.halfspaces:
            inside &= points @ np.array([float(entry) for entry in half.normal]) <= float(half.offset)
        result[~inside] = -1.0
        return result

    best = units[np.argsort(-levels(units), kind="stable")[:KEPT]]
    reach, moves = 1 / side, _directions(size)
    for _ in range(FLOAT_STEPS):
        tried = np.clip(best[:, None, :] + reach * np.vstack([np.zeros((1, size)), moves])[None], 0, 1)
        values = levels(tried.reshape(-1, size)).reshape(tried.shape[:2])
        chosen = values.argmax(axis=1)
        best = tried[np.arange(len(best)), chosen]
        if not chosen.any():
            reach /= 2
    order = np.argsort(-levels(best), kind="stable")
    return best[order[0]], reach


def _float_value(target: Polynomial, points: Floats) -> Floats:
    total = np.zeros(len(points))
    for coefficient, exponents in target.coefficients:
        total = total + float(coefficient) * np.prod(points ** np.array(exponents), axis=1)
    return total


def _directions(size: int) -> Floats:
    """Steps along the axes; in few dimensions along the diagonals of their planes too."""
    rows = [sign * unit for unit in np.eye(size) for sign in (1, -1)]
    if size <= 3:
        for first, second in combinations(np.eye(size), 2):
            rows += [a * first + b * second for a, b in product((1, -1), repeat=2)]
    return np.array(rows)


# --- how large it is: mpmath -----------------------------------------------------------------------------------------


def _uphill(
    context: Any, error: Error, domain: Polyhedron, start: Floats, reach: float, corners: Any, digits: int
) -> tuple[Any, tuple[Any, ...]]:
    """Compass search from a float point, in units of the box; where the error is smooth, half the digits of x do."""
    low, high = corners
    moves = [[int(entry) for entry in row] for row in _directions(len(low))]

    def point_at(units: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(a + (b - a) * min(max(u, 0), 1) for a, b, u in zip(low, high, units, strict=True))

    def level(units: Sequence[Any]) -> Any:
        point = point_at(units)
        if domain.halfspaces and not domain.contains(tuple(_fraction(x) for x in point)):
            return context.mpf(-1)
        return error(point)

    units = [context.mpf(float(u)) for u in start]
    best, step, last = level(units), context.mpf(reach), context.mpf(10) ** -(digits // 2 + 1)
    while step > last:
        for move in moves:
            tried = [u + step * entry for u, entry in zip(units, move, strict=True)]
            value = level(tried)
            if value > best:
                best, units = value, tried
                break
        else:
            step /= 2
    return best, point_at(units)


def _error(context: Any, network: Network, targets: Sequence[Polynomial]) -> Error:
    arithmetic = _ManyDigits(context)
    terms = [[(_number(context, c), exponents) for c, exponents in target.coefficients] for target in targets]

    def error(point: Sequence[Any]) -> Any:
        values = evaluate(network, point, arithmetic)
        gaps = []
        for value, target in zip(values, terms, strict=True):
            wanted = context.mpf(0)
            for coefficient, exponents in target:
                for x, power in zip(point, exponents, strict=True):
                    coefficient = coefficient * x**power
                wanted = wanted + coefficient
            gaps.append(abs(value - wanted))
        return max(gaps)

    return error


class _ManyDigits:
    """Lists of mpmath numbers; weights are rounded once and kept, zeros dropped."""

    def __init__(self, context: Any) -> None:
        self.context = context
        self._rows: dict[int, list[tuple[Any, list[tuple[int, Any]]]]] = {}
        self._tables: dict[Activation, tuple[list[Any], list[Any], list[list[Any]], Any]] = {}

    def enter(self, x: Any, size: int) -> list[Any]:
        """The point as it is."""
        return list(x)

    def take(self, values: list[Any], part: slice) -> list[Any]:
        """Some consecutive channels."""
        return values[part]

    def join(self, parts: Sequence[list[Any]]) -> list[Any]:
        """Several vectors, concatenated."""
        return [value for part in parts for value in part]

    def affine(self, weight: Matrix, bias: Matrix, values: list[Any], *, vertex: int) -> list[Any]:
        """weight values + bias."""
        if vertex not in self._rows:
            rows = zip(weight.to_rows(), bias.to_rows(), strict=True)
            self._rows[vertex] = [
                (_number(self.context, b), [(j, _number(self.context, w)) for j, w in enumerate(row) if w])
                for row, (b,) in rows
            ]
        return [sum((w * values[j] for j, w in row), b) for b, row in self._rows[vertex]]

    def activate(self, activations: tuple[Activation, ...], values: list[Any]) -> list[Any]:
        """One activation a channel."""
        return [self._value(f, z) for f, z in zip(activations, values, strict=True)]

    def _value(self, f: Activation, z: Any) -> Any:
        if f.smooth is not None:
            return FUNCTIONS[f.smooth].second(self.context, z)
        points, values, pieces, shift = self._table(f)
        if f.shift is not None:
            whole = self.context.floor(z)
            return self._polynomial(pieces[0], z - whole) + whole * shift
        for place, point in enumerate(points):
            if z <= point:
                return values[place] if z == point else self._polynomial(pieces[place], z)
        return self._polynomial(pieces[-1], z)

    def _table(self, f: Activation) -> tuple[list[Any], list[Any], list[list[Any]], Any]:
        if f not in self._tables:
            pieces = [[_number(self.context, c) for c in reversed(piece)] for piece in f.pieces]
            points = [_number(self.context, point) for point in f.breakpoints]
            values = [_number(self.context, value) for value in f.values]
            self._tables[f] = points, values, pieces, _number(self.context, f.shift or Fraction(0))
        return self._tables[f]

    def _polynomial(self, coefficients: Sequence[Any], z: Any) -> Any:
        total = coefficients[0]
        for coefficient in coefficients[1:]:
            total = total * z + coefficient
        return total

    def leave(self, values: list[Any]) -> list[Any]:
        """The outputs."""
        return values


def _context(digits: int) -> Any:
    import mpmath

    context = mpmath.MPContext()  # a context of our own: mpmath.mp is global
    context.dps = digits + GUARD
    return context


def _number(context: Any, q: Fraction) -> Any:
    return context.mpf(q.numerator) / context.mpf(q.denominator)


def _fraction(x: Any) -> Fraction:
    sign, mantissa, exponent, _ = x._mpf_
    size = Fraction(int(mantissa) << max(exponent, 0), 1 << max(-exponent, 0))
    return -size if sign else size


def _decimal(context: Any, x: Any, digits: int) -> str:
    return str(context.nstr(x, digits))
