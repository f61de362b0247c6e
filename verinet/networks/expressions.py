"""Expressions: networks as a paper writes them.

Each call of `relu(...)` and its like
makes one neuron, and reusing the Python object reuses the neuron.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from numbers import Rational
from typing import Any, NoReturn

from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q
from verinet.networks import activations as table
from verinet.networks.activations import Activation
from verinet.networks.network import Activate, Affine, Input, Network, Vertex


class _Group:
    """The variables made by one call of `variables`."""

    __slots__ = ("name", "size")

    def __init__(self, name: str, size: int) -> None:
        self.name, self.size = name, size


class _Variable:
    __slots__ = ("channel", "group")
    level = 0

    def __init__(self, group: _Group, channel: int) -> None:
        self.group, self.channel = group, channel


class _Neuron:
    __slots__ = ("activation", "level", "preactivation")

    def __init__(self, activation: Activation, preactivation: Expression) -> None:
        self.activation, self.preactivation = activation, preactivation
        self.level: int = 1 + max((atom.level for atom in preactivation.terms), default=0)


_Atom = _Variable | _Neuron


class Expression:
    """An affine form in variables and neurons: built by `variable` and arithmetic, never changed.

    Equality is identity: two neurons written twice are two neurons.  It is neither larger nor smaller than
    anything: claims are stated about the outputs of a network.

    Guarantee: exact.
    """

    __slots__ = ("constant", "terms")

    def __init__(self, terms: Mapping[_Atom, Fraction], constant: Fraction) -> None:
        self.terms = {atom: factor for atom, factor in terms.items() if factor}
        self.constant = constant

    def __add__(self, other: object) -> Expression:
        right = as_expression(other)
        terms = dict(self.terms)
        for atom, factor in right.terms.items():
            terms[atom] = terms.get(atom, Fraction(0)) + factor
        return Expression(terms, self.constant + right.constant)

    __radd__ = __add__

    def __neg__(self) -> Expression:
        return self * -1

    def __sub__(self, other: object) -> Expression:
        return self + -as_expression(other)

    def __rsub__(self, other: object) -> Expression:
        return -self + other

    def __mul__(self, factor: object) -> Expression:
        if isinstance(factor, Expression):
            raise ShapeMismatch(
                "a network is affine between activations, got a product of two expressions",
                fix="multiply by exact scalars only; for a target in several variables give a sympy expression",
            )
        q = Q(factor)
        return Expression({atom: q * c for atom, c in self.terms.items()}, q * self.constant)

    __rmul__ = __mul__

    def __pow__(self, exponent: object) -> Expression:
        """A neuron that raises to an integer power: what a target is written with."""
        k = Q(exponent)
        if k in (0, 1):
            return Expression({}, Fraction(1)) if k == 0 else self
        return apply_activation(self, table.activation("power", k))

    def __truediv__(self, divisor: object) -> Expression:
        q = Q(divisor)
        if q == 0:
            raise ShapeMismatch("an expression was divided by 0", fix="divide by a nonzero scalar")
        return self * (1 / q)

    def __lt__(self, other: object) -> NoReturn:
        raise _no_comparison("<")

    def __le__(self, other: object) -> NoReturn:
        raise _no_comparison("<=")

    def __gt__(self, other: object) -> NoReturn:
        raise _no_comparison(">")

    def __ge__(self, other: object) -> NoReturn:
        raise _no_comparison(">=")

    def __repr__(self) -> str:
        return f"<Expression in {len(self.terms)} variables and neurons>"


def _no_comparison(relation: str) -> Unsupported:
    return Unsupported(
        f"an expression builds a network and is not compared, got ... {relation} ...",
        fix="state a claim about outputs: y = verinet.claims.outputs(network), then y[0] <= 1; "
        "for the larger or smaller of two expressions write maximum(a, b) or minimum(a, b)",
    )


def as_expression(value: object) -> Expression:
    """An expression as it is, an exact scalar as a constant.

    Guarantee: exact.

    Examples
    --------
    >>> as_expression("1/3").constant
    Fraction(1, 3)
    """
    return value if isinstance(value, Expression) else Expression({}, Q(value))


def variable(name: str = "x") -> Expression:
    """One input.

    Guarantee: exact.

    Examples
    --------
    >>> x = variable("x")
    >>> network(x, 2 * relu(x) - 1)(3)
    (Fraction(5, 1),)
    """
    return variables(name, 1)[0]


def variables(name: str, count: int) -> tuple[Expression, ...]:
    """A vector of `count` inputs with one name.

    Guarantee: exact.

    Examples
    --------
    >>> a, b = variables("x", 2)
    >>> network((a, b), a - 2 * b)(1, "1/3")
    (Fraction(1, 3),)
    """
    group = _Group(name, count)
    return tuple(Expression({_Variable(group, i): Fraction(1)}, Fraction(0)) for i in range(count))


def apply_activation(expression: object, act: Activation) -> Expression:
    """One neuron: `act` of an expression.

    Guarantee: exact.

    Examples
    --------
    >>> x = variable("x")
    >>> network(x, apply_activation(x, table.activation("hard_tanh")))(5)
    (Fraction(1, 1),)
    """
    return Expression({_Neuron(act, as_expression(expression)): Fraction(1)}, Fraction(0))


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
            case _Variable(group=group, channel=channel) if group.size == dimension:
                inner, power = {tuple(int(k == channel) for k in range(dimension)): Fraction(1)}, 1
            case _Neuron(activation=act) if act.name == "power":
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


def _input_vertices(inputs: Sequence[Expression]) -> tuple[list[Vertex], dict[_Atom, tuple[int, int]]]:
    """Input vertices, and the place (vertex, channel) of each variable."""
    atoms: list[_Variable] = []
    for expression in inputs:
        atom = next(iter(expression.terms), None)
        if not isinstance(atom, _Variable) or expression.constant or expression.terms != {atom: 1}:
            raise ShapeMismatch("the inputs of a network are variables", fix='make them by variable("x")')
        atoms.append(atom)
    if len(set(atoms)) != len(atoms):
        raise ShapeMismatch("an input is repeated", fix="list each variable once")
    vertices: list[Vertex] = []
    place: dict[_Atom, tuple[int, int]] = {}
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


def _levels(outputs: Sequence[Expression]) -> list[list[_Neuron]]:
    """The neurons below some expressions, by level, in the order they are met (no recursion)."""
    found: dict[_Neuron, None] = {}
    waiting = list(reversed(outputs))
    while waiting:
        for atom in waiting.pop().terms:
            if isinstance(atom, _Neuron) and atom not in found:
                found[atom] = None
                waiting.append(atom.preactivation)
    levels: list[list[_Neuron]] = [[] for _ in range(max((neuron.level for neuron in found), default=0))]
    for neuron in found:
        levels[neuron.level - 1].append(neuron)
    return levels


def _affine(
    rows: Sequence[Expression], place: Mapping[_Atom, tuple[int, int]], vertices: Sequence[Vertex], name: str
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
