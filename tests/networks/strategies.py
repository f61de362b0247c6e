"""Networks with nasty weights, and two evaluators that share no code with the package."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from verinet.exact.linalg import Matrix
from verinet.networks.activations import Activation, activation
from verinet.networks.network import Activate, Affine, Input, Network, Vertex

HUGE = Fraction(10**60 + 7, 10**60 + 9)

small = st.integers(-4, 4).map(Fraction)
halves = st.integers(-16, 16).map(lambda n: Fraction(n, 8))
nasty = st.one_of(
    st.just(Fraction(0)),
    small,
    st.fractions(-3, 3, max_denominator=12),
    st.sampled_from([HUGE, -HUGE, Fraction(1, 3**40), Fraction(2**80)]),
)

AFFINE = tuple(
    activation(name, *parameters)
    for name, parameters in (
        ("relu", ()),
        ("relu", ()),
        ("leaky_relu", ("1/4",)),
        ("abs", ()),
        ("identity", ()),
        ("hard_tanh", ()),
        ("hard_sigmoid", ()),
        ("clip", (-1, 2)),
        ("at_least", (-1,)),
        ("at_most", ("1/2",)),
        ("sign", ()),
        ("heaviside", ()),
        ("step", (1, -1, 5, 2)),
        ("stepped_leaky", ("1/2", 1)),
    )
)


@st.composite
def networks(draw: st.DrawFn, numbers: st.SearchStrategy[Fraction] = nasty, pool: Any = AFFINE) -> Network:
    """A random graph: several inputs, skips, repeated sources, affine after affine, several readouts."""
    nodes = [Vertex(Input(draw(st.integers(1, 2)), f"x{i}"), (), f"x{i}") for i in range(draw(st.integers(1, 2)))]
    for index in range(draw(st.integers(1, 6))):
        sizes = [width(vertex) for vertex in nodes]
        if draw(st.booleans()):
            source = draw(st.integers(0, len(nodes) - 1))
            chosen = tuple(draw(st.sampled_from(pool)) for _ in range(sizes[source]))
            nodes.append(Vertex(Activate(chosen), (source,), f"act{index}"))
        else:
            sources = tuple(draw(st.lists(st.integers(0, len(nodes) - 1), min_size=1, max_size=3)))
            columns, rows = sum(sizes[source] for source in sources), draw(st.integers(1, 3))
            weight = [[draw(numbers) for _ in range(columns)] for _ in range(rows)]
            bias = Matrix.column([draw(numbers) for _ in range(rows)])
            nodes.append(Vertex(Affine(Matrix.from_rows(weight), bias), sources, f"affine{index}"))
    readouts = [len(nodes) - 1, *draw(st.lists(st.integers(0, len(nodes) - 1), max_size=2))]
    return Network(tuple(nodes), tuple((f"y{i}", index) for i, index in enumerate(readouts)))


def width(vertex: Vertex) -> int:
    """Channels of a vertex."""
    operation = vertex.operation
    if isinstance(operation, Input):
        return operation.size
    return operation.weight.rows if isinstance(operation, Affine) else len(operation.activations)


def plain_value(act: Activation, z: Fraction) -> Fraction:
    """The function by its definition, written out name by name."""
    p = act.parameters
    jump = p[1] if act.name == "stepped_leaky" else Fraction(0)
    table = {
        "relu": lambda: max(z, Fraction(0)),
        "leaky_relu": lambda: z if z >= 0 else p[0] * z,
        "abs": lambda: abs(z),
        "identity": lambda: z,
        "hard_tanh": lambda: min(max(z, Fraction(-1)), Fraction(1)),
        "relu6": lambda: min(max(z, Fraction(0)), Fraction(6)),
        "hard_sigmoid": lambda: min(max(p[0] * z + p[1], Fraction(0)), Fraction(1)),
        "clip": lambda: min(max(z, p[0]), p[1]),
        "at_least": lambda: max(z, p[0]),
        "at_most": lambda: min(z, p[0]),
        "sign": lambda: Fraction((z > 0) - (z < 0)),
        "heaviside": lambda: p[0] if z == 0 else Fraction(int(z > 0)),
        "step": lambda: p[1] if z < p[0] else p[2] if z == p[0] else p[3],
        "stepped_leaky": lambda: p[0] * z if z < 0 else p[2] if z == 0 else z + jump,
        "repu": lambda: max(z, Fraction(0)) ** int(p[0]),
        "power": lambda: z ** int(p[0]),
        "floor": lambda: Fraction(z.numerator // z.denominator),
        "frac": lambda: z - z.numerator // z.denominator,
    }
    return table[act.name]()


def plain_evaluation(network: Network, x: list[Fraction]) -> list[Fraction]:
    """The network in Fractions and loops."""
    values: list[list[Fraction]] = []
    rest = list(x)
    for vertex in network.vertices:
        incoming = [v for source in vertex.sources for v in values[source]]
        operation = vertex.operation
        if isinstance(operation, Input):
            values.append(rest[: operation.size])
            rest = rest[operation.size :]
        elif isinstance(operation, Affine):
            values.append(
                [
                    sum((operation.weight[i, j] * v for j, v in enumerate(incoming)), operation.bias[i, 0])
                    for i in range(operation.weight.rows)
                ]
            )
        else:
            values.append([plain_value(f, v) for f, v in zip(operation.activations, incoming, strict=True)])
    return [v for _, index in network.readouts for v in values[index]]


def first_match(table: list[list[str]], over: int, z: Fraction) -> Fraction | None:
    """A table as the certificate format defines it; None for the word none."""
    for *condition, slope, constant in (piece if piece[-1] != "none" else [*piece, "none"] for piece in table):
        if condition:
            end = Fraction(int(condition[0], 16), over)
            if not (z < end or (z == end and condition[1] == "left")):
                continue
        if constant == "none":
            return None
        return (int(slope, 16) * z + int(constant, 16)) / over
    return None


def chain_evaluation(layers: list[dict[str, Any]], x: list[Fraction]) -> list[Fraction | None]:
    """The layers of a certificate, evaluated from their JSON form."""
    values: list[Any] = list(x)
    for layer in layers:
        over, shared = int(layer["weights_over"], 16), int(layer["activations_over"], 16)
        after = []
        for row, which in layer["units"]:
            entries = [int(entry, 16) for entry in row]
            z = Fraction(entries[0] + sum(w * v for w, v in zip(entries[1:], values, strict=True)), 1) / over
            after.append(first_match(layer["activations"][which], shared, z))
        values = after
    return values
