"""Claims: what is said about networks, compiled to the statements that the kernel reads.

A claim says nothing about why it should be true, and is never a truth value: `prove` gives a verdict on it.
``statement()`` is the kernel's JSON, ``text()`` one line for people, ``holds_at(x)`` the exact evaluation at
one point, by the networks themselves and not by the chain that the statement embeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, NoReturn, Protocol

from verinet.claims import statements, wording
from verinet.claims.formulas import Affine, AllOf, AnyOf, Clauses, all_of, equals, variables
from verinet.claims.normal_forms import clauses
from verinet.claims.polynomial_errors import SupErrorAtMost, SupErrorEquals
from verinet.claims.spoken import Everywhere, Point, Spoken, check_setting
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.printing import spelled, spelled_fields
from verinet.exact.rationals import format_hex, format_rational
from verinet.geometry.polyhedra import Polyhedron, exact_point
from verinet.networks.network import Network

__all__ = [
    "Always",
    "AnyClaim",
    "Cells",
    "Claim",
    "Equal",
    "Fails",
    "LinearRegions",
    "Point",
    "Somewhere",
    "SupErrorAtMost",
    "SupErrorEquals",
    "Value",
]


@dataclass(frozen=True, slots=True)
class _Linear(Spoken):
    """A claim in clauses over (1, x, y)."""

    networks: tuple[Network, ...]
    clauses: Clauses
    domain: Polyhedron
    kind: ClassVar[str]

    def __post_init__(self) -> None:
        inputs, outputs = check_setting(self.networks, self.domain)
        used = variables(AllOf(tuple(AnyOf(clause) for clause in self.clauses)))
        if used[0] > inputs or used[1] > outputs:
            raise ShapeMismatch(
                f"the claim needs {used[0]} inputs and {used[1]} outputs, its networks have {inputs} and {outputs}",
                fix="build the terms with inputs(...) and outputs(...) of the same networks",
            )

    def clauses_hold(self, x: Sequence[Fraction]) -> bool:
        """Tell whether every clause has a true atom at x.  Guarantee: exact."""
        point = exact_point(x, self.domain.dimension, "evaluating a claim")
        y = self.outputs_at(point)
        return all(any(atom.holds(point, y) for atom in clause) for clause in self.clauses)

    def statement(self) -> statements.Json:
        """Return the kernel's statement, as JSON values.

        Raises
        ------
        Unsupported
            If a network has activations that are not piecewise affine.
        EmptyDomain
            If the domain has no point.
        """
        outputs = sum(network.output_size for network in self.networks)
        return {
            "kind": self.kind,
            "networks": statements.networks_json(self.networks, self.domain),
            "domain": statements.domain_json(self.domain),
            "claim": statements.clauses_json(self.clauses, self.domain.dimension, outputs),
        }

    def _formula_text(self) -> str:
        return wording.formula_text(self.clauses, *self._names())


@dataclass(frozen=True, slots=True)
class Always(_Linear, Everywhere):
    """For all x of the domain: every clause has a true atom.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    kind: ClassVar[str] = "always"

    def holds_at(self, x: Sequence[Fraction]) -> bool:
        """Tell whether the formula holds at x (in the domain or not).  Guarantee: exact."""
        return self.clauses_hold(x)

    def fails(self) -> Fails:
        """Return the opposite claim: somewhere in the domain the formula fails."""
        return Fails(self.networks, self.clauses, self.domain)

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"{self._formula_text()} on {self._domain_text()}"


@dataclass(frozen=True, slots=True)
class Somewhere(_Linear):
    """For some x of the domain: every clause has a true atom.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    kind: ClassVar[str] = "holds"

    def holds_at(self, x: Sequence[Fraction]) -> bool:
        """Tell whether x is a witness: in the domain, and the formula holds there.  Guarantee: exact."""
        return self.domain.contains(x) and self.clauses_hold(x)

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"{self._formula_text()} at some x of {self._domain_text()}"


@dataclass(frozen=True, slots=True)
class Fails(_Linear):
    """For some x of the domain: some clause has no true atom.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    kind: ClassVar[str] = "fails"

    def holds_at(self, x: Sequence[Fraction]) -> bool:
        """Tell whether x is a witness: in the domain, and the formula fails there.  Guarantee: exact."""
        return self.domain.contains(x) and not self.clauses_hold(x)

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"not ({self._formula_text()}) at some x of {self._domain_text()}"


@dataclass(frozen=True, slots=True)
class Equal(Everywhere):
    """Two networks have the same outputs at every x of the domain.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[Network, ...]
    domain: Polyhedron

    def __post_init__(self) -> None:
        check_setting(self.networks, self.domain)
        sizes = [network.output_size for network in self.networks]
        if len(sizes) != 2 or sizes[0] != sizes[1]:
            raise ShapeMismatch(
                f"equal needs two networks with equally many outputs, got outputs {sizes}",
                fix="compare networks of one output size, or state outputs one by one with always(...)",
            )

    def holds_at(self, x: Sequence[Fraction]) -> bool:
        """Tell whether the outputs agree at x (in the domain or not).  Guarantee: exact."""
        y = self.outputs_at(x)
        return y[: len(y) // 2] == y[len(y) // 2 :]

    def always(self) -> Always:
        """Return the same claim in clauses: two for every output."""
        size = self.networks[0].output_size
        formula = all_of(*(equals(Affine.of_output(i), Affine.of_output(size + i)) for i in range(size)))
        return Always(self.networks, clauses(formula), self.domain)

    def fails(self) -> Fails:
        """Return the opposite claim: somewhere in the domain the outputs differ."""
        return self.always().fails()

    def statement(self) -> statements.Json:
        """Return the kernel's statement, as JSON values; raises as `Always.statement`."""
        return {
            "kind": "equal",
            "networks": statements.networks_json(self.networks, self.domain),
            "domain": statements.domain_json(self.domain),
        }

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"f1(x) = f2(x) on {self._domain_text()}"


@dataclass(frozen=True, slots=True)
class Value(Everywhere):
    """At the point `at` the outputs are `values`.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[Network, ...]
    at: Point
    values: Point

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        _, outputs = check_setting(self.networks, self.domain)
        if len(self.networks) != 1 or len(self.values) != outputs:
            raise ShapeMismatch(
                f"value needs one network and a value for each of its {outputs} outputs, "
                f"got {len(self.networks)} networks and {len(self.values)} values",
                fix="write value(network, at=x) == y with as many entries in y as the network has outputs",
            )

    @property
    def domain(self) -> Polyhedron:
        """The one-point box around `at`."""
        return Polyhedron(self.at, self.at)

    def holds_at(self, x: Sequence[Fraction]) -> bool:
        """Tell whether the outputs at x are the stated values.  Guarantee: exact."""
        return self.outputs_at(x) == self.values

    def statement(self) -> statements.Json:
        """Return the kernel's statement, as JSON values."""
        return {
            "kind": "value",
            "networks": statements.networks_json(self.networks, self.domain),
            "point": statements.point_json(self.at),
            "values": statements.point_json(self.values),
        }

    def text(self) -> str:
        """Return one line of ASCII."""
        at = ", ".join(map(format_rational, self.at))
        return f"f({at}) = {wording.point_text(self.values)}"


@dataclass(frozen=True, slots=True)
class _Count(Spoken):
    networks: tuple[Network, ...]
    domain: Polyhedron
    count: int
    kind: ClassVar[str]
    noun: ClassVar[str]

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        check_setting(self.networks, self.domain)
        if isinstance(self.count, bool) or not isinstance(self.count, int) or self.count < 0:
            raise Unsupported(
                f"a number of {self.noun} needs to be an integer that is not negative, got {spelled(self.count)}",
                fix=f"write {self.noun.replace(' ', '_')}(network, domain) == 8",
            )

    def holds_at(self, x: Sequence[Fraction]) -> NoReturn:
        """Refuse: a count is not a statement about single points."""
        raise Unsupported(
            f"a number of {self.noun} cannot be evaluated at a point",
            fix="prove the claim, or count the regions",
        )

    def statement(self) -> statements.Json:
        """Return the kernel's statement, as JSON values; raises as `Always.statement`."""
        return {
            "kind": self.kind,
            "networks": statements.networks_json(self.networks, self.domain, curved=False),
            "domain": statements.domain_json(self.domain),
            "count": format_hex(self.count),
        }

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"f has {format_rational(Fraction(self.count))} {self.noun} on {self._domain_text()}"


@dataclass(frozen=True, slots=True, repr=False)
class Cells(_Count):
    """The number of activation patterns whose set of points has interior in the domain.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    kind: ClassVar[str] = "cells"
    noun: ClassVar[str] = "cells"


@dataclass(frozen=True, slots=True, repr=False)
class LinearRegions(_Count):
    """The number of closures of maximal connected open sets on which the function is affine; one input.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    kind: ClassVar[str] = "linear-regions"
    noun: ClassVar[str] = "linear regions"

    def __post_init__(self) -> None:
        _Count.__post_init__(self)
        if self.domain.dimension != 1:
            raise ShapeMismatch(
                f"linear_regions needs a network of one input, got {self.domain.dimension}",
                fix="count cells(network, domain) in more dimensions",
            )


Claim = Always | Somewhere | Fails | Equal | SupErrorAtMost | SupErrorEquals | Value | Cells | LinearRegions


class AnyClaim(Protocol):
    """What every kind of claim has, those of other modules too: one line that says it.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    def text(self) -> str:
        """Return one line of ASCII."""
