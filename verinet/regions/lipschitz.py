r"""Lipschitz constants: operator norms of the affine maps.

On a convex domain the least L with ``|f(x) - f(x')| <= L |x - x'|`` is the greatest operator norm of the maps of the
cells: along a segment the slopes of finitely many cells add up, and inside of a cell its own norm is attained.  The
same norm is taken on both sides:

* 1: the greatest column sum of absolute values; for one output the greatest absolute slope;
* inf: the greatest row sum; for one output the sum of the absolute slopes;
* 2: the square root of the greatest eigenvalue of A^T A.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
from flint import fmpq, fmpq_mat, fmpq_poly

from verinet import work
from verinet.errors import Unsupported
from verinet.exact.enclosures import Enclosure
from verinet.exact.linalg import Matrix
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q

if TYPE_CHECKING:
    from verinet.regions.piecewise import PiecewiseAffine

__all__ = ["Lipschitz", "Norm", "cell_lipschitz", "lipschitz", "operator_norm", "spectral_norm"]

Floats = npt.NDArray[np.float64]
Norm = Literal["1", "2", "inf", 1, 2]


@dataclass(frozen=True, slots=True)
class Lipschitz:
    """The least Lipschitz constant of a function, and a cell that forces it.

    Parameters
    ----------
    norm : "1", "2" or "inf"
        On inputs and outputs alike.
    constant : Enclosure
        A single number in the norms 1 and inf.
    cell : int
        A cell whose map has that norm (in the norm 2: one that reaches the lower end).

    Guarantee: exact in the norms 1 and inf; certified in the norm 2.
    """

    norm: str
    constant: Enclosure
    cell: int

    __repr__ = spelled_fields


def lipschitz(f: PiecewiseAffine, norm: Norm = "inf", accuracy: object = "1e-12") -> Lipschitz:
    """The least Lipschitz constant of a function on its (convex) domain.

    Parameters
    ----------
    f : PiecewiseAffine
    norm : "1", "2" or "inf"
        The norm of inputs and of outputs.
    accuracy : exact number
        Largest width of the enclosure in the norm 2.

    Raises
    ------
    Unsupported
        For another norm.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import box
    >>> from verinet.networks.build import network, relu, variables
    >>> from verinet.regions.piecewise import piecewise
    >>> x, y = variables("x", 2)
    >>> f = piecewise(network((x, y), relu(3 * x + 4 * y)), box((-1, 1), (-1, 1)))
    >>> [str(lipschitz(f, norm).constant.high) for norm in ("1", "2", "inf")]
    ['4', '5', '7']

    Guarantee: exact in the norms 1 and inf; certified in the norm 2.
    """
    name, width = _name(norm), Q(accuracy)
    centre, error = f.maps.enclosures
    low, high = _rough(name, centre[:, :, :-1], error[:, :, :-1])
    known = low[np.isfinite(low)]
    bar = known.max() if len(known) else -np.inf
    candidates = np.flatnonzero(~(high < bar))
    best: tuple[Enclosure, int] | None = None
    for number in candidates[np.argsort(-high[candidates])].tolist():
        work.keep_going()
        found = operator_norm(f.maps.exact(number)[0], name, width)
        if best is None:
            best = found, number
        else:
            first = best[1] if best[0].low >= found.low else number
            best = Enclosure(max(best[0].low, found.low), max(best[0].high, found.high)), first
    if best is None:
        raise ArithmeticError("a function has no affine map")
    return Lipschitz(name, best[0], int(np.flatnonzero(f.maps.of_cell == best[1])[0]))


def cell_lipschitz(f: PiecewiseAffine, cell: int, norm: Norm = "inf", accuracy: object = "1e-12") -> Enclosure:
    """The operator norm of one cell's map: the Lipschitz constant of the function on that cell.

    Guarantee: exact in the norms 1 and inf; certified in the norm 2.
    """
    return operator_norm(f.map_of(cell)[0], norm, accuracy)


def operator_norm(a: Matrix, norm: Norm, accuracy: object = "1e-12") -> Enclosure:
    """The operator norm of a matrix, the same norm on both sides.

    Examples
    --------
    >>> a = Matrix.from_rows([[1, -2], [3, 4]])
    >>> [str(operator_norm(a, norm).low) for norm in ("1", "inf")]
    ['6', '7']

    Guarantee: exact in the norms 1 and inf; certified in the norm 2.
    """
    name = _name(norm)
    if name == "2":
        return spectral_norm(a, Q(accuracy))
    rows = (a if name == "inf" else a.T).to_rows()
    value = max((sum((abs(entry) for entry in row), Fraction(0)) for row in rows), default=Fraction(0))
    return Enclosure(value, value)


def spectral_norm(a: Matrix, accuracy: Fraction) -> Enclosure:
    r"""An enclosure of the greatest singular value, at most `accuracy` wide.

    With p the squarefree part of the characteristic polynomial of the smaller of A^T A and A A^T, whose n roots are
    real, and t at or above the greatest root r,

    .. math:: t - n\, p(t) / p'(t) \le r \le t - p(t) / p'(t),

    since p'(t)/p(t) is the sum of 1/(t - r_i), which lies between 1/(t - r) and n/(t - r).  Newton's steps from above,
    rounded up, thus enclose r; the square root is taken of both ends, rounded outwards.

    Examples
    --------
    >>> spectral_norm(Matrix.from_rows([[3, 4]]), Fraction(1, 100))
    Enclosure(low=Fraction(5, 1), high=Fraction(5, 1))
    >>> golden = spectral_norm(Matrix.from_rows([[1, 1], [0, 1]]), Fraction(1, 10**20))
    >>> golden.low**2 - golden.low <= 1 <= golden.high**2 - golden.high
    True

    Guarantee: certified.
    """
    gram = a @ a.T if a.rows <= a.columns else a.T @ a
    if gram.is_zero():
        return Enclosure(Fraction(0), Fraction(0))
    polynomial = _squarefree(gram)
    derivative, size = polynomial.derivative(), polynomial.degree()
    t = sum((gram[i, i] for i in range(gram.rows)), Fraction(0))  # the trace: at least the greatest root
    bits = 32
    while True:
        work.keep_going()
        value = _at(polynomial, t)
        step = value / _at(derivative, t) if value else Fraction(0)
        found = Enclosure(_root_below(t - size * step, bits), _root_above(t - step, bits))
        if found.width <= accuracy:
            return found
        lower = _rounded_up(t - step, bits)
        if not lower < t or step == 0:
            bits *= 2
        t = min(t, lower)


def _squarefree(gram: Matrix) -> fmpq_poly:
    entries = [fmpq(entry.numerator, entry.denominator) for row in gram.to_rows() for entry in row]
    polynomial = fmpq_mat(gram.rows, gram.columns, entries).charpoly()
    return polynomial // polynomial.gcd(polynomial.derivative())


def _at(polynomial: fmpq_poly, t: Fraction) -> Fraction:
    value = polynomial(fmpq(t.numerator, t.denominator))
    return Fraction(int(value.p), int(value.q))


def _rounded_up(q: Fraction, bits: int) -> Fraction:
    """At least q, with about that many bits."""
    shift = bits - (q.numerator.bit_length() - q.denominator.bit_length())
    scale = Fraction(2) ** shift
    scaled = q * scale
    return Fraction(-((-scaled.numerator) // scaled.denominator)) / scale


def _root_below(q: Fraction, bits: int) -> Fraction:
    if q <= 0:
        return Fraction(0)
    exact = _rational_root(q)
    if exact is not None:
        return exact
    shift = _shift(q, bits)
    return Fraction(isqrt((q.numerator << 2 * shift) // q.denominator), 1 << shift)


def _root_above(q: Fraction, bits: int) -> Fraction:
    exact = _rational_root(q)
    if exact is not None:
        return exact
    shift = _shift(q, bits)
    return Fraction(isqrt((q.numerator << 2 * shift) // q.denominator) + 1, 1 << shift)


def _shift(q: Fraction, bits: int) -> int:
    """Binary places that give a root about that many significant bits."""
    return max(bits, bits + (q.denominator.bit_length() - q.numerator.bit_length()) // 2 + 1)


def _rational_root(q: Fraction) -> Fraction | None:
    p, r = isqrt(max(q.numerator, 0)), isqrt(q.denominator)
    return Fraction(p, r) if p * p == q.numerator and r * r == q.denominator else None


def _rough(name: str, centre: Floats, error: Floats) -> tuple[Floats, Floats]:
    """Bounds of the norms of all maps from floats: below and above."""
    with np.errstate(over="ignore", invalid="ignore"):
        size = np.abs(centre)
        low, high = np.maximum(size - error, 0), size + error
        low, high = low * (1 - 2.0**-40), high * (1 + 2.0**-40)  # for the roundings here and in the sums below
        if name == "2":
            rank = max(1, min(centre.shape[1:]))
            return np.sqrt((low**2).sum(axis=(1, 2)) / rank) * (1 - 2.0**-40), np.sqrt((high**2).sum(axis=(1, 2)))
        axis = 1 if name == "1" else 2
        return low.sum(axis=axis).max(axis=1), high.sum(axis=axis).max(axis=1)


def _name(norm: Norm) -> Literal["1", "2", "inf"]:
    match str(norm):
        case "1":
            return "1"
        case "2":
            return "2"
        case "inf":
            return "inf"
    raise Unsupported(f"Lipschitz constants are known in the norms 1, 2 and inf, got {norm!r}", fix="name one of them")
