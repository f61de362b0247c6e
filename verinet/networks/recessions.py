r"""What a network looks like from far away: its recession function, a network again.

.. math:: f_\infty(x) = \lim_{t \to \infty} f(t x) / t.

For piecewise-affine activations the limit exists, and it is the network without constants whose activations are the
recession functions of the given ones, :math:`s_\infty(z) = a z` for z < 0 and :math:`b z` for z > 0 with the outermost
slopes a and b: s differs from :math:`s_\infty` by a bounded amount, and :math:`s_\infty` is Lipschitz, so layer by
layer the difference stays bounded.
"""

from __future__ import annotations

from fractions import Fraction

from verinet.errors import Unsupported
from verinet.exact.linalg import Matrix
from verinet.networks.activations import IDENTITY, Activation, line, piecewise
from verinet.networks.network import Activate, Affine, Network, Operation, Vertex
from verinet.networks.transformations import homogeneous_degree

__all__ = ["recession", "recession_activation"]


def recession(f: Network) -> Network:
    """The network of the recession function of f: positively homogeneous, and f's own just if f is.

    Raises
    ------
    Unsupported
        When an activation is smooth or has pieces of a degree above 1.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> g = recession(network(x, relu(2 * x - 1) + 5))
    >>> g(-3), g(3)
    ((Fraction(0, 1),), (Fraction(6, 1),))

    Guarantee: exact.
    """
    return Network(tuple(Vertex(_far(v.operation), v.sources, v.name) for v in f.vertices), f.readouts)


def _far(operation: Operation) -> Operation:
    match operation:
        case Affine(weight=weight):
            return Affine(weight, Matrix.zeros(weight.rows, 1))
        case Activate(activations=activations):
            return Activate(tuple(map(recession_activation, activations)))
        case _:
            return operation


def recession_activation(activation: Activation) -> Activation:
    """z -> lim s(t z) / t.

    Raises
    ------
    Unsupported
        When it is smooth or has pieces of a degree above 1.

    Examples
    --------
    >>> from verinet.networks.activations import activation
    >>> far = recession_activation(activation("at_least", -1))
    >>> far.value(Fraction(-3)), far.value(Fraction(3)), str(recession_activation(activation("floor")))
    (Fraction(0, 1), Fraction(3, 1), 'identity')

    Guarantee: exact.
    """
    if activation.kind == "affine" and homogeneous_degree(activation) == 1:
        return activation
    if activation.kind == "periodic" and activation.shift is not None:
        below = above = activation.shift
    elif activation.kind == "affine":
        below, above = line(activation.pieces[0])[0], line(activation.pieces[-1])[0]
    else:
        raise Unsupported(
            f"a recession function is taken of piecewise-affine activations, got the {activation.kind} {activation}",
            fix="use piecewise-affine activations",
        )
    if below == above:
        return IDENTITY if below == 1 else piecewise([], [[Fraction(0), below]], [])
    return piecewise([0], [[Fraction(0), below], [Fraction(0), above]], [0])
