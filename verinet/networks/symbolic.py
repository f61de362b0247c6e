"""Evaluation with sympy: symbolic inputs and, when asked, symbolic weights."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from verinet.errors import InexactInput, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q
from verinet.networks.activations import ABS, RELU, Activation, Polynomial
from verinet.networks.lists import ListArithmetic, weight_name


class SymbolicArithmetic(ListArithmetic[Any]):
    """Sympy expressions, exact; no float enters.

    Inputs are sympy expressions (take symbols with ``real=True``) or exact numbers.

    Parameters
    ----------
    weights : str, optional
        Every weight and bias becomes a real symbol of this prefix, named by `lists.weight_name`;
        `lists.weight_values` has the numbers to substitute.

    Examples
    --------
    >>> import sympy
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.networks.evaluate import evaluate
    >>> x = variable("x")
    >>> f = network(x, relu(2 * x) - "1/3")
    >>> evaluate(f, [sympy.Symbol("t", real=True)], SymbolicArithmetic())
    (Max(0, 2*t) - 1/3,)
    >>> evaluate(network(x, 3 * x), [sympy.Symbol("t", real=True)], SymbolicArithmetic(weights="w"))
    (t*w1_0_0 + w1_0,)

    Guarantee: exact.
    """

    def __init__(self, weights: str | None = None) -> None:
        self.weights = weights

    def scalar(self, entry: Any) -> Any:
        """A sympy expression as it is, anything else through `Q`."""
        import sympy

        if not isinstance(entry, sympy.Basic):
            return _rational(Q(entry))
        if entry.has(sympy.Float):
            raise InexactInput(
                f"symbolic evaluation needs exact expressions, got {str(entry)[:60]} with a float in it",
                fix="write sympy.Rational instead of floats",
            )
        return entry

    def affine(self, weight: Matrix, bias: Matrix, values: list[Any], *, vertex: int = 0) -> list[Any]:
        """weight values + bias, term by term."""
        import sympy

        numbers, offsets = self._entries(weight, bias, vertex)
        return [
            sympy.Add(offset, *(factor * value for factor, value in zip(row, values, strict=True) if factor != 0))
            for row, offset in zip(numbers, offsets, strict=True)
        ]

    def _entries(self, weight: Matrix, bias: Matrix, vertex: int) -> tuple[list[list[Any]], list[Any]]:
        import sympy

        if self.weights is None:
            rows = [[_rational(entry) for entry in row] for row in weight.to_rows()]
            return rows, [_rational(entry) for entry in bias.T.to_rows()[0]]
        prefix = self.weights

        def symbol(i: int, j: int | None) -> Any:
            return sympy.Symbol(weight_name(prefix, vertex, i, j), real=True)

        numbers = [[symbol(i, j) for j in range(weight.columns)] for i in range(weight.rows)]
        return numbers, [symbol(i, None) for i in range(weight.rows)]

    def activate(self, activations: tuple[Activation, ...], values: list[Any]) -> list[Any]:
        """One activation a channel."""
        return [symbolic_value(f, value) for f, value in zip(activations, values, strict=True)]


def symbolic_value(activation: Activation, z: Any) -> Any:
    """An activation of a sympy expression; exact at breakpoints too.

    Examples
    --------
    >>> import sympy
    >>> from verinet.networks.activations import activation
    >>> symbolic_value(activation("heaviside"), sympy.Symbol("z", real=True))
    Piecewise((0, z < 0), (1/2, Eq(z, 0)), (1, True))

    Guarantee: exact.
    """
    import sympy

    if z.is_Rational and activation.smooth is None:
        return _rational(activation.value(Fraction(int(z.p), int(z.q))))
    if activation == RELU:
        return sympy.Max(0, z)
    if activation == ABS:
        return sympy.Abs(z)
    if activation.smooth is not None:
        return _smooth(activation.smooth, z)
    if activation.shift is not None:
        whole = sympy.floor(z)
        return _polynomial(activation.pieces[0], z - whole) + whole * _rational(activation.shift)
    branches: list[tuple[Any, Any]] = []
    for i, (point, value) in enumerate(zip(activation.breakpoints, activation.values, strict=True)):
        branches.append((_polynomial(activation.pieces[i], z), z < _rational(point)))
        branches.append((_rational(value), sympy.Eq(z, _rational(point))))
    branches.append((_polynomial(activation.pieces[-1], z), sympy.true))
    return sympy.Piecewise(*branches)


def _smooth(name: str, z: Any) -> Any:
    import sympy

    match name:
        case "logistic":
            return 1 / (1 + sympy.exp(-z))
        case "tanh":
            return sympy.tanh(z)
        case "softplus":
            return sympy.log(1 + sympy.exp(z))
        case "sine":
            return sympy.sin(z)
        case "exp2":
            return sympy.Integer(2) ** z
        case _:
            raise Unsupported(
                f"there is no symbolic form of the smooth {name}",
                fix="use logistic, tanh, softplus, sine or exp2",
            )


def _polynomial(piece: Polynomial, z: Any) -> Any:
    import sympy

    return sympy.Add(*(_rational(coefficient) * z**i for i, coefficient in enumerate(piece) if coefficient))


def _rational(q: Fraction) -> Any:
    import sympy

    return sympy.Rational(q.numerator, q.denominator)
