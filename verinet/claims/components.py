"""Where superlevel sets lie: every connected component reaches the boundary of the domain."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from verinet.claims import wording
from verinet.claims.spoken import OfOneNetwork, check_setting
from verinet.errors import NotBounded, ShapeMismatch
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Network

__all__ = ["ReachesBoundary", "components_reach_boundary"]


@dataclass(frozen=True, slots=True)
class ReachesBoundary(OfOneNetwork):
    """Every connected component of ``{x in D : f_i(x) >= c}`` (or > c) meets the boundary of D.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).

    Parameters
    ----------
    networks : tuple of one Network
    domain : Polyhedron
        A polytope with interior.
    level : Fraction
    strict : bool
        Whether the set is ``{f_i > c}``.
    output : int
    """

    networks: tuple[Network, ...]
    domain: Polyhedron
    level: Fraction
    strict: bool = False
    output: int = 0

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        _, outputs = check_setting(self.networks, self.domain)
        if len(self.networks) != 1 or not 0 <= self.output < outputs:
            raise ShapeMismatch(
                f"components_reach_boundary needs one network and one of its outputs, got {len(self.networks)} "
                f"networks and output {self.output}",
                fix="count outputs from 0",
            )
        if not self.domain.is_bounded:
            raise NotBounded(
                "components_reach_boundary needs a polytope as its domain, got an unbounded polyhedron",
                fix="give every input a lower and an upper bound",
            )

    def contains(self, value: Fraction) -> bool:
        """Tell whether points with this value belong to the set.  Guarantee: exact."""
        return value > self.level if self.strict else value >= self.level

    def text(self) -> str:
        """Return one line of ASCII."""
        _, outputs = self._names()
        relation = ">" if self.strict else ">="
        level = wording.number_text(self.level)
        return (
            f"every component of {{{outputs[self.output]} {relation} {level}}} in D meets the boundary of "
            f"D = {self._domain_text()}"
        )


def components_reach_boundary(
    network: Network, domain: Polyhedron, level: object, *, strict: bool = False, output: int = 0
) -> ReachesBoundary:
    """Claim that every connected component of ``{x in D : f_i(x) >= level}`` meets the boundary of the polytope D.

    Guarantee: exact (the claim says exactly this).

    Parameters
    ----------
    network : Network
        Continuous piecewise-affine activations.
    domain : Polyhedron
        A polytope with interior.
    level : exact number
    strict : bool
        Speak of ``{f_i > level}`` instead.
    output : int
        Counted from 0.

    Raises
    ------
    NotBounded
        If the domain is unbounded.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import box
    >>> from verinet.networks.build import abs_, network, relu, variables
    >>> from verinet.provers.portfolio import prove
    >>> a, b = variables("x", 2)
    >>> square = box([-2, 2], dimension=2)
    >>> hill = network((a, b), relu(1 - abs_(a) - abs_(b)))
    >>> print(prove(components_reach_boundary(hill, square, "1/2")).reason)
    every component of {y_0 >= 1/2} in D meets the boundary of D = [-2,2]^2: f = 1 at x = (0, 0), and f < 1/2 ...
    >>> print(prove(components_reach_boundary(network((a, b), a + abs_(b)), square, 1)).theorem.trust)
    under 1 assumption
    """
    return ReachesBoundary((network,), domain, Q(level), strict, output)
