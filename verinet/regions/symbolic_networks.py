"""Networks whose weights, biases and activations are rational functions of parameters with assumptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.parameters import Parameter
from verinet.exact.rationals import Q, format_rational
from verinet.networks.activations import RELU
from verinet.networks.network import Activate, Affine, Input, Network, Vertex
from verinet.regions.symbolic_activations import SymbolicActivation, as_symbolic, rational_at, symbolic_activation
from verinet.regions.symbolic_field import ZERO, Ground
from verinet.regions.symbolic_signs import Decider, Fork, Oracle

__all__ = ["SymbolicActivation", "SymbolicNetwork", "symbolic_activation", "symbolic_network"]


@dataclass(frozen=True, slots=True)
class SymbolicNetwork:
    """Affine maps with symbolic entries, and activations between them.

    Parameters
    ----------
    weights : tuple of tuples of tuples of sympy expressions
        One matrix a layer, by rows; the last one is the readout.
    biases : tuple of tuples of sympy expressions
    activations : tuple of tuples of SymbolicActivation
        One a neuron of each hidden layer.
    parameters : tuple of Parameter

    Guarantee: exact.
    """

    weights: tuple[tuple[tuple[Any, ...], ...], ...]
    biases: tuple[tuple[Any, ...], ...]
    activations: tuple[tuple[SymbolicActivation, ...], ...]
    parameters: tuple[Parameter, ...]

    @property
    def input_size(self) -> int:
        """Number of inputs."""
        return len(self.weights[0][0])

    @property
    def output_size(self) -> int:
        """Number of outputs."""
        return len(self.biases[-1])

    def after(self, inner: SymbolicNetwork) -> SymbolicNetwork:
        """``x -> self(inner(x))``, the affine maps that meet multiplied out.

        Raises
        ------
        ShapeMismatch
            When the sizes do not fit.

        Guarantee: exact.
        """
        if inner.output_size != self.input_size:
            raise ShapeMismatch(
                f"a symbolic network of {self.input_size} inputs was given {inner.output_size} values",
                fix="compose networks whose sizes fit",
            )
        weight, bias = self.weights[0], self.biases[0]
        below, below_bias = inner.weights[-1], inner.biases[-1]
        columns = list(zip(*below, strict=True))
        met = [[_dot(row, column) for column in columns] for row in weight]
        met_bias = [_dot(row, below_bias) + b for row, b in zip(weight, bias, strict=True)]
        known = [*inner.parameters, *(p for p in self.parameters if p not in inner.parameters)]
        return symbolic_network(
            [
                *zip(inner.weights[:-1], inner.biases[:-1], strict=True),
                (met, met_bias),
                *zip(self.weights[1:], self.biases[1:], strict=True),
            ],
            [*inner.activations, *self.activations],
            known,
        )

    def repeated(self, times: int) -> SymbolicNetwork:
        """The network applied `times` times to its own output.

        Guarantee: exact.
        """
        if times < 1:
            raise ShapeMismatch(f"a network is repeated at least once, got {times}", fix="give times >= 1")
        found = self
        for _ in range(times - 1):
            found = self.after(found)
        return found

    def substitute(self, values: Mapping[Any, object]) -> Network:
        """The rational network for these values of the parameters.

        Raises
        ------
        ShapeMismatch, Unsupported
            When a parameter has no value, or a value that its assumptions exclude.

        Guarantee: exact.
        """
        exact = parameter_values(self.parameters, values)
        vertices = [Vertex(Input(self.input_size, "x"), (), "x")]
        for k, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            matrix = Matrix.from_rows([[rational_at(entry, exact) for entry in row] for row in weight])
            column = Matrix.column([rational_at(entry, exact) for entry in bias])
            last = k == len(self.activations)
            vertices.append(Vertex(Affine(matrix, column), (len(vertices) - 1,), "y" if last else f"affine_{k + 1}"))
            if not last:
                chosen = tuple(act.at(exact) for act in self.activations[k])
                vertices.append(Vertex(Activate(chosen), (len(vertices) - 1,), f"layer_{k + 1}"))
        return Network(tuple(vertices), (("y", len(vertices) - 1),))


def symbolic_network(
    layers: Iterable[tuple[Any, Any]],
    activation: Any = RELU,
    parameters: Sequence[Parameter] = (),
    *,
    seconds: float = 5.0,
) -> SymbolicNetwork:
    """A network from its affine maps, whose entries may be sympy expressions in declared parameters.

    Parameters
    ----------
    layers : sequence of (weight, bias)
        A weight is a sympy matrix, a `Matrix` or rows; a bias a column of these or a sequence.  Entries are exact
        numbers or sympy expressions, rational functions of the parameters' symbols.
    activation : Activation, SymbolicActivation, or a sequence of them
        Between the affine maps; a sequence has one entry a hidden layer, which may again be a sequence with one
        entry a neuron.
    parameters : sequence of Parameter
    seconds : float
        Limit of one question to the solver, asked only whether a denominator can vanish.

    Raises
    ------
    ShapeMismatch
        When shapes do not follow each other.
    Unsupported
        For entries that are no rational functions of the parameters or may have a pole in their ranges, and for
        activations that are not continuous and piecewise affine for all values.

    Examples
    --------
    The tent with its peak at p, and its third power:

    >>> from verinet.exact.parameters import parameter
    >>> p = parameter("p", low=0, high=1, strict=True)
    >>> q = p.symbol
    >>> tent = symbolic_network([([[1], [1]], [0, -q]), ([[1 / q, -1 / (q * (1 - q))]], [0])], parameters=[p])
    >>> tent.substitute({q: "1/3"})("1/3")
    (Fraction(1, 1),)
    >>> [len(row) for row in tent.repeated(3).biases]
    [2, 2, 2, 1]

    Guarantee: exact.
    """
    ground = Ground(parameters)
    decider = Decider(ground, seconds)
    given = [(_rows(weight), _entries(bias)) for weight, bias in layers]
    if not given:
        raise ShapeMismatch("a symbolic network needs at least one affine map", fix="give (weight, bias) pairs")
    width = len(given[0][0][0]) if given[0][0] else 0
    for k, (rows, bias) in enumerate(given):
        if not rows or not width or len(rows) != len(bias) or any(len(row) != width for row in rows):
            raise ShapeMismatch(
                f"a layer needs rows of {width} entries and as many biases as rows, got rows of "
                f"{[len(row) for row in rows]} entries and {len(bias)} biases",
                fix="check the shapes; every layer reads the values of the layer before",
                where=f"layer {k}",
            )
        width = len(rows)

    def finite(entry: Any) -> Any:
        return finite_element(decider, entry).as_expr()

    weights = tuple(tuple(tuple(map(finite, row)) for row in rows) for rows, _ in given)
    biases = tuple(tuple(map(finite, bias)) for _, bias in given)
    acts = _activations(activation, [len(bias) for bias in biases[:-1]])
    checked = {act: finite_activation(decider, act) for layer in acts for act in layer}
    return SymbolicNetwork(
        weights, biases, tuple(tuple(checked[a] for a in layer) for layer in acts), tuple(parameters)
    )


def parameter_values(parameters: Sequence[Parameter], values: Mapping[Any, object]) -> dict[Any, Any]:
    """The value of each parameter, a sympy Rational by symbol, checked against the assumptions.

    Guarantee: exact.
    """
    import sympy

    given = {key.symbol if isinstance(key, Parameter) else key: value for key, value in values.items()}
    symbols = [p.symbol for p in parameters]
    if set(given) != set(symbols):
        raise ShapeMismatch(
            f"substitute needs one value for each of {symbols}, got values for {list(given)}",
            fix="give {parameter.symbol: value}",
        )
    exact: dict[Any, Any] = {}
    for p in parameters:
        q = Q(given[p.symbol])
        low = p.low is None or (p.low < q if p.low_open else p.low <= q)
        high = p.high is None or (q < p.high if p.high_open else q <= p.high)
        if not (low and high):
            raise Unsupported(
                f"the value {format_rational(q)[:40]} of {p.symbol} lies outside of the range it was declared with",
                fix="give a value that the assumptions admit, or declare a wider range",
            )
        exact[p.symbol] = sympy.Rational(q.numerator, q.denominator)
    return exact


def finite_element(decider: Decider, entry: Any) -> Any:
    """An entry as an element of the field, shown to have no pole within the ranges of the parameters.

    Raises
    ------
    Unsupported
        If it is no rational function of the parameters, or may have a pole.

    Guarantee: exact, as the decider.
    """
    element = decider.ground.element(entry)
    for polynomial, _ in decider.ground.factors(element.denom)[1]:
        if decider.possible(polynomial, {}) & ZERO:
            raise Unsupported(
                f"the entry {str(element.as_expr())[:80]} may have a pole: nothing shows that "
                f"{str(polynomial.as_expr())[:60]} is never 0",
                fix="narrow the range of the parameters, for example with strict=True",
            )
    return element


def finite_activation(decider: Decider, act: SymbolicActivation) -> SymbolicActivation:
    """The activation, shown to be continuous with ascending breakpoints for all values of the parameters.

    Raises
    ------
    ShapeMismatch, Unsupported
        If it is not shown.

    Guarantee: exact, as the decider.
    """
    if len(act.pieces) != len(act.breakpoints) + 1:
        raise ShapeMismatch(
            f"the activation {act.name!r} needs one piece more than breakpoints, got {len(act.pieces)} and "
            f"{len(act.breakpoints)}",
            fix="give (slope, constant) for every interval",
        )
    points = [finite_element(decider, point) for point in act.breakpoints]
    lines = [(finite_element(decider, s), finite_element(decider, c)) for s, c in act.pieces]
    for point, (slope, constant), (next_slope, next_constant) in zip(points, lines, lines[1:], strict=False):
        if slope * point + constant != next_slope * point + next_constant:
            raise Unsupported(
                f"symbolic regions need continuous activations; {act.name!r} jumps at {point.as_expr()}",
                fix="give pieces that meet at the breakpoints",
            )
    try:
        oracle = Oracle(decider, {})
        ascending = all(oracle.sign(b - a) > 0 for a, b in pairwise(points))
    except Fork:
        ascending = False
    if not ascending:
        raise Unsupported(
            f"the breakpoints {act.breakpoints} of {act.name!r} do not ascend for all values of the parameters",
            fix="narrow the ranges of the parameters",
        )
    exprs = tuple((slope.as_expr(), constant.as_expr()) for slope, constant in lines)
    return SymbolicActivation(tuple(point.as_expr() for point in points), exprs, act.name)


def _activations(given: Any, widths: Sequence[int]) -> tuple[tuple[SymbolicActivation, ...], ...]:
    layers = list(given) if isinstance(given, Sequence) and not isinstance(given, str) else [given] * len(widths)
    if len(layers) != len(widths):
        raise ShapeMismatch(
            f"a sequence of activations has one entry a hidden layer, got {len(layers)} for {len(widths)}",
            fix="give one activation, or one a hidden layer",
        )
    found = []
    for k, (layer, width) in enumerate(zip(layers, widths, strict=True)):
        units = list(layer) if isinstance(layer, Sequence) and not isinstance(layer, str) else [layer] * width
        if len(units) != width:
            raise ShapeMismatch(
                f"hidden layer {k} has {width} neurons and {len(units)} activations", fix="give one a neuron"
            )
        found.append(tuple(map(as_symbolic, units)))
    return tuple(found)


def _rows(weight: Any) -> list[list[Any]]:
    if isinstance(weight, Matrix):
        return [list(row) for row in weight.to_rows()]
    rows = weight.tolist() if hasattr(weight, "tolist") else weight
    return [list(row) for row in rows]


def _entries(bias: Any) -> list[Any]:
    if isinstance(bias, Matrix) or hasattr(bias, "tolist"):
        return [entry for row in _rows(bias) for entry in row]
    return list(bias)


def _dot(left: Sequence[Any], right: Sequence[Any]) -> Any:
    import sympy

    return sympy.Add(*(a * b for a, b in zip(left, right, strict=True)))


#: Breakpoints and (slope, constant) of the pieces of an activation, elements of the field.
Table = tuple[list[Any], list[tuple[Any, Any]]]


def elements_of(
    network: SymbolicNetwork, decider: Decider
) -> tuple[list[tuple[list[list[Any]], list[Any]]], list[list[Table]]]:
    """The affine maps and the activations as elements of the field, checked again under this decider.

    Guarantee: exact, as the decider, which remembers what rests on a solver's word.
    """

    def read(entry: Any) -> Any:
        return finite_element(decider, entry)

    layers = [
        ([[read(entry) for entry in row] for row in weight], [read(entry) for entry in bias])
        for weight, bias in zip(network.weights, network.biases, strict=True)
    ]
    tables = [
        [
            ([read(t) for t in act.breakpoints], [(read(s), read(c)) for s, c in act.pieces])
            for act in (finite_activation(decider, act) for act in acts)
        ]
        for acts in network.activations
    ]
    return layers, tables
