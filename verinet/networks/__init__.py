"""Networks: what they are, how they are built, evaluated, flattened for the kernel, read and written."""

from __future__ import annotations

from verinet.networks.activations import ACTIVATIONS, Activation, activation, piecewise
from verinet.networks.balls import BallArithmetic
from verinet.networks.build import (
    Expression,
    abs_,
    add,
    affine_after,
    apply_activation,
    compose,
    layered,
    leaky_relu,
    maximum,
    minimum,
    network,
    parallel,
    readouts,
    relu,
    scale,
    skip,
    stack,
    variable,
    variables,
)
from verinet.networks.chain import Chain, Layer, chain
from verinet.networks.constraints import ConstraintArithmetic
from verinet.networks.evaluate import (
    FloatArithmetic,
    RationalArithmetic,
    evaluate,
    evaluate_batch,
    vertex_values,
)
from verinet.networks.network import Activate, Affine, Input, Network, Vertex
from verinet.networks.recessions import recession
from verinet.networks.symbolic import SymbolicArithmetic
from verinet.networks.transformations import (
    copies,
    homogeneous_degree,
    on_inputs,
    permute_neurons,
    precompose,
    prune_neurons,
    quantise,
    rescale_neurons,
)

__all__ = [
    "ACTIVATIONS",
    "Activate",
    "Activation",
    "Affine",
    "BallArithmetic",
    "Chain",
    "ConstraintArithmetic",
    "Expression",
    "FloatArithmetic",
    "Input",
    "Layer",
    "Network",
    "RationalArithmetic",
    "SymbolicArithmetic",
    "Vertex",
    "abs_",
    "activation",
    "add",
    "affine_after",
    "apply_activation",
    "chain",
    "compose",
    "copies",
    "evaluate",
    "evaluate_batch",
    "homogeneous_degree",
    "layered",
    "leaky_relu",
    "maximum",
    "minimum",
    "network",
    "on_inputs",
    "parallel",
    "permute_neurons",
    "piecewise",
    "precompose",
    "prune_neurons",
    "quantise",
    "readouts",
    "recession",
    "relu",
    "rescale_neurons",
    "scale",
    "skip",
    "stack",
    "variable",
    "variables",
    "vertex_values",
]
