"""Expressions: networks as a paper writes them.

Each call of `relu(...)` and its like makes one neuron, and reusing the Python object reuses the neuron.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from numbers import Rational
from typing import Any

from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.networks import activations as table
from verinet.networks.activations import Activation
from verinet.networks.affine_expressions import (
    Atom,
    Expression,
    Neuron,
    Variable,
    apply_activation,
    as_expression,
    variable,
    variables,
)
from verinet.networks.network import Activate, Affine, Input, Network, Vertex

__all__ = [
    "Expression",
    "abs_",
    "apply_activation",
    "as_expression",
    "leaky_relu",
    "maximum",
    "minimum",
    "network",
    "polynomial_terms",
    "relu",
    "variable",
    "variables",
]


def relu(expression: object) -> Expression:
    """max(0, e): one neuron.

    Guarantee: exact.

    Examples
    --------
    >>> x = variable("x")
    >>> network(x, relu(x - "1/2"))(2)
    (Fraction(3, 2),)
    """
    return apply_activation(expression, table.RELU)


def leaky_relu(expression: object, alpha: object) -> Expression:
    """e where e >= 0, alpha e elsewhere: one neuron.

    Guarantee: exact.

    Examples
    --------
    >>> x = variable("x")
    >>> network(x, leaky_relu(x, "1/10"))(-3)
    (Fraction(-3, 10),)
    """
    return apply_activation(expression, table.activation("leaky_relu", alpha))


def abs_(expression: object) -> Expression:
    """The absolute value: one neuron.

    Guarantee: exact.

    Examples
    --------
    >>> x = variable("x")
    >>> network(x, abs_(x - 1))(-1)
    (Fraction(2, 1),)
    """
    return apply_activation(expression, table.ABS)


def maximum(*expressions: object) -> Expression:
    """The maximum of expressions through ReLUs, in a balanced tree: max(a, b) = a + relu(b - a).

    Guarantee: exact.

    Examples
    --------
    >>> a, b, c = variables("x", 3)
    >>> network((a, b, c), maximum(a, b, c))(1, "7/2", 2)
    (Fraction(7, 2),)
    """
    return _tree([as_expression(e) for e in expressions], lambda a, b: a + relu(b - a))


def minimum(*expressions: object) -> Expression:
    """The minimum of expressions through ReLUs, in a balanced tree: min(a, b) = a - relu(a - b).

    Guarantee: exact.

    Examples
    --------
    >>> a, b, c = variables("x", 3)
    >>> network((a, b, c), minimum(a, b, c))(1, "7/2", -2)
    (Fraction(-2, 1),)
    """
    return _tree([as_expression(e) for e in expressions], lambda a, b: a - relu(a - b))


def _tree(entries: list[Expression], join: Callable[[Expression, Expression], Expression]) -> Expression:
    if not entries:
        raise ShapeMismatch("a maximum or minimum needs at least one expression", fix="give one or more")
    while len(entries) > 1:
        paired = [join(a, b) for a, b in zip(entries[::2], entries[1::2], strict=False)]
        entries = paired + entries[len(entries) - len(entries) % 2 :]
    return entries[0]


def network(inputs: Any, outputs: Any, domain: Sequence[Sequence[object]] | None = None) -> Network:
    """The network of an expression.

    Parameters
    ----------
    inputs : Expression or sequence of Expression
        The variables, in the order of x; all of one `variables` call in a row make one input vector.
    outputs : Expression, sequence of Expression, or mapping of names to these
        The readouts; without a mapping there is one, named "y".
    domain : sequence of (low, high), optional

    Raises
    ------
    ShapeMismatch
        When an input is no variable, is repeated, or a variable in use is not among the inputs.

    Examples
    --------
    >>> x = variable("x")
    >>> hat = network(x, 2 * relu(x) - 4 * relu(x - "1/2") + 2 * relu(x - 1))
    >>> hat("1/4"), hat.depth, hat.width, hat.size
    ((Fraction(1, 2),), 1, 3, 3)

    Guarantee: exact.
    """
    named = outputs if isinstance(outputs, Mapping) else {"y": outputs}
    readouts = {str(name): [as_expression(e) for e in _listed(given)] for name, given in named.items()}
    vertices, place = _input_vertices([as_expression(e) for e in _listed(inputs)])
    for neurons in _levels([e for given in readouts.values() for e in given]):
        rows = [neuron.preactivation for neuron in neurons]
        vertices.append(_affine(rows, place, vertices, f"affine_{len(vertices)}"))
        activate = Activate(tuple(neuron.activation for neuron in neurons))
        vertices.append(Vertex(activate, (len(vertices) - 1,), f"layer_{len(vertices)}"))
        place |= {neuron: (len(vertices) - 1, i) for i, neuron in enumerate(neurons)}
    names: list[tuple[str, int]] = []
    for name, given in readouts.items():
        vertices.append(_affine(given, place, vertices, name))
        names.append((name, len(vertices) - 1))
    return Network(tuple(vertices), tuple(names)).with_domain(domain)


def polynomial_terms(expression: Expression, dimension: int) -> dict[tuple[int, ...], Fraction]:
    """Exponents -> coefficient of an expression in one vector of variables, its neurons being powers.

    Raises
    ------
    Unsupported
        If a neuron is no power, or the variables were not made together, or are not `dimension` many.

    Examples
    --------
    >>> x = variable("x")
    >>> polynomial_terms((x - 1) ** 2, 1)
    {(2,): Fraction(1, 1), (1,): Fraction(-2, 1), (0,): Fraction(1, 1)}

    Guarantee: exact.
    """
    total: dict[tuple[int, ...], Fraction] = {(0,) * dimension: expression.constant}
    for atom, factor in expression.terms.items():
        match atom:
            case Variable(group=group, channel=channel) if group.size == dimension:
                inner, power = {tuple(int(k == channel) for k in range(dimension)): Fraction(1)}, 1
            case Neuron(activation=act) if act.name == "power":
                inner, power = polynomial_terms(atom.preactivation, dimension), int(act.parameters[0])
            case _:
                raise Unsupported(
                    f"a target in {dimension} variables needs powers of exactly these variables, got another neuron "
                    "or other variables",
                    fix="write it in the variables of one call of variables(name, count), or give a sympy expression",
                )
        term = {(0,) * dimension: factor}
        for _ in range(power):
            term = _product(term, inner)
        for exponents, coefficient in term.items():
            total[exponents] = total.get(exponents, Fraction(0)) + coefficient
    ordered = sorted((exponents for exponents, entry in total.items() if entry), reverse=True)
    return {exponents: total[exponents] for exponents in ordered}


def _product(
    left: dict[tuple[int, ...], Fraction], right: dict[tuple[int, ...], Fraction]
) -> dict[tuple[int, ...], Fraction]:
    result: dict[tuple[int, ...], Fraction] = {}
    for a, p in left.items():
        for b, q in right.items():
            key = tuple(i + j for i, j in zip(a, b, strict=True))
            result[key] = result.get(key, Fraction(0)) + p * q
    return result


def _listed(value: Any) -> list[Any]:
    return [value] if isinstance(value, (Expression, Rational, str)) else list(value)


def _input_vertices(inputs: Sequence[Expression]) -> tuple[list[Vertex], dict[Atom, tuple[int, int]]]:
    """Input vertices, and the place (vertex, channel) of each variable."""
    atoms: list[Variable] = []
    for expression in inputs:
        atom = next(iter(expression.terms), None)
        if not isinstance(atom, Variable) or expression.constant or expression.terms != {atom: 1}:
            raise ShapeMismatch("the inputs of a network are variables", fix='make them by variable("x")')
        atoms.append(atom)
    if len(set(atoms)) != len(atoms):
        raise ShapeMismatch("an input is repeated", fix="list each variable once")
    vertices: list[Vertex] = []
    place: dict[Atom, tuple[int, int]] = {}
    start = 0
    while start < len(atoms):
        group = atoms[start].group
        whole = [(atom.group, atom.channel) for atom in atoms[start : start + group.size]]
        if whole == [(group, channel) for channel in range(group.size)]:
            size, name = group.size, group.name
        else:
            size, name = 1, f"{group.name}_{atoms[start].channel}"
        place |= {atoms[start + i]: (len(vertices), i) for i in range(size)}
        vertices.append(Vertex(Input(size, name), (), name))
        start += size
    return vertices, place


def _levels(outputs: Sequence[Expression]) -> list[list[Neuron]]:
    """The neurons below some expressions, by level, in the order they are met (no recursion)."""
    found: dict[Neuron, None] = {}
    waiting = list(reversed(outputs))
    while waiting:
        for atom in waiting.pop().terms:
            if isinstance(atom, Neuron) and atom not in found:
                found[atom] = None
                waiting.append(atom.preactivation)
    levels: list[list[Neuron]] = [[] for _ in range(max((neuron.level for neuron in found), default=0))]
    for neuron in found:
        levels[neuron.level - 1].append(neuron)
    return levels


def _affine(
    rows: Sequence[Expression], place: Mapping[Atom, tuple[int, int]], vertices: Sequence[Vertex], name: str
) -> Vertex:
    """The affine vertex of some expressions over the vertices they need."""
    used = dict.fromkeys(atom for row in rows for atom in row.terms)
    if any(atom not in place for atom in used):
        raise ShapeMismatch(
            "an expression uses a variable that is not among the inputs", fix="list all variables as inputs"
        )
    sources = sorted({place[atom][0] for atom in used}) or [0]
    start: dict[int, int] = {}
    width = 0
    for source in sources:
        start[source] = width
        operation = vertices[source].operation
        width += operation.size if isinstance(operation, Input) else len(_activations(operation))
    weight = []
    for expression in rows:
        row = [Fraction(0)] * width
        for atom, factor in expression.terms.items():
            vertex, channel = place[atom]
            row[start[vertex] + channel] = factor
        weight.append(row)
    bias = Matrix.column([expression.constant for expression in rows])
    return Vertex(Affine(Matrix.from_rows(weight, columns=width), bias), tuple(sources), name)


def _activations(operation: object) -> tuple[Activation, ...]:
    return operation.activations if isinstance(operation, Activate) else ()
