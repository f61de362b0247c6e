"""Functions that no network with one hidden layer computes: the jump of the gradient along a hyperplane changes.

Across the hyperplane H = {a.x = b} the gradient of a network with one hidden layer jumps by the same multiple of a
wherever H is crossed away from other kinks, since a neuron bends along the whole of its hyperplane.  A function that is
affine plus kappa max(a.x - b, 0) near two points of H, with two different kappa, is therefore no such network.  The two
local forms are the kernel's to check; the rule is a lemma, printed with every theorem that uses it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet.claims import statements
from verinet.claims.language import Equal
from verinet.claims.spoken import OfOneNetwork
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import Polyhedron, box, whole_space
from verinet.networks.expressions import as_expression, relu, variables
from verinet.networks.expressions import network as network_of
from verinet.networks.local_maps import local_map
from verinet.networks.network import Network

Row = tuple[Fraction, ...]
#: The rule, as it is printed.
LEMMA = (
    "Let D be convex with interior, and f on D the sum of an affine function and of finitely many s_k(w_k.x - b_k), "
    "where every s_k is a continuous function of one variable with finitely many affine pieces (one hidden layer of "
    "any width, bypasses allowed). If on two boxes in D, each with points of the hyperplane a.x = b in its interior, "
    "f is an affine function plus kappa max(a.x - b, 0), then kappa is the same on both: near a point of the "
    "hyperplane that lies on no other kink, kappa adds up what the units bend whose kinks are this hyperplane"
)
ORIGIN = "mukherjeebasu2017"


@dataclass(frozen=True, slots=True)
class NotDepthOne(OfOneNetwork):
    """No network with one hidden layer has the values of f on the domain.

    Parameters
    ----------
    networks : tuple of one Network
        With one output.
    domain : Polyhedron
    normal : tuple of Fraction, and offset : Fraction
        The hyperplane ``normal . x = offset``.
    at : tuple of two points on it
    radius : Fraction
        Of the two boxes ``|x_i - at_i| <= radius`` in the domain.

    Raises
    ------
    ShapeMismatch
        If a point is not on the hyperplane, or a box not in the domain.
    Unsupported
        If the two jumps are equal: then this hyperplane says nothing.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[Network, ...]
    domain: Polyhedron
    normal: Row
    offset: Fraction
    at: tuple[Row, Row]
    radius: Fraction

    def __post_init__(self) -> None:
        f, size = self.networks[0], len(self.normal)
        if len(self.networks) != 1 or (f.input_size, f.output_size) != (size, 1) or not any(self.normal):
            raise ShapeMismatch("one network with one output and a normal are needed", fix="check the sizes")
        for point in self.at:
            if len(point) != size or sum(map(Fraction.__mul__, self.normal, point), -self.offset) != 0:
                raise ShapeMismatch(f"{_point(point)} is not on the hyperplane", fix="give two points on it")
        if self.domain != whole_space(size):
            raise Unsupported("the rule is stated here for all of R^n", fix="leave the domain out")
        if self.jumps[0] == self.jumps[1]:
            raise Unsupported("the gradient jumps alike near both points", fix="look for two other points")

    @property
    def jumps(self) -> tuple[Fraction, Fraction]:
        """The two kappa.  Guarantee: exact near the points, as far as the two sides of each are seen."""
        first, second = (self._near(point)[2] for point in self.at)
        return first, second

    def _near(self, point: Row) -> tuple[Row, Fraction, Fraction]:
        """Gradient and constant on the low side of the hyperplane at a point, and kappa."""
        step = self.radius / (2 * sum(map(abs, self.normal)))
        rows: list[Row] = []
        for sign in (-1, 1):
            side = tuple(x + sign * step * a for x, a in zip(point, self.normal, strict=True))
            piece = local_map(self.network, side)
            rows.append((piece.bias[0, 0], *(piece.weight[0, k] for k in range(len(point)))))
        low, high = rows
        place = next(k for k, a in enumerate(self.normal) if a)
        kappa = (high[place + 1] - low[place + 1]) / self.normal[place]
        return low[1:], low[0], kappa

    def parts(self) -> tuple[Equal, Equal]:
        """The two local forms, as claims.  Guarantee: exact."""
        found = []
        for point in self.at:
            slopes, constant, kappa = self._near(point)
            x = variables("x", len(point))
            terms = [c * e for c, e in zip(slopes, x, strict=True)]
            level = sum((a * e for a, e in zip(self.normal, x, strict=True)), as_expression(-self.offset))
            local = network_of(x, sum(terms, as_expression(constant)) + kappa * relu(level))
            around = box(*((entry - self.radius, entry + self.radius) for entry in point))
            found.append(Equal((self.network, local), around))
        return found[0], found[1]

    def statement(self) -> statements.Json:
        """Return the kernel's statement: both local forms."""
        return {"kind": "all", "parts": [part.statement() for part in self.parts()]}

    @property
    def assumptions(self) -> tuple[dict[str, str], ...]:
        """The rule, as the assumption of a certificate."""
        first, second = map(format_rational, self.jumps)
        here = f"here a = {_point(self.normal)}, b = {format_rational(self.offset)}, kappa = {first} and {second}"
        text = f"{LEMMA}; {here}; so the statement says: {self.text()}"
        digest = hashlib.sha256(text.encode()).hexdigest()
        return ({"kind": "lemma", "text": text, "sha256": digest, "origin": ORIGIN},)

    def text(self) -> str:
        """Return one line of ASCII."""
        first, second = self.jumps
        return (
            f"no network with one hidden layer is f on R^{len(self.normal)} (the gradient jumps by "
            f"{format_rational(first)} and by {format_rational(second)} times {_point(self.normal)} across one "
            f"hyperplane, at {_point(self.at[0])} and {_point(self.at[1])})"
        )


def not_depth_one(
    network: Network,
    normal: Sequence[object],
    at: Sequence[Sequence[object]],
    offset: object = 0,
    radius: object = "1/4",
) -> NotDepthOne:
    """Claim that no network with one hidden layer is f, shown at two points of the hyperplane normal . x = offset.

    Guarantee: exact (the claim says exactly this).

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variables
    >>> x, y = variables("x", 2)
    >>> larger = x + relu(y - x)
    >>> f = network((x, y), larger + relu(-larger))  # max(0, x, y)
    >>> not_depth_one(f, (1, 0), ((0, -1), (0, 1))).jumps
    (Fraction(1, 1), Fraction(0, 1))
    """
    first, second = (tuple(Q(entry) for entry in point) for point in at)
    row = tuple(Q(entry) for entry in normal)
    return NotDepthOne((network,), whole_space(len(row)), row, Q(offset), (first, second), Q(radius))


def _point(point: Sequence[Fraction]) -> str:
    return f"({', '.join(map(format_rational, point))})"
