"""Networks for a VNN-LIB 2.0 query: do they fit the declarations, and all of them as functions of one x."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verinet.errors import ShapeMismatch
from verinet.exact.linalg import Matrix
from verinet.networks.build import compose
from verinet.networks.network import Activate, Affine, Input, Network, Vertex

if TYPE_CHECKING:
    from verinet.claims.vnnlib2 import Declaration


def arranged(declared: Sequence[Declaration], given: Sequence[Network]) -> tuple[Network, ...]:
    """Return one network for every declaration; those declared `equal-to` another may have been left out.

    Raises
    ------
    ShapeMismatch
        If their number or sizes are not those declared, or a declared relation does not hold.

    Guarantee: exact.
    """
    own = [entry for entry in declared if entry.relation != "equal-to"]
    if len(given) not in (len(own), len(declared)):
        names = ", ".join(entry.name + (f" (equal to {entry.other})" if entry not in own else "") for entry in declared)
        raise ShapeMismatch(
            f"this query speaks of the networks {names}, got {len(given)}",
            fix="give one network for each, in this order; one that is equal to another may be left out",
        )
    listed = iter(given)
    found: dict[str, Network] = {}
    for entry in declared:
        if entry.relation == "equal-to" and len(given) == len(own) != len(declared):
            found[entry.name] = found[entry.other]
            continue
        network = found[entry.name] = next(listed)
        _check_sizes(entry, network)
        if entry.relation:
            _check_relation(entry, network, found[entry.other])
    return tuple(found.values())


def on_shared_inputs(network: Network, places: Sequence[int], size: int) -> Network:
    """Return ``x -> network(x[places])`` for x with so many coordinates.

    Examples
    --------
    >>> from verinet.networks.build import network, variables
    >>> u, v = variables("x", 2)
    >>> on_shared_inputs(network((u, v), u - v), (2, 0), 3)(1, 10, 100)
    (Fraction(99, 1),)

    Guarantee: exact.
    """
    if tuple(places) == tuple(range(size)):
        return network
    rows = [[int(column == place) for column in range(size)] for place in places]
    select = Affine(Matrix.from_integers(rows), Matrix.zeros(len(rows), 1))
    return compose(network, Network((Vertex(Input(size, "x"), (), "x"), Vertex(select, (0,), "x")), (("x", 1),)))


def _check_sizes(entry: Declaration, network: Network) -> None:
    sides = (("inputs", entry.inputs, network.inputs), ("outputs", entry.outputs, network.outputs))
    for what, tensors, slices in sides:
        sizes = [part.stop - part.start for _, part in slices]
        if sum(tensor.size for tensor in tensors) != sum(sizes):
            raise ShapeMismatch(
                f"{entry.name} is declared with {sum(tensor.size for tensor in tensors)} {what}, "
                f"the network has {sum(sizes)}",
                fix="give the network that the query was written for",
            )
        if len(tensors) == 1 or len(sizes) == 1:
            continue
        names = [name for name, _ in slices]
        stated = [tensor.onnx for tensor in tensors if tensor.onnx is not None]
        if [tensor.size for tensor in tensors] != sizes or (stated and stated != names):
            raise ShapeMismatch(
                f"{entry.name} is declared with {what} of the sizes {[tensor.size for tensor in tensors]}, "
                f"the network has {', '.join(f'{name} ({size})' for name, size in zip(names, sizes, strict=True))}",
                fix="declare them in the order of the network",
            )


def _check_relation(entry: Declaration, network: Network, other: Network) -> None:
    if entry.relation == "equal-to":
        if network.hash != other.hash:
            raise ShapeMismatch(
                f"{entry.name} is declared equal to {entry.other}, and the two networks differ",
                fix="give the same file for both, or leave the second out",
            )
    elif _structure(network) != _structure(other):
        raise ShapeMismatch(
            f"{entry.name} is declared isomorphic to {entry.other}, and the two networks are not built alike",
            fix="isomorphic networks differ in their weights alone; drop (isomorphic-to ...) for others",
        )


def _structure(network: Network) -> list[object]:
    """Everything but the weights and the names."""
    parts: list[object] = [[index for _, index in network.readouts]]
    for vertex in network.vertices:
        match vertex.operation:
            case Input(size=size):
                what: object = size
            case Affine(weight=weight):
                what = weight.shape
            case Activate(activations=activations):
                what = activations
        parts.append((type(vertex.operation).__name__, vertex.sources, what))
    return parts
