"""Convex and concave outputs, and outputs that are the maximum or minimum of given affine functions.

A continuous piecewise-affine function on a polytope is convex just if it is the maximum of its affine pieces, which is
a formula: it is at least every one of them, and at most some one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from verinet.claims import wording
from verinet.claims.formulas import Affine, all_of, any_of
from verinet.claims.language import Always
from verinet.claims.normal_forms import clauses
from verinet.claims.spoken import OfOneNetwork, check_setting
from verinet.errors import ShapeMismatch
from verinet.exact.rationals import Q
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Network

__all__ = ["Curved", "ExtremeOf", "concave", "convex", "is_max_of", "is_min_of"]

Extreme = Literal["max", "min"]


@dataclass(frozen=True, slots=True)
class ExtremeOf(Always):
    """One output is the maximum (or minimum) of given affine functions at every x of the domain.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    output: int
    pieces: tuple[Affine, ...]
    extreme: Extreme

    def text(self) -> str:
        """Return one line of ASCII."""
        inputs, outputs = self._names()
        forms = [_form_text(piece, inputs) for piece in self.pieces[: wording.MOST_PARTS]]
        left_out = len(self.pieces) - len(forms)
        more = f", and {left_out} more affine functions" if left_out else ""
        body = f"{self.extreme}({', '.join(forms)}{more})" if len(self.pieces) > 1 else forms[0]
        return f"{outputs[self.output]} = {body} on {self._domain_text()}"


def _form_text(term: Affine, names: Sequence[str]) -> str:
    text = ""
    for index, c in term.x:
        size = names[index] if abs(c) == 1 else f"{wording.number_text(abs(c))}*{names[index]}"
        text += (f" {'-' if c < 0 else '+'} {size}") if text else f"{'-' if c < 0 else ''}{size}"
    if not text:
        return wording.number_text(term.constant)
    if term.constant:
        text += f" {'-' if term.constant < 0 else '+'} {wording.number_text(abs(term.constant))}"
    return text


def is_max_of(network: Network, pieces: Sequence[object], domain: Polyhedron, output: int = 0) -> ExtremeOf:
    """Claim that an output is the maximum of affine functions of the inputs at every x of the domain.

    Guarantee: exact (the claim says exactly this).

    Parameters
    ----------
    network : Network
    pieces : sequence of terms
        Terms from `inputs`, or exact numbers for constants.
    domain : Polyhedron
    output : int
        Counted from 0.

    Raises
    ------
    ShapeMismatch
        If there is no piece or no such output.

    Examples
    --------
    >>> from verinet.claims.builders import inputs
    >>> from verinet.geometry.polyhedra import box
    >>> from verinet.networks.build import network, relu, variables
    >>> from verinet.provers.portfolio import prove
    >>> a, b = variables("x", 2)
    >>> f = network((a, b), relu(a - b) + b)
    >>> print(prove(is_max_of(f, inputs(f), box([-1, 1], dimension=2))))
    PROVED   y_0 = max(x_0, x_1) on [-1,1]^2     kernel only
    """
    return _extreme(network, pieces, domain, output, "max")


def is_min_of(network: Network, pieces: Sequence[object], domain: Polyhedron, output: int = 0) -> ExtremeOf:
    """Claim that an output is the minimum of affine functions of the inputs; arguments as for `is_max_of`.

    Guarantee: exact (the claim says exactly this).

    Examples
    --------
    >>> from verinet.claims.builders import inputs
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> f = network(x, x - relu(x))
    >>> print(is_min_of(f, (*inputs(f), 0), interval(-1, 1)).text())
    y_0 = min(x, 0) on [-1,1]
    """
    return _extreme(network, pieces, domain, output, "min")


def _extreme(
    network: Network, pieces: Sequence[object], domain: Polyhedron, output: int, extreme: Extreme
) -> ExtremeOf:
    terms = tuple(piece if isinstance(piece, Affine) else Affine(Q(piece)) for piece in pieces)
    _check_output(network, output)
    if not terms or any(term.y for term in terms):
        raise ShapeMismatch(
            f"is_{extreme}_of needs affine functions of the inputs, got {len(terms)}, "
            f"{sum(bool(term.y) for term in terms)} of them with outputs",
            fix="build them with inputs(network)",
        )
    y = Affine.of_output(output)
    if extreme == "max":
        formula = all_of(all_of(*(y >= term for term in terms)), any_of(*(y <= term for term in terms)))
    else:
        formula = all_of(all_of(*(y <= term for term in terms)), any_of(*(y >= term for term in terms)))
    return ExtremeOf((network,), clauses(formula), domain, output, terms, extreme)


def _check_output(network: Network, output: int) -> None:
    if not 0 <= output < network.output_size:
        raise ShapeMismatch(f"there is no output {output}, the network has {network.output_size}", fix="count from 0")


@dataclass(frozen=True, slots=True)
class Curved(OfOneNetwork):
    """One output is convex (or concave) on the domain.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[Network, ...]
    domain: Polyhedron
    output: int
    way: Literal["convex", "concave"]

    def __post_init__(self) -> None:
        check_setting(self.networks, self.domain)
        self._check_one(self.way)
        _check_output(self.networks[0], self.output)

    def to_extreme(self, pieces: Sequence[Affine]) -> ExtremeOf:
        """Return the claim that the output is the maximum (minimum) of these affine functions."""
        return _extreme(self.network, pieces, self.domain, self.output, "max" if self.way == "convex" else "min")

    def refuted_by(self, x: Sequence[object], other: Sequence[object]) -> bool:
        """Tell whether the value in the middle of two points of the domain is above (below) the mean of theirs.

        Guarantee: exact.
        """
        first, second = (tuple(Q(entry) for entry in point) for point in (x, other))
        middle = tuple((a + b) / 2 for a, b in zip(first, second, strict=True))
        if not all(self.domain.contains(point) for point in (first, middle, second)):
            return False
        a, b, c = (self.outputs_at(point)[self.output] for point in (first, middle, second))
        return 2 * b > a + c if self.way == "convex" else 2 * b < a + c

    def bends_wrongly(self, x: Sequence[object], between: Sequence[object], other: Sequence[object]) -> bool:
        """Tell whether the value at a point between two others is above (below) the chord of their values.

        False, too, if the points are no three different ones of the domain on one line, in this order.

        Guarantee: exact.
        """
        first, middle, last = (tuple(Q(entry) for entry in point) for point in (x, between, other))
        if first == last or not all(self.domain.contains(point) for point in (first, middle, last)):
            return False
        lead = max(range(len(first)), key=lambda j: abs(last[j] - first[j]))
        share = (middle[lead] - first[lead]) / (last[lead] - first[lead])
        line = tuple(a + share * (c - a) for a, c in zip(first, last, strict=True))
        if line != middle or not 0 < share < 1:
            return False
        a, b, c = (self.outputs_at(point)[self.output] for point in (first, middle, last))
        chord = a + share * (c - a)
        return b > chord if self.way == "convex" else b < chord

    def text(self) -> str:
        """Return one line of ASCII."""
        _, outputs = self._names()
        return f"{outputs[self.output]} is {self.way} on {self._domain_text()}"


def convex(network: Network, domain: Polyhedron, output: int = 0) -> Curved:
    """Claim that an output is convex on the domain.

    Proved as the maximum of its affine pieces, refuted by the middle of two points.

    Guarantee: exact (the claim says exactly this).

    Examples
    --------
    >>> from verinet.geometry.polyhedra import box
    >>> from verinet.networks.build import network, relu, variables
    >>> from verinet.provers.portfolio import prove
    >>> a, b = variables("x", 2)
    >>> print(prove(convex(network((a, b), relu(a - b) + relu(b)), box([-1, 1], dimension=2))))
    PROVED   y_0 is convex on [-1,1]^2     under 1 assumption
    """
    return Curved((network,), domain, output, "convex")


def concave(network: Network, domain: Polyhedron, output: int = 0) -> Curved:
    """Claim that an output is concave on the domain.

    Guarantee: exact (the claim says exactly this).

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.provers.portfolio import prove
    >>> x = variable("x")
    >>> print(prove(concave(network(x, relu(x)), interval(-1, 1))))
    REFUTED   y_0 is concave on [-1,1]      counterexample x = ...
    """
    return Curved((network,), domain, output, "concave")
