"""Is the network of a certificate the one in a file?  The chain is rebuilt from the file and compared by layers."""

from __future__ import annotations

from verinet import kernel
from verinet.claims.statements import networks_json
from verinet.errors import CertificateRejected, ShapeMismatch, VerinetError
from verinet.geometry.polyhedra import Polyhedron
from verinet.kernel import Layer, Piece
from verinet.networks.network import Network
from verinet.report.checked import CheckedTheorem
from verinet.report.text import counted, shape_text


def compare(theorem: CheckedTheorem, networks: list[tuple[str, Network]]) -> None:
    """Compare the embedded networks, in order, with these; nothing is compared if there are none.

    Raises
    ------
    ShapeMismatch
        If their number is not that of the certificate.
    CertificateRejected
        Naming the first layer that differs.
    """
    embedded = theorem.decoded.networks
    if not networks:
        return
    if len(networks) != len(embedded):
        raise ShapeMismatch(
            f"the certificate embeds {counted(len(embedded), 'network', 'networks')}, "
            f"--network was given {counted(len(networks), 'time', 'times')}",
            fix="repeat --network for each embedded network, in order",
            where=theorem.source or None,
        )
    for place, ((path, network), layers) in enumerate(zip(networks, embedded, strict=True)):
        difference = _difference(theorem, place, network, layers)
        if difference:
            raise CertificateRejected(
                f"network {place} of the certificate is not the one in {path}: {difference}",
                fix="give the network that the certificate is about, or prove the property of this one",
                where=theorem.source or None,
            )


def _difference(theorem: CheckedTheorem, place: int, network: Network, embedded: tuple[Layer, ...]) -> str:
    """The first difference in words, "" if there is none."""
    inputs = theorem.decoded.shapes[place][0]
    if network.input_size != inputs:
        return f"it is a function of {inputs} variables, the one in the file of {network.input_size}"
    try:
        (chain,) = networks_json((network,), _domain(theorem, place))
    except VerinetError as error:
        return f"the file's network has no chain of layers ({error.problem})"
    rebuilt = kernel.read_network(chain, "network", inputs)
    for depth, (ours, theirs) in enumerate(zip(embedded, rebuilt, strict=False)):
        reason = _layer_difference(ours, theirs)
        if reason:
            return f"layer {depth} differs: {reason}"
    if len(embedded) != len(rebuilt):
        shapes = [shape_text((inputs, *(len(layer.weights) for layer in layers))) for layers in (embedded, rebuilt)]
        return f"its shape is {shapes[0]}, that of the file {shapes[1]}"
    return ""


def _domain(theorem: CheckedTheorem, place: int) -> Polyhedron:
    statement = theorem.decoded
    for part in statement.parts or (statement,):
        if place in part.places:
            return part.domain if part.domain is not None else Polyhedron(part.point or (), part.point or ())
    return Polyhedron((), ())


def _layer_difference(ours: Layer, theirs: Layer) -> str:
    """The first unit that is another function, in words; denominators do not matter."""
    if len(ours.weights) != len(theirs.weights):
        return f"{len(ours.weights)} units in the certificate, {len(theirs.weights)} in the file"
    for unit, (row, other) in enumerate(zip(ours.weights, theirs.weights, strict=True)):
        if [entry * theirs.over for entry in row] != [entry * ours.over for entry in other]:
            return f"the weights of unit {unit}"
    scales = theirs.activations_over, ours.activations_over
    for unit, (table, its) in enumerate(zip(ours.tables, theirs.tables, strict=True)):
        if _scaled(table, scales[0]) != _scaled(its, scales[1]):
            return f"the activation of unit {unit}"
    return ""


def _scaled(table: list[Piece], factor: int) -> list[Piece]:
    return [
        Piece(
            None if piece.until is None else piece.until * factor,
            piece.side,
            None if piece.slope is None else piece.slope * factor,
            piece.offset * factor,
            tuple(entry * factor for entry in piece.curve),
        )
        for piece in table
    ]
