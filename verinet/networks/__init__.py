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
from verinet.networks.symbolic import SymbolicArithmetic

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
    "evaluate",
    "evaluate_batch",
    "layered",
    "leaky_relu",
    "maximum",
    "minimum",
    "network",
    "parallel",
    "piecewise",
    "readouts",
    "relu",
    "scale",
    "skip",
    "stack",
    "variable",
    "variables",
    "vertex_values",
]
