"""Claims over ALL weights of a small architecture: ``no_network(width=2).fits(points, values, within=eps)``.

With an activation that is positively homogeneous, s(l z) = l s(z) for l >= 0, one hidden layer may take readout
weights -1 and 1, and a chain of single neurons inner weights -1 and 1 too.  Then the values at fixed points are
piecewise affine in the weights that are left, and the claim is an `always` statement about the *dual network*: its
inputs are the weights, its outputs the neurons at the points.  The step to signs is a named lemma.  For other
activations and shapes the claim is a set of polynomial constraints, for a solver.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verinet.claims.formulas import all_of, any_of
from verinet.claims.induction import Json, lemma
from verinet.claims.language import Always, Fails
from verinet.claims.normal_forms import clauses
from verinet.claims.universal_duals import dual_network, misses, places_of_weights, primal, sign_choices
from verinet.claims.verdicts import Refuted
from verinet.claims.wording import point_text
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.activations import RELU, Activation, activation
from verinet.networks.network import Network

Point = tuple[Fraction, ...]

#: How the constraints of more general shapes are turned into those of signs; printed with every theorem that uses it.
HOMOGENEITY = (
    "positive homogeneity: s(l z) = l s(z) for l >= 0, so a network c + sum v_i s(w_i x + b_i) equals one of the same "
    "width with every v_i in {-1, 1} (in {1} where weights are >= 0), ordered by sign: |v_i| is moved into w_i and "
    "b_i, and where v_i = 0, w_i and b_i become 0; in a chain of single neurons likewise every outgoing weight (where "
    "one is 0, the network is constant, as with w = b_1 = 0); hence what holds of all (w, b, c) for all these signs "
    "holds of all networks of this shape"
)
#: The same for several outputs.
TOGETHER = (
    "positive homogeneity: s(l z) = l s(z) for l >= 0, so output k of a network c + V s(W x + b) equals c_k plus the "
    "sum of sign(v_ki) s(|v_ki| (w_i x + b_i)); the preactivations of neuron i in two outputs are nonnegative "
    "multiples of one function, and are at no point of opposite signs; the neurons are ordered by sign(v_0i); hence, "
    "if networks of one output each whose neurons go together like this do not all fit, no network of this shape fits"
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
        values : sequence of numbers, or of points
            Points are values of several outputs, near in the maximum norm; then the claim needs one hidden layer.
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
        wanted = [_point(value) for value in values]
        if len({len(value) for value in wanted}) > 1:
            raise ShapeMismatch("all values need equally many outputs", fix="write fits([0, 1], [(0, 1), (1, 0)])")
        outputs = tuple(zip(*wanted, strict=True)) or ((),)
        return NoFit(self, tuple(map(_point, points)), outputs[0], Q(within), strict, outputs[1:])

    @property
    def homogeneous(self) -> bool:
        """Whether ``s(l z) = l s(z)`` for all l >= 0."""
        act = self.activation
        pieces = all(len(piece) <= 2 and piece[0] == 0 for piece in act.pieces)
        return act.is_affine and pieces and set(act.breakpoints) <= {Fraction(0)} and set(act.values) <= {Fraction(0)}


def _point(given: Any) -> Point:
    return tuple(map(Q, given)) if isinstance(given, Sequence) and not isinstance(given, str) else (Q(given),)


@dataclass(frozen=True, slots=True)
class NoFit:
    """For all weights of an architecture: at some point the value is not near the wanted one.

    `probes` are further points at which the kernel's statement asks neurons of several outputs to go together; they
    change how the claim is proved, not what it says.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    architecture: AllNetworks
    points: tuple[Point, ...]
    values: Point
    within: Fraction
    strict: bool = False
    further: tuple[Point, ...] = ()
    probes: tuple[Point, ...] = ()

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        sizes = {len(point) for point in self.points}
        if len(sizes) != 1 or 0 in sizes or len(self.points) != len(self.values):
            raise ShapeMismatch(
                f"fits needs points of one dimension and a value for each, got dimensions {sorted(sizes)}, "
                f"{len(self.points)} points and {len(self.values)} values",
                fix="write fits([(0, 0), (0, 1)], [0, 1], within=eps)",
            )
        if self.further and (self.architecture.nonnegative or not self._flat):
            raise Unsupported(
                "several outputs need one hidden layer of a positively homogeneous activation, weights of any sign and "
                "a readout bias",
                fix="make a claim about one of the outputs",
            )

    @property
    def wanted(self) -> tuple[Point, ...]:
        """The values at the points, one tuple an output."""
        return (self.values, *self.further)

    @property
    def _flat(self) -> bool:
        shape = self.architecture
        return shape.homogeneous and shape.depth == 1 and shape.readout_bias

    @property
    def reducible(self) -> bool:
        """Whether the claim is a kernel statement about the dual network, under the lemma of homogeneity."""
        shape = self.architecture
        if self.further:
            return True
        units = len(self.points) * (shape.width if shape.depth == 1 else 2**shape.depth - 1)
        chain = shape.homogeneous and shape.width == 1 and not shape.nonnegative and shape.readout_bias
        return (self._flat or chain) and units <= MOST_UNITS

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
        return dual_network(self)

    def always(self) -> Always:
        """The kernel's claim about the dual network: one clause for each choice of signs."""
        dual = self.dual
        formula = all_of(*(any_of(*misses(self, signs)) for signs in sign_choices(self)))
        low: list[Fraction | None] = [None] * dual.input_size
        if self.architecture.nonnegative:
            low = [Fraction(0) if weight else None for weight in places_of_weights(self)]
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

    @property
    def dual_size(self) -> int:
        """Number of weights and biases that the lemma leaves."""
        shape = self.architecture
        if shape.depth == 1:
            return len(self.wanted) * (shape.width * (self.input_size + 1) + 1)
        return self.input_size + shape.depth + 1

    def statement(self) -> Json:
        """The kernel's statement about the dual network; of a claim for a solver, its own words.

        The latter is no statement of the certificate format, and no kernel accepts it.
        """
        return self.always().statement() if self.reducible else self.to_json()

    @property
    def assumptions(self) -> tuple[Json, ...]:
        """The lemma that a kernel's certificate of this claim rests on."""
        return (lemma(TOGETHER if self.further else HOMOGENEITY),) if self.reducible else ()

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
            **({"further": [[format_rational(q) for q in row] for row in self.further]} if self.further else {}),
            **({"probes": [[format_rational(q) for q in row] for row in self.probes]} if self.probes else {}),
        }

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"no network {self._fit_text()}"

    def _fit_text(self) -> str:
        shape, act = self.architecture, self.architecture.activation
        layers = "-".join(map(str, (self.input_size, *(shape.width,) * shape.depth, len(self.wanted))))
        details = [act.name + "".join(f" {format_rational(q)}" for q in act.parameters)]
        details += ["weights >= 0"] * shape.nonnegative + ["no readout bias"] * (not shape.readout_bias)
        values = list(zip(*self.wanted, strict=True))
        pairs = [f"{point_text(p)} -> {point_text(v)}" for p, v in zip(self.points, values, strict=True)]
        left_out = len(pairs) - MOST_POINTS
        listed = ", ".join(pairs[:MOST_POINTS]) + (f" and {left_out} more" if left_out > 0 else "")
        relation = f"{'<' if self.strict else '<='} {format_rational(self.within)}"
        near = "g(p) = v" if not self.strict and not self.within else f"|g(p) - v| {relation}"
        near += " in the maximum norm" if self.further else ""
        return f"{layers} ({', '.join(details)}) has {near} at all {len(pairs)} points: {listed}"

    def fitted_by(self, network: Network) -> bool:
        """Whether this network is near the values at all points (its shape is not looked at).  Guarantee: exact."""
        found = zip(*(network(*p) for p in self.points), strict=True)
        gaps = [abs(g - v) for row, own in zip(found, self.wanted, strict=True) for g, v in zip(row, own, strict=True)]
        return all(gap < self.within if self.strict else gap <= self.within for gap in gaps)

    def network_at(self, weights: Sequence[Fraction]) -> Network:
        """The network that a point of the dual network's inputs stands for, its signs such that it fits if any does."""
        for signs in sign_choices(self):
            network = primal(self, weights, signs)
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
        if self.claim.further:
            together = (
                f"{len(self.claim.wanted)} networks of one output, neurons nowhere of opposite signs, that as one"
            )
            return f"{together} {self.claim._fit_text()}"
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
