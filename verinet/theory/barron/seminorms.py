r"""The exact seminorm of a finite network in d dimensions: the total variation of its measure on hyperplanes.

.. math:: |f|_s = \sum_H \left| \sum_{i : H_i = H} (\pm 1)^{s + 1} \, m_i \lVert w_i \rVert^s \right|

over all different hyperplanes H that meet the domain; the sign is that of the orientation of the i-th neuron.  For odd
s both orientations of a hyperplane count with the same sign, since :math:`\mathrm{RePU}_s(-z) = (-1)^{s + 1}
(\mathrm{RePU}_s(z) - z^s)`; for s = 1 this is Radon's total variation of f.  Derived.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, fmpq, fmpz

from verinet.errors import Unsupported
from verinet.exact.enclosures import Enclosure, enclosure_of, precision
from verinet.exact.printing import spelled_fields
from verinet.networks.network import Network
from verinet.theory.barron.preactivations import Domain, preactivations
from verinet.theory.ridges import RidgeSum, primitive, ridge_sum

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


def total_variation(f: Network | RidgeSum, power: int = 1, domain: Domain | None = None) -> RootSum:
    r"""Return the seminorm of a network with one hidden layer of RePU_s neurons.

    Parameters
    ----------
    f : Network or RidgeSum
        All of whose ridges have the power s; an affine part beside them counts nothing.
    power : int
        s.
    domain : Polyhedron or Fraction, optional
        A bounded set, or the radius of a ball: hyperplanes that do not meet its interior count nothing.  Without it
        all of space.

    Raises
    ------
    Unsupported
        For a ridge of another power.

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
    function = ridge_sum(f) if isinstance(f, Network) else f
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
        if domain is not None:
            low, high = preactivations(weight, bias, domain)
            if high <= 0 or low >= 0:
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
    function = ridge_sum(f) if isinstance(f, Network) else f
    total: dict[int, Fraction] = defaultdict(Fraction)
    for ridge in function.ridges:
        if ridge.power != power:
            raise Unsupported(f"a neuron repu:{ridge.power} among repu:{power}", fix="convert the network first")
        if any(ridge.weight):
            weight, _, size = primitive(ridge.weight, ridge.bias)
            length = sum(int(w) ** 2 for w in weight)
            _add(total, abs(ridge.coefficient) * abs(size) ** power, length, power)
    return _sorted(total)


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
