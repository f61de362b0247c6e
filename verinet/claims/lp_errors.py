"""Errors in L^p: ``lp_error(f, target, d, p=2) <= e`` is a claim.

The L^p error of f against g is the p-th root of ``int |f - g|^p``; that integral is rational for piecewise polynomial f
and g where p is even or the difference changes its sign along rational hyperplanes, so a claim always compares it: with
e^p, or with v where one writes ``lp_error(f, target, d, p=2) ** 2 == v``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NoReturn, cast

from verinet.claims import statements, wording
from verinet.claims.induction import lemma
from verinet.claims.integrals import LARGEST_POWER, Integral, IntegralBetween, bounded, lifted
from verinet.claims.pieces import PiecewisePolynomial, as_piecewise, indicators
from verinet.claims.quantities import Quantity
from verinet.claims.smooth_targets import NearTarget, SmoothTarget, as_smooth
from verinet.claims.spoken import Spoken, check_setting
from verinet.claims.targets import Polynomial, as_polynomial
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.printing import spelled, spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Network
from verinet.work import keep_going

#: A smooth target is first approximated to this share of the error.
SHARE = 64


@dataclass(frozen=True, slots=True, eq=False)
class LpError(Quantity):
    r"""The quantity :math:`(\int_D |f - g|^p)^{1/p}`; compare it, or its p-th power, to get a claim.

    For several outputs :math:`|f - g|^p` is the sum over them, and p has to be even.

    Guarantee: exact (the claim says exactly this).
    """

    integral: Integral
    p: int

    def __le__(self, error: object) -> IntegralBetween:
        return self.between(0, error)

    def __eq__(self, error: object) -> IntegralBetween:  # type: ignore[override]  # a claim on purpose
        return self.between(error, error)

    def between(self, low: object, high: object) -> IntegralBetween:
        """Return the claim that the error lies in [low, high]: the integral between the p-th powers."""
        ends = [Q(low), Q(high)]
        if min(ends) < 0:
            raise Unsupported(
                f"an error is never negative, got the bound {format_rational(min(ends))}", fix="give bounds from 0 on"
            )
        return self.integral.between(ends[0] ** self.p, ends[1] ** self.p)

    def __pow__(self, exponent: int) -> Integral:
        """The integral itself: ``lp_error(f, g, d, p) ** p == v`` compares it with v."""
        if exponent != self.p:
            raise Unsupported(
                f"the power {spelled(exponent)[:40]} of an L^{self.p} error is no integral",
                fix=f"write lp_error(..., p={self.p}) ** {self.p}",
            )
        return self.integral

    @property
    def _words(self) -> tuple[str, str]:
        return "lp_error(...)", "<= e or == e, or lp_error(...) ** p == v"


@dataclass(frozen=True, slots=True)
class LpErrorSmooth(Spoken):
    r"""``low <= (int_D |f - g|^p)^(1/p) <= high``, g being smooth; one output.

    The kernel compares f with polynomials P that are nowhere farther than delta from g: by the triangle inequality
    the two errors differ by at most :math:`\delta \operatorname{vol}(D)^{1/p}`.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[Network, ...]
    target: SmoothTarget
    domain: Polyhedron
    p: int
    low: Fraction
    high: Fraction
    accuracy: Fraction

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        check_setting(self.networks, self.domain)
        if not 0 <= self.low <= self.high or self.accuracy <= 0 or self.high == 0:
            raise Unsupported(
                "bounds of an error against a smooth target are 0 <= low <= high and 0 < high, "
                f"got {format_rational(self.low)} and {format_rational(self.high)}",
                fix="claim a positive error; a network never equals such a target",
            )

    def holds_at(self, x: Sequence[Fraction]) -> NoReturn:
        """Refuse: an integral is not a statement about single points."""
        raise Unsupported("an integral cannot be evaluated at a point", fix="prove the claim")

    def with_accuracy(self, accuracy: object) -> LpErrorSmooth:
        """Return the same claim, to be shown by polynomials that are as near as this."""
        return replace(self, accuracy=Q(accuracy))

    def near(self) -> NearTarget:
        """Return the polynomials, each with its distance to g.  Guarantee: certified."""
        return self.target.near(self.domain, self.accuracy)

    def shift(self, near: NearTarget) -> Fraction:
        """Return a bound of how far the errors against g and against the polynomials are apart.  Guarantee: exact."""
        return near.error * _root_above(_box_volume(self.domain), self.p)

    def part(self, near: NearTarget) -> IntegralBetween | None:
        """Return the claim against the polynomials that implies this one; None if they are not near enough."""
        shift = self.shift(near)
        low = self.low + shift if self.low else Fraction(0)
        error = _error(self.networks[0], near.polynomials, self.domain, self.p)
        return error.between(low, self.high - shift) if low <= self.high - shift else None

    @property
    def assumptions(self) -> tuple[dict[str, str], ...]:
        """What a theorem relies on: the distances of the polynomials, and the triangle inequality."""
        return self.assumed(self.near())

    def assumed(self, near: NearTarget) -> tuple[dict[str, str], ...]:
        """Return the assumptions for these polynomials."""
        text = (
            f"the triangle inequality in L^{self.p}: the error against {self.target} differs from the error against "
            f"polynomials within {format_rational(near.error)} of it by at most "
            f"{format_rational(self.shift(near))} on {wording.domain_text(self.domain)}"
        )
        return near.assumption(), lemma(text, "lieb2001 (Theorem 2.4)")

    def statement(self) -> statements.Json:
        """Return the kernel's statement, as JSON values.

        Raises
        ------
        Unsupported
            If the accuracy leaves nothing of the bounds.
        """
        part = self.part(self.near())
        if part is None:
            raise Unsupported(
                f"polynomials within {format_rational(self.accuracy)} are not near enough for these bounds",
                fix="ask for a higher accuracy: claim.with_accuracy(...)",
            )
        return part.statement()

    def text(self) -> str:
        """Return one line of ASCII."""
        error = f"integral of |f(x) - {self.target.bracketed}|"
        error = error if self.p == 1 else f"({error}^{self.p})^(1/{self.p})"
        low = f"{wording.number_text(self.low)} <= " if self.low else ""
        return f"{low}{error} <= {wording.number_text(self.high)} on {self._domain_text()}"


@dataclass(frozen=True, slots=True, eq=False)
class SmoothLpError(Quantity):
    """The L^p error against a smooth target; compare it with ``<=``, or by `between`, to get a claim.

    Guarantee: exact (the claim says exactly this).
    """

    network: Network
    target: SmoothTarget
    domain: Polyhedron
    p: int

    def __le__(self, error: object) -> LpErrorSmooth:
        return self.between(0, error)

    def between(self, low: object, high: object) -> LpErrorSmooth:
        """Return the claim that the error lies in [low, high]."""
        ends = Q(low), Q(high)
        room = (ends[1] - ends[0] if ends[0] else ends[1]) / SHARE
        accuracy = room / _root_above(_box_volume(self.domain), self.p) if room > 0 else Fraction(1)
        return LpErrorSmooth((self.network,), self.target, self.domain, self.p, *ends, accuracy)

    @property
    def _words(self) -> tuple[str, str]:
        return "lp_error(...)", "<= e or .between(low, high)"


def _box_volume(domain: Polyhedron) -> Fraction:
    total = Fraction(1)
    for low, high in zip(domain.low, domain.high, strict=True):
        total *= (high or Fraction(0)) - (low or Fraction(0))
    return total


def _root_above(volume: Fraction, p: int) -> Fraction:
    """The least multiple of 2^-20 whose p-th power is at least the volume."""
    scale = 1 << 20
    low, high = 0, (int(volume) + 1) * scale
    while low < high:
        middle = (low + high) // 2
        if Fraction(middle, scale) ** p >= volume:
            high = middle
        else:
            low = middle + 1
    return Fraction(high, scale)


def lp_error(
    network: Network, target: object, domain: Polyhedron, p: int = 2, variables: Sequence[object] | object | None = None
) -> LpError | SmoothLpError:
    """Return the L^p error against a target, to be compared: ``<= e``, ``== e``, or ``lp_error(...) ** p == v``.

    Guarantee: exact (the claim says exactly this).

    Parameters
    ----------
    network : Network
    target : a polynomial, a list of (Polyhedron, polynomial), a sympy expression, or a Network
        Polynomials as for `sup_error`; for several outputs a list of them, one for each.  Pieces have to cover the
        domain, and no two may share an inner point.  A network with equally many outputs.  Against a smooth target
        only ``<= e`` and `between` are claims, and hold under assumptions.
    domain : Polyhedron
        Bounded.
    p : int
        At least 1.  For odd p the value is exact where the difference changes its sign along rational hyperplanes;
        else bounds are proved as narrow as the claim needs them.

    Raises
    ------
    InexactInput
        If the target or a bound holds a float.
    Unsupported
        If the target is none of these, or p is odd and there are several outputs.
    NotBounded, EmptyDomain, ShapeMismatch
        As `integral`.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> ramp = network(x, relu(4 * x) - relu(4 * x - 1))
    >>> step = [(interval(-1, 0), 0), (interval(0, 1), 1)]
    >>> print((lp_error(ramp, step, interval(-1, 1), p=1) == "1/8").text())
    integral of |f(x) - g(x)| = 1/8 on [-1,1]; g = 0 on [-1,0], 1 on [0,1]
    """
    check_setting((network,), domain)
    m = network.output_size
    if isinstance(p, bool) or not isinstance(p, int) or not 1 <= p <= LARGEST_POWER:
        raise Unsupported(
            f"an L^p error needs an integer p from 1 to {LARGEST_POWER}, got {spelled(p)[:80]}", fix="write p=2"
        )
    if m > 1 and p % 2:
        raise Unsupported(
            f"the sum of odd powers |f_i - g_i|^{p} over {m} outputs is no power of one polynomial",
            fix="take an even p, or one output at a time",
        )
    frame = bounded(domain)
    smooth = as_smooth(target, domain.dimension, variables) if m == 1 else None
    if smooth is not None:
        return SmoothLpError(network, smooth, frame, p)
    return _error(network, target, frame, p, variables)


def _error(
    network: Network, target: object, frame: Polyhedron, p: int, variables: Sequence[object] | object | None = None
) -> LpError:
    m = network.output_size
    networks, gaps, words, note = _gaps(network, target, frame, variables)
    if m == 1:
        text = f"integral of |{words[0]}|" + (f"^{p}" if p > 1 else "")
        return LpError(Integral(networks, gaps[0], frame, p, True, text, note), p)
    total = sum((gap**p for gap in gaps[1:]), gaps[0] ** p)
    text = "integral of " + " + ".join(f"|{word}|^{p}" for word in words)
    return LpError(Integral(networks, total, frame, 1, False, text, note, True), p)


def _gaps(
    network: Network, target: object, domain: Polyhedron, variables: Sequence[object] | object | None
) -> tuple[tuple[Network, ...], list[Polynomial], list[str], str]:
    """The networks, f_i - g_i in inputs and outputs, each in words, and what g means."""
    n, m = domain.dimension, network.output_size
    names = ["f(x)"] if m == 1 else [f"f_{i}(x)" for i in range(m)]
    others = ["g(x)"] if m == 1 else [f"g_{i}(x)" for i in range(m)]
    if isinstance(target, Network):
        check_setting((network, target), domain)
        if target.output_size != m:
            raise ShapeMismatch(
                f"lp_error needs a target with {m} outputs, got a network with {target.output_size}",
                fix="compare networks of one output size",
            )
        y = [Polynomial.variable(n + i, n + 2 * m) for i in range(2 * m)]
        gaps = [y[i] - y[m + i] for i in range(m)]
        return (network, target), gaps, [f"{a} - {b}" for a, b in zip(names, others, strict=True)], "g the second"
    pieces = as_piecewise(target, n, variables) if m == 1 else None
    if pieces is not None:
        return _piecewise_gap(network, pieces, domain)
    many = isinstance(target, Sequence) and not isinstance(target, str)
    listed = tuple(cast("Sequence[object]", target)) if many else (target,)
    if len(listed) != m:
        raise ShapeMismatch(
            f"lp_error needs one target for each of {m} outputs, got {len(listed)}",
            fix="give target=[p_0, p_1, ...], one for every output",
        )
    found = [as_piecewise(entry, n, variables) or as_polynomial(entry, n, variables) for entry in listed]
    if any(isinstance(entry, PiecewisePolynomial) for entry in found):
        return _gaps_in_pieces(network, found, domain)
    polynomials = [entry for entry in found if isinstance(entry, Polynomial)]
    gaps = [Polynomial.variable(n + i, n + m) - lifted(p, n + m) for i, p in enumerate(polynomials)]
    return (network,), gaps, [_difference(a, p) for a, p in zip(names, polynomials, strict=True)], ""


def _difference(name: str, target: Polynomial) -> str:
    text = target.text(wording.input_names(target.dimension))
    if not target.coefficients:
        return name
    return f"{name} - " + (text if len(target.coefficients) < 2 and not text.startswith("-") else f"({text})")


def _piecewise_gap(
    network: Network, target: PiecewisePolynomial, domain: Polyhedron
) -> tuple[tuple[Network, ...], list[Polynomial], list[str], str]:
    """f - sum 1_i(x) P_i(x), where the second network has the indicators 1_i as its outputs."""
    target.check_covers(domain)
    target.check_apart(domain)
    marks = indicators(target, domain)
    n, size = domain.dimension, domain.dimension + 1 + len(target.pieces)
    terms = list(Polynomial.variable(n, size).coefficients)
    for place, (_, polynomial) in enumerate(target.pieces):
        keep_going()
        mark = tuple(int(k == place) for k in range(len(target.pieces)))
        terms += [(-coefficient, (*exponents, 0, *mark)) for coefficient, exponents in polynomial.coefficients]
    gap = Polynomial(size, tuple(terms))
    return (network, marks), [gap], ["f(x) - g(x)"], f"g = {target}"


def _gaps_in_pieces(
    network: Network, targets: Sequence[Polynomial | PiecewisePolynomial], domain: Polyhedron
) -> tuple[tuple[Network, ...], list[Polynomial], list[str], str]:
    """f_k - g_k for targets of which some are in pieces, the indicators of each as one more network."""
    n, networks, notes = domain.dimension, [network], []
    size = n + len(targets) + sum(len(g.pieces) for g in targets if isinstance(g, PiecewisePolynomial))
    place, gaps = n + len(targets), []
    for k, target in enumerate(targets):
        gap = Polynomial.variable(n + k, size)
        if isinstance(target, Polynomial):
            gap = gap - lifted(target, size)
            notes.append(f"g_{k} = {target.text(wording.input_names(n))}")
        else:
            target.check_covers(domain)
            target.check_apart(domain)
            networks.append(indicators(target, domain))
            for _, polynomial in target.pieces:
                gap = gap - Polynomial.variable(place, size) * lifted(polynomial, size)
                place += 1
            notes.append(f"g_{k} = {target}")
        gaps.append(gap)
    return tuple(networks), gaps, [f"f_{k}(x) - g_{k}(x)" for k in range(len(targets))], "; ".join(notes)
