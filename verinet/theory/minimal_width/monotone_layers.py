"""A network as layers of continuous monotone piecewise-affine neurons, or the reason why it is none.

The width that counts is that of the layers, channels that only pass a value on included: the identity is monotone,
too, so a value that skips a layer is a neuron of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from verinet.errors import Unsupported
from verinet.exact.linalg import Matrix
from verinet.networks.activations import IDENTITY, Activation, line
from verinet.networks.chain import chain
from verinet.networks.network import Activate, Affine, Input, Network

__all__ = ["MonotoneLayer", "MonotoneLayers", "direction", "monotone_layers"]


@dataclass(frozen=True, slots=True)
class MonotoneLayer:
    """An affine map, then one activation a neuron.

    Parameters
    ----------
    weight : Matrix
        One row a neuron.
    bias : Matrix
        One column.
    activations : tuple of Activation

    Guarantee: exact.
    """

    weight: Matrix
    bias: Matrix
    activations: tuple[Activation, ...]


@dataclass(frozen=True, slots=True)
class MonotoneLayers:
    """The hidden layers, and the affine map after the last of them.

    Guarantee: exact.
    """

    hidden: tuple[MonotoneLayer, ...]
    weight: Matrix
    bias: Matrix

    @property
    def width(self) -> int:
        """Neurons of the largest hidden layer, those that pass a value on included."""
        return max((len(layer.activations) for layer in self.hidden), default=0)


def monotone_layers(network: Network) -> MonotoneLayers:
    """The layers of a network all of whose activations are continuous, monotone and piecewise affine.

    Raises
    ------
    Unsupported
        If an activation is not, named with its vertex and channel.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variables
    >>> a, b = variables("x", 2)
    >>> monotone_layers(network((a, b), relu(relu(a) + relu(b)))).width
    2
    >>> monotone_layers(network((a, b), relu(relu(a) + relu(b)) + a)).width
    3

    Guarantee: exact.
    """
    for index, vertex in enumerate(network.vertices):
        if isinstance(vertex.operation, Activate):
            for channel, act in enumerate(vertex.operation.activations):
                _refuse(act, f"vertex {index} {vertex.name!r}, channel {channel}")
    return _as_written(network) or _levelled(network)


def direction(act: Activation) -> int:
    """1 for a nondecreasing piecewise-affine activation, -1 for a nonincreasing one, 0 for one that is neither.

    Examples
    --------
    >>> from verinet.networks.activations import activation
    >>> [direction(activation(name)) for name in ("relu", "abs", "hard_tanh")]
    [1, 0, 1]

    Guarantee: exact.
    """
    slopes = [line(piece)[0] for piece in act.pieces]
    if all(slope >= 0 for slope in slopes):
        return 1
    return -1 if all(slope <= 0 for slope in slopes) else 0


def _refuse(act: Activation, where: str) -> None:
    problem = None
    if act.kind == "smooth":
        problem = f"{act} is smooth: its values are not rational, so no exact point can be shown"
    elif act.kind == "polynomial":
        problem = f"{act} is not piecewise affine"
    elif act.kind == "periodic" or not act.is_continuous:
        problem = f"{act} jumps"
    elif not direction(act):
        problem = f"{act} is not monotone"
    if problem is not None:
        raise Unsupported(
            f"the lower bound is shown for networks with continuous monotone piecewise-affine activations; {problem}",
            fix="take relu, leaky_relu, hard_tanh, clip or another one of this kind: with others less width may do",
            where=where,
        )


def _as_written(network: Network) -> MonotoneLayers | None:
    """The layers as they are written down, if every vertex reads the one before and nothing else."""
    vertices = network.vertices
    straight = isinstance(vertices[0].operation, Input) and all(
        vertex.sources == (index,) for index, vertex in enumerate(vertices[1:])
    )
    if not straight or [index for _, index in network.readouts] != [len(vertices) - 1]:
        return None
    weight, bias = Matrix.identity(network.input_size), Matrix.zeros(network.input_size, 1)
    hidden = []
    for vertex in vertices[1:]:
        match vertex.operation:
            case Affine(weight=factor, bias=shift):
                weight, bias = factor @ weight, factor @ bias + shift
            case Activate(activations=activations):
                hidden.append(MonotoneLayer(weight, bias, activations))
                weight, bias = Matrix.identity(len(activations)), Matrix.zeros(len(activations), 1)
    return MonotoneLayers(tuple(hidden), weight, bias)


def _levelled(network: Network) -> MonotoneLayers:
    """The layers of any graph: neurons by the longest path to them, values that skip a layer passed on."""
    known: set[tuple[int, int]] = set()
    found = []
    layers = chain(network).layers
    for layer in layers:
        rows = [row for row, _ in layer.units]
        weight = Matrix.from_integers([list(row[1:]) for row in rows], layer.weights_over)
        bias = Matrix.column([Fraction(row[0], layer.weights_over) for row in rows])
        activations = []
        for origin in layer.origins:
            operation = network.vertices[origin[0]].operation
            new = layer is not layers[-1] and origin not in known
            here = operation.activations[origin[1]] if new and isinstance(operation, Activate) else IDENTITY
            activations.append(here)
        known.update(layer.origins)
        found.append(MonotoneLayer(weight, bias, tuple(activations)))
    last = found.pop()
    return MonotoneLayers(tuple(found), last.weight, last.bias)
