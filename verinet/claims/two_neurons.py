"""Functions that two ReLU neurons without a bypass do not compute, because they are not constant along their kink."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet.claims import statements
from verinet.claims.depth_one import _point
from verinet.claims.language import Equal, Value
from verinet.claims.spoken import Spoken
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import Polyhedron, whole_space
from verinet.networks.expressions import as_expression, relu, variables
from verinet.networks.expressions import network as network_of
from verinet.networks.network import Network

Row = tuple[Fraction, ...]
#: The rule, as it is printed.
LEMMA = (
    "Let f on R^n be an affine function plus kappa max(a.x - b, 0) with kappa and a not 0, and also a constant plus at "
    "most two multiples of ReLU neurons max(w.x - c, 0). Then f is constant on the hyperplane a.x = b: the gradient "
    "jumps there, so one neuron bends along it; the other one bends along it too or not at all, since its own kink "
    "would not be taken back by anything; hence f is a function of a.x"
)


@dataclass(frozen=True, slots=True)
class NotTwoNeurons(Spoken):
    """No constant plus two ReLU neurons (one hidden layer, no bypass) is f on R^n.

    Parameters
    ----------
    networks : tuple of two Networks
        f, and the form affine + kappa max(normal . x - offset, 0) that it has.
    domain : Polyhedron
        The whole space.
    normal : tuple of Fraction, and offset : Fraction
        The hyperplane of the kink.
    at : tuple of two points on it
        At which f has different values.

    Raises
    ------
    ShapeMismatch
        If a point is not on the hyperplane.
    Unsupported
        If f has equal values at both, or its gradient does not jump.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[Network, Network]
    domain: Polyhedron
    normal: Row
    offset: Fraction
    kappa: Fraction
    at: tuple[Row, Row]

    def __post_init__(self) -> None:
        for point in self.at:
            level = sum(map(Fraction.__mul__, self.normal, point), -self.offset)
            if len(point) != len(self.normal) or level != 0:
                raise ShapeMismatch(f"{_point(point)} is not on the hyperplane", fix="give two points on it")
        if not self.kappa or not any(self.normal):
            raise Unsupported("f has no kink along this hyperplane", fix="give one along which its gradient jumps")
        if self.networks[0](*self.at[0]) == self.networks[0](*self.at[1]):
            raise Unsupported("f has equal values at both points", fix="look for two other points")

    def parts(self) -> tuple[Equal, Value, Value]:
        """The form and the two values, as claims.  Guarantee: exact."""
        f = self.networks[0]
        first, second = (Value((f,), point, f(*point)) for point in self.at)
        return Equal(self.networks, self.domain), first, second

    def statement(self) -> statements.Json:
        """Return the kernel's statement: the form and the two values."""
        return {"kind": "all", "parts": [part.statement() for part in self.parts()]}

    @property
    def assumptions(self) -> tuple[dict[str, str], ...]:
        """The rule, as the assumption of a certificate."""
        here = f"here a = {_point(self.normal)}, b = {format_rational(self.offset)}"
        text = f"{LEMMA}; {here}, kappa = {format_rational(self.kappa)}; so the statement says: {self.text()}"
        digest = hashlib.sha256(text.encode()).hexdigest()
        return ({"kind": "lemma", "text": text, "sha256": digest, "origin": "elementary"},)

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"no constant plus two ReLU neurons is f on R^{len(self.normal)} (one hidden layer, no bypass)"


def not_two_neurons(
    network: Network, slopes: Sequence[object], kappa: object, normal: Sequence[object], at: Sequence[Sequence[object]]
) -> NotTwoNeurons:
    """Claim that f = slopes . x + kappa max(normal . x, 0) is no constant plus two ReLU neurons.

    The points lie on normal . x = 0, and f has different values at them.

    Guarantee: exact (the claim says exactly this).

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variables
    >>> x, y = variables("x", 2)
    >>> larger = network((x, y), y + relu(x - y))
    >>> print(not_two_neurons(larger, (0, 1), 1, (1, -1), ((0, 0), (1, 1))).text())
    no constant plus two ReLU neurons is f on R^2 (one hidden layer, no bypass)
    """
    first, second = (tuple(Q(entry) for entry in point) for point in at)
    row, linear, factor = tuple(map(Q, normal)), tuple(map(Q, slopes)), Q(kappa)
    x = variables("x", len(row))
    level = sum((a * e for a, e in zip(row, x, strict=True)), as_expression(0))
    form = network_of(x, sum((c * e for c, e in zip(linear, x, strict=True)), factor * relu(level)))
    return NotTwoNeurons((network, form), whole_space(len(row)), row, Q(0), factor, (first, second))
