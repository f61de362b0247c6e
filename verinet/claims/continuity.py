"""Continuity of networks whose activations jump."""

from __future__ import annotations

from dataclasses import dataclass

from verinet.claims.spoken import OfOneNetwork, check_setting
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Activate, Network

__all__ = ["Continuous", "continuous"]


@dataclass(frozen=True, slots=True)
class Continuous(OfOneNetwork):
    """The network, restricted to the domain, is continuous, whether its activations are or not.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[Network, ...]
    domain: Polyhedron

    def __post_init__(self) -> None:
        check_setting(self.networks, self.domain)
        self._check_one("continuous")

    @property
    def jumps(self) -> int:
        """Number of neurons whose activation is not continuous."""
        operations = (vertex.operation for vertex in self.network.vertices)
        return sum(
            not activation.is_continuous
            for operation in operations
            if isinstance(operation, Activate)
            for activation in operation.activations
            if activation.smooth is None
        )

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"f is continuous on {self._domain_text()}"


def continuous(network: Network, domain: Polyhedron) -> Continuous:
    """Claim that a network, restricted to a domain, is continuous: its jumps are not met there, or cancel.

    Proved by a network with continuous activations that equals it on the domain; refuted by a point, its value, and
    another value to which the network tends along a segment.

    Guarantee: exact (the claim says exactly this).

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.activations import activation
    >>> from verinet.networks.build import apply_activation, network, variable
    >>> from verinet.provers.portfolio import prove
    >>> x = variable("x")
    >>> step = apply_activation(x, activation("sign"))
    >>> print(prove(continuous(network(x, step + apply_activation(-x, activation("sign"))), interval(-1, 1))))
    PROVED   f is continuous on [-1,1]     under 1 assumption
    >>> print(prove(continuous(network(x, step), interval(-1, 1))))
    REFUTED   f is continuous on [-1,1]: f(0) = 0, but at x = 0 f tends to ...
    """
    return Continuous((network,), domain)
