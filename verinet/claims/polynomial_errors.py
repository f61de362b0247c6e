"""The distance of a network from polynomials, one for every output: at most a bound, or equal to it.

The claims of the kernel's own statements ``sup-error-at-most`` and ``sup-error-equals``; other targets reduce to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from verinet.claims import statements, wording
from verinet.claims.spoken import Everywhere, OfOneNetwork, check_setting
from verinet.claims.targets import Polynomial
from verinet.errors import ShapeMismatch
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import format_rational
from verinet.geometry.polyhedra import Polyhedron, exact_point
from verinet.networks.network import Network


@dataclass(frozen=True, slots=True)
class _SupError(OfOneNetwork, Everywhere):
    networks: tuple[Network, ...]
    targets: tuple[Polynomial, ...]
    domain: Polyhedron
    error: Fraction
    kind: ClassVar[str]

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        inputs, outputs = check_setting(self.networks, self.domain)
        if len(self.networks) != 1 or len(self.targets) != outputs:
            raise ShapeMismatch(
                f"sup_error needs one network and one target for each of its {outputs} outputs, "
                f"got {len(self.networks)} networks and {len(self.targets)} targets",
                fix="give target=[p_0, p_1, ...], one for every output",
            )
        if any(target.dimension != inputs for target in self.targets):
            raise ShapeMismatch(
                f"sup_error needs targets in {inputs} variables, one for every input",
                fix="build the targets in as many variables as the network has inputs",
            )

    def error_at(self, x: Sequence[Fraction]) -> Fraction:
        """Return ``max_i |f_i(x) - P_i(x)|``.  Guarantee: exact."""
        point = exact_point(x, self.domain.dimension, "evaluating a claim")
        values = zip(self.outputs_at(point), self.targets, strict=True)
        return max(abs(value - target.value(point)) for value, target in values)

    def holds_at(self, x: Sequence[Fraction]) -> bool:
        """Tell whether the error at x is at most the bound (in the domain or not).  Guarantee: exact."""
        return self.error_at(x) <= self.error

    def statement(self) -> statements.Json:
        """Return the kernel's statement, as JSON values; raises as `Always.statement`."""
        return {
            "kind": self.kind,
            "networks": statements.networks_json(self.networks, self.domain),
            "domain": statements.domain_json(self.domain),
            "targets": [statements.polynomial_json(target) for target in self.targets],
            "error": statements.point_json((self.error,)),
        }

    def _gaps(self) -> list[str]:
        names = wording.input_names(self.domain.dimension)
        single = len(self.targets) == 1
        gaps = []
        for index, target in enumerate(self.targets):
            text = target.text(names)
            text = text if len(target.coefficients) < 2 and not text.startswith("-") else f"({text})"
            gaps.append(f"|{'f' if single else f'f_{index}'}(x) - {text}|")
        return gaps


@dataclass(frozen=True, slots=True, repr=False)
class SupErrorAtMost(_SupError):
    """``|f_i(x) - P_i(x)| <= error`` for every output i and every x of the domain.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    kind: ClassVar[str] = "sup-error-at-most"

    def text(self) -> str:
        """Return one line of ASCII."""
        bound = format_rational(self.error)
        return " and ".join(f"{gap} <= {bound}" for gap in self._gaps()) + f" on {self._domain_text()}"


@dataclass(frozen=True, slots=True, repr=False)
class SupErrorEquals(_SupError):
    """The bound of `SupErrorAtMost`, attained at some x of the domain.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    kind: ClassVar[str] = "sup-error-equals"

    def attained_at(self, x: Sequence[Fraction]) -> bool:
        """Tell whether x lies in the domain and the error there is at least the stated one.

        Guarantee: exact.
        """
        return self.domain.contains(x) and self.error_at(x) >= self.error

    def at_most(self) -> SupErrorAtMost:
        """Return the upper bound alone."""
        return SupErrorAtMost(self.networks, self.targets, self.domain, self.error)

    def text(self) -> str:
        """Return one line of ASCII."""
        gaps = self._gaps()
        gap = gaps[0] if len(gaps) == 1 else f"max({', '.join(gaps)})"
        return f"max {gap} = {format_rational(self.error)} on {self._domain_text()}"
