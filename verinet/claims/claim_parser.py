"""The parser of claims in one line: names, comparisons and lists, for the heads of `verinet.claims.claim_heads`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from verinet.claims.claim_terms import Meanings, Names
from verinet.claims.claim_tokens import Reader
from verinet.errors import ShapeMismatch
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Network

Maker = Callable[[Polyhedron], Any]


class Parser(Reader):
    """The text of a claim about some networks.

    Guarantee: exact.
    """

    def __init__(self, text: str, networks: Sequence[Network]) -> None:
        super().__init__(text)
        if not networks or len({network.input_size for network in networks}) != 1:
            raise ShapeMismatch(
                "a claim needs networks with equally many inputs, got "
                f"{[network.input_size for network in networks] or 'none'}",
                fix="state one claim a network",
            )
        self.networks = tuple(networks)
        self.meanings = Meanings(self, Names.of(networks))

    @property
    def size(self) -> int:
        """Number of inputs."""
        return self.networks[0].input_size

    def one(self, what: str) -> Network:
        """Return the only network.

        Raises
        ------
        ShapeMismatch
            If there are several.
        """
        if len(self.networks) != 1:
            raise ShapeMismatch(f"{what} is a claim about one network, got {len(self.networks)}", fix="give one")
        return self.networks[0]

    def variable(self, outputs: bool) -> int:
        """Read the name of an input, or of an output."""
        token = self.peek()
        place = self.meanings.names.find(token.text) if token.kind == "name" else None
        if place is None or (place >= self.size) is not outputs:
            self.fail(f"{'an output' if outputs else 'an input'} ({self.meanings.names.words()})")
        self.take()
        return place - self.size if outputs else place

    def relation(self, *signs: str) -> str:
        """Read one of the comparisons ("=" for "==")."""
        found = self.accept(*signs, *(("==",) if "=" in signs else ()))
        if found is None:
            self.fail(" or ".join(signs))
        return "=" if found.text == "==" else found.text

    def several(self, read: Callable[[], Any], separator: str = ",") -> list[Any]:
        """Read one thing or more, with separators between them."""
        found = [read()]
        while self.accept(separator):
            found.append(read())
        return found

    def output(self, network: Network) -> int:
        """Read ``for y_1``; without it there must be one output."""
        if self.accept("for"):
            return self.variable(outputs=True)
        if network.output_size != 1:
            self.fail("for and an output")
        return 0


class Everywhere:
    """A claim whose set may be left out: then all of R^n is meant, or (unless told) the domain of the network.

    Guarantee: exact.
    """

    def __init__(self, parser: Parser, make: Callable[[Polyhedron | None], Any], *, own: bool = True) -> None:
        sides = parser.networks[0].domain if own else None
        self.own = None if sides is None else Polyhedron(*zip(*sides, strict=True))
        self.make = make

    def made(self, stated: Polyhedron | None) -> Any:
        """Return the claim, on the set that was stated."""
        return self.make(self.own if stated is None else stated)


def claimed(parser: Parser, make: Callable[..., Any]) -> Maker:
    """Read a formula and claim it, by `always` or another builder of that form."""
    formula = parser.meanings.formula(parser.formula())
    return lambda domain: make(parser.networks, formula, domain)
