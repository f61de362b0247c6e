"""Activations with symbolic breakpoints and slopes: continuous, piecewise affine for all parameter values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verinet.errors import Unsupported
from verinet.exact.rationals import Q
from verinet.networks.activations import Activation, activation, line, piecewise
from verinet.regions.symbolic_field import Ground

__all__ = ["SymbolicActivation", "as_symbolic", "rational_at", "symbolic_activation"]

#: Slope and constant of an affine function of one variable, sympy expressions.
Line = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class SymbolicActivation:
    """A continuous piecewise-affine function of one variable with symbolic breakpoints and pieces.

    Parameters
    ----------
    breakpoints : tuple of sympy expressions
        Ascending for all values of the parameters, which `symbolic_network` checks.
    pieces : tuple of (slope, constant)
        One more than there are breakpoints, continuous; checked there as well.
    name : str

    Guarantee: exact.
    """

    breakpoints: tuple[Any, ...]
    pieces: tuple[Line, ...]
    name: str = "piecewise"

    def at(self, values: Mapping[Any, Any]) -> Activation:
        """The activation for sympy Rationals in place of the parameters."""
        points = [rational_at(point, values) for point in self.breakpoints]
        lines = [(rational_at(slope, values), rational_at(constant, values)) for slope, constant in self.pieces]
        heights = [slope * point + constant for point, (slope, constant) in zip(points, lines, strict=False)]
        return piecewise(points, [(constant, slope) for slope, constant in lines], heights)


def symbolic_activation(name: str, *parameters: object) -> SymbolicActivation:
    """An activation of the table by name; leaky_relu, prelu, clip, at_least and at_most take sympy expressions.

    Raises
    ------
    Unsupported
        For other names with symbolic parameters, and for jumping, polynomial, periodic and smooth activations.

    Examples
    --------
    >>> from verinet.exact.parameters import parameter
    >>> symbolic_activation("leaky_relu", parameter("alpha", low=0, high=1, strict=True).symbol).pieces
    ((alpha, 0), (1, 0))

    Guarantee: exact.
    """
    import sympy

    if not any(isinstance(p, sympy.Basic) and not isinstance(p, sympy.Rational) for p in parameters):
        return _of_activation(activation(name, *parameters))
    ground = Ground(())
    given = [ground.expression(p) for p in parameters]
    zero, one = sympy.Integer(0), sympy.Integer(1)
    match name, given:
        case ("leaky_relu" | "prelu", [alpha]):
            return SymbolicActivation((zero,), ((alpha, zero), (one, zero)), name)
        case "clip", [low, high]:
            return SymbolicActivation((low, high), ((zero, low), (one, zero), (zero, high)), name)
        case "at_least", [low]:
            return SymbolicActivation((low,), ((zero, low), (one, zero)), name)
        case "at_most", [high]:
            return SymbolicActivation((high,), ((one, zero), (zero, high)), name)
    raise Unsupported(
        f"the activation {name[:60]!r} has no form with {len(given)} symbolic parameters",
        fix="use leaky_relu(alpha), prelu(alpha), clip(low, high), at_least(low), at_most(high), or give the pieces: "
        "SymbolicActivation(breakpoints, pieces)",
    )


def as_symbolic(given: Any) -> SymbolicActivation:
    """An activation of either kind.

    Guarantee: exact.
    """
    if isinstance(given, SymbolicActivation):
        return given
    if isinstance(given, Activation):
        return _of_activation(given)
    raise Unsupported(
        f"an activation is an Activation or a SymbolicActivation, got {type(given).__name__}",
        fix='write symbolic_activation("leaky_relu", alpha) or activation("relu")',
    )


def rational_at(expression: Any, values: Mapping[Any, Any]) -> Fraction:
    """A rational function at values that are sympy Rationals.

    Guarantee: exact.
    """
    return Q(expression.xreplace(values))


def _of_activation(act: Activation) -> SymbolicActivation:
    import sympy

    if not act.is_affine or not act.is_continuous:
        raise Unsupported(
            f"symbolic regions need continuous piecewise-affine activations, got {act}",
            fix="use relu, leaky_relu, abs, clip, hard_tanh, hard_sigmoid, at_least, at_most or identity",
        )
    ratio = [sympy.Rational(q.numerator, q.denominator) for q in act.breakpoints]
    lines = [tuple(sympy.Rational(q.numerator, q.denominator) for q in line(piece)) for piece in act.pieces]
    return SymbolicActivation(tuple(ratio), tuple((slope, constant) for slope, constant in lines), str(act))
