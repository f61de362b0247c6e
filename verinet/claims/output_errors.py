"""Sup errors of several outputs at once, each against a target of its own: pieces, a smooth function, a polynomial.

`sup_error` takes several targets where all are polynomials; what is here takes any, one claim an output, and says that
the largest of the errors is at most a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet.claims import statements, wording
from verinet.claims.builders import sup_error
from verinet.claims.language import SupErrorAtMost
from verinet.claims.pieces import PiecewisePolynomial
from verinet.claims.smooth_targets import SmoothTarget
from verinet.claims.spoken import Spoken, check_setting
from verinet.claims.sup_errors import SupErrorInPieces, SupErrorSmooth
from verinet.claims.targets import Polynomial
from verinet.errors import ShapeMismatch
from verinet.exact.linalg import Matrix
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Affine, Network, Vertex

OneOutput = SupErrorAtMost | SupErrorInPieces | SupErrorSmooth
OneTarget = Polynomial | PiecewisePolynomial | SmoothTarget


@dataclass(frozen=True, slots=True)
class SupErrorsOfOutputs(Spoken):
    """``|f_k(x) - g_k(x)| <= error`` for every output k and every x of the domain.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[Network, ...]
    targets: tuple[OneTarget, ...]
    domain: Polyhedron
    error: Fraction

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        check_targets("sup_errors_of_outputs", self.networks, self.targets, self.domain)

    def parts(self) -> tuple[OneOutput, ...]:
        """Return one claim an output, about the network that reads out this output.  Guarantee: exact."""
        found = []
        for k, target in enumerate(self.targets):
            part = sup_error(output_of(self.networks[0], k), target, self.domain) <= self.error
            if isinstance(part, OneOutput):  # always: a target is no network
                found.append(part)
        return tuple(found)

    def holds_at(self, x: Sequence[Fraction]) -> bool:
        """Tell whether every error at x is at most the bound.  Guarantee: exact, certified for smooth targets."""
        return all(part.holds_at(x) for part in self.parts())

    def refuted_by(self, x: Sequence[Fraction]) -> bool:
        """Tell whether x lies in the domain and some error there is above the bound.  Guarantee: certified."""
        return any(part.refuted_by(x) for part in self.parts())

    @property
    def assumptions(self) -> tuple[dict[str, str], ...]:
        """What a theorem relies on: the distances of polynomials to the smooth targets."""
        return tuple(entry for part in self.parts() if isinstance(part, SupErrorSmooth) for entry in part.assumptions)

    def statement(self) -> statements.Json:
        """Return the kernel's statement, as JSON values; raises as `Always.statement`."""
        listed: list[statements.Json] = []
        for part in self.parts():
            stated = part.statement()
            listed.extend(stated["parts"] if stated["kind"] == "all" else [stated])
        return {"kind": "all", "parts": listed}

    def text(self) -> str:
        """Return one line of ASCII."""
        bound = wording.number_text(self.error)
        gaps = [f"|f_{k}(x) - {target_text(target)}| <= {bound}" for k, target in enumerate(self.targets)]
        return " and ".join(gaps) + f" on {self._domain_text()}"


def check_targets(what: str, networks: tuple[Network, ...], targets: Sequence[OneTarget], domain: Polyhedron) -> None:
    """Check that there is one network on the domain, and one target for each of its outputs.

    Guarantee: exact.

    Raises
    ------
    ShapeMismatch
        If not; `what` is named.
    """
    _, outputs = check_setting(networks, domain)
    if len(networks) != 1 or len(targets) != outputs:
        raise ShapeMismatch(
            f"{what} needs one target for each of the {outputs} outputs, got {len(targets)}",
            fix="give one target for every output",
        )


def sup_errors_of_outputs(
    network: Network, targets: Sequence[OneTarget], domain: Polyhedron, error: object
) -> SupErrorsOfOutputs:
    """Claim that every output stays within `error` of its target.

    Guarantee: exact (the claim says exactly this).

    Raises
    ------
    ShapeMismatch
        If the targets are not one an output.

    Examples
    --------
    >>> import sympy
    >>> from verinet.claims.smooth_targets import as_smooth
    >>> from verinet.claims.targets import as_polynomial
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> f = network(x, [relu(x), x])
    >>> targets = [as_smooth(sympy.sin(sympy.Symbol("t")), 1), as_polynomial({(1,): 1}, 1)]
    >>> print(sup_errors_of_outputs(f, targets, interval(0, 1), "1/4").text())
    |f_0(x) - sin(x)| <= 1/4 and |f_1(x) - x| <= 1/4 on [0,1]
    """
    return SupErrorsOfOutputs((network,), tuple(targets), domain, Q(error))


def target_text(target: OneTarget) -> str:
    """A target as it stands behind a minus.

    Guarantee: exact.

    Examples
    --------
    >>> target_text(Polynomial(1, ((1, (1,)), (1, (0,)))))
    '(x + 1)'
    """
    if isinstance(target, SmoothTarget):
        return target.bracketed
    if isinstance(target, PiecewisePolynomial):
        return f"({target})"
    shown = target.text(wording.input_names(target.dimension))
    return shown if len(target.coefficients) < 2 and not shown.startswith("-") else f"({shown})"


def output_of(network: Network, k: int) -> Network:
    """The network with one readout only: output k.

    Guarantee: exact.

    Raises
    ------
    ShapeMismatch
        If there is no output k.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> output_of(network(x, [relu(x), 2 * x]), 1)(3)
    (Fraction(6, 1),)
    """
    start = 0
    for _, vertex in network.readouts:
        size = network.sizes[vertex]
        if start <= k < start + size:
            row = Matrix.from_integers([[int(j == k - start) for j in range(size)]])
            last = Vertex(Affine(row, Matrix.zeros(1, 1)), (vertex,), f"output_{k}")
            return Network((*network.vertices, last), (("y", len(network.vertices)),), network.domain)
        start += size
    raise ShapeMismatch(f"there are {start} outputs, so none has the number {k}", fix="count them from 0")
