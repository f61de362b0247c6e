"""Plain ReLU networks as lists of layers, for the formats that know no others."""

from __future__ import annotations

from verinet.errors import Unsupported
from verinet.exact.linalg import Matrix
from verinet.networks.activations import RELU
from verinet.networks.chain import chain
from verinet.networks.network import Activate, Network
from verinet.networks.tables import kernel_table


def relu_layers(network: Network) -> list[tuple[Matrix, Matrix]]:
    """(weight, bias) of every layer of a plain ReLU network: affine, ReLU, affine, ..., affine.

    Raises
    ------
    Unsupported
        When another activation occurs, or a value skips a layer.

    Guarantee: exact.
    """
    others = {
        str(activation)
        for vertex in network.vertices
        if isinstance(vertex.operation, Activate)
        for activation in vertex.operation.activations
        if activation not in (RELU,) and not activation.is_identity
    }
    layers = [] if others else chain(network).layers
    relu = (kernel_table(RELU),)
    if others or any(layer.activations != relu for layer in layers[:-1]):
        raise Unsupported(
            "this format holds plain ReLU networks only, got "
            + (f"the activation {min(others)}" if others else "a value that skips a layer"),
            fix="write verinet's own JSON or ONNX",
        )
    found = []
    for layer in layers:
        rows = Matrix.from_integers([row for row, _ in layer.units], layer.weights_over)
        found.append((rows.take_columns(range(1, rows.columns)), rows.take_columns([0])))
    return found
