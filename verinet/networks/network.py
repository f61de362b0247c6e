"""The network: a frozen directed acyclic graph of affine maps and activations, with a certified domain.

All inputs, concatenated in the order of the `Input` vertices, form x; all readouts, concatenated in order,
form y.  Nothing here rounds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from verinet.errors import EmptyDomain, ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q, format_rational
from verinet.networks.activations import Activation

if TYPE_CHECKING:
    import networkx

Interval = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class Input:
    """A vector of inputs.

    Parameters
    ----------
    size : int
        Number of channels.
    name : str
        Name of the vector.

    Guarantee: exact.
    """

    size: int
    name: str = "x"


@dataclass(frozen=True, slots=True)
class Affine:
    """The map v -> weight v + bias on the concatenated sources.

    Parameters
    ----------
    weight : Matrix
        One row an output channel, one column an input channel.
    bias : Matrix
        One column.

    Guarantee: exact.
    """

    weight: Matrix
    bias: Matrix


@dataclass(frozen=True, slots=True)
class Activate:
    """One activation a channel.

    Parameters
    ----------
    activations : tuple of Activation
        As many as the one source has channels.

    Guarantee: exact.
    """

    activations: tuple[Activation, ...]


Operation = Input | Affine | Activate


@dataclass(frozen=True, slots=True)
class Vertex:
    """One operation of the graph.

    Parameters
    ----------
    operation : Input, Affine or Activate
    sources : tuple of int
        Indices of earlier vertices; the values of several sources are concatenated in this order.
    name : str

    Guarantee: exact.
    """

    operation: Operation
    sources: tuple[int, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class Network:
    """A piecewise-affine (or smooth) network, checked at construction and never changed.

    Parameters
    ----------
    vertices : tuple of Vertex
        In topological order: every source is an earlier vertex.
    readouts : tuple of (str, int)
        Name and vertex index of each output vector.
    domain : tuple of (Fraction, Fraction), optional
        One closed interval an input channel: where `certified_range` looks.  The network has its values elsewhere too.

    Raises
    ------
    ShapeMismatch
        When sizes do not fit, a source is not earlier, or two inputs or two readouts share a name.
    EmptyDomain
        When an interval has its ends in the wrong order.

    Examples
    --------
    >>> from verinet.networks.activations import RELU
    >>> double = Affine(Matrix.from_rows([[2]]), Matrix.column([-1]))
    >>> f = Network((Vertex(Input(1)), Vertex(double, (0,)), Vertex(Activate((RELU,)), (1,))), (("y", 2),))
    >>> f(1)
    (Fraction(1, 1),)

    Guarantee: exact.
    """

    vertices: tuple[Vertex, ...]
    readouts: tuple[tuple[str, int], ...]
    domain: tuple[Interval, ...] | None = None

    def __post_init__(self) -> None:
        _check_vertices(self.vertices)
        _check_readouts(self.vertices, self.readouts)
        if self.domain is not None:
            object.__setattr__(self, "domain", _checked_domain(self.domain, self.input_size))

    def __reduce__(self) -> tuple[object, ...]:
        # The cached properties stay behind: they hold graphs and are rebuilt on demand.
        return (Network, (self.vertices, self.readouts, self.domain))

    def __repr__(self) -> str:
        widths = "-".join(str(n) for n in (self.input_size, *self.level_widths, self.output_size))
        return f"<Network {widths}, size {self.size}>"

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Number of channels of every vertex."""
        return tuple(_output_size(vertex.operation) for vertex in self.vertices)

    @cached_property
    def inputs(self) -> tuple[tuple[str, slice], ...]:
        """Name of every input vector and its place in x."""
        return tuple(_slices((v.operation.name, v.operation.size) for v in self.vertices
                             if isinstance(v.operation, Input)))  # fmt: skip

    @cached_property
    def outputs(self) -> tuple[tuple[str, slice], ...]:
        """Name of every readout and its place in y."""
        return tuple(_slices((name, self.sizes[index]) for name, index in self.readouts))

    @cached_property
    def input_size(self) -> int:
        """Number of input channels, all inputs together."""
        return sum(v.operation.size for v in self.vertices if isinstance(v.operation, Input))

    @cached_property
    def output_size(self) -> int:
        """Number of output channels, all readouts together."""
        return sum(self.sizes[index] for _, index in self.readouts)

    @cached_property
    def levels(self) -> tuple[int, ...]:
        """For every vertex, the number of hidden activation layers on the longest path that ends there."""
        levels: list[int] = []
        for vertex in self.vertices:
            below = max((levels[source] for source in vertex.sources), default=0)
            levels.append(below + (1 if _neurons(vertex.operation) else 0))
        return tuple(levels)

    @cached_property
    def level_widths(self) -> tuple[int, ...]:
        """Number of neurons in each hidden layer."""
        widths = [0] * max(self.levels, default=0)
        for vertex, level in zip(self.vertices, self.levels, strict=True):
            neurons = _neurons(vertex.operation)
            if neurons:
                widths[level - 1] += neurons
        return tuple(widths)

    @property
    def depth(self) -> int:
        """Number of hidden activation layers on the longest path."""
        return len(self.level_widths)

    @property
    def width(self) -> int:
        """Number of neurons in the largest hidden layer; 0 without hidden layers."""
        return max(self.level_widths, default=0)

    @property
    def size(self) -> int:
        """Number of neurons: activation channels other than the identity."""
        return sum(self.level_widths)

    @cached_property
    def graph(self) -> networkx.DiGraph[int]:
        """The frozen networkx graph: a vertex carries kind, size, name, operation; an edge its positions."""
        import networkx

        graph: networkx.DiGraph[int] = networkx.DiGraph()
        for index, vertex in enumerate(self.vertices):
            kind = type(vertex.operation).__name__.lower()
            graph.add_node(index, kind=kind, size=self.sizes[index], name=vertex.name, operation=vertex.operation)
            for source in dict.fromkeys(vertex.sources):
                positions = tuple(i for i, other in enumerate(vertex.sources) if other == source)
                graph.add_edge(source, index, positions=positions)
        return networkx.freeze(graph)

    @cached_property
    def hash(self) -> str:
        """SHA-256, in hexadecimal, of the canonical JSON text.

        It identifies the network as it is written down: vertices, their order, weights, activations, the domain, and
        the names of vertices, inputs and readouts.  Networks that compute one function, or differ in a name only,
        have different hashes.
        """
        # A view of this very object: the writer imports this module, so it is imported late.
        from verinet.networks.formats.json import network_to_json

        return hashlib.sha256(network_to_json(self).encode()).hexdigest()

    def __call__(self, *x: Any) -> tuple[Fraction, ...]:
        """The exact outputs at a point: ``f(1, Q("1/3"))`` or ``f((1, Q("1/3")))``.

        Raises
        ------
        ShapeMismatch
            When the number of coordinates is not `input_size`; InexactInput for floats; Unsupported for
            smooth activations.

        Guarantee: exact.
        """
        from verinet.networks.evaluate import evaluate

        point = x[0] if len(x) == 1 and isinstance(x[0], Sequence) and not isinstance(x[0], str) else x
        return evaluate(self, point)

    def with_domain(self, domain: Sequence[Sequence[object]] | None) -> Network:
        """The same network with another domain, one interval an input channel (None: no domain).

        Examples
        --------
        >>> from verinet.networks.build import network, variable
        >>> x = variable("x")
        >>> network(x, 2 * x).with_domain([(0, 1)]).domain
        ((Fraction(0, 1), Fraction(1, 1)),)

        Guarantee: exact.
        """
        if domain is None:
            return replace(self, domain=None)
        sides = tuple(tuple(Q(end) for end in side) for side in domain)
        if any(len(side) != 2 for side in sides):
            raise ShapeMismatch(
                "a domain needs one pair (low, high) an input channel", fix="write [(-1, 1), (0, 1), ...]"
            )
        return replace(self, domain=tuple((side[0], side[1]) for side in sides))

    def certified_range(self) -> tuple[tuple[Interval, ...], ...]:
        """For every vertex, an exact interval a channel that holds all its values on the domain.

        Interval arithmetic, vertex by vertex: rigorous, not tight.

        Raises
        ------
        Unsupported
            When the network has no domain.

        Examples
        --------
        >>> from verinet.networks.build import network, relu, variable
        >>> x = variable("x")
        >>> f = network(x, relu(2 * x - 1)).with_domain([(-1, 1)])
        >>> [str(end) for end in f.certified_range()[f.readouts[0][1]][0]]
        ['0', '1']

        Guarantee: certified.
        """
        from verinet.networks.ranges import vertex_ranges

        if self.domain is None:
            raise Unsupported(
                "a certified range needs a domain, the network has none", fix="use network.with_domain(...)"
            )
        return vertex_ranges(self, self.domain)


def _output_size(operation: Operation) -> int:
    match operation:
        case Input():
            return operation.size
        case Affine():
            return operation.weight.rows
        case Activate():
            return len(operation.activations)


def _neurons(operation: Operation) -> int:
    if not isinstance(operation, Activate):
        return 0
    return sum(not activation.is_identity for activation in operation.activations)


def _slices(sizes: Iterable[tuple[str, int]]) -> Iterator[tuple[str, slice]]:
    start = 0
    for name, size in sizes:
        yield name, slice(start, start + size)
        start += size


def _check_vertices(vertices: tuple[Vertex, ...]) -> None:
    sizes: list[int] = []
    for index, vertex in enumerate(vertices):
        where = f"vertex {index} {vertex.name!r}"
        if any(not 0 <= source < index for source in vertex.sources):
            raise ShapeMismatch(
                f"a vertex needs earlier vertices as sources, got {vertex.sources}",
                fix="list the vertices in topological order",
                where=where,
            )
        _check_fit(vertex, sum(sizes[source] for source in vertex.sources), where)
        sizes.append(_output_size(vertex.operation))


def _check_fit(vertex: Vertex, incoming: int, where: str) -> None:
    fix = "check the shapes of the layer before and of this one"
    match vertex.operation:
        case Input(size=size):
            if vertex.sources or size < 1:
                raise ShapeMismatch("an input needs a positive size and no sources", fix=fix, where=where)
        case Affine(weight=weight, bias=bias):
            if not vertex.sources or not weight.rows:
                raise ShapeMismatch(
                    "an affine map needs a source and at least one row",
                    fix="give an earlier vertex as its source, and leave empty maps out",
                    where=where,
                )
            if weight.columns != incoming:
                raise ShapeMismatch(
                    f"an affine map with {weight.columns} columns got {incoming} values", fix=fix, where=where
                )
            if bias.shape != (weight.rows, 1):
                raise ShapeMismatch(
                    f"an affine map with {weight.rows} rows needs a bias of shape ({weight.rows}, 1), got {bias.shape}",
                    fix="give the bias as Matrix.column([...])",
                    where=where,
                )
        case Activate(activations=activations):
            if len(vertex.sources) != 1 or len(activations) != incoming:
                raise ShapeMismatch(
                    f"{len(activations)} activations need one source with as many channels, got "
                    f"{len(vertex.sources)} sources with {incoming} channels",
                    fix=fix,
                    where=where,
                )


def _check_readouts(vertices: tuple[Vertex, ...], readouts: tuple[tuple[str, int], ...]) -> None:
    if not readouts or any(not 0 <= index < len(vertices) for _, index in readouts):
        raise ShapeMismatch(
            f"a network needs at least one readout, each an index below {len(vertices)}, got {readouts}",
            fix="name a vertex as readout",
        )
    inputs = [vertex.operation.name for vertex in vertices if isinstance(vertex.operation, Input)]
    if not inputs:
        raise ShapeMismatch("a network needs at least one Input vertex", fix="add an Input vertex")
    for what, names in (("inputs", inputs), ("readouts", [name for name, _ in readouts])):
        if len(set(names)) != len(names):
            raise ShapeMismatch(f"two {what} share a name: {names}", fix="give each its own name")


def _checked_domain(domain: tuple[Interval, ...], size: int) -> tuple[Interval, ...]:
    if len(domain) != size:
        raise ShapeMismatch(
            f"the domain needs {size} intervals, one an input channel, got {len(domain)}",
            fix="give one pair (low, high) an input channel",
        )
    checked = tuple((Q(low), Q(high)) for low, high in domain)
    for channel, (low, high) in enumerate(checked):
        if low > high:
            raise EmptyDomain(
                f"the interval [{format_rational(low)}, {format_rational(high)}] has no point",
                fix="swap its ends",
                where=f"input channel {channel}",
            )
    return checked
