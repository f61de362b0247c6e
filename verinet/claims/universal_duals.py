"""Dual networks of claims over all weights: inputs are the weights, outputs the neurons at the points.

Several outputs of one hidden layer have dual networks of their own, one beside the other, with one more condition: a
neuron of one is a nonnegative multiple of the same neuron of another, so at no point do they have opposite signs.  That
is asked at finitely many points only: the weights of all networks meet it, and others too.  So what holds of all that
meet it holds of all networks, but a point that meets it need not be a network.  Asked everywhere it would say no less:
of two affine functions without opposite signs anywhere one is zero, or a positive multiple of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from verinet.claims.formulas import Affine as Term
from verinet.claims.formulas import Formula
from verinet.exact.linalg import Matrix
from verinet.networks.activations import RELU
from verinet.networks.network import Activate, Affine, Input, Network, Vertex

if TYPE_CHECKING:
    from verinet.claims.universal import NoFit

Signs = tuple[int, ...]
Neuron = tuple[Fraction, ...]


def dual_network(claim: NoFit) -> Network:
    """The neurons at the points, as a network whose inputs are the weights and biases.  Guarantee: exact."""
    if claim.further:
        return _dual_outputs(claim)
    return _dual_layer(claim) if claim.architecture.depth == 1 else _dual_chain(claim)


def sign_choices(claim: NoFit) -> Iterator[Signs]:
    """The signs of readout weights that a lemma leaves, output after output; of a chain, every word of signs.

    The neurons are ordered by the first output: only how many of its weights are 1 matters.
    """
    shape = claim.architecture
    if shape.depth > 1:
        yield from product((1, -1), repeat=shape.depth)
    elif shape.nonnegative:
        yield (1,) * shape.width
    else:
        for ones in range(shape.width + 1):
            for rest in product((1, -1), repeat=shape.width * len(claim.further)):
                yield (1,) * ones + (-1,) * (shape.width - ones) + rest


def misses(claim: NoFit, signs: Signs) -> Iterator[Formula]:
    """What some point must show: a value that is too large or too small, or neurons that do not go together."""
    shape, size = claim.architecture, claim.dual_size // len(claim.wanted)
    count = len(claim.points)
    for k, values in enumerate(claim.wanted):
        last = Term.of_input((k + 1) * size - 1)
        for j, wanted in enumerate(values):
            if shape.depth == 1:
                own = range(k * shape.width, (k + 1) * shape.width)
                g = sum((signs[i] * Term.of_output(i * count + j) for i in own), last)
            else:
                block = sum(2**place for place, s in enumerate(reversed(signs[:-1])) if s < 0)
                g = signs[-1] * Term.of_output(block * count + j) + last
            for gap in (g - wanted, wanted - g):
                yield gap >= claim.within if claim.strict else gap > claim.within
    yield from _conflicts(claim)


def _conflicts(claim: NoFit) -> Iterator[Formula]:
    """z > 0 > z' for a neuron of two outputs: min(z, -z') > 0, where the minimum is z - relu(z + z')."""
    rows, together = _preactivations(claim, claim.points + claim.probes), _units(claim)
    for place, (one, other) in enumerate(_pairs(claim)):
        for row in (rows[one], rows[other]):
            z = sum((c * Term.of_input(i) for i, c in enumerate(row) if c), Term(Fraction(0)))
            yield z - Term.of_output(together + place) > 0


def _pairs(claim: NoFit) -> list[tuple[int, int]]:
    """Which preactivations are those of the same neuron at the same point or probe, of two outputs."""
    size = claim.architecture.width * len(claim.points + claim.probes)
    return [(k * size + i, h * size + i) for k, h in combinations(range(len(claim.wanted)), 2) for i in range(size)]


def _preactivations(claim: NoFit, points: Sequence[Sequence[Fraction]]) -> list[list[Fraction]]:
    """One row over the dual network's inputs for each output, neuron and point."""
    size, width, own = claim.input_size, claim.architecture.width, claim.dual_size // len(claim.wanted)
    rows = []
    for k in range(len(claim.wanted)):
        for i in range(width):
            for point in points:
                row = [Fraction(0)] * claim.dual_size
                start = k * own + i * (size + 1)
                row[start : start + size + 1] = [*point, Fraction(1)]
                rows.append(row)
    return rows


def _dual_layer(claim: NoFit) -> Network:
    return _one_layer(_preactivations(claim, claim.points), (claim.architecture.activation,) * _units(claim))


def _dual_outputs(claim: NoFit) -> Network:
    rows = _preactivations(claim, claim.points + claim.probes)
    sums = [[a + b for a, b in zip(rows[one], rows[other], strict=True)] for one, other in _pairs(claim)]
    activations = (claim.architecture.activation,) * _units(claim) + (RELU,) * len(sums)
    return _one_layer(_preactivations(claim, claim.points) + sums, activations)


def _units(claim: NoFit) -> int:
    return len(claim.wanted) * claim.architecture.width * len(claim.points)


def _one_layer(rows: Sequence[Sequence[Fraction]], activations: tuple[Any, ...]) -> Network:
    affine = Affine(Matrix.from_rows(rows), Matrix.zeros(len(rows), 1))
    vertices = (
        Vertex(Input(len(rows[0]), "w"), (), "w"),
        Vertex(affine, (0,)),
        Vertex(Activate(activations), (1,), "y"),
    )
    return Network(vertices, (("y", 2),))


def places_of_weights(claim: NoFit) -> list[bool]:
    """Which of the dual network's inputs are weights, not biases."""
    size = claim.input_size
    return [*([True] * size + [False]) * claim.architecture.width, False]


def _dual_chain(claim: NoFit) -> Network:
    """Layer k in blocks, one for each word of signs before it; block 2 j goes on with sign 1, 2 j + 1 with -1."""
    size, count, act = claim.input_size, len(claim.points), claim.architecture.activation
    inputs = claim.dual_size
    first = [[*point, Fraction(1)] + [Fraction(0)] * (inputs - size - 1) for point in claim.points]
    vertices = [Vertex(Input(inputs, "w"), (), "w")]
    vertices.append(Vertex(Affine(Matrix.from_rows(first), Matrix.zeros(count, 1)), (0,)))
    vertices.append(Vertex(Activate((act,) * count), (1,)))
    for level in range(1, claim.architecture.depth):
        before, after = count * 2 ** (level - 1), count * 2**level
        rows = []
        for unit in range(after):
            block, j = divmod(unit, count)
            row = [Fraction(0)] * (inputs + before)
            row[size + level] = Fraction(1)
            row[inputs + (block // 2) * count + j] = Fraction(-1 if block % 2 else 1)
            rows.append(row)
        vertices.append(Vertex(Affine(Matrix.from_rows(rows), Matrix.zeros(after, 1)), (0, len(vertices) - 1)))
        vertices.append(Vertex(Activate((act,) * after), (len(vertices) - 1,)))
    return Network(tuple(vertices), (("y", len(vertices) - 1),))


def primal(claim: NoFit, weights: Sequence[Fraction], signs: Signs) -> Network:
    """The network that a point of the dual network's inputs stands for.

    Of several outputs the inner weights of a neuron are those of the first that has it at some point of the claim; the
    readout weights make up for their sizes.  Where its copies are no multiples of each other, the values differ.
    """
    from verinet.networks.build import layered

    size, shape, own = claim.input_size, claim.architecture, claim.dual_size // len(claim.wanted)
    if shape.depth > 1:
        matrices = [[list(weights[:size])], *([[s]] for s in signs)]
        return layered(matrices, [[b] for b in weights[size:]], shape.activation)
    neurons = [[_alive(claim, copy) for copy in row] for row in copies(claim, weights)]
    lengths = [[sum(map(abs, copy)) for copy in row] for row in neurons]
    chosen = [next((k for k, length in enumerate(row) if length), 0) for row in lengths]
    readout = [
        [signs[k * shape.width + i] * row[k] / (row[chosen[i]] or 1) for i, row in enumerate(lengths)]
        for k in range(len(claim.wanted))
    ]
    base = [row[k] for row, k in zip(neurons, chosen, strict=True)]
    inner: list[Any] = [[list(copy[:-1]) for copy in base], readout]
    biases = [[copy[-1] for copy in base], [weights[(k + 1) * own - 1] for k in range(len(claim.wanted))]]
    return layered(inner, biases, shape.activation)


def copies(claim: NoFit, weights: Sequence[Fraction]) -> list[list[Neuron]]:
    """Of each neuron of one hidden layer its weights and bias, output after output."""
    size, own = claim.input_size + 1, claim.dual_size // len(claim.wanted)
    starts = [[k * own + i * size for k in range(len(claim.wanted))] for i in range(claim.architecture.width)]
    return [[tuple(weights[start : start + size]) for start in row] for row in starts]


def dual_point(inner: Sequence[Neuron], readout: Sequence[Neuron]) -> Neuron:
    """The dual network's inputs for a network of one hidden layer: rows of weights, each with its bias at the end."""
    order = sorted(range(len(inner)), key=lambda i: readout[0][i] < 0)
    found: list[Fraction] = []
    for row in readout:
        found += [abs(row[i]) * entry for i in order for entry in inner[i]]
        found.append(row[-1])
    return tuple(found)


def _alive(claim: NoFit, copy: Neuron) -> Neuron:
    """Zero for a neuron that is zero at all points: there it does the same."""
    act = claim.architecture.activation
    heights = [act.value(sum((w * x for w, x in zip(copy, point, strict=False)), copy[-1])) for point in claim.points]
    return copy if any(heights) else (Fraction(0),) * len(copy)
