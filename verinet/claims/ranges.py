"""The values that outputs take on a domain: inside of bounds, and bounds that are taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from verinet.claims import wording
from verinet.claims.formulas import Affine, all_of
from verinet.claims.language import Always, Somewhere
from verinet.claims.normal_forms import clauses
from verinet.claims.quantities import Quantity
from verinet.claims.spoken import Spoken, check_setting
from verinet.errors import ShapeMismatch
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Network

__all__ = ["RangeEquals", "RangeOf", "RangeWithin", "range_of"]

Ends = tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True, slots=True, repr=False)
class RangeWithin(Always):
    """``a_i <= f_i(x) <= b_i`` for every output i and every x of the domain.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    ends: Ends

    __repr__ = spelled_fields

    def text(self) -> str:
        """Return one line of ASCII."""
        _, outputs = self._names()
        parts = [
            f"{wording.number_text(low)} <= {name} <= {wording.number_text(high)}"
            for name, (low, high) in zip(outputs, self.ends, strict=True)
        ]
        return f"{' and '.join(parts)} on {self._domain_text()}"


@dataclass(frozen=True, slots=True)
class RangeEquals(Spoken):
    """The bounds of `RangeWithin`, each of them taken at some x of the domain.

    The values of a continuous network on a convex domain are then exactly the intervals [a_i, b_i], output by output.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[Network, ...]
    domain: Polyhedron
    ends: Ends

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        check_setting(self.networks, self.domain)
        _checked(self.ends, self.networks[0])

    def within(self) -> RangeWithin:
        """Return the bounds alone."""
        return _within(self.networks[0], self.domain, self.ends)

    def taken(self) -> tuple[Somewhere, ...]:
        """Return, for every output, that its lower and its upper bound is taken somewhere."""
        atoms = []
        for index, (low, high) in enumerate(self.ends):
            atoms.extend([Affine.of_output(index) <= low, Affine.of_output(index) >= high])
        return tuple(Somewhere(self.networks, clauses(atom), self.domain) for atom in atoms)

    def text(self) -> str:
        """Return one line of ASCII."""
        _, outputs = self._names()
        parts = [
            f"min {name} = {wording.number_text(low)} and max {name} = {wording.number_text(high)}"
            for name, (low, high) in zip(outputs, self.ends, strict=True)
        ]
        return f"{' and '.join(parts)} on {self._domain_text()}"


@dataclass(frozen=True, slots=True, eq=False)
class RangeOf(Quantity):
    """The least and greatest values of the outputs on a domain; compare with ``==`` or `within` to get a claim.

    Guarantee: exact (the claim says exactly this).
    """

    network: Network
    domain: Polyhedron

    def __eq__(self, ends: object) -> RangeEquals:  # type: ignore[override]  # a claim on purpose
        return RangeEquals((self.network,), self.domain, _ends(ends, self.network))

    def within(self, *ends: object) -> RangeWithin:
        """Claim that all values lie in [a, b]: ``within(a, b)``, or ``within((a_0, b_0), (a_1, b_1), ...)``."""
        return _within(self.network, self.domain, _ends(ends, self.network))

    @property
    def _words(self) -> tuple[str, str]:
        return "range_of(...)", "== (a, b), or range_of(...).within(a, b)"


def range_of(network: Network, domain: Polyhedron) -> RangeOf:
    """Return the range of the outputs, to be compared: ``== (a, b)`` (both taken), or ``.within(a, b)``.

    With several outputs there is one pair each: ``range_of(f, d) == [(0, 1), (-1, 1)]``.
    `verinet.regions.extrema.value_range` computes the range.

    Guarantee: exact (the claim says exactly this).

    Raises
    ------
    ShapeMismatch
        If there is not one pair (a, b) with a <= b for every output.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import abs_, network, variable
    >>> from verinet.provers.portfolio import prove
    >>> x = variable("x")
    >>> f = network(x, abs_(x - "1/3"))
    >>> print(prove(range_of(f, interval(-1, 1)) == (0, "4/3")))
    PROVED   min y_0 = 0 and max y_0 = 4/3 on [-1,1]     kernel only
    >>> print(prove(range_of(f, interval(-1, 1)).within(0, 1)))
    REFUTED   0 <= y_0 <= 1 on [-1,1]      counterexample x = ...
    """
    return RangeOf(network, domain)


def _within(network: Network, domain: Polyhedron, ends: Ends) -> RangeWithin:
    terms = [(Affine.of_output(index), low, high) for index, (low, high) in enumerate(ends)]
    formula = all_of(*(all_of(y >= low, y <= high) for y, low, high in terms))
    return RangeWithin((network,), clauses(formula), domain, ends)


def _ends(given: object, network: Network) -> Ends:
    listed = tuple(cast("Sequence[object]", given)) if _is_pair_or_list(given) else (given,)
    single = network.output_size == 1 and len(listed) == 2 and not any(map(_is_pair_or_list, listed))
    pairs: Sequence[object] = [listed] if single else listed
    found: list[tuple[Fraction, Fraction]] = []
    for pair in pairs:
        if not isinstance(pair, Sequence) or not _is_pair_or_list(pair) or len(pair) != 2:
            raise ShapeMismatch(
                f"a range needs pairs (low, high), one for every output, got {pair!r}",
                fix="write range_of(f, domain) == (0, 1), with several outputs [(0, 1), (-1, 1)]",
            )
        found.append((Q(pair[0]), Q(pair[1])))
    _checked(tuple(found), network)
    return tuple(found)


def _is_pair_or_list(given: object) -> bool:
    return isinstance(given, Sequence) and not isinstance(given, str)


def _checked(ends: Ends, network: Network) -> None:
    if len(ends) != network.output_size:
        raise ShapeMismatch(
            f"a range needs one pair (low, high) for each of {network.output_size} outputs, got {len(ends)}",
            fix="give one pair an output",
        )
    for low, high in ends:
        if low > high:
            raise ShapeMismatch(
                f"a range needs low <= high, got {format_rational(low)} and {format_rational(high)}",
                fix="swap the two",
            )
