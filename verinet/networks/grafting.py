"""One network's vertices put into another's: places, names and domains of networks that are made of networks."""

from __future__ import annotations

from collections.abc import Sequence

from verinet.errors import EmptyDomain, NotBounded, ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import format_rational
from verinet.networks.network import Activate, Affine, Input, Interval, Network, Vertex


def graft(vertices: list[Vertex], guest: Network, sources: Sequence[int]) -> list[int]:
    """Append the guest's vertices, its x read from the concatenated sources; new index of each vertex."""
    width = sum(vertex_size(vertices[source]) for source in sources)
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


def vertex_size(vertex: Vertex) -> int:
    match vertex.operation:
        case Input(size=size):
            return size
        case Affine(weight=weight):
            return weight.rows
        case Activate(activations=activations):
            return len(activations)


def input_indices(f: Network) -> list[int]:
    return [index for index, vertex in enumerate(f.vertices) if isinstance(vertex.operation, Input)]


def fresh_names(names: Sequence[str]) -> list[str]:
    """The names, with _2, _3, ... appended where they repeat."""
    taken: list[str] = []
    for name in names:
        candidate, number = name, 2
        while candidate in taken:
            candidate, number = f"{name}_{number}", number + 1
        taken.append(candidate)
    return taken


def refuse_apart(outer: Network, inner: Network) -> None:
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


def common_domain(f: Network, g: Network) -> tuple[Interval, ...] | None:
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
