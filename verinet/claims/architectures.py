"""How a network is built: its width, depth, size and activations, compared with numbers.

Such a claim is about the description and decided by counting in it.  The kernel reads a chain of layers, in which
affine maps are multiplied out and identity units carry values along, and says which widths it has read; that the
network has the numbers stated is therefore an assumption of the theorem, printed with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NoReturn

from verinet.claims.quantities import Quantity
from verinet.claims.spoken import OfOneNetwork
from verinet.errors import ShapeMismatch, Unsupported
from verinet.geometry.polyhedra import Polyhedron, whole_space
from verinet.networks.network import Activate, Network

__all__ = ["Architecture", "ArchitectureOf", "Built", "BuiltFrom", "architecture"]

Measure = Literal["width", "depth", "size"]
Relation = Literal["<=", ">=", "="]
_HOLDS: dict[Relation, Callable[[int, int], bool]] = {
    "<=": lambda found, said: found <= said,
    ">=": lambda found, said: found >= said,
    "=": lambda found, said: found == said,
}


class _Described(OfOneNetwork):
    __slots__ = ()

    @property
    def domain(self) -> Polyhedron:
        """The whole space: the claim speaks of no point."""
        return whole_space(self.network.input_size)

    def holds_at(self, x: object) -> NoReturn:
        """Refuse: this is no statement about points."""
        raise Unsupported("a claim about an architecture is not about points", fix="ask claim.holds")


@dataclass(frozen=True, slots=True)
class Built(_Described):
    """The width, depth or size of a network compares with a number as stated.

    Width: neurons of the largest hidden layer; depth: hidden layers on the longest path; size: neurons in all.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[Network, ...]
    measure: Measure
    relation: Relation
    number: int

    def __post_init__(self) -> None:
        _one(self.networks)
        if isinstance(self.number, bool) or not isinstance(self.number, int):
            raise Unsupported(f"a {self.measure} is an integer, got {self.number!r}", fix="compare it with an integer")

    @property
    def found(self) -> int:
        """The number that the network has."""
        numbers: dict[Measure, int] = {
            "width": self.network.width,
            "depth": self.network.depth,
            "size": self.network.size,
        }
        return numbers[self.measure]

    @property
    def holds(self) -> bool:
        """Whether it is so.  Guarantee: exact."""
        return _HOLDS[self.relation](self.found, self.number)

    def counted(self) -> str:
        """Return what was counted, in words."""
        widths = ", ".join(map(str, self.network.level_widths)) or "no"
        return f"the network's hidden layers have {widths} neurons; identity units of the chain are none"

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"{self.measure}(f) {self.relation} {self.number}"


@dataclass(frozen=True, slots=True)
class BuiltFrom(_Described):
    """All neurons of a network have activations of certain names.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[Network, ...]
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        _one(self.networks)

    @property
    def found(self) -> tuple[str, ...]:
        """The names of the network's activations, the identity left out."""
        operations = (vertex.operation for vertex in self.network.vertices)
        used = {
            activation.name
            for operation in operations
            if isinstance(operation, Activate)
            for activation in operation.activations
            if not activation.is_identity
        }
        return tuple(sorted(used))

    @property
    def holds(self) -> bool:
        """Whether it is so.  Guarantee: exact."""
        return set(self.found) <= set(self.names)

    def counted(self) -> str:
        """Return what was found, in words."""
        return f"the activations of the network's neurons are {', '.join(self.found) or 'none'}"

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"all neurons of f are of {', '.join(self.names)}"


@dataclass(frozen=True, slots=True, eq=False)
class ArchitectureOf(Quantity):
    """A width, depth or size; compare it with ``==``, ``<=`` or ``>=`` to get a claim.

    Guarantee: exact (the claim says exactly this).
    """

    network: Network
    measure: Measure

    def __eq__(self, number: object) -> Built:  # type: ignore[override]  # a claim on purpose
        return self._claim("=", number)

    def __le__(self, number: object) -> Built:
        return self._claim("<=", number)

    def __ge__(self, number: object) -> Built:
        return self._claim(">=", number)

    def _claim(self, relation: Relation, number: object) -> Built:
        return Built((self.network,), self.measure, relation, number)  # type: ignore[arg-type]  # it checks the number

    @property
    def _words(self) -> tuple[str, str]:
        return f"architecture(...).{self.measure}", "== n, <= n or >= n"


@dataclass(frozen=True, slots=True)
class Architecture:
    """The quantities of a network's description that claims speak of.

    Guarantee: exact (the claims say exactly this).
    """

    network: Network

    @property
    def width(self) -> ArchitectureOf:
        """Neurons of the largest hidden layer."""
        return ArchitectureOf(self.network, "width")

    @property
    def depth(self) -> ArchitectureOf:
        """Hidden layers on the longest path."""
        return ArchitectureOf(self.network, "depth")

    @property
    def size(self) -> ArchitectureOf:
        """Neurons in all."""
        return ArchitectureOf(self.network, "size")

    def only(self, *names: str) -> BuiltFrom:
        """Claim that all activations, identities aside, have one of these names."""
        return BuiltFrom((self.network,), names)


def architecture(network: Network) -> Architecture:
    """Return what can be claimed about a network's description: ``architecture(f).width <= 3``.

    Guarantee: exact (the claims say exactly this).

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.provers.portfolio import prove
    >>> x = variable("x")
    >>> f = network(x, relu(x) + relu(x - 1) + x)
    >>> print(prove(architecture(f).width <= 2))
    PROVED   width(f) <= 2     under 1 assumption
    >>> print(prove(architecture(f).depth == 2), prove(architecture(f).only("relu")).theorem.trust, sep=" | ")
    REFUTED   depth(f) = 2 (it is 1) | under 1 assumption
    """
    _one((network,))
    return Architecture(network)


def _one(networks: tuple[Network, ...]) -> None:
    if len(networks) != 1 or not isinstance(networks[0], Network):
        raise ShapeMismatch("a claim about an architecture needs one Network", fix="state one claim a network")
