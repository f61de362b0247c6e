"""Claims over ALL weights of a small architecture: ``no_network(width=2).fits(points, values, within=eps)``.

With an activation that is positively homogeneous, s(l z) = l s(z) for l >= 0, one hidden layer may take readout
weights -1 and 1, and a chain of single neurons inner weights -1 and 1 too.  Then the values at fixed points are
piecewise affine in the weights that are left, and the claim is an `always` statement about the *dual network*: its
inputs are the weights, its outputs the neurons at the points.  The step to signs is a named lemma.  For other
activations and shapes the claim is a set of polynomial constraints, for a solver.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from verinet.claims.formulas import Affine as Term
from verinet.claims.formulas import Formula, all_of, any_of
from verinet.claims.induction import Json, lemma
from verinet.claims.language import Always, Fails
from verinet.claims.normal_forms import clauses
from verinet.claims.verdicts import Refuted
from verinet.claims.wording import point_text
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.activations import RELU, Activation, activation
from verinet.networks.network import Activate, Affine, Input, Network, Vertex

Point = tuple[Fraction, ...]
Signs = tuple[int, ...]

#: How the constraints of more general shapes are turned into those of signs; printed with every theorem that uses it.
HOMOGENEITY = (
    "positive homogeneity: s(l z) = l s(z) for l >= 0, so a network c + sum v_i s(w_i x + b_i) equals one of the same "
    "width with every v_i in {-1, 1} (in {1} where weights are >= 0), ordered by sign: |v_i| is moved into w_i and "
    "b_i, and where v_i = 0, w_i and b_i become 0; in a chain of single neurons likewise every outgoing weight (where "
    "one is 0, the network is constant, as with w = b_1 = 0); hence what holds of all (w, b, c) for all these signs "
    "holds of all networks of this shape"
)
#: Points of a claim that its text lists.
MOST_POINTS = 12
#: Neurons at points of the dual network; beyond it a claim is left to a solver.
MOST_UNITS = 96


def no_network(
    *,
    width: int,
    depth: int = 1,
    activation: Activation | str = RELU,
    nonnegative: bool = False,
    readout_bias: bool = True,
) -> AllNetworks:
    """All networks with `depth` hidden layers of at most `width` neurons, of which none shall do something.

    Guarantee: exact (the claim says exactly this).

    Parameters
    ----------
    width, depth : int
        At least 1.
    activation : Activation or str
        Of all neurons; a name of the table of activations.
    nonnegative : bool
        Whether only weights (not biases) that are >= 0 are meant.
    readout_bias : bool
        Whether the readout has a bias.

    Raises
    ------
    ShapeMismatch
        If width or depth is no positive integer.

    Examples
    --------
    >>> square = [(0, 0), (0, 1), (1, 0), (1, 1)]
    >>> print(no_network(width=1).fits(square, [0, 1, 1, 0], within="1/2", strict=True).text())
    no network 2-1-1 (relu) has |g(p) - v| < 1/2 at all 4 points: (0, 0) -> 0, (0, 1) -> 1, (1, 0) -> 1, (1, 1) -> 0
    """
    for word, number in (("width", width), ("depth", depth)):
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            raise ShapeMismatch(f"no_network needs a {word} of at least 1, got {number!r}", fix=f"write {word}=1")
    return AllNetworks(width, depth, _named(activation), nonnegative, readout_bias)


def _named(given: Activation | str) -> Activation:
    return activation(given) if isinstance(given, str) else given


@dataclass(frozen=True, slots=True)
class AllNetworks:
    """A shape of networks, all weights of which are meant.  Guarantee: exact."""

    width: int
    depth: int
    activation: Activation
    nonnegative: bool = False
    readout_bias: bool = True

    def fits(self, points: Sequence[Any], values: Sequence[object], within: object = 0, strict: bool = False) -> NoFit:
        """Claim that no network of the shape is near these values at all of these points.

        Guarantee: exact (the claim says exactly this).

        Parameters
        ----------
        points : sequence of points
            A number stands for a point of the line.
        values : sequence of numbers
        within : exact number
            Near is ``|g(p) - v| <= within``.
        strict : bool
            Near is ``|g(p) - v| < within``.

        Raises
        ------
        ShapeMismatch
            If there are no points, or sizes do not fit.
        InexactInput
            For floats.
        """
        rows = tuple(
            tuple(map(Q, p)) if isinstance(p, Sequence) and not isinstance(p, str) else (Q(p),) for p in points
        )
        return NoFit(self, rows, tuple(map(Q, values)), Q(within), strict)

    @property
    def homogeneous(self) -> bool:
        """Whether ``s(l z) = l s(z)`` for all l >= 0."""
        act = self.activation
        pieces = all(len(piece) <= 2 and piece[0] == 0 for piece in act.pieces)
        return act.is_affine and pieces and set(act.breakpoints) <= {Fraction(0)} and set(act.values) <= {Fraction(0)}


@dataclass(frozen=True, slots=True)
class NoFit:
    """For all weights of an architecture: at some point the value is not near the wanted one.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    architecture: AllNetworks
    points: tuple[Point, ...]
    values: Point
    within: Fraction
    strict: bool = False

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        sizes = {len(point) for point in self.points}
        if len(sizes) != 1 or 0 in sizes or len(self.points) != len(self.values):
            raise ShapeMismatch(
                f"fits needs points of one dimension and a value for each, got dimensions {sorted(sizes)}, "
                f"{len(self.points)} points and {len(self.values)} values",
                fix="write fits([(0, 0), (0, 1)], [0, 1], within=eps)",
            )

    @property
    def reducible(self) -> bool:
        """Whether the claim is a kernel statement about the dual network, under the lemma of homogeneity."""
        shape = self.architecture
        units = len(self.points) * (shape.width if shape.depth == 1 else 2**shape.depth - 1)
        flat = shape.depth == 1 or (shape.width == 1 and not shape.nonnegative)
        return shape.homogeneous and flat and shape.readout_bias and units <= MOST_UNITS

    @property
    def input_size(self) -> int:
        """Inputs of the networks that are meant."""
        return len(self.points[0])

    @property
    def dual(self) -> Network:
        """The neurons at the points, as a network whose inputs are the weights and biases.

        Raises
        ------
        Unsupported
            If the claim is not `reducible`.
        """
        if not self.reducible:
            raise Unsupported(
                "the weights enter this claim with products: it has no dual network",
                fix="take one hidden layer, or width 1, and a positively homogeneous activation; or ask a solver",
            )
        return _dual_layer(self) if self.architecture.depth == 1 else _dual_chain(self)

    def always(self) -> Always:
        """The kernel's claim about the dual network: one clause for each choice of signs."""
        dual = self.dual
        formula = all_of(*(any_of(*self._misses(signs)) for signs in self.sign_choices()))
        low: list[Fraction | None] = [None] * dual.input_size
        if self.architecture.nonnegative:
            low = [Fraction(0) if weight else None for weight in _places_of_weights(self)]
        domain = Polyhedron(tuple(low), (None,) * dual.input_size)
        return Always((dual,), clauses(formula), domain)

    def fails(self) -> SomeFit:
        """The opposite: weights of the dual network with which, for some of the signs, all values are near.

        Raises
        ------
        Unsupported
            If the claim is not `reducible`.
        """
        return SomeFit(self, self.always().fails())

    def sign_choices(self) -> Iterator[Signs]:
        """The signs that the lemma leaves: how many readout weights are 1; of a chain, every word of signs."""
        shape = self.architecture
        if shape.depth > 1:
            yield from product((1, -1), repeat=shape.depth)
        elif shape.nonnegative:
            yield (1,) * shape.width
        else:
            for ones in range(shape.width + 1):
                yield (1,) * ones + (-1,) * (shape.width - ones)

    def _misses(self, signs: Signs) -> Iterator[Formula]:
        """What some point must show: a value that is too large or too small."""
        count, shape = len(self.points), self.architecture
        last = Term.of_input(self.dual_size - 1)
        for j, wanted in enumerate(self.values):
            if shape.depth == 1:
                g = sum((s * Term.of_output(i * count + j) for i, s in enumerate(signs)), last)
            else:
                block = sum(2**k for k, s in enumerate(reversed(signs[:-1])) if s < 0)
                g = signs[-1] * Term.of_output(block * count + j) + last
            for gap in (g - wanted, wanted - g):
                yield gap >= self.within if self.strict else gap > self.within

    @property
    def dual_size(self) -> int:
        """Number of weights and biases that the lemma leaves."""
        shape = self.architecture
        if shape.depth == 1:
            return shape.width * (self.input_size + 1) + 1
        return self.input_size + shape.depth + 1

    def statement(self) -> Json:
        """The kernel's statement about the dual network; of a claim for a solver, its own words.

        The latter is no statement of the certificate format, and no kernel accepts it.
        """
        return self.always().statement() if self.reducible else self.to_json()

    @property
    def assumptions(self) -> tuple[Json, ...]:
        """The lemma that a kernel's certificate of this claim rests on."""
        return (lemma(HOMOGENEITY),) if self.reducible else ()

    def to_json(self) -> Json:
        """The claim as JSON values, rationals as text."""
        shape = self.architecture
        return {
            "kind": "no-network-fits",
            "width": shape.width,
            "depth": shape.depth,
            "activation": shape.activation.name,
            "activation_parameters": [format_rational(q) for q in shape.activation.parameters],
            "pieces": [
                [[format_rational(c) for c in piece] for piece in shape.activation.pieces],
                [format_rational(q) for q in shape.activation.breakpoints],
                [format_rational(q) for q in shape.activation.values],
            ],
            "nonnegative": shape.nonnegative,
            "readout_bias": shape.readout_bias,
            "points": [[format_rational(q) for q in point] for point in self.points],
            "values": [format_rational(q) for q in self.values],
            "within": format_rational(self.within),
            "strict": self.strict,
        }

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"no network {self._fit_text()}"

    def _fit_text(self) -> str:
        shape, act = self.architecture, self.architecture.activation
        layers = "-".join(map(str, (self.input_size, *(shape.width,) * shape.depth, 1)))
        details = [act.name + "".join(f" {format_rational(q)}" for q in act.parameters)]
        details += ["weights >= 0"] * shape.nonnegative + ["no readout bias"] * (not shape.readout_bias)
        pairs = [f"{point_text(p)} -> {format_rational(v)}" for p, v in zip(self.points, self.values, strict=True)]
        left_out = len(pairs) - MOST_POINTS
        listed = ", ".join(pairs[:MOST_POINTS]) + (f" and {left_out} more" if left_out > 0 else "")
        relation = f"{'<' if self.strict else '<='} {format_rational(self.within)}"
        near = "g(p) = v" if not self.strict and not self.within else f"|g(p) - v| {relation}"
        return f"{layers} ({', '.join(details)}) has {near} at all {len(pairs)} points: {listed}"

    def fitted_by(self, network: Network) -> bool:
        """Whether this network is near the values at all points (its shape is not looked at).  Guarantee: exact."""
        gaps = [abs(network(*p)[0] - v) for p, v in zip(self.points, self.values, strict=True)]
        return all(gap < self.within if self.strict else gap <= self.within for gap in gaps)

    def network_at(self, weights: Sequence[Fraction]) -> Network:
        """The network that a point of the dual network's inputs stands for, its signs such that it fits if any does."""
        for signs in self.sign_choices():
            network = _primal(self, weights, signs)
            if self.fitted_by(network):
                return network
        return network


@dataclass(frozen=True, slots=True)
class SomeFit:
    """Some network of the shape is near the values at all points: the opposite of `NoFit`, with its kernel's claim.

    Guarantee: exact (what is said; the kernel checks weights that show it).
    """

    claim: NoFit
    dual: Fails

    def statement(self) -> Json:
        """The kernel's statement about the dual network."""
        return self.dual.statement()

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"some network {self.claim._fit_text()}"


@dataclass(frozen=True, slots=True)
class Fitted(Refuted):
    """No network was to fit, and here is one that does, evaluated exactly at all points.

    Parameters
    ----------
    network : Network or None
        Of the shape that the claim is about.

    Guarantee: exact.
    """

    network: Network | None = None


def _places_of_weights(claim: NoFit) -> list[bool]:
    """Which of the dual network's inputs are weights, not biases."""
    size = claim.input_size
    return [*([True] * size + [False]) * claim.architecture.width, False]


def _dual_layer(claim: NoFit) -> Network:
    size, width = claim.input_size, claim.architecture.width
    rows = []
    for i in range(width):
        for point in claim.points:
            row = [Fraction(0)] * claim.dual_size
            row[i * (size + 1) : (i + 1) * (size + 1)] = [*point, Fraction(1)]
            rows.append(row)
    act = Activate((claim.architecture.activation,) * len(rows))
    affine = Affine(Matrix.from_rows(rows), Matrix.zeros(len(rows), 1))
    vertices = (Vertex(Input(claim.dual_size, "w"), (), "w"), Vertex(affine, (0,)), Vertex(act, (1,), "y"))
    return Network(vertices, (("y", 2),))


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


def _primal(claim: NoFit, weights: Sequence[Fraction], signs: Signs) -> Network:
    from verinet.networks.build import layered

    size, shape = claim.input_size, claim.architecture
    if shape.depth == 1:
        parts = [weights[i * (size + 1) : (i + 1) * (size + 1)] for i in range(shape.width)]
        matrices: list[Any] = [[list(part[:-1]) for part in parts], [list(signs)]]
        return layered(matrices, [[part[-1] for part in parts], [weights[-1]]], shape.activation)
    matrices = [[list(weights[:size])], *([[s]] for s in signs)]
    return layered(matrices, [[b] for b in weights[size:]], shape.activation)
