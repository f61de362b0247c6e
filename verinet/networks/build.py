"""Build networks: expressions (from `expressions`) and combinators, networks made of networks.

All are exact and leave their arguments as they are.  A domain says where ranges are computed, and no domain that
nothing is restricted: what is made of one network keeps its domain, `parallel` and `add` intersect two, `stack`
multiplies them, and `compose` keeps that of the network which reads x.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from verinet.errors import EmptyDomain, NotBounded, ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q, format_rational
from verinet.networks.activations import RELU, Activation
from verinet.networks.expressions import (
    Expression,
    abs_,
    apply_activation,
    leaky_relu,
    maximum,
    minimum,
    network,
    relu,
    variable,
    variables,
)
from verinet.networks.network import Activate, Affine, Input, Interval, Network, Vertex

__all__ = [
    "Expression",
    "abs_",
    "add",
    "affine_after",
    "apply_activation",
    "compose",
    "layered",
    "leaky_relu",
    "maximum",
    "minimum",
    "network",
    "parallel",
    "readouts",
    "relu",
    "scale",
    "skip",
    "stack",
    "variable",
    "variables",
]


def layered(weights: Sequence[Any], biases: Sequence[Any], activation: Activation = RELU) -> Network:
    """A plain feed-forward network: affine, activation, affine, ..., affine.

    Parameters
    ----------
    weights : sequence of Matrix or of rows
        One a layer, the last one the readout.
    biases : sequence of Matrix (one column) or of numbers
    activation : Activation
        Between the affine maps; ReLU unless told.

    Raises
    ------
    ShapeMismatch
        When shapes do not follow each other; InexactInput for floats (see `Matrix.from_floats`).

    Examples
    --------
    >>> layered([[[1], [-1]], [[1, 1]]], [[0, 0], [0]])(-3)
    (Fraction(3, 1),)

    Guarantee: exact.
    """
    if not weights or len(weights) != len(biases):
        raise ShapeMismatch(
            f"a layered network needs as many weights as biases, at least one, got {len(weights)} and {len(biases)}",
            fix="give one bias vector a weight matrix",
        )
    matrices = [w if isinstance(w, Matrix) else Matrix.from_rows(w) for w in weights]
    columns = [b if isinstance(b, Matrix) else Matrix.column(b) for b in biases]
    vertices = [Vertex(Input(matrices[0].columns, "x"), (), "x")]
    for layer, (matrix, column) in enumerate(zip(matrices, columns, strict=True)):
        last = layer == len(matrices) - 1
        vertices.append(Vertex(Affine(matrix, column), (len(vertices) - 1,), "y" if last else f"affine_{layer + 1}"))
        if not last:
            activate = Activate((activation,) * matrix.rows)
            vertices.append(Vertex(activate, (len(vertices) - 1,), f"layer_{layer + 1}"))
    return Network(tuple(vertices), (("y", len(vertices) - 1),))


def _graft(vertices: list[Vertex], guest: Network, sources: Sequence[int]) -> list[int]:
    """Append the guest's vertices, its x read from the concatenated sources; new index of each vertex."""
    width = sum(_width(vertices[source]) for source in sources)
    if width != guest.input_size:
        raise ShapeMismatch(
            f"a network with {guest.input_size} input channels was given {width} values",
            fix="compose networks whose sizes fit",
        )
    places = iter(guest.inputs)
    new: list[int] = []
    for vertex in guest.vertices:
        if isinstance(vertex.operation, Input):
            part = next(places)[1]
            if len(sources) == 1 and part == slice(0, width):
                new.append(sources[0])
                continue
            select = [[int(row == column) for column in range(width)] for row in range(part.start, part.stop)]
            operation = Affine(Matrix.from_integers(select), Matrix.zeros(len(select), 1))
            vertices.append(Vertex(operation, tuple(sources), vertex.name))
        else:
            moved = tuple(new[source] for source in vertex.sources)
            vertices.append(Vertex(vertex.operation, moved, vertex.name))
        new.append(len(vertices) - 1)
    return new


def _width(vertex: Vertex) -> int:
    match vertex.operation:
        case Input(size=size):
            return size
        case Affine(weight=weight):
            return weight.rows
        case Activate(activations=activations):
            return len(activations)


def _input_indices(f: Network) -> list[int]:
    return [index for index, vertex in enumerate(f.vertices) if isinstance(vertex.operation, Input)]


def _fresh(names: Sequence[str]) -> list[str]:
    """The names, with _2, _3, ... appended where they repeat."""
    taken: list[str] = []
    for name in names:
        candidate, number = name, 2
        while candidate in taken:
            candidate, number = f"{name}_{number}", number + 1
        taken.append(candidate)
    return taken


def compose(outer: Network, inner: Network | None = None, *, times: int | None = None) -> Network:
    """x -> outer(inner(x)), or ``compose(f, times=n)``: f applied n times.

    The domain is the inner one's: it is x that has a domain.  That of the outer network is left out, as its inputs
    are no inputs any more.  Values of the inner network outside of it are not refused, since interval arithmetic
    could rarely tell: a network has its values everywhere, and ranges of the composition are computed from the
    inner domain alone.  Refused is what interval arithmetic can tell: that no value lies in it.

    Raises
    ------
    ShapeMismatch
        When the inner outputs do not fit the outer inputs, or `times` is not positive.
    EmptyDomain
        When the certified range of the inner network misses the domain of the outer one.

    Examples
    --------
    >>> from verinet.networks.build import abs_, network, variable
    >>> x = variable("x")
    >>> tent = network(x, 1 - abs_(2 * x - 1))
    >>> compose(tent, times=3)("3/16"), compose(tent, times=3).depth
    ((Fraction(1, 2),), 3)

    Guarantee: exact.
    """
    if inner is not None and times is None:
        return _composed(outer, inner)
    if inner is not None or times is None or times < 1:
        raise ShapeMismatch(
            "compose takes two networks, or one network and times=n with n >= 1",
            fix="write compose(f, times=3)",
        )
    vertices = list(outer.vertices)
    new = list(range(len(vertices)))
    for _ in range(times - 1):
        new = _graft(vertices, outer, [new[index] for _, index in outer.readouts])
    if times > 1:
        _refuse_apart(outer, outer)
    readouts = tuple((name, new[index]) for name, index in outer.readouts)
    return Network(tuple(vertices), readouts, outer.domain)


def _composed(outer: Network, inner: Network) -> Network:
    vertices = list(inner.vertices)
    new = _graft(vertices, outer, [index for _, index in inner.readouts])
    _refuse_apart(outer, inner)
    return Network(tuple(vertices), tuple((name, new[index]) for name, index in outer.readouts), inner.domain)


def _refuse_apart(outer: Network, inner: Network) -> None:
    """Refuse a composition if it is certain that no value of `inner` lies in the domain of `outer`."""
    if outer.domain is None or inner.domain is None:
        return
    try:
        ranges = inner.certified_range()
    except (NotBounded, Unsupported):  # no range, hence nothing certain
        return
    sides = [side for _, index in inner.readouts for side in ranges[index]]
    for channel, (values, wanted) in enumerate(zip(sides, outer.domain, strict=True)):
        if values[1] < wanted[0] or wanted[1] < values[0]:
            raise EmptyDomain(
                "compose needs values of the inner network in the domain of the outer one, "
                f"{_text(wanted)}, got values in {_text(values)}",
                fix="check the order, compose(outer, inner), or drop the domain: outer.with_domain(None)",
                where=f"input channel {channel} of the outer network",
            )


def _common_domain(f: Network, g: Network) -> tuple[Interval, ...] | None:
    """The intersection of two domains in one x."""
    if f.domain is None or g.domain is None:
        return g.domain if f.domain is None else f.domain
    sides = tuple((max(a, c), min(b, d)) for (a, b), (c, d) in zip(f.domain, g.domain, strict=True))
    for channel, (low, high) in enumerate(sides):
        if low > high:
            raise EmptyDomain(
                "networks side by side need domains with a common point, got "
                f"{_text(f.domain[channel])} and {_text(g.domain[channel])}",
                fix="widen one of them, or drop it: network.with_domain(None)",
                where=f"input channel {channel}",
            )
    return sides


def _text(side: Interval) -> str:
    return f"[{format_rational(side[0])}, {format_rational(side[1])}]"


def parallel(f: Network, g: Network) -> Network:
    """x -> (f(x), g(x)): the same x, outputs concatenated.

    The domain is the intersection of both; a network without one restricts nothing.

    Raises
    ------
    ShapeMismatch
        When the inputs differ in number.
    EmptyDomain
        When both have a domain and no point is in both.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> parallel(network(x, relu(x)), network(x, x - 1))(2)
    (Fraction(2, 1), Fraction(1, 1))
    >>> f, g = network(x, x, domain=[(0, 2)]), network(x, -x, domain=[(1, 3)])
    >>> parallel(f, g).domain
    ((Fraction(1, 1), Fraction(2, 1)),)

    Guarantee: exact.
    """
    vertices = list(f.vertices)
    new = _graft(vertices, g, _input_indices(f))
    indices = [index for _, index in f.readouts] + [new[index] for _, index in g.readouts]
    names = _fresh([name for name, _ in (*f.readouts, *g.readouts)])
    return Network(tuple(vertices), tuple(zip(names, indices, strict=True)), _common_domain(f, g))


def stack(f: Network, g: Network) -> Network:
    """(x, x') -> (f(x), g(x')): inputs and outputs concatenated.

    The domain is the product of both; none when one of them has none, as a domain has an interval for every input.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> stack(network(x, relu(x)), network(x, x - 1))(-2, 5)
    (Fraction(0, 1), Fraction(4, 1))

    Guarantee: exact.
    """
    vertices = list(f.vertices)
    taken = [name for name, _ in (*f.inputs, *g.inputs)]
    names = iter(_fresh(taken)[len(f.inputs) :])
    for vertex in g.vertices:
        if isinstance(vertex.operation, Input):
            name = next(names)
            vertices.append(Vertex(Input(vertex.operation.size, name), (), name))
            continue
        moved = tuple(source + len(f.vertices) for source in vertex.sources)
        vertices.append(Vertex(vertex.operation, moved, vertex.name))
    indices = [index for _, index in f.readouts] + [index + len(f.vertices) for _, index in g.readouts]
    readouts = _fresh([name for name, _ in (*f.readouts, *g.readouts)])
    domain = None if f.domain is None or g.domain is None else (*f.domain, *g.domain)
    return Network(tuple(vertices), tuple(zip(readouts, indices, strict=True)), domain)


def _after(f: Network, weight: Matrix, bias: Matrix, extra: Sequence[int] = ()) -> Network:
    """f followed by an affine map of (y, extra vertices): one readout "y"."""
    sources = (*(index for _, index in f.readouts), *extra)
    vertices = (*f.vertices, Vertex(Affine(weight, bias), sources, "y"))
    return Network(vertices, (("y", len(vertices) - 1),), f.domain)


def affine_after(f: Network, weight: Any, bias: Any = None) -> Network:
    """x -> weight f(x) + bias, on the domain of f.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> affine_after(network(x, [relu(x), x]), [[1, "1/2"]], [3])(2)
    (Fraction(6, 1),)

    Guarantee: exact.
    """
    matrix = weight if isinstance(weight, Matrix) else Matrix.from_rows(weight)
    if bias is None:
        column = Matrix.zeros(matrix.rows, 1)
    else:
        column = bias if isinstance(bias, Matrix) else Matrix.column(bias)
    return _after(f, matrix, column)


def add(f: Network, g: Network) -> Network:
    """x -> f(x) + g(x), on the domain of `parallel`.

    Raises
    ------
    ShapeMismatch
        When inputs or outputs differ in number.
    EmptyDomain
        When both have a domain and no point is in both.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> add(network(x, relu(x)), network(x, relu(-x)))("-1/3")
    (Fraction(1, 3),)

    Guarantee: exact.
    """
    if f.output_size != g.output_size:
        raise ShapeMismatch(
            f"a sum needs equally many outputs, got {f.output_size} and {g.output_size}",
            fix="check the sizes",
        )
    one = Matrix.identity(f.output_size)
    return _after(parallel(f, g), one.hstack(one), Matrix.zeros(f.output_size, 1))


def scale(f: Network, factor: object) -> Network:
    """x -> factor f(x), the factor an exact scalar, on the domain of f.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> scale(network(x, relu(x)), "-1/2")(3)
    (Fraction(-3, 2),)

    Guarantee: exact.
    """
    return _after(f, Matrix.identity(f.output_size).scale(Q(factor)), Matrix.zeros(f.output_size, 1))


def skip(f: Network, matrix: Any = None) -> Network:
    """x -> f(x) + matrix x; without a matrix, the identity (then f keeps its size); on the domain of f.

    Raises
    ------
    ShapeMismatch
        When the matrix does not map x to the outputs.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> skip(network(x, relu(-x)))(-2)
    (Fraction(0, 1),)

    Guarantee: exact.
    """
    if matrix is None:
        along = Matrix.identity(f.input_size)
    else:
        along = matrix if isinstance(matrix, Matrix) else Matrix.from_rows(matrix)
    if along.shape != (f.output_size, f.input_size):
        raise ShapeMismatch(
            f"a skip connection needs a matrix of shape ({f.output_size}, {f.input_size}), got {along.shape}",
            fix="give the matrix that maps x to the outputs",
        )
    weight = Matrix.identity(f.output_size).hstack(along)
    return _after(f, weight, Matrix.zeros(f.output_size, 1), _input_indices(f))


def readouts(f: Network, named: Mapping[str, Callable[[tuple[Expression, ...]], Any]]) -> Network:
    """f with other readouts, each written in the outputs y of f, on the domain of f.

    Parameters
    ----------
    f : Network
    named : mapping of names to functions
        Each function takes the tuple (y_0, y_1, ...) and returns an expression or several.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> f = network(x, [relu(x), x])
    >>> g = readouts(f, {"margin": lambda y: y[0] - y[1], "both": lambda y: y})
    >>> g(-3)
    (Fraction(3, 1), Fraction(0, 1), Fraction(-3, 1))
    >>> g.outputs
    (('margin', slice(0, 1, None)), ('both', slice(1, 3, None)))

    Guarantee: exact.
    """
    y = variables("y", f.output_size)
    return compose(network(y, {name: write(y) for name, write in named.items()}), f)
