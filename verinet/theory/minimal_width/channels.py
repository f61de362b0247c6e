"""Layers of a network whose channels have a meaning: each is an affine form of what the last layer gives.

A construction thinks in channels x, y, ...; a layer computes activations of forms of them, and says which forms of its
results the channels are from then on.  The intervals of the channels are kept exactly, since a channel that is
"passed on" by a leaky ReLU is passed on only where the preactivation is not negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from verinet.claims.plans import Form, Joint
from verinet.errors import SingularMatrix, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import format_rational
from verinet.networks.activations import Activation
from verinet.networks.network import Activate, Affine, Input, Interval, Network, Vertex

#: A neuron: its preactivation as a form over (1, channels), and its activation.
Unit = tuple[Form, Activation]


@dataclass(slots=True)
class Channels:
    """The layers so far; `forms` are the channels over (1, results of the last layer), `ranges` their intervals."""

    inputs: tuple[Interval, ...]
    forms: list[Form] = field(default_factory=list)
    ranges: list[Interval] = field(default_factory=list)
    layers: list[tuple[list[Form], tuple[Activation, ...]]] = field(default_factory=list)
    joints: list[Joint] = field(default_factory=list)
    marked: bool = False

    @staticmethod
    def of(domain: Sequence[Interval]) -> Channels:
        """The inputs themselves, on this box."""
        size = len(domain)
        forms = [tuple(Fraction(int(k == j + 1)) for k in range(size + 1)) for j in range(size)]
        return Channels(tuple(domain), forms, list(domain), [], [], True)

    @property
    def depth(self) -> int:
        """Hidden layers so far."""
        return len(self.layers)

    @property
    def width(self) -> int:
        """The largest hidden layer so far."""
        return max((len(activations) for _, activations in self.layers), default=0)

    def mark(self) -> None:
        """Remember the next layer as one before which the network can be taken apart: its channels are simple here."""
        self.marked = True

    def affine(self, rows: Sequence[Form], ranges: Sequence[Interval] | None = None) -> None:
        """Replace the channels by forms over (1, channels); ranges by interval arithmetic unless they are given."""
        found = [self._range(row) for row in rows] if ranges is None else list(ranges)
        self.forms = [substituted(row, self.forms) for row in rows]
        self.ranges = found

    def layer(self, units: Sequence[Unit], forms: Sequence[Form], ranges: Sequence[Interval]) -> None:
        """Append a layer; from then on the channels are `forms` over (1, its results), with these ranges."""
        if self.marked:
            self.joints.append(self._joint([row for row, _ in units]))
            self.marked = False
        self.layers.append(
            ([substituted(row, self.forms) for row, _ in units], tuple(activation for _, activation in units))
        )
        self.forms, self.ranges = list(forms), list(ranges)

    def network(self, name: str = "y") -> Network:
        """The network whose outputs are the channels."""
        vertices = [Vertex(Input(len(self.inputs), "x"), (), "x")]
        for place, (rows, activations) in enumerate(self.layers, 1):
            vertices.append(Vertex(affine_of(rows), (len(vertices) - 1,), f"affine_{place}"))
            vertices.append(Vertex(Activate(activations), (len(vertices) - 1,), f"layer_{place}"))
        vertices.append(Vertex(affine_of(self.forms), (len(vertices) - 1,), name))
        return Network(tuple(vertices), ((name, len(vertices) - 1),), self.inputs)

    def _joint(self, rows: Sequence[Form]) -> Joint:
        """The place before the next layer, whose preactivations are these rows."""
        frame = frame_of(rows, len(self.forms))
        if frame is None:
            own = tuple(tuple(Fraction(int(k == j + 1)) for k in range(len(rows) + 1)) for j in range(len(rows)))
            return Joint(len(self.layers), own, tuple(self._range(row) for row in rows))
        return Joint(len(self.layers), frame, tuple(self.ranges))

    def _range(self, row: Form) -> Interval:
        ends = [sorted((c * low, c * high)) for c, (low, high) in zip(row[1:], self.ranges, strict=True)]
        return row[0] + sum(end[0] for end in ends), row[0] + sum(end[1] for end in ends)

    def passed(self, channel: int, low: Fraction | None = None) -> Fraction:
        """The certified lower end of a channel, or `low` if the channel is never below it.

        Raises
        ------
        Unsupported
            If the channel may be below `low`.
        """
        least = self.ranges[channel][0]
        if low is not None and low > least:
            raise Unsupported(
                f"channel {channel} may be {format_rational(least)}, below {format_rational(low)}",
                fix="pass a channel on from its certified lower end",
            )
        return least if low is None else low


def substituted(row: Form, forms: Sequence[Form]) -> Form:
    """A form over (1, channels) as one over what the channels are forms of."""
    size = len(forms[0]) if forms else 1
    total = [Fraction(0)] * size
    total[0] = row[0]
    for factor, form in zip(row[1:], forms, strict=True):
        if factor:
            total = [a + factor * b for a, b in zip(total, form, strict=True)]
    return tuple(total)


def affine_of(rows: Sequence[Form]) -> Affine:
    """The affine map with these rows."""
    return Affine(Matrix.from_rows([row[1:] for row in rows]), Matrix.column([row[0] for row in rows]))


def frame_of(rows: Sequence[Form], size: int) -> tuple[Form, ...] | None:
    """The channels as forms over (1, preactivations), if these determine them one by one."""
    if len(rows) != size:
        return None
    weights = Matrix.from_rows([row[1:] for row in rows])
    try:
        inverse = weights.solve(Matrix.identity(size))
    except SingularMatrix:
        return None
    shift = inverse @ Matrix.column([-row[0] for row in rows])
    return tuple((shift[j, 0], *inverse.row(j)) for j in range(size))
