r"""The exact seminorm of a finite network in d dimensions: the total variation of its measure on hyperplanes.

.. math:: |f|_s = \sum_H \left| \sum_{i : H_i = H} (\pm 1)^{s + 1} \, m_i \lVert w_i \rVert^s \right|

over all different hyperplanes H that meet the domain; the sign is that of the orientation of the i-th neuron.  For odd
s both orientations of a hyperplane count with the same sign, since :math:`\mathrm{RePU}_s(-z) = (-1)^{s + 1}
(\mathrm{RePU}_s(z) - z^s)`; for s = 1 this is Radon's total variation of f.  Derived.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, fmpq, fmpz

from verinet.errors import NotANumber, Unsupported
from verinet.exact import programs
from verinet.exact.enclosures import Enclosure, enclosure_of, precision
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Network
from verinet.theory.barron.preactivations import Domain, preactivations
from verinet.theory.barron.ridge_networks import one_function
from verinet.theory.ridges import RidgeSum, primitive

__all__ = ["RootSum", "path_norm", "total_variation"]


@dataclass(frozen=True, slots=True)
class RootSum:
    r"""A number :math:`\sum_i c_i \sqrt{n_i}` with different square-free n and rational c, which is its exact form.

    Two such numbers are equal if and only if their terms are.

    Guarantee: exact.
    """

    terms: tuple[tuple[int, Fraction], ...]

    __repr__ = spelled_fields

    def __str__(self) -> str:
        return str(self.symbolic())

    def symbolic(self) -> Any:
        """The sympy expression."""
        import sympy

        return sum(
            (sympy.Rational(c.numerator, c.denominator) * sympy.sqrt(n) for n, c in self.terms), sympy.Integer(0)
        )

    def enclosure(self, digits: int = 30) -> Enclosure:
        """An interval of relative accuracy 10^-digits around it.  Guarantee: certified (coefficients of one sign)."""
        with precision(64 + 4 * digits):
            total = arb(0)
            for n, c in self.terms:
                total += arb(fmpq(c.numerator, c.denominator)) * arb(n).sqrt()
            return enclosure_of(total)

    @property
    def is_rational(self) -> bool:
        """Whether no root is left."""
        return all(n == 1 for n, _ in self.terms)


def total_variation(f: Network | RidgeSum, power: int = 1, domain: Domain | int | str | None = None) -> RootSum:
    r"""Return the seminorm of a network with one hidden layer of RePU_s neurons.

    Parameters
    ----------
    f : Network or RidgeSum
        All of whose ridges have the power s; an affine part beside them counts nothing.
    power : int
        s.
    domain : Polyhedron or exact number, optional
        A bounded set, or the radius of a ball: hyperplanes that do not meet its interior count nothing.  Without it
        all of space.

    Raises
    ------
    Unsupported
        For a ridge of another power, or a domain without interior, where different hyperplanes may be one.
    NotANumber
        For a radius that is not positive.

    Notes
    -----
    On the domain the function determines the sum over the orientations of one hyperplane, and so the seminorm: it is
    that of the function, not of the network.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variables
    >>> x, y = variables("x", 2)
    >>> f = network((x, y), relu(2 * x + 4 * y) - relu(x + 2 * y) + 3 * relu(x) - 3 * relu(-x))
    >>> str(total_variation(f)), str(path_norm(f))
    ('sqrt(5)', '6 + 3*sqrt(5)')

    Guarantee: exact.

    Source: derived.
    """
    function = one_function(f)
    place = None if domain is None else _read(domain)
    found: dict[tuple[tuple[Fraction, ...], Fraction], Fraction] = defaultdict(Fraction)
    for ridge in function.ridges:
        if ridge.power != power:
            raise Unsupported(
                f"the seminorm of repu:{power} has no place for a neuron repu:{ridge.power}",
                fix="convert the network to one power first",
            )
        if not any(ridge.weight):
            continue
        weight, bias, size = primitive(ridge.weight, ridge.bias)
        if place is not None and not _meets(weight, bias, place):
            continue
        turned = -1 if size < 0 and power % 2 == 0 else 1
        found[weight, bias] += turned * ridge.coefficient * abs(size) ** power
    total: dict[int, Fraction] = defaultdict(Fraction)
    for (weight, _), mass in found.items():
        _add(total, abs(mass), sum(int(w) ** 2 for w in weight), power)
    return _sorted(total)


def path_norm(f: Network | RidgeSum, power: int = 1) -> RootSum:
    r"""The sum of :math:`|m_i| \lVert w_i \rVert^s` over the neurons as they are, nothing merged.

    Guarantee: exact.

    Raises
    ------
    Unsupported
        For a ridge of another power.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> str(path_norm(network(x, relu(2 * x) - 2 * relu(x - 1))))
    '4'
    """
    function = one_function(f)
    total: dict[int, Fraction] = defaultdict(Fraction)
    for ridge in function.ridges:
        if ridge.power != power:
            raise Unsupported(f"a neuron repu:{ridge.power} among repu:{power}", fix="convert the network first")
        if any(ridge.weight):
            weight, _, size = primitive(ridge.weight, ridge.bias)
            length = sum(int(w) ** 2 for w in weight)
            _add(total, abs(ridge.coefficient) * abs(size) ** power, length, power)
    return _sorted(total)


def _read(domain: Domain | int | str) -> Domain:
    if isinstance(domain, Polyhedron):
        if isinstance(programs.feasible(_open(domain)), programs.Feasible):
            return domain
        raise Unsupported(
            "the domain has no interior: on it different hyperplanes may be the same set",
            fix="restrict the network to the affine space of the domain first",
        )
    radius = Q(domain)
    if radius <= 0:
        raise NotANumber(f"a radius is positive, got {format_rational(radius)}", fix="write domain=Q(1), say")
    return radius


def _open(domain: Polyhedron) -> programs.System:
    """The interior: all rows strict, the sides among them."""
    closed, size = domain.system(), domain.dimension
    rows = list(closed.rows)
    for k, (low, high) in enumerate(zip(domain.low, domain.high, strict=True)):
        for side, sign in ((low, 1), (high, -1)):
            if side is not None:
                row = [0] * (size + 1)
                row[0], row[k + 1] = -sign * side.numerator, sign * side.denominator
                rows.append(tuple(row))
    return programs.System(tuple(rows), (True,) * len(rows), (None,) * size, (None,) * size)


def _meets(weight: Sequence[Fraction], bias: Fraction, domain: Domain) -> bool:
    """Whether the hyperplane meets the interior; on a ball the squares decide, no root is rounded."""
    if isinstance(domain, Fraction):
        return bias**2 < domain**2 * sum(w * w for w in weight)
    low, high = preactivations(weight, bias, domain)
    return low < 0 < high


def _add(total: dict[int, Fraction], mass: Fraction, square: int, power: int) -> None:
    """Add mass times the s-th power of the root of a positive integer."""
    factor, rest = square ** (power // 2), 1
    if power % 2:
        for prime, exponent in fmpz(square).factor():
            factor *= int(prime) ** (exponent // 2)
            rest *= int(prime) ** (exponent % 2)
    total[rest] += mass * factor


def _sorted(total: dict[int, Fraction]) -> RootSum:
    return RootSum(tuple(sorted((n, c) for n, c in total.items() if c)))
