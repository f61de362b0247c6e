r"""Networks with one hidden layer as sums of ridge functions: an affine function plus truncated powers.

.. math:: f(x) = c + a \cdot x + \sum_i m_i \max(0, w_i \cdot x + b_i)^{k_i}.

Every continuous piecewise polynomial activation is such a sum along its line, so that one form serves all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, gcd, lcm

from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q
from verinet.networks.activations import RELU, Activation, Polynomial, activation, degree
from verinet.networks.build import Expression, apply_activation, variables
from verinet.networks.build import network as built
from verinet.networks.network import Activate, Affine, Input, Network

Row = tuple[Fraction, ...]
#: (weight, bias, power) of a ridge.
_Key = tuple[Row, Fraction, int]
_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Ridge:
    r"""The function :math:`m \max(0, w \cdot x + b)^k`.

    Parameters
    ----------
    coefficient : Fraction
        m.
    weight : tuple of Fraction
        w.
    bias : Fraction
        b.
    power : int
        k, at least 1.

    Guarantee: exact.
    """

    coefficient: Fraction
    weight: Row
    bias: Fraction = _ZERO
    power: int = 1

    __repr__ = spelled_fields

    def __call__(self, x: Sequence[Fraction]) -> Fraction:
        """Return the value at x."""
        return self.coefficient * max(_ZERO, _dot(self.weight, x) + self.bias) ** self.power


@dataclass(frozen=True, slots=True)
class RidgeSum:
    r"""A function :math:`c + a \cdot x + \sum_i m_i \max(0, w_i \cdot x + b_i)^{k_i}`.

    Parameters
    ----------
    linear : tuple of Fraction
        a: one number an input.
    constant : Fraction
        c.
    ridges : tuple of Ridge

    Raises
    ------
    ShapeMismatch
        If a weight has another length than `linear`.

    Examples
    --------
    >>> f = RidgeSum((Fraction(0), Fraction(1)), Fraction(2), (Ridge(Fraction(3), (Fraction(1), Fraction(-1))),))
    >>> f(2, 1)
    Fraction(6, 1)

    Guarantee: exact.
    """

    linear: Row
    constant: Fraction = _ZERO
    ridges: tuple[Ridge, ...] = ()

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        for ridge in self.ridges:
            if len(ridge.weight) != self.inputs:
                raise ShapeMismatch(
                    f"a sum of ridges on {self.inputs} inputs has a weight of {len(ridge.weight)} numbers",
                    fix="give every weight one number an input",
                )

    @property
    def inputs(self) -> int:
        """Number of inputs."""
        return len(self.linear)

    def __call__(self, *x: object) -> Fraction:
        """Return the value at x."""
        point = tuple(map(Q, x))
        if len(point) != self.inputs:
            raise ShapeMismatch(f"a function of {self.inputs} inputs got {len(point)} numbers", fix="give one for each")
        return self.constant + _dot(self.linear, point) + sum((ridge(point) for ridge in self.ridges), _ZERO)

    def __sub__(self, other: RidgeSum) -> RidgeSum:
        """The difference of two such functions, nothing merged."""
        return self + other.scaled(-_ONE)

    def __add__(self, other: RidgeSum) -> RidgeSum:
        """The sum of two such functions, nothing merged."""
        if self.inputs != other.inputs:
            raise ShapeMismatch(
                f"functions of {self.inputs} and of {other.inputs} inputs have no sum",
                fix="take two functions of the same inputs",
            )
        linear = tuple(a + b for a, b in zip(self.linear, other.linear, strict=True))
        return RidgeSum(linear, self.constant + other.constant, self.ridges + other.ridges)

    def scaled(self, factor: Fraction) -> RidgeSum:
        """This function times a number."""
        ridges = tuple(Ridge(r.coefficient * factor, r.weight, r.bias, r.power) for r in self.ridges)
        return RidgeSum(tuple(a * factor for a in self.linear), self.constant * factor, ridges)

    def is_homogeneous(self) -> bool:
        """Whether there are no biases, no constant and no power but 1."""
        return not self.constant and all(r.power == 1 and not r.bias for r in self.ridges)

    def merged(self) -> RidgeSum:
        r"""One ridge a hyperplane and power, with coprime integers (w, b) whose first nonzero entry of w is positive.

        A ridge that points the other way is turned by :math:`\max(0, -z) = \max(0, z) - z`; constant ridges become
        constants.  Two functions with powers 1 only are equal if and only if these forms are: truncations along
        different hyperplanes are independent modulo affine functions.

        Raises
        ------
        Unsupported
            If a power above 1 points the other way: what is to be added is no affine function then.

        Examples
        --------
        >>> half = Fraction(1, 2)
        >>> RidgeSum((Fraction(0),), _ZERO, (Ridge(_ONE, (half,)), Ridge(-_ONE, (-half,)))).merged()
        RidgeSum(linear=(Fraction(1, 2),), constant=Fraction(0, 1), ridges=())
        """
        linear, constant = list(self.linear), self.constant
        found: dict[_Key, Fraction] = defaultdict(Fraction)
        for ridge in self.ridges:
            if not any(ridge.weight):
                constant += ridge((_ZERO,) * self.inputs)
                continue
            weight, bias, size = primitive(ridge.weight, ridge.bias)
            coefficient = ridge.coefficient * abs(size) ** ridge.power
            if size < 0 and ridge.power > 1:
                raise Unsupported(
                    f"max(0, -z)^{ridge.power} is max(0, z)^{ridge.power} only up to a polynomial",
                    fix="turn ridges around for power 1 only",
                )
            if size < 0:
                linear = [a - coefficient * w for a, w in zip(linear, weight, strict=True)]
                constant -= coefficient * bias
            found[weight, bias, ridge.power] += coefficient
        ridges = tuple(Ridge(m, w, b, k) for (w, b, k), m in sorted(found.items()) if m)
        return RidgeSum(tuple(linear), constant, ridges)

    def network(self) -> Network:
        """The network with one hidden layer (and an affine part beside it) that computes this function.

        Examples
        --------
        >>> f = RidgeSum((Fraction(1),), Fraction(2), (Ridge(Fraction(3), (Fraction(1),), Fraction(-1), 2),))
        >>> f.network()(3) == (f(3),)
        True
        """
        x = variables("x", self.inputs)
        total = _affine(x, self.linear, self.constant)
        for ridge in self.ridges:
            inside = _affine(x, ridge.weight, ridge.bias)
            kind = RELU if ridge.power == 1 else activation("repu", ridge.power)
            total = total + ridge.coefficient * apply_activation(inside, kind)
        return built(x, total)


def primitive(weight: Sequence[Fraction], bias: Fraction = _ZERO) -> tuple[Row, Fraction, Fraction]:
    """Return (w, b, size) with coprime integers (w, b), the first nonzero entry of w positive, size (w, b) the given.

    Raises
    ------
    Unsupported
        If the weight is 0.

    Examples
    --------
    >>> w, b, size = primitive((Fraction(-1, 2), Fraction(3)), Fraction(1))
    >>> [str(entry) for entry in (*w, b, size)]
    ['1', '-6', '-2', '-1/2']

    Guarantee: exact.
    """
    lead = next((w for w in weight if w), None)
    if lead is None:
        raise Unsupported("a ridge with weight 0 lies along no hyperplane", fix="count it as a constant")
    entries = (*weight, bias)
    over = lcm(*(entry.denominator for entry in entries))
    size = Fraction(gcd(*(int(entry * over) for entry in entries)), over) * (1 if lead > 0 else -1)
    return tuple(w / size for w in weight), bias / size, size


def ridge_sum(network: Network, output: int = 0) -> RidgeSum:
    """Return one output of a network with at most one hidden layer as a sum of ridges.

    Parameters
    ----------
    network : Network
        With continuous piecewise polynomial activations, none behind another one.
    output : int

    Raises
    ------
    Unsupported
        For a second hidden layer, or an activation that jumps, is periodic or smooth.
    ShapeMismatch
        If there is no such output.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> ridge_sum(network(x, 3 * relu(2 * x - 1) + x + 5))
    ... # doctest: +NORMALIZE_WHITESPACE
    RidgeSum(linear=(Fraction(1, 1),), constant=Fraction(5, 1),
             ridges=(Ridge(coefficient=Fraction(3, 1), weight=(Fraction(2, 1),), bias=Fraction(-1, 1), power=1),))

    Guarantee: exact.
    """
    if not 0 <= output < network.output_size:
        raise ShapeMismatch(
            f"the network has {network.output_size} outputs, there is no output {output}", fix="count from 0"
        )
    channels: list[list[_Channel]] = []
    start = 0
    for vertex in network.vertices:
        sources = [channel for source in vertex.sources for channel in channels[source]]
        match vertex.operation:
            case Input(size=size):
                channels.append([_unit(start + i, network.input_size) for i in range(size)])
                start += size
            case Affine(weight=weight, bias=bias):
                rows = zip(weight.to_rows(), bias.to_rows(), strict=True)
                channels.append([_combined(row, shift[0], sources, network.input_size) for row, shift in rows])
            case Activate(activations=activations):
                where = vertex.name or f"vertex {len(channels)}"
                pairs = zip(activations, sources, strict=True)
                channels.append([_activated(kind, channel, where) for kind, channel in pairs])
    readout = [channel for _, place in network.readouts for channel in channels[place]]
    return readout[output].sum()


@dataclass(frozen=True, slots=True)
class _Channel:
    """A value inside of the network: an affine form, and coefficients of ridges."""

    linear: Row
    constant: Fraction
    ridges: Mapping[_Key, Fraction]

    def sum(self) -> RidgeSum:
        ridges = tuple(Ridge(m, w, b, k) for (w, b, k), m in self.ridges.items() if m)
        return RidgeSum(self.linear, self.constant, ridges)


def _unit(place: int, inputs: int) -> _Channel:
    return _Channel(tuple(Fraction(i == place) for i in range(inputs)), _ZERO, {})


def _combined(row: Sequence[Fraction], shift: Fraction, sources: Sequence[_Channel], inputs: int) -> _Channel:
    linear, constant = [_ZERO] * inputs, shift
    ridges: dict[_Key, Fraction] = defaultdict(Fraction)
    for factor, source in zip(row, sources, strict=True):
        if not factor:
            continue
        linear = [a + factor * b for a, b in zip(linear, source.linear, strict=True)]
        constant += factor * source.constant
        for key, coefficient in source.ridges.items():
            ridges[key] += factor * coefficient
    return _Channel(tuple(linear), constant, ridges)


def _activated(kind: Activation, channel: _Channel, where: str) -> _Channel:
    if kind.is_identity:
        return channel
    if any(channel.ridges.values()):
        raise Unsupported(
            f"{where} is a second hidden layer: its {kind} reads another activation",
            fix="use a network with one hidden layer",
        )
    if kind.kind not in ("affine", "polynomial") or not kind.is_continuous:
        raise Unsupported(
            f"{where} has the activation {kind}, which is no sum of truncated powers",
            fix="use continuous piecewise polynomial activations: relu, abs, leaky_relu, hard_tanh, repu, ...",
        )
    slope, constant, powers = truncated_powers(kind)
    linear = tuple(slope * a for a in channel.linear)
    ridges: dict[_Key, Fraction] = defaultdict(Fraction)
    for coefficient, sign, point, power in powers:
        weight = tuple(sign * a for a in channel.linear)
        ridges[weight, sign * (channel.constant - point), power] += coefficient
    return _Channel(linear, slope * channel.constant + constant, ridges)


#: (coefficient, sign, point, power): coefficient max(0, sign (z - point))^power.
TruncatedPower = tuple[Fraction, int, Fraction, int]


def truncated_powers(kind: Activation) -> tuple[Fraction, Fraction, tuple[TruncatedPower, ...]]:
    r"""Return slope, constant and truncated powers whose sum is a continuous piecewise polynomial activation.

    .. math:: \sigma(z) = s z + c + \sum_j m_j \max(0, \epsilon_j (z - t_j))^{k_j}, \qquad \epsilon_j = \pm 1.

    What the leftmost piece has beyond an affine function is written by powers that point both ways at 0:
    :math:`z^k = \max(0, z)^k + (-1)^k \max(0, -z)^k`.

    Examples
    --------
    >>> slope, constant, powers = truncated_powers(activation("abs"))
    >>> str(slope), str(constant), [(str(m), sign, str(t), k) for m, sign, t, k in powers]
    ('-1', '0', [('2', 1, '0', 1)])

    Guarantee: exact.
    """
    first = kind.pieces[0]
    constant = first[0]
    slope = first[1] if len(first) > 1 else _ZERO
    powers: list[TruncatedPower] = []
    for k in range(2, degree(first) + 1):
        if first[k]:
            powers += [(first[k], 1, _ZERO, k), (first[k] * (-1) ** k, -1, _ZERO, k)]
    for point, left, right in zip(kind.breakpoints, kind.pieces, kind.pieces[1:], strict=False):
        change = _about(_difference(right, left), point)
        powers += [(coefficient, 1, point, k) for k, coefficient in enumerate(change) if k and coefficient]
    return slope, constant, tuple(powers)


def _difference(left: Polynomial, right: Polynomial) -> Polynomial:
    size = max(len(left), len(right))
    padded = [(*piece, *(_ZERO,) * (size - len(piece))) for piece in (left, right)]
    return tuple(a - b for a, b in zip(*padded, strict=True))


def _about(piece: Polynomial, point: Fraction) -> Polynomial:
    """The coefficients in powers of z - point."""
    size = len(piece)
    return tuple(sum((piece[j] * comb(j, k) * point ** (j - k) for j in range(k, size)), _ZERO) for k in range(size))


def _affine(x: Sequence[Expression], weight: Row, bias: Fraction) -> Expression:
    return sum((w * entry for w, entry in zip(weight, x, strict=True) if w), start=0 * x[0]) + bias


def _dot(weight: Sequence[Fraction], x: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(weight, x, strict=True) if a), _ZERO)
