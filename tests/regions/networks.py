"""Small networks and domains that are degenerate on purpose, from a seed or drawn by hypothesis.

Rows repeat, scaled or negated or off by 2^-60; hyperplanes meet in one point, touch the domain in a vertex, contain
its sides; layers are dead, or cancel what the layer before did; weights have sixty digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

from verinet.exact.linalg import Matrix
from verinet.geometry.polyhedra import Halfspace, Polyhedron, polytope
from verinet.networks.activations import IDENTITY, RELU, activation, piecewise
from verinet.networks.network import Activate, Affine, Input, Network, Vertex

T = TypeVar("T")
Row = list[Fraction]  # bias first
HUGE = 10**60

RELUS = (RELU,)
LEAKY = (activation("leaky_relu", "1/4"), activation("leaky_relu", -1), activation("leaky_relu", 2), RELU)
SEVERAL = (
    RELU,
    IDENTITY,
    activation("abs"),
    activation("hard_tanh"),
    activation("hard_sigmoid"),
    activation("clip", 0, "1/3"),
    activation("at_least", -1),
    activation("at_most", "1/2"),
    activation("leaky_relu", "1/100"),
    piecewise([-1, 0, 1], [[1, 1], [0], [0, 1], [2, -1]], [0, 0, 1]),  # two slopes, flat, back down
    piecewise([0, 1], [[0, 1], [0, 1], [1]], [0, 1]),  # nothing bends at 0
    activation("clip", 1, 1),  # a constant
)
#: Most bent rows of a network with d inputs, so that a slow enumeration takes a fraction of a second.
MOST_BENDS = {1: 20, 2: 14, 3: 10, 4: 8, 5: 6, 6: 5}


class Source(Protocol):
    """Where choices come from."""

    def integer(self, low: int, high: int) -> int: ...

    def choice(self, options: Sequence[T]) -> T: ...


class Seeded:
    """Choices of a pseudo-random generator."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def integer(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def choice(self, options: Sequence[T]) -> T:
        return self.random.choice(options)


class Drawn:
    """Choices of hypothesis, which it can make smaller."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def integer(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def choice(self, options: Sequence[T]) -> T:
        return self.draw(st.sampled_from(options))


@dataclass(frozen=True)
class Case:
    """A network on a bounded domain with interior."""

    network: Network
    domain: Polyhedron


def seeded_case(seed: int, d: int, bends: int | None = None) -> Case:
    """The same case for the same seed; `bends` is the most bent rows, if not `MOST_BENDS`."""
    return make_case(Seeded(seed), d, bends)


@st.composite
def cases(draw: st.DrawFn, d: int | None = None) -> Case:
    """The cases of `make_case`, drawn by hypothesis."""
    return make_case(Drawn(draw), draw(st.integers(1, 5)) if d is None else d)


def make_case(source: Source, d: int, bends: int | None = None) -> Case:
    """A degenerate network of d inputs and a domain."""
    return Case(make_network(source, d, bends or MOST_BENDS[d]), make_domain(source, d))


# --- numbers --------------------------------------------------------------------------------------------------------


def integers(source: Source) -> Fraction:
    return Fraction(source.integer(-2, 2))


def ternary(source: Source) -> Fraction:
    return Fraction(source.integer(-1, 1))


def eighths(source: Source) -> Fraction:
    return Fraction(source.integer(-16, 16), 8)


def thirds(source: Source) -> Fraction:
    return Fraction(source.integer(-5, 5), source.choice((1, 2, 3, 7)))


def binary(source: Source) -> Fraction:
    """As floats of a trained network: 53 bits."""
    return Fraction(source.integer(-(2**53), 2**53), 2 ** source.integer(51, 54))


def sixty_digits(source: Source) -> Fraction:
    if source.integer(0, 2):
        return Fraction(source.integer(-2, 2)) + Fraction(source.integer(-1, 1), HUGE + source.integer(1, 9))
    return Fraction(source.integer(-2 * HUGE, 2 * HUGE), HUGE + source.integer(1, 9))


NUMBERS: tuple[Callable[[Source], Fraction], ...] = (integers, ternary, eighths, thirds, binary, sixty_digits)


def tiny(source: Source) -> Fraction:
    """A power of two between 2^-60 and 2^-20, of either sign."""
    return source.choice((1, -1)) * Fraction(1, 2 ** source.integer(20, 60))


# --- rows -----------------------------------------------------------------------------------------------------------


def nasty_rows(source: Source, count: int, width: int, number: Callable[[Source], Fraction]) -> list[Row]:
    """Rows of one layer, every other one made out of an earlier one."""
    no_bias = source.integer(0, 2) == 0
    rows: list[Row] = []
    for _ in range(count):
        row = [Fraction(0) if no_bias else number(source)] + [number(source) for _ in range(width)]
        if rows and source.integer(0, 1):
            row = variation(source, rows[source.integer(0, len(rows) - 1)])
        elif source.integer(0, 5) == 0:
            row = through_a_point(source, row)
        rows.append(row)
    return rows


def variation(source: Source, row: Row) -> Row:
    """A copy, a multiple, a near copy, a parallel, one through the same points, or a row of zeros."""
    kind = source.integer(0, 8)
    new = list(row)
    if kind in (1, 2):
        factor = source.choice((2, Fraction(1, 3), Fraction(1, 2**30)) if kind == 1 else (-1, -1, Fraction(-5, 2)))
        new = [factor * entry for entry in row]
    elif kind in (3, 4):  # nearly the same, nearly opposite
        place = source.integer(0, len(row) - 1)
        new[place] += tiny(source)
        new = new if kind == 3 else [-entry for entry in new]
    elif kind == 5:
        new[0] += source.integer(-1, 1)
    elif kind == 6 and len(row) > 2:  # another hyperplane through the same flat
        new[1] += row[2]
        new[0] += source.choice((0, 0, row[0]))
    elif kind == 7:
        new = [Fraction(source.integer(-1, 1))] + [Fraction(0)] * (len(row) - 1)
    elif kind == 8:
        new = through_a_point(source, row)
    return new


def through_a_point(source: Source, row: Row) -> Row:
    """The row with its bias chosen so that it vanishes in a vertex, a middle or some point of the unit box."""
    values = source.choice(((1, -1), (0, 1), (0,), (Fraction(1, 2), Fraction(-1, 3), 1)))
    point = [source.choice(values) for _ in row[1:]]
    return [-sum((w * x for w, x in zip(row[1:], point, strict=True)), Fraction(0)), *row[1:]]


def pairs(source: Source, count: int, width: int) -> list[Row]:
    """w, -w, ...: a layer that loses nothing, made for the next one to cancel."""
    rows: list[Row] = []
    while len(rows) < count:
        row = [Fraction(source.integer(-1, 1))] + [ternary(source) for _ in range(width)]
        rows += [row, [-entry for entry in row]]
    return rows[:count]


def cancelling(source: Source, count: int, width: int) -> list[Row]:
    """Rows with weights (c, -c) on neighbours: relu(z) - relu(-z) = z, and abs(z) - abs(-z) = 0."""
    rows = []
    for _ in range(count):
        row = [Fraction(source.integer(-1, 1))]
        while len(row) <= width:
            c = integers(source)
            row += [c, source.choice((-c, -c, c))]
        rows.append(row[: width + 1])
    return rows


def wide(source: Source, rows: list[Row]) -> list[Row]:
    """More rows than a machine word has bits, and no hyperplane that was not there before."""
    many: list[Row] = []
    for _ in range(source.choice((59, 61, 63, 64, 125))):
        row = rows[source.integer(0, len(rows) - 1)]
        factor = source.choice((1, 1, 2, -1, Fraction(1, 3), Fraction(-1, 2**40), 0))
        many.append([factor * entry for entry in row])
    place = source.integer(0, len(many) - len(rows))
    return many[:place] + rows + many[place:]


def shifted(rows: list[Row], by: int) -> list[Row]:
    """All neurons dead, or all always active, near the unit box."""
    return [[row[0] + by, *row[1:]] for row in rows]


# --- networks -------------------------------------------------------------------------------------------------------


def make_network(source: Source, d: int, bends: int) -> Network:
    """One to five layers, sometimes with a skip connection, two inputs or several readouts."""
    number = source.choice(NUMBERS)
    pool = source.choice((RELUS, RELUS, LEAKY, SEVERAL))
    left = bends
    vertices = [Vertex(Input(d, "x"), (), "x")]
    if d > 1 and source.integer(0, 9) == 0:
        vertices = [Vertex(Input(1, "u"), (), "u"), Vertex(Input(d - 1, "v"), (), "v")]
    sources = tuple(range(len(vertices)))
    inputs, width = sources, d
    readouts: list[int] = []
    style = source.integer(0, 5)
    for layer in range(source.choice((1, 2, 2, 2, 3, 5))):
        count = max(1, min(left, source.choice((1, 2, 3, 4, 5, 6))))
        rows = _layer(source, style, layer, count, width, number)
        chosen = []
        for _ in rows:
            act = source.choice(pool)
            chosen.append(act if len(act.breakpoints) <= left else IDENTITY)
            left -= len(chosen[-1].breakpoints)
        if style == 2 and source.integer(0, 3) == 0:
            rows = wide(source, rows)
            chosen = [source.choice(pool[:1]) for _ in rows]
        vertices.append(_affine(rows, sources, f"z{layer}"))
        vertices.append(Vertex(Activate(tuple(chosen)), (len(vertices) - 1,), f"h{layer}"))
        sources, width = (len(vertices) - 1,), len(rows)
        if len(rows) <= 8 and source.integer(0, 5) == 0:
            readouts.append(len(vertices) - source.integer(1, 2))
        if source.integer(0, 5) == 0:
            sources, width = (*sources, *inputs), width + d
        if left <= 0:
            break
    outputs = nasty_rows(source, source.choice((1, 1, 2, 3)), width, number)
    vertices.append(_affine(outputs, sources, "y"))
    readouts = [len(vertices) - 1, *readouts]
    return Network(tuple(vertices), tuple((f"y{i}", index) for i, index in enumerate(readouts)))


def _layer(
    source: Source, style: int, layer: int, count: int, width: int, number: Callable[[Source], Fraction]
) -> list[Row]:
    if style == 0:
        return pairs(source, count, width) if layer == 0 else cancelling(source, count, width)
    rows = nasty_rows(source, count, width, number)
    if style == 1 and source.integer(0, 2) == 0:
        return shifted(rows, source.choice((-20, 20)))
    return rows


def _affine(rows: Sequence[Row], sources: tuple[int, ...], name: str) -> Vertex:
    weight = Matrix.from_rows([row[1:] for row in rows])
    return Vertex(Affine(weight, Matrix.column([row[0] for row in rows])), sources, name)


# --- domains --------------------------------------------------------------------------------------------------------


def make_domain(source: Source, d: int) -> Polyhedron:
    """A box, a box cut by halfspaces, or a simplex; always with the point `middle` inside."""
    kind = source.integer(0, 7)
    if kind <= 2:
        return Polyhedron((-1,) * d, (1,) * d)
    if kind == 3:
        return Polyhedron((0,) * d, (1,) * d)
    if kind == 4:
        return _simplex(source, d)
    if kind == 5:
        low = [thirds(source) for _ in range(d)]
        sizes = [source.choice((Fraction(1), Fraction(1, 2**40), Fraction(10**20), Fraction(2, 7))) for _ in range(d)]
        return Polyhedron(low, [a + size for a, size in zip(low, sizes, strict=True)])
    return Polyhedron((-1,) * d, (1,) * d, [_halfspace(source, d) for _ in range(source.integer(1, 3))])


def _halfspace(source: Source, d: int) -> Halfspace:
    """A halfspace with 0 inside, which may touch the unit box in a face, say everything or repeat a side."""
    normal = [source.choice((integers, ternary, eighths))(source) for _ in range(d)]
    reach = sum(abs(a) for a in normal)
    if reach == 0:
        return Halfspace(normal, 1)
    return Halfspace(normal, source.choice((reach, reach / 2, reach / 3, max(map(abs, normal)), Fraction(1, 2**40))))


def _simplex(source: Source, d: int) -> Polyhedron:
    """x >= p and a . (x - p) <= size, a > 0; without a box, or with the smallest one."""
    p = [Fraction(source.integer(-1, 0)) for _ in range(d)]
    a = [source.choice((Fraction(1), Fraction(1), Fraction(2), Fraction(1, 3))) for _ in range(d)]
    size = source.choice((Fraction(1), Fraction(2), Fraction(5, 7)))
    far = Halfspace(a, size + sum(x * y for x, y in zip(a, p, strict=True)))
    near = [Halfspace([-int(i == j) for j in range(d)], -p[i]) for i in range(d)]
    if source.integer(0, 1):
        return polytope(far, *near)
    return Polyhedron((None,) * d, (None,) * d, (far, *near))


def describe(case: Case) -> dict[str, Any]:
    """Everything needed to build the case again, as text."""
    stages: list[Any] = []
    for vertex in case.network.vertices:
        match vertex.operation:
            case Input(size=size):
                stages.append({"input": size})
            case Affine(weight=weight, bias=bias):
                rows = [[str(weight[i, j]) for j in range(weight.columns)] for i in range(weight.rows)]
                stages.append(
                    {"affine": rows, "bias": [str(bias[i, 0]) for i in range(weight.rows)], "of": vertex.sources}
                )
            case Activate(activations=activations):
                stages.append({"activate": [str(act) for act in activations], "of": vertex.sources})
    return {
        "stages": stages,
        "readouts": [index for _, index in case.network.readouts],
        "domain": {
            "low": [str(side) for side in case.domain.low],
            "high": [str(side) for side in case.domain.high],
            "halfspaces": [[str(h.offset), *map(str, h.normal)] for h in case.domain.halfspaces],
        },
    }
