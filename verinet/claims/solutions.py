"""Claims about solutions: exactly one, and fixed points of a network that maps its inputs to as many outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from verinet.claims import wording
from verinet.claims.builders import Networks, _tuple
from verinet.claims.formulas import Affine, Clauses, Formula, all_of, any_of, as_formula, equals, negate
from verinet.claims.language import Always, Somewhere
from verinet.claims.normal_forms import clauses
from verinet.claims.spoken import Point, Spoken
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.geometry.polyhedra import Polyhedron, exact_point
from verinet.networks.network import Network

__all__ = [
    "ExactlyOne",
    "FixedPoint",
    "NoFixedPoint",
    "UniqueFixedPoint",
    "exactly_one",
    "has_fixed_point",
    "no_fixed_point",
    "unique_fixed_point",
]


@dataclass(frozen=True, slots=True)
class ExactlyOne(Spoken):
    """Exactly one x of the domain satisfies a formula: that point does, and every x that does is that point.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).

    Parameters
    ----------
    networks : tuple of Network
    clauses : Clauses
        The formula, in conjunctive normal form.
    domain : Polyhedron
    at : tuple of Fraction, optional
        The point; without it the prover looks for one.
    """

    networks: tuple[Network, ...]
    clauses: Clauses
    domain: Polyhedron
    at: Point | None = None

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        self.exists()

    @property
    def formula(self) -> Formula:
        """The formula."""
        return all_of(*(any_of(*clause) for clause in self.clauses))

    def exists(self) -> Somewhere:
        """Return the first half: some x of the domain satisfies the formula."""
        return Somewhere(self.networks, self.clauses, self.domain)

    def only(self, at: Point) -> Always:
        """Return the second half: every x of the domain that satisfies the formula is this point."""
        same = all_of(*(equals(Affine.of_input(j), entry) for j, entry in enumerate(at)))
        return Always(self.networks, clauses(any_of(negate(self.formula), same)), self.domain)

    def _where(self) -> str:
        return "" if self.at is None else f", x = {wording.point_text(self.at)}"

    def text(self) -> str:
        """Return one line of ASCII."""
        formula = wording.formula_text(self.clauses, *self._names())
        return f"{formula} at exactly one x of {self._domain_text()}{self._where()}"


def exactly_one(
    networks: Networks, formula: object, domain: Polyhedron, at: Sequence[object] | None = None
) -> ExactlyOne:
    """Claim that exactly one point of the domain satisfies a formula; arguments as for `always`.

    Guarantee: exact (the claim says exactly this).

    Parameters
    ----------
    networks, formula, domain
    at : sequence of exact numbers, optional
        That point; without it the prover looks for one.

    Examples
    --------
    >>> from verinet.claims.builders import outputs
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.provers.portfolio import prove
    >>> x = variable("x")
    >>> f = network(x, 2 * x + relu(x))
    >>> print(prove(exactly_one(f, equals(outputs(f)[0], 1), interval(-1, 1))))
    PROVED   y_0 >= 1 and y_0 <= 1 at exactly one x of [-1,1], x = 1/3     kernel only
    """
    point = None if at is None else exact_point(cast("Sequence[Fraction]", at), domain.dimension, "exactly_one")
    return ExactlyOne(_tuple(networks), clauses(as_formula(formula)), domain, point)


@dataclass(frozen=True, slots=True)
class FixedPoint(Somewhere):
    """``f(x) = x`` for some x of the domain.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"f(x) = x at some x of {self._domain_text()}"


@dataclass(frozen=True, slots=True)
class NoFixedPoint(Always):
    """``f(x) != x`` for every x of the domain.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"f(x) != x on {self._domain_text()}"


@dataclass(frozen=True, slots=True, repr=False)
class UniqueFixedPoint(ExactlyOne):
    """``f(x) = x`` for exactly one x of the domain.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"f(x) = x at exactly one x of {self._domain_text()}{self._where()}"


def has_fixed_point(network: Network, domain: Polyhedron) -> FixedPoint:
    """Claim that ``f(x) = x`` for some x of the domain.

    Guarantee: exact (the claim says exactly this).

    Raises
    ------
    ShapeMismatch
        If the network has not as many outputs as inputs.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.provers.portfolio import prove
    >>> x = variable("x")
    >>> print(prove(has_fixed_point(network(x, 1 - relu(x)), interval(0, 1))))
    PROVED   f(x) = x at some x of [0,1]     kernel only
    """
    return FixedPoint((network,), clauses(_fixed(network)), domain)


def no_fixed_point(network: Network, domain: Polyhedron) -> NoFixedPoint:
    """Claim that ``f(x) != x`` for every x of the domain; raises as `has_fixed_point` does.

    Guarantee: exact (the claim says exactly this).

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.provers.portfolio import prove
    >>> x = variable("x")
    >>> print(prove(no_fixed_point(network(x, relu(x) + 1), interval(-3, 3))))
    PROVED   f(x) != x on [-3,3]     kernel only
    """
    return NoFixedPoint((network,), clauses(negate(_fixed(network))), domain)


def unique_fixed_point(network: Network, domain: Polyhedron, at: Sequence[object] | None = None) -> UniqueFixedPoint:
    """Claim that ``f(x) = x`` for exactly one x of the domain; raises as `has_fixed_point` does.

    Guarantee: exact (the claim says exactly this).

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.provers.portfolio import prove
    >>> x = variable("x")
    >>> print(prove(unique_fixed_point(network(x, 1 - 2 * relu(x)), interval(-1, 1))))
    PROVED   f(x) = x at exactly one x of [-1,1], x = 1/3     kernel only
    """
    point = None if at is None else exact_point(cast("Sequence[Fraction]", at), domain.dimension, "unique_fixed_point")
    return UniqueFixedPoint((network,), clauses(_fixed(network)), domain, point)


def _fixed(network: Network) -> Formula:
    if not isinstance(network, Network):
        raise Unsupported(f"a fixed point needs a Network, got {type(network).__name__}", fix="give one")
    if network.input_size != network.output_size:
        raise ShapeMismatch(
            f"a fixed point needs as many outputs as inputs, got {network.output_size} and {network.input_size}",
            fix="give a network that maps a space to itself",
        )
    return all_of(*(equals(Affine.of_output(i), Affine.of_input(i)) for i in range(network.input_size)))
