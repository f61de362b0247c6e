"""What the arithmetics on lists of scalars share: the plumbing, and names for symbolic weights."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Generic, TypeVar

from verinet.networks.evaluate import wrong_size
from verinet.networks.network import Affine, Network

T = TypeVar("T")


class ListArithmetic(Generic[T]):
    """A vector is a list of scalars.

    Guarantee: that of its scalars.
    """

    def scalar(self, entry: Any) -> T:
        """One input entry as a scalar of this arithmetic."""
        raise NotImplementedError

    def enter(self, x: Any, size: int) -> list[T]:
        """The input vector."""
        entries = list(x) if isinstance(x, Sequence) and not isinstance(x, str) else [x]
        if len(entries) != size:
            raise wrong_size(len(entries), size)
        return [self.scalar(entry) for entry in entries]

    def take(self, values: list[T], part: slice) -> list[T]:
        """Some consecutive channels."""
        return values[part]

    def join(self, parts: Sequence[list[T]]) -> list[T]:
        """Several vectors, concatenated."""
        return [value for part in parts for value in part]

    def leave(self, values: list[T]) -> Any:
        """The outputs as a tuple."""
        return tuple(values)


def weight_name(prefix: str, vertex: int, row: int, column: int | None) -> str:
    """Name of the symbol for one weight of an affine vertex, or for a bias (column None).

    Examples
    --------
    >>> weight_name("w", 2, 0, 1), weight_name("w", 2, 0, None)
    ('w2_0_1', 'w2_0')

    Guarantee: exact.
    """
    return f"{prefix}{vertex}_{row}" + ("" if column is None else f"_{column}")


def weight_values(network: Network, prefix: str) -> dict[str, Fraction]:
    """The number behind every symbolic weight and bias, by name: what to substitute to get the network back.

    Examples
    --------
    >>> from verinet.networks.build import network, variable
    >>> x = variable("x")
    >>> {name: str(value) for name, value in weight_values(network(x, 3 * x - 1), "w").items()}
    {'w1_0': '-1', 'w1_0_0': '3'}

    Guarantee: exact.
    """
    found: dict[str, Fraction] = {}
    for index, vertex in enumerate(network.vertices):
        if isinstance(vertex.operation, Affine):
            biases = vertex.operation.bias.T.to_rows()[0]
            for i, row in enumerate(vertex.operation.weight.to_rows()):
                found[weight_name(prefix, index, i, None)] = biases[i]
                found |= {weight_name(prefix, index, i, j): entry for j, entry in enumerate(row)}
    return found
