"""Sup errors against targets that are not one polynomial a network: pieces, smooth functions, other networks.

``sup_error(f, target, d) <= e`` finds its way here by itself.  Each claim is a conjunction of statements of the kernel,
one a piece of the domain; against a smooth g it is ``|f - P| <= e - delta`` on each piece, where ``|g - P| <= delta``
is an assumption of the theorem that FLINT's balls have shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import cast

from verinet.claims import statements, wording
from verinet.claims.closeness import EqualWithin, within
from verinet.claims.formulas import Affine, any_of
from verinet.claims.language import Somewhere, SupErrorAtMost
from verinet.claims.normal_forms import clauses
from verinet.claims.pieces import PiecewisePolynomial, as_piecewise, intersection
from verinet.claims.quantities import Quantity
from verinet.claims.smooth_targets import NearTarget, SmoothTarget, as_smooth
from verinet.claims.spoken import Everywhere, Point, Spoken, check_setting
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import Polyhedron, exact_point
from verinet.networks.network import Network

#: A smooth target is first approximated to this share of the error.
SHARE = 16


@dataclass(frozen=True, slots=True)
class SupErrorInPieces(Everywhere):
    """``|f(x) - P(x)| <= error`` on every piece of the domain, P being the piece's polynomial; one output.

    With `at`, also attained there: ``|f(at) - P(at)| >= error`` for a piece that holds it.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[Network, ...]
    target: PiecewisePolynomial
    domain: Polyhedron
    error: Fraction
    at: Point | None = None

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        _one_output(self.networks, self.domain, self.target.dimension)
        self.target.check_covers(self.domain)
        if self.at is not None and not self.attained_at(self.at):
            raise Unsupported(
                f"the error at x = {wording.point_text(self.at)} is smaller than {format_rational(self.error)}",
                fix="give a point of the domain at which the error is attained",
            )

    def error_at(self, x: Sequence[Fraction]) -> Fraction:
        """Return the largest ``|f(x) - P(x)|`` over the pieces that hold x.  Guarantee: exact."""
        (value,) = self.outputs_at(x)
        return max((abs(value - other) for other in self.target.values(x)), default=Fraction(0))

    def attained_at(self, x: Sequence[Fraction]) -> bool:
        """Tell whether x lies in the domain and the error there is at least the stated one.  Guarantee: exact."""
        return self.domain.contains(x) and self.error_at(x) >= self.error

    def holds_at(self, x: Sequence[Fraction]) -> bool:
        """Tell whether the error at x is at most the bound.  Guarantee: exact."""
        return self.error_at(x) <= self.error

    def parts(self) -> tuple[SupErrorAtMost, ...]:
        """Return the claims of the pieces that meet the domain, in their order.  Guarantee: exact."""
        found = []
        for piece, polynomial in self.target.pieces:
            part = intersection(self.domain, piece)
            if not part.is_empty:
                found.append(SupErrorAtMost(self.networks, (polynomial,), part, self.error))
        return tuple(found)

    def witness(self) -> int | None:
        """Return the part in which the error is attained at `at`, if that is claimed."""
        at = self.at
        if at is None:
            return None
        return next(k for k, p in enumerate(self.parts()) if p.domain.contains(at) and p.error_at(at) >= self.error)

    def statement(self) -> statements.Json:
        """Return the kernel's statement, as JSON values; raises as `Always.statement`."""
        parts = [part.statement() for part in self.parts()]
        attained = self.witness()
        if attained is not None:
            parts[attained] = {**parts[attained], "kind": "sup-error-equals"}
        return {"kind": "all", "parts": parts}

    def text(self) -> str:
        """Return one line of ASCII."""
        bound = wording.number_text(self.error)
        gap = "|f(x) - g(x)|"
        said = f"{gap} <= {bound}" if self.at is None else f"max {gap} = {bound}"
        return f"{said} on {self._domain_text()}; g = {self.target}"


@dataclass(frozen=True, slots=True)
class SupErrorSmooth(Spoken):
    """``|f(x) - g(x)| <= error`` on the domain, g being smooth; one output.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).

    Parameters
    ----------
    accuracy : Fraction
        How near to g the polynomials have to be, with which the kernel compares f.
    """

    networks: tuple[Network, ...]
    target: SmoothTarget
    domain: Polyhedron
    error: Fraction
    accuracy: Fraction

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        _one_output(self.networks, self.domain, self.target.dimension)
        if not 0 < self.accuracy < self.error:
            raise Unsupported(
                f"the bound {format_rational(self.error)} against a smooth target needs an accuracy between 0 and it, "
                f"got {format_rational(self.accuracy)}",
                fix="claim a positive error; a network never equals such a target",
            )

    def with_accuracy(self, accuracy: object) -> SupErrorSmooth:
        """Return the same claim, to be shown by polynomials that are as near as this."""
        return replace(self, accuracy=Q(accuracy))

    def refuted_by(self, x: Sequence[Fraction]) -> bool:
        """Tell whether balls show that x lies in the domain and the error there is above the bound.

        Guarantee: certified.
        """
        point = exact_point(x, self.domain.dimension, "evaluating a claim")
        if not self.domain.contains(point):
            return False
        (value,) = self.outputs_at(point)
        target = self.target.enclosure(point, self.error / 2**20)
        return target.low - value > self.error or value - target.high > self.error

    def holds_at(self, x: Sequence[Fraction]) -> bool:
        """Tell whether balls show that the error at x is at most the bound.  Guarantee: certified."""
        point = exact_point(x, self.domain.dimension, "evaluating a claim")
        (value,) = self.outputs_at(point)
        target = self.target.enclosure(point, self.error / 2**20)
        return max(target.high - value, value - target.low) <= self.error

    def near(self) -> NearTarget:
        """Return the polynomials, each with its distance to g.  Guarantee: certified."""
        return self.target.near(self.domain, self.accuracy)

    @property
    def assumptions(self) -> tuple[dict[str, str], ...]:
        """What a theorem relies on: the distances of the polynomials."""
        return (self.near().assumption(),)

    def parts(self, near: NearTarget) -> tuple[SupErrorAtMost, ...]:
        """Return the claims against the polynomials, with what their distances leave of the error.

        Guarantee: exact.
        """
        found = []
        for (piece, polynomial), error in zip(near.polynomials.pieces, near.errors, strict=True):
            part = intersection(self.domain, piece)
            found.append(SupErrorAtMost(self.networks, (polynomial,), part, self.error - error))
        return tuple(found)

    def statement(self) -> statements.Json:
        """Return the kernel's statement, as JSON values; raises as `Always.statement`."""
        return {"kind": "all", "parts": [part.statement() for part in self.parts(self.near())]}

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"|f(x) - {self.target.bracketed}| <= {wording.number_text(self.error)} on {self._domain_text()}"


@dataclass(frozen=True, slots=True)
class DifferenceEquals(Spoken):
    """``max |f_i(x) - g_i(x)| = error`` over outputs i and the domain: a bound, and a point that attains it.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[Network, ...]
    domain: Polyhedron
    error: Fraction

    __repr__ = spelled_fields

    def at_most(self) -> EqualWithin:
        """Return the upper bound alone."""
        return within(self.networks[0], self.networks[1], self.domain, self.error)

    def attained(self) -> Somewhere:
        """Return the claim that the error is attained."""
        size = self.networks[0].output_size
        gaps = [Affine.of_output(i) - Affine.of_output(size + i) for i in range(size)]
        formula = any_of(*(side >= self.error for gap in gaps for side in (gap, -gap)))
        return Somewhere(self.networks, clauses(formula), self.domain)

    def holds_at(self, x: Sequence[Fraction]) -> bool:
        """Tell whether the error at x is at most the bound.  Guarantee: exact."""
        return self.at_most().holds_at(x)

    def statement(self) -> statements.Json:
        """Return the kernel's statement, as JSON values; raises as `Always.statement`."""
        return {"kind": "all", "parts": [self.at_most().statement(), self.attained().statement()]}

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"max |f1(x) - f2(x)| = {wording.number_text(self.error)} on {self._domain_text()}"


@dataclass(frozen=True, slots=True, eq=False)
class OtherSupError(Quantity):
    """The sup error against pieces, a smooth function or a network; compare it to get a claim.

    Guarantee: exact (the claim says exactly this).
    """

    network: Network
    target: PiecewisePolynomial | SmoothTarget | Network
    domain: Polyhedron

    def __le__(self, error: object) -> SupErrorInPieces | SupErrorSmooth | EqualWithin:
        bound = Q(error)
        if isinstance(self.target, Network):
            return within(self.network, self.target, self.domain, bound)
        if isinstance(self.target, SmoothTarget):
            return SupErrorSmooth((self.network,), self.target, self.domain, bound, bound / SHARE)
        return SupErrorInPieces((self.network,), self.target, self.domain, bound)

    def __eq__(self, error: object) -> DifferenceEquals:  # type: ignore[override]  # a claim on purpose
        if not isinstance(self.target, Network):
            raise self._no_comparison("==")
        return DifferenceEquals((self.network, self.target), self.domain, Q(error))

    def attained(self, error: object, at: Sequence[object] | object) -> SupErrorInPieces:
        """Return the claim that the error against pieces is `error`, and attained at the point `at`.

        Raises
        ------
        Unsupported
            If the target is not in pieces, or the error at the point is smaller.
        """
        if not isinstance(self.target, PiecewisePolynomial):
            raise self._no_comparison("==")
        many = isinstance(at, Sequence) and not isinstance(at, str)
        listed = cast("Sequence[Fraction]", at if many else (at,))
        point = exact_point(listed, self.domain.dimension, "attained")
        return SupErrorInPieces((self.network,), self.target, self.domain, Q(error), point)

    @property
    def _words(self) -> tuple[str, str]:
        known = {PiecewisePolynomial: "<= e or .attained(e, at=x)", SmoothTarget: "<= e"}
        return "sup_error(...)", known.get(type(self.target), "<= e or == e")


def other_target(
    network: Network, target: object, domain: Polyhedron, variables: Sequence[object] | object | None
) -> OtherSupError | None:
    """Return the sup error against pieces, a smooth function or a network; None where the target is none of these.

    Guarantee: exact (the claim says exactly this).

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> f = network(x, relu(x))
    >>> other_target(f, {(2,): 1}, interval(0, 1), None) is None
    True
    >>> pieces = [(interval(-1, 0), 0), (interval(0, 1), {(2,): 1})]
    >>> print((other_target(f, pieces, interval(-1, 1), None) <= "1/4").text())
    |f(x) - g(x)| <= 1/4 on [-1,1]; g = 0 on [-1,0], x^2 on [0,1]
    """
    size = network.input_size
    if isinstance(target, Network):
        check_setting((network, target), domain)
        found: PiecewisePolynomial | SmoothTarget | Network | None = target
    else:
        found = as_piecewise(target, size, variables) or as_smooth(target, size, variables)
    return None if found is None else OtherSupError(network, found, domain)


def _one_output(networks: tuple[Network, ...], domain: Polyhedron, dimension: int) -> None:
    inputs, outputs = check_setting(networks, domain)
    if len(networks) != 1 or outputs != 1:
        raise ShapeMismatch(
            f"a target in pieces or a smooth one belongs to one output, got {outputs}",
            fix="take one output at a time: affine_after(f, [[1, 0]]) reads out the first of two",
        )
    if dimension != inputs:
        raise ShapeMismatch(
            f"the target has {dimension} variables, the network {inputs} inputs",
            fix="build the target in as many variables as the network has inputs",
        )
