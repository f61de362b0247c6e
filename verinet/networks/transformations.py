"""Networks made from one network: other inputs, neurons in another order, on another scale, fewer, or rounded.

All are exact: what is built is a network again, and whether it computes the same function, or how nearly, is a claim
(`verinet.claims.equal`, with ``within=e`` for nearly).  Layers of neurons are numbered from 0 in the order of their
`Activate` vertices.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q
from verinet.networks.activations import Activation, degree
from verinet.networks.build import compose
from verinet.networks.network import Activate, Affine, Input, Network, Vertex

__all__ = [
    "copies",
    "homogeneous_degree",
    "on_inputs",
    "permute_neurons",
    "precompose",
    "prune_neurons",
    "quantise",
    "rescale_neurons",
]


def precompose(f: Network, matrix: Any, offset: Sequence[object] | None = None) -> Network:
    """x -> f(matrix x + offset).

    The domain is left out: that of f speaks of matrix x + offset.

    Raises
    ------
    ShapeMismatch
        When the matrix does not map to the inputs of f.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> precompose(network(x, relu(x)), [[-1, 2]], [1])(1, 3)
    (Fraction(6, 1),)

    Guarantee: exact.
    """
    weight = matrix if isinstance(matrix, Matrix) else Matrix.from_rows(matrix)
    column = Matrix.zeros(weight.rows, 1) if offset is None else Matrix.column(offset)
    first = Network(
        (Vertex(Input(weight.columns, "x"), (), "x"), Vertex(Affine(weight, column), (0,), "z")), (("z", 1),)
    )
    return compose(f.with_domain(None), first)


def on_inputs(f: Network, indices: Sequence[int], of: int) -> Network:
    """The network that reads f's inputs from some of `of` inputs: x -> f(x_{i_1}, ..., x_{i_k}).

    Two copies on different inputs make claims about two points: ``on_inputs(f, (0, 1), of=4)`` is f(x) and
    ``on_inputs(f, (2, 3), of=4)`` is f(x') in the inputs (x, x').

    Raises
    ------
    ShapeMismatch
        When there are not as many indices as f has inputs, or one is not below `of`.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variables
    >>> a, b = variables("x", 2)
    >>> on_inputs(network((a, b), relu(a) - b), (2, 0), of=3)(5, 6, 7)
    (Fraction(2, 1),)

    Guarantee: exact.
    """
    if len(indices) != f.input_size or any(not 0 <= index < of for index in indices):
        raise ShapeMismatch(
            f"on_inputs needs {f.input_size} indices below {of}, one for every input, got {list(indices)}",
            fix="say which of the new inputs each input of the network is",
        )
    return precompose(f, Matrix.from_integers([[int(j == index) for j in range(of)] for index in indices], columns=of))


def copies(f: Network, count: int = 2) -> tuple[Network, ...]:
    """f at several points: the networks x -> f(x), f(x'), ... in the inputs (x, x', ...) together.

    `verinet.geometry.domain_product` makes the domain of such a claim.

    Raises
    ------
    ShapeMismatch
        Unless the count is a positive integer.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> first, second = copies(network(x, relu(x)))
    >>> first(-1, 3), second(-1, 3)
    ((Fraction(0, 1),), (Fraction(3, 1),))

    Guarantee: exact.
    """
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise ShapeMismatch(f"copies needs a positive number of points, got {count!r}", fix="write copies(f, 2)")
    size = f.input_size
    return tuple(on_inputs(f, range(k * size, (k + 1) * size), of=count * size) for k in range(count))


def permute_neurons(f: Network, layer: int, order: Sequence[int]) -> Network:
    """The same function with the neurons of one layer in another order: new neuron i is the old ``order[i]``.

    Raises
    ------
    ShapeMismatch
        When there is no such layer, or `order` is no permutation of its neurons.

    Examples
    --------
    >>> from verinet.networks.build import layered
    >>> f = layered([[[1], [-1]], [[2, 3]]], [[0, 1], [0]])
    >>> g = permute_neurons(f, 0, (1, 0))
    >>> g.vertices[1].operation.weight, g(-2) == f(-2)
    (Matrix([[-1], [1]]), True)

    Guarantee: exact.
    """
    vertex, activations = _layer(f, layer)
    size = len(activations)
    if sorted(order) != list(range(size)):
        raise ShapeMismatch(
            f"an order of {size} neurons is a permutation of 0..{size - 1}, got {list(order)}",
            fix="list every neuron once",
        )
    select = Matrix.from_integers([[int(j == old) for j in range(size)] for old in order])
    return _recoded(f, vertex, select, tuple(activations[old] for old in order), select.T)


def rescale_neurons(f: Network, layer: int, factors: Sequence[object]) -> Network:
    """The same function with neuron i's incoming weights times c_i > 0 and its outgoing ones divided by c_i^k.

    Here k is the degree of homogeneity of its activation, s(c z) = c^k s(z): 1 for relu, leaky_relu and abs, 0 for
    sign and heaviside, k for repu(k).

    Raises
    ------
    ShapeMismatch
        When there is no such layer, or not one factor a neuron.
    Unsupported
        For a factor that is not positive, or an activation that is not positively homogeneous.

    Examples
    --------
    >>> from verinet.networks.build import layered
    >>> f = layered([[[1], [-1]], [[2, 3]]], [[0, 1], [0]])
    >>> g = rescale_neurons(f, 0, (2, "1/3"))
    >>> g.vertices[-1].operation.weight, g("-2/7") == f("-2/7")
    (Matrix([[1, 9]]), True)

    Guarantee: exact.
    """
    vertex, activations = _layer(f, layer)
    exact = [Q(factor) for factor in factors]
    if len(exact) != len(activations):
        raise ShapeMismatch(
            f"a layer of {len(activations)} neurons needs as many factors, got {len(exact)}",
            fix="give 1 where nothing changes",
        )
    back: list[Fraction] = []
    for channel, (factor, activation) in enumerate(zip(exact, activations, strict=True)):
        power = homogeneous_degree(activation)
        if factor != 1 and (power is None or factor <= 0):
            raise Unsupported(
                "rescaling needs a positive factor and a positively homogeneous activation (relu, leaky_relu, abs, "
                f"sign, repu), got {factor} for {activation}",
                fix="leave this neuron its factor 1",
                where=f"layer {layer}, neuron {channel}",
            )
        back.append(Fraction(1) if power is None else 1 / factor**power)
    return _recoded(f, vertex, _diagonal(exact), activations, _diagonal(back))


def homogeneous_degree(activation: Activation) -> int | None:
    """The k with s(c z) = c^k s(z) for all c > 0 and all z, or None if there is none (for 0: k = 1).

    Examples
    --------
    >>> from verinet.networks.activations import activation
    >>> [homogeneous_degree(activation(*named)) for named in (("abs",), ("sign",), ("repu", 2), ("hard_tanh",))]
    [1, 0, 2, None]

    Guarantee: exact.
    """
    if activation.kind not in ("affine", "polynomial") or any(activation.breakpoints):
        return None
    degrees = {degree(piece) for piece in activation.pieces if any(piece)}
    monomials = all(sum(map(bool, piece)) <= 1 for piece in activation.pieces)
    if not monomials or len(degrees) > 1:
        return None
    at_zero = any(activation.values)
    power = degrees.pop() if degrees else 0 if at_zero else 1
    return None if power and at_zero else power


def prune_neurons(f: Network, layer: int, neurons: Sequence[int], values: Sequence[object] | None = None) -> Network:
    """The network without some neurons of one layer: each is replaced by a constant, 0 unless told.

    Raises
    ------
    ShapeMismatch
        When there is no such layer or neuron, no neuron would be left, or there is not one value a pruned neuron.

    Examples
    --------
    >>> from verinet.networks.build import layered
    >>> f = layered([[[1], [-1], [0]], [[2, 3, 5]]], [[0, 1, 1], [0]])
    >>> g = prune_neurons(f, 0, [2], values=[1])
    >>> g.size, g(-4) == f(-4)
    (2, True)

    Guarantee: exact.
    """
    vertex, activations = _layer(f, layer)
    size, gone = len(activations), set(neurons)
    kept = [i for i in range(size) if i not in gone]
    if not gone <= set(range(size)) or not kept:
        raise ShapeMismatch(
            f"pruning a layer of {size} neurons needs numbers below {size}, and one that stays, got {sorted(gone)}",
            fix="a layer without neurons is an affine map: build that instead",
        )
    constants = [Q(0)] * len(neurons) if values is None else [Q(value) for value in values]
    if len(constants) != len(neurons):
        raise ShapeMismatch(f"{len(neurons)} pruned neurons got {len(constants)} values", fix="give one value each")
    column = [Fraction(0)] * size
    for neuron, value in zip(neurons, constants, strict=True):
        column[neuron] = value
    select = Matrix.from_integers([[int(j == i) for j in range(size)] for i in kept])
    return _recoded(f, vertex, select, tuple(activations[i] for i in kept), select.T, Matrix.column(column))


def quantise(f: Network, *, step: object = None, bits: int | None = None) -> Network:
    """The network with rounded weights: to multiples of a step, or to signed integers of so many bits on a scale.

    With `step`, weights and biases of every affine map are rounded to the nearest multiple of it (ties to even).  With
    `bits`, the weights of each affine map are rounded to multiples of max|w| / (2^(bits-1) - 1), so that they are
    integers from -(2^(bits-1) - 1) to 2^(bits-1) - 1 on that scale; biases stay as they are.

    Raises
    ------
    Unsupported
        Unless exactly one of the two is given, the step positive, the bits from 2 to 64.

    Examples
    --------
    >>> from verinet.networks.build import layered
    >>> f = layered([[["1/3"], [1]], [[2, -3]]], [[0, "1/7"], [0]])
    >>> quantise(f, step="1/4").vertices[1].operation.weight
    Matrix([[1/4], [1]])
    >>> quantise(f, bits=3).vertices[1].operation.weight
    Matrix([[1/3], [1]])

    Guarantee: exact (the rounded network is exactly what is built).
    """
    if (step is None) == (bits is None):
        raise Unsupported("quantise takes a step or a number of bits", fix="write step=Q(1)/256 or bits=8")
    if bits is not None and (isinstance(bits, bool) or not isinstance(bits, int) or not 2 <= bits <= 64):
        raise Unsupported(f"quantise takes 2 to 64 bits, got {bits!r}", fix="write bits=8")
    width = None if step is None else Q(step)
    if width is not None and width <= 0:
        raise Unsupported("quantise needs a positive step", fix="write step=Q(1)/256")

    def rounded(operation: Affine) -> Affine:
        if width is not None:
            return Affine(_rounded(operation.weight, width), _rounded(operation.bias, width))
        largest = max((abs(entry) for row in operation.weight.to_rows() for entry in row), default=Fraction(0))
        scale = largest / (2 ** ((bits or 2) - 1) - 1)
        return Affine(_rounded(operation.weight, scale), operation.bias)

    vertices = tuple(
        Vertex(rounded(vertex.operation), vertex.sources, vertex.name)
        if isinstance(vertex.operation, Affine)
        else vertex
        for vertex in f.vertices
    )
    return Network(vertices, f.readouts, f.domain)


def _rounded(matrix: Matrix, step: Fraction) -> Matrix:
    if not step:
        return matrix
    return Matrix.from_rows([[round(entry / step) * step for entry in row] for row in matrix.to_rows()], matrix.columns)


def _diagonal(entries: Sequence[Fraction]) -> Matrix:
    return Matrix.from_rows([[entry if i == j else 0 for j in range(len(entries))] for i, entry in enumerate(entries)])


def _layer(f: Network, layer: int) -> tuple[int, tuple[Activation, ...]]:
    """The vertex of a layer of neurons, and its activations."""
    found = [
        (index, v.operation.activations) for index, v in enumerate(f.vertices) if isinstance(v.operation, Activate)
    ]
    if isinstance(layer, bool) or not isinstance(layer, int) or not 0 <= layer < len(found):
        raise ShapeMismatch(
            f"the network has {len(found)} layers of neurons, numbered from 0, got {layer!r}", fix="name one of them"
        )
    return found[layer]


def _recoded(
    f: Network,
    place: int,
    before: Matrix,
    activations: tuple[Activation, ...],
    after: Matrix,
    constant: Matrix | None = None,
) -> Network:
    """v -> after(activations(before v)) + constant in place of one layer of neurons.

    The two affine maps are multiplied into the neighbours where these are affine maps, else put between.
    """
    shift = Matrix.zeros(after.rows, 1) if constant is None else constant
    (source,) = f.vertices[place].sources
    users = {u for u, vertex in enumerate(f.vertices) if source in vertex.sources}
    read_out = {index for _, index in f.readouts}
    below = f.vertices[source].operation
    inline = isinstance(below, Affine) and users == {place} and source not in read_out
    plain = all(isinstance(v.operation, Affine) for v in f.vertices if place in v.sources) and place not in read_out
    vertices: list[Vertex] = []
    new: list[int] = []
    for index, vertex in enumerate(f.vertices):
        sources = tuple(new[s] for s in vertex.sources)
        operation = vertex.operation
        if index == source and inline and isinstance(operation, Affine):
            operation = Affine(before @ operation.weight, before @ operation.bias)
        if index == place:
            if not inline:
                vertices.append(Vertex(Affine(before, Matrix.zeros(before.rows, 1)), sources, f"{vertex.name}_before"))
                sources = (len(vertices) - 1,)
            operation = Activate(activations)
        if place in vertex.sources and plain and isinstance(operation, Affine):
            operation = _absorbed(operation, f, vertex, place, after, shift)
        vertices.append(Vertex(operation, sources, vertex.name))
        if index == place and not plain:
            vertices.append(Vertex(Affine(after, shift), (len(vertices) - 1,), f"{vertex.name}_after"))
        new.append(len(vertices) - 1)
    return Network(tuple(vertices), tuple((name, new[index]) for name, index in f.readouts), f.domain)


def _absorbed(operation: Affine, f: Network, vertex: Vertex, place: int, after: Matrix, shift: Matrix) -> Affine:
    """The affine map of a user of the recoded layer, its columns for that layer multiplied by `after`."""
    blocks, bias, start = [], operation.bias, 0
    for source in vertex.sources:
        block = operation.weight.take_columns(range(start, start + f.sizes[source]))
        start += f.sizes[source]
        if source == place:
            bias = bias + block @ shift
            block = block @ after
        blocks.append(block)
    return Affine(blocks[0].hstack(*blocks[1:]) if len(blocks) > 1 else blocks[0], bias)
