"""One network, many arithmetics.

`evaluate` walks the graph once; an arithmetic says what a vector of values is and how to map it.  The ones
here: rational (exact), float64 in batches (numeric), balls (certified), sympy expressions (exact, with
symbolic inputs and weights) and constraint terms for the solver.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Protocol, TypeVar, overload

import numpy as np
import numpy.typing as npt

from verinet.errors import NotANumber, ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q
from verinet.networks.activations import RELU, Activation
from verinet.networks.network import Activate, Affine, Input, Network

V = TypeVar("V")
Result_co = TypeVar("Result_co", covariant=True)
Floats = npt.NDArray[np.float64]


class Arithmetic(Protocol[V, Result_co]):
    """What `evaluate` asks of an arithmetic; `V` is a vector of values, one a channel.

    Guarantee: that of the arithmetic.
    """

    def enter(self, x: Any, size: int) -> V:
        """The input vector, checked to have `size` channels."""

    def take(self, values: V, part: slice) -> V:
        """Some consecutive channels."""

    def join(self, parts: Sequence[V]) -> V:
        """Several vectors, concatenated."""

    def affine(self, weight: Matrix, bias: Matrix, values: V, *, vertex: int) -> V:
        """weight values + bias; `vertex` is the index of the affine map in the network."""

    def activate(self, activations: tuple[Activation, ...], values: V) -> V:
        """One activation a channel."""

    def leave(self, values: V) -> Result_co:
        """The output vector as the caller gets it."""


@overload
def evaluate(network: Network, x: Any) -> tuple[Fraction, ...]: ...


@overload
def evaluate(network: Network, x: Any, arithmetic: Arithmetic[V, Result_co]) -> Result_co: ...


def evaluate(network: Network, x: Any, arithmetic: Any = None) -> Any:
    """The outputs y of a network at x: rational, or in another arithmetic.

    Parameters
    ----------
    network : Network
    x : sequence, or a number if there is one input
        One entry an input channel, all inputs concatenated, of the kind that the arithmetic takes.
    arithmetic : optional
        `RationalArithmetic` unless told (exact); or, all in `verinet.networks`, `BallArithmetic` (certified; the one
        for smooth activations), `SymbolicArithmetic` (exact; sympy), `ConstraintArithmetic` (exact; terms for z3),
        `FloatArithmetic` (numeric; float64 in batches).

    Raises
    ------
    ShapeMismatch
        When x does not have `network.input_size` channels; others as the arithmetic says.

    Examples
    --------
    >>> from verinet.networks.build import abs_, network, variable
    >>> x = variable("x")
    >>> f = network(x, abs_(x - "1/3"))
    >>> evaluate(f, ["1/2"])
    (Fraction(1, 6),)
    >>> evaluate(f, [0.5], FloatArithmetic())
    array([0.16666667])

    Guarantee: exact; with another arithmetic, that of the arithmetic.
    """
    if arithmetic is None:
        arithmetic = RationalArithmetic()
    values = vertex_values(network, x, arithmetic)
    return arithmetic.leave(arithmetic.join([values[index] for _, index in network.readouts]))


def vertex_values(network: Network, x: Any, arithmetic: Arithmetic[V, Result_co]) -> list[V]:
    """The values of all vertices, in the order of `network.vertices`: preactivations included.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> vertex_values(network(x, relu(x - 1)), [-2], RationalArithmetic())
    [Matrix([[-2]]), Matrix([[-3]]), Matrix([[0]]), Matrix([[0]])]

    Guarantee: that of the arithmetic.
    """
    entered = arithmetic.enter(x, network.input_size)
    places = iter(network.inputs)
    values: list[V] = []
    for index, vertex in enumerate(network.vertices):
        match vertex.operation:
            case Input():
                values.append(arithmetic.take(entered, next(places)[1]))
            case Affine(weight=weight, bias=bias):
                parts = [values[source] for source in vertex.sources]
                joined = parts[0] if len(parts) == 1 else arithmetic.join(parts)
                values.append(arithmetic.affine(weight, bias, joined, vertex=index))
            case Activate(activations=activations):
                values.append(arithmetic.activate(activations, values[vertex.sources[0]]))
    return values


def wrong_size(got: int, needs: int) -> ShapeMismatch:
    """The error for an input vector of the wrong length.

    Guarantee: exact.

    Examples
    --------
    >>> print(wrong_size(3, 2))
    the network has 2 input channels, got 3 values
    Fix: give one value an input channel, all inputs concatenated
    """
    return ShapeMismatch(
        f"the network has {needs} input channels, got {got} values",
        fix="give one value an input channel, all inputs concatenated",
    )


class RationalArithmetic:
    """Exact rational values: a `Matrix` with one column (one a point, for a batch).

    x is a sequence of numbers that `Q` reads, or a `Matrix` with one column a point; the outputs are a tuple
    of Fractions.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variables
    >>> a, b = variables("x", 2)
    >>> evaluate(network((a, b), relu(a - b)), (1, "1/3"), RationalArithmetic())
    (Fraction(2, 3),)

    Guarantee: exact.
    """

    def enter(self, x: Any, size: int) -> Matrix:
        """The point as a column; a `Matrix` is taken as it is, one column a point."""
        if isinstance(x, Matrix):
            column = x
        elif isinstance(x, Sequence) and not isinstance(x, str):
            column = Matrix.column([Q(entry) for entry in x])
        else:
            column = Matrix.column([Q(x)])
        if column.rows != size:
            raise wrong_size(column.rows, size)
        return column

    def take(self, values: Matrix, part: slice) -> Matrix:
        """Some consecutive channels."""
        if part.start == 0 and part.stop == values.rows:
            return values
        return values.take_rows(range(part.start, part.stop))

    def join(self, parts: Sequence[Matrix]) -> Matrix:
        """Several vectors, concatenated."""
        return parts[0].vstack(*parts[1:]) if len(parts) > 1 else parts[0]

    def affine(self, weight: Matrix, bias: Matrix, values: Matrix, *, vertex: int = 0) -> Matrix:
        """weight values + bias by FLINT."""
        if values.columns == 1:
            return weight @ values + bias
        return weight @ values + bias @ Matrix.from_integers([[1] * values.columns])

    def activate(self, activations: tuple[Activation, ...], values: Matrix) -> Matrix:
        """One activation a channel."""
        if all(activation == RELU for activation in activations):
            rows = [[max(entry, 0) for entry in row] for row in values.numerators()]
            return Matrix.from_integers(rows, values.denominator, columns=values.columns)
        rows_of = values.to_rows()
        mapped = [[f.value(entry) for entry in row] for f, row in zip(activations, rows_of, strict=True)]
        return Matrix.from_rows(mapped, columns=values.columns)

    def leave(self, values: Matrix) -> tuple[Fraction, ...]:
        """The outputs of one point.

        Raises
        ------
        ShapeMismatch
            For a batch: call `evaluate_batch`.
        """
        if values.columns != 1:
            raise ShapeMismatch(f"one point was expected, got a batch of {values.columns}", fix="call evaluate_batch")
        return values.T.to_rows()[0] if values.rows else ()


class _BatchArithmetic(RationalArithmetic):
    def leave(self, values: Matrix) -> Matrix:  # type: ignore[override]  # the whole batch instead of one point
        return values


def evaluate_batch(network: Network, points: Matrix) -> Matrix:
    """Exact outputs at many points: one column a point, in and out.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> evaluate_batch(network(x, relu(x)), Matrix.from_rows([[-1, "1/2", 3]]))
    Matrix([[0, 1/2, 3]])

    Guarantee: exact.
    """
    arithmetic: Arithmetic[Matrix, Matrix] = _BatchArithmetic()
    return evaluate(network, points, arithmetic)


class FloatArithmetic:
    """Float64 in batches: x has shape (n,) for one point or (k, n) for k points; so have the outputs.

    Weights are rounded to the nearest float64 once and kept by this object.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> evaluate(network(x, relu(x - "1/4")), np.array([[0.5], [0.0]]), FloatArithmetic())
    array([[0.25],
           [0.  ]])

    Guarantee: numeric.
    """

    def __init__(self) -> None:
        # Keyed by identity; the matrix is kept too, so that its identity stays its own.
        self._floats: dict[int, tuple[Matrix, Floats]] = {}

    def _float(self, matrix: Matrix) -> Floats:
        found = self._floats.get(id(matrix))
        if found is None:
            found = self._floats[id(matrix)] = (matrix, matrix.to_float64())
        return found[1]

    def enter(self, x: Any, size: int) -> Floats:
        """The points as an array whose last axis has `size` entries."""
        try:
            values = np.asarray(x, dtype=np.float64)
        except (TypeError, ValueError):
            raise NotANumber(
                "float64 evaluation needs an array of numbers", fix="give an array of shape (k, inputs)"
            ) from None
        values = values.reshape(1) if values.ndim == 0 else values
        if values.shape[-1] != size:
            raise wrong_size(values.shape[-1], size)
        return values

    def take(self, values: Floats, part: slice) -> Floats:
        """Some consecutive channels."""
        return values[..., part]

    def join(self, parts: Sequence[Floats]) -> Floats:
        """Several vectors, concatenated."""
        return np.concatenate(parts, axis=-1)

    def affine(self, weight: Matrix, bias: Matrix, values: Floats, *, vertex: int = 0) -> Floats:
        """weight values + bias."""
        result: Floats = values @ self._float(weight).T + self._float(bias)[:, 0]
        return result

    def activate(self, activations: tuple[Activation, ...], values: Floats) -> Floats:
        """One activation a channel; channels that share one are mapped together."""
        result = np.empty_like(values)
        for activation in dict.fromkeys(activations):
            channels = [i for i, other in enumerate(activations) if other == activation]
            result[..., channels] = float_value(activation, values[..., channels])
        return result

    def leave(self, values: Floats) -> Floats:
        """The outputs, shape (m,) or (k, m)."""
        return values


def float_value(activation: Activation, z: Floats) -> Floats:
    """An activation of an array of float64.

    Examples
    --------
    >>> from verinet.networks.activations import activation
    >>> float_value(activation("hard_tanh"), np.array([-3.0, 0.25, 3.0]))
    array([-1.  ,  0.25,  1.  ])

    Guarantee: numeric.
    """
    if activation.smooth is not None:
        if activation.smooth not in _SMOOTH:
            raise Unsupported(
                f"there is no float64 evaluation of the smooth {activation.smooth}",
                fix=f"use one of {', '.join(_SMOOTH)}",
            )
        smooth: Floats = _SMOOTH[activation.smooth](z)
        return smooth
    if activation.shift is not None:
        whole = np.floor(z)
        return _polynomial(activation.pieces[0], z - whole) + whole * float(activation.shift)
    points = np.array([float(point) for point in activation.breakpoints])
    index = np.searchsorted(points, z, side="left")
    result = _polynomial(activation.pieces[0], z)
    for i, piece in enumerate(activation.pieces[1:], start=1):
        result = np.where(index >= i, _polynomial(piece, z), result)
    for point, value in zip(points, activation.values, strict=True):
        result = np.where(z == point, float(value), result)
    return result


def _polynomial(piece: tuple[Fraction, ...], z: Floats) -> Floats:
    result = np.full_like(z, float(piece[-1]))
    for coefficient in reversed(piece[:-1]):
        result = result * z + float(coefficient)
    return result


def _logistic(z: Floats) -> Floats:
    tail = np.exp(-np.abs(z))  # never overflows
    result: Floats = np.where(z >= 0, 1.0, tail) / (1.0 + tail)
    return result


_SMOOTH: dict[str, Any] = {
    "logistic": _logistic,
    "tanh": np.tanh,
    "softplus": lambda z: np.logaddexp(0.0, z),
    "sine": np.sin,
    "exp2": np.exp2,
}
