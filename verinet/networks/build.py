"""Build networks: expressions (from `expressions`) and combinators, networks made of networks.

All are exact and leave their arguments as they are.  A domain says where ranges are computed, and no domain that
nothing is restricted: what is made of one network keeps its domain, `parallel` and `add` intersect two, `stack`
multiplies them, and `compose` keeps that of the network which reads x.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from verinet.errors import ShapeMismatch
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q
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
from verinet.networks.grafting import common_domain, fresh_names, graft, input_indices, refuse_apart
from verinet.networks.network import Activate, Affine, Input, Network, Vertex

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
        new = graft(vertices, outer, [new[index] for _, index in outer.readouts])
    if times > 1:
        refuse_apart(outer, outer)
    readouts = tuple((name, new[index]) for name, index in outer.readouts)
    return Network(tuple(vertices), readouts, outer.domain)


def _composed(outer: Network, inner: Network) -> Network:
    vertices = list(inner.vertices)
    new = graft(vertices, outer, [index for _, index in inner.readouts])
    refuse_apart(outer, inner)
    return Network(tuple(vertices), tuple((name, new[index]) for name, index in outer.readouts), inner.domain)


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
    new = graft(vertices, g, input_indices(f))
    indices = [index for _, index in f.readouts] + [new[index] for _, index in g.readouts]
    names = fresh_names([name for name, _ in (*f.readouts, *g.readouts)])
    return Network(tuple(vertices), tuple(zip(names, indices, strict=True)), common_domain(f, g))


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
    names = iter(fresh_names(taken)[len(f.inputs) :])
    for vertex in g.vertices:
        if isinstance(vertex.operation, Input):
            name = next(names)
            vertices.append(Vertex(Input(vertex.operation.size, name), (), name))
            continue
        moved = tuple(source + len(f.vertices) for source in vertex.sources)
        vertices.append(Vertex(vertex.operation, moved, vertex.name))
    indices = [index for _, index in f.readouts] + [index + len(f.vertices) for _, index in g.readouts]
    readouts = fresh_names([name for name, _ in (*f.readouts, *g.readouts)])
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
    return _after(f, weight, Matrix.zeros(f.output_size, 1), input_indices(f))


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
