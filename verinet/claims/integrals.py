"""Integrals over a domain: of a polynomial in inputs and outputs, of its powers, of the powers of its absolute value.

``integral(f, {(0, 2): 1}, d) == v`` is a claim.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NoReturn, cast

from verinet.claims import statements, wording
from verinet.claims.builders import Networks, _tuple
from verinet.claims.quantities import Quantity
from verinet.claims.spoken import Spoken, check_setting
from verinet.claims.targets import Polynomial, as_polynomial
from verinet.errors import EmptyDomain, ShapeMismatch, Unsupported
from verinet.exact.printing import spelled, spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Network

#: Largest power of an integrand; the kernel has the same bound.
LARGEST_POWER = 400


@dataclass(frozen=True, slots=True)
class IntegralBetween(Spoken):
    r"""``low <= int_D g(x, y)^p dx <= high``, or with :math:`|g|^p`; y are the outputs of all networks at x.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).

    Parameters
    ----------
    networks : tuple of Network
    integrand : Polynomial
        g, in the n inputs and then all outputs.
    power : int
        p >= 1.
    absolute : bool
        Whether \|g\| is meant.
    domain : Polyhedron
        Bounded.
    low, high : Fraction
    words, note : str
        What is integrated and what its names mean, for people; made from the integrand where they are empty.
    """

    networks: tuple[Network, ...]
    integrand: Polynomial
    power: int
    absolute: bool
    domain: Polyhedron
    low: Fraction
    high: Fraction
    words: str = ""
    note: str = ""

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        inputs, outputs = check_setting(self.networks, self.domain)
        if self.integrand.dimension != inputs + outputs:
            raise ShapeMismatch(
                f"an integral needs an integrand in {inputs} inputs and {outputs} outputs, "
                f"got a polynomial in {self.integrand.dimension} variables",
                fix="give one exponent for every input and then one for every output, {(0, 2): 1} for y^2",
            )
        if isinstance(self.power, bool) or not isinstance(self.power, int) or not 1 <= self.power <= LARGEST_POWER:
            raise Unsupported(
                f"an integral needs a power from 1 to {LARGEST_POWER}, got {spelled(self.power)[:80]}",
                fix="give a positive integer",
            )
        if self.low > self.high:
            raise Unsupported(
                f"no integral lies between {format_rational(self.low)} and the smaller {format_rational(self.high)}",
                fix="swap the two bounds",
            )

    def holds_at(self, x: Sequence[Fraction]) -> NoReturn:
        """Refuse: an integral is not a statement about single points."""
        raise Unsupported(
            "an integral cannot be evaluated at a point", fix="prove the claim, or integrate: verinet.piecewise(...)"
        )

    def with_bounds(self, low: Fraction, high: Fraction) -> IntegralBetween:
        """Return the same claim with other bounds."""
        return replace(self, low=low, high=high)

    def statement(self) -> statements.Json:
        """Return the kernel's statement, as JSON values; raises as `Always.statement`."""
        return {
            "kind": "integral",
            "networks": statements.networks_json(self.networks, self.domain),
            "domain": statements.domain_json(self.domain),
            "integrand": statements.polynomial_json(self.integrand),
            "power": self.power,
            "absolute": "yes" if self.absolute else "no",
            "bounds": statements.point_json((self.low, self.high)),
        }

    def text(self) -> str:
        """Return one line of ASCII."""
        words = self.words or self._made_words()
        if self.low == self.high:
            bounds = f"{words} = {wording.number_text(self.low)}"
        elif self.low == 0 and (self.absolute or self.power % 2 == 0):
            bounds = f"{words} <= {wording.number_text(self.high)}"
        else:
            bounds = f"{wording.number_text(self.low)} <= {words} <= {wording.number_text(self.high)}"
        return f"{bounds} on {self._domain_text()}" + (f"; {self.note}" if self.note else "")

    def _made_words(self) -> str:
        names = (*self._names()[0], *self._names()[1])
        text = self.integrand.text(names)
        if self.absolute:
            text = f"|{text}|"
        elif self.power > 1:
            text = f"({text})"
        return f"integral of {text}" + (f"^{self.power}" if self.power > 1 else "")


@dataclass(frozen=True, slots=True, eq=False)
class Integral(Quantity):
    """An integral over a domain; compare with ``==``, or with both bounds by `between`, to get a claim.

    Guarantee: exact (the claim says exactly this).
    """

    networks: tuple[Network, ...]
    integrand: Polynomial
    domain: Polyhedron
    power: int = 1
    absolute: bool = False
    words: str = ""
    note: str = ""
    nonnegative: bool = False

    def __eq__(self, value: object) -> IntegralBetween:  # type: ignore[override]  # a claim on purpose
        return self.between(value, value)

    def __le__(self, value: object) -> IntegralBetween:
        if not self._never_negative:
            raise self._no_comparison("<=")
        return self.between(0, value)

    @property
    def _never_negative(self) -> bool:
        return self.nonnegative or self.absolute or self.power % 2 == 0

    def between(self, low: object, high: object) -> IntegralBetween:
        """Return the claim that the integral lies in [low, high]."""
        return IntegralBetween(
            self.networks,
            self.integrand,
            self.power,
            self.absolute,
            self.domain,
            Q(low),
            Q(high),
            self.words,
            self.note,
        )

    @property
    def _words(self) -> tuple[str, str]:
        known = "== v or .between(low, high)"
        return "integral(...)", f"<= v, {known}" if self._never_negative else known


def integral(
    networks: Networks,
    integrand: object,
    domain: Polyhedron,
    *,
    power: int = 1,
    absolute: bool = False,
) -> Integral:
    """Return the integral of a polynomial in inputs and outputs, to be compared: ``integral(f, g, d) == v``.

    Guarantee: exact (the claim says exactly this).

    Parameters
    ----------
    networks : Network or sequence of Network
        Their outputs are concatenated.
    integrand : Polynomial, mapping from exponents to coefficients, or None
        In the n inputs and then all outputs: ``{(0, 2): 1}`` for y^2 with one of each; in the outputs alone where
        the exponents are as many; None for the only output.
    domain : Polyhedron
        Bounded.
    power, absolute
        ``g^power``, or ``|g|^power``.

    Raises
    ------
    NotBounded
        If the domain is unbounded.
    EmptyDomain
        If the domain has no point, or a side of its box no length.
    ShapeMismatch
        If sizes do not fit.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> print((integral(network(x, relu(x)), {(1, 1): 1}, interval(-1, 1)) == "1/3").text())
    integral of x*y_0 = 1/3 on [-1,1]
    """
    nets = _tuple(networks)
    check_setting(nets, domain)
    outputs = sum(network.output_size for network in nets)
    return Integral(nets, _integrand(integrand, domain.dimension, outputs), bounded(domain), power, absolute)


def bounded(domain: Polyhedron) -> Polyhedron:
    """Return the same set with a bounded box whose sides have a length.

    Guarantee: exact.

    Raises
    ------
    NotBounded
        If the set is unbounded.
    EmptyDomain
        If it is empty or a side of the box has no length.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import Halfspace
    >>> bounded(Polyhedron((0,), (None,), (Halfspace((2,), 1),))).high
    (Fraction(1, 2),)
    """
    hull = domain.bounding_box()
    if any(low == high for low, high in zip(hull.low, hull.high, strict=True)):
        raise EmptyDomain(
            "an integral needs a domain with an interior, got a box with a side of length 0",
            fix="leave out the coordinate that is fixed: integrals over flat sets are 0",
        )
    return Polyhedron(hull.low, hull.high, domain.halfspaces)


def lifted(polynomial: Polynomial, dimension: int) -> Polynomial:
    """Return the same polynomial in more variables, those that follow having exponent 0.

    Guarantee: exact.

    Examples
    --------
    >>> print(lifted(Polynomial(1, ((1, (2,)),)), 3))
    x_0^2
    """
    rest = (0,) * (dimension - polynomial.dimension)
    return Polynomial(dimension, tuple((c, (*e, *rest)) for c, e in polynomial.coefficients))


def _integrand(given: object, inputs: int, outputs: int) -> Polynomial:
    size = inputs + outputs
    if given is None:
        if outputs != 1:
            raise ShapeMismatch(
                f"an integral over {outputs} outputs needs an integrand",
                fix="give one, {(0, 1, 0): 1} for the first of two outputs and one input",
            )
        return Polynomial.variable(inputs, size)
    if isinstance(given, Mapping):
        items = []
        for exponents, coefficient in given.items():
            powers = (exponents,) if isinstance(exponents, int) else tuple(cast("Sequence[int]", exponents))
            items.append((coefficient, (0,) * inputs + powers if len(powers) == outputs else powers))
        return Polynomial(size, tuple(items))
    if isinstance(given, Polynomial):
        return given
    return as_polynomial(given, size)
