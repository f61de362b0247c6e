"""What claims share: no truth value, networks on a domain that fit each other, and how a point refutes them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NoReturn

from verinet.claims import wording
from verinet.errors import ShapeMismatch, Unsupported
from verinet.geometry.polyhedra import Polyhedron, exact_point
from verinet.networks.network import Network

Point = tuple[Fraction, ...]


class Spoken:
    """What all claims share: no truth value, and the values of the networks at a point.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    __slots__ = ()

    if TYPE_CHECKING:  # a field of most claims, computed by some

        @property
        def networks(self) -> tuple[Network, ...]:
            """The networks that are spoken of."""

        @property
        def domain(self) -> Polyhedron:
            """Where they are spoken of."""

    def __bool__(self) -> NoReturn:
        raise Unsupported(
            "a claim is what is said, not whether it is true: it has no truth value",
            fix="prove it: verinet.prove(claim), or evaluate it at a point: claim.holds_at(x)",
        )

    def outputs_at(self, x: Sequence[Fraction]) -> Point:
        """Return the outputs of all networks at x, concatenated.  Guarantee: exact."""
        point = exact_point(x, self.domain.dimension, "evaluating a claim")
        return tuple(value for network in self.networks for value in network(*point))

    def _domain_text(self) -> str:
        return wording.domain_text(self.domain)

    def _names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        sizes = [network.output_size for network in self.networks]
        return wording.input_names(self.domain.dimension), wording.output_names(sizes)


class OfOneNetwork(Spoken):
    """What claims about one network share.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    __slots__ = ()

    @property
    def network(self) -> Network:
        """The network."""
        return self.networks[0]

    def _check_one(self, what: str) -> None:
        if len(self.networks) != 1:
            raise ShapeMismatch(f"{what} needs one network, got {len(self.networks)}", fix="state one claim a network")


class Everywhere(Spoken):
    """What claims share that hold at every x of the domain, one by one.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    __slots__ = ()

    def holds_at(self, x: Sequence[Fraction]) -> bool:
        """Tell whether the claim holds at x (in the domain or not).  Guarantee: exact."""
        raise NotImplementedError

    def refuted_by(self, x: Sequence[Fraction]) -> bool:
        """Tell whether x lies in the domain and the claim fails there.  Guarantee: exact."""
        return self.domain.contains(x) and not self.holds_at(x)


def check_setting(networks: Sequence[Network], domain: Polyhedron) -> tuple[int, int]:
    """Check that networks and domain fit and the domain has a point; return the numbers of inputs and outputs.

    Guarantee: exact.

    Raises
    ------
    ShapeMismatch
        If there is no network, something else in its place, or a domain of another dimension.
    EmptyDomain
        If the domain has no point.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> check_setting((network(x, relu(x)), network(x, [x, 2 * x])), interval(0, 1))
    (1, 3)
    """
    if not networks or not all(isinstance(network, Network) for network in networks):
        raise ShapeMismatch(
            f"a claim needs at least one Network, got {[type(network).__name__ for network in networks]}",
            fix="give a Network (verinet.network(...), read_network(path)) or a tuple of them",
        )
    if not isinstance(domain, Polyhedron):
        raise ShapeMismatch(
            f"a claim needs a Polyhedron as its domain, got {type(domain).__name__}",
            fix="write domain=interval(0, 1), or box((0, 1), (0, 1))",
        )
    for index, network in enumerate(networks):
        if network.input_size != domain.dimension:
            raise ShapeMismatch(
                f"a claim needs a domain of {network.input_size} dimensions, one for every input, "
                f"got {domain.dimension}",
                fix="give one side for every input of the network",
                where=f"network {index}",
            )
    domain.point()
    return domain.dimension, sum(network.output_size for network in networks)
