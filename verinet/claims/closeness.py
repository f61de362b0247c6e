"""Two networks within a distance of each other: pruned, quantised or otherwise approximate copies."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from verinet.claims import wording
from verinet.claims.formulas import Affine, all_of
from verinet.claims.language import Always
from verinet.claims.normal_forms import clauses
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import format_rational
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Network

__all__ = ["EqualWithin", "within"]


@dataclass(frozen=True, slots=True, repr=False)
class EqualWithin(Always):
    """``|f_i(x) - g_i(x)| <= error`` for every output i and every x of the domain.

    Made by ``equal(f, g, domain, within=error)``.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    error: Fraction

    __repr__ = spelled_fields

    def text(self) -> str:
        """Return one line of ASCII."""
        size = f"|f1(x) - f2(x)|{'' if self.networks[0].output_size == 1 else '_inf'}"
        return f"{size} <= {wording.number_text(self.error)} on {self._domain_text()}"


def within(left: Network, right: Network, domain: Polyhedron, error: Fraction) -> EqualWithin:
    """Claim that all outputs of two networks differ by at most `error` on the domain.

    Guarantee: exact (the claim says exactly this).

    Raises
    ------
    ShapeMismatch
        If the networks have different numbers of outputs.
    Unsupported
        If the error is negative.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> f, g = network(x, relu(x)), network(x, relu(x - "1/8"))
    >>> print(within(f, g, interval(-1, 1), Fraction(1, 8)).text())
    |f1(x) - f2(x)| <= 1/8 on [-1,1]
    """
    sizes = [network.output_size for network in (left, right)]
    if sizes[0] != sizes[1]:
        raise ShapeMismatch(
            f"equal needs two networks with equally many outputs, got outputs {sizes}",
            fix="compare networks of one output size",
        )
    if error < 0:
        raise Unsupported(f"a distance is not negative, got {format_rational(error)}", fix="state within=e with e >= 0")
    gaps = [Affine.of_output(i) - Affine.of_output(sizes[0] + i) for i in range(sizes[0])]
    formula = all_of(*(all_of(gap <= error, gap >= -error) for gap in gaps))
    return EqualWithin((left, right), clauses(formula), domain, error)
